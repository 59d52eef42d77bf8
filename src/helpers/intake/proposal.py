"""A document of a city that nobody has described yet → what its tables are, each guess with what proves it.

Words of headings say what a column may be; sums, differences and rates prove it. What neither proves is a question, with the
option that answers it; nothing is chosen between two readings that both add up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product

from helpers.intake import doubtful
from helpers.intake.grids import (
    NO_AMOUNT,
    Grid,
    Row,
    amounts,
    count,
    grids,
    is_number,
    is_total,
    number_in,
    parts_at,
    percent,
    ratio,
    rows_of,
)
from helpers.intake.laid_out import key, unit_of, units_of, years_over
from helpers.intake.passage import Passage, passages
from helpers.received import Document
from helpers.terms import Grade, without_years, years_named
from helpers.terms.folded import squeezed
from helpers.terms.layout import EFFECTS, GRADES, HOLDS, IN_CELLS, OUT_OF_SCOPE, Column, TableLayout
from helpers.terms.tables import KINDS

_OUT_OF_SCOPE = re.compile("対象外|評価(?:し|を行わ)ない|評価外|評価なし|未評価|評価せず|該当なし|該当せず")
_CODE = re.compile(
    r"(?:評価)?([A-ESa-es][+-]?|[1-5]|I{1,3}|IV|V|[◎○◯●△▲▽▼×✕☆★⭐]{1,3}|[甲乙丙丁])(?![A-Za-z0-9])(?:評価|判定|ランク)?[\s::.)(]*(.*?)\)?"
)
_GRADE_WORDS = re.compile(
    "達成|未達|未満|以上|以下|完了|実施|順調|遅れ|遅延|着手|検討|継続|良好|概ね|おおむね|中止|どおり|通り|上回|下回|進捗|見直し|廃止|廃案"
)
_OF_ALL = re.compile("計$|総数|件数|項目数|取組数|施策数|評価数|判定数|評価対象|対象数|事業数|全体")
_ACHIEVED = re.compile("達成|どおり|通り|以上|上回|良好|順調|概ね|おおむね|完了|実施|目標値")
_NOT_ACHIEVED = re.compile("遅|未|不|ない|なし|せず|課題|下回|停滞|一部|検討|着手|困難|低|中止|廃止|見直し")
_GOING_ON = re.compile("(?:実施|進行|着手|継続|取組)中|継続")  # may count as achieved or not
_BEST = re.compile("上回|超え|超過|以上に|^(?:計画|予定|目標)以上")
_LAST = re.compile("ほぼ(?:ない|なし)|進捗(?:が|は)?な|未着手|未実施|停滞|中止")
_MAY_BE_OUTSIDE = re.compile("休止|廃止|中止|完了済|統合|その他")
_SAYS_OUTSIDE = re.compile("(?:評価|判定)の?(?:対象)?(?:と?して|は|し)?(?:い)?(?:ない|ません|しない)|対象外|を除[くい]")
_DIFFERENCE = re.compile("差|増減|過不足|[^-]-[^-]*(?:計画|見込|目標|予定|予算)|\\(?[bB]\\)?-\\(?[aA]\\)?")
_RATE = re.compile("率|割合|比|/")
_MONEY = re.compile("額|円|財政効果|効果見込")
_SHARE = re.compile("構成比|構成割合|シェア|占める")
_EXPECTED = re.compile("見込|計画|目標|予定|予算")
_ACTUAL = re.compile("実績|決算|結果|効果額|取組額|達成額")
_MOST_READINGS = 64
_ONLY_A_NUMBER = re.compile(
    r"\(?(?:重点|基本)?(?:項目|方針|目標|柱|分野)?第?[0-9一二三四五六七八九十IVX]{1,3}(?:の?(?:柱|方針|項目|分野))?\)?|[A-Z]-[0-9]+"
)
_A_SIDE = re.compile("歳入|歳出|収入|支出")
_TYPED_UNIT = "登録した人の指定（--unit）"
_HALF = Fraction(1, 2)
_DEPARTMENTS = re.compile("部局|部署|所管|担当|課名|部名|^部$|^課$|組織")
_SYMBOL = re.compile("[A-ES][+-]?|[◎○◯●△▲▽▼×✕☆★⭐]{1,3}")


@dataclass(frozen=True)
class Guess:
    """What a column is taken to be, and what speaks for it; empty `proof` where nothing does."""

    column: Column
    proof: str


@dataclass
class Reading:
    """A table of the document, as it would be read."""

    of: str
    grid: Grid
    guesses: list[Guess]
    unit: str = ""
    unit_proof: str = ""
    doubts: list[str] = field(default_factory=list)
    is_turned: bool = False

    @property
    def layout(self) -> TableLayout:
        """As `layout.toml` says it."""
        return TableLayout(
            self.of,
            tuple(guess.column for guess in self.guesses),
            self.unit,
            self.unit_proof == _TYPED_UNIT,
            is_turned=self.is_turned,
        )

    @property
    def graded(self) -> list[Guess]:
        """Its columns of grades."""
        return [guess for guess in self.guesses if guess.column.holds == "grade"]

    @property
    def rows(self) -> list[Row]:
        """Its rows below the heading."""
        return rows_of(self.grid, self.at)

    @property
    def at(self) -> int:
        """The column with the policies' names."""
        return next(n for n, guess in enumerate(self.guesses) if guess.column.holds == "policy")

    def columns(self, *holds: str) -> list[int]:
        """Where the columns of these kinds are."""
        return [n for n, guess in enumerate(self.guesses) if guess.column.holds in holds]


@dataclass(frozen=True)
class Given:
    """What a person has answered beforehand: columns by their heading (実績額: `actual`), the unit, the grades achieved."""

    columns: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    achieved: tuple[str, ...] = ()
    table: tuple[int, ...] = ()


def readings(document: Document, fiscal_year: int, given: Given) -> tuple[list[Reading], list[str]]:
    """The tables that can be read, at most one of each kind, and the questions that are open."""
    found: list[Reading] = []
    all_grids = [grid.of_year(fiscal_year) for grid in grids(document)]
    of_year = [grid for grid in all_grids if fiscal_year in years_over(grid)]
    for number, grid in enumerate(all_grids, 1):
        years = years_over(grid)
        if (given.table and number not in given.table) or (of_year and years and fiscal_year not in years):
            continue
        way, turned = _grades(grid, fiscal_year, given), _turned_grades(grid, fiscal_year, given)
        # 1 人材 and Ⅱ 財政 over the columns are policies where grades stand before the rows.
        way = turned if way and turned and _are_numbers(way, turned) else way
        has_money = any(_MONEY.search(squeezed(heading)) for heading in grid.headings)
        money = _effects(grid, fiscal_year, given) if has_money or not way else None
        if money and not way and sum(_is_counted(heading) for heading in grid.headings) > 1:
            says = "件数の欄がありますが、評価として読めません。--column で、欄が何かを指定してください"
            money.doubts.append(f"{grid.first.where}の表に{says}。")
        found += [one for one in ((way, money) if way or money else (turned,)) if one]
    questions = []
    for of in (GRADES, EFFECTS):
        same = [reading for reading in found if reading.of == of]
        if len(same) > 1:
            kept = _of_policies(same)
            found = [one for one in found if one not in same or one in kept]
            same = kept
        if len(same) > 1:
            places = "、".join(f"{_number(document, one.grid)}番目（{one.grid.first.where}）" for one in same)
            questions.append(
                f"{document.name}: 同じ種類と読める表が二つ以上あります（{places}）。--table に、読む表の番号を付けてください。"
            )
    questions += [doubt for reading in found for doubt in [*reading.doubts, *_twice(reading)]]
    return found, questions


def _twice(reading: Reading) -> list[str]:
    """A question where the rows add up to exactly twice the total: then parts stand among what they are parts of."""
    rows = {what: [row for row in reading.rows if row.what == what] for what in ("policy", "total")}
    for n in reading.columns("expected", "actual", "grade"):
        total = [number_in(row.cells[n]) for row in rows["total"]]
        whole = sum(number_in(row.cells[n]) or 0 for row in rows["policy"])
        if total and total[0] and whole == 2 * total[0]:
            says = "内訳の行が、まとめの行と並んでいます。内訳の行かまとめの行の、どちらかだけの資料を指定してください"
            return [f"{reading.grid.first.where}の表は、行の和が合計のちょうど2倍です。{says}。"]
    return []


def _of_policies(same: list[Reading]) -> list[Reading]:
    """Of several tables of one kind those by policy: a list of measures has no total, and one of departments is another cut."""
    whole = [one for one in same if any(row.what == "total" for row in one.rows)] or same
    return [one for one in whole if not _DEPARTMENTS.search(squeezed(one.grid.headings[one.at]))] or whole


def _are_numbers(way: Reading, turned: Reading) -> bool:
    """Whether what looks like grades over the columns are numbers of policies, since what stands before the rows is graded in words."""
    codes = [one.column.grade for one in way.graded]
    is_said = all(_GRADE_WORDS.search(grade_of(one.column.heading)[1]) for one in turned.graded)
    return all(code.isdigit() for code in codes) or (is_said and all(re.fullmatch("[IVX]+", code) for code in codes))


def _number(document: Document, grid: Grid) -> int:
    return next(n for n, one in enumerate(grids(document), 1) if one.first.line == grid.first.line)


def _names_at(grid: Grid) -> int | None:
    """The column with the policies' names: the first whose cells are words; behind a column of numbers or of 歳入 and 歳出, the next."""
    worded = [n for n in range(min(3, len(grid.headings))) if _is_worded(grid, n)]
    if len(worded) > 1 and worded[1] == worded[0] + 1:
        rows = [row for row in grid.rows if row[worded[1]].text and any(map(is_number, row[worded[1] + 1 :]))]
        before = [row[worded[0]].key for row in rows if row[worded[0]].text and not is_total(row[worded[0]])]
        ways = (_ONLY_A_NUMBER.fullmatch, _A_SIDE.match)
        before = [one for one in before if not one.startswith(("うち", "(再", "(う"))]
        if before and any(all(map(is_one, before)) for is_one in ways):
            return worded[1]
        if parts_at(grid, worded[0]) is None and _are_groups(grid, worded[0], worded[1]):
            return worded[1]
    return worded[0] if worded else None


def _are_groups(grid: Grid, at: int, beside: int) -> bool:
    """Whether one name stands for several rows, each with a name of its own beside it: 改革の柱 and 取組分野."""
    rows = [row for row in grid.rows if any(is_number(cell) for cell in row[beside + 1 :]) and not is_total(row[at])]
    rows = [row for row in rows if not re.search("計$", row[beside].key)]
    groups, names = [row[at].key for row in rows], [row[beside].key for row in rows]
    is_repeated = len({*groups}) < len(groups)
    return is_repeated and "" not in names and len({*names}) == len(names)


def _is_worded(grid: Grid, at: int) -> bool:
    cells = [cell for cell in grid.column(at) if cell.text]
    return bool(cells) and sum(not is_number(cell) and count(cell) is None for cell in cells) > len(cells) * _HALF


def _values(grid: Grid, at: int, column: int, read: Callable[[Passage], object]) -> list[object]:
    """What the cells of a column are, of policies and of the total; None where one cannot be read."""
    return [read(row.cells[column]) for row in rows_of(grid, at) if row.what in {"policy", "total"}]


def _is_of_another_year(grid: Grid, column: int, fiscal_year: int) -> bool:
    years = {one.year for one in years_named(grid.headings[column])}
    is_other = doubtful.is_of_another_time(grid.headings[column], fiscal_year)
    return is_other or (bool(years) and fiscal_year not in years)


def _given(heading: str, given: Given) -> str:
    return next((holds for name, holds in given.columns.items() if key(name) == key(heading)), "")


# Grades


def grade_of(heading: str) -> tuple[str, str]:
    """The code and label that a heading gives a grade: 評価 S is S, A 計画を上回る is A and 計画を上回る, 概ね達成 both."""
    heading = without_years(heading).strip()
    *group, last = heading.split() or [""]
    if group and (found := _CODE.fullmatch(squeezed(last))) and not found[2]:
        return found[1], group[-1] if _GRADE_WORDS.search(group[-1]) else ""
    # 目標を達成した項目 ◎ 120%以上: the sign is the grade, what follows says what it means.
    if signs := [n for n, word in enumerate(group[1:], 1) if _SYMBOL.fullmatch(squeezed(word))]:
        return squeezed(group[signs[0]]), " ".join([*group[signs[0] + 1 :], last])
    folded = squeezed(
        heading.split(" ", 1)[1] if re.match(r"\S*(?:評価|状況|結果|達成率|達成度|進捗率)\S* .", heading) else heading
    )
    folded = re.sub("(?<=.)(?:の?(?:件数|取組数|項目数|事業数))$", "", folded) or folded
    if found := _CODE.fullmatch(folded):
        return found[1], found[2]
    is_word = _GRADE_WORDS.search(folded) and not re.search("率|額|[^未]達成(?:件)?数", folded)
    return (re.sub(r"[\W_]", "", folded)[:8], folded) if is_word else ("", "")


def _turned_grades(grid: Grid, fiscal_year: int, given: Given) -> Reading | None:
    """Grades that stand one below the other; numbers there are those of policies, and no grades."""
    reading = _grades(grid.turned().of_year(fiscal_year), fiscal_year, given)
    if reading is None:
        return None
    labels = [grade_of(guess.column.heading)[1] for guess in reading.graded if guess.column.grade.isdigit()]
    if not all(_GRADE_WORDS.search(label) for label in labels):
        return None
    return replace(reading, is_turned=True)


def _grades(grid: Grid, fiscal_year: int, given: Given) -> Reading | None:
    at = _names_at(grid)
    if at is None or _given(grid.headings[at], given) not in {"", "policy"}:
        return None
    guesses = _told_apart([_grade_guess(grid, at, n, fiscal_year, given) for n in range(len(grid.headings))])
    graded = [n for n, guess in enumerate(guesses) if guess.column.holds == "grade"]
    if len(graded) < 2 or len({guesses[n].column.grade for n in graded}) < len(graded):  # noqa: PLR2004 — a scale has two steps
        return None
    if any(None in _values(grid, at, n, count) or not _values(grid, at, n, count) for n in graded):
        return None  # a legend, or a person called it a grade's, and it counts nothing
    doubts: list[str] = []
    outside = [n for n, guess in enumerate(guesses) if guess.column.holds == "out_of_scope"]
    sums = _added(grid, at, graded)
    whole = _added(grid, at, [*graded, *outside])
    for n, guess in enumerate(guesses):
        if guess.column.holds == "ignored" and not guess.proof and None not in _values(grid, at, n, count):
            if _is_subtotal(grid, at, n, graded):
                guesses[n] = Guess(Column(guess.column.heading, "ignored"), "隣の評価の小計")
                continue
            guesses[n] = _total_guess(grid, at, n, {"rated": sums, "measures": whole} if outside else {"rated": sums})
            doubts += [] if guesses[n].proof else [_what_is(grid, grid.headings[n], GRADES)]
    return Reading(GRADES, grid, guesses, doubts=doubts)


def _told_apart(guesses: list[Guess]) -> list[Guess]:
    """Grades that are long words with the same beginning get numbers for codes: 評価1, 評価2."""
    codes = [guess.column.grade for guess in guesses if guess.column.grade]
    if len({*codes}) == len(codes):
        return guesses
    numbers = iter(range(1, len(codes) + 1))
    return [
        replace(guess, column=replace(guess.column, grade=f"評価{next(numbers)}")) if guess.column.grade else guess
        for guess in guesses
    ]


def _grade_guess(grid: Grid, at: int, n: int, fiscal_year: int, given: Given) -> Guess:
    """What a column is by its heading alone; `ignored` without a proof where the heading says nothing."""
    heading = grid.headings[n]
    holds, _, code = _given(heading, given).partition(":")
    if n == at or holds in HOLDS[GRADES]:
        return Guess(Column(heading, holds or "policy", code), "指定による" if holds else "名称の欄")
    if why := _why_no_count(grid, at, n, fiscal_year):
        has_money = any(_MONEY.search(squeezed(one)) for one in grid.headings)
        rates = [percent(row.cells[n]) for row in rows_of(grid, at) if row.what == "policy"]
        is_rate = "達成率" in heading and not has_money and all(rates)
        return Guess(Column(heading, "achievement_rate" if is_rate else "ignored"), "見出しの言葉" if is_rate else why)
    if _OUT_OF_SCOPE.search(heading) or squeezed(without_years(heading)) == "-" or _is_said_outside(grid, heading):
        return Guess(Column(heading, "out_of_scope"), "見出しか文の言葉")
    if re.search("休止|廃止|完了済|統合|その他", heading):
        return Guess(Column(heading, "ignored"), "")
    own = squeezed(heading.split()[-1]) if heading.split() else ""
    if (code := grade_of(heading)[0]) and (len(code) == 1 or not _OF_ALL.search(own)):
        return Guess(Column(heading, "grade", code), "見出しの評価")
    return Guess(Column(heading, "ignored"), "")


def _is_said_outside(grid: Grid, heading: str) -> bool:
    """Whether a sentence says that measures of this kind are not rated: 休止とした取組は評価しない."""
    words = _MAY_BE_OUTSIDE.search(heading)
    sentences = [one for said in grid.said for one in said.split("。")] if words else []
    return any(words[0] in one and _SAYS_OUTSIDE.search(one) for one in sentences)


def _why_no_count(grid: Grid, at: int, n: int, fiscal_year: int) -> str:
    """Why a column cannot count measures; empty where it may."""
    if n < at or _is_numbering(grid, n):
        return "名称の左の番号" if n < at else "番号の欄"
    if _is_blank(grid, n):
        return "空の欄"
    if _is_of_another_year(grid, n, fiscal_year):
        return "別の年度の欄"
    if _MONEY.search(squeezed(grid.headings[n])):
        return "金額の欄"
    return "件数でない欄" if None in _values(grid, at, n, count) else ""


def _added(grid: Grid, at: int, columns: list[int]) -> list[int]:
    return [sum(map(int, row)) for row in zip(*(_values(grid, at, n, count) for n in columns), strict=True)]


def _is_subtotal(grid: Grid, at: int, n: int, graded: list[int]) -> bool:
    """Whether a column called 小計 is the sum of some grades beside it, in every row."""
    if not re.search("小計", grid.headings[n]):
        return False
    counts = [int(value) for value in _values(grid, at, n, count)]
    before = [[*range(n - size, n)] for size in range(2, n)]
    behind = [[*range(n + 1, n + 1 + size)] for size in range(2, len(grid.headings))]
    return any({*run} <= {*graded} and _added(grid, at, run) == counts for run in [*before, *behind])


def _total_guess(grid: Grid, at: int, n: int, sums: dict[str, list[int]]) -> Guess:
    """Of which counts a column is the sum, by most of its rows; where two agree as well, by its heading."""
    heading, counts = grid.headings[n], [int(value) for value in _values(grid, at, n, count)]
    agree = {holds: _agreeing(counts, wanted) for holds, wanted in sums.items()}
    holds = max(agree, key=lambda one: agree[one])
    if len({*agree.values()}) == 1 and "measures" in agree and re.search("項目数|取組数|総数|全体", heading):
        holds = "measures"
    if agree[holds] <= _HALF:
        return Guess(Column(heading, "ignored"), "")
    proof = "どの行も、評価の件数の和" if holds == "rated" else "どの行も、評価の件数と対象外の和"
    return Guess(Column(heading, holds), proof if agree[holds] == 1 else f"{proof}（合わない行がある）")


def _agreeing(one: list, other: list) -> Fraction:
    return Fraction(sum(a == b for a, b in zip(one, other, strict=True)), max(1, len(one)))


def _is_blank(grid: Grid, n: int) -> bool:
    """Whether a column has neither a heading nor a word: it sets a table apart from notes beside it."""
    return not grid.headings[n].strip() and not any(cell.text for cell in grid.column(n))


def _is_numbering(grid: Grid, n: int) -> bool:
    """Whether a column numbers the rows: No, 番号."""
    return bool(re.fullmatch(r"(?i)no\.?|№|#|番号|項番|整理番号|通し番号", squeezed(grid.headings[n])))


def _what_is(grid: Grid, heading: str, of: str) -> str:
    kinds = "・".join(HOLDS[of])
    return (
        f"{grid.first.where}の表の欄「{heading}」が何の数か、言葉でも計算でも定まりません。"
        f'--column "{heading}=ignored" のように指定してください（{kinds}）。'
    )


def scale(reading: Reading, document: Document, given: Given) -> tuple[list[Grade], list[str], str]:
    """The grades of a table from the best, the questions that are open, and where it is said which are achieved."""
    named = [(reading.guesses[n].column.grade, grade_of(reading.grid.headings[n])[1]) for n in reading.columns("grade")]
    text = "\n".join(line.text for line in passages(document))
    labels = {code: label or _legend(code, text) or code for code, label in named}
    codes = [code for code, _ in named]
    if _rank(labels[codes[0]]) > _rank(labels[codes[-1]]):
        codes.reverse()
    achieved, questions, proof = _achieved(codes, labels, given)
    made = [
        Grade(code, labels[code], order, code in achieved, _band(labels[code], is_achieved=code in achieved))
        for order, code in enumerate(codes, 1)
    ]
    if reading.columns("out_of_scope"):
        made.append(Grade(OUT_OF_SCOPE, OUT_OF_SCOPE, len(made) + 1, achieved=False, band="not_rated"))
    return made, questions, proof


def _legend(code: str, text: str) -> str:
    found = re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}\s*(?:評価)?\s*[:：＝=…]\s*([^\s、，,／/。;；]+)", text)
    return found[1].strip("「」") if found else ""


def _rank(label: str) -> int:
    """0 where words say achieved, 1 where they do not say, 2 where they say not."""
    folded = squeezed(label)
    if _GOING_ON.search(folded):
        return 1
    if _NOT_ACHIEVED.search(folded) and not re.search("不?要$", folded):
        return 2
    return 0 if _ACHIEVED.search(folded) else 1


def _achieved(codes: list[str], labels: dict[str, str], given: Given) -> tuple[set[str], list[str], str]:
    if given.achieved:
        called = {squeezed(labels[code]): code for code in codes} | {code: code for code in codes}
        strange = [one for one in given.achieved if one not in called and squeezed(one) not in called]
        asked = [f"--achieved の「{one}」は、表の評価（{'・'.join(codes)}）にありません。" for one in strange]
        found = {called.get(one) or called.get(squeezed(one)) for one in given.achieved}
        return found - {None}, asked, "登録した人の指定（--achieved）"
    ranks = {code: _rank(labels[code]) for code in codes}
    is_plain = 1 not in ranks.values() and len({*ranks.values()}) == 2  # noqa: PLR2004 — both kinds
    if is_plain and sorted(ranks.values()) == [ranks[code] for code in codes]:
        return {code for code in codes if ranks[code] == 0}, [], "評価の言葉"
    shown = "、".join(code if labels[code] == code else f"{code}（{labels[code]}）" for code in codes)
    question = f"どの評価を達成とみなすか、言葉からは定まりません（{shown}）。--achieved {codes[0]} のように、コンマで区切って指定してください。"
    return {codes[0]}, [question], ""


def _band(label: str, *, is_achieved: bool) -> str:
    if is_achieved:
        return "exceeded" if _BEST.search(label) else "on_track"
    return "stalled" if _LAST.search(label) else "behind"


# Effects


def _effects(grid: Grid, fiscal_year: int, given: Given) -> Reading | None:
    at = _names_at(grid)
    if at is None or len(grid.headings) < 2 or _given(grid.headings[at], given) not in {"", "policy"}:  # noqa: PLR2004 — a name and an amount
        return None
    said = {n: _given(heading, given) for n, heading in enumerate(grid.headings)}
    said = {n: holds if holds in HOLDS[EFFECTS] else "" for n, holds in said.items()}
    others = [n for n in range(at + 1, len(grid.headings)) if not _is_of_another_year(grid, n, fiscal_year)]
    others = [n for n in others if not _is_counted(grid.headings[n])]
    others = [n for n in others if not _is_numbering(grid, n) and not _is_blank(grid, n)]
    of_year = [n for n in others if years_named(grid.headings[n])]
    undated = [n for n in others if of_year and n not in of_year and not said[n] and _are_amounts(grid, at, n)]
    undated = [n for n in undated if not _follows(grid.headings[n])]
    others = [n for n in others if n not in undated]  # where some columns name the year, one without may be of another
    guesses = [Guess(Column(heading, "ignored"), "") for heading in grid.headings]
    guesses[at] = Guess(Column(grid.headings[at], "policy"), "名称の欄")
    for n in others:
        guesses[n] = Guess(Column(grid.headings[n], said[n] or "ignored"), "指定による" if said[n] else "")
    money = [n for n in others if not said[n] and _are_amounts(grid, at, n)]
    doubts = _guess_amounts(grid, at, guesses, [n for n in others if not said[n]], money)
    doubts += [_what_is(grid, grid.headings[n], EFFECTS) for n in undated]
    doubts += [
        _against_words(grid.headings[n], said[n]) for n in others if _is_against_words(grid.headings[n], said[n])
    ]
    doubts += _held_twice(grid, guesses)
    has_amounts = any(
        g.column.holds in {"actual", "amount", "actual_and_expected", "expected_and_actual"} for g in guesses
    )
    unit, proof = _unit(grid, [n for n in others if guesses[n].column.holds != "ignored"], given)
    is_of_money = (
        unit or units_of(grid) or any(re.search("額|円|見込|実績", squeezed(heading)) for heading in grid.headings)
    )
    if not is_of_money or not (has_amounts or doubts):
        return None
    if len(units_of(grid)) > 1 and unit != IN_CELLS:
        shown = "・".join(sorted(units_of(grid)))
        doubts.append(
            f"{grid.first.where}の表の金額の単位が二通りあります（{shown}）。原本と見比べて、一つに直してください。"
        )
    elif not unit:
        doubts.append(
            f"{grid.first.where}の表の金額の単位が、見出しにも前後にもありません。--unit 千円 のように指定してください。"
        )
    return Reading(EFFECTS, grid, guesses, unit, proof, doubts)


def _held_twice(grid: Grid, guesses: list[Guess]) -> Iterator[str]:
    """A question for each kind of amount that two columns hold, one of which a person called so."""
    for kind in ("expected", "actual"):
        same = [guess for guess in guesses if kind in guess.column.holds.split("_and_")]
        if len(same) > 1:
            headings = "と".join(f"「{guess.column.heading}」" for guess in same)
            says = f"{grid.first.where}の表では、{headings}がどちらも{KINDS[kind]}になります"
            yield f'{says}。違う方を --column "{same[-1].column.heading}=ignored" のように指定してください。'


def _is_against_words(heading: str, holds: str) -> bool:
    """Whether a person calls a column of 実績 the expected amount, or one of 見込み the actual one."""
    folded = squeezed(heading)
    is_expected, is_actual = _EXPECTED.search(folded), _ACTUAL.search(folded)
    return bool(
        (holds == "expected" and is_actual and not is_expected) or (holds == "actual" and is_expected and not is_actual)
    )


def _against_words(heading: str, holds: str) -> str:
    return (
        f"--column「{heading}={holds}」: 見出しの言葉と合いません。見出しと金額を原本と見比べて、--column を外すか、"
        "資料の見出しを直してください。"
    )


def _follows(heading: str) -> bool:
    """Whether a column follows from others: a difference, a rate."""
    folded = squeezed(heading)
    return bool(_DIFFERENCE.search(folded) or _RATE.search(folded))


def _is_counted(heading: str) -> bool:
    """Whether a column is of measures: a grade's, or 件数."""
    folded = squeezed(heading)
    if _MONEY.search(folded):
        return False
    if grade_of(heading)[0] or _OUT_OF_SCOPE.search(heading) or _MAY_BE_OUTSIDE.search(heading):
        return True
    return bool(re.search("件|取組数|項目数|施策数|評価対象|^評価", folded)) and not _DIFFERENCE.search(folded)


def _are_amounts(grid: Grid, at: int, column: int) -> bool:
    cells = [
        row.cells[column] for row in rows_of(grid, at) if row.what in {"policy", "total"} and row.cells[column].text
    ]
    return bool(cells) and all(amounts(cell) or cell.key in NO_AMOUNT for cell in cells)


def _unit(grid: Grid, columns: list[int], given: Given) -> tuple[str, str]:
    cells = [row[n] for row in grid.rows for n in columns]
    if any(unit for cell in cells for _, unit, _ in amounts(cell)):
        return IN_CELLS, "金額に付いた単位"
    if unit := unit_of(grid):
        return unit, "表の見出しか前後の言葉"
    return given.unit, _TYPED_UNIT


def _guess_amounts(grid: Grid, at: int, guesses: list[Guess], others: list[int], money: list[int]) -> list[str]:
    """Puts what the columns hold into the guesses; the questions are what stays open."""

    def put(n: int, holds: str, proof: str) -> None:
        guesses[n] = Guess(Column(grid.headings[n], holds), proof)

    pairs = [n for n in money if _pairs(grid, at, n)]
    if pairs:
        return _guess_pair(grid, pairs, put)
    for n in others:
        cells = [cell.key for cell in grid.column(n) if cell.text]
        kinds = [bool(_EXPECTED.search(cell)) != bool(_ACTUAL.search(cell)) for cell in cells]
        if cells and all(kinds) and any(map(_EXPECTED.search, cells)):
            put(n, "kind", "欄の言葉")
            amount = [m for m in money if m > n]
            if len(amount) != 1:
                return [_what_is(grid, grid.headings[m], EFFECTS) for m in amount]
            put(amount[0], "amount", "金額の欄が一つ")
            return []
    folded = {n: squeezed(grid.headings[n]) for n in others}
    plain = [n for n in money if not _follows(folded[n])]
    for n, parts in _sums(grid, at, plain).items():
        folded[n] += folded[parts[0]]  # 合計 of 実績効果額 歳出削減 and 実績効果額 歳入確保 is an 実績
        plain = [one for one in plain if one not in parts]
        for one in parts:
            put(one, "ignored", f"「{grid.headings[n]}」の内訳")
    expected = [n for n in plain if _EXPECTED.search(folded[n])]
    actual = [n for n in plain if n not in expected and _ACTUAL.search(folded[n])]
    actual = actual or [n for n in plain if n not in expected][: 1 if len(plain) - len(expected) == 1 else 0]
    chosen, doubts = _chosen(grid, at, (expected, actual), [n for n in others if n not in {*expected, *actual}], put)
    left = [
        n
        for n in plain
        if n not in {*chosen} and guesses[n].column.holds == "ignored" and n not in {*expected, *actual}
    ]
    return doubts + [_what_is(grid, grid.headings[n], EFFECTS) for n in left]


def _sums(grid: Grid, at: int, money: list[int]) -> dict[int, list[int]]:
    """Columns called a total that are the sum of those before them in every row, each with its parts.

    Where a heading has two rows, only columns that end alike are added: 増収額 実績 and 削減額 実績 are the parts of 効果額計 実績.
    """
    rows = [row for row in rows_of(grid, at) if row.what in {"policy", "total"}]
    values = {n: [number_in(row.cells[n]) or Fraction(0) for row in rows] for n in money}
    found: dict[int, list[int]] = {}
    for n in (n for n in money if re.search(r"(?:計|総額)(?:\s|$)", grid.headings[n])):
        taken = {one for parts in found.values() for one in parts} | {*found}
        before = [one for one in money if one < n and one not in taken]
        alike = [one for one in before if _last_word(grid, one) == _last_word(grid, n)]
        for some in (alike, before):
            runs = [some[-size:] for size in range(len(some), 1, -1)]
            parts = [
                run
                for run in runs
                if [sum(row) for row in zip(*(values[one] for one in run), strict=True)] == values[n]
            ]
            if parts:
                found[n] = parts[0]
                break
    return found


def _last_word(grid: Grid, n: int) -> str:
    *group, last = grid.headings[n].split() or [""]
    return last if group else ""


def _pairs(grid: Grid, at: int, column: int) -> bool:
    cells = [row.cells[column] for row in rows_of(grid, at) if row.what in {"policy", "total"}]
    return bool(cells) and all(len(amounts(cell)) == 2 for cell in cells)  # noqa: PLR2004 — one, and one in parentheses


def _guess_pair(grid: Grid, pairs: list[int], put: Callable[[int, str, str], None]) -> list[str]:
    around = "".join(line.key for line in [*grid.over, *grid.below]) + "".join(
        cell.key for row in grid.head for cell in row
    )
    said = re.search(r"\(\)内?[^。]*?(見込|計画|目標|予算)|\(\)内?[^。]*?(実績|決算)", around)
    if not said or len(pairs) > 1:
        return [_what_is(grid, grid.headings[n], EFFECTS) for n in pairs]
    put(pairs[0], "actual_and_expected" if said[1] else "expected_and_actual", "（ ）の中が何かを言う言葉")
    return []


def _chosen(
    grid: Grid,
    at: int,
    candidates: tuple[list[int], list[int]],
    rest: list[int],
    put: Callable[[int, str, str], None],
) -> tuple[list[int], list[str]]:
    """The expected and the actual column, chosen by words where there is one of each, and else by what adds up."""
    expected, actual = candidates
    proving = {
        pair: _proved(grid, at, pair, rest)
        for pair in list(product(expected or [None], actual or [None]))[:_MOST_READINGS]
        if pair[1] is not None
    }
    if not proving:
        return [], []
    best = [pair for pair, proofs in proving.items() if len(proofs) == max(map(len, proving.values()))]
    if len(best) > 1 or (len(proving) > 1 and not proving[best[0]]):
        headings = "、".join(f"「{grid.headings[n]}」" for n in dict.fromkeys([*expected, *actual]))
        names = dict.fromkeys(n for pair in best for n in pair if n is not None)
        options = " ".join(
            f'--column "{grid.headings[n]}={"expected" if n in expected else "actual"}"' for n in [*names][:1]
        )
        return [], [
            f"{grid.first.where}の表は、見込みと実績の欄が二通りに読めます（{headings}）。どれが何かを、{options} のように指定してください。"
        ]
    (pair,) = best
    proofs = proving[pair]
    shown = "、".join(["見出しの言葉", *(f"「{grid.headings[n]}」が合う" for n in proofs)])
    for n, holds in zip(pair, ("expected", "actual"), strict=True):
        if n is not None:
            put(n, holds, shown)
    for n, holds in proofs.items():
        put(n, holds, {"difference": "実績 − 見込み", "multiplier": "実績 ÷ 見込み"}.get(holds, "計に占める割合"))
    return [n for n in pair if n is not None], []


def _proved(grid: Grid, at: int, pair: tuple[int | None, int], rest: list[int]) -> dict[int, str]:
    """The columns that follow from an expected and an actual one, each with how; most rows have to agree."""
    rows = [row for row in rows_of(grid, at) if row.what in {"policy", "total"}]
    actual = [number_in(row.cells[pair[1]]) for row in rows]
    expected = [number_in(row.cells[pair[0]]) if pair[0] is not None else None for row in rows]
    whole = {"actual_share": actual[-1], "expected_share": expected[-1]} if rows and rows[-1].what == "total" else {}
    found = {}
    for n in rest:
        heading = squeezed(grid.headings[n])
        printed = [_printed(row.cells[n], heading) for row in rows]
        wanted: dict[str, list[Fraction | None]] = {}
        if _DIFFERENCE.search(heading):
            wanted["difference"] = [
                a - e if a is not None and e is not None else None for a, e in zip(actual, expected, strict=True)
            ]
        elif _SHARE.search(heading):
            for kind, total in whole.items():
                of = actual if kind == "actual_share" else expected
                wanted[kind] = [100 * one / total if one is not None and total else None for one in of]
        elif _RATE.search(heading):
            wanted["multiplier"] = [
                100 * a / e if a is not None and e else None for a, e in zip(actual, expected, strict=True)
            ]
        for holds, values in wanted.items():
            pairs = [(one, value) for one, value in zip(printed, values, strict=True) if one and value is not None]
            agreeing = sum(abs(one[0] - value) < one[1] for one, value in pairs)
            if pairs and agreeing > len(pairs) * _HALF:
                found.setdefault(n, holds)
    return found


def _printed(cell: Passage, heading: str) -> tuple[Fraction, Fraction] | None:
    """A printed number, a rate in percent, and the worth of its last digit."""
    plain = next(((number, "") for number, _, _ in amounts(cell)), None)
    found = plain if _DIFFERENCE.search(heading) else ratio(cell, heading)
    if not found:
        return None
    size = 100 if found[1] == "倍" else 1
    return size * Fraction(found[0]), Fraction(size, 10 ** len(found[0].partition(".")[2]))
