"""The message of each chart."""

from helpers.tell.teller import Teller
from helpers.terms import Sentence

# A message names at most this many policies and leaves the others to the chart; nobody reads a list of eight.
NAMED = 3


def captions(teller: Teller) -> dict[str, Sentence]:
    """One message per chart: `composition`, `grades`, `policies`."""
    return {"composition": _composition(teller), "grades": _grades(teller), "policies": _policies(teller)}


def _composition(teller: Teller) -> Sentence:
    figures = teller.figures
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    multiplier = figures["effect_multiplier"]
    if not actual.is_known or not expected.is_known:
        return teller.amounts_missing("caption")
    without, share = figures["multiplier_without_top_item"], figures["top_item_share"]
    if teller.top_item_dominates and without.is_known and _can_be_divided(teller):
        return teller.says(
            "caption.composition",
            actual=actual,
            share=teller.share(share),
            item=teller.top_item_name,
            without=teller.without_top_item(),
        )
    if not multiplier.is_known:
        return teller.says("caption.composition_no_ratio", actual=actual, expected=expected)
    if multiplier.exact < 1:
        short = teller.size(figures["effect_gap"])
        return teller.says("caption.composition_plain_short", actual=actual, expected=expected, gap=short)
    return teller.says("caption.composition_plain", actual=actual, expected=expected, multiplier=multiplier)


def _can_be_divided(teller: Teller) -> bool:
    """Whether the items can be drawn as parts of the whole: neither an item nor the remainder is below zero."""
    parts = [*teller.figures.of("actual_effect", "measure"), teller.figures["unnamed_effect"]]
    return all(part.is_known and part.interval.low >= 0 for part in parts)


def _grades(teller: Teller) -> Sentence:
    threshold = teller.plan.thresholds.achievement
    rates = [teller.of("achievement_rate", policy_id) for policy_id in teller.policy_ids("achievement_rate")]
    if not rates:
        return teller.says("caption.grades_none")
    written = teller.name(teller.reference(threshold))
    behind = sorted((rate for rate in rates if rate.exact < threshold), key=lambda rate: rate.exact)
    if not behind:
        return teller.says("caption.grades_all_above", threshold=written)
    parts = [teller.says("caption.policy_rate", policy=teller.policy(rate.scope_id), rate=rate) for rate in behind]
    if len(parts) == len(rates) > NAMED:
        return teller.says("caption.grades_all_behind", threshold=written)
    return teller.says(_key("grades_behind", parts), policies=teller.listed(parts[:NAMED]), threshold=written)


def _key(message: str, parts: list[Sentence]) -> str:
    """The key of the sentence for a list; another one where some are left out."""
    return f"caption.{message}_among_others" if len(parts) > NAMED else f"caption.{message}"


def _policies(teller: Teller) -> Sentence:
    shortfalls = teller.shortfalls()
    if not teller.figures["effect_gap"].is_known:
        return teller.amounts_missing("caption")
    if not shortfalls:
        expected = [teller.of("expected_effect", policy_id).exact for policy_id in teller.policy_ids("expected_effect")]
        key = "policies_all_met" if any(amount > 0 for amount in expected) else "policies_none"
        return teller.says(f"caption.{key}")
    parts = []
    for gap in shortfalls:
        multiplier = teller.of("effect_multiplier", gap.scope_id)
        places = {"policy": teller.policy(gap.scope_id), "gap": gap}
        if teller.reads_as_part(multiplier):
            parts.append(teller.says("caption.policy_multiplier", **places, multiplier=multiplier))
        else:
            parts.append(teller.says("caption.policy_gap", **places))
    return teller.says(_key("policies_short", parts), policies=teller.listed(parts[:NAMED]))
