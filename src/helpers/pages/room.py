"""How much room page one has left for the measures behind plan, by the length of what else it says.

The sheet is fixed (A4) and what people write is not; the lines of each part are counted from the widths of its words. The numbers
were measured on printed pages in the browser; `tests/test_strained.py` and `tests/test_page.py` hold what comes of them.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Protocol

from helpers import notation
from helpers.terms import Point, Sentence
from helpers.terms.frames import Frames

MOST_DECISIONS = 3


@dataclass(frozen=True)
class Sheet:
    """The printed page in one language: heights in mm; in a pair, how many half-width letters a line holds and its height."""

    height: float
    masthead: float
    headline: tuple[int, float]
    moved: tuple[int, float]
    key_figure: tuple[int, float]
    caption: tuple[int, float]
    half_caption: tuple[int, float]
    note: tuple[int, float]
    point: tuple[int, int, int]  # letters of topic, evidence and options
    point_line: float
    provenance: float
    around_key_figures: float
    gap: float


SHEETS = {
    "ja": Sheet(
        *(275, 6.4, (80, 6.5), (116, 4.9), (21, 3.95), (104, 4.4), (50, 4.4), (122, 3.6)),
        point=(24, 50, 28),
        point_line=3.9,
        provenance=8.6,
        around_key_figures=18.0,
        gap=1.4,
    ),
    "en": Sheet(
        *(281, 11.1, (68, 5.5), (112, 3.6), (19, 3.5), (106, 4.4), (46, 4.4), (118, 3.3)),
        point=(20, 62, 21),
        point_line=3.3,
        provenance=11.4,
        around_key_figures=15.9,
        gap=0.2,
    ),
}
SPARE, HEADING, AROUND_COMPOSITION, AROUND_HALVES, A_POLICY = 1.5, 5.2, 42.0, 17.8, 5.2


class Told(Protocol):
    """What page one says, as far as it takes room."""

    headline: list[Sentence]
    key_figures: list
    captions: dict[str, Sentence]
    points: list[Point] | None
    caveats: list[list[Sentence]]


def width(words: str) -> int:
    """How many half-width letters wide words are."""
    return sum(2 if unicodedata.east_asian_width(one) in "FWA" else 1 for one in words)


def lines(words: str) -> int:
    """How many lines a note of these words takes."""
    return _lines([words], SHEETS[notation.language()].note[0])


def lines_left(story: Told, frames: Frames) -> int:
    """How many lines, below their heading, may be said of the measures behind plan; below 0 where the heading has no room."""
    sheet = SHEETS[notation.language()]
    notes = ["".join(one.text for one in group) for group in story.caveats]
    parts = [
        sheet.masthead + _height(["｜".join(map(notation.spoken, frames.typed))], sheet.moved),
        *_of_words(story, sheet),
        *_of_charts(story, frames, sheet),
        0 if story.points is None else 8.0 + sum(_point(one, sheet) for one in story.points),
        4.0 + sheet.note[1] * MOST_DECISIONS if frames.has_decisions and story.points is not None else 0,
        5.0 + _height(notes, sheet.note),
        sheet.provenance,
    ]
    taken = sum(parts) + sheet.gap * (sum(1 for one in parts if one) + 1)
    return floor((sheet.height - SPARE - taken - HEADING) / sheet.note[1])


def _lines(words: Iterable[str], a_line: int) -> int:
    return sum(-(-width(one) // a_line) for one in words)


def _height(words: Iterable[str], line: tuple[int, float]) -> float:
    return _lines(words, line[0]) * line[1]


def _of_words(story: Told, sheet: Sheet) -> list[float]:
    told, moved = (
        "".join(one.text for one in story.headline if one.id.startswith("moved.") == is_moved)
        for is_moved in (False, True)
    )
    below = [_height((line.text for line in one.lines), sheet.key_figure) for one in story.key_figures]
    return [
        _height([told], sheet.headline) + _height([moved], sheet.moved),
        sheet.around_key_figures + max(below) if below else 0,
    ]


def _of_charts(story: Told, frames: Frames, sheet: Sheet) -> list[float]:
    has_money = bool(frames.amounts("policy"))
    said = {name: one.text for name, one in story.captions.items()}
    there = {"grades": not frames.grade_counts.empty, "policies": has_money}
    halves = [_height([said[name]], sheet.half_caption) for name, is_there in there.items() if is_there]
    policies = len(frames.plan.policies)
    return [
        AROUND_COMPOSITION + _height([said["composition"]], sheet.caption) if has_money else 0,
        AROUND_HALVES + A_POLICY * policies + max(halves) if halves else 0,
    ]


def _point(point: Point, sheet: Sheet) -> float:
    said = zip((point.topic.text, point.evidence.text, point.options), sheet.point, strict=True)
    return 0.9 + sheet.point_line * max(_lines([words], letters) for words, letters in said)
