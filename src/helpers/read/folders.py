"""Where the plans lie and which years they hold. It imports nothing heavy, so that listing them does not wait for pandas."""

import os
import re
from pathlib import Path

from helpers.terms import Refusal, form, quoted
from helpers.terms.manifest import COLLECTIONS, RESERVED
from helpers.terms.plan import period_fault
from helpers.terms.toml import toml

PLAN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
PLAN_FILE = "plan.toml"
LAYOUT_FILE = "layout.toml"
SOURCES_FILE = "SOURCES.toml"
PROJECT = Path(__file__).resolve().parents[3]


def data_folder(data_dir: str | Path = "") -> Path:
    """The folder with one folder per plan: the one named, else the first `data/` from here upward, else this project's.

    Raises:
        Refusal: There is no such folder, or one on the way cannot be looked into.
    """
    if str(data_dir):
        folder = Path(data_dir).expanduser()
        if not folder.is_dir():
            raise Refusal(f"データのフォルダー {folder} がありません。--data（data_dir）の綴りを確かめてください。")
        return folder.resolve()
    for parent in (Path.cwd(), *Path.cwd().parents, PROJECT):
        if _plan_folders(parent / "data"):
            return parent / "data"
    raise Refusal(
        f"{Path.cwd()} から上に data/<計画>/{PLAN_FILE} が見つかりません。"
        "プロジェクトのフォルダーで動かすか、--data（data_dir）でデータのフォルダーを指定してください。"
    )


def plans(data_dir: str | Path = "") -> list[str]:
    """Ids of all plans that have a `plan.toml`, in order."""
    return _plan_folders(data_folder(data_dir))


def _plan_folders(data: Path) -> list[str]:
    """The names of the folders that hold a `plan.toml`, in order; none where there is no such folder, or it may not be listed.

    Raises:
        Refusal: A plan's folder cannot be looked into: passing over it would pass off other plans for its own.
    """
    try:
        entries = sorted(os.scandir(data), key=lambda entry: entry.name)
    except OSError:
        return []
    return [entry.name for entry in entries if _holds_a_plan(data / entry.name)]


def _holds_a_plan(folder: Path) -> bool:
    try:
        (folder / PLAN_FILE).lstat()
    except (FileNotFoundError, NotADirectoryError):
        if folder.is_symlink() and not folder.exists():
            raise Refusal(f"{folder}: リンクの先がありません。リンクを直すか、消してください。") from None
        return False
    except OSError:
        if PLAN_ID.fullmatch(folder.name):
            raise Refusal(f"{folder}: 開けません。フォルダーの権限を確かめてください。") from None
        return False
    return True


def years(plan_id: str, data_dir: str | Path = "") -> list[int]:
    """Fiscal years of a plan for which facts are registered, in order."""
    folder = data_folder(data_dir) / plan_folder_name(plan_id)
    return sorted(
        int(path.parent.name)
        for path in folder.glob(f"*/{SOURCES_FILE}")
        if re.fullmatch(r"[12][0-9]{3}", path.parent.name)
    )


def collection_folder(plan_id: str, fiscal_year: int, stage: str, data_dir: str | Path = "") -> Path:
    """Where what departments were asked and have answered in one stage of a year lies."""
    return data_folder(data_dir) / plan_folder_name(plan_id) / COLLECTIONS / str(fiscal_year) / stage


def stages_kept(plan_id: str, fiscal_year: int, data_dir: str | Path = "") -> list[str]:
    """The stages in which departments were asked, in the order of the year."""
    return [one for one in form.STAGES if collection_folder(plan_id, fiscal_year, one, data_dir).is_dir()]


def collections(plan_id: str, data_dir: str | Path = "") -> list[int]:
    """Fiscal years of a plan for which departments were asked, in order."""
    folder = data_folder(data_dir) / plan_folder_name(plan_id) / COLLECTIONS
    found = {path.parent.name for path in folder.glob("*/*") if path.name in form.STAGES and path.is_dir()}
    return sorted(int(name) for name in found if re.fullmatch(r"[12][0-9]{3}", name))


def period(plan_id: str, data_dir: str | Path = "") -> tuple[int, int]:
    """First and last fiscal year of a plan from its `plan.toml`; the rest of the file is not checked.

    Raises:
        Refusal: The file does not state them, or is not TOML.
    """
    path = data_folder(data_dir) / plan_folder_name(plan_id) / PLAN_FILE
    about = toml(path.read_bytes(), place=str(path)).get("plan")
    first, last = (about.get(f"{name}_fiscal_year") if isinstance(about, dict) else None for name in ("first", "last"))
    if fault := period_fault(first, last):
        raise Refusal(f"{path} [plan]: {fault}。")
    return first, last


def plan_folder_name(plan_id: str) -> str:
    """The plan id, if it is a plain folder name.

    Raises:
        Refusal: It could lead out of the data folder, or is not a valid id.
    """
    if not PLAN_ID.fullmatch(str(plan_id)) or plan_id in RESERVED:
        raise Refusal(
            f"計画の名前「{quoted(plan_id)}」は使えません。"
            "英小文字・数字・ハイフンだけの、data/ の下のフォルダー名を書いてください。"
        )
    return str(plan_id)
