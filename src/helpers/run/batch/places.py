"""Files put in their place: a folder whole, or files one by one; and what a failed run leaves, apart from the good pages."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from helpers import publish
from helpers.terms import Refusal

REASON = "reason.txt"


def put(files: Mapping[str, bytes], target: Path, *, beside: Path) -> None:
    """A folder with these files in the place of `target`, whole; prepared `beside` a path of the same disk."""
    with publish.staging(beside) as staged:
        _write(files, staged)
        publish.folder(staged, target)


def put_each(files: Mapping[str, bytes], target: Path) -> None:
    """Files that stand beside the year sets of a plan: each whole, one after the other."""
    target.mkdir(parents=True, exist_ok=True)
    with publish.staging(target / "beside") as staged:
        _write(files, staged)
        for name in files:
            (target / name).parent.mkdir(exist_ok=True)
            (staged / name).replace(target / name)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def keep_failed(failure: Path, reason: list[str], notebooks: Mapping[str, bytes]) -> list[str]:
    """Leave the reason and the executed notebooks; gives what to say where not even that can be done."""
    files = {f"{page}.ipynb": notebook for page, notebook in notebooks.items() if notebook}
    try:
        put({REASON: "\n".join([*reason, ""]).encode(), **files}, failure, beside=failure)
    except Refusal as refusal:
        return list(refusal.sentences)
    return []


def clear_failed(failure: Path, out: Path) -> None:
    """Take away what a failed run left, and the folders that are empty without it, up to `out`."""
    shutil.rmtree(failure, ignore_errors=True)
    with suppress(OSError):  # other years may have failed
        while (failure := failure.parent) != out:
            failure.rmdir()
