"""A page made in this process: what needs papermill and nbconvert, which whoever only asks for pages does without."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode

from helpers.run.render import Page, bundle_in, canonical, checked, export
from helpers.run.render.execute import executed, in_turn
from helpers.run.render.faults import Failed, NotAPage

NO_GLYPH = re.compile(r"Glyph (\d+) .*missing from (?:current )?font")


def page(notebook: Path, given: Mapping[str, object], **limits: object) -> Page:
    """As `helpers.run.render.page` says, in this process."""
    return _of(notebook, executed(notebook, checked(notebook, given), **limits))


def pages(asked: Sequence[tuple[Path, Mapping[str, object]]], **limits: object) -> list[Page | Exception]:
    """As `helpers.run.render.pages` says, in this process, by forked kernels."""
    made: list[Page | Exception] = []
    runs = in_turn([(notebook, checked(notebook, given)) for notebook, given in asked], **limits)
    for (notebook, _), run in zip(asked, runs, strict=True):
        try:
            made.append(run if isinstance(run, Exception) else _of(notebook, run))
        except Failed as fault:
            made.append(fault)
    return made


def _of(notebook: Path, run: NotebookNode) -> Page:
    """The page of an executed notebook."""
    as_file = canonical.to_bytes(run)
    try:
        _refuse_missing_glyphs(run)
        bundle = bundle_in(as_file)
        about = {name: bundle[name] for name in ("title", "language", "plan", "fiscal_year")}
        return Page(export.html(run, page=about), as_file, bundle)
    except NotAPage as fault:
        raise Failed(f"{notebook.name}: {fault}", as_file) from fault


def _refuse_missing_glyphs(run: NotebookNode) -> None:
    said = "".join(o.text for cell in run.cells for o in cell.get("outputs", []) if o.get("name") == "stderr")
    if points := dict.fromkeys(NO_GLYPH.findall(said)):
        named = "、".join(f"「{chr(int(point))}」（U+{int(point):04X}）" for point in points)
        raise NotAPage(f"図に字形がない文字があります: {named}。別の字に直すか、書体を加えてください。")
