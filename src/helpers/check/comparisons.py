"""Comparisons over years: only of registered years, and with a rate over the measures of both years beside it (V20, V21)."""

from helpers import notation
from helpers.check.findings import finding
from helpers.terms import METRICS, Figures, Finding
from helpers.terms.frames import Frames

# Metrics that compare a year with the one before it.
WITH_PREVIOUS_YEAR = {"M14", "M15", "M16"}


def only_with_their_year(frames: Frames, figures: Figures) -> Finding:
    """V20: figures that compare with last year exist only where last year is registered."""
    previous = frames.fiscal_year - 1
    compared = [f for f in figures if f.is_known and METRICS[f.metric].reference in WITH_PREVIOUS_YEAR]
    is_registered = previous in frames.registered_years
    names = dict.fromkeys(notation.metric_name(figure.metric) for figure in compared)
    faults = (
        []
        if is_registered
        else [
            notation.spoken("{wareki}は未登録なのに、{name}がある", wareki=notation.fiscal_year(previous), name=name)
            for name in names
        ]
    )
    if not is_registered:
        holds = notation.spoken("{wareki}は未登録で、比べた数値はない", wareki=notation.fiscal_year(previous))
    elif compared:
        holds = notation.spoken("{wareki}と比べた数値{n}", wareki=notation.fiscal_year(previous), n=len(compared))
    else:
        holds = notation.spoken("{wareki}は登録済み、比べた数値はない", wareki=notation.fiscal_year(previous))
    return finding("V20", faults, holds=holds, acknowledged=frames.acknowledged)


def with_a_constant_panel(frames: Frames, figures: Figures) -> Finding:
    """V21: where measures were added or ended, the rate of those that stayed is given beside the rate of all."""
    entered, ended, panel = (
        figures.of(metric, "plan") for metric in ("entered_measures", "ended_measures", "panel_achievement_rate")
    )
    moved = [figure for figure in (*entered, *ended) if figure.is_known]
    has_changed = sum(figure.exact for figure in moved) > 0
    faults = (
        []
        if any(rate.is_known for rate in panel)
        else [notation.spoken("取組が入れ替わったのに、両年度にある取組の達成率がない")]
    )
    return finding(
        "V21",
        faults,
        holds=notation.spoken("、").join(
            f"{notation.metric_name(figure.metric)}{notation.figure(figure)}" for figure in (*moved, *panel)
        ),
        acknowledged=frames.acknowledged,
        applies=has_changed,
        absent=notation.spoken("取組の入替えがない") if moved else notation.spoken("前年度の内部台帳が未登録"),
    )
