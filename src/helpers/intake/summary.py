"""The published summary of a year's results (取組結果（概要）) → the six tables of facts.

The document is cut into tables, lists and paragraphs, and each is read by its own words, wherever it stands.
"""

import re
from bisect import bisect
from itertools import accumulate

import pandas as pd

from helpers.intake import lists, tables
from helpers.intake.claims import claims
from helpers.intake.document import Document, Passage, squeezed
from helpers.intake.ledger import ORIGINAL, TELL_US, Ledger
from helpers.intake.parts import Part, parts, without_marks
from helpers.terms import Plan, Refusal, month, wareki
from helpers.terms import fiscal_year as year_named

_TITLE = "取組結果"
_YEAR = re.compile(r"(?:令和|平成|昭和)(?:元|[0-9]{1,2})年度|[0-9]{4}年度")
_MONTH = re.compile(r".{2,4}年[0-9]{1,2}月(?:[0-9]{1,2}日)?")
_PARENT = re.compile(r"基本理念.*?(?:←|<-)(.+?)との整合")
_OVERVIEW = re.compile(r"基本理念|計画の概要|基本方針|計画体系|推進項目|位置付け")
_ROUNDING = re.compile(r"(?:([百千万億]*円)未満)?[^。]*?(四捨五入|切り?捨て|切り?上げ)")
_ROUNDINGS = {"四捨五入": "half_up", "切捨て": "floor", "切上げ": "ceil"}
# The parts a summary must have; a missing one is named. Claims are optional: a document may make none.
_TABLES = {"grades": "基本方針ごとの評価（A・B・C・D）", "effects": "基本方針ごとの効果見込額と実績効果額"}


def summary(document: Document, *, plan: Plan, fiscal_year: int) -> dict[str, pd.DataFrame]:
    """The facts of the year, one frame per table of `terms.tables.FACTS`, every cell as text.

    Raises:
        Refusal: The document is of another plan or year, holds what was not understood, or contradicts `plan.toml`;
            all faults at once, each with line, words and what to do.
    """
    front_matter(document, plan)
    ledger = Ledger(document, plan)
    _check_year(fiscal_year, ledger)
    seen: dict[str, Part] = {}
    unit: Passage | None = None
    parents: set[str] = set()
    roundings: list[tuple[str | None, str]] = []
    listed: list[lists.Entry] = []
    for part in sorted(parts(document), key=lambda part: part.kind == "links"):  # a paragraph names the parent plan
        first = seen.setdefault(part.kind, part)
        if part.kind in {"grades", "effects", "links"} and first is not part:
            ledger.fault(part.first, f"同じ種類の表が {first.first.line}行にもあります。{ORIGINAL}")
        elif part.kind == "grades":
            tables.grades(part, ledger)
        elif part.kind == "effects":
            tables.effects(part, unit, ledger)
        elif part.kind == "links":
            tables.links(part, parents, ledger)
        elif part.kind == "list":
            listed += lists.entries(part, ledger)
        elif part.kind == "paragraph":
            _paragraph(part, ledger)
            text = "".join(line.key for line in part.passages)
            parents |= set(_PARENT.findall(text))
            roundings += [(unit or None, _ROUNDINGS[rule.replace("り", "")]) for unit, rule in _ROUNDING.findall(text)]
            unit = next((line for line in part.passages if tables.UNIT.search(line.key)), unit)
        else:
            ledger.fault(part.first, f"見出し「{part.heading.words}」の下の、何の表か分からない表です。{TELL_US}")
        if part.kind != "paragraph":
            unit = None  # a unit is that of the next table
    lists.measures(listed, roundings, ledger)
    _check_complete(seen, ledger)
    if ledger.faults:
        raise Refusal(*dict.fromkeys(ledger.faults))
    return ledger.frames()


def front_matter(document: Document, plan: Plan) -> dict[str, str]:
    """Title, publisher and month of publication (YYYY-MM, or not_stated) as the document opens.

    Raises:
        Refusal: The title is missing, or names another plan or municipality.
    """
    lines = [without_marks(Passage.of(line, words)) for line, words in enumerate(document.lines, 1)]
    found = next((i for i, line in enumerate(lines) if _TITLE in line.key), None)
    if found is None:
        asked = f"{plan.municipality}{plan.name}の{_TITLE}（概要）"
        raise Refusal(f"{document.name}: 「{_TITLE}」という表題がありません。{asked}のファイルを指定してください。")
    is_broken = "計画" not in lines[found].key and found
    title = lines[found - 1] + lines[found] if is_broken else lines[found]
    if not _YEAR.sub("", title.key).startswith(squeezed(plan.municipality + plan.name)):
        raise Refusal(
            f"{document.name} {title.line}行「{title.words}」: {plan.full_name}（{plan.id}）の資料ではありません。"
            "--plan か、ファイルを確かめてください。"
        )
    opening = lines[found + 1 : found + 12]
    dated = next((i for i, line in enumerate(opening) if _MONTH.fullmatch(line.key)), None)
    publishers = [
        line.words for line in opening[(dated or 0) + 1 :][:4] if re.fullmatch("[^。、]+[部局課室]", line.key)
    ]
    return {
        "title": title.words,
        "publisher": " ".join([plan.municipality, *publishers]),
        "published": "not_stated" if dated is None else month(opening[dated].key),
    }


def _check_year(fiscal_year: int, ledger: Ledger) -> None:
    plan, asked = ledger.plan, wareki(fiscal_year)
    if fiscal_year not in plan.years:
        ledger.faults.append(f"{asked}は{plan.full_name}の期間（{plan.period}）の外です。--year を確かめてください。")
    for line in (Passage.of(n, words)[:] for n, words in enumerate(ledger.document.lines, 1)):
        for named in map(year_named, _YEAR.findall(line.key) if _TITLE in line.key else []):
            if named != fiscal_year:
                says = f"{wareki(named)}の資料ですが、{asked}（{fiscal_year}）が指定されました"
                ledger.fault(line, f"{says}。--year か、ファイルを確かめてください")


def _check_complete(seen: dict[str, Part], ledger: Ledger) -> None:
    missing = [f"{what}の表" for kind, what in _TABLES.items() if kind not in seen]
    for what in missing:
        ledger.faults.append(f"{ledger.document.name}: {what}がありません。写し漏れがないか、{ORIGINAL}。")
    graded = {row["policy_id"]: row for row in reversed(ledger.rows["grade_counts"])}
    valued = {row["scope_id"]: row for row in reversed(ledger.rows["effects"]) if row["scope"] == "policy"}
    if graded and valued:
        for policy_id in sorted(graded.keys() ^ valued.keys()):
            there, not_there = ("評価", "効果額") if policy_id in graded else ("効果額", "評価")
            line = (graded | valued)[policy_id]["locator"].split(":")[0].removeprefix("L")
            name = f"{ledger.document.name} {line}行の基本方針「{policy_id} {ledger.plan.policy(policy_id).name}」"
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
    for claim in found:
        place = part.passages[bisect(ends, claim.at)]
        ledger.state(place, claim.metric, claim.scope, claim.value, claim.unit, claim.comparison)
    for at, words in unread:
        ledger.fault(part.passages[bisect(ends, at)], f"「{words}」が何を指すか読み取れません。{TELL_US}")
    is_listed = re.match(r"[-*+]\s|・", first.text) and not found and not _OVERVIEW.search(part.heading.key)
    if is_listed or re.search(r"〔(?![0-9]+〕)", text):
        ledger.fault(first, f"見出し「{part.heading.words}」の下の、何の一覧か分からない行です。{TELL_US}")
