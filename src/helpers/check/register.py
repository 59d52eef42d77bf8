"""The internal register against what was published: counts and grades (V22), yen (V23)."""

import pandas as pd

from helpers import notation
from helpers.check.findings import finding
from helpers.terms import Finding, rounding_interval
from helpers.terms.frames import Frames
from helpers.terms.records import records
from helpers.terms.tables import KINDS

NO_REGISTER = "内部台帳が未登録"


def counts_agree(frames: Frames) -> Finding:
    """V22: the register has the published number of measures for each grade and policy, and holds every named measure."""
    register = frames.register
    faults = [*_grade_faults(frames), *_count_faults(frames), *_named_faults(frames)] if len(register) else []
    return finding(
        "V22",
        faults,
        holds=notation.spoken(
            "台帳{count}の評価が、公表された件数（{n}欄）と一致",
            count=notation.count(len(register)),
            n=len(frames.grade_counts),
        ),
        acknowledged=frames.acknowledged,
        applies=len(register) > 0,
        absent=notation.spoken(NO_REGISTER),
    )


def _grade_faults(frames: Frames) -> list[str]:
    known = {grade.code for grade in frames.plan.grades} | {"not_due"}
    policies = {policy.id for policy in frames.plan.policies}
    register = frames.register
    faults = [
        notation.spoken(
            "register.csv {Index}行「{measure}」の評価「{grade}」は plan.toml の尺度にない",
            Index=row.Index,
            measure=row.measure,
            grade=row.grade,
        )
        for row in records(register[~register["grade"].isin(known)])
    ]
    return faults + [
        notation.spoken(
            "register.csv {Index}行「{measure}」の方針{policy_id}は plan.toml にない",
            Index=row.Index,
            measure=row.measure,
            policy_id=row.policy_id,
        )
        for row in records(register[~register["policy_id"].isin(policies)])
    ]


def _count_faults(frames: Frames) -> list[str]:
    published = frames.grade_counts.groupby(["policy_id", "grade"], sort=False)["measures"].sum()
    held = frames.register.groupby(["policy_id", "grade"]).size()
    held = held[held.index.get_level_values("grade") != "not_due"]
    places = [*published.index, *(place for place in held.index if place not in published.index)]
    return [
        notation.spoken(
            "方針{policy}の評価{grade}は公表{count}、台帳{count_2}",
            policy=policy,
            grade=grade,
            count=notation.count(published.get((policy, grade), 0)),
            count_2=notation.count(held.get((policy, grade), 0)),
        )
        for policy, grade in places
        if published.get((policy, grade), 0) != held.get((policy, grade), 0)
    ]


def _named_faults(frames: Frames) -> list[str]:
    register = frames.register.set_index("measure_id")
    faults = []
    for row in records(frames.measures):
        if row.measure_id not in register.index:
            faults.append(
                notation.spoken(
                    "公表された取組「{measure}」（{measure_id}）が台帳にない",
                    measure=row.measure,
                    measure_id=row.measure_id,
                )
            )
            continue
        held = register.loc[row.measure_id]
        if row.grade not in {"not_stated", held["grade"]}:
            faults.append(
                notation.spoken(
                    "「{measure}」の評価は公表{grade}、台帳{grade_2}",
                    measure=row.measure,
                    grade=row.grade,
                    grade_2=held["grade"],
                )
            )
        if row.department != held["department"]:
            faults.append(
                notation.spoken(
                    "「{measure}」の部は公表{department}、台帳{department_2}",
                    measure=row.measure,
                    department=row.department,
                    department_2=held["department"],
                )
            )
        if row.policy_id not in {"not_stated", held["policy_id"]}:
            faults.append(
                notation.spoken(
                    "「{measure}」の方針は公表{policy_id}、台帳{policy_id_2}",
                    measure=row.measure,
                    policy_id=row.policy_id,
                    policy_id_2=held["policy_id"],
                )
            )
    return faults


def yen_agree(frames: Frames) -> Finding:
    """V23: the register's amounts add up to each published amount, and each printed item is its register amount rounded."""
    register, of_policies, items = frames.register, frames.amounts("policy"), frames.amounts("measure")
    applies = len(register) > 0 and len(frames.effects) > 0
    faults = [*_policy_faults(register, of_policies), *_item_faults(register, items)] if applies else []
    return finding(
        "V23",
        faults,
        holds=notation.spoken(
            "台帳の金額の計が公表された{n}欄と一致し、項目{n_2}件も端数処理の範囲", n=len(of_policies), n_2=len(items)
        ),
        acknowledged=frames.acknowledged,
        applies=applies,
        absent=notation.spoken("公表された金額がない") if len(register) else notation.spoken(NO_REGISTER),
    )


def _policy_faults(register: pd.DataFrame, published: list) -> list[str]:
    faults = []
    for row in published:
        amounts = register.loc[register["policy_id"] == row.scope_id, f"{row.kind}_yen"]
        found = int(amounts.sum())  # measures without an amount add nothing; the sentence says how many there are
        allowed = _allowed(row)
        if not allowed.low <= found <= allowed.high:
            without = int(amounts.isna().sum())
            note = notation.spoken("（金額のない取組{count}）", count=notation.count(without)) if without else ""
            faults.append(
                notation.spoken(
                    "方針{scope_id}の{KINDS}は公表{thousand_yen}千円、台帳の計{thousand_yen_2}千円{note}",
                    scope_id=row.scope_id,
                    KINDS=notation.spoken(KINDS[row.kind]),
                    thousand_yen=notation.thousand_yen(row.amount_yen),
                    thousand_yen_2=notation.thousand_yen(found),
                    note=note,
                )
            )
    return faults


def _item_faults(register: pd.DataFrame, items: list) -> list[str]:
    held = register.set_index("measure_id")
    faults = []
    for row in items:
        if row.scope_id not in held.index:
            continue  # V22 reports it
        amount, allowed = held.loc[row.scope_id, f"{row.kind}_yen"], _allowed(row)
        if pd.isna(amount) or not allowed.low <= amount <= allowed.high:
            found = (
                notation.spoken("金額なし")
                if pd.isna(amount)
                else notation.spoken("{thousand_yen}千円", thousand_yen=notation.thousand_yen(int(amount)))
            )
            faults.append(
                notation.spoken(
                    "「{scope_name}」は公表{decimal_text}{unit}、台帳{found}",
                    scope_name=row.scope_name,
                    decimal_text=notation.decimal_text(row.amount),
                    unit=row.unit,
                    found=found,
                )
            )
    return faults


def _allowed(row: tuple):  # noqa: ANN202 — an interval
    return rounding_interval(row.amount_yen, precision_yen=row.precision_yen, rounding=row.rounding, grain_yen=1)
