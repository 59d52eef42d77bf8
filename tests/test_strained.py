"""Pages of years made up to strain the layout: nothing spills, nothing is cut, nothing lies on anything else."""

from itertools import product

import pytest
import sheet
from strained import PAGES, STRAINED
from strained import page as made

from helpers.notation import LANGUAGES

# Without English names a Japanese page is the one with long names; the proofs are strained by names, numbers and rows alone.
SAME = {("no English names", page, "ja") for page in PAGES}
SAME |= {(name, "quality", language) for name in ("12 policies", "no measures", "all D") for language in LANGUAGES}
CASES = [one for one in product(STRAINED, PAGES, LANGUAGES) if one not in SAME]

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module", params=CASES, ids=" ".join)
def opened(browser, request, tmp_path_factory):
    name, kind, language = request.param
    file = tmp_path_factory.mktemp("strained") / f"{name} {kind}.html"
    file.write_text(made(kind, STRAINED[name](), language), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    yield page
    page.close()


CUT_OR_COVERED = """() => [...document.querySelectorAll('svg.picture')].flatMap(svg => {
    const box = svg.getBoundingClientRect();
    const all = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])
        .filter(([, b]) => b.width);
    const cut = all.filter(([, b]) => b.left < box.left - 1 || b.right > box.right + 1
        || b.bottom > box.bottom + 2 || b.top < box.top - 2).map(([a]) => 'cut: ' + a);
    return cut.concat(all.flatMap(([a, p], n) => all.slice(n + 1).filter(([, q]) =>
        Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 &&
        Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > Math.min(p.height, q.height) * 0.5
    ).map(([b]) => a + ' | ' + b)));
})"""
# Beyond the page, or with a label in pieces, each of which would be a column of its own.
CARDS = """() => [...document.querySelectorAll('.key-figure')].filter(card => {
    const held = card.closest('dl').parentElement.getBoundingClientRect().right + 1;
    return card.getBoundingClientRect().right > held || card.scrollWidth > card.clientWidth + 1
        || card.querySelector('dt').childNodes.length > 1;
}).map(card => card.textContent)"""
TABLES = """() => [...document.querySelectorAll('.proof .table')]
    .filter(t => t.scrollWidth > t.clientWidth + 1).map(t => t.querySelector('table').id)"""
LOOKS = {"labels": CUT_OR_COVERED, "key figures": CARDS, "tables": TABLES}


@pytest.mark.parametrize("width", [400, 640, 820, 1100, 1600])
def test_nothing_scrolls_sideways_and_no_label_is_cut_or_covered(opened, width):
    """One layout a width, which is what takes the time: charts, cards and the tables of the proofs are looked at together."""
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    found = {what: opened.evaluate(look) for what, look in LOOKS.items()}
    assert not any(found.values()), found


def test_page_one_holds_all_of_it_on_paper(opened):
    spilled = sheet.spilling(opened)
    opened.emulate_media(media="screen")
    assert spilled == []
