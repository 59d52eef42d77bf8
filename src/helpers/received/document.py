"""A received file: what format it has, within which limits it is read, and what is said where it cannot be."""

import errno
import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from helpers.received import text
from helpers.terms import Refusal, quoted
from helpers.terms.files import content as file_content
from helpers.terms.places import Line, is_numbered
from helpers.terms.words import strange

if TYPE_CHECKING:
    from helpers.received.remarks import Mark
    from helpers.received.workbook import Sheet

# A text of a summary has some ten kilobytes, a file with fonts or pictures some hundred.
MOST_BYTES, MOST_BYTES_OF_TEXT = 20 << 20, 1 << 20
MOST_UNPACKED = 64 << 20
MOST_PARTS = 2_000
# A paragraph of a summary has some hundred letters; what never breaks a line is a page of the web.
MOST_LETTERS = 4_000
MOST_LINES = 5_000
BINARY = "binary"
CANNOT_READ = {
    errno.ENOENT: "ファイルがありません",
    errno.ENOTDIR: "ファイルがありません",
    errno.EACCES: "読む権限がありません",
    errno.EPERM: "読む権限がありません",
    errno.EISDIR: "フォルダーです",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.ENXIO: "ふつうのファイルではありません",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPENS_A_PAGE = (b"<!doctype html", b"<html", b"<?xml")


@dataclass(frozen=True)
class Document:
    """A received document: its bytes untouched, its lines in their order.

    Attributes:
        encoding: Of a text; `binary` where the format has none.
    """

    name: str
    content: bytes
    encoding: str
    lines: tuple[Line, ...]

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def source_id(self) -> str:
        """The id that rows use for it."""
        return f"summary-{self.sha256[:8]}"


def document(path: Path) -> Document:
    """The document in a file: text (also CSV), a workbook (xlsx, xls, ods), Word (docx), PDF with text, a web page.

    Raises:
        Refusal: The file cannot be read, is of another format, empty, encrypted, scanned or larger than a document is.
    """
    name = PureWindowsPath(path.name).name
    try:
        content = file_content(path)
        name.encode()
    except OSError as error:
        why = CANNOT_READ.get(error.errno or 0, "読み取りの途中で誤りが起きました")
        raise Refusal(f"{path} を読めません（{why}）。ファイルの名前と場所、権限を確かめてください。") from error
    except UnicodeEncodeError as error:
        raise Refusal(f"{path.parent} のファイルの名前が文字として読めません。名前を付け直してください。") from error
    return opened(name, content)


def book(name: str, content: bytes) -> "list[Sheet]":
    """The sheets of a workbook (xlsx, xls, ods) cell by cell, hidden ones too; a CSV file is one sheet without a name.

    Raises:
        Refusal: It is none, or one that `document` would not open.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(f"{name} は大きすぎます（{MOST_BYTES >> 20} MB まで）。")
    if not content.strip(b"\0"):
        raise Refusal(f"{name} は空のファイルです。")
    if name.lower().endswith((".zip", ".lzh", ".7z")):
        raise Refusal(f"{name} は圧縮されています。展開して、中のファイルを入れてください。")
    from helpers.received import workbook

    reader = _reader(name, content)
    if reader is workbook.lines:
        return workbook.sheets(name, content, hidden=True)
    if reader is None and name.lower().endswith((".csv", ".txt", ".tsv")):
        rows = text.cells(name, content)
        if sum(map(len, rows)) > workbook.MOST_CELLS:
            raise Refusal(f"{name} には {sum(map(len, rows)):,} のセルがあります（{workbook.MOST_CELLS:,} まで）。")
        return [workbook.Sheet("", rows)]
    raise Refusal(f"{name} は Excel のブック（.xlsx .xls）でも .ods でも CSV でもありません。")


def marks(content: bytes) -> "list[Mark]":
    """What a workbook says besides its values; empty where it is no .xlsx."""
    from helpers.received import remarks

    return remarks.marks(content)


def opened(name: str, content: bytes) -> Document:
    """The document that bytes are.

    Raises:
        Refusal: As `document`.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(
            f"{name} は大きすぎます（{MOST_BYTES >> 20} MB まで）。資料の本文だけのファイルを指定してください。"
        )
    reader = _reader(name, content)
    encoding, lines = reader(name, content) if reader else _text(name, content)
    if not any(line.words.strip() for line in lines):
        raise Refusal(f"{name} は空です。資料の本文が入ったファイルを指定してください。")
    if len(lines) > MOST_LINES:
        raise Refusal(
            f"{name} は {len(lines):,} 行あります（{MOST_LINES:,} 行まで）。一つの資料の本文だけのファイルを指定してください。"
        )
    if endless := [line for line in lines if len(line.words) > MOST_LETTERS]:
        raise Refusal(
            f"{name} {shown(endless[0].place)}「{quoted(endless[0].words)}」: この行が長すぎます（{MOST_LETTERS:,}字まで）。"
            "ウェブページのままではないか確かめ、本文を1行ずつに分けて保存してください。"
        )
    unseen = {letter for line in lines for letter in strange(line.words, but="\t")}
    places = [f"{shown(line.place)}の U+{ord(one):04X}" for line in lines for one in line.words if one in unseen]
    if places:
        raise Refusal(
            f"{name}: 制御文字か外字が {len(places)} か所にあります（{'、'.join(places[:5])}）。"
            "原本から文字だけを写し直してください。"
        )
    return Document(name, content, encoding, tuple(lines))


def shown(*places: str) -> str:
    """Places in a sentence: 63行, 63・65行, 概要!C5・概要!C7."""
    if all(is_numbered(place) for place in places):
        return f"{'・'.join(place[1:] for place in places)}行"
    return "・".join(places)


def _text(name: str, content: bytes) -> tuple[str, list[Line]]:
    if len(content) > MOST_BYTES_OF_TEXT:
        raise Refusal(
            f"{name} は大きすぎます（{MOST_BYTES_OF_TEXT // 1024:,} KB まで）。資料の本文だけのファイルを指定してください。"
        )
    return text.lines(name, content)


def _reader(name: str, content: bytes) -> Callable[[str, bytes], tuple[str, list[Line]]] | None:
    """What reads a file of this kind, told by its content and not by its name; None for a text."""
    # Libraries are loaded with the first file that needs them.
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if content.startswith(b"%PDF-"):
        from helpers.received import pdf

        return pdf.lines
    if content.startswith(b"PK\x03\x04"):
        return _packed(name, content)
    if content.startswith(_OLE):
        return _old(name, content)
    if start.startswith(_OPENS_A_PAGE) or name.lower().endswith((".html", ".htm")):
        from helpers.received import web

        return web.lines
    return None


def _packed(name: str, content: bytes) -> Callable[[str, bytes], tuple[str, list[Line]]]:
    """The reader of a file that is a zip, once it is sure that it does not swell when unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.namelist()
            kind = packed.open("mimetype").read(100) if "mimetype" in parts else b""
            _check_size(name, packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zipfile.zlib.error):
        raise Refusal(
            f"{name} は壊れているか、パスワードが付いています。元のファイルを開いて保存し直してください。"
        ) from None
    if any(part.endswith("vbaProject.bin") for part in parts):
        raise Refusal(
            f"{name} にはマクロが入っています。.xlsx か .docx に保存し直して（マクロなしで）指定してください。"
        )
    if "xl/workbook.xml" in parts or kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        from helpers.received import workbook

        return workbook.lines
    if "word/document.xml" in parts:
        from helpers.received import word

        return word.lines
    raise Refusal(
        f"{name} は資料として読める形式ではありません。テキスト、CSV、Excel（.xlsx .xls）、.ods、Word（.docx）、PDF、"
        "ウェブページ（.html）のどれかにして指定してください。"
    )


def _check_size(name: str, packed: zipfile.ZipFile) -> None:
    """Unpacks every part without keeping it: what a zip says of its own size need not be so."""
    parts = packed.infolist()
    left = MOST_UNPACKED
    for part in parts[: MOST_PARTS + 1]:
        with packed.open(part) as opened_part:
            while left >= 0 and (piece := opened_part.read(1 << 20)):
                left -= len(piece)
    if left < 0 or len(parts) > MOST_PARTS:
        raise Refusal(
            f"{name} は開くと大きくなりすぎます（{MOST_UNPACKED >> 20} MB、部品 {MOST_PARTS:,} 個まで）。"
            "資料の本文だけのファイルを指定してください。"
        )


def _old(name: str, content: bytes) -> Callable[[str, bytes], tuple[str, list[Line]]]:
    """The reader of an Office file of before 2007, or of one that a password closes."""
    holds = {
        one for one in ("EncryptedPackage", "WordDocument", "Workbook", "Book") if one.encode("utf-16-le") in content
    }
    if "EncryptedPackage" in holds:
        raise Refusal(f"{name} にはパスワードが付いています。外して保存し直してください。")
    if "WordDocument" in holds:
        raise Refusal(f"{name} は古い形式の Word（.doc）です。.docx か PDF に保存し直して指定してください。")
    if holds:
        from helpers.received import workbook

        return workbook.lines
    raise Refusal(f"{name} は資料として読める形式ではありません。Excel（.xlsx）か PDF に保存し直して指定してください。")
