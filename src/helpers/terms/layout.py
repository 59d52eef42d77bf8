"""How a city lays out its documents, as `layout.toml` beside `plan.toml` says it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

GRADES, EFFECTS, LINKED_PLANS = "grades", "effects", "linked_plans"
TABLES = {GRADES: "基本方針ごとの評価の件数", EFFECTS: "基本方針ごとの効果額", LINKED_PLANS: "前後・上下の計画"}
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
OF_LINKED_PLANS = {
    "family": "計画の系列",
    "plans": "その年度の計画の名称（期間）",
}
HOLDS = {GRADES: OF_GRADES, EFFECTS: OF_EFFECTS}
# What only a document that is read whole (`Layout.title`) has.
HOLDS_WHOLE = {
    GRADES: {"each_grade": "評価ごとの取組数（plan.toml の評価ごとに一つの欄）"},
    EFFECTS: {},
    LINKED_PLANS: OF_LINKED_PLANS,
}
# The columns such a document must have, the leftmost first, and those it may.
OF_WHOLE_DOCUMENTS = {
    GRADES: (("policy", "rated"), {"grade", "each_grade", "ignored"}),
    EFFECTS: (("policy", "kind", "amount"), {"ignored"}),
    LINKED_PLANS: (("family", "plans"), set()),
}
# A grade that stands for what was not rated, where the document counts such measures.
OUT_OF_SCOPE = "対象外"
IN_CELLS = "cells"  # each amount carries its unit: 6億379万円
STATED = "stated"  # each document says its unit, not always the same; of documents with a `title`


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        heading: The words over it, those of a group first: 評価 S.
        holds: A key of `HOLDS`.
        grade: The code of the grade it counts, where it counts one.
        in_parentheses: What amounts in ( ) are, where they are set apart so: `expected`.
    """

    heading: str
    holds: str
    grade: str = ""
    in_parentheses: str = ""

    @property
    def line(self) -> str:
        """As `layout.toml` has it."""
        fields = {
            "heading": self.heading,
            "holds": self.holds,
            "grade": self.grade,
            "in_parentheses": self.in_parentheses,
        }
        said = ", ".join(
            f"{name} = {json.dumps(value, ensure_ascii=False)}"
            for name, value in fields.items()
            if value or name == "heading"
        )
        return f"{{ {said} }}"


@dataclass(frozen=True)
class TableLayout:
    """A table of the document: of what it is, its columns from the left, and the unit of its amounts (`cells`: in each; `stated`: any).

    `unit_is_typed`: the documents do not say the unit; a person did. `under`: words above it, where other tables have the
    same headings. `is_turned`: the grades stand one below the other, and the columns are of its rows from the top.
    """

    of: str
    columns: tuple[Column, ...]
    unit: str = ""
    unit_is_typed: bool = False
    under: str = ""
    is_turned: bool = False

    def at(self, holds: str) -> int | None:
        """Where the first column of that kind stands, 0 the leftmost; nothing where there is none."""
        return next((at for at, column in enumerate(self.columns) if column.holds == holds), None)


@dataclass(frozen=True)
class Lists:
    """The lists of named measures.

    Attributes:
        heading: Words that stand in the heading of every list, and of nothing else: 主な取組.
        told_by: By list (a key of `terms.tables.LISTS`), the words of which one stands in its heading and in no other.
    """

    heading: str
    told_by: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Layout:
    """A plan's documents.

    Attributes:
        names: Of the municipality and the plan, those that the documents hold; a document without them is another plan's.
        tables: At most one of each kind.
        sources: Who said so, or what proved it, by field.
        title: A word of the title (取組結果). A document with one is read whole: title, headings, sentences and lists are
            held against one another, and a figure that is not understood is a fault. Without one, only tables and plain
            sentences are read.
        lists: Of named measures, where the documents have them.
    """

    names: tuple[str, ...]
    tables: tuple[TableLayout, ...]
    sources: Mapping[str, str]
    title: str = ""
    lists: Lists | None = None

    def table(self, of: str) -> TableLayout | None:
        """The table of that kind."""
        return next((table for table in self.tables if table.of == of), None)
