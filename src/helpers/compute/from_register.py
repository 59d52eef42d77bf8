"""The figures of the internal register, each under a name of its own: `registered_…` (M1–M4, M10, M17, M19)."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import repeat

import pandas as pd

from helpers.compute import grades, money, register, weighted
from helpers.compute.made import made, rows
from helpers.compute.ratio import whole_or_none
from helpers.terms import Figure
from helpers.terms.frames import Frames
from helpers.terms.records import records

METRICS_OF_A_REGISTER = (
    "registered_measures",
    "registered_measures_by_grade",
    "registered_achieved_measures",
    "registered_achievement_rate",
    "registered_expected_effect",
    "registered_actual_effect",
    "registered_effect_multiplier",
    "registered_effect_gap",
    "registered_discordance",
    "registered_rate_by_expected",
    "registered_weight_coverage",
    "registered_yen_target_rate",
)


def from_register(frames: Frames) -> Iterator[Figure]:
    """The register's figures of plan, policies, departments and measures; without a register, figures that say there is none.

    Published figures come from the published tables only; V22 and V23 compare the two.
    """
    if frames.register.empty:
        for metric in METRICS_OF_A_REGISTER:
            yield made(metric, None, year=frames.fiscal_year, inputs=(), reason="no_register")
        return
    registered = register.registered(frames.register, plan=frames.plan)
    for scope, by in (("plan", None), ("policy", "policy_id"), ("department", "department")):
        yield from _summary(frames, registered, scope, by)
    yield from _measures(frames, registered)
    rated = registered[registered["is_rated"]]
    known = {"year": frames.fiscal_year, "inputs": rows("register", rated)}
    weighted_rate = weighted.rate_by_expected(rated, rated["is_achieved"])
    yield made("registered_rate_by_expected", weighted_rate, **known, reason="nothing_weighted")
    yield made("registered_weight_coverage", weighted.weight_coverage(rated), **known, reason="no_measures")
    whole = {"year": frames.fiscal_year, "inputs": rows("register", registered)}
    yield made("registered_yen_target_rate", register.yen_target_rate(registered), **whole)


def _summary(frames: Frames, registered: pd.DataFrame, scope: str, by: str | None) -> Iterator[Figure]:
    table = register.register_summary(registered, by)
    rates, gaps = grades.achievement_rate(table), money.effect_gap(table)
    multipliers, cases = money.effect_multiplier(table), money.multiplier_case(table)
    lines, graded = _of_each(registered, by)
    for row in records(table):
        scope_id = row.Index
        known = {
            "year": frames.fiscal_year,
            "inputs": tuple(lines[scope_id]),
            "scope": scope,
            "scope_id": "" if by is None else scope_id,
        }
        is_few = scope == "department" and row.measures < register.LEAST_FOR_A_RATE
        rate = None if is_few else rates[scope_id]
        case = cases[scope_id].replace("expected_not_stated", "amounts_not_registered")
        case = case.replace("actual_not_stated", "amounts_not_registered")
        yield made("registered_measures", row.measures, **known)
        yield made("registered_achieved_measures", row.achieved_measures, **known)
        yield made("registered_achievement_rate", rate, **known, reason="too_few" if is_few else "no_measures")
        yield made("registered_expected_effect", row.expected_yen, **known, reason="amounts_not_registered")
        yield made("registered_actual_effect", row.actual_yen, **known, reason="amounts_not_registered")
        yield made("registered_effect_gap", gaps[scope_id], **known, reason=case)
        yield made("registered_effect_multiplier", multipliers[scope_id], **known, reason=case)
        for grade in frames.plan.grades:
            at = {
                "scope": f"{scope}:grade" if by else "grade",
                "scope_id": f"{scope_id}:{grade.code}" if by else grade.code,
            }
            yield made("registered_measures_by_grade", graded[scope_id][grade.code], **known | at)


def _of_each(registered: pd.DataFrame, by: str | None) -> tuple[dict[str, list[str]], dict[str, Counter]]:
    """The lines of the register and the measures by grade of each value of a column, or of the whole; read in one pass."""
    lines: dict[str, list[str]] = defaultdict(list)
    graded: dict[str, Counter] = defaultdict(Counter)
    values = repeat("plan", len(registered)) if by is None else registered[by].tolist()
    for value, row, grade in zip(values, rows("register", registered), registered["grade"].tolist(), strict=True):
        lines[value].append(row)
        graded[value][grade] += 1
    return lines, graded


def _measures(frames: Frames, registered: pd.DataFrame) -> Iterator[Figure]:
    gaps, multipliers = money.effect_gap(registered), money.effect_multiplier(registered)
    cases = money.multiplier_case(registered).replace(
        {"expected_not_stated": "amounts_not_registered", "actual_not_stated": "amounts_not_registered"}
    )
    kinds = register.measure_discordance(registered, threshold=frames.plan.thresholds.policy_multiplier)
    amounts = (whole_or_none(amounts) for amounts in (registered["expected_yen"], registered["actual_yen"], gaps))
    # Lists, not rows of a frame: a city may have thousands of measures.
    columns = (registered.index, registered["measure_id"], *amounts, multipliers, cases, kinds)
    for line, measure, expected, actual, gap, multiplier, case, kind in zip(*map(list, columns), strict=True):
        known = {
            "year": frames.fiscal_year,
            "inputs": (f"register.csv:{line}",),
            "scope": "measure",
            "scope_id": measure,
        }
        yield made("registered_expected_effect", expected, **known, reason="amounts_not_registered")
        yield made("registered_actual_effect", actual, **known, reason="amounts_not_registered")
        yield made("registered_effect_gap", gap, **known, reason=case)
        yield made("registered_effect_multiplier", multiplier, **known, reason=case)
        yield made("registered_discordance", kind, **known)
