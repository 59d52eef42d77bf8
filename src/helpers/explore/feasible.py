"""Applies a change to the tables, in every possible way where the document does not say which policy a measure belongs to.

This module computes only the cells of the changed tables; the figures come from `compute`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import pandas as pd

from helpers import compute
from helpers.explore.change import EXACT, Change, Regrade, policy_label
from helpers.terms import UNITS_IN_YEN, Interval, Refusal
from helpers.terms.frames import Frames

# The mark on everything made here, so that it cannot pass for official.
MARK = "探索用・公式値ではない"
# Each takes some 70 ms to compute; with more of them the analyst would wait too long.
MOST_WAYS = 96
_CODER = "探索での仮定"


def ways(frames: Frames, asked: Change) -> list[Frames]:
    """The changed tables: one set where it is certain, else one for every extreme of what is possible.

    Where the document does not state a measure's policy, it may be any that M21 allows for the published tables; a
    supposed grade does not change that. An item's amount may be anything that its rounding allows (M20). A figure
    that only rises, or only falls, with an amount has its extremes at the ends of that range.

    Raises:
        Refusal: The change cannot be made: more measures than there are, or more ways than can be looked at.
    """
    recoded = _recoded(_rounded(_with_threshold(frames, asked), asked), asked)
    places = _feasible(recoded) if asked.leave_out or any(one.measure_id for one in asked.regrades) else {}
    regraded = _regraded(recoded, asked.regrades, places)
    found = [left for one in regraded for left in _left_out(one, asked.leave_out, places)]
    if len(found) > MOST_WAYS:
        raise Refusal(
            f"この変更は、取組が属しうる方針の組合せが{len(found)}通りになり、比べきれません。除く取組か、名指しの評価替えを減らしてください。"
        )
    return [_marked(one) for one in found] if asked else [frames]


def _marked(frames: Frames) -> Frames:
    """Marks the tables, so that everything made from them says that it is not official."""
    plan = replace(frames.plan, name=f"{frames.plan.name}（{MARK}）")
    return replace(frames, plan=plan, input_hash=MARK)


def _with_threshold(frames: Frames, asked: Change) -> Frames:
    if asked.threshold is None:
        return frames
    thresholds = replace(frames.plan.thresholds, achievement=asked.threshold)
    return replace(frames, plan=replace(frames.plan, thresholds=thresholds))


def _rounded(frames: Frames, asked: Change) -> Frames:
    if not asked.rounding_rule:
        return frames
    effects = frames.effects
    is_rounded = (effects["scope"] == "measure") & (effects["rounding"] != EXACT)
    return replace(frames, effects=effects.assign(rounding=effects["rounding"].mask(is_rounded, asked.rounding_rule)))


def _recoded(frames: Frames, asked: Change) -> Frames:
    if not asked.recurrences:
        return frames
    coded, names = frames.effect_classes.copy(), frames.measure_names
    for measure_id, recurrence in asked.recurrences:
        rows = coded.index[coded["measure_id"] == measure_id]
        if len(rows):
            coded.loc[rows, ["recurrence", "reason", "coder"]] = [recurrence, _CODER, _CODER]
            continue
        row = {"measure_id": measure_id, "measure": names[measure_id], "recurrence": recurrence}
        row |= {"effect_type": "unknown", "cash_class": "unknown", "reason": _CODER, "coder": _CODER}
        coded.loc[_next_line(coded)] = {**dict.fromkeys(coded.columns, "not_stated"), **row}
    return replace(frames, effect_classes=coded)


# Grades


def _regraded(frames: Frames, regrades: tuple[Regrade, ...], places: dict[str, list[str]]) -> list[Frames]:
    """One set of tables for each way in which the named measures can lie in the policies."""
    if not regrades:
        return [frames]
    choices = [[one.policy_id] if one.policy_id else places[one.measure_id] for one in regrades]
    found, faults = [], []
    for policies in product(*choices):
        try:
            found.append(_with_counts(frames, regrades, policies))
        except Refusal as refusal:
            faults += refusal.sentences
    if not found:
        raise Refusal(*dict.fromkeys(faults))
    return found


def _with_counts(frames: Frames, regrades: tuple[Regrade, ...], policies: tuple[str, ...]) -> Frames:
    counts, measures = frames.grade_counts.copy(), frames.measures
    for one, policy in zip(regrades, policies, strict=True):
        held = _row(counts, policy, one.grade)
        there = int(counts.loc[held, "measures"]) if held is not None else 0
        if there < one.measures:
            label = policy_label(frames.plan, policy)
            todo = f"1〜{there}件で書いてください" if there else "ほかの評価か方針を書いてください"
            raise Refusal(f"{label}の評価{one.grade}は{there}件なので、{one.measures}件は移せません。{todo}。")
        counts.loc[held, "measures"] = there - one.measures
        to = _row(counts, policy, one.to)
        if to is None:
            to = _next_line(counts)
            label = frames.plan.grade(one.to).label
            counts.loc[to] = counts.loc[held].to_dict() | {"grade": one.to, "grade_label": label, "measures": 0}
        counts.loc[to, "measures"] = int(counts.loc[to, "measures"]) + one.measures
        if one.measure_id:
            measures = measures.assign(grade=measures["grade"].mask(measures["measure_id"] == one.measure_id, one.to))
    return replace(frames, grade_counts=counts.astype({"measures": "int64"}), measures=measures)


def _row(counts: pd.DataFrame, policy: str, grade: str) -> int | None:
    rows = counts.index[(counts["policy_id"] == policy) & (counts["grade"] == grade)]
    return int(rows[0]) if len(rows) else None


# Items


@dataclass(frozen=True)
class _Taken:
    """What is taken out of one policy: the sum of its items, as a range."""

    policy_id: str
    yen: Interval


def _left_out(frames: Frames, left_out: tuple[str, ...], places: dict[str, list[str]]) -> Iterator[Frames]:
    """The tables without these items, once for each combination of the ends of their ranges and their possible policies."""
    if not left_out:
        yield frames
        return
    the_items = compute.items(frames.effects)
    actual = compute.effect(frames.effects, plan=frames.plan)["actual_yen"]
    if actual.isna().any():
        raise Refusal("実績効果額の記載がない基本方針があるので、項目を除いた額は計算できません。")
    has_negative = bool((actual < 0).any() or (the_items["low_yen"] < 0).any())
    kept = frames.effects[~((frames.effects["scope"] == "measure") & frames.effects["scope_id"].isin(left_out))]
    seen = set()
    for policies in product(*(places[one] for one in left_out)):
        taken = list(_by_policy(the_items, left_out, policies, None if has_negative else actual))
        if len(taken) < len(set(policies)):
            continue
        for corner in product(*(dict.fromkeys(one.yen) for one in taken)):
            amounts = tuple((one.policy_id, yen) for one, yen in zip(taken, corner, strict=True))
            if amounts not in seen:
                seen.add(amounts)
                yield replace(frames, effects=_without(kept, amounts))
    if not seen:
        raise Refusal("除く項目の計が、どの基本方針の実績効果額にも収まりません。除く項目を減らしてください。")


def _by_policy(
    the_items: pd.DataFrame, left_out: tuple[str, ...], policies: tuple[str, ...], actual: pd.Series | None
) -> Iterator[_Taken]:
    """The sum taken out of each policy; impossible combinations, which take out more than a policy has, are dropped."""
    for policy in dict.fromkeys(policies):
        of_policy = the_items.loc[[one for one, place in zip(left_out, policies, strict=True) if place == policy]]
        low, high = int(of_policy["low_yen"].sum()), int(of_policy["high_yen"].sum())
        if actual is None or low <= actual[policy]:
            yield _Taken(policy, Interval(low, high if actual is None else min(high, int(actual[policy]))))


def _without(effects: pd.DataFrame, amounts: tuple[tuple[str, int], ...]) -> pd.DataFrame:
    left = effects.copy()
    for policy, yen in amounts:
        row = left.index[(left["scope"] == "policy") & (left["scope_id"] == policy) & (left["kind"] == "actual")][0]
        remaining = int(left.loc[row, "amount_yen"]) - yen
        printed = Fraction(remaining, UNITS_IN_YEN[left.loc[row, "unit"]])
        left.loc[row, ["amount", "amount_yen"]] = [_decimal(printed), remaining]
        if not remaining:
            left.loc[row, "zero_meaning"] = "unknown"
    return left


def _decimal(value: Fraction) -> str:
    """A fraction of powers of ten as a decimal without loss."""
    places = len(str(value.denominator)) - 1
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    written = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{written}" if value < 0 else written


# Shared


def _feasible(frames: Frames) -> dict[str, list[str]]:
    """The policies each named measure can belong to (M21).

    Raises:
        Refusal: There is none for one of them: the document contradicts itself.
    """
    found = compute.feasible_policies(
        frames.measures,
        compute.items(frames.effects),
        grade_counts=frames.grade_counts,
        effect=compute.effect(frames.effects, plan=frames.plan),
    )
    if nowhere := [frames.measure_names[one] for one in found.index if not found[one]]:
        names = "、".join(f"「{name}」" for name in nowhere)
        raise Refusal(
            f"{names}が入る基本方針がないので、もしもの計算ができません。V07・V08・V10 の検算を確かめてください。"
        )
    return {one: list(found[one]) for one in found.index}


def _next_line(frame: pd.DataFrame) -> int:
    return int(frame.index.max()) + 1 if len(frame) else 2
