"""What the coming years could bring, by arithmetic alone (M18). Every line is a judgement, none a forecast."""

from fractions import Fraction

from helpers.terms import Interval

SCENARIOS = ("S0", "S1", "S2", "S3")


def scenarios(
    *,
    expected_yen: int | None,
    years: int,
    recurring: Interval | None,
    underlying: Interval | None,
    capped: Fraction | None,
) -> dict[str, Interval | None]:
    """Effect of coming years under four plain assumptions; no one-off is ever in the base (M18).

    S0: the expected effect comes in full. S1: each year brings the effect judged recurring and nothing new. S2: the
    expected effect times the multiplier without the top item. S3: the expected effect times this year's capped
    delivery.

    Args:
        expected_yen: Expected effect of those years together; None where it is not registered.
        years: How many they are.
        recurring: Recurring effect of a year, in yen.
        underlying: Multiplier without the top item.
        capped: Capped delivery.

    Returns:
        Whole yen (rounded outward) by scenario; None where its input is None.
    """
    is_expected = expected_yen is not None and expected_yen > 0
    return {
        "S0": Interval(expected_yen, expected_yen) if is_expected else None,
        "S1": None if recurring is None else Interval(recurring.low * years, recurring.high * years),
        "S2": _times(expected_yen, underlying) if is_expected and underlying is not None else None,
        "S3": _times(expected_yen, Interval(capped, capped)) if is_expected and capped is not None else None,
    }


def _times(yen: int, ratio: Interval) -> Interval:
    return Interval(yen * Fraction(ratio.low) // 1, -(-yen * Fraction(ratio.high) // 1))
