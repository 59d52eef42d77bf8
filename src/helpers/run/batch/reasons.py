"""What a run would build, and why: the plan of work that a run itself follows, in words."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from helpers.run.batch import due
from helpers.run.batch.folders import Folders
from helpers.run.batch.places import REASON
from helpers.run.batch.planner import Planner, Work
from helpers.run.batch.results import OVERVIEW, named
from helpers.run.batch.trees import TREES
from helpers.terms import wareki
from helpers.terms.fiscal_year import MONTH_OF_RESULTS

NEVER_BUILT, NEW_DATA, ALTERED, NEW_PAGE, PAGE_GONE = "never_built", "new_data", "altered", "new_page", "page_gone"
FOLLOWS, FAILED_LAST, FAILURE_IS_OVER = "follows", "failed_last", "failure_is_over"
SENTENCES = {
    NEVER_BUILT: "まだ一度も作られていない",
    NEW_DATA: "新しく登録された年度",
    ALTERED: "作られたファイルが書き換えられたか、なくなった",
    NEW_PAGE: "ページが加わった",
    PAGE_GONE: "作らなくなったページが残っている",
    "data": "データが変わった（この年度、それより前の年度、plan.toml のどれか）",
    due.COLLECTION: "照会か回答、plan.toml が変わった",
    "years": "登録された年度が変わった",
    "notebook": "ノートブックが変わった",
    "package": "プログラム（helpers）が変わった",
    "libraries": "Python かライブラリーの版が変わった",
    "parameters": "作り方の指定が変わった",
    "summaries": "年度の要約が変わった",
    FOLLOWS: "元になる年度のページを作り直すので、その要約が変われば作り直す",
    FAILED_LAST: "前回は失敗した",
    FAILURE_IS_OVER: "前回は失敗したが、データは元に戻り、ページはそのまま使える（失敗の記録を片付けるだけ）",
}
EXPECTED, OVERDUE = "expected", "overdue"


class Reason(NamedTuple):
    """Why something is due: a code for programs, words for people, and what it concerns (pages, or the reason of a failure)."""

    code: str
    about: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """In words: ノートブックが変わった（brief、detail）."""
        return f"{SENTENCES[self.code]}（{'、'.join(self.about)}）" if self.about else SENTENCES[self.code]


class Due(NamedTuple):
    """A set, the pages over a plan's years, or the page over all plans (without plan and year), that a run would see to."""

    tree: str
    plan: str
    fiscal_year: int | None
    pages: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def audience(self) -> str:
        """For whom."""
        return TREES[self.tree].audience

    @property
    def name(self) -> str:
        """As in the history of runs: `isehara-6 2024`, `照会 isehara-6 2025`."""
        return named(TREES[self.tree].called, self.plan, self.fiscal_year)

    @property
    def called(self) -> str:
        """In words: isehara-6 2024, isehara-6 年度の一覧, 計画の一覧."""
        return self.name if self.fiscal_year else f"{self.plan} 年度の一覧" if self.plan else "計画の一覧"

    def as_json(self) -> dict:
        """For programs."""
        reasons = [{"code": one.code, "sentence": one.sentence} for one in self.reasons]
        return {**self._asdict(), "audience": self.audience, "reasons": reasons}


class Awaited(NamedTuple):
    """A fiscal year of a plan whose results should be there, or are expected in these days, and are not registered."""

    plan: str
    fiscal_year: int
    state: str
    month_of_results: int = MONTH_OF_RESULTS

    @property
    def sentence(self) -> str:
        """What is missing since when, and what to do."""
        month = f"{self.fiscal_year + 1}年{self.month_of_results}月"
        said = {
            EXPECTED: f"今月（{month}）に結果が公表される見込みです。届いたら、",
            OVERDUE: f"{month}に公表されるはずの結果が、まだ登録されていません。資料を確かめ、",
        }[self.state]
        return f"{self.plan} {wareki(self.fiscal_year)}: {said}gyokaku intake で登録してください。"


def plan_of_work(sets: Iterable[tuple[str, int]], *, folders: Folders, tree: str, language: str) -> list[Due]:
    """What `build` would see to in one tree, in its order; nothing is written.

    Args:
        sets: Plans and fiscal years that have data, or whose departments were asked.
        folders: Where things are.
        tree: Its name, of `TREES`.
        language: What stands beside the Japanese pages.

    Raises:
        Refusal: There are no pages, or a plan's name leads out of the folder.
    """
    planner = Planner(folders, TREES[tree], due.pages(folders.notebooks), language=language, lists_all=True)
    notebooks = planner.notebooks
    plan_pages = [page for page, notebook in notebooks.items() if notebook.per == due.PLAN]
    sets = list(dict.fromkeys(sets))
    found = []
    for plan, year in sets:
        work = planner.work(plan, year, wanted=notebooks.keys(), force=False)
        found += _due(planner, work)
    will_stand = {one.plan for one in found if one.pages}
    for plan in dict.fromkeys(plan for plan, _ in sets) if plan_pages else ():
        work = planner.work(plan, None, wanted=notebooks.keys(), force=False)
        of_plan = _due(planner, work) if work.inputs else []
        if plan in will_stand:
            follows = Due(tree, plan, None, tuple(plan_pages), (Reason(FOLLOWS),))
            of_plan = [one._replace(reasons=(*one.reasons, Reason(FOLLOWS))) for one in of_plan] or [follows]
        found += of_plan
    return found + (_overview(planner, follows=bool(will_stand)) if planner.tree.of_plan else [])


def awaited(
    plans: Mapping[str, tuple[int, int]],
    registered: Mapping[str, Iterable[int]],
    today: date,
    *,
    month: int = MONTH_OF_RESULTS,
) -> list[Awaited]:
    """Years of the plans' periods that are expected this month or overdue, by plan and year.

    The results of a fiscal year are expected in August of the next (or another month); from the next month on they are overdue.

    Args:
        plans: First and last fiscal year of each plan.
        registered: The years each has data of.
        today: The day that is asked for.
        month: In which results are published.
    """
    found = []
    for plan, (first, last) in plans.items():
        for year in range(first, last + 1):
            is_due = (today.year, today.month) >= (year + 1, month)
            if is_due and year not in registered[plan]:
                is_this_month = (today.year, today.month) == (year + 1, month)
                found.append(Awaited(plan, year, EXPECTED if is_this_month else OVERDUE, month))
    return found


def _due(planner: Planner, work: Work) -> list[Due]:
    failure, tree = _first_line(planner.failure(work) / REASON), planner.tree.name
    if work.is_unchanged:
        return [Due(tree, work.plan, work.fiscal_year, (), (Reason(FAILURE_IS_OVER),))] if failure else []
    reasons = [*_why(planner, work), *([Reason(FAILED_LAST, (failure,))] if failure else [])]
    return [Due(tree, work.plan, work.fiscal_year, tuple(work.due), tuple(reasons))]


def _why(planner: Planner, work: Work) -> list[Reason]:
    stands = planner.manifest.entry(work.unit).get("pages", {})
    if not stands:
        return [Reason(_why_nothing_stands(planner.manifest, work))]
    changed: dict[str, list[str]] = {}
    for stem in work.due:
        if stem not in stands:
            changed.setdefault(NEW_PAGE, []).append(stem)
            continue
        for name, value in work.inputs[stem].items():
            if stands[stem].get(name) != value:
                changed.setdefault(name, []).append(stem)
    if gone := [stem for stem in stands if stem not in work.inputs]:
        changed[PAGE_GONE] = gone
    order = list(SENTENCES)
    # Which pages, only where it is not all of them.
    return [
        Reason(code, () if pages == list(work.inputs) else tuple(pages))
        for code, pages in sorted(changed.items(), key=lambda item: order.index(item[0]))
    ]


def _why_nothing_stands(manifest: due.Manifest, work: Work) -> str:
    if work.unit in manifest.units():
        return ALTERED
    known = _years_known(manifest, work.plan)
    return NEW_DATA if work.fiscal_year and known and str(work.fiscal_year) not in known else NEVER_BUILT


def _years_known(manifest: due.Manifest, plan: str) -> set[str]:
    """Years that were registered when anything of the plan was last built."""
    units = [unit for unit in manifest.units() if unit == plan or unit.startswith(f"{plan}/")]
    pages = [page for unit in units for page in manifest.recorded(unit).get("pages", {}).values()]
    return {year for page in pages for year in page.get("years", "").split()}


def _overview(planner: Planner, *, follows: bool) -> list[Due]:
    needs, tree = planner.overview_needs(), planner.tree.name
    stands = planner.manifest.entry(due.WHOLE).get("pages", {})
    if follows:
        return [Due(tree, "", None, (OVERVIEW,), (Reason(FOLLOWS),))]
    if not needs or stands == needs:
        return []
    if not stands:
        code = ALTERED if due.WHOLE in planner.manifest.units() else NEVER_BUILT
        return [Due(tree, "", None, (OVERVIEW,), (Reason(code),))]
    before, now = stands.get(OVERVIEW, {}), needs[OVERVIEW]
    reasons = tuple(Reason(name) for name in SENTENCES if before.get(name) != now.get(name))
    return [Due(tree, "", None, (OVERVIEW,), reasons)]


def _first_line(reason: Path) -> str:
    try:
        return reason.read_text(encoding="utf-8").partition("\n")[0]
    except OSError:
        return ""
