"""Last year's own figures beside this year's, and what moved since (M14)."""

from collections.abc import Iterator
from dataclasses import replace

from helpers.compute.comparable import has_another_definition, has_another_scale, no_previous, renamed_policies
from helpers.compute.looking_back import difference
from helpers.compute.made import made
from helpers.terms import Figure, Figures
from helpers.terms.frames import Frames

# What page one shows of last year, of the plan and of each policy.
OF_PLAN = (
    *("measures", "achieved_measures", "achievement_rate", "expected_effect", "actual_effect", "effect_multiplier"),
    *("top_item_share", "multiplier_without_top_item"),
)
OF_POLICIES = ("effect_gap",)
# What is compared with last year, in which scopes, and what has to be the same in both years for that.
SCALE, DEFINITION = "scale_changed", "definition_changed"
COMPARED = {
    "effect_multiplier": (("plan",), DEFINITION),
    "effect_gap": (("policy",), DEFINITION),
    "achievement_rate": (("plan", "policy"), SCALE),
    "actual_effect": (("plan",), DEFINITION),
}
SCOPE, SCOPE_OF_POLICIES, SCOPE_OF_MEASURES = "year", "policy:year", "measure:year"


def last_year(frames: Frames, previous: Frames, of_previous: Figures) -> Iterator[Figure]:
    """Last year's figures as figures of this year's set: scope `year`, `2023`, `policy:year`, `1:2023`, and of its largest item `measure:year`.

    A policy that has another name than last year is another policy, and has none.

    Args:
        frames: The year that looks back.
        previous: The year before; corrections already applied.
        of_previous: That year's figures, from its own tables alone.
    """
    year = previous.fiscal_year
    for metric in OF_PLAN:
        if metric in of_previous:
            yield _of(of_previous[metric], frames, SCOPE, str(year))
    items = [one for one in of_previous.of("actual_effect", "measure") if one.is_known]
    if items:  # the largest, so that a page can tell whether this year's is the same
        largest = max(items, key=lambda one: one.interval)
        yield _of(largest, frames, SCOPE_OF_MEASURES, f"{largest.scope_id}:{year}")
    renamed = renamed_policies(previous, frames)
    for metric in OF_POLICIES:
        for one in of_previous.of(metric, "policy"):
            if one.scope_id not in renamed:
                yield _of(one, frames, SCOPE_OF_POLICIES, f"{one.scope_id}:{year}")


def changes(frames: Frames, figures: Figures, previous: Frames | None, of_previous: Figures) -> Iterator[Figure]:
    """How rate, multiplier and money moved since last year, and the gap of each policy (M14).

    Args:
        frames: The year that looks back.
        figures: Of the same year.
        previous: The year before, corrections already applied; None where it is not there.
        of_previous: That year's figures, from its own tables alone.
    """
    if previous is None:
        for metric in COMPARED:
            yield made(f"{metric}_change", None, year=frames.fiscal_year, inputs=(), reason=no_previous(frames))
        return
    differs = {SCALE: has_another_scale(previous, frames), DEFINITION: has_another_definition(previous, frames)}
    renamed = renamed_policies(previous, frames)
    for metric, (scopes, basis) in COMPARED.items():
        for now in (one for scope in scopes for one in figures.of(metric, scope)):
            before = of_previous.get(now.key)
            if before is None and now.scope_id not in renamed:
                continue  # a policy that is new
            why = basis if differs[basis] else "policy_renamed" if now.scope_id in renamed else ""
            is_known = not why and now.is_known and before.is_known
            yield made(
                f"{metric}_change",
                difference(before.interval, now.interval) if is_known else None,
                year=frames.fiscal_year,
                inputs=(*now.inputs, *(_inputs(before) if before else ())),
                scope=now.scope,
                scope_id=now.scope_id,
                reason=why or now.reason or before.reason,
            )


def _of(figure: Figure, frames: Frames, scope: str, scope_id: str) -> Figure:
    return replace(figure, scope=scope, scope_id=scope_id, fiscal_year=frames.fiscal_year, inputs=_inputs(figure))


def _inputs(figure: Figure) -> tuple[str, ...]:
    """Rows of another year, as another year names them."""
    return tuple(f"{figure.fiscal_year}/{one}" for one in figure.inputs)
