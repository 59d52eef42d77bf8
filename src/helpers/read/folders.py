"""Where the plans lie and which years they hold. It imports nothing heavy, so that listing them does not wait for pandas."""

import re
from pathlib import Path

from helpers.terms import Refusal, quoted
from helpers.terms.plan import period_fault
from helpers.terms.toml import toml

PLAN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# Names that mean something else under reports/.
RESERVED = {"public"}
PLAN_FILE = "plan.toml"
SOURCES_FILE = "SOURCES.toml"
PROJECT = Path(__file__).resolve().parents[3]


def data_folder(data_dir: str | Path = "") -> Path:
    """The folder with one folder per plan: the one named, else the first `data/` from here upward, else this project's.

    Raises:
        Refusal: There is no such folder.
    """
    if str(data_dir):
        folder = Path(data_dir).expanduser()
        if not folder.is_dir():
            raise Refusal(f"データのフォルダー {folder} がありません。--data（data_dir）の綴りを確かめてください。")
        return folder.resolve()
    for parent in (Path.cwd(), *Path.cwd().parents, PROJECT):
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
    """Fiscal years of a plan for which facts are registered, in order."""
    folder = data_folder(data_dir) / plan_folder_name(plan_id)
    return sorted(
        int(path.parent.name)
        for path in folder.glob(f"*/{SOURCES_FILE}")
        if re.fullmatch(r"[12][0-9]{3}", path.parent.name)
    )


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
