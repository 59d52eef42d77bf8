"""The ledger of deliveries. Lines are only ever added, and each is on the disk before the next step is taken.

A letter gets two lines: `attempting` before its final dot, since the server may accept it from then on, and `sent` or
`rejected` after the server's answer. A letter with only the first line may have arrived.
"""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import publish
from helpers.terms import Refusal
from helpers.terms.files import content as file_content
from helpers.terms.json import parsed

NAME, LOCK, KEPT = "ledger.jsonl", ".lock", "metrics"
LOCK_SECONDS = 0.5
ATTEMPTING, SENT, REJECTED, TORN = "attempting", "sent", "rejected", "torn"
# The keys that a line of each event must have.
ABOUT = {"key", "unit", "set", "metrics", "kind"}
NEEDED = {ATTEMPTING: ABOUT | {"date", "message_id"}, SENT: ABOUT, REJECTED: ABOUT, TORN: set()}


@dataclass(frozen=True)
class History:
    """What one recipient has received of one plan and year.

    Attributes:
        sent: Lines of certain deliveries, in order.
        uncertain: The line of the last letter, if it was never answered and so may have arrived.
    """

    sent: tuple[Mapping, ...] = ()
    uncertain: Mapping | None = None

    @property
    def last(self) -> Mapping | None:
        """The last certain delivery."""
        return self.sent[-1] if self.sent else None


@dataclass
class Ledger:
    """The ledger of one configuration, read once and added to.

    Attributes:
        folder: The ledger's folder; it also holds each delivered `metrics.json` under its hash.
    """

    folder: Path
    _lines: list[dict] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> "Ledger":
        """Reads its lines; empty where there is no ledger yet.

        Raises:
            Refusal: It cannot be read, so nobody knows what was sent.
        """
        path = folder / NAME
        try:
            content = file_content(path)
        except FileNotFoundError:
            return cls(folder)
        except OSError as error:
            raise Refusal(f"{path}: 配布の記録を読めません（{publish.reason(error)}）。何も配っていません。") from None
        return cls(folder, _lines=list(_whole(content, path)))

    def of(self, key: str, unit: str) -> History:
        """What that recipient has received of that year set."""
        lines = [line for line in self._lines if line.get("key") == key and line.get("unit") == unit]
        open_one = None
        for line in lines:
            open_one = line if line["event"] == ATTEMPTING else None
        return History(tuple(line for line in lines if line["event"] == SENT), open_one)

    def add(self, line: Mapping) -> None:
        """Adds a line; it is on the disk on return.

        Raises:
            OSError: It could not be written whole.
        """
        append(self.folder / NAME, dict(line))
        self._lines.append(dict(line))

    def keep(self, metrics: bytes) -> str:
        """Keeps the delivered figures under their hash; they are on the disk on return.

        Raises:
            OSError: They could not be written whole.
        """
        name = sha256(metrics).hexdigest()
        path = self.folder / KEPT / f"{name}.json"
        if path.is_file() and sha256(path.read_bytes()).hexdigest() == name:
            return name
        path.parent.mkdir(exist_ok=True)
        staged = path.with_name(f".{name}.part")
        with staged.open("wb") as file:
            file.write(metrics)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
        flushed(path.parent)
        return name

    def kept(self, name: str) -> list[dict] | None:
        """The figures delivered earlier; None where they are lost or were changed."""
        try:
            content = (self.folder / KEPT / f"{Path(name).name}.json").read_bytes()
            return parsed(content) if sha256(content).hexdigest() == name else None
        except (OSError, ValueError):
            return None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Locks the ledger, so that no second run uses it.

    Raises:
        Refusal: Another run uses it, or the ledger's folder cannot be made.
    """
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise Refusal(
            f"{folder} では別の gyokaku deliver が動いています。終わってから、もう一度実行してください。"
        ) from None
    except OSError as error:
        raise Refusal(f"{folder}: 配布の記録を書けません（{publish.reason(error)}）。何も配っていません。") from None
    try:
        _mend(folder / NAME)
        yield
    finally:
        lock.release()


def _mend(path: Path) -> None:
    """Marks half a line, left by a full disk or a power cut, as such; the step it was written for was not taken."""
    try:
        if path.is_file() and path.stat().st_size and path.read_bytes()[-1:] != b"\n":
            append(path, {"event": TORN})
    except OSError as error:
        raise Refusal(f"{path}: 配布の記録を書けません（{publish.reason(error)}）。何も配っていません。") from None


def _whole(content: bytes, path: Path) -> Iterator[dict]:
    """The complete lines; half a line is skipped where the next line marks it or where it is the last."""
    lines = content.split(b"\n")
    torn_end = lines.pop()  # empty where the last line is complete
    parsed = [_parsed(line) for line in lines]
    for number, line in enumerate(parsed, 1):
        following = parsed[number] if number < len(parsed) else None
        if line is None and not (following and following["event"] == TORN):
            raise Refusal(
                f"{path} {number}行: 配布の記録として読めません。何をどこへ配ったか分からないので、何も配っていません。"
                "控えから戻すか、その行を直してください。"
            )
        if line and line["event"] != TORN:
            yield line
    del torn_end


def _parsed(line: bytes) -> dict | None:
    try:
        found = parsed(line)
    except ValueError:
        return None
    needed = NEEDED.get(str(found.get("event"))) if isinstance(found, dict) else None
    is_line = needed is not None and all(isinstance(found.get(name), str) for name in needed)
    return found if is_line else None


def append(path: Path, line: dict) -> None:
    """Appends a line in one write and flushes it to the disk; after half a line it starts a new one.

    Raises:
        OSError: It could not be written whole.
    """
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        size = os.fstat(descriptor).st_size
        is_torn = size and os.lseek(descriptor, size - 1, os.SEEK_SET) >= 0 and os.read(descriptor, 1) != b"\n"
        whole = (b"\n" if is_torn else b"") + f"{json.dumps(line, ensure_ascii=False)}\n".encode()
        if os.write(descriptor, whole) != len(whole):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(descriptor)
    if is_new:
        flushed(path.parent)


def flushed(folder: Path) -> None:
    """Flushes the folder's list of names to the disk."""
    if os.name != "posix":  # other systems cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
