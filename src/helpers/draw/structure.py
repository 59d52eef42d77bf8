"""How the plan is built: from its philosophy over policies to measures."""

import pandas as pd
from matplotlib.lines import Line2D

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import MM, Canvas, colour, figures_face, house
from helpers.terms import Figures
from helpers.terms.frames import Frames
from helpers.terms.records import records

# Inches a level stands further in.
INDENT = 0.18


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Policies with their measures and what one measure weighs."""
    rows = []
    for policy in frames.plan.policies:
        key = ("policy", policy.id)
        if ("measures", *key) in figures:
            weight = figures["points_per_measure", *key]
            points = notation.points(weight.exact) if weight.is_known else notation.figure(weight)
            rows.append((policy.id, notation.policy_name(policy), figures["measures", *key].exact, points))
    return pd.DataFrame(rows, columns=["方針", "基本方針", "取組数", "1件の重み"])


@house()
def drawn(width_mm: float, listed: pd.DataFrame, figures: Figures, frames: Frames) -> Canvas:
    """The plan's levels, each further in, and of the `rows` a bar a policy as long as its count of measures."""
    plan = frames.plan
    levels = [
        (notation.spoken("基本理念"), notation.in_own_words(plan, plan.philosophy)),
        (notation.spoken("基本方針〔{n}〕", n=notation.decimal(len(plan.policies))), ""),
        _promotion_items(plan.promotion_items),
        (
            notation.spoken("取組〔{n}〕", n=notation.decimal(figures["measures"].exact)),
            notation.spoken("方針別の件数（帯の幅は件数に比例）"),
        ),
    ]
    labels = [notation.count(count) for count in listed["取組数"]]
    starts = [n * INDENT + kit.wide(label, weight="bold") + kit.GAP for n, (label, _) in enumerate(levels)]
    said = [kit.broken(words, width_mm * MM - start) for start, (_, words) in zip(starts, levels, strict=True)]
    talls = [max(kit.ROW, (words.count("\n") + 1) * kit.LINE + 0.06) for words in said]
    names = [f"{notation.spoken('方針{id}', id=row.方針)} {row.基本方針}" for row in records(listed)]
    axes = kit.rows(width_mm, names, head=sum(talls), margin=kit.GAP)
    at_ends = list(zip(listed["取組数"], labels, strict=True))
    kit.bars(axes, listed["取組数"], look="rest", thick=0.58)
    kit.hold(axes, listed["取組数"], labels=at_ends)
    kit.at_ends(axes, at_ends, **figures_face())
    _levels(axes.figure, levels, list(zip(starts, said, talls, strict=True)))
    return axes.figure


def _levels(drawn: Canvas, levels: list, placed: list[tuple[float, str, float]]) -> None:
    """The levels above the policies, each hung from the one above."""
    width, y = drawn.get_figwidth(), drawn.get_figheight()
    height = y
    for depth, ((label, _), (start, words, tall)) in enumerate(zip(levels, placed, strict=True)):
        middle = (y - tall / 2) / height
        if depth:
            x, end = ((depth - 1) * INDENT + 0.055) / width, (depth * INDENT - 0.03) / width
            corner = Line2D([x, x, end], [(y + 0.03) / height, middle, middle], color=colour("faint"), lw=0.7)
            drawn.add_artist(corner)
        drawn.text(depth * INDENT / width, middle, label, va="center", weight="bold")
        drawn.text(start / width, middle, words, va="center", color=colour("soft"), linespacing=1.3)
        y -= tall


def _promotion_items(count: int | None) -> tuple[str, str]:
    """The level of promotion items: its label, and what is not known of it."""
    if not count:
        return notation.spoken("推進項目 {none}", none=notation.NOT_STATED), ""
    label = notation.spoken("推進項目〔{n}〕", n=notation.decimal(count))
    return label, notation.spoken("名称と取組との対応は記載なし")
