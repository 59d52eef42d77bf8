"""What a reader must know before using the figures."""

from helpers.tell.teller import Teller
from helpers.terms import Finding, Sentence


def caveats(teller: Teller, findings: list[Finding]) -> list[list[Sentence]]:
    """Notes in three groups: who judged and what is counted; rounding and judgement; what is not known.

    What was accepted or corrected in the open comes first: it must be on page one.
    """
    opened = [*_acknowledged(teller, findings), *_corrected(teller)]
    groups = [
        [_grader(teller), teller.says("caveat.effect", definition=teller.plan.effect_definition)],
        _precision(teller),
        [*_coverage(teller), _previous(teller)],
    ]
    return [group for group in ([opened] if opened else []) + groups if group]


def _acknowledged(teller: Teller, findings: list[Finding]) -> list[Sentence]:
    accepted = [finding for finding in findings if finding.acknowledged]
    if not accepted:
        return []
    parts = [f"{finding.id} {finding.title}（{finding.acknowledged}）" for finding in accepted]
    return [teller.says("caveat.acknowledged", words=tuple(parts), checks="、".join(parts))]


def _corrected(teller: Teller) -> list[Sentence]:
    corrections = teller.frames.corrections
    parts = [
        teller.says(
            "caveat.correction",
            words=(row.locator, row.old, row.new, row.reason),
            locator=row.locator,
            old=row.old,
            new=row.new,
            reason=row.reason,
        )
        for row in corrections.itertuples()
    ]
    return [teller.says("caveat.corrected", corrections=teller.listed(parts))] if parts else []


def _grader(teller: Teller) -> Sentence:
    plan = teller.plan
    if plan.graded_by:
        return teller.says("caveat.graded_by", graded_by=teller.name(plan.graded_by))
    return teller.says("caveat.grader", label=teller.name(plan.achieved_label))


def _precision(teller: Teller) -> list[Sentence]:
    effects = teller.frames.effects
    notes = []
    if (effects["rounding"] == "unknown").any():
        notes.append(teller.says("caveat.rounding"))
    if len(teller.frames.effect_classes) or len(teller.frames.reason_codes):
        notes.append(teller.says("caveat.judgement"))
    notes.append(teller.says("caveat.minus"))
    return notes


def _coverage(teller: Teller) -> list[Sentence]:
    figures = teller.figures
    if figures["named_measures"].exact >= figures["measures"].exact:
        return []
    return [teller.says("caveat.coverage", measures=figures["measures"], named=figures["named_measures"])]


def _previous(teller: Teller) -> Sentence:
    frames, previous = teller.frames, teller.frames.fiscal_year - 1
    if previous < teller.plan.first_fiscal_year:
        return teller.says("caveat.previous_first")
    key = "caveat.previous_registered" if previous in frames.registered_years else "caveat.previous_none"
    return teller.says(key, year=teller.year(previous))
