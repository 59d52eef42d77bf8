"""Views of the bench before any change: the state of the checks, the tables, and what the result depends on."""

from collections import Counter
from itertools import chain

import pandas as pd

from helpers import compute, draw, notation, tell
from helpers.explore import show
from helpers.explore.bench import Bench
from helpers.explore.change import items, policy_label
from helpers.explore.charts import Chart, pareto
from helpers.explore.outcome import Outcome, difference
from helpers.pages import Part
from helpers.terms import OUTCOMES, Figure, wareki
from helpers.terms.tables import EFFECT_TYPES, RECURRENCES

MOST_REGRADES = 6


def banner(bench: Bench) -> Part:
    """Which year lies here, what its page one says, and the state of its checks; what stops a page stands first, in full."""
    frames, findings = bench.frames, bench.findings
    outcomes = Counter(one.outcome for one in findings)
    listed = [(word, str(outcomes[outcome])) for outcome, word in OUTCOMES.items() if outcomes[outcome]]
    stopping = [one for one in findings if one.stops]
    warning = (
        "検算に不合格があり、このままではページを作れません。数値は、直すまで信じないでください。" if stopping else ""
    )
    counts = "、".join(f"{word} {n}" for word, n in listed)
    return show.block(
        "banner",
        says=f"{frames.plan.full_name} {wareki(frames.fiscal_year)} 検算: {counts} {warning}",
        name="banner",
        heading=f"{frames.plan.full_name}　{notation.both_years(frames.fiscal_year)}",
        page_one="".join(one.text for one in tell.headline(tell.Teller(bench.official, frames))),
        states=listed,
        stopping=stopping,
        warning=warning,
        count=len(findings),
        checks=show.findings(list(findings)),
    )


def tables(bench: Bench) -> Part:
    """The year's tables as an analyst reads them: policies, items, named measures by grade and department, assumptions."""
    graded = tuple(f"評価{grade.code}" for grade in bench.frames.plan.grades)
    policies = show.table(
        _policies(bench),
        caption="基本方針ごとの件数と金額",
        figures=(*graded, *_POLICY_FIGURES),
        unit="件、千円",
        name="policies",
    )
    the_items = show.table(
        _items(bench),
        caption="金額のある取組（leave_out・one_off にはこの名称を書く）",
        figures=_ITEM_FIGURES,
        unit="千円",
        name="items",
    )
    return show.block(
        "tables",
        says="表: 基本方針、金額のある取組、名称のある取組、前提",
        name="tables",
        policies=policies,
        items=the_items,
        named=show.table(_named(bench), caption="名称のある取組", name="named"),
        assumptions=show.table(_assumptions(bench), caption="計算の前提", name="assumptions"),
    )


_POLICY_FIGURES = ("取組数", "達成", "達成率", "見込み", "実績", "差", "倍率")
_ITEM_FIGURES = ("効果額", "とりうる幅", "除く倍率（下限）")


def _policies(bench: Bench) -> pd.DataFrame:
    plan, grades = bench.frames.plan, [grade.code for grade in bench.frames.plan.grades]
    metrics = (
        "measures",
        "achieved_measures",
        "achievement_rate",
        "expected_effect",
        "actual_effect",
        "effect_gap",
        "effect_multiplier",
    )
    rows = []
    for policy_id in [policy.id for policy in plan.policies] + [""]:
        scope = ("policy", policy_id) if policy_id else ("plan", "")
        graded = [("policy:grade", f"{policy_id}:{code}") if policy_id else ("grade", code) for code in grades]
        cells = [_cell(bench, ("measures_by_grade", *key)) for key in graded] + [
            _cell(bench, (one, *scope)) for one in metrics
        ]
        rows.append((policy_label(plan, policy_id) if policy_id else "計画全体", *cells))
    columns = ["基本方針", *(f"評価{code}" for code in grades), *_POLICY_FIGURES]
    return pd.DataFrame(rows, columns=columns)


def _cell(bench: Bench, key: tuple[str, str, str]) -> str:
    return notation.cell(bench.official[key]) if key in bench.official else notation.NOT_STATED


def _items(bench: Bench) -> pd.DataFrame:
    frames, official = bench.frames, bench.official
    classes = frames.effect_classes.set_index("measure_id")
    printed = frames.effects[frames.effects["kind"] == "actual"].set_index("scope_id")
    rows = []
    for measure_id, name in items(frames).items():
        judged = classes.loc[measure_id] if measure_id in classes.index else None
        place = ("feasible_policies", "measure", measure_id)
        rows.append(
            (
                name,
                notation.printed(printed.loc[measure_id, "amount"], printed.loc[measure_id, "unit"]),
                notation.cell(official["actual_effect", "measure", measure_id]),
                notation.figure(official["multiplier_without_item", "measure", measure_id]),
                _cell(bench, place),
                RECURRENCES[judged["recurrence"]] if judged is not None else "判断なし",
                EFFECT_TYPES[judged["effect_type"]] if judged is not None else "判断なし",
            )
        )
    return pd.DataFrame(
        rows,
        columns=["取組", "効果額", "とりうる幅", "除く倍率（下限）", "属しうる方針", "続くか（判断）", "種類（判断）"],
    )


def _named(bench: Bench) -> pd.DataFrame:
    rows = bench.frames.measures[["grade", "department", "measure", "locator"]].sort_values(["grade", "department"])
    shown = rows.assign(grade=rows["grade"].replace("not_stated", notation.NOT_STATED))
    return shown.set_axis(["評価", "部", "取組", "資料の行"], axis="columns")


def _assumptions(bench: Bench) -> pd.DataFrame:
    return (
        bench.frames.assumptions[["text", "state"]]
        .replace({"open": "未確認", "confirmed": "確認済", "refuted": "誤りと判明"})
        .set_axis(["前提", "状態"], axis="columns")
    )


def levers(bench: Bench) -> Part:
    """What the result hangs on: each policy and item left out once, largest effect first, and how few re-grades the rate bears."""
    rate = bench.official["achievement_rate"]
    listed = show.table(_swings(bench), caption="除くと動く幅の大きい順", figures=("除く倍率", "差"), name="swings")
    fragility = None
    if rate.is_known:
        caption, numbers = "何件の評価が下がると、達成率はいくらになるか", ("達成", "達成率", "公式との差")
        fragility = show.table(_regrades(bench), caption=caption, figures=numbers, name="fragility")
    return show.block(
        "levers",
        says=f"{_fragile(bench)} 公式の達成率 {notation.figure(rate)}",
        name="levers",
        chart=swings(bench).part("C"),
        swings=listed,
        fragile=_fragile(bench),
        fragility=fragility,
    )


def swings(bench: Bench) -> Chart:
    """What stays of the multiplier without each policy and without the largest item."""
    official, frames = bench.official, bench.frames
    return Chart(
        "levers",
        f"一つを除くと、倍率はどう動くか（公式 {notation.figure(official['effect_multiplier'])}）",
        "、".join(f"{name} {notation.figure(one)}" for name, one in _left_out(bench)),
        lambda width: draw.underlying.drawn(width, official, frames),
    )


def _left_out(bench: Bench) -> list[tuple[str, Figure]]:
    plan, names = bench.frames.plan, items(bench.frames)
    policies = [
        (policy_label(plan, one.scope_id), one) for one in bench.official.of("leave_one_out_multiplier", "policy")
    ]
    of_items = [
        (f"「{names[one.scope_id]}」（下限）", one) for one in bench.official.of("multiplier_without_item", "measure")
    ]
    return [*policies, *of_items]


def _swings(bench: Bench) -> pd.DataFrame:
    multiplier = bench.official["effect_multiplier"]
    rows = []
    for name, one in _left_out(bench):
        if multiplier.is_known and one.is_known:
            outcome = Outcome(multiplier, one)
            middle = abs(sum(one.interval) / 2 - multiplier.interval.low)
            rows.append((middle, name, notation.figure(one), difference(outcome)))
    rows.sort(key=lambda row: -row[0])
    return pd.DataFrame([row[1:] for row in rows], columns=["除くもの", "除く倍率", "差"])


def _fragile(bench: Bench) -> str:
    needed, limit = bench.official["regrades_to_80"], bench.frames.plan.thresholds.achievement
    words = notation.percent(limit)
    if not needed.is_known:
        return f"達成率が境目（{words}）を割るまでの件数：{notation.figure(needed)}。"
    if not needed.exact:
        return f"達成率は、すでに境目（{words}）を下回っています。"
    return f"達成した取組のうち{needed.exact}件の評価が下がると、達成率は境目（{words}）を下回ります。"


def _regrades(bench: Bench) -> pd.DataFrame:
    """The rate after each further re-grade: the same formula over counts that are one less each time."""
    achieved, measures = bench.official["achieved_measures"].exact, bench.official["measures"].exact
    needed = bench.official["regrades_to_80"]
    most = min(achieved, max(MOST_REGRADES, (needed.exact or 0) + 1) if needed.is_known else 0)
    counts = pd.DataFrame({"achieved_measures": [achieved - n for n in range(most + 1)], "measures": measures})
    rates, limit = compute.achievement_rate(counts), bench.frames.plan.thresholds.achievement
    rows = []
    for n, rate in enumerate(rates):
        side = "境目以上" if rate >= limit else "境目を下回る"
        rows.append(
            (
                f"{n}件",
                f"{achieved - n}/{measures}",
                notation.percent(rate),
                notation.points(rate - rates.iloc[0], 1),
                side,
            )
        )
    return pd.DataFrame(rows, columns=["下がる件数", "達成", "達成率", "公式との差", "境目"])


def concentration(bench: Bench) -> Part:
    """How much depends on a few items: items added up, and effective numbers (1 / HHI)."""
    metrics = (
        "top_item_share",
        "top_two_share",
        "named_share",
        "unnamed_effect",
        "concentration_actual",
        "effective_policies_actual",
    )
    metrics += ("concentration_expected", "effective_policies_expected", "concentration_items", "effective_items")
    names = bench.frames.measure_names
    rows = [
        (show.called(bench.official[one], bench.frames, names), notation.figure(bench.official[one])) for one in metrics
    ]
    listed = show.table(
        pd.DataFrame(rows, columns=["数値", "値"]), caption="集中の度合い", figures=("値",), name="concentration"
    )
    chart = pareto(bench.official, bench.frames)
    return show.block(
        "concentration",
        says="、".join(f"{name} {value}" for name, value in rows),
        name="concentration",
        chart=chart.part("D") if chart else None,
        listed=listed,
    )


def years(bench: Bench) -> Part:
    """This year beside those before it, as far as they are registered; with one year alone, only that it is so."""
    if not bench.years:
        words = f"登録されているのは{wareki(bench.frames.fiscal_year)}だけなので、経年の比較はありません。前の年度を登録すると、ここに出ます。"
        return show.block("says", says=words, name="years", words=words)
    of_years = {**compute.figures_by_year(dict(bench.years)), bench.frames.fiscal_year: bench.official}
    metrics = (
        "measures",
        "achieved_measures",
        "achievement_rate",
        "expected_effect",
        "actual_effect",
        "effect_multiplier",
        "top_item_share",
        "recurring_multiplier",
    )
    names = bench.frames.measure_names
    rows = [
        (
            show.called(bench.official[one], bench.frames, names),
            *(notation.figure(of_years[year][one]) for year in sorted(of_years)),
        )
        for one in metrics
    ]
    headings = [wareki(year) for year in sorted(of_years)]
    listed = show.table(
        pd.DataFrame(rows, columns=["数値", *headings]), caption="年度ごとの値", figures=tuple(headings), name="years"
    )
    return show.block("years", says="、".join(headings), name="years", listed=listed, changes=_changes(bench))


def _changes(bench: Bench) -> Part:
    metrics = (
        "achievement_rate_change",
        "achievement_rate_change_within",
        "achievement_rate_change_composition",
        "actual_effect_change",
        "actual_effect_change_one_off",
        "effect_multiplier_change",
    )
    metrics += (
        "improved_measures",
        "worsened_measures",
        "stuck_measures",
        "cumulative_actual_effect",
        "cumulative_multiplier",
    )
    names = bench.frames.measure_names
    found = list(chain.from_iterable(bench.official.of(one, "plan") for one in metrics))
    rows = [(show.called(one, bench.frames, names), notation.figure(one)) for one in found]
    return show.table(
        pd.DataFrame(rows, columns=["数値", "値"]), caption="前の年度との差と累計", figures=("値",), name="changes"
    )
