"""A page as a template wrote it → one file with all that it needs: nothing to fetch, nothing to run, every letter shown."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from helpers.run.render import fonts, tags
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
ENDED_BY = {
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "tr": frozenset({"td", "th", "tr"}),
    "tbody": frozenset({"td", "th", "tr", "tbody"}),
}
# What an attribute may hold without quotation marks.
PLAIN = re.compile(r"[\w./-]+", re.ASCII)
STYLE_FETCHES = re.compile(r"@import|image-set\(|src\(|url\(\s*[\"']?(?!data:|#|[\"'])", re.IGNORECASE)
STYLE_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
# Browsers leave these out of an address.
LEFT_OUT_OF_ADDRESSES = re.compile(r"[\x00-\x20]")
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
    if len(_ALIKE) > MOST_ALIKE:
        _ALIKE.clear()
    read = tags.read(text, _Reader, _ALIKE)
    if read.faults:
        read = tags.read(text, _Reader, {})  # the words are of this page, not of one before that was alike
        raise NotAPage(f"ページは外から何も取り寄せず、何も動かさない決まりです: {'、'.join(read.faults)}。")
    if missing := fonts.missing(read.characters):
        named = "、".join(f"「{character}」（U+{ord(character):04X}）" for character in missing)
        raise NotAPage(f"字形がない文字があります: {named}。別の字に直すか、書体を加えてください。")
    return text.replace(FONTS_GO_HERE, fonts.css(read.characters, read.fixed_width), 1)


# Pages are made by the same templates; a page has some hundred tags that are not alike.
_ALIKE: dict[str, tags.Piece] = {}
MOST_ALIKE = 10_000


class _Tag(NamedTuple):
    """What a start tag says of what stands behind it, and what it would run or fetch."""

    name: str
    ends: frozenset[str]  # the elements that need no end tag before it
    is_void: bool
    is_received: bool
    is_fixed_width: bool
    faults: tuple[str, ...]


class _Reader:
    """Which characters a page shows, and what on it would run or be fetched.

    Attributes:
        faults: What would run or be fetched, each once, in the order in which it stands; of those that differ in numbers alone the first.
    """

    def __init__(self) -> None:
        self.faults: dict[str, None] = {}
        self._open: list[tuple[str, bool]] = [("", False)]  # the page, in which all stands
        self._is_received = False
        self._said: list[str] = []
        self._said_in_fixed_width: list[str] = []

    @property
    def characters(self) -> set[str]:
        """All that it shows."""
        return {*"".join(self._said), *self.fixed_width}

    @property
    def fixed_width(self) -> set[str]:
        """Those of them that are set in the fixed-width face."""
        return set("".join(self._said_in_fixed_width))

    @staticmethod
    def meaning(tag: str, attributes: tags.Attributes) -> _Tag:
        faults = [f"<{tag}>"] if tag in FORBIDDEN_TAGS else []
        for name, value in attributes:
            faults += _faults(tag, name, (value or "").strip())
        said = dict(attributes)
        classes, style = (said.get("class") or "").split(), said.get("style") or ""
        is_fixed_width = tag in FIXED_WIDTH_TAGS or FIXED_WIDTH_CLASS in classes
        is_fixed_width = is_fixed_width or any(family in style for family in FIXED_WIDTH_FAMILIES)
        ends = ENDED_BY.get(tag, frozenset())
        return _Tag(tag, ends, tag in VOID_TAGS, RECEIVED_CLASS in classes, is_fixed_width, tuple(faults))

    def start(self, meaning: _Tag) -> None:
        name, ends, is_void, is_received, is_fixed_width, faults = meaning
        if faults:
            self.faults |= dict.fromkeys(faults)
        opened = self._open
        if ends:
            while opened[-1][0] in ends:
                opened.pop()
        if not is_void:
            self._is_received = is_received
            opened.append((name, is_fixed_width or opened[-1][1]))

    def end(self, tag: str) -> None:
        self._is_received = False
        if self._open[-1][0] == tag:  # as nearly always
            self._open.pop()
        elif any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def text(self, text: str) -> None:
        within, is_fixed_width = self._open[-1]
        if within == "style":
            if _fetches(text) or ("&" in text and _fetches(unescape(text))):  # read so within SVG
                self.faults["<style> url()"] = None
            text = "".join(found[2] for found in STYLE_TEXT.finditer(text))
        if self._is_received and (without := fonts.missing(set(text))):
            text = text.translate(dict.fromkeys(map(ord, without)))
        (self._said_in_fixed_width if is_fixed_width else self._said).append(text)

    def odd(self, written: str) -> None:
        self.faults[written] = None


def _faults(tag: str, name: str, value: str) -> Iterator[str]:
    """What an attribute would run or fetch."""
    # A link fetches nothing until somebody follows it.
    fetches = name in FETCHED and tag != "a" and not value.startswith(("data:", "#"))
    runs = name.startswith("on") or "javascript:" in LEFT_OUT_OF_ADDRESSES.sub("", value).lower()
    if fetches or runs or (tag == "meta" and value.lower() == "refresh"):
        yield f'<{tag} {name}="{value[:40]}">'
    if (name == "style" or "(" in value) and _fetches(value):
        yield f"<{tag} {name}> url()"


def _fetches(style: str) -> bool:
    """Whether a style asks for a file."""
    if "\\" in style:
        style = STYLE_ESCAPE.sub(lambda found: chr(int(found[1], 16) % 0x110000) if found[1] else found[2], style)
    lowered = style.lower()
    may_fetch = any(one in lowered for one in ("url(", "@import", "image-set(", "src("))  # which is far quicker to find
    return may_fetch and bool(STYLE_FETCHES.search(style))
