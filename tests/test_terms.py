"""Fiscal years, money, the closed list of metrics, and the documents made from the contracts.

The range of each rule of rounding (M20) is tried row by row in `tests/test_cases.py`.
"""

from datetime import date
from fractions import Fraction
from pathlib import Path

import by_hand
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.terms import (
    METRICS,
    ROUNDINGS,
    Figure,
    Figures,
    Interval,
    Refusal,
    Status,
    documents,
    fiscal_year,
    fiscal_year_of,
    fiscal_years,
    in_yen,
    month,
    periods_named,
    rounding_interval,
    short_wareki,
    wareki,
    years_alone,
    years_named,
)
from helpers.terms import tables as contracts

ROOT = Path(__file__).resolve().parent.parent
MODEST = settings(max_examples=60, derandomize=True, deadline=None)


SPELLINGS = by_hand.rows("years_named")
KANJI = "〇一二三四五六七八九"


@pytest.mark.parametrize("row", SPELLINGS, ids=[row["case"] for row in SPELLINGS])
def test_a_year_is_found_in_every_common_spelling_and_in_nothing_else(row):
    assert [named.year for named in years_named(row["words"])] == [int(year) for year in row["years"].split()]


@pytest.mark.parametrize(
    ("label", "year"),
    [
        ("2024", 2024),
        ("R06", 2024),
        ("ＦＹ2024", 2024),
        (" 令和 6 年度 ", 2024),
        ("平成31年度", 2019),
        ("平成34年度", 2022),  # a label that ran on past its era
        ("昭和64年度", 1989),
    ],
)
def test_a_fiscal_year_is_read_arithmetically(label, year):
    assert fiscal_year(label) == year


NO_YEARS = ["", "6年度", "令和", "令和0年度", "R0", "R00", "令利6年度", "X6", "24", "24年度", "R6~R9", "2024-25"]
TWO_YEARS_OR_MORE_WORDS = ["令和6(2023)年度", "2024・2025年度", "令和6年度分", "第2024号"]


@pytest.mark.parametrize("label", NO_YEARS + TWO_YEARS_OR_MORE_WORDS)
def test_what_is_no_fiscal_year_is_refused_with_an_example(label):
    with pytest.raises(Refusal, match="年度として読めません。令和6年度、R6、2024 のように"):
        fiscal_year(label)


def in_kanji(number):
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else KANJI[tens]) + ("十" if tens else "") + (KANJI[ones] if ones else "")


def spellings(year):
    label, short = wareki(year), short_wareki(year)
    name, n = label[:2], label[2:-2]
    number = 1 if n == "元" else int(n)
    wide = str.maketrans("0123456789RHSTM()", "０１２３４５６７８９ＲＨＳＴＭ（）")
    plain = [
        label,
        f"{label[:-1]}",
        f"{name}{number:02d}年度",
        f"{name} {n} 年 度",
        f"{name}{in_kanji(number)}年度",
        short,
        f"{short}年度",
        f"{short[0]}.{number}年度",
        f"{year}年度",
        f"{year} 年 度",
        f"FY{year}",
        f"{year}({name}{n})年度",
        f"{name}{n}({year})年度",
        f"{label}({year}年度)",
        "".join(KANJI[int(digit)] for digit in str(year)) + "年度",
    ]
    return [*plain, *(words.translate(wide) for words in plain)]


@MODEST
@given(st.integers(1868, 2100))
def test_every_spelling_of_a_year_reads_back_to_it(year):
    for words in spellings(year):
        assert {named.year for named in years_named(f"計画の{words}取組結果")} == {year}, words
        assert fiscal_year(words) == year, words


@MODEST
@given(st.integers(1868, 2100), st.sampled_from(["の", "（", " ", "＝", ""]))
def test_a_named_year_is_found_where_its_words_stand(year, before):
    text = f"計画{before}{wareki(year)}①取組結果"
    [named] = years_named(text)
    assert text[named.start : named.stop] == wareki(year)


@pytest.mark.parametrize(
    "words", ["第6次", "6年度目", "5つの", "2024件", "1,345,649", "令和会館", "R7.8", "8月", "H2O"]
)
def test_what_is_no_year_makes_none_beside_one(words):
    assert [named.year for named in years_named(f"{words} 令和6年度 {words}")] == [2024]


@pytest.mark.parametrize(("day", "year"), [
    (date(2024, 3, 31), 2023), (date(2024, 4, 1), 2024), (date(2024, 12, 31), 2024), (date(2025, 1, 1), 2024),
    (date(2025, 3, 31), 2024), (date(2025, 4, 1), 2025),
])  # fmt: skip
def test_the_fiscal_year_turns_on_1_april(day, year):
    assert fiscal_year_of(day) == year


@pytest.mark.parametrize("between", ["~", "～", "〜", "－", "-", " ～ "])
@pytest.mark.parametrize(("first", "last"), [("R5", "R14"), ("令和5年度", "令和14年度"), ("2023", "2032年度")])
def test_a_period_is_read_whatever_its_dash(first, last, between):
    assert fiscal_years(f"{first}{between}{last}") == (2023, 2032)


NO_PERIODS = dict.fromkeys(["R5", "R5~", "~R9", "R5~R9~R14", "R5R9", "前期～後期"], r"(期間|年度)として読めません")


@pytest.mark.parametrize(("label", "says"), [*NO_PERIODS.items(), ("R9~R5", "終わりの年度が始まりより前")])
def test_what_is_no_period_is_refused(label, says):
    with pytest.raises(Refusal, match=says):
        fiscal_years(label)


def test_a_period_in_brackets_and_of_one_year_is_read():
    assert fiscal_years("（R3～R7）") == (2021, 2025)
    assert fiscal_years("H30～R1") == (2018, 2019)
    assert fiscal_years("R6~R6") == (2024, 2024)
    assert fiscal_years("令和5〜9年度") == fiscal_years("令和5(2023)年度〜令和九(2027)年度") == (2023, 2027)


def test_a_month_is_read_as_iso():
    assert [month("令和元年5月"), month("２０２５年１２月１日")] == ["2019-05", "2025-12"]
    august = ["令和7年8月", "令和七年八月", "令和7(2025)年8月", "２０２５（令和７）年８月", "令和7年（2025年）8月"]
    august += ["R7.8", "2025/8/1", "2025-08"]
    assert {words: month(words) for words in august} == dict.fromkeys(august, "2025-08")


@pytest.mark.parametrize(
    "words", ["令和7年", "令和7年13月", "令和7年0月", "8月", "令和0年8月", "令利7年8月", "令和7年8目"]
)
def test_what_names_no_month_is_refused(words):
    with pytest.raises(Refusal, match="令和7年8月 のように"):
        month(words)


def test_the_first_year_of_an_era_is_gannen_and_before_the_first_era_is_none():
    assert [wareki(2019), short_wareki(2019), wareki(2018)] == ["令和元年度", "R1", "平成30年度"]
    with pytest.raises(Refusal, match="1868年度以降"):
        wareki(1867)


def test_an_unknown_word_for_a_rule_is_refused_with_the_known_ones():
    with pytest.raises(Refusal, match="half_up、half_even"):
        rounding_interval(0, precision_yen=1_000_000, rounding="nearest", grain_yen=1_000)


@pytest.mark.parametrize(
    ("amount", "unit", "yen", "precision"),
    [
        ("961", "百万円", 961_000_000, 1_000_000),
        ("107077", "千円", 107_077_000, 1_000),
        ("-4", "百万円", -4_000_000, 1_000_000),
        ("5937", "万円", 59_370_000, 10_000),
        ("13.46", "億円", 1_346_000_000, 1_000_000),
        ("13.50", "億円", 1_350_000_000, 1_000_000),
        ("0", "千円", 0, 1_000),
        ("12.000", "千円", 12_000, 1),
        ("370171834", "円", 370_171_834, 1),
    ],
)
def test_an_amount_keeps_the_worth_of_its_last_digit(amount, unit, yen, precision):
    assert in_yen(amount, unit) == (yen, precision)


@pytest.mark.parametrize(("amount", "unit"), [("0.5", "円"), ("1.2345", "千円"), ("99999999", "億円")])
def test_an_amount_finer_than_a_yen_or_beyond_any_city_is_refused(amount, unit):
    with pytest.raises(Refusal, match=amount):
        in_yen(amount, unit)


def figure(**changes):
    return Figure("measures", "plan", "", 2024, Status.DERIVED, **changes)


def test_a_figure_is_exact_or_a_range_or_has_no_number_and_stands_once():
    assert figure(exact=3).interval == (3, 3)
    assert figure(range=Interval(1, Fraction(3, 2))).interval == (1, Fraction(3, 2))
    assert Interval(1, 2) + Interval(3, 5) == (4, 7), "a sum lies in the sum of the ranges"
    assert not figure(reason="no_measures").is_known
    with pytest.raises(Refusal, match="数がありません"):
        _ = figure(reason="no_measures").interval
    with pytest.raises(ValueError, match="two figures"):
        Figures([figure(exact=1), figure(exact=2)])


def test_every_metric_says_name_unit_formula_and_place():
    for name, metric in METRICS.items():
        assert all([metric.name, metric.unit, metric.formula, metric.reference]), name
        assert name == name.lower()
    assert len({metric.name for metric in METRICS.values()}) == len(METRICS), "one word for one thing"


@pytest.mark.parametrize("name", documents.DOCUMENTS)
def test_what_is_made_from_the_contracts_is_current(name):
    assert (ROOT / name).read_text(encoding="utf-8") == documents.DOCUMENTS[name](), "make docs"


def test_they_are_written_below_any_folder_and_the_catalogue_names_every_metric_once(tmp_path):
    for folder in ("docs", "data"):
        (tmp_path / folder).mkdir()
    documents.write(tmp_path)
    for name, made in documents.DOCUMENTS.items():
        assert (tmp_path / name).read_bytes().decode() == made()
    text = documents.DOCUMENTS["docs/metrics.md"]()
    assert [text.count(f"| `{name}` |") for name in METRICS] == [1] * len(METRICS)


def test_every_table_has_a_key_of_its_own_columns_and_a_heading_for_each():
    assert set(contracts.EFFECTS.columns["rounding"].choices) == set(ROUNDINGS)
    for name, contract in contracts.TABLES.items():
        assert contract.key, name
        assert set(contract.key) <= set(contract.columns)
        titles = [column.title for column in contract.columns.values()]
        assert all(titles), name
        assert len(set(titles)) == len(titles), f"{name}: two columns of one heading"
    for contract in contracts.FACTS:
        assert set(contracts.PROVENANCE) <= set(contract.columns), "facts carry where they came from"


@pytest.mark.parametrize(
    ("text", "periods", "alone"),
    [
        ("（令和4年度～令和8年度） 令和6年度 取組結果", [(2022, 2026)], [2024]),
        ("令和6年度の結果（令和4～8年度）", [(2022, 2026)], [2024]),
        ("令和2年度から令和6年度までの5年間", [(2020, 2024)], []),
        ("令和5(2023)年度～令和9(2027)年度", [(2023, 2027)], []),
        ("平成29年度～令和3年度の計画の、令和元（2019）年度", [(2017, 2021)], [2019, 2019]),
        ("令和6年度（令和5年度からの増）", [], [2024]),
        ("令和7年度までの5か年計画（2021～2025年度）", [(2021, 2025)], []),
        ("経営改革プラン2020 令和4年度の取組状況", [], [2022]),
        ("計画2020年度の結果", [], [2020]),
        ("令和6年度・令和5年度", [], [2024, 2023]),
        ("令和6年度-令和5年度", [], [2024, 2023]),  # no period runs backwards
        ("取組の結果", [], []),
    ],
)
def test_a_period_is_told_from_a_year(text, periods, alone):
    assert [(first.year, last.year) for first, last in periods_named(text)] == periods
    assert [one.year for one in years_alone(text)] == alone
