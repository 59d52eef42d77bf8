"""The measures that departments are asked about: from a list that people keep, or from what was asked or registered before."""

from collections.abc import Iterable, Mapping

import pandas as pd

from helpers.forms import grid, values
from helpers.terms import Plan, Refusal, quoted
from helpers.terms import form as terms
from helpers.terms.folded import measure_id, squeezed
from helpers.terms.tables import ASKED, TOKENS
from helpers.terms.words import told_first

NOT_REGISTERED = "not_registered"
NEEDED = (terms.NUMBER, terms.POLICY, terms.MEASURE, terms.DEPARTMENT)
# A city of a million has some hundred measures, and a hall some forty departments.
MOST_MEASURES, MOST_LETTERS = 5_000, 200


def from_file(name: str, sheets: Iterable[grid.Sheet], plan: Plan, fiscal_year: int) -> pd.DataFrame:
    """The measures of a workbook or CSV file, as `ASKED`.

    Args:
        name: Of the file, for the sentences.
        sheets: Its sheets; the one with the headings is taken.
        plan: Whose policies and grades it names.
        fiscal_year: For which it is.

    Raises:
        Refusal: The headings are not there, or a row cannot be asked; all faults at once, each with its cell.
    """
    tables = [grid.under_headings(one, fiscal_year) for one in sheets]
    found = [one for one in tables if one and all(column in one.columns for column in NEEDED)]
    if len(found) != 1:
        which = "一つではありません" if found else "ありません"
        heads = "・".join(column.heading for column in NEEDED)
        raise Refusal(
            f"{name}: 取組の一覧の見出し（{heads}）のある表が{which}。1行に見出しを置き、その下に取組を1行ずつ書いてください。"
        )
    table, faults, rows = found[0], [], []
    if twice := [column.heading for column, at in table.columns.items() if len(at) > 1]:
        raise Refusal(f"{name}: 見出し「{'」「'.join(twice)}」が二つあります。一つにしてください。")
    for row in table.rows:
        read = {column: values.typed(row.value(column)) for column in table.columns}
        if not read.get(terms.MEASURE) and not read.get(terms.NUMBER):
            continue
        asked, says = _asked(read, row, table, plan)
        faults += [f"{name} {row.place(column)}: {one}。" for column, one in says]
        rows.append(asked)
    faults += _repeated(name, rows)
    if not rows:
        faults.append(f"{name}: 取組が一つもありません。見出しの下に書いてください。")
    if len(rows) > MOST_MEASURES:
        faults.append(f"{name}: 取組が {len(rows):,} 件あります（{MOST_MEASURES:,} 件まで）。")
    if faults:
        raise Refusal(*told_first(faults))
    return pd.DataFrame(rows, columns=list(ASKED.columns), dtype=str)


def _asked(
    read: Mapping, row: grid.Row, table: grid.Table, plan: Plan
) -> tuple[dict[str, str], list[tuple[terms.Column, str]]]:
    says = [(column, f"「{column.heading}」が空です") for column in NEEDED if not read.get(column)]
    says += [
        (column, f"「{column.heading}」に使えない文字があるか、長すぎます（{MOST_LETTERS}字まで）")
        for column, words in read.items()
        if words and (values.text(words).fault or len(words) > MOST_LETTERS)
    ]
    policy = policy_of(read.get(terms.POLICY, ""), plan)
    if read.get(terms.POLICY) and not policy:
        known = "、".join(f"{one.id} {one.name}" for one in plan.policies)
        says.append((terms.POLICY, f"基本方針「{quoted(read[terms.POLICY])}」は plan.toml にありません（{known}）"))
    expected = (
        values.amount(row.value(terms.EXPECTED), table.unit(terms.EXPECTED))
        if terms.EXPECTED in table.columns
        else values.Read()
    )
    before = values.grade(row.value(terms.BEFORE), plan) if terms.BEFORE in table.columns else values.Read()
    says += [
        (column, f"「{column.heading}」: {one.fault}")
        for column, one in ((terms.EXPECTED, expected), (terms.BEFORE, before))
        if one.fault
    ]
    return {
        "number": read.get(terms.NUMBER, ""),
        "measure_id": measure_id(read.get(terms.MEASURE, "")),
        "measure": read.get(terms.MEASURE, ""),
        "policy_id": policy,
        "promotion_item": read.get(terms.ITEM) or NOT_REGISTERED,
        "department": read.get(terms.DEPARTMENT, ""),
        "indicator": read.get(terms.INDICATOR) or NOT_REGISTERED,
        "target": read.get(terms.TARGET) or NOT_REGISTERED,
        "expected": expected.value or NOT_REGISTERED,
        "grade_before": before.value or NOT_REGISTERED,
    }, says


def _repeated(name: str, rows: list[dict[str, str]]) -> list[str]:
    """Measures and numbers that stand in the list twice: an answer could not be told whose it is."""
    faults = []
    for key, what in (("measure_id", "取組"), ("number", "番号")):
        seen: dict[str, dict] = {}
        for row in rows:
            words = squeezed(row[key])
            if words and words in seen:
                shown = row["measure" if key == "measure_id" else "number"]
                faults.append(
                    f"{name}: {what}「{quoted(shown)}」が二度あります。どちらかを消すか、名称（番号）を分けてください。"
                )
            seen.setdefault(words, row)
    return faults


def policy_of(words: str, plan: Plan) -> str:
    """The number of the policy that words name: `1`, `1 行政サービスの最適化`, or its name; empty where they name none."""
    key = squeezed(words)
    spelled: dict[str, str] = {}
    for one in plan.policies:
        number, name = squeezed(one.id), squeezed(one.name)
        for said in (
            number,
            name,
            number + name,
            f"{number}.{name}",
            f"{number}、{name}",
            f"基本方針{number}",
            f"方針{number}",
            f"基本方針{number}{name}",
        ):
            spelled.setdefault(said, one.id)
    return spelled.get(key, "")


def carried(asked: pd.DataFrame, before: pd.DataFrame, answers: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The measures with what an earlier stage of the year answered, and those of which the list said another thing.

    Args:
        asked: As `ASKED`, of a list that may be older than the answers.
        before: What the earlier stage asked.
        answers: What it was answered.
    """
    said = again(before, answers, is_next_year=False).set_index("measure_id")
    given = set(answers["measure_id"])
    rows, differing = [], []
    for row in asked.to_dict("records"):
        if row["measure_id"] in given:
            known = said.loc[row["measure_id"], ["indicator", "target", "expected"]].to_dict()
            if row["expected"] not in {NOT_REGISTERED, known["expected"]}:
                differing.append(row["measure"])
            row |= {name: value for name, value in known.items() if value != NOT_REGISTERED}
        rows.append(row)
    return pd.DataFrame(rows, columns=list(ASKED.columns), dtype=str), differing


def again(asked: pd.DataFrame, answers: pd.DataFrame, *, is_next_year: bool) -> pd.DataFrame:
    """The measures that were asked before, with what was answered then.

    Args:
        asked: As `ASKED`.
        answers: As `ANSWERS`.
        is_next_year: Whether they are asked for the year after: the grade becomes last year's, and the amount expected is
            what was answered for the next year; else it is a later stage of the same year.
    """
    said: dict[str, dict[str, str]] = {}
    for row in answers.to_dict("records"):
        said.setdefault(row["measure_id"], {})[row["item"]] = row["value"]
    rows = []
    for row in asked.to_dict("records"):
        of_it = said.get(row["measure_id"], {})
        expected = terms.NEXT.key if is_next_year else terms.EXPECTED.key
        rows.append(
            row
            | {
                "indicator": of_it.get(terms.INDICATOR.key, row["indicator"]),
                "target": of_it.get(terms.TARGET.key, row["target"]),
                "expected": of_it.get(expected, NOT_REGISTERED if is_next_year else row["expected"]),
                "grade_before": of_it.get(terms.GRADED.key, NOT_REGISTERED) if is_next_year else row["grade_before"],
            }
        )
    return pd.DataFrame(rows, columns=list(ASKED.columns), dtype=str)


def of_register(register: pd.DataFrame) -> pd.DataFrame:
    """The measures of last year's register, numbered in its order; what it expected then says nothing of this year."""
    rows = [
        {
            "number": str(place),
            "measure_id": row["measure_id"],
            "measure": row["measure"],
            "policy_id": row["policy_id"],
            "promotion_item": row["promotion_item"],
            "department": row["department"],
            "indicator": NOT_REGISTERED,
            "target": NOT_REGISTERED,
            "expected": NOT_REGISTERED,
            "grade_before": NOT_REGISTERED if row["grade"] in TOKENS else row["grade"],
        }
        for place, row in enumerate(register.to_dict("records"), 1)
    ]
    return pd.DataFrame(rows, columns=list(ASKED.columns), dtype=str)
