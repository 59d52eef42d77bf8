"""What departments were asked and have answered so far: how far they are, and what their answers come to (M26, M27)."""

from collections.abc import Iterator

import pandas as pd

from helpers.compute import grades, money
from helpers.compute.made import made, rows, rows_or_file
from helpers.compute.register import LEAST_FOR_A_RATE, registered
from helpers.terms import Figure, Figures, form
from helpers.terms.collection import Collection
from helpers.terms.records import records

# A doubt that a slip of unit would explain.
SIZE = "size"


def collection(collection: Collection) -> Figures:
    """Every figure of a collection; what nobody has answered, or was asked, is a figure with that as its reason.

    Amounts and grades are of the measures answered alone. None of them stands for all that were asked about.
    """
    measures = dict(zip(collection.asked["measure_id"], collection.asked["measure"], strict=True))
    figures = [*_state(collection), *_points(collection), *_by_grade(collection), *_effect(collection)]
    return Figures(figures, plan=collection.plan, measures=measures)


def _state(collection: Collection) -> Iterator[Figure]:
    """How many measures and departments are answered (M26)."""
    table, year = collection.by_department, collection.fiscal_year
    asked, answers = collection.asked, collection.answers
    counts = {"asked_measures": "asked", "answered_measures": "answered", "begun_measures": "begun"}
    for metric, column in counts.items():
        yield made(metric, int(table[column].sum()), year=year, inputs=_of(metric, asked, answers))
    for row in records(table):
        of_it = [one[one["department"] == row.department] for one in (asked, answers)]
        for metric, column in counts.items():
            known = {"year": year, "inputs": _of(metric, *of_it), "scope": "department", "scope_id": row.department}
            yield made(metric, int(getattr(row, column)), **known)
    departments = {
        "asked_departments": table["asked"] > 0,
        "answered_departments": table["answered"] == table["asked"],
        "silent_departments": table["begun"] == 0,
    }
    for metric, those in departments.items():
        yield made(metric, int(those.sum()), year=year, inputs=_of(metric, asked, answers))


def _of(metric: str, asked: pd.DataFrame, answers: pd.DataFrame) -> tuple[str, ...]:
    is_asked = metric.startswith("asked_")
    return rows("asked", asked) if is_asked else rows("asked", asked) + rows_or_file("answers", answers)


def _points(collection: Collection) -> Iterator[Figure]:
    """How many points there are to ask and to know of (M26)."""
    doubts, year = collection.doubts, collection.fiscal_year
    is_open = doubts["weight"] == "open"
    for metric, found in (
        ("points_to_ask", doubts[is_open]),
        ("points_to_know", doubts[~is_open]),
        ("doubted_amounts", doubts[doubts["kind"] == SIZE]),
    ):
        yield made(metric, len(found), year=year, inputs=rows_or_file("doubts", found))
    table = collection.by_department
    to_ask = table[table["open"] > 0]["department"]
    of_them = doubts[is_open & doubts["department"].isin(to_ask)]
    yield made("departments_to_ask", len(to_ask), year=year, inputs=rows_or_file("doubts", of_them))
    for row in records(table):
        of_it = rows_or_file("doubts", doubts[is_open & (doubts["department"] == row.department)])
        known = {"year": year, "inputs": of_it, "scope": "department", "scope_id": row.department}
        yield made("points_to_ask", int(row.open), **known)


def _by_grade(collection: Collection) -> Iterator[Figure]:
    """The grades answered so far (M27)."""
    plan, year = collection.plan, collection.fiscal_year
    found = registered(collection.register, plan=plan)
    graded = found[found["grade"].isin([grade.code for grade in plan.grades])]
    rated = graded[graded["is_rated"]]
    reason = "grades_not_stated" if not plan.grades else _reason(collection, form.GRADED)
    known = {"year": year, "inputs": rows_or_file("register", graded), "reason": reason}
    some = {"provisional_graded_measures": len(graded), "provisional_measures": len(rated)}
    some["provisional_achieved_measures"] = int(rated["is_achieved"].sum())
    for metric, count in some.items():
        yield made(metric, count if len(graded) else None, **known)
    counts = pd.DataFrame(
        {"measures": [len(rated)], "achieved_measures": [some["provisional_achieved_measures"]]}, dtype="int64"
    )
    is_few = len(rated) < LEAST_FOR_A_RATE and len(graded) < len(collection.asked)
    rate = None if is_few or not len(graded) else grades.achievement_rate(counts).iloc[0]
    why = reason if not len(graded) else "too_few" if is_few else "no_measures"
    yield made("provisional_achievement_rate", rate, **known | {"reason": why})
    for grade in plan.grades if len(graded) else ():
        of_it = graded[graded["grade"] == grade.code]
        at = {"scope": "grade", "scope_id": grade.code, "inputs": rows_or_file("register", of_it)}
        yield made("provisional_measures_by_grade", len(of_it), **known | at)


def _effect(collection: Collection) -> Iterator[Figure]:
    """The amounts answered so far, of measures that have both; in the stage of the plan, the expected ones alone (M27)."""
    register, year = collection.register, collection.fiscal_year
    is_plan = collection.stage == form.PLAN
    column = form.EXPECTED if is_plan else form.ACTUAL
    said = collection.answers.loc[collection.answers["item"] == column.key, "measure_id"]
    answered = register[register["measure_id"].isin(said) & ~register["measure"].isin(_doubted(collection))]
    has_amount = answered["expected_yen" if is_plan else "actual_yen"].notna()
    compared = answered[has_amount & answered["expected_yen"].notna()]
    alone = answered[has_amount & answered["expected_yen"].isna()]
    known = {"year": year, "inputs": rows_or_file("register", compared), "reason": "nothing_answered"}
    not_yet = known | ({"reason": "not_asked_yet"} if is_plan else {})
    total = pd.DataFrame(
        {kind: [compared[kind].sum() if len(compared) else None] for kind in ("expected_yen", "actual_yen")},
        dtype="Int64",
    )
    if is_plan:
        total["actual_yen"] = pd.array([None], dtype="Int64")
    yield made("provisional_effect_measures", len(compared), **known)
    yield made("provisional_expected_effect", total["expected_yen"].iloc[0], **known)
    yield made("provisional_actual_effect", total["actual_yen"].iloc[0], **not_yet)
    case = not_yet["reason"] if is_plan or not len(compared) else money.multiplier_case(total).iloc[0]
    yield made("provisional_effect_multiplier", money.effect_multiplier(total).iloc[0], **not_yet | {"reason": case})
    of_alone = not_yet | {"inputs": rows_or_file("register", alone)}
    yield made("provisional_measures_without_expected", len(alone), **of_alone)
    yield made("provisional_effect_without_expected", alone["actual_yen"].sum() if len(alone) else None, **of_alone)


def _doubted(collection: Collection) -> list[str]:
    """Measures whose amount may be of another unit: left out of sums until somebody has closed the stage over them."""
    doubts = collection.doubts
    return [] if collection.is_closed else list(doubts.loc[doubts["kind"] == SIZE, "measure"])


def _reason(collection: Collection, column: form.Column) -> str:
    return "nothing_answered" if collection.stage in column.open_in else "not_asked_yet"
