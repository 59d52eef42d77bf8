"""The page of proofs: workings an independent hand can redo, ways to the source in two clicks, rules told openly."""

import dataclasses
import html
import json
import re
from fractions import Fraction
from pathlib import Path

import hypothesis
import made_up
import made_up_register
import pytest
from hypothesis import strategies as st

from helpers import check, compute, notation, pages, read, tell
from helpers.pages.environment import html as as_html
from helpers.tell.arithmetic import less, number, over, squared, times, total
from helpers.tell.workings import workings
from helpers.terms import Sentence
from helpers.terms.places import Line

# One worker makes the proofs of the year for all tests.
pytestmark = pytest.mark.xdist_group("quality")

ROOT = Path(__file__).parents[1]
DATA = str(ROOT / "data")
# Metrics that lead to their rows alone: what is counted, listed or found there; each other number has a calculation.
TRACED = {
    *("acknowledged_checks", "corrected_values", "superseded_documents", "discordance", "facts", "implied_facts"),
    *("feasible_policies", "measures_with_number", "number_in_text", "named_measures", "named_graded_measures"),
    *("named_measures_by_grade", "not_rated_measures", "open_assumptions", "policies_without_expected"),
    *("reason_coded_measures", "reason_measures", "reason_measures_by_control", "sourced_share"),
}


@pytest.fixture(scope="module")
def scores(frames, figures):
    return check.readability(read.table_files(frames, DATA), pages.data(figures, frames), frames=frames)


@pytest.fixture(scope="module")
def quality(frames, figures, scores):
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    return tell.quality(figures, frames, findings, scores)


def result_of(words):
    """What a written calculation comes to by the rules of school: numbers with △ and commas, + − × ÷ ², parentheses."""
    tokens = re.findall(r"△?[\d,]+(?:\.\d+)?|[+−×÷²（）]", words)
    assert "".join(tokens) == re.sub(r"\s", "", words), f"not a calculation: {words}"
    signs = {"+": "+", "−": "-", "×": "*", "÷": "/", "²": "**2", "（": "(", "）": ")"}
    number = "Fraction('{}')".format
    python = [signs.get(one) or number(one.replace(",", "").replace("△", "-")) for one in tokens]
    return eval("".join(python), {"Fraction": Fraction})  # noqa: S307 — nothing but numbers and signs


def test_the_calculator_itself():
    assert result_of("1 + 2 × 3 − 4 ÷ 2") == 5
    assert result_of("（△1,000 + 10）² ÷ 10") == 98010


def stated(words):
    """The decimals of a result and whether they go on: 0.445548… or 383,650千円."""
    found = re.fullmatch(r"(△?)([\d,]+(?:\.\d+)?)(…?)(千円|円|件)?", words)
    assert found, words
    return Fraction(found[2].replace(",", "")) * (-1 if found[1] else 1), bool(found[3]), found[4] or ""


def rows_of(page):
    """Each entry of the workings: its id and its row."""
    for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL):
        if found := re.search(r'<span id="(m-[^"]+)"', row):
            yield html.unescape(found[1]), row


def steps_of(row):
    for step in re.findall(r'<div class="step">(.*?)</div>', row):
        yield html.unescape(re.search(r'<span class="fixed-width">(.*?)</span>', step)[1])


@pytest.mark.slow
@pytest.mark.xdist_group("reports")
def test_each_line_of_the_workings_gives_what_it_says_and_the_figure(set_of_2024):
    page = (set_of_2024 / "quality.html").read_text(encoding="utf-8")
    metrics = json.loads((set_of_2024 / "metrics.json").read_text(encoding="utf-8"))
    by_id = {pages.links.figure_id((m["metric"], m["scope"], m["scope_id"])): m for m in metrics}
    rows = dict(rows_of(page))
    assert set(rows) == set(by_id), "every figure has an entry, and nothing else has"
    lines = 0
    for name, row in rows.items():
        found = []
        for line in steps_of(row):
            expression, _, result = line.rpartition(" ＝ ")
            value, goes_on, unit = stated(result)
            exact = result_of(expression) if expression else value
            if goes_on:
                assert exact != value
                assert 0 <= (abs(exact) - abs(value)) * 10**6 < 1, line
            else:
                assert exact == value, line
            found.append(exact * {"千円": 1000}.get(unit, 1))
            lines += 1
        metric = by_id[name]
        if not found or metric["metric"] == "regrades_to_80":
            continue
        ends = [metric["exact"]] if metric["exact"] is not None else [metric["low"], metric["high"]]
        assert found == [Fraction(end) for end in ends], name
        assert metric["display"] in html.unescape(row)
    assert lines > 150


def source_lines(page):
    """The words of each line of the source text, by the line's id."""
    found = re.findall(r'<div id="([^"]+)" class="source-line">(.*?)</div>', page)
    return {name: html.unescape(re.sub(r"<a .*?</a>|<[^>]+>", "", words)) for name, words in found}


NUMBER = re.compile(r"[△＋]?\d[\d,]*(?:\.\d+)?(?:〜\d[\d,]*(?:\.\d+)?)?(?:億円|百万円|万円|千円|倍|%|件)")


@pytest.mark.slow
@pytest.mark.xdist_group("reports")
def test_every_number_of_the_brief_reaches_its_source_words_in_two_clicks(set_of_2024):
    brief = (set_of_2024 / "brief.html").read_text(encoding="utf-8")
    quality = (set_of_2024 / "quality.html").read_text(encoding="utf-8")
    entries, lines = dict(rows_of(quality)), source_lines(quality)
    frames = read.year("isehara-6", 2024, DATA)
    received = read.source_lines(frames, "summary-1dfd948c", DATA)
    assert [lines[f"L{n}"] for n in range(1, len(lines) + 1)] == [line.words for line in received]
    links = re.findall(r'<a href="quality\.html#([^"]+)" class="figure-link">(.*?)</a>', brief)
    assert len(links) > 100
    for target, words in links:
        row = entries[html.unescape(target)]  # the first click
        second = re.findall(r'href="#([^"]+)"', row)
        reached = [name for name in second if re.match(r"(.+-)?L\d+$", name)]
        assert reached, f"{words}: {target} leads to no line"
        for name in reached:
            assert name in lines  # the second click
        for name, quote in re.findall(r'href="#([^"]+)" class="line-link">[^<]*</a>「<span[^>]*>(.*?)</span>」', row):
            assert html.unescape(quote) in lines[name] or quote.split("\t")[0] in lines[name]
    for target in re.findall(r'<a href="quality\.html#([^"]+)" class="line-link"', brief):
        assert target in lines
    said = {number for _, words in links for number in NUMBER.findall(re.sub(r"<[^>]+>", "", html.unescape(words)))}
    trace = re.search(r'<table id="table-trace">.*?</table>', brief, re.DOTALL)[0]
    said |= set(NUMBER.findall(html.unescape(re.sub(r"<[^>]+>", " ", trace))))
    one = brief[brief.index('class="page-one"') : brief.index('id="table-policies"')]
    one = re.sub(r"<svg.*?</svg>|<footer.*?</footer>|<style.*?</style>", " ", one, flags=re.DOTALL)
    shown = set(NUMBER.findall(re.sub(r"<[^>]+>", "", html.unescape(one))))
    signless = {number.lstrip("＋△") for number in said}
    lost = {n for n in shown if n.lstrip("＋△") not in signless and n not in {"80%", "1件"}}
    assert lost == set(), "numbers of the brief that lead nowhere"


def test_every_figure_has_a_working_that_agrees_and_says_why_where_there_is_no_value(figures, quality):
    assert {figure.key for figure in figures} == set(quality.workings)
    assert [key for key, working in quality.workings.items() if working.agrees is False] == []
    rows_only = {figure.metric for figure in figures if figure.is_known and not quality.workings[figure.key].steps}
    assert rows_only == TRACED
    silent = [figure for figure in figures if not figure.is_known]
    assert silent
    for figure in silent:
        assert notation.figure(figure) in quality.workings[figure.key].note


def test_the_example_of_a_pocket_calculator(quality):
    (step,) = quality.workings["effect_multiplier", "policy", "1"].steps
    assert step.expression == "47,708 ÷ 107,077"
    assert notation.unrounded(step.value) == "0.445548…"
    for metric in (("multiplier_without_top_item", "plan", ""), ("multiplier_without_item", "measure", "m-9ceefd")):
        low, high = (step.expression for step in quality.workings[metric].steps)
        assert low == "（1,345,649 − 961,999） ÷ 347,736"
        assert high == "（1,345,649 − 960,001） ÷ 347,736"


@pytest.mark.parametrize(
    ("written", "text", "value"),
    [
        (over(less(number(10), number(4)), number(3)), "（10 − 4） ÷ 3", 2),
        (less(number(10), total([number(4), number(3)])), "10 − （4 + 3）", 3),
        (squared(number(-3)), "（△3）²", 9),
        (over(number(1), over(number(1), number(2))), "1 ÷ （1 ÷ 2）", 2),
        (times(number(3), over(number(1), number(2))), "3 × （1 ÷ 2）", Fraction(3, 2)),
        (total([]), "0", 0),
    ],
)
def test_written_calculation_means_what_it_is(written, text, value):
    assert written.text == text
    assert written.value == value == result_of(text)


def test_sentences_state_figures_only(frames, figures, quality):
    findings = check.page(quality.sentences(), figures, acknowledged=frames.acknowledged)
    assert [(one.id, one.evidence) for one in findings if one.result != "passed"] == []


@pytest.mark.parametrize(
    ("slip", "says"),
    [
        (Sentence("slip", "検算は着実に進んだ"), "使わない言葉「着実」"),
        (Sentence("slip", "質問は9876件"), "「9876件」に当たる数値がない"),
    ],
)
def test_a_slip_in_a_sentence_of_this_page_is_found(frames, figures, quality, slip, says):
    for place in quality.messages:
        slipped = dataclasses.replace(quality, messages=quality.messages | {place: slip})
        _, numbers = check.page(slipped.sentences(), figures, acknowledged=frames.acknowledged)
        assert (numbers.id, numbers.result) == ("V25", "failed")
        assert says in numbers.evidence


@pytest.mark.parametrize("page", ["detail", "quality"])
def test_the_page_reads_its_own_sentences_before_it_is_made(page):
    """The notebook stops where a sentence of its own states what is no figure."""
    cells = json.loads((ROOT / "notebooks" / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    own = {"detail": "*story.sentences()", "quality": "quality.sentences()"}[page]
    assert any(own in cell and "check.page(" in cell and "check.stop(" in cell for cell in code)


def test_the_back_check_says_whose_sentences_it_read(frames, figures, quality):
    known = {"acknowledged": frames.acknowledged, "whose": "「1枚のまとめ」の文"}
    found = check.page(quality.sentences(), figures, **known)
    assert [one.id for one in found if one.evidence.startswith("「1枚のまとめ」の文：")] == ["V17", "V25"]


def test_what_turns_on_a_threshold_says_so_and_leads_to_it(frames, figures):
    page = pages_parts(frames)
    for metric in pages.quality.ON_THRESHOLDS:
        if f'id="g-{metric}"' in page:
            after = page.partition(f'id="g-{metric}"')[2][:300]
            assert "境目は" in after
            assert 'href="#threshold-' in after
    assert "本プロジェクト。achievement は L60「8割程度」を踏まえる" in page
    caption = tell.brief(figures, frames, []).captions["grades"]
    link = '<a href="quality.html#threshold-achievement" class="proof-link">目安の80%</a>'
    assert link in as_html(pages.links.linked(caption, figures))


def test_a_threshold_of_its_own_is_shown_as_it_is(frames):
    strict = dataclasses.replace(frames.plan.thresholds, achievement=Fraction(5, 6), policy_multiplier=Fraction(3, 4))
    page = pages_parts(dataclasses.replace(frames, plan=dataclasses.replace(frames.plan, thresholds=strict)))
    assert "目安の83.3%" in page
    assert "0.75倍" in page


def test_questions_come_from_the_gaps(quality):
    asked = {question.rule for question in quality.questions}
    assert {"effect_definition", "item_account", "unnamed_effect", "zero_both", "graded_by"} <= asked
    (item,) = [question for question in quality.questions if question.rule == "item_account"]
    assert item.department == "総務部"
    assert ("actual_effect", "measure", "m-9ceefd") in item.says.figures
    assert all(question.says.figures for question in quality.questions)


def test_coverage_tells_stated_from_implied_from_unknown(quality):
    known = quality.coverage.set_index("measure")
    assert len(known) == 15
    assert known["grade"].value_counts().to_dict() == {"stated": 6, "implied": 6, "unknown": 3}
    assert known["amount"].value_counts().to_dict() == {"unknown": 11, "stated": 4}
    assert known["policy"].value_counts().to_dict() == {"unknown": 13, "implied": 2}
    assert known.loc["下水道使用料の適正化", "policy_value"] == "5"
    assert known.loc["エコオフィスの実現に向けた取組", "number"] == "stated"


def test_rules_for_tables_are_looked_at_one_by_one(scores):
    assert len(scores) == 23
    result = scores.set_index("rule")["data"]
    assert result["1-1"] == "met"
    assert result["1-2"] == "missed", "assumptions.csv lists several metrics in one cell"
    assert result["1-6"] == "partly", "linked_plans.csv leaves a note blank"
    assert result["L3-07"] == "unchecked", "one year cannot be compared"


def test_ids_are_the_announced_ones():
    assert pages.links.figure_id(("effect_multiplier", "policy", "1")) == "m-effect_multiplier-policy-1"
    assert pages.links.figure_id(("effect_multiplier", "plan", "")) == "m-effect_multiplier-plan"
    assert pages.links.figure_id(("measures_by_grade", "policy:grade", "1:A")) == "m-measures_by_grade-policy-grade-1-A"


def test_numbers_in_a_sentence_lead_to_their_proof(frames, figures):
    (first, *_) = tell.headline(tell.Teller(figures, frames))
    shown = as_html(pages.links.linked(first, figures))
    assert re.sub(r"<[^>]+>", "", shown) == first.text
    assert '<a href="quality.html#m-measures-plan" class="figure-link">74件</a>' in shown
    assert '<a href="quality.html#m-achieved_measures-plan" class="figure-link">62件</a>' in shown


LETTERS = "0123 .,△＋−+方針倍%件a"


@hypothesis.given(st.text(LETTERS, max_size=25), st.lists(st.text(LETTERS, min_size=1, max_size=4), max_size=6))
def test_words_in_a_sentence_are_found_as_a_pattern_of_all_of_them_finds_them(text, some):
    """The first of them where several begin, none within a number, and none within one that was found."""
    some = [one for one in some if one in text]
    pattern = rf"(?<![0-9.,△＋−+])(?:{'|'.join(map(re.escape, some))})(?![0-9])"
    found = [(one.start(), one[0]) for one in re.finditer(pattern, text)] if some else []
    assert list(pages.links._apart(text, some)) == found


def pages_parts(frames):
    """Every part of the page for these frames, as one text."""
    figures = compute.figures(frames)
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    tables = pages.data(figures, frames)
    scores = check.readability(read.table_files(frames, DATA), tables, frames=frames)
    quality = tell.quality(figures, frames, findings, scores)
    assert [key for key, working in quality.workings.items() if working.agrees is False] == []
    _, numbers = check.page(quality.sentences(), figures, acknowledged=frames.acknowledged)
    assert (numbers.id, numbers.result) == ("V25", "passed"), numbers.evidence
    says = quality.messages
    parts = [
        pages.quality.title(frames, says),
        pages.quality.contents(says, figures),
        pages.quality.checks(findings, says["checks"]),
        pages.quality.workings(quality.workings, figures, frames, says["workings"]),
        pages.quality.items(figures, frames, says["items"]),
        pages.quality.coverage(quality.coverage, figures, says["coverage"]),
        pages.quality.judgements(frames, says["judgements"]),
        pages.quality.questions(quality.questions, figures, frames, says["questions"]),
        pages.quality.readability(scores, says["readability"]),
        pages.quality.source(read.documents(frames, DATA), frames, says["source"]),
    ]
    page = "".join(part.html for part in parts)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {html.unescape(target) for target in re.findall(r'href="#([^"]+)"', page)} <= set(map(html.unescape, ids))
    assert not re.search(r"\b(inf|nan|NaN|None)\b|∞", re.sub(r"<[^>]+>", " ", page))
    assert "準拠" not in page, "a score of our own is no certificate"
    return page


def only(frames, effects, **others):
    items = set(effects.loc[effects["scope"] == "measure", "scope_id"])
    classes = frames.effect_classes[frames.effect_classes["measure_id"].isin(items)]
    return dataclasses.replace(frames, effects=effects, effect_classes=classes, **others)


def below_zero(effects):
    effects = effects.copy()
    columns = ["amount", "unit", "amount_yen", "precision_yen"]
    effects.loc[effects.index[1], columns] = ["-1234567", "円", -1_234_567, 1]
    return effects


NAMES_AND_GRADES = ("grade_counts", "measures", "mentions", "reason_codes", "stated")


@pytest.mark.parametrize(
    ("effects_of", "empty", "says"),
    [
        (lambda effects: effects.iloc[:0], (), ["見込み未設定", "金額が公表された取組はない"]),
        (lambda effects: effects[effects["scope"] == "policy"], (), ["74 − 62"]),
        (lambda effects: effects[effects["scope"] == "policy"], NAMES_AND_GRADES, ["名称のある取組はない"]),
        (below_zero, (), ["△1,234,567 ÷ 107,077,000"]),
    ],
    ids=["without effects", "without items", "without names and grades", "in yen and below zero"],
)
def test_page_holds_for_another_kind_of_year(frames, effects_of, empty, says):
    tables = {name: getattr(frames, name).iloc[:0] for name in empty}
    page = pages_parts(only(frames, effects_of(frames.effects), **tables))
    assert [words for words in says if words not in page] == []


@pytest.mark.slow
@pytest.mark.xdist_group("reports")
def test_page_holds_for_another_year_of_the_plan(following_year):
    page = (following_year / "reports" / "isehara-6" / "2025" / "quality.html").read_text(encoding="utf-8")
    assert "△3,500 ÷ 98,400" in page
    assert "この式は値と一致しない" not in page
    targets = {html.unescape(target) for target in re.findall(r'href="#([^"]+)"', page)}
    assert targets <= {html.unescape(name) for name in re.findall(r'\sid="([^"]+)"', page)}


def test_names_and_source_words_are_never_obeyed(frames):
    nasty = '<script>alert("x")</script>&amp;\x07'
    part = pages.quality.source({"summary-1dfd948c": [Line(nasty, "L1")]}, frames, Sentence("quality.source", nasty))
    assert "<script>" not in part.html
    assert all(shown in part.html for shown in ("&lt;script&gt;", "&amp;amp;", "〔U+0007〕"))


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("width", [400, 1100])
def test_page_opens_at_a_line(browser, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((ROOT / "reports/isehara-6/2024/quality.html").as_uri() + "#L116")
    assert 0 <= page.evaluate("document.querySelector(':target').getBoundingClientRect().top") < 900
    page.close()


def test_workings_hold_with_an_internal_register(frames):
    register = made_up_register.frame(made_up_register.rows(frames))
    page = pages_parts(dataclasses.replace(frames, register=register))
    assert "m-registered_effect_multiplier-plan" in page
    assert "1,345,649 ÷ 347,736" in page


@pytest.mark.parametrize(("amounts", "items"), [
    ([(100, -5), (0, 77777)], [("項目甲", "961", "百万円", "floor")]),
    ([(None, 100), (2500, 100)], []),
    ([(-5, 100), (100, None)], [("項目甲", "12", "円", "exact")]),
    ([(2500, 77777), (100, 1234567)], [("項目甲", "35", "百万円", "half_even"), ("項目乙", "1", "百万円", "unknown")]),
    ([(0, 0), (0, 0)], [("項目甲", "-2", "千円", "exact")]),
])  # fmt: skip
def test_workings_agree_in_made_up_years(amounts, items):
    counts = [{"A": 1, "B": 0, "C": 3, "D": 0}, {"A": 0, "B": 9, "C": 0, "D": 1}]
    frames = made_up.year(counts, amounts, items, classes={item[0]: ("recurring", "cash") for item in items})
    figures = compute.figures(frames)
    worked = workings(figures, frames)
    assert set(worked) == {figure.key for figure in figures}
    assert [key for key, working in worked.items() if working.agrees is False] == []


def test_the_self_score_counts_every_rule_it_lists_for_both_kinds_of_table(quality, scores):
    counted = r"内容の分かる規則(\d+)項目のうち、入力表は(.+)。公表する表は(.+)"
    whole, data, charts = re.fullmatch(counted, quality.messages["readability"].text).groups()
    for part in (data, charts):
        assert sum(map(int, re.findall(r"\d+", part))) == int(whole) == len(scores)


def test_a_policy_that_follows_from_numbers_is_not_called_written(quality, figures):
    shown = pages.quality.coverage(quality.coverage, figures, quality.messages["coverage"]).html
    assert "件数と金額から定まる（効果額を0以上とみて）" in shown
    assert not re.search(r"記載から定まる（方針", shown)


@pytest.mark.parametrize("metric", ["rate_weighted_by_priority", "effect_basis", "evidence_level"])
def test_what_no_table_holds_says_what_is_missing(metric, figures):
    assert figures[metric].status == "not_available"
    assert notation.figure(figures[metric]) != notation.NOT_STATED


def test_the_number_of_items_is_the_other_way_up_than_their_concentration(figures):
    # Worked by hand from the domain's range .526 to .544: 1 / .544 = 1.838, 1 / .526 = 1.901.
    low, high = figures["effective_items"].interval
    assert Fraction("1.835") < low < Fraction("1.842")
    assert Fraction("1.897") < high < Fraction("1.904")
