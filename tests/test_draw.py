"""The three charts of page one on made-up years: nothing is cut, nothing lies on anything else, and the words are true."""

import math
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from boxes import cut, extents, touching
from made_up import plan, year
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from helpers import compute, draw, pages, read
from helpers.draw import canvas, kit, lettering, ruler, svg
from helpers.draw.canvas import MM, NARROW_MM, colour
from helpers.draw.kit import extent, money_unit
from helpers.notation import tokens
from helpers.pages.data import number
from helpers.terms import Figure, Figures, Sentence, Status

# One worker draws each case once for all that is asked of it.
pytestmark = pytest.mark.xdist_group("draw")

ROOT = Path(__file__).parents[1]
WIDE_MM = tokens()["page"]["width"]
COUNTS = {"A": 2, "B": 5, "C": 1, "D": 0}
LONG = "公共施設の縮充と最適化に向けた総合的な管理計画の見直しと統廃合の推進"


def made(amounts, items=(), counts=None, **changes):
    return year(counts or [COUNTS] * len(amounts), amounts, items, **changes)


def items(*millions, name="架空の取組{}"):
    return [(name.format(n), str(amount), "百万円", "half_up") for n, amount in enumerate(millions, start=1)]


def times(ratio, *millions, name="架空の取組{}"):
    """Expected 3億円, and so many times that."""
    return made([(200_000, int(200_000 * ratio)), (100_000, int(100_000 * ratio))], items(*millions, name=name))


def many_policies(count, *, largest=0, below=0):
    amounts = [(1000 * n, 1300 * n - 2000) for n in range(1, count + 1)]
    amounts[2] = (amounts[2][0] + largest, amounts[2][1])
    amounts[4] = (amounts[4][0], amounts[4][1] - below)
    return made(amounts, counts=[{"A": n, "B": 2 * n, "C": n % 3, "D": n % 2} for n in range(1, count + 1)])


@cache
def fy2024():
    return compute.corrected(read.year("isehara-6", 2024, ROOT / "data"))


CASES = {
    "FY2024": fy2024,
    "FY2024 with full names": lambda: replace(fy2024(), plan=replace(fy2024().plan, short_names={})),
    "below a thousand ten-thousands": lambda: made([(3000, 2500), (1200, 1400)], items(1)),
    "some thousands of yen": lambda: made([(30, 25), (12, 14)]),
    "one thousand yen": lambda: made([(1, 1), (0, 0)]),
    "a thousand 億円": lambda: made([(120_000_000, 98_000_000), (5_000_000, 5_000_000)], items(90_000)),
    "0.02 times": lambda: times(0.02, 2, 1),
    "0.9 times": lambda: times(0.9, 60, 40, 20),
    "1 time": lambda: times(1, 60, 40, 20),
    "1.14 times": lambda: times(1.14, 60, 40, 20),
    "1.14 times, one item": lambda: times(1.14, 260, 4),
    "1.3 times": lambda: times(1.3, 160, 40, 2),
    "2 times": lambda: times(2, 160, 40, 2, name=LONG + "{}"),
    "50 times": lambda: times(50, 60, 40, 20),
    "twelve small items": lambda: made([(400_000, 342_000)], items(*[3] * 6, *[5] * 6)),
    "twelve small items in full": lambda: made([(400_000, 442_000)], items(*[3] * 6, *[5] * 6, 300, name=LONG + "{}")),
    "five items in full": lambda: made([(348_000, 342_000)], items(90, 80, 70, 40, 30, name=LONG + "{}")),
    "twenty items": lambda: made([(348_000, 342_000)], items(*range(5, 25))),
    "all below zero": lambda: made([(0, -30_500), (0, -5_000)]),
    "actual below zero": lambda: made([(98_400, -3_500), (5_200, -40_000), (6_100, 2_000)], items(2)),
    "far below zero": lambda: made([(100, -90_000), (5_200, 4_000)]),
    "a policy below zero": lambda: made([(98_400, -30_500), (5_200, 4_980), (215_000, 198_300)], items(174, -4)),
    "nothing": lambda: made([(0, 0), (0, 0)]),
    "nothing expected": lambda: made([(0, 1_200), (0, 300)]),
    "not stated": lambda: made([(1_000, None), (200, 300)]),
    "twelve policies": lambda: many_policies(12),
    "twelve policies, one vast": lambda: many_policies(12, largest=90_000_000, below=9_000_000),
    "three hundred measures": lambda: made([(100_000, 90_000)] * 5, counts=[{"A": 10, "B": 30, "C": 20, "D": n} for n in range(1, 6)]),
    "five thousand measures": lambda: made([(100_000, 90_000)] * 12, counts=[{"A": 100, "B": 300, "C": 20, "D": n} for n in range(1, 13)]),
}  # fmt: skip


@cache
def of(case):
    frames = CASES[case]()
    return compute.figures(frames), frames


@cache
def pictures(case):
    """Each chart of a case as it is drawn."""
    figures, frames = of(case)
    parts = draw.composition.rows(figures, frames)
    return {
        "composition": draw.composition.drawn(WIDE_MM, figures, parts),
        "composition, narrow": draw.composition.drawn(NARROW_MM, figures, parts),
        "grades": draw.grades.drawn(NARROW_MM, figures, frames),
        "policies": draw.policies.drawn(NARROW_MM, figures, frames),
    }


def said(case, name):
    """The words of a chart."""
    return [words for words, *_ in extents(pictures(case)[name])]


@pytest.mark.parametrize("case", CASES)
def test_no_words_are_cut_or_lie_on_others(case):
    for name, drawn in pictures(case).items():
        assert not cut(drawn), name
        assert not touching(drawn), name


@pytest.mark.parametrize("case", [case for case in CASES if case != "not stated"])
def test_line_of_the_expected_amount_strikes_through_no_amount(case):
    expected, actual = (of(case)[0][name].exact for name in ("expected_effect", "actual_effect"))
    for name in ("composition", "composition, narrow"):
        drawn = pictures(case)[name]
        line = drawn.axes[0].transData.transform((expected / money_unit(expected, actual)[0], 0))[0]
        for words, left, right, *_ in extents(drawn):
            if words.startswith(("実績 ", "見込み ")):
                assert not left < line < right, (name, words)


@pytest.mark.parametrize(
    ("case", "unit", "ticks"),
    [
        ("below a thousand ten-thousands", "万円", ["0", "100", "200", "300", "400"]),
        ("some thousands of yen", "万円", ["0", "1", "2", "3", "4"]),
        ("one thousand yen", "千円", ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ("FY2024", "億円", ["0", "2", "4", "6", "8", "10", "12"]),
        ("a thousand 億円", "億円", ["0", "200", "400", "600", "800", "1,000", "1,200"]),
        ("all below zero", "万円", ["△3,000", "△2,000", "△1,000", "0"]),
        ("nothing", "円", ["0"]),
    ],
)
def test_axis_of_money_has_short_true_numbers(case, unit, ticks):
    for name in ("composition", "composition, narrow"):
        axes = pictures(case)[name].axes[0]
        assert axes.get_xlabel().startswith(unit)
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ticks
        numbers = [float(tick.replace(",", "").replace("△", "-")) for tick in ticks]
        assert list(axes.get_xticks()) == pytest.approx(numbers)


# Worked by hand: actual ÷ expected; a bar ends at 2, where an arrow says that it goes on; nothing expected, no bar.
BARS = [
    ("0.9 times", [0.9, 0.9], []),
    ("2 times", [2, 2], []),
    ("50 times", [2, 2], [">", ">"]),
    ("far below zero", [-2, 20 / 26], ["<"]),
    ("nothing expected", [], []),
    ("all below zero", [], []),
    ("FY2024", [47_708 / 107_077, 6_352 / 4_700, 9_464 / 5_588, 2], [">"]),
]


def bars_of(axes):
    """The bars of a picture from above."""
    return sorted((one for one in axes.patches if isinstance(one, Rectangle)), key=Rectangle.get_y)


@pytest.mark.parametrize(("case", "lengths", "arrows"), BARS, ids=[case for case, *_ in BARS])
def test_a_policys_bar_is_as_long_as_its_multiplier_up_to_twice(case, lengths, arrows):
    (axes,) = pictures(case)["policies"].axes
    bars = bars_of(axes)
    assert [bar.get_x() or bar.get_width() for bar in bars] == pytest.approx(lengths)
    assert [line.get_marker() for line in axes.lines if line.get_marker() in {"<", ">"}] == arrows
    low, high = axes.get_xlim()
    assert all(low <= end <= high for bar in bars for end in (bar.get_x(), bar.get_x() + bar.get_width()))
    ends = [end for line in axes.lines for end in line.get_xdata() if not math.isnan(end)]
    assert all(low <= end <= high for end in ends), "arrows are whole"
    assert ("→は2倍を超える" in said(case, "policies")) == bool(arrows), "an arrow says what it means"
    gone_on = [bar for bar in bars if abs(bar.get_width()) == 2 and case != "2 times"]
    assert len(axes.patches) - len(bars) == len(gone_on) == len(arrows), "a bar that goes on is broken"
    for bar, gap in zip(gone_on, [one for one in axes.patches if one not in bars], strict=True):
        tall, inside = bar.get_height(), gap.get_xy()
        assert min(abs(inside[:, 0])) > 1.5
        assert max(abs(inside[:, 0])) < 2
        assert [min(inside[:, 1]) < bar.get_y(), max(inside[:, 1]) > bar.get_y() + tall] == [True, True]


def test_the_number_of_a_broken_bar_stands_in_it_beyond_the_line_of_what_was_expected():
    (axes,) = pictures("FY2024")["policies"].axes
    (number,) = [one for one in axes.texts if one.get_text() == "5.57倍" and one.get_transform() == axes.transData]
    assert 1 < number.get_position()[0] < 1.8


def test_a_policy_that_fell_short_has_the_colour_of_warning_in_bar_and_words():
    (axes,) = pictures("FY2024")["policies"].axes
    bars = bars_of(axes)
    assert [to_hex(bar.get_facecolor()) == colour("behind") for bar in bars] == [True, False, False, False]
    alarming = {one.get_text() for one in axes.texts if one.get_color() == colour("alert")}
    assert alarming == {"0.45倍", "△5,937万円"}


def test_a_policy_without_a_multiplier_says_what_its_amounts_are_and_without_an_amount_that_it_is_unknown():
    """What is not stated is unknown, and not 対象外."""
    assert "見込み0円・実績0円" in said("FY2024", "policies")
    assert "見込み0円・実績120万円" in said("nothing expected", "policies")
    assert "対象外" not in said("not stated", "policies")
    assert said("not stated", "policies").count("—") == 2


@pytest.mark.parametrize(
    ("yen", "unit"),
    [(100_000_000, "億円"), (99_999_999, "万円"), (9_999, "千円"), (999, "円"), (0, "円"), (-20_000, "万円")],
)
def test_unit_of_an_axis_follows_the_amount(yen, unit):
    assert money_unit(0, None, yen)[1] == unit


def test_of_many_small_items_the_three_largest_are_named():
    words = "\n".join(said("twelve small items", "composition"))
    assert re.findall(r"架空の取組\d+ 5百万円", words) == [f"架空の取組{n} 5百万円" for n in (10, 11, 12)]
    assert words.count(" など") == 1
    assert "3百万円" not in words


def test_names_are_shortened_in_the_chart_alone():
    assert re.search("公共施設の縮?… 5百万円", "".join(said("twelve small items in full", "composition")))
    whole = draw.composition.table(*of("twelve small items in full"))
    assert sum(name.startswith(LONG) for name in whole["項目"]) == 13
    assert not whole["項目"].str.contains("…").any()


def test_alternative_text_says_only_what_is_known():
    def alt(chart, case):
        return chart.captioned(*of(case), Sentence("caption.policies_none", "架空の一文", ())).alt

    assert "方針1 見込み1,000千円 実績—（記載なし） 倍率" in alt(draw.policies, "not stated")
    assert "見込み120万円、実績—（記載なし）" in alt(draw.composition, "not stated")
    assert "実績△3,500千円" in alt(draw.policies, "actual below zero")
    assert "見込み1.10億円、実績△4,150万円" in alt(draw.composition, "actual below zero")
    words = alt(draw.composition, "twelve small items")
    assert all(f"架空の取組{n} " in words for n in range(1, 13))


def test_where_a_policy_has_no_grades_the_counts_of_the_others_stay_whole_numbers():
    frames = year([{"A": 2, "C": 3}, {}], [(500, 600), (700, 900)])
    html = pages.policy_tables(compute.figures(frames), frames).html
    cells = re.findall(r"<td[^>]*>(?:<a[^>]*>)?([^<]*)", html)
    assert cells[:6] == ["2", "0", "3", "0", "5", "2"]
    assert cells.count("—（記載なし）") == 7, (
        "the policy's counts by four grades, their sum, those achieved and the rate"
    )


def test_policies_stand_in_the_plans_order():
    figures, frames = of("twelve policies")
    html = pages.policy_tables(figures, frames).html
    order = [int(n) for n in re.findall(r'<tr><th scope="row"[^>]*>(\d+)</th>', html)]
    assert order == list(range(1, 13))
    headings = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', html)
    assert headings[:2] == ["方針", "基本方針"]
    assert headings[-6:] == ["見込み", "実績", "差", "倍率", "見込み構成比", "実績構成比"]
    turned = replace(frames, plan=replace(frames.plan, policies=plan(12).policies[::-1]))
    html = pages.policy_tables(compute.figures(turned), turned).html
    assert re.findall(r'<tr><th scope="row"[^>]*>(\d+)</th>', html)[0] == "12"


def test_charts_keep_their_size():
    """Page one has no more room than this."""
    for case in CASES:
        drawn = pictures(case)["composition"]
        assert drawn.get_figwidth() / MM == pytest.approx(WIDE_MM)
        assert 41 < drawn.get_figheight() / MM < 46.1


# Data for machines


def test_ratios_for_machines_are_rounded_half_away_from_zero_never_cut():
    """Two measures of three, 5 yen where 3 were expected, −5 where 3 were: by hand 2/3, 5/3 and −5/3."""
    frames = year([{"A": 2, "B": 0, "C": 1, "D": 0}] * 2, [(3, 5), (3, -5)])
    figures = compute.figures(frames)
    detail, policies = pages.detail_data(figures, frames), pages.data(figures, frames)["figure-policies"]
    for table in (policies, detail["figure-matrix"]):
        assert list(table["achievement_rate"]) == ["0.666667", "0.666667"]
    assert list(policies["effect_multiplier"]) == ["1.666667", "-1.666667"]
    underlying = detail["figure-underlying"]
    rows = underlying[underlying["metric"] == "leave_one_out_rate"]
    assert {*rows["low"], *rows["high"]} == {"0.666667"}


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        *(((1, 3), "0.333333"), ((2, 3), "0.666667"), ((-2, 3), "-0.666667")),
        *(((1, 2_000_000), "0.000001"), ((2, 1), "2.000000")),
    ],
)
def test_a_ratio_has_six_places(ratio, written):
    figure = Figure("achievement_rate", "plan", "", 2024, Status.DERIVED, exact=Fraction(*ratio))
    assert number(Figures([figure]), "achievement_rate", ("plan", "")) == written


@pytest.mark.parametrize("rows", [[0, 1, 2], [0, 6], [3]])
def test_the_caps_of_a_range_are_as_high_as_any_others_and_its_dot_lies_over_them(rows):
    axes = kit.rows(NARROW_MM, [str(n) for n in range(7)])
    kit.ranges(axes, [(row, 1.0, 2.0, False) for row in rows])
    (whiskers,) = [line for line in axes.lines if line.get_marker() == "None"]
    lines = list(zip(*[iter(map(tuple, whiskers.get_xydata()))] * 3, strict=True))  # from, to, and a point that is none
    assert all(math.isnan(one) for *_, none in lines for one in none)
    found = sorted(((start, end) for start, end, _ in lines), key=lambda line: line[0][::-1])
    expected = [
        ((x, row + one), (end, row + other))
        for row in rows
        for (x, one), (end, other) in (
            ((1.0, -kit.CAP / 2), (1.0, kit.CAP / 2)),
            ((2.0, -kit.CAP / 2), (2.0, kit.CAP / 2)),
            ((1.0, 0), (2.0, 0)),
        )
    ]
    assert found == expected
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert all(dots[0].get_zorder() > line.get_zorder() for line in axes.lines if line is not dots[0])


# Axes


@pytest.mark.parametrize("case", [case for case in CASES if case != "not stated"])
def test_every_axis_of_bars_holds_zero_and_begins_there_where_nothing_lies_below(case):
    below = (of(case)[1].effects["amount_yen"] < 0).any()
    for name in ("composition", "composition, narrow", "policies"):
        for axes in pictures(case)[name].axes:
            bars = [one for one in axes.patches if isinstance(one, Rectangle) and one.get_width()]
            if not bars or axes.get_xlim() == (0, 1):
                continue
            low, high = axes.get_xlim()
            assert low <= 0 <= high, name
            assert low == 0 or below, name
            ends = [end for bar in bars for end in (bar.get_x(), bar.get_x() + bar.get_width())]
            assert low <= min(ends) <= max(ends) <= high, "bars are whole"


@pytest.mark.parametrize("values", [[2, 3], [100], [-3, -2], [0], [], [0.2, 1.4], [-1, 4]])
def test_an_axis_begins_at_zero_or_holds_it(values):
    low, high = extent(values)
    assert low <= 0 <= high
    assert low < high
    assert low == 0 or min(values) < 0
    assert high <= max([0, *values]) * 1.04 or high == 1.0 or min(values) < 0


def test_what_matplotlib_would_read_of_a_face_for_every_text_is_what_it_is_given(monkeypatch):
    figures, frames = of("FY2024")

    def pictures():
        parts = draw.composition.rows(figures, frames)
        about = {"number": 1, "name": "a", "width_mm": WIDE_MM, "caption": "", "alt": ""}
        return canvas.chart(lambda mm: draw.composition.drawn(mm, figures, parts), **about).pictures

    given = pictures()
    monkeypatch.setattr(lettering.Lettering, "_is_plain", lambda _: False)  # or it asks for the heights itself
    assert pictures() == given
    monkeypatch.delattr(svg.Renderer, "_get_font_height_metrics")
    assert pictures() == given


@pytest.mark.parametrize("look", [{}, {"weight": "bold"}, canvas.figures_face(), {"size": 11}])
def test_a_line_of_type_is_as_long_as_matplotlib_finds_it(look):
    """FreeType, which matplotlib asks, rounds to a 64th of a point at a hundred points."""
    with canvas.house():
        face = FontProperties(**look)
        for words in (
            "財政の健全化の推進",
            "△6,140万円",
            "AI／RPA 9百万円",
            "Policy 2 average WAVE To",
            "",
            " ",
            "方針1 a\u0301",
        ):
            theirs = text_to_path.get_text_width_height_descent(words, face, ismath=False)
            assert ruler.measured(words, face) == pytest.approx(theirs, abs=0.02 * face.get_size_in_points() / 10), (
                words
            )


def test_a_letter_that_the_face_has_not_is_measured_in_the_one_that_has_it():
    with canvas.house():
        face = FontProperties(family=[tokens()["face"]["text"], "DejaVu Sans"])
        theirs = text_to_path.get_text_width_height_descent("\u2603", face, ismath=False)
        assert ruler.measured("\u2603", face) == pytest.approx(theirs, abs=0.01)
