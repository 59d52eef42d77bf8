"""A document that is read whole → facts: title, tables, lists of measures and every sentence.

It is cut into tables, lists and paragraphs as the layout of its plan says, and each is read by its own words, wherever it stands.
"""

import re
from bisect import bisect
from itertools import accumulate

from helpers.intake import identity, lists, tables
from helpers.intake.claims import claims
from helpers.intake.ledger import ORIGINAL, TELL_US, Ledger
from helpers.intake.parts import Part, parts
from helpers.intake.passage import Passage
from helpers.received.document import shown
from helpers.terms import quoted, without_years
from helpers.terms.folded import squeezed
from helpers.terms.layout import EFFECTS, GRADES, LINKED_PLANS
from helpers.terms.places import line_of

_PARENT = re.compile(r"基本理念.*?(?:←|<-)(.+?)との整合")
_OVERVIEW = re.compile(r"基本理念|計画の概要|基本方針|計画体系|推進項目|位置付け")
# A note that says of which year the results are, and nothing else: ※ 令和5年度の実績, ※ 令和5年度の実績値を掲載.
_NOTE_ON_RESULTS = re.compile(
    "※(?:(?:上記|上の表|表|(?:[^。、は]{0,8}の)?(?:金額|数値|実績|評価))は、?)?の?(?:取組)?(?:実績|決算|結果|達成状況|評価)[値額]?"
    "(?:に?よる|です|である|を?(?:掲載|計上|記載).*)?"
)
# A note that makes of amounts what are no results of a year: ※ 主な取組の金額は見込額.
_NO_RESULTS = re.compile(
    "※[^。]*(?:金額|実績額?|効果額)は、?[^。]*(?:見込額?|累計|予算額?)(?:です|である|による|を掲載)?"
)


def read(ledger: Ledger, *, year_not_in_document: bool) -> None:
    """Adds to the ledger all that the document says, each part by its own words.

    Raises:
        Refusal: It has no such title, or its month cannot be read.
    """
    identity.front_matter(ledger.document, ledger.plan, ledger.layout)
    cut = parts(ledger.document, ledger.layout)
    identity.check(cut, ledger, year_not_in_document=year_not_in_document)
    seen: dict[str, Part] = {}
    units: list[Passage] = []
    below = ""  # the kind of the last table or list
    parents: set[str] = set()
    for part in sorted(cut, key=lambda part: _of(part) == LINKED_PLANS):  # a paragraph names the parent plan
        first = seen.setdefault(_of(part), part)
        if part.layout and first is not part:
            ledger.fault(part.first, f"同じ種類の表が {first.first.where}にもあります。{ORIGINAL}")
        elif _of(part) == GRADES:
            tables.grades(part, ledger)
        elif _of(part) == EFFECTS:
            tables.effects(part, units, ledger)
        elif _of(part) == LINKED_PLANS:
            tables.links(part, parents, ledger)
        elif part.kind == "paragraph":
            _paragraph(part, ledger)
            parents |= set(_PARENT.findall(part.text))
            units += tables.unit_lines(part, below, ledger)
        elif part.kind == "table":
            ledger.fault(
                part.first, f"見出し「{quoted(part.heading.words)}」の下の、何の表か分からない表です。{TELL_US}"
            )
        if part.kind != "paragraph":
            below = _of(part)
            units = []  # a unit is that of the next table
    lists.read(cut, ledger)
    _check_complete(seen, ledger)


def _of(part: Part) -> str:
    """Of what a part is: a kind of table, `table` where it is none of the layout's, `list` or `paragraph`."""
    return part.layout.of if part.layout else part.kind


def _check_complete(seen: dict[str, Part], ledger: Ledger) -> None:
    """A missing table is named. Claims are optional: a document may make none."""
    grades = "・".join(grade.code for grade in ledger.plan.grades)
    needed = {GRADES: f"基本方針ごとの評価（{grades}）", EFFECTS: "基本方針ごとの効果見込額と実績効果額"}
    missing = [f"{what}の表" for of, what in needed.items() if of not in seen]
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
    plan, first, text = ledger.plan, part.passages[0], part.text
    ends = list(accumulate(len(line.key) for line in part.passages))
    if text.startswith("【基本理念】") and not text[6:].startswith(squeezed(plan.philosophy)):
        ledger.fault(first, f"plan.toml の基本理念「{plan.philosophy}」と違います。どちらかを直してください")
    for line in part.passages if "基本方針" in part.heading.key else []:
        if numbered := re.match(r"(?:[-*+・]\s*)?(?=[0-9]{1,2}[.)])", line.text):
            tables.policy(line[numbered.end() :], ledger)
    if _NO_RESULTS.fullmatch(text.rstrip("。")):
        ledger.fault(first, f"この年度の実績でない金額があります。その年度の実績の資料か、{ORIGINAL}")
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
