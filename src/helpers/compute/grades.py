"""Counts of grades: how many measures reached the plan (M1), and how much that depends on single policies and measures (M8)."""

from collections import Counter
from fractions import Fraction

import pandas as pd

from helpers.compute.ratio import ratio
from helpers.terms import Plan, Refusal
from helpers.terms.records import records

COUNTS = ("measures", "achieved_measures", "exceeded_measures", "not_rated_measures")


def achievement(grade_counts: pd.DataFrame, *, plan: Plan) -> pd.DataFrame:
    """Measures graded, achieved and exceeded, one row per policy.

    Args:
        grade_counts: One row per policy and grade; `policy_id`, `grade`, `measures`.
        plan: Its grade scale says which grades count as achieved and which are not rated.

    Returns:
        Whole numbers on `policy_id`, in the plan's order: `measures` (rated ones only), `achieved_measures`,
        `exceeded_measures`, `not_rated_measures`. A policy without rows has no row.

    Raises:
        Refusal: A grade is not in the plan's scale, so nobody can say whether it counts; also where the failed check was accepted.
    """
    grades = {grade.code: grade for grade in plan.grades}
    unknown = [grade for grade in dict.fromkeys(grade_counts["grade"]) if grade not in grades]
    if unknown:
        scale = "・".join(grades)
        raise Refusal(
            f"評価「{'・'.join(unknown)}」は尺度（{scale}）にないので数えられません。plan.toml の grades に加えてください。"
        )
    counted: dict[str, Counter[str]] = {}
    for row in records(grade_counts):
        of_policy, grade = counted.setdefault(row.policy_id, Counter()), grades[row.grade]
        of_policy["measures" if grade.is_rated else "not_rated_measures"] += row.measures
        of_policy["achieved_measures"] += row.measures * grade.achieved
        of_policy["exceeded_measures"] += row.measures * (grade.band == "exceeded")
    policies = [policy.id for policy in plan.policies if policy.id in counted]
    return pd.DataFrame(
        {column: pd.array([counted[policy][column] for policy in policies], dtype="int64") for column in COUNTS},
        index=pd.Index(policies, name="policy_id", dtype=grade_counts["policy_id"].dtype),
    )


def achievement_rate(achievement: pd.DataFrame) -> pd.Series:
    """Measures achieved over measures graded (達成率): 1 is all of them.

    Args:
        achievement: `achieved_measures`, `measures`.

    Returns:
        Fractions on the same index; missing where no measure was graded (対象なし).

    Source:
        令和6年度取組結果（概要）①「74件の取組項目のうち、8割程度の62件」. M1.
    """
    return ratio(achievement["achieved_measures"], achievement["measures"])


def exceeded_rate(achievement: pd.DataFrame) -> pd.Series:
    """Measures above plan over measures graded (上回り率); as `achievement_rate`. M1."""
    return ratio(achievement["exceeded_measures"], achievement["measures"])


def points_per_measure(achievement: pd.DataFrame) -> pd.Series:
    """How far one measure moves the rate: 1 / measures graded; missing where none was graded."""
    return ratio(pd.Series(1, index=achievement.index), achievement["measures"])


def leave_one_out_rate(achievement: pd.DataFrame) -> pd.Series:
    """The achievement rate of all other policies, one row per policy left out (M8).

    Returns:
        Fractions on the same index; missing where nothing is left.
    """
    rest = {name: achievement[name].sum() - achievement[name] for name in ("achieved_measures", "measures")}
    return ratio(rest["achieved_measures"], rest["measures"])


def regrades_below(achievement: pd.DataFrame, *, threshold: Fraction) -> pd.Series:
    """How many achieved measures would have to be graded down for the rate to fall below the threshold.

    Args:
        achievement: `achieved_measures`, `measures`.
        threshold: A ratio, such as four fifths.

    Returns:
        Whole numbers; 0 where the rate is below the threshold already, missing where no measure was graded.
    """

    def needed(row: pd.Series) -> int | None:
        if not row["measures"]:
            return None
        allowed = threshold * int(row["measures"])
        least_held = -(-allowed.numerator // allowed.denominator)
        return max(0, int(row["achieved_measures"]) - least_held + 1)

    return achievement.apply(needed, axis="columns").astype(object)
