"""Figures that cities have already published, against our formulas: the printed number comes out, or its quirk is named."""

import csv
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pandas as pd
import pytest
from made_up import year

from helpers import check, compute, notation
from helpers.terms import Grade, in_yen

PUBLISHED = Path(__file__).parent / "published"
SCALE = (
    Grade("S", "特に良好に進捗", 1, achieved=True, band="exceeded"),
    Grade("A", "良好に進捗", 2, achieved=True, band="on_track"),
    Grade("B", "概ね進捗", 3, achieved=True, band="on_track"),
    Grade("C", "進捗に課題あり", 4, achieved=False, band="behind"),
    Grade("対象外", "評価の対象外", 5, achieved=False, band="not_rated"),
)


def printed(name):
    with (PUBLISHED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def each(name):
    tables = {source: list(rows) for source, rows in groupby(printed(name), key=lambda row: row["source"])}
    return pytest.mark.parametrize("rows", list(tables.values()), ids=list(tables))


def in_thousands(row, column):
    yen, _ = in_yen(row[column], row["unit"])
    return yen // 1000


def as_printed(value, text, rounded=notation.half_up):
    """A value rounded to the decimals that the city prints."""
    return rounded(Fraction(value), len(text.partition(".")[2]))


@each("effects")
def test_effects_of_other_years_and_cities(rows):
    *of_policies, total = rows
    amounts = [tuple(in_thousands(row, kind) for kind in ("expected", "actual")) for row in of_policies]
    frames = year([{}] * len(of_policies), amounts)
    effect = compute.effect(frames.effects, plan=frames.plan)
    whole = compute.total_effect(effect)
    assert whole.iloc[0].to_list() == [in_yen(total[kind], total["unit"])[0] for kind in ("expected", "actual")]

    both = pd.concat([effect, whole])
    unit, _ = in_yen("1", total["unit"])
    ours = {
        "gap": [Fraction(gap, unit) for gap in compute.effect_gap(both)],
        "rate_percent": [multiplier * 100 for multiplier in compute.effect_multiplier(both)],
        "share_percent": [share * 100 for share in compute.actual_share(effect)],
    }
    for column, values in ours.items():
        for value, row in zip(values, rows, strict=False):  # the total has no share
            if row[column] != "not_printed":
                is_cut = row["quirk"] == "cut" and column == "share_percent"
                found = as_printed(value, row[column], notation.floor if is_cut else notation.half_up)
                assert found == Fraction(row[column]), f"{row['policy']} {column}"
                assert is_cut == (as_printed(value, row[column]) != Fraction(row[column])), "the quirk is real"


@each("effects")
def test_shares_as_printed_add_up_to_100(rows):
    shares = [row["share_percent"] for row in rows if row["share_percent"] != "not_printed"]
    assert sum(map(Fraction, shares)) in {0, 100}, "which is why one of them is cut"


@each("grades")
def test_grades_of_other_cities(rows):
    *of_policies, total = rows
    counts = [{code: int(row[code]) for code in "SABC"} | {"対象外": int(row["out_of_scope"])} for row in of_policies]
    frames = year(counts, [(None, None)] * len(counts), grades=SCALE)
    found = compute.achievement(frames.grade_counts, plan=frames.plan)
    assert found["measures"].to_list() == [int(row["evaluated"]) for row in of_policies]
    assert found["not_rated_measures"].to_list() == [int(row["out_of_scope"]) for row in of_policies]
    assert found["measures"].sum() == int(total["evaluated"])
    assert found["measures"].sum() + found["not_rated_measures"].sum() == int(total["total"])

    figures = compute.figures(frames)
    (percents,) = [row for row in printed("grade_percents") if row["source"] == total["source"]]
    evaluated = figures["measures"].exact
    for code in "SABC":
        count = figures["measures_by_grade", "grade", code].exact
        assert count == int(total[code])
        assert as_printed(Fraction(count, evaluated) * 100, percents[code]) == Fraction(percents[code])
    assert figures["exceeded_rate"].exact == Fraction(int(total["S"]), evaluated)
    over = sum(Fraction(percents[code]) for code in "SABC") - 100
    assert over == (Fraction(1, 10) if percents["quirk"] == "over_100" else 0)


@pytest.mark.parametrize("claim", printed("claims"), ids=lambda claim: claim["words"])
def test_claims_hold_or_their_quirk_is_found(claim):
    parts = [Fraction(part) for part in claim["parts"].split()]
    if claim["quirk"] == "sum_of_rounded":
        assert sum(parts) != Fraction(claim["value"]), "rounded parts, summed, are not the rounded sum"
        assert abs(sum(parts) - Fraction(claim["value"])) <= Fraction(len(parts), 20), "yet both can be true"
        return
    thousands = [in_thousands({"part": str(part), "unit": claim["unit"]}, "part") for part in parts]
    frames = year([{}] * len(parts), [(None, amount) for amount in thousands])
    columns = list(frames.stated.columns)
    stated = {"metric": "actual_effect", "scope": "plan", "scope_id": "plan", "comparison": "equal"}
    stated |= {"value": claim["value"], "unit": claim["unit"], "locator": "L1", "quote": claim["words"]}
    frames.stated.loc[2, columns] = [stated.get(column, "stated") for column in columns]
    (found,) = [finding for finding in check.frames(frames) if finding.id == "V05"]
    assert found.result == ("failed" if claim["quirk"] == "not_the_sum" else "passed")
    if found.result == "failed":
        assert claim["words"] in found.evidence
