"""The three charts of page one: where the money came from, the grades, the policies."""

from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from helpers import notation
from helpers.draw.canvas import MM, NARROW_MM, canvas, chart, colour, figures_face, on_colour, quiet, size
from helpers.draw.part import Part, tag, text
from helpers.notation import tokens
from helpers.terms import Figure, Figures, Sentence
from helpers.terms.tables import Frames

OKU = 100_000_000
MILLION = 1_000_000
# Beyond these a square a measure is no longer legible on half a page, and the grades are counted bars.
MOST_SQUARES, MOST_POLICIES, MOST_SQUARES_A_ROW = 100, 7, 24
LEGEND_MM = 4.2
# Room for the gap's words, right of the multiplier.
GAP_MM = 20.5
# Room for the rate, right of the counts.
PERCENT_MM = 10.5
# One policy is so much larger than the next that the others cannot be seen beside it.
ZOOM_FROM = 4


def composition(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 1) -> Part:
    """Expected effect as an outline, actual effect as a bar made of its items, on one scale from zero.

    Items lie left to right with what is not itemised first and the largest item last, so that the bar without it ends where
    the eye can compare it with the expected effect. Where an amount is below zero, the bars are drawn whole.
    """
    parts = segments(figures, frames)
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    table = composition_table(figures, frames)
    alt = f"{caption.text}。見込み{notation.figure(expected)}、実績{notation.figure(actual)}。" + "、".join(
        f"{row.項目} {row.金額}" for row in table.itertuples() if row.種類 == "内訳"
    )
    return chart(
        lambda width: _composition(width, figures, parts),
        number=number,
        name="figure-composition",
        width_mm=tokens()["page"]["width"],
        caption=caption.text,
        alt=alt,
        table="table-composition",
    )


def segments(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The pieces of the actual effect, left to right: `label`, `yen`, `look`. One piece where it cannot be divided."""
    total = figures["actual_effect"]
    if not total.is_known:
        return pd.DataFrame(columns=["label", "printed", "yen", "look"])
    effects = frames.effects
    items = effects[(effects["scope"] == "measure") & (effects["kind"] == "actual")].sort_values(
        ["amount_yen", "scope_id"], ascending=[True, True]
    )
    rest = total.exact - int(items["amount_yen"].sum())
    unnamed = figures["unnamed_effect"]
    whole = [("実績", notation.yen(total.exact), total.exact, "actual")]
    if items.empty or (items["amount_yen"] < 0).any() or not unnamed.is_known or unnamed.interval.low < 0:
        return pd.DataFrame(whole, columns=["label", "printed", "yen", "look"])
    short = frames.plan.short_name
    pieces = [("内訳なし", _millions(unnamed), max(rest, 0), "rest")]
    pieces += [
        (short(row.scope_name), f"{notation.decimal_text(row.amount)}{row.unit}", row.amount_yen, "item")
        for row in items.itertuples()
    ]
    if figures["top_item_share"].interval.low >= frames.plan.thresholds.top_item:
        pieces[-1] = (*pieces[-1][:3], "single")
    return pd.DataFrame(pieces, columns=["label", "printed", "yen", "look"])


def _millions(figure: Figure) -> str:
    """A range of yen, outward in 百万円: 163〜172百万円."""
    low, high = (Fraction(end, MILLION) for end in figure.interval)
    return f"{notation.decimal(notation.floor(low))}{notation.TO}{notation.decimal(notation.ceil(high))}百万円"


def composition_table(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The same figures as the chart, as a table."""
    parts = segments(figures, frames)
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    rows = [("合計", "効果見込額", notation.figure(expected)), ("合計", "実績効果額", notation.figure(actual))]
    if len(parts) > 1:
        rows += [("内訳", row.label, row.printed) for row in parts.iloc[::-1].itertuples()]
    without = figures["effect_without_top_item"]
    if without.is_known and len(parts) > 1:
        rows.append(("参考", "最大の1件を除く実績", notation.figure(without)))
    return pd.DataFrame(rows, columns=["種類", "項目", "金額"])


def _composition(width_mm: float, figures: Figures, parts: pd.DataFrame) -> Canvas:
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    is_narrow = width_mm <= NARROW_MM
    with canvas(width_mm, 66 if is_narrow else 46) as drawn:
        if not expected.is_known or not actual.is_known:
            drawn.text(0.5, 0.5, notation.figure(expected if actual.is_known else actual), ha="center")
            return drawn
        left = 12 / width_mm
        bottom = 8 / (drawn.get_figheight() / MM)
        axes = drawn.add_axes((left, bottom, 1 - left - 3 / width_mm, 0.99 - bottom))
        low = min(0, expected.exact, actual.exact) / OKU
        high = max(0, expected.exact, actual.exact) / OKU or 1
        span = high - low
        axes.set_xlim(low - (0.04 * span if low < 0 else 0), high + 0.02 * span)
        axes.set_ylim(-2.5 if is_narrow else -1.1, 1.62)
        _bar(axes, 0, expected.exact / OKU, y=1.2, look="expected")
        crowded = _pieces(axes, parts)
        _crowded_labels(axes, crowded, is_narrow=is_narrow)
        _expected_label(axes, expected.exact)
        multiplier = figures["effect_multiplier"]
        axes.plot([expected.exact / OKU] * 2, [-0.42, 1.5], color=colour("ink"), lw=0.8, ls=(0, (3, 2)), zorder=4)
        ratio = f"＝見込みの{notation.figure(multiplier)}" if multiplier.is_known else ""
        axes.text(high, 0.5, f"実績 {notation.yen(actual.exact)}{ratio}", ha="right", va="bottom", weight="bold")
        _without_top(axes, figures, parts, is_narrow=is_narrow)
        axes.set_yticks([1.2, 0], ["見込み", "実績"])
        axes.set_xlabel("億円（0からの等間隔目盛）", labelpad=1)
        axes.xaxis.set_major_formatter(lambda v, _: notation.decimal_text(f"{v:g}"))
        quiet(axes, keep="bottom")
        if low < 0:
            axes.axvline(0, color=colour("ink"), lw=0.8)
    return drawn


def _expected_label(axes: Axes, expected_yen: int) -> None:
    """Beside the expected bar where there is room, inside its end where there is none."""
    words = f"見込み {notation.yen(expected_yen)}"
    end = max(0, expected_yen / OKU)
    low, high = axes.get_xlim()
    scale = (high - low) / (axes.get_position().width * axes.figure.get_figwidth())
    is_inside = end + text_width(axes, words) * scale + 0.02 * (high - low) > high
    step = 0.01 * (high - low)
    axes.text(
        end - step if is_inside else end + step, 1.2, words, va="center", ha="right" if is_inside else "left", zorder=5
    )


def _pieces(axes: Axes, parts: pd.DataFrame) -> list:
    """Draws the pieces of the actual effect; returns those too narrow for their words."""
    start, crowded = 0.0, []
    for piece in parts.itertuples():
        end = start + piece.yen / OKU
        _bar(axes, start, end, y=0, look=piece.look)
        if len(parts) > 1:
            unit = piece.printed.lstrip(f"{notation.MINUS}0123456789,.{notation.TO}")
            ways = ([piece.label, piece.printed], [piece.label, piece.printed.removesuffix(unit), unit])
            fitting = [lines for lines in ways if _fits(axes, end - start, lines)]
            if fitting:
                axes.text(
                    (start + end) / 2,
                    0,
                    "\n".join(fitting[0]),
                    ha="center",
                    va="center",
                    color=on_colour(piece.look),
                    linespacing=1.15,
                    bbox=_plate(piece.look),
                    zorder=5,
                )
            elif piece.yen:
                crowded.append((start, end, piece))
        start = end
    return crowded


def _without_top(axes: Axes, figures: Figures, parts: pd.DataFrame, *, is_narrow: bool) -> None:
    """Below the bar: what it is without its last piece, and what multiplier that makes."""
    without, multiplier = figures["effect_without_top_item"], figures["multiplier_without_top_item"]
    if parts["look"].iloc[-1] != "single" or not multiplier.is_known:
        return
    end = parts["yen"].iloc[:-1].sum() / OKU
    break_ = "\n" if is_narrow else ""
    axes.plot([0, 0, end, end], [-0.5, -0.58, -0.58, -0.5], color=colour("ink"), lw=0.9)
    axes.text(
        0,
        -0.66,
        f"{parts['label'].iloc[-1]}を除くと {notation.figure(without)}{break_}＝見込みの{notation.figure(multiplier)}",
        ha="left",
        va="top",
        weight="bold",
    )


def _bar(axes: Axes, start: float, end: float, *, y: float, look: str) -> None:
    axes.barh(
        y,
        end - start,
        left=start,
        height=0.84 if look != "expected" else 0.56,
        color=colour(look),
        edgecolor=colour("ink"),
        linewidth=1.1 if look == "expected" else 0.6,
        hatch=tokens()["hatch"].get(look),
        zorder=2,
    )


def _plate(look: str) -> dict:
    """A plain ground under letters, so that neither a hatch nor a line runs through them."""
    return {"facecolor": colour(look), "edgecolor": "none", "pad": 1.2}


def _fits(axes: Axes, width: float, lines: list[str]) -> bool:
    inches = width / (axes.get_xlim()[1] - axes.get_xlim()[0]) * axes.get_position().width * axes.figure.get_figwidth()
    return max(text_width(axes, line) for line in lines) + 0.6 * MM <= inches


def text_width(axes: Axes, words: str) -> float:
    """Width of a line of small type, in inches."""
    renderer = axes.figure.canvas.get_renderer() if hasattr(axes.figure.canvas, "get_renderer") else None
    probe = axes.text(0, 0, words)
    extent = probe.get_window_extent(renderer or axes.figure._get_renderer())  # noqa: SLF001 — no public way before savefig
    probe.remove()
    return extent.width / axes.figure.dpi


def _crowded_labels(axes: Axes, crowded: list, *, is_narrow: bool) -> None:
    """Pieces too narrow for their words are named together: above the bar, or below everything where it is narrow."""
    if not crowded:
        return
    start, end = crowded[0][0], crowded[-1][1]
    x_low, x_high = axes.get_xlim()
    scale = (x_high - x_low) / (axes.get_position().width * axes.figure.get_figwidth())
    lines = [""]
    for _, _, piece in crowded:
        words = f"{piece.label} {piece.printed}"
        longer = f"{lines[-1]}、{words}" if lines[-1] else words
        if lines[-1] and text_width(axes, longer) * scale > (x_high - x_low) * (1 if is_narrow else 0.55):
            lines.append(words)
        else:
            lines[-1] = longer
    if is_narrow:
        axes.text(0, -1.45, "左から " + "\n".join(lines), ha="left", va="top", color=colour("soft"), linespacing=1.4)
        return
    axes.plot([start, start, end, end], [0.46, 0.52, 0.52, 0.46], color=colour("soft"), lw=0.6)
    words = "\n".join(lines)
    axes.text(start, 0.55, words, ha="left", va="bottom", color=colour("soft"), bbox=_ground(), zorder=5)


def _ground() -> dict:
    return {"facecolor": colour("paper"), "edgecolor": "none", "pad": 0.6}


def grades(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 2) -> Part:
    """A square a measure, with its grade's letter; counted bars where there are too many."""
    rows = grade_table(figures, frames)
    alt = f"{caption.text}。" + "、".join(
        f"方針{row.番号} {row.達成}／{row.件数}件 {row.達成率}" for row in rows.itertuples()
    )
    drawer = _bars_of_grades if too_many_to_square(figures, frames) else _squares
    return chart(
        lambda width: drawer(width, figures, frames),
        number=number,
        name="figure-grades",
        width_mm=NARROW_MM,
        caption=caption.text,
        alt=alt,
        table="table-policies",
    )


def too_many_to_square(figures: Figures, frames: Frames) -> bool:
    """Whether squares would be too small to read."""
    largest = max((figure.exact for figure in figures.of("measures", "policy")), default=0)
    policies = len(frames.plan.policies)
    return figures["measures"].exact > MOST_SQUARES or policies > MOST_POLICIES or largest > MOST_SQUARES_A_ROW


def grade_table(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Counts by policy and grade with the rate."""
    rows = []
    for policy in frames.plan.policies:
        if ("measures", "policy", policy.id) not in figures:
            continue
        of = {
            metric: figures[metric, "policy", policy.id]
            for metric in ("measures", "achieved_measures", "achievement_rate")
        }
        counts = [_count(figures, policy.id, grade.code) for grade in frames.plan.grades]
        rows.append(
            (
                policy.id,
                policy.name,
                *counts,
                of["measures"].exact,
                of["achieved_measures"].exact,
                notation.figure(of["achievement_rate"]),
            )
        )
    codes = [grade.code for grade in frames.plan.grades]
    return pd.DataFrame(rows, columns=["番号", "基本方針", *codes, "件数", "達成", "達成率"])


def _count(figures: Figures, policy_id: str, grade: str) -> int:
    key = ("measures_by_grade", "policy:grade", f"{policy_id}:{grade}")
    return figures[key].exact if key in figures else 0


def _rated_policies(figures: Figures, frames: Frames) -> list:
    return [policy for policy in frames.plan.policies if ("measures", "policy", policy.id) in figures]


def _squares(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    policies = _rated_policies(figures, frames)
    longest = max((_drawn(figures, frames, policy.id) for policy in policies), default=1) or 1
    label_mm, rate_mm, cell_mm = 13.5, 23.0, 5.0
    cell_w = min(4.2, (width_mm - label_mm - rate_mm) / longest)
    legend = _legend_lines(width_mm, frames)
    head_mm = LEGEND_MM * len(legend) + 1
    height_mm = cell_mm * 1.22 * max(len(policies), 1) + head_mm
    with canvas(width_mm, height_mm) as drawn:
        axes = _millimetres(drawn, width_mm, height_mm)
        for row, policy in enumerate(policies):
            y = height_mm - head_mm - (row + 1) * cell_mm * 1.22 + 0.6
            axes.text(0, y + cell_mm / 2, f"方針{policy.id}", va="center")
            x = label_mm
            for grade in frames.plan.grades:
                for _ in range(_count(figures, policy.id, grade.code)):
                    _square(axes, x, y, cell_w * 0.94, cell_mm, grade.band)
                    axes.text(
                        x + cell_w * 0.47,
                        y + cell_mm / 2,
                        grade.code,
                        ha="center",
                        va="center_baseline",
                        color=on_colour(grade.band),
                        size=size("unit_letter"),
                        weight="bold" if not grade.achieved else "normal",
                    )
                    x += cell_w
            _rate(axes, width_mm, y + cell_mm / 2, figures, policy.id)
        _legend(axes, legend, height_mm)
    return drawn


def _drawn(figures: Figures, frames: Frames, policy_id: str) -> int:
    return sum(_count(figures, policy_id, grade.code) for grade in frames.plan.grades)


def _square(axes: Axes, x: float, y: float, width: float, height: float, band: str) -> None:
    axes.add_patch(Rectangle((x, y), width, height, facecolor=colour(band), edgecolor=colour("ink"), linewidth=0.4))


def _rate(axes: Axes, x: float, y: float, figures: Figures, policy_id: str) -> None:
    achieved, measures = (figures[m, "policy", policy_id] for m in ("achieved_measures", "measures"))
    rate = figures["achievement_rate", "policy", policy_id]
    counted = f"{notation.decimal(achieved.exact)}/{notation.decimal(measures.exact)}"
    percent = notation.figure(rate) if rate.is_known else notation.NOT_APPLICABLE
    axes.text(x - PERCENT_MM, y, counted, ha="right", va="center", **figures_face())
    axes.text(x, y, percent, ha="right", va="center", **figures_face())


def _bars_of_grades(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    policies = _rated_policies(figures, frames)
    longest = max((_drawn(figures, frames, policy.id) for policy in policies), default=1) or 1
    label_mm, rate_mm, row_mm = 13.5, 25.0, 5.2
    scale = (width_mm - label_mm - rate_mm) / longest
    legend = _legend_lines(width_mm, frames)
    head_mm = LEGEND_MM * len(legend) + 1
    height_mm = row_mm * max(len(policies), 1) + head_mm
    with canvas(width_mm, height_mm) as drawn:
        axes = _millimetres(drawn, width_mm, height_mm)
        for row, policy in enumerate(policies):
            y = height_mm - head_mm - (row + 1) * row_mm + 0.5
            axes.text(0, y + row_mm * 0.4, f"方針{policy.id}", va="center")
            x = label_mm
            for grade in frames.plan.grades:
                count = _count(figures, policy.id, grade.code)
                if not count:
                    continue
                _square(axes, x, y, count * scale, row_mm * 0.8, grade.band)
                words = f"{grade.code}{notation.decimal(count)}"
                if text_width(axes, words) / MM + 0.8 <= count * scale:
                    axes.text(
                        x + count * scale / 2,
                        y + row_mm * 0.4,
                        words,
                        ha="center",
                        va="center_baseline",
                        color=on_colour(grade.band),
                        size=size("unit_letter"),
                    )
                x += count * scale
            _rate(axes, width_mm, y + row_mm * 0.4, figures, policy.id)
        _legend(axes, legend, height_mm)
    return drawn


def _legend_lines(width_mm: float, frames: Frames) -> list[list[tuple[float, str, str]]]:
    """Where each grade of the legend stands: lines of (x, words, band), measured in the legend's own type."""
    lines: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    with canvas(width_mm, 10) as probe:
        axes = _millimetres(probe, width_mm, 10)
        for grade in frames.plan.grades:
            words = f"{grade.code} {grade.label}"
            advance = 3.6 + text_width(axes, words) / MM * _legend_size() / size("small") + 2.6
            if x + advance - 2.6 > width_mm and lines[-1]:
                lines.append([])
                x = 0.0
            lines[-1].append((x, words, grade.band))
            x += advance
    return lines


def _legend(axes: Axes, lines: list[list[tuple[float, str, str]]], top: float) -> None:
    for row, line in enumerate(lines):
        y = top - LEGEND_MM * (row + 0.5)
        for x, words, band in line:
            _square(axes, x, y - 1.3, 2.6, 2.6, band)
            axes.text(x + 3.4, y, words, va="center", size=_legend_size())


def _legend_size() -> float:
    return size("small") - 0.5


def _millimetres(drawn: Canvas, width_mm: float, height_mm: float) -> Axes:
    """Axes over the whole chart, counted in millimetres."""
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width_mm)
    axes.set_ylim(0, height_mm)
    axes.set_axis_off()
    return axes


def policies(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 3) -> Part:
    """Expected (outline) and actual (solid) of each policy on one scale, and again enlarged without the largest.

    With more policies than half a page holds, only its message stands here: `policies_in_full` draws it on the sheet behind.
    """
    if len(frames.plan.policies) > MOST_POLICIES:
        words = tag(
            "p",
            f'<span class="number">図{number}</span> {text(caption.text)}（<a href="#figure-policies">図は次のページ</a>）',
        )
        return Part(tag("div", words, cls="chart"), caption.text)
    return _policies_chart(figures, frames, caption, number)


def policies_in_full(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 3) -> Part | None:
    """The chart of policies where page one has no room for it; None where it stands there."""
    if len(frames.plan.policies) > MOST_POLICIES:
        return _policies_chart(figures, frames, caption, number)
    return None


def _policies_chart(figures: Figures, frames: Frames, caption: Sentence, number: int) -> Part:
    rows = policy_table(figures, frames)
    alt = f"{caption.text}。" + "、".join(
        f"方針{row.番号} 見込み{row.見込}千円 実績{row.実績}千円 倍率{row.倍率}" for row in rows.itertuples()
    )
    return chart(
        lambda width: _policies(width, figures, frames),
        number=number,
        name="figure-policies",
        width_mm=NARROW_MM,
        caption=caption.text,
        alt=alt,
        table="table-policies",
    )


def policy_table(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Money by policy, in thousand yen, with multiplier, gap and shares."""
    metrics = {
        "見込": "expected_effect",
        "実績": "actual_effect",
        "差": "effect_gap",
        "倍率": "effect_multiplier",
        "見込構成比": "expected_share",
        "実績構成比": "actual_share",
    }
    rows = [
        (policy.id, policy.name, *(notation.cell(figures[metric, "policy", policy.id]) for metric in metrics.values()))
        for policy in frames.plan.policies
        if ("expected_effect", "policy", policy.id) in figures
    ]
    return pd.DataFrame(rows, columns=["番号", "基本方針", *metrics])


def _policies(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    shown = [policy for policy in frames.plan.policies if ("expected_effect", "policy", policy.id) in figures]
    amounts = {
        policy.id: tuple(figures[metric, "policy", policy.id].exact for metric in ("expected_effect", "actual_effect"))
        for policy in shown
    }
    sizes = {key: max(abs(v or 0) for v in pair) for key, pair in amounts.items()}
    ranked = sorted(sizes.values(), reverse=True)
    is_zoomed = len(ranked) > 1 and ranked[0] > ZOOM_FROM * ranked[1] > 0
    zoomed = [policy.id for policy in shown if not is_zoomed or sizes[policy.id] < ranked[0]]
    row_mm, head_mm = 6.1, 6.0
    height_mm = row_mm * max(len(shown), 1) + head_mm + 5
    label_mm, text_mm = 12.5, 35.5
    with canvas(width_mm, height_mm) as drawn:
        panel_mm = width_mm - label_mm - text_mm
        panels = [(label_mm, panel_mm, [policy.id for policy in shown], "")]
        if is_zoomed:
            half = (panel_mm - 4) / 2
            panels = [
                (label_mm, half, [policy.id for policy in shown], "同じ目盛"),
                (label_mm + half + 4, half, zoomed, "拡大（目盛が違う）"),
            ]
        for left, width, ids, title in panels:
            _panel(drawn, (left, width, width_mm, height_mm, head_mm), shown, amounts, ids, title)
        words = _millimetres(drawn, width_mm, height_mm)
        for x, heading in ((width_mm - GAP_MM, "倍率"), (width_mm, "差")):
            words.text(x, height_mm - 2.5, heading, ha="right", va="center", color=colour("soft"))
        for row, policy in enumerate(shown):
            y = height_mm - head_mm - (row + 0.5) * row_mm
            words.text(0, y, f"方針{policy.id}", va="center")
            multiplier, gap = (figures[m, "policy", policy.id] for m in ("effect_multiplier", "effect_gap"))
            ratio = notation.figure(multiplier) if multiplier.is_known else notation.NOT_APPLICABLE
            is_short = gap.exact is not None and gap.exact < 0
            ink = {"color": colour("alert"), "weight": "bold"} if is_short else {}
            words.text(width_mm - GAP_MM, y, ratio, ha="right", va="center", **ink)
            words.text(
                width_mm,
                y,
                notation.yen(gap.exact, sign=True) if gap.exact is not None else "—",
                ha="right",
                va="center",
                **ink,
            )
    return drawn


def _panel(drawn: Canvas, box: tuple[float, ...], shown: list, amounts: dict, ids: list[str], title: str) -> None:
    left, width, width_mm, height_mm, head_mm = box
    bottom = 5
    axes = drawn.add_axes((left / width_mm, bottom / height_mm, width / width_mm, 1 - (head_mm + bottom) / height_mm))
    axes.set_ylim(len(shown), 0)
    largest = max((value for key in ids for value in amounts[key] if value is not None), default=0)
    smallest = min((value for key in ids for value in amounts[key] if value is not None), default=0)
    axes.set_xlim(min(0, smallest) / OKU * 1.05, (max(largest, 0) / OKU * 1.05) or 1)
    for row, policy in enumerate(shown):
        expected, actual = amounts[policy.id]
        if policy.id not in ids:
            axes.text(0, row + 0.5, " ←左の図", va="center", color=colour("soft"), size=size("unit_letter") + 0.5)
            continue
        if expected is not None:
            axes.barh(
                row + 0.5, expected / OKU, height=0.78, color=colour("expected"), edgecolor=colour("ink"), linewidth=0.9
            )
        if actual is not None:
            axes.barh(row + 0.5, actual / OKU, height=0.36, color=colour("actual"), zorder=3)
    axes.axvline(0, color=colour("ink"), lw=0.7)
    axes.set_yticks([])
    axes.set_title(title, pad=2, size=size("unit_letter") + 0.5, color=colour("soft"))
    end = axes.get_xlim()[1]
    top = _round_tick(end)
    axes.set_xticks([0, top], ["0", f"{notation.decimal_text(f'{top:g}')}億円"])
    axes.tick_params(axis="x", labelsize=size("unit_letter") + 0.5)
    quiet(axes, keep="bottom")


def _round_tick(end: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that lies on the axis."""
    power = 10.0
    while power > end / 10:
        power /= 10
    return max(step * power * ten for step in (1, 2, 5) for ten in (1, 10, 100) if step * power * ten <= end)
