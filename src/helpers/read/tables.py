"""Plan and year → what the files hold, exactly: nothing repaired, filtered or computed."""

import csv
import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pandera.errors
import pandera.pandas as pa

from helpers.read import contracts
from helpers.read.folders import PLAN_FILE, SOURCES_FILE, data_folder, plan_folder_name, plans, years
from helpers.terms import BANDS, EFFECT_BASES, English, Grade, Plan, Policy, Refusal, Thresholds, in_yen, toml, wareki
from helpers.terms import audience as audience_terms
from helpers.terms.tables import (
    BLANK_ALLOWED,
    DECISIONS,
    INTERNAL,
    KEPT_BY_PEOPLE,
    KINDS,
    RESTATED,
    SUPERSEDED,
    TABLES,
    TOKENS,
    Frames,
)

QUOTE = '"'
# 企画部経営企画課 → 企画部.
FINER_THAN_A_DEPARTMENT = r"^(.+?部)[^・、].*(?:課|係|室|担当|班)$"
SOURCE_FIELDS = ("file", "title", "publisher", "published", "encoding", "sha256")


def plan(plan_id: str, data_dir: str | Path = "") -> Plan:
    """The plan as people describe it in `plan.toml`, each field with its source.

    Raises:
        Refusal: No such plan, or the file is not what it should be; all faults at once.
    """
    path = data_folder(data_dir) / plan_folder_name(plan_id) / PLAN_FILE
    if not path.is_file():
        known = "、".join(plans(data_dir)) or "なし"
        raise Refusal(f"計画「{plan_id}」がありません（{path} がない）。登録済みの計画: {known}。")
    # Fractions, so that a threshold of 0.8 is four fifths and not its binary neighbour.
    return _plan(toml(path.read_bytes(), place=str(path), parse_float=Fraction), plan_id, path)


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
            frames[name] = _typed(_table(path, contract), name, path)
        except Refusal as refusal:
            faults.extend(refusal.sentences)
    described = folder / SOURCES_FILE
    sources = toml(described.read_bytes(), place=str(described))
    faults += _source_faults(sources, frames, folder) + _document_faults(sources, folder)
    superseded = _superseded(folder, faults)
    earlier = _earlier_decisions(data_folder(data_dir) / the_plan.id, years(plan_id, data_dir), fiscal_year, faults)
    if faults:
        raise Refusal(*faults)
    read = Frames(
        plan=the_plan,
        fiscal_year=int(fiscal_year),
        sources=sources,
        registered_years=tuple(sorted({*years(plan_id, data_dir), int(fiscal_year)})),
        input_hash=input_hash(data_folder(data_dir) / the_plan.id / PLAN_FILE, folder),
        superseded=superseded,
        earlier_decisions=earlier,
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
        earlier_decisions={},
        audience=audience_terms.PUBLIC,
    )


def _superseded(folder: Path, faults: list[str]) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables read from replaced documents, if they were kept; problems are added to the faults."""
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for kept in sorted(path for path in (folder / SUPERSEDED).glob("*") if path.is_dir()):
        try:
            found[kept.name] = {
                contract.name: _typed(_table(kept / f"{contract.name}.csv", contract), contract.name, kept)
                for contract in RESTATED
            }
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


def _earlier_decisions(
    plan_folder: Path, registered: list[int], fiscal_year: int, faults: list[str]
) -> dict[int, pd.DataFrame]:
    """The decisions kept for earlier years, if any; problems are added to the faults."""
    found = {}
    for year_before in (year for year in registered if year < fiscal_year):
        path = plan_folder / str(year_before) / f"{DECISIONS.name}.csv"
        try:
            found[year_before] = _table(path, DECISIONS) if path.exists() else pd.DataFrame()
        except Refusal as refusal:
            faults.extend(refusal.sentences)
    return {year: decisions for year, decisions in found.items() if len(decisions)}


def input_hash(plan_file: Path, folder: Path, *, left_out: Collection[str] = ()) -> str:
    """SHA-256 over the plan's file and every file of a year but the tables left out, by name and content."""
    digest = hashlib.sha256(plan_file.read_bytes())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if any(_is_litter(part) for part in path.relative_to(folder).parts):
            continue
        if path.parent == folder and path.suffix == ".csv" and path.stem in left_out:
            continue
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _is_litter(name: str) -> bool:
    """Whether it is a file that JupyterLab, Excel or Windows leaves beside one that somebody opened."""
    return name.startswith((".", "~$")) or name == "Thumbs.db"


def source_lines(frames: Frames, source_id: str, data_dir: str | Path = "") -> list[str]:
    """The lines of a received document, as an editor numbers them from 1."""
    source = frames.sources[source_id]
    path = data_folder(data_dir) / frames.plan.id / str(frames.fiscal_year) / "source" / source["file"]
    return path.read_bytes().decode(source["encoding"]).splitlines()


def documents(frames: Frames, data_dir: str | Path = "") -> dict[str, list[str]]:
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
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv")) if path.name not in hidden}


def _table(path: Path, contract: pa.DataFrameSchema) -> pd.DataFrame:
    rows = _rows(path)
    if contracts.is_met(rows, contract):
        return rows
    try:
        return contract.validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        raise Refusal(*_faults(path, contract, errors.failure_cases)) from None


def _rows(path: Path) -> pd.DataFrame:
    """The cells of a file as text, indexed by line; a comma too many is refused, since it moves cells to other columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader, lines = csv.reader(file, strict=True), {}
            while (cells := next(reader, None)) is not None:
                lines[reader.line_num - sum(cell.count("\n") for cell in cells)] = cells
    except FileNotFoundError:
        raise Refusal(f"{path}: 表がありません。gyokaku intake で資料を登録し直してください。") from None
    except UnicodeDecodeError:
        raise Refusal(f"{path}: UTF-8 で書かれていません。UTF-8 で保存し直してください。") from None
    except csv.Error as error:
        says = f"CSV として読めません（{error}）。引用符（{QUOTE}）を確かめてください。"
        raise Refusal(f"{path} {reader.line_num}行: {says}") from None
    if 1 not in lines:
        raise Refusal(f"{path}: 見出しの行がありません。gyokaku intake で資料を登録し直してください。")
    heading = lines.pop(1)
    faults = [
        f"{path} {line}行: 欄が{len(cells)}あります（見出しは{len(heading)}）。"
        + (f"余分な「,」を消すか、その欄を {QUOTE} で囲んでください。" if cells else "その行を消してください。")
        for line, cells in lines.items()
        if len(cells) != len(heading)
    ]
    if faults:
        raise Refusal(*faults)
    return pd.DataFrame(
        list(lines.values()), columns=pd.Index(heading), index=pd.Index(lines, name="line", dtype="int64"), dtype=str
    )


def _faults(path: Path, contract: pa.DataFrameSchema, failures: pd.DataFrame) -> list[str]:
    """One sentence a fault, in the order of the file."""
    order = {name: place for place, name in enumerate(contract.columns)}
    found: list[tuple[int, int, str]] = []
    for failure in failures.itertuples():
        case, check, column = failure.failure_case, str(failure.check), failure.column
        line = int(failure.index) if pd.notna(failure.index) else 0
        where = f"{path} {line}行" if line else f"{path}"
        if check in {"column_in_dataframe", "column_in_schema", "column_ordered"}:
            says = f"列「{case}」が決まりと違います。列は順に {'、'.join(contract.columns)} です。"
            found.append((0, 0, f"{where}: {says}"))
        elif check.startswith("multiple_fields_uniqueness"):
            key = "・".join(contract.columns[name].title for name in contract.unique)
            found.append((line, 0, f"{where}: {key} が同じ行が前にあります。どちらかを消してください。"))
        else:
            says = f"「{contract.columns[column].title}」（{column}）: {_fault(contract.columns[column], case)}"
            found.append((line, order[column], f"{where}{says}"))
    return list(dict.fromkeys(sentence for *_, sentence in sorted(found)))


def _source_faults(sources: dict, frames: dict[str, pd.DataFrame], folder: Path) -> list[str]:
    """Rows that name a document nobody describes, and documents without the words a page needs."""
    path = folder / SOURCES_FILE
    faults = [
        f"{path} [{source_id}]: {name} がありません。1行加えてください。"
        for source_id, source in sources.items()
        for name in SOURCE_FIELDS
        if not isinstance(source, dict) or not isinstance(source.get(name), str)
    ]
    return faults + [
        f"{folder / name}.csv {row.Index}行「出典」（source_id）: 「{row.source_id}」は {SOURCES_FILE} にありません。"
        "綴りを確かめてください。"
        for name, rows in frames.items()
        if "source_id" in rows
        for row in rows.itertuples()
        if row.source_id not in sources
    ]


def _document_faults(sources: dict, folder: Path) -> list[str]:
    """Documents, also replaced ones, that differ from what was received."""
    faults = []
    for source_id, source in sources.items():
        if not isinstance(source, dict) or not all(isinstance(source.get(name), str) for name in ("file", "sha256")):
            continue  # `_source_faults` says so
        path = folder / "source" / source["file"]
        if not path.is_file():
            says = "資料がありません"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != source["sha256"]:
            says = f"受け取ったときの資料から変わっています（{SOURCES_FILE} の sha256 と違う）"
        else:
            continue
        remedy = (
            f"元の資料を戻してください。戻せないときは {SOURCES_FILE} の [{source_id}] を消してください"
            if source.get("superseded")
            else "元の資料を戻すか、正しい資料を gyokaku intake --replace で登録し直してください"
        )
        faults.append(f"{path}: {says}。{remedy}。")
    return faults


def _fault(column: pa.Column, case: object) -> str:
    metadata = column.metadata or {}
    if case == "" and not metadata.get(BLANK_ALLOWED):
        return "空欄です。値か、ない理由（not_stated など）を書いてください。"
    if choices := metadata.get("choices"):
        return (
            f"「{case}」は使えません。{'、'.join(f'{code}（{says}）' for code, says in choices.items())} のどれかです。"
        )
    if metadata.get("type") == "integer":
        return f"「{case}」は0以上の整数ではありません。半角数字で書いてください（桁区切りなし）。"
    return f"「{case}」は決まりの形ではありません。{column.description}。"


def _typed(rows: pd.DataFrame, name: str, path: Path) -> pd.DataFrame:
    if name == "grade_counts":
        return rows.assign(measures=rows["measures"].astype("int64"))
    if name == "effects":
        amounts, faults = [], []
        for row in rows.itertuples():
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


def _plan(content: dict, plan_id: str, path: Path) -> Plan:  # noqa: C901 — a group of the file each
    faults: list[str] = []

    def fields(table: dict, names: dict[str, type], where: str, *, optional: dict[str, type] | None = None) -> dict:
        known = names | (optional or {})
        if not isinstance(table, dict):
            says = f"「{table}」は項目の表ではありません。{'、'.join(names)} を1行ずつ書いてください。"
            faults.append(f"{path} {where}: {says}")
            return dict.fromkeys(known)
        faults.extend(
            f"{path} {where}: {name} がありません。1行加えてください。" for name in names if name not in table
        )
        faults.extend(
            f"{path} {where}: {name} という項目は知りません。綴りを確かめるか、消してください。"
            for name in table
            if name not in known
        )
        for name, kind in known.items():
            fits = (kind in {int, Fraction} and type(table.get(name)) is int) or type(table.get(name)) is kind
            if name in table and not fits:
                faults.append(f"{path} {where}: {name} の値「{table[name]}」の種類が違います。")
        return {name: table.get(name) for name in known}

    top = fields(
        content,
        {"plan": dict, "grades": list, "policies": list, "short_names": dict, "thresholds": dict, "sources": dict},
        "の最上段",
        optional={"english": dict},
    )
    if faults:
        raise Refusal(*faults)
    head = fields(
        top["plan"],
        {
            "id": str,
            "name": str,
            "municipality": str,
            "municipality_code": str,
            "first_fiscal_year": int,
            "last_fiscal_year": int,
            "philosophy": str,
            "effect_definition": str,
        },
        "[plan]",
        optional={
            "promotion_items": int,
            "fiscal_health_measure": str,
            "graded_by": str,
            "effect_basis": str,
            "total_expected_yen": int,
        },
    )
    grade_fields = {"code": str, "label": str, "order": int, "achieved": bool, "band": str}
    policy_fields = {"id": str, "name": str, "short_name": str, "name_en": str}
    threshold_fields = dict.fromkeys(Thresholds.__dataclass_fields__, Fraction)
    grades = [fields(grade, grade_fields, "[[grades]]") for grade in top["grades"]]
    policies = [fields(policy, policy_fields, "[[policies]]") for policy in top["policies"]]
    thresholds = fields(top["thresholds"], threshold_fields, "[thresholds]")
    english_fields = dict.fromkeys(("municipality", "name", "effect_definition"), str)
    english_fields |= dict.fromkeys(("grades", "measures", "words"), dict)
    english = fields(top["english"] or {}, {}, "[english]", optional=english_fields)
    codes = [grade["code"] for grade in grades]
    for group, known in (("grades", codes), ("measures", None), ("words", None)):
        for name, says in (english[group] or {}).items():
            if type(says) is not str or not says.strip():
                faults.append(f"{path} [english.{group}]: 「{name}」の英語名を文字で書いてください。")
            elif known is not None and name not in known:
                faults.append(f"{path} [english.{group}]: 「{name}」という評価は [[grades]] にありません。")
    faults += [
        f"{path} [short_names]: 「{name}」の短い名称を文字で書いてください。"
        for name, short in top["short_names"].items()
        if type(short) is not str or not short.strip()
    ]
    faults += _contradictions(head, grades, policies, thresholds, top["sources"], plan_id, path)
    if top["english"] and "english" not in top["sources"]:
        faults.append(f"{path} [sources]: english の出典がありません。どこに書かれているかを1行加えてください。")
    if faults:
        raise Refusal(*faults)
    return Plan(
        **head,
        grades=tuple(sorted((Grade(**grade) for grade in grades), key=lambda grade: grade.order)),
        policies=tuple(Policy(**policy) for policy in policies),
        thresholds=Thresholds(**thresholds),
        short_names=top["short_names"],
        sources=top["sources"],
        english=English(**{name: value for name, value in english.items() if value is not None}),
    )


def _contradictions(
    head: dict, grades: list[dict], policies: list[dict], thresholds: dict, sources: dict, plan_id: str, path: Path
) -> list[str]:
    """Values that cannot be right: without a source, outside their range, or given twice."""
    faults = [
        f"{path} [sources]: {name} の出典がありません。どこに書かれているかを1行加えてください。"
        for name in [
            *(name for name in head if head[name] is not None),
            "grades",
            "policies",
            "short_names",
            "thresholds",
        ]
        if name not in sources
    ]
    faults += [
        f"{path} [[grades]]: band「{grade['band']}」は使えません。{'、'.join(BANDS)} のどれかです。"
        for grade in grades
        if grade["band"] not in BANDS
    ]
    if head["effect_basis"] is not None and head["effect_basis"] not in EFFECT_BASES:
        faults.append(
            f"{path}: effect_basis「{head['effect_basis']}」は使えません。{'、'.join(EFFECT_BASES)} のどれかです。"
        )
    faults += [
        f"{path} [[grades]]: 「{grade['code']}」は評価の対象外（not_rated）なので、achieved は false です。"
        for grade in grades
        if grade["band"] == "not_rated" and grade["achieved"]
    ]
    faults += [
        f"{path} [thresholds]: {name} は比率です。80% は 0.8 のように、0 から 1 までで書いてください。"
        for name, value in thresholds.items()
        if type(value) in {int, Fraction} and not 0 <= value <= 1
    ]
    for what, ids in (("grades", [g["code"] for g in grades]), ("policies", [p["id"] for p in policies])):
        faults += [f"{path} [[{what}]]: 「{i}」が2度あります。" for i in dict.fromkeys(ids) if ids.count(i) > 1]
    if head["id"] != plan_id:
        faults.append(f"{path}: id「{head['id']}」がフォルダー名「{plan_id}」と違います。")
    if not any(grade["achieved"] for grade in grades):
        faults.append(f"{path} [[grades]]: 達成とみなす評価（achieved = true）が一つもありません。")
    if not re.fullmatch(r"\d{6}", str(head["municipality_code"])):
        faults.append(f"{path}: municipality_code「{head['municipality_code']}」は6桁の数字ではありません。")
    elif not _has_check_digit(head["municipality_code"]):
        faults.append(
            f"{path}: municipality_code「{head['municipality_code']}」の6桁目（検査数字）が前の5桁と合いません。"
        )
    orders = [grade["order"] for grade in grades]
    faults += [
        f"{path} [[grades]]: order {order} が2度あります。評価は良い順に、別々の番号を付けてください。"
        for order in dict.fromkeys(orders)
        if orders.count(order) > 1
    ]
    return faults


def _has_check_digit(code: str) -> bool:
    """Whether the sixth digit of a municipality's code follows from the first five (weights 6 to 2, modulus 11)."""
    weighed = sum(weight * int(digit) for weight, digit in zip(range(6, 1, -1), code, strict=False))
    return int(code[5]) == (11 - weighed % 11) % 10
