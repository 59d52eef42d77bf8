"""The form that departments fill in: its stages, its columns, and in which stage each is answered.

One home for the words of the form: `forms` writes them, and recognises them in what comes back.
"""

from dataclasses import dataclass

from helpers.terms.folded import squeezed

# In the order of the year; each with the month in which the forms go out (`run.toml` may name others).
STAGES = {"plan": "計画", "interim": "中間", "result": "実績"}
STAGE_MONTHS = {"plan": 4, "interim": 10, "result": 3}
PLAN, INTERIM, RESULT = STAGES
ANSWERS_SHEET, GUIDE_SHEET, HIDDEN_SHEET = "回答", "記入要領", "gyokaku"
# Amounts are whole numbers of this unit, and no city's measure earns more in a year.
UNIT = "千円"
MOST_AMOUNT = 10**9

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
MEASURE = Column("measure", "取組", FIXED, width=22, also=("取組名", "取組項目", "取組の名称", "取組名称"))
DEPARTMENT = Column("department", "部", FIXED, width=9, also=("部局", "部名", "担当部", "所管部", "部署"))
BEFORE = Column("grade_before", "前年度の評価", FIXED, width=6, also=("前年度評価", "前回の評価"))
INDICATOR = Column("indicator", "指標", TEXT, (PLAN,), width=12)
TARGET = Column("target", "目標", TEXT, (PLAN,), width=11, also=("目標値",))
EXPECTED = Column(
    "expected", f"効果見込額（{UNIT}）", AMOUNT, (PLAN,), (PLAN,), 10, also=("効果見込額", "見込額", "効果見込")
)
GRADED = Column("grade", "評価", GRADE, (INTERIM, RESULT), (INTERIM, RESULT), 6, also=("今年度の評価", "本年度の評価"))
ACTUAL = Column(
    "actual",
    f"実績効果額（{UNIT}）",
    AMOUNT,
    (INTERIM, RESULT),
    (INTERIM, RESULT),
    10,
    also=("実績効果額", "実績額", "効果額"),
)
WHY = Column("reason", "遅れの理由", REASON, (INTERIM, RESULT), width=13, also=("遅れた理由", "遅延の理由"))
WORDS = Column("words", "説明", TEXT, (PLAN, INTERIM, RESULT), width=28, also=("取組内容", "説明（具体的に）"))
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


def column_of(heading: str) -> Column | None:
    """The column that a heading means, without its unit: 実績効果額（百万円） is the actual effect; None for any other."""
    plain = squeezed(heading)
    without_unit = plain.split("(")[0]
    for said in (plain, without_unit):
        for column in COLUMNS:
            if said in {squeezed(one) for one in (column.heading, column.heading.split("（")[0], *column.also)}:
                return column
    return None
