"""Words of a document in a form that can be compared, each with its place."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from helpers.received import Document
from helpers.received.document import shown
from helpers.terms.folded import fold, squeezed
from helpers.terms.places import Line, is_numbered

_CLUSTER = re.compile(r"(?:\*\*)*(?:.[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*)(?:\*\*$)?", re.DOTALL)


@dataclass(frozen=True)
class Passage:
    """Words of the document, folded for comparison, each character with the printed text it stands for.

    Attributes:
        line: Number of the line of its first character among the document's lines, from 1.
        text: The folded words: NFKC, one kind of dash and wave dash, no radicals, no bold marks.
        printed: The printed text of each folded character.
        column: Cell of a table, 1 the leftmost; 0 outside a table.
        places: Where the line and each of its cells stand.
    """

    line: int
    text: str
    printed: tuple[str, ...] = field(repr=False)
    column: int = 0
    places: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, number: int, line: Line) -> "Passage":
        """One line of the document."""
        text, printed = "", []
        for cluster in _CLUSTER.findall(line.words):
            folded = fold(cluster)
            text += folded
            printed += [cluster, *[""] * (len(folded) - 1)]
        return cls(number, text, tuple(printed), places=(line.place, *line.cells))

    def __getitem__(self, span: slice) -> "Passage":
        """A part of it, without the blanks around."""
        start, stop, _ = span.indices(len(self.text))
        part = self.text[start:stop]
        start += len(part) - len(part.lstrip())
        stop = start + len(part.strip())
        return Passage(self.line, self.text[start:stop], self.printed[start:stop], self.column, self.places)

    def __add__(self, following: "Passage") -> "Passage":
        return Passage(
            self.line, self.text + following.text, self.printed + following.printed, self.column, self.places
        )

    @property
    def quote(self) -> str:
        """The words exactly as printed."""
        return "".join(self.printed)

    @property
    def words(self) -> str:
        """The words as printed, without bold marks, and with characters where PDF text has radicals."""
        return "".join(fold(c) if "\u2e80" <= c[-1:] <= "\u2fdf" else c for c in self.printed).replace("**", "").strip()

    @cached_property
    def key(self) -> str:
        """The folded words without any blank: equal for the same words, however they are set."""
        return squeezed(self.text)

    @property
    def locator(self) -> str:
        """Its place: L63, or L63:C2 for a cell; 概要!C5, p2 表1 r3 c2."""
        return self.places[self.column]

    @property
    def where(self) -> str:
        """The place of its line in a sentence: 63行; of a cell where the format has no lines: 概要!C5."""
        return shown(self.places[0] if is_numbered(self.places[0]) else self.locator)

    def cells(self) -> list["Passage"]:
        """The cells of a table's row."""
        ends = [found.start() for found in re.finditer("\t", self.text)]
        spans = zip([0, *(end + 1 for end in ends)], [*ends, len(self.text)], strict=True)
        return [
            Passage(cell.line, cell.text, cell.printed, column, cell.places)
            for column, cell in enumerate((self[start:stop] for start, stop in spans), 1)
        ]


def passages(document: Document) -> list[Passage]:
    """The lines of a document, each with its words folded."""
    return [Passage.of(number, line) for number, line in enumerate(document.lines, 1)]


def wording(words: str) -> str:
    """Squeezed words in one spelling each: のとおり and 通り become どおり."""
    return re.sub("のとおり|の通り|とおり|通り", "どおり", squeezed(words)).replace("おおむね", "概ね")
