"""Why measures fell behind, as people coded it (M22). The codes are judgements; the document's words only suggest them."""

from collections import Counter

import pandas as pd

from helpers.terms.records import records
from helpers.terms.tables import REASONS

# Causes that lie outside the city hall.
EXTERNAL = {"external", "regulation"}
# What is no cause: nobody knows one, or the words give none.
NO_CAUSE = {"unknown", "not_given"}
CONTROLS = ("internal", "external", "mixed", "unknown")


def reason_measures(reason_codes: pd.DataFrame) -> pd.Series:
    """How many measures were coded with each cause; one with two causes counts under both (M22).

    Args:
        reason_codes: `measure_id`, `reason_code`.

    Returns:
        Whole numbers on the code, every code of the list: 0 is a count.
    """
    coded = Counter(code for codes in _of_each(reason_codes).values() for code in codes)
    return pd.Series({code: coded[code] for code in REASONS}, dtype="int64").rename_axis("reason_code")


def reason_measures_by_control(reason_codes: pd.DataFrame) -> pd.Series:
    """How many measures have causes within the city hall only, outside only, both, or unknown ones (M22).

    Args:
        reason_codes: `measure_id`, `reason_code`.

    Returns:
        Whole numbers on `internal`, `external`, `mixed`, `unknown`; each measure counts once.
    """

    def control(codes: set[str]) -> str:
        known = codes - NO_CAUSE
        if not known:
            return "unknown"
        outside = known & EXTERNAL
        return "internal" if not outside else "external" if outside == known else "mixed"

    measures = Counter(map(control, _of_each(reason_codes).values()))
    return pd.Series({name: measures[name] for name in CONTROLS}, dtype="int64")


def _of_each(reason_codes: pd.DataFrame) -> dict[str, set[str]]:
    """The codes of each measure."""
    codes: dict[str, set[str]] = {}
    for row in records(reason_codes):
        codes.setdefault(row.measure_id, set()).add(row.reason_code)
    return codes
