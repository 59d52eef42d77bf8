"""Money: expected and actual effect, the gap between them, and what each policy contributes (M3, M4, M5, M8, M9)."""

from fractions import Fraction

import pandas as pd

from helpers.compute.ratio import over_total, ratio, whole_or_none
from helpers.terms import Plan
from helpers.terms.records import records

AMOUNTS = ["expected_yen", "actual_yen"]


def effect(effects: pd.DataFrame, *, plan: Plan) -> pd.DataFrame:
    """Expected and actual effect of each policy, side by side.

    Args:
        effects: One row per amount; `scope`, `scope_id`, `kind`, `amount_yen`.
        plan: Gives the order of the policies.

    Returns:
        `expected_yen`, `actual_yen` on `policy_id`, nullable integers; missing where no amount is stated. Zero is zero.
    """
    sums: dict[tuple[str, str], int] = {}
    for row in records(effects):
        if row.scope == "policy":
            sums[row.scope_id, row.kind] = sums.get((row.scope_id, row.kind), 0) + int(row.amount_yen)
    policies = [policy.id for policy in plan.policies]
    columns = {
        f"{kind}_yen": pd.array([sums.get((policy, kind)) for policy in policies], dtype="Int64")
        for kind in ("expected", "actual")
    }
    return pd.DataFrame(columns, index=pd.Index(policies, name="policy_id"))


def total_effect(effect: pd.DataFrame) -> pd.DataFrame:
    """The whole plan's expected and actual effect as one row; missing where any policy's amount is."""
    return pd.DataFrame({column: pd.array([_sum(effect[column])], dtype="Int64") for column in AMOUNTS})


def effect_gap(effect: pd.DataFrame) -> pd.Series:
    """Actual minus expected effect in yen (差); negative where the effect falls short. M4."""
    return effect["actual_yen"] - effect["expected_yen"]


def effect_multiplier(effect: pd.DataFrame) -> pd.Series:
    """Actual effect over expected effect (倍率): 1 is exactly as expected.

    Args:
        effect: `expected_yen`, `actual_yen`.

    Returns:
        Fractions on the same index; missing where either amount is, and where nothing or a cost was expected:
        0 of 0 is 対象外, never 0, 1 or infinity. `multiplier_case` says which.

    Source:
        令和6年度取組結果（概要）②「実績効果額（効果見込額との比較）」. M3.
    """
    return ratio(effect["actual_yen"], effect["expected_yen"])


def multiplier_case(effect: pd.DataFrame) -> pd.Series:
    """Why a multiplier has a value or has none.

    Returns:
        On the same index: `defined`, `negative_actual` (defined, below zero), `zero_zero` (nothing expected, nothing
        came), `unexpected` (nothing expected, something came), `cost_expected`, `expected_not_stated`,
        `actual_not_stated`. M3.
    """

    def case(expected: int | None, actual: int | None) -> str:
        if expected is None:
            return "expected_not_stated"
        if actual is None:
            return "actual_not_stated"
        if expected < 0:
            return "cost_expected"
        if expected == 0:
            return "zero_zero" if actual == 0 else "unexpected"
        return "negative_actual" if actual < 0 else "defined"

    pairs = zip(*(whole_or_none(effect[column]) for column in ("expected_yen", "actual_yen")), strict=True)
    return pd.Series([case(*pair) for pair in pairs], index=effect.index, dtype=object)


def contribution_to_multiplier(effect: pd.DataFrame) -> pd.Series:
    """What each policy adds to the plan's multiplier: its actual over the whole expected effect. The parts add up to the multiplier. M5."""
    return over_total(effect["actual_yen"], _sum(effect["expected_yen"]))


def contribution_to_excess(effect: pd.DataFrame) -> pd.Series:
    """What each policy adds to the multiplier's excess over 1: its gap over the whole expected effect. M5."""
    return over_total(effect_gap(effect), _sum(effect["expected_yen"]))


def expected_share(effect: pd.DataFrame) -> pd.Series:
    """Each policy's part of the whole expected effect; missing unless that is above zero. M5."""
    return over_total(effect["expected_yen"], _sum(effect["expected_yen"]))


def actual_share(effect: pd.DataFrame) -> pd.Series:
    """Each policy's part of the whole actual effect; missing unless that is above zero. M5."""
    return over_total(effect["actual_yen"], _sum(effect["actual_yen"]))


def leave_one_out_multiplier(effect: pd.DataFrame) -> pd.Series:
    """The multiplier of all other policies, one row per policy left out (M8).

    Returns:
        Fractions on the same index; missing where nothing would be expected of the rest.
    """
    rest = pd.DataFrame({column: _rest(effect[column]) for column in AMOUNTS}, index=effect.index)
    return effect_multiplier(rest)


def capped_delivery(effect: pd.DataFrame) -> Fraction | None:
    """The share of the expected effect that came in the policies it was expected of: Σ min(expected, actual) / Σ expected (M9).

    A surplus in one policy does not make up for a shortfall in another. Missing where an amount is, or where nothing
    was expected.
    """
    expected, actual = (whole_or_none(effect[column]) for column in AMOUNTS)
    if None in expected or None in actual or sum(expected) <= 0:
        return None
    return Fraction(sum(map(min, expected, actual)), sum(expected))


def _sum(amounts: pd.Series) -> int | None:
    total = amounts.sum(skipna=False)
    return None if pd.isna(total) else int(total)


def _rest(amounts: pd.Series) -> pd.Series:
    return amounts.sum(skipna=False) - amounts
