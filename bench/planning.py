"""How long it takes to find out what is due: a made-up nation of 1,741 plans × 5 years, and a hundred pages that stand.

Nothing is executed: the year sets are files of the size of real ones, written down as published. Run it with nothing else going on.
"""

import argparse
import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from helpers.run import batch  # noqa: E402
from helpers.run.batch import due, run  # noqa: E402
from helpers.terms.json import indented  # noqa: E402

PLANS, YEARS, FIRST = 1_741, 5, 2023
RUNS = 5
PAGES = ("brief", "detail", "quality")
SETS_OF_A_HUNDRED_PAGES = 34  # three pages each
REAL = ROOT / "data" / "isehara-6"


def nation(folder: Path, plans: int, years: int, *, notebooks: tuple[str, ...]) -> batch.Folders:
    """Plans that all hold the files of the one real year, hard links to one copy: their hashes are taken one by one all the same."""
    seed = folder / "seed"
    shutil.copytree(REAL / "2024", seed)
    files = [path.relative_to(seed) for path in sorted(seed.rglob("*")) if path.is_file()]
    for number in range(plans):
        plan = folder / "data" / f"plan-{number:04d}"
        for year in range(FIRST, FIRST + years):
            target = plan / str(year)
            (target / "source").mkdir(parents=True)
            for file in files:
                (target / file).hardlink_to(seed / file)
        shutil.copy(REAL / "plan.toml", plan)
    (folder / "notebooks").mkdir()
    for name in notebooks:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder / "notebooks")
    return batch.Folders.around(folder / "data")


def published(folders: batch.Folders, year_sets: list, released: Path) -> None:
    """The year sets as if they had been built: each with files like those of the released set, and written down."""
    folders.out.mkdir()
    a_run = run.planner(folders)
    files = {path.relative_to(released): path.read_bytes() for path in sorted(released.rglob("*")) if path.is_file()}
    hashes = {
        name.as_posix(): sha256(f"{name.as_posix()}\0{sha256(content).hexdigest()}\n".encode()).hexdigest()
        for name, content in files.items()
    }
    sets = {}
    for plan, year in year_sets:
        work = a_run.work(plan, year, wanted=PAGES, force=False)
        target = folders.out / plan / str(year)
        for name in files:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).hardlink_to(released / name)
        sets[work.unit] = {"pages": work.inputs, "outputs": hashes}
    (folders.out / due.MANIFEST).write_bytes(indented({"schema": due.SCHEMA, "sets": sets}, sort_keys=True))


def planned(folders: batch.Folders, year_sets: list) -> tuple[float, int]:
    """Seconds until it is known what is due, reading the manifest included, and how many pages are."""
    began = time.perf_counter()
    a_run = run.planner(folders)
    works = [a_run.work(plan, year, wanted=PAGES, force=False) for plan, year in year_sets]
    return time.perf_counter() - began, sum(len(work.due) for work in works)


def whole_process(folders: batch.Folders) -> float:
    """Seconds of `gyokaku build` from start to end where nothing is due."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "helpers.cli", "build", "--data", str(folders.data), "--out", str(folders.out)],
        capture_output=True,
        text=True,
        check=True,
        cwd=folders.data.parent,
    )
    if "作成 0" not in done.stdout:
        raise RuntimeError(done.stdout[-200:])
    return time.perf_counter() - began


def main() -> None:
    """Builds the nation's files, and prints the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=PLANS)
    plans = parser.parse_args().plans
    # On the disk of the project: hard links do not leave it, and a folder in memory would flatter the reading.
    with tempfile.TemporaryDirectory(prefix="planning-", dir=ROOT) as made:
        released = Path(made, "released")
        shutil.copytree(ROOT / "reports" / "isehara-6" / "2024", released)
        hundred = nation(Path(made, "hundred"), SETS_OF_A_HUNDRED_PAGES, 1, notebooks=PAGES)
        published(hundred, [(path.name, FIRST) for path in sorted(hundred.data.iterdir())], released)
        nothing = [whole_process(hundred) for _ in range(RUNS)]
        everyone = nation(Path(made, "nation"), plans, YEARS, notebooks=("brief",))
        year_sets = [(p.name, year) for p in sorted(everyone.data.iterdir()) for year in range(FIRST, FIRST + YEARS)]
        everyone.out.mkdir()
        first = [planned(everyone, year_sets) for _ in range(RUNS)]
        everyone.out.rmdir()
        brief = Path(made, "brief")  # what a set of a brief alone holds
        shutil.copytree(released, brief, ignore=shutil.ignore_patterns("detail.*", "quality.*"))
        published(everyone, year_sets, brief)
        again = [planned(everyone, year_sets) for _ in range(RUNS)]
        files = sum(1 for path in brief.rglob("*") if path.is_file())
    print(
        json.dumps(
            {
                "nothing to do for 100 pages, whole process": _middle(nothing),
                "pages": len(year_sets),
                "nothing built yet": _middle(seconds for seconds, _ in first),
                "due": first[0][1],
                "all built, every output read": _middle(seconds for seconds, _ in again),
                "still due": again[0][1],
                "outputs of a set": files,
                "machine": f"{platform.machine()} Python {platform.python_version()}",
            },
            ensure_ascii=False,
            indent=1,
        )
    )


def _middle(seconds: object) -> str:
    seconds = sorted(seconds)
    return f"{statistics.median(seconds):.2f} s ({seconds[0]:.2f} to {seconds[-1]:.2f})"


if __name__ == "__main__":
    main()
