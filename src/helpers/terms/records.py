"""The rows of a frame, one at a time."""

from __future__ import annotations

from collections import namedtuple
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


def records(frame: pd.DataFrame) -> Iterator[tuple]:
    """The rows as named tuples, `Index` first: what `frame.itertuples()` gives, in a tenth of its time.

    A class of rows is made once for all frames of the same columns, where pandas makes one for each call; a page asks some sixty times.
    """
    columns = frame.to_numpy(dtype=object).T.tolist()  # at once: a series for each column takes twice as long
    return map(_row(tuple(frame.columns))._make, zip(frame.index.tolist(), *columns, strict=True))


@lru_cache(maxsize=256)
def _row(columns: tuple[str, ...]) -> type:
    return namedtuple("Row", ("Index", *columns), rename=True)
