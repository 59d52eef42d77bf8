"""A made-up following year goes from document to page with true sentences and no code changed.

`tests/documents/synthetic-2025.txt` is made up (架空・試験用). The numbers below were worked by hand from it:
ΣE 324,700, ΣA 208,000 (千円); 方針1 98,400 → △3,500; 方針4 0 → 1,200; 61 of 75 measures; one D.
"""

import json
import shutil

import pytest

from helpers import cli

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("following_year")]


@pytest.fixture
def year_set(following_year):
    return following_year / "reports" / "isehara-6" / "2025"


WORKED_BY_HAND = {
    # Nothing expected and something earned: no ratio.
    ("effect_multiplier", "policy", "4"): None,
    ("effect_gap", "policy", "4"): 1_200_000,
    # A negative amount keeps its sign.
    ("actual_effect", "policy", "1"): -3_500_000,
    # A D is counted and not achieved.
    ("measures_by_grade", "grade", "D"): 1,
    ("achievement_rate", "plan", ""): "61/75",
    # 61/75 − 62/74 = (4514 − 4650)/5550 = −136/5550
    ("achievement_rate_change", "plan", ""): "-68/2775",
    # 208,000 − 1,345,649 = −1,137,649 (千円)
    ("actual_effect_change", "plan", ""): -1_137_649_000,
    # (千円) expected as in 2024: 208,000 − 347,736 = −139,736; as much of it as 2024 delivered, 288,367: −80,367
    ("scenario_scored", "scenario", "S0"): -139_736_000,
    ("scenario_scored", "scenario", "S3"): -80_367_000,
}


def test_figures_are_those_worked_by_hand(year_set):
    rows = json.loads((year_set / "metrics.json").read_text(encoding="utf-8"))
    metrics = {(row["metric"], row["scope"], row["scope_id"]): row for row in rows}
    assert {key: metrics[key]["exact"] for key in WORKED_BY_HAND} == WORKED_BY_HAND
    assert metrics["effect_multiplier", "policy", "4"]["status"] == "undefined"
    assert metrics["effect_multiplier", "policy", "1"]["display"] == "△0.04倍"


def test_headline_is_true(year_set):
    summary = json.loads((year_set / "summary.json").read_text(encoding="utf-8"))
    # 61/75 = 81.3%; 208,000/324,700 = 0.6406; 324,700 − 208,000 = 116,700; 173.5..174.499 of 208 = 83.4..83.9%
    assert summary["headline"] == (
        "75件中61件（81.3%）が概ね計画どおり以上。効果額2.08億円は見込みの64%で、1.17億円不足。"
        "効果額の83〜84%は下水道使用料によるもの。方針1は見込み9,840万円に対し実績△350万円。"
        "効果額は前年度の13.46億円を11.38億円下回る。"  # 13.45649億 − 2.08億
        "前年度の達成率は83.8%だが、取組の数が違い（74件→75件）、両年度の内部台帳がそろわないため、比べられない。"
    )


def test_with_a_d_the_measures_behind_keep_an_unknown_grade(year_set):
    lines = (year_set.parents[2] / "data/isehara-6/2025/measures.csv").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if "民間提案制度の導入" in line]
    assert ",not_stated,unknown," in line


def test_page_says_that_it_is_short(year_set):
    page = (year_set / "brief.html").read_text(encoding="utf-8")
    assert "見込みに届かないのは" in page
    assert "前年度（令和6年度）との比較は詳細の「経年」にある。" in page
    assert "実績 − 前年度の試算" in (year_set / "detail.html").read_text(encoding="utf-8")


def test_what_was_decided_last_year_stands_on_page_one(following_year, tmp_path):
    project = tmp_path / "city"
    shutil.copytree(following_year / "data" / "isehara-6", project / "data" / "isehara-6")
    (project / "data" / "isehara-6" / "2024" / "decisions.csv").write_text(
        "decision_id,topic,rule,decision,owner,due,state,updated_on\n"
        "2024-1,方針1の見込みの立て直し（架空）,D-a,見込みを改める,企画部,2026-03,open,2025-10-01\n",
        encoding="utf-8",
    )
    where = ["--data", str(project / "data"), "--page", "brief"]
    assert cli.main(["build", "isehara-6", "--year", "R7", *where]) == 0
    page = (project / "reports" / "isehara-6" / "2025" / "brief.html").read_text(encoding="utf-8")
    said = "方針1の見込みの立て直し（架空）（令和6年度）：協議中。見込みを改める（企画部、2026-03）"
    assert said in page[: page.index("読むときの注意")]
