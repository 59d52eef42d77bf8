"""The wheels of `requirements.lock` for other systems and Pythons than the one that runs this."""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

# The oldest C library of the kit: that of Debian 10 and RHEL 8. Each wheel says the oldest it needs.
GLIBC = (2, 28)
OLDEST_MANYLINUX = 5
# The names that some of them had before (PEP 600).
FORMER = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
LANGUAGE = "Programming Language :: Python :: "
PROBLEM = re.compile(r"(?:No matching distribution found for|because) ([A-Za-z0-9._-]+)==", re.IGNORECASE)


class System(NamedTuple):
    """A system that wheels are fetched for: its name, pip's and uv's words for it, and what markers ask of it."""

    name: str
    platforms: tuple[str, ...]
    of_uv: str
    markers: dict[str, str]


def _manylinux() -> Iterator[str]:
    for minor in range(GLIBC[1], OLDEST_MANYLINUX - 1, -1):
        yield f"manylinux_{GLIBC[0]}_{minor}_x86_64"
        if minor in FORMER:
            yield f"{FORMER[minor]}_x86_64"


LINUX = System(
    "Linux x86_64",
    tuple(_manylinux()),
    f"x86_64-manylinux_{GLIBC[0]}_{GLIBC[1]}",
    {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
)
WINDOWS = System(
    "Windows amd64",
    ("win_amd64",),
    "x86_64-pc-windows-msvc",
    {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"},
)
SYSTEMS = (LINUX, WINDOWS)
CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}


class Target(NamedTuple):
    """A system with one version of Python, such as `3.13`."""

    system: System
    python: str

    def __str__(self) -> str:
        return f"{self.system.name}・Python {self.python}"


def claimed(project: Path) -> list[str]:
    """The versions of Python that `pyproject.toml` claims, the oldest first."""
    classifiers = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    named = [name.removeprefix(LANGUAGE) for name in classifiers if name.startswith(LANGUAGE)]
    return [name for name in named if "." in name]


def targets(project: Path) -> list[Target]:
    """Every system with every Python that `pyproject.toml` claims."""
    return [Target(*pair) for pair in product(SYSTEMS, claimed(project))]


def needed(lock: str, target: Target) -> list[str]:
    """The entries of a lock that a target installs, with their hashes. pip itself would ask the Python that runs it."""
    version = f"{target.python}.0"
    markers = {
        **target.system.markers,
        **CPYTHON,
        "python_version": target.python,
        "python_full_version": version,
        "implementation_version": version,
    }
    entries = []
    for entry in re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE).strip()):
        first, _, hashes = entry.partition("\\\n")
        requirement = Requirement(first.strip())
        if requirement.marker is None or requirement.marker.evaluate(markers):
            entries.append(f"{requirement.name}{requirement.specifier} \\\n{hashes}")
    return entries


def download(lock: str, target: Target, folder: Path, *, index: Sequence[str] = ()) -> list[str]:
    """Fetches a target's wheels into a folder; the hashes must be those of the lock.

    Args:
        lock: The text of the lock.
        target: The system and Python.
        folder: Where the wheels go; those already there are kept.
        index: Options of pip that say where to look, if not where pip usually does.

    Returns:
        A sentence for each package without a wheel, or with pip's reason; nothing if all are there.
    """
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += ["--implementation=cp", f"--python-version={target.python}", f"--dest={folder}", *index]
    command += [f"--platform={platform}" for platform in target.system.platforms]
    return _faults(needed(lock, target), target, lambda file: [*command, "-r", file])


def without_wheel(lock: str, target: Target, *, uv: str) -> list[str]:
    """A sentence for each package of a lock that has no wheel for a target; nothing is fetched.

    Args:
        lock: The text of the lock.
        target: The system and Python.
        uv: The program; it is done in a second where pip takes half a minute.
    """
    command = [uv, "pip", "install", "--dry-run", "--no-config", "--no-deps", "--only-binary=:all:", "-q"]
    command += [f"--python={sys.executable}", f"--python-version={target.python}"]
    command += [f"--python-platform={target.system.of_uv}"]
    return _faults(needed(lock, target), target, lambda file: [*command, f"--target={file}.none", "-r", file])


def _faults(entries: list[str], target: Target, command: Callable[[str], list[str]]) -> list[str]:
    """Resolvers name the first package without a wheel; it is left out, and they are asked again."""
    said = []
    with tempfile.TemporaryDirectory(prefix="gyokaku-") as scratch:
        file = Path(scratch, "requirements.txt")
        while True:
            file.write_text("\n".join(entries), encoding="utf-8")
            run = subprocess.run(  # noqa: S603 — pip, or the uv that the caller names
                command(str(file)), capture_output=True, text=True, encoding="utf-8", check=False
            )
            if run.returncode == 0:
                return said
            names = {found.lower() for found in PROBLEM.findall(run.stderr)}
            absent = [entry for entry in entries if entry.partition("==")[0].lower() in names]
            if not absent:
                reason = next((line for line in run.stderr.splitlines() if line.lower().startswith("error")), "?")
                return [*said, f"{target}: ホイールを取れません（{reason}）。"]
            said += [f"{entry.split()[0]}: {target} のホイールがありません。" for entry in absent]
            entries = [entry for entry in entries if entry not in absent]
