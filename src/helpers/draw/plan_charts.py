"""Charts of the plan itself: its structure, the plans beside it, its years."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Polygon, Rectangle

from helpers import notation
from helpers.draw.canvas import NARROW_MM, canvas, colour, figures_face, on_colour, size
from helpers.draw.charts import BOLDER, millimetres
from helpers.draw.plan_years import newest_month, states
from helpers.draw.scale import LINE_MM, axis, foot_mm, lines, scale, width_mm
from helpers.terms import Figures
from helpers.terms.tables import Frames

ROW_MM = 6.2
INDENT_MM = 4.5
ARROW_MM = 2.4
# The least room for a fiscal year.
YEAR_MM = 24.0


def structure_rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Policies with their measures and what one measure weighs."""
    rows = []
    for policy in frames.plan.policies:
        key = ("policy", policy.id)
        if ("measures", *key) in figures:
            weight = figures["points_per_measure", *key]
            points = notation.points(weight.exact) if weight.is_known else notation.figure(weight)
            rows.append((policy.id, notation.policy_name(policy), figures["measures", *key].exact, points))
    return pd.DataFrame(rows, columns=["方針", "基本方針", "取組数", "1件の重み"])


def structure(width: float, figures: Figures, frames: Frames) -> Canvas:
    """From the philosophy over policies and promotion items to the measures; each policy's block as wide as its count."""
    plan, rows = frames.plan, structure_rows(figures, frames)
    is_narrow = width <= NARROW_MM
    levels = [
        (notation.spoken("基本理念"), notation.in_own_words(plan, plan.philosophy)),
        (notation.spoken("基本方針〔{n}〕", n=notation.decimal(len(plan.policies))), ""),
        _promotion_items(plan.promotion_items),
        (
            notation.spoken("取組〔{n}〕", n=notation.decimal(figures["measures"].exact)),
            notation.spoken("方針別の件数（帯の幅は件数に比例）"),
        ),
    ]
    label_mm = 44 if is_narrow else 74
    names = [f"{notation.spoken('方針{id}', id=row.方針)} {row.基本方針}" for row in rows.itertuples()]
    named = [lines(name, label_mm - 4 * INDENT_MM - 2) for name in names]
    heights = [max(ROW_MM, len(name) * LINE_MM + 1.6) for name in named]
    starts = [depth * INDENT_MM + width_mm(label) * 1.06 + 2 for depth, (label, _) in enumerate(levels)]
    said = [lines(words, width - start) for start, (_, words) in zip(starts, levels, strict=True)]
    depths = [max(ROW_MM, len(words) * LINE_MM + 1.6) for words in said]
    height = sum(depths) + sum(heights) + 2
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        y = height
        for depth, ((label, _), words, start, tall) in enumerate(zip(levels, said, starts, depths, strict=True)):
            middle = y - tall / 2
            x = depth * INDENT_MM
            if depth:
                _elbow(axes, x - INDENT_MM + 1.4, y + ROW_MM * 0.22, middle)
            axes.text(x, middle, label, va="center", weight="bold")
            spread = {"linespacing": 1.3} if len(words) > 1 else {}
            axes.text(start, middle, "\n".join(words), va="center", color=colour("soft"), **spread)
            y -= tall
        the_scale = scale([row.取組数 for row in rows.itertuples()], label_mm, width - 12)
        first, x = y + ROW_MM * 0.22, 3 * INDENT_MM + 1.4
        for row, name, tall in zip(rows.itertuples(), named, heights, strict=True):
            middle = y - tall / 2
            _elbow(axes, x, first, middle)
            axes.text(4 * INDENT_MM, middle, "\n".join(name), va="center", linespacing=1.3)
            block = (the_scale(0), middle - 1.9), the_scale(row.取組数) - the_scale(0), 3.8
            axes.add_patch(Rectangle(*block, facecolor=colour("rest"), edgecolor=colour("ink"), linewidth=0.6))
            axes.text(the_scale(row.取組数) + 1.2, middle, notation.count(row.取組数), va="center", **figures_face())
            y -= tall
    return drawn


def _promotion_items(count: int | None) -> tuple[str, str]:
    """The level of promotion items: its label, and what is not known of it."""
    if not count:
        return notation.spoken("推進項目 {none}", none=notation.NOT_STATED), ""
    label = notation.spoken("推進項目〔{n}〕", n=notation.decimal(count))
    return label, notation.spoken("名称と取組との対応は記載なし")


def _elbow(axes: Axes, x: float, top: float, y: float) -> None:
    axes.plot([x, x, x + INDENT_MM - 2.2], [top, y, y], color=colour("faint"), lw=0.7)


def linked_plan_rows(frames: Frames) -> pd.DataFrame:
    """The plans beside this one: `name`, `first`, `last` (missing where not stated), `look`, `note`."""
    plan, rows = frames.plan, []
    for row in frames.linked_plans.itertuples():
        name = row.family if row.name in notation_tokens() else row.name
        years = (row.first_fiscal_year, row.last_fiscal_year)
        if row.relation == "self":
            period, look = (plan.first_fiscal_year, plan.last_fiscal_year), "self"
        elif row.relation == "absorbed":
            period, look = (None, None), "absorbed"
        elif all(year.isdigit() for year in years):
            period, look = tuple(map(int, years)), "stated"
        else:
            period, look = (None, None), "not_stated"
        rows.append((row.family, name, *period, look, row.relation, row.note))
    table = pd.DataFrame(rows, columns=["family", "name", "first", "last", "look", "relation", "note"])
    return table.astype({"first": "Int64", "last": "Int64"})


def notation_tokens() -> set[str]:
    """Tokens that stand where a document names no plan."""
    return {"not_applicable", "not_stated"}


def linked_plans(width: float, frames: Frames) -> Canvas:
    """Bars over the plan's years; what leaves them is cut with an arrow, what is not stated is an outline."""
    plan, rows = frames.plan, linked_plan_rows(frames)
    is_narrow = width <= NARROW_MM
    label_mm, gutter = (33, 4) if is_narrow else (62, 6)
    named = [lines(notation.in_own_words(plan, name), label_mm - 2) for name in rows["name"]]
    heights = [max(7.0, len(name) * LINE_MM + 2) for name in named]
    head = 10
    height = head + sum(heights) + 1
    left, right = label_mm + gutter, width - gutter
    column = (right - left) / len(plan.years)

    def at(year: int) -> float:
        return left + (year - plan.first_fiscal_year) * column

    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        now = frames.fiscal_year
        if now in plan.years:
            axes.add_patch(Rectangle((at(now), 0), column, height - 4.4, facecolor=colour("wash"), zorder=0))
            axes.text(
                at(now) + column / 2, height - 2.2, notation.spoken("この年度"), ha="center", va="center", weight="bold"
            )
        for year in plan.years:
            axes.text(at(year) + column / 2, height - 7, notation.short_year(year), ha="center", va="center")
            axes.plot([at(year)] * 2, [0, height - head], color=colour("rule"), lw=0.5, zorder=0.5)
        axes.plot([right] * 2, [0, height - head], color=colour("rule"), lw=0.5, zorder=0.5)
        y = height - head
        for row, name, tall in zip(rows.itertuples(), named, heights, strict=True):
            middle = y - tall / 2
            weight = "bold" if row.look == "self" else "normal"
            axes.text(0, middle, "\n".join(name), va="center", linespacing=1.3, weight=weight)
            _period(axes, row, (at, left, right), middle)
            y -= tall
    return drawn


def _period(axes: Axes, row: object, grid: tuple, middle: float) -> None:
    at, left, right = grid
    thick = 4.4
    if row.look == "absorbed":
        absorbed = notation.spoken("この計画に取り込み（期間なし）")
        axes.text(left + 1, middle, absorbed, va="center", color=colour("soft"))
        return
    if row.look == "not_stated":
        box = Rectangle((left, middle - thick / 2), right - left, thick)
        box.set(facecolor=colour("paper"), edgecolor=colour("soft"), linestyle=(0, (3, 2)), linewidth=0.7)
        axes.add_patch(box)
        unknown = notation.spoken("期間の記載なし")
        axes.text((left + right) / 2, middle, unknown, ha="center", va="center", color=colour("soft"))
        return
    start, end = max(left, min(at(row.first), right)), max(left, min(at(row.last + 1), right))
    look = "actual" if row.look == "self" else "rest"
    before, after = at(row.first) < left - 0.01, at(row.last + 1) > right + 0.01
    low, high = middle - thick / 2, middle + thick / 2
    corners = [(start, low), *([(start - ARROW_MM, middle)] if before else []), (start, high), (end, high)]
    corners += [*([(end + ARROW_MM, middle)] if after else []), (end, low)]
    axes.add_patch(Polygon(corners, facecolor=colour(look), edgecolor=colour("ink"), linewidth=0.6))
    words = f"{notation.short_year(row.first)}{notation.TO}{notation.short_year(row.last)}"
    axes.text((start + end) / 2, middle, words, ha="center", va="center", color=on_colour(look))


def year_rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The plan's years: `year`, `state` (`shown`, `registered`, `not_registered`, `not_due`)."""
    del figures
    known = states(frames.plan, frames.registered_years, newest_month([frames]))
    rows = [(year, "shown" if year == frames.fiscal_year else state) for year, state in known.items()]
    return pd.DataFrame(rows, columns=["year", "state"])


def year_state(state: str) -> str:
    """What is known of a year of the plan that is not this page's."""
    if state == "registered":
        return notation.spoken("登録済み（その年度のページに示す）")
    return notation.NOT_REGISTERED if state == "not_registered" else notation.NOT_DUE


def years(width: float, figures: Figures, frames: Frames) -> Canvas:
    """A bar of grade counts for each year of the plan; years without figures say why."""
    rows, tall = year_rows(figures, frames), 7.0
    counts = [
        (grade, figures["measures_by_grade", "grade", grade.code].exact)
        for grade in frames.plan.grades
        if ("measures_by_grade", "grade", grade.code) in figures
    ]
    unit = notation.spoken("件")
    foot = foot_mm(unit)
    height = len(rows) * tall + foot
    label_mm = max(YEAR_MM, *(width_mm(notation.fiscal_year(year)) * BOLDER + 2 for year in rows["year"]))
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        the_scale = scale([sum(count for _, count in counts)], label_mm, width - 8, is_whole=True)
        axis(axes, the_scale, bottom=foot, top=height, unit=unit)
        for n, row in enumerate(rows.itertuples()):
            middle = height - (n + 0.5) * tall
            weight = "bold" if row.state == "shown" else "normal"
            axes.text(0, middle, notation.fiscal_year(row.year), va="center", weight=weight)
            if row.state != "shown":
                words = year_state(row.state)
                ground = {"facecolor": colour("paper"), "edgecolor": "none", "pad": 1}
                axes.text(the_scale(0) + 2, middle, words, va="center", color=colour("soft"), bbox=ground)
                continue
            graded(axes, the_scale, counts, middle)
    return drawn


def graded(axes: Axes, the_scale: object, counts: list, middle: float, thick: float = 4.4) -> None:
    """A bar made of counts by grade, each with its letter and number where they fit."""
    start = 0
    for grade, count in counts:
        if not count:
            continue
        left, right = the_scale(start), the_scale(start + count)
        box = Rectangle((left, middle - thick / 2), right - left, thick)
        box.set(facecolor=colour(grade.band), edgecolor=colour("ink"), linewidth=0.5)
        axes.add_patch(box)
        for words in (f"{grade.code} {notation.decimal(count)}", grade.code):
            if width_mm(words) + 0.6 <= right - left:
                ink = on_colour(grade.band)
                axes.text((left + right) / 2, middle, words, ha="center", va="center", color=ink, size=size("small"))
                break
        start += count
