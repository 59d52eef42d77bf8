"""A PDF with a text layer: its passages by page and line, its ruled tables by page, row and column."""

import io
import logging
import re
from itertools import pairwise

import pdfplumber
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from helpers.received.lines import Cell, apart, row
from helpers.terms import Refusal
from helpers.terms.places import Line

MOST_PAGES = 60
MOST_LETTERS = 400_000
_PAGE_NUMBER = re.compile(
    r"[-–— ]*(?:p\.? ?|ページ ?)?[0-9]{1,4}(?: ?/ ?[0-9]{1,4})?(?: ?ページ| ?頁)?[-–— ]*", re.IGNORECASE
)
_OPENS = re.compile(r"[-*+・➤➢►▶⇒※#◎■○●□◆◇▲▼【〔(（…]|\.{2,}|[0-9]{1,2}[.)．]")
_IN_TABLE = 0.5  # of a line's height within a table


def lines(name: str, content: bytes) -> tuple[str, list[Line]]:
    """The lines of all pages; the lines of a paragraph that the page's edge broke are joined.

    Raises:
        Refusal: It is encrypted, has no text (a scan), or is larger than a document is.
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it complains about fonts that are read all the same
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            return "binary", _of_pages(name, pdf)
    except (PdfminerException, MalformedPDFException) as error:
        cause = type(error.args[0]).__name__ if error.args else ""
        is_closed = "Password" in cause or "Encryption" in cause or b"/Encrypt" in content
        why = (
            "にはパスワードが付いています。外して"
            if is_closed
            else "は PDF として読めません（壊れています）。元の資料から"
        )
        raise Refusal(f"{name} {why}保存し直してください。") from None
    except (ValueError, TypeError, KeyError, IndexError, AssertionError, RecursionError, OSError):
        raise Refusal(f"{name} は PDF として読めません（壊れています）。元の資料から保存し直してください。") from None


def _of_pages(name: str, pdf: pdfplumber.PDF) -> list[Line]:
    if len(pdf.pages) > MOST_PAGES:
        raise Refusal(
            f"{name} は {len(pdf.pages)} ページあります（{MOST_PAGES} まで）。概要のページだけにしてください。"
        )
    letters = [len(page.chars) for page in pdf.pages]
    if not sum(letters):
        raise Refusal(
            f"{name} には文字がありません（紙を画像にした PDF です）。"
            "元の Word・Excel か、文字の入った PDF を指定してください。"
        )
    if sum(letters) > MOST_LETTERS:
        raise Refusal(f"{name} の文字が多すぎます（{MOST_LETTERS:,} まで）。概要のページだけにしてください。")
    found: list[Line | list[Line]] = []
    for number, page in enumerate(pdf.pages, 1):
        found += _of_page(page, f"p{number}")
        page.close()
    return list(apart(found))


def _of_page(page: pdfplumber.page.Page, name: str) -> list[Line | list[Line]]:
    tables = [table for table in page.find_tables() if max(len(one.cells) for one in table.rows) > 1]
    placed = [(table.bbox[1], _rows(table, f"{name} 表{n}")) for n, table in enumerate(tables, 1)]
    free = [line for line in page.extract_text_lines(return_chars=False) if not _is_within(line, tables)]
    placed += [(top, [line]) for top, line in _passages(free, name)]
    found: list[Line | list[Line]] = []
    for _, part in sorted((one for one in placed if one[1]), key=lambda one: one[0]):
        found.append(part if part[0].cells else part[0])
    return found


def _is_within(line: dict, tables: list) -> bool:
    middle = (line["top"] + line["bottom"]) * _IN_TABLE
    return any(
        left - 1 <= line["x0"] and line["x1"] <= right + 1 and top <= middle <= bottom
        for left, top, right, bottom in (table.bbox for table in tables)
    )


def _passages(free: list[dict], name: str) -> list[tuple[float, Line]]:
    """The lines outside tables, each with its height on the page; the rest of a paragraph stands with its first line."""
    edge = max((line["x1"] for line in free), default=0)
    found: list[tuple[float, Line]] = []
    before: dict | None = None
    for number, line in enumerate(free, 1):
        words, height = line["text"].strip(), line["bottom"] - line["top"]
        if not words or _PAGE_NUMBER.fullmatch(words):
            continue
        is_rest = (
            before is not None
            and before["x1"] > edge - 2.5 * height
            and line["top"] - before["bottom"] < height
            and not _OPENS.match(words)
        )
        if is_rest and found:
            top, first = found[-1]
            found[-1] = (top, Line(_joined([first.words, words]), first.place))
        else:
            found.append((line["top"], Line(words, f"{name} L{number}")))
        before = line
    return found


def _rows(table: object, name: str) -> list[Line]:
    found = []
    for number, cells in enumerate(table.extract(), 1):
        printed = [_joined((cell or "").split("\n")) for cell in cells]
        if any(printed):
            found.append(
                row(
                    [Cell(words, f"{name} r{number} c{column}") for column, words in enumerate(printed, 1)],
                    f"{name} r{number}",
                )
            )
    return found


def _joined(parts: list[str]) -> str:
    """Words that were broken at an edge: together, with a blank between two words of Latin letters."""
    parts = [part.strip() for part in parts if part.strip()]
    joined = parts[0] if parts else ""
    for before, after in pairwise(parts):
        joined += f" {after}" if (before[-1] + after[0]).isascii() and (before[-1] + after[0]).isalpha() else after
    return joined
