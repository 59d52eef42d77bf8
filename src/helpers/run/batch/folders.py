"""The folders of a run: where things are, kept to one run at a time, with a scratch folder that no run leaves behind."""

import multiprocessing.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

import helpers
from helpers.run.batch.faults import unusable
from helpers.terms import Refusal

LOCK = ".lock"
LOCK_SECONDS = 0.5
FAILED = "_failed"
SCRATCH, SCRATCH_PREFIX = ".staging-scratch", "gyokaku-"
STAGING = (".staging-*", "*/.staging-*", "*/*/.staging-*", f"{FAILED}/*/*/.staging-*")


class Busy(Refusal):
    """Another run is at work in the same folder."""


class Folders(NamedTuple):
    """Where things are: the plans, the pages' notebooks, and what is built."""

    data: Path
    notebooks: Path
    out: Path

    @classmethod
    def around(cls, data: Path, out: Path | None = None) -> "Folders":
        """Notebooks and reports beside the data; with data from elsewhere, the notebooks of the project here."""
        project = Path(helpers.__file__).resolve().parents[2]
        places = [data.parent, Path.cwd(), *Path.cwd().parents, project]
        found = (place / "notebooks" for place in places if any(place.glob("notebooks/*.ipynb")))
        return cls(data, next(found, data.parent / "notebooks"), out or data.parent / "reports")


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """No second run in the same folder; what a run that was killed left half done is taken away."""
    lock = FileLock(out / LOCK)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise Busy(f"{out} では別の gyokaku build が動いています。終わってから、もう一度実行してください。") from error
    except OSError as error:
        raise Refusal(unusable(error, out)) from error
    try:
        for pattern in STAGING:
            for left in out.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


@contextmanager
def scratch(out: Path) -> Iterator[None]:
    """A folder for the kernels' files, written down beside the pages: what a killed run left there is taken away by the next.

    Only the run that holds the lock reads the note and deletes the folder, so it is nobody's who still runs.
    """
    written = out / SCRATCH
    system = Path(tempfile.gettempdir())
    with suppress(OSError, ValueError):
        left = Path(written.read_text(encoding="utf-8"))
        if left.parent == system and left.name.startswith(SCRATCH_PREFIX) and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
    try:
        folder = tempfile.mkdtemp(prefix=SCRATCH_PREFIX)
        written.write_text(folder, encoding="utf-8")
    except OSError as error:
        raise Refusal(unusable(error, Path(error.filename or written))) from error
    multiprocessing.util.get_temp_dir()  # where the fork server listens: it outlives this run and goes with the process
    former, tempfile.tempdir = tempfile.tempdir, folder
    outside, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), folder  # for the workers
    try:
        yield
    finally:
        tempfile.tempdir = former
        if outside is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = outside
        shutil.rmtree(folder, ignore_errors=True)
        written.unlink(missing_ok=True)
