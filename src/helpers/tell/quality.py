"""What the page of proofs says: a message for each section, the workings, what is stated and what is not, the questions."""

import re
from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from helpers import notation
from helpers.tell.questions import questions
from helpers.tell.teller import Cited, Teller
from helpers.tell.workings import workings
from helpers.terms import Figures, Finding, Sentence
from helpers.terms.audience import PUBLIC
from helpers.terms.frames import Frames
from helpers.terms.proof import Question, Working
from helpers.terms.records import records
from helpers.terms.sentence import Key

# How a field of a measure is known.
STATED, IMPLIED, UNKNOWN = "stated", "implied", "unknown"
FIELDS = ("department", "grade", "amount", "policy", "number")
SCORES = ("met", "partly", "missed", "not_applicable", "unchecked")


@dataclass(frozen=True)
class Quality:
    """Everything that the page of proofs says."""

    messages: dict[str, Sentence]
    workings: dict[Key, Working]
    coverage: pd.DataFrame
    questions: list[Question]

    def sentences(self) -> list[Sentence]:
        """Every sentence, for the back-check."""
        return [*self.messages.values(), *(question.says for question in self.questions)]


def quality(
    figures: Figures, frames: Frames, findings: list[Finding], scores: pd.DataFrame, *, language: str | None = None
) -> Quality:
    """What the page of proofs says of these figures.

    Args:
        figures: Of one plan and year.
        frames: The same year's tables.
        findings: What was checked.
        scores: How well the files follow the rules for machine-readable tables: `rule`, `data`, `charts`.
        language: Of the sentences; the one spoken where none is named.
    """
    with notation.speaking(language):
        return _quality(Teller(figures, frames), findings, scores)


def _quality(teller: Teller, findings: list[Finding], scores: pd.DataFrame) -> Quality:
    figures, frames = teller.figures, teller.frames
    worked, asked, known = workings(figures, frames), questions(teller), coverage(figures, frames)
    messages = {
        "checks": _checks(teller, findings),
        "workings": _workings(teller, worked),
        "items": _items(teller),
        "coverage": _coverage(teller, known),
        "judgements": _judgements(teller),
        "questions": _counted(teller, "questions" if asked else "no_questions", questions=len(asked)),
        "readability": _readability(teller, scores),
        "source": teller.says("quality.source"),
    }
    if frames.audience == PUBLIC:  # questions to departments are internal
        asked = []
        del messages["questions"]
    return Quality(messages, worked, known, asked)


def coverage(figures: Figures, frames: Frames) -> pd.DataFrame:
    """Measure × field: how each field of a named measure is known.

    Returns:
        One row a measure on `measure_id`: `measure`, and for each of `FIELDS` whether it is `stated`, `implied` or
        `unknown`, with its value beside it as `<field>_value`. A number in the explanation is any digit in its words.
    """
    rows, amounts_of, words_of = {}, defaultdict(list), defaultdict(list)
    for one in frames.amounts("measure"):
        amounts_of[one.scope_id].append(notation.printed(one.amount, one.unit))
    for one in records(frames.mentions):
        words_of[one.measure_id].append(one.words)
    for row in records(frames.measures):
        amounts = amounts_of[row.measure_id]
        numbers = [words for words in words_of[row.measure_id] if re.search(r"\d", words)]
        place = figures["feasible_policies", "measure", row.measure_id]
        possible = str(place.exact).split(",") if place.is_known else []
        is_forced = len(possible) == 1
        rows[row.measure_id] = {
            "measure": row.measure,
            "department": STATED if row.department != "not_stated" else UNKNOWN,
            "department_value": row.department if row.department != "not_stated" else "",
            "grade": row.grade_basis,
            "grade_value": row.grade if row.grade_basis != UNKNOWN else "",
            "amount": STATED if amounts else UNKNOWN,
            "amount_value": notation.spoken("・").join(amounts),
            "policy": STATED if row.policy_id != "not_stated" else IMPLIED if is_forced else UNKNOWN,
            "policy_value": row.policy_id if row.policy_id != "not_stated" else place.exact if place.is_known else "",
            "number": STATED if numbers else UNKNOWN,
            "number_value": "",
        }
    columns = ["measure", *(name for field in FIELDS for name in (field, f"{field}_value"))]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis(index="measure_id")


def _counted(teller: Teller, key: str, **counts: int) -> Sentence:
    """A sentence that counts rows of its own page; such counts are not figures of the plan."""
    return teller.says(f"quality.{key}", **_counts(teller, **counts))


def _counts(teller: Teller, **counts: int) -> dict[str, Cited]:
    written = {name: teller.says(f"quality.n_{name}", number=f"{count:,}").text for name, count in counts.items()}
    return {name: teller.name(says) for name, says in written.items()}


def _checks(teller: Teller, findings: list[Finding]) -> Sentence:
    results = [one.result for one in findings]
    warned = sum(one.result == "failed" and one.severity == "warn" and not one.acknowledged for one in findings)
    accepted = sum(bool(one.acknowledged) for one in findings)
    failed = sum(result in {"failed", "not_run"} for result in results) - warned - accepted
    parts = [
        (name, count)
        for name, count in (
            ("passed", results.count("passed")),
            ("warned", warned),
            ("accepted", accepted),
            ("not_applicable", results.count("not_applicable")),
            ("failed", failed),
        )
        if count or name in {"passed", "failed"}
    ]
    tally = notation.spoken("、").join(
        teller.says(f"quality.n_{name}", number=str(count)).text for name, count in parts
    )
    checks = teller.says("quality.n_checks", number=str(len(findings))).text
    return teller.says("quality.checks", checks=teller.name(checks), tally=teller.name(tally))


def _workings(teller: Teller, worked: dict[Key, Working]) -> Sentence:
    written = [one for one in worked.values() if one.agrees is not None]
    parted = sum(one.agrees is False for one in written)
    silent = sum(not teller.figures[key].is_known for key in worked)
    key = "workings_part" if parted else "workings" if silent else "workings_all"
    counts = {"figures": len(worked) - silent, "written": len(written)}
    return _counted(teller, key, **counts, **({"parted": parted} if parted else {"silent": silent} if silent else {}))


def _items(teller: Teller) -> Sentence:
    places = teller.figures.of("feasible_policies", "measure")
    if not places:
        return teller.says("quality.no_items")
    is_stated = teller.frames.measures.set_index("measure_id")["policy_id"] != "not_stated"
    stated = int(is_stated.sum())
    forced = sum(place.is_known and "," not in str(place.exact) and not is_stated[place.scope_id] for place in places)
    counts = _counts(teller, settled=stated + forced, stated=stated, forced=forced)
    return teller.says("quality.items", named=teller.figures["named_measures"], **counts)


def _coverage(teller: Teller, known: pd.DataFrame) -> Sentence:
    if known.empty:
        return teller.says("quality.no_coverage")
    measures, named = teller.figures["measures"], teller.figures["named_measures"]
    counts = {field: int((known[field] != UNKNOWN).sum()) for field in FIELDS}
    counts["policy_stated"] = int((known["policy"] == STATED).sum())
    says = {
        name: Cited(text, words=(text,))
        for name, count in counts.items()
        for text in [teller.says(f"quality.field_{name}", number=str(count)).text]
    }
    return teller.says("quality.coverage", measures=measures, named=named, **says)


def _judgements(teller: Teller) -> Sentence:
    frames = teller.frames
    is_open = int((frames.assumptions["state"] == "open").sum())
    judged = len(frames.effect_classes) + len(frames.reason_codes)
    return _counted(teller, "judgements", open=is_open, judged=judged)


def _readability(teller: Teller, scores: pd.DataFrame) -> Sentence:
    """How many of the listed rules had each result; the parts and the whole are counted from the same rows."""
    tallies = {}
    for of in ("data", "charts"):
        found = [(name, int((scores[of] == name).sum())) for name in SCORES]
        keys = {"not_applicable": "rules_not_applicable"}
        parts = [teller.says(f"quality.n_{keys.get(n, n)}", number=str(count)).text for n, count in found if count]
        tallies[of] = teller.name(notation.spoken("、").join(parts))
    return teller.says("quality.readability", **_counts(teller, rules=len(scores)), **tallies)
