"""The cases worked by hand in `tests/cases/`, read as they are written there."""

import csv
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
NOTHING = {"not_applicable", "not_stated"}


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one file, each cell as text."""
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        heading, *lines = csv.reader(file, strict=True)
    return [dict(zip(heading, cells, strict=True)) for cells in lines]


def cases(name: str) -> dict[str, list[dict[str, str]]]:
    """The rows of one file by the case they belong to."""
    return {case: list(of_case) for case, of_case in groupby(rows(name), key=lambda row: row["case"])}


def each(name: str) -> pytest.MarkDecorator:
    """A test with the argument `row` for each row of one file."""
    found = rows(name)
    return pytest.mark.parametrize("row", found, ids=[row["case"] for row in found])


def each_case(name: str) -> pytest.MarkDecorator:
    """A test with the argument `rows` for each case of one file."""
    found = cases(name)
    return pytest.mark.parametrize("rows", list(found.values()), ids=list(found))


def number(cell: str) -> int | Fraction | None:
    """A number as it is written by hand: 62, 31/37, 3.87; None for a word that says why there is none."""
    return None if cell in NOTHING else Fraction(cell.replace(",", ""))
