"""Saves a finding with one call: charts, data, and how it was made, in a folder that no page is built from."""

import json
import re
import sys
import unicodedata
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from helpers import notation, pages
from helpers.explore.bench import Bench
from helpers.explore.charts import charts
from helpers.explore.feasible import MARK
from helpers.explore.outcome import Outcomes, called, shown
from helpers.terms import Refusal, quoted

FOLDER = "findings"
# Folders that are rebuilt from data: a finding left there would be lost, or taken for official.
BUILT = ("reports", "data")
# Files that only such folders hold, wherever they lie and whatever they are called.
_SIGNS_OF_BUILT = ("manifest.json", "SOURCES.toml", "plan.toml")
LIBRARIES = ("gyokaku", "pandas", "numpy", "matplotlib")
MOST_LETTERS = 60
# Windows takes these for devices, whatever their ending.
_OF_WINDOWS = re.compile(r"CON|PRN|AUX|NUL|COM\d|LPT\d", re.IGNORECASE)


class Held(Protocol):
    """Something that holds a what-if: the panel."""

    what_if: Outcomes


def save(found: Outcomes | Held, name: str, *, folder: str = "") -> pages.Part:
    """Takes a what-if away: pictures (SVG, PNG), the figures that moved (CSV), and how it was made (JSON, with a sentence).

    Args:
        found: A what-if, or the panel that holds one.
        name: What the finding is called; the name of its folder.
        folder: Where; `findings/` of the project where not said. Never under `reports/` or `data/`.

    Returns:
        What was written where; with an empty name only how to save.

    Raises:
        Refusal: The place is one that pages are built from or into, the name is no name, or it is taken by another finding.
    """
    asked = found if isinstance(found, Outcomes) else found.what_if
    if not name.strip():
        how = "名前を付けると、図・データ・作り方を findings/ に持ち出せます（最初のセルの save_as、または上の「所見の名前」）。"
        return pages.part("explore/templates/said", "持ち出していません。", sentences=[how])
    target = folder_for(asked.bench, folder) / _folder_name(name)
    files = _files(asked, name.strip())
    if (target / "how.json").exists() and (target / "how.json").read_bytes() != files["how.json"]:
        raise Refusal(
            f"{target} には、別の所見があります。ほかの名前を付けるか、要らなければそのフォルダーを消してください。"
        )
    target.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (target / file).write_bytes(content)
    says = f"{target} に持ち出しました。"
    return pages.part("explore/templates/saved", says, mark=MARK, says=says, files=files)


def folder_for(bench: Bench, folder: str) -> Path:
    """Where findings are kept.

    Raises:
        Refusal: It lies where pages are built from or into.
    """
    home = Path(bench.home).resolve()
    target = (Path(folder).expanduser() if folder else home / FOLDER).resolve()
    built = [home / name for name in BUILT if target.is_relative_to(home / name)]
    above = (target, *target.parents)
    built += [one for one in above if any((one / sign).is_file() for sign in _SIGNS_OF_BUILT) or _holds_plans(one)]
    if built:
        raise Refusal(
            f"{target} には保存できません。{built[0]} は、ページのもとになるデータか、作られたページの置き場です。"
            f"ほかの場所（既定は {home / FOLDER}）を指定してください。"
        )
    return target


def _holds_plans(folder: Path) -> bool:
    """Whether plans lie in it: the data of some project, of this one too where `home` is not its folder."""
    try:
        return next(folder.glob("*/plan.toml"), None) is not None
    except OSError:
        return False


def _folder_name(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name.strip())
    safe = re.sub(r'[\\/:*?"<>|\x00-\x1f\s]+', "-", folded).strip("-. ")[:MOST_LETTERS]
    if not safe or _OF_WINDOWS.fullmatch(safe.partition(".")[0]):
        raise Refusal(f"名前「{quoted(name)}」は使えません。フォルダーの名前になる文字で書いてください。")
    return safe


def _files(found: Outcomes, name: str) -> dict[str, bytes]:
    pictures = {f"{chart.name}.{kind}": chart.saved(kind) for chart in charts(found) for kind in ("svg", "png")}
    data = found.table(all_figures=True).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    made = {**pictures, "figures.csv": data}
    how = _how(found, name) | {"files": {file: sha256(content).hexdigest() for file, content in made.items()}}
    return {
        **made,
        "how.json": (json.dumps(how, ensure_ascii=False, indent=1) + "\n").encode(),
        "how.txt": _told(found, how).encode(),
    }


def _how(found: Outcomes, name: str) -> dict:
    frames, asked, names = found.bench.frames, found.change, found.bench.frames.measure_names
    return {
        "mark": MARK,
        "name": name,
        "plan": frames.plan.id,
        "plan_name": frames.plan.full_name,
        "fiscal_year": frames.fiscal_year,
        "input_hash": frames.input_hash,
        "years_before": {str(year): other.input_hash for year, other in found.bench.years.items()},
        "sources": {one: {"title": about["title"], "sha256": about["sha256"]} for one, about in frames.sources.items()},
        "change": {
            "leave_out": [names[one] for one in asked.leave_out],
            "regrade": [
                {
                    "policy": one.policy_id,
                    "measure": names.get(one.measure_id, ""),
                    "from": one.grade,
                    "to": one.to,
                    "measures": one.measures,
                }
                for one in asked.regrades
            ],
            "rounding_rule": asked.rounding_rule,
            "recurrence": {names[one]: how for one, how in asked.recurrences},
            "threshold": "" if asked.threshold is None else str(asked.threshold),
        },
        "sentences": list(found.sentences),
        "contradicts": [one.id for one in found.against],
        "moved": [
            {"metric": one.figure.metric, "scope": one.figure.scope, "scope_id": one.figure.scope_id}
            | dict(zip(("official", "what_if", "difference"), shown(one), strict=True))
            for one in found.moved
        ],
        "versions": {"python": ".".join(map(str, sys.version_info[:3])), **{one: version(one) for one in LIBRARIES}},
    }


def _told(found: Outcomes, how: dict) -> str:
    """How it was made, for whoever is handed the pictures."""
    frames, names = found.bench.frames, found.bench.frames.measure_names
    against = "、".join(f"{one.id} {one.title}" for one in found.against)
    lines = [
        MARK,
        "",
        f"{how['name']}",
        f"{how['plan_name']} {notation.both_years(frames.fiscal_year)}",
        "",
        f"変えたこと: {''.join(found.sentences)}",
        *([f"資料の記載と食い違う検算: {against}"] if against else []),
        "",
        *(
            f"{called(one.figure, frames, names)}: 公式 {a} → もしも {b}（差 {c}）"
            for one in found.moved
            for a, b, c in [shown(one)]
        ),
        "",
        f"もとのデータ: data/{how['plan']}/{how['fiscal_year']}（入力のハッシュ {how['input_hash']}）",
        f"作ったもの: gyokaku {how['versions']['gyokaku']}、explore.what_if。数値の式は docs/metrics.md。",
    ]
    return "\n".join(lines) + "\n"
