"""Compares two `metrics.json`. A figure that differs makes a changed year set a correction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpers.terms import METRICS

# The keys that make up a figure; a figure without a number has only its words.
VALUE = ("exact", "low", "high", "unit")
UNKNOWN = {"undefined", "not_available"}
ORDER = {name: place for place, name in enumerate(METRICS)}


@dataclass(frozen=True)
class Moved:
    """Rows of `metrics.json`, the whole plan first, then in the order of the list of metrics.

    Attributes:
        moved: Pairs of rows: as delivered, and as it is now.
        appeared: Rows that are new, or had no value before (未登録 until last year was registered).
        gone: Rows that are gone or no longer have a value, as delivered.
    """

    moved: tuple[tuple[Mapping, Mapping], ...] = ()
    appeared: tuple[Mapping, ...] = ()
    gone: tuple[Mapping, ...] = ()

    @property
    def is_correction(self) -> bool:
        """Whether something that was told no longer holds; an added figure corrects nothing."""
        return bool(self.moved or self.gone)


def moved(before: Iterable[Mapping], now: Iterable[Mapping]) -> Moved:
    """The differences. A number that is only shown in other words has not moved, and a figure without a value was not told."""
    old, new = ({_key(row): row for row in rows} for rows in (before, now))
    told = {key: row for key, row in old.items() if _is_known(row)}
    known = {key: row for key, row in new.items() if _is_known(row)}
    both = [(told[key], known[key]) for key in _ordered(told.keys() & known.keys())]
    return Moved(
        tuple(pair for pair in both if _value(pair[0]) != _value(pair[1])),
        tuple(known[key] for key in _ordered(known.keys() - told.keys())),
        tuple(told[key] for key in _ordered(told.keys() - known.keys())),
    )


def _key(row: Mapping) -> tuple:
    return row["metric"], row["scope"], row["scope_id"], row["fiscal_year"]


def _is_known(row: Mapping) -> bool:
    """Whether the row has a value (a number or a category's words) and not just a reason for having none."""
    return _is_number(row) or row["status"] not in UNKNOWN


def _is_number(row: Mapping) -> bool:
    return any(row[name] is not None for name in ("exact", "low", "high"))


def _value(row: Mapping) -> tuple:
    number = tuple(row[name] for name in VALUE)
    return number if _is_number(row) else (*number, row["display"])


def _ordered(keys: Iterable[tuple]) -> list[tuple]:
    def place(key: tuple) -> tuple:
        metric, scope, scope_id, fiscal_year = key
        return scope != "plan", ORDER.get(metric, len(ORDER)), metric, scope, scope_id, -fiscal_year

    return sorted(keys, key=place)
