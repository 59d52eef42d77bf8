"""How a city lays out the tables of its documents, as `layout.toml` beside `plan.toml` says it."""

from dataclasses import dataclass

GRADES, EFFECTS = "grades", "effects"
TABLES = {GRADES: "基本方針ごとの評価の件数", EFFECTS: "基本方針ごとの効果額"}
# What a column may hold, by the table it may stand in.
OF_GRADES = {
    "policy": "基本方針の名称",
    "grade": "その評価の取組数",
    "rated": "評価した取組の計",
    "out_of_scope": "評価の対象外の取組数",
    "measures": "取組の総数（対象外を含む）",
    "achieved": "達成した取組の計",
    "achievement_rate": "達成率（件数）",
    "ignored": "読まない欄",
}
OF_EFFECTS = {
    "policy": "基本方針の名称",
    "kind": "見込みか実績かを書く欄",
    "amount": "その金額",
    "expected": "効果見込額",
    "actual": "実績効果額",
    "actual_and_expected": "実績効果額と、（ ）の中の効果見込額",
    "expected_and_actual": "効果見込額と、（ ）の中の実績効果額",
    "difference": "差（実績 − 見込み）",
    "multiplier": "達成率（実績 ÷ 見込み）",
    "actual_share": "実績の構成比",
    "expected_share": "見込みの構成比",
    "ignored": "読まない欄",
}
HOLDS = {GRADES: OF_GRADES, EFFECTS: OF_EFFECTS}
# A grade that stands for what was not rated, where the document counts such measures.
OUT_OF_SCOPE = "対象外"
IN_CELLS = "cells"  # each amount carries its unit: 6億379万円


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        heading: The words over it, those of a group first: 評価 S.
        holds: A key of `HOLDS`.
        grade: The code of the grade it counts, where it counts one.
    """

    heading: str
    holds: str
    grade: str = ""


@dataclass(frozen=True)
class TableLayout:
    """A table of the document: of what it is, its columns from the left, and the unit of its amounts (`cells`: in each).

    `unit_is_typed`: the documents do not say the unit; a person did. `under`: words above it, where other tables have the
    same headings. `is_turned`: the grades stand one below the other, and the columns are of its rows from the top.
    """

    of: str
    columns: tuple[Column, ...]
    unit: str = ""
    unit_is_typed: bool = False
    under: str = ""
    is_turned: bool = False


@dataclass(frozen=True)
class Layout:
    """The tables of a plan's documents.

    Attributes:
        names: Of the municipality and the plan, those that the documents hold; a document without them is another plan's.
        tables: At most one of each kind.
        sources: Who said so, or what proved it, by field.
    """

    names: tuple[str, ...]
    tables: tuple[TableLayout, ...]
    sources: dict[str, str]
