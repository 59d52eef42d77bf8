"""Pages of years that are made up to strain the layout, made by the project's own notebooks in this process.

Run as a program it writes each page, of these and of the released set, as pictures: `make screens`.
"""

import ast
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from unittest import mock

import made_up_register
import nbformat
from made_up import plan, year

from helpers import check, compute, notation, read
from helpers.run.render import export
from helpers.terms import English
from helpers.terms.frames import Frames
from helpers.terms.places import Line

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("brief", "detail", "quality")
BROWSER = "/usr/bin/chromium"
LONG = "公共施設の縮充と最適化に向けた総合的な管理計画の見直しと統廃合の推進"
LONG_IN_ENGLISH = "Review of the comprehensive management plan toward fewer, better and shared public facilities"
COUNTS = {"A": 2, "B": 5, "C": 1, "D": 0}


def _items(*millions: int, name: str = "架空の取組{}") -> list[tuple[str, str, str, str]]:
    return [(name.format(n), str(amount), "百万円", "half_up") for n, amount in enumerate(millions, start=1)]


def _long_names() -> Frames:
    made = year([COUNTS] * 5, [(100_000, 90_000)] * 5, _items(90, 80, 70, 40, 30, name=LONG + "{}"))
    named = plan(5)
    policies = tuple(
        replace(one, name=LONG + one.id, short_name="", name_en=f"{LONG_IN_ENGLISH} {one.id}") for one in named.policies
    )
    english = English(
        municipality="Made-up Long-Named Union of Cities",
        name=f"1st {LONG_IN_ENGLISH}",
        measures={f"{LONG}{n}": f"{LONG_IN_ENGLISH[0].lower()}{LONG_IN_ENGLISH[1:]} {n}" for n in range(1, 6)},
        words={"架空部": LONG_IN_ENGLISH},
    )
    plan_ = replace(
        named, policies=policies, name=f"第1次{LONG}計画", municipality="架空長名広域連合市", english=english
    )
    return replace(made, plan=plan_, registered_years=(2023, 2024))


def _no_english_names() -> Frames:
    """On an English page every name but those of the policies is then in Japanese."""
    made = _long_names()
    return replace(made, plan=replace(made.plan, english=English()))


def _register_and_years() -> Frames:
    """The released year with a made-up internal register, most of its grades and amounts at odds, and years around it."""
    released = compute.corrected(read.year("isehara-6", 2024, ROOT / "data"))
    rows = made_up_register.rows(released)
    for row in rows[: len(rows) // 2]:
        row |= {"grade": "A", "expected_amount": "1000", "actual_amount": "100"}
    register = made_up_register.frame(rows)
    return replace(released, register=register, registered_years=(2023, 2024, 2025))


STRAINED = {
    "long names": _long_names,
    "no English names": _no_english_names,
    "register and years": _register_and_years,
    "12 policies": lambda: year(
        [{"A": n, "B": 2 * n, "C": n % 3, "D": n % 2} for n in range(1, 13)],
        [(1000 * n, 1300 * n - 2000) for n in range(1, 13)],
        _items(4, 2),
    ),
    "300 measures": lambda: year(
        [{"A": 10, "B": 30, "C": 15, "D": 5}] * 5,
        [(100_000, 90_000)] * 5,
        _items(30, 20),
        named=[(f"架空の取組その{n}", "ABCD"[n % 4]) for n in range(10, 310)],
    ),
    "no measures": lambda: year([{"A": 0, "B": 0, "C": 0, "D": 0}] * 3, [(0, 0)] * 3),
    "all D": lambda: year([{"D": 7}] * 5, [(100_000, 3_000)] * 5, _items(2)),
    "very large amounts": lambda: year(
        [COUNTS] * 3,
        [(980_000_000, 1_200_000_000), (120_000_000, 1_000), (5, 98_000_000)],
        _items(900_000, 80_000),
        registered_years=(2023, 2024),
    ),
}


def page(
    name: str, frames: Frames, language: str = notation.ORIGINAL, *, before: dict[int, Frames] | None = None
) -> str:
    """A page as the notebook of that name makes it of these frames; nothing is read from or written to disk.

    What the checks find stands on the page and does not stop it: such a year states no totals. `before` are the years before,
    the same as this one where nothing is given.

    Raises:
        NotAPage: A character has no glyph, or an output cannot be shown.
    """
    sources = {key: {"file": f"{key}.txt", **about} for key, about in frames.sources.items()}
    frames = replace(frames, sources=sources)
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    space: dict[str, object] = {}
    with (
        mock.patch.object(read, "year", return_value=frames),
        mock.patch.object(read, "years_before", return_value=_year_before(frames) if before is None else before),
        mock.patch.object(read, "plan", return_value=frames.plan),
        mock.patch.object(read, "every_year", return_value={frames.fiscal_year: frames}),
        mock.patch.object(read, "table_files", side_effect=_table_files),
        mock.patch.object(read, "documents", side_effect=_documents),
        mock.patch.object(check, "stop", return_value=None),
        mock.patch.object(check, "stop_by_year", return_value=None),
    ):
        try:
            for cell in notebook.cells:
                if cell.cell_type == "code" and cell.id != "bundle":
                    cell.outputs = outputs(cell.source, space)
                    if cell.id == "parameters":
                        space["language"] = language
        finally:
            notation.speak(notation.ORIGINAL)
    about = {"title": frames.plan.name, "plan": frames.plan.id, "fiscal_year": frames.fiscal_year}
    return export.html(notebook, page={**about, "language": language})


def _year_before(frames: Frames) -> dict[int, Frames]:
    """The year before, where it is registered: the same but for one measure more, which makes the longest line of what moved."""
    before = frames.fiscal_year - 1
    if before not in frames.registered_years:
        return {}
    counts = frames.grade_counts.copy()
    counts.loc[counts.index[0], "measures"] += 1
    return {before: replace(frames, fiscal_year=before, grade_counts=counts, register=frames.register.iloc[:0])}


def _table_files(frames: Frames, *_: object) -> dict[str, bytes]:
    return {f"{name}.csv": table.to_csv(index=False).encode() for name, table in frames.tables().items()}


def _documents(frames: Frames, *_: object) -> dict[str, list[Line]]:
    """These years have no document; a line that is long, one that no space divides, and a row of a file without lines."""
    lines = [Line("架空の資料の一行。" * 30, "L1"), Line("A" * 200, "L2"), Line(f"{LONG}\t1,234\t5,678", "L3")]
    lines.append(Line(f"{LONG}\t1,234\t5,678", "概要!5", ("概要!A5", "概要!B5", "概要!C5")))
    return dict.fromkeys(frames.sources, lines)


def outputs(source: str, space: dict[str, object]) -> list[nbformat.NotebookNode]:
    """Runs a cell as a kernel would: the value of its last line is displayed."""
    *before, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        before, last = [*before, last], None
    exec(compile(ast.Module(before, []), "<cell>", "exec"), space)  # noqa: S102 — a cell of our own notebook
    shown = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space) if last else None  # noqa: S307
    bundle = getattr(shown, "_repr_mimebundle_", None)
    return [nbformat.v4.new_output("execute_result", bundle())] if bundle else []


def screens(folder: Path) -> int:
    """Pictures of every page at 1100 and 400 pixels and of its first sheet of A4, into a folder; how many there are."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 — starts a driver

    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name, frames in STRAINED.items():
        for kind, language in product(PAGES, notation.LANGUAGES):
            file = folder / f"{name} {kind} {language}.html"
            file.write_text(page(kind, frames(), language), encoding="utf-8")
    released = sorted((ROOT / "reports").rglob("*.html"))
    files = {path.stem: path for path in sorted(folder.glob("*.html"))}
    files |= {"-".join(path.relative_to(ROOT).with_suffix("").parts): path for path in released}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        opened = browser.new_page()
        for name, path in files.items():
            opened.goto(path.as_uri())
            for look, width, media in (("1100", 1100, "screen"), ("400", 400, "screen"), ("A4", 703, "print")):
                opened.emulate_media(media=media)
                opened.set_viewport_size({"width": width, "height": 1040})
                opened.screenshot(path=folder / f"{name} {look}.png", full_page=look != "A4")
        browser.close()
    return len(list(folder.glob("*.png")))


if __name__ == "__main__":
    sys.stdout.write(f"{screens(Path(sys.argv[1]))} pictures in {sys.argv[1]}\n")
