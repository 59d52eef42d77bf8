"""How many measures of each grade the document names."""

import pandas as pd

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, house
from helpers.terms import Figures
from helpers.terms.frames import Frames
from helpers.terms.records import frame, records


def rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """How many measures have each grade, and how many of them the document names; those it names without a grade last.

    Of the last nobody knows which grade they have: where there are some, a 0 before them is no "none".
    """
    named = frames.measures["grade"].value_counts()
    rows = [
        (
            grade.code,
            notation.grade_label(frames.plan, grade),
            figures["measures_by_grade", "grade", grade.code].exact,
            int(named.get(grade.code, 0)),
        )
        for grade in frames.plan.grades
        if ("measures_by_grade", "grade", grade.code) in figures
    ]
    if rows and (ungraded := int(named.get("not_stated", 0))):
        rows.append((kit.UNGRADED.code, notation.spoken(kit.UNGRADED.label), pd.NA, ungraded))
    return frame(rows, ["評価", "意味", "件数", "名称の公表"], whole=("件数",))


def in_words(row: tuple) -> str:
    """Of how many how many are named: 16件中6件; of those without a grade, how many there are."""
    named = notation.count(row.名称の公表)
    if pd.isna(row.件数):
        return named
    return notation.spoken("{of}中{named}", of=notation.count(row.件数), named=named)


@house()
def drawn(width_mm: float, listed: pd.DataFrame) -> Canvas:
    """The `rows`: each grade's count as an outline, what is named of it filled."""
    words = [in_words(row) for row in records(listed)]
    axes = kit.rows(width_mm, [f"{row.評価} {row.意味}" for row in records(listed)], kit.Words(words), foot=kit.FOOT)
    for column, look in (("件数", "paper"), ("名称の公表", "item")):
        kit.bars(axes, listed[column], look=look, thick=0.6, line=0.7)
    unit = notation.spoken("件（枠は評価を受けた取組、塗りは名称のある取組）")
    kit.numbers(axes, listed[["件数", "名称の公表"]].max(axis="columns"), unit=unit, is_whole=True)
    return axes.figure
