"""The figures of the document that this year's corrected one replaced, beside those of today (V27)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from helpers.compute.last_year import OF_PLAN
from helpers.terms import Figure, Figures
from helpers.terms.frames import Frames

SCOPE = "edition"


def former_edition(frames: Frames, from_own_tables: Callable[[Frames], Iterable[Figure]]) -> Iterator[Figure]:
    """The replaced document's main figures as figures of today's set: scope `edition`, `1`.

    Args:
        frames: The year; nothing is yielded where its document replaced none, or the replaced tables were not kept.
        from_own_tables: Makes the figures of one year's tables.
    """
    former = frames.former
    if former is None:
        return
    source_id, tables = former
    known = Figures(from_own_tables(replace(frames, **tables)))
    for metric in OF_PLAN:
        if metric in known:
            where = f"superseded/{source_id}"
            yield replace(known[metric], scope=SCOPE, scope_id=str(frames.edition - 1), inputs=(where,))
