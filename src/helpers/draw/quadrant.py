"""Grades against money: a labelled dot a policy, its rate across and its multiplier upward by doublings."""

from math import ceil, floor, log2

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import MM, NARROW_MM, Canvas, colour, house, quiet, sheet
from helpers.terms import Figures
from helpers.terms.frames import Frames
from helpers.terms.records import records

# Inches: the picture's height, a line of words above and below the dots, what stands beside it.
PLOT, BAND, SIDE = 2.45, 0.2, 1.4
# Inches: a dot's half, from a dot to its label, the height of a label, and how far that may be from its dot.
DOT, AWAY, LABEL, MOST_AWAY = 0.043, 0.07, 0.134, 1.6
# How finely the room is searched once the ways out from a dot are taken.
STEP = 0.028

# What lying in a quarter means, in full and short: whether the rate, and whether the money reaches its mark.
CORNERS = {
    (True, True): ("評価は届く・金額は届く", "評価○金額○"),
    (True, False): ("評価は届く・金額は届かない", "評価○金額×"),
    (False, True): ("評価は届かない・金額は届く", "評価×金額○"),
    (False, False): ("評価は届かない・金額は届かない", "評価×金額×"),
}

Box = tuple[float, float, float, float]


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
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


@house()
def drawn(width_mm: float, listed: pd.DataFrame, without: list[tuple[str, str, str]], frames: Frames) -> Canvas:
    """Dots for the `rows` where both are known and the multiplier is above zero; every other policy is told in words beside them."""
    on = [row for row in records(listed) if row.rate.is_known and row.multiplier.is_known and row.multiplier.exact > 0]
    beside = _beside([row for row in records(listed) if row not in on], without)
    width, is_narrow = width_mm * MM, width_mm <= NARROW_MM
    side = 0.0 if is_narrow or not beside else SIDE
    said = "\n".join(kit.broken(words, width if is_narrow else SIDE - kit.GAP) for words in beside)
    below = (said.count("\n") + 1) * kit.LINE + 0.08 if is_narrow and said else 0.0
    powers = _doublings(on)
    left, right = max(kit.wide(_tick(power)) for power in range(powers[0], powers[1] + 1)) + kit.GAP, side + 2 * kit.GAP
    height, foot = below + kit.FOOT + 2 * BAND + PLOT, below + kit.FOOT
    place = left / width, foot / height, 1 - (left + right) / width, (2 * BAND + PLOT) / height
    axes = sheet((width, height), place)
    drawn_ = axes.figure
    limit = float(frames.plan.thresholds.achievement)
    axes.set(xticks=[], yticks=[])  # seaborn looks at the words of ticks, which are made for that
    dots = pd.DataFrame(
        {"rate": [float(row.rate.exact) for row in on], "doublings": [log2(float(row.multiplier.exact)) for row in on]}
    )
    sns.scatterplot(
        dots, x="rate", y="doublings", s=25, color=colour("actual"), edgecolor=colour("ink"), linewidth=0.6, zorder=3,
        legend=False, ax=axes,
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    _scales(axes, on, limit, powers)
    _labels(axes, [row.id for row in on], dots)
    _corners(axes, limit)
    scales = notation.spoken("達成率（縦の一目盛は2倍）")
    end = max(1 - right / width, kit.wide(scales) / width)
    drawn_.text(end, (below + 0.02) / height, scales, ha="right", va="bottom", color=colour("soft"))
    if said and is_narrow:
        drawn_.text(0, (below - 0.06) / height, said, va="top", linespacing=1.3, color=colour("soft"))
    elif said:
        place = 1 - (SIDE - kit.GAP) / width
        drawn_.text(place, 1 - BAND / height, said, va="top", linespacing=1.3, color=colour("soft"))
    return drawn_


def without_figures(figures: Figures, frames: Frames) -> list[tuple[str, str, str]]:
    """Policies with no grade counted, or with no amounts at all: number, name, what is not there in words."""
    placed = set(rows(figures, frames)["id"])
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


def _tick(power: int) -> str:
    return notation.spoken("{number}倍", number=kit.tick_text(2.0**power))


def _scales(axes: Axes, on: list, limit: float, powers: tuple[int, int]) -> None:
    """Both scales with faint lines and numbers, a dashed line where the rate and one where the money is as it was to be."""
    least = min([limit - 0.1, *(float(row.rate.exact) for row in on)])
    low, (down, up) = max(0.0, floor(least * 10 - 0.5) / 10), powers
    band = BAND / PLOT * (up - down)
    axes.set_xlim(low - 0.03 * (1 - low), 1 + 0.05 * (1 - low))
    axes.set_ylim(down - band, up + band)
    quiet(axes)
    tens = range(round(low * 10), 11, max(1, ceil((10 - low * 10) / (kit.room_of(axes) / kit.TICK))))
    kit.scale(axes, {ten / 10: f"{ten * 10}%" for ten in tens})
    shown = range(down, up + 1, max(1, ceil((up - down) / 10)))
    kit.scale(axes, {power: _tick(power) for power in shown}, is_upright=True)
    kit.upright(axes, limit, lw=0.8, ls=kit.DASHED, zorder=1)
    axes.axhline(0, color=colour("ink"), lw=0.8, ls=kit.DASHED, zorder=1)


def _corners(axes: Axes, limit: float) -> None:
    """What lying in each quarter means, above and below the dots; short where the quarter is narrow."""
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    inch = (high - low) / kit.room_of(axes)
    half = (top - bottom) * BAND / (PLOT + 2 * BAND) / 2
    for (ok_rate, ok_money), ways in CORNERS.items():
        room = (high - limit if ok_rate else limit - low) / inch - kit.GAP
        words = next((one for one in map(notation.spoken, ways) if kit.wide(one) <= room), "")
        at, side = (high, "right") if ok_rate else (low, "left")
        axes.text(
            at,
            top - half if ok_money else bottom + half,
            words,
            ha=side,
            va="center",
            color=colour("soft"),
            bbox=kit.ground(),
        )


def _labels(axes: Axes, policies: list[str], dots: pd.DataFrame) -> None:
    """A policy's name near its dot, joined to it by a thin line; placed in inches, as the room for letters is."""
    inches = axes.figure.dpi_scale_trans.inverted()
    to_inches, from_inches = axes.transData + inches, (axes.transData + inches).inverted()
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    band = (top - bottom) * BAND / (PLOT + 2 * BAND)
    room = (*to_inches.transform((low, bottom + band)), *to_inches.transform((high, top - band)))
    names = [notation.spoken("方針{id}", id=one) for one in policies]
    places = [tuple(map(float, one)) for one in to_inches.transform(dots.to_numpy())] if len(dots) else []
    boxes = label_boxes(places, [kit.wide(name) for name in names], tuple(map(float, room)))
    for name, dot, found in zip(names, places, boxes, strict=True):
        near = (min(max(dot[0], found[0]), found[2]), min(max(dot[1], found[1]), found[3]))
        (x, y), (to_x, to_y) = from_inches.transform([dot, near])
        kit.line(axes, [x, to_x], [y, to_y], color=colour("soft"), lw=0.5, zorder=2)
        axes.text(*from_inches.transform((found[0], (found[1] + found[3]) / 2)), name, va="center", zorder=4)


def label_boxes(dots: list[tuple[float, float]], widths: list[float], room: Box) -> list[Box]:
    """A place for each label near its dot, inside the room, on no other label and on no dot: left, bottom, right, top.

    Where the ways out from the dot are all taken, the nearest free place of the room; where there is none either, the place
    that covers the least.
    """
    placed: list[Box] = []
    marks = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in dots]
    for dot, wide in zip(dots, widths, strict=True):
        taken = [*placed, *marks]
        free = (box for box in _around(dot, wide) if _inside(box, room) and not any(_meet(box, one) for one in taken))
        placed.append(next(free, None) or _anywhere(dot, wide, room, taken))
    return placed


def _anywhere(dot: tuple[float, float], wide: float, room: Box, taken: list[Box]) -> Box:
    left, bottom, right, top = room
    across = [left + n * STEP for n in range(int(max(right - left - wide, 0) / STEP) + 1)]
    upward = [bottom + n * STEP for n in range(int(max(top - bottom - LABEL, 0) / STEP) + 1)]
    boxes = [(x, y, x + wide, y + LABEL) for x in across for y in upward]
    return min(boxes, key=lambda box: (sum(_shared(box, one) for one in taken), _away(box, dot)))


def _shared(a: Box, b: Box) -> float:
    """The area two boxes have in common."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _away(box: Box, dot: tuple[float, float]) -> float:
    near = min(max(dot[0], box[0]), box[2]), min(max(dot[1], box[1]), box[3])
    return (near[0] - dot[0]) ** 2 + (near[1] - dot[1]) ** 2


def _around(dot: tuple[float, float], wide: float):  # noqa: ANN202 — boxes, the nearest first
    x, y = dot
    away = AWAY
    while away < MOST_AWAY:
        step = away + wide / 2
        for across, upward in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
            middle = x + across * step, y + upward * (away + LABEL / 2)
            half = wide / 2, LABEL / 2
            yield middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]
        away += 0.06


def _inside(box: Box, room: Box) -> bool:
    return box[0] >= room[0] and box[1] >= room[1] and box[2] <= room[2] and box[3] <= room[3]


def _meet(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])
