"""Which policies fell short of the expected effect, and by how much (M11)."""

import pandas as pd

from helpers.compute.money import effect_gap
from helpers.compute.ratio import over_total, whole_or_none


def shortfall(effect: pd.DataFrame) -> pd.Series:
    """Yen missing to the expected effect (不足額); 0 where it was reached. M11.

    Args:
        effect: `expected_yen`, `actual_yen`.

    Returns:
        Whole yen on the same index, never below zero; missing where an amount is.
    """
    return _not_below_zero(-effect_gap(effect))


def surplus(effect: pd.DataFrame) -> pd.Series:
    """Yen beyond the expected effect (超過額); 0 where it was not reached. M11."""
    return _not_below_zero(effect_gap(effect))


def shortfall_share(effect: pd.DataFrame) -> pd.Series:
    """Each policy's share of the whole shortfall; missing where there is no shortfall. M11."""
    missing = shortfall(effect)
    total = missing.sum(skipna=False)
    return over_total(missing, None if pd.isna(total) else int(total))


def _not_below_zero(amounts: pd.Series) -> pd.Series:
    kept = [None if amount is None else max(0, amount) for amount in whole_or_none(amounts)]
    return pd.Series(pd.array(kept, dtype=amounts.dtype), index=amounts.index)
