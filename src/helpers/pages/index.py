"""One plan over its years: a line a year in the order of time, what is not registered and not yet due said so."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Protocol

import pandas as pd

from helpers import notation
from helpers.pages.environment import macro
from helpers.pages.links import OF_A_YEAR, Link, figure_link, in_other_languages, linked, page_link
from helpers.pages.part import Part, part
from helpers.pages.tables import stacked
from helpers.pages.words import Shown
from helpers.terms import Figures, Plan, Sentence, short_wareki
from helpers.terms.frames import Frames
from helpers.terms.plan_years import newest_month, states

CELLS = "index/cells.html.j2"
TALLIED = ("passed", "warned", "acknowledged", "failed")


def head(plan: Plan, frames: Mapping[int, Frames]) -> Part:
    """Way down, title, period, which years are registered, and the month of the newest document."""
    name = notation.full_name(plan)
    month = newest_month(frames.values())
    count = len(plan.years)
    listed = _says("separator").join(notation.fiscal_year(year) for year in frames)
    lines = [
        _says("registered", count=str(count), years=listed) if frames else _says("none_registered"),
        _says("period", period=notation.period(plan)),
        *([_says("as_of", month=notation.month(month))] if month else [] if frames else [_says("how_to_register")]),
    ]
    above, others = [page_link("../index", _says("home"))], in_other_languages("index")
    return part("index/head", name, above=above, others=others, name=name, lines=lines)


def years(
    plan: Plan,
    figures: Mapping[int, Figures],
    frames: Mapping[int, Frames],
    checks: Mapping[int, dict[str, int]],
) -> Part:
    """The table: one line a plan year, every figure leading to its proof on that year's page."""
    columns = ("year", "state", "achieved", "grades", "amounts", "multiplier", "top_item", "without", "checks", "pages")
    words = {"not_registered": notation.NOT_REGISTERED, "not_due": notation.NOT_DUE}
    rows = []
    for year, state in states(plan, frames, newest_month(frames.values())).items():
        label = notation.spoken("{short}（{year}）", short=short_wareki(year), year=year)
        if state == "registered":
            cells = _cells(plan, year, figures[year], checks[year])
            nth = frames[year].edition
            is_known = _says("registered_state") if nth == 1 else _says("edition_state", n=str(nth))
            rows.append([label, is_known, *cells])
        else:
            rows.append(
                [label, macro("nothing", CELLS)(words[state]), *([_says("not_applicable")] * (len(columns) - 2))]
            )
    headings = tuple(_says(name) for name in columns)
    frame = pd.DataFrame(rows, columns=headings)
    return stacked(frame, name="table-plan-years", caption=_says("caption"), names=headings)


def _cells(plan: Plan, year: int, figures: Figures, tally: dict[str, int]) -> list[Shown]:
    page = f"{year}/quality"

    def shown(name: str) -> Link:
        return figure_link(figures[name].key, notation.figure(figures[name]), page=page)

    checks = " ".join(_says(key, number=str(tally[key])) for key in TALLIED if tally[key] or key == "passed")
    return [
        macro("counts", CELLS)(shown("achieved_measures"), shown("measures"), shown("achievement_rate"))
        if figures["measures"].is_known
        else shown("measures"),
        macro("grades", CELLS)(_grades(plan, figures, page)),
        macro("amounts", CELLS)(shown("actual_effect"), shown("expected_effect")),
        shown("effect_multiplier"),
        shown("top_item_share"),
        shown("multiplier_without_top_item"),
        checks,
        macro("pages", CELLS)(_year_links(plan, year, "grade_counts" if figures["measures"].is_known else "effects")),
    ]


def _grades(plan: Plan, figures: Figures, page: str) -> list[dict[str, Shown]]:
    """Each grade with its share of the bar, and its letter and count."""
    counted = [
        (grade, figures["measures_by_grade", "grade", grade.code])
        for grade in plan.grades
        if ("measures_by_grade", "grade", grade.code) in figures
    ]
    return [
        {
            "band": grade.band,
            "share": figure.exact,
            "says": [f"{grade.code} ", figure_link(figure.key, notation.decimal(figure.exact), page=page)]
            if figure.is_known
            else notation.figure(figure),
        }
        for grade, figure in counted
    ]


def _year_links(plan: Plan, year: int, table: str) -> list[Link]:
    places = {"csv": f"{year}/data/{table}.csv", "workbook": f"{year}/data/{plan.id}-{year}.xlsx"}
    of_pages = [page_link(f"{year}/{name}", _says(name)) for name in OF_A_YEAR]
    return [*of_pages, *(Link(_says(name), to) for name, to in places.items())]


class Told(Protocol):
    """What is said of a year, as far as it stands here."""

    headline: list[Sentence]


def headlines(stories: Mapping[int, Told], figures: Mapping[int, Figures]) -> Part | None:
    """What each registered year's brief says at its head; None where no year is registered."""
    if not stories:
        return None
    told = [
        {
            "link": page_link(f"{year}/brief", notation.fiscal_year(year)),
            "headline": [linked(one, figures[year], page=f"{year}/quality") for one in story.headline],
        }
        for year, story in stories.items()
    ]
    return part("index/headlines", _says("headlines"), years=told)


def notes(plan: Plan, frames: Mapping[int, Frames]) -> Part:
    """How to read it: no ranking, not the same measures, what 未登録 and 未到来 mean, the grade scale."""
    month = newest_month(frames.values())
    labels = (_says("grade", code=grade.code, label=notation.grade_label(plan, grade)) for grade in plan.grades)
    said = [
        _says("no_rank"),
        _says("without_note"),
        _says("not_same"),
        _says("states", month=notation.month(month)) if month else _says("states_undated" if frames else "states_none"),
        *([_says("scale", grades=_says("separator").join(labels))] if plan.grades else []),
        notation.sentence("caveat.minus"),
        *([notation.sentence("caveat.translated")] if notation.language() != notation.ORIGINAL else []),
    ]
    return part("index/notes", "notes", notes=said)


def data(
    plan: Plan, figures: Mapping[int, Figures], frames: Mapping[int, Frames], metrics: tuple[str, ...]
) -> pd.DataFrame:
    """The same as a table for machines: `fiscal_year`, `state`, then each metric as it is shown; empty where not registered."""
    of_years = states(plan, frames, newest_month(frames.values()))
    rows = [
        dict(
            zip_longest(
                ("fiscal_year", "state", *metrics),
                (year, state, *(notation.figure(figures[year][name]) for name in metrics if year in figures)),
                fillvalue="",
            )
        )
        for year, state in of_years.items()
    ]
    return pd.DataFrame(rows, columns=["fiscal_year", "state", *metrics])


def _says(name: str, **words: str) -> str:
    return notation.sentence(f"index.{name}", **words)
