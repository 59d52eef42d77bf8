"""The tags and the text of a page, in the order in which they stand.

What is plainly written, as our templates write, is cut into tags and text by one regular expression. A page with anything else is
read by `html.parser`, which says the same of what is plain and takes twice as long.
"""

import re
from collections.abc import Callable, MutableMapping, Sequence
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple, Protocol, TypeVar

Attributes = Sequence[tuple[str, str | None]]

PIECES = re.compile(r"(<[^>]*>)")
NAME, SPACE = "[a-z][a-z0-9:_-]*", "[ \t\r\n\f]"
VALUE = r'="(?:[^"<>&]|&#?[a-z0-9]+;)*"|=[a-z0-9_./:;,#%-]+'
START = re.compile(rf"<({NAME})((?:{SPACE}+{NAME}(?:{VALUE})?)*){SPACE}*(/?)>", re.ASCII | re.IGNORECASE)
ATTRIBUTE = re.compile(rf"({NAME})({VALUE})?", re.ASCII | re.IGNORECASE)
END = re.compile(rf"</({NAME})>", re.ASCII | re.IGNORECASE)
NO_TAG = re.compile(r"<!doctype html>|<!--[^<>]*-->", re.ASCII | re.IGNORECASE)
# Tags that differ in their numbers alone say the same, as the lines and letters of charts do: `<path d="M 1 2">`. Not so where a
# letter may be written as its number (`&#106;`, `\6a`), nor in the name of an element (`<h1>`).
NUMBER = re.compile(r"[0-9]+", re.ASCII)
LONGEST_KEPT = 1_000  # letters; a picture in its address has a hundred thousand
# Where a browser ends a comment, and Python's reader does so in some versions only.
ODD_COMMENT = re.compile(r"<!---?>|--!>")
# The elements in which HTML, or a version of it, knows no tag but their own end.
OF_TEXT = {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp"}
# Those whose text is as it stands, with no `&amp;` in it.
AS_IT_STANDS = {"script", "style"}


class Reader(Protocol):
    """Is told what stands on a page."""

    @staticmethod
    def meaning(tag: str, attributes: Attributes) -> object:
        """What a start tag says wherever it stands; asked once for those that are alike but for their numbers."""

    def start(self, meaning: object) -> None:
        """A start tag."""

    def end(self, tag: str) -> None:
        """An end tag, also one that is the start as well."""

    def text(self, text: str) -> None:
        """Text between two tags."""

    def odd(self, written: str) -> None:
        """What a browser does not take for what it is here: a comment that it ends at once, a style that it does not end."""


_Reader = TypeVar("_Reader", bound=Reader)


class Piece(NamedTuple):
    """What stands between `<` and `>`."""

    tag: str
    is_start: bool
    is_end: bool
    meaning: object = None


class _NotPlain(Exception):  # noqa: N818 — what it is
    """Something is written as only a parser of HTML understands it."""


def read(page: str, make: Callable[[], _Reader], alike: MutableMapping[str, Piece]) -> _Reader:
    """A reader that was told all of a page.

    Args:
        page: HTML.
        make: Makes a reader that was told nothing yet.
        alike: What was found of tags on pages before, by what is alike in them; what is found here is put there, too.
    """
    reader = make()
    try:
        _read_plain(page, reader, alike)
    except _NotPlain:
        reader = make()
        if ODD_COMMENT.search(page):
            reader.odd("<!-->")
        parser = _Parser(reader)
        parser.feed(page)
        parser.close()
    return reader


def _read_plain(page: str, reader: Reader, alike: MutableMapping[str, Piece]) -> None:
    *before, last = PIECES.split(page)
    if "<" in last:  # one that nothing closes
        raise _NotPlain
    known = _Known(reader, alike)
    say, start, end = reader.text, reader.start, reader.end
    within = ""  # the element of text that is open
    for text, written in zip(before[::2], before[1::2], strict=True):
        if text:
            say(unescape(text) if "&" in text and within not in AS_IT_STANDS else text)
        piece = tag, is_start, is_end, meaning = known[written]
        if within or tag in OF_TEXT:
            within = _within_after(piece, within)
        if is_start:
            start(meaning)
        if is_end:
            end(tag)
    if within:
        raise _NotPlain
    if last:
        say(unescape(last) if "&" in last else last)


class _Known(dict[str, Piece]):
    """The pieces of a page, each worked out when it is first asked for."""

    def __init__(self, reader: Reader, alike: MutableMapping[str, Piece]) -> None:
        super().__init__()
        self._reader, self._alike = reader, alike

    def __missing__(self, written: str) -> Piece:
        if (piece := self._alike.get(shape := _shape(written))) is None:
            piece = _piece(written, self._reader)
            if len(shape) < LONGEST_KEPT:
                self._alike[shape] = piece
        self[written] = piece
        return piece


def _shape(written: str) -> str:
    """What all tags share that say the same."""
    name, _, rest = written.partition(" ")
    return written if not rest or "&" in rest or "\\" in rest else f"{name} {NUMBER.sub('0', rest)}"


def _within_after(piece: Piece, within: str) -> str:
    """Which element of text is open after a piece."""
    if not within:
        return piece.tag if piece.is_start and not piece.is_end else ""
    if piece.is_start or piece.tag != within:
        raise _NotPlain
    return ""


def _piece(written: str, reader: Reader) -> Piece:
    if found := END.fullmatch(written):
        return Piece(found[1].lower(), is_start=False, is_end=True)
    if NO_TAG.fullmatch(written):
        return Piece("", is_start=False, is_end=False)
    if not (found := START.fullmatch(written)):
        raise _NotPlain
    tag, attributes = found[1].lower(), []
    if found[3] and tag in AS_IT_STANDS:
        raise _NotPlain
    for name, value in ATTRIBUTE.findall(found[2]):
        said = value[2:-1] if value.startswith('="') else value[1:] if value else None
        attributes.append((name.lower(), unescape(said) if said else said))
    return Piece(tag, is_start=True, is_end=bool(found[3]), meaning=reader.meaning(tag, attributes))


class _Parser(HTMLParser):
    def __init__(self, reader: Reader) -> None:
        super().__init__(convert_charrefs=True)
        self._reader = reader

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 — as it is called
        """Nobody asks in what line a tag stands: counting them took a sixth of the reading."""
        return j

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        self._reader.start(self._reader.meaning(tag, attributes))

    def handle_startendtag(self, tag: str, attributes: Attributes) -> None:
        if tag in AS_IT_STANDS:
            self._reader.odd(f"<{tag}/>")
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._reader.end(tag)

    def handle_data(self, text: str) -> None:
        self._reader.text(text)
