"""How the bench looks in a notebook: every table and chart with the mark, one stylesheet, nothing from outside."""

from functools import cache
from importlib.resources import files

import pandas as pd

from helpers import draw, notation, tell
from helpers.draw.part import Part, tag, text
from helpers.explore.charts import charts
from helpers.explore.feasible import MARK
from helpers.explore.outcome import FIRST, Outcome, Outcomes, called, shown
from helpers.terms import RESULTS, Finding

STATES = {"passed": "合格", "not_applicable": "対象外", "warned": "注意", "acknowledged": "了承済", "failed": "不合格"}


@cache
def _styles() -> str:
    rules = files("helpers.explore").joinpath("bench.css").read_text(encoding="utf-8")
    return tag("style", f"{notation.css_tokens()}\n{rules}")


def block(*parts: str, says: str, name: str = "") -> Part:
    """Parts of the bench as one output, with its looks and the mark above it."""
    mark = tag("p", text(MARK), cls="mark")
    return Part(_styles() + tag("div", mark + "".join(parts), cls=f"bench {name}".strip()), f"{MARK}\n{says}")


def table(rows: pd.DataFrame, *, caption: str, figures: tuple[str, ...] = (), unit: str = "", name: str = "") -> str:
    """A table of the bench; its caption carries the mark."""
    made = draw.table(rows, name=f"bench-{name}", caption=f"{caption}【{MARK}】", figures=figures, unit=unit)
    return made.html


def result(found: Outcomes) -> Part:
    """What changed: the change in words, what it contradicts, the figures that moved with the difference, charts, the rest."""
    frames, names = found.bench.frames, found.bench.frames.measure_names
    first = [one for one in found.outcomes.values() if one.figure.scope == "plan" and one.figure.metric in FIRST]
    first = sorted(first, key=lambda one: FIRST.index(one.figure.metric))
    moved = [one for one in first if one.moved]
    others = [one for one in found.moved if one not in moved]
    says = "".join(tag("li", text(sentence)) for sentence in found.sentences)
    body = [tag("ul", says, cls="change"), _strip(found), _against(found)]
    if found.change:
        listed = _rows(moved, found) if moved else None
        body.append(table(listed, caption="動いた主な数値", figures=_COLUMNS, name="moved") if moved else "")
        body.append(tag("p", text(_outcome(found, moved)), cls="outcome"))
    body.append(
        tag(
            "div",
            "".join(chart.part(letter).html for letter, chart in zip("AB", charts(found), strict=True)),
            cls="pair",
        )
    )
    if found.change and found.is_one:
        body.append(_headlines(found))
    if others:
        listed = table(_rows(others, found), caption="そのほかに動いた数値", figures=_COLUMNS, name="others")
        body.append(folded(f"そのほかに動いた数値（{len(others)}）", listed))
    if still := [one for one in first if not one.moved]:
        rows = pd.DataFrame(
            {"数値": [called(o.figure, frames, names) for o in still], "公式": [shown(o)[0] for o in still]}
        )
        listed = table(rows, caption="変わらない主な数値", figures=("公式",), name="still")
        body.append(folded(f"変わらない主な数値（{len(still)}）", listed) if found.change else listed)
    lines = [*found.sentences, *(f"{called(one.figure, frames, names)}: {'  '.join(shown(one))}" for one in moved)]
    return block(*body, says="\n".join(lines), name="what-if")


# What an assembly member asks first.
STRIP = ("achievement_rate", "effect_multiplier", "recurring_multiplier", "regrades_to_80")


def _strip(found: Outcomes) -> str:
    """The few figures asked for first: the new value large, the official one and the difference beside it."""
    names = found.bench.frames.measure_names
    cards = []
    for metric in STRIP:
        one = found[metric]
        official, new, between = shown(one)
        value = tag("span", text(new), cls="value")
        beside = f"公式 {official}　差 {between}" if one.moved else "公式のまま"
        name = tag("span", text(called(one.figure, found.bench.frames, names)), cls="name")
        cards.append(
            tag("li", name + value + tag("span", text(beside), cls="beside"), cls="moved" if one.moved else "")
        )
    return tag("ul", "".join(cards), cls="strip")


_COLUMNS = ("公式", "もしも", "差")


def _rows(outcomes: list[Outcome], found: Outcomes) -> pd.DataFrame:
    names = found.bench.frames.measure_names
    rows = [(called(one.figure, found.bench.frames, names), *shown(one)) for one in outcomes]
    return pd.DataFrame(rows, columns=["数値", *_COLUMNS])


def _outcome(found: Outcomes, moved: list[Outcome]) -> str:
    if not found.moved:
        return "どの数値も変わりません。"
    which = f"動いた数値は{len(found.moved)}、変わらない数値は{len(found.unmoved)}です。"
    notes = [which]
    if not moved:
        notes.append("主な数値は変わりません。")
    if found.change.leave_out:
        notes.append("「最大の1件」は、残った項目のうち最大のものです。")
    if not found.is_one:
        notes.append("幅は、端数と、資料に書かれていない方針への属し方のすべての場合を含みます。")
    return "".join(notes)


def _headlines(found: Outcomes) -> str:
    """What page one would say, beside what it says: by the same rules, from the same catalogue."""
    official = "".join(one.text for one in tell.headline(tell.Teller(found.bench.official, found.bench.frames)))
    new = "".join(one.text for one in tell.headline(tell.Teller(found.figures, found.frames)))
    if new == official:
        return tag("p", "1枚目の見出しは変わりません。", cls="outcome")
    rows = pd.DataFrame([("公式", official), ("もしも", new)], columns=["", "1枚目の見出し"])
    return folded("1枚目の見出しはこう変わる", table(rows, caption="1枚目の見出し", name="headlines"))


def _against(found: Outcomes) -> str:
    """What the changed tables contradict in the document; a what-if may, and says so."""
    if not found.change:
        return ""
    if not found.against:
        return tag("p", "もしもの表も、資料のほかの記載と合います（検算の結果は公表の表と同じ）。", cls="fits")
    says = "".join(
        tag("li", text(f"{one.id} {one.title}" + (f"：{one.evidence}" if found.is_one else "")))
        for one in found.against
    )
    head = f"もしもの表では、資料のほかの記載と合わなくなる検算が{len(found.against)}件あります（公表の表では合格）："
    return tag("div", tag("p", head) + tag("ul", says), cls="against")


def folded(heading: str, content: str) -> str:
    """Content that opens when its heading is pressed."""
    return tag("details", tag("summary", text(heading)) + content)


def findings(findings: list[Finding]) -> str:
    """All checks as a table, what failed first."""
    order = {"failed": 0, "not_run": 0, "passed": 1, "not_applicable": 2}
    rows = [
        (one.id, one.title, state(one), one.evidence, one.remedy)
        for one in sorted(findings, key=lambda one: order[one.result])
    ]
    frame = pd.DataFrame(rows, columns=["番号", "検算", "結果", "照らし合わせたもの", "すること"])
    return table(frame, caption="検算", name="checks")


def state(finding: Finding) -> str:
    """A check's outcome in a word."""
    if finding.acknowledged:
        return STATES["acknowledged"]
    if finding.result == "failed" and finding.severity == "warn":
        return STATES["warned"]
    return RESULTS[finding.result]


def of_finding(finding: Finding) -> str:
    """One check."""
    return block(findings([finding]), says="").html
