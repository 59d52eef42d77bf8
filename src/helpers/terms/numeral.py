"""Numbers below 100, and years, in figures or in kanji: 26, 二十六, 二六, 二〇二四."""

import re

DIGITS = "〇零○一二三四五六七八九"
_ONE = "[一二三四五六七八九]"
# 二十六 and 二六, never the beginning of a longer number.
NUMERAL = rf"(?:{_ONE}?十{_ONE}?|{_ONE}[{DIGITS}]|{_ONE})(?![{DIGITS}十百千])"
_VALUE = {**{digit: str(n) for n, digit in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0"}
_ORDINAL = re.compile(rf"(?<=第)({NUMERAL})(?=次)")


def numeral(words: str) -> int:
    """The number that figures or kanji are: 06 → 6, 二十六 → 26, 十 → 10, 二〇二四 → 2024."""
    tens, ten, ones = words.partition("十")
    if not ten:
        return int("".join(_VALUE.get(digit, digit) for digit in words))
    return 10 * (numeral(tens) if tens else 1) + (numeral(ones) if ones else 0)


def plain_ordinals(text: str) -> str:
    """A text with the ordinals of plans in figures: 第六次 → 第6次."""
    return _ORDINAL.sub(lambda found: str(numeral(found[1])), text)
