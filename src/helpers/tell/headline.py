"""The headline: grades, effect, dependence on one item, and the policy that fell short."""

from helpers import notation
from helpers.tell.moved import moved
from helpers.tell.teller import Teller
from helpers.terms import Sentence


def headline(teller: Teller) -> list[Sentence]:
    """Up to four sentences, by the rules in `tests/cases/headline.csv`, and then what moved since last year.

    The four: grades, money, the largest item, the policy that fell short.
    """
    sentences = [_grades(teller), _money(teller), _item(teller), _policy(teller), *moved(teller)]
    return [sentence for sentence in sentences if sentence is not None]


def _grades(teller: Teller) -> Sentence | None:
    figures, rate = teller.figures, teller.figures["achievement_rate"]
    if not teller.has_grades:
        return None
    if not rate.is_known:
        return teller.says("headline.no_measures")
    if rate.exact < teller.plan.thresholds.headline_achievement:
        return teller.says(
            "headline.missed",
            measures=figures["measures"],
            missed=figures["missed_measures"],
            rate=figures["missed_rate"],
        )
    return teller.says(
        "headline.achieved",
        measures=figures["measures"],
        achieved=figures["achieved_measures"],
        rate=rate,
        label=teller.name(notation.achieved_words(teller.plan)),
    )


def _money(teller: Teller) -> Sentence:  # noqa: PLR0911 — one return per row of the truth table
    figures = teller.figures
    expected, actual, gap = (figures[metric] for metric in ("expected_effect", "actual_effect", "effect_gap"))
    multiplier = figures["effect_multiplier"]
    if not actual.is_known or not expected.is_known:
        return teller.amounts_missing("headline")
    if expected.exact == 0:
        if actual.exact == 0:
            return teller.says("headline.effect_zero", cites=(actual,))
        return teller.says("headline.effect_unexpected", actual=actual, cites=(expected,))
    if expected.exact < 0:
        signed = teller.cited(gap, sign=True)
        return teller.says("headline.effect_cost_expected", actual=actual, expected=expected, gap=signed)
    if actual.exact == 0:
        return teller.says("headline.effect_nothing", actual=actual, expected=expected)
    short = teller.size(gap)
    if actual.exact < 0:
        return teller.says("headline.effect_negative", actual=actual, expected=expected, gap=short)
    if actual.exact == expected.exact:
        return teller.says("headline.effect_as_expected", actual=actual)
    if actual.exact > expected.exact:
        return teller.says("headline.effect_above", actual=actual, multiplier=multiplier)
    percent = teller.percent_below_one(multiplier)
    if percent is None:
        return teller.says("headline.effect_just_short", actual=actual, gap=short)
    return teller.says("headline.effect_short", actual=actual, percent=percent, gap=short)


def _item(teller: Teller) -> Sentence | None:
    if not teller.top_item_dominates:
        return None
    figures, item = teller.figures, teller.top_item_name
    share, without = figures["top_item_share"], figures["multiplier_without_top_item"]
    if share.interval.low > 1:
        amount = figures["actual_effect", "measure", teller.top_item.scope_id]
        return teller.says("headline.item_beyond_total", item=item, amount=amount, cites=(share,))
    if share.exact == 1:
        return teller.says("headline.item_all", item=item, cites=(share,))
    written = teller.share(share)
    if not without.is_known or figures["effect_multiplier"].exact < 1:
        return teller.says("headline.item_share", share=written, item=item)
    places = {"share": written, "item": item}
    if without.interval.low < 0:
        return teller.says("headline.item_without_unbounded", **places)
    key = "item_without_above" if without.interval.low >= 1 else "item_without_unsure"
    return teller.says(f"headline.{key}", **places, without=teller.without_top_item())


def _policy(teller: Teller) -> Sentence | None:
    expected, shortfalls = teller.figures["expected_effect"], teller.shortfalls()
    if not shortfalls or len(teller.plan.policies) == 1 or not expected.is_known or expected.exact <= 0:
        return None
    gap = shortfalls[0]
    if -gap.exact < teller.plan.thresholds.shortfall * expected.exact:
        return None
    policy = teller.policy(gap.scope_id)
    of_policy = {
        "expected": teller.of("expected_effect", gap.scope_id),
        "actual": teller.of("actual_effect", gap.scope_id),
    }
    if of_policy["expected"].exact <= 0 or of_policy["actual"].exact <= 0:
        return teller.says("headline.policy_amounts", policy=policy, **of_policy)
    percent = teller.percent_below_one(teller.of("effect_multiplier", gap.scope_id))
    if percent is None:
        return teller.says("headline.policy_just_short", policy=policy, gap=teller.size(gap))
    return teller.says("headline.policy_short", policy=policy, percent=percent)
