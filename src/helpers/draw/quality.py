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
from helpers.draw.page import STATUSES
from helpers.draw.part import Part, tag, text
from helpers.draw.tables import stacked
from helpers.terms import METRICS, RESULTS, ROUNDINGS, Figure, Figures, Finding, Sentence, wareki
from helpers.terms.audience import PUBLIC, UNPUBLISHED, WITHHELD
from helpers.terms.proof import Question, Step, Working
from helpers.terms.sentence import Key
from helpers.terms.tables import GRADE_BASES, REASONS, TABLES, Frames

# Sections in their order on the page; each has a message of the same name.
SECTIONS = ("checks", "workings", "items", "coverage", "judgements", "questions", "readability", "source")
SHORT = {
    "checks": "検算",
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
CONTROLS = {"internal": "市の中の原因", "external": "市の外の原因", "mixed": "両方の原因", "unknown": "不明"}
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
MOST_QUOTES = 4
# Beyond so many letters a cell names the lines only; the words are one link away.
MOST_QUOTED = 120


def contents(messages: dict[str, Sentence], figures: Figures) -> Part:
    """What stands where, as links."""
    metrics = dict.fromkeys(figure.metric for figure in figures if figure.is_known)
    inner = "".join(
        tag("li", tag("a", text(METRICS[metric].name), href=f"#g-{metric}")) for metric in METRICS if metric in metrics
    )
    items = "".join(
        tag(
            "li",
            tag("a", text(SHORT[name]), href=f"#{name}")
            + f"　{text(messages[name].text)}"
            + (tag("ul", inner, cls="metrics") if name == "workings" else ""),
        )
        for name in SECTIONS
        if name in messages
    )
    return Part(tag("nav", tag("h2", "目次") + tag("ol", items), cls="contents", aria_label="目次"), "目次")


def checks(findings: list[Finding], message: Sentence) -> Part:
    """Every check: how heavy it weighs, what came out, what was compared, what to do, who accepted it."""
    rows = pd.DataFrame(
        [
            (
                Part(tag("span", text(one.id), id=one.id), one.id),
                one.title,
                SEVERITIES[one.severity],
                "注意" if one.result == "failed" and one.severity == "warn" else RESULTS[one.result],
                one.evidence,
                one.remedy or "なし",
                one.acknowledged or "なし",
            )
            for one in sorted(findings, key=lambda one: one.id)
        ],
        columns=["番号", "検算", "不合格のとき", "結果", "照らし合わせた内容", "対処", "了承"],
    )
    note = "「止める」検算が不合格なら、了承がない限りページは作られない。対象外は、比べる相手（資料の記載・内部台帳・差し替え前の資料）がないもの。"
    own = (
        "V17とV25は、ページの文を読み直す検算で、どのページも自分の文が通らなければ作られない。"
        "ここに示す数は「1枚のまとめ」の文のもので、このページの文も同じ検算を通っている。"
    )
    listed = _stacked(rows, name="proof-checks", caption="検算（番号の順）", head=2)
    return _section("checks", message, tag("p", note) + tag("p", own) + listed)


def workings(workings: dict[Key, Working], figures: Figures, frames: Frames, message: Sentence) -> Part:
    """Every figure with its formula in words, its inputs in numbers, the result, and the lines it comes from."""
    units = {one.unit for one in workings.values() if one.unit in {"千円", "円"}}
    unit = "・".join(sorted(units)) or "千円"
    legend = (
        f"金額の式は{unit}で書く。この順に電卓で確かめられる。「…」は割り切れない小数を切った印で、「値」はそれを四捨五入した、ページに示す形。"
        "幅のある値は、両端が同じ値に丸まれば「約」、丸まらなければ外側に丸める。²は2乗、△はマイナス。"
    )
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
                METRICS[figure.metric].formula,
                notation.figure(figure),
            )
            for figure in figures
        ],
        columns=["指標", "計算のしかた", "値がないわけ"],
    )
    listed = _stacked(rows, name="proof-silent", caption="値のない指標")
    return tag("section", tag("h3", "値のない指標", id="g-silent") + listed, cls="silent")


def _called(figure: Figure, frames: Frames) -> str:
    name = METRICS[figure.metric].name
    return name if figure.scope == "plan" else f"{name}（{_whose(figure, frames)}）"


def _metric(metric: str, of_metric: list[Figure], workings: dict[Key, Working], frames: Frames) -> str:
    about = METRICS[metric]
    rows = pd.DataFrame(
        [
            (
                Part(tag("span", text(_whose(figure, frames)), id=figure_id(figure.key)), metric),
                _steps(workings[figure.key]),
                notation.figure(figure),
                STATUSES[figure.status],
                _lines(figure, frames),
            )
            for figure in of_metric
        ],
        columns=["対象", "計算", "値", "区分", "資料の行と言葉"],
    )
    heading = tag("h3", f"{text(about.name)} {tag('small', text(about.reference))}", id=f"g-{metric}")
    heading += _stands_on(metric, frames)
    listed = _stacked(rows, name=f"table-of-{metric}", caption=f"{about.name}＝{about.formula}", figures=("値",))
    return tag("section", heading + listed, cls="metric")


def _stands_on(metric: str, frames: Frames) -> str:
    """That a metric stands on a threshold, which nobody published, and the way to it."""
    if metric not in ON_THRESHOLDS:
        return ""
    name = ON_THRESHOLDS[metric]
    link = tag("a", text(f"目安の{_limit(name, frames)}"), href=f"#{threshold_id(name)}", cls="proof-link")
    return tag("p", f"区分は計算でも、境目は{link}による。目安は判断で、資料が定めたものではない。")


def _limit(name: str, frames: Frames) -> str:
    limit = getattr(frames.plan.thresholds, name)
    if name == "policy_multiplier":
        return f"{notation.unrounded(limit)}倍"
    return notation.percent(limit, 0 if (limit * 100).denominator == 1 else 1)


def _thresholds(frames: Frames) -> str:
    """Where the marks lie that decide what is called behind or worth a word, and who set them."""
    rows = pd.DataFrame(
        [
            (
                Part(tag("span", text(says), id=threshold_id(name)), says),
                f"{_limit(name, frames)}",
                "判断",
                "、".join(METRICS[one].name for one, on in ON_THRESHOLDS.items() if on == name) or "なし",
            )
            for name, says in THRESHOLDS.items()
            if frames.audience != PUBLIC or name != POINTS_ONLY
        ],
        columns=["目安", "値", "区分", "この目安で決まる数値"],
    )
    by = frames.plan.sources.get("thresholds", notation.NOT_STATED)
    listed = _stacked(rows, name="table-thresholds", caption="目安（plan.toml の thresholds）", figures=("値",))
    return tag("h3", "目安") + tag("p", text(f"定めた人と根拠：{by}。")) + listed


def _whose(figure: Figure, frames: Frames) -> str:
    """What a figure is of, in the plan's words."""
    plan, of = frames.plan, figure.scope_id
    policy_id, _, grade = of.rpartition(":")
    says = {
        "plan": lambda: "計画全体",
        "policy": lambda: f"方針{of} {plan.policy(of).short_name}",
        "grade": lambda: f"評価{of}",
        "policy:grade": lambda: f"方針{policy_id} 評価{grade}",
        "measure": lambda: plan.short_name(frames.measure_names.get(of, of)),
        "reason": lambda: REASONS.get(of, of),
        "control": lambda: CONTROLS.get(of, of),
    }
    return says.get(figure.scope, lambda: of.replace(":", " "))()


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
        lines.append(tag("div", "この式は値と一致しない", cls="alert"))
    if working.note:
        lines.append(tag("div", text(working.note)))
    return Part("".join(lines), working.note)


def _line(step: Step, unit: str) -> str:
    """The calculation and what it comes to; a number that is only read stands alone."""
    result = notation.unrounded(step.value)
    return f"{result}{unit}" if step.expression == result else f"{step.expression} ＝ {result}{unit}"


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
            f"{line_link(frames, source, locator, page='')}「{as_received(quote)}」"
            for (source, locator), quote in stated.items()
        ]
    else:
        lines = dict.fromkeys((source, locator.partition(":")[0]) for source, locator in stated)
        ordered = sorted(lines, key=lambda place: (place[0], int(place[1][1:])))
        said = [line_link(frames, source, line, page="") for source, line in ordered]
    said += [
        tag("a", text(f"{name}.csv" + (f" {'・'.join(n)}行" if any(n) else "")), href=f"#table-{name}")
        for name, n in judged.items()
        if name in _TITLES
    ]
    said += [text(place) for place in others]
    return Part(" ".join(said), "")


def items(figures: Figures, frames: Frames, message: Sentence) -> Part:
    """What rounding leaves open of each printed amount, and the policies each named measure may belong to."""
    effects, amounts = frames.effects, figures.of("actual_effect", "measure")
    printed = effects[(effects["scope"] == "measure") & (effects["kind"] == "actual")].set_index("scope_id")
    names = frames.measure_names
    ranges = pd.DataFrame(
        [
            (
                names.get(item.scope_id, item.scope_id),
                Part(
                    line_link(
                        frames, printed.loc[item.scope_id, "source_id"], printed.loc[item.scope_id, "locator"], page=""
                    )
                    + " "
                    + text(
                        notation.decimal_text(printed.loc[item.scope_id, "amount"]) + printed.loc[item.scope_id, "unit"]
                    ),
                    "",
                ),
                ROUNDINGS[printed.loc[item.scope_id, "rounding"]],
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
        listed = _stacked(
            ranges, name="proof-ranges", caption="丸められた金額がありうる幅", unit="千円", figures=("低い端", "高い端")
        )
        parts.append(listed)
    else:
        parts.append(tag("p", "金額が公表された取組はない。"))
    if len(places):
        note = (
            "公表された件数（評価ごとの枠）と金額（実績効果額）のどれにも反しない基本方針をすべて挙げた。"
            "名称のある取組を同時に置けるかまで見ている。"
        )
        listed = _stacked(places, name="proof-places", caption="名称のある取組が属しうる基本方針")
        parts.append(tag("p", note) + listed)
    return _section("items", message, "".join(parts))


def _grade_of(frames: Frames, measure_id: str) -> str:
    row = frames.measures.set_index("measure_id").loc[measure_id]
    return (
        notation.NOT_STATED
        if row["grade_basis"] == "unknown"
        else f"{row['grade']}（{GRADE_BASES[row['grade_basis']]}）"
    )


def _settled(place: Figure, frames: Frames) -> str:
    if not place.is_known:
        return "置ける基本方針がない"
    stated = frames.measures.set_index("measure_id").loc[place.scope_id, "policy_id"]
    if stated != "not_stated":
        return KNOWN["stated"]
    number = len(str(place.exact).split(","))
    if number == 1:
        return KNOWN_BY_NUMBERS
    return "絞れない" if number == len(frames.plan.policies) else f"{number}つまで絞れる"


def coverage(known: pd.DataFrame, figures: Figures, message: Sentence) -> Part:
    """Measure × field: stated, implied, unknown."""
    if known.empty:
        return _section("coverage", message, tag("p", "取組ごとの記載はない。"))
    rows = pd.DataFrame(
        [
            (row["measure"], *(_known(row[field], row[f"{field}_value"], field) for field in FIELDS))
            for _, row in known.iterrows()
        ],
        columns=["取組", *FIELDS.values()],
    )
    counts = pd.DataFrame(
        [
            (label, *(str(int((known[field] == how).sum())) for field in FIELDS))
            for how, label in (
                KNOWN | {"implied": "記載か、件数と金額から定まる", "unknown": "不明（数値は記載なし）"}
            ).items()
        ],
        columns=["件数", *FIELDS.values()],
    )
    measures, named = figures["measures"], figures["named_measures"]
    rest = measures.exact - named.exact if measures.is_known and named.is_known else 0
    note = f"このほかの{notation.count(rest)}は名称も公表されておらず、どの欄も不明。" if rest > 0 else ""
    listed = _stacked(rows, name="proof-coverage", caption="名称のある取組と、分かる欄")
    tallied = _stacked(counts, name="proof-coverage-counts", caption="欄ごとの件数", figures=tuple(FIELDS.values()))
    return _section("coverage", message, tag("p", text(note)) + tallied + listed)


def _known(how: str, value: str, field: str) -> Part:
    if field == "policy" and value:
        value = f"方針{value.replace(',', '・')}" + ("のどれか" if "," in value else "")
    how_said = KNOWN_BY_NUMBERS if (how, field) == ("implied", "policy") else KNOWN[how]
    if (how, field) == ("unknown", "number"):
        how_said = "記載なし"  # the words are there, and hold no number
    says = how_said + (f"（{value}）" if value else "")
    return Part(tag("span", text(says), cls=f"known-{how}"), says)


def judgements(frames: Frames, message: Sentence) -> Part:
    """Thresholds, open assumptions, judgements with their coder, corrections, accepted failures; as people keep them."""
    parts = [_thresholds(frames)]
    for name in ("assumptions", "effect_classes", "reason_codes", "corrections", "acknowledged"):
        contract, kept = TABLES[name], frames.tables()[name]
        heading = tag("h3", text(_TITLES[name]))
        if kept.empty:
            is_withheld = frames.audience == PUBLIC and name in UNPUBLISHED
            why = WITHHELD if is_withheld else notation.NOT_REGISTERED + "（なし）"
            parts.append(heading + tag("p", text(why), id=f"table-{name}"))
            continue
        shown = pd.DataFrame(
            {
                contract.columns[column].title: [_word(contract, column, value) for value in kept[column]]
                for column in kept.columns
                if column not in {"measure_id", "assumption_id"}
            }
        )
        parts.append(heading + _stacked(shown, name=f"table-{name}", caption=f"{_TITLES[name]}（{name}.csv）"))
    return _section("judgements", message, "".join(parts))


_TITLES = {
    "assumptions": "前提",
    "effect_classes": "効果額の性質の判断",
    "reason_codes": "遅れた原因の判断",
    "corrections": "公表された誤りの訂正",
    "acknowledged": "不合格の了承",
}


def _word(contract, column: str, value: str) -> str:  # noqa: ANN001 — a contract of `terms.tables`
    if column == "affects":
        return "・".join(METRICS[name].name if name in METRICS else name for name in value.split())
    return (contract.columns[column].metadata or {}).get("choices", {}).get(value, value)


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
                one.department,
                one.says.text,
                Part(
                    "、".join(
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
    listed = _stacked(rows, name="proof-questions", caption="資料に記載がないことから作った質問")
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
        parts.append(_stacked(rows, name=f"proof-rules-{name}", caption=title, head=2))
    digital = int(scores["rule"].str.startswith("L").sum())
    note = (
        f"欄ごとに計算した自己点検で、第三者の確認は受けていない。総務省のルールは項目1-1から1-12までを見た"
        f"（このほかの項目は文面を確かめていない）。デジタル庁の{DIGITAL_RULES}項目のうち、内容が分かるのは{digital}項目で、"
        f"残る{DIGITAL_RULES - digital}項目は見ていない。見た項目も見出しの言葉によるもので、細則との照合は未確認。"
    )
    return _section("readability", message, tag("p", text(note)) + "".join(parts))


def _score(result: str, why: str) -> Part:
    return Part(f"{tag('strong', text(SCORES[result]))} {text(why)}", SCORES[result])


def source(documents: dict[str, list[str]], frames: Frames, message: Sentence) -> Part:
    """Each document as received, line by line; the number of a line is its address."""
    parts = []
    for source_id, lines in documents.items():
        about = frames.sources[source_id]
        listed = "".join(
            tag(
                "div",
                tag("a", str(number), href=f"#{anchor}", cls="line-number fixed-width", aria_label=f"{number}行")
                + tag("span", as_received(line), cls="line"),
                id=anchor,
                cls="source-line",
            )
            for number, line in enumerate(lines, start=1)
            for anchor in [line_id(frames, source_id, f"L{number}")]
        )
        said = f"{about['title']}（{about['publisher']}、{about['published']}、{about['file']}、sha256 {about['sha256'][:12]}）"
        replaced = "差し替え前の資料：" if about.get("superseded") else ""
        parts.append(tag("p", text(replaced + said)) + tag("div", listed, cls="source-text"))
    return _section("source", message, "".join(parts))


def _stacked(
    rows: pd.DataFrame, *, name: str, caption: str, figures: tuple[str, ...] = (), head: int = 1, unit: str = ""
) -> str:
    return stacked(rows, name=name, caption=caption, figures=figures, head=head, unit=unit).html


def _section(name: str, message: Sentence, content: str) -> Part:
    heading = tag("h2", f"{tag('span', text(SHORT[name]), cls='kind')} {text(message.text)}")
    return Part(tag("section", heading + content, id=name, cls="proof"), message.text)


def title(frames: Frames, messages: dict[str, Sentence]) -> Part:
    """The page's only first heading: whose figures, and how far they bear."""
    name = f"{wareki(frames.fiscal_year)}取組結果の根拠と検算"
    said = tag("span", text(messages["workings"].text + "。"))
    return Part(tag("h1", tag("span", text(f"{name}：")) + said, cls="headline"), name)
