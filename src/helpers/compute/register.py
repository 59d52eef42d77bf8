"""The city's internal register: a layer of its own, never mixed with the published tables (M1–M4, M10, M17, M19)."""

from fractions import Fraction

import pandas as pd

from helpers.compute.ratio import whole_or_none
from helpers.terms import Plan
from helpers.terms.frames import Frames

# A department's rate is shown from this many measures on; with fewer, one measure moves it by more than 10 points.
LEAST_FOR_A_RATE = 10


def behind_by_name(frames: Frames) -> list[str]:
    """The measures that the documents name as behind plan, by a grade or in the list of those behind, in their order."""
    codes = [grade.code for grade in frames.plan.grades if grade.is_rated and not grade.achieved]
    listed = frames.mentions.loc[frames.mentions["list"] == "behind", "measure_id"]
    measures = frames.measures["measure_id"]
    return list(measures[frames.measures["grade"].isin(codes) | measures.isin(listed)])


def registered(register: pd.DataFrame, *, plan: Plan) -> pd.DataFrame:
    """Each measure of the register with what its grade means.

    Args:
        register: `measure_id`, `policy_id`, `department`, `grade`, `expected_yen`, `actual_yen`.
        plan: Its grade scale; a grade that it does not have counts as not rated, and V22 reports it.

    Returns:
        On the same index, the same columns and `is_rated`, `is_achieved`, `grade_order` (1 is the best; missing where not
        rated).
    """
    scale = {grade.code: grade for grade in plan.grades if grade.is_rated}
    order = register["grade"].map({code: grade.order for code, grade in scale.items()})
    return register.assign(
        is_rated=register["grade"].isin(list(scale)),
        is_achieved=register["grade"].isin([code for code, grade in scale.items() if grade.achieved]),
        grade_order=order.astype("Int64"),
    )


def register_summary(registered: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Measures, achieved measures, expected and actual effect of the register, as a whole or by a column (M17).

    Args:
        registered: As `registered` gives it.
        by: `policy_id` or `department` (each measure has one department, the primary one), or None for the whole.

    Returns:
        `measures` and `achieved_measures` (rated ones only), `expected_yen`, `actual_yen` (missing where any measure's
        amount is) and `all_measures` on the column's values, in the register's order; on `plan` for the whole.
    """
    key = pd.Series("plan", index=registered.index) if by is None else registered[by]
    of_key = registered.groupby(key, sort=False)
    amounts = {
        column: of_key[column].agg(lambda amounts: amounts.sum(skipna=False)).astype("Int64")
        for column in ("expected_yen", "actual_yen")
    }
    return pd.DataFrame(
        {
            "measures": of_key["is_rated"].sum().astype(int),
            "achieved_measures": of_key["is_achieved"].sum().astype(int),
            "all_measures": of_key.size(),
            **amounts,
        }
    )


def measure_discordance(registered: pd.DataFrame, *, threshold: Fraction) -> pd.Series:
    """Whether a measure's grade and its money agree (M10 with a register).

    Args:
        registered: As `registered` gives it.
        threshold: The multiplier below which an achieved measure's money falls short.

    Returns:
        On the same index: `achieved_money_short` (achieved, yet below threshold × expected), `behind_money_ok` (not achieved,
        yet at least what was expected), `agree`, `money_not_applicable` (nothing expected, or an amount missing),
        `rate_not_applicable` (not rated).
    """
    least, of = threshold.numerator, threshold.denominator

    def kind(is_rated: bool, is_achieved: bool, expected: int | None, actual: int | None) -> str:  # noqa: FBT001
        if not is_rated:
            return "rate_not_applicable"
        if expected is None or actual is None or expected <= 0:
            return "money_not_applicable"
        if is_achieved:
            return "achieved_money_short" if actual * of < least * expected else "agree"
        return "behind_money_ok" if actual >= expected else "agree"

    columns = (
        registered["is_rated"].tolist(),
        registered["is_achieved"].tolist(),
        whole_or_none(registered["expected_yen"]),
        whole_or_none(registered["actual_yen"]),
    )
    return pd.Series([kind(*row) for row in zip(*columns, strict=True)], index=registered.index, dtype=object)


def yen_target_rate(registered: pd.DataFrame) -> Fraction | None:
    """The share of the register's measures with an expected effect above zero (目標設定率, M19); None without measures."""
    return Fraction(int((registered["expected_yen"] > 0).sum()), len(registered)) if len(registered) else None
