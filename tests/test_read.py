"""The reader gives exactly what the files hold, or says every fault at once: file, line, heading, remedy."""

import shutil
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from helpers import read
from helpers.read.rows import rows as rows_of
from helpers.run import batch
from helpers.terms import Refusal, audience, tables
from helpers.terms.records import records
from helpers.terms.tables import FACTS, KEPT_BY_PEOPLE, TABLES, TOKENS

ROOT = Path(__file__).resolve().parent.parent
PLAN, YEAR = "isehara-6", 2024


@pytest.fixture
def data(tmp_path):
    """A copy of the real plan and year, to be broken."""
    shutil.copytree(ROOT / "data" / PLAN, tmp_path / "data" / PLAN)
    return tmp_path / "data"


@pytest.fixture
def refusal(data):
    """The sentences with which a year is refused after changes: file, words as they are, words as they shall be."""

    def sentences(*changes):
        for name, old, new in changes:
            path = data / PLAN / ("" if name == "plan.toml" else str(YEAR)) / name
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{name} does not hold {old!r}"
            path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
        with pytest.raises(Refusal) as refused:
            read.year(PLAN, YEAR, data)
        return [sentence.replace(f"{data / PLAN}/", "") for sentence in refused.value.sentences]

    return sentences


# Of each file: the words as they are and as they shall be, and how the sentence goes on; … stands for words left out.
FAULTS = {
    "2024/grade_counts.csv": {
        "no number": ("3,summary", "three,summary", " 2行「取組数」（measures）: 「three」は0以上の整数ではありませ"),
        "a blank is not zero": ("3,summary", ",summary", " 2行「取組数」…空欄です。値か、ない理由（not_stated など）"),
        "negative": ("3,summary", "-3,summary", " 2行「取組数」…「-3」は0以上の整数ではありません。"),
        "in full width": ("3,summary", "３,summary", " 2行「取組数」…は0以上の整数ではありません。半角数字で書いて"),
        "beyond any city": ("3,summary", f"{'9' * 30},summary", " 2行「取組数」（measures）: "),
        "policy and grade twice": ("最適化,B", "最適化,A", " 3行: 基本方針の番号・評価 が同じ行が前にあります。どち"),
        "another heading": ("grade_label", "label", ": 列「grade_label」が決まりと違います。列は順に policy_id、"),
    },
    "2024/effects.csv": {
        "a thousands separator": ("107077", "107,077", " 2行: 欄が13あります（見出しは12）。余分な「,」を消すか"),
        "in full width": ("107077", "１０７０７７", " 2行「金額」（amount）: 「１０７０７７」は決まりの形で"),
        "a triangle for a minus": ("107077", "△107077", " 2行「金額」…「△107077」は決まりの形…負は半角の - で書く"),
        "beyond any city": ("107077", "9" * 30, " 2行「金額」…「99999999999999999999999999…千円」は金額として扱え"),
        "finer than a yen": ("107077", "107077.12345", " 2行「金額」…「107077.12345千円」は金額として扱えません"),
        "an unknown unit": ("107077,千円", "107077,千", " 2行「単位」（unit）: 「千」は使えません。円（円）、千円"),
        "a quotation mark that never ends": ('"(107,077)"', '"(107,077)', " 3行: CSV として読めません"),
        "an unknown source": ("summary-1dfd948c", "summary-0", " 2行「出典」…「summary-0」は SOURCES.toml にありませ"),
    },
    "2024/effect_classes.csv": {
        "no day": ("2026-11-23", "2026-13-45", " 2行「判断日」（coded_on）: 「2026-13-45」は決まりの形ではありませ"),
    },
    "2024/SOURCES.toml": {
        "no publisher": ("publisher =", "printed_by =", " 1行 [summary-1dfd948c]: publisher がありません。1行加えて"),
        "no TOML": ("file = ", "file ", " 2行: TOML として読めません"),
    },
    "plan.toml": {
        "no TOML": ("[plan]", "[plan", " 4行: TOML として読めません"),
        "another folder's": ('"isehara-6"', '"isehara-7"', " 5行 [plan] id: 「isehara-7」…フォルダー名「isehara-6」"),
        "a mistyped field": ("first_fiscal_year", "first_jear", " 4行 [plan] first_fiscal_year: ありません。1行加えて"),
        "a year that is text": (" = 2023", ' = "R5"', " 9行 [plan] first_fiscal_year: 「R5」は…整数を引用符なしで書"),
        "a threshold in percent": ("= 0.8", "= 80", " 150行 [thresholds] achievement: 「80」は…80% は 0.8 のように"),
        "no band": ('"stalled"', '"stuck"', " 45行 [[grades]] 4番目の band: 「stuck」は…exceeded、on_track、"),
        "a grade twice": ('code = "B"', 'code = "A"', " 19行 [[grades]]: 「A」が2度あります。どちらかを消して"),
        "achieved, not rated": ('"exceeded"', '"not_rated"', " 19行 [[grades]] 1番目: 「A」は…achieved は false で"),
        "a field without its source": ('hy = "L12', 'y = "L12', " 156行 [sources]: philosophy の出典がありません。"),
        "a code of five digits": ('"142140"', '"14214"', " 8行 [plan] municipality_code: 「14214」は…6桁の数字ではあ"),
        "a wrong check digit": ('"142140"', '"142141"', " 8行 [plan] municipality_code: 「142141」は…6桁目（検査数"),
        "a short name that is none": ('= "公社の健全化"', "= 5", " 79行 [short_names] 伊勢原市…「5」は…文字列を引用符"),
        "two of one order": ("order = 2", "order = 1", " 19行 [[grades]]: 「1」が2度…評価は良い順に、別々の番号を"),
    },
}


@pytest.mark.parametrize(("name", "fault"), [(name, fault) for name, of_it in FAULTS.items() for fault in of_it])
def test_a_fault_is_one_sentence_with_place_and_remedy(name, fault, refusal):
    old, new, says = FAULTS[name][fault]
    sentences = refusal((name.removeprefix("2024/"), old, new))
    begins, *parts = says.split("…")
    about_it = [one for one in sentences if one.startswith(f"{name}{begins}") and all(part in one for part in parts)]
    assert about_it, "\n".join(sentences)
    assert all(sentence.endswith("。") for sentence in sentences)
    assert len(sentences) <= 2, "a fault is not told as many"


def test_all_faults_are_told_at_once_in_the_order_of_the_files(refusal):
    sentences = refusal(
        ("effects.csv", "107077,千円", "107077,千"),
        ("grade_counts.csv", "2,公共私連携・協働,A,計画を上回る,4", "2,公共私連携・協働,A,計画を上回る,"),
        ("grade_counts.csv", "3,summary", "three,summary"),
        ("measures.csv", "土木部,A,stated", "土木部,A,guessed"),
    )
    places = [sentence.split("「")[0].removeprefix("2024/") for sentence in sentences]
    assert places == ["grade_counts.csv 2行", "grade_counts.csv 6行", "effects.csv 2行", "measures.csv 6行"]


@pytest.mark.parametrize("contract", FACTS, ids=lambda contract: contract.name)
def test_a_missing_table_of_facts_is_named(contract, data):
    (data / PLAN / str(YEAR) / f"{contract.name}.csv").unlink()
    with pytest.raises(Refusal, match=rf"{contract.name}\.csv: 表がありません。gyokaku intake で"):
        read.year(PLAN, YEAR, data)


def test_tables_kept_by_people_may_be_absent_and_are_then_empty(data):
    for contract in KEPT_BY_PEOPLE:
        (data / PLAN / str(YEAR) / f"{contract.name}.csv").unlink()
    frames = read.year(PLAN, YEAR, data)
    for contract in KEPT_BY_PEOPLE:
        table = getattr(frames, contract.name)
        assert table.empty
        assert list(table.columns) == list(contract.columns)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "見出しの行がありません"),
        ("基本方針".encode("cp932"), "1行: 「基本方針」は、この表の見出しではありません"),
        ("policy_id".encode("utf-16"), "「policy_id」は、この表の見出しではありません"),
        ("\t".join(TABLES["effects"].columns).encode("utf-16"), "「CSV UTF-8（コンマ区切り）」で保存し直して"),
        (bytes(range(256)), "「CSV UTF-8」で保存し直してください"),
    ],
    ids=["empty", "cp932", "utf-16", "tabs", "binary"],
)
def test_a_file_that_is_no_table_is_named_with_a_remedy(content, says, data):
    (data / PLAN / str(YEAR) / "effects.csv").write_bytes(content)
    with pytest.raises(Refusal, match=says) as refused:
        read.year(PLAN, YEAR, data)
    assert "effects.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("line", "says"), [("", "欄が0あります（見出しは12）。その行"), ("," * 11, "空の行です。その行")]
)
def test_an_empty_line_between_others_is_named(line, says, data):
    path = data / PLAN / str(YEAR) / "effects.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:-1], line, lines[-1], ""]), encoding="utf-8")
    with pytest.raises(Refusal, match=rf"effects\.csv 15行: {says}を消してください。$"):
        read.year(PLAN, YEAR, data)


def test_a_cell_of_two_lines_does_not_move_the_numbers_of_the_lines_below(data):
    path = data / PLAN / str(YEAR) / "linked_plans.csv"
    note = "※ 財政健全化計画は更新せず、{}財政健全化に関する内容を第6次行財政改革推進計画に取り込む{}"
    text = path.read_text(encoding="utf-8").replace(note.format("", ","), f'"{note}",'.format("\n", ""), 1)
    path.write_text(text, encoding="utf-8")
    lines = read.year(PLAN, YEAR, data).linked_plans.index
    assert list(lines) == [2, 3, 4, 6, 7, 8, 9]


def test_a_byte_order_mark_is_no_part_of_a_heading_or_a_plan(data):
    plan = read.plan(PLAN, data)
    for path in (data / PLAN / "plan.toml", data / PLAN / str(YEAR) / "effects.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read.plan(PLAN, data) == plan
    assert read.year(PLAN, YEAR, data).effects.columns[0] == "scope"


@pytest.mark.parametrize("name", ["../isehara-6", "isehara-6/../isehara-6", "/etc", "ISEHARA", "", "伊勢原", ".", "-x"])
def test_a_plan_that_is_no_plain_folder_name_is_refused(name, data):
    with pytest.raises(Refusal, match=r"計画の名前「.*」は使えません"):
        read.plan(name, data)
    with pytest.raises(Refusal, match=r"計画の名前「.*」は使えません"):
        read.years(name, data)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda data: read.plan("isehara-7", data), r"計画「isehara-7」がありません.*登録済みの計画: isehara-6。"),
        (
            lambda data: read.year(PLAN, 2023, data),
            r"令和5年度（2023）は未登録です.*登録済みの年度: 2024。gyokaku intake",
        ),
        (lambda data: read.data_folder(data / "nowhere"), "綴りを確かめてください"),
    ],
    ids=["plan", "year", "folder"],
)
def test_what_is_not_there_is_told_with_what_is(asked, says, data):
    with pytest.raises(Refusal, match=says):
        asked(data)


def test_the_data_are_found_from_any_folder_below(data, monkeypatch):
    below = data.parent / "notebooks" / "drafts"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert read.data_folder() == data
    assert read.plans() == [PLAN]
    assert read.years(PLAN) == [YEAR]


def test_from_elsewhere_the_data_of_this_project_are_read_or_it_is_said_what_to_give(monkeypatch):
    monkeypatch.chdir(Path("/").resolve())  # nothing lies above it
    assert read.data_folder() == ROOT / "data"
    monkeypatch.setattr(read.folders, "PROJECT", Path("/").resolve())
    with pytest.raises(Refusal, match=r"--data（data_dir）"):
        read.data_folder()


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = [\n", 2), ("a = 1\n\na = 2\n", 3), ("", 1)])
def test_a_fault_of_toml_is_told_with_its_line(text, line, data):
    path = data / PLAN / "plan.toml"
    path.write_text(text or "x", encoding="utf-8")
    with pytest.raises(Refusal, match=f"^{path} {line}行: TOML として読めません。[^A-Za-z]*$"):
        read.plan(PLAN, data)
    path.write_bytes("計画".encode("cp932"))
    with pytest.raises(Refusal, match="UTF-8 で保存し直してください"):
        read.plan(PLAN, data)


@pytest.mark.parametrize("is_superseded", [True, False])
@pytest.mark.parametrize("change", ["changed", "deleted"])
def test_a_document_that_is_not_what_was_received_is_refused(change, is_superseded, data):
    sources = data / PLAN / str(YEAR) / "SOURCES.toml"
    [path] = (sources.parent / "source").iterdir()
    if is_superseded:
        text = sources.read_text(encoding="utf-8")
        former = text.replace("summary-1dfd948c", "summary-0").replace(path.name, "前.txt").replace("false", "true")
        sources.write_text(f"{text}\n{former}", encoding="utf-8")
        path = Path(shutil.copy(path, path.with_name("前.txt")))
    read.year(PLAN, YEAR, data)
    if change == "changed":
        path.write_bytes(path.read_bytes() + b"\n")
    else:
        path.unlink()
    says = "受け取ったときの資料から変わっています" if change == "changed" else "資料がありません"
    with pytest.raises(Refusal, match=f"^{path}: {says}.*元の資料を戻.*ください。$") as refused:
        read.year(PLAN, YEAR, data)
    assert len(refused.value.sentences) == 1


# What programs leave beside the files of people


@pytest.mark.parametrize("name", ["._measures.csv", ".measures.csv", "~$measures.csv", "__pycache__/x.csv"])
def test_litter_is_part_of_no_year_and_decides_nothing(name, data):
    folder = data / PLAN / str(YEAR)
    before = read.year(PLAN, YEAR, data)
    tables = read.table_files(before, data)
    for litter in (
        folder / name,
        folder / "superseded" / ".kept" / "x.csv",
        folder / "superseded" / "__pycache__" / "x",
    ):
        litter.parent.mkdir(parents=True, exist_ok=True)
        litter.write_bytes(b"\x00\x05\x16\x07 Mac OS X")
    after = read.year(PLAN, YEAR, data)
    assert read.table_files(after, data) == tables
    assert (after.input_hash, after.superseded) == (before.input_hash, before.superseded)


# What is read


@pytest.fixture(scope="module")
def frames():
    return read.year(PLAN, YEAR, ROOT / "data")


def test_every_row_stands_at_its_line_with_the_cells_of_the_file(frames):
    for name, table in frames.tables().items():
        assert not table.isna().any().any(), name
        path = ROOT / "data" / PLAN / str(YEAR) / f"{name}.csv"
        if not path.exists():
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(table) + 1, name
        for line, row in table.iterrows():
            assert lines[line - 1].replace('"', "").startswith(str(row.iloc[0])), f"{name}.csv:{line}"


def test_amounts_are_whole_yen_with_the_worth_of_their_last_digit(frames):
    by_id = frames.effects.set_index(["scope_id", "kind"])
    assert by_id.loc[("1", "expected"), ["amount_yen", "precision_yen"]].to_list() == [107_077_000, 1_000]
    assert by_id.loc[("m-9ceefd", "actual"), ["amount_yen", "precision_yen"]].to_list() == [961_000_000, 1_000_000]
    assert by_id.loc[("4", "expected"), "amount_yen"] == 0
    assert frames.effects["amount_yen"].dtype == "int64"


def test_a_word_for_nothing_stays_that_word(frames):
    assert set(frames.measures["policy_id"]) == {"not_stated"} < TOKENS.keys()
    assert "not_stated" in set(frames.measures["grade"])


def test_thresholds_are_exact(frames):
    thresholds = frames.plan.thresholds
    assert thresholds.achievement == Fraction(4, 5), "and not the nearest binary number"
    assert all(isinstance(getattr(thresholds, field.name), Fraction) for field in fields(thresholds))


def test_grades_are_in_their_order_and_policies_in_the_plans(frames):
    assert [grade.code for grade in frames.plan.grades] == ["A", "B", "C", "D"]
    assert [policy.id for policy in frames.plan.policies] == ["1", "2", "3", "4", "5"]
    assert frames.plan.achieved_label == "概ね計画どおり"


def test_two_readings_are_equal_and_share_nothing(frames):
    again = read.year(PLAN, YEAR, ROOT / "data")
    for name, table in frames.tables().items():
        pd.testing.assert_frame_equal(table, again.tables()[name])
        assert table is not again.tables()[name]
    assert frames.input_hash == again.input_hash


def test_the_input_hash_follows_what_is_read_and_nothing_else(data, frames):
    year = data / PLAN / str(YEAR)
    assert read.year(PLAN, YEAR, data).input_hash == frames.input_hash, "wherever it lies"
    (year / ".ipynb_checkpoints").mkdir()
    (year / ".ipynb_checkpoints" / "effects-checkpoint.csv").write_text("opened in JupyterLab", encoding="utf-8")
    (year / "~$effects.csv").write_text("open in Excel", encoding="utf-8")
    assert read.year(PLAN, YEAR, data).input_hash == frames.input_hash
    with (year / "acknowledged.csv").open("a", encoding="utf-8") as file:
        file.write("V14,確認中,企画部長,2026-08-20\n")
    assert read.year(PLAN, YEAR, data).input_hash != frames.input_hash


@pytest.mark.parametrize(
    ("path", "moves", "moves_public"),
    [
        ("register.csv", True, False),
        ("decisions.csv", True, False),
        # Only the year's own register is left out: what lies deeper is no table of the year, and is hashed as a file.
        ("superseded/first/register.csv", True, True),
        ("superseded/first/effects.csv", True, True),
        ("source/second.txt", True, True),
        ("source/scans/register.csv", True, True),
        ("source/.hidden/second.txt", False, False),
        ("Thumbs.db", False, False),
    ],
)
def test_every_file_of_a_year_counts_wherever_it_lies(path, moves, moves_public, tmp_path):
    """The hash on the page and the one that says which pages are due agree about it."""
    folder = tmp_path / PLAN / str(YEAR)
    folder.mkdir(parents=True)
    for name in ("../plan.toml", "SOURCES.toml", "effects.csv"):
        (folder / name).write_text("", encoding="utf-8")

    def hashes():
        left_out = ((), audience.UNPUBLISHED)
        page = [read.input_hash(folder.parent / "plan.toml", folder, left_out=names) for names in left_out]
        due = [batch.due.Inputs(tmp_path, name) for name in ("internal", "public")]
        return [*page, *(one.of_year(PLAN, YEAR, folder / "effects.csv")["data"] for one in due)]

    before = hashes()
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text("new", encoding="utf-8")
    after = hashes()
    assert [a != b for a, b in zip(before, after, strict=True)] == [moves, moves_public] * 2


def test_a_file_of_another_name_or_in_another_folder_is_another_input(tmp_path):
    folder = tmp_path / PLAN / str(YEAR)
    (folder / "source").mkdir(parents=True)
    (folder.parent / "plan.toml").write_text("", encoding="utf-8")
    place, seen = folder / "first.txt", []
    place.write_text("the same", encoding="utf-8")
    for name in ("first.txt", "second.txt", "source/first.txt"):
        place = place.replace(folder / name)
        due = batch.due.Inputs(tmp_path, "internal")._of(PLAN, [str(YEAR)])
        seen.append((read.input_hash(folder.parent / "plan.toml", folder), due))
    assert [len(set(of_one)) for of_one in zip(*seen, strict=True)] == [3, 3]


@pytest.mark.parametrize("code", ["011002", "131016", "142140", "271004", "473821"])
def test_codes_of_real_municipalities_have_their_check_digit(code, data):
    plan = data / PLAN / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace('"142140"', f'"{code}"'), encoding="utf-8")
    assert read.plan(PLAN, data).municipality_code == code


EVERY_TABLE = {path.stem: path for path in sorted((ROOT / "data" / PLAN / str(YEAR)).glob("*.csv"))}


@pytest.mark.parametrize("name", EVERY_TABLE)
def test_a_registered_table_is_what_its_contract_says_and_a_row_twice_is_not(name):
    contract, rows = TABLES[name], rows_of(EVERY_TABLE[name], TABLES[name])
    assert list(contract.faults(rows)) == []
    if rows.empty:
        return
    twice = pd.concat([rows, rows.iloc[[0]].set_axis([900]), rows.iloc[[0]].set_axis([901])])
    assert list(contract.faults(twice)) == [(900, "", ""), (901, "", "")]
    only_alike = rows.iloc[[0]].set_axis([900]).assign(**{contract.key[-1]: "else"})
    assert (900, "", "") not in list(contract.faults(pd.concat([rows, only_alike])))


# Of each kind of column: what it may hold, and what it may not.
CELLS = {
    "GRADE_COUNTS.policy_name": (["最適化", " ", "0"], [""]),
    "LINKED_PLANS.note": (["", "注"], []),
    "GRADE_COUNTS.measures": (
        ["0", "3", "007", "999999"],
        ["", "-3", "1.5", "３", "三", "three", "1234567", "3 ", "3\n"],
    ),
    "EFFECTS.kind": (["expected", "actual"], ["", "見込", "Expected", "expected ", "not_stated"]),
    "EFFECTS.amount": (
        ["0", "-1234.5", "9" * 30],
        ["", "1,234", "△3", "１", "1.", ".5", "+1", "1e3", "not_stated", "9" * 31, "3\n"],
    ),
    "REGISTER.expected_amount": (["0", "-1.5", "not_due", "not_registered"], ["", "unknown", "未定", "not_due "]),
    "LINKED_PLANS.first_fiscal_year": (["2024", "1999", "not_stated"], ["", "24", "1899", "令和6", "２０２４"]),
    "EFFECTS.locator": (["L63", "L63:C2", "概要!C5", "p2 表1 r3 c2"], ["", "63", "L63\n"]),
    "ACKNOWLEDGED.check_id": (["V01", "V28"], ["", "V00", "V29", "V1", "v01"]),
    "ACKNOWLEDGED.acknowledged_on": (
        ["2024-04-30", "2024-02-29"],
        ["", "2024-04-31", "2024-13-01", "2024/4/1", "2024-02-30"],
    ),
}


@pytest.mark.parametrize("column", CELLS)
def test_a_column_says_which_of_its_cells_it_does_not_allow(column):
    name, of_table = column.split(".")[::-1]
    contract = getattr(tables, of_table)
    allowed, refused = CELLS[column]
    alone = replace(
        contract, columns={name: contract.columns[name], "line": tables.GRADE_COUNTS.columns["measures"]}, key=("line",)
    )
    cells = [*allowed, *refused]
    rows = pd.DataFrame({name: cells, "line": [str(n) for n in range(len(cells))]}, dtype=str)
    assert list(alone.faults(rows)) == [(cells.index(cell), name, cell) for cell in refused]
    assert not list(alone.faults(rows.iloc[: len(allowed)]))


def test_a_plan_that_cannot_be_looked_into_is_told_and_no_other_is_taken_for_it(tmp_path, monkeypatch):
    """The project's own plans are the last to be found: they must not stand in for a city's that cannot be read."""
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    assert read.data_folder() == ROOT / "data", "an empty folder is passed over"
    (tmp_path / "data" / "city").symlink_to(tmp_path / "not-mounted")
    with pytest.raises(Refusal, match=r"data/city: リンクの先がありません"):
        read.data_folder()
    real = Path.lstat

    def forbidden(path):
        if path.parent.name in {"city", "lost+found"}:
            raise PermissionError(13, "架空", str(path))
        return real(path)

    (tmp_path / "data" / "city").unlink()
    for name in ("city", "lost+found"):
        (tmp_path / "data" / name).mkdir()
    monkeypatch.setattr(Path, "lstat", forbidden)
    with pytest.raises(Refusal, match=r"data/city: 開けません。フォルダーの権限を"):
        read.data_folder()
    (tmp_path / "data" / "city").rmdir()
    assert read.data_folder() == ROOT / "data", "what can be no plan's folder is passed over"


def test_a_plan_file_that_is_no_file_is_told(tmp_path):
    (tmp_path / "city" / "plan.toml").mkdir(parents=True)
    with pytest.raises(Refusal, match=r"city/plan\.toml: 読めません。ファイルの種類と権限を"):
        read.plan("city", tmp_path)


def test_records_are_the_rows_that_pandas_gives():
    frame = pd.DataFrame({"件": [1, 2], "達成率（%）": ["a", None], "class": [0.5, float("nan")]}, index=[7, 9])
    for some in (frame, frame.iloc[:0], frame[[]], frame[["件", "件"]]):
        ours, theirs = list(records(some)), list(some.itertuples())
        assert [one._fields for one in ours] == [one._fields for one in theirs]
        assert repr([tuple(one) for one in ours]) == repr([tuple(one) for one in theirs])
