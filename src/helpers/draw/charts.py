"""The three charts of page one: where the money came from, the grades, the policies."""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from helpers import notation
from helpers.draw.canvas import (
    MM,
    NARROW_MM,
    Chart,
    canvas,
    chart,
    colour,
    figures_face,
    inches,
    on_colour,
    quiet,
    size,
)
from helpers.notation import tokens
from helpers.terms import Figure, Figures, Sentence
from helpers.terms.tables import Frames

OKU = 100_000_000
MILLION = 1_000_000
BILLION = 1_000 * MILLION
LEAST_IN_BILLIONS = 100 * BILLION
# An axis of money counts in the largest of these that its longest bar holds at least once; in billions, whose amounts are
# written out in millions beside the bars, only where millions would no longer fit below them.
MONEY_UNITS = {
    "ja": ((OKU, "億円"), (10_000, "万円"), (1_000, "千円"), (1, "円")),
    "en": ((BILLION, "billion yen"), (MILLION, "million yen"), (1_000, "thousand yen"), (1, "yen")),
}
# Beyond these a square a measure is no longer legible on half a page, and the grades are counted bars.
MOST_SQUARES, MOST_POLICIES, MOST_SQUARES_A_ROW = 100, 7, 24
LEGEND_MM = 4.2
# The least room for a policy's number, for its multiplier, and for the gap's words right of that.
LABEL_MM, RATIO_MM, GAP_MM = 12.5, 15.0, 20.5
# Room for the rate, right of the counts.
PERCENT_MM = 10.5
# One policy is so much larger than the next that the others cannot be seen beside it.
ZOOM_FROM = 4
# The first chart: millimetres a unit of height, around the bars, and between words and what they must keep clear of.
UNIT_MM, LEFT_MM, RIGHT_MM, FOOT_MM, CLEAR_MM = 13.8, 12, 3, 8, 1.2
# English words around it are longer and need the sheet's room.
UNIT_IN_ENGLISH_MM = 12.0
# Of the pieces too narrow for their words so many items are named; no name is shortened to fewer letters than these.
MOST_NAMED, LEAST_LETTERS = 3, 6
# How much wider a browser sets bold letters than they are measured here.
BOLDER = 1.04


def composition(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 1) -> Chart:
    """Expected effect as an outline, actual effect as a bar made of its items, on one scale from zero.

    Items lie left to right with what is not itemised first and the largest item last, so that the bar without it ends where
    the eye can compare it with the expected effect. Where an amount is below zero, the bars are drawn whole.
    """
    parts = segments(figures, frames)
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    table = composition_table(figures, frames)
    alt = notation.spoken(
        "{text}。見込み{figure}、実績{figure_2}。",
        text=caption.text,
        figure=notation.figure(expected),
        figure_2=notation.figure(actual),
    ) + notation.spoken("、").join(f"{row.項目} {row.金額}" for row in table.itertuples() if row.種類 == "内訳")
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
    whole = [(notation.spoken("実績"), notation.yen(total.exact), total.exact, "actual")]
    if items.empty or (items["amount_yen"] < 0).any() or not unnamed.is_known or unnamed.interval.low < 0:
        return pd.DataFrame(whole, columns=["label", "printed", "yen", "look"])
    pieces = [(notation.spoken("内訳なし"), _millions(unnamed), max(rest, 0), "rest")]
    pieces += [
        (notation.measure(frames.plan, row.scope_name), notation.printed(row.amount, row.unit), row.amount_yen, "item")
        for row in items.itertuples()
    ]
    if figures["top_item_share"].interval.low >= frames.plan.thresholds.top_item:
        pieces[-1] = (*pieces[-1][:3], "single")
    return pd.DataFrame(pieces, columns=["label", "printed", "yen", "look"])


def _millions(figure: Figure) -> str:
    """A range of yen, outward in 百万円: 163〜172百万円."""
    low, high = (Fraction(end, MILLION) for end in figure.interval)
    return notation.spoken(
        "{decimal}{TO}{decimal_2}百万円",
        decimal=notation.decimal(notation.floor(low)),
        TO=notation.TO,
        decimal_2=notation.decimal(notation.ceil(high)),
    )


def composition_table(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The same figures as the chart, as a table."""
    parts = segments(figures, frames)
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    rows = [
        (notation.spoken("合計"), notation.spoken("効果見込額"), notation.figure(expected)),
        (notation.spoken("合計"), notation.spoken("実績効果額"), notation.figure(actual)),
    ]
    if len(parts) > 1:
        rows += [(notation.spoken("内訳"), row.label, row.printed) for row in parts.iloc[::-1].itertuples()]
    without = figures["effect_without_top_item"]
    if without.is_known and len(parts) > 1:
        rows.append((notation.spoken("参考"), notation.spoken("最大の1件を除く実績"), notation.figure(without)))
    return pd.DataFrame(rows, columns=["種類", "項目", "金額"])


def money_unit(*amounts: Fraction | int | None) -> tuple[int, str]:
    """The unit an axis of money counts in, by its largest amount: yen a unit, and its name."""
    largest = max((abs(amount) for amount in amounts if amount is not None), default=0)
    units = MONEY_UNITS[notation.language()]
    least = {BILLION: LEAST_IN_BILLIONS}
    return next((unit for unit in units if largest >= least.get(unit[0], unit[0])), units[-1])


def tick_text(value: float) -> str:
    """A round value of an axis, with the decimals it has: 0.5, 1,000, △20."""
    digits = f"{value:.6f}".rstrip("0").rstrip(".")
    return notation.decimal_text("0" if digits == "-0" else digits)


def shortened(name: str, letters: int) -> str:
    """A name of at most so many letters, the last of them … where some are left out; tables hold it in full."""
    return name if len(name) <= letters else f"{name[: max(letters - 1, 1)]}…"


@dataclass
class _Bars:
    """The first chart while it is drawn: its axes count in `unit` yen across and in bars' heights upward."""

    axes: Axes
    unit: int
    low: float
    high: float
    expected: float
    mm: float  # units of the axis a millimetre
    is_narrow: bool

    @property
    def lines(self) -> list[float]:
        """Where upright lines stand that no words may be struck through by."""
        return sorted({self.expected, 0.0} if self.low < 0 else {self.expected})

    def wide(self, words: str, **style: object) -> float:
        """Width of words in units of the axis."""
        factor = BOLDER if style.get("weight") == "bold" else 1
        return factor * max(text_width(self.axes, line, **style) for line in words.split("\n")) / MM * self.mm

    def spans(self) -> list[tuple[float, float]]:
        """The clear stretches between the upright lines, from right to left."""
        clear, (low, high) = CLEAR_MM * self.mm, self.axes.get_xlim()
        inner = [end for line in self.lines for end in (line - clear, line + clear)]
        ends = [low, *inner, self.high]
        return [
            (max(a, low), min(b, high))
            for a, b in zip(ends[::2], ends[1::2], strict=True)
            if min(b, high) > max(a, low)
        ][::-1]

    def fitted(self, name: str, rest: str, room: float, **style: object) -> str:
        """Name and the rest of a line, the name shortened until the line has room."""
        if self.wide(name + rest, **style) <= room:
            return name + rest
        letters = bisect_right(range(1, len(name)), room, key=lambda n: self.wide(shortened(name, n) + rest, **style))
        return shortened(name, max(letters, 1)) + rest


def _composition(width_mm: float, figures: Figures, parts: pd.DataFrame) -> Canvas:
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    if not expected.is_known or not actual.is_known:
        with canvas(width_mm, 46) as drawn:
            drawn.text(0.5, 0.5, notation.figure(expected if actual.is_known else actual), ha="center")
        return drawn
    unit, unit_name = money_unit(expected.exact, actual.exact)
    low = min(0, expected.exact, actual.exact) / unit
    high = max(0, expected.exact, actual.exact) / unit
    high = high if high > low else 1.0
    is_narrow, span = width_mm <= NARROW_MM, high - low
    ends = (low - (0.04 * span if low < 0 else 0), high + 0.02 * span)
    left_mm = _names_of_bars_mm()
    mm = (ends[1] - ends[0]) / (width_mm - left_mm - RIGHT_MM)
    with canvas(width_mm, 46) as drawn:
        axes = drawn.add_axes((left_mm / width_mm, 0.1, 1 - (left_mm + RIGHT_MM) / width_mm, 0.8))
        axes.set_xlim(*ends)
        bars = _Bars(axes, unit, low, high, expected.exact / unit, mm, is_narrow)
        crowded = _pieces(bars, parts)
        words, end, crowd = _between(bars, figures, crowded)
        level = 1.42 if "\n" in words else 1.2
        bottom = _below(bars, figures, parts, crowded) if is_narrow else -1.1
        if not is_narrow:
            _without_top(bars, figures, parts)
            _crowded_labels(bars, crowded, crowd)
        unit_mm = UNIT_MM if notation.language() == notation.ORIGINAL else UNIT_IN_ENGLISH_MM
        height_mm = (level + 0.42 - bottom) * unit_mm + FOOT_MM + 0.46
        drawn.set_figheight(height_mm * MM)
        axes.set_position(
            (left_mm / width_mm, FOOT_MM / height_mm, 1 - (left_mm + RIGHT_MM) / width_mm, 0.99 - FOOT_MM / height_mm)
        )
        axes.set_ylim(bottom, level + 0.42)
        _bar(axes, 0, bars.expected, y=level, look="expected")
        _expected_label(bars, expected.exact, level)
        axes.plot([bars.expected] * 2, [-0.42, level + 0.3], color=colour("ink"), lw=0.8, ls=(0, (3, 2)), zorder=4)
        axes.text(end, 0.55, words, ha="right", va="bottom", weight="bold", bbox=_ground(), zorder=5, linespacing=1.15)
        axes.set_yticks([level, 0], [notation.spoken("見込み"), notation.spoken("実績")])
        axes.set_xlabel(notation.spoken("{unit_name}（0からの等間隔目盛）", unit_name=unit_name), labelpad=1)
        ticks = _ticks(bars) if expected.exact or actual.exact else [0.0]
        axes.set_xticks(ticks, [tick_text(tick) for tick in ticks])
        quiet(axes, keep="bottom")
        if low < 0:
            axes.axvline(0, color=colour("ink"), lw=0.8)
    return drawn


def _names_of_bars_mm() -> float:
    """Millimetres for the two bars' names, left of them."""
    return _column(None, [notation.spoken("見込み"), notation.spoken("実績")], 2, LEFT_MM)


def _ticks(bars: _Bars) -> list[float]:
    """Round values on the axis whose numbers are not cut at its ends."""
    low, high = bars.axes.get_xlim()
    found = [tick for tick in MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
    return [tick for tick in found if tick + bars.wide(tick_text(tick)) / 2 <= high + (RIGHT_MM - 0.5) * bars.mm]


def _expected_label(bars: _Bars, expected_yen: int, level: float) -> None:
    """Beside the expected bar where there is room, inside its end or left of it where there is none."""
    words = notation.spoken("見込み {yen}", yen=notation.yen(expected_yen))
    start, end = sorted((0.0, bars.expected))
    wide, step = bars.wide(words), CLEAR_MM * bars.mm
    if end + step + wide <= bars.axes.get_xlim()[1]:
        x, side = end + step, "left"
    elif end - start >= wide + 2 * step:
        x, side = end - step, "right"
    else:
        x, side = start - step, "right"
    bars.axes.text(x, level, words, va="center", ha=side, zorder=5)


def _pieces(bars: _Bars, parts: pd.DataFrame) -> list:
    """Draws the pieces of the actual effect; returns those too narrow for their words."""
    start, crowded = 0.0, []
    for piece in parts.itertuples():
        end = start + piece.yen / bars.unit
        _bar(bars.axes, start, end, y=0, look=piece.look)
        if len(parts) > 1 and piece.yen:
            placed = _words_of(bars, piece, start, end)
            if placed:
                bars.axes.text(
                    *placed,
                    ha="center",
                    va="center",
                    color=on_colour(piece.look),
                    linespacing=1.15,
                    bbox=_plate(piece.look),
                    zorder=5,
                )
            else:
                crowded.append((start, end, piece))
        start = end
    return crowded


def _words_of(bars: _Bars, piece, start: float, end: float) -> tuple[float, float, str] | None:  # noqa: ANN001 — a row
    """Where a piece's words stand inside it: clear of the expected amount's line if they can; None if they do not fit."""
    unit = piece.printed.lstrip(f"{notation.MINUS}0123456789,.{notation.TO}").strip()
    number = piece.printed.removesuffix(unit).strip()
    short = bars.fitted(piece.label, "", end - start - 0.6 * bars.mm)
    ways = [f"{piece.label}\n{piece.printed}", f"{piece.label}\n{number}\n{unit}"]
    if " " in piece.label:
        ways.append(f"{_in_two_lines(piece.label)}\n{piece.printed}")
    if len(short) >= LEAST_LETTERS:
        ways.append(f"{short}\n{piece.printed}")
    rooms = [(start, end)]
    if start < bars.expected < end:
        clear = CLEAR_MM / 2 * bars.mm
        sides = ((start, bars.expected - clear), (bars.expected + clear, end))
        rooms = [*sorted(sides, key=lambda side: side[0] - side[1]), (start, end)]
    for words in ways:
        wide = bars.wide(words) + 0.6 * bars.mm
        for left, right in rooms:
            if wide <= right - left:
                return (left + right) / 2, 0, words
    return None


def _in_two_lines(name: str) -> str:
    """A name of several words, broken at the blank nearest to its middle."""
    blanks = [place for place, letter in enumerate(name) if letter == " "]
    middle = min(blanks, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}\n{name[middle + 1 :]}"


def _between(bars: _Bars, figures: Figures, crowded: list) -> tuple[str, float, tuple[float, str] | None]:
    """Words and right end of the actual amount between the bars, and of what is named beside it: clear of lines."""
    actual, multiplier = figures["actual_effect"], figures["effect_multiplier"]
    amount = notation.spoken("実績 {yen}", yen=notation.yen(actual.exact))
    ratio = notation.spoken("＝見込みの{figure}", figure=notation.figure(multiplier)) if multiplier.is_known else ""
    ways = [amount + ratio, *([f"{amount}\n{ratio}"] if bars.is_narrow and ratio else [])]
    for words in ways:
        wide = bars.wide(words, weight="bold")
        places = [right - wide for left, right in bars.spans() if right - left >= wide]
        places += [left for left, right in bars.spans()[::-1] if right - left >= wide]
        if places and (bars.is_narrow or not crowded):
            return words, places[0] + wide, None
        if places:
            rooms = [_beside(bars, crowded, place, place + wide) for place in places]
            full = _named(bars, crowded, bars.axes.get_xlim()[1] - bars.axes.get_xlim()[0])
            need = bars.wide(full)
            best = max(range(len(places)), key=lambda n: (min(rooms[n][1] - rooms[n][0], need), -n))
            room = rooms[best]
            named = _named(bars, crowded, room[1] - room[0])
            return words, places[best] + wide, (_crowd_place(bars, crowded, room, bars.wide(named)), named)
    return ways[-1], max(bars.high, bars.axes.get_xlim()[0] + bars.wide(ways[-1], weight="bold")), None


def _crowd_place(bars: _Bars, crowded: list, room: tuple[float, float], wide: float) -> float:
    """Where the names of the crowded pieces begin: by their bracket, and left of the expected amount's line if they can."""
    left, right = room
    before = bars.expected - CLEAR_MM * bars.mm
    if crowded[-1][1] <= bars.expected and before - left >= wide:
        right = min(right, before)
    return max(left, min(crowded[0][0], right - wide))


def _beside(bars: _Bars, crowded: list, left: float, right: float) -> tuple[float, float]:
    """What is left of the line on that side of the words on which the crowded pieces lie."""
    low, high = bars.axes.get_xlim()
    gap = 2 * CLEAR_MM * bars.mm
    rooms = ((low, left - gap), (right + gap, high))
    middle = (crowded[0][0] + crowded[-1][1]) / 2
    holding = [room for room in rooms if room[0] <= middle <= room[1]]
    return holding[0] if holding else (left, left)


def _entries(crowded: list) -> tuple[list, bool]:
    """The pieces to be named, left to right: what is not itemised and the largest items; and whether these are all."""
    items = [piece for *_, piece in crowded if piece.look != "rest"]
    named = [piece for *_, piece in crowded if piece.look == "rest"] + items[-MOST_NAMED:]
    return named, len(items) <= MOST_NAMED


def _named(bars: _Bars, crowded: list, room: float) -> str:
    """One line that names the crowded pieces: names shortened first, then fewer of them."""
    named, is_all = _entries(crowded)
    for left_out in range(len(named)):
        pieces, ending = named[left_out:], "" if is_all and not left_out else notation.spoken(" など")
        least = LEAST_LETTERS if len(pieces) > 1 else 1
        for letters in range(max(least, *(len(piece.label) for piece in pieces)), least - 1, -1):
            words = (
                notation.spoken("、").join(f"{shortened(piece.label, letters)} {piece.printed}" for piece in pieces)
                + ending
            )
            if bars.wide(words) <= room:
                return words
    return ""


def _without_words(figures: Figures, parts: pd.DataFrame) -> tuple[str, str, str] | None:
    """The largest item's name, what is left without it, and what multiplier that makes; None where that is not said."""
    without, multiplier = figures["effect_without_top_item"], figures["multiplier_without_top_item"]
    if parts["look"].iloc[-1] != "single" or not multiplier.is_known:
        return None
    return (
        parts["label"].iloc[-1],
        notation.spoken("を除くと {figure}", figure=notation.figure(without)),
        notation.spoken("＝見込みの{figure}", figure=notation.figure(multiplier)),
    )


def _without_top(bars: _Bars, figures: Figures, parts: pd.DataFrame) -> int:
    """Below the bar: what it is without its last piece, and what multiplier that makes; returns in how many lines."""
    said = _without_words(figures, parts)
    if said is None:
        return 0
    name, without, ratio = said
    end = parts["yen"].iloc[:-1].sum() / bars.unit
    room = bars.axes.get_xlim()[1]
    if not bars.is_narrow:
        words = bars.fitted(name, without + ratio, room, weight="bold")
    elif bars.wide(name + without, weight="bold") > room >= bars.wide(name, weight="bold"):
        words = f"{name}\n{without.lstrip()}\n{ratio}"
    else:
        words = f"{bars.fitted(name, without, room, weight='bold')}\n{ratio}"
    bars.axes.plot([0, 0, end, end], [-0.5, -0.58, -0.58, -0.5], color=colour("ink"), lw=0.9)
    bars.axes.text(0, -0.66, words, ha="left", va="top", weight="bold")
    return words.count("\n") + 1


def _below(bars: _Bars, figures: Figures, parts: pd.DataFrame, crowded: list) -> float:
    """Below the bar of a narrow chart, what cannot stand beside it; returns how far down that reaches."""
    lines_above = _without_top(bars, figures, parts)
    top = -0.65 - 0.4 * lines_above if lines_above else -0.66
    if not crowded:
        return top + 0.1
    named, is_all = _entries(crowded)
    room = bars.axes.get_xlim()[1] - bars.axes.get_xlim()[0]
    lines = [notation.spoken("左から ") if is_all else notation.spoken("文字のない部分 ")]
    for n, piece in enumerate(named):
        ending = "" if is_all or n < len(named) - 1 else notation.spoken(" など")
        words = f"{piece.label} {piece.printed}{ending}"
        joined = lines[-1] + (notation.spoken("、") if n else "") + words
        if bars.wide(joined) <= room:
            lines[-1] = joined
        elif bars.wide(words) > room >= bars.wide(piece.label):
            lines += [piece.label, f"   {piece.printed}{ending}"]
        elif n or bars.wide(words) > room:
            start = lines.pop() if not n else ""
            lines.append(start + bars.fitted(piece.label, f" {piece.printed}{ending}", room - bars.wide(start)))
        else:
            lines.append(words)
    bars.axes.text(
        bars.axes.get_xlim()[0], top, "\n".join(lines), ha="left", va="top", color=colour("soft"), linespacing=1.4
    )
    return top - 0.34 * len(lines) - 0.1


def _crowded_labels(bars: _Bars, crowded: list, label: tuple[float, str] | None) -> None:
    """Pieces too narrow for their words: a bracket over each run of them, and their names in one line."""
    if label is None:
        return
    ends: list[list[float]] = []
    for start, end, _ in crowded:
        if ends and ends[-1][1] == start:
            ends[-1][1] = end
        else:
            ends.append([start, end])
    for start, end in ends:
        bars.axes.plot([start, start, end, end], [0.46, 0.52, 0.52, 0.46], color=colour("soft"), lw=0.6)
    x, words = label
    bars.axes.text(x, 0.55, words, ha="left", va="bottom", color=colour("soft"), bbox=_ground(), zorder=5)


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


def text_width(_axes: Axes | None, words: str, **style: object) -> float:
    """Width of a line of small type, in inches; the same in all axes."""
    return inches(words, tuple(sorted(style.items())))


def _ground() -> dict:
    return {"facecolor": colour("paper"), "edgecolor": "none", "pad": 0.6}


def grades(
    figures: Figures,
    frames: Frames,
    caption: Sentence,
    *,
    number: int | str = 2,
    name: str = "figure-grades",
    table: str = "table-policies",
) -> Chart:
    """A square a measure, with its grade's letter; counted bars where there are too many."""
    rows = grade_table(figures, frames)
    alt = notation.spoken("{text}。", text=caption.text) + notation.spoken("、").join(
        notation.spoken(
            "方針{番号} {達成}／{件数}件 {達成率}", 番号=row.番号, 達成=row.達成, 件数=row.件数, 達成率=row.達成率
        )
        for row in rows.itertuples()
    )
    drawer = _bars_of_grades if too_many_to_square(figures, frames) else _squares
    return chart(
        lambda width: drawer(width, figures, frames),
        number=number,
        name=name,
        width_mm=NARROW_MM,
        caption=caption.text,
        alt=alt,
        table=table,
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
                notation.policy_name(policy),
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
    label_mm, rate_mm = _columns_of_rates(figures, policies)
    cell_mm = 5.0
    cell_w = min(4.2, (width_mm - label_mm - rate_mm) / longest)
    legend = _legend_lines(width_mm, frames)
    head_mm = LEGEND_MM * len(legend) + 1
    height_mm = cell_mm * 1.22 * max(len(policies), 1) + head_mm
    with canvas(width_mm, height_mm) as drawn:
        axes = millimetres(drawn, width_mm, height_mm)
        for row, policy in enumerate(policies):
            y = height_mm - head_mm - (row + 1) * cell_mm * 1.22 + 0.6
            axes.text(0, y + cell_mm / 2, notation.spoken("方針{id}", id=policy.id), va="center")
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


def _columns_of_rates(figures: Figures, policies: list) -> tuple[float, float]:
    """Millimetres for the policies' numbers, left, and for their counts and rates, right."""
    label_mm = _column(None, [notation.spoken("方針{id}", id=policy.id) for policy in policies], 2, LABEL_MM + 1)
    counts = [_achieved_of(figures, policy.id) for policy in policies]
    return label_mm, PERCENT_MM + _column(None, counts, 2, 12.5, **figures_face())


def _achieved_of(figures: Figures, policy_id: str) -> str:
    achieved, measures = (figures[metric, "policy", policy_id] for metric in ("achieved_measures", "measures"))
    return f"{notation.decimal(achieved.exact)}/{notation.decimal(measures.exact)}"


def _drawn(figures: Figures, frames: Frames, policy_id: str) -> int:
    return sum(_count(figures, policy_id, grade.code) for grade in frames.plan.grades)


def _square(axes: Axes, x: float, y: float, width: float, height: float, band: str) -> None:
    # Not as a patch of the axes, which would look for their limits anew: they are set.
    axes.add_artist(Rectangle((x, y), width, height, facecolor=colour(band), edgecolor=colour("ink"), linewidth=0.4))


def _rate(axes: Axes, x: float, y: float, figures: Figures, policy_id: str) -> None:
    rate = figures["achievement_rate", "policy", policy_id]
    percent = notation.figure(rate) if rate.is_known else notation.NOT_APPLICABLE
    axes.text(x - PERCENT_MM, y, _achieved_of(figures, policy_id), ha="right", va="center", **figures_face())
    axes.text(x, y, percent, ha="right", va="center", **figures_face())


def _bars_of_grades(width_mm: float, figures: Figures, frames: Frames) -> Canvas:
    policies = _rated_policies(figures, frames)
    longest = max((_drawn(figures, frames, policy.id) for policy in policies), default=1) or 1
    label_mm, rate_mm = _columns_of_rates(figures, policies)
    row_mm = 5.2
    scale = (width_mm - label_mm - rate_mm) / longest
    legend = _legend_lines(width_mm, frames)
    head_mm = LEGEND_MM * len(legend) + 1
    height_mm = row_mm * max(len(policies), 1) + head_mm
    with canvas(width_mm, height_mm) as drawn:
        axes = millimetres(drawn, width_mm, height_mm)
        for row, policy in enumerate(policies):
            y = height_mm - head_mm - (row + 1) * row_mm + 0.5
            axes.text(0, y + row_mm * 0.4, notation.spoken("方針{id}", id=policy.id), va="center")
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
    """Where each grade of the legend stands: lines of (x, words, band)."""
    lines: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    for grade in frames.plan.grades:
        words = f"{grade.code} {notation.grade_label(frames.plan, grade)}"
        advance = 3.6 + text_width(None, words) / MM + 2.6
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
            axes.text(x + 3.4, y, words, va="center")


def millimetres(drawn: Canvas, width_mm: float, height_mm: float) -> Axes:
    """Axes over the whole chart, counted in millimetres."""
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width_mm)
    axes.set_ylim(0, height_mm)
    axes.set_axis_off()
    return axes


def too_many_policies(frames: Frames) -> bool:
    """Whether there are more than half a page holds."""
    return len(frames.plan.policies) > MOST_POLICIES


def policies(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 3) -> Chart:
    """Expected (outline) and actual (solid) of each policy on one scale, and again enlarged without the largest."""
    rows = policy_table(figures, frames)
    alt = notation.spoken("{text}。", text=caption.text) + notation.spoken("、").join(
        notation.spoken(
            "方針{番号} 見込み{_thousands} 実績{_thousands_2} 倍率{倍率}",
            番号=row.番号,
            _thousands=_thousands(row.見込み),
            _thousands_2=_thousands(row.実績),
            倍率=row.倍率,
        )
        for row in rows.itertuples()
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


def _thousands(cell: str) -> str:
    """An amount of the table with its unit; the words that stand where there is none, without."""
    return notation.spoken("{cell}千円", cell=cell) if any(letter in "0123456789" for letter in cell) else cell


def policy_table(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Money by policy, in thousand yen, with multiplier, gap and shares."""
    metrics = {
        "見込み": "expected_effect",
        "実績": "actual_effect",
        "差": "effect_gap",
        "倍率": "effect_multiplier",
        "見込み構成比": "expected_share",
        "実績構成比": "actual_share",
    }
    rows = [
        (
            policy.id,
            notation.policy_name(policy),
            *(notation.cell(figures[metric, "policy", policy.id]) for metric in metrics.values()),
        )
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
    with canvas(width_mm, height_mm) as drawn:
        words = millimetres(drawn, width_mm, height_mm)
        lines = {policy.id: _money_words(figures, policy.id) for policy in shown}
        label_mm = _column(words, [notation.spoken("方針{id}", id=policy.id) for policy in shown], 1.5, LABEL_MM)
        gap_mm = _column(words, [gap for _, gap, _ in lines.values()], 2, GAP_MM, weight="bold")
        text_mm = gap_mm + _column(words, [ratio for ratio, *_ in lines.values()], 2, RATIO_MM, weight="bold")
        panel_mm = width_mm - label_mm - text_mm
        panels = [(label_mm, panel_mm, [policy.id for policy in shown], "")]
        if is_zoomed:
            half = (panel_mm - 4) / 2
            panels = [
                (label_mm, half, [policy.id for policy in shown], notation.spoken("同じ目盛")),
                (label_mm + half + 4, half, zoomed, notation.spoken("拡大（目盛が違う）")),
            ]
        titles_mm = sum(text_width(words, title) / MM for *_, title in panels)
        for left, width, ids, title in panels:
            # Where the panels are too narrow for both titles side by side, the first stands a line higher.
            lifted = 2.6 if titles_mm > panel_mm - 4 and left == label_mm else 0
            half_mm = text_width(words, title) / MM / 2
            _panel(drawn, (left, width, width_mm, height_mm, head_mm), shown, amounts, ids)
            words.text(
                min(left + width / 2, left + width + 2 - half_mm),
                height_mm - head_mm + 0.7 + lifted,
                title,
                ha="center",
                va="bottom",
                size=size("small"),
                color=colour("soft"),
            )
            _money_axis(words, (left, width), [v for key in ids for v in amounts[key] if v is not None])
        for x, heading in ((width_mm - gap_mm, notation.spoken("倍率")), (width_mm, notation.sentence("chart.gap"))):
            words.text(x, height_mm - 2.5, heading, ha="right", va="center", color=colour("soft"))
        for row, policy in enumerate(shown):
            y = height_mm - head_mm - (row + 0.5) * row_mm
            words.text(0, y, notation.spoken("方針{id}", id=policy.id), va="center")
            ratio, gap, is_short = lines[policy.id]
            ink = {"color": colour("alert"), "weight": "bold"} if is_short else {}
            words.text(width_mm - gap_mm, y, ratio, ha="right", va="center", **ink)
            words.text(width_mm, y, gap, ha="right", va="center", **ink)
    return drawn


def _money_words(figures: Figures, policy_id: str) -> tuple[str, str, bool]:
    """Multiplier and gap of a policy in words, and whether it fell short."""
    multiplier, gap = (figures[metric, "policy", policy_id] for metric in ("effect_multiplier", "effect_gap"))
    ratio = notation.cell(multiplier) if multiplier.is_known else notation.NOT_APPLICABLE
    is_short = gap.exact is not None and gap.exact < 0
    return ratio, notation.short_yen(gap.exact, sign=True) if gap.exact is not None else "—", is_short


def _column(axes: Axes | None, words: list[str], gap: float, least: float, **style: object) -> float:
    """Millimetres a column of words needs with a gap beside it."""
    return max([least, *(text_width(axes, line, **style) / MM + gap for line in words)])


def _extent(amounts: list[int]) -> tuple[float, float]:
    """Both ends of an axis of yen that holds zero and all amounts, with a little room."""
    low, high = min([0, *amounts]) * 1.05, max([0, *amounts]) * 1.05
    return low, high if high > low else 1.0


def _money_axis(words: Axes, box: tuple[float, float], amounts: list[int]) -> None:
    """Below a panel: zero, and one round value on its longer side with its unit; neither cut nor on the other."""
    left, width = box
    low, high = _extent(amounts)
    look = {"size": size("small"), "va": "center", "color": colour("soft")}
    zero = left - low / (high - low) * width
    if not any(amounts):
        words.text(zero, 2.8, "0", ha="center", **look)
        return
    is_below = -low > high
    unit, name = money_unit(low if is_below else high)
    top = round_tick(max(-low, high) / unit) * (-1 if is_below else 1)
    x = left + (top * unit - low) / (high - low) * width
    says = notation.spoken("{n}{unit}", n=tick_text(top), unit=notation.short_unit(name))
    half, half_zero = text_width(words, says) / MM / 2, text_width(words, "0") / MM / 2
    at = min(max(x, left + half - 1), left + width - half + 1)
    words.plot([x, x], [4.3, 5], color=colour("faint"), lw=0.6)
    words.text(at, 2.8, says, ha="center", **look)
    if abs(at - zero) >= half + half_zero + 0.8:
        words.text(zero, 2.8, "0", ha="center", **look)


def _panel(drawn: Canvas, box: tuple[float, ...], shown: list, amounts: dict, ids: list[str]) -> None:
    left, width, width_mm, height_mm, head_mm = box
    bottom = 5
    axes = drawn.add_axes((left / width_mm, bottom / height_mm, width / width_mm, 1 - (head_mm + bottom) / height_mm))
    axes.set_ylim(max(len(shown), 1), 0)
    axes.set_xlim(*_extent([value for key in ids for value in amounts[key] if value is not None]))
    for row, policy in enumerate(shown):
        expected, actual = amounts[policy.id]
        if policy.id not in ids:
            look = {"color": colour("soft"), "size": size("small"), "bbox": _ground(), "zorder": 5}
            axes.text(
                0.07, row + 0.5, notation.spoken("←左の図"), va="center", transform=axes.get_yaxis_transform(), **look
            )
            continue
        if expected is not None:
            axes.barh(
                row + 0.5, expected, height=0.78, color=colour("expected"), edgecolor=colour("ink"), linewidth=0.9
            )
        if actual is not None:
            axes.barh(row + 0.5, actual, height=0.36, color=colour("actual"), zorder=3)
    axes.axvline(0, color=colour("ink"), lw=0.7)
    axes.set_xticks([])
    axes.set_yticks([])
    quiet(axes, keep="bottom")


def round_tick(end: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that lies on the axis."""
    power = 10.0
    while power > end / 10:
        power /= 10
    while power * 1_000 <= end:
        power *= 10
    return max(step * power * ten for step in (1, 2, 5) for ten in (1, 10, 100) if step * power * ten <= end)
