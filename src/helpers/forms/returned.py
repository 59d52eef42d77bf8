"""A file that came back → its rows, each with the measure it answers; what cannot be told is a doubt with its place."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple, Protocol

import pandas as pd

from helpers.forms import grid, values
from helpers.forms.workbook import Asked, guide_extent
from helpers.terms import form as terms
from helpers.terms import quoted, wareki, years_named
from helpers.terms.folded import measure_id, squeezed
from helpers.terms.places import LOCATOR

# Names that differ by a word or two are one measure's; those of two measures of a plan seldom agree so far.
LEAST_ALIKE = 0.75
MOST_COMPARED = 100
# As many words beside the answers are told of one sheet.
MOST_BESIDE = 10
UNKNOWN, NOT_APPLICABLE = "unknown", "not_applicable"
OPEN, TOLD = "open", "told"
_TOTALS = {"合計", "計", "小計", "総計", "総合計"}
ASK_AGAIN = "記入し直して、送り直してもらう"


class Mark(Protocol):
    """What a workbook says of a cell or a sheet besides its values, as `received` gives it."""

    sheet: str
    cell: str
    kind: str
    words: str


class Doubt(NamedTuple):
    """A point to ask, or a reading that people should know: a row of `DOUBTS`."""

    weight: str
    kind: str
    department: str
    measure: str
    item: str
    place: str
    says: str
    ask: str


class Given(NamedTuple):
    """What one cell answers."""

    measure_id: str
    column: terms.Column
    read: values.Read
    typed: str
    file: str
    source_id: str
    locator: str
    round: int


@dataclass
class Returned:
    """A file that came back.

    Attributes:
        name: As it was received.
        source_id: Its id in the collection's sources.
        round: Which collecting brought it; a later one holds newer answers.
        sheets: Its sheets.
        marks: What it says besides its values.
        fiscal_year: Of the form, which its headings may name.
        about: What the hidden sheet says of the form.
        tables: The sheets with the headings of the form.
        others: The other sheets that people see.
    """

    name: str
    source_id: str
    round: int
    sheets: list[grid.Sheet]
    marks: list[Mark]
    fiscal_year: int
    about: dict[str, str] = field(init=False)
    tables: list[grid.Table] = field(init=False)
    others: list[grid.Sheet] = field(init=False)

    def __post_init__(self) -> None:
        hidden = next((one for one in self.sheets if one.name == terms.HIDDEN_SHEET), None)
        pairs = [row for row in hidden.rows if len(row) > 1] if hidden else []
        self.about = {str(row[0]): values.typed(row[1]) for row in pairs}
        found = {one.name: grid.under_headings(one, self.fiscal_year) for one in self.sheets if one is not hidden}
        self.tables = [table for table in found.values() if table]
        self.others = [one for one in self.sheets if one is not hidden and one.is_visible and not found[one.name]]

    def marked(self, sheet: str, cell: str) -> dict[str, str]:
        """What is said of a cell besides its value, by kind."""
        return self._by_cell.get((sheet, cell), {})

    @cached_property
    def _by_cell(self) -> dict[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for one in self.marks:
            found.setdefault((one.sheet, one.cell), {})[one.kind] = one.words
        return found


class Measures:
    """The measures asked, found by name or number."""

    def __init__(self, asked: Iterable[Mapping[str, str]]) -> None:
        self.rows = {row["measure_id"]: row for row in asked}
        self._by_number = {squeezed(row["number"]): one for one, row in self.rows.items()}
        self._compared = 0

    def found(self, number: str, name: str) -> tuple[str, str, bool]:
        """The measure of a row, what is odd about how it is named, and whether it is the measure beyond doubt.

        Returns:
            Id, sentence without a full stop, and whether the row may be taken; an empty id where there is none.
        """
        by_name = measure_id(name) if name and measure_id(name) in self.rows else ""
        by_number = self._by_number.get(squeezed(number), "") if number else ""
        if by_name:
            sent = self.rows[by_name]["number"]
            says = (
                f"番号が「{quoted(number)}」になっている（様式では {sent}）" if number and by_number != by_name else ""
            )
            return by_name, says, not (says and by_number)
        if by_number:
            asked = self.rows[by_number]["measure"]
            says = (
                f"取組の名称が「{quoted(name)}」になっている（様式では「{quoted(asked)}」）"
                if name
                else "取組の名称が消えている"
            )
            return by_number, says, not name or _is_alike(name, asked)
        # Comparing takes long: a list of thousands of other names is no form of ours.
        self._compared += bool(name)
        is_compared = name and self._compared <= MOST_COMPARED
        near = [one for one, row in self.rows.items() if _is_alike(name, row["measure"])] if is_compared else []
        if len(near) == 1:
            asked = self.rows[near[0]]["measure"]
            return near[0], f"取組の名称が「{quoted(name)}」になっている（様式では「{quoted(asked)}」）", False
        return "", "", False


def _is_alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, squeezed(one), squeezed(other)).ratio() >= LEAST_ALIKE


class Reader:
    """Reads files that came back in one stage; collects what was given and what is doubtful.

    Attributes:
        given: What cells answer, blank ones too.
        doubts: What is doubtful, as far as one file alone shows it.
        told: Measures, or cells of them, of which a doubt says already that they are not read.
    """

    def __init__(self, asked: pd.DataFrame, about: Asked) -> None:
        self.measures, self.about = Measures(asked.to_dict("records")), about
        self.columns = [column for column in terms.COLUMNS if about.stage in column.open_in]
        self.given: list[Given] = []
        self.doubts: list[Doubt] = []
        self._of_file: list[tuple[int, str]] = []
        self._reading: tuple[int, str] = (0, UNKNOWN)
        self.told: set[tuple[str, str]] = set()

    def read(self, file: Returned) -> None:
        """One file."""
        department = self._department(file)
        self._reading = file.round, department
        tables = []
        for table in file.tables:
            if says := self._other_form(file, table):
                where = f"{file.name} {table.sheet.name}".strip()
                ask = "今回の様式に記入して、送り直してもらう（前の年度や段階のシートなら、そのままでよい）"
                self._doubt(OPEN if len(file.tables) == 1 else TOLD, "other_form", department, where, says, ask)
            else:
                tables.append(table)
        if tables:
            self._tell_of_form(file, department)
        before = len(self.given)
        for table in tables:
            self._read_table(file, table, department)
        if tables:
            self._tell_of_marks(file, tables, department)
            self._tell_if_untouched(file, self.given[before:], department)

    def _tell_if_untouched(self, file: Returned, given: list[Given], department: str) -> None:
        """Says where a form holds nothing but what was sent: nobody may have looked at it."""
        filled = [one for one in given if one.read.value]
        sent = [self.measures.rows[one.measure_id].get(one.column.key, "") for one in filled]
        if filled and [one.read.value for one in filled] == sent:
            says = "様式に初めから入っていた値のまま、何も書き加えられていない"
            self._doubt(TOLD, "read_as", department, file.name, says, "確かめたうえでの回答かを聞く")

    def _doubt(
        self,
        weight: str,
        kind: str,
        department: str,
        place: str,
        says: str,
        ask: str,
        *,
        measure: str = NOT_APPLICABLE,
        item: str = NOT_APPLICABLE,
    ) -> None:
        self.doubts.append(Doubt(weight, kind, department, measure, item, place, says, ask))
        self._of_file.append(self._reading)

    def unresolved(self) -> list[Doubt]:
        """The doubts about files, but for those that a department has answered anew, all of it, in a later collecting."""
        needed = [column.key for column in self.columns if self.about.stage in column.needed_in]
        newest: dict[tuple[str, str], int] = {}
        for one in self.given:
            if one.read.value:
                cell = one.measure_id, one.column.key
                newest[cell] = max(one.round, newest.get(cell, 0))
        since: dict[str, int] = {}
        for one, row in self.measures.rows.items():
            last = min((newest.get((one, key), 0) for key in needed), default=0)
            since[row["department"]] = min(last, since.get(row["department"], last))
        of_file = zip(self.doubts, self._of_file, strict=True)
        return [doubt for doubt, (number, department) in of_file if since.get(department, 0) <= number]

    def _department(self, file: Returned) -> str:
        """Whose file it is: as the form says, or else the department of most of its measures."""
        known = {row["department"] for row in self.measures.rows.values()}
        if file.about.get("department") in known:
            return file.about["department"]
        rows = [row for table in file.tables for row in table.rows[:MOST_COMPARED]]
        found = [self.measures.rows[one]["department"] for row in rows if (one := self._measure(row)[0])]
        return max(found, key=found.count) if found else UNKNOWN

    def _measure(self, row: grid.Row) -> tuple[str, str, bool]:
        return self.measures.found(values.typed(row.value(terms.NUMBER)), values.typed(row.value(terms.MEASURE)))

    def _other_form(self, file: Returned, table: grid.Table) -> str:
        """What says that a table answers another plan, year or stage; empty where nothing does."""
        plan, year, stage = (file.about.get(name, "") for name in ("plan", "fiscal_year", "stage"))
        says = {
            f"別の計画（{quoted(plan)}）": plan != self.about.plan.id,
            wareki(int(year)) if re.fullmatch("[12][0-9]{3}", year) else quoted(year): year
            != str(self.about.fiscal_year),
            f"別の段階（{terms.STAGES.get(stage, quoted(stage))}）": stage != self.about.stage,
        }
        of_form = next((f"{what}の様式に記入されている" for what, is_other in says.items() if is_other), "")
        return (file.about and of_form) or self._other_above(table)

    def _other_above(self, table: grid.Table) -> str:
        """What the words above a table, and the name of its sheet, say of another plan, year or stage."""
        above = " ".join(values.typed(cell) for row in table.sheet.rows[: table.head] for cell in row)
        title = squeezed(above.split("回答期限")[0])
        years = {one.year for one in years_named(f"{table.sheet.name} {above.split('回答期限')[0]}")}
        stages = [one for one, name in terms.STAGES.items() if f"({name})" in title]
        if years and self.about.fiscal_year not in years:
            return f"表の上（かシートの名前）に{wareki(min(years))}とある"
        if stages and self.about.stage not in stages:
            return f"表の上に（{terms.STAGES[stages[0]]}）とある"
        if "進捗管理表" in title and squeezed(self.about.plan.full_name) not in title:
            return f"表の上に「{self.about.plan.full_name}」とない"
        return ""

    def _tell_of_form(self, file: Returned, department: str) -> None:
        if not file.about:
            says = "様式のしるし（隠れたシート）がない。番号と名称で読んだ"
            self._doubt(TOLD, "other_form", department, file.name, says, "別の年度や段階の様式でないか確かめる")
        elif file.about.get("form") != self.about.form:
            says = "前に送った様式に記入されている（そのあと取組の一覧が変わった）"
            self._doubt(TOLD, "other_form", department, file.name, says, "変わった取組の欄を確かめる")

    def _read_table(self, file: Returned, table: grid.Table, department: str) -> None:
        where = f"{file.name} {table.sheet.name}".strip()
        if terms.MEASURE not in table.columns:
            says = f"「{terms.MEASURE.heading}」の見出しがない。番号だけで読んだ"
            self._doubt(TOLD, "changed", department, where, says, "取組がずれていないか確かめる")
        rows = [row for row in table.rows if not _is_heading_or_total(row)]
        found = {row.at: self._measure(row) for row in rows}
        columns = self._columns(file, table, department, [row for row in rows if not found[row.at][0]])
        absent = [column for column in self.columns if column not in columns]
        for row in rows:
            one, odd, is_sure = found[row.at]
            if not is_sure:
                self._strange_row(file, row, columns, department, one, odd)
                continue
            asked = self.measures.rows[one]
            if odd:
                place = f"{file.name} {_place(row, terms.MEASURE)}"
                self._doubt(
                    TOLD,
                    "changed",
                    asked["department"],
                    place,
                    odd,
                    "取組が合っているか確かめる",
                    measure=asked["measure"],
                )
            self.told |= {(one, column.key) for column in absent}
            self._compare_fixed(row, asked, file)
            for column in columns:
                self._give(file, row, column, one)

    def _give(self, file: Returned, row: grid.Row, column: terms.Column, one: str) -> None:
        at, asked, place = row.table.columns[column][0], self.measures.rows[one], _place(row, column)
        about = {"measure": asked["measure"], "item": column.heading}
        block = row.table.merged_with(row.at, at)
        value, marked = row.value(column), file.marked(row.table.sheet.name, place.rpartition("!")[2])
        read = self._read_cell(value, column, row.table.unit(column))
        if block and block[0] != block[1]:
            read = values.Read(
                fault=f"「{column.heading}」のセルが、ほかのセルと結合されている。どこの答えか分からない"
            )
        elif fault := _spoiled(marked, values.typed(value)):
            read = values.Read(fault=fault)
        for says in _besides(marked):
            ask = "答えに関わることが書かれていないか見る"
            self._doubt(TOLD, "read_as", asked["department"], f"{file.name} {place}", says, ask, **about)
        self.given.append(Given(one, column, read, values.typed(value), file.name, file.source_id, place, file.round))

    def _read_cell(self, value: object, column: terms.Column, unit: str) -> values.Read:
        return {
            terms.TEXT: values.sentence if column == terms.WORDS else values.text,
            terms.REASON: values.reason,
            terms.GRADE: lambda cell: values.grade(cell, self.about.plan),
            terms.AMOUNT: lambda cell: values.amount(cell, unit),
        }[column.kind](value)

    def _columns(
        self, file: Returned, table: grid.Table, department: str, nameless: list[grid.Row]
    ) -> list[terms.Column]:
        """The columns that can be read; what is wrong with the others is told once."""
        where = f"{file.name} {table.sheet.name}".strip()
        shifted, sideways = _shifted(table, self.columns, nameless), _moved_sideways(table)
        found = []
        for column in self.columns:
            at = table.columns.get(column, [])
            units = table.units(column) if at and column.kind == terms.AMOUNT else [terms.UNIT]
            says, ask = "", "今回の様式に記入して、送り直してもらう"
            if not at:
                says = f"「{column.heading}」の欄がない"
            elif len(at) > 1:
                says, ask = (
                    f"「{column.heading}」の欄が{len(at)}つある。どちらの答えか分からない",
                    "欄を一つにして、送り直してもらう",
                )
            elif len(units) > 1:
                says, ask = (
                    f"見出し「{quoted(table.heading(column))}」の単位が一つに決まらない",
                    "どの単位で記入したかを聞く",
                )
            elif sideways:
                says = f"「{terms.WORDS.heading}」（{sideways} など）に、ほかの欄の答えが並んでいる（「{column.heading}」を読んでいない）"
                ask = "列がずれて貼られていないかを確かめて、送り直してもらう"
            elif column in shifted:
                says = f"取組のない行（{shifted[column]}）にも答えがある。1行ずつずれて貼られていないか（「{column.heading}」を読んでいない）"
                ask = "取組ごとの答えを確かめて、送り直してもらう"
            if says:
                weight = TOLD if not at and self.about.stage not in column.needed_in else OPEN
                self._doubt(weight, "changed", department, where, says, ask, item=column.heading)
                continue
            found.append(column)
            if units != [terms.UNIT]:
                says = f"見出しが「{quoted(table.heading(column))}」なので、{units[0]}として読んだ"
                self._doubt(
                    TOLD, "read_as", department, where, says, f"{units[0]}で記入したのか確かめる", item=column.heading
                )
        return found

    def _strange_row(
        self, file: Returned, row: grid.Row, columns: list[terms.Column], department: str, one: str, odd: str
    ) -> None:
        """A row that is no measure's beyond doubt."""
        number, name = values.typed(row.value(terms.NUMBER)), values.typed(row.value(terms.MEASURE))
        answers = [column for column in columns if values.typed(row.value(column))]
        place = f"{file.name} {_place(row, terms.MEASURE if name else terms.NUMBER)}"
        if one:
            self.told.add((one, ""))
            measure = self.measures.rows[one]["measure"]
            says = f"{odd}。番号と名称のどちらが正しいか分からない"
            self._doubt(OPEN, "unknown_row", department, place, says, "どの取組の答えかを聞く", measure=measure)
        elif name or number:
            says = f"様式にない行「{quoted(name or number)}」がある"
            ask = "どの取組の答えかを聞く。新しい取組なら、一覧に加えて様式を作り直す"
            self._doubt(OPEN if answers else TOLD, "unknown_row", department, place, says, ask)
        else:
            cells = [(number, cell) for number, cell in enumerate(row.table.sheet.rows[row.at]) if values.typed(cell)]
            words = "、".join(f"「{quoted(values.typed(cell))}」" for _, cell in cells[:3])
            where = row.table.address(row.at, cells[0][0])
            says = f"取組のない行に{words}とある。読んでいない"
            self._doubt(
                TOLD, "unknown_row", department, f"{file.name} {where}", says, "答えに関わることが書かれていないか見る"
            )

    def _compare_fixed(self, row: grid.Row, asked: Mapping[str, str], file: Returned) -> None:
        """Cells that were locked and say another thing than was sent: a department, an amount, a target."""
        for column in (terms.DEPARTMENT, terms.EXPECTED, terms.BEFORE, terms.INDICATOR, terms.TARGET):
            if column not in row.table.columns or column in self.columns:
                continue
            words, sent = values.typed(row.value(column)), asked[column.key]
            read = values.amount(row.value(column), row.table.unit(column)).value if column.kind == terms.AMOUNT else ""
            was = "" if sent in {"not_registered", "not_stated"} else sent
            was = "対象外" if was == values.NOT_APPLICABLE else was
            read = "対象外" if read == values.NOT_APPLICABLE else read
            if squeezed(read or words) == squeezed(was) or (column == terms.DEPARTMENT and not words):
                continue
            says = f"「{column.heading}」が「{quoted(words) or '空欄'}」に変わっている（様式では {quoted(was) or '空欄'}）。様式の値を使った"
            ask = "改めるのなら、取組の一覧を直して様式を作り直す"
            place = f"{file.name} {_place(row, column)}"
            about = {"measure": asked["measure"], "item": column.heading}
            self._doubt(TOLD, "changed", asked["department"], place, says, ask, **about)

    def _tell_of_marks(self, file: Returned, tables: list[grid.Table], department: str) -> None:
        """What stands beside the answers: in columns without a heading, above the table, on other sheets, in drawings."""
        look = "答えに関わることが書かれていないか見る"
        answered = self._answered_cells(tables)
        for where, words in self._beside(file, tables):
            self._doubt(
                TOLD,
                "changed",
                department,
                f"{file.name} {where}".strip(),
                f"「{quoted(words)}」とある。読んでいない",
                look,
            )
        for one in file.marks:
            if one.kind == "drawing":
                says = (
                    f"図形がある（「{quoted(one.words)}」）。読んでいない"
                    if one.words
                    else "図形か画像がある。読んでいない"
                )
                self._doubt(TOLD, "changed", department, f"{file.name} {one.sheet}", says, look)
            elif one.kind == "comment" and f"{one.sheet}!{one.cell}" not in answered:
                says = f"コメント「{quoted(one.words)}」がある"
                self._doubt(TOLD, "changed", department, f"{file.name} {one.sheet}!{one.cell}", says, look)
        if not file.name.lower().endswith((".xlsx", ".xlsm", ".csv", ".txt", ".tsv")):
            says = "この形式では、取消線・コメント・図形を読めない"
            self._doubt(TOLD, "read_as", department, file.name, says, "開いて、答えに関わる書き込みがないか見る")

    def _answered_cells(self, tables: list[grid.Table]) -> set[str]:
        """The cells that are read: what is marked there is told with the answer."""
        return {
            _place(row, column)
            for table in tables
            for row in table.rows
            if self._measure(row)[2]
            for column in self.columns
            if column in table.columns
        }

    def _beside(self, file: Returned, tables: list[grid.Table]) -> Iterator[tuple[str, str]]:
        """Places and words outside what the form asks, some of each sheet."""
        for table in tables:
            named = {at for of in table.columns.values() for at in of}
            found = [
                (table.address(at, number), values.typed(cell))
                for at, cells in enumerate(table.sheet.rows)
                for number, cell in enumerate(cells)
                if values.typed(cell)
                and (
                    (at > table.head and number not in named) or (at < table.head and not _is_ours(values.typed(cell)))
                )
            ]
            yield from found[:MOST_BESIDE]
        rows, columns = guide_extent(self.about)
        for sheet in file.others:
            is_guide = sheet.name == terms.GUIDE_SHEET
            found = [
                (grid.address(sheet.name, at, number), values.typed(cell))
                for at, cells in enumerate(sheet.rows)
                for number, cell in enumerate(cells)
                if values.typed(cell) and not (is_guide and at < rows and number < columns)
            ]
            yield from found[: MOST_BESIDE if is_guide else 1]


def _spoiled(marked: Mapping[str, str], words: str) -> str:
    """Why what stands in a cell is no answer; empty where it may be one."""
    if "strike" in marked:
        return f"「{quoted(words)}」に取消線がある"
    if "error" in marked:
        return f"エラー（{quoted(marked['error']) or '値がない'}）になっている"
    return "計算式だけで、値が保存されていない" if marked.get("formula") == "no value" else ""


def _besides(marked: Mapping[str, str]) -> list[str]:
    """What should be known of a cell besides its value."""
    said = {
        "comment": "コメント「{words}」が付いている",
        "formula": "計算式の値を読んだ",
        "format": "表示形式（{words}）により、見えているものと値が違うことがある。値を読んだ",
    }
    return [
        says.format(words=quoted(marked[kind]))
        for kind, says in said.items()
        if kind in marked and marked[kind] != "no value"
    ]


def _is_ours(words: str) -> bool:
    """Whether words above the table are those of the form."""
    return "進捗管理表" in words or words.endswith(f"書き方は「{terms.GUIDE_SHEET}」のシートにあります。")


def _is_named(row: grid.Row) -> bool:
    return bool(values.typed(row.value(terms.NUMBER)) or values.typed(row.value(terms.MEASURE)))


def _is_heading_or_total(row: grid.Row) -> bool:
    number, name = squeezed(values.typed(row.value(terms.NUMBER))), squeezed(values.typed(row.value(terms.MEASURE)))
    is_heading = {number, name} <= {"", squeezed(terms.NUMBER.heading), squeezed(terms.MEASURE.heading)} and (
        number or name
    )
    return bool(is_heading) or name in _TOTALS or number in _TOTALS


def _shifted(table: grid.Table, columns: list[terms.Column], nameless: list[grid.Row]) -> dict[terms.Column, str]:
    """Columns whose answers go on where no measure stands, with the place: all of them, once two are."""
    found = {}
    for column in columns:
        rows = [row for row in nameless if not _is_named(row) and values.typed(row.value(column))]
        if rows and not _is_sum(rows, table, column):
            found[column] = _place(rows[0], column)
    return dict.fromkeys(columns, next(iter(found.values()))) if len(found) > 1 else found


def _moved_sideways(table: grid.Table) -> str:
    """Where the column of words holds what belongs into its neighbours, in two rows or more; empty where it does not."""
    rows = [row for row in table.rows if not _is_heading_or_total(row)] if terms.WORDS in table.columns else []
    found = [row for row in rows if values.looks_like_another(values.typed(row.value(terms.WORDS)))]
    return _place(found[0], terms.WORDS) if len(found) > 1 else ""


def _is_sum(rows: list[grid.Row], table: grid.Table, column: terms.Column) -> bool:
    """Whether what stands in one row without a measure is the sum of the amounts above it."""
    if column.kind != terms.AMOUNT or len(rows) != 1:
        return False
    above = [row for row in table.rows if row.at < rows[0].at]
    amounts = [values.amount(row.value(column)).value for row in above]
    total = sum(int(one) for one in amounts if one and one != values.NOT_APPLICABLE)
    return values.amount(rows[0].value(column)).value == str(total)


def _place(row: grid.Row, column: terms.Column) -> str:
    """A cell's place; counted by lines where the sheet's name is none that a place may hold."""
    place = row.place(column)
    if re.fullmatch(LOCATOR, place):
        return place
    at = row.table.columns.get(column, [0])[0]
    return grid.address("", row.at, at)
