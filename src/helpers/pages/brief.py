"""The worded parts of the brief: masthead, headline, key figures, points, notes, provenance, and the tables behind."""

from collections.abc import Mapping
from itertools import chain, groupby

import pandas as pd

from helpers import draw, notation
from helpers.pages import room
from helpers.pages.environment import macro
from helpers.pages.links import QUALITY, as_received, figure_link, input_row, line_link, linked, place_of, way
from helpers.pages.part import Part, part
from helpers.pages.tables import Rows, table
from helpers.pages.words import Shown, apart, spoken
from helpers.terms import OUTCOMES, Figure, Figures, Finding, Point, Sentence, Status
from helpers.terms.audience import PUBLIC
from helpers.terms.frames import Frames
from helpers.terms.places import in_order, line_of
from helpers.terms.records import records
from helpers.terms.sentence import Key

AUDIENCES = {"internal": "庁内用", "public": "公表用"}
STATUSES = {
    Status.STATED: "記載",
    Status.DERIVED: "計算",
    Status.JUDGEMENT: "判断",
    Status.UNDEFINED: "対象外",
    Status.NOT_AVAILABLE: "記載なし",
}
# Published figures stay those of the published tables; the register's have names of their own.
KNOWLEDGE = {
    "published": "公表資料に基づく",
    "published_and_register": "公表資料に基づく（庁内の台帳もあり、混ぜずに示す）",
}
MOST_QUOTES = 4
MOST_DECISIONS = 3
# The check that the year lies in the plan's period.
PERIOD_CHECK = "V19"
DECISION_STATES = {"open": "協議中", "decided": "決定", "done": "完了", "dropped": "取下げ"}


def masthead(frames: Frames, *, audience: str) -> Part:
    """Whose plan, which year, for whom, on what knowledge; it brings the page's looks to JupyterLab."""
    plan, year = frames.plan, frames.fiscal_year
    nth = notation.spoken("計画{number}年目／{n}年", number=year - plan.first_fiscal_year + 1, n=len(plan.years))
    name = notation.full_name(plan)
    return part(
        "brief/masthead",
        f"{name} {notation.fiscal_year(year)}",
        name=name,
        year=notation.both_years(year),
        nth=way(nth, PERIOD_CHECK),
        edition=_edition(frames),
        audience=notation.spoken(AUDIENCES[audience]),
        knowledge=notation.spoken(KNOWLEDGE[frames.knowledge]),
        typed=[notation.spoken(says) for says in frames.typed],
    )


def _edition(frames: Frames) -> str:
    """Which edition of the document it is, and of which month, where a corrected one replaced another; else empty."""
    if frames.edition == 1:
        return ""
    months = {one["published"] for one in frames.sources.values() if not one.get("superseded")} - {"not_stated"}
    n = str(frames.edition)
    if len(months) == 1:
        return notation.spoken("第{n}版（{month}訂正）", n=n, month=notation.month(months.pop()))
    return notation.spoken("第{n}版", n=n)


def headline(sentences: list[Sentence], figures: Figures) -> Part:
    """The headline, each sentence kept whole where the line allows; its figures lead to their proof."""
    says = notation.joined(one.text for one in sentences)
    told, moved = (
        [linked(one, figures) for one in sentences if one.id.startswith("moved.") == is_moved]
        for is_moved in (False, True)
    )
    return part("brief/headline", says, sentences=told, moved=moved)


def key_figures(key_figures: list, figures: Figures) -> Part:
    """The five large figures with what each is made of; each leads to its proof."""
    shown = [
        {
            "label": key.label.text,
            "value": _proven(key.value),
            "lines": [linked(line, figures) for line in key.lines],
        }
        for key in key_figures
    ]
    says = " / ".join(f"{key.label.text} {key.value.text}" for key in key_figures)
    return part("brief/key_figures", says, key_figures=shown)


def _proven(value: Sentence) -> Shown:
    """The figure large, leading to its proof."""
    says = emphasised(value.text)
    return figure_link(value.figures[0], says) if value.figures else says


def emphasised(value: str) -> Shown:
    """The number large, its unit and its 約 smaller."""
    digits = f"{notation.MINUS}{notation.PLUS}0123456789,.{notation.TO}"
    if not any(letter in "0123456789" for letter in value):
        return macro("in_words")(value)
    runs = groupby(value, key=lambda letter: letter in digits)
    return macro("emphasised")([("".join(letters), is_number) for is_number, letters in runs])


def behind(story: object, frames: Frames) -> Part | None:
    """The measures behind plan with department and reason, as many as page one has room for; None where there is none, or no room."""
    told = story.behind
    if told is None:
        return None
    left, shown = room.lines_left(story, frames), []
    places = {one: place_of(frames, one.source_id, one.locator) for one in told.measures}
    words = {one: f"{one.says.text} {notation.spoken('資料')} {places[one]}" for one in told.measures}
    is_short = all(room.lines(2 * says) == 1 for says in words.values())
    if left < (1 if told.measures else 0):
        return None
    for one in told.measures:
        left -= 0.5 if is_short else room.lines(words[one])
        if left < 0:
            break
        shown.append(one)
    lines = [
        (one.name, one.says.text.removeprefix(one.name), line_link(frames, one.source_id, one.locator)) for one in shown
    ]
    is_whole = told.is_whole and len(shown) == len(told.measures)
    rest = "" if is_whole else told.rest.text
    return part("brief/behind", told.title.text, title=told.title.text, lines=lines, rest=rest, is_short=is_short)


def points(points: list[Point] | None, figures: Figures) -> Part | None:
    """Points to put to leadership; who decides what by when is written in at the meeting. A public page has none."""
    if points is None:
        return None
    rows = Rows(
        [(n, p.topic.text, linked(p.evidence, figures), p.options, "") for n, p in enumerate(points, start=1)],
        columns=["#", "論点", "根拠", "選択肢", "決定・担当・期限"],
    )
    return part("brief/points", "points", rows=rows)


def decisions(frames: Frames) -> Part | None:
    """What became of the points put to leadership, where registered: the open ones first, three at the most; the rest is on the sheet behind."""
    if frames.audience == PUBLIC or not frames.has_decisions:
        return None
    kept = _decided(frames)
    shown = kept.head(MOST_DECISIONS).to_dict("records")
    return part("brief/decisions", "decisions", shown=shown, count=len(kept))


def decision_table(frames: Frames) -> Part | None:
    """All of them, where there are more than page one shows; None otherwise."""
    kept = _decided(frames)
    if len(kept) <= MOST_DECISIONS:
        return None
    rows = kept[["year", "topic", "state", "decision", "owner", "due"]]
    rows.columns = ["年度", "論点", "状態", "決定", "担当", "期限"]
    return table(rows, name="table-decisions", caption=notation.spoken("前回までの判断事項"), head=2)


def _decided(frames: Frames) -> pd.DataFrame:
    """Decisions of this year and those before, in words; what is still open first, then the newest."""
    kept = {**frames.earlier_decisions, frames.fiscal_year: frames.decisions}
    rows = pd.concat([table.assign(year=year) for year, table in kept.items() if len(table)] or [frames.decisions])
    if rows.empty:
        return rows
    order = list(DECISION_STATES)
    rows = rows.assign(order=rows["state"].map(order.index)).sort_values(["order", "year"], ascending=[True, False])
    words = {"not_registered": notation.NOT_REGISTERED}
    return rows.assign(
        year=rows["year"].map(notation.fiscal_year),
        state=rows["state"].map(lambda state: notation.spoken(DECISION_STATES[state])),
        **{column: rows[column].replace(words) for column in ("decision", "owner", "due")},
    )


def caveats(groups: list[list[Sentence]], figures: Figures) -> Part:
    """What a reader must know, in three notes or four; figures lead to their proof."""
    return part("brief/caveats", "caveats", groups=[[linked(one, figures) for one in group] for group in groups])


def provenance(frames: Frames, tally: dict[str, int]) -> Part:
    """Where it comes from, what was checked, and how to make it again."""
    sources = [source for source in frames.sources.values() if not source.get("superseded")]
    said = notation.spoken("、").join(
        notation.spoken(
            "{title}（{publisher}、{_month}）",
            title=source["title"],
            publisher=source["publisher"],
            _month=notation.month(source["published"]),
        )
        for source in sources
    )
    checks = notation.spoken("・").join(
        notation.spoken("{label}{n}", label=notation.spoken(label), n=tally[outcome])
        for outcome, label in OUTCOMES.items()
        if tally[outcome] or outcome in {"passed", "failed"}
    )
    made = f"gyokaku build {frames.plan.id} --year {frames.fiscal_year}"
    made += " --audience public" if frames.audience == PUBLIC else ""
    made += "" if notation.language() == notation.ORIGINAL else f" --language {notation.language()}"
    shown = {"sources": said, "checks": way(checks, "checks"), "input_hash": frames.input_hash[:12], "made": made}
    return part("brief/provenance", "provenance", **shown)


def composition_table(figures: Figures, frames: Frames) -> Part | None:
    """The table twin of the first chart; None where the document states no effect."""
    if not frames.amounts("policy"):
        return None
    rows = draw.composition.table(figures, frames)
    rows["金額"] = [_of_composition(row, figures, frames) for row in records(rows)]
    return table(
        rows, name="table-composition", caption=notation.spoken("実績効果額の内訳（図1）"), figures=("金額",), head=2
    )


def _of_composition(row, figures: Figures, frames: Frames) -> object:  # noqa: ANN001 — a line of the table
    """The amount of a line, leading to its proof."""
    lines = {
        notation.spoken("効果見込額"): ("expected_effect", "plan", ""),
        notation.spoken("実績効果額"): ("actual_effect", "plan", ""),
        notation.spoken("内訳なし"): ("unnamed_effect", "plan", ""),
        notation.spoken("最大の1件を除く実績"): ("effect_without_top_item", "plan", ""),
    }
    names = frames.measure_names
    items = {
        notation.measure(frames.plan, names.get(item.scope_id, item.scope_id)): item.key
        for item in figures.of("actual_effect", "measure")
    }
    key = (items if row.種類 == notation.spoken("内訳") and row.項目 in items else lines).get(row.項目)
    return row.金額 if key is None or key not in figures else figure_link(key, row.金額)


# The column of the policies' table that shows a metric.
_OF_POLICY = {
    "件数": "measures",
    "達成": "achieved_measures",
    "達成率": "achievement_rate",
    "見込み": "expected_effect",
    "実績": "actual_effect",
    "差": "effect_gap",
    "倍率": "effect_multiplier",
    "見込み構成比": "expected_share",
    "実績構成比": "actual_share",
}


def policy_tables(figures: Figures, frames: Frames) -> Part:
    """The table twin of the second and third chart: grades and money of each policy."""
    both = [draw.grades.rows(figures, frames), draw.policies.rows(figures, frames)]
    of_policy: dict[str, dict[str, object]] = {}
    for row in (row for some in both for row in some.to_dict("records")):
        of_policy.setdefault(row["番号"], {}).update(row)
    lines = [{"方針": one.id, **of_policy[one.id]} for one in frames.plan.policies if one.id in of_policy]
    codes = {column: code for code, column in draw.grades.columns(frames.plan).items()}
    caption, unit, silent = _of_both(frames, list(codes))
    total = {
        "方針": notation.spoken("計"),
        "基本方針": "",
        **{column: _total(figures, ("measures_by_grade", "grade", code)) for column, code in codes.items()},
        "件数": _total(figures, "measures"),
        "達成": _total(figures, "achieved_measures"),
        "達成率": notation.cell(figures["achievement_rate"]),
        "見込み": notation.cell(figures["expected_effect"]),
        "実績": notation.cell(figures["actual_effect"]),
        "差": notation.cell(figures["effect_gap"]),
        "倍率": notation.cell(figures["effect_multiplier"]),
        "見込み構成比": "",
        "実績構成比": "",
    }
    numeric = tuple(column for column in dict.fromkeys(chain(*both)) if column not in {"番号", "基本方針", *silent})
    shown = [
        (line["方針"], line["基本方針"], *(_of_policy(line, one, codes.get(one, ""), figures) for one in numeric))
        for line in (*lines, total)
    ]
    return table(
        Rows(shown, columns=["方針", "基本方針", *numeric]),
        name="table-policies",
        caption=caption,
        unit=unit,
        figures=numeric,
        head=2,
        names=tuple(codes),
    )


def _of_both(frames: Frames, grades: list[str]) -> tuple[str, str, list[str]]:
    """Caption and unit of the table of policies, and the columns of what the document states nothing of."""
    if frames.grade_counts.empty:
        silent = [*grades, "件数", "達成", "達成率"]
        return notation.spoken("基本方針別の効果額（図1・図2）"), notation.spoken("千円"), silent
    if not frames.amounts("policy"):
        silent = ["見込み", "実績", "差", "倍率", "見込み構成比", "実績構成比"]
        return notation.spoken("基本方針別の評価（図1）"), notation.spoken("件"), silent
    return notation.spoken("基本方針別の評価と効果額（図2・図3）"), notation.spoken("件、千円"), []


def _of_policy(line: Mapping[str, object], column: str, grade: str, figures: Figures) -> object:
    """A cell leading to its figure's proof: of a grade's counts, or of a metric."""
    policy, cell = line["方針"], line.get(column)
    if cell is None or pd.isna(cell):
        cell = notation.NOT_STATED
    of_all = policy == notation.spoken("計")
    if metric := _OF_POLICY.get(column):
        key = (metric, "plan" if of_all else "policy", "" if of_all else policy)
    else:
        key = ("measures_by_grade", *(("grade", grade) if of_all else ("policy:grade", f"{policy}:{grade}")))
    return figure_link(key, str(cell)) if key in figures and cell != "" else cell


def _total(figures: Figures, key: str | Key) -> str:
    if key not in figures:
        return notation.ZERO
    return notation.decimal(figures[key].exact) if figures[key].is_known else notation.figure(figures[key])


def findings(findings: list[Finding]) -> Part:
    """Every check with its outcome and what was compared."""
    rows = Rows(
        [
            (
                one.id,
                one.title,
                notation.spoken(OUTCOMES["warned" if one.warns else one.result])
                + (notation.spoken("（了承）") if one.acknowledged else ""),
                one.evidence,
            )
            for one in sorted(findings, key=lambda one: one.id)
        ],
        columns=["番号", "検算", "結果", "照らし合わせた内容"],
    )
    return table(rows, name="table-findings", caption=notation.spoken("検算の結果"), head=2)


def trace(figures: Figures, frames: Frames, sentences: list[Sentence]) -> Part:
    """Each figure of the page with its formula and the words of the source it was made of; all of them lead on."""
    keys = dict.fromkeys(key for sentence in sentences for key in sentence.figures)
    rows = Rows(
        [
            (
                figure_link(key, _name(figures[key], frames)),
                notation.figure(figures[key]),
                _formula(figures[key]),
                notation.spoken(STATUSES[figures[key].status]),
                _origin(figures[key], frames),
            )
            for key in keys
        ],
        columns=["数値", "値", "計算", "区分", "資料の行と言葉"],
    )
    return table(rows, name="table-trace", caption=notation.spoken("このページの数値の根拠"), figures=("値",))


def _formula(figure: Figure) -> str:
    """How it was made; an amount or a count that the document prints was not computed."""
    if figure.status is Status.STATED:
        return notation.spoken("資料の値")
    if figure.scope == "measure" and figure.metric in {"expected_effect", "actual_effect"}:
        return notation.spoken("資料の値に、端数処理による幅を見込む")
    return notation.metric_formula(figure.metric)


def _name(figure: Figure, frames: Frames) -> str:
    name = notation.metric_name(figure.metric)
    if figure.scope == "policy":
        return notation.spoken("{name}（方針{scope_id}）", name=name, scope_id=figure.scope_id)
    if figure.scope in {"year", "policy:year", "edition"}:
        return notation.spoken("{name}（{whose}）", name=name, whose=notation.whose(figure, frames.plan, {}))
    if figure.scope == "grade":
        return notation.spoken("{name}（{scope_id}）", name=name, scope_id=figure.scope_id)
    if figure.scope == "measure":
        measures = frames.measure_names
        return notation.spoken(
            "{name}（{short_name}）", name=name, short_name=notation.measure(frames.plan, measures[figure.scope_id])
        )
    return name


def _origin(figure: Figure, frames: Frames) -> Shown:
    """Lines and words of the document; of a long list the first and last."""
    found = {}
    for place in figure.inputs:
        year, name, line = input_row(place)
        if not year and line is not None and name in frames.places:
            found[frames.places[name][line]] = None
    if not found:
        return notation.spoken("、").join(figure.inputs)
    if len(found) > MOST_QUOTES:
        ends = sorted(found, key=lambda place: in_order(line_of(place[1])))
        first, last = ((source, line_of(locator)) for source, locator, _ in (ends[0], ends[-1]))
        span = spoken(
            "{line_link}〜{line_link_2}", line_link=line_link(frames, *first), line_link_2=line_link(frames, *last)
        )
        return spoken("{span}の表（{n}欄）", span=span, n=len(found))
    return apart(quoted(frames, *place) for place in found)


def quoted(frames: Frames, source: str, locator: str, quote: str, *, page: str = QUALITY) -> Shown:
    """Words of a document behind their line, which leads to it."""
    line = line_link(frames, source, locator, page=page)
    return spoken("{line_link}「{as_received}」", line_link=line, as_received=as_received(quote))
