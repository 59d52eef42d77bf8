"""Files that people write, and files of our own that were damaged: each fault is a sentence of the clerk's, at once and with its place.

Each variant is read by the function that reads it in a build; none of them may hang, nor speak in Python's words.
"""

import json
import re
import shutil
from pathlib import Path

import pytest

from helpers import read
from helpers.intake import document, facts
from helpers.operate import rounds
from helpers.operate.deliver import built
from helpers.operate.deliver.configuration import configuration
from helpers.operate.deliver.ledger import Ledger
from helpers.run.batch import due
from helpers.terms import Refusal, quoted
from helpers.terms.json import parsed
from helpers.terms.toml import line_of, lines, toml
from helpers.terms.words import told_first

ROOT = Path(__file__).resolve().parent.parent
PLAN, YEAR = "isehara-6", 2024
PYTHON = re.compile(r"[A-Z]\w*Error|Traceback|literal|recursion|codec|object|None\b|Invalid", re.IGNORECASE)

pytestmark = pytest.mark.timeout(20)


def refused(asked, *given, **named):
    """The sentences of a refusal: the clerk's language, each a line of a length that can be read."""
    with pytest.raises(Refusal) as found:
        asked(*given, **named)
    sentences = found.value.sentences
    assert not [one for one in sentences if PYTHON.search(one.partition(": ")[2])], sentences
    assert max(map(len, sentences)) < 500
    assert len(sentences) <= 21
    assert not any("\x1b" in one or "\u202e" in one for one in sentences)
    return sentences


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def rewritten(path, *changes):
    """The file with other words in the place of some that stand in it."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return written(path, text)


@pytest.fixture
def data(tmp_path):
    return Path(shutil.copytree(ROOT / "data" / "isehara-6", tmp_path / "data" / "isehara-6")).parent


@pytest.fixture
def plan(data):
    return data / PLAN / "plan.toml"


ACHIEVEMENT, LAST, NAME = "\nachievement = 0.8", "last_fiscal_year = 2027", 'name = "第6次行財政改革推進計画"'
PLANS = {
    "an exponent beyond measure": (ACHIEVEMENT, "\nachievement = 1e-99999999", "150行 [thresholds] achievement: 「1e-9999"),
    "an exponent": (ACHIEVEMENT, "\nachievement = 8e-1", "achievement: 「8e-1」は使えません。比率です。"),
    "a number in quotes": (ACHIEVEMENT, '\nachievement = "1e-99999999"', "achievement: 「1e-99999999」は使えません。比率"),
    "no number": (ACHIEVEMENT, "\nachievement = nan", "achievement: 「nan」は使えません。比率です。"),
    "a number of 5,000 digits": (ACHIEVEMENT, f"\nachievement = {'9' * 5_000}", "150行: 数の桁が多すぎます"),
    "a fraction of 5,000 digits": (ACHIEVEMENT, f"\nachievement = 0.{'1' * 5_000}", "150行: 数の桁が多すぎます"),
    "a number of 5,000 digits in hexadecimal": (ACHIEVEMENT, f"\nachievement = 0x{'f' * 5_000}", "「桁の多すぎる数」は"),
    "yes for a number": (ACHIEVEMENT, "\nachievement = true", "achievement: 「true」は使えません。比率です。"),
    "lists within lists": (ACHIEVEMENT, f"\nachievement = {'[' * 5_000}{']' * 5_000}", "150行: かっこか「.」の入れ子が深すぎ"),
    "tables within tables": (ACHIEVEMENT, f"\nachievement = {'{a=' * 5_000}1{'}' * 5_000}", "入れ子が深すぎます"),
    "keys within keys": (ACHIEVEMENT, f"\n{'a.' * 50_000}b = 1", "入れ子が深すぎます"),
    "headings within headings": ("[thresholds]", f"[{'a.' * 5_000}b]\n[thresholds]", "149行: かっこか「.」の入れ子が"),
    "a last year with zeros": (LAST, "last_fiscal_year = 20270000", "10行 [plan] last_fiscal_year: 「20270000」は使えません。2100 以下"),
    "a last year before the first": (LAST, "last_fiscal_year = 2022", "last_fiscal_year（2022）が first_fiscal_year（2023）より前"),
    "a plan for a lifetime": (LAST, "last_fiscal_year = 2090", "計画の期間が 68年です（30年まで）"),
    "a year with a point": (LAST, "last_fiscal_year = 2027.0", "last_fiscal_year: 「2027.0」は使えません。整数を"),
    "a day for a year": (LAST, "last_fiscal_year = 2027-04-01", "last_fiscal_year: 「2027-04-01」は使えません。整数を"),
    "nothing in a name": (NAME, 'name = "第6次\\u0000計画"', "6行 [plan] name: 「第6次<U+0000>計画」は使えません。使えない文字"),
    "writing turned round": (NAME, 'name = "計画\\u202e画計"', "U+202E"),
    "a line break in a name": (NAME, 'name = "第6次\\n計画"', "U+000A"),
    "a character of no Unicode": (NAME, 'name = "計画\\uffff"', "U+FFFF"),
    "a name that goes on": (NAME, f'name = "{"計" * 6_000}"', "長すぎます（200字まで）"),
    "a name of blanks": (NAME, 'name = "　"', "6行 [plan] name: 「　」は使えません。空です。"),
    "a policy that leads elsewhere": ('id = "1"\n', 'id = "../../x"\n', "[[policies]] 1番目の id: 「../../x」は使えません。資料の番号を"),
    "a policy as printed": ('id = "1"\n', 'id = "（1）"\n', "（1）や ⑴ は 1"),
    "a grade that is a formula": ('code = "A"', 'code = "=1"', "[[grades]] 1番目の code: 「=1」は使えません。"),
    "too many promotion items": ("promotion_items = 10", "promotion_items = -1", "promotion_items: 「-1」は使えません。0 以上"),
    "policies that are no list": ("[[policies]]\nid = \"1\"", "[english.x]\nid = 1\n[[policies]]\nid = \"1\"", "知らない項目"),
    "a heading of markup": ("[thresholds]", '["<b>\\u001b"]\n[thresholds]', "<U+001B>"),
    "a file without end": ("[plan]", f"# {'計' * 600_000}\n[plan]", "plan.toml: 大きすぎます（1,024 KB まで）"),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANS)
def test_a_plan_that_nobody_could_mean_is_told(what, data, plan):
    *change, says = PLANS[what]
    rewritten(plan, change)
    sentences = refused(read.plan, PLAN, data)
    assert any(says in one for one in sentences), sentences
    assert all(one.startswith(f"{plan}") for one in sentences)


@pytest.mark.parametrize("year", ["20270000", "2022", "2090", "true", '"2027"', "2027.0", "[2027]"])
def test_a_plan_of_no_period_is_not_awaited(year, data, plan):
    rewritten(plan, (LAST, f"last_fiscal_year = {year}"))
    assert "[plan]: " in refused(read.period, PLAN, data)[0]


def test_all_faults_of_a_plan_are_told_at_once_in_the_order_of_the_file(data, plan):
    rewritten(plan, (LAST, "last_fiscal_year = 1"), ('id = "1"\n', 'id = "/"\n'))
    rewritten(plan, (ACHIEVEMENT, "\nachievement = 8"), ('philosophy = "L12', 'philosofy = "L12'))
    found = [int(re.search(r" (\d+)行", one)[1]) for one in refused(read.plan, PLAN, data)]
    assert found == [10, 48, 150, 156]


def test_what_other_cities_write_is_read(data, plan):
    rewritten(
        plan,
        ('id = "1"\n', 'id = "1-2"\n'),
        ('code = "A"', 'code = "◎"'),
        ('A = "above plan"', '"◎" = "above plan"'),
        ("first_fiscal_year = 2023", "first_fiscal_year = 2018"),
        (ACHIEVEMENT, "\nachievement = 1"),
        (NAME, 'name = "葛󠄀城市・髙﨑の「計画」（①・Ⅱ）"'),
    )
    found = read.plan(PLAN, data)
    assert (found.policies[0].id, found.grades[0].code, found.thresholds.achievement) == ("1-2", "◎", 1)


SOURCES = {
    "an encoding of no text": ('encoding = "utf-8"', 'encoding = "zip"', "9行 [summary-1dfd948c] encoding: 「zip」は"),
    "an encoding that does not fit": ('encoding = "utf-8"', 'encoding = "cp932"', "encoding「cp932」では読めません"),
    "a number beyond measure": ("fiscal_year = 2024", "fiscal_year = 1e-99999999", "fiscal_year: 「1e-99999999」は"),
    "a hash that is none": ('sha256 = "1d', 'sha256 = "xx', "sha256: 「xxfd948"),
    "a title in two lines": ('title = "', 'title = "\\n', "title: 「 伊勢原市"),
    "a source that leads elsewhere": ("[summary-1dfd948c]", '["../x"]', "「../x」は使えません。見出しは半角の"),
    "lists within lists": ("superseded = false", f"more = {'[' * 5_000}{']' * 5_000}", "入れ子が深すぎます"),
    "a note that is a number with a point": ("superseded = false", "more = 1.5", "more: "),
    "another id than the rows name": ("[summary-1dfd948c]", "[summary-0]", "は SOURCES.toml にありません。"),
    "no heading": ("[summary-1dfd948c]", "", "見出し [file] の下に項目を"),
}  # fmt: skip


@pytest.mark.parametrize("what", SOURCES)
def test_sources_that_cannot_be_are_told(what, data):
    *change, says = SOURCES[what]
    rewritten(data / PLAN / str(YEAR) / "SOURCES.toml", change)
    sentences = refused(read.year, PLAN, YEAR, data)
    assert any(says in one for one in sentences), sentences


SETTINGS = {
    "lists within lists": f"a = {'[' * 5_000}{']' * 5_000}",
    "a number of 5,000 digits": f"public = {'9' * 5_000}",
    "a number beyond measure": "public = 1e-99999999",
    "no number": "languages = [nan]",
    "a list of thousands": f"languages = {json.dumps(['ja'] * 3_000)}",
    "a name of escapes": '"\\u001b[31m" = 1',
    "an empty list": "languages = []",
    "a table for a list": "[languages]\nja = true",
    "a zero byte": "public = true\0",
    "thousands of names": "\n".join(f"x{n} = 1" for n in range(3_000)),
}


@pytest.mark.parametrize("what", SETTINGS)
@pytest.mark.parametrize(("file", "read_by"), [("run.toml", rounds.settings), ("deliver.toml", configuration)])
def test_settings_of_any_kind_are_told(what, file, read_by, tmp_path):
    path = written(tmp_path / file, SETTINGS[what])
    assert all(one.startswith((str(path), "ほか")) for one in refused(read_by, path))


DAMAGED = {
    "half of it": b'{"schema": 1, "sets": {"a": ',
    "lists within lists": b"[" * 50_000 + b"]" * 50_000,
    "a number of 5,000 digits": b'{"schema": 1, "sets": ' + b"9" * 5_000 + b"}",
    "no number": b'{"schema": 1, "sets": {"a": {"pages": {"b": {"c": NaN}}, "outputs": {"d": "e"}}}}',
    "a number beyond measure": b'{"schema": 1, "sets": {"a": {"pages": {"b": {"c": 1e999}}, "outputs": {"d": "e"}}}}',
    "no UTF-8": "計画".encode("cp932"),
    "a list": b"[]",
    "a unit elsewhere": b'{"schema": 1, "sets": {"../a": {"pages": {"b": {}}, "outputs": {"d": "e"}}}}',
    "a file elsewhere": b'{"schema": 1, "sets": {"a": {"pages": {"b": {}}, "outputs": {"../d": "e"}}}}',
    "a page that is none": b'{"schema": 1, "sets": {"a": {"pages": {"b": 1}, "outputs": {"d": "e"}}}}',
    "files that are none": b'{"schema": 1, "sets": {"a": {"pages": {"b": {}}, "outputs": ["d"]}}}',
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_manifest_counts_as_none_and_says_so(what, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "manifest.json").write_bytes(DAMAGED[what])
    found = due.Manifest(tmp_path)
    assert found.units() == []
    assert found.sentence == f"{tmp_path / 'manifest.json'}: 読めないので、ないものとしてすべて作り直します。"
    if what != "a unit elsewhere":  # that is no unit for whoever delivers
        with pytest.raises((Refusal, built.Withheld)):
            assert [one.verify() for one in built.units(tmp_path, "internal").values()]


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_line_of_a_journal_is_passed_over(what, tmp_path):
    whole = {"unit": "a/2024", "pages": {"brief": {"data": "x"}}, "outputs": {"brief.html": "y"}}
    (tmp_path / due.JOURNAL).write_bytes(DAMAGED[what] + b"\n" + json.dumps(whole).encode() + b"\n")
    assert due.Manifest(tmp_path).units() == ["a/2024"]
    (tmp_path / rounds.HISTORY).write_bytes(DAMAGED[what] + b"\n")
    assert rounds.history(tmp_path) == []


NUMBERS = {"event": "sent", "key": "x", "unit": "a/2024", "set": 1, "metrics": 1, "kind": "new"}


@pytest.mark.parametrize(
    "line", [*DAMAGED.values(), json.dumps(NUMBERS).encode()], ids=[*DAMAGED, "numbers for hashes"]
)
def test_a_damaged_ledger_stops_every_delivery(line, tmp_path):
    (tmp_path / "ledger.jsonl").write_bytes(line + b"\n")
    [sentence] = refused(Ledger.read, tmp_path)
    assert "1行: 配布の記録として読めません" in sentence


RUN = {"started": "2026-08-05T06:00:00+00:00", "ended": "", "kind": "run", "sets": []}
SET = {"set": "a 2024", "state": "built", "seconds": 1.5, "sentences": []}


@pytest.mark.parametrize("change", [
    {"failures": [1]},
    {"failures": [["", "run", "failed", "x"]]},
    {"mended": ["x"]},
    {"notices": [["x"]]},
    {"sets": [{"set": "a 2024"}]},
    {"sets": [SET | {"seconds": "long"}]},
    {"deliveries": [{"recipient": "x"}]},
    {"started": "0001-01-01T00:00:00+14:00"},
    {"started": None},
    {"command": ["gyokaku"]},
], ids=str)  # fmt: skip
def test_a_line_of_the_history_that_was_altered_stops_no_run(change, tmp_path):
    other = RUN | {"sets": [SET], "failures": [["", "run", "failed", ["x"]]], "mended": [["", "run"]]}
    written(tmp_path / rounds.HISTORY, f"{json.dumps(RUN | change)}\n{json.dumps(other)}\n")
    assert rounds.history(tmp_path) == [other]


def test_json_that_could_not_be_written_again_is_none():
    for content in (b"NaN", b"-Infinity", b"1e999", b"[" * 50_000, b"9" * 5_000):
        with pytest.raises(ValueError, match=r".") as found:
            parsed(content)
        assert found.type is not RecursionError


SUMMARY = ROOT / "tests" / "documents" / "isehara-2024.txt"
PAGE = "<body>" + "<p>取組結果</p><div class='x'>行財政改革</div>" * 200


def facts_of(path):
    return facts(document(path), plan=read.plan(PLAN, ROOT / "data"), layout=read.summary_layout(), fiscal_year=YEAR)


def test_the_inside_of_a_web_page_saved_as_a_text_is_refused_in_a_line_that_can_be_read(tmp_path):
    [sentence] = refused(document, written(tmp_path / "page.txt", PAGE + "</body>"))
    assert "…」: この行が長すぎます" in sentence
    [sentence] = refused(facts_of, written(tmp_path / "page.txt", PAGE[:3_900]))
    assert len(sentence) < 200
    assert "…」" in sentence


def test_a_document_of_nothing_but_faults_is_told_in_a_few_sentences(tmp_path):
    claims = "".join(f"➤ 効果は{n}倍の{n}割に\n\n" for n in range(1, 2_000))
    sentences = refused(facts_of, written(tmp_path / "many.txt", SUMMARY.read_text(encoding="utf-8") + claims))
    assert len(sentences) == 21
    assert re.fullmatch(r"ほか \d{4} 件あります。.*", sentences[-1])


def test_a_list_that_goes_on_without_a_mark_is_read_in_seconds(tmp_path):
    # the words of one measure, too long for a cell: `read` says so
    facts_of(written(tmp_path / "long.txt", SUMMARY.read_text(encoding="utf-8") + "\n計画" * 4_000))


def test_a_line_without_end_is_no_line_of_a_document(tmp_path):
    path = tmp_path / "one.txt"
    [sentence] = refused(document, written(path, "計画\n" + "取組結果" * 50_000))
    assert sentence.startswith("one.txt 2行「取組結果取組結果")
    assert "この行が長すぎます（4,000字まで）" in sentence
    assert "60,000 行あります（5,000 行まで）" in refused(document, written(path, "計画\n" * 60_000))[0]
    assert "大きすぎます（1,024 KB まで）" in refused(document, written(path, "計画\n" * 500_000))[0]


@pytest.mark.parametrize(
    ("table", "old", "new", "says"),
    [
        ("linked_plans", "not_stated,not_stated,not_stated", "0000,2027,stated", "「0000」は決まりの形では"),
        ("effects", "L97:C3", f"L{'9' * 3_000}", "（locator）: 「L9999"),
        ("effects", "107077", "9" * 3_000, "（amount）: 「9999"),
        ("effects", "107077", "1e-99999999", "（amount）: 「1e-99999999」は決まりの形では"),
        ("stated", "equal,5,", f"equal,{'5' * 31},", "（value）: 「5555"),
    ],
)
def test_a_cell_beyond_its_range_is_told(table, old, new, says, data):
    path = rewritten(data / PLAN / str(YEAR) / f"{table}.csv", (old, new))
    [sentence] = refused(read.year, PLAN, YEAR, data)
    assert says in sentence
    assert re.match(rf"{re.escape(str(path))} \d+行", sentence)


def test_a_page_of_the_web_for_a_table_is_told_in_one_sentence(data):
    written(data / PLAN / str(YEAR) / "effects.csv", "<html>" + "<p>x,y</p>\n" * 3_000)
    assert "1行: 「<html><p>x、y</p>」は、この表の見出しではありません" in refused(read.year, PLAN, YEAR, data)[0]


@pytest.mark.parametrize("name", ["0000", "２０２５", "20240", "3000"])
def test_a_folder_of_no_year_is_no_year(name, data):
    shutil.copytree(data / PLAN / str(YEAR), data / PLAN / name)
    assert read.years(PLAN, data) == [YEAR]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("あ" * 40, "あ" * 40),
        ("あ" * 41, "あ" * 40 + "…"),
        ("a\r\nb\u2028c", "a b c"),
        ("\x1b[2J", "<U+001B>[2J"),
        ("\u202e", "<U+202E>"),
        ({"a": 1}, "{…}"),
        ([[]], "[…]"),
        (True, "true"),
        (10**5_000, "桁の多すぎる数"),  # which Python refuses to write
    ],
    ids=lambda value: type(value).__name__,
)
def test_foreign_words_are_quoted_so_that_they_help(words, shown):
    assert quoted(words) == shown


def test_a_fault_that_is_told_twice_is_told_once():
    assert told_first(["a。", "a。", "b。"], most=2) == ["a。", "b。"]
    assert told_first("abc", most=2)[2].startswith("ほか 1 件")


TOML = b"""\xef\xbb\xbfa = 1 # [x]
"b.c" = '''
[d]
e = 1
'''
f = [
  { g = 1 },
]
[h.i] # j
k.l = "= ["
[[m]]
n = 1
[m.o]
p = 1
[[m]]
n = 2
[m.o]
p = 2
"""


def test_the_line_of_each_key_is_known():
    known = lines(TOML)
    assert toml(TOML, place="x")["m"][1]["o"]["p"] == 2
    assert known == {
        ("a",): 1, ("b.c",): 2, ("f",): 6, ("h", "i"): 9, ("h", "i", "k", "l"): 10, ("m",): 11, ("m", 0): 11,
        ("m", 0, "n"): 12, ("m", 0, "o"): 13, ("m", 0, "o", "p"): 14, ("m", 1): 15, ("m", 1, "n"): 16,
        ("m", 1, "o"): 17, ("m", 1, "o", "p"): 18,
    }  # fmt: skip
    assert (line_of(("f", 0, "g"), known), line_of(("z",), known)) == (6, 0)
