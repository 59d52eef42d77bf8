"""How our own values show themselves in a notebook and in a terminal: as a table of pandas, with a sentence above it."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def html(rows: "pd.DataFrame", says: str) -> str:
    """The table as JupyterLab shows it."""
    looks = rows.style.format(escape="html").format_index(escape="html").format_index(escape="html", axis="columns")
    return looks.set_caption(escape(says)).set_table_attributes('class="dataframe"').to_html()


def text(rows: "pd.DataFrame", says: str) -> str:
    """The table as a terminal shows it, where a Japanese letter is as wide as two others."""
    import pandas as pd  # noqa: PLC0415 — the plan's words themselves load nothing heavy

    with pd.option_context("display.unicode.east_asian_width", True):
        return f"{says}\n{rows.to_string()}"
