"""A file of any format becomes lines with places; what cannot be one is told in a sentence, in no time."""

import io
import re
import shutil
import time
from pathlib import Path

import made_up_documents as made
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import intake, read
from helpers.received import opened
from helpers.terms import Refusal
from helpers.terms.places import LOCATOR, in_order, line_of
from helpers.terms.tables import FACTS

ROOT = Path(__file__).parents[1]
DOCUMENTS = Path(__file__).parent / "documents"
LAYOUT = read.layout("isehara-6", ROOT / "data")
SAME_YEAR = ["isehara-r6.docx", "isehara-r6.html", "isehara-r6.pdf", "isehara-r6.pipes.md", "isehara-r6.xlsx"]
TABLE = [["基本方針", "A", "B"], ["1 便利", "1,234", "5"], ["", "0", "△7"], ["合計", "1,234", "-2"]]
BLOCKS = ["架空市の取組結果", "※ 3件が達成", TABLE, "〔経済部〕の取組", TABLE[:2]]
CELL = st.text("アイ方針ＡB12,△()％・", min_size=1, max_size=6).filter(lambda words: words == " ".join(words.split()))
PASSAGE = st.text("あ政策1年度。、（）", min_size=2, max_size=20).filter(str.strip)
TABLES = st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2))
TYPES = "[Content_Types].xml"


@pytest.fixture(scope="module")
def plan():
    return read.plan("isehara-6", ROOT / "data")


@pytest.fixture(scope="module")
def seed(plan):
    return intake.facts(intake.document(DOCUMENTS / "isehara-2024.txt"), plan=plan, layout=LAYOUT, fiscal_year=2024)


def words(document):
    """What stands in a document, without the empty lines between."""
    return [line.words for line in document.lines if line.words.strip()]


def flat(blocks):
    return [line for block in blocks for line in ([block] if isinstance(block, str) else map("\t".join, block))]


def refused(name, content):
    with pytest.raises(Refusal) as found:
        opened(name, content)
    (sentence,) = found.value.sentences
    assert sentence.startswith(name)
    assert sentence.endswith("。")
    return sentence


def outcome(name, content):
    """Whether it was read or refused, in one sentence; any other error goes on."""
    try:
        opened(name, content)
    except Refusal as refusal:
        return "refused" if len(refusal.sentences) == 1 else f"{len(refusal.sentences)} sentences"
    return "read"


# What is read


@pytest.mark.parametrize("name", made.FORMATS)
def test_passages_and_tables_come_out_of_every_format_as_they_went_in(name):
    document = opened(name, made.FORMATS[name](BLOCKS))
    assert words(document) == flat(BLOCKS)
    assert document.encoding == ("utf-8" if re.search(r"txt|md|csv|html", name) else "binary")


@pytest.mark.parametrize("name", [name for name in made.FORMATS if not name.endswith("pdf")])
@settings(deadline=None, max_examples=20)
@given(blocks=st.lists(PASSAGE | TABLES, min_size=1, max_size=4))
def test_any_made_up_document_is_read_back(name, blocks):
    blocks = [block if isinstance(block, str) else [[f"{n}", *row] for n, row in enumerate(block)] for block in blocks]
    assert words(opened(name, made.FORMATS[name](blocks))) == flat(blocks)


@settings(deadline=None, max_examples=5)
@given(blocks=st.lists(PASSAGE.map("第{}".format) | TABLES, min_size=1, max_size=2))
def test_any_made_up_pdf_is_read_back(blocks):
    assert words(opened("資料.pdf", made.pdf(blocks))) == flat(blocks)


def test_columns_set_apart_by_blanks_are_a_table():
    rows = [["基本方針", "見込み", "実績"], ["1 便利", "1,234", "50"], ["2 堅実", "5", "6,000"]]
    text = "\n".join(f"{first:<12}{second:>10}{third:>12}" for first, second, third in rows)
    assert words(opened("資料.txt", f"結果\n\n{text}".encode())) == ["結果", *map("\t".join, rows)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_is_read_in_each_encoding_of_an_office(encoding):
    document = opened("資料.csv", made.csv(["取組結果", TABLE], encoding))
    assert (document.encoding, words(document)) == (encoding, flat(["取組結果", TABLE]))


def test_a_cell_of_a_csv_may_hold_a_comma_and_a_line_end():
    document = opened("資料.csv", '"合計","1,234","二行の\n見出し"\n"次","5","x"\n'.encode())
    lines = [(line.words, line.place) for line in document.lines if line.words]
    assert lines == [("合計\t1,234\t二行の 見出し", "L1"), ("次\t5\tx", "L3")]


@pytest.mark.parametrize("name", made.FORMATS)
def test_places_are_locators_and_no_two_are_the_same(name):
    document = opened(name, made.FORMATS[name](BLOCKS))
    lines = [line for line in document.lines if line.place]
    places = [place for line in lines for place in (line.cells or (line.place,))]
    assert all(re.fullmatch(LOCATOR, place) for place in places)
    assert len(set(places)) == len(places)
    assert len({line_of(line.place) for line in lines}) == len(lines), "a page has one anchor a line"
    assert all(line_of(place) == line_of(line.place) for line in lines for place in line.cells)
    assert all(len(line.cells) in {0, line.words.count("\t") + 1} for line in lines)
    assert all(in_order(line_of(place)) for place in places)


def test_places_are_those_that_a_person_would_say():
    found = {name: opened(name, make(BLOCKS)).lines for name, make in made.FORMATS.items()}
    rows = {name: next(line for line in lines if "△7" in line.words) for name, lines in found.items()}
    assert {name: row.cells[row.words.split("\t").index("△7")] for name, row in rows.items()} == {
        "資料.txt": "L7:C3",
        "資料.md": "L8:C3",
        "資料.csv": "L7:C3",
        "資料.xlsx": "概要!C7",
        "資料.xls": "概要!C7",
        "資料.ods": "概要!C7",
        "資料.docx": "表1 r3 c3",
        "資料.html": "表1 r3 c3",
        "資料.pdf": "p3 表1 r3 c3",
    }


# What is left aside


def test_menus_and_footers_of_a_page_are_no_part_of_the_document():
    content = made.web(BLOCKS).replace(b"<main>", b"<div>").replace(b"</main>", b"</div>")
    assert words(opened("資料.html", content)) == flat(BLOCKS)


def test_a_hidden_sheet_is_left_aside_and_visible_ones_follow_one_another():
    book = made.openpyxl.Workbook()
    for title, state in (("概要", "visible"), ("計算用", "hidden"), ("効果額", "visible")):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        sheet.append([title, 1])
        sheet.append([title, 2])
    book.remove(book["Sheet"])
    lines = opened("資料.xlsx", made._saved(book.save)).lines
    found = [(line.words, line.place) for line in lines if line.place]
    assert found == [(f"{title}\t{n}", f"{title}!{n}") for title in ("概要", "効果額") for n in (1, 2)]


def test_merged_cells_hold_their_words_once():
    book = made.openpyxl.Workbook()
    book.active.title = "概要"
    for row in (["方針1", "見込み", 5], [None, "実績", 3.0], ["合計", None, 0.1 + 0.2]):
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    document = made.docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "方針1"
    table.cell(0, 1).text, table.cell(1, 1).text = "5", "3"
    page = "<table><tr><td rowspan=2>方針1<td>5<tr><td>3<tr><td colspan=2>合計</table>"
    for name, content, rows in (
        ("資料.xlsx", made._saved(book.save), ["方針1\t見込み\t5", "\t実績\t3", "合計\t\t0.3"]),
        ("資料.docx", made._saved(document.save), ["方針1\t5", "\t3"]),
        ("資料.html", f"<html><body>{page}".encode(), ["方針1\t5", "\t3", "合計\t"]),
    ):
        assert [line.words for line in opened(name, content).lines] == rows, name


def test_a_file_is_known_by_its_content_and_not_by_its_name():
    for name, make in made.FORMATS.items():
        if name.endswith(("xlsx", "xls", "ods", "docx", "html", "pdf")):
            assert words(opened("資料.bin", make(BLOCKS))) == flat(BLOCKS)


# The same year in other formats


@pytest.mark.parametrize("name", SAME_YEAR)
def test_the_real_year_is_the_same_from_every_format(name, plan, seed):
    document = intake.document(DOCUMENTS / name)
    found = intake.facts(document, plan=plan, layout=LAYOUT, fiscal_year=2024)
    at = {}
    for line in document.lines:
        at |= dict(zip(line.cells, line.words.split("\t"), strict=False))
        at |= {line_of(line.place): line.words, line.place: line.words}
    for contract in FACTS:
        of_place = {"locator", "quote", "source_id"}
        # Merged families in the workbook; words a table's cell breaks elsewhere than the text does.
        but = {"linked_plans": {"family"}, "mentions": {"words"}}.get(contract.name, set())
        columns = [one for one in seed[contract.name].columns if one not in of_place | but]
        tables = [one[contract.name][columns].astype(str).replace(r"\s", "", regex=True) for one in (seed, found)]
        first, second = (sorted(map(tuple, table.to_numpy())) for table in tables)
        assert first == second, contract.name
        for row in found[contract.name].itertuples():
            assert re.fullmatch(LOCATOR, row.locator)
            assert row.quote in at[row.locator], f"{contract.name}: {row.locator}"


# What is refused


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
LOCKED, OLD_WORD = OLE + "EncryptedPackage".encode("utf-16-le"), OLE + "WordDocument".encode("utf-16-le")

FILLED = b"<html><body><div id='app'></div><script>load()</script></body></html>"
IN_EUC = "<html><meta charset=euc-jp><body>表</body></html>".encode("euc-jp")


def with_macros():
    return made.changed(made.xlsx(BLOCKS), **{"xl/vbaProject.bin": b"x"})


def locked_pdf():
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 — a tool of tests alone

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made.pdf(["秘密"]))))
    writer.encrypt("x")
    return made._saved(writer.write)


def of_cells(**cells):
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    return made._saved(book.save)


def spanned():
    document = made.docx.Document()
    cell = document.add_table(2, 2).cell(0, 0)
    cell.text, cell._tc.grid_span = "方針", 10_000_000
    return made._saved(document.save)


REFUSED = {
    "a damaged workbook": ("資料.xlsx", lambda: b"PK\x03\x04" + bytes(100), "壊れているか、パスワード"),
    "a password": ("資料.xlsx", lambda: LOCKED, "パスワードが付いています"),
    "a Word of before 2007": ("資料.doc", lambda: OLD_WORD, "古い形式の Word（.doc）"),
    "a letter of Outlook": ("資料.msg", lambda: OLE, "読める形式ではありません"),
    "macros": ("資料.xlsm", with_macros, "マクロが入っています"),
    "another zip": ("資料.zip", lambda: made.packed({"a.txt": "a"}), "資料として読める形式ではありません"),
    "a formula never computed": ("資料.xlsx", lambda: of_cells(A1=5, B2="=A1*2"), "B2 は計算式だけで、値が保存されて"),
    "cells far away": ("資料.xlsx", lambda: of_cells(A1=1, ZZ9999=2), "のセルがあります（100,000 まで）"),
    "a cell that spans a million columns": ("資料.docx", spanned, "表が大きすぎます"),
    "a scan": ("資料.pdf", lambda: made.pdf([""]), "文字がありません（紙を画像にした PDF です）"),
    "a damaged PDF": ("資料.pdf", lambda: b"%PDF-1.7\n\x00\x01\x02", "壊れています"),
    "a PDF of objects alone": ("資料.pdf", lambda: b"%PDF-1.4\n" + b"1 0 obj<<>>" * 99, "壊れています"),
    "a locked PDF": ("資料.pdf", locked_pdf, "パスワードが付いています"),
    "too many pages": ("資料.pdf", lambda: made.pdf(["架空"] * 61), "61 ページあります（60 まで）"),
    "too much text": ("資料.txt", lambda: b"a\n" * (1 << 20), "大きすぎます（1,024 KB まで）"),
    "too large a PDF": ("資料.pdf", lambda: b"%PDF-1.7" + bytes(21 << 20), "大きすぎます（20 MB まで）"),
    "a page that a program fills": ("資料.html", lambda: FILLED, "プログラムで表示するページです"),
    "another encoding": ("資料.html", lambda: IN_EUC, "文字コード（euc-jp）"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_told_with_the_reason(what):
    name, content, says = REFUSED[what]
    assert says in refused(name, content())


def test_a_zip_that_swells_is_refused_before_it_is_opened():
    bomb = made.changed(made.xlsx(BLOCKS), **{"xl/worksheets/sheet1.xml": b"<row/>" * 20_000_000})
    assert len(bomb) < 1 << 20
    began = time.monotonic()
    assert "開くと大きくなりすぎます" in refused("資料.xlsx", bomb)
    assert time.monotonic() - began < 20
    many = made.changed(made.word(BLOCKS), **{f"word/{n}.xml": b"" for n in range(2_100)})
    assert "開くと大きくなりすぎます" in refused("資料.docx", many)


def test_a_sheet_whose_name_would_be_no_place_is_refused():
    with pytest.warns(UserWarning, match="."):
        content = made.xlsx(BLOCKS, "長い" * 20)
    assert "名前に、使えない字" in refused("資料.xlsx", content)


@pytest.mark.parametrize("name", ["資料.xlsx", "資料.docx", "資料.ods", "資料.pdf", "資料.html"])
def test_a_file_cut_anywhere_is_refused_or_read_but_never_fails(name):
    content = made.FORMATS[name](BLOCKS)
    for part in range(1, 12):
        assert outcome(name, content[: len(content) * part // 12]) in {"read", "refused"}


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "x",
        "<table><tr>" * 5_000,
        "<table><tr><td rowspan=65000 colspan=65000>x<td>y" + "<tr><td rowspan=9 colspan=999999999999>y" * 500,
        "<p>x" * 200_000,
    ],
)
def test_a_hostile_page_ends_in_seconds(page):
    began = time.monotonic()
    assert outcome("資料.html", f"<html><body>{page}".encode()) in {"read", "refused"}
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("line", ["a  1", "|a|1|", "　 1　　2　 3", "a,1"])
@pytest.mark.parametrize("name", ["資料.txt", "資料.csv"])
def test_a_hostile_text_ends_in_seconds(name, line):
    began = time.monotonic()
    assert "行あります（5,000 行まで）" in refused(name, f"{line}\n".encode() * 40_000)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("L60,", "L61,", "L61 にありません"),
        ("62件が", "63件が", "L60 にありません"),
        ("L68:C2,", "L68,", "L68 にありません"),
        ("L18,", "概要!A18,", "概要!A18 にありません"),
    ],
)
def test_words_that_do_not_stand_where_a_row_says_are_told(old, new, says, tmp_path):
    shutil.copytree(ROOT / "data" / "isehara-6", tmp_path / "isehara-6")
    table = tmp_path / "isehara-6" / "2024" / "stated.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Refusal, match=re.escape(says)) as found:
        read.year("isehara-6", 2024, tmp_path)
    assert all(one.startswith(f"{table}") and "「原文」（quote）" in one for one in found.value.sentences)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *(("資料.docx", part) for part in (TYPES, "word/document.xml", "word/_rels/document.xml.rels")),
        *(("資料.xlsx", part) for part in (TYPES, "xl/workbook.xml", "xl/worksheets/sheet1.xml")),
        ("資料.ods", "content.xml"),
    ],
)
@pytest.mark.parametrize(
    "words", [b"", b"<a/>", b"<a", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "&b;">]><a>&b;</a>']
)
def test_a_part_that_is_something_else_is_refused_or_read_but_never_fails(name, part, words):
    content = made.changed(made.FORMATS[name](BLOCKS), **{part: words})
    assert outcome(name, content) in {"read", "refused"}


def book_of(change):
    """A sheet with a heading and one amount, changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["方針", "実績額（円）"], ["便利", 9_123_000], ["計", 9_123_000]):
        sheet.append(row)
    change(sheet)
    return made._saved(book.save)


def shown_as(code):
    def change(sheet):
        sheet["B2"].number_format = code

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (shown_as("#,##0,"), "表示形式（#,##0,）"),
        (shown_as('"―"'), "Sheet!B2は、表示形式"),
        (shown_as('"△"#,##0'), "Sheet!B2は、表示形式"),
        (shown_as('"皆減";#,##0'), "Sheet!B2は、表示形式"),
        (shown_as('#,##0"円";"△"#,##0"円";"―"'), ""),
        (shown_as('#,##0;"皆減"'), ""),  # nothing is below zero
        (shown_as("#,##0;[Red]-#,##0"), ""),
        (shown_as('[$-411]ggge"年"m"月"d"日";@'), ""),
    ],
    ids=["thousandth", "words", "minus above zero", "words above zero", "usual", "words below zero", "red", "date"],
)
def test_a_number_that_nobody_sees_as_it_is_is_refused(change, says):
    if not says:
        assert opened("a.xlsx", book_of(change)).lines
        return
    with pytest.raises(Refusal, match=re.escape(says)):
        opened("a.xlsx", book_of(change))


def test_hidden_rows_and_columns_are_not_read():
    def hide(sheet):
        for row in (1, 2, 3):
            sheet.cell(row, 3, row)
        sheet.row_dimensions[2].hidden = sheet.column_dimensions["C"].hidden = True

    lines = [(line.words.split("\t"), line.place) for line in opened("a.xlsx", book_of(hide)).lines if line.words]
    assert lines == [(["方針", "実績額（円）"], "Sheet!1"), (["計", "9123000"], "Sheet!3")]
