"""The gallery of questions: each is answered for the real year, and for made-up ones that have nothing to answer it with."""

import dataclasses
import json
import re
from pathlib import Path

import made_up_register
import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import papermill
import pytest
import seaborn as sns
from boxes import touching
from made_up import year
from matplotlib import font_manager

from helpers import explore, read
from helpers.draw.canvas import house
from helpers.notation import tokens

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "notebooks" / "gallery.ipynb"
CELLS = json.loads(GALLERY.read_text(encoding="utf-8"))["cells"]
COUNTS = {"A": 2, "B": 1, "C": 1, "D": 0}
ANSWERED_BY_A_TABLE = {"rows", "twice", "source", "register-short"}
ITEMS = [("架空の取組", "5", "百万円", "unknown"), ("もう一つの取組", "6", "百万円", "unknown")]
MADE_UP = {
    "no money": lambda: year([COUNTS] * 3, [(None, None)] * 3),
    "no named measure": lambda: year([COUNTS] * 3, [(100, 200), (0, 0), (50, 10)]),
    "nothing expected": lambda: year([{"A": 2}] * 2, [(0, 0), (0, 0)]),
    "no grade": lambda: year([dict.fromkeys("ABCD", 0)] * 2, [(10, 20), (30, 40)]),
    "below zero": lambda: year([{"A": 2, "C": 1}] * 2, [(10, -20), (30, 40)], [("架空の取組", "5", "千円", "exact")]),
    "one policy": lambda: year([{"A": 1}], [(10, 20_000)], ITEMS, named=[("名前だけ", "A"), ("評価が低い", "C")]),
    "twelve policies": lambda: year([COUNTS | {"A": n} for n in range(12)], [(10 * n, 20) for n in range(12)]),
}


@pytest.fixture(scope="module")
def real():
    return read.year("isehara-6", 2024, ROOT / "data")


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """What a notebook sets for itself ends with the test."""
    monkeypatch.setattr(plt, "show", lambda: None)
    with mpl.rc_context(), pd.option_context("display.max_colwidth", 50, "display.float_format", None):
        mpl.use("Agg")
        yield
    plt.close("all")


def run(frames, monkeypatch):
    """The notebook's cells one after another in this process: each cell's id with its picture, or None."""
    monkeypatch.setattr(read, "year", lambda *_: frames, raising=False)
    monkeypatch.setattr(read, "years_before", lambda *_: {}, raising=False)
    monkeypatch.setattr(read, "every_year", lambda *_: {frames.fiscal_year: frames}, raising=False)
    names = {}
    for cell in CELLS:
        if cell["cell_type"] == "code":
            plt.close("all")
            exec("".join(cell["source"]), names)  # noqa: S102 — our own notebook
            drawn = plt.gcf() if plt.get_fignums() else None
            if drawn is not None:
                drawn.draw_without_rendering()
            yield cell["id"], drawn


def in_view(drawn):
    """The drawing without the ticks beyond its ends, whose numbers nobody sees."""
    for axes in drawn.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            axis.set_ticks([tick for tick in axis.get_ticklocs() if low <= tick <= high])
    return drawn


def test_a_dozen_questions_are_each_answered_in_a_few_lines():
    questions = [cell for cell in CELLS if cell["cell_type"] == "markdown" and cell["source"][0].startswith("## ")]
    answers = {cell["id"]: cell for cell in CELLS if cell["cell_type"] == "code"}
    assert len(questions) >= 12
    for cell in questions:
        assert re.match(r"## \d+\. .+か$", cell["source"][0].strip()), "a question"
        assert len(answers[cell["id"].removeprefix("q-")]["source"]) <= 5


def test_each_question_of_the_real_year_has_its_picture_of_what_the_document_says(real, monkeypatch):
    said = {}
    for name, drawn in run(real, monkeypatch):
        if name in {"parameters", "setup"} | ANSWERED_BY_A_TABLE:
            assert drawn is None
            continue
        assert drawn.axes[0].get_xlabel(), name
        said[name] = drawn.axes[0]
        assert not touching(in_view(drawn)), name
        titles = [axes.get_title(loc="left") for axes in drawn.axes]
        assert (titles == [explore.MARK]) == (name == "regrades"), "the mark stands on a what-if alone"
    # 0.45 of 方針1 is the least; 方針4 expected nothing and has no bar.
    assert [round(bar.get_width(), 2) for bar in said["short"].patches[:4]] == [0.45, 1.35, 1.69, 5.57]
    assert [one.get_text() for one in said["grades"].texts[:4]] == ["3", "15", "2", "0"], "方針1 as it is printed"
    assert said["regrades"].lines[0].get_ydata()[:4] == pytest.approx([62 / 74, 61 / 74, 60 / 74, 59 / 74])


def test_a_register_shows_departments_and_measures(real, monkeypatch):
    with_register = dataclasses.replace(real, register=made_up_register.frame(made_up_register.rows(real)))
    drawn = dict(run(with_register, monkeypatch))["register-departments"]
    bars = [sum(bar.get_width() for bar in container) for container in drawn.axes[0].containers]
    assert bars == pytest.approx([3.47736, 13.45649]), "expected and actual effect of all departments, as published"
    assert not touching(in_view(drawn))


@pytest.mark.parametrize("case", MADE_UP)
def test_a_year_with_nothing_to_show_is_answered_plainly(case, monkeypatch):
    assert len(list(run(MADE_UP[case](), monkeypatch))) == len([cell for cell in CELLS if cell["cell_type"] == "code"])


def test_seaborn_draws_japanese_in_the_pages_face_and_colours(recwarn):
    explore.style()
    axes = sns.barplot(pd.DataFrame({"基本方針": ["方針1", "方針2"], "倍率": [-0.5, 1.3]}), x="倍率", y="基本方針")
    axes.figure.canvas.draw()
    assert not [one for one in recwarn if "Glyph" in str(one.message)]
    face = tokens()["face"]["text"]
    assert plt.rcParams["font.family"] == [face]
    assert Path(font_manager.findfont(face)).parent.name == "fonts"
    assert sns.color_palette().as_hex()[0] == tokens()["colour"]["actual"]


def test_the_style_of_analysts_leaves_the_pages_as_they_are():
    with house():
        before = dict(mpl.rcParams)
    explore.style()
    with house():
        assert dict(mpl.rcParams) == before


@pytest.mark.slow
def test_papermill_runs_the_gallery(tmp_path):
    papermill.execute_notebook(GALLERY, tmp_path / "out.ipynb", cwd=ROOT / "notebooks", progress_bar=False)
    ran = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    shown = {cell.id: cell.outputs for cell in ran.cells if cell.cell_type == "code"}
    for name, outputs in shown.items():
        assert not [one for one in outputs if one.output_type == "stream"], f"{name}: a warning"
        if name not in {"parameters", "setup"}:
            wanted = "text/html" if name in ANSWERED_BY_A_TABLE else "image/png"
            assert [wanted in one.data for one in outputs] == [True], name
    twice = shown["twice"][0].data["text/html"]
    assert twice.count("下水道使用料の適正化") >= 2
    assert "(107,077)" in shown["source"][0].data["text/html"], "as the document prints what was expected of 方針1"
