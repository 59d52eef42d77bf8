"""The analyst's bench: what-ifs worked by hand, ranges that hold the truth, and nothing that could pass for official.

Amounts are in 千円 as printed unless said otherwise: ΣE 347,736, ΣA 1,345,649; 方針1 47,708, 方針3 9,464, 方針5 1,282,125 of
230,371. An item printed in 百万円 with no rule stated may be 999 千円 less or more: 961 is 960,001 to 961,999.
"""

import csv
import doctest
import importlib
import io
import json
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import made_up_register
import nbformat
import papermill
import pytest
from boxes import cut, extents, touching
from made_up import year

import helpers
from helpers import bundle, check, compute, explore, read
from helpers.explore import feasible, keep, reasons, show
from helpers.explore.charts import LEGEND, WIDTH_MM, pareto
from helpers.explore.views import swings
from helpers.explore.what_if import ABOUT_THE_FILES, NOT_AT_THE_ENDS
from helpers.run.batch import due
from helpers.terms import Refusal
from helpers.terms.tables import REASON_CODES

# One worker keeps the bench, which remembers what it was asked.
pytestmark = pytest.mark.xdist_group("explore")

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
MARK = "探索用・公式値ではない"
THOUSAND = 1_000
CHECKS = (check.frames, check.figures)
ITEM = {"公社": "m-9ceefd", "下水道": "m-6c0abb", "ごみ": "m-6df850", "AI": "m-504763"}
EXPECTED, ACTUAL = 347_736, 1_345_649
LAND_AND_GRADES = {"leave_out": "公社の健全化", "regrade": "方針1 B→C 3件"}


@pytest.fixture(scope="module")
def bench(frames, tmp_path_factory):
    home = tmp_path_factory.mktemp("project")
    return explore.bench(frames, checks=CHECKS, documents=read.documents(frames, ROOT / "data"), home=home)


def thousands(figure):
    return tuple(Fraction(end, THOUSAND) for end in figure.interval)


def bench_of(made_up):
    return explore.bench(made_up, checks=CHECKS)


# Items left out (M7)


@pytest.mark.parametrize(
    ("rule", "low", "high", "shown"),
    [
        ("", 383_650, 385_648, "1.10〜1.11倍"),  # 1,345,649 less 961,999 and less 960,001
        ("不明", 383_650, 385_648, "1.10〜1.11倍"),
        ("四捨五入", 384_150, 385_149, "1.10〜1.11倍"),  # less 961,499 and less 960,500
        ("偶数丸め", 384_150, 385_148, "1.10〜1.11倍"),  # 961 is odd: less 961,499 and less 960,501
        ("切捨て", 383_650, 384_649, "1.10〜1.11倍"),  # less 961,999 and less 961,000
        ("切上げ", 384_649, 385_648, "約1.11倍"),  # less 961,000 and less 960,001: 1.1062 and 1.1090
    ],
)
def test_without_the_largest_item_the_plan_is_still_met_under_every_rounding_rule(bench, rule, low, high, shown):
    found = explore.what_if(bench, leave_out="公社の健全化", rounding_rule=rule)
    assert thousands(found["actual_effect"].changed) == (low, high)
    assert tuple(found["effect_multiplier"].changed.interval) == (Fraction(low, EXPECTED), Fraction(high, EXPECTED))
    assert tuple(found["effect_multiplier"].difference) == tuple(
        Fraction(end - ACTUAL, EXPECTED) for end in (low, high)
    )
    assert explore.shown(found["effect_multiplier"])[:2] == ("3.87倍", shown)


@pytest.mark.parametrize(
    ("asked", "key", "low", "high"),
    [
        ({"leave_out": "公社の健全化"}, ("actual_effect", "policy", "5"), 320_126, 322_124),
        # 961,999 + 172,999 = 1,134,998 and 960,001 + 171,001 = 1,131,002
        ({"leave_out": "公社の健全化、下水道使用料"}, "actual_effect", 210_651, 214_647),
        # Only 方針5 has room for 172百万円, and the measure is graded A: supposing no A there takes it nowhere else.
        ({"leave_out": "下水道使用料", "regrade": "方針5 A→B 6件"}, ("actual_effect", "policy", "5"), 1_109_126, 1_111_124),
        ({"leave_out": "ごみの減量・資源化"}, ("actual_effect", "policy", "1"), 10_709, 47_708),  # 35,001 to 36,999, here
        ({"leave_out": "ごみの減量・資源化"}, ("actual_effect", "policy", "5"), 1_245_126, 1_282_125),  # or here
        ({"leave_out": "ごみの減量・資源化"}, "actual_effect", 1_308_650, 1_310_648),
        # 8,001 to 9,999, in 方針1, 方針3 (9,464 in all: an item is never more) or 方針5
        ({"leave_out": "AI／RPA"}, ("actual_effect", "policy", "3"), 0, 9_464),
        ({"leave_out": "AI／RPA"}, "actual_effect", 1_335_650, 1_337_648),
        # ごみ alone is left as recurring and cash: 35,001. Above: 1,345,649 - 960,001 - 171,001.
        ({"one_off": "下水道使用料"}, "recurring_effect", 35_001, 214_647),
        # Whether it is cash nobody knows, so the lower end stays: 35,001 + 171,001.
        ({"one_off": "公社の健全化=経常"}, "recurring_effect", 206_002, ACTUAL),
    ],
)  # fmt: skip
def test_an_amount_is_what_the_printed_ones_leave_of_it(bench, asked, key, low, high):
    assert thousands(explore.what_if(bench, **asked)[key].changed) == (low, high)


@pytest.mark.parametrize(
    ("asked", "key", "shown"),
    [
        # -961,999/347,736 = -2.7664…, -960,001/347,736 = -2.7607…
        ({"leave_out": "公社の健全化"}, "effect_multiplier", ("3.87倍", "1.10〜1.11倍", "△2.77〜△2.76倍")),
        ({"leave_out": "公社の健全化"}, ("effect_multiplier", "policy", "5"), ("5.57倍", "1.38〜1.40倍")),  # over 230,371
        ({"leave_out": "公社の健全化、下水道使用料"}, "effect_multiplier", ("3.87倍", "0.60〜0.62倍")),
        # 1,172,650 to 1,174,648 of 347,736
        ({"leave_out": "下水道使用料", "regrade": "方針5 A→B 6件"}, "effect_multiplier", ("3.87倍", "3.37〜3.38倍")),
        ({"leave_out": "公社の健全化"}, ("actual_effect", "measure", ITEM["公社"]), ("9.60〜9.62億円", "除いたので、ない")),
        ({"one_off": "下水道使用料"}, "recurring_multiplier", ("0.59〜1.11倍", "0.10〜0.62倍")),
    ],
)  # fmt: skip
def test_a_figure_is_shown_beside_the_official_one(bench, asked, key, shown):
    assert explore.shown(explore.what_if(bench, **asked)[key])[: len(shown)] == shown


@pytest.mark.parametrize(
    ("asked", "key", "exact"),
    [
        ({"regrade": "方針1 B→C 1件、方針1 B→C 1件、方針2 C→B 1件"}, "achieved_measures", 62 - 2 + 1),
        ({"regrade": "方針1 B→C 3件"}, "regrades_to_80", 0),
        ({"regrade": "方針1 B→C 2件"}, "regrades_to_80", 1),
        ({"leave_out": "下水道使用料", "regrade": "方針5 A→B 6件"}, ("measures_by_grade", "policy:grade", "5:A"), 0),
        ({"threshold": "75%"}, "regrades_to_80", 7),  # 55.5 of 74: 56 must hold, the seventh of 62 goes below
        ({"threshold": "３/４"}, "regrades_to_80", 7),
        ({"threshold": "0.75"}, "regrades_to_80", 7),
        ({"threshold": "85%"}, "regrades_to_80", 0),  # 62.9: below already
        ({"threshold": "83%"}, "regrades_to_80", 1),  # 61.42: 62 must hold
    ],
)
def test_a_count_follows_from_grades_and_threshold(bench, asked, key, exact):
    found = explore.what_if(bench, **asked)
    assert found[key].changed.exact == exact
    assert found["achievement_rate"].moved == ("B→C" in asked.get("regrade", "")), "nothing else is less achieved"


def test_an_item_moves_its_policy_and_no_other_and_no_count(bench):
    found = explore.what_if(bench, leave_out="公社の健全化")
    assert not any(found["actual_effect", "policy", other].moved for other in "1234")
    assert not found["achievement_rate"].moved


def test_what_is_left_out_is_not_called_not_stated():
    alone = bench_of(year([{"A": 2}], [(100, 300)], [("架空の取組", "100", "千円", "exact")]))
    found = explore.what_if(alone, leave_out="架空の取組")
    assert explore.shown(found["top_item_share"])[:2] == ("33.3%", "除いたので、ない")


def test_none_asks_for_nothing(bench):
    nothing = dict.fromkeys(("leave_out", "regrade", "rounding_rule", "one_off", "threshold"))
    assert not explore.change(bench.frames, **nothing)


@pytest.mark.parametrize("seed", range(6))
def test_a_range_holds_the_truth_wherever_the_items_lie(bench, frames, seed):
    """One possible truth is drawn, computed straight from its own tables, and must lie in every range that is told."""
    drawn = random.Random(seed)  # noqa: S311 — a test draws the same each time
    left_out = drawn.sample(sorted(ITEM.values()), k=drawn.choice([1, 2]))
    found = explore.changed(bench, explore.Change(leave_out=tuple(left_out)))
    the_items = compute.items(frames.effects)
    effects = frames.effects.query("not (scope == 'measure' and scope_id in @left_out)").copy()
    for one in left_out:
        policy = drawn.choice(bench.official["feasible_policies", "measure", one].exact.split(","))
        row = effects.query(f"scope == 'policy' and kind == 'actual' and scope_id == '{policy}'").index[0]
        most = min(int(the_items.loc[one, "high_yen"]), int(effects.loc[row, "amount_yen"]))
        effects.loc[row, "amount_yen"] -= drawn.randrange(int(the_items.loc[one, "low_yen"]), most + 1, THOUSAND)
    truth = compute.figures(replace(frames, effects=effects))
    told = [one.changed for one in found.outcomes.values() if one.changed and one.changed.range]
    assert told
    for figure in told:
        true = truth[figure.key]
        assert figure.interval.low <= true.interval.low, figure.key
        assert true.interval.high <= figure.interval.high, figure.key


def test_what_has_its_least_inside_the_range_is_left_open(bench):
    found = explore.what_if(bench, leave_out="公社の健全化")
    for metric in NOT_AT_THE_ENDS:
        assert not found[metric].changed.is_known
        assert explore.shown(found[metric])[1:] == ("幅の中で定まらない", "—")


# Measures re-graded (M1, M8)


@pytest.mark.parametrize(
    ("moved", "achieved", "rate", "difference"),
    [
        (1, 61, "82.4%", "△1.4ポイント"),
        (2, 60, "81.1%", "△2.7ポイント"),
        (3, 59, "79.7%", "△4.1ポイント"),  # 3/74 = 4.05
        (15, 47, "63.5%", "△20.3ポイント"),
    ],
)
def test_each_re_grade_takes_a_measure_off_the_rate(bench, moved, achieved, rate, difference):
    found = explore.what_if(bench, regrade=f"方針1 B→C {moved}件")
    assert found["achieved_measures"].changed.exact == achieved
    assert found["achievement_rate"].changed.exact == Fraction(achieved, 74)
    assert explore.shown(found["achievement_rate"]) == ("83.8%", rate, difference)
    assert found["achievement_rate", "policy", "1"].changed.exact == Fraction(18 - moved, 20)


def test_a_named_measure_moves_the_plan_by_one_and_its_possible_policies_by_none_or_one(bench):
    found = explore.what_if(bench, regrade="民間提案制度の導入→B")
    assert found["achievement_rate"].changed.exact == Fraction(63, 74)
    for policy, achieved, measures in (("1", 18, 20), ("2", 14, 19), ("5", 14, 19)):
        told = found["achievement_rate", "policy", policy].changed.interval
        assert tuple(told) == (Fraction(achieved, measures), Fraction(achieved + 1, measures))
    assert not found["achievement_rate", "policy", "3"].moved, "a named C cannot lie where there is none"


def test_a_grade_that_no_measure_has_yet_can_be_given():
    made_up = year([{"A": 1, "B": 2}], [(100, 100)])
    found = explore.what_if(bench_of(made_up), regrade="方針1 B→D 2件")
    assert found["achievement_rate"].changed.exact == Fraction(1, 3)
    assert found["measures_by_grade", "policy:grade", "1:D"].changed.exact == 2


# Rounding, coding, threshold


def test_a_rounding_rule_narrows_ranges_and_leaves_what_is_exact(bench):
    found = explore.what_if(bench, rounding_rule="四捨五入")
    assert tuple(found["top_item_share"].changed.interval) == (Fraction(960_500, ACTUAL), Fraction(961_499, ACTUAL))
    # Named: 35,500 + 8,500 + 171,500 + 960,500 = 1,176,000 to 36,499 + 9,499 + 172,499 + 961,499 = 1,179,996.
    assert thousands(found["unnamed_effect"].changed) == (165_653, 169_649)
    assert not found["effect_multiplier"].moved
    low, high = found["unnamed_effect"].ends  # from 163,653 up, from 171,645 down
    assert (low, high) == (2_000 * THOUSAND, -1_996 * THOUSAND)
    assert explore.shown(found["unnamed_effect"])[2] == "下端 ＋200万円、上端 △200万円"


def test_at_seventy_percent_policies_two_and_five_are_on_both_sides(bench):
    found = explore.what_if(bench, threshold="70%")  # 14/19 = 73.7 %
    moved = [one.figure.scope_id for one in found.moved if one.figure.metric == "discordance"]
    assert moved == ["2", "5"]


# What is left alone


def test_nothing_changed_moves_nothing(bench):
    found = explore.what_if(bench)
    assert found.moved == []
    assert {one.figure.key for one in found.unmoved} == {
        figure.key for figure in bench.official if figure.metric not in ABOUT_THE_FILES
    }
    assert found.sentences == ("公表のまま（何も変えていない）。",)


def test_official_figures_and_tables_stay_as_they_are(frames):
    alone = bench_of(frames)
    before = {figure.key: figure for figure in alone.official}
    tables = {name: table.copy() for name, table in frames.tables().items()}
    asked = {"leave_out": "公社の健全化", "regrade": "方針1 B→C 3件", "rounding_rule": "切捨て"}
    explore.what_if(alone, **asked, one_off="AI／RPA", threshold="70%")
    assert {figure.key: figure for figure in alone.official} == before
    for name, table in frames.tables().items():
        assert table.equals(tables[name]), name


def test_official_figures_are_those_of_the_pages(bench):
    published = json.loads((ROOT / "reports/isehara-6/2024/metrics.json").read_text(encoding="utf-8"))
    official = {figure.key: figure for figure in bench.official}
    exact = {
        (row["metric"], row["scope"], row["scope_id"]): str(row["exact"])
        for row in published
        if row["exact"] is not None
    }
    both = exact.keys() & official.keys()
    assert len(both) > 150
    assert {key: str(official[key].exact) for key in both} == {key: exact[key] for key in both}


# What cannot be


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"leave_out": "保育所の民営化"}, ["「保育所の民営化」という取組は見つかりません", "「公社の健全化」"]),
        ({"regrade": "方針1 B→C 16件"}, ["方針1（行政サービス）の評価Bは15件", "16件は移せません", "1〜15件"]),
        ({"regrade": "方針1 B→C 9件、方針1 B→C 9件"}, ["評価Bは6件なので、9件は移せません"]),
        ({"regrade": "方針4 A→C 1件"}, ["評価Aは0件", "ほかの評価か方針"]),
        ({"regrade": "方針9 B→C 1件"}, ["「方針9 B」に当たる基本方針も取組もありません", "と書いてください"]),
        ({"regrade": "方針1 B→Z 1件"}, ["評価は A・B・C・D です"]),
        ({"regrade": "方針1 B→B 1件"}, ["同じ評価への移動"]),
        ({"regrade": "方針1のB"}, ["読めません", "「方針1 A→D 1件」"]),
        ({"regrade": "公社の健全化→A"}, ["評価は資料に記載がない", "方針と件数で"]),
        ({"regrade": "補助金の見直し→A"}, ["すでにA"]),
        ({"regrade": "民間提案制度の導入→B 3件"}, ["1件の取組です", "件数を書かないで"]),
        ({"regrade": "民間提案制度の導入→B、民間提案→A"}, ["「民間提案制度の導入」の評価の変え方が2回", "どれか一つ"]),
        ({"one_off": "公社の健全化=経常、公社の健全化"}, ["続くかの判断が2回", "どれか一つ"]),
        ({"rounding_rule": "五捨六入"}, ["端数処理「五捨六入」は使えません", "四捨五入"]),
        ({"rounding_rule": "端数なし"}, ["使えません"]),
        ({"one_off": "下水道使用料=たぶん"}, ["「たぶん」が読めません", "一過性、経常"]),
        ({"threshold": "高め"}, ["境目「高め」が読めません", "75%"]),
        ({"threshold": "0"}, ["0%より大きく"]),
        ({"threshold": "120%"}, ["100%以下"]),
        ({"threshold": "1/0"}, ["読めません"]),
        ({"threshold": "3/2"}, ["100%以下"]),  # not a hundredth of it
        ({"threshold": "1.5"}, ["100%以下"]),
        ({"leave_out": 5}, ["「5」という取組は見つかりません"]),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_that_says_what_can(bench, asked, said):
    with pytest.raises(Refusal) as refused:
        explore.what_if(bench, **asked)
    for words in said:
        assert words in str(refused.value)


def test_all_faults_are_told_at_once(bench):
    with pytest.raises(Refusal) as refused:
        explore.what_if(bench, leave_out="保育、図書館", rounding_rule="適当", threshold="高め")
    assert len(refused.value.sentences) == 4


def test_a_part_of_a_name_is_enough_unless_several_have_it(bench):
    assert explore.change(bench.frames, leave_out="下水道").leave_out == (ITEM["下水道"],)
    with pytest.raises(Refusal, match="3件あります"):
        explore.change(bench.frames, leave_out="化")  # 健全化, 適正化, 減量化


@pytest.mark.parametrize(
    ("made_up", "said"),
    [
        (year([{"A": 1}], [(100, 100)]), "金額の書かれた取組がありません"),
        (year([{"A": 1}] * 2, [(100, 200), (100, None)], [("架空の取組", "1", "百万円", "unknown")]), "実績効果額の記載がない"),
    ],
)  # fmt: skip
def test_a_year_without_items_or_without_an_amount_of_a_policy_refuses_to_leave_one_out(made_up, said):
    with pytest.raises(Refusal, match=said):
        explore.what_if(bench_of(made_up), leave_out="架空の取組")


def test_below_zero_an_item_is_not_held_to_its_policy():
    made_up = year([{"A": 2}, {"B": 1}], [(100, -50), (100, 300)], [("架空の取組", "100", "千円", "exact")])
    found = explore.what_if(bench_of(made_up), leave_out="架空の取組")
    assert thousands(found["actual_effect"].changed) == (150, 150)  # 250 - 100
    assert thousands(found["actual_effect", "policy", "1"].changed) == (-150, -50)


def test_where_nothing_was_expected_there_is_no_multiplier_to_compare():
    found = explore.what_if(bench_of(year([{"A": 3}], [(0, 0)])), regrade="方針1 A→C 1件")
    assert explore.shown(found["effect_multiplier"]) == ("対象外（見込み0）", "対象外（見込み0）", "変わらない")
    assert show.result(found).html


# What it contradicts


@pytest.mark.parametrize(
    ("asked", "fails"),
    [
        ({"regrade": "方針1 B→C 3件"}, ["V02", "V03"]),  # 46 and 12 are printed, and 62件
        ({"regrade": "方針1 B→C 15件"}, ["V02", "V03", "V04"]),  # 63.5 % is no 8割程度
        ({"leave_out": "公社の健全化"}, ["V05"]),  # 1,345,649 is printed
        ({"leave_out": "公社の健全化、下水道使用料"}, ["V05", "V26"]),  # 「見込んでいた効果額を上回る」
        ({"threshold": "70%"}, []),
        ({"one_off": "下水道使用料"}, []),
    ],
)
def test_a_change_says_which_words_of_the_document_it_contradicts(bench, asked, fails):
    found = explore.what_if(bench, **asked)
    assert [one.id for one in found.against] == fails
    says = show.result(found).html
    assert all(words in says for words in fails)
    assert ("合わなくなる検算" in says) == bool(fails)


# The mark


def test_a_changed_year_bears_the_mark_wherever_it_goes(bench):
    found = explore.what_if(bench, leave_out="公社の健全化")
    story = SimpleNamespace(headline=[], key_figures=[])
    assert MARK in bundle.Bundle("brief", found.frames, found.figures, story, [], {}, {}).title
    assert found.frames.input_hash == MARK


def test_every_picture_and_every_table_bears_the_mark(bench):
    shown = [of(bench) for of in (explore.banner, explore.tables, explore.levers, explore.concentration, explore.years)]
    shown += [show.result(explore.what_if(bench, **asked)) for asked in ({"leave_out": "公社の健全化"}, {})]
    shown.append(explore.search(bench, "時間を要し"))
    pictures = [svg for part in shown for svg in part.html.split("<svg")[1:]]
    captions = [caption.split("</caption>")[0] for part in shown for caption in part.html.split("<caption>")[1:]]
    assert len(pictures) == 6
    assert len(captions) > 10
    assert all(MARK in svg.split(">")[0] for svg in pictures)
    assert not any("<text" in svg for svg in pictures), "outlines need no font"
    assert all(MARK in caption for caption in captions)
    assert all(part.text.startswith(MARK) for part in shown)


LONG = "公共施設の縮充と最適化に向けた総合的な管理計画の見直し"


def long_names():
    made = year(
        [{"A": 1, "B": 2, "C": 1, "D": 0}] * 8,
        [(1_000, 900_000), *[(200_000, 100 * n) for n in range(1, 8)]],
        [(f"{LONG}その{n}", "400", "百万円", "unknown") for n in (1, 2)],
    )
    policies = tuple(replace(policy, short_name=LONG) for policy in made.plan.policies)
    return replace(made, plan=replace(made.plan, policies=policies))


PICTURED = {
    "official": (lambda frames: frames, {}),
    "both": (lambda frames: frames, LAND_AND_GRADES),
    "three items": (lambda frames: frames, {"leave_out": "公社の健全化、下水道使用料、AI／RPA", "threshold": "83.3%"}),
    "near zero": (lambda _: year([{"A": 1, "C": 9}], [(1, 90_000)]), {"threshold": "1%"}),
    "below zero": (lambda _: year([{"A": 2, "B": 1}] * 2, [(100, -300), (5_000, 90)]), {"regrade": "方針1 B→C 1件"}),
    "nothing expected": (lambda _: year([{"A": 2}] * 2, [(0, 5), (0, 90)]), {}),
    "no money": (lambda _: year([{"A": 2}] * 2, [(None, None), (None, None)]), {}),
    "long names": (lambda _: long_names(), {"leave_out": f"{LONG}その1", "regrade": "方針2 B→C 2件"}),
}


@pytest.mark.parametrize("case", PICTURED)
def test_nothing_in_a_picture_is_cut_or_lies_on_anything_else(frames, case):
    of_year, asked = PICTURED[case]
    bench = bench_of(of_year(frames))
    drawn = [*explore.charts(explore.what_if(bench, **asked)), swings(bench)]
    drawn += [one for one in [pareto(bench.official, bench.frames)] if one]
    for chart in drawn:
        picture = chart.marked(WIDTH_MM)
        assert not cut(picture), chart.name
        assert not touching(picture), chart.name
        said = extents(picture)
        (mark,) = [box for box in said if box[0] == MARK]
        assert mark[3] > max(box[4] for box in said if box is not mark), "the mark stands above all words"
        for axes in picture.axes:
            lines = [line.get_window_extent() for line in axes.lines]
            assert all(mark[3] > line.y1 for line in lines), "and above all lines"
            names = [box for box in said if box[1] < 1 and box[0] != LEGEND]
            zero = min((line.x0 for line in lines), default=picture.bbox.width)
            assert not [name for name in names if name[2] > zero and name is not mark], "names end before the axis"


def test_no_output_asks_anything_of_the_network(bench):
    html = show.result(explore.what_if(bench, regrade="方針1 B→C 3件")).html + explore.levers(bench).html
    for word in ("http://", "https://", "<script", "url(", "@import"):
        assert word not in html.replace("http://www.w3.org/", "").replace("url(#", ""), word


# The rest of the bench


def test_the_banner_puts_first_what_stops_a_page(frames, bench):
    assert "合格" in explore.banner(bench).html
    assert "cls" not in explore.banner(bench).html
    assert bench.findings[0].title in show.of_finding(bench.findings[0])
    wrong = frames.grade_counts.copy()
    wrong.loc[2, "measures"] = 4
    banner = explore.banner(bench_of(replace(frames, grade_counts=wrong))).html
    assert "このままではページを作れません" in banner
    assert banner.index("V01") < banner.index("検算の一覧")


def test_the_levers_are_ordered_by_how_far_they_move_the_multiplier(bench):
    swings = explore.levers(bench).html
    ordered = ("方針5（財政運営）", "「公社の健全化」（下限）", "方針1（行政サービス）", "方針4（公共施設）")
    order = [swings.index(f">{name}</th>") for name in ordered]
    assert order == sorted(order)  # 0.54 is 3.33 away, 1.10 2.76, 5.39 1.53, 3.87 nothing
    assert all(words in swings for words in ("達成した取組のうち3件の評価が下がると", "59/74", "79.7%"))


@pytest.mark.parametrize("asked", [{"leave_out": "公社の健全化"}, {"regrade": "方針5 B→C 1件"}])
def test_a_register_stays_as_it_is_and_the_what_if_says_so(frames, asked):
    bench = bench_of(replace(frames, register=made_up_register.frame(made_up_register.rows(frames))))
    found = explore.what_if(bench, **asked)
    assert found.sentences[-1] == "内部台帳は元のまま（台帳から求める数値は変えていない）。"
    assert not found["registered_actual_effect"].moved
    assert not found["registered_achievement_rate"].moved
    assert "台帳" not in "".join(explore.what_if(bench, threshold="70%").sentences)


def test_without_a_graded_measure_there_is_nothing_to_re_grade_and_the_money_is_still_shown():
    html = explore.levers(bench_of(year([dict.fromkeys("ABCD", 0)] * 2, [(100, 200), (50, 10)]))).html
    assert "達成率が境目（80.0%）を割るまでの件数：対象外（評価なし）" in html
    assert "bench-swings" in html
    assert "bench-fragility" not in html


def test_items_add_up_from_the_largest(bench, frames):
    chart = pareto(bench.official, frames)
    # 961 of 1,345.649 百万円 (71.3–71.5 %), with 172 (84.0–84.4 %), 36 and 9: 87.2–87.9 %.
    assert "公社の健全化まで 71.3〜71.5%、下水道使用料まで 84.0〜84.4%" in chart.alt
    assert chart.alt.endswith("AI／RPAまで 87.2〜87.9%。")


def test_words_are_found_whatever_their_width_with_what_they_are_evidence_of(bench):
    ((line, kind, number),) = explore.lines(bench, "ｒｐａ")[["line", "kind", "number"]].to_numpy()
    assert (line, number) == ("L114", "あり")
    assert "金額" in kind
    delayed = explore.lines(bench, "時間を要し")
    assert delayed["line"].tolist() == ["L82", "L83"]
    assert (delayed["number"] == "なし").all()
    assert delayed["kind"].str.contains("計画のとおり進捗していない主な取組").all()
    assert explore.lines(bench, "時間を要し 策定").shape[0] == 2
    assert "どの行にもありません" in explore.search(bench, "<b>架空</b>").html
    assert "<b>架空" not in explore.search(bench, "<b>架空</b>").html


def test_looking_for_nothing_or_without_documents_is_refused(bench, frames):
    with pytest.raises(Refusal, match="探す言葉が空"):
        explore.lines(bench, "　")
    with pytest.raises(Refusal, match=r"documents=read\.documents"):
        explore.lines(bench_of(frames), "財政")


# Causes


def test_words_suggest_the_causes_that_people_found_and_what_is_taken_back_is_none(bench):
    found = explore.suggest_reasons(bench).rows.set_index("measure")["suggested"]
    assert found.to_dict() == {
        "時間外勤務の縮減": "organisation",  # 恒常化
        "PPP/PFI手法導入優先的検討規程の策定及び活用検討": "deliberation",  # 検討に時間を要し
        "民間提案制度の導入": "deliberation",  # 選定に時間を要し
        "ふるさと納税（個人版）の推進": "external",  # 競合等により
        "新たな独自財源の確保に向けた研究": "study",  # 状況確認に止まった
        "財政の健全化の推進": "not_given",  # 課題が残る
    }
    found = reasons.suggested("予算は確保したものの、競合により目標を下回った")
    assert found == ("external", "競合により目標を下回った")
    assert reasons.suggested("順番どおり") == ("unknown", "順番どおり")


def test_only_what_somebody_confirms_is_written_and_never_into_data(bench):
    kept = Path(bench.home) / "findings"
    assert not kept.exists()
    chosen = {"時間外勤務の縮減": True, "民間提案制度の導入": "財源・人員"}
    said = explore.confirm(explore.suggest_reasons(bench), chosen, coder="架空の課 架空")
    (written,) = kept.glob("*.csv")
    assert str(written) in said.text
    rows = list(csv.DictReader(io.StringIO(written.read_text(encoding="utf-8-sig"))))
    assert list(rows[0]) == list(REASON_CODES.columns)
    assert [(row["measure"], row["reason_code"], row["coder"]) for row in rows] == [
        ("時間外勤務の縮減", "organisation", "架空の課 架空"),
        ("民間提案制度の導入", "resources", "架空の課 架空"),
    ]
    shutil.rmtree(kept)


@pytest.mark.parametrize(
    ("chosen", "coder", "said"),
    [
        ({"時間外勤務の縮減": True}, " ", "判断者"),
        ({}, "架空", "確かめた取組がありません"),
        ({"架空の取組": True}, "架空", "遅れた取組にありません"),
        ({"時間外勤務の縮減": "気分"}, "架空", "原因「気分」は使えません"),
    ],
)
def test_a_confirmation_that_says_too_little_writes_nothing(bench, chosen, coder, said):
    with pytest.raises(Refusal, match=said):
        explore.confirm(explore.suggest_reasons(bench), chosen, coder=coder)
    assert not (Path(bench.home) / "findings").exists()


def test_what_was_confirmed_can_be_read_as_the_table_it_is_meant_for(bench, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data" / "isehara-6", data / "isehara-6")
    kept = tmp_path / "for-review"
    explore.confirm(explore.suggest_reasons(bench), {"時間外勤務の縮減": True}, coder="架空", folder=str(kept))
    (written,) = kept.glob("*.csv")
    shutil.copy(written, data / "isehara-6/2024/reason_codes.csv")
    assert len(read.year("isehara-6", 2024, data).reason_codes) == 1


# Findings


@pytest.fixture(scope="module")
def saved(bench, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    explore.save(explore.what_if(bench, **LAND_AND_GRADES), "公社を除く／3件", folder=str(folder))
    return folder / "公社を除く-3件"


def test_a_finding_is_pictures_data_and_how_it_was_made(saved, frames):
    assert sorted(path.name for path in saved.iterdir()) == [
        *("figures.csv", "how.json", "how.txt"),
        *("multipliers.png", "multipliers.svg", "rates.png", "rates.svg"),
    ]
    how = json.loads((saved / "how.json").read_text(encoding="utf-8"))
    assert how["mark"] == MARK
    assert (how["plan"], how["fiscal_year"], how["input_hash"]) == ("isehara-6", 2024, frames.input_hash)
    assert how["change"]["leave_out"] == ["伊勢原市事業公社及び土地開発公社の健全化の促進"]
    assert how["change"]["regrade"] == [{"policy": "1", "measure": "", "from": "B", "to": "C", "measures": 3}]
    assert {"python", "gyokaku", "pandas", "matplotlib"} <= how["versions"].keys()
    assert {one["metric"] for one in how["moved"]} >= {"achievement_rate", "effect_multiplier"}
    told = (saved / "how.txt").read_text(encoding="utf-8")
    assert told.startswith(MARK)
    assert "倍率: 公式 3.87倍 → もしも 1.10〜1.11倍" in told
    for path in saved.glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        assert "<text" not in svg, "outlines need no font"
        assert MARK in svg
    for path in saved.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert len(path.read_bytes()) > 10_000


def test_the_data_of_a_finding_hold_official_and_new_values_exactly(saved):
    rows = list(csv.DictReader(io.StringIO((saved / "figures.csv").read_text(encoding="utf-8-sig"))))
    assert (saved / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8"
    assert {row["mark"] for row in rows} == {MARK}
    of_plan = {row["metric"]: row for row in rows if row["scope"] == "plan"}
    rate, multiplier = of_plan["achievement_rate"], of_plan["effect_multiplier"]
    assert (rate["official_low"], rate["what_if_low"], rate["difference_low"]) == ("31/37", "59/74", "-3/74")
    assert Fraction(multiplier["what_if_low"]) == Fraction(383_650, EXPECTED)
    assert Fraction(multiplier["what_if_high"]) == Fraction(385_648, EXPECTED)


def test_the_mark_is_drawn_into_the_saved_picture(bench):
    """Without the mark the same picture is another one: the words are in the drawing, not only in its description."""
    (rates, _) = explore.charts(explore.what_if(bench, leave_out="公社の健全化"))
    unmarked = replace(rates, drawn=rates.drawn)
    object.__setattr__(unmarked, "marked", rates.drawn)
    assert rates.saved("svg").count(b"<path") > unmarked.saved("svg").count(b"<path")


def test_saving_again_is_the_same_to_the_byte_and_another_finding_is_not_overwritten(bench, saved):
    def contents():
        return {path.name: path.read_bytes() for path in saved.iterdir()}

    before = contents()
    explore.save(explore.what_if(bench, **LAND_AND_GRADES), "公社を除く／3件", folder=str(saved.parent))
    assert contents() == before
    with pytest.raises(Refusal, match="別の所見"):
        explore.save(explore.what_if(bench, threshold="70%"), "公社を除く／3件", folder=str(saved.parent))
    assert contents() == before


@pytest.mark.parametrize(
    "folder", ["reports", "reports/isehara-6/2024", "data", "data/isehara-6", "findings/../reports/new"]
)
def test_nothing_is_kept_where_pages_are_built_from_or_into(bench, folder):
    home, found = Path(bench.home), explore.what_if(bench, threshold="70%")
    with pytest.raises(Refusal, match="保存できません"):
        explore.save(found, "所見", folder=str(home / folder))
    assert "save_as" in explore.save(found, "").html, "without a name nothing is kept"
    assert not any(home.rglob("how.json"))


def test_a_folder_of_another_project_and_a_link_into_one_are_seen_through(bench, tmp_path):
    other, plans = tmp_path / "elsewhere", tmp_path / "others data"
    for file in (other / "manifest.json", plans / "made-up" / "plan.toml"):
        file.parent.mkdir(parents=True)
        file.touch()
    (tmp_path / "link").symlink_to(other)
    for folder in (other / "deep", tmp_path / "link", plans, plans / "findings"):
        with pytest.raises(Refusal, match="保存できません"):
            explore.save(explore.what_if(bench, threshold="70%"), "所見", folder=str(folder))


def test_names_become_folders_that_windows_takes_too():
    assert keep._folder_name('公社 を:除く?"<>|') == "公社-を-除く"
    assert keep._folder_name("CONTROL") == "CONTROL"
    for name in ("...", "／", " - ", "nul", "Com1.2"):
        with pytest.raises(Refusal, match="名前"):
            keep._folder_name(name)


# By hand and without


def test_without_a_hand_the_panel_is_its_result(bench):
    assert isinstance(explore.panel(bench, leave_out="公社の健全化"), explore.WhatIf)
    assert isinstance(explore.panel(bench, widgets="off"), explore.WhatIf)
    with pytest.raises(Refusal, match="auto"):
        explore.panel(bench, widgets="たぶん")


# JupyterLab, Notebook and VS Code name the cell; papermill and nbconvert do not.
@pytest.mark.parametrize(
    ("parent", "is_hand"),
    [({"metadata": {"cellId": "what-if"}}, True), *((parent, False) for parent in ({"metadata": {}}, {}, None))],
)
def test_a_hand_is_known_by_the_cell_it_runs(monkeypatch, parent, is_hand):
    shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: parent))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert explore.has_hand() is is_hand


@pytest.fixture
def panel(bench):
    return explore.panel(bench, widgets="on")


def test_widgets_ask_what_words_ask(bench, panel):
    controls = panel._controls
    controls.left_out[ITEM["公社"]].value = True
    controls.policy.value, controls.number.value = "1", 3
    controls.rounding.value, controls.limit.value = "half_up", 75.0
    controls.coded[ITEM["下水道"]].value = "one_off"
    words = {"leave_out": "公社の健全化", "regrade": "方針1 B→C 3件", "rounding_rule": "四捨五入"}
    assert panel.what_if.change == explore.change(bench.frames, **words, one_off="下水道使用料", threshold="75%")
    assert all(words in panel._result.value for words in ("1.10〜1.11倍", "79.7%"))


def test_the_panel_begins_with_the_words_and_goes_back_to_what_is_published(bench):
    words = {"leave_out": "公社の健全化", "regrade": "方針2 B→C 2件、民間提案制度の導入→B", "threshold": "70%"}
    begun = explore.panel(bench, **words, widgets="on")
    assert begun._controls.change() == explore.change(bench.frames, **words)
    begun._reset(None)
    assert begun.what_if.change == explore.Change()
    assert "公表のまま" in begun._result.value


def test_as_many_can_be_moved_as_there_are(panel):
    controls = panel._controls
    assert controls.number.max == 15
    controls.policy.value, controls.grade.value = "4", "A"
    assert controls.number.max == 0


def test_what_cannot_be_is_said_in_the_panel_and_leaves_the_last_result(panel):
    panel._controls.further.value = "方針9 B→C 1件"
    assert "基本方針も取組もありません" in panel._result.value
    assert panel.what_if.change == explore.Change()
    panel._controls.further.value = ""
    assert "公表のまま" in panel._result.value


def test_a_button_of_the_panel_keeps_what_it_shows_and_says_where(bench, panel):
    panel._controls.limit.value = 70.0
    panel._keep(None)
    assert "名前を付けると" in panel._kept.value
    panel._name.value = "境目を70%に"
    panel._keep(None)
    kept = Path(bench.home) / "findings" / "境目を70%に"
    assert str(kept) in panel._kept.value
    assert json.loads((kept / "how.json").read_text(encoding="utf-8"))["change"]["threshold"] == "7/10"
    panel._controls.left_out[ITEM["公社"]].value = True
    explore.save(panel, "いまの状態")
    how = json.loads((kept.parent / "いまの状態/how.json").read_text(encoding="utf-8"))
    assert how["change"]["leave_out"] == ["伊勢原市事業公社及び土地開発公社の健全化の促進"]
    panel._controls.limit.value = 60.0
    panel._keep(None)
    assert "別の所見" in panel._kept.value
    shutil.rmtree(kept.parent)


def test_more_ways_than_can_be_looked_at_are_refused(bench, monkeypatch):
    monkeypatch.setattr(feasible, "MOST_WAYS", 3)
    with pytest.raises(Refusal, match="比べきれません"):
        explore.what_if(bench, leave_out="ごみの減量・資源化、AI／RPA")


# Notebooks


def test_the_bench_and_the_template_are_no_pages():
    assert {"explore", "template", "gallery"} <= {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    assert set(due.pages(NOTEBOOKS)) == {"assembly", "brief", "collection", "detail", "quality", "index"}


def test_papermill_understands_every_parameter():
    known = papermill.inspect_notebook(NOTEBOOKS / "explore.ipynb")
    assert list(known) == [
        *("plan", "fiscal_year", "data_dir", "leave_out", "regrade", "rounding_rule", "one_off", "threshold"),
        *("widgets", "save_as"),
    ]
    assert all(one["help"] for one in known.values())


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    project = tmp_path_factory.mktemp("city")
    shutil.copytree(ROOT / "data" / "isehara-6", project / "data" / "isehara-6")
    shutil.copytree(NOTEBOOKS, project / "notebooks")
    given = LAND_AND_GRADES | {"save_as": "公社を除く"}
    return SimpleNamespace(
        notebook=ran(project / "notebooks/explore.ipynb", project / "out.ipynb", given), project=project
    )


def ran(notebook, to, given=None):
    papermill.execute_notebook(notebook, to, given, cwd=notebook.parent, progress_bar=False)
    return nbformat.read(to, as_version=4)


@pytest.mark.slow
def test_papermill_runs_the_bench_without_widgets(executed):
    outputs = [output for cell in executed.notebook.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert kinds == {"text/html", "text/plain", "image/png"}
    (cell,) = [cell for cell in executed.notebook.cells if cell.id == "what-if"]
    html = cell.outputs[0].data["text/html"]
    assert all(words in html for words in ("1.10〜1.11倍", "79.7%"))
    assert html.count(f'aria-label="{MARK}') == 2
    assert "widgets" not in executed.notebook.metadata


@pytest.mark.slow
def test_the_run_leaves_its_finding_and_nothing_else(executed):
    kept = executed.project / "findings" / "公社を除く"
    assert (kept / "how.json").exists()
    assert {path.name for path in executed.project.iterdir()} == {"data", "notebooks", "findings", "out.ipynb"}
    for path in (ROOT / "data" / "isehara-6").rglob("*.csv"):
        assert (executed.project / "data" / path.relative_to(ROOT / "data")).read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_a_refusal_in_a_notebook_is_its_sentence_and_no_traceback(executed):
    project = executed.project
    with pytest.raises(papermill.PapermillExecutionError) as failed:
        ran(project / "notebooks/explore.ipynb", project / "wrong.ipynb", {"leave_out": "保育"})
    assert failed.value.ename == "Refusal"
    assert failed.value.traceback == [
        "中止しました。",
        "・「保育」という取組は見つかりません。使える名称: 「公社の健全化」、「下水道使用料」、「ごみの減量・資源化」、「AI／RPA」。",
    ]


@pytest.mark.slow
def test_the_template_runs_as_it_is(tmp_path):
    cells = ran(NOTEBOOKS / "template.ipynb", tmp_path / "out.ipynb").cells
    shown = {cell.id: cell.outputs[0].data for cell in cells if cell.cell_type == "code" and cell.outputs}
    assert list(shown) == ["frames", "figures", "question", "picture", "count", "what-if"]
    assert "image/png" in shown.pop("picture")
    assert all("text/html" in data for data in shown.values())
    assert "3.87倍" in shown["figures"]["text/html"]
    assert "107,077,000" in shown["question"]["text/html"], "the first policy's expected effect in yen"
    assert MARK in shown["what-if"]["text/html"]
    assert not any(MARK in shown[name]["text/html"] for name in ("frames", "figures", "question", "count"))


@pytest.mark.slow
def test_a_second_year_stands_beside_the_first(following_year):
    data = following_year / "data"
    frames = compute.corrected(read.year("isehara-6", 2025, data))
    bench = explore.bench(frames, checks=CHECKS, years=read.years_before("isehara-6", 2025, data))
    html = explore.years(bench).html
    # 62 of 74 and 61 of 75; without the registers of both years nobody knows which measures came or went.
    for says in ("令和6年度", "令和7年度", "83.8%", "81.3%", "比較とは限りません"):
        assert says in html
    changed = explore.what_if(bench, threshold="70%")
    assert changed["regrades_to_80"].changed.exact == 9  # 52.5 of 75: 53 must hold, the ninth of 61 goes below


# What an analyst finds by Tab


def test_the_package_offers_what_an_analyst_works_with_and_loads_nothing_heavy():
    assert dir(helpers) == ["check", "compute", "draw", "explore", "notation", "pages", "read", "tell", "terms"]
    assert helpers.compute is compute
    with pytest.raises(AttributeError, match="'figures'"):
        _ = helpers.figures
    code = "import helpers, sys; sys.exit(bool({'pandas', 'matplotlib', 'IPython'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("module", ["bench", "what_if", "search", "reasons"])
def test_examples_do_as_they_say(module, monkeypatch):
    monkeypatch.chdir(ROOT)
    tried = doctest.testmod(importlib.import_module(f"helpers.explore.{module}"))
    assert tried.attempted > 3
    assert tried.failed == 0


def test_the_guide_names_every_parameter():
    guide = (ROOT / "docs" / "guide-analyst.md").read_text(encoding="utf-8")
    for name in ("leave_out", "regrade", "rounding_rule", "one_off", "threshold", "save_as", "widgets"):
        assert f"`{name}" in guide or f"-p {name}" in guide, name
