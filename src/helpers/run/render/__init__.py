"""Notebook and parameters → one self-contained page and its files.

The only place that knows papermill, its engine and nbconvert; it imports them where a page is made, not where a worker is
asked for one. It does not know the plan: what a page says comes from the bundle that the notebook's last cell displays.
"""

import ast
import difflib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from helpers.run import warm
from helpers.run.render import pdf, workers
from helpers.run.render.embedded import superseded
from helpers.run.render.faults import Failed, NotAPage, Refused
from helpers.run.render.overview import overview
from helpers.run.render.overview import prepare as prepare_overview
from helpers.run.render.runs import runs
from helpers.terms import Refusal
from helpers.terms.json import loaded
from helpers.terms.mime import MIME

__all__ = [
    "ENGINES",
    "Failed",
    "Page",
    "Refused",
    "bundle_in",
    "checked",
    "engine_of",
    "overview",
    "page",
    "pages",
    "parameters",
    "pdf",
    "prepare_overview",
    "runs",
    "stop",
    "superseded",
]

FORKED = "gyokaku"
ENGINES = (FORKED, "plain")
SCHEMA = 1
# The parameter that names pages in other languages; only who builds a whole set knows them.
BESIDE = "beside"
BUNDLE_FIELDS = {
    "page": str,
    "plan": str,
    "fiscal_year": int,
    "language": str,
    "audience": str,
    "title": str,
    "metrics": list,
    "summary": dict,
    "tables": dict,
}
TYPES = {int: "整数", float: "小数", str: "文字", bool: "真偽（True か False）", list: "リスト", dict: "辞書"}


@dataclass(frozen=True)
class Page:
    """What one run of a notebook gives.

    Attributes:
        html: The page, self-contained.
        notebook: The executed notebook, canonical, for audit.
        bundle: What leaves the notebook: figures, summary, tables.
    """

    html: str
    notebook: bytes
    bundle: dict


def parameters(notebook: Path) -> dict[str, object]:
    """Each parameter of a notebook and its default, as its `parameters` cell assigns them.

    Raises:
        Failed: The file is no notebook, or a default is no plain value.
    """
    try:
        return {name: ast.literal_eval(value) for name, value in _assigned(notebook.read_text(encoding="utf-8"))}
    except (ValueError, SyntaxError, KeyError, TypeError) as error:
        raise Failed(f"{notebook}: パラメーターを読めません（{error}）。") from error


@lru_cache(maxsize=64)  # each page of a year asks
def _assigned(notebook: str) -> list[tuple[str, ast.expr]]:
    """What the `parameters` cell assigns."""
    cells = json.loads(notebook)["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    lines = ast.parse("".join(tagged[0]["source"]) if tagged else "").body
    assigned = ((line.targets[0], line.value) for line in lines if isinstance(line, ast.Assign))
    return [(target.id, value) for target, value in assigned if isinstance(target, ast.Name)]


def checked(notebook: Path, given: Mapping[str, object]) -> dict[str, object]:
    """The parameters given, in the notebook's order, once they are exactly those it takes.

    Papermill runs a mistyped name with the default year, and takes 令和6 for a number's place: here both are refused.

    Raises:
        Refusal: A parameter is unknown, missing or of another type; all faults at once.
    """
    known = parameters(notebook)
    faults = []
    for name in given.keys() - known.keys():
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"「{nearest[0]}」のことですか。" if nearest else ""
        takes = "、".join(known) or "なし"
        faults.append(f"{notebook.name}: パラメーター「{name}」はありません。{hint}使えるもの: {takes}。")
    for name, default in known.items():
        if name not in given:
            faults.append(f"{notebook.name}: パラメーター「{name}」の値がありません。")
        elif type(given[name]) is not type(default) and default is not None:
            wanted = f"{TYPES.get(type(default), type(default).__name__)}（{default!r} のような値）"
            faults.append(f"{notebook.name}: パラメーター「{name}」の値 {given[name]!r} は使えません。{wanted}です。")
    if faults:
        raise Refusal(*sorted(faults))
    return {name: given[name] for name in known}


def page(
    notebook: Path,
    given: Mapping[str, object],
    *,
    cell_seconds: int,
    start_seconds: int,
    memory: int | None = None,
    engine: str | None = None,
) -> Page:
    """The page that a notebook makes of its parameters.

    Args:
        notebook: A notebook whose last cell displays one bundle.
        given: All of its parameters; `beside` only where pages in other languages stand beside it. Where one is an absolute
            path, it is in nothing that comes back.
        cell_seconds: How long one cell may take.
        start_seconds: How long the kernel may take to start.
        memory: How many bytes its kernel may take; all there is where None.
        engine: One of `ENGINES`; that of the environment variable `GYOKAKU_ENGINE`, or the first, where `None`. The page is
            the same with either, and the second does it where the first cannot.

    Raises:
        Refusal: The parameters are not those of the notebook, or a cell raised a refusal (then a `Refused`).
        Failed: There is no page; the exception holds the notebook as far as it got.
    """
    limits = {"cell_seconds": cell_seconds, "start_seconds": start_seconds, "memory": memory}
    given = _whole(notebook, given)
    if engine_of(engine) == FORKED and warm.is_possible():
        try:
            return workers.call(_page, notebook, given, **limits, is_forked=True)
        except workers.Gone as gone:
            raise _lost(notebook, gone) from gone
        except workers.Unfit:
            pass  # slower, with the same result
    return _page(notebook, given, **limits, is_forked=False)


def pages(asked: Sequence[tuple[Path, Mapping[str, object]]], **limits: object) -> list[Page | Exception]:
    """The pages of several notebooks, or what `page` raises for each; made one after the other, by forked kernels.

    Where all begin with the same cells, with the parameters given, these are run once, as far as they are plain (`plain_cells`).
    Each notebook goes on in a process of its own.

    Args:
        asked: Notebooks and their parameters, as `page` has them.
        **limits: As `page` has them.

    Raises:
        Refusal: The parameters of one are not those of its notebook.
        workers.Unfit: Kernels cannot be forked here safely.
    """
    whole = [(notebook, _whole(notebook, given)) for notebook, given in asked]
    try:
        return workers.call(_pages, whole, **limits)
    except workers.Gone as gone:
        return [_lost(notebook, gone) for notebook, _ in whole]


def _whole(notebook: Path, given: Mapping[str, object]) -> dict[str, object]:
    """All parameters: where none are named, there are no pages in other languages."""
    is_lacking = BESIDE not in given and BESIDE in parameters(notebook)
    return {**given, BESIDE: ""} if is_lacking else dict(given)


def _lost(notebook: Path, gone: workers.Gone) -> Failed:
    which = "ページを作るプロセス" + ("（始まる途中）" if gone.is_starting else "")
    return Failed(f"{notebook.name}: {which}{gone}", may_pass=True)


def engine_of(name: str | None) -> str:
    """The engine meant.

    Raises:
        Refusal: There is none of that name.
    """
    name = name or os.environ.get("GYOKAKU_ENGINE") or FORKED
    if name not in ENGINES:
        raise Refusal(f"エンジン「{name}」はありません。使えるもの: {'、'.join(ENGINES)}。")
    return name


def stop() -> None:
    """End all kernels at once: a run that is interrupted does not wait for its cells."""
    workers.stop()
    if execute := sys.modules.get("helpers.run.render.execute"):  # where none was imported, none was started
        execute.stop()


def _page(notebook: Path, given: Mapping[str, object], **limits: object) -> Page:
    # Not at the top: papermill and nbconvert are for whoever makes a page, and a batch has workers for that.
    from helpers.run.render import making  # noqa: PLC0415

    return making.page(notebook, given, **limits)


def _pages(asked: Sequence[tuple[Path, Mapping[str, object]]], **limits: object) -> list[Page | Exception]:
    from helpers.run.render import making  # noqa: PLC0415 — as above

    return making.pages(asked, **limits)


def bundle_in(notebook: bytes) -> dict:
    """The bundle that a canonical notebook ends with.

    Raises:
        NotAPage: It does not, or the bundle lacks something.
    """
    run = loaded(notebook, partial(json.loads, parse_constant=_no_number))
    code = [cell for cell in run["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    found = [(cell, output["data"][MIME]) for cell in code for output in _shown(cell) if MIME in output["data"]]
    if len(found) != 1 or found[0][0] is not code[-1]:
        raise NotAPage(f"最後のセルが束（bundle）を1つだけ表示する決まりですが、{len(found)}個あります。")
    bundle = found[0][1]
    wrong = [name for name, kind in BUNDLE_FIELDS.items() if type(bundle.get(name)) is not kind]
    if bundle.get("schema") != SCHEMA or wrong:
        raise NotAPage(f"束（bundle）の形が違います: {'、'.join(wrong or ['schema'])}。")
    return bundle


def _no_number(text: str) -> None:
    raise NotAPage(f"束（bundle）に数でない値（{text}）があります。ない理由を書いてください。")


def _shown(cell: Mapping) -> Iterator[Mapping]:
    return (output for output in cell["outputs"] if output["output_type"] in {"display_data", "execute_result"})
