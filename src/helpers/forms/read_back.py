"""What a summary says, held against the tables that `intake` reads from its text: a draft that reads back differently is none."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from helpers.forms.featured import UNIT
from helpers.forms.parts import Item, Summary
from helpers.terms import in_yen, quoted, same_name
from helpers.terms.records import records
from helpers.terms.tables import LISTS


def differences(summary: Summary, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables of facts have otherwise than the summary, a sentence each; empty where everything reads back."""
    return [
        *_counts(summary, tables["grade_counts"]),
        *_amounts(summary, tables["effects"]),
        *_items(summary, tables),
        *_stated(summary, tables["stated"]),
        *_linked_plans(summary, tables["linked_plans"]),
    ]


def _counts(summary: Summary, read: pd.DataFrame) -> Iterator[str]:
    found = {(row.policy_id, row.grade): int(row.measures) for row in records(read)}
    for (policy, grade), count in summary.said.counts.items():
        if found.pop((policy, grade), None) != count:
            yield f"基本方針{policy}の評価 {grade} の {count}件が、そのまま読み戻せません。"
    for policy, grade in found:
        yield f"基本方針{policy}の評価 {grade} の件数が、台帳にないのに読み取れます。"


def _amounts(summary: Summary, read: pd.DataFrame) -> Iterator[str]:
    of_policies = read[read["scope"] == "policy"]
    found = {
        (row.scope_id, row.kind): (*in_yen(row.amount, row.unit)[:1], row.rounding) for row in records(of_policies)
    }
    if found != {place: (yen, "exact") for place, yen in summary.said.amounts.items()}:
        yield "基本方針ごとの効果額が、そのまま読み戻せません。"
    of_measures = read[read["scope"] == "measure"]
    items = {row.scope_id: (in_yen(row.amount, row.unit)[0], row.unit, row.rounding) for row in records(of_measures)}
    if items != {one: (yen, UNIT, "half_up") for one, yen in summary.said.items.items()}:
        yield "主な取組の実績効果額が、そのまま読み戻せません。"


def _items(summary: Summary, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """The lists, item by item."""
    mentions = tables["mentions"]
    listed = {listing.list: listing.items for listing in summary.lists}
    for name in dict.fromkeys([*listed, *mentions["list"]]):
        items, read = listed.get(name, ()), list(records(mentions[mentions["list"] == name]))
        if len(read) != len(items):
            yield f"「{LISTS[name]}」の一覧は {len(items)}件ですが、{len(read)}件と読めます。"
        for item, row in zip(items, read, strict=False):
            yield from _item(item, row, where=f"「{LISTS[name]}」の {row.seq}番「{quoted(item.measure)}」")
    for row in records(tables["measures"]):
        grade = summary.said.grades.get(row.measure_id)
        if grade and row.grade not in {"not_stated", grade}:
            yield f"「{quoted(row.measure)}」の評価は {grade} ですが、{row.grade} と読めます。"


def _item(item: Item, row: tuple, *, where: str) -> Iterator[str]:
    """A measure's id comes from its name, so that another one in the register would be another measure."""
    says = [(item.measure, row.measure), (item.department, row.department)]
    says += [(item.amount or "not_stated", row.amount_printed), (item.words or "not_stated", row.words)]
    for said, found in says:
        if same_name(said) != same_name(found):
            yield f"{where}: 「{quoted(said)}」が「{quoted(found)}」と読めます。"
    if row.measure_id != item.measure_id and same_name(item.measure) == same_name(row.measure):
        yield (
            f"{where}: register.csv の取組の番号は {item.measure_id} ですが、名称から決まる番号は {row.measure_id} です。"
            "register.csv の番号を直してください。"
        )


def _stated(summary: Summary, read: pd.DataFrame) -> Iterator[str]:
    columns = ["metric", "scope", "scope_id", "comparison", "value", "unit"]
    found = Counter(read[columns].itertuples(index=False, name=None))
    said = Counter(summary.said.stated)
    for one in said - found:
        yield f"合計か主張（{one[0]} {one[2]} {one[4]}{one[5]}）が読み戻せません。plan.toml の評価の言葉を確かめてください。"
    for one in found - said:
        yield f"書いていない合計か主張（{one[0]} {one[2]} {one[4]}{one[5]}）が読み取れます。"


def _linked_plans(summary: Summary, read: pd.DataFrame) -> Iterator[str]:
    columns = ["family", "name", "first_fiscal_year", "last_fiscal_year", "relation", "note"]
    found = [tuple(map(same_name, row)) for row in read[columns].itertuples(index=False, name=None)]
    said = [tuple(map(same_name, row)) for row in summary.said.linked_plans]
    for one, other in zip(said, found, strict=False):
        if one != other:
            yield f"関連する計画「{quoted(one[0])}」が、そのまま読み戻せません。"
    if len(said) != len(found):
        yield f"関連する計画は {len(said)}行ですが、{len(found)}行と読めます。"
