"""How far the figures can be relied on: several facts about the data, never one score (M25)."""

from fractions import Fraction

import pandas as pd

from helpers.terms import Interval
from helpers.terms.records import records
from helpers.terms.tables import FACTS

SOURCED = ["source_id", "locator", "quote"]


def fact_rows(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """All rows read from the document, with their provenance; one row per fact (M25).

    Args:
        tables: The year's tables by name.

    Returns:
        `table`, `line`, `source_id`, `locator`, `quote`, `status`.
    """
    columns = [*SOURCED, "status"]
    named = {contract.name: tables[contract.name] for contract in FACTS}
    rows = [
        (name, *row)
        for name, table in named.items()
        for row in zip(table.index.tolist(), *(table[column].tolist() for column in columns), strict=True)
    ]
    return pd.DataFrame(rows, columns=["table", "line", *columns])


def sourced_share(facts: pd.DataFrame, sources: dict[str, dict]) -> Fraction | None:
    """The share of facts with a described document, a place in it and its words; None without facts (M25).

    Args:
        facts: `source_id`, `locator`, `quote`.
        sources: What is known of each document, by source id.
    """
    if facts.empty:
        return None
    led_back = sum(bool(fact.source_id in sources and fact.locator and fact.quote) for fact in records(facts))
    return Fraction(led_back, len(facts))


def classified_share(items: pd.DataFrame, effect_classes: pd.DataFrame, *, actual_yen: int | None) -> Interval | None:
    """The share of the actual effect in items for which somebody judged whether they recur (M25, of M7b).

    Args:
        items: `low_yen`, `high_yen` on `measure_id`.
        effect_classes: `measure_id`, `recurrence`; `unknown` is not judged.
        actual_yen: The whole actual effect.

    Returns:
        A range of ratios; None where shares mean nothing (no items, total or item not above zero, no judgement).
    """
    if actual_yen is None or actual_yen <= 0 or items.empty or (items["low_yen"] < 0).any():
        return None
    known = effect_classes.loc[effect_classes["recurrence"] != "unknown", "measure_id"]
    judged = items[items.index.isin(known)]
    if judged.empty or int(judged["low_yen"].sum()) > actual_yen:
        return None
    low, high = int(judged["low_yen"].sum()), min(actual_yen, int(judged["high_yen"].sum()))
    return Interval(Fraction(low, actual_yen), Fraction(high, actual_yen))
