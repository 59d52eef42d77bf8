"""Exact division of columns."""

from fractions import Fraction

import pandas as pd


def ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Fractions; missing (None) where either side is, and where the denominator is not above zero."""
    pairs = zip(whole_or_none(numerator), whole_or_none(denominator), strict=True)
    values = [None if n is None or d is None or d <= 0 else Fraction(n, d) for n, d in pairs]
    return pd.Series(values, index=numerator.index, dtype=object)


def whole_or_none(amounts: pd.Series) -> list[int | None]:
    """Whole numbers as Python integers, None where missing: the fastest form for a loop over thousands of rows."""
    if isinstance(amounts.dtype, pd.Int64Dtype):
        return amounts.to_numpy(dtype=object, na_value=None).tolist()
    return [int_or_none(amount) for amount in amounts.tolist()]


def int_or_none(amount: object) -> int | None:
    """A whole number as Python has it, None where it is missing."""
    return None if amount is None or amount is pd.NA or amount != amount else int(amount)  # noqa: PLR0124 — NaN alone is not itself


def over_total(amounts: pd.Series, total: int | None) -> pd.Series:
    """Each amount over one total; missing where the amount is, or the total is not above zero."""
    return ratio(amounts, pd.Series(total, index=amounts.index, dtype=object))
