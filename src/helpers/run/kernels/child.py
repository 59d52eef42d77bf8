"""The far end of a forked kernel: ipykernel's own kernel, with a socketpair in the place of its ZMQ sockets.

A message is one line of JSON in either direction. What cells print, show and raise goes through ipykernel's streams,
display hook and publisher; only the way it travels is ours.
"""

import asyncio
import base64
import contextvars
import fcntl
import logging
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import NamedTuple

from ipykernel import ipkernel
from ipykernel.eventloops import enable_gui
from ipykernel.iostream import PIPE_BUFFER_SIZE, IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session, new_id, new_id_bytes
from tornado.ioloop import IOLoop
from traitlets import Any, Type
from traitlets.config import Config

from helpers.run import warm

READY = b"{}\n"
SHELL, IOPUB = "shell", "iopub"
LONGEST_LINE = 2**31  # bytes of one message
A_MOMENT = 0.005  # seconds that a cell's threads have to end; ipykernel gives a tenth of it after each cell
INLINE = "module://matplotlib_inline.backend_inline"
LOCK = ".messages"
LOG = "kernel.log"
SILENT = ["status", "execute_input", "execute_reply", "status"]  # the messages that answer a cell which says nothing
_OURS: set[threading.Thread] = set()  # the threads that are there without any cell


def run(channel: socket.socket, cwd: str, private: str, environment: Mapping[str, str]) -> None:
    """Run cells until the other end closes.

    Args:
        channel: Where requests come from and messages go.
        cwd: Where cells find themselves.
        private: A folder for the files of this kernel.
        environment: All of it.
    """
    try:
        _settle(cwd, private, environment)
        if _begun is None:
            _enter()
        _seed_anew()
        kernel = _told_its_place(private)
        kernel.session.travel(channel, Path(private, LOCK))
        _capture(kernel.session)
        channel.sendall(READY)
        context = contextvars.copy_context() if _begun is None else _begun.context
        context.run(asyncio.run, _serve(kernel, channel))
    except BaseException:  # noqa: BLE001 — the log is the last place that can say why
        with Path(private, LOG).open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
    finally:
        os._exit(0)


def begin(cells: Sequence[Mapping], cwd: str, private: str, environment: Mapping[str, str]) -> bool:
    """Run cells for the kernel that this process will be, and for all that are forked from it: each answers those requests as this did.

    The cells are such as leave nothing behind but names (`helpers.run.render.plain_cells`). What they call is looked at all the
    same: that it said nothing, and that threads, processes, files, folders and streams are as before.

    Args:
        cells: The contents of requests.
        cwd: As `run` says; so are the others.
        private: See there.
        environment: See there.

    Returns:
        Whether all is as it should be; if not, this process is of no use.
    """
    global _begun  # noqa: PLW0603 — one a process
    _settle(cwd, private, environment)
    _enter()
    kernel = _told_its_place(private)
    kernel.session.keep()
    _capture(kernel.session, is_watched=False)
    before = _around(private)
    answered, context = asyncio.run(_answered(kernel, cells))
    if len(answered) < len(cells) or _around(private) != before:
        return False
    _begun = _Begun(answered, context)
    return True


class _Begun(NamedTuple):
    """What a kernel has run before it was forked.

    Attributes:
        cells: The content of each request, and the messages that answered it.
        context: The variables of the context in which they ran.
    """

    cells: list[tuple[Mapping, list[dict]]]
    context: contextvars.Context


_begun: _Begun | None = None


async def _answered(
    kernel: "_Kernel", cells: Sequence[Mapping]
) -> tuple[list[tuple[Mapping, list[dict]]], contextvars.Context]:
    """Each request and the messages that answered it, up to the first that said something or left a task; and what context that left."""
    kernel.io_loop = IOLoop.current()
    answered = []
    for asked in cells:
        await kernel.dispatch_shell(kernel.session.msg("execute_request", dict(asked)))
        messages = kernel.session.kept()
        if not _is_silent(messages) or len(asyncio.all_tasks()) > 1:
            break
        answered.append((asked, messages))
    return answered, contextvars.copy_context()


def _is_silent(messages: list[dict]) -> bool:
    """Whether a cell ended well and said nothing."""
    if [message["msg_type"] for message in messages] != SILENT:
        return False
    answer = messages[SILENT.index("execute_reply")]["content"]
    return answer["status"] == "ok" and not answer["payload"]


def _around(private: str) -> tuple:
    """What would be otherwise in a fork of this process than in itself, as far as it is looked at."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        has_children = False
    else:
        has_children = True
    files = {str(file): file.stat().st_size for file in Path(private).rglob("*")}
    streams = sys.stdin, sys.stdout, sys.stderr
    return (
        *(has_children, warm.threads(os.getpid()), warm.open_files(), files, streams),
        *(str(Path.cwd()), dict(os.environ), signal.getitimer(signal.ITIMER_REAL)),
    )


def prepare(environment: Mapping[str, str]) -> bool:
    """Make the kernel that every process forked from this one becomes: before they know their notebook, all are alike.

    Args:
        environment: That of the next one. A kernel that was made in another is made anew.

    Returns:
        Whether one was made: what was forked before has another.
    """
    global _prepared_in  # noqa: PLW0603 — one a process
    if _prepared_in == (wanted := _of_every_page(environment)):
        return False
    _prepared_in = None
    _Kernel.clear_instance()
    _Shell.clear_instance()
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="gyokaku-") as private:
        _surround(wanted | {"IPYTHONDIR": str(Path(private, "ipython"))})
        _new(private)
    _surround(before)
    _prepared_in = wanted
    return True


_prepared_in: dict[str, str] | None = None


def _of_every_page(environment: Mapping[str, str]) -> dict[str, str]:
    """What an environment has besides the place of one page."""
    return {name: value for name, value in environment.items() if name != "IPYTHONDIR"}


def _surround(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # the folder of this environment, not of the last


def _new(private: str) -> "_Kernel":
    sys.modules.setdefault("ipykernel.debugger", _no_debugger())
    return _Kernel.instance(session=_Session(), profile_dir=_profile(private), config=_in_memory())


def _told_its_place(private: str) -> "_Kernel":
    """The kernel that was prepared, told what it would have found when it was made here; a new one where none was."""
    if _prepared_in is None:
        return _new(private)
    kernel, folder = _Kernel.instance(), str(Path.cwd())
    kernel.session.session, kernel.session.key, kernel.ident = new_id(), new_id_bytes(), str(uuid.uuid4())
    kernel.profile_dir = kernel.shell.profile_dir = _profile(private)
    kernel.shell.ipython_dir = os.environ.get("IPYTHONDIR", kernel.shell.ipython_dir)
    kernel.shell.starting_dir = folder
    kernel.shell.user_ns["_dh"][:] = [Path(folder)]
    kernel.shell.init_environment()
    return kernel


def _settle(cwd: str, private: str, environment: Mapping[str, str]) -> None:
    """Be in a place."""
    _surround(environment)
    os.environ.setdefault("MPLBACKEND", INLINE)  # as ipykernel does
    time.tzset()
    os.chdir(cwd)
    log = os.open(Path(private, LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(log, standard)
    os.close(log)


def _enter() -> None:
    """Take over nothing of the process that this one was forked from but its imports."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    sys.argv[:] = ["ipykernel_launcher"]
    _find_modules_here_last()


def _seed_anew() -> None:
    """No two kernels have the same random numbers: Python's own are seeded anew by Python where a process is forked."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _find_modules_here_last() -> None:
    """The working directory stands before what is installed and after all else, as IPython puts it."""
    others = [path for path in warm.PATH_AT_IMPORT if path]  # not that of whoever started the run
    installed = (number for number, path in enumerate(others) if Path(path).name in {"site-packages", "dist-packages"})
    others.insert(next(installed, len(others)), "")
    sys.path[:] = others


def _profile(private: str) -> ProfileDir:
    folder = Path(os.environ.get("IPYTHONDIR", Path(private, "ipython")))
    folder.mkdir(parents=True, exist_ok=True)
    return ProfileDir.create_profile_dir_by_name(str(folder), "default")


def _in_memory() -> Config:
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    return config


def _no_debugger() -> ModuleType:
    """ipykernel imports a debugger for whoever asks; in a batch nobody does, and it costs more than the rest."""
    absent = ModuleType("ipykernel.debugger")
    absent._is_debugpy_available = False  # noqa: SLF001 — what ipykernel looks for
    return absent


def _capture(session: Session, *, is_watched: bool = True) -> None:
    """Have what is printed travel as messages; where it did before, in the streams that cells may have kept."""
    flusher = _Flusher()
    for name, given in (("stdout", sys.stdout), ("stderr", sys.stderr)):
        given.flush()
        stream = given if isinstance(given, _Stream) else _Stream.__new__(_Stream)
        setattr(sys, name, getattr(sys, f"__{name}__"))  # its number is the one that is watched
        stream.__init__(session, flusher, name, is_watched=is_watched)
        setattr(sys, name, stream)
    _OURS.update(threading.enumerate())


async def _serve(kernel: IPythonKernel, channel: socket.socket) -> None:
    kernel.io_loop = IOLoop.current()
    channel.setblocking(False)
    requests, _ = await asyncio.open_connection(sock=channel.dup(), limit=LONGEST_LINE)
    channel.setblocking(True)
    begun = deque(_begun.cells if _begun else ())
    while line := await requests.readline():
        request = kernel.session.unpack(line)
        if not begun or request["header"]["msg_type"] != "execute_request":
            await kernel.dispatch_shell(request)
            continue
        asked, answers = begun.popleft()
        if asked != request["content"]:
            raise RuntimeError("another cell than was run before")
        for answer in answers:
            kernel.session.send(None, answer | {"parent_header": request["header"]})


class _Shell(ZMQInteractiveShell):
    """ipykernel's shell, which would look for its kernel in an application."""

    def should_run_async(self, raw_cell: str, *, transformed_cell: str, **how: object) -> bool:
        """IPython compiles a cell, twice, to see whether it waits for something: where it has neither word, it does not."""
        may_wait = "await" in transformed_cell or "async" in transformed_cell
        return may_wait and super().should_run_async(raw_cell, transformed_cell=transformed_cell, **how)

    def enable_gui(self, gui: str | None = None) -> None:
        enable_gui(gui, kernel=self.kernel)
        self.active_eventloop = gui


class _Kernel(IPythonKernel):
    """ipykernel's kernel with one thread and no subshells."""

    shell_class = Type(_Shell)
    io_loop = Any()
    debugger_class = Any()
    _supports_kernel_subshells = False
    # ipykernel waits after each cell for what it said to travel; here it travels before the answer, on the same way.
    _execute_sleep = 0.0

    def __init__(self, **traits: object) -> None:
        main = SimpleNamespace(parent_thread=threading.main_thread())
        with _modules_unlisted():
            super().__init__(
                shell_channel_thread=main, iopub_socket=IOPUB, log=logging.getLogger("ipykernel"), **traits
            )

    def finish_metadata(self, parent: dict, metadata: dict, reply_content: dict) -> dict:
        """Before the answer goes what the cell's threads say that are about to end, and what its processes have said."""
        until = time.monotonic() + A_MOMENT
        while not _OURS.issuperset(threading.enumerate()) and time.monotonic() < until:
            time.sleep(A_MOMENT / 10)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, _Stream):
                stream.flush()
        return super().finish_metadata(parent, metadata, reply_content)

    def _abort_queues(self, _subshell: str | None = None) -> None:
        """Nothing waits: requests come one by one."""


@contextmanager
def _modules_unlisted() -> Iterator[None]:
    """A kernel lists the files of all modules for its debugger, of which there is none here: two thousand pages of memory touched."""
    known = SimpleNamespace(**vars(sys) | {"modules": {}})
    ipkernel.sys, given = known, ipkernel.sys
    try:
        yield
    finally:
        ipkernel.sys = given


class _Session(Session):
    """Messages as lines. Forked processes of a cell may print, too, so that a line is written under a lock of files."""

    def __init__(self) -> None:
        super().__init__(check_pid=False)
        self._kept: list[dict] | None = None
        self._lock = threading.RLock()
        self._lock_file, self._lock_pid = None, 0

    def travel(self, channel: socket.socket, lock: Path) -> None:
        """Say on which way messages go, and by which file whoever writes there waits for the others."""
        self._channel, self._lock_path, self._kept = channel, lock, None

    def keep(self) -> None:
        """Let messages travel nowhere."""
        self._kept = []

    def kept(self) -> list[dict]:
        """The messages since this was asked."""
        kept, self._kept = self._kept, []
        return kept

    def feed_identities(self, message: dict, **_: object) -> tuple[list, dict]:
        return [], message

    def deserialize(self, message: dict, **_: object) -> dict:
        return message

    def send(  # noqa: PLR0913, PLR0917 — as it is called
        self,
        stream: object,  # noqa: ARG002
        msg_or_type: dict | str,
        content: dict | None = None,
        parent: dict | None = None,
        ident: object = None,  # noqa: ARG002
        buffers: list | None = None,
        track: bool = False,  # noqa: ARG002, FBT001, FBT002
        header: dict | None = None,
        metadata: dict | None = None,
    ) -> dict:
        message = (
            msg_or_type
            if isinstance(msg_or_type, dict)
            else self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        )
        if not isinstance(message["content"], dict):  # in the words of the session that has sockets
            raise TypeError(f"Content incorrect type: {type(message['content'])}")
        if self._kept is not None:
            self._kept.append(message)
            return message
        raw = [base64.b64encode(bytes(memoryview(buffer))).decode() for buffer in buffers or ()]
        is_reply = message["header"]["msg_type"].endswith("_reply")
        frame = {"channel": SHELL if is_reply else IOPUB, "message": message, "buffers": raw}
        try:
            line = self.pack(frame)
        except UnicodeEncodeError:
            line = self.pack(_of_whole_characters(frame))
        with self._lock:
            file = self._opened()
            fcntl.lockf(file, fcntl.LOCK_EX)
            try:
                self._channel.sendall(line + b"\n")
            finally:
                fcntl.lockf(file, fcntl.LOCK_UN)
        return message

    def _opened(self) -> int:
        if self._lock_pid != os.getpid():
            self._lock_file = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
            self._lock_pid = os.getpid()
        return self._lock_file


def _of_whole_characters(value: object) -> object:
    """The same where a half of a character, which no file can hold, is shown as one that is unknown (U+FFFD)."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_of_whole_characters(key): _of_whole_characters(one) for key, one in value.items()}
    return [_of_whole_characters(one) for one in value] if isinstance(value, list | tuple) else value


class _Stream(OutStream):
    """ipykernel's stream, which has what processes and libraries write past it before it is flushed.

    ipykernel reads that in a thread of its own, which may be behind when a cell ends.
    """

    def __init__(self, session: Session, flusher: "_Flusher", name: str, *, is_watched: bool) -> None:
        self._reading, self._at_work = threading.RLock(), flusher.at_work
        super().__init__(session, flusher, name, watchfd=is_watched)

    def write(self, string: str) -> int | None:
        if self._should_watch and self._is_master_process():
            self._take_all()  # said before
        return super().write(string)

    def flush(self) -> None:
        if not self._is_master_process():  # a fork of a cell, in which nobody would let go of the locks
            super().flush()
            return
        if self._should_watch:
            self._take_all()
        with self._at_work:
            super().flush()

    def _watch_pipe_fd(self) -> None:
        while self._should_watch:
            select.select([self._fid], [], [])
            if self._should_watch:
                self._take_all()

    def _take_all(self) -> None:
        with self._reading:
            while select.select([self._fid], [], [], 0)[0]:
                said = os.read(self._fid, PIPE_BUFFER_SIZE)
                super().write(said.decode(errors="replace"))
                os.write(self._original_stdstream_copy, said)


class _Flusher(IOPubThread):
    """What ipykernel's streams ask of their thread: the work is done at once, and late flushes by a thread made on need."""

    def __init__(self) -> None:
        self.thread = None
        self.io_loop = self
        self._late: threading.Thread | None = None
        self._due = threading.Event()
        self._todo: list[Callable[[], None]] = []
        self.at_work = threading.RLock()  # what it has taken to send goes before what is sent next

    def schedule(self, work: Callable[[], None]) -> None:
        work()

    def call_later(self, seconds: float, work: Callable[[], None]) -> None:
        self._todo.append(work)
        if self._late is None:
            self._late = threading.Thread(target=self._flush_late, args=(seconds,), name="IOPub", daemon=True)
            _OURS.add(self._late)
            self._late.start()
        self._due.set()

    def _flush_late(self, seconds: float) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            time.sleep(seconds)
            todo, self._todo = self._todo, []
            with self.at_work:
                for work in todo:
                    work()
