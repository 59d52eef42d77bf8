"""Plan and year → what the files hold, exactly: nothing repaired, filtered or computed."""

import csv
import hashlib
import re
import tomllib
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pandera.errors
import pandera.pandas as pa

from helpers.terms import BANDS, Grade, Plan, Policy, Refusal, Thresholds, in_yen, wareki
from helpers.terms.tables import BLANK_ALLOWED, KEPT_BY_PEOPLE, TABLES, Frames

PLAN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
PLAN_FILE = "plan.toml"
SOURCES_FILE = "SOURCES.toml"
QUOTE = '"'
SOURCE_FIELDS = ("file", "title", "publisher", "published", "encoding", "sha256")


def data_folder(data_dir: str | Path = "") -> Path:
    """The folder that holds one folder a plan: the one named, or the first `data/` from here upward.

    Raises:
        Refusal: There is none.
    """
    if str(data_dir):
        folder = Path(data_dir).expanduser()
        if not folder.is_dir():
            raise Refusal(f"データのフォルダー {folder} がありません。--data（data_dir）の綴りを確かめてください。")
        return folder.resolve()
    for parent in (Path.cwd(), *Path.cwd().parents):
        if any(parent.glob(f"data/*/{PLAN_FILE}")):
            return parent / "data"
    raise Refusal(
        f"{Path.cwd()} から上に data/<計画>/{PLAN_FILE} が見つかりません。"
        "プロジェクトのフォルダーで動かすか、--data（data_dir）でデータのフォルダーを指定してください。"
    )


def plans(data_dir: str | Path = "") -> list[str]:
    """Ids of all plans that have a `plan.toml`, in order."""
    return sorted(path.parent.name for path in data_folder(data_dir).glob(f"*/{PLAN_FILE}"))


def years(plan_id: str, data_dir: str | Path = "") -> list[int]:
    """Fiscal years of a plan that hold facts, in order."""
    folder = data_folder(data_dir) / plan_folder_name(plan_id)
    return sorted(
        int(path.parent.name) for path in folder.glob(f"*/{SOURCES_FILE}") if re.fullmatch(r"\d{4}", path.parent.name)
    )


def plan_folder_name(plan_id: str) -> str:
    """The plan id, once it is known to be a plain folder name.

    Raises:
        Refusal: It could lead out of the data folder, or is no id.
    """
    if not PLAN_ID.fullmatch(str(plan_id)):
        raise Refusal(
            f"計画の名前「{plan_id}」は使えません。"
            "英小文字・数字・ハイフンだけの、data/ の下のフォルダー名を書いてください。"
        )
    return str(plan_id)


def plan(plan_id: str, data_dir: str | Path = "") -> Plan:
    """The plan as people describe it in `plan.toml`, each field with its source.

    Raises:
        Refusal: No such plan, or the file is not what it should be; all faults at once.
    """
    path = data_folder(data_dir) / plan_folder_name(plan_id) / PLAN_FILE
    if not path.is_file():
        known = "、".join(plans(data_dir)) or "なし"
        raise Refusal(f"計画「{plan_id}」がありません（{path} がない）。登録済みの計画: {known}。")
    return _plan(_toml(path), plan_id, path)


def year(plan_id: str, fiscal_year: int, data_dir: str | Path = "", *, folder: Path | None = None) -> Frames:
    """All tables of one plan and year, each held to its contract and indexed by the line in its file.

    Args:
        plan_id: Folder of the plan.
        fiscal_year: Western year.
        data_dir: Folder of the plans; found from here upward when empty.
        folder: Where the year's files lie, if not yet in their place.

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
    for name, contract in TABLES.items():
        path = folder / f"{name}.csv"
        if contract in KEPT_BY_PEOPLE and not path.exists():
            frames[name] = pd.DataFrame(columns=list(contract.columns), dtype=str)
            continue
        try:
            frames[name] = _typed(_table(path, contract), name, path)
        except Refusal as refusal:
            faults.extend(refusal.sentences)
    sources = _toml(folder / SOURCES_FILE)
    faults += _source_faults(sources, frames, folder)
    if faults:
        raise Refusal(*faults)
    return Frames(
        plan=the_plan,
        fiscal_year=int(fiscal_year),
        sources=sources,
        registered_years=tuple(sorted({*years(plan_id, data_dir), int(fiscal_year)})),
        input_hash=input_hash(data_folder(data_dir) / the_plan.id / PLAN_FILE, folder),
        **frames,
    )


def input_hash(plan_file: Path, folder: Path) -> str:
    """SHA-256 over the plan's file and every file of a year, by name and content."""
    digest = hashlib.sha256(plan_file.read_bytes())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if any(_is_litter(part) for part in path.relative_to(folder).parts):
            continue
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _is_litter(name: str) -> bool:
    """What JupyterLab, Excel and Windows leave beside a file that somebody opened."""
    return name.startswith((".", "~$")) or name == "Thumbs.db"


def source_lines(frames: Frames, source_id: str, data_dir: str | Path = "") -> list[str]:
    """The lines of a received document, as an editor numbers them from 1."""
    source = frames.sources[source_id]
    path = data_folder(data_dir) / frames.plan.id / str(frames.fiscal_year) / "source" / source["file"]
    return path.read_bytes().decode(source["encoding"]).splitlines()


def _table(path: Path, contract: pa.DataFrameSchema) -> pd.DataFrame:
    try:
        return contract.validate(_rows(path), lazy=True)
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
    return rows


def _toml(path: Path) -> dict:
    try:
        # Fractions, so that a threshold of 0.8 is four fifths and not its binary neighbour.
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Fraction)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(f"{path}: TOML として読めません（{error}）。その行を直してください。") from None


def _plan(content: dict, plan_id: str, path: Path) -> Plan:
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
        optional={"promotion_items": int, "fiscal_health_measure": str, "graded_by": str},
    )
    grade_fields = {"code": str, "label": str, "order": int, "achieved": bool, "band": str}
    policy_fields = {"id": str, "name": str, "short_name": str, "name_en": str}
    threshold_fields = dict.fromkeys(Thresholds.__dataclass_fields__, Fraction)
    grades = [fields(grade, grade_fields, "[[grades]]") for grade in top["grades"]]
    policies = [fields(policy, policy_fields, "[[policies]]") for policy in top["policies"]]
    thresholds = fields(top["thresholds"], threshold_fields, "[thresholds]")
    faults += [
        f"{path} [sources]: {name} の出典がありません。どこに書かれているかを1行加えてください。"
        for name in [
            *(name for name in head if head[name] is not None),
            "grades",
            "policies",
            "short_names",
            "thresholds",
        ]
        if name not in top["sources"]
    ]
    faults += [
        f"{path} [[grades]]: band「{grade['band']}」は使えません。{'、'.join(BANDS)} のどれかです。"
        for grade in grades
        if grade["band"] not in BANDS
    ]
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
    if faults:
        raise Refusal(*faults)
    return Plan(
        **head,
        grades=tuple(sorted((Grade(**grade) for grade in grades), key=lambda grade: grade.order)),
        policies=tuple(Policy(**policy) for policy in policies),
        thresholds=Thresholds(**thresholds),
        short_names=top["short_names"],
        sources=top["sources"],
    )
