"""A Word file (docx): its paragraphs by number, its tables by row and column."""

import io
from zipfile import BadZipFile

import docx
import docx.opc.exceptions
from docx.table import Table
from lxml.etree import LxmlError

from helpers.received.lines import Cell, apart, one_line, row
from helpers.terms import Refusal
from helpers.terms.places import Line

MOST_CELLS = 20_000


def lines(name: str, content: bytes) -> tuple[str, list[Line]]:
    """The lines of the body; headers and footers of pages are left aside.

    Raises:
        Refusal: It cannot be opened, or holds more than a document does.
    """
    try:
        body = list(docx.Document(io.BytesIO(content)).iter_inner_content())
    except (KeyError, ValueError, OSError, BadZipFile, LxmlError, docx.opc.exceptions.OpcError):
        raise Refusal(
            f"{name} は壊れているか、読めない形式です。Word で開いて .docx に保存し直してください。"
        ) from None
    found: list[Line | list[Line]] = []
    passages, tables, left = 0, 0, MOST_CELLS
    for block in body:
        if isinstance(block, Table):
            tables += 1
            left -= len(block.rows) * len(block.columns)
            if left < 0:
                raise Refusal(f"{name} の表が大きすぎます（セル {MOST_CELLS:,} まで）。資料の本文だけにしてください。")
            found.append(_rows(block, f"表{tables}"))
        elif words := one_line(block.text):
            passages += 1
            found.append(Line(words, f"段落{passages}"))
    return "binary", list(apart(found))


def _rows(table: Table, name: str) -> list[Line]:
    """The rows; of merged cells the first alone holds the words."""
    seen: set[object] = set()
    found = []
    for number, one in enumerate(table.rows, 1):
        cells = []
        for column, cell in enumerate(one.cells, 1):
            words = "" if cell._tc in seen else cell.text  # noqa: SLF001 — python-docx gives a merged cell once for each place
            seen.add(cell._tc)  # noqa: SLF001 — as above
            cells.append(Cell(words, f"{name} r{number} c{column}"))
        if any(cell.words.strip() for cell in cells):
            found.append(row(cells, f"{name} r{number}"))
    return found
