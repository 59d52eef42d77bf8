"""An executed notebook → one self-contained HTML page, by nbconvert and our own template."""

import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import default

from helpers import notation
from helpers.render import fonts

TEMPLATES = Path(__file__).parent / "template"
TEMPLATE = "gyokaku"
# The first that an output has is shown.
RICHEST_FIRST = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain")

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
STYLE_FETCHES = re.compile(r"@import|url\(\s*[\"']?(?!data:|#)", re.IGNORECASE)
STYLE_TEXT = re.compile(r"content\s*:\s*([\"'])(.*?)\1")


class NotAPage(Exception):  # noqa: N818 — as `Failed`
    """The page would lack something, or ask for something."""


class PageExporter(HTMLExporter):
    """nbconvert's exporter with our template: the page is what the template wrote."""

    exclude_anchor_links = True

    @default("template_name")
    def _template_name_default(self) -> str:
        return TEMPLATE

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self) -> list[str]:
        return [str(TEMPLATES)]

    @default("template_data_paths")
    def _no_templates_of_the_user(self) -> list[str]:
        return []

    def default_filters(self) -> object:
        """nbconvert's filters and those that our template needs."""
        yield from super().default_filters()
        yield "richest", richest
        yield "inline_svg", _inline_svg
        yield "for_page", _for_page
        yield "spoken", _spoken

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **options: object
    ) -> tuple[str, dict]:
        """The page. HTMLExporter would have BeautifulSoup write it again, with the names of SVG in lower case."""
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **options)

    def _preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """As it is: a canonical notebook needs none of nbconvert's steps, after each of which it is copied or validated."""
        return nb, resources


def html(notebook: NotebookNode, *, page: Mapping[str, object]) -> str:
    """The page, with nothing to fetch, every character shown and every output present.

    Args:
        notebook: Executed and canonical.
        page: `title`, `language`, `plan`, `fiscal_year`.

    Raises:
        NotAPage: An output cannot be shown, a character has no glyph, or something would run or be fetched.
    """
    with notation.speaking(str(page["language"])):
        # Said here: the template is compiled once, with its fixed words in the language of the first page.
        words = {"css": notation.stylesheet(), "fonts_css": FONTS_GO_HERE, "skip": notation.spoken("本文へ")}
        resources = {"page": {**page, **words}}
        text, _ = _exporter().from_notebook_node(notebook, resources)
    return self_contained(text)


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


def prepare() -> None:
    """Read and compile the template, which the first page would else wait for."""
    _exporter().template  # noqa: B018 — it is made when it is asked for


@cache
def _exporter() -> PageExporter:
    """One for all pages of a process: its templates are compiled once."""
    return PageExporter()


def richest(output: NotebookNode) -> str:
    """The form in which an output is shown.

    Raises:
        NotAPage: It has none that a page can show.
    """
    for kind in RICHEST_FIRST:
        if kind in output["data"]:
            return kind
    raise NotAPage(f"出力をページに表せません（{'、'.join(output['data'])}）。")


def _for_page(content: str) -> str:
    """Without the stylesheet that an output carries for JupyterLab: the page has it in its head."""
    return re.sub(r'<style class="in-lab">.*?</style>', "", content, flags=re.DOTALL)


def _spoken(words: str) -> str:
    """What stands in the notebook itself, in the page's language.

    Raises:
        NotAPage: The catalogue of that language has it not.
    """
    if notation.language() == notation.ORIGINAL:
        return words
    try:
        return notation.spoken(words)
    except KeyError:
        raise NotAPage(f"「{words[:40]}」の訳が目録（{notation.language()}.toml）にありません。") from None


def _inline_svg(svg: str) -> str:
    return re.sub(r"^\s*(<\?xml.*?\?>|<!DOCTYPE.*?>|\s)*", "", svg, flags=re.DOTALL)


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

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN_TAGS:
            self.read.faults.append(f"<{tag}>")
        for name, value in attributes:
            self._look_at(tag, name, (value or "").strip())
        if tag in ENDED_BY:
            self._end_of(tag)
        if tag not in VOID_TAGS:
            said = {name: value or "" for name, value in attributes}
            self._is_received = RECEIVED_CLASS in said.get("class", "").split()
            in_chart = any(family in said.get("style", "") for family in FIXED_WIDTH_FAMILIES)
            fixed = tag in FIXED_WIDTH_TAGS or FIXED_WIDTH_CLASS in said.get("class", "").split() or in_chart
            self._open.append((tag, fixed or self._is_fixed_width))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._is_received = False
        while any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def _end_of(self, tag: str) -> None:
        """Cells and lines of a table end where the next begins: their end tags may be left out."""
        while self._open and self._open[-1][0] in ENDED_BY[tag]:
            self._open.pop()

    def handle_data(self, text: str) -> None:
        if self._open and self._open[-1][0] == "style":
            if STYLE_FETCHES.search(text):
                self.read.faults.append("<style> url()")
            text = "".join(found[2] for found in STYLE_TEXT.finditer(text))
        letters = set(text) - set(fonts.missing(set(text)) if self._is_received else ())
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
