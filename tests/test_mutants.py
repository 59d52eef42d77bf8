"""The list that `make mutants` reads speaks of files, tests and lines that are there."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIST = tomllib.loads((ROOT / "bench" / "mutants.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", LIST["modules"])
def test_a_module_has_files_and_tests(module):
    named = LIST["modules"][module]
    assert all(list(ROOT.glob(pattern)) for pattern in named["files"])
    assert all((ROOT / test.partition("::")[0]).is_file() for test in [*named["tests"], *named.get("without", [])])


def test_what_is_said_to_change_nothing_is_said_of_a_line_that_stands():
    gone = [
        entry["before"]
        for entry in LIST["changes_nothing"]
        if entry["before"] not in " ".join((ROOT / entry["file"]).read_text(encoding="utf-8").split())
    ]
    assert gone == []
    assert all(entry["why"] and entry["before"] != entry["after"] for entry in LIST["changes_nothing"])
