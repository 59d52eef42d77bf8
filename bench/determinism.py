"""All pages of all plans, built again and again under other circumstances: the same bytes each time, or the names of what differs.

One and two at a time, in a folder with a blank and Japanese in its name, in other time zones and locales, with other hash seeds,
with either engine, and on a Dask cluster; internal pages in both languages, and public ones.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "src")]
from nation import cluster, differing  # noqa: E402

BIN = Path(sys.executable).parent
ROOT = BENCH.parent
# Name of the folder, words, environment. The first is what the others are compared with.
CIRCUMSTANCES = (
    ("one", ["--jobs", "1"], {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}),
    ("two at a time 二つずつ", ["--jobs", "2"], {"TZ": "Asia/Tokyo", "LC_ALL": "ja_JP.UTF-8", "PYTHONHASHSEED": "1"}),
    ("again", ["--jobs", "2"], {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "random", "COLUMNS": "40"}),
    ("plain", ["--jobs", "2", "--engine", "plain"], {"TZ": "Asia/Kathmandu", "LANG": "ja_JP.SJIS", "HOME": "/"}),
    ("cluster", ["--jobs", "4"], {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "3"}),
)
BUILDS = ([], ["--language", "en"], ["--audience", "public"])


def built(folder: Path, words: list[str], environment: dict[str, str]) -> Path:
    """All pages in a project of its own; gives where they are."""
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    for build in BUILDS:
        command = [BIN / "gyokaku", "build", *build, *words]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
    return folder / "reports"


def main() -> None:
    """Builds and compares; ends with 1 where a byte differs."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="determinism-") as made, ExitStack() as stack:
        first: Path | None = None
        for name, words, environment in CIRCUMSTANCES:
            began = time.monotonic()
            if name == "cluster":
                address, _ = stack.enter_context(cluster(Path(made)))
                words = [*words, "--scheduler", address]  # noqa: PLW2901
            out = built(Path(made, name), words, environment)
            first = first or out
            differ = differing(first, out)
            wrong += len(differ)
            files = sum(1 for path in out.rglob("*") if path.is_file())
            said = f"{files} files, {len(differ)} differ {differ[:5] or ''}"
            print(f"{name}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
    print(f"{platform.machine()} Python {platform.python_version()}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
