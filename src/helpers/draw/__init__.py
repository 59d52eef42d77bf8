"""Figures and sentences → charts, tables and the parts of a page.

Every function returns a `Part` that JupyterLab and the page show alike. Nothing is decided here: what counts as met, and what is
said of it, comes in.
"""

from helpers.draw import detail, index, links, quality
from helpers.draw.charts import composition, grades, policies, policies_in_full, too_many_to_square
from helpers.draw.data import data
from helpers.draw.detail_data import detail_data
from helpers.draw.links import navigation
from helpers.draw.page import (
    caveats,
    composition_table,
    decision_table,
    decisions,
    findings,
    headline,
    key_figures,
    masthead,
    points,
    policy_tables,
    provenance,
    trace,
)
from helpers.draw.part import Part
from helpers.draw.tables import table

__all__ = [
    "Part",
    "caveats",
    "composition",
    "composition_table",
    "data",
    "decision_table",
    "decisions",
    "detail",
    "detail_data",
    "findings",
    "grades",
    "headline",
    "index",
    "key_figures",
    "links",
    "masthead",
    "navigation",
    "points",
    "policies",
    "policies_in_full",
    "policy_tables",
    "provenance",
    "quality",
    "table",
    "too_many_to_square",
    "trace",
]
