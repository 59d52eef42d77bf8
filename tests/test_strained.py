"""Pages of years made up to strain the layout: nothing spills, nothing is cut, nothing lies on anything else."""

import laid_out
import pytest
from strained import PAGES, STRAINED
from strained import page as made

from helpers.notation import LANGUAGES

# What each year strains: a Japanese page without English names is the one with long names; the lists of the details and the proofs
# are strained by names and rows, page one by names and amounts; a year with little to say, by what is left out.
CASES = [
    *(("long names", page, language) for page in PAGES for language in LANGUAGES),
    *(("no English names", page, "en") for page in ("brief", "detail")),
    *(("register and years", page, "ja") for page in PAGES),
    *(("register and years", page, "en") for page in ("brief", "detail")),
    *(("12 policies", "brief", "ja"), ("12 policies", "detail", "en")),
    *(("300 measures", "detail", "en"), ("300 measures", "quality", "ja")),
    *(("no measures", "brief", "en"), ("no measures", "detail", "ja")),
    *(("all D", "brief", "en"), ("all D", "detail", "ja")),
    *(("very large amounts", "brief", language) for language in LANGUAGES),
    ("very large amounts", "detail", "ja"),
]
# A telephone, the narrowest screen with tables side by side, and the narrowest with page one in two columns.
WIDTHS = (400, 721, 1600)

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module", params=CASES, ids=" ".join)
def opened(window, request, tmp_path_factory):
    name, kind, language = request.param
    file = tmp_path_factory.mktemp("strained") / f"{name} {kind}.html"
    file.write_text(made(kind, STRAINED[name](), language), encoding="utf-8")
    window.goto(file.as_uri())
    return window


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways_and_no_label_is_cut_or_covered(opened, width):
    assert laid_out.faults(opened, width) == {}


def test_every_year_is_looked_at():
    assert {name for name, _, _ in CASES} == set(STRAINED)


def test_page_one_holds_all_of_it_on_paper(opened):
    spilled = laid_out.spilling(opened)
    opened.emulate_media(media="screen")
    assert spilled == []
