"""The data behind the detail page's charts, for machines: as in `data`, one table a chart."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from helpers import draw, notation
from helpers.pages.data import number, placed
from helpers.terms import Figures
from helpers.terms.frames import Frames
from helpers.terms.records import records

_GAPS = ("expected_effect", "actual_effect", "effect_gap")
_OF_GAPS = ("effect_multiplier", "contribution_to_multiplier", "contribution_to_excess")
_LEFT_OUT = ("leave_one_out_multiplier", "leave_one_out_rate")
_PLAN = (
    "effect_multiplier",
    "multiplier_without_top_item",
    "multiplier_without_top_item_upper",
    "recurring_multiplier",
    "capped_delivery",
)


def detail_data(figures: Figures, frames: Frames) -> dict[str, pd.DataFrame]:
    """One table a chart of the detail page; a table without rows is left out."""
    # What is filed once for a year is in the original language, whatever the page speaks.
    with notation.speaking(notation.ORIGINAL):
        tables = {name: table(figures, frames) for name, table in _TABLES.items()}
        return {name: placed(table, frames) for name, table in tables.items() if len(table)}


def has_data(name: str, figures: Figures, frames: Frames) -> bool:
    """Whether `detail_data` has a table of that name."""
    with notation.speaking(notation.ORIGINAL):
        return name in _TABLES and len(_TABLES[name](figures, frames)) > 0


def _policies(
    figures: Figures, frames: Frames, *, counts: tuple = (), money: tuple = (), ratios: tuple = ()
) -> pd.DataFrame:
    columns = {**{one: one for one in (*counts, *ratios)}, **{one: f"{one}_yen" for one in money}}
    return pd.DataFrame(
        [
            {
                "policy_id": policy.id,
                "policy": policy.name,
                **{columns[one]: number(figures, one, ("policy", policy.id)) for one in (*counts, *money, *ratios)},
            }
            for policy in frames.plan.policies
        ]
    )


def _quadrant(figures: Figures, frames: Frames) -> pd.DataFrame:
    rows = draw.quadrant.rows(figures, frames)
    ratios = {
        one: [number(figures, one, ("policy", policy)) for policy in rows["id"]]
        for one in ("achievement_rate", "effect_multiplier")
    }
    states = [str(one.exact) if one.is_known else str(one.status) for one in rows["discordance"]]
    return pd.DataFrame({"policy_id": rows["id"], "policy": rows["name"], **ratios, "discordance": states})


def _linked_plans(_figures: Figures, frames: Frames) -> pd.DataFrame:
    basis = {"self": "plan.toml", "absorbed": "not_applicable"}
    rows = []
    for row in records(draw.linked_plans.rows(frames)):
        stands_on = basis.get(row.look, row.look)
        none = stands_on if stands_on == "not_applicable" else "not_stated"
        years = [none if pd.isna(year) else year for year in (row.first, row.last)]
        rows.append((row.family, row.name, *years, stands_on, row.relation))
    columns = ["family", "name", "first_fiscal_year", "last_fiscal_year", "period_basis", "relation"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _named(figures: Figures, frames: Frames) -> pd.DataFrame:
    rows = [
        (
            "not_stated" if row.評価 == draw.kit.UNGRADED.code else row.評価,
            row.意味,
            "not_stated" if pd.isna(row.件数) else row.件数,
            row.名称の公表,
        )
        for row in records(draw.named.rows(figures, frames))
    ]
    return pd.DataFrame(rows, columns=["grade", "grade_label", "measures", "named_measures"], dtype=object)


def _items(figures: Figures, frames: Frames) -> pd.DataFrame:
    rows = draw.items.rows(figures, frames)
    return pd.DataFrame(
        [
            (
                row.measure_id or "not_applicable",
                frames.measure_names.get(row.measure_id, row.name),
                *row.figure.interval,
                str(row.figure.status),
            )
            for row in records(rows)
        ],
        columns=["measure_id", "name", "low_yen", "high_yen", "status"],
    )


def _underlying(figures: Figures, frames: Frames) -> pd.DataFrame:
    keys = [(one, "plan", "") for one in _PLAN if one in figures]
    keys += [(one, "policy", policy.id) for one in _LEFT_OUT for policy in frames.plan.policies]
    rows = []
    for key in keys:
        if key not in figures:
            continue
        figure = figures[key]
        ends = [f"{float(end):.6f}" for end in figure.interval] if figure.is_known else [str(figure.status)] * 2
        rows.append((key[0], key[1], key[2] or "not_applicable", *ends, str(figure.status)))
    return pd.DataFrame(rows, columns=["metric", "scope", "scope_id", "low", "high", "status"])


def _departments(_figures: Figures, frames: Frames) -> pd.DataFrame:
    rows = draw.departments.rows(frames)
    counted = [(name, grade, count) for grade in rows for name, count in zip(rows.index, rows[grade], strict=True)]
    return pd.DataFrame(counted, columns=["department", "grade", "named_measures"])


def _registered(figures: Figures, frames: Frames) -> pd.DataFrame:
    if frames.register.empty:
        return pd.DataFrame()
    rows = draw.departments.registered_rows(figures, frames).add_prefix("measures_").rename_axis("department")
    metrics = ("registered_measures", "registered_achieved_measures", "registered_achievement_rate", "stuck_measures")
    for metric in metrics:
        rows[metric] = [number(figures, metric, ("department", one)) for one in rows.index]
    rows["registered_effect_gap_yen"] = [
        number(figures, "registered_effect_gap", ("department", one)) for one in rows.index
    ]
    return rows.reset_index()


def _years(figures: Figures, frames: Frames) -> pd.DataFrame:
    rows = draw.years.rows(figures, frames)
    metrics = ("measures", "achieved_measures", "achievement_rate", "effect_multiplier")
    words = {"registered": "on_its_own_page", "not_registered": "not_registered", "not_due": "not_due"}
    return pd.DataFrame(
        [
            {
                "plan_year": row.year,
                "state": row.state,
                **{
                    one: number(figures, one, ("plan", "")) if row.state == "shown" else words[row.state]
                    for one in metrics
                },
            }
            for row in records(rows)
        ]
    )


_TABLES: dict[str, Callable[[Figures, Frames], pd.DataFrame]] = {
    "figure-structure": partial(_policies, counts=("measures",)),
    "figure-linked-plans": _linked_plans,
    "figure-matrix": partial(
        _policies, counts=("measures", "achieved_measures"), ratios=("achievement_rate", "leave_one_out_rate")
    ),
    "figure-measures": _named,
    "figure-effect": partial(_policies, money=_GAPS, ratios=_OF_GAPS),
    "figure-quadrant": _quadrant,
    "figure-items": _items,
    "figure-underlying": _underlying,
    "figure-departments": _departments,
    "figure-departments-register": _registered,
    "figure-years": _years,
}
