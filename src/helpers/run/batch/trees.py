"""The trees of pages under `reports/`: each has a manifest of its own, so that what walks one tree never meets another's pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.run.batch import year_set
from helpers.run.batch.due import COLLECTION, PLAN, YEAR, Inputs, Notebook
from helpers.terms.audience import INTERNAL, PUBLIC
from helpers.terms.manifest import COLLECTIONS


@dataclass(frozen=True)
class Tree:
    """One of them: where it stands, for whom, and of what its pages are made.

    Attributes:
        name: As the history of runs has it.
        folder: Its folder in `reports/`; empty for the tree that is `reports/` itself.
        audience: Whose pages it holds.
        of_set: What its sets are of, as notebooks say it (`per`): a year, or the collection of a year's answers.
        of_plan: What its pages over a plan's sets are of; empty where it has none.
        needs: Of the inputs, those of a page of a set, as hashes.
        data: Of the inputs, those of a set, as files.
        files: Everything that is published of a set, from its pages.
        called: What stands before plan and year where a set is named; nothing before a year.
    """

    name: str
    folder: str
    audience: str
    of_set: str = YEAR
    of_plan: str = PLAN
    needs: Callable[[Inputs, str, int, Path], dict[str, str]] = Inputs.of_year
    data: Callable[[Inputs, str, int | None], dict[str, Path]] = Inputs.files
    files: Callable[[Mapping[str, year_set.Made]], dict[str, bytes]] = year_set.files
    called: str = ""

    def at(self, out: Path) -> Path:
        """Where its pages stand."""
        return out / self.folder

    def pages(self, notebooks: Mapping[str, Notebook]) -> dict[str, Notebook]:
        """Of all notebooks those whose pages stand in it, by name."""
        of_it = {self.of_set, self.of_plan}
        return {name: one for name, one in notebooks.items() if one.per in of_it and self.audience in one.audiences}


ANSWERS = Tree(
    COLLECTIONS,
    COLLECTIONS,
    INTERNAL,
    COLLECTION,
    of_plan="",
    needs=Inputs.of_collection,
    data=Inputs.files_of_collection,
    files=year_set.table_files,
    called="照会",
)
TREES = {one.name: one for one in (Tree(INTERNAL, "", INTERNAL), Tree(PUBLIC, PUBLIC, PUBLIC), ANSWERS)}
