"""For how many years in a row measures have been behind plan."""

from collections.abc import Mapping

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, house


@house()
def drawn(width_mm: float, counts: Mapping[int, int]) -> Canvas:
    """A bar a number of years.

    Args:
        width_mm: Of the chart.
        counts: Measures by years behind, from 1 on.
    """
    names = [notation.spoken("{n}年目", n=str(years)) for years in counts]
    axes = kit.rows(width_mm, names, kit.Words([notation.count(count) for count in counts.values()]), foot=kit.FOOT)
    kit.bars(axes, counts.values(), look="behind", thick=0.6)
    kit.numbers(axes, list(counts.values()), unit=notation.spoken("件"), is_whole=True)
    return axes.figure
