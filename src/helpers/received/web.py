"""A web page: the main content without menus, headers and footers; its paragraphs by number, its tables by row and column."""

import re

from lxml import html
from lxml.etree import LxmlError

from helpers.received.lines import Cell, apart, one_line, row
from helpers.terms import Refusal
from helpers.terms.places import Line
from helpers.terms.words import decoded

MOST_CELLS = 20_000
FEW_LETTERS = 200  # a page of results has more
_ASIDE = re.compile("nav|header|footer|aside|script|style|noscript|template|form|button|svg|head")
_BLOCKS = re.compile(
    "p|h[1-6]|li|d[tdl]|t[rdh]|div|section|article|main|body|[uo]l|figure|figcaption|blockquote|pre|caption|address"
    "|center|hr|table"
)
_CHARSET = re.compile(rb"charset=[\"']?\s*([A-Za-z0-9_-]+)")
_MOST_SPAN = 100


def lines(name: str, content: bytes) -> tuple[str, list[Line]]:
    """The lines of the page's main content.

    Raises:
        Refusal: It is no page, or shows nothing without a program.
    """
    encoding, page = _decoded(name, content)
    try:
        tree = html.fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8", remove_comments=True))
    except (LxmlError, ValueError):
        raise Refusal(f"{name} はウェブページとして読めません。ブラウザーで開いて保存し直してください。") from None
    needs_a_program = tree.find(".//script") is not None
    mains = tree.xpath("//main | //*[@role='main']") or tree.xpath("//article") or [tree]
    found = _Reader(name).read(mains[0])
    if (
        needs_a_program
        and not any(isinstance(one, list) for one in found)
        and sum(len(one.words) for one in found) < FEW_LETTERS
    ):
        raise Refusal(
            f"{name} には本文がありません（プログラムで表示するページです）。"
            "ブラウザーで表示してから PDF に印刷するか、本文を写してテキストにしてください。"
        )
    return encoding, list(apart(found))


def _decoded(name: str, content: bytes) -> tuple[str, str]:
    said = _CHARSET.search(content[:2048])
    if said and said[1].lower() in {b"euc-jp", b"iso-2022-jp"}:
        raise Refusal(f"{name} の文字コード（{said[1].decode()}）は読めません。UTF-8 で保存し直してください。")
    found = decoded(content)
    if not found:
        raise Refusal(f"{name} は文字として読めません。UTF-8 かシフトJIS で保存し直してください。")
    return found[0], found[1].removeprefix("\ufeff")


class _Reader:
    def __init__(self, name: str) -> None:
        self.name, self.passages, self.tables, self.left = name, 0, 0, MOST_CELLS
        self.found: list[Line | list[Line]] = []
        self.words: list[str] = []

    def read(self, element: html.HtmlElement) -> list[Line | list[Line]]:
        """What an element holds, in its order."""
        self._enter(element)
        self._end()
        return self.found

    def _end(self, mark: str = "") -> None:
        """Ends a passage."""
        if words := one_line("".join(self.words)):
            self.passages += 1
            self.found.append(Line(mark + words, f"段落{self.passages}"))
        self.words.clear()

    def _enter(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if not isinstance(tag, str) or _ASIDE.fullmatch(tag) or element.get("hidden") is not None:
            return
        if tag == "table" and not element.xpath(".//table"):
            self._end()
            self._table(element)
            return
        is_block = bool(_BLOCKS.fullmatch(tag))
        if is_block:
            self._end()
        if tag == "br":
            self.words.append(" ")
        self.words.append(element.text or "")
        for child in element:
            self._enter(child)
            self.words.append(child.tail or "")
        if is_block:
            self._end("- " if tag == "li" else "")

    def _table(self, table: html.HtmlElement) -> None:
        for caption in table.findall("caption"):
            self.words.append(_text(caption))
            self._end()
        self.tables += 1
        cells: dict[tuple[int, int], str] = {}
        taken: set[tuple[int, int]] = set()
        rows = table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")
        for y, one in enumerate(rows):
            x = 0
            for cell in one.xpath("./td | ./th"):
                while (y, x) in taken:
                    x += 1
                cells[y, x] = _text(cell)
                down, across = (_span(cell.get(name)) for name in ("rowspan", "colspan"))
                taken |= {(y + j, x + i) for j in range(down) for i in range(across)}
                self.left -= down * across
                if self.left < 0:
                    raise Refusal(
                        f"{self.name} の表が大きすぎます（セル {MOST_CELLS:,} まで）。本文だけにしてください。"
                    )
                x += across
        width = max((x for _, x in taken), default=-1) + 1
        name = f"表{self.tables}"
        made = [
            row([Cell(cells.get((y, x), ""), f"{name} r{y + 1} c{x + 1}") for x in range(width)], f"{name} r{y + 1}")
            for y in range(len(rows))
        ]
        if width == 1:  # a frame around text, no table
            for line in made:
                self.words.append(line.words)
                self._end()
        elif made:
            self.found.append([line for line in made if line.words.strip()])


def _text(element: html.HtmlElement) -> str:
    """The words of an element; a line's break is a blank."""
    for end in element.iter("br"):
        end.tail = f" {end.tail or ''}"
    return one_line(element.text_content())


def _span(said: str | None) -> int:
    return min(int(said), _MOST_SPAN) if said and said.isascii() and said.isdigit() and int(said) else 1
