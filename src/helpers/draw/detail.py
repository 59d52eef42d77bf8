"""The sections of the detail page: message, chart, table, notes, and the way to data and source."""

import re
from collections.abc import Iterable

import pandas as pd

from helpers import notation
from helpers.draw import charts, measure_charts, money_charts, plan_charts
from helpers.draw import quadrant as quadrants
from helpers.draw.canvas import chart
from helpers.draw.charts import grade_table, policy_table
from helpers.draw.detail_data import detail_data
from helpers.draw.links import line_link, linked
from helpers.draw.page import STATUSES
from helpers.draw.part import Part, tag, text
from helpers.draw.tables import stacked, table
from helpers.notation import tokens
from helpers.terms import METRICS, Figures, Finding, Sentence, wareki
from helpers.terms.proof import Working
from helpers.terms.sentence import Key
from helpers.terms.tables import (
    EFFECT_TYPES,
    GRADE_BASES,
    LISTS,
    REASONS,
    RECURRENCES,
    RELATIONS,
    TABLES,
    Frames,
)

# Sections in their order on the page, and what each is about.
TOPICS = {
    "structure": "計画の構造",
    "linked-plans": "関連計画の期間",
    "matrix": "達成マトリクス",
    "measures": "進んだ取組・遅れた取組",
    "effect": "効果額",
    "items": "主な効果項目",
    "underlying": "基調（一過性を除く）",
    "departments": "部別",
    "years": "経年",
    "checks": "データ品質",
    "method": "方法",
}
MOST_LINES = 6
MOST_DISCORDANT = 10
STATES = {"open": "未確認", "confirmed": "確認済", "refuted": "誤りと判明"}
CASH = {"cash": "伴う", "non_cash": "伴わない", "unknown": "判断できない"}
# Columns that nobody has published: people judged them.
JUDGED = ("続くか（判断）", "効果の種類（判断）", "現金（判断）")
# The figures whose making the last section shows, in the order in which a reader meets them.
WORKED = (
    ("achievement_rate", "plan", ""),
    ("exceeded_rate", "plan", ""),
    ("effect_multiplier", "plan", ""),
    ("effect_gap", "plan", ""),
    ("top_item_share", "plan", ""),
    ("named_share", "plan", ""),
    ("unnamed_effect", "plan", ""),
    ("effect_without_top_item", "plan", ""),
    ("multiplier_without_top_item", "plan", ""),
    ("multiplier_without_top_item_upper", "plan", ""),
    ("recurring_effect", "plan", ""),
    ("recurring_multiplier", "plan", ""),
    ("capped_delivery", "plan", ""),
    ("regrades_to_80", "plan", ""),
    ("concentration_actual", "plan", ""),
    ("effective_policies_actual", "plan", ""),
    ("coverage", "plan", ""),
)


def title(frames: Frames, headline: list[Sentence], figures: Figures) -> Part:
    """The page's name and, under it, what the brief says first."""
    words = f"{wareki(frames.fiscal_year)}の取組結果　詳細"
    lead = "".join(linked(sentence, figures) for sentence in headline)
    return Part(tag("h1", text(words)) + tag("p", lead, cls="lead"), words)


def contents(sections: dict) -> Part:
    """What stands where, each with its message."""
    items = "".join(
        tag(
            "li",
            tag("a", text(TOPICS[section.name]), href=f"#{section.name}")
            + tag("span", text(section.title.text), cls="says"),
        )
        for section in sections.values()
    )
    return Part(tag("nav", tag("h2", "目次") + tag("ol", items), cls="toc", aria_label="目次"), "目次")


def questions(asked: Iterable, figures: Figures) -> Part:
    """The questions readers ask, each with what the figures answer and a link to the place that shows it."""
    rows = pd.DataFrame(
        [(one.question.text, Part(linked(one.answer, figures), one.answer.text), _place(one.place)) for one in asked],
        columns=["問い", "数値からの答え", "場所"],
    )
    listed = stacked(rows, name="table-questions", caption="よくある質問と答えの場所")
    return Part(tag("section", listed.html, id="questions", cls="detail asked"), "よくある質問と答えの場所")


def _place(place: str) -> Part:
    names = {"brief.html#decisions": "1枚のまとめ", "quality.html#source": "資料の全文"}
    if place in names:
        return Part(tag("a", names[place], href=place), names[place])
    words = f"{list(TOPICS).index(place) + 1} {TOPICS[place]}"
    return Part(tag("a", text(words), href=f"#{place}"), words)


def structure(figures: Figures, frames: Frames, section: object) -> Part:
    """How the plan is built, and where its measures are."""
    rows = plan_charts.structure_rows(figures, frames)
    alt = "、".join(f"方針{row.方針} {row.取組数}件" for row in rows.itertuples())
    total = figures["points_per_measure"]
    weight = notation.points(total.exact) if total.is_known else notation.figure(total)
    sums = pd.DataFrame([("計", "", figures["measures"].exact, weight)], columns=rows.columns)
    shown = pd.concat([rows, sums], ignore_index=True).astype(object)
    drawn = _chart(section, "計画の体系と、方針別の取組数", alt, lambda w: plan_charts.structure(w, figures, frames))
    listed = table(
        shown, name="table-structure", caption="方針別の取組数（図1）", figures=("取組数", "1件の重み"), head=2
    )
    inputs = figures["measures"].inputs
    return _section(section, figures, frames, drawn + listed.html, inputs=inputs)


def linked_plans(figures: Figures, frames: Frames, section: object) -> Part:
    """When the plans beside this one run out."""
    rows = plan_charts.linked_plan_rows(frames)
    if rows.empty:
        return _section(section, figures, frames, "")
    shown = pd.DataFrame(
        [(r.family, r.name, _period(r), RELATIONS[r.relation], r.note or "なし") for r in rows.itertuples()],
        columns=["系列", "計画", "期間", "関係", "資料の注記"],
    )
    alt = "、".join(f"{row.計画} {row.期間}" for row in shown.itertuples())
    words = f"関連計画の期間（{frames.plan.period}の外に続くものは矢印、点線の枠は期間の記載なし）"
    drawn = _chart(section, words, alt, lambda w: plan_charts.linked_plans(w, frames))
    listed = stacked(shown, name="table-linked-plans", caption="関連計画の期間（図2）", head=2)
    note = tag("p", "この計画自身の期間は plan.toml による。", cls="aside-note")
    inputs = [f"linked_plans.csv:{line}" for line in frames.linked_plans.index]
    return _section(section, figures, frames, drawn + listed.html + note, inputs=inputs)


def _period(row: object) -> str:
    if row.look == "absorbed":
        return f"{notation.NOT_APPLICABLE}（取り込み）"
    if row.look == "not_stated":
        return notation.NOT_STATED
    return f"{wareki(int(row.first))}{notation.TO}{wareki(int(row.last))}"


def matrix(figures: Figures, frames: Frames, section: object) -> Part:
    """Counts by policy and grade."""
    rows = grade_table(figures, frames).rename(columns={"番号": "方針"})
    alt = "、".join(f"方針{row.方針} {row.達成}／{row.件数}件 {row.達成率}" for row in rows.itertuples())
    codes = [grade.code for grade in frames.plan.grades]
    held = {code: ("measures_by_grade", "grade", code) for code in codes}
    total = {
        "方針": "計",
        "基本方針": "",
        **{code: figures[key].exact if key in figures else 0 for code, key in held.items()},
        "件数": figures["measures"].exact,
        "達成": figures["achieved_measures"].exact,
        "達成率": notation.cell(figures["achievement_rate"]),
    }
    shown = pd.concat([rows, pd.DataFrame([total])], ignore_index=True).astype(object)
    left_out = [_cell(figures, "leave_one_out_rate", one) for one in rows["方針"]]
    shown["この方針を除く達成率"] = [*left_out, ""]
    drawn = _chart(section, "基本方針と評価ごとの件数", alt, lambda w: measure_charts.matrix(w, figures, frames))
    numeric = (*codes, "件数", "達成", "達成率", "この方針を除く達成率")
    listed = table(shown, name="table-matrix", caption="基本方針別の評価（図3）", unit="件", figures=numeric, head=2)
    units = charts.grades(
        figures, frames, section.second, number=f"{section.number}の2", name="figure-units", table="table-matrix"
    )
    return _section(section, figures, frames, drawn + units.html + listed.html, inputs=figures["measures"].inputs)


def measures(figures: Figures, frames: Frames, section: object) -> Part:
    """What the document tells of measures ahead and behind, in its own words."""
    rows = measure_charts.named_rows(figures, frames)
    alt = "、".join(f"評価{row.評価} {row.件数}件中{row.名称の公表}件" for row in rows.itertuples())
    words = "評価ごとの、名称が公表された取組の数"
    drawn = _chart(section, words, alt, lambda w: measure_charts.named(w, figures, frames))
    listed = table(
        rows.astype(object), name="table-measures", caption="名称が公表された取組の数（図4）", unit="件",
        figures=("件数", "名称の公表"), head=2,
    )  # fmt: skip
    told = frames.mentions[frames.mentions["list"].isin(["exceeded", "behind"])]
    columns = "".join(_list_of_measures(figures, frames, name) for name in ("exceeded", "behind"))
    cards = tag("div", columns, cls="told") if len(told) else ""
    inputs = [f"mentions.csv:{line}" for line in told.index]
    return _section(section, figures, frames, drawn + listed.html + cards, inputs=inputs)


def _list_of_measures(figures: Figures, frames: Frames, name: str) -> str:
    mentions = frames.mentions[frames.mentions["list"] == name]
    heading = tag("h3", text(LISTS[name]))
    if mentions.empty:
        return tag("div", heading + tag("p", notation.NOT_STATED))
    known = frames.measures.set_index("measure_id")
    cards = "".join(_card(figures, frames, row, known.loc[row.measure_id]) for row in mentions.itertuples())
    return tag("div", heading + tag("ul", cards, cls="cards"))


def _card(figures: Figures, frames: Frames, row: object, measure: pd.Series) -> str:
    grade = "評価の記載なし" if measure["grade"] == "not_stated" else f"評価{measure['grade']}"
    if measure["grade_basis"] == "implied":
        grade += f"（{GRADE_BASES['implied']}）"
    number = figures["number_in_text", "measure", row.measure_id]
    evidence = notation.figure(number) if number.is_known else "数字の有無は未判断"
    reasons = frames.reason_codes[frames.reason_codes["measure_id"] == row.measure_id]
    says = "".join(
        tag("p", f"原因（判断）：{text(REASONS[one.reason_code])}「{text(one.evidence)}」", cls="judged")
        for one in reasons.itertuples()
    )
    words = f"「{row.words}」" if row.words != "not_stated" else f"説明{notation.NOT_STATED}"
    place = line_link(frames, row.source_id, row.locator)
    return tag(
        "li",
        tag("p", f"<strong>{text(row.measure)}</strong>〔{text(row.department)}〕")
        + tag("p", f"{text(grade)}｜{text(evidence)}", cls="tags")
        + tag("p", f"{text(words)} {place}")
        + says,
    )


def effect(figures: Figures, frames: Frames, section: object) -> Part:
    """Where the gap between expected and actual came from."""
    if not any(one.is_known for kind in ("expected", "actual") for one in figures.of(f"{kind}_effect", "policy")):
        return _section(section, figures, frames, "")
    rows = policy_table(figures, frames).rename(columns={"番号": "方針"})
    for heading, metric in (("倍率への寄与", "contribution_to_multiplier"), ("超過への寄与", "contribution_to_excess")):
        rows[heading] = [notation.figure(figures[metric, "policy", one], 3) for one in rows["方針"]]
    totals = ("expected_effect", "actual_effect", "effect_gap", "effect_multiplier")
    total = dict(zip(rows.columns, ["計", "", *(notation.cell(figures[one]) for one in totals)], strict=False))
    shown = pd.concat([rows, pd.DataFrame([total])], ignore_index=True).astype(object)
    shown = shown.where(shown.notna(), "")
    alt = "、".join(f"方針{row.方針} 差{row.差}千円" for row in rows.itertuples())
    drawn = _chart(section, "見込みから実績まで、方針ごとの差", alt, lambda w: money_charts.gaps(w, figures, frames))
    numeric = tuple(column for column in shown.columns if column not in {"方針", "基本方針"})
    caption = "基本方針別の効果額（図5）"
    listed = table(shown, name="table-effect", caption=caption, unit="千円", figures=numeric, head=2)
    inputs = (*figures["expected_effect"].inputs, *figures["actual_effect"].inputs)
    return _section(
        section, figures, frames, drawn + listed.html, inputs=inputs, after=_quadrant(section, figures, frames)
    )


def _quadrant(section: object, figures: Figures, frames: Frames) -> str:
    """Grades against money: the dots, the same figures as a table, what the limits are."""
    rows = quadrants.quadrant_rows(figures, frames)
    if rows.empty:
        return ""
    shown = pd.DataFrame(
        [
            (row.id, row.name, *(notation.figure(one) for one in (row.rate, row.multiplier, row.discordance)))
            for row in rows.itertuples()
        ]
        + [(policy, name, *[lacks] * 3) for policy, name, lacks in quadrants.without_figures(figures, frames)],
        columns=["方針", "基本方針", "達成率", "倍率", "評価と金額"],
    )
    drawn = chart(
        lambda width: quadrants.quadrant(width, figures, frames),
        number=f"{section.number}の2",
        name="figure-quadrant",
        width_mm=tokens()["page"]["width"],
        caption=section.second.text,
        alt=f"{section.second.text}。"
        + "、".join(f"方針{r.方針} 達成率{r.達成率} 倍率{r.倍率}" for r in shown.itertuples()),
        table="table-quadrant",
    )
    caption = f"評価と金額（図{section.number}の2）"
    listed = stacked(shown, name="table-quadrant", caption=caption, figures=("達成率", "倍率"), head=2)
    limit = frames.plan.thresholds.achievement
    percent = notation.percent(limit, 0 if (limit * 100).denominator == 1 else 1)
    note = f"境目は、達成率が目安の{percent}、金額が見込みどおり（1倍）。点の位置から、評価と金額の関係の強さは読み取れない。"
    note += "隅の「評価○」は評価が届く、「評価×」は届かないの略（金額も同じ）。"
    places = _places(frames, dict.fromkeys(one for f in (*rows["rate"], *rows["multiplier"]) for one in f.inputs))
    link = tag("a", "figure-quadrant.csv", href="data/figure-quadrant.csv")
    origin = tag("p", f"資料の行：{places}　データ：{link}", cls="origin")
    return drawn.html + listed.html + tag("p", text(note), cls="aside-note") + origin


def items(figures: Figures, frames: Frames, section: object) -> Part:
    """The items whose amount is published, each with what rounding leaves open and how it was judged."""
    rows = money_charts.item_rows(figures, frames)
    alt = "、".join(f"{row.name} {notation.figure(row.figure)}" for row in rows.itertuples(index=False))
    words = "金額が公表された項目と、内訳の公表がない額"
    drawn = _chart(section, words, alt, lambda w: money_charts.items(w, figures, frames))
    if rows.empty:
        return _section(section, figures, frames, "")
    classes = frames.effect_classes.set_index("measure_id")
    names, departments = frames.measure_names, frames.measures.set_index("measure_id")["department"]
    shown = pd.DataFrame(
        [
            {
                "項目": names.get(row.measure_id, row.name),
                "部": departments.get(row.measure_id, notation.NOT_APPLICABLE),
                "公表額": row.printed,
                "幅（千円）": notation.cell(row.figure),
                **_judged(classes, row.measure_id),
                "属しうる方針": _cell(figures, "feasible_policies", row.measure_id, scope="measure"),
            }
            for row in rows.itertuples(index=False)
        ]
    )
    listed = stacked(shown, name="table-items", caption="主な効果項目（図6）", figures=("公表額", "幅（千円）"), head=1)
    shares = stacked(
        _values(figures, ("top_item_share", "top_two_share", "named_share", "unnamed_effect", "concentration_items")),
        name="table-shares", caption="集中の度合い", figures=("値",),
    )  # fmt: skip
    reasons = _reasons(frames)
    return _section(
        section, figures, frames, drawn + listed.html + shares.html + reasons, inputs=figures["named_share"].inputs
    )


def _judged(classes: pd.DataFrame, measure_id: str) -> dict[str, str]:
    if measure_id not in classes.index:
        none = "—（判断なし）" if measure_id else notation.NOT_APPLICABLE
        return dict.fromkeys(JUDGED, none)
    row = classes.loc[measure_id]
    return {
        JUDGED[0]: RECURRENCES[row["recurrence"]],
        JUDGED[1]: EFFECT_TYPES[row["effect_type"]],
        JUDGED[2]: CASH[row["cash_class"]],
    }


def _reasons(frames: Frames) -> str:
    if frames.effect_classes.empty:
        return ""
    rows = pd.DataFrame(
        [(row.measure, row.reason, row.coder) for row in frames.effect_classes.itertuples()],
        columns=["項目", "そう判断した理由", "判断者"],
    )
    return stacked(rows, name="table-classes", caption="続くか・種類・現金についての判断").html


def underlying(figures: Figures, frames: Frames, section: object) -> Part:
    """What the result rests on: without the largest item, without each policy, and what may recur."""
    if not figures["effect_multiplier"].is_known:
        return _section(section, figures, frames, "")
    metrics = (
        "effect_multiplier",
        "effect_without_top_item",
        "multiplier_without_top_item",
        "multiplier_without_top_item_upper",
        "recurring_effect",
        "recurring_multiplier",
        "capped_delivery",
        "regrades_to_80",
        "effective_policies_actual",
        "effective_policies_expected",
    )
    shown = _values(figures, metrics)
    alt = "、".join(f"{row.指標} {row.値}" for row in shown.itertuples())
    words = "何を除くと倍率はどうなるか（点線は見込みどおり、細い縦線は計画全体の倍率、斜線は幅、棒は計画全体の倍率から、その方針を除いた倍率まで）"
    drawn = _chart(section, words, alt, lambda w: money_charts.underlying(w, figures, frames))
    listed = stacked(shown, name="table-underlying", caption="基調を見る指標（図7）", figures=("値",))
    rows = pd.DataFrame(
        [
            (
                policy.id,
                policy.name,
                _cell(figures, "leave_one_out_multiplier", policy.id),
                _cell(figures, "leave_one_out_rate", policy.id),
            )
            for policy in frames.plan.policies
        ],
        columns=["除く方針", "基本方針", "残りの倍率", "残りの達成率"],
    )
    without = table(
        rows,
        name="table-left-out",
        caption="一つの方針を除いたとき（図7）",
        figures=("残りの倍率", "残りの達成率"),
        head=2,
    )
    inputs = (*figures["multiplier_without_top_item"].inputs, *figures["effect_multiplier"].inputs)
    return _section(section, figures, frames, drawn + listed.html + without.html, inputs=inputs)


def departments(figures: Figures, frames: Frames, section: object) -> Part:
    """Named measures by department: counts, in the document's order."""
    counts = measure_charts.department_rows(frames)
    registered = _registered(figures, frames, section)
    if counts.empty:
        return _section(section, figures, frames, "", after=registered)
    shown = counts.rename(columns={"not_stated": "評価の記載なし"}).rename_axis("部").reset_index()
    totals = [figures["named_measures", "department", one].exact for one in shown["部"]]
    shown = shown.astype(object).assign(計=totals)
    alt = "、".join(f"{row.部} {row.計}件" for row in shown.itertuples())
    words = "部ごとの、名称が公表された取組の数"
    drawn = _chart(section, words, alt, lambda w: measure_charts.departments(w, frames))
    numeric = tuple(column for column in shown.columns if column != "部")
    caption = "部別の件数（図8。資料に現れる順）"
    listed = table(shown, name="table-departments", caption=caption, unit="件", figures=numeric)
    inputs = [f"measures.csv:{line}" for line in frames.measures.index]
    layer = tag("h3", "公表資料による") if registered else ""
    return _section(section, figures, frames, layer + drawn + listed.html, inputs=inputs, after=registered)


def _registered(figures: Figures, frames: Frames, section: object) -> str:
    """The register's departments, a layer of its own: counts, rate, gap; in the register's order."""
    if section.register is None:
        return ""
    rows = measure_charts.registered_rows(figures, frames)
    shown = rows.astype(object).rename_axis("部").reset_index()
    metrics = {
        "計": "registered_measures",
        "達成": "registered_achieved_measures",
        "達成率": "registered_achievement_rate",
        "差": "registered_effect_gap",
    }
    if figures.of("stuck_measures", "department"):
        metrics["遅れが続く"] = "stuck_measures"
    for heading, metric in metrics.items():
        shown[heading] = [_cell(figures, metric, one, scope="department").removesuffix("件") for one in rows.index]
    name = "departments-register"
    drawn = chart(
        lambda width: measure_charts.registered_departments(width, figures, frames),
        number=f"{section.number}の2",
        name=f"figure-{name}",
        width_mm=tokens()["page"]["width"],
        caption="内部台帳による部ごとの取組の数",
        alt=f"{section.register.text}。" + "、".join(f"{one} {count}件" for one, count in rows.sum(axis=1).items()),
        table=f"table-{name}",
    )
    listed = stacked(
        shown,
        name=f"table-{name}",
        caption="内部台帳による部別の件数（件）と差（千円）。台帳の順",
        figures=tuple(shown.columns[1:]),
    )
    note = "達成率は評価を受けた取組が10件以上の部だけに示す。部に順位は付けない。公表資料の件数とは足し合わせない。"
    link = tag("a", f"figure-{name}.csv", href=f"data/figure-{name}.csv")
    lines = _runs(frames.register.index)
    return (
        tag("h3", linked(section.register, figures))
        + drawn.html
        + listed.html
        + tag("p", note, cls="aside-note")
        + _discordant(figures, frames)
        + tag("p", f"台帳の行：register.csv {lines}行　データ：{link}", cls="origin")
    )


def _runs(numbers: Iterable[int]) -> str:
    """Line numbers, neighbours drawn together: 2〜75、80."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][-1:] = [runs[-1][-1], number] if len(runs[-1]) == 1 else [number]
        else:
            runs.append([number])
    return "、".join(notation.TO.join(map(str, run)) for run in runs)


def _discordant(figures: Figures, frames: Frames) -> str:
    """The register's measures whose grade and money disagree, the largest gap first."""
    found = [
        one
        for one in figures.of("registered_discordance", "measure")
        if one.exact in {"achieved_money_short", "behind_money_ok"}
    ]
    if not found:
        return tag("p", "内部台帳では、評価と金額の食い違う取組はない。", cls="aside-note")
    found.sort(key=lambda one: -abs(figures["registered_effect_gap", "measure", one.scope_id].exact))
    known = frames.register.set_index("measure_id")
    amounts = {"見込み": "expected_effect", "実績": "actual_effect", "差": "effect_gap"}
    rows = pd.DataFrame(
        [
            {
                "取組": known.loc[one.scope_id, "measure"],
                "部": known.loc[one.scope_id, "department"],
                "評価": known.loc[one.scope_id, "grade"],
                "食い違い": notation.figure(one),
                **{
                    heading: _cell(figures, f"registered_{metric}", one.scope_id, scope="measure")
                    for heading, metric in amounts.items()
                },
            }
            for one in found[:MOST_DISCORDANT]
        ]
    )
    caption = "内部台帳による、評価と金額の食い違う取組（差の大きい順）"
    listed = stacked(rows, name="table-discordant-register", caption=caption, unit="千円", figures=tuple(amounts)).html
    rest = len(found) - MOST_DISCORDANT
    return listed + (tag("p", f"ほかに{rest}件ある。", cls="aside-note") if rest > 0 else "")


def years(figures: Figures, frames: Frames, section: object) -> Part:
    """The years of the plan: what is known of each."""
    rows = plan_charts.year_rows(figures, frames)
    metrics = ("measures", "achievement_rate", "expected_effect", "actual_effect", "effect_multiplier")
    shown = pd.DataFrame(
        [
            {
                "年度": wareki(row.year),
                "状態": "このページ" if row.state == "shown" else plan_charts.YEAR_STATES[row.state],
                **{
                    METRICS[one].name: notation.figure(figures[one])
                    if row.state == "shown"
                    else "その年度のページ"
                    if row.state == "registered"
                    else plan_charts.YEAR_STATES[row.state]
                    for one in metrics
                },
            }
            for row in rows.itertuples()
        ]
    )
    alt = "、".join(f"{row.年度} {row.状態}" for row in shown.itertuples())
    drawn = _chart(section, "計画の年度ごとの評価の件数", alt, lambda w: plan_charts.years(w, figures, frames))
    numeric = tuple(METRICS[one].name for one in metrics)
    listed = stacked(shown, name="table-years", caption="計画の年度（図9）", figures=numeric, head=1)
    compared = _values(
        figures,
        tuple(
            one
            for one in (
                "achievement_rate_change", "actual_effect_change", "actual_effect_change_one_off",
                "panel_achievement_rate", "stuck_measures", "on_track_without_number",
                "entered_measures", "ended_measures", "years_behind",
                "cumulative_actual_effect", "cumulative_multiplier", "elapsed_share", "pace", "required_run_rate",
            )
            if one in figures
        ),
    )  # fmt: skip
    over = stacked(
        compared.drop(columns="区分"), name="table-over-years", caption="年度をまたぐ指標", figures=("値",)
    ).html
    after = (over if len(compared) else "") + _scenarios(figures)
    return _section(section, figures, frames, drawn + listed.html + after, inputs=())


def _scenarios(figures: Figures) -> str:
    """What the coming years could bring, by arithmetic on plain assumptions (M18)."""
    of_year = figures.of("scenario_yearly_effect", "scenario")
    if not of_year:
        return ""
    rows = pd.DataFrame(
        [
            (
                notation.sentence(f"scenario.{one.scope_id}"),
                notation.figure(one),
                notation.figure(figures["scenario_effect", "scenario", one.scope_id]),
                notation.figure(figures["scenario_scored", "scenario", one.scope_id], sign=True),
            )
            for one in of_year
        ],
        columns=["仮定", "1年分（見込みが今年度と同じとき）", "残りの年度の計", "実績 − 前年度の試算"],
    )
    if not any(one.is_known for one in figures.of("scenario_scored", "scenario")):
        rows = rows.drop(columns=rows.columns[-1])
    return stacked(
        rows,
        name="table-scenarios",
        caption="来年度以降の試算（判断。見通しではない）",
        figures=tuple(rows.columns[1:]),
    ).html


def checks(figures: Figures, frames: Frames, findings: list[Finding], section: object) -> Part:
    """How the checks came out, and what is still assumed; all of it stands on the page of proofs."""
    groups: dict[str, list[Finding]] = {}
    for one in sorted(findings, key=lambda one: one.id):
        groups.setdefault(measure_charts.state(one), []).append(one)
    rows = pd.DataFrame(
        [
            (measure_charts.STATES[name][0], len(groups[name]), "、".join(f"{f.id} {f.title}" for f in groups[name]))
            for name in measure_charts.STATES
            if name in groups
        ],
        columns=["結果", "数", "検算"],
    )
    alt = "、".join(f"{row.結果}{row.数}" for row in rows.itertuples())
    drawn = _chart(section, "検算の結果（ます目の文字は検算の番号）", alt, lambda w: measure_charts.checks(w, findings))
    listed = stacked(rows.astype(object), name="table-checks", caption="検算の結果（図10）", figures=("数",))
    assumed = pd.DataFrame(
        [(row.text, _metric_names(row.affects), STATES[row.state]) for row in frames.assumptions.itertuples()],
        columns=["前提", "影響する数値", "状態"],
    )
    assumptions = stacked(assumed, name="table-assumptions", caption="前提").html if len(assumed) else ""
    link = tag("a", "根拠と検算のページ", href="quality.html")
    proofs = tag("p", f"照らし合わせた内容と、担当課への質問は、{link}にある。", cls="aside-note")
    return _section(section, figures, frames, drawn + listed.html + assumptions + proofs, inputs=())


def _metric_names(ids: str) -> str:
    return "、".join(METRICS[one].name for one in ids.split() if one in METRICS)


def method(figures: Figures, frames: Frames, workings: dict[Key, Working], section: object) -> Part:
    """Each definition with this year's numbers in it."""
    rows = pd.DataFrame(
        [
            (
                METRICS[key[0]].name,
                METRICS[key[0]].formula,
                _worked(workings.get(key)),
                notation.figure(figures[key]),
                STATUSES[figures[key].status],
            )
            for key in WORKED
            if key in figures
        ],
        columns=["指標", "定義", "この年度の計算", "値", "区分"],
    )
    listed = stacked(rows, name="table-method", caption="定義と、この年度の数を入れた計算", figures=("値",))
    grades = table(
        pd.DataFrame(
            [
                (grade.code, grade.label, "達成" if grade.achieved else "未達" if grade.is_rated else "分母に入れない")
                for grade in frames.plan.grades
            ],
            columns=["評価", "資料の言葉", "達成率での扱い"],
        ),
        name="table-grades", caption="評価の段階",
    )  # fmt: skip
    words = [("取組", "計画に位置付けられた一つの取組項目。評価はこの単位で付く"), *_GLOSSARY]
    glossary = tag("dl", "".join(tag("dt", text(one)) + tag("dd", text(says)) for one, says in words), cls="glossary")
    content = listed.html + grades.html + tag("h3", "用語") + glossary
    return _section(section, figures, frames, content, inputs=())


_GLOSSARY = (
    ("基本方針・推進項目", "計画の大きな柱と、その下の区分。番号は資料のもの"),
    ("効果見込額・実績効果額", "計画を作ったときに見込んだ額と、その年度に計上された額"),
    ("倍率", "実績効果額を効果見込額で割った比。ちょうど見込みどおりが1倍"),
    ("下限", "公表されていない見込みがゼロ以上である限り、それより小さくならない値"),
    ("判断", "資料に書かれておらず、人が分類したもの。確認した人の名を添える"),
    ("訂正・了承", "公表された誤りを理由とともに直したもの・検算の不合格を理由とともに受け入れたもの"),
)


def _worked(working: Working | None) -> Part | str:
    if working is None or not working.steps:
        return (working and working.note) or notation.NOT_APPLICABLE
    unit = f"（{working.unit}）" if working.unit else ""
    lines = [f"{step.label} {step.expression}{unit}".strip() for step in working.steps]
    return Part("".join(tag("div", text(line)) for line in lines), "；".join(lines))


def _values(figures: Figures, metrics: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (METRICS[one].name, notation.figure(figures[one]), METRICS[one].formula, STATUSES[figures[one].status])
            for one in metrics
            if one in figures
        ],
        columns=["指標", "値", "計算", "区分"],
    )


def _cell(figures: Figures, metric: str, scope_id: str, *, scope: str = "policy") -> str:
    key = (metric, scope, scope_id)
    return notation.cell(figures[key]) if key in figures else notation.NOT_APPLICABLE


def _chart(section: object, caption: str, alt: str, draw: object) -> str:
    return chart(
        draw,
        number=section.number,
        name=f"figure-{section.name}",
        width_mm=tokens()["page"]["width"],
        caption=caption,
        alt=f"{section.title.text}。{alt}",
        table=f"table-{section.name}",
    ).html


def _section(
    section: object, figures: Figures, frames: Frames, content: str, *, inputs: Iterable[str] = (), after: str = ""
) -> Part:
    topic = tag("span", f"{section.number}　{text(TOPICS[section.name])}", cls="topic")
    heading = tag("h2", f"{topic} {linked(section.title, figures)}")
    notes = "".join(tag("li", linked(note, figures)) for note in section.notes)
    below = tag("ul", notes, cls="notes") if notes else ""
    name = f"figure-{section.name}"
    ways = []
    if places := _places(frames, inputs):
        ways.append(f"資料の行：{places}")
    if content and name in detail_data(figures, frames):
        ways.append(f"データ：{tag('a', f'{name}.csv', href=f'data/{name}.csv')}")
    origin = tag("p", "　".join(ways), cls="origin") if ways else ""
    whole = tag("section", heading + content + below + origin + after, id=section.name, cls="detail")
    return Part(whole, f"{section.number} {TOPICS[section.name]}：{section.title.text}")


def _places(frames: Frames, inputs: Iterable[str]) -> str:
    """The document's lines these rows come from, neighbours drawn together."""
    tables, found = frames.tables(), {}
    for place in dict.fromkeys(inputs):
        name, is_row, line = place.rpartition(".csv:")
        if not is_row or name not in tables or "locator" not in TABLES[name].columns:
            continue
        row = tables[name].loc[int(line)]
        number = int(re.match(r"L(\d+)", row["locator"])[1])
        found[(row["source_id"], number)] = row["source_id"]
    runs: list[list[tuple[str, int]]] = []
    for source_id, number in sorted(found):
        if runs and runs[-1][-1] == (source_id, number - 1):
            runs[-1].append((source_id, number))
        else:
            runs.append([(source_id, number)])
    ends = [[run[0], run[-1]] if len(run) > 1 else [run[0]] for run in runs]
    if len(ends) > MOST_LINES:
        ends = [*ends[: MOST_LINES - 1], [ends[MOST_LINES - 1][0], ends[-1][-1]]]
    return "、".join(
        notation.TO.join(line_link(frames, source_id, f"L{number}") for source_id, number in run) for run in ends
    )
