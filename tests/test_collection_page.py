"""The page of a collection: true in every state, and in no other tree. All measures and answers are made up (架空)."""

import json
import re
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import laid_out
import nbformat
import pandas as pd
import paper
import pytest
import strained
from test_batch import put_notebook, snapshot
from test_forms import ANSWERS, LIST, answer, write_list

from helpers import check, cli, compute, draw, notation, read, tell
from helpers.operate import deliver, rounds
from helpers.pages import collection as parts
from helpers.pages import collection_room
from helpers.run import batch, render
from helpers.run.batch import planner as planned
from helpers.run.render import export
from helpers.terms import Refusal

# One worker makes the collections of all tests.
pytestmark = pytest.mark.xdist_group("collection_page")

ROOT = Path(__file__).resolve().parents[1]
PLAN, YEAR, REGISTERED = "isehara-6", 2025, 2024
FORMS = {name: f"令和7年度_実績_{name}.xlsx" for name in ("企画部", "総務部", "土木部")}
A_THOUSAND_TIMES = ANSWERS | {"架空の窓口の見直し": ANSWERS["架空の窓口の見直し"] | {"実績効果額（千円）": 900_000_000}}
UNREASONED = ANSWERS | {"架空の土地の売却": {"評価": "D", "実績効果額（千円）": "精査中"}}
# Of each state: which departments answered what, and who closed it.
STATES = {
    "none": ({}, ""),
    "half": ({"土木部": ANSWERS}, ""),
    "asked": ({"土木部": ANSWERS, "総務部": UNREASONED}, ""),
    "doubted": ({"土木部": ANSWERS, "企画部": A_THOUSAND_TIMES}, ""),
    "all": (dict.fromkeys(FORMS, ANSWERS), ""),
    "closed": (dict.fromkeys(FORMS, ANSWERS), "企画部 𠮷田 架空"),
    "closed_over_a_doubt": (dict.fromkeys(FORMS, A_THOUSAND_TIMES), "企画部 架空太郎"),
}


def typed(*words):
    status = cli.main([*map(str, words)])
    assert status == 0, words


def asked(folder, *, stage="result"):
    """The forms of a list of measures, written below a folder with the plan's data; gives where they lie."""
    if not (folder / "data").exists():
        shutil.copytree(ROOT / "data" / PLAN, folder / "data" / PLAN)
    write_list(folder / "list.csv", LIST)
    about = ["--stage", stage, "--until", "2026-04-10", "--contact", "企画部 内線1234"]
    out = folder / f"forms-{YEAR}-{stage}"
    typed("forms", PLAN, "--year", YEAR, "--measures", folder / "list.csv", "--out", out, *about, *at(folder))
    return out


def at(folder):
    return ["--data", folder / "data"]


def collected(folder, answers, closed_by=""):
    forms, back = asked(folder), folder / "back"
    back.mkdir(exist_ok=True)
    for department, of_it in answers.items():
        answer(forms / FORMS[department], back / FORMS[department], of_it)
    if answers:
        close = ["--confirmed", "--close", closed_by] if closed_by else []
        typed("collect", back, "--plan", PLAN, "--year", YEAR, *close, *at(folder))
    return read.collection(PLAN, YEAR, folder / "data")


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """A collection of each state, made by the commands."""
    return {name: collected(tmp_path_factory.mktemp(name), *how) for name, how in STATES.items()}


def told(collection):
    """Figures and sentences of a collection, which the back-check has passed."""
    figures = compute.collection(collection)
    story = tell.collection(figures, collection)
    found = check.page(story.sentences(), figures, acknowledged=collection.acknowledged)
    assert [one.evidence for one in found if one.result != "passed"] == []
    return figures, story


def words(collection, part="headline"):
    return "".join(one.text for one in getattr(told(collection)[1], part))


def page(collection):
    """The page as its notebook makes it, in this process and without the disk."""
    notebook = nbformat.read(ROOT / "notebooks" / "collection.ipynb", as_version=4)
    space = {}
    with mock.patch.object(read, "collection", return_value=collection):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = strained.outputs(cell.source, space)
    return export.html(notebook, page={"title": "架空", "plan": PLAN, "fiscal_year": YEAR, "language": "ja"})


def text(html):
    return re.sub(r"\s+", "", re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]*>", "", html, flags=re.DOTALL))


def many(collection, departments, measures, *, name="架空第{n}部", open_points=0):
    """A collection of so many departments and measures, none of which is answered; with points to ask where said."""
    numbers = range(measures)
    asked_now = collection.asked.iloc[[0] * measures].set_axis(pd.RangeIndex(2, measures + 2))
    asked_now = asked_now.assign(
        number=[str(n) for n in numbers],
        measure_id=[f"m-{n:06d}" for n in numbers],
        measure=[f"架空の取組その{n}" for n in numbers],
        department=[name.format(n=n % departments) for n in numbers],
    )
    blank = {"weight": "open", "kind": "blank", "item": "評価", "says": "「評価」が空欄", "ask": "記入してもらう"}
    places = [f"架空の様式 {n}.xlsx 回答!J{n}" for n in numbers[:open_points]]
    doubts = asked_now[["department", "measure"]].head(open_points).assign(**blank, place=places)
    return replace(collection, asked=asked_now, doubts=doubts.reindex(columns=collection.doubts.columns))


# Figures, worked by hand from the list and the answers of test_forms


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        # measures asked, answered, begun; departments silent, answered, to ask; points to ask, to know
        ("none", (5, 0, 0, 3, 0, 0, 0, 0)),
        ("half", (5, 1, 1, 2, 1, 2, 2, 0)),
        ("asked", (5, 2, 3, 1, 1, 2, 3, 0)),
        ("doubted", (5, 3, 3, 1, 2, 1, 1, 1)),
        # of 土木 and 企画 all, and of 総務 that it lost 300 (千円)
        ("all", (5, 5, 5, 0, 3, 0, 0, 1)),
        ("closed", (5, 5, 5, 0, 3, 0, 0, 1)),
    ],
)
def test_the_state_is_counted(states, state, counts):
    figures = compute.collection(states[state])
    names = ("asked_measures", "answered_measures", "begun_measures", "silent_departments", "answered_departments")
    names += ("departments_to_ask", "points_to_ask", "points_to_know")
    assert tuple(figures[name].exact for name in names) == counts
    assert sum(one.exact for one in figures.of("asked_measures", "department")) == counts[0]
    assert sum(one.exact for one in figures.of("points_to_ask", "department")) == counts[6]


def provisional(figures):
    names = ("measures", "achieved_measures", "achievement_rate", "effect_measures", "expected_effect", "actual_effect")
    return tuple(figures[f"provisional_{name}"].exact for name in (*names, "effect_multiplier"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("none", (None, None, None, 0, None, None, None)),
        # of one measure: 200,000 expected and 210,000 actual (千円)
        ("half", (1, 1, None, 1, 200_000_000, 210_000_000, Fraction(21, 20))),
        # 1,000 + 0 + 200,000 − 300 and 900 + 0 + 210,000 − 300 (千円); 対象外 is in neither
        ("all", (5, 3, Fraction(3, 5), 4, 200_700_000, 210_600_000, Fraction(2106, 2007))),
        # 900,000,000千円 is set apart until somebody closes over it; 対象外 has no amount
        ("doubted", (3, 2, None, 1, 200_000_000, 210_000_000, Fraction(21, 20))),
        # 200,700 and 900,000,000 + 0 + 210,000 − 300 (千円)
        ("closed_over_a_doubt", (5, 3, Fraction(3, 5), 4, 200_700_000, 900_209_700_000, Fraction(9_002_097, 2_007))),
    ],
)
def test_grades_and_amounts_are_of_the_measures_answered(states, state, expected):
    figures = compute.collection(states[state])
    assert provisional(figures) == expected
    assert all(figure.inputs or not figure.is_known for figure in figures)
    assert all(notation.figure(figure) for figure in figures)


def test_grades_are_counted_by_grade_and_a_rate_of_few_answers_is_none(states):
    by_grade = compute.collection(states["all"]).of("provisional_measures_by_grade", "grade")
    assert {one.scope_id: one.exact for one in by_grade} == {"A": 1, "B": 2, "C": 1, "D": 1}
    assert compute.collection(states["half"])["provisional_achievement_rate"].reason == "too_few"


def test_an_actual_amount_without_an_expected_one_is_told_apart(tmp_path):
    without = {"架空の協働事業": {"評価": "B", "実績効果額（千円）": 50}}
    figures, story = told(collected(tmp_path, {"企画部": without}))
    assert figures["provisional_effect_measures"].exact == 0
    assert figures["provisional_effect_without_expected"].exact == 50_000
    assert "ほかに、見込みの額がない1件の実績5万円がある。" in story.provisional[-1].text


def test_the_stage_of_the_plan_knows_expected_amounts_alone(tmp_path):
    forms, name = asked(tmp_path, stage="plan"), "令和7年度_計画_土木部.xlsx"
    (tmp_path / "back").mkdir()
    answer(forms / name, tmp_path / "back" / name, {"架空の使用料の改定": {"効果見込額（千円）": 250}})
    typed("collect", tmp_path / "back", "--plan", PLAN, "--year", YEAR, *at(tmp_path))
    figures, story = told(read.collection(PLAN, YEAR, tmp_path / "data"))
    assert figures["provisional_expected_effect"].exact == 250_000
    assert figures["provisional_actual_effect"].reason == "not_asked_yet"
    assert figures["provisional_measures"].reason == "not_asked_yet"
    says = "".join(one.text for one in story.provisional)
    assert "効果見込額は、答えのある1件（照会は5件）だけで25万円。ほかの取組の額は含まない。" in says
    assert "実績" not in says


def test_a_year_has_no_figures_of_a_collection(figures):
    assert not [one.metric for one in figures if one.metric.startswith("provisional_")]


# Sentences


@pytest.mark.parametrize(
    ("state", "part", "says"),
    [
        ("none", "headline", "3部に5件を照会し、まだ回答がない。"),
        ("half", "headline", "5件のうち1件の回答がそろった。3部のうち2部から回答がない。部に確かめることが2件ある。"),
        ("all", "headline", "5件すべての回答がそろった。部に確かめることはない。"),
        ("closed", "headline", "5件すべての回答がそろった。"),
        ("none", "provisional", "集計できる答えはまだない。"),
        ("doubted", "provisional", "桁の誤りかもしれない額が1件あり、確かめるまで効果額に含まない"),
        ("closed_over_a_doubt", "provisional", "桁の誤りかもしれないと知らせた額が1件あり、そのまま締め切ったので含む"),
    ],
)
def test_how_far_it_is_and_what_the_sums_hold_is_said(states, state, part, says):
    said = words(states[state], part)
    assert says in said
    assert part != "headline" or said.startswith(says)


def test_a_closed_stage_says_who_closed_it_and_when(states):
    closed = replace(states["closed"], closed_on="2026-04-12")
    assert words(closed).endswith("2026年4月12日に企画部 𠮷田 架空が締め切った。")
    html = text(page(closed))
    found = [said for said in ("速報（締め切る前）", "締切済", "公表した数値ではない") if said in html]
    assert found == ["締切済", "公表した数値ではない"]


@pytest.mark.parametrize("state", [state for state in STATES if state != "none"])
def test_no_sum_is_without_the_measures_it_covers(states, state):
    figures, story = told(states[state])
    of_money = [one for one in story.provisional if "見込み" in one.text and "実績" in one.text]
    assert of_money
    covered = {"provisional_effect_measures", "provisional_measures_without_expected"}
    for one in of_money:
        assert {key[0] for key in one.figures} & covered
        is_whole = figures["provisional_effect_measures"].exact == figures["asked_measures"].exact
        assert ("だけで" in one.text) != is_whole or "ほかに" in one.text


def test_nothing_is_summed_where_nothing_was_answered(states):
    assert not re.search(r"[0-9.]+(億円|万円|倍|%)", text(page(states["none"])))


def test_a_wrong_number_in_a_sentence_is_noticed(states):
    figures, story = told(states["half"])
    wrong = [replace(one, text=one.text.replace("1件", "2件")) for one in story.headline]
    found = check.page(wrong, figures, acknowledged=states["half"].acknowledged)
    assert [one.id for one in found if one.result == "failed"] == ["V25"]


# The page


@pytest.mark.parametrize("state", STATES)
def test_the_page_says_of_every_department_how_far_it_is(states, state):
    collection = states[state]
    html = page(collection)
    assert "予期しない" not in html
    for row in collection.by_department.itertuples():
        assert {row.department in html, f"{row.answered}／{row.asked}" in html} == {True}
    for row in collection.doubts.itertuples():
        assert {row.says in html, row.ask in html, row.place == "not_applicable" or row.place in html} == {True}
    assert ("回答なし" in text(html)) == bool(collection.silent)


def test_what_anybody_typed_is_words_and_never_html(states):
    nasty = '<b>&"部$x$</b>'
    collection = states["asked"]
    frames = {
        "asked": collection.asked.assign(department=nasty, measure="架空の<i>🌸取組"),
        "doubts": collection.doubts.assign(department=nasty, measure="架空の<i>🌸取組", place='"><script>x</script>🌸'),
    }
    html = page(replace(collection, **frames, contact="<u>内線</u>🌸", closed_by="<s>12</s>", closed_on="2026-04-01"))
    assert not re.search(r"<(b|i|u|s|script)>", html)
    assert "&lt;b&gt;&amp;" in html
    assert "架空の&lt;i&gt;🌸取組" in html
    charts = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    assert charts.count("$x$") > 1, "no formula is set in a chart"


def test_the_silent_are_named_once_and_every_point_is_counted(states):
    html = text(page(states["asked"]))
    assert "回答のない部：企画部（回答を求める）" in html
    assert "部に確かめること（全3件）" in html


def test_every_way_on_the_page_leads_somewhere(states):
    html = page(many(states["none"], 20, 60, open_points=60))
    places = re.findall(r'href="#([^"]+)"', html)
    assert {"all-points", "table-departments"} <= set(places)
    assert [place for place in places if f' id="{place}"' not in html] == []


# Page one has room for so much


@pytest.mark.parametrize(
    ("departments", "columns", "has_chart"),
    [(1, 1, True), (12, 1, True), (13, 2, False), (40, 2, False), (41, 3, False), (66, 3, False), (200, 0, False)],
)
def test_departments_stand_where_they_have_room(departments, columns, has_chart):
    names = [f"架空第{n}部" for n in range(departments)]
    found = collection_room.layout(names, [], [], [], [], "")
    assert (found.columns, found.has_chart) == (columns, has_chart)
    assert collection_room.layout(["架空の" * 60] * 12, [], [], [], [], "").columns == 0, "long names stand behind"


def test_points_to_ask_leave_room_for_what_is_told():
    found = collection_room.layout(["架空部"], [], [], ["尋ねること"] * 500, ["知らせ"] * 500, "")
    assert 10 < found.points < 60
    assert found.told == collection_room.LEAST_TOLD
    assert collection_room.layout(["架空部"], [], [], ["尋ねること"], ["知らせ"], "").told == 1


@pytest.mark.parametrize("departments", [40, 85])
def test_the_chart_of_many_departments_stands_behind_in_pieces(states, departments):
    collection = many(states["none"], departments, departments)
    figures, story = told(collection)
    assert parts.answered(collection, figures, story) is None
    html = str(parts.answered_in_full(collection, figures, story).html)
    pieces = -(-departments // parts.MOST_BARS)
    assert len(re.findall(r"<figure ", html)) == pieces
    assert ("<table" in html) == (departments == 85)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))


def test_the_chart_draws_the_figures(states):
    rows = draw.answered.rows(compute.collection(states["asked"]))
    assert rows.to_dict("list") == {
        "department": ["企画部", "総務部", "土木部"],
        "asked": [2, 2, 1],
        "answered": [0, 1, 1],
        "begun": [0, 2, 1],
        "open": [1, 2, 0],
    }
    bars = draw.answered.drawn(91, rows).axes[0].patches
    assert sorted(round(bar.get_width()) for bar in bars) == [0, 1, 1, 1, 2, 2]


# In a tree of its own


def put_notebooks(here):
    """The collection's own notebook, and a test's for the pages of a registered year."""
    (here / "notebooks").mkdir()
    put_notebook(here, "good", page="good")
    shutil.copy(ROOT / "notebooks" / "collection.ipynb", here / "notebooks")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A project with a registered year, whose page is a test's, and a half answered collection; built by the command."""
    here = tmp_path_factory.mktemp("project")
    collected(here, {"土木部": ANSWERS, "総務部": UNREASONED})
    put_notebooks(here)
    typed("build", *at(here))
    return batch.Folders.around(here / "data")


@pytest.fixture
def copied(built, tmp_path):
    """The same project for a test to spoil."""
    shutil.copytree(built.data.parent, tmp_path / "project")
    return batch.Folders.around(tmp_path / "project" / "data")


def said(capsys, *words):
    status = cli.main([*map(str, words)])
    found = capsys.readouterr()
    return status, found.out + found.err


def without_kernels():
    return mock.patch.object(render, "page", side_effect=AssertionError("a kernel would have started"))


def tree(folders):
    return folders.out / "collection"


@pytest.mark.slow
def test_a_collection_is_built_into_a_tree_of_its_own(built):
    here = tree(built)
    assert json.loads((here / "manifest.json").read_text(encoding="utf-8"))["sets"].keys() == {f"{PLAN}/{YEAR}"}
    assert set(snapshot(here / PLAN / str(YEAR))) == {
        *("collection.html", "metrics.json", "summary.json", "notebooks/collection.ipynb"),
        *("data/departments.csv", "data/doubts.csv", "data/answers.csv"),
    }
    about = json.loads((here / PLAN / str(YEAR) / "summary.json").read_text(encoding="utf-8"))
    assert (about["fiscal_year"], about["stage"], about["is_provisional"]) == (YEAR, "result", True)


@pytest.mark.slow
def test_no_other_tree_knows_of_it_and_nothing_of_it_is_ever_delivered(built):
    of_years = json.loads((built.out / "manifest.json").read_text(encoding="utf-8"))["sets"]
    assert of_years.keys() == {".", f"{PLAN}/{REGISTERED}"}
    assert not (built.out / PLAN / str(YEAR)).exists()
    index = (built.out / "index.html").read_text(encoding="utf-8")
    assert "照会" not in text(index)
    delivered = [*deliver.built.units(built.out, "internal"), *deliver.built.units(built.out, "public")]
    names = [*re.findall(r'href="([^"]*)"', index), *delivered]
    assert not [name for name in names if "collection" in name or str(YEAR) in name]
    assert deliver.year_sets(built.out) == [(PLAN, REGISTERED)]


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["collection", "collection/2025"])
def test_a_manifest_that_names_the_tree_as_a_plan_is_not_believed(copied, unit):
    path = copied.out / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["sets"][unit] = content["sets"][f"{PLAN}/{REGISTERED}"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert unit not in deliver.built.units(copied.out, "internal")
    with pytest.raises(Refusal, match="計画の名前「collection」は使えません"):
        read.years("collection", copied.data)


@pytest.mark.slow
def test_no_page_of_a_collection_is_made_for_the_public(copied, capsys):
    status, words_said = said(capsys, "build", "--audience", "public", "--page", "collection", *at(copied.data.parent))
    assert (status, "ページ「collection」はありません" in words_said) == (1, True)


@pytest.mark.slow
def test_what_changes_in_a_collection_is_due_there_and_nowhere_else(copied):
    def due():
        known = rounds.Known([(PLAN, REGISTERED)], [(PLAN, YEAR)])
        found = rounds.due(known, folders=copied, chosen=rounds.Settings(public=False))
        return [(one.tree, one.name, one.pages, tuple(why.code for why in one.reasons)) for one in found]

    of_collection = copied.data / PLAN / "collection" / str(YEAR) / "result"
    assert due() == []
    (of_collection / "doubts.csv").write_text("weight\n", encoding="utf-8")
    assert due() == [("collection", f"照会 {PLAN} {YEAR}", ("collection",), ("collection",))]
    shutil.rmtree(of_collection.parent)
    (copied.data / PLAN / str(REGISTERED) / "corrections.csv").write_text("", encoding="utf-8")
    found = rounds.due(rounds.Known([(PLAN, REGISTERED)], []), folders=copied, chosen=rounds.Settings())
    assert {one.tree for one in found} == {"internal"}


@pytest.mark.slow
def test_a_second_build_makes_nothing_and_a_change_makes_the_page_alone(copied, capsys):
    with without_kernels():
        status, words_said = said(capsys, "build", *at(copied.data.parent))
    assert (status, "変更なし 3" in words_said) == (0, True)
    before = snapshot(copied.out / PLAN)
    answer(copied.data.parent / f"forms-{YEAR}-result" / FORMS["企画部"], copied.data.parent / "back" / FORMS["企画部"])
    typed("collect", copied.data.parent / "back", "--plan", PLAN, "--year", YEAR, *at(copied.data.parent))
    status, words_said = said(capsys, "build", *at(copied.data.parent))
    assert (status, "作成 1、変更なし 2" in words_said) == (0, True)
    assert snapshot(copied.out / PLAN) == before
    html = (tree(copied) / PLAN / str(YEAR) / "collection.html").read_text(encoding="utf-8")
    assert "5件のうち4件の回答がそろった。" in text(html)


@pytest.mark.slow
def test_a_broken_collection_is_refused_and_the_former_page_stays(copied, capsys):
    before = snapshot(tree(copied))
    damaged = copied.data / PLAN / "collection" / str(YEAR) / "result" / "asked.csv"
    content = damaged.read_bytes()
    damaged.write_bytes(content.replace("架空の窓口の見直し".encode(), b""))
    status, words_said = said(capsys, "build", *at(copied.data.parent))
    assert (status, "中止 1" in words_said) == (1, True)
    assert re.search(rf"照会 {PLAN} {YEAR}: .*asked\.csv 2行.*空欄です", words_said)
    assert snapshot(tree(copied)) == before
    failed = copied.out / "_failed" / "collection" / PLAN / str(YEAR)
    assert "空欄です" in (failed / "reason.txt").read_text(encoding="utf-8")
    damaged.write_bytes(content)
    with without_kernels():
        assert said(capsys, "build", *at(copied.data.parent))[0] == 0
    assert not (copied.out / "_failed").exists()


@pytest.mark.slow
def test_another_machine_makes_the_same_page_of_the_files_it_is_given(built, tmp_path):
    planner = planned.Planner(
        built, batch.TREES["collection"], batch.pages(built.notebooks), language="ja", lists_all=False
    )
    work = planner.work(PLAN, YEAR, wanted={"collection"}, force=True)
    for name, path in planner.files(work).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / name)
    assert not (tmp_path / PLAN / str(REGISTERED)).exists()
    given = {"plan": PLAN, "fiscal_year": YEAR, "language": "ja", "audience": "internal", "data_dir": str(tmp_path)}
    made = render.page(built.notebooks / "collection.ipynb", given, cell_seconds=120, start_seconds=120)
    stands = (tree(built) / PLAN / str(YEAR) / "collection.html").read_text(encoding="utf-8")
    assert made.html == stands


@pytest.mark.slow
def test_a_run_builds_it_and_tells_a_failure_once(copied, capsys):
    damaged = copied.data / PLAN / "collection" / str(YEAR) / "result" / "collection.toml"
    content = damaged.read_bytes()
    damaged.write_bytes(b"stage = 1\n")
    words_typed = ["run", "--today", "2026-05-01", *at(copied.data.parent)]
    status, words_said = said(capsys, *words_typed)
    assert (status, f"照会 {PLAN} {YEAR}: " in words_said) == (1, True)
    line = rounds.history(copied.out)[0]
    assert ["collection", f"照会 {PLAN} {YEAR}", "refused"] in [one[:3] for one in line["failures"]]
    assert said(capsys, *words_typed) == (1, "")
    damaged.write_bytes(content)
    status, words_said = said(capsys, *words_typed)
    assert (status, f"解消 照会 {PLAN} {YEAR}" in words_said) == (0, True)


# What is asked for


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a registered year and a collection of another, and what a build would be asked."""
    asked(tmp_path)
    put_notebooks(tmp_path)
    calls = []

    def build(year_sets, asked_for, **settings):
        calls.append((list(year_sets), list(settings["collections"]), tuple(asked_for.pages)))
        return batch.Outcome([], [])

    monkeypatch.setattr(batch, "build", build)
    return SimpleNamespace(at=at(tmp_path), calls=calls)


@pytest.mark.parametrize(
    ("words_typed", "year_sets", "collections"),
    [
        ([], [(PLAN, REGISTERED)], [(PLAN, YEAR)]),
        ([PLAN], [(PLAN, REGISTERED)], [(PLAN, YEAR)]),
        ([PLAN, "--year", YEAR], [], [(PLAN, YEAR)]),
        (["--year", YEAR], [], [(PLAN, YEAR)]),
        (["--page", "collection"], [], [(PLAN, YEAR)]),
        (["--page", "good"], [(PLAN, REGISTERED)], []),
        (["--page", "good", "--page", "collection"], [(PLAN, REGISTERED)], [(PLAN, YEAR)]),
        (["--audience", "public"], [(PLAN, REGISTERED)], []),
    ],
)
def test_a_build_takes_the_collections_that_were_asked_for(project, capsys, words_typed, year_sets, collections):
    status, words_said = said(capsys, "build", *words_typed, *project.at)
    assert status == 0, words_said
    assert [call[:2] for call in project.calls] == [(year_sets, collections)]
    assert "未登録" not in words_said


@pytest.mark.parametrize(
    ("words_typed", "says"),
    [
        ([PLAN, "--year", "2026"], f"{PLAN} の2026年度は未登録です"),
        ([PLAN, "--year", YEAR, "--page", "good"], f"{PLAN} の{YEAR}年度は未登録です"),
        ([PLAN, "--year", REGISTERED, "--page", "collection"], "部に照会した年度がありません"),
        (["isehara-9", "--page", "collection"], "計画「isehara-9」がありません"),
    ],
)
def test_what_is_not_there_is_refused(project, capsys, words_typed, says):
    status, words_said = said(capsys, "build", *words_typed, *project.at)
    assert (status, says in words_said) == (1, True), words_said


def test_the_public_is_never_due_a_page_for_the_city_alone(tmp_path):
    (tmp_path / "data" / PLAN / str(REGISTERED)).mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    for name in ("brief", "assembly"):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", tmp_path / "notebooks")
    folders = batch.Folders.around(tmp_path / "data")
    found = batch.plan_of_work([(PLAN, REGISTERED)], folders=folders, tree="public", language="ja")
    assert found[0].pages == ("brief",)


# On paper and on screens


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):
    """Opens a page of a collection."""
    folder, tabs = tmp_path_factory.mktemp("pages"), browser.new_context()

    def call(name, collection):
        file = folder / f"{name}.html"
        file.write_text(page(collection), encoding="utf-8")
        tab = tabs.new_page()
        tab.goto(file.as_uri())
        return tab

    yield call
    tabs.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(
    "size", ["none", "asked", "closed_over_a_doubt", "many points", "40 departments", "long names"]
)
def test_page_one_is_one_sheet_and_no_screen_is_too_narrow(opened, states, size):
    nothing = states["none"]
    long = "架空の長い名前をもつ第{n}推進企画調整担当部"
    collection = {
        "many points": lambda: many(nothing, 8, 60, open_points=60),
        "40 departments": lambda: many(nothing, 40, 80, open_points=80),
        "long names": lambda: many(nothing, 10, 40, name=long, open_points=40),
    }.get(size, lambda: states[size])()
    tab = opened(size, collection)
    assert laid_out.spilling(tab) == []
    tab.emulate_media(media="print")
    first, second = paper.texts(tab, page_ranges="1-2")
    assert "再現：" in first, "the last line of page one"
    assert "再現：" not in second
    tab.emulate_media(media="screen")
    for width in (400, 1100, 1700):
        assert laid_out.faults(tab, width) == {}, width
