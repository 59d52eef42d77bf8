"""The faces a page is set in, cut down to the characters that stand on it."""

import base64
import io
import unicodedata
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache, partial
from importlib.resources import files
from types import SimpleNamespace
from typing import NamedTuple

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, woff2


class Face(NamedTuple):
    """A font file and the name and weight that a stylesheet knows it by."""

    file: str
    family: str
    weight: int
    is_fixed_width: bool = False


FACES = (
    Face("BIZUDPGothic-Regular.ttf", "BIZ UDPGothic", 400),
    Face("BIZUDPGothic-Bold.ttf", "BIZ UDPGothic", 700),
    Face("BIZUDGothic-Regular.ttf", "BIZ UDGothic", 400, is_fixed_width=True),
)
# What stands in columns of figures, in whatever element.
FIGURES = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("△▲＋−–—〜～±×÷＝・、。（）％‰約倍億万千百円件点年度")
# In no face of ours; the document quotes it, and the reader's own font shows it.
LEFT_TO_THE_READER = frozenset("➤")
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
DROPPED = ("meta", "GSUB", "vhea", "vmtx")  # a page is set horizontally, without alternates
# fontTools always asks for 11, which takes ten times as long and leaves 2 % less; it has no option for it.
BROTLI_QUALITY = 9
woff2.brotli = SimpleNamespace(
    **vars(woff2.brotli) | {"compress": partial(woff2.brotli.compress, quality=BROTLI_QUALITY)}
)


def css(characters: AbstractSet[str], fixed_width: AbstractSet[str]) -> str:
    """`@font-face` rules with the faces embedded.

    Args:
        characters: All that stand on the page.
        fixed_width: Those that stand in elements set in the fixed-width face; figures are in it anyhow.
    """
    rules = []
    for face in FACES:
        wanted = (characters & FIGURES) | fixed_width if face.is_fixed_width else characters
        if present := _points(wanted) & _covered(face.file):
            data = base64.b64encode(_subset(face.file, tuple(sorted(present)))).decode()
            rules.append(
                f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};'
                f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
            )
    return "\n".join(rules)


def prepare() -> None:
    """Read the faces' character maps, which the first page would else wait for."""
    for face in FACES:
        _covered(face.file)
        _glyphs(face.file)
    _covered_by_any()


def missing(characters: AbstractSet[str]) -> list[str]:
    """Characters that none of the faces can show, in order."""
    return [
        chr(point) for point in sorted(_points(characters) - _covered_by_any()) if chr(point) not in LEFT_TO_THE_READER
    ]


def _points(characters: AbstractSet[str]) -> set[int]:
    return {
        ord(character)
        for character in characters
        if unicodedata.category(character) not in INVISIBLE and not _chooses_a_variant(character)
    }


def _chooses_a_variant(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


@cache
def _covered_by_any() -> frozenset[int]:
    return frozenset().union(*(_covered(face.file) for face in FACES))


@cache
def _covered(file: str) -> frozenset[int]:
    with TTFont(_opened(file), lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _glyphs(file: str) -> tuple[str, ...]:
    """Their names, which fontTools makes up from the whole character map whenever it opens the file."""
    with TTFont(_opened(file), lazy=True) as font:
        return tuple(font.getGlyphOrder())


@lru_cache(maxsize=32)
def _subset(file: str, points: tuple[int, ...]) -> bytes:
    options = Options(hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])  # copyright and licence travel with it
    options.flavor = "woff2"
    with TTFont(_opened(file), lazy=True, recalcTimestamp=False) as font:
        font.setGlyphOrder(list(_glyphs(file)))
        for table in DROPPED:  # before the subsetter looks into them
            if table in font:
                del font[table]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=(0x20, *points))  # a space is always needed
        subsetter.subset(font)
        font.flavor = options.flavor
        written = io.BytesIO()
        font.save(written)
    return written.getvalue()


def _opened(file: str) -> io.BytesIO:
    return io.BytesIO(files("helpers").joinpath("fonts", file).read_bytes())
