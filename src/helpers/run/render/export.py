"""An executed notebook → one self-contained HTML page, by nbconvert and our own template."""

import re
from collections.abc import Mapping
from functools import cache

from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import default

from helpers import notation
from helpers.run.render.embedded import FONTS_GO_HERE, TEMPLATE, TEMPLATES, self_contained
from helpers.run.render.faults import NotAPage

# The first that an output has is shown.
RICHEST_FIRST = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain")


class _AsItIs(NotebookNode):
    """A notebook that nobody changes: nbconvert would copy all of it first."""

    def __deepcopy__(self, _memo: dict) -> NotebookNode:
        return self


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
        text, _ = _exporter().from_notebook_node(_AsItIs(notebook), resources)
    return self_contained(text)


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
