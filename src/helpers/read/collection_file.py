"""A collection of answers as `gyokaku forms` and `gyokaku collect` keep it: `<plan>/collection/<year>/<stage>/`."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from helpers.read.folders import SOURCES_FILE, collection_folder, data_folder, plan_folder_name, stages_kept
from helpers.read.tables import SOURCE_FIELDS, plan, table
from helpers.terms import Refusal, form, wareki
from helpers.terms.collection import WRITTEN, Collection, written_hash
from helpers.terms.contract import NameOrNone, Shape, held, matching
from helpers.terms.files import content
from helpers.terms.sources import sources as sources_said
from helpers.terms.table import Table
from helpers.terms.tables import ANSWERS, ASKED, DAY, DOUBTS, FEATURED, REGISTER

ABOUT_FILE = "collection.toml"
_DAY_OR_NONE = Annotated[str, matching(rf"(?:{DAY[1:-1]})?", "2026-04-10 のように書いてください")]


class _About(Shape):
    stage: Literal[tuple(form.STAGES)]
    form: Annotated[str, matching(r"[0-9a-f]{16}", "gyokaku forms が書いた値のままにしてください")]
    until: _DAY_OR_NONE = ""
    contact: NameOrNone = ""
    closed_by: NameOrNone = ""
    closed_on: _DAY_OR_NONE = ""
    round: Annotated[int, Field(ge=0, le=10_000)] = 0
    written: Annotated[str, matching(r"[0-9a-f]{64}|", "gyokaku collect が書いた値のままにしてください")] = ""


def collection(
    plan_id: str, fiscal_year: int, data_dir: str | Path = "", *, stage: str = "", as_written: bool = True
) -> Collection:
    """What one stage of a year holds; of the latest stage where none is named.

    Args:
        plan_id: Folder of the plan.
        fiscal_year: Western year.
        data_dir: Folder of the plans; found from here upward when empty.
        stage: Of `form.STAGES`.
        as_written: Whether answers and register must be as they were written; who writes them anew need not ask.

    Raises:
        Refusal: Nobody was asked yet, or a file is not what it should be; all faults at once.
    """
    the_plan = plan(plan_id, data_dir)
    kept = stages_kept(plan_id, fiscal_year, data_dir)
    if not kept or (stage and stage not in kept):
        which, option = (f"（段階 {stage} {form.STAGES[stage]}）", f" --stage {stage}") if stage else ("", "")
        raise Refusal(
            f"{the_plan.full_name}の{wareki(fiscal_year)}{which}は、まだ部に照会していません。"
            f"gyokaku forms {plan_id} --year {fiscal_year}{option} で様式を作ってください。"
        )
    return kept_in(
        collection_folder(plan_id, fiscal_year, stage or kept[-1], data_dir),
        the_plan,
        fiscal_year,
        as_written=as_written,
    )


def kept_in(folder: Path, the_plan: object, fiscal_year: int, *, as_written: bool = True) -> Collection:
    """The collection in a folder, in its place or staged.

    Raises:
        Refusal: A file is not what it should be; all faults at once.
    """
    faults: list[str] = []
    about = _held(folder / ABOUT_FILE, faults)
    tables = {}
    for contract in (ASKED, ANSWERS, DOUBTS, REGISTER):
        path = folder / f"{contract.name}.csv"
        try:
            tables[contract.name] = table(path, contract) if contract is ASKED or path.exists() else _none(contract)
        except Refusal as refusal:
            faults += refusal.sentences
    sources = _sources(folder, fiscal_year, faults)
    if as_written and about and not faults and about.written != written_hash(folder):
        faults.append(
            f"{folder}: {'、'.join(WRITTEN)} が、gyokaku collect の書いたものから変わっています。"
            "gyokaku collect をもう一度実行すると、届いたファイルから作り直します（締め切った後なら --reopen してから）。"
        )
    if faults or about is None:
        raise Refusal(*faults)
    return Collection(
        the_plan,
        fiscal_year,
        about.stage,
        tables["asked"],
        tables["answers"],
        tables["doubts"],
        tables["register"],
        sources,
        **about.model_dump(exclude={"stage", "written"}),
    )


def register(plan_id: str, fiscal_year: int, data_dir: str | Path = "") -> pd.DataFrame:
    """The city's internal register of a year that may have no document yet, indexed by line, with `expected_yen` and `actual_yen`.

    The one in the year's folder, or else the one collected from the departments' answers, once that is closed.

    Raises:
        Refusal: There is none, it is not closed, or it breaks its contract; all faults at once.
    """
    path = data_folder(data_dir) / plan_folder_name(plan_id) / str(fiscal_year) / f"{REGISTER.name}.csv"
    if path.exists():
        return table(path, REGISTER)
    if form.RESULT not in stages_kept(plan_id, fiscal_year, data_dir):
        raise Refusal(
            f"{plan_id} の{wareki(fiscal_year)}の内部台帳がありません。"
            f"各部の回答を gyokaku collect で集めて締め切るか、台帳を {path} に置いてください。"
        )
    collected = collection(plan_id, fiscal_year, data_dir, stage=form.RESULT)
    if not collected.is_closed:
        raise Refusal(
            f"{plan_id} の{wareki(fiscal_year)}の照会（{form.STAGES[form.RESULT]}）が、まだ締め切られていません。"
            f"gyokaku collect --plan {plan_id} --year {fiscal_year} --close 氏名 で締め切ってください。"
        )
    return collected.register


def featured(plan_id: str, fiscal_year: int, data_dir: str | Path = "") -> pd.DataFrame | None:
    """The measures that people feature in a year's draft, indexed by line; None where nobody has said yet.

    Raises:
        Refusal: The table breaks its contract; all faults at once.
    """
    path = featured_file(plan_id, fiscal_year, data_dir)
    return table(path, FEATURED) if path.exists() else None


def featured_file(plan_id: str, fiscal_year: int, data_dir: str | Path = "") -> Path:
    """Where the measures featured in a year's draft are kept."""
    return collection_folder(plan_id, fiscal_year, form.RESULT, data_dir).parent / f"{FEATURED.name}.csv"


def _held(path: Path, faults: list[str]) -> _About | None:
    try:
        return held(content(path), _About, place=str(path))
    except OSError:
        faults.append(f"{path}: 読めません。gyokaku forms で様式を作り直してください。")
    except Refusal as refusal:
        faults += refusal.sentences
    return None


def _none(contract: Table) -> pd.DataFrame:
    empty = pd.DataFrame(columns=list(contract.columns), dtype=str)
    amounts = {f"{kind}_yen": pd.array([], dtype="Int64") for kind in ("expected", "actual")}
    return empty.assign(**amounts) if contract is REGISTER else empty


def _sources(folder: Path, fiscal_year: int, faults: list[str]) -> dict[str, dict]:
    path = folder / SOURCES_FILE
    if not path.exists():
        return {}
    try:
        said = sources_said(path.read_bytes(), path=path, needed=SOURCE_FIELDS, fiscal_year=fiscal_year)
    except Refusal as refusal:
        faults += refusal.sentences
        return {}
    for source_id, about in said.items():
        file = folder / "source" / about["file"]
        if not file.is_file():
            faults.append(f"{file}: 回答がありません。届いたファイルを戻すか、[{source_id}] を消してください。")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != about["sha256"]:
            faults.append(f"{file}: 届いたときの回答から変わっています。届いたファイルを戻してください。")
    return said
