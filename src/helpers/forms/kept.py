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
from filelock import FileLock, Timeout

from helpers import publish, received
from helpers.forms import collected
from helpers.forms.returned import NOT_APPLICABLE, OPEN, UNKNOWN, Doubt, Returned
from helpers.forms.workbook import Asked, forms
from helpers.terms import Plan, Refusal, quoted, wareki
from helpers.terms import form as terms
from helpers.terms.collection import Collection, written_hash
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
def alone(plan_folder: Path) -> Iterator[None]:
    """Holds the collections of a plan, so that two commands never write over one another.

    Raises:
        Refusal: Another command holds them.
    """
    lock = FileLock(plan_folder / ".collection.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Refusal(
            f"{plan_folder.name} の照会を、別の gyokaku forms か collect が使っています。終わってから、もう一度実行してください。"
        ) from None
    except OSError as error:
        raise Refusal(f"{plan_folder} に書けません: {publish.reason(error)}。") from None
    try:
        yield
    finally:
        lock.release()


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
        until=about.until or (former.until if former else ""),
        contact=about.contact or (former.contact if former else ""),
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
        dropped: Files among them that were set aside, and are not read.
        changed: Answers that are other than before, a line each.
    """

    collection: Collection
    new: tuple[str, ...]
    known: int
    dropped: tuple[str, ...]
    changed: tuple[str, ...]


@contextmanager
def collect(
    files: Mapping[str, bytes | str],
    collection: Collection,
    folder: Path,
    *,
    drop: Iterable[str] = (),
    restore: Iterable[str] = (),
) -> Iterator[tuple[Path, Gathered]]:
    """The folder of a collection with what came back taken in, staged.

    Args:
        files: What came back, by name; a sentence in the place of a file that cannot be read. Files that are known
            already are not taken twice.
        collection: As it was.
        folder: Where it lies.
        drop: Files, by name, whose answers no longer count; they stay in `source/`.
        restore: Files, by name, that count again.

    Raises:
        Refusal: It is closed, a file to drop or restore is not known, or the folder cannot be written.
    """
    if collection.is_closed:
        raise Refusal(_closed(collection))
    if len(files) > MOST_FILES:
        raise Refusal(
            f"ファイルが {len(files):,} あります（{MOST_FILES:,} まで）。回答だけのフォルダーを指定してください。"
        )
    sources, new = dict(collection.sources), {}
    unread = {one.place: one for one in _unread_before(collection) if one.place not in {*map(quoted, files)}}
    known = {about["sha256"]: one for one, about in sources.items()}
    dropped = []
    for name, content in sorted(files.items()):
        digest = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else ""
        if digest in known:
            about = sources[known[digest]]
            dropped += [name] if about.get("superseded") else []
        elif says := content if isinstance(content, str) else _why_no_answer(name, content, collection):
            ask_for = "保存し直して、送り直してもらう。回答でなければ gyokaku collect --drop で除く"
            nothing = (UNKNOWN, NOT_APPLICABLE, NOT_APPLICABLE)
            unread[quoted(name)] = Doubt(OPEN, "unreadable", *nothing, quoted(name), says.removesuffix("。"), ask_for)
        else:
            known[digest] = f"form-{digest[:8]}"
            sources[known[digest]], new[name] = _source(name, digest, collection), content
    for names, is_dropped in ((drop, True), (restore, False)):
        _set_aside(sources, unread, names, is_dropped=is_dropped)
    with _staged(folder) as staged:
        (staged / SOURCE).mkdir(exist_ok=True)
        for content in new.values():
            about = sources[known[hashlib.sha256(content).hexdigest()]]
            (staged / SOURCE / about["file"]).write_bytes(content)
        made = replace(collection, sources=sources, round=collection.round + bool(new))
        made = _read_again(made, staged, [*unread.values()])
        _write(made, staged)
        changed = tuple(collected.changed(collection.answers, made.answers))
        count = (
            sum(isinstance(one, bytes) for one in files.values()) - len(new) - len({*unread} & {*map(quoted, files)})
        )
        yield staged, Gathered(made, tuple(new), count, tuple(dropped), changed)


def _unread_before(collection: Collection) -> list[Doubt]:
    """Files that an earlier collecting could not read: they are not forgotten because this one does not name them."""
    rows = collection.doubts
    is_of_file = (rows["kind"] == "unreadable") & (rows["department"] == UNKNOWN) & (rows["measure"] == NOT_APPLICABLE)
    return [Doubt(*row) for row in rows[is_of_file].itertuples(index=False)]


def _why_no_answer(name: str, content: bytes, collection: Collection) -> str:
    """Why a file holds no answers of this stage; empty where it does."""
    try:
        file = Returned(name, "", 0, received.book(PurePosixPath(name).name, content), [], collection.fiscal_year)
    except Refusal as refusal:
        return str(refusal)
    needed = {column for column in terms.COLUMNS if collection.stage in column.open_in}
    if any(needed & table.columns.keys() for table in file.tables):
        return ""
    heads = "・".join(column.heading for column in terms.COLUMNS if collection.stage in column.needed_in)
    return f"答えの欄（{heads}）のある表がない"


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


@contextmanager
def reopen(collection: Collection, folder: Path) -> Iterator[None]:
    """A closed stage is under way again, so that answers can be put right; it counts once the block ends without a fault.

    Raises:
        Refusal: It is not closed.
    """
    if not collection.is_closed:
        raise Refusal("締め切られていないので、開き直せません。")
    with _staged(folder) as staged:
        _write(replace(collection, closed_by="", closed_on=""), staged)
        yield


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
    for one, about in sources.items():
        if about.get("form") and one not in said:  # of an earlier closing
            (year / SOURCE / about["file"]).unlink(missing_ok=True)
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


def _set_aside(sources: dict[str, dict], unread: dict[str, Doubt], names: Iterable[str], *, is_dropped: bool) -> None:
    """Marks files whose answers no longer count, or count again; a file that could not be read is no longer asked about."""
    for name in names:
        if is_dropped and unread.pop(quoted(name), None):
            continue
        found = [one for one, about in sources.items() if name in {one, about["received_as"], about["file"]}]
        candidates = [one for one in found if bool(sources[one].get("superseded")) != is_dropped]
        if len(candidates or found) != 1:
            option = "--drop" if is_dropped else "--restore"
            files = "、".join(about["file"] for one, about in sources.items() if one in found or not found)
            which = "いくつもあります" if found else "取り込まれていません"
            raise Refusal(
                f"{option}「{quoted(name)}」というファイルは{which}。次のどれかを書いてください: {files or 'なし'}。"
            )
        one = (candidates or found)[0]
        sources[one] = {**sources[one], "superseded": is_dropped}


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
    tables = ((ASKED, collection.asked), (ANSWERS, collection.answers), (DOUBTS, collection.doubts))
    for contract, rows in (*tables, (REGISTER, collection.register)):
        _write_table(staged / f"{contract.name}.csv", rows, contract)
    about = {
        "stage": collection.stage,
        "form": collection.form,
        "until": collection.until,
        "contact": collection.contact,
        "round": collection.round,
        "closed_by": collection.closed_by,
        "closed_on": collection.closed_on,
        "written": written_hash(staged),
    }
    (staged / ABOUT).write_bytes(to_toml({"": about}))
    if collection.sources:
        (staged / SOURCES).write_bytes(to_toml(collection.sources))


def _write_table(path: Path, rows: pd.DataFrame, contract: object) -> None:
    rows[list(contract.columns)].to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
