"""What became of the year sets of a run."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

OVERVIEW = "index"


class State(StrEnum):
    """What became of a year set."""

    BUILT = "built"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """One year set, or the pages over a plan's years: what became of it, where its pages are (or the reason), and what to tell.

    Attributes:
        plan: Empty for the page over all plans.
        fiscal_year: None for the pages over a plan's years.
        seconds: How long it took; 0 where nothing was due.
        called: What stands before its name; empty for the pages of years.
    """

    plan: str
    fiscal_year: int | None
    state: State
    paths: tuple[Path, ...]
    sentences: tuple[str, ...] = ()
    seconds: float = field(default=0, compare=False)
    called: str = ""

    @property
    def name(self) -> str:
        """What it is called in a line of a log: `isehara-6 2024`, `照会 isehara-6 2025`."""
        return named(self.called, self.plan, self.fiscal_year)


def named(called: str, plan: str, fiscal_year: int | None) -> str:
    """A set, the pages over a plan's sets, or without a plan the page over all plans, as the history of runs has it."""
    return " ".join(map(str, filter(None, (called, plan, fiscal_year)))) or OVERVIEW


class Outcome(NamedTuple):
    """All year sets of a run in the order asked for, what to tell besides, and what went wrong besides."""

    results: list[Result]
    notes: list[str]
    faults: tuple[str, ...] = ()
