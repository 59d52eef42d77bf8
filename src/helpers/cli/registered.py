"""Plans and years that have data."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.cli.said import say
from helpers.terms import Refusal

if TYPE_CHECKING:
    from helpers.operate.calendar import Asked

Sets = list[tuple[str, int]]


def collections_of(plans: tuple[str, ...], years: tuple[int, ...], data: Path) -> Sets:
    """Plans and years whose departments were asked; a name that is no plan's is for `year_sets_of` to refuse."""
    from helpers import read

    known = read.plans(data)
    return [
        (plan, year)
        for plan in dict.fromkeys(plans or known)
        if plan in known
        for year in read.collections(plan, data)
        if year in years or not years
    ]


def year_sets_of(
    plans: tuple[str, ...], years: tuple[int, ...], data: Path, *, collected: Iterable[tuple[str, int]] = ()
) -> tuple[Sets, list[str]]:
    """Plans and years that have data, and refusals for those that were asked for but have none.

    Args:
        plans: As typed; all where empty.
        years: The same.
        data: Folder of the plans.
        collected: What else is asked for by these plans and years: none of it is refused for having no data.
    """
    from helpers import read

    year_sets, refusals, collected = [], [], set(collected)
    if not plans and not read.plans(data):
        refusals.append(f"{data} に計画がありません。<計画>/plan.toml を置いてください。")
    for plan in dict.fromkeys(plans or read.plans(data)):
        try:
            if not (data / read.plan_folder_name(plan) / read.PLAN_FILE).is_file():
                read.plan(plan, data)  # refuses; an existing plan is read only if one of its pages is due
            known = read.years(plan, data)
        except Refusal as refusal:
            refusals += refusal.sentences
            continue
        year_sets += [(plan, year) for year in known if year in years or not years]
        missing = [year for year in dict.fromkeys(years) if year not in known and (plan, year) not in collected]
        if plans:
            refusals += [_not_registered(f"{plan} の{year}年度", known) for year in missing]
        if not known and not years and plan not in {of for of, _ in collected}:
            sentence = _not_registered(f"{plan} の年度", known)
            refusals += [sentence] if plans else []
            if not plans:
                say(sentence, 0)
    if not plans:
        found = {year for _, year in year_sets}
        missing = [year for year in dict.fromkeys(years) if year not in found | {of for _, of in collected}]
        refusals += [_not_registered(f"{year}年度", found) for year in missing]
    return year_sets, refusals


def _not_registered(what: str, known: Iterable[int]) -> str:
    registered = "、".join(map(str, sorted(known))) or "なし"
    return f"{what}は未登録です。登録済みの年度: {registered}。gyokaku intake で資料を登録してください。"


def registered(data: Path) -> tuple[Sets, dict[str, tuple[int, int]], list[str]]:
    """Plans and years that have data, the period of each plan, and the refusals of plans that cannot be read."""
    from helpers import read

    year_sets, periods, refusals = [], {}, []
    for plan in read.plans(data):
        try:
            year_sets += [(plan, year) for year in read.years(plan, data)]
            periods[plan] = read.period(plan, data)
        except Refusal as refusal:
            refusals += refusal.sentences
    return year_sets, periods, refusals


def faults_of(plans: Iterable[str], data: Path) -> list[str]:
    """What is wrong with the `plan.toml` of plans that something is due of: no run would get past it."""
    from helpers import read

    refusals = []
    for plan in sorted(plans):
        try:
            read.plan(plan, data)
        except Refusal as refusal:
            refusals += refusal.sentences
    return refusals


def years_of(year_sets: list[tuple[str, int]], plans: Iterable[str]) -> dict[str, list[int]]:
    """The years that each plan has data of."""
    return {plan: [year for of, year in year_sets if of == plan] for plan in plans}


def asked(plans: Iterable[str], data: Path) -> tuple[list["Asked"], list[str]]:
    """The stages in which departments of these plans were asked, and the refusals of those that cannot be read."""
    from helpers import read
    from helpers.operate.calendar import Asked

    found, refusals = [], []
    for plan in plans:
        for year in read.collections(plan, data):
            for stage in read.stages_kept(plan, year, data):
                try:
                    one = read.collection(plan, year, data, stage=stage)
                except Refusal as refusal:
                    refusals += refusal.sentences
                    continue
                found.append(Asked(plan, year, stage, one.until, tuple(one.lacking["department"]), one.is_closed))
    return found, refusals
