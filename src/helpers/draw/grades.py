"""The grades of page one: a square a measure, or counted bars where there are too many."""

import pandas as pd
from matplotlib.axes import Axes

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import NARROW_MM, Canvas, Chart, chart, figures_face, house, on_colour, size
from helpers.terms import Figures, Plan, Sentence
from helpers.terms.frames import Frames
from helpers.terms.records import records

# Beyond these a square a measure is no longer legible on half a page, and the grades are counted bars.
MOST_SQUARES, MOST_POLICIES, MOST_SQUARES_A_ROW = 100, 7, 24
MOST_LETTERS = 2  # in a square
# Inches: a row of squares, and the widest a square may be.
ROW, SQUARE = 0.24, 0.165


def captioned(
    figures: Figures,
    frames: Frames,
    caption: Sentence,
    *,
    number: int | str = 2,
    name: str = "figure-grades",
    table: str = "table-policies",
) -> Chart:
    """A square a measure, with its grade's letter; counted bars where there are too many."""
    listed = rows(figures, frames)
    alt = notation.spoken("{text}。", text=caption.text) + notation.spoken("、").join(
        notation.spoken(
            "方針{番号} {達成}／{件数}件 {達成率}", 番号=row.番号, 達成=row.達成, 件数=row.件数, 達成率=row.達成率
        )
        for row in records(listed)
    )
    return chart(
        lambda width: drawn(width, figures, frames),
        number=number,
        name=name,
        width_mm=NARROW_MM,
        caption=caption.text,
        alt=alt,
        table=table,
    )


def too_many_to_square(figures: Figures, frames: Frames) -> bool:
    """Whether squares would be too small to read."""
    largest = max((figure.exact for figure in figures.of("measures", "policy")), default=0)
    policies = len(frames.plan.policies)
    has_words = any(grade.is_rated and len(grade.code) > MOST_LETTERS for grade in frames.plan.grades)
    is_crowded = policies > MOST_POLICIES or largest > MOST_SQUARES_A_ROW
    return has_words or is_crowded or figures["measures"].exact > MOST_SQUARES


# What tables of grades have columns for besides the grades themselves.
_OTHERS = {
    "番号",
    "方針",
    "基本方針",
    "件数",
    "達成",
    "達成率",
    "この方針を除く達成率",
    "部",
    "計",
    "評価の記載なし",
    "not_stated",
}
_OTHERS |= {"見込み", "実績", "差", "倍率", "見込み構成比", "実績構成比", "遅れが続く"}


def columns(plan: Plan) -> dict[str, str]:
    """The heading of each grade's column by its code: the code, or 評価「達成」 where a table has another column of that name."""
    codes = [grade.code for grade in plan.grades]
    return {code: f"評価「{code}」" if code in _OTHERS else code for code in codes}


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Counts by policy and grade with the rate."""
    listed = []
    for policy in frames.plan.policies:
        if ("measures", "policy", policy.id) not in figures:
            continue
        of = {
            metric: figures[metric, "policy", policy.id]
            for metric in ("measures", "achieved_measures", "achievement_rate")
        }
        counts = [_count(figures, policy.id, grade.code) for grade in frames.plan.grades]
        listed.append(
            (
                policy.id,
                notation.policy_name(policy),
                *counts,
                of["measures"].exact,
                of["achieved_measures"].exact,
                notation.figure(of["achievement_rate"]),
            )
        )
    of_grades = columns(frames.plan).values()
    return pd.DataFrame(listed, columns=["番号", "基本方針", *of_grades, "件数", "達成", "達成率"])


def _count(figures: Figures, policy_id: str, grade: str) -> int:
    key = ("measures_by_grade", "policy:grade", f"{policy_id}:{grade}")
    return figures[key].exact if key in figures else 0


@house()
def drawn(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    """A row a policy: its measures by grade, then what was achieved of how many, and the rate."""
    rated = [policy for policy in frames.plan.policies if ("measures", "policy", policy.id) in figures]
    legend = kit.legend_lines(width_mm, ((notation.coded_grade(frames.plan, g), g.band) for g in frames.plan.grades))
    axes = kit.rows(
        width_mm,
        [notation.spoken("方針{id}", id=policy.id) for policy in rated],
        kit.Words([achieved_of(figures, policy.id) for policy in rated], style=figures_face()),
        kit.Words([rate(figures, policy.id) for policy in rated], style=figures_face()),
        head=len(legend) * kit.LINE + 0.04,
        row=ROW,
    )
    counts = [[(g, _count(figures, policy.id, g.code)) for g in frames.plan.grades] for policy in rated]
    longest = max((sum(n for _, n in row) for row in counts), default=0) or 1
    if too_many_to_square(figures, frames):
        axes.set_xlim(0, longest)
        kit.stacked(axes, counts, thick=0.8)
    else:
        axes.set_xlim(0, max(longest, kit.room_of(axes) / SQUARE))
        _squares(axes, counts)
    kit.legend(axes.figure, legend)
    return axes.figure


def _squares(axes: Axes, counts: list) -> None:
    for row, by_grade in enumerate(counts):
        letters = [grade for grade, count in by_grade for _ in range(count)]
        for n, grade in enumerate(letters):
            weight = "normal" if grade.achieved else "bold"
            look = {"color": on_colour(grade.band), "size": size("unit_letter"), "weight": weight}
            code = (
                grade.code if len(grade.code) <= MOST_LETTERS else ""
            )  # the legend says what a square without a letter is
            axes.text(n + 0.47, row, code, ha="center", va="center_baseline", zorder=3, **look)
        for look in dict.fromkeys(grade.band for grade in letters):
            ends = [(n, n + 0.94) for n, grade in enumerate(letters) if grade.band == look]
            kit.boxes(axes, ends, row, look=look, thick=0.82)


def achieved_of(figures: Figures, policy_id: str) -> str:
    """How many of a policy's measures are achieved, of how many: 18/20."""
    achieved, measures = (figures[metric, "policy", policy_id] for metric in ("achieved_measures", "measures"))
    return f"{notation.decimal(achieved.exact)}/{notation.decimal(measures.exact)}"


def rate(figures: Figures, policy_id: str) -> str:
    """A policy's achievement rate; one word where there is none."""
    found = figures["achievement_rate", "policy", policy_id]
    return notation.figure(found) if found.is_known else notation.NOT_APPLICABLE
