"""A workbook (xlsx, xls, ods): every visible sheet, its cells by their addresses (概要!C5)."""

import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time

import python_calamine as calamine

from helpers.received import remarks
from helpers.received.lines import Cell, apart, one_line, row
from helpers.terms import Refusal, quoted
from helpers.terms.places import Line, column_letters

MOST_CELLS = 100_000
MOST_EXTENT = 10_000_000  # what the reader may set aside before it counts
MOST_NAMED = 3  # cells in a sentence
MOST_SHEET_NAME = 31  # letters that Excel allows
_CELL = re.compile(rb"<c\s[^>]*?r=\"([A-Z]+[0-9]+)\"[^>]*>(.*?)</c>", re.DOTALL)
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_ADDRESS = re.compile(rb"<c\s[^>]*?r=\"([A-Z]{1,4})([0-9]{1,8})\"")
_FORMULA = re.compile(rb"<f[\s>/]")
_VALUE = re.compile(rb"<v[^>]*>[^<]+</v>|<is>")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, cell by cell.

    Attributes:
        rows: Values as the workbook holds them, from A1; an empty cell is an empty string.
        merged: Of each block of merged cells its first and last cell, as (row, column) from 0.
    """

    name: str
    rows: list[list[object]]
    is_visible: bool = True
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def lines(name: str, content: bytes) -> tuple[str, list[Line]]:
    """The lines of every visible sheet, one after another; hidden rows and columns of an .xlsx are left out.

    Raises:
        Refusal: It cannot be opened, is too large, holds formulas whose results were never saved, or shows another thing than it holds.
    """
    visible = sheets(name, content, hidden=False)
    _check_values(name, content)
    _check_shown(name, content, {one.name for one in visible})
    hidden = remarks.hidden(content)
    seen = {one.name: _seen(one.rows, hidden.get(one.name, (set(), set()))) for one in visible}
    blocks = [block for sheet, rows in seen.items() for block in _blocks(_sheet(name, sheet), rows)]
    return "binary", list(apart(blocks))


def sheets(name: str, content: bytes, *, hidden: bool) -> list[Sheet]:
    """Every sheet with rows and columns; hidden ones too where they are asked for.

    Raises:
        Refusal: It cannot be opened, or is too large.
    """
    _check_extent(name, content)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = calamine.SheetVisibleEnum.Visible
        about = [
            one
            for one in book.sheets_metadata
            if one.typ == calamine.SheetTypeEnum.WorkSheet and (hidden or one.visible == shown)
        ]
        opened = {one.name: book.get_sheet_by_name(one.name) for one in about}
        size = sum(sheet.height * sheet.width for sheet in opened.values())
        if size > MOST_CELLS:
            raise Refusal(
                f"{name} には {size:,} のセルがあります（{MOST_CELLS:,} まで）。資料の表だけのファイルを指定してください。"
            )
        return [
            Sheet(
                one.name,
                list(opened[one.name].to_python(skip_empty_area=False)),
                one.visible == shown,
                tuple(opened[one.name].merged_cell_ranges or ()),
            )
            for one in about
        ]
    except (calamine.CalamineError, OSError, ValueError, IndexError) as error:
        is_closed = isinstance(error, calamine.PasswordError)
        why = (
            "パスワードが付いています。外して"
            if is_closed
            else "壊れているか、読めない形式です。Excel で開いて .xlsx に"
        )
        raise Refusal(f"{name} は{why}保存し直してください。") from None


def _check_extent(name: str, content: bytes) -> None:
    """A cell far away would make the reader set aside memory for every cell before it: XFD1048576 alone is half a terabyte."""
    if not content.startswith(b"PK"):
        return
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as packed:
        for part in (one for one in packed.namelist() if _SHEET_PART.fullmatch(one)):
            rows, columns = 0, 0
            for letters, number in _ADDRESS.findall(packed.read(part)):
                rows, columns = max(rows, int(number)), max(columns, _column_number(letters))
            if rows * columns > MOST_EXTENT:
                raise Refusal(
                    f"{name} には、表からずっと離れたセル（{rows:,}行、{columns:,}列まで）に何かが入っています。"
                    "表だけを新しいブックに写して、保存し直してください。"
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet(name: str, sheet: str) -> str:
    if re.search(r"[!\n\r\t]", sheet) or sheet != sheet.strip() or len(sheet) > MOST_SHEET_NAME:
        raise Refusal(
            f"{name}: シート「{quoted(sheet)}」の名前に、使えない字（! や改行）があります。名前を付け直してください。"
        )
    return sheet


def _check_values(name: str, content: bytes) -> None:
    """A formula that a program wrote and no spreadsheet has computed yet has no value."""
    if not content.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for part in sorted(one for one in packed.namelist() if _SHEET_PART.fullmatch(one)):
            for address, inside in _CELL.findall(packed.read(part)):
                if _FORMULA.search(inside) and not _VALUE.search(inside):
                    raise Refusal(
                        f"{name} の {address.decode()} は計算式だけで、値が保存されていません。"
                        "Excel で開いて、計算させてから保存し直してください。"
                    )


def _check_shown(name: str, content: bytes, visible: set[str]) -> None:
    """What stands in a cell is what a person sees there: no thousandth of it, no other sign, no words."""
    found = [one for one in remarks.unlike(content) if one.sheet in visible]
    if found:
        cells = "・".join(one.cell for one in found[:MOST_NAMED] if one.sheet == found[0].sheet)
        more = f"など{len(found)}か所" if len(found) > MOST_NAMED else ""
        raise Refusal(
            f"{name} の {found[0].sheet}!{cells}{more}は、表示形式（{found[0].words}）のため、見えている数とセルの値が違います。"
            "見えているとおりの値にして、保存し直してください。"
        )


def _seen(rows: list[list[object]], hidden: tuple[set[int], set[int]]) -> dict[int, list[object]]:
    """The rows that a person sees, by their number from 0, with nothing in the columns that nobody sees."""
    rows_hidden, columns = hidden
    return {
        n: ["" if at + 1 in columns else value for at, value in enumerate(row)]
        for n, row in enumerate(rows)
        if n + 1 not in rows_hidden
    }


def _blocks(sheet: str, values: dict[int, list[object]]) -> list[Line | list[Line]]:
    """Passages, and tables: rows of two cells or more that follow one another, with the rows between them."""
    numbers, cells = [*values], [[printed(value) for value in line] for line in values.values()]
    filled = [sum(map(bool, line)) for line in cells]
    found: list[Line | list[Line]] = []
    at = 0
    while at < len(cells):
        if filled[at] == 0:
            at += 1
            continue
        stop = next((n for n in range(at, len(cells)) if filled[n] == 0), len(cells))
        wide = [n for n in range(at, stop) if filled[n] > 1]
        first, last = (wide[0], wide[-1] + 1) if wide else (stop, stop)
        found += [_passage(sheet, numbers[n], cells[n]) for n in range(at, first)]
        if wide:
            found.append(_table(sheet, numbers[first:last], cells[first:last]))
        found += [_passage(sheet, numbers[n], cells[n]) for n in range(last, stop)]
        at = stop
    return found


def _passage(sheet: str, number: int, cells: list[str]) -> Line:
    column = next(n for n, words in enumerate(cells) if words)
    return Line(cells[column], f"{sheet}!{column_letters(column)}{number + 1}")


def _table(sheet: str, numbers: list[int], rows: list[list[str]]) -> list[Line]:
    used = [n for n in range(max(map(len, rows))) if any(n < len(line) and line[n] for line in rows)]
    return [
        row(
            [
                Cell(line[n] if n < len(line) else "", f"{sheet}!{column_letters(n)}{number + 1}")
                for n in range(used[0], used[-1] + 1)
            ],
            f"{sheet}!{number + 1}",
        )
        for number, line in zip(numbers, rows, strict=True)
    ]


def printed(value: object) -> str:
    """A value as a document would print it: 47708.0 is 47708."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        # What a formula computes carries noise behind the twelfth figure.
        return str(int(value)) if value.is_integer() else f"{value:.12g}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, time):
        return value.isoformat()
    return one_line(str(value))
