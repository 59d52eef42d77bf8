"""Pages of years made up to strain the layout: nothing spills, nothing is cut, nothing lies on anything else."""

from itertools import product

import pytest
import sheet
from strained import PAGES, STRAINED
from strained import page as made

from helpers.notation import LANGUAGES

CASES = list(product(STRAINED, PAGES, LANGUAGES))

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


@pytest.mark.parametrize("width", [400, 640, 1100, 1600])
def test_nothing_scrolls_sideways_and_no_label_is_cut_or_covered(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    faults = opened.evaluate(
        """() => [...document.querySelectorAll('svg.picture')].flatMap(svg => {
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
    )
    assert faults == []


@pytest.mark.parametrize("width", [400, 820, 1100, 1600])
def test_the_key_figures_stay_within_the_page_and_their_labels_are_read_in_order(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    faults = opened.evaluate(
        """() => [...document.querySelectorAll('.key-figure')].filter(card => {
            const held = card.closest('dl').parentElement.getBoundingClientRect().right + 1;
            return card.getBoundingClientRect().right > held || card.scrollWidth > card.clientWidth + 1
                || card.querySelector('dt').childNodes.length > 1;  // each would be a column of its own
        }).map(card => card.textContent)"""
    )
    assert faults == []


@pytest.mark.parametrize("width", [400, 720, 1100])
def test_no_table_of_a_page_of_proofs_scrolls_sideways(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    spilling = """() => [...document.querySelectorAll('.proof .table')]
        .filter(t => t.scrollWidth > t.clientWidth + 1).map(t => t.querySelector('table').id)"""
    assert opened.evaluate(spilling) == []


def test_page_one_holds_all_of_it_on_paper(opened):
    spilled = sheet.spilling(opened)
    opened.emulate_media(media="screen")
    assert spilled == []
