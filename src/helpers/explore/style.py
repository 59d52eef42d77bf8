"""An analyst's own charts in the page's faces and colours: one call, and seaborn draws Japanese and in the house's palette."""

import seaborn as sns

from helpers.draw import canvas as paper
from helpers.notation import tokens

# Blue and orange first: they stay apart for every eye, and in grey. White, which stands for what was expected, is not among them.
PALETTE = ("actual", "behind", "exceeded", "item", "stalled", "rest", "faint")
DPI = 110


def style() -> None:
    """Sets how seaborn and matplotlib draw from here on in this notebook; pages are drawn by their own rules all the same.

    Japanese stands in the page's face, which comes with the project; colours are those of the tokens, the first two for what
    is compared. seaborn's own `set_theme()` takes it back.

    >>> from helpers import explore
    >>> explore.style()
    """
    paper.register_fonts()
    colours = {name: paper.colour(name) for name in ("ink", "soft", "faint", "rule", "paper")}
    sns.set_theme(
        style="whitegrid",
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
            "figure.facecolor": colours["paper"],
            "grid.color": colours["rule"],
            "text.color": colours["ink"],
            "xtick.color": colours["soft"],
            "ytick.color": colours["ink"],
        },
    )
