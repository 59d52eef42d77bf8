"""Measures by department, each with its grade's letter."""

from collections import Counter

import pandas as pd

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import Canvas, figures_face, house
from helpers.terms import Figures
from helpers.terms.frames import Frames


def rows(frames: Frames) -> pd.DataFrame:
    """Named measures by department and grade, departments in the document's order."""
    codes = [*(grade.code for grade in frames.plan.grades), "not_stated"]
    found = Counter(zip(frames.measures["department"], frames.measures["grade"], strict=True))
    departments = list(dict.fromkeys(frames.measures["department"]))
    counts = [[found[department, code] for code in codes] for department in departments]
    return pd.DataFrame(counts, index=departments, columns=codes, dtype=int)


def drawn(width: float, rows: pd.DataFrame, frames: Frames) -> Canvas:
    """The `rows`: counts of named measures by department, each with its grade's letter; in the document's order."""
    return _departments(width, frames, rows, notation.spoken("件（名称のある取組。—は評価の記載なし）"))


def registered_rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """The register's rated measures by department and grade, departments in the register's order."""
    counts = {
        one.scope_id: {
            grade.code: figures[
                "registered_measures_by_grade", "department:grade", f"{one.scope_id}:{grade.code}"
            ].exact
            for grade in frames.plan.grades
        }
        for one in figures.of("registered_measures", "department")
    }
    return pd.DataFrame.from_dict(counts, orient="index").astype(int)


def registered(width: float, rows: pd.DataFrame, frames: Frames) -> Canvas:
    """The `registered_rows`, as `drawn` shows the published ones."""
    return _departments(width, frames, rows, notation.spoken("件（内部台帳による）"))


@house()
def _departments(width_mm: float, frames: Frames, rows: pd.DataFrame, unit: str) -> Canvas:
    totals = [int(total) for total in rows.sum(axis="columns")]
    labels = [notation.count(total) for total in totals]
    names = [notation.in_own_words(frames.plan, one) for one in rows.index]
    axes = kit.rows(width_mm, names, foot=kit.FOOT, margin=kit.GAP)
    at_ends = list(zip(totals, labels, strict=True))
    kit.numbers(axes, totals, unit=unit, labels=at_ends, is_whole=True)
    grades = [*frames.plan.grades, kit.UNGRADED]
    codes = [*(grade.code for grade in frames.plan.grades), "not_stated"]
    counts = [
        [(grade, int(row.get(code, 0))) for grade, code in zip(grades, codes, strict=True)]
        for _, row in rows.iterrows()
    ]
    kit.stacked(axes, counts)
    kit.at_ends(axes, at_ends, **figures_face())
    return axes.figure
