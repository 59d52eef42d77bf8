"""Installs a kit where a city would: no network but the loopback, no administrator, a folder with a Japanese name. Then builds and tests.

    make kit
    python bench/kit.py build/gyokaku-kit-0.1.0.zip --python python3.13

It needs root, to take the network and then root itself away. Everything that is done is timed, and what fails is shown.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

NOBODY = 65534
NAME = "伊勢原市 行革"
# The loopback is up, as on every machine without a cable; then root is given up.
ALONE = 'ip link set lo up && exec setpriv --reuid="$1" --regid="$1" --clear-groups -- "${@:2}"'
BUILD = [".venv/bin/gyokaku", "build", "--force", "--language", "ja"]
TESTS = [
    ".venv/bin/python",
    "-m",
    "pytest",
    "-q",
    "--tb=short",
    "-n",
    "2",
    "--dist",
    "loadgroup",
    "-p",
    "no:cacheprovider",
]


def main() -> int:
    """Prints each step with its seconds and how it ended."""
    words = argparse.ArgumentParser()
    words.add_argument("kit", type=Path)
    words.add_argument("--python", default="python3")
    words.add_argument("--tests", default="not browser", help="what pytest -m selects")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="kit-") as made:
        place = Path(made, NAME)
        with zipfile.ZipFile(asked.kit) as archive:
            archive.extractall(place)
        (kit,) = place.iterdir()
        (place / "home").mkdir()
        Path(made).chmod(0o755)
        for path in (place, *place.rglob("*")):
            shutil.chown(path, NOBODY, NOBODY)
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin",
            "HOME": str(place / "home"),
            "PYTHON": asked.python,
        }

        def step(name: str, *command: str) -> bool:
            began = time.monotonic()
            run = subprocess.run(
                ["/usr/bin/unshare", "--net", "bash", "-c", ALONE, "-", str(NOBODY), *command],
                cwd=kit,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                check=False,
            )
            print(
                f"== {name}: {time.monotonic() - began:.0f} s, status {run.returncode}\n{run.stdout[-30_000:]}",
                flush=True,
            )
            return run.returncode == 0

        is_good = step("interfaces", "ip", "-brief", "address") and step("who", "id")
        is_good = is_good and step("install", "sh", "install.sh") and step("install again", "sh", "install.sh")
        is_good = is_good and step("build", *BUILD)
        is_good = is_good and step("tests", *TESTS, f"--basetemp={place / 't'}", "-m", asked.tests)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
