"""Writes files for the scheduler of each system: `gyokaku run` once an hour, with the paths of this installation."""

import shlex
import subprocess
from typing import NamedTuple
from xml.sax.saxutils import escape

from helpers.terms import Refusal

NAME = "gyokaku"
# The minute of the hour. Not 0, when everything else in a city hall starts.
MINUTE = 7
# A run that takes longer than this hangs: each cell of a page may take ten minutes.
LONGEST_HOURS = 3
LINUX, WINDOWS = ("systemd", "cron"), "windows"
KINDS = (*LINUX, WINDOWS)
RUN_WORD = "run"


class Installation(NamedTuple):
    """The paths of the command and the data, and the user to run as; paths are absolute, in the system's own form."""

    program: str
    data: str
    project: str
    user: str


def files(kind: str, installed: Installation) -> dict[str, bytes]:
    """The files of one scheduler by name.

    Args:
        kind: One of `KINDS`.
        installed: The installation they run.

    Raises:
        Refusal: A path contains a line break, which no scheduler's file can hold.
    """
    for path in installed:
        if any(character in path for character in "\n\r\0"):
            raise Refusal(f"{path!r}: 改行を含む名前は予定に書けません。フォルダーの名前を変えてください。")
    if kind == "systemd":
        return {f"{NAME}.service": _service(installed).encode(), f"{NAME}.timer": _timer().encode()}
    if kind == "cron":
        return {f"{NAME}.crontab": _crontab(installed).encode()}
    return {f"{NAME}.xml": _task(installed).encode("utf-16")}  # the encoding that schtasks reads


def instructions(kind: str, folder: str) -> str:
    """What to type next, given the folder with the files."""
    at = shlex.quote(folder) if kind in LINUX else folder
    return {
        "systemd": f"""\
確かめる:   systemd-analyze verify {at}/{NAME}.service {at}/{NAME}.timer
登録する:   sudo cp {at}/{NAME}.service {at}/{NAME}.timer /etc/systemd/system/
            sudo systemctl daemon-reload && sudo systemctl enable --now {NAME}.timer
すぐ動かす: sudo systemctl start {NAME}.service
次の予定:   systemctl list-timers {NAME}.timer
記録を見る: journalctl -u {NAME}.service
やめる:     sudo systemctl disable --now {NAME}.timer""",
        "cron": f"""\
登録する:   (crontab -l 2>/dev/null; cat {at}/{NAME}.crontab) | crontab -
見る:       crontab -l
やめる:     crontab -e で、足した行を消す
伝えることがあるときと失敗が始まったときだけ、MAILTO の宛先にメールが届きます。同じ失敗が続く間は届きません。""",
        WINDOWS: f"""\
登録する（管理者のコマンドプロンプト。実行する利用者とそのパスワードを指定）:
            schtasks /Create /TN {NAME} /XML "{folder}\\{NAME}.xml" /RU 利用者名 /RP *
すぐ動かす: schtasks /Run /TN {NAME}
結果を見る: schtasks /Query /TN {NAME} /V /FO LIST   （「前回の結果」が 0 なら良好、1 なら失敗）
やめる:     schtasks /Delete /TN {NAME}
Windows では試していません。ファイルは公表されているタスクの形式に従って作っています。""",
    }[kind]


def _service(installed: Installation) -> str:
    command = f"{_program(installed.program)} {RUN_WORD} --data {_systemd(installed.data)}"
    return f"""\
[Unit]
Description=gyokaku: build and deliver the reform plan's pages that are due
Documentation=man:systemd.service(5)
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={installed.user.replace("%", "%%")}
WorkingDirectory={installed.project.replace("%", "%%")}
Environment=LANG=C.UTF-8 PYTHONUTF8=1
ExecStart={command}
TimeoutStartSec={LONGEST_HOURS}h
Nice=10
NoNewPrivileges=yes
PrivateTmp=yes
"""


def _timer() -> str:
    return f"""\
[Unit]
Description=gyokaku: every hour

[Timer]
OnCalendar=*-*-* *:{MINUTE:02d}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


def _crontab(installed: Installation) -> str:
    command = f"cd {shlex.quote(installed.project)} && {shlex.quote(installed.program)} {RUN_WORD} --data {shlex.quote(installed.data)}"
    in_cron = command.replace("%", r"\%")  # a bare % would end the command
    return f"""\
# gyokaku: every hour, {MINUTE} minutes past
LANG=C.UTF-8
PYTHONUTF8=1
{MINUTE} * * * * {in_cron}
"""


def _task(installed: Installation) -> str:
    arguments = subprocess.list2cmdline([RUN_WORD, "--data", installed.data])
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>gyokaku: 作るべきページを作り、新しいものを配布する（毎時）</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>2026-01-01T00:{MINUTE:02d}:00</StartBoundary>
      <Repetition>
        <Interval>PT1H</Interval>
        <Duration>P1D</Duration>
      </Repetition>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>Password</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT{LONGEST_HOURS}H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(installed.program)}</Command>
      <Arguments>{escape(arguments)}</Arguments>
      <WorkingDirectory>{escape(installed.project)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def _program(program: str) -> str:
    """The start of a unit's command line. systemd accepts no program with a quote or backslash in its name, so `env` starts it."""
    if any(sign in program for sign in "\"'\\"):
        return f"/usr/bin/env {_systemd(program)}"
    return _quoted(program)  # no variables are expanded in it


def _systemd(word: str) -> str:
    """A word of a unit's command line, with the special characters doubled."""
    return _quoted(word.replace("$", "$$"))


def _quoted(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{plain}"'
