"""The internal register against what was published: counts and grades (V22), yen (V23)."""

import pandas as pd

from helpers import notation
from helpers.check.findings import finding
from helpers.terms import Finding, rounding_interval
from helpers.terms.tables import KINDS, Frames

NO_REGISTER = "内部台帳が未登録"


def counts_agree(frames: Frames) -> Finding:
    """V22: the register counts as many measures with each grade in each policy as was published, and knows the named ones."""
    register = frames.register
    faults = [*_grade_faults(frames), *_count_faults(frames), *_named_faults(frames)] if len(register) else []
    return finding(
        "V22",
        faults,
        holds=f"台帳{notation.count(len(register))}の評価が、公表された件数（{len(frames.grade_counts)}欄）と一致",
        acknowledged=frames.acknowledged,
        applies=len(register) > 0,
        absent=NO_REGISTER,
    )


def _grade_faults(frames: Frames) -> list[str]:
    known = {grade.code for grade in frames.plan.grades} | {"not_due"}
    policies = {policy.id for policy in frames.plan.policies}
    register = frames.register
    faults = [
        f"register.csv {row.Index}行「{row.measure}」の評価「{row.grade}」は plan.toml の尺度にない"
        for row in register[~register["grade"].isin(known)].itertuples()
    ]
    return faults + [
        f"register.csv {row.Index}行「{row.measure}」の方針{row.policy_id}は plan.toml にない"
        for row in register[~register["policy_id"].isin(policies)].itertuples()
    ]


def _count_faults(frames: Frames) -> list[str]:
    published = frames.grade_counts.groupby(["policy_id", "grade"], sort=False)["measures"].sum()
    held = frames.register.groupby(["policy_id", "grade"]).size()
    held = held[held.index.get_level_values("grade") != "not_due"]
    places = [*published.index, *(place for place in held.index if place not in published.index)]
    return [
        f"方針{policy}の評価{grade}は公表{notation.count(published.get((policy, grade), 0))}、"
        f"台帳{notation.count(held.get((policy, grade), 0))}"
        for policy, grade in places
        if published.get((policy, grade), 0) != held.get((policy, grade), 0)
    ]


def _named_faults(frames: Frames) -> list[str]:
    register = frames.register.set_index("measure_id")
    faults = []
    for row in frames.measures.itertuples():
        if row.measure_id not in register.index:
            faults.append(f"公表された取組「{row.measure}」（{row.measure_id}）が台帳にない")
            continue
        held = register.loc[row.measure_id]
        if row.grade not in {"not_stated", held["grade"]}:
            faults.append(f"「{row.measure}」の評価は公表{row.grade}、台帳{held['grade']}")
        if row.department != held["department"]:
            faults.append(f"「{row.measure}」の部は公表{row.department}、台帳{held['department']}")
        if row.policy_id not in {"not_stated", held["policy_id"]}:
            faults.append(f"「{row.measure}」の方針は公表{row.policy_id}、台帳{held['policy_id']}")
    return faults


def yen_agree(frames: Frames) -> Finding:
    """V23: the register's amounts add up to each published amount, and rounded again by its rule are each printed item."""
    register, effects = frames.register, frames.effects
    of_policies, items = effects[effects["scope"] == "policy"], effects[effects["scope"] == "measure"]
    applies = len(register) > 0 and len(effects) > 0
    faults = [*_policy_faults(register, of_policies), *_item_faults(register, items)] if applies else []
    return finding(
        "V23",
        faults,
        holds=f"台帳の金額の計が公表された{len(of_policies)}欄と一致し、項目{len(items)}件も端数処理の範囲",
        acknowledged=frames.acknowledged,
        applies=applies,
        absent="公表された金額がない" if len(register) else NO_REGISTER,
    )


def _policy_faults(register: pd.DataFrame, published: pd.DataFrame) -> list[str]:
    faults = []
    for row in published.itertuples():
        amounts = register.loc[register["policy_id"] == row.scope_id, f"{row.kind}_yen"]
        found = int(amounts.sum())  # what has no amount adds nothing; the sentence says how many there are
        allowed = _allowed(row)
        if not allowed.low <= found <= allowed.high:
            without = int(amounts.isna().sum())
            note = f"（金額のない取組{notation.count(without)}）" if without else ""
            faults.append(
                f"方針{row.scope_id}の{KINDS[row.kind]}は公表{notation.thousand_yen(row.amount_yen)}千円、"
                f"台帳の計{notation.thousand_yen(found)}千円{note}"
            )
    return faults


def _item_faults(register: pd.DataFrame, items: pd.DataFrame) -> list[str]:
    held = register.set_index("measure_id")
    faults = []
    for row in items.itertuples():
        if row.scope_id not in held.index:
            continue  # V22 says so
        amount, allowed = held.loc[row.scope_id, f"{row.kind}_yen"], _allowed(row)
        if pd.isna(amount) or not allowed.low <= amount <= allowed.high:
            found = "金額なし" if pd.isna(amount) else f"{notation.thousand_yen(int(amount))}千円"
            faults.append(f"「{row.scope_name}」は公表{notation.decimal_text(row.amount)}{row.unit}、台帳{found}")
    return faults


def _allowed(row: tuple):  # noqa: ANN202 — an interval
    return rounding_interval(row.amount_yen, precision_yen=row.precision_yen, rounding=row.rounding, grain_yen=1)
