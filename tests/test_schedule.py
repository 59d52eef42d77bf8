"""The files for the schedulers, each shown to the scheduler itself where it can be: systemd-analyze, and a real cron."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from test_batch import PLAN, YEAR, project

from helpers import cli, read
from helpers.operate import schedule
from helpers.terms import Refusal

ROOT = Path(__file__).resolve().parent.parent
# Everything that has a meaning to one of them: blanks, quotes, a per cent, a dollar, an ampersand, Japanese letters.
NO_QUOTES = "行革 50% の試し $HOME & co"
AWKWARD = "行革 50% の'試し' \"$HOME\" & co"
WINDOWS = schedule.Installation(
    r"C:\行革 & 計画\.venv\Scripts\gyokaku.exe", r"C:\行革 & 計画\data", r"C:\行革 & 計画", "someone"
)
TASKS = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
# The published schema (Task Scheduler Schema, learn.microsoft.com): the children of each element. Those of SEQUENCE stand in order.
SEQUENCE = "CalendarTrigger"
CHILDREN = {
    "Task": "RegistrationInfo Triggers Settings Principals Actions",
    "RegistrationInfo": "Description",
    "Triggers": "CalendarTrigger",
    SEQUENCE: "Enabled StartBoundary EndBoundary Repetition ExecutionTimeLimit RandomDelay ScheduleByDay",
    "Repetition": "Interval Duration StopAtDurationEnd",
    "ScheduleByDay": "DaysInterval",
    "Principals": "Principal",
    "Principal": "UserId LogonType RunLevel",
    "Settings": "MultipleInstancesPolicy DisallowStartIfOnBatteries StopIfGoingOnBatteries StartWhenAvailable Enabled ExecutionTimeLimit",
    "Actions": "Exec",
    "Exec": "Command Arguments WorkingDirectory",
}  # fmt: skip


def tool(name):
    """Where a program is; its absence is a failure where tests run by themselves."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing: `make schedulers` installs it")
        pytest.skip(f"{name} is missing: `make schedulers` installs it")
    return found


def installed(folder, name=AWKWARD, program="gyokaku"):
    """An installation in a folder with an awkward name, whose program exists."""
    place = folder / name
    place.mkdir()
    (place / program).write_text("#!/bin/sh\n", encoding="utf-8")
    (place / program).chmod(0o755)
    return schedule.Installation(str(place / program), str(place / "data"), str(place), "root")


def written(folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in files]


# systemd


def analysed(*words, **settings):
    command = [tool("systemd-analyze"), *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False, **settings)


def verified(files):
    run = analysed("verify", "--man=no", *files)
    return run.returncode, [line for line in run.stderr.splitlines() if "gyokaku" in line]


@pytest.mark.parametrize("name", ["gyokaku", NO_QUOTES, AWKWARD])
def test_systemd_finds_nothing_wrong_even_in_a_folder_with_an_awkward_name(tmp_path, name):
    files = written(tmp_path, schedule.files("systemd", installed(tmp_path, name)))
    assert verified(files) == (0, [])


def test_systemd_would_find_a_program_that_is_not_there(tmp_path):
    """So what it verifies above is that it reads the very path that was meant."""
    where = installed(tmp_path, NO_QUOTES)
    Path(where.program).unlink()
    status, said = verified(written(tmp_path, schedule.files("systemd", where)))
    assert status == 1
    assert NO_QUOTES in said[0]


def test_the_timer_elapses_once_an_hour():
    timer = schedule.files("systemd", WINDOWS)["gyokaku.timer"].decode()
    (calendar,) = re.findall(r"^OnCalendar=(.+)$", timer, re.MULTILINE)
    words = ("calendar", "--iterations=3", "--base-time=2026-08-01 00:00:00 UTC", calendar)
    run = analysed(*words, env={**os.environ, "TZ": "UTC"})
    assert re.findall(r"2026-08-01 (\d\d:\d\d:\d\d)", run.stdout) == ["00:07:00", "01:07:00", "02:07:00"]


# cron


def test_cron_accepts_the_lines(tmp_path):
    (file,) = written(tmp_path, schedule.files("cron", installed(tmp_path)))
    crontab = tool("crontab")
    subprocess.run([crontab, "-n", file], check=True, capture_output=True, timeout=30)
    Path(file).write_text(Path(file).read_text(encoding="utf-8").replace("7 *", "77 *"), encoding="utf-8")
    assert subprocess.run([crontab, "-n", file], check=False, capture_output=True, timeout=30).returncode == 1


def as_root():
    """What to put before a command that only root may give: cron has no other way to run things as somebody."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], check=False, capture_output=True).returncode == 0:
        return sudo
    return (pytest.fail if os.environ.get("CI") else pytest.skip)("a real cron needs root")


# In a mount namespace of its own: nobody's crontab is touched, and a cron that is running already is not in the way.
ALONE = """
set -e
mount -t tmpfs none /var/spool/cron
mkdir /var/spool/cron/crontabs
mount -t tmpfs none /etc/cron.d
mount --bind /dev/null /etc/crontab
cp "$1" /var/spool/cron/crontabs/root
chmod 600 /var/spool/cron/crontabs/root
mount -t tmpfs none /run
exec "$2" -f
"""


@pytest.mark.slow
@pytest.mark.waits
def test_a_real_cron_runs_the_line_and_the_pages_appear(tmp_path):
    place = tmp_path / AWKWARD
    place.mkdir()
    folders = project(place, "good")
    (folders.data / PLAN / str(YEAR) / read.SOURCES_FILE).write_text("", encoding="utf-8")
    program = str(Path(sys.executable).with_name("gyokaku"))
    where = schedule.Installation(program, str(folders.data), str(place), "root")
    (file,) = written(tmp_path, schedule.files("cron", where))
    every_minute = Path(file).read_text(encoding="utf-8").replace("\n7 *", "\n* *")
    assert "\n* * * * *" in every_minute
    Path(file).write_text(every_minute, encoding="utf-8")
    unshared = [*as_root(), tool("unshare"), "--mount", "--propagation", "private"]
    alone = [*unshared, "sh", "-c", ALONE, "sh", file, tool("cron")]
    with subprocess.Popen(alone, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as cron:
        try:
            page = folders.out / "runs.html"
            deadline = time.monotonic() + 150  # the next minute, and what a busy machine needs
            while not page.exists() and time.monotonic() < deadline and cron.poll() is None:
                time.sleep(0.5)
        finally:
            os.killpg(cron.pid, signal.SIGTERM)
        said = cron.stdout.read().decode()
    assert page.exists(), said
    assert (folders.out / PLAN / str(YEAR) / "good.html").exists()


# Windows: untried there, held to the published schema


def test_the_task_for_windows_is_what_the_published_schema_allows():
    content = schedule.files("windows", WINDOWS)["gyokaku.xml"]
    assert content.startswith(b"\xff\xfe"), "schtasks reads UTF-16 with its mark"
    task = ET.fromstring(content)  # noqa: S314 — what we wrote ourselves
    assert task.tag == f"{TASKS}Task"
    for element in task.iter():
        name, children = element.tag.removeprefix(TASKS), [child.tag.removeprefix(TASKS) for child in element]
        places = [CHILDREN[name].split().index(child) for child in children]
        assert len(set(places)) == len(places), name
        assert name != SEQUENCE or places == sorted(places)
    assert task.find(f"{TASKS}Actions").get("Context") == task.find(f".//{TASKS}Principal").get("id")
    action = task.find(f".//{TASKS}Exec")
    said = {child.tag.removeprefix(TASKS): child.text for child in action}
    assert said == {
        "Command": WINDOWS.program,
        "Arguments": r'run --data "C:\行革 & 計画\data"',
        "WorkingDirectory": WINDOWS.project,
    }
    assert task.findtext(f".//{TASKS}Interval") == "PT1H"


# The command


@pytest.mark.parametrize(
    ("kind", "files", "says"),
    [
        ("systemd", ["gyokaku.service", "gyokaku.timer"], "systemctl enable --now"),
        ("cron", ["gyokaku.crontab"], "crontab -"),
        ("windows", ["gyokaku.xml"], "schtasks /Create"),
    ],
)
def test_the_command_writes_the_files_and_says_what_to_do(tmp_path, capsys, monkeypatch, kind, files, says):
    folders = project(tmp_path / "計画", "good")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["schedule", kind, "--data", str(folders.data)]) == 0
    said = capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "schedule").iterdir()) == files
    assert said.startswith(f"schedule{os.sep}{files[0]}\n")
    assert says in said
    content = (tmp_path / "schedule" / files[0]).read_bytes()
    assert str(folders.data) in content.decode("utf-16" if kind == "windows" else "utf-8")


@pytest.mark.parametrize("kind", schedule.KINDS)
def test_a_name_with_a_line_break_is_refused(kind):
    with pytest.raises(Refusal, match="改行"):
        schedule.files(kind, WINDOWS._replace(data="/a\nb"))


@pytest.mark.parametrize("kind", schedule.KINDS)
def test_the_ready_files_in_the_documents_are_those_of_the_command(kind):
    places = [rf"C:\gyokaku{one}" for one in (r"\.venv\Scripts\gyokaku.exe", r"\data", "")]
    if kind != "windows":
        places = [f"/opt/gyokaku{one}" for one in ("/.venv/bin/gyokaku", "/data", "")]
    example = schedule.Installation(*places, "gyokaku")
    for name, content in schedule.files(kind, example).items():
        assert (ROOT / "docs" / "schedule" / name).read_bytes() == content
