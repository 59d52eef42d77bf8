"""Questions to departments where the document leaves a gap; each says which figures depend on the answer."""

from collections.abc import Iterator

from helpers import notation
from helpers.tell.teller import Cited, Teller
from helpers.terms import Figure
from helpers.terms.proof import Question

# From twice the expected effect on, the question is how the expectation was made.
FAR_ABOVE = 2


def questions(teller: Teller) -> list[Question]:
    """What is not known: first about money, then about grades, then about which measures there are."""
    if teller.frames.grade_counts.empty and teller.frames.effects.empty:
        return []
    return [
        *_effect(teller),
        *_items(teller),
        *_policies(teller),
        *_grades(teller),
        *_panel(teller),
        *_judgements(teller),
    ]


def _asked(teller: Teller, rule: str, department: str = "", **places: Figure | str | Cited) -> Question:
    return Question(rule, department or _publisher(teller), teller.says(f"question.{rule}", **places))


def _publisher(teller: Teller) -> str:
    """Who published the document; the first of those in force."""
    sources = [source for source in teller.frames.sources.values() if not source.get("superseded")]
    return sources[0]["publisher"] if sources else teller.plan.municipality


def _effect(teller: Teller) -> Iterator[Question]:
    figures = teller.figures
    expected, actual = figures["expected_effect"], figures["actual_effect"]
    if expected.is_known and actual.is_known:
        yield _asked(teller, "effect_definition", actual=actual, expected=expected)
        yield _asked(teller, "expected_by_year", year=teller.year(teller.frames.fiscal_year), expected=expected)
    for multiplier in figures.of("effect_multiplier", "policy"):
        if multiplier.exact is not None and multiplier.exact >= FAR_ABOVE:
            policy = teller.policy(multiplier.scope_id)
            yield _asked(teller, "low_expected", policy=policy, multiplier=multiplier)
    unnamed = figures["unnamed_effect"]
    if unnamed.is_known and unnamed.interval.high > 0:
        yield _asked(teller, "unnamed_effect", actual=actual, unnamed=unnamed)
    share = figures["top_item_share"]
    if share.is_known and share.range is not None and (teller.frames.effects["rounding"] == "unknown").any():
        yield _asked(teller, "rounding", share=share, without=figures["effect_without_top_item"])


def _grades(teller: Teller) -> Iterator[Question]:
    rate = teller.figures["achievement_rate"]
    if rate.is_known and teller.plan.graded_by is None:
        yield _asked(teller, "graded_by", label=teller.name(notation.achieved_label(teller.plan)), rate=rate)


def _panel(teller: Teller) -> Iterator[Question]:
    figures, measures = teller.figures, teller.figures["measures"]
    named = figures["named_measures"]
    if not measures.is_known or not measures.exact:
        return
    yield _asked(teller, "added_or_dropped", measures=measures)
    if named.exact < measures.exact:
        yield _asked(teller, "unnamed_measures", measures=measures, named=named)
    if any("," in str(place.exact) for place in figures.of("feasible_policies", "measure")):
        yield _asked(teller, "membership", named=named)


def _policies(teller: Teller) -> Iterator[Question]:
    zeros = [row for row in teller.frames.amounts("policy") if not row.amount_yen]
    unclear = [row for row in zeros if row.zero_meaning in {"unknown", "not_applicable"}]
    for policy_id in dict.fromkeys(row.scope_id for row in unclear):
        kinds = [row.kind for row in unclear if row.scope_id == policy_id]
        amounts = tuple(teller.of(f"{kind}_effect", policy_id) for kind in kinds)
        key = "zero_both" if len(kinds) > 1 else f"zero_{kinds[0]}"
        policy = teller.policy(policy_id)
        yield Question(key, _publisher(teller), teller.says(f"question.{key}", policy=policy, cites=amounts))
    thresholds = teller.plan.thresholds
    for policy_id in teller.policy_ids("effect_multiplier"):
        multiplier = teller.of("effect_multiplier", policy_id)
        if multiplier.exact >= thresholds.policy_multiplier or policy_id not in teller.policy_ids("achievement_rate"):
            continue
        rate = teller.of("achievement_rate", policy_id)
        key = "short_though_graded" if rate.exact >= thresholds.achievement else "short"
        yield _asked(teller, key, policy=teller.policy(policy_id), rate=rate, multiplier=multiplier)


def _items(teller: Teller) -> Iterator[Question]:
    measures = teller.frames.measures.set_index("measure_id")
    top = teller.top_item
    for item in teller.figures.of("actual_effect", "measure"):
        if item.scope_id not in measures.index:
            continue
        department = measures.loc[item.scope_id, "department"]
        name = teller.name(notation.whole_measure(teller.plan, measures.loc[item.scope_id, "measure"]))
        is_top = teller.top_item_dominates and item.scope_id == top.scope_id
        yield _asked(
            teller,
            "item_account" if is_top else "item_recurrence",
            department,
            item=name,
            amount=teller.printed(item.scope_id),
        )


def _judgements(teller: Teller) -> Iterator[Question]:
    recurring = teller.figures["recurring_effect"]
    if recurring.is_known:
        yield _asked(teller, "judgements", recurring=recurring)
