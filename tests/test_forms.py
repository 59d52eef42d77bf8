"""`gyokaku forms` and `gyokaku collect`: every answer is read right or told; none is chosen, guessed or lost. All measures are made up (架空)."""

import csv
import re
import shutil
import zipfile
from pathlib import Path

import letterbox
import made_up_register
import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from helpers import check, cli, compute, forms, read
from helpers.forms import grid, values, workbook
from helpers.terms import form as terms

ROOT = Path(__file__).parents[1]
MOST = workbook.MOST_FILE_LETTERS
LIST = [
    ("1-1", "1", "架空の窓口の見直し", "企画部", "1000"),
    ("1-2", "1 行政サービスの最適化", "架空の様式の統一", "総務部", "0"),
    ("2-1", "公共私連携・協働", "架空の協働事業", "企画部", "対象外"),
    ("5-1", "5", "架空の使用料の改定", "土木部", "200000"),
    ("5-2", "5", "架空の土地の売却", "総務部", "△300"),
]
HEADINGS = ["番号", "基本方針", "取組", "部", "効果見込額（千円）"]
RESULT = "data/isehara-6/collection/2025/result"
ANSWERS = {
    "架空の窓口の見直し": {"評価": "B", "実績効果額（千円）": 900, "説明": "窓口を一つにした"},
    "架空の様式の統一": {"評価": "A", "実績効果額（千円）": 0},
    "架空の協働事業": {"評価": "C", "実績効果額（千円）": "対象外", "遅れの理由": "財源・人員", "説明": "人手が足りなかった"},
    "架空の使用料の改定": {"評価": "B", "実績効果額（千円）": 210_000, "次年度の見込額（千円）": 220_000},
    "架空の土地の売却": {"評価": "D", "実績効果額（千円）": -300, "遅れの理由": "外部環境・競合"},
}  # fmt: skip
TAKEN = {
    "架空の窓口の見直し": {"grade": "B", "actual": "900", "words": "窓口を一つにした"},
    "架空の様式の統一": {"grade": "A", "actual": "0"},
    "架空の協働事業": {"grade": "C", "actual": "not_applicable", "reason": "resources", "words": "人手が足りなかった"},
    "架空の使用料の改定": {"grade": "B", "actual": "210000", "expected_next": "220000"},
    "架空の土地の売却": {"grade": "D", "actual": "-300", "reason": "external"},
}


@pytest.fixture
def city(tmp_path, monkeypatch):
    """A copy of the data, the list of measures, and a folder for what comes back."""
    shutil.copytree(ROOT / "data" / "isehara-6", tmp_path / "data" / "isehara-6")
    monkeypatch.chdir(tmp_path)
    write_list(tmp_path / "list.csv", LIST)
    (tmp_path / "back").mkdir()
    return tmp_path


@pytest.fixture
def run(city, capsys):
    """Runs a command; gives the status and what was said."""

    def call(*words):
        status = cli.main([*map(str, words), "--data", str(city / "data")])
        said = capsys.readouterr()
        assert "予期しない誤り" not in said.err, said.err
        return status, said.out + said.err

    return call


def done(outcome):
    """What a command said that did what it was to do."""
    status, said = outcome
    assert status == 0, said
    return said


def refused(outcome):
    """What a command said that did nothing."""
    status, said = outcome
    assert status == 1, said
    return said


def ask(run, out="forms", *options, year=2025):
    return run("forms", "isehara-6", "--year", year, "--measures", "list.csv", "--out", out, *options)


@pytest.fixture(scope="module")
def asked_once(tmp_path_factory):
    """The forms of the results of FY2025 as the command writes them, the collection it begins, and the forms filled in."""
    place = tmp_path_factory.mktemp("asked")
    shutil.copytree(ROOT / "data" / "isehara-6", place / "data" / "isehara-6")
    write_list(place / "list.csv", LIST)
    words = ["forms", "isehara-6", "--year", "2025", "--measures", place / "list.csv", "--out", place / "forms"]
    assert cli.main([*map(str, words), "--data", str(place / "data")]) == 0
    (place / "back").mkdir()
    for file in (place / "forms").iterdir():
        answer(file, place / "back" / file.name)
    return place


@pytest.fixture
def asked(city, asked_once):
    """Those forms, and their collection; gives the folder of the forms."""
    shutil.copytree(asked_once / "data", city / "data", dirs_exist_ok=True)
    return shutil.copytree(asked_once / "forms", city / "forms")


@pytest.fixture(scope="module")
def plan():
    return read.plan("isehara-6", ROOT / "data")


def write_list(path, rows, encoding="utf-8-sig"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])


def cells(book):
    """The cells under each heading of the form's sheet, by measure."""
    sheet = book[terms.ANSWERS_SHEET]
    head = next(row for row in sheet.iter_rows() if row[0].value == "番号")
    headings = ["".join(str(cell.value).split()) for cell in head]
    rows = sheet.iter_rows(min_row=head[0].row + 1)
    return {row[3].value: dict(zip(headings, row, strict=True)) for row in rows}


def answer(file, into, answers=ANSWERS, *, also=None):
    """A form as a department fills it in."""
    book = openpyxl.load_workbook(file)
    for measure, of_it in cells(book).items():
        for heading, value in answers.get(measure, {}).items():
            of_it[heading].value = value
    if also:
        also(book)
    book.save(into)
    return into


def answer_all(forms, city, answers=ANSWERS):
    for file in forms.iterdir():
        answer(file, city / "back" / file.name, answers)


def form(asked, department):
    return asked / f"令和7年度_実績_{department}.xlsx"


@pytest.fixture
def returned(asked, city, run):
    """The form of a department comes back, filled in, and is collected; what else was done to its sheet before."""

    def call(department, answers=ANSWERS, *, name="a.xlsx", also=None):
        changed = also and (lambda book: also(book[terms.ANSWERS_SHEET]))
        answer(form(asked, department), city / "back" / name, answers, also=changed)
        return collect(run, city / "back")

    return call


@pytest.fixture
def all_returned(asked, asked_once, city, run):  # noqa: ARG001 — the forms are out
    """All forms come back, filled in, and are collected."""

    def call(*options):
        shutil.copytree(asked_once / "back", city / "back", dirs_exist_ok=True)
        return collect(run, city / "back", *options)

    return call


def draft(run, out, *options):
    return run("draft", "isehara-6", "--year", "2025", "--out", out, *options)


def collect(run, back, *options):
    return run("collect", back, "--plan", "isehara-6", "--year", "2025", *options)


def adds_up(found):
    """Whether a year's register agrees with its document, measure by measure and in all sums."""
    results = {one.id: one.result for one in check.frames(compute.corrected(found))}
    return results["V22"] == results["V23"] == "passed"


def collection(city):
    return read.collection("isehara-6", 2025, city / "data")


def taken(city):
    rows = collection(city).answers.to_dict("records")
    return {(row["measure"], row["item"]): row["value"] for row in rows}


def doubts(city, *, weight="open"):
    rows = collection(city).doubts
    return rows[rows["weight"] == weight].to_dict("records")


# What a cell says


AMOUNTS = {
    "47708": [47708, 47708.0, "４７，７０８", "47,708", "47,708,000円"],
    "0": [0],
    "-300": [-300, "△300", "▲300千円", "−300"],
    "not_applicable": ["対象外"],
    "36000": ["36百万円", "¥36,000,000", "3.6千万円", "36.0百万"],
    "360000": ["3.6億円"],
    "120000": ["1億2,000万円"],
    "35": ["3万5千円"],
    "1200": ["1,200(千円)", "+1,200"],
    "12": [" 12 "],
    "": [""],
}


@pytest.mark.parametrize("value", AMOUNTS)
def test_an_amount_is_read_in_thousands_of_yen(value):
    read = [values.amount(cell) for cell in AMOUNTS[value]]
    assert [(one.value, one.fault) for one in read] == [(value, "")] * len(read)


@pytest.mark.parametrize("cell", [
    "-", "なし", "該当なし", "未定", "調整中", "別紙のとおり", "(1,234)", "約36百万円", "12 345", "47.708", 47.708,
    "47,708,500円", "4,77,08", "1,200→1,500", "#REF!", "三百万円", "35%", 10**10, True, "１２３\u200b", "3万6千",
    "⑫", "1²00",
])  # fmt: skip
def test_an_amount_that_may_mean_two_things_is_none(cell):
    read = values.amount(cell)
    assert (read.value, bool(read.fault)) == ("", True)


def test_the_unit_of_the_heading_counts_where_the_cell_names_none():
    assert values.amount(36, "百万円") == values.Read("36000", note="36百万円 を 36,000千円 と読んだ")
    assert values.amount("36千円", "百万円").value == "36"
    assert values.amount("36千円", "百万円").note


def test_a_grade_is_read_by_code_or_label_and_none_is_guessed(plan):
    said = {
        "A": "A",
        "ａ": "A",
        " Ｂ ": "B",
        "概ね計画どおり": "B",
        "C 計画どおり進捗せず": "C",
        "D（進捗がほぼなし）": "D",
    }
    unclear = dict.fromkeys(("B→C", "A/B", "E", "○", "B+", 2, "中止"), "")
    for cell, code in (said | unclear).items():
        found = values.grade(cell, plan)
        assert (found.value, bool(found.fault)) == (code, not code), cell


# The form


def test_a_department_has_one_workbook_with_its_measures(asked):
    assert {*asked.iterdir()} == {form(asked, one) for one in ("企画部", "総務部", "土木部")}
    found = cells(openpyxl.load_workbook(form(asked, "企画部")))
    assert list(found) == ["架空の窓口の見直し", "架空の協働事業"]
    assert list(found["架空の協働事業"]) == [column.heading for column in terms.COLUMNS]
    known = dict(zip(HEADINGS, ["1-1", "1 行政サービスの最適化", "架空の窓口の見直し", "企画部", 1000], strict=True))
    of_it = {heading: cell.value for heading, cell in found["架空の窓口の見直し"].items()}
    assert {heading: value for heading, value in of_it.items() if value is not None} == known
    assert found["架空の協働事業"]["効果見込額（千円）"].value == "対象外"


def test_what_is_asked_is_open_and_what_is_known_is_locked(asked):
    book = openpyxl.load_workbook(form(asked, "土木部"))
    sheet = book[terms.ANSWERS_SHEET]
    assert sheet.protection.sheet
    (row,) = cells(book).values()
    is_open = {heading for heading, cell in row.items() if not cell.protection.locked}
    assert is_open == {"評価", "実績効果額（千円）", "遅れの理由", "説明", "次年度の見込額（千円）"}
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert '"A,B,C,D"' in lists
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert "xl/vbaProject.bin" not in zipfile.ZipFile(form(asked, "土木部")).namelist()


def test_forms_written_twice_are_the_same_bytes(asked, run):
    before = {file.name: file.read_bytes() for file in asked.iterdir()}
    done(ask(run, "again"))
    assert {file.name: file.read_bytes() for file in (asked.parent / "again").iterdir()} == before


def test_a_form_that_somebody_filled_in_is_never_overwritten(asked, run):
    file = answer(form(asked, "土木部"), form(asked, "土木部"))
    kept = file.read_bytes()
    assert file.name in refused(ask(run))
    assert file.read_bytes() == kept


@pytest.mark.parametrize(
    ("department", "stem"),
    [("総務部/人事課", "総務部_人事課"), ("CON", "_CON"), ("部:*?", "部___"), ("...", "部"), ("あ" * 200, "あ" * MOST)],
)
def test_a_department_whose_name_is_no_file_name_gets_one(plan, department, stem):
    assert file_names(plan, department) == [f"令和7年度_実績_{stem}.xlsx"]


def test_two_departments_never_share_a_file(plan):
    names = file_names(plan, "総務部/", "総務部:", "ＡＩ部", "AI部")
    assert len({name.casefold() for name in names}) == 4


def file_names(plan, *departments):
    about, taken = workbook.Asked(plan, 2025, "result", "0" * 16), set()
    return [workbook.file_name(one, about, taken) for one in departments]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_the_list_is_read_however_excel_saved_it(city, run, encoding):
    write_list(city / "list.csv", LIST, encoding)
    done(ask(run))
    asked = collection(city).asked
    assert asked["number"].tolist() == [number for number, *_ in LIST]
    assert asked["policy_id"].tolist() == ["1", "1", "2", "5", "5"]
    assert asked["expected"].tolist() == ["1000", "0", "not_applicable", "200000", "-300"]


def test_a_list_with_faults_is_refused_whole(city, run):
    first, twice = ("1-1", "9", "架空の取組", "企画部", "1000"), ("1-3", "1", "架空の 取組", "企画部", "")
    write_list(city / "list.csv", [first, ("1-1", "1", "", "", "調整中"), twice])
    said = refused(ask(run))
    empty, twice = ("「取組」が空", "「部」が空"), ("番号「1-1」が二度", "取組「架空の 取組」が二度")
    for words in ("基本方針「9」", *empty, "調整中", *twice):
        assert words in said
    assert not (city / "forms").exists()
    assert not (city / "data" / "isehara-6" / "collection").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [(("--year", "2025"), ("--measures", "番号")), (("--year", "2031", "--measures", "list.csv"), ("期間",))],
    ids=["without a list and a register", "a year outside the plan"],
)
def test_what_cannot_be_asked_is_told_with_what_to_give(run, options, says):
    said = refused(run("forms", "isehara-6", *options, "--out", "forms"))
    assert all(words in said for words in says)


# What comes back


def test_every_answer_is_taken_with_file_sheet_and_cell(all_returned, city):
    said = done(all_returned())
    assert "5/5件の取組がそろい、確かめることが 0 件" in said
    found = collection(city)
    assert taken(city) == {(one, item): value for one, of_it in TAKEN.items() for item, value in of_it.items()}
    first = found.answers.iloc[0]
    assert (first["file"], first["locator"], first["typed"]) == ("令和7年度_実績_企画部.xlsx", "回答!J5", "B")
    register = found.register.set_index("measure").loc[list(TAKEN)]
    assert register["actual_yen"].dropna().tolist() == [900_000, 0, 210_000_000, -300_000]
    assert register["actual_amount"]["架空の協働事業"] == "not_applicable"
    assert register["reason"]["架空の土地の売却"] == "外部環境・競合"
    for about in found.sources.values():
        kept = city / RESULT / "source" / about["file"]
        assert kept.read_bytes() == (city / "back" / about["received_as"]).read_bytes()


def test_a_partial_collection_is_kept_and_says_who_is_silent(returned, city):
    assert "途中です" in done(returned("企画部"))
    assert collection(city).silent == ["総務部", "土木部"]
    silent = [("総務部", "not_answered"), ("土木部", "not_answered")]
    assert [(one["department"], one["kind"]) for one in doubts(city)] == silent
    assert len(collection(city).register) == 2


def test_two_answers_that_differ_are_both_named_and_neither_is_taken(asked, city, run):
    other = ANSWERS | {"架空の使用料の改定": {"評価": "B", "実績効果額（千円）": 201_000}}
    for name, answers in {"1.xlsx": ANSWERS, "2.xlsx": other}.items():
        answer(form(asked, "土木部"), city / "back" / name, answers)
    collect(run, city / "back")
    found = taken(city)
    assert found["架空の使用料の改定", "grade"] == "B"
    assert ("架空の使用料の改定", "actual") not in found
    (doubt,) = [one for one in doubts(city) if one["kind"] == "contradicts"]
    assert re.search("1.xlsx 回答!K5.*2.xlsx 回答!K5", doubt["place"])
    done(collect(run, city / "back", "--drop", "2.xlsx"))
    assert taken(city)["架空の使用料の改定", "actual"] == "210000"


def test_collecting_again_takes_the_newer_answer_and_says_what_changed(all_returned, returned, city, run):
    all_returned()
    newer = ANSWERS | {"架空の使用料の改定": {"評価": "A", "実績効果額（千円）": 250_000}}
    said = done(returned("土木部", newer, name="土木（差替）.xlsx"))
    assert "新しいファイル 1、取り込み済み 3" in said
    assert "架空の使用料の改定 実績効果額（千円）: 「210000」→「250000」（土木（差替）.xlsx 回答!K5）" in said
    assert taken(city)["架空の使用料の改定", "grade"] == "A"
    before = (city / RESULT / "answers.csv").read_bytes()
    collect(run, city / "back")
    assert (city / RESULT / "answers.csv").read_bytes() == before


def test_moved_columns_and_renamed_headings_are_read_by_their_words(returned, city):
    def move(sheet):
        sheet.insert_cols(10)
        sheet["J4"], sheet["J5"] = "備考", "口頭で確認済み"
        sheet["L4"] = "実績効果額（百万円）"

    returned("土木部", {"架空の使用料の改定": {"評価": "B", "実績効果額（千円）": 210}}, also=move)
    assert taken(city)["架空の使用料の改定", "actual"] == "210000"
    told = " ".join(one["says"] for one in doubts(city, weight="told"))
    assert "百万円として読んだ" in told
    assert "口頭で確認済み" in told


def test_a_row_that_is_gone_and_one_that_is_new_are_told(returned, city):
    def change(sheet):
        sheet.delete_rows(6)
        for column, value in (("A", "9-9"), ("D", "架空の新しい取組"), ("J", "A"), ("K", 5)):
            sheet[f"{column}9"] = value

    returned("企画部", also=change)
    found = {(one["kind"], one["measure"]): one for one in doubts(city)}
    assert "行がない" in found["blank", "架空の協働事業"]["says"]
    assert "架空の新しい取組" in found["unknown_row", "not_applicable"]["says"]


def typed(cell, value):
    """What types a value into a cell."""
    return lambda sheet: sheet.__setitem__(cell, value)


def unmarked(sheet):
    del sheet.parent[terms.HIDDEN_SHEET]
    sheet["A1"] = "伊勢原市　令和6年度　進捗管理表（実績）"


def a_row_down(sheet):
    for column in "JKM":
        sheet[f"{column}6"], sheet[f"{column}7"] = sheet[f"{column}5"].value, sheet[f"{column}6"].value
        sheet[f"{column}5"] = None


@pytest.mark.parametrize(
    ("department", "also", "says", "left"),
    [
        ("企画部", typed("A5", "2-1"), "どちらが正しいか", {"架空の協働事業"}),
        ("企画部", a_row_down, "1行ずつずれて", set()),
        ("土木部", unmarked, "表の上（かシートの名前）に令和6年度とある", set()),
        ("土木部", typed("XFD1048576", " "), "ずっと離れたセル", set()),
    ],
    ids=["a number and a name of two measures", "moved by a row", "without its mark", "a cell at the end of the sheet"],
)
def test_answers_of_which_it_is_unclear_whose_they_are_are_not_taken(returned, city, department, also, says, left):
    done(returned(department, also=also))
    assert {measure for measure, _ in taken(city)} == left
    assert any(says in one["says"] for one in doubts(city))


@pytest.mark.parametrize(("row", "value"), [(2, "2024"), (3, "interim"), (1, "isehara-5")])
def test_the_form_of_another_year_stage_or_plan_is_not_read(returned, city, row, value):
    returned("土木部", also=lambda sheet: typed(f"B{row}", value)(sheet.parent[terms.HIDDEN_SHEET]))
    assert taken(city) == {}
    assert [one["kind"] for one in doubts(city) if one["place"] == "a.xlsx 回答"] == ["other_form"]


def test_a_late_measure_without_a_reason_is_asked(returned, city):
    returned("企画部", {"架空の協働事業": {"評価": "C", "実績効果額（千円）": "対象外"}})
    assert [one["place"] for one in doubts(city) if one["kind"] == "inconsistent"] == ["a.xlsx 回答!J6"]


@pytest.mark.parametrize("amount", [200_000_000, 200])
def test_an_amount_a_thousand_times_off_is_told(returned, city, amount):
    returned("土木部", {"架空の使用料の改定": {"評価": "B", "実績効果額（千円）": amount}})
    assert [one["kind"] for one in doubts(city, weight="told")] == ["size"]


def test_files_that_are_no_answers_are_named(returned, city):
    for name, content in (
        ("memo.docx", b"PK\x03\x04 no"),
        ("empty.xlsx", b""),
        ("note.txt", b"later"),
        ("~$lock.xlsx", b"x"),
    ):
        (city / "back" / name).write_bytes(content)
    shutil.copy(city / "list.csv", city / "back" / "取組一覧.csv")
    done(returned("土木部"))
    unreadable = {one["place"] for one in doubts(city) if one["kind"] == "unreadable"}
    assert unreadable == {"empty.xlsx", "memo.docx", "note.txt", "取組一覧.csv"}
    assert "答えの欄（評価・実績効果額（千円））のある表がない" in [one["says"] for one in doubts(city)]
    assert collection(city).silent == ["企画部", "総務部"]
    assert taken(city)["架空の使用料の改定", "actual"] == "210000"


def test_asking_anew_keeps_the_answers(all_returned, city, run):
    all_returned()
    write_list(city / "list.csv", [*LIST, ("5-3", "5", "架空の追加の取組", "土木部", "10")])
    done(ask(run, "more"))
    assert taken(city)["架空の使用料の改定", "actual"] == "210000"
    assert [one["measure"] for one in doubts(city) if one["kind"] == "blank"] == ["架空の追加の取組"]


# The stages of a year, and its end


def test_each_stage_asks_its_own_and_carries_on_what_was_answered(city, run):
    done(ask(run, "april", "--stage", "plan"))
    answers = {one: {"効果見込額（千円）": 7, "目標": "架空の目標"} for *_, one, _, _ in LIST}
    answer_all(city / "april", city, answers)
    collect(run, city / "back")
    assert set(collection(city).register["grade"]) == {"not_due"}
    done(run("forms", "isehara-6", "--year", "2025", "--out", "march"))
    found = cells(openpyxl.load_workbook(city / "march" / "令和7年度_実績_土木部.xlsx"))["架空の使用料の改定"]
    assert (found["効果見込額（千円）"].value, found["目標"].value) == (7, "架空の目標")
    assert collection(city).stage == "result"


def test_the_next_year_is_asked_with_what_was_answered_for_it(all_returned, city, run):
    all_returned("--close", "企画部 架空太郎")
    done(run("forms", "isehara-6", "--year", "2026", "--stage", "plan", "--out", "next"))
    found = cells(openpyxl.load_workbook(city / "next" / "令和8年度_計画_土木部.xlsx"))["架空の使用料の改定"]
    assert (found["効果見込額（千円）"].value, found["前年度の評価"].value) == (220_000, "B")


def test_a_stage_is_closed_by_a_person_once_nothing_is_open(asked, all_returned, city, run):
    answer(form(asked, "土木部"), city / "back" / "a.xlsx")
    assert "締め切れません" in refused(collect(run, city / "back", "--close", "企画部 架空太郎"))
    assert not collection(city).is_closed
    assert "まだ締め切られていません" in refused(draft(run, "draft"))
    assert not (city / "draft").exists()
    done(all_returned("--close", "企画部 架空太郎"))
    assert collection(city).closed_by == "企画部 架空太郎"
    assert "締め切っています" in refused(collect(run, city / "back"))
    assert "締め切っています" in refused(ask(run, "again"))
    assert not (city / "again").exists()
    assert read.years("isehara-6", city / "data") == [2024], "a collection is no registered year"
    assert read.collections("isehara-6", city / "data") == [2025]


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("collection.toml", lambda content: content.replace(b'stage = "result"', b'stage = "x"')),
        ("asked.csv", lambda content: content.replace("架空の窓口の見直し".encode(), b"")),
        ("answers.csv", lambda content: content.replace(b"grade,B", b"grade,")),
        ("source/*", lambda content: content + b"x"),  # an answer that was altered after it came
    ],
)
def test_a_damaged_collection_is_refused_in_a_sentence(all_returned, city, run, file, change):
    all_returned()
    path = next((city / RESULT).glob(file))
    path.write_bytes(change(path.read_bytes()))
    kept = path.read_bytes()
    assert path.name in refused(collect(run, city / "back"))
    assert path.read_bytes() == kept


def test_a_cell_without_a_sheet_is_named_by_its_line():
    assert grid.address("", 4, 2) == "L5:C3"
    assert grid.address("回答", 4, 27) == "回答!AB5"


@pytest.fixture
def closed_2024(city, run):
    """The made-up register of FY2024, asked, answered and collected; gives what closing it said."""
    made = made_up_register.rows(read.year("isehara-6", 2024, city / "data"))
    columns = ("policy_id", "measure", "department", "expected_amount")
    write_list(city / "list.csv", [(f"{n}", *(row[one] for one in columns)) for n, row in enumerate(made, 1)])

    def close(**changes):
        done(ask(run, year=2024))
        answers = {}
        for row in made:
            said = {"評価": row["grade"], "実績効果額（千円）": int(row["actual_amount"]), "説明": row["reason"]}
            late = {"遅れの理由": "不明"} if row["grade"] in "CD" else {}
            answers[row["measure"]] = said | late | changes.get(row["measure_id"], {})
        answer_all(city / "forms", city, answers)
        return run("collect", city / "back", "--plan", "isehara-6", "--year", "2024", "--close", "架空太郎")

    return close


def test_a_register_that_adds_up_to_the_published_document_goes_into_its_year(city, closed_2024):
    done(closed_2024())
    found = read.year("isehara-6", 2024, city / "data")
    assert len(found.register) == 74
    assert len(found.forms) == 5
    assert list(found.sources) == list(read.year("isehara-6", 2024).sources)
    assert adds_up(found)
    public = read.year("isehara-6", 2024, city / "data", audience="public")
    assert (len(public.register), public.forms) == (0, {})


def test_a_register_that_differs_from_the_published_document_is_not_closed(city, closed_2024):
    before = sorted(path.name for path in (city / "data/isehara-6/2024").iterdir())
    assert "V23" in refused(closed_2024(**{"m-9ceefd": {"実績効果額（千円）": 960_000}}))
    assert sorted(path.name for path in (city / "data/isehara-6/2024").iterdir()) == before
    assert not read.collection("isehara-6", 2024, city / "data").is_closed


def test_a_document_taken_in_after_closing_is_held_against_the_register(city, closed_2024, run):
    document = city / "data/isehara-6/2024/source"
    (text,) = document.iterdir()
    shutil.copy(text, city / "published.txt")
    shutil.rmtree(city / "data/isehara-6/2024")
    done(closed_2024())
    done(run("intake", city / "published.txt", "--plan", "isehara-6", "--year", "2024"))
    assert len(read.year("isehara-6", 2024, city / "data").register) == 74


def test_from_the_list_of_measures_to_the_registered_year(all_returned, city, run):
    """The whole way of a year: asked, answered, closed, drafted, published, taken in; every sum is the answers'."""
    all_returned("--close", "企画部 架空太郎")
    take_in = ("intake", "--plan", "isehara-6", "--year", "2025")
    name = "令和7年度取組結果（概要）案.txt"
    done(draft(run, "draft", "--published", "2026-08"))
    assert "案のままです" in refused(run(*take_in, city / "draft" / name))
    chosen = city / "data/isehara-6/collection/2025/featured.csv"
    chosen.write_text(chosen.read_text(encoding="utf-8-sig").replace("proposed", "chosen"), encoding="utf-8")
    draft(run, "final", "--published", "2026-08")
    done(run(*take_in, city / "final" / name))
    found = read.year("isehara-6", 2025, city / "data")
    assert adds_up(found)
    figures = compute.figures(compute.corrected(found))
    names = ("measures", "achieved_measures", "expected_effect", "actual_effect")
    # 1,000 + 0 + 200,000 − 300, and 900 + 0 + 210,000 − 300; 対象外 adds nothing.
    assert [figures[name].exact for name in names] == [5, 3, 200_700_000, 210_600_000]


# Reminders


@pytest.fixture
def box(city):
    """A mail server on the loopback, and the settings that send to it."""
    trusted = letterbox.certificate(city)
    with letterbox.letterbox(trusted) as found:
        mail = f'[mail]\nhost = "localhost"\nport = {found.port}\nca_file = "{trusted}"\nsender = "gyokaku@city.example.lg.jp"\n'
        of_each = '[[department]]\nname = "{}"\naddress = "{}@city.example.lg.jp"\n{}'
        each = (("企画部", "kikaku", ""), ("総務部", "soumu", "attach = true\n"), ("土木部", "doboku", ""))
        config = mail + "".join(of_each.format(*one) for one in each)
        (city / "deliver.toml").write_text(config, encoding="utf-8")
        yield found


def remind(run, *options):
    return run("remind", "isehara-6", "--year", "2025", *options)


def test_departments_that_lack_are_reminded_once_a_day(asked, returned, run, box):
    returned("土木部")
    half = ANSWERS | {"架空の協働事業": {"評価": "C", "実績効果額（千円）": "調整中"}}
    returned("企画部", half, name="b.xlsx")
    done(remind(run))
    letters = {str(letter["To"]).partition("<")[2].rstrip(">"): letter for letter in box.read()}
    assert sorted(letters) == ["kikaku@city.example.lg.jp", "soumu@city.example.lg.jp"]
    to_planning = letters["kikaku@city.example.lg.jp"].get_body(("plain",)).get_content()
    for words in ("2件中1件の取組がそろっていません", "架空の協働事業", "b.xlsx 回答!K6"):
        assert words in to_planning
    assert "架空の窓口の見直し" not in to_planning
    (attached,) = letters["soumu@city.example.lg.jp"].iter_attachments()
    assert attached.get_content() == form(asked, "総務部").read_bytes()
    assert done(remind(run)).count("きょうは、もう送っています") == 2
    assert len(box.letters) == 2


@pytest.mark.usefixtures("asked")
def test_a_dry_run_writes_the_letters_and_sends_nothing(city, run, box):
    done(remind(run, "--dry-run", city / "try"))
    assert len(list((city / "try").glob("*.eml"))) == 3
    assert box.letters == []
    assert not (city / "deliveries").exists()


@pytest.mark.usefixtures("asked")
def test_a_department_without_an_address_stops_the_reminders(city, run, box):
    path = city / "deliver.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("土木部", "建設部"), encoding="utf-8")
    assert "土木部 の宛先" in refused(remind(run))
    assert box.letters == []


def test_who_has_answered_is_not_reminded(all_returned, run, box):
    all_returned()
    assert "答えの欠けている部はありません" in done(remind(run))
    assert box.letters == []


# What a year of trying found


def test_two_commands_never_write_over_one_another(all_returned, city, run):
    with forms.alone(city / "data" / "isehara-6"):
        assert "終わってから" in refused(all_returned())
    done(collect(run, city / "back"))


def test_a_dropped_file_can_be_taken_back(all_returned, city, run):
    name = "令和7年度_実績_土木部.xlsx"
    all_returned("--drop", name)
    assert ("架空の使用料の改定", "grade") not in taken(city)
    _, said = collect(run, city / "back")
    assert f"除いてあるので読まないファイル: {name}" in said
    assert ("架空の使用料の改定", "grade") not in taken(city)
    collect(run, city / "back", "--restore", name)
    assert taken(city)["架空の使用料の改定", "grade"] == "B"


def test_a_file_that_could_not_be_read_is_not_forgotten(all_returned, city, run):
    (city / "back" / "まとめて.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    all_returned()
    (city / "back" / "まとめて.zip").unlink()
    refused(collect(run, city / "back", "--close", "架空太郎"))
    assert [one["place"] for one in doubts(city)] == ["まとめて.zip"]
    done(run("collect", "--plan", "isehara-6", "--year", "2025", "--drop", "まとめて.zip", "--close", "架空太郎"))


def test_forms_made_again_keep_deadline_and_contact(city, run):
    ask(run, "one", "--until", "2026-04-10", "--contact", "架空の課")
    ask(run, "two")
    assert (collection(city).until, collection(city).contact) == ("2026-04-10", "架空の課")


def test_what_departments_answered_counts_more_than_an_older_list(city, run):
    ask(run, "april", "--stage", "plan")
    answers = {"架空の使用料の改定": {"効果見込額（千円）": 7}}
    answer(city / "april" / "令和7年度_計画_土木部.xlsx", city / "back" / "a.xlsx", answers)
    collect(run, city / "back")
    assert "部が答えた額にしました: 架空の使用料の改定" in done(ask(run, "march"))
    assert collection(city).asked.set_index("measure")["expected"]["架空の使用料の改定"] == "7"


def test_a_register_changed_by_hand_is_not_used(all_returned, city, run):
    all_returned("--close", "架空太郎")
    path = city / f"{RESULT}/register.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("210000", "910000"), encoding="utf-8")
    assert "変わっています" in refused(draft(run, "draft"))
    done(collect(run, city / "back", "--reopen"))
    assert taken(city)["架空の使用料の改定", "actual"] == "210000"


def test_an_amount_of_doubtful_size_is_closed_only_by_who_confirms_it(asked, city, run):
    wrong = ANSWERS | {"架空の使用料の改定": {"評価": "B", "実績効果額（千円）": 210_000_000}}
    answer_all(asked, city, wrong)
    said = refused(collect(run, city / "back", "--close", "架空太郎"))
    assert "1,050倍" in said
    assert "--confirmed" in said
    done(collect(run, city / "back", "--close", "架空太郎", "--confirmed"))


def test_struck_words_are_no_answer_and_what_stands_beside_is_told(returned, city):
    def mark(sheet):
        sheet["K5"].font = Font(strike=True)
        sheet["J5"].comment = Comment("部長確認でCに変更", "架空")
        sheet["P5"] = "K5は1,500に訂正"
        sheet["A20"] = "※来週また送ります"

    returned("土木部", also=mark)
    assert ("架空の使用料の改定", "actual") not in taken(city)
    assert any("取消線" in one["says"] for one in doubts(city))
    told = {one["place"]: one["says"] for one in doubts(city, weight="told")}
    for cell, words in {"J5": "部長確認でCに変更", "P5": "K5は1,500に訂正", "A20": "※来週また送ります"}.items():
        assert words in told[f"a.xlsx 回答!{cell}"]


@pytest.mark.parametrize(
    ("department", "also", "lost", "says", "places"),
    [
        ("企画部", lambda sheet: sheet.merge_cells("J5:J6"), "grade", "結合", ["a.xlsx 回答!J5", "a.xlsx 回答!J6"]),
        ("土木部", typed("K4", "実績効果額（千円→百万円）"), "actual", "単位が一つに決まらない", ["a.xlsx 回答"]),
    ],
)
def test_a_form_sent_again_resolves_what_was_wrong_with_the_first(returned, city, department, also, lost, says, places):
    returned(department, also=also)
    assert [one["place"] for one in doubts(city) if says in one["says"]] == places
    assert lost not in {item for _, item in taken(city)}
    returned(department, name="b.xlsx")
    assert not [one for one in doubts(city) if one["department"] == department]
    assert lost in {item for _, item in taken(city)}
