"""The received document becomes rows, each with its place and words; what is not understood is named."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers import intake, read
from helpers.intake.identity import graded_against
from helpers.terms import Policy, Refusal
from helpers.terms.layout import EFFECTS, Column
from helpers.terms.tables import KEPT_BY_PEOPLE, TABLES, readme

ROOT = Path(__file__).parents[1]
SEED, NEXT_YEAR = (ROOT / "tests" / "documents" / f"{name}.txt" for name in ("isehara-2024", "synthetic-2025"))
POLICIES = {
    "1": "行政サービスの最適化",
    "2": "公共私連携・協働",
    "3": "スマート市役所への転換",
    "4": "公共施設の縮充・最適化",
    "5": "健全な財政運営",
}


@pytest.fixture(scope="module")
def plan():
    return read.plan("isehara-6", ROOT / "data")


@pytest.fixture(scope="module")
def layout():
    return read.layout("isehara-6", ROOT / "data")


@pytest.fixture
def data_dir(tmp_path):
    (tmp_path / "data" / "isehara-6").mkdir(parents=True)
    for name in ("plan.toml", "layout.toml"):
        shutil.copy(ROOT / "data" / "isehara-6" / name, tmp_path / "data" / "isehara-6")
    return tmp_path / "data"


@pytest.fixture
def summarise(plan, layout, tmp_path):
    """The tables of a document, changed before it is read: pairs of words as they are and as they shall be."""

    def tables(*changes, fiscal_year=2024, plan=plan, layout=layout):
        text = SEED.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"the document does not hold {old!r}"
            text = text.replace(old, new)
        path = tmp_path / "変えた資料.txt"
        path.write_text(text, encoding="utf-8", newline="")
        return intake.facts(intake.document(path), plan=plan, layout=layout, fiscal_year=fiscal_year)

    return tables


@pytest.fixture
def refused(summarise):
    """The sentences with which a changed document is refused."""

    def sentences(*changes, **asked):
        with pytest.raises(Refusal) as refusal:
            summarise(*changes, **asked)
        return refusal.value.sentences

    return sentences


@pytest.fixture(scope="module")
def seed(plan, layout):
    return intake.facts(intake.document(SEED), plan=plan, layout=layout, fiscal_year=2024)


@pytest.fixture(scope="module")
def next_year(plan, layout):
    return intake.facts(intake.document(NEXT_YEAR), plan=plan, layout=layout, fiscal_year=2025)


def of(table: pd.DataFrame, **cells: str) -> pd.DataFrame:
    """The rows with those cells."""
    return table[(table[list(cells)] == pd.Series(cells)).all(axis=1)]


def rows(table: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    return list(table[list(columns)].itertuples(index=False, name=None))


# The document of FY2024, against what a person reads in it.


def test_grade_counts_are_those_printed(seed):
    printed = {
        "1": ("3", "15", "2", "0"),
        "2": ("4", "10", "5", "0"),
        "3": ("3", "6", "0", "0"),
        "4": ("0", "7", "0", "0"),
        "5": ("6", "8", "5", "0"),
    }
    labels = {"A": "計画を上回る", "B": "概ね計画どおり", "C": "計画どおり進捗せず", "D": "進捗がほぼなし"}
    expected = [
        (policy, POLICIES[policy], grade, labels[grade], count, f"L{62 + int(policy)}:C{column}", count)
        for policy, counts in printed.items()
        for column, (grade, count) in enumerate(zip("ABCD", counts, strict=True), 2)
    ]
    columns = ("policy_id", "policy_name", "grade", "grade_label", "measures", "locator", "quote")
    assert rows(seed["grade_counts"], *columns) == expected


def test_parentheses_mark_expected_amounts_not_negatives(seed):
    printed = [
        ("1", "expected", "107077", "L97:C3", "(107,077)"),
        ("1", "actual", "47708", "L98:C3", "47,708"),
        ("2", "expected", "4700", "L99:C3", "(4,700)"),
        ("2", "actual", "6352", "L100:C3", "6,352"),
        ("3", "expected", "5588", "L101:C3", "(5,588)"),
        ("3", "actual", "9464", "L102:C3", "9,464"),
        ("4", "expected", "0", "L103:C3", "(0)"),
        ("4", "actual", "0", "L104:C3", "0"),
        ("5", "expected", "230371", "L105:C3", "(230,371)"),
        ("5", "actual", "1282125", "L106:C3", "1,282,125"),
    ]
    of_policies = of(seed["effects"], scope="policy")
    assert rows(of_policies, "scope_id", "kind", "amount", "locator", "quote") == printed
    assert set(rows(of_policies, "unit", "rounding")) == {("千円", "exact")}
    assert list(of_policies["scope_name"]) == [POLICIES[policy] for policy, *_ in printed]


def test_what_a_zero_means_is_not_known(seed):
    zeros = of(seed["effects"], amount="0")
    assert rows(zeros, "scope_id", "zero_meaning") == [("4", "unknown"), ("4", "unknown")]
    assert set(seed["effects"].drop(zeros.index)["zero_meaning"]) == {"not_applicable"}


def test_amounts_of_measures_keep_their_unit_and_unknown_rounding(seed):
    of_measures = of(seed["effects"], scope="measure")
    assert rows(of_measures, "scope_name", "kind", "amount", "unit", "rounding", "locator") == [
        ("ごみの減量化・資源化に向けた取組", "actual", "36", "百万円", "unknown", "L112"),
        ("AI／RPA導入業務の拡充", "actual", "9", "百万円", "unknown", "L114"),
        ("下水道使用料の適正化", "actual", "172", "百万円", "unknown", "L115"),
        ("伊勢原市事業公社及び土地開発公社の健全化の促進", "actual", "961", "百万円", "unknown", "L116"),
    ]
    by_name = dict(rows(seed["measures"], "measure", "measure_id"))
    assert list(of_measures["scope_id"]) == [by_name[name] for name in of_measures["scope_name"]]


def test_sixteen_mentions_are_fifteen_measures(seed):
    assert rows(seed["measures"], "measure", "department", "grade", "grade_basis", "locator", "status") == [
        ("エコオフィスの実現に向けた取組", "経済環境部", "A", "stated", "L72", "stated"),
        ("市民協働事業の推進", "市民生活部", "A", "stated", "L73", "stated"),
        ("行政手続きのオンライン化の拡大", "企画部", "A", "stated", "L74", "stated"),
        ("不用公有財産の処分の促進", "総務部", "A", "stated", "L75", "stated"),
        ("下水道使用料の適正化", "土木部", "A", "stated", "L76", "stated"),
        ("補助金の見直し", "企画部", "A", "stated", "L77", "stated"),
        ("時間外勤務の縮減", "総務部", "C", "implied", "L81", "implied"),
        ("PPP/PFI手法導入優先的検討規程の策定及び活用検討", "企画部", "C", "implied", "L82", "implied"),
        ("民間提案制度の導入", "企画部", "C", "implied", "L83", "implied"),
        ("ふるさと納税（個人版）の推進", "企画部", "C", "implied", "L84", "implied"),
        ("新たな独自財源の確保に向けた研究", "総務部", "C", "implied", "L85", "implied"),
        ("財政の健全化の推進", "企画部", "C", "implied", "L86", "implied"),
        ("ごみの減量化・資源化に向けた取組", "経済環境部", "not_stated", "unknown", "L112", "stated"),
        ("AI／RPA導入業務の拡充", "企画部", "not_stated", "unknown", "L114", "stated"),
        ("伊勢原市事業公社及び土地開発公社の健全化の促進", "総務部", "not_stated", "unknown", "L116", "stated"),
    ]
    lists = [("exceeded", str(n)) for n in range(1, 7)] + [("behind", str(n)) for n in range(1, 7)]
    assert rows(seed["mentions"], "list", "seq") == lists + [("effect", str(n)) for n in range(1, 5)]
    twice = of(seed["mentions"], measure="下水道使用料の適正化")
    assert rows(twice, "list", "locator", "department") == [("exceeded", "L76", "土木部"), ("effect", "L115", "土木部")]
    assert len(set(twice["measure_id"])) == 1


def test_the_policy_of_a_measure_is_not_stated(seed):
    assert set(seed["measures"]["policy_id"]) == {"not_stated"}


def test_mentions_hold_the_words_of_the_document(seed):
    said = {(row.list, row.seq): (row.amount_printed, row.words) for row in seed["mentions"].itertuples()}
    assert said["exceeded", "1"] == (
        "not_stated",
        "脱炭素化推進事業債を活用し公共施設10施設をLED化、公共施設電力の一部を実質再エネ100%に切替え",
    )
    assert said["behind", "4"] == ("not_stated", "他自治体との競合等により寄付金の受け入れは目標を下回った")
    assert said["effect", "1"] == ("36百万円", "草木類のステーション収集を開始したことにより資源化事業が拡充")
    assert said["effect", "2"] == ("9百万円", "AI・RPA活用業務の拡大による業務時間の削減")
    assert said["effect", "3"] == ("172百万円", "not_stated")
    assert said["effect", "4"] == ("961百万円", "中小企業集団化用地の売払いを完了し、債務を完済した")


def test_a_plan_has_a_period_only_where_words_give_it(seed):
    note = "※ 財政健全化計画は更新せず、財政健全化に関する内容を第6次行財政改革推進計画に取り込む"
    unstated, no_period = ("not_stated",) * 3, ("not_applicable",) * 3
    columns = ("family", "name", "first_fiscal_year", "last_fiscal_year", "period_basis", "relation", "note", "locator")
    assert rows(seed["linked_plans"], *columns) == [
        ("第6次総合計画", "前期基本計画", *unstated, "parent", "", "L48:C2"),
        ("行財政改革推進計画", "第6次行財政改革推進計画", *unstated, "self", "", "L49:C2"),
        ("財政健全化計画", "not_applicable", *no_period, "absorbed", note, "L50:C2"),
        ("定員管理計画", "定員管理計画", *unstated, "parallel", "", "L51:C2"),
        ("公共施設等総合管理計画", "公共施設等再配置プラン", "2023", "2032", "stated", "parallel", "", "L52:C2"),
        ("ICT推進計画", "ICT推進計画・改定版", "2023", "2025", "stated", "parallel", "", "L53:C2"),
        ("働き方改革", "職員の仕事と生活の両立応援プラン", "2021", "2025", "stated", "parallel", "", "L54:C2"),
    ]


def test_every_total_and_claim_is_stated(seed):
    assert rows(seed["stated"], "metric", "scope", "scope_id", "comparison", "value", "unit", "locator") == [
        ("policies", "plan", "plan", "equal", "5", "方針", "L18"),
        ("policies", "plan", "plan", "equal", "5", "方針", "L35"),
        ("promotion_items", "plan", "plan", "equal", "10", "項目", "L38"),
        ("measures", "plan", "plan", "equal", "74", "件", "L60"),
        ("achievement_rate", "plan", "plan", "about", "8", "割", "L60"),
        ("achieved_measures", "plan", "plan", "equal", "62", "件", "L60"),
        ("measures", "policy", "1", "equal", "20", "件", "L63:C6"),
        ("measures", "policy", "2", "equal", "19", "件", "L64:C6"),
        ("measures", "policy", "3", "equal", "9", "件", "L65:C6"),
        ("measures", "policy", "4", "equal", "7", "件", "L66:C6"),
        ("measures", "policy", "5", "equal", "19", "件", "L67:C6"),
        ("measures_by_grade", "grade", "A", "equal", "16", "件", "L68:C2"),
        ("measures_by_grade", "grade", "B", "equal", "46", "件", "L68:C3"),
        ("measures_by_grade", "grade", "C", "equal", "12", "件", "L68:C4"),
        ("measures_by_grade", "grade", "D", "equal", "0", "件", "L68:C5"),
        ("measures", "plan", "plan", "equal", "74", "件", "L68:C6"),
        ("actual_effect", "plan", "plan", "above", "1", "効果見込額", "L92"),
        ("expected_effect", "plan", "plan", "equal", "347736", "千円", "L107:C3"),
        ("actual_effect", "plan", "plan", "equal", "1345649", "千円", "L108:C3"),
    ]


# The same kind of document with other figures, words and order.


def test_a_year_below_expectation_is_read_as_it_is(next_year):
    of_policies = of(next_year["effects"], scope="policy")
    assert rows(of_policies, "scope_id", "kind") == [(id_, kind) for id_ in "12345" for kind in ("expected", "actual")]
    amounts = ["98400", "-3500", "5200", "4980", "6100", "7020", "0", "1200", "215000", "198300"]
    assert of_policies["amount"].tolist() == amounts
    claims = rows(of(next_year["stated"], metric="actual_effect"), "comparison", "value", "unit")
    assert claims == [("below", "1", "効果見込額"), ("equal", "208000", "千円")]


def test_rounding_is_taken_from_a_note(next_year):
    of_measures = rows(of(next_year["effects"], scope="measure"), "amount", "rounding")
    assert of_measures == [("174", "half_up"), ("7", "half_up"), ("-4", "half_up")]


def test_where_two_grades_lag_the_list_does_not_say_which(next_year):
    found = {row.measure: (row.grade, row.grade_basis) for row in next_year["measures"].itertuples()}
    stated = dict.fromkeys(("下水道使用料の適正化", "公共施設予約の電子化"), ("A", "stated"))
    unknown = ("AI/RPA導入業務の拡充", "窓口開庁時間の見直し", "民間提案制度の導入")
    assert found == stated | dict.fromkeys(unknown, ("not_stated", "unknown"))


def test_full_width_figures_are_figures(next_year):
    assert list(of(next_year["grade_counts"], policy_id="3")["measures"]) == ["4", "5", "0", "0"]


def test_one_family_may_hold_two_plans(next_year):
    plans = rows(of(next_year["linked_plans"], family="第6次総合計画"), "name", "relation")
    assert plans == [("前期基本計画", "parent"), ("後期基本計画", "parent")]


def test_a_measure_keeps_its_number_over_the_years_however_it_is_set(seed, next_year):
    numbers = [dict(rows(tables["measures"], "measure", "measure_id")) for tables in (seed, next_year)]
    assert numbers[0]["下水道使用料の適正化"] == numbers[1]["下水道使用料の適正化"]
    assert numbers[0]["AI／RPA導入業務の拡充"] == numbers[1]["AI/RPA導入業務の拡充"]


SAME_FACTS = {
    "no bullets": [("\n- ", "\n")],
    "no marks at all": [("**", ""), ("\n- ◎ ", "\n"), ("\n- ", "\n"), ("◎ ", ""), ("■ ", ""), ("○ ", ""), ("➤ ", "")],
    "headings of Markdown": [("\n◎ ", "\n## ◎ "), ("\n■ ", "\n### "), ("\n達成状況", "\n## 達成状況")],
    "other bullets": [("\n- ", "\n・")],
    "no blank lines in lists": [("\n\n- ", "\n- ")],
    "bold in a table": [("\t1,282,125", "\t**1,282,125**"), ("\n合計\t", "\n**合計**\t")],
    "description on the next line": [("〕… ", "〕\n… "), ("〔企画部〕 … ", "〔企画部〕\n  … ")],
    "description on two lines": [("公共施設10施設をLED化、", "公共施設10施設をLED化、\n")],
    "department before the amount": [("（36百万円）〔経済環境部〕", "〔経済環境部〕（36百万円）")],
    "other brackets": [("〔総務部〕", "［総務部］")],
    "spaces in labels": [("A 計画を 上回る", "Ａ　計画を上回る"), ("合 計", "合　　計"), ("1 行政サ", "１．行政 サ")],
    "radicals of a PDF": [("市民", "市⺠"), ("行財政", "⾏財政"), ("基本方針", "基本⽅針"), ("部〕", "部〕")],
    "half-width katakana": [("サービス", "ｻｰﾋﾞｽ")],
    "full-width figures": [("1,282,125", "１，２８２，１２５"), ("（36百万円）", "（３６百万円）"), ("74件", "７４件")],
    "western year": [("令和6年度", "2024年度")],
    "wave dashes": [("R5~R14", "令和5年度〜令和14年度"), ("R3~R7", "R3～R7")],
    "an era that had ended": [("(R5~R7)", "(平成35年度～令和7年度)")],
    "spelling of the claim": [("概ね計画どおり」と", "おおむね計画のとおり」と")],
    "a claim on two lines": [("のうち、**8割", "のうち、\n**8割"), ("**実績効果額**を", "\n**実績効果額**を")],
    "a claim with its rate in brackets": [("8割程度の62件が", "62件（8割程度）が")],
    "a note": [("（単位：千円）", "（単位：千円）\n\n※ 効果額は見直すことがあります")],
}


@pytest.mark.parametrize("name", SAME_FACTS)
def test_the_same_facts_set_otherwise_are_the_same_facts(name, summarise, seed):
    found = summarise(*SAME_FACTS[name])
    values = {
        "grade_counts": ["policy_id", "policy_name", "grade", "measures"],
        "effects": ["scope", "scope_id", "kind", "amount", "unit", "rounding", "zero_meaning"],
        "measures": ["measure_id", "grade", "grade_basis"],
        "mentions": ["list", "seq", "measure_id"],
        "linked_plans": ["first_fiscal_year", "last_fiscal_year", "period_basis", "relation"],
        "stated": ["metric", "scope", "scope_id", "comparison", "value", "unit"],
    }
    for table, columns in values.items():
        assert sorted(rows(found[table], *columns)) == sorted(rows(seed[table], *columns)), table


def test_words_are_kept_readable_and_quotes_verbatim(summarise):
    found = summarise(("市民協働事業の推進", "市⺠協働事業の推進"))["measures"]
    assert "市⺠協働事業の推進" in of(found, measure="市民協働事業の推進")["quote"].iloc[0]


def test_pages_tables_and_lists_may_stand_in_any_order(summarise, seed):
    text = SEED.read_text(encoding="utf-8")
    start, middle = (text.index(f"第6次行財政改革推進計画の取組結果の概要（令和6年度{page}）") for page in "①②")
    found = summarise((text[start:], text[middle:] + "\n\n" + text[start:middle].rstrip()))
    for table in ("grade_counts", "measures", "effects"):
        columns = [c for c in seed[table].columns if c not in {"locator", "source_id", "quote", "status", "measure"}]
        assert sorted(rows(found[table], *columns)) == sorted(rows(seed[table], *columns)), table
    lists = [text[text.index("◎ 計画以上") : text.index("■ 計画の")], text[text.index("■ 計画の") : middle]]
    swapped = summarise(("".join(lists), "".join(reversed(lists))))
    assert sorted(swapped["measures"]["measure_id"]) == sorted(seed["measures"]["measure_id"])
    assert swapped["mentions"]["list"].iloc[0] == "behind"


def test_grade_columns_may_stand_in_any_order(summarise, seed):
    lines = [line.split("\t") for line in GRADE_TABLE.splitlines()]
    turned = "\n".join("\t".join([policy, *reversed(counts)]) for policy, *counts in lines)
    columns = ("policy_id", "grade", "measures")
    assert sorted(rows(summarise((GRADE_TABLE, turned))["grade_counts"], *columns)) == sorted(
        rows(seed["grade_counts"], *columns)
    )


def test_more_columns_of_yen_are_passed_over_where_the_layout_says_so(summarise, refused, seed, layout):
    lines = YEN_TABLE.splitlines()
    twice = [re.sub(r"(\t[^\t]*)$", r"\1\1", line).replace("合計\t", "歳入\t") for line in lines]
    wider = [(f"{line}\n", f"{longer}\n") for line, longer in zip(lines, twice, strict=True)]
    of_money = layout.table(EFFECTS)
    ignoring = replace(of_money, columns=(*of_money.columns, Column("歳入", "ignored")))
    tables = tuple(ignoring if table is of_money else table for table in layout.tables)
    found = summarise(*wider, layout=replace(layout, tables=tables))["effects"]
    assert list(found["amount"]) == list(seed["effects"]["amount"])
    assert set(found[found["scope"] == "policy"]["locator"].str[-2:]) == {"C4"}
    assert 'columns に { heading = "歳入", holds = "ignored" }' in refused(*wider)[0]
    assert "金額の欄が一つに決まりません" in refused(*wider, ("歳入\t合計", "歳入\t歳出"))[0]


@pytest.mark.parametrize("sign", ["△", "▲", "－", "-", "−", "▲ "])
def test_every_sign_of_a_negative_is_one(sign, summarise):
    effects = summarise(("\t47,708", f"\t{sign}47,708"), ("(4,700)", f"({sign}4,700)"))["effects"]
    assert list(effects["amount"][[1, 2]]) == ["-47708", "-4700"]


def test_a_policy_of_a_plan_that_has_grown_is_read(summarise, plan):
    grown = replace(plan, policies=(*plan.policies, Policy("6", "脱炭素の推進", "脱炭素", "Net zero")))
    found = summarise(
        ("\n合計\t16", "\n6 脱炭素の推進\t1\t0\t0\t0\t1\n合計\t16"),
        ("\n合 計\t", "\n6 脱炭素の推進\t(効果見込額) a\t(100)\n\t実績効果額 b\t90\n合 計\t"),
        plan=grown,
    )
    assert list(found["grade_counts"]["policy_id"].unique()) == ["1", "2", "3", "4", "5", "6"]
    of_the_new = rows(found["effects"][10:12], "scope_id", "scope_name", "amount")
    assert of_the_new == [("6", "脱炭素の推進", "100"), ("6", "脱炭素の推進", "90")]


def test_fewer_policies_are_read(summarise):
    found = summarise((GRADES_OF_4, ""), (EFFECTS_OF_4, ""))
    assert set(found["effects"]["scope_id"][:8]) == set(found["grade_counts"]["policy_id"]) == {"1", "2", "3", "5"}


def test_a_list_may_say_that_there_is_nothing(summarise):
    text = SEED.read_text(encoding="utf-8")
    items = text[text.index("- **時間外") : text.index("第6次行財政改革推進計画の取組結果の概要（令和6年度②）")]
    assert "behind" not in set(summarise((items, "該当なし\n\n"))["mentions"]["list"])


@pytest.mark.parametrize(
    "name", ['<script>alert("1")</script>', "推進<b", "<!-- -->促進", "=cmd|' /C calc'!A0", "+1+1,2", "-1", "@SUM(A1)"]
)
def test_a_name_that_is_markup_or_a_formula_is_refused(name, refused):
    [said] = [sentence for sentence in refused(("市民協働事業の推進", name)) if "HTML" in sentence or "式" in sentence]
    assert said.startswith("変えた資料.txt 73行「")
    assert said.endswith("原本と見比べて直してください。")


@pytest.mark.parametrize("name", ["利用者 < 100人の施設", "A=Bの確認", "PPP/PFIの検討", "＋ONE事業", "C++の研修"])
def test_signs_within_a_name_are_words(name, summarise):
    assert name in set(summarise(("市民協働事業の推進", name))["measures"]["measure"])


@pytest.mark.parametrize("code", ["－", "−", "-", "ー"])
def test_a_grade_may_be_a_dash(code, summarise, plan):
    grades = tuple(replace(grade, code=code) if grade.code == "D" else grade for grade in plan.grades)
    other = {"－": "−", "−": "－"}.get(code, code)
    counts = summarise(
        ("\tD 進捗が ほぼなし", f"\t{other} 進捗が ほぼなし"),
        plan=replace(plan, grades=grades),
        layout=read.summary_layout(),
    )
    assert set(counts["grade_counts"]["grade"]) == {"A", "B", "C", code}


CLAIMS = {
    "74件中62件が「計画以上」か「概ね計画どおり」": ["achieved_measures 62", "measures 74"],
    "「計画以上」が16件、「概ね計画どおり」が46件": ["measures_by_grade 16", "measures_by_grade 46"],
    "A評価は16件、B評価は46件": ["measures_by_grade 16", "measures_by_grade 46"],
    "全74件のうち62件（83.8％）が概ね計画どおり以上": ["achieved_measures 62", "achievement_rate 83.8", "measures 74"],
    "達成率は83.8％": ["achievement_rate 83.8"],
    "8割以上の取組が「計画以上」か「概ね計画どおり」": ["achievement_rate 8"],
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_number_belongs_to_what_its_clause_names(claim, summarise):
    found = rows(of(summarise((CLAIM, f"➤ {claim}"))["stated"], locator="L60"), "metric", "value")
    assert sorted(map(" ".join, found)) == CLAIMS[claim]


EFFECT_CLAIMS = {
    "実績効果額は、見込んでいた効果額を大きく下回った": ["actual_effect below 1 効果見込額"],
    "効果見込額には届かなかった": ["actual_effect below 1 効果見込額"],
    "実績効果額を下回る効果見込額": ["actual_effect above 1 効果見込額"],
    "実績効果額は約13.5億円、効果見込額は3.5億円": ["actual_effect about 13.5 億円", "expected_effect equal 3.5 億円"],
    "実績効果額は13億4,565万円": ["actual_effect equal 134565 万円"],
    "実績効果額は13億5,000万円前後": ["actual_effect about 135000 万円"],
    "実績効果額は13億5,000万円程度": ["actual_effect about 135000 万円"],
    "効果見込額は3億4千円": ["expected_effect equal 300004 千円"],
    "効果見込額は3万円": ["expected_effect equal 3 万円"],
    "実績効果額は約13億4,564万9千円": ["actual_effect about 1345649 千円"],
    "実績効果額は△1億2.5百万円": ["actual_effect equal -102.5 百万円"],
    "見込んでいた効果額と同額の実績効果額": ["actual_effect equal 1 効果見込額"],
    "見込みどおりの効果額": [],
    "効果見込額の3.87倍": ["effect_multiplier equal 3.87 倍"],
}


@pytest.mark.parametrize("claim", EFFECT_CLAIMS)
def test_what_is_said_of_the_effect_is_stated(claim, summarise):
    stated = summarise(("計画策定当初に見込んでいた効果額を上回る**実績効果額**を計上", claim))["stated"]
    found = rows(of(stated, locator="L92"), "metric", "comparison", "value", "unit")
    assert sorted(map(" ".join, found)) == EFFECT_CLAIMS[claim]


# What is refused, and how it is said.

GRADE_TABLE = "\n".join(SEED.read_text(encoding="utf-8").splitlines()[61:68])
YEN_TABLE = "\n".join(SEED.read_text(encoding="utf-8").splitlines()[95:108])
CLAIM = "➤ 計画に位置付けた74件の取組項目のうち、**8割程度の62件が「計画以上」か「概ね計画どおり」と**の進捗結果に"
EFFECTS_OF_4 = "4 公共施設の縮充・最適化\t(効果見込額) a\t(0)\n\t実績効果額 b\t0\n"
GRADES_OF_4 = "4 公共施設の縮充・最適化\t0\t7\t0\t0\t7\n"
# What is put in whose place, and what is said of it; … stands for words that no row holds.
ONE_FAULT = {
    "no grade table": (GRADE_TABLE, "", "評価（A・B・C・D）の表がありません"),
    "no yen table": (YEN_TABLE, "", "効果見込額と実績効果額の表がありません"),
    "億 after 億": ("➤ 計画策定", "➤ 実績効果額は13億4,565億円\n\n➤ 計画策定", "「13億4,565億円」が何を指すか"),
    "misplaced comma": ("➤ 計画策定", "➤ 実績効果額は13億45,65万円\n\n➤ 計画策定", "「13億45,65万円」が何を指すか"),
    "count that is no number": ("最適化\t3\t15", "最適化\t三\t15", "63行「三」: 件数として読めません"),
    "blank is not zero": ("転換\t3\t6\t0\t0", "転換\t3\t6\t\t0", "65行「（空欄）」: 件数として読めません"),
    "negative count": ("最適化\t3\t15", "最適化\t△3\t15", "63行「△3」: 件数として読めません"),
    "half a measure": ("最適化\t3\t15", "最適化\t3.5\t15", "63行「3.5」: 件数として読めません"),
    "amount that is no number": ("\t6,352", "\t6,352?", "100行「6,352?」: 金額として読めません"),
    "misplaced separator in an amount": ("\t47,708", "\t47,70", "98行「47,70」: 金額として読めません"),
    "separator missing once": ("\t1,282,125", "\t1282,125", "106行「1282,125」: 金額として読めません"),
    "a dash is no amount": ("(0)", "(－)", "103行「(－)」: 金額として読めません"),
    "expected without parentheses": ("(107,077)", "107,077", "97行「107,077」: 効果見込額なのに（ ）がありません"),
    "actual in parentheses": ("\t47,708", "\t(47,708)", "98行「(47,708)」: 実績効果額なのに（ ）が付いています"),
    "unknown grade": ("\tD 進捗が ほぼなし", "\tE 中止", "「E 中止」: plan.toml の評価（A・B・C・D）でも合計でもない"),
    "grade of another meaning": ("\tB 概ね計画 どおり", "\tB 計画に遅れ", "plan.toml では、評価 B は「概ね計画どおり"),
    "grade twice": ("\tD 進捗が ほぼなし", "\tC 計画どおり 進捗せず", "評価 C（計画どおり進捗せず）の欄が一つでは"),
    "policy of another name": ("5 健全な財政運営\t6", "5 健全な行政\t6", "67行「5 健全な行政…番号5…「健全な財政運営」"),
    "policy without a number": ("5 健全な財政運営\t6", "健全な財政運営\t6", "基本方針の番号と名称として読めません"),
    "no effect": (EFFECTS_OF_4, "", "66行の基本方針「4 公共施設の縮充・最適化」…評価の表にあり、効果額の表にありま"),
    "no grades": (GRADES_OF_4, "", "102行の基本方針「4 公共施設の縮充・最適化」…効果額の表にあり、評価の表にありま"),
    "policy twice": ("合計\t16", "5 健全な財政運営\t6\t8\t5\t0\t19\n合計\t16", "68行「5 健全…は評価の表に二度あります"),
    "expected without actual": ("\n\t実績効果額 b\t9,464", "", "101行「(5,588)」: 効果見込額だけがあり、実績効果額"),
    "actual without expected": ("\t(効果見込額) a\t(5,588)\n", "", "101行「9,464」: 実績効果額だけがあり、効果見込額"),
    "actual twice": ("b\t9,464", "b\t9,464\n\t実績効果額 b\t9,465", "103行「9,465」: 同じ金額が 102行にもあります"),
    "kind of amount not named": ("\t実績効果額 b\t9,464", "\t決算額\t9,464", "102行「決算額…か「実績効果額」の行とし"),
    "row too short": ("転換\t3\t6\t0\t0\t9", "転換\t3\t6\t0\t9", "この行の欄は 5 で、見出しの 6 と合いません"),
    "no row of totals": ("\n合計\t16\t46\t12\t0\t74", "", "62行「基本方針\tA"),
    "grade table twice": (GRADE_TABLE, f"{GRADE_TABLE}\n\n{GRADE_TABLE}", "70行「基本方針\tA 計画を 上回る"),
    "no title": ("取組結果", "進捗状況", "「取組結果」という表題がありません"),
    "another philosophy": ("【基本理念】持続的な", "【基本理念】効率的な", "基本理念「持続的な行財政運営の実現」と違"),
    "unknown table": ("基本方針\n〔5", "部\t数\n企画部\t40\n\n基本方針\n〔5", "34行「部\t数…「基本理念 ←…何の表か"),
    "unknown list": ("■ 計画のとおり進捗していない", "■ 廃止した", "79行「■ 廃止した主な取組」: 何の一覧か"),
    "list of results": ("（令和6年度②）", "（令和6年度②）\n\n成果\n\n- 改善", "92行「- 改善」…「成果」の下の、何の一"),
    "no list": ("■ 計画のとおり進捗していない主な取組", "実績効果額（一覧）", "81行「- **時間外勤務の縮減**〔総務部〕"),
    "empty list": ("○ 実績", "◎ 計画を上回る主な取組\n\n➤ 着実に推進\n\n○ 実績", "110行「◎…の下に取組がありません"),
    "no department": ("**市民協働事業の推進**〔市民生活部〕", "**市民協働事業の推進**", "73行「**市民協働事業の推進**"),
    "line that is no entry": ("\n■ 計画の", "\nその他も\n\n■ 計画の", "79行「その他も」: 取組としても、その説明として"),
    "effect without an amount": ("（36百万円）〔", "〔", "112行「ごみの減量化…: ここは（36百万円）の形の金額が一つ"),
    "amount in another list": ("**補助金の見直し**〔", "**補助金の見直し**（3百万円）〔", "77行「**補助金の見直し**（"),
    "amount without brackets": ("（36百万円）〔", " 36百万円〔", "112行「ごみの減量化・資源化に向けた取組 36百万円〔"),
    "amount that is none": ("（36百万円）", "（3,6百万円）", "112行「ごみの減量化…: （ ）の中が金額として読めません"),
    "two departments": ("（172百万円）〔土木部〕", "（172百万円）〔企画部〕", "115行「下水道使用料の…の部が、76行では"),
    "measure twice in a list": ("**補助金の見直し**", "**市民協働事業の推進**", "同じ取組「市民協働事業の推進」"),
    "measure above and behind": ("**時間外勤務の縮減**〔総務", "**補助金の見直し**〔企画", "81行「**補助金の見直し**"),
    "number with no place": ("➤ 計画策定", "➤ 前年から5件増\n\n➤ 計画策定", "92行「➤ 前年から5件…「5件増」が何を"),
    "number without a unit": ("進捗結果に", "進捗結果（上位3）に", "「3」が何を指すか読み取れません"),
    "figure in a sentence": ("\n■ 計画の", "\n➤ 市民1人当たり12,700円\n\n■ 計画の", "「12,700円」が何を指すか"),
    "misplaced comma in a claim": ("➤ 計画に位置付けた74件", "➤ 計画に位置付けた7,4件", "「7,4件」が何を指すか"),
    "two numbers for one thing": ("うち、**8割程度の62件", "うち、**8割程度の62件・63件", "「62件」が何を指すか"),
    "comparison denied": ("を上回る**実績効果額**を計上", "を上回ることはできなかった", "「上回」が何を指すか"),
    "comparison with another": ("見込んでいた効果額を上回る", "定めた目標額を上回る", "「上回」が何を指すか"),
    "grades apart from their number": ("か「概ね計画どおり」と", "、「概ね計画どおり」と", "「「概ね計画どおり」との"),
    "period that ends before it begins": ("R5~R14", "R14~R5", "52行「公共…「R14~R5」は終わりの年度が始まりより前です"),
    "period that cannot be read": ("R5~R14", "R5R14", "52行「公共施設等…「R5R14」は期間として読めません"),
    "plan named only in a sentence": ("第6次総合計画\t", "総合計画\t", "「第6次総合計画との整合」…この表にありません"),
    "plan twice": ("定員管理計画\t定員管理計画", "働き方改革\t職員の仕事と生活の両立応援プラン (R3~R7)", "計画が二度"),
    "quoted words that are no grade": ("ね計画どおり」と", "ね予定どおり」と", "「計画以上」か「概ね予定どお…が何を"),
    "bullet without a blank": ("- ◎ **市民", "-◎ **市民", "73行「-◎ **市民協働事業の推進**"),
    "bold mark cut in two": ("**市民協働事業の推進**", "**市民協働事業の推進*", "73行「**市民協働事業の推進*〔"),
    "heading lost": ("■ 計画のとおり進捗していない主な取組\n", "", "行頭の印が、この一覧の前の取組と違います"),
    "measures run together": ("〔土木部〕\n- 伊勢原市", "〔土木部〕- 伊勢原市", "115行「下水道…〔土木部〕- 伊勢原市"),
    "no column of a grade": ("\tD 進捗が ほぼなし", "", "評価 D（進捗がほぼなし）の欄が一つではありません"),
    "no column of totals": ("ほぼなし\t合計", "ほぼなし", "合計の欄が一つではありません"),
    "difference, no amount": ("を上回る**実績", "を1,000百万円上回る**実績", "「1,000百万円上回」が何を指すか"),
    "growth, no amount": ("➤ 計画策定", "➤ 実績効果額は5,000千円の増\n\n➤ 計画策定", "「5,000千円の増」が何を指すか"),
    "notes that disagree": ("○ 実績", "※ 百万円未満四捨五入\n\n※ 百万円未満切り捨て\n\n○ 実績", "資料の注記が食い違い"),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_a_fault_is_named_with_line_words_and_remedy(name, refused):
    *change, says = ONE_FAULT[name]
    sentences = refused(change)
    about_it = [sentence for sentence in sentences if all(words in sentence for words in says.split("…"))]
    assert about_it, "\n".join(sentences)
    assert all(sentence.startswith("変えた資料.txt") and sentence.endswith("。") for sentence in sentences)
    assert any(word in about_it[0] for word in ("ください", "--plan")), about_it


def test_a_unit_is_that_of_the_next_table_only(refused):
    [sentence] = refused(("（単位：千円）", ""), (CLAIM, f"{CLAIM}\n\n（単位：千円）"))
    assert "この表の前に（単位：千円）のような行がありません" in sentence


def test_an_unknown_policy_comes_with_the_lines_to_add(refused):
    sentences = refused(
        ("\n合計\t16", "\n6 脱炭素の推進\t0\t0\t0\t0\t0\n合計\t16"),
        ("\n合 計\t", "\n6 脱炭素の推進\t(効果見込額) a\t(0)\n\t実績効果額 b\t0\n合 計\t"),
    )
    assert "68行「6 脱炭素の推進」: isehara-6 の plan.toml にない基本方針です" in sentences[0]
    assert tomllib.loads("\n".join(sentences[1:])) == {
        "policies": [{"id": "6", "name": "脱炭素の推進", "short_name": "脱炭素の推進", "name_en": "Policy 6"}]
    }


def test_another_year_than_asked_is_refused(refused):
    title, *pages = refused(fiscal_year=2025)
    assert "3行「伊勢原市第6次行財政改革推進計画の 令和6年度取組結果（概要）について」" in title
    assert "令和6年度の資料ですが、令和7年度（2025）が指定されました" in title
    assert len(pages) == 2


def test_a_page_of_another_year_is_refused(refused):
    [sentence] = refused(("の概要（令和6年度②）", "の概要（令和5年度②）"))
    assert re.search("88行.*令和5年度の資料です", sentence)


def test_a_year_outside_the_plan_is_refused(refused):
    [sentence] = refused(("令和6年度", "令和10年度"), fiscal_year=2028)
    assert "令和10年度は伊勢原市 第6次行財政改革推進計画の期間（令和5年度〜令和9年度）の外です" in sentence


def test_all_faults_are_told_at_once(refused):
    sentences = refused(("\t47,708", "\t47,70"), ("最適化\t3\t15", "最適化\tx\t15"), ("（36百万円）", "（百万円）"))
    assert [sentence.split("行")[0] for sentence in sentences] == [f"変えた資料.txt {line}" for line in (63, 98, 112)]


# The file itself.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same_lines(encoding, newline, tmp_path):
    text = SEED.read_text(encoding="utf-8").replace("➤", "→")  # CP932 has no ➤
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path = tmp_path / "資料.txt"
    path.write_bytes(mark + text.replace("\n", newline).encode(encoding))
    document = intake.document(path)
    assert document.encoding == {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    assert [line.words for line in document.lines] == text.split("\n")
    assert document.content == path.read_bytes()


def test_a_last_line_end_is_no_line(tmp_path):
    for text, lines in (("a\n\nb", ["a", "", "b"]), ("a\n\nb\n", ["a", "", "b"]), ("a\r\n\r\n", ["a", ""])):
        (tmp_path / "a.txt").write_bytes(text.encode())
        assert [line.words for line in intake.document(tmp_path / "a.txt").lines] == lines


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空です"),
        (b"\xef\xbb\xbf", "空です"),
        (b" \r\n\t\n", "空です"),
        (bytes(range(256)), "文字の資料として読めません"),
        (b"\xff\xfea", "文字の資料として読めません"),
        ("表".encode("euc_jp") + b"\xff", "1行の U+F8F3"),
        ("一行\n二\x07行".encode(), "2行の U+0007"),
        ("一行\n二\u202e行".encode(), "2行の U+202E"),
        ("一行\u2028二行".encode(), "1行の U+2028"),
        ("一行\f二行".encode(), "1行の U+000C"),
    ],
)
def test_what_is_no_text_is_refused(content, says, tmp_path):
    (tmp_path / "資料.txt").write_bytes(content)
    with pytest.raises(Refusal, match=f"^資料.txt.*{says.replace('+', '.')}") as refusal:
        intake.document(tmp_path / "資料.txt")
    assert len(refusal.value.sentences) == 1


def test_a_file_is_known_by_its_base_name(tmp_path):
    (tmp_path / "..\\source\\資料.txt").write_text("本文", encoding="utf-8")
    assert intake.document(tmp_path / "..\\source\\資料.txt").name == "資料.txt"


# Filing.


@pytest.fixture
def file(plan, layout, data_dir):
    """Files a document as the command does, with something to do while it is staged."""

    def filed(path=SEED, *, fiscal_year=2024, replace=False, meanwhile=lambda _: None):
        document = intake.document(path)
        tables = intake.facts(document, plan=plan, layout=layout, fiscal_year=fiscal_year)
        about = intake.about(document, plan, layout)
        asked = {"plan": plan, "fiscal_year": fiscal_year, "data_dir": data_dir, "replace": replace, "about": about}
        with intake.staged_year(tables, document, **asked) as folder:
            meanwhile(folder)
        return data_dir / "isehara-6" / str(fiscal_year)

    return filed


@pytest.fixture
def amended(tmp_path):
    """The same year's document put right by the city, under the same file name."""
    (tmp_path / "amended").mkdir()
    path = tmp_path / "amended" / SEED.name
    path.write_bytes(SEED.read_bytes().replace("草木類".encode(), "草木".encode()))
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sources(folder: Path) -> dict:
    return tomllib.loads((folder / "SOURCES.toml").read_text(encoding="utf-8"))


def test_a_filed_year_is_read_back(file, data_dir, seed):
    year = file()
    frames = read.year("isehara-6", 2024, data_dir)
    assert {path.name for path in year.iterdir()} == {*(f"{name}.csv" for name in TABLES), "SOURCES.toml", "source"}
    for name, table in seed.items():
        assert frames.tables()[name][table.columns].astype(str).to_numpy().tolist() == table.to_numpy().tolist(), name
    assert all(frames.tables()[contract.name].empty for contract in KEPT_BY_PEOPLE)


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("達成状況（各取組の指標・数値目標に対する取組結果）", "各取組の指標・数値目標に対する取組結果"),
        ("■ 進捗状況(年度目標に対する達成度)", "年度目標に対する達成度"),
        ("評価（計画に照らした進み方）", "計画に照らした進み方"),
        ("実績効果額（効果見込額との比較）", None),  # money, not grades
        ("達成状況（令和6年度）", None),
        ("達成状況（目標に対する割合）と評価（計画に対する割合）", None),  # two, one line
    ],
)
def test_what_grades_measure_is_kept_where_the_document_says_it(tmp_path, heading, said):
    (tmp_path / "some.txt").write_text(f"題名\n{heading}\n", encoding="utf-8")
    found = graded_against(intake.document(tmp_path / "some.txt"))
    assert found == ({"graded_against": said, "graded_against_at": "L2"} if said else {})


def test_the_same_document_gives_the_same_bytes(file):
    before = contents(file())
    assert contents(file(replace=True)) == before


def test_the_committed_year_is_what_intake_writes(file):
    committed = ROOT / "data" / "isehara-6" / "2024"
    [source] = (committed / "source").iterdir()
    written = contents(file(source))
    by_people = {f"{contract.name}.csv" for contract in KEPT_BY_PEOPLE}
    found = contents(committed)
    assert found.keys() - by_people == written.keys() - by_people
    assert [name for name in written.keys() - by_people if written[name] != found[name]] == []
    assert source.read_bytes() == SEED.read_bytes()
    assert [name for name in by_people if re.search(rb"\r|^\xef\xbb\xbf", written[name])] == []


def test_a_year_that_holds_facts_is_replaced_only_on_request(file, amended):
    year = file()
    before = contents(year)
    with pytest.raises(Refusal, match=r"令和6年度はすでに登録されています.*--replace"):
        file(amended)
    with pytest.raises(Refusal, match="登録済みです"):
        file()
    assert contents(year) == before


def test_a_replaced_document_is_kept_as_superseded(file, amended):
    year = file()
    file(amended, replace=True)
    new, old = sources(year).values()
    assert (new["file"], new["superseded"]) == (SEED.name, False)
    assert (old["file"], old["superseded"]) == ("isehara-2024.summary-1dfd948c.txt", True)
    assert (year / "source" / new["file"]).read_bytes() == amended.read_bytes()
    assert (year / "source" / old["file"]).read_bytes() == SEED.read_bytes()
    file(replace=True)
    [[known, new], [other, old]] = sources(year).items()
    assert (known, new["file"], new["superseded"]) == ("summary-1dfd948c", SEED.name, False)
    assert (old["file"], old["superseded"]) == (f"isehara-2024.{other}.txt", True)
    assert len(list((year / "source").iterdir())) == 2


def test_what_people_keep_stays_to_the_byte(file, amended):
    year = file()
    (year / "decisions.csv").write_bytes("decision_id,topic\r\n1,手書き\r\n".encode("cp932"))
    (year / "メモ.txt").write_bytes(b"\x00memo")
    (year / "source" / "会議録.pdf").write_bytes(b"%PDF")
    of_source = (year / "SOURCES.toml").read_text(encoding="utf-8")
    text = of_source.replace('licence = "not_stated"', 'licence = "CC BY 4.0"')
    (year / "SOURCES.toml").write_text(text + '\n[minutes]\nfile = "会議録.pdf"\nseen = 2026-11-23\n', encoding="utf-8")
    kept = {name: contents(year)[name] for name in ("decisions.csv", "メモ.txt", "source/会議録.pdf")}
    before = sources(year)
    for document in (SEED, amended, SEED):
        file(document, replace=True)
        assert contents(year).items() >= kept.items()
        assert sources(year)["minutes"] == before["minutes"]
        assert sources(year)["summary-1dfd948c"]["licence"] == "CC BY 4.0"


def test_another_file_of_that_name_is_not_overwritten(file, data_dir):
    folder = data_dir / "isehara-6" / "2024" / "source"
    folder.mkdir(parents=True)
    (folder / SEED.name).write_text("手で置いた資料", encoding="utf-8")
    with pytest.raises(Refusal, match="別の資料があります"):
        file()
    assert contents(data_dir)["isehara-6/2024/source/isehara-2024.txt"].decode() == "手で置いた資料"


def test_a_folder_of_peoples_files_is_no_year_yet(file, data_dir):
    (data_dir / "isehara-6" / "2024").mkdir()
    (data_dir / "isehara-6" / "2024" / "decisions.csv").write_text("kept", encoding="utf-8")
    assert contents(file())["decisions.csv"] == b"kept"


def test_what_a_killed_intake_left_is_cleared_away(file, data_dir):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folder = data_dir / "isehara-6"
    kept = [f".staging-{os.getpid()}-0123abcd", f".staging-{ended.pid}-0123abcd-former", ".staging-memo", "2023"]
    for name in [*kept, f".staging-{ended.pid}-0123abcd", ".staging-99999999999999999999-0123abcd"]:
        (folder / name / "source").mkdir(parents=True)
    file()
    left = {path.name for path in folder.iterdir() if path.is_dir()}
    assert left - {".staging-99999999999999999999-0123abcd"} == {*kept, "2024"}


def test_a_file_that_cannot_be_copied_is_a_sentence(file, amended, monkeypatch):
    def fails(*_, **__):
        raise shutil.Error([("a", "b", "[Errno 27] File too large")])

    year = file()
    monkeypatch.setattr(shutil, "copytree", fails)
    with pytest.raises(Refusal, match=f"^{year} に書けません: 写せないファイルがあります。.*確かめてください。$"):
        file(amended, replace=True)


@pytest.mark.parametrize("fault", [Refusal("止める"), KeyboardInterrupt(), OSError("disk")])
def test_an_interruption_leaves_the_former_year_untouched(file, amended, data_dir, fault):
    def interrupt(folder):
        assert (folder / "measures.csv").exists()
        raise fault

    year = file()
    before = contents(data_dir)
    with pytest.raises(type(fault)):
        file(amended, replace=True, meanwhile=interrupt)
    with pytest.raises(type(fault)):
        file(NEXT_YEAR, fiscal_year=2025, meanwhile=interrupt)
    assert contents(data_dir) == before
    assert [path.name for path in year.parent.iterdir() if path.is_dir()] == ["2024"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("= nonsense", "SOURCES.toml 1行: TOML として読めません"), ('title = "a"', r"1行 title: 見出し \[title\] の下に")],
)
def test_a_source_list_that_cannot_be_read_stops_before_anything_is_written(text, says, file):
    year = file()
    (year / "SOURCES.toml").write_text(text, encoding="utf-8")
    before = contents(year)
    with pytest.raises(Refusal, match=says):
        file(replace=True)
    assert contents(year) == before


def test_judgements_quote_only_the_document():
    text = SEED.read_text(encoding="utf-8").replace("**", "")
    frames = read.year("isehara-6", 2024, ROOT / "data")
    said = [*frames.effect_classes["reason"], *frames.reason_codes["reason"], *frames.assumptions["text"]]
    quotes = pd.Series(said).str.findall("「(.+?)」").explode().dropna()
    assert [quote for quote in [*quotes, *frames.reason_codes["evidence"]] if quote not in text] == []
    assert set(frames.effect_classes["measure_id"]) <= set(frames.measures["measure_id"])
    assert set(frames.reason_codes["measure_id"]) <= set(frames.measures["measure_id"])


def test_the_description_of_the_data_is_current():
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == readme()


def test_a_note_on_the_main_measures_heads_no_list(summarise, seed):
    found = summarise(("■ 計画のとおり", "※ 主な取組は、担当課が選びました。\n\n■ 計画のとおり"))
    assert found["mentions"]["measure"].tolist() == seed["mentions"]["measure"].tolist()


@pytest.mark.parametrize(
    "name", ["問い合わせ窓口の改善", "達成状況（年度ごと）の公表", "令和6年度の取組結果の公表", "単位制の見直し"]
)
def test_no_name_of_a_measure_ends_its_list(summarise, name):
    found = summarise(("- ◎ **市民協働事業の推進**", name), ("- ◎ **", ""))
    of_list = of(found["mentions"], list="exceeded")
    assert name in of_list["measure"].tolist()
    assert len(of_list) == 6


def test_a_plan_whose_name_holds_the_citys_is_named_once(summarise, plan, seed):
    whole = replace(plan, name="伊勢原市第6次行財政改革推進計画")
    assert len(summarise(plan=whole)["mentions"]) == len(seed["mentions"])


@pytest.mark.parametrize("label", ["目標を上回った", "80%以上を達成", "達成、継続", "計画の1.2倍以上"])
def test_the_label_of_a_grade_is_no_claim(summarise, plan, seed, label):
    named = replace(plan, grades=(replace(plan.grades[0], label=label), *plan.grades[1:]))
    found = summarise(("A 計画を 上回る", f"A {label}"), ("「計画以上」か", f"「{label}」か"), plan=named)
    columns = ["metric", "scope", "scope_id", "comparison", "value", "unit"]
    assert found["stated"][columns].equals(seed["stated"][columns])
