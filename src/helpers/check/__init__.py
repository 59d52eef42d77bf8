"""Frames, figures, page → findings. All checks run, and none changes a value.

`check.stop(findings, frames)` refuses when a blocking check failed and nobody has accepted that in
`acknowledged.csv`.
"""

from helpers.check.by_year import by_year, stop_by_year, tally_by_year, with_pages
from helpers.check.figures import figures
from helpers.check.findings import document, stop, tally
from helpers.check.frames import frames
from helpers.check.page import page
from helpers.check.parameters import parameters, plan_parameters
from helpers.check.readability import readability

__all__ = [
    "by_year",
    "document",
    "figures",
    "frames",
    "page",
    "parameters",
    "plan_parameters",
    "readability",
    "stop",
    "stop_by_year",
    "tally",
    "tally_by_year",
    "with_pages",
]
