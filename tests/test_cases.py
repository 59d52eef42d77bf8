"""Every formula against the rows worked by hand in `tests/cases/`, one test a file."""

import re
from fractions import Fraction
from pathlib import Path

import by_hand
import pandas as pd
import pytest
from by_hand import each, each_case
from made_up import LETTERS, plan, year

from helpers import compute, tell
from helpers.terms import METRICS, Grade, Interval, rounding_interval

CONTRIBUTIONS = ("contribution_to_multiplier", "contribution_to_excess")
POLICY_FORMULAS = (*CONTRIBUTIONS, "expected_share", "actual_share", "leave_one_out_multiplier")
LEFT_OUT = by_hand.cases("leave_one_out_rate").values()
COUNT_FORMULAS = ("achievement_rate", "exceeded_rate", "points_per_measure")
COUNTED = ["policy_id", "grade", "measures"]
BRIEF = {"M1", "M3", "M4", "M5", "M6", "M7", "M7b", "M8", "M9", "M10", "M20", "M21"}


def whole(cells):
    return pd.Series([None if cell in by_hand.NOTHING else int(cell) for cell in cells], dtype="Int64")


def money(rows):
    columns = [column for column in ("expected_yen", "actual_yen") if column in rows[0]]
    amounts = pd.DataFrame({column: whole([row[column] for row in rows]) for column in columns})
    return amounts.set_axis(pd.Index([row["policy_id"] for row in rows], name="policy_id"))


def items(rows, low="low_yen", high="high_yen"):
    amounts = {"low_yen": [int(row[low]) for row in rows], "high_yen": [int(row[high]) for row in rows]}
    return pd.DataFrame(amounts, index=pd.Index([row.get("item") for row in rows], name="measure_id"), dtype="int64")


def ends(row):
    return None if row["low"] in by_hand.NOTHING else (by_hand.number(row["low"]), by_hand.number(row["high"]))


def said(values):
    """Missing values as None, whatever pandas calls them."""
    return [None if not isinstance(value, Fraction) and pd.isna(value) else value for value in values]


@each_case("achievement")
def test_achievement(rows):
    *graded, totals = rows
    scale = tuple(
        Grade(row["grade"], row["grade"], order, achieved=row["achieved"] == "yes", band=row["band"])
        for order, row in enumerate(graded, start=1)
    )
    counts = pd.DataFrame([("1", row["grade"], int(row["count"])) for row in graded], columns=COUNTED)
    found = compute.achievement(counts, plan=plan(1, grades=scale)).loc["1"].to_dict()
    assert found == {column: int(totals[column]) for column in found}


@pytest.mark.parametrize(
    ("name", "rows"),
    [*((name, by_hand.rows(name)) for name in COUNT_FORMULAS), *(("leave_one_out_rate", rows) for rows in LEFT_OUT)],
)
def test_ratios_of_counts(name, rows):
    counts = pd.DataFrame({column: [int(row[column]) for row in rows] for column in rows[0] if "measures" in column})
    counts = counts.drop(columns=[name], errors="ignore")
    found = getattr(compute, name)(counts)
    assert said(found) == [by_hand.number(row[name]) for row in rows]
    assert found.index.equals(counts.index)


@each("regrades_below")
def test_regrades_below(row):
    counts = pd.DataFrame({c: [int(row[c])] for c in ("achieved_measures", "measures")})
    found = compute.regrades_below(counts, threshold=Fraction(row["threshold"]))
    assert said(found) == [by_hand.number(row["regrades_below"])]


@each("effect_gap")
def test_effect_gap(row):
    (found,) = compute.effect_gap(money([row | {"policy_id": "1"}]))
    assert said([found]) == [by_hand.number(row["effect_gap_yen"])]


@each("effect_multiplier")
def test_effect_multiplier_and_its_case(row):
    effect = money([row | {"policy_id": "1"}])
    assert said(compute.effect_multiplier(effect)) == [by_hand.number(row["effect_multiplier"])]
    assert list(compute.multiplier_case(effect)) == [row["multiplier_case"]]


@pytest.mark.parametrize(
    ("name", "rows"), [pytest.param(n, r, id=f"{n} {c}") for n in POLICY_FORMULAS for c, r in by_hand.cases(n).items()]
)
def test_formulas_of_policies(name, rows):
    *of_policies, last = rows
    of_policies, total = (of_policies, last) if last["policy_id"] == "plan" else (rows, None)
    effect = money(of_policies)
    found = getattr(compute, name)(effect)
    assert said(found) == [by_hand.number(row[name]) for row in of_policies]
    assert found.index.equals(effect.index)
    if total:
        assert money([total]).iloc[0].equals(compute.total_effect(effect).iloc[0]), "the case adds up by hand"
        if by_hand.number(total[name]) is not None:
            assert sum(found) == by_hand.number(total[name])


@each_case("capped_delivery")
def test_capped_delivery(rows):
    *of_policies, total = rows
    assert compute.capped_delivery(money(of_policies)) == by_hand.number(total["capped_delivery"])


@each_case("concentration")
def test_concentration(rows):
    *of_policies, total = rows
    found = compute.concentration(whole([row["amount_yen"] for row in of_policies]))
    assert found == by_hand.number(total["concentration"])
    assert compute.effective_number(found) == by_hand.number(total["effective_number"])


@each_case("share_of_total")
def test_share_of_total(rows):
    *some, total = rows
    total_yen = by_hand.number(total["total_yen"])
    found = compute.share_of_total(items(some), None if total_yen is None else int(total_yen))
    assert found == ends({"low": total["share_low"], "high": total["share_high"]})


def without_an_item(row):
    item = items([row], "item_low_yen", "item_high_yen")
    return item, {"actual_yen": int(row["actual_yen"]), "expected_yen": int(row["expected_yen"])}


@each("multiplier_without")
def test_multiplier_without(row):
    item, both = without_an_item(row)
    assert compute.multiplier_without(item, **both) == ends(row)


@each("multiplier_without_upper")
def test_multiplier_without_upper(row):
    item, both = without_an_item(row)
    of_policies = [int(amount) for amount in row["policy_expected_yen"].split()]
    assert compute.multiplier_without_upper(item, **both, policy_expected_yen=of_policies) == ends(row)


@each_case("recurring_effect")
def test_recurring_effect(rows):
    *some, total = rows
    judged = [row for row in some if row["recurrence"] != "not_stated"]
    columns = ["item", "recurrence", "cash_class"]
    classes = pd.DataFrame(judged, columns=columns).rename(columns={"item": "measure_id"})
    found = compute.recurring_effect(items(some), classes, actual_yen=int(total["actual_yen"]))
    assert found == ends(total)


@each("discordance")
def test_discordance(row):
    ratios = {column: [by_hand.number(row[column])] for column in ("achievement_rate", "effect_multiplier")}
    policies = pd.DataFrame({**ratios, "multiplier_case": [row["multiplier_case"]]}, dtype=object)
    assert list(compute.discordance(policies, threshold=Fraction(row["threshold"]))) == [row["discordance"]]


@each("rounding_interval")
def test_rounding_interval(row):
    fineness = {name: int(row[name]) for name in ("precision_yen", "grain_yen")}
    found = rounding_interval(int(row["amount_yen"]), rounding=row["rounding"], **fineness)
    assert found == (int(row["low_yen"]), int(row["high_yen"]))


@each_case("feasible_policies")
def test_feasible_policies(rows):
    policies = [row for row in rows if row["row"] == "policy"]
    measures = [row for row in rows if row["row"] == "measure"]
    counts = [(row["id"], grade, int(row[grade])) for row in policies for grade in "ABCD" if row[grade]]
    named = pd.DataFrame(measures)[["id", "grade", "stated_policy"]].set_axis(
        ["measure_id", "grade", "policy_id"], axis=1
    )
    amounts = [row for row in measures if int(row["low_yen"])]
    lows = pd.DataFrame({"low_yen": [int(row["low_yen"]) for row in amounts]}, index=[row["id"] for row in amounts])
    actual = whole([row["actual_yen"] for row in policies]).set_axis([row["id"] for row in policies])
    found = compute.feasible_policies(
        named,
        lows,
        grade_counts=pd.DataFrame(counts, columns=COUNTED),
        effect=pd.DataFrame({"actual_yen": actual}),
    )
    assert found.to_dict() == {row["id"]: tuple(row["feasible"].split()) for row in measures}


@each_case("item_concentration")
def test_item_concentration(rows):
    *some, total = rows
    assert compute.item_concentration(items(some), int(total["total_yen"])) == ends(total)


@each("effective_items")
def test_effective_items(row):
    low, high = (by_hand.number(row[f"concentration_{end}"]) for end in ("low", "high"))
    assert compute.effective_items(None if low is None else Interval(low, high)) == ends(row)


@each("headline")
def test_headline(row):
    frames = _year_of(row)
    story = tell.headline(tell.Teller(compute.figures(frames), frames))
    assert "".join(sentence.text for sentence in story) == row["headline"]


def _year_of(row):
    """The year that a row of the truth table describes; all its measures are in the first policy."""
    graded = {count[0]: int(count[1:]) for count in row["grades"].split()}
    amounts = [
        tuple(None if cell in by_hand.NOTHING else int(cell) for cell in policy.split("→"))
        for policy in row["policies"].split()
    ]
    empty = dict.fromkeys([grade.code for grade in LETTERS], 0)
    item = re.fullmatch(r"(\S+) ([\d.-]+)(\S+)", row["item"])
    some = [(*item.groups(), row["rounding"])] if item else []
    return year([graded, *[empty] * (len(amounts) - 1)], amounts, some)


def test_every_file_of_cases_is_worked_through():
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [path.stem for path in by_hand.CASES.glob("*.csv") if f'"{path.stem}"' not in tests] == []


def test_every_formula_of_the_brief_has_a_file_of_cases():
    files = {path.stem for path in by_hand.CASES.glob("*.csv")}
    of_brief = {name for name, metric in METRICS.items() if metric.reference in BRIEF}
    assert set(compute.__all__) & of_brief <= files
