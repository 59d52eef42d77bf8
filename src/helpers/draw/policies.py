"""The policies of page one: how much of what it was expected to bring each one brought, and what that makes in yen."""

import pandas as pd
from matplotlib.axes import Axes

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import NARROW_MM, Canvas, Chart, chart, colour, house, on_colour
from helpers.draw.grades import MOST_POLICIES
from helpers.terms import Figures, Sentence
from helpers.terms.frames import Frames
from helpers.terms.records import records

# A bar ends here, broken and in an arrow: beyond twice what was expected its length says no more than its number, and hides the others'.
CAP = 2.0
ARROW = 0.13
# Where it is broken, and how wide and how slanted the break is.
BREAK, BROKEN, SLANT = 1.8, 0.06, 0.03
THICK = 0.56


def too_many_policies(frames: Frames) -> bool:
    """Whether there are more than half a page holds."""
    return len(frames.plan.policies) > MOST_POLICIES


def captioned(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 3) -> Chart:
    """A bar a policy, as long as its multiplier, beside the line of what was expected; multiplier and gap in yen in figures."""
    listed = rows(figures, frames)
    alt = notation.spoken("{text}。", text=caption.text) + notation.spoken("、").join(
        notation.spoken(
            "方針{番号} 見込み{_thousands} 実績{_thousands_2} 倍率{倍率}",
            番号=row.番号,
            _thousands=_thousands(row.見込み),
            _thousands_2=_thousands(row.実績),
            倍率=row.倍率,
        )
        for row in records(listed)
    )
    return chart(
        lambda width: drawn(width, figures, frames),
        number=number,
        name="figure-policies",
        width_mm=NARROW_MM,
        caption=caption.text,
        alt=alt,
        table="table-policies",
    )


def _thousands(cell: str) -> str:
    """An amount of the table with its unit; the words that stand where there is none, without."""
    return notation.spoken("{cell}千円", cell=cell) if any(letter in "0123456789" for letter in cell) else cell


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Money by policy, in thousand yen, with multiplier, gap and shares."""
    metrics = {
        "見込み": "expected_effect",
        "実績": "actual_effect",
        "差": "effect_gap",
        "倍率": "effect_multiplier",
        "見込み構成比": "expected_share",
        "実績構成比": "actual_share",
    }
    listed = [
        (
            policy.id,
            notation.policy_name(policy),
            *(notation.cell(figures[metric, "policy", policy.id]) for metric in metrics.values()),
        )
        for policy in frames.plan.policies
        if ("expected_effect", "policy", policy.id) in figures
    ]
    return pd.DataFrame(listed, columns=["番号", "基本方針", *metrics])


@house()
def drawn(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    """The chart; a policy without a multiplier says why in the place of its bar."""
    shown = [policy.id for policy in frames.plan.policies if ("expected_effect", "policy", policy.id) in figures]
    multipliers = [figures["effect_multiplier", "policy", one] for one in shown]
    said = [_money_words(figures, one) for one in shown]
    short = [is_short for *_, is_short in said]
    axes = kit.rows(
        width_mm,
        [notation.spoken("方針{id}", id=one) for one in shown],
        kit.Words([ratio for ratio, *_ in said], notation.spoken("倍率"), short),
        kit.Words([gap for _, gap, _ in said], notation.sentence("chart.gap"), short),
        foot=kit.LINE + 0.06,
    )
    known = pd.DataFrame(
        {
            "row": range(len(shown)),
            "multiplier": [float(one.exact) if one.is_known else None for one in multipliers],
        }
    ).astype({"multiplier": float})
    known["shown"] = known["multiplier"].clip(-CAP, CAP)
    for is_short, look in ((False, "actual"), (True, "behind")):
        bars = known["shown"].where(known["multiplier"].lt(1) == is_short)
        kit.bars(axes, bars, look=look, thick=THICK)
    is_beyond = known["multiplier"].abs() > CAP
    kit.numbers(
        axes,
        [CAP + ARROW, *known["multiplier"].dropna().clip(-CAP - ARROW, CAP + ARROW)],
        after=notation.spoken("{number}倍", number="{}"),
        unit=notation.spoken("→は{cap}倍を超える", cap=kit.tick_text(CAP)) if is_beyond.any() else "",
    )
    _ends(axes, known[is_beyond], [ratio for ratio, *_ in said])
    kit.mark(axes, 1, notation.spoken("見込みどおり"), look="ink")
    for row, one in enumerate(shown):
        if not multipliers[row].is_known:
            axes.text(
                0.04,
                row,
                _why(figures, one, kit.room_of(axes)),
                va="center",
                color=colour("soft"),
                bbox=kit.ground(),
                zorder=5,
            )
    return axes.figure


def _ends(axes: Axes, beyond: pd.DataFrame, ratios: list[str]) -> None:
    """A break and an arrow where a bar goes on, and its number in it where it has room beyond the line of what was expected."""
    for row, multiplier in zip(beyond["row"], beyond["multiplier"], strict=True):
        sign = 1 if multiplier > 0 else -1
        kit.line(axes, [sign * CAP, sign * (CAP + ARROW)], [row, row], lw=0.9, zorder=3)
        kit.line(axes, [sign * (CAP + ARROW)], [row], marker=">" if sign > 0 else "<", ms=3.5, zorder=3)
        _break(axes, sign * BREAK, row)
        low, high = axes.get_xlim()
        left, right = (1.0, BREAK - BROKEN - SLANT) if sign > 0 else (-BREAK + BROKEN + SLANT, 0.0)
        if kit.wide(ratios[row]) + 2 * kit.GAP <= (right - left) / (high - low) * kit.room_of(axes):
            ink = on_colour("actual" if sign > 0 else "behind")
            axes.text((left + right) / 2, row, ratios[row], color=ink, ha="center", va="center", zorder=5)


def _break(axes: Axes, x: float, row: float) -> None:
    """A slanted gap across a bar, between two lines."""
    above, below = row - THICK / 2 - 0.06, row + THICK / 2 + 0.06
    edges = [(x + side - SLANT, x + side + SLANT) for side in (-BROKEN, BROKEN)]
    (left, left_above), (right, right_above) = edges
    gap = [left, right, right_above, left_above]
    axes.fill(gap, [below, below, above, above], color=colour("paper"), zorder=2.6)
    for edge in edges:
        kit.line(axes, edge, [below, above], lw=0.8, zorder=2.7)


def _why(figures: Figures, policy_id: str, room: float) -> str:
    """Why a policy has no bar, as far as the picture has room for it: the column beside it says in any case that there is none."""
    expected, actual = (figures[metric, "policy", policy_id] for metric in ("expected_effect", "actual_effect"))
    ways = [notation.figure(figures["effect_multiplier", "policy", policy_id])]
    if expected.is_known and actual.is_known:
        amounts = {"見込み": notation.short_yen(expected.exact), "実績": notation.short_yen(actual.exact)}
        ways.insert(0, notation.spoken("見込み{見込み}・実績{実績}", **amounts))
    return next((words for words in ways if kit.wide(words) + kit.GAP <= room), "")


def _money_words(figures: Figures, policy_id: str) -> tuple[str, str, bool]:
    """Multiplier and gap of a policy in words, and whether it fell short."""
    multiplier, gap = (figures[metric, "policy", policy_id] for metric in ("effect_multiplier", "effect_gap"))
    is_stated = gap.exact is not None
    ratio = notation.cell(multiplier) if multiplier.is_known else notation.NOT_APPLICABLE if is_stated else "—"
    is_short = is_stated and gap.exact < 0
    return ratio, notation.short_yen(gap.exact, sign=True) if is_stated else "—", is_short
