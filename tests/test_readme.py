"""What the README promises is there: files, functions, hand-worked cases, lines of the source."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from helpers import compute

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MOST_LINES = 70
DOCS = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md"))]
SOURCE = (Path(__file__).parent / "documents" / "isehara-2024.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "bench/README.md", *DOCS])
def test_links_lead_to_files(page):
    words = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", words) if "://" not in target]
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert missing == []


def test_it_fits_a_screen():
    assert len(README.splitlines()) <= MOST_LINES


def test_functions_and_cases_of_the_table_exist():
    functions = re.findall(r"`compute\.(\w+)`", README)
    cases = re.findall(r"`(tests/cases/\w+\.csv)`", README)
    assert len(functions) == len(cases) > 5
    assert [name for name in functions if not hasattr(compute, name)] == []
    assert [name for name in cases if not (ROOT / name).is_file()] == []


def test_figures_of_the_table_are_those_of_the_released_set():
    metrics = (ROOT / "reports/isehara-6/2024/metrics.json").read_text(encoding="utf-8")
    shown = {row["display"] for row in json.loads(metrics)} | {"約71%"}
    for words in re.findall(r"^\| [^|`]*? ([約△]?[\d,.〜]+(?:%|倍|万円)) \|", README, flags=re.MULTILINE):
        assert words in shown, words


def test_lines_of_the_table_hold_a_figure():
    for line in re.findall(r"L(\d+)", README):
        assert re.search(r"\d", SOURCE[int(line) - 1]), f"L{line}"


@pytest.mark.parametrize("picture", ["docs/brief.png", "docs/side-by-side.png"])
def test_a_picture_shows_the_page_as_it_is_now(picture):
    """Stale: run `make pictures`, look at them, and commit them with the page."""
    with Image.open(ROOT / picture) as opened:
        said = opened.info.get("Source", "")
    assert said, "it does not say which page it shows"
    made_from, page = said.split("  ")
    assert hashlib.sha256((ROOT / page).read_bytes()).hexdigest() == made_from, page


def test_what_the_guide_for_leadership_quotes_stands_on_the_pages():
    guide = (ROOT / "docs/guide-leadership.md").read_text(encoding="utf-8")
    built = [*(ROOT / "reports/isehara-6/2024").glob("*.html"), ROOT / "reports/isehara-6/index.html"]
    pages = "".join(re.sub(r"<[^>]*>|\s", "", page.read_text(encoding="utf-8")) for page in built)
    quoted = [words for words in re.findall(r"「([^」]+)」", guide) if words.strip()]
    assert len(quoted) > 20
    assert [words for words in quoted if re.sub(r"\s", "", words) not in pages] == []
