"""How much of the money depends on a few items (M6)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pandas as pd

from helpers.terms import Interval, rounding_interval
from helpers.terms.records import records

# Up to this many items, all 2ⁿ combinations of range ends are computed; beyond it a wider bound is used, which still holds.
MOST_ITEMS_EXACT = 12


def items(effects: pd.DataFrame) -> pd.DataFrame:
    """The measures whose actual effect is printed, largest first, each with the range its rounding allows (M20).

    Args:
        effects: `scope`, `scope_id`, `scope_name`, `kind`, `amount_yen`, `precision_yen`, `rounding`.

    Returns:
        `measure`, `amount_yen`, `low_yen`, `high_yen` and `line` on `measure_id`. Amounts are counted in the unit of the
        policies' table: what is printed at least that finely is exact.
    """
    grain = grain_yen(effects)
    printed = [row for row in records(effects) if (row.scope, row.kind) == ("measure", "actual")]
    printed.sort(key=lambda row: (-row.amount_yen, row.Index))
    ranges = [
        rounding_interval(row.amount_yen, precision_yen=row.precision_yen, rounding=row.rounding, grain_yen=grain)
        for row in printed
    ]
    return pd.DataFrame(
        {
            "measure": pd.array([row.scope_name for row in printed], dtype=effects["scope_name"].dtype),
            "amount_yen": pd.array([row.amount_yen for row in printed], dtype=effects["amount_yen"].dtype),
            "low_yen": [r.low for r in ranges],
            "high_yen": [r.high for r in ranges],
            "line": pd.array([row.Index for row in printed], dtype="int64"),
        },
        index=pd.Index([row.scope_id for row in printed], name="measure_id", dtype=effects["scope_id"].dtype),
    )


def grain_yen(effects: pd.DataFrame) -> int:
    """The unit in which true amounts are counted: that of the policies' table (千円 → 1,000), else the finest printed."""
    printed = list(zip(effects["scope"].tolist(), effects["precision_yen"].tolist(), strict=True))
    of_policies = [precision for scope, precision in printed if scope == "policy"]
    return int(min(of_policies or [precision for _, precision in printed], default=1))


def share_of_total(items: pd.DataFrame, total_yen: int | None) -> Interval | None:
    """What share of the whole actual effect these items are, together (M6).

    Args:
        items: `low_yen`, `high_yen`.
        total_yen: The whole actual effect.

    Returns:
        A range of ratios; above 1 where other effects are negative. None without items, or where the total is not above
        zero: a share of nothing, or of a loss, is 対象外.
    """
    if total_yen is None or total_yen <= 0 or items.empty:
        return None
    return Interval(Fraction(int(items["low_yen"].sum()), total_yen), Fraction(int(items["high_yen"].sum()), total_yen))


def remainder(items: pd.DataFrame, total_yen: int) -> Interval:
    """What is left of the whole actual effect without these items, in yen."""
    return Interval(total_yen - int(items["high_yen"].sum()), total_yen - int(items["low_yen"].sum()))


def concentration(amounts: pd.Series) -> Fraction | None:
    """Sum of squared shares (HHI): 1 where all is in one, 1/n where n are equal. M6.

    Args:
        amounts: Yen; what is below zero counts as nothing.

    Returns:
        None where an amount is missing or nothing is above zero.
    """
    if amounts.isna().any():
        return None
    positive = [max(0, int(amount)) for amount in amounts]
    return Fraction(sum(p * p for p in positive), sum(positive) ** 2) if sum(positive) else None


def effective_number(concentration: Fraction | None) -> Fraction | None:
    """How many equal ones would be as concentrated: 1 / HHI. M6."""
    return None if concentration is None else 1 / concentration


def effective_items(concentration: Interval | None) -> Interval | None:
    """How many equal items would be as concentrated, as a range; the highest concentration gives the lowest number. M6."""
    return (
        None if concentration is None else Interval(Fraction(1) / concentration.high, Fraction(1) / concentration.low)
    )


def item_concentration(items: pd.DataFrame, total_yen: int | None) -> Interval | None:
    """Sum of squared shares over items, when only some are named (M6).

    Args:
        items: `low_yen`, `high_yen`.
        total_yen: The whole actual effect.

    Returns:
        A range. Its low end takes the unnamed rest as many small items, its high end as one item; only amounts that
        are possible together count, since an item and the rest cannot both be at their highest. None where shares mean
        nothing (no items, total or item below zero, items beyond the total).
    """
    if total_yen is None or total_yen <= 0 or items.empty or (items["low_yen"] < 0).any():
        return None
    lows, highs = [int(v) for v in items["low_yen"]], [int(v) for v in items["high_yen"]]
    if sum(lows) > total_yen:
        return None
    square = total_yen * total_yen
    most = min(square, sum(high * high for high in highs) + (total_yen - sum(lows)) ** 2)
    if len(items) <= MOST_ITEMS_EXACT:
        corners = (corner for corner in product(*zip(lows, highs, strict=True)) if sum(corner) <= total_yen)
        most = max(squares for corner in corners for squares in _ends(corner, highs, total_yen))
    return Interval(Fraction(sum(low * low for low in lows), square), Fraction(most, square))


def _ends(corner: tuple[int, ...], highs: list[int], total_yen: int) -> Iterator[int]:
    """Sums of squares: with the rest as one item, and with one named item as large as its range and the rest allow."""
    rest = total_yen - sum(corner)
    squares = sum(amount * amount for amount in corner)
    yield squares + rest * rest
    for amount, high in zip(corner, highs, strict=True):
        taken = min(rest, high - amount)
        yield squares - amount * amount + (amount + taken) ** 2 + (rest - taken) ** 2
