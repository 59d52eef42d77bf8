"""Cuts the document into tables, lists and paragraphs."""

import re
from dataclasses import dataclass, field

from helpers.intake.passage import Passage, passages
from helpers.received import Document
from helpers.terms import without_years, years_named
from helpers.terms.folded import squeezed
from helpers.terms.layout import GRADES, LINKED_PLANS, Layout, TableLayout

CLAIM_MARKS = "➤➢►▶⇒"

_LISTED = re.compile(r"[-*+]\s|・|[0-9]{1,2}[.)]")
_OPENS = re.compile(rf"[{CLAIM_MARKS}※#◎■○●□◆【]|{_LISTED.pattern}")
_ENDS_LIST = re.compile(rf"[{CLAIM_MARKS}]|達成状況(?:\(|$)|お?問い?合わ?せ|実績効果額(?:\(|$)|\(?単位[::]?")
_DEPARTMENT = re.compile("〔(?![0-9]+〕)")


@dataclass
class Part:
    """A `table` (of the layout's tables, `layout` where it is one of them), a `list` or a `paragraph`."""

    kind: str
    heading: Passage
    passages: list[Passage] = field(default_factory=list)
    layout: TableLayout | None = None

    @property
    def first(self) -> Passage:
        """Where it begins."""
        return self.passages[0][:] if self.passages else self.heading

    @property
    def text(self) -> str:
        """Its words without any blank."""
        return "".join(line.key for line in self.passages)


def parts(document: Document, layout: Layout) -> list[Part]:
    """The parts in the order of the document. A note (※) is a part of its own and does not end a list."""
    list_heading = squeezed(layout.lists.heading)
    found: list[Part] = []
    lines = passages(document)
    heading = lines[0][:]
    in_list: Part | None = None
    for line in lines:
        body, last = line[:], found[-1] if found else Part("", heading)
        if not body.text:
            continue
        is_row, is_note = len(line.places) > 1, body.text.startswith("※")
        if not is_row and not is_note and _heads_list(body, list_heading):
            in_list = Part("list", body)
            found.append(in_list)
        elif in_list and not is_row and not is_note and not _ends_list(without_marks(body).key, layout.title):
            in_list.passages.append(body)
        elif is_row:
            if last.kind != "table" or _is_header(line, layout):
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
        part.layout = _table(part, layout) if part.kind == "table" else None
    return found


def _heads_list(line: Passage, heading: str) -> bool:
    """Whether a line ends with the words of every list's heading; a sentence that speaks of 主な取組 goes on."""
    return bool(re.search(rf"{re.escape(heading)}(?:の?一覧|について)?】?(?:\([^()]*\))?$", without_marks(line).key))


def without_marks(line: Passage) -> Passage:
    """A line without the marks and arrows that a heading may carry."""
    return line[len(line.text) - len(line.text.lstrip("#◎■○●□◆ ")) : len(line.text.rstrip("↑↓→←: "))]


def _ends_list(words: str, title: str) -> bool:
    if _DEPARTMENT.search(words):  # a measure, whatever its name: 問い合わせ窓口の改善〔市民生活部〕
        return False
    if title:
        is_named = re.match(f"第[0-9]+次.*{re.escape(title)}|.*{re.escape(title)}.*年度", words)
        is_next_page = title in words and (is_named or years_named(words))
    else:
        is_next_page = years_named(words) and not re.search("[。、]", words)
    return bool(_ENDS_LIST.match(words) or is_next_page)


def _is_year(words: str) -> bool:
    return bool(years_named(words)) and not without_years(words).strip("()年度")


def _is_header(row: Passage, layout: Layout) -> bool:
    """Whether a row is the first of a table: it begins as the heading of one does, with its words or, over years, with none."""
    first, second, *_ = (cell.key for cell in row.cells())
    heads = {squeezed(table.columns[0].heading) for table in layout.tables}
    return first in heads and bool(first or _is_year(second))


def _table(part: Part, layout: Layout) -> TableLayout | None:
    """Which of the layout's tables it is: told by the rows 見込み and 実績 where it has such a column, else by its heading."""
    header, *rows = ([cell.key for cell in row.cells()] for row in part.passages)
    for table in layout.tables:
        at = table.at("kind")
        if at is not None and any(re.search("見込|実績", cell) for row in rows for cell in row[at : at + 1]):
            return table
    grades = layout.table(GRADES)
    if grades and header[0] == squeezed(grades.columns[0].heading):
        return grades
    is_of_years = not header[0] and all(_is_year(cell) for cell in header[1:] if cell)
    return layout.table(LINKED_PLANS) if is_of_years else None
