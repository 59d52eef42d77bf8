"""Charts, sentences and tables → the parts of a page, each written by a template.

Every function returns a `Part` that JupyterLab and the page show alike. Nothing is decided here: what counts as met, and what is
said of it, comes in.
"""

from helpers.pages import assembly, collection, detail, index, over_years, quality
from helpers.pages.brief import (
    behind,
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
from helpers.pages.charts import composition, figure, grades, policies, policies_in_full
from helpers.pages.data import data
from helpers.pages.detail_data import detail_data
from helpers.pages.links import navigation
from helpers.pages.part import Part, part
from helpers.pages.tables import table

__all__ = [
    "Part",
    "assembly",
    "behind",
    "caveats",
    "collection",
    "composition",
    "composition_table",
    "data",
    "decision_table",
    "decisions",
    "detail",
    "detail_data",
    "figure",
    "findings",
    "grades",
    "headline",
    "index",
    "key_figures",
    "masthead",
    "navigation",
    "over_years",
    "part",
    "points",
    "policies",
    "policies_in_full",
    "policy_tables",
    "provenance",
    "quality",
    "table",
    "trace",
]
