"""Words that come from outside: how bytes become words, which characters they may hold, how a refusal quotes them."""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Control, invisible, private, half a character, line ends of a third kind.
NO_TEXT = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WITHOUT_BOM = ("utf-8", "cp932")
# As many letters help to find a place; the line is told beside them.
MOST_QUOTED = 40
# Who has mended as many faults of one file starts it anew.
MOST_FAULTS = 20
_BREAK = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_LARGEST_BITS = 100  # of a number that is quoted: 30 digits


def decoded(content: bytes) -> tuple[str, str] | None:
    """The encoding and the words of bytes: UTF-8, UTF-16 with its mark, or CP932; None where they are none of these."""
    marked = [encoding for mark, encoding in BOMS.items() if content.startswith(mark)]
    for encoding in marked or WITHOUT_BOM:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return encoding, text
    return None


def strange(words: str, *, but: str = "") -> set[str]:
    """The characters that no text of ours may hold, save those in `but`: they are not seen, turn the writing round, or break a page."""
    return {one for one in set(words) - set(but) if _is_strange(one)}


def code_points(characters: Iterable[str]) -> str:
    """Characters that cannot be shown, by their numbers: U+0000、U+202E."""
    return "、".join(f"U+{ord(one):04X}" for one in sorted(characters))


def quoted(words: object) -> str:
    """Foreign words as a refusal quotes them: on one line, cut to what helps, without what would move a terminal's cursor."""
    if isinstance(words, bool):
        return str(words).lower()
    if isinstance(words, dict | list):  # however deep it goes
        return "{…}" if isinstance(words, dict) else "[…]"
    if isinstance(words, int) and words.bit_length() > _LARGEST_BITS:
        return "桁の多すぎる数"
    line = _BREAK.sub(" ", str(words))
    shown = line[:MOST_QUOTED] + ("…" if len(line) > MOST_QUOTED else "")
    return "".join(f"<U+{ord(one):04X}>" if strange(one, but="\t") else one for one in shown)


def told_first(faults: Iterable[str], *, most: int = MOST_FAULTS) -> list[str]:
    """The first faults of a file, each once, and how many more there are."""
    told = list(dict.fromkeys(faults))
    more = len(told) - most
    return [*told[:most], f"ほか {more} 件あります。上から直して、もう一度実行してください。"] if more > 0 else told


@lru_cache(maxsize=10_000)  # each character of each cell is asked for
def _is_strange(one: str) -> bool:
    """Also code points that never stand for a character and that no XML holds; those of a later Unicode are not among them."""
    is_no_character = ord(one) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(one) <= 0xFDEF  # noqa: PLR2004 — as Unicode has them
    return is_no_character or unicodedata.category(one) in NO_TEXT
