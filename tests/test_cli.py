"""What a clerk types, and what comes back: results on standard output, sentences on standard error, a status."""

import errno
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_batch import PLAN, YEAR, project, snapshot

from helpers import check, cli, compute, intake, read
from helpers.run import batch, warm
from helpers.terms import Finding, Refusal

COMMAND = [sys.executable, "-m", "helpers.cli"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return registered(tmp_path, "good")


@pytest.fixture
def built(monkeypatch):
    """Calls of `batch.build`, which answers with what a test puts in."""
    calls = SimpleNamespace(made=[], results=[], notes=[])

    def build(year_sets, asked, **settings):
        calls.made.append(SimpleNamespace(year_sets=list(year_sets), **vars(asked), **settings))
        return batch.Outcome(calls.results, calls.notes)

    monkeypatch.setattr(batch, "build", build)
    return calls


def typed(capsys, *words):
    status = cli.main(words)
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, said.out, said.err


@pytest.mark.parametrize(
    ("words", "stands", "is_possible", "starts"),
    [
        ("", False, True, True),
        ("", True, True, False),  # nothing may be due: batch looks first
        ("--force", True, True, True),
        ("--force --engine plain", True, True, False),
        ("--force --scheduler tcp://machine:1", True, True, False),
        ("--force", True, False, False),
    ],
)
def test_what_makes_pages_is_imported_from_the_first_moment_where_pages_will_be_due(
    here, built, capsys, monkeypatch, words, stands, is_possible, starts
):
    started = []
    monkeypatch.setenv("GYOKAKU_ENGINE", "")  # which the command sets
    monkeypatch.setattr(warm, "is_possible", lambda: is_possible)
    monkeypatch.setattr(warm, "start_server", lambda: started.append(len(built.made)))
    if stands:
        here.out.mkdir()
        (here.out / "manifest.json").write_text("{}", encoding="utf-8")
    assert typed(capsys, "build", *words.split())[0] == 0
    assert started == [0] * starts
    assert len(built.made) == 1


# The words of the call


HELP = """
import sys
from helpers import cli
for words in (["--help"], ["build", "--help"]):
    try:
        cli.main(words)
    except SystemExit:
        pass
    print(len(sys.modules), *{"pandas", "papermill", "nbconvert", "tqdm", "helpers.read"} & set(sys.modules))
"""


def test_help_is_japanese_and_imports_little():
    """What makes it quick, counted: a clock shows who else is at work as well."""
    said = subprocess.run([sys.executable, "-c", HELP], capture_output=True, check=True, encoding="utf-8", timeout=100)
    first, *_, of_build = [line.split() for line in said.stdout.splitlines() if re.match(r"\d+( |$)", line)]
    assert int(first[0]) < 250  # 160 with Python 3.11
    assert first[1:] == of_build[1:] == [], "nothing heavy"
    assert all(words in said.stdout for words in ("使い方: gyokaku", "\n  build ", "\n  check ", "\n  intake "))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["bild"], "「bild」というコマンドはありません"),
        (["build", "--yaer", "2024"], "--yaer というオプションはありません。--year"),
        (["build", "--year", "令和"], "「令和」は年度として読めません"),
        (["build", "--jobs", "0"], "'--jobs' の値が使えません。1以上の整数を指定してください。\n"),
        (["build", "--jobs", "多"], "'--jobs' の値が使えません。1以上の整数を指定してください。\n"),
        (["build", "--language", "fr"], "'--language' の値が使えません。ja、en のどれかを指定してください。\n"),
        (["build", "--jobs"], "--jobs の書き方が違います。"),
        (["build", "--force=1"], "--force の書き方が違います。"),
        (["intake", "a.txt", "b.txt", "--plan", "a", "--year", "R6"], "「b.txt」が余分です。\n"),
        (["intake"], "FILE"),
        (["intake", "a.txt", "--year", "2024"], "--plan' を指定してください"),
    ],
)
def test_wrong_words_are_status_2(capsys, words, sentence):
    status, out, err = typed(capsys, *words)
    assert (status, out) == (2, "")
    assert sentence in err
    assert "--help で見られます" in err


# build


@pytest.mark.parametrize("year", ["2024", "R6", "令和6年度", "Ｒ６"])
def test_a_year_is_read_as_people_write_it(capsys, here, built, year):
    assert typed(capsys, "build", "--year", year)[0] == 0
    assert built.made[0].year_sets == [(PLAN, YEAR)]
    assert built.made[0].folders == here


def test_build_passes_on_what_was_asked(capsys, here, built, tmp_path):
    options = ["--out", str(tmp_path / "x"), "--page", "good", "--jobs", "3", "--force", "--data", str(here.data)]
    assert typed(capsys, "build", PLAN, *options)[0] == 0
    (call,) = built.made
    assert (call.pages, call.jobs, call.force, call.folders.out) == (("good",), 3, True, tmp_path / "x")


@pytest.mark.usefixtures("here")
def test_an_unknown_plan_is_refused_with_those_there_are(capsys, built):
    status, _, err = typed(capsys, "build", "isehara-7", PLAN)
    assert (status, built.made[0].year_sets) == (1, [(PLAN, YEAR)])  # the rest is still done
    assert re.search(f"計画「isehara-7」がありません.*登録済みの計画: {PLAN}。", err)


def test_a_plan_that_leads_out_of_the_folder_is_refused(capsys, here):
    status, _, err = typed(capsys, "build", "../x")
    assert (status, list(here.out.parent.rglob("x"))) == (1, [])
    assert "計画の名前「../x」は使えません" in err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("words", [["--year", "2030"], [PLAN, "--year", "2030"]])
def test_a_year_without_data_is_refused_with_those_there_are(capsys, built, words):
    status, _, err = typed(capsys, "build", *words)
    assert (status, built.made[0].year_sets) == (1, [])
    assert "2030年度は未登録です。登録済みの年度: " in err


def test_results_go_to_standard_output_and_reasons_to_standard_error(capsys, here, built):
    target, state = here.out / PLAN, batch.State
    built.notes = ["manifest.json: 読めない。"]
    built.results = [
        batch.Result(PLAN, 2022, state.BUILT, (target / "2022" / "brief.html",)),
        batch.Result(PLAN, 2023, state.UNCHANGED, (target / "2023" / "brief.html",)),
        batch.Result(PLAN, 2024, state.REFUSED, (target / "reason.txt",), ("合計が合わない➤",)),
        batch.Result(PLAN, 2025, state.FAILED, (target / "reason.txt",), ("落ちた",)),
    ]
    status, out, err = typed(capsys, "build")
    assert status == 1
    assert out.replace(os.sep, "/").splitlines() == [
        f"作成 reports/{PLAN}/2022/brief.html",
        f"変更なし reports/{PLAN}/2023/brief.html",
        f"中止 reports/{PLAN}/reason.txt",
        f"失敗 reports/{PLAN}/reason.txt",
        "作成 1、変更なし 1、中止 1、失敗 1",
    ]
    assert err == f"manifest.json: 読めない。\n{PLAN} 2024: 合計が合わない➤\n{PLAN} 2025: 落ちた\n"


def test_where_nothing_is_due_it_says_what_was_verified_and_how_to_see_it_build(capsys, here, built):
    pages = (here.out / PLAN / "2024" / "brief.html", here.out / PLAN / "2024" / "detail.html")
    built.results = [
        batch.Result(PLAN, 2024, batch.State.UNCHANGED, pages),
        batch.Result("", None, batch.State.UNCHANGED, (here.out / "index.html", here.out / "index.en.html")),
    ]
    status, out, _ = typed(capsys, "build")
    *_, verified, opened, counts = out.splitlines()
    assert status == 0
    assert re.search("4ページの中身も前に作ったときと同じ.*make briefs FORCE=1", verified)
    assert opened == f"ブラウザーで開く: {Path('reports/index.html')}"
    assert counts == "作成 0、変更なし 2、中止 0、失敗 0"
    built.results[1] = replace(built.results[1], state=batch.State.BUILT)
    out = typed(capsys, "build")[1]
    assert "FORCE" not in out, "where something was built it says only where to look"
    assert out.splitlines()[-2] == opened


@pytest.mark.usefixtures("here")
def test_progress_is_one_line_a_page_in_a_log_and_a_bar_on_a_terminal(capsys, monkeypatch):
    def build(*_, told, **__):
        told(1, 2, "isehara-6 2024 brief")
        return batch.Outcome([], [])

    monkeypatch.setattr(batch, "build", build)
    assert typed(capsys, "build") == (0, "作成 0、変更なし 0、中止 0、失敗 0\n", "[1/2] isehara-6 2024 brief\n")
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.main(["build"]) == 0
    assert "isehara-6 2024 brief:  50%" in terminal.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="signals are held by POSIX")
def test_ctrl_c_is_told_in_our_words_from_the_first_moment():
    """Libraries are being imported then, which Python would tell by a traceback; held back, it reaches whoever has words for it."""
    python = [sys.executable, "-P", "-X", "importtime", *COMMAND[1:], "--help"]
    command = subprocess.Popen(python, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "| helpers.run.interpreter\n" not in command.stderr.readline().replace(" ", "").replace("|", "| "):
        assert command.poll() is None
    time.sleep(0.005)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=60)
    said = [line for line in said.splitlines() if not line.startswith("import time:")]
    assert (command.returncode, said) == (130, ["中断しました。公開済みのページはそのままです。"])


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (Refusal("一つ目。", "二つ目。"), 1, "一つ目。\n二つ目。\n"),
        (PermissionError(13, "Permission denied", "reports"), 1, "reports: 権限がありません。権限を確かめ"),
        (OSError(errno.EFBIG, "File too large"), 1, "書き込み先: ファイルの大きさの上限を超えました。"),
        (OSError(errno.EPROTO, "Protocol error", "x"), 1, "x: 読み書きできません。場所と権限を確かめてください。"),
        (shutil.Error([("a", "b", "[Errno 27] File too large")]), 1, "写せないファイルがあります。"),
        (KeyboardInterrupt(), 130, "中断しました。"),
        (ZeroDivisionError("ours"), 1, "予期しない誤りです（ZeroDivisionError: ours）"),
    ],
)
@pytest.mark.usefixtures("here")
def test_whatever_goes_wrong_is_a_sentence_and_a_status(capsys, monkeypatch, error, status, sentence):
    def build(*_, **__):
        raise error

    monkeypatch.setattr(batch, "build", build)
    found, _, err = typed(capsys, "build")
    assert found == status
    assert sentence in err


@pytest.mark.usefixtures("here")
def test_whoever_helps_can_ask_for_the_traceback(capsys, monkeypatch):
    monkeypatch.setattr(batch, "build", lambda *_, **__: 1 / 0)
    monkeypatch.setenv("GYOKAKU_DEBUG", "1")
    assert cli.main(["build"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_console_without_the_mark_of_the_document_shows_the_rest():
    code = "import sys; from helpers import cli; sys.exit(cli.main(['build', '--year', '➤6']))"
    environment = {**os.environ, "PYTHONIOENCODING": "cp932"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=environment, timeout=10)
    assert said.returncode == 2
    assert "「?6」は年度として読めません" in said.stderr.decode("cp932")


def registered(folder, page):
    """A project with a plan and a year that have only a name, and a page that needs no more."""
    folders = project(folder, page)
    (folders.data / PLAN / str(YEAR) / read.SOURCES_FILE).touch()
    return folders


@pytest.mark.slow
def test_two_runs_at_once_one_builds_and_one_says_so(tmp_path):
    folders = registered(tmp_path, "slow")
    words = [*COMMAND, "build", "--data", str(folders.data)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as first:
        while not (folders.out / batch.folders.LOCK).exists():
            time.sleep(0.05)
            assert first.poll() is None, first.stderr.read()
        second = subprocess.run(words, capture_output=True, check=False, encoding="utf-8", timeout=30)
        out, err = first.communicate(timeout=60)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.endswith("別の gyokaku build が動いています。終わってから、もう一度実行してください。\n")
    assert first.returncode == 0, err
    assert out.splitlines()[-1] == "作成 2、変更なし 0、中止 0、失敗 0"  # the year and the list of all plans


@pytest.mark.slow
def test_the_second_build_has_nothing_to_do(tmp_path):
    folders, words = registered(tmp_path, "good"), [*COMMAND, "build"]
    subprocess.run(words, cwd=tmp_path, capture_output=True, check=True, timeout=60)
    before = snapshot(folders.out)
    (tmp_path / "below").mkdir()
    said = subprocess.run(words, cwd=tmp_path / "below", capture_output=True, check=True, encoding="utf-8", timeout=60)
    assert (said.stdout.splitlines()[-1], said.stderr) == ("作成 0、変更なし 2、中止 0、失敗 0", "")
    assert snapshot(folders.out) == before


# check


FINDINGS = [
    Finding("V01", "行の合計", "block", "passed", "5行が一致"),
    Finding("V02", "列の合計", "block", "failed", "75件と74件", "表を確かめてください"),
    Finding("V03", "達成の件数", "block", "failed", "63件と62件", "表を確かめてください", "誤記、企画課"),
    Finding("V04", "割程度", "warn", "failed", "9割", "言葉を確かめてください"),
    Finding("V05", "金額", "block", "not_applicable", "金額の記載なし"),
    Finding("V06", "方針", "block", "not_run", "表がない", "登録してください"),
]


@pytest.fixture
def checked(here, monkeypatch):  # noqa: ARG001 — a fixture takes a fixture by its name
    """Findings of the frames and of the figures, for a test to change."""
    findings = SimpleNamespace(frames=FINDINGS[:1], figures=[])
    monkeypatch.setattr(read, "year", lambda *_: "frames")
    monkeypatch.setattr(check, "document", lambda _: "資料.txt")
    monkeypatch.setattr(check.findings, "document", lambda _: "資料.txt")
    monkeypatch.setattr(compute, "corrected", lambda frames: f"corrected {frames}")
    monkeypatch.setattr(compute, "figures", lambda _: "figures")
    monkeypatch.setattr(check, "frames", lambda frames: findings.frames if frames == "corrected frames" else None)
    monkeypatch.setattr(check, "figures", lambda *given: findings.figures if given[1] == "figures" else None)
    return findings


def test_check_says_one_line_a_finding(capsys, checked):
    checked.frames = FINDINGS
    status, out, err = typed(capsys, "check")
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        f"{PLAN} 2024 V01 合格 行の合計: 5行が一致",
        f"{PLAN} 2024 V02 不合格 列の合計（資料.txt）: 75件と74件 表を確かめてください",
        f"{PLAN} 2024 V03 了承済 達成の件数（資料.txt）: 63件と62件 誤記、企画課 表を確かめてください",
        f"{PLAN} 2024 V04 注意 割程度（資料.txt）: 9割 言葉を確かめてください",
        f"{PLAN} 2024 V05 対象外 金額: 金額の記載なし",
        f"{PLAN} 2024 V06 実行不能 方針: 表がない 登録してください",
    ]


def test_check_of_what_is_accepted_or_only_a_warning_is_good(capsys, checked):
    checked.frames, checked.figures = [FINDINGS[0], FINDINGS[2]], [FINDINGS[3]]
    status, out, _ = typed(capsys, "check")
    assert status == 0
    assert [line.split()[2] for line in out.splitlines()] == ["V01", "V03", "V04"]


def test_check_as_json_says_the_same_of_figures_too(capsys, checked):
    checked.frames, checked.figures = FINDINGS[:1], FINDINGS[1:]
    status, out, _ = typed(capsys, "check", PLAN, "--year", "R6", "--json")
    rows = json.loads(out)
    assert status == 1
    stops = {row["id"]: row["stops"] for row in rows}
    assert stops == {"V01": False, "V02": True, "V03": False, "V04": False, "V05": False, "V06": True}
    assert (rows[0]["plan"], rows[0]["fiscal_year"]) == (PLAN, 2024)


@pytest.mark.usefixtures("checked")
def test_check_of_a_year_that_cannot_be_read_says_so(capsys, monkeypatch):
    def year(*_):
        raise Refusal("effects.csv 5行: 空欄です。")

    monkeypatch.setattr(read, "year", year)
    assert typed(capsys, "check") == (1, "", "effects.csv 5行: 空欄です。\n")


@pytest.mark.parametrize("command", ["build", "check"])
def test_a_plan_without_a_year_is_said(capsys, here, built, command):  # noqa: ARG001 — a fixture takes a fixture by its name
    shutil.rmtree(here.data / PLAN / str(YEAR))
    sentence = f"{PLAN} の年度は未登録です。登録済みの年度: なし。gyokaku intake で資料を登録してください。\n"
    assert typed(capsys, command)[::2] == (0, sentence)
    assert typed(capsys, command, PLAN)[::2] == (1, sentence)


# intake


@pytest.fixture
def received(checked, here, monkeypatch):
    """A document that reads well, with a warning; gives what was filed."""
    checked.figures, filed = [FINDINGS[3]], []

    @contextmanager
    def staged_year(tables, document, *, plan, fiscal_year, data_dir, **_):
        yield data_dir / "staged"
        filed.append((plan.id, fiscal_year, document.name, list(tables)))

    monkeypatch.setattr(intake, "document", lambda path: SimpleNamespace(name=path.name, lines=()))
    monkeypatch.setattr(intake, "facts", lambda *_, **__: {"grade_counts": [1, 2], "effects": [1]})
    monkeypatch.setattr(intake, "about", lambda *_: {"title": "a"})
    monkeypatch.setattr(intake, "staged_year", staged_year)
    monkeypatch.setattr(read, "year", lambda *_, folder: "frames" if folder == here.data / "staged" else None)
    return filed


FILE = ("intake", "a.txt", "--plan", PLAN, "--year", "令和6年度")


def test_intake_says_what_was_filed_and_what_comes_next_and_warns(capsys, received):
    """What is not filed, and why, stands in `test_bad_input.py`."""
    status, out, err = typed(capsys, *FILE)
    assert (status, err) == (0, f"{PLAN} 2024 V04 注意 割程度（a.txt）: 9割 言葉を確かめてください\n")
    assert out.replace(os.sep, "/").splitlines() == [
        f"data/{PLAN}/2024/grade_counts.csv  2行",
        f"data/{PLAN}/2024/effects.csv  1行",
        f"登録しました。次は: gyokaku build {PLAN} --year 2024",
    ]
    assert received == [(PLAN, 2024, "a.txt", ["grade_counts", "effects"])]


def test_a_refusal_names_the_place_that_people_know(capsys, received, monkeypatch):
    def year(*_, folder):
        raise Refusal(f"{folder / 'effects.csv'} 2行: 空欄です。", "corrections.csv 2行: 値が違います。")

    monkeypatch.setattr(read, "year", year)
    status, _, err = typed(capsys, *FILE)
    year = f"data/{PLAN}/2024/".replace("/", os.sep)
    assert (status, err) == (1, f"{year}effects.csv 2行: 空欄です。\n{year}corrections.csv 2行: 値が違います。\n")
    assert received == []


@pytest.mark.usefixtures("here")
def test_a_file_that_may_not_be_read_is_refused(capsys, monkeypatch):
    Path("a.txt").touch()
    real = Path.read_bytes

    def fails(self):
        if self.name == "a.txt":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", fails)
    status, _, err = typed(capsys, *FILE)
    assert status == 1
    assert "a.txt を読めません（読む権限がありません）。" in err
