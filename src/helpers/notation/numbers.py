"""How a number looks. Rounding happens here and nowhere else: 四捨五入, half away from zero."""

from collections.abc import Callable
from fractions import Fraction

from helpers.notation.plural import form
from helpers.notation.speech import ORIGINAL, language
from helpers.terms import Interval, Unit

Number = int | Fraction

OKU, MAN, SEN, MILLION = 100_000_000, 10_000, 1_000, 1_000_000

# Signs and the kinds of nothing. Zero is the first of the five kinds, and it is a number.
SIGNS = {
    "ja": {
        "MINUS": "△",
        "PLUS": "＋",
        "ABOUT": "約",
        "TO": "〜",
        "ZERO": "0",
        "NOT_APPLICABLE": "対象外",
        "NOT_STATED": "—（記載なし）",
        "NOT_REGISTERED": "未登録",
        "NOT_DUE": "未到来",
    },
    "en": {
        "MINUS": "−",
        "PLUS": "+",
        "ABOUT": "about ",
        "TO": "–",
        "ZERO": "0",
        "NOT_APPLICABLE": "n/a",
        "NOT_STATED": "— (not stated)",
        "NOT_REGISTERED": "not registered",
        "NOT_DUE": "not yet due",
    },
}
# What follows a number, where that is not a unit of yen; in the forms that go with numbers, where it has several.
_UNITS = {
    "ja": {"count": "件", "points": "ポイント", "multiplier": "倍", "policies": "方針", "years": "年"}
    | {"departments": "部"},
    "en": {"count": "", "points": " points", "multiplier": " times", "policies": " policies", "years": " year| years"}
    | {"departments": " department| departments"},
}


# English names of a document's units; 億円 and 万円 have none.
_PRINTED_UNITS = {
    "円": "yen",
    "千円": "thousand yen",
    "万円": "× 10,000 yen",
    "百万円": "million yen",
    "億円": "× 100 million yen",
}


# Billions are used only where space is shortest, in a column headed yen.
_SHORT_UNITS = {"billion yen": "bn", "million yen": "m yen", "thousand yen": "k yen", "yen": " yen"}


def _signs() -> dict[str, str]:
    return SIGNS[language()]


def _with_unit(number: str, name: str) -> str:
    unit = _UNITS[language()][name]
    return number + (form(number, unit, language()) if "|" in unit else unit)


def half_up(value: Number, places: int = 0) -> Fraction:
    """Rounded to `places` decimals, halves away from zero (四捨五入)."""
    return Fraction(_in_last_place(value, places), 10**places)


def _in_last_place(value: Number, places: int) -> int:
    """How many units of its last decimal a rounded number has: in whole numbers, since a page rounds thousands."""
    above, below = value.numerator, value.denominator
    rounded = (2 * abs(above) * 10**places + below) // (2 * below)
    return rounded if above >= 0 else -rounded


def floor(value: Number, places: int = 0) -> Fraction:
    """Rounded down, toward minus infinity: the lower end of an outward range."""
    return Fraction((Fraction(value) * 10**places) // 1, 10**places)


def ceil(value: Number, places: int = 0) -> Fraction:
    """Rounded up, toward plus infinity: the upper end of an outward range."""
    return Fraction(-((-Fraction(value) * 10**places) // 1), 10**places)


def decimal(value: Number, places: int = 0, *, sign: bool = False) -> str:
    """Grouped digits with exactly `places` decimals; △ below zero, ＋ above when asked for.

    >>> decimal(Fraction(-59369, 10), 1)
    '△5,936.9'
    """
    rounded = _in_last_place(value, places)
    digits = str(abs(rounded)).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    text = f"{int(whole):,}" + (f".{part}" if places else "")
    if rounded < 0:
        return _signs()["MINUS"] + text
    return _signs()["PLUS"] + text if sign and rounded > 0 else text


def unrounded(value: Number) -> str:
    """A value as a pocket calculator shows it: cut off after six decimals, with … where there is more.

    >>> unrounded(Fraction(62, 74))
    '0.837837…'
    """
    shown = floor(abs(value), 6)
    digits = decimal(shown, 6)
    digits = digits.rstrip("0").rstrip(".") if shown == abs(value) else digits + "…"
    return _signs()["MINUS"] + digits if value < 0 else digits


def decimal_text(text: str) -> str:
    """A decimal as the document prints it, grouped, △ below zero, with the decimals it has: -1234.5 → △1,234.5."""
    places = len(text.partition(".")[2])
    return decimal(Fraction(text), places)


def printed(amount: str, unit: str) -> str:
    """An amount as the document prints it, with its unit: 961百万円, or 961 million yen."""
    if language() == ORIGINAL:
        return f"{decimal_text(amount)}{unit}"
    size = _PRINTED_UNITS[unit]
    return f"{decimal_text(amount)} {size}".rstrip()


def count(value: Number) -> str:
    """Measures: 62件."""
    return _with_unit(decimal(value), "count")


def percent(value: Number, places: int = 1) -> str:
    """A ratio in percent: 31/37 → 83.8%."""
    return f"{decimal(value * 100, places)}%"


def points(value: Number, places: int = 2, *, sign: bool = False) -> str:
    """A difference of percentages: 1/74 → 1.35ポイント."""
    return _with_unit(decimal(value * 100, places, sign=sign), "points")


def multiplier(value: Number, places: int = 2, *, sign: bool = False) -> str:
    """A ratio of yen: 3.87倍."""
    return _with_unit(decimal(value, places, sign=sign), "multiplier")


def index(value: Number, places: int = 3) -> str:
    """A bare ratio: 0.909."""
    return decimal(value, places)


def policies(value: Number, places: int = 2) -> str:
    """An effective number of policies: 1.10方針."""
    return _with_unit(decimal(value, places), "policies")


def years(value: Number, places: int) -> str:
    """How many years: 2年."""
    return _with_unit(decimal(value, places), "years")


def departments(value: Number, places: int = 0) -> str:
    """How many departments: 3部."""
    return _with_unit(decimal(value, places), "departments")


def thousand_yen(value: Number, *, sign: bool = False) -> str:
    """Yen in a table headed 千円: 1,345,649."""
    return decimal(Fraction(value, SEN), sign=sign)


def yen(value: Number, *, sign: bool = False) -> str:
    """Yen in a sentence: 億円 with two decimals from one 億円 on, else whole 万円; below that 円. Zero is 0円."""
    if language() != ORIGINAL:
        return _yen_in_millions(value, sign=sign)
    size = abs(value)
    if half_up(Fraction(size, MAN)) >= OKU // MAN:
        return f"{decimal(Fraction(value, OKU), 2, sign=sign)}億円"
    if size >= MAN:
        return f"{decimal(Fraction(value, MAN), sign=sign)}万円"
    return f"{decimal(value, sign=sign)}円"


def _yen_in_millions(value: Number, *, sign: bool) -> str:
    """1,345.6 million yen; below a hundred million with two decimals, below a million whole yen."""
    size = abs(value)
    if size < MILLION:
        return f"{decimal(value, sign=sign)} yen"
    return f"{decimal(Fraction(value, MILLION), _places_of_millions(size), sign=sign)} million yen"


def short_yen(value: Number, *, sign: bool = False) -> str:
    """Yen in a chart's narrow column: in Japanese as in a sentence, in English +1,051.8m under a heading that says yen."""
    return yen(value, sign=sign).replace(" million yen", "m").removesuffix(" yen")


def short_unit(name: str) -> str:
    """A unit of money behind the number of a narrow axis: 億円, or m yen."""
    return name if language() == ORIGINAL else _SHORT_UNITS[name]


def _places_of_millions(size: Number) -> int:
    return 1 if size >= OKU else 2


def between(interval: Interval, show: Callable[[Number, int], str], places: int) -> str:
    """A value known as a range: one number with 約 where both ends round to it, else outward from end to end.

    >>> between(Interval(Fraction("1.1032"), Fraction("1.1091")), multiplier, 2)
    '1.10〜1.11倍'
    """
    low, high = interval
    if low == high:
        return show(low, _places_that_tell(low, places, show))
    rounded = half_up(low * _scale(show), places)
    if rounded == half_up(high * _scale(show), places) and (rounded or not (low or high)):
        return _signs()["ABOUT"] + show(low, places)
    bottom = floor(low * _scale(show), places) / _scale(show)
    top = ceil(high * _scale(show), places) / _scale(show)
    low_text, high_text = (text.removesuffix(_unit_of(text)) for text in (show(bottom, places), show(top, places)))
    # 0 carries the unit in the form that goes with a range.
    return f"{low_text}{_signs()['TO']}{high_text}{_unit_of(show(0, places))}"


def _places_that_tell(value: Number, places: int, show: Callable[[Number, int], str]) -> int:
    """Enough decimals that a value above zero is not shown as 0, and a part of the whole not as 100%."""
    whole = {0, 100} if show is percent else {0}
    scaled = Fraction(value) * _scale(show)
    while scaled not in whole and half_up(scaled, places) in whole:
        places += 1
    return places


def yen_between(interval: Interval) -> str:
    """Yen known as a range, in a sentence: 約9.61億円, 3.83〜3.86億円."""
    low, high = interval
    if low == high:
        return yen(low)
    if language() != ORIGINAL:
        return _yen_between_in_millions(interval)
    scale, places, unit = (OKU, 2, "億円") if max(abs(low), abs(high)) >= OKU else (MAN, 0, "万円")
    return between(Interval(Fraction(low, scale), Fraction(high, scale)), lambda v, p: decimal(v, p) + unit, places)


def _yen_between_in_millions(interval: Interval) -> str:
    low, high = interval
    largest = max(abs(low), abs(high))
    if largest < MILLION:
        return between(interval, lambda v, p: f"{decimal(v, p)} yen", 0)
    return between(
        Interval(Fraction(low, MILLION), Fraction(high, MILLION)),
        lambda v, p: f"{decimal(v, p)} million yen",
        _places_of_millions(largest),
    )


def thousand_yen_between(interval: Interval) -> str:
    """Yen known as a range, in a table headed 千円: 960,001〜961,999."""
    low, high = interval
    if low == high:
        return thousand_yen(low)
    return f"{thousand_yen(floor(Fraction(low, SEN)) * SEN)}{_signs()['TO']}{thousand_yen(ceil(Fraction(high, SEN)) * SEN)}"


def shown(unit: Unit, interval: Interval, places: int | None = None) -> str:
    """A number of any unit as it stands in a sentence; `places` overrides the unit's usual decimals."""
    if unit is Unit.YEN:
        return yen_between(interval)
    show, usual = _LOOKS[unit]
    return between(interval, show, usual if places is None else places)


def _whole_count(value: Number, places: int) -> str:  # noqa: ARG001 — it has the signature of the others
    return count(value)


_LOOKS: dict[Unit, tuple[Callable[[Number, int], str], int]] = {
    Unit.MEASURES: (_whole_count, 0),
    Unit.RATE: (percent, 1),
    Unit.SHARE: (percent, 1),
    Unit.MULTIPLIER: (multiplier, 2),
    Unit.INDEX: (index, 3),
    Unit.POLICIES: (policies, 2),
    Unit.POINTS: (points, 1),
    Unit.YEARS: (years, 0),
    Unit.COUNT: (_whole_count, 0),
    Unit.DEPARTMENTS: (departments, 0),
}


def _scale(show: Callable[[Number, int], str]) -> int:
    """The scale at which the ends of a range are rounded: percent and points show a hundred times the value."""
    return 100 if show in {percent, points} else 1


def _unit_of(text: str) -> str:
    return text.lstrip(f"{_signs()['MINUS']}{_signs()['PLUS']}0123456789,.")
