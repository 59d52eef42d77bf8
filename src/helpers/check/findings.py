"""Turns a check's outcome into a finding, and stops a page on findings."""

from collections import Counter

import pandas as pd

from helpers import notation
from helpers.terms import OUTCOMES, Finding, Refusal
from helpers.terms.frames import Frames
from helpers.terms.records import records
from helpers.terms.words import MOST_FAULTS

WARNINGS = {"V04", "V14", "V21", "V24", "V27"}


def finding(
    check_id: str, faults: list[str], *, holds: str, acknowledged: pd.DataFrame, applies: bool = True, absent: str = ""
) -> Finding:
    """One check's finding.

    Args:
        check_id: V01 … of the domain's list; title and remedy are in the catalogue.
        faults: What does not hold, in words; empty where everything does.
        holds: What was compared, in words, for when everything holds.
        acknowledged: Rows of `acknowledged.csv`.
        applies: False where its input is declared absent.
        absent: Why it does not apply.
    """
    severity = "warn" if check_id in WARNINGS else "block"
    result = "not_applicable" if not applies else "failed" if faults else "passed"
    accepted, needless = "", ""
    rows = [row for row in records(acknowledged) if row.check_id == check_id] if len(acknowledged) else []
    if result != "failed" and rows:
        needless = notation.spoken(
            "（acknowledged.csv に了承があるが、当たる不合格がない。その行を消すか、番号を確かめる）"
        )
    if result == "failed":
        accepted = notation.spoken("、").join(
            notation.spoken("{reason}、{by}", reason=row.reason, by=row.acknowledged_by) for row in rows
        )
    return Finding(
        id=check_id,
        title=notation.sentence(f"check.{check_id}"),
        severity=severity,
        result=result,
        evidence=notation.spoken("。").join(_first(faults))
        if faults and applies
        else (holds if applies else absent) + needless,
        remedy=notation.sentence(f"remedy.{check_id}", language=notation.ORIGINAL) if result == "failed" else "",
        acknowledged=accepted,
    )


def _first(faults: list[str]) -> list[str]:
    """As many as anybody reads, and how many more there are."""
    more = len(faults) - MOST_FAULTS
    return [*faults[:MOST_FAULTS], notation.spoken("ほかに{n}件ある", n=more)] if more > 0 else faults


def document(frames: Frames) -> str:
    """The file names of the documents in force, as they lie in `source/`."""
    return "、".join(source["file"] for source in frames.sources.values() if not source.get("superseded"))


def stop(findings: list[Finding], frames: Frames | None = None) -> None:
    """Refuses when a blocking check has failed and nobody has accepted that.

    Args:
        findings: What the checks found.
        frames: The frames that were checked; the sentences name their document.

    Raises:
        Refusal: One sentence per finding: what does not hold, where, and what to do.
    """
    stopping = [one for one in findings if one.stops]
    where = f"（{document(frames)}）" if frames else ""
    if stopping:
        raise Refusal(
            *(f"検算 {one.id}（{one.title}）が不合格です{where}。{one.evidence}。{one.remedy}" for one in stopping)
        )


def tally(findings: list[Finding]) -> dict[str, int]:
    """How many passed, do not apply, warn, failed but were accepted, and failed."""
    count = Counter(one.outcome for one in findings)
    return {outcome: count[outcome] for outcome in OUTCOMES}
