"""The page of proofs: checks, workings, ranges, coverage, judgements, questions, rules for tables, the source text."""

import pandas as pd

from helpers import notation
from helpers.draw.links import (
    JUDGED,
    as_received,
    figure_id,
    figure_link,
    input_row,
    line_id,
    line_link,
    threshold_id,
)
from helpers.draw.page import STATUSES, YEAR_IS_TYPED
from helpers.draw.part import Part, tag, text
from helpers.draw.tables import stacked
from helpers.terms import METRICS, RESULTS, ROUNDINGS, Figure, Figures, Finding, Plan, Sentence
from helpers.terms.audience import PUBLIC, UNPUBLISHED, WITHHELD
from helpers.terms.proof import Question, Step, Working
from helpers.terms.sentence import Key
from helpers.terms.tables import GRADE_BASES, TABLES, UNCONFIRMED, Frames, year_is_stated

# Sections in their order on the page; each has a message of the same name.
SECTIONS = ("checks", "workings", "items", "coverage", "judgements", "questions", "readability", "source")
SHORT = {
    "workings": "計算のやり直し",
    "items": "幅と、属しうる基本方針",
    "coverage": "分かること・分からないこと",
    "judgements": "前提・判断・訂正・了承",
    "questions": "担当課への質問",
    "readability": "表の機械可読性",
    "source": "資料の全文",
}
SEVERITIES = {"block": "止める", "warn": "知らせる"}
KNOWN = {"stated": GRADE_BASES["stated"], "implied": GRADE_BASES["implied"], "unknown": "不明"}
# A policy follows from counts and amounts, not from words, and only as long as no effect is negative.
KNOWN_BY_NUMBERS = "件数と金額から定まる（効果額を0以上とみて）"
SCORES = {"met": "満たす", "partly": "一部", "missed": "満たさない", "not_applicable": "対象外", "unchecked": "未確認"}
FIELDS = {"department": "部", "grade": "評価", "amount": "金額", "policy": "基本方針", "number": "説明の数値"}
# The two lists of rules, by their titles; `check.readability` looks at the cells.
MIC = "総務省「統一的なデータ表記方法の統一ルール」（2020年12月18日）"
DIGITAL = "デジタル庁「機械可読性ルール」（2026年3月31日、30項目）"
DIGITAL_RULES = 30
# What each threshold of the plan decides, and the metrics that turn on one.
THRESHOLDS = {
    "achievement": "達成率がこれより低い方針を、評価が届かないとみる",
    "headline_achievement": "計画全体の達成率がこれより低いとき、見出しで未達の件数を言う",
    "top_item": "最大の1件の構成比がこれ以上のとき、見出しで名を挙げる",
    "shortfall": "方針の不足がこの割合（計画全体の見込みに対して）以上のとき、見出しで名を挙げる",
    "policy_multiplier": "方針の倍率がこれより低いとき、判断をお願いする事項に挙げる",
}
# It turns on what leadership is asked and what the register says, and a public page has neither.
POINTS_ONLY = "policy_multiplier"
ON_THRESHOLDS = {
    "regrades_to_80": "achievement",
    "discordance": "achievement",
    "registered_discordance": "policy_multiplier",
}
# A result in the unit its steps are written in.
IN_UNIT = {"千円": "{number}千円", "円": "{number}円", "件": "{number}件", "": "{number}"}
MOST_QUOTES = 4
# Beyond so many letters a cell names the lines only; the words are one link away.
MOST_QUOTED = 120


def contents(messages: dict[str, Sentence], figures: Figures) -> Part:
    """What stands where, as links."""
    metrics = dict.fromkeys(figure.metric for figure in figures if figure.is_known)
    inner = "".join(
        tag("li", tag("a", text(notation.metric_name(metric)), href=f"#g-{metric}"))
        for metric in METRICS
        if metric in metrics
    )
    items = "".join(
        tag(
            "li",
            tag("a", text(_short(name)), href=f"#{name}")
            + f"　{text(messages[name].text)}"
            + (tag("ul", inner, cls="metrics") if name == "workings" else ""),
        )
        for name in SECTIONS
        if name in messages
    )
    name = notation.spoken("目次")
    return Part(tag("nav", tag("h2", name) + tag("ol", items), cls="contents", aria_label=name), name)


def _short(name: str) -> str:
    return notation.sentence("index.checks") if name == "checks" else notation.spoken(SHORT[name])


def checks(findings: list[Finding], message: Sentence) -> Part:
    """Every check: how heavy it weighs, what came out, what was compared, what to do, who accepted it."""
    rows = pd.DataFrame(
        [
            (
                Part(tag("span", text(one.id), id=one.id), one.id),
                one.title,
                notation.spoken(SEVERITIES[one.severity]),
                notation.spoken("注意" if one.result == "failed" and one.severity == "warn" else RESULTS[one.result]),
                one.evidence,
                notation.sentence(f"remedy.{one.id}") if one.remedy else notation.spoken("なし"),
                one.acknowledged or notation.spoken("なし"),
            )
            for one in sorted(findings, key=lambda one: one.id)
        ],
        columns=["番号", "検算", "不合格のとき", "結果", "照らし合わせた内容", "対処", "了承"],
    )
    notes = tag("p", text(notation.sentence("quality.checks_stop"))) + tag(
        "p", text(notation.sentence("quality.checks_own"))
    )
    listed = _stacked(rows, name="proof-checks", caption=notation.spoken("検算（番号の順）"), head=2)
    return _section("checks", message, notes + listed)


def workings(workings: dict[Key, Working], figures: Figures, frames: Frames, message: Sentence) -> Part:
    """Every figure with its formula in words, its inputs in numbers, the result, and the lines it comes from."""
    units = {one.unit for one in workings.values() if one.unit in {"千円", "円"}}
    unit = notation.spoken("・").join(notation.spoken(unit) for unit in sorted(units) or ["千円"])
    legend = notation.sentence("quality.workings_legend", unit=unit)
    by_metric = {metric: [figure for figure in figures if figure.metric == metric] for metric in METRICS}
    groups = [
        _metric(metric, some, workings, frames)
        for metric, some in by_metric.items()
        if any(figure.is_known for figure in some)
    ]
    silent = [figure for some in by_metric.values() if not any(f.is_known for f in some) for figure in some]
    return _section("workings", message, tag("p", text(legend)) + "".join(groups) + _silent(silent, frames))


def _silent(figures: list[Figure], frames: Frames) -> str:
    """Metrics without any value, and why."""
    if not figures:
        return ""
    rows = pd.DataFrame(
        [
            (
                Part(tag("span", text(_called(figure, frames)), id=figure_id(figure.key)), figure.metric),
                notation.metric_formula(figure.metric),
                notation.figure(figure),
            )
            for figure in figures
        ],
        columns=["指標", "計算のしかた", "値がないわけ"],
    )
    name = notation.spoken("値のない指標")
    listed = _stacked(rows, name="proof-silent", caption=name)
    return tag("section", tag("h3", name, id="g-silent") + listed, cls="silent")


def _called(figure: Figure, frames: Frames) -> str:
    name = notation.metric_name(figure.metric)
    if figure.scope == "plan":
        return name
    return notation.spoken("{name}（{whose}）", name=name, whose=_whose(figure, frames))


def _metric(metric: str, of_metric: list[Figure], workings: dict[Key, Working], frames: Frames) -> str:
    about = METRICS[metric]
    rows = pd.DataFrame(
        [
            (
                Part(tag("span", text(_whose(figure, frames)), id=figure_id(figure.key)), metric),
                _steps(workings[figure.key]),
                notation.figure(figure),
                notation.spoken(STATUSES[figure.status]),
                _lines(figure, frames),
            )
            for figure in of_metric
        ],
        columns=["対象", "計算", "値", "区分", "資料の行と言葉"],
    )
    name, formula = notation.metric_name(metric), notation.metric_formula(metric)
    heading = tag("h3", f"{text(name)} {tag('small', text(about.reference))}", id=f"g-{metric}")
    heading += _stands_on(metric, frames)
    caption = notation.spoken("{name}＝{formula}", name=name, formula=formula)
    listed = _stacked(rows, name=f"table-of-{metric}", caption=caption, figures=("値",))
    return tag("section", heading + listed, cls="metric")


def _stands_on(metric: str, frames: Frames) -> str:
    """That a metric stands on a threshold, which nobody published, and the way to it."""
    if metric not in ON_THRESHOLDS:
        return ""
    name = ON_THRESHOLDS[metric]
    says = notation.sentence("label.reference", percent=_limit(name, frames))
    link = tag("a", text(says), href=f"#{threshold_id(name)}", cls="proof-link")
    return tag("p", notation.sentence("quality.on_threshold", link=link))


def _limit(name: str, frames: Frames) -> str:
    limit = getattr(frames.plan.thresholds, name)
    if name == "policy_multiplier":
        return notation.spoken("{number}倍", number=notation.unrounded(limit))
    return notation.percent(limit, 0 if (limit * 100).denominator == 1 else 1)


def _thresholds(frames: Frames) -> str:
    """Where the marks lie that decide what is called behind or worth a word, and who set them."""
    rows = pd.DataFrame(
        [
            (
                Part(tag("span", text(notation.spoken(says)), id=threshold_id(name)), says),
                f"{_limit(name, frames)}",
                notation.spoken("判断"),
                notation.spoken("、").join(notation.metric_name(one) for one, on in ON_THRESHOLDS.items() if on == name)
                or notation.spoken("なし"),
            )
            for name, says in THRESHOLDS.items()
            if frames.audience != PUBLIC or name != POINTS_ONLY
        ],
        columns=["目安", "値", "区分", "この目安で決まる数値"],
    )
    by = frames.plan.sources.get("thresholds", notation.NOT_STATED)
    caption = notation.spoken("目安（plan.toml の thresholds）")
    listed = _stacked(rows, name="table-thresholds", caption=caption, figures=("値",))
    said = notation.spoken("定めた人と根拠：{by}。", by=by)
    return tag("h3", notation.spoken("目安")) + tag("p", text(said)) + listed


def _whose(figure: Figure, frames: Frames) -> str:
    return notation.whose(figure, frames.plan, frames.measure_names if figure.scope == "measure" else {})


def _steps(working: Working) -> Part:
    lines = [
        tag(
            "div",
            (tag("span", text(step.label), cls="label") + " " if step.label else "")
            + tag("span", text(_line(step, working.unit)), cls="fixed-width"),
            cls="step",
        )
        for step in working.steps
    ]
    if working.agrees is False:
        lines.append(tag("div", notation.spoken("この式は値と一致しない"), cls="alert"))
    if working.note:
        lines.append(tag("div", text(working.note)))
    return Part("".join(lines), working.note)


def _line(step: Step, unit: str) -> str:
    """The calculation and what it comes to; a number that is only read stands alone."""
    result = notation.unrounded(step.value)
    says = notation.spoken(IN_UNIT[unit], number=result)
    if step.expression == result:
        return says
    return notation.spoken("{expression} ＝ {result}", expression=step.expression, result=says)


def _lines(figure: Figure, frames: Frames) -> Part:
    """The lines a figure comes from: with their words where they are few, else line by line."""
    tables = frames.tables()
    stated, judged, others = {}, {}, []
    for place in figure.inputs:
        year, name, line = input_row(place)
        is_here = not year and name in tables and line in tables[name].index
        row = tables[name].loc[line] if is_here else None
        if row is not None and "locator" in row:
            stated[row["source_id"], row["locator"]] = row["quote"]
        elif name in JUDGED:
            judged.setdefault(name, []).append("" if line is None else str(line))
        else:
            others.append(place)
    if len(stated) <= MOST_QUOTES and sum(map(len, stated.values())) <= MOST_QUOTED:
        said = [
            notation.spoken(
                "{line_link}「{as_received}」",
                line_link=line_link(frames, source, locator, page=""),
                as_received=as_received(quote),
            )
            for (source, locator), quote in stated.items()
        ]
    else:
        lines = dict.fromkeys((source, locator.partition(":")[0]) for source, locator in stated)
        ordered = sorted(lines, key=lambda place: (place[0], int(place[1][1:])))
        said = [line_link(frames, source, line, page="") for source, line in ordered]
    said += [
        tag("a", text(_judged_lines(name, n)), href=f"#table-{name}") for name, n in judged.items() if name in _TITLES
    ]
    said += [text(place) for place in others]
    return Part(" ".join(said), "")


def _judged_lines(name: str, lines: list[str]) -> str:
    if not any(lines):
        return f"{name}.csv"
    return notation.spoken("{file} {lines}行", file=f"{name}.csv", lines=notation.spoken("・").join(lines))


def items(figures: Figures, frames: Frames, message: Sentence) -> Part:
    """What rounding leaves open of each printed amount, and the policies each named measure may belong to."""
    effects, amounts = frames.effects, figures.of("actual_effect", "measure")
    printed = effects[(effects["scope"] == "measure") & (effects["kind"] == "actual")].set_index("scope_id")
    plan = frames.plan
    names = {one: notation.whole_measure(plan, name) for one, name in frames.measure_names.items()}
    ranges = pd.DataFrame(
        [
            (
                names.get(item.scope_id, item.scope_id),
                Part(
                    line_link(
                        frames, printed.loc[item.scope_id, "source_id"], printed.loc[item.scope_id, "locator"], page=""
                    )
                    + " "
                    + text(notation.printed(printed.loc[item.scope_id, "amount"], printed.loc[item.scope_id, "unit"])),
                    "",
                ),
                notation.spoken(ROUNDINGS[printed.loc[item.scope_id, "rounding"]]),
                figure_link(item.key, notation.thousand_yen(item.interval.low), page=""),
                figure_link(item.key, notation.thousand_yen(item.interval.high), page=""),
            )
            for item in amounts
            if item.is_known
        ],
        columns=["取組", "資料の表記", "端数処理", "低い端", "高い端"],
    )
    places = pd.DataFrame(
        [
            (
                names.get(place.scope_id, place.scope_id),
                _grade_of(frames, place.scope_id),
                figure_link(place.key, notation.figure(place), page=""),
                _settled(place, frames),
            )
            for place in figures.of("feasible_policies", "measure")
        ],
        columns=["取組", "評価", "属しうる基本方針", "定まり方"],
    )
    parts = []
    if len(ranges):
        caption, unit = notation.spoken("丸められた金額がありうる幅"), notation.spoken("千円")
        listed = _stacked(ranges, name="proof-ranges", caption=caption, unit=unit, figures=("低い端", "高い端"))
        parts.append(listed)
    else:
        parts.append(tag("p", notation.spoken("金額が公表された取組はない。")))
    if len(places):
        note = notation.sentence("quality.items_places")
        listed = _stacked(places, name="proof-places", caption=notation.spoken("名称のある取組が属しうる基本方針"))
        parts.append(tag("p", note) + listed)
    return _section("items", message, "".join(parts))


def _grade_of(frames: Frames, measure_id: str) -> str:
    row = frames.measures.set_index("measure_id").loc[measure_id]
    return (
        notation.NOT_STATED
        if row["grade_basis"] == "unknown"
        else notation.spoken(
            "{grade}（{basis}）", grade=row["grade"], basis=notation.spoken(GRADE_BASES[row["grade_basis"]])
        )
    )


def _settled(place: Figure, frames: Frames) -> str:
    if not place.is_known:
        return notation.spoken("置ける基本方針がない")
    stated = frames.measures.set_index("measure_id").loc[place.scope_id, "policy_id"]
    if stated != "not_stated":
        return notation.spoken(KNOWN["stated"])
    number = len(str(place.exact).split(","))
    if number == 1:
        return notation.spoken(KNOWN_BY_NUMBERS)
    if number == len(frames.plan.policies):
        return notation.spoken("絞れない")
    return notation.spoken("{number}つまで絞れる", number=number)


def coverage(known: pd.DataFrame, figures: Figures, message: Sentence, *, plan: Plan | None = None) -> Part:
    """Measure × field: stated, implied, unknown. The plan translates the measures' names where it is given."""
    if known.empty:
        return _section("coverage", message, tag("p", notation.spoken("取組ごとの記載はない。")))
    rows = pd.DataFrame(
        [
            (
                notation.whole_measure(plan, row["measure"]) if plan else row["measure"],
                *(_known(row[field], _own(row[f"{field}_value"], plan), field) for field in FIELDS),
            )
            for _, row in known.iterrows()
        ],
        columns=["取組", *FIELDS.values()],
    )
    counts = pd.DataFrame(
        [
            (notation.spoken(label), *(str(int((known[field] == how).sum())) for field in FIELDS))
            for how, label in (
                KNOWN | {"implied": "記載か、件数と金額から定まる", "unknown": "不明（数値は記載なし）"}
            ).items()
        ],
        columns=["件数", *FIELDS.values()],
    )
    measures, named = figures["measures"], figures["named_measures"]
    rest = measures.exact - named.exact if measures.is_known and named.is_known else 0
    note = notation.sentence("quality.coverage_rest", rest=notation.count(rest)) if rest > 0 else ""
    listed = _stacked(rows, name="proof-coverage", caption=notation.spoken("名称のある取組と、分かる欄"))
    caption = notation.spoken("欄ごとの件数")
    tallied = _stacked(counts, name="proof-coverage-counts", caption=caption, figures=tuple(FIELDS.values()))
    return _section("coverage", message, tag("p", text(note)) + tallied + listed)


def _own(value: str, plan: Plan | None) -> str:
    """A department's name as the other pages call it."""
    return notation.in_own_words(plan, value) if plan else value


def _known(how: str, value: str, field: str) -> Part:
    if field == "policy" and value:
        policies = notation.sentence("label.policies_of", ids=value.replace(",", notation.sentence("label.and")))
        value = notation.spoken("{policies}のどれか", policies=policies) if "," in value else policies
    how_said = KNOWN_BY_NUMBERS if (how, field) == ("implied", "policy") else KNOWN[how]
    if (how, field) == ("unknown", "number"):
        how_said = "記載なし"  # the words are there, and hold no number
    says = notation.spoken(how_said)
    if value:
        says = notation.spoken("{how}（{value}）", how=says, value=value)
    return Part(tag("span", text(says), cls=f"known-{how}"), says)


def judgements(frames: Frames, message: Sentence) -> Part:
    """Thresholds, open assumptions, judgements with their coder, corrections, accepted failures; as people keep them."""
    parts = [_thresholds(frames)]
    for name in ("assumptions", "effect_classes", "reason_codes", "corrections", "acknowledged"):
        contract, kept = TABLES[name], frames.tables()[name]
        title = notation.spoken(_TITLES[name])
        heading = tag("h3", text(title))
        if kept.empty:
            is_withheld = frames.audience == PUBLIC and name in UNPUBLISHED
            why = notation.spoken(WITHHELD) if is_withheld else notation.spoken("未登録（なし）")
            parts.append(heading + tag("p", text(why), id=f"table-{name}"))
            continue
        shown = pd.DataFrame(
            {
                contract.columns[column].title: [_word(contract, column, value, frames.plan) for value in kept[column]]
                for column in kept.columns
                if column not in {"measure_id", "assumption_id"}
            }
        )
        caption = notation.spoken("{title}（{file}）", title=title, file=f"{name}.csv")
        parts.append(heading + _stacked(shown, name=f"table-{name}", caption=caption))
    return _section("judgements", message, "".join(parts))


_TITLES = {
    "assumptions": "前提",
    "effect_classes": "効果額の性質の判断",
    "reason_codes": "遅れた原因の判断",
    "corrections": "公表された誤りの訂正",
    "acknowledged": "不合格の了承",
}


def _word(contract, column: str, value: str, plan: Plan) -> str:  # noqa: ANN001 — a contract of `terms.tables`
    if column == "affects":
        named = (notation.metric_name(name) if name in METRICS else name for name in value.split())
        return notation.spoken("・").join(named)
    choices = (contract.columns[column].metadata or {}).get("choices", {})
    if value == UNCONFIRMED or value in choices:
        return notation.spoken(choices.get(value, value))
    return notation.whole_measure(plan, value) if column == "measure" else notation.in_own_words(plan, value)


def questions(questions: list[Question], figures: Figures, frames: Frames, message: Sentence | None) -> Part | None:
    """What to ask whom, and the figures that stand on the answer. A public page does not ask."""
    if message is None:
        return None
    if not questions:
        return _section("questions", message, "")
    rows = pd.DataFrame(
        [
            (
                str(number),
                notation.in_own_words(frames.plan, one.department),
                one.says.text,
                Part(
                    notation.spoken("、").join(
                        figure_link(key, _called(figures[key], frames), page="").html
                        for key in one.says.figures
                        if key in figures
                    ),
                    "",
                ),
            )
            for number, one in enumerate(questions, start=1)
        ],
        columns=["#", "宛先", "質問", "この答えで変わる数値"],
    )
    listed = _stacked(rows, name="proof-questions", caption=notation.spoken("資料に記載がないことから作った質問"))
    return _section("questions", message, listed)


def readability(scores: pd.DataFrame, message: Sentence) -> Part:
    """Each rule with its result for the year's tables and for those published beside the charts."""
    parts = []
    lists = (
        ("mic", MIC, ~scores["rule"].str.startswith("L")),
        ("digital", DIGITAL, scores["rule"].str.startswith("L")),
    )
    for name, title, chosen in lists:
        rows = pd.DataFrame(
            [
                (row.rule, row.title, _score(row.data, row.data_why), _score(row.charts, row.charts_why))
                for row in scores[chosen].itertuples()
            ],
            columns=["番号", "規則", "元の表（data/）", "公表する表（図のデータ）"],
        )
        parts.append(_stacked(rows, name=f"proof-rules-{name}", caption=notation.spoken(title), head=2))
    digital = int(scores["rule"].str.startswith("L").sum())
    counts = {"rules": DIGITAL_RULES, "known": digital, "rest": DIGITAL_RULES - digital}
    note = notation.sentence("quality.readability_note", **{name: str(count) for name, count in counts.items()})
    return _section("readability", message, tag("p", text(note)) + "".join(parts))


def _score(result: str, why: str) -> Part:
    says = notation.spoken(SCORES[result])
    return Part(f"{tag('strong', text(says))} {text(why)}", says)


def source(documents: dict[str, list[str]], frames: Frames, message: Sentence) -> Part:
    """Each document as received, line by line; the number of a line is its address."""
    parts = []
    for source_id, lines in documents.items():
        about = frames.sources[source_id]
        listed = "".join(
            tag(
                "div",
                tag(
                    "a",
                    str(number),
                    href=f"#{anchor}",
                    cls="line-number fixed-width",
                    aria_label=notation.spoken("{number}行", number=number),
                )
                + tag("span", as_received(line), cls="line"),
                id=anchor,
                cls="source-line",
            )
            for number, line in enumerate(lines, start=1)
            for anchor in [line_id(frames, source_id, f"L{number}")]
        )
        described = {name: about[name] for name in ("title", "publisher", "published", "file")}
        if described["published"] == "not_stated":
            described["published"] = notation.month("not_stated")
        said = notation.spoken(
            "{title}（{publisher}、{published}、{file}、sha256 {sha256}）", **described, sha256=about["sha256"][:12]
        )
        if not year_is_stated(about):
            said = notation.spoken("{document}：{year}", document=said, year=notation.spoken(YEAR_IS_TYPED))
        if about.get("superseded"):
            said = notation.spoken("差し替え前の資料：{document}", document=said)
        parts.append(tag("p", text(said)) + tag("div", listed, cls="source-text"))
    return _section("source", message, "".join(parts))


def _stacked(
    rows: pd.DataFrame, *, name: str, caption: str, figures: tuple[str, ...] = (), head: int = 1, unit: str = ""
) -> str:
    return stacked(rows, name=name, caption=caption, figures=figures, head=head, unit=unit).html


def _section(name: str, message: Sentence, content: str) -> Part:
    heading = tag("h2", f"{tag('span', text(_short(name)), cls='kind')} {text(message.text)}")
    return Part(tag("section", heading + content, id=name, cls="proof"), message.text)


def title(frames: Frames, messages: dict[str, Sentence]) -> Part:
    """The page's only first heading: whose figures, and how far they bear."""
    name = notation.spoken("{year}取組結果の根拠と検算", year=notation.fiscal_year(frames.fiscal_year))
    said = tag("span", text(notation.spoken("{text}。", text=messages["workings"].text).rstrip()))
    lead = notation.spoken("{name}：", name=name)
    is_original = notation.language() == notation.ORIGINAL
    whose = "" if is_original else tag("p", text(notation.sentence("detail.translated")), cls="translated")
    return Part(tag("h1", tag("span", text(lead)) + said, cls="headline") + whose, name)
