"""How long the metrics of many plans and years take, and how much memory.

50 plans × 10 years × 5,000 measures: each year has a register of 5,000 measures, the published counts and amounts that it adds
up to, and fifty named measures. Everything is made up, in memory, and says so in its name. Only the computing is timed, not the
making up. `python bench/metrics_scale.py` prints what it measured.
"""

import argparse
import dataclasses
import importlib.metadata
import os
import platform
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import compute, read
from helpers.terms import Plan
from helpers.terms.frames import Frames
from helpers.terms.tables import TABLES

DATA = Path(__file__).resolve().parents[1] / "data"
MADE_UP = "架空（計測用）"
FIRST_YEAR, NAMED, DEPARTMENTS = 2020, 50, 20
MOST_SECONDS, MOST_BYTES = 60, 2 * 1024**3


def plan(number: int, years: int) -> Plan:
    """A made-up plan with the grades and policies of the city's."""
    real = read.plan("isehara-6", DATA)
    return dataclasses.replace(
        real,
        id=f"made-up-{number:02d}",
        name=f"{MADE_UP}計画{number}",
        municipality=f"{MADE_UP}市{number}",
        first_fiscal_year=FIRST_YEAR,
        last_fiscal_year=FIRST_YEAR + years - 1,
    )


def frames(the_plan: Plan, year: int, measures: int, years: int) -> Frames:
    """One made-up year: a register, what is published of it, and fifty of its measures by name."""
    chance = np.random.default_rng([int(the_plan.id.rpartition("-")[2]), year])
    grades = [grade.code for grade in the_plan.grades]
    register = _register(the_plan, measures, chance, grades)
    named = register.iloc[:NAMED]
    amounts = register.groupby("policy_id", sort=False)[["expected_yen", "actual_yen"]].sum()
    effects = [
        ("policy", policy.id, policy.name, kind, int(amounts.loc[policy.id, f"{kind}_yen"]), 1_000)
        for policy in the_plan.policies
        for kind in ("expected", "actual")
    ]
    effects += [
        ("measure", row.measure_id, row.measure, "actual", row.actual_yen // 1_000_000 * 1_000_000, 1_000_000)
        for row in named.head(10).itertuples()
    ]
    counts = register.groupby(["policy_id", "grade"]).size()
    rows = [
        (policy.id, policy.name, grade, the_plan.grade(grade).label, int(counts.get((policy.id, grade), 0)))
        for policy in the_plan.policies
        for grade in grades
    ]
    empty = {name: pd.DataFrame(columns=list(contract.columns), dtype=str) for name, contract in TABLES.items()}
    return Frames(
        **empty
        | {
            "grade_counts": _table(rows, ["policy_id", "policy_name", "grade", "grade_label", "measures"]),
            "effects": _table(
                effects, ["scope", "scope_id", "scope_name", "kind", "amount_yen", "precision_yen"]
            ).assign(rounding="unknown", unit="円", zero_meaning="not_applicable"),
            "measures": named[["measure_id", "measure", "department", "grade"]].assign(
                grade_basis="stated",
                policy_id="not_stated",
                source_id=MADE_UP,
                locator="L1",
                quote="…",
                status="stated",
            ),
        },
        plan=the_plan,
        fiscal_year=year,
        sources={MADE_UP: {"title": MADE_UP}},
        registered_years=tuple(range(FIRST_YEAR, FIRST_YEAR + years)),
        input_hash=MADE_UP,
        register=register,
    )


def _register(the_plan: Plan, measures: int, chance: np.random.Generator, grades: list[str]) -> pd.DataFrame:
    expected = chance.integers(0, 20_000, measures) * 1_000
    return pd.DataFrame(
        {
            "measure_id": [f"m-{number:06x}" for number in range(measures)],
            "measure": [f"{MADE_UP}の取組{number}" for number in range(measures)],
            "policy_id": chance.choice([policy.id for policy in the_plan.policies], measures),
            "promotion_item": "not_registered",
            "department": [f"{MADE_UP}部{number}" for number in chance.integers(0, DEPARTMENTS, measures)],
            "grade": chance.choice(grades, measures, p=[0.2, 0.6, 0.15, 0.05]),
            "expected_yen": pd.array(expected, dtype="Int64"),
            "actual_yen": pd.array((expected * chance.uniform(0, 2, measures)).astype(int), dtype="Int64"),
            "reason": "not_registered",
            "source_id": MADE_UP,
            "locator": "L1",
            "quote": "…",
            "status": "stated",
        },
        index=pd.RangeIndex(2, measures + 2, name="line"),
    )


def _table(rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(2, len(rows) + 2, name="line"))
    return table.assign(source_id=MADE_UP, locator="L1", quote="…", status="stated")


def one_plan(number: int, years: int, measures: int) -> tuple[float, int, int]:
    """Processor seconds to compute all years of a plan, how many figures came of it, the most memory this process held."""
    the_plan = plan(number, years)
    the_years = {year: frames(the_plan, year, measures, years) for year in the_plan.years}
    start, found = time.process_time(), 0
    for year, of_year in the_years.items():
        others = {other: those for other, those in the_years.items() if other != year}
        found += len(compute.figures(of_year, years=others))
    return time.process_time() - start, found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    """Prints what was measured; 1 where it took longer or more memory than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("plans", 50), ("years", 10), ("measures", 5_000), ("jobs", os.cpu_count() or 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    start = time.perf_counter()
    with ProcessPoolExecutor(asked.jobs) as pool:
        jobs = [pool.submit(one_plan, number, asked.years, asked.measures) for number in range(asked.plans)]
        done = [job.result() for job in jobs]
    wall = time.perf_counter() - start
    seconds, figures = sum(one[0] for one in done), sum(one[1] for one in done)
    memory = max(one[2] for one in done) * asked.jobs
    print(f"{asked.plans} 計画 × {asked.years} 年度 × {asked.measures:,} 取組（すべて{MADE_UP}）: 指標 {figures:,} 個")
    print(
        f"計算 {seconds / asked.jobs:.0f} 秒（{asked.jobs} プロセスの計算時間の計 {seconds:.0f} 秒。"
        f"データ作りと待ちを含む全体 {wall:.0f} 秒）"
    )
    print(f"メモリ {memory / 1024**2:,.0f} MiB 以下（最大のプロセス × {asked.jobs}）")
    versions = "、".join(f"{name} {importlib.metadata.version(name)}" for name in ("pandas", "numpy"))
    print(f"{os.cpu_count()} コア（{platform.machine()}）、Python {platform.python_version()}、{versions}")
    return int(seconds / asked.jobs > MOST_SECONDS or memory > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
