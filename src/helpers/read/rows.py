"""A CSV file → its cells as text, however Excel saved it: the encoding, the empty cells it adds, the days it rewrites."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.terms import Refusal, quoted
from helpers.terms.files import content as file_content
from helpers.terms.table import Table
from helpers.terms.tables import DAY, PATTERNS
from helpers.terms.words import code_points, decoded, strange, told_first

QUOTE = '"'
# A city of a million has some hundred measures; what is larger is another file.
MOST_BYTES, MOST_ROWS, MOST_LETTERS = 16 << 20, 20_000, 4_000

# What Excel makes of 2026-08-01 when the file is saved: 2026/8/1, or another form that somebody chose for the column.
_DAY_OF_EXCEL = re.compile(r"([0-9]{4})(?:/|-|年)([0-9]{1,2})(?:/|-|月)([0-9]{1,2})日?(?: 0:00(?::00)?)?")
_WITHOUT_A_YEAR = re.compile(r"[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}[/-][0-9]{1,2}|[0-9]{1,2}-[A-Z][a-z]{2}|[0-9]{5}")
# Excel writes ? for a character that CP932 has not.
_LOST = re.compile(r"\?(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\?")
_EXPONENT = re.compile(r"-?[0-9](?:\.[0-9]+)?E\+[0-9]{2}")


def rows(path: Path, contract: Table) -> pd.DataFrame:
    """The cells of a file as text, indexed by line; days as the contract has them.

    The bytes stay as they are. Empty lines at the end and empty columns at the right are left out; a comma too many is
    refused, since it moves cells to other columns.

    Raises:
        Refusal: There is no such table, it is none, or it holds what no cell may; all faults at once.
    """
    encoding, text = _text(path)
    heading, cells = _table(path, text)
    _hold_heading(path, heading, list(contract.columns))
    faults = list(_faults(path, heading, cells, may_lack=encoding == "cp932"))
    days = [number for number, name in enumerate(heading) if contract.columns[name].pattern == DAY]
    for line, of_line in cells.items():
        for number in days:
            if number < len(of_line):
                of_line[number], fault = _day(of_line[number])
                if fault:
                    faults.append(f"{path} {line}行「{contract.columns[heading[number]].title}」: {fault}")
    if faults:
        raise Refusal(*told_first(faults))
    # As an array: whole numbers in a list are looked at by pandas one by one.
    lines = pd.Index(np.array(list(cells), dtype="int64"), name="line")
    return pd.DataFrame(list(cells.values()), columns=pd.Index(heading), index=lines, dtype=str)


def _text(path: Path) -> tuple[str, str]:
    try:
        content = file_content(path)
    except FileNotFoundError:
        raise Refusal(f"{path}: 表がありません。gyokaku intake で資料を登録し直してください。") from None
    except OSError:
        raise Refusal(f"{path}: 表を読めません。ファイルの種類と権限を確かめてください。") from None
    if len(content) > MOST_BYTES:
        raise Refusal(f"{path}: 大きすぎます（{MOST_BYTES >> 20} MB まで）。別のファイルでないか確かめてください。")
    found = decoded(content)
    if not found:
        raise Refusal(
            f"{path}: 文字の表として読めません。Excel のブックのままではなく、「CSV UTF-8」で保存し直してください。"
        )
    return found[0], found[1].replace("\r\n", "\n").replace("\r", "\n")


def _table(path: Path, text: str) -> tuple[list[str], dict[int, list[str]]]:
    """The heading, and the cells by line."""
    reader, lines = csv.reader(io.StringIO(text, newline=""), strict=True), {}
    try:
        while (cells := next(reader, None)) is not None:
            lines[reader.line_num - sum(cell.count("\n") for cell in cells)] = cells
    except csv.Error:
        says = f"CSV として読めません。引用符（{QUOTE}）を確かめてください。"
        raise Refusal(f"{path} {reader.line_num}行: {says}") from None
    if not any(lines.get(1, [])):
        raise Refusal(
            f"{path} 1行: 見出しの行がありません。人が保つ表なら data/README.md にある列の名前を1行目に書き、"
            "資料から作った表なら gyokaku intake で登録し直してください。"
        )
    for line in reversed(list(lines)):
        if any(lines[line]):
            break
        del lines[line]
    if len(lines) > MOST_ROWS:
        raise Refusal(
            f"{path}: 行が多すぎます（{len(lines):,}行。{MOST_ROWS:,}行まで）。別の表でないか確かめてください。"
        )
    heading = lines.pop(1)
    while not heading[-1]:
        heading.pop()
    width = len(heading)
    return heading, {line: cells if any(cells[width:]) else cells[:width] for line, cells in lines.items()}


def _hold_heading(path: Path, heading: list[str], columns: list[str]) -> None:
    if heading == columns:
        return
    if len(heading) == 1 and heading[0].split("\t") == columns:
        raise Refusal(f"{path} 1行: 欄がタブで区切られています。「CSV UTF-8（コンマ区切り）」で保存し直してください。")
    if not {*heading} & {*columns}:
        says = f"「{quoted('、'.join(heading))}」は、この表の見出しではありません。1行目に {','.join(columns)} と書いてください。"
        raise Refusal(f"{path} 1行: {says}")
    known = [*(name for name in columns if name not in heading), *(name for name in heading if name not in columns)]
    twice = [name for name in heading if heading.count(name) > 1]
    out_of_place = [name for name, wanted in zip(heading, columns, strict=False) if name != wanted]
    raise Refusal(
        *told_first(
            f"{path}: 列「{quoted(name)}」が決まりと違います。列は順に {'、'.join(columns)} です。"
            for name in known or twice or out_of_place
        )
    )


def _faults(path: Path, heading: list[str], cells: dict[int, list[str]], *, may_lack: bool) -> Iterator[str]:
    """What no cell of any column may hold.

    Args:
        path: Of the file.
        heading: Its columns.
        cells: By line.
        may_lack: Whether the encoding has not every character.
    """
    is_plain = _is_plain([cell for of_line in cells.values() for cell in of_line], may_lack=may_lack)
    for line, of_line in cells.items():
        if of_line and not any(of_line):
            yield f"{path} {line}行: 空の行です。その行を消してください。"
        elif len(of_line) != len(heading):
            does = (
                f"余分な「,」を消すか、その欄を {QUOTE} で囲んでください。" if of_line else "その行を消してください。"
            )
            yield f"{path} {line}行: 欄が{len(of_line)}あります（見出しは{len(heading)}）。{does}"
        for name, cell in [] if is_plain else zip(heading, of_line, strict=False):
            if says := _fault(cell, may_lack=may_lack):
                yield f"{path} {line}行 {name}: {says}"


def _is_plain(cells: list[str], *, may_lack: bool) -> bool:
    """Whether `_fault` finds none in any cell, told from all of them at once; where this says no, each is looked at."""
    if max(map(len, cells), default=0) > MOST_LETTERS:
        return False
    letters = "".join(cells)
    return not (strange(letters, but="\n\t") or "E+" in letters or (may_lack and "?" in letters))


def _fault(cell: str, *, may_lack: bool) -> str:
    if len(cell) > MOST_LETTERS:
        return f"「{quoted(cell)}」は長すぎます（{len(cell):,}字。{MOST_LETTERS:,}字まで）。引用符を確かめてください。"
    if found := strange(cell, but="\n\t"):
        return f"使えない文字（制御文字、見えない文字や外字: {code_points(found)}）があります。消してください。"
    if may_lack and _LOST.search(cell):
        says = "「?」は、Excel の「CSV」で保存できなかった文字のようです。元の文字に直して「CSV UTF-8」で保存してください。"
        return f"「{quoted(cell)}」の{says}"
    if _EXPONENT.fullmatch(cell):
        return f"「{cell}」は Excel が縮めた数で、元の桁が分かりません。元の数に直し、列の書式を文字列にしてください。"
    return ""


def _day(cell: str) -> tuple[str, str]:
    """A day in the form of the contract, and what to say where it is none; what is no day at all is left to the contract."""
    if _WITHOUT_A_YEAR.fullmatch(cell):
        return (
            cell,
            f"「{cell}」は何年の日か分かりません（Excel が書き換えることがあります）。{PATTERNS[DAY]}で書いてください。",
        )
    found = _DAY_OF_EXCEL.fullmatch(cell)
    try:
        return (date(*map(int, found.groups())).isoformat(), "") if found else (cell, "")
    except ValueError:  # the 30th of February
        return cell, ""
