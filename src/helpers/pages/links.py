"""The way from a figure to its proof, and from the proof to the words of the document."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from markupsafe import Markup

from helpers import notation
from helpers.pages.environment import macro
from helpers.pages.part import Part, part
from helpers.pages.words import Shown, plain, spoken
from helpers.terms import Figure, Figures, Sentence, Unit
from helpers.terms.audience import PUBLIC
from helpers.terms.frames import Frames
from helpers.terms.places import line_of
from helpers.terms.sentence import Key

QUALITY = "quality"
LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}
_NOT_IN_IDS = re.compile(r"[^\w-]")
_ROW = re.compile(r"(?:(\d{4})/)?(\w+)\.csv:(\d+)")
# Where a figure may be written otherwise than usual: fewer decimals, or with its sign.
WAYS = ({}, {"sign": True}, {"places": 0}, {"places": 1})
# A judgement is kept by people and has no line in the document.
JUDGED = ("effect_classes", "reason_codes", "assumptions", "corrections", "acknowledged", "decisions")


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere.

    Attributes:
        words: What is shown.
        to: Where to: `quality.html#L63`.
        look: Class of the stylesheet.
        hreflang: Language of the place, where it is not the one spoken.
        lang: Language of the words, where it is not the one spoken.
    """

    words: Shown
    to: str
    look: str = ""
    hreflang: str = ""
    lang: str = ""

    def __str__(self) -> str:
        return plain(self.words)

    def __html__(self) -> Markup:
        """As the macro `link` writes it: once for all links alike, as a page has many to the same line."""
        return _written(self, notation.language()) if type(self.words) is str else macro("link")(self)


@lru_cache(maxsize=4096)
def _written(link: Link, language: str) -> Markup:  # noqa: ARG001 — it marks words of another language
    return macro("link")(link)


def figure_id(key: Key) -> str:
    """The id of a figure's entry on the page of proofs: `m-effect_multiplier-policy-1`."""
    parts = "-".join(part for part in ("m", *key) if part)
    return _NOT_IN_IDS.sub(lambda found: "-" if found[0] == ":" else f"_{ord(found[0]):x}_", parts)


def figure_link(key: Key, words: Shown, *, page: str = QUALITY) -> Link:
    """Words that lead to a figure's entry on a page (by its place, `2024/quality`); empty on the page of proofs itself."""
    return _link(page, f"#{figure_id(key)}", words, "figure-link")


def threshold_id(name: str) -> str:
    """The id of a threshold's entry on the page of proofs."""
    return f"threshold-{name}"


def way(words: str, anchor: str, *, page: str = QUALITY) -> Link:
    """Words that lead to a place on the page of proofs."""
    return _link(page, f"#{anchor}", words, "proof-link")


def line_id(frames: Frames, source_id: str, locator: str) -> str:
    """The id of a document's line: `L63` in the document in force, with its id before it in any other."""
    line = _NOT_IN_IDS.sub(lambda found: f"_{ord(found[0]):x}_", line_of(locator))
    first = next((name for name, about in frames.sources.items() if not about.get("superseded")), source_id)
    return line if source_id == first else f"{source_id}-{line}"


def line_link(frames: Frames, source_id: str, locator: str, *, page: str = QUALITY) -> Link | str:
    """A locator that leads to its line; of a department's answer, which no page shows, the file and the cell."""
    if source_id in frames.forms:
        return place_of(frames, source_id, locator)
    return _link(page, f"#{line_id(frames, source_id, locator)}", locator, "line-link")


def place_of(frames: Frames, source_id: str, locator: str) -> str:
    """The words of a place: its locator, and of a department's answer the file before it."""
    file = PurePosixPath(str(frames.forms.get(source_id, {}).get("received_as", ""))).name
    return f"{file} {locator}".strip()


def as_received(words: str) -> Markup:
    """Words of a document; a control character that no page may hold is shown by its number."""
    if not words.isprintable():
        words = "".join(
            f"〔U+{ord(letter):04X}〕" if unicodedata.category(letter) == "Cc" and letter != "\t" else letter
            for letter in words
        )
    return macro("as_received")(words)


# From a page of a year up to the list of plans and the plan's list of years, each by its place in the tree.
ABOVE_A_YEAR = (("index.home", "../../index"), ("navigation.years", "../index"))


# The pages of a year in the order of reading, and those that only the city sees.
OF_A_YEAR, INTERNAL = ("brief", "detail", "quality"), ("assembly",)


def pages_of_a_year(audience: str) -> tuple[str, ...]:
    """The pages of a year that this audience has."""
    return OF_A_YEAR if audience == PUBLIC else (*OF_A_YEAR, *INTERNAL)


def navigation(*, current: str, audience: str) -> Part:
    """The way down to a year, and its pages side by side, the one that is open not a link.

    Args:
        current: Page this stands on.
        audience: `internal` or `public`.
    """
    names = {page: notation.sentence(f"navigation.{page}") for page in pages_of_a_year(audience)}
    above = [page_link(page, notation.sentence(key)) for key, page in ABOVE_A_YEAR]
    beside = [None if page == current else page_link(page, name) for page, name in names.items()]
    others = in_other_languages(current)
    return part(
        "navigation", " / ".join(names.values()), above=above, current=names[current], beside=beside, others=others
    )


def page_file(page: str) -> str:
    """The file of a page by its place from this one, in the language spoken where it is known to stand in that."""
    if not page:
        return ""
    language = notation.language()
    is_spoken = language != notation.ORIGINAL and language in notation.languages_of(page)
    return f"{page}.{language}.html" if is_spoken else f"{page}.html"


def place_link(place: str, words: str) -> Link:
    """Words that lead to a place on another page of the year, `quality.html#source`, in the language spoken if it can."""
    page, _, anchor = place.partition(".html")
    return _link(page, anchor, words)


def data_link(name: str) -> Shown:
    """A link to the data behind a chart, which is filed once and in Japanese; a page in another language says so."""
    language = "" if notation.language() == notation.ORIGINAL else notation.ORIGINAL
    return spoken("データ：{file}", file=Link(f"{name}.csv", f"data/{name}.csv", hreflang=language))


def page_link(page: str, name: str) -> Link:
    """A link to a page by its place; where that stands in Japanese only, it says so."""
    return _link(page, "", notation.spoken("{page}（日本語）", page=name) if _other_language(page) else name)


def _link(page: str, anchor: str, words: Shown, look: str = "") -> Link:
    return Link(words, f"{page_file(page)}{anchor}", look, _other_language(page))


def _other_language(page: str) -> str:
    """What a link to a page says of its language: nothing where it is the one spoken."""
    is_spoken = not page or notation.language() in notation.languages_of(page)
    return "" if is_spoken else notation.ORIGINAL


def in_other_languages(page: str) -> list[Link]:
    """Links to the same page in each other language it is known to stand in."""
    return [
        Link(
            LANGUAGE_NAMES[one],
            f"{page}.html" if one == notation.ORIGINAL else f"{page}.{one}.html",
            lang=one,
            hreflang=one,
        )
        for one in notation.languages_of(page)
        if one != notation.language()
    ]


def input_row(place: str) -> tuple[str, str, int | None]:
    """Year (empty for the figure's own), table and line of an input: `effects.csv:12`, `2023/effects.csv:2`, `plan.toml`."""
    found = _ROW.fullmatch(place)
    return (found[1] or "", found[2], int(found[3])) if found else ("", place.removesuffix(".csv"), None)


def linked(sentence: Sentence, figures: Figures, *, page: str = QUALITY) -> list[Shown]:
    """A sentence in which every figure it states leads to its proof."""
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
) -> list[Shown]:
    """Words in which these figures, as they are written there, lead to their proof; `anchors` to a place by its id.

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
    whole = {*written, *anchors}
    standing = sorted(
        (says for says in {*whole, *names} if says and says in words), key=lambda says: (-len(says), says)
    )
    if not whole.intersection(standing):
        return [words]
    pieces: list[Shown] = []
    end = 0
    for begin, says in _apart(words, standing):
        after = begin + len(says)
        if says not in whole:
            pieces.append(words[end:after])
        elif says in anchors:
            pieces += [words[end:begin], way(says, anchors[says], page=page)]
        else:
            pieces += [words[end:begin], figure_link(written[says], says, page=page)]
        end = after
    return [*pieces, words[end:]]


def _apart(words: str, some: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where some words stand that are not a part of a number, from the left; where several begin, the first of `some`.

    As a pattern of all of them finds it, which would be compiled for each sentence.
    """
    found = []
    for order, one in enumerate(some):
        at = words.find(one)
        while at >= 0:
            after = at + len(one)
            if words[max(at - 1, 0) : at] not in _GOES_ON_BEFORE and words[after : after + 1] not in _DIGITS:
                found.append((at, order, one))
            at = words.find(one, at + 1)
    end = 0
    for at, _, one in sorted(found):
        if at >= end:
            yield at, one
            end = at + len(one)


_DIGITS = {*"0123456789"}
_GOES_ON_BEFORE = {*"0123456789.,△＋−+"}


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
