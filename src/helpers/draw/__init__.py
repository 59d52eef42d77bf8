"""Figures → charts: pictures as SVG, with what is said of them; the frame around them is the page's.

Nothing is decided here: what counts as met, and what is said of it, comes in.
"""

from helpers.draw.canvas import Chart, chart
from helpers.draw.charts import composition, grades, policies, too_many_policies, too_many_to_square

__all__ = ["Chart", "chart", "composition", "grades", "policies", "too_many_policies", "too_many_to_square"]
