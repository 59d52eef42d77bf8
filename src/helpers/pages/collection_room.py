"""How page one of a collection is laid out: where departments and their chart stand, and how many points have room below them.

The sheet is fixed (A4) and what people write is not. As for the brief, lines are counted from the widths of the words, by numbers
measured on printed pages; `tests/test_collection_page.py` holds what comes of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from helpers.pages.room import width
from helpers.terms import Sentence

# Millimetres of the sheet, and what each part takes besides its lines.
SHEET, SPARE, GAP = 275.0, 4.0, 1.4
MASTHEAD, KEY_FIGURES, PROVENANCE, HEADING = 6.4, 24.0, 8.6, 5.4
A_LINE, A_ROW, AROUND_ROWS, A_BAR, AROUND_BARS = 3.8, 4.5, 16.0, 5.1, 17.0
# Half-width letters: of the headline and the height of its lines, of a note, of a name of a department by how many tables stand abreast.
HEADLINE, LETTERS = (78, 6.6), 118
NAME_LETTERS = {1: 26, 2: 26, 3: 14}
# Departments that a chart beside their table has room for, and the most that one column of three holds.
MOST_BESIDE, MOST_A_COLUMN, MOST_COLUMNS = 12, 20, 3
MOST_OF_SHEET = 120.0
# Of what is told when points to ask would take all the room.
LEAST_TOLD = 2


@dataclass(frozen=True)
class Layout:
    """Where the parts of page one stand.

    Attributes:
        columns: How many tables of departments stand abreast; 0 where they stand on the sheets behind.
        has_chart: Whether the chart stands beside the table.
        points: How many points to ask have room.
        told: How many readings to know of.
    """

    columns: int
    has_chart: bool
    points: int
    told: int


def layout(
    departments: Sequence[str],
    headline: Iterable[Sentence],
    provisional: Sequence[Sentence],
    points: Sequence[str],
    told: Sequence[str],
    lead: str,
) -> Layout:
    """The layout for these words.

    Args:
        departments: Their names.
        headline: The sentences over all.
        provisional: The sentences of what the answers come to.
        points: What there is to ask, each as it is printed.
        told: What there is to know.
        lead: What stands before the points.
    """
    columns, has_chart, height = _departments(departments)
    fixed = [
        MASTHEAD,
        ceil(width("".join(one.text for one in headline)) / HEADLINE[0]) * HEADLINE[1],
        KEY_FIGURES,
        height,
        HEADING + sum(_lines(one.text) for one in provisional) * A_LINE,
        HEADING + _lines(lead) * A_LINE,
        HEADING,
        PROVENANCE,
    ]
    left = floor((SHEET - SPARE - sum(fixed) - GAP * len(fixed)) / A_LINE)
    kept = min(sum(map(_lines, told[:LEAST_TOLD])), max(left, 0))
    of_points = _first(points, left - kept)
    left -= sum(map(_lines, points[:of_points]))
    return Layout(columns, has_chart, of_points, _first(told, left))


def _departments(names: Sequence[str]) -> tuple[int, bool, float]:
    """How many tables abreast, whether the chart stands beside them, and the height of both."""
    if len(names) <= MOST_BESIDE:
        table = sum(ceil(width(one) / NAME_LETTERS[1]) for one in names) * A_ROW + AROUND_ROWS
        chart = sum(max(1, ceil(width(one) / NAME_LETTERS[1])) for one in names) * A_BAR + AROUND_BARS
        if max(table, chart) <= MOST_OF_SHEET:
            return 1, True, max(table, chart)
    columns = min(MOST_COLUMNS, max(2, ceil(len(names) / MOST_A_COLUMN)))
    rows = ceil(len(names) / columns)
    tall = max(
        sum(ceil(width(one) / NAME_LETTERS[columns]) for one in names[at : at + rows])
        for at in range(0, len(names), rows)
    )
    height = tall * A_ROW + AROUND_ROWS + A_LINE
    return (columns, False, height) if height <= MOST_OF_SHEET else (0, False, HEADING + 2 * A_LINE)


def _lines(words: str) -> int:
    return ceil(width(words) / LETTERS)


def _first(points: Sequence[str], room: int) -> int:
    """How many of them fit into so many lines."""
    for count, one in enumerate(points):
        room -= _lines(one)
        if room < 0:
            return count
    return len(points)
