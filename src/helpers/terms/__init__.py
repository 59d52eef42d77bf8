"""The plan's own words: fiscal year, money, grade, policy, figure.

Everything here is a value or a type. It imports nothing of ours and nothing heavy, so every other
module may use it. The contracts of the tables are in `helpers.terms.tables`.

========================  =======================  =====================================================
日本語                    English                  Meaning
========================  =======================  =====================================================
取組（項目）              `measure`                one thing the city does under the plan
基本方針                  `policy`                 one of the plan's policies, by the document's number
推進項目                  `promotion_item`         the level between policy and measure
達成率                    `achievement_rate`       counts only: measures achieved / measures graded
効果見込額                `expected`               yen the plan expected when it was made
実績効果額                `actual`                 yen reported for the year
倍率                      `effect_multiplier`      yen only: actual / expected
部                        `department`             the department named beside a measure
========================  =======================  =====================================================
"""

from helpers.terms.figure import Figure, Figures, Status
from helpers.terms.fiscal_year import (
    NamedYear,
    fiscal_year,
    fiscal_year_of,
    fiscal_years,
    month,
    periods_named,
    short_wareki,
    wareki,
    without_years,
    years_alone,
    years_named,
    years_of_dates,
)
from helpers.terms.metric import METRICS, Metric, Unit
from helpers.terms.money import ROUNDINGS, UNITS_IN_YEN, Interval, in_yen, rounding_interval
from helpers.terms.numeral import plain_ordinals
from helpers.terms.plan import BANDS, EFFECT_BASES, English, Grade, Plan, Policy, Thresholds, same_name
from helpers.terms.refusal import Refusal
from helpers.terms.sentence import OUTCOMES, Finding, Point, Sentence
from helpers.terms.toml import toml
from helpers.terms.words import quoted

__all__ = [
    "BANDS",
    "EFFECT_BASES",
    "METRICS",
    "OUTCOMES",
    "ROUNDINGS",
    "UNITS_IN_YEN",
    "English",
    "Figure",
    "Figures",
    "Finding",
    "Grade",
    "Interval",
    "Metric",
    "NamedYear",
    "Plan",
    "Point",
    "Policy",
    "Refusal",
    "Sentence",
    "Status",
    "Thresholds",
    "Unit",
    "fiscal_year",
    "fiscal_year_of",
    "fiscal_years",
    "in_yen",
    "month",
    "periods_named",
    "plain_ordinals",
    "quoted",
    "rounding_interval",
    "same_name",
    "short_wareki",
    "toml",
    "wareki",
    "without_years",
    "years_alone",
    "years_named",
    "years_of_dates",
]
