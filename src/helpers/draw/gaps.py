"""From the expected effect to the actual, a step a policy."""

from fractions import Fraction

from matplotlib.axes import Axes

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, colour, house
from helpers.terms import Figures
from helpers.terms.frames import Frames


@house()
def drawn(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    """Bars that begin where the one above ends; small steps beside a vast one are told in figures."""
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    if not expected.is_known or not actual.is_known:
        missing = expected if actual.is_known else actual
        return kit.said(width_mm, notation.spoken("効果額：{figure}", figure=notation.figure(missing)))
    steps = [(policy.id, figures["effect_gap", "policy", policy.id].exact) for policy in frames.plan.policies]
    bars, level = [(Fraction(0), Fraction(expected.exact), "expected")], Fraction(expected.exact)
    for _, step in steps:
        bars.append((level, level + step, "single" if step < 0 else "item"))
        level += step
    bars.append((Fraction(0), Fraction(actual.exact), "actual"))
    unit, name = kit.money_unit(*(end for bar in bars for end in bar[:2]))
    amounts = [notation.yen(step, sign=True) for _, step in steps]
    axes = kit.rows(
        width_mm,
        [
            notation.spoken("見込み"),
            *(notation.spoken("方針{id}", id=one) for one, _ in steps),
            notation.spoken("実績"),
        ],
        kit.Words(
            [notation.yen(expected.exact), *amounts, notation.yen(actual.exact)],
            alarming=[False, *(step < 0 for _, step in steps), False],
        ),
        foot=kit.FOOT,
    )
    kit.numbers(axes, [end / unit for *ends, _ in bars for end in ends], unit=name)
    _steps(axes, [(start / unit, end / unit, look) for start, end, look in bars])
    return axes.figure


def _steps(axes: Axes, bars: list) -> None:
    for row, (start, end, look) in enumerate(bars):
        kit.box(axes, (start, end), row, look=look)
        if row:
            joint = bars[row - 1][1]
            kit.line(axes, [joint, joint], [row - 0.7, row - 0.3], color=colour("soft"), lw=0.6, zorder=1.5)
