"""The plan's years: the grades of the one shown, and what is known of the others."""

import pandas as pd

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, colour, house
from helpers.terms import Figures
from helpers.terms.frames import Frames
from helpers.terms.plan_years import newest_month, states


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The plan's years: `year`, `state` (`shown`, `registered`, `not_registered`, `not_due`)."""
    del figures
    known = states(frames.plan, frames.registered_years, newest_month([frames]))
    rows = [(year, "shown" if year == frames.fiscal_year else state) for year, state in known.items()]
    return pd.DataFrame(rows, columns=["year", "state"])


def state(state: str) -> str:
    """What is known of a year of the plan that is not this page's."""
    if state == "registered":
        return notation.spoken("登録済み（その年度のページに示す）")
    return notation.NOT_REGISTERED if state == "not_registered" else notation.NOT_DUE


@house()
def drawn(width_mm: float, listed: pd.DataFrame, figures: Figures, frames: Frames) -> Canvas:
    """A bar of grade counts for each of the `rows`; years without figures say why."""
    counts = [
        (grade, figures["measures_by_grade", "grade", grade.code].exact)
        for grade in frames.plan.grades
        if ("measures_by_grade", "grade", grade.code) in figures
    ]
    is_shown = list(listed["state"].eq("shown"))
    names = [notation.fiscal_year(year) for year in listed["year"]]
    axes = kit.rows(width_mm, names, foot=kit.FOOT, margin=kit.GAP, bold=is_shown)
    kit.numbers(axes, [sum(count for _, count in counts)], unit=notation.spoken("件"), is_whole=True)
    kit.stacked(axes, [counts if shown else [] for shown in is_shown])
    for n, known in enumerate(listed["state"]):
        if known != "shown" or not counts:
            says = notation.figure(figures["measures"]) if known == "shown" else state(known)
            kit.beside(axes, 0, n, says, points=4, color=colour("soft"), bbox=kit.ground())
    return axes.figure
