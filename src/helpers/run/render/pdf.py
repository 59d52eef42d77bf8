"""A page → a tagged PDF, printed by the Chromium, Chrome or Edge of this machine, without a network.

A PDF holds the time it was made, so it stands beside the pages and outside what must be the same to the byte.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from helpers.terms import Refusal
from helpers.terms.printed import marked

# By name on the search path, then where the installers of each system put it; Windows and macOS put nothing on the path.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
PLACES = {
    "win32": (
        "%ProgramFiles(x86)%/Microsoft/Edge/Application/msedge.exe",
        "%ProgramFiles%/Microsoft/Edge/Application/msedge.exe",
        "%ProgramFiles%/Google/Chrome/Application/chrome.exe",
        "%ProgramFiles(x86)%/Google/Chrome/Application/chrome.exe",
        "%LocalAppData%/Google/Chrome/Application/chrome.exe",
    ),
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "linux": ("/usr/bin/chromium", "/snap/bin/chromium", "/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge"),
}
SECONDS = 120
# Nothing is looked up, updated or reported; a request that a page made all the same would find no host.
OFFLINE = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
PRINT = ("--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline")
START = b"%PDF-"
# A link to a file beside the page would be printed with the folder of the machine it was printed on.
# The page of all plans writes its addresses without quotes.
LINK_OUT = re.compile(r"""(<a\b[^>]*?)\s+href=(?:"(?!#)[^"]*"|'(?!#)[^']*'|(?!["'#])[^\s>]+)""")


def browser(named: Path | None) -> Path:
    """The browser to print with: the one that is named, else the first that is found.

    Raises:
        Refusal: There is none, or the one named is no program.
    """
    if named is not None:
        found = shutil.which(named)
        if found is None:
            raise Refusal(
                f"--browser {named}: 実行できるブラウザーではありません。プログラムの場所を確かめてください。"
            )
        return Path(found)
    on_path = filter(None, map(shutil.which, NAMES))
    installed = (Path(os.path.expandvars(place)) for place in PLACES.get(sys.platform, ()))
    for place in (*map(Path, on_path), *installed):
        if place.is_file():
            return place
    raise Refusal(
        "PDF を作るブラウザー（Chromium、Chrome、Edge）が見つかりません。"
        "インストールするか、--browser で場所を指定してください。PDF は作っていません。"
    )


def printed(html: str, program: Path) -> bytes:
    """The page as a tagged PDF, links within the page included.

    Raises:
        Refusal: The browser printed nothing.
    """
    with tempfile.TemporaryDirectory(prefix="gyokaku-", ignore_cleanup_errors=True) as made:
        folder = Path(made).resolve()
        page, out = folder / "page.html", folder / "page.pdf"
        page.write_text(LINK_OUT.sub(r"\1", html), encoding="utf-8")
        command = [str(program), *OFFLINE, *PRINT, *_as_root(), f"--user-data-dir={folder / 'profile'}"]
        try:
            run = subprocess.run(  # noqa: S603 — the browser that was found or named
                [*command, f"--print-to-pdf={out}", page.as_uri()],
                capture_output=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise Refusal(f"{program}: {SECONDS}秒待っても PDF ができません。") from error
        except OSError as error:
            raise Refusal(f"{program}: ブラウザーを始められません（{error.strerror}）。") from error
        content = out.read_bytes() if out.is_file() else b""
    if run.returncode or not content.startswith(START):
        raise Refusal(f"{program}: PDF を作れませんでした（終了状態 {run.returncode}）。{_last_line(run.stderr)}")
    return content


def beside(pages: Iterable[Path], program: Path) -> list[Path]:
    """Puts a PDF beside each page that has none, each in one step.

    Args:
        pages: HTML files.
        program: The browser.

    Returns:
        What was printed.

    Raises:
        Refusal: A page could not be printed.
    """
    done = []
    for page in pages:
        target = page.with_suffix(".pdf")
        if target.exists():
            continue
        html = page.read_bytes()
        content = marked(printed(html.decode(), program), html)
        staged = target.with_name(f".staging-{os.getpid()}-{target.name}")
        try:
            staged.write_bytes(content)
            staged.replace(target)
        finally:
            staged.unlink(missing_ok=True)
        done.append(target)
    return done


def still_true(files: dict[str, bytes], strangers: dict[str, bytes], stood: Path) -> dict[str, bytes]:
    """Files of others without the PDFs of pages that are about to change: they would go on saying the old figures.

    Args:
        files: The set to be published, by path in it.
        strangers: What else stands in the folder.
        stood: The folder with the former pages.
    """
    changed = {
        name.removesuffix(".html") + ".pdf"
        for name, content in files.items()
        if name.endswith(".html") and not holds(stood / name, content)
    }
    return {name: content for name, content in strangers.items() if name not in changed}


def holds(path: Path, content: bytes) -> bool:
    """Whether that file is there with just these bytes."""
    return path.is_file() and path.read_bytes() == content


def _as_root() -> tuple[str, ...]:
    """Chromium's sandbox does not work for root, and only there goes without."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
