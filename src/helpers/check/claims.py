"""Whether a number that the document states in words or as a total agrees with the computed one."""

from fractions import Fraction


def last_digit(value: str) -> Fraction:
    """The place of the last digit printed: 1 of 62, a tenth of 13.5."""
    return Fraction(1, 10 ** len(value.partition(".")[2]))


def holds(comparison: str, printed: Fraction, found: Fraction | int, *, last_digit: Fraction) -> bool:
    """Whether a printed number agrees, to its last printed digit, whether rounded or cut off: 13.5億円 agrees with 13.46."""
    if comparison == "about":
        # 0 is a multiple of every power of ten, but that does not make it a round number.
        round_digits = next((10**n for n in range(12, 0, -1) if printed and printed % (last_digit * 10**n) == 0), 1)
        half = last_digit * round_digits / 2
        return printed - half <= found < printed + half
    if comparison == "equal":
        return abs(printed - found) < last_digit
    return {
        "above": found > printed,
        "below": found < printed,
        "at_least": found >= printed,
        "at_most": found <= printed,
    }[comparison]
