"""Frames → figures: exact, each formula one function, nothing rounded and nothing formatted.

`compute.figures(frames)` gives every figure with its provenance. Each formula is also a function of its own here,
pure over frames.
"""

from helpers.compute.causes import reason_measures, reason_measures_by_control
from helpers.compute.collection import collection
from helpers.compute.corrected import corrected, corrected_by_year
from helpers.compute.discordance import discordance
from helpers.compute.evidence import has_number, number_in_text
from helpers.compute.figures import figures, figures_by_year
from helpers.compute.grades import (
    achievement,
    achievement_rate,
    exceeded_rate,
    leave_one_out_rate,
    points_per_measure,
    regrades_below,
)
from helpers.compute.looking_back import difference, on_track_without_number, one_off_effect
from helpers.compute.membership import feasible_policies
from helpers.compute.money import (
    actual_share,
    capped_delivery,
    contribution_to_excess,
    contribution_to_multiplier,
    effect,
    effect_gap,
    effect_multiplier,
    expected_share,
    leave_one_out_multiplier,
    multiplier_case,
    total_effect,
)
from helpers.compute.quality import classified_share, fact_rows, sourced_share
from helpers.compute.register import measure_discordance, register_summary, registered, yen_target_rate
from helpers.compute.scenarios import scenarios
from helpers.compute.shares import (
    concentration,
    effective_items,
    effective_number,
    grain_yen,
    item_concentration,
    items,
    remainder,
    share_of_total,
)
from helpers.compute.shortfalls import shortfall, shortfall_share, surplus
from helpers.compute.underlying import multiplier_without, multiplier_without_upper, recurring_effect
from helpers.compute.weighted import rate_by_expected, weight_coverage, weighted_rate
from helpers.compute.years import (
    behind_persistence,
    cumulative,
    effect_change,
    elapsed_share,
    grade_transitions,
    movements,
    pace,
    panel,
    panel_rates,
    required_run_rate,
    years_behind,
)

__all__ = [
    "achievement",
    "achievement_rate",
    "actual_share",
    "behind_persistence",
    "capped_delivery",
    "classified_share",
    "collection",
    "concentration",
    "contribution_to_excess",
    "contribution_to_multiplier",
    "corrected",
    "corrected_by_year",
    "cumulative",
    "difference",
    "discordance",
    "effect",
    "effect_change",
    "effect_gap",
    "effect_multiplier",
    "effective_items",
    "effective_number",
    "elapsed_share",
    "exceeded_rate",
    "expected_share",
    "fact_rows",
    "feasible_policies",
    "figures",
    "figures_by_year",
    "grade_transitions",
    "grain_yen",
    "has_number",
    "item_concentration",
    "items",
    "leave_one_out_multiplier",
    "leave_one_out_rate",
    "measure_discordance",
    "movements",
    "multiplier_case",
    "multiplier_without",
    "multiplier_without_upper",
    "number_in_text",
    "on_track_without_number",
    "one_off_effect",
    "pace",
    "panel",
    "panel_rates",
    "points_per_measure",
    "rate_by_expected",
    "reason_measures",
    "reason_measures_by_control",
    "recurring_effect",
    "register_summary",
    "registered",
    "regrades_below",
    "remainder",
    "required_run_rate",
    "scenarios",
    "share_of_total",
    "shortfall",
    "shortfall_share",
    "sourced_share",
    "surplus",
    "total_effect",
    "weight_coverage",
    "weighted_rate",
    "years_behind",
    "yen_target_rate",
]
