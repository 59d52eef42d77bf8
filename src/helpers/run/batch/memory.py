"""How much memory the notebook of one page may take, so that one which eats it costs its own page and not the machine."""

import os
from contextlib import suppress
from pathlib import Path

MIB = 2**20
# Of the machine, for all pages that are made at a time; the rest is for who makes them and for everybody else.
SHARE = 0.75
# A page of the project takes less than half of it; with less, good pages would fail.
LEAST = 1024 * MIB
# Where a container is told how much it may have: version 2 and version 1 of control groups.
CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def of_one(at_a_time: int, *, whole: int | None = None) -> int | None:
    """Bytes for each of some pages made at a time.

    Args:
        at_a_time: How many.
        whole: Bytes for all of them and whoever makes them; those of this machine or container where None.

    Returns:
        None where the machine does not say what it has.
    """
    whole = whole or _of_machine()
    return max(LEAST, int(whole * SHARE) // max(1, at_a_time)) if whole else None


def _of_machine() -> int | None:
    found = []
    with suppress(AttributeError, ValueError, OSError):  # Windows has no such names
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for path in CONTAINER:
        with suppress(OSError, ValueError):  # `max` is no number
            found.append(int(Path(path).read_text(encoding="ascii")))
    return min(found, default=None)
