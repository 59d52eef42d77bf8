"""What is published holds nothing that only unpublished tables say: looked for in the files themselves, before they are put out."""

import csv
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import helpers
from helpers.terms import Refusal
from helpers.terms.audience import UNPUBLISHED, UNPUBLISHED_COLUMNS
from helpers.terms.files import is_litter
from helpers.terms.words import decoded

# Shorter words and smaller numbers stand everywhere by chance.
SHORTEST_WORD = 2
SHORTEST_ASCII = 4
SHORTEST_NUMBER = 4
SHORTEST_CLAUSE = 6
MOST_SHOWN = 5
UNITS = (1, 1_000, 1_000_000)
TEXT = (".csv", ".html", ".json", ".ipynb", ".txt", ".toml")
NUMBER = re.compile(
    r"(?<![\d.,#a-z_/-])\d{1,3}(?:,\d{3})+(?![\d.,])|(?<![\d.,#a-z_/-])\d+(?![\d.a-z_/-])", re.IGNORECASE
)
CLAUSE = re.compile(r"[、。「」『』（）()\[\]〔〕・\n]+")
EMBEDDED = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")
DRAWN = re.compile(r"<style.*?</style>|<path[^>]*>|<[^>]*>", re.DOTALL)
SAID = re.compile(r'\b(?:alt|title|aria-label)="([^"]*)"')
ASCII_WORD = re.compile(r"[a-z0-9_.@-]+", re.IGNORECASE)


def refuse(files: Mapping[str, bytes], plan: Path, target: Path) -> None:
    """Stops what would publish a word or a number that only unpublished tables hold.

    Args:
        files: What is to be published, by its path in the set.
        plan: The plan's data folder, all of its years.
        target: Where it would be published, for the sentence.

    Raises:
        Refusal: It holds some; each with the file it stands in and the table and row it comes from.
    """
    words, numbers = _unpublished(plan)
    faults = []
    for name, content in files.items():
        text = _text(name, content)
        held = _folded(text)
        tokens = set(ASCII_WORD.findall(held))
        found = [word for word in words if (word in tokens if ASCII_WORD.fullmatch(word) else word in held)]
        seen = _numbers(_seen(name, text))
        found_numbers = [number for number in numbers if number in seen]
        faults += [
            f"{target / name}: {place} だけにある言葉か数があるので、公開しません。"
            "公表してよいものなら、公表資料の表に加えてください。"
            for place in dict.fromkeys([*(words[word] for word in found), *(numbers[n] for n in found_numbers)])
        ]
    if faults:
        more = len(faults) - MOST_SHOWN
        raise Refusal(*faults[:MOST_SHOWN], *([f"ほかに{more}か所あります。"] if more > 0 else []))


def _unpublished(plan: Path) -> tuple[dict[str, str], dict[int, str]]:
    """Words and numbers that unpublished cells hold and nothing published does, each with its place."""
    words: dict[str, str] = {}
    numbers: dict[int, str] = {}
    for place, cell in _cells(plan):
        for word in _words(cell):
            words.setdefault(word, place)
        for number in _numbers(unicodedata.normalize("NFKC", cell)):
            for value in (number, number * 1_000):  # as it is, and yen where it is printed in thousands
                if len(str(number)) >= SHORTEST_NUMBER and not 1900 <= number <= 2100:  # noqa: PLR2004 — years
                    numbers.setdefault(value, place)
    if not words and not numbers:
        return {}, {}
    published = _published(plan)
    known = set(ASCII_WORD.findall(published))
    words = {w: at for w, at in words.items() if (w not in known if ASCII_WORD.fullmatch(w) else w not in published)}
    said = _numbers(published)
    return words, {n: at for n, at in numbers.items() if not _is_said(n, said)}


def _is_said(number: int, said: set[int]) -> bool:
    """Whether documents print it, in yen, thousands (千円) or millions (百万円)."""
    return any(number % unit == 0 and number // unit in said for unit in UNITS)


def _cells(plan: Path) -> Iterator[tuple[str, str]]:
    """The unpublished cells of all years, each with its place."""
    for path in sorted(plan.glob("*/*.csv")):
        columns = UNPUBLISHED_COLUMNS.get(path.stem, ())
        if path.stem not in UNPUBLISHED and not columns:
            continue
        for row in csv.DictReader(io.StringIO(_decoded(path.read_bytes()), newline="")):
            for column, cell in row.items():
                if isinstance(cell, str) and (not columns or column in columns):
                    yield f"{path.parent.name}/{path.name}", cell


def _words(cell: str) -> Iterator[str]:
    """A cell, and the clauses of a long one."""
    for part in dict.fromkeys([cell, *(part for part in CLAUSE.split(cell) if len(part) >= SHORTEST_CLAUSE)]):
        word = _folded(part)
        shortest = SHORTEST_ASCII if ASCII_WORD.fullmatch(word) else SHORTEST_WORD
        if len(word) >= shortest and not re.fullmatch(r"[\d.,%-]+", word):
            yield word


def _published(plan: Path) -> str:
    """Everything else: what the plan's people and documents say, and the project's own words."""
    package = Path(helpers.__file__).parent
    mine = [*package.rglob("*.py"), *package.rglob("*.toml"), *package.rglob("*.j2"), *package.rglob("*.css")]
    said = [path.read_text(encoding="utf-8", errors="replace") for path in mine]
    for path in sorted(path for path in plan.rglob("*") if path.is_file()):
        # A copy of the register that a program keeps under another name is no less unpublished.
        if any(map(is_litter, path.relative_to(plan).parts)):
            continue
        if path.suffix == ".csv" and path.stem in UNPUBLISHED:
            continue
        if columns := UNPUBLISHED_COLUMNS.get(path.stem) if path.suffix == ".csv" else None:
            rows = csv.DictReader(io.StringIO(_decoded(path.read_bytes()), newline=""))
            said += [f"{cell}\n" for row in rows for column, cell in row.items() if column not in columns]
        elif path.suffix == ".csv":
            said.append(_cell_by_cell(_decoded(path.read_bytes())))
        else:
            said.append(_decoded(path.read_bytes()))
    return _folded("\n".join(said))


def _decoded(content: bytes) -> str:
    found = decoded(content)
    return found[1] if found else content.decode("utf-8", errors="replace")


def _text(name: str, content: bytes) -> str:
    """What a file says: of a workbook its parts, of a notebook its cells and outputs as they are read."""
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = [book.read(part).decode() for part in book.namelist() if part.endswith((".xml", ".rels"))]
        return html.unescape("\n".join(parts))
    if not name.endswith(TEXT):
        return content.decode("utf-8", errors="replace")
    text = content.decode("utf-8-sig")
    if name.endswith((".ipynb", ".json")):
        text = "\n".join(_strings(json.loads(text)))
    if name.endswith(".csv"):
        return _cell_by_cell(text)
    return html.unescape(EMBEDDED.sub("", text))


def _cell_by_cell(table: str) -> str:
    """A cell a line, so that the comma between two numbers is none within one."""
    return "\n".join(cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    else:
        yield str(value)


def _seen(name: str, text: str) -> str:
    """The text without tags, styles and the paths of drawings: numbers there are places, not amounts."""
    if name.endswith(".csv"):
        return text
    return "\n".join([DRAWN.sub(" ", text), *SAID.findall(text)])


def _numbers(text: str) -> set[int]:
    return {int(number.replace(",", "")) for number in NUMBER.findall(text)}


def _folded(text: str) -> str:
    """Widths made one; no blanks, so that a line break in a cell hides nothing."""
    return re.sub(r"[ \t\r\u3000]+", "", unicodedata.normalize("NFKC", text)).lower()
