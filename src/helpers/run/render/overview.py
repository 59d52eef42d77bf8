"""The summaries of all year sets → one page: a table a prefecture, its plans with their years in the order of time, nothing ranked."""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from itertools import accumulate, groupby, pairwise

from helpers import notation
from helpers.run.render import embedded, fonts
from helpers.terms import Interval, Refusal, Unit, short_wareki

TEMPLATE = "overview.html.j2"
# What a year's line is made of.
LISTED = {
    *("plan", "fiscal_year", "municipality", "municipality_code", "plan_name", "period", "knowledge"),
    *("figures", "grades", "checks", "sources"),
}
TALLIED = ("passed", "warned", "acknowledged", "failed")
# From the best grade to the worst: the layers of a bar, each as wide as all up to it.
BANDS = ("exceeded", "on_track", "behind", "stalled", "not_rated")
LAYERS = "abcde"
HEADINGS = ("year", "achieved", "grades", "amounts", "multiplier", "top_item", "without", "checks")
LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}


def overview(
    summaries: Iterable[Mapping],
    *,
    language: str = "ja",
    audience: str = "internal",
    beside: Collection[str] = (),
) -> str:
    """The page of all plans of all municipalities.

    Args:
        summaries: What each `summary.json` holds, in any order.
        language: Of the page's own words.
        audience: `internal` or `public`.
        beside: Pages in other languages than the original that stand in the tree, by their place in it: `index.en`,
            `isehara-6/2024/brief.en`. A page in another language leads to the others in it that stand, else to the original.

    Returns:
        HTML, self-contained. Plans stand by prefecture and municipality code, years by time; without a summary the page says
        what to do.

    Raises:
        Refusal: A summary lacks what the list shows, as one that another version has written.
        NotAPage: A character of a name has no glyph.
    """
    summaries = list(summaries)
    _refuse_incomplete(summaries)
    with notation.speaking(language):
        return embedded.self_contained(_written(summaries, audience, frozenset(beside)))


def prepare() -> None:
    """Read what the page is made with, which a run would else wait for at its end."""
    embedded.templates().get_template(TEMPLATE)
    notation.words("overview")
    fonts.prepare()


def _written(summaries: list[Mapping], audience: str, beside: Collection[str]) -> str:
    ordered = sorted(summaries, key=lambda one: (one["municipality_code"], one["plan"], one["fiscal_year"]))
    words, labels = notation.words("overview"), notation.words("index")
    names = notation.words("prefecture")
    groups = [
        {
            "code": code,
            "name": names.get(code, words["elsewhere"]),
            "caption": notation.sentence("overview.caption", name=names.get(code, words["elsewhere"])),
            "plans": _linked(
                [_plan(list(years), beside) for _, years in groupby(of_code, key=lambda one: one["plan"])]
            ),
        }
        for code, of_code in groupby(ordered, key=lambda one: _prefecture(one["municipality_code"], names))
    ]
    all_published = all(plan["is_published"] for group in groups for plan in group["plans"])
    page = {
        "language": notation.language(),
        "audience": audience,
        "css": notation.stylesheet(),
        "fonts_css": embedded.FONTS_GO_HERE,
        "words": words,
        "labels": labels,
        "headings": [words.get(name) or labels[name] for name in HEADINGS],
        "notes": [
            labels["no_rank"],
            *([words["layer_of_all"]] if all_published else []),
            labels["without_note"],
            labels["not_same"],
            words["ways"],
            notation.sentence("caveat.minus"),
            *([notation.sentence("caveat.translated")] if notation.language() != notation.ORIGINAL else []),
        ],
        "all_published": all_published,
        "prefectures": groups,
        "others": _other_languages(beside),
    }
    return embedded.templates().get_template(TEMPLATE).render(page=page)


def _linked(plans: list[dict]) -> list[dict]:
    """The plans of a prefecture, each with the one of its municipality whose period began before, and the one after."""
    in_turn = sorted(plans, key=lambda plan: (plan["municipality_code"], plan["first"], plan["id"]))
    neighbours = {plan["id"]: [] for plan in plans}
    for before, after in pairwise(in_turn):
        if before["municipality_code"] == after["municipality_code"] and before["first"] < after["first"]:
            neighbours[after["id"]].append((notation.sentence("overview.before"), before))
            neighbours[before["id"]].append((notation.sentence("overview.after"), after))
    return [plan | {"neighbours": neighbours[plan["id"]]} for plan in plans]


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


def _other_languages(beside: Collection[str]) -> list[dict]:
    """This page in the languages that are not spoken."""
    stands = [one for one in notation.LANGUAGES if one == notation.ORIGINAL or f"index.{one}" in beside]
    return [
        {
            "language": one,
            "name": LANGUAGE_NAMES[one],
            "file": "index.html" if one == notation.ORIGINAL else f"index.{one}.html",
        }
        for one in stands
        if one != notation.language()
    ]


def _to(page: str, beside: Collection[str]) -> dict[str, str]:
    """Where a link to a page leads, by its place: the file in the language spoken, else the original, and then it says so."""
    language = notation.language()
    is_spoken = language != notation.ORIGINAL and f"{page}.{language}" in beside
    file = f"{page}.{language}.html" if is_spoken else f"{page}.html"
    return {"file": file, "hreflang": "" if is_spoken or language == notation.ORIGINAL else notation.ORIGINAL}


def _plan(years: list[Mapping], beside: Collection[str]) -> dict:
    newest = years[-1]
    in_english = newest.get("english", {}) if notation.language() == "en" else {}
    labels = in_english.get("grades", {})
    scale = [
        notation.sentence("index.grade", code=grade["code"], label=labels.get(grade["code"], grade["label"]))
        for grade in newest["grades"]
    ]
    first, last = newest["period"]
    months = {source["published"] for one in years for source in one["sources"]} - {"not_stated"}
    names = [in_english.get(name, newest[name]) for name in ("municipality", "plan_name")]
    return {
        "id": newest["plan"],
        "municipality_code": newest["municipality_code"],
        "first": first,
        "plan_name": notation.in_runs(names[1]),
        "name": notation.in_runs(" ".join(names)),
        "to": _to(f"{newest['plan']}/index", beside),
        "period": notation.spoken("{first}〜{last}", first=_shortest(first), last=_shortest(last)),
        "as_of": notation.sentence("index.as_of", month=notation.month(max(months))) if months else "",
        "scale": notation.in_runs(
            notation.sentence("index.scale", grades=notation.sentence("index.separator").join(scale)) if scale else ""
        ),
        "is_published": all(one["knowledge"] == "published" for one in years),
        "years": [_year(one, beside) for one in years],
    }


def _short(fiscal_year: int) -> str:
    return notation.spoken("{short}（{year}）", short=short_wareki(fiscal_year), year=fiscal_year)


def _shortest(fiscal_year: int) -> str:
    return short_wareki(fiscal_year) if notation.language() == notation.ORIGINAL else f"FY{fiscal_year}"


def _year(summary: Mapping, beside: Collection[str]) -> dict:
    tally = summary["checks"]
    checks = [
        notation.sentence(f"index.{key}", number=str(tally[key])) for key in TALLIED if tally[key] or key == "passed"
    ]
    figures = {row["metric"]: _shown(row) for row in summary["figures"] if row["scope"] == "plan"}
    shown = {name: figures.get(name, notation.NOT_STATED) for name in FIGURES}
    achieved = notation.spoken(
        "{achieved}／{measures}", achieved=shown["achieved_measures"], measures=shown["measures"]
    )
    achieved = f"{achieved} {shown['achievement_rate']}"
    amounts = notation.spoken("{actual}／{expected}", actual=shown["actual_effect"], expected=shown["expected_effect"])
    stated = {
        row["metric"] for row in summary["figures"] if row["scope"] == "plan" and row["status"] != "not_available"
    }
    folder = f"{summary['plan']}/{summary['fiscal_year']}"
    return {
        "label": _short(summary["fiscal_year"]),
        "brief": _to(f"{folder}/brief", beside),
        "quality": _to(f"{folder}/quality", beside),
        "achieved": achieved if "measures" in stated else notation.NOT_STATED,
        "amounts": amounts if {"actual_effect", "expected_effect"} & stated else notation.NOT_STATED,
        "shown": [shown[name] for name in ("effect_multiplier", "top_item_share", "multiplier_without_top_item")],
        "bar": _bar(summary["grades"]),
        "grades": " ".join(
            f"{one['code']}{notation.decimal(one['measures'])}"
            for one in summary["grades"]
            if one["measures"] is not None
        ),
        "checks": " ".join(checks),
    }


FIGURES = (
    *("measures", "achieved_measures", "achievement_rate", "actual_effect", "expected_effect", "effect_multiplier"),
    *("top_item_share", "multiplier_without_top_item"),
)


def _shown(row: Mapping) -> str:
    """A figure of a summary: as it was filed, or said again where the page speaks another language."""
    if row["unit"] == Unit.MEASURES and row["exact"] is not None:
        return notation.decimal(row["exact"])  # the heading says what is counted
    if notation.language() == notation.ORIGINAL:
        return row["display"]
    ends = (row["exact"],) * 2 if row["exact"] is not None else (row["low"], row["high"])
    if None in ends:
        return notation.NOT_STATED if row["status"] == "not_available" else notation.NOT_APPLICABLE
    low, high = (end if isinstance(end, int) else Fraction(end) for end in ends)
    if row["unit"] == Unit.YEN and low == high:
        return notation.short_yen(low)
    return notation.shown(Unit(row["unit"]), Interval(low, high))


def _bar(grades: list[Mapping]) -> str:
    """How far each band reaches: what the stylesheet draws a bar of; empty without measures."""
    counts = [sum(one["measures"] or 0 for one in grades if one["band"] == band) for band in BANDS]
    if not sum(counts):
        return ""
    reach = zip(LAYERS, accumulate(counts), counts, strict=True)
    return ";".join(f"--{layer}:{to}" for layer, to, count in reach if count)
