"""What if: the figures under a change, recomputed by the same formulas as the official ones, never written over them."""

from collections.abc import Iterator
from dataclasses import replace

from helpers import compute
from helpers.explore.bench import Bench
from helpers.explore.change import Change, Words, change
from helpers.explore.feasible import ways
from helpers.explore.outcome import Outcome, Outcomes, value_of
from helpers.explore.show import result
from helpers.terms import Figure, Figures, Finding, Interval, Status
from helpers.terms.frames import Frames
from helpers.terms.sentence import Key

# Squares of shares have their least inside a range, not at its ends: from the ends alone no true range could be told.
NOT_AT_THE_ENDS = {
    "concentration_actual",
    "effective_policies_actual",
    "concentration_items",
    "effective_items",
}
# Metrics about rows and sources of the files, which a what-if does not change.
ABOUT_THE_FILES = {"facts", "sourced_share", "implied_facts"}
OPEN = "left_open"


class WhatIf(Outcomes):
    """The answer to "what if", as a notebook shows it: in words, in tables and in pictures."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return result(self)._repr_mimebundle_()


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
        if all(value_of(one) == value_of(first) for one in each) and len(each) == len(found):
            yield first
        elif len(each) < len(found) or not all(one.is_number for one in each) or first.metric in NOT_AT_THE_ENDS:
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
