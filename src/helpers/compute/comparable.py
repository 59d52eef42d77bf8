"""When a year can be compared with the one before it, and why it cannot (M14)."""

from helpers.terms import same_name
from helpers.terms.frames import Frames


def no_previous(frames: Frames) -> str:
    """Why last year's figures are missing."""
    if frames.fiscal_year <= frames.plan.first_fiscal_year:
        return "first_year"
    return "years_not_given" if frames.fiscal_year - 1 in frames.registered_years else "previous_not_registered"


def has_another_scale(previous: Frames, frames: Frames) -> bool:
    """Whether the two years are graded on different scales: neither rates nor grades are compared then."""
    return previous.plan.grades != frames.plan.grades


def has_another_definition(previous: Frames, frames: Frames) -> bool:
    """Whether the two years count something else as the effect: no money is compared then."""
    before, now = previous.plan, frames.plan
    return (before.effect_definition, before.effect_basis) != (now.effect_definition, now.effect_basis)


def renamed_policies(previous: Frames, frames: Frames) -> set[str]:
    """Ids of policies whose name in the documents differs between the two years: another policy, compared with none."""
    before, now = _names(previous), _names(frames)
    return {one for one in before.keys() & now.keys() if same_name(before[one]) != same_name(now[one])}


def _names(frames: Frames) -> dict[str, str]:
    counted = dict(zip(frames.grade_counts["policy_id"], frames.grade_counts["policy_name"], strict=True))
    return {row.scope_id: row.scope_name for row in frames.amounts("policy")} | counted
