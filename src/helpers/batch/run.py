"""A run over year sets: alone, some at a time, each for itself."""

import os
import shutil
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock
from types import ModuleType
from typing import NamedTuple

from filelock import FileLock, Timeout

import helpers
from helpers import publish
from helpers.batch import year_set
from helpers.batch.due import Manifest, environment, inputs, year_pages
from helpers.terms import Refusal

# The limits of a run.
CELL_SECONDS = 600
START_SECONDS = 120
LOCK_SECONDS = 0.5

LOCK = ".lock"
FAILED = "_failed"
REASON = "reason.txt"
STAGING = (".staging-*", "*/.staging-*", f"{FAILED}/*/.staging-*")


class State(StrEnum):
    """What became of a year set."""

    BUILT = "built"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """One year set: what became of it, where its pages are (or the reason), and what to tell."""

    plan: str
    fiscal_year: int
    state: State
    paths: tuple[Path, ...]
    sentences: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """All year sets of a run in the order asked for, and what to tell besides."""

    results: list[Result]
    notes: list[str]


class Folders(NamedTuple):
    """Where things are: the plans, the pages' notebooks, and what is built."""

    data: Path
    notebooks: Path
    out: Path

    @classmethod
    def around(cls, data: Path, out: Path | None = None) -> "Folders":
        """Notebooks and reports beside the data; with data from elsewhere, the notebooks of the project here."""
        project = Path(helpers.__file__).resolve().parents[2]
        places = [data.parent, Path.cwd(), *Path.cwd().parents, project]
        found = (place / "notebooks" for place in places if any(place.glob("notebooks/*.ipynb")))
        return cls(data, next(found, data.parent / "notebooks"), out or data.parent / "reports")


def build(
    year_sets: Iterable[tuple[str, int]],
    *,
    folders: Folders,
    pages: Collection[str],
    language: str,
    audience: str,
    jobs: int | None,
    force: bool,
    told: Callable[[int, int, str], None],
) -> Outcome:
    """Build and publish the year sets that are due; one that fails costs no other.

    Args:
        year_sets: Plan and fiscal year.
        folders: Where things are.
        pages: Which pages to look at; the others of a set are kept as they stand. All where empty.
        language: `ja`.
        audience: `internal`.
        jobs: How many year sets at a time; as many as this process has cores where `None`.
        force: Whether to build also what has not changed.
        told: Is given the pages done, the pages in all, and the page just done; nothing done at first.

    Raises:
        Refusal: Nothing can be built: no such page, nowhere to write, or another run is at it.
    """
    known = year_pages(folders.notebooks)
    if unknown := set(pages) - known.keys():
        raise Refusal(f"ページ「{'、'.join(sorted(unknown))}」はありません。使えるもの: {'、'.join(known)}。")
    with _alone(folders.out):
        run = _Run(folders, known, {"language": language, "audience": audience}, told)
        todo = [run.work(plan, year, wanted=set(pages) or known.keys(), force=force) for plan, year in year_sets]
        results = run.results(todo, jobs or _cores())
        return Outcome(results, [run.manifest.sentence] if run.manifest.sentence else [])


@dataclass(frozen=True)
class _Work:
    """A year set to be: inputs of all its pages, and which of them are made anew."""

    plan: str
    fiscal_year: int
    inputs: dict[str, dict]
    due: list[str]
    is_unchanged: bool


class _Run:
    def __init__(
        self,
        folders: Folders,
        notebooks: Mapping[str, Path],
        parameters: Mapping[str, str],
        told: Callable[[int, int, str], None],
    ) -> None:
        self.manifest = Manifest(folders.out)
        self._folders = folders
        self._notebooks = notebooks
        self._parameters = parameters
        self._environment = environment()
        self._told, self._done, self._total = told, 0, 0
        self._writing, self._telling = Lock(), Lock()
        self._interrupted = Event()

    def work(self, plan: str, fiscal_year: int, *, wanted: Collection[str], force: bool) -> _Work:
        if Path(plan).name != plan or plan.startswith((".", "_")):
            raise Refusal(f"計画の名前「{plan}」は使えません。data/ の下のフォルダー名を書いてください。")
        stands = self.manifest.entry(plan, fiscal_year).get("pages", {})
        needs = {}
        for page, notebook in self._notebooks.items():
            if page in wanted:
                depends = inputs(plan, fiscal_year, data=self._folders.data, notebook=notebook)
                needs[page] = {**depends, **self._environment, "parameters": dict(self._parameters)}
            elif page in stands:
                needs[page] = stands[page]
        due = [page for page in needs if stands.get(page) != needs[page] or (force and page in wanted)]
        return _Work(plan, fiscal_year, needs, due, is_unchanged=not due and needs.keys() == stands.keys())

    def results(self, todo: list[_Work], jobs: int) -> list[Result]:
        self._total = sum(len(work.due) for work in todo)
        self._told(0, self._total, "")
        # Threads are enough: the work is done in kernels, and one process gives out the ports of all of them.
        with ThreadPoolExecutor(max(1, min(jobs, len(todo)))) as pool:
            try:
                return list(pool.map(self._result, todo))
            except KeyboardInterrupt:
                self._interrupted.set()
                pool.shutdown(wait=False, cancel_futures=True)
                _render().stop()
                raise

    def _result(self, work: _Work) -> Result:
        """Boundary: whatever goes wrong costs this year set only, and what stood before stays."""
        target = self._folders.out / work.plan / str(work.fiscal_year)
        paths = tuple(target / year_set.page_file(page, self._parameters["language"]) for page in work.inputs)
        if work.is_unchanged:
            return Result(work.plan, work.fiscal_year, State.UNCHANGED, paths)
        made, faults = {}, {}
        for page in work.due:
            try:
                made[page] = self._page(work, page)
            except Exception as error:  # noqa: BLE001 — the other pages go on
                faults[page] = error
            self._tell(f"{work.plan} {work.fiscal_year} {page}")
        failure = self._folders.out / FAILED / work.plan / str(work.fiscal_year)
        with self._writing:
            if not faults:
                try:
                    self._publish(work, made, target)
                    _cleared(failure)
                    return Result(work.plan, work.fiscal_year, State.BUILT, paths)
                except Exception as error:  # noqa: BLE001 — the other year sets go on
                    faults[""] = error
            state = State.REFUSED if all(isinstance(error, Refusal) for error in faults.values()) else State.FAILED
            sentences = [sentence for error in faults.values() for sentence in _sentences(error)]
            if not self._interrupted.is_set():
                notebooks = {page: one.notebook for page, one in made.items()}
                notebooks |= {page: getattr(error, "notebook", b"") for page, error in faults.items()}
                sentences += _kept(failure, [*sentences, *_details(faults.values())], notebooks)
        return Result(work.plan, work.fiscal_year, state, (failure / REASON,), tuple(dict.fromkeys(sentences)))

    def _page(self, work: _Work, page: str) -> year_set.Made:
        if self._interrupted.is_set():
            raise InterruptedError
        render, notebook = _render(), self._notebooks[page]
        asked = {"plan": work.plan, "fiscal_year": work.fiscal_year, **self._parameters}
        values = {**asked, "data_dir": str(self._folders.data.resolve())}
        given = {name: values[name] for name in render.parameters(notebook) if name in values}
        made = render.page(notebook, given, cell_seconds=CELL_SECONDS, start_seconds=START_SECONDS)
        for name, value in {"page": page, **asked}.items():
            if made.bundle[name] != value:
                raise render.Failed(
                    f"{notebook.name}: {name} は「{value}」のはずですが、ページは「{made.bundle[name]}」のものです。",
                    made.notebook,
                )
        return made

    def _publish(self, work: _Work, made: dict[str, year_set.Made], target: Path) -> None:
        language = self._parameters["language"]
        for page in work.inputs.keys() - made.keys():
            html = (target / year_set.page_file(page, language)).read_text(encoding="utf-8")
            notebook = (target / year_set.notebook_file(page, language)).read_bytes()
            made[page] = _render().Page(html, notebook, _render().bundle_in(notebook))
        files = year_set.files({page: made[page] for page in work.inputs}, language)
        _put(self.manifest.strangers(work.plan, work.fiscal_year) | files, target, beside=self._folders.out / work.plan)
        self.manifest.record(work.plan, work.fiscal_year, work.inputs, files)

    def _tell(self, what: str) -> None:
        with self._telling:
            self._done += 1
            self._told(self._done, self._total, what)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """No second run in the same folder; what a run that was killed left half done is taken away."""
    lock = FileLock(out / LOCK)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise Refusal(
            f"{out} では別の gyokaku build が動いています。終わってから、もう一度実行してください。"
        ) from error
    except OSError as error:
        raise Refusal(_os_sentence(error, out)) from error
    try:
        for pattern in STAGING:
            for left in out.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


def _put(files: Mapping[str, bytes], target: Path, *, beside: Path) -> None:
    with publish.staging(beside) as staged:
        for name, content in files.items():
            path = staged / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        publish.folder(staged, target)


def _kept(failure: Path, reason: list[str], notebooks: Mapping[str, bytes]) -> list[str]:
    """Leave the reason and the executed notebooks; gives what to say where not even that can be done."""
    files = {f"{page}.ipynb": notebook for page, notebook in notebooks.items() if notebook}
    try:
        _put({REASON: "\n".join([*reason, ""]).encode(), **files}, failure, beside=failure)
    except Refusal as refusal:
        return list(refusal.sentences)
    return []


def _cleared(failure: Path) -> None:
    shutil.rmtree(failure, ignore_errors=True)
    with suppress(OSError):  # other years may have failed
        failure.parent.rmdir()
        failure.parent.parent.rmdir()


def _sentences(error: Exception) -> list[str]:
    if isinstance(error, Refusal):
        return list(error.sentences)
    if isinstance(error, (_render().Failed, year_set.Disagreement)):
        return [str(error)]
    if isinstance(error, OSError) and error.filename:
        return [_os_sentence(error, Path(error.filename))]
    return [f"予期しない誤りです（{type(error).__name__}: {error}）。詳しくは {REASON} にあります。"]


def _details(errors: Iterable[Exception]) -> list[str]:
    """Where in our own code it went wrong, for what no sentence foresees."""
    foreseen = (Refusal, _render().Failed, year_set.Disagreement)
    return [line for error in errors if not isinstance(error, foreseen) for line in traceback.format_exception(error)]


def _os_sentence(error: OSError, path: Path) -> str:
    return f"{path} を使えません: {publish.reason(error)}。"


def _render() -> ModuleType:
    # Not at the top: where nothing is due, nobody waits for papermill and nbconvert.
    from helpers import render  # noqa: PLC0415

    return render


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
