"""A run over year sets: alone, some at a time, each for itself."""

import json
import multiprocessing.util
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock
from types import ModuleType
from typing import NamedTuple

from filelock import FileLock, Timeout

import helpers
from helpers import publish, warm
from helpers.batch import due, leaks, memory, year_set
from helpers.batch.cluster import Cluster
from helpers.batch.due import Manifest, Notebook, environment
from helpers.terms import Refusal, quoted
from helpers.terms.audience import INTERNAL, PUBLIC
from helpers.terms.json import parsed

# The limits of a run.
CELL_SECONDS = 600
START_SECONDS = 120
LOCK_SECONDS = 0.5

LOCK = ".lock"
FAILED = "_failed"
REASON = "reason.txt"
PLAN_PAGES = "pages"
OVERVIEW = "index"
HISTORY = "runs.jsonl"
SCRATCH, SCRATCH_PREFIX = ".staging-scratch", "gyokaku-"
STAGING = (".staging-*", "*/.staging-*", "*/*/.staging-*", f"{FAILED}/*/*/.staging-*")


class State(StrEnum):
    """What became of a year set."""

    BUILT = "built"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """One year set, or the pages over a plan's years: what became of it, where its pages are (or the reason), and what to tell.

    Attributes:
        plan: Empty for the page over all plans.
        fiscal_year: None for the pages over a plan's years.
        seconds: How long it took; 0 where nothing was due.
    """

    plan: str
    fiscal_year: int | None
    state: State
    paths: tuple[Path, ...]
    sentences: tuple[str, ...] = ()
    seconds: float = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """What it is called in a line of a log: `isehara-6 2024`."""
        return " ".join(map(str, filter(None, (self.plan, self.fiscal_year)))) or OVERVIEW


class Outcome(NamedTuple):
    """All year sets of a run in the order asked for, what to tell besides, and what went wrong besides."""

    results: list[Result]
    notes: list[str]
    faults: tuple[str, ...] = ()


class Busy(Refusal):
    """Another run is at work in the same folder."""


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


def build(  # noqa: PLR0913 — the words of the command, each by name
    year_sets: Iterable[tuple[str, int]],
    *,
    folders: Folders,
    pages: Collection[str],
    language: str,
    audience: str,
    jobs: int | None,
    force: bool,
    told: Callable[[int, int, str], None],
    overview: Callable[..., bytes] | None = None,
    command: str = "",
    scheduler: str = "",
    keeps_history: bool = True,
    memory_mib: int | None = None,
) -> Outcome:
    """Build and publish the year sets that are due, then the pages over their plans; one that fails costs no other.

    Args:
        year_sets: Plan and fiscal year.
        folders: Where things are.
        pages: Which pages to look at; the others of a set are kept as they stand. All where empty.
        language: What to add or refresh beside the Japanese pages. Whatever languages a set has are kept up with its data.
        audience: `internal`, or `public` for the tree of its own.
        jobs: How many pages at a time; as many as this process has cores where `None`.
        force: Whether to build also what has not changed.
        told: Is given the pages done, the pages in all, and the page just done; nothing done at first.
        overview: Makes the page over all plans from the summaries of what stands, in a `language`, with the pages in other
            languages that stand `beside` it; without it there is no such page.
        command: What was typed, for the history of runs.
        scheduler: The address of a Dask cluster whose workers make the pages; this machine makes them where it is empty.
        keeps_history: Whether to write the line in it; whoever does more than build writes one of his own.
        memory_mib: How much memory the notebook of one page may take; a share of the machine that makes it where None.

    Raises:
        Refusal: Nothing can be built: no such page, nowhere to write, no cluster answers, or another run is at it (then a
            `Busy`).
    """
    notebooks = due.pages(folders.notebooks)
    if unknown := set(pages) - notebooks.keys():
        raise Refusal(
            f"ページ「{quoted('、'.join(sorted(unknown)))}」はありません。使えるもの: {'、'.join(notebooks)}。"
        )
    wanted = set(pages) or notebooks.keys()
    if not any(language in notebooks[page].languages for page in wanted):
        raise Refusal(
            f"language（言語）「{quoted(language)}」のページはまだ作れません。{year_set.ORIGINAL} を指定してください。"
        )
    elsewhere = closing(Cluster(scheduler)) if scheduler else nullcontext()
    history = _history(folders.out, command) if keeps_history else nullcontext(lambda *_: None)
    with _alone(folders.out), history as note, _scratch(folders.out), elsewhere as cluster:
        if audience == PUBLIC:
            (folders.out / PUBLIC).mkdir(exist_ok=True)
        run = _Run(
            folders,
            notebooks,
            language=language,
            audience=audience,
            told=told,
            cluster=cluster,
            lists_all=bool(overview),
        )
        run.memory = memory_mib and memory_mib * memory.MIB
        faults: list[str] = []
        results: list[Result] = []
        try:
            year_sets = list(dict.fromkeys(year_sets))
            results = run.results([run.work(*one, wanted=wanted, force=force) for one in year_sets], jobs)
            plans = list(dict.fromkeys(plan for plan, _ in year_sets))
            over_years = [run.work(plan, None, wanted=wanted, force=force) for plan in plans]
            results += run.results([work for work in over_years if work.inputs], jobs)
            if overview:
                results += run.overview(overview, force=force)
        finally:
            try:
                run.manifest.merge()
            except OSError as error:  # what is in the journal is read again by the next run
                faults.append(_os_sentence(error, folders.out / due.MANIFEST))
            note(results, faults)
        return Outcome(results, [run.manifest.sentence] if run.manifest.sentence else [], tuple(faults))


def printed(results: Iterable[Result], browser: Path, *, out: Path) -> Iterator[Result]:
    """The same results, with a PDF beside each page that stands and has none; a page that cannot be printed is told.

    Raises:
        Refusal: Another run is at it.
    """
    with _alone(out):
        for result in results:
            if result.state not in {State.BUILT, State.UNCHANGED}:
                yield result
                continue
            try:
                made = _render().pdf.beside(result.paths, browser)
            except (Refusal, OSError) as error:
                yield replace(result, state=State.FAILED, sentences=(*result.sentences, *_sentences(error)))
                continue
            yield replace(result, state=State.BUILT, paths=(*result.paths, *made)) if made else result


@dataclass(frozen=True)
class _Work:
    """A year set to be, or the pages over a plan's years: inputs of all its pages, and which of them are made anew."""

    plan: str
    fiscal_year: int | None
    inputs: dict[str, dict]
    due: list[str]
    is_unchanged: bool

    @property
    def unit(self) -> str:
        return self.plan if self.fiscal_year is None else f"{self.plan}/{self.fiscal_year}"


class _Making:
    """A year set while its pages are made, some at a time; the page that is ready last brings it to its place."""

    def __init__(self, work: _Work) -> None:
        self.work = work
        self.made: dict[str, year_set.Made] = {}
        self.faults: dict[str, Exception] = {}
        self.retried: dict[str, list[str]] = {}
        self._left, self._counting = len(work.due) or 1, Lock()
        self._began: float | None = None

    def begin(self) -> None:
        """Its first page is begun."""
        with self._counting:
            self._began = self._began or time.monotonic()

    def is_complete(self) -> bool:
        """Whether this was the last page."""
        with self._counting:
            self._left -= 1
            return not self._left

    def let_go(self) -> None:
        """Keep no page that was put in its place: a nation's are more than memory holds."""
        self.made.clear()
        self.faults.clear()

    def seconds(self) -> float:
        """Since its first page was begun; pages of other sets may have been made between them."""
        return round(time.monotonic() - self._began, 3)


class _Run:
    def __init__(
        self,
        folders: Folders,
        notebooks: Mapping[str, Notebook],
        *,
        language: str,
        audience: str,
        told: Callable[[int, int, str], None],
        cluster: Cluster | None = None,
        lists_all: bool = False,
    ) -> None:
        is_public = audience == PUBLIC
        self._folders, self._notebooks = folders, notebooks
        self._tree = folders.out / PUBLIC if is_public else folders.out
        self._failed = folders.out / FAILED / PUBLIC if is_public else folders.out / FAILED
        self.manifest = Manifest(self._tree)
        self.memory: int | None = None
        self._language, self._audience, self._cluster = language, audience, cluster
        self._lists_all = lists_all
        self._inputs = due.Inputs(folders.data, audience)
        self._environment = environment()
        self._told, self._done, self._total = told, 0, 0
        self._writing, self._telling = Lock(), Lock()
        self._interrupted = Event()

    def work(self, plan: str, fiscal_year: int | None, *, wanted: Collection[str], force: bool) -> _Work:
        """What there is to do for a year set, or for the pages over a plan's years where the year is None."""
        if Path(plan).name != plan or plan.startswith((".", "_")) or plan == PUBLIC:
            raise Refusal(f"計画の名前「{quoted(plan)}」は使えません。data/ の下のフォルダー名を書いてください。")
        unit = plan if fiscal_year is None else f"{plan}/{fiscal_year}"
        stands = self.manifest.entry(unit).get("pages", {})
        # Pages of one set never speak of different data: a language once built is built again with the others.
        languages = dict.fromkeys([year_set.ORIGINAL, self._language, *(_language(stem) for stem in stands)])
        stems = [
            stem
            for page, notebook in self._notebooks.items()
            if (notebook.per == due.PLAN) == (fiscal_year is None)
            for language in languages
            if language in notebook.languages and (page in wanted or year_set.stem(page, language) in stands)
            for stem in [year_set.stem(page, language)]
        ]
        needs = {}
        for stem in stems:
            page, language = year_set.page_and_language(stem)
            if page in wanted:
                notebook = self._notebooks[page]
                beside = self._beside(plan, fiscal_year, stem, stems, wanted) if notebook.is_told else []
                needs[stem] = self._needs(plan, fiscal_year, notebook.path, language, beside)
            else:
                needs[stem] = stands[stem]
        if fiscal_year is None and not self._summaries(plan):
            needs = {}
        named = [stem for stem in needs if year_set.page_and_language(stem)[0] in wanted]
        todo = [stem for stem in needs if stands.get(stem) != needs[stem] or (force and stem in named)]
        return _Work(plan, fiscal_year, needs, todo, is_unchanged=not todo and needs.keys() == stands.keys())

    def _beside(
        self, plan: str, fiscal_year: int | None, stem: str, stems: Collection[str], wanted: Collection[str]
    ) -> list[str]:
        """Pages in other languages than the original that a page may lead to, by their place from it.

        The original leads to its own twins alone, so that a set without other languages is the same bytes whatever else is made.
        """
        page, language = year_set.page_and_language(stem)
        if language == year_set.ORIGINAL:
            return [one for one in stems if one != stem and year_set.page_and_language(one)[0] == page]
        found = [one for one in stems if _language(one) == language]
        above = ".." if fiscal_year is None else "../.."
        if fiscal_year is None:
            years = [unit for unit in self.manifest.units() if unit.startswith(f"{plan}/")]
            places = [
                f"{unit}/{one}" for unit in years for one in self.manifest.pages(unit) if _language(one) == language
            ]
            found += [place.removeprefix(f"{plan}/") for place in places if (self._tree / f"{place}.html").is_file()]
        else:
            of_plan = [
                name for name, one in self._notebooks.items() if one.per == due.PLAN and language in one.languages
            ]
            names = {name: year_set.stem(name, language) for name in of_plan}
            found += [
                f"../{one}"
                for name, one in names.items()
                if name in wanted or (self._tree / plan / f"{one}.html").is_file()
            ]
        top = year_set.stem(OVERVIEW, language)
        return [*found, f"{above}/{top}"] if self._lists_all or (self._tree / f"{top}.html").is_file() else found

    def _needs(
        self, plan: str, fiscal_year: int | None, notebook: Path, language: str, beside: Iterable[str] = ()
    ) -> dict:
        parameters = {"language": language, "audience": self._audience}
        if beside:
            parameters["beside"] = " ".join(beside)
        if fiscal_year is None:
            of_page = self._inputs.of_plan(plan, notebook)
            of_page["summaries"] = due.digest(self._summaries(plan), self._tree)
        else:
            of_page = self._inputs.of_year(plan, fiscal_year, notebook)
        return {**of_page, **self._environment, "parameters": parameters}

    def _summaries(self, plan: str) -> list[Path]:
        """Of the year sets of a plan that stand."""
        years = (unit for unit in self.manifest.units() if unit.startswith(f"{plan}/"))
        found = (self._tree / unit / year_set.SUMMARY for unit in years)
        return [path for path in found if path.is_file()]

    def results(self, todo: list[_Work], jobs: int | None) -> list[Result]:
        if not todo:
            return []
        due_now = sum(len(work.due) for work in todo)
        self._total += due_now
        self._told(self._done, self._total, "")
        if due_now and self._cluster:
            at_a_time = self._cluster.ready()
            jobs = jobs or at_a_time
        elif due_now and os.environ.get("GYOKAKU_ENGINE") != "plain" and warm.is_possible():
            warm.start_server()  # it imports while this process does
        jobs = jobs or _cores()
        if not self._cluster:  # its workers know their machines
            self.memory = self.memory or memory.of_one(jobs)
        making = [_Making(work) for work in todo]
        # Single pages, so that two cores are of use to one year set too.
        tasks = [(one, stem) for one in making for stem in one.work.due or [None]]
        # Threads are enough: the work is done in processes of their own.
        with ThreadPoolExecutor(max(1, min(jobs, len(tasks)))) as pool:
            try:
                return [result for result in pool.map(self._task, tasks) if result]
            except KeyboardInterrupt:
                self._interrupted.set()
                pool.shutdown(wait=False, cancel_futures=True)
                if self._cluster:
                    self._cluster.close()
                _render().stop()
                raise

    def _task(self, task: tuple["_Making", str | None]) -> Result | None:
        """One page; what became of its year set, where it was the last."""
        making, stem = task
        making.begin()
        if stem is not None:
            self._make(making, stem)
        if not making.is_complete():
            return None
        result = self._result(making)
        making.let_go()
        return replace(result, seconds=0 if result.state is State.UNCHANGED else making.seconds())

    def _make(self, making: "_Making", stem: str) -> None:
        work = making.work
        retried: list[str] = []
        try:
            making.made[stem] = self._page(work, stem, retried)
        except Exception as error:  # noqa: BLE001 — the other pages go on
            making.faults[stem] = error
        making.retried[stem] = retried
        self._tell(" ".join(filter(None, (*work.unit.split("/"), stem))))

    def _result(self, making: "_Making") -> Result:
        """Boundary: whatever goes wrong costs this year set only, and what stood before stays."""
        work = making.work
        target = self._tree / work.unit
        paths = tuple(target / f"{stem}.html" for stem in work.inputs)
        failure = self.failure(work)
        if work.is_unchanged:
            with self._writing:
                _cleared(failure, self._folders.out)  # what failed was taken back, and the pages stand as they did
            return Result(work.plan, work.fiscal_year, State.UNCHANGED, paths)
        # In the order of the pages, whichever was ready first.
        made, faults = ({stem: of[stem] for stem in work.due if stem in of} for of in (making.made, making.faults))
        retried = [sentence for stem in work.due for sentence in making.retried[stem]]
        with self._writing:
            if not faults:
                try:
                    self._publish(work, made, target)
                    _cleared(failure, self._folders.out)
                    return Result(work.plan, work.fiscal_year, State.BUILT, paths, tuple(retried))
                except Exception as error:  # noqa: BLE001 — the other year sets go on
                    faults[""] = error
            state = State.REFUSED if all(isinstance(error, Refusal) for error in faults.values()) else State.FAILED
            sentences = [*retried, *(sentence for error in faults.values() for sentence in _sentences(error))]
            if not self._interrupted.is_set():
                notebooks = {stem: one.notebook for stem, one in made.items()}
                notebooks |= {stem: getattr(error, "notebook", b"") for stem, error in faults.items()}
                sentences += _kept(failure, [*sentences, *_details(faults.values())], notebooks)
        return Result(work.plan, work.fiscal_year, state, (failure / REASON,), tuple(dict.fromkeys(sentences)))

    def failure(self, work: _Work) -> Path:
        """Where a failed run leaves its reason, and what it got as far as."""
        return self._failed / (work.unit if work.fiscal_year else f"{work.plan}/{PLAN_PAGES}")

    def _page(self, work: _Work, stem: str, retried: list[str]) -> year_set.Made:
        """One page; a kernel that did not start or was killed is tried once more, since the next may find more memory."""
        if self._interrupted.is_set():
            raise InterruptedError
        render = _render()
        page, language = year_set.page_and_language(stem)
        notebook = self._notebooks[page].path
        asked = {"plan": work.plan, "language": language, "audience": self._audience}
        if work.fiscal_year is not None:
            asked["fiscal_year"] = work.fiscal_year
        folders = {"data_dir": self._folders.data.resolve(), "reports_dir": self._tree.resolve()}
        values = {**asked, **folders, "beside": work.inputs[stem]["parameters"].get("beside", "")}
        given = {name: values[name] for name in render.parameters(notebook) if name in values}

        def make() -> year_set.Made:
            return (
                self._made_there(work, notebook, given, retried) if self._cluster else self._made_here(notebook, given)
            )

        try:
            made = make()
        except render.Failed as fault:
            if not fault.may_pass or self._interrupted.is_set():
                raise
            retried.append(f"{fault} もう一度動かしました。")
            made = make()
        for name, value in {"page": page, **asked}.items():
            if made.bundle[name] != value:
                raise render.Failed(
                    f"{notebook.name}: {name} は「{value}」のはずですが、ページは「{made.bundle[name]}」のものです。",
                    made.notebook,
                )
        return made

    def _made_here(self, notebook: Path, given: Mapping[str, object]) -> year_set.Made:
        as_words = {name: str(value) if isinstance(value, Path) else value for name, value in given.items()}
        return _render().page(notebook, as_words, **self._limits())

    def _made_there(self, work: _Work, notebook: Path, given: dict, retried: list[str]) -> year_set.Made:
        files = {
            "data_dir": self._inputs.files(work.plan, work.fiscal_year),
            "reports_dir": {path.relative_to(self._tree).as_posix(): path for path in self._summaries(work.plan)},
        }
        return self._cluster.page(
            notebook,
            {name: value for name, value in given.items() if name not in files},
            folders={name: of_folder for name, of_folder in files.items() if name in given},
            told=retried.append,
            **self._limits(),
        )

    def _limits(self) -> dict[str, int | None]:
        return {"cell_seconds": CELL_SECONDS, "start_seconds": START_SECONDS, "memory": self.memory}

    def _publish(self, work: _Work, made: dict[str, year_set.Made], target: Path) -> None:
        for stem in work.inputs.keys() - made.keys():
            html = (target / f"{stem}.html").read_text(encoding="utf-8")
            notebook = (target / "notebooks" / f"{stem}.ipynb").read_bytes()
            made[stem] = _render().Page(html, notebook, _render().bundle_in(notebook))
        pages = {stem: made[stem] for stem in work.inputs}
        files = year_set.page_files(pages) if work.fiscal_year is None else year_set.files(pages)
        if self._audience == PUBLIC:
            leaks.refuse(files, self._folders.data / work.plan, target)
        self.manifest.record(work.unit, work.inputs, files)
        if work.fiscal_year is None:
            for name in files:  # a print of the former page would go on saying the old figures
                if name.endswith(".html") and not _render().pdf.holds(target / name, files[name]):
                    (target / name).with_suffix(".pdf").unlink(missing_ok=True)
            _put_each(files, target)
        else:
            others = _render().pdf.still_true(files, self.manifest.strangers(work.unit), target)
            _put(others | files, target, beside=self._tree / work.plan)

    def overview(self, overview: Callable[..., bytes], *, force: bool) -> list[Result]:
        """The page over all plans in each language that some page stands in; nothing where nothing stands or has changed."""
        paths = self._all_summaries()
        if not paths:
            return []
        beside = self._beside_overviews()
        stems = {language: year_set.stem(OVERVIEW, language) for language in beside}
        needs = self.overview_needs()
        target = tuple(self._tree / f"{stem}.html" for stem in stems.values())
        if not force and self.manifest.entry(due.WHOLE).get("pages") == needs:
            return [Result("", None, State.UNCHANGED, target)]
        try:
            read = [parsed(path.read_bytes()) for path in paths]
            files = {
                f"{stem}.html": overview(read, language=language, beside=beside[language])
                for language, stem in stems.items()
            }
            self.manifest.record(due.WHOLE, needs, files)
            _put_each(files, self._tree)
        except Exception as error:  # noqa: BLE001 — the year sets stand
            state = State.REFUSED if isinstance(error, Refusal) else State.FAILED
            return [Result("", None, state, target, tuple(_sentences(error)))]
        return [Result("", None, State.BUILT, target)]

    def overview_needs(self) -> dict:
        """Inputs of the pages over all plans, as the manifest would hold them; empty where nothing stands."""
        if not (paths := self._all_summaries()):
            return {}
        summaries = due.digest(paths, self._tree)
        return {
            year_set.stem(OVERVIEW, language): {"summaries": summaries, **self._environment}
            | ({"beside": " ".join(beside)} if beside else {})
            for language, beside in self._beside_overviews().items()
        }

    def _all_summaries(self) -> list[Path]:
        paths = (self._tree / unit / year_set.SUMMARY for unit in self.manifest.units() if "/" in unit)
        return [path for path in paths if path.is_file()]

    def _beside_overviews(self) -> dict[str, list[str]]:
        """Languages of the page over all plans, each with the pages in other languages that its links may lead to."""
        others = self._in_other_languages()
        spoken = dict.fromkeys([year_set.ORIGINAL, self._language, *map(_language, others)])
        own = [year_set.stem(OVERVIEW, language) for language in spoken if language != year_set.ORIGINAL]
        return {language: [*own, *(one for one in others if _language(one) == language)] for language in spoken}

    def _in_other_languages(self) -> list[str]:
        """All pages of years and plans that stand in another language than the original, by their place in the tree."""
        places = [
            f"{unit}/{stem}"
            for unit in self.manifest.units()
            if unit != due.WHOLE
            for stem in self.manifest.pages(unit)
            if _language(stem) != year_set.ORIGINAL
        ]
        return [place for place in places if (self._tree / f"{place}.html").is_file()]

    def _tell(self, what: str) -> None:
        with self._telling:
            self._done += 1
            self._told(self._done, self._total, what)


def planner(folders: Folders, *, language: str = year_set.ORIGINAL, audience: str = INTERNAL) -> _Run:
    """What knows which pages are due; it builds none and writes nothing."""
    return _Run(
        folders,
        due.pages(folders.notebooks),
        language=language,
        audience=audience,
        told=lambda *_: None,
        lists_all=True,
    )


def _language(place: str) -> str:
    """The language of a page by its place in the tree; a folder's name may hold a point."""
    return year_set.page_and_language(place.rpartition("/")[2])[1]


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """No second run in the same folder; what a run that was killed left half done is taken away."""
    lock = FileLock(out / LOCK)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise Busy(f"{out} では別の gyokaku build が動いています。終わってから、もう一度実行してください。") from error
    except OSError as error:
        raise Refusal(_os_sentence(error, out)) from error
    try:
        for pattern in STAGING:
            for left in out.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


@contextmanager
def _scratch(out: Path) -> Iterator[None]:
    """A folder for the kernels' files, written down beside the pages: what a killed run left there is taken away by the next.

    Only the run that holds the lock reads the note and deletes the folder, so it is nobody's who still runs.
    """
    written = out / SCRATCH
    system = Path(tempfile.gettempdir())
    with suppress(OSError, ValueError):
        left = Path(written.read_text(encoding="utf-8"))
        if left.parent == system and left.name.startswith(SCRATCH_PREFIX) and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
    try:
        folder = tempfile.mkdtemp(prefix=SCRATCH_PREFIX)
        written.write_text(folder, encoding="utf-8")
    except OSError as error:
        raise Refusal(_os_sentence(error, Path(error.filename or written))) from error
    multiprocessing.util.get_temp_dir()  # where the fork server listens: it outlives this run and goes with the process
    former, tempfile.tempdir = tempfile.tempdir, folder
    outside, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), folder  # for the workers
    try:
        yield
    finally:
        tempfile.tempdir = former
        if outside is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = outside
        shutil.rmtree(folder, ignore_errors=True)
        written.unlink(missing_ok=True)


@contextmanager
def _history(out: Path, command: str) -> Iterator[Callable[[list[Result], list[str]], None]]:
    """One line a run in the history: when, what was typed, and what became of each year set that was not left as it was."""
    run: dict = {"started": _now(), "ended": "", "command": command}
    results: list[Result] = []
    sentences: list[str] = []

    def note(found: list[Result], faults: list[str]) -> None:
        results.extend(found)
        sentences.extend(faults)

    try:
        yield note
    except BaseException as error:
        sentences += error.sentences if isinstance(error, Refusal) else [f"{type(error).__name__}: {error}"]
        raise
    finally:
        counts = {str(state): sum(one.state is state for one in results) for state in State}
        sets = [
            {"set": one.name, "state": one.state, "seconds": one.seconds, "sentences": one.sentences}
            for one in results
            if one.state is not State.UNCHANGED
        ]
        run |= {"ended": _now(), "counts": counts, "sets": sets, "sentences": sentences}
        with suppress(OSError):  # on a full disk the pages' own sentences say so
            due.append(out / HISTORY, f"{json.dumps(run, ensure_ascii=False)}\n".encode())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _put(files: Mapping[str, bytes], target: Path, *, beside: Path) -> None:
    with publish.staging(beside) as staged:
        _write(files, staged)
        publish.folder(staged, target)


def _put_each(files: Mapping[str, bytes], target: Path) -> None:
    """Files that stand beside the year sets of a plan: each whole, one after the other."""
    target.mkdir(parents=True, exist_ok=True)
    with publish.staging(target / "beside") as staged:
        _write(files, staged)
        for name in files:
            (target / name).parent.mkdir(exist_ok=True)
            (staged / name).replace(target / name)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _kept(failure: Path, reason: list[str], notebooks: Mapping[str, bytes]) -> list[str]:
    """Leave the reason and the executed notebooks; gives what to say where not even that can be done."""
    files = {f"{page}.ipynb": notebook for page, notebook in notebooks.items() if notebook}
    try:
        _put({REASON: "\n".join([*reason, ""]).encode(), **files}, failure, beside=failure)
    except Refusal as refusal:
        return list(refusal.sentences)
    return []


def _cleared(failure: Path, out: Path) -> None:
    shutil.rmtree(failure, ignore_errors=True)
    with suppress(OSError):  # other years may have failed
        while (failure := failure.parent) != out:
            failure.rmdir()


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
