"""A Word file (docx): its paragraphs by number, its tables by row and column."""

import io
from collections.abc import Iterator
from zipfile import BadZipFile

import docx
import docx.document
import docx.opc.exceptions
from docx.table import Table
from lxml.etree import LxmlError

from helpers.received.lines import Cell, apart, one_line, row
from helpers.terms import Refusal
from helpers.terms.places import Line

MOST_CELLS = 20_000
# What python-docx meets in a part that is no longer what its relations say.
_BROKEN = (KeyError, ValueError, OSError, AttributeError, TypeError, IndexError, AssertionError)


def lines(name: str, content: bytes) -> tuple[str, list[Line]]:
    """The lines of the body; headers and footers of pages are left aside.

    Raises:
        Refusal: It cannot be opened, or holds more than a document does.
    """
    try:
        return "binary", list(apart(_blocks(name, docx.Document(io.BytesIO(content)))))
    except (*_BROKEN, BadZipFile, LxmlError, docx.opc.exceptions.OpcError):
        raise Refusal(
            f"{name} は壊れているか、読めない形式です。Word で開いて .docx に保存し直してください。"
        ) from None


def _blocks(name: str, document: docx.document.Document) -> Iterator[Line | list[Line]]:
    passages, tables, left = 0, 0, MOST_CELLS
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            tables += 1
            # Columns that cells say they span, not those that the table says it has.
            left -= sum(cell.grid_span for row in block.rows for cell in row._tr.tc_lst)  # noqa: SLF001 — python-docx has no other way
            if left < 0:
                raise Refusal(f"{name} の表が大きすぎます（セル {MOST_CELLS:,} まで）。資料の本文だけにしてください。")
            yield _rows(block, f"表{tables}")
        elif words := one_line(block.text):
            passages += 1
            yield Line(words, f"段落{passages}")


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
