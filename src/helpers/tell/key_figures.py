"""The five key figures and the message of each chart."""

from dataclasses import dataclass

from helpers import notation
from helpers.tell.teller import Cited, Teller
from helpers.terms import Figure, Sentence


@dataclass(frozen=True)
class KeyFigure:
    """One of the large figures of page one: a label, the figure, and what it was made from."""

    label: Sentence
    value: Sentence
    lines: tuple[Sentence, ...]


def key_figures(teller: Teller) -> list[KeyFigure]:
    """Rate, multiplier, share of the top item, multiplier without it, largest shortfall, in this order; those that the document bears."""
    of_items = [_top_item(teller), _without(teller)] if teller.top_item is not None else []
    of_money = [_multiplier(teller), *of_items, _shortfall(teller)] if teller.has_money else []
    return [*([_rate(teller)] if teller.has_grades else []), *of_money]


def _value(teller: Teller, figure, places: int | None = None, *, sign: bool = False) -> Sentence:  # noqa: ANN001
    written = teller.cited(figure, places, sign=sign)
    return Sentence("key.value", written.text, written.figures, written.words)


def _rate(teller: Teller) -> KeyFigure:
    figures = teller.figures
    grades = [
        teller.figures["measures_by_grade", "grade", grade.code]
        for grade in teller.plan.grades
        if ("measures_by_grade", "grade", grade.code) in figures
    ]
    codes = [teller.grade(figure.scope_id) for figure in grades]
    by_grade = Sentence(
        "key.grades",
        " ".join(f"{code.text} {notation.decimal(f.exact)}" for code, f in zip(codes, grades, strict=True)),
        tuple(figure.key for figure in grades),
        tuple(word for code in codes for word in code.words),
    )
    counts = teller.says("key.counts", achieved=figures["achieved_measures"], measures=figures["measures"])
    label = teller.says("key.rate", label=teller.name(notation.achieved_words(teller.plan)))
    before, change = teller.last_year("achievement_rate"), figures["achievement_rate_change"]
    is_same_scale = change.reason != "scale_changed"
    counted = (teller.last_year("measures"), figures["measures"])
    has_same_number = bool(before) and counted[0].exact == counted[1].exact
    lines = _last_year(teller, before, change if has_same_number else None) if is_same_scale else ()
    return KeyFigure(label, _value(teller, figures["achievement_rate"]), (counts, by_grade, *lines))


def _last_year(teller: Teller, before: Figure | None, change: Figure | None = None) -> tuple[Sentence, ...]:
    """Last year's value and the change since, in a line; nothing where last year is not registered or has no such value."""
    if before is None or not before.is_known:
        return ()
    if change is None or not change.is_known:
        return (teller.says("moved.key", before=before),)
    return (teller.says("moved.key_change", before=before, change=teller.cited(change, sign=True)),)


def _of_which_item(teller: Teller) -> str:
    """How last year's largest item is told: it may have been another one."""
    same = ("actual_effect", "measure:year", f"{teller.top_item.scope_id}:{teller.frames.fiscal_year - 1}")
    return "moved.key" if same in teller.figures else "moved.key_other"


def _last_gap(teller: Teller, policy_id: str) -> tuple[Sentence, ...]:
    """What the policy that falls short most fell short, or not, last year."""
    before = _of_money(teller, "effect_gap", policy_id)
    if before is None or not before.is_known:
        return ()
    said = {"policy": teller.policy(policy_id), "before": teller.cited(before, sign=True)}
    change = teller.figures["effect_gap_change", "policy", policy_id]
    if not change.is_known:
        return (teller.says("moved.key_policy", **said),)
    return (teller.says("moved.key_policy_change", **said, change=teller.cited(change, sign=True)),)


def _of_money(teller: Teller, metric: str, policy_id: str = "") -> Figure | None:
    """Last year's amount or multiplier; None where another thing counted as effect."""
    is_same = teller.figures["actual_effect_change"].reason != "definition_changed"
    return teller.last_year(metric, policy_id) if is_same else None


def _multiplier(teller: Teller) -> KeyFigure:
    figures = teller.figures
    label = teller.says("key.multiplier")
    value = _value(teller, figures["effect_multiplier"])
    if not figures["effect_gap"].is_known:
        return KeyFigure(label, value, (teller.amounts_missing("key"),))
    amounts = teller.says("key.amounts", actual=figures["actual_effect"], expected=figures["expected_effect"])
    gap = teller.says("key.gap", gap=teller.cited(figures["effect_gap"], sign=True))
    last_year = _last_year(teller, _of_money(teller, "effect_multiplier"), figures["effect_multiplier_change"])
    return KeyFigure(label, value, (amounts, gap, *last_year))


def _top_item(teller: Teller) -> KeyFigure:
    label = teller.says("key.top_item", words=(notation.spoken("最大の1件"),))
    share = teller.figures["top_item_share"]
    item = teller.top_item
    if item is None:
        return KeyFigure(label, _value(teller, share), ())
    amount = teller.figures["actual_effect", "measure", item.scope_id]
    printed = Cited(notation.printed(item.amount, item.unit), (amount.key,))
    says_item = teller.says("key.item", item=teller.top_item_name, printed=printed)
    classes = teller.frames.effect_classes.set_index("measure_id")["recurrence"]
    if item.scope_id in classes.index:
        recurrence = teller.named(f"label.{classes[item.scope_id]}")
        says_class = teller.says("key.item_class", recurrence=recurrence, is_judgement=True)
    else:
        says_class = teller.says("key.item_unclassed")
    value = teller.share(share)
    before = _of_money(teller, "top_item_share")
    lines = (says_item, says_class)
    if before is not None and before.is_known:
        lines = (*lines, teller.says(_of_which_item(teller), before=teller.share(before)))
    return KeyFigure(label, Sentence("key.value", value.text, value.figures, value.words), lines)


def _without(teller: Teller) -> KeyFigure:
    label = teller.says("key.without", words=(notation.spoken("その1件"),))
    without = teller.figures["multiplier_without_top_item"]
    if not without.is_known:
        return KeyFigure(label, _value(teller, without), ())
    written = teller.without_top_item()
    value = Sentence("key.value", written.text, written.figures, written.words)
    before, lines = _of_money(teller, "multiplier_without_top_item"), (teller.says("key.whole"),)
    if before is not None and before.is_known:
        told = Cited(notation.at_least(before), (before.key,))
        lines = (*lines, teller.says(_of_which_item(teller), before=told))
    return KeyFigure(label, value, lines)


def _shortfall(teller: Teller) -> KeyFigure:
    label = teller.says("key.shortfall")
    shortfalls = teller.shortfalls()
    if not teller.figures["effect_gap"].is_known:
        return KeyFigure(label, _value(teller, teller.figures["effect_gap"]), (teller.amounts_missing("key"),))
    if not shortfalls:
        return KeyFigure(label, teller.says("key.no_shortfall"), (teller.says("key.no_shortfall_note"),))
    gap = shortfalls[0]
    policy = teller.plan.policy(gap.scope_id)
    lines = [
        teller.says(
            "key.policy", policy=teller.policy(policy.id), name=teller.name(notation.short_policy_name(policy))
        ),
        teller.says(
            "key.policy_amounts",
            actual=teller.of("actual_effect", policy.id),
            expected=teller.of("expected_effect", policy.id),
        ),
    ]
    if policy.id in teller.policy_ids("achievement_rate"):
        lines.append(teller.says("key.policy_rate", rate=teller.of("achievement_rate", policy.id)))
    return KeyFigure(label, _value(teller, gap), (*lines, *_last_gap(teller, policy.id)))
