"""Which policies fell short of the expected effect, and by how much (M11)."""

import pandas as pd

from helpers.compute.money import effect_gap
from helpers.compute.ratio import over_total


def shortfall(effect: pd.DataFrame) -> pd.Series:
    """Yen missing to the expected effect (不足額); 0 where it was reached. M11.

    Args:
        effect: `expected_yen`, `actual_yen`.

    Returns:
        Whole yen on the same index, never below zero; missing where an amount is.
    """
    return (-effect_gap(effect)).clip(lower=0)


def surplus(effect: pd.DataFrame) -> pd.Series:
    """Yen beyond the expected effect (超過額); 0 where it was not reached. M11."""
    return effect_gap(effect).clip(lower=0)


def shortfall_share(effect: pd.DataFrame) -> pd.Series:
    """Each policy's share of the whole shortfall; missing where there is no shortfall. M11."""
    missing = shortfall(effect)
    total = missing.sum(skipna=False)
    return over_total(missing, None if pd.isna(total) else int(total))
