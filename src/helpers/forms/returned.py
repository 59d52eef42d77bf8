"""A file that came back → its rows, each with the measure it answers; what cannot be told is a doubt with its place."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from helpers.forms import grid, values
from helpers.terms import form as terms
from helpers.terms import quoted, wareki, years_named
from helpers.terms.folded import measure_id, squeezed
from helpers.terms.places import LOCATOR

# Names that differ by a word or two are one measure's; those of two measures of a plan seldom agree so far.
LEAST_ALIKE = 0.75
UNKNOWN, NOT_APPLICABLE = "unknown", "not_applicable"
OPEN, TOLD = "open", "told"
_TOTALS = {"合計", "計", "小計", "総計", "総合計"}
ASK_AGAIN = "記入し直して、送り直してもらう"


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
    """What one cell answers.

    Attributes:
        is_open: Whether it is a cell that a department could answer in this stage.
    """

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
    """

    name: str
    source_id: str
    round: int
    sheets: Iterable[grid.Sheet]
    about: dict[str, str] = field(init=False)
    tables: list[grid.Table] = field(init=False)

    def __post_init__(self) -> None:
        sheets = list(self.sheets)
        hidden = next((one for one in sheets if one.name == terms.HIDDEN_SHEET), None)
        pairs = [row for row in hidden.rows if len(row) > 1] if hidden else []
        self.about = {str(row[0]): values.typed(row[1]) for row in pairs}
        self.tables = [table for one in sheets if one is not hidden and (table := grid.under_headings(one))]


class Measures:
    """The measures asked, found by name or number."""

    def __init__(self, asked: Iterable[Mapping[str, str]]) -> None:
        self.rows = {row["measure_id"]: row for row in asked}
        self._by_number = {squeezed(row["number"]): one for one, row in self.rows.items()}

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
        near = [one for one, row in self.rows.items() if name and _is_alike(name, row["measure"])]
        if len(near) == 1:
            asked = self.rows[near[0]]["measure"]
            return near[0], f"取組の名称が「{quoted(name)}」になっている（様式では「{quoted(asked)}」）", False
        return "", "", False


def _is_alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, squeezed(one), squeezed(other)).ratio() >= LEAST_ALIKE


class Reader:
    """Reads files that came back in one stage; collects what was given and what is doubtful."""

    def __init__(self, measures: Measures, *, plan: object, fiscal_year: int, stage: str, form: str) -> None:
        self.measures, self.plan, self.fiscal_year, self.stage, self.form = measures, plan, fiscal_year, stage, form
        self.columns = [column for column in terms.COLUMNS if stage in column.open_in]
        self.given: list[Given] = []
        self.doubts: list[Doubt] = []
        self.rows: dict[tuple[str, str], set[str]] = {}

    def read(self, file: Returned) -> None:
        """One file."""
        department = self._department(file)
        if not file.tables:
            says = f"{terms.ANSWERS_SHEET}の見出し（番号・取組・評価など）のある表がない"
            self._doubt(
                OPEN,
                "unreadable",
                department,
                file.name,
                says,
                "様式に記入したファイルを送ってもらう。回答でなければ、フォルダーから除く",
            )
            return
        if says := self._other_form(file):
            self._doubt(OPEN, "other_form", department, file.name, says, "今回の様式に記入して、送り直してもらう")
            return
        if not file.about:
            self._doubt(
                TOLD,
                "other_form",
                department,
                file.name,
                "様式のしるし（隠れたシート）がない。番号と名称で読んだ",
                "別の年度や段階の様式でないか確かめる",
            )
        elif file.about.get("form") != self.form:
            self._doubt(
                TOLD,
                "other_form",
                department,
                file.name,
                "前に送った様式に記入されている（そのあと取組の一覧が変わった）",
                "変わった取組の欄を確かめる",
            )
        for table in file.tables:
            self._read_table(file, table, department)

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

    def _department(self, file: Returned) -> str:
        """Whose file it is: as the form says, or else the department of most of its measures."""
        known = {row["department"] for row in self.measures.rows.values()}
        if file.about.get("department") in known:
            return file.about["department"]
        found = [
            self.measures.rows[one]["department"]
            for table in file.tables
            for row in table.rows
            if (one := self._measure(row)[0])
        ]
        return max(found, key=found.count) if found else UNKNOWN

    def _measure(self, row: grid.Row) -> tuple[str, str, bool]:
        return self.measures.found(values.typed(row.value(terms.NUMBER)), values.typed(row.value(terms.MEASURE)))

    def _other_form(self, file: Returned) -> str:
        """What says that the file answers another plan, year or stage; empty where nothing does."""
        about = file.about
        if not about:
            return next(filter(None, map(self._other_above, file.tables)), "")
        plan, year, stage = (about.get(name, "") for name in ("plan", "fiscal_year", "stage"))
        says = {
            f"別の計画（{quoted(plan)}）": plan != self.plan.id,
            wareki(int(year)) if re.fullmatch("[12][0-9]{3}", year) else quoted(year): year != str(self.fiscal_year),
            f"別の段階（{terms.STAGES.get(stage, quoted(stage))}）": stage != self.stage,
        }
        return next((f"{what}の様式に記入されている" for what, is_other in says.items() if is_other), "")

    def _other_above(self, table: grid.Table) -> str:
        """What the words above a table say of another year or stage."""
        above = " ".join(values.typed(cell) for row in table.sheet.rows[: table.head] for cell in row)
        years = {one.year for one in years_named(above)}
        stages = [one for one, name in terms.STAGES.items() if f"({name})" in squeezed(above)]
        if years and self.fiscal_year not in years:
            return f"表の上に{wareki(min(years))}とある"
        if stages and self.stage not in stages:
            return f"表の上に（{terms.STAGES[stages[0]]}）とある"
        return ""

    def _read_table(self, file: Returned, table: grid.Table, department: str) -> None:
        columns = self._columns(file, table, department)
        merged: set[tuple[int, int]] = set()
        for row in table.rows:
            number, name = values.typed(row.value(terms.NUMBER)), values.typed(row.value(terms.MEASURE))
            if squeezed(name) in _TOTALS or squeezed(number) in _TOTALS:
                continue
            answers = {column: row.value(column) for column in columns if values.typed(row.value(column))}
            one, odd, is_sure = self.measures.found(number, name)
            place = f"{file.name} {_place(row, terms.MEASURE)}"
            if not is_sure:
                self._strange_row((number, name), answers, department, place, odd)
                continue
            self.rows.setdefault((file.source_id, department), set()).add(one)
            asked = self.measures.rows[one]
            if odd:
                self._doubt(
                    TOLD,
                    "changed",
                    asked["department"],
                    place,
                    odd,
                    "取組が合っているか確かめる",
                    measure=asked["measure"],
                )
            self._compare_fixed(row, asked, file)
            for column in columns:
                block = table.merged_with(row.at, table.columns[column][0])
                if block:
                    if (block[0], table.columns[column][0]) not in merged:
                        merged.add((block[0], table.columns[column][0]))
                        says = f"「{column.heading}」が{block[1] - block[0] + 1}行にわたって結合されている。どの取組の答えか分からない"
                        self._doubt(
                            OPEN,
                            "unreadable",
                            asked["department"],
                            f"{file.name} {_place(row, column)}",
                            says,
                            "結合を解いて、取組ごとに記入してもらう",
                            measure=asked["measure"],
                            item=column.heading,
                        )
                    continue
                self._give(file, row, column, one)

    def _give(self, file: Returned, row: grid.Row, column: terms.Column, one: str) -> None:
        value = row.value(column)
        read = {
            terms.TEXT: values.text,
            terms.REASON: values.reason,
            terms.GRADE: lambda cell: values.grade(cell, self.plan),
            terms.AMOUNT: lambda cell: values.amount(cell, row.table.unit(column)),
        }[column.kind](value)
        self.given.append(
            Given(one, column, read, values.typed(value), file.name, file.source_id, _place(row, column), file.round)
        )

    def _columns(self, file: Returned, table: grid.Table, department: str) -> list[terms.Column]:
        """The columns that can be read; what is wrong with the others is told once."""
        found = []
        where = file.name if not table.sheet.name else f"{file.name} {table.sheet.name}"
        for column in self.columns:
            at = table.columns.get(column, [])
            if len(at) > 1:
                says = f"「{column.heading}」の欄が{len(at)}つある。どちらの答えか分からない"
                self._doubt(
                    OPEN, "changed", department, where, says, "欄を一つにして、送り直してもらう", item=column.heading
                )
            elif not at and self.stage in column.needed_in:
                self._doubt(
                    OPEN,
                    "changed",
                    department,
                    where,
                    f"「{column.heading}」の欄がない",
                    "今回の様式に記入して、送り直してもらう",
                    item=column.heading,
                )
            elif at:
                found.append(column)
                if column.kind == terms.AMOUNT and table.unit(column) != terms.UNIT:
                    says = f"見出しが「{quoted(table.heading(column))}」なので、{table.unit(column)}として読んだ"
                    self._doubt(
                        TOLD,
                        "read_as",
                        department,
                        where,
                        says,
                        f"{table.unit(column)}で記入したのか確かめる",
                        item=column.heading,
                    )
        for number, heading in table.others.items():
            filled = [row for row in table.rows if values.typed(row.cell(number))]
            if filled:
                says = f"様式にない欄「{quoted(heading)}」に{len(filled)}件の記入がある。読んでいない"
                self._doubt(
                    TOLD,
                    "changed",
                    department,
                    f"{file.name} {table.address(filled[0].at, number)}",
                    says,
                    "答えに関わることが書かれていないか見る",
                )
        return found

    def _strange_row(self, named: tuple[str, str], answers: dict, department: str, place: str, odd: str) -> None:
        number, name = named
        if not answers and not name:
            return
        what = f"「{quoted(name or number)}」"
        says = odd or f"様式にない行{what}がある"
        if odd:
            says = f"{odd}。番号と名称のどちらが正しいか分からない"
        ask = "どの取組の答えかを聞く。新しい取組なら、一覧に加えて様式を作り直す"
        self._doubt(OPEN if answers else TOLD, "unknown_row", department, place, says, ask)

    def _compare_fixed(self, row: grid.Row, asked: Mapping[str, str], file: Returned) -> None:
        """Cells that were locked: another department, or another amount expected than was sent."""
        table = row.table
        words = values.typed(row.value(terms.DEPARTMENT))
        if terms.DEPARTMENT in table.columns and words and squeezed(words) != squeezed(asked["department"]):
            says = f"部が「{quoted(words)}」になっている（様式では {asked['department']}）"
            self._doubt(
                TOLD,
                "changed",
                asked["department"],
                f"{file.name} {_place(row, terms.DEPARTMENT)}",
                says,
                "担当が変わったのなら、取組の一覧を直す",
                measure=asked["measure"],
                item=terms.DEPARTMENT.heading,
            )
        if terms.EXPECTED in table.columns and terms.EXPECTED not in self.columns:
            typed = values.typed(row.value(terms.EXPECTED))
            read = values.amount(row.value(terms.EXPECTED), table.unit(terms.EXPECTED))
            sent = asked["expected"]
            is_blank = sent in {"not_registered", "not_stated"} and not typed
            if (
                not is_blank
                and (read.value or typed) != sent
                and not (sent == values.NOT_APPLICABLE and read.value == sent)
            ):
                shown = "空欄" if sent == "not_registered" else sent
                says = f"「{terms.EXPECTED.heading}」が「{quoted(typed) or '空欄'}」に変わっている（様式では {shown}）。様式の値を使った"
                self._doubt(
                    TOLD,
                    "changed",
                    asked["department"],
                    f"{file.name} {_place(row, terms.EXPECTED)}",
                    says,
                    "見込みを改めるのなら、取組の一覧を直して様式を作り直す",
                    measure=asked["measure"],
                    item=terms.EXPECTED.heading,
                )


def _place(row: grid.Row, column: terms.Column) -> str:
    """A cell's place; counted by lines where the sheet's name is none that a place may hold."""
    place = row.place(column)
    if re.fullmatch(LOCATOR, place):
        return place
    at = row.table.columns.get(column, [0])[0]
    return grid.address("", row.at, at)
