"""Pages made by the workers of a Dask cluster: what a page is made of travels with its task, and the page comes back whole.

Nothing is published there. Whoever asked checks and publishes what comes back, as if it had been made here. Workers are
taken as they come and go; the cluster is started and ended with Dask's own commands.
"""

import asyncio
import io
import logging
import os
import tempfile
import threading
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from helpers.run.batch import memory
from helpers.run.batch.due import environment
from helpers.terms import Refusal

if TYPE_CHECKING:
    from distributed import Client, Future

    from helpers.run.batch.year_set import Made

CONNECT_SECONDS = 10
FIRST_WORKER_SECONDS = 10
# How long a run waits for another worker once none is left; a nanny needs seconds for a new one, a person minutes.
ALONE_SECONDS = 120
LOOK_SECONDS = 5
# Some tasks wait at the workers, so that none is idle while a page travels.
TASKS_PER_THREAD = 2
TOPIC = "gyokaku"
START = "起動のしかたは docs/decisions/0010-a-cluster.md にあります"


@dataclass(frozen=True)
class Parcel:
    """Everything that one page is made of.

    Attributes:
        environment: Package and libraries of whoever asks: the page is made by the same or not at all.
        notebook: Its file's name and content.
        given: The parameters but the folders.
        folders: By parameter, files to be found in that folder, packed.
        limits: How long a cell and a start may take.
        engine: How cells are run.
    """

    environment: Mapping[str, str]
    notebook: tuple[str, bytes]
    given: Mapping[str, object]
    folders: Mapping[str, bytes]
    limits: Mapping[str, object]
    engine: str | None


@dataclass
class Answer:
    """What became of a page at a worker: the page, or what was raised; both as values, so that no task ever fails.

    Attributes:
        worker: The address of who made it.
        is_other: Whether that worker is of another version and has made nothing.
    """

    worker: str
    page: "Made | None" = None
    raised: Exception | None = None
    is_other: bool = False


def packed(files: Mapping[str, Path]) -> bytes:
    """Files by their path in a folder, as one piece; a file that is missing is left out."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            with suppress(FileNotFoundError):
                archive.writestr(name, path.read_bytes())
    return written.getvalue()


# At a worker


@cache
def version_here() -> dict[str, str]:
    """Package and libraries of this process, as they were when it was first asked: what is imported does not change after."""
    return environment()


def made(parcel: Parcel) -> Answer:
    """The page of a parcel. Runs in a thread of a Dask worker; the cells run in a process of their own, as everywhere."""
    from distributed import get_worker  # noqa: PLC0415 — an extra

    worker = get_worker()
    worker.log_event(TOPIC, {"task": worker.get_current_task(), "worker": worker.address})
    if parcel.environment != version_here():
        return Answer(worker.address, is_other=True)
    _keep_files_in(worker.local_directory)
    with tempfile.TemporaryDirectory(prefix="parcel-") as folder:
        try:
            return Answer(worker.address, page=_page(parcel, Path(folder)))
        except Exception as error:  # noqa: BLE001 — raised again where it was asked
            return Answer(worker.address, raised=error)


def _page(parcel: Parcel, folder: Path) -> "Made":
    given = dict(parcel.given)
    for parameter, files in parcel.folders.items():
        given[parameter] = str((folder / parameter).resolve())
        with zipfile.ZipFile(io.BytesIO(files)) as archive:
            archive.extractall(folder / parameter)
    name, content = parcel.notebook
    notebook = folder / name
    notebook.write_bytes(content)
    limits = {**parcel.limits, "memory": parcel.limits.get("memory") or _share_of_memory()}
    return _render().page(notebook, given, **limits, engine=parcel.engine)


def _share_of_memory() -> int | None:
    """Of what Dask gives this worker, which is a share of its machine, for each of its threads."""
    from distributed import get_worker  # noqa: PLC0415 — an extra

    worker = get_worker()
    return memory.of_one(worker.state.nthreads, whole=worker.memory_manager.memory_limit)


def _keep_files_in(folder: str) -> None:
    """Temporary files lie where Dask clears up after a worker that was killed."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    if tempfile.tempdir != folder:
        import multiprocessing.util  # noqa: PLC0415

        multiprocessing.util.get_temp_dir()  # where the fork server listens: a path of a socket must be short
        tempfile.tempdir = os.environ["TMPDIR"] = folder


# Where the run is


@dataclass
class Cluster:
    """The workers at an address; nobody is asked before `ready`."""

    address: str
    _client: "Client | None" = None
    _others: set[str] = field(default_factory=set)
    _begun: Counter = field(default_factory=Counter)
    _begun_at: dict[str, str] = field(default_factory=dict)
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _looked: float = 0
    _alone_since: float | None = None

    def ready(self) -> int:
        """Connect, and see that everyone is of this version; gives how many pages to ask for at a time.

        Raises:
            Refusal: The extra is missing, nobody answers, there is no worker, or one is of another version.
        """
        if self._client is None:
            self._client = _connected(self.address)
            self._client.subscribe_topic(TOPIC, self._note)
        _refuse_other_versions(self._client)
        return TASKS_PER_THREAD * max(1, sum(self._client.nthreads().values()))

    def page(
        self,
        notebook: Path,
        given: Mapping[str, object],
        *,
        folders: Mapping[str, Mapping[str, Path]],
        told: Callable[[str], None],
        engine: str | None = None,
        **limits: object,
    ) -> "Made":
        """The page that a notebook makes of its parameters, made by some worker.

        Args:
            notebook: Its file.
            given: All of its parameters but the folders.
            folders: By parameter, the files that the notebook finds in that folder.
            told: Is given a sentence where the page had to be begun again.
            engine: As `render.page` has it.
            **limits: As `render.page` has them.

        Raises:
            Refusal: As `render.page`, or no worker of this version is left.
            render.Failed: As `render.page`; or worker after worker was lost, or the cluster itself.
        """
        parcel = Parcel(
            version_here(),
            (notebook.name, notebook.read_bytes()),
            dict(given),
            {name: packed(files) for name, files in folders.items()},
            limits,
            _render().engine_of(engine),
        )
        while True:
            key = f"{TOPIC}-{notebook.stem}-{uuid.uuid4()}"
            answer = self._asked(key, parcel, notebook.name)
            for _ in range(self._begun[key] - 1):
                told(f"{notebook.name}: 作っていたワーカーがいなくなったので、別のワーカーで作り直しました。")
            if not answer.is_other:
                break
            self._others.add(answer.worker)
        if answer.raised:
            raise answer.raised
        return answer.page

    def close(self) -> None:
        """Leave; whoever waits for a page is told that there is none."""
        if self._client is not None:
            with suppress(Exception):  # it may be gone already
                self._client.close(timeout=1)

    def _asked(self, key: str, parcel: Parcel, notebook: str) -> Answer:
        from concurrent.futures import CancelledError  # noqa: PLC0415

        from distributed import KilledWorker  # noqa: PLC0415 — an extra

        failed = _render().Failed
        try:
            future = self._client.submit(made, parcel, key=key, pure=False, workers=self._of_this_version())
            return self._waited(future, notebook)
        except KilledWorker as error:
            raise failed(
                f"{notebook}: 作っていたワーカーが{self._begun[key] or 1}回続けていなくなりました"
                f"（最後は {self._begun_at.get(key, error.last_worker.address)}）。ここでは理由は分かりません。"
                "その計算機の dask worker の出力を見てください。"
            ) from error
        except (CancelledError, OSError) as error:
            raise failed(f"{notebook}: {self.address} の計算機の群れとの接続が切れました。") from error

    def _waited(self, future: "Future", notebook: str) -> Answer:
        while True:
            try:
                return future.result(timeout=LOOK_SECONDS)
            except TimeoutError:
                if self._client.status != "running":
                    raise ConnectionError(self._client.status) from None
                if self._is_alone_for_good():
                    future.cancel()
                    raise _render().Failed(
                        f"{notebook}: {self.address} のワーカーが、{ALONE_SECONDS}秒待っても一つもありません。"
                    ) from None

    def _is_alone_for_good(self) -> bool:
        """Whether no worker has been there for long; all who wait share one look."""
        with self._looking:
            now = time.monotonic()
            if now - self._looked >= LOOK_SECONDS:
                self._looked = now
                self._alone_since = None if self._client.nthreads() else self._alone_since or now
            return self._alone_since is not None and now - self._alone_since >= ALONE_SECONDS

    def _of_this_version(self) -> list[str] | None:
        """Whom to ask: everybody, until one of another version has joined."""
        if not self._others:
            return None
        if fit := [worker for worker in self._client.nthreads() if worker not in self._others]:
            return fit
        raise Refusal(_other_versions(self._others))

    def _note(self, event: tuple[float, Mapping[str, str]]) -> None:
        _, said = event
        self._begun[said["task"]] += 1
        self._begun_at[said["task"]] = said["worker"]


def _connected(address: str) -> "Client":
    try:
        from distributed import Client  # noqa: PLC0415 — an extra
    except ImportError as error:
        raise Refusal(
            "--scheduler を使うには distributed が要ります。プロジェクトのフォルダーで pip install -e '.[cluster]' を実行してください。"
        ) from error
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is to be said is said in sentences
    try:
        kind = asyncio.run(_kind(address))  # a client that finds nobody leaves threads behind
    except (ValueError, TypeError, RuntimeError) as error:
        raise Refusal(
            f"--scheduler「{address}」につなげません（{error}）。tcp://計算機の名前:8786 のように書いてください。"
            "tls:// には Dask の設定（distributed.comm.tls）で証明書が要ります。"
        ) from error
    except OSError as error:  # timeouts are
        raise Refusal(
            f"{address} に Dask のスケジューラーがいません（{CONNECT_SECONDS}秒まで待ちました）。"
            f"dask scheduler が動いているか、住所が正しいかを確かめてください。{START}。"
        ) from error
    if kind != "Scheduler":
        raise Refusal(f"{address} にいるのは Dask のスケジューラーではありません（{kind}）。住所を確かめてください。")
    client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_SECONDS)
    except TimeoutError as error:
        client.close()
        raise Refusal(
            f"{address} にワーカーが一つもありません（{FIRST_WORKER_SECONDS}秒待ちました）。"
            f"dask worker {address} で動かしてください。{START}。"
        ) from error
    return client


async def _kind(address: str) -> str:
    """What answers at an address, as Dask calls it."""
    from distributed import Security, rpc  # noqa: PLC0415 — an extra

    async with rpc(address, connection_args=Security().get_connection_args("client")) as there:
        return (await asyncio.wait_for(there.identity(), CONNECT_SECONDS))["type"]


def _refuse_other_versions(client: "Client") -> None:
    answers = client.run(version_here, on_error="return")
    if others := [worker for worker, answer in answers.items() if answer != version_here()]:
        raise Refusal(_other_versions(others))


def _other_versions(workers: Iterable[str]) -> str:
    return (
        f"ワーカー {'、'.join(sorted(workers))} の gyokaku かライブラリーの版が、ここと違います。"
        "同じ版を入れて、ワーカーを動かし直してください。"
    )


def _render() -> ModuleType:
    from helpers.run import render  # noqa: PLC0415 — papermill and nbconvert: not where nothing is due

    return render
