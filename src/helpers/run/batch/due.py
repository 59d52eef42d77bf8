"""What a page depends on, and what stands already: hashes, never times."""

import errno
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import helpers
from helpers.terms import Refusal, quoted
from helpers.terms.audience import AUDIENCES, PUBLIC, UNPUBLISHED
from helpers.terms.files import is_litter
from helpers.terms.json import indented, parsed
from helpers.terms.manifest import COLLECTIONS, MANIFEST, WHOLE, is_entry, recorded

JOURNAL = ".staging-manifest.jsonl"
YEAR, PLAN, COLLECTION = "year", "plan", "collection"
SCHEMA = 1
# Those whose release can change a page.
LIBRARIES = (
    *(
        "babel",
        "brotli",
        "fonttools",
        "ipykernel",
        "ipython",
        "jinja2",
        "matplotlib",
        "mistune",
        "msgspec",
        "nbclient",
        "nbconvert",
    ),
    *("nbformat", "numpy", "pandas", "papermill", "seaborn", "uharfbuzz", "xlsxwriter"),
)
YEAR_NAME = re.compile(r"[12][0-9]{3}")
PAGE_NAME = re.compile(r"[a-z][a-z0-9_-]*")


class Notebook(NamedTuple):
    """A page's notebook: where it is, what it is made once for (`year`, `plan` or `collection`), and the languages it speaks.

    Attributes:
        is_told: Whether it takes the names of the pages in other languages that stand beside its own.
        audiences: Who it is for.
    """

    path: Path
    per: str
    languages: tuple[str, ...]
    is_told: bool = False
    audiences: tuple[str, ...] = AUDIENCES


def pages(notebooks: Path) -> dict[str, Notebook]:
    """The pages by name, found by what their notebooks say of themselves; those made once a year come first.

    Raises:
        Refusal: There is none, two have one name, or a file is no notebook.
    """
    found: dict[str, Notebook] = {}
    for path in sorted(path for path in notebooks.glob("*.ipynb") if not is_litter(path.name)):
        try:
            content = parsed(path.read_bytes())
            about = content["metadata"].get("gyokaku", {})
            per, languages, is_told = about.get("per"), tuple(about.get("languages", ["ja"])), _is_told(content)
            audiences = tuple(about.get("audiences", AUDIENCES))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(f"{path}: ノートブックとして読めません。壊れていないか確かめてください。") from error
        if per not in {YEAR, PLAN, COLLECTION}:
            continue
        name = str(about.get("page"))
        if not PAGE_NAME.fullmatch(name) or name in found:
            taken = found[name].path.name if name in found else path.name
            raise Refusal(f"{path}: ページの名前「{quoted(name)}」は使えないか、{taken} と同じです。")
        found[name] = Notebook(path, per, languages, is_told, audiences)
    if not any(notebook.per == YEAR for notebook in found.values()):
        raise Refusal(f"{notebooks} に、年度ごとのページのノートブックがありません。")
    return dict(sorted(found.items(), key=lambda item: item[1].per != YEAR))


def _is_told(notebook: Mapping) -> bool:
    cells = (cell for cell in notebook.get("cells", []) if "parameters" in cell["metadata"].get("tags", []))
    return any(line.startswith("beside ") for cell in cells for line in "".join(cell["source"]).splitlines())


class Inputs:
    """What pages are made of, as hashes; every file is read once a run.

    Args:
        data: Folder of the plans.
        audience: `public` leaves out the tables that the public never sees: they are no part of its pages.
    """

    def __init__(self, data: Path, audience: str) -> None:
        self._data = data
        self._left_out = {f"{name}.csv" for name in UNPUBLISHED} if audience == PUBLIC else set()
        self._known: dict[tuple[str, str], str] = {}
        self._notebooks: dict[Path, str] = {}
        self._years: dict[str, list[int]] = {}

    def of_year(self, plan: str, fiscal_year: int, notebook: Path) -> dict[str, str]:
        """Of a page of one year: it compares itself with the years before, and says which others are registered."""
        registered = self._registered(plan)
        before = [year for year in registered if year < fiscal_year]
        return {
            "data": self._of(plan, map(str, [fiscal_year, *before])),
            "years": " ".join(map(str, registered)),
            "notebook": self._notebook(notebook),
        }

    def of_plan(self, plan: str, notebook: Path) -> dict[str, str]:
        """Of a page of the plan: it speaks of all its years."""
        registered = self._registered(plan)
        return {
            "data": self._of(plan, map(str, registered)),
            "years": " ".join(map(str, registered)),
            "notebook": self._notebook(notebook),
        }

    def of_collection(self, plan: str, fiscal_year: int, notebook: Path) -> dict[str, str]:
        """Of the page of a collection: what was asked and came back in that year, in every stage, and no facts of any year."""
        return {
            COLLECTION: self._of(plan, [f"{COLLECTIONS}/{fiscal_year}"]),
            "notebook": self._notebook(notebook),
        }

    def files_of_collection(self, plan: str, fiscal_year: int) -> dict[str, Path]:
        """The same, as files by their path in the data."""
        folder = self._data / plan
        collected = folder / COLLECTIONS / str(fiscal_year)
        return {path.relative_to(self._data).as_posix(): path for path in [folder / "plan.toml", *_files(collected)]}

    def files(self, plan: str, fiscal_year: int | None) -> dict[str, Path]:
        """Of a year, or of all years, as files by their path in the data: all that a page needs where another machine makes it.

        Of later years there is the one file by which they count as registered.
        """
        folder = self._data / plan
        found = [folder / "plan.toml"]
        for year in self._registered(plan):
            of_year = folder / str(year)
            is_read = fiscal_year is None or year <= fiscal_year
            names = _names(str(of_year)) if is_read else ["SOURCES.toml"]
            found += [of_year / name for name in names if name not in self._left_out]
        return {path.relative_to(self._data).as_posix(): path for path in found}

    def _of(self, plan: str, names: Iterable[str]) -> str:
        """One hash over `plan.toml` and some folders of the plan."""
        folder, names = self._data / plan, list(names)
        if (plan, "") not in self._known:
            self._known[plan, ""] = digest([folder / "plan.toml"], folder)
        for name in names:
            if (plan, name) not in self._known:
                self._known[plan, name] = _folder_hash(folder / name, self._left_out)
        return _of_parts([f"{name} {self._known[plan, name]}" for name in ("", *names)])

    def _registered(self, plan: str) -> list[int]:
        if plan not in self._years:
            folder = self._data / plan
            names = [entry.name for entry in os.scandir(folder)] if folder.is_dir() else []
            held = [
                name for name in names if YEAR_NAME.fullmatch(name) and Path(folder, name, "SOURCES.toml").is_file()
            ]
            self._years[plan] = sorted(map(int, held))
        return self._years[plan]

    def _notebook(self, path: Path) -> str:
        if path not in self._notebooks:
            self._notebooks[path] = digest([path], path.parent)
        return self._notebooks[path]


def environment() -> dict[str, str]:
    """This package and what it runs on, as far as it can change a page."""
    libraries = f"python {sys.version_info.major}.{sys.version_info.minor} {_libraries()}"
    return {"libraries": libraries, "package": _package(Path(helpers.__file__).parent)}


@cache
def _libraries() -> str:
    return " ".join(f"{name} {version(name)}" for name in LIBRARIES)


@cache  # what this process runs is what it began with
def _package(folder: Path) -> str:
    return digest(_files(folder), folder)


def digest(files: Iterable[Path], beside: Path) -> str:
    """One hash over the names and contents of files; a missing file counts as missing, not as empty."""
    return _of_parts([f"{file.relative_to(beside).as_posix()}\0{_content_hash(str(file))}" for file in files])


def _folder_hash(folder: Path, left_out: Collection[str]) -> str:
    """One hash over all files of a folder but some of its own."""
    parts = [f"{name}\0{_content_hash(f'{folder}/{name}')}" for name in _names(str(folder)) if name not in left_out]
    return _of_parts(parts)


def _of_parts(parts: Iterable[str]) -> str:
    return sha256("".join(f"{part}\n" for part in parts).encode()).hexdigest()


def _content_hash(path: str) -> str:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 — tens of thousands of files in a few seconds
            return sha256(file.read()).hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return "-"


class Manifest:
    """What was published, of which inputs. No time and no path of a machine, so it is the same wherever it is made.

    A unit is a folder that is published as one: `plan/2024`, `plan` for the pages over its years, `.` for the page over all
    plans. While a run goes on, each unit is written down in one line of a journal before it is put in its place; `merge` makes
    one file of both. Killed between the two, the manifest knows both what stood and what was to stand: the files say which.

    Attributes:
        sentence: What to say where the file was there and could not be read; empty otherwise.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._path, self._journal = out / MANIFEST, out / JOURNAL
        sets, self.sentence = self._read()
        # Of each unit what may stand, the newest last.
        self._units: dict[str, list[dict]] = {unit: [entry] for unit, entry in sets.items()}
        for unit, entry in self._journalled():
            self._units.setdefault(unit, []).append(entry)

    def units(self) -> list[str]:
        """All units of which something was written down, in order."""
        return sorted(self._units)

    def entry(self, unit: str) -> dict:
        """Inputs of the pages and hashes of the outputs of a unit; empty where its files are not as recorded."""
        return next((entry for entry in reversed(self._units.get(unit, [])) if self._stands(unit, entry)), {})

    def pages(self, unit: str) -> list[str]:
        """The pages of a unit as last written down; whether they stand is for the files to say."""
        return list(self.recorded(unit).get("pages", {}))

    def recorded(self, unit: str) -> dict:
        """What was last written down of a unit, whether its files are as recorded or not."""
        return self._units[unit][-1] if self._units.get(unit) else {}

    def strangers(self, unit: str) -> dict[str, bytes]:
        """What people put into the folder of a year set: every file that no run has written. Empty where no run is recorded."""
        outputs = {name for entry in self._units.get(unit, []) for name in entry["outputs"]}
        target = self._out / unit
        files = {path.relative_to(target).as_posix(): path for path in _files(target)} if outputs else {}
        return {name: path.read_bytes() for name, path in files.items() if name not in outputs}

    def record(self, unit: str, pages: Mapping[str, object], outputs: Mapping[str, bytes]) -> None:
        """Write down what is about to be published."""
        known = {name: recorded(name, sha256(content).hexdigest()) for name, content in outputs.items()}
        entry = {"pages": dict(pages), "outputs": known}
        line = f"{json.dumps({'unit': unit, **entry}, ensure_ascii=False, sort_keys=True)}\n".encode()
        if unit != WHOLE:
            (self._out / unit).parent.mkdir(parents=True, exist_ok=True)
        append(self._journal, line)
        self._units.setdefault(unit, []).append(entry)

    def merge(self) -> None:
        """One file of what was there and what came to it; nothing is touched where nothing came."""
        if not self._journal.exists():
            return
        for unit, entries in self._units.items():
            if len(entries) > 1:
                self._units[unit] = [self.entry(unit) or entries[-1]]
        sets = {unit: entry for unit, (entry,) in self._units.items()}
        beside = self._path.with_name(f".staging-{MANIFEST}")
        beside.write_bytes(indented({"schema": SCHEMA, "sets": sets}, sort_keys=True))
        beside.replace(self._path)
        self._journal.unlink()

    def _stands(self, unit: str, entry: dict) -> bool:
        target = f"{self._out / unit}"
        others = {name for one in self._units[unit] for name in one["outputs"]} - entry["outputs"].keys()
        if any(os.path.lexists(f"{target}/{name}") for name in others):  # then it is another that stands
            return False
        return all(
            recorded(name, _content_hash(f"{target}/{name}")) == known for name, known in entry["outputs"].items()
        )

    def _journalled(self) -> Iterator[tuple[str, dict]]:
        """The lines a run that was killed has left; the last may be half written."""
        lines = self._journal.read_bytes().split(b"\n") if self._journal.exists() else []
        for line in lines:
            with suppress(ValueError, KeyError, TypeError):
                found = parsed(line)
                entry = {"pages": found["pages"], "outputs": found["outputs"]}
                if is_entry(found["unit"], entry):
                    yield found["unit"], entry

    def _read(self) -> tuple[dict, str]:
        if not self._path.exists():
            return {}, ""
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            content = parsed(self._path.read_bytes())
            if content["schema"] == SCHEMA and all(is_entry(*one) for one in content["sets"].items()):
                return content["sets"], ""
        return {}, f"{self._path}: 読めないので、ないものとしてすべて作り直します。"


def append(path: Path, line: bytes) -> None:
    """A whole line at the end of a file, in one write; after half a line that a full disk left, on a line of its own."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        size = os.fstat(descriptor).st_size
        is_torn = size and os.lseek(descriptor, size - 1, os.SEEK_SET) >= 0 and os.read(descriptor, 1) != b"\n"
        whole = (b"\n" if is_torn else b"") + line
        if os.write(descriptor, whole) != len(whole):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(descriptor)


def _files(folder: Path) -> list[Path]:
    """All files that somebody put there on purpose."""
    return [folder / name for name in _names(str(folder))]


def _names(folder: str, beneath: str = "") -> list[str]:
    """Their paths in the folder, in order."""
    found: list[str] = []
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    for entry in entries:
        if is_litter(entry.name):
            continue
        if entry.is_dir():
            found += _names(entry.path, f"{beneath}{entry.name}/")
        elif entry.is_file():
            found.append(f"{beneath}{entry.name}")
    return sorted(found)
