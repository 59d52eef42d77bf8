"""Files that people write in TOML: the one door through which they are read, and the line of each key."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from helpers.terms.refusal import Refusal

Where = tuple[str | int, ...]

# A plan with ten thousand translated names has less.
MOST_BYTES = 1 << 20
# Our files go three deep; what goes on without end would exhaust whoever reads it.
DEEPEST = 10
MOST_DIGITS = 30
LOOK_FOR = "「=」、引用符、かっこが閉じているか、同じ項目が二度ないか"

_STRING = r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
_TOKEN = re.compile(rf"(?P<string>{_STRING})|(?P<comment>#[^\n]*)", re.DOTALL)
_SIGN = re.compile(r"[^\n]")
_BRACKET = re.compile(r"[\[{\]}\n]")
_BARE = re.compile(r"[\w-]+")
_DOTTED = re.compile(rf"(?:k[ \t]*\.[ \t]*){{{DEEPEST}}}")
_LONG_NUMBER = re.compile(rf"(?<![\w-])[+-]?[0-9][0-9_]{{{MOST_DIGITS},}}")
_HEADING = re.compile(r"\s*(\[\[?)(.*?)\]\]?\s*")
_KEY = re.compile(r"\s*([^=\[\]{}]+?)\s*=")


@dataclass(frozen=True)
class Written:
    """A number with a point or an exponent, as it stands in the file: what it is worth is for its contract to say."""

    text: str

    def __str__(self) -> str:
        return self.text


def toml(content: bytes, *, place: str) -> dict:
    """What a TOML file holds, with or without a byte order mark; numbers with a point are `Written`.

    Args:
        content: Its bytes.
        place: How people call it.

    Raises:
        Refusal: It is no TOML, with the line; not in UTF-8; or larger or deeper than any file of ours.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(
            f"{place}: 大きすぎます（{MOST_BYTES // 1024:,} KB まで）。別のファイルでないか確かめてください。"
        )
    try:
        text = _text(content)
    except UnicodeDecodeError:
        raise Refusal(f"{place}: UTF-8 で書かれていません。UTF-8 で保存し直してください。") from None
    bare = _without_words(text)
    if found := _too_deep(bare):
        raise Refusal(f"{place} {found}行: かっこか「.」の入れ子が深すぎます（{DEEPEST}段まで）。書き直してください。")
    if number := _LONG_NUMBER.search(bare):
        line = bare.count("\n", 0, number.start()) + 1
        raise Refusal(f"{place} {line}行: 数の桁が多すぎます（{MOST_DIGITS}桁まで）。書き直してください。")
    try:
        return tomllib.loads(text, parse_float=Written)
    except ValueError as error:
        found = re.search(r"at line ([0-9]+)", str(error))
        line = int(found[1]) if found else max(1, len(text.splitlines()))  # at end of document
        raise Refusal(f"{place} {line}行: TOML として読めません。その行の{LOOK_FOR}を確かめてください。") from None


def lines(content: bytes) -> dict[Where, int]:
    """The line of each heading and key of a TOML file, by its path: `("grades", 1, "code")` of the second [[grades]].

    Args:
        content: Bytes that `toml` has read.
    """
    found: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    heading: Where = ()
    text = _text(content)
    depth = 0
    for number, (line, bare) in enumerate(
        zip(text.split("\n"), _without_words(text).split("\n"), strict=True), start=1
    ):
        if depth == 0 and (head := _HEADING.fullmatch(bare)):
            heading = _placed(_keys(line[slice(*head.span(2))]), counts)
            found.setdefault(heading, number)
            if len(head[1]) > 1:
                counts[heading] = counts.get(heading, 0) + 1
                heading += (counts[heading] - 1,)
            found.setdefault(heading, number)
        elif depth == 0 and (key := _KEY.match(bare)):
            found.setdefault(heading + _keys(line[slice(*key.span(1))]), number)
        depth += sum(bare.count(one) for one in "[{") - sum(bare.count(one) for one in "]}")
    return found


def line_of(where: Where, known: dict[Where, int]) -> int:
    """The line of a path, or of the nearest that holds it; 0 where none does."""
    return next((known[where[:end]] for end in range(len(where), 0, -1) if where[:end] in known), 0)


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig").replace("\r\n", "\n")


@lru_cache(maxsize=32)  # a plan's file is looked at once for its values and once for its lines
def _without_words(text: str) -> str:
    """The text with every string and comment covered, sign by sign, so that brackets and dots in them count for nothing."""

    def covered(token: re.Match[str]) -> str:
        return _SIGN.sub("k" if token["string"] else " ", token[0])

    return _TOKEN.sub(covered, text)


def _too_deep(bare: str) -> int:
    """The first line that opens more brackets, or chains more keys, than any file of ours; 0 where none does."""
    for line, depth in _depths(bare):
        if depth > DEEPEST:
            return line
    keys = _BARE.sub("k", bare)
    found = _DOTTED.search(keys)
    return keys.count("\n", 0, found.start()) + 1 if found else 0


def _depths(bare: str) -> Iterator[tuple[int, int]]:
    depth, line = 0, 1
    for sign in _BRACKET.finditer(bare):
        line += sign[0] == "\n"
        depth += (sign[0] in "[{") - (sign[0] in "]}")
        yield line, depth


def _keys(words: str) -> Where:
    """The parts of a key as TOML reads them."""
    try:
        inner, parts = tomllib.loads(f"{words} = 0"), []
    except ValueError:
        return ()
    while isinstance(inner, dict):
        [(name, inner)] = inner.items()
        parts.append(name)
    return tuple(parts)


def _placed(parts: Where, counts: dict[Where, int]) -> Where:
    """A heading below [[a]] belongs to the latest of them."""
    found: Where = ()
    for position, part in enumerate(parts, start=1):
        found += (part,)
        if found in counts and position < len(parts):
            found += (counts[found] - 1,)
    return found


def to_toml(tables: Mapping[str, Mapping[str, object]]) -> bytes:
    """A TOML file of tables, in the order given; the values under the empty name stand before the first heading."""
    blocks = (
        "\n".join([*([f"[{name}]"] if name else []), *(f"{key} = {_value(value)}" for key, value in table.items())])
        for name, table in tables.items()
    )
    return ("\n\n".join(blocks) + "\n").encode()


def _value(value: object) -> str:
    # Strings, numbers and booleans are written the same in JSON and TOML; only dates differ.
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
