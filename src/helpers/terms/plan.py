"""A reform plan as people describe it in `plan.toml`."""

import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction

from helpers.terms.fiscal_year import wareki

# What a grade means, whatever letter a city uses for it.
BANDS = {
    "exceeded": "計画を上回る",
    "on_track": "計画どおり",
    "behind": "計画に遅れ",
    "stalled": "ほぼ進捗なし",
    "not_rated": "評価の対象外",
}

# What a year's effect is measured against; without it nobody knows what a sum over years means (M12).
EFFECT_BASES = {
    "vs_plan_baseline": "計画前と比べたその年度の額（足すと現金の累計）",
    "vs_previous_year": "前年度から増えた額（足すと到達した水準）",
    "one_off_mixed": "一度限りの額と混ざっている（足せない）",
    "unknown": "記載がない",
}


# Reform plans of Japan's cities begin with the ministry's guideline of January 1985; none is drawn up for longer than a
# general plan (総合計画), ten years or twenty, and a year beyond this century is a slip of the finger.
FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1985, 2100, 30


def period_fault(first: object, last: object) -> str:
    """What is wrong with the first and last fiscal year of a plan, the full stop left out; empty where nothing is."""
    if type(first) is not int or type(last) is not int:
        return "first_fiscal_year と last_fiscal_year（西暦の整数）を書いてください"
    if not FIRST_YEAR <= first <= LAST_YEAR or not FIRST_YEAR <= last <= LAST_YEAR:
        return f"first_fiscal_year と last_fiscal_year は {FIRST_YEAR} から {LAST_YEAR} までの西暦で書いてください"
    if last < first:
        return f"last_fiscal_year（{last}）が first_fiscal_year（{first}）より前です。どちらかを直してください"
    if last - first >= MOST_YEARS:
        return f"計画の期間が {last - first + 1}年です（{MOST_YEARS}年まで）。どちらかの年度を直してください"
    return ""


def same_name(name: str) -> str:
    """A name in the form used to compare names: without spaces, letters in one width (AI／RPA is AI/RPA)."""
    return "".join(unicodedata.normalize("NFKC", name).split())


@dataclass(frozen=True)
class Grade:
    """One step of the plan's grade scale; `order` 1 is the best."""

    code: str
    label: str
    order: int
    achieved: bool
    band: str

    @property
    def is_rated(self) -> bool:
        """Whether it counts in the denominator of the achievement rate."""
        return self.band != "not_rated"


@dataclass(frozen=True)
class Policy:
    """A policy (基本方針), by the document's own number."""

    id: str
    name: str
    short_name: str
    name_en: str


@dataclass(frozen=True)
class Thresholds:
    """The limits from which a figure is mentioned; ratios, 1 is the target.

    Attributes:
        achievement: A policy below it is behind in its grades (M10); another figure says how many re-grades away from it the plan's rate is.
        headline_achievement: Below it the headline counts the measures that did not reach the plan.
        top_item: From this share on, the headline must name the largest item.
        shortfall: A policy must be named when its gap is at least this share of the whole expected effect.
        policy_multiplier: A policy below it becomes a point to decide (D-a).
    """

    achievement: Fraction
    headline_achievement: Fraction
    top_item: Fraction
    shortfall: Fraction
    policy_multiplier: Fraction


# What this project takes where a plan sets none of its own.
THRESHOLDS = Thresholds(
    achievement=Fraction(4, 5),
    headline_achievement=Fraction(7, 10),
    top_item=Fraction(1, 2),
    shortfall=Fraction(1, 10),
    policy_multiplier=Fraction(4, 5),
)
NO_DEFINITION = "資料に示された額のまま（算定方法は資料に記載がない）"


@dataclass(frozen=True)
class English:
    """The plan's names in English: translations by this project, not by the city.

    Attributes:
        municipality: Empty where there is no translation; the page then shows the Japanese name. The same holds for the others.
        name: The plan's name.
        effect_definition: What counts as its effect.
        grades: Label of a grade by its code.
        measures: A measure's name by its short name, or by its full one where it has no short one.
        words: Any other name or text kept for the plan, by its Japanese: a department, a linked plan, an assumption.
    """

    municipality: str = ""
    name: str = ""
    effect_definition: str = ""
    grades: dict[str, str] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything was translated."""
        return any((self.municipality, self.name, self.effect_definition, self.grades, self.measures, self.words))


@dataclass(frozen=True)
class Plan:
    """A reform plan: what holds for all of its years.

    Attributes:
        effect_unit: In which the plan's documents print the effects of policies (千円); None where nobody has said.
        population: Of the municipality, to tell a slip of unit by; never shown as a figure.
    """

    id: str
    name: str
    municipality: str
    municipality_code: str
    first_fiscal_year: int
    last_fiscal_year: int
    philosophy: str
    grades: tuple[Grade, ...]
    policies: tuple[Policy, ...]
    thresholds: Thresholds
    effect_definition: str
    graded_by: str | None = None
    fiscal_health_measure: str | None = None
    promotion_items: int | None = None
    effect_basis: str | None = None
    total_expected_yen: int | None = None
    effect_unit: str | None = None
    population: int | None = None
    short_names: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    english: English = field(default_factory=English)

    @property
    def full_name(self) -> str:
        """Municipality and plan as one name: 伊勢原市 第6次行財政改革推進計画; a name that holds the municipality's stands alone."""
        return self.name if self.municipality in self.name else f"{self.municipality} {self.name}"

    @property
    def years(self) -> range:
        """The plan's fiscal years."""
        return range(self.first_fiscal_year, self.last_fiscal_year + 1)

    @property
    def period(self) -> str:
        """First to last fiscal year in words."""
        return f"{wareki(self.first_fiscal_year)}〜{wareki(self.last_fiscal_year)}"

    def grade(self, code: str) -> Grade:
        """The grade of that code; KeyError where the scale has none."""
        return {grade.code: grade for grade in self.grades}[code]

    def policy(self, policy_id: str) -> Policy:
        """The policy of that number; KeyError where the plan has none."""
        return {policy.id: policy for policy in self.policies}[policy_id]

    def short_name(self, measure: str) -> str:
        """The measure's name where space is short: the plan's short name, or else its full name."""
        folded = {same_name(name): short for name, short in self.short_names.items()}
        return folded.get(same_name(measure), measure)

    @property
    def achieved_label(self) -> str:
        """The label of the lowest grade that counts as achieved: 概ね計画どおり."""
        return max((grade for grade in self.grades if grade.achieved), key=lambda grade: grade.order).label
