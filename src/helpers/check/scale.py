"""Whether amounts are of a size they can have (V28): a slip of unit or scale survives every sum.

A table of 千円 that is read as 百万円 still adds up, so its size is held against what else is known: the unit that the plan's
documents use, the named items that are printed in another unit, the years before, and what a municipality takes in as tax.
"""

from fractions import Fraction
from statistics import multimode

from helpers import notation
from helpers.check.findings import finding
from helpers.terms import Finding, Interval
from helpers.terms.frames import Frames
from helpers.terms.records import records
from helpers.terms.tables import KINDS

# The main items (主な取組) that a document names make up at least this share of its actual effect. FY2024 of Isehara: 88 %.
LEAST_SHARE_OF_ITEMS = Fraction(1, 20)
# A total this many times that of the year before, or this fraction of it, is a slip and not a change.
MOST_TIMES_THE_YEAR_BEFORE = 30
# Municipal tax revenue a year and inhabitant, all municipalities together, in yen.
# Source: 総務省「令和4年版 地方財政白書」第105図（令和2年度決算、市町村合計 163.7千円）.
TAX_PER_INHABITANT = 163_700

# What was compared, in words for when it holds, and what does not hold. None stands for nothing to compare with.
Comparison = tuple[str, list[str]]


def sizes_are_possible(frames: Frames) -> Finding:
    """V28: the totals are of a size they can have, by the plan's unit, the named items, the year before and the population."""
    of_policies = frames.amounts("policy")
    comparisons = [
        _with_the_plans_unit(frames, of_policies),
        _with_the_other_items(frames),
        _with_the_items(frames, of_policies),
        _with_the_year_before(frames, of_policies),
        _with_the_population(frames, of_policies),
    ]
    made = [comparison for comparison in comparisons if comparison is not None]
    return finding(
        "V28",
        [fault for _, faults in made for fault in faults],
        holds=notation.spoken("、").join(holds for holds, _ in made),
        acknowledged=frames.acknowledged,
        applies=bool(made),
        absent=notation.spoken("比べる金額がない"),
    )


def _with_the_plans_unit(frames: Frames, of_policies: list) -> Comparison | None:
    """The unit of the effects table is the one that the plan's documents use."""
    usual = frames.plan.effect_unit
    if usual is None or not of_policies:
        return None
    others: dict[str, tuple] = {}
    for row in of_policies:
        if row.unit != usual:
            others.setdefault(row.unit, row)
    faults = [
        notation.spoken(
            "{locator}の金額の単位は{unit}で、plan.toml の effect_unit（{usual}）と違う",
            locator=row.locator,
            unit=notation.spoken(row.unit),
            usual=notation.spoken(usual),
        )
        for row in others.values()
    ]
    return notation.spoken("単位は plan.toml と同じ{usual}", usual=notation.spoken(usual)), faults


def _with_the_other_items(frames: Frames) -> Comparison | None:
    """The named items of a document are printed in one unit."""
    items = frames.amounts("measure")
    if len(items) < 2:  # noqa: PLR2004 — two make a comparison
        return None
    usual = min(multimode(row.unit for row in items))
    faults = [
        notation.spoken(
            "{locator}「{name}」の金額の単位は{unit}で、ほかの項目は{usual}",
            locator=row.locator,
            name=row.scope_name,
            unit=notation.spoken(row.unit),
            usual=notation.spoken(usual),
        )
        for row in items
        if row.unit != usual
    ]
    return notation.spoken("項目の金額はどれも{usual}", usual=notation.spoken(usual)), faults


def _with_the_items(frames: Frames, of_policies: list) -> Comparison | None:
    """The named items, in most documents printed in another unit than the totals, are a share of them that main items can be.

    Items larger than the total are V07 to V09's to tell.
    """
    items = frames.amounts("measure", "actual")
    whole = total(of_policies, "actual")
    if not items or whole <= 0:
        return None
    named = sum(row.amount_yen for row in items)
    share = Fraction(named, whole)
    words = {
        "items": notation.yen(named),
        "total": notation.yen(whole),
        "percent": notation.between(Interval(share, share), notation.percent, 2),
    }
    says = notation.spoken(
        "金額のある主な取組の計{items}は、実績効果額の合計{total}の{percent}しかない。どちらかの単位が違うとみられる",
        **words,
    )
    holds = notation.spoken("主な取組の計は実績の{percent}", percent=notation.percent(share))
    return holds, [says] if share < LEAST_SHARE_OF_ITEMS else []


def total(of_policies: list, kind: str) -> int:
    """What the policies' amounts of a kind add up to, in yen."""
    return sum(row.amount_yen for row in of_policies if row.kind == kind)


def _totals(of_policies: list) -> list[tuple[str, int]]:
    return [(kind, abs(size)) for kind in KINDS if (size := total(of_policies, kind))]


def _with_the_year_before(frames: Frames, of_policies: list) -> Comparison | None:
    """The totals are not a large multiple, or a small part, of those of the last registered year before."""
    if not frames.effects_before:
        return None
    year = max(frames.effects_before)
    before = dict(_totals([row for row in records(frames.effects_before[year]) if row.scope == "policy"]))
    both = [(kind, total) for kind, total in _totals(of_policies) if kind in before]
    faults = [
        notation.spoken(
            "{kind}の合計{yen}は、{year}の{before}と{times}倍より離れている",
            kind=notation.spoken(KINDS[kind]),
            yen=notation.yen(total),
            year=notation.fiscal_year(year),
            before=notation.yen(before[kind]),
            times=notation.decimal(MOST_TIMES_THE_YEAR_BEFORE),
        )
        for kind, total in both
        if max(total, before[kind]) > MOST_TIMES_THE_YEAR_BEFORE * min(total, before[kind])
    ]
    says = notation.spoken(
        "合計は{year}の{times}倍以内",
        year=notation.fiscal_year(year),
        times=notation.decimal(MOST_TIMES_THE_YEAR_BEFORE),
    )
    return (says, faults) if both else None


def _with_the_population(frames: Frames, of_policies: list) -> Comparison | None:
    """An effect an inhabitant stays below a year's municipal tax an inhabitant."""
    people = frames.plan.population
    totals = _totals(of_policies)
    if people is None or not totals:
        return None
    bound = _in_yen(TAX_PER_INHABITANT)
    faults = [
        notation.spoken(
            "{kind}の合計{yen}は住民1人当たり{each}で、市町村税1年分の全国平均（1人当たり{bound}）を超える",
            kind=notation.spoken(KINDS[kind]),
            yen=notation.yen(total),
            each=_in_yen(-(-total // people)),
            bound=bound,
        )
        for kind, total in totals
        if total > TAX_PER_INHABITANT * people
    ]
    largest = max(total for _, total in totals)
    holds = notation.spoken(
        "人口{people}人（plan.toml）として、住民1人当たり{each}以下",
        people=notation.decimal(people),
        each=_in_yen(-(-largest // people)),
    )
    return holds, faults


def _in_yen(amount: int) -> str:
    return notation.printed(f"{amount}", "円")
