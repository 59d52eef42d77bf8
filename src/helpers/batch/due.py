"""What a page depends on, and what stands already: hashes, never times."""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

import helpers
from helpers.terms import Refusal

MANIFEST = "manifest.json"
SCHEMA = 1
# Those whose release can change a page.
LIBRARIES = (
    *("brotli", "fonttools", "ipykernel", "ipython", "jinja2", "matplotlib", "mistune", "nbclient", "nbconvert"),
    *("nbformat", "numpy", "pandas", "pandera", "papermill", "seaborn", "xlsxwriter"),
)
PAGE_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def year_pages(notebooks: Path) -> dict[str, Path]:
    """The pages made once a plan and year, found by what their notebooks say of themselves.

    Raises:
        Refusal: There is none, two have one name, or a file is no notebook.
    """
    pages: dict[str, Path] = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        try:
            about = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("gyokaku", {})
        except (ValueError, KeyError, TypeError) as error:
            raise Refusal(f"{path}: ノートブックとして読めません（{error}）。") from error
        if about.get("per") != "year":
            continue
        name = str(about.get("page"))
        if not PAGE_NAME.fullmatch(name) or name in pages:
            raise Refusal(f"{path}: ページの名前「{name}」は使えないか、{pages.get(name, path).name} と同じです。")
        pages[name] = path
    if not pages:
        raise Refusal(f"{notebooks} に、年度ごとのページのノートブックがありません。")
    return pages


def inputs(plan: str, fiscal_year: int, *, data: Path, notebook: Path) -> dict[str, str]:
    """What one page of one year is made of, as hashes."""
    year = data / plan / str(fiscal_year)
    registered = sorted(int(path.parent.name) for path in (data / plan).glob("[0-9]*/SOURCES.toml"))
    # A page compares itself with the years before, and says which others are registered.
    before = [file for one in registered if one < fiscal_year for file in _files(data / plan / str(one))]
    return {
        "data": digest([data / plan / "plan.toml", *_files(year), *before], data),
        "years": " ".join(map(str, registered)),
        "notebook": digest([notebook], notebook.parent),
    }


def environment() -> dict[str, str]:
    """This package and what it runs on, as far as it can change a page."""
    package = Path(helpers.__file__).parent
    libraries = " ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {
        "libraries": f"python {sys.version_info.major}.{sys.version_info.minor} {libraries}",
        "package": digest(_files(package), package),
    }


def digest(files: Iterable[Path], beside: Path) -> str:
    """One hash over the names and contents of files; a missing file counts as missing, not as empty."""
    whole = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "-"
        whole.update(f"{file.relative_to(beside).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()


class Manifest:
    """What was published, of which inputs. No time and no path of a machine, so it is the same wherever it is made.

    Attributes:
        sentence: What to say where the file was there and could not be read; empty otherwise.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._path = out / MANIFEST
        self._sets, self.sentence = self._read()

    def entry(self, plan: str, fiscal_year: int) -> dict:
        """Inputs of the pages and hashes of the outputs of a year set; empty where its files are not as recorded."""
        entry = self._sets.get(f"{plan}/{fiscal_year}", {})
        target = self._out / plan / str(fiscal_year)
        stand = all(digest([target / name], target) == known for name, known in entry.get("outputs", {}).items())
        return entry if stand else {}

    def strangers(self, plan: str, fiscal_year: int) -> dict[str, bytes]:
        """What people put into the folder of a year set: every file that no run has written. Empty where no run is recorded."""
        outputs = self._sets.get(f"{plan}/{fiscal_year}", {}).get("outputs", {})
        target = self._out / plan / str(fiscal_year)
        files = {path.relative_to(target).as_posix(): path for path in _files(target)} if outputs else {}
        return {name: path.read_bytes() for name, path in files.items() if name not in outputs}

    def record(self, plan: str, fiscal_year: int, pages: Mapping[str, object], outputs: Iterable[str]) -> None:
        """Write down what has just been published."""
        target = self._out / plan / str(fiscal_year)
        known = {name: digest([target / name], target) for name in outputs}
        self._sets[f"{plan}/{fiscal_year}"] = {"pages": dict(pages), "outputs": known}
        beside = self._path.with_name(f".staging-{MANIFEST}")
        beside.write_bytes(to_json({"schema": SCHEMA, "sets": self._sets}, sort_keys=True))
        beside.replace(self._path)

    def _read(self) -> tuple[dict, str]:
        if not self._path.exists():
            return {}, ""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            if content["schema"] == SCHEMA and all(
                entry["pages"] and entry["outputs"] for entry in content["sets"].values()
            ):
                return content["sets"], ""
            problem = "形が違う"
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problem = str(error)
        return {}, f"{self._path}: 読めないので、ないものとしてすべて作り直します（{problem}）。"


def to_json(content: object, *, sort_keys: bool = False) -> bytes:
    """A JSON file as people and version control like it."""
    return f"{json.dumps(content, ensure_ascii=False, indent=1, sort_keys=sort_keys, allow_nan=False)}\n".encode()


def _files(folder: Path) -> list[Path]:
    """All files that somebody put there on purpose."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(_is_litter(part) for part in path.relative_to(folder).parts)
    )


def _is_litter(name: str) -> bool:
    return name.startswith((".", "~$")) or name in {"__pycache__", "Thumbs.db"}
