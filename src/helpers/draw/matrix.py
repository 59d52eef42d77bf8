"""Counts of measures by policy and grade, in one hue."""

import seaborn as sns
from matplotlib.colors import LinearSegmentedColormap

from helpers import notation
from helpers.draw import grades, kit
from helpers.draw.canvas import NARROW_MM, Canvas, colour, figures_face, house, size
from helpers.terms import Figures
from helpers.terms.frames import Frames

# From this share of the darkest colour on, white letters have more contrast than black ones.
DARK = 0.73


@house()
def drawn(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    """A heatmap; beside it what was achieved of how many."""
    counted = grades.rows(figures, frames)
    if counted.empty:
        return kit.said(width_mm, notation.NOT_APPLICABLE)
    letters, is_narrow = frames.plan.grades, width_mm <= NARROW_MM
    counts = counted[list(grades.columns(frames.plan).values())].astype(int)
    axes = kit.rows(
        width_mm,
        [_policy(frames, one, is_short=is_narrow) for one in counted["番号"]],
        kit.Words(
            [grades.achieved_of(figures, one) for one in counted["番号"]],
            notation.spoken("達成／件数"),
            style=figures_face(),
        ),
        kit.Words(
            [grades.rate(figures, one) for one in counted["番号"]], notation.spoken("達成率"), style=figures_face()
        ),
        first=0.5,
        head=(0 if is_narrow else 2) * kit.LINE,
    )
    most = int(counts.to_numpy().max()) or 1
    sns.heatmap(
        counts, ax=axes, cmap=LinearSegmentedColormap.from_list("counts", [colour("paper"), colour("exceeded")]),
        vmin=0, vmax=most, annot=True, fmt="d", cbar=False, linewidths=0.5, linecolor=colour("faint"),
        xticklabels=False, yticklabels=False, annot_kws={"size": size("small") + 1},
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    for cell, count in zip(axes.texts[-counts.size :], counts.to_numpy().flatten(), strict=True):
        cell.set_color(colour("paper" if count / most >= DARK else "ink" if count else "soft"))
        cell.set_weight("bold" if count else "normal")
    column = kit.room_of(axes) / len(letters)
    above = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "bottom", "linespacing": 1.2}
    for n, grade in enumerate(letters):
        label = "" if is_narrow else "\n" + kit.broken(notation.grade_label(frames.plan, grade), column - 0.04)
        axes.text(n + 0.5, 1.01, f"{grade.code}{label}", **above)
    return axes.figure


def _policy(frames: Frames, policy_id: str, *, is_short: bool) -> str:
    policy = frames.plan.policy(policy_id)
    name = notation.short_policy_name(policy) if is_short else notation.policy_name(policy)
    return f"{notation.spoken('方針{id}', id=policy_id)} {name}"
