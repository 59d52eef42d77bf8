"""The detail page: eleven sections, each with its message from the figures, its chart, its table and the way back."""

import dataclasses
import itertools
import re
from pathlib import Path

import boxes
import made_up
import made_up_register
import pandas as pd
import paper
import pytest
import strained

from helpers import check, compute, notation, pages, tell
from helpers.draw import gaps, kit, linked_plans, quadrant, years
from helpers.draw.quadrant import label_boxes
from helpers.pages.detail import TOPICS
from helpers.terms import Grade

# One worker draws the sections that several tests look at.
pytestmark = pytest.mark.xdist_group("detail")

ROOT = Path(__file__).parents[1]


def test_what_grades_measure_is_said_in_the_documents_own_words_with_its_line(frames):
    """An auditor asked for it: the document heads its grades with it, and a point to decide asked for what was there."""
    words, line = "各取組の指標・数値目標に対する取組結果", 'href="quality.html#L58"'
    assert words in (html := drawn(frames, "matrix")["matrix"])
    assert line in html
    shown = point_without_money(frames)
    assert shown.topic.text == "方針4の成果の示し方"
    assert shown.options == "取組の指標と結果を公表する／見込みを置く／現状のまま"
    (key, about), *_ = frames.sources.items()
    silent = {key: {name: said for name, said in about.items() if "graded" not in name}}
    frames = dataclasses.replace(frames, sources=silent)
    assert line not in drawn(frames, "matrix")["matrix"]
    assert point_without_money(frames).options == "指標を定める／見込みを置く／現状のまま"


def point_without_money(frames):
    points = tell.brief(compute.figures(frames), frames, []).points
    return next(point for point in points if point.rule == "D-d")


# Sections that a document may state nothing for.
SILENT = ["structure", "matrix", "measures", "effect", "items", "underlying"]


def told(frames):
    figures = compute.figures(frames)
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    return figures, findings, tell.detail(figures, frames, findings)


def told_truly(frames):
    """The same, where every sentence of the page has passed the back-check."""
    figures, _, story = told(frames)
    back = check.page(story.sentences(), figures, acknowledged=frames.acknowledged)
    assert [finding.evidence for finding in back if finding.result != "passed"] == []
    return figures, story


def with_register(frames, rows):
    return dataclasses.replace(frames, register=made_up_register.frame(rows))


def drawn(frames, *names):
    figures, findings, story = told(frames)
    workings = tell.workings(figures, frames)
    parts = {}
    for name in names or story.sections:
        section = story.sections[name]
        function = getattr(pages.detail, name.replace("-", "_"))
        extra = {"checks": [findings], "method": [workings]}.get(name, [])
        parts[name] = function(figures, frames, *extra, section).html
    return parts


@pytest.mark.parametrize("more", range(0, 60_000, 6_250))
def test_what_is_said_of_other_amounts_are_their_figures(more, frames):
    """Of some amounts both ends of a range round to one number (約1.22倍), of others not; some are exact (1.49倍)."""
    effects = frames.effects.copy()
    if more % 2_500:
        effects.loc[effects["scope"] == "measure", "rounding"] = "exact"
    of_one = (effects["scope_id"] == "1") & (effects["kind"] == "actual")
    effects.loc[of_one, "amount_yen"] += more * 1_000
    figures, findings, story = told(frames := dataclasses.replace(frames, effects=effects))
    said = [*tell.brief(figures, frames, findings).sentences(), *story.sentences()]
    for finding in check.page(said, figures, acknowledged=frames.acknowledged):
        assert finding.result == "passed", finding.evidence


def test_measures_named_without_a_grade_have_a_row_of_their_own(frames):
    """Three measures stand in the list of effects alone: none of the grades can be said to have no named measure while they are left out."""
    parts = drawn(frames, "measures")["measures"]
    table = parts[parts.index('id="table-measures"') :].partition("</table>")[0]
    assert re.findall(r"<t[hd][^>]*>([^<]*)</t", table)[-4:] == ["—", "評価の記載なし", "—（記載なし）", "3"]
    assert "— 評価の記載なし 3件" in parts
    rows = pages.detail_data(compute.figures(frames), frames)["figure-measures"]
    assert list(rows.iloc[-1][["grade", "measures", "named_measures"]]) == ["not_stated", "not_stated", 3]
    graded = dataclasses.replace(frames, measures=frames.measures[frames.measures["grade"] != "not_stated"])
    assert "評価の記載なし" not in drawn(graded, "measures")["measures"]


@pytest.fixture(scope="module")
def parts(frames):
    return drawn(frames)


def emptied(frames, *tables):
    return dataclasses.replace(frames, **{name: getattr(frames, name).iloc[:0] for name in tables})


def test_every_section_has_a_topic_and_a_message_of_the_document(frames):
    _, _, story = told(frames)
    assert list(story.sections) == list(TOPICS)
    assert [section.number for section in story.sections.values()] == list(range(1, 12))
    says = {name: section.title.text for name, section in story.sections.items()}
    assert all(says.values())
    assert says["structure"] == "取組74件のうち、最も多いのは方針1（20件）、最も少ないのは方針4（7件）"
    assert says["linked-plans"] == "「ICT推進計画・改定版」・「職員の仕事と生活の両立応援プラン」の期間は令和7年度まで"
    assert says["matrix"] == "計画に届かない12件は、方針2（5件）・方針5（5件）・方針1（2件）にある"
    assert says["measures"].endswith("「計画を上回る」16件中6件、「計画どおり進捗せず」12件中6件")
    assert "＋9.98億円" in says["effect"]
    assert "下回ったのは方針1だけ（△5,937万円）" in says["effect"]
    assert "1.10〜1.11倍（下限）" in says["underlying"]
    assert "0.59〜1.11倍（判断）" in says["underlying"]
    assert "74件中15件（20.3%）" in says["departments"]
    assert says["years"] == "登録済みは令和6年度だけで、年度の比較はまだできない"


@pytest.mark.parametrize(
    ("tables", "section", "says"),
    [
        (("linked_plans",), "linked-plans", "関連計画は資料に記載がない"),
        (("measures", "mentions", "reason_codes"), "measures", "名称と評価の分かる取組は、資料に記載がない"),
        (("measures", "mentions", "reason_codes"), "departments", "部の分かる取組は、資料に記載がない"),
    ],
)
def test_section_without_its_input_says_so(frames, tables, section, says):
    tables = (*tables, "effects") if "measures" in tables else tables
    bare = emptied(frames, *tables)
    _, story = told_truly(bare)
    assert story.sections[section].title.text.startswith(says)
    assert says in drawn(bare, section)[section]


@pytest.mark.parametrize(
    ("tables", "left_out"),
    [
        (("effects", "effect_classes"), ["effect", "items", "underlying"]),
        (("grade_counts",), ["structure", "matrix"]),
        (("grade_counts", "measures", "mentions", "reason_codes", "effects"), SILENT),
    ],
)
def test_what_the_document_states_nothing_of_has_no_section_and_the_contents_say_so(frames, tables, left_out):
    bare = emptied(frames, *tables)
    figures, story = told_truly(bare)
    assert [name for name in TOPICS if name not in story.sections] == left_out
    assert not {one.place for one in story.asked} & {*left_out}
    contents = pages.detail.contents(story.sections).html
    assert all(pages.detail.topic(name) in contents for name in left_out)
    numbers = [n for n, name in enumerate(TOPICS, 1) if name not in left_out]
    assert [int(n) for n in re.findall('<li value="([0-9]+)"', contents)] == numbers
    assert all(getattr(pages.detail, name)(figures, bare, story.sections.get(name)) is None for name in left_out)


def test_plans_that_leave_the_grid_or_have_no_period_are_told_apart(frames, parts):
    rows = linked_plans.rows(frames).set_index("name")
    assert dict(rows["look"]) == {
        "前期基本計画": "not_stated",
        "第6次行財政改革推進計画": "self",
        "財政健全化計画": "absorbed",
        "定員管理計画": "not_stated",
        "公共施設等再配置プラン": "stated",
        "ICT推進計画・改定版": "stated",
        "職員の仕事と生活の両立応援プラン": "stated",
    }
    assert all(words in parts["linked-plans"] for words in ("R3〜R7", "R5〜R14", "期間の記載なし"))


def test_years_say_why_they_are_empty(frames):
    figures = compute.figures(frames)
    assert list(years.rows(figures, frames)["state"]) == ["not_registered", "shown", *["not_due"] * 3]
    more = dataclasses.replace(frames, registered_years=(2023, 2024, 2025))
    assert list(years.rows(figures, more)["state"])[:3] == ["registered", "shown", "registered"]
    assert "令和5年度・令和6年度・令和7年度" in told(more)[2].sections["years"].title.text


def test_data_of_the_charts_has_no_blank_and_adds_up(frames):
    tables = pages.detail_data(compute.figures(frames), frames)
    assert len(tables) == 10
    for name, table in tables.items():
        assert len(table), name
        assert not table.isna().any(axis=None), name
        assert not (table.astype(str) == "").any(axis=None), name
    money = tables["figure-effect"]
    gaps = pd.to_numeric(money["effect_gap_yen"])
    assert gaps.sum() == 997_913_000
    assert (money["actual_effect_yen"] - money["expected_effect_yen"] == gaps).all()


def test_departments_of_a_register_are_a_layer_of_their_own_that_a_year_without_one_lacks(frames):
    assert frames.register.empty
    assert told(frames)[2].sections["departments"].register is None
    assert "内部台帳" not in drawn(frames, "departments")["departments"]
    rows = made_up_register.rows(frames)
    rows[-1]["department"] = rows[-2]["department"] = "架空の部"
    city = with_register(frames, rows)
    figures, story = told_truly(city)
    section = story.sections["departments"]
    assert section.register.text == "内部台帳による：取組74件のうち62件が達成"
    html = drawn(city, "departments")["departments"]
    assert section.title.text.startswith("公表資料で")
    assert html.index("公表資料による") < html.index("内部台帳による")
    assert html.index('id="table-departments"') < html.index('id="table-departments-register"')
    assert html.count('aria-label="内部台帳による：取組') == 2
    table = pages.detail_data(figures, city)["figure-departments-register"]
    assert list(table["department"]) == list(dict.fromkeys(city.register["department"]))
    assert table["registered_measures"].sum() == 74
    assert table["registered_effect_gap_yen"].sum() == 997_913_000
    few = table["registered_measures"] < 10
    assert few.sum() == 1
    assert set(table.loc[few, "registered_achievement_rate"]) <= {"undefined", "not_available"}
    assert 'id="table-discordant-register"' in html


def test_the_registers_block_leads_to_its_proofs_and_its_lines(frames):
    city = with_register(frames, made_up_register.rows(frames))
    html = drawn(city, "departments")["departments"]
    for metric in ("registered_measures", "registered_achieved_measures"):
        assert f'href="quality.html#m-{metric}-plan"' in html
    assert "台帳の行：register.csv 2〜75行" in html
    gaps = dataclasses.replace(city, register=city.register.drop(index=[3, 40, 41]))
    assert "台帳の行：register.csv 2、4〜39、42〜75行" in drawn(gaps, "departments")["departments"]


@pytest.mark.parametrize(("short", "says"), [(10, ""), (11, "ほかに1件ある。"), (14, "ほかに4件ある。")])
def test_measures_beyond_the_list_are_counted(frames, short, says):
    rows = made_up_register.rows(frames)
    for row in rows:
        row |= {"grade": "A", "expected_amount": "0", "actual_amount": "0"}
    for row in rows[:short]:
        row |= {"expected_amount": "1000", "actual_amount": "100"}
    html = drawn(with_register(frames, rows), "departments")["departments"]
    assert html.partition('id="table-discordant-register"')[2].count("<tr") == 11
    assert re.findall("ほかに[0-9]+件ある。", html) == ([says] if says else [])


def test_a_rate_by_amount_that_the_register_cannot_give_says_why(frames):
    rows = [row | {"expected_amount": "0"} for row in made_up_register.rows(frames)]
    notes = " ".join(note.text for note in told(with_register(frames, rows))[2].sections["matrix"].notes)
    assert "内部台帳による値は対象外（見込みのある取組なし）" in notes
    assert "公表されておらず" not in notes


def test_what_a_policy_without_money_reached_is_told_where_all_is_published(frames):
    """Seven made-up names, all of them of policy 4, one of them behind: nothing is left unknown."""
    named = frames.measures.iloc[[0] * 7].reset_index(drop=True)
    named["measure"] = [f"試験用の取組{letter}" for letter in "甲乙丙丁戊己庚"]
    named["measure_id"] = [f"m-{n:06d}" for n in range(7)]
    of_four = frames.grade_counts[frames.grade_counts["policy_id"] == "4"]
    codes = of_four["grade"].repeat(of_four["measures"]).to_list()
    known = named.assign(policy_id="4", grade=codes, grade_basis="stated")
    policies = frames.effects[frames.effects["scope"] == "policy"]
    empty = {name: getattr(frames, name).iloc[:0] for name in ("mentions", "effect_classes", "reason_codes")}
    city = dataclasses.replace(frames, measures=known, effects=policies, **empty)
    part = dataclasses.replace(city, measures=known.iloc[:6])
    (whole,), (partly,) = (
        [note.text for note in told(one)[2].sections["effect"].notes if note.id.startswith("detail.zero_answer")]
        for one in (city, part)
    )
    assert "達成したのは「試験用の取組甲」・「試験用の取組乙」" in whole
    assert "分からない" not in whole
    assert partly.endswith("何を達成したかは取組ごとには分からない。")


def axis(values, **how):
    kit.numbers(axes := kit.rows(150, ["a"]), values, **how)
    return axes


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 3), (-0.6, 0.04), (-5, 1200), (0, 0.004), (-3, -1)])
def test_an_axis_holds_zero_and_round_ticks_and_one_of_counts_whole_ones(low, high):
    axes = axis([low, high])
    ends, ticks = axes.get_xlim(), axes.get_xticks()
    assert ends[0] <= min(0, low)
    assert ends[1] >= max(0, high)
    assert 0 in ticks
    assert 2 <= len(ticks) <= 8
    assert all(ends[0] <= tick <= ends[1] for tick in ticks)
    assert all(tick == int(tick) for tick in axis([3], is_whole=True).get_xticks())


def test_broken_lines_keep_every_letter_and_their_width():
    words = "PPP/PFI手法導入優先的検討規程の策定及び活用検討"
    broken = kit.broken(words, 1.2)
    assert broken.replace("\n", "") == words
    assert "\n" in broken
    assert kit.wide(broken) <= 1.2


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("year", [2024, 2025])
def test_page_is_whole(following_year, year):
    """What a browser sees of it is looked at in `test_browser`."""
    page = following_year / "reports" / "isehara-6" / str(year) / "detail.html"
    html = page.read_text(encoding="utf-8")
    assert html.count("<h1") == 1
    assert re.findall(r'<section id="([\w-]+)" class="detail"', html) == list(TOPICS)
    assert set(re.findall(r'href="#([\w-]+)"', html)) >= set(TOPICS)
    assert not re.search(r"\b(inf|nan|NaN|None)\b|∞", re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_heading_stays_with_its_chart_on_paper(browser):
    page = browser.new_page()
    page.goto((ROOT / "reports" / "isehara-6" / "2024" / "detail.html").as_uri())
    assert paper.size(paper.sheets(page)[0]) == paper.A4_POINTS
    said = ["".join(text.split()) for text in paper.texts(page)]
    page.close()
    for number, topic in enumerate(TOPICS.values(), start=1):
        heading = f"{number}{topic}"
        on = [text for text in said if heading in text]
        assert any("図" in text[text.index(heading) :] or number == 11 for text in on), heading


def overlaps(placed):
    return [
        1
        for a, b in itertools.combinations(placed, 2)
        if max(a[0], b[0]) < min(a[2], b[2]) and max(a[1], b[1]) < min(a[3], b[3])
    ]


def lie_in(room, placed):
    return all(room[0] <= a[0] and a[2] <= room[2] and room[1] <= a[1] and a[3] <= room[3] for a in placed)


def test_quadrant_says_where_grades_and_money_part_ways(frames, parts):
    # By hand: 方針1 18/20 at 0.45倍; 方針2 13/18 at 1.35倍; 方針5 below 80% at 5.57倍; 方針3 both; 方針4 expects nothing.
    figures, _, story = told(frames)
    says = story.sections["effect"].second.text
    assert says == "評価は届くが金額が届かないのは方針1、金額は届くが評価が届かないのは方針2・方針5"
    table = pages.detail_data(figures, frames)["figure-quadrant"]
    assert list(table["discordance"])[3] == "money_not_applicable"
    assert all(
        words in parts["effect"] for words in ('id="figure-quadrant"', 'id="table-quadrant"', "目盛に載らない方針")
    )


def test_a_policy_without_grades_or_without_amounts_is_named_beside_the_dots(frames):
    counts = frames.grade_counts[frames.grade_counts["policy_id"] != "2"]
    city = dataclasses.replace(frames, grade_counts=counts)
    figures, lacks = compute.figures(city), f"評価{notation.NOT_STATED}"
    assert quadrant.without_figures(figures, city) == [("2", "公共私連携・協働", lacks)]
    words = "".join(
        words
        for words, *_ in boxes.extents(
            quadrant.drawn(170, quadrant.rows(figures, city), quadrant.without_figures(figures, city), city)
        )
    ).replace("\n", "")
    assert f"方針2　{lacks}" in words
    assert lacks in drawn(city, "effect")["effect"].partition('id="table-quadrant"')[2]


@pytest.mark.parametrize(("part", "unit"), [(1, "億円"), (100, "万円"), (200_000, "千円")])
def test_money_is_drawn_in_a_unit_that_fits_the_city(part, unit):
    """13億 of the largest city, then a hundredth of it, then six thousand yen: the numbers on the axis stay short."""
    amounts = [(700_000 // part, 1_300_000 // part), (200_000 // part, 0)]
    city = made_up.year([{"A": 2, "C": 1}] * 2, amounts)
    words = [words for words, *_ in boxes.extents(gaps.drawn(170, compute.figures(city), city))]
    assert [one for one in words if one in {"億円", "万円", "千円", "円"}] == [unit]
    numbers = [one for one in words if re.fullmatch(r"△?[0-9,.]+", one)]
    assert len(numbers) > 2
    assert max(map(len, numbers)) <= 6


@pytest.mark.parametrize("apart", [0, 1, 4])
def test_labels_of_twelve_dots_lie_on_nothing(apart):
    dots = [(2.4 + apart * n % 30 / 25, 1.6 + apart * (n * 7 % 12) / 25) for n in range(12)]
    room = (0.5, 0.6, 3.6, 3.7)
    placed = label_boxes(dots, [0.44] * 12, room)
    assert not overlaps(placed)
    assert lie_in(room, placed)


def test_a_label_finds_the_free_place_when_every_way_out_is_taken():
    # A band one label high is taken but for a gap that no whole step from the dots reaches.
    room = (0, 0, 2.4, 0.16)
    placed = label_boxes([(0.2, 0.08), (0.8, 0.08), (1.4, 0.08), (2.0, 0.08)], [0.44] * 4, room)
    assert lie_in(room, placed)
    assert not overlaps(placed)
    # Where nothing at all is free, the label stays in the room and covers as little as it can.
    room = (0, 0, 0.48, 0.16)
    assert lie_in(room, label_boxes([(0.24, 0.08), (0.24, 0.08)], [0.44] * 2, room))


def test_each_question_leads_to_a_place_that_holds_its_figures(frames, parts):
    figures, _, story = told(frames)
    assert len(story.asked) == 12
    table = pages.detail.questions(story.asked, figures).html
    for one in story.asked:
        page, _, anchor = one.place.rpartition("#")
        assert f'href="{one.place if page else "#" + anchor}"' in table
        if page:
            continue
        shown = re.sub(r"<[^>]+>", "", parts[anchor])
        for key in one.answer.figures:
            words = (notation.figure(figures[key]), notation.cell(figures[key]))
            assert any(word in shown for word in words), (one.question.text, words)
    assert "3.37〜3.38倍（下限。ほかの項目は含んだまま）" in story.asked[2].answer.text
    assert "どれも方針4には属しえない" in story.asked[8].answer.text


@pytest.mark.parametrize("name", ["brief", "detail"])
def test_a_grade_may_be_called_as_a_column_of_the_tables_is(name):
    """A city that grades 達成・未達成 had no pages: its tables had two columns of one name."""
    achieved = Grade("達成", "達成", 1, achieved=True, band="on_track")
    grades = (achieved, Grade("部", "部", 2, achieved=False, band="behind"))
    named = [("架空の取組", "達成"), ("架空の二", "部")]
    page = strained.page(name, made_up.year([{"達成": 5, "部": 2}], [(100, 200)], grades=grades, named=named))
    assert ">評価「達成」</th>" in page
    assert ">達成率</th>" in page
