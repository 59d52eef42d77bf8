"""Pages made by processes of their own, as many at a time as there are callers.

A worker runs papermill and nbconvert and has a fresh child forked for the cells of each notebook. It never runs a cell
itself, so that it can be kept for the next page.
"""

import gc
import os
import signal
import tempfile
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize, get_temp_dir
from pathlib import Path

from helpers.run import warm
from helpers.run.kernels import forker
from helpers.run.kernels.forker import Unfit
from helpers.run.render import ended

END_SECONDS = 2  # a process that has closed its end is about to end


class Gone(Exception):  # noqa: N818 — what it is
    """The worker died; how, as the end of a sentence.

    Attributes:
        is_starting: Whether it had not begun.
    """

    is_starting = False


class _GoneAtStart(Gone):
    is_starting = True


def call(function: Callable, *arguments: object, **options: object) -> object:
    """What a function gives, or raises, in a worker.

    Args:
        function: One that a module has by its name.
        arguments: Its arguments.
        options: Its options.

    Raises:
        Gone: The worker was killed.
        Unfit: None can be had here.
    """
    worker = _taken()
    try:
        is_raised, answer = worker.ask((dict(os.environ), function, arguments, options))
    except (EOFError, OSError) as error:
        how = worker.ended()
        _end(worker)
        raise Gone(str(how)) from error
    except BaseException:
        _end(worker)
        raise
    _give_back(worker)
    if is_raised:
        raise answer
    return answer


def helped(function: Callable, *arguments: object, **options: object) -> object:
    """What a function gives, or raises: in a worker where one has nothing to do, since it has imported what pages need, else here."""
    if _IDLE:
        with suppress(Gone, Unfit):
            return call(function, *arguments, **options)
    return function(*arguments, **options)


def stop() -> None:
    """End all workers at once, those that are about to begin included, and their notebooks with them."""
    global _stopped  # noqa: PLW0603 — one a process
    with _CHANGING:
        _stopped += 1
        workers = [*_BUSY, *_IDLE]
        _IDLE.clear()
    for worker in workers:
        worker.end()


class _Worker:
    def __init__(self) -> None:
        self.process: BaseProcess | None = None
        self._has_begun = False
        self._killed_before = ended.killed_for_memory()
        self._said = Path(get_temp_dir(), f"worker-{uuid.uuid4().hex}.log")
        self._connection, theirs = Pipe()
        stopped = _stopped
        try:
            with theirs:
                self.process = warm.process(serve, (theirs, str(self._said)))
            with _CHANGING:
                _BUSY.add(self)
                if _stopped != stopped:
                    raise _GoneAtStart("は、始まる前に止められました。")
            if not self._connection.recv():
                raise Unfit
            self._has_begun = True
        except (EOFError, OSError) as error:
            how = self.ended()
            _end(self)
            raise _GoneAtStart(str(how)) from error
        except BaseException:
            _end(self)
            raise

    def ask(self, question: tuple) -> tuple[bool, object]:
        self._killed_before = ended.killed_for_memory()
        self._connection.send(question)
        return self._connection.recv()

    def ended(self) -> ended.Ended:
        """How it died, once it is known to have; where it never began, how what it is forked from did."""
        code = None
        if self.process is not None:
            self.process.join(END_SECONDS)
            code = self.process.exitcode
        said = ended.read(self._said)
        if not self._has_begun:
            said = said or ended.read(warm.said_by_server())
        if code in {None, ended.OF_SERVER_GONE}:
            code = warm.status_of_server(END_SECONDS)
        return ended.Ended(code, said, ended.killed_for_memory() > self._killed_before)

    def end(self) -> None:
        if self.process is not None:
            with suppress(ValueError):  # ended already
                self.process.kill()
                self.process.join()
        self._said.unlink(missing_ok=True)


_BUSY: set[_Worker] = set()
_IDLE: list[_Worker] = []
_CHANGING = threading.Lock()
_stopped = 0  # how often


def _taken() -> _Worker:
    with _CHANGING:
        worker = _IDLE.pop() if _IDLE else None
    if worker is None or not worker.process.is_alive():
        return _Worker()
    with _CHANGING:
        _BUSY.add(worker)
    return worker


def _end(worker: _Worker) -> None:
    with _CHANGING:
        _BUSY.discard(worker)
    worker.end()


def _give_back(worker: _Worker) -> None:
    with _CHANGING:
        _BUSY.discard(worker)
        _IDLE.append(worker)


def serve(connection: Connection, said: str) -> None:
    """Answer questions until whoever asks is gone; then end without a word, since nobody is there to hear it.

    Args:
        connection: Where questions come from and answers go.
        said: The file for all that is said besides.
    """
    warm.say_in(said)
    warm.die_with_parent()
    warm.let_go_of_server()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks ends the workers
    with suppress(EOFError, OSError):
        connection.send(_can_fork())
        warm.collect_rarely()
        while True:
            environment, function, arguments, options = connection.recv()
            with suppress(OSError):  # its last words are those of this question, not what an earlier page left behind
                os.ftruncate(2, 0)
            os.environ.clear()
            os.environ.update(environment)
            tempfile.tempdir = None  # the folder of this question, not of the last
            try:
                answer = (False, function(*arguments, **options))
            except Exception as error:  # noqa: BLE001 — raised again where it was asked
                answer = (True, error)
            connection.send(answer)
            del answer, function, arguments, options
            gc.collect()  # seldom by itself here: between two pages nobody waits for it, and a long run stays as small


def _can_fork() -> bool:
    """Whether kernels can be forked safely, and this process was."""
    if warm.threads(os.getppid()) != 1:
        return False
    try:
        forker.prepare()
    except Unfit:
        return False
    except forker.Gone:  # which has said why; the fork server ends with it
        os._exit(1)
    return True


# Before multiprocessing waits for its children, which wait for questions; also where this is a child of it itself.
Finalize(None, stop, exitpriority=0)
