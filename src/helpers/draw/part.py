"""A part of a page: what a cell displays, in JupyterLab and on the page alike."""

from dataclasses import dataclass
from html import escape

from helpers import notation


@dataclass(frozen=True)
class Part:
    """HTML of one part of a page, with a plain line for where HTML cannot go."""

    html: str
    text: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/html": self.html, "text/plain": self.text or "（HTML）"}


def tag(name: str, content: str = "", /, **attributes: str) -> str:
    """An element; attributes are escaped, the content is taken as HTML. `cls` is `class`, `_` in names is `-`."""
    names = {"cls": "class"}
    written = "".join(
        f' {names.get(key, key.replace("_", "-"))}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{written}>{content}</{name}>"


def text(words: object) -> str:
    """Words as HTML text: markup and entities in them are shown, never obeyed.

    On a page in another language a name or a quotation in Japanese is marked as such.
    """
    return notation.marked(str(words))
