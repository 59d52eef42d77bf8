"""Words in the form used for comparison: one width, one kind of dash, no blanks; and what follows from words alone, whoever reads them."""

import hashlib
import re
import unicodedata
from functools import lru_cache

# Radicals used in place of characters in text from PDF files, which NFKC does not replace.
_RADICALS = str.maketrans("⺠⻁⻄⻆⻑⻘⻝⻤⻨⻩⻭⻯⻲⼾", "民虎西角長青食鬼麦黄歯竜亀戸")
_SAME = str.maketrans({**dict.fromkeys("−‐‑‒–—―", "-"), **dict.fromkeys("〜∼∽", "~"), "[": "〔", "]": "〕"})
_NUMBER = re.compile(r"(?P<sign>[-△▲]?)\s*(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<part>\.[0-9]+)?")


def number(words: str) -> str | None:
    """The number that folded words are, in plain figures: 1,282 → 1282, △5 → -5; nothing where they are none."""
    found = _NUMBER.fullmatch(words)
    if not found:
        return None
    plain = f"{int(found['whole'].replace(',', ''))}{found['part'] or ''}"
    return f"-{plain}" if found["sign"] and plain.strip("0.") else plain


@lru_cache(maxsize=4096)  # a document's letters and cells are asked for again and again
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


def measure_id(name: str) -> str:
    """The id of a measure by its name, the same in every year and wherever it stands: `m-9ceefd`."""
    return f"m-{hashlib.sha256(squeezed(name).encode()).hexdigest()[:6]}"
