"""What a workbook (.xlsx) says besides its values: struck-through words, comments, drawings, formulas, formats that show another thing."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from helpers.received.lines import one_line

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# A format that shows words, or nothing, in the place of a number; [Red] and the like show the number.
_SHOWS_WORDS = re.compile(r'"[^"]*[^\s"△▲()（）¥￥円千百万億件%％倍-][^"]*"')
_FIRST_CUSTOM = 164
_MOST = 16_384  # columns of a sheet


@dataclass(frozen=True)
class Mark:
    """Something about a cell, or about a sheet, that its values do not show.

    Attributes:
        cell: Its address; empty where it is about the sheet.
        kind: `strike`, `comment`, `drawing`, `formula`, `format` or `error`; `unlike` where a number is shown as another.
        words: What a comment or a drawing says, how a number is formatted.
    """

    sheet: str
    cell: str
    kind: str
    words: str = ""


def marks(content: bytes) -> list[Mark]:
    """All marks of all sheets; none where it is no .xlsx."""
    return _found(content, _of_sheet)


def unlike(content: bytes) -> list[Mark]:
    """The cells that show a thousandth of their number, another sign, words or nothing."""
    return _found(content, _unlike_of_sheet)


def _found(content: bytes, of_sheet: Callable[[zipfile.ZipFile, str, str], Iterator]) -> list:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if "xl/workbook.xml" not in names:
                return []
            return [one for sheet, part in _sheets(packed) if part in names for one in of_sheet(packed, sheet, part)]
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError):
        return []


def _xml(packed: zipfile.ZipFile, part: str) -> etree._Element:
    return etree.fromstring(
        packed.read(part), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    )


def _related(packed: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """What a part points to: kind and target of each relation, by its id."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in packed.namelist():
        return {}
    return {
        one.get("Id"): (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join(folder, one.get("Target", ""))).removeprefix("/")
            if not one.get("Target", "").startswith("/")
            else one.get("Target").removeprefix("/"),
        )
        for one in _xml(packed, path)
        if one.get("TargetMode") != "External"
    }


def _sheets(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    related = _related(packed, "xl/workbook.xml")
    for one in _xml(packed, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        if one.get(_ID) in related:
            yield one.get("name"), related[one.get(_ID)][1]


def _of_sheet(packed: zipfile.ZipFile, sheet: str, part: str) -> Iterator[Mark]:
    struck_words, (struck_looks, formats) = _struck_words(packed), _looks(packed)
    for cell in _xml(packed, part).iter(f"{_MAIN}c"):
        at, look, kind = cell.get("r", ""), int(cell.get("s", "0")), cell.get("t", "n")
        value, formula = cell.find(f"{_MAIN}v"), cell.find(f"{_MAIN}f")
        words = (value.text or "") if value is not None else ""
        holds = bool(words) or cell.find(f"{_MAIN}is") is not None
        in_part = (kind == "s" and words in struck_words) or cell.find(f".//{_MAIN}strike") is not None
        if in_part or (look in struck_looks and holds):
            yield Mark(sheet, at, "strike")
        if kind == "e":
            yield Mark(sheet, at, "error", words)
        elif formula is not None:
            yield Mark(sheet, at, "formula", "" if words else "no value")
        if holds and kind == "n" and look in formats:
            yield Mark(sheet, at, "format", formats[look])
    yield from _beside(packed, sheet, part)


def hidden(content: bytes) -> dict[str, tuple[set[int], set[int]]]:
    """Of each sheet the numbers of its hidden rows and columns, the first 1; nothing where it is no .xlsx."""
    return {one.sheet: (one.rows, one.columns) for one in _found(content, _hidden_of_sheet)}


@dataclass(frozen=True)
class _Hidden:
    sheet: str
    rows: set[int]
    columns: set[int]


def _hidden_of_sheet(packed: zipfile.ZipFile, sheet: str, part: str) -> Iterator[_Hidden]:
    whole = _xml(packed, part)
    columns = [one for one in whole.iter(f"{_MAIN}col") if _is_said(one.get("hidden"))]
    yield _Hidden(
        sheet,
        {int(one.get("r")) for one in whole.iter(f"{_MAIN}row") if _is_said(one.get("hidden")) and one.get("r")},
        {n for one in columns for n in range(int(one.get("min", "1")), min(int(one.get("max", "1")), _MOST) + 1)},
    )


def _unlike_of_sheet(packed: zipfile.ZipFile, sheet: str, part: str) -> Iterator[Mark]:
    formats = _formats(packed)
    for cell in _xml(packed, part).iter(f"{_MAIN}c"):
        value, code = cell.find(f"{_MAIN}v"), formats.get(int(cell.get("s", "0")), "")
        is_number = value is not None and value.text and cell.get("t", "n") == "n"
        if is_number and code and shows_another(code, float(value.text)):
            yield Mark(sheet, cell.get("r", ""), "unlike", code)


def _is_said(words: str | None) -> bool:
    return words in {"1", "true"}


def _beside(packed: zipfile.ZipFile, sheet: str, part: str) -> Iterator[Mark]:
    for kind, target in _related(packed, part).values():
        if target not in packed.namelist():
            continue
        if kind in {"comments", "threadedComment"}:
            yield from _comments(sheet, _xml(packed, target))
        if kind == "drawing":
            words = one_line(" ".join(one.text or "" for one in _xml(packed, target).iter(f"{_DRAWING}t")))
            yield Mark(sheet, "", "drawing", words)


def _comments(sheet: str, element: etree._Element) -> Iterator[Mark]:
    for one in element.iter():
        if one.get("ref") and str(one.tag).endswith(("}comment", "}threadedComment")):
            words = one_line("".join(one.itertext()))
            yield Mark(sheet, one.get("ref"), "comment", words)


def _struck_words(packed: zipfile.ZipFile) -> set[str]:
    """The numbers of shared words in which something is struck through."""
    if "xl/sharedStrings.xml" not in packed.namelist():
        return set()
    found = _xml(packed, "xl/sharedStrings.xml").findall(f"{_MAIN}si")
    return {str(at) for at, one in enumerate(found) if any(_is_on(hit) for hit in one.iter(f"{_MAIN}strike"))}


def _formats(packed: zipfile.ZipFile) -> dict[int, str]:
    """The code of each look's own format; empty where it is one of those that every workbook has."""
    if "xl/styles.xml" not in packed.namelist():
        return {}
    styles = _xml(packed, "xl/styles.xml")
    codes = {int(one.get("numFmtId")): one.get("formatCode", "") for one in styles.iter(f"{_MAIN}numFmt")}
    numbers = [int(one.get("numFmtId", "0")) for one in styles.findall(f"{_MAIN}cellXfs/{_MAIN}xf")]
    return {at: codes.get(number, "") if number >= _FIRST_CUSTOM else "" for at, number in enumerate(numbers)}


def _looks(packed: zipfile.ZipFile) -> tuple[set[int], dict[int, str]]:
    """The looks of cells that strike through, and those whose format shows words or nothing for a number."""
    if "xl/styles.xml" not in packed.namelist():
        return set(), {}
    styles = _xml(packed, "xl/styles.xml")
    fonts = styles.findall(f"{_MAIN}fonts/{_MAIN}font")
    struck = {at for at, one in enumerate(fonts) if any(_is_on(hit) for hit in one.iter(f"{_MAIN}strike"))}
    looks = styles.findall(f"{_MAIN}cellXfs/{_MAIN}xf")
    shown = {at: code for at, code in _formats(packed).items() if _hides(code)}
    return {at for at, one in enumerate(looks) if int(one.get("fontId", "0")) in struck}, shown


def _is_on(element: etree._Element) -> bool:
    return element.get("val", "1") not in {"0", "false"}


def _hides(code: str) -> bool:
    """Whether a format shows words or nothing where a number stands, or a mark of minus where it stands above zero."""
    plain = code.replace("\\", "")
    parts = plain.split(";")
    above = parts[0]
    shows_no_figure = any(
        part and not re.search("[0#?@]|General|G/標準", part) for part in parts[:3]
    ) or plain.startswith(";")
    return shows_no_figure or bool(_SHOWS_WORDS.search(plain)) or bool(re.match('"?[△▲-]', above)) or _is_scaled(above)


def _is_scaled(part: str) -> bool:
    return ",," in part or re.search("[0#],(?![0#])", part) is not None


def shows_another(code: str, number: float) -> bool:
    """Whether a format shows a thousandth of this number, another sign, words or nothing; a date is shown as one."""
    parts = code.replace("\\", "").split(";")
    part = parts[1] if number < 0 and len(parts) > 1 else parts[0]
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", part)
    if number == 0 or re.search("[ymdhsge]", bare, re.IGNORECASE):
        return False
    if not re.search("[0#?@]", bare):
        return True
    has_minus = bool(re.search("[△▲(（-]", part))
    is_without_sign = number < 0 and len(parts) > 1 and not has_minus and "[" not in part
    return _is_scaled(bare) or is_without_sign or (number > 0 and bool(re.match('"?[△▲-]', part)))
