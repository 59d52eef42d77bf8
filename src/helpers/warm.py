"""Processes that have everything imported before they begin, and find the same around them on every machine.

The standard library's fork server imports once; what is forked from it starts in milliseconds and shares its memory.
"""

import ctypes
import gc
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import current_process, forkserver, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import helpers

PATH_AT_IMPORT = tuple(sys.path)
SOURCES = Path(helpers.__file__).resolve().parent.parent

# What libraries would else take from the machine and put on a page; 1980 is the first year every format can hold.
SAME_EVERYWHERE = {
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "315532800",
    "TZ": "UTC",
}

LEFT_OUT = ("LC_", "MATPLOTLIB", "PYTHON")

# What notebooks and their pages use; the order is that of the dearest first. What libraries import when it is first needed,
# as pandera its checks, would be imported in every child.
PRELOADED = (
    "helpers.light",
    *("pandas", "matplotlib.pyplot", "seaborn", "ipykernel.ipkernel", "ipykernel.zmqshell", "IPython.core.completer"),
    *("matplotlib.backends.backend_svg", "helpers.render.making", "helpers.render.child", "helpers.render.workers"),
    *(
        "helpers.read.tables",
        "helpers.check",
        "helpers.compute",
        "helpers.tell",
        "helpers.pages.ready",
        "helpers.bundle",
    ),
    *("matplotlib.style.core", "encodings.utf_8_sig", "sqlite3", "bdb"),
    *("IPython.core.application", "IPython.core.completerlib", "IPython.core.oinspect", "IPython.core.logger"),
    *("tornado.platform.asyncio", "xlsxwriter", "helpers.batch", "helpers.render.ready"),
)

PR_SET_PDEATHSIG = 1  # of linux/prctl.h

_STARTING = threading.RLock()


def environment(folder: str) -> dict[str, str]:
    """The environment of a kernel that keeps its own files in a folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    path = os.pathsep.join(filter(None, (str(SOURCES), os.environ.get("PYTHONPATH"))))
    # A user's start-up files of IPython and settings of matplotlib would change the page.
    defaults = {"IPYTHONDIR": str(Path(folder, "ipython")), "MATPLOTLIBRC": _matplotlib_defaults()}
    return {**inherited, **SAME_EVERYWHERE, **defaults, "PYTHONPATH": path}


def _matplotlib_defaults() -> str:
    (package,) = find_spec("matplotlib").submodule_search_locations
    return str(Path(package, "mpl-data", "matplotlibrc"))


def is_possible() -> bool:
    """Whether a process can be forked here safely."""
    return sys.platform == "linux"


def start_server() -> None:
    """Let the fork server import while this process goes on with other things."""
    with _STARTING, _as_everywhere():
        context = get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        forkserver.ensure_running()


def process(target: Callable[..., None], arguments: tuple) -> BaseProcess:
    """A new process with everything imported, started: of this one where it is of that kind itself, else of the server.

    A child of this process costs no second server. That is only safe with one thread.
    """
    with _STARTING, _with_children():
        if is_preloaded and threads(os.getpid()) == 1:
            started = get_context("fork").Process(target=target, args=arguments)
            started.start()
            return started
        start_server()
        started = get_context("forkserver").Process(target=target, args=arguments)
        with _without_main():
            started.start()
        return started


is_preloaded = False  # set in the workers


def let_go_of_server() -> None:
    """Let the fork server end with the run that started it, although its children live: they end with it."""
    server = forkserver._forkserver  # noqa: SLF001 — the standard library has no name for it
    if (kept := getattr(server, "_forkserver_alive_fd", None)) is not None:
        with suppress(OSError):
            os.close(kept)
        server._forkserver_alive_fd = None  # noqa: SLF001


def threads(process_id: int) -> int:
    """How many threads a process has, those of libraries included."""
    return len(list(Path(f"/proc/{process_id}/task").iterdir()))


def collect_rarely() -> None:
    """Let the collector leave alone what stands, and come seldom: whoever calls this ends with a page or idles between two."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def die_with_parent() -> None:
    """Have the system end this process when the one that forked it ends, however it does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_memory(process_id: int, most: int | None) -> None:
    """Have the system refuse a process more private memory than so many bytes, where it can; None takes the limit away.

    Memory that processes share is not counted.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 — not on Windows

    with suppress(OSError, ValueError):  # it has ended, or may have less already
        _, hard = resource.prlimit(process_id, resource.RLIMIT_DATA)
        soft = hard if most is None else most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.prlimit(process_id, resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def _as_everywhere() -> Iterator[None]:
    """The fork server takes its environment from this process, at its start."""
    before = dict(os.environ)
    wanted = environment("")
    os.environ.update(wanted)
    for name in before.keys() - wanted.keys():
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _with_children() -> Iterator[None]:
    """A worker under Dask's nanny is daemonic and may have no children, lest they outlive it: ours end with it."""
    configuration = current_process()._config  # noqa: SLF001 — the standard library has no name for it
    is_daemonic = configuration.get("daemon", False)
    configuration["daemon"] = False
    try:
        yield
    finally:
        configuration["daemon"] = is_daemonic


@contextmanager
def _without_main() -> Iterator[None]:
    """A child would import the script that was started here, and run it where it has no guard."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
