"""What both READMEs and docs/figures.md promise is there: files, commands, functions, cases, lines of the source."""

import hashlib
import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import click
import pytest
from PIL import Image

from helpers import cli, compute

ROOT = Path(__file__).parents[1]
READMES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md")}
FIGURES = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
MOST_LINES = 70
DOCS = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))]
SOURCE = (Path(__file__).parent / "documents" / "isehara-2024.txt").read_text(encoding="utf-8").splitlines()
METRICS = json.loads((ROOT / "reports/isehara-6/2024/metrics.json").read_text(encoding="utf-8"))
# Code that begins with one of these is a command to type.
PROGRAMS = ("make", ".venv/bin/gyokaku", ".venv/bin/papermill", "apt-get")
DEBIAN_PACKAGES = ["git", "make", "python3-venv"]


def commands(readme: str) -> list[list[str]]:
    """The words of each command: every line of a block, and code within a sentence that begins with a program."""
    blocks = re.findall(r"^```sh\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    inline = [words for words in re.findall(r"`([^`\n]+)`", readme) if words.startswith(PROGRAMS)]
    return [shlex.split(line, comments=True) for line in [*lines, *inline]]


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md", "bench/README.md", *DOCS])
def test_links_lead_to_files(page):
    words = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", words) if "://" not in target]
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("readme", READMES)
def test_it_fits_a_screen(readme):
    assert len(READMES[readme].splitlines()) <= MOST_LINES


def test_both_readmes_lead_to_the_same_places_and_name_the_same_commands():
    english, japanese = (
        (set(re.findall(r"\]\(([^)]+)\)", readme)) - set(READMES), {" ".join(words[:2]) for words in commands(readme)})
        for readme in READMES.values()
    )
    assert english == japanese


@pytest.mark.parametrize("readme", READMES)
def test_every_command_exists(readme):
    targets = re.findall(r"^(\w+):(?!=).* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = commands(READMES[readme])
    assert {words[0] for words in found} == set(PROGRAMS)
    for program, command, *rest in found:
        if program == "make":
            assert command in targets
            assert rest in ([], ["FORCE=1"])
        if program == ".venv/bin/gyokaku":
            offered = {name for option in cli.gyokaku.commands[command].params for name in option.opts}
            assert {word for word in rest if word.startswith("--")} <= offered
        if program == ".venv/bin/papermill":
            offered = re.findall(r'"(\w+)(?:: | = )', (ROOT / command).read_text(encoding="utf-8"))
            assert set() < {name for flag, name in pairwise(rest) if flag == "-p"} <= set(offered)
        if program == "apt-get":
            assert (command, rest) == ("install", DEBIAN_PACKAGES)


@pytest.mark.parametrize("readme", READMES)
def test_every_option_named_alone_belongs_to_build(readme):
    offered = {name: option for option in cli.gyokaku.commands["build"].params for name in option.opts}
    for option, *values in re.findall(r"(--[a-z]+)(?: ([a-z]+))?`", READMES[readme]):
        assert option in offered
        if isinstance(offered[option].type, click.Choice):
            assert set(filter(None, values)) <= set(offered[option].type.choices)


@pytest.mark.parametrize("readme", READMES)
def test_figures_of_a_readme_are_those_of_the_released_set(readme):
    shown = {row["metric"]: row["display"] for row in METRICS if row["scope"] == "plan"}
    found = re.findall(r"(\d+\.\d+)(?: times|倍)", READMES[readme])
    lower = shown["multiplier_without_top_item"].split("〜")[0]
    assert [f"{words}倍" for words in found] == [shown["effect_multiplier"], f"{lower}倍"]
    assert re.search(rf"(?:at least |少なくとも){lower}", READMES[readme])
    assert re.search(r"74件中62件|62 of 74", READMES[readme])
    assert {"74件", "62件"} < set(shown.values())


def test_functions_and_cases_of_the_table_exist():
    functions = re.findall(r"`compute\.(\w+)`", FIGURES)
    cases = re.findall(r"`(tests/cases/\w+\.csv)`", FIGURES)
    assert len(functions) == len(cases) > 5
    assert all(hasattr(compute, name) for name in functions)
    assert all((ROOT / name).is_file() for name in cases)


def test_figures_of_the_table_are_those_of_the_released_set():
    found = re.findall(r"^\| [^|`]*? ([約△]?[\d,.〜]+(?:%|倍|万円)) \|", FIGURES, flags=re.MULTILINE)
    assert len(found) > 5
    assert set(found) - {row["display"] for row in METRICS} <= {"約71%"}


def test_lines_of_the_table_hold_a_figure():
    for line in re.findall(r"L(\d+)", FIGURES):
        assert re.search(r"\d", SOURCE[int(line) - 1]), f"L{line}"


@pytest.mark.parametrize("picture", ["docs/brief.png", "docs/side-by-side.png", "docs/new.png"])
def test_a_picture_shows_the_page_as_it_is_now(picture):
    """Stale: run `make pictures`, look at them, and commit them with the page."""
    with Image.open(ROOT / picture) as opened:
        made_from, page = opened.info["Source"].split("  ")
    assert hashlib.sha256((ROOT / page).read_bytes()).hexdigest() == made_from, page


def test_what_the_guide_for_leadership_quotes_stands_on_the_pages():
    guide = (ROOT / "docs/guide-leadership.md").read_text(encoding="utf-8")
    built = [*(ROOT / "reports/isehara-6/2024").glob("*.html"), ROOT / "reports/isehara-6/index.html"]
    pages = "".join(re.sub(r"<[^>]*>|\s", "", page.read_text(encoding="utf-8")) for page in built)
    quoted = [words for words in re.findall(r"「([^」]+)」", guide) if words.strip()]
    assert len(quoted) > 20
    assert [words for words in quoted if re.sub(r"\s", "", words) not in pages] == []
