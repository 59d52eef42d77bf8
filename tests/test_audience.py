"""A public set, made by the project's own notebooks beside a register and decisions, holds nothing of either."""

import json
import shutil
import zipfile
from pathlib import Path

import made_up_register
import pytest

from helpers import read
from helpers.run import batch
from helpers.terms.audience import UNPUBLISHED, WITHHELD
from helpers.terms.tables import DECISIONS

ROOT = Path(__file__).resolve().parent.parent
PLAN, YEAR = "isehara-6", 2024
DECIDED = "d-1,架空の論点,架空の規則,架空の決定により廃止する,架空の担当者,2025-12-01,decided,2025-10-01"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "data"
    shutil.copytree(ROOT / "data" / "isehara-6", folder / "isehara-6")
    year = folder / PLAN / str(YEAR)
    made_up_register.write(year / "register.csv", made_up_register.rows(read.year(PLAN, YEAR, folder)))
    (year / "decisions.csv").write_text(f"{','.join(DECISIONS.columns)}\n{DECIDED}\n", encoding="utf-8")
    return folder


@pytest.fixture
def edited(data, tmp_path):
    """A copy of the data with what a test makes of a table of the year."""

    def edit(name, change):
        folder = Path(shutil.copytree(data, tmp_path / "data"))
        path = folder / PLAN / str(YEAR) / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        return folder

    return edit


def test_public_frames_hold_what_is_published_and_nothing_else(data):
    internal, public = (read.year(PLAN, YEAR, data, audience=one) for one in ("internal", "public"))
    assert len(internal.register) == 74
    for name in UNPUBLISHED:
        assert public.tables()[name].empty, name
    for name in ("grade_counts", "effects", "measures", "mentions", "stated", "assumptions"):
        assert public.tables()[name].equals(internal.tables()[name]), name
    assert public.input_hash != internal.input_hash
    assert not {f"{name}.csv" for name in UNPUBLISHED} & read.table_files(public, data).keys()


def test_a_department_is_named_down_to_its_division_and_no_finer(edited):
    copied = edited("measures.csv", lambda words: words.replace(",企画部,", ",企画部経営企画課,", 1))
    internal, public = (read.year(PLAN, YEAR, copied, audience=one) for one in ("internal", "public"))
    assert "企画部経営企画課" in set(internal.measures["department"])
    assert not public.measures["department"].str.contains("課").any()


def test_who_accepted_a_failure_and_why_stays_in_the_house(edited):
    copied = edited("acknowledged.csv", lambda words: f"{words}V04,架空の理由,架空の課長,2025-10-01\n")
    (row,) = read.year(PLAN, YEAR, copied, audience="public").acknowledged.itertuples()
    assert (row.check_id, row.reason, row.acknowledged_by) == ("V04", WITHHELD, WITHHELD)


@pytest.mark.slow
def test_the_public_set_is_built_beside_a_register_and_says_nothing_of_it(data, tmp_path):
    folders = batch.Folders(data, ROOT / "notebooks", tmp_path / "reports")
    asked = batch.Asked(audience="public", jobs=1)
    year, years = batch.build([(PLAN, YEAR)], asked, folders=folders, told=lambda *_: None).results
    assert (year.state, year.sentences) == (years.state, years.sentences) == (batch.State.BUILT, ())
    said = ""
    for path in sorted((folders.out / "public").rglob("*")):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                said += "".join(book.read(name).decode() for name in book.namelist())
        elif path.suffix == ".ipynb":  # its outputs are written with escapes
            said += json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
        elif path.is_file():
            said += path.read_text(encoding="utf-8")
    held_by_the_house = ["架空", "x-0000", "本プロジェクト初期値", "判断をお願いする事項", "前回までの判断", "想定問答"]
    assert [words for words in held_by_the_house if words in said] == []
    names = {path.name for path in folders.out.rglob("*") if path.is_file()}
    assert "brief.html" in names
    assert not [name for name in names if "assembly" in name], "a draft for the assembly is never published"
    assert "公表用" in said
