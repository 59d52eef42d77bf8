"""How a process ended is told as far as it is known, and memory is named only where something shows it."""

import signal
import sys

import pytest

from helpers.run.render import ended
from helpers.run.render.ended import Ended

LONG = "x" * 1000


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (Ended(None), "が終わりました。理由は分かりません。"),
        (Ended(0), "が終了状態 0 で終わりました。理由は分かりません。"),
        (Ended(3, "一\n二\n\n三\n四\n"), "が終了状態 3 で終わりました。最後の出力: 二 / 三 / 四"),
        (Ended(-signal.SIGSEGV), "がシグナル SIGSEGV で終わりました。理由は分かりません。"),
        (Ended(-99), "がシグナル 99 で終わりました。理由は分かりません。"),
        (Ended(-signal.SIGKILL), "がシグナル SIGKILL で終わりました。理由は分かりません。"),
        (
            Ended(-signal.SIGKILL, is_for_memory=True),
            "がシグナル SIGKILL で終わりました。その間に、システムがメモリー不足のためプロセスを終わらせています。",
        ),
        # Somebody else was ended for want of memory: this one ended by itself.
        (Ended(1, is_for_memory=True), "が終了状態 1 で終わりました。理由は分かりません。"),
        (
            Ended(-signal.SIGABRT, f"前\nFatal Python error: Aborted\n\n{LONG}"),
            "がシグナル SIGABRT で終わりました。最後の出力: Fatal Python error: Aborted",
        ),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals have names elsewhere")
def test_status_signal_and_last_words_are_told(how, sentence):
    assert str(how) == sentence


def test_last_words_are_short():
    assert len(ended.last(LONG)) == ended.LETTERS


def test_a_process_may_say_itself_that_memory_was_short():
    bad_alloc = "terminate called after throwing an instance of 'std::bad_alloc'"
    says = ("MemoryError", bad_alloc, "Cannot allocate memory", "別のこと")
    assert [Ended(1, said).is_out_of_memory() for said in says] == [True, True, True, False]


@pytest.mark.parametrize(("files", "count"), [
    ({"own": "0::/user.slice\n", "cg/user.slice/memory.events": "low 0\noom 5\noom_kill 3\noom_group_kill 0\n"}, 3),
    ({"own": "4:memory:/a\n", "cg/memory/a/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"}, 2),
    ({"own": "0::/\n", "cg/memory.events": "oom_kill 7\n", "vmstat": "oom_kill 9\n"}, 7),
    ({"vmstat": "nr_free 1\noom_kill 9\n"}, 9),
    ({}, 0),
], ids=["version 2", "version 1", "container", "machine", "nowhere"])  # fmt: skip
def test_the_systems_own_count_is_read(tmp_path, monkeypatch, files, count):
    for name, words in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(words, encoding="ascii")
    monkeypatch.setattr(ended, "OWN_GROUP", tmp_path / "own")
    monkeypatch.setattr(ended, "CONTROL_GROUPS", tmp_path / "cg")
    monkeypatch.setattr(ended, "MACHINE", tmp_path / "vmstat")
    assert ended.killed_for_memory() == count


def test_only_the_end_of_a_long_log_is_read(tmp_path):
    (tmp_path / "log").write_text(f"{'x' * 10**6}終わり", encoding="utf-8")
    assert ended.read(tmp_path / "log").endswith("終わり")
    assert len(ended.read(tmp_path / "log")) <= ended.BYTES
    assert ended.read(tmp_path / "none") == ""
