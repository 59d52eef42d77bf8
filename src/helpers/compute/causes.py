"""Why measures fell behind, as people coded it (M22). The codes are judgements; the document's words only suggest them."""

import pandas as pd

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
    return reason_codes.groupby("reason_code")["measure_id"].nunique().reindex(list(REASONS), fill_value=0)


def reason_measures_by_control(reason_codes: pd.DataFrame) -> pd.Series:
    """How many measures have causes within the city hall only, outside only, both, or unknown ones (M22).

    Args:
        reason_codes: `measure_id`, `reason_code`.

    Returns:
        Whole numbers on `internal`, `external`, `mixed`, `unknown`; each measure counts once.
    """

    def control(codes: pd.Series) -> str:
        known = set(codes) - NO_CAUSE
        if not known:
            return "unknown"
        outside = known & EXTERNAL
        return "internal" if not outside else "external" if outside == known else "mixed"

    of_measure = [control(codes) for _, codes in reason_codes.groupby("measure_id")["reason_code"]]
    return pd.Series(of_measure, dtype=object).value_counts().reindex(CONTROLS, fill_value=0)
