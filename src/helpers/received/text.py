"""A text: its lines as an editor numbers them from 1; tables by tabs, pipes, commas (CSV) or columns set apart by spaces."""

import csv
import io
import re
import unicodedata
from itertools import groupby, pairwise

from helpers.terms import Refusal
from helpers.terms.places import Line
from helpers.terms.words import decoded

_RULE = re.compile(r"[\s|:+=-]*-{2,}[\s|:+=-]*")
_PIPED = re.compile(r"[^|]*\|.*")
_SPACED = re.compile(r"(?<!\S)(\S)(　{1,2})(\S)(?!\S)")  # 区　分, 合　　計: one word
_GAP = re.compile(r"(?: {2,}|　[ 　]*| +　[ 　]*)")
_FIGURE = re.compile(r"[(（]?[-△▲−]?[0-9０-９][0-9０-９,，.．億百千万]*円?[)）]?[%％]?|[-－―ー]")
_GROUP = re.compile(r"\s*[【〔\[＜<〈《].{1,20}[】〕\]＞>〉》]\s*")  # 【歳出の削減】 between the rows of a table
_NOTE = re.compile(r"\s*[（(]?(?:注|※)")
_LEAST_ROWS = 3


def lines(name: str, content: bytes) -> tuple[str, list[Line]]:
    """The encoding and the lines.

    Raises:
        Refusal: The bytes are no text.
    """
    found = decoded(content)
    if not found:
        raise Refusal(
            f"{name} は文字の資料として読めません。"
            "UTF-8・UTF-16（BOM 付き）・シフトJIS（CP932）のテキストか、Excel・Word・PDF のファイルを指定してください。"
        )
    encoding, text = found
    rows = re.split(r"\r\n|\r|\n", text)
    rows = rows[:-1] if rows[-1] == "" else rows
    if name.lower().endswith(".csv") and not any("\t" in row for row in rows):
        return encoding, _comma_separated(rows)
    made = list(rows)
    for start, stop in _runs(rows, lambda row: bool(_PIPED.fullmatch(row) or _RULE.fullmatch(row))):
        has_bars = [row.strip().startswith("|") for row in rows[start:stop] if _PIPED.fullmatch(row)]
        has_rule = any("|" in row and _RULE.fullmatch(row) for row in rows[start:stop])
        if len(has_bars) > 1 and (all(has_bars) or has_rule):
            made[start:stop] = map(_of_pipes, rows[start:stop])
    if not any("\t" in row for row in made):
        made = [_SPACED.sub(r"\1\3\2", row) for row in made]
        for start, stop in _runs(made, _is_set_apart):
            made[start:stop] = _between_rules(made[start:stop]) or made[start:stop]
    return encoding, [_line(number, words) for number, words in enumerate(made, 1)]


def cells(name: str, content: bytes) -> list[list[object]]:
    """The rows of a file with separated values, by tabs where there is one and else by commas.

    Raises:
        Refusal: The bytes are no text, or its quotation marks do not close.
    """
    found = decoded(content)
    if not found:
        raise Refusal(f"{name} は文字の表として読めません。Excel で開いて .xlsx に保存し直してください。")
    words = found[1]
    try:
        read = csv.reader(io.StringIO(words, newline=""), delimiter="\t" if "\t" in words else ",", strict=True)
        return [list(row) for row in read]
    except csv.Error:
        raise Refusal(f"{name} は CSV として読めません。Excel で開いて .xlsx に保存し直してください。") from None


def _is_set_apart(row: str) -> bool:
    """Whether a line may be a row of an aligned table: words with gaps between, a rule, or the name of a group; no note."""
    is_one = _RULE.fullmatch(row) or _GAP.search(row.strip()) or _GROUP.fullmatch(row)
    return bool(is_one) and not _NOTE.match(row)


def _line(number: int, words: str) -> Line:
    place, count = f"L{number}", words.count("\t") + 1
    cells = tuple(f"{place}:C{column}" for column in range(1, count + 1)) if "\t" in words else ()
    return Line(words, place, cells)


def _runs(rows: list[str], is_one: object) -> list[tuple[int, int]]:
    """Where lines of a kind follow one another, as start and stop."""
    found = []
    for is_kind, run in groupby(enumerate(rows), key=lambda numbered: is_one(numbered[1])):
        numbers = [number for number, _ in run]
        if is_kind:
            found.append((numbers[0], numbers[-1] + 1))
    return found


def _of_pipes(row: str) -> str:
    """A row of a Markdown table; the rule below its header is a row of empty cells, for it does not end the table."""
    if _RULE.fullmatch(row):
        return "\t" * (row.strip().strip("|").count("|") + row.count("+", 1, -1))
    return "\t".join(cell.strip() for cell in row.strip().strip("|").split("|")) if row.strip(" |") else ""


def _comma_separated(rows: list[str]) -> list[Line]:
    """The records of a CSV, each at the line where it begins; a record of one value alone is a passage."""
    reader = csv.reader(row + "\n" for row in rows)
    found, before = [Line("", f"L{number}") for number in range(1, len(rows) + 1)], 0
    for record in reader:
        cells = [" ".join(cell.split()) for cell in record]
        is_passage = sum(map(bool, cells)) == 1 and cells[0]
        found[before] = _line(before + 1, cells[0] if is_passage else "\t".join(cells).rstrip() and "\t".join(cells))
        before = reader.line_num
    return found


def _width(words: str) -> int:
    """How many columns of a terminal words take."""
    return sum(2 if unicodedata.east_asian_width(one) in "FWA" else 1 for one in words)


def _pieces(row: str) -> list[tuple[int, int, str]]:
    """The words between gaps, each from and to its column."""
    found, at = [], 0
    for gap in [*_GAP.finditer(row), None]:
        end = gap.start() if gap else len(row)
        if words := row[at:end].strip():
            left = _width(row[:at]) + _width(row[at:end]) - _width(row[at:end].lstrip())
            found += _figures_apart(left, words)
        at = gap.end() if gap else end
    return found


def _figures_apart(left: int, words: str) -> list[tuple[int, int, str]]:
    """Words as one piece; figures that one blank sets apart, as in a tight row of percentages, as a piece each."""
    tokens = words.split(" ")
    if len(tokens) == 1 or not all(map(_FIGURE.fullmatch, tokens)):
        return [(left, left + _width(words), words)]
    found = []
    for token in tokens:
        found.append((left, left + _width(token), token))
        left += _width(token) + 1
    return found


def _between_rules(rows: list[str]) -> list[str]:
    """As `_aligned`, with rows of empty cells in the place of ruled lines."""
    ruled = [bool(_RULE.fullmatch(row)) for row in rows]
    made = _aligned([row for row, is_rule in zip(rows, ruled, strict=True) if not is_rule])
    if not made:
        return []
    empty, following = "\t" * made[0].count("\t"), iter(made)
    return [empty if is_rule else next(following) for is_rule in ruled]


def _aligned(rows: list[str]) -> list[str]:
    """Rows whose columns are set apart by spaces, with tabs; nothing where the columns cannot be told.

    Columns stand where the fullest rows have a letter in none between them. A row with fewer words that stand over several
    columns each is a group's (令和5年度 over two); one whose words have no such place has no column.
    """
    pieces = [_pieces(row) for row in rows]
    figures = sum(bool(_FIGURE.fullmatch(row[-1][2])) for row in pieces if len(row) > 1)
    if len(rows) < _LEAST_ROWS or figures < _LEAST_ROWS - 1:
        return []
    counts = {len(row) for row in pieces}
    if len(counts) == 1:
        return ["\t".join(words for _, _, words in row) for row in pieces]
    spans: list[list[int]] = []
    for left, right, _ in sorted(piece for row in pieces if len(row) == max(counts) for piece in row):
        if spans and left < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], right)
        else:
            spans.append([left, right])
    if len(spans) < max(counts) or any(later[0] <= earlier[1] for earlier, later in pairwise(spans)):
        return []
    found = []
    for row in pieces:
        is_one_kind = len(row) > 1 and len({re.sub("[0-9]+", "0", words) for _, _, words in row}) == 1
        groups = _grouped(row, len(spans))
        cells = groups if is_one_kind and groups else _placed(row, spans) or groups
        if not cells:
            return []
        found.append("\t".join(cells))
    return found


def _placed(row: list[tuple[int, int, str]], spans: list[list[int]]) -> list[str]:
    """The words of a row, each in the one column it touches; nothing where one touches none or two, or two touch one."""
    cells = [""] * len(spans)
    for left, right, words in row:
        touched = [n for n, span in enumerate(spans) if left < span[1] and span[0] < right]
        if len(touched) != 1 or cells[touched[0]]:
            return []
        cells[touched[0]] = words
    return cells


def _grouped(row: list[tuple[int, int, str]], columns: int) -> list[str]:
    """The words of a row over groups of as many columns each, behind the column of names; nothing where they do not share evenly."""
    each, rest = divmod(columns - 1, len(row))
    if rest or each < 2 or any(_FIGURE.fullmatch(words) for _, _, words in row):  # noqa: PLR2004 — a group has two columns
        return []
    return ["", *(cell for _, _, words in row for cell in (words, *[""] * (each - 1)))]
