"""Plan and year → what the files hold, exactly: nothing repaired, filtered or computed."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from helpers.read.folders import PLAN_FILE, SOURCES_FILE, data_folder, plan_folder_name, plans, years
from helpers.read.plan_file import plan_of
from helpers.read.rows import rows as rows_of
from helpers.received import opened
from helpers.received.document import BINARY
from helpers.terms import Plan, Refusal, in_yen, quoted, wareki
from helpers.terms import audience as audience_terms
from helpers.terms.files import content as file_content
from helpers.terms.files import is_litter
from helpers.terms.frames import Frames
from helpers.terms.places import Line, line_of
from helpers.terms.records import records
from helpers.terms.sources import sources as sources_said
from helpers.terms.table import Column, Table
from helpers.terms.tables import (
    DECISIONS,
    EFFECTS,
    FACTS,
    INTERNAL,
    KEPT_BY_PEOPLE,
    KINDS,
    RESTATED,
    SUPERSEDED,
    TABLES,
    TOKENS,
)
from helpers.terms.words import told_first

SOURCE_FIELDS = ("file", "title", "publisher", "published", "encoding", "sha256")
# 企画部経営企画課 → 企画部.
FINER_THAN_A_DEPARTMENT = r"^(.+?部)[^・、].*(?:課|係|室|担当|班)$"


def plan(plan_id: str, data_dir: str | Path = "") -> Plan:
    """The plan as people describe it in `plan.toml`, each field with its source.

    Raises:
        Refusal: No such plan, or the file is not what it should be; all faults at once.
    """
    path = data_folder(data_dir) / plan_folder_name(plan_id) / PLAN_FILE
    if not os.path.lexists(path):
        known = "、".join(plans(data_dir)) or "なし"
        raise Refusal(f"計画「{plan_id}」がありません（{path} がない）。登録済みの計画: {known}。")
    try:
        return plan_of(file_content(path), plan_id, path)
    except OSError:
        raise Refusal(f"{path}: 読めません。ファイルの種類と権限を確かめてください。") from None


def year(
    plan_id: str,
    fiscal_year: int,
    data_dir: str | Path = "",
    *,
    folder: Path | None = None,
    audience: str = audience_terms.INTERNAL,
) -> Frames:
    """All tables of one plan and year, each held to its contract and indexed by the line in its file.

    Args:
        plan_id: Folder of the plan.
        fiscal_year: Western year.
        data_dir: Folder of the plans; found from here upward when empty.
        folder: Where the year's files lie, if not yet in their place.
        audience: `public` leaves out what is not published, so that nothing made of the frames can hold it.

    Raises:
        Refusal: A file is missing or breaks its contract; all faults at once, each with file, row and heading.
    """
    the_plan = plan(plan_id, data_dir)
    folder = folder or data_folder(data_dir) / the_plan.id / str(fiscal_year)
    if not (folder / SOURCES_FILE).is_file():
        known = "、".join(f"{y}" for y in years(plan_id, data_dir)) or "なし"
        raise Refusal(
            f"{the_plan.full_name}の{wareki(fiscal_year)}（{fiscal_year}）は未登録です"
            f"（{folder} に {SOURCES_FILE} がない）。"
            f"登録済みの年度: {known}。gyokaku intake で資料を登録してください。"
        )
    faults: list[str] = []
    frames: dict[str, pd.DataFrame] = {}
    internal = {contract.name: contract for contract in INTERNAL if (folder / f"{contract.name}.csv").exists()}
    for name, contract in (TABLES | internal).items():
        path = folder / f"{name}.csv"
        if contract in KEPT_BY_PEOPLE and not path.exists():
            frames[name] = pd.DataFrame(columns=list(contract.columns), dtype=str)
            continue
        try:
            frames[name] = table(path, contract)
        except Refusal as refusal:
            faults.extend(refusal.sentences)
    sources = _sources(folder, int(fiscal_year), faults)
    altered = _document_faults(sources or {}, folder)
    faults += _source_faults(sources, frames, folder) + (altered or _quote_faults(sources or {}, frames, folder))
    superseded = _superseded(folder, faults)
    before = {
        one: data_folder(data_dir) / the_plan.id / f"{one}" for one in years(plan_id, data_dir) if one < fiscal_year
    }
    decisions = _of_years(before, DECISIONS, faults)
    effects = _of_years(before, EFFECTS, faults)
    if faults:
        raise Refusal(*faults)
    read = Frames(
        plan=the_plan,
        fiscal_year=int(fiscal_year),
        sources={one: about for one, about in sources.items() if not about.get("form")},
        forms={one: about for one, about in sources.items() if about.get("form")},
        registered_years=tuple(sorted({*years(plan_id, data_dir), int(fiscal_year)})),
        input_hash=input_hash(data_folder(data_dir) / the_plan.id / PLAN_FILE, folder),
        superseded=superseded,
        earlier_decisions={one: rows for one, rows in decisions.items() if len(rows)},
        effects_before=effects,
        **frames,
    )
    return read if audience == audience_terms.INTERNAL else _public(read, folder)


def _public(frames: Frames, folder: Path) -> Frames:
    """A year without what is not published: register, decisions, judgements on the city's work, documents that only these name.

    Accepted failures and corrections stay, without who and why; departments are named only down to the 部.
    """
    tables = {
        name: rows.iloc[0:0] if name in audience_terms.UNPUBLISHED else rows for name, rows in frames.tables().items()
    }
    for name, columns in audience_terms.UNPUBLISHED_COLUMNS.items():
        tables[name] = tables[name].assign(**dict.fromkeys(columns, audience_terms.WITHHELD))
    named = {one for rows in tables.values() if "source_id" in rows for one in rows["source_id"]} | {*frames.superseded}
    departments = tables["measures"]["department"].str.replace(FINER_THAN_A_DEPARTMENT, r"\1", regex=True)
    tables["measures"] = tables["measures"].assign(department=departments)
    return replace(
        frames,
        **tables,
        sources={name: about for name, about in frames.sources.items() if name in named},
        input_hash=input_hash(folder.parent / PLAN_FILE, folder, left_out=audience_terms.UNPUBLISHED),
        forms={},
        earlier_decisions={},
        audience=audience_terms.PUBLIC,
    )


def _superseded(folder: Path, faults: list[str]) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables read from replaced documents, if they were kept; problems are added to the faults."""
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for kept in sorted(path for path in (folder / SUPERSEDED).glob("*") if path.is_dir() and not is_litter(path.name)):
        try:
            found[kept.name] = {contract.name: table(kept / f"{contract.name}.csv", contract) for contract in RESTATED}
        except Refusal as refusal:
            faults.extend(refusal.sentences)
    return found


def years_before(
    plan_id: str, fiscal_year: int, data_dir: str | Path = "", *, audience: str = audience_terms.INTERNAL
) -> dict[int, Frames]:
    """The registered years of a plan before this one, as the files hold them, for figures that compare or add up years."""
    earlier = [before for before in years(plan_id, data_dir) if before < fiscal_year]
    return {before: year(plan_id, before, data_dir, audience=audience) for before in earlier}


def every_year(
    plan_id: str, data_dir: str | Path = "", *, audience: str = audience_terms.INTERNAL
) -> dict[int, Frames]:
    """All registered years of a plan, as the files hold them; empty where none is."""
    return {one: year(plan_id, one, data_dir, audience=audience) for one in years(plan_id, data_dir)}


def _of_years(folders: dict[int, Path], contract: Table, faults: list[str]) -> dict[int, pd.DataFrame]:
    """One table of each of several years, where it is kept; what is wrong with it goes to the faults."""
    found = {}
    for one, folder in folders.items():
        path = folder / f"{contract.name}.csv"
        try:
            if path.exists():
                found[one] = table(path, contract)
        except Refusal as refusal:
            faults.extend(refusal.sentences)
    return found


def input_hash(plan_file: Path, folder: Path, *, left_out: Collection[str] = ()) -> str:
    """SHA-256 over the plan's file and every file of a year but the tables left out, by name and content."""
    digest = hashlib.sha256(plan_file.read_bytes())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if any(is_litter(part) for part in path.relative_to(folder).parts):
            continue
        if path.parent == folder and path.suffix == ".csv" and path.stem in left_out:
            continue
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def source_lines(frames: Frames, source_id: str, data_dir: str | Path = "") -> list[Line]:
    """The lines of a received document, each with its place, as `intake` took them."""
    source = frames.sources[source_id]
    path = data_folder(data_dir) / frames.plan.id / str(frames.fiscal_year) / "source" / source["file"]
    return list(opened(source["file"], path.read_bytes()).lines)


def documents(frames: Frames, data_dir: str | Path = "") -> dict[str, list[Line]]:
    """The lines of every document that a row of the tables names or that is in force, by source id."""
    named = {row for rows in frames.tables().values() if "source_id" in rows for row in rows["source_id"]}
    return {
        source_id: source_lines(frames, source_id, data_dir)
        for source_id, about in frames.sources.items()
        if source_id in named or not about.get("superseded")
    }


def table_files(frames: Frames, data_dir: str | Path = "") -> dict[str, bytes]:
    """The CSV files of a year as they lie on disk, by name."""
    folder = data_folder(data_dir) / frames.plan.id / str(frames.fiscal_year)
    shown = frames.tables() if frames.audience == audience_terms.PUBLIC else {}
    hidden = {f"{name}.csv" for name in shown if name in audience_terms.UNPUBLISHED}
    kept = (path for path in sorted(folder.glob("*.csv")) if path.name not in hidden and not is_litter(path.name))
    return {path.name: path.read_bytes() for path in kept}


def table(path: Path, contract: Table) -> pd.DataFrame:
    """One table, held to its contract and indexed by the line in its file; amounts in yen besides.

    Raises:
        Refusal: It is missing, or breaks its contract; all faults at once.
    """
    return _typed(_table(path, contract), contract.name, path)


def _table(path: Path, contract: Table) -> pd.DataFrame:
    rows = rows_of(path, contract)
    if faults := list(contract.faults(rows)):
        raise Refusal(*_faults(path, contract, faults))
    return rows


def _faults(path: Path, contract: Table, faults: list[tuple[int, str, str]]) -> list[str]:
    """One sentence a fault, in the order of the file."""
    order = {name: place for place, name in enumerate(["", *contract.columns])}
    found: list[str] = []
    for line, name, cell in sorted(faults, key=lambda fault: (fault[0], order[fault[1]])):
        if not name:
            key = "・".join(contract.columns[column].title for column in contract.key)
            found.append(f"{path} {line}行: {key} が同じ行が前にあります。どちらかを消してください。")
        else:
            column = contract.columns[name]
            found.append(f"{path} {line}行「{column.title}」（{name}）: {_fault(column, cell)}")
    return told_first(found)


def _sources(folder: Path, fiscal_year: int, faults: list[str]) -> dict[str, dict] | None:
    """What is said of the documents; None where that cannot be read, which goes to the faults."""
    path = folder / SOURCES_FILE
    try:
        return sources_said(path.read_bytes(), path=path, needed=SOURCE_FIELDS, fiscal_year=fiscal_year)
    except Refusal as refusal:
        faults.extend(refusal.sentences)
        return None


def _source_faults(sources: dict | None, frames: dict[str, pd.DataFrame], folder: Path) -> list[str]:
    """Documents that rows name and nobody describes, each once a table, at its first row."""
    faults = []
    for name, rows in frames.items():
        if "source_id" not in rows or sources is None:
            continue
        unknown: dict[str, list[int]] = {}
        for line, source_id in rows["source_id"].items():
            if source_id not in sources:
                unknown.setdefault(source_id, []).append(line)
        for source_id, lines in unknown.items():
            more = f"（ほかに{len(lines) - 1}行）" if len(lines) > 1 else ""
            faults.append(
                f"{folder / name}.csv {lines[0]}行「出典」（source_id）: 「{quoted(source_id)}」は {SOURCES_FILE} に"
                f"ありません。綴りを確かめてください{more}。"
            )
    return told_first(faults)


def _document_faults(sources: dict, folder: Path) -> list[str]:
    """Documents, also replaced ones, that differ from what was received."""
    faults = []
    for source_id, source in sources.items():
        path = folder / "source" / source["file"]
        if not path.is_file():
            says = "資料がありません"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != source["sha256"]:
            says = f"受け取ったときの資料から変わっています（{SOURCES_FILE} の sha256 と違う）"
        elif not _is_written_in(source["encoding"], path.read_bytes()):
            says = f"{SOURCES_FILE} の encoding「{source['encoding']}」では読めません"
        else:
            continue
        remedy = (
            f"元の資料を戻してください。戻せないときは {SOURCES_FILE} の [{source_id}] を消してください"
            if source.get("superseded")
            else "元の資料を戻すか、正しい資料を gyokaku intake --replace で登録し直してください"
        )
        faults.append(f"{path}: {says}。{remedy}。")
    return faults


def _quote_faults(sources: dict, frames: dict[str, pd.DataFrame], folder: Path) -> list[str]:
    """Facts whose words do not stand in the document where they say."""
    rows = {contract.name: frames[contract.name] for contract in FACTS if contract.name in frames}
    named = {one for table in rows.values() for one in table["source_id"]}
    words = {one: _words_by_place(folder / "source" / about["file"]) for one, about in sources.items() if one in named}
    faults = [
        f"{folder / SOURCES_FILE} [{one}] graded_against: 「{quoted(said)}」は {sources[one]['file']} の {at} にありません。"
        "資料と見比べて直してください。"
        for one in words
        if (said := sources[one].get("graded_against"))
        and said not in words[one][0].get(at := sources[one].get("graded_against_at", ""), "")
    ]
    for name, table in rows.items():
        for row in records(table):
            if row.source_id not in words or row.quote in TOKENS:
                continue
            passages, rows_in_full = words[row.source_id]
            if row.quote not in passages.get(row.locator, "") and row.quote != rows_in_full.get(row.locator):
                file = sources[row.source_id]["file"]
                faults.append(
                    f"{folder / name}.csv {row.Index}行「原文」（quote）: 「{quoted(row.quote)}」は {file} の {row.locator} に"
                    "ありません。資料と見比べて、位置（locator）と原文を直してください。"
                )
    return told_first(faults)


def _words_by_place(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The words of each passage and cell by its place; and those of each row of a table, which stand for the whole row alone."""
    passages, rows_in_full = {}, {}
    for line in opened(path.name, path.read_bytes()).lines:
        passages |= dict(zip(line.cells, line.words.split("\t"), strict=False))
        of_line = {line_of(line.place): line.words.strip(), line.place: line.words.strip()}
        (rows_in_full if line.cells else passages).update(of_line)
    return passages, rows_in_full


def _is_written_in(encoding: str, content: bytes) -> bool:
    if encoding == BINARY:
        return True
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _fault(column: Column, cell: str) -> str:
    if not cell:
        return "空欄です。値か、ない理由（not_stated など）を書いてください。"
    if column.choices:
        choices = "、".join(f"{code}（{says}）" for code, says in column.choices.items())
        return f"「{quoted(cell)}」は使えません。{choices} のどれかです。"
    if column.is_count:
        return f"「{quoted(cell)}」は0以上の整数ではありません。半角数字で書いてください（桁区切りなし）。"
    return f"「{quoted(cell)}」は決まりの形ではありません。{column.description}。"


def _typed(rows: pd.DataFrame, name: str, path: Path) -> pd.DataFrame:
    if name == "grade_counts":
        return rows.assign(measures=rows["measures"].astype("int64"))
    if name == "effects":
        amounts, faults = [], []
        for row in records(rows):
            try:
                amounts.append(in_yen(row.amount, row.unit))
            except Refusal as refusal:
                faults.append(f"{path} {row.Index}行「金額」（amount）: {refusal}")
        if faults:
            raise Refusal(*faults)
        exact = pd.DataFrame(amounts, columns=["amount_yen", "precision_yen"], index=rows.index, dtype="int64")
        return pd.concat([rows, exact], axis="columns")
    if name == "register":
        return _registered(rows, path)
    return rows


def _registered(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The register with its amounts in yen; missing where a word says why there is none."""
    faults = []

    def yen(row: pd.Series, kind: str) -> int | None:
        if row[f"{kind}_amount"] in TOKENS:
            return None
        try:
            return in_yen(row[f"{kind}_amount"], row[f"{kind}_unit"])[0]
        except Refusal as refusal:
            faults.append(f"{path} {row.name}行「{KINDS[kind]}」（{kind}_amount）: {refusal}")
            return None

    amounts = {f"{kind}_yen": pd.array([yen(row, kind) for _, row in rows.iterrows()], dtype="Int64") for kind in KINDS}
    if faults:
        raise Refusal(*faults)
    return rows.assign(**amounts)
