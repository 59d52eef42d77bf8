"""The fiscal year (年度): 2024 ↔ 令和6年度 ↔ R6, from 1 April to 31 March."""

import re
import unicodedata
from datetime import date

from helpers.terms.refusal import Refusal

# First western year of each era. On paper, labels continue past the end of an era (平成34年度 is FY2022), so a label is read by arithmetic.
ERAS = {"明治": ("M", 1868), "大正": ("T", 1912), "昭和": ("S", 1926), "平成": ("H", 1989), "令和": ("R", 2019)}
FIRST_MONTH = 4
# The year's results are expected in this month of the year after.
MONTH_OF_RESULTS = 8

_ERA_START = {key: start for name, (letter, start) in ERAS.items() for key in (name, letter)}
_ERA = "|".join(_ERA_START)
_IN_ERA = rf"(?P<era>{_ERA})\s*(?P<n>元|0?[1-9]|[1-9][0-9])"  # no era has a year 0
_YEAR = re.compile(rf"{_IN_ERA}\s*年?\s*度?")
_WESTERN = re.compile(r"(?P<western>\d{4})\s*年?\s*度?")
_PERIOD = re.compile(r"(?P<first>[^~〜～－-]+)[~〜～－-](?P<last>[^~〜～－-]+)")
_MONTH = re.compile(rf"(?:{_IN_ERA}|(?P<western>\d{{4}}))\s*年\s*(?P<month>\d{{1,2}})\s*月")


def fiscal_year(text: str) -> int:
    """The fiscal year that a label names, as the western year in which it begins.

    Args:
        text: 令和6年度, 令和元年度, R6, H31, 平成34年度, 2024年度 or 2024, in full or half width.

    Returns:
        The western year of its 1 April: 令和6年度 → 2024.

    Raises:
        Refusal: The text is no fiscal year.
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    if found := _YEAR.fullmatch(plain):
        return _western(found)
    if found := _WESTERN.fullmatch(plain):
        return int(found["western"])
    raise Refusal(f"「{text}」は年度として読めません。令和6年度、R6、2024 のように書いてください。")


def fiscal_years(text: str) -> tuple[int, int]:
    """First and last fiscal year of a period such as R5~R14 or 令和5年度～令和9年度.

    Raises:
        Refusal: The text is no period, or it ends before it begins.
    """
    plain = unicodedata.normalize("NFKC", text)
    found = _PERIOD.fullmatch(plain.strip(" ()"))
    if not found:
        raise Refusal(f"「{text}」は期間として読めません。R5~R9 のように書いてください。")
    first, last = fiscal_year(found["first"]), fiscal_year(found["last"])
    if last < first:
        raise Refusal(f"「{text}」は終わりの年度が始まりより前です。")
    return first, last


def month(text: str) -> str:
    """The month a Japanese date names, as ISO text: 令和7年8月 → 2025-08.

    Raises:
        Refusal: The text names no month.
    """
    found = _MONTH.search(unicodedata.normalize("NFKC", text))
    if not found or int(found["month"]) not in range(1, 13):
        raise Refusal(f"「{text}」は年月として読めません。令和7年8月 のように書いてください。")
    year = int(found["western"]) if found["western"] else _western(found)
    return f"{year:04d}-{int(found['month']):02d}"


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


def _western(found: re.Match[str]) -> int:
    return _ERA_START[found["era"]] + (1 if found["n"] == "元" else int(found["n"])) - 1


def _era(year: int) -> tuple[str, str, int]:
    for name, (letter, start) in reversed(ERAS.items()):
        if year >= start:
            return name, letter, year - start + 1
    raise Refusal(f"{year}年度は和暦に直せません。1868年度以降を指定してください。")
