"""How the bench looks in a notebook: every table and chart with the mark, one stylesheet, nothing from outside."""

from functools import cache
from importlib.resources import files

import pandas as pd

from helpers import notation, pages, tell
from helpers.explore.charts import charts
from helpers.explore.feasible import MARK
from helpers.explore.outcome import FIRST, Outcome, Outcomes, called
from helpers.explore.outcome import shown as as_read
from helpers.pages import Part
from helpers.terms import OUTCOMES, Finding

MACROS = "explore/templates/macros.html.j2"


@cache
def _styles() -> str:
    rules = files("helpers.explore").joinpath("bench.css").read_text(encoding="utf-8")
    return f"{notation.css_tokens()}\n{rules}"


def block(template: str, *, says: str, name: str = "", **shown: object) -> Part:
    """One output of the bench, as its template writes it, with its looks and the mark above it."""
    place = f"explore/templates/{template}"
    return pages.part(place, f"{MARK}\n{says}", css=_styles(), mark=MARK, name=name, **shown)


def table(rows: pd.DataFrame, *, caption: str, figures: tuple[str, ...] = (), unit: str = "", name: str = "") -> Part:
    """A table of the bench; its caption carries the mark."""
    return pages.table(rows, name=f"bench-{name}", caption=f"{caption}【{MARK}】", figures=figures, unit=unit)


def result(found: Outcomes) -> Part:
    """What changed: the change in words, what it contradicts, the figures that moved with the difference, charts, the rest."""
    frames, names = found.bench.frames, found.bench.frames.measure_names
    first = [one for one in found.outcomes.values() if one.figure.scope == "plan" and one.figure.metric in FIRST]
    first = sorted(first, key=lambda one: FIRST.index(one.figure.metric))
    moved = [one for one in first if one.moved]
    others = [one for one in found.moved if one not in moved]
    still = [one for one in first if not one.moved]
    shown = {
        "sentences": found.sentences,
        "cards": _strip(found),
        "is_changed": bool(found.change),
        "is_one": found.is_one,
        "against": found.against,
        "moved": table(_rows(moved, found), caption="動いた主な数値", figures=_COLUMNS, name="moved")
        if moved
        else None,
        "outcome": _outcome(found, moved),
        "charts": [chart.part(letter) for letter, chart in zip("AB", charts(found), strict=True)],
        "headlines": _headlines(found) if found.change and found.is_one else None,
        "others": None,
        "still": None,
    }
    if others:
        listed = table(_rows(others, found), caption="そのほかに動いた数値", figures=_COLUMNS, name="others")
        shown["others"] = {"count": len(others), "listed": listed}
    if still:
        rows = pd.DataFrame(
            {"数値": [called(o.figure, frames, names) for o in still], "公式": [as_read(o)[0] for o in still]}
        )
        listed = table(rows, caption="変わらない主な数値", figures=("公式",), name="still")
        shown["still"] = {"count": len(still), "listed": listed}
    lines = [*found.sentences, *(f"{called(one.figure, frames, names)}: {'  '.join(as_read(one))}" for one in moved)]
    return block("what_if", says="\n".join(lines), name="what-if", **shown)


# What an assembly member asks first.
STRIP = ("achievement_rate", "effect_multiplier", "recurring_multiplier", "regrades_to_80")


def _strip(found: Outcomes) -> list[dict[str, object]]:
    """The few figures asked for first: the new value large, the official one and the difference beside it."""
    names, cards = found.bench.frames.measure_names, []
    for one in (found[metric] for metric in STRIP):
        official, new, between = as_read(one)
        beside = f"公式 {official}　差 {between}" if one.moved else "公式のまま"
        name = called(one.figure, found.bench.frames, names)
        cards.append({"name": name, "value": new, "beside": beside, "is_moved": one.moved})
    return cards


_COLUMNS = ("公式", "もしも", "差")


def _rows(outcomes: list[Outcome], found: Outcomes) -> pd.DataFrame:
    names = found.bench.frames.measure_names
    rows = [(called(one.figure, found.bench.frames, names), *as_read(one)) for one in outcomes]
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


def _headlines(found: Outcomes) -> Part | None:
    """What page one would say, beside what it says, by the same rules and from the same catalogue; None where it is the same."""
    official = "".join(one.text for one in tell.headline(tell.Teller(found.bench.official, found.bench.frames)))
    new = "".join(one.text for one in tell.headline(tell.Teller(found.figures, found.frames)))
    if new == official:
        return None
    rows = pd.DataFrame([("公式", official), ("もしも", new)], columns=["", "1枚目の見出し"])
    return table(rows, caption="1枚目の見出し", name="headlines")


def findings(findings: list[Finding]) -> Part:
    """All checks as a table, what failed first."""
    order = {"failed": 0, "not_run": 0, "passed": 1, "not_applicable": 2}
    rows = [
        (one.id, one.title, OUTCOMES[one.outcome], one.evidence, one.remedy)
        for one in sorted(findings, key=lambda one: order[one.result])
    ]
    frame = pd.DataFrame(rows, columns=["番号", "検算", "結果", "照らし合わせたもの", "すること"])
    return table(frame, caption="検算", name="checks")


def of_finding(finding: Finding) -> str:
    """One check."""
    return block("shown", says="", head="", listed=findings([finding])).html
