"""How many wrong numbers are caught before a page is built.

Each number of the FY2024 document's grade table, yen table, claims and named items is changed, one at a time, in ten ways; the
changed document goes the way of `gyokaku intake` and of a page's notebook: it is read, filed, read back, checked, computed
and checked again. `python bench/corruption.py` prints the table of `bench/README.md`.
"""

import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers import check, compute, intake, read, tell
from helpers.terms import Figures, Finding, Refusal, Unit
from helpers.terms.frames import Frames
from helpers.terms.tables import FACTS

DATA = Path(__file__).resolve().parents[1] / "data"
PLAN, YEAR = "isehara-6", 2024
KINDS = {"grades": "評価の表", "yen": "金額の表", "claims": "文の主張", "items": "項目の金額"}
OUTCOMES = {
    "refused": "読取りで中止",
    "stopped": "検算で中止",
    "warned": "1枚目で注意",
    "shown": "変わった数値として見える",
    "unseen": "見えない",
}
# Where numbers stand in a claim: 74件, 8割, 62件, 5つの基本方針, 〔5〕, 〔10〕.
CLAIM = re.compile(r"[0-9]+(?=件の取組項目|割程度|件が「|つの基本方針)|(?<=〔)[0-9]+(?=〕)")
ITEM = re.compile(r"(?<=（)[0-9]+(?=百万円）)")
NUMBER = re.compile(r"[0-9][0-9,]*")
# Writes a document into a folder, in some format.
Written = Callable[[str, Path], Path]


@dataclass(frozen=True)
class Number:
    """One number of the document: its place, the words it stands in, and the number after it."""

    kind: str
    line: int
    start: int
    printed: str
    neighbour: str

    @property
    def value(self) -> int:
        """Without separators."""
        return int(self.printed.replace(",", ""))


@dataclass(frozen=True)
class Change:
    """One number changed in one way; `words` are printed instead."""

    number: Number
    way: str
    words: str


@dataclass(frozen=True)
class Result:
    """What became of a change: one of `OUTCOMES`, and by which checks or refusal."""

    change: Change
    outcome: str
    by: tuple[str, ...] = ()


def numbers(lines: list[str]) -> list[Number]:
    """The numbers of the two tables, the claims and the named items, in the order of the document."""
    found = [(kind, number, hit.start(), hit[0]) for number, line in enumerate(lines) for kind, hit in _numbers(line)]
    places = {kind: [number for number in found if number[0] == kind] for kind in KINDS}
    following = {one: after for of in places.values() for one, after in zip(of, [*of[1:], *of[:1]], strict=True)}
    return [Number(*number, neighbour=following[number][3]) for number in found]


def _numbers(line: str) -> Iterator[tuple[str, re.Match[str]]]:
    cells = line.split("\t")
    if len(cells) == len(("基本方針", *"ABCD", "合計")) and cells[1].isdigit():
        yield from (("grades", hit) for hit in NUMBER.finditer(line, len(cells[0])))
    elif len(cells) > 1 and re.search("見込額|実績効果額", cells[1]):
        yield from (("yen", hit) for hit in NUMBER.finditer(line, len(cells[0])))
    else:
        yield from (("claims", hit) for hit in CLAIM.finditer(line))
        yield from (("items", hit) for hit in ITEM.finditer(line))


def changes(number: Number) -> list[Change]:
    """The ten ways; what leaves the words as they are is still here, for it is counted."""
    digits, value = str(number.value), number.value
    grouped = "," in number.printed or number.kind == "yen"
    pairs = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1]]
    at = pairs[-1] if pairs else 0
    ways = [
        ("桁の入替え", int(digits[:at] + digits[at : at + 2][::-1] + digits[at + 2 :])),
        ("桁の脱落", int(digits[:-1]) if digits[:-1] else None),
        ("桁の重複", int(digits + digits[-1])),
        ("±1", value + 1),
        ("±1", value - 1),
        ("×10", value * 10),
        ("×1000", value * 1000),
        ("符号", -value),
        ("隣の値", int(number.neighbour.replace(",", ""))),
        ("空欄", None),
        ("ゼロ", 0),
    ]
    return [Change(number, way, _printed(new, grouped=grouped)) for way, new in ways]


def _printed(value: int | None, *, grouped: bool) -> str:
    if value is None:
        return ""
    size = f"{abs(value):,}" if grouped else str(abs(value))
    return f"△{size}" if value < 0 else size


def changed(lines: list[str], change: Change) -> str:
    """The document with that one change."""
    number = change.number
    line = lines[number.line]
    new = line[: number.start] + change.words + line[number.start + len(number.printed) :]
    new = new.replace("()", "") if number.kind == "yen" else new  # a blank cell has no parentheses either
    return "\n".join([*lines[: number.line], new, *lines[number.line + 1 :]])


def as_text(text: str, folder: Path) -> Path:
    """Writes the document as it was received."""
    (folder / "changed.txt").write_text(text, encoding="utf-8")
    return folder / "changed.txt"


def result(change: Change, lines: list[str], data: Path, written: Written = as_text) -> Result:
    """Sends the changed document the whole way and says where it was stopped.

    Args:
        change: One number changed in one way.
        lines: The document as it was received.
        data: A copy of `data/`, to file the changed document in.
        written: How it is written, in which format.
    """
    if change.words == change.number.printed:
        return Result(change, "unchanged")
    try:
        frames, findings, figures = checked(changed(lines, change), data, written)
    except Refusal:
        return Result(change, "refused", ("intake",))
    stopping = tuple(sorted(one.id for one in findings if one.stops))
    if stopping or figures is None:
        return Result(change, "stopped", stopping)
    _, was, figures_were = _as_received(tuple(lines), data, written)
    warned = failed(findings) - failed(was)
    if warned and all(one in said_on_page_one(figures, frames, findings) for one in warned):
        return Result(change, "warned", tuple(sorted(warned)))
    return Result(change, "shown" if _values(figures) != _values(figures_were) else "unseen", tuple(sorted(warned)))


def _values(figures: Figures) -> dict:
    """What the figures are; how many facts were read is none of the plan's figures."""
    return {f.key: (f.exact, f.range) for f in figures if f.unit is not Unit.COUNT and f.metric != "sourced_share"}


def said_on_page_one(figures: Figures, frames: Frames, findings: list[Finding]) -> str:
    """All sentences of the brief."""
    return "".join(sentence.text for sentence in tell.brief(figures, frames, findings).sentences())


def failed(findings: list[Finding]) -> set[str]:
    """The checks that failed."""
    return {one.id for one in findings if one.result == "failed"}


@cache
def _as_received(lines: tuple[str, ...], data: Path, written: Written) -> tuple[Frames, list[Finding], Figures | None]:
    return checked("\n".join(lines), data, written)


def checked(text: str, data: Path, written: Written = as_text) -> tuple[Frames, list[Finding], Figures | None]:
    """Intake, reading and all checks of frames and figures, as `gyokaku intake` and a page make them."""
    plan = read.plan(PLAN, data)
    document = intake.document(written(text, data))
    layout = read.layout(PLAN, data)
    tables, about = (
        intake.facts(document, plan=plan, layout=layout, fiscal_year=YEAR),
        intake.about(document, plan, layout),
    )
    filing = intake.staged_year(
        tables, document, plan=plan, fiscal_year=YEAR, data_dir=data, replace=False, about=about
    )
    try:
        with filing as staged:
            frames = compute.corrected(read.year(PLAN, YEAR, data, folder=staged))
            raise _Read  # the copy stays as it was
    except _Read:
        pass
    findings = check.frames(frames)
    if any(one.stops for one in findings):
        return frames, findings, None
    figures = compute.figures(frames)
    return frames, [*findings, *check.figures(frames, figures)], figures


class _Read(Exception):  # noqa: N818 — not a fault
    """The staged year was read."""


def source() -> list[str]:
    """The lines of the FY2024 document as it was received."""
    frames = read.year(PLAN, YEAR, DATA)
    (source_id,) = (source_id for source_id, about in frames.sources.items() if not about.get("superseded"))
    return [line.words for line in read.source_lines(frames, source_id, DATA)]


@contextmanager
def unfiled() -> Iterator[Path]:
    """A copy of `data/` as if the year had not been filed yet: what people keep stays."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(DATA, data)
        year = data / PLAN / str(YEAR)
        shutil.rmtree(year / "source")
        for name in ["SOURCES.toml", *(f"{contract.name}.csv" for contract in FACTS)]:
            (year / name).unlink()
        yield data


def results(some: Iterable[Change], written: Written = as_text) -> list[Result]:
    """What became of each change, on a copy of the data."""
    lines = source()
    with unfiled() as data:
        return [result(change, lines, data, written) for change in some]


def table(found: list[Result]) -> str:
    """The outcomes by kind of number, as Markdown."""
    lines = [
        "| 数の種類 | 数 | 変更 | 変わらない（除外） | " + " | ".join(OUTCOMES.values()) + " |",
        "| --- " * (len(OUTCOMES) + 4) + "|",
    ]
    for kind, name in [*KINDS.items(), ("", "計")]:
        of_kind = [one for one in found if kind in {"", one.change.number.kind}]
        count = Counter(one.outcome for one in of_kind)
        cells = [
            len({one.change.number for one in of_kind}),
            len(of_kind),
            *(count[o] for o in ("unchanged", *OUTCOMES)),
        ]
        lines.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def by_way(found: list[Result]) -> str:
    """The outcomes by way of changing, as Markdown."""
    names = {"unchanged": "変わらない（除外）", **OUTCOMES}
    lines = ["| 変え方 | " + " | ".join(names.values()) + " |", "| --- " * (len(names) + 1) + "|"]
    for way in dict.fromkeys(one.change.way for one in found):
        count = Counter(one.outcome for one in found if one.change.way == way)
        lines.append(f"| {way} | " + " | ".join(str(count[name]) for name in names) + " |")
    return "\n".join(lines)


def by_check(found: list[Result]) -> str:
    """How often each check or refusal was among those that caught a change, as Markdown."""
    lines = ["| 何が捕まえたか | " + " | ".join(KINDS.values()) + " |", "| --- " * (len(KINDS) + 1) + "|"]
    caught = [one for one in found if one.outcome in {"refused", "stopped", "warned"}]
    for name in sorted({name for one in caught for name in one.by}, key=lambda name: (name != "intake", name)):
        count = Counter(one.change.number.kind for one in caught if name in one.by)
        lines.append(f"| {'読取り' if name == 'intake' else name} | " + " | ".join(str(count[k]) for k in KINDS) + " |")
    return "\n".join(lines)


def every_change() -> list[Change]:
    """Every number in every way."""
    return [change for number in numbers(source()) for change in changes(number)]


def main() -> None:
    """Prints the tables, and each change that was not caught."""
    start, some = time.perf_counter(), every_change()
    parts = [some[n::4] for n in range(4)]
    with ProcessPoolExecutor() as pool:
        found = [one for of_part in pool.map(results, parts) for one in of_part]
    found.sort(key=lambda one: some.index(one.change))
    print("\n\n".join([table(found), by_way(found), by_check(found)]))
    print(f"\n{len(found)} changes in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    for one in found:
        if one.outcome in {"warned", "shown", "unseen"}:
            number = one.change.number
            where = f"L{number.line + 1} {KINDS[number.kind]} {number.printed} → {one.change.words or '（空欄）'}"
            print(f"{OUTCOMES[one.outcome]}: {where}（{one.change.way}）{'・'.join(one.by)}", file=sys.stderr)


if __name__ == "__main__":
    main()
