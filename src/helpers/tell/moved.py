"""What moved since last year, in one line; and where the two years cannot be compared, why not (M14)."""

from helpers.tell.teller import Cited, Teller
from helpers.terms import Figure, Sentence


def moved(teller: Teller) -> list[Sentence]:
    """What became of grades and money since last year, that which matters more first; nothing where last year is not registered.

    The rules stand in `tests/test_moved.py`. Grades lead where more than one measure moved; a change of one measure is told as
    none, for a rate must not be compared on the strength of one.
    """
    if not teller.has_last_year:
        return []
    rate, money = _rate(teller), _money(teller)
    leads = rate is not None and rate.id in {"moved.rate", "moved.rate_within"}
    return [one for one in ((rate, money) if leads else (money, rate)) if one is not None]


def _rate(teller: Teller) -> Sentence | None:
    before, change = teller.last_year("achievement_rate"), teller.figures["achievement_rate_change"]
    if change.reason == "scale_changed":
        return teller.says("moved.another_scale")
    return _of_one_scale(teller, before, change) if before and before.is_known and change.is_known else None


def _of_one_scale(teller: Teller, before: Figure, change: Figure) -> Sentence:
    figures = teller.figures
    within, panel = figures["achievement_rate_change_within"], figures["panel_measures"]
    counts = [teller.last_year("measures"), figures["measures"]]
    if within.is_known:
        return teller.says(
            "moved.rate_within",
            before=before,
            change=_signed(teller, change),
            within=_signed(teller, within),
            panel=panel,
        )
    if counts[0].exact != counts[1].exact:
        return teller.says("moved.other_measures", before=before, measures_before=counts[0], measures=counts[1])
    achieved = [teller.last_year("achieved_measures"), figures["achieved_measures"]]
    if achieved[0].exact == achieved[1].exact:
        return teller.says("moved.same_rate", before=before)
    if abs(achieved[0].exact - achieved[1].exact) == 1:
        return teller.says("moved.one_measure", before=before)
    return teller.says("moved.rate", before=before, change=_signed(teller, change))


def _money(teller: Teller) -> Sentence | None:
    figures = teller.figures
    before, change = teller.last_year("actual_effect"), figures["actual_effect_change"]
    if change.reason == "definition_changed":
        return teller.says("moved.another_definition")
    if before is None or not before.is_known or not change.is_known:
        return None
    if change.exact == 0:
        return teller.says("moved.same_effect", before=before)
    one_off = figures["actual_effect_change_one_off"]
    # Only where it moved for sure, and is not a part of nothing.
    is_moved = one_off.is_known and not one_off.interval.low <= 0 <= one_off.interval.high
    key = "moved.effect_more" if change.exact > 0 else "moved.effect_less"
    if is_moved:
        return teller.says(
            f"{key}_one_off", before=before, change=teller.size(change), one_off=one_off, is_judgement=True
        )
    return teller.says(key, before=before, change=teller.size(change))


def _signed(teller: Teller, figure: Figure) -> Cited:
    """A change with its sign: ＋2.1ポイント, △11.4ポイント."""
    return teller.cited(figure, sign=True)
