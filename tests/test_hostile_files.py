"""Files as people, Excel, editors and half-finished copies leave them: each is told with its place, or read, and nothing is lost.

Each was tried by the command itself first; here the command runs in this process. None may hang or speak in Python's words.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

from helpers import cli
from helpers.operate.deliver import ledger
from helpers.operate.deliver.configuration import configuration

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (Path(__file__).parent / "documents" / "synthetic-2025.txt").read_text(encoding="utf-8")
PYTHON = re.compile(r"Traceback|\w+Error\b|Errno|NoneType|object at|codec|literal|\bNone\b|\bnan\b")
PLAN, YEAR = "isehara-6/plan.toml", "isehara-6/2024"
SOURCES, EFFECTS, COUNTS = f"{YEAR}/SOURCES.toml", f"{YEAR}/effects.csv", f"{YEAR}/grade_counts.csv"
KEPT = {
    one: f"{YEAR}/{one}.csv" for one in ("acknowledged", "corrections", "decisions", "effect_classes", "reason_codes")
}

pytestmark = [pytest.mark.timeout(30), pytest.mark.skipif(os.name != "posix", reason="pipes and links")]


def changed(old, new):
    def change(path):
        text = path.read_bytes()
        assert old.encode() in text
        path.write_bytes(text.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1))

    return change


def with_row(row):
    def change(path):
        path.write_bytes(path.read_bytes().rstrip(b"\n") + f"\n{row}\n".encode())

    return change


def whole(make):
    """The whole content made anew of the old."""
    return lambda path: path.write_bytes(make(path.read_bytes()) if path.exists() else make(b""))


def folder(path):
    path.unlink(missing_ok=True)
    path.mkdir()


# What people type into cells stands in `test_read.py`, what Excel makes of them in `test_excel.py`.
CASES = {
    # plan.toml
    "a plan in UTF-16": (PLAN, whole(lambda b: b.decode().encode("utf-16")), "plan.toml: UTF-8 で書かれていません"),
    "a plan with CR alone": (PLAN, whole(lambda b: b.replace(b"\n", b"\r")), "plan.toml 1行: TOML として"),
    "a plan without a word": (PLAN, whole(lambda _: b""), "plan.toml"),
    "a plan that is a folder": (PLAN, folder, "読めません。ファイルの種類と権限を確かめてください"),
    "a policy twice": (PLAN, changed('id = "2"\n', 'id = "1"\n'), "[[policies]]: 「1」が2度あります"),
    "curly quotes": (PLAN, changed('name = "第6次', "name = “第6次"), "6行: TOML として読めません"),
    "no grade achieved": (PLAN, whole(lambda b: b.replace(b"achieved = true", b"achieved = false")), "一つもありません"),
    "nobody lives there": (PLAN, changed("population = 101039", "population = 0"), "population: 「0」は使えません"),
    "dollars": (PLAN, changed('effect_unit = "千円"', 'effect_unit = "ドル"'), "effect_unit: 「ドル」は使えません"),
    # SOURCES.toml and what it names
    "sources without a word": (SOURCES, whole(lambda _: b""), "SOURCES.toml にありません"),
    "a document elsewhere": (SOURCES, changed('file = "000', 'file = "../../../etc/passwd000'), "source/ の中のファイル名"),
    "a document of another year": (SOURCES, changed("= 2024", "= 2023"), "8行 [summary-1dfd948c] fiscal_year: 2023年度とありますが"),
    "words of grades that are not there": (SOURCES, changed("指標・数値目標", "指標と目標"), "graded_against: 「各取組の指標と目標"),
    "words of grades elsewhere": (SOURCES, changed("L58", "L60"), "L60 にありません"),
    "a year in quotes": (SOURCES, changed("= 2024", '= "2024"'), "fiscal_year: 「2024」は使えません。整数を"),
    "a thirteenth month": (SOURCES, changed("2025-08", "2025-13"), "published: 「2025-13」は使えません"),
    # tables made of a document
    "commas in a number": (EFFECTS, changed("107077", '"107,077"'), "2行「金額」"),
    "an exponent": (EFFECTS, changed("107077", "1e5"), "2行「金額」"),
    "a blank": (EFFECTS, changed("107077", ""), "2行「金額」（amount）: 空欄です"),
    "a cell too few": (EFFECTS, changed("policy,1,", "policy,"), "2行: 欄が11あります（見出しは12）"),
    "a heading twice": (EFFECTS, changed("scope_id,", "scope,"), "列「scope_id」が決まりと違います"),
    "no heading": (EFFECTS, whole(lambda b: b.partition(b"\n")[2]), "この表の見出しではありません"),
    "tabs for commas": (EFFECTS, whole(lambda b: b.replace(b",", b"\t")), "タブで区切られています"),
    "a NUL": (EFFECTS, changed("107077", b"107\x00077"), "文字の表として読めません"),
    "a table that is a folder": (EFFECTS, folder, "表を読めません"),
    "a table that is a pipe": (EFFECTS, lambda path: (path.unlink(), os.mkfifo(path)), "表を読めません"),
    "a kind of one's own": (EFFECTS, changed(",expected,", ",planned,"), "「planned」は使えません"),
    "a policy of no plan": (EFFECTS, changed("policy,1,", "policy,9,"), "V06 不合格"),
    "a unit of another row": (EFFECTS, changed("107077,千円", "107077,百万円"), "不合格"),
    "three measures and nothing": (COUNTS, changed("計画を上回る,3", "計画を上回る,3.0"), "「3.0」は0以上の整数ではありません"),
    "a grade of no plan": (COUNTS, changed("行政サービスの最適化,A", "行政サービスの最適化,S"), "不合格"),
    # tables that people keep
    "a check of no list": (KEPT["acknowledged"], with_row("V99,理由,山田,2026-08-01"), "「V99」は決まりの形では"),
    "no reason": (KEPT["acknowledged"], with_row("V14,,山田,2026-08-01"), "「理由」（reason）: 空欄です"),
    "a day of an era": (KEPT["acknowledged"], with_row("V14,理由,山田,令和8年8月1日"), "「令和8年8月1日」は"),
    "cells too many": (KEPT["acknowledged"], with_row("V14,理由,山田,2026-08-01,,,x"), "欄が7あります"),
    "accepted twice": (KEPT["acknowledged"], with_row("V14,a,b,2026-08-01\nV14,c,d,2026-08-02"), "検算の番号 が同じ行"),
    "a table of no name": (KEPT["corrections"], with_row("../plan.toml,L97:C3,amount,1,2,a,b,2026-08-01"), "は使えません"),
    "corrected to words": (KEPT["corrections"], with_row("effects,L97:C3,amount,107077,多額,a,b,2026-08-01"), "「多額」は"),
    "decided perhaps": (KEPT["decisions"], with_row("1,x,y,z,山田,2026-08-01,maybe,2026-08-01"), "「maybe」は使えません"),
    "recurring in one's words": (KEPT["effect_classes"], changed(",recurring,", ",毎年,"), "「毎年」は使えません"),
    "a reason of no list": (KEPT["reason_codes"], changed(",organisation,", ",weather,"), "「weather」は使えません"),
    "a register without a word": (f"{YEAR}/register.csv", whole(lambda _: b""), "data/README.md にある列の名前を1行目に"),
    "a register of its own": (f"{YEAR}/register.csv", whole(lambda _: "番号,取組\n1,x\n".encode()), "この表の見出しでは"),
}  # fmt: skip
READ = {
    "a plan with a mark": (PLAN, whole(lambda b: b"\xef\xbb\xbf" + b)),
    "a plan of Windows": (PLAN, whole(lambda b: b.replace(b"\n", b"\r\n"))),
    "a table in UTF-16": (EFFECTS, whole(lambda b: b.decode().encode("utf-16"))),
    "what desktops leave": (f"{YEAR}/desktop.ini", whole(lambda _: b"x")),
    "what Excel leaves": (f"{YEAR}/~$effects.csv", whole(lambda _: b"x")),
    "a copy beside": ("isehara-6/2024 - コピー", folder),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data" / "isehara-6", tmp_path / "data" / "isehara-6")
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(capsys, *words):
    status = cli.main([*words, "--data", "data"])
    out, err = capsys.readouterr()
    assert not PYTHON.search(out + err), out + err
    return status, out + err


@pytest.mark.parametrize("what", CASES)
def test_it_is_told_with_its_place(what, here, capsys):
    file, damage, says = CASES[what]
    damage(here / "data" / file)
    status, said = typed(capsys, "check")
    assert (status, says in said) == (1, True), said


@pytest.mark.parametrize("what", READ)
def test_what_harms_nothing_is_read(what, here, capsys):
    file, change = READ[what]
    change(here / "data" / file)
    status, said = typed(capsys, "check")
    assert (status, "不合格" in said) == (0, False)


@pytest.mark.parametrize("value", ["-0.8", "8"])
def test_a_wrong_plan_is_told_before_a_run_stumbles_over_it(value, here, capsys):
    changed("achievement = 0.8", f"achievement = {value}")(here / "data" / PLAN)
    status, said = typed(capsys, "due", "--out", "reports")
    assert (status, f"[thresholds] achievement: 「{value}」は使えません" in said) == (1, True), said


@pytest.mark.parametrize(("make", "says"), [
    (folder, "run.toml: 設定を読めません（ファイルであるべき所にフォルダーがあります"),
    (os.mkfifo, "run.toml: 設定を読めません"),
    (whole(lambda _: "public = true".encode("utf-16")), "run.toml: UTF-8 で書かれていません"),
    (whole(lambda _: bytes(range(256)) * 9), "run.toml"),
], ids=["a folder", "a pipe", "in UTF-16", "no text"])  # fmt: skip
def test_settings_that_are_none_are_told(make, says, here, capsys):
    make(here / "run.toml")
    status, said = typed(capsys, "due", "--out", "reports")
    assert (status, says in said) == (1, True), said


def test_a_pipe_holds_no_delivery_up(here, capsys):
    shutil.copytree(ROOT / "reports", here / "reports")
    asked = ("deliver", "--out", "reports", "--dry-run", "letters")
    configured = here / "deliver.toml"
    os.mkfifo(configured)
    said = f"{configured}: 配布の設定ファイルを読めません。ファイルの種類と権限を確かめてください。\n"
    assert typed(capsys, *asked) == (1, said)
    configured.unlink()
    configured.write_bytes((ROOT / "docs" / "deliver.example.toml").read_bytes())
    folder_of_ledger = configuration(configured).ledger_folder
    folder_of_ledger.mkdir(parents=True)
    os.mkfifo(folder_of_ledger / ledger.NAME)
    status, said = typed(capsys, *asked)
    assert status == 1
    assert "配布の記録を読めません" in said


DOCUMENTS = {
    "without a word": (whole(lambda _: b""), "は空です"),
    "a folder": (folder, "フォルダーです"),
    "a pipe": (os.mkfifo, "ふつうのファイルではありません"),
    "nothing": (lambda _: None, "ファイルがありません"),
    "a program": (whole(lambda _: b"\x7fELF" + bytes(range(256)) * 40), "文字の資料として読めません"),
    "with a NUL": (whole(lambda _: DOCUMENT.replace("方針", "方\0針").encode()), "文字の資料として読めません"),
    "twice in one file": (whole(lambda _: (DOCUMENT * 2).encode()), "行にもあります"),
    "half of it": (whole(lambda _: DOCUMENT[: len(DOCUMENT) // 2].encode()), "写し漏れがないか"),
    "of another city": (whole(lambda _: DOCUMENT.replace("伊勢原", "厚木").encode()), "の資料ではありません"),
    "its lines turned round": (whole(lambda _: "\n".join(DOCUMENT.split("\n")[::-1]).encode()), "の資料ではありません"),
    "blanks for tabs": (whole(lambda _: DOCUMENT.replace("\t", "  ").encode()), "表がありません"),
    "its minus signs lost": (whole(lambda _: DOCUMENT.replace("△", "").encode()), "何も登録していません"),
    "50 MB of it": (whole(lambda _: (DOCUMENT * 8_000).encode()), "大きすぎます"),
}


@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_document_that_is_none_files_nothing(what, here, capsys):
    make, says = DOCUMENTS[what]
    make(here / "doc.txt")
    before = sorted(here.joinpath("data").rglob("*"))
    status, said = typed(capsys, "intake", "doc.txt", "--plan", "isehara-6", "--year", "2025")
    assert (status, says in said) == (1, True), said
    assert sorted(here.joinpath("data").rglob("*")) == before
