"""The multiplier, and what stays of it without the largest item or without a policy."""

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, house
from helpers.terms import Figure, Figures, Interval
from helpers.terms.frames import Frames

# Inches: a narrower range is a dot with whiskers.
LEAST_BOX = 0.04

Row = tuple[str, Interval | None, str, str]


@house()
def drawn(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    """Dots and ranges on one scale of multipliers, beside the line of what was expected."""
    multiplier = figures["effect_multiplier"]
    if not multiplier.is_known:
        return kit.said(width_mm, notation.spoken("倍率：{figure}", figure=notation.figure(multiplier)))
    shown = _rows(figures, frames)
    axes = kit.rows(
        width_mm,
        [name for name, *_ in shown],
        kit.Words([words for _, _, words, _ in shown]),
        head=kit.LINE + 0.04,
        foot=kit.FOOT,
    )
    ends = [end for _, interval, *_ in shown if interval for end in interval]
    whole = float(multiplier.interval.low)
    dots = []
    (low, high), room = kit.extent([*ends, 1]), kit.room_of(axes)
    for row, (_, interval, _, look) in enumerate(shown):
        if interval is None:
            continue
        span = tuple(map(float, interval))
        if look == "bar":
            kit.box(axes, (whole, span[0]), row, look="rest")
        elif look == "range" and (span[1] - span[0]) / (high - low) * room > LEAST_BOX:
            kit.box(axes, span, row, look="single")
            continue
        dots.append((row, *span, look == "bar"))
    kit.ranges(axes, dots)
    kit.numbers(axes, [*ends, 1], unit=notation.spoken("倍（実績÷見込み）"))
    kit.upright(axes, whole, lw=0.5, zorder=1.5)
    kit.mark(axes, 1, notation.spoken("見込みどおり"))
    return axes.figure


def _rows(figures: Figures, frames: Frames) -> list[Row]:
    """What stands in a row: its name, its range where it is known, its words, its look."""
    floor, upper = figures["multiplier_without_top_item"], figures["multiplier_without_top_item_upper"]
    rows: list[Row] = [
        (notation.spoken("計画全体"), *_shown(figures["effect_multiplier"]), "dot"),
        *_without_rows(floor, upper),
        (notation.spoken("続くとみられる効果（判断）"), *_shown(figures["recurring_multiplier"]), "range"),
    ]
    return rows + [
        (
            notation.spoken("方針{id}を除く", id=policy.id),
            *_shown(figures["leave_one_out_multiplier", "policy", policy.id]),
            "bar",
        )
        for policy in frames.plan.policies
        if ("leave_one_out_multiplier", "policy", policy.id) in figures
    ]


def _shown(figure: Figure) -> tuple[Interval | None, str]:
    return (figure.interval if figure.is_known else None), notation.figure(figure)


def _without_rows(floor: Figure, upper: Figure) -> list[Row]:
    if not floor.is_known:
        return [(notation.spoken("最大の1件を除く"), None, notation.figure(floor), "range")]
    rows = [(notation.spoken("最大の1件を除く（下限）"), *_shown(floor), "range")]
    if upper.is_known:
        rows.append((notation.spoken("同（上限）"), *_shown(upper), "range"))
    return rows
