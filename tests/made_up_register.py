"""A made-up internal register (架空): 74 measures that add up to what was published for FY2024. No city keeps it.

The 15 measures that the document names keep their name, department and, where it is stated, grade; the policy they lie in, the
amounts nobody published and the other 59 measures are made up, so that counts, yen and rounded items come out as printed.
"""

import csv
from pathlib import Path

import pandas as pd

from helpers.terms import in_yen
from helpers.terms.frames import Frames
from helpers.terms.tables import REGISTER, TOKENS

MADE_UP = "架空（試験用）"
# Of each named measure: the policy it is put in, its grade where the document states none, expected and actual yen (thousands).
NAMED = {
    "m-49cb8a": ("1", "A", 5_000, 4_000),
    "m-85f7f9": ("2", "A", 1_000, 2_000),
    "m-969ee9": ("3", "A", 588, 464),
    "m-cc73f3": ("5", "A", 20_000, 100_000),
    "m-6c0abb": ("5", "A", 80_000, 172_000),
    "m-7c96d2": ("5", "A", 10_000, 20_000),
    "m-34db29": ("1", "C", 30_000, 1_000),
    "m-e2829d": ("2", "C", 500, 0),
    "m-1b5fc5": ("2", "C", 500, 0),
    "m-cf0121": ("5", "C", 10_000, 12_000),
    "m-19dc76": ("5", "C", 371, 0),
    "m-9d41ff": ("5", "C", 0, 0),
    "m-6df850": ("1", "B", 40_000, 36_000),
    "m-504763": ("3", "B", 5_000, 9_000),
    "m-9ceefd": ("5", "A", 100_000, 961_000),
}
# Of each policy: what the made-up measures expect and earn together (thousands); one of them carries it all.
#   1: 107,077 − 75,000 = 32,077 and 47,708 − 41,000 = 6,708     2: 4,700 − 2,000 = 2,700 and 6,352 − 2,000 = 4,352
#   5: 230,371 − 220,371 = 10,000 and 1,282,125 − 1,265,000 = 17,125
OTHERS = {"1": (32_077, 6_708), "2": (2_700, 4_352), "3": (0, 0), "4": (0, 0), "5": (10_000, 17_125)}
DEPARTMENTS = ("企画部", "総務部", "市民生活部", "経済環境部", "土木部")


def rows(frames: Frames) -> list[dict[str, str]]:
    """The register's rows, in the order of the policies; `frames` are FY2024 as published."""
    left = {(row.policy_id, row.grade): int(row.measures) for row in frames.grade_counts.itertuples()}
    made = []
    for measure in frames.measures.itertuples():
        policy, grade, expected, actual = NAMED[measure.measure_id]
        left[policy, grade] -= 1
        made.append((measure.measure_id, measure.measure, policy, measure.department, grade, expected, actual))
    carried = set()
    for (policy, grade), number in left.items():
        for _ in range(number):
            n = len(made)
            amounts = (0, 0) if policy in carried else OTHERS[policy]
            carried.add(policy)
            department = DEPARTMENTS[n % len(DEPARTMENTS)]
            made.append((f"x-{n:06d}", f"{MADE_UP}の取組その{n}", policy, department, grade, *amounts))
    made.sort(key=lambda row: row[2])
    place = {"source_id": next(iter(frames.sources)), "quote": MADE_UP, "status": "stated"}
    return [_row(*row) | place | {"locator": f"L{line}"} for line, row in enumerate(made, start=2)]


def _row(measure_id, measure, policy, department, grade, expected, actual):
    row = {"measure_id": measure_id, "measure": measure, "policy_id": policy, "promotion_item": "not_registered"}
    row |= {"department": department, "grade": grade, "reason": MADE_UP}
    for kind, amount in (("expected", expected), ("actual", actual)):
        meaning = "not_applicable" if amount else "not_set"
        row |= {f"{kind}_amount": str(amount), f"{kind}_unit": "千円", f"{kind}_zero_meaning": meaning}
    return row


def write(path: Path, made: list[dict[str, str]]) -> None:
    """The rows as `register.csv`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(REGISTER.columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)


def frame(made: list[dict[str, str]]) -> pd.DataFrame:
    """The rows as `read` would give them."""
    register = pd.DataFrame(made, columns=list(REGISTER.columns), dtype=str)
    register.index = pd.RangeIndex(2, len(made) + 2, name="line").astype("int64")
    for kind in ("expected", "actual"):
        amounts = [
            None if row[f"{kind}_amount"] in TOKENS else in_yen(row[f"{kind}_amount"], row[f"{kind}_unit"])[0]
            for row in made
        ]
        register[f"{kind}_yen"] = pd.array(amounts, dtype="Int64")
    return register
