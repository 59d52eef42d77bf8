"""What of a table can hardly be meant as it would be read: not one year's, a rate among counts, a sign or a unit that is doubtful.

Sums hold all the same where every number slipped alike, so each of these stops the document and says what to look at.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from helpers.intake.grids import AMOUNT_IN_WORDS, NO_AMOUNT, Grid, Row, amounts, amounts_of, count, number_in, rows_of
from helpers.intake.ledger import ORIGINAL, Ledger
from helpers.intake.passage import Passage, passages
from helpers.terms import UNITS_IN_YEN, periods_named, quoted, wareki, years_alone, years_named
from helpers.terms.folded import squeezed
from helpers.terms.layout import GRADES, IN_CELLS, TableLayout

_SOME = "[0-9一二三四五六七八九十]+"
_YEARS = f"{_SOME}(?:[かカヶケヵ箇]年|年間)|翌年|次年度|来年度"
_SUMMED = (
    "累計|累積|通算|延べ|合算|これまでの|計画開始から|当初からの|計画全体の|計画期間(?:[中全]|の(?:効果|実績|目標))"
)
_IN_PART = (
    "上半期|下半期|上期|第[1-3]四半期|中間(?:評価|報告|実績|結果)"
    "|(?<![0-9])(?:[7-9]|1[0-2])月末|4月?[~-](?:[5-9]|1[0-2])月"
    # Not the first half of a plan, 前期基本計画 and 後期プランの実績.
    "|(?<=年度)の?[前後]期(?!.{0,12}(?:計画|プラン|大綱|プログラム|方針))|[前後]期の?(?:実績|結果|分|末)"
)
NOT_ONE_YEAR = re.compile(f"前年|昨年度|最終年|今後の|計画全体|{_YEARS}|{_SUMMED}|{_IN_PART}")
_CAPTION = re.compile(f"{_SUMMED}|{_IN_PART}|予算における|(?:前年度|昨年度)の?(?:取組|実績|結果)(?!.*(?:比|対))")
_CAPTION_OF_NO_YEAR = re.compile(rf"(?:{_YEARS})(?!の?(?:計画|プラン|大綱|プログラム))")
_POINTS_ELSEWHERE = re.compile("^※|参照|のとおり|別表|巻末|単年度|当該年度|参考|年目")
_SAYS_SUMMED = re.compile("(?:金額|額|上表|下表|表)は?.{0,24}(?:累計|合計額?|合わせたもの)(?:です|である|となって)")
_OF_RESULTS = re.compile("結果|実績|進捗|達成|評価|効果額|取組状況")
# Behind a year: it is that of the publication (令和7年度公表), of a newsletter (令和7年度8月号、第5号).
_MADE_PUBLIC = re.compile(r"\s*(?:[^\s、。・]{0,4}公表|発表|公開|(?:\d+月)?(?:\d+日)?(?:第?\d+|[春夏秋冬]季?|新年)?号)")
_MEETING = re.compile(r".{0,20}(?:委員会|審議会|会議|協議会|推進本部|資料)")
_WAS_DONE = re.compile(r"\s*(?:年度)?(?:の?(?:取組)?実績(?!を踏まえ|と|比)|に?実施した|分(?![野析]))")
_NEAR = 2  # passages above a table that are its caption
_ONLY_RATES = re.compile(r"^(?!.*率).*(?:単位[::は]?\(?(?:%|パーセント)|割合\(?%)")
_RATE_OVER_A_GRADE = re.compile(r"割合|構成比|\(?%\)?$")
_AMOUNT = re.compile(AMOUNT_IN_WORDS)
# What a unit in thousands, in tens of thousands or in millions is taken for another by.
_SLIPS = [Fraction(10) ** n for n in (-6, -4, -3, 3, 4, 6)]
# A total this many times the sum of its rows is no misprint; of a few measures it may be.
_MOST_TIMES, _FEW = Fraction(3, 2), 5
# As many digits of an amount no other amount has by chance.
_DIGITS = 4
# A sentence may round what a table prints.
_AS_GOOD_AS_EQUAL = Fraction(1, 1000)


def check(table: TableLayout, grid: Grid, ledger: Ledger) -> None:
    """Adds a fault for each thing that is doubtful in a table that is read by the layout."""
    at = [column.holds for column in table.columns].index("policy")
    rows = rows_of(grid, at)
    _caption(grid, ledger)
    _far_from_the_total(table, rows, ledger)
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
    """The years in which a line says that measures were carried out, else those that headings of results name."""
    done = [line for line in lines if re.search("年度に実施した", line.key)]
    headings = [line for line in lines if _OF_RESULTS.search(line.key) and "。" not in line.key]
    said = [line for line in done or headings if not NOT_ONE_YEAR.search(line.key)]
    return {year for line in said for year in years_of_the_result(line.text)}


def years_of_the_result(text: str) -> set[int]:
    """The years a heading names: those of which it says 実績, else all but 令和7年度公表, and 令和7年度第1回委員会 where it names no result."""
    named, is_of_results = years_alone(text), bool(_OF_RESULTS.search(text))
    done = {one.year for one in named if _WAS_DONE.match(text[one.stop :])}
    return done or {
        one.year
        for one in named
        if not _MADE_PUBLIC.match(text[one.stop :]) and (is_of_results or not _MEETING.match(text[one.stop :]))
    }


def _caption(grid: Grid, ledger: Ledger) -> None:
    """A caption of several years, of a part of one or of another, over columns none of which says so of itself."""
    if any(NOT_ONE_YEAR.search(squeezed(heading)) or years_named(heading) for heading in grid.headings):
        return
    near = grid.over[-_NEAR:]
    years = [years_of_the_result(line.text) for line in near]
    for line, named in zip(near, years, strict=True):
        # 第3次5か年計画 and 計画期間：5年間 are said of the plan, and stand above tables of one year.
        is_of_the_plan = "計画期間" in line.key and not re.search(_SUMMED, line.key)
        if is_of_the_plan or "。" in line.key or _POINTS_ELSEWHERE.search(line.key):
            continue
        hit = _CAPTION.search(line.key) or (
            None if {ledger.fiscal_year} in years else _CAPTION_OF_NO_YEAR.search(line.key)
        )
        words = hit[0] if hit else "合計" if len(named) > 1 and "合計" in line.key else ""
        if words:
            _fault(line, words, ledger)
    if years and years[-1] and ledger.fiscal_year not in years[-1]:
        _fault(near[-1], "・".join(map(wareki, sorted(years[-1]))), ledger)
    for line in [*near, *grid.below]:
        if hit := _SAYS_SUMMED.search(line.key):
            _fault(line, hit[0], ledger)


def _fault(line: Passage, words: str, ledger: Ledger) -> None:
    says = f"「{words}」とあり、{wareki(ledger.fiscal_year)}の一年間の表と読めません"
    ledger.fault(line, f"{says}。一年間の表のある資料を指定するか、{ORIGINAL}")


def _columns(table: TableLayout, *holds: str) -> list[int]:
    return [n for n, column in enumerate(table.columns) if column.holds in holds]


def _rates_for_counts(table: TableLayout, grid: Grid, rows: list[Row], ledger: Ledger) -> None:
    """Percentages in the place of counts: a table in ％, or a row for the total that is each grade's share."""
    graded = _columns(table, "grade")
    said = [line for line in grid.over[-_NEAR:] if _ONLY_RATES.search(squeezed(line.key))]
    said += [grid.first for n in graded if _RATE_OVER_A_GRADE.search(squeezed(grid.headings[n]))]
    if said:
        ledger.fault(said[0], "割合の表で、件数ではありません。件数の表のある資料を指定してください")
    shares = [row for row in rows if row.what == "policy" and _is_hundred(row, graded)]
    if len(shares) > 1 and len(shares) == sum(row.what == "policy" for row in rows):
        ledger.fault(
            shares[0].name, "どの行も計が100で、件数でなく割合とみられます。件数の表のある資料を指定してください"
        )
    sums = [sum(int(count(row.cells[n]) or 0) for row in rows if row.what == "policy") for n in graded]
    for row in rows:
        own = [int(count(row.cells[n]) or 0) for n in graded]
        if row.what != "total" or own == sums or sum(sums) in {0, sum(own)}:
            continue
        if all(abs(one - Fraction(100 * whole, sum(sums))) <= 1 for one, whole in zip(own, sums, strict=True)):
            says = f"「{quoted(row.name.words)}」の行は件数の合計でなく、評価ごとの割合とみられます"
            ledger.fault(row.name, f"{says}。件数の合計の行に、{ORIGINAL}")


def _far_from_the_total(table: TableLayout, rows: list[Row], ledger: Ledger) -> None:
    """A total far from the sum of its rows: no misprint, but rows or a total of something else."""
    for n in _columns(table, "expected", "actual", "rated"):
        whole = sum(number_in(row.cells[n]) or 0 for row in rows if row.what == "policy")
        for row in rows:
            total = number_in(row.cells[n]) if row.what == "total" else None
            if not total or total < 0 or whole <= 0 or abs(total - whole) <= _FEW:
                continue
            if max(total, whole) > _MOST_TIMES * min(total, whole):
                says = f"合計の{quoted(row.cells[n].words)}と、行の和の{_shown(whole)}が離れすぎています"
                ledger.fault(row.cells[n], f"{says}。合計か行に、別の年度・割合・内訳が混じっていないか、{ORIGINAL}")


def _shown(number: Fraction) -> str:
    return f"{int(number):,}" if number.denominator == 1 else f"{float(number):,}"


def _is_hundred(row: Row, graded: list[int]) -> bool:
    return abs(sum(int(count(row.cells[n]) or 0) for n in graded) - 100) <= 1


def _rates_for_amounts(table: TableLayout, rows: list[Row], ledger: Ledger) -> None:
    """A row for the total that is 100, of amounts that come to something else."""
    for n in _columns(table, "expected", "actual"):
        whole = sum(number_in(row.cells[n]) or 0 for row in rows if row.what == "policy")
        for row in rows:
            is_rounded = abs(whole - 100) <= len(rows)
            if row.what == "total" and number_in(row.cells[n]) == 100 and whole and not is_rounded:  # noqa: PLR2004 — percent
                says = f"合計が100ですが、行の和は{_shown(whole)}です。割合の行とみられます"
                ledger.fault(row.cells[n], f"{says}。金額の合計の行に、{ORIGINAL}")


def _parentheses(table: TableLayout, rows: list[Row], ledger: Ledger) -> None:
    """A number in parentheses among others without, or where ( ) is said to be below zero."""
    says_minus = any(re.search(r"\(\)[はが内]*?(?:マイナス|負)", line.key) for line in passages(ledger.document))
    for n in _columns(table, "expected", "actual"):
        cells = [row.cells[n] for row in rows if row.what == "policy" and row.cells[n].key not in NO_AMOUNT]
        inside = [cell for cell in cells if re.fullmatch(r"\(.*\)", cell.key)]
        for cell in inside if len(inside) < len(cells) or says_minus else []:
            says = (
                "（ ）の付いた金額が、負の値か、内数か、金額そのものかが読み取れません。負の値なら△を付け、ほかは外して"
            )
            ledger.fault(cell, f"{says}、{ORIGINAL}")


def _slip_against_words(table: TableLayout, rows: list[Row], ledger: Ledger) -> None:
    """A total or a policy's amount that is a thousand times, or a thousandth of, an effect that a sentence says with its unit."""
    said = [(yen, line) for line in passages(ledger.document) if len(line.places) == 1 for yen in _yen_said(line)]
    for n in _columns(table, "expected", "actual"):
        for row in rows:
            yen = _yen(row.cells[n], table.unit) if row.what in {"total", "policy"} else None
            if not yen or any(_are_alike(one, yen) for one, _ in said):
                continue
            is_same = _are_alike if row.what == "total" else _have_its_digits
            if line := next((line for one, line in said if any(is_same(one * slip, yen) for slip in _SLIPS)), None):
                says = (
                    f"「{quoted(row.cells[n].words)}」（{table.unit}）は、{line.where}に書かれた金額と桁だけが違います"
                )
                ledger.fault(row.cells[n], f"{says}。単位を、{ORIGINAL}")


def _are_alike(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= abs(other) * _AS_GOOD_AS_EQUAL


def _have_its_digits(one: Fraction, other: Fraction) -> bool:
    return one == other and len(str(other).strip("-0")) >= _DIGITS


def _yen(cell: Passage, unit: str) -> Fraction | None:
    found = amounts(cell)
    in_cell = found[0][1] if found else ""
    return Fraction(found[0][0]) * UNITS_IN_YEN[in_cell or unit] if found and (in_cell or unit != IN_CELLS) else None


def _yen_said(line: Passage) -> Iterator[Fraction]:
    """The amounts that a line says of an effect, but for round ones such as 10万円, which meet others by chance."""
    for hit in _AMOUNT.finditer(line.key) if re.search("効果|合計|総額|見込|実績", line.key) else ():
        printed = amounts_of(hit[0])
        if printed and len(printed[0].replace(".", "").strip("0-")) > 1:
            yield Fraction(printed[0]) * UNITS_IN_YEN[printed[1]]
