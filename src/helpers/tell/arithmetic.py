"""A calculation written out for a pocket calculator, together with its result."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from helpers import notation

# Operator precedence: an expression that binds less firmly than its surroundings gets parentheses.
SUM, PRODUCT, NUMBER = 1, 2, 3


@dataclass(frozen=True)
class Expression:
    """Numbers and signs, and their value."""

    text: str
    value: Fraction
    binds: int = NUMBER

    def within(self, binds: int) -> str:
        """The text, in parentheses if it binds less firmly than this."""
        return self.text if self.binds >= binds else _enclosed(self.text)


def _enclosed(text: str) -> str:
    return notation.spoken("（{text}）", text=text)


def number(value: int | Fraction) -> Expression:
    """A number on its own: 1,345,649, △3,500."""
    value = Fraction(value)
    if value.denominator == 1:
        return Expression(notation.decimal(value), value)
    return Expression(f"{notation.decimal(value.numerator)} ÷ {notation.decimal(value.denominator)}", value, PRODUCT)


def total(parts: Iterable[Expression]) -> Expression:
    """The sum of the parts; 0 without any."""
    some = list(parts)
    if len(some) == 1:
        return some[0]
    if not some:
        return number(0)
    return Expression(" + ".join(part.within(SUM) for part in some), sum(part.value for part in some), SUM)


def less(whole: Expression, part: Expression) -> Expression:
    """One taken from the other."""
    return Expression(f"{whole.within(SUM)} − {part.within(PRODUCT)}", whole.value - part.value, SUM)


def over(part: Expression, whole: Expression) -> Expression:
    """One divided by the other."""
    return Expression(f"{part.within(PRODUCT)} ÷ {whole.within(NUMBER)}", part.value / whole.value, PRODUCT)


def times(one: Expression, other: Expression) -> Expression:
    """Two numbers multiplied."""
    return Expression(f"{one.within(PRODUCT)} × {other.within(NUMBER)}", one.value * other.value, PRODUCT)


def squared(base: Expression) -> Expression:
    """A number times itself."""
    text = base.within(NUMBER) if base.value >= 0 else _enclosed(base.text)
    return Expression(f"{text}²", base.value**2)
