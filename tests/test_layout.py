"""`layout.toml` says how documents are laid out, and the reader knows nothing of it: other words in both give the same facts."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from helpers import intake, read
from helpers.terms import Refusal
from helpers.terms.tables import FACTS

ROOT = Path(__file__).parents[1]
ISEHARA = ROOT / "data" / "isehara-6"
LAYOUT = (ISEHARA / "layout.toml").read_text(encoding="utf-8")
SEED = (Path(__file__).parent / "documents" / "isehara-2024.txt").read_text(encoding="utf-8")
# Where a fact stands and in which words it is printed is the document's, however it is laid out.
OF_THE_PLACE = {"locator", "source_id", "quote"}


@pytest.fixture
def data(tmp_path):
    (tmp_path / "isehara-6").mkdir()
    (tmp_path / "isehara-6" / "plan.toml").write_bytes((ISEHARA / "plan.toml").read_bytes())
    return tmp_path


@pytest.fixture
def facts(data):
    """The tables of a document and a layout, each in its own words."""

    def read_by(layout, text=SEED):
        if layout:
            (data / "isehara-6" / "layout.toml").write_text(layout, encoding="utf-8")
        (data / "資料.txt").write_text(text, encoding="utf-8")
        asked = {"plan": read.plan("isehara-6", data), "layout": read.layout("isehara-6", data), "fiscal_year": 2024}
        return intake.facts(intake.document(data / "資料.txt"), **asked)

    return read_by


def changed(text, *changes):
    for old, new in changes:
        assert old in text, f"there is no {old!r}"
        text = text.replace(old, new)
    return text


def refused(facts, *files):
    """The sentences with which layout and document are refused."""
    with pytest.raises(Refusal) as refusal:
        facts(*files)
    return refusal.value.sentences


def values(tables):
    """The rows of every table without their places."""
    return {
        contract.name: tables[contract.name].drop(columns=[*OF_THE_PLACE & {*contract.columns}]).to_dict("records")
        for contract in FACTS
    }


def test_a_plan_without_a_layout_is_read_as_the_summary_that_draft_writes(facts):
    by_the_usual, by_its_own = facts(""), facts(LAYOUT)
    for name, table in by_the_usual.items():
        assert table.equals(by_its_own[name]), name


OTHER_WORDS = {
    "the word of the title": (("取組結果", "歩みの報告"), ("取組結果", "歩みの報告")),
    "the heading of every list": (("主な取組", "重点事業"), ("主な取組", "重点事業")),
    "what tells a list": (("進捗していない", "手つかずの"), ("進捗していない", "手つかずの")),
    "the heading of the policies": (('"基本方針"', '"改革の柱"'), ("\n基本方針\t", "\n改革の柱\t")),
    "the heading of a grade": (('"C 計画どおり 進捗せず"', '"遅れている"'), ("C 計画どおり 進捗せず", "遅れている")),
    "the heading of a total": (('"合計", holds = "r', '"評価した数", holds = "r'), ("なし\t合計", "なし\t評価した数")),
    "the heading of the amounts": (('"合計", holds = "a', '"当年度", holds = "a'), ("針\t\t合計", "針\t\t当年度")),
}


@pytest.mark.parametrize("name", OTHER_WORDS)
def test_other_words_are_the_same_facts_where_document_and_layout_have_them(name, facts):
    of_layout, of_document = OTHER_WORDS[name]
    found, expected = values(facts(changed(LAYOUT, of_layout), changed(SEED, of_document))), values(facts(LAYOUT))
    assert len(found.pop("linked_plans")) == len(expected.pop("linked_plans"))
    assert found == expected
    assert refused(facts, LAYOUT, changed(SEED, of_document))[0].startswith("資料.txt")


def test_the_layout_says_what_parentheses_mean(facts):
    text = re.sub(r"\t\(([0-9,]+)\)\n", r"\t\1\n", SEED)
    layout = changed(LAYOUT, (', in_parentheses = "expected"', ""))
    assert values(facts(layout, text)) == values(facts(LAYOUT))
    with pytest.raises(Refusal, match="効果見込額なのに（ ）がありません"):
        facts(LAYOUT, text)
    with pytest.raises(Refusal, match="（ ）が付いています"):
        facts(layout)


def test_a_unit_that_slipped_is_told_at_its_line(facts):
    [sentence] = refused(facts, LAYOUT, changed(SEED, ("（単位：千円）", "（単位：百万円）")))
    assert re.search("94行「（単位：百万円）」.*layout.toml では「千円」", sentence)


def test_a_column_that_the_layout_ignores_is_not_read(facts):
    remarks = zip(SEED.splitlines()[61:68], ["備考", "一", "二", "", "", "", ""], strict=True)
    text = changed(SEED, *((f"{line}\n", f"{line}\t{remark}\n") for line, remark in remarks))
    layout = changed(LAYOUT, ('holds = "rated" },', 'holds = "rated" },\n  { heading = "備考", holds = "ignored" },'))
    assert values(facts(layout, text)) == values(facts(LAYOUT))
    with pytest.raises(Refusal, match="備考"):
        facts(LAYOUT, text)


def test_lists_are_read_in_documents_whose_tables_alone_are_described_too(facts):
    of_tables, whole = values(facts(of_tables_alone())), values(facts(LAYOUT))
    for name in ("grade_counts", "measures", "mentions", "effects"):
        assert of_tables[name] == whole[name], name
    assert len(whole["mentions"]) == 16


LAGGING = "■ 計画のとおり進捗していない主な取組"
ABOVE, MONEY = "◎ 計画以上に進捗している主な取組 ↑", "○ 実績効果額を計上している主な取組"
# What follows, or what stands before, turns the words that tell a list into something else: so may any word but a few.
TURNED = [
    (LAGGING, "■ 計画を上回ることができなかった主な取組"),
    (LAGGING, "■ 計画のとおり進捗していない状況を脱した主な取組"),
    (LAGGING, "■ 計画どおり進捗せず廃止した主な取組"),
    (ABOVE, "◎ 計画以上に進捗しなかった主な取組"),
    (ABOVE, "◎ 計画以上の遅れが生じている主な取組"),
    (ABOVE, "◎ 計画以上または計画どおりに進捗している主な取組"),
    (ABOVE, "◎ 前年度に計画以上に進捗している主な取組"),
    (ABOVE, "◎ 計画以上に進捗している主な取組（前年度）"),
    (ABOVE, "◎ 今後計画以上に進捗する見込みの主な取組"),
    (MONEY, "○ 実績効果額を計上できなかった主な取組（見込額）"),
    (MONEY, "○ 実績効果額が減少した主な取組"),
    (MONEY, "○ 効果額を見込んでいる主な取組"),
    (MONEY, "○ 来年度に実績効果額を計上する主な取組"),
    (MONEY, "○ 計画期間の累計実績効果額のある主な取組"),
    (MONEY, "○ 令和5年度の実績効果額を計上している主な取組"),
]
SAME = [
    (LAGGING, "■ 計画どおりに進捗していない主な取組（令和6年度）"),
    (LAGGING, "2. 目標のとおり進捗していない主な取組"),
    (ABOVE, "◎ 計画を上回った主な取組（つづき）"),
    (ABOVE, "【計画以上の成果をあげた主な取組】"),
    (MONEY, "○ 令和6年度に実績効果額の大きかった主な取組一覧"),
]


def of_tables_alone():
    """Isehara's layout, its documents read by their tables and lists."""
    linked = LAYOUT[LAYOUT.rindex("[[tables]]") : LAYOUT.index("# 取組の名")]
    title = ('title = "取組結果"\n', ""), ('title = "L3', 'others = "L3')
    return changed(LAYOUT, *title, (linked, ""), (', in_parentheses = "expected"', ""))


@pytest.mark.parametrize("layout", ["whole", "tables"])
@pytest.mark.parametrize(("old", "new"), TURNED)
def test_a_heading_with_words_that_may_turn_it_heads_no_list(layout, old, new, facts):
    sentences = refused(facts, LAYOUT if layout == "whole" else of_tables_alone(), changed(SEED, (old, new)))
    assert any("主な取組" in sentence for sentence in sentences)


@pytest.mark.parametrize(("old", "new"), SAME)
def test_a_heading_in_other_words_of_the_same_meaning_heads_the_same_list(old, new, facts):
    assert values(facts(LAYOUT, changed(SEED, (old, new))))["mentions"] == values(facts(LAYOUT))["mentions"]


ENTRY = "- **民間提案制度の導入**〔企画部〕"
NO_ENTRIES = {
    "a heading between two entries": (ENTRY, f"廃止した取組\n{ENTRY}", "取組としても、その説明としても読めません"),
    "a department with a rate": ("導入**〔企画部〕", "導入**〔達成率120％〕", "部や課の名と読めません"),
    "a department that is a policy": ("導入**〔企画部〕", "導入**〔健全な財政運営〕", "部や課の名と読めません"),
    "name and department changed about": (ENTRY, "- **企画部**〔民間提案制度の導入〕", "部や課の名と読めません"),
    "a mark before the name": ("**民間提案制度の導入**", "**【新規】民間提案制度の導入**", "余計な印がないか"),
}


@pytest.mark.parametrize("name", NO_ENTRIES)
def test_what_is_no_entry_is_told(name, facts):
    *change, says = NO_ENTRIES[name]
    sentences = refused(facts, LAYOUT, changed(SEED, change))
    assert any(says in sentence for sentence in sentences), sentences


def test_a_sentence_with_the_words_of_a_heading_stays_a_description(facts):
    longer = ("策定に至らなかった", "策定に\n至らなかったが、主な取組のうち一部は計画以上に進めた")
    found, expected = (values(facts(LAYOUT, text))["measures"] for text in (changed(SEED, longer), SEED))
    assert [(row["measure"], row["grade"]) for row in found] == [(row["measure"], row["grade"]) for row in expected]


@pytest.mark.parametrize("mark", ["①", "(3) ", "3 ", "1-1 ", "★ "])
def test_a_number_or_mark_before_a_measure_is_no_part_of_its_name(mark, facts):
    lists = SEED[SEED.index("- ◎") : SEED.index("■ 計画の")]
    found = values(facts(LAYOUT, changed(SEED, (lists, lists.replace("- ◎ ", mark)))))
    assert found["measures"] == values(facts(LAYOUT))["measures"]


OF_ANOTHER_TIME = [
    "前年",
    "昨年",
    "前々年",
    "次年",
    "来年",
    "翌年",
    "前回",
    "次回",
    "累計",
    "通算",
    "中間",
    "速報",
    "9月末",
    "第4四半期",
    "上半期",
]


@pytest.mark.parametrize("time", OF_ANOTHER_TIME)
def test_a_row_of_amounts_of_another_time_is_refused_at_its_line(time, facts):
    sentences = refused(facts, LAYOUT, changed(SEED, ("\t実績効果額 b\t9,464", f"\t{time}の実績効果額 b\t9,464")))
    assert any("102行" in sentence for sentence in sentences), sentences


@pytest.mark.parametrize(
    "mark",
    [
        "新規",
        "継続",
        "完了",
        "終了",
        "廃止",
        "中止",
        "拡充",
        "重点",
        "再掲",
        "達成",
        "未達成",
        "見込",
        "見込み",
        "実績",
    ],
)
def test_no_mark_in_brackets_is_a_department(mark, facts):
    sentences = refused(facts, LAYOUT, changed(SEED, ("導入**〔企画部〕", f"導入**〔{mark}〕")))
    assert any("部や課の名と読めません" in sentence for sentence in sentences), sentences


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(効果見込額) a", "(次年度効果見込額) a"),
        ("（単位：千円）", "【参考】前年度\n\n（単位：千円）"),
        ("\n基本方針\tA", "\n次年度の目標\n\n基本方針\tA"),
        ("\n基本方針\tA", "\n（9月末現在）\n\n基本方針\tA"),
        (MONEY, f"※ 金額は令和5年度決算による\n\n{MONEY}"),
        (MONEY, f"※上記は令和5年度の実績\n\n{MONEY}"),
        (MONEY, f"※ 主な取組の金額は見込額\n\n{MONEY}"),
        (MONEY, f"※ 金額は計画期間の累計です。\n\n{MONEY}"),
        ("（単位：千円）", "（単位：千円）\n\n※ 金額は百万円"),
    ],
)
def test_amounts_and_grades_of_another_time_are_refused(old, new, facts):
    with pytest.raises(Refusal):
        facts(LAYOUT, changed(SEED, (old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- ◎ **市民協働", "第6次総合計画との関係（令和6年度）\n\n- ◎ **市民協働"),
        ("- ◎ **市民協働", "単位は千円\n\n- ◎ **市民協働"),
        (LAGGING, "■ 計画のとおり進捗していない主要な取組"),
    ],
)
def test_a_measure_that_no_list_took_is_told_where_the_tables_alone_are_described(old, new, facts):
    with pytest.raises(Refusal, match=r"どの一覧にもありません|として読めません|説明としても"):
        facts(of_tables_alone(), changed(SEED, (old, new)))


def test_the_amount_of_one_measure_is_not_the_plans(facts):
    text = changed(SEED, ("を適宜指導・見直しを依頼し", "を見直し、実績効果額は500百万円、全20件を達成し"))
    stated = facts(of_tables_alone(), text)["stated"]
    assert not {"500", "20"} & {*stated[stated["scope"] == "plan"]["value"]}


def test_two_columns_that_only_check_others_may_stand_in_a_layout(data):
    twice = '{ heading = "率", holds = "multiplier" },\n  { heading = "率（％）", holds = "multiplier" },\n  { heading = "合計"'
    text = changed(of_tables_alone(), ('{ heading = "合計", holds = "amount"', f'{twice}, holds = "amount"'))
    (data / "isehara-6" / "layout.toml").write_text(text, encoding="utf-8")
    assert [one.holds for one in read.layout("isehara-6", data).table("effects").columns].count("multiplier") == 2


def test_a_new_grade_comes_with_the_line_to_add(facts, data):
    line = '{ heading = "E 中止", holds = "grade", grade = "E" }'
    wider = [(f"\t{total}\n", f"\t0\t{total}\n") for total in ("20", "19", "9", "7", "74")]
    text = changed(SEED, *wider, ("ほぼなし\t合計", "ほぼなし\tE 中止\t合計"))
    assert line in "".join(refused(facts, LAYOUT, text))
    plan, policies = data / "isehara-6" / "plan.toml", '[[policies]]\nid = "1"'
    grade = '[[grades]]\ncode = "E"\nlabel = "中止"\norder = 5\nachieved = false\nband = "stalled"\n\n'
    with_grade = changed(plan.read_text(encoding="utf-8"), (policies, grade + policies))
    plan.write_text(with_grade, encoding="utf-8")
    layout = changed(LAYOUT, ('grade = "D" },\n', f'grade = "D" }},\n  {line},\n'))
    assert len(facts(layout, text)["grade_counts"]) == 25


WORDS_OF_ISEHARA = ["取組結果", "主な取組", "進捗していない", "進捗せず", "計画を 上回る", "進捗が ほぼなし"]


def test_the_reader_holds_no_word_of_a_layout():
    told = tomllib.loads(LAYOUT)
    assert {told["title"], told["lists"]["heading"], *told["lists"]["behind"]} == {*WORDS_OF_ISEHARA[:4]}
    for path in (ROOT / "src" / "helpers" / "intake").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = (ast.FunctionDef, ast.ClassDef, ast.Module)
        docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
        strings = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        said = strings - docstrings
        assert [(path.name, text) for text in said for word in WORDS_OF_ISEHARA if word in text] == []


# The file is held to its shape.


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "取組結果"\n', "", "linked_plans の表は、title（表題にある言葉）のある資料だけに書けます"),
        (LAYOUT[LAYOUT.index("[lists]") : LAYOUT.index("[sources]")], "", "[lists] が要ります"),
        ('of = "effects"\nunit = "千円"', 'of = "effects"\nunit = "万両"', "「万両」は使えません"),
        ('holds = "kind"', 'holds = "difference"', "左端が policy、ほかは kind、amount、ignored（あれば） にして"),
        ('holds = "rated"', 'holds = "measures"', "左端が policy、ほかは rated、"),
        ('holds = "family"', 'holds = "plans"', 'holds = "family" の欄が一つではありません'),
        ('"kind" }', '"kind", in_parentheses = "expected" }', "in_parentheses は、holds が amount のとき"),
        ('in_parentheses = "expected"', 'in_parentheses = "negative"', "「negative」は使えません"),
        ('grade = "D"', 'grade = "C"', "C の欄が二つあります"),
        ('t", in_parentheses = "expected"', 't" },\n  { heading = "計", holds = "amount"', "amount の欄が二つ"),
        ('unit = "千円"', 'unit = "cells"', 'unit = "cells" は書けません'),
        ('unit = "千円"', 'unit = "千円"\nis_turned = true', "is_turned・under・unit_is_typed"),
        ('holds = "grade", grade = "D"', 'holds = "each_grade"', "each_grade か grade の、どちらかだけ"),
        ("behind = [", "behind = [] # [", "[lists] behind: 一つ以上書いてください"),
        ('lists = "L70', 'others = "L70', "lists の出典がありません"),
        ('title = "L3', 'others = "L3', "title の出典がありません"),
    ],
)
def test_a_layout_that_is_none_is_told(old, new, says, data):
    (data / "isehara-6" / "layout.toml").write_text(changed(LAYOUT, (old, new)), encoding="utf-8")
    with pytest.raises(Refusal, match=re.escape(says)):
        read.layout("isehara-6", data)


def test_a_layout_that_leads_nowhere_is_not_taken_for_none(data):
    (data / "isehara-6" / "layout.toml").symlink_to(data / "gone.toml")
    with pytest.raises(Refusal, match=r"layout\.toml: 読めません"):
        read.layout("isehara-6", data)
