"""What is left without the largest item, or without one-off items (M7, M7b)."""

from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from helpers.compute.shares import remainder
from helpers.terms import Interval
from helpers.terms.records import records


def multiplier_without(items: pd.DataFrame, *, actual_yen: int, expected_yen: int) -> Interval | None:
    """The multiplier without these items, over the whole plan's expected effect: a lower bound (M7).

    The items' own expected effect is not published, so the denominator keeps it. As long as it is not negative,
    taking it out could only raise the ratio.

    Args:
        items: `low_yen`, `high_yen`.
        actual_yen: Whole actual effect.
        expected_yen: Whole expected effect.

    Returns:
        A range of ratios from rounding alone; None where nothing was expected.
    """
    if expected_yen <= 0:
        return None
    rest = remainder(items, actual_yen)
    return Interval(Fraction(rest.low, expected_yen), Fraction(rest.high, expected_yen))


def multiplier_without_upper(
    items: pd.DataFrame, *, actual_yen: int, expected_yen: int, policy_expected_yen: Iterable[int]
) -> Interval | None:
    """The upper bound of that multiplier: as if everything expected of the items' policy had been expected of these items (M7).

    Args:
        items: `low_yen`, `high_yen`.
        actual_yen: Whole actual effect.
        expected_yen: Whole expected effect.
        policy_expected_yen: Expected effect of each policy the items may belong to.

    Returns:
        A range of ratios; None where nothing would be left to expect (no upper end), or a policy's expectation is negative.
    """
    of_policies = list(policy_expected_yen)
    if not of_policies or min(of_policies) < 0:
        return None
    left = int(expected_yen - max(of_policies))
    rest = remainder(items, actual_yen)
    if left <= 0 or rest.low < 0:
        return None
    return Interval(Fraction(int(rest.low), left), Fraction(int(rest.high), left))


def recurring_effect(items: pd.DataFrame, effect_classes: pd.DataFrame, *, actual_yen: int) -> Interval | None:
    """How much of the actual effect is judged to come again next year (M7b).

    Args:
        items: `low_yen`, `high_yen` on `measure_id`.
        effect_classes: `measure_id`, `recurrence`, `cash_class`.
        actual_yen: Whole actual effect.

    Returns:
        A range in yen: from the items judged recurring and cash, to everything but the items judged one-off. Effect
        that is not itemised may or may not recur.
        None where no item is judged, an item is below zero, or the two judged parts are more than the whole.
    """
    classes = {row.measure_id: row for row in records(effect_classes)}
    judged = [(item.low_yen, classes[item.Index]) for item in records(items) if item.Index in classes]
    if not judged or (items["low_yen"] < 0).any():
        return None
    low = sum(yen for yen, of in judged if (of.recurrence, of.cash_class) == ("recurring", "cash"))
    high = actual_yen - sum(yen for yen, of in judged if of.recurrence == "one_off")
    return Interval(low, high) if low <= high else None
