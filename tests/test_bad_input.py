"""Bad input, each through the real command: a sentence with file, line and remedy, status 1, and nothing touched."""

import csv
import hashlib
import re
import shutil
from pathlib import Path

import pytest

from helpers import cli

ROOT = Path(__file__).parents[1]
DOCUMENT = (Path(__file__).parent / "documents" / "isehara-2024.txt").read_text(encoding="utf-8")
PLAN, YEAR = "isehara-6", "2024"


def changed(old, new, *, count=1):
    assert DOCUMENT.count(old) >= 1, old
    return DOCUMENT.replace(old, new, count).encode()


def swapped(one, other):
    return DOCUMENT.replace(one, "\0").replace(other, one).replace("\0", other).encode()


@pytest.fixture
def city(tmp_path):
    """A project that knows the plan, with the good year filed and a page already published."""
    data = tmp_path / "data" / PLAN
    data.mkdir(parents=True)
    shutil.copy(ROOT / "data" / PLAN / "plan.toml", data)
    shutil.copytree(ROOT / "data" / PLAN / YEAR, data / YEAR)
    (tmp_path / "reports" / PLAN / YEAR).mkdir(parents=True)
    (tmp_path / "reports" / PLAN / YEAR / "brief.html").write_text("前のページ", encoding="utf-8")
    return tmp_path


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def intake(city, content, *words, plan=PLAN):
    file = city / "届いた資料.txt"
    file.write_bytes(content)
    status = cli.main(["intake", str(file), "--plan", plan, "--year", YEAR, "--data", str(city / "data"), *words])
    file.unlink()
    return status


HEADING = "達成状況（各取組の指標・数値目標に対する取組結果）"
# What the reader cannot read stands in `test_intake.py`, what names another year, plan or city in `test_identity.py`.
BAD = {
    "row sum": (changed("\t3\t15\t2\t0\t20", "\t3\t15\t3\t0\t20"), ["V01", "L63", "corrections.csv"]),
    "column sum": (changed("合計\t16\t46\t12\t0\t74", "合計\t16\t47\t12\t0\t74"), ["V02", "L68", "corrections.csv"]),
    "yen sum": (changed("47,708", "47,709"), ["V05", "L108", "corrections.csv"]),
    "claim against the table": (changed("62件", "63件"), ["V03", "届いた資料.txt", "L60", "63件", "62件"]),
    "claim against the money": (changed("効果額を上回る", "効果額を下回る"), ["V26", "L92"]),
    "effect said to be as expected": (changed("効果額を上回る**実績", "効果額と同額の**実績"), ["V26", "L92", "同額"]),
    "amount in words against the table": (
        changed("計画策定当初に見込んでいた効果額を上回る**実績効果額**を計上", "実績効果額は13億4,665万円"),
        ["V05", "L92", "届いた資料.txt", "1,346,650千円"],
    ),
    "item larger than any policy": (
        changed("（961百万円）", "（9,610百万円）"),
        ["V07", "V09", "届いた資料.txt", "土地開発公社", f"{PLAN}/{YEAR} の corrections.csv"],
    ),
    "no text": (bytes(range(256)) * 8, ["届いた資料.txt"]),
    "count that is no number": (changed("\t3\t15\t2", "\tみっつ\t15\t2"), ["63行", "みっつ"]),
    # Slips that every sum survives: headings, rows and marks that no longer stand with what they are of.
    "grades changed about": (swapped("A 計画を 上回る", "B 概ね計画 どおり"), ["62行", "評価の欄", "並んでいません"]),
    "policies changed about": (swapped("1 行政サービスの最適化", "2 公共私連携・協働"), ["番号の順"]),
    "lists changed about": (swapped("計画以上に進捗して", "計画のとおり進捗していない"), ["◎", "遅れた取組の見出し"]),
    "amounts of revenue alone": (changed("基本方針\t\t合計", "基本方針\t\t歳入"), ["96行", "歳入", "効果額の欄"]),
    "amounts since the plan began": (changed("基本方針\t\t合計", "基本方針\t\t累計"), ["96行", "累計", "効果額の欄"]),
    "a list that says both": (changed("以上に進捗している", "以上に進捗していない"), ["70行", "一つに決まりません"]),
    "years over the linked plans": (changed("\tR5\tR6\tR7", "\tR4\tR5\tR6"), ["47行", "令和5年度〜令和9年度"]),
    "linked plan of another age": (changed("(R5~R14)", "(H5~H14)"), ["52行", "H5~H14", "重なりません"]),
    "period of one end": (changed("(R5~R14)", "(R5)"), ["52行", "(R5)", "期間として読めません"]),
    "measures besides those counted": (changed("項目のうち", "項目のほか"), ["60行", "のほか", "読み取れません"]),
    "measures of no plan": (changed("けた74件", "けていない74件"), ["60行", "位置付けていない", "読み取れません"]),
    "results of the year before": (changed(HEADING, "前年度の達成状況"), ["58行", "前年度の", "一年間の結果"]),
    "targets for results": (changed(HEADING, "目標（各取組の指標・数値目標）"), ["58行", "目標", "一年間の結果"]),
    "results of a quarter": (changed("（令和6年度①）", "（令和6年度第1四半期）"), ["56行", "第1四半期"]),
    "forecast of the year": (changed("（令和6年度①）", "（令和6年度見込み）"), ["56行", "見込み"]),
    "what was planned": (changed("取組結果の概要（令和6年度②）", "取組計画の概要（令和6年度②）"), ["88行", "取組計画"]),
    "note on another year": (changed("※ 毎年度、必要に応じて見直し", "※ 令和5年度の実績"), ["41行", "この資料の年度"]),
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_and_nothing_is_touched(name, city, capsys):
    content, words = BAD[name]
    before = snapshot(city)
    assert intake(city, content, "--replace") == 1
    told = capsys.readouterr().err
    for word in words:
        assert word in told
    assert "Traceback" not in told
    assert told.splitlines()[0].endswith(("。", "ください"))
    assert snapshot(city) == before


@pytest.mark.parametrize("plan", ["../isehara-6", "isehara-6/../x", "..", "", "なし", "public"])
def test_plan_name_that_leads_elsewhere_is_refused(plan, city, capsys):
    before = snapshot(city.parent)
    assert intake(city, DOCUMENT.encode(), plan=plan) in {1, 2}
    assert capsys.readouterr().err
    assert snapshot(city.parent) == before


def test_filed_year_is_replaced_only_when_asked(city, capsys):
    before = snapshot(city)
    assert intake(city, changed("8割程度の62件", "8割台の62件")) == 1
    assert "--replace" in capsys.readouterr().err
    assert snapshot(city) == before


@pytest.mark.parametrize("file", ["corrections.csv", "acknowledged.csv"])
def test_the_two_ways_out_work_as_they_are_described(file, city, capsys):
    """The lines of docs/add-a-year.md §3, to the letter."""
    guide = (ROOT / "docs" / "add-a-year.md").read_text(encoding="utf-8").splitlines()
    year = city / "data" / PLAN / YEAR
    heading = (year / file).read_text(encoding="utf-8").strip()
    [at] = [number for number, line in enumerate(guide) if line.strip() == heading]
    assert intake(city, changed("62件", "63件"), "--replace") == 1
    (year / file).write_text("".join(f"{line.strip()}\n" for line in guide[at : at + 2]), encoding="utf-8")
    assert intake(city, changed("62件", "63件"), "--replace") == 0
    assert "63" in (year / "stated.csv").read_text(encoding="utf-8"), "what the document says is kept"
    assert cli.main(["check", PLAN, "--data", str(city / "data")]) == 0
    said = capsys.readouterr().out
    assert "不合格" not in said
    assert ("V03 了承" in said) == (file == "acknowledged.csv")


def test_a_document_without_claims_is_filed_and_warned_of(city, capsys):
    text, claims = re.subn(r"計画に位置付けた74件.*|計画策定当初に見込んでいた.*計上", "着実に推進", DOCUMENT)
    assert claims == 2
    assert intake(city, text.encode(), "--replace") == 0
    assert f"{PLAN} {YEAR} V14 注意" in capsys.readouterr().err
    assert cli.main(["check", PLAN, "--data", str(city / "data")]) == 0
    found = dict(line.split()[2:4] for line in capsys.readouterr().out.splitlines())
    assert {found[check] for check in ("V03", "V04", "V26")} == {"対象外"}


def test_a_correction_that_does_not_fit_is_named_where_people_find_it(city, capsys, monkeypatch):
    monkeypatch.chdir(city)
    year = city / "data" / PLAN / YEAR
    heading = (year / "corrections.csv").read_text(encoding="utf-8")
    for row in ("stated,L60,value,99,62,試し,担当課,2026-08-20\n", "stated,L60,value,,62,試し,担当課,2026-08-20\n"):
        (year / "corrections.csv").write_text(heading + row, encoding="utf-8")
        before = snapshot(city)
        assert intake(city, changed("62件", "63件"), "--replace") == 1
        told = capsys.readouterr().err
        assert told.startswith(f"data/{PLAN}/{YEAR}/corrections.csv 2行")
        assert ".staging" not in told
        assert snapshot(city) == before


@pytest.mark.slow
def test_markup_and_formulas_in_a_name_stay_words(city):
    """Intake refuses such a name; whoever writes it into the tables by hand finds it as words on every page."""
    name, evil = "伊勢原市事業公社及び土地開発公社の健全化の促進", "=cmd|' /C calc'!A0<script>alert(1)</script>の健全化"
    for table in (city / "data" / PLAN / YEAR).glob("*.csv"):
        text = table.read_text(encoding="utf-8")
        table.write_text(text.replace(name, evil), encoding="utf-8")
    (document,) = (city / "data" / PLAN / YEAR / "source").iterdir()
    before = document.read_bytes()
    document.write_bytes(before.replace(name.encode(), evil.encode()))
    sources = city / "data" / PLAN / YEAR / "SOURCES.toml"
    hashes = [hashlib.sha256(content).hexdigest() for content in (before, document.read_bytes())]
    sources.write_text(sources.read_text(encoding="utf-8").replace(*hashes), encoding="utf-8")
    pages = ("brief", "detail")
    words = [word for page in pages for word in ("--page", page)]
    assert cli.main(["build", PLAN, *words, "--data", str(city / "data")]) == 0
    year_set = city / "reports" / PLAN / YEAR
    for name in pages:
        page = (year_set / f"{name}.html").read_text(encoding="utf-8")
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    cells = []
    for file in (year_set / "data").glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            cells += [cell for row in csv.reader(opened) for cell in row]
    assert f"'{evil}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]
