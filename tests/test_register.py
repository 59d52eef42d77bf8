"""The internal register: read by its contract, compared with what was published, a layer of its own.

The register is made up (`made_up_register`); the figures below were worked by hand from it.
"""

import dataclasses
import shutil
from fractions import Fraction
from pathlib import Path

import made_up_register
import pandas as pd
import pytest

from helpers import check, compute, notation, pages, read
from helpers.terms import Refusal, Status

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def published():
    return compute.corrected(read.year("isehara-6", 2024, DATA))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    data = tmp_path_factory.mktemp("city") / "data"
    shutil.copytree(DATA / "isehara-6", data / "isehara-6")
    return data


@pytest.fixture(scope="module")
def filed(data_dir, published):
    """Puts a register into the year's folder and reads the year."""

    def with_register(change):
        path = data_dir / "isehara-6" / "2024" / "register.csv"
        made_up_register.write(path, change(made_up_register.rows(published)))
        return read.year("isehara-6", 2024, data_dir)

    return with_register


@pytest.fixture(scope="module")
def city(published):
    """The published year with a register, as `read` would give it."""

    def with_register(change=lambda rows: rows):
        register = made_up_register.frame(change(made_up_register.rows(published)))
        return dataclasses.replace(published, register=register)

    return with_register


@pytest.fixture(scope="module")
def frames(city):
    return city()


@pytest.fixture(scope="module")
def figures(frames):
    return compute.figures(frames)


def edited(measure, **cells):
    return lambda rows: [row | cells if row["measure_id"] == measure else row for row in rows]


def found(frames, check_id):
    return {finding.id: finding for finding in check.frames(frames)}[check_id]


def test_a_year_without_a_register_has_an_empty_one(published):
    assert published.register.empty
    assert {"expected_yen", "actual_yen"} <= set(published.register.columns)


def test_amounts_are_read_in_yen_and_words_as_missing(filed, frames):
    register = filed(edited("m-9d41ff", expected_amount="not_registered")).register.set_index("measure_id")
    assert register.loc["m-9ceefd", "actual_yen"] == 961_000_000
    assert register["expected_yen"].isna().sum() == 1
    assert register.loc["m-9d41ff", "actual_yen"] == 0
    assert filed(lambda rows: rows).register.equals(frames.register)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (edited("m-9d41ff", expected_amount="三千"), r"register\.csv.*「効果見込額」（expected_amount）"),
        (lambda rows: [*rows, rows[0]], "取組の番号 が同じ行"),
    ],
    ids=["a wrong cell", "a measure twice"],
)
def test_a_register_that_cannot_be_read_is_refused_and_the_place_named(filed, change, says):
    with pytest.raises(Refusal, match=says):
        filed(change)


@pytest.mark.parametrize("check_id", ["V22", "V23"])
def test_a_register_adds_up_to_what_was_published_and_without_one_nothing_is_compared(frames, published, check_id):
    assert len(frames.register) == 74
    assert (found(frames, check_id).result, found(frames, check_id).severity) == ("passed", "block")
    nothing = found(published, check_id)
    assert (nothing.result, nothing.evidence) == ("not_applicable", "内部台帳が未登録")


@pytest.mark.parametrize(
    ("measure", "cells", "check_id", "says"),
    [
        ("m-6df850", {"grade": "C"}, "V22", "方針1の評価Bは公表15件、台帳14件。方針1の評価Cは公表2件、台帳3件"),
        ("m-6df850", {"policy_id": "3"}, "V22", "方針3の評価Bは公表6件、台帳7件"),
        ("m-49cb8a", {"department": "土木部"}, "V22", "の部は公表経済環境部、台帳土木部"),
        ("m-6df850", {"grade": "E"}, "V22", "の評価「E」は plan.toml の尺度にない"),
        ("m-6df850", {"grade": "not_due"}, "V22", "方針1の評価Bは公表15件、台帳14件"),
        ("m-9ceefd", {"measure_id": "x-renamed"}, "V22", "公表された取組「伊勢原市事業公社"),
        ("m-6df850", {"actual_amount": "36001"}, "V23", "方針1の実績効果額は公表47,708千円、台帳の計47,709千円"),
        ("m-6df850", {"actual_unit": "百万円"}, "V23", "方針1の実績効果額は公表47,708千円、台帳の計36,011,708千円"),
        ("m-6df850", {"actual_amount": "not_registered"}, "V23", "台帳の計11,708千円（金額のない取組1件）"),
        ("m-6c0abb", {"actual_amount": "173000"}, "V23", "「下水道使用料の適正化」は公表172百万円、台帳173,000千円"),
    ],
)
def test_a_register_that_says_otherwise_stops_the_page(city, measure, cells, check_id, says):
    frames = city(edited(measure, **cells))
    finding = found(frames, check_id)
    assert (finding.result, finding.stops) == ("failed", True)
    assert says in finding.evidence


def test_two_amounts_that_cancel_out_still_differ_from_the_printed_items(city):
    def change(rows):
        return edited("m-6c0abb", actual_amount="170000")(edited("m-9ceefd", actual_amount="963000")(rows))

    finding = found(city(change), "V23")
    assert "方針5" not in finding.evidence
    assert finding.evidence.count("百万円、台帳") == 2


@pytest.mark.parametrize(("amount", "unit", "is_allowed"), [
    ("960001", "千円", True), ("961999", "千円", True), ("960000001", "円", True), ("961999999", "円", True),
    ("960000000", "円", False), ("962000000", "円", False),
])  # fmt: skip
def test_an_item_may_be_anything_that_rounds_to_what_is_printed(city, amount, unit, is_allowed):
    frames = city(edited("m-9ceefd", actual_amount=amount, actual_unit=unit))
    assert ("公社" not in found(frames, "V23").evidence) == is_allowed


def test_a_grade_that_only_one_side_counts_is_none_on_the_other(frames):
    counts = frames.grade_counts
    without = {"grade_counts": counts[(counts["policy_id"] != "4") | (counts["grade"] != "B")]}
    of_four = frames.register["policy_id"] == "4"
    others, one = frames.register[~of_four], frames.register[of_four].head(1)
    for change, says in (
        (without, "方針4の評価Bは公表0件、台帳7件"),
        ({"register": others}, "方針4の評価Bは公表7件、台帳0件"),
        (without | {"register": pd.concat([others, one])}, "方針4の評価Bは公表0件、台帳1件"),
    ):
        assert says in found(dataclasses.replace(frames, **change), "V22").evidence


def test_every_published_measure_that_the_register_lacks_is_named(frames):
    lacking = frames.register[~frames.register["measure_id"].isin(["m-9ceefd", "m-6c0abb"])]
    evidence = found(dataclasses.replace(frames, register=lacking), "V22").evidence
    assert all(measure in evidence for measure in ("m-9ceefd", "m-6c0abb"))


def test_one_measure_and_one_amount_are_enough_to_compare(frames):
    alone = frames.effects[frames.effects["scope"] == "policy"].head(1)
    assert found(dataclasses.replace(frames, effects=alone), "V23").result == "passed"
    one = dataclasses.replace(frames, register=frames.register.head(1), effects=frames.effects.iloc[0:0])
    assert found(one, "V22").result == "failed"
    assert found(one, "V24").result == "passed"


def test_expected_and_actual_far_apart_are_a_warning(city):
    frames = city(edited("m-6df850", actual_amount="40"))  # 40,000 expected: exactly a thousand times
    finding = found(frames, "V24")
    assert (finding.severity, finding.result, finding.stops) == ("warn", "failed", False)
    assert "ごみの減量化" in finding.evidence
    for kind in ("actual", "expected"):
        frames = city(edited("m-6df850", **{f"{kind}_amount": "1", f"{kind}_unit": "円"}))
        assert "ごみの減量化" in found(frames, "V24").evidence


def test_published_figures_do_not_move(published, figures):
    before = compute.figures(published)
    assert [one.key for one in before if one.is_known and figures[one.key].exact != one.exact] == []
    items, same = (of.of("actual_effect", "measure") for of in (figures, before))
    assert [item.key for item in items] == [item.key for item in same]


@pytest.mark.parametrize(
    ("key", "exact"),
    [
        (("registered_achievement_rate", "plan", ""), Fraction(62, 74)),
        (("registered_achievement_rate", "policy", "5"), Fraction(14, 19)),
        (("registered_actual_effect", "plan", ""), 1_345_649_000),
        (("registered_effect_multiplier", "measure", "m-9ceefd"), Fraction(961, 100)),
        (("registered_effect_gap", "measure", "m-34db29"), -29_000_000),
        (("registered_measures_by_grade", "grade", "B"), 46),
        (("registered_measures_by_grade", "policy:grade", "3:A"), 3),
        (("registered_discordance", "measure", "m-969ee9"), "achieved_money_short"),  # 464 < 0.8 × 588 = 470.4
        (("registered_discordance", "measure", "m-cf0121"), "behind_money_ok"),  # C, 12,000 of 10,000
        (("registered_discordance", "measure", "m-9d41ff"), "money_not_applicable"),
        (("registered_discordance", "measure", "m-6df850"), "agree"),  # 36,000 of 40,000 is 90%
        # Expected by measures not achieved: 30,000 + 500 + 500 + 10,000 + 371 = 41,371 of 347,736
        (("registered_rate_by_expected", "plan", ""), Fraction(347_736 - 41_371, 347_736)),
        # 14 named ones (not 財政の健全化) and one made up in policies 1, 2 and 5
        (("registered_weight_coverage", "plan", ""), Fraction(17, 74)),
        (("registered_yen_target_rate", "plan", ""), Fraction(17, 74)),
    ],
)
def test_figures_of_the_register(figures, key, exact):
    assert figures[key].exact == exact
    assert all(place.startswith("register.csv:") for place in figures[key].inputs)


def test_of_what_nothing_was_expected_there_is_no_multiplier_and_one_yen_is_a_target(figures):
    figure = figures["registered_effect_multiplier", "measure", "m-9d41ff"]
    assert (figure.status, notation.figure(figure)) == (Status.UNDEFINED, "対象外（見込み0）")
    register = pd.DataFrame({"expected_yen": pd.array([1, 0, None], dtype="Int64")})
    assert compute.register.yen_target_rate(register) == Fraction(1, 3)


def test_departments_have_counts_and_a_rate_only_from_ten_measures_on(city):
    def into_one(rows):
        others = [row for row in rows if row["measure_id"].startswith("x-")]
        few = {row["measure_id"] for row in others[:9]}
        return [row | {"department": "九件部"} if row["measure_id"] in few else row for row in rows]

    figures = compute.figures(city(into_one))
    assert sum(figure.exact for figure in figures.of("registered_measures", "department")) == 74
    assert figures["registered_measures", "department", "九件部"].exact == 9
    assert figures["registered_achievement_rate", "department", "九件部"].reason == "too_few"
    assert figures["registered_achievement_rate", "department", "企画部"].is_known


def test_a_sum_with_an_amount_missing_is_no_sum(city):
    figures = compute.figures(city(edited("m-6df850", actual_amount="not_registered")))
    figure = figures["registered_actual_effect", "policy", "1"]
    assert (figure.status, figure.reason) == (Status.NOT_AVAILABLE, "amounts_not_registered")
    assert figures["registered_actual_effect", "policy", "5"].is_known


@pytest.fixture(scope="module")
def two_years(city):
    """Last year as this one, but one measure ended, one was new, one was graded worse and one better than today."""

    def last_year(rows):
        made = edited("m-34db29", grade="B")(edited("m-49cb8a", grade="C")(rows))
        gone = [row for row in made if row["measure_id"] != "m-504763"]  # B, 9,000 today: new this year
        return [*gone, made[0] | {"measure_id": "x-ended", "grade": "D", "actual_amount": "700"}]

    before = dataclasses.replace(city(last_year), fiscal_year=2023, registered_years=(2023, 2024))
    now = dataclasses.replace(city(), registered_years=(2023, 2024))
    return now, before


@pytest.fixture(scope="module")
def compared(two_years):
    now, before = two_years
    return compute.figures(now, years={2023: before})


def test_two_registers_are_compared_on_the_measures_of_both(compared):
    expected = {
        # Both years: 73. Today 61 of them achieved (62 less the new one); last year one fewer and one more: 61.
        "panel_measures": 73,
        "panel_achievement_rate": Fraction(61, 73),
        "achievement_rate_change_within": 0,
        # All of the register: 62/74 today, 61/74 last year; the published counts of both years are the same.
        "achievement_rate_change_composition": Fraction(1, 74),
        **dict.fromkeys(("entered_measures", "ended_measures", "improved_measures", "worsened_measures"), 1),
        "unchanged_measures": 71,
        "actual_effect_change_within": 0,
        "actual_effect_change_entries": 9_000_000,
        "actual_effect_change_exits": -700_000,
        **{("grade_transitions", "grade:grade", place): 1 for place in ("C:A", "new:B", "D:ended")},
        # 12 behind today; 時間外勤務の縮減 was achieved last year.
        "stuck_measures": 11,
        ("years_behind", "measure", "m-9d41ff"): 2,
        # 12 behind last year in both years (11 of today and エコオフィス), 11 of them again.
        "behind_persistence": Fraction(11, 12),
    }
    assert {key: compared[key].exact for key in expected} == expected
    assert sum(figure.exact for figure in compared.of("stuck_measures", "department")) == 11
    assert {"register.csv:2", "2023/register.csv:2"} <= set(compared["panel_measures"].inputs)


def test_the_rate_of_those_that_stayed_is_that_of_today(two_years):
    now, before = two_years
    # One more of the 73 was not achieved last year: 60 then, 61 now.
    worse = before.register["grade"].where(before.register["measure_id"] != "m-85f7f9", "C")
    before = dataclasses.replace(before, register=before.register.assign(grade=worse))
    figures = compute.figures(now, years={2023: before})
    assert figures["panel_achievement_rate"].exact == Fraction(61, 73)
    assert figures["achievement_rate_change_within"].exact == Fraction(1, 73)
    # 62 of 74 today, 60 of 74 last year
    assert figures["achievement_rate_change_composition"].exact == Fraction(2, 74) - Fraction(1, 73)


def test_measures_on_track_without_a_number_are_compared_on_one_scale_alone(two_years, compared):
    now, before = two_years
    assert compared["on_track_without_number"].is_known
    first, *rest = before.plan.grades
    other = dataclasses.replace(before.plan, grades=(dataclasses.replace(first, label="架空"), *rest))
    found = compute.figures(now, years={2023: dataclasses.replace(before, plan=other)})["on_track_without_number"]
    assert found.reason == "scale_changed"


def test_one_measure_that_came_is_a_change_of_those_compared(city):
    now = dataclasses.replace(city(), registered_years=(2023, 2024))
    fewer = now.register[now.register["measure_id"] != "m-504763"]
    before = dataclasses.replace(now, fiscal_year=2023, register=fewer)
    findings = {one.id: one for one in check.figures(now, compute.figures(now, years={2023: before}))}
    assert findings["V21"].result == "passed"


def test_registers_without_a_grade_in_common_have_no_panel(two_years):
    now, before = two_years
    before = dataclasses.replace(before, register=before.register.assign(grade="not_due"))
    figures = compute.figures(now, years={2023: before})
    parts = ("achievement_rate_change_within", "achievement_rate_change_composition")
    assert [figures[part].reason for part in parts] == ["no_panel", "no_panel"]
    assert figures["stuck_measures"].exact == 0
    assert notation.figure(figures["years_behind"]) == "該当なし"


def test_comparisons_pass_their_checks_and_one_without_its_year_fails(two_years, compared):
    now, _ = two_years
    findings = {one.id: one for one in check.figures(now, compared)}
    assert findings["V20"].result == "passed"
    assert (findings["V21"].result, findings["V21"].severity) == ("passed", "warn")
    assert "両年度にある取組の達成率83.6%" in findings["V21"].evidence
    alone = {one.id: one for one in check.figures(dataclasses.replace(now, registered_years=(2024,)), compared)}
    assert (alone["V20"].result, alone["V20"].stops) == ("failed", True)


def test_without_the_register_of_last_year_transitions_say_so(frames, published):
    before = dataclasses.replace(published, fiscal_year=2023)
    figures = compute.figures(frames, years={2023: before})
    assert notation.figure(figures["stuck_measures"]) == "未登録（前年度の内部台帳）"
    assert figures["achievement_rate_change"].exact == 0


def test_the_masthead_says_which_layers_there_are(published, frames):
    alone, both = (pages.masthead(year, audience="internal").html for year in (published, frames))
    assert "公表資料に基づく</p>" in alone
    assert "公表資料に基づく（庁内の台帳もあり、混ぜずに示す）</p>" in both
    assert (published.knowledge, frames.knowledge) == ("published", "published_and_register")
