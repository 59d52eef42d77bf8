"""A part of a page: what a cell displays, in JupyterLab and on the page alike."""

import re
from dataclasses import dataclass
from html import escape

from helpers import notation

# A run of Japanese letters, with the digits and signs that stand among them.
_JAPANESE = re.compile(
    r"[\u3005-\u30ff\u3400-\u9fff\uff08-\uff5e](?:[\w\u3000-\u30ff\uff00-\uffef()（）/ .・]*[\u3001-\u30ff\u3400-\u9fff\uff08-\uff5e])?"
)


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


def is_japanese(words: str) -> bool:
    """Whether there are Japanese letters among them."""
    return _JAPANESE.search(words) is not None


def text(words: object) -> str:
    """Words as HTML text: markup and entities in them are shown, never obeyed.

    On a page in another language a name or a quotation in Japanese is marked as such.
    """
    said = escape(str(words))
    if notation.language() == notation.ORIGINAL:
        return said
    return _JAPANESE.sub(lambda found: f'<span lang="ja">{found[0]}</span>', said)
