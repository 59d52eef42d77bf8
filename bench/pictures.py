"""The pictures in docs/: page one of the brief, and the brief beside nbconvert's ordinary export of the same executed notebook.

`make pictures` writes docs/brief.png, docs/side-by-side.png and docs/side-by-side.md. Each picture names the files it
was made from and their SHA-256, so that `tests/test_readme.py` can tell a stale one without a browser.
"""

import hashlib
import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[1]
YEAR = ROOT / "reports" / "isehara-6" / "2024"
BRIEF, NOTEBOOK = YEAR / "brief.html", YEAR / "notebooks" / "brief.ipynb"
DOCS = ROOT / "docs"
FONTS = ROOT / "src" / "helpers" / "fonts"
BROWSER = "/usr/bin/chromium"
# A4 at 96 dots per inch, and the margins that the stylesheet gives a sheet (11 mm above and below, 12 mm at the sides).
SHEET = {"width": 794, "height": 1123}
MARGINS = {"left": 45, "top": 42}
DOTS_PER_PIXEL = 1.25
SCREEN = {"width": 900, "height": 1200}
GAP = 40
MOST_BYTES = 600_000
GUIDE = DOCS / "guide-registering.md"
TERMINAL = """<meta charset="utf-8"><body style="margin:0"><pre style="margin:0;padding:16px 20px;background:#1b1f27;color:#e6e6e6;
font:14px/1.6 'BIZ UDGothic',monospace;white-space:pre-wrap">{words}</pre>"""
WORDS = """# 同じノートブックの2つのページ

左がこのプロジェクトの `brief.html`、右が同じ実行済みノートブックを `jupyter nbconvert --to html` で書き出したページ。
どちらも幅{width}ピクセルの画面で開いた最初の{height}ピクセル。ネットワークへの要求は、外へ出さずに数えた。

![左は見出し・主な数値・図のある1枚のまとめ、右はコードのセルから始まる書き出し](side-by-side.png)

| | このプロジェクト | 普通の書き出し |
|---|---|---|
| ネットワークへの要求 | {ours[requests]} | {theirs[requests]} |
| ファイルの大きさ | {ours[kilobytes]} kB | {theirs[kilobytes]} kB |
| A4の紙 | {ours[sheets]}枚 | {theirs[sheets]}枚 |
| `<script>` | {ours[scripts]} | {theirs[scripts]} |

`make pictures` が、この画像と表を作り直す。
"""


def page_one(browser: Browser, file: Path) -> Image.Image:
    """The first sheet of A4 as it is printed, margins included."""
    inner = {"width": SHEET["width"] - 2 * MARGINS["left"], "height": SHEET["height"] - 2 * MARGINS["top"]}
    page = browser.new_page(viewport=inner, device_scale_factor=DOTS_PER_PIXEL)
    page.emulate_media(media="print")
    page.goto(file.as_uri(), wait_until="load")
    printed = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    sheet = Image.new("RGB", tuple(round(DOTS_PER_PIXEL * side) for side in SHEET.values()), "white")
    sheet.paste(printed, tuple(round(DOTS_PER_PIXEL * margin) for margin in MARGINS.values()))
    return sheet


def first_screen(browser: Browser, file: Path) -> tuple[Image.Image, dict[str, int]]:
    """The first screen of a page, and its requests, kB, sheets of A4 and scripts; no request is let out."""
    context = browser.new_context(viewport=SCREEN)
    asked = []
    context.route(re.compile("^https?:"), lambda route: asked.append(route.request.url) or route.abort())
    page = context.new_page()
    page.goto(file.as_uri(), wait_until="load")
    picture = Image.open(io.BytesIO(page.screenshot()))
    sheets = len(PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages)
    scripts = page.evaluate("document.querySelectorAll('script').length")
    context.close()
    size = round(file.stat().st_size / 1000)
    return picture, {"requests": len(asked), "kilobytes": size, "sheets": sheets, "scripts": scripts}


def terminal(browser: Browser, guide: Path) -> Image.Image:
    """What the guide says a terminal shows, as a terminal shows it; a test holds these words to the command."""
    command, said = re.search(
        r"\n    (gyokaku new .*?)\n.*?```text\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL
    ).groups()
    page = browser.new_page(viewport={"width": 1000, "height": 200})
    page.set_content(TERMINAL.format(words=html.escape(f"$ {command}\n{said}")))
    picture = Image.open(io.BytesIO(page.locator("pre").screenshot()))
    page.close()
    return picture


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    """Two pictures of one height with a grey stripe between them."""
    both = Image.new("RGB", (left.width + GAP + right.width, left.height), "#cccccc")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP, 0))
    return both


def save(picture: Image.Image, file: Path, *, made_from: Path) -> None:
    """Writes a PNG whose text `Source` is a line of `sha256sum`: the hash and the path of the file it was made from."""
    about = PngInfo()
    name = made_from.relative_to(ROOT).as_posix()
    about.add_text("Source", f"{hashlib.sha256(made_from.read_bytes()).hexdigest()}  {name}")
    picture.quantize(method=Image.Quantize.MAXCOVERAGE).save(file, optimize=True, pnginfo=about)
    if file.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{file.name}: {file.stat().st_size} bytes")


def main() -> None:
    """Measures, then writes the pictures and the words."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--output-dir", folder]
        subprocess.run([*command, str(NOTEBOOK)], check=True)
        # The ordinary export brings no font: without one of the machine's its Japanese would be boxes, which no reader's machine shows.
        shutil.copytree(FONTS, Path(folder) / "fonts")
        with_fonts = os.environ | {"XDG_DATA_HOME": folder}
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], env=with_fonts)
        sheet = page_one(browser, BRIEF)
        left, ours = first_screen(browser, BRIEF)
        right, theirs = first_screen(browser, Path(folder) / "brief.html")
        shown = terminal(browser, GUIDE)
        browser.close()
    save(shown, DOCS / "new.png", made_from=GUIDE)
    save(sheet, DOCS / "brief.png", made_from=BRIEF)
    save(beside(left, right), DOCS / "side-by-side.png", made_from=BRIEF)
    said = WORDS.format(**SCREEN, ours=ours, theirs=theirs)
    (DOCS / "side-by-side.md").write_text(said, encoding="utf-8")
    print(said)


if __name__ == "__main__":
    main()
