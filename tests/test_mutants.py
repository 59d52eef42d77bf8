"""The lists that `make mutants` and `bench/planted.py` read speak of files, tests and lines that are there."""

import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from planted import FAULTS  # noqa: E402

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


def test_every_fault_that_is_planted_replaces_words_that_stand_once_and_has_its_tests():
    source = {fault.module: (ROOT / "src" / "helpers" / fault.module).read_text(encoding="utf-8") for fault in FAULTS}
    assert [fault.name for fault in FAULTS if source[fault.module].count(fault.old) != 1] == []
    tests = {test.partition("::") for fault in FAULTS for test in fault.tests}
    assert [name for file, _, name in tests if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")] == []
