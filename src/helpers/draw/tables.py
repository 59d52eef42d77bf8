"""Tables of a page: a caption, headings with scope, a unit, figures in the fixed-width face."""

import pandas as pd

from helpers import notation
from helpers.draw.part import Part, tag, text


def table(
    rows: pd.DataFrame,
    *,
    name: str,
    caption: str,
    unit: str = "",
    figures: tuple[str, ...] = (),
    head: int = 1,
    names: tuple[str, ...] = (),
) -> Part:
    """A frame as an HTML table.

    Args:
        rows: One row a line, cells ready to be read; a `Part` in a cell is taken as HTML.
        name: Id of the table, unique on the page.
        caption: What the table holds.
        unit: Of its amounts, shown above it.
        figures: Columns whose cells are figures: aligned right, fixed width.
        head: How many leading columns name the row.
        names: Columns headed by a name of the plan, such as a grade's letter; every other heading is one of the catalogue.
    """
    counted = " " + tag("span", notation.spoken("（単位：{unit}）", unit=text(unit)), cls="unit") if unit else ""
    says = text(caption) + counted
    headings = "".join(
        tag(
            "th",
            text(name if name in names else _heading(name)),
            scope="col",
            cls="figures fixed-width" if name in figures else "",
        )
        for name in rows.columns
    )
    body = "".join(
        tag(
            "tr",
            "".join(
                _cell(name, value, is_head=n < head, figures=figures) for n, (name, value) in enumerate(row.items())
            ),
        )
        for row in rows.to_dict("records")
    )
    content = tag("caption", says) + tag("thead", tag("tr", headings)) + tag("tbody", body)
    return Part(
        tag("div", tag("table", content, id=name), cls="table", tabindex="0", role="region", aria_label=caption),
        caption,
    )


def _heading(name: str) -> str:
    """A heading of the catalogue; a label that elsewhere stands within a sentence begins with a capital here."""
    says = notation.spoken(name)
    return says[:1].upper() + says[1:]


def stacked(
    rows: pd.DataFrame,
    *,
    name: str,
    caption: str,
    unit: str = "",
    figures: tuple[str, ...] = (),
    head: int = 1,
    names: tuple[str, ...] = (),
) -> Part:
    """A table that becomes one block a row where the screen is narrow, each cell with its heading before it."""
    labelled = rows.astype(object)
    for column in rows.columns[head:]:
        heading = column if column in names else _heading(column)
        label = tag("span", text(notation.spoken("{heading}：", heading=heading)), cls="narrow-only")
        cells = [cell if isinstance(cell, Part) else Part(text(cell), str(cell)) for cell in rows[column]]
        labelled[column] = [Part(label + cell.html, cell.text) for cell in cells]
    listed = table(labelled, name=name, caption=caption, unit=unit, figures=figures, head=head, names=names)
    return Part(tag("div", listed.html, cls="stacked"), caption)


def _cell(name: str, value: object, *, is_head: bool, figures: tuple[str, ...]) -> str:
    content, says = (value.html, value.text) if isinstance(value, Part) else (text(value), str(value))
    is_words = name in figures and not any(letter in "0123456789" for letter in says[:3])
    look = f"figures {'words' if is_words else 'fixed-width'}" if name in figures else ""
    # An empty heading names nothing: readers that speak would announce it all the same.
    return tag("th", content, scope="row", cls=look) if is_head and content else tag("td", content, cls=look)
