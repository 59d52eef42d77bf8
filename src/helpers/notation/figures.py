"""How a figure looks: its number, its range, or the reason why there is none."""

from helpers.notation.catalogue import sentence
from helpers.notation.numbers import floor, multiplier, points, shown, thousand_yen_between, yen
from helpers.terms import Figure, Interval, Unit

# The metrics whose value is a list of policy numbers; the words of all other categories are in the catalogue, under the category's name.
_LISTS_OF_POLICIES = {"feasible_policies", "policies_without_expected"}
# Metrics that need more decimals than is usual for their unit.
_PLACES = {"points_per_measure": 2}


def figure(the_figure: Figure, places: int | None = None, *, sign: bool = False) -> str:
    """A figure as it stands in a sentence: 83.8%, 3.87倍, 約71%, △5,937万円, 対象外（見込み0）.

    Args:
        the_figure: Any figure.
        places: Decimals, where the unit's usual ones do not serve.
        sign: Whether yen, points and multipliers above zero carry a ＋.
    """
    if not the_figure.is_known:
        return sentence(f"reason.{the_figure.reason}")
    if the_figure.unit is Unit.CATEGORY:
        return _category(the_figure)
    if sign and the_figure.exact is not None and the_figure.unit is Unit.YEN:
        return yen(the_figure.exact, sign=True)
    if sign and the_figure.exact is not None and the_figure.unit is Unit.POINTS:
        return points(the_figure.exact, 1, sign=True)
    if sign and the_figure.exact is not None and the_figure.unit is Unit.MULTIPLIER:
        return multiplier(the_figure.exact, sign=True)
    return shown(the_figure.unit, the_figure.interval, _PLACES.get(the_figure.metric) if places is None else places)


def at_least(the_figure: Figure) -> str:
    """A figure of which the lower end alone is sure, rounded down: 少なくとも1.10倍, 下限0.45倍; as any other where that end is not above zero.

    Multipliers without an item are such figures: a part of the expected amount may be the item's own, and only what is taken away
    from an amount above zero makes the ratio no larger than it is.
    """
    end = floor(the_figure.interval.low, 2) if the_figure.is_known else -1
    if end <= 0:
        return figure(the_figure)
    key = "label.at_least" if end >= 1 else "label.at_least_short"  # of what falls short, "at least" would comfort
    return sentence(key, value=shown(the_figure.unit, Interval(end, end)))


def cell(the_figure: Figure, places: int | None = None) -> str:
    """A figure as it stands in a table column: yen in 千円 without unit, everything else as in a sentence."""
    if the_figure.is_known and the_figure.unit is Unit.YEN:
        return thousand_yen_between(the_figure.interval)
    if the_figure.unit is Unit.MULTIPLIER:
        return figure(the_figure, places).replace(" times", "×")
    return figure(the_figure, places)


def _category(the_figure: Figure) -> str:
    if the_figure.metric not in _LISTS_OF_POLICIES:
        return sentence(f"{the_figure.metric}.{the_figure.exact}")
    policies = str(the_figure.exact).replace(",", sentence("label.and"))
    return sentence("label.policies_of", ids=policies)
