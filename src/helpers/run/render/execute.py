"""A notebook is run by papermill and judged by what its kernel answered, cell by cell."""

import asyncio
import json
import logging
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple
from weakref import WeakSet

import nbclient.client
import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillException, PapermillExecutionError
from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors, remove_error_markers
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets import default

from helpers.run import interpreter
from helpers.run.kernels import forked, forker
from helpers.run.render import canonical, ended, plain_cells
from helpers.run.render.faults import Failed, Refused
from helpers.run.warm import SOURCES, environment, limit_memory
from helpers.terms import Refusal

KERNEL = "python3"
KERNEL_LOG = "kernel.log"
# Outputs are held several times over by whoever makes the page.
OUTPUT_SHARE = 8
UNKNOWN = ended.Ended(None)
# A plain kernel is given ports that are free; another process may take one before it does.
PORT_TAKEN = "Address already in use"
STARTS = 3
SPECIAL = {"skip-execution", "raises-exception"}  # tags of nbclient's
# What was written over in a line (`\r`) is left out by nbclient, which looks for it from each letter: a line of 200,000 took 25 seconds.
nbclient.client._RGX_CARRIAGERETURN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)  # noqa: SLF001 — the same, from its beginning only
# papermill says again, in a log, what is raised here; without a handler Python would print it.
logging.getLogger("papermill").addHandler(logging.NullHandler())


def executed(
    notebook: Path,
    parameters: Mapping[str, object],
    *,
    cell_seconds: int,
    start_seconds: int,
    memory: int | None = None,
    is_forked: bool = False,
) -> NotebookNode:
    """The canonical notebook after every cell has run to its end.

    Args:
        notebook: Its file.
        parameters: All of them.
        cell_seconds: How long one cell may take.
        start_seconds: How long the kernel may take to start.
        memory: How many bytes the kernel may take, where the system can hold it to that; all there is where None.
        is_forked: Whether its kernel is a child of a process that has everything imported, or a process from scratch.

    Raises:
        Refused: A cell raised a `Refusal`.
        Failed: A cell failed, ended the run, took too long, or its kernel did not start or was killed.
    """
    limits = {"cell_seconds": cell_seconds, "start_seconds": start_seconds, "memory": memory, "is_forked": is_forked}
    sentence = ""
    for _ in range(STARTS):
        try:
            return _executed(_ready(notebook, parameters), **limits)
        except _PortTaken as taken:
            sentence = str(taken)
    raise Failed(sentence, may_pass=True)


def in_turn(
    asked: Sequence[tuple[Path, Mapping[str, object]]],
    *,
    cell_seconds: int,
    start_seconds: int,
    memory: int | None = None,
) -> list[NotebookNode | Exception]:
    """For each of several notebooks what `executed` gives or raises, by forked kernels; the plain cells that all begin with are run once.

    Args:
        asked: Files and their parameters.
        cell_seconds: As `executed` has it; so are the others.
        start_seconds: See there.
        memory: See there.
    """
    limits = {"cell_seconds": cell_seconds, "start_seconds": start_seconds, "memory": memory, "is_forked": True}
    ready = [_ready(*one) for one in asked]
    cells = [forked.request(cell) for cell in _beginning([one.prepared for one in ready])]
    begun = partial(forker.begun, cells, len(ready), seconds=cell_seconds, memory=memory)
    runs: list[NotebookNode | Exception] = []
    with _own_folder() as folder, begun(folder, environment(folder)) if cells else nullcontext():
        for one in ready:
            shutil.rmtree(folder, ignore_errors=True)  # a new one: whoever still writes into the former is alone there
            Path(folder).mkdir(mode=0o700)
            try:
                runs.append(_executed(one, place=folder, **limits))
            except (Refused, Failed) as error:
                runs.append(error)
    return runs


def _beginning(notebooks: Sequence[NotebookNode]) -> list[str]:
    """The cells that all of several notebooks begin with, up to the first that does more than `plain_cells` knows of."""
    if len(notebooks) == 1:
        return []
    code = [[cell for cell in one.cells if cell.cell_type == "code" and cell.source.strip()] for one in notebooks]
    alike = takewhile(
        lambda cells: len({cell.source for cell in cells}) == 1 and not any(map(_is_special, cells)),
        zip(*code, strict=False),
    )
    return list(plain_cells.first(cell.source for cell, *_ in alike))


def _is_special(cell: NotebookNode) -> bool:
    """Whether nbclient asks the kernel for it in another way, or not at all."""
    return not SPECIAL.isdisjoint(cell.metadata.get("tags", []))


class _Ready(NamedTuple):
    """A notebook before it is run.

    Attributes:
        name: Of its file.
        parameters: As given.
        ids: Of its cells, as they stand there; None where one has none.
        prepared: As papermill runs it.
    """

    name: str
    parameters: Mapping[str, object]
    ids: frozenset[str | None]
    prepared: NotebookNode


def _ready(notebook: Path, parameters: Mapping[str, object]) -> _Ready:
    ids = frozenset(cell.get("id") for cell in json.loads(notebook.read_bytes())["cells"])
    # papermill's own steps without the last: it would write the notebook into nowhere.
    prepared = load_notebook_node(str(notebook.absolute()))  # "-" would be what is typed
    if parameters:
        prepared = parameterize_notebook(prepared, dict(parameters), kernel_name=KERNEL, language="python")
    return _Ready(notebook.name, parameters, ids, prepare_notebook_metadata(prepared, None, None))


@contextmanager
def _own_folder() -> Iterator[str]:
    """A folder for a kernel and its files, as the kernel will call it."""
    with tempfile.TemporaryDirectory(prefix="gyokaku-") as made:
        yield str(Path(made).resolve())


def _executed(
    ready: _Ready,
    *,
    cell_seconds: int,
    start_seconds: int,
    memory: int | None,
    is_forked: bool,
    place: str | None = None,
) -> NotebookNode:
    run = _Run(ready.name)
    kernel = _with_memory(_Forked if is_forked else _ThisPython, memory)
    killed_before = ended.killed_for_memory()
    with _own_folder() if place is None else nullcontext(place) as folder, _event_loop_closed():
        error: Exception | None = None
        try:
            done = papermill_engines.execute_notebook_with_engine(
                None,
                ready.prepared,
                KERNEL,
                progress_bar=False,
                start_timeout=start_seconds,
                execution_timeout=cell_seconds,
                kernel_manager_class=kernel,
                resources={"metadata": {"path": folder}},  # not papermill's `cwd`, which moves this whole process
                force_raise_errors=True,
                coalesce_streams=True,
                record_timing=False,
                shutdown_kernel="immediate",
                on_notebook_start=run.start,
                on_cell_start=run.begin,
                on_cell_executed=run.note,
            )
            raise_for_execution_errors(done, None)
        except (PapermillException, RuntimeError, OSError, zmq.ZMQError) as raised:
            error = raised
        is_for_memory = ended.killed_for_memory() > killed_before
        how = ended.Ended(kernel.exit_code, ended.read(Path(folder, KERNEL_LOG)), is_for_memory)
        if run.notebook is None:
            kind = _PortTaken if PORT_TAKEN in how.said else Failed
            raise kind(f"{ready.name}: {_not_started(error, how)}", may_pass=True)
        if is_forked and kernel.is_too_much and (cell := run.stopped_at()):
            error, cell["outputs"] = _TooMuchOutput(kernel.most_output), []  # nobody reads them, and they take minutes
        node = canonical.node(
            remove_error_markers(run.notebook), ready.ids, ready.parameters, folder=folder, sources=SOURCES
        )
    if error is None and run.stopped_at() is None:
        return node
    if isinstance(error, PapermillExecutionError) and error.ename == Refusal.__name__:
        raise Refused(*error.evalue.splitlines(), notebook=canonical.to_bytes(node))
    was_killed = isinstance(error, DeadKernelError) and not run.asked_to_exit()
    raise Failed(run.sentence(error, cell_seconds, memory, how), canonical.to_bytes(node), may_pass=was_killed)


class _PortTaken(Failed):
    """A kernel found one of its ports taken, and has run nothing."""


@contextmanager
def _event_loop_closed() -> Iterator[None]:
    """nbclient makes an event loop for the thread it runs in, and leaves it open."""
    try:
        yield
    finally:
        if not (loop := ensure_event_loop()).is_running():
            loop.close()
            asyncio.set_event_loop(None)


def stop() -> None:
    """End all kernels at once: a run that is interrupted does not wait for its cells."""
    for manager in list(_RUNNING):
        if manager.has_kernel and (process := manager.provisioner.process):
            process.kill()


class _Run:
    """What the kernel answered. Papermill's own record says `completed` of cells that never ran."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notebook: NotebookNode | None = None
        self._ended_well: set[str] = set()
        self._asked_to_exit: set[str] = set()

    def start(self, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def begin(self, cell: NotebookNode, **_: object) -> None:
        """No cell is timed: papermill would read from words when it began, which takes a tenth of its own time."""
        cell.metadata.papermill.pop("start_time")

    def note(self, cell: NotebookNode, execute_reply: dict, **_: object) -> None:
        answer = execute_reply["content"]
        if any(payload.get("source") == "ask_exit" for payload in answer.get("payload", [])):
            self._asked_to_exit.add(cell["id"])
        elif answer["status"] == "ok" and all(output.output_type != "error" for output in cell.outputs):
            self._ended_well.add(cell["id"])

    def stopped_at(self) -> NotebookNode | None:
        """The first cell that did not run to its end."""
        cells = (cell for cell in self.notebook.cells if cell.cell_type == "code" and cell.source.strip())
        return next((cell for cell in cells if cell["id"] not in self._ended_well), None)

    def asked_to_exit(self) -> bool:
        """Whether the kernel ended because a cell said so; on a busy machine it may be gone before the next cell is sent."""
        return bool(self._asked_to_exit)

    def sentence(
        self, error: Exception | None, cell_seconds: int, memory: int | None = None, how: ended.Ended = UNKNOWN
    ) -> str:
        """Notebook, cell and what happened, for the clerk and whoever helps."""
        cell = self.stopped_at()
        if cell is None:
            return f"{self.name}: 最後のセルの後でカーネルが止まりました（{error if how.code is None else f'カーネル{how}'}）。"
        number = self.notebook.cells.index(cell) + 1
        where = f"{self.name} の{number}番目のセル {cell['id']}（{cell.source.strip().splitlines()[0]}）"
        if self.asked_to_exit() and not isinstance(error, CellTimeoutError | PapermillExecutionError):
            error = None
        return f"{where}: {_what(error, cell_seconds, memory, how)}"


class _TooMuchOutput(Exception):  # noqa: N818 — what it is
    """A cell went on saying things."""

    def __str__(self) -> str:
        return f"出力が上限（{self.args[0] // 2**20:,} MiB）を超えたので止めました。表示を減らしてください。"


def _not_started(error: Exception | None, how: ended.Ended) -> str:
    if how.code is not None:
        return f"カーネルが始まりません。そのプロセス{how}"
    said = ended.last(how.said) or f"{sys.executable} で ipykernel が動くか確かめてください。"
    return f"カーネルが始まりません（{error}）。{said}"


def _what(error: Exception | None, cell_seconds: int, memory: int | None, how: ended.Ended) -> str:
    if isinstance(error, CellTimeoutError):
        return f"{cell_seconds}秒で終わりませんでした。"
    if isinstance(error, DeadKernelError):
        return _over_memory(memory) if memory and how.is_out_of_memory() else f"カーネル{how}"
    if isinstance(error, _TooMuchOutput):
        return str(error)
    if isinstance(error, PapermillExecutionError):
        return _raised(error, memory)
    if error is None:
        return "最後まで進まないうちに、ここで終わりました（exit など）。"
    return f"{type(error).__name__}: {error}"


def _raised(error: PapermillExecutionError, memory: int | None) -> str:
    if error.ename.endswith("MemoryError"):  # numpy's own name of it ends so, too
        return _over_memory(memory)
    if not error.evalue and error.ename == CellExecutionError.__name__:
        return "誤りがありましたが、カーネルはその内容を伝えられませんでした。理由は分かりません。"
    return f"{error.ename}: {error.evalue}"


def _over_memory(memory: int | None) -> str:
    """What to say of a page that asked for more than it may have, or than there is."""
    if memory is None:
        return "メモリーが足りません。データを減らしてください。"
    return f"メモリーの上限（{memory // 2**20:,} MiB）を超えました。データを減らすか、--memory で上限を上げてください。"


def _with_memory(kernel: type, memory: int | None) -> type:
    """The same kind of kernel, held to so many bytes and a part of them in outputs; papermill is given a class."""
    most_output = memory and memory // OUTPUT_SHARE
    return type(kernel)(kernel.__name__, (kernel,), {"memory": memory, "most_output": most_output, "exit_code": None})


class _ThisPython(AsyncKernelManager):
    """Starts this very interpreter, whatever kernels a user has registered, in the same environment everywhere."""

    exit_code: int | None = None  # of the class, as that of a forked one

    @default("transport_encryption")
    def _encrypted(self) -> str:
        return "auto" if zmq.has("curve") else "disabled"

    @property
    def kernel_spec(self) -> KernelSpec:
        spec = get_kernel_dict()
        # The folder it starts in is its own and holds nothing of anybody's; IPython leaves it out of the path with `-P`.
        return KernelSpec(**spec | {"argv": [spec["argv"][0], *interpreter.flags(), *spec["argv"][1:]]})

    async def is_alive(self) -> bool:
        process = self.provisioner and self.provisioner.process
        if process and (code := process.poll()) is not None:
            type(self).exit_code = code
        return await super().is_alive()

    async def start_kernel(self, *, cwd: str, **options: object) -> None:
        self.connection_file = str(Path(cwd, "connection.json"))  # with keys in it, so it goes when the folder goes
        _RUNNING.add(self)
        with Path(cwd, KERNEL_LOG).open("wb") as log:
            await super().start_kernel(cwd=cwd, env=environment(cwd), stdout=log, stderr=subprocess.STDOUT, **options)
        limit_memory(self.provisioner.pid, self.memory)


class _Forked(forked.ForkedKernel):
    """The same environment; the folder it runs in holds its files, and goes with them."""

    async def start_kernel(self, **options: object) -> None:
        await super().start_kernel(**options)
        limit_memory(self._process.pid, self.memory)

    def surroundings(self, cwd: str) -> tuple[str, dict[str, str]]:
        return cwd, environment(cwd)

    def forget(self, private: str) -> None:
        """Left to whoever made the folder."""


_RUNNING: WeakSet[_ThisPython] = WeakSet()
