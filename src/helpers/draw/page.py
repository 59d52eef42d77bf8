"""The worded parts of the brief: masthead, headline, key figures, points, notes, provenance, and the tables behind."""

import pandas as pd

from helpers import notation
from helpers.draw import charts
from helpers.draw.part import Part, tag, text
from helpers.draw.tables import table
from helpers.terms import METRICS, Figure, Figures, Finding, Point, Sentence, Status, wareki
from helpers.terms.sentence import Key
from helpers.terms.tables import Frames

AUDIENCES = {"internal": "庁内用", "public": "公表用"}
STATUSES = {
    Status.STATED: "記載",
    Status.DERIVED: "計算",
    Status.JUDGEMENT: "判断",
    Status.UNDEFINED: "対象外",
    Status.NOT_AVAILABLE: "記載なし",
}
RESULTS = {"passed": "合格", "failed": "不合格", "not_applicable": "対象外", "not_run": "実行不能"}
MOST_QUOTES = 4


def masthead(frames: Frames, *, audience: str) -> Part:
    """Whose plan, which year, for whom, on what knowledge."""
    plan, year = frames.plan, frames.fiscal_year
    nth = f"計画{year - plan.first_fiscal_year + 1}年目／{len(plan.years)}年"
    name = f"{plan.municipality} {plan.name}"
    return Part(
        tag(
            "header",
            tag(
                "p",
                f"{text(name)}　<strong>{text(wareki(year))}（{year}年度）取組結果</strong>　{text(nth)}",
                cls="plan",
            )
            + tag("p", f"{text(AUDIENCES[audience])}｜公表資料に基づく", cls="audience"),
            cls="masthead",
        ),
        f"{name} {wareki(year)}",
    )


def headline(sentences: list[Sentence]) -> Part:
    """The headline, each sentence kept whole where the line allows."""
    words = " ".join(tag("span", text(sentence.text)) for sentence in sentences)
    return Part(tag("h1", words, cls="headline"), "".join(sentence.text for sentence in sentences))


def key_figures(key_figures: list) -> Part:
    """The five large figures with what each is made of."""
    cards = "".join(
        tag(
            "div",
            tag("dt", text(key.label.text))
            + tag("dd", _emphasised(key.value.text), cls="value")
            + "".join(tag("dd", text(line.text)) for line in key.lines),
            cls="key-figure",
        )
        for key in key_figures
    )
    return Part(tag("dl", cards, cls="key-figures"), " / ".join(f"{k.label.text} {k.value.text}" for k in key_figures))


def _emphasised(value: str) -> str:
    """The number large, its unit and its 約 smaller."""
    digits = "△＋0123456789,.〜"
    if not any(letter in "0123456789" for letter in value):
        return tag("span", text(value), cls="words")
    return "".join(letter if letter in digits else tag("small", text(letter)) for letter in value).replace(
        "</small><small>", ""
    )


def points(points: list[Point]) -> Part:
    """Points to put to leadership; who decides what by when is written in at the meeting."""
    heading = tag("h2", "判断をお願いする事項（候補）")
    if not points:
        return Part(tag("section", heading + tag("p", "規則に当たる事項はない。"), cls="points"), "points")
    rows = pd.DataFrame(
        [(n, p.topic.text, p.evidence.text, p.options, "") for n, p in enumerate(points, start=1)],
        columns=["#", "論点", "根拠", "選択肢", "決定・担当・期限"],
    )
    listed = table(rows, name="table-points", caption="判断をお願いする事項（候補）", head=2)
    return Part(tag("section", heading + listed.html, cls="points"), "points")


def decisions(frames: Frames) -> Part:
    """What became of the points put to leadership before."""
    heading = tag("h2", "前回までの判断事項")
    kept = frames.decisions
    if kept.empty:
        return Part(tag("section", heading + tag("p", f"{notation.NOT_REGISTERED}"), cls="decisions"), "decisions")
    states = {"open": "協議中", "decided": "決定", "done": "完了", "dropped": "取下げ"}
    words = {"not_registered": notation.NOT_REGISTERED}
    items = "".join(
        tag(
            "li",
            text(
                f"{row.topic}：{states[row.state]}｜{words.get(row.decision, row.decision)}"
                f"（{words.get(row.owner, row.owner)}、{words.get(row.due, row.due)}）"
            ),
        )
        for row in kept.itertuples()
    )
    return Part(tag("section", heading + tag("ul", items), cls="decisions"), "decisions")


def caveats(groups: list[list[Sentence]]) -> Part:
    """What a reader must know, in three notes or four."""
    items = "".join(tag("li", text("".join(sentence.text for sentence in group))) for group in groups)
    return Part(tag("section", tag("h2", "読むときの注意") + tag("ul", items), cls="caveats"), "caveats")


def provenance(frames: Frames, tally: dict[str, int]) -> Part:
    """Where it comes from, what was checked, and how to make it again."""
    sources = [source for source in frames.sources.values() if not source.get("superseded")]
    said = "、".join(f"{source['title']}（{source['publisher']}、{_month(source['published'])}）" for source in sources)
    labels = (
        ("passed", "合格"),
        ("warned", "注意"),
        ("acknowledged", "了承"),
        ("not_applicable", "対象外"),
        ("failed", "不合格"),
    )
    checks = "・".join(f"{label}{tally[key]}" for key, label in labels if tally[key] or key in {"passed", "failed"})
    made = f"gyokaku build {frames.plan.id} --year {frames.fiscal_year}"
    return Part(
        tag(
            "footer",
            tag("p", f"出典：{text(said)}")
            + tag("p", f"検算：{text(checks)}　入力：{frames.input_hash[:12]}　再現：<code>{text(made)}</code>"),
            cls="provenance",
        ),
        "provenance",
    )


def _month(iso: str) -> str:
    year, month = iso.split("-")
    return f"{year}年{int(month)}月"


def composition_table(figures: Figures, frames: Frames) -> Part:
    """The table twin of the first chart."""
    rows = charts.composition_table(figures, frames)
    return table(rows, name="table-composition", caption="実績効果額の内訳（図1）", figures=("金額",), head=2)


def policy_tables(figures: Figures, frames: Frames) -> Part:
    """The table twin of the second and third chart: grades and money of each policy."""
    grades, money = charts.grade_table(figures, frames), charts.policy_table(figures, frames)
    rows = grades.merge(money.drop(columns="基本方針"), on="番号", how="outer", sort=False)
    rows = rows.rename(columns={"番号": "方針"})
    codes = [grade.code for grade in frames.plan.grades]
    total = {
        "方針": "計",
        "基本方針": "",
        **{code: _total(figures, ("measures_by_grade", "grade", code)) for code in codes},
        "件数": _total(figures, "measures"),
        "達成": _total(figures, "achieved_measures"),
        "達成率": notation.cell(figures["achievement_rate"]),
        "見込": notation.cell(figures["expected_effect"]),
        "実績": notation.cell(figures["actual_effect"]),
        "差": notation.cell(figures["effect_gap"]),
        "倍率": notation.cell(figures["effect_multiplier"]),
        "見込構成比": "",
        "実績構成比": "",
    }
    rows = pd.concat([rows, pd.DataFrame([total])], ignore_index=True).astype(object)
    rows = rows.where(rows.notna(), notation.NOT_STATED)
    numeric = tuple(column for column in rows.columns if column not in {"方針", "基本方針"})
    return table(
        rows,
        name="table-policies",
        caption="基本方針別の評価と効果額（図2・図3）",
        unit="件、千円",
        figures=numeric,
        head=2,
    )


def _total(figures: Figures, key: str | Key) -> str:
    return notation.decimal(figures[key].exact) if key in figures else notation.ZERO


def findings(findings: list[Finding]) -> Part:
    """Every check with its outcome and what was compared."""
    rows = pd.DataFrame(
        [
            (
                one.id,
                one.title,
                f"{RESULTS[one.result]}{'（了承）' if one.acknowledged else ''}"
                if one.severity == "block" or one.result != "failed"
                else "注意",
                one.evidence,
            )
            for one in sorted(findings, key=lambda one: one.id)
        ],
        columns=["番号", "検算", "結果", "照らし合わせた内容"],
    )
    return table(rows, name="table-findings", caption="検算の結果", head=2)


def trace(figures: Figures, frames: Frames, sentences: list[Sentence]) -> Part:
    """Each figure of the page with its formula and the words of the source it was made of."""
    keys = dict.fromkeys(key for sentence in sentences for key in sentence.figures)
    rows = pd.DataFrame(
        [
            (
                _name(figures[key], frames),
                notation.figure(figures[key]),
                METRICS[key[0]].formula,
                STATUSES[figures[key].status],
                _origin(figures[key], frames),
            )
            for key in keys
        ],
        columns=["数値", "値", "計算", "区分", "資料の行と言葉"],
    )
    return table(rows, name="table-trace", caption="このページの数値の根拠", figures=("値",))


def _name(figure: Figure, frames: Frames) -> str:
    name = METRICS[figure.metric].name
    if figure.scope == "policy":
        return f"{name}（方針{figure.scope_id}）"
    if figure.scope == "grade":
        return f"{name}（{figure.scope_id}）"
    if figure.scope == "measure":
        measures = frames.measures.set_index("measure_id")["measure"]
        return f"{name}（{frames.plan.short_name(measures[figure.scope_id])}）"
    return name


def _origin(figure: Figure, frames: Frames) -> str:
    """Lines and words of the document; of a long list the first and last."""
    tables = frames.tables()
    found = []
    for place in figure.inputs:
        name, line = place.removesuffix("").split(".csv:")
        row = tables[name].loc[int(line)]
        if "locator" in row:
            found.append((row["locator"], row["quote"]))
    found = list(dict.fromkeys(found))
    if not found:
        return "、".join(figure.inputs)
    if len(found) > MOST_QUOTES:
        lines = [int(locator.split(":")[0][1:]) for locator, _ in found]
        return f"L{min(lines)}〜L{max(lines)}の表（{len(found)}欄）"
    return " ".join(f"{locator}「{quote}」" for locator, quote in found)
