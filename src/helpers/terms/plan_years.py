"""What is known of each year of a plan: the one rule for 未登録 and 未到来, for a year's page and the plan's alike."""

from collections.abc import Container, Iterable

from helpers.terms.fiscal_year import MONTH_OF_RESULTS
from helpers.terms.frames import Frames
from helpers.terms.plan import Plan


def newest_month(frames: Iterable[Frames]) -> str:
    """The month of the newest document in force, `2025-08`; empty where there is none."""
    months = {source["published"] for one in frames for source in one.sources.values() if not source.get("superseded")}
    return max(months - {"not_stated"}, default="")


def states(plan: Plan, registered: Container[int], month: str) -> dict[int, str]:
    """Each plan year: `registered`, `not_registered`, or `not_due` where its results are not expected by that month.

    Args:
        plan: The plan.
        registered: The registered years.
        month: `newest_month`; without one no year can be said to be not yet due.
    """
    return {
        year: "registered"
        if year in registered
        else "not_due"
        if month and month < f"{year + 1:04d}-{MONTH_OF_RESULTS:02d}"
        else "not_registered"
        for year in plan.years
    }
