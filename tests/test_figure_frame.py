"""Figures as a table, as a number and as what a person reads, against values worked out outside this project."""

import json
import math
import pickle
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from made_up import year

from helpers import compute, explore
from helpers.terms import Figure, Figures, Interval, Refusal, Status

ORACLE = json.loads((Path(__file__).parent / "oracle" / "isehara-2024.json").read_text(encoding="utf-8"))
COLUMNS = ["metric", "scope", "scope_id", "label", "fiscal_year", "value", "low", "high", "unit", "status"]
THOUSAND = 1_000
TOP = "m-9ceefd"


@pytest.fixture(scope="module")
def rows(figures):
    return figures.frame()


def row(rows, *key):
    whose = rows["metric"] + "/" + rows["scope"] + "/" + rows["scope_id"]
    (found,) = rows[whose == "/".join(key if len(key) > 1 else (*key, "plan", ""))].to_dict("records")
    return found


def test_each_figure_is_a_row_in_the_figures_order_and_pandas_adds_them_up(rows, figures):
    assert list(rows.columns) == COLUMNS
    assert list(zip(rows["metric"], rows["scope"], rows["scope_id"], strict=True)) == [one.key for one in figures]
    assert rows["fiscal_year"].unique().tolist() == [2024]
    assert rows[["value", "low", "high"]].dtypes.astype(str).tolist() == ["float64"] * 3
    of_policies = rows[rows["scope"] == "policy"].groupby("metric")["value"].sum()
    assert of_policies["expected_effect"] == ORACLE["totals"]["expected"] * THOUSAND
    assert of_policies["measures"] == ORACLE["grades"]["n"]


@pytest.mark.parametrize("policy", ["1", "2", "3", "5"])
def test_a_policys_row_is_that_of_the_oracle(rows, policy):
    by_hand = ORACLE["policy"][policy]
    expected, multiplier, rate = (
        row(rows, metric, "policy", policy) for metric in ("expected_effect", "effect_multiplier", "achievement_rate")
    )
    assert (expected["value"], expected["unit"], expected["status"]) == (
        by_hand["expected"] * THOUSAND,
        "yen",
        "stated",
    )
    assert expected["label"] == f"方針{policy} {by_hand['name']}"
    assert f"{multiplier['value']:.3f}" == by_hand["multiplier_3dp"]
    assert multiplier["low"] == multiplier["high"] == multiplier["value"]
    assert (f"{100 * rate['value']:.1f}", rate["unit"], rate["status"]) == (by_hand["rate_1dp"], "rate", "derived")


def test_what_has_no_number_is_missing_and_never_zero(rows):
    nothing = row(rows, "effect_multiplier", "policy", "4")  # 0 of 0
    category = row(rows, "discordance", "policy", "1")
    assert all(math.isnan(one[column]) for one in (nothing, category) for column in ("value", "low", "high"))
    assert (nothing["label"], nothing["status"]) == ("方針4 公共施設の縮充・最適化", "undefined")
    assert category["unit"] == "category"
    assert row(rows, "expected_effect", "policy", "4")["value"] == 0


def test_a_range_has_ends_and_no_value(rows):
    """961 百万円, the rounding not stated: 960,001 to 961,999 千円 of 1,345,649."""
    item = row(rows, "actual_effect", "measure", TOP)
    assert math.isnan(item["value"])
    assert (item["low"], item["high"], item["label"]) == (960_001_000, 961_999_000, "公社の健全化")
    share = row(rows, "top_item_share")
    assert (share["low"], share["high"]) == pytest.approx((960_001 / 1_345_649, 961_999 / 1_345_649))
    assert share["label"] == "計画全体"


def test_grades_departments_and_scenarios_have_a_name_to_print(rows, figures):
    labels = dict(zip(zip(rows["scope"], rows["scope_id"], strict=True), rows["label"], strict=True))
    expected = {
        ("grade", "A"): "評価A",
        ("policy:grade", "1:A"): "方針1 評価A",
        ("department", "企画部"): "企画部",
        ("scenario", "S1"): "続くとみられる額だけ",
        ("reason", "study"): "調査段階",
    }
    assert {of: labels[of] for of in expected} == expected
    assert not (rows["label"] == "").any()
    without_plan = Figures([figures["measures", "policy", "1"], figures["measures"]]).frame()
    assert without_plan["label"].tolist() == ["1", "plan"], "by their id"


def test_a_year_without_money_or_named_measures_is_a_frame_too():
    rows = compute.figures(year([{"A": 1}, {"B": 2}], [(None, None), (None, None)])).frame()
    assert row(rows, "measures", "policy", "2")["value"] == 2
    assert math.isnan(row(rows, "effect_multiplier")["value"])
    for nothing in (Figures([]).frame(), explore.figures_of_years({})):
        assert (nothing.columns.tolist(), len(nothing)) == (COLUMNS, 0)


def test_years_stand_one_below_the_other(frames, rows):
    both = explore.figures_of_years({2024: frames, 2025: year([{"A": 3}], [(10, 20)], fiscal_year=2025)})
    assert both.index.is_unique
    measures = both[(both["metric"] == "measures") & (both["scope"] == "plan")]
    assert measures.set_index("fiscal_year")["value"].to_dict() == {2024: 74, 2025: 3}
    assert set(both["fiscal_year"]) == {2024, 2025}
    pd.testing.assert_frame_equal(explore.figures_of_years({2024: frames}), rows)


def one(metric="effect_multiplier", **known):
    return Figure(metric, "policy", "4", 2024, Status.DERIVED, **known)


def test_a_figure_is_a_number_to_python(figures):
    assert float(figures["effect_multiplier"]) == 1_345_649 / 347_736
    assert figures["effect_multiplier"].exact == Fraction(ORACLE["totals"]["multiplier_exact"])
    assert int(figures["measures"]) == 74
    assert (int(one(exact=Fraction(6, 2))), float(one(exact=0))) == (3, 0)


@pytest.mark.parametrize(
    ("figure", "number", "said"),
    [
        (one(reason="zero_zero"), float, "「倍率」（方針4）には数がありません：対象外（見込み0）。"),
        (one(reason="zero_zero"), int, "対象外（見込み0）"),
        (one(range=Interval(Fraction(11, 10), Fraction(12, 10))), float, "「1.10〜1.20倍」という幅でしか分からない"),
        (one(range=Interval(1, 2)), int, ".interval.low と .interval.high"),
        (one(exact=Fraction(5, 2)), int, "「2.50倍」（5/2）で、整数ではありません"),
        (one(metric="discordance", exact="both_ok"), float, "「評価・金額とも届く」という区分で、数ではありません"),
    ],
)
def test_what_is_not_one_number_says_so_in_a_sentence(figure, number, said):
    with pytest.raises(Refusal, match=re.escape(said)) as refused:
        number(figure)
    assert not re.search("None|Fraction|Interval|must be", str(refused.value))


def test_a_figure_reads_as_its_value(figures):
    multiplier = figures["effect_multiplier"]
    assert str(multiplier) == "3.87倍"
    assert repr(multiplier) == "<「倍率」 令和6年度 3.87倍（1345649/347736）>"
    assert repr(figures["effect_multiplier", "policy", "4"]) == "<「倍率」（方針4） 令和6年度 対象外（見込み0）>"
    assert repr(figures["measures"]) == "<「取組数」 令和6年度 74件>"
    for words in ("3.87倍", "1345649/347736", "実績効果額 ÷ 効果見込額", "effects.csv:2", "ほか"):
        assert words in multiplier._repr_html_(), words


def test_figures_read_as_a_short_table_and_how_to_get_at_the_others(figures):
    for said in (repr(figures), figures._repr_html_()):
        for words in (f"数値{len(figures)}個", "達成率", "83.8%", "3.87倍", "figures.frame()"):
            assert words in said, words
        assert "Fraction" not in said
        assert "Figure(" not in said
    assert len(repr(figures).splitlines()) < 20
    assert "数値0個" in repr(Figures([]))
    assert all("<table" in shown._repr_html_() for shown in (figures, Figures([])))


def test_a_year_reads_as_its_tables_and_markup_is_never_obeyed(frames):
    for said in (repr(frames), frames._repr_html_()):
        assert "伊勢原市 第6次行財政改革推進計画 令和6年度" in said
        assert re.search(r"effects\D+14\b", re.sub("<[^>]*>", " ", said)), "14 amounts"
        assert "一つの基本方針で一つの評価を受けた取組の数" in said
    assert len(repr(frames).splitlines()) < 20
    made = year([{"A": 1}], [(1, 1)])
    object.__setattr__(made.plan, "municipality", "<b>市</b>")
    assert "&lt;b&gt;市" in made._repr_html_()


def test_showing_changes_no_figure(figures):
    again = pickle.loads(pickle.dumps(figures))  # noqa: S301 — our own
    assert list(again) == list(figures)
    assert {hash(one) for one in again} == {hash(one) for one in figures}
    assert again.frame().equals(figures.frame())


def test_the_plans_words_load_pandas_only_to_make_a_table():
    code = "import sys; from helpers import terms; "
    code += "one = terms.Figure('measures', 'plan', '', 2024, terms.Status.DERIVED, exact=3); "
    code += "print(one, repr(one), float(one), 'pandas' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8")
    assert said.stdout.split() == ["3件", "<「取組数」", "令和6年度", "3件>", "3.0", "False"]
