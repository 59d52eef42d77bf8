"""The analyst's bench: shows what-if figures beside the official ones. It never writes an official figure.

bench = explore.bench(frames, checks=(check.frames, check.figures))   # a year as published
explore.banner(bench)                                                 # the state of its checks
found = explore.what_if(bench, leave_out="公社の健全化")               # official, new, difference
explore.save(found, "公社を除く")                                      # picture, data, how it was made
explore.style()                                                       # seaborn in the page's faces and colours
bench.official.frame()                                                # every figure as a table for pandas and seaborn
"""

from helpers.explore.bench import Bench, bench, figures_of_years
from helpers.explore.change import Change, Regrade, change
from helpers.explore.charts import charts
from helpers.explore.feasible import MARK
from helpers.explore.keep import save
from helpers.explore.outcome import Outcome, shown
from helpers.explore.panel import Panel, has_hand, panel
from helpers.explore.reasons import Suggestions, confirm, suggest_reasons
from helpers.explore.search import lines, search
from helpers.explore.show import result
from helpers.explore.style import style
from helpers.explore.views import banner, concentration, levers, tables, years
from helpers.explore.what_if import WhatIf, changed, what_if

__all__ = [
    "MARK",
    "Bench",
    "Change",
    "Outcome",
    "Panel",
    "Regrade",
    "Suggestions",
    "WhatIf",
    "banner",
    "bench",
    "change",
    "changed",
    "charts",
    "concentration",
    "confirm",
    "figures_of_years",
    "has_hand",
    "levers",
    "lines",
    "panel",
    "result",
    "save",
    "search",
    "shown",
    "style",
    "suggest_reasons",
    "tables",
    "what_if",
    "years",
]


def __dir__() -> list[str]:
    """What Tab offers."""
    return sorted(__all__)
