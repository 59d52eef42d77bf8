"""The back-check: every number on a finished page is a figure (V17, V25)."""

import re
from dataclasses import replace
from fractions import Fraction

import pandas as pd

from helpers import notation
from helpers.check.findings import finding
from helpers.terms import UNITS_IN_YEN, Figure, Figures, Finding, Sentence, Unit

# Words that claim more than figures can show.
FORBIDDEN = ("大幅", "着実", "飛躍", "順調", "倍上回る", "倍上回り")
FORBIDDEN_IN = {
    "ja": FORBIDDEN,
    "en": (
        "dramatic",
        "steady",
        "steadily",
        "leap",
        "smooth",
        "significant",
        "times more",
        "times above",
        "times higher",
    ),
}

# A comma that ends a clause is not part of a number.
_NUMBER = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
_UNIT = {
    "ja": r"億円|百万円|万円|千円|円|倍|%|ポイント|件|方針|部|年(?!度)",
    "en": r" million yen| thousand yen| yen| times|×|%| points| policies| years?| departments?",
}


_AT_LEAST = {"ja": "少なくとも|下限", "en": "at least |lower bound "}


def _token(language: str) -> re.Pattern[str]:
    signs = notation.SIGNS[language]
    about, to, sign = re.escape(signs["ABOUT"]), signs["TO"], f"[{signs['MINUS']}{signs['PLUS']}]"
    return re.compile(
        rf"(?P<least>{_AT_LEAST[language]})?(?P<about>{about})?(?P<sign>{sign})?(?P<low>{_NUMBER})"
        rf"(?:{to}(?P<sign2>{sign})?(?P<high>{_NUMBER}))?(?P<unit>{_UNIT[language]})?"
    )


_TOKENS = {language: _token(language) for language in notation.LANGUAGES}
# The units that yen are written in, and the words that follow an amount written without its sign.
_YEN = dict(UNITS_IN_YEN) | {" million yen": 1_000_000, " thousand yen": 1_000, " yen": 1}
_SHORT = ("不足", "下回る", " short", " below")
_PERCENT, _POINTS = {"%"}, {"ポイント", " points"}
_UNITS_OF = (
    {"件": {Unit.MEASURES, Unit.COUNT}, None: {Unit.MEASURES, Unit.INDEX, Unit.YEN}}
    | {unit: {Unit.MULTIPLIER} for unit in ("倍", " times", "×")}
    | {unit: {Unit.RATE, Unit.SHARE, Unit.MULTIPLIER} for unit in _PERCENT}
    | {unit: {Unit.SHARE, Unit.POINTS} for unit in _POINTS}
    | {unit: {Unit.POLICIES} for unit in ("方針", " policies")}
    | {unit: {Unit.DEPARTMENTS} for unit in ("部", " department", " departments")}
    | {unit: {Unit.YEARS} for unit in ("年", " year", " years")}
    | {unit: {Unit.YEN} for unit in _YEN}
)


def page(sentences: list[Sentence], figures: Figures, *, acknowledged: pd.DataFrame, whose: str = "") -> list[Finding]:
    """Reads the finished sentences again and compares every number with the figures each sentence cites.

    Args:
        sentences: All sentences of the page.
        figures: All figures that it may state.
        acknowledged: Rows of `acknowledged.csv`.
        whose: Whose sentences they are, where a page shows the outcome for sentences of other pages.
    """
    found = [
        _figures_have_sources(sentences, figures, acknowledged),
        _numbers_are_figures(sentences, figures, acknowledged),
    ]
    if not whose:
        return found
    return [
        replace(one, evidence=notation.spoken("{whose}：{evidence}", whose=whose, evidence=one.evidence))
        for one in found
    ]


def _figures_have_sources(sentences: list[Sentence], figures: Figures, acknowledged: pd.DataFrame) -> Finding:
    """V17: every figure that a sentence cites exists, with the rows it was made from."""
    keys = dict.fromkeys(key for sentence in sentences for key in sentence.figures)
    faults = [notation.spoken("指標 {key} がない", key="/".join(key)) for key in keys if key not in figures]
    faults += [
        notation.spoken("指標 {key} に出典の行がない", key="/".join(key))
        for key in keys
        if key in figures and figures[key].is_known and not figures[key].inputs
    ]
    return finding(
        "V17", faults, holds=notation.spoken("{n}の数値に出典と区分がある", n=len(keys)), acknowledged=acknowledged
    )


def _numbers_are_figures(sentences: list[Sentence], figures: Figures, acknowledged: pd.DataFrame) -> Finding:
    """V25: every number in a sentence is one of its figures, rounded as shown, and the sentence holds no forbidden word."""
    faults, seen = [], 0
    for sentence in sentences:
        cited = [figures[key] for key in sentence.figures if key in figures]
        text = _without_names(sentence)
        faults += [
            notation.spoken("「{text}」に使わない言葉「{word}」がある", text=sentence.text, word=word)
            for word in FORBIDDEN_IN[notation.language()]
            if word in text.lower()
        ]
        faults += [
            notation.spoken("「{text}」の「{word}」は名称でなく数", text=sentence.text, word=word)
            for word in sentence.words
            if _TOKENS[notation.language()].fullmatch(word)
        ]
        for token in _TOKENS[notation.language()].finditer(text):
            seen += 1
            if not any(_states(token, figure, text) for figure in cited):
                faults.append(
                    notation.spoken("「{text}」の「{word}」に当たる数値がない", text=sentence.text, word=token[0])
                )
    return finding(
        "V25", faults, holds=notation.spoken("文中の数{n}個がすべて指標と一致", n=seen), acknowledged=acknowledged
    )


def _without_names(sentence: Sentence) -> str:
    """The text without the names in it, longest names first; a name ends where its digits end (方針1 is not in 方針12)."""
    text = sentence.text
    for word in sorted(filter(None, sentence.words), key=len, reverse=True):
        if word not in text:
            continue
        before = r"(?<![0-9])(?<![0-9][.,])" if word[0].isdigit() else ""
        after = r"(?![0-9])(?![.,][0-9])" if word[-1].isdigit() else ""
        is_plain = not before and not after
        text = text.replace(word, "＊") if is_plain else re.sub(before + re.escape(word) + after, "＊", text)
    return text


def _units(written: str | None) -> set[Unit]:
    """The units of figure that this printed unit may stand for; in English a count has no unit."""
    bare = {Unit.COUNT} if written is None and notation.language() != notation.ORIGINAL else set()
    return _UNITS_OF[written] | bare


def _states(token: re.Match[str], figure: Figure, text: str) -> bool:
    """Whether these words are that figure as `notation` shows it."""
    if not figure.is_known or figure.unit not in _units(token["unit"]):
        return False
    scale = Fraction(_YEN.get(token["unit"], 1)) if token["unit"] not in _PERCENT else Fraction(1, 100)
    scale = Fraction(1, 100) if token["unit"] in _POINTS else scale
    if token["unit"] is None and figure.unit is Unit.YEN:
        return figure.exact == 0 and token["low"] == "0"
    places = len(token["low"].partition(".")[2])
    low = _value(token["low"], token["sign"])
    interval = [Fraction(end) / scale for end in figure.interval]
    if not token["sign"] and interval[1] < 0 and text.startswith(_SHORT, token.end()):
        interval = [-interval[1], -interval[0]]
    if token["high"]:
        high = _value(token["high"], token["sign2"])
        return low == notation.floor(interval[0], places) and high == notation.ceil(interval[1], places)
    if token["least"]:
        return low == notation.floor(interval[0], places)
    if token["about"] or interval[0] == interval[1]:
        return all(notation.half_up(end, places) == low for end in interval)
    # A range of yen may be written as the document prints it: 961百万円 for 960,001–961,999 thousand yen.
    return figure.unit is Unit.YEN and interval[0] <= low <= interval[1]


def _value(digits: str, sign: str | None) -> Fraction:
    return Fraction(digits.replace(",", "")) * (-1 if sign == notation.MINUS else 1)
