"""The points to put to leadership, made by rules; people write down what was decided."""

from helpers import notation
from helpers.tell.teller import Teller
from helpers.terms import Point, Sentence, same_name
from helpers.terms.records import records
from helpers.terms.tables import UNCONFIRMED

MOST_POINTS = 5


def points(teller: Teller) -> list[Point]:
    """Candidates by the rules D-a … D-e, the largest amount first, at most five."""
    found = [
        *_expectation(teller),
        *_one_item(teller),
        *_delayed(teller),
        *_without_money(teller),
        *_fiscal_health(teller),
    ]
    return sorted(found, key=lambda point: (-point.yen, point.rule))[:MOST_POINTS]


def _point(teller: Teller, rule: str, topic: Sentence, evidence: Sentence, yen: int = 0, options: str = "") -> Point:
    return Point(rule, topic, evidence, options or teller.named(f"point.{rule}_options"), yen)


def _expectation(teller: Teller) -> list[Point]:
    """D-a: a policy far below its expected effect."""
    found = []
    for policy_id in teller.policy_ids("effect_multiplier"):
        multiplier = teller.of("effect_multiplier", policy_id)
        if multiplier.exact >= teller.plan.thresholds.policy_multiplier:
            continue
        places = {metric: teller.of(f"{metric}_effect", policy_id) for metric in ("actual", "expected")}
        key = "point.D-a_evidence"
        if teller.reads_as_part(multiplier):
            places["multiplier"] = multiplier
        else:
            key += "_amounts"
        if policy_id in teller.policy_ids("achievement_rate"):
            places["rate"] = teller.of("achievement_rate", policy_id)
        else:
            key += "_no_rate"
        evidence = teller.says(key, **places)
        topic = teller.says("point.D-a_topic", policy=teller.policy(policy_id))
        found.append(_point(teller, "D-a", topic, evidence, -teller.of("effect_gap", policy_id).exact))
    return found


def _one_item(teller: Teller) -> list[Point]:
    """D-b: one item makes up half of the money or more, and nobody has said that it will come again."""
    figures, item = teller.figures, teller.top_item
    share, without = figures["top_item_share"], figures["multiplier_without_top_item"]
    if not share.is_known or not without.is_known or share.interval.low < teller.plan.thresholds.top_item:
        return []
    classes = teller.frames.effect_classes.set_index("measure_id")
    recurrence = classes["recurrence"].get(item.scope_id, "unknown")
    if recurrence not in {"one_off", "unknown"}:
        return []
    places = {"item": teller.top_item_name, "share": teller.share(share), "without": teller.without_top_item()}
    recurring = figures["recurring_effect"]
    if share.interval.low > 1:
        amount = figures["actual_effect", "measure", item.scope_id]
        evidence = teller.says("point.D-b_evidence_beyond", item=places["item"], amount=amount, cites=(share,))
    elif recurrence == "one_off" and recurring.is_known:
        is_confirmed = classes.loc[item.scope_id, "coder"] != UNCONFIRMED
        basis = teller.named("label.judged" if is_confirmed else "label.judged_unconfirmed")
        key = "point.D-b_evidence_judged"
        evidence = teller.says(key, is_judgement=True, **places, basis=basis, recurring=recurring)
    else:
        evidence = teller.says("point.D-b_evidence", **places)
    return [_point(teller, "D-b", teller.says("point.D-b_topic"), evidence, int(item.amount_yen))]


def _delayed(teller: Teller) -> list[Point]:
    """D-c: measures behind plan because deliberation took long, as judged from the document's words."""
    behind = {grade.code for grade in teller.plan.grades if grade.is_rated and not grade.achieved}
    measures = {row.measure_id: row for row in records(teller.frames.measures)}
    late = [
        measures[row.measure_id].measure
        for row in records(teller.frames.reason_codes)
        if row.reason_code == "deliberation"
        and row.measure_id in measures
        and (measures[row.measure_id].grade in behind or _is_listed_behind(teller, row.measure_id))
    ]
    if not late:
        return []
    names = teller.listed(
        [Sentence("", name, words=(name,)) for name in (notation.measure(teller.plan, measure) for measure in late)]
    )
    evidence = teller.says("point.D-c_evidence", measures=names, is_judgement=True)
    return [_point(teller, "D-c", teller.says("point.D-c_topic"), evidence)]


def _is_listed_behind(teller: Teller, measure_id: str) -> bool:
    return any((row.measure_id, row.list) == (measure_id, "behind") for row in records(teller.frames.mentions))


def _without_money(teller: Teller) -> list[Point]:
    """D-d: a policy without expected effect."""
    found = []
    for policy_id in teller.policy_ids("expected_effect"):
        expected, actual = teller.of("expected_effect", policy_id), teller.of("actual_effect", policy_id)
        if expected.exact != 0 or not actual.is_known or policy_id not in teller.policy_ids("achievement_rate"):
            continue
        grades = {
            "rate": teller.of("achievement_rate", policy_id),
            "achieved": teller.of("achieved_measures", policy_id),
            "measures": teller.of("measures", policy_id),
        }
        if actual.exact == 0:
            key = "point.D-d_evidence_unexplained" if _is_unexplained(teller, policy_id) else "point.D-d_evidence"
            evidence = teller.says(key, cites=(expected, actual), **grades)
        else:
            evidence = teller.says("point.D-d_evidence_actual", cites=(expected,), actual=actual, **grades)
        # Where grades are given against indicators, an indicator is there: to ask for one would be wrong.
        has_indicators = "_graded_against" if teller.frames.graded_against else ""
        topic = teller.says(f"point.D-d_topic{has_indicators}", policy=teller.policy(policy_id))
        options = teller.named(f"point.D-d_options{has_indicators}")
        found.append(_point(teller, "D-d", topic, evidence, abs(actual.exact), options))
    return found


def _is_unexplained(teller: Teller, policy_id: str) -> bool:
    zeros = [row for row in teller.frames.amounts("policy") if row.scope_id == policy_id and not row.amount_yen]
    return not all(row.zero_meaning in {"measured_zero", "not_set"} for row in zeros)


def _fiscal_health(teller: Teller) -> list[Point]:
    """D-e: the money is above plan, but the measure that stands for fiscal health is behind."""
    multiplier = teller.figures["effect_multiplier"]
    asked = same_name(teller.plan.fiscal_health_measure or "")
    health = next((row for row in records(teller.frames.measures) if same_name(row.measure) == asked), None)
    behind = {grade.code for grade in teller.plan.grades if grade.is_rated and not grade.achieved}
    if not multiplier.is_known or multiplier.exact < 1 or health is None or health.grade not in behind:
        return []
    key = "point.D-e_evidence_implied" if health.grade_basis == "implied" else "point.D-e_evidence"
    evidence = teller.says(
        key,
        multiplier=multiplier,
        measure=teller.name(_health_name(teller, health.measure)),
        grade=teller.name(health.grade),
    )
    return [_point(teller, "D-e", teller.says("point.D-e_topic"), evidence)]


def _health_name(teller: Teller, measure: str) -> str:
    """The measure's full name where the page is in the plan's language, else its English one."""
    return measure if notation.language() == notation.ORIGINAL else notation.measure(teller.plan, measure)
