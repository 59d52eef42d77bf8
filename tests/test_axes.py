"""Trees, languages, pages over years, the manifest's journal: what stands beside what, and what becomes due with what."""

import gc
import json
import re
import subprocess
import sys
import weakref
from contextlib import nullcontext
from dataclasses import replace

import pytest
from test_batch import PLAN, ROOT, YEAR, build, instead_of_pages, only, project, put_notebook, snapshot, stub

from helpers.run import batch, render
from helpers.run.batch import due, leaks
from helpers.terms import Refusal


def speak(folders, notebook, **about):
    path = folders.notebooks / f"{notebook}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["gyokaku"] |= {"languages": ["ja", "en"]} | about
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def stubbed(monkeypatch, tmp_path):
    """Pages without kernels that say the data; each call is noted."""
    ran = []

    def page(notebook, given, **_):
        name = "index" if notebook.stem == "plan" else notebook.stem
        ran.append((name, given.get("language"), given.get("audience")))
        said = "".join(path.read_text() for path in sorted((tmp_path / "data").rglob("effects.csv")))
        return replace(stub(name, given), html=f"<p>{name} {given['language']} {said}</p>")

    instead_of_pages(monkeypatch, page)
    return ran


@pytest.fixture
def folders(tmp_path, stubbed):  # noqa: ARG001 — no kernel starts
    made = project(tmp_path, "good", years=(2023, 2024))
    for year in (2023, 2024):
        (made.data / PLAN / str(year) / "SOURCES.toml").touch()
    speak(made, "good")
    return made


def change(folders, year=YEAR):
    (folders.data / PLAN / str(year) / "effects.csv").write_text("changed", encoding="utf-8")


def test_a_page_that_was_put_in_its_place_is_kept_no_longer(folders, monkeypatch):
    """A nation's pages are more than memory holds."""
    made, alive, stub = [], [], render.page

    def page(*given, **limits):
        gc.collect()
        alive.append(sum(one() is not None for one in made))
        one = stub(*given, **limits)
        made.append(weakref.ref(one))
        return one

    instead_of_pages(monkeypatch, page)
    both(folders, jobs=1)
    assert alive == [0, 0], "of the first year's page, when the second year's is begun"


# Languages


def test_english_comes_beside_and_leaves_the_japanese_pages_as_they_stand(folders, stubbed):
    only(folders)
    before = snapshot(folders.out)
    stubbed.clear()
    result = only(folders, language="en")
    after = snapshot(folders.out)
    assert stubbed == [("good", "en", "internal")]
    assert [path.name for path in result.paths] == ["good.html", "good.en.html"]
    here = f"{PLAN}/{YEAR}/"
    assert after.keys() - before.keys() == {f"{here}good.en.html", f"{here}notebooks/good.en.ipynb"}
    assert {name for name in before if before[name] != after[name]} == {"manifest.json"}


def test_a_page_is_told_which_pages_in_other_languages_stand_beside_it(with_plan, heard):
    both(with_plan)
    assert set(heard.values()) == {""}, "a set in Japanese alone knows of nothing else"
    heard.clear()
    build(with_plan, (PLAN, 2024), language="en")
    assert heard == {
        ("good", "ja", 2024): "good.en",
        ("good", "en", 2024): "good.en ../index.en",
        ("plan", "ja", None): "index.en",
        ("plan", "en", None): "index.en 2024/good.en",
    }, "2023 stands in Japanese alone"
    again = build(with_plan, (PLAN, 2024), language="en").results
    assert {result.state for result in again} == {batch.State.UNCHANGED}


def test_a_page_leads_to_the_page_over_all_plans_from_where_it_stands(with_plan, heard):
    build(with_plan, (PLAN, 2024), language="en", overview=lambda *_, **__: b"list")
    assert heard["good", "en", 2024] == "good.en ../index.en ../../index.en"
    assert heard["plan", "en", None] == "index.en 2024/good.en ../index.en"


def test_a_page_that_is_made_alone_leads_to_a_list_of_years_only_where_that_stands(with_plan, heard):
    alone = {"language": "en", "pages": ["good"]}
    build(with_plan, **alone)
    assert heard == {("good", "ja", 2024): "good.en", ("good", "en", 2024): "good.en"}
    heard.clear()
    build(with_plan, language="en")
    of_plan = {("plan", "ja", None): "index.en", ("plan", "en", None): "index.en 2024/good.en"}
    assert heard == {("good", "en", 2024): "good.en ../index.en"} | of_plan
    assert build(with_plan, **alone).results[0].state is batch.State.UNCHANGED


def test_the_page_over_all_plans_is_made_from_the_summaries_in_each_language_that_stands(folders):
    given = []

    def overview(summaries, *, language, beside):
        assert [summary["headline"] for summary in summaries] == ["74件中62件"] * 2
        given.append((language, beside))
        return f"<p>{language}</p>".encode()

    assert both(folders, overview=overview)["index"] == "built"
    assert given == [("ja", [])]
    assert (folders.out / "index.html").read_bytes() == b"<p>ja</p>"
    assert both(folders, overview=overview)["index"] == "unchanged"
    (folders.out / "index.html").unlink()
    assert both(folders, overview=overview)["index"] == "built"
    given.clear()
    both(folders, overview=overview, language="en")
    pages = [f"{PLAN}/2023/good.en", f"{PLAN}/2024/good.en"]
    assert given == [("ja", ["index.en"]), ("en", ["index.en", *pages])]
    assert (folders.out / "index.en.html").read_bytes() == b"<p>en</p>"
    assert both(folders, overview=overview)["index"] == "unchanged"


def test_english_brings_the_original_with_it_and_is_built_again_with_its_set(folders, stubbed):
    only(folders, language="en")
    assert [language for _, language, _ in stubbed] == ["ja", "en"]
    change(folders)
    stubbed.clear()
    assert only(folders, language="ja").state is batch.State.BUILT
    assert [language for _, language, _ in stubbed] == ["ja", "en"]
    assert only(folders, language="en").state is batch.State.UNCHANGED


def test_a_page_in_another_language_with_other_figures_is_not_published(folders, monkeypatch):
    only(folders)
    before = snapshot(folders.out)
    real = render.page

    def page(notebook, given, **limits):
        made = real(notebook, given, **limits)
        made.bundle["metrics"][0]["exact"] = 75
        return made

    instead_of_pages(monkeypatch, page)
    result = only(folders, language="en")
    assert result.state is batch.State.FAILED
    assert "good と good.en で" in result.sentences[0]
    after = {name: content for name, content in snapshot(folders.out).items() if not name.startswith("_failed")}
    assert {**after, "manifest.json": b""} == {**before, "manifest.json": b""}
    assert only(folders).state is batch.State.UNCHANGED


def test_a_language_that_no_notebook_speaks_is_refused(folders):
    speak(folders, "good", languages=["ja"])
    with pytest.raises(Refusal, match="「en」のページはまだ作れません"):
        build(folders, language="en")


# Pages over years


@pytest.fixture
def with_plan(folders):
    put_notebook(folders.notebooks.parent, "good", page="plan")
    speak(folders, "plan", per="plan", page="index")
    return folders


@pytest.fixture
def heard(with_plan, monkeypatch):
    """What each page is told of those beside it, by notebook, language and year; both notebooks take it."""
    heard, made = {}, render.page
    for page in ("good", "plan"):
        path = with_plan.notebooks / f"{page}.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        (cell,) = [cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", [])]
        cell["source"] = ["".join(cell["source"]), '\nbeside = ""']
        path.write_text(json.dumps(content), encoding="utf-8")

    def page(notebook, given, **limits):
        heard[notebook.stem, given["language"], given.get("fiscal_year")] = given.get("beside")
        return made(notebook, {name: value for name, value in given.items() if name != "beside"}, **limits)

    instead_of_pages(monkeypatch, page)
    return heard


def both(folders, **settings):
    results = build(folders, (PLAN, 2023), (PLAN, 2024), **settings).results
    return {result.name: result.state.value for result in results}


def test_a_plans_page_is_due_when_one_of_its_years_is(with_plan, stubbed):
    assert both(with_plan) == {f"{PLAN} 2023": "built", f"{PLAN} 2024": "built", PLAN: "built"}
    assert (with_plan.out / PLAN / "index.html").exists()
    stubbed.clear()
    assert set(both(with_plan).values()) == {"unchanged"}
    assert stubbed == []
    change(with_plan)
    assert both(with_plan) == {f"{PLAN} 2023": "unchanged", f"{PLAN} 2024": "built", PLAN: "built"}
    assert (with_plan.out / PLAN / "2023" / "good.html").exists()


def test_a_print_of_a_plans_page_goes_with_the_page_it_was_printed_from(with_plan):
    both(with_plan)
    printed, memo = (with_plan.out / PLAN / name for name in ("index.pdf", "memo.pdf"))
    for file in (printed, memo):
        file.write_bytes(b"%PDF-")
    assert both(with_plan, force=True)[PLAN] == "built"
    assert printed.exists(), "the page is the same to the byte"
    change(with_plan)
    assert both(with_plan)[PLAN] == "built"
    assert not printed.exists()
    assert memo.exists()


def test_a_plans_page_waits_for_a_year_that_stands(with_plan, monkeypatch):
    instead_of_pages(monkeypatch, lambda *_, **__: 1 / 0)
    assert both(with_plan) == {f"{PLAN} 2023": "failed", f"{PLAN} 2024": "failed"}


# Trees


def test_the_public_tree_is_of_the_same_shape_and_leaves_the_internal_one_alone(with_plan):
    both(with_plan)
    before = snapshot(with_plan.out)
    both(with_plan, audience="public")
    after = snapshot(with_plan.out)
    public = {name.removeprefix("public/") for name in after if name.startswith("public/")}
    assert public == set(before)
    assert {name: content for name, content in after.items() if not name.startswith("public/")} == before


def test_what_the_public_never_sees_makes_no_public_page_due(folders):
    only(folders, audience="public")
    (folders.data / PLAN / str(YEAR) / "register.csv").write_text("measure\n架空の取組\n", encoding="utf-8")
    assert only(folders, audience="public").state is batch.State.UNCHANGED
    assert only(folders).state is batch.State.BUILT
    change(folders)
    assert only(folders, audience="public").state is batch.State.BUILT


@pytest.mark.parametrize("where", ["html", "metrics", "table", "notebook"])
def test_a_planted_leak_is_not_published(folders, monkeypatch, where):
    register = "measure,reason,actual_amount\n架空の内部取組,担当者の退職により遅延した,6708\n"
    (folders.data / PLAN / str(YEAR) / "register.csv").write_text(register, encoding="utf-8")
    real = render.page

    def page(notebook, given, **limits):
        made = real(notebook, given, **limits)
        html, kept, content = made.html, made.notebook, made.bundle
        if where == "html":
            html = f'<p title="実績 6,708千円">{html}</p>'
        elif where == "metrics":
            content["metrics"][0]["inputs"] = ["架空の内部取組"]
        elif where == "table":
            content["tables"]["grades"]["rows"].append(["架空の内部取組", 1])
        else:
            kept = kept.replace(b'"bundle"', json.dumps("# 担当者の退職により遅延した").encode())
        return render.Page(html, kept, content)

    instead_of_pages(monkeypatch, page)
    result = only(folders, audience="public")
    assert result.state is batch.State.REFUSED
    assert f"{YEAR}/register.csv だけにある言葉か数" in result.sentences[0]
    assert not (folders.out / "public" / PLAN).exists()
    assert only(folders).state is batch.State.BUILT


REGISTER = "measure,actual_amount\n架空の内部取組,6708\n架空の別の取組,512\n公表済みの取組,6800\n"
PUBLISHED = "measure,amount\n公表済みの取組,6800\n"


@pytest.mark.parametrize(
    ("said", "leaks_it"),
    [
        ("<p>実績 6,708千円</p>", True),
        ("<p>実績 6708千円</p>", True),
        # The register counts in thousands, and pages and their data in yen too.
        ("<p>実績 6,708,000円</p>", True),
        ("policy,actual_yen\n1,6708000\n", True),
        ('{"exact": 6708000}', True),
        ('<p aria-label="実績 6,708,000円"></p>', True),
        ("<p>架空の内部取組</p>", True),
        # Another number, a place in a drawing, and a number so short that it stands anywhere.
        ("<p>実績 16,708,000円</p>", False),
        ("<p>実績 6,708,001円</p>", False),
        ('<path d="M6708 6708000"/>', False),
        ("<p>実績 512千円</p>", False),
        ("<p>公表済みの取組 6,800千円</p>", False),  # as the documents print it
    ],
)
def test_an_amount_of_the_register_is_found_in_thousands_and_in_yen(said, leaks_it, tmp_path):
    year = tmp_path / "2024"
    year.mkdir()
    (year / "register.csv").write_text(REGISTER, encoding="utf-8")
    (year / "effects.csv").write_text(PUBLISHED, encoding="utf-8")
    name = "one.csv" if said.startswith("policy") else "one.json" if said.startswith("{") else "one.html"
    refused = pytest.raises(Refusal, match=rf"{re.escape(name)}: 2024/register\.csv だけにある言葉か数")
    with refused if leaks_it else nullcontext():
        leaks.refuse({name: said.encode()}, tmp_path, year)


@pytest.mark.parametrize("name", [".register.csv", "~$register.csv", ".~lock/effects.csv", "__pycache__/effects.csv"])
def test_a_copy_that_a_program_keeps_of_the_register_publishes_nothing(name, tmp_path):
    year = tmp_path / "2024"
    (year / name).parent.mkdir(parents=True)
    for one in ("register.csv", name):
        (year / one).write_text(REGISTER, encoding="utf-8")
    with pytest.raises(Refusal, match=r"2024/register\.csv だけにある言葉か数"):
        leaks.refuse({"one.html": "<p>架空の内部取組</p>".encode()}, tmp_path, year)


def test_what_is_public_is_looked_through_and_only_that(with_plan, monkeypatch):
    """Years and the page over them alike; the files are those that are then put in their place."""
    seen = []
    monkeypatch.setattr(leaks, "refuse", lambda files, plan, target: seen.append((target, sorted(files), plan)))
    both(with_plan)
    assert seen == []
    both(with_plan, audience="public")
    tree = with_plan.out / "public" / PLAN
    assert [target for target, *_ in seen] == [tree / "2023", tree / "2024", tree]
    assert {plan for *_, plan in seen} == {with_plan.data / PLAN}
    for target, files, _ in seen[:2]:
        assert files == sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    assert "index.html" in seen[2][1]


# Killed, and tried again


def refused(*_):
    raise Refusal("ここで終わる。")


def test_a_run_killed_before_or_after_a_set_was_put_in_its_place_knows_what_stands(folders, monkeypatch):
    only(folders)
    standing = (folders.out / "manifest.json").read_bytes()
    change(folders)
    monkeypatch.setattr(due.Manifest, "merge", lambda _: None)  # killed: nothing more is written
    with monkeypatch.context() as patched:
        patched.setattr(batch.places.publish, "folder", refused)
        only(folders)
    stands = due.Manifest(folders.out).entry(f"{PLAN}/{YEAR}")
    assert stands == json.loads(standing)["sets"][f"{PLAN}/{YEAR}"]
    only(folders)
    after = due.Manifest(folders.out).entry(f"{PLAN}/{YEAR}")
    assert after["pages"] != stands["pages"]
    with (folders.out / due.JOURNAL).open("ab") as journal:
        journal.write(b'{"unit": "torn')
    monkeypatch.undo()
    merged = due.Manifest(folders.out)
    merged.merge()
    assert not (folders.out / due.JOURNAL).exists()
    assert json.loads((folders.out / "manifest.json").read_text())["sets"] == {f"{PLAN}/{YEAR}": after}


@pytest.mark.parametrize(("may_pass", "tries", "state"), [(True, 2, "built"), (False, 1, "failed")])
def test_what_another_try_may_mend_is_tried_once_more_and_told(folders, monkeypatch, may_pass, tries, state):
    real, tried = render.page, []

    def page(notebook, given, **limits):
        tried.append(1)
        if len(tried) == 1:
            raise render.Failed("カーネルが始まりません。", may_pass=may_pass)
        return real(notebook, given, **limits)

    instead_of_pages(monkeypatch, page)
    result = only(folders)
    assert (len(tried), result.state) == (tries, state)
    assert result.sentences[0].startswith("カーネルが始まりません。")
    assert ("もう一度動かしました" in result.sentences[0]) is may_pass


def test_what_no_other_try_mends_is_tried_twice_and_no_more(folders, monkeypatch):
    tried = []

    def page(*_, **__):
        tried.append(1)
        assert len(tried) < 10, "a retry without end"
        raise render.Failed(f"カーネルが始まりません（{len(tried)}回目）。", may_pass=True)

    instead_of_pages(monkeypatch, page)
    result = only(folders)
    assert (len(tried), result.state) == (2, "failed")
    assert result.sentences == (
        "カーネルが始まりません（1回目）。 もう一度動かしました。",
        "カーネルが始まりません（2回目）。",
    )


def test_the_scratch_folder_of_a_killed_run_is_taken_away_and_no_other(folders, tmp_path, monkeypatch):
    monkeypatch.setattr(batch.folders.tempfile, "tempdir", str(tmp_path / "tmp"))
    mine, others, strange = (tmp_path / "tmp" / name for name in ("gyokaku-mine", "gyokaku-others", "important"))
    for folder in (mine, others, strange):
        folder.mkdir(parents=True)
    folders.out.mkdir()
    for left in (mine, strange):
        (folders.out / batch.folders.SCRATCH).write_text(str(left), encoding="utf-8")
        only(folders, force=True)
    assert sorted(path.name for path in (tmp_path / "tmp").iterdir()) == ["gyokaku-others", "important"]
    assert not (folders.out / batch.folders.SCRATCH).exists()


# The history of runs


def test_each_run_is_one_line_of_the_history_and_no_old_line_is_lost(folders):
    only(folders, command="gyokaku build")
    with (folders.out / batch.history.HISTORY).open("a") as history:
        history.write('{"torn')
    only(folders)
    with pytest.raises(Refusal):
        build(folders, ("../x", YEAR))
    first, torn, second, refused = (folders.out / batch.history.HISTORY).read_text(encoding="utf-8").splitlines()
    assert "計画の名前「../x」" in refused, "whoever searches the history finds the words that he was told"
    first, second, refused = map(json.loads, (first, second, refused))
    assert torn == '{"torn'
    assert first["command"] == "gyokaku build"
    assert first["started"] <= first["ended"] <= second["started"]
    assert [(one["set"], one["state"]) for one in first["sets"]] == [(f"{PLAN} {YEAR}", "built")]
    assert second["counts"] == {"built": 0, "unchanged": 1, "refused": 0, "failed": 0}
    assert "計画の名前「../x」" in refused["sentences"][0]


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["killed", "full disk or read-only"])
def test_faults_cost_nothing_that_stands(scene, tmp_path):
    """A few of each; `make bench` does hundreds. Bad notebooks are tried in `test_engine`, two runs at once in `test_cli`."""
    few = [ROOT / "bench" / "faults.py", "--kills", "2", "--full", "1", "--scene", scene]
    done = subprocess.run([sys.executable, *few], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
