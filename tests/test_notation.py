"""How numbers look: 四捨五入, units, ranges that never shut the truth out, and five kinds of nothing."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import plan

from helpers import notation
from helpers.terms import METRICS, Figure, Interval, Status, Unit
from helpers.terms.plan import English

MODEST = settings(max_examples=80, derandomize=True, deadline=None)
RATIOS = st.fractions(min_value=-50, max_value=50, max_denominator=10**6)
YEN = st.integers(-(10**11), 10**11)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("2.5", 0, "3"),  # not 2, as half-even would have it
        ("-2.5", 0, "△3"),
        ("-0.49", 0, "0"),  # a zero has no sign
        ("2.675", 2, "2.68"),  # a binary float would be below the half
        ("-1234567.5", 0, "△1,234,568"),
        ("999.95", 1, "1,000.0"),
        ("7", 2, "7.00"),
    ],
)
def test_halves_round_away_from_zero(value, places, shown):
    assert notation.decimal(Fraction(value), places) == shown


@MODEST
@given(st.decimals(min_value=-(10**6), max_value=10**6, places=4), st.integers(0, 3))
def test_rounding_is_that_of_the_textbook(value, places):
    textbook = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert notation.half_up(Fraction(value), places) == Fraction(textbook)


@pytest.mark.parametrize(
    ("value", "shown"), [(3, "＋3"), (1, "＋1"), (0, "0"), (-3, "△3"), (Fraction(1, 4), "0"), (Fraction(-1, 4), "0")]
)
def test_a_sign_is_shown_on_both_sides_when_asked_for(value, shown):
    assert notation.decimal(value, sign=True) == shown


@pytest.mark.parametrize(
    ("yen", "shown"),
    [
        (0, "0円"),
        (1, "1円"),
        (9_999, "9,999円"),
        (10_000, "1万円"),
        (14_999, "1万円"),
        (15_000, "2万円"),
        (99_994_999, "9,999万円"),
        (99_995_000, "1.00億円"),  # never 10,000万円
        (123_456_789_000, "1,234.57億円"),
        (-9_999, "△9,999円"),
        (-10_000, "△1万円"),
        (-99_995_000, "△1.00億円"),
    ],
)
def test_yen_change_their_unit_where_the_next_one_reads_better(yen, shown):
    assert notation.yen(yen) == shown


def test_yen_carry_a_plus_when_asked_for():
    shown = {
        997_913_000: "＋9.98億円",
        -59_369_000: "△5,937万円",
        0: "0円",
        59_369_000: "＋5,937万円",
        9_999: "＋9,999円",
    }
    assert {yen: notation.yen(yen, sign=True) for yen in shown} == shown
    assert [notation.thousand_yen(9_999, sign=True), notation.thousand_yen(9_999)] == ["＋10", "10"]


@pytest.mark.parametrize(
    ("show", "value", "shown"),
    [
        (notation.percent, Fraction(31, 37), "83.8%"),
        (notation.points, Fraction(1, 74), "1.35ポイント"),
        (notation.multiplier, Fraction(1345649, 347736), "3.87倍"),
        (notation.index, Fraction(10, 11), "0.909"),
        (notation.policies, Fraction(11, 10), "1.10方針"),
        (notation.count, 1234, "1,234件"),
        (notation.thousand_yen, 1_499, "1"),
        (notation.thousand_yen, 1_500, "2"),
        (notation.unrounded, Fraction(-1, 3), "△0.333333…"),
        (notation.unrounded, Fraction(1_234_567, 2), "617,283.5"),
        (notation.unrounded, -2, "△2"),
        (notation.unrounded, 0, "0"),
        (notation.unrounded, Fraction(1, 10**6), "0.000001"),
        (notation.unrounded, Fraction(19, 10**7), "0.000001…"),  # cut off, not rounded
        (notation.unrounded, Fraction(1, 10**7), "0.000000…"),
    ],
)
def test_each_unit_has_its_look(show, value, shown):
    assert show(value) == shown


@pytest.mark.parametrize(
    ("printed", "shown"), [("-1234.5", "△1,234.5"), ("961", "961"), ("0", "0"), ("-0.05", "△0.05"), ("8.0", "8.0")]
)
def test_a_printed_decimal_keeps_its_decimals(printed, shown):
    assert notation.decimal_text(printed) == shown
    assert notation.printed(printed, "百万円") == f"{shown}百万円"


@pytest.mark.parametrize(
    ("unit", "low", "high", "shown"),
    [
        (Unit.MULTIPLIER, "1.1032", "1.1091", "1.10〜1.11倍"),
        (Unit.MULTIPLIER, "1.104", "1.1", "約1.10倍"),
        (Unit.MULTIPLIER, "1.1", "1.1", "1.10倍"),
        (Unit.MULTIPLIER, "-0.034", "-0.021", "△0.04〜△0.02倍"),
        (Unit.SHARE, "0.9955", "1.0045", "99.5〜100.5%"),
        (Unit.YEN, "960001000", "961999000", "9.60〜9.62億円"),
        (Unit.YEN, "961000000", "961400000", "約9.61億円"),
        (Unit.YEN, "35996000", "36004000", "約3,600万円"),
        (Unit.YEN, "-4999000", "-3001000", "△500〜△300万円"),
        (Unit.YEN, "-999000", "999000", "△100〜100万円"),
        (Unit.INDEX, "0.5258", "0.5439", "0.525〜0.544"),
        (Unit.YEN, "99000000", "100000000", "0.99〜1.00億円"),  # in the unit of the larger end
        (Unit.YEN, "-100000000", "1", "△1.00〜0.01億円"),
        (Unit.RATE, "0.5004", "0.5014", "50.0〜50.2%"),
        # beside zero from end to end
        (Unit.RATE, "0.0001", "0.0004", "0.0〜0.1%"),
        (Unit.RATE, "0", "0.0004", "0.0〜0.1%"),
        (Unit.RATE, "-0.0004", "0", "△0.1〜0.0%"),
        (Unit.POLICIES, "1.104", "1.116", "1.10〜1.12方針"),
        (Unit.YEARS, "1", "3", "1〜3年"),
        (Unit.MEASURES, "1", "3", "1〜3件"),
        (Unit.MEASURES, "2", "2", "2件"),
        (Unit.COUNT, "0.4", "0.6", "0〜1件"),
        (Unit.COUNT, "1.2", "1.4", "約1件"),
        (Unit.MEASURES, "1.2", "1.4", "約1件"),
        (Unit.YEARS, "1.2", "1.4", "約1年"),
        (Unit.POINTS, "0.0131", "0.0139", "1.3〜1.4ポイント"),
        (Unit.POINTS, "0.0135", "0.0135", "1.4ポイント"),
    ],
)
def test_a_range_is_about_one_number_or_outward(unit, low, high, shown):
    ends = sorted([Fraction(low), Fraction(high)])
    assert notation.shown(unit, Interval(*ends)) == shown


def read_back(text):
    """The range that words leave open: about a number, half of its last digit either way; else from end to end."""
    scale = {"億円": 10**8, "万円": 10**4, "円": 1, "%": Fraction(1, 100)}.get(re.search(r"[^\d.,△〜約]*$", text)[0], 1)
    numbers = re.findall(r"△?[\d,]+(?:\.\d+)?", text)
    values = [Fraction(number.replace(",", "").replace("△", "-")) * scale for number in numbers]
    half = scale * Fraction(1, 2 * 10 ** len(numbers[0].partition(".")[2])) if text.startswith("約") else 0
    return values[0] - half, values[-1] + half


@MODEST
@given(RATIOS, RATIOS, st.sampled_from([Unit.MULTIPLIER, Unit.SHARE, Unit.RATE, Unit.INDEX, Unit.POLICIES]))
def test_what_is_shown_of_a_range_never_shuts_the_truth_out(one, other, unit):
    interval = Interval(*sorted([one, other]))
    if not interval.is_point:
        low, high = read_back(notation.shown(unit, interval).removesuffix("方針").removesuffix("倍"))
        assert low <= interval.low <= interval.high <= high


@MODEST
@given(YEN, st.integers(1, 10**9))
def test_what_is_shown_of_yen_never_shuts_the_truth_out(low_yen, width):
    interval = Interval(low_yen, low_yen + width)
    low, high = read_back(notation.yen_between(interval))
    assert low <= interval.low <= interval.high <= high
    thousand = notation.thousand_yen_between(interval)
    low, high = (end * 1000 for end in read_back(thousand))
    assert low <= interval.low <= interval.high <= high


def figure(metric="effect_multiplier", **known):
    return Figure(metric, "plan", "", 2024, Status.DERIVED, **known)


def test_the_five_kinds_of_nothing_differ_from_each_other():
    words = {notation.NOT_APPLICABLE, notation.NOT_STATED, notation.NOT_REGISTERED, notation.NOT_DUE}
    assert len(words | {notation.figure(figure("effect_gap", exact=0))}) == 5
    assert notation.cell(figure("effect_gap", exact=0)) == notation.ZERO


def test_a_figure_without_a_number_says_why_and_shows_no_digit_of_its_own():
    assert notation.figure(figure(reason="zero_zero")) == f"{notation.NOT_APPLICABLE}（見込み0）"
    assert notation.figure(figure(reason="expected_not_stated")) == "見込み未設定"
    assert notation.figure(figure(reason="actual_not_stated")) == notation.NOT_STATED


def test_a_figure_in_a_column_is_in_thousand_yen_and_in_a_sentence_is_not():
    gap = figure("effect_gap", exact=-59_369_000)
    assert [notation.cell(gap), notation.figure(gap)] == ["△59,369", "△5,937万円"]
    item = figure("actual_effect", range=Interval(960_001_000, 961_999_000))
    assert [notation.cell(item), notation.figure(item)] == ["960,001〜961,999", "9.60〜9.62億円"]


def test_thousand_yen_of_a_range_are_outward():
    assert notation.thousand_yen_between(Interval(960_001_500, 961_000_500)) == "960,001〜961,001"
    assert notation.thousand_yen_between(Interval(-1_500, -500)) == "△2〜0"
    assert notation.thousand_yen_between(Interval(5_500, 5_500)) == "6"
    assert notation.shown(Unit.SHARE, Interval(Fraction("0.7134"), Fraction("0.7149")), 0) == "約71%", "fewer decimals"


GAP, TWICE = figure("effect_gap", exact=59_369_000), figure(exact=Fraction(2))
RATE, POINT = figure("achievement_rate", exact=Fraction(31, 37)), figure("points_per_measure", exact=Fraction(1, 74))


@pytest.mark.parametrize(
    ("one", "place", "shown"),
    [
        (RATE, {"places": 0}, "84%"),
        (RATE, {}, "83.8%"),
        (POINT, {}, "1.35ポイント"),
        (POINT, {"places": 1}, "1.4ポイント"),
        (GAP, {"sign": True}, "＋5,937万円"),
        (GAP, {}, "5,937万円"),
        (TWICE, {"sign": True}, "＋2.00倍"),
        (figure(exact=Fraction(-2)), {"sign": True}, "△2.00倍"),
        (figure("effect_gap", range=Interval(960_001_000, 961_999_000)), {"sign": True}, "9.60〜9.62億円"),
        (figure("discordance", exact="rate_ok_money_short"), {}, "評価は届き、金額は届かない"),
        (figure("feasible_policies", exact="1,3,5"), {}, "方針1・3・5"),
    ],
)
def test_a_figure_is_shown_as_its_place_asks(one, place, shown):
    assert notation.figure(one, **place) == shown


def test_a_cell_is_shown_as_its_column_asks():
    assert notation.cell(figure("effect_gap", reason="actual_not_stated")) == notation.NOT_STATED
    assert notation.cell(TWICE, 1) == "2.0倍"
    with notation.speaking("en"):
        assert [notation.cell(TWICE), notation.figure(TWICE)] == ["2.00×", "2.00 times"]


NAMED = plan(
    1,
    short_names={"架空の長い名前の取組": "短い取組"},
    english=English(
        municipality="Madeup City",
        name="First Plan",
        effect_definition="made-up amounts",
        grades={"B": "broadly on plan"},
        measures={"短い取組": "Short measure"},
        words={"架空部": "Made-up Department"},
    ),
)
NAMES = [
    (notation.full_name, (), "架空市 第1次架空計画", "Madeup City First Plan"),
    (notation.effect_definition, (), "架空の額", "made-up amounts"),
    (notation.grade_label, (NAMED.grades[1],), "概ね計画どおり", "broadly on plan"),
    (notation.grade_label, (NAMED.grades[0],), "計画を上回る", "計画を上回る"),
    (notation.achieved_label, (), "概ね計画どおり", "broadly on plan"),
    (notation.measure, ("架空の長い名前の取組",), "短い取組", "Short measure"),
    (notation.measure, ("ほかの取組",), "ほかの取組", "ほかの取組"),
    (notation.whole_measure, ("架空の長い名前の取組",), "架空の長い名前の取組", "Short measure"),
    (notation.in_own_words, ("架空部",), "架空部", "Made-up Department"),
    (notation.in_own_words, ("別の部",), "別の部", "別の部"),
    (notation.period, (), "令和5年度〜令和9年度", "FY2023 (Reiwa 5) to FY2027 (Reiwa 9)"),
]
WORDS = [
    (notation.full_name, (plan(1),), "架空市 第1次架空計画", "架空市 第1次架空計画"),  # a plan without English
    (notation.effect_definition, (plan(1),), "架空の額", "架空の額"),
    (notation.policy_name, (NAMED.policies[0],), "架空の方針その1", "Made-up policy 1"),
    (notation.short_policy_name, (NAMED.policies[0],), "その1", "Made-up policy 1"),
    (notation.short_year, (2024,), "R6", "2024"),
    (notation.years_from_to, (2023, 2032), "令和5年度〜令和14年度", "FY2023–2032"),
    (notation.fiscal_year, (2024,), "令和6年度", "FY2024 (Reiwa 6)"),
    (notation.fiscal_year, (2019,), "令和元年度", "FY2019 (Reiwa 1)"),
    (notation.both_years, (2024,), "令和6年度（2024年度）", "FY2024 (Reiwa 6)"),
    (notation.month, ("2025-08",), "2025年8月", "August 2025"),
    (notation.metric_name, ("achievement_rate",), METRICS["achievement_rate"].name, "achievement rate"),
    (notation.joined, (["あ。", "い。"],), "あ。い。", "あ。 い。"),
    (notation.in_runs, ("A<架空市>",), [("A<架空市>", False)], [("A<", False), ("架空市", True), (">", False)]),
    (notation.yen, (1_000_000,), "100万円", "1.00 million yen"),
    (notation.yen, (999_999,), "100万円", "999,999 yen"),
    (notation.yen, (99_990_000,), "9,999万円", "99.99 million yen"),
    (notation.yen, (100_000_000,), "1.00億円", "100.0 million yen"),
    (notation.yen_between, (Interval(960_001_000, 961_999_000),), "9.60〜9.62億円", "960.0–962.0 million yen"),
    (notation.yen_between, (Interval(3_001_000, 4_999_000),), "300〜500万円", "3.00–5.00 million yen"),
    (notation.yen_between, (Interval(-999_999, 999_999),), "△100〜100万円", "−999,999–999,999 yen"),
    (notation.yen_between, (Interval(990_000, 1_000_000),), "99〜100万円", "0.99–1.00 million yen"),
    (notation.yen_between, (Interval(99_000_000, 100_000_000),), "0.99〜1.00億円", "99.0–100.0 million yen"),
    (notation.short_unit, ("thousand yen",), "thousand yen", "k yen"),
    (notation.short_yen, (-5_000,), "△5,000円", "−5,000"),
    (notation.metric_formula, ("achievement_rate",), METRICS["achievement_rate"].formula, "measures achieved ÷ measures graded"),
    (notation.is_japanese, ("Plan A",), False, False),
    (notation.is_japanese, ("Plan 架空",), True, True),
    (notation.printed, ("-1234.5", "千円"), "△1,234.5千円", "−1,234.5 thousand yen"),
    (notation.printed, ("961", "億円"), "961億円", "961 × 100 million yen"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "of", "japanese", "english"),
    [*((name, (NAMED, *of), *both) for name, of, *both in NAMES), *WORDS],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_names_and_amounts_in_both_languages(name, of, japanese, english):
    assert name(*of) == japanese
    with notation.speaking("en"):
        assert name(*of) == english


def test_every_unit_with_numbers_has_a_look():
    for unit in {metric.unit for metric in METRICS.values()} - {Unit.CATEGORY}:
        assert notation.shown(unit, Interval(1, 1))


def test_a_sentence_fills_its_places_and_misses_none():
    assert notation.sentence("label.policy", id="1") == "方針1"
    with pytest.raises(KeyError):
        notation.sentence("label.policy")
    with pytest.raises(KeyError):
        notation.sentence("label.no_such_sentence")


def test_no_sentence_of_the_catalogue_has_a_number_typed_in():
    """A number in the catalogue would be one that no check compares with a figure."""
    typed = {
        key: says
        for group in ("headline", "caption", "point", "caveat")
        for key, says in notation.catalogue._catalogue("ja").items()
        if key.startswith(f"{group}.") and re.search(r"[0-9０-９]", says)
    }
    # 見込み・実績とも0 states the figure that is zero, and is cited
    assert all("見込み・実績とも0" in says or "見込みは0" in says for says in typed.values()), typed


@pytest.mark.parametrize(
    ("unit", "value", "says"),
    [
        (Unit.MULTIPLIER, Fraction(1_652, 347_736), "0.005倍"),
        (Unit.MULTIPLIER, Fraction(0), "0.00倍"),
        (Unit.RATE, Fraction(4, 10_000), "0.04%"),
        (Unit.RATE, Fraction(0), "0.0%"),
        (Unit.RATE, Fraction(9_995, 10_000), "99.95%"),
        (Unit.RATE, Fraction(99_999, 100_000), "99.999%"),
        (Unit.RATE, Fraction(1), "100.0%"),
        (Unit.POINTS, Fraction(-4, 10_000), "△0.04ポイント"),
    ],
)
def test_what_is_not_nothing_or_all_is_never_shown_as_such(unit, value, says):
    assert notation.shown(unit, Interval(value, value)) == says


def test_tokens_of_the_stylesheet_have_their_units_and_faces_their_quotes(monkeypatch):
    groups = {"face": {"body": "架空体"}, "size": {"big_body": 12}, "page": {"width": 210}, "colour": {"ink": "#111"}}
    monkeypatch.setattr(notation.catalogue, "tokens", lambda: groups | {"hatch": {"a": "//"}})
    assert notation.css_tokens() == (
        ':root { --face-body: "架空体"; --size-big-body: 12pt; --page-width: 210mm; --colour-ink: #111; }'
    )


def test_in_the_lab_the_rules_hold_for_outputs_alone():
    rules = notation.stylesheet_in_lab()
    assert rules.startswith(notation.css_tokens() + "\n.jp-RenderedHTMLCommon {")
    assert "@page" not in rules
    assert rules.count("{") == rules.count("}")


def test_a_group_of_the_catalogue_is_had_in_either_language():
    assert notation.words("month", language="en")["08"] == "August"
    assert notation.words("month", language="ja") == notation.words("month") != notation.words("month", language="en")


def test_a_page_stands_in_the_languages_that_stand_beside(monkeypatch):
    monkeypatch.setitem(notation.speech._usual, "beside", ("quality.en", "../index.en"))
    shown = {name: notation.languages_of(name) for name in ("quality", "../index", "brief")}
    assert shown == {"quality": ("ja", "en"), "../index": ("ja", "en"), "brief": ("ja",)}
