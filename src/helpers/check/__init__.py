"""Frames, figures, page → findings: every check, all at once; no value is changed.

`check.stop(findings)` refuses when a blocking one failed and nobody has accepted it in `acknowledged.csv`.
"""

from helpers.check.figures import figures
from helpers.check.findings import stop, tally
from helpers.check.frames import frames
from helpers.check.page import page
from helpers.check.parameters import parameters

__all__ = ["figures", "frames", "page", "parameters", "stop", "tally"]
