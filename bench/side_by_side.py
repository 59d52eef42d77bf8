"""Our brief beside nbconvert's ordinary export of the same executed notebook: docs/side-by-side.png and .md.

.venv/bin/python bench/side_by_side.py
"""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[1]
YEAR = ROOT / "reports" / "isehara-6" / "2024"
BROWSER = "/usr/bin/chromium"
SCREEN = {"width": 900, "height": 1200}
GAP = 40
MOST_BYTES = 600_000
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

`.venv/bin/python bench/side_by_side.py` が、この画像と表を作り直す。
"""


def look(browser: Browser, file: Path) -> tuple[Image.Image, dict[str, int]]:
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


def main() -> None:
    """Measures both and writes the picture and the words."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--output-dir", folder]
        subprocess.run([*command, str(YEAR / "notebooks" / "brief.ipynb")], check=True)
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        (left, ours), (right, theirs) = (
            look(browser, file) for file in (YEAR / "brief.html", Path(folder) / "brief.html")
        )
        browser.close()
    both = Image.new("RGB", (left.width + GAP + right.width, left.height), "#cccccc")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP, 0))
    file = ROOT / "docs" / "side-by-side.png"
    both.quantize(128).save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{file.name}: {file.stat().st_size} bytes")
    said = WORDS.format(**SCREEN, ours=ours, theirs=theirs)
    file.with_suffix(".md").write_text(said, encoding="utf-8")
    print(said)


if __name__ == "__main__":
    main()
