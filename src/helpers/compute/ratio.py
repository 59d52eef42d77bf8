"""Exact division of columns."""

from fractions import Fraction

import pandas as pd


def ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Fractions; missing (None) where either side is, and where the denominator is not above zero."""
    pairs = zip(numerator, denominator, strict=True)
    values = [None if pd.isna(n) or pd.isna(d) or d <= 0 else Fraction(int(n), int(d)) for n, d in pairs]
    return pd.Series(values, index=numerator.index, dtype=object)


def over_total(amounts: pd.Series, total: int | None) -> pd.Series:
    """Each amount over one total; missing where the amount is, or the total is not above zero."""
    return ratio(amounts, pd.Series(total, index=amounts.index, dtype=object))
