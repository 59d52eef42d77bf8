"""A summary as the text that `gyokaku intake` reads: a passage a line, cells of a table between tabs, a blank line between parts."""

from collections.abc import Iterator

from helpers.forms.parts import Listing, Part, Summary, Table

BULLET = "・"


def text(summary: Summary) -> str:
    """The summary in lines."""
    return "\n\n".join("\n".join(_lines(part)) for part in (summary.title, *summary.parts)) + "\n"


def _lines(part: Part | str) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Table):
        for row in part.placed():
            yield "\t".join(cell.words if cell else "" for cell in row)
    elif isinstance(part, Listing):
        for item in part.items:
            yield f"{BULLET}{item.measure}{item.rest}"
    else:
        yield part.words
