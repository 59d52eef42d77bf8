"""One round of the scheduled run: builds what is due, delivers what is new, and records each piece of news once.

It may be called every hour. Where nothing is due, nothing is written. A failure that stays the same is tried again
every time, and recorded only when it begins and when it ends.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Protocol

from filelock import FileLock, Timeout
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from helpers import publish
from helpers.notation import LANGUAGES, ORIGINAL
from helpers.operate.calendar import Calendar
from helpers.run import batch
from helpers.run.batch.due import append
from helpers.run.batch.history import HISTORY
from helpers.terms import Refusal
from helpers.terms.audience import INTERNAL, PUBLIC
from helpers.terms.contract import Shape, held
from helpers.terms.files import content
from helpers.terms.json import parsed
from helpers.terms.manifest import COLLECTIONS

SETTINGS = "run.toml"
PAGE = "runs.html"
LOCK = ".run.lock"
RUN, DELIVER = "run", "deliver"
# Subjects of failures other than year sets and lists: the name in the history, and the clerk's word for it.
CALLED = {"settings": "設定", "data": "データ", RUN: "定期実行", DELIVER: "配布"}
# Stands between what was delivered and to whom.
ARROW = " → "
# Outcomes of a delivery: those not worth a word, and those that delivered; all others are failures.
ALREADY = "already"
KINDS = {"new": "新規", "changed": "更新", "correction": "訂正"}
WRITTEN = "written"
HANDED_OVER = {"sent": "配布", WRITTEN: "書出し"}


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:  # in the year 1
        raise ValueError(text) from error
    return text


_Moment = Annotated[str, AfterValidator(_moment)]


class Settings(NamedTuple):
    """The pages that a round builds beside the internal Japanese ones, and when what is due, from `run.toml`."""

    languages: tuple[str, ...] = (ORIGINAL,)
    public: bool = False
    calendar: Calendar = Calendar()

    @property
    def language(self) -> str:
        """The language to build beside Japanese; Japanese itself where there is none."""
        return next((one for one in self.languages if one != ORIGINAL), ORIGINAL)

    @property
    def trees(self) -> tuple[str, ...]:
        """The trees that are built, in order."""
        return (INTERNAL, PUBLIC, COLLECTIONS) if self.public else (INTERNAL, COLLECTIONS)


class Known(NamedTuple):
    """What there is to make pages of: plans and fiscal years.

    Attributes:
        years: Those that have data.
        collections: Those whose departments were asked.
    """

    years: list[tuple[str, int]]
    collections: list[tuple[str, int]]

    def of(self, tree: str) -> list[tuple[str, int]]:
        """Those that have pages in a tree."""
        return self.collections if tree == COLLECTIONS else self.years


class _SettingsFile(Shape):
    languages: list[Literal[tuple(LANGUAGES)]] = Field(
        default_factory=lambda: [ORIGINAL], min_length=1, max_length=len(LANGUAGES)
    )
    public: bool = False
    calendar: Calendar = Calendar()


class _SetOfLine(BaseModel):
    set: str
    state: str
    seconds: float
    sentences: list[str]
    tree: str = ""


class _DeliveryOfLine(BaseModel):
    recipient: str
    plan: str
    fiscal_year: int
    sentences: list[str]
    kind: str = ""
    channel: str = ""
    state: str = ""


class _Line(BaseModel):
    """A line of the history, as far as the next round and the page of the history look at it."""

    started: _Moment
    ended: _Moment | Literal[""] | None
    sets: list[_SetOfLine]
    sentences: list[str] = []
    failures: list[tuple[str, str, str, list[str]]] = []
    mended: list[tuple[str, str]] = []
    deliveries: list[_DeliveryOfLine] = []
    notices: list[str] = []
    command: str = ""
    today: str = ""


class Failure(NamedTuple):
    """Something a round could not do; two failures are the same if all fields are equal."""

    tree: str
    name: str
    state: str
    sentences: tuple[str, ...]


class Delivered(Protocol):
    """The result of the delivery function."""

    deliveries: list
    faults: tuple[str, ...]


class Round(NamedTuple):
    """The events of one round.

    Attributes:
        results: Pairs of tree and result, for each year set that was not unchanged.
        deliveries: Deliveries made, and deliveries that failed.
        failures: All current failures, also those told before.
        mended: Tree and name of everything that failed before and no longer fails.
        notices: Sentences about something that people should know and no run can fix.
        is_news: Whether it has anything to tell that the previous round did not.
        busy: The sentence to say when another build is active; empty otherwise.
    """

    results: list[tuple[str, batch.Result]]
    deliveries: list[dict]
    failures: list[Failure]
    mended: list[tuple[str, str]]
    notices: list[str]
    is_news: bool
    busy: str

    @property
    def handed_over(self) -> list[str]:
        """A line for each delivery, and for each failure that ended."""
        delivered = [
            "\n  ".join([f"{HANDED_OVER[one['state']]} {delivered_words(one)}", *one["sentences"]])
            for one in self.deliveries
        ]
        return delivered + [f"解消 {_called(*one)}" for one in self.mended]

    @property
    def complaints(self) -> list[str]:
        """A line for each thing that could not be done."""
        failed = [f"{_called(one.tree, one.name)}: {sentence}" for one in self.failures for sentence in one.sentences]
        return [*failed, self.busy] if self.busy else failed


def delivered_words(delivery: Mapping) -> str:
    """A delivery in words: isehara-6 2024 → 市長（訂正）."""
    kind = KINDS.get(delivery["kind"], delivery["kind"])
    return f"{delivery['plan']} {delivery['fiscal_year']} → {delivery['recipient']}（{kind}）"


def settings(path: Path) -> Settings:
    """The settings in `run.toml`; without the file, only the internal Japanese pages are built.

    Raises:
        Refusal: It is not TOML, or has an unknown key or value; all faults at once.
    """
    try:
        written = content(path)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise Refusal(f"{path}: 設定を読めません（{publish.reason(error)}）。") from None
    said = held(written, _SettingsFile, place=str(path))
    return Settings(tuple(dict.fromkeys([ORIGINAL, *said.languages])), said.public, said.calendar)


def due(known: Known, *, folders: batch.Folders, chosen: Settings) -> list[batch.Due]:
    """Everything a round would do, tree by tree."""
    return [
        one
        for tree in chosen.trees
        for one in batch.plan_of_work(known.of(tree), folders=folders, tree=tree, language=chosen.language)
    ]


def go(
    known: Known,
    *,
    folders: batch.Folders,
    chosen: Settings,
    failures: Iterable[Failure],
    notices: list[str],
    build: Callable[[str], batch.Outcome],
    deliver: Callable[[], Delivered] | None,
    about: Mapping[str, str],
) -> Round:
    """Makes one round, with the folder locked.

    Args:
        known: What there is to make pages of.
        folders: Where things are.
        chosen: What is built.
        failures: Faults known before anything is built.
        notices: Sentences about something that people should know and no run can fix.
        build: Builds the sets of a tree, named, without writing the history.
        deliver: Delivers what is new; None where nothing is to be delivered.
        about: Further entries for the history, such as the command typed.

    Raises:
        Refusal: The folder cannot be written, or another round is active (then a `batch.Busy`).
    """
    with _alone(folders.out):
        made = _Made(folders.out, list(failures), notices, dict(about))
        made.leave_open(known, chosen, delivers=deliver is not None)
        try:
            _build(made, due(known, folders=folders, chosen=chosen), build)
            made.look_at(*chosen.trees)
            if deliver and not made.busy:
                _deliver(made, deliver)
        except Refusal as refusal:
            made.failures.append(Failure("", RUN, "refused", refusal.sentences))
        except BaseException as error:
            made.failures.append(Failure("", RUN, "failed", (f"{type(error).__name__}: {error}",)))
            made.note()
            raise
        return made.note()


def history(out: Path) -> list[dict]:
    """The recorded runs, newest first; lines cut short by a full disk are left out."""
    path = out / HISTORY
    lines = path.read_bytes().split(b"\n") if path.is_file() else []
    return [run for line in reversed(lines) if (run := _read(line))]


def last(out: Path) -> datetime | None:
    """When the last round began, also one without news; None where there was none."""
    lock = out / LOCK
    return datetime.fromtimestamp(lock.stat().st_mtime, UTC) if lock.is_file() else None


def page_is_older(out: Path) -> bool:
    """Whether the history has grown since its page was made."""
    history, page = out / HISTORY, out / PAGE
    return history.is_file() and not (page.is_file() and page.stat().st_mtime_ns >= history.stat().st_mtime_ns)


def put_page(out: Path, content: str) -> None:
    """Puts the page of the history in place, in one step."""
    with publish.staging(out / PAGE) as staged:
        (staged / PAGE).write_text(content, encoding="utf-8")
        (staged / PAGE).replace(out / PAGE)


class _Made:
    """The work of a round so far."""

    def __init__(self, out: Path, failures: list[Failure], notices: list[str], about: dict) -> None:
        self._out, self._about = out, {"started": _now(), **about}
        self._results: list[tuple[str, batch.Result]] = []
        self._deliveries: list[dict] = []
        self.failures, self._notices, self.busy = failures, notices, ""
        self._open: set[str] = set()
        self._readable: set[str] | None = None

    def leave_open(self, known: Known, chosen: Settings, *, delivers: bool) -> None:
        """Marks subjects as not yet looked at. A failure of a subject that the round never looks at counts as not ended."""
        wrong = {one.name for one in self.failures}
        self._open = {*chosen.trees, *([DELIVER] if delivers else [])}
        if "settings" in wrong:  # if the settings cannot be read, nobody knows whether something is still wanted
            self._open |= {PUBLIC, DELIVER}
        if "data" in wrong:
            trees = batch.TREES.values()
            self._readable = {batch.named(tree.called, *one) for tree in trees for one in known.of(tree.name)}

    def look_at(self, *places: str) -> None:
        """Marks trees, or the deliveries, as looked at: a failure there that did not occur again has ended."""
        self._open -= set(places)

    def take_built(self, tree: str, outcome: batch.Outcome) -> None:
        self._results += [(tree, one) for one in outcome.results if one.state is not batch.State.UNCHANGED]
        self.failures += [
            Failure(tree, one.name, str(one.state), one.sentences)
            for one in outcome.results
            if one.state in {batch.State.REFUSED, batch.State.FAILED}
        ]
        if outcome.faults:
            self.failures.append(Failure(tree, "build", "failed", outcome.faults))

    def take_delivered(self, outcome: Delivered) -> None:
        told = [one for one in outcome.deliveries if str(one.state) != ALREADY]
        self._deliveries = [_delivery(one) for one in told if str(one.state) in HANDED_OVER]
        undelivered = [one for one in told if str(one.state) not in HANDED_OVER]
        self.failures += [Failure("", _recipient(one), str(one.state), tuple(one.sentences)) for one in undelivered]
        if outcome.faults:
            self.failures.append(Failure("", DELIVER, "failed", tuple(outcome.faults)))
        if not any(str(one.state) == WRITTEN for one in told):  # a dry run did not try to deliver
            self.look_at(DELIVER)

    def note(self) -> Round:
        """Writes the round into the history if it is news, and returns it in any case."""
        before = next((run for run in history(self._out) if run.get("kind") == RUN), {})
        known = [Failure(*one[:3], tuple(one[3])) for one in before.get("failures", [])]
        # The result of the other build is unknown, so no failure ends and no year becomes late.
        named = {(one.tree, one.name) for one in self.failures}
        self.failures += [
            one
            for one in known
            if (self.busy and one not in self.failures) or (self._is_open(one) and (one.tree, one.name) not in named)
        ]
        named = {(one.tree, one.name) for one in self.failures}
        mended = [(one.tree, one.name) for one in known if (one.tree, one.name) not in named]
        is_built = any(one.state is batch.State.BUILT for _, one in self._results)
        new_failures, new_notices = set(self.failures) - set(known), set(self._notices) - set(before.get("notices", []))
        is_news = bool(is_built or self._deliveries or mended or new_failures or (new_notices and not self.busy))
        if is_news:
            try:
                self._write(mended)
            except OSError as error:  # what was built and delivered is told all the same
                says = f"{self._out / HISTORY}: この回を履歴に書けません（{publish.reason(error)}）。"
                self.failures.append(Failure("", RUN, "failed", (says,)))
        return Round(
            self._results, self._deliveries, self.failures, mended, self._notices, is_news=is_news, busy=self.busy
        )

    def _is_open(self, failure: Failure) -> bool:
        """Whether this round could not tell if that failure has ended."""
        is_delivery = failure.name == DELIVER or ARROW in failure.name
        is_unread = bool(failure.tree) and self._readable is not None and failure.name not in self._readable
        return (DELIVER if is_delivery else failure.tree) in self._open or is_unread

    def _write(self, mended: list[tuple[str, str]]) -> None:
        sets = [
            {"tree": tree, "set": one.name, "state": one.state, "seconds": one.seconds, "sentences": one.sentences}
            for tree, one in self._results
        ]
        counts = {str(state): sum(one.state is state for _, one in self._results) for state in batch.State}
        of_sets = {(tree, one.name) for tree, one in self._results}
        others = [
            f"{_called(one.tree, one.name)}: {said}"
            for one in self.failures
            if (one.tree, one.name) not in of_sets
            for said in one.sentences
        ]
        run = {
            **self._about,
            "ended": _now(),
            "kind": RUN,
            "counts": counts,
            "sets": sets,
            "sentences": others,
            "failures": self.failures,
            "mended": mended,
            "deliveries": self._deliveries,
            "notices": self._notices,
        }
        append(self._out / HISTORY, f"{json.dumps(run, ensure_ascii=False)}\n".encode())


def _build(made: _Made, todo: list[batch.Due], build: Callable[[str], batch.Outcome]) -> None:
    for tree in dict.fromkeys(one.tree for one in todo):
        try:
            made.take_built(tree, build(tree))
        except batch.Busy as busy:
            made.busy = str(busy)
            return


def _deliver(made: _Made, deliver: Callable[[], Delivered]) -> None:
    try:
        made.take_delivered(deliver())
    except Refusal as refusal:
        made.failures.append(Failure("", DELIVER, "refused", refusal.sentences))


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    lock = FileLock(out / LOCK)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        (out / LOCK).touch()  # the only trace of a round without news; `last` reads it
    except Timeout:
        raise batch.Busy(f"{out} では別の gyokaku run が動いています。あとはそちらに任せて終わります。") from None
    except OSError as error:
        raise Refusal(f"{out} を使えません: {publish.reason(error)}。") from error
    try:
        yield
    finally:
        lock.release()


def _called(tree: str, name: str) -> str:
    called = name if tree else CALLED.get(name, name)
    return f"公表用 {called}" if tree == PUBLIC else called


def _delivery(one) -> dict:  # noqa: ANN001 — a delivery, as the delivery function returns it
    about = {name: getattr(one, name) for name in ("recipient", "channel", "plan", "fiscal_year")}
    return {**about, "kind": str(one.kind), "state": str(one.state), "sentences": list(one.sentences)}


def _recipient(one) -> str:  # noqa: ANN001 — as above
    return f"{one.plan} {one.fiscal_year}{ARROW}{one.recipient}"


def _read(line: bytes) -> dict:
    try:
        found = parsed(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and _is_run(found) else {}


def _is_run(line: dict) -> bool:
    """Whether it is a line of ours: one that somebody altered must not stop every run to come."""
    try:
        _Line.model_validate(line)
    except ValidationError:
        return False
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
