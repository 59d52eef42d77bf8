"""What is declared, what conda would install, what is locked and what `make` offers agree."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import rattler
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

# Where conda-forge's name is another one, or where it splits a package and the lighter part is enough.
CONDA_NAMES = {"brotli": "brotli-python", "matplotlib": "matplotlib-base", "seaborn": "seaborn-base"}
# What only conda's way of installing needs.
CONDA_ONLY = {"pip": ""}

GROUP = "together"
HASH = re.compile(r" --hash=sha256:[0-9a-f]{64}\b")


def test_conda_and_pyproject_name_the_same_packages_in_the_same_ranges():
    declared = {"python": PROJECT["project"]["requires-python"], **CONDA_ONLY}
    for requirement in map(Requirement, PROJECT["project"]["dependencies"]):
        name = canonicalize_name(requirement.name)
        declared[CONDA_NAMES.get(name, name)] = str(requirement.specifier)

    specs = [rattler.MatchSpec(spec, strict=True) for spec in CONDA["dependencies"] if isinstance(spec, str)]
    assert [spec.channel for spec in specs] == [None] * len(specs), "the channel stands once, at the top of the file"
    ranges = {spec.name.normalized: _range(spec.version or "") for spec in specs}
    assert len(ranges) == len(specs), "a package is named twice"
    assert ranges == {name: _range(text) for name, text in declared.items()}


def _range(text):
    return frozenset(filter(None, str(text).replace(" ", "").split(",")))


def test_conda_asks_one_channel_and_installs_this_package():
    assert (CONDA["name"], CONDA["channels"]) == (PROJECT["project"]["name"], ["conda-forge"])
    assert [entry for entry in CONDA["dependencies"] if isinstance(entry, dict)] == [{"pip": ["-e ."]}]


def test_lock_holds_every_declared_package_within_its_range():
    locked = {requirement.name: requirement.specifier for requirement, _ in _locked()}
    for requirement in _declared():
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{name} is not in requirements.lock: make lock"
        (pin,) = locked[name]
        assert requirement.specifier.contains(pin.version), f"{name} {pin} is outside {requirement}: make lock"


def test_lock_pins_one_version_with_hashes_for_every_package():
    names = [requirement.name for requirement, _ in _locked()]
    assert len(names) == len(set(names))
    for requirement, rest in _locked():
        assert [pin.operator for pin in requirement.specifier] == ["=="], requirement
        assert HASH.search(rest), f"{requirement.name} has no hash"


def test_lock_holds_no_address_and_no_option_but_hashes():
    for line in LOCK.splitlines():
        assert "://" not in line, line
        assert not re.search(r"[=\s]/\w", line), f"a path: {line}"
        if not line.startswith("#"):
            assert not re.search(r"(^|\s)-", HASH.sub("", line)), f"an option: {line}"


def test_lock_fits_the_lowest_python_claimed():
    lowest = PROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
    for requirement, _ in _locked():
        if requirement.marker is None:
            needs = metadata.metadata(requirement.name).get("Requires-Python", "")
            assert SpecifierSet(needs).contains(lowest), f"{requirement.name} needs Python {needs}"


@pytest.mark.skipif(shutil.which("make") is None, reason="this machine has no make")
def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    targets = re.findall(r"^(\w[\w-]*):(?!=)", makefile, re.MULTILINE)
    shown = subprocess.check_output(["make", "help"], cwd=ROOT, encoding="utf-8")
    assert phony.split() == targets == re.findall(r"^  make (\S+) +\S", shown, re.MULTILINE)


@pytest.mark.skipif(shutil.which("make") is None, reason="this machine has no make")
@pytest.mark.parametrize(("words", "build"), [([], "gyokaku build"), (["FORCE=1"], "gyokaku build --force")])
def test_make_briefs_builds_what_is_due_or_all_of_it(words, build):
    command = ["make", "--no-print-directory", "--dry-run", "briefs", *words]
    assert subprocess.check_output(command, cwd=ROOT, encoding="utf-8").rstrip().endswith(build)


def test_the_way_to_src_is_relative_and_leads_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    ((packages, way),) = re.findall(r"for pth in (\S+)/_gyokaku\.pth; do echo (\S+) >", makefile)
    assert Path(os.path.normpath(ROOT / packages / way)) == ROOT / "src"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "ja_JP.UTF-8", "xx_XX.UTF-8"])
def test_a_relative_way_works_from_a_folder_of_any_name(locale, tmp_path):
    """What Python makes of the `.pth` that `make setup` writes, in a folder with Japanese letters."""
    packages = tmp_path / "計画 の試し" / "site-packages"
    packages.mkdir(parents=True)
    (packages.parent / "src").mkdir()
    (packages.parent / "src" / "found_by_pth.py").touch()
    (packages / "_gyokaku.pth").write_text("../src\n", encoding="ascii")
    code = "import site, sys; site.addsitedir(sys.argv[1]); import found_by_pth"
    subprocess.run([sys.executable, "-c", code, packages], check=True, env={**os.environ, "LC_ALL": locale})


def _declared():
    project = PROJECT["project"]
    extras = (spec for extra in project["optional-dependencies"].values() for spec in extra)
    return map(Requirement, [*project["dependencies"], *extras, *PROJECT["build-system"]["requires"]])


def _locked():
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE).strip())
    for entry in entries:
        requirement, _, rest = entry.partition("\\\n")
        yield Requirement(requirement.strip()), rest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="no workers share these tests")
@pytest.mark.xdist_group(GROUP)
def test_a_group_of_tests_stays_with_one_worker(request):
    """Where it does not, every worker makes what a group makes once: pages, browsers, clusters."""
    assert request.node.nodeid.endswith(f"@{GROUP}")
