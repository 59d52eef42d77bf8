"""What a run does to what stands when it is killed, out of room, let down by a notebook, or not alone. Counts what went wrong.

Everything goes through the command line. The project is made up: one plan, two years, two tiny pages that say the value of one
file, so that a page of another value than the one beside it is seen at once.
"""

import argparse
import json
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT / "data" / "isehara-6"
YEARS, PAGES = (2023, 2024), ("one", "two")
NOBODY = 65534
MINUTES = 60.0
JOURNAL = ".staging-manifest.jsonl"
CELL_SECONDS, PATIENCE = 8, 600
COMMAND = (
    "import os, sys; from helpers import cli, read; from helpers.run import batch, warm; from helpers.run.batch import making; "
    f"making.CELL_SECONDS = {CELL_SECONDS}; user = int(os.environ.get('AS_USER', 0)); "
    "user and (os.setgroups([]), os.setgid(user), os.setuid(user)); sys.exit(cli.main(sys.argv[1:]))"
)
SAYS = """
from pathlib import Path
value = Path(data_dir, plan, str(fiscal_year), "value.txt").read_text()
summary = {{
    "headline": value, "municipality": "架空市", "municipality_code": "999999", "plan": plan, "plan_name": "架空計画",
    "fiscal_year": fiscal_year, "period": [2023, 2027], "knowledge": "published", "key_figures": [], "grades": [], "sources": [],
    "figures": [],
    "checks": {{"passed": 0, "warned": 0, "acknowledged": 0, "failed": 0}},
}}
content = {{
    "schema": 1, "page": "{page}", "plan": plan, "fiscal_year": fiscal_year, "language": language, "audience": audience,
    "title": "架空", "tables": {{"values": {{"columns": ["value"], "rows": [[value]]}}}}, "summary": summary,
    "metrics": [{{"metric": "measures", "scope": "plan", "scope_id": "", "fiscal_year": fiscal_year, "exact": int(value)}}],
}}
shown = f"<p>value={{value}};</p>" + "<p>架空</p>" * 2000
display({{"application/vnd.gyokaku.bundle+json": content, "text/html": shown, "text/plain": "束"}}, raw=True)
"""
PARAMETERS = 'plan = ""\nfiscal_year = 2024\nlanguage = "ja"\naudience = "internal"\ndata_dir = ""'
# What a notebook does before it would say anything.
MISDEEDS = {
    "hangs": "while True: pass",
    "exits": "import os; os._exit(0)",
    "asks to exit": "import sys; sys.exit(0)",
    "eats memory": "eaten = [bytearray(10**8) for _ in range(10000)]",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
}
FAULTS = ("broken pages", "wrong status", "lost sets", "not completed", "no sentence", "nothing left", "left-overs")
FILES = ("one.html", "two.html", "metrics.json", "summary.json", "data/values.csv", "notebooks/one.ipynb")


class Project:
    """A folder with data, notebooks and what is built of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "reports"
        for year in YEARS:
            (folder / "data" / "made-up" / str(year)).mkdir(parents=True)
            (folder / "data" / "made-up" / str(year) / "SOURCES.toml").touch()
        shutil.copy(REAL / "plan.toml", folder / "data" / "made-up")
        (folder / "notebooks").mkdir()
        self.put_notebooks()

    def put_notebooks(self, misdeed: str = "") -> None:
        """The two pages; the second does `misdeed` first."""
        for page in PAGES:
            sources = [PARAMETERS, misdeed if page == "two" else "", SAYS.format(page=page)]
            cells = [
                {"cell_type": "code", "id": f"c{n}", "source": source, "outputs": [], "execution_count": None}
                | {"metadata": {"tags": ["parameters"]} if source is PARAMETERS else {}}
                for n, source in enumerate(sources)
            ]
            kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
            about = {
                "gyokaku": {"page": page, "per": "year"},
                "kernelspec": kernel,
                "language_info": {"name": "python"},
            }
            notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells}
            (self.folder / "notebooks" / f"{page}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    def put_value(self, value: int) -> None:
        """The one value that both years say."""
        for year in YEARS:
            (self.folder / "data" / "made-up" / str(year) / "value.txt").write_text(str(value), encoding="utf-8")

    def start(self, *, user: int = 0, **options: object) -> subprocess.Popen:
        """`gyokaku build`, in a process group of its own."""
        command = [sys.executable, "-c", COMMAND, "build", "--data", "data", "--out", "reports", "--jobs", "2"]
        command += ["--memory", "1024"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(self.folder), "AS_USER": str(user)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def run(self, **options: object) -> tuple[int, str]:
        """A build from start to end: its exit status and all it said."""
        process = self.start(**options)
        said = process.communicate(timeout=PATIENCE)
        return process.returncode, "".join(said)

    def values(self) -> tuple[set[int], int]:
        """The values that the published sets say, and how many sets or pages are broken: half written or of two minds."""
        found, broken = set(), 0
        for year in YEARS:
            folder = self.out / "made-up" / str(year)
            if not folder.exists():
                continue
            try:
                said = {_said(folder / name) for name in FILES}
                broken += len(said) != 1 or not zip_is_whole(folder / "data" / f"made-up-{year}.xlsx")
                broken += not self._is_recorded(f"made-up/{year}")
                found |= said
            except (OSError, ValueError, IndexError, KeyError):
                broken += 1
        return found, broken

    def _is_recorded(self, unit: str) -> bool:
        """Whether every file of a set is one of those, with those bytes, that the manifest or its journal holds together."""
        entries = []
        if (self.out / "manifest.json").exists():
            entries.append(json.loads((self.out / "manifest.json").read_bytes())["sets"].get(unit, {}))
        if (self.out / JOURNAL).exists():
            for line in (self.out / JOURNAL).read_bytes().splitlines():
                with suppress(ValueError):  # the last line of a run that was killed
                    said = json.loads(line)
                    entries.append(said if said["unit"] == unit else {})
        folder = self.out / unit
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        known = {name: _digest(name, path.read_bytes()) for name, path in files.items()}
        return known in [entry.get("outputs") for entry in entries]


def _digest(name: str, content: bytes) -> str:
    return sha256(f"{name}\0{sha256(content).hexdigest()}\n".encode()).hexdigest()


def _said(path: Path) -> int:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".html":
        if not text.rstrip().endswith("</html>"):
            raise ValueError(path)
        return int(text.split("value=")[1].split(";")[0])
    if path.suffix == ".csv":
        return int(text.splitlines()[1])
    content = json.loads(text)
    if path.name == "metrics.json":
        return content[0]["exact"]
    if path.name == "summary.json":
        return int(content["headline"])
    return int(content["cells"][-1]["outputs"][0]["data"]["application/vnd.gyokaku.bundle+json"]["summary"]["headline"])


def zip_is_whole(path: Path) -> bool:
    """Whether the workbook was written to its end."""
    return path.read_bytes()[-22:-18] == b"PK\x05\x06"


def children(process: int) -> list[int]:
    """Processes below this one, by /proc."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found, known = [], {process}
    while more := [child for child, parent in parents.items() if parent in known and child not in known]:
        found += more
        known |= set(more)
    return found


class Times(NamedTuple):
    """How often something is done, and the moment (of the monotonic clock) after which no more."""

    most: int
    end: float


def counted(count: Counter, first: int, times: Times) -> Iterator[int]:
    """A number for each run of a scene, until there are enough or the time for it is over."""
    for value in range(first, first + times.most):
        if time.monotonic() > times.end:
            return
        yield value
        count["runs"] += 1  # it went through to its end


def expect(count: Counter, *, holds: bool, fault: str) -> None:
    """Counts a fault where it does not hold."""
    count[fault] += not holds


def _built(project: Project) -> None:
    status, said = project.run()
    if status:
        raise RuntimeError(said)


def killed(project: Project, times: Times, chance: random.Random) -> Counter:
    """The whole group, the parent alone, a worker alone: at any moment of a run, then a run that completes it."""
    count = Counter()
    began = time.monotonic()
    project.put_value(1)
    _built(project)
    lasts = time.monotonic() - began
    for value in counted(count, 2, times):
        project.put_value(value)
        process = project.start()
        time.sleep(chance.uniform(0, lasts))
        victim = ("all", "parent", "worker")[value % 3]
        with suppress(ProcessLookupError):
            if victim == "all":
                os.killpg(process.pid, signal.SIGKILL)
            elif victim == "parent":
                os.kill(process.pid, signal.SIGKILL)
            elif workers := children(process.pid):
                os.kill(chance.choice(workers), signal.SIGKILL)
        status = process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()
        expect(count, holds=status in {0, 1} if victim == "worker" else status in {0, -9}, fault="wrong status")
        found, broken = project.values()
        count["broken pages"] += broken
        expect(count, holds=found <= {value - 1, value}, fault="lost sets")
        status, _ = project.run()
        expect(count, holds=status == 0 and project.values() == ({value}, 0), fault="not completed")
        expect(count, holds=not list(project.out.rglob(".staging-*")), fault="left-overs")
    return count


@contextmanager
def small_disk(project: Project, chance: random.Random) -> Iterator[bool]:
    """What is built lies on a disk of its own, with room for a part of what a run writes; gives whether there is one."""
    project.out.rename(away := project.folder / "away")
    project.out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(project.out)]
    is_mounted = shutil.which("mount") is not None and not subprocess.run(mount, check=False).returncode
    try:
        shutil.copytree(away, project.out, dirs_exist_ok=True)
        free = shutil.disk_usage(project.out).free
        if is_mounted:
            (project.out / "others.bin").write_bytes(bytes(free - chance.randrange(2, 20) * 4096))
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run([shutil.which("umount"), str(project.out)], check=True)
        shutil.rmtree(project.out)
        away.rename(project.out)


def without_room(project: Project, times: Times, chance: random.Random) -> Counter:
    """A full disk, a limit on the size of files, somebody without the right to write, a file in the folder's place."""
    count = Counter()
    project.put_value(1)
    _built(project)
    for value in counted(count, 2, times):
        project.put_value(value)
        kind = ("full disk", "limit", "read-only", "file")[value % 4]
        if kind in {"full disk", "read-only"} and os.geteuid() != 0:
            kind = "limit"
        count[kind] += 1
        if kind == "full disk":
            with small_disk(project, chance) as is_full:
                status, said = project.run() if is_full else (1, "。")
                count["not mounted"] += not is_full
                count["broken pages"] += project.values()[1]
                expect(count, holds=project.values()[0] == {value - 1}, fault="lost sets")
        elif kind == "file":
            project.out.rename(project.folder / "away")
            project.out.write_text("架空", encoding="utf-8")
            status, said = project.run()
            project.out.unlink()
            (project.folder / "away").rename(project.out)
        elif kind == "read-only":
            status, said = project.run(user=NOBODY)
        else:
            most = chance.randrange(1_000, 20_000)  # the pages are larger

            def limit(most: int = most) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

            status, said = project.run(preexec_fn=limit)
        expect(count, holds=status == 1, fault="wrong status")
        expect(count, holds="Traceback" not in said and "。" in said, fault="no sentence")
        count["broken pages"] += project.values()[1]
        expect(count, holds=project.values()[0] == {value - 1}, fault="lost sets")
        status, _ = project.run()
        expect(count, holds=status == 0 and project.values() == ({value}, 0), fault="not completed")
    return count


def let_down(project: Project, times: Times) -> Counter:
    """A page that hangs, exits, eats the memory or is killed; the other page is good."""
    count = Counter()
    project.put_value(1)
    _built(project)
    for value in counted(count, 2, times):
        project.put_value(value)
        misdeed = list(MISDEEDS)[value % len(MISDEEDS)]
        count[misdeed] += 1
        project.put_notebooks(MISDEEDS[misdeed])
        status, said = project.run()
        expect(count, holds=status == 1, fault="wrong status")
        expect(count, holds="two.ipynb" in said and "Traceback" not in said, fault="no sentence")
        failed = project.out / "_failed" / "made-up" / str(YEARS[0])
        expect(count, holds=(failed / "two.ipynb").exists() and (failed / "reason.txt").exists(), fault="nothing left")
        count["broken pages"] += project.values()[1]
        expect(count, holds=project.values()[0] == {value - 1}, fault="lost sets")
        project.put_notebooks()
        status, _ = project.run()
        expect(count, holds=status == 0 and project.values() == ({value}, 0), fault="not completed")
    return count


def pairs(project: Project, times: Times) -> Counter:
    """Two runs at once: one does it, the other says so and leaves."""
    count = Counter()
    for value in counted(count, 1, times):
        project.put_value(value)
        processes = [project.start(), project.start()]
        said = ["".join(process.communicate(timeout=PATIENCE)) for process in processes]
        statuses = sorted(process.returncode for process in processes)
        expect(count, holds=statuses == [0, 1], fault="wrong status")
        expect(count, holds=sum("別の gyokaku build" in words for words in said) == 1, fault="no sentence")
        expect(count, holds=project.values() == ({value}, 0), fault="not completed")
    return count


def main(arguments: list[str] | None = None) -> dict[str, Counter]:
    """Every scene, each in a project of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--full", type=int, default=50)
    parser.add_argument("--notebooks", type=int, default=50)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--scene", default="", help="one of them alone: killed, full disk or read-only, bad notebooks, pairs"
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help="no further run of a scene after so long")
    asked = parser.parse_args(arguments)
    end = time.monotonic() + 60 * asked.minutes
    chance = random.Random(asked.seed)  # noqa: S311 — moments, not secrets
    scenes = {
        "killed": lambda project: killed(project, Times(asked.kills, end), chance),
        "full disk or read-only": lambda project: without_room(project, Times(asked.full, end), chance),
        "bad notebooks": lambda project: let_down(project, Times(asked.notebooks, end)),
        "pairs": lambda project: pairs(project, Times(asked.pairs, end)),
    }
    counts = {}
    for name, scene in ((name, scene) for name, scene in scenes.items() if asked.scene in {"", name}):
        with tempfile.TemporaryDirectory(prefix="faults-") as made:
            Path(made).chmod(0o755)
            began = time.monotonic()
            counts[name] = scene(Project(Path(made, "project")))
            wrong = {fault: counts[name][fault] for fault in FAULTS}
            print(f"{name}: {dict(counts[name]) | wrong} in {time.monotonic() - began:.0f} s", flush=True)
    print(f"{platform.machine()} Python {platform.python_version()}, seed {asked.seed}")
    return counts


if __name__ == "__main__":
    wrong = sum(count[fault] for count in main().values() for fault in FAULTS)
    sys.exit(1 if wrong else 0)
