"""Checks a page's parameters before anything is read."""

from helpers import notation
from helpers.terms import Refusal, quoted
from helpers.terms.audience import AUDIENCES

FISCAL_YEARS = range(1900, 3000)


def parameters(*, plan: object, fiscal_year: object, language: str, audience: str) -> None:
    """Refuses a plan that is no plan's name, a year that is no whole western year, and a language or audience without pages.

    Raises:
        Refusal: All faults at once.
    """
    faults = []
    if not isinstance(plan, str) or not plan.strip():
        faults.append(
            f"plan（計画）「{quoted(plan)}」は計画の名前ではありません。isehara-6 のような、data の下のフォルダー名を文字で書いてください。"
        )
    # True is an int to Python, and 2024.0 equals 2024.
    if type(fiscal_year) is not int or fiscal_year not in FISCAL_YEARS:
        faults.append(
            f"fiscal_year（年度）{fiscal_year!r} は西暦の年度ではありません。令和6年度なら 2024 と、引用符なしの整数で書いてください。"
        )
    if language not in notation.LANGUAGES:
        faults.append(
            f"language（言語）「{quoted(language)}」のページはまだ作れません。{'、'.join(notation.LANGUAGES)} を指定してください。"
        )
    if audience not in AUDIENCES:
        faults.append(
            f"audience（読み手）「{quoted(audience)}」のページはまだ作れません。{'、'.join(AUDIENCES)} を指定してください。"
        )
    if faults:
        raise Refusal(*faults)


def plan_parameters(*, plan: object, language: str, audience: str) -> None:
    """The same for a page over all years of a plan, which has no fiscal year.

    Raises:
        Refusal: All faults at once.
    """
    parameters(plan=plan, fiscal_year=FISCAL_YEARS.start, language=language, audience=audience)
