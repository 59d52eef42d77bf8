"""The rows of a frame, one at a time, and a frame of rows."""

from __future__ import annotations

from collections import namedtuple
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pandas as pd
    from pandas._typing import ArrayLike


def records(frame: pd.DataFrame) -> Iterator[tuple]:
    """The rows as named tuples, `Index` first: what `frame.itertuples()` gives, in a tenth of its time.

    A class of rows is made once for all frames of the same columns, where pandas makes one for each call. A page asks some seventy
    times.
    """
    cells = (column.tolist() for column in columns(frame))
    return map(_row(tuple(frame.columns))._make, zip(frame.index.tolist(), *cells, strict=True))


def cells(frame: pd.DataFrame) -> Iterator[tuple]:
    """The rows as plain tuples, without their index: what `frame.itertuples(index=False, name=None)` gives."""
    return zip(*(column.tolist() for column in columns(frame)), strict=True)


def columns(frame: pd.DataFrame) -> Iterator[ArrayLike]:
    """The columns as they are held, without a series made of each, which takes most of a walk through a small table."""
    return frame._iter_column_arrays()  # noqa: SLF001 — pandas has no name for it


def frame(rows: Sequence[tuple], columns: Sequence[str], *, whole: Collection[str]) -> pd.DataFrame:
    """Rows as a frame, some of whose columns hold whole numbers that may be missing: `astype` takes most of its time for these.

    Args:
        rows: All of one length.
        columns: What each place in a row is called.
        whole: The columns of whole numbers (`Int64`).
    """
    import pandas as pd  # noqa: PLC0415 — whoever walks through rows has it

    if not rows:
        return pd.DataFrame(rows, columns=columns, dtype=object).astype(dict.fromkeys(whole, "Int64"))
    listed = dict(zip(columns, zip(*rows, strict=True), strict=True))
    return pd.DataFrame(listed | {name: pd.array(listed[name], dtype="Int64") for name in whole})


@lru_cache(maxsize=256)
def _row(columns: tuple[str, ...]) -> type:
    return namedtuple("Row", ("Index", *columns), rename=True)
