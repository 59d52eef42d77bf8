"""Replaces a folder by a complete new one in one step; if that fails, the former folder stays."""

import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers.terms import Refusal

# renameat2(2): exchanges two names in one step.
AT_FDCWD = -100
RENAME_EXCHANGE = 2
CANNOT_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}

WHAT_TO_DO = {
    errno.ENOSPC: "ディスクの空きがありません。空きを作ってから、もう一度実行してください",
    errno.EDQUOT: "割り当てられたディスクの容量を使い切りました。空きを作ってから、もう一度実行してください",
    errno.EACCES: "権限がありません。権限を確かめ、中のファイルを開いているプログラムがあれば閉じてください",
    errno.EPERM: "権限がありません。権限を確かめてください",
    errno.EFBIG: "ファイルの大きさの上限を超えました。上限（ulimit -f など）を確かめてから、もう一度実行してください",
    errno.EMFILE: "一度に開けるファイルの数を超えました。上限（ulimit -n など）を確かめてから、もう一度実行してください",
    errno.EIO: "読み書きの途中で装置が誤りを返しました。ディスクを確かめてください",
    errno.ENOENT: "ファイルかフォルダーがありません。名前と場所を確かめてください",
    errno.EISDIR: "ファイルであるべき所にフォルダーがあります。フォルダーを移すか、別の場所を指定してください",
    errno.ENAMETOOLONG: "名前が長すぎます。短い名前にしてください",
    errno.EROFS: "読み取り専用の場所です。書き込める場所を指定してください",
    errno.ENOTDIR: "フォルダーであるべき所にファイルがあります。ファイルを移すか、別の場所を指定してください",
    errno.EEXIST: "フォルダーであるべき所にファイルがあります。ファイルを移すか、別の場所を指定してください",
}

_STAGED = re.compile(r"\.staging-([0-9]+)-[0-9a-f]{8}")


def reason(error: OSError) -> str:
    """Why the system refused, and what to do; without a full stop at the end."""
    if isinstance(error, shutil.Error):
        return "写せないファイルがあります。年度のフォルダーの中のファイルと権限を確かめてください"
    return WHAT_TO_DO.get(error.errno or 0, "読み書きできません。場所と権限を確かめてください")


def clear_leftovers(beside: Path) -> None:
    """Deletes the staging folders beside `beside` that killed processes left; those of running processes, and former content, stay."""
    if os.name != "posix":  # on other systems signal 0 is not harmless
        return
    for left in beside.resolve().parent.glob(".staging-*"):
        found = _STAGED.fullmatch(left.name)
        if found and not _is_running(int(found[1])):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's process, or not a process number
        return True
    return True


@contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """An empty hidden folder on the file system of `beside`, deleted at the end of the block in any case.

    Raises:
        Refusal: It cannot be made or filled.
    """
    parent = beside.resolve().parent
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    staged = parent / f".staging-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        try:
            # `mkdir`, not `tempfile`: the published folder must get ordinary permissions.
            staged.mkdir(parents=True)
        except OSError as error:
            raise _refusal(error, beside) from error
        yield staged
    except OSError as error:
        is_ours = isinstance(error, shutil.Error) or (error.filename is None and error.errno in WHAT_TO_DO)
        if is_ours or staged.name in str(error.filename):
            raise _refusal(error, beside) from error
        raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        with suppress(OSError):  # a parent that is no longer empty stays
            for folder in missing:
                folder.rmdir()


def folder(staged: Path, target: Path, *, former: Path | None = None) -> None:
    """Puts the complete folder `staged` in the place of `target`. The former content is deleted, or kept as `former`.

    Raises:
        Refusal: It cannot be done; the former content is still in its place.
    """
    target = target.resolve()
    if target.exists() and not target.is_dir():
        raise _refusal(NotADirectoryError(errno.ENOTDIR, ""), target)
    try:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.rename(target)
            return
        if former:
            former.parent.mkdir(parents=True, exist_ok=True)
        left = staged if _exchanged(staged, target) else _moved_in(staged, target, former)
    except OSError as error:
        raise _refusal(error, target) from error
    try:
        if not former:
            shutil.rmtree(left)
        elif left != former:
            left.rename(former)
    except OSError as error:
        undone = "移せません。手で移してください" if former else "消せません。手で消してください"
        raise Refusal(f"{target} は新しくなりましたが、前の内容 {left} を{undone}。") from error


def _exchanged(staged: Path, target: Path) -> bool:
    """Exchanges both folders in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(AT_FDCWD, os.fsencode(staged), AT_FDCWD, os.fsencode(target), RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in CANNOT_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(target))


def _moved_in(staged: Path, target: Path, former: Path | None) -> Path:
    """Without an exchange (other systems): two renames; the first is undone if the second fails."""
    former = former or target.with_name(f"{staged.name}-former")
    target.rename(former)
    try:
        staged.rename(target)
    except BaseException:
        former.rename(target)
        raise
    return former


def _refusal(error: OSError, path: Path) -> Refusal:
    return Refusal(f"{path} に書けません: {reason(error)}。")
