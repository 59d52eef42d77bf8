"""A small tree under `reports/`, written by hand as a build would leave it. 架空: no city ever had these figures."""

import json
from hashlib import sha256
from pathlib import Path

PLAN = "made-up"
TITLE = "架空市 第1次架空計画 令和6年度取組結果"
FIGURES = {
    ("measures", "plan", ""): (10, "10件", "measures"),
    ("achievement_rate", "plan", ""): ("7/10", "70.0%", "rate"),
    ("actual_effect", "plan", ""): (120_000_000, "1.20億円", "yen"),
    ("effect_multiplier", "plan", ""): ("6/5", "1.20倍", "multiplier"),
    ("actual_effect", "policy", "1"): (90_000_000, "9,000万円", "yen"),
    ("actual_effect", "measure", "m-000001"): (80_000_000, "8,000万円", "yen"),
    ("measures_by_grade", "policy:grade", "1:A"): (3, "3件", "measures"),
}


def row(key: tuple[str, str, str], value: tuple, fiscal_year: int) -> dict:
    """A row of metrics.json; a pair of ends is a range."""
    exact, display, unit = value
    ends = (None, *exact) if isinstance(exact, tuple) else (exact, None, None)
    made = dict(zip(("metric", "scope", "scope_id"), key, strict=True)) | {"fiscal_year": fiscal_year}
    made |= dict(zip(("exact", "low", "high"), ends, strict=True))
    return made | {"display": display, "unit": unit, "status": "derived", "inputs": ["effects.csv:2"]}


def year_set(  # noqa: PLR0913 — each thing that a test may want otherwise
    out: Path,
    *,
    year: int = 2024,
    audience: str = "internal",
    figures: dict | None = None,
    words: str = "",
    title: str = TITLE,
    findings: tuple[dict, ...] = (),
    english: bool = False,
    made_for: str = "",
) -> Path:
    """Writes one year set with the pages over it, as a build would; its folder.

    Args:
        words: Something that stands on the page and is no figure.
        made_for: What its notebook says of its audience, where it is not the tree's.
    """
    tree = out / "public" if audience == "public" else out
    rows = [row(key, value, year) for key, value in (FIGURES | (figures or {})).items() if value]
    headline = f"10件中7件（70.0%）が概ね計画どおり以上。{words}"
    summary = {
        "plan": PLAN,
        "fiscal_year": year,
        "title": title,
        "headline": headline,
        "key_figures": [{"label": "達成率", "value": "70.0%"}],
        "figures": rows[1:4],
        "checks": {"passed": 20, "failed": 0, "warned": 1, "acknowledged": 0, "not_run": 0, "not_applicable": 2},
        "findings": [{"id": "V01", "severity": "block", "result": "passed", "acknowledged": ""}, *findings],
        "sources": [{"title": "架空の概要", "publisher": "架空市 企画課", "published": "2025-08", "sha256": "0" * 64}],
    }
    parameters = {"plan": PLAN, "fiscal_year": year, "audience": made_for or audience}
    links = '<a href="../index.html">年度の一覧</a><a href="metrics.json">数値</a><a href="../../index.html">計画</a>'
    pages = {
        "brief.html": f"<title>{title}</title><h1 class='headline'><span>{headline}</span></h1>{links}{words}",
        "notebooks/brief.ipynb": json.dumps({"cells": [], "metadata": {"papermill": {"parameters": parameters}}}),
        "metrics.json": json.dumps(rows, ensure_ascii=False),
        "summary.json": json.dumps(summary, ensure_ascii=False),
        "data/measures.csv": "\ufeffmeasure_id,measure\nm-000001,架空の取組\n",
    }
    if english:
        says = "<span>7 of 10 measures (70.0%) were broadly on plan or better.</span>"
        pages["brief.en.html"] = f'<title>Made-up City results</title><h1 class="headline">{says}</h1>'
    _unit(tree, f"{PLAN}/{year}", pages, audience)
    years = sorted(path.name for path in (tree / PLAN).iterdir() if path.name.isdigit())
    listed = "".join(f'<a href="{one}/brief.html">{one}</a>' for one in years) + words
    about = json.dumps({"cells": [], "metadata": {"papermill": {"parameters": parameters | {"fiscal_year": None}}}})
    _unit(tree, PLAN, {"index.html": listed, "notebooks/index.ipynb": about}, audience)
    _unit(tree, ".", {"index.html": f'<a href="{PLAN}/index.html">{PLAN}</a>{words}'}, "")
    return tree / PLAN / str(year)


def replace(tree: Path, name: str, file: str, content: bytes) -> None:
    """Another content of one file of a unit, as if it had been built so."""
    (tree / name / file).write_bytes(content)
    manifest = json.loads((tree / "manifest.json").read_bytes())
    manifest["sets"][name]["outputs"][file] = _known(file, content)
    (tree / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _unit(tree: Path, name: str, files: dict[str, str], audience: str) -> None:
    """The files, and their line in the manifest."""
    manifest = tree / "manifest.json"
    sets = json.loads(manifest.read_bytes())["sets"] if manifest.exists() else {}
    parameters = {"parameters": {"audience": audience, "language": "ja"}} if audience else {}
    sets[name] = {"outputs": {}, "pages": {"brief": parameters}}
    for file, words in files.items():
        (tree / name / file).parent.mkdir(parents=True, exist_ok=True)
        (tree / name / file).write_bytes(words.encode())
        sets[name]["outputs"][file] = _known(file, words.encode())
    manifest.write_text(json.dumps({"schema": 1, "sets": sets}), encoding="utf-8")


def _known(file: str, content: bytes) -> str:
    """The hash of a file by the manifest's rule."""
    return sha256(f"{file}\0{sha256(content).hexdigest()}\n".encode()).hexdigest()
