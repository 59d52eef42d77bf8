"""Figures → charts: pictures as SVG, with what is said of them; the frame around them is the page's.

One file a chart, each a function from tidy rows to a picture, on what `kit` gives: rows with words at both sides, axes, ranges.
Nothing is decided here: what counts as met, and what is said of it, comes in.
"""

from helpers.draw import (
    answered,
    checks,
    composition,
    departments,
    gaps,
    grades,
    items,
    linked_plans,
    matrix,
    named,
    plan_behind,
    plan_grades,
    plan_money,
    plan_path,
    policies,
    quadrant,
    structure,
    underlying,
    years,
)
from helpers.draw.canvas import Chart, chart, prepare

__all__ = [
    "Chart",
    "answered",
    "chart",
    "checks",
    "composition",
    "departments",
    "gaps",
    "grades",
    "items",
    "linked_plans",
    "matrix",
    "named",
    "plan_behind",
    "plan_grades",
    "plan_money",
    "plan_path",
    "policies",
    "prepare",
    "quadrant",
    "structure",
    "underlying",
    "years",
]
