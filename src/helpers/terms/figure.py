"""A figure: one value with its meaning, its range and its way back to the source."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import helpers
from helpers.terms import showing
from helpers.terms.fiscal_year import wareki
from helpers.terms.metric import METRICS, Unit
from helpers.terms.money import Interval
from helpers.terms.plan import Plan
from helpers.terms.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd

# Of all figures, how many show themselves; of a figure, how many of its rows.
MOST_SHOWN, MOST_ROWS = 14, 4
COLUMNS = ("metric", "scope", "scope_id", "label", "fiscal_year", "value", "low", "high", "unit", "status")


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
        scope: `plan`, `policy`, `measure`, `grade`, `policy:grade`, `department`, of last year `year`, `policy:year` and `measure:year`,
            of the document that was replaced `edition`.
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
            Refusal: There is no number.
        """
        if self.range is not None:
            return self.range
        if not self.is_number:
            raise Refusal(self._without_number())
        return Interval(self.exact, self.exact)

    @property
    def is_number(self) -> bool:
        """Whether it is a number, exact or as a range; a category is none."""
        return self.is_known and not isinstance(self.exact, str)

    def __float__(self) -> float:
        """The nearest binary number, for pandas and charts; `exact` is the value itself.

        Raises:
            Refusal: There is no number, or only a range of them.
        """
        return float(self._one_number())

    def __int__(self) -> int:
        """The value where it is a whole number, as counts and yen are.

        Raises:
            Refusal: There is no number, only a range of them, or one between two whole numbers.
        """
        value = self._one_number()
        if value.denominator != 1:
            raise Refusal(
                f"{self._called()}は「{self}」（{value}）で、整数ではありません。float(…) か、分数のままの .exact を使ってください。"
            )
        return int(value)

    def _one_number(self) -> int | Fraction:
        if not self.is_number:
            raise Refusal(self._without_number())
        if self.exact is None:
            raise Refusal(
                f"{self._called()}は「{self}」という幅でしか分からないので、一つの数にはなりません。"
                "両端は .interval.low と .interval.high、表では low と high の列です。"
            )
        return self.exact

    def _without_number(self) -> str:
        why = f"は「{self}」という区分で、数ではありません" if self.is_known else f"には数がありません：{self}"
        return f"{self._called()}{why}。表（frame）では value が空きになります。"

    def _called(self) -> str:
        of = f"（{'方針' if self.scope.startswith('policy') else ''}{self.scope_id}）" if self.scope_id else ""
        return f"「{METRICS[self.metric].name}」{of}"

    def __str__(self) -> str:
        """The value as the pages write it: 3.87倍."""
        return _words().figure(self)

    def __repr__(self) -> str:
        says = str(self)
        exact = f"（{self.exact}）" if self.is_number and self.range is None and str(self.exact) not in says else ""
        return f"<{self._called()} {wareki(self.fiscal_year)} {says}{exact}>"

    def _repr_html_(self) -> str:
        import pandas as pd  # noqa: PLC0415 — the plan's words themselves load nothing heavy

        more = len(self.inputs) - MOST_ROWS
        rows = "、".join(self.inputs[:MOST_ROWS]) + (f" ほか{more}行" if more > 0 else "")
        says = {"値": str(self), "分数のまま": "" if self.exact is None else str(self.exact)}
        says |= {"計算": METRICS[self.metric].formula, "元の行": rows}
        shown = pd.DataFrame({self.metric: {name: words for name, words in says.items() if words}})
        return showing.html(shown, f"{self._called()} {wareki(self.fiscal_year)}")


class Words(Protocol):
    """How figures are written: `notation`, which stands on the plan's words and not below them."""

    def figure(self, figure: Figure) -> str:
        """The value as the pages write it."""

    def whose(self, figure: Figure, plan: Plan, measures: Mapping[str, str], *, is_whole: bool = False) -> str:
        """What it is of, in the plan's words."""


def _words() -> Words:
    """`notation` stands on this module, so the package brings it when the first figure is shown."""
    return helpers.notation


class Figures:
    """All figures of one plan and year; found by metric, scope and id, never changed.

    >>> figures["achievement_rate"].exact  # doctest: +SKIP
    Fraction(31, 37)
    >>> figures["effect_multiplier", "policy", "1"]  # doctest: +SKIP
    """

    def __init__(
        self, figures: Iterable[Figure], *, plan: Plan | None = None, measures: Mapping[str, str] | None = None
    ) -> None:
        self._plan, self._measures = plan, measures or {}
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

    def get(self, key: str | tuple[str, str, str]) -> Figure | None:
        """The figure of that key; None where there is none."""
        return self._by_key.get((key, "plan", "") if isinstance(key, str) else key)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def of(self, metric: str, scope: str) -> list[Figure]:
        """All figures of a metric in a scope, in the plan's order."""
        return [figure for figure in self if figure.metric == metric and figure.scope == scope]

    def label(self, figure: Figure) -> str:
        """What a figure is of, to print: 計画全体, 方針1 行政サービスの最適化; its id where the plan is not known."""
        if self._plan is None:
            return figure.scope_id or figure.scope
        return _words().whose(figure, self._plan, self._measures, is_whole=True)

    def frame(self) -> "pd.DataFrame":
        """The figures as a table for pandas and seaborn: a row a figure, in their order.

        >>> figures.frame().query("metric == 'effect_multiplier'")  # doctest: +SKIP

        Returns:
            `metric`, `scope`, `scope_id`; `label` is what the figure is of, to print; `fiscal_year`; `value` where it is one
            number; `low`, `high` its ends where it is known as a range, and the value itself where it is exact; `unit`; `status`.
            `value`, `low` and `high` are the nearest binary numbers, missing where there is none: what is exact, what is a
            category and why there is nothing stays in the figure.
        """
        import pandas as pd  # noqa: PLC0415 — the plan's words themselves load nothing heavy

        labels: dict[tuple[str, str], str] = {}
        rows = []
        for one in self:
            of = one.scope, one.scope_id
            label = labels.get(of) or labels.setdefault(of, self.label(one))
            low, high = map(float, one.interval) if one.is_number else (None, None)
            value = low if one.range is None else None
            key = one.metric, *of, label, one.fiscal_year
            rows.append((*key, value, low, high, one.unit.value, one.status.value))
        kinds = dict.fromkeys(COLUMNS, "str") | dict.fromkeys(("value", "low", "high"), "float64")
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds | {"fiscal_year": "int64"})

    def __repr__(self) -> str:
        return showing.text(*self._shown())

    def _repr_html_(self) -> str:
        return showing.html(*self._shown())

    def _shown(self) -> "tuple[pd.DataFrame, str]":
        """The first of the whole plan's figures that have a value, and how to get at all the others."""
        import pandas as pd  # noqa: PLC0415 — as above

        first = [one for one in self if one.is_known and one.scope == "plan"][:MOST_SHOWN]
        years = "・".join(dict.fromkeys(wareki(one.fiscal_year) for one in self))
        rows = pd.DataFrame(
            [(METRICS[one.metric].name, str(one)) for one in first],
            columns=["数値", "値"],
            index=[one.metric for one in first],
        )
        how = 'figures["effect_multiplier", "policy", "1"] で一つ、figures.frame() ですべてを表に'
        return rows, f"{years}の数値{len(self)}個のうち、計画全体のはじめの{len(first)}個。{how}。"
