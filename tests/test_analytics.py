"""M2, M11–M25: the formulas against rows worked by hand, and no metric left out in silence."""

import dataclasses
from fractions import Fraction

import by_hand
import pandas as pd
import pytest
from by_hand import each, each_case
from made_up import LETTERS, plan, year

from helpers import check, compute, notation, tell
from helpers.terms import METRICS, Interval, Status
from helpers.terms.metric import FOR_ANALYSTS, OF_COLLECTIONS

ACHIEVED = {grade.code for grade in LETTERS if grade.achieved}
ORDER = {grade.code: grade.order for grade in LETTERS}


def number(cell):
    return None if cell == "not_registered" else by_hand.number(cell)


def amounts(rows, *columns):
    index = [row.get("policy_id", row["case"]) for row in rows]
    return pd.DataFrame({c: [by_hand.number(r[c]) for r in rows] for c in columns}, index=index, dtype="Int64")


def pairs(cell, sign=":"):
    """`a:1 b:2` as pairs, in order."""
    return [tuple(part.rsplit(sign, 1)) for part in cell.split()]


def told(figures, key):
    """The number of a figure, or why it has none."""
    figure = figures[key]
    return figure.reason or (figure.exact if figure.range is None else tuple(figure.range))


def graded(cell):
    """`a:A b:C` as a register of made-up measures."""
    ids, codes = zip(*pairs(cell), strict=True) if cell else ((), ())
    return pd.DataFrame(
        {
            "grade": list(codes),
            "is_rated": True,
            "is_achieved": [code in ACHIEVED for code in codes],
            "grade_order": pd.array([ORDER[code] for code in codes], dtype="Int64"),
            "policy_id": "1",
        },
        index=pd.Index(ids, name="measure_id", dtype=object),
    )


def whole(row, *names):
    return {name: int(row[name]) for name in names}


def ends(cell):
    """An amount, a rate or a range as a range; None for a word that says why there is none."""
    if cell in {*by_hand.NOTHING, "not_registered"}:
        return None
    low, _, high = cell.partition("..")
    return Interval(Fraction(low), Fraction(high or low))


def panel(row):
    return compute.panel(graded(row["before"]), graded(row["now"]))


def sourced_share(row):
    facts = pd.DataFrame([fact.split(":") for fact in row["facts"].split()], columns=["source_id", "locator", "quote"])
    return compute.sourced_share(facts, {name: {} for name in row["sources"].split()})


FORMULAS = {
    "cumulative": lambda row: compute.cumulative(yearly(row), **whole(row, "first", "last")),
    "elapsed_share": lambda row: compute.elapsed_share(**whole(row, "first", "last", "year")),
    "behind_persistence": lambda row: compute.behind_persistence(panel(row), **whole(row, "least")),
    "sourced_share": sourced_share,
}


def yearly(row):
    return {int(of): number(amount) for of, amount in pairs(row["years"])}


@pytest.mark.parametrize(("name", "row"), [(name, row) for name in FORMULAS for row in by_hand.rows(name)])
def test_a_formula_gives_what_was_worked_by_hand(name, row):
    assert FORMULAS[name](row) == number(row[name]), row["case"]


@each("scenario_scored")
def test_scenario_scored(row):
    assert compute.difference(ends(row["said"]), ends(row["actual"])) == ends(row["scored"])


@each_case("weighted_rate")
def test_weighted_rate(rows):
    *policies, answer = rows
    ids = [row["policy_id"] for row in policies]
    rates = pd.Series([by_hand.number(row["rate"]) for row in policies], index=ids, dtype=object)
    weights = amounts(policies, "weight_yen")["weight_yen"]
    assert compute.weighted_rate(rates, weights) == by_hand.number(answer["weighted_rate"])


@pytest.mark.parametrize("name", ["shortfall", "surplus"])
def test_what_is_missing_and_what_is_beyond(name):
    rows = by_hand.rows(name)
    found = getattr(compute, name)(amounts(rows, "expected_yen", "actual_yen"))
    assert [None if pd.isna(value) else value for value in found] == [by_hand.number(row[name]) for row in rows]


@each_case("shortfall_share")
def test_shortfall_share(rows):
    found = compute.shortfall_share(amounts(rows, "expected_yen", "actual_yen"))
    assert list(found) == [by_hand.number(row["shortfall_share"]) for row in rows]


@each("rate_by_expected")
def test_rate_by_expected(row):
    codes, weights = zip(*pairs(row["measures"]), strict=True) if row["measures"] else ((), ())
    register = pd.DataFrame({"expected_yen": pd.array([number(w) for w in weights], dtype="Int64")})
    achieved = pd.Series([code in ACHIEVED for code in codes], dtype=bool)
    assert compute.rate_by_expected(register, achieved) == by_hand.number(row["rate_by_expected"])
    assert compute.weight_coverage(register) == by_hand.number(row["weight_coverage"])


@each("pace")
def test_pace(row):
    found = compute.pace(**whole(row, "cumulative_yen", "target_yen"), elapsed=Fraction(row["elapsed"]))
    assert found == (None if row["pace"] in by_hand.NOTHING else row["pace"])


@each("required_run_rate")
def test_required_run_rate(row):
    so_far = Interval(int(row["low"]), int(row["high"]))
    found = compute.required_run_rate(**whole(row, "target_yen", "years_left"), so_far=so_far)
    rates = (by_hand.number(row["rate_low"]), by_hand.number(row["rate_high"]))
    assert found == (None if None in rates else rates)


@each("grade_transitions")
def test_grade_transitions(row):
    before, now = (graded(row[side])["grade"] for side in ("before", "now"))
    found = compute.grade_transitions(before, now)
    assert {f"{b}:{n}": number for (b, n), number in found.items()} == {
        place: int(count) for place, count in pairs(row["transitions"], "=")
    }


@each("movements")
def test_movements(row):
    assert compute.movements(panel(row)) == whole(row, "improved", "worsened", "unchanged")
    rates = (by_hand.number(row["rate_before"]), by_hand.number(row["rate_now"]))
    assert compute.panel_rates(panel(row)) == (None if None in rates else rates)


@each("years_behind")
def test_years_behind(row):
    registers = {int(y): graded(row[y]) for y in ("2022", "2023", "2024")}
    found = compute.years_behind(registers, year=2024)
    assert found.to_dict() == {measure: int(run) for measure, run in pairs(row["years_behind"], "=")}


@each("effect_change")
def test_effect_change(row):
    before, now = (
        pd.Series({measure: number(yen) for measure, yen in pairs(row[side])}, dtype="Int64")
        for side in ("before", "now")
    )
    assert compute.effect_change(before, now) == {p: by_hand.number(row[p]) for p in ("within", "entries", "exits")}


@each("one_off_change")
def test_one_off_part_of_the_change(row):
    parts = []
    for side in ("before", "now"):
        ids, yen = zip(*pairs(row[side]), strict=True)
        index = pd.Index(ids, name="measure_id")
        items = pd.DataFrame({end: [int(one) for one in yen] for end in ("low_yen", "high_yen")}, index=index)
        judged = pd.DataFrame(pairs(row[f"{side}_judged"], "="), columns=["measure_id", "recurrence"])
        parts.append(compute.one_off_effect(items, judged))
    low, high = by_hand.number(row["low"]), by_hand.number(row["high"])
    assert compute.difference(*parts) == (None if low is None else (low, high))


@each("on_track_without_number")
def test_on_track_without_number(row):
    years = []
    for side in ("before", "now"):
        ids, codes, reasons, yen = zip(*(cell.split(":") for cell in row[side].split()), strict=True)
        years.append(
            pd.DataFrame(
                {
                    "is_on_track": [code == "B" for code in codes],
                    "reason": reasons,
                    "actual_yen": pd.array([number(one) for one in yen], dtype="Int64"),
                },
                index=pd.Index(ids, name="measure_id"),
            )
        )
    assert compute.on_track_without_number(*years) == by_hand.number(row["on_track_without_number"])


@each("measure_discordance")
def test_measure_discordance(row):
    register = amounts([row], "expected_yen", "actual_yen").assign(grade=row["grade"])
    registered = compute.registered(register, plan=plan(1))
    found = compute.measure_discordance(registered, threshold=Fraction(row["threshold"]))
    assert list(found) == [row["measure_discordance"]]


@each("scenarios")
def test_scenarios(row):
    found = compute.scenarios(
        expected_yen=number(row["expected_yen"]),
        years=int(row["years"]),
        recurring=ends(row["recurring"]),
        underlying=ends(row["underlying"]),
        capped=by_hand.number(row["capped"]),
    )
    assert found == {scenario: ends(row[scenario]) for scenario in ("S0", "S1", "S2", "S3")}


@pytest.mark.parametrize("name", ["reason_measures", "reason_measures_by_control"])
def test_causes(name):
    for row in by_hand.rows(name):
        codes = pd.DataFrame(pairs(row["codes"]), columns=["measure_id", "reason_code"])
        found = getattr(compute, name)(codes).to_dict()
        assert found == {key: int(count) for key, count in pairs(row[name], "=")}, row["case"]


@each("number_in_text")
def test_number_in_text(row):
    measures = pd.DataFrame({"measure_id": ["a", "b"]})
    mentions = pd.DataFrame({"measure_id": ["a"], "words": [row["words"]], "amount_printed": [row["amount_printed"]]})
    found = compute.number_in_text(measures, mentions)
    assert found.to_dict() == {"a": row["number_in_text"] == "yes", "b": False}


@each_case("classified_share")
def test_classified_share(rows):
    *some, total = rows
    index = pd.Index([row["item"] for row in some], name="measure_id")
    items = pd.DataFrame({c: [int(row[c]) for row in some] for c in ("low_yen", "high_yen")}, index=index)
    classes = pd.DataFrame({"measure_id": index, "recurrence": [row["recurrence"] for row in some]})
    found = compute.classified_share(items, classes, actual_yen=int(total["total_yen"]))
    low, high = by_hand.number(total["low"]), by_hand.number(total["high"])
    assert found == (None if low is None else (low, high))


COUNTS = [{"A": 3, "B": 15, "C": 2, "D": 0}, {"A": 4, "B": 10, "C": 5, "D": 0}]


WHOLE = {
    "the first year": None,
    "nothing_but_counts": (COUNTS, [(None, None), (None, None)]),
    "no_counts": ([{}, {}], [(100, 50), (None, 20)]),
    "losses": (COUNTS, [(-5, -3), (0, 7)]),
    "zeros": ([{"A": 0}, {"C": 0}], [(0, 0), (0, 0)]),
}


@pytest.mark.parametrize("name", WHOLE)
def test_every_year_has_every_metric_and_words_for_what_is_missing(name, frames):
    frames = year(*WHOLE[name]) if WHOLE[name] else frames
    found = compute.figures(frames)
    assert {figure.metric for figure in found} == set(METRICS) - OF_COLLECTIONS
    for figure in found:
        assert notation.figure(figure)
        assert figure.is_known != bool(figure.reason), figure.key
        assert figure.inputs or not figure.is_known or figure.exact == 0, figure.key
        assert (figure.status in {Status.UNDEFINED, Status.NOT_AVAILABLE}) != figure.is_known
    assert all(one.evidence for one in [*check.frames(frames), *check.figures(frames, found)])


def test_nothing_of_page_one_stands_on_a_proxy(frames, figures):
    cited = {key[0] for sentence in tell.brief(figures, frames, []).sentences() for key in sentence.figures}
    assert not cited & FOR_ANALYSTS


FIRST_YEAR = {
    "shortfall": 59_369_000,
    "surplus": 1_057_282_000,
    ("named_measures", "department", "企画部"): 7,
    ("named_measures", "department", "総務部"): 4,
    ("named_measures", "department", "経済環境部"): 2,
    ("named_measures_by_grade", "department:grade", "企画部:C"): 4,
    ("named_measures_by_grade", "grade", "B"): 0,
    "yen_target_rate": Fraction(4, 5),
    "policies_without_expected": "4",
    "reason_coverage": Fraction(5, 12),  # of six with words, one gives no cause
    "measures_with_number": 2,
    "named_graded_measures": 12,
    "elapsed_share": Fraction(2, 5),
    "open_assumptions": 8,
    "sourced_share": 1,
    "implied_facts": 6,
    # 207,000 ± rounding unknown: 171,001 + 35,001 = 206,002; 1,345,649 − 960,001 = 385,648; three years are left.
    ("scenario_yearly_effect", "scenario", "S1"): (206_002_000, 385_648_000),
    ("scenario_effect", "scenario", "S1"): (618_006_000, 1_156_944_000),
    ("scenario_yearly_effect", "scenario", "S3"): 288_367_000,
    # Without 下水道 (171,001–172,999): 1,172,650 to 1,174,648 of 347,736
    ("multiplier_without_item", "measure", "m-6c0abb"): (Fraction(1_172_650, 347_736), Fraction(1_174_648, 347_736)),
    "actual_effect_change_one_off": "previous_not_registered",
    "on_track_without_number": "previous_not_registered",
}


def test_figures_of_the_first_year(figures):
    assert {key: told(figures, key) for key in FIRST_YEAR} == FIRST_YEAR
    assert all(figure.status is Status.JUDGEMENT for figure in figures.of("scenario_yearly_effect", "scenario"))
    top = figures["multiplier_without_item", "measure", "m-9ceefd"]
    assert top.interval == figures["multiplier_without_top_item"].interval
    # The grades of the second list are implied; 10施設, and the four printed amounts, are numbers.
    assert figures["implied_facts"].inputs == tuple(f"measures.csv:{line}" for line in range(8, 14))
    numbered = {f.scope_id for f in figures.of("number_in_text", "measure") if f.exact == "number"}
    assert numbered == {"m-49cb8a", "m-6c0abb", "m-6df850", "m-504763", "m-9ceefd"}


def test_a_scenario_stands_on_what_it_multiplies(figures):
    expected = figures["expected_effect"].inputs
    for scenario, base, also in (
        ("S1", "recurring_effect", ()),
        ("S2", "multiplier_without_top_item", expected),
        ("S3", "capped_delivery", expected),
    ):
        assert set(figures["scenario_yearly_effect", "scenario", scenario].inputs) == {*figures[base].inputs, *also}
    assert not set(expected) <= set(figures["recurring_effect"].inputs)


@pytest.mark.parametrize(
    ("amounts", "by_expected", "by_actual"),
    [
        ([(-5, 3), (10, 7)], "negative_expected", None),
        ([(5, -3), (10, 7)], None, "negative_effects"),
        ([(0, 3), (0, 7)], "nothing_positive", None),
        ([(5, 0), (10, 0)], None, "nothing_positive"),
        ([(None, 3), (10, None)], "expected_not_stated", "actual_not_stated"),
    ],
)
def test_weights_that_mean_nothing_say_why(amounts, by_expected, by_actual):  # of policies, in thousands
    found = compute.figures(year(COUNTS, amounts))
    for kind, reason in (("expected", by_expected), ("actual", by_actual)):
        assert found[f"rate_weighted_by_{kind}"].reason == (reason or "")
        assert found[f"rate_weighted_by_{kind}"].is_known == (reason is None)


SHARES, JUDGED = {"top_item_share", "named_share"}, {"classified_share"}
SPREAD = {"concentration_items", "effective_items"}
OF_ITEMS = SHARES | SPREAD | {"unnamed_effect", "effect_without_top_item"}
WITHOUT_TOP = {"multiplier_without_top_item", "multiplier_without_top_item_upper"}
RECURRING = {"recurring_effect", "recurring_multiplier"}
NO_UPPER_END = {"no_upper_end": {"multiplier_without_top_item_upper"}}
LAND = ("架空の土地", "30", "千円", "exact")
ZERO, LOSS = ("架空の土地", "0", "千円", "exact"), ("架空の土地", "-1", "円", "exact")


@pytest.mark.parametrize(("amounts", "items", "is_judged", "reasons"), [
    ([(100, 60), (50, 90)], [], False, {"no_items": OF_ITEMS | WITHOUT_TOP | JUDGED, "not_judged": RECURRING}),
    ([(100, 60), (50, 90)], [LAND], False, {"not_judged": RECURRING | JUDGED}),
    ([(100, 60), (50, 90)], [LAND], True, {}),
    ([(100, None), (50, 90)], [LAND], True, {"actual_not_stated": OF_ITEMS | WITHOUT_TOP | RECURRING | JUDGED}),
    ([(None, 60), (50, 90)], [LAND], True, {"expected_not_stated": {*WITHOUT_TOP, "recurring_multiplier"}}),
    # 30 of −30 is no share, and no part of a whole below zero.
    ([(100, -60), (50, 30)], [LAND], True,
        {"actual_not_positive": SHARES | JUDGED, "negative_effects": SPREAD | RECURRING} | NO_UPPER_END),
    ([(0, 60), (0, 90)], [LAND], True, {"unexpected": {*WITHOUT_TOP, "recurring_multiplier"}}),
    ([(100, 60), (50, 90)], [ZERO], True, {"nothing_positive": {"effective_items"}}),
    ([(100, 60), (50, 90)], [LOSS], True, {"negative_effects": SPREAD | RECURRING | JUDGED}),
    ([(100, 0), (50, 0)], [ZERO], True, {"actual_not_positive": SHARES | SPREAD | JUDGED}),
    # All that is expected is expected of the one policy it may belong to.
    ([(100, 60)], [LAND], True, NO_UPPER_END),
    # 30 came of one measure, 20 of all: the others lost some.
    ([(100, 10), (50, 10)], [LAND], True, {"infeasible": SPREAD | RECURRING, "negative_effects": JUDGED} | NO_UPPER_END),
])  # fmt: skip
def test_what_is_said_of_items_is_there_or_says_why_not(amounts, items, is_judged, reasons):
    classes = {"架空の土地": ("one_off", "cash")} if is_judged else None
    found = compute.figures(year([{"A": 1}] * len(amounts), amounts, items, classes=classes))
    why = {metric: reason for reason, metrics in reasons.items() for metric in metrics}
    for metric in OF_ITEMS | WITHOUT_TOP | RECURRING | JUDGED:
        assert (metric, found[metric].reason) == (metric, why.get(metric, ""))
        assert found[metric].is_known == (metric not in why)
    assert found["top_two_share"].reason == "no_items"


def with_yen(frames, before, after):
    effects = frames.effects.assign(amount_yen=frames.effects["amount_yen"].replace(before, after))
    return dataclasses.replace(frames, effects=effects)


def test_a_weighted_rate_stands_on_its_counts_and_its_own_weights():
    inputs = compute.figures(year(COUNTS, [(5, 3), (10, 7)]))["rate_weighted_by_expected"].inputs
    assert [place for place in inputs if place.startswith("effects")] == ["effects.csv:2", "effects.csv:4"]


def unless_judged(reason):
    """Of the four scenarios, the second waits for what somebody judges."""
    return [reason, "not_judged", reason, reason]


@pytest.mark.parametrize(
    ("expected", "fiscal_year", "registered", "whole", "yearly"),
    [
        (5, 2024, (2024,), unless_judged("years_not_registered"), ["", "not_judged", "no_items", ""]),
        (5, 2024, (2024, 2025, 2026, 2027), unless_judged("years_not_given"), ["", "not_judged", "no_items", ""]),
        (5, 2027, (2027,), ["last_year"] * 4, ["", "not_judged", "no_items", ""]),
        (None, 2024, (2024,), unless_judged("years_not_registered"), unless_judged("expected_not_stated")),
    ],
)
def test_a_scenario_that_cannot_be_reckoned_says_why(expected, fiscal_year, registered, whole, yearly):
    made = year(COUNTS, [(expected, 3), (10, 7)], fiscal_year=fiscal_year, registered_years=registered)
    found = compute.figures(made)
    for metric, reasons in (("scenario_effect", whole), ("scenario_yearly_effect", yearly)):
        assert [found[metric, "scenario", s].reason for s in ("S0", "S1", "S2", "S3")] == reasons


def test_where_no_policy_has_an_amount_items_are_counted_in_their_own_unit():
    frames = year([{"A": 1}], [(None, None)], [("架空の土地", "961", "百万円", "unknown")])
    assert list(compute.items(frames.effects)[["low_yen", "high_yen"]].iloc[0]) == [961_000_000, 961_000_000]


def test_a_policy_that_lost_one_yen_bounds_no_item():
    frames = year([{"A": 1}, {"A": 1}], [(1, 2), (10, 30)], [LAND], classes={"架空の土地": ("one_off", "cash")})
    known, unknown = (compute.figures(one) for one in (frames, with_yen(frames, 2_000, -1)))
    assert (known[FEASIBLE].exact, known["recurring_effect"].reason) == ("2", "")
    assert (unknown[FEASIBLE].exact, unknown["recurring_effect"].reason) == ("1,2", "negative_effects")
    assert unknown["named_measures"].inputs == ("measures.csv:2",)


def test_named_measures_of_a_department_are_counted_by_every_grade():
    scale = (dataclasses.replace(LETTERS[0], code="優"), *LETTERS[1:])
    named = [("一", "C"), ("二", "not_stated"), ("三", "優"), ("四", "B"), ("五", "C")]
    found = compute.figures(year([{"優": 1, "B": 1, "C": 2}], [(1, 1)], named=named, grades=scale))
    by_grade = {f.scope_id: f.exact for f in found.of("named_measures_by_grade", "department:grade")}
    assert list(by_grade.items()) == [("架空部:B", 1), ("架空部:C", 2), ("架空部:優", 1)]
    assert found["named_graded_measures"].inputs == tuple(f"measures.csv:{line}" for line in (2, 4, 5, 6))


def test_where_no_measure_is_graded_all_of_them_were_looked_at():
    found = compute.figures(year([{"A": 1}], [(1, 1)], named=[("一", "not_stated")]))
    assert (found["named_graded_measures"].exact, found["named_graded_measures"].inputs) == (0, ("measures.csv:2",))


def test_a_year_that_implies_nothing_was_looked_at_whole():
    found = compute.figures(year([{"A": 1}], [(1, 1)]))
    assert (found["implied_facts"].exact, found["implied_facts"].inputs) == (0, found["facts"].inputs)
    assert found["implied_facts"].inputs[0] == "grade_counts.csv:2"


@pytest.mark.parametrize(
    "metric", ["cumulative_actual_effect", "plan_target", "pace", "required_run_rate", "stuck_measures"]
)
def test_what_needs_other_years_says_so(figures, metric):
    assert (figures[metric].status, notation.figure(figures[metric])[:3]) == (Status.NOT_AVAILABLE, "未登録")


FEASIBLE, GRADED, UNGRADED = ("feasible_policies", "measure", "m-000001"), [("一", "A")], [("一", "not_stated")]
SHARE, REST = ("shortfall_share", "policy", "2"), ("leave_one_out_multiplier", "policy", "1")
SCORED = [("scenario_scored", "scenario", scenario) for scenario in ("S0", "S1", "S2", "S3")]


# Several years. ΣE and ΣA in 千円: 2023 100 and 40, 2024 200 and 260; the whole plan expects 1,000.


def of_year(fiscal_year, amounts, *, one_off=None, **changes):
    made = year(
        [{"A": 1, "C": 1}] * len(amounts),
        amounts,
        [("架空の土地", one_off, "千円", "exact")] if one_off else [],
        classes={"架空の土地": ("one_off", "cash")} if one_off else {},
        fiscal_year=fiscal_year,
        registered_years=(2023, 2024),
    )
    of_plan = {"effect_basis": "vs_plan_baseline", "total_expected_yen": 1_000_000, "last_fiscal_year": 2027}
    of_plan |= {name: changes.pop(name) for name in of_plan if name in changes}
    the_plan = dataclasses.replace(made.plan, **of_plan)
    return dataclasses.replace(made, plan=the_plan, **changes)


def of_basis(basis):
    return of_year(2023, [(70, 30)], effect_basis=basis)


def two_years(**changes):
    return of_year(2024, [(150, 200), (50, 60)], **changes), {2023: of_year(2023, [(70, 30), (30, 10)], **changes)}


# Each rule with a year of it and what its figures are, or say.
RULES = {
    "a loss of one yen is a negative weight": (
        lambda: with_yen(year(COUNTS, [(5, 3), (10, 7)]), 5_000, -1),
        {"rate_weighted_by_expected": "negative_expected"},
    ),
    "one yen is enough": (lambda: with_yen(of_year(2023, [(5, 30)]), 5_000, 1), {"cumulative_multiplier": 30_000}),
    "a plan that expects nothing yet has no multiplier": (
        lambda: of_year(2023, [(0, 30), (0, 10)]),
        {"cumulative_expected_effect": 0, "cumulative_multiplier": "target_not_positive"},
    ),
    "a policy alone leaves no rest": (lambda: year([{"A": 1}], [(100, 50)]), {REST: "nothing_expected_of_rest"}),
    "nothing missing has no share": (lambda: year(COUNTS, [(5, 6), (10, 10)]), {"shortfall": 0, SHARE: "no_shortfall"}),
    "who misses nothing has a share of 0": (lambda: year(COUNTS, [(5, 3), (10, 10)]), {"shortfall": 2_000, SHARE: 0}),
    "what is missing may be unknown": (
        lambda: year(COUNTS, [(5, None), (10, 10)]),
        {"shortfall": "actual_not_stated", SHARE: "actual_not_stated"},
    ),
    "one may lie where nothing came": (lambda: year([{"A": 1}] * 2, [(0, 0), (1, 1)], named=GRADED), {FEASIBLE: "1,2"}),
    "none lies where no measures are": (lambda: year([{}, {"A": 1}], [(1, 1)] * 2, named=GRADED), {FEASIBLE: "2"}),
    "nor does one without a grade": (lambda: year([{}, {"A": 1}], [(1, 1)] * 2, named=UNGRADED), {FEASIBLE: "2"}),
    "a basis is said": (lambda: of_basis("vs_plan_baseline"), {"effect_basis": "vs_plan_baseline"}),
    "or is unknown": (lambda: of_basis("unknown"), {"effect_basis": "effect_basis_not_stated"}),
    "or is not said": (lambda: of_basis(None), {"effect_basis": "effect_basis_not_stated"}),
    "the first year has no year before it": (
        lambda: of_year(2023, [(70, 30)]),
        dict.fromkeys(["achievement_rate_change", *SCORED], "first_year") | {"cumulative_actual_effect": 30_000},
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_year_of_its_own(rule):
    made, says = RULES[rule]
    found = compute.figures(made())
    assert {key: told(found, key) for key in says} == says


def test_what_another_year_would_say_is_not_registered_and_what_none_could_say_is_undefined():
    change = compute.figures(two_years()[0])["achievement_rate_change"]
    assert notation.figure(change) == "未登録（このページでは、ほかの年度を読んでいない）"
    assert compute.figures(of_year(2023, [(70, 30)]))["achievement_rate_change"].status is Status.UNDEFINED


def test_two_years_add_up():
    frames, others = two_years()
    found = compute.figures(frames, years=others)
    expected = {
        "cumulative_expected_effect": 300_000,
        "cumulative_actual_effect": 300_000,
        "cumulative_multiplier": 1,
        "plan_target": 1_000_000,
        "pace": "behind",  # 30% after 40% of the time
        "required_run_rate": (233_333, 233_334),  # 700,000 over three years: 233,333.3
        "actual_effect_change": 220_000,
        "achievement_rate_change": 0,
    }
    assert {key: told(found, key) for key in expected} == expected
    assert "2023/effects.csv:2" in found["cumulative_actual_effect"].inputs


def test_what_is_left_is_shared_by_the_years_left():
    """900 less 300: 600 over three years; without the 20 and 40 that came once, 660 would be."""
    frames = of_year(2024, [(150, 200), (50, 60)], one_off="40", total_expected_yen=900_000)
    others = {2023: of_year(2023, [(70, 30), (30, 10)], one_off="20", total_expected_yen=900_000)}
    found = compute.figures(frames, years=others)
    assert found["required_run_rate"].interval == (200_000, 200_000)
    assert found["required_run_rate_without_one_off"].interval == (220_000, 220_000)


@pytest.mark.parametrize(
    ("fiscal_year", "target", "reason"),
    [
        (2024, 900_000, ""),
        (2024, 300_000, "target_reached"),
        (2024, 299_000, "target_reached"),
        (2027, 900_000, "last_year"),
        (2025, 900_000, "years_not_registered"),
    ],
)
def test_no_rate_is_required_where_nothing_is_left_to_do(fiscal_year, target, reason):
    known = {"total_expected_yen": target, "registered_years": (2023, fiscal_year)}
    given = {2023: of_year(2023, [(100, 40)], **known)}
    if fiscal_year == 2027:
        given |= {between: of_year(between, [(1, 0)], **known) for between in (2024, 2025, 2026)}
    found = compute.figures(of_year(fiscal_year, [(200, 260)], **known), years=given)
    assert found["required_run_rate"].reason == reason


def test_a_target_stands_on_the_plan_or_on_its_years():
    frames, others = two_years()
    assert compute.figures(frames, years=others)["plan_target"].inputs == ("plan.toml",)
    frames, others = two_years(total_expected_yen=None)
    inputs = compute.figures(frames, years=others)["plan_target"].inputs
    assert {"effects.csv:2", "2023/effects.csv:2"} <= set(inputs)


SUM, CHANGE = "cumulative_actual_effect", "actual_effect_change"
ONE_OFF, NO_NUMBER = "actual_effect_change_one_off", "on_track_without_number"
EVERY_YEAR = (2023, 2024, 2025, 2026, 2027)


@pytest.mark.parametrize(
    ("changes", "is_given", "reasons"),
    [
        ({}, False, dict.fromkeys((SUM, ONE_OFF, NO_NUMBER, "achievement_rate_change"), "years_not_given")),
        ({}, True, {ONE_OFF: "no_items", NO_NUMBER: "no_register"}),
        ({"registered_years": (2024,)}, False, dict.fromkeys((SUM, "required_run_rate"), "years_not_registered")),
        # Amounts that may not be summed are compared all the same.
        ({"effect_basis": None}, True, dict.fromkeys((SUM, "pace"), "effect_basis_not_stated") | {CHANGE: 220_000}),
        ({"total_expected_yen": None}, True, dict.fromkeys(("plan_target", "pace"), "years_not_registered")),
        ({"total_expected_yen": None, "registered_years": EVERY_YEAR}, True, {"plan_target": "years_not_given"}),
        (  # all years of the plan are there, and nobody says whether their amounts may be summed
            {"total_expected_yen": None, "effect_basis": None, "last_fiscal_year": 2024},
            True,
            {"plan_target": "effect_basis_not_stated"},
        ),
    ],
)
def test_what_other_years_or_the_plans_words_are_needed_for_says_what_it_lacks(changes, is_given, reasons):
    frames, others = two_years(**changes)
    found = compute.figures(frames, years=others) if is_given else compute.figures(frames)
    assert {metric: told(found, metric) for metric in reasons} == reasons


def test_without_amounts_yen_are_counted_one_by_one():
    assert compute.shares.grain_yen(year([{"A": 1}], [(None, None)]).effects) == 1


def test_each_year_is_computed_with_those_before_it():
    frames, others = two_years()
    found = compute.figures_by_year({**others, 2024: frames})
    assert found[2024]["actual_effect_change"].exact == 220_000
    assert found[2023]["actual_effect_change"].reason == "first_year"


def test_a_rate_that_moved_moved_by_the_difference():
    frames, others = two_years()
    better = frames.grade_counts.assign(measures=[3, 1, 3, 1])  # 6 of 8, after 2 of 4
    found = compute.figures(dataclasses.replace(frames, grade_counts=better), years=others)
    assert found["achievement_rate_change"].exact == Fraction(1, 4)
    assert found["achievement_rate_change", "policy", "1"].exact == Fraction(1, 4)


def test_last_years_arithmetic_is_scored_against_what_came():
    frames, others = two_years()
    found = compute.figures(frames, years=others)
    # 2023 expected 100 of a year; 260 came. Of its two policies 30 of 70 and 10 of 30 came: 40 of 100, so S3 said 40.
    # Nobody judged what recurs in 2023, and no item was named.
    assert [found[key].exact for key in SCORED] == [160_000, None, None, 220_000]
    assert found[SCORED[0]].status is Status.JUDGEMENT
    assert "2023/effects.csv:2" in found[SCORED[0]].inputs


def test_another_scale_of_grades_is_not_compared():
    frames, others = two_years()
    shifted = tuple(dataclasses.replace(grade, achieved=grade.code == "A") for grade in LETTERS)
    old = others[2023]
    others[2023] = dataclasses.replace(old, plan=dataclasses.replace(old.plan, grades=shifted))
    assert compute.figures(frames, years=others)["achievement_rate_change"].reason == "scale_changed"
