"""A figure: one value with its meaning, its range and its way back to the source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from helpers.terms.metric import METRICS, Unit
from helpers.terms.money import Interval


class Status(StrEnum):
    """How a figure is known."""

    STATED = "stated"
    DERIVED = "derived"
    JUDGEMENT = "judgement"
    UNDEFINED = "undefined"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, slots=True)  # a register of thousands of measures makes tens of thousands
class Figure:
    """One value of one metric.

    Attributes:
        metric: Id of the closed list `METRICS` (`effect_multiplier`).
        scope: `plan`, `policy`, `measure`, `grade`, `policy:grade` or `department`.
        scope_id: Which one; empty for the plan.
        fiscal_year: Western year.
        status: How it is known.
        exact: Integer or fraction where it is known exactly; a word for a category.
        range: Where it is known as a range only.
        reason: Why there is no value; a key of the catalogue of sentences.
        inputs: Rows it was made of, `file.csv:line` (of another year `2023/file.csv:line`); a file's name alone where what
            counts is the whole file, or that it has no row.
    """

    metric: str
    scope: str
    scope_id: str
    fiscal_year: int
    status: Status
    exact: int | Fraction | str | None = None
    range: Interval | None = None
    reason: str = ""
    inputs: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """Metric, scope and scope id: what a figure is found by."""
        return self.metric, self.scope, self.scope_id

    @property
    def unit(self) -> Unit:
        """What is counted."""
        return METRICS[self.metric].unit

    @property
    def is_known(self) -> bool:
        """Whether there is a value, exact or as a range."""
        return self.exact is not None or self.range is not None

    @property
    def interval(self) -> Interval:
        """Low and high; the same twice where the value is exact.

        Raises:
            ValueError: There is no number.
        """
        if self.range is not None:
            return self.range
        if self.exact is None or isinstance(self.exact, str):
            raise ValueError(f"{self.key} has no number")
        return Interval(self.exact, self.exact)


class Figures:
    """All figures of one plan and year; found by metric, scope and id, never changed.

    >>> figures["achievement_rate"].exact  # doctest: +SKIP
    Fraction(31, 37)
    >>> figures["effect_multiplier", "policy", "1"]  # doctest: +SKIP
    """

    def __init__(self, figures: Iterable[Figure]) -> None:
        listed = list(figures)
        self._by_key = {(figure.metric, figure.scope, figure.scope_id): figure for figure in listed}
        if len(self._by_key) < len(listed):
            twice = next(figure.key for figure in listed if self._by_key[figure.key] is not figure)
            raise ValueError(f"two figures for {twice}")

    def __getitem__(self, key: str | tuple[str, str, str]) -> Figure:
        """The figure of that metric; a plain metric means the whole plan."""
        return self._by_key[(key, "plan", "") if isinstance(key, str) else key]

    def __contains__(self, key: str | tuple[str, str, str]) -> bool:
        return ((key, "plan", "") if isinstance(key, str) else key) in self._by_key

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def of(self, metric: str, scope: str) -> list[Figure]:
        """All figures of a metric in a scope, in the plan's order."""
        return [figure for figure in self if figure.metric == metric and figure.scope == scope]
