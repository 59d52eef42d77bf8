"""Parts of a page: whatever they show is words and never markup, a name in Japanese says so, a link stands where the phrase has it."""

import marshal
import runpy
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from jinja2 import FileSystemLoader
from made_up import year
from markupsafe import Markup

from helpers import check, compute, draw, notation, pages, tell
from helpers.pages import environment as templates
from helpers.pages.environment import environment, html, macro, rendered
from helpers.pages.links import Link, as_received
from helpers.pages.words import joined, plain, several, spoken
from helpers.terms import Sentence

ROOT = Path(__file__).resolve().parents[1]
NASTY = "<b id='x' title=\"y\">A&B</b>"
SHOWN = "&lt;b id=&#39;x&#39; title=&#34;y&#34;&gt;A&amp;B&lt;/b&gt;"
PARTS = {
    "cell": lambda: pages.table(pd.DataFrame({"取組": [NASTY]}), name="t", caption="表").html,
    "cell of figures": lambda: pages.table(pd.DataFrame({"値": [NASTY]}), name="t", caption="表", figures=("値",)).html,
    "heading": lambda: pages.table(pd.DataFrame({NASTY: ["1"]}), name="t", caption="表", names=(NASTY,)).html,
    "caption": lambda: pages.table(pd.DataFrame({"取組": ["1"]}), name="t", caption=NASTY).html,
    "id of a table": lambda: pages.table(pd.DataFrame({"取組": ["1"]}), name=NASTY, caption="表").html,
    "unit": lambda: pages.table(pd.DataFrame({"取組": ["1"]}), name="t", caption="表", unit=NASTY).html,
    "chart's caption": lambda: pages.figure(draw.Chart(1, "f", NASTY, "", "t", ())).html,
    "chart's message": lambda: pages.figure(draw.Chart(1, "f", "", "", "t", ()), [NASTY]).html,
    "words of a link": lambda: html(Link(NASTY, "#to")),
    "place of a link": lambda: html(Link("words", NASTY)),
    "link in a phrase": lambda: html(spoken("データ：{file}", file=Link(NASTY, "#to"))),
    "words beside a link": lambda: html([NASTY, Link("words", "#to")]),
    "words as received": lambda: as_received(NASTY),
    "key figure": lambda: macro("key_figure")("", NASTY, []),
    "headline": lambda: pages.headline([Sentence("headline", NASTY)], compute.figures(year([{"A": 1}], [(1, 1)]))).html,
    "what is read of a document": lambda: rendered(
        "brief/provenance", sources="", checks="", input_hash="", made=NASTY
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_markup_in_words_is_shown_and_never_obeyed(name):
    made = PARTS[name]()
    assert "<b" not in made
    assert SHOWN in made


def test_words_that_are_markup_already_and_words_that_look_like_it_stay_apart():
    both = [str(html(Link(words, "#to"))) for words in (Markup("<b>甲</b>"), "<b>甲</b>")]
    assert both == ['<a href="#to"><b>甲</b></a>', '<a href="#to">&lt;b&gt;甲&lt;/b&gt;</a>']


def test_a_city_that_is_called_like_markup_breaks_no_page():
    made = year([{"A": 2, "B": 1}], [(1_000, 900)], [(NASTY, "1", "百万円", "half_up")])
    policies = tuple(replace(one, name=NASTY, name_en=NASTY) for one in made.plan.policies)
    frames = replace(made, plan=replace(made.plan, name=NASTY, municipality=NASTY, policies=policies))
    figures = compute.figures(frames)
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    story = tell.brief(figures, frames, findings)
    parts = [
        pages.masthead(frames, audience="internal"),
        pages.headline(story.headline, figures),
        pages.key_figures(story.key_figures, figures),
        pages.composition(figures, frames, story.captions["composition"]),
        pages.points(story.points, figures),
        pages.composition_table(figures, frames),
        pages.policy_tables(figures, frames),
        pages.trace(figures, frames, story.sentences()),
        pages.findings(findings),
        pages.index.head(frames.plan, {2024: frames}),
    ]
    assert not [part.text for part in parts if "<b" in part.html]


def test_a_name_in_japanese_says_so_on_a_page_in_another_language():
    rows = pd.DataFrame({"取組": ["保育 A&B"]})
    with notation.speaking("en"):
        made = pages.table(rows, name="t", caption="伊勢原").html
    assert '<td><span lang="ja">保育</span> A&amp;B</td>' in made.replace("th", "td").replace(' scope="row"', "")
    assert 'aria-label="伊勢原"' in made, "an attribute holds no element"
    assert '<caption><span lang="ja">伊勢原</span></caption>' in made
    assert 'lang="ja"' not in pages.table(rows, name="t", caption="伊勢原").html


def test_a_link_stands_where_the_phrase_has_it():
    link = Link("x.csv", "data/x.csv")
    assert spoken("データ：{file}", file=link) == ["データ：", link]
    with notation.speaking("en"):
        assert spoken("データ：{file}", file=link)[-1] is link
    assert spoken("データ：{file}", file="x.csv") == "データ：x.csv"
    assert plain(several([link, "b"])) == "x.csv、b"
    assert plain(joined([["a"], "b"])) == "ab"


def test_a_break_in_a_template_is_none_on_the_page():
    template = "<p>\n  {{ words }}\n  　<i>\n</i> </p>\n"
    assert environment().from_string(template).render(words="a\n b") == "<p>a\n b　<i></i> </p>"


def test_what_a_template_is_not_given_is_no_blank():
    with pytest.raises(Exception, match="words"):
        environment().from_string("{{ words }}").render()


# The tool that compares two trees of pages

PAGE = '<p class="a b" id="x">words <a href="#y">A&amp;B</a></p><table><tr><td>1</td></tr></table>'


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (PAGE, True),
        (PAGE.replace('class="a b" id="x"', "id='x' class='b a'"), True),
        (PAGE.replace("A&amp;B", "A&#38;B").replace("<table>", "\n<table>\n"), True),
        (PAGE.replace("words <a", "words<a"), False),
        (PAGE.replace("#y", "#z"), False),
        (PAGE.replace('id="x"', ""), False),
        (PAGE.replace("<td>1", "<td>2"), False),
        (PAGE.replace("<td>1</td>", "<th>1</th>"), False),
    ],
)
def test_pages_are_compared_by_what_they_say_and_show(tmp_path, other, is_same):
    trees = tmp_path / "before", tmp_path / "after"
    for tree, page in zip(trees, (PAGE, other), strict=True):
        tree.mkdir()
        (tree / "page.html").write_text(page, encoding="utf-8")
    differences = runpy.run_path(str(ROOT / "bench" / "compare_pages.py"))["differences"]
    assert (list(differences(*trees)) == []) is is_same


def test_a_table_without_rows_has_every_heading():
    frames = year([{}], [(1_000, 900)])
    tables = pages.data(compute.figures(frames), frames)
    place = ["municipality_code", "municipality", "plan", "fiscal_year"]
    assert not len(tables["figure-grades"])
    assert all(list(table.columns[:4]) == place for table in tables.values())


def test_the_summary_is_told_again_only_on_a_page_in_another_language():
    frames = year([{"A": 1, "C": 1}], [(1_000, 900)])
    figures = compute.figures(frames)
    told = tell.brief(figures, frames, [])
    assert tell.original(told, figures, frames, []) is told
    with notation.speaking("en"):
        english = tell.brief(figures, frames, [])
        again = tell.original(english, figures, frames, [])
    assert (
        [one.text for one in again.headline]
        == [one.text for one in told.headline]
        != [one.text for one in english.headline]
    )


def test_a_compiled_template_is_kept_where_python_keeps_modules_and_made_again_when_its_source_changes(
    tmp_path, monkeypatch
):
    kept = tmp_path / "__pycache__"
    monkeypatch.setattr(templates, "COMPILED", kept)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    source = tmp_path / "one.html.j2"

    def shown(words):
        source.write_text(words, encoding="utf-8")
        made = environment.__wrapped__()  # as a process makes it that has just begun
        made.loader = FileSystemLoader(tmp_path)
        return made.get_template("one.html.j2").render(n=1)

    assert shown("<p>{{ n }}</p>") == "<p>1</p>"
    (file,) = kept.iterdir()
    first = file.read_bytes()
    assert shown("<p>{{ n }}</p>") == "<p>1</p>"
    assert file.read_bytes() == first
    assert shown("<b>{{ n }}</b>") == "<b>1</b>"
    assert file.read_bytes() != first
    file.write_bytes(first[:40])  # cut short
    assert shown("<i>{{ n }}</i>") == "<i>1</i>"
    head = file.read_bytes()
    file.write_bytes(head[: head.rindex(b".", 0, 120) + 1] + marshal.dumps("no code"))
    assert shown("<i>{{ n }}</i>") == "<i>1</i>"
    shutil.rmtree(kept)
    kept.write_text("")  # nowhere to write
    assert shown("<u>{{ n }}</u>") == "<u>1</u>"
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    kept.unlink()
    assert shown("<u>{{ n }}</u>") == "<u>1</u>"
    assert not kept.exists()
