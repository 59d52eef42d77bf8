"""The three tables of a document that is read whole: grades by policy, effects by policy, and the plans around this one."""

import json
import re
from collections.abc import Iterator

from helpers.intake.ledger import ORIGINAL, PLAN, WRONG, Ledger
from helpers.intake.parts import Part
from helpers.intake.passage import Passage, wording
from helpers.terms import UNITS_IN_YEN, Grade, Refusal, fiscal_years, quoted, wareki, without_years, years_named
from helpers.terms.folded import number, squeezed
from helpers.terms.layout import STATED, Column, TableLayout
from helpers.terms.tables import KINDS

TOTAL, IGNORED = "合計", "ignored"
# Behind a unit only how it was rounded may stand: 千円、百万円未満四捨五入.
_UNIT = re.compile(
    r"単位[::は]?([^()〔〕、。]*)(?:[、。][^()〔〕]*(?:四捨五入|切り?捨て|切り?上げ|端数処理)[^()〔〕]*)?(?=[)〕]|$)"
)
_NAMED_UNIT = re.compile(rf"(?:{'|'.join(sorted(UNITS_IN_YEN, key=len, reverse=True))})")
_IN_BRACKETS = re.compile(rf"[(〔](?:単位[::は]?)?({_NAMED_UNIT.pattern})[)〕]")

# Of a row or column of amounts: of another year than the one being registered, or of several.
NOT_OF_THE_YEAR = re.compile("前年|昨年|前々年|次年|来年|翌年|前回|次回|累計|通算|中間|速報|月末|四半期|半期")
_TOTALS = {TOTAL, "計", "総計", "総合計"}
_POLICY = re.compile(r"(?:基本方針)?\s*([0-9]{1,3})\s*[.:)、]?\s*(.+)")
_LIKE_A_PERIOD = re.compile("[0-9元一二三四五六七八九十][^0-9]*[~-]|[~-].*[0-9]|[A-Z][0-9]+[A-Z][0-9]")
_BRACKETED = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)")


def grades(table: Part, ledger: Ledger) -> None:
    """Measures by policy and grade, and the totals that are printed beside and below."""
    _check_years(table, ledger)
    header = table.passages[0].cells()
    columns = [_column(cell, table.layout, ledger) for cell in header[1:]]
    _check_columns(columns, table, ledger)
    for policy_id, row in _rows(table, ledger):
        if policy_id in {old["policy_id"] for old in ledger.rows["grade_counts"]}:
            ledger.fault(row[0], f"この基本方針は評価の表に二度あります。{ORIGINAL}")
            continue
        for cell, column in zip(row[1:], columns, strict=True):
            if column == IGNORED:
                continue
            count = number(cell.text)
            if count is None or not count.isdigit():
                ledger.fault(cell, f"件数として読めません。0以上の整数に、{ORIGINAL}")
            elif column == TOTAL and policy_id:
                ledger.state(
                    cell, "measures", PLAN if policy_id == TOTAL else ("policy", policy_id), count, "件", "equal"
                )
            elif isinstance(column, Grade) and policy_id == TOTAL:
                ledger.state(cell, "measures_by_grade", ("grade", column.code), count, "件", "equal")
            elif isinstance(column, Grade) and policy_id:
                name = ledger.plan.policy(policy_id).name
                ledger.add("grade_counts", cell, policy_id, name, column.code, column.label, count)


def _check_columns(columns: list[Grade | str | None], table: Part, ledger: Ledger) -> None:
    """Each grade and the total heads one column, and the grades stand in the order of the scale: else headings have slipped."""
    for grade in [*ledger.plan.grades, TOTAL]:
        if columns.count(grade) != 1:
            what = "合計" if grade == TOTAL else f"評価 {grade.code}（{grade.label}）"
            ledger.fault(table.first, f"{what}の欄が一つではありません。{ORIGINAL}")
    orders = [column.order for column in columns if isinstance(column, Grade)]
    if orders not in (sorted(orders), sorted(orders, reverse=True)):
        says = "評価の欄が、良い順にも悪い順にも並んでいません。見出しと件数の列がずれていないか"
        ledger.fault(table.first, f"{says}、{ORIGINAL}")


def _names_unit(line: Passage) -> bool:
    """Whether a line says in which unit the amounts of the next table are: （単位：千円）, 実績効果額（百万円）."""
    return bool(re.search("単位(?!未満)|金額は[百千万億]*円(?!未満)", line.key) or _IN_BRACKETS.search(line.key))


def unit_lines(paragraph: Part, below: str, ledger: Ledger) -> list[Passage]:
    """The lines that name a unit; below the table of effects none may name another than it was read in."""
    found = [line for line in paragraph.passages if _names_unit(line)]
    above = {row["unit"] for row in ledger.rows["effects"] if row["scope"] == "policy"}
    for line in found if below == "effects" and above else []:
        if _one_unit(line) not in above:
            ledger.fault(line, f"上の表の単位（{'・'.join(above)}）と違います。{ORIGINAL}")
    return found


def effects(table: Part, units: list[Passage], ledger: Ledger) -> None:
    """Expected and actual effect by policy, two rows each, the policy named on the first; and their totals."""
    _check_years(table, ledger)
    column = _amounts_column(table, ledger)
    if column is None:
        return
    in_yen = _unit(table, units, ledger)
    found: dict[tuple[str, str], Passage] = {}
    kind_at = table.layout.at("kind")
    in_parentheses = table.layout.columns[table.layout.at("amount")].in_parentheses
    for policy_id, row in _rows(table, ledger):
        cell, named = row[column - 1], row[kind_at]
        kinds = [kind for word, kind in (("見込", "expected"), ("実績", "actual")) if word in named.key]
        if len(kinds) != 1 or NOT_OF_THE_YEAR.search(named.key):
            ledger.fault(named, f"この年度の「効果見込額」か「実績効果額」の行として読めません。{ORIGINAL}")
            continue
        amount = _amount(cell, kinds[0], in_parentheses, ledger)
        if not policy_id:
            continue
        if first := found.get((policy_id, kinds[0])):
            ledger.fault(cell, f"同じ金額が {first.where}にもあります。{ORIGINAL}")
        elif amount and in_yen and policy_id == TOTAL:
            ledger.state(cell, f"{kinds[0]}_effect", PLAN, amount, in_yen, "equal")
        elif amount and in_yen:
            add_effect(
                ledger, cell, ("policy", policy_id, ledger.plan.policy(policy_id).name), kinds[0], amount, in_yen
            )
        found.setdefault((policy_id, kinds[0]), cell)
    for (policy_id, kind), cell in found.items():
        other = "actual" if kind == "expected" else "expected"
        if (policy_id, other) not in found:
            ledger.fault(cell, f"{KINDS[kind]}だけがあり、{KINDS[other]}の行がありません。{ORIGINAL}")


def _amounts_column(table: Part, ledger: Ledger) -> int | None:
    """Which cell of a row is the amount, 1 the leftmost: the total's, or the only one."""
    header = table.passages[0].cells()[2:]
    heading = next(column.heading for column in table.layout.columns if column.holds == "amount")
    named = {squeezed(heading), *(_TOTALS if squeezed(heading) in _TOTALS else ())}
    columns = [cell for cell in header if cell.key in named]
    known = {squeezed(column.heading) for column in table.layout.columns}
    for cell in header if len(columns) == 1 else []:
        if cell not in columns and cell.key not in known:
            line = Column(cell.words, "ignored").line
            ledger.fault(
                cell,
                f"layout.toml にない欄です。読まなくてよい欄なら、effects の表の columns に {line} を加えてください",
            )
    columns = columns or header
    if len(columns) != 1:
        ledger.fault(table.first, f"金額の欄が一つに決まりません。「{heading}」の欄を一つにするよう、{ORIGINAL}")
        return None
    if columns[0].key not in named:
        says = (
            f"金額の欄の見出しが「{columns[0].words}」で、この年度の効果額の欄「{heading}」（layout.toml）と読めません"
        )
        ledger.fault(table.first, f"{says}。{WRONG}")
    return columns[0].column


def add_effect(
    ledger: Ledger,
    place: Passage,
    of: tuple[str, str, str],
    kind: str,
    amount: str,
    unit: str,
    rounding: str = "exact",
    *,
    zero: str = "unknown",
) -> None:
    """Adds a row of `effects`. Documents seldom say what a zero means; a total is exact in its printed unit."""
    ledger.add("effects", place, *of, kind, amount, unit, rounding, "not_applicable" if float(amount) else zero)


def links(table: Part, parents: set[str], ledger: Ledger) -> None:
    """Reads the linked plans; a period only where words state it, since the bars of the chart are lost in a text."""
    named: set[str] = set()
    family: Passage | None = None
    _check_span(table, ledger)
    for first, *cells in (row.cells() for row in table.passages[1:]):
        family = first if first.text or not family else family  # a cell merged downwards holds its words once
        for cell in (cell for cell in cells if cell.text):
            if f"{family.key}\t{cell.key}" in named:
                ledger.fault(cell, f"同じ計画が二度あります。{ORIGINAL}")
            named |= {family.key, f"{family.key}\t{cell.key}", _link(family, cell, parents, ledger)}
    for parent in parents - named:
        ledger.fault(table.first, f"「{quoted(parent)}との整合」とありますが、その計画がこの表にありません。{ORIGINAL}")


def _check_span(table: Part, ledger: Ledger) -> None:
    """The years over the plans follow one another and take in those of the plan: else they have slipped."""
    header = table.passages[0].cells()
    years = [one.year for cell in header[1:] for one in years_named(cell.key)]
    is_in_turn = years == list(range(years[0], years[0] + len(years)))
    if not is_in_turn or not set(ledger.plan.years) <= set(years):
        says = f"年度の見出しが、{ledger.plan.full_name}の期間（{ledger.plan.period}）を順に含んでいません"
        ledger.fault(table.first, f"{says}。{ORIGINAL}")


def _link(family: Passage, cell: Passage, parents: set[str], ledger: Ledger) -> str:
    """Adds the plan in a cell and returns its name."""
    if cell.text.startswith("※"):
        relation = "absorbed" if re.search("取り?込|統合|吸収", cell.key) else "parallel"
        ledger.add("linked_plans", cell, family.words, *["not_applicable"] * 4, relation, cell.words)
        return cell.key
    period = next((hit for hit in _BRACKETED.finditer(cell.text) if _is_period(hit[1])), None)
    if any(_is_one_year(hit[1]) for hit in _BRACKETED.finditer(cell.text)):
        ledger.fault(cell, f"（ ）の中が期間として読めません。(R5~R9) のように、{ORIGINAL}")
    name = cell[: period.start()] + cell[period.end() :] if period else cell
    names = {family.key, name.key}
    relation = "parent" if names & parents else "parallel"
    relation = "self" if squeezed(ledger.plan.name) in names else relation
    try:
        years = [*map(str, fiscal_years(period[1])), "stated"] if period else ["not_stated"] * 3
        if period and not set(range(int(years[0]), int(years[1]) + 1)) & set(ledger.plan.years):
            says = f"期間（{period[1]}）が{ledger.plan.full_name}の期間（{ledger.plan.period}）と一年も重なりません"
            ledger.fault(cell, f"{says}。{ORIGINAL}")
        ledger.add("linked_plans", cell, family.words, name.words, *years, relation, "")
    except Refusal as refusal:
        ledger.fault(cell, f"{refusal}{ORIGINAL}")
    return name.key


def _is_period(words: str) -> bool:
    """Whether words in brackets are meant as a period, well or badly spelt: two years, or a number and a dash; R5改定 is none."""
    return len({one.year for one in years_named(words)}) > 1 or bool(_LIKE_A_PERIOD.search(words))


def _is_one_year(words: str) -> bool:
    """Whether words in brackets are a year alone, of which nobody knows whether it is the first or the last: R5, 令和5年度."""
    return len(years_named(words)) == 1 and not without_years(words).strip("年度 ")


def policy(cell: Passage, ledger: Ledger) -> str | None:
    """The id of the policy that the words name, if `plan.toml` has it under that name."""
    found = _POLICY.fullmatch(cell.text)
    if not found:
        ledger.fault(cell, f"「1 行政サービスの最適化」のような、基本方針の番号と名称として読めません。{ORIGINAL}")
        return None
    policy_id, name = str(int(found[1])), cell[found.start(2) :]
    known = {policy.id: policy.name for policy in ledger.plan.policies}
    if squeezed(known.get(policy_id, "")) == name.key:
        return policy_id
    if policy_id in known:
        ledger.fault(
            cell,
            f"番号{policy_id}の基本方針は、plan.toml では「{known[policy_id]}」です。"
            f"名称が改まったのなら plan.toml の name を直し、そうでなければ資料を{ORIGINAL}",
        )
        return None
    words = json.dumps(name.words, ensure_ascii=False)
    lines = f'[[policies]]\nid = "{policy_id}"\nname = {words}\nshort_name = {words}\nname_en = "Policy {policy_id}"'
    if not any(fault.endswith(lines) for fault in ledger.faults):
        ledger.fault(
            cell,
            f"{ledger.plan.id} の plan.toml にない基本方針です。加わったのなら次の5行を plan.toml に加えてください",
        )
        ledger.faults[-1] += f"\n{lines}"
    return None


def _rows(table: Part, ledger: Ledger) -> Iterator[tuple[str | None, list[Passage]]]:
    """The rows below the header, each with its policy (or `TOTAL`); a merged cell names the policy once for several rows."""
    header, *rows = (row.cells() for row in table.passages)
    if not any(row[0].key in _TOTALS for row in rows):
        ledger.fault(table.first, f"この表に合計の行がありません。写し漏れがないか、{ORIGINAL}")
    policy_id = None
    in_plan = [policy.id for policy in ledger.plan.policies]
    at = -1
    for row in rows:
        if row[0].text:
            policy_id = TOTAL if row[0].key in _TOTALS else policy(row[0], ledger)
            place = in_plan.index(policy_id) if policy_id in in_plan else at
            if place < at:
                says = "基本方針の行が番号の順に並んでいません。名称と数の行がずれていないか"
                ledger.fault(row[0], f"{says}、{ORIGINAL}")
            at = place
        if len(row) == len(header):
            yield policy_id, row
        else:
            ledger.fault(row[0], f"この行の欄は {len(row)} で、見出しの {len(header)} と合いません。{ORIGINAL}")


def _labels(table: Part) -> list[Passage]:
    """The cells that say what the others are: the whole header, and the first two of each row."""
    header, *rows = (row.cells() for row in table.passages)
    return [*header, *(cell for row in rows for cell in row[:2] if number(cell.text) is None)]


def _check_years(table: Part, ledger: Ledger) -> None:
    for cell in _labels(table):
        for year in {one.year for one in years_named(cell.key)} - {ledger.fiscal_year}:
            ledger.fault(
                cell, f"{wareki(year)}の値です。{wareki(ledger.fiscal_year)}のものとして登録しません。{ORIGINAL}"
            )


def _column(cell: Passage, layout: TableLayout, ledger: Ledger) -> Grade | str | None:
    """What a column holds by its heading: a grade, `TOTAL` or `IGNORED`; a grade may also be headed as `plan.toml` calls it."""
    words = wording(cell.text)
    column = next((column for column in layout.columns if wording(column.heading) == words), None)
    if cell.key in _TOTALS or (column and column.holds == "rated"):
        return TOTAL
    if column and column.holds == "ignored":
        return IGNORED
    has_each = layout.at("each_grade") is not None
    laid_out = {column.grade for column in layout.columns}
    for grade in ledger.plan.grades:
        label, code = wording(grade.label), wording(grade.code)
        if (column and column.grade == grade.code) or (
            (has_each or grade.code in laid_out) and words in {label, code, code + label}
        ):
            return grade
        if re.match(rf"{re.escape(code)}(?![A-Za-z0-9])", words):
            ledger.fault(cell, f"plan.toml では、評価 {grade.code} は「{grade.label}」です。どちらかを直してください")
            return grade
    codes = "・".join(grade.code for grade in ledger.plan.grades)
    code = re.match(r"[A-Za-z0-9]+|[^\w\s]+", cell.text)
    line = Column(cell.words, "grade", code[0] if code else cell.words).line
    says = f"plan.toml の評価（{codes}）でも合計でもない欄です。評価が加わったのなら、plan.toml に [[grades]] を、layout.toml の grades の表の "
    ledger.fault(
        cell, f"{says}columns に {line} を加えてください（読まなくてよい欄なら {Column(cell.words, 'ignored').line}）"
    )
    return None


def _amount(cell: Passage, kind: str, in_parentheses: str, ledger: Ledger) -> str | None:
    """The amount in plain digits; where the layout sets a kind apart by parentheses, that kind and no other stands in them."""
    inside = re.fullmatch(r"\((.*)\)", cell.text)
    if bool(inside) != (kind == in_parentheses):
        says = f"{KINDS[kind]}なのに（ ）が{'付いています' if inside else 'ありません'}"
        means = "この資料の（ ）は見込みの印" if in_parentheses else "この資料の金額に（ ）は付かないはず"
        ledger.fault(cell, f"{says}。{means}で、負の値は △ です。{ORIGINAL}")
        return None
    amount = number(cell[1:-1].text if inside else cell.text)
    if amount is None:
        ledger.fault(cell, f"金額として読めません。桁区切りは3桁ごと、負は △ で、{ORIGINAL}")
    return amount


def _unit(table: Part, units: list[Passage], ledger: Ledger) -> str | None:
    """The unit that the lines above the table name, one and the same; nothing, and a fault, where they do not."""
    if not any("単位" in line.key for line in units):
        ledger.fault(table.first, f"この表の前に（単位：千円）のような行がありません。{ORIGINAL}")
        return None
    named = {line: _one_unit(line) for line in units}
    for line, unit in named.items():
        if unit not in UNITS_IN_YEN:
            ledger.fault(line, f"金額の単位として読めません。{'・'.join(UNITS_IN_YEN)} のどれか一つに、{ORIGINAL}")
            return None
    first, unit = next(iter(named.items()))
    others = list(named.items())
    others += [(cell, hit[1]) for cell in _labels(table) if (hit := _IN_BRACKETS.search(cell.key))]
    for place, other in others:
        if other != unit:
            ledger.fault(place, f"金額の単位が、{first.where}の「{unit}」と違います。{ORIGINAL}")
            return None
    if table.layout.unit not in {STATED, unit}:
        ledger.fault(first, f"この表の金額の単位が、layout.toml では「{table.layout.unit}」です。{WRONG}")
        return None
    return unit


def _one_unit(line: Passage) -> str:
    """The unit a line names; empty where it names none, or more than one."""
    found = [hit[1] for hit in _UNIT.finditer(line.key)] if "単位" in line.key else []
    found += [hit[1] for hit in _IN_BRACKETS.finditer(line.key)]
    found += [
        hit[0] for hit in _NAMED_UNIT.finditer(line.key) if hit[0] != "円" and line.key[hit.end() :][:2] != "未満"
    ]
    return found[0] if len(set(found)) == 1 else ""
