"""A process that does nothing but fork kernels for a worker.

What is forked shares the memory of whoever forked it until either writes there; then the system copies. A worker writes much
for each page and would copy some five thousand pieces of memory after each fork. This process stands still. It has one
thread for ever, so that forking it is safe whatever libraries do in the worker.
"""

import os
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing import Pipe, current_process, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any

from helpers.run import warm

_ours: "_Forker | None" = None


def prepare() -> None:
    """Have one for this process, which has everything imported; none where it has threads already, of which a fork is not safe."""
    global _ours  # noqa: PLW0603 — one a process
    _ours = _Forker() if warm.threads(os.getpid()) == 1 else None


def kernel(channel: socket.socket, cwd: str, private: str, environment: Mapping[str, str]) -> "Forked | BaseProcess":
    """A new kernel in a process that has everything imported: of the forker of this process, else of the fork server.

    Args:
        channel: As `child.run` says; so are the others.
        cwd: See there.
        private: See there.
        environment: See there.
    """
    from helpers.run.render import child  # noqa: PLC0415 — not where kernels are plain

    if _ours is not None:
        with suppress(_Gone):
            return _ours.kernel(channel, (cwd, private, environment))
        prepare()
    if _ours is not None:
        return _ours.kernel(channel, (cwd, private, environment))
    return warm.process(child.run, (channel, cwd, private, environment))


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

    def close(self) -> None:
        """Nothing is kept of one that has ended."""

    def _ended(self, how: Callable[[BaseProcess], int | None]) -> int | None:
        if self._code is None:
            try:
                self._code = self._forker.ask(how, self.pid)
            except _Gone:  # and the system ended it with its parent
                self._code = -signal.SIGKILL
        return self._code


class _Gone(OSError):  # noqa: N818 — what it is
    """The forker was killed."""

    def __str__(self) -> str:
        return "カーネルを分岐するプロセスが終わりました"


class _Forker:
    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            # It ends with whoever asks, which does not wait for it.
            self._process = get_context("fork").Process(target=_serve, args=(theirs, self._connection), daemon=True)
            self._process.start()

    def kernel(self, channel: socket.socket, arguments: tuple) -> Forked:
        try:
            self._connection.send((None, arguments))
            send_handle(self._connection, channel.fileno(), self._process.pid)
        except OSError as error:
            raise _Gone from error
        return Forked(self, self._answer())

    def ask(self, how: Callable[[BaseProcess], int | None], pid: int) -> int | None:
        try:
            self._connection.send((pid, how))
        except OSError as error:
            raise _Gone from error
        return self._answer()

    def _answer(self) -> Any:  # noqa: ANN401 — what was asked for
        try:
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise _Gone from error
        if isinstance(answer, OSError):
            raise answer
        return answer


def _exit_code(process: BaseProcess) -> int | None:
    return process.exitcode


def _joined(process: BaseProcess) -> int | None:
    process.join()
    return process.exitcode


def _serve(connection: Connection, theirs: Connection) -> None:
    """Fork, and tell how what was forked has ended, until whoever asks is gone."""
    warm.die_with_parent()
    theirs.close()
    current_process()._config["daemon"] = False  # noqa: SLF001 — or it could have no children
    forked: dict[int, BaseProcess] = {}
    with suppress(EOFError, OSError):
        while True:
            pid, asked = connection.recv()
            if pid is None:
                connection.send(_started(connection, asked, forked))
            elif (code := asked(forked[pid])) is None:
                connection.send(None)
            else:
                forked.pop(pid).close()
                connection.send(code)
    os._exit(0)


def _started(connection: Connection, arguments: tuple, forked: dict[int, BaseProcess]) -> int | OSError:
    from helpers.run.render import child  # noqa: PLC0415 — not where kernels are plain

    with socket.socket(fileno=recv_handle(connection)) as channel:
        with suppress(Exception):  # what is wrong the kernel finds for itself, and says it
            child.prepare(arguments[-1])
        process = get_context("fork").Process(target=_run, args=(connection, channel, *arguments))
        try:
            process.start()
        except OSError as error:
            return error
    forked[process.pid] = process
    return process.pid


def _run(connection: Connection, *arguments: object) -> None:
    from helpers.run.render import child  # noqa: PLC0415

    connection.close()  # of the forker
    child.run(*arguments)
