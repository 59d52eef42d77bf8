"""All checks of a year, and how one is shown in a line."""

import dataclasses
from typing import TYPE_CHECKING

from helpers.terms import RESULTS, Finding

if TYPE_CHECKING:
    from helpers.terms.tables import Frames

ACCEPTED, WARNED = "了承済", "注意"


def findings_of(frames: "Frames") -> list[Finding]:
    """All checks of a year, the same before registration and after."""
    from helpers import check, compute

    findings = check.frames(frames)
    if any(finding.stops for finding in findings):
        return findings  # tables that contradict themselves cannot be computed
    return [*findings, *check.figures(frames, compute.figures(frames))]


def finding_row(finding: Finding) -> dict:
    """A finding as a row for `--json`."""
    return {**dataclasses.asdict(finding), "stops": finding.stops}


def line_of(row: dict) -> str:
    """A finding as a line for people."""
    is_warning = row["result"] == "failed" and row["severity"] == "warn"
    result = ACCEPTED if row["acknowledged"] else WARNED if is_warning else RESULTS[row["result"]]
    said = [row["evidence"], row["acknowledged"], row["remedy"]]
    title = f"{row['title']}（{row['document']}）" if row["result"] == "failed" else row["title"]
    return f"{row['plan']} {row['fiscal_year']} {row['id']} {result} {title}: {' '.join(filter(None, said))}"
