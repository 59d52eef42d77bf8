"""The lists of named measures: what each entry says, and which measures the entries name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from helpers.intake.identity import other_years
from helpers.intake.ledger import ORIGINAL, TELL_US, Ledger
from helpers.intake.parts import Part, without_marks
from helpers.intake.passage import Passage, wording
from helpers.intake.tables import add_effect
from helpers.terms import UNITS_IN_YEN, quoted, wareki, without_years
from helpers.terms.folded import fold, measure_id, number, squeezed
from helpers.terms.tables import LISTS

_MARK = re.compile(
    r"(?:(?:[-*+](?=\s)|[●○◎■□◆◇▲▼★☆]|・(?!・))\s*|[0-9]{1,2}[.)]\s+|\([0-9]{1,2}\)\s*|[0-9]{1,2}(?:-[0-9]{1,2})?\s+)+"
)
_CIRCLED = re.compile("[①-⑳⑴-⒇❶-❿]")
# What may stand in a heading beside the words of the layout. Other words may turn it into its opposite: 進捗していない状況を脱した.
_BESIDE = {
    "exceeded": "に|の|る|を|った|って|いる|して|した|できた|進捗|推移|達成|成果|実績|あげた|上げた|あった|となった|取組状況",
    "behind": "計画の?(?:とおり|どおり|通り)に?|目標の?(?:とおり|どおり|通り)に?|予定の?(?:とおり|どおり|通り)に?|に|の|て|いる|、",
    "effect": "実績|を|の|が|計上|して|した|いる|生じた|生じている|出た|ある|あった|大きい|大きな|大きかった|主な",
}
_NUMBERED = re.compile(r"\(?[0-9]{1,2}[).、]|\(?(?:つづき|続き)\)?|\(\)")
# What stands in the brackets of a department and is none.
_NO_DEPARTMENT = re.compile(
    r"[0-9][0-9,.]*(?:%|円|千|百|億|年|件|割|倍)|%|円|年度|評価$|^(?:新規|継続|完了|終了|廃止|中止|拡充|重点|再掲|達成|未達成|見込み?|実績)$"
)
_LIKE_A_DEPARTMENT = re.compile("[部局課室]$")
_HEADING_WITHIN = re.compile(r"(?:取組|事項|事業|一覧|状況|結果)(?:について)?$")
_MOST_LINES = 20  # of an entry whose department is still to come
_PRAISE = "◎"
_ELLIPSIS = re.compile(r"\.{2,}|・{2,}")
_AMOUNT = r"\(\s*([^()]*円)\s*\)"
_DEPARTMENT = re.compile(rf"(?:{_AMOUNT}\s*)?〔((?![0-9]+〕)[^〔〕]+)〕(?:\s*{_AMOUNT})?")
_RULE = re.compile("四捨五入|切り?捨て|切り?上げ")
_BELOW = re.compile("([百千万億]*円)未満")
_ROUNDINGS = {"四捨五入": "half_up", "切捨て": "floor", "切上げ": "ceil"}
_IN_YEN = re.compile(r"(.+?)(" + "|".join(sorted(UNITS_IN_YEN, key=len, reverse=True)) + ")")
_MARKUP = re.compile(r"<[A-Za-z/!]")
_FORMULA = re.compile(r"[=+\-@]")
_NOTHING = {"該当なし", "なし", "特になし"}


@dataclass(frozen=True)
class Entry:
    """A measure as one list names it."""

    list: str
    place: Passage
    name: Passage
    department: Passage
    amount: Passage | None
    words: Passage


def read(parts: list[Part], ledger: Ledger) -> None:
    """The measures that the lists of a document name, and their amounts, rounded as its notes say."""
    rules = [rule for part in parts if part.kind == "paragraph" for rule in _roundings(part.text)]
    _measures([entry for part in parts if part.kind == "list" for entry in _entries(part, ledger)], rules, ledger)


def _roundings(text: str) -> Iterator[tuple[str | None, str]]:
    """The rules of rounding that a paragraph names, each with the unit below which it rounds, where it names one."""
    for sentence in text.split("。"):
        start = 0
        for rule in _RULE.finditer(sentence):
            unit = _BELOW.search(sentence, start, rule.start())
            yield (unit[1] if unit else None), _ROUNDINGS[rule[0].replace("り", "")]
            start = rule.end()


def _beside(heading: Passage, name: str, ledger: Ledger) -> str:
    """What a heading says beside the words of the layout, the year being registered and words that change nothing."""
    lists = ledger.layout.lists
    bare = without_marks(heading).text
    bare = bare[mark.end() :] if (mark := _MARK.match(bare)) else bare
    rest = wording(without_years(squeezed(bare))).replace(wording(lists.heading), "")
    for words in sorted(map(wording, lists.told_by[name]), key=len, reverse=True):
        rest = rest.replace(words, "・", 1)
    rest = _NUMBERED.sub("", re.sub(r"^(?:年度)?(?:の|に|は)|年度の?|の?一覧$|について$", "", rest))
    return re.sub(wording(_BESIDE[name]), "", rest.replace("・", "")).strip("()【】")


def _entries(part: Part, ledger: Ledger) -> list[Entry]:
    """The measures of a list: name, amount and department in brackets, then, after …, what was done."""
    heading, lists = wording(part.heading.text), ledger.layout.lists
    names = [name for name, told_by in lists.told_by.items() if any(wording(words) in heading for words in told_by)]
    name = names[0] if len(names) == 1 else None
    if name and other_years(part.heading.key, ledger):
        ledger.fault(part.heading, f"{wareki(ledger.fiscal_year)}の一覧ではありません。{ORIGINAL}")
    elif name and (beside := _beside(part.heading, name, ledger)):
        says = f"見出しの「{quoted(beside)}」がこの一覧の意味を変えないか分かりません。「{LISTS[name]}」のような見出しか、{ORIGINAL}"
        ledger.fault(part.heading, says)
    if not names:
        ledger.fault(part.heading, f"何の一覧か分かりません。{TELL_US}")
    elif name is None:
        ledger.fault(part.heading, f"良い取組の一覧か遅れた取組の一覧か、見出しから一つに決まりません。{ORIGINAL}")
    elif name == "behind" and _PRAISE in "".join(line.text for line in [part.heading, *part.passages]):
        ledger.fault(part.heading, f"遅れた取組の見出しの下に、良い評価の印（{_PRAISE}）があります。{ORIGINAL}")
    elif not part.passages:
        ledger.fault(part.heading, f"この見出しの下に取組がありません。写し漏れがないか、{ORIGINAL}")
    found = [_entry(name, lines, ledger) for lines in _grouped(part, ledger)] if name else []
    return [entry for entry in found if entry]


def _grouped(part: Part, ledger: Ledger) -> list[list[Passage]]:
    """The lines of each entry. A mark or a department starts an entry; a line with …, or the next line of a marked entry, continues it."""
    groups: list[list[Passage]] = []
    marks: set[str] = set()
    is_marked = False
    for line in part.passages:
        mark = _MARK.match(line.text)
        body = line[mark.end() :] if mark else line
        if circled := _CIRCLED.match(body.quote):
            mark, body = circled, body[len(fold(circled[0])) :]
        if mark and body.key in _NOTHING:
            continue
        is_waiting = is_marked and not _department(_joined(groups[-1][:_MOST_LINES]))
        if mark or (_department(body) and not is_waiting):
            groups.append([body])
            is_marked = bool(mark)
            marks.add(re.sub(r"[0-9\s①-⑳⑴-⒇❶-❿]", "", mark[0]) if mark else "")
            if len(marks) > 1:  # if a heading was lost, two lists would look like one
                ledger.fault(line, f"行頭の印が、この一覧の前の取組と違います。見出しの写し漏れがないか、{ORIGINAL}")
        elif groups and (_ELLIPSIS.match(body.text) or (is_marked and _goes_on(groups[-1][-1], body))):
            groups[-1].append(body)
        elif body.key not in _NOTHING:
            ledger.fault(
                body, f"取組としても、その説明としても読めません。「取組の名称〔部〕… 説明」の形に、{ORIGINAL}"
            )
    return groups


def _goes_on(above: Passage, line: Passage) -> bool:
    """Whether a line without a mark goes on with the words right above, and is no heading between them."""
    return above.line == line.line - 1 and not _HEADING_WITHIN.search(line.key)


def _entry(name: str, lines: list[Passage], ledger: Ledger) -> Entry | None:
    whole = _joined(lines)
    found = _department(whole)
    if not found or not whole[: found.start()].text:
        ledger.fault(lines[0], f"取組の名称と〔部〕として読めません。「取組の名称〔部〕」の形に、{ORIGINAL}")
        return None
    measure, amounts = whole[: found.start()], [whole[slice(*found.span(n))] for n in (1, 3) if found[n]]
    if (name == "effect") != (len(amounts) == 1) or re.search(r"[0-9][百千万億]*円", measure.key):
        wanted = "（36百万円）の形の金額が一つ" if name == "effect" else "金額のない一覧"
        ledger.fault(lines[0], f"ここは{wanted}のはずです。{ORIGINAL}")
    department = whole[slice(*found.span(2))]
    if (
        _NO_DEPARTMENT.search(department.key)
        or department.key in {squeezed(policy.name) for policy in ledger.plan.policies}
        or (_LIKE_A_DEPARTMENT.search(measure.key) and not _LIKE_A_DEPARTMENT.search(department.key))
    ):
        ledger.fault(
            lines[0], f"〔{quoted(department.words)}〕が部や課の名と読めません。「取組の名称〔部〕」の形に、{ORIGINAL}"
        )
    if re.search(r"^[-*・【]|[〔〕◎■●➤※]|\*$", measure.text) or "〔" in whole[found.end() :].text:
        ledger.fault(
            lines[0], f"一つの取組として読めません。余計な印がないか、二つの取組がつながっていないか、{ORIGINAL}"
        )
    if _MARKUP.search(measure.words):
        ledger.fault(lines[0], f"取組の名称に HTML の書き方（< の付いた語）があります。名称だけになるよう、{ORIGINAL}")
    if _FORMULA.match(measure.words):
        ledger.fault(lines[0], f"取組の名称が「{measure.words[0]}」で始まり、表計算ソフトで式になります。{ORIGINAL}")
    words = whole[found.end() :]
    opening = re.match(rf"(?:{_ELLIPSIS.pattern}|:)?", words.text)
    words = words[opening.end() if opening else 0 :]
    return Entry(name, lines[0], measure, department, amounts[0] if amounts else None, words)


def names_department(line: Passage) -> bool:
    """Whether a line or a row names a department in brackets, as an entry of a list does."""
    return bool(_department(line))


def _joined(lines: list[Passage]) -> Passage:
    first = lines[0]
    printed = tuple(chain.from_iterable(line.printed for line in lines))
    return Passage(first.line, "".join(line.text for line in lines), printed, first.column)


def _department(passage: Passage) -> re.Match[str] | None:
    """The department in brackets before any description, and the amount beside it."""
    ellipsis = _ELLIPSIS.search(passage.text)
    return _DEPARTMENT.search(passage.text, 0, ellipsis.start() if ellipsis else len(passage.text))


def _measures(listed: list[Entry], roundings: list[tuple[str | None, str]], ledger: Ledger) -> None:
    """Adds one row per measure however often it is named, one row per mention, and the amounts of the effect list."""
    named: dict[str, list[Entry]] = {}
    for entry in listed:
        named.setdefault(entry.name.key, []).append(entry)
    ids: dict[str, str] = {}
    for key, mentions in named.items():
        first, lists = mentions[0], [entry.list for entry in mentions]
        if (name_id := measure_id(key)) in ids.values():
            ledger.fault(first.place, f"取組の番号 {name_id} が別の取組と重なります。{TELL_US}")
        ids[key] = name_id
        for entry in mentions[1:]:
            if entry.department.key != first.department.key:
                says = f"部が、{first.place.where}では〔{first.department.words}〕です"
                ledger.fault(entry.place, f"同じ取組「{quoted(first.name.words)}」の{says}。{ORIGINAL}")
        if len(set(lists)) < len(lists) or {"exceeded", "behind"} <= set(lists):
            ledger.fault(
                mentions[-1].place,
                f"同じ取組「{quoted(first.name.words)}」が {first.place.where}にもあります。{ORIGINAL}",
            )
        grade, basis = _grade(lists, ledger)
        status = "implied" if basis == "implied" else "stated"
        values = (first.name.words, first.department.words, grade, basis, "not_stated")
        ledger.add("measures", first.place, name_id, *values, status=status)
    counted = dict.fromkeys(LISTS, 0)
    for entry in listed:
        counted[entry.list] += 1
        of_name, printed = ids[entry.name.key], entry.amount.words if entry.amount else "not_stated"
        values = (of_name, entry.name.words, entry.department.words, printed, entry.words.words or "not_stated")
        ledger.add("mentions", entry.place, entry.list, str(counted[entry.list]), *values)
        if entry.amount and entry.list == "effect":
            _effect(entry, (of_name, named[entry.name.key][0].name.words), roundings, ledger)


def _effect(entry: Entry, of: tuple[str, str], roundings: list[tuple[str | None, str]], ledger: Ledger) -> None:
    found = _IN_YEN.fullmatch(entry.amount.key if entry.amount else "")
    amount = number(found[1]) if found else None
    rules = {rule for unit, rule in roundings if found and unit in {None, found[2]}}
    if not found or amount is None:
        ledger.fault(entry.place, f"（ ）の中が金額として読めません。36百万円 のような形に、{ORIGINAL}")
    elif len(rules) > 1:
        ledger.fault(entry.place, f"金額の端数処理について、資料の注記が食い違います。{ORIGINAL}")
    else:
        rounding = next(iter(rules), "unknown")
        add_effect(ledger, entry.place, ("measure", *of), "actual", amount, found[2], rounding)


def _grade(lists: list[str], ledger: Ledger) -> tuple[str, str]:
    """A measure's grade and how it is known. A list names no letter, so the grade is known only where just one fits."""
    given = {row["grade"] for row in ledger.rows["grade_counts"] if row["measures"] != "0"}
    exceeded = [grade.code for grade in ledger.plan.grades if grade.band == "exceeded"]
    behind = [g.code for g in ledger.plan.grades if g.is_rated and not g.achieved and g.code in given]
    if "exceeded" in lists and len(exceeded) == 1:
        return exceeded[0], "stated"
    if "behind" in lists and len(behind) == 1:
        return behind[0], "implied"
    return "not_stated", "unknown"
