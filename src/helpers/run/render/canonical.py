"""The executed notebook without what differs from run to run and from machine to machine."""

import copy
import json
import re
import sys
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines

from helpers.terms.json import indented

INJECTED = "injected-parameters"
KEPT_METADATA = ("gyokaku", "kernelspec")
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
# What each holds is looked for first, since that is far quicker.
VOLATILE = (
    # From the beginning of a word, or a long one would be searched from each of its letters.
    ("ipykernel_", re.compile(r"(?<!\S)\S*ipykernel_\d+[/\\]\d+\.py"), "<cell>"),
    (" at 0x", re.compile(r"(?<= at )0x[0-9a-f]{6,16}\b"), "0x0"),
)


def node(
    executed: NotebookNode,
    ids: AbstractSet[str | None],
    parameters: Mapping[str, object],
    *,
    folder: str,
    sources: Path,
) -> NotebookNode:
    """The notebook with its code, outputs and injected parameters, and nothing of this run or this machine.

    Args:
        executed: As papermill left it.
        ids: Of the cells of the notebook it was made from.
        parameters: As given. An absolute path among them becomes empty in the injected cell (found again from there
            upward), and the folder's name elsewhere.
        folder: Where the kernel ran.
        sources: The folder of this package.
    """
    paths = [value for value in parameters.values() if isinstance(value, str) and _is_folder_somewhere(value)]
    elsewhere = {**{path: Path(path).name for path in paths}, folder: ".", str(sources): "src", sys.prefix: "python"}
    clean, cleaned_source = _cleaning(elsewhere), _cleaning(dict.fromkeys(paths, ""))
    cells = []
    for number, cell in enumerate(executed.cells, start=1):
        tags = list(cell.metadata.get("tags", []))
        own_id = cell["id"] if cell["id"] in ids else INJECTED if INJECTED in tags else f"cell-{number}"
        kept = NotebookNode(cell, id=own_id, metadata=NotebookNode(tags=tags))
        if INJECTED in tags:
            kept["source"] = cleaned_source(cell.source)
        if cell.cell_type == "code":
            outputs = cell.get("outputs", [])
            kept["outputs"] = outputs if (cleaned := clean(outputs)) is outputs else nbformat.from_dict(cleaned)
            kept.setdefault("execution_count", None)
        cells.append(kept)
    metadata = {name: executed.metadata[name] for name in KEPT_METADATA if name in executed.metadata}
    metadata |= {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    metadata["papermill"] = {"parameters": cleaned_source(dict(parameters))}
    return NotebookNode(cells=cells, metadata=nbformat.from_dict(metadata), nbformat=4, nbformat_minor=5)


def to_bytes(executed: NotebookNode) -> bytes:
    """The notebook file, as `nbformat.writes` gives it."""
    lines = split_lines(NotebookNode(executed, cells=[_to_be_split(cell) for cell in executed.cells]))
    return indented(lines, sort_keys=True, allow_nan=True)


def _to_be_split(cell: NotebookNode) -> NotebookNode:
    """A copy down to what nbformat cuts into lines in its place; a deep one would copy every picture's data."""
    if "outputs" not in cell:
        return copy.deepcopy(cell)
    outputs = [
        NotebookNode(output, data=NotebookNode(output["data"])) if "data" in output else NotebookNode(output)
        for output in cell["outputs"]
    ]
    return NotebookNode(cell, outputs=outputs)


def _is_folder_somewhere(value: str) -> bool:
    return Path(value).is_absolute() and value != Path(value).anchor


def _cleaning(names: Mapping[str, str]) -> Callable[[Any], Any]:
    """Replaces each path in a value however Python or JSON spelt it, the longest first; gives the value itself where there is none."""
    spellings = {
        spelling: name
        for path, name in names.items()
        for spelling in (
            path,
            json.dumps(path)[1:-1],
            Path(path).as_posix(),
            path.encode("unicode_escape").decode(),
        )
    }
    longest_first = "|".join(re.escape(path) for path in sorted(spellings, key=len, reverse=True))
    # Whole paths only: `/p` is none in `</p>`, nor `/data` in `/data2`.
    pattern = re.compile(rf"(?<![\w<])(?:{longest_first})(?!\w)" if spellings else r"(?!)")

    # As JSON writes them: letter by letter, so that what stands in a text stands in the JSON of it.
    signs = [_written(one)[1:-1] for one in (*spellings, *(held for held, *_ in VOLATILE))]

    def replaced(text: str) -> str:
        has_a_separator = "/" in text or "\\" in text  # as every path has
        if has_a_separator and any(spelling in text for spelling in spellings):
            text = pattern.sub(lambda found: spellings[found[0]], text)
        for held, volatile, instead in VOLATILE:
            if held in text:
                text = volatile.sub(instead, text)
        return text

    def cleaned(value: object) -> object:
        written = _written(value)
        return _mapped(value, replaced) if any(sign in written for sign in signs) else value

    return cleaned


def _written(value: object) -> bytes:
    """As JSON, to look for something in it."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half of a character
        return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")


def _mapped(value: object, clean: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _mapped(item, clean) for key, item in value.items()}
    if isinstance(value, list):
        return [_mapped(item, clean) for item in value]
    return value
