"""A table that people keep comes back from Excel: what Excel does to it is undone where that is certain, else told."""

import csv
import io
import shutil
from pathlib import Path

import pandas as pd
import pytest

from helpers import check, read
from helpers.run.batch import leaks
from helpers.terms import Refusal
from helpers.terms.words import code_points

ROOT = Path(__file__).resolve().parent.parent
PLAN, YEAR, TABLE = "isehara-6", 2024, "effect_classes"


@pytest.fixture
def data(tmp_path):
    return Path(shutil.copytree(ROOT / "data" / "isehara-6", tmp_path / "data" / "isehara-6")).parent


@pytest.fixture
def table(data):
    return data / PLAN / str(YEAR) / f"{TABLE}.csv"


def cells(table):
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def saved(rows, encoding, quoting=csv.QUOTE_MINIMAL):
    """As Excel saves: CR LF, in quotes only what needs them."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n", quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig", "utf-8", "utf-16"])
@pytest.mark.parametrize("written", ["2026-11-23", "2026/11/23", "2026年11月23日", "2026/11/23 0:00"])
def test_a_table_is_read_alike_as_excel_saves_it(encoding, written, data, table):
    before = read.year(PLAN, YEAR, data)
    rows = [[written if cell == "2026-11-23" else cell for cell in row] for row in cells(table)]
    table.write_bytes(saved(rows, encoding))
    kept = table.read_bytes()
    after = read.year(PLAN, YEAR, data)
    pd.testing.assert_frame_equal(after.effect_classes, before.effect_classes)
    assert table.read_bytes() == kept, "the file is read and not written"
    assert (after.input_hash == before.input_hash) is (kept == (ROOT / table.relative_to(data.parent)).read_bytes())


def test_a_day_without_its_zeros_is_the_day(data, table):
    rows = [["2025/8/1" if cell == "2026-11-23" else cell for cell in row] for row in cells(table)]
    table.write_bytes(saved(rows, "cp932"))
    assert set(read.year(PLAN, YEAR, data).effect_classes["coded_on"]) == {"2025-08-01"}


def test_the_empty_cells_that_excel_adds_are_left_out_and_quotes_are_no_words(data, table):
    before, rows = read.year(PLAN, YEAR, data).effect_classes, cells(table)
    wider = saved([*([*row, "", ""] for row in rows), [""] * len(rows[0]), [""] * len(rows[0])], "cp932")
    for content in (wider, saved(rows, "utf-8-sig", quoting=csv.QUOTE_ALL)):
        table.write_bytes(content)
        pd.testing.assert_frame_equal(read.year(PLAN, YEAR, data).effect_classes, before)


CHANGED = {
    "a day without a year": ("2026-11-23", "8月1日", "「8月1日」は何年の日か分かりません"),
    "a day as its number": ("2026-11-23", "46349", "「46349」は何年の日か分かりません"),
    "a day of no calendar": ("2026-11-23", "2026/2/30", "「2026/2/30」は決まりの形ではありません"),
    "a character that CP932 has not": ("下水道使用料の適正化", "下水道使用料?適正化", "「?」は、Excel の「CSV」で保存できなかった文字のようです"),
    "a number that was shortened": ("m-6c0abb", "1.23E+11", "「1.23E+11」は Excel が縮めた数で"),
    "a character that nobody sees": ("下水道使用料の適正化", "下水道\u202e使用料", "使えない文字（"),
    "an escape sequence": ("下水道使用料の適正化", "\x1b[31m下水道", "U+001B"),
    "a cell that goes on": ("下水道使用料の適正化", "あ" * 5_000, "は長すぎます（5,000字。4,000字まで）"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
def test_what_is_uncertain_is_told(what, data, table):
    old, new, says = CHANGED[what]
    rows = [[new if cell == old else cell for cell in row] for row in cells(table)]
    table.write_bytes(saved(rows, "utf-8" if "\u202e" in new else "cp932"))
    with pytest.raises(Refusal, match=r"effect_classes\.csv") as refused:
        read.year(PLAN, YEAR, data)
    assert any(says in sentence for sentence in refused.value.sentences)
    assert max(map(len, refused.value.sentences)) < 400


def test_a_question_that_was_asked_is_kept_in_utf_8(data, table):
    table.write_bytes(table.read_bytes().replace("とみた".encode(), "とみた?".encode()))
    assert read.year(PLAN, YEAR, data).effect_classes["reason"].str.contains("?", regex=False).any()


def test_a_hopeless_table_is_told_in_a_few_sentences(data, table):
    heading, first, *_ = cells(table)
    table.write_bytes(saved([heading, *([first[0], f"その{n}", *first[2:-1], "x"] for n in range(3_000))], "cp932"))
    with pytest.raises(Refusal) as refused:
        read.year(PLAN, YEAR, data)
    assert len(refused.value.sentences) == 21
    assert refused.value.sentences[-1].startswith("ほか 5979 件あります")


def test_what_only_a_table_from_excel_says_is_not_published(data, table):
    hidden = "極秘の理由その一"
    rows = cells(table)
    rows[1][5] = hidden
    table.write_bytes(saved(rows, "cp932"))
    with pytest.raises(Refusal, match=f"{YEAR}/{TABLE}.csv"):
        leaks.refuse({"brief.html": hidden.encode()}, data / PLAN, Path("reports/public"))


def test_the_page_of_checks_reads_the_words_of_a_table_from_excel(data, table):
    table.write_bytes(saved([[*row, ""] for row in cells(table)], "cp932"))
    frames = read.year(PLAN, YEAR, data)
    found = check.readability({f"{TABLE}.csv": table.read_bytes()}, {}, frames=frames)
    assert "\ufffd" not in found.to_csv()  # the page has no glyph for it and would not be built


def test_code_points_are_told_by_their_number():
    assert code_points({"\u202e", "\0"}) == "U+0000、U+202E"
