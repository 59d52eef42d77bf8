"""What is late on a day: a stage that nobody began, answers after their deadline, a collection that nobody closed."""

import shutil
from datetime import date

import pytest

from helpers import cli, read
from helpers.operate import calendar, rounds
from helpers.terms import Refusal

PLAN = "isehara-6"
USUAL = calendar.Calendar(plan=4, interim=10, result=3)


def stage(name, *, until="", lacking=(), is_closed=False):
    return calendar.Asked(PLAN, 2025, name, until, tuple(lacking), is_closed)


def late(today, *asked, registered=(2024,), of=USUAL):
    found = calendar.late({PLAN: (2024, 2025)}, {PLAN: registered}, asked, date.fromisoformat(today), calendar=of)
    return [(one.fiscal_year, one.stage) for one in found]


@pytest.mark.parametrize(
    ("today", "asked", "stages"),
    [
        # FY2025 begins in April 2025; a stage is late from the month after its own.
        ("2025-04-30", [], []),
        ("2025-05-01", [], ["plan"]),
        ("2025-10-31", [], ["plan"]),
        ("2025-11-01", [], ["interim"]),
        ("2025-11-01", ["plan"], ["interim"]),
        ("2026-03-31", ["interim"], []),
        ("2026-04-01", ["interim"], ["result"]),
        ("2026-04-01", ["result"], []),
        # Until the document is registered.
        ("2026-08-01", [], ["result"]),
    ],
)
def test_a_stage_is_late_once_its_month_has_passed(today, asked, stages):
    found = late(today, *(stage(one) for one in asked))
    assert found == [(2025, one) for one in stages]


def test_without_a_calendar_no_stage_is_expected_and_of_a_registered_year_nothing_is_late():
    assert late("2025-12-01", of=calendar.Calendar()) == []
    open_one = stage("result", until="2026-04-10", lacking=["企画部"])
    assert late("2026-09-01", open_one, registered=(2024, 2025)) == []


@pytest.mark.parametrize(
    ("today", "lacking", "is_late"),
    [("2026-04-10", ["企画部"], False), ("2026-04-11", ["企画部"], True), ("2026-04-11", [], False)],
)
def test_answers_are_late_after_their_deadline(today, lacking, is_late):
    found = late(today, stage("result", until="2026-04-10", lacking=lacking), of=calendar.Calendar())
    assert bool(found) == is_late


def test_results_that_nobody_closed_are_told_in_the_month_of_publication():
    assert late("2026-07-31", stage("result")) == []
    assert late("2026-08-01", stage("result")) == [(2025, "result")]
    assert late("2026-08-01", stage("result", is_closed=True)) == []
    assert late("2026-07-01", stage("result"), of=calendar.Calendar(publication=7)) == [(2025, "result")]


def test_the_sentence_names_who_and_what_to_do():
    asked = [stage("result", until="2026-04-10", lacking=["企画部", "土木部"])]
    (one,) = calendar.late({PLAN: (2025, 2025)}, {PLAN: []}, asked, date(2026, 4, 11), calendar=USUAL)
    assert "企画部・土木部の答えがそろっていません" in one.sentence
    assert f"gyokaku remind {PLAN} --year 2025" in one.sentence


def test_the_months_stand_in_run_toml(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("[calendar]\nplan = 4\npublication = 9\n", encoding="utf-8")
    chosen = rounds.settings(path).calendar
    assert (chosen.plan, chosen.interim, chosen.publication) == (4, None, 9)
    path.write_text("[calendar]\nplan = 13\nwinter = 1\n", encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        rounds.settings(path)
    assert len(refused.value.sentences) == 2


def test_due_says_what_is_late_and_when_results_are_awaited(tmp_path, capsys):
    (tmp_path / "data" / PLAN).mkdir(parents=True)
    shutil.copy(read.PROJECT / "data" / PLAN / read.PLAN_FILE, tmp_path / "data" / PLAN)
    (tmp_path / "run.toml").write_text("[calendar]\ninterim = 10\npublication = 9\n", encoding="utf-8")
    words = ["due", "--data", str(tmp_path / "data")]
    assert cli.main([*words, "--today", "2026-11-05"]) == 0
    said = capsys.readouterr().out
    assert f"遅れ {PLAN} 令和8年度: 10月に始まるはずの照会（中間）が、まだ始まっていません。" in said
    assert cli.main([*words, "--today", "2026-08-15", "--json"]) == 0
    assert '"fiscal_year": 2025' not in capsys.readouterr().out
