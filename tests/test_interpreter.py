"""Neither the folder where a command is typed nor what a user set for Python decides what is imported, and how it runs."""

import os
import site
import subprocess
import sys
from pathlib import Path

import pytest
import scratch
from test_batch import PLAN, YEAR, project, snapshot, with_cell

from helpers.run import interpreter, render

COMMAND = Path(sys.executable).with_name("gyokaku")
# What a user may have set; none of them stops Python itself.
SWITCHES = ("DEVMODE", "INSPECT", "ASYNCIODEBUG", "TRACEMALLOC", "FAULTHANDLER")
NASTY = {f"PYTHON{name}": "1" for name in SWITCHES} | {
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "PYTHONINTMAXSTRDIGITS": "640",
    "PYTHONBREAKPOINT": "scratch.never",
    "PYTHONIOENCODING": "ascii:backslashreplace",
    "PYTHONUTF8": "0",
    "PYTHONHASHSEED": "7",
}
IMPORTS = """
import random, secrets, sys
import matplotlib, pandas
assert matplotlib.rcParams["figure.dpi"] == 100, matplotlib.rcParams["figure.dpi"]
assert not [path for path in sys.path if "scratch" in path], sys.path
assert __debug__ and not sys.warnoptions and not sys.flags.dev_mode
"""


@pytest.fixture
def shadowed(tmp_path):
    """A folder where a command is typed, what a user set for Python, and the log of what of the user's was imported."""
    log, here, on_path = tmp_path / "imported", tmp_path / "scratch-here", tmp_path / "scratch-path"
    scratch.put(here, log)
    scratch.put(on_path, log, without=scratch.FIRST)
    return here, {**os.environ, **NASTY, "PYTHONPATH": str(on_path)}, log


def said(words, here, environment):
    surroundings = {"cwd": here, "env": environment, "stdin": subprocess.DEVNULL}
    done = subprocess.run([COMMAND, *words], capture_output=True, check=False, **surroundings)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


@pytest.mark.slow
def test_scratch_files_and_settings_of_a_user_reach_no_page(tmp_path, shadowed):
    here, environment, log = shadowed
    folders = project(tmp_path, "good")
    (folders.data / PLAN / str(YEAR) / "SOURCES.toml").touch()
    with_cell(folders, "good", IMPORTS)
    ways = {"as it is": (tmp_path, dict(os.environ))}
    ways |= {engine: (here, environment | {"GYOKAKU_ENGINE": engine}) for engine in render.ENGINES}
    made = {}
    for way, surroundings in ways.items():
        status, words = said(["build", "--data", folders.data, "--out", tmp_path / way], *surroundings)
        assert (status, log.exists(), "Traceback" in words) == (0, False, False), words
        made[way] = snapshot(tmp_path / way)
    assert made["as it is"] == made["gyokaku"] == made["plain"]
    assert f"{PLAN}/{YEAR}/good.html" in made["plain"]


@pytest.mark.parametrize("words", [["--help"], ["check"], ["due"], ["build", "--help"]], ids=" ".join)
def test_the_command_itself_imports_no_scratch_file_and_says_the_same(shadowed, words, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONUTF8", "1")
    here, environment, log = shadowed
    data = [] if "--help" in words else ["--data", str(interpreter.SOURCES) + "/../data"]
    alone = said([*words, *data], tmp_path, dict(os.environ))
    beside = said([*words, *data], here, {**environment, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"})
    assert not log.exists(), log.read_text(encoding="utf-8")
    assert beside == alone
    assert alone[1].strip()


# Who starts over


@pytest.fixture
def command(monkeypatch):
    """This process as the command of a user who has set nothing; what it would be started over as."""
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        monkeypatch.delenv(name)
    started = []
    monkeypatch.setattr(os, "execve", lambda *words: started.append(words))
    monkeypatch.setattr(site, "ENABLE_USER_SITE", False)
    monkeypatch.setattr(sys, "argv", ["/opt/venv/bin/gyokaku", "build", "一 つ"])
    return started


@pytest.mark.parametrize(
    "name", ["PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONINSPECT", "PYTHONDEVMODE"]
)
def test_what_a_user_set_is_left_behind(command, monkeypatch, name):
    monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PYTHONUTF8", "1")
    interpreter.start_over()
    ((executable, words, environment),) = command
    assert executable == words[0] == sys.executable
    assert "-P" in words
    assert words[-2:] == ["build", "一 つ"]
    assert (environment.get(name), environment["PYTHONUTF8"]) == (None, "1")


@pytest.mark.parametrize("name", ["PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PYTHON_VERSION", "PYTHONSTARTUP"])
def test_what_is_of_the_machine_or_the_terminal_costs_nothing(command, monkeypatch, name):
    monkeypatch.setenv(name, "1")
    interpreter.start_over()
    assert command == []


@pytest.mark.parametrize(
    ("typed", "starts_over"),
    [
        (["/opt/venv/bin/pytest"], False),
        # `sys.argv` holds no more than `-m` while Python finds a module.
        (["-m", "build", "-m", "helpers.cli"], True),
        (["-m", "build", "-m", "of_somebody_else"], False),
    ],
)
def test_only_the_command_starts_over(command, monkeypatch, typed, starts_over):
    monkeypatch.setenv("PYTHONPATH", "x")
    monkeypatch.setattr(sys, "argv", typed[:2])
    monkeypatch.setattr(sys, "orig_argv", ["python", *typed[2:], "build"])
    interpreter.start_over()
    assert bool(command) is starts_over


def test_modules_of_the_user_alone_are_not_found(command, monkeypatch, tmp_path):
    monkeypatch.setattr(site, "ENABLE_USER_SITE", True)
    monkeypatch.setattr(site, "getusersitepackages", lambda: str(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    interpreter.start_over()
    ((_, words, _),) = command
    assert "-s" in words
    (tmp_path / "gyokaku-0.1.0.dist-info").mkdir()  # installed there, it needs what is there
    interpreter.start_over()
    assert len(command) == 1
    assert interpreter.flags() == []
