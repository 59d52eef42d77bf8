"""Last year's own figures beside this year's, and in what the two years cannot be compared (M14)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from helpers.compute.looking_back import difference, no_previous
from helpers.compute.made import made
from helpers.terms import Figure, Figures, Plan, same_name
from helpers.terms.tables import Frames

# What page one shows of last year, of the plan and of each policy.
OF_PLAN = (
    *("measures", "achieved_measures", "achievement_rate", "expected_effect", "actual_effect", "effect_multiplier"),
    *("top_item_share", "multiplier_without_top_item"),
)
OF_POLICIES = ("effect_gap",)
SCOPE, SCOPE_OF_POLICIES, SCOPE_OF_MEASURES = "year", "policy:year", "measure:year"


def last_year(frames: Frames, previous: Frames, of_previous: Iterable[Figure]) -> Iterator[Figure]:
    """Last year's figures as figures of this year's set: scope `year`, `2023`, `policy:year`, `1:2023`, and of its largest item `measure:year`.

    A policy that has another name than last year is another policy, and has none.

    Args:
        frames: The year that looks back.
        previous: The year before; corrections already applied.
        of_previous: That year's figures, from its own tables alone.
    """
    year = previous.fiscal_year
    known = Figures(of_previous)
    for metric in OF_PLAN:
        if metric in known:
            yield _of(known[metric], frames, SCOPE, str(year))
    items = [one for one in known.of("actual_effect", "measure") if one.is_known]
    if items:  # the largest, so that a page can tell whether this year's is the same
        largest = max(items, key=lambda one: one.interval)
        yield _of(largest, frames, SCOPE_OF_MEASURES, f"{largest.scope_id}:{year}")
    renamed = renamed_policies(previous, frames)
    for metric in OF_POLICIES:
        for one in known.of(metric, "policy"):
            if one.scope_id not in renamed:
                yield _of(one, frames, SCOPE_OF_POLICIES, f"{one.scope_id}:{year}")


def changes(frames: Frames, figures: Figures, previous: Frames | None, of_last_year: Figures) -> Iterator[Figure]:
    """How the multiplier, and the gap of each policy, moved since last year (M14).

    Args:
        frames: The year that looks back.
        figures: Of the same year.
        previous: The year before; None where it is not there.
        of_last_year: What `last_year` made of it.
    """
    if previous is None:
        for metric in ("effect_multiplier_change", "effect_gap_change"):
            yield made(metric, None, year=frames.fiscal_year, inputs=(), reason=no_previous(frames))
        return
    year = str(previous.fiscal_year)
    pairs = [(figures["effect_multiplier"], of_last_year.get(("effect_multiplier", SCOPE, year)))]
    pairs += [
        (now, of_last_year.get(("effect_gap", SCOPE_OF_POLICIES, f"{now.scope_id}:{year}")))
        for now in figures.of("effect_gap", "policy")
    ]
    is_another, renamed = has_another_definition(previous.plan, frames.plan), renamed_policies(previous, frames)
    for now, before in pairs:
        if before is None and now.scope_id not in renamed:
            continue  # a policy that is new
        is_known = before is not None and before.is_known and now.is_known and not is_another
        yield made(
            f"{now.metric}_change",
            difference(before.interval, now.interval) if is_known else None,
            year=frames.fiscal_year,
            inputs=(*now.inputs, *(before.inputs if before else ())),
            scope=now.scope,
            scope_id=now.scope_id,
            reason="definition_changed"
            if is_another
            else "policy_renamed"
            if now.scope_id in renamed
            else now.reason or before.reason,
        )


def _of(figure: Figure, frames: Frames, scope: str, scope_id: str) -> Figure:
    inputs = tuple(f"{figure.fiscal_year}/{one}" for one in figure.inputs)
    return replace(figure, scope=scope, scope_id=scope_id, fiscal_year=frames.fiscal_year, inputs=inputs)


def renamed_policies(previous: Frames, frames: Frames) -> set[str]:
    """Ids of policies whose name in the documents differs between the two years."""
    before, now = _names(previous), _names(frames)
    return {one for one in before.keys() & now.keys() if same_name(before[one]) != same_name(now[one])}


def _names(frames: Frames) -> dict[str, str]:
    counted = dict(zip(frames.grade_counts["policy_id"], frames.grade_counts["policy_name"], strict=True))
    of_policies = frames.effects[frames.effects["scope"] == "policy"]
    return dict(zip(of_policies["scope_id"], of_policies["scope_name"], strict=True)) | counted


def has_another_definition(before: Plan, now: Plan) -> bool:
    """Whether the two years count something else as the effect."""
    return (before.effect_definition, before.effect_basis) != (now.effect_definition, now.effect_basis)
