"""Checks that need the figures: rates claimed, items against their policies, sums of parts, years compared (V04, V07–V09, V15, V16, V20, V21)."""

from fractions import Fraction

from helpers import notation
from helpers.check import comparisons
from helpers.check.claims import holds, last_digit
from helpers.check.findings import finding
from helpers.terms import UNITS_IN_YEN, Figure, Figures, Finding, Unit
from helpers.terms.frames import Frames
from helpers.terms.records import records

# Figures that a document may print although they follow from its tables, each with the value of its unit.
FOLLOWING = (
    "achievement_rate",
    "exceeded_rate",
    "grade_share",
    "effect_multiplier",
    "effect_gap",
    "expected_share",
    "actual_share",
)
RATIO_SIZES = {"割": Fraction(1, 10), "%": Fraction(1, 100), "％": Fraction(1, 100), "倍": Fraction(1)}
SIZES = RATIO_SIZES | {unit: Fraction(yen) for unit, yen in UNITS_IN_YEN.items()}


def figures(frames: Frames, figures: Figures) -> list[Finding]:
    """All checks of figures against the document and against each other.

    Args:
        frames: The tables that the figures were made from.
        figures: All of them.
    """
    return [
        _claimed_rate_holds(frames, figures),
        _items_fit_a_policy(frames, figures),
        _items_fit_together(frames, figures),
        _items_fit_the_total(frames, figures),
        _no_ratio_to_nothing(frames, figures),
        _contributions_add_up(frames, figures),
        comparisons.only_with_their_year(frames, figures),
        comparisons.with_a_constant_panel(frames, figures),
    ]


def _claimed_rate_holds(frames: Frames, figures: Figures) -> Finding:
    """V04: a printed rate, share or gap agrees with the computed one, as finely as it is printed: 8割程度 is 75% to below 85%.

    A difference below one unit of the last digit comes from rounding: cut off, or adjusted so that shares add up to
    100. It is never corrected.
    """
    stated = frames.stated
    claims = stated[stated["metric"].isin(FOLLOWING) & stated["unit"].isin(list(SIZES))]
    faults, held, adjusted = [], [], []
    for row in records(claims):
        key, size = (row.metric, row.scope, "" if row.scope == "plan" else row.scope_id), SIZES[row.unit]
        if key not in figures:
            faults.append(
                notation.spoken(
                    "{locator}「{value}{unit}」とあるが、{scope_id}の数値がない",
                    locator=row.locator,
                    value=row.value,
                    unit=row.unit,
                    scope_id=row.scope_id,
                )
            )
            continue
        found = figures[key]
        held.append(found)
        # 割 is so coarse that it always means about.
        how = "about" if row.comparison == "equal" and row.unit == "割" else row.comparison
        last = last_digit(row.value) * size
        if not found.is_known or not holds(how, Fraction(row.value) * size, found.exact, last_digit=last):
            name = notation.metric_name(row.metric)
            faults.append(
                notation.spoken(
                    "{locator}「{value}{unit}」とあるが、{name}は{figure}",
                    locator=row.locator,
                    value=row.value,
                    unit=row.unit,
                    name=name,
                    figure=notation.figure(found),
                )
            )
        elif how == "equal" and abs(Fraction(row.value) * size - found.exact) > last / 2:
            adjusted.append(_adjusted(row, found))
    return finding(
        "V04",
        faults,
        holds=notation.spoken("、").join(
            notation.spoken("{name}{figure}", name=notation.metric_name(found.metric), figure=notation.figure(found))
            for found in dict.fromkeys(held)
        )
        + notation.spoken("は記載の範囲")
        + (notation.spoken("（{adjusted}）", adjusted=notation.spoken("、").join(adjusted)) if adjusted else ""),
        acknowledged=frames.acknowledged,
        applies=len(claims) > 0,
        absent=notation.spoken("割合や倍率の記載がない"),
    )


def _adjusted(row, found: Figure) -> str:  # noqa: ANN001 — a row of stated
    """A printed rate that is not the computed one rounded half up: cut off, or adjusted so that shares add up."""
    places = 1 + len(row.value.partition(".")[2])
    computed = notation.half_up(found.exact / SIZES[row.unit], places)
    return notation.spoken(
        "{locator}の「{value}{unit}」は計算では{computed}{unit}で、四捨五入した値ではない",
        locator=row.locator,
        value=row.value,
        unit=row.unit,
        computed=f"{float(computed):.{places}f}",
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
        notation.spoken(
            "「{names}」の{figure}が入る基本方針がない（実績は最大{yen}）",
            names=names.get(item.scope_id, item.scope_id),
            figure=notation.figure(item),
            yen=notation.yen(max(purses)),
        )
        for item in items
        if applies and item.interval.low > max(purses)
    ]
    return finding(
        "V07",
        faults,
        holds=notation.spoken("{n}項目とも、どれかの方針の実績に収まる", n=len(items)),
        acknowledged=frames.acknowledged,
        applies=applies,
        absent=_why_items_do_not_apply(items, purses),
    )


def _why_items_do_not_apply(items: list, purses: list) -> str:
    if not items:
        return notation.spoken("項目ごとの金額の記載がない")
    return (
        notation.spoken("負の効果額があり、上限にならない") if purses else notation.spoken("方針ごとの実績の記載がない")
    )


def _items_fit_together(frames: Frames, figures: Figures) -> Finding:
    """V08: all named measures can be assigned to policies at once without contradicting a published number (M21)."""
    places = figures.of("feasible_policies", "measure")
    names = frames.measures.set_index("measure_id")["measure"]
    nowhere = [names.get(place.scope_id, place.scope_id) for place in places if not place.is_known]
    forced = [place for place in places if place.is_known and "," not in str(place.exact)]
    return finding(
        "V08",
        [
            notation.spoken(
                "公表された件数・金額と両立する置き方がない（{nowhere}）", nowhere=notation.spoken("・").join(nowhere)
            )
        ]
        if nowhere
        else [],
        holds=notation.spoken(
            "名称のある{n}件すべてに、矛盾しない方針がある（一つに定まるもの{n_2}件）", n=len(places), n_2=len(forced)
        ),
        acknowledged=frames.acknowledged,
        applies=bool(places),
        absent=notation.spoken("名称のある取組がない"),
    )


def _items_fit_the_total(frames: Frames, figures: Figures) -> Finding:
    """V09: the items together are no more than the whole actual effect."""
    items, total, rest = figures.of("actual_effect", "measure"), figures["actual_effect"], figures["unnamed_effect"]
    applies = bool(items) and total.is_known and not _has_negative(figures)
    lows = sum(item.interval.low for item in items)
    faults = []
    if applies and lows > total.exact:
        faults.append(
            notation.spoken(
                "項目の計は少なくとも{yen}で、実績の合計{figure}を超える",
                yen=notation.yen(lows),
                figure=notation.figure(total),
            )
        )
    return finding(
        "V09",
        faults,
        holds=notation.spoken("内訳のない額は{figure}", figure=notation.figure(rest)),
        acknowledged=frames.acknowledged,
        applies=applies,
        absent=_why_items_do_not_apply(items, [total] if total.is_known else []),
    )


def _no_ratio_to_nothing(frames: Frames, figures: Figures) -> Finding:
    """V15: where nothing was expected there is no multiplier, and no figure uses one."""
    faults, without = [], []
    for scope in ("plan", "policy"):
        for multiplier in figures.of("effect_multiplier", scope):
            expected = figures["expected_effect", scope, multiplier.scope_id]
            if expected.is_known and expected.exact <= 0:
                without.append(multiplier)
                if multiplier.is_known:
                    faults.append(
                        notation.spoken(
                            "見込みのない{scope} {scope_id}に倍率がある", scope=scope, scope_id=multiplier.scope_id
                        )
                    )
    return finding(
        "V15",
        faults,
        holds=notation.spoken("見込み0以下の{n}か所に倍率はない", n=len(without)),
        acknowledged=frames.acknowledged,
        applies=bool(without),
        absent=notation.spoken("見込み0以下の方針がない"),
    )


def _contributions_add_up(frames: Frames, figures: Figures) -> Finding:
    """V16: the policies' contributions add up to the multiplier exactly."""
    multiplier = figures["effect_multiplier"]
    parts = [figure.exact for figure in figures.of("contribution_to_multiplier", "policy")]
    applies = multiplier.is_known and all(part is not None for part in parts)
    faults = []
    if applies and sum(parts) != multiplier.exact:
        faults.append(
            notation.spoken(
                "寄与の和{shown}が倍率と違う", shown=notation.shown(Unit.MULTIPLIER, (sum(parts), sum(parts)))
            )
        )
    return finding(
        "V16",
        faults,
        holds=notation.spoken(
            "{n}方針の寄与の和は倍率{figure}に等しい", n=len(parts), figure=notation.figure(multiplier)
        ),
        acknowledged=frames.acknowledged,
        applies=applies,
        absent=notation.spoken("倍率が定まらない"),
    )
