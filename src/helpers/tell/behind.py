"""The measures behind plan, and whose they are: those that the document names, or with a register those that matter most."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from helpers import notation
from helpers.tell.teller import Cited, Teller
from helpers.terms import Sentence
from helpers.terms.records import records
from helpers.terms.tables import REASONS

# So many are told of, at the most; page one shows as many of them as it has room for.
MOST = 6


@dataclass(frozen=True)
class OneBehind:
    """A measure behind plan: its name, what is said of it (which begins with the name), and where in the document."""

    name: str
    department: str
    says: Sentence
    source_id: str
    locator: str


@dataclass(frozen=True)
class Behind:
    """The measures behind plan as page one lists them: a heading, a line each, and what is left out."""

    title: Sentence
    measures: tuple[OneBehind, ...]
    rest: Sentence
    is_whole: bool = True

    def sentences(self) -> list[Sentence]:
        """Every sentence, for the back-check."""
        return [self.title, *(one.says for one in self.measures), self.rest]


def behind(teller: Teller) -> Behind | None:
    """Those that fell behind longest come first, of equal ones those with more money expected (register), then the document's order.

    None where no measure is behind.
    """
    missed = teller.figures["missed_measures"]
    if missed.is_known and not missed.exact:
        return None
    has_register = len(teller.frames.register) > 0
    found = list(_registered(teller) if has_register else _published(teller))
    rest = teller.says("behind.rest_registered" if has_register else "behind.rest")
    if not found:
        return Behind(teller.says("behind.not_named", missed=missed), (), rest) if missed.is_known else None
    title = _title(teller, len(found), has_register=has_register)
    return Behind(title, tuple(found[:MOST]), rest, is_whole=len(found) <= MOST)


def _title(teller: Teller, found: int, *, has_register: bool) -> Sentence:
    missed, stuck = teller.figures["missed_measures"], teller.figures["stuck_measures"]
    if not missed.is_known:
        return teller.says("behind.title_named_alone")
    if has_register and stuck.is_known and stuck.exact:
        return teller.says("behind.title_stuck", missed=missed, stuck=stuck)
    if has_register:
        return teller.says("behind.title_registered", missed=missed)
    return teller.says("behind.title" if found >= missed.exact else "behind.title_named", missed=missed)


def _published(teller: Teller) -> Iterator[OneBehind]:
    frames = teller.frames
    codes = {grade.code for grade in frames.plan.grades if grade.is_rated and not grade.achieved}
    listed: dict[str, str] = {}
    for row in records(frames.mentions):
        if row.list == "behind":
            listed.setdefault(row.measure_id, row.words)
    rows = [row for row in records(frames.measures) if row.grade in codes or row.measure_id in listed]
    runs = {one.scope_id: one for one in teller.figures.of("years_named_behind", "measure")}
    ordered = sorted(rows, key=lambda row: -(runs[row.measure_id].exact if row.measure_id in runs else 1))
    for row in ordered:
        words = listed.get(row.measure_id, "not_stated")
        says = _says(teller, row, "" if words == "not_stated" else words, runs.get(row.measure_id))
        yield OneBehind(notation.measure(teller.plan, row.measure), row.department, says, row.source_id, row.locator)


def _registered(teller: Teller) -> Iterator[OneBehind]:
    codes = {grade.code for grade in teller.plan.grades if grade.is_rated and not grade.achieved}
    runs = {one.scope_id: one for one in teller.figures.of("years_behind", "measure") if one.is_known}
    rows = [row for row in records(teller.frames.register) if row.grade in codes]

    def order(row: object) -> tuple[int, int]:
        run = runs[row.measure_id].exact if row.measure_id in runs else 1
        return -run, 0 if pd.isna(row.expected_yen) else -int(row.expected_yen)

    for row in sorted(rows, key=order):
        words = "" if row.reason == "not_registered" else row.reason.rstrip("。")
        says = _says(teller, row, words, runs.get(row.measure_id))
        yield OneBehind(notation.measure(teller.plan, row.measure), row.department, says, row.source_id, row.locator)


def _says(teller: Teller, row: object, words: str, run: object) -> Sentence:
    """名称（部） 2年続けて：言葉. In another language the document's words give way to the cause that was judged from them."""
    places: dict[str, Cited | object] = {
        "measure": teller.name(notation.measure(teller.plan, row.measure)),
        "department": teller.name(notation.in_own_words(teller.plan, row.department)),
    }
    key = "behind.measure"
    if run is not None:
        key, places["years"] = f"{key}_again", run
    if notation.language() == notation.ORIGINAL and words:
        return teller.says(f"{key}_words", **places, says=teller.name(words))
    reasons = (one.reason_code for one in records(teller.frames.reason_codes) if one.measure_id == row.measure_id)
    if notation.language() != notation.ORIGINAL and (reason := next(reasons, "")):
        return teller.says(f"{key}_words", **places, says=_judged(teller, reason), is_judgement=True)
    return teller.says(key, **places)


def _judged(teller: Teller, reason: str) -> Cited:
    return teller.name(teller.says("behind.judged", reason=notation.spoken(REASONS[reason])).text)
