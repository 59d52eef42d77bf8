"""Figures → sentences: the headline, the key figures, the charts' messages, the points to decide, the caveats.

Every number written is a figure: each sentence carries the keys of the figures it states, and the back-check (V25)
reads the finished sentence again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from helpers import notation
from helpers.tell.assembly import Drafted, assembly, sentences
from helpers.tell.behind import Behind, behind
from helpers.tell.captions import captions
from helpers.tell.caveats import caveats
from helpers.tell.collection import Gathering, collection
from helpers.tell.detail import Detail, Section, detail
from helpers.tell.headline import headline
from helpers.tell.key_figures import KeyFigure, key_figures
from helpers.tell.points import points
from helpers.tell.quality import Quality, quality
from helpers.tell.teller import Teller
from helpers.tell.workings import workings
from helpers.terms import Figures, Finding, Point, Sentence
from helpers.terms.audience import PUBLIC
from helpers.terms.frames import Frames

__all__ = [
    "Detail",
    "Drafted",
    "Gathering",
    "KeyFigure",
    "Quality",
    "Section",
    "Story",
    "Teller",
    "brief",
    "by_year",
    "captions",
    "caveats",
    "collection",
    "detail",
    "drafted",
    "headline",
    "key_figures",
    "original",
    "points",
    "quality",
    "sentences",
    "workings",
]


@dataclass(frozen=True)
class Story:
    """Everything that page one says."""

    headline: list[Sentence]
    key_figures: list[KeyFigure]
    captions: dict[str, Sentence]
    points: list[Point] | None
    behind: Behind | None
    caveats: list[list[Sentence]]

    def sentences(self) -> list[Sentence]:
        """Every sentence, for the back-check."""
        of_key_figures = [s for key in self.key_figures for s in (key.label, key.value, *key.lines)]
        of_points = [s for point in self.points or [] for s in (point.topic, point.evidence)]
        of_behind = self.behind.sentences() if self.behind else []
        of_caveats = [sentence for group in self.caveats for sentence in group]
        return [*self.headline, *of_key_figures, *self.captions.values(), *of_points, *of_behind, *of_caveats]


def by_year(
    figures: Mapping[int, Figures],
    frames: Mapping[int, Frames],
    findings: Mapping[int, list[Finding]],
    *,
    language: str | None = None,
) -> dict[int, Story]:
    """What the brief of each registered year says, by fiscal year; the list of years shows its headline."""
    return {year: brief(figures[year], frames[year], findings[year], language=language) for year in frames}


def drafted(figures: Figures, frames: Frames, findings: list[Finding]) -> list[Drafted]:
    """Questions that may be asked in the assembly, each with the draft of an answer.

    Args:
        figures: Of one plan and year.
        frames: The same year's tables.
        findings: What was checked; an accepted failure is a question.
    """
    teller = Teller(figures, frames)
    return assembly(teller, findings, behind(teller))


def brief(figures: Figures, frames: Frames, findings: list[Finding], *, language: str | None = None) -> Story:
    """What the brief says of these figures.

    Args:
        figures: Of one plan and year.
        frames: The same year's tables; they give names, classes and words.
        findings: What was checked; page one states an accepted failure.
        language: Language of the sentences; by default the one spoken.
    """
    with notation.speaking(language):
        teller = Teller(figures, frames)
        put = None if frames.audience == PUBLIC else points(teller)
        return Story(
            headline(teller), key_figures(teller), captions(teller), put, behind(teller), caveats(teller, findings)
        )


def original(told: Story, figures: Figures, frames: Frames, findings: list[Finding]) -> Story:
    """The brief's story in the plan's own language, in which its summary is filed: the one told, where that is its language."""
    return (
        told
        if notation.language() == notation.ORIGINAL
        else brief(figures, frames, findings, language=notation.ORIGINAL)
    )
