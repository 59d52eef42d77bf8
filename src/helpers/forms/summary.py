"""The register of a year → the summary to publish (取組結果（概要）), in the shape of the one of FY2024.

Counts and sums are the register's and exact; main items are rounded as the summary itself says. Nothing is claimed that is not
exactly true: no 8割程度, and no word of above or below where nothing was expected.
"""

from collections.abc import Iterator

import pandas as pd

from helpers import notation
from helpers.forms.featured import UNIT, check, in_millions, rounded
from helpers.forms.parts import Cell, Heading, Item, Listing, Paragraph, Part, Said, Summary, Table, one_line
from helpers.terms import UNITS_IN_YEN, Plan, Refusal, quoted, short_wareki, wareki
from helpers.terms.records import records
from helpers.terms.tables import KINDS, LINKED_PLANS, TOKENS
from helpers.terms.words import told_first

TOTAL = "合計"
PROPOSED = "※ 案：主な取組は規則による候補です（featured.csv で選ぶと、この行は消えます）。"
ROUNDED = f"※ 金額は{UNIT}未満四捨五入"
WITHOUT_AMOUNT = "※ 金額のない取組（記載のないもの、対象外のもの）は、合計に入れていません。"
# A month that is filled in by hand: no year and no month that could be read as one.
TO_FILL_IN = "令和　　年　　月"
_LISTS = {
    "exceeded": "◎ 計画以上に進捗している主な取組",
    "behind": "■ 計画のとおり進捗していない主な取組",
    "effect": "○ 実績効果額を計上している主な取組",
}
# An amount that is missing for one of these is no effect; for another reason it is yet to be asked for.
NO_EFFECT = {"not_applicable", "not_stated"}
_MARKED = {"expected": ("(効果見込額) a", "({})"), "actual": ("実績効果額 b", "{}")}


def summary(
    register: pd.DataFrame,
    *,
    plan: Plan,
    fiscal_year: int,
    featured: pd.DataFrame,
    linked_plans: pd.DataFrame | None = None,
    graded_against: str = "",
    published: str = "",
    published_by: str = "",
) -> Summary:
    """The summary of a year.

    Args:
        register: As `read.register` gives it.
        plan: Whose results they are.
        fiscal_year: Of the results.
        featured: The measures that lists name, as `read.featured` gives them.
        linked_plans: The plans around this one, from the facts of the year before; without them that table is left out.
        graded_against: What the grades measure, in the words of the year before.
        published: Month of publication, `2026-08`; a place to fill in where it is not known.
        published_by: Department and section.

    Raises:
        Refusal: A measure has no grade or an amount is yet to come; a sum is not whole in the plan's unit; a list names a
            measure wrongly. All faults at once.

    Source:
        令和6年度取組結果（概要）.
    """
    faults = told_first(_faults(register, plan))
    if faults:
        raise Refusal(*faults)
    unit = plan.effect_unit or "千円"
    faults = told_first(_not_whole(register, plan, unit))
    if faults:
        raise Refusal(*faults)
    check(featured, register, plan=plan)
    links = _no_links() if linked_plans is None else linked_plans
    year, lists = wareki(fiscal_year), _lists(featured, register)
    counts, amounts = _counts(register, plan), _amounts(register, plan)
    is_proposed = bool((featured["basis"] == "proposed").any())
    is_without = register[[f"{kind}_yen" for kind in KINDS]].isna().to_numpy().any()
    pages = [
        *_opening(plan, published, published_by, is_proposed=is_proposed),
        *_links(links, plan),
        Heading(f"{plan.name}の取組結果の概要（{year}①）", 1),
        Heading(f"達成状況（{graded_against}）" if graded_against else "達成状況", 2),
        Paragraph(_achieved_claim(counts, plan), "claim"),
        _grades(counts, plan),
        *_listed(lists, "exceeded", "behind"),
        Heading(f"{plan.name}の取組結果の概要（{year}②）", 1),
        Heading("実績効果額（効果見込額との比較）", 2),
        *([Paragraph(claim, "claim")] if (claim := _effect_claim(amounts)) else []),
        Paragraph(f"（単位：{unit}）", "unit"),
        _effects(amounts, plan, unit),
        *([Paragraph(WITHOUT_AMOUNT, "note")] if is_without else []),
        *_listed(lists, "effect"),
        *([Paragraph(ROUNDED, "note")] if lists["effect"] else []),
    ]
    grades = dict(zip(register["measure_id"], register["grade"], strict=True))
    said = Said(
        counts=counts,
        amounts=amounts,
        items={
            item.measure_id: in_millions(_yen_of(register, item.measure_id)) * UNITS_IN_YEN[UNIT]
            for item in lists["effect"]
        },
        grades={item.measure_id: grades[item.measure_id] for listed in lists.values() for item in listed},
        stated=[*_stated(counts, amounts, plan, unit)],
        linked_plans=[_link(row) for row in records(links)],
    )
    return Summary(
        f"{plan.full_name.replace(' ', '')}の{year}取組結果（概要）について",
        fiscal_year,
        tuple(pages),
        said,
        is_proposed,
    )


def without_amount(register: pd.DataFrame) -> list[str]:
    """The names of the measures of which an amount is not stated or not applicable, so that it is in no sum."""
    missing = register[[f"{kind}_yen" for kind in KINDS]].isna().any(axis="columns")
    return register.loc[missing, "measure"].tolist()


def _no_links() -> pd.DataFrame:
    return pd.DataFrame(columns=list(LINKED_PLANS.columns), dtype=str)


def _faults(register: pd.DataFrame, plan: Plan) -> Iterator[str]:
    """What is yet to be asked of a department, or is of another plan."""
    if register.empty:
        yield "register.csv に取組が一つもありません。台帳を確かめてください。"
    codes, policies = {grade.code for grade in plan.grades}, {policy.id for policy in plan.policies}
    for row in records(register):
        where = f"register.csv {row.Index}行「{quoted(row.measure)}」"
        if row.policy_id not in policies:
            yield f"{where}: 基本方針 {quoted(row.policy_id)} が plan.toml にありません。どちらかを直してください。"
        if row.grade in TOKENS:
            yield f"{where}: 評価がまだありません（{TOKENS[row.grade]}）。{quoted(row.department)}に評価を聞いてください。"
        elif row.grade not in codes:
            yield f"{where}: 評価 {quoted(row.grade)} が plan.toml にありません。どちらかを直してください。"
        for kind, name in KINDS.items():
            amount = getattr(row, f"{kind}_amount")
            if amount in TOKENS and amount not in NO_EFFECT:
                yield (
                    f"{where}: {name}がまだありません（{TOKENS[amount]}）。{quoted(row.department)}に金額を聞くか、"
                    "金額のない取組なら not_applicable にしてください。"
                )


def _not_whole(register: pd.DataFrame, plan: Plan, unit: str) -> Iterator[str]:
    """Sums that the table cannot print exactly: a published sum is never rounded, for then its rows would not add up."""
    for (policy_id, kind), yen in _amounts(register, plan).items():
        if yen % UNITS_IN_YEN[unit]:
            of_policy = register[register["policy_id"] == policy_id]
            odd = of_policy[(of_policy[f"{kind}_yen"] % UNITS_IN_YEN[unit] != 0).fillna(value=False)]
            rows = "・".join(f"{line}行「{quoted(measure)}」" for line, measure in odd["measure"].head(3).items())
            yield (
                f"register.csv の基本方針{policy_id}の{KINDS[kind]}の計 {notation.decimal(yen)}円は、{unit}で割り切れず、表に正確に"
                f"書けません（{rows}）。金額を{unit}単位に直すか、円で公表するなら plan.toml の effect_unit を 円 にしてください。"
            )


def _counts(register: pd.DataFrame, plan: Plan) -> dict[tuple[str, str], int]:
    held = register.groupby(["policy_id", "grade"]).size()
    places = [(policy.id, grade.code) for policy in plan.policies for grade in _scale(plan)]
    return {place: int(held.get(place, 0)) for place in places}


def _scale(plan: Plan) -> list:
    """The grades, the best first."""
    return sorted(plan.grades, key=lambda grade: grade.order)


def _amounts(register: pd.DataFrame, plan: Plan) -> dict[tuple[str, str], int]:
    """Yen by policy and kind; what has no amount adds nothing."""
    found = {}
    for policy in plan.policies:
        of_policy = register[register["policy_id"] == policy.id]
        for kind in KINDS:
            found[policy.id, kind] = sum(int(yen) for yen in of_policy[f"{kind}_yen"].dropna())
    return found


def _yen_of(register: pd.DataFrame, measure_id: str) -> int:
    return int(register.loc[register["measure_id"] == measure_id, "actual_yen"].iloc[0])


def _opening(plan: Plan, published: str, published_by: str, *, is_proposed: bool) -> Iterator[Part]:
    year, _, number = published.partition("-")
    yield Paragraph(f"{wareki(int(year)).removesuffix('度')}{int(number)}月" if published else TO_FILL_IN, "dated")
    if published_by:
        yield Paragraph(one_line(published_by), "published_by")
    if is_proposed:
        yield Paragraph(PROPOSED, "proposed")
    yield Heading(f"{plan.name}の概要について", 1)
    if plan.philosophy:
        yield Paragraph(f"【基本理念】{one_line(plan.philosophy)}")
    many = len(plan.policies)
    yield Heading(f"{many}{'つ' if many < 10 else ''}の基本方針", 2)  # noqa: PLR2004 — from ten on Japanese has no つ
    for policy in plan.policies:
        yield Paragraph(f"{policy.id}. {policy.name}", "numbered")


def _links(links: pd.DataFrame, plan: Plan) -> Iterator[Part]:
    """The plans around this one under the years of the plan, and before them the one that it must agree with."""
    if links.empty:
        return
    yield Heading("関連する計画", 2)
    for parent in _parents(links):
        yield Paragraph(f"基本理念 ← {parent}との整合")
    families = links["family"].tolist()
    rows = []
    for number, row in enumerate(records(links)):
        cell = Cell(_linked(row), across=len(plan.years))
        if number and families[number - 1] == row.family:
            rows.append((cell,))
            continue
        down = next((n for n, family in enumerate(families[number:]) if family != row.family), len(families) - number)
        rows.append((Cell(row.family, down=down), cell))
    yield Table("links", (Cell(""), *(Cell(short_wareki(year)) for year in plan.years)), tuple(rows))


def _parents(links: pd.DataFrame) -> list[str]:
    """What names the parent plans: a family that is of no other relation, or else the plan itself."""
    relations = links.groupby("family")["relation"].agg(set)
    parents = links[links["relation"] == "parent"]
    named = [row.family if relations[row.family] == {"parent"} else row.name for row in parents.itertuples(index=False)]
    return list(dict.fromkeys(named))


def _linked(row: tuple) -> str:
    if row.relation == "absorbed":
        return row.note
    if row.period_basis != "stated":
        return row.name
    return f"{row.name} ({short_wareki(int(row.first_fiscal_year))}〜{short_wareki(int(row.last_fiscal_year))})"


def _link(row: tuple) -> tuple[str, ...]:
    return row.family, row.name, row.first_fiscal_year, row.last_fiscal_year, row.relation, row.note


def _achieved(counts: dict[tuple[str, str], int], plan: Plan) -> int:
    achieved = {grade.code for grade in plan.grades if grade.achieved}
    return sum(count for (_, grade), count in counts.items() if grade in achieved)


def _achieved_claim(counts: dict[tuple[str, str], int], plan: Plan) -> str:
    labels = "か".join(f"「{grade.label}」" for grade in _scale(plan) if grade.achieved)
    total = notation.count(sum(counts.values()))
    return f"➤ 計画に位置付けた{total}の取組項目のうち、{notation.count(_achieved(counts, plan))}が{labels}の進捗結果に"


def _grades(counts: dict[tuple[str, str], int], plan: Plan) -> Table:
    scale = _scale(plan)

    def row(name: str, of: list[int]) -> tuple[Cell, ...]:
        return Cell(name), *(Cell(notation.decimal(count)) for count in (*of, sum(of)))

    rows = [row(f"{p.id} {p.name}", [counts[p.id, grade.code] for grade in scale]) for p in plan.policies]
    totals = [sum(counts[policy.id, grade.code] for policy in plan.policies) for grade in scale]
    headings = ("基本方針", *(f"{grade.code} {grade.label}" for grade in scale), TOTAL)
    return Table("grades", tuple(map(Cell, headings)), (*rows, row(TOTAL, totals)))


def _total(amounts: dict[tuple[str, str], int], kind: str) -> int:
    return sum(yen for (_, of), yen in amounts.items() if of == kind)


def _compared(amounts: dict[tuple[str, str], int]) -> str:
    """How the actual effect compares with the expected one, as `stated` has it; empty where nothing was expected."""
    expected, actual = _total(amounts, "expected"), _total(amounts, "actual")
    if expected <= 0:
        return ""
    return "equal" if actual == expected else "above" if actual > expected else "below"


def _effect_claim(amounts: dict[tuple[str, str], int]) -> str:
    how = {"above": "を上回る", "below": "を下回る", "equal": "と同額の"}.get(_compared(amounts))
    return f"➤ 見込んでいた効果額{how}実績効果額を計上" if how else ""


def _effects(amounts: dict[tuple[str, str], int], plan: Plan, unit: str) -> Table:
    named = [
        (f"{policy.id} {policy.name}", {kind: amounts[policy.id, kind] for kind in KINDS}) for policy in plan.policies
    ]
    named.append((TOTAL, {kind: _total(amounts, kind) for kind in KINDS}))
    rows = []
    for name, of_kinds in named:
        for kind, yen in of_kinds.items():
            label, marked = _MARKED[kind]
            amount = Cell(marked.format(notation.decimal(yen // UNITS_IN_YEN[unit])))
            rows.append((*([Cell(name, down=len(KINDS))] if kind == "expected" else []), Cell(label), amount))
    return Table("effects", (Cell("基本方針", across=2), Cell(TOTAL)), tuple(rows))


def _lists(featured: pd.DataFrame, register: pd.DataFrame) -> dict[str, list[Item]]:
    held = register.set_index("measure_id")
    found: dict[str, list[Item]] = {name: [] for name in _LISTS}
    for row in records(featured.assign(at=featured["seq"].astype(int)).sort_values("at", kind="stable")):
        measure = held.loc[row.measure_id]
        amount = rounded(int(measure["actual_yen"])) if row.list == "effect" else ""
        words = "" if row.words in TOKENS else one_line(row.words)
        item = Item(row.measure_id, one_line(measure["measure"]), one_line(measure["department"]), amount, words)
        found[row.list].append(item)
    return found


def _listed(lists: dict[str, list[Item]], *names: str) -> Iterator[Part]:
    """The lists that name a measure, each under its heading."""
    for name in names:
        if lists[name]:
            yield Heading(_LISTS[name], 3)
            yield Listing(name, tuple(lists[name]))


def _stated(
    counts: dict[tuple[str, str], int], amounts: dict[tuple[str, str], int], plan: Plan, unit: str
) -> Iterator[tuple[str, ...]]:
    """Every total and claim as `stated` has it."""
    whole = ("plan", "plan")
    yield "policies", *whole, "equal", f"{len(plan.policies)}", "方針"
    yield "measures", *whole, "equal", f"{sum(counts.values())}", "件"
    yield "achieved_measures", *whole, "equal", f"{_achieved(counts, plan)}", "件"
    for policy in plan.policies:
        yield (
            "measures",
            "policy",
            policy.id,
            "equal",
            f"{sum(n for (of, _), n in counts.items() if of == policy.id)}",
            "件",
        )
    for grade in plan.grades:
        yield (
            "measures_by_grade",
            "grade",
            grade.code,
            "equal",
            f"{sum(n for (_, of), n in counts.items() if of == grade.code)}",
            "件",
        )
    yield "measures", *whole, "equal", f"{sum(counts.values())}", "件"
    if how := _compared(amounts):
        yield "actual_effect", *whole, how, "1", KINDS["expected"]
    for kind in KINDS:
        yield f"{kind}_effect", *whole, "equal", f"{_total(amounts, kind) // UNITS_IN_YEN[unit]}", unit
