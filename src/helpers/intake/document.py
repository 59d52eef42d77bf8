"""A received document, and its words in a form that can be compared."""

import errno
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PureWindowsPath

from helpers.terms import Refusal, quoted
from helpers.terms.files import content as file_content
from helpers.terms.words import decoded, strange

# A summary has some ten kilobytes; a folder of them has less than this.
MOST_BYTES = 1 << 20
# A paragraph of a summary has some hundred; what never breaks a line is a page of the web.
MOST_LETTERS = 4_000
MOST_LINES = 5_000
CANNOT_READ = {
    errno.ENOENT: "ファイルがありません",
    errno.ENOTDIR: "ファイルがありません",
    errno.EACCES: "読む権限がありません",
    errno.EPERM: "読む権限がありません",
    errno.EISDIR: "フォルダーです",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.ENXIO: "ふつうのファイルではありません",
}

# Radicals used in place of characters in text from PDF files, which NFKC does not replace.
_RADICALS = str.maketrans("⺠⻁⻄⻆⻑⻘⻝⻤⻨⻩⻭⻯⻲⼾", "民虎西角長青食鬼麦黄歯竜亀戸")
_SAME = str.maketrans({**dict.fromkeys("−‐‑‒–—―", "-"), **dict.fromkeys("〜∼∽", "~"), "[": "〔", "]": "〕"})
_NUMBER = re.compile(r"(?P<sign>[-△▲]?)\s*(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<part>\.[0-9]+)?")
_CLUSTER = re.compile(r"(?:\*\*)*(?:.[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*)(?:\*\*$)?", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """A received document: its bytes untouched, its lines as an editor numbers them from 1."""

    name: str
    content: bytes
    encoding: str
    lines: tuple[str, ...]

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def source_id(self) -> str:
        """The id that rows use for it."""
        return f"summary-{self.sha256[:8]}"


def document(path: Path) -> Document:
    """The document in a file: UTF-8, UTF-16 with its mark, or CP932.

    Raises:
        Refusal: The file cannot be read, is empty, or is not text.
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
    if len(content) > MOST_BYTES:
        raise Refusal(
            f"{name} は大きすぎます（{MOST_BYTES // 1024:,} KB まで）。資料の本文だけのファイルを指定してください。"
        )
    encoding, text = _text(name, content)
    lines = re.split(r"\r\n|\r|\n", text)
    if not text.strip():
        raise Refusal(f"{name} は空です。資料の本文が入ったファイルを指定してください。")
    if len(lines) > MOST_LINES:
        raise Refusal(
            f"{name} は {len(lines):,} 行あります（{MOST_LINES:,} 行まで）。一つの資料の本文だけのファイルを指定してください。"
        )
    if endless := [number for number, line in enumerate(lines, 1) if len(line) > MOST_LETTERS]:
        raise Refusal(
            f"{name} {endless[0]}行「{quoted(lines[endless[0] - 1])}」: この行が長すぎます（{MOST_LETTERS:,}字まで）。"
            "ウェブページのままではないか確かめ、本文を1行ずつに分けて保存してください。"
        )
    unseen = strange(text, but="\t\r\n")
    places = [
        f"{number}行の U+{ord(character):04X}"
        for number, line in enumerate(lines, 1)
        for character in line
        if character in unseen
    ]
    if places:
        raise Refusal(
            f"{name}: 制御文字か外字が {len(places)} か所にあります（{'、'.join(places[:5])}）。"
            "原本から文字だけを写し直してください。"
        )
    return Document(name, content, encoding, tuple(lines[:-1] if lines[-1] == "" else lines))


def _text(name: str, content: bytes) -> tuple[str, str]:
    if found := decoded(content):
        return found
    raise Refusal(
        f"{name} は文字の資料として読めません。PDF や Excel のままではなく、"
        "UTF-8・UTF-16（BOM 付き）・シフトJIS（CP932）のテキストにして指定してください。"
    )


@dataclass(frozen=True)
class Passage:
    """Words of the document, folded for comparison, each character with the printed text it stands for.

    Attributes:
        line: Line of its first character.
        text: The folded words: NFKC, one kind of dash and wave dash, no radicals, no bold marks.
        printed: The printed text of each folded character.
        column: Cell of a table, 1 the leftmost; 0 outside a table.
    """

    line: int
    text: str
    printed: tuple[str, ...] = field(repr=False)
    column: int = 0

    @classmethod
    def of(cls, line: int, words: str) -> "Passage":
        """One line of the document."""
        text, printed = "", []
        for cluster in _CLUSTER.findall(words):
            folded = fold(cluster)
            text += folded
            printed += [cluster, *[""] * (len(folded) - 1)]
        return cls(line, text, tuple(printed))

    def __getitem__(self, span: slice) -> "Passage":
        """A part of it, without the blanks around."""
        start, stop, _ = span.indices(len(self.text))
        part = self.text[start:stop]
        start += len(part) - len(part.lstrip())
        stop = start + len(part.strip())
        return Passage(self.line, self.text[start:stop], self.printed[start:stop], self.column)

    def __add__(self, following: "Passage") -> "Passage":
        return Passage(self.line, self.text + following.text, self.printed + following.printed, self.column)

    @property
    def quote(self) -> str:
        """The words exactly as printed."""
        return "".join(self.printed)

    @property
    def words(self) -> str:
        """The words as printed, without bold marks, and with characters where PDF text has radicals."""
        return "".join(fold(c) if "\u2e80" <= c[-1:] <= "\u2fdf" else c for c in self.printed).replace("**", "").strip()

    @property
    def key(self) -> str:
        """The folded words without any blank: equal for the same words, however they are set."""
        return squeezed(self.text)

    @property
    def locator(self) -> str:
        """Its place: L63, or L63:C2 for a cell."""
        return f"L{self.line}:C{self.column}" if self.column else f"L{self.line}"

    def cells(self) -> list["Passage"]:
        """The cells of a table's row."""
        ends = [found.start() for found in re.finditer("\t", self.text)]
        spans = zip([0, *(end + 1 for end in ends)], [*ends, len(self.text)], strict=True)
        return [
            Passage(cell.line, cell.text, cell.printed, column)
            for column, cell in enumerate((self[start:stop] for start, stop in spans), 1)
        ]


def number(words: str) -> str | None:
    """The number that folded words are, in plain figures: 1,282 → 1282, △5 → -5; nothing where they are none."""
    found = _NUMBER.fullmatch(words)
    if not found:
        return None
    plain = f"{int(found['whole'].replace(',', ''))}{found['part'] or ''}"
    return f"-{plain}" if found["sign"] and plain.strip("0.") else plain


def fold(words: str) -> str:
    """The words in the form used for comparison."""
    return (
        unicodedata.normalize("NFKC", words.replace("**", "").translate(_RADICALS))
        .translate(_SAME)
        .translate(_RADICALS)
    )


def squeezed(words: str) -> str:
    """The folded words without any blank."""
    return re.sub(r"\s", "", fold(words))


def wording(words: str) -> str:
    """Squeezed words in one spelling each: のとおり and 通り become どおり."""
    return re.sub("のとおり|の通り|とおり|通り", "どおり", squeezed(words)).replace("おおむね", "概ね")
