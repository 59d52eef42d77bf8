"""Kernels are forked by processes that do nothing else.

The fork server has everything that papermill and nbconvert need; beside it, at the same time, another process imports what
notebooks use: the nursery. It forks a forker for each worker, and that forks kernels. What is forked shares the memory of
whoever forked it until either writes there; then the system copies. A worker writes much for each page and would copy some
five thousand pieces of memory after each fork; these processes stand still. They have one thread for ever, so that forking them
is safe whatever libraries do in the worker. One other forks: the process that has run the cells which several notebooks begin
with, and which is the kernel of the last of them (`begun`).
"""

import os
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing import Pipe, current_process, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any, NamedTuple

from helpers.run import light, warm

# Where the nursery is asked, in the fork server and in what it forked; the nursery itself and other processes have none.
_nursery: socket.socket | None = None
_ours: "_Forker | None" = None
# The files that a forker found open, as libraries may have some: whatever it forks has these, and none that it opened itself.
_found_open: set[int] = set()


class Unfit(Exception):  # noqa: N818 — what it is
    """What kernels or workers are forked from runs threads: forking it is not safe."""

    def __str__(self) -> str:
        return "分岐元のプロセスにスレッドがあり、安全に分岐できません"


# In the fork server


def begin() -> None:
    """Fork the nursery, which begins to import; once, in the fork server."""
    global _nursery
    asked, _nursery = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    nursery = get_context("fork").Process(target=_tend, args=(asked,), daemon=True)
    nursery.start()
    asked.close()
    _end_with(nursery)


def _end_with(nursery: BaseProcess) -> None:
    """The fork server is of no use without it, and ends when it hears of its end: it warns of each child that it does not know."""
    says = f"forkserver: waitpid returned unexpected pid {nursery.pid}"
    warnings.filterwarnings("always", says)
    told = warnings.showwarning

    def end(message: Warning, *rest: object, **more: object) -> None:
        if str(message) == says:
            os._exit(1)  # without a word: the last ones are the nursery's
        told(message, *rest, **more)

    warnings.showwarning = end


def _tend(asked: socket.socket) -> None:
    """Import what notebooks use, then fork a forker for whoever asks."""
    global _nursery  # noqa: PLW0603 — of the fork server
    warm.die_with_parent()
    _nursery.detach()
    _nursery = None
    _close_all_but({asked.fileno()})
    current_process()._config["daemon"] = False  # noqa: SLF001 — or it could have no children
    light.load("seaborn")
    for name in warm.IN_KERNELS:
        with suppress(ImportError):  # as the fork server does; a kernel that needs it says so
            import_module(name)
    from helpers.run.kernels import child  # noqa: PLC0415 — not where kernels are plain

    with suppress(Exception):  # what is wrong the kernel finds for itself, and says it
        child.prepare(os.environ)
    while handles := socket.recv_fds(asked, 1, 1)[1]:
        with Connection(handles[0]) as connection, suppress(OSError):  # which whoever asks is told: nobody answers
            if warm.threads(os.getpid()) == 1:
                get_context("fork").Process(target=_begin, args=(connection, asked)).start()
            else:
                connection.send((os.getpid(), False))


def _close_all_but(kept: Collection[int]) -> None:
    """Let go of files of whoever forked this: standard input, output and error stay, and what is kept.

    Who waits for the end of one of them would wait for the end of this process, too.
    """
    for number in warm.open_files() - {0, 1, 2, *kept}:
        with suppress(OSError):
            os.close(number)
    # multiprocessing had opened one of them, with nothing in it, as there is nothing here.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 — for as long as the process lives


# In a worker, or whoever else wants a kernel


def prepare() -> None:
    """Have a forker for this process.

    Raises:
        Gone: What would fork it has ended.
        Unfit: It cannot fork safely.
    """
    global _ours  # noqa: PLW0603 — one a process
    _ours = None
    with suppress(Gone):  # killed as it began, or what would fork it has ended: then a second will not begin
        _ours = _Forker(_of_nursery())
    _ours = _ours or _Forker(_of_nursery())


@contextmanager
def begun(
    cells: Sequence[Mapping],
    kernels: int,
    folder: str,
    environment: Mapping[str, str],
    *,
    seconds: float,
    memory: int | None,
) -> Iterator[None]:
    """Have kernels that have run some cells: those that several notebooks begin with are run once.

    One after the other is forked from the process that has run them, which is the last one itself. Where the cells leave more behind
    than what a kernel holds (`child.begin`), or end it, kernels are as ever.

    Args:
        cells: The contents of the requests that a kernel will be sent first.
        kernels: How many are wanted.
        folder: Where all these kernels find themselves, and keep their files.
        environment: Theirs.
        seconds: How long the cells may take together; who takes longer is not waited for.
        memory: How many bytes their process may take; no limit where None.
    """
    global _ours  # noqa: PLW0603 — one a process
    ours, theirs = socket.socketpair()
    process, alone = None, _ours
    with Connection(ours.detach()) as connection:
        try:
            try:
                with theirs:
                    process = kernel(theirs, folder, folder, environment, Beginning(cells, kernels))
                alone = _ours
                warm.limit_memory(process.pid, memory)
                if not connection.poll(seconds):
                    raise Gone
                _ours = _Forker(connection, process)
            except (Gone, Unfit):  # what is wrong the notebooks find for themselves, and say it
                if process is not None:
                    process.end()
            yield
        finally:
            _ours = alone
            if process is not None:
                process.end()


class Beginning(NamedTuple):
    """What is run before any kernel is asked for.

    Attributes:
        cells: The contents of requests.
        kernels: How many are to go on from there.
    """

    cells: Sequence[Mapping]
    kernels: int


def kernel(
    channel: socket.socket,
    cwd: str,
    private: str,
    environment: Mapping[str, str],
    beginning: Beginning | None = None,
) -> "Forked":
    """A new kernel in a process that has everything imported.

    Args:
        channel: As `child.run` says; so are the others.
        cwd: See there.
        private: See there.
        environment: See there.
        beginning: What to run at once; then it is no kernel yet, and is asked for some by the channel.

    Raises:
        Gone: What would fork it has ended.
        Unfit: It cannot fork safely.
    """
    place = cwd, private, dict(environment), beginning
    if _ours is not None:
        with suppress(Gone):
            return _ours.kernel(channel, place)
    prepare()
    return _ours.kernel(channel, place)


class Forked:
    """A process of the forker; what `multiprocessing` says of a child of one's own.

    Attributes:
        pid: Its number.
    """

    def __init__(self, forker: "_Forker", pid: int) -> None:
        self.pid = pid
        self._forker, self._code = forker, None

    @property
    def exitcode(self) -> int | None:
        """How it ended: its exit status, or the negative number of a signal; None while it runs."""
        return self._ended(_exit_code)

    def join(self) -> None:
        """Wait for its end."""
        self._ended(_joined)

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:  # nobody has waited for it: its number is nobody else's
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """End it at once, with all that it has started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.kill()
        self.join()

    def _ended(self, how: Callable[[BaseProcess], int | None]) -> int | None:
        if self._code is None:
            try:
                self._code = self._forker.ask(how, self.pid)
            except Gone:  # and the system ended it with its parent
                self._code = -signal.SIGKILL
        return self._code


class Gone(OSError):  # noqa: N818 — what it is
    """What forks was killed."""

    def __str__(self) -> str:
        return "カーネルを分岐するプロセスが終わりました"


def _of_nursery() -> Connection:
    """The way to a new forker."""
    ours, theirs = Pipe()
    with theirs:
        if _nursery is not None:
            _hand_over(theirs)
        else:  # not forked from the fork server: somebody who is hands it over
            warm.process(_hand_over, (theirs,)).join()
    return ours


class _Forker:
    # A process that has run cells is itself the last kernel that it is asked for; a forker never is one.
    def __init__(self, connection: Connection, process: Forked | None = None) -> None:
        self._connection, self._process = connection, process
        self.pid, is_fit = self._answer()
        if not is_fit:
            raise Unfit

    def kernel(self, channel: socket.socket, place: tuple) -> Forked:
        try:
            self._connection.send((None, place))
            send_handle(self._connection, channel.fileno(), self.pid)
        except OSError as error:
            raise Gone from error
        pid = self._answer()
        return self._process if pid == self.pid else Forked(self, pid)

    def ask(self, how: Callable[[BaseProcess], int | None], pid: int) -> int | None:
        try:
            self._connection.send((pid, how))
        except OSError as error:
            raise Gone from error
        return self._answer()

    def _answer(self) -> Any:  # noqa: ANN401 — what was asked for
        try:
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise Gone from error
        if isinstance(answer, OSError):
            raise answer
        return answer


def _hand_over(connection: Connection) -> None:
    """Give the nursery the other end of what somebody asks; where it has ended, that is closed."""
    with suppress(OSError):
        socket.send_fds(_nursery, [b" "], [connection.fileno()])


def _exit_code(process: BaseProcess) -> int | None:
    return process.exitcode


def _joined(process: BaseProcess) -> int | None:
    process.join()
    return process.exitcode


# In a forker, and in what it forks


def _begin(connection: Connection, asked: socket.socket) -> None:
    warm.die_with_parent()
    asked.close()
    _found_open.update(warm.open_files() - {connection.fileno()})
    _serve(connection, _Forks(connection))


def _serve(connection: Connection, forks: "_Forks") -> None:
    """Fork, and tell how what was forked has ended, until whoever asks is gone."""
    with suppress(EOFError, OSError):
        connection.send((os.getpid(), True))
        while True:
            forks.get_ready()
            connection.send(forks.answer(*connection.recv()))
    os._exit(0)


def _serve_others(connection: Connection, forks: "_Forks", kernels: int) -> tuple[socket.socket, tuple]:
    """The same for all of some kernels but the last, which this process is; gives its channel and its place."""
    with suppress(EOFError, OSError):
        connection.send((os.getpid(), True))
        while True:
            pid, what = connection.recv()
            if pid is None and kernels == 1:
                channel = socket.socket(fileno=recv_handle(connection))
                connection.send(os.getpid())
                return channel, what
            kernels -= pid is None
            connection.send(forks.answer(pid, what))
    os._exit(0)


class _Forks:
    """The kernels that a forker has forked, and one more that waits to be told its place."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kernels: dict[int, BaseProcess] = {}
        self._next: _Waiting | None = None

    def get_ready(self) -> None:
        """Have one that waits: the time of forking it is nobody's."""
        if self._kernels:
            with suppress(Exception):  # what is wrong the kernel finds for itself, and says it
                import_module(warm.ONCE_AT_WORK)
        if self._next is None:
            with suppress(OSError):
                self._next = _Waiting()

    def answer(self, pid: int | None, what: object) -> int | OSError | None:
        """The number of a new kernel in a place, or what is asked of the one of a number."""
        return self._kernel(what) if pid is None else self._asked(pid, what)

    def _kernel(self, place: tuple) -> int | OSError:
        """The channel comes behind the question."""
        with socket.socket(fileno=recv_handle(self._connection)) as channel:
            self._prepare(place[2])
            forked, self._next = self._next, None
            try:
                if forked is None or not forked.told(channel, place):
                    forked = _Waiting()
                    forked.told(channel, place)
            except OSError as error:
                return error
        self._kernels[forked.process.pid] = forked.process
        return forked.process.pid

    def _asked(self, pid: int, how: Callable[[BaseProcess], int | None]) -> int | None:
        """What is asked of one; when it has ended, it is forgotten."""
        if (code := how(self._kernels[pid])) is not None:
            self._kernels.pop(pid).close()
        return code

    def _prepare(self, environment: Mapping[str, str]) -> None:
        from helpers.run.kernels import child  # noqa: PLC0415 — not where kernels are plain

        try:
            is_another = child.prepare(environment)
        except Exception:  # noqa: BLE001 — what is wrong the kernel finds for itself, and says it
            is_another = True
        if is_another and self._next is not None:
            self._next.end()
            self._next = None


class _Waiting:
    """A process that waits to be told its place, and is the kernel there."""

    def __init__(self) -> None:
        self._ours, theirs = Pipe()
        with theirs:
            self.process = get_context("fork").Process(target=_wait, args=(theirs,))
            self.process.start()

    def told(self, channel: socket.socket, place: tuple) -> bool:
        """Whether it lived to hear it."""
        with self._ours:
            try:
                self._ours.send(place)
                send_handle(self._ours, channel.fileno(), self.process.pid)
            except OSError:
                self.end()
                return False
            return True

    def end(self) -> None:
        """End it: what it would be is of no use."""
        self._ours.close()
        self.process.kill()
        self.process.join()


def _wait(told: Connection) -> None:
    warm.die_with_parent()
    _close_all_but({told.fileno(), parent_process().sentinel, *_found_open})
    warm.collect_rarely()  # and what others left to be thrown away would speak up in a cell of this notebook
    os.setsid()
    with told:
        *place, beginning = told.recv()
        channel = socket.socket(fileno=recv_handle(told))
    from helpers.run.kernels import child  # noqa: PLC0415 — not where kernels are plain

    if beginning is not None:
        with Connection(channel.detach()) as connection:
            if not child.begin(beginning.cells, *place):
                connection.send((os.getpid(), False))
                return
            channel, (*place, _) = _serve_others(connection, _Forks(connection), beginning.kernels)
    child.run(channel, *place)
