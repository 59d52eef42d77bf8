"""Looks up words in the received documents, and tells for each line which table it was read into."""

import re
import unicodedata

import pandas as pd

from helpers import compute
from helpers.explore import show
from helpers.explore.bench import Bench
from helpers.pages import Part
from helpers.pages.environment import macro
from helpers.terms import Refusal, quoted
from helpers.terms.places import line_of
from helpers.terms.records import records
from helpers.terms.tables import LISTS, TABLES

MOST_LINES = 60
NOT_READ = "表になっていない行"


def search(bench: Bench, words: str) -> Part:
    """The lines that hold these words, each with the kind of evidence it is: which table it was read into, and whether it has a number.

    Widths of letters do not matter (ＡＩ finds AI); several words with spaces between must all be in the line.

    >>> from helpers import check, compute, explore, read
    >>> frames = compute.corrected(read.year("isehara-6", 2024))
    >>> bench = explore.bench(frames, checks=(check.frames, check.figures), documents=read.documents(frames))
    >>> len(explore.lines(bench, "時間を要し"))
    2

    Raises:
        Refusal: No word was given, or the bench was made without documents.
    """
    found = lines(bench, words)
    if found.empty:
        says = f"「{quoted(words)}」は、資料のどの行にもありません。"
        return show.block("says", says=says, name="search", words=says)
    shown = found.head(MOST_LINES)
    cells = pd.DataFrame(
        {
            "資料の行": shown["line"],
            "原文": [macro("highlighted", show.MACROS)(_highlighted(line, words)) for line in shown["text"]],
            "何の根拠か": [macro("kinds", show.MACROS)(kind.split("、")) for kind in shown["kind"]],
            "数字": shown["number"],
        }
    )
    more = f"（はじめの{MOST_LINES}行）" if len(found) > MOST_LINES else ""
    caption = f"「{quoted(words)}」のある行：{len(found)}行{more}"
    listed = show.table(cells, caption=caption, name="search")
    return show.block("shown", says=caption, name="search", head="", listed=listed)


def lines(bench: Bench, words: str) -> pd.DataFrame:
    """The same as a frame: `source_id`, `line`, `text`, `kind`, `number` (あり, なし: whether the words hold a number)."""
    wanted = _folded(words).split()
    if not wanted:
        raise Refusal('探す言葉が空です。search(bench, "時間を要し") のように書いてください。')
    if not bench.documents:
        raise Refusal("資料の原文がありません。bench(…, documents=read.documents(frames)) として作ってください。")
    kinds = _kinds(bench)
    rows = [
        (
            source_id,
            line_of(line.place),
            line.words.strip(),
            kinds.get((source_id, line_of(line.place)), NOT_READ),
            "あり" if compute.has_number(line.words) else "なし",
        )
        for source_id, listed in bench.documents.items()
        for line in listed
        if line.place and all(word in _folded(line.words) for word in wanted)
    ]
    return pd.DataFrame(rows, columns=["source_id", "line", "text", "kind", "number"])


def _kinds(bench: Bench) -> dict[tuple[str, str], str]:
    """Of each line, the tables whose rows were read from it, in words; of a list of measures, which."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for name, table in bench.frames.tables().items():
        if "locator" not in table:
            continue
        for row in records(table):
            says = (
                LISTS[row.list]
                if name == "mentions"
                else _KINDS.get(name, TABLES[name].description if name in TABLES else name)
            )
            found.setdefault((row.source_id, line_of(row.locator)), {})[says] = None
    return {place: "、".join(says) for place, says in found.items()}


_KINDS = {
    "grade_counts": "件数の表",
    "effects": "金額",
    "measures": "取組の名称と評価",
    "linked_plans": "関連計画",
    "stated": "合計・主張",
    "register": "内部台帳",
}


def _highlighted(line: str, words: str) -> list[tuple[str, bool]]:
    """The line in runs, each with whether a word stands there as written; folded letters of other widths are found, not marked."""
    pattern = "|".join(
        re.escape(word) for word in sorted(unicodedata.normalize("NFKC", words).split(), key=len, reverse=True)
    )
    pieces = re.split(f"({pattern})", line, flags=re.IGNORECASE)
    return [(piece, bool(n % 2)) for n, piece in enumerate(pieces)]


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()
