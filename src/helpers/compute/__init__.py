"""Frames → figures: exact, each formula one function, nothing rounded and nothing formatted.

`compute.figures(frames)` gives all of them with their provenance; the formulas are here one by one, pure over frames.
"""

from helpers.compute.corrected import corrected
from helpers.compute.discordance import discordance
from helpers.compute.figures import figures
from helpers.compute.grades import (
    achievement,
    achievement_rate,
    exceeded_rate,
    leave_one_out_rate,
    points_per_measure,
    regrades_below,
)
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
from helpers.compute.shares import (
    concentration,
    effective_number,
    grain_yen,
    item_concentration,
    items,
    remainder,
    share_of_total,
)
from helpers.compute.underlying import multiplier_without, multiplier_without_upper, recurring_effect

__all__ = [
    "achievement",
    "achievement_rate",
    "actual_share",
    "capped_delivery",
    "concentration",
    "contribution_to_excess",
    "contribution_to_multiplier",
    "corrected",
    "discordance",
    "effect",
    "effect_gap",
    "effect_multiplier",
    "effective_number",
    "exceeded_rate",
    "expected_share",
    "feasible_policies",
    "figures",
    "grain_yen",
    "item_concentration",
    "items",
    "leave_one_out_multiplier",
    "leave_one_out_rate",
    "multiplier_case",
    "multiplier_without",
    "multiplier_without_upper",
    "points_per_measure",
    "recurring_effect",
    "regrades_below",
    "remainder",
    "share_of_total",
    "total_effect",
]
