"""One plan over its years: a line a year in the order of time, what is not registered and not yet due said so."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Protocol

import pandas as pd

from helpers import notation
from helpers.draw.links import breadcrumbs, figure_link, linked
from helpers.draw.part import Part, tag, text
from helpers.draw.tables import stacked
from helpers.terms import Figure, Figures, Plan, Sentence, short_wareki, wareki
from helpers.terms.tables import Frames

# The year's results are expected in this month of the year after.
MONTH_OF_RESULTS = 8
PAGES = ("brief", "detail", "quality")
TALLIED = ("passed", "warned", "acknowledged", "failed")


def newest_month(frames: Mapping[int, Frames]) -> str:
    """The month of the newest document in force, `2025-08`; empty where no year is registered."""
    months = [
        source["published"]
        for one in frames.values()
        for source in one.sources.values()
        if not source.get("superseded")
    ]
    return max(months, default="")


def states(plan: Plan, registered: Mapping[int, object], month: str) -> dict[int, str]:
    """Each plan year: `registered`, `not_registered`, or `not_due` where its results are not expected by that month.

    Args:
        plan: The plan.
        registered: The registered years.
        month: `newest_month`; without one no year can be said to be not yet due.
    """
    return {
        year: "registered"
        if year in registered
        else "not_due"
        if month and month < f"{year + 1:04d}-{MONTH_OF_RESULTS:02d}"
        else "not_registered"
        for year in plan.years
    }


def head(plan: Plan, frames: Mapping[int, Frames], *, language: str = "ja") -> Part:
    """Way down, title, period, which years are registered, and the month of the newest document."""
    says = _sayer(language)
    way = breadcrumbs((says("home"), "../index.html"), (plan.full_name, ""), language=language)
    month = newest_month(frames)
    count = len(plan.years)
    listed = says("separator").join(wareki(year) for year in frames)
    lines = [
        says("registered", count=str(count), years=listed) if frames else says("none_registered"),
        says("period", period=plan.period),
        *([says("as_of", month=_month(month, says))] if month else [says("how_to_register")]),
    ]
    title = tag("h1", text(says("title", plan=plan.full_name)))
    body = tag("div", title + "".join(tag("p", text(line)) for line in lines), cls="index-title")
    return Part(way.html + f'<style class="in-lab">{notation.stylesheet_in_lab()}</style>' + body, plan.full_name)


def years(
    plan: Plan,
    figures: Mapping[int, Figures],
    frames: Mapping[int, Frames],
    checks: Mapping[int, dict[str, int]],
    *,
    language: str = "ja",
) -> Part:
    """The table: one line a plan year, every figure leading to its proof on that year's page."""
    says = _sayer(language)
    columns = ("year", "state", "achieved", "grades", "amounts", "multiplier", "top_item", "without", "checks", "pages")
    words = {"not_registered": notation.NOT_REGISTERED, "not_due": notation.NOT_DUE}
    rows = []
    for year, state in states(plan, frames, newest_month(frames)).items():
        label = f"{short_wareki(year)}（{year}）"
        if state == "registered":
            cells = _cells(plan, year, figures[year], checks[year], says)
            rows.append([label, says("registered_state"), *cells])
        else:
            nothing = Part(tag("span", words[state], cls="not-there"), words[state])
            rows.append([label, nothing, *([says("not_applicable")] * (len(columns) - 2))])
    frame = pd.DataFrame(rows, columns=[says(name) for name in columns])
    return stacked(frame, name="table-plan-years", caption=says("caption"))


def _cells(plan: Plan, year: int, figures: Figures, tally: dict[str, int], says) -> list[object]:  # noqa: ANN001
    page = f"{year}/quality.html"

    def shown(name: str) -> str:
        return _proven(figures[name], page)

    counts = f"{shown('achieved_measures')}／{shown('measures')}"
    amounts = _kept_whole(f"{shown('actual_effect')}／") + " " + _kept_whole(shown("expected_effect"))
    checks = " ".join(says(key, number=str(tally[key])) for key in TALLIED if tally[key] or key == "passed")
    return [
        _html(f"{_kept_whole(counts)} {shown('achievement_rate')}"),
        _html(_grades(plan, figures, page)),
        _html(amounts),
        _html(shown("effect_multiplier")),
        _html(shown("top_item_share")),
        _html(shown("multiplier_without_top_item")),
        checks,
        _html(_year_links(plan, year, says)),
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


def _year_links(plan: Plan, year: int, says) -> str:  # noqa: ANN001
    places = {name: f"{year}/{name}.html" for name in PAGES}
    places |= {"csv": f"{year}/data/grade_counts.csv", "workbook": f"{year}/data/{plan.id}-{year}.xlsx"}
    links = "".join(tag("a", text(says(name)), href=to) for name, to in places.items())
    return tag("span", links, cls="year-links")


class Told(Protocol):
    """What is said of a year, as far as it stands here."""

    headline: list[Sentence]


def headlines(stories: Mapping[int, Told], figures: Mapping[int, Figures], *, language: str = "ja") -> Part | None:
    """What each registered year's brief says at its head; None where no year is registered."""
    if not stories:
        return None
    says = _sayer(language)
    entries = "".join(
        tag("dt", tag("a", text(wareki(year)), href=f"{year}/brief.html"))
        + tag("dd", "".join(linked(one, figures[year], page=f"{year}/quality.html") for one in story.headline))
        for year, story in stories.items()
    )
    return Part(
        tag("section", tag("h2", text(says("headlines"))) + tag("dl", entries, cls="years-list")), says("headlines")
    )


def notes(plan: Plan, frames: Mapping[int, Frames], *, language: str = "ja") -> Part:
    """How to read it: no ranking, not the same measures, what 未登録 and 未到来 mean, the grade scale."""
    says, month = _sayer(language), newest_month(frames)
    scale = says("separator").join(says("grade", code=grade.code, label=grade.label) for grade in plan.grades)
    said = [
        says("no_rank"),
        says("without_note"),
        says("not_same"),
        says("states", month=_month(month, says)) if month else says("states_none"),
        says("scale", grades=scale),
        notation.sentence("caveat.minus", language=language),
    ]
    return Part(tag("ul", "".join(tag("li", text(one)) for one in said), cls="index-notes"), "notes")


def data(
    plan: Plan, figures: Mapping[int, Figures], frames: Mapping[int, Frames], metrics: tuple[str, ...]
) -> pd.DataFrame:
    """The same as a table for machines: `fiscal_year`, `state`, then each metric as it is shown; empty where not registered."""
    of_years = states(plan, frames, newest_month(frames))
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


def _month(iso: str, says) -> str:  # noqa: ANN001
    year, month = iso.split("-")
    return says("month", year=year, month=str(int(month)))


def _sayer(language: str):  # noqa: ANN202 — a sentence of the group by its name
    def says(name: str, **words: str) -> str:
        return notation.sentence(f"index.{name}", language=language, **words)

    return says
