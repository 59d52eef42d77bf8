"""How many small changes to the code the fast tests notice. Prints a table and every change that nobody noticed.

`bench/mutants.toml` says which tests answer for which module, and of each change that no test can notice why it changes nothing.
The changes are Cosmic Ray's (`bench/mutate.py`). They are made in a copy of the project under build/. The tests run in a child of a
process that has loaded the libraries but nothing of ours, so that a change reaches everything that is worked out on import.
"""

import argparse
import compileall
import importlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from py_compile import PycInvalidationMode
from types import FrameType
from typing import Any, TextIO

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "mutants"
COPY = BUILD / "project"
TOOL = ROOT / "build" / "mutants-venv" / "bin" / "python"
LIST = tomllib.loads((ROOT / "bench" / "mutants.toml").read_text(encoding="utf-8"))
# None of these starts a thread, which a fork would lose.
LIBRARIES = (
    *("hypothesis", "IPython", "jinja2", "matplotlib.figure", "nbformat", "numpy", "openpyxl", "pandas"),
    *("papermill", "pydantic", "seaborn", "tomlkit", "uharfbuzz", "xlsxwriter"),
)
FAST = "not slow and not browser"
PYTEST = (
    *("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "--hypothesis-seed=0"),
    *("-o", "tmp_path_retention_policy=none", "-o", "timeout=60"),
)
# How much longer than unchanged the tests may take before a change counts as noticed: an endless loop.
PATIENCE, LEAST_SECONDS = 5, 60
# A change may ask for all the memory there is.
MOST_BYTES = 4 * 2**30
KEYS = ("file", "within", "before", "after")
NO_TESTS = 5

Mutant = dict[str, Any]


def main() -> None:
    """Measure the modules that are asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(LIST['modules'])}")
    parser.add_argument("--sample", type=int, help="so many of each module, drawn by --seed")
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--resume", action="store_true", help="take what was caught the last time as caught")
    chosen = parser.parse_args()
    for unknown in set(chosen.modules) - set(LIST["modules"]):
        parser.error(f"no module {unknown}: {', '.join(LIST['modules'])}")
    _copy_project()
    rows = []
    for module in chosen.modules or LIST["modules"]:
        wanted = list(_mutants(LIST["modules"][module]["files"]))
        of = len(wanted)
        random.Random(chosen.seed).shuffle(wanted)  # noqa: S311 — a sample to repeat, no secret
        found = _measured(module, wanted[: chosen.sample], results=BUILD / f"{module}.jsonl", resume=chosen.resume)
        rows.append((module, of, found))
        _print_survivors(module, found)
    _print_table(rows)


def _copy_project() -> None:
    """Write what git knows, as it stands now, to where it may be changed; with bytecode that a change makes void."""
    shutil.rmtree(COPY, ignore_errors=True)
    known = [shutil.which("git") or "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(known, capture_output=True, check=True, cwd=ROOT)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, COPY / name)
    for folder in ("src", "tests"):
        compileall.compile_dir(COPY / folder, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


def _mutants(patterns: list[str]) -> Iterator[Mutant]:
    files = sorted({path.relative_to(COPY).as_posix() for pattern in patterns for path in COPY.glob(pattern)})
    listed = subprocess.run([TOOL, ROOT / "bench" / "mutate.py", *files], capture_output=True, check=True, cwd=COPY)
    return map(json.loads, listed.stdout.decode().splitlines())


def _key(row: Mutant) -> tuple[str, ...]:
    return tuple(row[key] for key in KEYS)


def _lines(path: Path) -> list[Mutant]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _measured(module: str, mutants: list[Mutant], *, results: Path, resume: bool) -> list[Mutant]:
    """Each change with its outcome: caught, timed out or survived. What is known is kept in the file of results as it comes."""
    known = {_key(row): row for row in _lines(results) if row["outcome"] != "survived"} if resume else {}
    found = [known[_key(mutant)] for mutant in mutants if _key(mutant) in known]
    left = [mutant for mutant in mutants if _key(mutant) not in known]
    with results.open("w", encoding="utf-8") as file:
        _write(file, list(known.values()))
        for number, row in enumerate(_outcomes(module, left)):
            found.append(row)
            _write(file, [row])
            if sys.stderr.isatty():
                print(f"\r{module} {number + 1}/{len(left)}", end="", file=sys.stderr)
    return found


def _write(file: TextIO, rows: list[Mutant]) -> None:
    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.flush()


def _outcomes(module: str, mutants: list[Mutant]) -> Iterator[Mutant]:
    _load_libraries()
    tests = LIST["modules"][module]["tests"]
    without = [f"--deselect={test}" for test in LIST["modules"][module].get("without", [])]
    without += ["-m", LIST["modules"][module].get("marks", FAST)]
    seconds, tests_of = _unchanged([*tests, *without], files={mutant["file"] for mutant in mutants})
    limit = max(LEAST_SECONDS, PATIENCE * seconds)
    for mutant in mutants:
        first = [test for _, test in sorted(tests_of[f"{mutant['file']}:{mutant['line']}"])]
        # What is worked out on import, or once for a whole file of tests, is seen in none of them or in the first.
        of = {test.partition("::")[0] for test in first}
        files = [file for file in tests if file in of or "" in of or not of]
        started = time.monotonic()
        with _changed(COPY / mutant["file"], mutant["source"]):
            status = _child(lambda files=files, first=first: _one_by_one(files, without, first=first), limit=limit)
        outcome = {0: "survived", None: "timed out"}.get(status, "caught")
        row = {key: mutant[key] for key in (*KEYS, "line", "operator")}
        yield row | {"outcome": outcome, "seconds": round(time.monotonic() - started, 1)}


def _load_libraries() -> None:
    os.chdir(COPY)
    os.environ |= {"PYTHONPATH": str(COPY / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    sys.path[:0] = [str(COPY / "src")]
    sys.dont_write_bytecode = True
    for library in LIBRARIES:
        importlib.import_module(library)


def _unchanged(tests: list[str], *, files: set[str]) -> tuple[float, dict[str, set[tuple[float, str]]]]:
    """How long the tests take as they are, and which of them run through a line, each with its seconds."""
    reached = BUILD / "reached.json"
    started = time.monotonic()
    status = _child(lambda: _pytest(tests, plugin=_Watch(files, reached)), limit=10 * LEAST_SECONDS, quiet=False)
    if status != 0:
        sys.exit("the tests fail before anything is changed")
    seconds_of, lines_of = json.loads(reached.read_text(encoding="utf-8"))
    tests_of = defaultdict(set)
    for test, lines in lines_of.items():
        for line in lines:
            tests_of[line].add((seconds_of.get(test, 0), test))
    return time.monotonic() - started, tests_of


@contextmanager
def _changed(path: Path, source: str) -> Iterator[None]:
    original = path.read_bytes()
    path.write_text(source, encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(original)


def _child(work: Callable[[], int], *, limit: float, quiet: bool = True) -> int | None:
    """The exit status of `work` in a child of ours; None if that used up the seconds of processor time, or ten times as many."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which `nohup` ignores
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit)))
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
        if quiet:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
        status = 3
        try:
            status = int(work())
        finally:
            os._exit(status)
    with suppress(ProcessLookupError, PermissionError):
        os.setpgid(child, child)
    deadline = time.monotonic() + 10 * limit
    status = None
    while time.monotonic() < deadline:
        done, how = os.waitpid(child, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(how)
            break
        time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
    return None if status in {-signal.SIGXCPU, -signal.SIGKILL} else status


def _one_by_one(files: list[str], options: list[str], *, first: list[str]) -> int:
    """The first status that is not good: what the first file notices needs none of the others."""
    statuses = (_pytest([file, *options], plugin=_Order(first)) for file in files)
    return next((status for status in statuses if status not in {0, NO_TESTS}), 0)


def _pytest(arguments: list[str], *, plugin: object) -> int:
    return int(pytest.main([*PYTEST, *arguments], plugins=[plugin]))


class _Order:
    """The tests that run through the changed line come first, the quickest at the very front; all others follow."""

    def __init__(self, first: list[str]) -> None:
        self.place = {test: place for place, test in enumerate(first)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.place.get(item.nodeid, len(self.place)))


class _Watch:
    """Which lines of the files each test runs through, and how long it takes."""

    def __init__(self, files: set[str], result: Path) -> None:
        self.files, self.result = {str(COPY / file): file for file in files}, result
        self.lines: dict[str, set[str]] = defaultdict(set)
        self.seconds: Counter[str] = Counter()
        self.test = ""

    def _trace(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        file = self.files.get(frame.f_code.co_filename)
        if file is None:
            return None
        if event in {"call", "line"}:
            self.lines[self.test].add(f"{file}:{frame.f_lineno}")
        return self._trace

    def pytest_sessionstart(self) -> None:
        sys.settrace(self._trace)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.test = item.nodeid
        try:
            return (yield)
        finally:
            self.test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        sys.settrace(None)
        found = [self.seconds, {test: sorted(lines) for test, lines in self.lines.items()}]
        self.result.write_text(json.dumps(found), encoding="utf-8")


def _reasons() -> dict[tuple[str, ...], str]:
    return {_key(entry): entry["why"] for entry in LIST.get("changes_nothing", [])}


def _print_survivors(module: str, rows: list[Mutant]) -> None:
    reasons = _reasons()
    for row in rows:
        if row["outcome"] == "survived":
            said = f"  # {reasons[_key(row)]}" if _key(row) in reasons else ""
            print(f"{module}: {row['file']}:{row['line']} {row['within']}")
            print(f"  - {row['before']}\n  + {row['after']}{said}")


def _print_table(rows: list[tuple[str, int, list[Mutant]]]) -> None:
    reasons = _reasons()
    print(
        "\n| モジュール | 変更 | 試した | 見つかった | 見つからない | うち何も変わらない | 見つかった割合 |\n"
        + "| --- " * 7
        + "|"
    )
    for module, of, found in rows:
        survived = [row for row in found if row["outcome"] == "survived"]
        nothing = sum(_key(row) in reasons for row in survived)
        caught = len(found) - len(survived)
        share = f"{100 * caught / len(found):.1f} %" if found else "–"
        print(f"| {module} | {of} | {len(found)} | {caught} | {len(survived)} | {nothing} | {share} |")


if __name__ == "__main__":
    main()
