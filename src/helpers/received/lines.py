"""Lines of a document: a passage, or a row of a table with a tab between its cells, each with its place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from helpers.terms.places import Line

BETWEEN = Line()


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with its place; of merged cells only the first holds the words."""

    words: str
    place: str


def row(cells: Sequence[Cell], place: str) -> Line:
    """A row of a table."""
    return Line("\t".join(one_line(cell.words) for cell in cells), place, tuple(cell.place for cell in cells))


def one_line(words: str) -> str:
    """Words of a cell or passage without a line's end or tab in them."""
    return " ".join(words.split())


def apart(parts: Iterable[Line | list[Line]]) -> Iterator[Line]:
    """Passages and tables with an empty line between them, as in a text.

    What begins with 〔 goes on with the passage above: 「基本方針」 and below it 「〔5〕」.
    """
    is_first = True
    for part in filter(None, parts):
        lines = part if isinstance(part, list) else [part]
        if not is_first and not lines[0].words.startswith(("〔", "［")):
            yield BETWEEN
        yield from lines
        is_first = False
