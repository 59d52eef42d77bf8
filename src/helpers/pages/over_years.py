"""One plan over its years as pictures, each with its table: grades, money, the path, what stays behind, plans beside it, decisions."""

from collections.abc import Mapping

import pandas as pd

from helpers import draw, notation
from helpers.draw.plan_money import one_offs
from helpers.notation import tokens
from helpers.pages.brief import DECISION_STATES
from helpers.pages.charts import figure
from helpers.pages.detail import period_of
from helpers.pages.links import figure_link, linked
from helpers.pages.part import Part, part
from helpers.pages.tables import table
from helpers.pages.words import apart
from helpers.terms import Figures, Plan, Sentence, short_wareki
from helpers.terms.audience import PUBLIC
from helpers.terms.frames import Frames
from helpers.terms.plan_years import newest_month, states
from helpers.terms.records import records

# What the newest year's brief says of grades and of money, which stands over the chart of each.
OF_GRADES = ("headline.achieved", "headline.missed", "headline.no_measures", "moved.rate", "moved.same_rate")
OF_GRADES_TOO = ("moved.one_measure", "moved.other_measures", "moved.another_scale")
OF_MONEY = ("headline.effect_", "headline.item_", "moved.effect", "moved.same_effect", "moved.another_definition")


def _known(plan: Plan, frames: Mapping[int, Frames]) -> dict[int, str]:
    return states(plan, frames, newest_month(frames.values()))


def _number(name: str, figures: Mapping[int, Figures], frames: Mapping[int, Frames]) -> int:
    """The number of a chart among those that the registered years bear, in their order."""
    newest = frames[max(frames)]
    borne = {
        "grades": any(one["measures"].is_known for one in figures.values()),
        "money": any(map(_has_money, figures.values())),
        "path": len(draw.plan_path.rows(figures)) > 1,
        "behind": any(one["stuck_measures"].is_known for one in figures.values()),
        "linked": not draw.linked_plans.rows(newest).empty,
    }
    return [one for one, is_there in borne.items() if is_there].index(name) + 1


def _charted(name: str, number: int, message: object, words: str, alt: str, drawn: object, beside: str) -> Part:
    width = tokens()["page"]["width"]
    made = draw.chart(drawn, number=number, name=name, width_mm=width, caption=words, alt=alt, table=beside)
    return figure(made, message)


def _message(stories: Mapping[int, object], figures: Mapping[int, Figures], ids: tuple[str, ...]) -> tuple[str, object]:
    """What the newest year says of it, its figures leading to that year's proofs."""
    year = max(stories)
    said: list[Sentence] = [one for one in stories[year].headline if one.id.startswith(ids)]
    words = notation.joined(one.text for one in said)
    return words, apart([linked(one, figures[year], page=f"{year}/quality") for one in said], " ")


def grades(
    plan: Plan, figures: Mapping[int, Figures], frames: Mapping[int, Frames], stories: Mapping[int, object]
) -> Part | None:
    """Measures by grade, a bar a year; None where no registered year states grades."""
    shown = [year for year in figures if figures[year]["measures"].is_known]
    if not shown:
        return None
    known = _known(plan, frames)
    words, message = _message(stories, figures, (*OF_GRADES, *OF_GRADES_TOO))
    alt = notation.spoken("、").join(
        notation.spoken(
            "{year} {achieved}／{measures}、{rate}",
            year=notation.fiscal_year(year),
            achieved=notation.figure(figures[year]["achieved_measures"]),
            measures=notation.figure(figures[year]["measures"]),
            rate=notation.figure(figures[year]["achievement_rate"]),
        )
        for year in shown
    )
    return _charted(
        "figure-plan-grades", _number("grades", figures, frames), message, words, f"{words} {alt}",
        lambda width: draw.plan_grades.drawn(width, plan, figures, frames, known), "table-plan-years",
    )  # fmt: skip


def money(
    plan: Plan, figures: Mapping[int, Figures], frames: Mapping[int, Frames], stories: Mapping[int, object]
) -> Part | None:
    """Expected and actual effect, two bars a year, with the table; None where no registered year states money."""
    shown = [year for year in figures if _has_money(figures[year])]
    if not shown:
        return None
    known = _known(plan, frames)
    words, message = _message(stories, figures, OF_MONEY)
    rows = pd.DataFrame([_of_money(year, figures[year], frames[year]) for year in shown])
    alt = notation.spoken("、").join(
        notation.spoken(
            "{year} 見込み{expected} 実績{actual}",
            year=notation.fiscal_year(year),
            expected=notation.figure(figures[year]["expected_effect"]),
            actual=notation.figure(figures[year]["actual_effect"]),
        )
        for year in shown
    )
    drawn = _charted(
        "figure-plan-money", _number("money", figures, frames), message, words,
        f"{words} {alt}",
        lambda width: draw.plan_money.drawn(width, figures, frames, known), "table-plan-money",
    )  # fmt: skip
    numeric = tuple(rows.columns[1:])
    twin = table(rows, name="table-plan-money", caption=_says("money_caption"), figures=numeric, head=1)
    return part("index/chart", words, chart=drawn, table=twin, notes=[_says("money_note")])


def _has_money(figures: Figures) -> bool:
    return figures["expected_effect"].is_known or figures["actual_effect"].is_known


def _of_money(year: int, figures: Figures, frames: Frames) -> dict[str, object]:
    """A year's line of the table, each amount leading to its proof."""
    page = f"{year}/quality"

    def shown(metric: str) -> object:
        return figure_link(figures[metric].key, notation.figure(figures[metric]), page=page)

    some = one_offs(figures, frames)
    once = apart(
        [figure_link(one.key, notation.figure(one), page=page) for one in some], notation.sentence("label.and")
    )
    without = figures["effect_without_top_item"]
    return {
        "年度": notation.spoken("{short}（{year}）", short=short_wareki(year), year=year),
        "見込み": shown("expected_effect"),
        "実績": shown("actual_effect"),
        "うち一過性と判断": once if some else _says("none_judged"),
        "最大の1件を除く実績": figure_link(without.key, notation.figure(without), page=page),
    }


def path(plan: Plan, figures: Mapping[int, Figures], frames: Mapping[int, Frames]) -> Part | None:
    """The cumulative path where it is known, else the line that is missing, named; None where no year states money."""
    if not any(map(_has_money, figures.values())):
        return None
    found = draw.plan_path.rows(figures)
    if len(found) > 1:
        words = _says("path")
        names = ("cumulative_expected_effect", "cumulative_actual_effect")
        of_year = {int(year): [figures[year][name] for name in names] for year in found["year"]}
        rows = pd.DataFrame(
            [
                (
                    notation.fiscal_year(year),
                    *(figure_link(one.key, notation.figure(one), page=f"{year}/quality") for one in both),
                )
                for year, both in of_year.items()
            ],
            columns=["年度", "見込みの累計", "実績の累計"],
        )
        alt = notation.spoken("、").join(
            notation.spoken(
                "{year} 見込み{expected} 実績{actual}",
                year=notation.fiscal_year(year),
                expected=notation.figure(expected),
                actual=notation.figure(actual),
            )
            for year, (expected, actual) in of_year.items()
        )
        drawn = _charted(
            "figure-plan-path",
            _number("path", figures, frames),
            words,
            words,
            f"{words}。{alt}",
            lambda width: draw.plan_path.drawn(width, plan, found),
            "table-plan-path",
        )
        twin = table(rows, name="table-plan-path", caption=words, figures=("見込みの累計", "実績の累計"), head=1)
        return part("index/chart", words, chart=drawn, table=twin, notes=[])
    newest = max(figures)
    missing = [notation.fiscal_year(year) for year in plan.years if year < newest and year not in frames]
    if missing:
        says = _says("path_missing", years=_says("separator").join(missing))
    else:
        says = _says("path_unknown", why=notation.figure(figures[newest]["cumulative_actual_effect"]))
    return part("index/chart", says, chart=None, table=None, notes=[says])


def behind(figures: Mapping[int, Figures], frames: Mapping[int, Frames]) -> Part | None:
    """For how many years measures have been behind, where registers say so; the newest year's measures by name."""
    years = [year for year in figures if figures[year]["stuck_measures"].is_known]
    if not years:
        return part("index/behind", _says("behind"), chart=None, table=None, notes=[_says("behind_unknown")])
    year = max(years)
    runs = [one for one in figures[year].of("years_behind", "measure") if one.is_known]
    missed = figures[year]["registered_measures"].exact - figures[year]["registered_achieved_measures"].exact
    counts = {1: missed - len(runs)} | {
        n: sum(one.exact == n for one in runs) for n in range(2, max((one.exact for one in runs), default=1) + 1)
    }
    register = frames[year].register.set_index("measure_id")
    rows = pd.DataFrame(
        [
            (
                register.loc[one.scope_id, "measure"],
                notation.in_own_words(frames[year].plan, register.loc[one.scope_id, "department"]),
                figure_link(one.key, notation.figure(one), page=f"{year}/quality"),
            )
            for one in sorted(runs, key=lambda one: -one.exact)
        ],
        columns=["取組", "部", "続く年数"],
    )
    words = _says("behind_of", year=notation.fiscal_year(year))
    alt = notation.spoken("、").join(
        notation.spoken("{n}年目", n=str(n)) + f" {notation.count(count)}" for n, count in counts.items()
    )
    drawn = _charted(
        "figure-plan-behind",
        _number("behind", figures, frames),
        words,
        words,
        f"{words}。{alt}",
        lambda width: draw.plan_behind.drawn(width, counts),
        "table-plan-behind",
    )
    twin = (
        table(rows, name="table-plan-behind", caption=_says("behind_caption"), figures=("続く年数",), head=1)
        if len(rows)
        else None
    )
    return part("index/behind", words, chart=drawn, table=twin, notes=[])


def linked_plans(figures: Mapping[int, Figures], frames: Mapping[int, Frames]) -> Part | None:
    """The plans beside this one and when they end, as the newest document says; None where it names none."""
    newest = frames[max(frames)] if frames else None
    rows = draw.linked_plans.rows(newest) if newest is not None else pd.DataFrame()
    if rows.empty:
        return None
    plan = newest.plan
    ends = [period_of(row) for row in records(rows)]
    names = [notation.in_own_words(plan, name) for name in rows["name"]]
    words = _says("linked", year=notation.fiscal_year(newest.fiscal_year))
    alt = notation.spoken("、").join(f"{name} {end}" for name, end in zip(names, ends, strict=True))
    drawn = _charted(
        "figure-plan-linked",
        _number("linked", figures, frames),
        words,
        words,
        f"{words}。{alt}",
        lambda width: draw.linked_plans.drawn(width, rows, newest),
        "table-plan-linked",
    )
    twin = table(pd.DataFrame({"計画": names, "期間": ends}), name="table-plan-linked", caption=words, head=1)
    return part("index/linked", words, chart=drawn, table=twin, notes=[])


def decided(frames: Mapping[int, Frames], stories: Mapping[int, object]) -> Part | None:
    """The points that rules put to leadership each year, and what was written down of them; a public page has none."""
    if not frames or any(one.audience == PUBLIC for one in frames.values()):
        return None
    rows = [
        row for year in sorted(frames, reverse=True) for row in _points(year, frames[year], stories[year].points or [])
    ]
    columns = ["年度", "論点", "状態", "決定", "担当", "期限"]
    caption = _says("decided")
    return part("index/decided", caption, rows=pd.DataFrame(rows, columns=columns), caption=caption)


def _points(year: int, frames: Frames, points: list) -> list[tuple[object, ...]]:
    """What was decided of a year's points; points of a rule that nobody decided on are said to be open."""
    label = notation.fiscal_year(year)
    kept = [
        (
            label,
            notation.in_own_words(frames.plan, row.topic),
            notation.spoken(DECISION_STATES[row.state]),
            *(
                notation.NOT_REGISTERED if cell == "not_registered" else cell
                for cell in (row.decision, row.owner, row.due)
            ),
        )
        for row in records(frames.decisions)
    ]
    rules = set(frames.decisions["rule"])
    nothing = notation.NOT_REGISTERED
    return kept + [
        (label, one.topic.text, nothing, nothing, nothing, nothing) for one in points if one.rule not in rules
    ]


def _says(name: str, **words: str) -> str:
    return notation.sentence(f"index.{name}", **words)
