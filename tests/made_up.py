"""Years that are plainly made up, as `read` would give them: no city's figures, only what a test needs."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd

from helpers.terms import Grade, Plan, Policy, Thresholds, in_yen
from helpers.terms.frames import Frames
from helpers.terms.tables import FACTS, KEPT_BY_PEOPLE, TABLES, UNCONFIRMED

LETTERS = (
    Grade("A", "計画を上回る", 1, achieved=True, band="exceeded"),
    Grade("B", "概ね計画どおり", 2, achieved=True, band="on_track"),
    Grade("C", "計画どおり進捗せず", 3, achieved=False, band="behind"),
    Grade("D", "進捗がほぼなし", 4, achieved=False, band="stalled"),
)
THRESHOLDS = Thresholds(
    achievement=Fraction(4, 5),
    headline_achievement=Fraction(7, 10),
    top_item=Fraction(1, 2),
    shortfall=Fraction(1, 10),
    policy_multiplier=Fraction(4, 5),
)


def plan(policies: int, *, grades: tuple[Grade, ...] = LETTERS, **changes: object) -> Plan:
    """A plan of a made-up city with policies 1, 2, 3 …"""
    made = Plan(
        id="made-up",
        name="第1次架空計画",
        municipality="架空市",
        municipality_code="999999",
        first_fiscal_year=2023,
        last_fiscal_year=2027,
        philosophy="架空",
        grades=grades,
        policies=tuple(
            Policy(str(n), f"架空の方針その{n}", f"その{n}", f"Made-up policy {n}") for n in range(1, policies + 1)
        ),
        thresholds=THRESHOLDS,
        effect_definition="架空の額",
    )
    return replace(made, **changes)


def year(
    counts: list[dict[str, int]],
    amounts: list[tuple[int | None, int | None]],
    items: list[tuple[str, str, str, str]] = (),
    *,
    classes: dict[str, tuple[str, str]] | None = None,
    named: list[tuple[str, str]] = (),
    grades: tuple[Grade, ...] = LETTERS,
    **changes: object,
) -> Frames:
    """One made-up year, in which the document states nothing but the rows themselves.

    Args:
        counts: Of each policy, measures by grade.
        amounts: Of each policy, expected and actual effect in 千円; None where it is not stated.
        items: Measures with an amount: name, amount, unit, rounding.
        classes: Of items by name, `recurrence` and `cash_class`.
        named: Further named measures: name, grade.
        grades: The grade scale.
        **changes: Whole tables or fields of `Frames` to put in place.
    """
    the_plan = plan(len(amounts), grades=grades)
    ids = {name: f"m-{n:06d}" for n, (name, *_) in enumerate([*items, *named], start=1)}
    place = {"source_id": "made-up", "quote": "架空", "status": "stated"}
    labels = {grade.code: grade.label for grade in grades}
    counted = [
        {"policy_id": p.id, "policy_name": p.name, "grade": code, "grade_label": labels[code], "measures": str(number)}
        for p, of_policy in zip(the_plan.policies, counts, strict=True)
        for code, number in of_policy.items()
    ]
    money = [
        {"scope": "policy", "scope_id": p.id, "scope_name": p.name, "kind": kind, "amount": str(amount)}
        | {"unit": "千円", "rounding": "exact", "zero_meaning": "not_applicable" if amount else "unknown"}
        for p, of_policy in zip(the_plan.policies, amounts, strict=True)
        for kind, amount in zip(("expected", "actual"), of_policy, strict=True)
        if amount is not None
    ]
    money += [
        {"scope": "measure", "scope_id": ids[name], "scope_name": name, "kind": "actual", "amount": amount}
        | {"unit": unit, "rounding": rounding, "zero_meaning": "not_applicable" if Fraction(amount) else "unknown"}
        for name, amount, unit, rounding in items
    ]
    measures = [
        {"measure_id": ids[name], "measure": name, "department": "架空部", "grade": grade, "policy_id": "not_stated"}
        | {"grade_basis": "unknown" if grade == "not_stated" else "stated"}
        for name, grade in [*((item[0], "not_stated") for item in items), *named]
    ]
    judged = [
        {"measure_id": ids[name], "measure": name, "recurrence": recurrence, "effect_type": "unknown"}
        | {"cash_class": cash, "reason": "架空", "coder": UNCONFIRMED, "coded_on": "2026-04-01"}
        for name, (recurrence, cash) in (classes or {}).items()
    ]
    tables = {"grade_counts": counted, "effects": money, "measures": measures, "effect_classes": judged}
    frames = {c.name: _frame(c.name, tables.get(c.name, []), place) for c in (*FACTS, *KEPT_BY_PEOPLE)}
    fixed = {
        "fiscal_year": 2024,
        "sources": {
            "made-up": {"title": "架空の資料", "publisher": "架空市", "published": "2025-08", "sha256": "0" * 64}
        },
        "registered_years": (2024,),
        "input_hash": "0" * 64,
    }
    return Frames(**{"plan": the_plan, **fixed, **frames, **changes})


def _frame(name: str, rows: list[dict[str, str]], place: dict[str, str]) -> pd.DataFrame:
    columns = list(TABLES[name].columns)
    cells = [{"locator": f"L{n}", **place, **row} for n, row in enumerate(rows, start=1)]
    index = pd.RangeIndex(2, len(rows) + 2, name="line")
    frame = pd.DataFrame(
        [[row[column] for column in columns] for row in cells], columns=columns, index=index, dtype=str
    )
    if name == "grade_counts":
        return frame.astype({"measures": "int64"})
    if name == "effects":
        amounts = [in_yen(row["amount"], row["unit"]) for row in rows]
        exact = pd.DataFrame(amounts, columns=["amount_yen", "precision_yen"], index=index, dtype="int64")
        return pd.concat([frame, exact], axis="columns")
    return frame
