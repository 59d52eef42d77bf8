"""An analyst's own charts in the page's faces and colours: one call, and seaborn draws Japanese and in the house's palette."""

import pandas as pd
import seaborn as sns

from helpers.draw import canvas as paper
from helpers.notation import tokens

# Blue and orange first: they stay apart for every eye, and in grey. White, which stands for what was expected, is not among them.
PALETTE = ("actual", "behind", "exceeded", "item", "stalled", "rest", "faint")
DPI, SIZE_INCHES = 110, (7.0, 3.6)


def style() -> None:
    """Sets how seaborn and matplotlib draw from here on in this notebook; pages are drawn by their own rules all the same.

    Japanese stands in the page's face, which comes with the project; colours are those of the tokens, the first two for what
    is compared. pandas shows the words of the document in full, and yen without a power of ten. seaborn's own `set_theme()`
    takes the looks back.

    >>> from helpers import explore
    >>> explore.style()
    """
    paper.register_fonts()
    pd.set_option("display.max_colwidth", None)
    pd.set_option("display.float_format", _readable)
    colours = {name: paper.colour(name) for name in ("ink", "soft", "faint", "rule", "paper")}
    sns.set_theme(
        style="whitegrid",
        font_scale=0.9,
        palette=[paper.colour(name) for name in PALETTE],
        font=tokens()["face"]["text"],
        rc={
            "axes.unicode_minus": False,
            "axes.edgecolor": colours["faint"],
            "axes.labelcolor": colours["ink"],
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "figure.constrained_layout.use": True,
            "figure.dpi": DPI,
            "figure.figsize": SIZE_INCHES,
            "figure.facecolor": colours["paper"],
            "grid.color": colours["rule"],
            "text.color": colours["ink"],
            "xtick.color": colours["soft"],
            "ytick.color": colours["ink"],
        },
    )


def _readable(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"
