"""Odd but not impossible: an amount far from its neighbours (V24), a restated figure (V27)."""

import pandas as pd

from helpers import notation
from helpers.check.findings import finding
from helpers.terms import METRICS, Finding
from helpers.terms.frames import Frames
from helpers.terms.records import records
from helpers.terms.tables import KINDS

# A slip between 千円 and 百万円, or a lost 千, moves an amount by this much.
SLIP = 1_000


def units_are_plausible(frames: Frames) -> Finding:
    """V24: policies' amounts lie within a factor of a thousand of one another, and so do a measure's expected and actual.

    A main item with an amount below zero may cost more than it saves, or have been given a sign it does not have.
    """
    amounts = [row for row in frames.amounts("policy") if row.amount_yen]
    below_zero = [row for row in frames.amounts("measure") if row.amount_yen < 0]
    applies = len(amounts) > 1 or len(frames.register) > 0 or len(below_zero) > 0
    faults = [
        *(
            notation.spoken(
                "{locator}「{name}」は主な取組なのに金額がマイナス", locator=row.locator, name=row.scope_name
            )
            for row in below_zero
        ),
        *_far_from_the_others(amounts),
        *(_pairs_far_apart(frames.register) if len(frames.register) else []),
    ]
    return finding(
        "V24",
        faults,
        holds=notation.spoken(
            "0でない{n}か所の金額は互いに{decimal}倍より近い", n=len(amounts), decimal=notation.decimal(SLIP)
        ),
        acknowledged=frames.acknowledged,
        applies=applies,
        absent=notation.spoken("比べる金額がない"),
    )


def _far_from_the_others(amounts: list) -> list[str]:
    """The smallest or the largest amount, whichever is further from the middle, if they are too far apart."""
    ordered = sorted(abs(row.amount_yen) for row in amounts)
    if len(ordered) < 2 or ordered[-1] <= SLIP * ordered[0]:  # noqa: PLR2004 — a distance needs two
        return []
    is_high = ordered[-1] * ordered[0] > ordered[len(ordered) // 2] ** 2
    row = (max if is_high else min)(amounts, key=lambda row: abs(row.amount_yen))
    amount = notation.spoken(
        "{locator}「{scope_name}」の{KINDS}{yen}",
        locator=row.locator,
        scope_name=row.scope_name,
        KINDS=notation.spoken(KINDS[row.kind]),
        yen=notation.yen(row.amount_yen),
    )
    return [
        notation.spoken(
            "{amount}は、ほかの金額と{decimal}倍より離れている", amount=amount, decimal=notation.decimal(SLIP)
        )
    ]


def _pairs_far_apart(register: pd.DataFrame) -> list[str]:
    both = ((register["expected_yen"] != 0) & (register["actual_yen"] != 0)).fillna(value=False)
    pairs = register[both]
    faults = []
    for row in records(pairs):
        small, large = sorted((abs(row.expected_yen), abs(row.actual_yen)))
        if large >= SLIP * small:
            faults.append(
                notation.spoken(
                    "register.csv {Index}行「{measure}」の見込{yen}と実績{yen_2}が{decimal}倍以上離れている",
                    Index=row.Index,
                    measure=row.measure,
                    yen=notation.yen(row.expected_yen),
                    yen_2=notation.yen(row.actual_yen),
                    decimal=notation.decimal(SLIP),
                )
            )
    return faults


def restatements(frames: Frames) -> Finding:
    """V27: what a replaced document of the same year stated differently."""
    replaced = {name: source for name, source in frames.sources.items() if source.get("superseded")}
    faults = []
    for source_id, source in replaced.items():
        tables = frames.superseded.get(source_id)
        if tables is None:
            faults.append(
                notation.spoken(
                    "差し替え前の資料「{title}」（{published}）の表が残っていない",
                    title=source["title"],
                    published=source["published"],
                )
            )
            continue
        of_one = notation.spoken("（{file}との違い）", file=source["file"]) if len(replaced) > 1 else ""
        faults += [f"{fault}{of_one}" for fault in _restated(tables, frames)]
    return finding(
        "V27",
        faults,
        holds=notation.spoken("差し替え前の資料{n}点と値は同じ", n=len(replaced)),
        acknowledged=frames.acknowledged,
        applies=bool(replaced),
        absent=notation.spoken("差し替え前の資料がない"),
    )


def _restated(former: dict[str, pd.DataFrame], frames: Frames) -> list[str]:
    """Old and new value of each place of the tables where the two differ."""
    places = {
        "grade_counts": (["policy_id", "grade"], lambda row: notation.count(int(row["measures"]))),
        "effects": (["scope_name", "kind"], lambda row: notation.printed(row["amount"], row["unit"])),
        "stated": (
            ["metric", "scope", "scope_id", "comparison"],
            lambda row: f"{notation.decimal_text(row['value'])}{row['unit']}",
        ),
    }
    faults = []
    for name, (key, show) in places.items():
        old, new = (_by_place(table, key, show) for table in (former[name], frames.tables()[name]))
        for place in dict.fromkeys([*old, *new]):
            was, now = old.get(place, notation.NOT_STATED), new.get(place, notation.NOT_STATED)
            if was != now:
                faults.append(f"{_says(name, place)} {was}→{now}")
    return faults


def _by_place(table: pd.DataFrame, key: list[str], show) -> dict[tuple, str]:  # noqa: ANN001 — row → words
    found: dict[tuple, list[str]] = {}
    for _, row in table.iterrows():
        found.setdefault(tuple(row[key]), []).append(show(row))
    return {place: notation.spoken("・").join(sorted(values)) for place, values in found.items()}


def _says(table: str, place: tuple) -> str:
    if table == "grade_counts":
        return notation.spoken("方針{place}の評価{place_2}", place=place[0], place_2=place[1])
    if table == "effects":
        return notation.spoken("{place}の{KINDS}", place=place[0], KINDS=notation.spoken(KINDS[place[1]]))
    metric, scope, scope_id, _ = place
    name = notation.metric_name(metric) if metric in METRICS else metric
    return notation.spoken("記載された{name}", name=name) + (
        "" if scope == "plan" else notation.spoken("（{scope_id}）", scope_id=scope_id)
    )
