"""Amounts of a size they can have (V28): slips of unit and scale that every sum survives.

The documents are Isehara's of FY2024 with its units changed; years and cities besides are made up.
"""

import dataclasses
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from made_up import plan, year

from helpers import check, cli, compute, read
from helpers.check import scale
from helpers.terms import Refusal
from helpers.terms.tables import FACTS

ROOT = Path(__file__).parents[1]
DOCUMENT = (Path(__file__).parent / "documents" / "isehara-2024.txt").read_text(encoding="utf-8")
UNIT = "（単位：千円）"


def found(frames):
    return next(one for one in check.frames(frames) if one.id == "V28")


def two_policies(*amounts, items=(), effect_unit=None, population=None, **changes):
    """A made-up year; effect_unit and population as its plan.toml says."""
    frames = year([{"A": 1}] * len(amounts), list(amounts), items, **changes)
    return dataclasses.replace(frames, plan=plan(len(amounts), effect_unit=effect_unit, population=population))


def rewrite(path, old, new):
    words = path.read_text(encoding="utf-8")
    assert old in words
    path.write_text(words.replace(old, new), encoding="utf-8")


@pytest.fixture
def unfiled(tmp_path):
    """A copy of the plan whose FY2024 has not been filed; what people keep is there. Its layout lets a document say its unit."""
    plan = tmp_path / "data" / "isehara-6"
    shutil.copytree(ROOT / "data" / "isehara-6", plan)
    rewrite(plan / "layout.toml", 'unit = "千円"', 'unit = "stated"')
    shutil.rmtree(plan / "2024" / "source")
    for name in ["SOURCES.toml", *(f"{contract.name}.csv" for contract in FACTS)]:
        (plan / "2024" / name).unlink()
    return tmp_path / "data"


def file(text, data):
    received = data.parent / "received.txt"
    received.write_text(text, encoding="utf-8")
    return cli.main(["intake", str(received), "--plan", "isehara-6", "--year", "2024", "--data", str(data)])


@pytest.mark.parametrize(
    ("old", "new", "units", "says"),
    [
        (UNIT, "（単位：{}）", "円 万円 百万円 億円", "金額の単位は{}で、plan.toml の effect_unit（千円）と違う"),
        ("百万円）", "{}）", "円 千円 万円", "V28"),
        ("961百万円", "961{}", "円 千円 万円", "の金額の単位は{}で、ほかの項目は百万円"),
    ],
    ids=["of the table", "of all items", "of one item"],
)
def test_amounts_in_another_unit_are_not_filed(old, new, units, says, unfiled, capsys):
    assert old in DOCUMENT
    for unit in units.split():
        assert file(DOCUMENT.replace(old, new.format(unit)), unfiled) == 1, unit
        said = capsys.readouterr().err
        assert "V28" in said
        assert says.format(unit) in said
        assert not (unfiled / "isehara-6" / "2024" / "SOURCES.toml").exists()


@pytest.mark.parametrize("effect_unit", ["千円", None])
@pytest.mark.parametrize("population", [101_039, None])
def test_the_slip_of_a_thousand_is_seen_from_the_items_alone_too(effect_unit, population, unfiled, capsys):
    for line, is_kept in {'effect_unit = "千円"': effect_unit, "population = 101039": population}.items():
        rewrite(unfiled / "isehara-6" / "plan.toml", f"\n{line}", f"\n{line}" if is_kept else "")
    assert file(DOCUMENT.replace(UNIT, "（単位：百万円）"), unfiled) == 1
    # 1,178百万円 of 1,345,649百万円
    assert "主な取組の計11.78億円は、実績効果額の合計13,456.49億円の0.09%しかない" in capsys.readouterr().err


def test_a_changed_unit_that_people_accept_is_filed_with_its_reason(unfiled):
    accepted = unfiled / "isehara-6" / "2024" / "acknowledged.csv"
    accepted.write_text(
        "check_id,reason,acknowledged_by,acknowledged_on\nV28,試験のための了承,試験,2026-04-01\n", encoding="utf-8"
    )
    assert file(DOCUMENT.replace(UNIT, "（単位：万円）"), unfiled) == 0
    frames = compute.corrected(read.year("isehara-6", 2024, unfiled))
    assert found(frames).acknowledged == "試験のための了承、試験"


@pytest.mark.parametrize(
    ("before", "result"), [(300, "passed"), (9_000, "passed"), (9_001, "failed"), (10, "passed"), (9, "failed")]
)
def test_totals_are_held_against_the_year_before(before, result):
    # This year 300千円 expected and actual; 30 times it is 9,000, a thirtieth 10.
    frames = two_policies((100, 100), (200, 200), effects_before={2023: two_policies((before, before)).effects})
    assert found(frames).result == result


def test_only_the_last_year_before_counts_and_only_what_both_years_have():
    others = {2021: two_policies((1, 1)).effects, 2022: two_policies((None, 300)).effects}
    assert found(two_policies((99_999, 300), effects_before=others)).result == "passed"


@pytest.mark.parametrize(
    ("thousand_yen", "result", "says"),
    [
        (163_700, "passed", "人口1,000人（plan.toml）として、住民1人当たり163,700円以下"),
        (163_701, "failed", "住民1人当たり163,701円"),
        (-163_701, "failed", ""),
    ],
)
def test_an_effect_an_inhabitant_stays_below_a_years_municipal_tax_by_its_size(thousand_yen, result, says):
    finding = found(two_policies((1, thousand_yen), population=1_000))
    assert (finding.result, says in finding.evidence) == (result, True), finding.evidence


@pytest.mark.parametrize(("item", "result"), [("5", "passed"), ("4", "failed")])
def test_main_items_are_a_twentieth_of_the_effect_at_least(item, result):
    frames = two_policies((100_000, 100_000), items=[("架空の取組", item, "百万円", "unknown")])
    assert found(frames).result == result


def test_the_unit_of_the_plan_is_held_against_that_of_the_table():
    assert found(two_policies((1, 1), effect_unit="千円")).result == "passed"
    finding = found(two_policies((1, 1), effect_unit="百万円"))
    assert (finding.result, finding.severity) == ("failed", "block")


def test_units_that_are_not_the_plans_are_told_in_the_documents_order_each_once():
    frames = two_policies((1, 2), (3, 4), effect_unit="千円")
    units = ["億円", "円", "億円", "千円"]
    effects = frames.effects.assign(unit=units, locator=[f"L{n}" for n in range(1, 5)])
    says = found(dataclasses.replace(frames, effects=effects)).evidence
    assert re.findall(r"L\d", says) == ["L1", "L2"]


def test_nothing_to_compare_with_is_said():
    finding = found(two_policies((1, 1)))
    assert (finding.result, finding.evidence) == ("not_applicable", "比べる金額がない")


def test_the_effects_of_the_years_before_are_read(unfiled):
    assert file(DOCUMENT, unfiled) == 0
    shutil.copytree(unfiled / "isehara-6" / "2024", unfiled / "isehara-6" / "2023")
    rewrite(unfiled / "isehara-6" / "2023" / "SOURCES.toml", "= 2024", "= 2023")
    read_back = read.year("isehara-6", 2024, unfiled)
    assert list(read_back.effects_before) == [2023]
    pd.testing.assert_frame_equal(read_back.effects_before[2023], read_back.effects)
    assert read.year("isehara-6", 2023, unfiled).effects_before == {}


def test_an_unknown_unit_in_plan_toml_is_refused(unfiled):
    rewrite(unfiled / "isehara-6" / "plan.toml", 'effect_unit = "千円"', 'effect_unit = "千ドル"')
    with pytest.raises(Refusal, match="effect_unit: 「千ドル」"):
        read.plan("isehara-6", unfiled)


def test_the_real_year_is_of_a_possible_size(frames):
    assert found(frames).result == "passed"
    assert scale.LEAST_SHARE_OF_ITEMS < 1_178_000 / 1_345_649


def test_two_items_in_two_units_are_compared():
    items = [("架空の取組その一", "3", "百万円", "unknown"), ("架空の取組その二", "4", "千円", "unknown")]
    finding = found(two_policies((1_000, 5_000), items=items))
    assert finding.result == "failed"
    assert "の金額の単位は" in finding.evidence
