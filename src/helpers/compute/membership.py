"""Which policies a named measure can belong to, when the document does not say (M21)."""

from dataclasses import dataclass

import pandas as pd

# A search that has looked at this many placements gives up and excludes nothing: "not excluded" stays true.
MOST_PLACEMENTS = 20_000


@dataclass(frozen=True)
class _Named:
    id: str
    grade: str | None
    low_yen: int
    stated_policy: str | None


def feasible_policies(
    measures: pd.DataFrame, items: pd.DataFrame, *, grade_counts: pd.DataFrame, effect: pd.DataFrame
) -> pd.Series:
    """The policies each named measure can belong to without breaking a published number (M21).

    A placement of all named measures is possible when no policy holds more of them with a grade than it has measures of that
    grade, and no policy's items are together more than its actual effect. The second needs effects that are not negative;
    where one is, it is left out.

    Args:
        measures: `measure_id`, `grade`, `policy_id` (`not_stated` where the document does not say).
        items: `low_yen` on `measure_id`.
        grade_counts: `policy_id`, `grade`, `measures`.
        effect: `actual_yen` on `policy_id`.

    Returns:
        On `measure_id`: tuples of policy ids in the plan's order; empty where no placement is possible at all.
    """
    room = grade_counts.groupby(["policy_id", "grade"])["measures"].sum().to_dict()
    size = grade_counts.groupby("policy_id")["measures"].sum().to_dict()
    has_negative = bool((effect["actual_yen"] < 0).any() or (items["low_yen"] < 0).any())
    purse = None if has_negative or effect["actual_yen"].isna().any() else effect["actual_yen"].astype(int).to_dict()
    graded = set(grade_counts["grade"])
    named = [
        _Named(
            row.measure_id,
            row.grade if row.grade in graded else None,
            int(items["low_yen"].get(row.measure_id, 0)),
            row.policy_id if row.policy_id in effect.index else None,
        )
        for row in measures.itertuples()
    ]
    found = [
        tuple(policy for policy in effect.index if _is_possible(one, policy, named, room, size, purse)) for one in named
    ]
    return pd.Series(found, index=pd.Index([one.id for one in named], name="measure_id"), dtype=object)


def _is_possible(
    fixed: _Named, policy: str, named: list[_Named], room: dict, size: dict, purse: dict[str, int] | None
) -> bool:
    """Whether all named measures find a place when this one lies in this policy."""
    # Large amounts first: they have the fewest places to go.
    others = sorted((one for one in named if one is not fixed), key=lambda one: (-one.low_yen, one.grade or ""))
    left = MOST_PLACEMENTS

    def place(queue: list[_Named], room: dict, size: dict, purse: dict[str, int] | None) -> bool:
        nonlocal left
        if not queue:
            return True
        one, *rest = queue
        for policy_id in [policy] if one is fixed else size:
            left -= 1
            if left < 0:
                return True
            if one.stated_policy not in {None, policy_id} or size[policy_id] < 1:
                continue
            if one.grade is not None and room.get((policy_id, one.grade), 0) < 1:
                continue
            if purse is not None and one.low_yen > purse.get(policy_id, 0):
                continue
            smaller_room = (
                room if one.grade is None else room | {(policy_id, one.grade): room[policy_id, one.grade] - 1}
            )
            smaller_purse = None if purse is None else purse | {policy_id: purse.get(policy_id, 0) - one.low_yen}
            if place(rest, smaller_room, size | {policy_id: size[policy_id] - 1}, smaller_purse):
                return True
        return False

    return place([fixed, *others], room, size, purse)
