"""What a change does: every figure twice, official and under the change, with the difference, and how they are read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from helpers import notation
from helpers.explore.bench import Bench
from helpers.explore.change import Change, described
from helpers.explore.feasible import MARK
from helpers.terms import METRICS, Figure, Figures, Finding, Interval, Unit
from helpers.terms.frames import Frames
from helpers.terms.sentence import Key

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
# Why a figure has no value once the items it was made of are left out, and what is said then.
_WITHOUT_ITEMS = {"no_items", "not_judged"}
LEFT_OUT = "除いたので、ない"
RATIOS = {Unit.RATE, Unit.SHARE}


@dataclass(frozen=True)
class Outcome:
    """One figure twice: official, and under the change."""

    official: Figure | None
    changed: Figure | None

    @property
    def figure(self) -> Figure:
        """Whichever there is: for its name, unit and scope."""
        return self.official or self.changed

    @property
    def moved(self) -> bool:
        """Whether the change made it another value, another range, or none."""
        if self.official is None or self.changed is None:
            return True
        return value_of(self.official) != value_of(self.changed)

    @property
    def _are_numbers(self) -> bool:
        return all(one is not None and one.is_number for one in (self.official, self.changed))

    @property
    def difference(self) -> Interval | None:
        """The new value less the official one, exactly; a range where the new one is. None where there is no one difference."""
        if not self.moved or not self._are_numbers:
            return None
        if not self.official.interval.is_point:
            return None
        new, old = self.changed.interval, self.official.interval.low
        return Interval(new.low - old, new.high - old)

    @property
    def ends(self) -> Interval | None:
        """How far each end of a range moved, where the official figure is a range itself; else None."""
        if not self.moved or not self._are_numbers:
            return None
        if self.official.interval.is_point:
            return None
        new, old = self.changed.interval, self.official.interval
        return Interval(new.low - old.low, new.high - old.high)


@dataclass(frozen=True)
class Outcomes:
    """A change and what it does to every figure: official, new, and the difference. Never official itself.

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
        changed = (one.changed for one in self.outcomes.values() if one.changed is not None)
        return Figures(changed, plan=self.frames.plan, measures=self.bench.frames.measure_names)

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

    def __repr__(self) -> str:
        return f"{MARK}: {' '.join(self.sentences)} {len(self.moved)}個の数値が動く"


COLUMNS = (
    *("mark", "metric", "name", "scope", "scope_id", "unit"),
    *("official_low", "official_high", "official", "what_if_low", "what_if_high", "what_if"),
    *("difference_low", "difference_high", "difference", "moved"),
)


def value_of(figure: Figure) -> tuple:
    """What makes two figures of one key the same: value, range, or why there is none."""
    return figure.exact, figure.range, figure.reason


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
    """The new value; what went with the items left out is not "not stated": the document states it still."""
    new = outcome.changed
    if outcome.official is not None and (new is None or (outcome.moved and new.reason in _WITHOUT_ITEMS)):
        return LEFT_OUT
    return written(new)


def written(figure: Figure | None) -> str:
    """A figure as it is read; in words where there is none."""
    return notation.NOT_STATED if figure is None else notation.figure(figure)


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
    if figure is None or not figure.is_number:
        word = str(figure.exact) if figure is not None and figure.is_known else "not_applicable"
        return word, word
    return _plain_ends(figure.interval)


def _plain_ends(interval: Interval | None) -> tuple[str, str]:
    return ("not_applicable",) * 2 if interval is None else tuple(str(Fraction(end)) for end in interval)
