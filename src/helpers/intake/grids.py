"""Tables of a document as grids: the words over each column, the rows below them, and what stands around.

A heading may have several rows (評価 over S A B C); its words are joined from the top. A row of units within the table is
part of its heading.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby

from helpers.intake.passage import Passage, passages
from helpers.received import Document
from helpers.terms import UNITS_IN_YEN, without_years, years_named
from helpers.terms.folded import fold, squeezed

TOTALS = (
    *("合計", "計", "総計", "総合計", "全体", "総数", "件数", "取組数", "項目数", "事業数", "施策数", "取組件数"),
    *("取組項目数", "推進項目数", "実施項目数", "評価件数"),
)
NO_AMOUNT = {"", "-", "ー", "―", "…", "...", "・", "*"}
_SUBTOTALS = {"小計", "計"}
_NO_NUMBER = NO_AMOUNT | {"皆減", "皆増"}
_FIGURE = r"[△▲-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_UNITS = "|".join(sorted(UNITS_IN_YEN, key=len, reverse=True))
_IN_WORDS = re.compile(
    r"(?P<sign>[△▲-]?)(?:(?P<oku>[0-9,]+)億)?(?:(?P<man>[0-9,]+(?:\.[0-9]+)?)万)?(?P<yen>[0-9,]+)?円"
)
# An amount with its unit within a sentence: 6億1760万円, 7,000百万円.
AMOUNT_IN_WORDS = r"(?:[0-9,]+億)?(?:[0-9,]+(?:\.[0-9]+)?万)?[0-9,]*円|[0-9,]+(?:\.[0-9]+)?(?:億|百万|千)円"
_UNIT_ALONE = re.compile(rf"\(?(?:(?:単位|金額)[::は]?)?(?:{_UNITS}|件|%|項目)(?:[、,・](?:{_UNITS}|件|%|項目))*\)?")
_MARK = re.compile(
    r"(?:基本)?(?:方針|項目|柱|目標|分野|視点|施策)?\s*(?:\(?(?P<number>[0-9]{1,3})\)?|(?P<roman>[IVX]{1,4}))(?:\s*[.:)、,](?![./])|\s+|(?=[^0-9A-Za-z\s]))\s*"
)
_A_DATE = re.compile(
    r"\(?(?:[^\s0-9]{2}|[RH])?(?:[0-9]{1,4}|元)[年./-][0-9]{1,2}[月./-](?:[0-9]{1,2}日?)?(?:現在|時点|公表|作成|更新)?\)?"
)
# What a row above a table says of the document: 計画期間, 令和5年度～令和9年度.
_ABOUT = re.compile("期間|作成|公表|発行|報告年度|対象年度|所管|担当課|問い?合")
_MOST_TIMES = 10  # a rate without a sign above it is one in percent
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}


@dataclass
class Grid:
    """A table of the document.

    Attributes:
        headings: Over each column, the words of its heading's rows.
        rows: Below the heading, each as cells from the left.
        over: The passages above it, up to the table before; the nearest last.
        below: The passages up to the next table.
        said: The words of all passages of the document, each folded and without blanks.
    """

    headings: list[str]
    head: list[list[Passage]]
    rows: list[list[Passage]]
    over: list[Passage] = field(default_factory=list)
    below: list[Passage] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _told_apart: dict[int, list["Row"]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def first(self) -> Passage:
        """Where it begins."""
        return (self.head or self.rows)[0][0]

    def turned(self) -> "Grid":
        """The same table with its columns as rows, where grades stand one below the other; columns of percentages are left out."""
        if not self.head:
            return self
        kept = [
            n for n in range(1, len(self.headings)) if not all(percent(cell) for cell in self.column(n) if cell.text)
        ]
        first = [self.head[-1][0], *self.column(0)]
        rows = [[self.head[-1][n], *self.column(n)] for n in kept]
        return Grid([cell.words for cell in first], [first], rows, self.over, self.below, self.said)

    def of_year(self, fiscal_year: int) -> "Grid":
        """The same table where its rows are years: that of the year asked for alone, which is then the whole plan's."""
        years = [_year_alone(row[0]) for row in self.rows]
        if years.count(fiscal_year) != 1:
            return self
        return replace(self, rows=[self.rows[years.index(fiscal_year)]])

    def column(self, at: int) -> list[Passage]:
        """The cells below one heading, the leftmost 0."""
        return [row[at] for row in self.rows]


def grids(document: Document) -> list[Grid]:
    """The tables of a document, in their order."""
    found: list[Grid] = []
    waiting: list[Passage] = []
    all_lines = passages(document)
    for is_table, run in groupby(all_lines, key=lambda line: len(line.places) > 1):
        lines = list(run)
        if not is_table:
            said = [line[:] for line in lines if line.text.strip()]
            waiting = said or waiting
            if found and said:
                found[-1].below = said
            continue
        for rows in _tables(lines):
            is_text = rows[0][0].places[0].startswith("L") and "!" not in rows[0][0].places[0]
            if is_text and len(rows) == 1 and not any(is_number(cell) for cell in rows[0]):
                waiting = [*waiting, *(cell for cell in rows[0] if cell.text)]  # a line with a tab in it
                continue
            grid = _grid(rows, waiting)
            is_next = found and not grid.head and not found[-1].below  # nothing is said between the two
            if is_next and (rest := _rest_of(found[-1], grid)):
                found[-1].rows += rest
            else:
                found.append(grid)
    said = [line.key for line in all_lines if len(line.places) == 1 and line.key]
    return [replace(grid, said=said) for grid in found]


def _rest_of(table: Grid, grid: Grid) -> list[list[Passage]]:
    """The rows of a grid without a heading as those of the table above it; nothing where its columns are others."""
    sheet, columns = _columns(table.head[-1] if table.head else table.rows[0])
    own_sheet, own = _columns(grid.rows[0])
    if sheet != own_sheet or (not sheet and len(own) != len(columns)):
        return []
    if not sheet or own == columns:
        return grid.rows
    if not table.rows and {*columns} < {*own}:  # the heading of merged cells begins further right
        table.headings = [dict(zip(columns, table.headings, strict=True)).get(column, "") for column in own]
        table.head = [_at(own, columns, row) for row in table.head]
        return grid.rows
    return [_at(columns, own, row) for row in grid.rows] if {*own} <= {*columns} else []


def _at(columns: list[str], own: list[str], row: list[Passage]) -> list[Passage]:
    """The cells of a row under other columns, blank where it has none."""
    cells = dict(zip(own, row, strict=True))
    return [cells.get(column, row[0][:0]) for column in columns]


def _columns(row: list[Passage]) -> tuple[str, list[str]]:
    """The sheet of a row and the columns of its cells: 概要 and C of 概要!C5; no sheet in other formats."""
    found = [re.fullmatch("(.*)!([A-Z]+)[0-9]+", cell.locator) for cell in row]
    if not all(found):
        return "", [""] * len(row)
    return found[0][1], [one[2] for one in found]


def _tables(lines: list[Passage]) -> Iterator[list[list[Passage]]]:
    """Rows that follow one another with as many cells, each run a table."""
    for _, run in groupby((line.cells() for line in lines if line.text.strip()), key=len):
        yield list(run)


def _grid(rows: list[list[Passage]], over: list[Passage]) -> Grid:
    captions = 0
    while captions < len(rows) - 1 and _is_caption(rows[captions]):
        captions += 1
    over = [*over, *(cell for row in rows[:captions] for cell in row if cell.text)]
    rows = rows[captions:]
    top = 0
    while top < len(rows) and (_is_heading(rows[top]) or _is_scale(rows[top], is_first=top == 0)):
        last = [cell for cell in rows[top] if cell.text]
        is_whole = top and all(cell.text for cell in rows[top - 1])
        if is_whole and not any(cell.text for cell in rows[top][2:]) and not any(map(_is_unit, last)):
            break  # below a whole heading, words in the first two columns alone are the name of a group
        top += 1
    headings = [
        " ".join(dict.fromkeys(words for row in range(top) if (words := _heading(rows[:top], row, column))))
        for column in range(len(rows[0]))
    ]
    return Grid(headings, rows[:top], rows[top:], over)


def _is_caption(row: list[Passage]) -> bool:
    """Whether a row is words alone, or words and at its end the unit or a date: 令和3年度, 単位：百万円."""
    is_about = bool(_ABOUT.search(row[0].key)) and not any(cell.text for cell in row[2:])
    is_apart = all(_is_unit(cell) or _A_DATE.fullmatch(cell.key) for cell in filter(_has_text, row[1:]))
    return bool(row[0].text) and not _is_unit(row[0]) and (is_about or is_apart)


def _has_text(cell: Passage) -> bool:
    return bool(cell.text)


def _stands_alone(row: list[Passage]) -> bool:
    return bool(row[0].text) and not any(cell.text for cell in row[1:])


def _is_unit(cell: Passage) -> bool:
    return bool(_UNIT_ALONE.fullmatch(cell.key))


def _is_heading(row: list[Passage]) -> bool:
    """Whether a row holds no number and is not the name of a group of rows: (単位：百万円) and 評価 S A B C are headings."""
    return not any(is_number(cell) for cell in row[1:]) and (not _stands_alone(row) or _is_unit(row[0]))


def _is_scale(row: list[Passage], *, is_first: bool) -> bool:
    """Whether grades that are numbers head the columns: 5 4 3 2 1; below another row of the heading nothing stands before them."""
    if not is_first and row[0].text:
        return False
    steps = [int(cell.key) for cell in row[1:] if re.fullmatch("[0-9]", cell.key)]
    return len(steps) > 1 and steps in (sorted(set(steps)), sorted(set(steps), reverse=True)) and not is_total(row[0])


def _heading(rows: list[list[Passage]], at: int, column: int) -> str:
    """The words of one row of a heading over a column: of a cell merged over several, where a row below tells them apart."""
    is_apart = any(row[column].text and not _is_unit(row[column]) for row in rows[at + 1 :])
    left = column
    while is_apart and left > 0 and not rows[at][left].text:
        left -= 1
    return "" if _is_unit(rows[at][left]) else rows[at][left].words


def is_number(cell: Passage) -> bool:
    """Whether a cell holds a count, an amount, a rate or a mark for none."""
    return bool(amounts(cell)) or percent(cell) is not None or (cell.key[:1].isdigit() and count(cell) is not None)


def count(cell: Passage) -> str | None:
    """The measures that a cell counts: 12, 12件, － for none."""
    if cell.key in _NO_NUMBER:
        return "0"
    found = re.fullmatch(rf"\(?([0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:件|項目|事業)?\)?(?:\({_FIGURE}%\))?", cell.key)
    return str(int(found[1].replace(",", ""))) if found else None


def percent(cell: Passage) -> str | None:
    """The number of a printed rate: 117.7% → 117.7; nothing where it is none."""
    found = re.fullmatch(rf"\(?({_FIGURE})%\)?", cell.key)
    return _plain(found[1]) if found else None


def ratio(cell: Passage, heading: str) -> tuple[str, str] | None:
    """A printed rate and its unit: 117.7%, 117.7 under 達成率（％）, or 1.177 as a workbook keeps it (倍)."""
    if (number := percent(cell)) is not None:
        return number, "%"
    found = amounts(cell)
    if len(found) != 1 or found[0][1]:
        return None
    number = found[0][0]
    return number, "%" if "%" in fold(heading) or abs(float(number)) > _MOST_TIMES else "倍"


def amounts(cell: Passage) -> list[tuple[str, str, Passage]]:
    """The amounts of a cell, at most two, the second in parentheses: number, unit (empty where none is printed), words."""
    hits = re.fullmatch(r"\s*([^()]*?)\s*(?:\(([^()]+)\))?\s*", cell.text)
    if not hits:
        return []
    found = []
    for group in (1, 2):
        if not hits[group]:
            continue
        part = cell[hits.start(group) : hits.end(group)]
        read = _amount(part.key)
        if read is None:
            return []
        found.append((*read, part))
    return found


def number_in(cell: Passage) -> Fraction | None:
    """The first amount of a cell, without its unit; None where it holds none."""
    found = amounts(cell)
    return Fraction(found[0][0]) if found else None


def amounts_of(words: str) -> tuple[str, str] | None:
    """The number and unit of an amount in words; None where it has no unit."""
    found = amounts(Passage(1, words, tuple(words), 0, ("L1",)))
    return found[0][:2] if len(found) == 1 and found[0][1] else None


def _amount(words: str) -> tuple[str, str] | None:
    """A number and its unit: 6億379万円 is 60379 万円, 1,234 is 1234 without one."""
    if re.fullmatch(_FIGURE, words):
        return _plain(words), ""
    if found := re.fullmatch(rf"({_FIGURE})({_UNITS})", words):
        return _plain(found[1]), found[2]
    found = _IN_WORDS.fullmatch(words)
    if not found or not any((found["oku"], found["man"], found["yen"])):
        return None
    oku, man, yen = (_digits(found[name]) for name in ("oku", "man", "yen"))
    sign = "-" if found["sign"] else ""
    if found["yen"]:
        return (f"{sign}{int(oku) * 10**8 + int(float(man) * 10**4) + int(yen)}", "円")
    whole, point, rest = man.partition(".")
    return f"{sign}{int(oku) * 10**4 + int(whole)}{point}{rest}", "万円"


def _digits(words: str | None) -> str:
    return (words or "0").replace(",", "")


def _plain(words: str) -> str:
    number = words.replace(",", "").lstrip("△▲-")
    whole, point, rest = number.partition(".")
    is_negative = words[0] in "△▲-" and number.strip("0.")
    return f"{'-' if is_negative else ''}{int(whole)}{point}{rest}"


def is_total(label: Passage) -> bool:
    """Whether a row is the sum of all policies."""
    if re.search("前年|参考|再掲|うち", label.key):
        return False
    if _year_alone(label) is not None:
        return True
    return bool({re.sub(r"[\s()]", "", label.key), re.sub(r"\(.*?\)", "", label.key)} & {*TOTALS})


def _year_alone(cell: Passage) -> int | None:
    """The one fiscal year that a cell names and nothing else: 令和6年度."""
    years = {one.year for one in years_named(cell.text)}
    is_alone = len(years) == 1 and not without_years(cell.key).strip("年度()・/")
    return years.pop() if is_alone else None


def label(cell: Passage) -> tuple[str, Passage]:
    """The number a policy has in the document (empty where none), and its name: Ⅰ．健全な財政 is 1 and 健全な財政."""
    found = _MARK.match(cell.text)
    if not found or not cell[found.end() :].text:
        return "", cell
    number = found["number"] or str(_ROMAN.get(found["roman"], ""))
    return (str(int(number)), cell[found.end() :]) if number else ("", cell)


def units_said(words: Iterable[str]) -> set[str]:
    """The units that folded words name as those of amounts: （単位：百万円）, 計画額a（千円）."""
    found = set()
    for one in words:
        key = squeezed(fold(one))
        patterns = (
            rf"(?:単位|金額)[::は]?\(?(?:(?:件|%|項目|人)[、,・/])*({_UNITS})",
            rf"[(〔](?:(?:件|%|項目|人)[、,・/])*({_UNITS})(?:[、,・/](?:件|%|項目|人))*[)〕]",
            rf"^({_UNITS})$",
            rf"額[^。0-9(]{{0,6}}?({_UNITS})",
        )
        if hit := next(filter(None, (re.search(pattern, key) for pattern in patterns)), None):
            found.add(hit[1])
    return found


@dataclass(frozen=True)
class Row:
    """A row below the heading: a policy's, the `total`, or one that is not read (`subtotal`, `memo`, `group`).

    Attributes:
        number: Of the policy in the document; empty where it has none.
        name: What the row is called; a row whose first cell is merged with the one above is called as that is.
    """

    what: str
    number: str
    name: Passage
    cells: list[Passage]


def rows_of(grid: Grid, at: int) -> list[Row]:
    """The rows of a grid, told apart by the words in the column of names: once, since each column is then asked for its values."""
    if at not in grid._told_apart:  # noqa: SLF001 — of this module
        grid._told_apart[at] = _rows_of(grid, at)  # noqa: SLF001
    return grid._told_apart[at]  # noqa: SLF001


def _rows_of(grid: Grid, at: int) -> list[Row]:
    found: list[Row] = []
    beside_names = parts_at(grid, at)
    for cells in grid.rows:
        before = [cell for cell in cells[:at] if not cell.key.isdigit()]  # a number of a row is no name
        name = next((cell for cell in (cells[at], *before) if cell.text), cells[at])
        numbers = [cell for n, cell in enumerate(cells) if n != at and is_number(cell)]
        has_numbers = bool(numbers)
        if (
            beside_names is not None
            and not cells[at].text
            and is_total(cells[beside_names])
            and cells[beside_names].key not in _SUBTOTALS
        ):
            found.append(Row("total", "", cells[beside_names], cells))
        elif beside_names is not None and not is_total(name):
            found.append(_part(cells, at, beside_names, found))
        elif not name.text and found and has_numbers:
            found.append(Row(found[-1].what, found[-1].number, found[-1].name, cells))
        elif is_total(name):
            found.append(Row("total", "", name, cells))
        elif (has_numbers and all(percent(cell) for cell in numbers)) or re.match(
            r"※|\(?(?:うち|参考|再掲|注|前年度)|\(.*\)$", name.key
        ):
            found.append(Row("memo", "", name, cells))
        elif re.search("小計$|[^0-9]計$", name.key):
            found.append(Row("subtotal", "", name, cells))
        elif not has_numbers:
            found.append(Row("group", "", name, cells))
        else:
            number, rest = label(name)
            beside = cells[at - 1].key if at else ""  # a column of numbers of its own
            found.append(Row("policy", number or (beside if beside.isdigit() else ""), rest, cells))
    return _without_what_follows(_folded(found, at), at)


def _without_what_follows(rows: list[Row], at: int) -> list[Row]:
    """The same rows; those below a total that the rows before it add up to are no policies: 構成比, 増減率, 計画全体."""
    totals = [n for n, row in enumerate(rows) if row.what == "total"]
    before = [_figures(row, at) for row in rows[: totals[0]] if row.what == "policy"] if totals else []
    if len(totals) != 1 or not before or not _is_sum(_figures(rows[totals[0]], at), before):
        return rows
    return [replace(row, what="memo") if n > totals[0] and row.what == "policy" else row for n, row in enumerate(rows)]


def _folded(rows: list[Row], at: int) -> list[Row]:
    """The same rows, those below a row that is their sum taken as its parts: 1 歳入の増加 over (1) and (2).

    Only where every row is a sum or a part of one, and the sums make the total; else nothing is folded.
    """
    own = [n for n, row in enumerate(rows) if row.what == "policy"]
    values = {n: _figures(rows[n], at) for n in own}
    parts: set[int] = set()
    place = 0
    while place < len(own):
        parent, size = own[place], 0
        for size in range(2, len(own) - place):
            if _is_sum(values[parent], [values[n] for n in own[place + 1 : place + 1 + size]]):
                break
        else:
            size = 1 if place + 1 < len(own) and values[own[place + 1]] == values[parent] and any(values[parent]) else 0
        if not size:
            return rows
        parts |= {*own[place + 1 : place + 1 + size]}
        place += size + 1
    heads = [values[n] for n in own if n not in parts]
    totals = [_figures(row, at) for row in rows if row.what == "total"]
    if len(heads) < 2 or (totals and not _is_sum(totals[0], heads)):  # noqa: PLR2004 — one sum may be a chance
        return rows
    return [replace(row, what="memo") if n in parts else row for n, row in enumerate(rows)]


def _figures(row: Row, at: int) -> tuple[Fraction, ...]:
    """The amounts or counts of a row, percentages and words as 0."""
    found = []
    for n, cell in enumerate(row.cells):
        printed = amounts(cell) if n != at and percent(cell) is None else []
        found.append(Fraction(printed[0][0]) if printed else Fraction(0))
    return tuple(found)


def _is_sum(whole: tuple[Fraction, ...], parts: list[tuple[Fraction, ...]]) -> bool:
    """Whether the first amounts are the sum of the others; rates that a workbook keeps as 1.08 are no amounts, and are left out."""
    sums = [sum(column) for column in zip(*parts, strict=True)]
    pairs = [
        (one, total) for one, total in zip(whole, sums, strict=True) if one.denominator == 1 and total.denominator == 1
    ]
    return any(one for one, _ in pairs) and all(one == total for one, total in pairs)


def parts_at(grid: Grid, at: int) -> int | None:
    """The column of smaller items beside the names, one or two to the right, with a 小計 for more than one of them; else None."""
    for n in range(at + 1, min(at + 3, len(grid.headings))):
        if sum(cell.key in _SUBTOTALS for cell in grid.column(n)) > 1:
            return n
    return None


def _part(cells: list[Passage], at: int, beside: int, above: list[Row]) -> Row:
    """A policy's 小計, called as the policy is, or a row of one of its items, which is not read."""
    what = "policy" if cells[beside].key in _SUBTOTALS else "memo"
    if cells[at].text or not above:
        return Row(what, *label(cells[at]), cells)
    return Row(what, above[-1].number, above[-1].name, cells)
