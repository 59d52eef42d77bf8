"""The register of a year becomes the summary to publish: exact counts and sums, true claims, and it reads back as the register."""

import made_up
import made_up_register
import made_up_summaries
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from made_up_summaries import read_back, read_from, registers, rows, summary_of, written

from helpers import forms
from helpers.check.register import counts_agree, yen_agree
from helpers.forms.parts import Listing, Paragraph, Table
from helpers.terms import Refusal

differences = forms.read_back.differences
EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW_EXAMPLES = settings(EXAMPLES, max_examples=8)
MEASURES = [
    ("1", "A", "窓口の改善", "市民生活部", 5_000, 7_500, "待ち時間が減った"),
    ("1", "C", "時間外勤務の縮減", "総務部", 30_000, 1_000, "目標に届かなかった"),
    ("1", "B", "文書の電子化", "企画部", 400, 499, "not_registered"),
    ("3", "B", "補助金の見直し", "企画部", 0, -1_200, "増額した"),
    ("3", "D", "広告収入の確保", "総務部", 2_000, "not_applicable", "着手していない"),
]


@pytest.fixture
def plan():
    return made_up.plan(3)


@pytest.fixture
def register():
    return made_up_register.frame(rows(MEASURES))


@pytest.fixture
def refused(plan):
    """The sentences with which a register, with one row changed, is refused."""

    def sentences(**cells):
        changed = [rows(MEASURES)[0] | cells, *rows(MEASURES)[1:]]
        with pytest.raises(Refusal) as refusal:
            summary_of(made_up_register.frame(changed), plan)
        return refusal.value.sentences

    return sentences


def table(summary, kind):
    (one,) = [part for part in summary.parts if isinstance(part, Table) and part.kind == kind]
    return [[cell.words if cell else None for cell in row] for row in one.placed()]


def paragraphs(summary, kind):
    return [part.words for part in summary.parts if isinstance(part, Paragraph) and part.kind == kind]


# What it says: worked by hand from MEASURES


def test_grades_are_counted_by_policy_with_totals(register, plan):
    assert table(summary_of(register, plan), "grades") == [
        ["基本方針", "A 計画を上回る", "B 概ね計画どおり", "C 計画どおり進捗せず", "D 進捗がほぼなし", "合計"],
        ["1 架空の方針その1", "1", "1", "1", "0", "3"],
        ["2 架空の方針その2", "0", "0", "0", "0", "0"],
        ["3 架空の方針その3", "0", "1", "0", "1", "2"],
        ["合計", "1", "2", "1", "1", "5"],
    ]


def test_effects_stand_in_two_rows_a_policy(register, plan):
    assert table(summary_of(register, plan), "effects") == [
        ["基本方針", None, "合計"],
        ["1 架空の方針その1", "(効果見込額) a", "(35,400)"],
        [None, "実績効果額 b", "8,999"],
        ["2 架空の方針その2", "(効果見込額) a", "(0)"],
        [None, "実績効果額 b", "0"],
        ["3 架空の方針その3", "(効果見込額) a", "(2,000)"],
        [None, "実績効果額 b", "△1,200"],
        ["合計", "(効果見込額) a", "(37,400)"],
        [None, "実績効果額 b", "7,799"],
    ]


def test_claims_are_exactly_true(register, plan):
    assert paragraphs(summary_of(register, plan), "claim") == [
        "➤ 計画に位置付けた5件の取組項目のうち、3件が「計画を上回る」か「概ね計画どおり」の進捗結果に",
        "➤ 見込んでいた効果額を下回る実績効果額を計上",
    ]


@pytest.mark.parametrize(
    ("expected", "actual", "says"),
    [(10, 11, ["を上回る"]), (10, 10, ["と同額の"]), (10, 9, ["を下回る"]), (0, 5, []), (-3, 5, [])],
)
def test_effects_are_compared_only_where_something_was_expected(plan, expected, actual, says):
    register = made_up_register.frame(rows([("1", "A", "窓口", "企画部", expected, actual, "理由")]))
    claims = paragraphs(summary_of(register, plan), "claim")[1:]
    assert claims == [f"➤ 見込んでいた効果額{how}実績効果額を計上" for how in says]


def test_the_main_items_are_rounded_as_the_summary_says(register, plan):
    summary = summary_of(register, plan)
    (effect,) = [part for part in summary.parts if isinstance(part, Listing) and part.list == "effect"]
    items = {item.measure: item.amount for item in effect.items}
    assert items == {"窓口の改善": "8百万円", "時間外勤務の縮減": "1百万円"}
    assert paragraphs(summary, "note") == [
        "※ 金額のない取組（記載のないもの、対象外のもの）は、合計に入れていません。",
        "※ 金額は百万円未満四捨五入",
    ]


def test_without_an_effect_there_is_no_list_of_effects(plan):
    register = made_up_register.frame(rows([("1", "B", "窓口", "企画部", 0, 0, "理由")]))
    summary = summary_of(register, plan)
    assert (summary.lists, paragraphs(summary, "note")) == ([], [])


def test_the_month_is_the_one_given_or_a_place_to_fill_in(register, plan):
    assert paragraphs(summary_of(register, plan, published="2025-08"), "dated") == ["令和7年8月"]
    assert paragraphs(summary_of(register, plan), "dated") == ["令和　　年　　月"]


def test_a_choice_that_is_only_proposed_is_marked(register, plan):
    assert paragraphs(summary_of(register, plan), "proposed") == [
        "※ 案：主な取組は規則による候補です（featured.csv で選ぶと、この行は消えます）。"
    ]
    chosen = forms.featured.proposed(register, plan=plan).assign(basis="chosen")
    assert paragraphs(summary_of(register, plan, featured=chosen), "proposed") == []


# What it refuses


def test_what_is_yet_to_be_asked_is_named(refused):
    sentences = refused(grade="not_due", expected_amount="not_registered", actual_amount="not_due")
    for says, what in zip(sentences, ("評価", "効果見込額", "実績効果額"), strict=True):
        assert says.startswith(f"register.csv 2行「窓口の改善」: {what}がまだありません（")
        assert f"市民生活部に{'評価' if what == '評価' else '金額'}を聞" in says


def test_a_grade_and_a_policy_of_another_plan_are_named(refused):
    for says, what in zip(refused(grade="E", policy_id="7"), ("基本方針 7", "評価 E"), strict=True):
        assert says.startswith(f"register.csv 2行「窓口の改善」: {what} が plan.toml にありません。")


def test_a_sum_that_is_not_whole_in_its_unit_is_refused(refused):
    (says,) = refused(actual_amount="7500001", actual_unit="円")
    for part in (
        "基本方針1の実績効果額の計 8,999,001円は、千円で割り切れず",
        "（2行「窓口の改善」）",
        "effect_unit を 円 に",
    ):
        assert part in says


def test_parts_of_a_thousand_that_add_up_are_no_fault(plan):
    measures = rows(MEASURES)
    for n, yen in ((0, "7500400"), (2, "498600")):
        measures[n] |= {"actual_amount": yen, "actual_unit": "円"}
    summary = summary_of(made_up_register.frame(measures), plan)
    assert table(summary, "effects")[2][2] == "8,999"


def test_a_plan_in_yen_is_printed_in_yen():
    in_yen = made_up.plan(3, effect_unit="円")
    measures = rows(MEASURES)
    measures[0] |= {"actual_amount": "7500001", "actual_unit": "円"}
    summary = summary_of(made_up_register.frame(measures), in_yen)
    assert paragraphs(summary, "unit") == ["（単位：円）"]
    assert table(summary, "effects")[2][2] == "8,999,001"
    assert differences(summary, read_back(summary, in_yen)) == []


def test_an_empty_register_is_refused(plan):
    with pytest.raises(Refusal, match="取組が一つもありません"):
        summary_of(made_up_register.frame([]), plan)


# There and back


@EXAMPLES
@given(registers())
def test_the_text_reads_back_as_the_register(made):
    plan, register = made
    summary = summary_of(register, plan, published="2025-08", published_by="企画部 行政経営課")
    tables = read_back(summary, plan)
    assert differences(summary, tables) == []
    frames = made_up_summaries.frames(tables, register, plan=plan)
    found = [counts_agree(frames), yen_agree(frames)]
    assert [one.evidence for one in found if one.result != "passed"] == []


@FEW_EXAMPLES
@given(registers(most=8))
def test_word_and_web_page_read_back_as_the_text_does(made):
    plan, register = made
    summary = summary_of(register, plan)
    for name, content in written(summary).items():
        assert differences(summary, read_from(name, content, plan)) == [], name


@pytest.mark.parametrize("scale", made_up_summaries.SCALES)
def test_three_hundred_measures_of_any_scale_read_back(scale):
    plan = made_up.plan(9, grades=made_up_summaries.SCALES[scale])
    codes = [grade.code for grade in plan.grades]
    measures = [
        (f"{n % 8 + 1}", codes[n * 7 % len(codes)], f"架空の取組その{n}", "企画部", n * 131, n * n * 17 - 5_000, "理由")
        for n in range(300)
    ]
    summary = summary_of(made_up_register.frame(rows(measures)), plan)
    for name, content in written(summary).items():
        assert differences(summary, read_from(name, content, plan)) == [], name


@pytest.mark.parametrize(
    "name",
    ["窓口〔第2期〕の改善", "検討・・・の見直し", "5億円基金の活用", "●印の廃止", "- 窓口の改善", "AI[生成]の活用"],
)
def test_a_name_that_a_list_cannot_carry_never_reads_back_as_another(plan, name):
    register = made_up_register.frame(rows([("1", "A", name, "企画部", 1_000, 5_000, "理由")]))
    summary = summary_of(register, plan)
    with pytest.raises(Refusal, match="「"):  # it quotes the line, or the item that reads otherwise
        raise Refusal(*differences(summary, read_back(summary, plan)))


def test_every_kind_of_difference_is_told(register, plan):
    summary = summary_of(register, plan)
    tables = read_back(summary, plan)
    changes = {
        "grade_counts": lambda rows: rows.assign(measures="9"),
        "effects": lambda rows: rows.assign(amount="1"),
        "mentions": lambda rows: rows.iloc[1:],
        "measures": lambda rows: rows.assign(grade="B"),
        "stated": lambda rows: rows.iloc[1:],
    }
    for name, change in changes.items():
        assert differences(summary, tables | {name: change(tables[name])}), name


@pytest.mark.parametrize(
    ("name", "cells", "says"),
    [
        ("grade_counts", {"grade": "E"}, "評価 E の件数が、台帳にないのに読み取れます"),
        ("mentions", {"list": "behind"}, "「計画のとおり進捗していない主な取組」の一覧は 2件ですが、3件と読めます"),
        ("stated", {"metric": "exceeded_rate", "value": "8", "unit": "割"}, "主張（exceeded_rate plan 8割）"),
        ("linked_plans", {}, "関連する計画は 0行ですが、1行と読めます"),
    ],
)
def test_what_is_read_but_was_not_written_is_told(register, plan, name, cells, says):
    summary = summary_of(register, plan)
    tables = read_back(summary, plan)
    first = tables[name].head(1).reindex([0]).fillna(value="架空").assign(**cells)
    more = tables | {name: pd.concat([tables[name], first])}
    assert any(says in one for one in differences(summary, more))
