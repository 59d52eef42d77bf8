"""What the tables of a year come to, by policy and item: worked out once for all its figures."""

from typing import NamedTuple

import pandas as pd

from helpers.compute import grades, money, shares
from helpers.terms.frames import Frames
from helpers.terms.records import records


class Sums(NamedTuple):
    """One year's sums.

    Attributes:
        counts: Of each policy; `grades.achievement`.
        effects: Of each policy; `money.effect`.
        total: Of the whole plan; `money.total_effect`.
        items: The measures with an amount; `shares.items`.
        amounts: Of each amount of a policy the policy, the kind and its line; a list is much faster than a frame, and is asked for every figure.
    """

    counts: pd.DataFrame
    effects: pd.DataFrame
    total: pd.DataFrame
    items: pd.DataFrame
    amounts: list[tuple[str, str, int]]

    def amount_rows(self, policy: str | None = None, *, kind: str | None = None) -> tuple[str, ...]:
        """The rows of amounts of one policy or all of them, of one kind or both."""
        return tuple(
            f"effects.csv:{line}"
            for of_policy, of_kind, line in self.amounts
            if policy in {None, of_policy} and kind in {None, of_kind}
        )


def sums(frames: Frames) -> Sums:
    """The sums of a year's tables."""
    effects = money.effect(frames.effects, plan=frames.plan)
    counts = grades.achievement(frames.grade_counts, plan=frames.plan)
    amounts = [(row.scope_id, row.kind, row.Index) for row in records(frames.effects) if row.scope == "policy"]
    return Sums(counts, effects, money.total_effect(effects), shares.items(frames.effects), amounts)
