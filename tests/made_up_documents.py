"""Documents of made-up content in every format a city hall has: a list of passages and tables becomes a file.

A passage is a string, a table a list of rows of strings. No figure in them is of any city.
"""

import io
import zipfile
from functools import cache
from html import escape
from pathlib import Path

import docx
import openpyxl
import xlwt
from matplotlib import font_manager
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_pdf import PdfPages as Pages
from matplotlib.figure import Figure

import helpers

Block = str | list[list[str]]
ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"


def text(blocks: list[Block]) -> bytes:
    """Tabs between cells."""
    return _written(blocks, "\t".join)


def piped(blocks: list[Block]) -> bytes:
    """As Markdown writes tables."""

    def written(block: list[list[str]]) -> str:
        head, *rest = [f"| {' | '.join(row)} |" for row in block]
        return "\n".join([head, "|---" * len(block[0]) + "|", *rest])

    return "\n\n".join(block if isinstance(block, str) else written(block) for block in blocks).encode()


def csv(blocks: list[Block], encoding: str = "utf-8") -> bytes:
    """Every cell in quotation marks."""
    return _written(blocks, lambda row: ",".join(f'"{cell}"' for cell in row), encoding)


def xlsx(blocks: list[Block], sheet: str = "概要") -> bytes:
    """One sheet, an empty row between two blocks."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in _rows(blocks):
        book.active.append(row)
    return _saved(book.save)


def xls(blocks: list[Block], sheet: str = "概要") -> bytes:
    """A workbook of before 2007."""
    book = xlwt.Workbook()
    made = book.add_sheet(sheet)
    for n, row in enumerate(_rows(blocks)):
        for column, words in enumerate(row):
            made.write(n, column, words)
    return _saved(book.save)


def ods(blocks: list[Block], sheet: str = "概要") -> bytes:
    """The least that a program takes for a spreadsheet of LibreOffice."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(escape(words)) for words in row) or '<table:table-cell/>'}</table:table-row>"
        for row in _rows(blocks)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{_NAMES}office:1.0" '
        f'xmlns:table="{_NAMES}table:1.0" xmlns:text="{_NAMES}text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="{escape(sheet)}">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        f'xmlns:manifest="{_NAMES}manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{ODS}"/></manifest:manifest>'
    )
    return packed({"mimetype": ODS, "content.xml": content, "META-INF/manifest.xml": manifest})


def word(blocks: list[Block]) -> bytes:
    """Paragraphs and tables."""
    made = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
        else:
            table = made.add_table(len(block), len(block[0]))
            for row, cells in zip(table.rows, block, strict=True):
                for cell, words in zip(row.cells, cells, strict=True):
                    cell.text = words
    return _saved(made.save)


def web(blocks: list[Block]) -> bytes:
    """The main part of a page with a menu over it and an address below."""
    made = "".join(
        f"<p>{escape(block)}</p>"
        if isinstance(block, str)
        else f"<table>{''.join('<tr>' + ''.join(f'<td>{escape(c)}</td>' for c in row) + '</tr>' for row in block)}</table>"
        for block in blocks
    )
    return (
        "<!doctype html><html><head><meta charset='utf-8'><title>架空市</title></head><body>"
        "<nav><ul><li>くらし</li></ul><table><tr><td>目次</td><td>1</td></tr></table></nav>"
        f"<main>{made}</main><footer>架空市役所 1-1</footer></body></html>"
    ).encode()


def pdf(blocks: list[Block], passages_a_page: int = 1) -> bytes:
    """A page for each table, with lines around its cells, and for so many passages."""
    opened = io.BytesIO()
    with Pages(opened) as pages:
        for block in _of_pages(blocks, passages_a_page):
            figure = Figure(figsize=(11.7, 8.3))
            FigureCanvasPdf(figure)
            if isinstance(block[0], str):
                for n, passage in enumerate(block):
                    figure.text(0.05, 0.95 - 0.03 * n, passage, font=_font(), fontsize=5)
            else:
                axes = figure.add_axes((0.05, 0.1, 0.9, 0.8))
                axes.set_axis_off()
                table = axes.table(block, cellLoc="left", loc="upper center")
                table.auto_set_font_size(False)
                for cell in table.get_celld().values():
                    cell.get_text().set(font=_font(), fontsize=8)
            pages.savefig(figure)
    return opened.getvalue()


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    opened = io.BytesIO()
    with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return opened.getvalue()


def changed(content: bytes, **parts: bytes | None) -> bytes:
    """A zip with parts added, or replaced: `{"xl/vbaProject.bin": b"x"}`."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return packed({name: made.read(name) for name in made.namelist()} | parts)


def _of_pages(blocks: list[Block], passages_a_page: int) -> list[list]:
    pages: list[list] = []
    for block in blocks:
        is_passage = isinstance(block, str)
        if is_passage and pages and isinstance(pages[-1][0], str) and len(pages[-1]) < passages_a_page:
            pages[-1].append(block)
        else:
            pages.append([block] if is_passage else block)
    return pages


FORMATS = {
    "資料.txt": text,
    "資料.md": piped,
    "資料.csv": csv,
    "資料.xlsx": xlsx,
    "資料.xls": xls,
    "資料.ods": ods,
    "資料.docx": word,
    "資料.html": web,
    "資料.pdf": pdf,
}


def _written(blocks: list[Block], row: object, encoding: str = "utf-8") -> bytes:
    parts = (block if isinstance(block, str) else "\n".join(map(row, block)) for block in blocks)
    return "\n\n".join(parts).encode(encoding)


def _rows(blocks: list[Block]) -> list[list[str]]:
    found: list[list[str]] = []
    for block in blocks:
        found += [[]] if found else []
        found += [[block]] if isinstance(block, str) else block
    return found


def _saved(save: object) -> bytes:
    opened = io.BytesIO()
    save(opened)
    return opened.getvalue()


@cache
def _font() -> Path:
    (one, *_) = sorted(Path(helpers.__file__).parent.joinpath("fonts").glob("*.ttf"))
    font_manager.fontManager.addfont(one)
    return one
