"""The sections of the detail page: message, chart, table, notes, and the way to data and source."""

from collections.abc import Iterable

import pandas as pd

from helpers import draw, notation
from helpers.notation import tokens
from helpers.pages.brief import STATUSES, quoted
from helpers.pages.detail_data import has_data
from helpers.pages.environment import macro
from helpers.pages.links import Link, data_link, line_link, linked, place_link
from helpers.pages.part import Part, part
from helpers.pages.tables import Rows
from helpers.pages.words import Shown, apart, several, spoken
from helpers.terms import METRICS, OUTCOMES, Figures, Finding, Sentence
from helpers.terms.frames import Frames
from helpers.terms.places import in_order, line_of
from helpers.terms.proof import Working
from helpers.terms.records import records
from helpers.terms.sentence import Key
from helpers.terms.tables import EFFECT_TYPES, GRADE_BASES, LISTS, REASONS, RECURRENCES, RELATIONS, UNCONFIRMED

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
    name = notation.spoken("{year}の取組結果　詳細", year=notation.fiscal_year(frames.fiscal_year))
    return part("detail/title", name, name=name, headline=[linked(one, figures) for one in headline])


def contents(sections: dict) -> Part:
    """What stands where, each with its message."""
    listed = [
        {"name": one.name, "topic": topic(one.name), "says": one.title.text, "number": one.number}
        for one in sections.values()
    ]
    silent = notation.spoken("・").join(topic(name) for name in TOPICS if name not in sections)
    return part("detail/contents", notation.spoken("目次"), sections=listed, silent=silent)


def topic(name: str) -> str:
    """What a section is about, in the language spoken."""
    return _capital(notation.spoken(TOPICS[name]))


def questions(asked: Iterable, figures: Figures) -> Part:
    """The questions readers ask, each with what the figures answer and a link to the place that shows it."""
    rows = Rows(
        [(one.question.text, linked(one.answer, figures), _place(one.place)) for one in asked],
        columns=["問い", "答え", "場所"],
    )
    caption = notation.spoken("よくある質問と答えの場所")
    return part("detail/questions", caption, rows=rows, caption=caption)


def _place(place: str) -> Link:
    names = {
        "brief.html#decisions": "1枚のまとめ",
        "brief.html#points": "1枚のまとめ",
        "quality.html#source": "資料の全文",
    }
    if place in names:
        return place_link(place, notation.spoken(names[place]))
    return Link(f"{list(TOPICS).index(place) + 1} {topic(place)}", f"#{place}")


def structure(figures: Figures, frames: Frames, section: object | None) -> Part | None:
    """How the plan is built, and where its measures are."""
    if section is None:
        return None
    rows = draw.structure.rows(figures, frames)
    alt = _several(notation.spoken("方針{id} {n}件", id=row.方針, n=row.取組数) for row in records(rows))
    total = figures["points_per_measure"]
    weight = notation.points(total.exact) if total.is_known else notation.figure(total)
    sums = pd.DataFrame([(notation.spoken("計"), "", figures["measures"].exact, weight)], columns=rows.columns)
    shown = pd.concat([rows, sums], ignore_index=True).astype(object)
    words = notation.spoken("計画の体系と、方針別の取組数")
    drawn = _chart(section, words, alt, lambda w: draw.structure.drawn(w, rows, figures, frames))
    return _section(section, figures, frames, inputs=figures["measures"].inputs, chart=drawn, rows=shown)


def linked_plans(figures: Figures, frames: Frames, section: object) -> Part:
    """When the plans beside this one run out."""
    rows = draw.linked_plans.rows(frames)
    if rows.empty:
        return _empty(section, figures)
    shown = pd.DataFrame(
        [
            (
                notation.in_own_words(frames.plan, r.family),
                notation.in_own_words(frames.plan, r.name),
                period_of(r),
                notation.spoken(RELATIONS[r.relation]),
                r.note or notation.spoken("なし"),
            )
            for r in records(rows)
        ],
        columns=["系列", "計画", "期間", "関係", "資料の注記"],
    )
    alt = _several(notation.spoken("{name} {says}", name=row.計画, says=row.期間) for row in records(shown))
    words = notation.spoken(
        "関連計画の期間（{period}の外に続くものは矢印、点線の枠は期間の記載なし）", period=notation.period(frames.plan)
    )
    drawn = _chart(section, words, alt, lambda w: draw.linked_plans.drawn(w, rows, frames))
    inputs = [f"linked_plans.csv:{line}" for line in frames.linked_plans.index]
    return _section(section, figures, frames, inputs=inputs, chart=drawn, rows=shown)


def period_of(row: object) -> str:
    """The period of a plan beside this one in words, or why there is none."""
    if row.look == "absorbed":
        return notation.spoken("{none}（取り込み）", none=notation.NOT_APPLICABLE)
    if row.look == "not_stated":
        return notation.NOT_STATED
    return notation.years_from_to(int(row.first), int(row.last))


def matrix(figures: Figures, frames: Frames, section: object | None) -> Part | None:
    """Counts by policy and grade."""
    if section is None:
        return None
    rows = draw.grades.rows(figures, frames).rename(columns={"番号": "方針"})
    alt = _several(
        notation.spoken(
            "方針{番号} {達成}／{件数}件 {達成率}", 番号=row.方針, 達成=row.達成, 件数=row.件数, 達成率=row.達成率
        )
        for row in records(rows)
    )
    held = {column: ("measures_by_grade", "grade", code) for code, column in draw.grades.columns(frames.plan).items()}
    total = {
        "方針": notation.spoken("計"),
        "基本方針": "",
        **{column: figures[key].exact if key in figures else 0 for column, key in held.items()},
        "件数": figures["measures"].exact,
        "達成": figures["achieved_measures"].exact,
        "達成率": notation.cell(figures["achievement_rate"]),
    }
    shown = pd.concat([rows, pd.DataFrame([total])], ignore_index=True).astype(object)
    left_out = [_cell(figures, "leave_one_out_rate", one) for one in rows["方針"]]
    shown["この方針を除く達成率"] = [*left_out, ""]
    words = notation.spoken("基本方針と評価ごとの件数")
    drawn = _chart(section, words, alt, lambda w: draw.matrix.drawn(w, figures, frames))
    units = draw.grades.captioned(
        figures, frames, section.second, number=_second(section), name="figure-units", table="table-matrix"
    )
    numeric = (*held, "件数", "達成", "達成率", "この方針を除く達成率")
    return _section(
        section,
        figures,
        frames,
        inputs=figures["measures"].inputs,
        chart=drawn,
        units=units,
        units_say=linked(section.second, figures),
        rows=shown,
        numeric=numeric,
        grades=list(held),
    )


def measures(figures: Figures, frames: Frames, section: object | None) -> Part | None:
    """What the document tells of measures ahead and behind, in its own words."""
    if section is None:
        return None
    rows = draw.named.rows(figures, frames)
    alt = _several(
        notation.spoken("{name} {n}", name=f"{row.評価} {row.意味}", n=draw.named.in_words(row))
        for row in records(rows)
    )
    words = notation.spoken("評価ごとの、名称が公表された取組の数")
    drawn = _chart(section, words, alt, lambda w: draw.named.drawn(w, rows))
    rows["件数"] = rows["件数"].astype(object).fillna(notation.NOT_STATED)
    told = frames.mentions[frames.mentions["list"].isin(["exceeded", "behind"])]
    lists = [_list_of_measures(figures, frames, name) for name in ("exceeded", "behind")] if len(told) else []
    inputs = [f"mentions.csv:{line}" for line in told.index]
    return _section(section, figures, frames, inputs=inputs, chart=drawn, rows=rows, lists=lists)


def _list_of_measures(figures: Figures, frames: Frames, name: str) -> dict[str, object]:
    known = {row.measure_id: row for row in records(frames.measures)}
    mentions = (row for row in records(frames.mentions) if row.list == name)
    cards = [_card(figures, frames, row, known[row.measure_id]) for row in mentions]
    return {"name": notation.spoken(LISTS[name]), "cards": cards}


def _card(figures: Figures, frames: Frames, row: object, measure: object) -> dict[str, Shown]:
    is_graded = measure.grade != "not_stated"
    grade = notation.spoken("評価{grade}", grade=measure.grade) if is_graded else notation.spoken("評価の記載なし")
    if measure.grade_basis == "implied":
        grade = notation.spoken("{grade}（{basis}）", grade=grade, basis=notation.spoken(GRADE_BASES["implied"]))
    number = figures["number_in_text", "measure", row.measure_id]
    reasons = (one for one in records(frames.reason_codes) if one.measure_id == row.measure_id)
    words = (
        notation.spoken("「{words}」", words=row.words)
        if row.words != "not_stated"
        else notation.spoken("説明{none}", none=notation.NOT_STATED)
    )
    return {
        "name": _capital(notation.whole_measure(frames.plan, row.measure)),
        "measure": row.measure,
        "department": notation.in_own_words(frames.plan, row.department),
        "grade": grade,
        "evidence": notation.figure(number) if number.is_known else notation.spoken("数字の有無は未判断"),
        "words": words,
        "line": line_link(frames, row.source_id, row.locator),
        "reasons": [_judged_reason(one) for one in reasons],
    }


def _judged_reason(row: object) -> str:
    reason = notation.spoken(REASONS[row.reason_code])
    return notation.spoken("原因（判断）：{reason}「{evidence}」", reason=reason, evidence=row.evidence)


def _with_original(words: str, original: str) -> str:
    """Words in another language with those of the document behind them."""
    return words if words == original else f"{words} ({original})"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def effect(figures: Figures, frames: Frames, section: object | None) -> Part | None:
    """Where the gap between expected and actual came from."""
    if section is None:
        return None
    if not any(one.is_known for kind in ("expected", "actual") for one in figures.of(f"{kind}_effect", "policy")):
        return _empty(section, figures)
    rows = draw.policies.rows(figures, frames).rename(columns={"番号": "方針"})
    for heading, metric in (("倍率への寄与", "contribution_to_multiplier"), ("超過への寄与", "contribution_to_excess")):
        rows[heading] = [notation.cell(figures[metric, "policy", one], 3) for one in rows["方針"]]
    totals = ("expected_effect", "actual_effect", "effect_gap", "effect_multiplier")
    total = dict(
        zip(rows.columns, [notation.spoken("計"), "", *(notation.cell(figures[one]) for one in totals)], strict=False)
    )
    shown = pd.concat([rows, pd.DataFrame([total])], ignore_index=True).astype(object)
    shown = shown.where(shown.notna(), "")
    alt = _several(notation.spoken("方針{id} 差{gap}千円", id=row.方針, gap=row.差) for row in records(rows))
    words = notation.spoken("見込みから実績まで、方針ごとの差")
    drawn = _chart(section, words, alt, lambda w: draw.gaps.drawn(w, figures, frames))
    numeric = tuple(column for column in shown.columns if column not in {"方針", "基本方針"})
    inputs = (*figures["expected_effect"].inputs, *figures["actual_effect"].inputs)
    beside = _quadrant(section, figures, frames)
    return _section(section, figures, frames, inputs=inputs, chart=drawn, rows=shown, numeric=numeric, quadrant=beside)


def _quadrant(section: object, figures: Figures, frames: Frames) -> dict[str, object] | None:
    """Grades against money: the dots, the same figures as a table, what the limits are; None without any."""
    rows = draw.quadrant.rows(figures, frames)
    if rows.empty:
        return None
    without = draw.quadrant.without_figures(figures, frames)
    shown = pd.DataFrame(
        [
            (row.id, row.name, *(notation.figure(one) for one in (row.rate, row.multiplier, row.discordance)))
            for row in records(rows)
        ]
        + [(policy, name, *[lacks] * 3) for policy, name, lacks in without],
        columns=["方針", "基本方針", "達成率", "倍率", "評価と金額"],
    )
    drawn = draw.chart(
        lambda width: draw.quadrant.drawn(width, rows, without, frames),
        number=_second(section),
        name="figure-quadrant",
        width_mm=tokens()["page"]["width"],
        caption=section.second.text,
        alt=notation.spoken("{text}。", text=section.second.text)
        + _several(
            notation.spoken("方針{id} 達成率{rate} 倍率{multiplier}", id=r.方針, rate=r.達成率, multiplier=r.倍率)
            for r in records(shown)
        ),
        table="table-quadrant",
    )
    limit = frames.plan.thresholds.achievement
    percent = notation.percent(limit, 0 if (limit * 100).denominator == 1 else 1)
    note = notation.joined(
        (
            notation.spoken(
                "境目は、達成率が目安の{percent}、金額が見込みどおり（1倍）。"
                "点の位置から、評価と金額の関係の強さは読み取れない。",
                percent=percent,
            ),
            notation.spoken("隅の「評価○」は評価が届く、「評価×」は届かないの略（金額も同じ）。"),
        )
    )
    places = _places(frames, dict.fromkeys(one for f in (*rows["rate"], *rows["multiplier"]) for one in f.inputs))
    return {
        "chart": drawn,
        "rows": shown,
        "note": note,
        "places": several(places),
        "data": data_link("figure-quadrant"),
    }


def items(figures: Figures, frames: Frames, section: object | None) -> Part | None:
    """The items whose amount is published, each with what rounding leaves open and how it was judged."""
    if section is None:
        return None
    rows = draw.items.rows(figures, frames)
    alt = _several(
        notation.spoken("{name} {says}", name=row.name, says=notation.figure(row.figure)) for row in records(rows)
    )
    words = notation.spoken("金額が公表された項目と、内訳の公表がない額")
    drawn = _chart(section, words, alt, lambda w: draw.items.drawn(w, rows))
    if rows.empty:
        return _empty(section, figures)
    classes = frames.effect_classes.set_index("measure_id")
    names, departments = frames.measure_names, frames.measures.set_index("measure_id")["department"]
    shown = pd.DataFrame(
        [
            {
                "項目": _capital(
                    notation.whole_measure(frames.plan, names[row.measure_id]) if row.measure_id in names else row.name
                ),
                "部": notation.in_own_words(frames.plan, departments.get(row.measure_id, notation.NOT_APPLICABLE)),
                "公表額": row.printed,
                "幅（千円）": notation.cell(row.figure),
                **_judged(classes, row.measure_id),
                "属しうる方針": _cell(figures, "feasible_policies", row.measure_id, scope="measure"),
            }
            for row in records(rows)
        ]
    )
    metrics = ("top_item_share", "top_two_share", "named_share", "unnamed_effect", "concentration_items")
    return _section(
        section,
        figures,
        frames,
        inputs=figures["named_share"].inputs,
        chart=drawn,
        rows=shown,
        shares=_values(figures, metrics),
        judged=_reasons(frames),
    )


def _judged(classes: pd.DataFrame, measure_id: str) -> dict[str, str]:
    if measure_id not in classes.index:
        none = notation.spoken("—（判断なし）") if measure_id else notation.NOT_APPLICABLE
        return dict.fromkeys(JUDGED, none)
    row = classes.loc[measure_id]
    return {
        JUDGED[0]: notation.spoken(RECURRENCES[row["recurrence"]]),
        JUDGED[1]: notation.spoken(EFFECT_TYPES[row["effect_type"]]),
        JUDGED[2]: notation.spoken(CASH[row["cash_class"]]),
    }


def _reasons(frames: Frames) -> Rows:
    return Rows(
        [
            (
                _capital(notation.whole_measure(frames.plan, row.measure)),
                notation.in_own_words(frames.plan, row.reason),
                notation.spoken(row.coder) if row.coder == UNCONFIRMED else row.coder,
            )
            for row in records(frames.effect_classes)
        ],
        columns=["項目", "そう判断した理由", "判断者"],
    )


def underlying(figures: Figures, frames: Frames, section: object | None) -> Part | None:
    """What the result rests on: without the largest item, without each policy, and what may recur."""
    if section is None:
        return None
    if not figures["effect_multiplier"].is_known:
        return _empty(section, figures)
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
    alt = _several(notation.spoken("{name} {says}", name=row.指標, says=row.値) for row in records(shown))
    words = notation.spoken(
        "何を除くと倍率はどうなるか（点線は見込みどおり、細い縦線は計画全体の倍率、斜線は幅、"
        "棒は計画全体の倍率から、その方針を除いた倍率まで）"
    )
    drawn = _chart(section, words, alt, lambda w: draw.underlying.drawn(w, figures, frames))
    left_out = Rows(
        [
            (
                policy.id,
                notation.policy_name(policy),
                _cell(figures, "leave_one_out_multiplier", policy.id),
                _cell(figures, "leave_one_out_rate", policy.id),
            )
            for policy in frames.plan.policies
        ],
        columns=["除く方針", "基本方針", "残りの倍率", "残りの達成率"],
    )
    inputs = (*figures["multiplier_without_top_item"].inputs, *figures["effect_multiplier"].inputs)
    return _section(section, figures, frames, inputs=inputs, chart=drawn, rows=shown, left_out=left_out)


def departments(figures: Figures, frames: Frames, section: object) -> Part:
    """Named measures by department: counts, in the document's order."""
    counts = draw.departments.rows(frames)
    columns = draw.grades.columns(frames.plan)
    grades = tuple(columns.values())
    register = _registered(figures, frames, section)
    if counts.empty:
        return _section(section, figures, frames, rows=None, register=register, grades=grades)
    rows = counts.rename(columns={**columns, "not_stated": "評価の記載なし"}).rename_axis("部").reset_index()
    totals = [figures["named_measures", "department", one].exact for one in rows["部"]]
    rows = rows.astype(object).assign(計=totals)
    rows["部"] = [notation.in_own_words(frames.plan, one) for one in rows["部"]]
    alt = _several(notation.spoken("{name} {n}件", name=row.部, n=row.計) for row in records(rows))
    words = notation.spoken("部ごとの、名称が公表された取組の数")
    drawn = _chart(section, words, alt, lambda w: draw.departments.drawn(w, counts, frames))
    numeric = tuple(column for column in rows.columns if column != "部")
    inputs = [f"measures.csv:{line}" for line in frames.measures.index]
    return _section(
        section,
        figures,
        frames,
        inputs=inputs,
        chart=drawn,
        rows=rows,
        numeric=numeric,
        register=register,
        grades=grades,
    )


def _registered(figures: Figures, frames: Frames, section: object) -> dict[str, object] | None:
    """The register's departments, a layer of its own: counts, rate, gap; in the register's order."""
    if section.register is None:
        return None
    rows = draw.departments.registered_rows(figures, frames)
    shown = rows.astype(object).rename(columns=draw.grades.columns(frames.plan)).rename_axis("部").reset_index()
    metrics = {
        "計": "registered_measures",
        "達成": "registered_achieved_measures",
        "達成率": "registered_achievement_rate",
        "差": "registered_effect_gap",
    }
    if figures.of("stuck_measures", "department"):
        metrics["遅れが続く"] = "stuck_measures"
    for heading, metric in metrics.items():
        counted = notation.count(0).removeprefix(notation.ZERO)
        shown[heading] = [_cell(figures, metric, one, scope="department").removesuffix(counted) for one in rows.index]
    shown["部"] = names = [notation.in_own_words(frames.plan, one) for one in rows.index]
    name = "departments-register"
    drawn = draw.chart(
        lambda width: draw.departments.registered(width, rows, frames),
        number=_second(section),
        name=f"figure-{name}",
        width_mm=tokens()["page"]["width"],
        caption=notation.spoken("内部台帳による部ごとの取組の数"),
        alt=notation.spoken("{text}。", text=section.register.text)
        + _several(
            notation.spoken("{name} {n}件", name=one, n=count)
            for one, count in zip(names, rows.sum(axis=1), strict=True)
        ),
        table=f"table-{name}",
    )
    return {
        "title": linked(section.register, figures),
        "chart": drawn,
        "rows": shown,
        "figures": tuple(shown.columns[1:]),
        **_discordant(figures, frames),
        "lines": _runs(frames.register.index),
        "data": data_link(f"figure-{name}"),
    }


def _runs(numbers: Iterable[int]) -> str:
    """Line numbers, neighbours drawn together: 2〜75、80."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][-1:] = [runs[-1][-1], number] if len(runs[-1]) == 1 else [number]
        else:
            runs.append([number])
    return _several(notation.TO.join(map(str, run)) for run in runs)


def _discordant(figures: Figures, frames: Frames) -> dict[str, object]:
    """The register's measures whose grade and money disagree, the largest gap first, and how many more there are."""
    found = [
        one
        for one in figures.of("registered_discordance", "measure")
        if one.exact in {"achieved_money_short", "behind_money_ok"}
    ]
    found.sort(key=lambda one: -abs(figures["registered_effect_gap", "measure", one.scope_id].exact))
    known = frames.register.set_index("measure_id")
    amounts = {"見込み": "expected_effect", "実績": "actual_effect", "差": "effect_gap"}
    rows = pd.DataFrame(
        [
            {
                "取組": _capital(notation.whole_measure(frames.plan, known.loc[one.scope_id, "measure"])),
                "部": notation.in_own_words(frames.plan, known.loc[one.scope_id, "department"]),
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
    return {"discordant": rows, "left_out": max(len(found) - MOST_DISCORDANT, 0)}


def years(figures: Figures, frames: Frames, section: object) -> Part:
    """The years of the plan: what is known of each."""
    rows = draw.years.rows(figures, frames)
    metrics = ("measures", "achievement_rate", "expected_effect", "actual_effect", "effect_multiplier")
    shown = pd.DataFrame(
        [
            {
                "年度": notation.fiscal_year(row.year),
                "状態": notation.spoken("このページ") if row.state == "shown" else draw.years.state(row.state),
                **{
                    _capital(notation.metric_name(one)): notation.figure(figures[one])
                    if row.state == "shown"
                    else notation.spoken("その年度のページ")
                    if row.state == "registered"
                    else draw.years.state(row.state)
                    for one in metrics
                },
            }
            for row in records(rows)
        ]
    )
    alt = _several(notation.spoken("{name} {says}", name=row.年度, says=row.状態) for row in records(shown))
    words = notation.spoken("計画の年度ごとの評価の件数")
    drawn = _chart(section, words, alt, lambda w: draw.years.drawn(w, rows, figures, frames))
    numeric = tuple(_capital(notation.metric_name(one)) for one in metrics)
    compared = _values(
        figures,
        tuple(
            one
            for one in (
                "achievement_rate_change", "actual_effect_change", "actual_effect_change_one_off", "effect_multiplier_change",
                "panel_achievement_rate", "stuck_measures", "on_track_without_number",
                "entered_measures", "ended_measures", "years_behind",
                "cumulative_actual_effect", "cumulative_multiplier", "elapsed_share", "pace", "required_run_rate",
            )
            if one in figures
        ),
    )  # fmt: skip
    return _section(
        section,
        figures,
        frames,
        chart=drawn,
        rows=shown,
        numeric=numeric,
        compared=compared.drop(columns="区分"),
        scenarios=_scenarios(figures),
    )


def _scenarios(figures: Figures) -> pd.DataFrame:
    """What the coming years could bring, by arithmetic on plain assumptions (M18)."""
    of_year = figures.of("scenario_yearly_effect", "scenario")
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
    return rows


def checks(figures: Figures, frames: Frames, findings: list[Finding], section: object) -> Part:
    """How the checks came out, and what is still assumed; all of it stands on the page of proofs."""
    groups: dict[str, list[Finding]] = {}
    for one in sorted(findings, key=lambda one: one.id):
        groups.setdefault(one.outcome, []).append(one)
    rows = pd.DataFrame(
        [
            (
                notation.spoken(OUTCOMES[name]),
                len(groups[name]),
                _several(f"{f.id} {f.title}" for f in groups[name]),
            )
            for name in OUTCOMES
            if name in groups
        ],
        columns=["結果", "数", "検算"],
    )
    alt = _several(notation.spoken("{label}{n}", label=row.結果, n=row.数) for row in records(rows))
    words = notation.spoken("検算の結果（ます目の文字は検算の番号）")
    drawn = _chart(section, words, alt, lambda w: draw.checks.drawn(w, findings))
    assumed = Rows(
        [
            (
                notation.in_own_words(frames.plan, row.text),
                _metric_names(row.affects),
                notation.spoken(STATES[row.state]),
            )
            for row in records(frames.assumptions)
        ],
        columns=["前提", "影響する数値", "状態"],
    )
    proofs = place_link("quality.html", notation.spoken("根拠と検算のページ"))
    return _section(section, figures, frames, chart=drawn, rows=rows, assumptions=assumed, proofs=proofs)


def _metric_names(ids: str) -> str:
    return _several(notation.metric_name(one) for one in ids.split() if one in METRICS)


def method(figures: Figures, frames: Frames, workings: dict[Key, Working], section: object) -> Part:
    """Each definition with this year's numbers in it."""
    rows = Rows(
        [
            (
                notation.metric_name(key[0]),
                notation.metric_formula(key[0]),
                _worked(workings.get(key)),
                notation.figure(figures[key]),
                notation.spoken(STATUSES[figures[key].status]),
            )
            for key in WORKED
            if key in figures
        ],
        columns=["指標", "定義", "この年度の計算", "値", "区分"],
    )
    grades = Rows(
        [
            (
                grade.code,
                _with_original(notation.grade_label(frames.plan, grade), grade.label),
                notation.spoken("達成")
                if grade.achieved
                else notation.spoken("未達")
                if grade.is_rated
                else notation.spoken("分母に入れない"),
            )
            for grade in frames.plan.grades
        ],
        columns=["評価", "資料の言葉", "達成率での扱い"],
    )
    glossary = [(_capital(notation.spoken(one)), notation.spoken(says)) for one, says in _GLOSSARY]
    return _section(section, figures, frames, rows=rows, grades=grades, glossary=glossary)


_GLOSSARY = (
    ("取組", "計画に位置付けられた一つの取組項目。評価はこの単位で付く"),
    (
        "基本方針・推進項目",
        "計画の大きな柱と、その下の区分。番号は資料のもの、資料に番号がなければ上から順に付けたもの",
    ),
    ("効果見込額・実績効果額", "計画を作ったときに見込んだ額と、その年度に計上された額"),
    ("倍率", "実績効果額を効果見込額で割った比。ちょうど見込みどおりが1倍"),
    ("下限", "公表されていない見込みがゼロ以上である限り、それより小さくならない値"),
    ("判断", "資料に書かれておらず、言葉や数から分けたもの。誰の判断かは根拠と検算の「判断」にある"),
    ("訂正・了承", "公表された誤りを理由とともに直したもの・検算の不合格を理由とともに受け入れたもの"),
)


def _worked(working: Working | None) -> Shown:
    if working is None or not working.steps:
        return (working and working.note) or notation.NOT_APPLICABLE
    unit = notation.spoken("（{unit}）", unit=notation.spoken(working.unit)) if working.unit else ""
    lines = [f"{step.label} {step.expression}{unit}".strip() for step in working.steps]
    return macro("on_lines")(lines)


def _values(figures: Figures, metrics: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                notation.metric_name(one),
                notation.figure(figures[one]),
                notation.metric_formula(one),
                notation.spoken(STATUSES[figures[one].status]),
            )
            for one in metrics
            if one in figures
        ],
        columns=["指標", "値", "計算", "区分"],
    )


def _several(words: Iterable[str]) -> str:
    """Words one after another, as the language sets them apart."""
    return notation.spoken("、").join(words)


def _second(section: object) -> str:
    """The number of a section's second chart: 5の2, or 5b."""
    return notation.spoken("{number}の2", number=section.number)


def _cell(figures: Figures, metric: str, scope_id: str, *, scope: str = "policy") -> str:
    key = (metric, scope, scope_id)
    return notation.cell(figures[key]) if key in figures else notation.NOT_APPLICABLE


def _chart(section: object, caption: str, alt: str, drawn: object) -> draw.Chart:
    return draw.chart(
        drawn,
        number=section.number,
        name=f"figure-{section.name}",
        width_mm=tokens()["page"]["width"],
        caption=caption,
        alt=notation.spoken("{text}。", text=section.title.text) + alt,
        table=f"table-{section.name}",
    )


def _section(section: object, figures: Figures, frames: Frames, *, inputs: Iterable[str] = (), **shown: object) -> Part:
    """A section as the template of its name writes it."""
    places = _places(frames, inputs)
    ways = [spoken("資料の行：{places}", places=several(places))] if places else []
    if section.name == "matrix" and frames.graded_against:
        words, source_id, locator = frames.graded_against
        line = quoted(frames, source_id, locator, words)
        ways.append(spoken("評価が何に対するものか：{line}", line=line))
    name = f"figure-{section.name}"
    if shown.get("rows") is not None and has_data(name, figures, frames):
        ways.append(data_link(name))
    return _whole(f"detail/{section.name.replace('-', '_')}", section, figures, ways=ways, **shown)


def _empty(section: object, figures: Figures) -> Part:
    """A section that has nothing to show, and says why."""
    return _whole("detail/section", section, figures, ways=[])


def _whole(template: str, section: object, figures: Figures, **shown: object) -> Part:
    about = {
        "section": section,
        "topic": topic(section.name),
        "title": linked(section.title, figures),
        "notes": [linked(one, figures) for one in section.notes],
    }
    return part(template, f"{section.number} {about['topic']}：{section.title.text}", **about, **shown)


def _places(frames: Frames, inputs: Iterable[str]) -> list[Shown]:
    """The document's lines these rows come from, neighbours drawn together."""
    found = {}
    for place in dict.fromkeys(inputs):
        name, is_row, line = place.rpartition(".csv:")
        if is_row and name in frames.places:
            source_id, locator, _ = frames.places[name][int(line)]
            found[(source_id, *in_order(line_of(locator)))] = source_id
    runs: list[list[tuple[str, str, int]]] = []
    for source_id, before, number in sorted(found):
        if runs and runs[-1][-1] == (source_id, before, number - 1):
            runs[-1].append((source_id, before, number))
        else:
            runs.append([(source_id, before, number)])
    ends = [[run[0], run[-1]] if len(run) > 1 else [run[0]] for run in runs]
    if len(ends) > MOST_LINES:
        ends = [*ends[: MOST_LINES - 1], [ends[MOST_LINES - 1][0], ends[-1][-1]]]
    return [
        apart((line_link(frames, source_id, f"{before}{number}") for source_id, before, number in run), notation.TO)
        for run in ends
    ]
