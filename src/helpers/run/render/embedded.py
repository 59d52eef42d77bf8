"""A page as a template wrote it → one file with all that it needs: nothing to fetch, nothing to run, every letter shown."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from helpers.run.render import fonts
from helpers.run.render.faults import NotAPage

TEMPLATES = Path(__file__).parent / "template"
TEMPLATE = "gyokaku"
FONTS_GO_HERE = "/*fonts*/"
FIXED_WIDTH_TAGS = {"code", "kbd", "pre", "samp"}
FIXED_WIDTH_CLASS = "fixed-width"
# The words of a document: a letter that none of our faces has is left to the reader's own.
RECEIVED_CLASS = "as-received"
FIXED_WIDTH_FAMILIES = {face.family for face in fonts.FACES if face.is_fixed_width}
FORBIDDEN_TAGS = {"applet", "base", "embed", "form", "frame", "iframe", "link", "object", "script"}
FETCHED = {"background", "data", "href", "poster", "src", "srcset", "xlink:href"}
VOID_TAGS = {"area", "br", "col", "hr", "img", "input", "meta", "source", "track", "wbr"}
ENDED_BY = {"td": {"td", "th"}, "th": {"td", "th"}, "tr": {"td", "th", "tr"}, "tbody": {"td", "th", "tr", "tbody"}}
# What an attribute may hold without quotation marks.
PLAIN = re.compile(r"[\w./-]+", re.ASCII)
STYLE_FETCHES = re.compile(r"@import|url\(\s*[\"']?(?!data:|#)", re.IGNORECASE)
STYLE_TEXT = re.compile(r"content\s*:\s*([\"'])(.*?)\1")


@cache
def templates() -> Environment:
    """The templates of the pages that no notebook makes; each is compiled once in a process."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES / TEMPLATE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["unquoted"] = _unquoted
    return made


def superseded() -> str:
    """What stands at the head of a page whose document was replaced by a corrected one."""
    return templates().get_template("superseded.html.j2").render()


def _unquoted(value: str) -> Markup:
    """What an attribute holds, without quotation marks where HTML asks for none: a nation has twenty thousand of them."""
    return escape(value) if PLAIN.fullmatch(value) else Markup('"{}"').format(value)


def self_contained(text: str) -> str:
    """A page that a template wrote, with its faces embedded in the place of `FONTS_GO_HERE`.

    Raises:
        NotAPage: A character has no glyph, or something would run or be fetched.
    """
    read = _read(text)
    if read.faults:
        raise NotAPage(
            f"ページは外から何も取り寄せず、何も動かさない決まりです: {'、'.join(dict.fromkeys(read.faults))}。"
        )
    if missing := fonts.missing(read.characters):
        named = "、".join(f"「{character}」（U+{ord(character):04X}）" for character in missing)
        raise NotAPage(f"字形がない文字があります: {named}。別の字に直すか、書体を加えてください。")
    return text.replace(FONTS_GO_HERE, fonts.css(read.characters, read.fixed_width), 1)


class _Read(NamedTuple):
    characters: set[str]
    fixed_width: set[str]
    faults: list[str]


def _read(text: str) -> _Read:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.read


class _Reader(HTMLParser):
    """Which characters a page shows, and what on it would run or be fetched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read = _Read(set(), set(), [])
        self._open: list[tuple[str, bool]] = []
        self._is_received = False

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 — as it is called
        """Nobody asks in what line a tag stands: counting them took a sixth of the reading."""
        return j

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN_TAGS:
            self.read.faults.append(f"<{tag}>")
        for name, value in attributes:
            self._look_at(tag, name, (value or "").strip())
        if tag in ENDED_BY:
            self._end_of(tag)
        if tag not in VOID_TAGS:
            said = dict(attributes)
            classes, style = (said.get("class") or "").split(), said.get("style") or ""
            self._is_received = RECEIVED_CLASS in classes
            fixed = tag in FIXED_WIDTH_TAGS or FIXED_WIDTH_CLASS in classes
            fixed = fixed or self._is_fixed_width or any(family in style for family in FIXED_WIDTH_FAMILIES)
            self._open.append((tag, fixed))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._is_received = False
        if self._open and self._open[-1][0] == tag:  # as nearly always
            self._open.pop()
        elif any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def _end_of(self, tag: str) -> None:
        """Cells and lines of a table end where the next begins: their end tags may be left out."""
        while self._open and self._open[-1][0] in ENDED_BY[tag]:
            self._open.pop()

    def handle_data(self, text: str) -> None:
        if self._open and self._open[-1][0] == "style":
            if STYLE_FETCHES.search(text):
                self.read.faults.append("<style> url()")
            text = "".join(found[2] for found in STYLE_TEXT.finditer(text))
        letters = set(text)
        if self._is_received:
            letters.difference_update(fonts.missing(letters))
        self.read.characters.update(letters)
        if self._is_fixed_width:
            self.read.fixed_width.update(letters)

    @property
    def _is_fixed_width(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _look_at(self, tag: str, name: str, value: str) -> None:
        fetches = name in FETCHED and not value.startswith(("data:", "#"))
        if tag == "a" and fetches:  # a link fetches nothing until somebody follows it
            fetches = value.lower().startswith("javascript:")
        if fetches or name.startswith("on") or (tag == "meta" and value.lower() == "refresh"):
            self.read.faults.append(f'<{tag} {name}="{value[:40]}">')
        if name == "style" and STYLE_FETCHES.search(value):
            self.read.faults.append(f"<{tag} style> url()")
