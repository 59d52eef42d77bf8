"""One plan over its years: a line a year in the order of time, what is not registered and not yet due said so."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Protocol

import pandas as pd

from helpers import notation
from helpers.draw.links import breadcrumbs, figure_link, in_other_languages, linked, page_link
from helpers.draw.part import Part, tag, text
from helpers.draw.plan_years import newest_month, states
from helpers.draw.tables import stacked
from helpers.terms import Figure, Figures, Plan, Sentence, short_wareki
from helpers.terms.tables import Frames

PAGES = ("brief", "detail", "quality")
TALLIED = ("passed", "warned", "acknowledged", "failed")


def head(plan: Plan, frames: Mapping[int, Frames]) -> Part:
    """Way down, title, period, which years are registered, and the month of the newest document."""
    name = notation.full_name(plan)
    way = breadcrumbs((_says("home"), "../index"), (name, "")).html
    if others := in_other_languages("index"):
        beside = tag("nav", " ".join(others), cls="pages languages", aria_label=notation.spoken("言語"))
        way = tag("div", way + beside, cls="ways")
    month = newest_month(frames.values())
    count = len(plan.years)
    listed = _says("separator").join(notation.fiscal_year(year) for year in frames)
    lines = [
        _says("registered", count=str(count), years=listed) if frames else _says("none_registered"),
        _says("period", period=notation.period(plan)),
        *([_says("as_of", month=notation.month(month))] if month else [_says("how_to_register")]),
    ]
    title = tag("h1", text(_says("title", plan=name)))
    body = tag("div", title + "".join(tag("p", text(line)) for line in lines), cls="index-title")
    return Part(way + f'<style class="in-lab">{notation.stylesheet_in_lab()}</style>' + body, name)


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
            rows.append([label, _says("registered_state"), *cells])
        else:
            nothing = Part(tag("span", words[state], cls="not-there"), words[state])
            rows.append([label, nothing, *([_says("not_applicable")] * (len(columns) - 2))])
    headings = tuple(_says(name) for name in columns)
    frame = pd.DataFrame(rows, columns=headings)
    return stacked(frame, name="table-plan-years", caption=_says("caption"), names=headings)


def _cells(plan: Plan, year: int, figures: Figures, tally: dict[str, int]) -> list[object]:
    page = f"{year}/quality"

    def shown(name: str) -> str:
        return _proven(figures[name], page)

    counts = notation.spoken("{achieved}／{measures}", achieved=shown("achieved_measures"), measures=shown("measures"))
    actual = notation.spoken("{actual}／", actual=shown("actual_effect"))
    amounts = _kept_whole(actual) + " " + _kept_whole(shown("expected_effect"))
    checks = " ".join(_says(key, number=str(tally[key])) for key in TALLIED if tally[key] or key == "passed")
    return [
        _html(f"{_kept_whole(counts)} {shown('achievement_rate')}"),
        _html(_grades(plan, figures, page)),
        _html(amounts),
        _html(shown("effect_multiplier")),
        _html(shown("top_item_share")),
        _html(shown("multiplier_without_top_item")),
        checks,
        _html(_year_links(plan, year)),
    ]


def _kept_whole(content: str) -> str:
    """What no line may break within."""
    return tag("span", content, cls="kept-whole")


def _html(content: str) -> Part:
    return Part(content, content)


def _proven(figure: Figure, page: str) -> str:
    return figure_link(figure.key, notation.figure(figure), page=page).html


def _grades(plan: Plan, figures: Figures, page: str) -> str:
    """The bar, as wide as each grade's share; beside it letters and counts say the same."""
    counted = [
        (grade, figures["measures_by_grade", "grade", grade.code])
        for grade in plan.grades
        if ("measures_by_grade", "grade", grade.code) in figures
    ]
    bar = "".join(
        tag("span", "", cls=f"grade-{grade.band}", style=f"flex:{figure.exact} 1 0")
        for grade, figure in counted
        if figure.exact
    )
    letters = " ".join(
        tag(
            "span",
            f"{text(grade.code)} " + figure_link(figure.key, notation.decimal(figure.exact), page=page).html
            if figure.is_known
            else text(notation.figure(figure)),
            cls="grade-counts",
        )
        for grade, figure in counted
    )
    return (tag("span", bar, cls="grade-bar", aria_hidden="true") if bar else "") + letters


def _year_links(plan: Plan, year: int) -> str:
    places = {"csv": f"{year}/data/grade_counts.csv", "workbook": f"{year}/data/{plan.id}-{year}.xlsx"}
    links = [page_link(f"{year}/{name}", _says(name)) for name in PAGES]
    links += [tag("a", text(_says(name)), href=to) for name, to in places.items()]
    return tag("span", "".join(links), cls="year-links")


class Told(Protocol):
    """What is said of a year, as far as it stands here."""

    headline: list[Sentence]


def headlines(stories: Mapping[int, Told], figures: Mapping[int, Figures]) -> Part | None:
    """What each registered year's brief says at its head; None where no year is registered."""
    if not stories:
        return None
    entries = "".join(
        tag("dt", page_link(f"{year}/brief", notation.fiscal_year(year)))
        + tag("dd", notation.joined(linked(one, figures[year], page=f"{year}/quality") for one in story.headline))
        for year, story in stories.items()
    )
    name = _says("headlines")
    return Part(tag("section", tag("h2", text(name)) + tag("dl", entries, cls="years-list")), name)


def notes(plan: Plan, frames: Mapping[int, Frames]) -> Part:
    """How to read it: no ranking, not the same measures, what 未登録 and 未到来 mean, the grade scale."""
    month = newest_month(frames.values())
    labels = (_says("grade", code=grade.code, label=notation.grade_label(plan, grade)) for grade in plan.grades)
    said = [
        _says("no_rank"),
        _says("without_note"),
        _says("not_same"),
        _says("states", month=notation.month(month)) if month else _says("states_none"),
        _says("scale", grades=_says("separator").join(labels)),
        notation.sentence("caveat.minus"),
        *([notation.sentence("caveat.translated")] if notation.language() != notation.ORIGINAL else []),
    ]
    return Part(tag("ul", "".join(tag("li", text(one)) for one in said), cls="index-notes"), "notes")


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
