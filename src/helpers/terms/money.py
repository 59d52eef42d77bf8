"""Money: integer yen, and the range that a rounded amount stands for (M20)."""

from fractions import Fraction
from typing import NamedTuple

from helpers.terms.refusal import Refusal
from helpers.terms.words import quoted

UNITS_IN_YEN = {"円": 1, "千円": 1_000, "万円": 10_000, "百万円": 1_000_000, "億円": 100_000_000}
MOST_YEN = 10**15  # a thousand 兆円: more than Japan spends in a year, and far within 64 bits
ROUNDINGS = {
    "exact": "端数なし",
    "half_up": "四捨五入",
    "half_even": "偶数丸め",
    "floor": "切捨て",
    "ceil": "切上げ",
    "unknown": "端数処理の記載なし",
}


class Interval(NamedTuple):
    """A value known only as a range, both ends included."""

    low: int | Fraction
    high: int | Fraction

    def __add__(self, other: "Interval") -> "Interval":  # type: ignore[override]
        """Ends add: the sum lies between the sum of the lows and the sum of the highs."""
        return Interval(self.low + other.low, self.high + other.high)

    @property
    def is_point(self) -> bool:
        """Whether the value is known exactly."""
        return self.low == self.high


def in_yen(amount: str, unit: str) -> tuple[int, int]:
    """A printed amount in yen, and the value of its last printed digit: 961 百万円 → 961,000,000 and 1,000,000.

    Args:
        amount: A decimal as text, with the decimals that the document prints.
        unit: A key of `UNITS_IN_YEN`.

    Raises:
        Refusal: The amount is finer than a yen, or larger than any city could have.
    """
    yen = Fraction(amount) * UNITS_IN_YEN[unit]
    if yen.denominator != 1 or abs(yen) > MOST_YEN:
        raise Refusal(
            f"「{quoted(amount)}{unit}」は金額として扱えません（1円単位で{MOST_YEN:,}円まで）。桁と単位を確かめてください。"
        )
    precision = Fraction(UNITS_IN_YEN[unit], 10 ** len(amount.partition(".")[2]))
    return int(yen), max(1, int(precision))


def rounding_interval(amount_yen: int, *, precision_yen: int, rounding: str, grain_yen: int) -> Interval:
    """The range of amounts that round to one printed to `precision_yen` (M20).

    Args:
        amount_yen: The printed amount; a multiple of `precision_yen`.
        precision_yen: Value of its last printed digit (百万円 → 1,000,000).
        rounding: A key of `ROUNDINGS`; `unknown` gives the hull of all rules.
        grain_yen: The finer unit in which true amounts are counted (千円 → 1,000).

    Returns:
        Whole multiples of `grain_yen`. Below zero the rules mirror: 四捨五入 goes away from zero, 切捨て toward it.

    Raises:
        Refusal: The rule is not one of `ROUNDINGS`.

    Source:
        domain formula M20; the document prints 961百万円 beside totals in 千円.
    """
    if rounding not in ROUNDINGS:
        raise Refusal(f"端数処理「{quoted(rounding)}」は未知です。{'、'.join(ROUNDINGS)} のどれかにしてください。")
    if rounding == "exact" or precision_yen <= grain_yen:
        return Interval(amount_yen, amount_yen)
    if amount_yen == 0:
        reach = _beyond(0, precision_yen, rounding, grain_yen)
        return Interval(-reach, reach)
    size = abs(amount_yen)
    low = size - _before(size, precision_yen, rounding, grain_yen)
    high = size + _beyond(size, precision_yen, rounding, grain_yen)
    return Interval(low, high) if amount_yen > 0 else Interval(-high, -low)


def _before(size: int, precision: int, rounding: str, grain: int) -> int:
    """How far below the printed size the true size may lie."""
    is_odd = size // precision % 2 == 1
    return {
        "half_up": precision // 2,
        "half_even": precision // 2 - (grain if is_odd else 0),
        "floor": 0,
        "ceil": precision - grain,
        "unknown": precision - grain,
    }[rounding]


def _beyond(size: int, precision: int, rounding: str, grain: int) -> int:
    """How far above the printed size the true size may lie."""
    is_odd = size // precision % 2 == 1
    return {
        "half_up": precision // 2 - grain,
        "half_even": precision // 2 - (grain if is_odd else 0),
        "floor": precision - grain,
        "ceil": 0,
        "unknown": precision - grain,
    }[rounding]
