"""Turns a value into a figure: exact, a range, or none with the reason."""

from fractions import Fraction

import pandas as pd

from helpers.terms import Figure, Interval, Status

Value = int | Fraction | str | Interval | None

# Reasons that mean "the input is missing"; every other reason means that the figure makes no sense here.
ABSENT = {
    "actual_not_stated",
    "amounts_not_registered",
    "assurance_not_stated",
    "effect_basis_not_stated",
    "evidence_not_coded",
    "expected_not_stated",
    "grades_not_stated",
    "no_items",
    "no_register",
    "none_named",
    "not_asked_yet",
    "not_judged",
    "nothing_answered",
    "nothing_stated",
    "previous_not_registered",
    "previous_register_not_registered",
    "reasons_not_registered",
    "years_not_given",
    "years_not_registered",
    "weights_not_stated",
}
_PLAIN = {int, str, Fraction}


def made(
    metric: str,
    value: Value,
    *,
    year: int,
    inputs: tuple[str, ...],
    scope: str = "plan",
    scope_id: str = "",
    status: Status = Status.DERIVED,
    reason: str = "",
) -> Figure:
    """One figure of this value.

    Args:
        metric: Id of the closed list.
        value: A number, a word of a category, a range, or None.
        year: Fiscal year.
        inputs: Rows it was made of.
        scope: The scope: the whole plan, a policy, a measure …
        scope_id: Which one.
        status: How it is known, where it is.
        reason: Why there is no value, where there is none.
    """
    if type(value) in _PLAIN:  # nearly all figures take this way, and there may be millions
        return Figure(metric, scope, scope_id, year, status, exact=value, inputs=inputs)
    known = {"metric": metric, "scope": scope, "scope_id": scope_id, "fiscal_year": year, "inputs": inputs}
    if isinstance(value, Interval):
        if value.is_point:
            return Figure(**known, status=status, exact=value.low)
        return Figure(**known, status=status, range=value)
    if value is None or (not isinstance(value, str | Fraction) and pd.isna(value)):
        return Figure(**known, status=Status.NOT_AVAILABLE if reason in ABSENT else Status.UNDEFINED, reason=reason)
    return Figure(**known, status=status, exact=value if isinstance(value, str | Fraction) else int(value))


def rows(table: str, frame: pd.DataFrame, *, of_year: int | None = None) -> tuple[str, ...]:
    """The rows of a frame as inputs: `effects.csv:2`, of another year `2023/effects.csv:2`."""
    folder = "" if of_year is None else f"{of_year}/"
    return tuple(f"{folder}{table}.csv:{line}" for line in frame.index)


def rows_or_file(table: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """As `rows`; the file's name where the figure rests on the file having no such row."""
    return rows(table, frame) or (f"{table}.csv",)
