"""What holds for every year: figures are exact, lead back to their rows, and are all that is possible, and no more.

The formulas themselves are tried row by row in `tests/test_cases.py`.
"""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import LETTERS, year

from helpers import compute
from helpers.terms import Refusal, Status, Unit

MODEST = settings(max_examples=60, derandomize=True, deadline=None)
FEW = settings(MODEST, max_examples=20)


def copies(frames):
    return {name: table.copy() for name, table in frames.tables().items()}


def assert_untouched(frames, before):
    for name, table in frames.tables().items():
        pd.testing.assert_frame_equal(table, before[name])


def test_computing_leaves_the_frames_alone(frames):
    before = copies(frames)
    compute.figures(frames)
    assert_untouched(frames, before)


def test_formulas_leave_their_frames_alone(frames):
    effect = compute.effect(frames.effects, plan=frames.plan)
    counts = compute.achievement(frames.grade_counts, plan=frames.plan)
    before = effect.copy(), counts.copy()
    for formula in (compute.effect_gap, compute.effect_multiplier, compute.multiplier_case, compute.capped_delivery):
        formula(effect)
    for formula in (compute.contribution_to_excess, compute.leave_one_out_multiplier):
        formula(effect)
    for formula in (compute.achievement_rate, compute.exceeded_rate, compute.leave_one_out_rate):
        formula(counts)
    pd.testing.assert_frame_equal(effect, before[0])
    pd.testing.assert_frame_equal(counts, before[1])


def test_every_figure_leads_to_rows_that_exist(figures, frames):
    """A figure of how many rows there are may lead to the file as a whole."""
    places = {"plan.toml", "SOURCES.toml"}
    for name, table in frames.tables().items():
        places |= {f"{name}.csv", *(f"{name}.csv:{line}" for line in table.index)}
    for figure in figures:
        assert figure.inputs or not figure.is_known, figure.key
        assert set(figure.inputs) <= places, figure.key


def test_a_stated_figure_is_what_its_one_row_holds(figures, frames):
    tables = frames.tables()
    stated = [figure for figure in figures if figure.status is Status.STATED]
    assert {figure.metric for figure in stated} >= {"measures_by_grade", "expected_effect", "actual_effect"}
    for figure in stated:
        (place,) = figure.inputs
        name, line = place.split(".csv:")
        row = tables[name].loc[int(line)]
        held = row["measures"] if name == "grade_counts" else row["amount_yen"]
        assert figure.interval.low <= held <= figure.interval.high, figure.key
        assert figure.is_known


def test_the_rows_cited_are_all_that_the_figure_needs(frames):
    """Every policy's amounts are inputs of what divides by their total."""
    of_policies = frames.effects.index[frames.effects["scope"] == "policy"]
    needed = {f"effects.csv:{line}" for line in of_policies}
    figures = compute.figures(frames)
    for metric in ("effect_multiplier", "capped_delivery", "multiplier_without_top_item", "recurring_multiplier"):
        assert needed <= set(figures[metric].inputs), metric
    counts = {f"grade_counts.csv:{line}" for line in frames.grade_counts.index}
    for metric in ("achievement_rate", "coverage"):
        assert counts <= set(figures[metric].inputs), metric


def test_numbers_are_integers_or_fractions_and_never_binary(figures):
    for figure in figures:
        values = [figure.exact] if figure.range is None else [figure.exact, *figure.range]
        kinds = {type(value) for value in values if value is not None}
        allowed = {str} if figure.unit is Unit.CATEGORY else {int, Fraction}
        assert kinds <= allowed, figure.key


def correction(frames, **row):
    columns = list(frames.corrections.columns)
    filled = {"reason": "架空", "corrected_by": "架空", "corrected_on": "2026-08-20"} | row
    added = pd.DataFrame([filled], columns=columns, index=pd.RangeIndex(2, 3, name="line"))
    return replace(frames, corrections=pd.concat([frames.corrections, added]))


def test_a_correction_is_applied_and_the_frames_received_stay(frames):
    given_frames = correction(frames, table="grade_counts", locator="L63:C2", column="measures", old="3", new="4")
    before = copies(given_frames)
    corrected = compute.corrected(given_frames)
    assert corrected.grade_counts.loc[2, "measures"] == 4
    assert compute.figures(corrected)["measures"].exact == 75
    assert_untouched(given_frames, before)
    assert given_frames.grade_counts.loc[2, "measures"] == 3


def test_one_number_of_a_line_with_several_is_corrected_by_its_old_value(frames):
    """The line says 74件, 8割程度 and 62件."""
    corrected = compute.corrected(correction(frames, table="stated", locator="L60", column="value", old="62", new="61"))
    on_the_line = corrected.stated[corrected.stated["locator"] == "L60"]
    assert on_the_line["value"].to_list() == ["74", "8", "61"]


def test_an_amount_is_corrected_with_its_yen_and_its_precision(frames):
    given_frames = correction(frames, table="effects", locator="L116", column="amount", old="961", new="960.5")
    corrected = compute.corrected(given_frames).effects.loc[15]
    assert corrected[["amount", "amount_yen", "precision_yen"]].to_list() == ["960.5", 960_500_000, 100_000]
    assert given_frames.effects.loc[15, "precision_yen"] == 1_000_000


@pytest.mark.parametrize(("row", "says"), [
    ("stated L60 value 63 62", r"corrections\.csv 2行: stated\.csv の L60 の値は「63」のはずですが、「74、8、62」です。"),
    ("effects L999 amount 1 2", r"corrections\.csv 2行: effects\.csv の L999 の値は「1」のはずですが、その位置の行がない"),
    ("grade_counts L63:C2 measures 3 2.5", "正しい値「2.5」は件数ではありません。"),
    ("grade_counts L63:C2 measures 3 -1", "正しい値「-1」は件数ではありません。"),
    ("effects L97:C3 measures 3 4", r"effects\.csv に列 measures はありません。"),
    ("effects L97:C3 amount 107077 1.23456", "「1.23456千円」は金額として扱えません"),
])  # fmt: skip
def test_a_correction_that_does_not_fit_is_refused(row, says, frames):
    cells = dict(zip(("table", "locator", "column", "old", "new"), row.split(), strict=True))
    with pytest.raises(Refusal, match=says):
        compute.corrected(correction(frames, **cells))


def test_all_corrections_that_do_not_fit_are_told_at_once(frames):
    both = correction(frames, table="stated", locator="L60", column="value", old="63", new="62")
    both = replace(both, corrections=pd.concat([both.corrections] * 2).set_axis(pd.RangeIndex(2, 4, name="line")))
    with pytest.raises(Refusal) as refused:
        compute.corrected(both)
    told = [sentence.split(":")[0] for sentence in refused.value.sentences]
    assert told == ["corrections.csv 2行", "corrections.csv 3行"]


def items(intervals):
    return pd.DataFrame(intervals, columns=["low_yen", "high_yen"], dtype="int64")


@MODEST
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=3), st.integers(1, 14))
def test_the_concentration_of_items_holds_every_possible_one(ends, total_yen):
    """Looked at one by one: each amount the items may have, and each way to split what is left."""
    intervals = [(low, low + width) for low, width in ends]
    found = compute.item_concentration(items(intervals), total_yen)
    possible = []
    for amounts in product(*(range(low, high + 1) for low, high in intervals)):
        rest = total_yen - sum(amounts)
        if rest >= 0:
            squares = sum(amount * amount for amount in amounts)
            splits = {rest * rest, 0, *((rest - part) ** 2 + part**2 for part in range(rest))}
            possible += [Fraction(squares + split, total_yen**2) for split in splits]
    assert found == ((min(possible), max(possible)) if possible else None), "and no wider than needed"


def test_beyond_a_dozen_items_the_concentration_is_wider_and_still_true():
    many = [(10, 11)] * 20
    found = compute.item_concentration(items(many), 260)
    assert found.low == Fraction(20 * 100, 260**2)
    assert found.high >= Fraction(20 * 100 + 60 * 60, 260**2)
    assert found.high <= 1


def every_placement(measures, room, actual):
    """The policies of each measure over all placements that break no published number; looked at one by one."""
    possible = [set() for _ in measures]
    for placement in product(range(len(room)), repeat=len(measures)):
        taken = [[0] * len(room) for _ in "AB"]
        size, spent = [0] * len(room), [0] * len(room)
        fits = True
        for policy, (grade, low, stated) in zip(placement, measures, strict=True):
            size[policy] += 1
            spent[policy] += low
            if grade is not None:
                taken[grade][policy] += 1
            fits &= stated in {None, policy}
        for policy, counts in enumerate(room):
            fits &= size[policy] <= sum(counts) and spent[policy] <= actual[policy]
            fits &= all(taken[grade][policy] <= counts[grade] for grade in range(2))
        if fits:
            for place, policy in zip(possible, placement, strict=True):
                place.add(policy)
    return possible


@settings(MODEST, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from([None, 0, 1]), st.integers(0, 6)), min_size=1, max_size=4),
    st.data(),
)
def test_feasible_policies_are_those_of_all_placements(room, named, data):
    actual = data.draw(st.lists(st.integers(0, 8), min_size=len(room), max_size=len(room)))
    stated = data.draw(
        st.lists(st.sampled_from([None, None, *range(len(room))]), min_size=len(named), max_size=len(named))
    )
    measures = [(grade, low, place) for (grade, low), place in zip(named, stated, strict=True)]
    counts = [
        {"policy_id": str(policy), "grade": letter, "measures": count}
        for policy, of_policy in enumerate(room)
        for letter, count in zip("AB", of_policy, strict=True)
    ]
    rows = [
        (f"m{n}", "not_stated" if grade is None else "AB"[grade], "not_stated" if place is None else str(place))
        for n, (grade, _, place) in enumerate(measures)
    ]
    table = pd.DataFrame(rows, columns=["measure_id", "grade", "policy_id"])
    lows = pd.DataFrame({"low_yen": [low for _, low, _ in measures]}, index=table["measure_id"])
    effect = pd.DataFrame({"actual_yen": pd.array(actual, dtype="Int64")}, index=[str(p) for p in range(len(room))])
    found = compute.feasible_policies(table, lows, grade_counts=pd.DataFrame(counts), effect=effect)
    possible = every_placement(measures, room, actual)
    assert [set(policies) for policies in found] == [{str(policy) for policy in place} for place in possible]


def test_a_year_without_effects_has_figures_that_say_so():
    figures = compute.figures(year([{"A": 1, "C": 1}], [(None, None)]))
    assert figures["achievement_rate"].exact == Fraction(1, 2)
    of_money = ("expected_effect", "actual_effect", "effect_multiplier", "top_item_share", "capped_delivery")
    assert {figures[metric].status for metric in of_money} == {Status.NOT_AVAILABLE}
    assert figures["leave_one_out_multiplier", "policy", "1"].reason == "expected_not_stated"
    assert figures["concentration_actual"].reason == "actual_not_stated"


def test_a_year_without_grades_is_no_year_whose_grades_count_nothing():
    figures = compute.figures(year([{}], [(10, 20)]))
    of_grades = ["measures", "achieved_measures", "achievement_rate", "missed_rate", "not_rated_measures", "coverage"]
    assert {(figures[one].exact, figures[one].reason) for one in of_grades} == {(None, "grades_not_stated")}
    assert figures["effect_multiplier"].exact == 2
    figures = compute.figures(year([{"A": 0, "C": 0}], [(10, 20)]))
    assert figures["measures"].exact == 0
    assert figures["achievement_rate"].reason == "no_measures"


def test_a_grade_outside_the_scale_is_refused_even_where_the_check_was_accepted(frames):
    """V13 stops it first, unless somebody accepts that in `acknowledged.csv`."""
    counts = frames.grade_counts.assign(grade=frames.grade_counts["grade"].replace("D", "E"))
    with pytest.raises(Refusal, match=r"評価「E」は尺度（A・B・C・D）にないので数えられません。"):
        compute.figures(replace(frames, grade_counts=counts))


def test_one_policy_without_an_amount_leaves_the_whole_unknown_and_the_others_known():
    figures = compute.figures(year([{"A": 1}] * 2, [(10, 20), (10, None)]))
    assert figures["expected_effect"].exact == 20_000
    assert figures["actual_effect"].reason == "actual_not_stated"
    assert figures["effect_multiplier", "policy", "1"].exact == 2
    assert figures["effect_gap", "policy", "2"].reason == "actual_not_stated"
    assert figures["contribution_to_multiplier", "policy", "1"].exact == 1


def test_items_beyond_the_total_leave_less_than_nothing_unnamed():
    some = [("架空の取組", "90", "千円", "exact"), ("別の取組", "40", "千円", "exact")]
    assert compute.figures(year([{"A": 2}], [(100, 100)], some))["unnamed_effect"].exact == -30_000


@FEW
@given(
    st.lists(st.tuples(st.integers(-200, 2000), st.integers(-200, 2000)), min_size=1, max_size=4),
    st.lists(st.integers(0, 6), min_size=4, max_size=4),
    st.lists(st.integers(-3, 9), max_size=3),
    st.sampled_from(["unknown", "half_up", "floor"]),
)
def test_figures_of_any_year_are_whole_and_ordered(amounts, counts, millions, rule):
    some = [(f"架空の取組{n}", str(amount), "百万円", rule) for n, amount in enumerate(millions)]
    graded = [dict(zip([grade.code for grade in LETTERS], counts, strict=True))] * len(amounts)
    for figure in compute.figures(year(graded, amounts, some)):
        assert figure.is_known != bool(figure.reason), figure.key
        if figure.range is not None:
            assert figure.range.low < figure.range.high, figure.key
