"""The page of a collection: which departments have answered, what to ask the others, and what the answers come to so far.

Its words are Japanese, as the forms are. What departments and the section in charge have written is shown as received.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from math import ceil

import pandas as pd

from helpers import draw, notation
from helpers.notation import sentence, tokens
from helpers.pages.brief import emphasised
from helpers.pages.charts import figure as framed
from helpers.pages.collection_room import Layout, layout
from helpers.pages.links import Link, as_received
from helpers.pages.part import Part, part
from helpers.pages.tables import stacked
from helpers.pages.words import Shown
from helpers.terms import OUTCOMES, Figure, Figures, Sentence, form
from helpers.terms.collection import Collection
from helpers.terms.records import records

# What a row of doubts has where it is of no measure, item or place, and where nobody knows the department.
NOTHING = {"not_applicable", "unknown"}
# Departments in one chart: as many as a sheet holds.
MOST_BARS = 42
MOST_NAMES = 12
HALF_MM = draw.canvas.NARROW_MM


def masthead(collection: Collection) -> Part:
    """Whose plan, which year and stage, and whether it is closed; it brings the page's looks to JupyterLab."""
    stage, year = form.STAGES[collection.stage], notation.both_years(collection.fiscal_year)
    what = _says("asked_for", year=year, stage=stage)
    mark = _says("closed_mark" if collection.is_closed else "provisional")
    name = notation.full_name(collection.plan)
    return part("collection/masthead", f"{name} {what}", name=name, what=what, mark=mark)


def headline(story: object) -> Part:
    """How far it is, each sentence kept whole where the line allows."""
    says = notation.joined(one.text for one in story.headline)
    return part("brief/headline", says, sentences=[_shown(one) for one in story.headline], moved=[])


def key_figures(story: object) -> Part:
    """The large figures, each with what it is made of."""
    shown = [
        {
            "label": key.label.text,
            "value": emphasised(key.value.text),
            "lines": [_shown(line) for line in key.lines],
        }
        for key in story.key_figures
    ]
    says = " / ".join(f"{key.label.text} {key.value.text}" for key in story.key_figures)
    return part("brief/key_figures", says, key_figures=shown)


def departments(collection: Collection, figures: Figures, story: object) -> Part:
    """A department a row: its state, how many of its measures are answered, how many points there are to ask."""
    listed, where = draw.answered.rows(figures), _layout(collection, figures, story)
    notes = []
    if not where.columns:
        notes.append(_says("departments_behind", n=notation.decimal(len(listed))))
    elif not where.has_chart:
        notes.append(_says("chart_behind"))
    return part("collection/departments", _says("departments"), tables=_tables(listed, where.columns), notes=notes)


def _tables(listed: pd.DataFrame, columns: int) -> list[dict[str, object]]:
    """The departments in so many tables of the same length."""
    size = ceil(len(listed) / columns) if columns else len(listed) or 1
    pieces = [listed.iloc[at : at + size] for at in range(0, len(listed), size)] if columns else []
    heads = [_says(name) for name in ("department", "state", "counts", "open")]
    return [
        {
            "rows": pd.DataFrame([_row(row) for row in records(piece)], columns=heads),
            "name": f"table-departments-{n}" if n > 1 else "table-departments",
            "caption": _says("departments_more" if n > 1 else "departments"),
            "figures": tuple(heads[2:]),
        }
        for n, piece in enumerate(pieces, start=1)
    ]


def _row(row: object) -> tuple[Shown, ...]:
    counts = sentence("collection.of_all", part=notation.decimal(row.answered), whole=notation.decimal(row.asked))
    return as_received(row.department), _state(row), counts, notation.decimal(row.open)


def _state(row: object) -> str:
    if not row.begun:
        return _says("state_silent")
    if row.answered < row.asked:
        return _says("state_begun")
    return _says("state_to_ask" if row.open else "state_answered")


def answered(collection: Collection, figures: Figures, story: object) -> Part | None:
    """The chart beside the table; None where there are more departments than it has room for."""
    if not _layout(collection, figures, story).has_chart:
        return None
    listed = draw.answered.rows(figures)
    return framed(_chart(listed, story.caption.text, HALF_MM, "", "table-departments"))


def answered_in_full(collection: Collection, figures: Figures, story: object) -> Part | None:
    """The chart on the sheets behind, and the table where page one has no room for it; None where both stand there."""
    where = _layout(collection, figures, story)
    if where.has_chart:
        return None
    listed = draw.answered.rows(figures)
    pieces = [listed.iloc[at : at + MOST_BARS] for at in range(0, len(listed), MOST_BARS)]
    width = tokens()["page"]["width"]
    charts = [
        _chart(
            piece.reset_index(drop=True),
            _of_several(story.caption.text, n, len(pieces)),
            width,
            f"-{n}",
            "table-departments",
        )
        for n, piece in enumerate(pieces, start=1)
    ]
    tables = [] if where.columns else _tables(listed, 1)
    return part("collection/charts", story.caption.text, charts=charts, tables=tables)


def _of_several(caption: str, n: int, of: int) -> str:
    return caption if of == 1 else _says("chart_caption", caption=caption, n=notation.decimal(n))


def _chart(listed: pd.DataFrame, caption: str, width: float, tail: str, beside: str) -> draw.Chart:
    alt = _says("separator").join(
        _says(
            "chart_alt",
            department=row.department,
            answered=notation.decimal(row.answered),
            asked=notation.decimal(row.asked),
        )
        for row in records(listed)
    )
    return draw.chart(
        lambda mm: draw.answered.drawn(mm, listed),
        number=tail.removeprefix("-") or 1,
        name=f"figure-answered{tail}",
        width_mm=width,
        caption=caption,
        alt=notation.joined([f"{caption}。", alt]),
        table=beside,
    )


def provisional(collection: Collection, story: object) -> Part:
    """What the answers come to so far, each sentence with the measures it covers."""
    title = _says("closed_title" if collection.is_closed else "provisional_title")
    return part("collection/provisional", title, title=title, sentences=[_shown(one) for one in story.provisional])


def points(collection: Collection, figures: Figures, story: object) -> Part:
    """What to ask the departments, as far as page one has room: the silent ones first, then each point with its place."""
    found = _to_ask(collection)
    room = _layout(collection, figures, story).points
    count = figures["points_to_ask"].exact
    silent = 0 if not _lead(collection, figures) else count - len(found)
    nothing = ""
    if not count:
        nothing = _says("points_none" if figures["begun_measures"].exact else "points_waiting")
    lead = [as_received(one) for one in _lead(collection, figures)]
    return _on_page_one("points", found, room, count, said=silent, lead=lead, nothing=nothing)


def told(collection: Collection, figures: Figures, story: object) -> Part:
    """What was read in a way that people should know, as far as page one has room."""
    found = _of_weight(collection, "told")
    room = _layout(collection, figures, story).told
    return _on_page_one("told", found, room, len(found), nothing="" if len(found) else _says("told_none"))


def _on_page_one(
    name: str, found: pd.DataFrame, room: int, count: int, *, said: int = 0, lead: Shown = "", nothing: str = ""
) -> Part:
    shown = [_point(row) for row in records(found.head(room))]
    title, rest = _says(name), ""
    if count and len(shown) < len(found):
        says = _says("points_left", n=notation.decimal(count), shown=notation.decimal(said + len(shown)))
        rest = Link(says, f"#all-{name}")
    return part("collection/points", title, title=title, rest=rest, nothing=nothing, lead=lead, points=shown)


def _point(row: object) -> dict[str, Shown]:
    department = [] if row.department in NOTHING else [as_received(row.department), " "]
    place = [] if row.place in NOTHING else [_PLACE[0], as_received(row.place), _PLACE[1]]
    return {
        "of": [*department, *_measure(row)],
        "says": as_received(row.says),
        "place": place,
        "ask": [_ARROW, as_received(row.ask)],
    }


_PLACE, _ARROW = ("（", "）"), "→ "


def _measure(row: object) -> list[Shown]:
    item = "" if row.item in NOTHING else f"「{row.item}」"
    return [] if row.measure in NOTHING else [as_received(row.measure), item]


def _printed(rows: pd.DataFrame) -> list[str]:
    """Each point as it is printed, to count its lines."""
    return [" ".join(_plain(row)) for row in records(rows)]


def _plain(row: object) -> list[str]:
    words = (row.department, row.measure, f"「{row.item}」", row.says, f"（{row.place}）", f"→ {row.ask}")
    return [one for one in words if one.strip("「」（）") not in NOTHING]


def _to_ask(collection: Collection) -> pd.DataFrame:
    """The points to ask but those that a department has not answered at all, which one sentence says of all of them."""
    found = _of_weight(collection, "open")
    return found[found["kind"] != "not_answered"]


def _of_weight(collection: Collection, weight: str) -> pd.DataFrame:
    return collection.doubts[collection.doubts["weight"] == weight]


def _lead(collection: Collection, figures: Figures) -> list[str]:
    """Which departments have not answered, in pieces; nothing where all have begun, and where nobody has."""
    silent = collection.silent
    if collection.is_closed or not silent or not figures["begun_measures"].exact:
        return []
    listed = [piece for name in silent[:MOST_NAMES] for piece in (_says("separator"), name)][1:]
    more = len(silent) - MOST_NAMES
    rest = [_says("silent_more", n=notation.decimal(more))] if more > 0 else []
    return [_says("silent_are"), *listed, *rest, _says("ask_them")]


def _layout(collection: Collection, figures: Figures, story: object) -> Layout:
    names = list(draw.answered.rows(figures)["department"])
    words = [_printed(_to_ask(collection)), _printed(_of_weight(collection, "told"))]
    return layout(names, story.headline, story.provisional, *words, "".join(_lead(collection, figures)) or "—")


def provenance(collection: Collection, tally: dict[str, int]) -> Part:
    """What it was made of, what was checked, and how to make it again."""
    plan, year = collection.plan.id, collection.fiscal_year
    counts = {"rounds": notation.decimal(collection.round), "files": notation.decimal(len(collection.sources))}
    made = f"gyokaku build {plan} --year {year} --page collection"
    checks = _says("check_between").join(
        _says("check_tally", label=label, n=str(tally[outcome]))
        for outcome, label in OUTCOMES.items()
        if tally[outcome] or outcome in {"passed", "failed"}
    )
    of_form = _says("form_line", plan=plan, year=str(year), stage=collection.stage, form=collection.form, **counts)
    return part(
        "collection/provenance", "provenance", form=of_form, checks=_says("checks_line", checks=checks, made=made)
    )


def all_points(collection: Collection) -> Part | None:
    """Every point to ask, with file, sheet and cell, grouped by department; None where there is none."""
    return _behind(_of_weight(collection, "open"), "points", _says("ask"))


def all_told(collection: Collection) -> Part | None:
    """Everything to know of how answers were read; None where there is nothing."""
    return _behind(_of_weight(collection, "told"), "told", _says("check_it"))


def _behind(found: pd.DataFrame, name: str, asks: str) -> Part | None:
    if found.empty:
        return None
    of_departments = groupby(records(found), key=lambda row: row.department)
    title = _says(f"{name}_all", n=notation.decimal(len(found)))
    groups = [
        _group(department, list(rows), f"table-{name}-{n}", asks)
        for n, (department, rows) in enumerate(of_departments, 1)
    ]
    return part("collection/points_behind", title, name=f"all-{name}", title=title, groups=groups)


def _group(department: str, rows: list, name: str, asks: str) -> dict[str, object]:
    heads = [_says("measure"), _says("says"), _says("place"), asks]
    cells = [
        (
            _measure(row) or _says("no_measure"),
            as_received(row.says),
            _says("no_place") if row.place in NOTHING else as_received(row.place),
            as_received(row.ask),
        )
        for row in rows
    ]
    called = _says("unknown_department") if department in NOTHING else department
    title = as_received(_says("of_department", department=called, n=notation.decimal(len(rows))))
    return {"title": title, "caption": asks, "rows": pd.DataFrame(cells, columns=heads), "name": name}


def trace(collection: Collection, figures: Figures, story: object) -> Part:
    """Each figure of the sentences with its formula and the rows it was made of."""
    keys = dict.fromkeys(key for one in story.sentences() for key in one.figures)
    rows = pd.DataFrame(
        [
            (
                _name(figures[key]),
                notation.figure(figures[key]),
                notation.metric_formula(figures[key].metric),
                _ranges(figures[key].inputs),
            )
            for key in keys
        ],
        columns=[_says(name) for name in ("figure", "value", "formula")]
        + [_says("inputs", plan=collection.plan.id, year=str(collection.fiscal_year), stage=collection.stage)],
    )
    return stacked(rows, name="table-trace", caption=_says("trace"), figures=(rows.columns[1],), names=rows.columns)


def _name(figure: Figure) -> str:
    name = notation.metric_name(figure.metric)
    return f"{name}（{figure.scope_id}）" if figure.scope_id else name


def _ranges(inputs: Iterable[str]) -> str:
    """Rows of files, neighbours as one range: asked.csv:2-75."""
    shown: dict[str, list[str]] = {}
    for place in inputs:
        file, _, line = place.partition(":")
        shown.setdefault(file, []).extend([line] if line else [])
    return _says("separator").join(
        f"{file}:{lines[0]}-{lines[-1]}"
        if len(lines) > 1 and _is_run(lines)
        else f"{file}:{lines[0]}"
        if len(lines) == 1
        else f"{file}（{notation.decimal(len(lines))}行）"
        if lines
        else file
        for file, lines in shown.items()
    )


def _is_run(lines: Sequence[str]) -> bool:
    return int(lines[-1]) - int(lines[0]) == len(lines) - 1


def data(collection: Collection, figures: Figures) -> dict[str, pd.DataFrame]:
    """The departments, the points and the answers, for machines."""
    return {
        "departments": draw.answered.rows(figures),
        "doubts": collection.doubts,
        "answers": collection.answers,
    }


def _shown(one: Sentence) -> list[Shown]:
    """A sentence in which names, that anybody may have written, are shown as received."""
    names = [name for name in one.words if name]
    if not names:
        return [one.text]
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return [as_received(piece) if piece in names else piece for piece in re.split(f"({pattern})", one.text) if piece]


def _says(name: str, **words: str) -> str:
    return sentence(f"collection.{name}", **words)
