"""What a nation would take: a slice of 1,741 made-up plans × 5 years, on this machine and on a Dask cluster of two workers on it.

The plans are made up out of the one real year (see speed.py), each with a name and amounts of its own and five years of the same
amounts; they never leave the temporary folder. The slice is built twice from nothing, by processes alone and through Dask's own
commands, and must be the same bytes. What a nation would take on more cores is reckoned from the year sets a minute of the slice,
not measured.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "src")]
from faults import children  # noqa: E402
from speed import LETTERS, YEAR, further_year, plans  # noqa: E402

BIN = Path(sys.executable).parent
PLANS, PAGES = 1_741, ("brief", "detail", "quality")
FISCAL_YEARS = (2023, 2024, 2025, 2026, 2027)
YEARS = len(FISCAL_YEARS)
WORKERS, EXTRAPOLATED = 2, (2, 16, 128)
LOOK_SECONDS = 2
TASKS = 500
# The first pages find processes that still import.
WARM_UP = 0.25


def noop(number: int) -> int:
    """What a task costs that does nothing."""
    return number


def private_mib(processes: list[int]) -> float:
    """What processes hold, what they share divided among them."""
    total = 0
    for process in processes:
        with suppress(OSError, ValueError, IndexError):
            total += int(
                Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").split("\nPss:")[1].split()[0]
            )
    return total / 1024


class Watched:
    """A build while it goes on: when each page was done, and what all its processes hold."""

    def __init__(self, data: Path, out: Path, words: list[str], others: list[int]) -> None:
        command = [BIN / "gyokaku", "build", "--data", data, "--out", out, *words]
        for page in PAGES:
            command += ["--page", page]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=BENCH.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.done: list[float] = []
        self.held: list[tuple[float, float]] = []
        self._roots = [self.process.pid, *others]
        looking = threading.Thread(target=self._look, daemon=True)
        looking.start()
        said = [self._noted(line) for line in self.process.stderr]
        self.lasted = time.monotonic() - self.began
        if self.process.wait() or len(self.done) < len(said):
            raise RuntimeError("".join(said))
        looking.join()

    def _noted(self, line: str) -> str:
        if line.startswith("["):
            self.done.append(time.monotonic() - self.began)
        return line

    def _look(self) -> None:
        while self.process.poll() is None:
            everybody = [*self._roots, *(child for root in self._roots for child in children(root))]
            self.held.append((time.monotonic() - self.began, private_mib(everybody)))
            time.sleep(LOOK_SECONDS)

    def told(self) -> dict:
        """Year sets a minute once it is steady, and memory in its beginning, middle and end."""
        first = int(len(self.done) * WARM_UP)
        steady = (len(self.done) - 1 - first) / (self.done[-1] - self.done[first]) * 60
        held = [mib for moment, mib in self.held if self.done[first] <= moment <= self.done[-1]]
        third = max(1, len(held) // 3)
        parts = [held[:third], held[third:-third], held[-third:]]
        return {
            "year sets": len(self.done) // len(PAGES),
            "seconds in all": round(self.lasted, 1),
            "year sets a minute, steady": round(steady / len(PAGES), 1),
            "memory (PSS of all processes, MiB) in the thirds of the steady part": [
                round(statistics.median(part)) if part else None for part in parts
            ],
            "memory, most": round(max(mib for _, mib in self.held)),
        }


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and two workers by Dask's own commands; gives the address, and the processes."""
    file = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = ["--host", "127.0.0.1", "--no-dashboard"]
    processes = [
        subprocess.Popen([BIN / "dask", "scheduler", "--port", "0", "--scheduler-file", file, *words], **quiet)
    ]
    with ExitStack() as stack:
        stack.callback(lambda: [process.wait() for process in processes])
        stack.callback(lambda: [process.terminate() for process in reversed(processes)])
        while not file.exists():
            time.sleep(0.1)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        for number in range(WORKERS):
            place = ["--local-directory", folder / f"worker-{number}", "--nthreads", "1"]
            processes.append(subprocess.Popen([BIN / "dask", "worker", address, *place, *words], **quiet))
        yield address, [process.pid for process in processes]


def overhead(address: str) -> dict:
    """Milliseconds of a task that does nothing: by a pool of two processes, and by the cluster; one after the other."""
    from distributed import Client  # noqa: PLC0415 — not where only the local half is measured

    with ProcessPoolExecutor(WORKERS) as pool:
        local = _milliseconds(lambda number: pool.submit(noop, number).result())
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(WORKERS)
        there = _milliseconds(lambda number: client.submit(noop, number, pure=False).result())
    return {"pool of processes": local, "cluster": there}


def _milliseconds(ask: Callable[[int], int]) -> float:
    ask(0)
    began = time.perf_counter()
    for number in range(TASKS):
        ask(number)
    return round((time.perf_counter() - began) / TASKS * 1000, 2)


def differing(one: Path, other: Path) -> list[str]:
    """Files that are not the same in both, but for the history of runs and the lock."""
    found = []
    for folder in (one, other):
        names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        found.append({name for name in names if name not in {"runs.jsonl", ".lock"}})
    same = found[0] & found[1]
    return sorted(
        (found[0] ^ found[1]) | {name for name in same if (one / name).read_bytes() != (other / name).read_bytes()}
    )


def main() -> None:
    """Builds the slice both ways and says what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=12, help=f"plans of the slice, {len(LETTERS)} at most")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nation-") as made, ExitStack() as stack:
        data, here, there = (Path(made, name) for name in ("data", "here", "there"))
        data.mkdir()
        for name in plans(data, asked.plans):
            for year in set(FISCAL_YEARS) - {YEAR}:
                further_year(data / name, year)
        local = Watched(data, here, ["--jobs", str(WORKERS)], []).told()
        print(json.dumps({"local": local}, ensure_ascii=False), flush=True)
        address, processes = stack.enter_context(cluster(Path(made)))
        tasks = overhead(address)
        far = Watched(data, there, ["--scheduler", address], processes).told()
        wrong = differing(here, there)
        sets = PLANS * YEARS
        rates = {"local": local["year sets a minute, steady"], "cluster": far["year sets a minute, steady"]}
        hours = {
            name: {f"{cores} cores": round(sets / (rate / WORKERS * cores) / 60, 2) for cores in EXTRAPOLATED}
            for name, rate in rates.items()
        }
        said = {
            "year sets": asked.plans * YEARS,
            "cluster": far,
            "milliseconds a task that does nothing": tasks,
            "files that differ": wrong,
            f"EXTRAPOLATED, not measured: hours for {sets} year sets ({PLANS} plans x {YEARS} years)": hours,
            "load of the machine": os.getloadavg(),
            "machine": f"{os.cpu_count()} cores {platform.machine()} Python {platform.python_version()}",
        }
        print(json.dumps(said, ensure_ascii=False, indent=1))
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
