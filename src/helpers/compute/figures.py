"""All figures of one plan and year, each with the rows it was made of."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

import pandas as pd

from helpers.compute import grades, money, shares, underlying
from helpers.compute.analytics import analytics, coming_years
from helpers.compute.corrected import corrected
from helpers.compute.discordance import discordance
from helpers.compute.former_edition import former_edition
from helpers.compute.from_register import from_register
from helpers.compute.last_year import changes, last_year
from helpers.compute.looking_back import looking_back
from helpers.compute.made import made
from helpers.compute.made import rows as _rows
from helpers.compute.membership import feasible_policies
from helpers.compute.over_years import over_years
from helpers.compute.ratio import int_or_none, ratio
from helpers.compute.sums import sums
from helpers.terms import METRICS, Figure, Figures, Interval, Status
from helpers.terms.frames import Frames
from helpers.terms.metric import OF_COLLECTIONS
from helpers.terms.records import records

Rows = tuple[str, ...]


def figures_by_year(as_read: Mapping[int, Frames]) -> dict[int, Figures]:
    """The figures of each registered year, computed as on that year's own pages: corrected, and with the years before it.

    Args:
        as_read: Every registered year as the files hold it, without corrections; they are applied here.
    """
    return {
        year: figures(corrected(frames), years={before: as_read[before] for before in as_read if before < year})
        for year, frames in as_read.items()
    }


def figures(frames: Frames, *, years: Mapping[int, Frames] | None = None) -> Figures:
    """Every figure of the frames: its exact value or range, its status, and the rows it was made from.

    A metric whose inputs are missing is a figure too: `not_available` or `undefined`, with the reason.

    Args:
        frames: The year the figures are of.
        years: Other registered years of the same plan as their files hold them, for figures that compare or add up
            years. Without them, those figures give that as their reason.
    """
    with _nothing_collected():
        return _figures(frames, {year: corrected(other) for year, other in (years or {}).items()})


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Garbage collection is off in this block: there may be millions of figures, none in a reference cycle, and each pass would visit them all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _figures(frames: Frames, others: Mapping[int, Frames]) -> Figures:
    maker, previous = _Maker(frames), others.get(frames.fiscal_year - 1)
    of_year = Figures([*maker.achievement(), *maker.effect(), *maker.items(), *maker.both(), *maker.named()])
    of_previous = Figures(_from_own_tables(previous) if previous else ())
    further = [
        *former_edition(frames, _from_own_tables),
        *(last_year(frames, previous, of_previous) if previous else ()),
        *changes(frames, of_year, previous, of_previous),
        *analytics(frames, of_year, maker.sums),
        *over_years(frames, others),
        *looking_back(frames, of_year, others, _tried(previous, of_previous)),
        *from_register(frames),
    ]
    found = {figure.metric for figure in (*of_year, *further)}
    silent = [
        made(metric, None, year=frames.fiscal_year, inputs=(), reason="nothing_stated")
        for metric in METRICS
        if metric not in found | OF_COLLECTIONS
    ]
    return Figures([*of_year, *further, *silent], plan=frames.plan, measures=frames.measure_names)


def _from_own_tables(frames: Frames) -> list[Figure]:
    maker = _Maker(frames)
    return [*maker.achievement(), *maker.effect(), *maker.items()]


def _tried(previous: Frames | None, of_previous: Figures) -> Figures | None:
    """Last year's scenarios for the year that followed, computed from that year's own tables alone."""
    return Figures(coming_years(previous, of_previous)) if previous is not None else None


# Of each policy and of the whole plan, from the counts of grades.
_OF_COUNTS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "measures": lambda counts: counts["measures"],
    "achieved_measures": lambda counts: counts["achieved_measures"],
    "achievement_rate": grades.achievement_rate,
    "missed_measures": lambda counts: counts["measures"] - counts["achieved_measures"],
    "missed_rate": lambda counts: ratio(counts["measures"] - counts["achieved_measures"], counts["measures"]),
    "exceeded_rate": grades.exceeded_rate,
    "points_per_measure": grades.points_per_measure,
}
# Of the whole plan; where a document states no grades, none of them is known.
_OF_GRADES = (*_OF_COUNTS, "not_rated_measures", "regrades_to_80")


class _Maker:
    """Turns the series that the formulas return into figures, and holds what these share."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        self.plan = frames.plan
        # Read for every figure; plain lists are much faster than frames.
        self._counted = list(zip(frames.grade_counts["policy_id"], frames.grade_counts.index, strict=True))
        self.sums = sums(frames)
        self.counts, self.effects = self.sums.counts, self.sums.effects
        self.total, self.the_items = self.sums.total, self.sums.items
        self.total_counts = self.counts.sum().to_frame().T
        self.expected_yen = int_or_none(self.total["expected_yen"].iloc[0])
        self.actual_yen = int_or_none(self.total["actual_yen"].iloc[0])
        self.has_negative = bool((self.effects["actual_yen"] < 0).any() or (self.the_items["low_yen"] < 0).any())
        self.feasible = feasible_policies(
            frames.measures, self.the_items, grade_counts=frames.grade_counts, effect=self.effects
        )

    # -- M1, M8: grades

    def achievement(self) -> Iterator[Figure]:
        if self.frames.grade_counts.empty:
            yield from (self._figure(metric, "plan", "", None, (), reason="grades_not_stated") for metric in _OF_GRADES)
            return
        all_rows = _rows("grade_counts", self.frames.grade_counts)
        both = [("plan", self.total_counts, lambda _: all_rows), ("policy", self.counts, self._grade_rows)]
        for scope, table, rows in both:
            for metric, formula in _OF_COUNTS.items():
                yield from self._each(metric, scope, formula(table), rows, reason="no_measures")
        yield from self._each(
            "leave_one_out_rate",
            "policy",
            grades.leave_one_out_rate(self.counts),
            lambda _: all_rows,
            reason="no_measures",
        )
        not_rated = self.total_counts["not_rated_measures"]
        yield from self._each("not_rated_measures", "plan", not_rated, lambda _: all_rows)
        regrades = grades.regrades_below(self.total_counts, threshold=self.plan.thresholds.achievement)
        yield from self._each("regrades_to_80", "plan", regrades, lambda _: all_rows, reason="no_measures")
        counted = list(records(self.frames.grade_counts))
        for grade in self.plan.grades:
            if of_grade := [row for row in counted if row.grade == grade.code]:
                yield self._figure(
                    "measures_by_grade",
                    "grade",
                    grade.code,
                    sum(row.measures for row in of_grade),
                    tuple(f"grade_counts.csv:{row.Index}" for row in of_grade),
                )
        for row in counted:
            yield self._figure(
                "measures_by_grade",
                "policy:grade",
                f"{row.policy_id}:{row.grade}",
                int(row.measures),
                (f"grade_counts.csv:{row.Index}",),
                Status.STATED,
            )

    # -- M3, M4, M5, M6, M8, M9: money by policy

    def effect(self) -> Iterator[Figure]:
        all_rows = self.sums.amount_rows()
        for scope, table in (("plan", self.total), ("policy", self.effects)):
            rows = self.sums.amount_rows if scope == "policy" else (lambda _: all_rows)
            cases = money.multiplier_case(table)
            stated = Status.STATED if scope == "policy" else Status.DERIVED
            yield from self._each(
                "expected_effect",
                scope,
                table["expected_yen"],
                rows,
                stated,
                reason="expected_not_stated",
                kind="expected",
            )
            yield from self._each(
                "actual_effect", scope, table["actual_yen"], rows, stated, reason="actual_not_stated", kind="actual"
            )
            yield from self._each("effect_gap", scope, money.effect_gap(table), rows, reason=cases)
            yield from self._each("effect_multiplier", scope, money.effect_multiplier(table), rows, reason=cases)
        by_total = self._total_case()
        for metric, formula in (
            ("contribution_to_multiplier", money.contribution_to_multiplier),
            ("contribution_to_excess", money.contribution_to_excess),
            ("expected_share", money.expected_share),
        ):
            yield from self._each(metric, "policy", formula(self.effects), lambda _: all_rows, reason=by_total)
        yield from self._each(
            "actual_share", "policy", money.actual_share(self.effects), lambda _: all_rows, reason=self._share_case()
        )
        yield from self._each(
            "leave_one_out_multiplier",
            "policy",
            money.leave_one_out_multiplier(self.effects),
            lambda _: all_rows,
            reason=by_total if self.expected_yen is None or self.actual_yen is None else "nothing_expected_of_rest",
        )
        yield self._figure(
            "capped_delivery", "plan", "", money.capped_delivery(self.effects), all_rows, reason=by_total
        )
        for kind in ("actual", "expected"):
            found = shares.concentration(self.effects[f"{kind}_yen"])
            rows = self.sums.amount_rows(kind=kind)
            stated = self.actual_yen if kind == "actual" else self.expected_yen
            reason = f"{kind}_not_stated" if stated is None else "nothing_positive"
            yield self._figure(f"concentration_{kind}", "plan", "", found, rows, reason=reason)
            yield self._figure(
                f"effective_policies_{kind}", "plan", "", shares.effective_number(found), rows, reason=reason
            )

    # -- M6, M7, M7b: named items

    def items(self) -> Iterator[Figure]:
        named, top = self.the_items, self.the_items.head(1)
        for item in records(named):
            yield Figure(
                "actual_effect",
                "measure",
                item.Index,
                self.frames.fiscal_year,
                # Only an exact printed amount is `stated`; a range follows from the rounding rule, so we derived it.
                Status.STATED if item.low_yen == item.high_yen else Status.DERIVED,
                exact=item.amount_yen if item.low_yen == item.high_yen else None,
                range=None if item.low_yen == item.high_yen else Interval(item.low_yen, item.high_yen),
                inputs=(f"effects.csv:{item.line}",),
            )
        parts = (("top_item_share", top), ("top_two_share", named.head(2)), ("named_share", named))
        for metric, some in parts:
            enough = metric != "top_two_share" or len(named) > 1
            found = shares.share_of_total(some, self.actual_yen) if enough else None
            reason = self._share_case() if enough and len(named) else "no_items"
            yield self._of_plan(metric, found, self._item_rows(some), reason=reason)
        has_total, has_top = self.actual_yen is not None, len(top) > 0
        unnamed = shares.remainder(named, self.actual_yen) if has_total and has_top else None
        yield self._of_plan("unnamed_effect", unnamed, self._item_rows(named), reason=self._parts_case())
        found = None if self.has_negative else shares.item_concentration(named, self.actual_yen)
        yield self._of_plan("concentration_items", found, self._item_rows(named), reason=self._parts_case())
        number = shares.effective_items(found) if found is None or found.low > 0 else None
        reason = self._parts_case() if found is None else "nothing_positive"
        yield self._of_plan("effective_items", number, self._item_rows(named), reason=reason)
        without = shares.remainder(top, self.actual_yen) if has_total and has_top else None
        yield self._of_plan("effect_without_top_item", without, self._item_rows(top), reason=self._parts_case())
        floor = upper = None
        if has_top and has_total and self.expected_yen is not None:
            both = {"actual_yen": self.actual_yen, "expected_yen": self.expected_yen}
            floor = underlying.multiplier_without(top, **both)
            expected = [self.effects.loc[p, "expected_yen"] for p in self.feasible.get(top.index[0], ())]
            upper = underlying.multiplier_without_upper(top, **both, policy_expected_yen=expected)
        reason = self._total_case() if has_top else "no_items"
        rows = self._item_rows(top) + self.sums.amount_rows(kind="expected")
        yield self._of_plan("multiplier_without_top_item", floor, rows, reason=reason)
        reason = reason if floor is None else "no_upper_end"
        yield self._of_plan("multiplier_without_top_item_upper", upper, rows, reason=reason)
        yield from self._recurring()

    def _recurring(self) -> Iterator[Figure]:
        found = None
        if self.actual_yen is not None and not self.has_negative:
            found = underlying.recurring_effect(self.the_items, self.frames.effect_classes, actual_yen=self.actual_yen)
        rows = self._item_rows(self.the_items) + _rows("effect_classes", self.frames.effect_classes)
        is_judged = self.the_items.index.isin(self.frames.effect_classes["measure_id"]).any()
        reason = self._parts_case() if is_judged else "not_judged"
        yield self._of_plan("recurring_effect", found, rows, Status.JUDGEMENT, reason=reason)
        ratio = None
        if found is not None and self.expected_yen is not None and self.expected_yen > 0:
            ratio = Interval(*(Fraction(end, self.expected_yen) for end in found))
        yield self._of_plan(
            "recurring_multiplier",
            ratio,
            rows + self.sums.amount_rows(kind="expected"),
            Status.JUDGEMENT,
            reason=reason if found is None else self._total_case(),
        )

    # -- M10: grades beside money

    def both(self) -> Iterator[Figure]:
        policies = pd.DataFrame(
            {
                "achievement_rate": grades.achievement_rate(self.counts).reindex(self.effects.index),
                "effect_multiplier": money.effect_multiplier(self.effects),
                "multiplier_case": money.multiplier_case(self.effects),
            }
        )
        found = discordance(policies, threshold=self.plan.thresholds.achievement)
        yield from self._each(
            "discordance", "policy", found, lambda policy: self._grade_rows(policy) + self.sums.amount_rows(policy)
        )

    # -- M21, M25: named measures

    def named(self) -> Iterator[Figure]:
        rows = {m.measure_id: f"measures.csv:{m.Index}" for m in records(self.frames.measures)}
        for measure_id, policies in self.feasible.items():
            yield self._figure(
                "feasible_policies",
                "measure",
                measure_id,
                ",".join(policies) or None,
                (rows[measure_id],),
                reason="infeasible",
            )
        number = len(self.frames.measures)
        of = int(self.total_counts[["measures", "not_rated_measures"]].iloc[0].sum())
        yield self._figure("named_measures", "plan", "", number, tuple(rows.values()) or ("measures.csv",))
        share = Fraction(number, of) if of else None
        of_all = tuple(rows.values()) + _rows("grade_counts", self.frames.grade_counts)
        reason = "grades_not_stated" if self.frames.grade_counts.empty else "no_measures"
        yield self._figure("coverage", "plan", "", share, of_all, reason=reason)

    # -- shared

    def _each(self, metric, scope, values, rows, status=Status.DERIVED, *, reason="", kind=None) -> Iterator[Figure]:  # noqa: ANN001
        for scope_id, value in values.items():
            why = reason[scope_id] if isinstance(reason, pd.Series) else reason
            inputs = rows(scope_id) if kind is None or scope == "plan" else self.sums.amount_rows(scope_id, kind=kind)
            if kind is not None and scope == "plan":
                inputs = self.sums.amount_rows(kind=kind)
            yield self._figure(metric, scope, "" if scope == "plan" else scope_id, value, inputs, status, reason=why)

    def _figure(self, metric, scope, scope_id, value, rows, status=Status.DERIVED, *, reason="") -> Figure:  # noqa: ANN001
        of = {"year": self.frames.fiscal_year, "scope": scope, "scope_id": scope_id}
        return made(metric, value, **of, inputs=rows, status=status, reason=reason)

    def _of_plan(self, metric, value, rows, status=Status.DERIVED, *, reason="") -> Figure:  # noqa: ANN001
        return self._figure(metric, "plan", "", value, rows, status, reason=reason)

    def _grade_rows(self, policy_id: str) -> Rows:
        return tuple(f"grade_counts.csv:{line}" for policy, line in self._counted if policy == policy_id)

    def _item_rows(self, items: pd.DataFrame) -> Rows:
        return tuple(f"effects.csv:{line}" for line in items["line"]) + self.sums.amount_rows(kind="actual")

    def _total_case(self) -> str:
        return money.multiplier_case(self.total).iloc[0]

    def _share_case(self) -> str:
        return "actual_not_stated" if self.actual_yen is None else "actual_not_positive"

    def _parts_case(self) -> str:
        """Why the named items cannot be shown as parts of the whole."""
        if self.the_items.empty:
            return "no_items"
        if self.actual_yen is not None and self.has_negative:
            return "negative_effects"
        return "infeasible" if self.actual_yen else self._share_case()
