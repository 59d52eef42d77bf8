"""Every figure worked out again from its inputs, as one would with a pocket calculator.

The steps use the amounts and counts of the tables, not the formulas in `compute`, so each figure is computed in two
ways. Where the results differ, the working says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import product

from helpers import notation
from helpers.tell.arithmetic import Expression, less, number, over, squared, times, total
from helpers.terms import Figure, Figures, Status, Unit, rounding_interval
from helpers.terms.frames import Frames
from helpers.terms.proof import Step, Working
from helpers.terms.records import records

Ends = tuple[Expression, Expression]
SEN = 1_000
# With more items than this, their ranges have too many combinations of ends to try.
MOST_ITEMS = 8


def workings(figures: Figures, frames: Frames, *, language: str | None = None) -> dict[tuple[str, str, str], Working]:
    """One working per figure, in the figures' order.

    Args:
        figures: Of one plan and year.
        frames: The same year's tables.
        language: Of the labels; the one spoken where none is named.
    """
    with notation.speaking(language):
        writer = _Writer(figures, frames)
        return {figure.key: writer.working(figure) for figure in figures}


class _Writer:
    def __init__(self, figures: Figures, frames: Frames) -> None:
        self.figures = figures
        self.frames = frames
        amounts = [*frames.effects["amount_yen"], *frames.effects["precision_yen"]]
        self.grain = SEN if all(amount % SEN == 0 for amount in amounts) else 1
        self.items = figures.of("actual_effect", "measure")
        self.counts = list(records(frames.grade_counts))
        self.grades = dict(zip(frames.measures["measure_id"], frames.measures["grade"], strict=True))

    def working(self, figure: Figure) -> Working:
        if not figure.is_known:
            return Working(figure.key, note=self._says("no_value", reason=notation.figure(figure)))
        if figure.unit is Unit.CATEGORY:
            return Working(figure.key, note=self._category(figure))
        write = _WRITERS.get(figure.metric)
        written = write(self, figure) if write and figure.scope in _SCOPES.get(figure.metric, _USUAL) else None
        if written is None:
            return Working(figure.key, note=self._says(_how_counted(figure)))
        if isinstance(written, Working):
            return written
        ends = written if isinstance(written, tuple) else (written, written)
        is_yen = figure.unit is Unit.YEN
        scale = self.grain if is_yen else 1
        agrees = _agree(tuple(end.value * scale for end in ends), figure, whole=is_yen)
        labels = (self._says("low"), self._says("high"))
        if ends[0] == ends[1]:
            labels = (self._says("stated") if figure.status is Status.STATED else "",)
        steps = tuple(Step(label, end.text, end.value) for label, end in zip(labels, ends, strict=False))
        unit = self.unit() if is_yen else "件" if figure.unit is Unit.MEASURES else ""
        return Working(figure.key, steps, unit, agrees)

    # -- numbers out of the tables

    def unit(self) -> str:
        """The unit of yen, by its Japanese name; the page shows it in the language spoken."""
        return "千円" if self.grain == SEN else "円"

    def yen(self, value: int) -> Expression:
        return number(Fraction(value, self.grain))

    def amount(self, kind: str, policy_id: str = "") -> Expression | None:
        """A policy's amount, or the whole plan's."""
        figure = self.figures[f"{kind}_effect", "policy" if policy_id else "plan", policy_id]
        return self.yen(figure.exact) if figure.exact is not None else None

    def amounts(self, kind: str) -> list[int]:
        return [figure.exact for figure in self.figures.of(f"{kind}_effect", "policy") if figure.exact is not None]

    def graded(self, scope_id: str, fits: Callable) -> Expression:
        """Measures whose grades satisfy the condition, of one policy or of all."""
        grades = {grade.code for grade in self.frames.plan.grades if fits(grade)}
        rows = [(row.policy_id, row.measures) for row in self.counts if row.grade in grades]
        if scope_id:
            return total(number(measures) for policy, measures in rows if policy == scope_id)
        sums: Counter[str] = Counter()
        for policy, measures in rows:
            sums[policy] += measures
        return total(number(measures) for measures in sums.values())

    def counted(self, metric: str, scope_id: str = "") -> Expression:
        return number(self.figures[metric, "policy" if scope_id else "plan", scope_id].exact)

    def ends(self, items: list[Figure]) -> Ends:
        lows = total(self.yen(item.interval.low) for item in items)
        return lows, total(self.yen(item.interval.high) for item in items)

    # -- how each metric is written

    def stated_or_sum(self, figure: Figure) -> Expression | Ends | None:
        kind = figure.metric.removesuffix("_effect")
        if figure.scope == "plan":
            return total(map(self.yen, self.amounts(kind)))
        if figure.scope == "policy":
            return self.yen(figure.exact)
        rows = [row for row in self.frames.amounts("measure", kind) if row.scope_id == figure.scope_id]
        if len(rows) != 1 or figure.scope != "measure":
            return None
        (row,) = rows
        of_policies = rows_of_policies(self.frames)
        grain = int(of_policies.min()) if len(of_policies) else int(self.frames.effects["precision_yen"].min())
        found = rounding_interval(
            row.amount_yen, precision_yen=row.precision_yen, rounding=row.rounding, grain_yen=grain
        )
        printed = self.yen(row.amount_yen)
        if found.is_point:
            return printed
        low = less(printed, self.yen(row.amount_yen - found.low))
        return low, total([printed, self.yen(found.high - row.amount_yen)])

    def weighted(self, kind: str) -> Expression:
        """The policies' rates weighted by their yen."""
        parts = []
        for figure in self.figures.of(f"{kind}_effect", "policy"):
            rate = self.figures["achievement_rate", "policy", figure.scope_id]
            if figure.exact and rate.is_known:
                achieved, measures = (self.counted(m, figure.scope_id) for m in ("achieved_measures", "measures"))
                parts.append(times(self.yen(figure.exact), over(achieved, measures)))
        return over(total(parts), self.amount(kind))

    def short(self, figure: Figure) -> Expression:
        """By how much a policy, or all of them, fell short of (or exceeded) the expected effect."""
        first, second = ("expected", "actual") if figure.metric == "shortfall" else ("actual", "expected")
        if figure.scope == "policy":
            whole, part = self.amount(first, figure.scope_id), self.amount(second, figure.scope_id)
            return less(whole, part) if whole.value > part.value else number(0)
        gaps = [gap.exact for gap in self.figures.of("effect_gap", "policy") if gap.exact is not None]
        sign = -1 if figure.metric == "shortfall" else 1
        return total(self.yen(sign * gap) for gap in gaps if sign * gap > 0)

    def scenario(self, figure: Figure) -> Expression | Ends | None:
        """One scenario for the coming years."""
        is_yearly = figure.metric == "scenario_yearly_effect"
        expected = self.figures[figure.metric, "scenario", "S0"]
        if figure.scope_id == "S1":
            left = number(1 if is_yearly else self.frames.plan.last_fiscal_year - self.frames.fiscal_year)
            low, high = self.recurring()
            return (low, high) if is_yearly else (times(low, left), times(high, left))
        if expected.exact is None:
            return None
        base = self.yen(expected.exact)
        if figure.scope_id == "S0":
            return self.amount("expected") if is_yearly else base
        if figure.scope_id == "S2":
            low, high = _both(self.rest(self.items[:1]), self.amount("expected"))
            return times(base, low), times(base, high)
        return times(base, self.capped()) if figure.scope_id == "S3" else None

    def capped(self) -> Expression:
        """The sum of min(expected, actual) over the whole expected effect."""
        pairs = zip(self.amounts("expected"), self.amounts("actual"), strict=True)
        return over(total(self.yen(min(pair)) for pair in pairs), self.amount("expected"))

    def classified(self) -> Ends | None:
        """The items for which somebody judged whether they recur."""
        classes = self.frames.effect_classes
        judged = set(classes.loc[classes["recurrence"] != "unknown", "measure_id"])
        some = [item for item in self.items if item.scope_id in judged]
        return _both(self.ends(some), self.amount("actual")) if some else None

    def of_figures(self, figure: Figure) -> Expression | None:
        """One figure divided by, or less, another of the same scope, or of the whole plan where the scope has none."""
        sign, first, second = _PAIRS[figure.metric]
        pair = []
        for metric in (first, second):
            same, whole = (metric, *figure.key[1:]), (metric, "plan", "")
            found = self.figures[same if same in self.figures else whole]
            if not isinstance(found.exact, int | Fraction):
                return None
            pair.append(self.yen(found.exact) if found.unit is Unit.YEN else number(found.exact))
        return over(*pair) if sign == "÷" else less(*pair)

    def rest(self, items: list[Figure]) -> Ends:
        """The whole actual effect without these items."""
        low, high = self.ends(items)
        whole = self.amount("actual")
        return less(whole, high), less(whole, low)

    def regrades(self, figure: Figure) -> Working:
        threshold = self.frames.plan.thresholds.achievement
        achieved, measures = self.counted("achieved_measures"), self.counted("measures")
        steps, holds = [], []
        for fewer in dict.fromkeys((max(0, figure.exact - 1), figure.exact)):
            rate = over(less(achieved, number(fewer)), measures)
            steps.append(Step(self._says("regraded", measures=notation.count(fewer)), rate.text, rate.value))
            holds.append((rate.value < threshold) == (fewer == figure.exact))
        note = self._says("threshold", threshold=notation.percent(threshold, 0))
        return Working(figure.key, tuple(steps), "", all(holds), note)

    def concentration(self, kind: str) -> tuple[Expression, Expression]:
        positive = [self.yen(max(0, amount)) for amount in self.amounts(kind)]
        whole = number(sum(amount.value for amount in positive))
        return total(map(squared, positive)), squared(whole)

    def item_concentration(self, figure: Figure) -> Ends | None:
        whole = self.amount("actual")
        lows = total(squared(self.yen(item.interval.low)) for item in self.items)
        most = self._most_concentrated(figure, whole)
        return None if most is None else (over(lows, squared(whole)), over(most, squared(whole)))

    def effective_items(self, figure: Figure) -> Ends | None:  # noqa: ARG002 — it has the signature of the others
        """The reciprocal of the concentration, so low and high change places."""
        ends = self.item_concentration(self.figures["concentration_items"])
        return None if ends is None else (over(number(1), ends[1]), over(number(1), ends[0]))

    def _most_concentrated(self, figure: Figure, whole: Expression) -> Expression | None:
        """Amounts that are possible together and give the upper end, found by trying all of them."""
        if len(self.items) > MOST_ITEMS:
            return None
        ranges = [item.interval for item in self.items]
        for corner in product(*ranges):
            rest = whole.value * self.grain - sum(corner)
            for place in range(-1, len(corner)):
                taken = 0 if place < 0 else min(rest, ranges[place].high - corner[place])
                parts = [end + taken if n == place else end for n, end in enumerate(corner)] + [rest - taken]
                if rest >= 0 and sum(part * part for part in parts) == figure.interval.high * figure_square(
                    whole, self
                ):
                    return total(squared(self.yen(part)) for part in parts)
        return None

    def recurring(self) -> Ends:
        classes = self.frames.effect_classes.set_index("measure_id")
        judged = [item for item in self.items if item.scope_id in classes.index]
        lasting = [
            item
            for item in judged
            if (classes.loc[item.scope_id, "recurrence"], classes.loc[item.scope_id, "cash_class"])
            == ("recurring", "cash")
        ]
        once = [item for item in judged if classes.loc[item.scope_id, "recurrence"] == "one_off"]
        whole = self.amount("actual")
        return self.ends(lasting)[0], less(whole, self.ends(once)[0]) if once else whole

    def beyond_policy(self) -> Ends | None:
        place = self.figures["feasible_policies", "measure", self.items[0].scope_id]
        if not place.is_known:
            return None
        expected = [self.figures["expected_effect", "policy", p].exact for p in str(place.exact).split(",")]
        low, high = self.rest(self.items[:1])
        left = less(self.amount("expected"), self.yen(max(expected)))
        return over(low, left), over(high, left)

    def _category(self, figure: Figure) -> str:
        if figure.metric == "feasible_policies":
            return self._possible(figure)
        if figure.metric != "discordance":
            return self._says("by_rows")
        shown = {}
        for place, metric in (("rate", "achievement_rate"), ("multiplier", "effect_multiplier")):
            key = (metric, *figure.key[1:])
            shown[place] = notation.figure(self.figures[key]) if key in self.figures else notation.NOT_APPLICABLE
        threshold = notation.percent(self.frames.plan.thresholds.achievement, 0)
        return self._says("discordance", threshold=threshold, **shown)

    def _possible(self, figure: Figure) -> str:
        """Which policies have room for a measure's grade, and which for its amount."""
        grade = self.grades[figure.scope_id]
        says = []
        if any(row.grade == grade for row in self.counts):
            room = [row.policy_id for row in self.counts if row.grade == grade and row.measures > 0]
            says.append(self._says("room", grade=grade, policies=self._policies(room)))
        key = ("actual_effect", "measure", figure.scope_id)
        amounts = [a for scope in ("policy", "measure") for a in self.figures.of("actual_effect", scope) if a.is_known]
        if key in self.figures and all(amount.interval.low >= 0 for amount in amounts):
            low = self.figures[key].interval.low
            purses = [a.scope_id for a in self.figures.of("actual_effect", "policy") if a.is_known and a.exact >= low]
            least = notation.spoken("{amount}{unit}", amount=self.yen(low).text, unit=notation.spoken(self.unit()))
            says.append(self._says("purse", amount=least, policies=self._policies(purses)))
        return notation.joined([*says, self._says("together")])

    def _policies(self, ids: Iterable[str]) -> str:
        return notation.sentence("label.policies_of", ids=notation.sentence("label.and").join(ids))

    def _says(self, key: str, **words: str) -> str:
        return notation.sentence(f"quality.working_{key}", **words)


def rows_of_policies(frames: Frames):  # noqa: ANN201 — a column of integers
    """The precision of the policies' amounts."""
    return frames.effects.loc[frames.effects["scope"] == "policy", "precision_yen"]


def figure_square(whole: Expression, writer: _Writer) -> Fraction:
    """The square of the whole actual effect in yen."""
    return (whole.value * writer.grain) ** 2


def _how_counted(figure: Figure) -> str:
    if figure.unit not in {Unit.MEASURES, Unit.COUNT}:
        return "by_rows"
    if figure.exact == 0:
        return "none_fits"
    return "counted" if len(figure.inputs) == figure.exact else "some_fit"


def _agree(ends: tuple[Fraction, Fraction], figure: Figure, *, whole: bool) -> bool:
    """Whether the steps give the figure; whole yen may have been rounded outward."""
    low, high = figure.interval
    if ends == (low, high):
        return True
    return whole and (ends[0] // 1, -(-ends[1] // 1)) == (low, high)


def _both(ends: Ends, whole: Expression) -> Ends:
    return over(ends[0], whole), over(ends[1], whole)


# Keep to one line per metric: its formula in `terms.METRICS`, written with numbers.
_WRITERS: dict[str, Callable[[_Writer, Figure], Expression | Ends | Working | None]] = {
    "measures": lambda w, f: w.graded(f.scope_id, lambda g: g.is_rated),
    "achieved_measures": lambda w, f: w.graded(f.scope_id, lambda g: g.achieved),
    "missed_measures": lambda w, f: less(w.counted("measures", f.scope_id), w.counted("achieved_measures", f.scope_id)),
    "measures_by_grade": lambda w, f: (
        total(
            number(int(n)) for n in w.frames.grade_counts.loc[w.frames.grade_counts["grade"] == f.scope_id, "measures"]
        )
        if f.scope == "grade"
        else number(f.exact)
    ),
    "achievement_rate": lambda w, f: over(
        w.counted("achieved_measures", f.scope_id), w.counted("measures", f.scope_id)
    ),
    "missed_rate": lambda w, f: over(w.counted("missed_measures", f.scope_id), w.counted("measures", f.scope_id)),
    "exceeded_rate": lambda w, f: over(
        w.graded(f.scope_id, lambda g: g.band == "exceeded"), w.counted("measures", f.scope_id)
    ),
    "points_per_measure": lambda w, f: over(number(1), w.counted("measures", f.scope_id)),
    "leave_one_out_rate": lambda w, f: over(
        less(w.counted("achieved_measures"), w.counted("achieved_measures", f.scope_id)),
        less(w.counted("measures"), w.counted("measures", f.scope_id)),
    ),
    "regrades_to_80": _Writer.regrades,
    "expected_effect": _Writer.stated_or_sum,
    "actual_effect": _Writer.stated_or_sum,
    "effect_gap": lambda w, f: less(w.amount("actual", f.scope_id), w.amount("expected", f.scope_id)),
    "effect_multiplier": lambda w, f: over(w.amount("actual", f.scope_id), w.amount("expected", f.scope_id)),
    "contribution_to_multiplier": lambda w, f: over(w.amount("actual", f.scope_id), w.amount("expected")),
    "contribution_to_excess": lambda w, f: over(
        less(w.amount("actual", f.scope_id), w.amount("expected", f.scope_id)), w.amount("expected")
    ),
    "expected_share": lambda w, f: over(w.amount("expected", f.scope_id), w.amount("expected")),
    "actual_share": lambda w, f: over(w.amount("actual", f.scope_id), w.amount("actual")),
    "leave_one_out_multiplier": lambda w, f: over(
        less(w.amount("actual"), w.amount("actual", f.scope_id)),
        less(w.amount("expected"), w.amount("expected", f.scope_id)),
    ),
    "capped_delivery": lambda w, _: w.capped(),
    "grade_share": lambda w, f: over(w.graded("", lambda g: g.code == f.scope_id), w.counted("measures")),
    "rate_weighted_by_expected": lambda w, _: w.weighted("expected"),
    "rate_weighted_by_actual": lambda w, _: w.weighted("actual"),
    "shortfall": _Writer.short,
    "surplus": _Writer.short,
    "shortfall_share": lambda w, f: over(
        w.short(w.figures["shortfall", "policy", f.scope_id]), w.short(w.figures["shortfall"])
    ),
    "scenario_effect": _Writer.scenario,
    "scenario_yearly_effect": _Writer.scenario,
    "classified_share": lambda w, _: w.classified(),
    "elapsed_share": lambda w, _: over(
        number(w.frames.fiscal_year - w.frames.plan.first_fiscal_year + 1), number(len(w.frames.plan.years))
    ),
    "yen_target_rate": lambda w, _: over(
        number(sum(amount > 0 for amount in w.amounts("expected"))), number(len(w.amounts("expected")))
    ),
    "concentration_actual": lambda w, _: over(*w.concentration("actual")),
    "concentration_expected": lambda w, _: over(*w.concentration("expected")),
    "effective_policies_actual": lambda w, _: over(*reversed(w.concentration("actual"))),
    "effective_policies_expected": lambda w, _: over(*reversed(w.concentration("expected"))),
    "top_item_share": lambda w, _: _both(w.ends(w.items[:1]), w.amount("actual")),
    "top_two_share": lambda w, _: _both(w.ends(w.items[:2]), w.amount("actual")),
    "named_share": lambda w, _: _both(w.ends(w.items), w.amount("actual")),
    "unnamed_effect": lambda w, _: w.rest(w.items),
    "concentration_items": _Writer.item_concentration,
    "effective_items": _Writer.effective_items,
    "effect_without_top_item": lambda w, _: w.rest(w.items[:1]),
    "multiplier_without_top_item": lambda w, _: _both(w.rest(w.items[:1]), w.amount("expected")),
    "multiplier_without_item": lambda w, figure: _both(
        w.rest([item for item in w.items if item.scope_id == figure.scope_id]), w.amount("expected")
    ),
    "multiplier_without_top_item_upper": lambda w, _: w.beyond_policy(),
    "recurring_effect": lambda w, _: w.recurring(),
    "recurring_multiplier": lambda w, _: _both(w.recurring(), w.amount("expected")),
    "coverage": lambda w, _: over(
        w.counted("named_measures"), total([w.counted("measures"), w.counted("not_rated_measures")])
    ),
}
_PAIRS = {
    "graded_coverage": ("÷", "named_graded_measures", "measures"),
    "reason_coverage": ("÷", "reason_coded_measures", "missed_measures"),
    "cumulative_multiplier": ("÷", "cumulative_actual_effect", "cumulative_expected_effect"),
    "registered_achievement_rate": ("÷", "registered_achieved_measures", "registered_measures"),
    "registered_effect_multiplier": ("÷", "registered_actual_effect", "registered_expected_effect"),
    "registered_effect_gap": ("−", "registered_actual_effect", "registered_expected_effect"),
}
_WRITERS |= dict.fromkeys(_PAIRS, _Writer.of_figures)
_USUAL = {"plan", "policy"}
_SCOPES = {
    "measures_by_grade": {"grade", "policy:grade"},
    "grade_share": {"grade"},
    "expected_effect": {"plan", "policy", "measure"},
    "actual_effect": {"plan", "policy", "measure"},
    "multiplier_without_item": {"measure"},
    "scenario_effect": {"scenario"},
    "scenario_yearly_effect": {"scenario"},
    **{metric: {"plan", "policy", "department", "measure"} for metric in _PAIRS},
}
