"""Runs tests with what Windows lacks made absent for our modules, in the tests' process and in every process they start.

    python bench/windows.py                     the fast tests
    python bench/windows.py tests/test_batch.py  what pytest is told

This is no Windows: see `without_posix.py` for what is absent, and bench/README.md for what was found.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "as-windows"
FAST = ["-m", "not slow and not browser"]


def main() -> int:
    """An environment of its own on top of .venv, since a kernel takes no variable of Python's from the one who starts it."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", PLACE], check=True)
    packages = next(PLACE.glob("lib/python3*/site-packages"))
    shutil.copy(Path(__file__).with_name("without_posix.py"), packages)
    (packages / "a.pth").write_text("import without_posix\n", encoding="ascii")
    (packages / "b.pth").write_text(
        f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n", encoding="utf-8"
    )
    (PLACE / "share").symlink_to(Path(sys.prefix, "share"))
    for program in Path(sys.executable).parent.iterdir():
        if not (PLACE / "bin" / program.name).exists():
            (PLACE / "bin" / program.name).symlink_to(program)
    environment = {**os.environ, "GYOKAKU_ENGINE": "plain", "PATH": f"{PLACE / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [PLACE / "bin" / "python", "-m", "pytest", "-p", "no:cacheprovider", *(sys.argv[1:] or FAST)],
        cwd=ROOT,
        env=environment,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
