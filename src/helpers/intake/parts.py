"""Cuts the document into tables, lists and paragraphs."""

import re
from dataclasses import dataclass, field

from helpers.intake.passage import Passage, passages
from helpers.received import Document
from helpers.terms import without_years, years_named

CLAIM_MARKS = "➤➢►▶⇒"

_LISTED = re.compile(r"[-*+]\s|・|[0-9]{1,2}[.)]")
_OPENS = re.compile(rf"[{CLAIM_MARKS}※#◎■○●□◆【]|{_LISTED.pattern}")
_ENDS_LIST = re.compile(rf"[{CLAIM_MARKS}]|達成状況(?:\(|$)|お?問い?合わ?せ|実績効果額(?:\(|$)|\(?単位[::]?")
_NEXT_PAGE = re.compile("第[0-9]+次.*取組結果|.*取組結果.*年度")
_LIST_HEADING = "主な取組"
_DEPARTMENT = re.compile("〔(?![0-9]+〕)")


@dataclass
class Part:
    """A table (`grades`, `effects`, `links`, or `table` where it is none of them), a `list` or a `paragraph`."""

    kind: str
    heading: Passage
    passages: list[Passage] = field(default_factory=list)

    @property
    def first(self) -> Passage:
        """Where it begins."""
        return self.passages[0][:] if self.passages else self.heading


def parts(document: Document) -> list[Part]:
    """The parts in the order of the document. A note (※) is a part of its own and does not end a list."""
    found: list[Part] = []
    lines = passages(document)
    heading = lines[0][:]
    in_list: Part | None = None
    for line in lines:
        body, last = line[:], found[-1] if found else Part("", heading)
        if not body.text:
            continue
        is_row, is_note = len(line.places) > 1, body.text.startswith("※")
        is_heading_of_list = _LIST_HEADING in body.key and "〔" not in body.key and not is_note
        if not is_row and is_heading_of_list:
            in_list = Part("list", body)
            found.append(in_list)
        elif in_list and not is_row and not is_note and not _ends_list(without_marks(body).key):
            in_list.passages.append(body)
        elif is_row:
            if last.kind != "table" or _is_header(line):
                found.append(Part("table", heading))
            found[-1].passages.append(line)
        elif last.kind == "paragraph" and last.passages[-1].line == body.line - 1 and not _OPENS.match(body.text):
            last.passages.append(body)
        else:
            found.append(Part("paragraph", heading, [body]))
        if found[-1].kind != "list" and not is_note:
            in_list = None
            heading = heading if is_row or _LISTED.match(body.text) else body
    for part in found:
        part.kind = _table_kind(part) if part.kind == "table" else part.kind
    return found


def without_marks(line: Passage) -> Passage:
    """A line without the marks and arrows that a heading may carry."""
    return line[len(line.text) - len(line.text.lstrip("#◎■○●□◆ ")) : len(line.text.rstrip("↑↓→←: "))]


def _ends_list(words: str) -> bool:
    if _DEPARTMENT.search(words):  # a measure, whatever its name: 問い合わせ窓口の改善〔市民生活部〕
        return False
    return bool(_ENDS_LIST.match(words) or _NEXT_PAGE.match(words) or ("取組結果" in words and years_named(words)))


def _is_year(words: str) -> bool:
    return bool(years_named(words)) and not without_years(words).strip("()年度")


def _is_header(row: Passage) -> bool:
    first, second, *_ = (cell.key for cell in row.cells())
    return first == "基本方針" or (not first and _is_year(second))


def _table_kind(part: Part) -> str:
    header, *rows = ([cell.key for cell in row.cells()] for row in part.passages)
    if any(re.search("見込|実績", cell) for row in rows for cell in row[1:2]):
        return "effects"
    if header[0] == "基本方針":
        return "grades"
    return "links" if not header[0] and all(_is_year(cell) for cell in header[1:] if cell) else "table"
