"""What a run would build and why: each reason is brought about once, and no other is given."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_batch import PLAN, YEAR, build, instead_of_pages, only, project, put_notebook, stub
from test_batch import built as built  # noqa: PLC0414 — a fixture, as are these:
from test_batch import copied as copied  # noqa: PLC0414
from test_batch import stubbed as stubbed  # noqa: PLC0414

from helpers import cli, read
from helpers.operate import rounds
from helpers.run import batch
from helpers.run.batch import due as planned
from helpers.run.batch import reasons
from helpers.terms import Refusal
from helpers.terms.audience import UNPUBLISHED

ROOT = Path(__file__).resolve().parent.parent

# With `test_batch`, whose built project is copied.
pytestmark = pytest.mark.xdist_group("batch")

HEAVY = {"pandas", "papermill", "nbconvert", "jinja2", "fontTools"}
MODULES = 450  # 381 with Python 3.11; pandas alone brings as many again


def everything_due(folders, *year_sets, audience="internal", language="ja"):
    return batch.plan_of_work(year_sets or [(PLAN, YEAR)], folders=folders, tree=audience, language=language)


def due(folders, *year_sets, **settings):
    """Without the page over all plans, which the fixture's project has none of."""
    return [one for one in everything_due(folders, *year_sets, **settings) if one.plan]


def why(folders, *year_sets, **settings):
    """Of the year set: which pages, and the codes of the reasons."""
    (found,) = [one for one in due(folders, *year_sets, **settings) if one.fiscal_year == YEAR]
    return found.pages, [reason.code for reason in found.reasons]


# Each reason


def test_what_was_never_built_is_due_and_nothing_is_written_by_asking(tmp_path):
    folders = project(tmp_path, "good")
    for audience in ("internal", "public"):
        assert why(folders, audience=audience) == (("good",), ["never_built"])
    assert not folders.out.exists()


@pytest.mark.slow
def test_what_stands_is_not_due(copied):
    assert due(copied) == []


def registers(folders, year=YEAR):
    (folders.data / PLAN / str(year)).mkdir(exist_ok=True)
    (folders.data / PLAN / str(year) / read.SOURCES_FILE).write_text("", encoding="utf-8")


def with_environment(monkeypatch, **changes):
    before = batch.planner.environment()
    monkeypatch.setattr(batch.planner, "environment", lambda: before | changes)


BOTH, TARGET = ("all_outputs", "good"), Path(PLAN, str(YEAR))
CHANGES = {
    "data": (lambda at, _: (at.data / TARGET / "corrections.csv").write_text("new"), BOTH, "data"),
    "plan": (lambda at, _: (at.data / PLAN / "plan.toml").write_text("new"), BOTH, "data"),
    "notebook": (lambda at, _: put_notebook(at.notebooks.parent, "broken_cell", page="good"), ("good",), "notebook"),
    "package": (lambda _, patch: with_environment(patch, package="new"), BOTH, "package"),
    "libraries": (lambda _, patch: with_environment(patch, libraries="new"), BOTH, "libraries"),
    "output": (lambda at, _: (at.out / TARGET / "good.html").write_text("new"), BOTH, "altered"),
    "lost output": (lambda at, _: (at.out / TARGET / "metrics.json").unlink(), BOTH, "altered"),
    "new page": (lambda at, _: put_notebook(at.notebooks.parent, "good", page="late"), ("late",), "new_page"),
    "page gone": (lambda at, _: (at.notebooks / "all_outputs.ipynb").unlink(), (), "page_gone"),
    "another year": (lambda at, _: registers(at, 2025), BOTH, "years"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", CHANGES)
def test_each_change_is_due_for_its_own_reason_and_what_is_said_to_be_due_is_built(copied, stubbed, monkeypatch, what):
    """One plan of work: the pages named are the pages made, those that stand stay, and nothing is due afterwards."""
    change, pages, code = CHANGES[what]
    change(copied, monkeypatch)
    assert why(copied) == (pages, [code])
    assert only(copied).state is batch.State.BUILT
    assert tuple(page for page, _ in stubbed) == pages
    stand = {path.stem for path in (copied.out / TARGET).glob("*.html")}
    assert stand == {path.stem for path in copied.notebooks.glob("*.ipynb")}
    assert due(copied) == []
    assert only(copied).state is batch.State.UNCHANGED


@pytest.mark.slow
def test_a_language_that_is_wanted_besides_is_a_new_page(copied):
    notebook = copied.notebooks / "good.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"]["gyokaku"]["languages"] = ["ja", "en"]
    notebook.write_text(json.dumps(content), encoding="utf-8")
    (found,) = due(copied, language="en")
    assert list(map(tuple, found.reasons)) == [("new_page", ("good.en",)), ("notebook", ("good",))]


@pytest.mark.slow
@pytest.mark.usefixtures("stubbed")
def test_a_year_registered_since_is_new_data_and_one_skipped_was_never_built(tmp_path):
    folders = project(tmp_path, "good", years=(2023, YEAR))
    for year in (2023, YEAR):
        registers(folders, year)
    build(folders, (PLAN, YEAR))
    registers(folders, 2025)
    found = due(folders, (PLAN, 2023), (PLAN, 2025))
    codes = {one.fiscal_year: [reason.code for reason in one.reasons] for one in found}
    assert codes == {2023: ["never_built"], 2025: ["new_data"]}


@pytest.mark.slow
def test_a_failure_is_a_reason_beside_what_has_changed(copied):
    put_notebook(copied.notebooks.parent, "refused", page="good")
    (copied.data / TARGET / "effects.csv").write_text("broken", encoding="utf-8")
    build(copied)
    (found,) = due(copied)
    assert [reason.code for reason in found.reasons] == ["data", "notebook", "failed_last"]
    assert "合計が合いません" in found.reasons[-1].sentence


def failed(folders, reason):
    failure = folders.out / "_failed" / TARGET / "reason.txt"
    failure.parent.mkdir(parents=True)
    failure.write_text(reason, encoding="utf-8")


def test_a_failure_is_told_by_the_first_line_of_its_reason(tmp_path):
    folders = project(tmp_path, "good")
    failed(folders, "合計が合いません。\nTraceback\n")
    (found,) = due(folders)
    assert list(map(tuple, found.reasons)) == [("never_built", ()), ("failed_last", ("合計が合いません。",))]


@pytest.mark.slow
def test_a_failure_that_was_taken_back_is_tidied_and_no_page_is_made(copied, monkeypatch):
    instead_of_pages(monkeypatch, lambda *_, **__: pytest.fail("a kernel would have started"))
    failed(copied, "架空の理由\n")
    assert why(copied) == ((), ["failure_is_over"])
    assert only(copied).state is batch.State.UNCHANGED
    assert not (copied.out / "_failed").exists()
    assert due(copied) == []


def test_lists_follow_their_years_and_those_that_stand_are_due_for_their_own_reasons(tmp_path, monkeypatch):
    folders = project(tmp_path, "good")
    notebook = json.loads((folders.notebooks / "good.ipynb").read_text(encoding="utf-8"))
    notebook["metadata"]["gyokaku"] = {"page": "once", "per": "plan"}
    once = folders.notebooks / "once.ipynb"
    once.write_text(json.dumps(notebook), encoding="utf-8")
    instead_of_pages(monkeypatch, lambda notebook, given, **_: stub(notebook.stem, {"fiscal_year": None} | given))

    def found():
        return [(one.called, one.pages, [reason.code for reason in one.reasons]) for one in everything_due(folders)]

    assert found() == [
        (f"{PLAN} {YEAR}", ("good",), ["never_built"]),
        (f"{PLAN} 年度の一覧", ("once",), ["follows"]),
        ("計画の一覧", ("index",), ["follows"]),
    ]
    build(folders, overview=lambda *_, **__: b"list")
    assert found() == []
    once.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    assert found() == [(f"{PLAN} 年度の一覧", ("once",), ["notebook"])]


@pytest.mark.slow
@pytest.mark.usefixtures("stubbed")
def test_a_summary_that_changed_makes_the_page_over_all_plans_due(copied, monkeypatch):
    build(copied, overview=lambda *_, **__: b"list")
    assert everything_due(copied) == []
    real = batch.year_set.files
    monkeypatch.setattr(batch.year_set, "files", lambda pages: real(pages) | {"summary.json": b'{"headline": "other"}'})
    build(copied, force=True)  # alone, as if it had been killed before the list
    (found,) = everything_due(copied)
    assert (found.plan, [reason.code for reason in found.reasons]) == ("", ["summaries"])


def test_every_reason_has_words():
    for code, sentence in reasons.SENTENCES.items():
        assert reasons.Reason(code, ("brief",)).sentence == f"{sentence}（brief）"


UNIT = f"{PLAN}/{YEAR}"
NOW = {page: {"data": "d", "notebook": "n", "years": "2023 2024"} for page in ("brief", "detail")}


def published(out, *states):
    """A manifest as the run left it that was killed after writing down `states` (pages and files); the last one's files stand."""
    manifest = planned.Manifest(out)
    for pages, files in states:
        manifest.record(UNIT, pages, {name: content.encode() for name, content in files.items()})
    for name, content in states[-1][1].items():
        (out / UNIT / name).parent.mkdir(parents=True, exist_ok=True)
        (out / UNIT / name).write_text(content, encoding="utf-8")
    return planned.Manifest(out)


@pytest.mark.parametrize(("before", "due_now", "expected"), [
    ({"brief": NOW["brief"]}, ["detail"], [("new_page", ("detail",))]),
    (NOW | {"brief": NOW["brief"] | {"data": "old"}}, ["brief"], [("data", ("brief",))]),
    ({page: known | {"data": "old", "notebook": "old"} for page, known in NOW.items()}, ["brief", "detail"], [("data", ()), ("notebook", ())]),
    (NOW | {"gone": {"data": "d"}}, [], [("page_gone", ("gone",))]),
    ({"brief": NOW["brief"] | {"notebook": "old"}}, ["detail", "brief"], [("new_page", ("detail",)), ("notebook", ("brief",))]),
    (
        {"brief": NOW["brief"] | {"notebook": "old"}, "gone": {"data": "d"}},
        ["brief", "detail"],
        [("new_page", ("detail",)), ("page_gone", ("gone",)), ("notebook", ("brief",))],
    ),
])  # fmt: skip
def test_each_reason_names_its_pages_where_it_is_not_all_of_them(tmp_path, before, due_now, expected):
    manifest = published(tmp_path, (before, {"brief.html": "b"}))
    work = SimpleNamespace(unit=UNIT, plan=PLAN, fiscal_year=YEAR, due=due_now, inputs=NOW)
    assert list(map(tuple, reasons._why(SimpleNamespace(manifest=manifest), work))) == expected


@pytest.mark.parametrize(
    ("plan", "fiscal_year", "expected"),
    [
        *((PLAN, YEAR, "altered"), (PLAN, YEAR + 1, "new_data")),
        (PLAN, 2023, "never_built"),  # it was registered when the plan was built, and never asked for
        *((PLAN, None, "never_built"), (f"{PLAN}-2", YEAR + 1, "never_built")),
    ],
)
def test_what_does_not_stand_is_altered_new_or_was_never_built(tmp_path, plan, fiscal_year, expected):
    published(tmp_path, (NOW, {"brief.html": "b"}))
    (tmp_path / UNIT / "brief.html").write_text("altered", encoding="utf-8")
    unit = plan if fiscal_year is None else f"{plan}/{fiscal_year}"
    work = SimpleNamespace(unit=unit, plan=plan, fiscal_year=fiscal_year, due=["brief"], inputs=NOW)
    (found,) = reasons._why(SimpleNamespace(manifest=planned.Manifest(tmp_path)), work)
    assert found == (expected, ())


@pytest.mark.parametrize(("stands", "needs", "follows", "expected"), [
    (None, {"index": {"package": "p"}}, True, ["follows"]),
    (None, {"index": {"package": "p"}}, False, ["never_built"]),
    ("altered", {"index": {"package": "p"}}, False, ["altered"]),
    ({"package": "p"}, {}, False, None),  # there is nothing to list
    ({"package": "p"}, {"index": {"package": "p"}}, False, None),
    ({"package": "p", "summaries": "old"}, {"index": {"package": "new", "summaries": "s"}}, False, ["package", "summaries"]),
])  # fmt: skip
def test_the_page_over_all_plans_is_due_for_reasons_of_its_own(tmp_path, stands, needs, follows, expected):
    manifest = planned.Manifest(tmp_path)
    if stands:
        manifest.record(planned.WHOLE, {"index": stands}, {"index.html": b"list"})
        (tmp_path / "index.html").write_text("altered" if stands == "altered" else "list", encoding="utf-8")
    asked = SimpleNamespace(tree=batch.TREES["public"], manifest=manifest, overview_needs=lambda: needs)
    found = reasons._overview(asked, follows=follows)
    about = [(one.audience, one.plan, one.fiscal_year, one.pages, [each.code for each in one.reasons]) for one in found]
    assert about == ([("public", "", None, ("index",), expected)] if expected else [])


# What was written down


def test_the_manifest_is_the_same_in_whatever_order_units_were_made(tmp_path):
    written = set()
    for order in (("p/2023", "p/2024"), ("p/2024", "p/2023")):
        manifest = planned.Manifest(tmp_path / order[0])
        for unit in order:
            manifest.record(unit, {"brief": {"data": unit}}, {"brief.html": b"b"})
        manifest.merge()
        written.add((tmp_path / order[0] / planned.MANIFEST).read_bytes())
    assert len(written) == 1


def test_what_stands_is_what_was_written_down_last_and_lies_there(tmp_path):
    old, new = ({"brief": {"data": "old"}}, {"brief.html": "old"}), ({"brief": {"data": "new"}}, {"brief.html": "new"})
    manifest = published(tmp_path, old, new)
    assert (manifest.units(), manifest.pages(UNIT)) == ([UNIT], ["brief"])
    assert manifest.entry(UNIT)["pages"] == new[0]
    (tmp_path / UNIT / "brief.html").write_text("old", encoding="utf-8")  # killed before the exchange
    assert manifest.entry(UNIT)["pages"] == old[0]
    assert manifest.recorded(UNIT)["pages"] == new[0]
    manifest.merge()
    assert not (tmp_path / planned.JOURNAL).exists()
    assert planned.Manifest(tmp_path).recorded(UNIT)["pages"] == old[0]
    (tmp_path / UNIT / "brief.html").unlink()
    assert planned.Manifest(tmp_path).entry(UNIT) == {}
    assert planned.Manifest(tmp_path).pages(UNIT) == ["brief"]


def test_what_people_put_beside_the_pages_is_a_stranger(tmp_path):
    manifest = published(tmp_path, (NOW, {"data/a.csv": "1"}))
    (tmp_path / UNIT / "data" / "memo.txt").write_text("memo", encoding="utf-8")
    (tmp_path / UNIT / ".DS_Store").write_text("", encoding="utf-8")
    assert manifest.strangers(UNIT) == {"data/memo.txt": b"memo"}
    assert planned.Manifest(tmp_path / "elsewhere").strangers(UNIT) == {}
    assert planned.Manifest(tmp_path / "elsewhere").recorded(UNIT) == {}


def test_what_is_written_down_first_makes_its_folders_and_nothing_makes_none(tmp_path):
    planned.Manifest(tmp_path).merge()
    assert list(tmp_path.iterdir()) == []
    planned.Manifest(tmp_path / "reports").record(UNIT, NOW, {"a.html": b"1"})
    assert planned.Manifest(tmp_path / "reports").recorded(UNIT)["pages"] == NOW
    assert (tmp_path / "reports" / PLAN).is_dir()


def test_half_a_line_of_the_journal_is_no_line(tmp_path):
    published(tmp_path, (NOW, {"a.html": "1"}))
    journal = tmp_path / planned.JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[:20])
    assert planned.Manifest(tmp_path).recorded(UNIT)["pages"] == NOW
    planned.Manifest(tmp_path).record(UNIT, {"brief": {}}, {"a.html": b"2"})
    assert planned.Manifest(tmp_path).recorded(UNIT)["pages"] == {"brief": {}}
    assert len(journal.read_bytes().splitlines()) == 3


@pytest.mark.parametrize(
    ("before", "ended"), [(None, b""), (b"", b""), (b"whole\n", b"whole\n"), (b"x", b"x\n"), (b"\n", b"\n")]
)
def test_a_line_is_added_on_a_line_of_its_own(tmp_path, before, ended):
    if before is not None:
        (tmp_path / "j").write_bytes(before)
    planned.append(tmp_path / "j", b"line\n")
    assert (tmp_path / "j").read_bytes() == ended + b"line\n"
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "j").stat().st_mode == (tmp_path / "plain").stat().st_mode  # whoever may read it may read this


def test_a_line_that_was_cut_short_is_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda _, whole: len(whole) - 1)
    with pytest.raises(OSError, match="j") as caught:
        planned.append(tmp_path / "j", b"line\n")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "j"))


@pytest.mark.parametrize(
    "content",
    [
        *("{", "[]", '{"schema": 1}', '{"schema": 2, "sets": {}}'),
        '{"schema": 1, "sets": {"p/2024": {"pages": {}, "outputs": {"a": "b"}}}}',
        '{"schema": 1, "sets": {"p/2024": {"pages": {"a": {}}, "outputs": {}}}}',
    ],
)
def test_a_manifest_that_cannot_be_read_is_said_and_taken_as_absent(tmp_path, content):
    (tmp_path / planned.MANIFEST).write_text(content, encoding="utf-8")
    manifest = planned.Manifest(tmp_path)
    assert manifest.units() == []
    assert "読めないので、ないものとして" in manifest.sentence


# What pages are made of


def registered(data, *years):
    (data / "p").mkdir(parents=True)
    (data / "p" / "plan.toml").write_text("", encoding="utf-8")
    for fiscal_year in years:
        folder = data / "p" / str(fiscal_year)
        folder.mkdir()
        for name in ("SOURCES.toml", "effects.csv", f"{UNPUBLISHED[0]}.csv", ".hidden", "~$effects.xlsx"):
            (folder / name).write_text(name, encoding="utf-8")
    (data / "p" / "2030").mkdir()  # without a list of documents no year is registered
    (data / "p" / "draft").mkdir()
    (data / "page.ipynb").write_text("{}", encoding="utf-8")
    return data


def test_what_another_machine_needs_are_the_years_up_to_the_page(tmp_path):
    data = registered(tmp_path, 2022, 2023, 2024)
    known = planned.Inputs(data, "public")
    assert list(known.files("p", 2023)) == [
        "p/plan.toml",
        *("p/2022/SOURCES.toml", "p/2022/effects.csv"),
        *("p/2023/SOURCES.toml", "p/2023/effects.csv"),
        "p/2024/SOURCES.toml",
    ]
    of_all = planned.Inputs(data, "internal").files("p", None)
    withheld = {f"p/{year}/{UNPUBLISHED[0]}.csv" for year in (2022, 2023, 2024)}
    assert of_all.keys() - known.files("p", 2023).keys() == {"p/2024/effects.csv", *withheld}
    assert of_all["p/plan.toml"] == data / "p" / "plan.toml"
    assert planned.Inputs(tmp_path / "nowhere", "public").of_plan("p", tmp_path / "page.ipynb")["years"] == ""


def test_a_missing_file_is_not_an_empty_one(tmp_path):
    missing = planned.digest([tmp_path / "a"], tmp_path)
    (tmp_path / "a").touch()
    assert planned.digest([tmp_path / "a"], tmp_path) != missing


def test_litter_is_no_file_that_somebody_put_there(tmp_path):
    for name in ("b.txt", "a/c.txt", "__pycache__/x.pyc", "a/Thumbs.db", "a/.cache/y", "a/~$c.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert planned._names(str(tmp_path)) == ["a/c.txt", "b.txt"]
    assert planned._names(str(tmp_path / "nowhere")) == []


def test_a_notebook_that_a_program_keeps_beside_another_is_no_page(tmp_path):
    shutil.copy(ROOT / "notebooks" / "brief.ipynb", tmp_path)
    for litter in ("._brief.ipynb", ".~brief.ipynb"):
        (tmp_path / litter).write_bytes(b"\x00\x05\x16\x07")
    assert list(planned.pages(tmp_path)) == ["brief"]


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
    for state, says in (("expected", "今月（2026年8月）に"), ("overdue", "2026年8月に公表されるはずの結果が、まだ")):
        assert re.match(f"{PLAN} 令和7年度: {says}.*gyokaku intake", batch.Awaited(PLAN, 2025, state).sentence)


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
    registers(folders)
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
    about = {"tree": "internal", "audience": "internal", "plan": PLAN, "fiscal_year": YEAR, "pages": ["good"]}
    assert said["due"][0] == about | {"reasons": [{"code": "never_built", "sentence": "まだ一度も作られていない"}]}
    assert [(one["fiscal_year"], one["state"]) for one in said["awaited"]] == [(2023, "overdue"), (2025, "expected")]
    assert not folders.out.exists()
    (tmp_path / rounds.SETTINGS).write_text("public = true\n", encoding="utf-8")
    assert cli.main([*words, "--json"]) == 0
    trees = [one["audience"] for one in json.loads(capsys.readouterr().out)["due"]]
    assert trees == ["internal", "internal", "public", "public"]
    assert cli.main([*words[:-1], "8月5日"]) == 2
    assert "2026-08-05 のように" in capsys.readouterr().err


def test_a_plan_whose_period_cannot_be_read_is_said_and_the_rest_is_done(tmp_path, capsys):
    folders = project(tmp_path, "good")
    registers(folders)
    (folders.data / PLAN / "plan.toml").write_text("[plan\n", encoding="utf-8")
    assert cli.main(["due", "--data", str(folders.data)]) == 1
    said = capsys.readouterr()
    assert "plan.toml 1行: TOML として読めません" in said.err
    assert f"庁内 {PLAN} {YEAR} good" in said.out


def test_asking_imports_nothing_heavy(tmp_path):
    """What makes asking quick, counted: a clock shows who else is at work as well."""
    folders = project(tmp_path, "good")
    shutil.rmtree(folders.data / PLAN / str(YEAR))
    code = f"import sys; from helpers import cli; cli.main(['due', '--data', {str(folders.data)!r}])\n"
    code += "print(len(sys.modules), *{name.partition('.')[0] for name in sys.modules})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8", timeout=100)
    count, *loaded = said.stdout.splitlines()[-1].split()
    assert not HEAVY & set(loaded)
    assert int(count) < MODULES, count


# What a page depends on


@pytest.mark.parametrize(("audience", "changed", "of_year", "of_plan"), [
    ("internal", "plan.toml", True, True),
    ("internal", "2023/effects.csv", True, True),
    ("internal", "2022/effects.csv", True, True),
    ("internal", "2024/effects.csv", True, True),
    ("internal", "2024/source/first.txt", True, True),
    # What the public never sees makes no public page due, and what desktops leave makes none.
    ("internal", f"2024/{UNPUBLISHED[0]}.csv", True, True),
    ("public", f"2024/{UNPUBLISHED[0]}.csv", False, False),
    ("internal", "2024/.hidden", False, False),
    ("internal", "2024/~$effects.xlsx", False, False),
    # A page says only which later years are registered.
    ("internal", "2025/effects.csv", False, True),
    ("internal", "2025/SOURCES.toml", False, True),
    # A year that is not registered yet is none.
    ("internal", "2026/effects.csv", False, False),
])  # fmt: skip
def test_a_page_depends_on_its_year_and_on_those_before(audience, changed, of_year, of_plan, tmp_path):
    folders = project(tmp_path, "good", years=(2022, 2023, 2024, 2025, 2026))
    for year in (2022, 2023, 2024, 2025):
        registers(folders, year)
    notebook = folders.notebooks / "good.ipynb"

    def inputs():
        known = batch.due.Inputs(folders.data, audience)
        return known.of_year(PLAN, YEAR, notebook), known.of_plan(PLAN, notebook), known.files(PLAN, YEAR)

    before = inputs()
    path = folders.data / PLAN / changed
    path.parent.mkdir(exist_ok=True)
    path.write_text("new", encoding="utf-8")
    after = inputs()
    assert [a["data"] != b["data"] for a, b in zip(before[:2], after[:2], strict=True)] == [of_year, of_plan]
    assert {page["years"] for page in (*before[:2], *after[:2])} == {"2022 2023 2024 2025"}
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
    for name in ("brief.en.html", "brief.html"):  # the first is written by one of the two alone: a sign of that one
        (tmp_path / "plan" / "2024" / name).write_bytes(b"by hand")
        assert batch.due.Manifest(tmp_path).entry("plan/2024") == {}
    manifest.merge()
    assert batch.due.Manifest(tmp_path).recorded("plan/2024")["pages"] == {"brief": {"of": written[-1]}}
