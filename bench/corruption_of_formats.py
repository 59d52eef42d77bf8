"""How many wrong numbers are caught where the same document is a workbook or a PDF.

As `bench/corruption.py`, but each changed document is written as an xlsx file, or as a PDF with ruled tables, and read from that.
`python bench/corruption_of_formats.py` prints the tables of `bench/README.md`; every third change is tried as a PDF.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parent))
import made_up_documents as made
from corruption import KINDS, OUTCOMES, Result, every_change, results, table

NO_GLYPH = {"➤": "▶", "〜": "～"}  # the fonts at hand have none for these


def blocks(text: str) -> list[made.Block]:
    """The passages and tables of a text; rows of a table are as long as its longest."""
    found: list[made.Block] = []
    for is_table, run in groupby(text.split("\n"), key=lambda line: "\t" in line):
        lines = list(run)
        if not is_table:
            found += [line.strip() for line in lines if line.strip()]
            continue
        cells = [line.split("\t") for line in lines]
        width = max(map(len, cells))
        found.append([[*row, *[""] * (width - len(row))] for row in cells])
    return found


def as_workbook(text: str, folder: Path) -> Path:
    """Writes it as a workbook of one sheet."""
    (folder / "changed.xlsx").write_bytes(made.xlsx(blocks(text)))
    return folder / "changed.xlsx"


def as_pdf(text: str, folder: Path) -> Path:
    """Writes it as a PDF, tables ruled."""
    for letter, other in NO_GLYPH.items():
        text = text.replace(letter, other)
    (folder / "changed.pdf").write_bytes(made.pdf(blocks(text), passages_a_page=25))
    return folder / "changed.pdf"


def tried(some: list, written: object) -> list[Result]:
    """What became of each change, in two processes."""
    with ProcessPoolExecutor(2) as pool:
        found = [one for part in pool.map(partial(results, written=written), (some[::2], some[1::2])) for one in part]
    return sorted(found, key=lambda one: some.index(one.change))


def main() -> None:
    """Prints a table a format, and each change that was not caught."""
    for name, written, some in (
        ("Excel のブック", as_workbook, every_change()),
        ("PDF", as_pdf, every_change()[::3]),
    ):
        start = time.perf_counter()
        found = tried(some, written)
        print(f"{name}\n\n{table(found)}\n", flush=True)
        print(f"{len(found)} changes in {time.perf_counter() - start:.0f} s", file=sys.stderr)
        for one in found:
            if one.outcome in {"shown", "unseen"}:
                number = one.change.number
                where = f"L{number.line + 1} {KINDS[number.kind]} {number.printed} → {one.change.words or '（空欄）'}"
                print(f"{OUTCOMES[one.outcome]}: {where}（{one.change.way}）", file=sys.stderr)


if __name__ == "__main__":
    main()
