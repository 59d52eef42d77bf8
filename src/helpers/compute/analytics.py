"""The figures that the brief does not show: weighted rates, shortfalls, departments, scenarios, causes, evidence, data quality (M2, M11, M17–M25)."""

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from helpers.compute import causes, grades, money, quality, scenarios, shortfalls, underlying, weighted
from helpers.compute.evidence import number_in_text
from helpers.compute.made import made, rows, rows_or_file
from helpers.compute.ratio import int_or_none
from helpers.compute.sums import Sums
from helpers.terms import Figure, Figures, Status
from helpers.terms.frames import Frames
from helpers.terms.records import records


def analytics(frames: Frames, figures: Figures, sums: Sums) -> Iterator[Figure]:
    """All figures of this module, computed from the tables; scenarios also use figures computed before.

    Args:
        frames: One plan and year.
        figures: M1–M10 of the same year.
        sums: What its tables come to.
    """
    yield from _grade_shares(frames, figures)
    yield from _weighted(frames, sums)
    yield from _priorities(frames)
    yield from _shortfalls(frames, sums)
    yield from _without_each_item(frames, figures, sums)
    yield from _departments(frames)
    yield from coming_years(frames, figures)
    yield from _expectations(frames, sums)
    yield from _causes(frames, sums)
    yield from _evidence(frames, sums)
    yield from _assurance(frames, sums)
    yield from _data(frames, sums)


def _grade_shares(frames: Frames, figures: Figures) -> Iterator[Figure]:
    rated = {grade.code for grade in frames.plan.grades if grade.is_rated}
    whole = figures["measures"]
    for of_grade in figures.of("measures_by_grade", "grade"):
        if of_grade.scope_id in rated:
            yield made(
                "grade_share",
                Fraction(of_grade.exact, whole.exact) if whole.exact else None,
                year=frames.fiscal_year,
                inputs=whole.inputs,
                scope="grade",
                scope_id=of_grade.scope_id,
                reason="no_measures",
            )


def _weighted(frames: Frames, sums: Sums) -> Iterator[Figure]:
    effect = sums.effects
    rates = grades.achievement_rate(sums.counts).reindex(effect.index)
    for kind in ("expected", "actual"):
        weights = effect[f"{kind}_yen"]
        reason = (
            f"{kind}_not_stated"
            if weights.isna().any()
            else ("negative_expected" if kind == "expected" else "negative_effects")
            if (weights < 0).any()
            else "nothing_positive"
            if not weights.sum()
            else "policy_without_rate"
        )
        yield made(
            f"rate_weighted_by_{kind}",
            weighted.weighted_rate(rates, weights),
            year=frames.fiscal_year,
            inputs=rows("grade_counts", frames.grade_counts) + sums.amount_rows(kind=kind),
            reason=reason,
        )


def _priorities(frames: Frames) -> Iterator[Figure]:
    """M2b: no table holds a city's own weights, and weights of our own would be an opinion."""
    yield made("rate_weighted_by_priority", None, year=frames.fiscal_year, inputs=(), reason="weights_not_stated")


def _shortfalls(frames: Frames, sums: Sums) -> Iterator[Figure]:
    effect, year = sums.effects, frames.fiscal_year
    cases = money.multiplier_case(effect)
    total_case = money.multiplier_case(sums.total).iloc[0]
    missing, beyond, share = (
        shortfalls.shortfall(effect),
        shortfalls.surplus(effect),
        shortfalls.shortfall_share(effect),
    )
    known = {"year": year, "inputs": sums.amount_rows()}
    yield made("shortfall", _sum(missing), **known, reason=total_case)
    yield made("surplus", _sum(beyond), **known, reason=total_case)
    reason = total_case if _sum(missing) is None else "no_shortfall"
    for policy in effect.index:
        of_policy = {"year": year, "inputs": sums.amount_rows(policy), "scope": "policy", "scope_id": policy}
        yield made("shortfall", missing[policy], **of_policy, reason=cases[policy])
        yield made("shortfall_share", share[policy], **of_policy | known, reason=reason)


def _without_each_item(frames: Frames, figures: Figures, sums: Sums) -> Iterator[Figure]:
    """M8: the multiplier without each item, one item at a time; a lower bound, as for the largest item."""
    items, of_top = sums.items, figures["multiplier_without_top_item"]
    both = {"actual_yen": figures["actual_effect"].exact, "expected_yen": figures["expected_effect"].exact}
    for item in items.index:
        alone = items.loc[[item]]
        yield made(
            "multiplier_without_item",
            None if None in both.values() else underlying.multiplier_without(alone, **both),
            year=frames.fiscal_year,
            inputs=tuple(f"effects.csv:{line}" for line in alone["line"]) + sums.amount_rows(),
            scope="measure",
            scope_id=item,
            reason=of_top.reason,
        )
    if items.empty:
        yield made("multiplier_without_item", None, year=frames.fiscal_year, inputs=(), reason="no_items")


def _departments(frames: Frames) -> Iterator[Figure]:
    """Counts only, no rates: the publisher chose which measures to name, so they are no sample of a department's work (T17)."""
    year = frames.fiscal_year
    named = [(row.department, row.grade, f"measures.csv:{row.Index}") for row in records(frames.measures)]
    of_departments: dict[str, list[tuple[str, str]]] = {}
    for department, grade, line in named:
        of_departments.setdefault(department, []).append((grade, line))
    for department, lines in of_departments.items():
        known = {"year": year, "scope": "department", "scope_id": department}
        yield made("named_measures", len(lines), **known, inputs=tuple(line for _, line in lines))
        for grade in sorted({grade for grade, _ in lines} - {"not_stated"}):
            of_grade = tuple(line for of, line in lines if of == grade)
            known = {"year": year, "scope": "department:grade", "scope_id": f"{department}:{grade}"}
            yield made("named_measures_by_grade", len(of_grade), **known, inputs=of_grade)
    if not named:
        yield made("named_measures_by_grade", None, year=year, inputs=(), reason="none_named")
        return
    for code in (grade.code for grade in frames.plan.grades):
        of_grade = tuple(line for _, grade, line in named if grade == code)
        known = {"year": year, "scope": "grade", "scope_id": code, "inputs": of_grade or tuple(one[2] for one in named)}
        yield made("named_measures_by_grade", len(of_grade), **known)


def coming_years(frames: Frames, figures: Figures) -> Iterator[Figure]:
    """The scenarios of one year and of the rest of the plan (M18). What that rest expects is of years that no page reads."""
    year, last = frames.fiscal_year, frames.plan.last_fiscal_year
    left = range(year + 1, last + 1)
    recurring, floor = figures["recurring_effect"], figures["multiplier_without_top_item"]
    capped, expected = figures["capped_delivery"], figures["expected_effect"]
    shape = {
        "recurring": recurring.interval if recurring.is_known else None,
        "underlying": floor.interval if floor.is_known else None,
        "capped": capped.exact,
    }
    absent = "years_not_given" if set(left) <= set(frames.registered_years) else "years_not_registered"
    found = {
        "scenario_effect": (scenarios.scenarios(expected_yen=None, years=len(left), **shape), None, absent),
        "scenario_yearly_effect": (
            scenarios.scenarios(expected_yen=expected.exact, years=1, **shape),
            expected.exact,
            expected.reason,
        ),
    }
    needs = {"S0": expected, "S1": recurring, "S2": floor, "S3": capped}
    for metric, (values, base, no_base) in found.items():
        for scenario, value in values.items():
            needed = needs[scenario]
            inputs = needed.inputs if scenario == "S1" else tuple(dict.fromkeys(needed.inputs + expected.inputs))
            reason = no_base if scenario != "S1" and base is None else needed.reason
            if metric == "scenario_effect" and not left:
                value, reason = None, "last_year"  # noqa: PLW2901 — no years are left
            yield made(
                metric,
                value,
                year=year,
                inputs=inputs,
                scope="scenario",
                scope_id=scenario,
                status=Status.JUDGEMENT,
                reason=reason or "nothing_positive",
            )


def _expectations(frames: Frames, sums: Sums) -> Iterator[Figure]:
    expected = sums.effects["expected_yen"]
    known = {"year": frames.fiscal_year, "inputs": sums.amount_rows(kind="expected"), "reason": "expected_not_stated"}
    is_stated = not expected.isna().any()
    positive = int((expected > 0).sum())
    yield made("yen_target_rate", Fraction(positive, len(expected)) if is_stated else None, **known)
    without = ",".join(expected.index[expected == 0]) if is_stated else ""
    yield made(
        "policies_without_expected",
        without or None,
        **known | ({"reason": "every_policy_expects"} if is_stated else {}),
    )


def _causes(frames: Frames, sums: Sums) -> Iterator[Figure]:
    codes, year = frames.reason_codes, frames.fiscal_year
    known = {"year": year, "inputs": rows("reason_codes", codes), "status": Status.JUDGEMENT, "reason": "not_judged"}
    if codes.empty:
        for metric in ("reason_coded_measures", "reason_measures", "reason_measures_by_control", "reason_coverage"):
            yield made(metric, None, **known)
        return
    coded = codes.loc[~codes["reason_code"].isin(causes.NO_CAUSE), "measure_id"].nunique()
    yield made("reason_coded_measures", coded, **known)
    for code, number in causes.reason_measures(codes).items():
        yield made("reason_measures", number, **known, scope="reason", scope_id=code)
    for control, number in causes.reason_measures_by_control(codes).items():
        yield made("reason_measures_by_control", number, **known, scope="control", scope_id=control)
    missed = int((sums.counts["measures"] - sums.counts["achieved_measures"]).sum())
    share = Fraction(coded, missed) if missed >= coded else None
    yield made("reason_coverage", share, **known | {"reason": "infeasible" if missed else "no_missed_measures"})


def _evidence(frames: Frames, sums: Sums) -> Iterator[Figure]:
    measures, year = frames.measures, frames.fiscal_year
    graded = measures[measures["grade"] != "not_stated"]
    # Whether evidence shows activity, output or outcome is a person's judgement, and no table holds such judgements.
    yield made("evidence_level", None, year=year, inputs=(), reason="evidence_not_coded")
    if measures.empty:
        for metric in ("named_graded_measures", "graded_coverage", "measures_with_number", "number_in_text"):
            yield made(metric, None, year=year, inputs=(), reason="none_named")
        return
    inputs = rows("measures", graded) or rows("measures", measures)
    yield made("named_graded_measures", len(graded), year=year, inputs=inputs)
    whole = int(sums.counts["measures"].sum())
    yield made(
        "graded_coverage",
        Fraction(len(graded), whole) if whole else None,
        year=year,
        inputs=inputs,
        reason="no_measures",
    )
    found = number_in_text(measures, frames.mentions)
    of_graded = int(found[graded["measure_id"]].sum())
    yield made("measures_with_number", of_graded, year=year, inputs=inputs, status=Status.JUDGEMENT)
    # Grouped by measure once instead of searched for each measure: there may be thousands.
    mentioned, listed = _lines_of_each(frames.mentions), _lines_of_each(measures)
    for measure, is_there in found.items():
        lines = mentioned.get(measure, ())
        yield made(
            "number_in_text",
            "number" if is_there else "no_number",
            year=year,
            inputs=tuple(f"mentions.csv:{line}" for line in lines)
            or tuple(f"measures.csv:{line}" for line in listed[measure]),
            scope="measure",
            scope_id=measure,
            status=Status.JUDGEMENT,
        )


def _lines_of_each(named: pd.DataFrame) -> dict[str, list[int]]:
    """The lines that name each measure."""
    lines: dict[str, list[int]] = {}
    for line, measure in zip(named.index.tolist(), named["measure_id"].tolist(), strict=True):
        lines.setdefault(measure, []).append(line)
    return lines


def _assurance(frames: Frames, sums: Sums) -> Iterator[Figure]:
    """M24: no document or table says how an amount was verified, so the figure is not available for any amount."""
    items = sums.items
    known = {"year": frames.fiscal_year, "reason": "assurance_not_stated"}
    for item in records(items):
        yield made(
            "assurance", None, **known, inputs=(f"effects.csv:{item.line}",), scope="measure", scope_id=item.Index
        )
    if items.empty:
        yield made("assurance", None, **known | {"reason": "no_items"}, inputs=())
    yield made("assured_share", None, **known, inputs=tuple(f"effects.csv:{line}" for line in items["line"]))


def _data(frames: Frames, sums: Sums) -> Iterator[Figure]:
    year, tables = frames.fiscal_year, frames.tables()
    facts = quality.fact_rows(tables)
    inputs = tuple(f"{fact.table}.csv:{fact.line}" for fact in records(facts))
    yield made("facts", len(facts), year=year, inputs=inputs or ("grade_counts.csv",))
    yield made(
        "sourced_share", quality.sourced_share(facts, frames.sources), year=year, inputs=inputs, reason="no_facts"
    )
    implied = facts[facts["status"] != "stated"]
    found = tuple(f"{fact.table}.csv:{fact.line}" for fact in records(implied))
    yield made("implied_facts", len(implied), year=year, inputs=found or inputs or ("grade_counts.csv",))
    items, actual = sums.items, int_or_none(sums.total["actual_yen"].iloc[0])
    share = quality.classified_share(items, frames.effect_classes, actual_yen=actual)
    is_judged = items.index.isin(frames.effect_classes["measure_id"]).any()
    yield made(
        "classified_share",
        share,
        year=year,
        inputs=tuple(f"effects.csv:{line}" for line in items["line"]) + rows("effect_classes", frames.effect_classes),
        status=Status.JUDGEMENT,
        reason="no_items"
        if items.empty
        else "not_judged"
        if not is_judged
        else "actual_not_stated"
        if actual is None
        else "actual_not_positive"
        if actual <= 0
        else "negative_effects",
    )
    unsure = frames.assumptions[frames.assumptions["state"] == "open"]
    counted = {
        "open_assumptions": ("assumptions", unsure),
        "corrected_values": ("corrections", frames.corrections),
        "acknowledged_checks": ("acknowledged", frames.acknowledged),
    }
    for metric, (table, frame) in counted.items():
        yield made(metric, len(frame), year=year, inputs=rows_or_file(table, frame))
    replaced = [source for source in frames.sources.values() if source.get("superseded")]
    yield made("superseded_documents", len(replaced), year=year, inputs=("SOURCES.toml",))


def _sum(amounts: pd.Series) -> int | None:
    return int_or_none(amounts.sum(skipna=False))
