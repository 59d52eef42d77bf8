"""Checks on what the document says: its sums, its claims, its names (V01–V03, V05, V06, V10–V14, V18, V19, V22–V24, V26–V28)."""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

import pandas as pd

from helpers import notation
from helpers.check import register, sanity, scale
from helpers.check.claims import holds, last_digit
from helpers.check.findings import finding
from helpers.terms import UNITS_IN_YEN, Finding, same_name
from helpers.terms.frames import Frames
from helpers.terms.records import records

# A claim that compares the actual effect with the expected one (V26), not with a number.
RATIO_TO_EXPECTED = "効果見込額"
MOST_WORDS = 40
KINDS = {"expected_effect": "expected", "actual_effect": "actual"}


def frames(frames: Frames) -> list[Finding]:
    """All checks that need only the tables.

    Args:
        frames: One plan and year, corrections already applied.
    """
    checks: list[Callable[[Frames], Finding]] = [
        _rows_add_up,
        _columns_add_up,
        _claims_hold,
        _amounts_add_up,
        _policies_are_the_plans,
        _named_fit_the_grades,
        _mentions_are_measures,
        _departments_agree,
        _grades_are_in_the_scale,
        _zeros_are_explained,
        _linked_plans_run_forward,
        _year_is_in_the_plan,
        _words_agree,
        register.counts_agree,
        register.yen_agree,
        sanity.units_are_plausible,
        sanity.restatements,
        scale.sizes_are_possible,
    ]
    return [check(frames) for check in checks]


def _stated(frames: Frames, metric: str, scope: str) -> list[tuple]:
    """What the document states of one metric, but not how it compares the actual effect with the expected one."""
    return [row for row in _of(frames, metric, scope) if row.unit != RATIO_TO_EXPECTED]


def _of(frames: Frames, metric: str, scope: str) -> list[tuple]:
    return [row for row in records(frames.stated) if (row.metric, row.scope) == (metric, scope)]


def _disagreements(
    stated: list[tuple], computed: Callable[[str], Fraction | int], show: Callable[[Fraction], str]
) -> list[str]:
    faults = []
    for row in stated:
        unit = UNITS_IN_YEN.get(row.unit, 1)
        printed, found = Fraction(row.value) * unit, computed(row.scope_id)
        if not holds(row.comparison, printed, found, last_digit=last_digit(row.value) * unit):
            words = row.quote if len(row.quote) <= MOST_WORDS else row.quote[:MOST_WORDS] + "…"
            faults.append(
                notation.spoken(
                    "{locator}「{words}」の記載は{show}、計算では{show_2}",
                    locator=row.locator,
                    words=words,
                    show=show(printed),
                    show_2=show(found),
                )
            )
    return faults


def _rated(frames: Frames) -> pd.DataFrame:
    """The counts of measures that were rated: what a table's totals count, and the denominator of every rate."""
    not_rated = {grade.code for grade in frames.plan.grades if not grade.is_rated}
    return frames.grade_counts[~frames.grade_counts["grade"].isin(not_rated)]


def _rows_add_up(frames: Frames) -> Finding:
    """V01: in each policy's row, the grades add up to its total."""
    sums = _rated(frames).groupby("policy_id")["measures"].sum()
    stated = _stated(frames, "measures", "policy")
    faults = _disagreements(stated, lambda policy: int(sums.get(policy, 0)), notation.count)
    return finding(
        "V01",
        faults,
        holds=notation.spoken("{n}行の合計が一致", n=len(stated)),
        acknowledged=frames.acknowledged,
        applies=len(stated) > 0,
        absent=notation.spoken("行の合計の記載がない"),
    )


def _columns_add_up(frames: Frames) -> Finding:
    """V02: each grade's column and the whole table add up to their totals."""
    sums = frames.grade_counts.groupby("grade")["measures"].sum()
    rated = int(_rated(frames)["measures"].sum())
    by_grade, whole = _stated(frames, "measures_by_grade", "grade"), _stated(frames, "measures", "plan")
    faults = _disagreements(by_grade, lambda grade: int(sums.get(grade, 0)), notation.count)
    faults += _disagreements(whole, lambda _: rated, notation.count)
    return finding(
        "V02",
        faults,
        holds=notation.spoken("{n}列と総数{count}が一致", n=len(by_grade), count=notation.count(rated)),
        acknowledged=frames.acknowledged,
        applies=len(by_grade) + len(whole) > 0,
        absent=notation.spoken("列の合計の記載がない"),
    )


def _claims_hold(frames: Frames) -> Finding:
    """V03: the text and the table give the same number of achieved measures."""
    achieved = {grade.code for grade in frames.plan.grades if grade.achieved}
    counts = frames.grade_counts
    number = int(counts.loc[counts["grade"].isin(achieved), "measures"].sum())
    stated = _stated(frames, "achieved_measures", "plan")
    faults = _disagreements(stated, lambda _: number, notation.count)
    return finding(
        "V03",
        faults,
        holds=notation.spoken("達成{count}が一致", count=notation.count(number)),
        acknowledged=frames.acknowledged,
        applies=len(stated) > 0,
        absent=notation.spoken("達成件数の記載がない"),
    )


def _amounts_add_up(frames: Frames) -> Finding:
    """V05: expected and actual effects add up to the totals printed."""
    sums = {kind: scale.total(frames.amounts("policy"), kind) for kind in KINDS.values()}
    faults, stated = [], []
    for metric, kind in KINDS.items():
        rows = _stated(frames, metric, "plan")
        stated += rows
        total = sums[kind]
        faults += _disagreements(
            rows,
            lambda _, total=total: total,
            lambda yen: notation.spoken("{thousand_yen}千円", thousand_yen=notation.thousand_yen(yen)),
        )
    totals = notation.spoken("、").join(
        notation.spoken("{thousand_yen}千円", thousand_yen=notation.thousand_yen(total)) for total in sums.values()
    )
    return finding(
        "V05",
        faults,
        holds=notation.spoken("見込と実績の合計（{totals}）が一致", totals=totals),
        acknowledged=frames.acknowledged,
        applies=len(stated) > 0,
        absent=notation.spoken("金額の合計の記載がない"),
    )


def _policies_are_the_plans(frames: Frames) -> Finding:
    """V06: both tables hold exactly the plan's policies, and the document states the same number of them."""
    of_plan = [policy.id for policy in frames.plan.policies]
    counts = [(row.Index, row.policy_id, row.policy_name) for row in records(frames.grade_counts)]
    effects = [row for row in records(frames.effects) if row.scope == "policy"]
    amounts = [(row.Index, row.scope_id, row.scope_name) for row in effects]
    faults = []
    tables = [
        (said, list(dict.fromkeys(policy for _, policy, _ in rows)))
        for said, rows in ((notation.spoken("達成状況"), counts), (notation.spoken("効果額"), amounts))
        if rows
    ]
    for table, ids in tables:
        faults += [
            notation.spoken("{table}の表に方針{policy}がない", table=table, policy=policy)
            for policy in of_plan
            if policy not in ids
        ]
        faults += [
            notation.spoken("{table}の表の方針{policy}は plan.toml にない", table=table, policy=policy)
            for policy in ids
            if policy not in of_plan
        ]
    names = {policy.id: same_name(policy.name) for policy in frames.plan.policies}
    for table, rows in (("grade_counts", counts), ("effects", amounts)):
        faults += [
            notation.spoken(
                "{table}.csv {line}行の方針{policy}の名称「{called}」が plan.toml と違う",
                table=table,
                line=line,
                policy=policy,
                called=called,
            )
            for line, policy, called in rows
            if policy in names and same_name(called) != names[policy]
        ]
    for policy in of_plan:
        kinds = {row.kind for row in effects if row.scope_id == policy}
        if kinds and kinds != {row.kind for row in effects}:
            faults.append(notation.spoken("方針{policy}の金額が見込・実績のどちらかしかない", policy=policy))
    faults += _disagreements(_stated(frames, "policies", "plan"), lambda _: len(of_plan), notation.decimal)
    if frames.plan.promotion_items is not None:
        items = frames.plan.promotion_items
        faults += _disagreements(_stated(frames, "promotion_items", "plan"), lambda _: items, notation.decimal)
    return finding(
        "V06",
        faults,
        holds=notation.spoken("基本方針は{n}、両方の表にある", n=len(of_plan))
        if len(tables) > 1
        else notation.spoken("基本方針は{n}、表にすべてある", n=len(of_plan)),
        acknowledged=frames.acknowledged,
    )


def _named_fit_the_grades(frames: Frames) -> Finding:
    """V10: the document names no more measures with a grade than its table counts."""
    held = dict.fromkeys((grade.code for grade in frames.plan.grades), 0)
    for row in records(frames.grade_counts):
        if row.grade in held:
            held[row.grade] += row.measures
    named = Counter(frames.measures["grade"])
    graded = [grade for grade, _ in named.most_common() if grade in held]
    faults = [
        notation.spoken(
            "評価{grade}の取組は{held}件なのに、{named}件の名称がある",
            grade=grade,
            held=held[grade],
            named=named[grade],
        )
        for grade in graded
        if named[grade] > held[grade]
    ]
    total = sum(held.values())
    if len(frames.measures) > total:
        faults.append(notation.spoken("取組は{total}件なのに、{n}件の名称がある", total=total, n=len(frames.measures)))
    holds = notation.spoken("、").join(
        notation.spoken("{grade} {named}／{held}件", grade=grade, named=named[grade], held=held[grade])
        for grade in sorted(graded)
    ) or notation.spoken("評価のある名称はない")
    return finding(
        "V10",
        faults,
        holds=holds,
        acknowledged=frames.acknowledged,
        applies=len(frames.measures) > 0 and not frames.grade_counts.empty,
        absent=notation.spoken("名称のある取組がない")
        if frames.measures.empty
        else notation.spoken("評価の件数の記載がない"),
    )


def _mentions_are_measures(frames: Frames) -> Finding:
    """V11: each name belongs to one measure, and the tables kept by people mention only existing measures."""
    measures = {row.measure_id: row.measure for row in records(frames.measures)}
    faults = []
    for table, line, measure_id, measure in _named(frames):
        if measure_id not in measures:
            faults.append(
                notation.spoken(
                    "{table}.csv {Index}行の取組「{measure}」（{measure_id}）が measures.csv にない",
                    table=table,
                    Index=line,
                    measure=measure,
                    measure_id=measure_id,
                )
            )
        elif same_name(measure) != same_name(measures[measure_id]):
            faults.append(
                notation.spoken(
                    "{table}.csv {Index}行の名称「{measure}」が measures.csv の「{measures}」と違う",
                    table=table,
                    Index=line,
                    measure=measure,
                    measures=measures[measure_id],
                )
            )
    names: set[str] = set()
    for name in measures.values():
        if same_name(name) in names:
            faults.append(notation.spoken("「{name}」が measures.csv に2度ある", name=name))
        names.add(same_name(name))
    twice = frames.mentions.loc[frames.mentions["measure_id"].duplicated(), "measure"]
    twice = [notation.whole_measure(frames.plan, name) for name in twice]
    holds = notation.spoken("{n}箇所に{n_2}件", n=len(frames.mentions), n_2=len(measures)) + (
        notation.spoken("（{twice}は2箇所）", twice=notation.spoken("・").join(twice)) if twice else ""
    )
    return finding(
        "V11",
        faults,
        holds=holds + _unused_short_names(frames),
        acknowledged=frames.acknowledged,
        applies=len(measures) > 0 or bool(faults),
        absent=notation.spoken("名称のある取組がない"),
    )


def _named(frames: Frames) -> Iterator[tuple[str, int, str, str]]:
    """Every row that names a measure of `measures.csv`: its table and line, the measure's id and name."""
    for row in records(frames.mentions):
        yield "mentions", row.Index, row.measure_id, row.measure
    for row in records(frames.effects):
        if row.scope == "measure":
            yield "effects", row.Index, row.scope_id, row.scope_name
    for table, rows in (("effect_classes", frames.effect_classes), ("reason_codes", frames.reason_codes)):
        for row in records(rows):
            yield table, row.Index, row.measure_id, row.measure


def _unused_short_names(frames: Frames) -> str:
    """Short names in `plan.toml` for measures that this year does not have: they belong to another year, or are mistyped."""
    known = {same_name(name) for name in frames.measure_names.values()}
    unused = [name for name in frames.plan.short_names if same_name(name) not in known]
    if not unused:
        return ""
    return notation.spoken(
        "。plan.toml の short_names の{names}は、この年度の取組にない（ほかの年度の名称でなければ、綴りを確かめる）",
        names="".join(f"「{name}」" for name in unused),
    )


def _departments_agree(frames: Frames) -> Finding:
    """V12: a measure has the same department wherever it is named."""
    of_measure: dict[str, dict[str, None]] = {}
    for row in (*records(frames.mentions), *records(frames.measures)):
        of_measure.setdefault(row.measure_id, {})[row.department] = None
    names = {row.measure_id: row.measure for row in records(frames.measures)}
    faults = [
        notation.spoken(
            "「{names}」の部が{departments}と分かれている",
            names=names.get(measure, measure),
            departments=notation.spoken("・").join(departments),
        )
        for measure, departments in sorted(of_measure.items())
        if len(departments) > 1
    ]
    return finding(
        "V12",
        faults,
        holds=notation.spoken("{n}件とも一つの部", n=len(of_measure)),
        acknowledged=frames.acknowledged,
        applies=len(of_measure) > 0,
        absent=notation.spoken("名称のある取組がない"),
    )


def _grades_are_in_the_scale(frames: Frames) -> Finding:
    """V13: every grade is one of the plan's."""
    scale = [grade.code for grade in frames.plan.grades]
    stated = frames.measures.loc[frames.measures["grade"] != "not_stated", "grade"]
    faults = [
        notation.spoken(
            "評価「{grade}」は plan.toml の尺度（{scale}）にない", grade=grade, scale=notation.spoken("・").join(scale)
        )
        for grade in dict.fromkeys([*frames.grade_counts["grade"], *stated])
        if grade not in scale
    ]
    return finding(
        "V13",
        faults,
        holds=notation.spoken("・").join(scale),
        acknowledged=frames.acknowledged,
        applies=bool(scale) or bool(faults),
        absent=notation.spoken("評価の記載がない"),
    )


def _called(row, frames: Frames) -> str:  # noqa: ANN001 — a row of effects
    """The policy or measure an amount belongs to, by the name that pages in the language spoken use."""
    policies = {policy.id: policy for policy in frames.plan.policies}
    if row.scope == "policy" and row.scope_id in policies and notation.language() != notation.ORIGINAL:
        return notation.policy_name(policies[row.scope_id])
    return notation.whole_measure(frames.plan, row.scope_name) if row.scope == "measure" else row.scope_name


def _zeros_are_explained(frames: Frames) -> Finding:
    """V14: each amount of zero says whether it was measured or never set."""
    zeros = [row for row in records(frames.effects) if not row.amount_yen]
    names = dict.fromkeys(_called(row, frames) for row in zeros if row.zero_meaning in {"unknown", "not_applicable"})
    faults = [notation.spoken("「{name}」の0が実測か未設定かは資料から分からない", name=name) for name in names]
    return finding(
        "V14",
        faults,
        holds=notation.spoken("0の金額{n}か所の意味が分かる", n=len(zeros)),
        acknowledged=frames.acknowledged,
        applies=len(zeros) > 0,
        absent=notation.spoken("0の金額がない"),
    )


def _linked_plans_run_forward(frames: Frames) -> Finding:
    """V18: a linked plan ends after it begins; a plan without a period says so."""
    faults = []
    for row in records(frames.linked_plans):
        stated = row.first_fiscal_year.isdigit() and row.last_fiscal_year.isdigit()
        if stated != (row.period_basis == "stated"):
            faults.append(
                notation.spoken(
                    "linked_plans.csv {Index}行「{family}」の期間と、期間の根拠（{period_basis}）が合わない",
                    Index=row.Index,
                    family=row.family,
                    period_basis=row.period_basis,
                )
            )
        elif stated and int(row.first_fiscal_year) > int(row.last_fiscal_year):
            faults.append(
                notation.spoken(
                    "linked_plans.csv {Index}行「{family}」は終わりが始まりより前", Index=row.Index, family=row.family
                )
            )
        elif row.relation == "absorbed" and stated:
            faults.append(
                notation.spoken(
                    "linked_plans.csv {Index}行「{family}」は取り込まれた計画なのに期間がある",
                    Index=row.Index,
                    family=row.family,
                )
            )
    linked = list(records(frames.linked_plans))
    # The plan's own period is in plan.toml; an absorbed plan has none.
    without = sum(row.period_basis == "not_stated" and row.relation != "self" for row in linked)
    absorbed = sum(row.relation == "absorbed" for row in linked)
    return finding(
        "V18",
        faults,
        holds=notation.spoken(
            "{n}計画、うち期間の記載なし{without}、取り込み{absorbed}",
            n=len(linked),
            without=without,
            absorbed=absorbed,
        ),
        acknowledged=frames.acknowledged,
        applies=len(frames.linked_plans) > 0,
        absent=notation.spoken("関連計画の記載がない"),
    )


def _year_is_in_the_plan(frames: Frames) -> Finding:
    """V19: the fiscal year is one of the plan's."""
    plan, year = frames.plan, frames.fiscal_year
    faults = (
        []
        if year in plan.years
        else [
            notation.spoken(
                "{wareki}は計画の期間（{period}）の外", wareki=notation.fiscal_year(year), period=notation.period(plan)
            )
        ]
    )
    return finding(
        "V19",
        faults,
        holds=notation.spoken(
            "{wareki}は{period}の中", wareki=notation.fiscal_year(year), period=notation.period(plan)
        ),
        acknowledged=frames.acknowledged,
    )


def _words_agree(frames: Frames) -> Finding:
    """V26: where the document says the effect was above (or below) the expected one, the amounts agree."""
    claims = [row for row in _of(frames, "actual_effect", "plan") if row.unit == RATIO_TO_EXPECTED]
    actual, expected = (scale.total(frames.amounts("policy"), kind) for kind in ("actual", "expected"))
    faults = [
        notation.spoken(
            "{locator}「{quote}」とあるが、実績{thousand_yen}千円、見込{thousand_yen_2}千円",
            locator=row.locator,
            quote=row.quote,
            thousand_yen=notation.thousand_yen(actual),
            thousand_yen_2=notation.thousand_yen(expected),
        )
        for row in claims
        if not holds(row.comparison, expected * Fraction(row.value), Fraction(actual), last_digit=Fraction(1))
    ]
    return finding(
        "V26",
        faults,
        holds=notation.spoken("「上回る」「下回る」の言葉と金額が合う"),
        acknowledged=frames.acknowledged,
        applies=len(claims) > 0,
        absent=notation.spoken("「上回る」「下回る」の記載がない"),
    )
