"""How things look: numbers, ranges, the five kinds of nothing, dates, and the catalogue of sentences.

It knows no figure: it is given a value and a unit, or a sentence's id and its words.
"""

from helpers.notation.catalogue import css_tokens, sentence, spoken, stylesheet, stylesheet_in_lab, tokens, words
from helpers.notation.figures import cell, figure
from helpers.notation.names import (
    achieved_label,
    both_years,
    effect_definition,
    fiscal_year,
    full_name,
    grade_label,
    in_own_words,
    joined,
    measure,
    metric_formula,
    metric_name,
    municipality,
    period,
    plan_name,
    policy_name,
    short_policy_name,
    short_year,
    whole_measure,
    years_from_to,
)
from helpers.notation.numbers import (
    SIGNS,
    between,
    ceil,
    count,
    decimal,
    decimal_text,
    floor,
    half_up,
    index,
    multiplier,
    percent,
    points,
    policies,
    printed,
    short_unit,
    short_yen,
    shown,
    thousand_yen,
    thousand_yen_between,
    unrounded,
    yen,
    yen_between,
)
from helpers.notation.speech import LANGUAGES, ORIGINAL, language, speak, speaking


def __getattr__(name: str) -> str:
    """The signs and the kinds of nothing (`MINUS`, `NOT_STATED`, …) as they are in the language spoken."""
    if name in SIGNS[ORIGINAL]:
        return SIGNS[language()][name]
    raise AttributeError(name)


__all__ = [
    "LANGUAGES",
    "ORIGINAL",
    "SIGNS",
    "achieved_label",
    "between",
    "both_years",
    "ceil",
    "cell",
    "count",
    "css_tokens",
    "decimal",
    "decimal_text",
    "effect_definition",
    "figure",
    "fiscal_year",
    "floor",
    "full_name",
    "grade_label",
    "half_up",
    "in_own_words",
    "index",
    "joined",
    "language",
    "measure",
    "metric_formula",
    "metric_name",
    "multiplier",
    "municipality",
    "percent",
    "period",
    "plan_name",
    "points",
    "policies",
    "policy_name",
    "printed",
    "sentence",
    "short_policy_name",
    "short_unit",
    "short_year",
    "short_yen",
    "shown",
    "speak",
    "speaking",
    "spoken",
    "stylesheet",
    "stylesheet_in_lab",
    "thousand_yen",
    "thousand_yen_between",
    "tokens",
    "unrounded",
    "whole_measure",
    "words",
    "years_from_to",
    "yen",
    "yen_between",
]
