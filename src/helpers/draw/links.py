"""The way from a figure to its proof, and from the proof to the words of the document."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from html import escape

from helpers import notation
from helpers.draw.part import Part, tag, text
from helpers.terms import Figure, Figures, Sentence, Unit
from helpers.terms.sentence import Key
from helpers.terms.tables import Frames

QUALITY = "quality"
LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}
# Where a figure may be written otherwise than usual: fewer decimals, or with its sign.
WAYS = ({}, {"sign": True}, {"places": 0}, {"places": 1})
# A judgement is kept by people and has no line in the document.
JUDGED = ("effect_classes", "reason_codes", "assumptions", "corrections", "acknowledged", "decisions")


def figure_id(key: Key) -> str:
    """The id of a figure's entry on the page of proofs: `m-effect_multiplier-policy-1`."""
    parts = "-".join(part for part in ("m", *key) if part)
    return re.sub(r"[^\w-]", lambda found: "-" if found[0] == ":" else f"_{ord(found[0]):x}_", parts)


def figure_link(key: Key, words: str, *, page: str = QUALITY, is_html: bool = False) -> Part:
    """Words that lead to a figure's entry on a page (by its place, `2024/quality`); empty on the page of proofs itself."""
    shown = words if is_html else text(words)
    to = f"{page_file(page)}#{figure_id(key)}"
    return Part(tag("a", shown, href=to, cls="figure-link", hreflang=_other_language(page)), words)


def threshold_id(name: str) -> str:
    """The id of a threshold's entry on the page of proofs."""
    return f"threshold-{name}"


def way(words: str, anchor: str) -> str:
    """Words that lead to a place on the page of proofs."""
    to = f"{page_file(QUALITY)}#{anchor}"
    return tag("a", text(words), href=to, cls="proof-link", hreflang=_other_language(QUALITY))


def line_id(frames: Frames, source_id: str, locator: str) -> str:
    """The id of a document's line: `L63` in the document in force, with its id before it in any other."""
    line = locator.partition(":")[0]
    first = next((name for name, about in frames.sources.items() if not about.get("superseded")), source_id)
    return line if source_id == first else f"{source_id}-{line}"


def line_link(frames: Frames, source_id: str, locator: str, *, page: str = QUALITY) -> str:
    """A locator that leads to its line."""
    to = f"{page_file(page)}#{line_id(frames, source_id, locator)}"
    return tag("a", text(locator), href=to, cls="line-link", hreflang=_other_language(page))


def as_received(words: str) -> str:
    """Words of a document as HTML; a control character that no page may hold is shown by its number.

    The class tells `render` that a letter which is in none of our faces is left to the reader's own.
    """
    shown = "".join(
        f"〔U+{ord(letter):04X}〕" if unicodedata.category(letter) == "Cc" and letter != "\t" else letter
        for letter in words
    )
    language = "" if notation.language() == notation.ORIGINAL else notation.ORIGINAL
    return tag("span", escape(shown), cls="as-received", lang=language)


# From a page of a year up to the list of plans and the plan's list of years, each by its place in the tree.
ABOVE_A_YEAR = (("index.home", "../../index"), ("navigation.years", "../index"))


def navigation(*, current: str, pages: tuple[str, ...]) -> Part:
    """The way down to a year, and its pages side by side, the one that is open not a link.

    Args:
        current: Page this stands on.
        pages: Pages of the year set, in the order of reading.
    """
    names = {page: notation.sentence(f"navigation.{page}") for page in pages}
    above = "".join(_step(page_link(page, notation.sentence(key))) for key, page in ABOVE_A_YEAR)
    links = " ".join(
        tag("strong", text(name), aria_current="page") if page == current else page_link(page, name)
        for page, name in names.items()
    )
    links = " ".join([links, *in_other_languages(current)])
    way = _listed(above)
    beside = tag("nav", links, cls="pages", aria_label=notation.sentence("navigation.label"))
    return Part(tag("div", way + beside, cls="ways"), " / ".join(names.values()))


def page_file(page: str) -> str:
    """The file of a page by its place from this one, in the language spoken where it is known to stand in that."""
    if not page:
        return ""
    language = notation.language()
    is_spoken = language != notation.ORIGINAL and language in notation.languages_of(page)
    return f"{page}.{language}.html" if is_spoken else f"{page}.html"


def place_link(place: str, words: str) -> Part:
    """Words that lead to a place on another page of the year, `quality.html#source`, in the language spoken if it can."""
    page, _, anchor = place.partition(".html")
    return Part(tag("a", text(words), href=f"{page_file(page)}{anchor}", hreflang=_other_language(page)), words)


def data_link(name: str) -> str:
    """A link to the data behind a chart, which is filed once and in Japanese; a page in another language says so."""
    language = "" if notation.language() == notation.ORIGINAL else notation.ORIGINAL
    file = tag("a", f"{name}.csv", href=f"data/{name}.csv", hreflang=language)
    return notation.spoken("データ：{file}", file=file)


def _other_language(page: str) -> str:
    """What a link to a page says of its language: nothing where it is the one spoken."""
    is_spoken = not page or notation.language() in notation.languages_of(page)
    return "" if is_spoken else notation.ORIGINAL


def page_link(page: str, name: str) -> str:
    """A link to a page by its place; where that stands in Japanese only, it says so."""
    if not (language := _other_language(page)):
        return tag("a", text(name), href=page_file(page))
    return tag("a", text(notation.spoken("{page}（日本語）", page=name)), href=page_file(page), hreflang=language)


def in_other_languages(page: str) -> list[str]:
    """Links to the same page in each other language it is known to stand in."""
    others = [language for language in notation.languages_of(page) if language != notation.language()]
    files = {
        language: f"{page}.html" if language == notation.ORIGINAL else f"{page}.{language}.html" for language in others
    }
    return [tag("a", LANGUAGE_NAMES[one], href=files[one], lang=one, hreflang=one) for one in others]


def breadcrumbs(*steps: tuple[str, str]) -> Part:
    """The way down to a page: every step a link but the last, which is the page itself.

    Args:
        *steps: Name and place of each page from the top; the place of the last is not used.
    """
    *above, (name, _) = steps
    links = [_step(page_link(page, says)) for says, page in above]
    listed = "".join([*links, tag("li", tag("span", text(name), aria_current="page"))])
    return Part(_listed(listed), " > ".join(s for s, _ in steps))


def _step(link: str) -> str:
    # A sign in the words, not in the stylesheet: there every page would carry its glyph.
    return tag("li", link + tag("span", "＞", cls="step-down", aria_hidden="true"))


def _listed(steps: str) -> str:
    label = notation.sentence("index.breadcrumbs")
    return tag("nav", tag("ol", steps), cls="breadcrumbs", aria_label=label)


def input_row(place: str) -> tuple[str, str, int | None]:
    """Year (empty for the figure's own), table and line of an input: `effects.csv:12`, `2023/effects.csv:2`, `plan.toml`."""
    found = re.fullmatch(r"(?:(\d{4})/)?(\w+)\.csv:(\d+)", place)
    return (found[1] or "", found[2], int(found[3])) if found else ("", place.removesuffix(".csv"), None)


def linked(sentence: Sentence, figures: Figures, *, page: str = QUALITY) -> str:
    """A sentence as HTML in which every figure it states leads to its proof."""
    cited = [figures[key] for key in sentence.figures if key in figures]
    marked = {word: threshold_id("achievement") for word in sentence.words if _reference().fullmatch(word)}
    names = [word for word in sentence.words if word and word not in marked]
    return linked_text(sentence.text, cited, sentence.written, page=page, anchors=marked, names=names)


def _reference() -> re.Pattern[str]:
    """How a threshold is written in the language spoken; sentences name the one of the rate alone: 目安の80%."""
    return re.compile(re.escape(notation.sentence("label.reference", percent="@")).replace("@", r"[\d.]+%"))


def linked_text(
    words: str,
    figures: list[Figure],
    otherwise: tuple[tuple[str, Key], ...] = (),
    *,
    page: str = QUALITY,
    anchors: Mapping[str, str] | None = None,
    names: Iterable[str] = (),
) -> str:
    """Words as HTML in which these figures, as they are written there, lead to their proof; `anchors` to a place by its id.

    A number within one of the `names` is no figure: the 2 of Policy 2.
    """
    anchors = anchors or {}
    known = {figure.key for figure in figures if figure.is_known}
    written: dict[str, Key] = {
        says: key for says, key in otherwise if key in known and any(letter.isdigit() for letter in says)
    }
    for figure in figures:
        for says in _ways(figure):
            written.setdefault(says, figure.key)
    if not written and not anchors:
        return text(words)
    whole = {*written, *anchors}
    pattern = "|".join(
        rf"(?<![0-9.,△＋−+]){re.escape(says)}(?![0-9])"
        for says in sorted({*whole, *names}, key=lambda says: (-len(says), says))
    )
    parts, end = [], 0
    for found in re.finditer(pattern, words):
        says = found[0]
        if says not in whole:
            parts.append(text(words[end : found.end()]))
            end = found.end()
            continue
        to = (
            tag(
                "a",
                text(says),
                href=f"{page_file(page)}#{anchors[says]}",
                cls="proof-link",
                hreflang=_other_language(page),
            )
            if says in anchors
            else figure_link(written[says], says, page=page).html
        )
        parts += [text(words[end : found.start()]), to]
        end = found.end()
    return "".join([*parts, text(words[end:])])


def _ways(figure: Figure) -> list[str]:
    if not figure.is_known or figure.unit is Unit.CATEGORY:
        return []
    says = [notation.figure(figure, **way) for way in WAYS if figure.unit is not Unit.YEN or "places" not in way]
    if figure.unit is Unit.MULTIPLIER and figure.exact is not None:
        says += [notation.percent(figure.exact, places) for places in (0, 1)]
    if figure.unit is Unit.MEASURES and figure.exact is not None:
        says.append(f"{figure.scope_id} {notation.decimal(figure.exact)}" if figure.scope == "grade" else "")
    says = [one for one in [*says, notation.cell(figure) if figure.unit is Unit.MULTIPLIER else ""] if one]
    return [*says, *(one.removeprefix(notation.MINUS) for one in says if one.startswith(notation.MINUS))]
