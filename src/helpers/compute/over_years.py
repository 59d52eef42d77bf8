"""The figures that need more than one year (M12–M16), with the reason where a year is missing."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import pandas as pd

from helpers.compute import money, shares, years
from helpers.compute.comparable import has_another_scale, no_previous
from helpers.compute.made import made, rows
from helpers.compute.ratio import int_or_none
from helpers.compute.register import LEAST_FOR_A_RATE, behind_by_name, registered
from helpers.terms import Figure, Interval, Status
from helpers.terms.frames import Frames

SUMMABLE = {"vs_plan_baseline", "vs_previous_year"}
WITH_REGISTERS = (
    "achievement_rate_change_within",
    "achievement_rate_change_composition",
    "panel_measures",
    "panel_achievement_rate",
    "entered_measures",
    "ended_measures",
    "actual_effect_change_within",
    "actual_effect_change_entries",
    "actual_effect_change_exits",
    "grade_transitions",
    "improved_measures",
    "worsened_measures",
    "unchanged_measures",
    "behind_persistence",
    "stuck_measures",
    "years_behind",
)


def over_years(frames: Frames, others: Mapping[int, Frames]) -> Iterator[Figure]:
    """The figures of one year that need other years: cumulative effect, pace, grade transitions, measures that stay behind.

    Args:
        frames: The year the figures are of.
        others: Other registered years of the same plan, by fiscal year; corrections already applied.
    """
    the_years = {**others, frames.fiscal_year: frames}
    yield from _cumulative(frames, the_years)
    yield from _registers(frames, the_years)
    yield from _named_behind(frames, the_years)


def _named_behind(frames: Frames, the_years: Mapping[int, Frames]) -> Iterator[Figure]:
    """For how many years in a row the documents name each measure as behind (M16)."""
    year = frames.fiscal_year
    if year - 1 not in the_years:
        yield made("years_named_behind", None, year=year, inputs=(), reason=no_previous(frames))
        return
    named = {y: behind_by_name(one) for y, one in the_years.items() if y <= year}
    found = {one: run for one in named[year] if (run := years.years_in_a_row(named, one, year=year)) > 1}
    inputs = {one: rows("measures", frames.measures[frames.measures["measure_id"] == one]) for one in found}
    for one, run in found.items():
        yield made("years_named_behind", run, year=year, inputs=inputs[one], scope="measure", scope_id=one)
    if not found:
        inputs = rows("measures", frames.measures) or ("measures.csv",)
        yield made("years_named_behind", None, year=year, inputs=inputs, reason="nothing_stuck")


def _cumulative(frames: Frames, the_years: Mapping[int, Frames]) -> Iterator[Figure]:
    plan, year = frames.plan, frames.fiscal_year
    totals = {y: money.total_effect(money.effect(f.effects, plan=f.plan)) for y, f in the_years.items()}
    expected = {y: int_or_none(total["expected_yen"].iloc[0]) for y, total in totals.items()}
    actual = {y: int_or_none(total["actual_yen"].iloc[0]) for y, total in totals.items()}
    lines = {y: _effect_rows(one, year) for y, one in the_years.items()}
    inputs = tuple(row for y in sorted(lines) if y <= year for row in lines[y])
    of_plan = {"first": plan.first_fiscal_year, "last": year}
    is_summable = plan.effect_basis in SUMMABLE
    up_to_now = range(plan.first_fiscal_year, year + 1)
    missing = "years_not_given" if _are_registered(frames, up_to_now) else "years_not_registered"
    so_far = {
        "expected": years.cumulative(expected, **of_plan),
        "actual": years.cumulative(actual, **of_plan),
    }
    reason = missing if None in so_far.values() else "effect_basis_not_stated"
    for kind, amount in so_far.items():
        value = amount if is_summable else None
        yield made(f"cumulative_{kind}_effect", value, year=year, inputs=inputs, reason=reason)
    is_known = is_summable and None not in so_far.values()
    has_path = is_known and so_far["expected"] > 0
    yield made(
        "cumulative_multiplier",
        Fraction(so_far["actual"], so_far["expected"]) if has_path else None,
        year=year,
        inputs=inputs,
        reason="target_not_positive" if is_known else reason,
    )
    of_all = tuple(row for y in the_years for row in lines[y])
    amount = so_far["actual"] if is_known else None
    yield from _against_target(frames, the_years, amount, expected, reason, lines=of_all)


def _against_target(
    frames: Frames,
    the_years: Mapping[int, Frames],
    so_far: int | None,
    expected: Mapping[int, int | None],
    reason: str,
    *,
    lines: tuple[str, ...],
) -> Iterator[Figure]:
    plan, year = frames.plan, frames.fiscal_year
    is_stated = plan.total_expected_yen is not None
    target = plan.total_expected_yen
    if not is_stated:
        target = years.cumulative(expected, first=plan.first_fiscal_year, last=plan.last_fiscal_year)
    inputs = ("plan.toml",) if is_stated else lines
    missing = "years_not_given" if _are_registered(frames, plan.years) else "years_not_registered"
    yield made(
        "plan_target",
        target if is_stated or plan.effect_basis in SUMMABLE else None,
        year=year,
        inputs=inputs,
        status=Status.STATED if is_stated else Status.DERIVED,
        reason=missing if target is None else "effect_basis_not_stated",
    )
    basis = None if plan.effect_basis == "unknown" else plan.effect_basis
    of_basis = {"year": year, "inputs": ("plan.toml",), "status": Status.STATED}
    yield made("effect_basis", basis, **of_basis, reason="effect_basis_not_stated")
    elapsed = years.elapsed_share(first=plan.first_fiscal_year, last=plan.last_fiscal_year, year=year)
    yield made("elapsed_share", elapsed, year=year, inputs=("plan.toml",))
    is_known = so_far is not None and target is not None
    why = reason if so_far is None else missing
    pace = years.pace(cumulative_yen=so_far, target_yen=target, elapsed=elapsed) if is_known else None
    yield made("pace", pace, year=year, inputs=inputs, reason="target_not_positive" if is_known else why)
    left = plan.last_fiscal_year - year
    one_off = _one_off([f for y, f in the_years.items() if y <= year])
    for metric, without, status in (
        ("required_run_rate", Interval(0, 0), Status.DERIVED),
        ("required_run_rate_without_one_off", one_off, Status.JUDGEMENT),
    ):
        rate = None
        if is_known:
            rest = Interval(so_far - without.high, so_far - without.low)
            rate = years.required_run_rate(target_yen=target, so_far=rest, years_left=left)
        absent = why if not is_known else "last_year" if left <= 0 else "target_reached"
        yield made(metric, rate, year=year, inputs=inputs, status=status, reason=absent)


def _one_off(the_years: list[Frames]) -> Interval:
    """Yen from the items judged one-off in these years."""
    total = Interval(0, 0)
    for frames in the_years:
        judged = frames.effect_classes.loc[frames.effect_classes["recurrence"] == "one_off", "measure_id"]
        items = shares.items(frames.effects)
        items = items[items.index.isin(judged)]
        total += Interval(int(items["low_yen"].sum()), int(items["high_yen"].sum()))
    return total


# The columns that are compared between registers.
_COMPARED = ["measure_id", "policy_id", "department", "grade", "expected_yen", "actual_yen"]


def _registers(frames: Frames, the_years: Mapping[int, Frames]) -> Iterator[Figure]:
    year = frames.fiscal_year
    registers = {
        y: registered(f.register[_COMPARED], plan=f.plan).set_index("measure_id")
        for y, f in the_years.items()
        if y <= year and len(f.register)
    }
    previous = the_years.get(year - 1)
    reason = "no_register"
    if previous is None:
        reason = no_previous(frames)
    elif year in registers:
        reason = "previous_register_not_registered" if year - 1 not in registers else ""
    if not reason and has_another_scale(previous, frames):
        reason = "scale_changed"
    if reason:
        for metric in WITH_REGISTERS:
            yield made(metric, None, year=year, inputs=(), reason=reason)
        return
    inputs = rows("register", frames.register) + rows("register", previous.register, of_year=year - 1)
    yield from _panel(registers[year - 1], registers[year], year, inputs)
    yield from _transitions(frames, registers, inputs)


def _panel(before: pd.DataFrame, now: pd.DataFrame, year: int, inputs: tuple[str, ...]) -> Iterator[Figure]:
    panel = years.panel(before, now)
    rates = years.panel_rates(panel)
    within = None if rates is None else rates[1] - rates[0]
    composition = None if within is None else _rate(now) - _rate(before) - within
    known = {"year": year, "inputs": inputs}
    yield made("achievement_rate_change_within", within, **known, reason="no_panel")
    yield made("achievement_rate_change_composition", composition, **known, reason="no_panel")
    yield made("panel_measures", len(panel), **known)
    yield made("panel_achievement_rate", None if rates is None else rates[1], **known, reason="no_panel")
    yield made("entered_measures", len(now.index.difference(before.index)), **known)
    yield made("ended_measures", len(before.index.difference(now.index)), **known)
    for part, amount in years.effect_change(before["actual_yen"], now["actual_yen"]).items():
        yield made(f"actual_effect_change_{part}", amount, **known, reason="amounts_not_registered")
    for direction, number in years.movements(panel).items():
        yield made(f"{direction}_measures", number, **known)
    persistence = years.behind_persistence(panel, least=LEAST_FOR_A_RATE)
    reason = "too_few" if (~panel["achieved_before"]).any() else "nothing_behind_before"
    yield made("behind_persistence", persistence, **known, reason=reason)


def _transitions(frames: Frames, registers: Mapping[int, pd.DataFrame], inputs: tuple[str, ...]) -> Iterator[Figure]:
    year = frames.fiscal_year
    for (before, now), number in years.grade_transitions(
        registers[year - 1]["grade"], registers[year]["grade"]
    ).items():
        yield made(
            "grade_transitions", number, year=year, inputs=inputs, scope="grade:grade", scope_id=f"{before}:{now}"
        )
    run = years.years_behind(registers, year=year)
    stuck = run[run > 1]
    yield made("stuck_measures", len(stuck), year=year, inputs=inputs)
    departments = registers[year]["department"]
    by_department = departments.reindex(stuck.index).value_counts().reindex(departments.unique(), fill_value=0)
    for department, number in by_department.items():
        yield made("stuck_measures", number, year=year, inputs=inputs, scope="department", scope_id=department)
    if stuck.empty:
        yield made("years_behind", None, year=year, inputs=inputs, reason="nothing_stuck")
    for measure, number in stuck.items():
        yield made("years_behind", number, year=year, inputs=inputs, scope="measure", scope_id=measure)


def _rate(registered: pd.DataFrame) -> Fraction:
    return Fraction(int(registered["is_achieved"].sum()), int(registered["is_rated"].sum()))


def _are_registered(frames: Frames, wanted: range) -> bool:
    return set(wanted) <= set(frames.registered_years)


def _effect_rows(frames: Frames, year: int) -> tuple[str, ...]:
    of_policies = frames.effects[frames.effects["scope"] == "policy"]
    return rows("effects", of_policies, of_year=None if frames.fiscal_year == year else frames.fiscal_year)
