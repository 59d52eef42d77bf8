"""Everything known about one plan and year, one frame a table."""

from dataclasses import dataclass, field, fields
from functools import cached_property

import pandas as pd

from helpers.terms import showing
from helpers.terms.audience import INTERNAL as INTERNAL_READERS
from helpers.terms.fiscal_year import wareki
from helpers.terms.plan import Plan
from helpers.terms.records import records
from helpers.terms.tables import INTERNAL, NOT_OF_A_DOCUMENT, PERIOD_TYPED, REGISTER, TABLES, WHERE, typed

_NO_REGISTER = pd.DataFrame(columns=list(REGISTER.columns), dtype=str).assign(
    expected_yen=pd.array([], dtype="Int64"), actual_yen=pd.array([], dtype="Int64")
)


@dataclass(frozen=True)
class Frames:
    """Everything known about one plan and year: one frame per table, each indexed by the line in its file.

    `effects` carries besides its file's columns `amount_yen` and `precision_yen` (integers), `grade_counts.measures` is
    an integer, `register` has `expected_yen` and `actual_yen`, missing where a word stands for the amount; every other
    cell is the file's text.

    Attributes:
        sources: What `SOURCES.toml` says of each document, by source id.
        registered_years: Fiscal years of this plan that hold facts.
        input_hash: SHA-256 over `plan.toml` and every file of the year: the same for the same input, wherever it lies.
        register: The city's internal register; empty where there is none. Never mixed with the published tables.
        forms: What is said of each department's answers from which the register was collected, by source id.
        superseded: The tables of each replaced document of the same year, by source id.
        earlier_decisions: What became of the points put to leadership in the years before, by fiscal year.
        effects_before: The effects of the registered years before, by fiscal year, for what compares sizes.
        audience: For whom: `internal`, or `public` where what is not published has been left out.
    """

    plan: Plan
    fiscal_year: int
    grade_counts: pd.DataFrame
    effects: pd.DataFrame
    measures: pd.DataFrame
    mentions: pd.DataFrame
    linked_plans: pd.DataFrame
    stated: pd.DataFrame
    effect_classes: pd.DataFrame
    reason_codes: pd.DataFrame
    assumptions: pd.DataFrame
    corrections: pd.DataFrame
    acknowledged: pd.DataFrame
    decisions: pd.DataFrame
    sources: dict[str, dict]
    registered_years: tuple[int, ...]
    input_hash: str
    register: pd.DataFrame = field(default_factory=_NO_REGISTER.copy)
    forms: dict[str, dict] = field(default_factory=dict)
    superseded: dict[str, dict[str, pd.DataFrame]] = field(default_factory=dict)
    earlier_decisions: dict[int, pd.DataFrame] = field(default_factory=dict)
    effects_before: dict[int, pd.DataFrame] = field(default_factory=dict)
    audience: str = INTERNAL_READERS

    @cached_property
    def measure_names(self) -> dict[str, str]:
        """The name of each measure by its id: as published, or as in the register if it was not published."""
        return {
            measure_id: measure
            for table in (self.register, self.measures)
            for measure_id, measure in zip(table["measure_id"], table["measure"], strict=True)
        }

    @cached_property
    def places(self) -> dict[str, dict[int, tuple[str, str, str]]]:
        """Source, locator and words of each row that a document states, by table and line; tables of judgements are none of these."""
        return {
            name: dict(zip(table.index, zip(*(table[one].tolist() for one in WHERE), strict=True), strict=True))
            for name, table in self.tables().items()
            if set(WHERE) <= set(table.columns)
        }

    def amounts(self, scope: str, kind: str = "") -> list[tuple]:
        """The rows of `effects` of a scope, `policy` or `measure`, and of one kind where one is named: `expected`, `actual`."""
        return [row for row in records(self.effects) if row.scope == scope and kind in {"", row.kind}]

    @property
    def knowledge(self) -> str:
        """Which layers there are: `published`, or `published_and_register`."""
        return "published_and_register" if len(self.register) else "published"

    @property
    def as_of(self) -> str:
        """The month of the document in force, `2025-08`; `not_stated` where it names none."""
        months = {source["published"] for source in self.sources.values() if not source.get("superseded")}
        return max(months - {"not_stated"}, default="not_stated")

    @property
    def edition(self) -> int:
        """Which edition of the year's document is in force: 2 where it replaced one."""
        return 1 + sum(bool(source.get("superseded")) for source in self.sources.values())

    @property
    def former(self) -> tuple[str, dict[str, pd.DataFrame]] | None:
        """The document that was replaced last and its tables, where these were kept."""
        replaced = [one for one, source in self.sources.items() if source.get("superseded") and one in self.superseded]
        return (replaced[0], self.superseded[replaced[0]]) if replaced else None

    @property
    def has_decisions(self) -> bool:
        """Whether it is registered, for this year or one before, what became of a point put to leadership."""
        return any(len(table) for table in (self.decisions, *self.earlier_decisions.values()))

    @property
    def graded_against(self) -> tuple[str, str, str] | None:
        """What the grades measure, in the words of the document in force, with source and locator; None where it does not say."""
        return next(
            (
                (source["graded_against"], source_id, source["graded_against_at"])
                for source_id, source in self.sources.items()
                if "graded_against" in source and not source.get("superseded")
            ),
            None,
        )

    @property
    def typed(self) -> list[str]:
        """What the documents in force do not say of themselves, so that a person gave it: of `TYPED`."""
        in_force = [source for source in self.sources.values() if not source.get("superseded")]
        is_periods = self.plan.sources.get("first_fiscal_year", "").startswith(NOT_OF_A_DOCUMENT)
        of_sources = dict.fromkeys(says for source in in_force for says in typed(source))
        return [*of_sources, *([PERIOD_TYPED] if is_periods else [])]

    def __repr__(self) -> str:
        return showing.text(*self._shown())

    def _repr_html_(self) -> str:
        return showing.html(*self._shown())

    def _shown(self) -> tuple[pd.DataFrame, str]:
        """Which tables there are, how many rows each, what a row is, and how to get at one."""
        contracts = TABLES | {contract.name: contract for contract in INTERNAL}
        tables = self.tables()
        rows = [(len(rows), contracts[name].description.removeprefix("1行は、")) for name, rows in tables.items()]
        shown = pd.DataFrame(rows, columns=["行数", "1行の意味"], index=list(tables))
        return (
            shown,
            f"{self.plan.full_name} {wareki(self.fiscal_year)}。frames.effects のように、表の名前で取り出せます。",
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """The frames by the name of their table."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}
