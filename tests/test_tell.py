"""What is said of the figures: the real year word for word, and true sentences in years of every other kind.

The headline's truth table is `tests/cases/headline.csv`, tried in `tests/test_cases.py`.
"""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import LETTERS, year

from helpers import check, compute, read, tell
from helpers.terms import Grade
from helpers.terms.tables import UNCONFIRMED

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def story(frames):
    return told(frames)


def told(frames):
    """The story of a year, whose every sentence has passed the back-check."""
    figures = compute.figures(frames)
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    story = tell.brief(figures, frames, findings)
    back = check.page(story.sentences(), figures, acknowledged=frames.acknowledged[0:0])
    assert [finding.evidence for finding in back if finding.result != "passed"] == []
    return story


def headline(story):
    return "".join(sentence.text for sentence in story.headline)


def words(story):
    """Everything page one says, one sentence a line."""
    return "\n".join(sentence.text for sentence in story.sentences())


def points(story):
    return {point.rule: f"{point.topic.text}：{point.evidence.text}" for point in story.points}


def test_the_headline_of_fy2024(story):
    assert headline(story) == (
        "74件中62件（83.8%）が概ね計画どおり以上。効果額13.46億円は見込みの3.87倍。"
        "ただし約71%は公社の健全化で、除くと少なくとも1.10倍。方針1は見込みの45%。"
    )


def test_the_key_figures_of_fy2024(story):
    """Figures word for word; labels may be shortened as the page needs."""
    values = ["83.8%", "3.87倍", "約71%", "少なくとも1.10倍", "△5,937万円"]
    assert [key.value.text for key in story.key_figures] == values
    rate, multiplier, item, without, shortfall = (
        " ".join(line.text for line in key.lines) for key in story.key_figures
    )
    assert rate == "62件／74件 A 16 B 46 C 12 D 0"
    assert multiplier == "13.46億円／3.48億円 差 ＋9.98億円"
    assert without == "見込みは据え置き", "the range of its upper end stands in the details"
    assert all(words in item for words in ("公社の健全化（公表 961百万円）", "判断"))
    assert all(words in shortfall for words in ("方針1", "4,771万円", "90.0%"))


def test_the_points_of_fy2024(story):
    assert [point.rule for point in story.points] == ["D-b", "D-a", "D-c", "D-d", "D-e"]
    said = points(story)
    assert said["D-a"] == "方針1の見込みの立て直し：実績4,771万円は見込み1.07億円の0.45倍。達成率は90.0%。"
    assert "公社の健全化が実績の約71%（一過性と判断、市未確認）。続く額は2.06〜3.86億円（判断）。" in said["D-b"]
    assert "PPP/PFI検討規程・民間提案制度の導入の遅れを" in said["D-c"]
    assert "効果額は見込み・実績とも0、達成率は100.0%（7件／7件）。0が実測かは記載なし。" in said["D-d"]
    assert "倍率3.87倍の年に、「財政の健全化の推進」の評価はC（記載から定まる）。" in said["D-e"]


def test_the_captions_of_fy2024(story):
    said = {name: caption.text for name, caption in story.captions.items()}
    assert said["composition"] == "実績13.46億円の約71%は公社の健全化。除くと見込みの少なくとも1.10倍"
    assert "方針2（73.7%）・方針5（73.7%）は目安の80%" in said["grades"], "and a reader sees that 80% is ours"
    assert said["policies"] == "見込みに届かないのは方針1（0.45倍、△5,937万円）"


def test_what_is_judged_says_so_and_nobody_is_said_to_have_sold_land_or_graded_himself(story):
    judged = {sentence.id: sentence.text for sentence in story.sentences() if sentence.is_judgement}
    assert [text for text in judged.values() if "判断" not in text] == []
    assert set(judged) >= {"key.item_class", "point.D-b_evidence_judged", "point.D-c_evidence"}
    assert not re.search("売払|売却|自己評価", words(story))


def test_less_than_expected_is_said_as_short():
    story = told(year([{"A": 1, "B": 3, "C": 1, "D": 0}] * 2, [(100_000, 60_000), (50_000, 30_000)]))
    assert story.captions["composition"].text == "実績9,000万円は見込み1.50億円に6,000万円不足"
    short = "見込みに届かないのは方針1（0.60倍、△4,000万円）・方針2（0.60倍、△2,000万円）"
    assert story.captions["policies"].text == short
    assert [point.topic.text for point in story.points] == ["方針1の見込みの立て直し", "方針2の見込みの立て直し"]


def test_a_policy_that_earned_what_nobody_expected_has_no_multiplier():
    story = told(year([{"A": 1, "C": 0}] * 2, [(100_000, 120_000), (0, 1_200)]))
    assert points(story)["D-d"] == (
        "方針2の成果を金額以外で測る指標：見込みは0で実績は120万円。達成率は100.0%（1件／1件）。"
    )
    assert "倍" not in points(story)["D-d"]


@pytest.mark.parametrize(("earned", "says", "gap"), [(-3_500, "△350万円", "△5,350万円"), (0, "0円", "△5,000万円")])
def test_nothing_earned_or_less_is_an_amount_and_no_multiplier(earned, says, gap):
    story = told(year([{"A": 1}] * 2, [(100_000, 150_000), (50_000, earned)]))
    assert not re.search("△0|0.00倍", words(story))
    assert points(story)["D-a"] == f"方針2の見込みの立て直し：見込み5,000万円に対し実績{says}。達成率は100.0%。"
    assert story.captions["policies"].text == f"見込みに届かないのは方針2（{gap}）"


def test_just_below_the_plan_is_never_100_percent_or_1_00():
    story = told(year([{"A": 1}] * 2, [(100_000, 99_990), (100_000, 99_990)]))
    assert "100%" not in words(story).replace("100.0%", "")
    assert story.captions["policies"].text == "見込みに届かないのは方針1（△1万円）・方針2（△1万円）"
    assert story.captions["composition"].text == "実績2.00億円は見込み2.00億円に2万円不足"


def test_a_d_counts_as_missed():
    story = told(year([{"A": 1, "B": 6, "C": 1, "D": 1}], [(100, 100)]))
    assert headline(story).startswith("9件中7件（77.8%）が概ね計画どおり以上。")
    assert story.key_figures[0].lines[1].text == "A 1 B 6 C 1 D 1"


def test_no_effects_at_all_leave_a_page_of_grades():
    story = told(year([{"A": 3, "C": 1}] * 2, [(None, None)] * 2))
    assert story.captions["composition"].text == story.captions["policies"].text == "効果額は資料に記載がない"
    assert [key.label.id for key in story.key_figures] == ["key.rate"]
    assert story.points == []


def test_what_is_stated_of_only_one_side_is_said_and_the_other_is_not_called_zero():
    story = told(year([{"A": 1}], [(None, 120_000)]))
    assert story.captions["composition"].text == "実績1.20億円、見込みは資料に記載がない"
    assert "実績1.20億円／見込みの記載なし" in words(story)
    assert "見込みのある方針はない" not in words(story)


def test_one_policy_without_its_amount_leaves_no_total_to_speak_of():
    story = told(year([{"A": 1}] * 2, [(100_000, 120_000), (50_000, None)]))
    assert "合計できない" in headline(story)
    assert "すべて見込み以上" not in words(story)


def test_no_named_items_leave_out_the_key_figures_of_the_item_and_its_point():
    story = told(year([{"A": 1}], [(100_000, 120_000)]))
    assert [key.label.id for key in story.key_figures] == ["key.rate", "key.multiplier", "key.shortfall"]
    assert "D-b" not in points(story)


def test_no_grades_at_all_leave_a_page_of_money():
    story = told(year([{}] * 2, [(100_000, 120_000), (100_000, 50_000)], grades=()))
    assert headline(story) == "効果額1.70億円は見込みの85%で、3,000万円不足。方針2は見込みの50%。"
    assert [key.label.id for key in story.key_figures] == ["key.multiplier", "key.shortfall"]
    lines = [line for key in story.key_figures for line in key.lines]
    said = [*story.headline, *lines, *(one for group in story.caveats for one in group)]
    assert not [one.text for one in said if re.search("達成率|評価", one.text)]


def test_nothing_expected_and_nothing_earned_is_no_success():
    story = told(year([{"A": 1}] * 2, [(0, 0), (0, 0)]))
    assert story.key_figures[1].value.text == "対象外（見込み0）"
    assert story.captions["policies"].text == "見込みのある方針はない"


def test_twelve_policies_are_told_apart():
    amounts = [(10_000, 10_000)] * 10 + [(10_000, 1_000), (50_000, 10_000)]
    story = told(year([{"A": 1, "C": n % 2} for n in range(12)], amounts))
    assert headline(story).endswith("方針12は見込みの20%。")
    assert "方針11（0.10倍、△900万円）" in story.captions["policies"].text
    assert story.captions["grades"].text == "目安の80%未満は方針2（50.0%）・方針4（50.0%）・方針6（50.0%）など"


def test_a_message_names_the_three_that_fall_shortest_and_says_that_there_are_others():
    story = told(year([{"A": 1, "C": n} for n in range(1, 6)], [(10_000, 9_000 - n * 1_000) for n in range(5)]))
    assert story.captions["policies"].text == (
        "見込みに届かないのは方針5（0.50倍、△500万円）・方針4（0.60倍、△400万円）・方針3（0.70倍、△300万円）など"
    )
    assert story.captions["grades"].text == "どの方針も目安の80%未満"


def test_policies_that_tie_stand_in_the_plans_order():
    story = told(year([{"A": 1}] * 3, [(100, 50)] * 3))
    assert re.findall("方針([0-9])（", story.captions["policies"].text) == ["1", "2", "3"]
    assert [point.topic.text[:3] for point in story.points] == ["方針1", "方針2", "方針3"]


def test_at_most_five_points_the_dearest_first():
    story = told(year([{"A": 1}] * 7, [(n * 1_000, 0) for n in range(1, 8)]))
    assert [point.topic.text[:3] for point in story.points] == ["方針7", "方針6", "方針5", "方針4", "方針3"]


def test_items_that_tie_are_told_by_the_first_line():
    some = [("架空の取組ア", "60", "百万円", "unknown"), ("架空の取組イ", "60", "百万円", "unknown")]
    story = told(year([{"A": 2}], [(10_000, 120_500)], some))
    assert "架空の取組ア（公表 60百万円）" in words(story)


def test_a_label_that_is_a_clause_is_quoted_before_its_particle():
    scale = (LETTERS[0], replace(LETTERS[1], label="おおむね達成した"), *LETTERS[2:])
    story = told(year([{"A": 1, "B": 2, "C": 0, "D": 0}], [(100_000, 120_000)], grades=scale))
    assert "（100.0%）が「おおむね達成した」以上。" in headline(story)
    assert "達成率（「おおむね達成した」以上）" in words(story)


def test_a_rest_below_zero_is_no_floor():
    some = [("架空の取組", "140", "百万円", "unknown")]
    story = told(year([{"A": 2}] * 2, [(100_000, 150_000), (10_000, -30_000)], some))
    assert story.key_figures[3].value.text.startswith("△"), "少なくとも would be false"
    for said in (headline(story), points(story)["D-b"]):
        assert "架空の取組だけで1.39〜1.41億円あり、ほかの合計はマイナス。" in said


def test_a_rule_of_rounding_that_is_stated_is_not_said_to_be_missing():
    def notes(rule):
        return words(told(year([{"A": 2}], [(100_000, 150_000)], [("架空の取組", "90", "百万円", rule)])))

    assert "百万円で公表された項目は、端数処理の記載がないため幅で計算した" in notes("unknown")
    assert "百万円で公表された項目は、端数処理（四捨五入）があるため幅で計算した" in notes("half_up")
    assert "端数処理" not in words(told(year([{"A": 2}], [(100, 150)], [("架空の取組", "90", "千円", "unknown")])))


def test_a_judgement_that_the_city_confirmed_is_not_called_unconfirmed(frames):
    def by(coder):
        tables = {name: getattr(frames, name).assign(coder=coder) for name in ("effect_classes", "reason_codes")}
        return words(told(replace(frames, **tables)))

    ours, confirmed = by(UNCONFIRMED), by("伊勢原市 企画部")
    for says in ("市未確認", "市の確認を受けていない"):
        assert says in ours
        assert says not in confirmed
    assert "（一過性と判断）" in confirmed


def test_a_zero_that_was_measured_is_not_said_to_be_unexplained(frames):
    zeros = frames.effects["zero_meaning"].replace("unknown", "measured_zero")
    said = points(told(replace(frames, effects=frames.effects.assign(zero_meaning=zeros))))["D-d"]
    assert said.endswith("効果額は見込み・実績とも0、達成率は100.0%（7件／7件）。")


def test_a_recurring_top_item_is_no_point_to_decide(frames):
    recurring = frames.effect_classes.replace("one_off", "recurring")
    assert "D-b" not in points(told(replace(frames, effect_classes=recurring)))


def test_a_scale_of_numbers_is_told_apart_from_counts():
    """Kawasaki grades from 1, the best, to 5."""
    bands = ("exceeded", "exceeded", "on_track", "behind", "stalled")
    scale = tuple(Grade(str(n), f"架空の段階{n}", n, achieved=n <= 3, band=band) for n, band in enumerate(bands, 1))
    story = told(year([{"1": 1, "2": 2, "3": 7, "4": 4, "5": 0}], [(100, 150)], grades=scale))
    assert story.key_figures[0].lines[1].text == "評価1 1 評価2 2 評価3 7 評価4 4 評価5 0"
    assert headline(story).startswith("14件中10件（71.4%）が架空の段階3以上。")


def test_a_name_with_digits_and_signs_is_a_name():
    some = [("第2次100%子会社の <b>見直し</b> (3件)", "90", "百万円", "unknown")]
    story = told(year([{"A": 1}], [(100_000, 120_000)], some))
    assert "第2次100%子会社の <b>見直し</b> (3件)" in headline(story)


def test_what_was_corrected_or_accepted_in_the_open_comes_first(frames):
    row = {"table": "stated", "locator": "L60", "column": "value", "old": "62", "new": "-3.5"}
    row |= {"reason": "第2版で訂正", "corrected_by": "企画部", "corrected_on": "2026-08-20"}
    corrections = pd.DataFrame([row], columns=frames.corrections.columns, index=[2])
    accepted = ["V03", "2026年に確かめる", "企画部長", "2026-08-20"]
    acknowledged = pd.DataFrame([accepted], columns=frames.acknowledged.columns, index=[2])
    stated = frames.stated.assign(value=frames.stated["value"].replace("62", "63"))
    story = told(replace(frames, corrections=corrections, acknowledged=acknowledged, stated=stated))
    first = "".join(sentence.text for sentence in story.caveats[0])
    assert "V03 達成した件数の記載（2026年に確かめる、企画部長）" in first
    assert "L60 62→△3.5（第2版で訂正）" in first


WITH_JUDGEMENTS = (
    "数値は資料の値とその計算。「判断」「目安」とあるものだけが本プロジェクトの見立てで、市の確認を受けていない。"
)
WITHOUT = "数値は資料の値とその計算。「目安」だけが判断で、資料が定めたものではない。"


@pytest.mark.parametrize(("audience", "says"), [("internal", WITH_JUDGEMENTS), ("public", WITHOUT)])
def test_a_line_drawn_by_us_is_never_shown_as_the_citys(audience, says):
    """The public page withholds the judgements, yet its charts measure policies by the threshold."""
    story = told(read.year("isehara-6", 2024, ROOT / "data", audience=audience))
    assert "目安" in "".join(caption.text for caption in story.captions.values())
    assert [line for line in words(story).splitlines() if "「目安」" in line] == [says]


@pytest.mark.parametrize(
    ("fiscal_year", "registered", "says"),
    [
        (2023, (2023,), "計画の初年度のため前年度との比較はない。"),
        (2024, (2024,), "前年度（令和5年度）と前回までの判断事項は未登録。"),
    ],
)
def test_the_year_before_is_said_to_be_missing_where_it_is(fiscal_year, registered, says):
    story = told(year([{"A": 1}], [(1, 1)], fiscal_year=fiscal_year, registered_years=registered))
    assert says in words(story)


SMALL = st.integers(-300, 2_000)
COUNTS = st.fixed_dictionaries({grade.code: st.integers(0, 6) for grade in LETTERS})
POLICIES = st.lists(
    st.tuples(COUNTS, st.one_of(st.just(0), SMALL, st.none()), st.one_of(st.just(0), SMALL, st.none())),
    min_size=1,
    max_size=4,
)
ITEMS = st.lists(
    st.tuples(
        st.integers(-400, 2_500),
        st.sampled_from(["千円", "百万円"]),
        st.sampled_from(["unknown", "half_up", "floor", "exact"]),
        st.sampled_from([("recurring", "cash"), ("one_off", "cash"), ("unknown", "unknown"), None]),
    ),
    max_size=3,
)
# Amounts of policies in 千円 from hundreds to 億円, so that items in 百万円 are sometimes most of them and sometimes more.
SCALES = st.sampled_from([1, 1_000, 100_000])


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POLICIES, ITEMS, SCALES)
def test_the_story_of_any_year_states_nothing_but_its_figures(policies, items, scale):
    """Counts and amounts of every size and sign, zero and missing: no exception, and the back-check passes."""
    amounts = [tuple(None if a is None else a * scale for a in money) for _, *money in policies]
    some, classes = [], {}
    for n, (amount, unit, rule, judged) in enumerate(items, start=1):
        some.append((f"架空の取組その{n}", str(amount * (scale if unit == "千円" else 1)), unit, rule))
        classes |= {f"架空の取組その{n}": judged} if judged else {}
    frames = year([counts for counts, *_ in policies], amounts, some, classes=classes)
    story = told(frames)
    said = words(story)
    assert not re.search(r"nan|None|inf|\{|\}|＊|〜〜|。。", said)
    figures = compute.figures(frames)
    whole = {one.exact for one in figures if one.metric in {"effect_multiplier", "top_item_share"}}
    assert "100%" not in said.replace("100.0%", "") or Fraction(1) in whole
    assert len(story.headline) in {2, 3, 4}
    of_items = ["key.top_item", "key.without"] if items else []
    of_money = ["key.multiplier", *of_items, "key.shortfall"] if frames.effects["scope"].eq("policy").any() else []
    assert [key.label.id for key in story.key_figures] == ["key.rate", *of_money]
    assert len(story.points) <= 5
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    others = tell.detail(figures, frames, findings).sentences()
    others += tell.sentences(tell.drafted(figures, frames, findings))
    for finding in check.page(others, figures, acknowledged=frames.acknowledged):
        assert finding.result == "passed", finding.evidence


def test_the_year_of_the_expected_amounts_is_told_while_nobody_confirmed_it(frames):
    says = "見込額は令和6年度の分とみた（表に年度の記載がない）。"
    assert says in words(told(frames))
    confirmed = replace(frames, assumptions=frames.assumptions.assign(state="confirmed"))
    assert says not in words(told(confirmed))
