"""Figures that need last year: the one-off part of the change, on track without a number, last year's scenarios against what came (M14, M16, M18)."""

from collections.abc import Iterator, Mapping

import pandas as pd

from helpers.compute import shares
from helpers.compute.comparable import has_another_scale, no_previous
from helpers.compute.evidence import has_number
from helpers.compute.made import made, rows
from helpers.compute.scenarios import SCENARIOS
from helpers.terms import Figure, Figures, Interval, Status
from helpers.terms.frames import Frames
from helpers.terms.tables import TOKENS

ON_TRACK = "on_track"


def looking_back(
    frames: Frames, figures: Figures, others: Mapping[int, Frames], tried: Figures | None
) -> Iterator[Figure]:
    """The one-off part of the change, measures on track without a number, and last year's scenarios beside the actual effect.

    Args:
        frames: The year the figures are of.
        figures: Of the same year, with its actual effect.
        others: Other registered years of the same plan; corrections already applied.
        tried: Last year's scenarios of one year, as its own tables give them; None where that year is not there.
    """
    previous = others.get(frames.fiscal_year - 1)
    missing = "" if previous is not None else no_previous(frames)
    yield _one_off(frames, previous, missing)
    yield _without_number(frames, previous, missing)
    yield from _scored(frames, figures, tried, missing)


def one_off_effect(items: pd.DataFrame, effect_classes: pd.DataFrame) -> Interval | None:
    """Yen from the items judged one-off; a range, since an item of unknown recurrence may count or not (M14).

    Args:
        items: `low_yen`, `high_yen` on `measure_id`.
        effect_classes: `measure_id`, `recurrence`.

    Returns:
        None where no item is judged.
    """
    recurrence = effect_classes.set_index("measure_id")["recurrence"].reindex(items.index)
    if recurrence.isna().all():
        return None
    sure, unsure = items[recurrence == "one_off"], items[~recurrence.isin(["one_off", "recurring"])]
    return Interval(
        int(sure["low_yen"].sum() + unsure["low_yen"].clip(upper=0).sum()),
        int(sure["high_yen"].sum() + unsure["high_yen"].clip(lower=0).sum()),
    )


def difference(before: Interval | None, now: Interval | None) -> Interval | None:
    """By how much an amount grew, when both are known as ranges; None where one is not known (M14)."""
    return None if before is None or now is None else Interval(now.low - before.high, now.high - before.low)


def on_track_without_number(before: pd.DataFrame, now: pd.DataFrame) -> int | None:
    """How many measures were on track in both years with no number in either year's reason or amount (M16).

    Args:
        before: Last year: `is_on_track`, `reason`, `actual_yen` on `measure_id`.
        now: This year.

    Returns:
        None where a measure might count but its reason or amount is not registered.
    """
    both = now.index[now["is_on_track"]].intersection(before.index[before["is_on_track"]])
    numbers = pd.DataFrame({n: _has_number(of_year.loc[both]) for n, of_year in enumerate((before, now))}, index=both)
    unsaid = numbers[~(numbers == "yes").any(axis="columns")]
    return None if (unsaid == "unknown").any(axis=None) else len(unsaid)


def _has_number(register: pd.DataFrame) -> list[str]:
    said = zip(register["reason"], register["actual_yen"], strict=True)
    return [
        "yes"
        if (not pd.isna(yen) and yen != 0) or (reason not in TOKENS and has_number(reason))
        else "unknown"
        if pd.isna(yen) or reason in TOKENS
        else "no"
        for reason, yen in said
    ]


def _one_off(frames: Frames, previous: Frames | None, missing: str) -> Figure:
    known = {"year": frames.fiscal_year, "status": Status.JUDGEMENT}
    if previous is None:
        return made("actual_effect_change_one_off", None, **known, inputs=(), reason=missing)
    items = {f.fiscal_year: shares.items(f.effects) for f in (previous, frames)}
    found = [one_off_effect(items[f.fiscal_year], f.effect_classes) for f in (previous, frames)]
    inputs = tuple(f"effects.csv:{line}" for line in items[frames.fiscal_year]["line"])
    inputs += tuple(f"{previous.fiscal_year}/effects.csv:{line}" for line in items[previous.fiscal_year]["line"])
    inputs += rows("effect_classes", frames.effect_classes)
    inputs += rows("effect_classes", previous.effect_classes, of_year=previous.fiscal_year)
    reason = "no_items" if any(of_year.empty for of_year in items.values()) else "not_judged"
    return made("actual_effect_change_one_off", difference(*found), **known, inputs=inputs, reason=reason)


def _without_number(frames: Frames, previous: Frames | None, missing: str) -> Figure:
    year, reason = frames.fiscal_year, missing
    if frames.register.empty:
        reason = missing or "no_register"
    elif not missing and previous.register.empty:
        reason = "previous_register_not_registered"
    elif not missing and has_another_scale(previous, frames):
        reason = "scale_changed"
    if reason:
        return made("on_track_without_number", None, year=year, inputs=(), reason=reason)
    before, now = (_on_track(f) for f in (previous, frames))
    inputs = rows("register", frames.register) + rows("register", previous.register, of_year=previous.fiscal_year)
    return made(
        "on_track_without_number",
        on_track_without_number(before, now),
        year=year,
        inputs=inputs,
        status=Status.JUDGEMENT,
        reason="reasons_not_registered",
    )


def _on_track(frames: Frames) -> pd.DataFrame:
    codes = [grade.code for grade in frames.plan.grades if grade.band == ON_TRACK]
    register = frames.register.set_index("measure_id")
    return register[["reason", "actual_yen"]].assign(is_on_track=register["grade"].isin(codes))


def _scored(frames: Frames, figures: Figures, tried: Figures | None, missing: str) -> Iterator[Figure]:
    """The actual effect less what each of last year's scenarios gave for one year (M18)."""
    actual = figures["actual_effect"]
    for scenario in SCENARIOS:
        known = {"year": frames.fiscal_year, "scope": "scenario", "scope_id": scenario, "status": Status.JUDGEMENT}
        said = tried["scenario_yearly_effect", "scenario", scenario] if tried else None
        if said is None:
            yield made("scenario_scored", None, **known, inputs=(), reason=missing)
            continue
        inputs = (*actual.inputs, *(f"{frames.fiscal_year - 1}/{place}" for place in said.inputs))
        is_known = actual.is_known and said.is_known
        value = difference(said.interval, actual.interval) if is_known else None
        reason = said.reason if actual.is_known else actual.reason
        yield made("scenario_scored", value, **known, inputs=inputs, reason=reason)
