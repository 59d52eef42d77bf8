"""A summary as a page of its own: no script, nothing from the network, prints on A4; the same words as the text."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers import notation
from helpers.forms.parts import Summary

_ROOM = files("helpers.forms").joinpath("templates")


def html(summary: Summary) -> str:
    """The summary as a page."""
    return (
        _environment()
        .get_template("summary.html.j2")
        .render(
            summary=summary,
            parts=[(type(part).__name__.lower(), part) for part in summary.parts],
            css=f"{notation.css_tokens()}\n{_ROOM.joinpath('summary.css').read_text(encoding='utf-8')}",
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(str(_ROOM)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
