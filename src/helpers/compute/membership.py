"""Which policies a named measure can belong to, when the document does not say (M21)."""

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from helpers.terms.records import records

# A search that has looked at this many placements gives up and excludes nothing: "not excluded" stays true.
MOST_PLACEMENTS = 20_000


@dataclass(frozen=True)
class _Named:
    id: str
    grade: str | None
    low_yen: int
    stated_policy: str | None

    @property
    def kind(self) -> tuple:
        """Everything that decides in which policies the measure can lie."""
        return self.grade, self.low_yen, self.stated_policy


def feasible_policies(
    measures: pd.DataFrame, items: pd.DataFrame, *, grade_counts: pd.DataFrame, effect: pd.DataFrame
) -> pd.Series:
    """The policies each named measure can belong to without breaking a published number (M21).

    A placement of all named measures is possible when no policy gets more measures of a grade than it has, and the
    items placed in a policy do not add up to more than its actual effect. The second condition is dropped where an
    effect is negative, and the first where the document counts no measures.

    Args:
        measures: `measure_id`, `grade`, `policy_id` (`not_stated` where the document does not say).
        items: `low_yen` on `measure_id`.
        grade_counts: `policy_id`, `grade`, `measures`.
        effect: `actual_yen` on `policy_id`.

    Returns:
        On `measure_id`: tuples of policy ids in the plan's order; empty where no placement is possible at all.
    """
    room: Counter[tuple[str, str]] = Counter()
    counted: Counter[str] = Counter()
    for row in records(grade_counts):
        room[row.policy_id, row.grade] += row.measures
        counted[row.policy_id] += row.measures
    size = dict(sorted(counted.items())) or dict.fromkeys(
        effect.index, len(measures)
    )  # nobody says how many measures a policy has
    has_negative = bool((effect["actual_yen"] < 0).any() or (items["low_yen"] < 0).any())
    purse = None if has_negative or effect["actual_yen"].isna().any() else effect["actual_yen"].astype(int).to_dict()
    graded = {grade for _, grade in room}
    named = [
        _Named(
            row.measure_id,
            row.grade if row.grade in graded else None,
            int(items["low_yen"].get(row.measure_id, 0)),
            row.policy_id if row.policy_id in effect.index else None,
        )
        for row in records(measures)
    ]
    # Large amounts first: they have the fewest places to go.
    by_size = sorted(named, key=lambda one: (-one.low_yen, one.grade or ""))
    # Measures that differ only in their name can lie in the same policies, so each kind is searched once.
    places: dict[tuple, tuple[str, ...]] = {}
    for one in named:
        if one.kind not in places:
            places[one.kind] = tuple(p for p in effect.index if _is_possible(one, p, by_size, room, size, purse))
    found = [places[one.kind] for one in named]
    return pd.Series(found, index=pd.Index([one.id for one in named], name="measure_id"), dtype=object)


def _is_possible(
    fixed: _Named, policy: str, named: list[_Named], room: dict, size: dict, purse: dict[str, int] | None
) -> bool:
    """Whether all named measures find a place when this one lies in this policy."""
    others = (one for one in named if one is not fixed)
    queue, left, looked_at = [fixed, *others], _Left(dict(room), dict(size), None if purse is None else dict(purse)), 0
    # No recursion: with thousands of measures it would be thousands of calls deep.
    choices, placed = [iter([policy])], []
    while len(placed) < len(queue):
        one = queue[len(placed)]
        for policy_id in choices[-1]:
            looked_at += 1
            if looked_at > MOST_PLACEMENTS:
                return True
            if left.has_place(one, policy_id):
                left.take(one, policy_id, 1)
                placed.append(policy_id)
                choices.append(iter(size))
                break
        else:
            choices.pop()
            if not placed:
                return False
            left.take(queue[len(placed) - 1], placed.pop(), -1)
    return True


@dataclass(frozen=True)
class _Left:
    """The room left in each policy while measures are placed."""

    room: dict[tuple[str, str], int]
    size: dict[str, int]
    purse: dict[str, int] | None

    def has_place(self, one: _Named, policy_id: str) -> bool:
        if one.stated_policy not in {None, policy_id} or self.size.get(policy_id, 0) < 1:
            return False
        if one.grade is not None and self.room.get((policy_id, one.grade), 0) < 1:
            return False
        return self.purse is None or one.low_yen <= self.purse.get(policy_id, 0)

    def take(self, one: _Named, policy_id: str, number: int) -> None:
        """Place a measure, or with -1 take it away again."""
        self.size[policy_id] -= number
        if one.grade is not None:
            self.room[policy_id, one.grade] -= number
        if self.purse is not None:
            self.purse[policy_id] = self.purse.get(policy_id, 0) - number * one.low_yen
