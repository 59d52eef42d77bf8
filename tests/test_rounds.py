"""The scheduled run: safe to call every hour, alone, quiet where nothing is new, and its history is a page."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import laid_out
import pytest
from filelock import FileLock
from test_batch import PLAN, YEAR, build, instead_of_pages, project, put_notebook, snapshot, stub

from helpers import cli, read
from helpers.operate import deliver, rounds
from helpers.run import batch, render
from helpers.terms import Refusal


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A project with a plan and a year, pages without a kernel, and a notebook that a test can spoil."""
    folders = project(tmp_path, "good")
    (folders.data / PLAN / str(YEAR) / read.SOURCES_FILE).write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    state = SimpleNamespace(folders=folders, broken="")

    def page(notebook, given, **_):
        if state.broken:
            raise Refusal(state.broken)
        return stub(notebook.stem, given)

    instead_of_pages(monkeypatch, page)
    monkeypatch.setattr(cli.rounds, "overview", lambda *_, **__: b"<p>list</p>")
    return state


def typed(capsys, *words):
    capsys.readouterr()
    status = cli.main(["run", *words])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, said.out, said.err


def journal(here):
    return rounds.history(here.folders.out)


def mended(here):
    """Of which tree and set the last run says that a failure is over."""
    return sorted(map(tuple, journal(here)[0]["mended"]))


def told_and_built(capsys, *words):
    """What a run told of its fault, which built the year's page all the same."""
    status, out, err = typed(capsys, *words)
    assert (status, f"{PLAN}{os.sep}{YEAR}" in out) == (1, True)
    return err


def refuses(sentence):
    def refuse(*_, **__):
        raise Refusal(sentence)

    return refuse


def spoil(here, sentence):
    """The data change, and what the page says of them."""
    here.broken = sentence
    (here.folders.data / PLAN / str(YEAR) / "effects.csv").write_text(sentence, encoding="utf-8")


def failed(here, capsys):
    """A run that failed; gives what it told."""
    spoil(here, "合計が合いません（架空）。")
    status, _, err = typed(capsys)
    assert status == 1
    return err


# News, and silence


def test_a_run_builds_writes_one_line_and_a_page_and_then_says_nothing(here, capsys):
    status, out, err = typed(capsys, "--today", "2026-08-05")
    assert (status, err) == (0, "")
    assert f"作成 reports/{PLAN}/{YEAR}/good.html".replace("/", os.sep) in out
    (line,) = journal(here)
    assert [one["set"] for one in line["sets"]] == [f"{PLAN} {YEAR}", "index"]
    assert (line["kind"], line["today"], line["counts"]["built"]) == ("run", "2026-08-05", 2)
    before = snapshot(here.folders.out)
    assert typed(capsys, "--today", "2026-08-05") == (0, "", "")
    assert typed(capsys, "--today", "2026-08-06") == (0, "", "")
    assert journal(here) == [line]
    assert snapshot(here.folders.out) == before


def test_the_same_failure_is_tried_again_and_told_once(here, capsys):
    assert f"{PLAN} {YEAR}: 合計が合いません（架空）。" in failed(here, capsys)
    for _ in range(3):
        assert typed(capsys) == (1, "", "")
    assert len(journal(here)) == 1


def test_another_failure_is_news_and_so_is_the_end_of_one(here, capsys):
    failed(here, capsys)
    spoil(here, "読めない行があります（架空）。")
    status, _, err = typed(capsys)
    assert (status, len(journal(here))) == (1, 2)
    assert "読めない行があります" in err
    here.broken = ""
    status, out, err = typed(capsys)
    assert (status, err) == (0, "")
    assert f"解消 {PLAN} {YEAR}" in out
    assert mended(here) == [("internal", f"{PLAN} {YEAR}")]
    assert typed(capsys) == (0, "", "")


def test_what_was_mended_by_hand_is_noted_by_the_next_run(here, capsys):
    failed(here, capsys)
    here.broken = ""
    build(here.folders, overview=lambda *_, **__: b"<p>list</p>")
    status, out, _ = typed(capsys)
    assert status == 0
    assert f"解消 {PLAN} {YEAR}" in out


def test_on_a_terminal_everything_is_told_every_time(here, capsys, monkeypatch):
    failed(here, capsys)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    status, _, err = typed(capsys)
    assert (status, "合計が合いません" in err) == (1, True)
    here.broken = ""
    typed(capsys)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert typed(capsys)[1].endswith("することはありません。\n")


def test_a_year_that_is_late_is_told_once_and_is_no_failure(here, capsys):
    typed(capsys, "--today", "2026-08-31")
    status, out, _ = typed(capsys, "--today", "2026-09-01")
    assert status == 0
    assert f"未着 {PLAN} 令和7年度: 2026年8月に公表されるはずの結果が、まだ登録されていません。" in out
    assert typed(capsys, "--today", "2026-09-02") == (0, "", "")
    assert len(journal(here)) == 2


def test_a_run_that_dies_is_in_the_history(here, capsys, monkeypatch):
    def dies(*_, **__):
        raise ZeroDivisionError("架空")

    monkeypatch.setattr(rounds, "_build", dies)
    status, _, err = typed(capsys)
    assert status == 1
    assert "予期しない誤りです（ZeroDivisionError: 架空）" in err
    assert journal(here)[0]["sentences"] == ["定期実行: ZeroDivisionError: 架空"]
    typed(capsys)
    assert len(journal(here)) == 1, "the same one every hour is one line"


def test_also_a_quiet_run_leaves_a_trace(here, capsys):
    assert rounds.last(here.folders.out) is None
    typed(capsys)
    os.utime(here.folders.out / rounds.LOCK, (0, 0))
    assert typed(capsys) == (0, "", "")
    assert rounds.last(here.folders.out).year > 1970


# Alone


@pytest.mark.parametrize(
    ("lock", "says"),
    [(rounds.LOCK, "別の gyokaku run が動いています"), (batch.folders.LOCK, "別の gyokaku build が動いています")],
)
def test_while_another_is_at_work_a_run_says_so_and_leaves_it_to_him(here, capsys, lock, says):
    here.folders.out.mkdir()
    with FileLock(here.folders.out / lock):
        status, out, err = typed(capsys, "--today", "2024-01-01")
    assert (status, out) == (0, "")
    assert says in err
    assert journal(here) == []
    assert typed(capsys)[0] == 0
    assert len(journal(here)) == 1


def test_a_run_that_gives_way_forgets_no_failure(here, capsys):
    failed(here, capsys)
    with FileLock(here.folders.out / batch.folders.LOCK):
        assert typed(capsys)[0] == 1
    assert typed(capsys) == (1, "", "")
    assert len(journal(here)) == 1


def test_the_next_run_after_one_that_was_killed_goes_on(here, capsys):
    code = "import sys, os, pathlib\nfrom helpers.operate import rounds\n"
    code += f"with rounds._alone(pathlib.Path({str(here.folders.out)!r})): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 9
    assert typed(capsys)[0] == 0
    assert len(journal(here)) == 1


@pytest.mark.usefixtures("here")
def test_nothing_to_do_imports_nothing_heavy(capsys):
    typed(capsys)
    code = "import sys; from helpers import cli; status = cli.main(['run'])\n"
    code += "assert not {'pandas', 'papermill', 'nbconvert', 'jinja2', 'helpers.operate.deliver'} & set(sys.modules)\n"
    code += "sys.exit(status)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=100, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


# Settings


@pytest.mark.parametrize(
    ("content", "expected", "beside"),
    [
        ("", rounds.Settings(("ja",), public=False), "ja"),
        ('languages = ["ja", "en"]\npublic = true\n', rounds.Settings(("ja", "en"), public=True), "en"),
        ('languages = ["en"]', rounds.Settings(("ja", "en")), "en"),  # Japanese is always there
    ],
)
def test_settings(tmp_path, content, expected, beside):
    (tmp_path / "run.toml").write_text(content, encoding="utf-8")
    found = rounds.settings(tmp_path / "run.toml")
    assert (found, found.language) == (expected, beside)
    assert rounds.settings(tmp_path / "none.toml") == rounds.Settings()


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("run.toml", "publik = true", "1行 publik: 知らない項目です"),
        ("run.toml", 'languages = ["fr"]', "1行 languages の1番目: 「fr」は使えません。ja、en のどれか"),
        ("run.toml", 'languages = "ja"', "1行 languages: 「ja」は使えません。[ ] で囲んで"),
        ("run.toml", "languages = []", "1行 languages: "),
        ("run.toml", 'public = "yes"', "1行 public: 「yes」は使えません。true か false を"),
        ("run.toml", "public = ", "1行: TOML として読めません"),
        ("deliver.toml", "[mail\n", "1行: TOML として読めません"),
    ],
)
def test_settings_that_nobody_understands_are_told_and_cost_no_internal_page(here, capsys, file, content, says):
    (here.folders.data.parent / file).write_text(content, encoding="utf-8")
    err = told_and_built(capsys)
    assert err.startswith("設定: "), "the clerk's word, not ours"
    assert f"{file} {says}" in err
    assert journal(here)[0]["sentences"] == err.splitlines()
    assert typed(capsys) == (1, "", "")


def test_reports_may_lie_deeper_than_any_folder_there_is(here, capsys):
    status, _, err = typed(capsys, "--out", "a/b/reports")
    assert (status, err) == (0, "")
    assert (here.folders.data.parent / "a" / "b" / "reports" / PLAN / str(YEAR)).is_dir()


@pytest.mark.parametrize(
    ("page", "history", "is_older"), [(5, 5, False), (6, 5, False), (5, 6, True), (None, 5, True), (5, None, False)]
)
def test_the_page_of_the_history_is_older_where_the_history_went_on(tmp_path, page, history, is_older):
    for name, when in ((rounds.PAGE, page), (batch.history.HISTORY, history)):
        if when is not None:
            (tmp_path / name).write_text("", encoding="utf-8")
            os.utime(tmp_path / name, (when, when))
    assert rounds.page_is_older(tmp_path) == is_older


def test_the_public_tree_is_built_where_it_is_wanted(here, capsys):
    (here.folders.data.parent / "run.toml").write_text("public = true", encoding="utf-8")
    assert typed(capsys)[0] == 0
    assert (here.folders.out / "public" / PLAN / str(YEAR) / "good.html").is_file()
    assert {one["tree"] for one in journal(here)[0]["sets"]} == {"internal", "public"}
    assert typed(capsys) == (0, "", "")
    assert not (here.folders.out / "public" / rounds.PAGE).exists(), "the history is no part of the public tree"


def test_a_delivery_that_fails_is_one_failure_until_it_succeeds(here, capsys):
    given = {"folders": here.folders, "chosen": rounds.Settings(), "failures": [], "notices": [], "build": None}

    def a_round(*delivery):
        outcome = SimpleNamespace(deliveries=[a_delivery(*delivery)], faults=())
        return rounds.go(rounds.Known([], []), **given, deliver=lambda: outcome, about={"command": ""})

    first, second = (a_round("failed", "サーバーが応じません。") for _ in range(2))
    assert (first.is_news, second.is_news) == (True, False)
    assert second.complaints == [f"{UNDELIVERED}: サーバーが応じません。"]
    assert a_round("sent").handed_over == [f"配布 {UNDELIVERED}（新規）", f"解消 {UNDELIVERED}"]
    assert a_round("already").is_news is False
    assert len(journal(here)) == 2
    assert capsys.readouterr().out == ""


def a_delivery(state, *sentences):
    about = {"recipient": "市長", "channel": "mail", "plan": PLAN, "fiscal_year": YEAR, "kind": "new"}
    return SimpleNamespace(**about, state=state, sentences=sentences)


UNDELIVERED = f"{PLAN} {YEAR} → 市長"


def undelivered(here, capsys, monkeypatch):
    """A round whose letter could not go; afterwards it could."""
    config = here.folders.data.parent / "deliver.toml"
    config.write_text('[[folder]]\nname = "庁議"\npath = "share"\n', encoding="utf-8")
    outcome = SimpleNamespace(deliveries=[a_delivery("failed", "サーバーが応じません。")], faults=())
    monkeypatch.setattr(deliver, "deliver", lambda *_, **__: outcome)
    assert typed(capsys)[0] == 1
    outcome.deliveries = [a_delivery("sent")]
    return config, outcome


@pytest.mark.parametrize("name", ["deliver.toml", "run.toml"])
def test_a_failure_is_not_over_where_the_settings_kept_the_round_from_looking(here, capsys, monkeypatch, name):
    config, outcome = undelivered(here, capsys, monkeypatch)
    outcome.deliveries = [a_delivery("failed", "サーバーが応じません。")]
    wrong = config.with_name(name)
    good = wrong.read_bytes() if wrong.exists() else b""
    wrong.write_text("[[", encoding="utf-8")
    status, _, err = typed(capsys)
    assert (status, mended(here)) == (1, [])
    assert f"{UNDELIVERED}: サーバーが応じません。" in err
    assert typed(capsys) == (1, "", ""), "the same failures again"
    wrong.write_bytes(good)
    outcome.deliveries = [a_delivery("sent")]
    assert typed(capsys)[0] == 0
    assert mended(here) == [("", UNDELIVERED), ("", "settings")]


def test_a_failure_is_not_over_where_nothing_could_be_handed_over(here, capsys, monkeypatch):
    _, outcome = undelivered(here, capsys, monkeypatch)
    monkeypatch.setattr(deliver, "deliver", refuses("配布の記録として読めません。"))
    assert typed(capsys)[0] == 1
    assert mended(here) == []
    monkeypatch.setattr(deliver, "deliver", lambda *_, **__: outcome)
    assert typed(capsys)[0] == 0
    assert mended(here) == [("", "deliver"), ("", UNDELIVERED)]


def test_a_dry_run_hands_nothing_over_and_says_so(here, capsys, monkeypatch):
    _, outcome = undelivered(here, capsys, monkeypatch)
    outcome.deliveries = [a_delivery("written")]
    status, out, err = typed(capsys, "--dry-run", "ためし")
    assert status == 1
    assert f"書出し {UNDELIVERED}（新規）" in out.splitlines()
    assert f"{UNDELIVERED}: サーバーが応じません。" in err, "it was not sent, so it stays as it was"
    page = words((here.folders.out / rounds.PAGE).read_text(encoding="utf-8"))
    assert f"書出し {UNDELIVERED}（メール、新規）".replace(" ", "") in page
    assert "配布1" not in page


def test_a_failure_of_deliveries_that_are_wanted_no_more_is_over(here, capsys, monkeypatch):
    config, _ = undelivered(here, capsys, monkeypatch)
    config.unlink()
    assert typed(capsys)[0] == 0
    assert mended(here) == [("", UNDELIVERED)]


def test_a_failure_of_the_public_tree_is_not_over_where_run_toml_cannot_be_read(here, capsys):
    wanted = here.folders.data.parent / "run.toml"
    wanted.write_text("public = true", encoding="utf-8")
    failed(here, capsys)
    here.broken = ""
    wanted.write_text("public = tru", encoding="utf-8")
    assert typed(capsys)[0] == 1
    assert mended(here) == [("internal", f"{PLAN} {YEAR}")]
    assert ["public", f"{PLAN} {YEAR}"] in [one[:2] for one in journal(here)[0]["failures"]]


def test_a_failure_of_a_plan_that_cannot_be_read_is_not_over(here, capsys, monkeypatch):
    failed(here, capsys)
    with monkeypatch.context() as patched:
        patched.setattr(read, "years", refuses("plan.toml を読めません。"))
        assert typed(capsys)[0] == 1
    assert mended(here) == []
    assert {one[1] for one in journal(here)[0]["failures"]} == {"data", f"{PLAN} {YEAR}"}


# The history and its page


def test_a_line_that_a_full_disk_tore_is_left_out(tmp_path):
    whole = json.dumps(a_run())
    (tmp_path / batch.history.HISTORY).write_text(f'{{"started": "\n{whole}\n[]\n', encoding="utf-8")
    assert rounds.history(tmp_path) == [a_run()]


@pytest.mark.parametrize(
    "change", [{"started": 5}, {"ended": "昨日"}, {"sets": 7}, {"failures": "x"}, {"deliveries": None}]
)
def test_a_line_that_somebody_altered_stops_no_run(here, capsys, change):
    typed(capsys)
    history = here.folders.out / batch.history.HISTORY
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(a_run() | change) + "\n")
    assert len(journal(here)) == 1
    assert typed(capsys) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "says"), [(batch.history.HISTORY, r"runs\.jsonl: この回を履歴に書けません（"), (rounds.PAGE, "runs.html")]
)
def test_where_history_or_page_cannot_be_written_what_was_done_is_told_all_the_same(here, capsys, name, says):
    (here.folders.out / name).mkdir(parents=True)
    assert re.search(says, told_and_built(capsys))
    assert name == batch.history.HISTORY or len(journal(here)) == 1


def test_the_page_takes_in_what_was_built_by_hand(here, capsys):
    typed(capsys)
    put_notebook(here.folders.notebooks.parent, "all_outputs", page="good")
    build(here.folders, overview=lambda *_, **__: b"<p>list</p>", command="gyokaku build")
    assert "手動の作成" not in (here.folders.out / rounds.PAGE).read_text(encoding="utf-8")
    assert typed(capsys) == (0, "", "")
    assert "手動の作成" in (here.folders.out / rounds.PAGE).read_text(encoding="utf-8")


def words(html):
    body = html[html.index("<main") :]
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", body))


def a_run(started="2026-08-05T00:07:00.000+00:00", **changes):
    return {
        "started": started,
        "ended": started.replace(":00.", ":12."),
        "command": "gyokaku run --data '/srv/行革/data'",
        "kind": "run",
        "sets": [{"tree": "internal", "set": f"{PLAN} 2025", "state": "built", "seconds": 8.24, "sentences": []}],
        **{key: [] for key in ("sentences", "failures", "mended", "deliveries", "notices")},
        **changes,
    }


FAULT = "effects.csv 11行「金額」（amount）: 「十九万」は決まりの形ではありません。"
HISTORY = [
    a_run("2026-08-20T06:07:00.000+00:00", mended=[["public", f"{PLAN} 2025"]], sets=[]),
    a_run(
        "2026-08-20T05:07:00.000+00:00",
        sets=[{"tree": "public", "set": f"{PLAN} 2025", "state": "refused", "seconds": 71, "sentences": [FAULT]}],
        failures=[["public", f"{PLAN} 2025", "refused", [FAULT]]],
    ),
    a_run(deliveries=[{"recipient": "市長", "channel": "mail", "plan": PLAN, "fiscal_year": 2025, "kind": "new", "sentences": []}]),
    a_run("2026-08-04T15:30:00.000+00:00", kind="", command="gyokaku build", sets=[]),
]  # fmt: skip


def test_the_page_says_when_what_how_long_and_why():
    html = render.runs(HISTORY)
    said = words(html)
    for says in (
        *("2026年8月20日（木）", "15:07定期実行解消1", "14:07定期実行中止1", "公表用isehara-62025（1分11秒）" + FAULT),
        *("2026年8月5日（水）", "9:07定期実行作成1配布1", "12秒", f"{PLAN}2025（8.2秒）", "市長（メール、新規）"),
    ):
        assert says.replace(" ", "") in said, says
    assert "手動の作成" not in said, "where nothing happened nothing is told"
    assert said.index("15:07") < said.index("14:07") < said.index("9:07"), "the newest first"
    assert "解消していない失敗はない（2026年8月20日15:07" in said


def test_the_page_says_first_what_is_wrong_now():
    said = words(render.runs(HISTORY[1:]))
    now = said.index("解消していない失敗が1件ある")
    assert now < said.index("十九万") < said.index("2026年8月5日")


def test_a_time_is_japans():
    assert "2026年8月5日（水）" in render.runs([a_run("2026-08-04T15:00:00.000+00:00")])


def test_what_is_said_is_shown_and_never_obeyed_and_a_letter_without_a_glyph_stops_nothing():
    html = render.runs([a_run(sentences=["<script>alert(1)</script> 𩸽"])])
    assert "<script" not in html
    assert "〓" in html or "𩸽" in html


def test_a_long_history_says_what_it_leaves_out():
    many = [a_run(f"2026-08-05T0{n % 10}:00:00.000+00:00") for n in range(260)]
    assert "これより前の10回はruns.jsonlにある" in words(render.runs(many))


def test_without_a_run_the_page_says_so():
    assert "まだ何も実行されていない" in words(render.runs([]))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("history", [HISTORY, HISTORY[1:], []], ids=["well", "ill", "empty"])
def test_the_page_fits_is_accessible_and_asks_for_nothing(browser, history, tmp_path):
    file = tmp_path / "runs.html"
    file.write_text(render.runs(history), encoding="utf-8")
    laid_out.fits_everybody(browser, file)


def test_the_history_is_not_kept_with_the_pages():
    ignored = (Path(__file__).parents[1] / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/reports/runs.jsonl", "/reports/runs.html"} <= set(ignored)
