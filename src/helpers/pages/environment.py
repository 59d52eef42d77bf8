"""The templates of the pages: where they lie, how what they show becomes HTML, and that each is compiled once.

What a template shows is escaped as it is shown, whatever it is; on a page in another language a name or a quotation in Japanese
is marked as such. An attribute takes words as they are, `{{ name | e }}`. A line break in a template, with the blanks around it,
is there for its reader alone.
"""

import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token
from markupsafe import Markup, escape

from helpers import notation
from helpers.pages import words

TEMPLATES = Path(__file__).parent / "templates"
# A room that has templates of its own names them by their place in the package.
PACKAGE = TEMPLATES.parent.parent
COMPILED = Path(cache_from_source(__file__)).parent
MACROS = "macros.html.j2"
_BREAK = re.compile(r"[ \t]*\n[ \t\n]*")


class _Unbroken(Extension):
    def filter_stream(self, stream: Iterable[Token]) -> Iterable[Token]:
        for token in stream:
            is_html = token.type == "data"
            yield Token(token.lineno, token.type, _BREAK.sub("", token.value)) if is_html else token


def html(value: object) -> Markup:
    """What a template makes of what it shows: words, things that know how they are written, and lists of both."""
    if type(value) is str:
        return _words(value, notation.language())
    if isinstance(value, Markup):
        return value
    if isinstance(value, (list, tuple)):
        return _together(map(html, value))
    if hasattr(value, "__html__"):
        return escape(value)
    return _words(str(value), notation.language())


@lru_cache(maxsize=4096, typed=True)  # a page says the same again and again; what is HTML equals words that are not
def _words(words: str, language: str) -> Markup:  # noqa: ARG001 — it decides what is marked
    runs = notation.in_runs(words)
    if len(runs) == 1:
        return escape(runs[0][0])
    return _together(macro("japanese")(run) if is_marked else escape(run) for run, is_marked in runs)


def _together(written: Iterable[Markup]) -> Markup:
    return Markup("".join(written))  # noqa: S704 — each is escaped


class _Compiled(FileSystemBytecodeCache):
    """What jinja made of the templates, beside what Python made of the modules and kept under the same rules."""

    def __init__(self) -> None:
        # Another jinja, or another extension of ours, makes other code of the same template.
        made_by = sha256(f"{jinja2.__version__}\n{Path(__file__).read_text(encoding='utf-8')}".encode()).hexdigest()
        super().__init__(str(COMPILED), f"%s.{sys.implementation.cache_tag}-{made_by[:16]}.template")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 — a damaged file may hold anything; it is written again
            bucket.reset()
        if not isinstance(bucket.code, CodeType):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):  # nowhere to write: each process compiles for itself
                COMPILED.mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)


@cache
def environment() -> Environment:
    """The one environment of a process: each template is read and compiled when it is first asked for, and kept."""
    made = Environment(
        loader=FileSystemLoader([TEMPLATES, PACKAGE]),
        extensions=[_Unbroken],
        autoescape=True,
        finalize=html,
        undefined=StrictUndefined,
        auto_reload=False,
        bytecode_cache=_Compiled(),
    )
    made.globals |= {"notation": notation, "spoken": words.spoken, "sentence": words.sentence}
    made.filters |= {"apart": words.apart, "joined": words.joined}
    return made


def rendered(template: str, /, **context: object) -> Markup:
    """A template with what it is given: `brief/headline` is templates/brief/headline.html.j2."""
    return Markup(environment().get_template(f"{template}.html.j2").render(**context))  # noqa: S704 — escaped in it


@cache
def macro(name: str, template: str = MACROS) -> object:
    """A macro as a function."""
    return getattr(environment().get_template(template).module, name)


def prepare() -> None:
    """Compile all templates of the pages, which the first page would else wait for."""
    for path in sorted(TEMPLATES.rglob("*.j2")):
        environment().get_template(path.relative_to(TEMPLATES).as_posix())
