"""Rates that weigh measures or policies by yen (M2)."""

from fractions import Fraction

import pandas as pd


def weighted_rate(rates: pd.Series, weights: pd.Series) -> Fraction | None:
    """The mean of the rates, weighted by yen: Σ weight × rate / Σ weight (M2).

    With rates and yen by policy it is a proxy: it says how well policies with much money were graded, not how well
    the measures behind that money were.

    Args:
        rates: Fractions on `policy_id`; missing where no measure was graded.
        weights: Yen on the same index.

    Returns:
        A ratio; None where a weight is missing or below zero, nothing is above zero, or a policy with weight has no rate.
    """
    if weights.isna().any() or (weights < 0).any() or not weights.sum():
        return None
    weighed = [index for index, weight in weights.items() if weight]
    if rates.reindex(weighed).isna().any():
        return None
    return sum(int(weights[i]) * rates[i] for i in weighed) / Fraction(int(weights.sum()))


def rate_by_expected(register: pd.DataFrame, achieved: pd.Series) -> Fraction | None:
    """The share of expected yen in measures that were achieved; needs a register with yen by measure (M2).

    Args:
        register: Rated measures; `expected_yen`.
        achieved: Whether each was achieved, on the same index.

    Returns:
        A ratio; None where no measure has an expected effect above zero. Measures without one drop out; `weight_coverage`
        says how many stay.
    """
    above_zero = (register["expected_yen"] > 0).fillna(value=False)
    weights = register.loc[above_zero, "expected_yen"]
    total = int(weights.sum())
    return Fraction(int(weights[achieved[above_zero]].sum()), total) if total else None


def weight_coverage(register: pd.DataFrame) -> Fraction | None:
    """The share of rated measures with an expected effect above zero; None without measures. M2."""
    return Fraction(int((register["expected_yen"] > 0).sum()), len(register)) if len(register) else None
