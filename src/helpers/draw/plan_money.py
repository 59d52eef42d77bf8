"""One plan over its years: what was expected and what came, with what is judged one-off set apart and what is sure without the largest item."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

import pandas as pd

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, colour, house
from helpers.draw.plan_grades import nothing, parted, unsaid
from helpers.terms import Figure, Figures
from helpers.terms.frames import Frames
from helpers.terms.records import records

WIDE, THIN = 0.78, 0.46


def one_offs(figures: Figures, frames: Frames) -> list[Figure]:
    """The effects of the items judged one-off, in the document's order."""
    judged = frames.effect_classes.loc[frames.effect_classes["recurrence"] == "one_off", "measure_id"]
    return [one for one in figures.of("actual_effect", "measure") if one.scope_id in set(judged)]


@house()
def drawn(
    width_mm: float, figures: Mapping[int, Figures], frames: Mapping[int, Frames], known: Mapping[int, str]
) -> Canvas:
    """Two bars a year on one scale from zero; a year without amounts says why, and a dashed line parts other definitions of effect.

    Args:
        width_mm: Of the chart.
        figures: Of each registered year.
        frames: Of each registered year.
        known: What is known of each plan year, as `plan_years.states` says.
    """
    rows = pd.DataFrame([_row(n, figures.get(year), frames.get(year)) for n, year in enumerate(known)]).astype(float)
    unit, unit_name = kit.money_unit(*(int(one) for one in [*rows["expected"].dropna(), *rows["actual"].dropna()]))
    looks = (("見込み", "expected"), ("実績", "actual"), ("うち一過性と判断", "single"))
    legend = kit.legend_lines(width_mm, [(notation.spoken(words), look) for words, look in looks])
    axes = kit.rows(
        width_mm,
        [notation.fiscal_year(year) for year in known],
        kit.Words([_yen(figures, year, "expected_effect") for year in known], notation.spoken("見込み")),
        kit.Words([_yen(figures, year, "actual_effect") for year in known], notation.spoken("実績")),
        kit.Words(
            [_ratio(figures, year) for year in known],
            notation.spoken("倍率"),
            [_is_short(figures, year) for year in known],
        ),
        head=len(legend) * kit.LINE + 0.04,
        foot=kit.FOOT,
        row=0.34,
    )
    amounts = rows.assign(**{name: rows[name] / unit for name in ("expected", "actual", "floor", "one_off")})
    kit.bars(axes, amounts["expected"], look="none", thick=WIDE, line=1.1)
    kit.bars(axes, amounts["actual"], look="actual", thick=THIN)
    kit.numbers(axes, [*amounts["expected"].dropna(), *amounts["actual"].dropna()], unit=unit_name)
    for row in records(amounts[amounts["one_off"].gt(0) & amounts["actual"].ge(amounts["one_off"])]):
        kit.box(axes, (row.actual - row.one_off, row.actual), row.row, look="single", thick=THIN, zorder=3)
    sure = amounts.dropna(subset=["floor"])
    axes.plot(sure["floor"], sure["row"], ls="none", marker="D", ms=4, mfc=colour("paper"), mec=colour("ink"), zorder=5)
    unsaid(axes, [_why(figures, year, state) for year, state in known.items()])
    breaks = [n for n, (before, now) in enumerate(pairwise(known)) if before in figures and _is_other(figures, now)]
    parted(axes, breaks, notation.spoken("ここから効果額の数え方が違う"))
    kit.legend(axes.figure, legend)
    return axes.figure


def _row(n: int, figures: Figures | None, frames: Frames | None) -> dict[str, float]:
    """Yen of one year; missing where it is not registered or states none."""
    amounts = {"row": n, "expected": None, "actual": None, "one_off": 0, "floor": None}
    if figures is None:
        return amounts
    for kind in ("expected", "actual"):
        amounts[kind] = figures[f"{kind}_effect"].exact
    some = one_offs(figures, frames)
    amounts["one_off"] = float(sum(Fraction(one.interval.low + one.interval.high, 2) for one in some))
    without = figures["effect_without_top_item"]
    if without.is_known and without.interval.low > 0:
        amounts["floor"] = float(without.interval.low)
    return amounts


def _is_other(figures: Mapping[int, Figures], year: int) -> bool:
    """Whether a year counts something else as the effect than the year before."""
    return year in figures and figures[year]["actual_effect_change"].reason == "definition_changed"


def _yen(figures: Mapping[int, Figures], year: int, metric: str) -> str:
    figure = figures[year][metric] if year in figures else None
    return notation.short_yen(figure.exact) if figure is not None and figure.is_known else ""


def _ratio(figures: Mapping[int, Figures], year: int) -> str:
    return (
        notation.cell(figures[year]["effect_multiplier"])
        if year in figures and figures[year]["effect_multiplier"].is_known
        else ""
    )


def _is_short(figures: Mapping[int, Figures], year: int) -> bool:
    gap = figures[year]["effect_gap"] if year in figures else None
    return gap is not None and gap.is_known and gap.exact < 0


def _why(figures: Mapping[int, Figures], year: int, state: str) -> str:
    if year not in figures:
        return nothing(state)
    expected, actual = (figures[year][f"{kind}_effect"] for kind in ("expected", "actual"))
    return "" if expected.is_known or actual.is_known else notation.figure(actual)
