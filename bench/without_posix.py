"""What Windows lacks, taken from our modules alone; `bench/windows.py` has every process of the suite import this first.

Libraries keep theirs: that they run on Windows is their word, and here they need what this system has.
"""

import builtins
import ctypes
import errno
import multiprocessing
import os
import pathlib
import signal
import socket
import sys
import time
from types import ModuleType

NO_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
LACKING = {
    os: (
        "chown chroot confstr fork forkpty fchown getegid geteuid getgid getgroups getloadavg getpgid getpgrp getresuid getsid getuid"
        " initgroups killpg lchown mkfifo mknod nice openpty posix_fadvise posix_spawn pread pwrite register_at_fork sched_getaffinity"
        " setegid seteuid setgid setgroups setpgid setsid setuid statvfs sync sysconf ttyname uname wait wait3 wait4 waitid WNOHANG"
        " WNOWAIT WEXITED P_PID CLD_EXITED O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK"
    ),
    signal: (
        "SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1 SIGUSR2 alarm pause pthread_kill pthread_sigmask setitimer"
    ),
    socket: "AF_UNIX send_fds recv_fds",
    time: "tzset",
}
FORBIDDEN = set('<>:"|?*\\')
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}
OURS = "helpers"


class Seen(ModuleType):
    """A module as our modules see it: without what Windows lacks, and with some values of Windows."""

    def __init__(self, module: ModuleType, **values: object) -> None:
        super().__init__(module.__name__)
        self.__dict__.update(values, _module=module, _lacking=LACKING.get(module, "").split())

    def __getattr__(self, name: str) -> object:
        if name in self.__dict__["_lacking"]:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self.__dict__["_module"], name)


def _get_context(method: str | None = None) -> object:
    if method in {"fork", "forkserver"}:
        raise ValueError(f"cannot find context for {method!r}")
    return multiprocessing.get_context(method or "spawn")


def _library(name: str | None, *words: object, **options: object) -> ctypes.CDLL:
    if name is None:
        raise TypeError("LoadLibrary() argument 1 must be str, not None")
    return ctypes.CDLL(name, *words, **options)


SEEN = {
    "os": Seen(os, name="nt"),
    "sys": Seen(sys, platform="win32"),
    "signal": Seen(signal),
    "socket": Seen(socket),
    "time": Seen(time),
    "ctypes": Seen(ctypes, CDLL=_library),
    "multiprocessing": Seen(multiprocessing, get_context=_get_context),
}
imported, rename = builtins.__import__, os.rename


def _import(name: str, globals=None, locals=None, fromlist=(), level=0) -> ModuleType:  # noqa: A002, ANN001 — as Python calls it
    is_ours = level == 0 and (globals or {}).get("__name__", "").partition(".")[0] == OURS
    if is_ours and name.partition(".")[0] in NO_MODULES:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    found = imported(name, globals, locals, fromlist, level)
    return SEEN.get(name, found) if is_ours else found


def _rename(source: object, target: object, **options: object) -> None:
    if os.path.lexists(target):
        raise FileExistsError(
            errno.EEXIST, "Cannot create a file when that file already exists", str(source), None, str(target)
        )
    rename(source, target, **options)


def _owner(*_: object) -> str:
    raise NotImplementedError("Path.owner() is unsupported on this system")


def _audit(event: str, words: tuple) -> None:
    """No file gets a name that Windows refuses."""
    is_written = event == "open" and isinstance(words[1], str) and set(words[1]) & set("wax+")
    if is_written or event in {"os.mkdir", "os.rename"}:
        name = os.path.basename(os.fsdecode(words[event == "os.rename"])) if not isinstance(words[0], int) else ""  # noqa: PTH119
        if set(name) & FORBIDDEN or name.endswith((" ", ".")) or name.lower().partition(".")[0] in DEVICES:
            raise OSError(errno.EINVAL, "The filename, directory name, or volume label syntax is incorrect", name)


builtins.__import__ = _import
os.rename = _rename
pathlib.Path.owner = pathlib.Path.group = _owner
sys.addaudithook(_audit)
