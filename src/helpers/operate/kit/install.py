"""Installs the kit that this file is part of: checks its files, makes .venv from its wheels, asks nothing of any network.

install.sh and install.cmd run it with the Python they found. It stands on the standard library alone, and Python 3.8 can read it
as far as the sentence that says which is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
KIT, SUMS, LOCK = "kit.json", "SHA256SUMS", "requirements.lock"
STAMP = Path(".venv", ".installed")
# What people change once the kit is in use: a difference there is no fault.
OF_PEOPLE = ("data/", "notebooks/", "reports/")
WHEELS = "wheels/"
MOST_NAMED = 5
BITS = 2**32
AT_ONCE = 1 << 20
LONGEST_PATH = 259  # of Windows without long paths


class Unfit(Exception):  # noqa: N818 — it says why the kit cannot be installed
    """Why the kit cannot be installed: a sentence in Japanese and one in English."""


def contents(root: Path) -> dict:
    """What the kit says of itself; empty where there is no kit."""
    file = root / KIT
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def unfit_python(
    kit: dict, version: tuple, system: str, machine: str, glibc: str, *, is_64_bit: bool
) -> tuple[str, str] | None:
    """Why a Python cannot use the kit's wheels; None where it can.

    Args:
        kit: What the kit says of itself.
        version: Major and minor version.
        system: As `platform.system()` says.
        machine: As `platform.machine()` says.
        glibc: The version of the C library; empty where it is another one.
        is_64_bit: Whether this Python is a 64-bit program.
    """
    found = ".".join(map(str, version[:2]))
    if found not in kit["pythons"]:
        versions = "、".join(kit["pythons"])
        return (
            f"Python {found} では使えません。このキットは Python {versions} のためのものです。どれかを入れてから、もう一度実行してください。",
            f"This kit is for Python {versions}, not {found}. Install one of them, then run this again.",
        )
    name = f"{system} {machine}".lower()
    if name not in [known.lower() for known in kit["systems"]] or not is_64_bit:
        systems, found = "、".join(kit["systems"]), f"{system} {machine}{'' if is_64_bit else '（32 ビットの Python）'}"
        return (
            f"{found} では使えません。このキットは {systems}（64 ビットの Python）のためのものです。",
            f"This kit is for {systems} and a 64-bit Python, not for {system} {machine}.",
        )
    if system == "Linux" and _numbers(glibc) < _numbers(kit["glibc"]):
        return (
            f"C ライブラリーは glibc {kit['glibc']} 以上が必要です（ここは {glibc or 'glibc ではありません'}）。",
            f"glibc {kit['glibc']} or newer is needed (found: {glibc or 'another C library'}).",
        )
    return None


def changed(root: Path, *, everything: bool) -> list:
    """The files that are missing or not as they were packed, by their names in the list of hashes.

    Args:
        root: The folder of the kit.
        everything: Also those that people change once the kit is in use.
    """
    names = []
    for line in (root / SUMS).read_text(encoding="utf-8").splitlines():
        packed, name = line.split("  ", 1)
        if (everything or not name.startswith(OF_PEOPLE)) and digest(root / name) != packed:
            names.append(name)
    return names


def install(root: Path, *, is_quiet: bool) -> bool:
    """Makes .venv where it is not yet, or not from these files.

    Args:
        root: The folder of the kit.
        is_quiet: Says nothing where there is nothing to do.

    Returns:
        Whether anything was done.

    Raises:
        Unfit: It cannot be installed; nothing was begun, or the next run starts again from the beginning.
    """
    made_from = _made_from(root)
    stamp = root / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from and _works(root):
        if not is_quiet:
            _say("もう入っています。", "Already installed.")
        return False
    _check(root)
    _say("導入しています（数分かかります）。", "Installing (this takes some minutes).")
    stamp.unlink(missing_ok=True)
    _run([sys.executable, "-I", "-m", "venv", "--clear", str(root / ".venv")], root)
    pip = [str(python(root)), "-m", "pip", "install", "-q", "--no-index"]
    _run([*pip, "-f", str(root / WHEELS), "--require-hashes", "-r", str(root / LOCK)], root)
    _run([*pip, "--no-deps", "--no-build-isolation", "-e", str(root)], root)
    for path in (root / ".venv").rglob("_gyokaku.pth"):
        # Relative, since Python may fail to decode a folder with a Japanese name.
        path.write_text(f"{os.path.relpath(root / 'src', path.parent)}\n", encoding="ascii")
    stamp.write_text(made_from, encoding="utf-8")
    return True


def python(root: Path) -> Path:
    """The Python of the kit's .venv."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest(file: Path) -> str:
    """The SHA-256 of a file; empty where it cannot be read."""
    found = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(AT_ONCE):
                found.update(block)
    except OSError:
        return ""
    return found.hexdigest()


def main(words: list) -> int:
    """`--fits` only tells by its status whether this Python can be used; `--quiet` is for `make setup`."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    try:
        if fault := _unfit_here(contents(ROOT)):
            raise Unfit(*fault)
        if words == ["--fits"]:
            return 0
        install(ROOT, is_quiet="--quiet" in words)
    except Unfit as unfit:
        sys.stderr.write("".join(f"{sentence}\n" for sentence in unfit.args))
        return 1
    if "--quiet" in words:
        return 0
    command = ".venv\\Scripts\\gyokaku" if os.name == "nt" else ".venv/bin/gyokaku"
    status = subprocess.run([str(python(ROOT)), "-m", "helpers.cli", "doctor"], cwd=ROOT, check=False).returncode  # noqa: S603
    if status == 0:
        _say(f"導入できました。次に打つもの: {command} build", f"Installed. Next: {command} build")
    else:
        _say("異常の行を直してから、もう一度実行してください。", "Mend the lines marked 異常, then run this again.")
    return status


def _unfit_here(kit: dict) -> tuple[str, str] | None:
    if not kit:
        return (f"{KIT} がありません。zip をもう一度展開してください。", f"{KIT} is missing. Unpack the zip again.")
    name, glibc = platform.libc_ver()
    return unfit_python(
        kit,
        sys.version_info[:2],
        platform.system(),
        platform.machine(),
        glibc if name == "glibc" else "",
        is_64_bit=sys.maxsize > BITS,
    )


def _check(root: Path) -> None:
    """All that must be so before anything is begun."""
    kit = contents(root)
    if str(root).startswith("\\\\"):
        raise Unfit(
            f"{root} は共有フォルダーです。この機械のディスクに写してから実行してください。",
            f"{root} is a shared folder. Copy the kit to a disk of this machine first.",
        )
    try:
        import ensurepip  # noqa: F401, PLC0415 — Debian leaves it to a package of its own
        import venv  # noqa: F401, PLC0415
    except ImportError:
        raise Unfit(
            "この Python には仮想環境を作る部品がありません（Debian・Ubuntu では python3-venv のパッケージ）。",
            "This Python cannot make virtual environments (on Debian or Ubuntu: the package python3-venv).",
        ) from None
    if not os.access(root, os.W_OK):
        raise Unfit(f"{root} に書き込めません。権限を確かめてください。", f"{root} cannot be written to.")
    free = shutil.disk_usage(root).free
    if free < kit["room"]:
        raise Unfit(
            f"ディスクの空きが足りません（{kit['room'] / 1e9:.1f} GB 必要、空きは {free / 1e9:.1f} GB）。",
            f"{kit['room'] / 1e9:.1f} GB of free disk are needed; there are {free / 1e9:.1f} GB.",
        )
    _check_length(root, kit["longest"])
    _say("ファイルを確かめています。", "Checking the files.")
    if names := changed(root, everything=not (root / ".venv").exists()):
        more = f" … {len(names)}" if len(names) > MOST_NAMED else ""
        shown = "、".join(names[:MOST_NAMED]) + more
        raise Unfit(
            f"配られたものと違うファイルがあります: {shown}。zip を取り直し、新しいフォルダーに展開してください。",
            f"Files that are missing or not as packed: {shown}. Get the zip again and unpack it into a new folder.",
        )


def _check_length(root: Path, longest: int) -> None:
    """Windows opens long paths only where that is allowed: one is made and deleted again."""
    if os.name != "nt" or len(str(root)) + longest <= LONGEST_PATH:
        return
    half = "x" * (longest // 2 - len(".lo/"))
    try:
        (root / ".long" / half / half).mkdir(parents=True)
    except OSError:
        most = LONGEST_PATH - longest
        raise Unfit(
            f"フォルダーの場所が長すぎます。{most} 文字までの浅い場所（C:\\gyokaku など）に展開してください。",
            f"The path of this folder is too long. Unpack into one of at most {most} characters, such as C:\\gyokaku.",
        ) from None
    finally:
        shutil.rmtree(root / ".long", ignore_errors=True)


def _made_from(root: Path) -> str:
    return f"{digest(root / LOCK)} {digest(root / 'pyproject.toml')} {root}\n"


def _works(root: Path) -> bool:
    try:
        return subprocess.run([str(python(root)), "-c", "import pip"], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _run(command: list, root: Path) -> None:
    # No setting of the user's: it might name an index, or another folder to install into.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    environment = {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if subprocess.run(command, cwd=root, env=environment, check=False).returncode != 0:  # noqa: S603
        raise Unfit(
            "導入できませんでした（理由は上に出ています）。もう一度実行すると、初めからやり直します。",
            "This failed; the reason stands above. Running it again starts from the beginning.",
        )


def _numbers(version: str) -> list:
    return [int(number) for number in re.findall(r"\d+", version)]


def _say(*sentences: str) -> None:
    sys.stdout.write(" / ".join(sentences) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
