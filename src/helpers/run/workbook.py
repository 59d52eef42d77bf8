"""The tables of one plan and year as one workbook: a cover, notes, and one table a sheet.

Numbers are numbers under a format, text is text and never run, no cell is merged, and nothing leads out of the file.
"""

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from helpers import notation
from helpers.terms import METRICS, OUTCOMES, Unit, wareki

if TYPE_CHECKING:
    import xlsxwriter

FORMATS = {
    Unit.MEASURES: '#,##0;"△ "#,##0',
    Unit.YEN: '#,##0;"△ "#,##0',
    Unit.RATE: '0.0%;"△ "0.0%',
    Unit.SHARE: '0.0%;"△ "0.0%',
    Unit.MULTIPLIER: '0.00"倍";"△ "0.00"倍"',
    Unit.INDEX: '0.000;"△ "0.000',
    Unit.POLICIES: '0.00;"△ "0.00',
    Unit.POINTS: '0.0%;"△ "0.0%',
    Unit.YEARS: "0",
    Unit.COUNT: "#,##0",
    Unit.DEPARTMENTS: "#,##0",
}
PLAIN = "0"  # a year or a place in a list has no thousands
# Columns that hold numbers though they are no metric; the ending of a column's name says the unit of any other.
ENDINGS = {
    "_yen": Unit.YEN,
    "_rate": Unit.RATE,
    "_share": Unit.SHARE,
    "_multiplier": Unit.MULTIPLIER,
    "_points": Unit.POINTS,
}
PLAIN_COLUMNS = {"fiscal_year", "seq"}
PRINTED_COLUMNS = {"amount", "value"}  # as the document prints them, each row in its own unit
DECIMAL = re.compile(r"-?[0-9]+(?:\.([0-9]+))?")
INPUT = re.compile(r"(.+):([0-9]+)")

# Columns of the sheet of metrics, and what each is in `metrics.json`.
METRIC_COLUMNS = {
    "metric": "metric",
    "metric_name": "",
    "scope": "scope",
    "scope_id": "scope_id",
    "fiscal_year": "fiscal_year",
    "number": "exact",
    "low": "low",
    "high": "high",
    "display": "display",
    "metric_unit": "unit",
    "figure_status": "status",
    "exact": "exact",
    "formula": "",
    "inputs": "inputs",
}
# The cover counts what failed before what did not apply.
COUNTED = ("passed", "warned", "acknowledged", "failed", "not_applicable", "not_run")
NARROWEST, WIDEST = 8, 60
SHEET_NAME_LENGTH, CELL_LENGTH = 31, 32_767  # Excel's limits
A4 = 9

Row = Sequence[tuple[object, str]]  # values, each with its number format; text has none


def workbook(
    plan: str,
    fiscal_year: int,
    *,
    title: str,
    summary: Mapping,
    metrics: Iterable[Mapping],
    tables: Mapping[str, Mapping],
    language: str,
) -> bytes:
    """The workbook's bytes; the same for the same content, whenever and wherever it is made.

    Args:
        plan: Id of the plan.
        fiscal_year: Western year.
        title: What the year set is called.
        summary: As `summary.json` has it.
        metrics: Rows as in `metrics.json`.
        tables: `columns` and `rows` by name, as the CSV files hold them.
        language: Of headings and notes.
    """
    # Not at the top: where nothing is due, nobody waits for it.
    import xlsxwriter  # noqa: PLC0415

    words = _Words(language)
    sheets = words.sheets(tables)
    written = io.BytesIO()
    face = {"font_name": notation.tokens()["face"]["text"], "font_size": 10}
    book = xlsxwriter.Workbook(written, {"in_memory": True, "default_format_properties": face})
    # No clock: a file that must carry a day carries the last one of its fiscal year.
    made = datetime(fiscal_year + 1, 3, 31)  # noqa: DTZ001 — a workbook knows no time zone
    book.set_properties({"title": title, "author": "gyokaku", "created": made})
    maker = _Maker(book, words)
    cover = [*_cover(plan, fiscal_year, title, summary, words), *_contents(sheets, words)]
    maker.sheet(words.of["cover"], words.headings("item", "says"), cover)
    maker.sheet(words.of["notes"], words.headings("item", "says"), _notes(words))
    columns = [(words.of["metrics"], "metrics.json", METRIC_COLUMNS)]
    columns += [(sheets[name], f"{name}.csv", {c: c for c in table["columns"]}) for name, table in tables.items()]
    maker.sheet(words.of["columns"], words.headings("sheet", "file", "heading", "column"), _columns(columns, words))
    maker.sheet(words.of["metrics"], words.headings(*METRIC_COLUMNS), map(_metric, metrics))
    for name, table in tables.items():
        names = table["columns"]
        rows = ([_cell(*cell) for cell in zip(names, row, strict=True)] for row in table["rows"])
        maker.sheet(sheets[name], words.headings(*names), rows)
    book.close()
    return written.getvalue()


class _Words:
    """Names of sheets and headings of columns in one language; what has none is called as in the CSV files."""

    def __init__(self, language: str) -> None:
        from helpers.terms.tables import TABLES, TOKENS  # noqa: PLC0415 — as xlsxwriter

        self.of = notation.words("workbook", language=language)
        self.notes = notation.words("workbook_note", language=language)
        self.tokens = TOKENS
        self._sheets = notation.words("workbook_sheet", language=language)
        contracts = {name: field.title for table in TABLES.values() for name, field in table.columns.items()}
        named = {metric: about.name for metric, about in METRICS.items()}
        money = {f"{metric}_yen": self.of["in_yen"].format(name=name) for metric, name in named.items()}
        self._headings = contracts | named | money | notation.words("workbook_column", language=language)

    def headings(self, *columns: str) -> list[str]:
        return [self._headings.get(column, column) for column in columns]

    def sheets(self, tables: Iterable[str]) -> dict[str, str]:
        """A name for the sheet of each table: short enough, and no two alike."""
        taken = {self.of[name] for name in ("cover", "notes", "columns", "metrics")}
        found = {}
        for table in tables:
            name = self._sheets.get(table, table)[:SHEET_NAME_LENGTH]
            number = 1
            while name in taken:
                number += 1
                name = f"{name[: SHEET_NAME_LENGTH - 4]} {number}"
            taken.add(name)
            found[table] = name
        return found


class _Maker:
    def __init__(self, book: "xlsxwriter.Workbook", words: _Words) -> None:
        self._book, self._words = book, words
        line = notation.tokens()["colour"]["rule"]
        self._header = book.add_format(
            {"bold": True, "bottom": 1, "bottom_color": line, "text_wrap": True, "valign": "top"}
        )
        self._text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self._numbers: dict[str, object] = {}

    def sheet(self, name: str, headings: list[str], rows: Iterable[Row]) -> None:
        """One table under one frozen header row."""
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        widths = [_width(heading) for heading in headings]
        for column, heading in enumerate(headings):
            page.write_string(0, column, heading, self._header)
        for number, row in enumerate(rows, 1):
            for column, (value, looks) in enumerate(row):
                if isinstance(value, str):
                    text = value if len(value) <= CELL_LENGTH else f"{value[: CELL_LENGTH - 1]}…"
                    page.write_string(number, column, text, self._text)
                elif value is not None:
                    page.write_number(number, column, value, self._number(looks))
                widths[column] = max(widths[column], _width(_shown(value)))
        for column, width in enumerate(widths):
            page.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST))

    def _number(self, looks: str) -> object:
        if looks not in self._numbers:
            self._numbers[looks] = self._book.add_format({"num_format": looks, "valign": "top"})
        return self._numbers[looks]


def _cover(plan: str, fiscal_year: int, title: str, summary: Mapping, words: _Words) -> Iterable[Row]:
    of = words.of
    yield _text(of["title"], title)
    yield _text(of["what"], of["what_says"])
    if "municipality" in summary:
        yield _text(of["municipality"], f"{summary['municipality']}（{summary['municipality_code']}）")
        yield _text(of["plan"], f"{summary['plan_name']}（{plan}）")
    yield _text(of["fiscal_year"], f"{wareki(fiscal_year)}（{fiscal_year}年度）")
    yield _text(of["headline"], summary.get("headline", ""))
    for source in summary.get("sources", []):
        yield _text(of["source"], f"{source['publisher']}「{source['title']}」")
        yield _text(of["published"], _month(source["published"]))
        yield _text(of["source_hash"], f"sha256 {source['sha256']}")
    if "input_hash" in summary:
        yield _text(of["input_hash"], f"sha256 {summary['input_hash']}")
    if "knowledge" in summary:
        yield _text(of["layer"], of.get(f"layer_{summary['knowledge']}", summary["knowledge"]))
    if "checks" in summary:
        counts = (f"{OUTCOMES[one]} {summary['checks'].get(one, 0)}" for one in COUNTED)
        yield _text(of["checks"], "、".join(counts))


def _month(published: str) -> str:
    year, _, month = published.partition("-")
    return f"{year}年{int(month)}月" if month.isdigit() else published


def _contents(sheets: Mapping[str, str], words: _Words) -> Iterable[Row]:
    own = ("notes", "columns", "metrics")
    for name, says in [
        *((words.of[one], words.of[f"{one}_says"]) for one in own),
        *((s, f"data/{t}.csv") for t, s in sheets.items()),
    ]:
        yield _text(words.of["sheet"].format(name=name), says)


def _notes(words: _Words) -> Iterable[Row]:
    for name in (name for name in words.notes if f"{name}_says" in words.notes):
        yield _text(words.notes[name], words.notes[f"{name}_says"])
        if name == "nothing":
            yield from (_text(token, meaning) for token, meaning in words.tokens.items())


def _columns(tables: Iterable[tuple[str, str, Mapping[str, str]]], words: _Words) -> Iterable[Row]:
    """One row a column: its sheet and heading, and what it is called in which file."""
    for sheet, file, columns in tables:
        for column, name in columns.items():
            yield _text(sheet, file, *words.headings(column), name)


def _metric(row: Mapping) -> Row:
    """A row of `metrics.json`: its number under the format of its unit, and the exact fraction as text beside it."""
    about = METRICS.get(row["metric"])
    is_category = about is not None and about.unit is Unit.CATEGORY  # which is words, in `display`
    looks = "" if is_category else FORMATS.get(about.unit if about else None, "General")
    own = {
        "metric_name": (about.name if about else row["metric"], ""),
        "fiscal_year": (row["fiscal_year"], PLAIN),
        **{
            column: (_number(row.get(METRIC_COLUMNS[column])) if looks else None, looks)
            for column in ("number", "low", "high")
        },
        "exact": (row["exact"] if looks and isinstance(row.get("exact"), str) else None, ""),
        "formula": (about.formula if about else "", ""),
        "inputs": (_ranges(row.get("inputs", ())), ""),
    }
    return [own.get(column) or (row.get(name), "") for column, name in METRIC_COLUMNS.items()]


def _number(exact: int | str | None) -> int | float | None:
    """A number a spreadsheet can hold; the fraction itself stands beside it."""
    return float(Fraction(exact)) if isinstance(exact, str) else exact


def _ranges(inputs: Iterable[str]) -> str:
    """The rows a figure was made of, neighbours as one range: `effects.csv:2-11`."""
    places = [(found[1], int(found[2])) for found in map(INPUT.fullmatch, inputs) if found]
    runs = (list(run) for _, run in groupby(enumerate(places), key=lambda at: (at[1][0], at[1][1] - at[0])))
    ends = ((run[0][1], run[-1][1]) for run in runs)
    return " ".join(
        f"{file}:{first}" if first == last else f"{file}:{first}-{last}" for (file, first), (_, last) in ends
    )


def _cell(column: str, value: object) -> tuple[object, str]:
    """A cell of a table: a number where its column holds numbers, else text."""
    looks = _looks(column)
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        return str(value), ""
    if isinstance(value, str):
        found = DECIMAL.fullmatch(value) if looks else None
        if not found:
            return value, ""
        places = found[1] or ""
        if column in PRINTED_COLUMNS and places:
            looks = f'#,##0.{"0" * len(places)};"△ "#,##0.{"0" * len(places)}'
        return float(value) if places else int(value), looks
    return value, looks or ("General" if isinstance(value, float) else FORMATS[Unit.YEN])


@cache
def _looks(column: str) -> str:
    """The number format of a column; nothing where it holds text."""
    if column in PLAIN_COLUMNS:
        return PLAIN
    if column in METRICS and METRICS[column].unit in FORMATS:
        return FORMATS[METRICS[column].unit]
    if column in PRINTED_COLUMNS:
        return FORMATS[Unit.YEN]
    return next((FORMATS[unit] for ending, unit in ENDINGS.items() if column.endswith(ending)), "")


def _text(*values: str) -> Row:
    return [(value, "") for value in values]


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


@lru_cache(maxsize=4096)  # a table says the same again and again
def _width(text: str) -> int:
    """The width of its longest line in half-width characters."""
    lines = text.split("\n")
    if text.isascii():
        return max(map(len, lines))
    return max(sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in lines)
