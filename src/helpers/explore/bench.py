"""The analyst's bench: one year as published, its official figures and the state of its checks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from helpers import compute
from helpers.explore.change import Change
from helpers.terms import Figures, Finding
from helpers.terms.frames import Frames

Check = Callable[..., list[Finding]]


@dataclass(frozen=True)
class Bench:
    """The analyst's bench: one year as published, and what it takes to ask "what if".

    Attributes:
        frames: The year's tables, corrected.
        years: Registered years before it, as their files hold them.
        official: Every figure as the pages state it.
        findings: What the checks found.
        documents: The lines of the received documents, by source id.
        checks: `check.frames` and `check.figures`, to ask a changed year the same.
        home: The project's folder, where `findings/` lies.
        known: What was asked already: going back to it takes no time.
    """

    frames: Frames
    years: Mapping[int, Frames]
    official: Figures
    findings: tuple[Finding, ...]
    documents: Mapping[str, list[str]]
    checks: tuple[Check, ...]
    home: str
    known: dict[Change, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return f"Bench({self.frames.plan.id}, {self.frames.fiscal_year}, {len(self.official)} figures)"


def bench(
    frames: Frames,
    *,
    checks: Iterable[Check],
    years: Mapping[int, Frames] | None = None,
    documents: Mapping[str, list[str]] | None = None,
    home: object = "..",
) -> Bench:
    """The bench for one year: its official figures, computed once, and the state of its checks.

    A check that fails does not stop an analyst as it stops a page; `banner` says which one does.

    Args:
        frames: The year's tables, corrections applied: `compute.corrected(read.year("isehara-6", 2024))`.
        checks: `(check.frames, check.figures)`.
        years: The years before: `read.years_before("isehara-6", 2024)`.
        documents: For `search`: `read.documents(frames)`.
        home: The project's folder, beside whose `data` and `reports` the `findings` are kept.

    >>> from helpers import check, compute, explore, read
    >>> frames = compute.corrected(read.year("isehara-6", 2024))
    >>> explore.bench(frames, checks=(check.frames, check.figures))
    Bench(isehara-6, 2024, 308 figures)
    """
    earlier = dict(years or {})
    official = compute.figures(frames, years=earlier)
    of_tables, *of_figures = checks
    findings = (*of_tables(frames), *(one for check in of_figures for one in check(frames, official)))
    return Bench(frames, earlier, official, findings, dict(documents or {}), (of_tables, *of_figures), str(home))


def figures_of_years(years: Mapping[int, Frames]) -> pd.DataFrame:
    """The figures of all registered years as one table, a row a figure and year, each as on that year's own pages.

    Args:
        years: As the files hold them: `read.every_year("isehara-6")`.

    >>> from helpers import explore, read
    >>> rows = explore.figures_of_years(read.every_year("isehara-6"))
    >>> rows.query("metric == 'measures' and scope == 'plan'")["value"].tolist()
    [74.0]
    """
    made = compute.figures_by_year(years).values()
    return pd.concat([one.frame() for one in made] or [Figures([]).frame()], ignore_index=True)
