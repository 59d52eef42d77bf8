"""Whether the published words carry a number (M23). A keyword rule: it only suggests how strong the evidence is."""

import re
import unicodedata

import pandas as pd

from helpers.terms.records import records

_DIGIT = re.compile(r"[0-9]")


def has_number(words: str) -> bool:
    """Whether words carry a number in figures: 10施設, １００％; 一部 and 三つ do not count.

    Any quantity counts, whatever it measures: people judge whether it is activity, output or outcome.
    """
    return bool(_DIGIT.search(unicodedata.normalize("NFKC", words)))


def number_in_text(measures: pd.DataFrame, mentions: pd.DataFrame) -> pd.Series:
    """Whether the document gives a number beside each named measure, in its words or as an amount (M23).

    Args:
        measures: `measure_id`.
        mentions: `measure_id`, `words`, `amount_printed`; a token where there is none.

    Returns:
        True or False on `measure_id`, over all places that name the measure. The name itself does not count.
    """
    said = {row.measure_id for row in records(mentions) if has_number(row.words) or has_number(row.amount_printed)}
    ids = pd.Index(measures["measure_id"], name="measure_id")
    return pd.Series([one in said for one in ids], index=ids, dtype=bool)
