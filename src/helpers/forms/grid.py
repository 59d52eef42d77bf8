"""A sheet's cells under its headings, wherever they were moved: which column is which, and where each cell stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from helpers.terms import form as terms
from helpers.terms.folded import squeezed
from helpers.terms.form import Column
from helpers.terms.money import UNITS_IN_YEN
from helpers.terms.places import column_letters

# The headings are looked for in the first rows; a form has a title and a note above them.
MOST_ROWS_ABOVE = 40
LEAST_HEADINGS = 4
MOST_LETTERS = 60  # of a heading


class Sheet(Protocol):
    """A sheet of a workbook as `received` gives it."""

    name: str
    rows: list[list[object]]
    is_visible: bool
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True)
class Row:
    """A row under the headings."""

    table: "Table" = field(repr=False)
    at: int

    def value(self, column: Column) -> object:
        """What stands in the column; an empty string where there is nothing, or no such column."""
        return self.cell(self.table.columns[column][0]) if column in self.table.columns else ""

    def cell(self, number: int) -> object:
        """What stands in the column of that number, 0 the leftmost."""
        cells = self.table.sheet.rows[self.at]
        return cells[number] if number < len(cells) else ""

    def place(self, column: Column) -> str:
        """The cell's address: 回答!J7; L7:C10 in a file without sheets."""
        return self.table.address(self.at, self.table.columns[column][0] if column in self.table.columns else 0)


@dataclass(frozen=True)
class Table:
    """A sheet with its headings found.

    Attributes:
        columns: Which columns hold what, 0 the leftmost: more than one where a heading stands twice.
        others: Headings that are none of the form's, by column.
        head: Row of the headings.
    """

    sheet: Sheet = field(repr=False)
    head: int
    columns: dict[Column, list[int]]
    others: dict[int, str]

    @property
    def rows(self) -> list[Row]:
        """The rows below the headings in which something stands."""
        below = range(self.head + 1, len(self.sheet.rows))
        return [Row(self, at) for at in below if any(str(cell).strip() for cell in self.sheet.rows[at])]

    def heading(self, column: Column) -> str:
        """The column's heading as it stands there."""
        return " ".join(str(self.sheet.rows[self.head][self.columns[column][0]]).split())

    def units(self, column: Column) -> list[str]:
        """The units that the column's heading names in brackets; the form's own where it names none."""
        bracketed = "".join(re.findall(r"[(〔]([^()〔〕]*)[)〕]", squeezed(self.heading(column)))).replace("¥", "円")
        named = re.findall("|".join(sorted(UNITS_IN_YEN, key=len, reverse=True)), bracketed)
        return list(dict.fromkeys(named)) or [terms.UNIT]

    def unit(self, column: Column) -> str:
        """The unit of the column's amounts."""
        return self.units(column)[0]

    def address(self, row: int, column: int) -> str:
        """The address of a cell."""
        return address(self.sheet.name, row, column)

    def merged_with(self, row: int, column: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """First and last cell of the block of merged cells that a cell lies in; None where it lies in none."""
        for (top, left), (bottom, right) in self.sheet.merged:
            if top <= row <= bottom and left <= column <= right:
                return (top, left), (bottom, right)
        return None


def address(sheet: str, row: int, column: int) -> str:
    """A cell's address, counted from 0: 回答!J7; L7:C10 in a file without sheets."""
    if not sheet:
        return f"L{row + 1}:C{column + 1}"
    return f"{sheet}!{column_letters(column)}{row + 1}"


def under_headings(sheet: Sheet, fiscal_year: int) -> Table | None:
    """The sheet's table, if one of its first rows holds enough headings of the form, 番号 or 取組 among them."""
    for at, cells in enumerate(sheet.rows[:MOST_ROWS_ABOVE]):
        columns: dict[Column, list[int]] = {}
        others: dict[int, str] = {}
        for number, cell in enumerate(cells):
            words = cell.strip() if isinstance(cell, str) else ""
            if not words or len(words) > MOST_LETTERS:
                continue
            column = terms.column_of(words, fiscal_year)
            if column:
                columns.setdefault(column, []).append(number)
            else:
                others[number] = " ".join(words.split())
        if len(columns) >= LEAST_HEADINGS and {terms.MEASURE, terms.NUMBER} & columns.keys():
            return Table(sheet, at, columns, others)
    return None
