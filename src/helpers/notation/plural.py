"""Which form of a word goes with a number: Unicode's plural rules (CLDR), by Babel."""

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.plural import PluralRule

# In the order in which the forms of a word are written in a catalogue.
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
# A number at the head of what is shown ("1", "1 figure", "about 1,200"), unless it begins a range or a fraction ("1–2", "1/74").
_COUNTED = re.compile(r"(?:[^\d\w]|about )*(?P<number>\d[\d,]*(?:\.\d+)?)(?![\d.,]*[–〜/])")


def form(shown: str, forms: str, language: str) -> str:
    """The form that goes with a number as it is shown: of `year|years`, 1 has the first, and 0, 1.0, 2 and 1–2 the second.

    Args:
        shown: The number, or words that begin with it. A range and what holds no number have the last form.
        forms: Divided by `|`, one for each category that the language has, in CLDR's order.
        language: Whose rule it is.

    Raises:
        ValueError: Not as many forms as the language has.
    """
    by_category = dict(zip(categories(language), forms.split("|"), strict=True))
    counted = _COUNTED.match(shown)
    return by_category[_rule(language)(Decimal(counted["number"].replace(",", ""))) if counted else "other"]


@cache
def categories(language: str) -> tuple[str, ...]:
    """The categories of number that a language tells apart, in CLDR's order: one and other in English, other in Japanese."""
    return tuple(name for name in _CATEGORIES if name in {*_rule(language).tags, "other"})


@cache
def _rule(language: str) -> "PluralRule":
    from babel import Locale  # noqa: PLC0415 — takes 30 ms, and pages in Japanese have no forms

    return Locale(language).plural_form
