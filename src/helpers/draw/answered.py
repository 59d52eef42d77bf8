"""How many of the measures that each department was asked about are answered."""

import pandas as pd

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, figures_face, house
from helpers.terms import Figures
from helpers.terms.records import records

# Inches: many departments stand on one sheet.
ROW = 0.2


def rows(figures: Figures) -> pd.DataFrame:
    """A department a row, in the order asked: `department`, `asked`, `answered`, `begun`, `open` (points to ask)."""
    listed = [
        (
            one.scope_id,
            *(
                figures[metric, "department", one.scope_id].exact
                for metric in ("asked_measures", "answered_measures", "begun_measures", "points_to_ask")
            ),
        )
        for one in figures.of("asked_measures", "department")
    ]
    return pd.DataFrame(listed, columns=["department", "asked", "answered", "begun", "open"])


@house()
def drawn(width_mm: float, listed: pd.DataFrame) -> Canvas:
    """Each department's measures as an outline, those answered filled, and both numbers beside."""
    counts = [f"{notation.decimal(row.answered)}／{notation.decimal(row.asked)}" for row in records(listed)]
    axes = kit.rows(
        width_mm, list(listed["department"]), kit.Words(counts, style=figures_face()), foot=kit.FOOT, row=ROW
    )
    for column, look in (("asked", "paper"), ("answered", "actual")):
        kit.bars(axes, listed[column], look=look, thick=0.64)
    kit.numbers(axes, listed["asked"], unit=notation.sentence("collection.chart_unit"), is_whole=True)
    return axes.figure
