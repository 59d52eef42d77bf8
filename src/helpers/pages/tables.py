"""Tables of a page: a caption, headings with scope, a unit, figures in the fixed-width face."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from helpers import notation
from helpers.pages import words
from helpers.pages.environment import environment, html, macro
from helpers.pages.part import Part
from helpers.terms.records import cells


class Rows(NamedTuple):
    """What a table shows, where nobody computes with it: a frame of so few rows takes longer to make than to show.

    Attributes:
        lines: From above.
        columns: What each place in a line is headed.
    """

    lines: Sequence[tuple]
    columns: Sequence[str]

    @property
    def empty(self) -> bool:
        """Whether there is no line, as a frame says it."""
        return not self.lines


class Column(NamedTuple):
    """A column of a table as it is headed."""

    name: str
    heading: str
    is_figures: bool


class Cell(NamedTuple):
    """A cell: what it shows, its look, and before it the heading that stands there where the screen is narrow."""

    shown: words.Shown
    look: str
    is_head: bool
    label: str


def table(rows: pd.DataFrame | Rows, *, name: str, caption: str, **how: object) -> Part:
    """A frame, or `Rows`, as a table by itself.

    Args:
        rows: One row a line, cells ready to be read; links and parts of a page among them.
        name: Id of the table, unique on the page.
        caption: What the table holds.
        how: As the macro `table` takes them: `unit` of its amounts, shown above it; `figures`, columns whose cells are aligned
            right; `head`, how many leading columns name the row; `names`, columns headed by a name of the plan, such as a
            grade's letter, where every other heading is one of the catalogue.
    """
    return Part(macro("table")(rows, name, caption, **how), caption)


def stacked(rows: pd.DataFrame | Rows, *, name: str, caption: str, **how: object) -> Part:
    """The same as a table that becomes one block a row where the screen is narrow."""
    return Part(macro("stacked")(rows, name, caption, **how), caption)


def columns(rows: pd.DataFrame | Rows, figures: tuple[str, ...], names: tuple[str, ...]) -> list[Column]:
    """The columns in their order; a label that elsewhere stands within a sentence begins with a capital in a heading."""
    headings = {name: name if name in names else notation.spoken(name) for name in rows.columns}
    return [
        Column(name, says if name in names else says[:1].upper() + says[1:], name in figures)
        for name, says in headings.items()
    ]


def lines(rows: pd.DataFrame | Rows, listed: list[Column], head: int, *, is_stacked: bool) -> Iterator[list[Cell]]:
    """The lines of a table, each a list of its cells."""
    labels = [
        notation.spoken("{heading}：", heading=column.heading) if is_stacked and n >= head else ""
        for n, column in enumerate(listed)
    ]
    for row in rows.lines if isinstance(rows, Rows) else cells(rows):
        yield [
            # An empty heading names nothing: readers that speak would announce it all the same.
            Cell(shown, _look(shown) if column.is_figures else "", n < head and html(shown) != "", labels[n])
            for n, (shown, column) in enumerate(zip(row, listed, strict=True))
        ]


def _look(shown: words.Shown) -> str:
    is_number = any(letter in "0123456789" for letter in words.plain(shown)[:3])
    return f"figures {'fixed-width' if is_number else 'words'}"


environment().globals.update(columns=columns, lines=lines)
