"""Several years of one plan beside one another (M12–M16).

A measure is the same in two years when its id is: a renamed one counts as ended and new (decision 3).
"""

from collections.abc import Collection, Mapping
from fractions import Fraction

import pandas as pd

from helpers.terms import Interval

NEW, ENDED = "new", "ended"


def cumulative(amounts: Mapping[int, int | None], *, first: int, last: int) -> int | None:
    """The sum of a year's amounts over all fiscal years from first to last, in yen (累計, M12).

    Args:
        amounts: Yen by fiscal year; missing where a year is not registered or states no amount.
        first: The first fiscal year that counts.
        last: The last one.

    Returns:
        None where any of those years is missing: a sum with a hole is no sum.
    """
    found = [amounts.get(year) for year in range(first, last + 1)]
    return None if any(amount is None for amount in found) else sum(found)


def elapsed_share(*, first: int, last: int, year: int) -> Fraction:
    """The share of the plan's years that have passed at the end of this one: 2 of 5. M13."""
    return Fraction(year - first + 1, last - first + 1)


def required_run_rate(*, target_yen: int, so_far: Interval, years_left: int) -> Interval | None:
    """Yen that each remaining year has to bring to reach the target, rounded outward (M13).

    Args:
        target_yen: Expected effect of the whole plan.
        so_far: Cumulative actual effect, or its range without the items judged one-off.
        years_left: Fiscal years after this one.

    Returns:
        None where no year is left, or where the target may be reached already (到達済).
    """
    missing = Interval(target_yen - so_far.high, target_yen - so_far.low)
    if years_left <= 0 or missing.low <= 0:
        return None
    return Interval(missing.low // years_left, -(-missing.high // years_left))


def pace(*, cumulative_yen: int, target_yen: int, elapsed: Fraction) -> str | None:
    """Whether the cumulative effect keeps up with the plan's time (M13).

    Returns:
        `on_pace` where cumulative / target is at least the share of time elapsed, else `behind`; None without a target above
        zero.

    Source:
        経済・財政一体改革の KPI の区分（A・B・N・F）。計画の評価記号と混ざらないよう、言葉に改めた.
    """
    if target_yen <= 0:
        return None
    return "on_pace" if Fraction(cumulative_yen, target_yen) >= elapsed else "behind"


def grade_transitions(before: pd.Series, now: pd.Series) -> pd.Series:
    """From which grade to which how many measures went (M15). Counts only.

    Args:
        before: Grades of last year on `measure_id`.
        now: Grades of this year on `measure_id`.

    Returns:
        Whole numbers on (`before`, `now`). A measure that is new has `new` as its grade before; one that ended has
        `ended` as its grade now. Without `new` they add up to last year's count, without `ended` to this year's.
    """
    ids = before.index.union(now.index, sort=False)
    pairs = pd.DataFrame({"before": before.reindex(ids).astype(object), "now": now.reindex(ids).astype(object)})
    pairs = pairs.assign(before=pairs["before"].fillna(NEW), now=pairs["now"].fillna(ENDED))
    return pairs.groupby(["before", "now"], sort=True).size()


def panel(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The measures that were rated in both years: the constant panel (M14).

    Args:
        before: Last year's register as `registered` gives it, on `measure_id`.
        now: This year's.

    Returns:
        On `measure_id`: `achieved_before`, `achieved_now`, `order_before`, `order_now` (1 is the best), `policy_id` of this
        year.
    """
    ids = now.index[now["is_rated"]].intersection(before.index[before["is_rated"]], sort=False).rename("measure_id")
    before, now = before.loc[ids], now.loc[ids]
    return pd.DataFrame(
        {
            "achieved_before": before["is_achieved"].astype(bool),
            "achieved_now": now["is_achieved"].astype(bool),
            "order_before": before["grade_order"].astype(int),
            "order_now": now["grade_order"].astype(int),
            "policy_id": now["policy_id"],
        },
        index=ids,
    )


def panel_rates(panel: pd.DataFrame) -> tuple[Fraction, Fraction] | None:
    """Achievement rate of the constant panel, last year and this year; None where it is empty (M14)."""
    if panel.empty:
        return None
    return Fraction(int(panel["achieved_before"].sum()), len(panel)), Fraction(
        int(panel["achieved_now"].sum()), len(panel)
    )


def movements(panel: pd.DataFrame) -> dict[str, int]:
    """How many measures of the constant panel were graded better, worse, the same (M15)."""
    better = panel["order_now"] < panel["order_before"]
    worse = panel["order_now"] > panel["order_before"]
    return {"improved": int(better.sum()), "worsened": int(worse.sum()), "unchanged": int((~better & ~worse).sum())}


def behind_persistence(panel: pd.DataFrame, *, least: int) -> Fraction | None:
    """Of the measures behind plan last year, the share that is behind again (M15).

    Args:
        panel: The constant panel.
        least: The fewest measures for which a share is given.

    Returns:
        A ratio; None below that number. Measures that ended are not in the panel.
    """
    behind = panel[~panel["achieved_before"]]
    return Fraction(int((~behind["achieved_now"]).sum()), len(behind)) if len(behind) >= max(1, least) else None


def years_behind(registers: Mapping[int, pd.DataFrame], *, year: int) -> pd.Series:
    """For how many fiscal years in a row, up to this one, each measure has not reached the plan (M16).

    Args:
        registers: Registers as `registered` gives them, on `measure_id`, by fiscal year.
        year: The year to count back from; it must be among the registers.

    Returns:
        Whole numbers on `measure_id`, only measures not achieved this year. Counting stops at the first year without
        a register, so the true number may be higher.
    """
    still = _behind(registers[year])
    found, earlier = dict.fromkeys(still, 1), year - 1
    while still and earlier in registers:
        were = set(_behind(registers[earlier]))
        still = [measure for measure in still if measure in were]
        found |= {measure: found[measure] + 1 for measure in still}
        earlier -= 1
    return pd.Series(found, dtype="int64").rename_axis("measure_id")


def years_in_a_row(named: Mapping[int, Collection[str]], measure: str, *, year: int) -> int:
    """For how many fiscal years in a row, up to this one, a measure is among those named (M16).

    Args:
        named: Measures by fiscal year.
        measure: One of this year's.
        year: The year to count back from. Counting stops at the first year without a document.
    """
    run = 0
    while measure in named.get(year - run, ()):
        run += 1
    return run


def _behind(registered: pd.DataFrame) -> list[str]:
    return list(registered.index[registered["is_rated"] & ~registered["is_achieved"]])


def effect_change(before: pd.Series, now: pd.Series) -> dict[str, int | None]:
    """The change in actual effect, split into measures of both years, new ones and ended ones (M14).

    Args:
        before: Actual effect of last year in yen on `measure_id`.
        now: That of this year.

    Returns:
        `within`, `entries`, `exits` in yen; they add up to the whole change. All None where a measure's amount is missing.
    """
    if before.isna().any() or now.isna().any():
        return {"within": None, "entries": None, "exits": None}
    both = now.index.intersection(before.index)
    return {
        "within": int(now[both].sum() - before[both].sum()),
        "entries": int(now.drop(both).sum()),
        "exits": -int(before.drop(both).sum()),
    }
