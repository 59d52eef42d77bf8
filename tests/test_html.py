"""Pages are valid HTML by the Nu checker, which `make validator` fetches."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VALIDATOR = ROOT / ".venv" / "validator" / "vnu.jar"

# One short run: the quicker of Java's two compilers, with room for what it compiles less tightly.
SHORT_RUN = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss8m"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def java():
    """Java; where tests run by themselves it is a failure that it, or the checker, is missing."""
    java = shutil.which("java")
    if not java or not VALIDATOR.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the Nu checker is missing: `make validator` fetches it")
    return java


def test_every_page_is_valid_html_and_the_checker_finds_what_is_wrong(java, tmp_path):
    """One run for all pages and a wrong one, since most of its time is its start."""
    wrong = tmp_path / "架空 page.html"
    wrong.write_text(
        "<!DOCTYPE html><html lang=ja><title>x</title><p><div id=a></div></p><b id=a>x</b>", encoding="utf-8"
    )
    pages = sorted((ROOT / "reports").rglob("*.html"))
    assert pages
    command = [java, *SHORT_RUN, "-jar", str(VALIDATOR), "--errors-only", "--format", "gnu", *map(str, [*pages, wrong])]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    of_pages = [line for line in run.stderr.splitlines() if "page.html" not in line]
    assert (run.returncode, of_pages) == (1, [])
    assert all(words in run.stderr for words in ("No “p” element in scope", "Duplicate ID"))
