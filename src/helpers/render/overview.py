"""The summaries of all year sets → one page: a block a plan, its years in the order of time, nothing ranked."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from jinja2 import Environment, FileSystemLoader

from helpers import notation
from helpers.render import export
from helpers.terms import Refusal, wareki

TEMPLATE = "overview.html.j2"
# What a year's line is made of.
LISTED = {
    *("plan", "fiscal_year", "municipality", "municipality_code", "plan_name", "period", "knowledge"),
    *("headline", "key_figures", "grades", "checks", "sources"),
}
TALLIED = ("passed", "warned", "acknowledged", "failed")


def overview(summaries: Iterable[Mapping], *, language: str = "ja", audience: str = "internal") -> str:
    """The page of all plans of all municipalities.

    Args:
        summaries: What each `summary.json` holds, in any order.
        language: Of the page's own words.
        audience: `internal` or `public`.

    Returns:
        HTML, self-contained. Plans stand by prefecture and municipality code, years by time; without a summary the page says
        what to do.

    Raises:
        Refusal: A summary lacks what the list shows, as one that another version has written.
        export.NotAPage: A character of a name has no glyph.
    """
    summaries = list(summaries)
    _refuse_incomplete(summaries)
    ordered = sorted(summaries, key=lambda one: (one["municipality_code"], one["plan"], one["fiscal_year"]))
    words = notation.words("overview", language=language)
    names = notation.words("prefecture", language=language)
    groups = [
        {
            "code": code,
            "name": names.get(code, words["elsewhere"]),
            "plans": [_plan(list(years), language) for _, years in groupby(of_code, key=lambda one: one["plan"])],
        }
        for code, of_code in groupby(ordered, key=lambda one: _prefecture(one["municipality_code"], names))
    ]
    page = {
        "language": language,
        "audience": audience,
        "css": notation.stylesheet(),
        "fonts_css": export.FONTS_GO_HERE,
        "words": words,
        "labels": notation.words("index", language=language),
        "minus": notation.sentence("caveat.minus", language=language),
        "prefectures": groups,
    }
    templates = Environment(
        loader=FileSystemLoader(export.TEMPLATES / export.TEMPLATE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return export.self_contained(templates.get_template(TEMPLATE).render(page=page))


def _refuse_incomplete(summaries: list[Mapping]) -> None:
    faults = [
        f"{one.get('plan')} {one.get('fiscal_year')}: summary.json に {'、'.join(missing)} がありません"
        "（別の版で作られたものです）。その年度を gyokaku build で作り直してください。"
        for one in summaries
        if (missing := sorted(LISTED - one.keys()))
    ]
    if faults:
        raise Refusal(*faults)


def _prefecture(municipality_code: str, names: Mapping[str, str]) -> str:
    """The first two digits of the code where they are a prefecture's; empty otherwise."""
    code = municipality_code[:2]
    return code if code in names else ""


def _plan(years: list[Mapping], language: str) -> dict:
    newest = years[-1]
    scale = [
        notation.sentence("index.grade", language=language, code=grade["code"], label=grade["label"])
        for grade in newest["grades"]
    ]
    separator = notation.sentence("index.separator", language=language)
    first, last = newest["period"]
    return {
        "id": newest["plan"],
        "name": f"{newest['municipality']} {newest['plan_name']}",
        "period": f"{wareki(first)}{notation.TO}{wareki(last)}",
        "scale": notation.sentence("index.scale", language=language, grades=separator.join(scale)),
        "is_published": all(one["knowledge"] == "published" for one in years),
        "years": [_year(one, language) for one in years],
    }


def _year(summary: Mapping, language: str) -> dict:
    tally = summary["checks"]
    checks = [
        notation.sentence(f"index.{key}", language=language, number=str(tally[key]))
        for key in TALLIED
        if tally[key] or key == "passed"
    ]
    months = [source["published"].split("-") for source in summary["sources"]]
    year, month = max(months, default=("", ""))
    as_of = notation.sentence("index.month", language=language, year=year, month=str(int(month))) if month else ""
    return {
        "folder": f"{summary['plan']}/{summary['fiscal_year']}",
        "label": wareki(summary["fiscal_year"]),
        "headline": summary["headline"],
        "key_figures": summary["key_figures"],
        "grades": summary["grades"],
        "checks": " ".join(checks),
        "as_of": notation.sentence("index.as_of", language=language, month=as_of) if as_of else "",
        "workbook": f"data/{summary['plan']}-{summary['fiscal_year']}.xlsx",
    }
