"""The year as a calendar: which stage of asking the departments should have begun, and what is late.

A stage is expected only where `run.toml` names its month; a deadline that has passed, and a collection that nobody has closed by the month
of publication, are told wherever departments were asked.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field

from helpers.terms import fiscal_year_of, form, wareki
from helpers.terms.contract import Shape
from helpers.terms.fiscal_year import FIRST_MONTH, MONTH_OF_RESULTS

_Month = Annotated[int, Field(ge=1, le=12)]


class Calendar(Shape):
    """`[calendar]` of `run.toml`: the month in which each stage is asked, and that of publication.

    Attributes:
        plan: What the year intends, usually in April.
        interim: How far it has come, usually in October.
        result: What came of it, usually from March.
        publication: When the results are published, in the year after.
    """

    plan: _Month | None = None
    interim: _Month | None = None
    result: _Month | None = None
    publication: _Month = MONTH_OF_RESULTS


class Asked(NamedTuple):
    """A stage in which departments were asked.

    Attributes:
        until: Day by which to answer, as ISO text; empty where none was set.
        lacking: Departments whose answers are not complete.
    """

    plan: str
    fiscal_year: int
    stage: str
    until: str
    lacking: tuple[str, ...]
    is_closed: bool


class Late(NamedTuple):
    """What is late, in a sentence that says what to do."""

    plan: str
    fiscal_year: int
    stage: str
    sentence: str


def late(
    periods: Mapping[str, tuple[int, int]],
    registered: Mapping[str, Iterable[int]],
    asked: Iterable[Asked],
    today: date,
    *,
    calendar: Calendar,
) -> list[Late]:
    """What is late on a day, by plan and year; of years whose document is registered nothing is.

    Args:
        periods: First and last fiscal year of each plan.
        registered: The years each has data of.
        asked: The stages in which departments were asked.
        today: The day that is asked for.
        calendar: The months.
    """
    asked = list(asked)
    found = []
    for plan, (first, last) in periods.items():
        for year in range(first, last + 1):
            if year in registered[plan]:
                continue
            of_year = {one.stage: one for one in asked if (one.plan, one.fiscal_year) == (plan, year)}
            begun = _not_begun(plan, year, of_year, today, calendar)
            found += [begun] if begun else []
            found += [one for stage in of_year.values() if (one := _overdue(stage, today, calendar))]
    return found


def _not_begun(plan: str, year: int, of_year: Mapping[str, Asked], today: date, calendar: Calendar) -> Late | None:
    """The latest stage whose month has passed, where neither it nor a later one was asked.

    What a year intends and how far it has come is asked in that year alone.
    """
    now = (today.year, today.month)
    stages = [*form.STAGES]
    for stage in reversed(stages):
        month = getattr(calendar, stage)
        is_over = stage != form.RESULT and fiscal_year_of(today) > year
        if month is None or is_over or now <= _month_of(year, stage, month):
            continue
        if any(later in of_year for later in stages[stages.index(stage) :]):
            return None
        says = (
            f"{plan} {wareki(year)}: {month}月に始まるはずの照会（{form.STAGES[stage]}）が、まだ始まっていません。"
            f"gyokaku forms {plan} --year {year} --stage {stage} で様式を作ってください。"
        )
        return Late(plan, year, stage, says)
    return None


def _month_of(year: int, stage: str, month: int) -> tuple[int, int]:
    """Year and month of the calendar in which a stage is asked: results at the end of the fiscal year or after it."""
    return (year, month) if month >= FIRST_MONTH and stage != form.RESULT else (year + 1, month)


def _overdue(asked: Asked, today: date, calendar: Calendar) -> Late | None:
    called = f"{asked.plan} {wareki(asked.fiscal_year)}: "
    stage = form.STAGES[asked.stage]
    if asked.is_closed:
        return None
    if asked.until and asked.until < today.isoformat() and asked.lacking:
        says = (
            f"{called}照会（{stage}）の期限（{asked.until}）を過ぎて、{'・'.join(asked.lacking)}の答えがそろっていません。"
            f"gyokaku remind {asked.plan} --year {asked.fiscal_year} で催促できます。"
        )
        return Late(asked.plan, asked.fiscal_year, asked.stage, says)
    if asked.stage == form.RESULT and (today.year, today.month) >= (asked.fiscal_year + 1, calendar.publication):
        says = (
            f"{called}公表の月（{calendar.publication}月）になりましたが、照会（{stage}）が締め切られていません。"
            f"gyokaku collect --plan {asked.plan} --year {asked.fiscal_year} --close 氏名 で締め切ってください。"
        )
        return Late(asked.plan, asked.fiscal_year, asked.stage, says)
    return None
