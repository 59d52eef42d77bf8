"""The tags of a page are those that Python's own parser of HTML finds, however they are written."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.run.render import tags

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "reports").rglob("*.html"))


def alike(words):
    """As tags are told that differ in their numbers alone."""
    return tags.NUMBER.sub("0", words)


class Told:
    """A reader that writes down what it is told, numbers in tags aside; text that was cut is put together again."""

    def __init__(self):
        self.said = []
        self.end = lambda tag: self.said.append(("end", tag))
        self.start = lambda meaning: self.said.append(("start", *meaning))

    def meaning(self, tag, attributes):  # noqa: D102 — as it is asked
        return tag, tuple((alike(name), value and alike(value)) for name, value in attributes)

    def odd(self, written):  # noqa: D102
        self.said.append(("odd", written))

    def text(self, text):  # noqa: D102
        if self.said and self.said[-1][0] == "text":
            text = self.said.pop()[1] + text
        self.said.append(("text", text))


def by_the_parser(page):
    told = Told()
    parser = tags._Parser(told)
    parser.feed(page)
    parser.close()
    return told.said


def plainly(page):
    told = Told()
    tags._read_plain(page, told, {})
    return told.said


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_of_ours_are_plain_and_read_as_the_parser_reads_them(page):
    html = page.read_text(encoding="utf-8")
    assert plainly(html) == by_the_parser(html)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<h1>", "<h2>"),
        ('<h1 id="a">', '<h2 id="a">'),
        ('<a href="&#106;avascript:x">', '<a href="&#107;avascript:x">'),
        ("<i style='content:x'>", "<b style='content:x'>"),
        ('<i style="\\75rl(x)">', '<i style="\\76rl(x)">'),
        ("<!--1-->", "<!doctype html>"),
        ("<p a1>", "<p a.>"),
        ("<p a1>", "<p a1.5>"),
    ],
)
def test_tags_are_alike_only_where_a_number_is_no_letter(one, other):
    assert tags._shape(one) != tags._shape(other)


def test_tags_alike_are_asked_about_once():
    told, asked = Told(), []
    told.meaning = lambda tag, attributes: (tag, tuple(asked.append(attributes) or attributes))
    alike = {}
    tags._read_plain('<path d="M 1 2.5"/><path d="M 31 4.25"/><path d="M 1 2 3"/>', told, alike)
    tags._read_plain('<path d="M 5 7.5"/>', told, alike)  # another page
    assert asked == [[("d", "M 1 2.5")], [("d", "M 1 2 3")]]
    assert len(told.said) == 8


def test_a_long_tag_is_not_kept():
    told, alike = Told(), {}
    tags._read_plain(f'<img src="data:image/png;base64,{"a" * 5000}"><p>', told, alike)
    assert list(alike) == ["<p>"]


def test_pages_are_found():
    assert len(PAGES) >= 11


PARTS = (
    *(
        "<p>",
        "</p>",
        "<br/>",
        "<br />",
        '<td class="n">',
        "<td class=n>",
        "<i style=--a:16;--b:6>",
        "<A HREF=x/>",
        "</A>",
    ),
    *(
        '<a title="1&amp;2">',
        '<a title="x>y">',
        "<a title='x'>",
        '<a title="x" title="y">',
        "<a b>",
        "<a  b = c>",
        '<a b="c"d>',
    ),
    *("<style>", "</style>", "<title>", "</title>", "<textarea>", "</textarea>", "<script>", "</script>", "<style/>"),
    *(
        "<!doctype html>",
        "<!-- 注 -->",
        "<!-->",
        "<!--->",
        "<!-- a > b -->",
        "<!-- a",
        "-->",
        "<?xml a?>",
        "<![CDATA[x]]>",
    ),
    *("達成", "&lt;b&gt;", "&amp", "&#12371;", "1 < 2", "a > b", "<", ">", '"', "'", "\n", "\u3000", "\x0b", "\x00"),
    *(
        "p>q{content:'<b>'}",
        "</",
        "</ p>",
        "</p >",
        "<1>",
        "<p\u3000a>",
        "<p\x0ba>",
        "<p/a>",
        "<p a/>",
        "<svg:g x:y='z'>",
    ),
    *(
        "<ſ>",
        "<p ſ=1>",
        "<p class>",
        "<p class=>",
        "<p class==x>",
        '<p class="">',
        "<p =x>",
        "</>",
        "<noscript>",
        "</noscript>",
    ),
)


@given(
    st.lists(st.one_of(st.sampled_from(PARTS), st.text("<>/=\"' &;!-apstyle", max_size=6)), max_size=12).map("".join)
)
@settings(max_examples=1500, deadline=None)
@example("<style>p>q{}</style><p>")
@example("<title><b></title>")
@example("<style>&amp;</style>&amp;")
def test_what_is_taken_for_plain_is_read_as_the_parser_reads_it(page):
    try:
        read = plainly(page)
    except tags._NotPlain:
        return
    assert read == by_the_parser(page)


@pytest.mark.parametrize(
    "page", ["<p a='b'>点</p>", "1 < 2<b>3", "<title><b></title>x", "<!-- a > b --><p>", "<style>p"]
)
def test_what_is_not_plain_is_read_by_the_parser(page):
    with pytest.raises(tags._NotPlain):
        plainly(page)
    assert tags.read(page, Told, {}).said == by_the_parser(page)


def test_half_of_a_page_that_is_not_plain_is_not_told_twice():
    assert tags.read("<p>達成</p><a b='c'>", Told, {}).said.count(("text", "達成")) == 1


@pytest.mark.parametrize(
    "page",
    [
        '<svg><g onload="x()"></g></svg>',
        "<p>a</p><script>b</script>",
        "<title>x</title><img src=a.png>",
        '<td class="n"><td class="n" onclick=x>',
    ],
)
def test_what_runs_or_is_fetched_is_plain_too(page):
    """The quick way is the one that finds it: nothing that harms may depend on being written oddly."""
    assert plainly(page) == by_the_parser(page)
