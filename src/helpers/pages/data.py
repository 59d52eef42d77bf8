"""The data behind the page, for machines: one header row, western years, plain numbers, codes beside names."""

from fractions import Fraction

import pandas as pd

from helpers import notation
from helpers.terms import Figure, Figures
from helpers.terms.frames import Frames

RATIO_PLACES = 6
_MONEY = ("expected_effect", "actual_effect", "effect_gap")
# What the document says and what was judged of it, as read: enough to compute every figure again.
_FACTS = ("grade_counts", "effects", "measures", "mentions", "stated", "effect_classes", "reason_codes", "assumptions")
_RATIOS = ("achievement_rate", "exceeded_rate", "effect_multiplier", "expected_share", "actual_share")


def data(figures: Figures, frames: Frames) -> dict[str, pd.DataFrame]:
    """One table a chart (`figure-composition`, `figure-grades`, `figure-policies`), and the facts they stand on.

    They are filed once a year set, in the plan's own language, whatever language the page speaks.

    Amounts are integer yen, ratios decimals with six places; where there is no number stands the status that says why.
    """
    with notation.speaking(notation.ORIGINAL):
        tables = {
            "figure-composition": _composition(figures, frames),
            "figure-grades": _grades(figures, frames),
            "figure-policies": _policies(figures, frames),
            **{name: table for name, table in frames.tables().items() if name in _FACTS and len(table)},
        }
    return {name: placed(table, frames) for name, table in tables.items()}


def placed(table: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """A table with municipality, plan and year before its own columns."""
    plan = frames.plan
    place = {
        "municipality_code": plan.municipality_code,
        "municipality": plan.municipality,
        "plan": plan.name,
        "fiscal_year": frames.fiscal_year,
    }
    filed = table.copy()
    for at, (name, value) in enumerate(place.items()):
        filed.insert(at, name, value)
    return filed


def _composition(figures: Figures, frames: Frames) -> pd.DataFrame:
    names = frames.measure_names
    rows = [
        ("total", "not_applicable", "効果見込額", figures["expected_effect"]),
        ("total", "not_applicable", "実績効果額", figures["actual_effect"]),
        *(("item", item.scope_id, names[item.scope_id], item) for item in figures.of("actual_effect", "measure")),
        ("remainder", "not_applicable", "内訳の公表なし", figures["unnamed_effect"]),
        ("reference", "not_applicable", "最大の1件を除く実績効果額", figures["effect_without_top_item"]),
    ]
    return pd.DataFrame(
        [(kind, measure, name, *_ends(figure), str(figure.status)) for kind, measure, name, figure in rows],
        columns=["row", "measure_id", "name", "low_yen", "high_yen", "status"],
    )


def _grades(figures: Figures, frames: Frames) -> pd.DataFrame:
    names = {policy.id: policy.name for policy in frames.plan.policies}
    labels = {grade.code: grade.label for grade in frames.plan.grades}
    rows = []
    for figure in figures.of("measures_by_grade", "policy:grade"):
        policy_id, grade = figure.scope_id.split(":")
        rows.append((policy_id, names[policy_id], grade, labels[grade], figure.exact))
    return pd.DataFrame(rows, columns=["policy_id", "policy", "grade", "grade_label", "measures"])


def _policies(figures: Figures, frames: Frames) -> pd.DataFrame:
    rows = []
    for policy in frames.plan.policies:
        key = ("policy", policy.id)
        rows.append(
            {
                "policy_id": policy.id,
                "policy": policy.name,
                **{metric: number(figures, metric, key) for metric in ("measures", "achieved_measures")},
                **{f"{metric}_yen": number(figures, metric, key) for metric in _MONEY},
                **{metric: number(figures, metric, key) for metric in _RATIOS},
            }
        )
    return pd.DataFrame(rows)


def number(figures: Figures, metric: str, key: tuple[str, str]) -> int | str:
    """A figure for machines: an integer, a decimal with six places, or the status that says why there is none."""
    if (metric, *key) not in figures:
        return "not_available"
    figure = figures[(metric, *key)]
    if isinstance(figure.exact, Fraction):
        rounded = notation.half_up(figure.exact, RATIO_PLACES)
        return f"{float(rounded):.{RATIO_PLACES}f}"
    return figure.exact if figure.exact is not None else str(figure.status)


def _ends(figure: Figure) -> tuple[int | str, int | str]:
    return tuple(figure.interval) if figure.is_known else (str(figure.status), str(figure.status))
