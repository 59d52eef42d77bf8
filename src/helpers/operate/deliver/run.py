"""A delivery: first the shared folders, then the letters that point to pages in them. A failed delivery does not stop the others."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from helpers import publish
from helpers.operate.deliver import built, ledger
from helpers.operate.deliver import folder as shelves
from helpers.operate.deliver import letter as letters
from helpers.operate.deliver.built import Unit, Withheld, YearSet
from helpers.operate.deliver.configuration import Configuration, Folder, Recipient, apart
from helpers.operate.deliver.ledger import ATTEMPTING, REJECTED, SENT, History, Ledger
from helpers.operate.deliver.mail import Post, Uncertain, Unsent
from helpers.operate.deliver.moved import Moved, moved
from helpers.terms import Refusal


class Kind(StrEnum):
    """What a year set is to its recipient: new, changed or a correction; or a reminder of answers that lack."""

    NEW = "new"
    CHANGED = "changed"
    CORRECTION = "correction"
    REMINDER = "reminder"


class State(StrEnum):
    """What became of it."""

    SENT = "sent"
    ALREADY = "already"
    WITHHELD = "withheld"
    FAILED = "failed"
    WRITTEN = "written"


@dataclass(frozen=True)
class Delivery:
    """The delivery of one year set to one recipient.

    Attributes:
        recipient: Name of the shared folder or of the person.
        channel: `folder` or `mail`.
        plan: The plan.
        fiscal_year: The year.
        kind: New, changed (no figure moved), or a correction.
        state: What became of it.
        sentences: Sentences for the report.
    """

    recipient: str
    channel: str
    plan: str
    fiscal_year: int
    kind: Kind
    state: State
    sentences: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """Every delivery, folders first, in the order of the configuration, and other faults."""

    deliveries: list[Delivery]
    faults: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether everybody has received everything they should."""
        return not self.faults and not any(one.state in {State.WITHHELD, State.FAILED} for one in self.deliveries)


def deliver(
    configuration: Configuration,
    out: Path,
    *,
    year_sets: Sequence[tuple[str, int]] | None,
    now: datetime,
    dry_run: Path | None = None,
) -> Outcome:
    """Delivers what is new or has changed to everybody who does not have it yet. Safe to call at any time.

    Args:
        configuration: The settings: who gets what.
        out: The built pages: `reports/`.
        year_sets: Plans and years to deliver; all that are built where it is None.
        now: The time used to date letters and to keep former versions.
        dry_run: A folder to write letters and lists of files into instead; nothing is sent, and nothing is recorded as sent.

    Raises:
        Refusal: Nothing could be delivered: another run is active, the ledger cannot be read or written, nothing is
            built, or a folder of the configuration lies within the built pages.
    """
    apart(configuration, out)
    audiences = {one.audience for one in (*configuration.folder, *configuration.recipient)}
    standing = {audience: built.units(out, audience) for audience in sorted(audiences)}
    if not any(standing.values()):
        raise Refusal(f"{out} に、配るページがまだありません。gyokaku build で作ってください。")
    now = now if now.tzinfo else now.astimezone()
    with nullcontext() if dry_run else ledger.alone(configuration.ledger_folder):
        run = _Run(configuration, standing, year_sets, now, dry_run, Ledger.read(configuration.ledger_folder))
        run.folders()
        run.mails()
    missing = [f"{plan} {year}" for plan, year in year_sets or () if not run.stands(plan, year)]
    run.faults += [f"{name}: 配るページがまだありません。gyokaku build で作ってください。" for name in missing]
    return Outcome(run.deliveries, tuple(dict.fromkeys(run.faults)))


class Unrecorded(Exception):  # noqa: N818 — an outcome, not an error
    """A delivery could not be recorded, so nothing more is sent."""


@dataclass
class _Run:
    configuration: Configuration
    standing: Mapping[str, Mapping[str, Unit]]
    year_sets: Sequence[tuple[str, int]] | None
    now: datetime
    dry_run: Path | None
    ledger: Ledger
    deliveries: list[Delivery] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _checked: dict[tuple[str, str], YearSet | Withheld] = field(default_factory=dict)
    _on_shelf: set[tuple[str, str]] = field(default_factory=set)

    def stands(self, plan: str, fiscal_year: int) -> bool:
        return any(f"{plan}/{fiscal_year}" in units for units in self.standing.values())

    # Shared folders

    def folders(self) -> None:
        """Delivers to each shared folder; a missing one does not stop the others."""
        for folder in self.configuration.folder:
            wanted = list(self._wanted(folder.audience))
            if not wanted:
                continue
            with ExitStack() as stack:
                try:
                    shelf = (
                        shelves.Shelf(folder.at, self.now.date())
                        if self.dry_run
                        else stack.enter_context(shelves.shelf(folder, self.now.date()))
                    )
                except Refusal as refusal:
                    for unit in wanted:
                        self._done(folder, "folder", unit, Kind.NEW, State.FAILED, *refusal.sentences)
                    continue
                for unit in wanted:
                    self._place(folder, shelf, unit)
                if not self.dry_run:
                    self._place_lists(folder, shelf)

    def _place(self, folder: Folder, shelf: shelves.Shelf, unit: Unit) -> None:
        """Boundary for faults: one year set into one folder."""
        key = f"folder:{folder.audience}:{folder.path}"
        kind = Kind.NEW
        try:
            year_set = self._year_set(unit)
            prints = unit.prints()
            history = self.ledger.of(key, unit.name)
            kind, _ = self._kind(history, year_set)
            has_it = bool(history.last and history.last["set"] == unit.hash)
            if shelf.holds(unit, prints):
                self._on_shelf.add((folder.name, unit.name))
                if has_it:
                    self._done(folder, "folder", unit, Kind(history.last["kind"]), State.ALREADY)
                    return
            if self.dry_run:
                self._on_shelf.add((folder.name, unit.name))
                self._write(_listing(folder, unit, prints), folder.name, unit, "txt")
                self._done(folder, "folder", unit, kind, State.WRITTEN)
                return
            says = ["前に置いたものと違っていたので、置き直しました。"] if has_it else []
            if (folder.name, unit.name) not in self._on_shelf:  # else it is in place and was only not recorded
                shelf.place(unit, prints)
                self._on_shelf.add((folder.name, unit.name))
            self._record(SENT, self._line(key, folder, year_set, kind))
            self._done(folder, "folder", unit, kind, State.SENT, *says)
        except Withheld as withheld:
            self._done(folder, "folder", unit, kind, State.WITHHELD, str(withheld))
        except Exception as error:  # noqa: BLE001 — the other year sets and folders go on
            self._done(folder, "folder", unit, kind, State.FAILED, *sentences_of(error))

    def _place_lists(self, folder: Folder, shelf: shelves.Shelf) -> None:
        """Delivers the pages that list years and plans, once every year set they list is in the folder in its current version."""
        units = self.standing[folder.audience]
        for unit in units.values():
            if unit.fiscal_year is not None:
                continue
            listed = [one for one in units.values() if one.fiscal_year and unit.plan in {"", one.plan}]
            absent = [one for one in listed if not self._is_on_shelf(folder, shelf, one)]
            if absent:
                shown = "、".join(f"{one.plan} {one.fiscal_year}" for one in absent)
                self.faults.append(
                    f"{folder.name}: 一覧のページ {unit.folder / 'index.html'} は、{shown} がそろっていないので、前のままです。"
                )
                continue
            try:
                unit.verify()
                if not shelf.holds(unit, {}):
                    shelf.place_files(unit)
            except Exception as error:  # noqa: BLE001 — the other lists go on
                self.faults += [f"{folder.name}: {says}" for says in sentences_of(error)]

    def _is_on_shelf(self, folder: Folder, shelf: shelves.Shelf, unit: Unit) -> bool:
        return (folder.name, unit.name) in self._on_shelf or shelf.holds(unit, {})

    # Letters

    def mails(self) -> None:
        """Writes to each recipient; a refusal by one server or address does not stop the others."""
        mail = self.configuration.mail
        if not mail:
            return
        with Post(mail) as post:
            for recipient in self.configuration.recipient:
                for unit in self._wanted(recipient.audience):
                    if not recipient.plans or unit.plan in recipient.plans:
                        self._send(post, recipient, unit)

    def _send(self, post: Post, recipient: Recipient, unit: Unit) -> None:
        """Boundary for faults: one letter."""
        key = f"mail:{recipient.audience}:{recipient.address.lower()}"
        kind = Kind.NEW
        try:
            year_set = self._year_set(unit)
            history = self.ledger.of(key, unit.name)
            pending = history.uncertain
            if not pending and history.last and history.last["set"] == unit.hash:
                self._done(recipient, "mail", unit, Kind(history.last["kind"]), State.ALREADY)
                return
            kind, differences = self._kind(history, year_set)
            if kind is Kind.CHANGED and not pending and not recipient.changes:
                says = "前に知らせた数値はどれも動いていないので、手紙は送りません。"
                self._done(recipient, "mail", unit, kind, State.ALREADY, says)
                return
            folder = self.configuration.folder_of(recipient)
            if folder and (folder.name, unit.name) not in self._on_shelf:
                raise Withheld(
                    f"手紙が指すページが共有フォルダー「{folder.name}」にまだないので、送っていません。先に、そこに置けるようにしてください。"
                )
            line = self._line(key, recipient, year_set, kind)
            message, line = self._letter(recipient, folder, year_set, differences, history, line)
            if self.dry_run:
                self._write(message.as_bytes(policy=message.policy), recipient.name, unit, "eml")
                self._done(recipient, "mail", unit, kind, State.WRITTEN)
                return
            told = post.send(
                message,
                address=recipient.address,
                ending=lambda: self._record(ATTEMPTING, line),
                # If an earlier try may have arrived, a refusal of this one tells nothing about it.
                rejected=(lambda: None) if pending else (lambda: self._record(REJECTED, line)),
            )
            if pending and pending["set"] == unit.hash and not told:
                told = ["前の回に届いたかもしれないので、同じ Message-ID で送り直しました（二通届くことがあります）。"]
            state, sentences = State.SENT, told
            try:
                self._record(SENT, line)
            except Unrecorded as error:
                sentences = [*told, f"{error}次の回に、同じ Message-ID でもう一度送ります。"]
            self._done(recipient, "mail", unit, kind, state, *sentences)
        except Withheld as withheld:
            self._done(recipient, "mail", unit, kind, State.WITHHELD, str(withheld))
        except Uncertain as error:
            says = f"{error}届いたかもしれません。次の回に、同じ Message-ID でもう一度送ります。"
            self._done(recipient, "mail", unit, kind, State.FAILED, says)
        except Exception as error:  # noqa: BLE001 — the other letters go on
            self._done(recipient, "mail", unit, kind, State.FAILED, *sentences_of(error))

    def _letter(
        self,
        recipient: Recipient,
        folder: Folder | None,
        year_set: YearSet,
        differences: Moved,
        history: History,
        line: dict,
    ) -> tuple[letters.EmailMessage, dict]:
        """The letter and its line in the ledger; a letter that may have arrived is made again exactly as it was."""
        pending = history.uncertain
        is_again = bool(pending and pending["set"] == year_set.unit.hash)
        date = datetime.fromisoformat(pending["date"]) if is_again else self.now
        identity = letters.identity(line["key"], line["unit"], line["set"], len(history.sent))
        message = letters.letter(
            year_set,
            recipient,
            kind=line["kind"],
            moved=differences,
            sender=self.configuration.mail,
            folder=folder,
            identity=identity,
            date=date,
            replaces="" if not pending or is_again else pending["date"][:10],
        )
        return message, line | {"message_id": message["Message-ID"], "date": date.isoformat()}

    # Used by both

    def _wanted(self, audience: str) -> Iterator[Unit]:
        """The year sets that are built for an audience and were asked for, in order."""
        for _, unit in sorted(self.standing[audience].items()):
            asked = self.year_sets is None or (unit.plan, unit.fiscal_year) in self.year_sets
            if unit.fiscal_year is not None and asked:
                yield unit

    def _year_set(self, unit: Unit) -> YearSet:
        key = unit.audience, unit.name
        if key not in self._checked:
            try:
                self._checked[key] = built.year_set(unit)
            except Withheld as withheld:
                self._checked[key] = withheld
        found = self._checked[key]
        if isinstance(found, Withheld):
            raise Withheld(str(found))
        return found

    def _kind(self, history: History, year_set: YearSet) -> tuple[Kind, Moved]:
        """What the year set is to a recipient, judged by the figures they have or may have."""
        known, pending = year_set.unit.hash, history.uncertain
        other = pending if pending and pending["set"] != known else None
        base = other if history.last is None or (other and history.last["set"] == known) else history.last
        if base is None:
            return Kind.NEW, Moved()
        if base["set"] == known:
            return Kind(base["kind"]), Moved()
        before = self.ledger.kept(base["metrics"])
        if before is None:
            place = self.ledger.folder / ledger.KEPT
            raise Withheld(
                f"前に配った数値（{place} の {base['metrics'][:12]}….json）がないか、変わっているので、どの数値が動いたかを言えません。"
                f"控えから戻すか、{ledger.NAME} からその行を消して、新規として配り直してください。"
            )
        found = moved(before, year_set.figures)
        if found.is_correction:
            return Kind.CORRECTION, found
        return (Kind.CHANGED, found) if history.last else (Kind.NEW, Moved())

    def _line(self, key: str, to: Folder | Recipient, year_set: YearSet, kind: Kind) -> dict:
        return {
            "key": key,
            "recipient": to.name,
            "unit": year_set.unit.name,
            "audience": to.audience,
            "kind": str(kind),
            "set": year_set.unit.hash,
            "metrics": "" if self.dry_run else self._kept(year_set),
        }

    def _kept(self, year_set: YearSet) -> str:
        try:
            return self.ledger.keep(year_set.metrics)
        except OSError as error:
            raise Unrecorded(self._unrecorded(error)) from None

    def _record(self, event: str, line: Mapping) -> None:
        try:
            self.ledger.add({"event": event, "at": self.now.isoformat(), **line})
        except OSError as error:
            raise Unrecorded(self._unrecorded(error)) from None

    def _unrecorded(self, error: OSError) -> str:
        return f"{self.ledger.folder}: 配布の記録を書けません（{publish.reason(error)}）。"

    def _write(self, content: bytes, name: str, unit: Unit, ending: str) -> None:
        write_dry(content, self.dry_run, f"{name}-{unit.plan}-{unit.fiscal_year}", len(self.deliveries) + 1, ending)

    def _done(
        self, to: Folder | Recipient, channel: str, unit: Unit, kind: Kind, state: State, *sentences: str
    ) -> None:
        self.deliveries.append(Delivery(to.name, channel, unit.plan, unit.fiscal_year, kind, state, sentences))


def write_dry(content: bytes, folder: Path, name: str, number: int, ending: str) -> None:
    """Writes a file of a dry run; its name cannot lead out of the folder.

    Raises:
        Refusal: It cannot be written.
    """
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:03}-{plain}.{ending}").write_bytes(content)
    except OSError as error:
        raise Refusal(f"{folder} に書けません: {publish.reason(error)}。") from None


def _listing(folder: Folder, unit: Unit, prints: Mapping[str, bytes]) -> bytes:
    target = folder.at / unit.name
    return "".join(f"{target / name}\n" for name in sorted([*unit.outputs, *prints])).encode()


def sentences_of(error: Exception) -> tuple[str, ...]:
    """What a failed delivery is told as."""
    if isinstance(error, Refusal):
        return error.sentences
    if isinstance(error, OSError):
        return (f"{error.filename or '書き込み先'}: {publish.reason(error)}。",)
    if isinstance(error, (Withheld, Unsent, Unrecorded)):
        return (str(error),)
    # An unforeseen fault is told by its kind and place only: its text may hold what was sent to a server.
    *_, at = traceback.extract_tb(error.__traceback__)
    return (f"予期しない誤りです（{type(error).__name__}、{Path(at.filename).name} {at.lineno}行）。",)
