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
from test_batch import PLAN, YEAR, build, project, put_notebook, snapshot, stub

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

    monkeypatch.setattr(render, "page", page)
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


def spoil(here, sentence):
    """The data change, and what the page says of them."""
    here.broken = sentence
    (here.folders.data / PLAN / str(YEAR) / "effects.csv").write_text(sentence, encoding="utf-8")


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
    spoil(here, "合計が合いません（架空）。")
    status, _, err = typed(capsys)
    assert status == 1
    assert f"{PLAN} {YEAR}: 合計が合いません（架空）。" in err
    for _ in range(3):
        assert typed(capsys) == (1, "", "")
    assert len(journal(here)) == 1


def test_another_failure_is_news_and_so_is_the_end_of_one(here, capsys):
    spoil(here, "合計が合いません（架空）。")
    typed(capsys)
    spoil(here, "読めない行があります（架空）。")
    status, _, err = typed(capsys)
    assert (status, len(journal(here))) == (1, 2)
    assert "読めない行があります" in err
    here.broken = ""
    status, out, err = typed(capsys)
    assert (status, err) == (0, "")
    assert f"解消 {PLAN} {YEAR}" in out
    assert journal(here)[0]["mended"] == [["internal", f"{PLAN} {YEAR}"]]
    assert typed(capsys) == (0, "", "")


def test_what_was_mended_by_hand_is_noted_by_the_next_run(here, capsys):
    spoil(here, "合計が合いません（架空）。")
    typed(capsys)
    here.broken = ""
    build(here.folders, overview=lambda *_, **__: b"<p>list</p>")
    status, out, _ = typed(capsys)
    assert status == 0
    assert f"解消 {PLAN} {YEAR}" in out


def test_on_a_terminal_everything_is_told_every_time(here, capsys, monkeypatch):
    spoil(here, "合計が合いません（架空）。")
    typed(capsys)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    capsys.readouterr()
    assert cli.main(["run"]) == 1
    assert "合計が合いません" in capsys.readouterr().err
    here.broken = ""
    cli.main(["run"])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    capsys.readouterr()
    assert cli.main(["run"]) == 0
    assert capsys.readouterr().out.endswith("することはありません。\n")


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


def test_a_second_run_says_so_and_leaves(here, capsys):
    here.folders.out.mkdir()
    with FileLock(here.folders.out / rounds.LOCK):
        status, out, err = typed(capsys)
    assert (status, out) == (0, "")
    assert "別の gyokaku run が動いています" in err
    assert journal(here) == []


def test_where_somebody_builds_by_hand_the_run_leaves_it_to_him(here, capsys):
    here.folders.out.mkdir()
    with FileLock(here.folders.out / batch.folders.LOCK):
        status, _, err = typed(capsys)
    assert status == 0
    assert "別の gyokaku build が動いています" in err
    assert journal(here) == []
    assert typed(capsys)[0] == 0
    assert len(journal(here)) == 1


def test_a_run_that_gives_way_forgets_no_failure(here, capsys):
    spoil(here, "合計が合いません（架空）。")
    typed(capsys)
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
    ("content", "expected"),
    [
        ("", rounds.Settings(("ja",), public=False)),
        ('languages = ["ja", "en"]\npublic = true\n', rounds.Settings(("ja", "en"), public=True)),
        ('languages = ["en"]', rounds.Settings(("ja", "en"))),  # Japanese is always there
    ],
)
def test_settings(tmp_path, content, expected):
    (tmp_path / "run.toml").write_text(content, encoding="utf-8")
    assert rounds.settings(tmp_path / "run.toml") == expected
    assert rounds.settings(tmp_path / "none.toml") == rounds.Settings()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("publik = true", "1行 publik: 知らない項目です"),
        ('languages = ["fr"]', "1行 languages の1番目: 「fr」は使えません。ja、en のどれか"),
        ('languages = "ja"', "1行 languages: 「ja」は使えません。[ ] で囲んで"),
        ("languages = []", "1行 languages: "),
        ("languages = {ja = 1}", "1行 languages: "),
        ('public = "yes"', "1行 public: 「yes」は使えません。true か false を"),
        ("public = ", "1行: TOML として読めません"),
    ],
)
def test_settings_that_nobody_understands_are_told_and_the_internal_pages_built_all_the_same(
    here, capsys, content, says
):
    (here.folders.data.parent / "run.toml").write_text(content, encoding="utf-8")
    status, out, err = typed(capsys)
    assert status == 1
    assert says in err
    assert f"{PLAN}{os.sep}{YEAR}" in out
    assert typed(capsys) == (1, "", "")


def test_what_stands_beside_the_japanese_pages():
    assert rounds.Settings().language == "ja"
    assert rounds.Settings(("ja", "en")).language == "en"


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


def test_a_delivery_that_cannot_be_read_costs_no_page(here, capsys):
    (here.folders.data.parent / "deliver.toml").write_text("[mail\n", encoding="utf-8")
    status, out, err = typed(capsys)
    assert status == 1
    assert "deliver.toml 1行: TOML として読めません" in err
    assert f"{PLAN}{os.sep}{YEAR}" in out
    assert err.startswith("設定: "), "the clerk's word, not ours"
    assert journal(here)[0]["sentences"] == err.splitlines()
    assert typed(capsys) == (1, "", "")


def test_a_delivery_that_fails_is_one_failure_until_it_succeeds(here, capsys):
    outcome = SimpleNamespace(deliveries=[], faults=())

    def delivery(state, *sentences):
        about = {"recipient": "市長", "channel": "mail", "plan": PLAN, "fiscal_year": YEAR, "kind": "new"}
        return SimpleNamespace(**about, state=state, sentences=sentences)

    def a_round():
        return rounds.go(
            rounds.Known([], []),
            folders=here.folders,
            chosen=rounds.Settings(),
            failures=[],
            notices=[],
            build=None,
            deliver=lambda: outcome,
            about={"command": ""},
        )

    outcome.deliveries = [delivery("failed", "サーバーが応じません。")]
    first, second = a_round(), a_round()
    assert (first.is_news, second.is_news) == (True, False)
    assert second.complaints == [f"{PLAN} {YEAR} → 市長: サーバーが応じません。"]
    outcome.deliveries = [delivery("sent")]
    third = a_round()
    assert third.handed_over == [f"配布 {PLAN} {YEAR} → 市長（新規）", f"解消 {PLAN} {YEAR} → 市長"]
    outcome.deliveries = [delivery("already")]
    assert a_round().is_news is False
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
    assert (status, journal(here)[0]["mended"]) == (1, [])
    assert f"{UNDELIVERED}: サーバーが応じません。" in err
    assert typed(capsys) == (1, "", ""), "the same failures again"
    wrong.write_bytes(good)
    outcome.deliveries = [a_delivery("sent")]
    assert typed(capsys)[0] == 0
    assert sorted(map(tuple, journal(here)[0]["mended"])) == [("", UNDELIVERED), ("", "settings")]


def test_a_failure_is_not_over_where_nothing_could_be_handed_over(here, capsys, monkeypatch):
    _, outcome = undelivered(here, capsys, monkeypatch)

    def refuse(*_, **__):
        raise Refusal("配布の記録として読めません。")

    monkeypatch.setattr(deliver, "deliver", refuse)
    assert typed(capsys)[0] == 1
    assert journal(here)[0]["mended"] == []
    monkeypatch.setattr(deliver, "deliver", lambda *_, **__: outcome)
    assert typed(capsys)[0] == 0
    assert sorted(map(tuple, journal(here)[0]["mended"])) == [("", "deliver"), ("", UNDELIVERED)]


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
    assert journal(here)[0]["mended"] == [["", UNDELIVERED]]


def test_a_failure_of_the_public_tree_is_not_over_where_run_toml_cannot_be_read(here, capsys):
    wanted = here.folders.data.parent / "run.toml"
    wanted.write_text("public = true", encoding="utf-8")
    spoil(here, "効果額が合いません。")
    assert typed(capsys)[0] == 1
    here.broken = ""
    wanted.write_text("public = tru", encoding="utf-8")
    assert typed(capsys)[0] == 1
    assert journal(here)[0]["mended"] == [["internal", f"{PLAN} {YEAR}"]]
    assert ["public", f"{PLAN} {YEAR}"] in [one[:2] for one in journal(here)[0]["failures"]]


def test_a_failure_of_a_plan_that_cannot_be_read_is_not_over(here, capsys, monkeypatch):
    spoil(here, "効果額が合いません。")
    assert typed(capsys)[0] == 1

    def unreadable(*_):
        raise Refusal("plan.toml を読めません。")

    with monkeypatch.context() as patched:
        patched.setattr(read, "years", unreadable)
        assert typed(capsys)[0] == 1
    assert journal(here)[0]["mended"] == []
    assert {one[1] for one in journal(here)[0]["failures"]} == {"data", f"{PLAN} {YEAR}"}


# The history and its page


def test_a_line_that_a_full_disk_tore_is_left_out(tmp_path):
    whole = json.dumps(a_run())
    (tmp_path / batch.history.HISTORY).write_text(f'{{"started": "\n{whole}\n[]\n', encoding="utf-8")
    assert rounds.history(tmp_path) == [json.loads(whole)]


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


def test_where_the_history_cannot_be_written_what_was_done_is_told_all_the_same(here, capsys):
    here.folders.out.mkdir()
    (here.folders.out / batch.history.HISTORY).mkdir()
    status, out, err = typed(capsys)
    assert status == 1
    assert f"{PLAN}{os.sep}{YEAR}" in out
    assert re.search(r"runs\.jsonl: この回を履歴に書けません（ファイルであるべき所にフォルダーがあります", err)


def test_where_the_page_of_the_history_cannot_be_written_what_was_done_is_told_all_the_same(here, capsys):
    here.folders.out.mkdir()
    (here.folders.out / rounds.PAGE).mkdir()
    status, out, err = typed(capsys)
    assert (status, len(journal(here))) == (1, 1)
    assert f"{PLAN}{os.sep}{YEAR}" in out
    assert "runs.html" in err


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
        "sentences": [],
        "failures": [],
        "mended": [],
        "deliveries": [],
        "notices": [],
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
