"""Doubts about what is printed: rates and totals beside the tables (V04, V05, V26), odd amounts (V24), restatements (V27).

The cities' cases are what they printed; each is worked by hand in `cases/printed_by_cities.csv`.
"""

import dataclasses
import shutil
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from by_hand import each
from made_up import year

from helpers import check, cli, compute, notation, read
from helpers.terms import Grade
from helpers.terms.tables import LAST_CHECK, STATED

DATA = Path(__file__).parents[1] / "data"
SEED = Path(__file__).parent / "documents" / "isehara-2024.txt"


def stated(*rows):
    """Printed claims as rows of `stated.csv`."""
    place = {"source_id": "made-up", "locator": "L1", "quote": "架空", "status": "stated"}
    return pd.DataFrame([row | place for row in rows], columns=list(STATED.columns), dtype=str)


def claim(row):
    return {column: row[column] for column in ("metric", "scope", "scope_id", "comparison", "value", "unit")}


def findings(frames):
    return {one.id: one for one in [*check.frames(frames), *check.figures(frames, compute.figures(frames))]}


def odd(amounts, items=()):
    """V24 of a year with those amounts, policy by policy."""
    return findings(year([{"A": 1}] * len(amounts), amounts, items))["V24"]


@each("printed_following")
def test_what_follows_from_the_tables_holds_within_one_last_digit(row, frames, figures):
    frames = dataclasses.replace(frames, stated=stated(claim(row)))
    (finding,) = [one for one in check.figures(frames, figures) if one.id == "V04"]
    assert (finding.result, finding.stops) == (row["result"], False)


def test_a_printed_rate_is_reported_and_never_taken_over(frames, figures):
    wrong = {"metric": "achievement_rate", "scope": "plan", "scope_id": "plan", "comparison": "equal", "value": "90"}
    frames = dataclasses.replace(frames, stated=stated(wrong | {"unit": "％"}))
    assert compute.figures(frames)["achievement_rate"].exact == Fraction(31, 37)
    (finding,) = [one for one in check.figures(frames, figures) if one.id == "V04"]
    assert "「90％」とあるが、達成率は83.8%" in finding.evidence


@each("printed_by_cities")
def test_what_cities_printed(row):
    amounts = [tuple(map(int, policy.split("→"))) for policy in row["amounts"].split()]
    frames = dataclasses.replace(year([{"A": 1}] * len(amounts), amounts), stated=stated(claim(row)))
    assert findings(frames)[row["check"]].result == row["result"]


KIZUGAWA = (
    Grade("S", "特に良好に進捗", 1, achieved=True, band="exceeded"),
    Grade("A", "良好に進捗", 2, achieved=True, band="on_track"),
    Grade("B", "概ね進捗", 3, achieved=True, band="on_track"),
    Grade("C", "進捗に課題あり", 4, achieved=False, band="behind"),
    Grade("－", "評価の対象外", 5, achieved=False, band="not_rated"),
)
KIZUGAWA_2019 = [(0, 4, 2, 0, 4), (0, 8, 8, 0, 2), (0, 19, 21, 0, 4), (0, 3, 3, 1, 1), (0, 12, 14, 4, 2)]


def kizugawa(*claims):
    counts = [dict(zip("SABC－", row, strict=True)) for row in KIZUGAWA_2019]
    return dataclasses.replace(year(counts, [(None, None)] * 5, grades=KIZUGAWA), stated=stated(*claims))


def of_grade(metric, grade, value, unit):
    return {"metric": metric, "scope": "grade", "scope_id": grade, "comparison": "equal", "value": value, "unit": unit}


def test_rounded_shares_that_add_up_to_more_than_a_hundred_hold():
    # 46, 48 and 5 of 99: 46.46, 48.48, 5.05; the city prints 46.5 + 48.5 + 5.1 = 100.1 and says why.
    frames = kizugawa(*(of_grade("grade_share", g, v, "％") for g, v in (("A", "46.5"), ("B", "48.5"), ("C", "5.1"))))
    assert findings(frames)["V04"].result == "passed"


def test_a_column_that_does_not_add_up_stops_the_page():
    right = findings(kizugawa(of_grade("measures_by_grade", "A", "46", "件")))["V02"]
    wrong = findings(kizugawa(of_grade("measures_by_grade", "A", "47", "件")))["V02"]
    assert (right.result, wrong.result, wrong.stops) == ("passed", "failed", True)


def test_measures_out_of_scope_are_in_no_denominator():
    figures = compute.figures(kizugawa())
    assert figures["measures"].exact == 99
    assert ("grade_share", "grade", "－") not in figures


# V20, V24


def test_a_year_alone_makes_no_comparison(frames, figures):
    found = {one.id: one for one in check.figures(frames, figures)}
    assert (found["V20"].result, found["V20"].evidence) == ("passed", "令和5年度は未登録で、比べた数値はない")
    assert (found["V21"].result, found["V21"].evidence) == ("not_applicable", "前年度の内部台帳が未登録")


def test_the_published_amounts_are_plausible(frames):
    # 1,282,125 ÷ 4,700 = 272.8
    assert findings(frames)["V24"].result == "passed"


@pytest.mark.parametrize(
    ("amounts", "far"),
    [
        # 10^15 yen and 10^9: a million times apart; their product is beyond 64 bits
        ([(10**12, 10**12), (10**12, 10**6)], "架空の方針その2」の実績効果額"),
        ([(1, 2_000)], "その1」の"),  # two are enough
        ([(1, 2), (10**6, 10**6)], "その1」の効果見込額"),  # two small, two large: the smallest, for the middle is high
        ([(1, 2), (3, 4_000)], "その2」の実績効果額"),
        ([(1, 1_500), (1_500, 2_000)], "その1」の効果見込額"),
        ([(1, 1_000), (30, 40)], None),  # a thousand times is not more than that
        ([(1, 1_001), (30, 40)], "その1」の"),
        ([(-1, 2_000), (2, 2)], "その1」の実績効果額"),  # a loss counts by its size
        ([(0, 2_000), (2, 0)], None),  # zero is no amount to be far from
    ],
)
def test_the_amount_furthest_from_the_middle_is_named(amounts, far):
    finding = odd(amounts)
    assert finding.result == ("failed" if far else "passed")
    assert (far or "") in finding.evidence


def test_one_amount_alone_has_no_neighbours():
    assert odd([(None, 500)]).result == "not_applicable"


def test_a_main_item_below_zero_is_odd_and_stops_nothing():
    finding = odd([(500, 500)], [("架空の取組", "-0.5", "百万円", "exact")])
    assert (finding.result, finding.stops) == ("failed", False)
    assert "「架空の取組」は主な取組なのに金額がマイナス" in finding.evidence


# V27


def test_nothing_was_replaced(frames):
    finding = findings(frames)["V27"]
    assert (finding.result, finding.evidence) == ("not_applicable", "差し替え前の資料がない")


@pytest.fixture
def replaced(tmp_path):
    """The published year, after the city sent the document again with one amount and its total put right."""
    shutil.copytree(DATA / "isehara-6", tmp_path / "data" / "isehara-6")
    amended = tmp_path / "amended.txt"
    text = SEED.read_text(encoding="utf-8").replace("47,708", "47,709").replace("1,345,649", "1,345,650")
    amended.write_text(text, encoding="utf-8")
    where = ["--plan", "isehara-6", "--year", "R6", "--data", str(tmp_path / "data"), "--replace"]
    assert cli.main(["intake", str(amended), *where]) == 0
    return lambda: read.year("isehara-6", 2024, tmp_path / "data"), where


def test_a_restated_amount_is_shown_old_and_new(replaced):
    found, _ = replaced
    finding = findings(found())["V27"]
    assert (finding.severity, finding.result, finding.stops) == ("warn", "failed", False)
    assert finding.evidence == (
        "行政サービスの最適化の実績効果額 47,708千円→47,709千円。記載された実績効果額 1,345,649千円→1,345,650千円"
    )


def test_the_document_back_in_force_is_not_its_own_restatement(replaced):
    found, where = replaced
    assert cli.main(["intake", str(SEED), *where]) == 0
    assert "47,709千円→47,708千円" in findings(found())["V27"].evidence
    assert len(found().superseded) == 1


def test_a_replaced_document_without_its_tables_is_said(replaced):
    found, _ = replaced
    frames = dataclasses.replace(found(), superseded={})
    assert "の表が残っていない" in findings(frames)["V27"].evidence


def restated(former, now, **others):
    """What V27 says of a year whose replaced document had those tables, besides other replaced documents."""
    replaced = {**now.sources["made-up"], "superseded": True}
    sources = now.sources | others | {"former": {**replaced, "file": "前の資料.txt"} if others else replaced}
    kept = {name: former.tables()[name] for name in ("grade_counts", "effects", "stated")}
    return findings(dataclasses.replace(now, sources=sources, superseded={"former": kept}))["V27"].evidence


TWO = [{"A": 1, "B": 2, "C": 0, "D": 0}] * 2


@pytest.mark.parametrize(("former", "now", "evidence"), [
    ((TWO, [(1, 2), (3, 4)]), (TWO, [(1, 2), (3, 4)]), "差し替え前の資料1点と値は同じ"),
    # What the new document added, and what it left out.
    ((TWO, [(1, 2), (3, None)]), (TWO, [(1, 2), (3, 4)]), "架空の方針その2の実績効果額 —（記載なし）→4千円"),
    ((TWO, [(1, 2), (3, 4)]), (TWO, [(1, 2), (3, None)]), "架空の方針その2の実績効果額 4千円→—（記載なし）"),
    ((TWO, [(1, 2), (3, 4)]), (TWO, [(1, 2), (5, 4)]), "架空の方針その2の効果見込額 3千円→5千円"),
    (([{"A": 1}, {"A": 1}], [(1, 2), (3, 4)]), ([{"A": 1}, {"A": 1, "B": 3}], [(1, 2), (3, 4)]), "方針2の評価B —（記載なし）→3件"),
    (([{"A": 1}, {"A": 1, "B": 3}], [(1, 2), (3, 4)]), ([{"A": 1}, {"A": 1}], [(1, 2), (3, 4)]), "方針2の評価B 3件→—（記載なし）"),
])  # fmt: skip
def test_what_a_new_document_added_changed_or_left_out_is_told(former, now, evidence):
    assert restated(year(*former), year(*now)) == evidence


def test_a_replaced_document_without_tables_hides_no_other():
    now, former = year(TWO, [(1, 2), (3, 4)]), year(TWO, [(1, 2), (5, 4)])
    evidence = restated(former, now, lost={**now.sources["made-up"], "superseded": True})
    assert "の表が残っていない" in evidence
    assert "架空の方針その2の効果見込額 5千円→3千円（前の資料.txtとの違い）" in evidence, "which of the two"


def test_every_check_of_the_list_has_a_title_and_a_remedy():
    for n in range(1, LAST_CHECK + 1):
        assert notation.sentence(f"check.V{n:02d}")
        assert notation.sentence(f"remedy.V{n:02d}")
