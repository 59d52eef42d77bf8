"""Puts a year's facts into its folder, beside the files that people keep there; either everything changes or nothing does."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from helpers import publish
from helpers.intake.identity import TYPED, graded_against
from helpers.received import Document
from helpers.terms import Plan, Refusal, wareki
from helpers.terms.sources import sources as sources_said
from helpers.terms.tables import FACTS, KEPT_BY_PEOPLE, RESTATED, SUPERSEDED
from helpers.terms.toml import to_toml

SOURCES = "SOURCES.toml"
DOCUMENTS = "source"


@contextmanager
def staged_year(
    tables: Mapping[str, pd.DataFrame],
    document: Document,
    *,
    plan: Plan,
    fiscal_year: int,
    data_dir: Path,
    replace: bool,
    year_not_in_document: bool = False,
    about: Mapping[str, str],
) -> Iterator[Path]:
    """A complete, staged year folder. It is put in place when the block ends without a fault, and deleted otherwise.

    Facts, the document and `SOURCES.toml` are written anew; every other file of the year belongs to people and stays.
    `about` is what is said of the document: title, publisher, published.
    A replaced document stays under `source/`, marked as superseded, and its tables under `superseded/`, so that V27
    can report what changed.

    Raises:
        Refusal: The year has facts already and `replace` is false, or the folder cannot be written.
    """
    year = Path(data_dir) / plan.id / str(fiscal_year)
    former = _sources(year / SOURCES)
    if not replace and (former or any((year / f"{contract.name}.csv").exists() for contract in FACTS)):
        raise Refusal(_already_there(year, former, document, plan=plan, fiscal_year=fiscal_year))
    publish.clear_leftovers(year)
    with publish.staging(year) as staged:
        if year.is_dir():
            shutil.copytree(year, staged, dirs_exist_ok=True, symlinks=True)
        (staged / DOCUMENTS).mkdir(exist_ok=True)
        _keep_tables(former, document, staged)
        sources = _superseded(former, document, staged / DOCUMENTS)
        received = staged / DOCUMENTS / document.name
        if received.exists() and received.read_bytes() != document.content:
            raise Refusal(f"{year / DOCUMENTS / document.name} に別の資料があります。どちらかの名前を変えてください。")
        received.write_bytes(document.content)
        basis = {"year_basis": TYPED} if year_not_in_document else {}
        said = {**about, **graded_against(document)}
        source = _source(document, {**said, "fiscal_year": fiscal_year, **basis}, former)
        (staged / SOURCES).write_bytes(to_toml({document.source_id: source, **sources}))
        for contract in FACTS:
            _write_csv(staged / f"{contract.name}.csv", tables[contract.name][list(contract.columns)])
        for contract in KEPT_BY_PEOPLE:
            if not (staged / f"{contract.name}.csv").exists():
                _write_csv(staged / f"{contract.name}.csv", pd.DataFrame(columns=list(contract.columns)))
        yield staged
        publish.folder(staged, year)


def _already_there(year: Path, former: dict, document: Document, *, plan: Plan, fiscal_year: int) -> str:
    name = f"{plan.full_name}の{wareki(fiscal_year)}"
    if any(entry.get("sha256") == document.sha256 and not entry.get("superseded") for entry in former.values()):
        return f"{document.name} は{name}の資料として登録済みです（{year}）。何もしていません。"
    return f"{name}はすでに登録されています（{year}）。この資料に置き換えるには --replace を付けてください。"


def _source(document: Document, said: dict[str, object], former: dict) -> dict[str, object]:
    known = former.get(document.source_id, {})
    return {
        "file": document.name,
        **said,
        "encoding": document.encoding,
        "sha256": document.sha256,
        "licence": known.get("licence", "not_stated"),  # people fill it in once they have asked
        "superseded": False,
    }


def _superseded(former: dict, document: Document, folder: Path) -> dict[str, dict]:
    """The earlier sources, with their documents copied beside the new one; the same document is not kept twice."""
    kept = {}
    for source_id, entry in former.items():
        file = Path(str(entry.get("file", ""))).name
        if source_id == document.source_id:
            (folder / file).unlink(missing_ok=True)
            continue
        kept[source_id] = entry | ({"superseded": True} if source_id.startswith("summary-") else {})
        if file == document.name:
            kept[source_id]["file"] = f"{Path(file).stem}.{source_id}{Path(file).suffix}"
            if (folder / file).exists():  # `read` reports a deleted document
                (folder / file).rename(folder / kept[source_id]["file"])
    return kept


def _keep_tables(former: dict, document: Document, staged: Path) -> None:
    """Keeps the tables read from the replaced document, and removes kept tables of the document now in force."""
    shutil.rmtree(staged / SUPERSEDED / document.source_id, ignore_errors=True)
    for source_id, entry in former.items():
        if source_id == document.source_id or entry.get("superseded") or not source_id.startswith("summary-"):
            continue
        kept = staged / SUPERSEDED / source_id
        kept.mkdir(parents=True, exist_ok=True)
        for contract in RESTATED:
            if (staged / f"{contract.name}.csv").exists():
                shutil.copyfile(staged / f"{contract.name}.csv", kept / f"{contract.name}.csv")
    if (staged / SUPERSEDED).is_dir() and not any((staged / SUPERSEDED).iterdir()):
        (staged / SUPERSEDED).rmdir()


def _sources(path: Path) -> dict[str, dict]:
    return sources_said(path.read_bytes(), path=path) if path.exists() else {}


def _write_csv(path: Path, rows: pd.DataFrame) -> None:
    rows.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
