"""What a user has set for Python, and what of it counts here: nothing that decides what is imported or how it runs.

The command imports this first, before any module that a folder of the user's could hold, too: it stands on what Python itself has
imported by then.
"""

import _signal  # `signal` makes enumerations of it, by modules that are not there yet
import os
import site
import sys

import helpers

SOURCES = os.path.dirname(os.path.dirname(os.path.abspath(helpers.__file__)))  # noqa: PTH100, PTH120 — pathlib comes later

# What stays as it was set, since it is of the terminal (how it is read and written), of the machine (where compiled modules
# lie) or changes no run. All else of Python's own is the user's, for programs of the user's.
STAYS = {
    *(
        "PYTHONUTF8",
        "PYTHONIOENCODING",
        "PYTHONCOERCECLOCALE",
        "PYTHONLEGACYWINDOWSSTDIO",
        "PYTHONLEGACYWINDOWSFSENCODING",
    ),
    *(
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPYCACHEPREFIX",
        "PYTHONUNBUFFERED",
        "PYTHONFAULTHANDLER",
        "PYTHONNODEBUGRANGES",
    ),
    *("PYTHONHASHSEED", "PYTHONNOUSERSITE", "PYTHONSAFEPATH", "PYTHONSTARTUP"),
}
BEGINS = "import sys; {0!r} in sys.path or sys.path.insert(0, {0!r}); from helpers.cli import main; sys.exit(main())"


def start_over() -> None:
    """Start this process over where it is the command and its user has set something: in the same words, with nothing of that."""
    is_module = sys.argv[0] == "-m" and "helpers.cli" in sys.orig_argv  # so they stand while Python finds a module
    if not is_module and os.path.basename(sys.argv[0]).lower() not in {"gyokaku", "gyokaku.exe"}:  # noqa: PTH119
        return
    _hold_interrupts("SIG_BLOCK")
    theirs = [name for name, value in os.environ.items() if value and _is_pythons(name) and name not in STAYS]
    if not theirs and not _finds_modules_of_user() and (sys.flags.safe_path or not is_module):
        return
    environment = {name: value for name, value in os.environ.items() if name not in theirs}
    command = [sys.executable, "-P", *flags(), "-c", BEGINS.format(SOURCES), *sys.argv[1:]]
    if os.name == "posix":
        os.execve(sys.executable, command, environment)  # noqa: S606 — this very interpreter
    else:
        from subprocess import call  # noqa: PLC0415 — where a process cannot be replaced

        sys.exit(call(command, env=environment))  # noqa: S603


def let_interrupts_in() -> None:
    """Let Ctrl-C in, that of the moments before included: whoever calls this has words for it."""
    _hold_interrupts("SIG_UNBLOCK")


def _hold_interrupts(how: str) -> None:
    if hasattr(_signal, "pthread_sigmask"):  # not on Windows
        _signal.pthread_sigmask(getattr(_signal, how), {_signal.SIGINT})


def flags() -> list[str]:
    """Words for an interpreter that finds no module installed by a user alone: it would stand before what is installed here."""
    return [] if _is_installed_for_user() else ["-s"]


def _is_pythons(name: str) -> bool:
    """Whether Python reads it; other programs have names such as `PYTHON_VERSION`."""
    return name.startswith("PYTHON") and name.isalpha()


def _finds_modules_of_user() -> bool:
    return bool(site.ENABLE_USER_SITE) and site.getusersitepackages() in sys.path and not _is_installed_for_user()


def _is_installed_for_user() -> bool:
    """Whether gyokaku itself is where `pip install --user` puts it."""
    try:
        return any(name.startswith("gyokaku-") for name in os.listdir(site.getusersitepackages()))  # noqa: PTH208
    except OSError:
        return False
