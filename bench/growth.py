"""How the time and memory of each page grow with the measures of a register, and with the years before.

The years are made up, in memory, and say so in their names: each a register, the counts and amounts it adds up to, and the thirty
measures with the largest amounts by name. Each page is made by its own notebook in a child that has everything imported and has
made a small page before. The exponent is that of the last step: 1 where a page of twice as many measures takes twice as long.
Status 1 where a page grows faster than its input.
"""

import dataclasses
import gc
import json
import math
import multiprocessing
import os
import platform
import random
import resource
import statistics
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "src"), str(BENCH.parent / "tests")]
import made_up  # noqa: E402
import made_up_register  # noqa: E402
import strained  # noqa: E402

from helpers.terms.frames import Frames  # noqa: E402

PAGES = ("brief", "detail", "quality")
MEASURES, YEARS, USUAL = (74, 300, 1_000, 5_000), (1, 5, 10), 300
ROUNDS = 3
MOST = 1.2  # of an exponent, which trembles
POLICIES, DEPARTMENTS, NAMED, LATEST = 5, 20, 30, 2032


def frames(measures: int, fiscal_year: int, years: int) -> Frames:
    """A made-up year with a register of so many measures, in a plan of so many registered years."""
    chance = random.Random(fiscal_year)  # noqa: S311 — made-up amounts
    rows = []
    for n in range(1, measures + 1):
        policy, department = str(chance.randint(1, POLICIES)), f"架空部{chance.randrange(DEPARTMENTS)}"
        grade, expected = chance.choices("ABCD", [20, 60, 15, 5])[0], chance.randrange(20_000)
        actual = round(expected * chance.uniform(0, 2))
        rows.append((f"m-{n:06d}", f"架空の取組その{n}", policy, department, grade, expected, actual))
    graded = Counter((row[2], row[4]) for row in rows)
    policies = [str(policy) for policy in range(1, POLICIES + 1)]
    counts = [{grade: graded[policy, grade] for grade in "ABCD"} for policy in policies]
    amounts = [tuple(sum(row[at] for row in rows if row[2] == policy) for at in (5, 6)) for policy in policies]
    largest = sorted(rows, key=lambda row: -row[6])[:NAMED]
    items = [(name, str(actual // 1_000), "百万円", "unknown") for _, name, *_, actual in largest]
    published = made_up.year(
        counts, amounts, items, fiscal_year=fiscal_year, registered_years=tuple(range(LATEST - years + 1, LATEST + 1))
    )
    ids = dict(zip(published.measures["measure"], published.measures["measure_id"], strict=True))
    place = {"source_id": "made-up", "quote": made_up_register.MADE_UP, "status": "stated"}
    register = [
        made_up_register._row(ids.get(name, f"x{measure_id[1:]}"), name, *rest) | place | {"locator": f"L{line}"}  # noqa: SLF001
        for line, (measure_id, name, *rest) in enumerate(rows, start=2)
    ]
    plan = made_up.plan(POLICIES, first_fiscal_year=LATEST - max(YEARS) + 1, last_fiscal_year=LATEST + 1)
    return dataclasses.replace(published, plan=plan, register=made_up_register.frame(register))


def made(page: str, measures: int, years: int, told: Connection) -> None:
    """One page: seconds of processor time, MiB above what was there before, MB of the page."""
    of_years = {year: frames(measures, year, years) for year in range(LATEST - years + 1, LATEST + 1)}
    latest = of_years.pop(LATEST)
    gc.collect()
    held, began = _most(), time.process_time()
    text = strained.page(page, latest, before=of_years)
    told.send((time.process_time() - began, _most() - held, len(text.encode()) / 1e6))


def _most() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(page: str, measures: int, years: int) -> list[float]:
    """The medians of some rounds, each in a child of its own."""
    found = []
    for _ in range(ROUNDS):
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.get_context("fork").Process(target=made, args=(page, measures, years, theirs))
        child.start()
        theirs.close()
        found.append(ours.recv())
        child.join()
    return [round(statistics.median(column), 2) for column in zip(*found, strict=True)]


def exponent(steps: list[int], values: list[float]) -> float:
    """Of the last step."""
    return round(math.log(values[-1] / values[-2]) / math.log(steps[-1] / steps[-2]), 2)


def main() -> None:
    """Prints a row for each page and size, and the exponents."""
    for page in PAGES:  # what a worker has read and compiled before its first page
        strained.page(page, frames(MEASURES[0], LATEST, 1), before={})
    gc.collect()
    gc.freeze()
    steepest = 0.0
    for what, steps in (("measures", MEASURES), ("years", YEARS)):
        for page in PAGES:
            rows = [measured(page, *((n, 1) if what == "measures" else (USUAL, n))) for n in steps]
            seconds = [row[0] for row in rows]
            row = {what: list(steps), "page": page, "seconds": seconds, "MiB": [row[1] for row in rows]}
            row |= {"MB": [row[2] for row in rows], "exponent": exponent(steps, seconds)}
            steepest = max(steepest, row["exponent"])
            print(json.dumps(row), flush=True)
    print(f"{os.cpu_count()} cores {platform.machine()} Python {platform.python_version()}, load {os.getloadavg()}")
    if steepest > MOST:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
