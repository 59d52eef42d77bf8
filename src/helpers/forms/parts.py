"""What a summary is made of, before it has a format: headings, paragraphs, tables, lists. Every format writes the same words."""

from collections.abc import Iterator
from dataclasses import dataclass, field


def one_line(words: str) -> str:
    """Words without a line's end, a tab or more than one blank in them."""
    return " ".join(words.split())


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 begins a page, 2 a part of it, 3 a list."""

    words: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph by its `kind`: text, dated, published_by, numbered, claim, unit, note, or proposed (what the draft still is)."""

    words: str
    kind: str = "text"


@dataclass(frozen=True)
class Cell:
    """A cell of a table, over as many columns and rows as it says."""

    words: str
    across: int = 1
    down: int = 1


@dataclass(frozen=True)
class Table:
    """A table by its `kind` (grades, effects, links): one row of headings, then the others; the last is the total where it has one."""

    kind: str
    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return sum(cell.across for cell in self.headings)

    @property
    def groups(self) -> list[list[tuple[Cell, ...]]]:
        """Its rows below the headings, together those over which one name stands."""
        found, at = [], 0
        while at < len(self.rows):
            down = self.rows[at][0].down
            found.append(list(self.rows[at : at + down]))
            at += down
        return found

    def placed(self) -> Iterator[list[Cell | None]]:
        """Its rows, the headings first, with a cell for each column; None where a cell to the left or above reaches."""
        taken: dict[int, int] = {}
        for row in (self.headings, *self.rows):
            cells, column, placed = iter(row), 0, []
            while column < self.columns:
                if taken.get(column, 0):
                    taken[column] -= 1
                    placed.append(None)
                    column += 1
                    continue
                cell = next(cells)
                placed += [cell, *[None] * (cell.across - 1)]
                taken |= dict.fromkeys(range(column, column + cell.across), cell.down - 1)
                column += cell.across
            yield placed


@dataclass(frozen=True)
class Item:
    """A measure in a list; `amount` is printed where the list has amounts, `words` where something is said of it."""

    measure_id: str
    measure: str
    department: str
    amount: str = ""
    words: str = ""

    @property
    def rest(self) -> str:
        """What follows the name: （36百万円）〔経済環境部〕… what was done."""
        amount = f"（{self.amount}）" if self.amount else ""
        return f"{amount}〔{self.department}〕" + (f" … {self.words}" if self.words else "")


@dataclass(frozen=True)
class Listing:
    """A list of measures, by its name among `terms.tables.LISTS`."""

    list: str
    items: tuple[Item, ...]


Part = Heading | Paragraph | Table | Listing


@dataclass(frozen=True)
class Said:
    """What a summary says in figures, to be held against what is read from it.

    Attributes:
        counts: Measures by policy and grade.
        amounts: Effects in yen by policy and kind.
        items: Rounded effects of named measures in yen.
        grades: Of the measures that lists name, by their ids in the register.
        stated: Totals and claims: metric, scope, scope id, comparison, value, unit.
        linked_plans: Family, name, first and last fiscal year, relation, note.
    """

    counts: dict[tuple[str, str], int]
    amounts: dict[tuple[str, str], int]
    items: dict[str, int]
    grades: dict[str, str]
    stated: list[tuple[str, ...]]
    linked_plans: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    """The summary of a year's results in the shape in which it is published."""

    title: str
    fiscal_year: int
    parts: tuple[Part, ...]
    said: Said
    is_proposed: bool

    @property
    def lists(self) -> list[Listing]:
        """The lists of measures, in their order."""
        return [part for part in self.parts if isinstance(part, Listing)]
