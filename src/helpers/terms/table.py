"""What a table is held to: its columns, what each may hold as text, and by which columns no two rows are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpers.terms.records import columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: Its heading for people.
        description: What it says.
        allows: Whether it may hold a cell's text; what it gives is true or not.
        pattern: The regular expression that `allows` holds a whole cell to, where it does.
        choices: The codes that it may hold and what each means, where it holds codes.
        is_count: Whether it holds whole numbers, of zero or more.
        is_blank_allowed: Whether a cell may be empty.
    """

    title: str
    description: str
    allows: Callable[[str], object]
    pattern: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    is_count: bool = False
    is_blank_allowed: bool = False


@dataclass(frozen=True)
class Table:
    """One table, and what a row of it is.

    Attributes:
        name: That of its file, without `.csv`.
        description: What a row is.
        columns: Its columns in order, by the name in the file's first line.
        key: The columns by which no two rows are alike.
    """

    name: str
    description: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]

    def faults(self, rows: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
        """Line, column and text of each cell that its column does not allow; a line alone where its key stands in one before.

        Args:
            rows: All cells as text, with the columns of this table, indexed by line.
        """
        lines, of_key = rows.index.tolist(), {}
        for (name, column), of_column in zip(self.columns.items(), columns(rows), strict=True):
            texts = of_column.tolist()
            if name in self.key:
                of_key[name] = texts
            if not all(map(column.allows, texts)):
                yield from (
                    (line, name, text) for line, text in zip(lines, texts, strict=True) if not column.allows(text)
                )
        before: set[tuple[str, ...]] = set()
        for line, key in zip(lines, zip(*(of_key[name] for name in self.key), strict=True), strict=True):
            if key in before:
                yield line, "", ""
            before.add(key)
