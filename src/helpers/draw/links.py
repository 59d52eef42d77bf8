"""The way from a figure to its proof, and from the proof to the words of the document."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from helpers import notation
from helpers.draw.part import Part, tag, text
from helpers.terms import Figure, Figures, Sentence, Unit
from helpers.terms.sentence import Key
from helpers.terms.tables import Frames

QUALITY = "quality.html"
# Where a figure may be written otherwise than usual: fewer decimals, or with its sign.
WAYS = ({}, {"sign": True}, {"places": 0}, {"places": 1})
# A judgement is kept by people and has no line in the document.
JUDGED = ("effect_classes", "reason_codes", "assumptions", "corrections", "acknowledged", "decisions")


def figure_id(key: Key) -> str:
    """The id of a figure's entry on the page of proofs: `m-effect_multiplier-policy-1`."""
    parts = "-".join(part for part in ("m", *key) if part)
    return re.sub(r"[^\w-]", lambda found: "-" if found[0] == ":" else f"_{ord(found[0]):x}_", parts)


def figure_link(key: Key, words: str, *, page: str = QUALITY, is_html: bool = False) -> Part:
    """Words that lead to a figure's entry; `page` is empty on the page of proofs itself."""
    shown = words if is_html else text(words)
    return Part(tag("a", shown, href=f"{page}#{figure_id(key)}", cls="figure-link", hreflang=_proof_language()), words)


def threshold_id(name: str) -> str:
    """The id of a threshold's entry on the page of proofs."""
    return f"threshold-{name}"


def way(words: str, anchor: str) -> str:
    """Words that lead to a place on the page of proofs."""
    return tag("a", text(words), href=f"{QUALITY}#{anchor}", cls="proof-link", hreflang=_proof_language())


def line_id(frames: Frames, source_id: str, locator: str) -> str:
    """The id of a document's line: `L63` in the document in force, with its id before it in any other."""
    line = locator.partition(":")[0]
    first = next((name for name, about in frames.sources.items() if not about.get("superseded")), source_id)
    return line if source_id == first else f"{source_id}-{line}"


def line_link(frames: Frames, source_id: str, locator: str, *, page: str = QUALITY) -> str:
    """A locator that leads to its line."""
    to = f"{page}#{line_id(frames, source_id, locator)}"
    return tag("a", text(locator), href=to, cls="line-link", hreflang=_proof_language())


def _proof_language() -> str:
    """What a link to a proof says of its language: nothing where it is the one spoken."""
    return "" if notation.language() == notation.ORIGINAL else notation.ORIGINAL


def as_received(words: str) -> str:
    """Words of a document as HTML; a control character that no page may hold is shown by its number.

    The class tells `render` that a letter which is in none of our faces is left to the reader's own.
    """
    shown = "".join(
        f"〔U+{ord(letter):04X}〕" if unicodedata.category(letter) == "Cc" and letter != "\t" else letter
        for letter in words
    )
    return tag("span", text(shown), cls="as-received")


# From a page of a year up to the list of plans and the plan's list of years, each by its place in the tree.
ABOVE_A_YEAR = (("index.home", "../../index.html"), ("navigation.years", "../index.html"))


def navigation(*, current: str, pages: tuple[str, ...]) -> Part:
    """The way down to a year, and its pages side by side, the one that is open not a link.

    Args:
        current: Page this stands on.
        pages: Pages of the year set, in the order of reading.
    """
    names = {page: notation.sentence(f"navigation.{page}") for page in pages}
    above = "".join(_step(_way_to(address, notation.sentence(key))) for key, address in ABOVE_A_YEAR)
    links = " ".join(
        tag("strong", text(name), aria_current="page") if page == current else _page_link(page, name)
        for page, name in names.items()
    )
    if notation.language() != notation.ORIGINAL:
        links += " " + tag("a", "日本語", href=f"{current}.html", lang="ja", hreflang="ja")
    way = _listed(above, language=notation.language())
    beside = tag("nav", links, cls="pages", aria_label=notation.sentence("navigation.label"))
    return Part(tag("div", way + beside, cls="ways"), " / ".join(names.values()))


# Pages that are made in every language; the others lead to the page in Japanese, and say so.
IN_EVERY_LANGUAGE = {"brief", "detail"}


def page_file(page: str) -> str:
    """The file of a page of the same year, in the language spoken where it is made in that."""
    language = notation.language()
    return (
        f"{page}.html" if language == notation.ORIGINAL or page not in IN_EVERY_LANGUAGE else f"{page}.{language}.html"
    )


def place_link(place: str, words: str) -> Part:
    """Words that lead to a place on another page of the year, `quality.html#source`, in the language spoken if it can."""
    page, _, anchor = place.partition(".html")
    language = "" if page in IN_EVERY_LANGUAGE else _proof_language()
    return Part(tag("a", text(words), href=f"{page_file(page)}{anchor}", hreflang=language), words)


def data_link(name: str) -> str:
    """A link to the data behind a chart, which is filed once and in Japanese; a page in another language says so."""
    file = tag("a", f"{name}.csv", href=f"data/{name}.csv", hreflang=_proof_language())
    return notation.spoken("データ：{file}", file=file)


def _page_link(page: str, name: str) -> str:
    if page in IN_EVERY_LANGUAGE:
        return tag("a", text(name), href=page_file(page))
    return _way_to(page_file(page), name)


def _way_to(address: str, name: str) -> str:
    """A link to a page that is made in Japanese only; from a page in another language it says so."""
    if notation.language() == notation.ORIGINAL:
        return tag("a", text(name), href=address)
    return tag("a", text(notation.spoken("{page}（日本語）", page=name)), href=address, hreflang=notation.ORIGINAL)


def breadcrumbs(*steps: tuple[str, str], language: str = "ja") -> Part:
    """The way down to a page: every step a link but the last, which is the page itself.

    Args:
        *steps: Name and address of each page from the top; the address of the last is not used.
        language: Of the label.
    """
    *above, (name, _) = steps
    links = [_step(tag("a", text(says), href=to)) for says, to in above]
    listed = "".join([*links, tag("li", tag("span", text(name), aria_current="page"))])
    return Part(_listed(listed, language=language), " > ".join(s for s, _ in steps))


def _step(link: str) -> str:
    # A sign in the words, not in the stylesheet: there every page would carry its glyph.
    return tag("li", link + tag("span", "＞", cls="step-down", aria_hidden="true"))


def _listed(steps: str, *, language: str) -> str:
    label = notation.sentence("index.breadcrumbs", language=language)
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
            tag("a", text(says), href=f"{page}#{anchors[says]}", cls="proof-link")
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
