"""Every value worked out for FY2024 outside this project, against what comes out of the data.

The oracle counts in 千円 and gives each value as finely as a person would print it. A value that nothing of ours answers
fails, unless it is listed as a later metric's.
"""

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from helpers import compute, notation, read
from helpers.terms import ROUNDINGS, Interval

ROOT = Path(__file__).resolve().parent.parent
ORACLE = json.loads((Path(__file__).parent / "oracle" / "isehara-2024.json").read_text(encoding="utf-8"))
THOUSAND = 1000
RULES = [rule for rule in ROUNDINGS if rule != "exact"]
AMOUNTS = {"expected": "expected_effect", "actual": "actual_effect", "gap": "effect_gap"}
TOP, SEWER, WASTE, ROBOTS = "m-9ceefd", "m-6c0abb", "m-6df850", "m-504763"

# M2 (weighted rates) brings what is compared with these; no function of ours claims to give them.
LATER = {("grades", "mean_of_policy_rates_1dp")}
# No value: what the oracle says of itself.
WORDS = {("unit",)}


def leaves(value, path=()):
    for key, inner in value.items():
        if isinstance(inner, dict) and not key.startswith("dept_"):  # those count by name
            yield from leaves(inner, (*path, key))
        else:
            yield (*path, key), inner


VALUES = {path: value for path, value in leaves(ORACLE) if path not in WORDS}


def test_our_values_are_those_of_the_oracle_and_nothing_else_is_compared():
    assert len(VALUES) > 200
    assert set(VALUES) >= LATER
    ours = {("fiscal_year",): frames().fiscal_year}
    for group in (totals, grades, policies, capped, concentration, rounding, coverage, feasible, discordance):
        ours |= group()
    assert ours == {path: value for path, value in VALUES.items() if path not in LATER}


@cache
def frames(rule="unknown"):
    """The real year, its 百万円 items as if they had been rounded by that rule."""
    received = read.year("isehara-6", 2024, ROOT / "data")
    effects = received.effects
    return replace(received, effects=effects.assign(rounding=effects["rounding"].replace("unknown", rule)))


@cache
def figures(rule="unknown"):
    return compute.figures(frames(rule))


def exact(metric, scope="plan", scope_id=""):
    return figures()[metric, scope, scope_id].exact


def thousands(metric, scope="plan", scope_id=""):
    return Fraction(exact(metric, scope, scope_id), THOUSAND)


def in_thousands(interval):
    return [Fraction(end, THOUSAND) for end in interval]


def shown(value, places):
    """A number as the oracle prints it: half-up, plain minus, no grouping; None where there is none."""
    return value if value is None else notation.decimal(value, places).replace(notation.MINUS, "-").replace(",", "")


def outward(interval, places):
    """Both ends as the oracle prints them: down and up, so that nothing possible is left out."""
    return [shown(notation.floor(interval[0], places), places), shown(notation.ceil(interval[1], places), places)]


def totals():
    multiplier = exact("effect_multiplier")
    values = {
        **{name: thousands(metric) for name, metric in AMOUNTS.items()},
        "multiplier_exact": str(multiplier),
        "multiplier_6dp": shown(multiplier, 6),
        "multiplier_2dp": shown(multiplier, 2),
        "pct_of_plan_1dp": shown(multiplier * 100, 1),
        "over_plan_pct_1dp": shown((multiplier - 1) * 100, 1),
    }
    return {("totals", key): value for key, value in values.items()}


def by_grade():
    return {figure.scope_id: figure.exact for figure in figures().of("measures_by_grade", "grade")}


def grades():
    measures, achieved = exact("measures"), exact("achieved_measures")
    values = {
        **by_grade(),
        "n": measures,
        "achieved": achieved,
        "rate_exact": str(exact("achievement_rate")),
        "rate_1dp": shown(exact("achievement_rate") * 100, 1),
        "A_share_1dp": shown(exact("exceeded_rate") * 100, 1),
        "B_share_1dp": shown(Fraction(by_grade()["B"], measures) * 100, 1),
        "C_share_1dp": shown(Fraction(by_grade()["C"], measures) * 100, 1),
        "B_within_achieved_1dp": shown(Fraction(by_grade()["B"], achieved) * 100, 1),
        "pp_per_measure_2dp": shown(exact("points_per_measure") * 100, 2),
        "demotions_to_fall_below_80pct": exact("regrades_to_80"),
    }
    return {("grades", key): value for key, value in values.items()}


def policies():
    found = {}
    for policy in frames().plan.policies:
        of = {one.metric: one for one in figures() if (one.scope, one.scope_id) == ("policy", policy.id)}
        exactly = {metric: figure.exact for metric, figure in of.items()}
        rest = [exact(metric) - exactly[metric] for metric in ("achieved_measures", "measures")]
        values = {
            "name": policy.name,
            "n": exactly["measures"],
            "achieved": exactly["achieved_measures"],
            "rate_1dp": shown(exactly["achievement_rate"] * 100, 1),
            "pp_per_measure_2dp": shown(exactly["points_per_measure"] * 100, 2),
            **{name: thousands(metric, "policy", policy.id) for name, metric in AMOUNTS.items()},
            "multiplier_3dp": shown(exactly["effect_multiplier"], 3),
            "multiplier_2dp": shown(exactly["effect_multiplier"], 2),
            "status": of["effect_multiplier"].reason or "defined",
            "expected_share_1dp": shown(exactly["expected_share"] * 100, 1),
            "actual_share_1dp": shown(exactly["actual_share"] * 100, 1),
            "measure_share_1dp": shown(Fraction(exactly["measures"], exact("measures")) * 100, 1),
            "contribution_to_multiple_4dp": shown(exactly["contribution_to_multiplier"], 4),
            "contribution_to_excess_4dp": shown(exactly["contribution_to_excess"], 4),
            "leave_out_multiplier_2dp": shown(exactly["leave_one_out_multiplier"], 2),
            "leave_out_rate_1dp": shown(exactly["leave_one_out_rate"] * 100, 1),
            "leave_out_rate_counts": "/".join(map(str, rest)),
        }
        found |= {("policy", policy.id, key): value for key, value in values.items()}
    return found


def capped():
    values = {
        "delivered_within_plan": exact("capped_delivery") * thousands("expected_effect"),
        "rate_1dp": shown(exact("capped_delivery") * 100, 1),
        "shortfall": thousands("shortfall"),
        "surplus": thousands("surplus"),
    }
    return {("capped", key): value for key, value in values.items()}


def concentration():
    return {
        ("hhi", "actual_policy_4dp"): shown(exact("concentration_actual"), 4),
        ("hhi", "effective_n_2dp"): shown(exact("effective_policies_actual"), 2),
        ("hhi", "expected_policy_4dp"): shown(exact("concentration_expected"), 4),
        ("hhi", "expected_effective_n_2dp"): shown(exact("effective_policies_expected"), 2),
    }


def rounding():
    total = {"actual_yen": exact("actual_effect"), "expected_yen": exact("expected_effect")}
    fifth = {f"{kind}_yen": exact(f"{kind}_effect", "policy", "5") for kind in ("actual", "expected")}
    found = {}
    for rule in RULES:
        interval = {one.metric: one.interval for one in figures(rule) if one.scope == "plan" and one.range}
        percent = {metric: [end * 100 for end in ends] for metric, ends in interval.items()}
        items = compute.items(frames(rule).effects)
        top, two = items.loc[[TOP]], items.loc[[TOP, SEWER]]
        low, high = in_thousands(interval["recurring_effect"])
        named = Interval(int(items["low_yen"].sum()), int(items["high_yen"].sum()))
        without = in_thousands(interval["effect_without_top_item"])
        upper = interval["multiplier_without_top_item_upper"]
        values = {
            "kosha": in_thousands(figures(rule)["actual_effect", "measure", TOP].interval),
            "share_pct_outward_1dp": outward(percent["top_item_share"], 1),
            "ex_amount": without,
            "ex_multiplier_keep_denominator_outward_2dp": outward(interval["multiplier_without_top_item"], 2),
            "ex_over_plan": [end - thousands("expected_effect") for end in without],
            "ex_multiplier_if_all_p5_expected_belongs_to_item_outward_2dp": outward(upper, 2),
            "p5_ex_amount": in_thousands(compute.remainder(top, fifth["actual_yen"])),
            "p5_ex_multiplier_keep_denominator_outward_2dp": outward(compute.multiplier_without(top, **fifth), 2),
            "named_total": in_thousands(named),
            "unnamed_total": in_thousands(interval["unnamed_effect"]),
            "named_share_outward_1dp": outward(percent["named_share"], 1),
            "top2_share_outward_1dp": outward(percent["top_two_share"], 1),
            "ex_kosha_and_gesui": in_thousands(compute.remainder(two, total["actual_yen"])),
            "ex_both_multiplier_outward_2dp": outward(compute.multiplier_without(two, **total), 2),
            "recurring_lower(gesui+gomi)": low,
            "recurring_upper(total-kosha)": high,
            "recurring_multiple_outward_2dp": outward(interval["recurring_multiplier"], 2),
        }
        found |= {("rounding", rule, key): value for key, value in values.items()}
    return found


def coverage():
    mentions, measures = frames().mentions, frames().measures
    graded = measures[measures["grade"] != "not_stated"]
    (twice,) = mentions.loc[mentions["measure_id"].duplicated(), "measure"]
    values = {
        "mentions": len(mentions),
        "distinct_named": exact("named_measures"),
        "duplicate": twice,
        "named_with_grade": len(graded),
        "distinct_share_1dp": shown(exact("coverage") * 100, 1),
        "grade_share_1dp": shown(Fraction(len(graded), exact("measures")) * 100, 1),
        "dept_distinct": measures["department"].value_counts().to_dict(),
    }
    for code in "ABC":
        values[f"{code}_named"] = f"{(graded['grade'] == code).sum()}/{by_grade()[code]}"
    for code in "AC":
        values[f"dept_{code}_named"] = graded.loc[graded["grade"] == code, "department"].value_counts().to_dict()
    return {("coverage", key): value for key, value in values.items()}


def feasible():
    def of(measure_id):
        return [int(policy) for policy in exact("feasible_policies", "measure", measure_id).split(",")]

    measures = frames().measures.set_index("measure_id").drop([SEWER, WASTE, ROBOTS, TOP])
    values = {"ごみの減量化": of(WASTE), "AI/RPA": of(ROBOTS), "下水道使用料": of(SEWER), "公社の健全化": of(TOP)}
    for code in "AC":
        same, *others = [of(measure_id) for measure_id in measures.index[measures["grade"] == code]]
        values[f"{code}-list any"] = same if all(other == same for other in others) else "they differ"
    return {("feasible_policy(nonnegative effects)", key): value for key, value in values.items()}


def discordance():
    found = {figure.scope_id: figure.exact for figure in figures().of("discordance", "policy")}
    return {("discordance(threshold t in (73.7,90.0])", policy): value for policy, value in found.items()}
