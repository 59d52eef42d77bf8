"""A collection: what departments were asked in one stage of a year, what they have answered, and what is still to be asked."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers.terms import form
from helpers.terms.plan import Plan
from helpers.terms.tables import ACKNOWLEDGED

# What nobody changes by hand: it follows from the files that came back.
WRITTEN = ("answers.csv", "register.csv")


def written_hash(folder: Path) -> str:
    """A hash of the tables that follow from the files that came back; empty where one is missing."""
    files = [folder / name for name in WRITTEN]
    if not all(file.is_file() for file in files):
        return ""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


@dataclass(frozen=True)
class Collection:
    """One stage of one year of a plan.

    Attributes:
        stage: Of `form.STAGES`.
        asked: A measure a row (`terms.tables.ASKED`).
        answers: An answer a row (`ANSWERS`); empty before anything came back.
        doubts: What to ask, and what was read in a way that people should know (`DOUBTS`).
        register: The measures as answered so far (`REGISTER`, with `expected_yen` and `actual_yen`); empty as `answers`.
        sources: What is said of each file that came back, by source id.
        form: Hash of what was asked, which every form carries.
        until: Day by which departments are to answer; empty where none was set.
        contact: Whom they ask; empty where none was said.
        round: How many collectings have brought a new file.
        closed_by: Who closed the stage, and on which day; empty while it is under way.
    """

    plan: Plan
    fiscal_year: int
    stage: str
    asked: pd.DataFrame
    answers: pd.DataFrame
    doubts: pd.DataFrame
    register: pd.DataFrame
    sources: dict[str, dict]
    form: str
    until: str = ""
    contact: str = ""
    round: int = 0
    closed_by: str = ""
    closed_on: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether somebody has closed it."""
        return bool(self.closed_by)

    @property
    def acknowledged(self) -> pd.DataFrame:
        """Accepted failures of checks, as of a year: none, since nobody can accept one here."""
        return pd.DataFrame(columns=list(ACKNOWLEDGED.columns), dtype=str)

    @cached_property
    def needed(self) -> tuple[form.Column, ...]:
        """The columns that every measure must have answered in this stage."""
        return tuple(column for column in form.COLUMNS if self.stage in column.needed_in)

    @cached_property
    def by_department(self) -> pd.DataFrame:
        """A department a row, in the order asked: `asked`, `answered` (measures with every needed answer), `begun`, `open` (points to ask)."""
        answered = self.answers.groupby("measure_id")["item"].agg(set)
        needed = {column.key for column in self.needed}
        rows = []
        for department, measures in self.asked.groupby("department", sort=False):
            given = [answered.get(one, set()) for one in measures["measure_id"]]
            is_of_it = (self.doubts["department"] == department) & (self.doubts["weight"] == "open")
            rows.append(
                {
                    "department": department,
                    "asked": len(measures),
                    "answered": sum(needed <= one for one in given),
                    "begun": sum(bool(one) for one in given),
                    "open": int(is_of_it.sum()),
                }
            )
        return pd.DataFrame(rows, columns=["department", "asked", "answered", "begun", "open"])

    @property
    def silent(self) -> list[str]:
        """The departments of which nothing came back, in the order asked."""
        table = self.by_department
        return list(table.loc[table["begun"] == 0, "department"])

    @property
    def lacking(self) -> pd.DataFrame:
        """The rows of `by_department` that lack an answer or have a point to ask."""
        table = self.by_department
        return table[(table["answered"] < table["asked"]) | (table["open"] > 0)]
