"""Proper names in the language spoken: our own translation where the plan's file has one, else the Japanese name."""

import re
from collections.abc import Iterable, Mapping

from helpers.notation.catalogue import sentence, spoken
from helpers.notation.numbers import SIGNS
from helpers.notation.speech import ORIGINAL, language
from helpers.terms import METRICS, Figure, Grade, Plan, Policy, short_wareki, wareki
from helpers.terms.plan import NO_DEFINITION

# A run of Japanese letters, with the digits and signs among them.
_JAPANESE = re.compile(
    r"[\u3005-\u30ff\u3400-\u9fff\uff08-\uff5e](?:[\w\u3000-\u30ff\uff00-\uffef()（）/ .・]*[\u3001-\u30ff\u3400-\u9fff\uff08-\uff5e])?"
)

CONTROLS = {"internal": "市の中の原因", "external": "市の外の原因", "mixed": "両方の原因", "unknown": "不明"}


def is_japanese(words: str) -> bool:
    """Whether the words contain Japanese letters."""
    return _JAPANESE.search(words) is not None


def in_runs(words: str) -> list[tuple[str, bool]]:
    """Words in runs, each with whether it is a name or a quotation in Japanese on a page in another language."""
    if _is_original() or not is_japanese(words):
        return [(words, False)]
    runs, end = [], 0
    for found in _JAPANESE.finditer(words):
        runs += [(words[end : found.start()], False), (found[0], True)]
        end = found.end()
    return [*runs, (words[end:], False)]


def _is_original() -> bool:
    return language() == ORIGINAL


def municipality(plan: Plan) -> str:
    """伊勢原市, or Isehara City."""
    return plan.municipality if _is_original() else plan.english.municipality or plan.municipality


def plan_name(plan: Plan) -> str:
    """第6次行財政改革推進計画, or our English name for it."""
    return plan.name if _is_original() else plan.english.name or plan.name


def full_name(plan: Plan) -> str:
    """Municipality and plan as one name."""
    return plan.full_name if _is_original() else f"{municipality(plan)} {plan_name(plan)}"


def effect_definition(plan: Plan) -> str:
    """What counts as effect, in the plan's words or in our translation."""
    if _is_original():
        return plan.effect_definition
    said = plan.english.effect_definition or plan.effect_definition
    return spoken(said) if said == NO_DEFINITION else said


def policy_name(policy: Policy) -> str:
    """A policy's full name."""
    return policy.name if _is_original() else policy.name_en or policy.name


def short_policy_name(policy: Policy) -> str:
    """A policy's name where space is short."""
    return policy.short_name if _is_original() else policy.name_en or policy.short_name


def grade_label(plan: Plan, grade: Grade) -> str:
    """A grade's label."""
    return grade.label if _is_original() else plan.english.grades.get(grade.code, grade.label)


def coded_grade(plan: Plan, grade: Grade) -> str:
    """A grade's code and label, A 計画を上回る; once where they are the same word."""
    label = grade_label(plan, grade)
    return label if label == grade.code else f"{grade.code} {label}"


def achieved_label(plan: Plan) -> str:
    """The label of the lowest grade that counts as achieved: 概ね計画どおり, or broadly on plan."""
    grades = [grade for grade in plan.grades if grade.achieved]
    return grade_label(plan, max(grades, key=lambda grade: grade.order)) if grades else ""


def achieved_words(plan: Plan) -> str:
    """The same where 以上 follows: a label that is a clause is quoted, 「おおむね達成した」以上."""
    label = achieved_label(plan)
    return f"「{label}」" if _is_original() and label.endswith(("た", "る", "い", "ず")) else label


def measure(plan: Plan, name: str) -> str:
    """A measure's name where space is short; in Japanese where it has no English one."""
    short = plan.short_name(name)
    return short if _is_original() else plan.english.measures.get(short, short)


def whole_measure(plan: Plan, name: str) -> str:
    """A measure's full name, or its English one."""
    return name if _is_original() else measure(plan, name)


def in_own_words(plan: Plan, words: str) -> str:
    """A department, an assumption or another text of the plan; in Japanese where it has no translation."""
    return words if _is_original() else plan.english.words.get(words, words)


def short_year(year: int) -> str:
    """A fiscal year where space is short: R6, or 2024."""
    return short_wareki(year) if _is_original() else str(year)


def years_from_to(first: int, last: int) -> str:
    """First to last fiscal year in a table: 令和5年度〜令和14年度, or FY2023–2032."""
    return f"{wareki(first)}{SIGNS[ORIGINAL]['TO']}{wareki(last)}" if _is_original() else f"FY{first}–{last}"


def fiscal_year(year: int) -> str:
    """令和6年度, or FY2024 (Reiwa 6)."""
    if _is_original():
        return wareki(year)
    era = wareki(year).removesuffix("年度").rstrip("元0123456789")
    number = short_wareki(year)[1:]
    return f"FY{year} ({spoken(era)} {number})"


def both_years(year: int) -> str:
    """A fiscal year in both calendars: 令和6年度（2024年度）, or FY2024 (Reiwa 6)."""
    return f"{wareki(year)}（{year}年度）" if _is_original() else fiscal_year(year)


def month(iso: str) -> str:
    """A month as documents are dated, from `2025-08`: 2025年8月, or August 2025; in words where none is stated."""
    if iso == "not_stated":
        return spoken("公表年月の記載なし")
    year, number = iso.split("-")
    if _is_original():
        return f"{year}年{int(number)}月"
    return f"{sentence(f'month.{number}')} {year}"


def day(iso: str) -> str:
    """A day, from `2026-04-10`: 2026年4月10日, or 10 April 2026."""
    year, number, of_month = iso.split("-")
    if _is_original():
        return f"{year}年{int(number)}月{int(of_month)}日"
    return f"{int(of_month)} {sentence(f'month.{number}')} {year}"


def metric_name(metric: str) -> str:
    """A metric's name."""
    return METRICS[metric].name if _is_original() else sentence(f"metric.{metric}")


def metric_formula(metric: str) -> str:
    """A metric's formula, in words."""
    return METRICS[metric].formula if _is_original() else sentence(f"formula.{metric}")


def joined(sentences: Iterable[str]) -> str:
    """Sentences joined as the language requires: with or without a space."""
    return ("" if _is_original() else " ").join(sentences)


def period(plan: Plan) -> str:
    """First to last fiscal year."""
    return (
        plan.period
        if _is_original()
        else f"{fiscal_year(plan.first_fiscal_year)} to {fiscal_year(plan.last_fiscal_year)}"
    )


def whose(figure: Figure, plan: Plan, measures: Mapping[str, str], *, is_whole: bool = False) -> str:
    """What a figure is of, in the plan's words: 計画全体, 方針1 行政サービス, 方針1 評価A, 公社の健全化.

    Args:
        figure: Any figure.
        plan: Whose policies and short names are meant.
        measures: What each measure is called, by its id.
        is_whole: Whether a policy's whole name stands there, 方針1 行政サービスの最適化, and what a scenario supposes.
    """
    of, by = figure.scope_id, figure.scope
    policy_id, _, grade = of.rpartition(":")
    says = {
        "plan": lambda: spoken("計画全体"),
        "policy": lambda: f"{_policy(of)} {short_policy_name(plan.policy(of))}",
        "grade": lambda: spoken("評価{code}", code=of),
        "year": lambda: fiscal_year(int(of)),
        "edition": lambda: spoken("第{n}版", n=of),
        "measure:year": lambda: f"{measure(plan, measures.get(policy_id, policy_id))} {fiscal_year(int(grade))}",
        "policy:year": lambda: f"{_policy(policy_id)} {fiscal_year(int(grade))}",
        "policy:grade": lambda: f"{_policy(policy_id)} {spoken('評価{code}', code=grade)}",
        "measure": lambda: measure(plan, measures.get(of, of)),
        "reason": lambda: spoken(_reasons()[of]) if of in _reasons() else of,
        "control": lambda: spoken(CONTROLS[of]) if of in CONTROLS else of,
    }
    if is_whole:
        says |= {
            "policy": lambda: f"{_policy(of)} {policy_name(plan.policy(of))}",
            "scenario": lambda: sentence(f"scenario.{of}"),
        }
    return says.get(by, lambda: " ".join(in_own_words(plan, one) for one in of.split(":")))()


def _policy(policy_id: str) -> str:
    return sentence("label.policy", id=policy_id)


def _reasons() -> dict[str, str]:
    from helpers.terms.tables import REASONS  # noqa: PLC0415 — the contracts of all tables, for a word that few pages have

    return REASONS
