"""Checks that need the figures: rates claimed, items against their policies, sums of parts (V04, V07–V09, V15, V16)."""

from fractions import Fraction

from helpers import notation
from helpers.check.findings import finding
from helpers.terms import Figures, Finding, Unit
from helpers.terms.tables import Frames


def figures(frames: Frames, figures: Figures) -> list[Finding]:
    """All checks of figures against the document and against one another.

    Args:
        frames: The tables the figures were made of.
        figures: All of them.
    """
    return [
        _claimed_rate_holds(frames, figures),
        _items_fit_a_policy(frames, figures),
        _items_fit_together(frames, figures),
        _items_fit_the_total(frames, figures),
        _no_ratio_to_nothing(frames, figures),
        _contributions_add_up(frames, figures),
    ]


def _claimed_rate_holds(frames: Frames, figures: Figures) -> Finding:
    """V04: 8割程度 holds the rate when it lies within half a 割."""
    stated = frames.stated
    claims = stated[(stated["metric"] == "achievement_rate") & (stated["scope"] == "plan")]
    rate = figures["achievement_rate"]
    faults = []
    for row in claims.itertuples() if rate.is_known else ():
        size = Fraction(1, 10) if row.unit == "割" else Fraction(1, 100)
        places = len(row.value.partition(".")[2])
        claimed, half = Fraction(row.value) * size, size / 10**places / 2
        if not claimed - half <= rate.exact < claimed + half:
            faults.append(f"{row.locator}「{row.value}{row.unit}」とあるが、達成率は{notation.figure(rate)}")
    return finding(
        "V04",
        faults,
        holds=f"達成率{notation.figure(rate)}は記載の範囲",
        acknowledged=frames.acknowledged,
        applies=len(claims) > 0 and rate.is_known,
        absent="達成率の記載がない",
    )


def _has_negative(figures: Figures) -> bool:
    amounts = [f for scope in ("policy", "measure") for f in figures.of("actual_effect", scope) if f.is_known]
    return any(amount.interval.low < 0 for amount in amounts)


def _items_fit_a_policy(frames: Frames, figures: Figures) -> Finding:
    """V07: each item is no more than the actual effect of some policy."""
    purses = [figure.exact for figure in figures.of("actual_effect", "policy") if figure.is_known]
    items = figures.of("actual_effect", "measure")
    names = frames.measures.set_index("measure_id")["measure"]
    applies = bool(items) and bool(purses) and not _has_negative(figures)
    faults = [
        f"「{names[item.scope_id]}」の{notation.figure(item)}が入る基本方針がない（実績は最大{notation.yen(max(purses))}）"
        for item in items
        if applies and item.interval.low > max(purses)
    ]
    return finding(
        "V07",
        faults,
        holds=f"{len(items)}項目とも、どれかの方針の実績に収まる",
        acknowledged=frames.acknowledged,
        applies=applies,
        absent=_why_items_do_not_apply(items, purses),
    )


def _why_items_do_not_apply(items: list, purses: list) -> str:
    if not items:
        return "項目ごとの金額の記載がない"
    return "負の効果額があり、上限にならない" if purses else "方針ごとの実績の記載がない"


def _items_fit_together(frames: Frames, figures: Figures) -> Finding:
    """V08: all named measures find a place at once without breaking a published number (M21)."""
    places = figures.of("feasible_policies", "measure")
    names = frames.measures.set_index("measure_id")["measure"]
    nowhere = [names[place.scope_id] for place in places if not place.is_known]
    forced = [place for place in places if place.is_known and "," not in str(place.exact)]
    return finding(
        "V08",
        [f"公表された件数・金額と両立する置き方がない（{'・'.join(nowhere)}）"] if nowhere else [],
        holds=f"{len(places)}件の置き方がある（うち方針が一つに定まるもの{len(forced)}件）",
        acknowledged=frames.acknowledged,
        applies=bool(places),
        absent="名称のある取組がない",
    )


def _items_fit_the_total(frames: Frames, figures: Figures) -> Finding:
    """V09: the items together are no more than the whole actual effect."""
    items, total, rest = figures.of("actual_effect", "measure"), figures["actual_effect"], figures["unnamed_effect"]
    applies = bool(items) and total.is_known and not _has_negative(figures)
    lows = sum(item.interval.low for item in items)
    faults = []
    if applies and lows > total.exact:
        faults.append(f"項目の計は少なくとも{notation.yen(lows)}で、実績の合計{notation.figure(total)}を超える")
    return finding(
        "V09",
        faults,
        holds=f"内訳のない額は{notation.figure(rest)}",
        acknowledged=frames.acknowledged,
        applies=applies,
        absent=_why_items_do_not_apply(items, [total] if total.is_known else []),
    )


def _no_ratio_to_nothing(frames: Frames, figures: Figures) -> Finding:
    """V15: where nothing was expected there is no multiplier, and nothing is made of one."""
    faults, without = [], []
    for scope in ("plan", "policy"):
        for multiplier in figures.of("effect_multiplier", scope):
            expected = figures["expected_effect", scope, multiplier.scope_id]
            if expected.is_known and expected.exact <= 0:
                without.append(multiplier)
                if multiplier.is_known:
                    faults.append(f"見込みのない{scope} {multiplier.scope_id}に倍率がある")
    return finding(
        "V15",
        faults,
        holds=f"見込み0以下の{len(without)}か所に倍率はない",
        acknowledged=frames.acknowledged,
        applies=bool(without),
        absent="見込み0以下の方針がない",
    )


def _contributions_add_up(frames: Frames, figures: Figures) -> Finding:
    """V16: what the policies add to the multiplier is the multiplier, exactly."""
    multiplier = figures["effect_multiplier"]
    parts = [figure.exact for figure in figures.of("contribution_to_multiplier", "policy")]
    applies = multiplier.is_known and all(part is not None for part in parts)
    faults = []
    if applies and sum(parts) != multiplier.exact:
        faults.append(f"寄与の和{notation.shown(Unit.MULTIPLIER, (sum(parts), sum(parts)))}が倍率と違う")
    return finding(
        "V16",
        faults,
        holds=f"{len(parts)}方針の寄与の和は倍率{notation.figure(multiplier)}に等しい",
        acknowledged=frames.acknowledged,
        applies=applies,
        absent="倍率が定まらない",
    )
