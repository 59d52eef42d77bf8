"""The pages of a document that a corrected one replaced: kept readable below the year, under `editions/`."""

import re
from collections.abc import Mapping
from pathlib import Path

from helpers.run.batch.due import parsed
from helpers.run.batch.late import render
from helpers.run.batch.year_set import SUMMARY

FOLDER = "editions"


def former(stood: Path, outputs: Mapping[str, object], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the set that stands, as they are kept below the new one; nothing where both are of one edition.

    Args:
        stood: The folder of the year set as it stands.
        outputs: Its files as they were recorded.
        files: The new set.
    """
    if SUMMARY not in outputs or not (stood / SUMMARY).is_file():
        return {}
    before, now = parsed((stood / SUMMARY).read_bytes()), parsed(files[SUMMARY])
    edition = before.get("edition", 1)
    if edition >= now.get("edition", 1):
        return {}
    kept = {name: (stood / name).read_bytes() for name in outputs if (stood / name).is_file()}
    return {
        f"{FOLDER}/{edition}/{name}": _page(content) if name.endswith(".html") else content
        for name, content in kept.items()
    }


def _page(content: bytes) -> bytes:
    """A page two folders further down, that says at its head that it was replaced and leads to the page that replaced it."""
    html = re.sub(r'href="\.\./', 'href="../../../', content.decode())
    return html.replace("<main", f"{render().superseded()}<main", 1).encode()
