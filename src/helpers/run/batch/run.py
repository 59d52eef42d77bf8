"""A run over year sets: alone, some at a time, each for itself."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from helpers.run import warm
from helpers.run.batch import due, editions, leaks, memory, year_set
from helpers.run.batch.cluster import Cluster
from helpers.run.batch.due import Notebook
from helpers.run.batch.faults import details, sentences_of, unusable
from helpers.run.batch.folders import Folders, alone, scratch
from helpers.run.batch.history import noted
from helpers.run.batch.late import render
from helpers.run.batch.making import Maker, Making
from helpers.run.batch.places import REASON, clear_failed, keep_failed, put, put_each
from helpers.run.batch.planner import Planner, Work
from helpers.run.batch.results import OVERVIEW, Outcome, Result, State
from helpers.run.batch.trees import TREES
from helpers.terms import Refusal, quoted
from helpers.terms.audience import INTERNAL, PUBLIC
from helpers.terms.json import parsed

CHANGED = (
    "この実行が始まったあとで、データかノートブックのファイルが変わったか、読めなくなりました。前とあとのどちらのページか分からないので、"
    "公表しません。前に作ったページがあれば、そのままです。書き込みが終わってから、もう一度作ってください（定期実行は、次の回に作ります）。"
)
# Makes the page over all plans from the summaries of what stands, in a `language`, with the pages `beside` it in other languages.
Overview = Callable[..., bytes]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a run is asked to build, and how.

    Attributes:
        pages: Which pages to look at; the others of a set are kept as they stand. All where empty.
        language: What to add or refresh beside the Japanese pages. Whatever languages a set has are kept up with its data.
        audience: `internal`, or `public` for the tree of its own.
        force: Whether to build also what has not changed.
        jobs: How many pages at a time; as many as this process has cores where `None`.
        scheduler: The address of a Dask cluster whose workers make the pages; this machine makes them where it is empty.
        memory_mib: How much memory the notebook of one page may take; a share of the machine that makes it where None.
    """

    pages: Collection[str] = ()
    language: str = year_set.ORIGINAL
    audience: str = INTERNAL
    force: bool = False
    jobs: int | None = None
    scheduler: str = ""
    memory_mib: int | None = None


def build(
    year_sets: Iterable[tuple[str, int]],
    asked: Asked,
    *,
    folders: Folders,
    told: Callable[[int, int, str], None],
    overview: Overview | None = None,
    command: str | None = None,
    collections: Iterable[tuple[str, int]] = (),
) -> Outcome:
    """Build and publish the year sets that are due, then the pages over their plans, then the collections; one that fails costs no other.

    Args:
        year_sets: Plan and fiscal year.
        asked: What to build, and how.
        folders: Where things are.
        told: Is given the pages done, the pages in all, and the page just done; nothing done at first.
        overview: Makes the page over all plans; without it there is no such page.
        command: What was typed, for the line in the history of runs; None for no line: whoever does more than build writes one.
        collections: Plan and fiscal year of what departments were asked; the public has no pages of them.

    Raises:
        Refusal: Nothing can be built: no such page, nowhere to write, no cluster answers, or another run is at it (then a
            `Busy`).
    """
    notebooks = due.pages(folders.notebooks)
    of_audience = [tree for tree in TREES.values() if tree.audience == asked.audience]
    wanted = _wanted(asked, {name: one for tree in of_audience for name, one in tree.pages(notebooks).items()})
    sets = {due.YEAR: list(dict.fromkeys(year_sets)), due.COLLECTION: list(dict.fromkeys(collections))}
    looked_at = [
        tree
        for tree in of_audience
        if wanted & tree.pages(notebooks).keys() and (sets[tree.of_set] or (overview and tree.of_plan))
    ]
    elsewhere = closing(Cluster(asked.scheduler)) if asked.scheduler else nullcontext()
    history = nullcontext(lambda *_: None) if command is None else noted(folders.out, command)
    with alone(folders.out), history as note, scratch(folders.out), elsewhere as cluster:
        faults: list[str] = []
        results: list[Result] = []
        notes: list[str] = []
        steps = _Steps(told)
        try:
            for tree in looked_at:
                planner = Planner(folders, tree, notebooks, language=asked.language, lists_all=bool(overview))
                planner.root.mkdir(exist_ok=True)
                run = _Run(folders, planner, asked, steps=steps, cluster=cluster)
                try:
                    _build(run, planner, sets[tree.of_set], results, wanted=wanted, force=asked.force)
                    if overview and tree.of_plan:
                        results += run.overview(overview)
                finally:
                    notes += [planner.manifest.sentence] if planner.manifest.sentence else []
                    try:
                        planner.manifest.merge()
                    except OSError as error:  # what is in the journal is read again by the next run
                        faults.append(unusable(error, planner.root / due.MANIFEST))
        finally:
            note(results, faults)
        return Outcome(results, notes, tuple(faults))


def _build(
    run: "_Run",
    planner: Planner,
    sets: list[tuple[str, int]],
    results: list[Result],
    *,
    wanted: Collection[str],
    force: bool,
) -> None:
    """The sets of a tree, then the pages over their plans; what became of each is added to `results`."""
    results += run.results(planner.work(*one, wanted=wanted, force=force) for one in sets)
    plans = list(dict.fromkeys(plan for plan, _ in sets)) if planner.tree.of_plan else []
    over_years = [planner.work(plan, None, wanted=wanted, force=force) for plan in plans]
    results += run.results(work for work in over_years if work.inputs)


def _wanted(asked: Asked, notebooks: Mapping[str, Notebook]) -> Collection[str]:
    """The pages to look at; refuses where there is no such page, or none in that language."""
    if unknown := set(asked.pages) - notebooks.keys():
        raise Refusal(
            f"ページ「{quoted('、'.join(sorted(unknown)))}」はありません。使えるもの: {'、'.join(notebooks)}。"
        )
    wanted = set(asked.pages) or notebooks.keys()
    if not any(asked.language in notebooks[page].languages for page in wanted):
        raise Refusal(
            f"language（言語）「{quoted(asked.language)}」のページはまだ作れません。"
            f"{year_set.ORIGINAL} を指定してください。"
        )
    return wanted


def printed(results: Iterable[Result], browser: Path, *, out: Path) -> Iterator[Result]:
    """The same results, with a PDF beside each page that stands and has none; a page that cannot be printed is told.

    Raises:
        Refusal: Another run is at it.
    """
    with alone(out):
        for result in results:
            if result.state not in {State.BUILT, State.UNCHANGED}:
                yield result
                continue
            try:
                made = render().pdf.beside(result.paths, browser)
            except (Refusal, OSError) as error:
                yield replace(result, state=State.FAILED, sentences=(*result.sentences, *sentences_of(error)))
                continue
            yield replace(result, state=State.BUILT, paths=(*result.paths, *made)) if made else result


class _Steps:
    """How many pages are done of how many, over all trees of a run."""

    def __init__(self, told: Callable[[int, int, str], None]) -> None:
        self._told, self._done, self._total, self._telling = told, 0, 0, Lock()

    def more(self, count: int) -> None:
        with self._telling:
            self._total += count
            self._told(self._done, self._total, "")

    def done(self, what: str) -> None:
        with self._telling:
            self._done += 1
            self._told(self._done, self._total, what)


class _Run:
    def __init__(
        self, folders: Folders, planner: Planner, asked: Asked, *, steps: _Steps, cluster: Cluster | None
    ) -> None:
        self._folders, self._planner, self._asked, self._cluster = folders, planner, asked, cluster
        self._maker = Maker(folders, planner, cluster=cluster)
        self._maker.memory = asked.memory_mib and asked.memory_mib * memory.MIB
        self._steps, self._writing = steps, Lock()

    def results(self, planned: Iterable[Work]) -> list[Result]:
        todo = list(self._prepared_for(planned))
        if not todo:
            return []
        due_now = sum(len(work.due) for work in todo)
        self._steps.more(due_now)
        jobs = self._asked.jobs
        if due_now and self._cluster:
            at_a_time = self._cluster.ready()
            jobs = jobs or at_a_time
        jobs = jobs or _cores()
        if not self._cluster:  # its workers know their machines
            self._maker.memory = self._maker.memory or memory.of_one(jobs)
        tasks = list(self._tasks([Making(work) for work in todo], jobs))
        # Threads are enough: the work is done in processes of their own.
        with ThreadPoolExecutor(max(1, min(jobs, len(tasks)))) as pool:
            try:
                results = pool.map(self._task, tasks)
                if due_now:
                    self._prepare_overview()
                return [result for result in results if result]
            except KeyboardInterrupt:
                self._maker.interrupted.set()
                pool.shutdown(wait=False, cancel_futures=True)
                if self._cluster:
                    self._cluster.close()
                render().stop()
                raise

    def _prepare_overview(self) -> None:
        """Get ready, while the processes that make pages begin, for the page that this one makes at the end."""
        with suppress(Exception):  # told where that page is made
            render().prepare_overview()

    def _prepared_for(self, planned: Iterable[Work]) -> Iterator[Work]:
        """The same; at the first that is due the fork server begins to import, while this process looks at the others."""
        is_needed = self._is_forking()
        for work in planned:
            if work.due and is_needed:
                warm.start_server()
                is_needed = False
            yield work

    def _is_forking(self) -> bool:
        """Whether kernels are forked on this machine."""
        return not self._cluster and os.environ.get("GYOKAKU_ENGINE") != "plain" and warm.is_possible()

    def _tasks(self, making: Sequence["Making"], jobs: int) -> Iterator[tuple["Making", Sequence[str]]]:
        """What is done at a time: the pages of a set that begin alike; of the last sets single pages, so that every core is of use."""
        for left, one in zip(range(len(making), 0, -1), making, strict=True):
            work = one.work
            if not work.due:
                yield one, ()
            elif left < jobs or not self._is_forking():
                yield from ((one, (stem,)) for stem in work.due)
            else:
                alike: dict[str, list[str]] = {}
                for stem in work.due:
                    alike.setdefault(str(work.inputs[stem]["parameters"]), []).append(stem)
                yield from ((one, stems) for stems in alike.values())

    def _task(self, task: tuple["Making", Sequence[str]]) -> Result | None:
        """Some pages; what became of their year set, where they were the last."""
        making, stems = task
        making.begin(lambda: self._planner.has_changed(making.work))
        self._make(making, stems)
        if not making.is_complete(len(stems) or 1):
            return None
        result = self._result(making)
        making.let_go()
        return replace(result, seconds=0 if result.state is State.UNCHANGED else making.seconds())

    def _make(self, making: "Making", stems: Sequence[str]) -> None:
        work = making.work
        tried = self._maker.together(work, stems) if len(stems) > 1 else {}
        for stem in stems:
            retried: list[str] = []
            try:
                making.made[stem] = self._maker.page(work, stem, retried, tried.get(stem))
            except Exception as error:  # noqa: BLE001 — the other pages go on
                making.faults[stem] = error
            making.retried[stem] = retried
            self._steps.done(" ".join(filter(None, (*work.unit.split("/"), stem))))

    def _result(self, making: "Making") -> Result:
        """Boundary: whatever goes wrong costs this year set only, and what stood before stays."""
        work = making.work
        target = self._planner.root / work.unit
        called = self._planner.tree.called
        paths = tuple(target / f"{stem}.html" for stem in work.inputs)
        failure = self._planner.failure(work)
        if work.is_unchanged:
            with self._writing:
                clear_failed(failure, self._folders.out)  # what failed was taken back, and the pages stand as they did
            return Result(work.plan, work.fiscal_year, State.UNCHANGED, paths, called=called)
        # In the order of the pages, whichever was ready first.
        made, faults = ({stem: of[stem] for stem in work.due if stem in of} for of in (making.made, making.faults))
        retried = [sentence for stem in work.due for sentence in making.retried[stem]]
        files: dict[str, bytes] = {}
        if not faults:
            try:
                if making.has_changed or self._planner.has_changed(work):
                    raise Refusal(CHANGED)
                files = self._files(work, made, target)
            except Exception as error:  # noqa: BLE001 — the other year sets go on
                faults[""] = error
        with self._writing:
            if not faults:
                try:
                    self._publish(work, files, target)
                    clear_failed(failure, self._folders.out)
                    return Result(work.plan, work.fiscal_year, State.BUILT, paths, tuple(retried), called=called)
                except Exception as error:  # noqa: BLE001 — the other year sets go on
                    faults[""] = error
            state = State.REFUSED if all(isinstance(error, Refusal) for error in faults.values()) else State.FAILED
            sentences = [*retried, *(sentence for error in faults.values() for sentence in sentences_of(error))]
            if not self._maker.interrupted.is_set():
                notebooks = {stem: one.notebook for stem, one in made.items()}
                notebooks |= {stem: getattr(error, "notebook", b"") for stem, error in faults.items()}
                sentences += keep_failed(failure, [*sentences, *details(faults.values())], notebooks)
        said = tuple(dict.fromkeys(sentences))
        return Result(work.plan, work.fiscal_year, state, (failure / REASON,), said, called=called)

    def _files(self, work: Work, made: dict[str, year_set.Made], target: Path) -> dict[str, bytes]:
        """All that is to stand; nothing is written yet, so that one set need not wait for another's workbook."""
        for stem in work.inputs.keys() - made.keys():
            html = (target / f"{stem}.html").read_text(encoding="utf-8")
            notebook = (target / "notebooks" / f"{stem}.ipynb").read_bytes()
            made[stem] = render().Page(html, notebook, render().bundle_in(notebook))
        pages = {stem: made[stem] for stem in work.inputs}
        files = year_set.page_files(pages) if work.fiscal_year is None else self._planner.tree.files(pages)
        if self._planner.tree.audience == PUBLIC:
            leaks.refuse(files, self._folders.data / work.plan, target)
        return files

    def _publish(self, work: Work, files: dict[str, bytes], target: Path) -> None:
        recorded = self._planner.manifest.entry(work.unit).get("outputs", {})
        kept = {} if work.fiscal_year is None else editions.former(target, recorded, files)
        self._planner.manifest.record(work.unit, work.inputs, files)
        if work.fiscal_year is None:
            for name, content in files.items():  # a print of the former page would go on saying the old figures
                if name.endswith(".html") and not render().pdf.holds(target / name, content):
                    (target / name).with_suffix(".pdf").unlink(missing_ok=True)
            put_each(files, target)
        else:
            others = render().pdf.still_true(files, self._planner.manifest.strangers(work.unit), target)
            put(kept | others | files, target, beside=self._planner.root / work.plan)

    def overview(self, overview: Overview) -> list[Result]:
        """The page over all plans in each language that some page stands in; nothing where nothing stands or has changed."""
        paths = self._planner.all_summaries()
        if not paths:
            return []
        beside = self._planner.beside_overviews()
        stems = {language: year_set.stem(OVERVIEW, language) for language in beside}
        needs = self._planner.overview_needs()
        target = tuple(self._planner.root / f"{stem}.html" for stem in stems.values())
        if not self._asked.force and self._planner.manifest.entry(due.WHOLE).get("pages") == needs:
            return [Result("", None, State.UNCHANGED, target)]
        try:
            read = [parsed(path.read_bytes()) for path in paths]
            files = {
                f"{stem}.html": overview(read, language=language, beside=beside[language])
                for language, stem in stems.items()
            }
            self._planner.manifest.record(due.WHOLE, needs, files)
            put_each(files, self._planner.root)
        except Exception as error:  # noqa: BLE001 — the year sets stand
            state = State.REFUSED if isinstance(error, Refusal) else State.FAILED
            return [Result("", None, state, target, tuple(sentences_of(error)))]
        return [Result("", None, State.BUILT, target)]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
