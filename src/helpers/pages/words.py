"""Words in the language spoken that hold things which are no words alone, such as a link: kept as a list of both, in order."""

import re
from collections.abc import Callable, Iterable

from helpers import notation

# They stand in for such a thing while the language sets its words around it; no document and no catalogue has these letters.
_FIRST_MARK = 0xE000

Shown = object
"""What a template shows: words, a thing with `__html__`, or a list of these."""


def spoken(original: str, /, **given: Shown) -> Shown:
    """A phrase of the catalogue by its Japanese original, as `notation.spoken`; a list where a link is among what is given."""
    return _said(notation.spoken, original, given)


def sentence(key: str, /, **given: Shown) -> Shown:
    """A sentence of the catalogue by its key, as `notation.sentence`; a list where a link is among what is given."""
    return _said(notation.sentence, key, given)


def _said(says: Callable[..., str], key: str, given: dict[str, Shown]) -> Shown:
    things = {name: one for name, one in given.items() if isinstance(one, list | tuple) or hasattr(one, "__html__")}
    if not things:
        return says(key, **given)
    marks = {name: chr(_FIRST_MARK + n) for n, name in enumerate(things)}
    by_mark = {mark: things[name] for name, mark in marks.items()}
    pieces = re.split(f"([{''.join(by_mark)}])", says(key, **(given | marks)))
    return [by_mark.get(one, one) for one in pieces if one]


def apart(pieces: Iterable[Shown], by: str = " ") -> list[Shown]:
    """Pieces one after another, set apart by these words."""
    return [one for piece in pieces for one in (by, piece)][1:]


def several(pieces: Iterable[Shown]) -> list[Shown]:
    """Pieces one after another, as the language sets them apart: 、 or a comma."""
    return apart(pieces, notation.spoken("、"))


def joined(sentences: Iterable[Shown]) -> list[Shown]:
    """Sentences one after another, as the language sets them."""
    return apart(sentences, notation.joined(["", ""]))


def plain(shown: Shown) -> str:
    """The words alone."""
    return "".join(map(plain, shown)) if isinstance(shown, list | tuple) else str(shown)
