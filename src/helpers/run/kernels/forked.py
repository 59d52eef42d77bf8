"""A kernel that is a fresh child of a process which has everything imported: what nbclient asks of a kernel manager."""

import asyncio
import base64
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import Empty

from jupyter_client import AsyncKernelManager
from jupyter_client.session import Session
from nbformat import NotebookNode

from helpers.run import warm
from helpers.run.kernels import forker
from helpers.terms.json import loaded

READ_AT_ONCE = 2**20


def request(code: str, *, store_history: bool = True, stop_on_error: bool = True) -> dict[str, object]:
    """The content of the request that a kernel runs a cell for."""
    how = {"silent": False, "store_history": store_history, "stop_on_error": stop_on_error}
    return {"code": code, "user_expressions": {}, "allow_stdin": False, **how}


class ForkedKernel(AsyncKernelManager):
    """Starts, asks and ends one forked kernel.

    Attributes:
        most_output: How many bytes of messages are heard before it is ended; any number where None.
        is_too_much: Said of the class, which nbclient makes the kernel of: whether one was ended for that.
        exit_code: Said of the class, too: how one ended that was not told to.
    """

    most_output: int | None = None
    is_too_much = False
    exit_code: int | None = None

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._process: forker.Forked | None = None
        self._channel: socket.socket | None = None
        self._private = ""

    @property
    def has_kernel(self) -> bool:
        """Whether one was started and not ended."""
        return self._process is not None

    @property
    def ipykernel(self) -> bool:
        """Whether it takes ipykernel's command line: there is none."""
        return False

    async def start_kernel(self, *, cwd: str = "", **_: object) -> None:
        """Fork it; `client` waits until it answers."""
        cwd = cwd or str(Path.cwd())
        self._private, surroundings = self.surroundings(cwd)
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = forker.kernel(theirs, cwd, self._private, surroundings)

    def surroundings(self, _cwd: str) -> tuple[str, dict[str, str]]:
        """A folder for the kernel's files and its environment: that of every kernel, but charts are shown where cells make them."""
        private = tempfile.mkdtemp(prefix="gyokaku-")
        surroundings = warm.environment(private)
        surroundings.pop("MPLBACKEND")
        return private, surroundings | {name: value for name, value in os.environ.items() if name == "MPLBACKEND"}

    def client(self, **_: object) -> "_Client":
        """Who asks it and hears its answers."""
        return _Client(self)

    async def is_alive(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and not self._has_ended()

    def _has_ended(self) -> bool:
        if (code := self._process.exitcode) is not None:
            type(self).exit_code = code
        return code is not None

    async def interrupt_kernel(self) -> None:
        """Ctrl-C for the cell that runs."""
        os.kill(self._process.pid, signal.SIGINT)

    async def shutdown_kernel(self, *_: object, **__: object) -> None:
        """End it at once, whatever is asked: it keeps nothing that would have to be saved."""
        self.kill()

    async def _async_cleanup_resources(self, *_: object, **__: object) -> None:
        self.kill()

    cleanup_resources = _async_cleanup_resources

    def kill(self) -> None:
        """End the kernel and what its cells started."""
        if self._process is None:
            return
        self._has_ended()
        self._process.end()
        self._process = None
        if Path(self._private).name.startswith("gyokaku-"):
            self.forget(self._private)

    def forget(self, private: str) -> None:
        """Take the kernel's own folder away."""
        shutil.rmtree(private, ignore_errors=True)


class _Client:
    """What nbclient asks of a kernel client."""

    allow_stdin = False

    def __init__(self, manager: ForkedKernel) -> None:
        self.session = Session()
        self.shell_channel, self.iopub_channel = _Channel(self), _Channel(self)
        self._manager, self._socket = manager, manager._channel  # noqa: SLF001
        self._socket.setblocking(False)
        self._received, self._to_send = bytearray(), bytearray()
        self._searched, self._heard = 0, 0
        self._is_ready = asyncio.Event()
        self._over = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def start_channels(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._receive)

    def stop_channels(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._loop = None
        self._socket.close()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        try:
            await asyncio.wait_for(self._is_ready.wait(), timeout)
        except TimeoutError:
            raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None
        if self._over:
            raise RuntimeError("Kernel died before replying to kernel_info")

    async def is_alive(self) -> bool:
        return not self._over and await self._manager.is_alive()

    def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True, **_: object) -> str:
        return self._ask("execute_request", request(code, store_history=store_history, stop_on_error=stop_on_error))

    def kernel_info(self) -> str:
        return self._ask("kernel_info_request", {})

    def _ask(self, kind: str, content: Mapping[str, object]) -> str:
        message = self.session.msg(kind, dict(content))
        self.send(message)
        return message["header"]["msg_id"]

    def send(self, message: dict) -> None:
        self._to_send += self.session.pack(message) + b"\n"
        if not self._over:
            self._loop.add_writer(self._socket, self._write)

    def _write(self) -> None:
        with suppress(BlockingIOError, OSError):  # that the kernel is over is told to the reader
            del self._to_send[: self._socket.send(self._to_send)]
        if not self._to_send or self._over:
            self._loop.remove_writer(self._socket)

    def _receive(self) -> None:
        try:
            received = self._socket.recv(READ_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        self._heard += len(received)
        if self._manager.most_output is not None and self._heard > self._manager.most_output:
            self._received.clear()
            type(self._manager).is_too_much = True
            self._manager.kill()
            received = b""
        if not received:
            self._end()
            return
        self._received += received
        while (end := self._received.find(b"\n", self._searched)) >= 0:
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            self._searched = 0
            self._take(line)
        self._searched = len(self._received)

    def _take(self, line: bytes) -> None:
        if line == b"{}":
            self._is_ready.set()
            return
        frame = loaded(line, self.session.unpack)
        message = frame["message"]
        message["header"]["date"] = datetime.fromisoformat(message["header"]["date"])  # the one that nbclient reads
        message["buffers"] = [base64.b64decode(buffer) for buffer in frame["buffers"]]
        # Given as it is, nbformat would make a node of each row of a table that is sent as JSON.
        if isinstance(data := message["content"].get("data"), dict):
            message["content"]["data"] = NotebookNode(data)
        channel = self.shell_channel if frame["channel"] == "shell" else self.iopub_channel
        channel.put(message)

    def _end(self) -> None:
        self._over = True
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._is_ready.set()  # whoever waits for a reply asks each second whether the kernel is alive


class _Channel:
    """Messages of one kind, in order."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        self._queue: asyncio.Queue[dict] = asyncio.Queue()

    def put(self, message: dict) -> None:
        self._queue.put_nowait(message)

    async def get_msg(self, timeout: float | None = None) -> dict:
        try:
            async with asyncio.timeout(timeout):  # `wait_for` makes a task of each message
                return await self._queue.get()
        except TimeoutError:
            raise Empty from None

    def send(self, message: dict) -> None:
        self._client.send(message)
