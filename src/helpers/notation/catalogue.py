"""The catalogue of sentences, and the design tokens of a page (colours, fonts, sizes)."""

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from helpers.notation.plural import form
from helpers.notation.speech import LANGUAGES, ORIGINAL
from helpers.notation.speech import language as spoken_now

# The group of short labels and phrases, by their Japanese original; the Japanese catalogue needs none.
LABELS = "labels"


@cache
def _catalogue(language: str) -> dict[str, str]:
    text = files("helpers.notation").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return {f"{group}.{name}": says for group, entries in tomllib.loads(text).items() for name, says in entries.items()}


class _Says(string.Formatter):
    """Fills the places of a sentence; `{n:measure|measures}` is the word that goes with the number in the place `n`."""

    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: object, format_spec: str) -> str:
        return (
            form(str(value), format_spec, self._language)
            if "|" in format_spec
            else super().format_field(value, format_spec)
        )


def filled(says: str, language: str, words: Mapping[str, object]) -> str:
    """An entry of that language's catalogue with its places filled, each word of several forms in that of its number."""
    if "|" not in says:  # no word of several forms: Python's own formatting, which takes a tenth of the time
        return says.format_map(words)
    return _Says(language).vformat(says, (), words)


@cache
def tokens() -> dict[str, dict]:
    """Colours, faces and sizes, by group: for the charts and for the page's stylesheet."""
    return tomllib.loads(files("helpers.notation").joinpath("tokens.toml").read_text(encoding="utf-8"))


def css_tokens() -> str:
    """The tokens as custom properties of a stylesheet: `--colour-ink`, `--size-body` in pt, `--page-width` in mm."""
    units = {"size": "pt", "page": "mm"}
    lines = [
        f"--{group}-{name.replace('_', '-')}: "
        + (f'"{value}"' if group == "face" else f"{value}{units.get(group, '')}")
        + ";"
        for group, values in tokens().items()
        for name, value in values.items()
        if group != "hatch"
    ]
    return ":root { " + " ".join(lines) + " }"


def stylesheet() -> str:
    """The page's stylesheet with its tokens; pages in other languages have a few more rules."""
    return _stylesheet(spoken_now())


@cache
def _stylesheet(language: str) -> str:
    here = files("helpers.notation")
    of = ["page.css"] if language == ORIGINAL else ["page.css", f"page.{language}.css"]
    rules = "\n".join(here.joinpath(name).read_text(encoding="utf-8") for name in of)
    return f"{css_tokens()}\n{rules}"


def prepare() -> None:
    """Read the catalogues and tokens, which the first sentence and the first chart would else wait for."""
    for language in LANGUAGES:
        _catalogue(language)
        _stylesheet_in_lab(language)
    tokens()


def stylesheet_in_lab() -> str:
    """The same, for the outputs of a notebook alone: nothing of JupyterLab itself is restyled."""
    return _stylesheet_in_lab(spoken_now())


@cache
def _stylesheet_in_lab(language: str) -> str:
    rules = _stylesheet(language).removeprefix(css_tokens())
    rules = re.sub(r"@page\b[^{]*\{(?:[^{}]|\{[^{}]*\})*\}", "", rules)
    return f"{css_tokens()}\n.jp-RenderedHTMLCommon {{\n{rules}\n}}"


def sentence(key: str, /, *, language: str | None = None, **words: str) -> str:
    """The sentence of that key with its places filled.

    Args:
        key: `group.name` in the catalogue.
        language: One of `LANGUAGES`; the one spoken where none is named.
        words: What fills each `{place}`, ready to be read.

    Raises:
        KeyError: No such sentence, or a place left empty.
    """
    language = language or spoken_now()
    return filled(_catalogue(language)[key], language, words)


def spoken(original: str, /, **words: object) -> str:
    """A label or a short phrase in the language spoken, found by its Japanese original.

    Args:
        original: As it reads in Japanese.
        words: What fills each `{place}`, ready to be read.

    Raises:
        KeyError: The catalogue of that language does not have it; a page never falls back to Japanese silently.
    """
    language = spoken_now()
    says = original if language == ORIGINAL else _catalogue(language)[f"{LABELS}.{original}"]
    return filled(says, language, words)


def words(group: str, /, *, language: str | None = None) -> dict[str, str]:
    """All entries of a group of the catalogue, in its order: headings of columns, names of sheets."""
    return {
        key.removeprefix(f"{group}."): says
        for key, says in _catalogue(language or spoken_now()).items()
        if key.startswith(f"{group}.")
    }
