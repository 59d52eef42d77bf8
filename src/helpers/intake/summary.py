"""The published summary of a year's results (取組結果（概要）) → the six tables of facts.

The document is cut into tables, lists and paragraphs, and each is read by its own words, wherever it stands.
"""

import re
from bisect import bisect
from itertools import accumulate

import pandas as pd

from helpers.intake import identity, lists, tables
from helpers.intake.claims import claims
from helpers.intake.ledger import ORIGINAL, TELL_US, Ledger
from helpers.intake.parts import Part, parts
from helpers.intake.passage import Passage
from helpers.received import Document
from helpers.received.document import shown
from helpers.terms import Plan, Refusal, quoted, without_years
from helpers.terms.folded import squeezed
from helpers.terms.places import line_of
from helpers.terms.words import told_first

_PARENT = re.compile(r"基本理念.*?(?:←|<-)(.+?)との整合")
_OVERVIEW = re.compile(r"基本理念|計画の概要|基本方針|計画体系|推進項目|位置付け")
_ROUNDING = re.compile(r"(?:([百千万億]*円)未満)?[^。]*?(四捨五入|切り?捨て|切り?上げ)")
# A note that says of which year the results are, and nothing else: ※ 令和5年度の実績, ※ 令和5年度の実績値を掲載.
_NOTE_ON_RESULTS = re.compile("※の?(?:取組)?(?:実績|結果|達成状況|評価)[値額]?(?:です|である|を?(?:掲載|計上|記載).*)?")
_ROUNDINGS = {"四捨五入": "half_up", "切捨て": "floor", "切上げ": "ceil"}
# The parts a summary must have; a missing one is named. Claims are optional: a document may make none.
_TABLES = {"grades": "基本方針ごとの評価（A・B・C・D）", "effects": "基本方針ごとの効果見込額と実績効果額"}


def summary(
    document: Document, *, plan: Plan, fiscal_year: int, year_not_in_document: bool = False
) -> dict[str, pd.DataFrame]:
    """The facts of the year, one frame a table of `terms.tables.FACTS`, every cell as text.

    Args:
        document: As it was received.
        plan: What it has to be of.
        fiscal_year: What it has to be of.
        year_not_in_document: That a person says, in so many words, that the document does not name its year.

    Raises:
        Refusal: The document is of another plan or year, holds what was not understood, or contradicts `plan.toml`;
            all faults at once, each with line, words and what to do.
    """
    identity.front_matter(document, plan)
    ledger, cut = Ledger(document, plan, fiscal_year), parts(document)
    identity.check(cut, ledger, year_not_in_document=year_not_in_document)
    seen: dict[str, Part] = {}
    units: list[Passage] = []
    below = ""  # the kind of the last table or list
    parents: set[str] = set()
    roundings: list[tuple[str | None, str]] = []
    listed: list[lists.Entry] = []
    for part in sorted(cut, key=lambda part: part.kind == "links"):  # a paragraph names the parent plan
        first = seen.setdefault(part.kind, part)
        if part.kind in {"grades", "effects", "links"} and first is not part:
            ledger.fault(part.first, f"同じ種類の表が {first.first.where}にもあります。{ORIGINAL}")
        elif part.kind == "grades":
            tables.grades(part, ledger)
        elif part.kind == "effects":
            tables.effects(part, units, ledger)
        elif part.kind == "links":
            tables.links(part, parents, ledger)
        elif part.kind == "list":
            listed += lists.entries(part, ledger)
        elif part.kind == "paragraph":
            _paragraph(part, ledger)
            text = "".join(line.key for line in part.passages)
            parents |= set(_PARENT.findall(text))
            roundings += [(unit or None, _ROUNDINGS[rule.replace("り", "")]) for unit, rule in _ROUNDING.findall(text)]
            units += tables.unit_lines(part, below, ledger)
        else:
            ledger.fault(
                part.first, f"見出し「{quoted(part.heading.words)}」の下の、何の表か分からない表です。{TELL_US}"
            )
        if part.kind != "paragraph":
            below = part.kind
            units = []  # a unit is that of the next table
    lists.measures(listed, roundings, ledger)
    _check_complete(seen, ledger)
    if ledger.faults:
        raise Refusal(*told_first(ledger.faults))
    return ledger.frames()


def _check_complete(seen: dict[str, Part], ledger: Ledger) -> None:
    missing = [f"{what}の表" for kind, what in _TABLES.items() if kind not in seen]
    for what in missing:
        ledger.faults.append(f"{ledger.document.name}: {what}がありません。写し漏れがないか、{ORIGINAL}。")
    graded = {row["policy_id"]: row for row in reversed(ledger.rows["grade_counts"])}
    valued = {row["scope_id"]: row for row in reversed(ledger.rows["effects"]) if row["scope"] == "policy"}
    if graded and valued:
        for policy_id in sorted(graded.keys() ^ valued.keys()):
            there, not_there = ("評価", "効果額") if policy_id in graded else ("効果額", "評価")
            line = shown(line_of((graded | valued)[policy_id]["locator"]))
            name = f"{ledger.document.name} {line}の基本方針「{policy_id} {ledger.plan.policy(policy_id).name}」"
            ledger.faults.append(f"{name}: {there}の表にあり、{not_there}の表にありません。{ORIGINAL}。")


def _paragraph(part: Part, ledger: Ledger) -> None:
    """Reads the claims of a paragraph; words with a figure or a measure that are not understood become faults."""
    plan, first = ledger.plan, part.passages[0]
    text = "".join(line.key for line in part.passages)
    ends = list(accumulate(len(line.key) for line in part.passages))
    if text.startswith("【基本理念】") and not text[6:].startswith(squeezed(plan.philosophy)):
        ledger.fault(first, f"plan.toml の基本理念「{plan.philosophy}」と違います。どちらかを直してください")
    for line in part.passages if "基本方針" in part.heading.key else []:
        if numbered := re.match(r"(?:[-*+・]\s*)?(?=[0-9]{1,2}[.)])", line.text):
            tables.policy(line[numbered.end() :], ledger)
    found, unread = claims(text, plan=plan)
    is_of_results = found or _NOTE_ON_RESULTS.fullmatch(without_years(text).rstrip("。"))
    for at, year in identity.other_years(text, ledger) if is_of_results else []:
        says = (
            f"「{year}」は、この資料の年度ではありません。別の年度の値を、この年度のものとして登録しません。{TELL_US}"
        )
        ledger.fault(part.passages[bisect(ends, at)], says)
    for claim in found:
        place = part.passages[bisect(ends, claim.at)]
        ledger.state(place, claim.metric, claim.scope, claim.value, claim.unit, claim.comparison)
    for at, words in unread:
        ledger.fault(part.passages[bisect(ends, at)], f"「{quoted(words)}」が何を指すか読み取れません。{TELL_US}")
    is_listed = re.match(r"[-*+]\s|・", first.text) and not found and not _OVERVIEW.search(part.heading.key)
    if is_listed or re.search(r"〔(?![0-9]+〕)", text):
        ledger.fault(first, f"見出し「{quoted(part.heading.words)}」の下の、何の一覧か分からない行です。{TELL_US}")
