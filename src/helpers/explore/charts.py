"""Charts of the bench: the official figure and the new one on one scale, with the unofficial mark inside the picture."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from helpers import notation, pages
from helpers.draw import canvas as paper
from helpers.draw.charts import millimetres
from helpers.draw.money_charts import whisker
from helpers.draw.scale import LINE_MM, Scale, axis, lines, scale, width_mm
from helpers.explore.feasible import MARK
from helpers.explore.outcome import Outcome, Outcomes, shown, written
from helpers.terms import Figure, Figures, Interval
from helpers.terms.tables import Frames

WIDTH_MM = paper.NARROW_MM
ROW_MM, FOOT_MM, HEAD_MM, LABEL_MM, WORDS_MM = 6.8, 9.0, 4.5, 32.5, 27.0
ITEM_MM, SHARE_MM = 36.0, 22.0
# The mark has a strip of its own at the head of each picture, so that it lies on nothing and nobody draws without it.
MARK_MM = 6.0
# Between the names at the left and the axis: half of what marks a value there, and room.
GAP_MM = 2.5
MOST_ROWS = 9
PERCENT = 100
LEGEND = "○公式　●もしも"
PNG_DPI = 200
# Letters as outlines: the widths they were laid out by hold on a machine without the page's faces too.
_OUTLINES = {"svg.fonttype": "path"}


@dataclass(frozen=True)
class Chart:
    """A chart before it is shown or saved: a function that draws it for a width in mm, its message, and its alternative text."""

    name: str
    caption: str
    alt: str
    drawn: Callable[[float], Canvas]

    def part(self, number: int | str) -> pages.Part:
        """The chart as it stands in a notebook."""
        with paper.house(), mpl.rc_context(_OUTLINES):
            drawn = paper.chart(
                self.marked,
                number=number,
                name=f"bench-{self.name}",
                width_mm=WIDTH_MM,
                caption=f"{self.caption}【{MARK}】",
                alt=f"{MARK}。{self.alt}",
            )
        return pages.figure(drawn)

    def marked(self, width_mm: float) -> Canvas:
        """The chart with the mark at its head."""
        made = self.drawn(width_mm)
        with paper.house():
            _raised(made, MARK_MM)
            height_mm = made.get_figheight() / paper.MM
            across = {"ha": "right", "va": "center", "weight": "bold", "color": paper.colour("alert")}
            made.text(1, 1 - MARK_MM / 2 / height_mm, MARK, **across)
        return made

    def saved(self, kind: str) -> bytes:
        """The chart as a file that needs no font: `svg` or `png`."""
        out = io.BytesIO()
        made = self.marked(WIDTH_MM)
        metadata = {
            "svg": {"Date": None, "Title": MARK, "Description": self.alt},
            "png": {"Title": MARK, "Description": self.alt},
        }
        with paper.house(), mpl.rc_context(_OUTLINES | {"savefig.facecolor": "white"}):
            made.savefig(out, format=kind, metadata=metadata[kind], dpi=PNG_DPI)
        return out.getvalue()


def _raised(made: Canvas, by_mm: float) -> None:
    """Adds a strip at the head of a drawing and leaves all that is drawn where it is, seen from its foot."""
    before = made.get_figheight()
    after = before + by_mm * paper.MM
    for axes in made.axes:
        place = axes.get_position()
        axes.set_position((place.x0, place.y0 * before / after, place.width, place.height * before / after))
    made.set_figheight(after)


def charts(found: Outcomes) -> list[Chart]:
    """The grades' chart and the money's, each with official and new values."""
    return [_rates(found), _multipliers(found)]


def _rates(found: Outcomes) -> Chart:
    whole, plan = found["achievement_rate"], found.frames.plan
    official, new, _ = shown(whole)
    limit = plan.thresholds.achievement
    rows = [("計画全体", whole), *_of_policies(found, "achievement_rate")]
    caption = f"達成率：公式 {official}" + (f"、もしも {new}" if whole.moved else "（変わらない）")
    alt = f"{caption}。境目{notation.percent(limit)}。{_said(rows)}"
    line = (limit * PERCENT, f"境目 {notation.percent(limit, 0 if (limit * PERCENT).denominator == 1 else 1)}")
    return Chart("rates", caption, alt, lambda width: _beside(width, rows, size=PERCENT, line=line, unit="%"))


def _multipliers(found: Outcomes) -> Chart:
    whole = found["effect_multiplier"]
    official, new, _ = shown(whole)
    rows = [("計画全体", whole), ("うち続くとみられる（判断）", found["recurring_multiplier"])]
    rows += _of_policies(found, "effect_multiplier")
    caption = f"倍率：公式 {official}" + (f"、もしも {new}" if whole.moved else "（変わらない）")
    line = (Fraction(1), "見込みどおり")
    return Chart(
        "multipliers",
        caption,
        f"{caption}。{_said(rows)}",
        lambda width: _beside(width, rows, size=1, line=line, unit="倍"),
    )


def _of_policies(found: Outcomes, metric: str) -> list[tuple[str, Outcome]]:
    plan = found.frames.plan
    rows = [
        (f"方針{p.id} {p.short_name}", found[metric, "policy", p.id])
        for p in plan.policies
        if (metric, "policy", p.id) in found.outcomes
    ]
    moved = [row for row in rows if row[1].moved]
    return rows if len(rows) < MOST_ROWS else moved[:MOST_ROWS]


def _said(rows: list[tuple[str, Outcome]]) -> str:
    return "、".join(
        f"{name} {written(one.official)}" + (f"→{shown(one)[1]}" if one.moved else "") for name, one in rows
    )


def _beside(
    width: float, rows: list[tuple[str, Outcome]], *, size: int, line: tuple[Fraction, str], unit: str
) -> Canvas:
    """One row a figure: a hollow ring where it is official, a filled mark where the change takes it."""
    named = [lines(name, LABEL_MM - GAP_MM) for name, _ in rows]
    says = [(written(one.official), shown(one)[1] if one.moved else "") for _, one in rows]
    words = [_old_and_new(*one) for one in says]
    heights = [max(ROW_MM, max(len(n), len(w)) * LINE_MM + 1.8) for n, w in zip(named, words, strict=True)]
    height = sum(heights) + FOOT_MM + HEAD_MM
    with paper.canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        ends = [float(end * size) for _, one in rows for f in (one.official, one.changed) for end in _ends(f)]
        the_scale = scale([*ends, float(line[0])], LABEL_MM, width - WORDS_MM)
        axis(axes, the_scale, bottom=FOOT_MM, top=height - HEAD_MM, unit=unit)
        x = the_scale(float(line[0]))
        axes.add_line(
            Line2D([x, x], [FOOT_MM, height - HEAD_MM], color=paper.colour("alert"), lw=0.9, ls=(0, (3, 2)), zorder=1.5)
        )
        # The line's name stands over it, or as near to that as the legend and the edge leave room.
        half = width_mm(line[1]) / 2
        over = min(max(x, width_mm(LEGEND) + GAP_MM + half), width - half)
        axes.text(over, height - HEAD_MM / 2, line[1], ha="center", va="center", color=paper.colour("alert"))
        axes.text(0, height - HEAD_MM / 2, LEGEND, va="center", color=paper.colour("soft"))
        y = height - HEAD_MM
        for (_, one), name, word, tall in zip(rows, named, words, heights, strict=True):
            middle = y - tall / 2
            axes.text(0, middle, "\n".join(name), va="center", linespacing=1.3)
            axes.text(
                width,
                middle,
                "\n".join(word),
                ha="right",
                va="center",
                linespacing=1.3,
                weight="bold" if one.moved else "normal",
            )
            _pair(axes, the_scale, one, middle, size)
            y -= tall
    return drawn


def _old_and_new(old: str, new: str) -> list[str]:
    """The official value, and below it in bold the new one where there is one; no line longer than its column."""
    weight = "bold" if new else "normal"
    said = [f"{old} →", new] if new else [old]
    return [line for words in said for line in lines(words, WORDS_MM - GAP_MM, weight=weight)]


def _pair(axes: Axes, the_scale: Scale, one: Outcome, y: float, size: int) -> None:
    old, new = ([the_scale(float(end * size)) for end in _ends(figure)] for figure in (one.official, one.changed))
    if one.moved and old and new:
        axes.add_line(Line2D([sum(old) / 2, sum(new) / 2], [y, y], color=paper.colour("item"), lw=2.2, zorder=2))
    for ends, is_official in ((old, True), (new if one.moved else [], False)):
        if ends:
            face = paper.colour("paper" if is_official else "actual")
            axes.add_line(Line2D(ends, [y, y], color=paper.colour("ink"), lw=1.4, marker="|", ms=5, zorder=3))
            dot = {"marker": "o", "ms": 4.4, "mfc": face, "mec": paper.colour("ink"), "mew": 0.8}
            axes.add_line(Line2D([sum(ends) / 2], [y], ls="none", zorder=4, **dot))


def _ends(figure: Figure | None) -> tuple:
    return tuple(figure.interval) if figure is not None and figure.is_number else ()


def pareto(figures: Figures, frames: Frames) -> Chart | None:
    """The named items, largest first, adding up to the whole; None where nothing is itemised."""
    total = figures["actual_effect"]
    found = [one for one in figures.of("actual_effect", "measure") if one.is_known]
    if not found or not total.is_known or total.interval.low <= 0 or min(one.interval.low for one in found) < 0:
        return None
    rows, whole, names = [], Interval(0, 0), frames.measure_names
    for one in found:
        whole = whole + one.interval
        share = Interval(*(Fraction(end, total.exact) for end in whole))
        rows.append((frames.plan.short_name(names[one.scope_id]), share))
    listed = "、".join(f"{name}まで {notation.shown(figures['named_share'].unit, share)}" for name, share in rows)
    caption = f"金額のある項目を大きい順に足すと、実績効果額の何%になるか（{len(rows)}項目、残りは内訳の公表なし）"
    return Chart("pareto", caption, f"{caption}。{listed}。", lambda width: _adding_up(width, rows, figures))


def _adding_up(width: float, rows: list[tuple[str, Interval]], figures: Figures) -> Canvas:
    named = [lines(name, ITEM_MM - GAP_MM) for name, _ in rows]
    heights = [max(ROW_MM, len(name) * LINE_MM + 1.8) for name in named]
    height = sum(heights) + FOOT_MM
    with paper.canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        the_scale = scale([0, PERCENT], ITEM_MM, width - SHARE_MM)
        axis(axes, the_scale, bottom=FOOT_MM, top=height, unit="%")
        y = height
        for (_, share), name, tall in zip(rows, named, heights, strict=True):
            middle = y - tall / 2
            left, low, high = (the_scale(float(end) * PERCENT) for end in (0, *share))
            axes.barh(
                middle,
                low - left,
                left=left,
                height=3.6,
                facecolor=paper.colour("item"),
                edgecolor=paper.colour("ink"),
                lw=0.6,
            )
            whisker(axes, low, high, middle)
            axes.text(0, middle, "\n".join(name), va="center", linespacing=1.3)
            axes.text(width, middle, notation.shown(figures["named_share"].unit, share), ha="right", va="center")
            y -= tall
    return drawn
