"""Which measures a summary names (主な取組): what people chose, or by rule what they may choose from.

The rule takes what a reader would ask for first. exceeded: measures of the grades above plan, largest actual effect first.
behind: measures of the grades below plan, largest shortfall against the expected effect first. effect: the largest actual
effects of 1百万円 or more. What is equal, or has no amount, keeps the order of the register.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pandas as pd

from helpers import notation
from helpers.terms import UNITS_IN_YEN, Plan, Refusal, quoted, same_name
from helpers.terms.records import records
from helpers.terms.tables import FEATURED, LISTS, TOKENS
from helpers.terms.words import told_first

UNIT = "百万円"
# Source: 令和6年度取組結果（概要）, which names six, six and four.
MOST = {"exceeded": 6, "behind": 6, "effect": 4}
RULES = {
    "exceeded": f"計画を上回る評価の取組を、実績効果額の大きい順に{MOST['exceeded']}件まで",
    "behind": f"計画に届かない評価の取組を、効果見込額に足りない額の大きい順に{MOST['behind']}件まで",
    "effect": f"実績効果額が1{UNIT}以上の取組を、大きい順に{MOST['effect']}件まで",
}
_BEHIND = {"behind", "stalled"}
# In a list 〔 〕 is the mark of a department.
_BRACKETS = str.maketrans("〔〕［］[]", "（）（）（）")


def proposed(register: pd.DataFrame, *, plan: Plan) -> pd.DataFrame:
    """The measures that the rule names, as rows of `FEATURED`, each marked as proposed; what is said of one is its reason in the register."""
    bands = {grade.code: grade.band for grade in plan.grades}
    band = register["grade"].map(bands)
    actual = register["actual_yen"]
    shortfall = register["expected_yen"] - actual
    found = {
        "exceeded": register.assign(size=actual)[band == "exceeded"],
        "behind": register.assign(size=shortfall)[band.isin(_BEHIND)],
        "effect": register.assign(size=actual)[(actual >= UNITS_IN_YEN[UNIT]).fillna(value=False)],
    }
    rows = [
        (name, f"{seq}", row.measure_id, row.measure, _said_of(row.reason), "proposed", "")
        for name in LISTS
        for seq, row in enumerate(records(_largest(found[name], MOST[name])), 1)
    ]
    return pd.DataFrame(rows, columns=list(FEATURED.columns), index=pd.RangeIndex(2, len(rows) + 2), dtype=str)


def _largest(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    return rows.sort_values("size", ascending=False, kind="stable", na_position="last").head(most)


def _said_of(reason: str) -> str:
    return "not_stated" if reason in TOKENS else reason.translate(_BRACKETS)


def rounded(amount_yen: int) -> str:
    """An amount as the list of effects prints it, 四捨五入: 36百万円."""
    return f"{notation.decimal(in_millions(amount_yen))}{UNIT}"


def in_millions(amount_yen: int) -> int:
    """The same as a number of 百万円."""
    return int(notation.half_up(Fraction(amount_yen, UNITS_IN_YEN[UNIT])))


def check(featured: pd.DataFrame, register: pd.DataFrame, *, plan: Plan) -> None:
    """Hold what people chose against the register: a list that names a measure wrongly would be a false page.

    Raises:
        Refusal: A measure is not in the register, has another name there, stands in a list that its grade or effect does not
            allow, or twice in one; all faults at once.
    """
    faults = told_first(_faults(featured, register.set_index("measure_id"), plan))
    if faults:
        raise Refusal(*faults)


def _faults(featured: pd.DataFrame, held: pd.DataFrame, plan: Plan) -> Iterator[str]:
    seen: dict[tuple[str, str], int] = {}
    for row in records(featured):
        where = f"{FEATURED.name}.csv {row.Index}行「{quoted(row.measure)}」"
        if row.measure_id not in held.index:
            yield f"{where}: 取組の番号 {quoted(row.measure_id)} が register.csv にありません。register.csv の番号を書いてください。"
            continue
        measure = held.loc[row.measure_id]
        if same_name(row.measure) != same_name(measure["measure"]):
            yield (
                f"{where}: 番号 {row.measure_id} の取組は、register.csv では「{quoted(measure['measure'])}」です。"
                "番号か名称を直してください。"
            )
            continue
        if (row.list, row.measure_id) in seen:
            yield f"{where}: 同じ一覧の {seen[row.list, row.measure_id]}行に、同じ取組があります。どちらかの行を消してください。"
        seen.setdefault((row.list, row.measure_id), row.Index)
        if says := _why_not(row.list, measure, plan):
            yield f"{where}: {says}「{LISTS[row.list]}」の一覧には載せられません。行を消すか、別の取組にしてください。"


def _why_not(name: str, measure: pd.Series, plan: Plan) -> str:
    """Why a measure cannot stand in a list; empty where it can."""
    if name == "effect":
        actual = measure["actual_yen"]
        if pd.isna(actual):
            return "実績効果額が register.csv にないので、"
        is_shown = in_millions(int(actual)) > 0
        return "" if is_shown else f"実績効果額（{notation.decimal(int(actual))}円）が1{UNIT}に満たないので、"
    grade = plan.grade(measure["grade"])
    fits = grade.band == "exceeded" if name == "exceeded" else grade.band in _BEHIND
    return "" if fits else f"評価が {grade.code}（{grade.label}）なので、"


def write(featured: pd.DataFrame, path: Path) -> None:
    """The rows as the file that people edit; with the mark by which Excel knows UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}")
    featured.to_csv(staged, index=False, lineterminator="\n", encoding="utf-8-sig")
    staged.replace(path)
