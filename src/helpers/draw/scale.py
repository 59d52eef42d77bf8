"""A linear scale in millimetres with its axis, and words broken to a width."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from matplotlib.axes import Axes

from helpers import notation
from helpers.draw.canvas import MM, canvas, colour, size
from helpers.draw.charts import millimetres, text_width, tick_text

MOST_TICKS = 7
# A tick's number with its neighbours' room.
TICK_MM = 11
# A unit so short stands beside the numbers, a longer one below them.
SHORT_UNIT = 2
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on millimetres from `left` to `right`; zero is always on it."""

    low: float
    high: float
    left: float
    right: float
    is_whole: bool = False

    def __call__(self, value: float) -> float:
        """Where a value lies."""
        return self.left + (float(value) - self.low) / (self.high - self.low) * (self.right - self.left)

    @property
    def ticks(self) -> list[Fraction]:
        """Round values with zero among them."""
        most = max(2, min(MOST_TICKS, int((self.right - self.left) / TICK_MM)))
        power = Fraction(1)
        while not self.is_whole and power * STEPS[-1] * most > self.high - self.low:
            power /= 10
        step = power
        while (self.high - self.low) / step > most:
            step = next((s * power for s in STEPS if (self.high - self.low) / (s * power) <= most), None)
            if step is None:
                power *= 10
                step = power
        first = -int(-self.low / step) if self.low < 0 else 0
        return [n * step for n in range(first, int(self.high / step) + 1)]


def scale(values: list[float], left: float, right: float, *, is_whole: bool = False) -> Scale:
    """The scale that holds zero and all values, with a little room; counts have whole ticks only."""
    low, high = float(min(0, *values, 0)), float(max(0, *values, 0))
    room = 0.03 * (high - low)
    return Scale(low - (room if low < 0 else 0), (high + room) or 1.0, left, right, is_whole)


def foot_mm(unit: str) -> float:
    """Room below an axis for its numbers, and for a unit that stands below them."""
    return 6.0 if len(unit) <= SHORT_UNIT else 10.0


def axis(axes: Axes, the_scale: Scale, *, bottom: float, top: float, unit: str = "") -> None:
    """Base line at zero, faint lines at round values, their numbers below, the unit at the right end or below."""
    for tick in the_scale.ticks:
        x = the_scale(tick)
        axes.plot(
            [x, x],
            [bottom, top],
            color=colour("ink" if tick == 0 else "rule"),
            lw=0.8 if tick == 0 else 0.5,
            zorder=0.5 if tick else 1,
        )
        axes.text(x, bottom - 1, tick_text(float(tick)), ha="center", va="top", color=colour("soft"))
    if unit and len(unit) <= SHORT_UNIT:
        last = the_scale.ticks[-1]
        free = the_scale(last) + width_mm(tick_text(float(last))) / 2 + 1.5
        axes.text(max(the_scale.right + 2, free), bottom - 1, unit, ha="left", va="top", color=colour("soft"))
    elif unit:
        # A long one begins at the left edge of a narrow chart and reaches beyond the axis.
        axes.text(max(the_scale.right, width_mm(unit)), bottom - 4.6, unit, ha="right", va="top", color=colour("soft"))


def lines(words: str, width_mm: float, *, weight: str = "normal") -> tuple[str, ...]:
    """Words broken so that no line of small type is wider than that: between letters in Japanese, else between words."""
    return _lines(words, width_mm, weight, between_words=notation.language() != notation.ORIGINAL)


@cache
def _lines(words: str, width_mm: float, weight: str, *, between_words: bool) -> tuple[str, ...]:
    with canvas(50, 10) as probe:
        axes = millimetres(probe, 50, 10)
        factor = 1.04 if weight == "bold" else 1.0

        def wide(line: str) -> bool:
            return text_width(axes, line) / MM * factor > width_mm

        if not wide(words):
            return (words,)
        broken, line = [], ""
        for letter in words:
            if line and wide(line + letter):
                # A name that is still in Japanese has no space to break at.
                whole, space, rest = line.rpartition(" ") if between_words and letter != " " else (line, "", "")
                broken.append(whole if space else line)
                line = rest if space else ""
            line += "" if between_words and letter == " " and not line else letter
        return (*broken, line)


def width_mm(words: str) -> float:
    """Width of a line of small type."""
    with canvas(50, 10) as probe:
        return text_width(millimetres(probe, 50, 10), words) / MM


LINE_MM = size("small") * 25.4 / 72 * 1.3
