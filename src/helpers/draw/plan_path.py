"""One plan over its years: expected and actual effect added up from its first year on."""

from collections.abc import Mapping

import pandas as pd
import seaborn as sns

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import MM, Canvas, colour, house, quiet, sheet
from helpers.terms import Figures, Plan
from helpers.terms.records import records

HIGH = 1.7  # inches


def rows(figures: Mapping[int, Figures]) -> pd.DataFrame:
    """A row a year whose sum from the first year on is known: `year`, `expected`, `actual` in yen."""
    found = []
    for year, of_year in figures.items():
        so_far = [of_year[f"cumulative_{kind}_effect"] for kind in ("expected", "actual")]
        if all(one.is_known for one in so_far):
            found.append((year, *(one.exact for one in so_far)))
    return pd.DataFrame(found, columns=["year", "expected", "actual"])


@house()
def drawn(width_mm: float, plan: Plan, found: pd.DataFrame) -> Canvas:
    """Two lines over the plan's years, each named at its end; years that are not known yet have no line.

    Args:
        width_mm: Of the chart.
        plan: Its years make the axis.
        found: As `rows` gives it.
    """
    unit, unit_name = kit.money_unit(*found["expected"], *found["actual"])
    width = width_mm * MM
    names = {"expected": notation.spoken("見込みの累計"), "actual": notation.spoken("実績の累計")}
    right = max(kit.wide(one) for one in names.values()) + kit.GAP
    axes = sheet((width, HIGH), (0.55 / width, 0.2, 1 - (0.55 + right) / width, 0.7))
    drawn = axes.figure
    tidy = found.melt(id_vars="year", var_name="kind", value_name="yen").assign(yen=lambda rows: rows["yen"] / unit)
    sns.lineplot(
        tidy, x="year", y="yen", hue="kind", style="kind", markers={"expected": "s", "actual": "o"}, errorbar=None, legend=False,
        dashes={"expected": (3, 2), "actual": ""}, palette={"expected": colour("ink"), "actual": colour("actual")}, ax=axes,
    )  # fmt: skip
    axes.set(
        xlabel="", ylabel="", xlim=(plan.years[0] - 0.3, plan.years[-1] + 0.3), ylim=(min(0, tidy["yen"].min()), None)
    )
    axes.set_xticks(list(plan.years), [notation.short_year(year) for year in plan.years])
    axes.yaxis.set_major_formatter(lambda value, _: kit.tick_text(value))
    axes.grid(axis="y", color=colour("rule"), lw=0.5)
    drawn.text(0, 0.99, unit_name, ha="left", va="top", color=colour("soft"))
    ends = tidy[tidy["year"] == tidy["year"].max()].sort_values("yen")
    apart = 0.16 / (HIGH * 0.7) * (axes.get_ylim()[1] - axes.get_ylim()[0])
    low = None
    for row in records(ends):
        y = row.yen if low is None else max(row.yen, low + apart)
        axes.text(row.year + 0.12, y, names[row.kind], va="center", color=colour("ink"))
        low = y
    quiet(axes, keep="bottom")
    return drawn
