"""What the tests of pages share."""

import gc
import json
import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock

from helpers import cli, compute, read
from helpers.bundle import MIME
from helpers.run import light

ROOT = Path(__file__).resolve().parent.parent
BROWSER = shutil.which("chromium") or "/usr/bin/chromium"
# The one without a window lays pages out alike in half the time, if letters are to be as wide as in the other.
MEASURING = shutil.which("chromium-headless-shell") or BROWSER
SAME_WIDTHS = "--font-render-hinting=none"
# Pages are measured and nobody sees them: what would paint them rests.
NOTHING_SHOWN = ["--disable-gpu", "--disable-gpu-rasterization", "--disable-software-rasterizer"]

# Before any test imports jsonschema with its grammars: seconds in every worker.
for library in light.LATER:
    light.load(library)


def bundle_of(notebook):
    """What an executed notebook gave with its page."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = (output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    (content,) = [data[MIME] for data in outputs if MIME in data]
    return content


def pytest_collection_modifyitems(items):
    """Whoever waits for the clock begins first, so that nobody is left to wait at the end."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


def pytest_collection_finish():
    """What was imported stays: the collector leaves it alone, and comes less often than for a small program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


# Of a module and not of the session: `bench/mutants.py` learns from each module alone which lines it runs through.
@pytest.fixture(scope="module")
def frames():
    """FY2024 of isehara-6, as it is released. Nobody changes a frame: whoever wants another makes a copy."""
    return compute.corrected(read.year("isehara-6", 2024, ROOT / "data"))


@pytest.fixture(scope="module")
def figures(frames):
    """The figures of that year."""
    return compute.figures(frames)


_STARTED: list = []  # the browser, and what ends it


@pytest.fixture(scope="module")
def browser():
    """Debian's chromium, started once for all modules in turn; its absence is a failure where tests run by themselves."""
    if not Path(BROWSER).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("chromium is missing: `make browser` installs it")
    if not _STARTED:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 — starts a driver

        args = ["--no-sandbox", SAME_WIDTHS, *NOTHING_SHOWN]
        ending = ExitStack()
        chromium = ending.enter_context(sync_playwright()).chromium
        _STARTED[:] = [ending.enter_context(chromium.launch(executable_path=MEASURING, args=args)), ending]
    return _STARTED[0]


@pytest.fixture(scope="module")
def window(browser):
    """A window for all tests of a module."""
    with browser.new_page() as page:
        yield page


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem):
    """Its driver keeps a loop of events running, which others would find: it ends before the first test without it."""
    if _STARTED and (nextitem is None or nextitem.get_closest_marker("browser") is None):
        _STARTED.pop().close()
        _STARTED.clear()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Gives a folder that one worker makes and all of them read; whoever changes something in it changes a copy."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name, make):
        place, done = shared / name, shared / f"{name}.made"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(place, ignore_errors=True)
                make(place)
                done.touch()
        return place

    return folder


@pytest.fixture(scope="session")
def set_of_2024(made_once):
    """The set of isehara-6 for FY2024, built from `data/`."""

    def make(place):
        words = ["build", "isehara-6", "--year", "2024", "--data", str(ROOT / "data"), "--out", str(place)]
        assert cli.main(words) == 0

    return made_once("set of 2024", make) / "isehara-6" / "2024"


@pytest.fixture(scope="session")
def english_reports(made_once):
    """All of `data/` with the English pages beside the Japanese ones."""

    def make(place):
        shutil.copytree(ROOT / "reports", place)  # what is current there stays; the English pages are made
        assert cli.main(["build", "--language", "en", "--data", str(ROOT / "data"), "--out", str(place)]) == 0

    return made_once("reports in English", make)


@pytest.fixture(scope="session")
def following_year(made_once):
    """A project in which isehara-6 has a made-up FY2025 after FY2024, and the sets of both: `data` and `reports`."""

    def make(place):
        shutil.copytree(ROOT / "data" / "isehara-6", place / "data" / "isehara-6")
        document = str(ROOT / "tests" / "documents" / "synthetic-2025.txt")
        data = ["--data", str(place / "data")]
        assert cli.main(["intake", document, "--plan", "isehara-6", "--year", "R7", *data]) == 0
        assert cli.main(["build", "isehara-6", *data]) == 0

    return made_once("following year", make)
