"""`plan.toml`: what each of its fields may hold, and the plan that it describes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from helpers.terms import BANDS, EFFECT_BASES, English, Grade, Plan, Policy, Thresholds
from helpers.terms.contract import Name, NameOrNone, Ratio, Shape, Text, TextOrNone, held, matching
from helpers.terms.money import MOST_YEN, UNITS_IN_YEN
from helpers.terms.plan import FIRST_YEAR, LAST_YEAR, NO_DEFINITION, THRESHOLDS, period_fault
from helpers.terms.words import quoted

MOST_PEOPLE = 20_000_000  # more than any municipality or prefecture of Japan has
MOST_GRADES, MOST_POLICIES, MOST_PROMOTION_ITEMS = 20, 50, 10_000
# It stands in the name of a file, in an anchor of a page and in a cell of a table.
POLICY_ID = r"[A-Za-z0-9]{1,8}(?:[.-][A-Za-z0-9]{1,8}){0,2}"
POLICY_ID_SAYS = "資料の番号を、半角の英数字と「-」「.」で書いてください（（1）や ⑴ は 1）"
# A letter, figure or mark, as cities use them: A, S+, ◎, 3, 完了.
GRADE_CODE = r"[^\W_]{1,8}[+-]?|[◎○◯●△▲▽▼×✕☆★⭐□■◇◆－―ー]{1,3}"
# Who said so is asked for each of these, and for each field of [plan] that is given.
SOURCED = ("grades", "policies", "short_names", "thresholds", "english")

Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Names = dict[Name, Name]
Texts = dict[Text, Text]


def _of_the_folder(plan_id: str, info: ValidationInfo) -> str:
    if plan_id != info.context["plan_id"]:
        raise ValueError(f"フォルダー名「{info.context['plan_id']}」と違います。どちらかを直してください")
    return plan_id


def _municipality_code(code: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError("6桁の数字ではありません。全国地方公共団体コードを検査数字まで書いてください")
    # Weights 6 to 2, modulus 11.
    weighed = sum(weight * int(digit) for weight, digit in zip(range(6, 1, -1), code, strict=False))
    if int(code[5]) != (11 - weighed % 11) % 10:
        raise ValueError("6桁目（検査数字）が前の5桁と合いません。全国地方公共団体コードを確かめてください")
    return code


def _each_once(field: str, says: str) -> AfterValidator:
    """No two entries of a list alike in a field."""

    def unique(entries: list) -> list:
        values = [getattr(entry, field) for entry in entries]
        if twice := [value for value in dict.fromkeys(values) if values.count(value) > 1]:
            raise ValueError(f"{'、'.join(f'「{value}」' for value in twice)}が2度あります。{says}")
        return entries

    return AfterValidator(unique)


def _some_achieved(grades: list["_Grade"]) -> list["_Grade"]:
    if grades and not any(grade.achieved for grade in grades):
        raise ValueError("達成とみなす評価（achieved = true）が一つもありません。どれかに書いてください")
    return grades


class _Head(Shape):
    id: Annotated[str, AfterValidator(_of_the_folder)]
    name: Name
    municipality: Name
    municipality_code: Annotated[str, AfterValidator(_municipality_code)]
    first_fiscal_year: Year
    last_fiscal_year: Year
    philosophy: NameOrNone = ""
    effect_definition: Text = NO_DEFINITION
    promotion_items: Annotated[int, Field(ge=0, le=MOST_PROMOTION_ITEMS)] | None = None
    fiscal_health_measure: Name | None = None
    graded_by: Name | None = None
    effect_basis: Literal[tuple(EFFECT_BASES)] | None = None
    total_expected_yen: Annotated[int, Field(ge=-MOST_YEN, le=MOST_YEN)] | None = None
    effect_unit: Literal[tuple(UNITS_IN_YEN)] | None = None
    population: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] | None = None

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if fault := period_fault(self.first_fiscal_year, self.last_fiscal_year):
            raise ValueError(fault)
        return self


class _Grade(Shape):
    code: Annotated[str, matching(GRADE_CODE, "評価の記号を、A や ◎ のように8字までで書いてください")]
    label: Name
    order: Annotated[int, Field(ge=1, le=MOST_GRADES)]
    achieved: bool
    band: Literal[tuple(BANDS)]

    @model_validator(mode="after")
    def _counts_only_where_rated(self) -> Self:
        if self.band == "not_rated" and self.achieved:
            raise ValueError(f"「{self.code}」は評価の対象外（not_rated）なので、achieved は false です")
        return self


class _Policy(Shape):
    id: Annotated[str, matching(POLICY_ID, POLICY_ID_SAYS)]
    name: Name
    short_name: NameOrNone = ""
    name_en: NameOrNone = ""


class _Thresholds(Shape):
    achievement: Ratio
    headline_achievement: Ratio
    top_item: Ratio
    shortfall: Ratio
    policy_multiplier: Ratio


class _English(Shape):
    municipality: NameOrNone = ""
    name: NameOrNone = ""
    effect_definition: TextOrNone = ""
    grades: Names = Field(default_factory=dict)
    measures: Names = Field(default_factory=dict)
    words: Texts = Field(default_factory=dict)


class _PlanFile(Shape):
    plan: _Head
    grades: Annotated[
        list[_Grade],
        Field(max_length=MOST_GRADES),
        _each_once("code", "どちらかを消してください"),
        _each_once("order", "評価は良い順に、別々の番号を付けてください"),
        AfterValidator(_some_achieved),
    ] = Field(default_factory=list)
    policies: Annotated[
        list[_Policy], Field(min_length=1, max_length=MOST_POLICIES), _each_once("id", "どちらかを消してください")
    ]
    short_names: Names = Field(default_factory=dict)
    thresholds: _Thresholds | None = None
    sources: Texts
    english: _English = _English()


def plan_of(content: bytes, plan_id: str, path: Path) -> Plan:
    """The plan that a `plan.toml` describes.

    Args:
        content: The bytes of the file.
        plan_id: The folder it lies in.
        path: Where it lies, for the sentences.

    Raises:
        Refusal: It is not what it should be; all faults at once, each with line and field.
    """
    said = held(content, _PlanFile, place=str(path), also=_contradictions, context={"plan_id": plan_id})
    return Plan(
        **dict(said.plan),
        grades=tuple(sorted((Grade(**dict(grade)) for grade in said.grades), key=lambda grade: grade.order)),
        policies=tuple(Policy(one.id, one.name, one.short_name or one.name, one.name_en) for one in said.policies),
        thresholds=Thresholds(**dict(said.thresholds)) if said.thresholds else THRESHOLDS,
        short_names=said.short_names,
        sources=said.sources,
        english=English(**dict(said.english)),
    )


def _contradictions(content: dict) -> Iterator[tuple[tuple, str]]:
    """What one part of the file says and another does not bear out."""
    head, sources, english = (_table(content.get(name)) for name in ("plan", "sources", "english"))
    known = head.keys() & _Head.model_fields.keys()
    given = [name for name in SOURCED if content.get(name)]
    for name in [*sorted(known, key=list(head).index), *given]:
        if name not in sources:
            yield ("sources",), f"{name} の出典がありません。どこに書かれているかを1行加えてください"
    grades = content.get("grades")
    codes = {str(_table(grade).get("code")) for grade in grades} if isinstance(grades, list) else set()
    for code in _table(english.get("grades")):
        if code not in codes:
            yield ("english", "grades", code), f"「{quoted(code)}」という評価は [[grades]] にありません"


def _table(value: object) -> dict:
    return value if isinstance(value, dict) else {}
