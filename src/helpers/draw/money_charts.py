"""Charts of money: where the gap came from, the named items, what stays without the largest."""

from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from helpers import notation
from helpers.draw.canvas import NARROW_MM, canvas, colour
from helpers.draw.charts import BOLDER, ZOOM_FROM, millimetres, money_unit
from helpers.draw.scale import LINE_MM, Scale, axis, foot_mm, lines, scale, width_mm
from helpers.terms import Figure, Figures, Interval
from helpers.terms.tables import Frames

ROW_MM = 6.6
FOOT_MM = 10.0
GAP_MM = 23.0
ZOOM_MM = 7.0
# Between a range and the words of its row.
CLEAR_MM = 2.5


def gaps(width: float, figures: Figures, frames: Frames) -> Canvas:
    """From the expected effect step by step to the actual: one step a policy, and the small steps again enlarged."""
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    if not expected.is_known or not actual.is_known:
        with canvas(width, 12) as drawn:
            missing = expected if actual.is_known else actual
            drawn.text(
                0.5, 0.5, notation.spoken("効果額：{figure}", figure=notation.figure(missing)), ha="center", va="center"
            )
        return drawn
    steps = [(policy.id, figures["effect_gap", "policy", policy.id].exact) for policy in frames.plan.policies]
    sizes = sorted((abs(step) for _, step in steps), reverse=True)
    is_zoomed = len(sizes) > 1 and sizes[0] > ZOOM_FROM * sizes[1] > 0
    small = [(name, step) for name, step in steps if abs(step) < sizes[0]] if is_zoomed else []
    count = len(steps) + 2
    upper = count * ROW_MM
    zoom = ZOOM_MM + len(small) * ROW_MM + foot_mm(money_unit(*(step for _, step in small))[1]) if small else 0
    levels, level = [], Fraction(expected.exact)
    for _, step in steps:
        levels.append((level, level + step))
        level += step
    ends = [*(end for pair in levels for end in pair), expected.exact, actual.exact]
    unit, name = money_unit(*ends)
    height = upper + foot_mm(name) + zoom
    gap_mm = _gap_mm([(expected.exact, False), (actual.exact, False), *((step, True) for _, step in steps)])
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        the_scale = scale([float(end / unit) for end in ends], 16, width - gap_mm)
        axis(axes, the_scale, bottom=height - upper, top=height, unit=name)
        y = height - ROW_MM / 2
        _block(axes, the_scale, (0, expected.exact / unit), y, look="expected")
        _row(axes, width, y, notation.spoken("見込み"), notation.yen(expected.exact))
        for (policy_id, step), pair in zip(steps, levels, strict=True):
            axes.plot([the_scale(pair[0] / unit)] * 2, [y - 2.2, y - ROW_MM + 2.2], color=colour("soft"), lw=0.6)
            y -= ROW_MM
            _block(axes, the_scale, (pair[0] / unit, pair[1] / unit), y, look="single" if step < 0 else "item")
            _row(
                axes,
                width,
                y,
                notation.spoken("方針{id}", id=policy_id),
                notation.yen(step, sign=True),
                is_short=step < 0,
            )
        axes.plot([the_scale(level / unit)] * 2, [y - 2.2, y - ROW_MM + 2.2], color=colour("soft"), lw=0.6)
        y -= ROW_MM
        _block(axes, the_scale, (0, actual.exact / unit), y, look="actual")
        _row(axes, width, y, notation.spoken("実績"), notation.yen(actual.exact))
        if small:
            _zoomed(axes, width, small, zoom, gap_mm)
    return drawn


def _gap_mm(amounts: list[tuple[int, bool]]) -> float:
    """Room for the column of amounts, each with its sign or without."""
    return max(GAP_MM, *(width_mm(notation.yen(amount, sign=sign)) * BOLDER + 3 for amount, sign in amounts))


def _zoomed(axes: Axes, width: float, small: list[tuple[str, int]], zoom: float, gap_mm: float) -> None:
    words = notation.spoken("拡大：最も大きい差を除く（目盛は上と違う）")
    axes.text(0, zoom - ZOOM_MM / 2 - 0.5, words, va="center", weight="bold")
    unit, name = money_unit(*(step for _, step in small))
    foot = foot_mm(name)
    the_scale = scale([step / unit for _, step in small], 16, width - gap_mm)
    axis(axes, the_scale, bottom=foot, top=foot + len(small) * ROW_MM, unit=name)
    for n, (policy_id, step) in enumerate(small):
        y = foot + (len(small) - n - 0.5) * ROW_MM
        _block(axes, the_scale, (0, step / unit), y, look="single" if step < 0 else "item")
        _row(
            axes, width, y, notation.spoken("方針{id}", id=policy_id), notation.yen(step, sign=True), is_short=step < 0
        )


def _block(axes: Axes, the_scale: Scale, ends: tuple, y: float, *, look: str) -> None:
    left, right = sorted(map(the_scale, ends))
    box = Rectangle((left, y - 2), right - left, 4)
    box.set(facecolor=colour(look), edgecolor=colour("ink"), linewidth=0.9 if look == "expected" else 0.6, zorder=2)
    if look == "single":
        box.set_hatch("////")
    axes.add_patch(box)


def _row(axes: Axes, width: float, y: float, label: str, words: str, *, is_short: bool = False) -> None:
    ink = {"color": colour("alert"), "weight": "bold"} if is_short else {}
    axes.text(0, y, label, va="center")
    axes.text(width, y, words, ha="right", va="center", **ink)


def item_rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Named items, largest first, and the rest: `measure_id`, `name`, `printed`, `range`."""
    effects = frames.effects.set_index("scope_id")
    effects = effects[(effects["scope"] == "measure") & (effects["kind"] == "actual")]
    rows = []
    for figure in figures.of("actual_effect", "measure"):
        row = effects.loc[figure.scope_id]
        printed = notation.printed(row["amount"], row["unit"])
        rows.append((figure.scope_id, notation.measure(frames.plan, row["scope_name"]), printed, figure))
    unnamed = figures["unnamed_effect"]
    if rows and unnamed.is_known:
        rows.append(("", notation.spoken("内訳の公表なし"), notation.NOT_STATED, unnamed))
    return pd.DataFrame(rows, columns=["measure_id", "name", "printed", "figure"])


def items(width: float, figures: Figures, frames: Frames) -> Canvas:
    """Each item as a dot with whiskers over what rounding leaves open."""
    rows = item_rows(figures, frames)
    label_mm, words_mm = (27, 25) if width <= NARROW_MM else (46, 36)
    named = [lines(name, label_mm - 2) for name in rows["name"]]
    heights = [max(ROW_MM, len(name) * LINE_MM + 1.6) for name in named]
    height = sum(heights) + FOOT_MM
    with canvas(width, max(height, 12)) as drawn:
        axes = millimetres(drawn, width, max(height, 12))
        if rows.empty:
            axes.text(
                width / 2,
                6,
                notation.spoken("取組ごとの効果額：{none}", none=notation.NOT_STATED),
                ha="center",
                va="center",
            )
            return drawn
        ends = [end for figure in rows["figure"] for end in figure.interval]
        unit, name = money_unit(*ends)
        right = min(width - words_mm, _clear_of_words(list(rows["figure"]), label_mm, width))
        the_scale = scale([float(end / unit) for end in ends], label_mm, right)
        says = notation.spoken("{unit}（点は幅の中央、線は端数のとりうる幅）", unit=name)
        axis(axes, the_scale, bottom=FOOT_MM, top=height, unit=says)
        y = height
        for row, name, tall in zip(rows.itertuples(), named, heights, strict=True):
            middle = y - tall / 2
            axes.text(0, middle, "\n".join(name), va="center", linespacing=1.3)
            low, high = (the_scale(float(end / unit)) for end in row.figure.interval)
            whisker(axes, low, high, middle, is_hollow=not row.measure_id)
            axes.text(width, middle, notation.figure(row.figure), ha="right", va="center")
            y -= tall
    return drawn


def _clear_of_words(figures: list[Figure], left: float, width: float) -> float:
    """How far right a scale from `left` may reach so that no range meets its own words at the chart's right edge."""
    lows, highs = zip(*(figure.interval for figure in figures), strict=True)
    low, high = min(0, *lows), max(0, *highs)
    rooms = [width]
    for figure in figures:
        share = float((figure.interval.high - low) / (high - low)) if high > low else 0.0
        free = width - width_mm(notation.figure(figure)) - CLEAR_MM - left
        rooms.append(left + free / share if share else width)
    return min(rooms)


def whisker(axes: Axes, low: float, high: float, y: float, *, is_hollow: bool = False) -> None:
    """A dot in the middle of a range, its ends capped."""
    axes.plot([low, high], [y, y], color=colour("ink"), lw=1.4, zorder=3)
    for end in (low, high):
        axes.plot([end, end], [y - 1.5, y + 1.5], color=colour("ink"), lw=1, zorder=3)
    face = colour("paper" if is_hollow else "actual")
    axes.plot([(low + high) / 2], [y], marker="o", ms=4, mfc=face, mec=colour("ink"), mew=0.7, zorder=4)


def underlying(width: float, figures: Figures, frames: Frames) -> Canvas:
    """The multiplier, what stays of it without the largest item and without each policy, and what may recur."""
    multiplier = figures["effect_multiplier"]
    if not multiplier.is_known:
        with canvas(width, 12) as drawn:
            drawn.text(
                0.5,
                0.5,
                notation.spoken("倍率：{figure}", figure=notation.figure(multiplier)),
                ha="center",
                va="center",
            )
        return drawn
    floor, upper = figures["multiplier_without_top_item"], figures["multiplier_without_top_item_upper"]
    rows: list[tuple[str, Interval | None, str, str]] = [
        (notation.spoken("計画全体"), multiplier.interval, notation.figure(multiplier), "dot"),
        *_without_rows(floor, upper),
        (notation.spoken("続くとみられる効果（判断）"), *_shown(figures["recurring_multiplier"]), "range"),
    ]
    rows += [
        (
            notation.spoken("方針{id}を除く", id=policy.id),
            *_shown(figures["leave_one_out_multiplier", "policy", policy.id]),
            "bar",
        )
        for policy in frames.plan.policies
        if ("leave_one_out_multiplier", "policy", policy.id) in figures
    ]
    label_mm, words_mm = (27, 22) if width <= NARROW_MM else (46, 34)
    named = [lines(label, label_mm - 2) for label, *_ in rows]
    said = [lines(words, words_mm - 1) for _, _, words, _ in rows]
    heights = [max(ROW_MM, max(len(name), len(words)) * LINE_MM + 1.6) for name, words in zip(named, said, strict=True)]
    height = sum(heights) + FOOT_MM + 5
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        ends = [float(end) for _, interval, *_ in rows if interval for end in interval]
        the_scale = scale([*ends, 1.0], label_mm, width - words_mm)
        axis(axes, the_scale, bottom=FOOT_MM, top=height - 5, unit=notation.spoken("倍（実績÷見込み）"))
        one = the_scale(1)
        axes.plot([one, one], [FOOT_MM, height - 4], color=colour("alert"), lw=1, ls=(0, (3, 2)), zorder=2.5)
        axes.text(one, height - 2, notation.spoken("見込みどおり"), ha="center", va="center", color=colour("alert"))
        whole = the_scale(float(multiplier.interval.low))
        axes.plot([whole, whole], [FOOT_MM, height - 5], color=colour("ink"), lw=0.5, zorder=1.5)
        y = height - 5
        for (_, interval, _, look), name, words, tall in zip(rows, named, said, heights, strict=True):
            middle = y - tall / 2
            axes.text(0, middle, "\n".join(name), va="center", linespacing=1.3)
            axes.text(width, middle, "\n".join(words), ha="right", va="center", linespacing=1.3)
            if interval:
                _mark(axes, the_scale, interval, (middle, float(multiplier.interval.low)), look)
            y -= tall
    return drawn


def _shown(figure: Figure) -> tuple[Interval | None, str]:
    return (figure.interval if figure.is_known else None), notation.figure(figure)


def _without_rows(floor: Figure, upper: Figure) -> list[tuple[str, Interval | None, str, str]]:
    if not floor.is_known:
        return [(notation.spoken("最大の1件を除く"), None, notation.figure(floor), "range")]
    rows = [(notation.spoken("最大の1件を除く（下限）"), *_shown(floor), "range")]
    if upper.is_known:
        rows.append((notation.spoken("同（上限）"), *_shown(upper), "range"))
    return rows


def _mark(axes: Axes, the_scale: Scale, interval: Interval, at: tuple[float, float], look: str) -> None:
    y, whole = at
    low, high = (the_scale(float(end)) for end in interval)
    if look == "bar":
        left, right = sorted((the_scale(whole), low))
        box = Rectangle((left, y - 1.8), right - left, 3.6)
        box.set(facecolor=colour("rest"), edgecolor=colour("ink"), linewidth=0.6, zorder=2)
        axes.add_patch(box)
        axes.plot([low], [y], marker="o", ms=4, mfc=colour("paper"), mec=colour("ink"), mew=0.8, zorder=4)
        return
    if look == "range" and high - low > 1:
        box = Rectangle((low, y - 1.8), high - low, 3.6)
        box.set(facecolor=colour("single"), edgecolor=colour("ink"), linewidth=0.6, hatch="////", zorder=2)
        axes.add_patch(box)
        return
    whisker(axes, low, high, y)
