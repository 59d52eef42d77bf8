"""Writes a letter about a year set that is new, has changed, or has corrected figures."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser

from helpers import notation
from helpers.operate.deliver.built import Withheld, YearSet
from helpers.operate.deliver.configuration import Folder, Mail, Recipient
from helpers.operate.deliver.moved import Moved
from helpers.terms import METRICS, Figure, Interval, Status, Unit
from helpers.terms.audience import INTERNAL

PAGE = "brief"
# A policy every server accepts: no line is longer than the standard allows.
POLICY = SMTP.clone(cte_type="7bit", max_line_length=76)
FORMS = {"html": ("text", "html"), "pdf": ("application", "pdf")}
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')
LONGEST_NAME = 120
# Many servers take 10 MB in all, and a letter grows by a third on its way.
MOST_ATTACHED = 7_000_000
SCOPES = {
    "plan",
    "policy",
    "grade",
    "policy:grade",
    "department:grade",
    "scenario",
    "control",
    "year",
    "policy:year",
    "edition",
}


def letter(  # noqa: PLR0913 — the parts of a letter, each by name
    year_set: YearSet,
    recipient: Recipient,
    *,
    kind: str,
    moved: Moved,
    sender: Mail,
    folder: Folder | None,
    identity: str,
    date: datetime,
    replaces: str = "",
) -> EmailMessage:
    """The letter; the same arguments give the same bytes.

    Args:
        year_set: The year set it is about.
        recipient: The recipient.
        kind: `new`, `changed` or `correction`.
        moved: The figures that moved since the last letter.
        sender: Who sends it.
        folder: Where the pages are, for the reader.
        identity: Its Message-ID without the domain; the same letter always has the same one.
        date: When it was first sent.
        replaces: The day of an earlier letter that may have arrived and says something else.

    Raises:
        Withheld: Something that it should say or attach is missing.
    """
    with notation.speaking(recipient.language):
        message = EmailMessage(policy=POLICY)
        title = one_line(_title(year_set))
        message["Subject"] = one_line(notation.sentence(f"letter.subject_{kind}", title=title))
        message["From"] = Address(one_line(sender.sender_name or ""), addr_spec=sender.sender)
        message["To"] = Address(one_line(recipient.name), addr_spec=recipient.address)
        message["Date"] = format_datetime(date)
        message["Message-ID"] = f"<{identity}@{sender.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: asks machines not to answer
        says = "\n".join(_text(year_set, recipient, kind=kind, moved=moved, folder=folder, replaces=replaces))
        message.set_content(f"{says}\n", cte="base64")
        for form, content in _attached(year_set, recipient).items():
            main, sub = FORMS[form]
            message.add_attachment(content, maintype=main, subtype=sub, filename=f"{_file_name(title)}.{form}")
        message["Content-Language"] = recipient.language
        if message.is_multipart():
            message.set_boundary(f"=={sha256(identity.encode()).hexdigest()[:32]}==")
    return message


def identity(key: str, unit: str, set_hash: str, ordinal: int) -> str:
    """The identity of a letter: sent twice it stays the same, so that the second copy is recognised; the next letter has another."""
    return sha256(f"{key}\0{unit}\0{set_hash}\0{ordinal}".encode()).hexdigest()[:40]


def one_line(text: str) -> str:
    """Text made safe for a header: one line, without invisible characters that could begin another."""
    shown = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join("".join(sign for sign in shown if unicodedata.category(sign) not in {"Cf", "Cs"}).split())


def _title(year_set: YearSet) -> str:
    if notation.language() == notation.ORIGINAL:
        return year_set.summary["title"]
    _, title = _page_words(year_set)
    return title


def _text(
    year_set: YearSet, recipient: Recipient, *, kind: str, moved: Moved, folder: Folder | None, replaces: str
) -> Iterator[str]:
    says, summary = notation.sentence, year_set.summary
    title = one_line(_title(year_set))
    yield says("letter.to", name=one_line(recipient.name))
    yield ""
    yield says(f"letter.opening_{kind}", title=title)
    if replaces:
        yield says("letter.replaces", date=replaces)
    yield says("letter.internal" if recipient.audience == INTERNAL else "letter.public")
    if moved.is_correction or moved.appeared:
        yield from _moved(year_set, moved)
    yield from ("", says("letter.headline"), _headline(year_set))
    yield from ("", says("letter.key_figures"), *_key_figures(year_set))
    yield from ("", says("letter.pages"), *_pages(year_set, recipient, folder))
    yield from ("", says("letter.checks"), *_checks(summary))
    yield from ("", says("letter.sources"), *_sources(summary))
    yield from ("", says("letter.closing"))


def _headline(year_set: YearSet) -> str:
    if notation.language() == notation.ORIGINAL:
        return year_set.summary["headline"]
    headline, _ = _page_words(year_set)
    return headline


def _key_figures(year_set: YearSet) -> Iterator[str]:
    """The key figures as on page one; in another language than the summary's, written anew from the figures behind them."""
    if notation.language() == notation.ORIGINAL:
        for key in year_set.summary["key_figures"]:
            yield notation.sentence("letter.key_figure", label=key["label"], value=key["value"])
        return
    for row in year_set.summary["figures"]:
        yield notation.sentence("letter.key_figure", label=notation.metric_name(row["metric"]), value=shown(row))


def _pages(year_set: YearSet, recipient: Recipient, folder: Folder | None) -> Iterator[str]:
    if folder:
        base = folder.shown or folder.path
        way = "\\" if "\\" in base and "://" not in base else "/"
        yield way.join([base.rstrip("\\/"), *year_set.unit.name.split("/"), _page(year_set, recipient.language)])
    if recipient.attach:
        yield notation.sentence("letter.attached")


def _checks(summary: Mapping) -> Iterator[str]:
    checks = summary["checks"]
    yield notation.sentence("letter.passed", n=notation.count(checks["passed"]))
    if checks.get("warned"):
        yield notation.sentence("letter.warned", n=notation.count(checks["warned"]))
    accepted = [f["id"] for f in summary["findings"] if f["acknowledged"] and f["result"] in {"failed", "not_run"}]
    if accepted:
        yield notation.sentence("letter.acknowledged", ids=notation.sentence("letter.and").join(accepted))


def _sources(summary: Mapping) -> Iterator[str]:
    for source in summary["sources"]:
        words = {name: one_line(str(source[name])) for name in ("title", "publisher", "published")}
        if words["published"] == "not_stated":
            words["published"] = notation.month("not_stated")
        yield notation.sentence("letter.source", **words)


def _moved(year_set: YearSet, moved: Moved) -> Iterator[str]:
    """Every figure that moved: first those whose words differ now, the whole plan before its parts."""
    says, names = notation.sentence, _names(year_set)
    read_otherwise = [(before, now) for before, now in moved.moved if shown(before) != shown(now)]
    if read_otherwise:
        yield from ("", says("letter.moved", n=notation.count(len(read_otherwise))))
        yield says("letter.moved_heading")
        for before, now in read_otherwise:
            about = {"metric": _called(now), "scope": _whose(now, names)}
            yield says("letter.moved_row", **about, before=shown(before), now=shown(now))
    finer = [now for before, now in moved.moved if shown(before) == shown(now)]
    for rows, key in ((moved.gone, "gone"), (moved.appeared, "appeared"), (finer, "finer")):
        if rows:
            yield from ("", says(f"letter.{key}", n=notation.count(len(rows))))
            for row in rows:
                about = {"metric": _called(row), "scope": _whose(row, names)}
                yield says("letter.row", **about, value=shown(row))


def shown(row: Mapping) -> str:
    """A figure's words: in the original language as filed, else written anew from its exact value."""
    if notation.language() == notation.ORIGINAL or row["unit"] == Unit.CATEGORY or row["metric"] not in METRICS:
        return row["display"]
    low, high = (_number(row[end] if row["exact"] is None else row["exact"]) for end in ("low", "high"))
    if low is None or high is None:
        return row["display"]
    is_exact = row["exact"] is not None
    return notation.figure(
        Figure(
            row["metric"],
            row["scope"],
            row["scope_id"],
            row["fiscal_year"],
            Status(row["status"]),
            exact=low if is_exact else None,
            range=None if is_exact else Interval(low, high),
        )
    )


def _number(value: int | str | None) -> int | Fraction | None:
    return Fraction(value) if isinstance(value, str) else value


def _called(row: Mapping) -> str:
    """The metric's name; its id where the list no longer has it."""
    return notation.metric_name(row["metric"]) if row["metric"] in METRICS else row["metric"]


def _whose(row: Mapping, names: Mapping[str, str]) -> str:
    """The subject of a figure in the plan's words: policies and measures by name."""
    of, scope = row["scope_id"], row["scope"]
    group, _, grade = of.rpartition(":")
    if scope in {"scenario", "control"} and of in notation.words(scope):
        return notation.words(scope)[of]
    if scope in SCOPES - {"scenario", "control"}:
        return notation.sentence(f"letter.scope_{scope.replace(':', '_')}", of=of, group=group, grade=grade)
    if scope == "reason" and notation.language() == notation.ORIGINAL:
        from helpers.terms.tables import REASONS  # noqa: PLC0415 — which only a correction of causes needs

        return REASONS.get(of, of)
    return one_line(names.get(of, of.replace(":", " ")))


def _names(year_set: YearSet) -> dict[str, str]:
    """Names of the measures, from the year set's own table."""
    name = "data/measures.csv"
    if name not in year_set.unit.outputs:
        return {}
    rows = csv.DictReader(io.StringIO(year_set.unit.read(name).decode("utf-8-sig"), newline=""))
    return {row["measure_id"]: row["measure"] for row in rows if row.get("measure_id") and row.get("measure")}


def _page(year_set: YearSet, language: str) -> str:
    """The brief in that language, or the Japanese one where there is none."""
    name = f"{PAGE}.html" if language == notation.ORIGINAL else f"{PAGE}.{language}.html"
    return name if name in year_set.unit.outputs else f"{PAGE}.html"


def _attached(year_set: YearSet, recipient: Recipient) -> dict[str, bytes]:
    found = {form: _form(year_set, form, recipient.language) for form in dict.fromkeys(recipient.attach)}
    size = sum(map(len, found.values()))
    if size > MOST_ATTACHED:
        raise Withheld(
            f"{year_set.unit.folder}: 添付（{size:,} バイト）が大きすぎるので、送っていません（{MOST_ATTACHED:,} バイトまで）。"
            "attach を減らしてください。"
        )
    return found


def _form(year_set: YearSet, form: str, language: str) -> bytes:
    page = _page(year_set, language)
    if form == "html":
        return year_set.unit.read(page)
    name = f"{page.removesuffix('.html')}.pdf"
    found = year_set.unit.prints().get(name)
    if found is None:
        raise Withheld(
            f"{year_set.unit.folder / name} がないか、今のページのものではないので、添付できません。"
            "gyokaku build --pdf で作ってください。"
        )
    return found


def _file_name(title: str) -> str:
    """A file name that explains the file after saving, and that every system accepts."""
    return NOT_IN_NAMES.sub(" ", title).strip(" .")[:LONGEST_NAME] or PAGE


class _Headline(HTMLParser):
    """Collects a brief's title and headline."""

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, list[str]] = {"title": [], "h1": []}
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "title" or (tag == "h1" and ("class", "headline") in attrs):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._within:
            self.words[self._within[-1]].append(data)


def _page_words(year_set: YearSet) -> tuple[str, str]:
    """Headline and title from the page in the language spoken."""
    name = f"{PAGE}.{notation.language()}.html"
    if name not in year_set.unit.outputs:
        raise Withheld(
            f"{year_set.unit.folder}: {name} がないので、{notation.language()} の手紙を書けません。"
            f"gyokaku build --language {notation.language()} で作ってください。"
        )
    parser = _Headline()
    parser.feed(year_set.unit.read(name).decode())
    headline, title = (" ".join("".join(parser.words[tag]).split()) for tag in ("h1", "title"))
    if not headline or not title:
        raise Withheld(f"{year_set.unit.folder / name}: 要点の文が見つかりません。作り直してください。")
    return headline, title
