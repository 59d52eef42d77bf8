"""Lines of received documents, and their places as rows of the tables name them: of a line, or of a cell in it."""

import re
from dataclasses import dataclass

_LINE = r"L[0-9]{1,6}"
_ROW = r"(?:p[0-9]{1,4} )?表[0-9]{1,4} r[0-9]{1,6}"
_COLUMN = re.compile("![A-Z]+(?=[0-9]+$)")
_CELL = re.compile(r"(?<=[0-9]):C[0-9]+$| c[0-9]+$")
_NUMBERED = re.compile(r"(.*?)([0-9]+)")
_SHEET = r"[^!\s](?:[^!\n\r\t]{0,29}[^!\s])?!"
LOCATOR = (
    rf"^(?:{_LINE}(?::C[0-9]{{1,3}})?|{_SHEET}[A-Z]{{1,3}}[0-9]{{1,7}}|{_ROW}(?: c[0-9]{{1,3}})?"
    rf"|p[0-9]{{1,4}} {_LINE}|段落[0-9]{{1,6}})$"
)
LOCATOR_SAYS = "`L63`、`L63:C2`、`概要!C5`、`p2 L7`、`p2 表1 r3 c2`、`段落12`、`表2 r3 c2` のどれかの形"


@dataclass(frozen=True)
class Line:
    """A line as the readers take it.

    Attributes:
        words: As printed; a tab between the cells of a table's row.
        place: Where it stands: `L63`, `概要!A5`, `段落12`, `p2 L7`, or the row `p2 表1 r3`; empty for a line between two.
        cells: Where each of its cells stands; empty for a passage.
    """

    words: str = ""
    place: str = ""
    cells: tuple[str, ...] = ()


def column_letters(column: int) -> str:
    """The name of a sheet's column, 0 the first: 0 → A, 27 → AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_numbered(place: str) -> bool:
    """Whether it is a line of a text (L63), and no sheet, page or table."""
    return bool(re.fullmatch(_LINE, place))


def line_of(locator: str) -> str:
    """The line or row of a place: L63:C2 → L63, 概要!C5 → 概要!5, p2 表1 r3 c2 → p2 表1 r3; one without a cell as it is."""
    if "!" in locator:
        return _COLUMN.sub("!", locator)
    return _CELL.sub("", locator)


def in_order(line: str) -> tuple[str, int]:
    """What a line's place begins with, and its number there: neighbours differ by one in the number alone."""
    before, number = _NUMBERED.fullmatch(line).groups()
    return before, int(number)
