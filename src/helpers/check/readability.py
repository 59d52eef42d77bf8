"""How well the files follow the government's rules for machine-readable tables, as far as we know the rules.

Two lists: 総務省「統一的なデータ表記方法の統一ルール」（2020年12月18日、1-1 to 1-12）and デジタル庁「機械可読性ルール」（2026年3月31日,
30 rules in three levels; we know the headings of eleven). Every result is computed from the cells.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from helpers import notation
from helpers.terms.frames import Frames
from helpers.terms.records import cells
from helpers.terms.tables import TABLES, TOKENS
from helpers.terms.words import decoded

MET, PARTLY, MISSED, NOT_APPLICABLE, UNCHECKED = "met", "partly", "missed", "not_applicable", "unchecked"
MIC_RULES = tuple(f"1-{n}" for n in range(1, 13))
KNOWN_RULES = ("L1-09", "L2-01", "L2-04", "L3-02", "L3-03", "L3-04", "L3-05", "L3-06", "L3-07", "L3-08", "L3-09")
# Columns that quote a document or a person unchanged.
FREE_TEXT = {"quote", "words", "text", "reason", "evidence", "note", "topic", "decision", "amount_printed"}
NUMBERS = {"amount", "measures", "value", "seq", "old", "new", "achieved_measures"}
NUMBER_ENDINGS = ("_yen", "_rate", "_share", "_multiplier")
STATUSES = {"undefined", "not_available"}
CODES = {"policy_id": "policy", "grade": "grade_label", "measure_id": "measure", "municipality_code": "municipality"}
MOST_EXAMPLES = 3
YEARS_TO_COMPARE = 2

Result = tuple[str, str]


@dataclass(frozen=True)
class Sheet:
    """One file: its cells as text, and its bytes if there are any."""

    name: str
    content: bytes | None
    header: list[str]
    rows: list[list[str]]

    def column(self, name: str) -> list[str]:
        """The cells below that heading."""
        place = self.header.index(name)
        return [row[place] for row in self.rows if len(row) > place]

    def cells(self) -> Iterator[tuple[str, str]]:
        """Heading and cell, all of them."""
        for row in self.rows:
            yield from zip(self.header, row, strict=False)

    @property
    def numeric(self) -> list[str]:
        """Headings of columns that hold numbers."""
        return [name for name in self.header if name in NUMBERS or name.endswith(NUMBER_ENDINGS)]


def readability(files: Mapping[str, bytes], charts: Mapping[str, pd.DataFrame], *, frames: Frames) -> pd.DataFrame:
    """Each rule with its result for the tables of the year and for the tables published beside the charts.

    Args:
        files: The CSV files of the year, as they lie on disk.
        charts: The tables behind the charts, as they are published.
        frames: Gives the registered years and the contracts of the tables.

    Returns:
        `rule`, `title`, `data`, `data_why`, `charts`, `charts_why`; results are `met`, `partly`, `missed`,
        `not_applicable`, `unchecked`.
    """
    data = [_sheet(name, content) for name, content in files.items()]
    published = [_of_frame(name, table) for name, table in charts.items()]
    rows = []
    for rule in (*MIC_RULES, *KNOWN_RULES):
        look = _RULES[rule]
        rows.append((rule, notation.sentence(f"rule.{rule}"), *look(data, frames), *look(published, frames)))
    return pd.DataFrame(rows, columns=["rule", "title", "data", "data_why", "charts", "charts_why"])


def _sheet(name: str, content: bytes) -> Sheet:
    found = decoded(content)
    text = found[1] if found else content.decode("utf-8", errors="replace")
    cells = list(csv.reader(io.StringIO(text, newline="")))
    return Sheet(name, content, cells[0], cells[1:])


def _of_frame(name: str, table: pd.DataFrame) -> Sheet:
    rows = [[str(value) for value in row] for row in cells(table)]
    return Sheet(f"{name}.csv", None, list(table.columns), rows)


def _says(key: str, **words: str) -> str:
    return notation.sentence(f"readability.{key}", **words)


def _examples(found: list[str]) -> str:
    some = list(dict.fromkeys(found))
    more = _says("more", number=str(len(some))) if len(some) > MOST_EXAMPLES else ""
    return notation.spoken("、").join(some[:MOST_EXAMPLES]) + more


def _verdict(found: list[str], *, holds: str, fails: str, result: str = MISSED) -> Result:
    if not found:
        return MET, _says(holds)
    return result, _says(fails, where=_examples(found))


def _format(sheets: list[Sheet], _: Frames) -> Result:
    unread = [
        sheet.name
        for sheet in sheets
        if not sheet.name.endswith(".csv") or (sheet.content is not None and not _is_utf8(sheet.content))
    ]
    if all(sheet.content is None for sheet in sheets):
        return MET, _says("csv_written")
    return _verdict(unread, holds="csv", fails="not_csv")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _one_datum(sheets: list[Sheet], _: Frames) -> Result:
    several = re.compile(r"[\w.-]+(?:[ ;|][\w.-]+)+", re.ASCII)
    found = [
        f"{sheet.name} {name}"
        for sheet in sheets
        for name, cell in sheet.cells()
        if name not in FREE_TEXT and several.fullmatch(cell)
    ]
    return _verdict(found, holds="one_datum", fails="several_data")


def _plain_numbers(sheets: list[Sheet], _: Frames) -> Result:
    found, words = [], []
    for sheet in sheets:
        for name in sheet.numeric:
            for cell in sheet.column(name):
                if re.fullmatch(r"-?\d+(\.\d+)?", cell, re.ASCII):
                    continue
                (words if cell in STATUSES or cell in TOKENS else found).append(f"{sheet.name} {name}")
    if words and not found:
        return PARTLY, _says("status_among_numbers", where=_examples(words))
    return _verdict(found, holds="numbers", fails="not_numbers")


def _rectangular(sheets: list[Sheet], _: Frames) -> Result:
    found = [sheet.name for sheet in sheets if any(len(row) != len(sheet.header) for row in sheet.rows)]
    return _verdict(found, holds="rectangular", fails="not_rectangular")


def _no_layout(sheets: list[Sheet], _: Frames) -> Result:
    found = [
        f"{sheet.name} {name}"
        for sheet in sheets
        for name, cell in sheet.cells()
        if cell != cell.strip() or "\n" in cell or "\u3000" in cell or "  " in cell
    ]
    in_text = all(place.rpartition(" ")[2] in FREE_TEXT for place in found)
    if found and in_text:
        return PARTLY, _says("layout_in_quotes", where=_examples(found))
    return _verdict(found, holds="no_layout", fails="layout")


def _nothing_left_out(sheets: list[Sheet], _: Frames) -> Result:
    headings = [sheet.name for sheet in sheets if "" in sheet.header or len(set(sheet.header)) != len(sheet.header)]
    if headings:
        return MISSED, _says("headings", where=_examples(headings))
    return _blanks(sheets)


def _blanks(sheets: list[Sheet]) -> Result:
    blank = [f"{sheet.name} {name}" for sheet in sheets for name, cell in sheet.cells() if cell == ""]
    allowed = {
        f"{table}.csv {name}"
        for table, contract in TABLES.items()
        for name, column in contract.columns.items()
        if column.is_blank_allowed
    }
    if blank and set(blank) <= allowed:
        return PARTLY, _says("blank_allowed", where=_examples(blank), number=str(len(blank)))
    return _verdict(blank, holds="no_blank", fails="blank")


def _zero_is_not_blank(sheets: list[Sheet], _: Frames) -> Result:
    result, why = _blanks(sheets)
    numbers = [name for sheet in sheets for name in sheet.numeric for cell in sheet.column(name) if cell == ""]
    return (MISSED, why) if numbers else (MET, _says("zero")) if result == MET else (PARTLY, why)


def _no_formula(sheets: list[Sheet], _: Frames) -> Result:
    found = [f"{sheet.name} {name}" for sheet in sheets for name, cell in sheet.cells() if cell.startswith("=")]
    return _verdict(found, holds="no_formula", fails="formula")


def _no_objects(_sheets: list[Sheet], _: Frames) -> Result:
    return MET, _says("no_objects")


def _units(sheets: list[Sheet], _: Frames) -> Result:
    found = [
        f"{sheet.name} {name}"
        for sheet in sheets
        for name in sheet.numeric
        if not name.endswith(NUMBER_ENDINGS) and "unit" not in sheet.header and name != "seq"
    ]
    return _verdict(found, holds="units", fails="units_in_readme", result=PARTLY)


def _characters(sheets: list[Sheet], _: Frames) -> Result:
    found = [
        (f"{sheet.name} {name}", character)
        for sheet in sheets
        for name, cell in sheet.cells()
        for character in cell
        if not _is_in_jis(character)
    ]
    in_text = all(place.rpartition(" ")[2] in FREE_TEXT for place, _ in found)
    says = [notation.spoken("{place}「{character}」", place=place, character=letter) for place, letter in found]
    if says and in_text:
        return PARTLY, _says("characters_in_quotes", where=_examples(says))
    return _verdict(says, holds="characters", fails="not_jis")


@cache
def _is_in_jis(character: str) -> bool:
    """Whether the character is in JIS X 0208; others look different from machine to machine."""
    try:
        character.encode("euc_jp")
    except UnicodeEncodeError:
        return character in "－～∥￠￡￢―"  # the same signs at the code points that Windows uses
    return True


def _western_years(sheets: list[Sheet], _: Frames) -> Result:
    found, seen = [], 0
    for sheet in sheets:
        for name, cell in sheet.cells():
            if "fiscal_year" in name or name.endswith("_on"):
                seen += 1
                if not re.fullmatch(r"\d{4}(-\d{2}-\d{2})?", cell, re.ASCII) and cell not in TOKENS:
                    found.append(f"{sheet.name} {name}")
    if not seen:
        return NOT_APPLICABLE, _says("no_years")
    return _verdict(found, holds="western", fails="not_western")


def _has(column: str, *, holds: str, fails: str) -> Callable[[list[Sheet], Frames], Result]:
    def look(sheets: list[Sheet], _: Frames) -> Result:
        without = [sheet.name for sheet in sheets if column not in sheet.header]
        return _verdict(without, holds=holds, fails=fails, result=PARTLY if len(without) < len(sheets) else MISSED)

    return look


def _choices(sheets: list[Sheet], _: Frames) -> Result:
    found, seen = [], 0
    for sheet in sheets:
        contract = TABLES.get(sheet.name.removesuffix(".csv"))
        for name, column in (contract.columns if contract else {}).items():
            if (allowed := column.choices) and name in sheet.header:
                seen += 1
                found += [f"{sheet.name} {name}" for cell in sheet.column(name) if cell not in allowed]
    if not seen:
        return UNCHECKED, _says("no_choices")
    return _verdict(found, holds="choices", fails="not_choices")


def _codes(sheets: list[Sheet], _: Frames) -> Result:
    found = []
    for sheet in sheets:
        for code, name in CODES.items():
            if code in sheet.header and not any(
                h in sheet.header for h in (name, f"{name}_name", "policy_name", "name")
            ):
                found.append(f"{sheet.name} {code}")
        found += [f"{sheet.name} {name}" for name in sheet.header if name == "department"]  # named, without a code
    return _verdict(found, holds="codes", fails="no_codes", result=PARTLY)


def _symbols(sheets: list[Sheet], _: Frames) -> Result:
    known = set(TOKENS) | STATUSES
    used = {
        cell
        for sheet in sheets
        for name, cell in sheet.cells()
        if name not in FREE_TEXT and re.fullmatch(r"(not_|un)[a-z_]+", cell)
    }
    choices = {code for contract in TABLES.values() for column in contract.columns.values() for code in column.choices}
    undefined = sorted(used - known - choices)
    symbols = [
        f"{sheet.name} {name}"
        for sheet in sheets
        for name, cell in sheet.cells()
        if cell in {"-", "－", "―", "*", "…", "x", "△"}
    ]
    return _verdict(undefined + symbols, holds="symbols", fails="undefined_symbols")


def _same_every_year(_sheets: list[Sheet], frames: Frames) -> Result:
    if len(frames.registered_years) < YEARS_TO_COMPARE:
        return UNCHECKED, _says("one_year")
    return MET, _says("same_contract")


def _definitions(sheets: list[Sheet], _: Frames) -> Result:
    described = {name: set(contract.columns) for name, contract in TABLES.items()}
    unknown = [
        sheet.name for sheet in sheets if not set(sheet.header) <= described.get(sheet.name.removesuffix(".csv"), set())
    ]
    return (MISSED, _says("no_definitions", where=_examples(unknown))) if unknown else (PARTLY, _says("no_history"))


def _long(sheets: list[Sheet], _: Frames) -> Result:
    wide = [sheet.name for sheet in sheets if len([n for n in sheet.numeric if n not in {"seq", "old", "new"}]) > 1]
    return _verdict(wide, holds="long", fails="wide")


_region = _has("municipality_code", holds="region", fails="no_region")
_year = _has("fiscal_year", holds="year", fails="no_year")
_RULES: dict[str, Callable[[list[Sheet], Frames], Result]] = {
    "1-1": _format,
    "1-2": _one_datum,
    "1-3": _plain_numbers,
    "1-4": _rectangular,
    "1-5": _no_layout,
    "1-6": _nothing_left_out,
    "1-7": _no_formula,
    "1-8": _no_objects,
    "1-9": _units,
    "1-10": _characters,
    "1-11": _western_years,
    "1-12": _region,
    "L1-09": _zero_is_not_blank,
    "L2-01": _plain_numbers,
    "L2-04": _choices,
    "L3-02": _codes,
    "L3-03": _symbols,
    "L3-04": _units,
    "L3-05": _year,
    "L3-06": _region,
    "L3-07": _same_every_year,
    "L3-08": _definitions,
    "L3-09": _long,
}
