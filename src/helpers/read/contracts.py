"""A quick test for rows that plainly meet their contract. Pandera, which names each fault, takes ten times as long."""

import re
from collections.abc import Mapping

import pandas as pd
import pandera.pandas as pa

from helpers.terms.records import columns
from helpers.terms.tables import TABLES


def is_met(rows: pd.DataFrame, contract: pa.DataFrameSchema) -> bool:
    """Whether all cells, given as text, plainly meet the contract. Where this says no, pandera decides."""
    if list(rows.columns) != list(contract.columns) or contract.checks:
        return False
    cells = {name: column.tolist() for name, column in zip(rows, columns(rows), strict=True)}
    if not all(_is_met(cells[name], check) for name, column in contract.columns.items() for check in column.checks):
        return False
    keys = list(zip(*(cells[name] for name in contract.unique), strict=True))
    return len(set(keys)) == len(keys)


def _is_met(cells: list[str], check: pa.Check) -> bool:
    says: Mapping = check.statistics
    match check.name:
        case "str_length":
            return all(says["min_value"] <= len(cell) for cell in cells) and says["max_value"] is None
        case "str_matches":
            return all(map(re.compile(says["pattern"]).fullmatch, cells))
        case "isin":
            return set(says["allowed_values"]).issuperset(cells)
    return False


# Compiled once, at import, so that processes forked later share it.
for _check in (check for table in TABLES.values() for column in table.columns.values() for check in column.checks):
    re.compile(_check.statistics.get("pattern", ""))
