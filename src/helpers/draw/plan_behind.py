"""For how many years in a row measures have been behind plan."""

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure as Canvas

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import colour, house


@house()
def drawn(width_mm: float, counts: Mapping[int, int]) -> Canvas:
    """A bar a number of years.

    Args:
        width_mm: Of the chart.
        counts: Measures by years behind, from 1 on.
    """
    names = [notation.spoken("{n}年目", n=str(years)) for years in counts]
    axes = kit.rows(width_mm, names, kit.Words([notation.count(count) for count in counts.values()]), foot=kit.FOOT)
    bars = pd.DataFrame({"row": range(len(counts)), "measures": list(counts.values())})
    sns.barplot(
        bars, x="measures", y="row", orient="h", native_scale=True, width=0.6, color=colour("behind"), saturation=1,
        edgecolor=colour("ink"), linewidth=0.6, errorbar=None, ax=axes,
    )  # fmt: skip
    kit.bare(axes, len(counts))
    kit.numbers(axes, list(counts.values()), unit=notation.spoken("件"), is_whole=True)
    return axes.figure
