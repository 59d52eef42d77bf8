"""How a process ended, as far as anyone can know: its status or signal, what it last said, memory only where something shows it."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

CONTROL_GROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")
MACHINE = Path("/proc/vmstat")
# Version 2 and version 1 of control groups, and the whole machine: each has a line `oom_kill 3`.
COUNTS = ("memory.events", "memory.oom_control")
KILLS = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
OUT_OF_MEMORY = re.compile(r"MemoryError|bad_alloc|[Cc]annot allocate memory|[Oo]ut of memory")

BYTES, LINES, LETTERS = 2**16, 3, 300
# What Python says of a process as it dies is followed by pages of where it was.
FATAL = re.compile(r"^Fatal Python error: .*$", re.MULTILINE)
OF_SERVER_GONE = 255  # multiprocessing's status of a process whose end nobody could tell it


class Ended(NamedTuple):
    """How a process ended.

    Attributes:
        code: Its exit status, or the negative number of the signal that ended it; None where nobody knows.
        said: All it said on its standard error and output.
        is_for_memory: Whether the system ended a process for want of memory meanwhile.
    """

    code: int | None
    said: str = ""
    is_for_memory: bool = False

    def __str__(self) -> str:
        """The end of a sentence that begins with the process: `が終了状態 3 で終わりました。…`."""
        how = "が終わりました" if self.code is None else f"が{_code(self.code)}で終わりました"
        why = []
        if self.is_for_memory and self.code == -getattr(signal, "SIGKILL", 9):
            why.append("その間に、システムがメモリー不足のためプロセスを終わらせています。")
        if said := last(self.said):
            why.append(f"最後の出力: {said}")
        return f"{how}。{''.join(why) or '理由は分かりません。'}"

    def is_out_of_memory(self) -> bool:
        """Whether it said itself that it was given no more memory."""
        return OUT_OF_MEMORY.search(last(self.said)) is not None


def last(said: str) -> str:
    """The last lines of what a process said, as one; of a fatal error its name."""
    if fatal := FATAL.findall(said):
        return fatal[-1]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return " / ".join(lines[-LINES:])[-LETTERS:]


def read(file: Path) -> str:
    """The end of what a process said into a file; nothing where it never began to."""
    with suppress(OSError), file.open("rb") as said:
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - BYTES))
        return said.read().decode(errors="replace")
    return ""


def killed_for_memory() -> int:
    """How many processes the system has ended so far for want of memory: of this control group, else of the machine.

    0 where it does not say.
    """
    groups = []
    with suppress(OSError):
        lines = OWN_GROUP.read_text(encoding="utf-8").splitlines()
        groups = [
            CONTROL_GROUPS / part / line.rpartition(":")[2].lstrip("/") for line in lines for part in ("", "memory")
        ]
    for folder in (*groups, CONTROL_GROUPS, CONTROL_GROUPS / "memory"):
        for name in COUNTS:
            if found := KILLS.search(_whole(folder / name)):
                return int(found[1])
    found = KILLS.search(_whole(MACHINE))
    return int(found[1]) if found else 0


def _whole(file: Path) -> str:
    """The system's own files have no end to begin from."""
    with suppress(OSError):
        return file.read_text(encoding="ascii", errors="replace")
    return ""


def _code(code: int) -> str:
    if code >= 0:
        return f"終了状態 {code} "
    with suppress(ValueError):
        return f"シグナル {signal.Signals(-code).name} "
    return f"シグナル {-code} "
