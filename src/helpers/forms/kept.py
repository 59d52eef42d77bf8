"""Keeps a collection: what was asked, the files that came back, and what they say, read from all of them each time."""

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

import pandas as pd

from helpers import publish, received
from helpers.forms import collected
from helpers.forms.returned import NOT_APPLICABLE, OPEN, UNKNOWN, Doubt, Returned
from helpers.forms.workbook import Asked, forms
from helpers.terms import Plan, Refusal, quoted, wareki
from helpers.terms import form as terms
from helpers.terms.collection import Collection
from helpers.terms.tables import ANSWERS, ASKED, DOUBTS, REGISTER
from helpers.terms.toml import to_toml

ABOUT, SOURCES, SOURCE = "collection.toml", "SOURCES.toml", "source"
MOST_FILES, MOST_NAME = 2_000, 80
HASH_LETTERS = 16


def hash_of(asked: pd.DataFrame, plan: Plan, fiscal_year: int, stage: str) -> str:
    """By which a form is known again: it changes with every word that was asked."""
    said = asked[list(ASKED.columns)].to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(f"{plan.id} {fiscal_year} {stage}\n{said}".encode()).hexdigest()[:HASH_LETTERS]


def forms_of(collection: Collection) -> dict[str, tuple[str, bytes]]:
    """The forms that were sent, made again: of each department file name and bytes."""
    return forms(collection.asked, _about(collection))


def _about(of: Collection) -> Asked:
    return Asked(of.plan, of.fiscal_year, of.stage, of.form, of.until, of.contact)


@contextmanager
def ask(asked: pd.DataFrame, about: Asked, folder: Path, former: Collection | None) -> Iterator[Path]:
    """The folder of a collection with what is asked now, staged; what came back before stays and is read again.

    Raises:
        Refusal: It is closed, or the folder cannot be written.
    """
    if former and former.is_closed:
        raise Refusal(_closed(former))
    made = Collection(
        about.plan,
        about.fiscal_year,
        about.stage,
        asked,
        *(pd.DataFrame(columns=list(contract.columns), dtype=str) for contract in (ANSWERS, DOUBTS, REGISTER)),
        sources=former.sources if former else {},
        form=about.form,
        until=about.until,
        contact=about.contact,
        round=former.round if former else 0,
    )
    with _staged(folder) as staged:
        if made.sources:
            made = _read_again(made, staged, [])
        _write(made, staged)
        yield staged


@dataclass(frozen=True)
class Gathered:
    """What a collecting brought.

    Attributes:
        collection: As it is now.
        new: Files that were not known before.
        known: How many files were.
        changed: Answers that are other than before, a line each.
    """

    collection: Collection
    new: tuple[str, ...]
    known: int
    changed: tuple[str, ...]


@contextmanager
def collect(
    files: Mapping[str, bytes], collection: Collection, folder: Path, *, drop: Iterable[str] = ()
) -> Iterator[tuple[Path, Gathered]]:
    """The folder of a collection with what came back taken in, staged.

    Args:
        files: What came back, by name; files that are known already are not taken twice.
        collection: As it was.
        folder: Where it lies.
        drop: Files, by name, whose answers no longer count; they stay in `source/`.

    Raises:
        Refusal: It is closed, a file to drop is not known, or the folder cannot be written.
    """
    if collection.is_closed:
        raise Refusal(_closed(collection))
    if len(files) > MOST_FILES:
        raise Refusal(
            f"ファイルが {len(files):,} あります（{MOST_FILES:,} まで）。回答だけのフォルダーを指定してください。"
        )
    known = {about["sha256"] for about in collection.sources.values()}
    sources, new, unread = dict(collection.sources), [], []
    for name, content in sorted(files.items()):
        digest = hashlib.sha256(content).hexdigest()
        if digest in known:
            continue
        try:
            sheets = received.book(PurePosixPath(name).name, content)
            tables = Returned(name, "", 0, sheets, [], collection.fiscal_year).tables
            ask_for = "様式に記入したファイルを送ってもらう。回答でなければ、フォルダーから除く"
            says = "" if tables else f"「{terms.ANSWERS_SHEET}」の見出し（番号・取組・評価など）のある表がない"
        except Refusal as refusal:
            says, ask_for = str(refusal).removesuffix("。"), "保存し直して、送り直してもらう"
        if says:
            unread.append(
                Doubt(OPEN, "unreadable", UNKNOWN, NOT_APPLICABLE, NOT_APPLICABLE, quoted(name), says, ask_for)
            )
            continue
        known.add(digest)
        new.append(name)
        sources[f"form-{digest[:8]}"] = _source(name, digest, collection)
    _drop(sources, list(drop))
    with _staged(folder) as staged:
        (staged / SOURCE).mkdir(exist_ok=True)
        for name in new:
            digest = hashlib.sha256(files[name]).hexdigest()
            (staged / SOURCE / sources[f"form-{digest[:8]}"]["file"]).write_bytes(files[name])
        made = replace(collection, sources=sources, round=collection.round + bool(new))
        made = _read_again(made, staged, unread)
        _write(made, staged)
        changed = tuple(collected.changed(collection.answers, made.answers))
        yield staged, Gathered(made, tuple(new), len(files) - len(new) - len(unread), changed)


@contextmanager
def close(collection: Collection, folder: Path, *, by: str, on: date) -> Iterator[Collection]:
    """The stage closed: by whom, and when; nothing that comes later is taken. It counts once the block ends without a fault.

    Raises:
        Refusal: Something must still be asked, or it is closed already.
    """
    if collection.is_closed:
        raise Refusal(_closed(collection))
    if not len(collection.answers):
        raise Refusal("回答が一つもないので、締め切れません。gyokaku collect で回答を取り込んでください。")
    is_open = collection.doubts["weight"] == OPEN
    if is_open.any():
        raise Refusal(
            f"部に確かめることが {int(is_open.sum())} 件残っているので、締め切れません（{folder / 'doubts.csv'} の open）。"
            "回答を取り込み直すか、取組の一覧から外してください。"
        )
    made = replace(collection, closed_by=by, closed_on=on.isoformat())
    with _staged(folder) as staged:
        _write(made, staged)
        yield made


def into_year(collection: Collection, folder: Path, year: Path, sources: Mapping[str, Mapping]) -> None:
    """Puts a closed collection's register into a staged year: `register.csv`, the files that came back, and what is said of them.

    Args:
        collection: Closed, and of the results.
        folder: Where it lies.
        year: The staged folder of the year.
        sources: What `SOURCES.toml` of the year says by now.
    """
    (year / SOURCE).mkdir(exist_ok=True)
    named = {*collection.register["source_id"]}
    said = {one: about for one, about in collection.sources.items() if one in named}
    for about in said.values():
        shutil.copyfile(folder / SOURCE / about["file"], year / SOURCE / about["file"])
    others = {one: about for one, about in sources.items() if not about.get("form")}
    (year / SOURCES).write_bytes(to_toml({**others, **said}))
    _write_table(year / "register.csv", collection.register, REGISTER)


def _closed(collection: Collection) -> str:
    what = f"{collection.plan.full_name}の{wareki(collection.fiscal_year)}（{terms.STAGES[collection.stage]}）"
    return f"{what}は、{collection.closed_on} に {collection.closed_by} が締め切っています。何もしていません。"


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    publish.clear_leftovers(folder)
    with publish.staging(folder) as staged:
        if folder.is_dir():
            shutil.copytree(folder, staged, dirs_exist_ok=True, symlinks=True)
        yield staged
        publish.folder(staged, folder)


def _source(name: str, digest: str, collection: Collection) -> dict[str, object]:
    path = PurePosixPath(name)
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f]', "_", path.stem)[:MOST_NAME].strip(" .") or "回答"
    suffix = re.sub(r"[^.A-Za-z0-9]", "", path.suffix)[:8]
    return {
        "file": f"{plain}.{digest[:8]}{suffix}",
        "title": f"{wareki(collection.fiscal_year)} 進捗管理表（{terms.STAGES[collection.stage]}）の回答",
        "publisher": collection.plan.municipality,
        "published": "not_stated",
        "encoding": "binary",
        "sha256": digest,
        "fiscal_year": collection.fiscal_year,
        "form": True,
        "received_as": quoted(name),
        "round": collection.round + 1,
        "licence": "not_stated",
        "superseded": False,
    }


def _drop(sources: dict[str, dict], names: list[str]) -> None:
    """Marks files whose answers no longer count."""
    for name in names:
        found = [one for one, about in sources.items() if name in {one, about["received_as"], about["file"]}]
        if len(found) != 1:
            files = "、".join(about["file"] for one, about in sources.items() if one in found or not found)
            which = "いくつもあります" if found else "取り込まれていません"
            raise Refusal(
                f"--drop「{quoted(name)}」というファイルは{which}。次のどれかを書いてください: {files or 'なし'}。"
            )
        sources[found[0]] = {**sources[found[0]], "superseded": True}


def _read_again(collection: Collection, staged: Path, unread: list[Doubt]) -> Collection:
    """What all files say together that came back and were not dropped."""
    files = []
    for source_id, said in collection.sources.items():
        if not said.get("superseded"):
            content = (staged / SOURCE / said["file"]).read_bytes()
            sheets, marks = received.book(str(said["file"]), content), received.marks(content)
            name, number = str(said["received_as"]), int(said["round"])
            files.append(Returned(name, source_id, number, sheets, marks, collection.fiscal_year))
    answers, doubts = collected.collected(collection.asked, files, _about(collection))
    doubts = pd.concat([pd.DataFrame(unread, columns=list(DOUBTS.columns), dtype=str), doubts], ignore_index=True)
    register = collected.register(collection.asked, answers, stage=collection.stage)
    return replace(collection, answers=answers, doubts=doubts, register=register)


def _write(collection: Collection, staged: Path) -> None:
    about = {
        "stage": collection.stage,
        "form": collection.form,
        "until": collection.until,
        "contact": collection.contact,
        "round": collection.round,
        "closed_by": collection.closed_by,
        "closed_on": collection.closed_on,
    }
    (staged / ABOUT).write_bytes(to_toml({"": about}))
    if collection.sources:
        (staged / SOURCES).write_bytes(to_toml(collection.sources))
    tables = ((ASKED, collection.asked), (ANSWERS, collection.answers), (DOUBTS, collection.doubts))
    for contract, rows in (*tables, (REGISTER, collection.register)):
        _write_table(staged / f"{contract.name}.csv", rows, contract)


def _write_table(path: Path, rows: pd.DataFrame, contract: object) -> None:
    rows[list(contract.columns)].to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
