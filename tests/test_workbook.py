"""The workbook of a year holds what its files hold: numbers as numbers, text as text, and the same bytes each time."""

import io
import re
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from helpers import bundle, compute, notation, pages, read
from helpers.run import workbook
from helpers.terms import METRICS, OUTCOMES, Unit
from helpers.terms.json import indented

ROOT = Path(__file__).parents[1]
SUMMARY = {
    "municipality": "伊勢原市",
    "municipality_code": "142140",
    "plan_name": "第6次行財政改革推進計画",
    "headline": "74件中62件",
    "knowledge": "published",
    "checks": {"passed": 20, "warned": 1},
    "sources": [
        {"title": "取組結果（概要）", "publisher": "伊勢原市 企画部", "published": "2025-08", "sha256": "1df" * 9}
    ],
    "input_hash": "fe1" * 9,
}
RUN = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def year():
    frames = compute.corrected(read.year("isehara-6", 2024, ROOT / "data"))
    figures = compute.figures(frames)
    tables = {name: bundle._rows(table) for name, table in pages.data(figures, frames).items()}
    return bundle.metrics(figures), tables


def made(metrics=(), tables=None, **summary):
    content = {"summary": SUMMARY | summary, "metrics": metrics, "tables": tables or {}}
    return workbook.workbook("isehara-6", 2024, title="伊勢原市 令和6年度取組結果", language="ja", **content)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def book(year):
    return opened(made(*year))


def rows(sheet):
    return list(sheet.iter_rows(values_only=True))


def sheet_of(name, table):
    return opened(made(tables={name: table})).worksheets[-1]


def test_a_cover_and_notes_come_first_and_then_one_table_a_sheet(book, year):
    _, tables = year
    names = [sheet.title for sheet in book]
    assert names[:4] == ["表紙", "注記", "列の説明", "指標"]
    assert len(names) == 4 + len(tables)
    facts = ["公表 評価の件数", "公表 効果額", "公表 名称のある取組", "公表 取組の記載箇所", "公表 合計と主張"]
    assert [name for name in names if name.startswith("公表")] == facts


def test_the_cover_says_what_it_is_and_where_it_comes_from(book):
    cover = dict(rows(book["表紙"])[1:])
    assert cover == cover | {
        "題名": "伊勢原市 令和6年度取組結果",
        "団体名（全国地方公共団体コード）": "伊勢原市（142140）",
        "資料": "伊勢原市 企画部「取組結果（概要）」",
        "資料の公表年月": "2025年8月",
        "入力のハッシュ": f"sha256 {'fe1' * 9}",
        "もとにした情報": "公表資料に基づく",
        "検算": "合格 20、注意 1、了承済 0、不合格 0、対象外 0、実行不能 0",
        "シート「公表 効果額」": "data/effects.csv",
    }
    assert set(workbook.COUNTED) == OUTCOMES.keys()
    assert not any("作成" in name for name in cover), "no build date"


def test_notes_explain_symbols_units_statuses_rounding_and_judgements(book):
    notes = dict(rows(book["注記"])[1:])
    for item in ("△", "単位", "区分 stated", "区分 judgement", "端数処理", "not_stated", "合計と内訳"):
        assert notes[item]


def test_every_metric_is_there_with_its_value(book, year):
    metrics, _ = year
    heading, *lines = rows(book["指標"])
    assert len(lines) == len(metrics)
    for line, metric in zip(lines, metrics, strict=True):
        shown = dict(zip(heading, line, strict=True))
        assert shown["指標の番号"] == metric["metric"]
        assert (shown["番号"] or "") == metric["scope_id"]
        assert shown["表記"] == metric["display"]
        for column, key in (("値", "exact"), ("下限", "low"), ("上限", "high")):
            number = metric[key] if metric[key] is None else pytest.approx(float(Fraction(metric[key])), rel=1e-14)
            assert shown[column] == number, metric
        if isinstance(metric["exact"], str):
            assert Fraction(shown["分数"]) == Fraction(metric["exact"])


def test_numbers_are_shown_as_the_city_writes_them(book):
    found = {(row[0].value, row[3].value or ""): row[5].number_format for row in book["指標"].iter_rows(min_row=2)}
    assert found == found | {
        ("effect_gap", "1"): '#,##0;"△ "#,##0',
        ("effect_multiplier", ""): '0.00"倍";"△ "0.00"倍"',
        ("achievement_rate", ""): '0.0%;"△ "0.0%',
    }
    assert {metric.unit for metric in METRICS.values()} - {Unit.CATEGORY} <= workbook.FORMATS.keys()


NUMBERS = {"amount", "amount_yen", "measures", "effect_gap_yen", "achievement_rate", "seq"}


def test_tables_hold_what_the_csv_files_hold_and_numbers_as_numbers(book, year):
    _, tables = year
    for sheet, table in zip(book.worksheets[4:], tables.values(), strict=True):
        heading, *lines = rows(sheet)
        assert len(heading) == len(table["columns"])
        for line, row in zip(lines, table["rows"], strict=True):
            for column, shown, value in zip(table["columns"], line, row, strict=True):
                is_number = isinstance(shown, int | float)
                assert shown == (pytest.approx(float(value)) if is_number else value), (sheet.title, column)
                assert is_number or column not in NUMBERS, (sheet.title, column)
    assert {column for table in tables.values() for column in table["columns"]} >= NUMBERS


def test_what_only_looks_like_a_number_stays_text():
    table = {
        "columns": ["municipality_code", "policy_id", "quote", "low_yen", "amount", "flag"],
        "rows": [["012025", "1.10", "3", "undefined", "-36.50", True], ["012025", "2", "△5", -5, "7", None]],
    }
    sheet = sheet_of("grades", table)
    exactly = [("012025", "1.10", "3", "undefined", -36.5, "True"), ("012025", "2", "△5", -5, 7, None)]
    assert rows(sheet)[1:] == exactly
    assert sheet["E2"].number_format == '#,##0.00;"△ "#,##0.00'
    assert sheet["D3"].number_format == '#,##0;"△ "#,##0'


def test_there_is_no_formula_no_merged_cell_no_link_and_a_header_that_stays(book, year):
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes == "A2"
        assert None not in rows(sheet)[0]
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
        assert not any(cell.hyperlink for cell in cells)
    with zipfile.ZipFile(io.BytesIO(made(*year))) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "vba" in name]
        for name in parts.namelist():
            text = parts.read(name).decode()
            assert "<f>" not in text
            assert 'TargetMode="External"' not in text


@pytest.mark.parametrize("text", [RUN, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "http://example.test/", "{=1}"])
def test_text_that_a_spreadsheet_would_run_stays_text(text):
    sheet = sheet_of("measures", {"columns": ["measure", "amount"], "rows": [[text, text]]})
    for cell in sheet[2]:
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    cover = dict(rows(opened(made(headline=RUN))["表紙"])[1:])
    assert cover["要約"] == RUN


def test_columns_are_as_wide_as_their_words_and_no_wider_than_a_page_can_bear():
    rows_ = [["短い", "全角の文字は二つ分の幅を取る"], ["短い", "長" * 200]]
    sheet = sheet_of("measures", {"columns": ["measure_id", "measure"], "rows": rows_})
    assert 8 <= sheet.column_dimensions["A"].width <= 16
    assert 55 <= sheet.column_dimensions["B"].width <= workbook.WIDEST + 1


def test_a_text_too_long_for_a_cell_is_cut_visibly():
    (cell,) = sheet_of("measures", {"columns": ["measure"], "rows": [["長" * 40_000]]})[2]
    assert cell.value == "長" * (workbook.CELL_LENGTH - 1) + "…"


def test_names_of_sheets_are_short_and_never_alike():
    table = {"columns": ["a"], "rows": [["b"]]}
    long = [f"figure-of-a-very-long-name-that-goes-on-{number}" for number in (1, 2)]
    names = [sheet.title for sheet in opened(made(tables=dict.fromkeys(long, table)))]
    assert len(set(names)) == 6
    assert all(len(name) <= 31 for name in names)


def test_rows_that_a_figure_was_made_of_are_told_in_ranges():
    inputs = [*(f"effects.csv:{line}" for line in (2, 3, 4, 7)), "grade_counts.csv:8", "effects.csv:9"]
    assert workbook._ranges(inputs) == "effects.csv:2-4 effects.csv:7 grade_counts.csv:8 effects.csv:9"


def test_headings_are_in_the_readers_language(year):
    _, tables = year
    words = workbook._Words("ja")
    plain = {column for table in tables.values() for column in table["columns"] if words.headings(column) == [column]}
    assert plain == set()
    assert set(words.headings(*workbook.METRIC_COLUMNS)).isdisjoint(workbook.METRIC_COLUMNS)
    assert notation.words("workbook_column")["low_yen"] == "下限（円）"


def test_the_same_content_gives_the_same_bytes_in_another_process(tmp_path, year):
    metrics, tables = year
    code = "import sys, json, pathlib; from helpers.run import workbook; given = json.load(sys.stdin);"
    code += "pathlib.Path(sys.argv[1]).write_bytes(workbook.workbook('isehara-6', 2024, language='ja', **given))"
    given = {"title": "題", "summary": SUMMARY, "metrics": metrics, "tables": tables}
    other, elsewhere = tmp_path / "other.xlsx", {"TZ": "America/New_York", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    words = [sys.executable, "-c", code, other]
    subprocess.run(words, input=indented(given), env={"PATH": ""} | elsewhere, check=True)
    here = workbook.workbook("isehara-6", 2024, language="ja", **given)
    assert other.read_bytes() == here
    created = zipfile.ZipFile(io.BytesIO(here)).read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", created)) == {"2025-03-31T00:00:00Z"}


def test_xlsxwriter_is_imported_only_where_a_workbook_is_made():
    code = "import sys, helpers.run.batch; sys.exit('xlsxwriter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
