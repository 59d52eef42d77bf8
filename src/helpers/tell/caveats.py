"""What a reader must know before using the figures."""

from helpers import notation
from helpers.tell.teller import Teller
from helpers.terms import ROUNDINGS, Finding, Sentence
from helpers.terms.audience import PUBLIC
from helpers.terms.records import records
from helpers.terms.tables import UNCONFIRMED

# A zero of unknown meaning is a point to decide of its own (D-d).
# What a corrected document states differently is told as an edition, by the figures that moved (V27).
_SAID_ELSEWHERE = {"V14", "V27"}
# The figures of page one that a corrected document is asked about.
_OF_AN_EDITION = (
    "measures",
    "achieved_measures",
    "achievement_rate",
    "expected_effect",
    "actual_effect",
    "effect_multiplier",
)
# The id in assumptions.csv of the assumption that every multiplier on page one rests on.
_YEAR_OF_EXPECTED = "expected-is-of-this-year"


def caveats(teller: Teller, findings: list[Finding]) -> list[list[Sentence]]:
    """Notes in three groups: who graded and what is counted; rounding and judgements; what is unknown.

    Accepted failures, corrections and contradictions come first: they must be on page one.
    """
    opened = [*_edition(teller), *_acknowledged(teller, findings), *_corrected(teller), *_warned(teller, findings)]
    groups = [
        [
            _facts(teller),
            *_grader(teller),
            *_effect(teller),
            *_assumed(teller),
        ],
        _precision(teller),
        [*_coverage(teller), _previous(teller)],
    ]
    return [group for group in ([opened] if opened else []) + groups if group]


def _edition(teller: Teller) -> list[Sentence]:
    """What a corrected document moved: the main figures of the edition before and of this one."""
    frames = teller.frames
    if frames.edition == 1:
        return []
    nth = teller.name(notation.spoken("第{n}版", n=str(frames.edition)))
    before = str(frames.edition - 1)
    moved = [
        teller.says(
            "caveat.edition_figure",
            metric=teller.name(notation.metric_name(metric)),
            before=teller.figures[metric, "edition", before],
            now=teller.figures[metric],
        )
        for metric in _OF_AN_EDITION
        if (metric, "edition", before) in teller.figures
        and notation.figure(teller.figures[metric, "edition", before]) != notation.figure(teller.figures[metric])
    ]
    if frames.former is None:
        return [teller.says("caveat.edition_unknown", nth=nth)]
    if not moved:
        return [teller.says("caveat.edition_same", nth=nth)]
    return [teller.says("caveat.edition", nth=nth, moved=teller.listed(moved))]


def _acknowledged(teller: Teller, findings: list[Finding]) -> list[Sentence]:
    accepted = [finding for finding in findings if finding.acknowledged and finding.severity == "block"]
    if not accepted:
        return []
    parts = [
        notation.spoken("{check}（{says}）", check=f"{finding.id} {finding.title}", says=finding.acknowledged)
        for finding in accepted
    ]
    return [teller.says("caveat.acknowledged", words=tuple(parts), checks=notation.spoken("、").join(parts))]


def _corrected(teller: Teller) -> list[Sentence]:
    corrections = teller.frames.corrections
    parts = [
        teller.says(
            "caveat.correction",
            locator=teller.name(row.locator),
            values=teller.name(f"{notation.decimal_text(row.old)}→{notation.decimal_text(row.new)}"),
            reason=teller.name(row.reason),
        )
        for row in records(corrections)
    ]
    return [teller.says("caveat.corrected", corrections=teller.listed(parts))] if parts else []


def _warned(teller: Teller, findings: list[Finding]) -> list[Sentence]:
    """Failed checks that do not stop a page."""
    warned = [f for f in findings if f.severity == "warn" and f.result == "failed" and not f.acknowledged]
    parts = [
        notation.spoken("{check}（{says}）", check=f"{finding.id} {finding.title}", says=finding.evidence)
        for finding in warned
        if finding.id not in _SAID_ELSEWHERE
    ]
    return [teller.says("caveat.warned", words=tuple(parts), checks=notation.spoken("、").join(parts))] if parts else []


def _assumed(teller: Teller) -> list[Sentence]:
    assumptions = teller.frames.assumptions
    is_open = (assumptions["assumption_id"] == _YEAR_OF_EXPECTED) & (assumptions["state"] == "open")
    year = teller.year(teller.frames.fiscal_year)
    return [teller.says("caveat.expected_year", year=year)] if is_open.any() else []


def _facts(teller: Teller) -> Sentence:
    """What on the page is fact, and what is judgement."""
    frames = teller.frames
    if UNCONFIRMED in {*frames.effect_classes["coder"], *frames.reason_codes["coder"]}:
        return teller.says("caveat.judgement")
    # Only where policies are graded does a chart compare them with the threshold.
    return teller.says("caveat.threshold" if teller.policy_ids("achievement_rate") else "caveat.facts")


def _grader(teller: Teller) -> list[Sentence]:
    plan = teller.plan
    if not teller.has_grades:
        return []
    if plan.graded_by:
        return [teller.says("caveat.graded_by", graded_by=teller.name(plan.graded_by))]
    return [teller.says("caveat.grader", label=teller.name(notation.achieved_label(plan)))]


def _effect(teller: Teller) -> list[Sentence]:
    """What counts as the effect, where the document states any."""
    definition = notation.effect_definition(teller.plan)
    return [teller.says("caveat.effect", definition=definition)] if teller.has_money else []


def _precision(teller: Teller) -> list[Sentence]:
    frames, notes = teller.frames, []
    ranges = {figure.scope_id for figure in teller.figures.of("actual_effect", "measure") if figure.range is not None}
    rounded = [row for row in frames.amounts("measure") if row.scope_id in ranges]
    if rounded:
        listed = teller.named("label.and").join
        key = "caveat.rounding_unknown" if {row.rounding for row in rounded} == {"unknown"} else "caveat.rounding"
        rules = listed(notation.spoken(ROUNDINGS[rule]) for rule in dict.fromkeys(row.rounding for row in rounded))
        notes.append(
            teller.says(
                key,
                units=listed(notation.spoken(unit) for unit in dict.fromkeys(row.unit for row in rounded)),
                rules=rules,
            )
        )
    charges = frames.effect_classes.loc[frames.effect_classes["effect_type"] == "resident_charge", "measure"]
    if len(charges):
        items = teller.listed(
            [
                Sentence("", name, words=(name,))
                for name in (notation.measure(teller.plan, charge) for charge in charges)
            ]
        )
        notes.append(teller.says("caveat.resident_charge", items=items, is_judgement=True))
    # △ needs a word of explanation, and a translation must be called one.
    is_original = notation.language() == notation.ORIGINAL
    notes.append(teller.says("caveat.minus" if is_original else "caveat.translated"))
    return notes


def _coverage(teller: Teller) -> list[Sentence]:
    figures = teller.figures
    measures, named, not_rated = (figures[m] for m in ("measures", "named_measures", "not_rated_measures"))
    if not_rated.exact:
        of_named = [teller.says("caveat.named_only", named=named)] if named.exact else []
        return [teller.says("caveat.not_rated", not_rated=not_rated), *of_named]
    if not measures.is_known or named.exact >= measures.exact:
        return []
    return [teller.says("caveat.coverage", measures=measures, named=named)]


def _previous(teller: Teller) -> Sentence:
    frames, previous = teller.frames, teller.frames.fiscal_year - 1
    if previous < teller.plan.first_fiscal_year:
        return teller.says("caveat.previous_first")
    if previous in frames.registered_years:
        return teller.says("caveat.previous_registered", year=teller.year(previous))
    is_silent = frames.audience == PUBLIC or frames.has_decisions
    return teller.says("caveat.previous_none" if is_silent else "caveat.nothing_before", year=teller.year(previous))
