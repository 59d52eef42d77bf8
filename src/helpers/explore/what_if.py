"""The figures under a change, beside the official ones: recomputed by the same formulas, never written over them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pandas as pd

from helpers import compute, notation
from helpers.explore.change import Change, Words, change, described
from helpers.explore.feasible import MARK, ways
from helpers.terms import METRICS, Figure, Figures, Finding, Interval, Status, Unit
from helpers.terms.sentence import Key
from helpers.terms.tables import Frames

# The figures an analyst looks at first, in this order.
FIRST = (
    "achieved_measures",
    "achievement_rate",
    "exceeded_rate",
    "regrades_to_80",
    "expected_effect",
    "actual_effect",
    "effect_gap",
    "effect_multiplier",
    "top_item_share",
    "multiplier_without_top_item",
    "multiplier_without_top_item_upper",
    "named_share",
    "recurring_effect",
    "recurring_multiplier",
    "capped_delivery",
)
# Sums of squared shares have their minimum inside a range, so the ends alone do not give their range.
NOT_AT_THE_ENDS = {
    "concentration_actual",
    "effective_policies_actual",
    "concentration_items",
    "effective_items",
}
# Metrics about rows and sources of the files, which a what-if does not change.
ABOUT_THE_FILES = {"facts", "sourced_share", "implied_facts"}
OPEN = "left_open"
# Reasons why a figure has no value once its items are left out, and the words for them.
_WITHOUT_ITEMS = {"no_items", "not_judged"}
LEFT_OUT = "除いたので、ない"
RATIOS = {Unit.RATE, Unit.SHARE}

Check = Callable[..., list[Finding]]


@dataclass(frozen=True)
class Bench:
    """The analyst's bench: one year as published, and what it takes to ask "what if".

    Attributes:
        frames: The year's tables, corrected.
        years: Registered years before it, as their files hold them.
        official: Every figure as the pages state it.
        findings: What the checks found.
        documents: The lines of the received documents, by source id.
        checks: `check.frames` and `check.figures`, to ask a changed year the same.
        home: The project's folder, where `findings/` lies.
        known: What was asked already: going back to it takes no time.
    """

    frames: Frames
    years: Mapping[int, Frames]
    official: Figures
    findings: tuple[Finding, ...]
    documents: Mapping[str, list[str]]
    checks: tuple[Check, ...]
    home: str
    known: dict[Change, "WhatIf"] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return f"Bench({self.frames.plan.id}, {self.frames.fiscal_year}, {len(self.official)} figures)"


@dataclass(frozen=True)
class Outcome:
    """One figure twice: official, and under the change."""

    official: Figure | None
    changed: Figure | None

    @property
    def figure(self) -> Figure:
        """The new or the official figure, whichever exists; it gives name, unit and scope."""
        return self.official or self.changed

    @property
    def moved(self) -> bool:
        """Whether the change made it another value, another range, or none."""
        if self.official is None or self.changed is None:
            return True
        return _value(self.official) != _value(self.changed)

    @property
    def difference(self) -> Interval | None:
        """The new value less the official one, exactly; a range where the new one is. None where there is no one difference."""
        if not self.moved or not _is_number(self.official) or not _is_number(self.changed):
            return None
        if not self.official.interval.is_point:
            return None
        new, old = self.changed.interval, self.official.interval.low
        return Interval(new.low - old, new.high - old)

    @property
    def ends(self) -> Interval | None:
        """How far each end of a range moved, where the official figure is a range itself; else None."""
        if not self.moved or not _is_number(self.official) or not _is_number(self.changed):
            return None
        if self.official.interval.is_point:
            return None
        new, old = self.changed.interval, self.official.interval
        return Interval(new.low - old.low, new.high - old.high)


@dataclass(frozen=True)
class WhatIf:
    """A change and what it does: official figures, new ones, and the difference. Never official itself.

    Attributes:
        bench: What it was asked of.
        change: What is otherwise.
        outcomes: Every figure by its key, in the order of the figures.
        against: Checks that the changed tables fail and the published ones pass.
        is_one: Whether there is one way only; else figures may be ranges over several.
        frames: The changed tables (of the first way), which bear the mark in the plan's name.
    """

    bench: Bench
    change: Change
    outcomes: Mapping[Key, Outcome]
    against: tuple[Finding, ...]
    is_one: bool
    frames: Frames

    @property
    def figures(self) -> Figures:
        """The new figures alone; with `frames`, whose plan's name bears the mark, for the sentences of `tell`."""
        return Figures(one.changed for one in self.outcomes.values() if one.changed is not None)

    def __getitem__(self, key: str | Key) -> Outcome:
        """The outcome of that metric; a plain metric means the whole plan."""
        return self.outcomes[(key, "plan", "") if isinstance(key, str) else key]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is otherwise, in words; one sentence that says so where nothing is."""
        return described(self.change, self.bench.frames) or ("公表のまま（何も変えていない）。",)

    @property
    def moved(self) -> list[Outcome]:
        """The figures the change moved, those of the whole plan that are looked at first before the others."""
        return _ordered(one for one in self.outcomes.values() if one.moved)

    @property
    def unmoved(self) -> list[Outcome]:
        """The figures it left as they are."""
        return _ordered(one for one in self.outcomes.values() if not one.moved)

    def table(self, *, all_figures: bool = False) -> pd.DataFrame:
        """The figures moved, as numbers for machines: a row a figure, ends of ranges apart, exact fractions as text.

        Args:
            all_figures: Whether those that did not move are listed too.
        """
        shown = [*self.moved, *(self.unmoved if all_figures else [])]
        names = self.bench.frames.measure_names
        return pd.DataFrame([_row(one, self.bench.frames, names) for one in shown], columns=list(COLUMNS))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        from helpers.explore.show import result  # noqa: PLC0415 — it draws, and needs this module

        return result(self)._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"{MARK}: {' '.join(self.sentences)} {len(self.moved)}個の数値が動く"


COLUMNS = (
    *("mark", "metric", "name", "scope", "scope_id", "unit"),
    *("official_low", "official_high", "official", "what_if_low", "what_if_high", "what_if"),
    *("difference_low", "difference_high", "difference", "moved"),
)


def bench(
    frames: Frames,
    *,
    checks: Iterable[Check],
    years: Mapping[int, Frames] | None = None,
    documents: Mapping[str, list[str]] | None = None,
    home: object = "..",
) -> Bench:
    """The bench for one year: its official figures, computed once, and the state of its checks.

    A check that fails does not stop an analyst as it stops a page; `banner` says which one does.

    Args:
        frames: The year's tables, corrections applied: `compute.corrected(read.year("isehara-6", 2024))`.
        checks: `(check.frames, check.figures)`.
        years: The years before: `read.years_before("isehara-6", 2024)`.
        documents: For `search`: `read.documents(frames)`.
        home: The project's folder, beside whose `data` and `reports` the `findings` are kept.

    >>> from helpers import check, compute, explore, read
    >>> frames = compute.corrected(read.year("isehara-6", 2024))
    >>> explore.bench(frames, checks=(check.frames, check.figures))
    Bench(isehara-6, 2024, 304 figures)
    """
    earlier = dict(years or {})
    official = compute.figures(frames, years=earlier)
    of_tables, *of_figures = checks
    findings = (*of_tables(frames), *(one for check in of_figures for one in check(frames, official)))
    return Bench(frames, earlier, official, findings, dict(documents or {}), (of_tables, *of_figures), str(home))


def what_if(
    bench: Bench,
    *,
    leave_out: Words = "",
    regrade: Words = "",
    rounding_rule: str = "",
    one_off: Words = "",
    threshold: str = "",
) -> WhatIf:
    """What the figures would be, beside what they are (もしも): official, new, and the difference.

    Args:
        bench: Of `bench`.
        leave_out: Items left out: 「公社の健全化、下水道使用料」.
        regrade: Measures graded otherwise: 「方針1 B→C 3件、民間提案制度の導入→B」.
        rounding_rule: Of the items: 四捨五入, 偶数丸め, 切捨て, 切上げ, 不明.
        one_off: Items coded as one-off: 「下水道使用料」; or otherwise: 「公社の健全化=経常」.
        threshold: Of the achievement rate: 「75%」.

    >>> from helpers import check, compute, explore, read
    >>> frames = compute.corrected(read.year("isehara-6", 2024))
    >>> bench = explore.bench(frames, checks=(check.frames, check.figures))
    >>> found = explore.what_if(bench, leave_out="公社の健全化")
    >>> explore.shown(found["effect_multiplier"])
    ('3.87倍', '1.10〜1.11倍', '△2.77〜△2.76倍')
    >>> explore.shown(explore.what_if(bench, regrade="方針1 B→C 3件")["achievement_rate"])
    ('83.8%', '79.7%', '△4.1ポイント')

    Raises:
        Refusal: A word that is not understood, or a change that cannot be; all faults at once, with what could be written.
    """
    words = {"leave_out": leave_out, "regrade": regrade, "rounding_rule": rounding_rule, "one_off": one_off}
    return changed(bench, change(bench.frames, **words, threshold=threshold))


def changed(bench: Bench, asked: Change) -> WhatIf:
    """The same for a change that is already understood."""
    if asked not in bench.known:
        bench.known[asked] = _changed(bench, asked)
    return bench.known[asked]


def _changed(bench: Bench, asked: Change) -> WhatIf:
    if not asked:
        same = [figure for figure in bench.official if figure.metric not in ABOUT_THE_FILES]
        outcomes = {figure.key: Outcome(figure, figure) for figure in same}
        return WhatIf(bench, asked, outcomes, (), is_one=True, frames=bench.frames)
    tables = ways(bench.frames, asked)
    found = [compute.figures(one, years=bench.years) for one in tables]
    new = found[0] if len(found) == 1 else Figures(_hull(found))
    keys = dict.fromkeys([*(one.key for one in bench.official), *(one.key for one in new)])
    asked_of = [key for key in keys if key[0] not in ABOUT_THE_FILES]
    outcomes = {key: Outcome(_get(bench.official, key), _get(new, key)) for key in asked_of}
    against = tuple(_against(bench, tables[0], found[0]))
    return WhatIf(bench, asked, outcomes, against, is_one=len(found) == 1, frames=tables[0])


def _get(figures: Figures, key: Key) -> Figure | None:
    return next((figures[one] for one in (key,) if one in figures), None)


def _hull(found: list[Figures]) -> Iterator[Figure]:
    """Each figure over all ways: one value where they agree, else from the least to the most."""
    for key in dict.fromkeys(figure.key for figures in found for figure in figures):
        each = [figures[key] for figures in found if key in figures]
        first = each[0]
        if all(_value(one) == _value(first) for one in each) and len(each) == len(found):
            yield first
        elif len(each) < len(found) or not all(map(_is_number, each)) or first.metric in NOT_AT_THE_ENDS:
            yield replace(first, exact=None, range=None, status=Status.UNDEFINED, reason=OPEN)
        else:
            low, high = min(one.interval.low for one in each), max(one.interval.high for one in each)
            yield replace(first, exact=None, range=Interval(low, high), status=Status.DERIVED, reason="")


def _against(bench: Bench, frames: Frames, figures: Figures) -> Iterator[Finding]:
    """What the changed tables fail and the published ones do not."""
    of_tables, *of_figures = bench.checks
    failed = {one.id for one in bench.findings if one.result == "failed"}
    for one in (*of_tables(frames), *(one for check in of_figures for one in check(frames, figures))):
        if one.result == "failed" and one.id not in failed:
            yield one


def _value(figure: Figure) -> tuple:
    return figure.exact, figure.range, figure.reason


def _is_number(figure: Figure | None) -> bool:
    return figure is not None and figure.is_known and not isinstance(figure.exact, str)


def _ordered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    place = {metric: n for n, metric in enumerate(FIRST)}
    return sorted(
        outcomes,
        key=lambda one: (
            one.figure.scope != "plan" or one.figure.metric not in place,
            place.get(one.figure.metric, len(place)),
        ),
    )


# How they look


def shown(outcome: Outcome) -> tuple[str, str, str]:
    """Official, new and difference as they are read: ('3.87倍', '1.10〜1.11倍', '△2.77〜△2.76倍')."""
    return written(outcome.official), _new(outcome), difference(outcome)


def _new(outcome: Outcome) -> str:
    """The new value in words; a figure that disappears with its items is not called "not stated", since the document still states it."""
    new = outcome.changed
    if outcome.official is not None and (new is None or (outcome.moved and new.reason in _WITHOUT_ITEMS)):
        return LEFT_OUT
    return written(new)


def written(figure: Figure | None) -> str:
    """A figure as it is read; in words where the change leaves it open, or where there is none."""
    if figure is None:
        return notation.NOT_STATED
    return "幅の中で定まらない" if figure.reason == OPEN else notation.figure(figure)


def difference(outcome: Outcome) -> str:
    """The difference as it is read: with ＋ or △, rates in points; each end on its own where the official figure is a range."""
    if not outcome.moved:
        return "変わらない"
    unit = Unit.POINTS if outcome.figure.unit in RATIOS else outcome.figure.unit
    if outcome.difference is not None:
        return _signed(unit, outcome.difference)
    if (ends := outcome.ends) is not None:
        lower, upper = (_signed(unit, Interval(end, end)) if end else "同じ" for end in ends)
        return f"下端 {lower}、上端 {upper}"
    return "—"


def _signed(unit: Unit, interval: Interval) -> str:
    says = notation.shown(unit, interval)
    about, plus = notation.ABOUT, notation.PLUS
    if interval.low <= 0:
        return says
    return f"{about}{plus}{says.removeprefix(about)}" if says.startswith(about) else f"{plus}{says}"


def called(figure: Figure, frames: Frames, names: Mapping[str, str]) -> str:
    """What a figure is called, with what it is of; `names` are those of the measures."""
    plan, metric = frames.plan, METRICS[figure.metric]
    name = metric.name if len(metric.name) > 1 else f"{metric.name}（{metric.formula}）"
    policy, _, grade = figure.scope_id.partition(":")
    of = {
        "plan": "",
        "policy": f"方針{figure.scope_id} ",
        "measure": f"{plan.short_name(names.get(figure.scope_id, figure.scope_id))} ",
        "grade": f"評価{figure.scope_id} ",
        "policy:grade": f"方針{policy} 評価{grade} ",
    }
    return of.get(figure.scope, f"{figure.scope_id} ") + name


def _row(one: Outcome, frames: Frames, names: Mapping[str, str]) -> tuple:
    figure = one.figure
    says = (MARK, figure.metric, called(figure, frames, names), figure.scope, figure.scope_id, figure.unit.value)
    official, new, between = shown(one)
    return (
        *says,
        *(*_ends(one.official), official),
        *(*_ends(one.changed), new),
        *(*_plain_ends(one.difference), between),
        one.moved,
    )


def _ends(figure: Figure | None) -> tuple[str, str]:
    if not _is_number(figure):
        word = str(figure.exact) if figure is not None and figure.is_known else "not_applicable"
        return word, word
    return _plain_ends(figure.interval)


def _plain_ends(interval: Interval | None) -> tuple[str, str]:
    return ("not_applicable",) * 2 if interval is None else tuple(str(Fraction(end)) for end in interval)
