"""What the tests of pages share."""

import os
import shutil
from pathlib import Path

import pytest

import helpers.run.light  # noqa: F401 — before any test imports jsonschema with its grammars: seconds in every worker

BROWSER = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="module")
def browser():
    """Debian's chromium; its absence is a failure where tests run by themselves."""
    if not Path(BROWSER).exists():
        if os.environ.get("CI"):
            pytest.fail("chromium is missing: `make browser` installs it")
        pytest.skip("chromium is missing: `make browser` installs it")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 — starts a driver

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()
