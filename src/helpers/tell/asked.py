"""The twelve questions a sceptical reader asks, each with the answer that the figures give and the place that shows it."""

from dataclasses import dataclass

from helpers import notation
from helpers.tell.teller import Cited, Teller
from helpers.terms import Sentence
from helpers.terms.audience import PUBLIC
from helpers.terms.records import records
from helpers.terms.tables import UNCONFIRMED

MOST_LISTED = 3


@dataclass(frozen=True)
class Asked:
    """One question, its answer, and the place on these pages: `underlying`, `quality.html#source`."""

    question: Sentence
    answer: Sentence
    place: str


def asked(teller: Teller) -> tuple[Asked, ...]:
    """All twelve, in order, but those about what the document states nothing of; the public has no decisions."""
    answers = (
        ("one_off", _without_top(teller), "underlying"),
        ("recurring", _recurring(teller), "underlying"),
        ("fees", fees(teller), "items"),
        ("low_expected", _expected(teller), "effect"),
        ("grader", graders(teller), "matrix"),
        ("label", graders(teller), "matrix"),
        ("dropped", ended(teller), "years"),
        ("years_behind", behind(teller), "years"),
        ("zero", (zero_policies(teller) or [teller.says("asked.zero_none")])[0], "effect"),
        ("account", account(teller), "items"),
        ("decisions", _decided(teller), f"brief.html#{'decisions' if teller.frames.has_decisions else 'points'}"),
        ("source", _sourced(teller), "quality.html#source"),
    )
    silent = silent_sections(teller)
    kept = [
        one for one in answers if one[2] not in silent and (one[0] != "decisions" or teller.frames.audience != PUBLIC)
    ]
    return tuple(Asked(teller.says(f"asked.{name}"), answer, place) for name, answer, place in kept)


def silent_sections(teller: Teller) -> list[str]:
    """The sections of the detail page that a document without grades, or without money, has nothing for."""
    silent = [] if teller.has_grades else ["structure", "matrix"]
    silent += [] if teller.has_grades or len(teller.frames.measures) else ["measures"]
    return silent + ([] if teller.has_money else ["effect", "items", "underlying"])


def _without_top(teller: Teller) -> Sentence:
    floor = teller.figures["multiplier_without_top_item"]
    if teller.top_item is None or not floor.is_known:
        return teller.says("asked.one_off_unknown")
    classes = teller.frames.effect_classes.set_index("measure_id")
    places = {"item": teller.top_item_name, "without": teller.without_top_item()}
    item = teller.top_item.scope_id
    if item not in classes.index or classes.loc[item, "recurrence"] != "one_off":
        return teller.says("asked.one_off_answer", **places)
    is_confirmed = classes.loc[item, "coder"] != UNCONFIRMED
    basis = teller.named("label.judged" if is_confirmed else "label.judged_unconfirmed")
    return teller.says("asked.one_off_answer_judged", **places, basis=basis, is_judgement=True)


def _recurring(teller: Teller) -> Sentence:
    recurring = teller.figures["recurring_effect"]
    if not recurring.is_known:
        return teller.says("asked.recurring_unknown")
    return teller.says("asked.recurring_answer", recurring=recurring, is_judgement=True)


def fees(teller: Teller) -> Sentence:
    """The multiplier without each item that residents are judged to pay for; a judgement about the type of effect."""
    classes = teller.frames.effect_classes
    if classes.empty:
        return teller.says("detail.fees_unjudged")
    paid = set(classes.loc[classes["effect_type"] == "resident_charge", "measure_id"])
    names = teller.frames.measure_names
    parts = [
        teller.says("detail.fee", item=teller.name(notation.measure(teller.plan, names[one.scope_id])), without=one)
        for one in teller.figures.of("multiplier_without_item", "measure")
        if one.scope_id in paid and one.is_known
    ]
    if not parts:
        return teller.says("detail.fees_none" if not paid else "detail.fees_unknown", is_judgement=True)
    return teller.says("detail.fees", items=teller.listed(parts), is_judgement=True)


def _expected(teller: Teller) -> Sentence:
    expected = teller.figures["expected_effect"]
    return teller.says("asked.low_expected_answer", expected=teller.cited(expected))


def graders(teller: Teller) -> Sentence:
    """Who graded, and where the line between the grades lies."""
    plan = teller.plan
    if plan.graded_by:
        return teller.says("detail.graded_by", graded_by=teller.name(notation.in_own_words(plan, plan.graded_by)))
    return teller.says("caveat.grader", label=teller.name(notation.achieved_label(plan)))


def ended(teller: Teller) -> Sentence:
    """Measures that ended or were added since last year, or why that is unknown."""
    gone, came = teller.figures["ended_measures"], teller.figures["entered_measures"]
    if gone.is_known and came.is_known:
        return teller.says("detail.ended", ended=gone, entered=came)
    return teller.says("detail.ended_unknown", reason=teller.cited(gone))


def behind(teller: Teller) -> Sentence:
    """Measures behind for two years or more, or why that is unknown."""
    stuck = teller.figures["stuck_measures"]
    if stuck.is_known:
        return teller.says("detail.stuck", stuck=stuck)
    return teller.says("detail.stuck_unknown", reason=teller.cited(stuck))


def zero_policies(teller: Teller) -> list[Sentence]:
    """What a policy without expected effect achieved, and whether any named measure can belong to it (M21)."""
    said = []
    for zero in teller.figures.of("effect_multiplier", "policy"):
        if zero.reason not in {"zero_zero", "unexpected"} or zero.scope_id not in teller.policy_ids("achievement_rate"):
            continue
        of = {name: teller.of(name, zero.scope_id) for name in ("measures", "achieved_measures")}
        places = {
            "policy": teller.policy(zero.scope_id),
            "measures": of["measures"],
            "achieved": of["achieved_measures"],
        }
        key, more = "zero_answer", {}
        reached = _reached(teller, zero.scope_id)
        if not of["achieved_measures"].exact:
            key = "zero_answer_nothing"
        elif reached is not None:
            called = [notation.whole_measure(teller.plan, name) for name in reached]
            names = [Sentence("", notation.spoken("「{name}」", name=name), words=(name,)) for name in called]
            etc = teller.named("detail.etc") if len(names) > MOST_LISTED else ""
            key, more = "zero_answer_named", {"names": teller.listed(names[:MOST_LISTED]), "etc": etc}
        elif _none_can_belong(teller, zero.scope_id):
            key, more = "zero_answer_none", {"named": teller.figures["named_measures"]}
        said.append(teller.says(f"detail.{key}", **places, **more))
    return said


def _reached(teller: Teller, policy_id: str) -> list[str] | None:
    """The measures of a policy that reached the plan, where names and grades of all its measures are published."""
    measures = teller.frames.measures
    scale = {grade.code: grade for grade in teller.plan.grades if grade.is_rated}
    places = {one.scope_id: str(one.exact) for one in teller.figures.of("feasible_policies", "measure") if one.is_known}
    of_policy = [
        row
        for row in records(measures)
        if policy_id in {row.policy_id, places.get(row.measure_id)} and row.grade in scale
    ]
    if len(of_policy) != teller.of("measures", policy_id).exact:
        return None
    return [row.measure for row in of_policy if scale[row.grade].achieved]


def _none_can_belong(teller: Teller, policy_id: str) -> bool:
    effects = teller.frames.effects
    places = teller.figures.of("feasible_policies", "measure")
    is_sure = bool(places) and all(one.is_known for one in places) and not (effects["amount_yen"] < 0).any()
    return is_sure and not any(policy_id in str(one.exact).split(",") for one in places)


def account(teller: Teller) -> Sentence:
    """Which account the largest item belongs to: not stated, so it is a question to the department."""
    if teller.top_item is None:
        return teller.says("detail.account_none")
    amount = teller.printed(teller.top_item.scope_id)
    return teller.says("detail.account", item=teller.top_item_name, amount=amount)


def _decided(teller: Teller) -> Sentence:
    return teller.says("asked.decisions_answer" if teller.frames.has_decisions else "asked.decisions_none")


def _sourced(teller: Teller) -> Sentence:
    facts, share = teller.figures["facts"], teller.figures["sourced_share"]
    if not share.is_known:
        return teller.says("asked.source_unknown")
    return teller.says("detail.sourced", facts=facts, share=share)


def quadrant(teller: Teller) -> Sentence:
    """Which policies are graded well but short of money, and the reverse (M10)."""
    found = teller.figures.of("discordance", "policy")
    compared = [one for one in found if one.is_known and not str(one.exact).endswith("not_applicable")]
    if not compared:
        return teller.says("detail.quadrant_nothing")
    parts = []
    for state in ("rate_ok_money_short", "rate_short_money_ok"):
        ids = [one for one in compared if one.exact == state]
        if ids:
            names = [teller.policy(one.scope_id) for one in ids[:MOST_LISTED]]
            listed = teller.listed([Sentence("", one.text, words=one.words) for one in names])
            etc = teller.named("detail.etc") if len(ids) > MOST_LISTED else ""
            policies = Cited(listed.text + etc, listed.figures, listed.words)
            parts.append(teller.says(f"detail.quadrant_{state}", policies=policies, cites=tuple(ids)))
    if not parts:
        return teller.says("detail.quadrant_none", cites=tuple(compared))
    joined = Cited(
        teller.named("detail.comma").join(one.text for one in parts),
        tuple(key for one in parts for key in one.figures),
        tuple(word for one in parts for word in one.words),
    )
    return teller.says("detail.quadrant", parts=joined)
