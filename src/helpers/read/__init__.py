"""Plan and year → the contents of the files, exactly: nothing is repaired, filtered or computed."""

from typing import TYPE_CHECKING

from helpers.read.folders import (
    COLLECTIONS,
    LAYOUT_FILE,
    PLAN_FILE,
    PLAN_ID,
    PROJECT,
    SOURCES_FILE,
    collection_folder,
    collections,
    data_folder,
    period,
    plan_folder_name,
    plans,
    stages_kept,
    years,
)

if TYPE_CHECKING:
    from helpers.read.collection_file import collection, featured, featured_file, kept_in, register
    from helpers.read.layout_file import layout, summary_layout
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
    "COLLECTIONS",
    "LAYOUT_FILE",
    "PLAN_FILE",
    "PLAN_ID",
    "PROJECT",
    "SOURCES_FILE",
    "collection",
    "collection_folder",
    "collections",
    "data_folder",
    "documents",
    "every_year",
    "featured",
    "featured_file",
    "input_hash",
    "kept_in",
    "layout",
    "period",
    "plan",
    "plan_folder_name",
    "plans",
    "register",
    "source_lines",
    "stages_kept",
    "summary_layout",
    "table_files",
    "year",
    "years",
    "years_before",
]


def __getattr__(name: str) -> object:
    """Functions that read tables need pandas, so they are imported on first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from helpers.read import collection_file, layout_file, tables  # noqa: PLC0415 — see above

    of_collections = ("collection", "featured", "featured_file", "kept_in", "register")
    home = {"layout": layout_file, "summary_layout": layout_file} | dict.fromkeys(of_collections, collection_file)
    return getattr(home.get(name, tables), name)
