"""All checks of every registered year of a plan, the same as on each year's own pages."""

from collections.abc import Mapping
from typing import Protocol

from helpers.check.figures import figures as check_figures
from helpers.check.findings import stop, tally
from helpers.check.frames import frames as check_frames
from helpers.check.page import page
from helpers.terms import Figures, Finding, Sentence
from helpers.terms.frames import Frames


class Told(Protocol):
    """The sentences of a year's page, for the back-check."""

    def sentences(self) -> list[Sentence]:
        """Every sentence."""


def by_year(frames: Mapping[int, Frames], figures: Mapping[int, Figures]) -> dict[int, list[Finding]]:
    """The findings on each year's tables and figures."""
    return {year: [*check_frames(one), *check_figures(one, figures[year])] for year, one in frames.items()}


def with_pages(
    findings: Mapping[int, list[Finding]],
    stories: Mapping[int, Told],
    figures: Mapping[int, Figures],
    frames: Mapping[int, Frames],
) -> dict[int, list[Finding]]:
    """The findings of each year, and the back-check (V17, V25) of its sentences against that year's figures alone."""
    return {
        year: [
            *findings[year],
            *page(story.sentences(), figures[year], acknowledged=frames[year].acknowledged),
        ]
        for year, story in stories.items()
    }


def stop_by_year(findings: Mapping[int, list[Finding]], frames: Mapping[int, Frames]) -> None:
    """Refuses when a blocking check of any year has failed and nobody has accepted that, as the year's own pages do.

    Raises:
        Refusal: For the first such year, one sentence per finding.
    """
    for year, found in findings.items():
        stop(found, frames[year])


def tally_by_year(findings: Mapping[int, list[Finding]]) -> dict[int, dict[str, int]]:
    """For each year, how many checks had each outcome."""
    return {year: tally(found) for year, found in findings.items()}
