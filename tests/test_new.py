"""`gyokaku new`: a city that nobody described gives its document and has its plan; what neither words nor sums prove is asked."""

import io
import json
import re
from pathlib import Path

import made_up_documents as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_layouts import LAYOUTS

from helpers import cli, compute, read
from helpers.compute.ratio import int_or_none
from helpers.compute.sums import sums
from helpers.intake import proposal, registration
from helpers.intake.grids import label
from helpers.intake.passage import Passage
from helpers.received import opened
from helpers.terms.municipalities import called, municipalities

ROOT = Path(__file__).parents[1]
CITIES = Path(__file__).parent / "documents" / "cities"
# What three cities published, and what must come out: yen, and counts.
PUBLISHED = {
    "isehara-h27.txt": (
        ["--year", "2015", "--municipality", "伊勢原市", "--name", "第4次行財政改革推進計画", "--period", "2014-2017"],
        {"expected_effect": 815_470_000, "actual_effect": 617_160_000},
        [603_790_000, 13_370_000],
    ),
    "sanda-h19.xlsx": (
        ["--year", "2007", "--municipality", "三田市", "--name", "行革断行プラン", "--period", "2005-2007"],
        {"expected_effect": 626_300_000, "actual_effect": 628_900_000},
        [153_800_000, 357_800_000, 117_300_000],
    ),
    "sanda-h20.cp932.csv": (
        ["--year", "2008", "--municipality", "三田市", "--name", "新行政改革プラン", "--period", "2008-2012"],
        {"expected_effect": 702_500_000, "actual_effect": 733_400_000},
        [400_300_000, 292_800_000, 40_300_000],
    ),
    "kizugawa-r1.html": (
        ["--year", "2019", "--municipality", "木津川市", "--name", "行財政改革行動計画", "--period", "2019-2023"],
        {"measures": 99, "achieved_measures": 94, "not_rated_measures": 13},
        [],
    ),
}
USUAL = ["--year", "2024", "--municipality", "伊勢原市", "--name", "架空改革プラン", "--period", "2023-2027"]


@pytest.fixture
def tried(tmp_path, capsys):
    """Hands a document in as plan p; gives the status, what was said, and the folder of the plans."""

    def run(file, *options):
        data = tmp_path / "data"
        status = cli.main(["new", str(file), "--plan", "p", *options, "--yes", "--data", str(data)])
        said = capsys.readouterr()
        assert "予期しない誤り" not in said.err
        return status, said.out + said.err, data

    return run


@pytest.fixture
def new(tried):
    """Registers a document; gives what was said, and the folder of the plans."""

    def run(file, *options):
        status, said, data = tried(file, *options)
        assert status == 0, said
        return said, data

    return run


@pytest.fixture
def refused(tried):
    """Has a document refused, and nothing written; gives what was said."""

    def run(file, *options):
        status, said, data = tried(file, *options)
        assert (status, data.exists()) == (1, False), said
        return said

    return run


def put(folder, blocks, file="資料.txt"):
    """A document of these passages and tables, in the format of its name."""
    (folder / file).write_bytes(made.FORMATS[file](blocks))
    return folder / file


def published(name):
    """A city's document, and the options that it is registered with."""
    return CITIES / name, *PUBLISHED[name][0]


def measures_of(data, *columns):
    return list(read.year("p", 2024, data).measures[list(columns)].itertuples(index=False, name=None))


def figures_of(data, year):
    return compute.figures(compute.corrected(read.year("p", year, data)))


def totals_of(data, year):
    """What the registered tables come to, by the metrics' names; `figures_of` in a fifth of its time."""
    found = sums(read.year("p", year, data))
    counts, total = found.counts.sum(), found.total.iloc[0]
    amounts = {f"{kind}_effect": int_or_none(total[f"{kind}_yen"]) for kind in ("expected", "actual")}
    return amounts | {name: int(counts[name]) for name in ("measures", "achieved_measures", "not_rated_measures")}


# What cities published


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_a_city_published_comes_out(name, new):
    options, whole, actual = PUBLISHED[name]
    said, data = new(CITIES / name, *options, *(["--achieved", "S,A,B"] if "measures" in whole else []))
    figures = figures_of(data, int(options[1]))
    assert {metric: figures[metric].exact for metric in whole} == whole
    policies = read.plan("p", data).policies if actual else ()
    assert [figures["actual_effect", "policy", one.id].exact for one in policies] == actual
    assert "次は: gyokaku build p --year" in said


def test_a_headline_that_contradicts_its_table_is_registered_as_it_is_and_told_on_page_one(new, capsys):
    said, data = new(*published("isehara-h27.txt"))
    assert "6億1760万円」の記載は617,600千円、計算では617,160千円" in said
    assert cli.main(["build", "p", "--data", str(data), "--out", str(data.parent / "out")]) == 0, capsys.readouterr()
    page = (data.parent / "out/p/2015/brief.html").read_text(encoding="utf-8")
    page_one = re.sub("<[^>]+>", "", page.split("</style>")[-1]).partition("図の数値")[0]
    assert "検算の不合格を了承して公表した：V05" in page_one
    assert "617,600千円、計算では617,160千円" in page_one
    assert "達成率" not in page_one


def test_a_share_that_was_cut_is_told(new, capsys):
    _, data = new(*published("sanda-h19.xlsx"))
    assert cli.main(["check", "--data", str(data), "--json"]) == 0
    (evidence,) = [row["evidence"] for row in json.loads(capsys.readouterr().out) if row["id"] == "V04"]
    assert "効果額!F5の「24.4%」は計算では24.46%で、四捨五入した値ではない" in evidence


def test_what_the_document_does_not_say_of_itself_is_told(new):
    _, data = new(*published("sanda-h20.cp932.csv"))
    assert read.year("p", 2008, data).typed == [
        "市町村の名と計画の名の、どちらかか両方が資料になく、登録のときに指定されたもの",
        "計画期間は資料に記載がなく、登録のときに指定されたもの",
    ]


# Layouts


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_comes_out_or_is_asked_about(name, new, refused, tmp_path):
    one = LAYOUTS[name]
    file = put(tmp_path, one.blocks, one.file)
    if isinstance(one.wanted, str):
        said = refused(file, *USUAL, *one.options)
        assert one.wanted in said
        assert said.strip().endswith("。")
        return
    _, data = new(file, *USUAL, *one.options)
    totals = totals_of(data, 2024)
    names = {"measures": "measures", "achieved": "achieved_measures"}
    assert {key: totals[names.get(key, f"{key}_effect")] for key in one.wanted} == one.wanted


AMOUNTS = st.integers(-99_999, 999_999)
ROWS = st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=2, max_size=6)
each_quick_format = pytest.mark.parametrize("file", [name for name in made.FORMATS if not name.endswith("pdf")])


def read_of(file, blocks):
    """The one table of a document, which asks nothing."""
    (reading,), questions = proposal.readings(opened(file, made.FORMATS[file](blocks)), 2024, proposal.Given())
    assert questions == []
    return reading


@settings(deadline=None, max_examples=15)
@each_quick_format
@given(rows=ROWS, has_difference=st.booleans())
def test_any_made_up_table_of_money_is_read_back_exactly(file, rows, has_difference):
    def printed(amount):
        return f"△{-amount:,}" if amount < 0 else f"{amount:,}"

    whole = tuple(map(sum, zip(*rows, strict=True)))
    table = [["区分", "計画額", "実績額", *(["差引"] if has_difference else [])]]
    for name, (expected, actual) in [*((f"{n} 方針その{n}", row) for n, row in enumerate(rows, 1)), ("合計", whole)]:
        table.append([name, *map(printed, (expected, actual, actual - expected)[: len(table[0]) - 1])])
    reading = read_of(file, ["令和6年度の効果額", "（単位：千円）", table])
    assert reading.unit == "千円"
    assert [column.holds for column in reading.layout.columns[:3]] == ["policy", "expected", "actual"]
    assert [[cell.words for cell in row.cells[1:3]] for row in reading.rows] == [row[1:3] for row in table[1:]]
    assert [row.what for row in reading.rows] == [*["policy"] * len(rows), "total"]


LETTERS = ("S", "A", "B", "C", "D", "E")


@settings(deadline=None, max_examples=15)
@each_quick_format
@given(
    counts=st.integers(2, 5).flatmap(
        lambda grades: st.lists(st.lists(st.integers(0, 40), min_size=grades, max_size=grades), min_size=2, max_size=5)
    ),
    outside=st.booleans(),
    is_first=st.booleans(),
)
def test_any_made_up_table_of_grades_is_read_back_exactly(file, counts, outside, is_first):
    """The total stands before or behind the grades; with 対象外, of those rated and of all."""
    rows = [[*row, *([n] if outside else [])] for n, row in enumerate(counts, 1)]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    grades = LETTERS[: len(counts[0])]
    heading = ["方針", *grades, *(["対象外"] if outside else [])]
    sums = [[sum(row[: len(grades)]), sum(row)] for row in rows] if outside else [[sum(row)] for row in rows]
    totals = ["評価対象", "項目数"] if outside else ["計"]
    names = [*(f"{n} 方針その{n}" for n in range(1, len(rows))), "合計"]
    table = [[heading[0], *totals, *heading[1:]] if is_first else [*heading, *totals]]
    for name, row, of_row in zip(names, rows, sums, strict=True):
        table.append([name, *map(str, [*of_row, *row] if is_first else [*row, *of_row])])
    reading = read_of(file, ["令和6年度の評価", table])
    holds = {guess.column.heading: (guess.column.holds, guess.column.grade) for guess in reading.guesses}
    others = {"評価対象": "rated", "項目数": "measures", "対象外": "out_of_scope"} if outside else {"計": "rated"}
    wanted = {"方針": ("policy", ""), **{name: (kind, "") for name, kind in others.items()}}
    assert holds == wanted | {grade: ("grade", grade) for grade in grades}
    assert [[cell.words for cell in row.cells] for row in reading.rows] == table[1:]


def test_a_pdf_whose_text_has_no_table_is_refused(refused, tmp_path):
    passages = ["令和6年度の効果額（単位：千円）", "歳入の確保 5,000 5,200", "合計 5,000 5,200"]
    assert "読める表がありません" in refused(put(tmp_path, passages, "資料.pdf"), *USUAL)


# The years that follow


@pytest.fixture
def following(new, capsys, tmp_path):
    """A plan of the layout `both`, and a way to hand in its next document with words replaced."""
    one = LAYOUTS["both"]
    new(put(tmp_path, one.blocks, one.file), *USUAL)

    def hand_in(*changes):
        text = json.dumps(one.blocks, ensure_ascii=False).replace("令和6年度", "令和7年度")
        for old, words in changes:
            assert old in text
            text = text.replace(old, words)
        later = put(tmp_path, json.loads(text), one.file)
        status = cli.main(["intake", str(later), "--plan", "p", "--year", "2025", "--data", str(tmp_path / "data")])
        return status, "".join(capsys.readouterr())

    return hand_in


def test_the_next_year_is_one_command(following, tmp_path):
    status, said = following()
    assert status == 0, said
    assert totals_of(tmp_path / "data", 2025)["actual_effect"] == 16_000_000


@pytest.mark.parametrize(
    ("old", "new_words", "says"),
    [
        ('"見込額", "実績額"', '"見込額", "決算額"', "新しい欄: 「決算額」。なくなった欄: 「実績額」。"),
        ('"B", "C"', '"B", "D"', "新しい欄: 「D」。なくなった欄: 「C」。"),
        ("（単位：百万円）", "（単位：千円）", "この表の金額の単位は「千円」で、layout.toml では「百万円」です"),
        ("（単位：百万円）", "", "金額の単位が、見出しにも前後にもありません（layout.toml では百万円）"),
        ("1 人", "1 人材", "plan.toml にない基本方針です"),
        ("令和7年度取組結果", "令和5年度取組結果", "令和5年度とあります。令和7年度の資料ではありません"),
        ("令和7年度取組結果", "取組結果", "資料の年度が読み取れません"),
        ('"合計", "15"', '"その他", "15"', "合計の行がありません"),
        ('"1 人", "10"', '"1 人", "多い"', "金額として読めません"),
    ],
)
def test_a_layout_that_changed_is_told_and_nothing_is_written(old, new_words, says, following, tmp_path):
    status, said = following((old, new_words))
    assert status == 1
    assert says in said
    assert not (tmp_path / "data/p/2025").exists()


def test_the_lines_that_are_proposed_make_the_layout_fit(following, tmp_path):
    changed = ('"見込額", "実績額"', '"見込額", "決算額"')
    _, said = following(changed)
    layout = tmp_path / "data/p/layout.toml"
    text = layout.read_text(encoding="utf-8")
    proposed = re.search(r"(  \{ heading = \"方針\".*?\},\n.*\n.*決算額.*)", said)[1].replace("？", "actual")
    (kept,) = re.findall(r"  \{ heading = \"方針\", .*\n  \{ heading = \"見込額\".*\n.*実績額.*", text)
    layout.write_text(text.replace(kept, proposed), encoding="utf-8")
    status, said = following(changed)
    assert status == 0, said


# What is given and asked


def test_a_plan_that_is_there_is_not_touched(new, tried):
    _, data = new(*published("sanda-h19.xlsx"))
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    status, said, _ = tried(*published("sanda-h20.cp932.csv"))
    assert status == 1
    assert "はもうあります。--plan に別の名前を付けるか" in said
    assert before == {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}


def test_what_is_missing_is_asked_for_all_at_once_with_its_option(refused, tmp_path):
    said = refused(put(tmp_path, [LAYOUTS["oku"].blocks[1]], "資料.csv"))
    assert [option for option in ("--year", "--municipality", "--name", "--period") if option not in said] == []


def test_what_the_document_says_is_not_asked(new, tmp_path):
    passages = ["三田市 第3次行政改革プラン 令和6年度の効果額", "計画期間：令和4年度から令和8年度", "（単位：億円）"]
    _, data = new(put(tmp_path, [*passages, LAYOUTS["oku"].blocks[1]]))
    plan = read.plan("p", data)
    assert (plan.municipality_code, plan.name, plan.period) == ("282197", "第3次行政改革プラン", "令和4年度〜令和8年度")
    assert read.year("p", 2024, data).typed == []
    assert all("登録した人" not in plan.sources[name] for name in ("municipality", "name", "first_fiscal_year"))


@pytest.mark.parametrize(
    ("layout", "options", "says"),
    [
        ("both", "--municipality 架空市", "「架空市」という市町村がありません"),
        ("both", "--municipality 府中市", "東京都府中市、広島県府中市"),
        ("both", "--period 2023", "2023"),
        ("both", "--achieved Z", "「Z」は、表の評価（A・B・C）にありません"),
        ("both", "--table 9", "読める表がありません"),
        ("negative", "--unit 円円", "--unit「円円」は使えません"),
        ("negative", "--unit 万円", "資料に書かれた単位と違うか"),
        ("negative", "--achieved 達成", "評価の件数の表が読めていません"),
        ("negative", "--column 計画額=expected --column 計画額=ignored", "同じ見出しが二度あります"),
        *(
            (layout, f"--column {column}", "--column")
            for layout in ("both", "negative")
            for column in ("計画額=grade:A", "方針=grade", "=actual", "方針", "実績額=policy", "ない欄=actual")
        ),
    ],
)
def test_an_option_that_cannot_be_is_told(layout, options, says, refused, tmp_path):
    one = LAYOUTS[layout]
    assert says in refused(put(tmp_path, one.blocks, one.file), *USUAL, *options.split())


def test_two_tables_of_one_kind_are_asked_about(new, refused, tmp_path):
    table = LAYOUTS["oku"].blocks[1]
    file = put(tmp_path, ["令和6年度の効果額（単位：億円）", table, "同じく（単位：億円）", table])
    asks = "同じ種類と読める表が二つ以上あります（1番目（3行）、2番目（10行））。--table"
    assert asks in refused(file, *USUAL)
    new(file, *USUAL, "--table", "2")


def test_the_plan_says_where_each_value_is_from_and_can_be_completed_by_hand(new):
    _, data = new(*published("kizugawa-r1.html"))
    plan = read.plan("p", data)
    named = {"id", "name", "municipality", "municipality_code", "policies", "grades", "first_fiscal_year"}
    assert set(plan.sources) >= named
    assert plan.sources["municipality"] == "登録した人の指定（--municipality）"
    assert [grade.band for grade in plan.grades] == ["on_track", "on_track", "on_track", "behind", "not_rated"]
    layout = read.layout("p", data)
    assert layout.names == ()
    held = ["policy", "measures", "rated", *["grade"] * 4, "out_of_scope"]
    assert [column.holds for column in layout.tables[0].columns] == held


def test_codes_are_those_of_real_municipalities_and_carry_their_check_digit():
    codes = [one.code for one in municipalities()]
    assert len(set(codes)) == len(codes) == 1_741 + 47
    for code in codes:
        weighed = sum(weight * int(digit) for weight, digit in zip(range(6, 1, -1), code, strict=False))
        assert int(code[5]) == (11 - weighed % 11) % 10
    assert [one.code for one in called("札幌市")] == ["011002"]
    assert [one.code for one in called("千代田区")] == ["131016"]
    assert [one.full_name for one in called("府中市")] == ["東京都府中市", "広島県府中市"]


# Lists of measures

WITH_LISTS = """架空市第3次行政改革大綱 令和6年度の実績

基本目標	A 上回る	B 計画どおり	C 遅れ	計
1 財政の健全化	2	3	1	6
2 組織の活性化	1	2	0	3
計	3	5	1	9

計画を上回った主な取組

・広告収入の確保〔総務部〕… 封筒の広告を始めた
・使用料の見直し〔財政部〕

進捗していない主な取組

・時間外勤務の縮減〔総務部〕… 災害対応があった
"""


UNREAD = "「主な取組」の一覧は読み取れないので、取組の名は登録しません。a.txt 15行"


@pytest.mark.parametrize("end", [".txt", ".docx", ".html"])
def test_lists_of_measures_are_read_where_all_of_them_can_be(end, new, tmp_path):
    lines = WITH_LISTS.split("\n")
    rows = [line.split("\t") for line in lines if "\t" in line]
    title, *passages = [line for line in lines if line and "\t" not in line]
    _, data = new(put(tmp_path, [title, rows, *passages], f"資料{end}"), *USUAL, "--achieved", "A,B")
    assert read.layout("p", data).lists.heading == "主な取組"
    assert measures_of(data, "measure", "grade", "department") == [
        ("広告収入の確保", "A", "総務部"),
        ("使用料の見直し", "A", "財政部"),
        ("時間外勤務の縮減", "C", "総務部"),
    ]


@pytest.mark.parametrize(
    ("line", "lines", "says"),
    [
        ("・時間外勤務の縮減〔総務部〕", "・時間外勤務の縮減（総務部）", UNREAD),
        ("・時間外勤務の縮減〔総務部〕", "・時間外勤務の縮減〔総務部〕〔財政部〕", UNREAD),
        (
            "・使用料の見直し〔財政部〕\n",
            "・使用料の見直し〔財政部〕\n" + "".join(f"・架空の取組その{n}〔財政部〕\n" for n in range(3)),
            "取組の名は登録しません。名称のある取組の数が評価の件数に収まる（V10）: 評価Aの取組は3件なのに、5件の名称がある",
        ),
    ],
    ids=["another bracket", "two departments", "more than the table has"],
)
def test_lists_that_cannot_be_read_or_contradict_the_tables_are_told_and_left(line, lines, says, new, tmp_path):
    (tmp_path / "a.txt").write_text(WITH_LISTS.replace(line, lines), encoding="utf-8")
    said, data = new(tmp_path / "a.txt", *USUAL, "--achieved", "A,B")
    assert says in said
    assert read.layout("p", data).lists is None
    assert measures_of(data, "measure") == []


def test_lists_beside_amounts_alone_are_read(new, tmp_path):
    table = "基本目標\t計画額（千円）\t実績額（千円）\n1 財政の健全化\t10,000\t12,500\n2 組織の活性化\t500\t400\n計\t10,500\t12,900\n"
    lists = "\n効果額の大きい主な取組\n\n・広告収入の確保（3百万円）〔総務部〕\n・使用料の見直し（2百万円）〔財政部〕\n"
    (tmp_path / "a.txt").write_text(f"架空市第3次行政改革大綱 令和6年度の実績\n\n{table}{lists}", encoding="utf-8")
    _, data = new(tmp_path / "a.txt", *USUAL)
    assert measures_of(data, "measure") == [("広告収入の確保",), ("使用料の見直し",)]


# layout.toml is held to its shape


@pytest.mark.parametrize(
    ("old", "new_words", "says"),
    [
        ('of = "effects"', 'of = "money"', "「money」は使えません。"),
        ('unit = "百万円"', 'unit = "兆円"', "「兆円」は使えません。"),
        ('unit = "百万円"\n', "", "unit は effects の表に"),
        ('holds = "policy"', 'holds = "ignored"', 'holds = "policy" の欄が一つではありません'),
        ('holds = "expected"', 'holds = "grade", grade = "A"', "「grade」は effects の表の欄になりません"),
        ("tables = ", "others = ", "tables の出典がありません"),
        ("names = [", "names = 5 #[", "[ ] で囲んで並べてください"),
    ],
)
def test_a_layout_that_is_none_is_told_with_its_line(old, new_words, says, new, capsys):
    file, *options = published("sanda-h19.xlsx")
    _, data = new(file, *options)
    layout = data / "p/layout.toml"
    text = layout.read_text(encoding="utf-8")
    assert old in text
    layout.write_text(text.replace(old, new_words, 1), encoding="utf-8")
    assert cli.main(["intake", str(file), "--plan", "p", "--year", "2007", "--data", str(data), "--replace"]) == 1
    said = capsys.readouterr().err
    assert says in said
    assert re.search(r"layout\.toml [0-9]+行 ", said)


def test_a_registration_that_cannot_be_written_leaves_nothing(tried, tmp_path):
    (tmp_path / "data").write_text("a file in the folder's place", encoding="utf-8")
    status, _, data = tried(*published("sanda-h19.xlsx"))
    assert status == 1
    assert data.read_text(encoding="utf-8") == "a file in the folder's place"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("令和6年度伊勢原市行財政改革", ["神奈川県伊勢原市"]),
        ("広島県府中市の取組", ["広島県府中市"]),
        ("府中市の取組", ["東京都府中市", "広島県府中市"]),
        ("三田市民のための改革", []),
        ("兵庫県の取組", ["兵庫県"]),
        ("四日市市の結果", ["三重県四日市市"]),
    ],
)
def test_a_municipality_is_found_by_its_name_and_in_no_other_word(words, names):
    found = registration.municipalities_in(opened("資料.txt", words.encode()))
    assert [one.full_name for one, _ in found] == names


class Terminal(io.StringIO):
    """What a person types, a line after another."""

    isatty = lambda _: True  # noqa: E731 — as a terminal says


@pytest.fixture
def typing(monkeypatch, capsys, tmp_path):
    """Registers a document with a person at the keyboard."""

    def run(file, *options, types):
        monkeypatch.setattr("sys.stdin", Terminal(types))
        status = cli.main(["new", str(file), "--plan", "p", *options, "--data", str(tmp_path / "data")])
        return status, "".join(capsys.readouterr()), tmp_path / "data"

    return run


def test_a_person_is_asked_and_shown_before_anything_is_written(typing):
    status, said, data = typing(CITIES / "isehara-h27.txt", types="伊勢原市\n2014-2017\ny\ny\n")
    assert status == 0, said
    questions = ["市町村（例 三田市）", "この読み方で登録しますか", "食い違いのあるまま登録しますか（1枚目に出ます）"]
    assert [question for question in questions if question not in said] == []
    (row,) = read.year("p", 2015, data).acknowledged.itertuples()
    assert (row.check_id, row.acknowledged_by) == ("V05", "登録した人")


@pytest.mark.parametrize(
    "types",
    ["伊勢原市\n2014-2017\nn\n", "伊勢原市\n2014-2017\ny\nn\n", "伊勢原市\n", "架空市\n伊勢原市\n2014-2017\nn\n"],
)
def test_a_no_or_an_end_writes_nothing(types, typing):
    status, said, data = typing(CITIES / "isehara-h27.txt", types=types)
    assert status == 130, said
    assert not data.exists()


AMOUNTS_OF_TWO = [["1 便利", "10", "20"], ["2 健全", "30", "45"], ["計", "40", "65"]]


def test_a_person_puts_right_how_a_column_is_read(typing, tmp_path):
    file = put(tmp_path, ["架空市の令和6年度実績", "（単位：千円）", [["方針", "前の額", "後の額"], *AMOUNTS_OF_TWO]])
    unclear, twice = "--colum 前の額\n'\n前の額=いくら\n", "前の額=actual\n"
    wrong, right = "後の額=expected\n", "--column 前の額=expected --column 後の額=actual\n"
    status, said, data = typing(file, *USUAL, types=f"{unclear}{twice}{wrong}?\nいいえ\n{right}ｙ\n")
    assert status == 0, said
    assert "「前の額」と「後の額」がどちらも実績効果額になります" in said
    assert "y か n で答えてください" in said
    assert said.count("は読めません。") == 3  # the option, the quotation mark, the kind of column
    assert said.count("この読み方で登録しますか") == 3
    assert totals_of(data, 2024).items() >= {"expected_effect": 40_000, "actual_effect": 65_000}.items()


def test_a_person_answers_what_is_open(typing, tmp_path):
    file = put(tmp_path, ["架空市の令和6年度実績", [["方針", "見込額", "実績額"], *AMOUNTS_OF_TWO]])
    status, said, data = typing(file, *USUAL, types="\n")
    assert (status, data.exists()) == (130, False), said
    status, said, data = typing(file, *USUAL, types="--unit 百万円\ny\n")
    assert status == 0, said
    assert totals_of(data, 2024)["actual_effect"] == 65_000_000


def test_the_guide_shows_what_the_command_shows(tmp_path, monkeypatch, capsys):
    guide = (ROOT / "docs/guide-registering.md").read_text(encoding="utf-8")
    command, shown = re.search(r"\n    gyokaku (new .*?)\n.*?```text\n(.*?)```", guide, re.DOTALL).groups()
    (document,) = (ROOT / "data/isehara-4/2015/source").iterdir()
    (tmp_path / document.name).write_bytes(document.read_bytes())
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    assert cli.main(command.split()) == 0
    said = capsys.readouterr()
    assert [line for line in shown.splitlines() if line not in said.err.splitlines()] == said.out.splitlines()
    assert all(line in shown for line in said.err.splitlines())
    assert cli.main(["build", "isehara-4", "--year", "2015"]) == 0, "the guide's next command"


def test_the_guide_names_every_option_and_no_other():
    guide = (ROOT / "docs/guide-registering.md").read_text(encoding="utf-8")
    offered = {name for option in cli.gyokaku.commands["new"].params for name in option.opts if name.startswith("--")}
    assert set(re.findall("--[a-z][a-z-]+", guide)) == offered - {"--data", "--help"}


def test_the_bench_counts_these_layouts():
    said = (ROOT / "bench/README.md").read_text(encoding="utf-8")
    asked = sum(isinstance(one.wanted, str) for one in LAYOUTS.values())
    formats = len({one.file for one in LAYOUTS.values()})
    assert f"実在の市のものでない資料が {len(LAYOUTS)} 件あります（{formats}つの形式" in said
    assert f"{len(LAYOUTS) - asked} 件が値まで正しく登録され" in said
    assert f"{asked} 件は、足りないものか" in said


UNSEEN = {
    file.parent / name: one
    for file in sorted((ROOT / "tests/documents/unseen").glob("*/expected.json"))
    for name, one in json.loads(file.read_text(encoding="utf-8")).items()
}


# What the documents of the third set call themselves, where the plan's period stands before the year of the results.
CALLED = {
    "01_hirosaki.txt": ("弘前市", "行財政改革大綱 実施計画", (2022, 2026)),
    "05_kakegawa.csv": ("掛川市", "行財政改革プラン2023", (2023, 2025)),
    "06_sasebo.csv": ("佐世保市", "第7次佐世保市行財政改革推進計画", (2022, 2026)),
    "07_nagaizumi.csv": ("長泉町", "行政改革実施計画", (2021, 2025)),
    "09_suginami.md": ("杉並区", "行財政改革推進計画(第2次)", (2022, 2024)),
    "12_matsusaka.html": ("松阪市", "行財政改革推進方針", (2021, 2025)),
    "14_date.xlsx": ("伊達市", "第4次行財政改革大綱・実施計画", (2023, 2027)),
}


def test_every_document_that_calls_itself_something_is_tried():
    assert CALLED.keys() <= {file.name for file in UNSEEN}


@pytest.mark.parametrize("file", UNSEEN, ids=lambda file: file.name)
def test_documents_of_somebody_who_had_not_seen_the_reader_come_out(file, new, refused):
    """No city's figures; `bench/README.md` says how many came out when they were first tried."""
    one = UNSEEN[file]
    # The third set is tried as a clerk would: year, city, name and period are what the document says.
    options = [*([] if "year" in one else USUAL), *(["--achieved", one["achieved"]] if one["achieved"] else [])]
    if "asked" in one:
        assert one["asked"] in refused(file, *options)
        return
    said, data = new(file, *options)
    assert totals_of(data, one.get("year", 2024)).items() >= one["want"].items()
    assert ("食い違っています" in said) == ("planted" in one)
    if name := CALLED.get(file.name):
        plan = read.plan("p", data)
        assert (plan.municipality, plan.name, (plan.first_fiscal_year, plan.last_fiscal_year)) == name
        assert plan.full_name.count(plan.municipality) == 1


@pytest.mark.parametrize(
    ("name", "columns", "says"),
    [
        ("10_kurume.html", ["実績効果額 歳出削減=expected", "合計=ignored"], "見出しの言葉と合いません"),
        ("19_ena.docx", ["令和4年度=ignored", "令和5年度=ignored"], "読める表がありません"),  # names of rows
    ],
)
def test_an_answer_against_the_words_of_the_document_is_told(name, columns, says, refused):
    options = [word for one in columns for word in ("--column", one)]
    assert says in refused(ROOT / "tests/documents/unseen/third" / name, *options, "--achieved", "達成")


def test_rows_that_add_up_to_twice_the_total_are_never_registered(refused, tmp_path):
    """Parts beside what they are parts of, in an order that no rule folds: it is no contradiction of the document."""
    rows = ["市税 10 12", "使用料 20 18", "歳入の確保 30 30", "人件費 40 50", "歳出の削減 40 50", "合計 70 80"]
    table = [row.split() for row in ["区分 計画額 実績額", *rows]]
    said = refused(put(tmp_path, ["単位：千円", table]), *USUAL, "--year-not-in-document")
    assert "行の和が合計のちょうど2倍です" in said


@pytest.mark.parametrize(
    ("words", "number", "name"),
    [("2 ../x", "2", "../x"), ("2. 財政", "2", "財政"), ("(3)歳入", "3", "歳入"), ("柱1 人", "1", "人")],
)
def test_a_name_that_begins_with_dots_keeps_them(words, number, name):
    found, named = label(Passage(1, words, tuple(words), 0, ("L1",)))
    assert (found, named.words) == (number, name)


def test_a_column_without_a_total_is_not_stated_and_no_zero(following, tmp_path):
    """Next year's document gives what is planned alone: blanks below a blank total are no zeros."""
    status, said = following(('"10", "12"', '"10", ""'), ('"5", "4"', '"5", ""'), ('"15", "16"', '"15", ""'))
    assert status == 0, said
    figures = figures_of(tmp_path / "data", 2025)
    assert (figures["expected_effect"].exact, figures["actual_effect"].reason) == (15_000_000, "actual_not_stated")


# What an amount, a year or a unit is not, by words that stand around the table.
AROUND = "三田市行財政改革プラン\n計画期間：令和5年度～令和9年度\n{over}\n\n単位：千円\n基本方針\t見込額\t実績額\n"
AROUND += "歳入確保\t2,800\t3,127\n歳出削減\t4,100\t3,900\n合計\t6,900\t7,027\n{below}"
YEAR_OF_RESULTS = "令和6年度の実績"


@pytest.mark.parametrize(
    ("over", "below", "says"),
    [
        ("令和6年度前期の効果額", "", "3行「令和6年度前期の効果額」: 「前期」とあり"),
        ("令和6年度 後期実績", "", "3行「令和6年度 後期実績」: 「後期」とあり"),
        (
            f"{YEAR_OF_RESULTS}\n歳入確保の効果は3,127円でした。",
            "",
            "「3,127」（千円）は、4行に書かれた金額と桁だけが違います",
        ),
        (YEAR_OF_RESULTS, "\n※金額の単位は百万円", "金額の単位が二通りあります（千円・百万円）"),
        ("広報三田 令和7年度8月号", "", "資料の年度が資料に書かれていません"),
    ],
)
def test_words_around_a_table_that_say_something_else_stop_it(over, below, says, refused, tmp_path):
    (tmp_path / "some.txt").write_text(AROUND.format(over=over, below=below), encoding="utf-8")
    assert says in refused(tmp_path / "some.txt")


@pytest.mark.parametrize(
    ("over", "below"),
    [
        ("令和6年度 前期実施計画の実績", ""),
        (f"広報三田 令和7年度 第5号\n{YEAR_OF_RESULTS}", ""),
        (f"{YEAR_OF_RESULTS}\n歳入確保の効果は312万7,000円です。", ""),
        (YEAR_OF_RESULTS, "\n※金額の単位は千円"),
        (YEAR_OF_RESULTS, "\n※ふるさと納税は12百万円"),
    ],
)
def test_words_around_a_table_that_say_the_same_do_not(over, below, new, tmp_path):
    (tmp_path / "some.txt").write_text(AROUND.format(over=over, below=below), encoding="utf-8")
    _, data = new(tmp_path / "some.txt")
    assert totals_of(data, 2024)["actual_effect"] == 7_027_000
