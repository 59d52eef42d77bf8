"""What a document says of itself: of which city, plan and fiscal year it is, and when it was published.

Nothing of it is believed because it was typed: title, subtitle and the headings of results are the places that speak
(docs/decisions/0019-what-a-document-says-of-itself.md), and two of them that differ are a contradiction.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from helpers.intake.ledger import ORIGINAL, Ledger
from helpers.intake.parts import CLAIM_MARKS, Part, without_marks
from helpers.intake.passage import Passage, passages
from helpers.received import Document
from helpers.received.document import shown
from helpers.terms import (
    NamedYear,
    Plan,
    Refusal,
    month,
    plain_ordinals,
    quoted,
    wareki,
    without_years,
    years_named,
    years_of_dates,
)
from helpers.terms.folded import squeezed
from helpers.terms.layout import EFFECTS, GRADES, Layout

NOT_STATED = "not_stated"
TYPED = "typed"  # `year_basis` in SOURCES.toml: the year was given at registration; absent where the document states it
YEAR_NOT_IN_DOCUMENT = "--year-not-in-document"

# A document of results comes out after its fiscal year has ended, and within two years.
YEARS_TO_PUBLISH = 2
FIRST_MONTH_AFTER = "04"

_OF_RESULTS = re.compile("達成状況|進捗状況|実績効果額|単位[::は]")
_SENTENCE = re.compile(rf"。|^[※{CLAIM_MARKS}]|^(?:\.{{2,}}|・{{2,}})|〔(?![0-9]+〕)")
_BULLET = re.compile(r"[-*+]|・")
_LEAST_WORDS = 2  # of a name, without brackets, that tells a plan from another
_SHORT = 30  # letters of a line that can head a table without a word of results
_NEAR = 4  # lines above a table of results that head it
_ONLY_YEARS = re.compile(r"[\s()〔〕\[\]・/,年度0-9版分の-]*")
# 毎年度, 前年度, 最終年度, 年度別 and the like name no year.
_UNREAD = re.compile(
    r"[^\s()〔〕の、・]{0,5}(?<![毎前翌今本当各同初次昨来全終数両単過])年度(?!別|ごと|当初|末|中|内)|FY\S{0,4}"
)
_PERIOD = re.compile(r"[()〔〕年度]*(?:[~-]|から)[()〔〕年度]*")
_OPENING = 12  # lines within which a document says who published it and when
_DATED = re.compile(
    r"(?=.{1,24}$)(?:.*[0-9元〇一二三四五六七八九十]年(?!度|目|間).*|.*[0-9一二三四五六七八九十]月.*|(?:[RH][0-9]{1,2}|20[0-9]{2})[./-][0-9]{1,2}(?:[./-].*)?|[A-Za-z]+[.,0-9]*20[0-9]{2})"
)
_ONLY_A_DATE = re.compile(r"\(?[^年月]{1,12}年[^年月]{1,2}月(?:[0-9]{1,2}日)?\)?")
_OTHER_DATE = re.compile("修正|改[訂定]|更新|訂正|現在|時点|策定|から|まで|[~]")
_PUBLISHED = re.compile(
    r"\(?(?:(?:公表|発行|作成)(?:日|年月日?)?[::]?)?(.+?)(?:[0-9]{1,2}日|吉日)?(?:公表|発行|作成)?\)?"
)
_DEPARTMENT = re.compile("[^。、]+[部局課室]")
# What grades measure, said in brackets where results are headed: 達成状況（各取組の指標・数値目標に対する取組結果）.
_GRADED_AGAINST = re.compile(
    r"[^()。]*(?:達成|進捗|評価|取組)[^()。]{0,6}\(([^()。]{2,60}に(?:対する|照らした)[^()。]{2,20})\)"
)
_PREFECTURE = r"(?:[一-龥]{2,3}[都道府県])?"
_MUNICIPALITY = re.compile(
    rf"{_PREFECTURE}((?!都市|中心市|市町|市区|町村|農村|漁村|全市|本市|当市|地区|学区|特区|行政区)[一-龥ぁ-んァ-ヶ]{{1,5}}?[市区町村])"
    r"(?=$|役所|役場|長|議会|[^。、]*[部局課室]$)"
)
_ORDINAL_PLAN = re.compile(r"第([0-9]+)次([^第の(){}~、。\s]*?(?:計画|プラン|大綱))")
# Headings of what is no year's result: 前年度の達成状況, 取組計画, 上半期, 令和6年度見込み.
_NOT_OF_THE_YEAR = re.compile(
    "^【?参考|^(?:前年度|昨年度|前回|次年度|来年度|翌年度)|[(（](?:前年度|昨年度|中間)[)）]|^今後|[0-9]月末(?:現在|時点)|^(?:目標|計画|予定)(?:[(]|$)|取組(?:計画|予定|目標)|年度の?見込み?[)]"
    "|第[1-4]四半期|[上下]半期|速報|中間(?:報告|実績|結果)"
)
_PLAN_HEADING = re.compile(r"第[0-9]+次[^第の]*?(?:計画|プラン|大綱)(?:$|の|における)")


def front_matter(document: Document, plan: Plan, layout: Layout) -> dict[str, str]:
    """Title, publisher and month of publication (YYYY-MM, or not_stated) as the document opens.

    Raises:
        Refusal: The title is missing, or names another plan or municipality; or the month cannot be read.
    """
    lines = _lines(document)
    at, title = _title(document, lines, plan, layout.title)
    opening = _opening(lines, at, plan)
    dates = _dates(document, opening) or _dates(document, _dated_above(lines, title))
    months = {iso: line for line, iso in reversed(dates)}
    if len(months) > 1:
        places = "、".join(f"{line.where}「{quoted(line.words)}」" for line, _ in dates)
        raise Refusal(f"{document.name}: 公表の年月が二つあります（{places}）。{ORIGINAL}。")
    dated = dates[0][0].line if dates else title.line
    publishers = [line for line in opening if dated < line.line <= dated + _NEAR and _DEPARTMENT.fullmatch(line.key)]
    named = [re.sub(rf"^{re.escape(plan.municipality)}\s*", "", line.words) for line in publishers]
    return {
        "title": title.words,
        "publisher": " ".join([plan.municipality, *named]),
        "published": next(iter(months), NOT_STATED),
    }


def graded_against(document: Document) -> dict[str, str]:
    """What the grades measure, as the document itself says once, and where: `graded_against`, `graded_against_at`; empty where it does not."""
    lines = [line[:] for line in passages(document) if len(line.places) == 1]
    said = [(line, found) for line in lines if (found := _GRADED_AGAINST.fullmatch(line.text))]
    if len({found[1] for _, found in said}) != 1:
        return {}
    line, found = said[0]
    words = line[found.start(1) : found.end(1)].words
    return {"graded_against": words, "graded_against_at": line.locator}


def holds_name(document: Document, name: str) -> bool:
    """Whether the words of a name stand in the document, in a passage or a table."""
    return len(_bare(name)) >= _LEAST_WORDS and any(_bare(name) in _bare(line.words) for line in document.lines)


def check_names(ledger: Ledger) -> None:
    """Holds the names that the layout says every document of the plan has against this one."""
    for name in ledger.layout.names:
        if not holds_name(ledger.document, name):
            ledger.faults.append(
                f"{ledger.document.name}: 「{name}」がどこにもありません。{ledger.plan.full_name}（{ledger.plan.id}）の資料か、"
                "--plan とファイルを確かめてください。"
            )


def check(parts: list[Part], ledger: Ledger, *, year_not_in_document: bool) -> None:
    """Hold what was asked for against every place where the document says of which year, plan and city it is."""
    lines = _lines(ledger.document)
    at, title = _title(ledger.document, lines, ledger.plan, ledger.layout.title)
    check_names(ledger)
    speaking = _speaking(lines, title, at, parts, ledger)
    opening = _opening(lines, at, ledger.plan)
    _check_year(speaking, ledger, is_absent=year_not_in_document)
    if not ledger.faults:  # against a year that is itself in doubt no month is wrong
        dates = _dates(ledger.document, opening) or _dates(ledger.document, _dated_above(lines, title))
        _check_month(dates, ledger)
    _check_plan(speaking, lines, ledger)
    _check_result([*speaking, *_headings(lines, ledger.layout)], ledger)
    _check_municipality(opening, speaking, title, ledger)


def years_said(line: Passage, plan: Plan) -> list[NamedYear]:
    """The years that a line names, also by a period of months, but for the plan's own period (令和5年度〜令和9年度)."""
    words = _words(line)
    named = years_named(words)
    period = (plan.first_fiscal_year, plan.last_fiscal_year)
    of_period = {
        one
        for pair in pairwise(named)
        if (pair[0].year, pair[1].year) == period and _PERIOD.fullmatch(words[pair[0].stop : pair[1].start])
        for one in pair
    }
    return [one for one in named if one not in of_period] + years_of_dates(words)


def other_years(text: str, ledger: Ledger) -> list[tuple[int, str]]:
    """Place and words of each year that squeezed words name and that is not the one being registered."""
    return [(one.start, text[one.start : one.stop]) for one in years_named(text) if one.year != ledger.fiscal_year]


def _words(line: Passage) -> str:
    """The squeezed words, but ① apart from the year before it: 令和6年度②, R6②."""
    return "".join("・" if re.fullmatch("[①-⑳⑴-⒇]", one) else squeezed(one) for one in line.printed)


def _lines(document: Document) -> list[Passage]:
    return [without_marks(line[:]) for line in passages(document)]


def _title(document: Document, lines: list[Passage], plan: Plan, word: str) -> tuple[int, Passage]:
    """The index of the title's last line, and the title, which holds a word of the layout; it may be set on two or three lines."""
    found = next((i for i, line in enumerate(lines) if squeezed(word) in line.key and "\t" not in line.text), None)
    if found is None:
        asked = f"{plan.municipality}{plan.name}の{word}（概要）"
        raise Refusal(f"{document.name}: 「{word}」という表題がありません。{asked}のファイルを指定してください。")
    wanted = squeezed(plan.full_name)
    title, before = lines[found], found
    while before and not _is_of(title, wanted) and found - before < 2 and lines[before - 1].text:  # noqa: PLR2004
        before -= 1
        title = lines[before] + title
    if _is_of(title, wanted):
        return found, title
    title = lines[found - 1] + lines[found] if "計画" not in lines[found].key and found else lines[found]
    absent = [name for name in (plan.municipality, plan.name) if _plain(name) not in _plain(title.key)]
    looked = f"表題に{'と'.join(f'「{name}」' for name in absent or [plan.municipality + plan.name])}を探しましたが、ありません。"
    raise Refusal(
        f"{document.name} {title.where}「{quoted(title.words)}」: {plan.full_name}（{plan.id}）の資料ではありません。{looked}"
        "--plan か、ファイルを確かめてください。"
    )


def _is_of(title: Passage, wanted: str) -> bool:
    rest = _ONLY_YEARS.sub("", without_years(title.key), count=1)
    return _plain(rest).startswith(_plain(wanted))


def _plain(words: str) -> str:
    return plain_ordinals(squeezed(words))


def _bare(words: str) -> str:
    return re.sub(r"[\s()〔〕【】「」・]", "", _plain(words))


def _opening(lines: list[Passage], title: int, plan: Plan) -> list[Passage]:
    """The lines below the title, down to where the document begins to speak of the plan."""
    below = lines[title + 1 : title + _OPENING]
    end = next((i for i, line in enumerate(below) if _plain(plan.name) in _plain(line.key)), len(below))
    return [line for line in below[:end] if line.text]


def _dated_above(lines: list[Passage], title: Passage) -> list[Passage]:
    """The lines right above the title that are a date and nothing else; a meeting's date stands there with its name."""
    above = lines[max(0, title.line - 1 - _NEAR) : title.line - 1]
    return [line for line in above if _ONLY_A_DATE.fullmatch(line.key)]


def _dates(document: Document, opening: list[Passage]) -> list[tuple[Passage, str]]:
    """The lines of the opening that are a date, each with its month."""
    found = []
    for line in opening:
        if "\t" in line.text or not _DATED.fullmatch(line.key) or _OTHER_DATE.search(line.key):
            continue
        says = _PUBLISHED.fullmatch(line.key)
        try:
            if line.key.count("月") > 1:
                raise Refusal(f"「{line.words}」に月が二つあります。")
            found.append((line, month(says[1] if says else line.key)))
        except Refusal as refusal:
            raise Refusal(
                f"{document.name} {line.where}「{quoted(line.words)}」: 公表の{refusal}{ORIGINAL}。"
            ) from None
    return found


def _speaking(lines: list[Passage], title: Passage, at: int, parts: list[Part], ledger: Ledger) -> list[Passage]:
    """The title, lines that hold nothing but a year, and the headings of results."""
    over, words = set(_over_results(parts)), (squeezed(ledger.layout.title), squeezed(ledger.layout.lists.heading))
    rest = [
        line
        for line in lines[at + 1 :]
        if line.text and "\t" not in line.text and not _is_sentence(line, ledger.layout)
        if any(word in line.key for word in words)
        or _OF_RESULTS.search(line.key)
        or (line.line in over and len(line.key) <= _SHORT)
        or (years_said(line, ledger.plan) and _ONLY_YEARS.fullmatch(without_years(_words(line))))
    ]
    return [title, *rest]


def _over_results(parts: list[Part]) -> Iterator[int]:
    """The numbers of the lines that stand right above a table or list of results."""
    above: list[int] = []
    for part in parts:
        if part.kind == "paragraph":
            above += [line.line for line in part.passages]
            continue
        if part.layout and part.layout.of in {GRADES, EFFECTS}:
            yield from above[-_NEAR:]
        if part.kind == "list":
            yield part.heading.line
        above = []


def _check_year(speaking: list[Passage], ledger: Ledger, *, is_absent: bool) -> None:
    plan, fiscal_year = ledger.plan, ledger.fiscal_year
    asked = wareki(fiscal_year)
    if fiscal_year not in plan.years:
        ledger.faults.append(f"{asked}は{plan.full_name}の期間（{plan.period}）の外です。--year を確かめてください。")
    said = {line: years_said(line, plan) for line in speaking}
    places = [(line, one) for line, named in said.items() for one in named]
    faults = len(ledger.faults)
    for line, named in said.items():
        others = {one.year: _words(line)[one.start : one.stop] for one in named if one.year != fiscal_year}
        for year, words in others.items():
            there = _elsewhere(year, places)
            says = f"{wareki(year)}の資料ですが、{asked}（{fiscal_year}）が指定されました（「{words}」{there}）"
            ledger.fault(line, f"{says}。--year か、ファイルを確かめてください")
        if not is_absent:
            for words in _unread(line):
                ledger.fault(
                    line, f"「{words}」が年度として読めません。令和6年度、R6、2024年度 のような形に、{ORIGINAL}"
                )
    if is_absent and places and len(ledger.faults) == faults and not any(_unread(line) for line in said):
        line = places[0][0]
        ledger.fault(line, f"資料に年度が書かれています。{YEAR_NOT_IN_DOCUMENT} を外してください")
    elif not places and not is_absent:
        title, *headings = speaking
        looked = f"{title.where}「{quoted(title.words)}」と{shown(*(line.places[0] for line in headings))}"
        ledger.faults.append(
            f"{ledger.document.name}: 資料の年度が読み取れません。表題と結果の見出し（{looked}）に、令和6年度、R6、2024年度 の"
            f"ような年度を探しました。{ORIGINAL}。原本にも年度がなく、{asked}の資料だと確かめたときは、{YEAR_NOT_IN_DOCUMENT} を"
            "付けてください（年度が資料にないことがページに出ます）。"
        )


def _elsewhere(year: int, places: list[tuple[Passage, NamedYear]]) -> str:
    """Where the document names another year than this one."""
    other = next(((line, one) for line, one in places if one.year != year), None)
    if not other:
        return ""
    line, one = other
    return f"。{line.where}の「{_words(line)[one.start : one.stop]}」は{wareki(one.year)}"


def _unread(line: Passage) -> list[str]:
    """Words that are meant as a year and cannot be read as one."""
    rest = _words(line)
    for one in reversed(years_named(rest)):
        # What is left of 令和6(2024)年度 is the 年度 of a year that was read.
        after = re.match(r"\)?年度", rest[one.stop :])
        rest = f"{rest[: one.start]} {rest[one.stop + (after.end() if after else 0) :]}"
    return [hit[0].strip() for hit in _UNREAD.finditer(rest)]


def _check_plan(speaking: list[Passage], lines: list[Passage], ledger: Ledger) -> None:
    """The plan's number (第6次) wherever title and headings name the plan."""
    own = _ORDINAL_PLAN.search(_plain(ledger.plan.name))
    if not own:
        return
    for line in dict.fromkeys([*speaking, *_headings(lines, ledger.layout)]):
        for named in _ORDINAL_PLAN.finditer(_plain(line.key)):
            is_another = named[1] != own[1] if named[2] == own[2] else line in speaking
            if is_another:
                says = f"「{named[0]}」の資料ですが、表題は「{ledger.plan.name}」です"
                ledger.fault(line, f"{says}。--plan か、ファイルを確かめてください")


def _is_sentence(line: Passage, layout: Layout) -> bool:
    """Whether a line is a sentence, a note or an item of a list, and so no heading; the heading of a list may have a bullet."""
    is_item = _BULLET.match(line.key) and squeezed(layout.lists.heading) not in line.key
    return bool(is_item or _SENTENCE.search(line.key))


def _headings(lines: list[Passage], layout: Layout) -> list[Passage]:
    """The headings that begin with the plan's name."""
    return [
        line
        for line in lines
        if "\t" not in line.text and not _is_sentence(line, layout) and _PLAN_HEADING.match(_plain(line.key))
    ]


def _check_result(headings: list[Passage], ledger: Ledger) -> None:
    """That headings speak of the results of the whole year, not of a plan, of a part of it or of the year before."""
    for line in dict.fromkeys(headings):
        if hit := _NOT_OF_THE_YEAR.search(line.key):
            ledger.fault(line, f"「{hit[0].strip('()')}」とあり、一年間の結果の見出しと読めません。{ORIGINAL}")


def _check_municipality(opening: list[Passage], speaking: list[Passage], title: Passage, ledger: Ledger) -> None:
    """The municipality, wherever the opening or a heading of results names one."""
    own = squeezed(ledger.plan.municipality)
    named = [(line, _MUNICIPALITY.match(line.key.strip("()"))) for line in opening]
    named += [(title, _MUNICIPALITY.fullmatch(words)) for words in re.split(r"[\s()〔〕・]+", title.text)]
    for line in speaking[1:]:
        before, of_plan, _ = _plain(without_years(line.key)).partition(_plain(ledger.plan.name))
        named += [(line, _MUNICIPALITY.fullmatch(before.strip("()")))] if of_plan else []
    for line, hit in named:
        if hit and not hit[0].endswith(own):
            says = f"「{hit[1]}」とありますが、{title.where}の表題は「{ledger.plan.municipality}」です"
            ledger.fault(line, f"{says}。--plan か、ファイルを確かめてください")


def _check_month(dates: list[tuple[Passage, str]], ledger: Ledger) -> None:
    fiscal_year = ledger.fiscal_year
    first, last = f"{fiscal_year + 1}-{FIRST_MONTH_AFTER}", f"{fiscal_year + 1 + YEARS_TO_PUBLISH}-{FIRST_MONTH_AFTER}"
    for line, iso in dates:
        if not first <= iso < last:
            says = (
                "その年度が終わる前です" if iso < first else f"その年度が終わってから{YEARS_TO_PUBLISH}年を超えています"
            )
            ledger.fault(line, f"{wareki(fiscal_year)}の結果の公表の年月として、{says}。年月と --year を、{ORIGINAL}")
