"""The faces a page is set in, cut down to the characters that stand on it."""

import base64
import io
import unicodedata
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache, partial
from importlib.resources import as_file, files
from types import SimpleNamespace
from typing import NamedTuple

import uharfbuzz as harfbuzz
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
LICENCE = (13, 14)  # among the names of a face; it travels with it, as the copyright does
# fontTools always asks for 11, which takes a hundred times as long and leaves 5 % less; it has no option for it.
BROTLI_QUALITY = 5
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
    """Read the faces, which the first page would else wait for."""
    _shown()
    for face in FACES:
        _subset(face.file, ())


def missing(characters: AbstractSet[str]) -> list[str]:
    """Characters that none of the faces can show, in order."""
    return [chr(point) for point in sorted(_points(characters - _shown()))]


def _points(characters: AbstractSet[str]) -> set[int]:
    return {
        ord(character)
        for character in characters
        if unicodedata.category(character) not in INVISIBLE and not _chooses_a_variant(character)
    }


def _chooses_a_variant(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


@cache
def _shown() -> frozenset[str]:
    """What some face has, or the reader's own."""
    return LEFT_TO_THE_READER.union(*(map(chr, _covered(face.file)) for face in FACES))


@cache
def _covered(file: str) -> frozenset[int]:
    return frozenset(_face(file).unicodes)


@cache
def _face(file: str) -> harfbuzz.Face:
    # Not read: the system shares the file among all processes.
    with as_file(files("helpers").joinpath("fonts", file)) as path:
        return harfbuzz.Face(harfbuzz.Blob.from_file_path(path))


@lru_cache(maxsize=32)
def _subset(file: str, points: tuple[int, ...]) -> bytes:
    wanted = harfbuzz.SubsetInput()
    wanted.flags = harfbuzz.SubsetFlags.NO_HINTING
    wanted.unicode_set.update((0x20, *points))  # a space is always needed
    wanted.name_id_set.update(LICENCE)
    wanted.drop_table_tag_set.update(int.from_bytes(table.encode(), "big") for table in DROPPED)
    return _packed(harfbuzz.subset(_face(file), wanted).blob.data)


def _packed(face: bytes) -> bytes:
    """As WOFF 2, with the outlines as they are: what the format could win by taking them apart takes ten times as long."""
    with TTFont(io.BytesIO(face), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        font.flavor, font.flavorData = "woff2", woff2.WOFF2FlavorData(transformedTables=())
        written = io.BytesIO()
        font.save(written)
    return written.getvalue()
