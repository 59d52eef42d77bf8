"""What came back, taken together: the answers, each from one cell, and what must be asked; contradicting answers are never chosen between."""

from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from helpers.forms.returned import ASK_AGAIN, NOT_APPLICABLE, OPEN, TOLD, Doubt, Given, Measures, Reader, Returned
from helpers.forms.values import LONG_FOR_A_REASON
from helpers.forms.workbook import Asked
from helpers.terms import Plan, quoted
from helpers.terms import form as terms
from helpers.terms.tables import ANSWERS, DOUBTS, REASONS, REGISTER, TOKENS

# An effect so many times the amount expected, or so small a part of it, is most likely a slip of unit.
FAR_FROM_EXPECTED = 300
# As is one that exceeds all other measures together so many times.
FAR_FROM_OTHERS = 10


def collected(asked: pd.DataFrame, files: Iterable[Returned], about: Asked) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The answers (`ANSWERS`) and what is doubtful (`DOUBTS`), in the order asked.

    Args:
        asked: The measures, as `ASKED`.
        files: Everything that came back.
        about: Plan, year, stage and hash of what was asked.
    """
    reader = Reader(asked, about)
    measures = reader.measures
    for file in files:
        reader.read(file)
    cells: dict[tuple[str, str], list[Given]] = {}
    for one in reader.given:
        cells.setdefault((one.measure_id, one.column.key), []).append(one)
    taken: dict[str, dict[str, Given]] = {}
    doubts = reader.unresolved()
    for (measure, key), given in cells.items():
        chosen, says = _chosen(given, measures.rows[measure])
        doubts += says
        if chosen:
            taken.setdefault(measure, {})[key] = chosen
    doubts += _lacking(measures, reader)
    for measure, answers in taken.items():
        reasons = [one for one in cells.get((measure, terms.WHY.key), []) if one.read.fault]
        has_reason = bool(reasons)
        doubts += _misplaced_words(measures.rows[measure], reasons, answers)
        doubts += _inconsistent(measures.rows[measure], answers, about.plan, has_reason=has_reason)
    doubts += _of_size(measures, taken)
    return _answers(measures, taken), _doubts(doubts, measures)


def _chosen(given: list[Given], asked: dict[str, str]) -> tuple[Given | None, list[Doubt]]:
    """The newest answer of one cell of one measure, if it is one; and what is doubtful about it."""

    def doubt(weight: str, kind: str, of: list[Given], says: str, ask: str) -> Doubt:
        places = "、".join(dict.fromkeys(f"{one.file} {one.locator}" for one in of))
        return Doubt(weight, kind, asked["department"], asked["measure"], of[0].column.heading, places, says, ask)

    filled = [one for one in given if one.read.value or one.read.fault]
    if not filled:
        return None, []
    newest = max(one.round for one in filled)
    of_newest = [one for one in filled if one.round == newest]
    faults = [one for one in of_newest if one.read.fault]
    if faults:
        return None, [doubt(OPEN, "unreadable", [one], one.read.fault, ASK_AGAIN) for one in faults]
    if len({one.read.value for one in of_newest}) > 1:
        said = "、".join(f"{one.file} {one.locator} は「{quoted(one.typed)}」" for one in of_newest)
        is_one_file = len({one.source_id for one in of_newest}) == 1
        which = (
            "要らないシートや行を消して、送り直してもらう"
            if is_one_file
            else "使わないファイルは gyokaku collect --drop で除く"
        )
        ask = f"どちらが正しいかを聞く。{which}"
        return None, [doubt(OPEN, "contradicts", of_newest, f"回答が食い違う: {said}", ask)]
    chosen = of_newest[0]
    says = (
        [doubt(TOLD, "read_as", [chosen], chosen.read.note, "この読み方でよいか確かめる")] if chosen.read.note else []
    )
    earlier = [one for one in filled if one.round < newest and one.read.value not in {"", chosen.read.value}]
    if earlier:
        before = max(earlier, key=lambda one: one.round)
        what = f"前の回答「{quoted(before.typed)}」（{before.file}）から変わった"
        says.append(doubt(TOLD, "changed", [chosen], what, "新しいほうが正しいか確かめる"))
    later = [one for one in given if one.round > newest]
    if later:
        says.append(
            doubt(
                TOLD,
                "blank",
                later,
                f"新しい回答では空欄。前の回答の「{quoted(chosen.typed)}」を使った",
                "取り消すのか確かめる",
            )
        )
    return chosen, says


def _lacking(measures: Measures, reader: Reader) -> list[Doubt]:
    """What nobody has answered: a department altogether, a measure, or a cell of it."""
    needed = [column for column in terms.COLUMNS if reader.about.stage in column.needed_in]
    given_of: dict[str, list[Given]] = {}
    for given in reader.given:
        given_of.setdefault(given.measure_id, []).append(given)
    touched = given_of.keys()
    filled = {(one.measure_id, one.column.key) for one in reader.given if one.read.value or one.read.fault}
    answered_or_told = filled | reader.told
    silent = dict.fromkeys(row["department"] for row in measures.rows.values())
    for one, _ in filled | {told for told in reader.told if told[1]}:
        silent.pop(measures.rows[one]["department"], None)
    found = []
    for department in silent:
        of_it = [one for one, row in measures.rows.items() if row["department"] == department]
        files = "、".join(dict.fromkeys(given.file for one in of_it for given in given_of.get(one, [])))
        says = f"様式は返ってきたが、記入がない（{len(of_it)}件）" if files else f"回答がない（{len(of_it)}件）"
        nothing = (NOT_APPLICABLE, NOT_APPLICABLE, files or NOT_APPLICABLE)
        found.append(Doubt(OPEN, "not_answered", department, *nothing, says, "回答を求める"))
    for one, row in measures.rows.items():
        if row["department"] in silent or ((one, "") in reader.told and one not in touched):
            continue
        # What is given but cannot be read, contradicts, or stands in a column that is not read has its own doubt.
        lacks = [column for column in needed if (one, column.key) not in answered_or_told]
        if not lacks:
            continue
        heads = "・".join(column.heading for column in lacks)
        places = "、".join(
            dict.fromkeys(f"{given.file} {given.locator}" for given in given_of.get(one, []) if given.column in lacks)
        )
        says = f"「{heads}」が空欄" if one in touched else "この取組の行がない"
        found.append(
            Doubt(
                OPEN,
                "blank",
                row["department"],
                row["measure"],
                heads,
                places or NOT_APPLICABLE,
                says,
                "記入してもらう",
            )
        )
    return found


def _misplaced_words(asked: dict[str, str], reasons: list[Given], answers: dict[str, Given]) -> list[Doubt]:
    """Words that were most likely meant for 説明, written where a reason is chosen."""
    if terms.WORDS.key in answers or not any(len(one.typed) > LONG_FOR_A_REASON for one in reasons):
        return []
    places = "、".join(dict.fromkeys(f"{one.file} {one.locator}" for one in reasons))
    says = f"「{terms.WORDS.heading}」が空欄で、「{terms.WHY.heading}」の欄に長い言葉がある"
    ask = "説明の言葉なら、説明の欄に書いてもらう"
    return [Doubt(OPEN, "blank", asked["department"], asked["measure"], terms.WORDS.heading, places, says, ask)]


def _inconsistent(asked: dict[str, str], answers: dict[str, Given], plan: Plan, *, has_reason: bool) -> list[Doubt]:
    """Answers of one measure that do not go together; `has_reason` where a reason was given that cannot be read."""

    def doubt(weight: str, given: Given, item: str, says: str, ask: str) -> Doubt:
        return Doubt(
            weight,
            "inconsistent",
            asked["department"],
            asked["measure"],
            item,
            f"{given.file} {given.locator}",
            says,
            ask,
        )

    found = []
    graded, why = answers.get(terms.GRADED.key), answers.get(terms.WHY.key)
    if graded:
        grade = plan.grade(graded.read.value)
        is_late = grade.is_rated and not grade.achieved
        if is_late and not (why or has_reason):
            found.append(
                doubt(
                    OPEN,
                    graded,
                    terms.WHY.heading,
                    f"評価が {grade.code}（{grade.label}）なのに、「{terms.WHY.heading}」がない",
                    "理由を選んでもらう",
                )
            )
        if why and why.read.value == "unknown" and terms.WORDS.key not in answers:
            says = f"「{terms.WHY.heading}」が「その他」なのに、「{terms.WORDS.heading}」がない"
            found.append(doubt(OPEN, why, terms.WORDS.heading, says, "理由を「説明」に書いてもらう"))
        if why and not is_late:
            found.append(
                doubt(
                    TOLD,
                    why,
                    terms.WHY.heading,
                    f"評価が {grade.code}（{grade.label}）なのに、「{terms.WHY.heading}」がある",
                    "評価が正しいか確かめる",
                )
            )
    actual = answers.get(terms.ACTUAL.key)
    expected = _expected(asked, answers)
    if actual and actual.read.value == NOT_APPLICABLE and expected not in {"", NOT_APPLICABLE}:
        found.append(
            doubt(
                TOLD,
                actual,
                terms.ACTUAL.heading,
                f"効果見込額（{int(expected):,}{terms.UNIT}）があるのに、実績効果額が「対象外」",
                "0（効果がなかった）ではないか確かめる",
            )
        )
    for column in (terms.EXPECTED, terms.ACTUAL):
        given = answers.get(column.key)
        if given and given.read.value.startswith("-"):
            found.append(
                doubt(
                    TOLD,
                    given,
                    column.heading,
                    f"マイナスの額（{int(given.read.value):,}{terms.UNIT}）",
                    "減ったのか、記号の誤りか確かめる",
                )
            )
    return found


def _expected(asked: dict[str, str], answers: dict[str, Given]) -> str:
    """The amount expected, in 千円 as text: as answered in this stage, or as asked; empty where a word says why there is none."""
    given = answers.get(terms.EXPECTED.key)
    said = given.read.value if given else asked["expected"]
    return "" if said in TOKENS and said != NOT_APPLICABLE else said


def _of_size(measures: Measures, taken: dict[str, dict[str, Given]]) -> list[Doubt]:
    """Amounts that a slip of unit would explain: far from what was expected, or from all others together."""
    found = []
    actual = {one: answers[terms.ACTUAL.key] for one, answers in taken.items() if terms.ACTUAL.key in answers}
    amounts = {one: Fraction(given.read.value) for one, given in actual.items() if given.read.value not in TOKENS}
    total = sum(abs(amount) for amount in amounts.values())
    for one, amount in amounts.items():
        asked, given = measures.rows[one], actual[one]
        expected = _expected(asked, taken[one])
        others = total - abs(amount)
        says = ""
        if expected not in {"", NOT_APPLICABLE} and amount and (sent := abs(Fraction(expected))):
            ratio = abs(amount) / sent
            if ratio >= FAR_FROM_EXPECTED or ratio <= Fraction(1, FAR_FROM_EXPECTED):
                times = f"{int(ratio):,}倍" if ratio >= 1 else f"{int(1 / ratio):,}分の1"
                says = f"実績 {int(amount):,}{terms.UNIT} は、見込み {int(sent):,}{terms.UNIT} の{times}"
        if not says and others and abs(amount) > FAR_FROM_OTHERS * others and len(amounts) > FAR_FROM_OTHERS:
            says = f"実績 {int(amount):,}{terms.UNIT} は、ほかの{len(amounts) - 1}件の計の{FAR_FROM_OTHERS}倍を超える"
        if says:
            found.append(
                Doubt(
                    TOLD,
                    "size",
                    asked["department"],
                    asked["measure"],
                    terms.ACTUAL.heading,
                    f"{given.file} {given.locator}",
                    says,
                    f"{terms.UNIT}で記入したか（円や百万円ではないか）を聞く",
                )
            )
    return found


def _answers(measures: Measures, taken: dict[str, dict[str, Given]]) -> pd.DataFrame:
    rows = [
        {
            "measure_id": one,
            "measure": row["measure"],
            "department": row["department"],
            "item": column.key,
            "value": given.read.value,
            "file": given.file,
            "source_id": given.source_id,
            "locator": given.locator,
            "typed": given.typed,
        }
        for one, row in measures.rows.items()
        for column in terms.ANSWERED
        if (given := taken.get(one, {}).get(column.key))
    ]
    return pd.DataFrame(rows, columns=list(ANSWERS.columns), dtype=str)


def _doubts(doubts: list[Doubt], measures: Measures) -> pd.DataFrame:
    """What is open first; then by department as asked, and by measure."""
    rows = measures.rows.values()
    departments = {name: at for at, name in enumerate(dict.fromkeys(row["department"] for row in rows))}
    names = {row["measure"]: at for at, row in enumerate(rows)}

    def place(doubt: Doubt) -> tuple:
        of_department = departments.get(doubt.department, len(departments))
        return doubt.weight != OPEN, of_department, names.get(doubt.measure, -1)

    return pd.DataFrame(sorted(dict.fromkeys(doubts), key=place), columns=list(DOUBTS.columns), dtype=str)


def register(asked: pd.DataFrame, answers: pd.DataFrame, *, stage: str) -> pd.DataFrame:
    """The register as answered so far, as `REGISTER`: a row for each measure with an answer; nothing stands for what lacks.

    What was not asked yet is `not_due`, what was asked and is not answered `not_registered`.
    """
    said: dict[str, dict[str, dict]] = {}
    for row in answers.to_dict("records"):
        said.setdefault(row["measure_id"], {})[row["item"]] = row
    rows = []
    absent = "not_due" if stage == terms.PLAN else "not_registered"
    for row in asked.to_dict("records"):
        given = said.get(row["measure_id"])
        if not given:
            continue
        value = {item: one["value"] for item, one in given.items()}
        why = REASONS.get(value.get(terms.WHY.key, ""))
        place = next(
            given[column.key] for column in (terms.GRADED, terms.ACTUAL, *terms.ANSWERED) if column.key in given
        )
        rows.append(
            {
                "measure_id": row["measure_id"],
                "measure": row["measure"],
                "policy_id": row["policy_id"],
                "promotion_item": row["promotion_item"],
                "department": row["department"],
                "grade": value.get(terms.GRADED.key, absent),
                **_amount("expected", value.get(terms.EXPECTED.key, row["expected"])),
                **_amount("actual", value.get(terms.ACTUAL.key, absent)),
                "reason": value.get(terms.WORDS.key) or why or "not_registered",
                "source_id": place["source_id"],
                "locator": place["locator"],
                "quote": place["typed"],
                "status": "stated",
            }
        )
    return pd.DataFrame(rows, columns=list(REGISTER.columns), dtype=str)


def _amount(kind: str, value: str) -> dict[str, str]:
    is_zero = value not in TOKENS and not Fraction(value)
    meaning = "measured_zero" if is_zero else "not_applicable"
    return {f"{kind}_amount": value, f"{kind}_unit": terms.UNIT, f"{kind}_zero_meaning": meaning}


def changed(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """What a new collecting changed, a line each: a new answer, another one, or one that went."""
    heads = {column.key: column.heading for column in terms.ANSWERED}
    old, new = ({(row["measure_id"], row["item"]): row for row in one.to_dict("records")} for one in (before, after))
    lines = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        if was and now and was["value"] == now["value"]:
            continue
        row = now or was
        says = f"「{quoted(was['typed'])}」→" if was else ""
        says += f"「{quoted(now['typed'])}」（{now['file']} {now['locator']}）" if now else "なし"
        if was:
            lines.append(f"{row['department']} {row['measure']} {heads[row['item']]}: {says}")
    return lines
