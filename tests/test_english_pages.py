"""The English set as it is built: nothing unmarked, nothing else than in Japanese, no way lost. What a browser sees is in `test_browser`."""

import html
import re
import shutil
from dataclasses import replace
from pathlib import Path

import lxml.html
import made_up
import paper
import pytest
from conftest import bundle_of
from strained import page as page_of
from test_english import JAPANESE

from helpers import bundle, check, cli, compute, notation, pages, read, tell
from helpers.pages.environment import html as as_html
from helpers.run import render
from helpers.tell.workings import workings
from helpers.terms import Sentence

ROOT = Path(__file__).parents[1]
DATA = str(ROOT / "data")
ENGLISH = (
    *("index.en.html", "isehara-6/index.en.html"),
    *(f"isehara-6/2024/{name}.en.html" for name in ("brief", "detail", "quality")),
)
A4_HEIGHT = 842
# The margins, and the number of the sheet in the lower one.
FOOT_POINTS = 34
# Letters of one line end lower or higher than their neighbours.
LINE_POINTS = 3
LEAST_FILLED = 0.75


@pytest.fixture
def english():
    with notation.speaking("en"):
        yield


def proofs_of(frames):
    """What the page of proofs is made from, findings by their id."""
    figures = compute.figures(frames)
    findings = {one.id: one for one in [*check.frames(frames), *check.figures(frames, figures)]}
    scores = check.readability(read.table_files(frames, DATA), pages.data(figures, frames), frames=frames)
    return figures, findings, tell.quality(figures, frames, list(findings.values()), scores)


@pytest.fixture
def at_home():
    """Whatever a test says, the next one is spoken to in Japanese, with nothing beside it."""
    yield
    notation.speak(notation.ORIGINAL)


@pytest.mark.usefixtures("english")
def test_the_page_of_proofs_states_figures_only(frames):
    figures, _, quality = proofs_of(frames)
    back = check.page(quality.sentences(), figures, acknowledged=frames.acknowledged)
    assert [one.evidence for one in back if one.result != "passed"] == []
    assert quality.messages["workings"].text.startswith("250 figures have a value; 173 of them are written out")
    (asked,) = [one.says.text for one in quality.questions if one.rule == "item_account"]
    assert asked.startswith("In which account does the 961 million yen of “restoring the public corporations”")
    slipped = Sentence("slip", "Questions: 9876 yen, a significant number.")
    _, back = check.page([slipped], figures, acknowledged=frames.acknowledged)
    assert back.evidence == (
        "“Questions: 9876 yen, a significant number.” uses “significant”, a word not used here. "
        "“9876 yen” in “Questions: 9876 yen, a significant number.” is no figure"
    )


def alone():
    """A year in which everything that is counted is a single one."""
    item = ("架空の取組", "5", "千円", "exact")
    made = made_up.year([{"A": 1, "B": 0, "C": 0, "D": 0}], [(4, 5)], [item], classes={item[0]: ("one_off", "cash")})
    assumption = {"assumption_id": "made-up", "text": "架空の前提", "affects": "measures", "state": "open"}
    return replace(made, assumptions=made.assumptions.reindex([2]).assign(**assumption))


# What follows a 1 on such pages, ends in s and is no plural.
AFTER_ONE = {"1 is", "1 means"}
EXPECTED = {
    "brief": "1 of 1 measure (100.0%) was 概ね計画どおり or better.",
    "detail": "Of 1 measure, each policy has 1",
    "quality": "1 assumption not yet confirmed, 1 judgement made by people",
    "plan": "1 of 1 measure",
    "index": "1 of 1",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_one_of_anything_is_never_told_in_the_plural(name):
    frames = alone()
    if name == "index":
        figures = compute.figures(frames)
        made = bundle.Bundle("brief", frames, figures, tell.brief(figures, frames, []), [], check.tally([]), {})
        said = render.overview([made.content()["summary"]], language="en")
    else:
        said = page_of(name, frames, "en")
    body = re.sub(r"<style.*?</style>", "", said, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|alt|title)="([^"]*)"', body)
    # A cell of a table and a word of a chart stand alone; a link or an emphasis within a sentence does not.
    shown = re.sub(r"<[^>]*>", " ¦ ", re.sub(r"</?(?:a|b|em|small|span|strong)\b[^>]*>", "", body))
    text = re.sub(r"\s+", " ", html.unescape(" ¦ ".join([shown, *attributes])))
    assert EXPECTED[name] in text
    assert set(re.findall(r"(?<![\d.,])1 [a-z]+s\b", text)) - AFTER_ONE == set()


@pytest.mark.usefixtures("english")
def test_the_proofs_call_names_as_the_other_pages_do(frames):
    figures, findings, quality = proofs_of(frames)
    assert "“Fewer, better public facilities”" in findings["V14"].evidence
    assert "(sewerage charges in two places)" in findings["V11"].evidence
    known = pages.quality.coverage(quality.coverage, figures, quality.messages["coverage"], plan=frames.plan).html
    kept = pages.quality.judgements(frames, quality.messages["judgements"]).html
    asked = pages.quality.questions(quality.questions, figures, frames, quality.messages["questions"]).html
    worked = pages.quality.workings(quality.workings, figures, frames, quality.messages["workings"]).html
    for shown in (known, kept, asked, worked):
        assert not re.search(r"(?:<td>|[(>])(?:企画部|総務部|市民生活部|経済環境部|土木部)[ )<]", shown)
    assert "stated (Economy and Environment)" in known
    assert "With which year" in asked
    assert frames.assumptions["text"].iloc[0] not in kept
    title = pages.quality.title(frames, quality.messages).html
    assert "English names and texts are this project’s translations" in title


def as_japanese(expression):
    """A calculation with the signs of Japanese: a minus between numbers stands free, one before a number does not."""
    free = expression.replace(" − ", "|").replace("−", "△").replace("|", " − ")
    return free.replace("(", "（").replace(")", "）")


@pytest.mark.parametrize("kind", ["isehara", "below zero"])
def test_the_calculations_are_those_of_japanese(frames, kind):
    counts = [{"A": 1, "B": 0, "C": 3, "D": 0}, {"A": 0, "B": 9, "C": 0, "D": 1}]
    year = frames if kind == "isehara" else made_up.year(counts, [(100, -5), (250, 77777)], [])
    figures = compute.figures(year)
    original, ours = (workings(figures, year, language=language) for language in ("ja", "en"))
    assert sum(len(one.steps) for one in ours.values()) > 30
    for key, one in ours.items():
        assert [as_japanese(step.expression) for step in one.steps] == [s.expression for s in original[key].steps]
        assert [step.value for step in one.steps] == [step.value for step in original[key].steps]


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(
    ("language", "beside", "expected"),
    [
        ("ja", "", []),
        ("ja", "brief.en", [("brief.en.html", "en")]),
        ("en", "", [("brief.html", "ja"), ("detail.html", "ja"), ("quality.html", "ja"), ("../index.html", "ja")]),
        ("en", "brief.en quality.en", [("brief.html", "ja"), ("detail.html", "ja"), ("../index.html", "ja")]),
        ("en", "brief.en detail.en quality.en ../index.en ../../index.en", [("brief.html", "ja")]),
    ],
)
def test_a_page_leads_to_what_stands_and_names_the_language_of_the_rest(language, beside, expected):
    notation.speak(language, beside)
    shown = pages.navigation(current="brief", audience="public").html
    foreign = re.findall(r'href="([^"]+)"[^>]*? hreflang="(\w+)"', shown)
    assert sorted(set(foreign) - {("../../index.html", "ja")}) == sorted(expected)


@pytest.mark.usefixtures("at_home")
def test_a_figure_leads_to_the_proof_in_the_language_spoken_where_there_is_one():
    key = ("effect_multiplier", "plan", "")
    notation.speak("en", "brief.en quality.en 2024/quality.en")
    places = ({}, {"page": "2024/quality"}, {"page": "2023/quality"}, {"page": ""})
    proof, last, before, here = (as_html(pages.links.figure_link(key, "3.87", **place)) for place in places)
    assert proof == '<a href="quality.en.html#m-effect_multiplier-plan" class="figure-link">3.87</a>'
    assert 'href="2024/quality.en.html#' in last
    assert 'href="2023/quality.html#m-effect_multiplier-plan" class="figure-link" hreflang="ja"' in before
    assert "hreflang" not in here


def of_the_set(test):
    return pytest.mark.slow(pytest.mark.xdist_group("reports")(test))


def japanese(words):
    """Japanese of a page, in its text and in the attributes that are read out: what no `lang` marks, and what one does."""
    unmarked, marked = [], []
    for element in lxml.html.document_fromstring(words).iter(lxml.etree.Element):
        said = element.xpath("@aria-label | @alt | @title | @content")
        said += element.xpath("text()") if element.tag != "style" else []
        is_marked = element.xpath("(ancestor-or-self::*/@lang)[last()]") == ["ja"]
        (marked if is_marked else unmarked).extend(one.strip() for one in said if JAPANESE.search(one))
    return unmarked, marked


@of_the_set
@pytest.mark.parametrize("name", ENGLISH)
def test_japanese_stands_only_where_it_is_marked(english_reports, name):
    words = (english_reports / name).read_text(encoding="utf-8")
    unmarked, marked = japanese(words)
    assert unmarked == []
    assert marked, "names and the document's words are quoted as they are"
    assert '<html lang="en">' in words


@of_the_set
@pytest.mark.parametrize(("name", "whose"), [("brief", "names"), ("detail", "names and texts")])
def test_what_is_filed_beside_the_page_stays_japanese(english_reports, name, whose):
    folder = english_reports / "isehara-6" / "2024"
    says = f"English {whose} are this project’s translations, not the city’s"
    assert says in (folder / f"{name}.en.html").read_text(encoding="utf-8")
    original, ours = (bundle_of(folder / "notebooks" / f"{one}.ipynb") for one in (name, f"{name}.en"))
    assert ours["title"] == "Isehara City 6th Administrative and Fiscal Reform Plan: results for FY2024 (Reiwa 6)"
    rate = next(one for one in ours["metrics"] if one["metric"] == "effect_multiplier" and one["scope"] == "plan")
    assert rate["display"] == "3.87倍"
    assert ours["summary"]["headline"].startswith("74件中62件（83.8%）が概ね計画どおり以上。")
    assert [key for key in ("tables", "summary", "metrics") if ours[key] != original[key]] == []


def both(english_reports, name):
    folder = english_reports / "isehara-6" / "2024"
    return [(folder / f"{one}.html").read_text(encoding="utf-8") for one in (name, f"{name}.en")]


def proofs(words):
    """What a page points at within the page of proofs."""
    return set(re.findall(r'href="quality(?:\.en)?\.html#([^"]+)"', words))


@of_the_set
@pytest.mark.parametrize("name", ["brief", "detail", "quality"])
def test_both_languages_show_the_same_figures_at_the_same_places(english_reports, name):
    pages = both(english_reports, name)
    ids = [re.findall(r'\bid="([^"]+)"', re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)) for page in pages]
    assert ids[0] == ids[1], "every entry, in the same order"
    assert len(re.findall(r"<tr", pages[0])) == len(re.findall(r"<tr", pages[1]))
    original, ours = map(proofs, pages)
    # Of the measures behind plan an English sheet may have room for fewer.
    behind = proofs(re.search(r'class="behind".*?</section>|$', pages[0], re.DOTALL)[0])
    assert ours <= original
    assert original - ours < behind or ours == original


@of_the_set
def test_the_proofs_of_both_languages_hold_the_same_calculations_and_lines(english_reports):
    pages = both(english_reports, "quality")
    original, ours = (
        [
            html.unescape(step).rpartition(sign)[0]
            for step in re.findall(r'<span class="fixed-width">(.*?)</span>', page)
        ]
        for page, sign in zip(pages, "＝=", strict=True)
    )
    assert [as_japanese(one) for one in ours] == original
    line = re.compile(r'class="source-line">.*?<span class="line">(.*?)</span></div>')
    original, ours = ([re.sub("<[^>]+>", "", words) for words in line.findall(page)] for page in pages)
    assert len(original) > 100
    assert ours == original


@of_the_set
def test_pages_lead_to_each_other_and_to_the_files_in_japanese(english_reports):
    (_, brief), (_, detail) = (both(english_reports, name) for name in ("brief", "detail"))
    assert 'href="detail.en.html"' in brief
    assert 'href="brief.en.html"' in detail
    assert 'href="brief.en.html#points"' in detail
    for name, page in {"brief": brief, "detail": detail}.items():
        assert re.search(rf'href="{name}\.html"[^>]*hreflang="ja"', page), "the page in Japanese"
    # Policy 2 has 5 measures behind plan: the 5 is a figure with a proof, the 2 is a name.
    heading = re.search(r'<section id="matrix".*?</h2>', detail, re.DOTALL)[0]
    assert re.search(r"Policy 2 \(<a [^>]+>5</a>\)", heading), heading
    files = re.findall(r"Data \(in Japanese\): <a [^>]*>", detail)
    assert len(files) == detail.count('href="data/figure-') - detail.count('<li><a href="data/figure-')
    assert all('hreflang="ja"' in link for link in files)
    assert "Data (in Japanese)</h2>" in detail


@of_the_set
def test_every_way_of_every_page_leads_somewhere_in_the_language_it_says(english_reports):
    lost = []
    for page in sorted(english_reports.rglob("*.html")):
        words = page.read_text(encoding="utf-8")
        own = re.search(r'<html lang="(\w+)"', words)[1]
        for attributes in set(re.findall(r"<a ([^>]*)>", words)):
            target = html.unescape(re.search(r'href="?([^"\s>]+)', attributes)[1])
            said = re.search(r'hreflang="?(\w+)', attributes)
            file, _, place = target.partition("#")
            path = (page.parent / file).resolve() if file else page
            if path.is_file() and path.suffix != ".html":
                continue
            there = path.read_text(encoding="utf-8") if path.is_file() else ""
            is_there = not place or re.search(rf'id="?{re.escape(place)}["\s>]', there)
            if not is_there or f'<html lang="{said[1] if said else own}"' not in there:
                lost.append((page.name, target))
    assert lost == []


@of_the_set
def test_a_second_build_of_the_english_set_has_nothing_to_do(english_reports, tmp_path, capsys):
    out = shutil.copytree(english_reports, tmp_path / "reports")
    for language in (["--language", "en"], []):  # where none is named, the English pages are kept up with
        assert cli.main(["build", *language, "--data", DATA, "--out", str(out)]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "作成 0、変更なし 5、中止 0、失敗 0"


@pytest.mark.browser
@of_the_set
@pytest.mark.parametrize("name", ["quality", "quality.en"])
def test_the_sheets_of_the_proofs_are_filled_and_no_heading_ends_one(browser, english_reports, name):
    page = browser.new_page()
    page.goto((english_reports / "isehara-6" / "2024" / f"{name}.html").as_uri())
    *sheets, _ = paper.sheets(page)
    headings = page.evaluate("[...document.querySelectorAll('.proof h2, .proof h3')].map(h => h.textContent)")
    page.close()
    assert len(sheets) > 20
    squeezed = {re.sub(r"\s", "", heading) for heading in headings}
    for number, sheet in enumerate(sheets, start=1):
        words = sheet.get_textpage()
        # left, bottom, right, top, in points from below
        lines = [words.get_rect(n) for n in range(words.count_rects())]
        lowest = min(bottom for _, bottom, _, _ in lines if bottom > FOOT_POINTS)
        assert (A4_HEIGHT - lowest) / A4_HEIGHT > LEAST_FILLED, f"sheet {number} of {name}"
        last = "".join(words.get_text_bounded(*line) for line in lines if line[1] - lowest < LINE_POINTS)
        last = re.sub(r"\s", "", last)
        is_heading = len(last) > 3 and any(heading.endswith(last) for heading in squeezed)
        assert not is_heading, f"sheet {number} ends with {last}"
