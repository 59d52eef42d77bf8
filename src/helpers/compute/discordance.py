"""Where grades and money disagree (M10)."""

from fractions import Fraction

import pandas as pd


def discordance(policies: pd.DataFrame, *, threshold: Fraction) -> pd.Series:
    """Whether a policy's grades and its money agree (M10).

    Args:
        policies: `achievement_rate` and `effect_multiplier` as fractions, `multiplier_case`.
        threshold: The achievement rate from which grades count as good.

    Returns:
        On the same index: `both_ok`, `rate_ok_money_short`, `rate_short_money_ok`, `both_short`, or
        `money_not_applicable` / `rate_not_applicable` where there is nothing to compare.
    """

    def quadrant(row: pd.Series) -> str:
        if pd.isna(row["achievement_rate"]):
            return "rate_not_applicable"
        if row["multiplier_case"] not in {"defined", "negative_actual"}:
            return "money_not_applicable"
        rate_ok, money_ok = row["achievement_rate"] >= threshold, row["effect_multiplier"] >= 1
        if rate_ok and money_ok:
            return "both_ok"
        if rate_ok:
            return "rate_ok_money_short"
        return "rate_short_money_ok" if money_ok else "both_short"

    return policies.apply(quadrant, axis="columns")
