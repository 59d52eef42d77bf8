"""A complete folder takes the place of another in one step, or nothing changes."""

import ctypes
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import publish
from helpers.terms import Refusal

BOTH_WAYS = pytest.mark.parametrize("can_exchange", [True, False], ids=["in one step", "by two renames"])


@pytest.fixture
def target(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "old.txt").write_text("old", encoding="utf-8")
    return tmp_path / "set"


@pytest.fixture
def without_exchange(monkeypatch, request):
    if not request.node.callspec.params["can_exchange"]:
        monkeypatch.setattr(publish, "_exchanged", lambda *_: False)


def fill(staged: Path) -> Path:
    staged.mkdir(exist_ok=True)
    (staged / "new.txt").write_text("new", encoding="utf-8")
    return staged


def published(target: Path, **former: Path) -> None:
    with publish.staging(target) as staged:
        publish.folder(fill(staged), target, **former)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@BOTH_WAYS
@pytest.mark.usefixtures("without_exchange")
def test_the_new_folder_replaces_the_old_whole(target, can_exchange):
    published(target)
    assert names(target.parent) == ["set", "set/new.txt"], can_exchange


def test_linux_exchanges_both_in_one_step(target, monkeypatch):
    monkeypatch.setattr(publish, "_moved_in", lambda *_: pytest.fail("two renames leave a moment without a folder"))
    published(target)
    assert names(target) == ["new.txt"]


def test_a_folder_that_was_not_there_is_made_with_its_parents_and_others_may_read_it(tmp_path):
    published(tmp_path / "plan" / "2024")
    assert names(tmp_path) == ["plan", "plan/2024", "plan/2024/new.txt"]
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "plan" / "2024").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_staging_is_on_the_same_file_system_and_hidden(target):
    with publish.staging(target) as staged:
        assert staged.parent == target.parent
        assert staged.name.startswith(".")
        assert not any(staged.iterdir())


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_when_the_work_is_interrupted(target, fault):
    with pytest.raises(fault), publish.staging(target) as staged:
        raise fault(fill(staged))
    assert names(target.parent) == ["set", "set/old.txt"]


def test_parents_made_for_nothing_are_taken_away(tmp_path):
    with pytest.raises(ValueError, match="stop"), publish.staging(tmp_path / "plan" / "2024"):
        raise ValueError("stop")
    assert names(tmp_path) == []


@BOTH_WAYS
@pytest.mark.usefixtures("without_exchange")
def test_the_old_folder_stays_when_the_new_one_cannot_take_its_place(target, monkeypatch, can_exchange):
    real = Path.rename

    def fails(self, to):
        if Path(to) == target and not self.name.endswith("former"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, to)

    monkeypatch.setattr(Path, "rename", fails)
    if can_exchange:
        monkeypatch.setattr(publish, "_exchanged", lambda *_: fails(Path("staged"), target))
    with publish.staging(target) as staged, pytest.raises(Refusal, match="空き"):
        publish.folder(fill(staged), target)
    assert names(target.parent) == ["set", "set/old.txt"]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "set").write_text("a file", encoding="utf-8")
    with pytest.raises(Refusal, match=r"set に書けません: フォルダーであるべき所にファイルがあります"):
        published(tmp_path / "set")
    assert (tmp_path / "set").read_text(encoding="utf-8") == "a file"


def test_a_file_in_the_place_of_a_parent_is_named(tmp_path):
    (tmp_path / "reports").write_text("a file", encoding="utf-8")
    with pytest.raises(Refusal, match="フォルダーであるべき所"):
        published(tmp_path / "reports" / "plan" / "2024")


@pytest.mark.parametrize(
    ("code", "says"),
    [(errno.EACCES, "権限"), (errno.EROFS, "読み取り専用"), (errno.ENOSPC, "空き"), (errno.EFBIG, "上限")],
)
def test_what_the_system_refuses_is_said_with_what_to_do(target, monkeypatch, code, says):
    def fails(self, *_, **__):
        raise OSError(code, os.strerror(code), str(self))

    monkeypatch.setattr(Path, "mkdir", fails)
    with pytest.raises(Refusal, match=says) as refusal, publish.staging(target):
        pytest.fail("there is nowhere to stage")
    assert str(target) in str(refusal.value)


def test_a_full_disk_while_the_folder_is_filled_is_said(target):
    for code, says in ((errno.ENOSPC, "空き"), (errno.EFBIG, "大きさの上限")):
        with pytest.raises(Refusal, match=f"^{target} に書けません: .*{says}"), publish.staging(target):
            raise OSError(code, os.strerror(code))
    assert names(target.parent) == ["set", "set/old.txt"]


def test_a_link_to_the_folder_stays_a_link(target):
    link = target.parent / "link"
    link.symlink_to(target)
    published(link)
    assert link.is_symlink()
    assert names(target) == ["new.txt"]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing is cleared")
def test_what_a_run_still_at_work_has_staged_stays_and_what_a_dead_one_left_goes(target):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    init = 1  # somebody else's, and always there
    # A former content that could not be deleted, and what is no staging of ours.
    never = (f".staging-{ended.pid}-0123abcd-former", ".staging-area")
    of_processes = (f".staging-{process}-0123abcd" for process in (ended.pid, os.getpid(), init))
    left, *kept = (target.with_name(name) for name in (*of_processes, *never))
    for folder in (left, *kept):
        fill(folder)
    publish.clear_leftovers(target)
    assert not left.exists()
    assert [names(folder) for folder in kept] == [["new.txt"]] * 4
    assert names(target) == ["old.txt"]


def test_the_name_of_a_staging_folder_is_one_that_is_cleared_once_its_process_is_gone(target, monkeypatch):
    with publish.staging(target) as staged:
        fill(staged)
        publish.clear_leftovers(target)
        assert names(staged) == ["new.txt"]
        monkeypatch.setattr(publish, "_is_running", lambda process: process != os.getpid())
        publish.clear_leftovers(target)
        assert not staged.exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing is cleared")
@pytest.mark.parametrize(
    ("answer", "stays"), [(PermissionError, True), (OverflowError, True), (ProcessLookupError, False), (None, True)]
)
def test_what_somebody_else_has_staged_stays(target, monkeypatch, answer, stays):
    """Another user's process may not be asked; that it may not is the answer that it runs."""

    def kill(process, signal):
        assert (process, signal) == (4711, 0), "asked, never ended"
        if answer:
            raise answer

    monkeypatch.setattr(os, "kill", kill)
    staged = fill(target.with_name(".staging-4711-0123abcd"))
    publish.clear_leftovers(target)
    assert staged.exists() is stays


@pytest.mark.parametrize("place", ["kept/2024", "kept"])
@BOTH_WAYS
@pytest.mark.usefixtures("without_exchange")
def test_the_old_folder_is_kept_where_it_is_asked_for(target, place, can_exchange):
    for _ in range(2):
        with publish.staging(target) as staged:
            former = target.parent / place / str(can_exchange) / staged.name.lstrip(".")
            publish.folder(fill(staged), target, former=former)
    kept = sorted(path.name for path in (target.parent / place).rglob("*.txt"))
    assert kept == ["new.txt", "old.txt"]
    assert names(target) == ["new.txt"]


@pytest.mark.parametrize(("former", "says"), [(None, "消せません"), ("kept", "移せません")])
def test_what_is_left_of_the_old_is_named_though_the_new_stands(target, monkeypatch, former, says):
    real = shutil.rmtree

    def fails(path, *to, ignore_errors=False):
        if not ignore_errors:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        real(path, *to, ignore_errors=True)

    monkeypatch.setattr(shutil, "rmtree", fails)
    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(
        Refusal, match=rf"set は新しくなりましたが、前の内容 .*\.staging-{os.getpid()}-\w+ を{says}。手で"
    ):
        published(target, former=former and target.parent / former)
    assert names(target) == ["new.txt"]


@pytest.mark.parametrize(
    ("code", "platform", "has_call", "exchanged"),
    [
        (0, "linux", True, True),
        (errno.EINVAL, "linux", True, False),
        (errno.ENOSYS, "linux", True, False),
        (0, "darwin", True, False),
        (0, "linux", False, False),
        (errno.EACCES, "linux", True, PermissionError),
    ],
)
def test_a_system_that_cannot_exchange_is_told_from_one_that_will_not(
    tmp_path, monkeypatch, code, platform, has_call, exchanged
):
    system = type("System", (), {"renameat2": staticmethod(lambda *_: -1 if code else 0)} if has_call else {})
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: system)
    monkeypatch.setattr(ctypes, "get_errno", lambda: code)
    monkeypatch.setattr(publish.sys, "platform", platform)
    if isinstance(exchanged, type):
        with pytest.raises(exchanged):
            publish._exchanged(tmp_path, tmp_path)
    else:
        assert publish._exchanged(tmp_path, tmp_path) is exchanged


def test_an_exchange_that_fails_says_what_the_system_says(target):
    with pytest.raises(FileNotFoundError):
        publish._exchanged(target.parent / "nothing", target)


def test_the_parents_of_the_place_are_made_wherever_it_was_staged(target):
    with publish.staging(target) as staged:
        publish.folder(fill(staged), target.parent / "plan" / "year" / "set")
    assert names(target.parent / "plan") == ["year", "year/set", "year/set/new.txt"]


def test_what_a_killed_run_staged_is_a_leftover(tmp_path):
    code = "import os, pathlib, sys; from helpers import publish\n"
    code += "with publish.staging(pathlib.Path(sys.argv[1])): os._exit(0)"
    subprocess.run([sys.executable, "-c", code, tmp_path / "set"], check=True)
    assert len(names(tmp_path)) == 1
    publish.clear_leftovers(tmp_path / "set")
    assert names(tmp_path) == []


def test_a_leftover_that_cannot_be_taken_away_stops_nothing(tmp_path, monkeypatch):
    def fails(_, *, ignore_errors=False):
        if not ignore_errors:
            raise PermissionError(errno.EACCES, "")

    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / f".staging-{ended.pid}-0123abcd").mkdir()
    monkeypatch.setattr(shutil, "rmtree", fails)
    publish.clear_leftovers(tmp_path / "set")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        *((error, "読み書きできません") for error in (OSError(errno.ENOTTY, ""), OSError())),
        *((shutil.Error([]), "写せないファイル"), (OSError(errno.EIO, ""), "装置")),
    ],
)
def test_a_fault_without_words_of_its_own_has_some(error, says):
    assert says in publish.reason(error)


@pytest.mark.parametrize(
    ("error", "is_ours"),
    [
        (lambda _: shutil.Error([]), True),
        (lambda _: OSError(errno.ENOTTY, ""), False),
        (lambda _: OSError(errno.EACCES, "", "/elsewhere"), False),
        (lambda staged: OSError(errno.ENOENT, "", f"{staged.parent}/set/missing.csv"), False),
        (lambda staged: OSError(errno.ENOTTY, "", f"{staged}/new.txt"), True),
    ],
)
def test_only_what_happens_to_the_staged_folder_is_explained(target, error, is_ours):
    with pytest.raises(Refusal if is_ours else OSError), publish.staging(target) as staged:
        raise error(staged)
