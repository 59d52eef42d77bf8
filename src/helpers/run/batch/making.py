"""The pages of a run while they are made: one page by a notebook, here or on a cluster, and the year set it belongs to."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock

from helpers.run.batch import year_set
from helpers.run.batch.cluster import Cluster
from helpers.run.batch.folders import Folders
from helpers.run.batch.late import render
from helpers.run.batch.planner import Planner, Work

# The limits of a page.
CELL_SECONDS = 600
START_SECONDS = 120


class Making:
    """A year set while its pages are made, some at a time; the page that is ready last brings it to its place.

    Attributes:
        work: What is to be made.
        made: Its pages so far.
        faults: What there is instead of others.
        retried: Sentences about those that were begun again.
        has_changed: Whether what they are made of was not as planned when the first of them was begun.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.made: dict[str, year_set.Made] = {}
        self.faults: dict[str, Exception] = {}
        self.retried: dict[str, list[str]] = {}
        self._left, self._counting = len(work.due) or 1, Lock()
        self._began: float | None = None
        self.has_changed = False

    def begin(self, has_changed: Callable[[], bool]) -> None:
        """Pages are begun.

        Args:
            has_changed: Says whether what they are made of is not as it was planned; asked at the first of them.
        """
        with self._counting:
            if self._began is None:
                self._began, self.has_changed = time.monotonic(), has_changed()

    def is_complete(self, pages: int) -> bool:
        """Whether these were the last pages."""
        with self._counting:
            self._left -= pages
            return not self._left

    def let_go(self) -> None:
        """Keep no page that was put in its place: a nation's are more than memory holds."""
        self.made.clear()
        self.faults.clear()

    def seconds(self) -> float:
        """Since its first page was begun; pages of other sets may have been made between them."""
        return round(time.monotonic() - self._began, 3)


class Maker:
    """Makes one page after another, some at a time.

    Attributes:
        memory: How many bytes the notebook of one page may take; no limit where None.
        interrupted: Set when somebody stops the run: no further page is begun.
    """

    def __init__(self, folders: Folders, planner: Planner, *, cluster: Cluster | None) -> None:
        self._folders, self._planner, self._cluster = folders, planner, cluster
        self.memory: int | None = None
        self.interrupted = Event()

    def together(self, work: Work, stems: Sequence[str]) -> Mapping[str, year_set.Made | Exception]:
        """A first try of several pages of one set, which begin alike; nothing where they cannot be made together."""
        if self.interrupted.is_set():
            return {}
        with suppress(Exception):  # what is wrong with a page is found again where it is made alone
            asked = [self._asked(work, stem)[:2] for stem in stems]
            return dict(zip(stems, render().pages(asked, **self._limits()), strict=True))
        return {}

    def page(
        self, work: Work, stem: str, retried: list[str], tried: year_set.Made | Exception | None = None
    ) -> year_set.Made:
        """One page; a kernel that did not start or was killed is tried once more, since the next may find more memory.

        Args:
            work: Its set.
            stem: What its files are called.
            retried: Is given a sentence where the page had to be begun again.
            tried: What became of a first try.
        """
        if self.interrupted.is_set():
            raise InterruptedError
        notebook, given, said = self._asked(work, stem)

        def make() -> year_set.Made:
            if self._cluster:
                return self._made_there(work, notebook, given, retried)
            return render().page(notebook, given, **self._limits())

        try:
            if isinstance(tried, Exception):
                raise tried
            made = tried or make()
        except render().Failed as fault:
            if not fault.may_pass or self.interrupted.is_set():
                raise
            retried.append(f"{fault} もう一度動かしました。")
            made = make()
        for name, value in said.items():
            if made.bundle[name] != value:
                raise render().Failed(
                    f"{notebook.name}: {name} は「{value}」のはずですが、ページは「{made.bundle[name]}」のものです。",
                    made.notebook,
                )
        return made

    def _asked(self, work: Work, stem: str) -> tuple[Path, dict[str, object], dict[str, object]]:
        """The notebook of a page, its parameters, and what its bundle must say."""
        page, language = year_set.page_and_language(stem)
        notebook = self._planner.notebooks[page].path
        asked = {"plan": work.plan, "language": language, "audience": self._planner.tree.audience}
        if work.fiscal_year is not None:
            asked["fiscal_year"] = work.fiscal_year
        folders = {"data_dir": str(self._folders.data.resolve()), "reports_dir": str(self._planner.root.resolve())}
        values = {**asked, **folders, "beside": work.inputs[stem]["parameters"].get("beside", "")}
        given = {name: values[name] for name in render().parameters(notebook) if name in values}
        return notebook, given, {"page": page, **asked}

    def _made_there(self, work: Work, notebook: Path, given: dict, retried: list[str]) -> year_set.Made:
        files = {
            "data_dir": self._planner.files(work),
            "reports_dir": {
                path.relative_to(self._planner.root).as_posix(): path for path in self._planner.summaries(work.plan)
            },
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
