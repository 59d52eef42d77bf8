"""What moved since last year, and which measures are behind, on page one. Every year is made up; amounts in 千円."""

from dataclasses import replace
from fractions import Fraction

import made_up_register
import pandas as pd
import pytest
from made_up import LETTERS, year

from helpers import check, compute, notation, tell

BEFORE, NOW = 2023, 2024


def two(before, now, **changes):
    """Figures and frames of a year that knows the one before."""
    both = (BEFORE, NOW)
    earlier = replace(before, fiscal_year=BEFORE, registered_years=both)
    frames = replace(now, fiscal_year=NOW, registered_years=both, **changes)
    return compute.figures(frames, years={BEFORE: earlier}), frames


def told(before, now, **changes):
    figures, frames = two(before, now, **changes)
    story = tell.brief(figures, frames, [])
    found = check.page(story.sentences(), figures, acknowledged=frames.acknowledged)
    assert [one.evidence for one in found if one.result != "passed"] == []
    return story


def alone(frames):
    return tell.brief(compute.figures(frames), frames, [])


def moved(story):
    return [one.text for one in story.headline if one.id.startswith("moved.")]


def of(counts, *amounts, **changes):
    """One year: the counts A to D of one policy and its amounts, or those of several."""
    policies = amounts or ((100_000, 120_000),)
    letters = dict(zip("ABCD", counts, strict=False))
    rest = [{"A": 1, "B": 0, "C": 0, "D": 0}] * (len(policies) - 1)
    return year([letters, *rest], list(policies), **changes)


# Worked by hand: 7 of 10 → 9 of 10 is +20 points; 1.2億 → 1.5億 is 3,000万 more.
@pytest.mark.parametrize(("before", "now", "says"), [
    (
        of((2, 5, 3, 0)),
        of((4, 5, 1, 0), (100_000, 150_000)),
        ["達成率は前年度の70.0%から＋20.0ポイント。", "効果額は前年度の1.20億円を3,000万円上回る。"],
    ),
    (
        of((4, 5, 1, 0)),
        of((2, 3, 5, 0), (100_000, 90_000)),
        ["達成率は前年度の90.0%から△40.0ポイント。", "効果額は前年度の1.20億円を3,000万円下回る。"],
    ),
    # The same, and one measure: no rate is called better or worse; the money, if it moved, leads.
    (of((4, 5, 1, 0)), of((5, 4, 1, 0)), ["効果額は前年度と同じ1.20億円。", "達成率は前年度と同じ90.0%。"]),
    (of((4, 5, 1, 0)), of((4, 4, 2, 0)), ["効果額は前年度と同じ1.20億円。", "達成率は前年度（90.0%）から取組ひとつの差で、ほぼ同じ。"]),
    # Another number of measures and no register: nothing is compared.
    (
        of((4, 5, 1, 0)),
        of((4, 5, 3, 0)),
        [
            "効果額は前年度と同じ1.20億円。",
            "前年度の達成率は90.0%だが、取組の数が違い（10件→12件）、両年度の内部台帳がそろわないため、比べられない。",
        ],
    ),
    # A year that stated no amounts, or no grades.
    (of((4, 5, 1, 0), (100_000, None)), of((2, 5, 3, 0)), ["達成率は前年度の90.0%から△20.0ポイント。"]),
    (of((4, 5, 1, 0)), of((2, 5, 3, 0), (100_000, None)), ["達成率は前年度の90.0%から△20.0ポイント。"]),
    # An amount below zero.
    (
        of((4, 5, 1, 0), (100_000, -20_000)),
        of((4, 5, 1, 0), (100_000, 30_000)),
        ["効果額は前年度の△2,000万円を5,000万円上回る。", "達成率は前年度と同じ90.0%。"],
    ),
], ids=["rise", "fall", "same", "one measure", "other measures", "no money before", "no money now", "from below zero"])  # fmt: skip
def test_what_moved_is_one_line_below_the_headline(before, now, says):
    assert moved(told(before, now)) == says


def test_a_year_without_the_one_before_says_so_in_one_short_line():
    story = alone(replace(of((4, 5, 1, 0)), fiscal_year=NOW))
    assert moved(story) == []
    assert story.caveats[-1][-1].text == "前年度（令和5年度）と前回までの判断事項は未登録。"


def test_a_year_missing_between_is_not_the_year_before():
    earlier = replace(of((2, 5, 3, 0)), fiscal_year=2022, registered_years=(2022, NOW))
    frames = replace(of((4, 5, 1, 0)), fiscal_year=NOW, registered_years=(2022, NOW))
    figures = compute.figures(frames, years={2022: earlier})
    assert moved(tell.brief(figures, frames, [])) == []
    assert figures["achievement_rate_change"].reason == "previous_not_registered"


def test_another_scale_is_not_compared():
    three = (*LETTERS[:2], replace(LETTERS[2], label="計画に届かず"))
    before = year([{"A": 2, "B": 5, "C": 3}], [(100_000, 120_000)], grades=three)
    story = told(before, of((4, 5, 1, 0)))
    assert "評価の段階が前年度と違うため、達成率は比べられない。" in moved(story)
    assert not any("前年度 70.0%" in line.text for line in story.key_figures[0].lines)


def test_another_definition_of_effect_is_not_compared():
    before = of((2, 5, 3, 0))
    before = replace(before, plan=replace(before.plan, effect_definition="費用を引いた額"))
    now = of((4, 5, 1, 0), (100_000, 150_000))
    story = told(before, now)
    assert "効果額の数え方が前年度と違うため、効果額は比べられない。" in moved(story)
    assert [line.text for line in story.key_figures[1].lines if "前年度" in line.text] == []
    figures, _ = two(before, now)
    assert figures["effect_multiplier_change"].reason == "definition_changed"


def test_the_one_off_part_of_the_change_is_said():
    """Last year 6,000万 of it were judged one-off: of the 5,000万 less, that is more than all."""
    land = [("架空の土地の売却", "60000", "千円", "exact")]
    before = of((4, 5, 1, 0), (100_000, 120_000), items=land, classes={"架空の土地の売却": ("one_off", "cash")})
    small = [("架空の節電", "5000", "千円", "exact")]
    now = of((4, 5, 1, 0), (100_000, 70_000), items=small, classes={"架空の節電": ("recurring", "cash")})
    assert moved(told(before, now))[0] == (
        "効果額は前年度の1.20億円を5,000万円下回る（うち一過性と判断した項目の差△6,000万円）。"
    )


def test_key_figures_carry_last_years_value_and_the_change():
    item = [("架空の大きな取組", "80000", "千円", "exact")]
    before = of((2, 5, 3, 0), (100_000, 120_000), (50_000, 10_000), items=item)
    now = of((4, 5, 1, 0), (100_000, 150_000), (50_000, 20_000), items=item)
    assert [key.lines[-1].text for key in told(before, now).key_figures] == [
        "前年度 72.7%（＋18.2ポイント）",  # 8 of 11 → 10 of 11
        "前年度 0.87倍（＋0.27倍）",  # 130 of 150 → 170 of 150
        "前年度 62%",  # 80 of 130
        "前年度 下限0.33倍",  # 50 of 150
        "方針2の前年度の差 △4,000万円（＋1,000万円）",  # 10 → 20 of 50 million
    ]


def test_last_years_largest_item_may_have_been_another():
    before = of((4, 5, 1, 0), (100_000, 120_000), items=[("架空の土地", "90000", "千円", "exact")])
    now = of((4, 5, 1, 0), (100_000, 150_000), items=[("架空の料金", "80000", "千円", "exact")])
    other = {"scope_id": before.effects["scope_id"].replace("m-000001", "m-000009")}
    before = replace(before, effects=before.effects.assign(**other))
    assert told(before, now).key_figures[2].lines[-1].text == "前年度 75%（別の取組）"


def test_a_renamed_policy_is_not_compared():
    before = of((2, 5, 3, 0), (100_000, 120_000), (50_000, 10_000))
    tables = {
        name: getattr(before, name).replace("架空の方針その2", "別の方針") for name in ("grade_counts", "effects")
    }
    figures, _ = two(replace(before, **tables), of((4, 5, 1, 0), (100_000, 150_000), (50_000, 20_000)))
    assert figures["achievement_rate_change", "policy", "2"].reason == "policy_renamed"
    assert figures["effect_gap_change", "policy", "2"].reason == "policy_renamed"
    assert figures["effect_gap_change", "policy", "1"].exact == 30_000_000  # 120 → 150 million of 100
    assert figures["achievement_rate_change", "policy", "1"].exact == Fraction(1, 5)  # 7 → 9 of 10


def test_a_change_rests_on_the_rows_of_what_it_compares_and_last_years_figures_on_last_years():
    before = of((2, 5, 3, 0), (100_000, 120_000), (50_000, 10_000))
    figures, frames = two(before, of((4, 5, 1, 0), (100_000, 150_000), (50_000, 20_000)))
    of_plan = [(metric, "plan", "") for metric in ("achievement_rate", "effect_multiplier", "actual_effect")]
    of_policy = [(metric, "policy", "2") for metric in ("achievement_rate", "effect_gap")]
    for metric, scope, scope_id in of_plan + of_policy:
        now = figures[metric, scope, scope_id].inputs  # the two years have the same rows
        assert figures[f"{metric}_change", scope, scope_id].inputs == (*now, *(f"{BEFORE}/{row}" for row in now))
    rate = figures["achievement_rate", "year", "2023"]
    assert {one.split("/")[0] for one in rate.inputs} == {"2023"}
    assert notation.whose(rate, frames.plan, {}) == "令和5年度"


def test_a_multiplier_moves_from_last_years_own_and_only_where_both_years_have_one():
    figures, _ = two(of((4, 5, 1, 0), (100_000, 120_000)), of((4, 5, 1, 0), (50_000, 150_000)))
    assert figures["effect_multiplier_change"].exact == Fraction(9, 5)  # 3.0 − 1.2
    assert {one.split("/")[0] for one in figures["effect_multiplier_change"].inputs if "/" in one} == {str(BEFORE)}
    figures, _ = two(of((4, 5, 1, 0), (100_000, None)), of((4, 5, 1, 0), (50_000, 150_000)))
    assert figures["effect_multiplier_change"].reason == "actual_not_stated"
    figures, _ = two(of((4, 5, 1, 0), (100_000, 120_000)), of((4, 5, 1, 0), (None, 150_000)))
    assert figures["effect_multiplier_change"].reason == "expected_not_stated"
    figures, _ = two(of((4, 5, 1, 0)), of((4, 5, 1, 0), (100_000, 120_000), (0, 5_000)))
    for metric in ("effect_gap_change", "achievement_rate_change"):
        assert (metric, "policy", "2") not in figures, "a policy that is new"
    assert figures["achievement_rate_change", "policy", "1"].is_known
    assert ("effect_gap", "policy:year", "2:2023") not in figures
    assert figures["effect_gap", "policy:year", "1:2023"].exact == 20_000_000


def behind(story):
    return [one.says.text for one in story.behind.measures]


def named(*names):
    return of((4, 5, 2, 0), named=[(name, "C") for name in names])


def test_measures_named_behind_twice_come_first():
    """Ids follow the names here: the third of this year was the first of last year."""
    before = named("架空の庁舎")
    now = named("架空の歩道", "架空の窓口")
    ids = dict(zip(now.measures["measure"], now.measures["measure_id"], strict=True))
    before = replace(before, measures=before.measures.assign(measure="架空の窓口", measure_id=ids["架空の窓口"]))
    story = told(before, now)
    assert behind(story) == ["架空の窓口（架空部）2年続けて届かず", "架空の歩道（架空部）"]
    assert story.behind.title.text == "計画に届かない取組2件"


def test_of_a_measure_that_is_named_behind_twice_the_first_words_are_told():
    frames = named("架空の歩道")
    told_twice = [
        dict.fromkeys(frames.mentions.columns, "架空")
        | {"list": "behind", "measure_id": frames.measures["measure_id"].iloc[0], "words": words}
        for words in ("架空の一つ目", "架空の二つ目")
    ]
    mentions = pd.DataFrame(told_twice)
    assert behind(alone(replace(frames, mentions=mentions))) == ["架空の歩道（架空部）：架空の一つ目"]


def test_what_the_document_does_not_name_is_said():
    assert alone(of((4, 5, 1, 0))).behind.title.text == "計画に届かない取組1件の名称は、資料に記載がない。"
    assert alone(of((4, 5, 0, 0))).behind is None


def test_most_six_are_told_and_the_rest_is_said_to_be_elsewhere():
    story = alone(of((4, 5, 9, 0), named=[(f"架空の取組その{n}", "C") for n in "一二三四五六七八"]))
    assert len(story.behind.measures) == 6
    assert not story.behind.is_whole
    assert story.behind.title.text == "計画に届かない取組9件のうち、資料が名を挙げるもの"


def test_without_grades_those_that_are_named_stand_alone():
    frames = of((4, 5, 1, 0), named=[("架空の窓口", "C")])
    story = alone(replace(frames, grade_counts=frames.grade_counts.iloc[:0]))
    assert story.behind.title.text == "計画に届かない取組として、資料が名を挙げるもの"


def _register(*rows):
    """Made-up rows of a register: id, grade, expected amount (千円)."""
    made = [made_up_register._row(one, f"架空の{one}", "1", "架空部", grade, amount, 0) for one, grade, amount in rows]
    place = {"source_id": "made-up", "quote": "架空", "status": "stated"}
    return made_up_register.frame([row | place | {"locator": f"L{n}"} for n, row in enumerate(made, start=2)])


def test_with_a_register_those_behind_longest_come_first_then_the_money():
    before = of((1, 1, 2, 0), register=_register(("甲", "A", 10), ("乙", "C", 5), ("丙", "C", 0), ("丁", "B", 900)))
    now = of((1, 0, 3, 0), register=_register(("甲", "C", 10), ("乙", "C", 5), ("丙", "A", 0), ("丁", "C", 900)))
    story = told(before, now)
    assert [one.name for one in story.behind.measures] == ["架空の乙", "架空の丁", "架空の甲"]
    assert "架空の乙（架空部）2年続けて届かず：架空（試験用）" in behind(story)
    assert story.behind.title.text == (
        "計画に届かない取組3件、うち前年度から続くもの1件（続く年数、見込みの大きい順。内部台帳による）"
    )
    # 2 of 4 → 1 of 4, all of them in both years.
    assert moved(story)[0] == "達成率は前年度の50.0%から△25.0ポイント（両年度にある4件では△25.0ポイント）。"
