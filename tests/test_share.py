"""The released pages opened from a share, which a browser names `file://server/共有/…`.

Chromium for Linux takes only this machine for the server, and opens its folders. No share is mounted, and no Windows is there.
"""

import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urldefrag

import paper
import pytest

REPORTS = Path(__file__).parents[1] / "reports"
PAGES = sorted(page.relative_to(REPORTS).as_posix() for page in REPORTS.rglob("*.html"))
BRIEF, PROOFS = "isehara-6/2024/brief.html", "isehara-6/2024/quality.html"
SERVER = "file://127.0.0.1/"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def share(tmp_path_factory):
    """A copy in a folder whose name holds what an address writes in another way."""
    folder = tmp_path_factory.mktemp("server") / "共有 #1 100%" / "行革"
    return Path(shutil.copytree(REPORTS, folder))


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


def address(file):
    return file.as_uri().replace("file:///", SERVER)


def file_at(url):
    """The file of this machine that an address on the share names."""
    assert url.startswith(SERVER), url
    return Path("/", unquote(urldefrag(url).url.removeprefix(SERVER)))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_and_every_link_stays_on_the_share(page, share, name):
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(address(share / name))
    assert asked == [address(share / name)]
    links = page.evaluate("[...new Set([...document.querySelectorAll('a[href]')].map(a => a.href))]")
    assert links
    lost = [url for url in links if not file_at(url).is_file() or not file_at(url).is_relative_to(share)]
    assert lost == []


def test_the_way_from_the_list_to_a_proof_and_back_is_walked(page, share):
    page.goto(address(share / "index.html"))
    page.locator('a[href="isehara-6/index.html"]').first.click()
    page.wait_for_url(address(share / "isehara-6/index.html"))
    page.locator('a[href="2024/brief.html"]').first.click()
    page.wait_for_url(address(share / BRIEF))
    page.locator('a[href^="quality.html#"]').first.click()
    page.wait_for_url(re.compile(re.escape(f"{address(share / PROOFS)}#")))
    assert 0 <= page.locator(":target").bounding_box()["y"] < page.viewport_size["height"], "the place is in sight"
    page.go_back()
    assert page.url == address(share / BRIEF)


def test_it_prints_as_from_a_folder_of_this_machine(page, share):
    printed = []
    for url in (address(share / BRIEF), (REPORTS / BRIEF).as_uri()):
        page.goto(url)
        printed.append(paper.texts(page))
    assert printed[0] == printed[1]
    assert printed[0][0]
