"""The first chart of page one: expected and actual effect on one scale, the actual made of its items."""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import MM, NARROW_MM, Canvas, Chart, chart, colour, house, on_colour, quiet, sheet
from helpers.notation import tokens
from helpers.terms import Figure, Figures, Sentence
from helpers.terms.frames import Frames
from helpers.terms.records import records

MILLION = 1_000_000
# Inches: a unit of height, around the bars, and between words and what they must keep clear of.
UNIT, LEFT, RIGHT, FOOT, CLEAR = 0.472, 0.472, 0.118, 0.315, 0.047
# Beside a piece's words, within it.
INSIDE = 0.024
# Of the pieces too narrow for their words so many items are named; no name is shortened to fewer letters than these.
MOST_NAMED, LEAST_LETTERS = 3, 6


def captioned(figures: Figures, frames: Frames, caption: Sentence, *, number: int = 1) -> Chart:
    """Expected effect as an outline, actual effect as a bar made of its items, on one scale from zero.

    Items lie left to right with what is not itemised first and the largest item last, so that the bar without it ends where
    the eye can compare it with the expected effect. Where an amount is below zero, the bars are drawn whole.
    """
    parts = rows(figures, frames)
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    told = table(figures, frames)
    alt = notation.spoken(
        "{text}。見込み{figure}、実績{figure_2}。",
        text=caption.text,
        figure=notation.figure(expected),
        figure_2=notation.figure(actual),
    ) + notation.spoken("、").join(f"{row.項目} {row.金額}" for row in records(told) if row.種類 == "内訳")
    return chart(
        lambda width: drawn(width, figures, parts),
        number=number,
        name="figure-composition",
        width_mm=tokens()["page"]["width"],
        caption=caption.text,
        alt=alt,
        table="table-composition",
    )


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The pieces of the actual effect, left to right: `label`, `yen`, `look`. One piece where it cannot be divided."""
    total = figures["actual_effect"]
    if not total.is_known:
        return pd.DataFrame(columns=["label", "printed", "yen", "look"])
    items = sorted(frames.amounts("measure", "actual"), key=lambda row: (row.amount_yen, row.scope_id))
    rest = total.exact - sum(row.amount_yen for row in items)
    unnamed = figures["unnamed_effect"]
    whole = [(notation.spoken("実績"), notation.yen(total.exact), total.exact, "actual")]
    if not items or items[0].amount_yen < 0 or not unnamed.is_known or unnamed.interval.low < 0:
        return pd.DataFrame(whole, columns=["label", "printed", "yen", "look"])
    pieces = [(notation.spoken("内訳なし"), _millions(unnamed), max(rest, 0), "rest")]
    pieces += [
        (notation.measure(frames.plan, row.scope_name), notation.printed(row.amount, row.unit), row.amount_yen, "item")
        for row in items
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


def table(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The same figures as the chart, as a table."""
    parts = rows(figures, frames)
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    told = [
        (notation.spoken("合計"), notation.spoken("効果見込額"), notation.figure(expected)),
        (notation.spoken("合計"), notation.spoken("実績効果額"), notation.figure(actual)),
    ]
    if len(parts) > 1:
        told += [(notation.spoken("内訳"), row.label, row.printed) for row in records(parts.iloc[::-1])]
    without = figures["effect_without_top_item"]
    if without.is_known and len(parts) > 1:
        told.append((notation.spoken("参考"), notation.spoken("最大の1件を除く実績"), notation.figure(without)))
    return pd.DataFrame(told, columns=["種類", "項目", "金額"])


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
    inch: float  # units of the axis an inch
    is_narrow: bool

    @property
    def lines(self) -> list[float]:
        """Where upright lines stand that no words may be struck through by."""
        return sorted({self.expected, 0.0} if self.low < 0 else {self.expected})

    def wide(self, words: str, **style: object) -> float:
        """Width of words in units of the axis."""
        return kit.wide(words, **style) * self.inch

    def spans(self) -> list[tuple[float, float]]:
        """The clear stretches between the upright lines, from right to left."""
        clear, (low, high) = CLEAR * self.inch, self.axes.get_xlim()
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


@house()
def drawn(width_mm: float, figures: Figures, parts: pd.DataFrame) -> Canvas:
    """Both bars on one scale; the pieces of the lower one, of `rows`, named in it or beside it."""
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    if not expected.is_known or not actual.is_known:
        drawn = Canvas(figsize=(width_mm * MM, 41.1 * MM))
        drawn.text(0.5, 0.5, notation.figure(expected if actual.is_known else actual), ha="center")
        return drawn
    unit, unit_name = kit.money_unit(expected.exact, actual.exact)
    low = min(0, expected.exact, actual.exact) / unit
    high = max(0, expected.exact, actual.exact) / unit
    high = high if high > low else 1.0
    is_narrow, span = width_mm <= NARROW_MM, high - low
    ends = (low - (0.04 * span if low < 0 else 0), high + 0.02 * span)
    width, left = width_mm * MM, _names_of_bars()
    axes = sheet((width, 1), (left / width, 0.1, 1 - (left + RIGHT) / width, 0.8))
    drawn = axes.figure
    axes.set_xlim(*ends)
    bars = _Bars(axes, unit, low, high, expected.exact / unit, (ends[1] - ends[0]) / (width - left - RIGHT), is_narrow)
    crowded = _pieces(bars, parts)
    words, end, crowd = _between(bars, figures, crowded)
    level = 1.42 if "\n" in words else 1.2
    bottom = _below(bars, figures, parts, crowded) if is_narrow else -1.1
    if not is_narrow:
        _without_top(bars, figures, parts)
        _crowded_labels(bars, crowded, crowd)
    height = (level + 0.42 - bottom) * UNIT + FOOT + 0.018
    drawn.set_figheight(height)
    axes.set_position((left / width, FOOT / height, 1 - (left + RIGHT) / width, 0.99 - FOOT / height))
    axes.set_ylim(bottom, level + 0.42)
    _bar(axes, 0, bars.expected, y=level, look="expected")
    _expected_label(bars, expected.exact, level)
    kit.line(axes, [bars.expected] * 2, [-0.42, level + 0.3], lw=0.8, ls=kit.DASHED, zorder=4)
    axes.text(end, 0.55, words, ha="right", va="bottom", weight="bold", bbox=kit.ground(), zorder=5, linespacing=1.15)
    quiet(axes, keep="bottom")
    axes.set_yticks([level, 0], [notation.spoken("見込み"), notation.spoken("実績")])
    axes.set_xlabel(notation.spoken("{unit_name}（0からの等間隔目盛）", unit_name=unit_name), labelpad=1)
    ticks = _ticks(bars) if expected.exact or actual.exact else [0.0]
    axes.set_xticks(ticks, [kit.tick_text(tick) for tick in ticks])
    if low < 0:
        kit.upright(axes, 0, lw=0.8)
    return drawn


def _names_of_bars() -> float:
    """Inches for the two bars' names, left of them."""
    return max(LEFT, *(kit.wide(notation.spoken(name)) + kit.GAP for name in ("見込み", "実績")))


def _ticks(bars: _Bars) -> list[float]:
    """Round values on the axis whose numbers are not cut at its ends."""
    low, high = bars.axes.get_xlim()
    found = [tick for tick in MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
    return [tick for tick in found if tick + bars.wide(kit.tick_text(tick)) / 2 <= high + (RIGHT - 0.02) * bars.inch]


def _expected_label(bars: _Bars, expected_yen: int, level: float) -> None:
    """Beside the expected bar where there is room, inside its end or left of it where there is none."""
    words = notation.spoken("見込み {yen}", yen=notation.yen(expected_yen))
    start, end = sorted((0.0, bars.expected))
    wide, step = bars.wide(words), CLEAR * bars.inch
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
    for piece in records(parts):
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
                    bbox=kit.ground(piece.look),
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
    short = bars.fitted(piece.label, "", end - start - INSIDE * bars.inch)
    ways = [f"{piece.label}\n{piece.printed}", f"{piece.label}\n{number}\n{unit}"]
    if " " in piece.label:
        ways.append(f"{_in_two_lines(piece.label)}\n{piece.printed}")
    if len(short) >= LEAST_LETTERS:
        ways.append(f"{short}\n{piece.printed}")
    rooms = [(start, end)]
    if start < bars.expected < end:
        clear = CLEAR / 2 * bars.inch
        sides = ((start, bars.expected - clear), (bars.expected + clear, end))
        rooms = [*sorted(sides, key=lambda side: side[0] - side[1]), (start, end)]
    for words in ways:
        wide = bars.wide(words) + INSIDE * bars.inch
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
        end = actual.exact / bars.unit
        if end < bars.expected and any(left <= end - wide and end <= right for left, right in bars.spans()):
            places.insert(0, end - wide)  # over the end of its own bar, where that falls short of the other's
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
    before = bars.expected - CLEAR * bars.inch
    if crowded[-1][1] <= bars.expected and before - left >= wide:
        right = min(right, before)
    return max(left, min(crowded[0][0], right - wide))


def _beside(bars: _Bars, crowded: list, left: float, right: float) -> tuple[float, float]:
    """What is left of the line on that side of the words on which the crowded pieces lie."""
    low, high = bars.axes.get_xlim()
    gap = 2 * CLEAR * bars.inch
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
        notation.spoken("＝見込みの{figure}", figure=notation.at_least(multiplier)),
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
    kit.line(bars.axes, [0, 0, end, end], [-0.5, -0.58, -0.58, -0.5], lw=0.9)
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
        kit.line(bars.axes, [start, start, end, end], [0.46, 0.52, 0.52, 0.46], color=colour("soft"), lw=0.6)
    x, words = label
    bars.axes.text(x, 0.55, words, ha="left", va="bottom", color=colour("soft"), bbox=kit.ground(), zorder=5)


def _bar(axes: Axes, start: float, end: float, *, y: float, look: str) -> None:
    thick, line = (0.56, 1.1) if look == "expected" else (0.84, 0.6)
    kit.box(axes, (start, end), y, look=look, thick=thick, linewidth=line)
