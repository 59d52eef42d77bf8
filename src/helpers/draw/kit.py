"""What charts are made of: rows with their words at both sides, axes of round numbers, ranges, counts by grade.

Everything lies in the chart's own data: rows count 0, 1, 2 … downward, amounts run across. Only what is set beside the picture is
measured, in inches of type.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import nan
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator
from matplotlib.transforms import BboxTransformTo, ScaledTranslation, Transform, blended_transform_factory

from helpers import notation
from helpers.draw.canvas import MM, PAD, Canvas, colour, inches, on_colour, quiet, sheet, size
from helpers.notation import tokens
from helpers.terms import Grade

OKU = 100_000_000
BILLION = 1_000_000_000
LEAST_IN_BILLIONS = 100 * BILLION
# An axis of money counts in the largest of these that its longest bar holds at least once; in billions, whose amounts are
# written out in millions beside the bars, only where millions would no longer fit below them.
MONEY_UNITS = {
    "ja": ((OKU, "億円"), (10_000, "万円"), (1_000, "千円"), (1, "円")),
    "en": ((BILLION, "billion yen"), (1_000_000, "million yen"), (1_000, "thousand yen"), (1, "yen")),
}
# How much wider a browser sets bold letters than they are measured here.
BOLDER = 1.04
# Inches: a line of small type, the least height of a row, between words and what they stand beside.
LINE, ROW, GAP = size("small") * 1.3 / 72, 0.26, 0.08
# Below an axis: its numbers, and the line that names their unit.
FOOT = 2 * LINE + 0.03
# The least room for a number of an axis, and the most numbers.
TICK, MOST_TICKS = 0.41, 7
# The most of a chart's width that names, or words on the other side, may take.
NAMES_SHARE, WORDS_SHARE = 0.43, 0.5
DASHED = (0, (3, 2))
# The cap at the end of a range, in rows.
CAP = 0.3
LEGEND_BOX, LEGEND_GAP = 0.1, 0.04
# What stands in the place of a grade that the document does not state.
UNGRADED = Grade(code="—", label="評価の記載なし", order=99, achieved=False, band="not_rated")


def wide(words: str, **style: object) -> float:
    """Width in inches of the widest of some lines of small type."""
    factor = BOLDER if style.get("weight") == "bold" else 1.0
    return factor * max(inches(line, tuple(sorted(style.items()))) for line in words.split("\n"))


def broken(words: str, room: float, **style: object) -> str:
    """Words in lines of at most that many inches: broken between letters in Japanese, else between words."""
    return _broken(words, room, tuple(sorted(style.items())), between_words=notation.language() != notation.ORIGINAL)


@cache
def _broken(words: str, room: float, style: tuple, *, between_words: bool) -> str:
    if wide(words, **dict(style)) <= room:
        return words
    lines, line = [], ""
    for letter in words:
        if line and wide(line + letter, **dict(style)) > room:
            # A name that is still in Japanese has no space to break at.
            whole, space, rest = line.rpartition(" ") if between_words and letter != " " else (line, "", "")
            lines.append(whole if space else line)
            line = rest if space else ""
        line += "" if between_words and letter == " " and not line else letter
    return "\n".join((*lines, line))


def ground(look: str = "paper") -> dict[str, object]:
    """A plain ground under letters, so that neither a line nor a hatch runs through them."""
    return {"facecolor": colour(look), "edgecolor": "none", "pad": 0.6 if look == "paper" else 1.2}


class Words(NamedTuple):
    """A column of words right of a picture.

    Attributes:
        said: One a row.
        heading: Over them.
        alarming: Rows whose words are in the colour of warning; none where empty.
        style: As matplotlib names it.
    """

    said: Sequence[str]
    heading: str = ""
    alarming: Sequence[bool] = ()
    style: dict[str, object] = {}  # noqa: RUF012 — read only


def rows(
    width_mm: float,
    names: Sequence[str],
    *columns: Words,
    head: float = 0.0,
    foot: float = 0.0,
    row: float = ROW,
    margin: float = 0.0,
    bold: Sequence[bool] = (),
    first: float = 0.0,
) -> Axes:
    """Axes of a row a name: the name at the left edge, columns of words at the right edge, a picture to be drawn between.

    Args:
        width_mm: Of the chart.
        names: Of the rows, from above; broken into lines where they are long.
        columns: From left to right.
        head: Inches above the first row, besides the line that the columns' headings need.
        foot: Inches below the last row.
        row: The least height of a row in inches.
        margin: Inches to be left free at the right edge, where no column stands.
        bold: Rows whose names are bold.
        first: Where the middle of the first row lies: at 0.5 for a heatmap.
    """
    width, count = width_mm * MM, max(len(names), 1)
    weights = [{"weight": "bold"} if n < len(bold) and bold[n] else {} for n in range(len(names))]
    named = [broken(name, NAMES_SHARE * width, **look) for name, look in zip(names, weights, strict=True)]
    left = max([wide(name, **look) + GAP for name, look in zip(named, weights, strict=True)], default=0.0)
    said = [[broken(one, WORDS_SHARE * width / len(columns), **_bold(c), **c.style) for one in c.said] for c in columns]
    across = [
        max(wide(one, **_bold(c), **c.style) for one in [*words, broken(c.heading, WORDS_SHARE * width)]) + GAP
        for c, words in zip(columns, said, strict=True)
    ]
    tall = max([row, *((words.count("\n") + 1) * LINE + 0.06 for words in [*named, *(w for c in said for w in c)])])
    head += (LINE + 0.04) * any(c.heading for c in columns)
    height = head + tall * count + foot
    place = left / width, foot / height, 1 - (left + (sum(across) or margin)) / width, tall * count / height
    axes = sheet((width, height), place)
    drawn = axes.figure
    beside = blended_transform_factory(drawn.transFigure, axes.transData)
    for n, (name, look) in enumerate(zip(named, weights, strict=True)):
        axes.text(0, first + n, name, va="center", linespacing=1.3, transform=beside, **look)
    for at, (column, words) in enumerate(zip(columns, said, strict=True)):
        x = 1 - sum(across[at + 1 :]) / width
        for n, one in enumerate(words):
            is_alarming = n < len(column.alarming) and column.alarming[n]
            ink = {"color": colour("alert"), "weight": "bold"} if is_alarming else {}
            axes.text(
                x, first + n, one, ha="right", va="center", linespacing=1.3, transform=beside, **column.style | ink
            )
        if column.heading:
            y = 1 - (head - LINE / 2) / height
            drawn.text(x, y, column.heading, ha="right", va="center", color=colour("soft"))
    bare(axes, count)
    return axes


def _bold(column: Words) -> dict[str, object]:
    return {"weight": "bold"} if any(column.alarming) else {}


def bare(axes: Axes, count: int) -> None:
    """Takes away what matplotlib puts around a picture, and shows all its rows, the first one above."""
    axes.set(xlabel="", ylabel="", ylim=(count - 0.5, -0.5))
    axes.set_xticks([])
    axes.set_yticks([])
    quiet(axes)


def room_of(axes: Axes) -> float:
    """Width of the picture in inches."""
    return axes.get_position().width * axes.figure.get_figwidth()


def extent(values: Iterable[float | Fraction], *, room: float = 0.03) -> tuple[float, float]:
    """Both ends of an axis that holds zero and all values, with a little room."""
    known = [0.0, *map(float, values)]
    low, high = min(known), max(known)
    more = room * (high - low)
    return low - (more if low < 0 else 0), (high + more) or 1.0


def numbers(
    axes: Axes,
    values: Iterable[float | Fraction],
    *,
    unit: str = "",
    after: str = "{}",
    labels: Iterable[tuple[float, str]] = (),
    is_whole: bool = False,
) -> None:
    """An axis below with round numbers and faint lines over all rows, zero among them, and the name of their unit.

    Args:
        axes: The picture, all of it drawn.
        values: What the axis has to hold.
        unit: In a line of its own at the right edge.
        after: How each number is written, `{}倍`.
        labels: Words that stand right of a value, inside the picture.
        is_whole: Whether only whole numbers make sense.
    """
    low, high = hold(axes, values, labels=labels)
    room = room_of(axes)
    most = max(2, min(MOST_TICKS, int(room / TICK)))
    found = MaxNLocator(most, steps=[1, 2, 5, 10], integer=is_whole).tick_values(low, high)
    ticks = [float(tick) for tick in found if low <= tick <= high]
    scale(axes, {tick: after.format(tick_text(tick)) for tick in ticks})
    upright(axes, 0, lw=0.8, zorder=1)
    if unit:
        axes.figure.text(1, 0.02 / axes.figure.get_figheight(), unit, ha="right", va="bottom", color=colour("soft"))


def scale(axes: Axes, ticks: Mapping[float, str], *, is_upright: bool = False) -> None:
    """Numbers below a picture, or left of it, and faint lines through it: words and one line, where matplotlib makes five artists a tick.

    Args:
        axes: The picture.
        ticks: What is written at each value.
        is_upright: Whether they count upward, at the left.
    """
    axis, over = (axes.yaxis, axes.get_yaxis_transform()) if is_upright else (axes.xaxis, axes.get_xaxis_transform())
    axis.set_visible(False)
    axis.set_major_locator(FixedLocator([*ticks]))  # who asks for the ticks is told them
    along, across = [at for tick in ticks for at in (tick, tick, nan)], [0, 1, nan] * len(ticks)
    ends = (across, along) if is_upright else (along, across)
    line(axes, *ends, transform=over, color=colour("rule"), lw=0.5, zorder=0.5, clip_on=False)
    away = (-PAD / 72, 0) if is_upright else (0, -PAD / 72)
    look = {"transform": over + ScaledTranslation(*away, axes.figure.dpi_scale_trans), "color": colour("soft")}
    look |= {"ha": "right", "va": "center_baseline"} if is_upright else {"ha": "center", "va": "top"}
    for tick, words in ticks.items():
        axes.text(*((0, tick) if is_upright else (tick, 0)), words, **look)


def hold(
    axes: Axes, values: Iterable[float | Fraction], *, labels: Iterable[tuple[float, str]] = ()
) -> tuple[float, float]:
    """Sets the scale so that it holds zero, all values and the words that stand right of a value; returns its ends."""
    low, high = extent(values)
    room = room_of(axes)
    high = max([high, *(low + (value - low) / (1 - (wide(words) + GAP) / room) for value, words in labels)])
    axes.set_xlim(low, high)
    return low, high


def at_ends(axes: Axes, labels: Iterable[tuple[float, str]], **style: object) -> None:
    """Words right of a value, a row each."""
    for row, (value, words) in enumerate(labels):
        beside(axes, value, row, words, **style)


def beside(axes: Axes, x: float, row: float, words: str, *, points: float = 3, **style: object) -> None:
    """Words a few points right of a value."""
    moved = axes.transData + ScaledTranslation(points / 72, 0, axes.figure.dpi_scale_trans)
    axes.text(x, row, words, transform=moved, va="center", **style)


def mark(axes: Axes, x: float, words: str, *, look: str = "alert") -> None:
    """A dashed upright line over all rows, named above them; the name stays inside the chart."""
    upright(axes, x, color=colour(look), lw=0.9, ls=DASHED, zorder=2.5)
    drawn = axes.figure
    half, place = wide(words) / 2 / drawn.get_figwidth(), axes.get_position()
    (low, high) = axes.get_xlim()
    middle = place.x0 + (x - low) / (high - low) * place.width
    y = place.y1 + LINE / 2 / drawn.get_figheight()
    drawn.text(min(max(middle, half), 1 - half), y, words, ha="center", va="center", color=colour(look))


def bars(axes: Axes, values: Iterable[float], *, look: str, thick: float, line: float = 0.6) -> None:
    """A bar a row from zero to its value, none where the value is missing; in a colour of the tokens, or in `none`."""
    for row, value in enumerate(values):
        if not pd.isna(value):
            box(axes, (0, value), row, look=look, thick=thick, linewidth=line, hatch=None, zorder=1)


def line(axes: Axes, xs: Iterable[float], ys: Iterable[float], **look: object) -> None:
    """A line in the colour of ink where no other is said. `axes.plot` would look for the limits of both scales: they are set."""
    axes.add_artist(Line2D([*xs], [*ys], **{"color": colour("ink")} | look))


def upright(axes: Axes, x: float, **look: object) -> None:
    """A line over the whole height at a value."""
    line(axes, (x, x), (0, 1), transform=axes.get_xaxis_transform(), **look)


def ranges(axes: Axes, found: Sequence[tuple[float, float, float, bool]]) -> None:
    """A dot in the middle of each range, its ends capped: row, lower and upper end, whether the dot is hollow."""
    if not found:
        return
    lines = [
        point
        for row, low, high, _ in found
        for start, end in (
            ((low, row - CAP / 2), (low, row + CAP / 2)),
            ((low, row), (high, row)),
            ((high, row - CAP / 2), (high, row + CAP / 2)),
        )
        for point in (start, end, (nan, nan))  # a line ends where no number is
    ]
    line(axes, *zip(*lines, strict=True), lw=1.1, zorder=3)
    for hollow in sorted({is_hollow for *_, is_hollow in found}):
        middles = [((low + high) / 2, row) for row, low, high, is_hollow in found if is_hollow == hollow]
        face = {"markerfacecolor": colour("paper" if hollow else "actual"), "markeredgecolor": colour("ink")}
        look = {"ls": "none", "marker": "o", "markersize": 4, "markeredgewidth": 0.7, "zorder": 4}
        line(axes, *zip(*middles, strict=True), **look | face)


def stacked(axes: Axes, counts: Sequence[Sequence[tuple[Grade, int]]], *, thick: float = 0.66) -> None:
    """A bar a row made of its counts by grade, each with its letter and number where they fit; the axis is set before."""
    (low, high), room = axes.get_xlim(), room_of(axes)
    for row, by_grade in enumerate(counts):
        start = 0
        for grade, count in by_grade:
            if not count:
                continue
            box(axes, (start, start + count), row, look=grade.band, thick=thick, hatch=None)
            for words in (f"{grade.code} {notation.decimal(count)}", grade.code):
                if wide(words) + 0.03 <= count / (high - low) * room:
                    ink = {"color": on_colour(grade.band), "ha": "center", "va": "center"}
                    axes.text(start + count / 2, row, words, zorder=5, **ink)
                    break
            start += count


def box(axes: Axes, ends: tuple[float, float], row: float, *, look: str, thick: float = 0.6, **how: object) -> None:
    """A bar from one value to another, in a colour of the tokens and its hatch, or in `none`."""
    left, right = sorted(map(float, ends))
    face = look if look == "none" else colour(look)
    style = {"facecolor": face, "edgecolor": colour("ink"), "linewidth": 0.6, "zorder": 2}
    # Not as a patch of the axes, which would look for their limits anew: they are set.
    drawn = _Bar((left, row - thick / 2), right - left, thick, **style | {"hatch": tokens()["hatch"].get(look)} | how)
    axes.add_artist(drawn)


class _Bar(Rectangle):
    """A rectangle of its axes, which matplotlib turns by nothing about its corner, and cuts off at a box worked out anew for each."""

    def get_patch_transform(self) -> Transform:
        return BboxTransformTo(self.get_bbox())

    def set_clip_path(self, path: object, transform: Transform | None = None) -> None:
        if self.axes is not None and path is self.axes.patch:
            self.set_clip_box(self.axes.bbox)
        else:
            super().set_clip_path(path, transform)


def boxes(
    axes: Axes, ends: Sequence[tuple[float, float]], row: float, *, look: str, thick: float, line: float = 0.4
) -> None:
    """Many bars of one row in one colour, without its hatch, drawn as one."""
    if len(ends) == 1:  # as one it would be a marker, a copy of a shape that stands elsewhere
        box(axes, ends[0], row, look=look, thick=thick, linewidth=line, hatch=None)
        return
    below, above = row - thick / 2, row + thick / 2
    corners = [((left, below), (right, below), (right, above), (left, above)) for left, right in ends]
    style = {"facecolors": colour(look), "edgecolors": colour("ink"), "linewidths": line, "zorder": 2}
    axes.add_collection(PolyCollection(corners, **style), autolim=False)


def legend_lines(width_mm: float, entries: Iterable[tuple[str, str]]) -> list[list[tuple[float, str, str]]]:
    """A legend broken into lines of (inches from the left, words, look)."""
    lines: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    for words, look in entries:
        advance = LEGEND_BOX + LEGEND_GAP + wide(words)
        if lines[-1] and x + advance > width_mm * MM:
            lines.append([])
            x = 0.0
        lines[-1].append((x, words, look))
        x += advance + GAP
    return lines


def legend(drawn: Canvas, lines: list[list[tuple[float, str, str]]]) -> None:
    """The legend at a chart's head."""
    width, height = drawn.get_figwidth(), drawn.get_figheight()
    for n, line in enumerate(lines):
        y = height - LINE * (n + 0.6)
        for x, words, look in line:
            corner = (x / width, (y - LEGEND_BOX / 2) / height)
            style = {"facecolor": colour(look), "edgecolor": colour("ink"), "linewidth": 0.4}
            drawn.add_artist(Rectangle(corner, LEGEND_BOX / width, LEGEND_BOX / height, **style))
            drawn.text((x + LEGEND_BOX + LEGEND_GAP) / width, y / height, words, va="center")


def said(width_mm: float, words: str) -> Canvas:
    """In the place of a picture that cannot be drawn: why."""
    width = width_mm * MM
    lines = broken(words, width)
    drawn = Canvas(figsize=(width, ROW + LINE * (lines.count("\n") + 1)))
    drawn.text(0.5, 0.5, lines, ha="center", va="center")
    return drawn


def money_unit(*amounts: Fraction | int | None) -> tuple[int, str]:
    """The unit an axis of money counts in, by its largest amount: yen a unit, and its name."""
    largest = max((abs(amount) for amount in amounts if amount is not None), default=0)
    units = MONEY_UNITS[notation.language()]
    least = {BILLION: LEAST_IN_BILLIONS}
    return next((unit for unit in units if largest >= least.get(unit[0], unit[0])), units[-1])


def tick_text(value: float) -> str:
    """A round value of an axis, with the decimals it has: 0.5, 1,000, △20."""
    digits = f"{value:.6f}".rstrip("0").rstrip(".")
    return notation.decimal_text("0" if digits == "-0" else digits)
