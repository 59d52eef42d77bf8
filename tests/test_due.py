"""What a run would build and why: each reason is brought about once, and no other is given."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date

import pytest
from test_batch import PLAN, YEAR, build, copied, project, put_notebook, stub  # noqa: F401 — `copied` is a fixture
from test_batch import built as built  # noqa: PLC0414 — the fixture behind it

from helpers import cli, read
from helpers.operate import rounds
from helpers.run import batch, render
from helpers.run.batch import reasons
from helpers.terms import Refusal

COMMAND = [sys.executable, "-m", "helpers.cli"]


def everything_due(folders, *year_sets, audience="internal", language="ja"):
    return batch.plan_of_work(year_sets or [(PLAN, YEAR)], folders=folders, audience=audience, language=language)


def due(folders, *year_sets, **settings):
    """Without the page over all plans, which the fixture's project has none of."""
    return [one for one in everything_due(folders, *year_sets, **settings) if one.plan]


def why(folders, *year_sets, **settings):
    """Of the year set: which pages, and the codes of the reasons."""
    (found,) = [one for one in due(folders, *year_sets, **settings) if one.fiscal_year == YEAR]
    return found.pages, [reason.code for reason in found.reasons]


# Each reason


def test_what_was_never_built_is_due(tmp_path):
    assert why(project(tmp_path, "good")) == (("good",), ["never_built"])


def test_nothing_is_written_by_asking(tmp_path):
    folders = project(tmp_path, "good")
    due(folders, audience="public")
    assert not folders.out.exists()


@pytest.mark.slow
def test_what_stands_is_not_due(copied):  # noqa: F811
    assert due(copied) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "pages", "code"),
    [
        ("data", ("all_outputs", "good"), "data"),
        ("plan", ("all_outputs", "good"), "data"),
        ("notebook", ("good",), "notebook"),
        ("package", ("all_outputs", "good"), "package"),
        ("libraries", ("all_outputs", "good"), "libraries"),
        ("output", ("all_outputs", "good"), "altered"),
        ("lost output", ("all_outputs", "good"), "altered"),
        ("new page", ("late",), "new_page"),
        ("page gone", (), "page_gone"),
        ("another year", ("all_outputs", "good"), "years"),
    ],
)
def test_each_change_is_due_for_its_own_reason(copied, monkeypatch, what, pages, code):  # noqa: F811
    target, of_year = copied.out / PLAN / str(YEAR), copied.data / PLAN / str(YEAR)
    if what == "data":
        (of_year / "corrections.csv").write_text("new", encoding="utf-8")
    elif what == "plan":
        (copied.data / PLAN / "plan.toml").write_text("new", encoding="utf-8")
    elif what == "notebook":
        put_notebook(copied.notebooks.parent, "broken_cell", page="good")
    elif what in {"package", "libraries"}:
        before = batch.planner.environment()
        monkeypatch.setattr(batch.planner, "environment", lambda: before | {what: "new"})
    elif what == "output":
        (target / "good.html").write_text("new", encoding="utf-8")
    elif what == "lost output":
        (target / "metrics.json").unlink()
    elif what == "new page":
        put_notebook(copied.notebooks.parent, "good", page="late")
    elif what == "page gone":
        (copied.notebooks / "all_outputs.ipynb").unlink()
    elif what == "another year":
        (copied.data / PLAN / "2025").mkdir()
        (copied.data / PLAN / "2025" / read.SOURCES_FILE).write_text("", encoding="utf-8")
    assert why(copied) == (pages, [code])


@pytest.mark.slow
def test_a_language_that_is_wanted_besides_is_a_new_page(copied):  # noqa: F811
    notebook = copied.notebooks / "good.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"]["gyokaku"]["languages"] = ["ja", "en"]
    notebook.write_text(json.dumps(content), encoding="utf-8")
    (found,) = due(copied, language="en")
    assert [(reason.code, reason.about) for reason in found.reasons] == [
        ("new_page", ("good.en",)),
        ("notebook", ("good",)),
    ]


@pytest.mark.slow
def test_a_year_registered_since_is_new_data_and_one_skipped_was_never_built(tmp_path, monkeypatch):
    monkeypatch.setattr(render, "page", lambda notebook, given, **_: stub(notebook.stem, given))
    folders = project(tmp_path, "good", years=(2023, YEAR))
    for year in (2023, YEAR):
        (folders.data / PLAN / str(year) / read.SOURCES_FILE).write_text("", encoding="utf-8")
    build(folders, (PLAN, YEAR))
    (folders.data / PLAN / "2025").mkdir()
    (folders.data / PLAN / "2025" / read.SOURCES_FILE).write_text("", encoding="utf-8")
    found = {
        one.fiscal_year: [reason.code for reason in one.reasons] for one in due(folders, (PLAN, 2023), (PLAN, 2025))
    }
    assert found == {2023: ["never_built"], 2025: ["new_data"]}


@pytest.mark.slow
def test_a_failure_is_a_reason_beside_what_has_changed(copied):  # noqa: F811
    effects = copied.data / PLAN / str(YEAR) / "effects.csv"
    put_notebook(copied.notebooks.parent, "refused", page="good")
    effects.write_text("broken", encoding="utf-8")
    build(copied)
    (found,) = due(copied)
    assert [reason.code for reason in found.reasons] == ["data", "notebook", "failed_last"]
    assert "合計が合いません" in found.reasons[-1].sentence


@pytest.mark.slow
def test_a_failure_that_was_taken_back_is_tidied_and_no_page_is_made(copied, monkeypatch):  # noqa: F811
    monkeypatch.setattr(render, "page", lambda *_, **__: pytest.fail("a kernel would have started"))
    failure = copied.out / "_failed" / PLAN / str(YEAR)
    failure.mkdir(parents=True)
    (failure / "reason.txt").write_text("架空の理由\n", encoding="utf-8")
    assert why(copied) == ((), ["failure_is_over"])
    assert [result.state for result in build(copied).results] == ["unchanged"]
    assert not (copied.out / "_failed").exists()
    assert due(copied) == []


def test_lists_follow_their_years(tmp_path):
    folders = project(tmp_path, "good")
    (folders.notebooks / "once.ipynb").write_text('{"metadata": {"gyokaku": {"page": "once", "per": "plan"}}}')
    found = [(one.called, one.pages, [reason.code for reason in one.reasons]) for one in everything_due(folders)]
    assert found == [
        (f"{PLAN} {YEAR}", ("good",), ["never_built"]),
        (f"{PLAN} 年度の一覧", ("once",), ["follows"]),
        ("計画の一覧", ("index",), ["follows"]),
    ]


def of_the_overview(folders):
    return [[reason.code for reason in one.reasons] for one in everything_due(folders) if not one.plan]


@pytest.mark.slow
def test_the_page_over_all_plans_has_reasons_of_its_own(copied, monkeypatch):  # noqa: F811
    assert of_the_overview(copied) == [["never_built"]]
    build(copied, overview=lambda *_, **__: b"list")
    assert everything_due(copied) == []
    (copied.out / "index.html").write_text("new", encoding="utf-8")
    assert of_the_overview(copied) == [["altered"]]
    build(copied, overview=lambda *_, **__: b"list")
    before = batch.planner.environment()
    monkeypatch.setattr(batch.planner, "environment", lambda: before | {"libraries": "new"})
    assert of_the_overview(copied) == [["follows"]]  # the year set is due as well


@pytest.mark.slow
def test_a_summary_that_changed_makes_the_page_over_all_plans_due(copied, monkeypatch):  # noqa: F811
    build(copied, overview=lambda *_, **__: b"list")
    real = batch.year_set.files
    monkeypatch.setattr(batch.year_set, "files", lambda pages: real(pages) | {"summary.json": b'{"headline": "other"}'})
    monkeypatch.setattr(render, "page", lambda notebook, given, **_: stub(notebook.stem, given))
    build(copied, force=True)  # alone, as if it had been killed before the list
    assert of_the_overview(copied) == [["summaries"]]


@pytest.mark.slow
def test_what_is_said_to_be_due_is_what_build_builds(copied, monkeypatch):  # noqa: F811
    """One plan of work: whatever is changed, the pages named are the pages made."""
    made = []
    monkeypatch.setattr(
        render, "page", lambda notebook, given, **_: made.append(notebook.stem) or stub(notebook.stem, given)
    )
    put_notebook(copied.notebooks.parent, "broken_cell", page="good")
    pages, _ = why(copied)
    build(copied)
    assert tuple(made) == pages == ("good",)
    assert due(copied) == []


def test_every_reason_has_words():
    for code, sentence in reasons.SENTENCES.items():
        assert reasons.Reason(code, ("brief",)).sentence == f"{sentence}（brief）"


# Years that should have arrived


@pytest.mark.parametrize(
    ("today", "states"),
    [
        # R5 to R9 (2023 to 2027), of which 2024 is registered. Results come in August of the next year.
        ("2024-07-31", {}),
        ("2024-08-01", {2023: "expected"}),
        ("2024-08-31", {2023: "expected"}),
        ("2024-09-01", {2023: "overdue"}),
        ("2025-08-15", {2023: "overdue"}),  # 2024 is there
        ("2026-08-01", {2023: "overdue", 2025: "expected"}),
        ("2026-09-01", {2023: "overdue", 2025: "overdue"}),
        ("2027-03-31", {2023: "overdue", 2025: "overdue"}),
        ("2028-08-31", {2023: "overdue", 2025: "overdue", 2026: "overdue", 2027: "expected"}),
        # 2028 is no year of the plan
        ("2031-01-01", {2023: "overdue", 2025: "overdue", 2026: "overdue", 2027: "overdue"}),
    ],
)
def test_results_are_expected_in_august_of_the_next_year(today, states):
    found = batch.awaited({PLAN: (2023, 2027)}, {PLAN: [2024]}, date.fromisoformat(today))
    assert {one.fiscal_year: one.state for one in found} == states


def test_what_is_awaited_says_since_when_and_what_to_do():
    expected, overdue = (batch.Awaited(PLAN, 2025, state).sentence for state in ("expected", "overdue"))
    assert expected.startswith(f"{PLAN} 令和7年度: 今月（2026年8月）に結果が公表される見込み")
    assert overdue.startswith(f"{PLAN} 令和7年度: 2026年8月に公表されるはずの結果が、まだ登録されていません。")
    assert "gyokaku intake" in expected
    assert "gyokaku intake" in overdue


def test_the_period_is_read_without_the_rest_of_the_plan(tmp_path):
    (tmp_path / PLAN).mkdir()
    file = tmp_path / PLAN / "plan.toml"
    file.write_text("[plan]\nfirst_fiscal_year = 2023\nlast_fiscal_year = 2027\n", encoding="utf-8")
    assert read.period(PLAN, tmp_path) == (2023, 2027)
    file.write_text('[plan]\nfirst_fiscal_year = "R5"\n', encoding="utf-8")
    with pytest.raises(Refusal, match="first_fiscal_year と last_fiscal_year"):
        read.period(PLAN, tmp_path)


# The command


def test_due_says_it_in_words_and_as_json(tmp_path, capsys):
    folders = project(tmp_path, "good")
    (folders.data / PLAN / str(YEAR) / read.SOURCES_FILE).write_text("", encoding="utf-8")
    words = ["due", "--data", str(folders.data), "--today", "2026-08-03"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"庁内 {PLAN} {YEAR} good: まだ一度も作られていない。",
        "庁内 計画の一覧 index: 元になる年度のページを作り直すので、その要約が変われば作り直す。",
        f"未着 {batch.Awaited(PLAN, 2023, 'overdue').sentence}",
        f"公表見込み {batch.Awaited(PLAN, 2025, 'expected').sentence}",
    ]
    assert cli.main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["today"] == "2026-08-03"
    assert said["due"][0] == {
        "audience": "internal",
        "plan": PLAN,
        "fiscal_year": YEAR,
        "pages": ["good"],
        "reasons": [{"code": "never_built", "sentence": "まだ一度も作られていない"}],
    }
    assert [(one["fiscal_year"], one["state"]) for one in said["awaited"]] == [(2023, "overdue"), (2025, "expected")]
    assert not folders.out.exists()


def test_due_shows_the_public_tree_where_it_is_configured(tmp_path, capsys):
    folders = project(tmp_path, "good")
    (folders.data / PLAN / str(YEAR) / read.SOURCES_FILE).write_text("", encoding="utf-8")
    (tmp_path / rounds.SETTINGS).write_text("public = true\n", encoding="utf-8")
    assert cli.main(["due", "--data", str(folders.data), "--json"]) == 0
    assert [one["audience"] for one in json.loads(capsys.readouterr().out)["due"]] == [
        *("internal", "internal"),
        *("public", "public"),
    ]


def test_a_day_that_is_none_is_a_wrong_word(tmp_path, capsys):
    folders = project(tmp_path, "good")
    assert cli.main(["due", "--data", str(folders.data), "--today", "8月5日"]) == 2
    assert "2026-08-05 のように" in capsys.readouterr().err


def test_a_plan_whose_period_cannot_be_read_is_said_and_the_rest_is_done(tmp_path, capsys):
    folders = project(tmp_path, "good")
    (folders.data / PLAN / str(YEAR) / read.SOURCES_FILE).write_text("", encoding="utf-8")
    (folders.data / PLAN / "plan.toml").write_text("[plan\n", encoding="utf-8")
    assert cli.main(["due", "--data", str(folders.data)]) == 1
    said = capsys.readouterr()
    assert "plan.toml 1行: TOML として読めません" in said.err
    assert f"庁内 {PLAN} {YEAR} good" in said.out


def processor_seconds():
    """Of the processes that this one has waited for."""
    used = os.times()
    return used.children_user + used.children_system


def test_asking_is_quick_and_imports_nothing_heavy(tmp_path):
    folders = project(tmp_path, "good")
    shutil.rmtree(folders.data / PLAN / str(YEAR))
    code = f"import sys; from helpers import cli; cli.main(['due', '--data', {str(folders.data)!r}])\n"
    code += (
        "sys.exit(', '.join({'pandas', 'papermill', 'nbconvert', 'jinja2', 'fontTools'} & set(sys.modules)) or None)"
    )
    before = processor_seconds()
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True, timeout=100)
    assert processor_seconds() - before < 1  # 0.3 s; what a clock shows depends on who else is at work


# What a page depends on


@pytest.mark.parametrize(
    ("changed", "of_year", "of_plan"),
    [
        ("plan.toml", True, True),
        ("2023/effects.csv", True, True),
        ("2022/effects.csv", True, True),
        ("2024/effects.csv", True, True),
        ("2024/source/first.txt", True, True),
        # A page says only which later years are registered.
        ("2025/effects.csv", False, True),
        ("2025/SOURCES.toml", False, True),
        # A year that is not registered yet is none.
        ("2026/effects.csv", False, False),
    ],
)
def test_a_page_depends_on_its_year_and_on_those_before(changed, of_year, of_plan, tmp_path):
    folders = project(tmp_path, "good", years=(2022, 2023, 2024, 2025, 2026))
    for year in (2022, 2023, 2024, 2025):
        (folders.data / PLAN / str(year) / read.SOURCES_FILE).touch()
    notebook = folders.notebooks / "good.ipynb"

    def inputs():
        known = batch.due.Inputs(folders.data, "internal")
        return known.of_year(PLAN, YEAR, notebook), known.of_plan(PLAN, notebook), known.files(PLAN, YEAR)

    before = inputs()
    path = folders.data / PLAN / changed
    path.parent.mkdir(exist_ok=True)
    path.write_text("new", encoding="utf-8")
    after = inputs()
    assert [a["data"] != b["data"] for a, b in zip(before[:2], after[:2], strict=True)] == [of_year, of_plan]
    assert before[0]["years"] == after[0]["years"] == "2022 2023 2024 2025"
    # Another machine is sent what its pages are made of, and of later years the file that says they are registered.
    assert (f"{PLAN}/{changed}" in after[2]) is (of_year or changed == "2025/SOURCES.toml")


ENTRIES = {"japanese": {"brief.html": b"ja"}, "with english": {"brief.html": b"ja", "brief.en.html": b"en"}}


@pytest.mark.parametrize("written", [["japanese", "with english"], ["with english", "japanese"]])
@pytest.mark.parametrize("stands", ["japanese", "with english"])
def test_of_two_recorded_sets_the_one_whose_files_stand_is_known(written, stands, tmp_path):
    """Killed between writing down and publishing: what stands may be either, and a file of the other tells them apart."""
    manifest = batch.due.Manifest(tmp_path)
    for name in written:
        manifest.record("plan/2024", {"brief": {"of": name}}, ENTRIES[name])
    for name, content in ENTRIES[stands].items():
        (tmp_path / "plan" / "2024").mkdir(parents=True, exist_ok=True)
        (tmp_path / "plan" / "2024" / name).write_bytes(content)
    for known in (manifest, batch.due.Manifest(tmp_path)):
        assert known.entry("plan/2024").get("pages") == {"brief": {"of": stands}}
    (tmp_path / "plan" / "2024" / "brief.html").write_bytes(b"by hand")
    assert batch.due.Manifest(tmp_path).entry("plan/2024") == {}
