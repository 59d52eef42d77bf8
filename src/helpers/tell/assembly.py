"""Questions that may be asked in the assembly, each with a draft answer from the figures, what is not known, and whom to ask.

Twelve a sceptical reader asks of any year, and those that the figures of this year raise by rule. A draft is a draft: who answers
in the assembly writes the answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from helpers import notation
from helpers.tell.asked import Asked, asked
from helpers.tell.behind import Behind
from helpers.tell.moved import moved
from helpers.tell.questions import questions
from helpers.tell.teller import Cited, Teller
from helpers.terms import Finding, Sentence
from helpers.terms.proof import Question

# Which question to a department says what is not known behind each of the twelve.
_OPEN = {
    "one_off": ("item_account",),
    "recurring": ("judgements", "item_recurrence"),
    "fees": ("item_recurrence",),
    "low_expected": ("low_expected", "expected_by_year", "effect_definition"),
    "grader": ("graded_by",),
    "label": ("graded_by",),
    "dropped": ("added_or_dropped",),
    "years_behind": ("unnamed_measures", "added_or_dropped"),
    "zero": ("zero_both", "zero_expected", "zero_actual"),
    "account": ("item_account",),
}
MOST_BEHIND = 3


@dataclass(frozen=True)
class Drafted:
    """A question with the draft of an answer.

    Attributes:
        answer: Two or three sentences from the figures.
        unknown: What is not known, as a question to a department; None where the figures say it all.
        place: Where the pages show it.
        is_raised: Whether this year's figures raise it; else it is one of the twelve.
    """

    question: Sentence
    answer: tuple[Sentence, ...]
    unknown: Question | None
    place: str
    is_raised: bool

    def sentences(self) -> list[Sentence]:
        """Every sentence, for the back-check."""
        return [self.question, *self.answer, *([self.unknown.says] if self.unknown else [])]


def sentences(drafted: list[Drafted]) -> list[Sentence]:
    """Every sentence of them, for the back-check."""
    return [one for card in drafted for one in card.sentences()]


def assembly(teller: Teller, findings: list[Finding], behind: Behind | None) -> list[Drafted]:
    """The questions that this year raises first, the largest matter before the smaller, then the twelve."""
    to_ask = questions(teller)
    raised = [
        *_short(teller, to_ask),
        *_contradictory(teller),
        *_fallen(teller),
        *_behind(teller, behind, to_ask),
        *_disagreeing(teller, findings),
    ]
    return [*raised, *(_usual(teller, one, to_ask) for one in asked(teller))]


def _usual(teller: Teller, one: Asked, to_ask: list[Question]) -> Drafted:
    name = one.question.id.removeprefix("asked.")
    answer = [one.answer]
    if name == "one_off" and teller.top_item is not None and teller.figures["effect_multiplier"].is_known:
        answer.insert(0, teller.says("assembly.multiplier", multiplier=teller.figures["effect_multiplier"]))
    if name == "grader":
        answer += _graded_against(teller)
    if name == "fees" and (teller.frames.effect_classes["effect_type"] == "resident_charge").any():
        answer.append(teller.says("assembly.price_alone"))
    rules = _OPEN.get(name, ())
    unknown = next((found for rule in rules for found in to_ask if found.rule == rule), None)
    return Drafted(one.question, tuple(answer), unknown, one.place, is_raised=False)


def _graded_against(teller: Teller) -> list[Sentence]:
    said = teller.frames.graded_against
    return [teller.says("detail.graded_against", against=teller.name(said[0]))] if said else []


def _drafted(
    teller: Teller, rule: str, answer: list[Sentence], unknown: Question | None, place: str, **places: object
) -> Drafted:
    return Drafted(teller.says(f"assembly.{rule}", **places), tuple(answer), unknown, place, is_raised=True)


def _short(teller: Teller, to_ask: list[Question]) -> Iterator[Drafted]:
    """A policy far below its expected amount."""
    for gap in teller.shortfalls():
        multiplier = teller.of("effect_multiplier", gap.scope_id)
        if multiplier.exact is None or multiplier.exact >= teller.plan.thresholds.policy_multiplier:
            continue
        policy = teller.policy(gap.scope_id)
        amounts = {f"{kind}": teller.of(f"{kind}_effect", gap.scope_id) for kind in ("expected", "actual")}
        answer = [teller.says("assembly.short_amounts", policy=policy, gap=teller.size(gap), **amounts)]
        if gap.scope_id in teller.policy_ids("achievement_rate"):
            of = {name: teller.of(f"{name}", gap.scope_id) for name in ("measures", "achieved_measures")}
            answer.append(
                teller.says(
                    "assembly.short_rate",
                    policy=policy,
                    rate=teller.of("achievement_rate", gap.scope_id),
                    measures=of["measures"],
                    achieved=of["achieved_measures"],
                )
            )
        answer.append(teller.says("assembly.no_reason"))
        about = f"方針{gap.scope_id}"
        unknown = next((one for one in to_ask if one.rule.startswith("short") and about in one.says.words), None)
        yield _drafted(teller, "short", answer, unknown, "effect", policy=policy)


def _contradictory(teller: Teller) -> Iterator[Drafted]:
    """A policy whose grades fall short while its money does not."""
    for found in teller.figures.of("discordance", "policy"):
        if found.exact != "rate_short_money_ok":
            continue
        policy = teller.policy(found.scope_id)
        places = {
            "rate": teller.of("achievement_rate", found.scope_id),
            "multiplier": teller.of("effect_multiplier", found.scope_id),
        }
        threshold = teller.name(teller.reference(teller.plan.thresholds.achievement))
        answer = [
            teller.says("assembly.contradictory_answer", policy=policy, threshold=threshold, cites=(found,), **places),
            *_largest_item(teller, found.scope_id),
            teller.says("assembly.count_and_money"),
        ]
        yield _drafted(teller, "contradictory", answer, None, "effect", policy=policy)


def _largest_item(teller: Teller, policy_id: str) -> list[Sentence]:
    """That the largest item is this policy's, where published counts and amounts leave no other."""
    if teller.top_item is None:
        return []
    place = teller.figures.get(("feasible_policies", "measure", teller.top_item.scope_id))
    if place is None or place.exact != policy_id:
        return []
    amount = teller.printed(teller.top_item.scope_id)
    return [
        teller.says(
            "assembly.contradictory_item", item=teller.top_item_name, amount=amount, policy=teller.policy(policy_id)
        )
    ]


def _fallen(teller: Teller) -> Iterator[Drafted]:
    """Grades or money below last year's."""
    for one in moved(teller):
        change = teller.figures[
            "achievement_rate_change" if one.id.startswith("moved.rate") else "actual_effect_change"
        ]
        is_told = one.id.startswith(("moved.rate", "moved.effect_less"))
        if is_told and change.is_known and change.exact < 0:
            rule = "fallen_rate" if one.id.startswith("moved.rate") else "fallen_effect"
            yield _drafted(teller, rule, [one, teller.says("assembly.no_reason")], None, "years")


def _behind(teller: Teller, behind: Behind | None, to_ask: list[Question]) -> Iterator[Drafted]:
    """Which measures are behind; and of those that were behind last year too, why again."""
    if behind is None or not behind.measures:
        return
    again = [one for one in behind.measures if one.says.id.startswith("behind.measure_again")]
    for one in again[:MOST_BEHIND]:
        unknown = Question("behind_again", one.department, teller.says("assembly.behind_again_ask"))
        answer = [teller.says("assembly.behind_one", one=_whole(one.says))]
        yield _drafted(teller, "behind_again", answer, unknown, "measures", measure=teller.name(one.name))
    answer = [teller.says("assembly.behind_title", title=_whole(behind.title))]
    answer += [teller.says("assembly.behind_one", one=_whole(one.says)) for one in behind.measures[:MOST_BEHIND]]
    if len(behind.measures) > MOST_BEHIND or not behind.is_whole:
        answer.append(behind.rest)
    unknown = next((one for one in to_ask if one.rule == "unnamed_measures"), None)
    yield _drafted(teller, "behind", answer, unknown, "measures")


def _disagreeing(teller: Teller, findings: list[Finding]) -> Iterator[Drafted]:
    """What in the document does not agree with itself."""
    found = [one for one in findings if one.result == "failed" and one.severity == "block" and one.acknowledged]
    for one in found:
        says = notation.spoken("{check}（{says}）", check=one.title, says=one.evidence)
        answer = [teller.says("assembly.disagreeing_answer", words=(says,), check=says)]
        unknown = Question("disagreeing", _publisher(teller), teller.says("assembly.disagreeing_ask"))
        yield _drafted(teller, "disagreeing", answer, unknown, "checks")


def _whole(sentence: Sentence) -> Cited:
    """A sentence as it stands within another."""
    return Cited(sentence.text, sentence.figures, sentence.words)


def _publisher(teller: Teller) -> str:
    sources = [source for source in teller.frames.sources.values() if not source.get("superseded")]
    return sources[0]["publisher"] if sources else teller.plan.municipality
