"""Bad input, each through the real command: a sentence with file, line and remedy, status 1, and nothing touched."""

import csv
import hashlib
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


def without(first, last):
    lines = DOCUMENT.splitlines(keepends=True)
    return "".join(lines[: first - 1] + lines[last:]).encode()


@pytest.fixture
def city(tmp_path):
    """A project that knows the plan, with the good year filed and a page already published."""
    data = tmp_path / "data" / PLAN
    data.mkdir(parents=True)
    shutil.copy(ROOT / "data" / PLAN / "plan.toml", data)
    shutil.copytree(ROOT / "data" / PLAN / YEAR, data / YEAR)
    published = tmp_path / "reports" / PLAN / YEAR
    published.mkdir(parents=True)
    (published / "brief.html").write_text("前のページ", encoding="utf-8")
    return tmp_path


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def intake(city, content, *words, plan=PLAN, year=YEAR, name="届いた資料.txt"):
    file = city / name
    file.write_bytes(content)
    status = cli.main(["intake", str(file), "--plan", plan, "--year", year, "--data", str(city / "data"), *words])
    file.unlink()
    return status


BAD = {
    "row sum": (changed("\t3\t15\t2\t0\t20", "\t3\t15\t3\t0\t20"), ["V01", "L63", "corrections.csv"]),
    "column sum": (changed("合計\t16\t46\t12\t0\t74", "合計\t16\t47\t12\t0\t74"), ["V02", "L68", "corrections.csv"]),
    "yen sum": (changed("47,708", "47,709"), ["V05", "L108", "corrections.csv"]),
    "claim against the table": (changed("62件", "63件"), ["V03", "届いた資料.txt", "L60", "63件", "62件"]),
    "claim against the money": (changed("効果額を上回る", "効果額を下回る"), ["V26", "L92"]),
    "missing grade table": (without(62, 68), ["評価", "表がありません"]),
    "missing yen table": (without(96, 108), ["効果見込額", "表がありません"]),
    "amount that is no number": (changed("47,708", "四万七千"), ["98行", "四万七千", "金額として読めません"]),
    "count that is no number": (changed("\t3\t15\t2", "\tみっつ\t15\t2"), ["63行", "みっつ"]),
    "unknown grade": (changed("D 進捗が ほぼなし", "E 進捗が ほぼなし"), ["62行", "plan.toml"]),
    "policy in one table only": (without(105, 106), ["67行", "健全な財政運営", "効果額の表にありません"]),
    "policy that the plan does not know": (
        changed("\n合計\t16", "\n6 新しい方針\t0\t0\t0\t0\t0\n合計\t16"),
        ["[[policies]]", 'id = "6"', 'name = "新しい方針"'],
    ),
    # Slips that every sum survives: headings, rows and marks that no longer stand with what they are of.
    "headings of two grades changed about": (
        changed("A 計画を 上回る\tB 概ね計画 どおり", "B 概ね計画 どおり\tA 計画を 上回る"),
        ["62行", "評価の欄", "並んでいません"],
    ),
    "names of two policies changed about": (swapped("1 行政サービスの最適化", "2 公共私連携・協働"), ["番号の順"]),
    "amounts of revenue alone": (changed("基本方針\t\t合計", "基本方針\t\t歳入"), ["96行", "歳入", "効果額の欄"]),
    "amounts since the plan began": (changed("基本方針\t\t合計", "基本方針\t\t累計"), ["96行", "累計", "効果額の欄"]),
    "headings of two lists changed about": (
        swapped("計画以上に進捗している主な取組", "計画のとおり進捗していない主な取組"),
        ["◎", "遅れた取組の見出し"],
    ),
    "heading of a list that says both": (
        changed("計画以上に進捗している主な取組", "計画以上に進捗していない主な取組"),
        ["70行", "一つに決まりません"],
    ),
    "years over the linked plans slipped": (changed("\tR5\tR6\tR7\tR8\tR9", "\tR4\tR5\tR6\tR7\tR8"), ["47行", "令和5年度〜令和9年度"]),
    "linked plan of another age": (changed("(R5~R14)", "(H5~H14)"), ["52行", "H5~H14", "重なりません"]),
    "period of one end": (changed("(R5~R14)", "(R5)"), ["52行", "(R5)", "期間として読めません"]),
    "measures besides those counted": (changed("取組項目のうち", "取組項目のほか"), ["60行", "のほか", "読み取れません"]),
    "measures that are not the plan's": (changed("位置付けた74件", "位置付けていない74件"), ["60行", "位置付けていない", "読み取れません"]),
    "results of the year before": (
        changed("達成状況（各取組の指標・数値目標に対する取組結果）", "前年度の達成状況"),
        ["58行", "前年度の", "一年間の結果"],
    ),
    "targets where results should be": (
        changed("達成状況（各取組の指標・数値目標に対する取組結果）", "目標（各取組の指標・数値目標）"),
        ["58行", "目標", "一年間の結果"],
    ),
    "results of a quarter": (changed("（令和6年度①）", "（令和6年度第1四半期）"), ["56行", "第1四半期"]),
    "forecast of the year": (changed("（令和6年度①）", "（令和6年度見込み）"), ["56行", "見込み"]),
    "what was planned": (changed("取組結果の概要（令和6年度②）", "取組計画の概要（令和6年度②）"), ["88行", "取組計画"]),
    "note on another year": (changed("※ 毎年度、必要に応じて見直し", "※ 令和5年度の実績"), ["41行", "令和5年度", "この資料の年度ではありません"]),
    "other year": (changed("令和6年度取組結果（概要）", "令和5年度取組結果（概要）"), ["3行", "令和5年度", "--year"]),
    "other plan": (changed("伊勢原市第6次", "平塚市第6次"), ["3行", "平塚市", "--plan"]),
    "item larger than any policy": (
        changed("（961百万円）", "（9,610百万円）"),
        ["V07", "V09", "届いた資料.txt", "土地開発公社", f"{PLAN}/{YEAR} の corrections.csv"],
    ),
    "amount in words against the table": (
        changed("計画策定当初に見込んでいた効果額を上回る**実績効果額**を計上", "実績効果額は13億4,665万円"),
        ["V05", "L92", "届いた資料.txt", "1,346,650千円"],
    ),
    "effect said to be as expected": (changed("効果額を上回る**実績", "効果額と同額の**実績"), ["V26", "L92", "同額"]),
    "markup in a name": (changed("補助金の見直し", "<script>alert(1)</script>"), ["77行", "HTML", "原本と見比べて"]),
    "formula in a name": (changed("補助金の見直し", "=cmd|' /C calc'!A0"), ["77行", "「=」", "原本と見比べて"]),
    "empty file": (b"", ["届いた資料.txt", "空"]),
    "binary file": (bytes(range(256)) * 8, ["届いた資料.txt"]),
    "measure named with two departments": (
        changed("下水道使用料の適正化（172百万円）〔土木部〕", "下水道使用料の適正化（172百万円）〔総務部〕"),
        ["115行", "下水道使用料の適正化", "土木部", "総務部"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_and_nothing_is_touched(name, city, capsys):
    content, words = BAD[name]
    before = snapshot(city)
    assert intake(city, content, "--replace") == 1
    told = capsys.readouterr().err
    for word in words:
        assert word in told
    assert "Traceback" not in told
    assert told.strip().splitlines()[0].rstrip().endswith(("。", "ください"))
    assert snapshot(city) == before


def test_year_outside_the_plan_is_refused(city, capsys):
    before = snapshot(city)
    document = DOCUMENT.replace("令和6年度", "令和10年度").encode()
    assert intake(city, document, year="R10") == 1
    assert "令和5年度〜令和9年度" in capsys.readouterr().err
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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_other_encodings_are_read_alike(encoding, city):
    text = DOCUMENT if encoding != "cp932" else DOCUMENT.replace("➤", "→")
    shutil.rmtree(city / "data" / PLAN / YEAR)
    assert intake(city, text.encode(encoding)) == 0
    with (city / "data" / PLAN / YEAR / "effects.csv").open(encoding="utf-8") as file:
        amounts = [row["amount"] for row in csv.DictReader(file)]
    assert amounts[:2] == ["107077", "47708"]


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
    sentences = [
        "計画に位置付けた74件の取組項目のうち、**8割程度の62件が「計画以上」か「概ね計画どおり」と**の進捗結果に"
    ]
    sentences += ["計画策定当初に見込んでいた効果額を上回る**実績効果額**を計上"]
    text = DOCUMENT
    for sentence in sentences:
        assert sentence in text
        text = text.replace(sentence, "着実に推進")
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
    evil = "=cmd|' /C calc'!A0<script>alert(1)</script>の健全化"
    for table in (city / "data" / PLAN / YEAR).glob("*.csv"):
        text = table.read_text(encoding="utf-8")
        table.write_text(text.replace("伊勢原市事業公社及び土地開発公社の健全化の促進", evil), encoding="utf-8")
    (document,) = (city / "data" / PLAN / YEAR / "source").iterdir()
    before = document.read_bytes()
    document.write_bytes(before.replace("伊勢原市事業公社及び土地開発公社の健全化の促進".encode(), evil.encode()))
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
