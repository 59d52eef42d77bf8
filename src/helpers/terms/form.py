"""The form that departments fill in: its stages, its columns, and in which stage each is answered.

One home for the words of the form: `forms` writes them, and recognises them in what comes back.
"""

import re
from dataclasses import dataclass
from functools import cache

from helpers.terms.fiscal_year import wareki, without_years, years_named
from helpers.terms.folded import squeezed

# In the order of the year; each with the month in which the forms go out (`run.toml` may name others).
STAGES = {"plan": "計画", "interim": "中間", "result": "実績"}
STAGE_MONTHS = {"plan": 4, "interim": 10, "result": 3}
PLAN, INTERIM, RESULT = STAGES
ANSWERS_SHEET, GUIDE_SHEET, HIDDEN_SHEET = "回答", "記入要領", "gyokaku"
# Amounts are whole numbers of this unit, and no city's measure earns more in a year.
UNIT = "千円"
MOST_AMOUNT = 10**9

# What departments choose from, as codes of `tables.REASONS`; that no reason is given is for readers of documents to say.
REASONS = {
    "deliberation": "検討・合意形成の遅れ",
    "study": "調査段階",
    "external": "外部環境・競合",
    "organisation": "組織・運用の常態",
    "outcome": "成果指標の未達",
    "resources": "財源・人員",
    "regulation": "制度・法令",
    "unknown": "その他（「説明」に書く）",
}
TEXT, GRADE, REASON, AMOUNT, FIXED = "text", "grade", "reason", "amount", "fixed"


@dataclass(frozen=True)
class Column:
    """A column of the form.

    Attributes:
        key: Name in `answers.csv`.
        heading: As the form prints it.
        kind: What its cells hold; `fixed` is never answered.
        open_in: Stages in which departments answer it.
        needed_in: Stages in which a blank is an answer that lacks.
        width: In letters of the form.
        also: Other headings that mean it.
    """

    key: str
    heading: str
    kind: str
    open_in: tuple[str, ...] = ()
    needed_in: tuple[str, ...] = ()
    width: int = 10
    also: tuple[str, ...] = ()


NUMBER = Column("number", "番号", FIXED, width=6, also=("No", "No.", "№", "取組番号", "項番"))
POLICY = Column("policy_id", "基本方針", FIXED, width=13, also=("方針",))
ITEM = Column("promotion_item", "推進項目", FIXED, width=11)
MEASURE = Column("measure", "取組", FIXED, width=22, also=("取組名", "取組項目", "取組の名称", "取組名称", "事業名"))
DEPARTMENT = Column("department", "部", FIXED, width=9, also=("部局", "部名", "担当部", "所管部", "部署"))
BEFORE = Column("grade_before", "前年度の評価", FIXED, width=6, also=("前年度評価", "前回の評価"))
INDICATOR = Column("indicator", "指標", TEXT, (PLAN,), width=12)
TARGET = Column("target", "目標", TEXT, (PLAN,), width=11, also=("目標値",))
EXPECTED = Column(
    "expected", f"効果見込額（{UNIT}）", AMOUNT, (PLAN,), (PLAN,), 10, also=("効果見込額", "見込額", "効果見込")
)
GRADED = Column(
    "grade",
    "評価",
    GRADE,
    (INTERIM, RESULT),
    (INTERIM, RESULT),
    6,
    also=("今年度の評価", "本年度の評価", "自己評価", "達成度"),
)
ACTUAL = Column(
    "actual",
    f"実績効果額（{UNIT}）",
    AMOUNT,
    (INTERIM, RESULT),
    (INTERIM, RESULT),
    10,
    also=("実績効果額", "実績額", "効果額", "実績"),
)
WHY = Column("reason", "遅れの理由", REASON, (INTERIM, RESULT), width=13, also=("遅れた理由", "遅延の理由"))
WORDS = Column(
    "words", "説明", TEXT, (PLAN, INTERIM, RESULT), width=28, also=("取組内容", "説明（具体的に）", "取組の説明")
)
NEXT = Column(
    "expected_next", f"次年度の見込額（{UNIT}）", AMOUNT, (RESULT,), width=10, also=("次年度の見込額", "次年度見込額")
)
# In the order of the form.
COLUMNS = (
    NUMBER,
    POLICY,
    ITEM,
    MEASURE,
    DEPARTMENT,
    INDICATOR,
    TARGET,
    EXPECTED,
    BEFORE,
    GRADED,
    ACTUAL,
    WHY,
    WORDS,
    NEXT,
)
ANSWERED = tuple(column for column in COLUMNS if column.open_in)


@cache
def _spelled() -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in COLUMNS:
        for said in (column.heading, column.heading.split("（")[0], *column.also):
            found.setdefault(squeezed(said), column)
    return found


@cache
def column_of(heading: str, fiscal_year: int) -> Column | None:
    """The column that a heading means, whatever its unit and its line breaks; None for any other.

    Args:
        heading: As it stands there: 実績効果額（百万円）, 令和6年度の評価.
        fiscal_year: Of the form. A heading that names the year is that of the column without it; 評価 of the year before is
            last year's grade, an amount expected of the year after next year's, and any other year makes it another column.
    """
    years = {one.year for one in years_named(heading)}
    plain = squeezed(without_years(heading)) if years else squeezed(heading)
    plain = plain.removeprefix("の") or squeezed(heading)
    found = next((_spelled()[said] for said in (plain, re.split(r"[(〔]", plain)[0]) if said in _spelled()), None)
    if found is None or not years or years == {fiscal_year}:
        return found
    of_year = {(GRADED, fiscal_year - 1): BEFORE, (EXPECTED, fiscal_year + 1): NEXT}
    return of_year.get((found, min(years))) if len(years) == 1 else None


def day_in_words(day: str) -> str:
    """A day as people write it: 2026-04-10 → 令和8年4月10日."""
    year, month, of_month = day.split("-")
    return f"{wareki(int(year)).removesuffix('度')}{int(month)}月{int(of_month)}日"
