"""A year set is published whole or the former one stays; what has not changed is not built again."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

from helpers import publish
from helpers.bundle import MIME
from helpers.run import batch, render
from helpers.run.batch import due, memory, run, year_set
from helpers.run.render import workers
from helpers.terms import Refusal
from helpers.terms.json import indented

# One worker builds the project that is copied, for `test_due` too.
pytestmark = pytest.mark.xdist_group("batch")

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "tests" / "notebooks"
PLAN, YEAR = "isehara-6", 2024
NOBODY = 65534
SETTINGS = {"pages": (), "language": "ja", "audience": "internal", "jobs": 1, "force": False}


def bundle_row(**changes):
    return {"metric": "measures", "scope": "plan", "scope_id": "", "fiscal_year": YEAR, "exact": 74} | changes


def bundle(page, given):
    about = {"schema": 1, "page": page, "plan": PLAN, "fiscal_year": YEAR, "language": "ja", "audience": "internal"}
    return {
        **{name: value for name, value in (about | given).items() if name != "data_dir"},
        "title": "題",
        "metrics": [bundle_row()],
        "summary": {"headline": "74件中62件"},
        "tables": {"grades": {"columns": ["policy", "measures"], "rows": [["1", 20], ["=cmd", None]]}},
    }


def project(folder, *notebooks, years=(YEAR,)):
    """A folder with data of one plan and pages made by test notebooks, each under its own name."""
    for year in years:
        (folder / "data" / PLAN / str(year)).mkdir(parents=True)
        (folder / "data" / PLAN / str(year) / "effects.csv").write_text(f"policy,{year}\n", encoding="utf-8")
    shutil.copy(ROOT / "data" / PLAN / "plan.toml", folder / "data" / PLAN)
    (folder / "notebooks").mkdir()
    for name in notebooks:
        put_notebook(folder, name, page=name)
    return batch.Folders.around(folder / "data")


def put_notebook(folder, name, *, page):
    content = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    content["metadata"]["gyokaku"]["page"] = page
    for cell in content["cells"]:
        cell["source"] = "".join(cell["source"]).replace(f'"page": "{name}"', f'"page": "{page}"')
    (folder / "notebooks" / f"{page}.ipynb").write_text(json.dumps(content), encoding="utf-8")


def with_cell(folders, page, source):
    """A cell before the page's bundle."""
    path = folders.notebooks / f"{page}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    nothing_yet = {"outputs": [], "metadata": {}, "execution_count": None}
    content["cells"].insert(-1, {"cell_type": "code", "id": "added", "source": source} | nothing_yet)
    path.write_text(json.dumps(content), encoding="utf-8")


def build(folders, *year_sets, told=lambda *_: None, overview=None, command="", **settings):
    about = {"folders": folders, "told": told, "overview": overview, "command": command}
    return batch.build(year_sets or [(PLAN, YEAR)], batch.Asked(**{**SETTINGS, **settings}), **about)


def only(folders, **settings):
    (result,) = build(folders, **settings).results
    return result


def snapshot(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {batch.folders.LOCK, batch.history.HISTORY}
    }


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    folders = project(folder, "good", "all_outputs")
    return folders, only(folders), snapshot(folders.out)


@pytest.fixture
def copied(built, tmp_path):
    """The same project, built, for a test to spoil."""
    folders, _, _ = built
    shutil.copytree(folders.data.parent, tmp_path / "project")
    return batch.Folders.around(tmp_path / "project" / "data")


@pytest.fixture
def no_kernel(monkeypatch):
    instead_of_pages(monkeypatch, lambda *_, **__: pytest.fail("a kernel would have started"))


@pytest.fixture
def stubbed(monkeypatch):
    """Pages are made without a kernel; what each was asked for, under its name."""
    asked = []

    def page(notebook, given, **told):
        asked.append((notebook.stem, told))
        return stub(notebook.stem, given)

    instead_of_pages(monkeypatch, page)
    return asked


# What is built


@pytest.mark.slow
def test_a_year_set_is_complete_and_written_for_people_and_version_control(built):
    folders, result, files = built
    assert result.state is batch.State.BUILT
    assert result.paths == tuple(folders.out / PLAN / str(YEAR) / f"{page}.html" for page in ("all_outputs", "good"))
    of_set = (
        *("good.html", "all_outputs.html", "metrics.json", "summary.json", "data/grades.csv"),
        *("notebooks/good.ipynb", "notebooks/all_outputs.ipynb", f"data/{PLAN}-{YEAR}.xlsx"),
    )
    assert set(files) == {"manifest.json", *(f"{PLAN}/{YEAR}/{name}" for name in of_set)}
    assert files[f"{PLAN}/{YEAR}/metrics.json"] == indented([bundle_row()], sort_keys=True)
    assert json.loads(files[f"{PLAN}/{YEAR}/summary.json"])["headline"] == "74件中62件"
    table = files[f"{PLAN}/{YEAR}/data/grades.csv"]
    assert table.startswith(b"\xef\xbb\xbfpolicy,measures\n")
    assert b"\r" not in table


@pytest.mark.slow
def test_manifest_has_no_time_and_no_machine(built):
    folders, _, files = built
    manifest = files["manifest.json"].decode()
    assert f"/{folders.data.parent.name}" not in manifest
    entry = json.loads(manifest)["sets"][f"{PLAN}/{YEAR}"]
    assert set(entry["pages"]["good"]) == {"data", "libraries", "notebook", "package", "parameters", "years"}
    assert set(entry["outputs"]) == {name.removeprefix(f"{PLAN}/{YEAR}/") for name in files} - {"manifest.json"}


@pytest.mark.slow
def test_what_people_put_beside_the_pages_stays(copied):
    memo = copied.out / PLAN / str(YEAR) / "会議の記録.txt"
    memo.write_text("架空", encoding="utf-8")
    assert only(copied, force=True).state is batch.State.BUILT
    assert memo.read_text(encoding="utf-8") == "架空"


# What is due


@pytest.mark.slow
@pytest.mark.usefixtures("no_kernel")
def test_what_has_not_changed_is_not_built_again(copied):
    for litter in ("", ".DS_Store", "~$effects.csv", "Thumbs.db"):  # of desktops; first none
        before = snapshot(copied.out)
        if litter:
            (copied.data / PLAN / str(YEAR) / litter).write_text("", encoding="utf-8")
        assert only(copied).state is batch.State.UNCHANGED
        assert snapshot(copied.out) == before


@pytest.mark.slow
def test_nothing_to_do_imports_neither_papermill_nor_nbconvert(copied):
    code = f"""
import sys, pathlib
from helpers.run import batch
folders = batch.Folders.around(pathlib.Path({str(copied.data)!r}))
outcome = batch.build([({PLAN!r}, {YEAR})], batch.Asked(**{SETTINGS!r}), folders=folders, told=print)
assert [result.state for result in outcome.results] == ["unchanged"], outcome
assert not {{"papermill", "nbconvert", "nbformat", "pandas"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


@pytest.mark.slow
def test_only_the_page_that_is_due_runs_and_the_set_stays_whole(copied, stubbed):
    put_notebook(copied.notebooks.parent, "broken_cell", page="good")
    before = snapshot(copied.out / PLAN / str(YEAR))
    assert only(copied).state is batch.State.BUILT
    after = snapshot(copied.out / PLAN / str(YEAR))
    assert [page for page, _ in stubbed] == ["good"]
    assert {name for name in before if before[name] != after[name]} == {"good.html", "notebooks/good.ipynb"}


@pytest.mark.slow
def test_asking_for_one_page_keeps_the_others_as_they_stand(copied, stubbed):
    (copied.data / PLAN / str(YEAR) / "effects.csv").write_text("new", encoding="utf-8")
    result = only(copied, pages=["good"])
    assert [path.name for path in result.paths] == ["all_outputs.html", "good.html"]
    assert [page for page, _ in stubbed] == ["good"]
    assert only(copied).state is batch.State.BUILT
    assert [page for page, _ in stubbed] == ["good", "all_outputs"]


@pytest.mark.slow
@pytest.mark.usefixtures("stubbed")
def test_a_manifest_that_cannot_be_read_is_as_none(copied):
    for content in ("{", "[]", '{"schema": 9, "sets": {}}'):
        (copied.out / "manifest.json").write_text(content, encoding="utf-8")
        outcome = build(copied)
        assert [result.state for result in outcome.results] == ["built"]
        assert "読めないので、ないものとして" in outcome.notes[0]
    assert build(copied).notes == []


def test_pages_are_found_by_what_their_notebooks_say_those_of_a_year_before_those_of_the_plan(tmp_path):
    folders = project(tmp_path, "good")
    (folders.notebooks / "all.ipynb").write_text('{"metadata": {"gyokaku": {"page": "all", "per": "plan"}}}')
    (folders.notebooks / "explore.ipynb").write_text('{"metadata": {}}')
    assert list(due.pages(folders.notebooks).items()) == [
        ("good", due.Notebook(folders.notebooks / "good.ipynb", "year", ("ja",))),
        ("all", due.Notebook(folders.notebooks / "all.ipynb", "plan", ("ja",))),
    ]


ABOUTS = ('{"page": "good", "per": "year"}', '{"page": "../x", "per": "year"}', '{"per": "year"}')
NO_NOTEBOOKS = ("{", "{}", "[]", '{"metadata": 3}', '{"metadata": {"gyokaku": 3}}')


@pytest.mark.parametrize(
    ("content", "says"),
    [
        *((f'{{"metadata": {{"gyokaku": {about}}}}}', "ページの名前") for about in ABOUTS),
        *((content, "ノートブックとして読めません") for content in NO_NOTEBOOKS),
    ],
)
def test_a_page_name_that_is_taken_or_no_file_name_and_a_file_that_is_no_notebook_are_refused(tmp_path, content, says):
    folders = project(tmp_path, "good")
    (folders.notebooks / "other.ipynb").write_text(content, encoding="utf-8")
    with pytest.raises(Refusal, match=rf"other\.ipynb: {says}"):
        due.pages(folders.notebooks)


def test_notebooks_are_those_beside_the_data_or_else_of_the_project_here(tmp_path, monkeypatch):
    here = project(tmp_path / "here", "good")
    (tmp_path / "elsewhere" / "data").mkdir(parents=True)
    monkeypatch.chdir(here.data)
    folders = batch.Folders.around(tmp_path / "elsewhere" / "data")
    assert folders.notebooks == here.notebooks
    assert folders.out == tmp_path / "elsewhere" / "reports"


# What is refused, and what fails


@pytest.mark.slow
@pytest.mark.parametrize(
    ("notebook", "state", "sentence"),
    [
        ("broken_cell", "failed", "ZeroDivisionError"),
        ("refused", "refused", "合計が合いません"),
        ("unknown_parameter", "refused", "「fiscal_yaer」の値がありません"),
        ("timeout", "failed", "1秒で終わりませんでした"),
    ],
)
def test_a_page_that_fails_leaves_the_former_set_untouched(copied, monkeypatch, notebook, state, sentence):
    monkeypatch.setattr(batch.making, "CELL_SECONDS", 1)
    before = snapshot(copied.out)
    put_notebook(copied.notebooks.parent, notebook, page="good")
    result = only(copied)
    assert result.state == state
    assert sentence in result.sentences[0]
    after = snapshot(copied.out)
    left = {name.removeprefix(f"_failed/{PLAN}/{YEAR}/"): after.pop(name) for name in list(after) if name[0] == "_"}
    assert after == before
    assert result.paths == (copied.out / "_failed" / PLAN / str(YEAR) / "reason.txt",)
    assert left["reason.txt"].decode() == "\n".join([*result.sentences, ""])
    assert set(left) == {"reason.txt"} | ({"good.ipynb"} if notebook != "unknown_parameter" else set())


@pytest.mark.slow
def test_one_failure_costs_no_other_year_and_is_forgotten_once_mended(tmp_path, monkeypatch):
    folders = project(tmp_path, "good", years=(2023, 2024))

    def page(notebook, given, **_):
        if given["fiscal_year"] == 2023 and not mended:
            raise ZeroDivisionError("ours")
        return stub(notebook.stem, given)

    mended = []
    instead_of_pages(monkeypatch, page)
    results = build(folders, (PLAN, 2023), (PLAN, 2024)).results
    assert [result.state for result in results] == ["failed", "built"]
    assert "予期しない誤りです（ZeroDivisionError: ours）" in results[0].sentences[0]
    assert "Traceback" in results[0].paths[0].read_text(encoding="utf-8")
    assert "Traceback" not in "".join(results[0].sentences)
    mended.append(True)
    assert [result.state for result in build(folders, (PLAN, 2023), (PLAN, 2024)).results] == ["built", "unchanged"]
    assert not (folders.out / "_failed").exists()


@pytest.mark.slow
def test_a_page_of_another_year_is_not_published(tmp_path, monkeypatch):
    folders = project(tmp_path, "good")
    instead_of_pages(monkeypatch, lambda _, given, **__: stub("good", {**given, "fiscal_year": 2023}))
    result = only(folders)
    assert result.sentences == ("good.ipynb: fiscal_year は「2024」のはずですが、ページは「2023」のものです。",)
    assert not (folders.out / PLAN).exists()


def made_page(page, language="ja", **changes):
    content = bundle(page, {"language": language}) | changes
    return SimpleNamespace(html=f"<p>{page}</p>", notebook=b"{}", bundle=content)


def test_a_set_has_the_pages_their_notebooks_and_the_tables_and_words_of_the_originals():
    japanese = made_page("brief", tables={"shares": {"columns": ["a"], "rows": [[1]]}}, summary={"b": 1, "a": 2})
    words = {"tables": {"labels": {"columns": ["b"], "rows": []}}, "metrics": [bundle_row(display="other words")]}
    made = year_set.files({"brief": japanese, "brief.en": made_page("brief", "en", **words)})
    assert json.loads(made["metrics.json"]) == [bundle_row()]
    assert made["data/shares.csv"].decode("utf-8-sig") == "a\n1\n"
    assert made["brief.en.html"] == b"<p>brief</p>"
    assert list(json.loads(made["summary.json"])) == ["a", "b"]
    assert set(made) == {
        *("brief.html", "brief.en.html", "notebooks/brief.ipynb", "notebooks/brief.en.ipynb"),
        *("metrics.json", "summary.json", "data/shares.csv", year_set.workbook_file(PLAN, YEAR)),
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"metrics": [bundle_row(exact=75)]}, "ページ brief と detail で"),
        ({"tables": {"../x": {"columns": ["a"], "rows": []}}}, r"表の名前「\.\./x」"),
    ],
)
def test_pages_that_disagree_or_name_a_table_as_no_file_can_be_are_not_published(changes, says):
    with pytest.raises(year_set.Disagreement, match=says):
        year_set.files({"brief": made_page("brief"), "detail": made_page("detail", **changes)})


def test_text_that_a_spreadsheet_would_run_is_kept_as_text():
    given = ["=cmd|x", "+1", "-3.5", "@a", "△3", "-", None, 5, "改行\nあり"]
    written = year_set._csv({"columns": list("abcdefghi"), "rows": [given]}).decode("utf-8-sig")
    kept = ["'=cmd|x", "+1", "-3.5", "'@a", "△3", "'-", "", "5", "改行\nあり"]
    assert list(csv.reader(io.StringIO(written)))[1] == kept


@pytest.mark.parametrize("plan", ["../x", "..", "a/b", "_failed", ".x"])
def test_a_plan_cannot_lead_out_of_the_folder(tmp_path, plan):
    folders = project(tmp_path, "good")
    with pytest.raises(Refusal, match="計画の名前"):
        build(folders, (plan, YEAR))
    assert sorted(path.name for path in folders.out.iterdir()) == [batch.folders.LOCK, batch.history.HISTORY]


def test_an_unknown_page_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(Refusal, match=r"ページ「breif」はありません。使えるもの: good。"):
        build(project(tmp_path, "good"), pages=["breif"])


def test_a_page_may_take_its_share_of_the_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "CONTAINER", (str(tmp_path / "max"), str(tmp_path / "none")))
    (tmp_path / "max").write_text("max\n", encoding="ascii")
    of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert memory.of_one(1) == max(memory.LEAST, of_machine * 3 // 4)
    (tmp_path / "max").write_text(f"{4 * 2**30}\n", encoding="ascii")
    assert memory.of_one(1) == min(memory.of_one(1, whole=of_machine), 3 * 2**30)
    assert memory.of_one(2, whole=2**33) == 3 * 2**30
    assert memory.of_one(64, whole=2**33) == memory.LEAST


@pytest.mark.parametrize(("asked", "given"), [(600, 600 * 2**20), (None, 7)])
def test_the_limit_of_memory_reaches_the_page(tmp_path, monkeypatch, stubbed, asked, given):
    monkeypatch.setattr(memory, "of_one", lambda jobs: 7 if jobs == 1 else None)
    assert only(project(tmp_path, "good"), memory_mib=asked).state is batch.State.BUILT
    assert [told["memory"] for _, told in stubbed] == [given]


# Where it is written


def test_files_of_their_own_are_put_where_no_folder_is_and_again_over_themselves(tmp_path):
    target = tmp_path / "reports" / PLAN
    for content in (b"1", b"2"):
        files = {"index.html": content, "notebooks/index.ipynb": content}
        batch.places.put_each(files, target)
        assert snapshot(tmp_path) == {f"reports/{PLAN}/{name}": files[name] for name in files}


def test_reports_that_is_a_file_is_refused(tmp_path):
    folders = project(tmp_path, "good")
    folders.out.write_text("mine", encoding="utf-8")
    with pytest.raises(Refusal, match=r"reports を使えません: フォルダーであるべき所にファイルがあります"):
        build(folders)
    assert folders.out.read_text(encoding="utf-8") == "mine"


def as_nobody(proves):
    """In a process of a user who may write nowhere: root may write everywhere."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.geteuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            proves()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no such users on Windows")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child only looks at a folder and leaves
def test_reports_without_permission_is_refused():

    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folders = project(Path(name), "good")
        folders.out.mkdir(mode=0o555)

        def is_refused():
            with pytest.raises(Refusal, match="権限がありません"):
                build(folders)

        as_nobody(is_refused)
        assert list(folders.out.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("stubbed")
def test_a_full_disk_costs_nothing_that_stands(copied, monkeypatch):
    before = snapshot(copied.out)

    def full(*_):
        raise publish._refusal(OSError(28, "No space left on device"), copied.out)

    monkeypatch.setattr(publish, "folder", full)
    result = only(copied, force=True)
    assert result.state is batch.State.REFUSED
    assert "ディスクの空きがありません" in result.sentences[0]
    assert snapshot(copied.out) == before


@pytest.mark.slow
@pytest.mark.usefixtures("no_kernel")
def test_what_a_killed_run_left_is_taken_away(copied):
    before = snapshot(copied.out)
    (copied.out / ".staging-1-abcdef01" / "data").mkdir(parents=True)
    (copied.out / PLAN / ".staging-1-abcdef02").mkdir()
    assert only(copied).state is batch.State.UNCHANGED
    assert not list(copied.out.rglob(".staging-*"))
    assert snapshot(copied.out) == before


def test_a_second_run_says_so_and_leaves(tmp_path):
    folders = project(tmp_path, "good")
    folders.out.mkdir()
    with FileLock(folders.out / batch.folders.LOCK), pytest.raises(Refusal, match="別の gyokaku build が動いています"):
        build(folders)


# Several at a time, and the same every time


@pytest.mark.usefixtures("stubbed")
@pytest.mark.parametrize(("engine", "is_possible", "starts"), [("", True, 1), ("plain", True, 0), ("", False, 0)])
def test_the_server_of_kernels_starts_where_a_page_will_need_it(tmp_path, monkeypatch, engine, is_possible, starts):
    folders, started = project(tmp_path, "good"), []
    monkeypatch.setattr(run.warm, "is_possible", lambda: is_possible)
    monkeypatch.setattr(run.warm, "start_server", lambda: started.append(True))
    monkeypatch.setenv("GYOKAKU_ENGINE", engine)
    only(folders)
    assert len(started) == starts
    only(folders)  # nothing is due
    assert len(started) == starts


@pytest.mark.parametrize(("counted", "expected"), [(3, 3), (None, 1)])
def test_as_many_pages_at_a_time_as_there_are_cores(monkeypatch, counted, expected):
    if hasattr(os, "sched_getaffinity"):
        assert run._cores() == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)  # as on macOS and Windows
    monkeypatch.setattr(os, "cpu_count", lambda: counted)
    assert run._cores() == expected


def test_the_time_of_a_set_is_told_to_the_millisecond(monkeypatch):
    clock = iter([100.0, 101.23449])
    monkeypatch.setattr(batch.making, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    making, changed = batch.making.Making(SimpleNamespace(due=["brief", "detail"])), iter([False, True])
    making.begin(lambda: next(changed))
    making.begin(lambda: next(changed))  # the second page: the time is that of the first, and the data was looked at
    assert making.seconds() == 1.234
    assert not making.has_changed


@pytest.mark.slow
@pytest.mark.usefixtures("stubbed")
def test_progress_counts_the_pages_that_are_built(tmp_path):
    folders, told = project(tmp_path, "good", years=(2023, 2024)), []
    for _ in range(2):
        build(folders, (PLAN, 2023), (PLAN, 2024), told=lambda *page: told.append(page))
    assert told == [(0, 2, ""), (1, 2, f"{PLAN} 2023 good"), (2, 2, f"{PLAN} 2024 good"), (0, 0, "")]


@pytest.mark.slow
def test_pages_of_one_year_set_are_made_at_the_same_time_and_told_in_their_order(tmp_path, monkeypatch):
    folders = project(tmp_path, "good", "all_outputs")
    both_began, first_is_told = threading.Barrier(2, timeout=30), threading.Event()

    def page(notebook, *_, **__):
        both_began.wait()
        if notebook.stem == "all_outputs":  # the first of the two is ready last
            first_is_told.wait(30)
        raise render.Failed(f"{notebook.stem} は架空の誤りです。")

    instead_of_pages(monkeypatch, page)
    result = only(folders, jobs=2, told=lambda *said: said[0] == 1 and first_is_told.set())
    assert result.sentences == ("all_outputs は架空の誤りです。", "good は架空の誤りです。")


@pytest.mark.parametrize(
    ("jobs", "engine", "years"),
    [(1, "gyokaku", [2022, 2023, 2024]), (2, "gyokaku", [2022, 2023]), (3, "gyokaku", [2022]), (1, "plain", [])],
)
def test_pages_that_begin_alike_are_made_together_while_there_are_sets_for_everyone(
    tmp_path, monkeypatch, stubbed, jobs, engine, years
):
    folders, together, made = project(tmp_path, "good", "all_outputs", years=(2022, 2023, 2024)), [], render.pages
    monkeypatch.setenv("GYOKAKU_ENGINE", engine)
    monkeypatch.setattr(render, "pages", lambda asked, **limits: together.append(asked) or made(asked, **limits))
    build(folders, *((PLAN, year) for year in (2022, 2023, 2024)), jobs=jobs)
    said = [sorted((notebook.stem, given["fiscal_year"]) for notebook, given in asked) for asked in together]
    assert sorted(said, key=str) == [[("all_outputs", year), ("good", year)] for year in years]
    assert len(stubbed) == 6


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "what",
    [
        "data/isehara-6/2024/effects.csv",
        "data/isehara-6/2024/new.csv",
        "data/isehara-6/plan.toml",
        "notebooks/good.ipynb",
    ],
)
def test_pages_of_data_that_changed_while_they_were_made_are_not_published(copied, monkeypatch, what, jobs):
    """Nobody knows which of them are of which data; what stood stays, and the next run makes them."""
    path, before, tries = copied.data.parent / what, snapshot(copied.out), []

    def page(notebook, given, **_):
        tries.append(notebook.stem)
        if len(tries) == 2:  # the last page of the set
            path.write_text(f"{path.read_text() if path.exists() else ''} ", encoding="utf-8")
        return stub(notebook.stem, given)

    instead_of_pages(monkeypatch, page)
    result = only(copied, force=True, jobs=jobs)
    assert result.state is batch.State.REFUSED
    assert result.sentences == (run.CHANGED,)
    assert {name: content for name, content in snapshot(copied.out).items() if "_failed" not in name} == before
    assert only(copied, force=True).state is batch.State.BUILT


@pytest.mark.usefixtures("stubbed")
# Of its reads: two pages when it is planned, up to two when it is begun, and at the end.
@pytest.mark.parametrize("that_fail", [(), (5,), (3, 5)])
def test_data_that_can_no_longer_be_read_has_changed(copied, monkeypatch, that_fail):
    reads, of_year = [], run.TREES["internal"].needs

    def unreadable(*asked):
        reads.append(asked)
        if len(reads) in that_fail:
            raise PermissionError
        return of_year(*asked)

    monkeypatch.setitem(vars(run.TREES["internal"]), "needs", unreadable)
    result = only(copied, force=True)
    assert (result.state is batch.State.REFUSED) == bool(that_fail)
    assert result.sentences == ((run.CHANGED,) if that_fail else ())


@pytest.mark.parametrize("pages", [(), ("good",)])
def test_data_that_changed_before_its_pages_were_begun_is_not_what_was_planned(copied, monkeypatch, pages):
    """The pages would stand for good as made of what was planned, should it come back."""
    path, original = copied.data / PLAN / str(YEAR) / "effects.csv", run._Run._task
    before, content = snapshot(copied.out), path.read_text(encoding="utf-8")

    def changed(running, task):
        path.write_text("changed", encoding="utf-8")
        try:
            return original(running, task)
        finally:
            path.write_text(content, encoding="utf-8")

    monkeypatch.setattr(run._Run, "_task", changed)
    instead_of_pages(monkeypatch, lambda notebook, given, **_: stub(notebook.stem, given))
    assert only(copied, force=True, pages=pages).sentences == (run.CHANGED,)
    assert {name: content for name, content in snapshot(copied.out).items() if "_failed" not in name} == before


def test_of_pages_made_together_each_may_fail_by_itself_and_is_tried_again_by_itself(tmp_path, monkeypatch):
    folders, tries = project(tmp_path, "good", "all_outputs"), []

    def page(notebook, given, **_):
        tries.append(notebook.stem)
        if tries.count(notebook.stem) == 1:
            raise render.Failed(f"{notebook.stem} は架空の誤りです。", may_pass=notebook.stem == "good")
        return stub(notebook.stem, given)

    instead_of_pages(monkeypatch, page)
    result = only(folders, jobs=1)
    assert (result.state, tries) == (batch.State.FAILED, ["all_outputs", "good", "good"])
    assert result.sentences == ("good は架空の誤りです。 もう一度動かしました。", "all_outputs は架空の誤りです。")


def test_pages_that_cannot_be_made_together_are_made_alone(tmp_path, monkeypatch, stubbed):
    folders = project(tmp_path, "good", "all_outputs")

    def unfit(*_, **__):
        raise workers.Unfit

    monkeypatch.setattr(render, "pages", unfit)
    assert only(folders, jobs=1).state is batch.State.BUILT
    assert [name for name, _ in stubbed] == ["all_outputs", "good"]


def test_one_at_a_time_is_one(tmp_path, monkeypatch):
    folders, at_work = project(tmp_path, "good", "all_outputs"), threading.Lock()

    def page(notebook, given, **_):
        assert at_work.acquire(blocking=False), "another page is being made"
        time.sleep(0.2)
        at_work.release()
        return stub(notebook.stem, given)

    instead_of_pages(monkeypatch, page)
    assert only(folders, jobs=1).state is batch.State.BUILT


def test_what_an_interrupted_run_has_not_begun_is_not_told_as_done(tmp_path, monkeypatch):
    folders, stopped, told = project(tmp_path, "good", years=(2022, 2023, 2024)), threading.Event(), []

    def page(notebook, given, **_):
        if given["fiscal_year"] == 2022:
            raise KeyboardInterrupt
        stopped.wait(30)  # if the second is at work when the run is stopped, the third is not begun
        return stub(notebook.stem, given)

    instead_of_pages(monkeypatch, page)
    monkeypatch.setattr(render, "stop", stopped.set)
    years = [(PLAN, year) for year in (2022, 2023, 2024)]
    with pytest.raises(KeyboardInterrupt):
        build(folders, *years, told=lambda *page: told.append(page))
    assert f"{PLAN} 2024 good" not in [page for _, _, page in told]
    assert not (folders.out / "_failed").exists()


@pytest.mark.slow
def test_an_interrupted_run_ends_its_kernels_and_leaves_no_failure(tmp_path, monkeypatch):
    folders = project(tmp_path, "timeout", years=(2023, 2024))
    real_map = run.ThreadPoolExecutor.map

    def interrupted_once_both_run(pool, *arguments):
        real_map(pool, *arguments)
        while len(workers._BUSY) < 2:
            time.sleep(0.05)
        raise KeyboardInterrupt

    monkeypatch.setattr(run.ThreadPoolExecutor, "map", interrupted_once_both_run)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        build(folders, (PLAN, 2023), (PLAN, 2024), jobs=2)
    assert time.monotonic() - began < 30  # the cells would take ten minutes
    assert not (folders.out / "_failed").exists()


@pytest.mark.slow
def test_the_same_bytes_wherever_whenever_and_however_many_at_a_time(tmp_path):
    code = "import sys, pathlib; from helpers.run import batch; jobs, data = sys.argv[1:];"
    code += f"batch.build([('{PLAN}', 2023), ('{PLAN}', 2024)], batch.Asked(**{{**{SETTINGS!r}, 'jobs': int(jobs)}}),"
    code += "folders=batch.Folders.around(pathlib.Path(data)), told=print, command='')"
    settings = {
        "一つずつ": ("1", {"TZ": "Asia/Tokyo", "LC_ALL": "ja_JP.UTF-8", "PYTHONHASHSEED": "1", "HOME": str(tmp_path)}),
        "two at a time": ("2", {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "2", "COLUMNS": "40"}),
    }
    runs = []
    for name, (jobs, environment) in settings.items():
        folders = project(tmp_path / name, "all_outputs", "good", years=(2023, 2024))
        words = [sys.executable, "-c", code, jobs, folders.data]
        runs.append(subprocess.Popen(words, cwd=folders.notebooks, env={**os.environ, **environment}))
    assert [process.wait(60) for process in runs] == [0, 0]
    one, two = (snapshot(tmp_path / name / "reports") for name in settings)
    assert len(one) == 17
    assert one == two


def instead_of_pages(monkeypatch, page):
    """Pages, made alone or together, by a function of a test."""

    def made(notebook, given, limits):
        try:
            return page(notebook, given, **limits)
        except Exception as error:  # noqa: BLE001 — as pages that are made together have it
            return error

    monkeypatch.setattr(render, "page", page)
    monkeypatch.setattr(render, "pages", lambda asked, **limits: [made(*one, limits) for one in asked])


def stub(page, given):
    """A page without a kernel: what matters here is what becomes of it."""
    content = bundle(page, given)
    outputs = [{"output_type": "display_data", "data": {MIME: content}}]
    cells = [{"cell_type": "code", "source": "bundle", "outputs": outputs}]
    return render.Page(f"<p>{page}</p>", json.dumps({"cells": cells}).encode(), content)
