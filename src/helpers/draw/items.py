"""The amounts of named measures, each with what rounding leaves open."""

import pandas as pd

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, house
from helpers.terms import Figures
from helpers.terms.frames import Frames


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Named items, largest first, and the rest: `measure_id`, `name`, `printed`, `range`."""
    amounts, rows = {row.scope_id: row for row in frames.amounts("measure", "actual")}, []
    for figure in figures.of("actual_effect", "measure"):
        row = amounts[figure.scope_id]
        printed = notation.printed(row.amount, row.unit)
        rows.append((figure.scope_id, notation.measure(frames.plan, row.scope_name), printed, figure))
    unnamed = figures["unnamed_effect"]
    if rows and unnamed.is_known:
        rows.append(("", notation.spoken("内訳の公表なし"), notation.NOT_STATED, unnamed))
    return pd.DataFrame(rows, columns=["measure_id", "name", "printed", "figure"])


@house()
def drawn(width_mm: float, listed: pd.DataFrame) -> Canvas:
    """Each of the `rows` as a dot with whiskers over what rounding leaves open."""
    if listed.empty:
        return kit.said(width_mm, notation.spoken("取組ごとの効果額：{none}", none=notation.NOT_STATED))
    ends = [end for figure in listed["figure"] for end in figure.interval]
    unit, name = kit.money_unit(*ends)
    axes = kit.rows(
        width_mm, list(listed["name"]), kit.Words([notation.figure(one) for one in listed["figure"]]), foot=kit.FOOT
    )
    found = zip(listed["figure"], listed["measure_id"], strict=True)
    kit.ranges(
        axes, [(n, *(float(end / unit) for end in one.interval), not measure) for n, (one, measure) in enumerate(found)]
    )
    says = notation.spoken("{unit}（点は幅の中央、線は端数のとりうる幅）", unit=name)
    kit.numbers(axes, [end / unit for end in ends], unit=says)
    return axes.figure
