"""Processes that have everything imported before they begin, and find the same around them on every machine.

The standard library's fork server imports once; what is forked from it starts in milliseconds and shares its memory.
"""

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import current_process, forkserver, get_context, parent_process, resource_tracker, spawn, util
from multiprocessing.process import BaseProcess
from pathlib import Path

from helpers.run import interpreter

PATH_AT_IMPORT = tuple(sys.path)
PROCESS_AT_IMPORT = os.getpid()
SOURCES = Path(interpreter.SOURCES).resolve()

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

# All of PYTHON*: where modules are found, which warnings are faults and what is optimized away is no user's to say.
LEFT_OUT = ("LC_", "MATPLOTLIB", "PYTHON")
# The variable that names the file for what the fork server says.
SAID = "GYOKAKU_SERVER_SAID"

# What the fork server imports: first what kernels need as well, and with it forks who imports what only they need
# (`helpers.run.kernels.forker`), then what workers need. What libraries import when it is first needed is here too, or it would
# be imported in every child.
IN_BOTH = (
    *(
        "helpers.terms.tables",
        "helpers.terms.mime",
        "helpers.notation",
        "jinja2.ext",
        "uharfbuzz",
        "fontTools.misc.textTools",
    ),
    *("jupyter_client", "ipykernel.connect", "tornado.platform.asyncio", "pygments.style", "packaging.version"),
    *("xml.etree.ElementTree", "urllib.request", "dateutil.rrule", "difflib"),
)
IN_WORKERS = (
    *("helpers.run.render.making", "helpers.run.render.workers", "helpers.run.render.ready"),
    *("xlsxwriter", "helpers.run.workbook"),
)
# The order is that of the dearest first.
IN_KERNELS = (
    *("pandas", "matplotlib.pyplot", "matplotlib.backends.backend_svg", "seaborn"),
    *("ipykernel.ipkernel", "ipykernel.zmqshell", "IPython.core.completer", "helpers.run.kernels.child"),
    *("helpers.read.tables", "helpers.read.collection_file", "helpers.read.layout_file"),
    *("helpers.check", "helpers.compute", "helpers.tell", "helpers.pages.ready", "helpers.bundle"),
    *("matplotlib.style.core", "encodings.utf_8_sig", "encodings.euc_jp", "sqlite3", "bdb"),
    *("pandas.core.methods.to_dict", "pandas.core.reshape.reshape"),
    *("IPython.core.application", "IPython.core.completerlib", "IPython.core.oinspect", "IPython.core.logger"),
)
# What a forker has besides once its first kernel is at work: a run of one page does not wait for it.
ONCE_AT_WORK = "helpers.draw.ready"
PRELOADED = ("helpers.run.server", *IN_WORKERS)

PR_SET_PDEATHSIG = 1  # of linux/prctl.h

_STARTING = threading.RLock()


def environment(folder: str) -> dict[str, str]:
    """The environment of a kernel that keeps its own files in a folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    # A user's start-up files of IPython and settings of matplotlib would change the page.
    defaults = {"IPYTHONDIR": str(Path(folder, "ipython")), "MATPLOTLIBRC": _matplotlib_defaults()}
    return {**inherited, **SAME_EVERYWHERE, **defaults, "PYTHONPATH": str(SOURCES)}


def _matplotlib_defaults() -> str:
    (package,) = find_spec("matplotlib").submodule_search_locations
    return str(Path(package, "mpl-data", "matplotlibrc"))


def is_possible() -> bool:
    """Whether a process can be forked here safely."""
    return sys.platform == "linux"


def start_server() -> None:
    """Let the fork server import while this process goes on with other things."""
    with _STARTING, _as_everywhere(), _apart():
        context = get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        resource_tracker.ensure_running()  # it lets interrupts in where it begins
        with _uninterrupted():
            forkserver.ensure_running()


def process(target: Callable[..., None], arguments: tuple) -> BaseProcess:
    """A new process with everything imported, started; of the fork server."""
    with _STARTING, _with_children():
        start_server()
        started = get_context("forkserver").Process(target=target, args=arguments)
        with _apart():
            started.start()
        return started


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


def open_files() -> set[int]:
    """The numbers of the files that this process has open; the folder that tells them is so no more."""
    numbers = [int(file.name) for file in Path("/proc/self/fd").iterdir()]
    return {number for number in numbers if Path(f"/proc/self/fd/{number}").is_symlink()}


def collect_rarely() -> None:
    """Let the collector leave alone what stands, and come seldom: whoever calls this ends with a page or idles between two.

    A page with a dozen charts makes fewer than 150,000 objects: it is done before the collector would come, and its memory goes with it.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def die_with_parent() -> None:
    """Have the system end this process when the one that forked it ends, however it does; at once where it has."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Of a worker that is the fork server, which imported this.
    if os.getppid() not in {PROCESS_AT_IMPORT, getattr(parent_process(), "pid", None)}:
        os._exit(0)


def say_in(file: str) -> None:
    """Let all that this process says from here on stand in a file; nowhere where that cannot be."""
    try:
        to = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:  # whoever asks is gone, and the folder with it
        to = os.open(os.devnull, os.O_WRONLY)
    for standard in (1, 2):
        os.dup2(to, standard)
    os.close(to)


def said_by_server() -> Path:
    """The file with what the fork server says; whoever reads it makes the process that is forked from it."""
    return Path(util.get_temp_dir(), "server.log")


def status_of_server(seconds: float) -> int | None:
    """How the fork server ended: its exit status, or the negative number of a signal.

    Args:
        seconds: How long to wait for its end, where its pipes are closed and it is about to.

    Returns:
        None where it lives or never did.
    """
    server = forkserver._forkserver._forkserver_pid  # noqa: SLF001 — the standard library has no name for it
    until = time.monotonic() + seconds
    with suppress(ChildProcessError):
        while server is not None:
            if ended := os.waitid(
                os.P_PID, server, os.WEXITED | os.WNOHANG | os.WNOWAIT
            ):  # left to be found by its owner
                return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
            if time.monotonic() > until:
                break
            time.sleep(0.05)
    return None


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
    wanted = environment("") | {SAID: str(said_by_server())}
    os.environ.update(wanted)
    for name in before.keys() - wanted.keys():
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C is for whoever started the run: a process that begins would answer it in Python's own words. `server` lets it in, and ignores it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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


# What a new process is told of this one; not its script, which it would run where that has no guard, nor its import path.
_TOLD = {"name", "authkey", "log_to_stderr", "log_level", "start_method", "dir"}


@contextmanager
def _apart() -> Iterator[None]:
    """The fork server and what it forks get nothing from the words that this process was started with.

    multiprocessing hands on a user's warnings that are faults, what is optimized away and the working folder as a place of modules.
    """
    given, told = util._args_from_interpreter_flags, spawn.get_preparation_data  # noqa: SLF001 — there is no other way in
    alone = ["-P", *interpreter.flags(), *(["-B"] if sys.flags.dont_write_bytecode else [])]
    util._args_from_interpreter_flags = lambda: alone  # noqa: SLF001
    spawn.get_preparation_data = lambda name: {key: value for key, value in told(name).items() if key in _TOLD}
    try:
        yield
    finally:
        util._args_from_interpreter_flags, spawn.get_preparation_data = given, told  # noqa: SLF001
