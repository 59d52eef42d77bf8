"""The page of proofs: checks, workings, ranges, coverage, judgements, questions, rules for tables, the source text."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import pandas as pd

from helpers import notation
from helpers.pages.brief import STATUSES, quoted
from helpers.pages.environment import macro
from helpers.pages.links import (
    JUDGED,
    Link,
    as_received,
    figure_id,
    figure_link,
    input_row,
    line_id,
    line_link,
    threshold_id,
)
from helpers.pages.part import Part, part
from helpers.pages.tables import Rows
from helpers.pages.words import Shown, apart, several
from helpers.terms import METRICS, OUTCOMES, ROUNDINGS, Figure, Figures, Finding, Plan, Sentence
from helpers.terms.audience import PUBLIC, UNPUBLISHED, WITHHELD
from helpers.terms.frames import Frames
from helpers.terms.places import Line, in_order, is_numbered, line_of
from helpers.terms.proof import Question, Step, Working
from helpers.terms.records import records
from helpers.terms.sentence import Key
from helpers.terms.table import Table
from helpers.terms.tables import GRADE_BASES, TABLES, UNCONFIRMED, typed

CELLS = "quality/cells.html.j2"
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
    known = {figure.metric for figure in figures if figure.is_known}
    metrics = [(metric, notation.metric_name(metric)) for metric in METRICS if metric in known]
    sections = [
        {"name": name, "kind": _short(name), "message": messages[name].text} for name in SECTIONS if name in messages
    ]
    return part("quality/contents", notation.spoken("目次"), sections=sections, metrics=metrics)


def _short(name: str) -> str:
    return notation.sentence("index.checks") if name == "checks" else notation.spoken(SHORT[name])


def checks(findings: list[Finding], message: Sentence) -> Part:
    """Every check: how heavy it weighs, what came out, what was compared, what to do, who accepted it."""
    rows = Rows(
        [
            (
                macro("named")(one.id, one.id),
                one.title,
                notation.spoken(SEVERITIES[one.severity]),
                notation.spoken(OUTCOMES["warned" if one.warns else one.result]),
                one.evidence,
                notation.sentence(f"remedy.{one.id}") if one.remedy else notation.spoken("なし"),
                one.acknowledged or notation.spoken("なし"),
            )
            for one in sorted(findings, key=lambda one: one.id)
        ],
        columns=["番号", "検算", "不合格のとき", "結果", "照らし合わせた内容", "対処", "了承"],
    )
    return _section("checks", message, rows=rows)


def workings(workings: dict[Key, Working], figures: Figures, frames: Frames, message: Sentence) -> Part:
    """Every figure with its formula in words, its inputs in numbers, the result, and the lines it comes from."""
    units = {one.unit for one in workings.values() if one.unit in {"千円", "円"}}
    unit = notation.spoken("・").join(notation.spoken(unit) for unit in sorted(units) or ["千円"])
    legend = notation.sentence("quality.workings_legend", unit=unit)
    by_metric = {metric: [figure for figure in figures if figure.metric == metric] for metric in METRICS}
    known = {metric: some for metric, some in by_metric.items() if any(figure.is_known for figure in some)}
    metrics = [_metric(metric, some, workings, frames) for metric, some in known.items()]
    silent = [figure for metric, some in by_metric.items() if metric not in known for figure in some]
    return _section("workings", message, legend=legend, metrics=metrics, silent=_silent(silent, frames))


def _silent(figures: list[Figure], frames: Frames) -> Rows:
    """Metrics without any value, and why."""
    return Rows(
        [
            (
                macro("named")(_called(figure, frames), figure_id(figure.key)),
                notation.metric_formula(figure.metric),
                notation.figure(figure),
            )
            for figure in figures
        ],
        columns=["指標", "計算のしかた", "値がないわけ"],
    )


def _called(figure: Figure, frames: Frames) -> str:
    name = notation.metric_name(figure.metric)
    if figure.scope == "plan":
        return name
    return notation.spoken("{name}（{whose}）", name=name, whose=_whose(figure, frames))


def _metric(metric: str, of_metric: list[Figure], workings: dict[Key, Working], frames: Frames) -> dict[str, object]:
    rows = Rows(
        [
            (
                macro("named")(_whose(figure, frames), figure_id(figure.key)),
                _steps(workings[figure.key]),
                notation.figure(figure),
                notation.spoken(STATUSES[figure.status]),
                _lines(figure, frames),
            )
            for figure in of_metric
        ],
        columns=["対象", "計算", "値", "区分", "資料の行と言葉"],
    )
    return {
        "id": metric,
        "name": notation.metric_name(metric),
        "reference": METRICS[metric].reference,
        "formula": notation.metric_formula(metric),
        "threshold": _stands_on(metric, frames),
        "rows": rows,
    }


def _stands_on(metric: str, frames: Frames) -> Link | None:
    """The way to the threshold, which nobody published, that a metric stands on."""
    if metric not in ON_THRESHOLDS:
        return None
    name = ON_THRESHOLDS[metric]
    says = notation.sentence("label.reference", percent=_limit(name, frames))
    return Link(says, f"#{threshold_id(name)}", "proof-link")


def _limit(name: str, frames: Frames) -> str:
    limit = getattr(frames.plan.thresholds, name)
    if name == "policy_multiplier":
        return notation.spoken("{number}倍", number=notation.unrounded(limit))
    return notation.percent(limit, 0 if (limit * 100).denominator == 1 else 1)


def _thresholds(frames: Frames) -> Rows:
    """Where the marks lie that decide what is called behind or worth a word, and who set them."""
    return Rows(
        [
            (
                macro("named")(notation.spoken(says), threshold_id(name)),
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


def _whose(figure: Figure, frames: Frames) -> str:
    return notation.whose(figure, frames.plan, frames.measure_names if figure.scope == "measure" else {})


def _steps(working: Working) -> Shown:
    steps = [(step.label, _line(step, working.unit)) for step in working.steps]
    return macro("working", CELLS)(steps, working.agrees is False, working.note)


def _line(step: Step, unit: str) -> str:
    """The calculation and what it comes to; a number that is only read stands alone."""
    result = notation.unrounded(step.value)
    says = notation.spoken(IN_UNIT[unit], number=result)
    if step.expression == result:
        return says
    return notation.spoken("{expression} ＝ {result}", expression=step.expression, result=says)


def _lines(figure: Figure, frames: Frames) -> Shown:
    """The lines a figure comes from: with their words where they are few, else line by line."""
    stated, judged, others = {}, {}, []
    for place in figure.inputs:
        year, name, line = input_row(place)
        row = None if year else frames.places.get(name, {}).get(line)
        if row is not None:
            source_id, locator, quote = row
            stated[source_id, locator] = quote
        elif name in JUDGED:
            judged.setdefault(name, []).append("" if line is None else str(line))
        else:
            others.append(place)
    if len(stated) <= MOST_QUOTES and sum(map(len, stated.values())) <= MOST_QUOTED:
        said = [quoted(frames, *place, quote, page="") for place, quote in stated.items()]
    else:
        lines = dict.fromkeys((source, line_of(locator)) for source, locator in stated)
        ordered = sorted(lines, key=lambda place: (place[0], in_order(place[1])))
        said = [line_link(frames, source, line, page="") for source, line in ordered]
    said += [Link(_judged_lines(name, n), f"#table-{name}") for name, n in judged.items() if name in _TITLES]
    return apart([*said, *others])


def _judged_lines(name: str, lines: list[str]) -> str:
    if not any(lines):
        return f"{name}.csv"
    return notation.spoken("{file} {lines}行", file=f"{name}.csv", lines=notation.spoken("・").join(lines))


def items(figures: Figures, frames: Frames, message: Sentence) -> Part:
    """What rounding leaves open of each printed amount, and the policies each named measure may belong to."""
    effects, amounts = frames.effects, figures.of("actual_effect", "measure")
    printed = effects[(effects["scope"] == "measure") & (effects["kind"] == "actual")].set_index("scope_id")
    plan = frames.plan
    stated = frames.measures.set_index("measure_id")
    names = {one: notation.whole_measure(plan, name) for one, name in frames.measure_names.items()}
    ranges = Rows(
        [
            (
                names.get(item.scope_id, item.scope_id),
                _printed(printed.loc[item.scope_id], frames),
                notation.spoken(ROUNDINGS[printed.loc[item.scope_id, "rounding"]]),
                figure_link(item.key, notation.thousand_yen(item.interval.low), page=""),
                figure_link(item.key, notation.thousand_yen(item.interval.high), page=""),
            )
            for item in amounts
            if item.is_known
        ],
        columns=["取組", "資料の表記", "端数処理", "低い端", "高い端"],
    )
    places = Rows(
        [
            (
                names.get(place.scope_id, place.scope_id),
                _grade_of(stated.loc[place.scope_id]),
                figure_link(place.key, notation.figure(place), page=""),
                _settled(place, stated, frames.plan),
            )
            for place in figures.of("feasible_policies", "measure")
        ],
        columns=["取組", "評価", "属しうる基本方針", "定まり方"],
    )
    return _section("items", message, ranges=ranges, places=places)


def _printed(row: pd.Series, frames: Frames) -> Shown:
    """An amount as the document prints it, behind its line."""
    line = line_link(frames, row["source_id"], row["locator"], page="")
    return [line, " ", notation.printed(row["amount"], row["unit"])]


def _grade_of(row: pd.Series) -> str:
    return (
        notation.NOT_STATED
        if row["grade_basis"] == "unknown"
        else notation.spoken(
            "{grade}（{basis}）", grade=row["grade"], basis=notation.spoken(GRADE_BASES[row["grade_basis"]])
        )
    )


def _settled(place: Figure, stated: pd.DataFrame, plan: Plan) -> str:
    if not place.is_known:
        return notation.spoken("置ける基本方針がない")
    if stated.loc[place.scope_id, "policy_id"] != "not_stated":
        return notation.spoken(KNOWN["stated"])
    number = len(str(place.exact).split(","))
    if number == 1:
        return notation.spoken(KNOWN_BY_NUMBERS)
    if number == len(plan.policies):
        return notation.spoken("絞れない")
    return notation.spoken("{number}つまで絞れる", number=number)


def coverage(known: pd.DataFrame, figures: Figures, message: Sentence, *, plan: Plan | None = None) -> Part:
    """Measure × field: stated, implied, unknown. The plan translates the measures' names where it is given."""
    if known.empty:
        return _section("coverage", message, rows=None)
    rows = Rows(
        [
            (
                notation.whole_measure(plan, row["measure"]) if plan else row["measure"],
                *(_known(row[field], _own(row[f"{field}_value"], plan), field) for field in FIELDS),
            )
            for _, row in known.iterrows()
        ],
        columns=["取組", *FIELDS.values()],
    )
    counts = Rows(
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
    return _section("coverage", message, rows=rows, counts=counts, note=note)


def _own(value: str, plan: Plan | None) -> str:
    """A department's name as the other pages call it."""
    return notation.in_own_words(plan, value) if plan else value


def _known(how: str, value: str, field: str) -> Shown:
    if field == "policy" and value:
        policies = notation.sentence("label.policies_of", ids=value.replace(",", notation.sentence("label.and")))
        value = notation.spoken("{policies}のどれか", policies=policies) if "," in value else policies
    how_said = KNOWN_BY_NUMBERS if (how, field) == ("implied", "policy") else KNOWN[how]
    if (how, field) == ("unknown", "number"):
        how_said = "記載なし"  # the words are there, and hold no number
    says = notation.spoken(how_said)
    if value:
        says = notation.spoken("{how}（{value}）", how=says, value=value)
    return macro("known", CELLS)(how, says)


def judgements(frames: Frames, message: Sentence) -> Part:
    """Thresholds, open assumptions, judgements with their coder, corrections, accepted failures; as people keep them."""
    return _section(
        "judgements",
        message,
        thresholds=_thresholds(frames),
        thresholds_by=frames.plan.sources.get("thresholds", notation.NOT_STATED),
        kept=[_kept(name, frames) for name in _TITLES],
    )


def _kept(name: str, frames: Frames) -> dict[str, object]:
    """A table of judgements, or why there is none."""
    contract, kept = TABLES[name], frames.tables()[name]
    is_withheld = frames.audience == PUBLIC and name in UNPUBLISHED
    nothing = notation.spoken(WITHHELD) if is_withheld else notation.spoken("未登録（なし）")
    shown = pd.DataFrame(
        {
            contract.columns[column].title: [_word(contract, column, value, frames.plan) for value in kept[column]]
            for column in kept.columns
            if column not in {"measure_id", "assumption_id"}
        }
    )
    title = notation.spoken(_TITLES[name])
    return {"name": name, "title": title, "rows": shown, "nothing": nothing if kept.empty else ""}


_TITLES = {
    "assumptions": "前提",
    "effect_classes": "効果額の性質の判断",
    "reason_codes": "遅れた原因の判断",
    "corrections": "公表された誤りの訂正",
    "acknowledged": "不合格の了承",
}


def _word(contract: Table, column: str, value: str, plan: Plan) -> str:
    if column == "affects":
        named = (notation.metric_name(name) if name in METRICS else name for name in value.split())
        return notation.spoken("・").join(named)
    choices = contract.columns[column].choices
    if value == UNCONFIRMED or value in choices:
        return notation.spoken(choices.get(value, value))
    return notation.whole_measure(plan, value) if column == "measure" else notation.in_own_words(plan, value)


def questions(questions: list[Question], figures: Figures, frames: Frames, message: Sentence | None) -> Part | None:
    """What to ask whom, and the figures that stand on the answer. A public page does not ask."""
    if message is None:
        return None
    rows = Rows(
        [
            (
                str(number),
                notation.in_own_words(frames.plan, one.department),
                one.says.text,
                several(
                    figure_link(key, _called(figures[key], frames), page="")
                    for key in one.says.figures
                    if key in figures
                ),
            )
            for number, one in enumerate(questions, start=1)
        ],
        columns=["#", "宛先", "質問", "この答えで変わる数値"],
    )
    return _section("questions", message, rows=rows)


def readability(scores: pd.DataFrame, message: Sentence) -> Part:
    """Each rule with its result for the year's tables and for those published beside the charts."""
    shown = []
    lists = (
        ("mic", MIC, ~scores["rule"].str.startswith("L")),
        ("digital", DIGITAL, scores["rule"].str.startswith("L")),
    )
    for name, title, chosen in lists:
        rows = pd.DataFrame(
            [
                (row.rule, row.title, _score(row.data, row.data_why), _score(row.charts, row.charts_why))
                for row in records(scores[chosen])
            ],
            columns=["番号", "規則", "元の表（data/）", "公表する表（図のデータ）"],
        )
        shown.append({"name": name, "title": notation.spoken(title), "rows": rows})
    digital = int(scores["rule"].str.startswith("L").sum())
    counts = {"rules": DIGITAL_RULES, "known": digital, "rest": DIGITAL_RULES - digital}
    note = notation.sentence("quality.readability_note", **{name: str(count) for name, count in counts.items()})
    return _section("readability", message, note=note, lists=shown)


def _score(result: str, why: str) -> Shown:
    return macro("score", CELLS)(notation.spoken(SCORES[result]), why)


def source(documents: Mapping[str, Sequence[Line]], frames: Frames, message: Sentence) -> Part:
    """Each document as received, line by line, the tables of a format without lines as tables; a line's place is its address."""
    shown = []
    for source_id, lines in documents.items():
        about = frames.sources[source_id]
        described = {name: about[name] for name in ("title", "publisher", "published", "file")}
        if described["published"] == "not_stated":
            described["published"] = notation.month("not_stated")
        says = notation.spoken(
            "{title}（{publisher}、{published}、{file}、sha256 {sha256}）", **described, sha256=about["sha256"][:12]
        )
        for one in typed(about):
            says = notation.spoken("{document}：{year}", document=says, year=notation.spoken(one))
        if about.get("superseded"):
            says = notation.spoken("差し替え前の資料：{document}", document=says)
        listed = [
            {
                "place": line_of(line.place),
                "number": line.place[1:] if is_numbered(line.place) else "",
                "id": line_id(frames, source_id, line.place),
                "words": as_received(line.words),
                "cells": [as_received(words) for words in line.words.split("\t")] if line.cells else [],
            }
            for line in lines
            if line.place
        ]
        shown.append({"says": says, "blocks": [list(block) for _, block in groupby(listed, key=_table_of)]})
    return _section("source", message, documents=shown)


def _table_of(line: dict) -> str | None:
    """Which table of a format without lines it is a row of; nothing for other lines."""
    return in_order(line["place"])[0] if line["cells"] and not line["number"] else None


def _section(name: str, message: Sentence, **shown: object) -> Part:
    """A section as the template of its name writes it."""
    return part(f"quality/{name}", message.text, name=name, kind=_short(name), message=message.text, **shown)


def title(frames: Frames, messages: dict[str, Sentence]) -> Part:
    """The page's only first heading: whose figures, and how far they bear."""
    name = notation.spoken("{year}取組結果の根拠と検算", year=notation.fiscal_year(frames.fiscal_year))
    says = notation.spoken("{text}。", text=messages["workings"].text).rstrip()
    return part("quality/title", name, lead=notation.spoken("{name}：", name=name), says=says)
