"""The files of a draft: Word as offices take it, a page that escapes and needs nothing, a text; each the same when made twice."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import made_up
import made_up_register
import pytest
from docx.oxml.ns import qn
from lxml import html as parsed
from made_up_summaries import rows, summary_of, written

from helpers import forms
from helpers.forms.parts import Heading, Item, Listing, Paragraph

PLAN = made_up.plan(3)
MEASURES = [
    ("1", "A", "窓口の改善", "市民生活部", 5_000, 7_500, "待ち時間が減った"),
    ("2", "C", "時間外勤務の縮減", "総務部", 30_000, 1_000, "目標に届かなかった"),
]


@pytest.fixture(scope="module")
def summary():
    register = made_up_register.frame(rows(MEASURES))
    links = made_up.year([{}], [(None, None)]).linked_plans
    return summary_of(register, PLAN, published="2025-08", published_by="企画部 行政経営課", linked_plans=links)


@pytest.fixture(scope="module")
def word(summary):
    return docx.Document(io.BytesIO(forms.as_word.word(summary)))


@pytest.fixture(scope="module")
def parts(summary):
    """Of the Word file: the time and content of each part."""
    with zipfile.ZipFile(io.BytesIO(forms.as_word.word(summary))) as packed:
        return {one.filename: (one.date_time, packed.read(one).decode()) for one in packed.infolist()}


def test_every_file_is_the_same_when_made_twice(summary):
    assert written(summary) == written(replace(summary))


def test_no_time_of_day_is_in_the_word_file(parts):
    assert {when for when, _ in parts.values()} == {(1980, 1, 1, 0, 0, 0)}
    times = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", parts["docProps/core.xml"][1])
    assert set(times) == {"1980-01-01T00:00:00Z"}
    assert not {"docProps/thumbnail.jpeg", "word/stylesWithEffects.xml", "word/numbering.xml"} & parts.keys()


def test_the_page_is_a4_with_its_number(word):
    (section,) = word.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    fields = [one.text.strip() for one in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_every_face_is_named_for_japanese_too(parts):
    """A theme's face would go before the one that is named."""
    styles = parts["word/styles.xml"][1]
    used = [one for one in re.findall(r"<w:rFonts[^>]*>", styles) if "BIZ UDPGothic" in one]
    assert len(used) >= 6
    assert all('w:eastAsia="BIZ UDPGothic"' in one and "Theme" not in one for one in used)
    assert 'w:eastAsia="ja-JP"' in styles


def test_headings_of_tables_repeat_and_no_row_is_split(word):
    assert len(word.tables) == 2
    for table in word.tables:
        marks = [{one.tag for one in row._tr.trPr} for row in table.rows]
        assert all(qn("w:cantSplit") in of_row for of_row in marks)
        assert [qn("w:tblHeader") in of_row for of_row in marks] == [True, *[False] * (len(marks) - 1)]


def test_a_policy_stands_over_its_two_rows(word):
    effects = word.tables[-1]
    assert [cell.text for cell in effects.columns[0].cells[1:3]] == ["1 架空の方針その1"] * 2
    assert effects.cell(1, 0)._tc is effects.cell(2, 0)._tc


def test_headings_can_be_navigated_and_pages_begin_with_the_results(word):
    headings = [one for one in word.paragraphs if one.style.name.startswith(("Title", "Heading"))]
    assert [one.style.name for one in headings][:3] == ["Title", "Heading 1", "Heading 2"]
    breaks = [one.text for one in headings if one.paragraph_format.page_break_before]
    assert breaks == ["第1次架空計画の取組結果の概要（令和6年度①）", "第1次架空計画の取組結果の概要（令和6年度②）"]


def test_what_is_only_proposed_is_marked_in_every_file(summary):
    files = written(summary)
    head = docx.Document(io.BytesIO(files["案.docx"])).sections[0].header.paragraphs[0]
    assert head.text == "案：主な取組は規則による候補"
    assert "※ 案：主な取組は規則による候補です" in files["案.txt"].decode()
    assert '<p class="proposed">※ 案：主な取組は規則による候補です' in files["案.html"].decode()
    chosen = written(replace(summary, is_proposed=False))["案.docx"]
    assert docx.Document(io.BytesIO(chosen)).sections[0].header.paragraphs[0].text == ""


def test_the_page_asks_nothing_of_the_network_and_runs_no_script(summary):
    page = forms.as_html.html(summary)
    assert not re.search(r"<script|<link|<img|https?:|url\(", page)
    tree = parsed.fromstring(page)
    assert tree.get("lang") == "ja"
    assert [one.get("scope") for one in tree.xpath("//thead//th")] == ["col"] * len(tree.xpath("//thead//th"))
    assert tree.xpath("count(//h1)") == 1


def test_the_page_escapes_what_it_shows(summary):
    hostile = '<b onclick="x">&amp;'
    listed = Listing("exceeded", (Item("m-000000", hostile, hostile, "", hostile),))
    page = forms.as_html.html(replace(summary, title=hostile, parts=(Heading(hostile, 1), Paragraph(hostile), listed)))
    assert hostile not in page
    assert page.count("&lt;b onclick=&#34;x&#34;&gt;&amp;amp;") == 7


def test_the_files_hold_the_same_words(summary):
    """What stands in a table or list is in the text as in the others."""
    files = written(summary)
    lines = [line for line in files["案.txt"].decode().splitlines() if line]
    document = docx.Document(io.BytesIO(files["案.docx"]))
    passages = [one.text for one in document.paragraphs if one.text]
    assert passages == [line for line in lines if "\t" not in line]
    shown = "".join(parsed.fromstring(files["案.html"].decode()).find(".//main").text_content().split())
    assert all("".join(cell.split()) in shown for line in lines for cell in line.removeprefix("・").split("\t"))
