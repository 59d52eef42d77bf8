"""`gyokaku draft`: what a clerk types and gets; and what becomes of the Word file when somebody changes a number in it."""

import io
import shutil
from pathlib import Path

import docx
import made_up_register
import pandas as pd
import pytest
from made_up_summaries import frames as frames_of
from made_up_summaries import measure_id, summary_of

from helpers import check, cli, compute, forms, intake, read
from helpers.check.register import counts_agree, yen_agree
from helpers.received import opened

ROOT = Path(__file__).parents[1]
PLAN, YEAR = "isehara-6", 2025
NAME = "令和7年度取組結果（概要）案"
FILES = [f"{NAME}.docx", f"{NAME}.html", f"{NAME}.txt"]


@pytest.fixture(scope="module")
def measures():
    """The made-up register with the ids that its names give."""
    made = made_up_register.rows(compute.corrected(read.year(PLAN, 2024, ROOT / "data")))
    return [row | {"measure_id": measure_id(row["measure"])} for row in made]


@pytest.fixture
def data(tmp_path, measures):
    """A city that has published FY2024 and has a register of FY2025."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data" / PLAN, data / PLAN)
    (data / PLAN / f"{YEAR}").mkdir(parents=True)
    made_up_register.write(data / PLAN / f"{YEAR}" / "register.csv", measures)
    return data


@pytest.fixture
def typed(capsys, data):
    def draft(*words, out="out"):
        status = cli.main(["draft", PLAN, "--year", "R7", "--data", str(data), "--out", str(data.parent / out), *words])
        said = capsys.readouterr()
        assert "予期しない" not in said.err
        return status, said.out, said.err

    return draft


@pytest.fixture
def edited(data, measures):
    """Changes the register as it lies on disk, its first row."""
    place = data / PLAN / f"{YEAR}" / "register.csv"
    return lambda **cells: made_up_register.write(place, [measures[0] | cells, *measures[1:]])


@pytest.fixture(scope="module")
def proposed(measures):
    """What the rule proposes of the register."""
    return forms.featured.proposed(made_up_register.frame(measures), plan=read.plan(PLAN, ROOT / "data"))


def chosen(data):
    """The candidates that were proposed are somebody's choice."""
    kept(data).write_text(kept(data).read_text(encoding="utf-8-sig").replace("proposed", "chosen"), encoding="utf-8")


def text(data):
    return (data.parent / "out" / f"{NAME}.txt").read_text(encoding="utf-8")


def written(data):
    return {path.name: path.read_bytes() for path in (data.parent / "out").iterdir()}


def kept(data):
    return data / PLAN / "collection" / f"{YEAR}" / "featured.csv"


# The command


def test_three_files_are_written_and_what_to_do_next_is_said(typed, data):
    status, out, err = typed("--published", "令和8年8月", "--by", "企画部 デジタル・行政経営課")
    assert status == 0
    assert sorted(written(data)) == FILES
    assert out.splitlines()[-1] == "案を書きました。公表したら: gyokaku intake 資料 --plan isehara-6 --year 2025"
    assert "主な取組の候補を" in err
    assert "effect: 実績効果額が1百万円以上の取組を、大きい順に4件まで" in err
    assert "令和8年8月\n\n企画部 デジタル・行政経営課\n" in text(data)
    assert "達成状況（各取組の指標・数値目標に対する取組結果）" in text(data), "taken over from the year before"
    assert "公共施設等総合管理計画\t公共施設等再配置プラン (R5〜R14)" in text(data)


def test_the_published_draft_is_registered_and_agrees_with_the_register(typed, data, capsys):
    typed("--published", "2026-08", "--by", "企画部")
    chosen(data)
    typed("--published", "2026-08", "--by", "企画部", "--replace")
    place = data / PLAN / f"{YEAR}" / "register.csv"
    for name in ("txt", "docx"):
        file = data.parent / "out" / f"{NAME}.{name}"
        words = ["intake", str(file), "--plan", PLAN, "--year", "2025", "--data", str(data), "--replace"]
        # The made-up register is of FY2024: as another year's its source is not known.
        register = pd.read_csv(place, dtype=str, keep_default_na=False)
        register.assign(source_id=intake.document(file).source_id).to_csv(place, index=False)
        assert cli.main(words) == 0, capsys.readouterr().err
        frames = read.year(PLAN, YEAR, data)
        found = {one.id: one for one in check.frames(compute.corrected(frames))}
        assert (found["V22"].outcome, found["V23"].outcome) == ("passed", "passed")
        assert frames.as_of == "2026-08"
        assert int(frames.grade_counts["measures"].sum()) == 74
        assert len(frames.mentions) == 16


def test_the_same_draft_twice_is_no_new_draft(typed, data):
    typed()
    before = written(data)
    status, out, _ = typed()
    assert (status, out.splitlines()[-1]) == (0, "前と同じ案です。")
    assert written(data) == before


def test_a_draft_that_somebody_changed_is_not_overwritten(typed, data):
    changed = data.parent / "out" / FILES[0]
    changed.parent.mkdir()
    changed.write_bytes(b"changed by hand")
    status, _, err = typed()
    assert (status, "前の案があり、中身が違います" in err) == (1, True)
    assert changed.read_bytes() == b"changed by hand"
    assert typed("--replace")[0] == 0
    assert changed.read_bytes() != b"changed by hand"


def test_a_folder_with_other_files_stays_as_it_is(typed, data):
    (data.parent / "out").mkdir()
    (data.parent / "out" / "大事な文書.docx").write_bytes(b"x")
    status, _, err = typed("--replace")
    assert (status, "案でないもの（大事な文書.docx）" in err) == (1, True)
    assert list(written(data)) == ["大事な文書.docx"]


def test_what_people_chose_is_read_and_never_overwritten(typed, data, proposed):
    rows = proposed[(proposed["list"] != "effect") | (proposed["seq"] == "2")].assign(basis="chosen")
    rows.loc[rows["list"] == "effect", "words"] = "使用料を改めた"
    forms.featured.write(rows, kept(data))
    before = kept(data).read_bytes()
    status, _, err = typed()
    assert (status, err) == (0, "")
    assert kept(data).read_bytes() == before
    assert "※ 案" not in text(data)
    ends = "・下水道使用料の適正化（172百万円）〔土木部〕 … 使用料を改めた\n\n※ 金額は百万円未満四捨五入\n"
    assert text(data).endswith(ends)


def test_the_register_adopted_goes_before_the_one_collected(typed, data, measures):
    made_up_register.write(data / PLAN / f"{YEAR}" / "register.csv", measures[:10])
    typed()
    assert "位置付けた10件" in text(data)


def test_where_nothing_is_taken_over_there_is_no_table_of_plans(typed, data):
    shutil.rmtree(data / PLAN / "2024")
    assert typed()[0] == 0
    assert "関連する計画" not in text(data)
    assert "\n達成状況\n" in text(data)


def test_measures_without_an_amount_are_told(typed, edited, measures):
    edited(expected_amount="not_applicable")
    status, _, err = typed()
    assert status == 0
    assert f"金額のない取組が1件あり、合計に入っていません: {measures[0]['measure']}。" in err


def test_a_check_that_registration_would_stop_at_is_told_before_anything_is_published(typed, edited):
    edited(actual_amount="961000000", policy_id="5")  # three digits too many: the sums add up, the size is no city's
    status, _, err = typed()
    assert status == 0
    assert "公表して登録すると、検算 V28（" in err


# What is refused; nothing is written then


def test_without_a_register_it_says_how_to_get_one(typed, data):
    shutil.rmtree(data / PLAN / f"{YEAR}")
    status, out, err = typed()
    assert (status, out) == (1, "")
    assert "令和7年度の内部台帳がありません" in err
    assert "gyokaku collect で集めて締め切るか" in err


def test_unanswered_measures_are_named(typed, edited, data, measures):
    edited(grade="not_due", actual_amount="not_registered")
    status, _, err = typed()
    assert status == 1
    assert f"register.csv 2行「{measures[0]['measure']}」: 評価がまだありません" in err
    assert "実績効果額がまだありません" in err
    assert not (data.parent / "out").exists()
    assert not kept(data).exists()


def test_a_draft_that_would_not_read_back_is_not_written_and_its_candidates_are(typed, edited, data):
    name = "窓口〔第2期〕の改善"
    edited(measure=name, measure_id=measure_id(name), grade="A", actual_amount="999999")
    status, _, err = typed()
    assert status == 1
    for says in (f"この案（{NAME}.txt）は gyokaku intake で読み戻せません", name, "別の取組を選んでください"):
        assert says in err
    assert not (data.parent / "out").exists()
    assert name in kept(data).read_text(encoding="utf-8-sig")


def test_an_id_that_does_not_come_from_the_name_is_told(typed, edited, measures):
    edited(measure_id="x-000001", grade="A", actual_amount="999999")
    status, _, err = typed()
    assert status == 1
    assert f"名称から決まる番号は {measures[0]['measure_id']} です。register.csv の番号を直してください" in err


def test_a_false_choice_is_refused(typed, data, proposed):
    in_order = [f"{n}" for n in range(1, len(proposed) + 1)]
    forms.featured.write(proposed.assign(seq=in_order).replace({"list": {"behind": "exceeded"}}), kept(data))
    status, _, err = typed()
    assert status == 1
    assert "評価が C（計画どおり進捗せず）なので、「計画以上に進捗している主な取組」の一覧には載せられません" in err


def test_a_year_outside_the_plan_and_a_plan_with_a_layout_of_its_own_are_refused(capsys, data, measures):
    (data / PLAN / "2031").mkdir()
    made_up_register.write(data / PLAN / "2031" / "register.csv", measures)
    shutil.copytree(ROOT / "data" / "isehara-4", data / "isehara-4")
    asked = {(PLAN, "2031"): "期間（令和5年度〜令和9年度）の外です", ("isehara-4", "2016"): "layout.toml の表の形"}
    for (plan, year), says in asked.items():
        words = ["draft", plan, "--year", year, "--data", str(data), "--out", str(data.parent / "out")]
        assert (cli.main(words), says in capsys.readouterr().err) == (1, True)


@pytest.mark.parametrize(("words", "status"), [(["--published", "来月"], 1), (["--yeer", "1"], 2)])
def test_wrong_words_are_told(typed, words, status):
    assert typed(*words)[0] == status


# Somebody changes the Word file while it goes round


def cell(table, row, column):
    return lambda word: word.tables[table].cell(row, column).paragraphs[0].runs[0]


def paragraph(begins, run=-1):
    return lambda word: next(one for one in word.paragraphs if one.text.startswith(begins)).runs[run]


def counts(*changes):
    return [(cell(1, row, column), old, new) for row, column, old, new in changes]


CHECKS = {"V22": counts_agree, "V23": yen_agree}
CHANGES = {
    "one count and its totals": ("V22", counts((1, 1, "3", "4"), (1, 5, "20", "21"), (6, 1, "16", "17"), (6, 5, "74", "75"))),
    "a measure moved to another grade": ("V22", counts((1, 1, "3", "2"), (1, 2, "15", "16"), (6, 1, "16", "15"), (6, 2, "46", "47"))),
    "an effect and its total": ("V23", [(cell(2, 2, 2), "47,708", "47,807"), (cell(2, 12, 2), "1,345,649", "1,345,748")]),
    "an expected effect and its total": ("V23", [(cell(2, 3, 2), "(4,700)", "(4,800)"), (cell(2, 11, 2), "(347,736)", "(347,836)")]),
    "a main item": ("V23", [(paragraph("・下水道使用料の適正化（"), "172百万円", "271百万円")]),
    "the name of a measure": ("V22", [(paragraph("・補助金の見直し", 1), "補助金の見直し", "補助金の廃止")]),
    "the department of a measure": ("V22", [(paragraph("・補助金の見直し"), "企画部", "総務部")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def drafted(measures):
    """The Word file of a draft, and the tables beside a register that a file with these bytes reads as."""
    plan, register = read.plan(PLAN, ROOT / "data"), made_up_register.frame(measures)
    summary = summary_of(register, plan, year=YEAR, linked_plans=read.year(PLAN, 2024, ROOT / "data").linked_plans)

    def beside(content):
        tables = intake.facts(opened(FILES[0], content), plan=plan, layout=read.summary_layout(), fiscal_year=YEAR)
        return frames_of(tables, register, plan=plan)

    return forms.as_word.word(summary), beside


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_by_hand_is_caught_when_it_is_taken_in(change, drafted):
    check_id, changes = CHANGES[change]
    content, beside = drafted
    word = docx.Document(io.BytesIO(content))
    for place, old, new in changes:
        run = place(word)
        assert old in run.text
        run.text = run.text.replace(old, new)
    changed = io.BytesIO()
    word.save(changed)
    assert CHECKS[check_id](beside(changed.getvalue())).result == "failed"


def test_the_word_file_as_it_was_drafted_passes(drafted):
    content, beside = drafted
    frames = beside(content)
    assert [check(frames).result for check in CHECKS.values()] == ["passed", "passed"]
