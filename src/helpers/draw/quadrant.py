"""Grades against money: a labelled dot a policy, its rate across and its multiplier upward by doublings."""

from math import ceil, floor, log2

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from helpers import notation
from helpers.draw.canvas import NARROW_MM, canvas, colour
from helpers.draw.charts import millimetres, tick_text
from helpers.draw.scale import LINE_MM, lines, width_mm
from helpers.terms import Figures
from helpers.terms.tables import Frames

PLOT_MM, BAND_MM, FOOT_MM, LEFT_MM = 62.0, 5.0, 10.0, 14.0
SIDE_MM, GAP_MM = 36.0, 5.0
DOT_MM, LABEL_MM, LABEL_TALL_MM = 1.1, 1.8, 3.4
MOST_AWAY_MM = 40.0
# How finely the room is searched once the ways out from a dot are taken.
STEP_MM = 0.7

# What lying in a quarter means, in full and short: whether the rate, and whether the money reaches its mark.
CORNERS = {
    (True, True): ("評価は届く・金額は届く", "評価○金額○"),
    (True, False): ("評価は届く・金額は届かない", "評価○金額×"),
    (False, True): ("評価は届かない・金額は届く", "評価×金額○"),
    (False, False): ("評価は届かない・金額は届かない", "評価×金額×"),
}

Box = tuple[float, float, float, float]


def quadrant_rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Policies with rate, multiplier and what both say together; figures, not words."""
    rows = [
        (
            p.id,
            notation.policy_name(p),
            *(figures[one, "policy", p.id] for one in ("achievement_rate", "effect_multiplier", "discordance")),
        )
        for p in frames.plan.policies
        if ("discordance", "policy", p.id) in figures and ("achievement_rate", "policy", p.id) in figures
    ]
    return pd.DataFrame(rows, columns=["id", "name", "rate", "multiplier", "discordance"])


def quadrant(width: float, figures: Figures, frames: Frames) -> Canvas:
    """Dots where both are known and the multiplier is above zero; every other policy is told in words beside them."""
    rows = quadrant_rows(figures, frames)
    on = [
        row for row in rows.itertuples() if row.rate.is_known and row.multiplier.is_known and row.multiplier.exact > 0
    ]
    beside = _beside([row for row in rows.itertuples() if row not in on], without_figures(figures, frames))
    is_narrow = width <= NARROW_MM
    side = 0.0 if is_narrow or not beside else SIDE_MM
    said = [line for words in beside for line in lines(words, width if is_narrow else SIDE_MM - 2)]
    below = len(said) * LINE_MM + 3 if is_narrow and said else 0.0
    height = below + FOOT_MM + 2 * BAND_MM + PLOT_MM
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        left, right = _room_for_ticks(on), width - GAP_MM - side
        bottom, top = below + FOOT_MM + BAND_MM, height - BAND_MM
        limit = frames.plan.thresholds.achievement
        x, y = _scales(on, float(limit), (left, right, bottom, top), axes)
        axes.plot([x(limit)] * 2, [bottom - BAND_MM, top + BAND_MM], color=colour("ink"), lw=0.8, ls=(0, (3, 2)))
        axes.plot([left, right], [y(1)] * 2, color=colour("ink"), lw=0.8, ls=(0, (3, 2)))
        _corners(axes, (left, right, bottom - BAND_MM / 2, top + BAND_MM / 2), x(limit))
        dots = [(x(row.rate.exact), y(row.multiplier.exact)) for row in on]
        boxes = label_boxes(
            dots, [width_mm(notation.spoken("方針{id}", id=row.id)) for row in on], (left, bottom, right, top)
        )
        for row, dot, box in zip(on, dots, boxes, strict=True):
            near = (min(max(dot[0], box[0]), box[2]), min(max(dot[1], box[1]), box[3]))
            axes.plot([dot[0], near[0]], [dot[1], near[1]], color=colour("soft"), lw=0.5, zorder=2)
            axes.plot(*dot, marker="o", ms=5, mfc=colour("actual"), mec=colour("ink"), mew=0.6, zorder=3)
            label = notation.spoken("方針{id}", id=row.id)
            axes.text(box[0], (box[1] + box[3]) / 2, label, va="center", zorder=4)
        if said and is_narrow:
            axes.text(0, below - 3, "\n".join(said), va="top", linespacing=1.3, color=colour("soft"))
        elif said:
            axes.text(right + GAP_MM, top, "\n".join(said), va="top", linespacing=1.3, color=colour("soft"))
    return drawn


def without_figures(figures: Figures, frames: Frames) -> list[tuple[str, str, str]]:
    """Policies with no grade counted, or with no amounts at all: number, name, what is not there in words."""
    placed = set(quadrant_rows(figures, frames)["id"])
    found = []
    for policy in frames.plan.policies:
        if policy.id in placed:
            continue
        lacks = [
            notation.spoken(word)
            for word, metric in (("評価", "achievement_rate"), ("効果額", "discordance"))
            if (metric, "policy", policy.id) not in figures
        ]
        without = notation.spoken("・").join(lacks)
        found.append(
            (
                policy.id,
                notation.policy_name(policy),
                notation.spoken("{what}{none}", what=without, none=notation.NOT_STATED),
            )
        )
    return found


def _beside(rows: list, without: list[tuple[str, str, str]]) -> list[str]:
    """What has no place on the scales, and why."""
    if not rows and not without:
        return []
    words = [
        notation.spoken(
            "方針{id}　達成率{rate}、倍率{multiplier}",
            id=row.id,
            rate=notation.figure(row.rate),
            multiplier=notation.figure(row.multiplier),
        )
        if row.rate.is_known
        else notation.spoken("方針{id}　評価{none}", id=row.id, none=notation.NOT_APPLICABLE)
        for row in rows
    ]
    lacking = (notation.spoken("方針{id}　{lacks}", id=policy, lacks=lacks) for policy, _, lacks in without)
    return [notation.spoken("目盛に載らない方針"), *words, *lacking]


def _doublings(on: list) -> tuple[int, int]:
    """The lowest and highest power of two on the upward scale."""
    powers = [log2(float(row.multiplier.exact)) for row in on] or [0.0]
    return min(-1, floor(min(powers))), max(1, ceil(max(powers)))


def _room_for_ticks(on: list) -> float:
    """Left of the scale, so that the widest of its numbers is not cut."""
    down, up = _doublings(on)
    return max(LEFT_MM, *(width_mm(_tick(power)) + 2 for power in range(down, up + 1)))


def _tick(power: int) -> str:
    return notation.spoken("{number}倍", number=tick_text(2.0**power))


def _scales(on: list, limit: float, box: Box, axes: Axes) -> tuple:
    """Both scales in millimetres, with their faint lines and numbers."""
    left, right, bottom, top = box
    least = min([limit - 0.1, *(float(row.rate.exact) for row in on)])
    low = max(0.0, floor(least * 10 - 0.5) / 10)
    down, up = _doublings(on)

    def x(rate: float) -> float:
        return left + 3 + (float(rate) - low) / (1 - low) * (right - left - 8)

    def y(multiplier: float) -> float:
        return bottom + 3 + (log2(float(multiplier)) - down) / (up - down) * (top - bottom - 6)

    tens = range(round(low * 10), 11, max(1, ceil((10 - low * 10) / ((right - left) / 12))))
    for ten in tens:
        axes.plot([x(ten / 10)] * 2, [bottom, top], color=colour("rule"), lw=0.5, zorder=0.5)
        axes.text(x(ten / 10), bottom - BAND_MM - 1, f"{ten * 10}%", ha="center", va="top", color=colour("soft"))
    for power in range(down, up + 1, max(1, ceil((up - down) / 10))):
        axes.plot([left, right], [y(2.0**power)] * 2, color=colour("rule"), lw=0.5, zorder=0.5)
        axes.text(left - 1, y(2.0**power), _tick(power), ha="right", va="center", color=colour("soft"))
    scales = notation.spoken("達成率（縦の一目盛は2倍）")
    axes.text(max(right, width_mm(scales)), bottom - BAND_MM - 4.8, scales, ha="right", va="top", color=colour("soft"))
    return x, y


def _corners(axes: Axes, ends: Box, limit: float) -> None:
    """What lying in each quarter means, above and below the dots; short where the quarter is narrow."""
    left, right, low, high = ends
    for ok_rate, ok_money in ((False, True), (True, True), (False, False), (True, False)):
        room = (right - limit if ok_rate else limit - left) - 2
        words = next((one for one in map(notation.spoken, CORNERS[ok_rate, ok_money]) if width_mm(one) <= room), "")
        at, side = (right, "right") if ok_rate else (left, "left")
        axes.text(at, high if ok_money else low, words, ha=side, va="center", color=colour("soft"))


def label_boxes(dots: list[tuple[float, float]], widths: list[float], room: Box) -> list[Box]:
    """A place for each label near its dot, inside the room, on no other label and on no dot: left, bottom, right, top.

    Where the ways out from the dot are all taken, the nearest free place of the room; where there is none either, the place
    that covers the least.
    """
    placed: list[Box] = []
    marks = [(x - DOT_MM, y - DOT_MM, x + DOT_MM, y + DOT_MM) for x, y in dots]
    for dot, wide in zip(dots, widths, strict=True):
        taken = [*placed, *marks]
        free = (box for box in _around(dot, wide) if _inside(box, room) and not any(_meet(box, one) for one in taken))
        placed.append(next(free, None) or _anywhere(dot, wide, room, taken))
    return placed


def _anywhere(dot: tuple[float, float], wide: float, room: Box, taken: list[Box]) -> Box:
    left, bottom, right, top = room
    across = [left + n * STEP_MM for n in range(int(max(right - left - wide, 0) / STEP_MM) + 1)]
    upward = [bottom + n * STEP_MM for n in range(int(max(top - bottom - LABEL_TALL_MM, 0) / STEP_MM) + 1)]
    boxes = [(x, y, x + wide, y + LABEL_TALL_MM) for x in across for y in upward]
    return min(boxes, key=lambda box: (sum(_shared(box, one) for one in taken), _away(box, dot)))


def _shared(a: Box, b: Box) -> float:
    """The area two boxes have in common."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _away(box: Box, dot: tuple[float, float]) -> float:
    near = min(max(dot[0], box[0]), box[2]), min(max(dot[1], box[1]), box[3])
    return (near[0] - dot[0]) ** 2 + (near[1] - dot[1]) ** 2


def _around(dot: tuple[float, float], wide: float):  # noqa: ANN202 — boxes, the nearest first
    x, y = dot
    away = LABEL_MM
    while away < MOST_AWAY_MM:
        step = away + wide / 2
        for across, upward in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
            middle = x + across * step, y + upward * (away + LABEL_TALL_MM / 2)
            half = wide / 2, LABEL_TALL_MM / 2
            yield middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]
        away += 1.5


def _inside(box: Box, room: Box) -> bool:
    return box[0] >= room[0] and box[1] >= room[1] and box[2] <= room[2] and box[3] <= room[3]


def _meet(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])
