"""Copies a tree into a shared folder: each year set as a whole, in one step. The former version is kept in a folder named after the day."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import publish
from helpers.operate.deliver.built import Unit, content_hash
from helpers.operate.deliver.configuration import Folder
from helpers.operate.deliver.ledger import LOCK_SECONDS, flushed
from helpers.terms import Refusal
from helpers.terms.manifest import recorded

# A hidden folder on the same file system as the year sets.
WORK, LOCK, HALF, OLD = ".gyokaku", "lock", "half", "_old"
WHOLE = re.compile(r"whole-(.+)-([0-9]{4})-([0-9a-f]{16})")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Shelf:
    """A shared folder that no other run writes into meanwhile.

    Attributes:
        root: The folder.
        day: The day under which replaced versions are kept.
    """

    root: Path
    day: date

    def holds(self, unit: Unit, prints: Mapping[str, bytes]) -> bool:
        """Whether the folder holds each of its files, byte for byte."""
        target = self.root / unit.name
        try:
            return all(
                recorded(name, content_hash(target / name)) == known for name, known in unit.outputs.items()
            ) and all((target / name).read_bytes() == content for name, content in prints.items())
        except OSError:
            return False

    def place(self, unit: Unit, prints: Mapping[str, bytes]) -> None:
        """Puts a year set in place as a whole; the former one stays until the last step.

        Raises:
            Refusal: It cannot be done.
            Withheld: A file changed while it was copied.
        """
        target = self._inside(self.root / unit.name)
        with self._work(unit) as half:
            _copied(unit, prints, half)
            whole = half.with_name(f"whole-{unit.plan}-{unit.fiscal_year}-{_tree_hash(half)}")
            if whole.exists():
                shutil.rmtree(whole)
            half.rename(whole)
            flushed(whole.parent)
            target.parent.mkdir(exist_ok=True)
            publish.folder(whole, target, former=self._old(unit.name))
            flushed(target.parent)

    def place_files(self, unit: Unit) -> None:
        """Puts pages that list year sets in place, each file in one step.

        Raises:
            Refusal: It cannot be done.
            Withheld: A file changed while it was copied.
        """
        target = self._inside(self.root / unit.name)
        with self._work(unit) as half:
            _copied(unit, {}, half)
            for name, known in unit.outputs.items():
                place = self._inside(target / name)
                place.parent.mkdir(parents=True, exist_ok=True)
                if place.exists():
                    if recorded(name, content_hash(place)) == known:
                        continue
                    former = self._old(place.relative_to(self.root.resolve()).as_posix())
                    former.parent.mkdir(parents=True, exist_ok=True)
                    copied = half / f"{name}.former"
                    _copy(place, copied)
                    copied.rename(former)
                (half / name).replace(place)
                flushed(place.parent)

    @contextmanager
    def _work(self, unit: Unit) -> Iterator[Path]:
        """An empty folder to copy into; a system error within the block is told with the name of the target."""
        half = self.root / WORK / HALF
        try:
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            yield half
        except OSError as error:
            raise Refusal(f"{self.root / unit.name} に書けません: {publish.reason(error)}。") from None
        finally:
            shutil.rmtree(half, ignore_errors=True)
            for left in (self.root / WORK).glob("whole-*"):
                self._clear(left)

    def _clear(self, left: Path) -> None:
        """Clears a whole year set from the work folder: a new one not yet in place is deleted, a replaced one is kept."""
        found = WHOLE.fullmatch(left.name)
        try:
            if found and _tree_hash(left) != found[3]:
                former = self._old(f"{found[1]}/{found[2]}")
                former.parent.mkdir(parents=True, exist_ok=True)
                left.rename(former)
            else:
                shutil.rmtree(left)
        except OSError as error:
            raise Refusal(f"{left} を片付けられません: {publish.reason(error)}。") from None

    def recover(self) -> None:
        """Cleans up after a killed run: deletes half a copy, and moves a former version to where it is kept."""
        work = self.root / WORK
        shutil.rmtree(work / HALF, ignore_errors=True)
        for left in sorted(work.glob("whole-*")):
            self._clear(left)

    def _old(self, name: str) -> Path:
        """The path to keep the former version under; never one that is taken already."""
        number = 1
        while True:
            day = f"{self.day.isoformat()}-{number}" if number > 1 else self.day.isoformat()
            place = self.root.resolve() / OLD / day / name
            if not os.path.lexists(place):
                return self._inside(place)
            number += 1

    def _inside(self, place: Path) -> Path:
        """The path, if no symbolic link leads it out of the folder.

        Raises:
            Refusal: A link does.
        """
        real = self.root.resolve()
        expected = real / place.relative_to(self.root if place.is_relative_to(self.root) else real)
        if expected.resolve() != expected:
            raise Refusal(
                f"{place} の途中にリンクがあり、共有フォルダーの外に書くことになるので、置いていません。リンクを消してください。"
            )
        return expected


@contextmanager
def shelf(folder: Folder, day: date) -> Iterator[Shelf]:
    """The shared folder, locked for this run.

    Raises:
        Refusal: It does not exist, cannot be written, or another run uses it.
    """
    root = folder.at
    if not root.is_dir():
        what = "フォルダーではありません" if os.path.lexists(root) else "ありません"
        raise Refusal(
            f"共有フォルダー「{folder.name}」の {root} が{what}。共有がつながっているか、path が正しいかを確かめてください。"
        )
    work = root / WORK
    lock = FileLock(work / LOCK)
    try:
        if work.is_symlink():
            raise Refusal(f"{work} がリンクなので、使いません。リンクを消してください。")
        work.mkdir(exist_ok=True)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise Refusal(
            f"{root} には別の gyokaku deliver が書いています。終わってから、もう一度実行してください。"
        ) from None
    except (OSError, NotImplementedError) as error:
        says = publish.reason(error) if isinstance(error, OSError) else "この場所ではファイルのロックを使えません"
        raise Refusal(f"共有フォルダー「{folder.name}」の {root} に書けません: {says}。") from None
    try:
        found = Shelf(root, day)
        found.recover()
        yield found
    finally:
        lock.release()


def _copied(unit: Unit, prints: Mapping[str, bytes], to: Path) -> None:
    """Copies every file, hashing it on the way; files and folders are flushed to the disk on return."""
    for name, known in unit.outputs.items():
        if recorded(name, _copy(unit.folder / name, to / name)) != known:
            raise unit.altered(name)
    for name, content in prints.items():
        with (to / name).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    for folder in [*(path for path in to.rglob("*") if path.is_dir()), to]:
        flushed(folder)


def _copy(source: Path, target: Path) -> str:
    """Copies a file; returns the hash of the bytes written."""
    found = sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("xb") as written:
        while chunk := read.read(CHUNK):
            found.update(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    return found.hexdigest()


def _tree_hash(folder: Path) -> str:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = (f"{recorded(name, content_hash(folder / name))}\n" for name in names)
    return sha256("".join(lines).encode()).hexdigest()[:16]
