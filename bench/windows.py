"""Runs tests with what Windows lacks made absent for our modules, in the tests' process and in every process they start.

    python bench/windows.py                     the fast tests
    python bench/windows.py tests/test_batch.py  what pytest is told

This is no Windows: see `without_posix.py` for what is absent, and bench/README.md for what was found.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "as-windows"
FAST = ["-q", "-n", "2", "--dist", "loadgroup", "-m", "not slow and not browser"]
# Tests of what Linux alone has, or of what our modules do only there; each reason with the tests it stands for.
OF_LINUX = {
    "folders are exchanged in one step, and what a dead process staged is cleared away": [
        "test_publish.py::test_linux_exchanges_both_in_one_step",
        "test_publish.py::test_what_a_run_still_at_work_has_staged_stays_and_what_a_dead_one_left_goes",
        "test_publish.py::test_the_name_of_a_staging_folder_is_one_that_is_cleared_once_its_process_is_gone",
        "test_publish.py::test_what_somebody_else_has_staged_stays",
        "test_publish.py::test_what_is_left_of_the_old_is_named_though_the_new_stands",
        "test_publish.py::test_a_system_that_cannot_exchange_is_told_from_one_that_will_not",
        "test_publish.py::test_an_exchange_that_fails_says_what_the_system_says",
        "test_publish.py::test_what_a_killed_run_staged_is_a_leftover",
        "test_intake.py::test_what_a_killed_intake_left_is_cleared_away",
    ],
    "a folder is flushed to the disk": [
        "test_deliver.py::test_a_line_is_on_the_disk_whole_before_the_next_step",
        "test_deliver.py::test_the_figures_handed_over_are_on_the_disk_before_they_have_their_name",
    ],
    "a mode says who may read a file, and there is a root": [
        "test_deliver.py::test_a_password_file_that_others_can_read_is_not_used",
        "test_doctor.py::test_deliveries_are_looked_at_where_they_are_configured",
        "test_lab.py::test_root_is_asked_to_know_what_it_does",
    ],
    "a kernel's memory is limited": ["test_batch.py::test_a_page_may_take_its_share_of_the_machine"],
    "a process is replaced by another": [
        "test_interpreter.py::test_what_a_user_set_is_left_behind",
        "test_interpreter.py::test_only_the_command_starts_over",
        "test_interpreter.py::test_modules_of_the_user_alone_are_not_found",
    ],
    "the test itself makes a file of a name that Windows refuses, or runs systemd or cron": [
        "test_intake.py::test_a_file_is_known_by_its_base_name",
        "test_schedule.py::test_systemd_finds_nothing_wrong_even_in_a_folder_with_an_awkward_name",
        "test_schedule.py::test_cron_accepts_the_lines",
    ],
}


def main() -> int:
    """An environment of its own on top of .venv, since a kernel takes no variable of Python's from the one who starts it."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", PLACE], check=True)
    packages = next(PLACE.glob("lib/python3*/site-packages"))
    shutil.copy(Path(__file__).with_name("without_posix.py"), packages)
    (packages / "a.pth").write_text("import without_posix\n", encoding="ascii")
    (packages / "b.pth").write_text(
        f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n", encoding="utf-8"
    )
    (PLACE / "share").symlink_to(Path(sys.prefix, "share"))
    for program in Path(sys.executable).parent.iterdir():
        if not (PLACE / "bin" / program.name).exists():
            (PLACE / "bin" / program.name).symlink_to(program)
    environment = {**os.environ, "GYOKAKU_ENGINE": "plain", "PATH": f"{PLACE / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    left_out = [f"--deselect=tests/{test}" for tests in OF_LINUX.values() for test in tests]
    command = [PLACE / "bin" / "python", "-m", "pytest", "-p", "no:cacheprovider", *left_out, *(sys.argv[1:] or FAST)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
