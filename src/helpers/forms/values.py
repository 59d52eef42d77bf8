"""What a department typed into a cell → the answer, or why there is none; nothing is guessed, and an unusual reading is said."""

import re
import unicodedata
from datetime import date, time
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from helpers.terms import UNITS_IN_YEN, Plan, quoted
from helpers.terms import form as terms
from helpers.terms.folded import fold, squeezed
from helpers.terms.tables import REASONS
from helpers.terms.words import code_points, strange

NOT_APPLICABLE = "not_applicable"
MOST_LETTERS = 2_000
THOUSAND = UNITS_IN_YEN[terms.UNIT]
# 対象外: no effect was ever set for this measure, which is not the same as an effect of 0.
_WITHOUT = {"対象外", "効果額を設定していない", "設定なし"}
# What may mean 0, or that no effect was set, or that nobody knows.
_UNSAID = {
    "-",
    "ー",
    "なし",
    "無し",
    "無",
    "該当なし",
    "該当無し",
    "未定",
    "未設定",
    "不明",
    "n/a",
    "na",
    "/",
    "―",
    "─",
    "–",
}
_WHOLE = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_FIGURES = rf"(?:{_WHOLE})(?:\.[0-9]+)?"
_SIGN = r"(?P<sign>[-+△▲]?)"
_PLAIN = re.compile(rf"{_SIGN}(?P<yen>¥?)(?P<number>{_FIGURES})")
_UNITS = "|".join(sorted(UNITS_IN_YEN, key=len, reverse=True))
_WITH_UNIT = re.compile(rf"{_SIGN}¥?(?P<number>{_FIGURES})[(]?(?P<unit>{_UNITS})[)]?")
# 1億2,000万円, 3.6千万円, 36百万, 3万5千円: parts that fall.
_PARTS = {"oku": 10**8, "senman": 10**7, "hyakuman": 10**6, "man": 10**4, "sen": 10**3}
_IN_PARTS = re.compile(
    rf"{_SIGN}(?:(?P<oku>{_FIGURES})億)?(?:(?P<senman>{_FIGURES})千万)?(?:(?P<hyakuman>{_FIGURES})百万)?"
    rf"(?:(?P<man>{_FIGURES})万)?(?:(?P<sen>{_FIGURES})千)?円?"
)
_SPACED_FIGURES = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
# Words that answer elsewhere, or not yet; printed as they are they would say nothing, or too much.
_POINTS_ELSEWHERE = re.compile(
    "別紙|別添|別途|同上|同じく|〃|前年度と同じ|前回と同じ|調整中|確認中|精査中|未定|非公表|公表しない|差し?替え|^※"
)
MOST_DIGITS = 20
LONG_FOR_A_REASON = 12


class Read(NamedTuple):
    """A cell as it was understood.

    Attributes:
        value: The answer as text; empty where there is none.
        fault: Why there is none, without a full stop; empty where there is one, and where nothing was typed.
        note: How it was understood, where that is not plain from what was typed.
    """

    value: str = ""
    fault: str = ""
    note: str = ""


def typed(value: object) -> str:
    """What stands in a cell, as one line of text: 47708.0 is 47708."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else f"{value:.12g}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, time):
        return value.isoformat()
    return " ".join(str(value).split())


def text(value: object) -> Read:
    """Words, on one line."""
    words = typed(value)
    if found := strange(words):
        return Read(fault=f"使えない文字（{code_points(found)}）がある")
    if len(words) > MOST_LETTERS:
        return Read(fault=f"長すぎる（{len(words):,}字。{MOST_LETTERS:,}字まで）")
    if words.startswith(("=", "@")):
        return Read(fault="計算式のように始まる")
    return Read(words)


def sentence(value: object) -> Read:
    """What was done, in words; what is plainly the answer of another column is none."""
    read = text(value)
    words = read.value
    if looks_like_another(words):
        return Read(fault=f"「{quoted(words)}」は、ほかの欄の答えのように見える（欄がずれていないか）")
    if _POINTS_ELSEWHERE.search(words):
        return read._replace(note=f"「{quoted(words)}」は、このまま公表資料の案に使われることがある")
    return read


def looks_like_another(words: str) -> bool:
    """Whether words are plainly the answer of another column: an amount, a grade, a reason of the list."""
    is_amount = bool(words) and amount(words).value not in {"", NOT_APPLICABLE}
    return is_amount or bool(re.fullmatch("[A-Za-z]", words)) or squeezed(words) in _reasons()


def amount(value: object, unit: str = terms.UNIT) -> Read:
    """An amount in 千円, as digits with a minus; `not_applicable` where it says that no effect was set.

    Args:
        value: As the workbook holds it.
        unit: That of the column's heading.
    """
    if isinstance(value, bool | date | time):
        return Read(fault=f"「{typed(value)}」は金額ではない")
    if isinstance(value, int | float):
        read = _in_thousands(Fraction(f"{value:.12g}"), unit, is_plain=unit == terms.UNIT)
        return read._replace(note=f"{typed(value)}{unit} を {read.note}") if read.note else read
    words = fold(typed(value)).strip()
    whole = squeezed(words).lower()
    key = whole.rstrip("。、.,") or whole
    if fault := _odd_figures(typed(value)):
        return Read(fault=fault)
    if not key or key in _WITHOUT:
        return Read(NOT_APPLICABLE if key else "")
    read = _of_figures(key, unit) or _unread(words, key)
    if read.value and (read.note or key != whole):
        return read._replace(note=f"「{quoted(typed(value))}」を {int(read.value):,}{terms.UNIT} と読んだ")
    return read


def _of_figures(key: str, unit: str) -> Read | None:
    """An amount of figures, with or without a unit: 36,000, △5, 36百万円, 1億2,000万円; None where the words are none."""
    if (found := _PLAIN.fullmatch(key)) and found["yen"]:
        return _in_thousands(_signed(found, _number(found["number"])), "円")
    if found := _PLAIN.fullmatch(key):
        return _in_thousands(_signed(found, _number(found["number"])), unit, is_plain=unit == terms.UNIT)
    if found := _WITH_UNIT.fullmatch(key):
        size = _signed(found, _number(found["number"]))
        return _in_thousands(size, found["unit"], is_plain=found["unit"] == unit == terms.UNIT)
    found = _IN_PARTS.fullmatch(key)
    # 3万6千 without 円 may be yen, or thousands of them.
    if found and any(found[part] for part in _PARTS) and (key.endswith("円") or not (found["man"] or found["sen"])):
        size = sum(_number(found[part]) * worth for part, worth in _PARTS.items() if found[part])
        return _in_thousands(_signed(found, size), "円")
    return None


def _odd_figures(words: str) -> str:
    """What is odd about figures that are set apart, or that mean figures and are none (⑫, ², ½); empty where nothing is."""
    plain = {*"0123456789０１２３４５６７８９"}
    odd = "".join(one for one in words if one not in plain and re.search("[0-9]", unicodedata.normalize("NFKC", one)))
    if odd:
        return f"「{quoted(words)}」の {odd} は、数字として読まない"
    return f"「{quoted(words)}」は、数字の間に空白がある" if _SPACED_FIGURES.search(fold(words).strip()) else ""


def _unread(words: str, key: str) -> Read:
    if key in _UNSAID:
        says = "が、0（効果がなかった）なのか、対象外（効果額を設定していない）なのか分からない"
        return Read(fault=f"「{quoted(words)}」{says}")
    return Read(fault=f"「{quoted(words)}」は金額として読めない")


def _number(figures: str) -> Fraction:
    return Fraction(figures.replace(",", ""))


def _signed(found: re.Match, size: Fraction) -> Fraction:
    return -size if found["sign"] in {"-", "△", "▲"} else size


def _in_thousands(size: Fraction, unit: str, *, is_plain: bool = False) -> Read:
    """The amount, a whole number of 千円; anything finer or larger than a form may hold is a fault."""
    thousands = size * UNITS_IN_YEN[unit] / THOUSAND
    if abs(thousands) > terms.MOST_AMOUNT:
        return Read(fault=f"{terms.UNIT}で {_shown(thousands)} は大きすぎる（{terms.MOST_AMOUNT:,} まで）")
    if thousands.denominator != 1:
        return Read(fault=f"{_shown(size)}{unit} は、{terms.UNIT}の整数にならない（円や百万円で書いていないか）")
    note = "" if is_plain else f"{int(thousands):,}{terms.UNIT} と読んだ"
    return Read(str(int(thousands)), note=note)


def _shown(size: Fraction) -> str:
    if abs(size) >= 10**MOST_DIGITS:
        return "桁の多すぎる数"
    return f"{int(size):,}" if size.denominator == 1 else f"{float(size):,.12g}"


def grade(value: object, plan: Plan) -> Read:
    """A grade's code: typed as the code, as its label, or as both."""
    words = typed(value)
    key = squeezed(words)
    if not key:
        return Read()
    spelled: dict[str, str] = {}
    for one in plan.grades:
        code, label = squeezed(one.code), squeezed(one.label)
        for said in (
            code,
            code.upper(),
            code.lower(),
            label,
            f"{code}{label}",
            f"{code}({label})",
            f"{code}:{label}",
            f"{code}評価",
        ):
            spelled.setdefault(said, one.code)
    if key in spelled:
        return Read(spelled[key])
    known = "・".join(one.code for one in plan.grades)
    return Read(fault=f"評価「{quoted(words)}」は、{known} のどれでもない")


def reason(value: object) -> Read:
    """Why a measure is late: the code of one of `REASONS`, typed as its label or as the code."""
    words = typed(value)
    key = squeezed(words)
    if not key:
        return Read()
    if key in _reasons():
        return Read(_reasons()[key])
    hint = "（「説明」の欄の言葉ではないか）" if len(words) > LONG_FOR_A_REASON else ""
    return Read(fault=f"「{quoted(words)}」は、遅れの理由の選択肢にない{hint}")


@cache
def _reasons() -> dict[str, str]:
    """The codes of reasons by every way to type one."""
    return {
        squeezed(said): code
        for labels in (REASONS, terms.REASONS)
        for code, label in labels.items()
        for said in (code, label)
    }
