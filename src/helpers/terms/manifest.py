"""How the manifest records a built file; shared by the code that writes it and the code that compares."""

import re
from hashlib import sha256
from pathlib import PureWindowsPath

from helpers.terms.audience import PUBLIC

MANIFEST = "manifest.json"
WHOLE = "."
# What departments are asked and answer: below a plan's folder the data, below `reports/` the pages.
COLLECTIONS = "collection"
# Trees of their own within `reports/`: no plan may have such a name.
RESERVED = {PUBLIC, COLLECTIONS}
PLAN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
YEAR_SET = re.compile(rf"({PLAN_NAME.pattern})/([0-9]{{4}})")


def is_unit(name: str) -> bool:
    """Whether a name can be a folder of ours: it never leads out of the tree."""
    if name.partition("/")[0] in RESERVED:
        return False
    return name == WHOLE or bool(PLAN_NAME.fullmatch(name) or YEAR_SET.fullmatch(name))


def stays_inside(name: str) -> bool:
    """Whether the path of a file leads nowhere out of the folder it is said to lie in."""
    windows = PureWindowsPath(name)
    is_plain = "\\" not in name and not windows.drive and not windows.root and name.isprintable()
    return is_plain and bool(name) and not {"", ".", ".."} & set(name.split("/"))


def is_entry(unit: object, entry: object) -> bool:
    """Whether what a manifest holds of a unit is of the form in which it is written: pages with their inputs, files with hashes."""
    if not isinstance(unit, str) or not is_unit(unit) or not isinstance(entry, dict):
        return False
    pages, outputs = entry.get("pages"), entry.get("outputs")
    return (
        isinstance(pages, dict)
        and isinstance(outputs, dict)
        and bool(pages and outputs)
        and all(isinstance(page, dict) for page in pages.values())
        and all(stays_inside(name) and isinstance(known, str) for name, known in outputs.items())
    )


def recorded(name: str, content_hash: str) -> str:
    """A hash over both a file's path in its unit and its content, so that a renamed page counts as another.

    Args:
        name: Its path in the unit, with slashes.
        content_hash: SHA-256 of its content, or `-` where it is missing.
    """
    return sha256(f"{name}\0{content_hash}\n".encode()).hexdigest()
