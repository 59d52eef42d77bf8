"""Each line of the doctor is seen well once and ill once, by something that is really broken."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import letterbox
import pytest
from filelock import FileLock
from test_batch import PLAN, as_nobody, project

import helpers
from helpers import cli, read
from helpers.operate import doctor, rounds
from helpers.operate.doctor import BAD, GOOD, WARNING
from helpers.terms import Refusal

JAPAN = timezone(timedelta(hours=9))
NOW = datetime(2026, 8, 5, 9, 7, tzinfo=JAPAN)
FONTS = Path(helpers.__file__).parent / "fonts"
LOCK = "one==1.0 \\\n    --hash=sha256:0\ntwo==2.0 ; sys_platform == 'win32' \\\n    --hash=sha256:0\n"


def state(line):
    assert line.found
    assert (line.state == GOOD) == (not line.remedy), "what is not well says what to do, and only that"
    return line.state


GB, HOURS = 1_000_000_000, timedelta(hours=1)


@pytest.mark.parametrize(("line", "given", "found"), [
    *((doctor.python, (version, ">=3.11"), GOOD) for version in ((3, 11, 0), (3, 14, 1))),
    *((doctor.python, (version, ">=3.11"), BAD) for version in ((3, 10, 12), (2, 7, 18))),
    # A Japanese console of Windows (cp932) cannot say everything, but enough.
    *((doctor.console, (screen, "utf-8"), GOOD) for screen in ("utf-8", "ascii", "cp932")),
    *((doctor.console, (screen, "utf-8"), WARNING) for screen in ("cp1252", None)),
    (doctor.console, ("utf-8", "ascii"), BAD),
    (doctor.disk, (Path("not/yet"), 5 * GB), GOOD),
    (doctor.disk, (Path("not/yet"), 1 * GB), WARNING),
    (doctor.disk, (Path("not/yet"), GB // 10), BAD),
    (doctor.schedule, (None, NOW), GOOD),
    (doctor.schedule, (NOW - 2 * HOURS, NOW), GOOD),
    (doctor.schedule, (NOW.astimezone(UTC) - 4 * HOURS, NOW), WARNING),
    (doctor.packages, (Path("not/requirements.lock"), {}, []), WARNING),
])  # fmt: skip
def test_what_is_well_what_ought_to_be_better_and_what_is_ill(line, given, found):
    assert state(line(*given)) == found


@pytest.mark.parametrize(
    ("installed", "declared", "found", "says"),
    [
        ({"one": "1.0"}, ["one"], GOOD, "1件"),
        ({"one": "1.0", "two": "2.0"}, ["one"], GOOD, "2件"),
        ({"one": "1.1"}, ["one"], WARNING, "one 1.1（1.0）"),
        ({}, [], WARNING, "ない 1件: one"),
        ({"one": "1.0"}, ["one", "three"], BAD, "three"),
    ],
)
def test_packages(tmp_path, installed, declared, found, says):
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK, encoding="utf-8")
    line = doctor.packages(lock, installed, declared)
    assert state(line) == found
    assert says in line.found


def test_what_is_installed_here_is_what_is_locked():
    lock = Path(__file__).parents[1] / "requirements.lock"
    assert doctor.packages(lock, doctor.installed(), doctor.declared()).state == GOOD
    assert "papermill" in doctor.declared()
    assert "pytest" not in doctor.declared()


def test_faces(tmp_path):
    assert state(doctor.faces(FONTS)) == GOOD
    folder = shutil.copytree(FONTS, tmp_path / "fonts")
    cut = folder / "BIZUDPGothic-Bold.ttf"
    cut.write_bytes(cut.read_bytes()[:1000])
    line = doctor.faces(folder)
    assert state(line) == BAD
    assert line.found == "読めません: BIZUDPGothic-Bold.ttf"
    cut.unlink()
    assert state(doctor.faces(folder)) == BAD


def test_browser(monkeypatch):
    assert state(doctor.browser(lambda: Path("/usr/bin/chromium"))) == GOOD
    monkeypatch.setattr(doctor.render.pdf, "NAMES", ())
    monkeypatch.setattr(doctor.render.pdf, "PLACES", {})
    assert state(doctor.browser()) == WARNING


def test_write_rights(tmp_path):
    assert state(doctor.writable("reports ", tmp_path / "new")) == GOOD
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("", encoding="utf-8")
    line = doctor.writable("reports ", tmp_path / "file" / "reports")
    assert state(line) == BAD
    assert "ファイルがあります" in line.remedy


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no such users on Windows")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child only looks at a folder and leaves
def test_write_rights_of_somebody_else():
    def is_told():
        assert doctor.writable("data ", Path("/proc/1")).state == BAD

    as_nobody(is_told)


@pytest.mark.parametrize(("is_windows", "found"), [(True, BAD), (False, WARNING)])
def test_long_paths(tmp_path, is_windows, found):
    assert doctor.paths(tmp_path, is_windows=True).state == GOOD
    deep = tmp_path / ("計画" * 40) / ("名" * 80) / ("年" * 80)
    deep.mkdir(parents=True)
    (deep / "brief.html").write_text("", encoding="utf-8")
    line = doctor.paths(tmp_path, is_windows=is_windows)
    assert state(line) == found
    # three names of 80 and one of 10 characters below the folder, each after a slash, and 28 more while a set is put in its place
    assert f"最長 {len(str(tmp_path)) + 3 * 81 + 11 + 28}文字" in line.found


def test_clock(tmp_path):
    file = tmp_path / "SOURCES.toml"
    file.write_text("", encoding="utf-8")
    os.utime(file, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    assert state(doctor.clock(NOW, [file], tmp_path)) == GOOD
    assert {state(doctor.clock(NOW.replace(year=year), [], tmp_path)) for year in (1970, 2131)} == {BAD}
    line = doctor.clock(NOW - timedelta(days=1), [file], tmp_path)
    assert state(line) == BAD
    assert "2026-08-05 09:06 に書かれたものがあります" in line.found
    run = {"started": "2026-08-05T00:00:00+00:00", "ended": "2026-08-05T00:07:00+00:00", "sets": []}
    (tmp_path / "runs.jsonl").write_text(f"{json.dumps(run)}\n", encoding="utf-8")
    assert state(doctor.clock(NOW, [], tmp_path)) == GOOD  # 00:07 in Greenwich is 9:07 here
    assert state(doctor.clock(NOW - 2 * HOURS, [], tmp_path)) == BAD, "behind the last run"


def test_the_disk_of_this_machine_is_measured_and_the_last_run_told(tmp_path):
    assert str(tmp_path) in doctor.disk(tmp_path).found
    assert "最後は 2026-08-05 05:07" in doctor.schedule(NOW.astimezone(UTC) - 4 * HOURS, NOW).found


def test_leftovers(tmp_path):
    out, data = tmp_path / "reports", tmp_path / "data"
    assert state(doctor.leftovers(out, data)) == GOOD
    (out / "isehara-6" / ".staging-1-abcdef01").mkdir(parents=True)
    line = doctor.leftovers(out, data)
    assert state(line) == WARNING
    assert "1件" in line.found
    with FileLock(out / rounds.LOCK):
        line = doctor.leftovers(out, data)
    assert state(line) == WARNING
    assert "いま動いています" in line.found
    shutil.rmtree(out / "isehara-6")
    assert doctor.leftovers(out, data).state == GOOD, "a lock that nobody holds is no trouble"
    (data / "isehara-6" / ".staging-1-abcdef01").mkdir(parents=True)
    assert doctor.leftovers(out, data).state == WARNING, "intake left it"


def refuses():
    raise Refusal("deliver.toml 3行: TOML として読めません。")


def test_settings():
    assert state(doctor.settings("run.toml", lambda: None, otherwise="庁内向けだけ")) == GOOD
    assert state(doctor.settings("run.toml", rounds.Settings, otherwise="")) == GOOD
    line = doctor.settings("deliver.toml", refuses, otherwise="")
    assert state(line) == BAD
    assert "3行" in line.found


def test_password():
    assert state(doctor.secret(lambda: "架空の合言葉")) == GOOD
    assert "架空" not in str(doctor.secret(lambda: "架空の合言葉"))
    assert state(doctor.secret(refuses)) == BAD


def test_shared_folder(tmp_path):
    assert state(doctor.shared_folder("共有", tmp_path)) == GOOD
    assert state(doctor.shared_folder("共有", tmp_path / "not mounted")) == BAD
    assert not (tmp_path / "not mounted").exists()


# The mail server: a real one


def server(port, ca_file, security="starttls"):
    return SimpleNamespace(at=("localhost", port), security=security, ca_file=ca_file and str(ca_file))


@pytest.fixture
def trusted(tmp_path):
    return letterbox.certificate(tmp_path)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_server(trusted, security):
    with letterbox.letterbox(trusted, security=security) as box:
        assert state(doctor.mail_server(server(box.port, trusted, security))) == GOOD
        line = doctor.mail_server(server(box.port, None, security))
        assert state(line) == BAD
        assert "暗号化が成り立ちません" in line.found
        assert box.letters == []
    line = doctor.mail_server(server(box.port, trusted, security))
    assert state(line) == BAD
    assert "つながりません" in line.found


def test_mail_server_that_encrypts_in_another_way_or_not_at_all_and_certificates_that_are_not_there(trusted, tmp_path):
    with letterbox.letterbox(trusted) as box:
        assert state(doctor.mail_server(server(box.port, trusted, "tls"), seconds=3)) == BAD
    with letterbox.letterbox(None) as box:
        line = doctor.mail_server(server(box.port, trusted))
    assert state(line) == BAD
    assert "話が通じません" in line.found
    assert state(doctor.mail_server(server(9, tmp_path / "no.pem"))) == BAD


# The command


@pytest.fixture
def here(tmp_path, monkeypatch):
    folders = project(tmp_path, "good")
    monkeypatch.chdir(tmp_path)
    return folders


@pytest.mark.usefixtures("here")
def test_the_command_says_a_line_each_and_is_good(capsys):
    assert cli.main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line.startswith(BAD)]
    assert len(lines) == 14 + len(doctor.kit(read.PROJECT, "3.11")), "a kit has a line of its own"


def test_something_ill_is_status_1_and_says_what_to_do(here, capsys):
    (here.data.parent / "run.toml").write_text("publik = true\n", encoding="utf-8")
    assert cli.main(["doctor"]) == 1
    assert "異常 設定 run.toml: " in capsys.readouterr().out
    states, _ = found(capsys, 1)
    assert (states["設定 run.toml"], states["Python"]) == (BAD, GOOD)


def found(capsys, status):
    """The state of each line by its subject, and all that was said."""
    assert cli.main(["doctor", "--json"]) == status
    said = capsys.readouterr().out
    return {line["subject"]: line["state"] for line in json.loads(said)}, said


def test_deliveries_are_looked_at_where_they_are_configured(here, capsys):
    project = here.data.parent
    trusted, secret = letterbox.certificate(project), project / "secret"
    with letterbox.letterbox(trusted) as box:
        (project / "deliver.toml").write_text(DELIVERIES.format(port=box.port, ca_file=trusted.name), encoding="utf-8")
        secret.write_text("open-to-all\n", encoding="utf-8")
        secret.chmod(0o644)
        states, said = found(capsys, 1)
        assert states == states | {"メールサーバー": GOOD, "メールのパスワード": BAD, "共有フォルダー 共有": BAD}
        assert "open-to-all" not in said
        secret.chmod(0o600)
        (project / "shared").mkdir()
        assert cli.main(["doctor"]) == 0


DELIVERIES = """
[mail]
host = "localhost"
port = {port}
ca_file = "{ca_file}"
sender = "a@example.lg.jp"
user = "a"
password_file = "secret"
[[folder]]
name = "共有"
path = "shared"
"""
READERS = """
[[folder]]
name = "庁議"
path = "shared"
[[folder]]
name = "公開用ウェブ"
path = "web"
audience = "public"
[mail]
host = "127.0.0.1"
port = 1
sender = "a@example.lg.jp"
[[recipient]]
name = "議会事務局"
address = "b@example.lg.jp"
audience = "public"
plans = ["another"]
"""


def test_who_would_wait_in_vain_is_named(here, capsys):
    project = here.data.parent
    (project / "deliver.toml").write_text(READERS, encoding="utf-8")

    def lines():
        cli.main(["doctor", "--json"])
        return [line for line in json.loads(capsys.readouterr().out) if line["subject"] == "配る相手"]

    waiting, unknown = lines()
    assert (waiting["state"], unknown["state"]) == (WARNING, WARNING)
    assert "（公開用ウェブ、議会事務局）" in waiting["found"]
    assert "public = true" in waiting["remedy"]
    assert "plans にある another が" in unknown["found"]
    (project / "run.toml").write_text("public = true", encoding="utf-8")
    assert lines() == [unknown]
    (project / "deliver.toml").write_text(READERS.replace("another", PLAN), encoding="utf-8")
    assert lines() == []


def test_the_console_of_the_process_is_looked_at(tmp_path):
    folders = project(tmp_path, "good")
    words = [sys.executable, "-m", "helpers.cli", "doctor", "--data", str(folders.data), "--json"]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    run = subprocess.run(words, capture_output=True, check=True, env=environment, timeout=250)
    assert b'"state": "??"' in run.stdout, "shown as far as it can be"
    assert "cp1252" in run.stdout.decode("cp1252")
