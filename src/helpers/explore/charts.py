"""Charts of the bench: the official figure and the new one on one scale, with the unofficial mark inside the picture."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import matplotlib as mpl
import pandas as pd
import seaborn as sns

from helpers import notation, pages
from helpers.draw import canvas as paper
from helpers.draw import kit
from helpers.explore.feasible import MARK
from helpers.explore.outcome import Outcome, Outcomes, shown, written
from helpers.terms import Figure, Figures, Interval
from helpers.terms.frames import Frames

WIDTH_MM = paper.NARROW_MM
# The mark has a strip of its own at the head of each picture, so that it lies on nothing and nobody draws without it.
MARK_MM = 6.0
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
    drawn: Callable[[float], paper.Canvas]

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

    def marked(self, width_mm: float) -> paper.Canvas:
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


def _raised(made: paper.Canvas, by_mm: float) -> None:
    """Adds a strip at the head of a drawing and leaves all that is drawn where it is, seen from its foot."""
    before = made.get_figheight()
    after = before + by_mm * paper.MM
    for axes in made.axes:
        place = axes.get_position()
        axes.set_position((place.x0, place.y0 * before / after, place.width, place.height * before / after))
    for words in made.texts:
        words.set_y(words.get_position()[1] * before / after)
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


@paper.house()
def _beside(
    width_mm: float, rows: list[tuple[str, Outcome]], *, size: int, line: tuple[Fraction, str], unit: str
) -> paper.Canvas:
    """One row a figure: a hollow ring where it is official, a filled mark where the change takes it."""
    moved = [one.moved for _, one in rows]
    axes = kit.rows(
        width_mm,
        [name for name, _ in rows],
        kit.Words([_old_and_new(one) for _, one in rows]),
        head=2 * kit.LINE + 0.04,
        foot=kit.FOOT,
    )
    found = [
        (n, *(_span(f, size)), f is one.official) for n, (_, one) in enumerate(rows) for f in _both(one) if _ends(f)
    ]
    ends = [end for _, low, high, _ in found for end in (low, high)] + [float(line[0])]
    for n, (_, one) in enumerate(rows):
        if moved[n] and _ends(one.official) and _ends(one.changed):
            middles = [sum(_span(f, size)) / 2 for f in (one.official, one.changed)]
            kit.line(axes, middles, [n, n], color=paper.colour("item"), lw=2.2, zorder=2)
    kit.ranges(axes, found)
    kit.bare(axes, len(rows))
    kit.numbers(axes, ends, unit=unit)
    kit.mark(axes, float(line[0]), line[1])
    axes.figure.text(0, 1, LEGEND, va="top", color=paper.colour("soft"))
    return axes.figure


def _old_and_new(one: Outcome) -> str:
    """The official value, and below it the new one where there is one."""
    return f"{written(one.official)} →\n{shown(one)[1]}" if one.moved else written(one.official)


def _both(one: Outcome) -> list[Figure | None]:
    return [one.official, one.changed] if one.moved else [one.official]


def _span(figure: Figure, size: int) -> tuple[float, float]:
    low, high = (float(end * size) for end in _ends(figure))
    return low, high


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


@paper.house()
def _adding_up(width_mm: float, rows: list[tuple[str, Interval]], figures: Figures) -> paper.Canvas:
    said = [notation.shown(figures["named_share"].unit, share) for _, share in rows]
    axes = kit.rows(width_mm, [name for name, _ in rows], kit.Words(said), foot=kit.FOOT)
    spans = [(n, *(float(end * PERCENT) for end in share), False) for n, (_, share) in enumerate(rows)]
    sns.barplot(
        pd.DataFrame(spans, columns=["row", "low", "high", "is_hollow"]), x="low", y="row", orient="h", native_scale=True, width=0.55,
        color=paper.colour("item"), saturation=1, edgecolor=paper.colour("ink"), linewidth=0.6, errorbar=None, ax=axes,
    )  # fmt: skip
    kit.ranges(axes, spans)
    kit.bare(axes, len(rows))
    kit.numbers(axes, [PERCENT], unit="%")
    return axes.figure
