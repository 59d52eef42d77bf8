"""One plan over its years: how many measures reached the plan, and how many did not."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, colour, figures_face, house
from helpers.terms import Figures, Grade, Plan
from helpers.terms.frames import Frames

KNOWN = "registered"


@house()
def drawn(
    width_mm: float, plan: Plan, figures: Mapping[int, Figures], frames: Mapping[int, Frames], known: Mapping[int, str]
) -> Canvas:
    """A bar of grades a year; a year without figures says why, and a dashed line parts years graded on other scales.

    Args:
        width_mm: Of the chart.
        plan: Whose years.
        figures: Of each registered year.
        frames: Of each registered year.
        known: What is known of each plan year, as `plan_years.states` says.
    """
    scale = {grade.code: grade for one in (*frames.values(),) for grade in one.plan.grades}
    scale = scale or {grade.code: grade for grade in plan.grades}
    legend = kit.legend_lines(width_mm, ((notation.coded_grade(plan, grade), grade.band) for grade in scale.values()))
    counts = [_counts(frames[year].plan, figures[year]) if year in figures else [] for year in known]
    achieved = [_achieved(figures[year]) if year in figures else "" for year in known]
    rates = [notation.figure(figures[year]["achievement_rate"]) if counts[n] else "" for n, year in enumerate(known)]
    axes = kit.rows(
        width_mm,
        [notation.fiscal_year(year) for year in known],
        kit.Words(achieved, notation.spoken("達成／件数"), style=figures_face()),
        kit.Words(rates, notation.spoken("達成率"), style=figures_face()),
        head=len(legend) * kit.LINE + 0.04,
        foot=kit.FOOT,
    )
    kit.numbers(axes, [sum(count for _, count in one) for one in counts], unit=notation.spoken("件"), is_whole=True)
    kit.stacked(axes, counts)
    unsaid(axes, [_why(year, known[year], figures) if not counts[n] else "" for n, year in enumerate(known)])
    breaks = [
        n
        for n, now in enumerate([*known][1:])
        if now in figures and figures[now]["achievement_rate_change"].reason == "scale_changed"
    ]
    parted(axes, breaks, notation.spoken("ここから評価の段階が違う"))
    kit.legend(axes.figure, legend)
    return axes.figure


def _counts(plan: Plan, figures: Figures) -> list[tuple[Grade, int]]:
    keys = [(grade, ("measures_by_grade", "grade", grade.code)) for grade in plan.grades]
    return [(grade, figures[key].exact) for grade, key in keys if key in figures]


def _achieved(figures: Figures) -> str:
    achieved, measures = figures["achieved_measures"], figures["measures"]
    return f"{notation.decimal(achieved.exact)}/{notation.decimal(measures.exact)}" if measures.is_known else ""


def _why(year: int, state: str, figures: Mapping[int, Figures]) -> str:
    if state == KNOWN:
        return notation.figure(figures[year]["measures"])
    return nothing(state)


def nothing(state: str) -> str:
    """What stands in the place of a year that is not registered."""
    return notation.NOT_REGISTERED if state == "not_registered" else notation.NOT_DUE


def unsaid(axes: Axes, words: list[str]) -> None:
    """In each row that has no bar, why."""
    for row, one in enumerate(words):
        if one:
            kit.beside(axes, 0, row, one, points=4, color=colour("soft"), bbox=kit.ground())


def parted(axes: Axes, after: list[int], words: str) -> None:
    """A dashed line below a row, named: what stands below it is not to be compared with what stands above."""
    for row in after:
        axes.axhline(row + 0.5, color=colour("alert"), lw=0.9, ls=kit.DASHED, zorder=4)
        look = {"ha": "right", "va": "center", "color": colour("alert"), "bbox": kit.ground(), "zorder": 6}
        axes.text(axes.get_xlim()[1], row + 0.5, words, **look)
