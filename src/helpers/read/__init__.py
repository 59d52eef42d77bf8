"""Plan and year → the contents of the files, exactly: nothing is repaired, filtered or computed."""

from typing import TYPE_CHECKING

from helpers.read.folders import (
    LAYOUT_FILE,
    PLAN_FILE,
    PLAN_ID,
    PROJECT,
    SOURCES_FILE,
    data_folder,
    period,
    plan_folder_name,
    plans,
    years,
)

if TYPE_CHECKING:
    from helpers.read.layout_file import layout
    from helpers.read.tables import (
        documents,
        every_year,
        input_hash,
        plan,
        source_lines,
        table_files,
        year,
        years_before,
    )

__all__ = [
    "LAYOUT_FILE",
    "PLAN_FILE",
    "PLAN_ID",
    "PROJECT",
    "SOURCES_FILE",
    "data_folder",
    "documents",
    "every_year",
    "input_hash",
    "layout",
    "period",
    "plan",
    "plan_folder_name",
    "plans",
    "source_lines",
    "table_files",
    "year",
    "years",
    "years_before",
]


def __getattr__(name: str) -> object:
    """Functions that read tables need pandas, so they are imported on first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from helpers.read import layout_file, tables  # noqa: PLC0415 — see above

    return getattr(layout_file if name == "layout" else tables, name)
