"""The released set under `reports/` is what the data, the notebooks and the package make of it today."""

import csv
import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import bundle_of
from lxml import html

from helpers import notation
from helpers.terms import UNITS_IN_YEN

ROOT = Path(__file__).parents[1]
RELEASED = ROOT / "reports" / "isehara-6" / "2024"
# Every number with a unit that stands on page one.
NUMBER = re.compile(r"([△＋]?)(\d[\d,]*(?:\.\d+)?)(?:〜(\d[\d,]*(?:\.\d+)?))?(億円|百万円|万円|千円|倍|%|件)")
THRESHOLD = ("80", "%")


@pytest.mark.slow
@pytest.mark.xdist_group("reports")
def test_released_set_is_current(set_of_2024):
    """Stale: run `make briefs`, look at the page, and commit `reports/` with the reason in CHANGELOG.md."""
    files = {path.relative_to(set_of_2024).as_posix() for path in set_of_2024.rglob("*") if path.is_file()}
    assert files == {path.relative_to(RELEASED).as_posix() for path in RELEASED.rglob("*") if path.is_file()}
    stale = [name for name in sorted(files) if (set_of_2024 / name).read_bytes() != (RELEASED / name).read_bytes()]
    assert stale == []


def metrics():
    return json.loads((RELEASED / "metrics.json").read_text(encoding="utf-8"))


def test_every_metric_has_the_month_of_the_document_and_its_inputs():
    keys = {"metric", "scope", "scope_id", "fiscal_year", "as_of", "exact", "low", "high", "display", "unit", "status"}
    for row in metrics():
        assert row.keys() == keys | {"inputs"}
        assert row["as_of"] == "2025-08"
        assert row["inputs"] or row["status"] in {"undefined", "not_available"}, row


def test_a_policy_without_expectation_shows_no_ratio():
    assert "対象外（見込み0）" in brief()
    assert not re.search(r"\b(inf|nan|NaN|None)\b|∞", brief())


def brief():
    return (RELEASED / "brief.html").read_text(encoding="utf-8")


def page_one_text():
    body = html.fromstring(brief().partition('<div class="words">')[0])
    (page_one,) = body.xpath("//section[@class='page-one']")
    return " ".join(page_one.itertext())


def known_values():
    for row in metrics():
        ends = [row["exact"]] if row["exact"] is not None else [row["low"], row["high"]]
        if row["unit"] != "category" and None not in ends:
            yield row["unit"], [Fraction(end) for end in ends]


UNITS = {"倍": {"multiplier"}, "件": {"measures"}, "%": {"rate", "share", "multiplier"}}


def test_every_number_of_page_one_is_a_metric():
    known = list(known_values())
    found = NUMBER.findall(page_one_text())
    assert len(found) > 40, "page one was read"
    unknown = []
    for sign, low, high, unit in found:
        if (low, unit) == THRESHOLD or (low, unit) == ("1", "件"):
            continue
        scale = Fraction(1, 100) if unit == "%" else Fraction(UNITS_IN_YEN.get(unit, 1))
        places = len(low.partition(".")[2])
        ends = [Fraction(end.replace(",", "")) for end in (low, high) if end]
        units = UNITS.get(unit, {"yen"})

        def shows(values, *, ends=ends, scale=scale, places=places, sign=sign):
            values = [value / scale for value in values]
            if sign == notation.MINUS:
                values = sorted(-value for value in values)
            if len(ends) == 2:
                return [notation.floor(values[0], places), notation.ceil(values[-1], places)] == ends
            rounded = all(notation.half_up(value, places) == ends[0] for value in values)
            return rounded or values[0] <= ends[0] <= values[-1]

        if not any(kind in units and shows(values) for kind, values in known):
            unknown.append(f"{sign}{low}{high and '〜' + high}{unit}")
    assert unknown == []


def test_data_files_open_in_a_spreadsheet_and_hold_plain_numbers():
    for file in sorted((RELEASED / "data").glob("*.csv")):
        assert file.read_bytes().startswith(b"\xef\xbb\xbf"), f"{file.name}: a spreadsheet takes it for CP932"
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
        assert {row["municipality_code"] for row in rows} == {"142140"}, file.name
        for row in rows:
            for column, value in row.items():
                assert re.fullmatch(r"-?\d+" if column.endswith("_yen") else ".+", value), f"{file.name} {column}"


def test_summary_tells_the_headline():
    summary = json.loads((RELEASED / "summary.json").read_text(encoding="utf-8"))
    assert summary["headline"] == (
        "74件中62件（83.8%）が概ね計画どおり以上。効果額13.46億円は見込みの3.87倍。"
        "ただし約71%は公社の健全化で、除くと少なくとも1.10倍。方針1は見込みの45%。"
    )
    assert summary["checks"]["failed"] == 0


@pytest.mark.slow
@pytest.mark.xdist_group("reports")
def test_plain_papermill_gives_the_same_figures(tmp_path):
    """By hand, from another folder, with papermill's own command and nothing of ours around it."""
    papermill = [sys.executable, "-m", "papermill", ROOT / "notebooks" / "brief.ipynb", tmp_path / "out.ipynb"]
    year = ["-p", "plan", "isehara-6", "-p", "fiscal_year", "2024", "--no-progress-bar"]
    run = subprocess.run([*papermill, *year], cwd=ROOT / "tests", capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    assert bundle_of(tmp_path / "out.ipynb")["metrics"] == metrics()
