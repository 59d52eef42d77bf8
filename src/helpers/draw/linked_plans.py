"""When the plans beside this one run out: bars over the plan's years."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, colour, house, on_colour
from helpers.terms.frames import Frames
from helpers.terms.records import frame, records

# Where a document names no plan.
NO_PLAN = {"not_applicable", "not_stated"}
# Of a year, the point of a bar that goes on beyond the plan's years; and of a row, a bar.
POINT, THICK = 0.12, 0.62


def rows(frames: Frames) -> pd.DataFrame:
    """The plans beside this one: `name`, `first`, `last` (missing where not stated), `look`, `note`."""
    plan, rows = frames.plan, []
    for row in records(frames.linked_plans):
        name = row.family if row.name in NO_PLAN else row.name
        years = (row.first_fiscal_year, row.last_fiscal_year)
        if row.relation == "self":
            period, look = (plan.first_fiscal_year, plan.last_fiscal_year), "self"
        elif row.relation == "absorbed":
            period, look = (None, None), "absorbed"
        elif all(year.isdigit() for year in years):
            period, look = tuple(map(int, years)), "stated"
        else:
            period, look = (None, None), "not_stated"
        rows.append((row.family, name, *period, look, row.relation, row.note))
    columns = ["family", "name", "first", "last", "look", "relation", "note"]
    return frame(rows, columns, whole=("first", "last"))


@house()
def drawn(width_mm: float, listed: pd.DataFrame, frames: Frames) -> Canvas:
    """The `rows` as bars over the plan's years; what leaves them is cut with an arrow, what is not stated is an outline."""
    plan, now = frames.plan, frames.fiscal_year
    axes = kit.rows(
        width_mm,
        [notation.in_own_words(plan, name) for name in listed["name"]],
        head=2 * kit.LINE + 0.06,
        margin=kit.GAP,
        bold=list(listed["look"].eq("self")),
    )
    first, last = plan.first_fiscal_year, plan.last_fiscal_year + 1
    axes.set_xlim(first - 2 * POINT, last + 2 * POINT)
    over = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "bottom"}
    line = kit.LINE / (axes.get_position().height * axes.figure.get_figheight())
    for year in plan.years:
        axes.text(year + 0.5, 1 + 0.2 * line, notation.short_year(year), **over)
    axes.vlines(range(first, last + 1), *axes.get_ylim(), color=colour("rule"), lw=0.5, zorder=0.5)
    if now in plan.years:
        axes.axvspan(now, now + 1, color=colour("wash"), zorder=0, lw=0)
        axes.text(now + 0.5, 1 + 1.25 * line, notation.spoken("この年度"), weight="bold", **over)
    for n, row in enumerate(records(listed)):
        _period(axes, row, n, (first, last))
    return axes.figure


def _period(axes: Axes, row: object, y: int, ends: tuple[int, int]) -> None:
    first, last = ends
    if row.look == "absorbed":
        absorbed = notation.spoken("この計画に取り込み（期間なし）")
        axes.text(first, y, absorbed, va="center", color=colour("soft"), bbox=kit.ground())
        return
    if row.look == "not_stated":
        kit.box(axes, ends, y, look="paper", thick=THICK, edgecolor=colour("soft"), linestyle=kit.DASHED)
        unknown = notation.spoken("期間の記載なし")
        axes.text((first + last) / 2, y, unknown, ha="center", va="center", color=colour("soft"))
        return
    start, end = max(first, min(row.first, last)), max(first, min(row.last + 1, last))
    look = "actual" if row.look == "self" else "rest"
    low, high = y - THICK / 2, y + THICK / 2
    corners = [(start, low), *([(start - POINT, y)] if row.first < first else []), (start, high), (end, high)]
    corners += [*([(end + POINT, y)] if row.last + 1 > last else []), (end, low)]
    axes.add_artist(Polygon(corners, facecolor=colour(look), edgecolor=colour("ink"), linewidth=0.6, zorder=2))
    words = f"{notation.short_year(row.first)}{notation.TO}{notation.short_year(row.last)}"
    axes.text((start + end) / 2, y, words, ha="center", va="center", color=on_colour(look), zorder=3)
