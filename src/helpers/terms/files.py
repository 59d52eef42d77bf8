"""Which files count, and the content of one that somebody names: a pipe or a device, which could be waited for without end, is none."""

import errno
import os
import stat
from pathlib import Path


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is left by a program (JupyterLab, Excel, Windows, macOS, Python) beside what people put there."""
    return name.startswith((".", "~$")) or name in {"__pycache__", "Thumbs.db"}


def content(path: Path) -> bytes:
    """The bytes of an ordinary file.

    Raises:
        OSError: It cannot be read, or is no ordinary file (`ENXIO`; a folder is `EISDIR`).
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO), str(path))
    return path.read_bytes()
