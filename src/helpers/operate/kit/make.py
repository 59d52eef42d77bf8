"""Makes the kit: one zip with the project as committed, the wheels of every system and Python claimed, and what installs them.

The same commit and the same wheels give the same bytes.
"""

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from helpers import publish
from helpers.operate.kit import install, wheels
from helpers.operate.kit.wheels import Target
from helpers.terms import Refusal

FILES = "src/helpers/operate/kit/files/"
SCRIPTS = {"install.sh": 0o755, "install.cmd": 0o644}
GUIDE, GUIDE_IN_KIT = "docs/closed-network.html", "はじめにお読みください.html"
# Bytes that .venv takes for each byte of its wheels unpacked: Python compiles what it imports, and the pages need some, too.
ROOM = 1.6
PLAIN = 0o644


class Packed(NamedTuple):
    """A file of the kit: its bytes, or where they are, and its mode."""

    content: bytes | Path
    mode: int = PLAIN


def kit(project: Path, out: Path, *, targets: Sequence[Target], index: Sequence[str] = ()) -> Path:
    """The zip of the commit that `project` stands at, in the folder `out`, with its hash beside it.

    Args:
        project: A git work tree; what is not committed is left out.
        out: The folder of the zip.
        targets: The systems and Pythons it holds wheels for.
        index: Options of pip that say where to look for wheels.

    Raises:
        Refusal: There is no commit, or a wheel is missing. Nothing was written.
    """
    files, commit, made = _committed(project)
    lock = files[install.LOCK].content.decode("utf-8")
    version = tomllib.loads(files["pyproject.toml"].content.decode("utf-8"))["project"]["version"]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".wheels-", dir=out) as folder:
        faults = [fault for target in targets for fault in wheels.download(lock, target, Path(folder), index=index)]
        if faults:
            raise Refusal(*faults, "キットは作っていません。")
        fetched = sorted(Path(folder).iterdir())
        files |= {f"{install.WHEELS}{wheel.name}": Packed(wheel) for wheel in fetched}
        files |= {name: files[FILES + name]._replace(mode=mode) for name, mode in SCRIPTS.items()}
        files[GUIDE_IN_KIT] = files[GUIDE]
        about = {
            "version": version,
            "commit": commit,
            "pythons": sorted({target.python for target in targets}, key=lambda name: int(name.partition(".")[2])),
            "systems": sorted({target.system.name for target in targets}),
            "glibc": ".".join(map(str, wheels.GLIBC)),
            **_measures(fetched),
        }
        files[install.KIT] = Packed(json.dumps(about, ensure_ascii=False, indent=1).encode())
        files[install.SUMS] = Packed(_sums(files).encode())
        target = out / f"gyokaku-kit-{version}.zip"
        with publish.staging(target) as staged:
            _write(staged / target.name, files, folder=f"gyokaku-{version}", made=made)
            (staged / target.name).replace(target)
    digest = install.digest(target)
    target.with_suffix(".zip.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    return target


def _committed(project: Path) -> tuple[dict[str, Packed], str, datetime]:
    """The files of the commit by name, the commit, and its time."""
    commit, seconds = _git(project, "show", "-s", "--format=%H %ct", "HEAD").decode().split()
    with tarfile.open(fileobj=io.BytesIO(_git(project, "archive", "--format=tar", "HEAD"))) as archive:
        members = [member for member in archive if member.isfile()]
        files = {
            one.name: Packed(archive.extractfile(one).read(), 0o755 if one.mode & 0o100 else PLAIN) for one in members
        }
    return files, commit, datetime.fromtimestamp(int(seconds), UTC)


def _git(project: Path, *words: str) -> bytes:
    run = subprocess.run(["git", *words], cwd=project, capture_output=True, check=False)  # noqa: S603, S607 — git of the system
    if run.returncode != 0:
        raise Refusal(f"{project}: git で取り出せません（{run.stderr.decode(errors='replace').strip()}）。")
    return run.stdout


def _measures(fetched: Iterable[Path]) -> dict[str, int]:
    """What `install` asks for: room in bytes, and the length of the longest path below the kit's folder on Windows.

    The room is counted as if each package were installed once, in the largest of its wheels.
    """
    sizes, longest = {}, 0
    for wheel in fetched:
        with zipfile.ZipFile(wheel) as archive:
            package = wheel.name.partition("-")[0]
            sizes[package] = max(sizes.get(package, 0), sum(info.file_size for info in archive.infolist()))
            longest = max(longest, *(len(_installed(name)) for name in archive.namelist()))
    return {"room": int(sum(sizes.values()) * ROOM), "longest": longest}


def _installed(name: str) -> str:
    """Where a file of a wheel goes, below the kit's folder, on Windows."""
    folder, _, rest = name.partition(".data/data/")
    return f".venv/{rest}" if rest and "/" not in folder else f".venv/Lib/site-packages/{name}"


def _sums(files: dict[str, Packed]) -> str:
    """A list that `sha256sum -c` reads."""
    lines = []
    for name, packed in sorted(files.items()):
        content = packed.content
        digest = install.digest(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()
        lines.append(f"{digest}  {name}\n")
    return "".join(lines)


def _write(target: Path, files: dict[str, Packed], *, folder: str, made: datetime) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, packed in sorted(files.items()):
            info = zipfile.ZipInfo(f"{folder}/{name}", made.timetuple()[:6])
            info.create_system = 3  # Unix, so that the mode counts
            info.external_attr = (0o100000 | packed.mode) << 16
            # A wheel is a zip already.
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            content = packed.content
            archive.writestr(info, content.read_bytes() if isinstance(content, Path) else content)
