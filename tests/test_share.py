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


def address(file):
    return file.as_uri().replace("file:///", SERVER)


def file_at(url):
    """The file of this machine that an address on the share names."""
    assert url.startswith(SERVER), url
    return Path("/", unquote(urldefrag(url).url.removeprefix(SERVER)))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_and_every_link_stays_on_the_share(window, share, name):
    asked = []
    window.on("request", lambda one: asked.append(one.url))
    window.goto(address(share / name))
    assert asked == [address(share / name)]
    links = window.evaluate("[...new Set([...document.querySelectorAll('a[href]')].map(a => a.href))]")
    assert links
    lost = [url for url in links if not file_at(url).is_file() or not file_at(url).is_relative_to(share)]
    assert lost == []


def test_the_way_from_the_list_to_a_proof_and_back_is_walked(window, share):
    window.goto(address(share / "index.html"))
    for link, place in {"isehara-6/index.html": "isehara-6/index.html", "2024/brief.html": BRIEF}.items():
        window.locator(f'a[href="{link}"]').first.click()
        window.wait_for_url(address(share / place))
    window.locator('a[href^="quality.html#"]').first.click()
    window.wait_for_url(re.compile(re.escape(f"{address(share / PROOFS)}#")))
    assert 0 <= window.locator(":target").bounding_box()["y"] < window.viewport_size["height"], "the place is in sight"
    window.go_back()
    assert window.url == address(share / BRIEF)


def test_it_prints_as_from_a_folder_of_this_machine(window, share):
    window.goto(address(share / BRIEF))
    printed = paper.texts(window)
    window.goto((REPORTS / BRIEF).as_uri())
    assert printed == paper.texts(window)
    assert printed[0]
