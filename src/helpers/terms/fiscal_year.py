"""The fiscal year (年度): 2024 ↔ 令和6年度 ↔ R6, from 1 April to 31 March; and every spelling in which a text names one."""

import re
import unicodedata
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from helpers.terms.numeral import DIGITS, NUMERAL, numeral
from helpers.terms.refusal import Refusal
from helpers.terms.words import quoted

# First western year of each era. On paper, labels continue past the end of an era (平成34年度 is FY2022), so a label is read by arithmetic.
ERAS = {"明治": ("M", 1868), "大正": ("T", 1912), "昭和": ("S", 1926), "平成": ("H", 1989), "令和": ("R", 2019)}
FIRST_MONTH = 4
# The year's results are expected in this month of the year after: what pages say of years. `run.toml` may name another for what is late.
MONTH_OF_RESULTS = 8

_ERA_START = {key: start for name, (letter, start) in ERAS.items() for key in (name, letter)} | {
    "令": ERAS["令和"][1],
    "平": ERAS["平成"][1],
    "r": ERAS["令和"][1],
    "h": ERAS["平成"][1],
    "reiwa": ERAS["令和"][1],
    "heisei": ERAS["平成"][1],
    "showa": ERAS["昭和"][1],
}
_TO = "[~〜～∼‐‑–—－-]"
_BRACKETS = r"[\s()〔〕\[\]/・年度]*"
# A number of an era: 6, 06, 元, 六, 二十六, 二六; never 0. Figures that are set apart (1 0) are one number before 年 only.
_N = rf"(?:[1-9]\s[0-9](?=\s*年)|0?[1-9](?![0-9])|[1-9][0-9](?![0-9])|元|{NUMERAL})"
_MONTH_NUMBER = rf"(?:[0-9]{{1,2}}|{NUMERAL})"
# 令和7年8月, 令和7(2025)年8月: a day of the calendar, and no fiscal year.
_NO_DATE = rf"(?!\s*年?\s*(?:\([^()]*\)|\))?\s*年?\s*{_MONTH_NUMBER}\s*月)"
_YEAR_WORD = r"(?:\s*年\s*度?|\s*度)"
_COUNTERS = "年|件|次|号|番|丁目|つ|個|人|名|円|千|百|万|億|%|項目|割|倍|回|か所|箇所|ヶ所|世帯|ページ|頁|行|点|施設|棟|台|月|日|分"
# Without 年 behind it a number is a year's where nothing makes it a number of something else.
_BARE = rf"(?![0-9A-Za-z]|[.,][0-9]|/[0-9]{{1,2}}(?![0-9])|\s*(?:{_COUNTERS}))"
_BARE_KANJI = r"(?<=[元一二三四五六七八九十〇零])(?![一-龥々ヶ])"  # 令和一丁目, 令和元気会
_TAIL = rf"{_NO_DATE}(?:{_YEAR_WORD}|(?<=[0-9]){_BARE}|{_BARE_KANJI})"
_LATIN = "[Rr]eiwa|REIWA|[Hh]eisei|HEISEI|[Ss]howa|SHOWA"
_ERA_NAME = "|".join(r"\s*".join(name) for name in ERAS)
_IN_ERA = (
    rf"(?:(?P<era>{_ERA_NAME})\s*|(?P<short>(?<![一-龥])[令平](?=[^年]{{1,4}}年)|(?<![A-Za-z0-9])(?:[MTSHRrh]|{_LATIN})\s*\.?\s*))"
    rf"(?P<n>{_N})"
)
_FOUR = rf"[12][0-9]{{3}}(?![0-9])|[12](?:\s[0-9]){{3}}(?=\s*年)|[一二][{DIGITS}]{{3}}(?=\s*年|\))"
_NAMED = re.compile(
    rf"{_IN_ERA}{_TAIL}(?:(?P<to>\s*{_TO}\s*)(?P<then>{_N}){_TAIL})?"
    rf"|FY\s*\.?\s*'?\s*(?P<fy>[12][0-9]{{3}}|[0-9]{{2}})(?![0-9]){_NO_DATE}{_YEAR_WORD}?"
    rf"|(?<![0-9第])(?<![0-9][.,])(?P<western>{_FOUR}){_NO_DATE}(?:{_YEAR_WORD}|(?<=[{DIGITS}])(?=\)))"
    rf"|(?<![0-9第])(?<![0-9][.,])(?P<bare>(?:1[89]|2[01])[0-9]{{2}}){_NO_DATE}{_BARE}(?!-[0-9]{{1,2}}(?![0-9]))"
)
_OPENS_PERIOD = re.compile(rf"\s*(?:[0-9]{{1,2}}\s*日)?\s*(?:{_TO}|から)")
_CLOSES_PERIOD = re.compile(rf"(?:{_TO}|から)\s*$")
_ONE = rf"(?:(?:{_ERA_NAME}|(?<![A-Za-z0-9])(?:[MTSHRrh]\.?|{_LATIN}))\s*{_N}|{_FOUR})"
_MONTH = re.compile(
    rf"(?P<year>{_ONE}(?:\s*年?\s*\(\s*{_ONE}\s*年?\s*\))?)\s*"
    rf"(?:(?:年|(?<=年\)))\s*(?P<month>{_MONTH_NUMBER})\s*月|[./-]\s*(?P<number>[0-9]{{1,2}})(?![0-9]))"
)


class NamedYear(NamedTuple):
    """A fiscal year that a text names, and where: `text[start:stop]` are its words."""

    year: int
    start: int
    stop: int


def years_named(text: str) -> list[NamedYear]:
    """Every fiscal year that a text names, in whatever spelling, from left to right.

    令和6年度, 令和六年度, 令和元年, 平成二十六年度, R6, Ｒ．６, 2024年度, FY2024, 二〇二四年度; each half of 令和6(2024)年度
    and of 令和5〜9年度. A date (令和7年8月) is no fiscal year, and a number of something (2024件, 第6次, 6年度目) is none.
    """
    plain, at = "", []
    for position, character in enumerate(text):
        is_enclosed = unicodedata.decomposition(character).startswith(
            ("<circle>", "<compat> 0028")
        )  # ①, ⑴: no figure of a year
        folded = " " if is_enclosed else unicodedata.normalize("NFKC", character)
        plain += folded
        at += [position] * len(folded)
    at.append(len(text))
    return [NamedYear(year, at[start], at[stop - 1] + 1) for year, start, stop in _found(plain)]


def _found(plain: str) -> list[tuple[int, int, int]]:
    found = []
    for hit in _NAMED.finditer(plain):
        if hit["n"]:
            era = "".join((hit["era"] or hit["short"]).split()).strip(".")
            start = _ERA_START[era if era in _ERA_START else era.lower()]
            found.append((start + _number(hit["n"]) - 1, hit.start(), hit.start("to") if hit["to"] else hit.end()))
            if hit["then"]:
                found.append((start + _number(hit["then"]) - 1, hit.start("then"), hit.end()))
        else:
            words = hit["western"] or hit["bare"] or f"20{hit['fy']}"[-4:]  # FY24
            found.append((_number(words), hit.start(), hit.end()))
    return found


def _number(words: str) -> int:
    plain = "".join(words.split())
    return 1 if plain == "元" else numeral(plain)


def fiscal_year(text: str) -> int:
    """The fiscal year that a label names, as the western year in which it begins.

    Args:
        text: 令和6年度, 令和元年度, R6, H31, 平成34年度, 2024年度, 令和6(2024)年度 or 2024, as `years_named` reads them.

    Returns:
        The western year of its 1 April: 令和6年度 → 2024.

    Raises:
        Refusal: The text is no fiscal year, or names two.
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    named = years_named(plain)
    if len({one.year for one in named}) != 1 or not re.fullmatch(_BRACKETS, without_years(plain)):
        raise Refusal(f"「{quoted(text)}」は年度として読めません。令和6年度、R6、2024 のように書いてください。")
    return named[0].year


def without_years(text: str) -> str:
    """The text without the words that name a fiscal year."""
    for one in reversed(years_named(text)):
        text = text[: one.start] + text[one.stop :]
    return text


def periods_named(text: str) -> list[tuple[NamedYear, NamedYear]]:
    """Every period of fiscal years that a text names, as its first and last year: 令和4年度～令和8年度, 2022-2026, 令和4年度から令和8年度まで."""
    return [(run[0], run[-1]) for run in _periods(text)]


def years_alone(text: str) -> list[NamedYear]:
    """The fiscal years that a text names, but for those that begin or end a period: what it says of one year's results."""
    of_periods = {one for run in _periods(text) for one in run}
    plain = [one for one in years_named(text) if one not in of_periods]
    return [one for one in plain if not _is_an_end(text[one.stop :]) and not _is_of_a_name(text, one)]


def _is_an_end(following: str) -> bool:
    """Whether a year is where something begins or ends: 令和7年度までの5か年計画, 令和3年度からの取組."""
    return bool(re.match(r"\s*(?:末|中)?\s*(?:まで|から|以降|より)", following))


def _is_of_a_name(text: str, named: NamedYear) -> bool:
    """Whether a bare number is a part of a plan's name: 経営改革プラン2020."""
    is_bare = bool(re.fullmatch(r"\s*[0-9０-９]{4}\s*", text[named.start : named.stop]))
    return is_bare and bool(re.search("(?:プラン|計画|大綱|ビジョン|プログラム)$", text[: named.start]))


def _periods(text: str) -> list[list[NamedYear]]:
    """The years of each period; a year written in two ways, 令和4(2022)年度, stands twice in it."""
    found: list[list[NamedYear]] = []
    named = years_named(text)
    runs = [[named[0]]] if named else []
    for before, after in pairwise(named):
        between = unicodedata.normalize("NFKC", text[before.stop : after.start])
        if before.year == after.year and re.fullmatch(_BRACKETS, between):
            runs[-1].append(after)
        else:
            runs.append([after])
    for first, last in pairwise(runs):
        between = unicodedata.normalize("NFKC", text[first[-1].stop : last[0].start])
        is_period = first[0].year < last[0].year and re.fullmatch(rf"{_BRACKETS}(?:{_TO}|から){_BRACKETS}", between)
        if is_period and not (found and found[-1][-1] == first[-1]):
            found.append([*first, *last])
    return found


def fiscal_years(text: str) -> tuple[int, int]:
    """First and last fiscal year of a period such as R5~R14, 令和5〜9年度 or 令和5年度～令和9年度.

    Raises:
        Refusal: The text is no period, or it ends before it begins.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    ends = _ends(plain)
    if ends is None:
        raise Refusal(f"「{quoted(text)}」は期間として読めません。R5~R9 のように書いてください。")
    if ends[1] < ends[0]:
        raise Refusal(f"「{quoted(text)}」は終わりの年度が始まりより前です。")
    return ends


def _ends(plain: str) -> tuple[int, int] | None:
    named = years_named(plain)
    for before, after in pairwise(named):
        if re.fullmatch(rf"{_BRACKETS}{_TO}{_BRACKETS}", plain[before.stop : after.start]):
            first = {one.year for one in named if one.stop <= before.stop}
            last = {one.year for one in named if one.start >= after.start}
            is_whole = re.fullmatch(rf"{_BRACKETS}{_TO}{_BRACKETS}", without_years(plain))
            return (first.pop(), last.pop()) if is_whole and len(first) == len(last) == 1 else None
    return None


def month(text: str) -> str:
    """The month a Japanese date names, as ISO text: 令和7年8月, 令和七年八月, 令和7(2025)年8月, R7.8 → 2025-08.

    Raises:
        Refusal: The text names no month, or its year twice in two ways.
    """
    found = _MONTH.search(unicodedata.normalize("NFKC", text))
    number = numeral("".join((found["month"] or found["number"]).split())) if found else 0
    if not found or number not in range(1, 13):
        raise Refusal(f"「{quoted(text)}」は年月として読めません。令和7年8月 のように書いてください。")
    return f"{fiscal_year(found['year'] + '年'):04d}-{number:02d}"


def years_of_dates(text: str) -> list[NamedYear]:
    """The fiscal year of each end of a period of months: 令和6年4月〜令和7年3月 is 2024 twice; a lone date gives none."""
    plain = unicodedata.normalize("NFKC", text)
    found = []
    for hit in _MONTH.finditer(plain):
        opens = _OPENS_PERIOD.match(plain, hit.end())
        closes = _CLOSES_PERIOD.search(plain[max(0, hit.start() - 3) : hit.start()])
        with suppress(Refusal):  # 令和5年13月 is no date
            year, number = map(int, month(hit[0]).split("-"))
            if opens or closes:
                found.append(NamedYear(fiscal_year_of(date(year, number, 1)), hit.start(), hit.end()))
    return found


def fiscal_year_of(day: date) -> int:
    """The fiscal year a day belongs to: January to March belong to the year before."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def wareki(year: int) -> str:
    """A fiscal year in the Japanese calendar: 2024 → 令和6年度, 2019 → 令和元年度.

    Raises:
        Refusal: The year lies before the first era known here.
    """
    name, _, n = _era(year)
    return f"{name}{'元' if n == 1 else n}年度"


def short_wareki(year: int) -> str:
    """The short label of a fiscal year: 2024 → R6."""
    _, letter, n = _era(year)
    return f"{letter}{n}"


def _era(year: int) -> tuple[str, str, int]:
    for name, (letter, start) in reversed(ERAS.items()):
        if year >= start:
            return name, letter, year - start + 1
    raise Refusal(f"{year}年度は和暦に直せません。1868年度以降を指定してください。")
