"""All checks of a year, and how one is shown in a line."""

import dataclasses
from typing import TYPE_CHECKING

from helpers.terms import OUTCOMES, Finding

if TYPE_CHECKING:
    from helpers.terms.frames import Frames


def findings_of(frames: "Frames") -> list[Finding]:
    """All checks of a year, the same before registration and after."""
    from helpers import check, compute

    findings = check.frames(frames)
    if any(finding.stops for finding in findings):
        return findings  # tables that contradict themselves cannot be computed
    return [*findings, *check.figures(frames, compute.figures(frames))]


def finding_row(finding: Finding) -> dict:
    """A finding as a row for `--json`."""
    return {**dataclasses.asdict(finding), "outcome": finding.outcome, "stops": finding.stops}


def line_of(row: dict) -> str:
    """A finding as a line for people."""
    said = [row["evidence"], row["acknowledged"], row["remedy"]]
    title = f"{row['title']}（{row['document']}）" if row["result"] == "failed" else row["title"]
    return f"{row['plan']} {row['fiscal_year']} {row['id']} {OUTCOMES[row['outcome']]} {title}: {' '.join(filter(None, said))}"
