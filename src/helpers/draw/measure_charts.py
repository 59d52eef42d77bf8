"""Charts of measures: policy and grade, what is named, departments, checks."""

import pandas as pd
import seaborn as sns
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from helpers import notation
from helpers.draw.canvas import NARROW_MM, canvas, colour, figures_face, on_colour, size
from helpers.draw.charts import grade_table, millimetres
from helpers.draw.plan_charts import graded
from helpers.draw.scale import LINE_MM, axis, lines, scale, width_mm
from helpers.notation import tokens
from helpers.terms import Figures, Finding, Grade
from helpers.terms.tables import Frames

# From this share of the darkest colour on, white letters have more contrast than black ones.
DARK = 0.73
CELL_MM = 7.0
STATES = {
    "passed": ("合格", "on_track", ""),
    "warned": ("注意", "behind", ""),
    "acknowledged": ("了承", "behind", ""),
    "not_applicable": ("対象外", "not_rated", ""),
    "failed": ("不合格", "stalled", ""),
    "not_run": ("実行不能", "stalled", ""),
}


def matrix(width: float, figures: Figures, frames: Frames) -> Canvas:
    """Counts by policy and grade in one hue; beside them what was achieved of how many."""
    rows = grade_table(figures, frames)
    codes = [grade.code for grade in frames.plan.grades]
    is_narrow = width <= NARROW_MM
    label_mm, rate_mm = (29, 24) if is_narrow else (70, 30)
    names = [lines(_policy(frames, row.番号, is_short=is_narrow), label_mm - 2) for row in rows.itertuples()]
    tall = max(CELL_MM, *(len(name) * LINE_MM + 1 for name in names), 0)
    column = (width - label_mm - rate_mm) / len(codes)
    heads = [
        [grade.code, *([] if is_narrow else lines(notation.grade_label(frames.plan, grade), column - 1))]
        for grade in frames.plan.grades
    ]
    head = max(len(head) for head in heads) * LINE_MM + 1.5
    height = head + tall * max(len(rows), 1)
    with canvas(width, height) as drawn:
        words = millimetres(drawn, width, height)
        if rows.empty:
            words.text(width / 2, height / 2, notation.NOT_APPLICABLE, ha="center", va="center")
            return drawn
        counts = rows[codes].astype(int)
        box = (label_mm / width, 0, (width - label_mm - rate_mm) / width, tall * len(rows) / height)
        axes = drawn.add_axes(box)
        hue = LinearSegmentedColormap.from_list("counts", [colour("paper"), colour("exceeded")])
        most = int(counts.to_numpy().max()) or 1
        sns.heatmap(
            counts, ax=axes, cmap=hue, vmin=0, vmax=most, annot=True, fmt="d", cbar=False, linewidths=0.5,
            linecolor=colour("faint"), xticklabels=False, yticklabels=False, annot_kws={"size": size("small") + 1},
        )  # fmt: skip
        axes.set(xlabel="", ylabel="")
        for cell, count in zip(axes.texts, counts.to_numpy().flatten(), strict=True):
            cell.set_color(colour("paper" if count / most >= DARK else "ink" if count else "soft"))
            cell.set_weight("bold" if count else "normal")
        for n, label in enumerate(heads):
            middle = label_mm + (n + 0.5) * column
            words.text(middle, height - head / 2, "\n".join(label), ha="center", va="center", linespacing=1.2)
        counted = notation.spoken("達成／件数  達成率")
        words.text(width, height - head / 2, counted, ha="right", va="center", color=colour("soft"))
        for n, (row, name) in enumerate(zip(rows.itertuples(), names, strict=True)):
            middle = height - head - (n + 0.5) * tall
            words.text(0, middle, "\n".join(name), va="center", linespacing=1.3)
            of = f"{notation.decimal(row.達成)}/{notation.decimal(row.件数)}"
            words.text(width - 11, middle, of, ha="right", va="center", **figures_face())
            known = figures["achievement_rate", "policy", row.番号].is_known
            rate = row.達成率 if known else notation.NOT_APPLICABLE
            words.text(width, middle, rate, ha="right", va="center", **figures_face())
    return drawn


def _policy(frames: Frames, policy_id: str, *, is_short: bool) -> str:
    policy = frames.plan.policy(policy_id)
    name = notation.short_policy_name(policy) if is_short else notation.policy_name(policy)
    return f"{notation.spoken('方針{id}', id=policy_id)} {name}"


def named_rows(figures: Figures, frames: Frames) -> pd.DataFrame:
    """How many measures have each grade, and how many of them the document names."""
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
    return pd.DataFrame(rows, columns=["評価", "意味", "件数", "名称の公表"])


def named(width: float, figures: Figures, frames: Frames) -> Canvas:
    """Each grade's count as an outline, what is named of it filled."""
    rows, tall = named_rows(figures, frames), 7.0
    labels = [f"{row.評価} {row.意味}" for row in rows.itertuples()]
    label_mm = max([34 if width <= NARROW_MM else 44, *(width_mm(label) + 2 for label in labels)])
    height = tall * max(len(rows), 1) + 11
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        the_scale = scale(list(rows["件数"]), label_mm, width - 22, is_whole=True)
        unit = notation.spoken("件（枠は評価を受けた取組、塗りは名称のある取組）")
        axis(axes, the_scale, bottom=10, top=height, unit=unit)
        for n, row in enumerate(rows.itertuples()):
            middle = height - (n + 0.5) * tall
            axes.text(0, middle, labels[n], va="center")
            for count, look in ((row.件数, "paper"), (row.名称の公表, "item")):
                box = Rectangle((the_scale(0), middle - 2.1), the_scale(count) - the_scale(0), 4.2)
                box.set(facecolor=colour(look), edgecolor=colour("ink"), linewidth=0.7, zorder=2)
                axes.add_patch(box)
            words = notation.spoken("{of}中{named}", of=notation.count(row.件数), named=notation.count(row.名称の公表))
            axes.text(width, middle, words, ha="right", va="center")
    return drawn


def department_rows(frames: Frames) -> pd.DataFrame:
    """Named measures by department and grade, departments in the document's order."""
    codes = [grade.code for grade in frames.plan.grades]
    order = list(dict.fromkeys(frames.measures["department"]))
    counts = pd.crosstab(frames.measures["department"], frames.measures["grade"])
    return counts.reindex(index=order, columns=[*codes, "not_stated"], fill_value=0).astype(int)


UNGRADED = Grade(code="—", label="評価の記載なし", order=99, achieved=False, band="not_rated")
# The least room for a department's name, and the most of the chart it may take.
DEPARTMENT_MM, DEPARTMENT_SHARE = 26, 0.4


def departments(width: float, frames: Frames) -> Canvas:
    """Counts of named measures by department, each with its grade's letter; in the document's order."""
    return _departments(
        width, frames, department_rows(frames), notation.spoken("件（名称のある取組。—は評価の記載なし）")
    )


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


def registered_departments(width: float, figures: Figures, frames: Frames) -> Canvas:
    """Counts of the register's measures by department, as `departments` shows the published ones."""
    return _departments(width, frames, registered_rows(figures, frames), notation.spoken("件（内部台帳による）"))


def _departments(width: float, frames: Frames, rows: pd.DataFrame, unit: str) -> Canvas:
    names = [notation.in_own_words(frames.plan, one) for one in rows.index]
    most = max(DEPARTMENT_MM, DEPARTMENT_SHARE * width)
    label_mm = min(max([DEPARTMENT_MM, *(width_mm(name) + 2 for name in names)]), most)
    named = [lines(name, label_mm - 2) for name in names]
    talls = [max(7.0, len(name) * LINE_MM + 1.6) for name in named]
    height = (sum(talls) or 7.0) + 11
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        the_scale = scale([int(total) for total in rows.sum(axis="columns")], label_mm, width - 12, is_whole=True)
        axis(axes, the_scale, bottom=10, top=height, unit=unit)
        y = height
        for name, tall, (_, counts) in zip(named, talls, rows.iterrows(), strict=True):
            middle = y - tall / 2
            y -= tall
            axes.text(0, middle, "\n".join(name), va="center", **({"linespacing": 1.3} if len(name) > 1 else {}))
            grades = [(grade, int(counts[grade.code])) for grade in frames.plan.grades]
            graded(axes, the_scale, [*grades, (UNGRADED, int(counts.get("not_stated", 0)))], middle)
            total = int(counts.sum())
            axes.text(the_scale(total) + 1.2, middle, notation.count(total), va="center", **figures_face())
    return drawn


def state(finding: Finding) -> str:
    """How a check came out, told apart by what it means for the page."""
    if finding.acknowledged:
        return "acknowledged"
    return "warned" if finding.result == "failed" and finding.severity == "warn" else finding.result


def checks(width: float, findings: list[Finding]) -> Canvas:
    """A cell a check with its number, grouped by outcome."""
    groups = {name: sorted((f for f in findings if state(f) == name), key=lambda f: f.id) for name in STATES}
    groups = {name: some for name, some in groups.items() if some}
    label_mm, cell, tall = 26.0, 8.6, 6.4
    per_line = int((width - label_mm) // cell)
    depth = {name: -(-len(some) // per_line) for name, some in groups.items()}
    height = tall * sum(depth.values()) + 2 * max(len(groups) - 1, 0) + 0.6
    with canvas(width, height) as drawn:
        axes = millimetres(drawn, width, height)
        y = height
        for name, some in groups.items():
            label, look, _ = STATES[name]
            words = f"{notation.spoken(label)} {notation.decimal(len(some))}"
            axes.text(0, y - tall / 2, words, va="center", weight="bold")
            for n, finding in enumerate(some):
                x, top = label_mm + n % per_line * cell, y - n // per_line * tall
                box = Rectangle((x, top - tall + 0.6), cell - 0.6, tall - 1.2)
                box.set(facecolor=colour(look), edgecolor=colour("ink"), linewidth=0.5)
                axes.add_patch(box)
                ground = {"facecolor": colour(look), "edgecolor": "none", "pad": 0.6}
                box.set_hatch(tokens()["hatch"].get(look, ""))
                axes.text(
                    x + (cell - 0.6) / 2, top - tall / 2, finding.id,
                    ha="center", va="center", color=on_colour(look), bbox=ground,
                )  # fmt: skip
            y -= tall * depth[name] + 2
    return drawn
