"""Which pages are due, and what each is made of; nothing is built or written here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.run.batch import due, year_set
from helpers.run.batch.due import Manifest, Notebook, environment
from helpers.run.batch.folders import FAILED, Folders
from helpers.run.batch.results import OVERVIEW
from helpers.run.batch.trees import Tree
from helpers.terms import Refusal, quoted
from helpers.terms.manifest import RESERVED

PLAN_PAGES = "pages"


@dataclass(frozen=True)
class Work:
    """A year set to be, or the pages over a plan's years: inputs of all its pages, and which of them are made anew."""

    plan: str
    fiscal_year: int | None
    inputs: dict[str, dict]
    due: list[str]
    is_unchanged: bool

    @property
    def unit(self) -> str:
        """The folder that is published as one, in the tree: `isehara-6/2024`."""
        return self.plan if self.fiscal_year is None else f"{self.plan}/{self.fiscal_year}"


class Planner:
    """Knows what stands in one tree and what its pages are made of now.

    Attributes:
        tree: The tree.
        root: Where its pages stand.
        manifest: What was last built there.
        notebooks: Its pages by name.
        inputs: What the pages are made of, as hashes.
    """

    def __init__(
        self, folders: Folders, tree: Tree, notebooks: Mapping[str, Notebook], *, language: str, lists_all: bool
    ) -> None:
        self.tree, self.root = tree, tree.at(folders.out)
        self.manifest, self.notebooks = Manifest(self.root), tree.pages(notebooks)
        self.inputs = due.Inputs(folders.data, tree.audience)
        self._data = folders.data
        self._failed = tree.at(folders.out / FAILED)
        self._language, self._lists_all = language, lists_all
        self._environment = environment()

    def work(self, plan: str, fiscal_year: int | None, *, wanted: Collection[str], force: bool) -> Work:
        """What there is to do for a set, or for the pages over a plan's sets where the year is None."""
        if Path(plan).name != plan or plan.startswith((".", "_")) or plan in RESERVED:
            raise Refusal(f"計画の名前「{quoted(plan)}」は使えません。data/ の下のフォルダー名を書いてください。")
        unit = plan if fiscal_year is None else f"{plan}/{fiscal_year}"
        stands = self.manifest.entry(unit).get("pages", {})
        # Pages of one set never speak of different data: a language once built is built again with the others.
        languages = dict.fromkeys([year_set.ORIGINAL, self._language, *(_language(stem) for stem in stands)])
        stems = [
            stem
            for page, notebook in self.notebooks.items()
            if notebook.per == (self.tree.of_plan if fiscal_year is None else self.tree.of_set)
            for language in languages
            if language in notebook.languages and (page in wanted or year_set.stem(page, language) in stands)
            for stem in [year_set.stem(page, language)]
        ]
        needs = {}
        for stem in stems:
            page, language = year_set.page_and_language(stem)
            if page in wanted:
                notebook = self.notebooks[page]
                beside = self._beside(plan, fiscal_year, stem, stems, wanted) if notebook.is_told else []
                needs[stem] = self._needs(plan, fiscal_year, notebook.path, language, beside)
            else:
                needs[stem] = stands[stem]
        if fiscal_year is None and not self.summaries(plan):
            needs = {}
        named = [stem for stem in needs if year_set.page_and_language(stem)[0] in wanted]
        todo = [stem for stem in needs if stands.get(stem) != needs[stem] or (force and stem in named)]
        return Work(plan, fiscal_year, needs, todo, is_unchanged=not todo and needs.keys() == stands.keys())

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
            found += [place.removeprefix(f"{plan}/") for place in places if (self.root / f"{place}.html").is_file()]
        else:
            of_plan = [
                name for name, one in self.notebooks.items() if one.per == due.PLAN and language in one.languages
            ]
            names = {name: year_set.stem(name, language) for name in of_plan}
            found += [
                f"../{one}"
                for name, one in names.items()
                if name in wanted or (self.root / plan / f"{one}.html").is_file()
            ]
        top = year_set.stem(OVERVIEW, language)
        return [*found, f"{above}/{top}"] if self._lists_all or (self.root / f"{top}.html").is_file() else found

    def _needs(
        self, plan: str, fiscal_year: int | None, notebook: Path, language: str, beside: Iterable[str] = ()
    ) -> dict:
        parameters = {"language": language, "audience": self.tree.audience}
        if beside:
            parameters["beside"] = " ".join(beside)
        of_page = self._of_page(self.inputs, plan, fiscal_year, notebook)
        if fiscal_year is None:
            of_page["summaries"] = due.digest(self.summaries(plan), self.root)
        return {**of_page, **self._environment, "parameters": parameters}

    def files(self, work: Work) -> dict[str, Path]:
        """All files of the data that the pages of a set need, by their path in it."""
        return self.tree.data(self.inputs, work.plan, work.fiscal_year)

    def has_changed(self, work: Work) -> bool:
        """Whether data or notebooks of the pages to be made are not what they were when this was planned, or cannot be read."""
        inputs = due.Inputs(self._data, self.tree.audience)  # every file is read again
        try:
            return any(
                work.inputs[stem][name] != value
                for stem in work.due
                for name, value in self._of_page(inputs, work.plan, work.fiscal_year, self._notebook(stem)).items()
            )
        except OSError:
            return True

    def _notebook(self, stem: str) -> Path:
        return self.notebooks[year_set.page_and_language(stem)[0]].path

    def _of_page(self, inputs: due.Inputs, plan: str, fiscal_year: int | None, notebook: Path) -> dict[str, str]:
        if fiscal_year is None:
            return inputs.of_plan(plan, notebook)
        return self.tree.needs(inputs, plan, fiscal_year, notebook)

    def summaries(self, plan: str) -> list[Path]:
        """Of the year sets of a plan that stand."""
        years = (unit for unit in self.manifest.units() if unit.startswith(f"{plan}/"))
        found = (self.root / unit / year_set.SUMMARY for unit in years)
        return [path for path in found if path.is_file()]

    def failure(self, work: Work) -> Path:
        """Where a failed run leaves its reason, and what it got as far as."""
        return self._failed / (work.unit if work.fiscal_year else f"{work.plan}/{PLAN_PAGES}")

    def overview_needs(self) -> dict:
        """Inputs of the pages over all plans, as the manifest would hold them; empty where nothing stands."""
        if not (paths := self.all_summaries()):
            return {}
        summaries = due.digest(paths, self.root)
        return {
            year_set.stem(OVERVIEW, language): {"summaries": summaries, **self._environment}
            | ({"beside": " ".join(beside)} if beside else {})
            for language, beside in self.beside_overviews().items()
        }

    def all_summaries(self) -> list[Path]:
        """Of all year sets that stand, of every plan."""
        paths = (self.root / unit / year_set.SUMMARY for unit in self.manifest.units() if "/" in unit)
        return [path for path in paths if path.is_file()]

    def beside_overviews(self) -> dict[str, list[str]]:
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
        return [place for place in places if (self.root / f"{place}.html").is_file()]


def _language(place: str) -> str:
    """The language of a page by its place in the tree; a folder's name may hold a point."""
    return year_set.page_and_language(place.rpartition("/")[2])[1]
