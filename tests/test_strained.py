"""Pages of years made up to strain the layout: nothing spills, nothing is cut, nothing lies on anything else."""

from itertools import product

import laid_out
import pytest
from strained import PAGES, STRAINED
from strained import page as made

from helpers.notation import LANGUAGES

# Without English names a Japanese page is the one with long names; the proofs are strained by names, numbers and rows alone.
SAME = {("no English names", page, "ja") for page in PAGES}
SAME |= {(name, "quality", language) for name in ("12 policies", "no measures", "all D") for language in LANGUAGES}
# A year with little to say strains the details by what is left out, and 300 measures and large amounts pages of their own.
SAME |= {(name, "detail", "en") for name in ("no measures", "all D")}
SAME |= {("very large amounts", "quality", "en"), ("300 measures", "brief", "en")}
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


@pytest.mark.parametrize("width", [400, 640, 820, 1100, 1600])
def test_nothing_scrolls_sideways_and_no_label_is_cut_or_covered(opened, width):
    assert laid_out.faults(opened, width) == {}


def test_page_one_holds_all_of_it_on_paper(opened):
    spilled = laid_out.spilling(opened)
    opened.emulate_media(media="screen")
    assert spilled == []
