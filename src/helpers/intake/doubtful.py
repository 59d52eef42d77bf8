"""What of a table can hardly be meant as it would be read: not one year's, a rate among counts, a sign or a unit that is doubtful.

Sums hold all the same where every number slipped alike, so each of these stops the document and says what to look at.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from helpers.intake.grids import NO_AMOUNT, Grid, Row, amounts, count, rows_of
from helpers.intake.ledger import ORIGINAL, Ledger
from helpers.intake.passage import Passage, passages
from helpers.terms import UNITS_IN_YEN, periods_named, quoted, wareki, years_alone, years_named
from helpers.terms.folded import squeezed
from helpers.terms.layout import GRADES, IN_CELLS, TableLayout

_SOME = "[0-9一二三四五六七八九十]+"
_OTHER_TIME = f"累計|累積|通算|翌年|次年度|来年度|{_SOME}(?:[かカヶケヵ箇]年|年間)|計画期間[中全]|[上下]半期|四半期|[0-9]月末(?:現在|時点)"
_CAPTION = re.compile(rf"(?:{_OTHER_TIME})(?!の?(?:計画|プラン|大綱|プログラム))")
NOT_ONE_YEAR = re.compile(f"前年|最終年度|{_OTHER_TIME}")
_OF_RESULTS = re.compile("結果|実績|進捗|達成|評価|効果額|取組状況")
_MADE_PUBLIC = re.compile(r"\s*(?:[^\s、。・]{0,4}公表|発表|公開)")
_MEETING = re.compile(r".{0,20}(?:委員会|審議会|会議|協議会)")
_NEAR = 2  # passages above a table that are its caption
_ONLY_RATES = re.compile(r"単位[::は]?\(?%")
_AMOUNT = re.compile(r"(?:[0-9,]+億)?(?:[0-9,]+(?:\.[0-9]+)?万)?[0-9,]*円|[0-9,]+(?:\.[0-9]+)?(?:億|百万|千)円")
_SLIPS = [Fraction(10) ** n for n in (-6, -4, -3, 3, 4, 6)]


def check(table: TableLayout, grid: Grid, ledger: Ledger) -> None:
    """Adds a fault for each thing that is doubtful in a table that is read by the layout."""
    at = [column.holds for column in table.columns].index("policy")
    rows = rows_of(grid, at)
    _caption(grid, ledger)
    if table.of == GRADES:
        _rates_for_counts(table, grid, rows, ledger)
    else:
        _rates_for_amounts(table, rows, ledger)
        _parentheses(table, rows, ledger)
        _slip_against_words(table, rows, ledger)


def is_of_another_time(heading: str, fiscal_year: int) -> bool:
    """Whether a heading is of several years, of another or of a part of one: 5年間, R5〜R6, 翌年度."""
    alone = {one.year for one in years_alone(heading)}
    return bool(NOT_ONE_YEAR.search(squeezed(heading))) or (bool(periods_named(heading)) and fiscal_year not in alone)


def years_of_results(lines: list[Passage]) -> set[int]:
    """The years that headings of results name, but for those in which a paper was published or handed to a meeting."""
    headings = [line for line in lines if _OF_RESULTS.search(line.key) and "。" not in line.key]
    return {year for line in headings if not NOT_ONE_YEAR.search(line.key) for year in years_of_the_result(line.text)}


def years_of_the_result(text: str) -> set[int]:
    """The years a heading names, but for 令和7年度公表, and for 令和7年度第1回委員会 where it names no result."""
    is_of_results = bool(_OF_RESULTS.search(text))
    return {
        one.year
        for one in years_alone(text)
        if not _MADE_PUBLIC.match(text[one.stop :]) and (is_of_results or not _MEETING.match(text[one.stop :]))
    }


def _caption(grid: Grid, ledger: Ledger) -> None:
    """A caption of several years, or of a part of one, over columns none of which says so of itself."""
    if any(NOT_ONE_YEAR.search(squeezed(heading)) or years_named(heading) for heading in grid.headings):
        return
    for line in grid.over[-_NEAR:]:
        # 第3次5か年計画 and 計画期間：5年間 are said of the plan, and stand above tables of one year.
        is_of_the_plan = "計画期間" in line.key and "累" not in line.key
        if is_of_the_plan or "。" in line.key or "単年度" in line.key:
            continue
        if hit := _CAPTION.search(line.key):
            says = f"「{hit[0]}」とあり、{wareki(ledger.fiscal_year)}の一年間の表と読めません"
            ledger.fault(line, f"{says}。一年間の表のある資料を指定するか、{ORIGINAL}")


def _columns(table: TableLayout, *holds: str) -> list[int]:
    return [n for n, column in enumerate(table.columns) if column.holds in holds]


def _rates_for_counts(table: TableLayout, grid: Grid, rows: list[Row], ledger: Ledger) -> None:
    """Percentages in the place of counts: a table in ％, or a row for the total that is each grade's share."""
    near = [line for line in [*grid.over[-_NEAR:], *(cell for row in grid.head for cell in row)] if line.text]
    if said := next((line for line in near if _ONLY_RATES.search(squeezed(line.key))), None):
        ledger.fault(said, "割合の表で、件数ではありません。件数の表のある資料を指定してください")
    graded = _columns(table, "grade")
    sums = [sum(int(count(row.cells[n]) or 0) for row in rows if row.what == "policy") for n in graded]
    for row in rows:
        own = [int(count(row.cells[n]) or 0) for n in graded]
        if row.what != "total" or own == sums or sum(sums) in {0, sum(own)}:
            continue
        if all(abs(one - Fraction(100 * whole, sum(sums))) <= 1 for one, whole in zip(own, sums, strict=True)):
            says = f"「{quoted(row.name.words)}」の行は件数の合計でなく、評価ごとの割合とみられます"
            ledger.fault(row.name, f"{says}。件数の合計の行に、{ORIGINAL}")


def _rates_for_amounts(table: TableLayout, rows: list[Row], ledger: Ledger) -> None:
    """A row for the total that is 100, of amounts that come to something else."""
    for n in _columns(table, "expected", "actual"):
        whole = sum(_number(row.cells[n]) or 0 for row in rows if row.what == "policy")
        for row in rows:
            if row.what == "total" and _number(row.cells[n]) == 100 != whole and whole:  # noqa: PLR2004 — percent
                says = f"合計が100ですが、行の和は{whole}です。割合の行とみられます"
                ledger.fault(row.cells[n], f"{says}。金額の合計の行に、{ORIGINAL}")


def _parentheses(table: TableLayout, rows: list[Row], ledger: Ledger) -> None:
    """A number in parentheses among others without: below zero, a part, or an amount of another kind."""
    for n in _columns(table, "expected", "actual"):
        cells = [row.cells[n] for row in rows if row.what in {"policy", "total"} and row.cells[n].key not in NO_AMOUNT]
        inside = [cell for cell in cells if re.fullmatch(r"\(.*\)", cell.key)]
        for cell in inside if len(inside) < len(cells) else []:
            says = "（ ）の付いた金額が、付かない金額と並んでいます。負の値なら△を付け、内数なら外して"
            ledger.fault(cell, f"{says}、{ORIGINAL}")


def _slip_against_words(table: TableLayout, rows: list[Row], ledger: Ledger) -> None:
    """A total that is exactly a thousand times, or a thousandth of, an amount that a sentence says with its unit."""
    said = {yen: line for line in passages(ledger.document) if len(line.places) == 1 for yen in _yen_said(line)}
    for n in _columns(table, "expected", "actual"):
        for row in rows:
            yen = _yen(row.cells[n], table.unit) if row.what == "total" else None
            if not yen or yen in said:
                continue
            if line := next((said[yen * slip] for slip in _SLIPS if yen * slip in said), None):
                says = (
                    f"「{quoted(row.cells[n].words)}」（{table.unit}）は、{line.where}に書かれた金額と桁だけが違います"
                )
                ledger.fault(row.cells[n], f"{says}。単位を、{ORIGINAL}")


def _number(cell: Passage) -> Fraction | None:
    found = amounts(cell)
    return Fraction(found[0][0]) if found else None


def _yen(cell: Passage, unit: str) -> Fraction | None:
    found = amounts(cell)
    in_cell = found[0][1] if found else ""
    return Fraction(found[0][0]) * UNITS_IN_YEN[in_cell or unit] if found and (in_cell or unit != IN_CELLS) else None


def _yen_said(line: Passage) -> Iterator[Fraction]:
    for hit in _AMOUNT.finditer(line.key):
        if printed := amounts(Passage(1, hit[0], tuple(hit[0]), 0, ("L1",))):
            number, unit, _ = printed[0]
            if unit:
                yield Fraction(number) * UNITS_IN_YEN[unit]
