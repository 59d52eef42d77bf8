"""The result of reading one document: rows with provenance, and faults with what to do."""

import pandas as pd

from helpers.intake.passage import Passage
from helpers.received import Document
from helpers.terms import Plan, quoted
from helpers.terms.layout import Layout
from helpers.terms.tables import FACTS

ORIGINAL = "原本と見比べて直してください"
WRONG = f"layout.toml か資料の、どちらかが違います。{ORIGINAL}"
TELL_US = "読み方が決まっていません。この行を添えて保守の担当に知らせ、intake に言い回しを加えてもらってください"
PLAN = ("plan", "plan")

_COLUMNS = {contract.name: list(contract.columns) for contract in FACTS}


class Ledger:
    """Rows by table, and faults, in the order found."""

    def __init__(self, document: Document, plan: Plan, layout: Layout, fiscal_year: int) -> None:
        self.document, self.plan, self.layout, self.fiscal_year = document, plan, layout, fiscal_year
        self.rows: dict[str, list[dict[str, str]]] = {name: [] for name in _COLUMNS}
        self.faults: list[str] = []

    def add(self, table: str, place: Passage, *values: str, status: str = "stated") -> None:
        """Adds a row: its values in the order of the contract, then their place in the document."""
        line = self.document.lines[place.line - 1]
        locator, quote = place.locator, place.quote if place.column else line.words.strip()
        if not quote.strip():  # a blank cell that counts as none: the name of its row says where it is
            named = zip(line.cells, line.words.split("\t"), strict=True)
            locator, quote = next((at, words) for at, words in named if words.strip())
        values += (self.document.source_id, locator, quote, status)
        self.rows[table].append(dict(zip(_COLUMNS[table], values, strict=True)))

    def state(self, place: Passage, metric: str, scope: tuple[str, str], value: str, unit: str, how: str) -> None:
        """Adds a row of `stated`; two values for the same thing in one place are a fault."""
        key = {"metric": metric, "scope": scope[0], "scope_id": scope[1], "locator": place.locator}
        same = [row["value"] for row in self.rows["stated"] if key.items() <= row.items()]
        if not same:
            self.add("stated", place, metric, *scope, how, value, unit)
        elif same != [value]:
            self.fault(place, f"同じものの値が二つあります（{same[0]} と {value}）。{ORIGINAL}")

    def fault(self, place: Passage, says: str) -> None:
        """A fault at some words of the document, and what to do."""
        self.faults.append(f"{self.document.name} {place.where}「{quoted(place.quote) or '（空欄）'}」: {says}。")

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables of facts, every cell as text."""
        return {name: pd.DataFrame(rows, columns=_COLUMNS[name], dtype=str) for name, rows in self.rows.items()}
