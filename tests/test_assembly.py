"""Questions for the assembly: the twelve of any year and those that this year's figures raise, each with a draft and what is not known."""

import re
from dataclasses import replace
from pathlib import Path

import paper
import pytest
from made_up import year

from helpers import check, compute, pages, read, tell

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "reports/isehara-6/2024/assembly.html"
TWELVE = 12


def drafted(frames, years=None):
    figures = compute.figures(frames, years=years)
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    cards = tell.drafted(figures, frames, findings)
    sentences = [one for card in cards for one in card.sentences()]
    back = check.page(sentences, figures, acknowledged=frames.acknowledged)
    assert [one.evidence for one in back if one.result != "passed"] == []
    return cards


def asked(cards):
    return [card.question.text for card in cards if card.is_raised]


def answer(cards, question):
    (card,) = [card for card in cards if card.question.text == question]
    return "".join(one.text for one in card.answer), card


@pytest.fixture(scope="module")
def of_isehara(frames):
    return drafted(frames)


def test_what_this_year_raises_comes_first_then_the_twelve(of_isehara):
    raised = [card.is_raised for card in of_isehara]
    assert raised == sorted(raised, reverse=True)
    assert raised.count(False) == TWELVE
    assert asked(of_isehara) == [
        "方針1の効果額が見込みに届かなかったのは、なぜか",
        "方針2は達成率が目安に届かないのに、効果額が見込みに届いたのは、なぜか",
        "方針5は達成率が目安に届かないのに、効果額が見込みに届いたのは、なぜか",
        "計画に届かない取組はどれで、なぜか",
    ]


def test_an_answer_is_from_the_figures_and_says_what_is_not_known(of_isehara):
    says, card = answer(of_isehara, "方針1の効果額が見込みに届かなかったのは、なぜか")
    # 107,077 − 47,708 = 59,369; 18 of 20 (千円)
    assert says.startswith("方針1は見込み1.07億円に対し実績4,771万円で、5,937万円不足。")
    assert re.search("20件中18件（90.0%）.*理由は資料に記載がない。$", says)
    unknown = card.unknown
    assert (unknown.rule, unknown.department) == ("short_though_graded", "伊勢原市 企画部 デジタル・行政経営課")
    says, card = answer(of_isehara, "一過性のものを除くと、どうなるか")
    assert says == (
        "全体では見込みの3.87倍。公社の健全化（一過性：判断、市未確認）だけを除くと見込みの少なくとも1.10倍。"
        "内訳のない額にも一過性のものがあるかは分からない。"
    )
    says, _ = answer(of_isehara, "方針5は達成率が目安に届かないのに、効果額が見込みに届いたのは、なぜか")
    assert "公表された最大の一件の公社の健全化（961百万円）は方針5のもの" in says
    assert card.unknown.department == "総務部", "the department of the item"


def test_an_answer_has_no_more_than_five_sentences(of_isehara):
    for card in of_isehara:
        assert 1 <= len("".join(one.text for one in card.answer).rstrip("。").split("。")) <= 5, card.question.text


def test_a_year_in_which_all_went_well_raises_nothing():
    assert asked(drafted(year([{"A": 5, "B": 5}], [(100_000, 120_000)]))) == []


def two(before, now):
    both = (2023, 2024)
    return replace(now, registered_years=both), {2023: replace(before, fiscal_year=2023, registered_years=both)}


def test_a_fall_since_last_year_is_asked_about():
    good = year([{"A": 5, "B": 5, "C": 0}], [(100_000, 150_000)])
    bad = year([{"A": 2, "B": 5, "C": 3}], [(100_000, 120_000)])
    cards = drafted(*two(good, bad))
    says, _ = answer(cards, "達成率が前年度より下がったのは、なぜか")
    assert says == "達成率は前年度の100.0%から△30.0ポイント。理由は資料に記載がない。"
    says, _ = answer(cards, "効果額が前年度より減ったのは、なぜか")
    assert says == "効果額は前年度の1.50億円を3,000万円下回る。理由は資料に記載がない。"
    assert [one for one in asked(drafted(*two(bad, good))) if "前年度" in one] == []


def test_a_measure_behind_twice_is_asked_about_by_name():
    one = year([{"A": 5, "B": 5, "C": 1}], [(100_000, 150_000)], named=[("架空の窓口", "C")])
    says, card = answer(drafted(*two(one, one)), "「架空の窓口」は、なぜ続けて計画に届かないのか")
    assert says == "架空の窓口（架空部）2年続けて届かず。"
    assert card.unknown.department == "架空部"


def test_what_the_document_contradicts_is_asked_about():
    cards = drafted(compute.corrected(read.year("isehara-4", 2015, ROOT / "data")))
    says, card = answer(cards, "資料の数字に、合わないところがあるのではないか")
    assert "617,600千円、計算では617,160千円" in says
    assert card.place == "checks"


def test_the_page_marks_every_answer_as_a_draft_and_leads_to_its_proof(of_isehara, frames, figures):
    html = pages.assembly.title(frames).html + pages.assembly.cards(of_isehara, figures).html
    assert html.count("<dt>答えの案</dt>") == html.count('class="asked-card"') == len(of_isehara)
    assert "規則で作った案です" in html
    assert 'href="quality.html#m-effect_gap-policy-1"' in html
    assert html.count("（判断を含む）") == sum(any(one.is_judgement for one in card.answer) for card in of_isehara) > 1
    for place in re.findall(r'href="detail\.html#([^"]+)"', html):
        assert f'id="{place}"' in (PAGE.parent / "detail.html").read_text(encoding="utf-8"), place


@pytest.mark.browser
@pytest.mark.slow
def test_two_questions_stand_on_a_printed_sheet(browser):
    page = browser.new_page()
    page.goto(f"file://{PAGE}")
    *before, last = [one.count("答えの案") for one in paper.texts(page) if "答えの案" in one]
    page.close()
    assert set(before) == {2}
    assert last in {1, 2}
