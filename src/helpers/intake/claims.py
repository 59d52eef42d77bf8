"""What the document's sentences state about its own figures; `check` compares that with the tables.

A sentence is read clause by clause. A number belongs to the grades that its clause names, to all measures where it is
the total that others are counted from (74件のうち), or to the effect that the clause names. Any other number is
returned as not understood.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from helpers.intake.ledger import PLAN
from helpers.intake.parts import CLAIM_MARKS
from helpers.intake.passage import wording
from helpers.terms import UNITS_IN_YEN, Plan, years_named
from helpers.terms.folded import number

EXPECTED_EFFECT = "効果見込額"  # the unit of 「見込んでいた効果額を上回る」: actual effect > 1 × expected effect

_STRUCTURE = {
    ("policies", "方針"): r"([△▲]?[0-9]+)(?:つの|の|つ)基本方針|基本方針〔([0-9]+)〕",
    ("promotion_items", "項目"): r"([△▲]?[0-9]+)(?:つの|の|つ)推進項目|推進項目〔([0-9]+)〕",
    ("measures", "件"): r"取組(?:項目|事項)\)?〔([0-9]+)〕",
}
_CLAUSE = re.compile(r"(.*?)(うち|(?<=件)中|[、。;]|,(?![0-9])|$)")
_NUMBER = re.compile(
    r"(?P<about>約|およそ|ほぼ)?(?P<larger>[△▲-]?[0-9][0-9,]*億(?:[0-9][0-9,]*万)?|[△▲-]?[0-9][0-9,]*万)?"
    r"(?P<number>(?(larger)|[△▲-]?)[0-9][0-9,]*(?:\.[0-9]+)?)(?P<unit>件|割|%|倍|(?:億|百万|万|千)?円)"
    r"(?:(?P<how>以上|以下|未満|を?超|を上回|を下回)|(?P<roughly>程度|前後|強|弱))?(?P<change>上回|下回|の?(?:増|減|差)|多|少|不足)?"
)
_HOW = {"以上": "at_least", "以下": "at_most", "未満": "below", "下回": "below", "超": "above", "上回": "above"}
_ALL_MEASURES = re.compile(r"(?:全|全体で|全部で|合計|総数|位置付けた)[0-9,]+件")
_RELATION = re.compile(
    r"を[^、。を0-9]{0,6}?(?P<way>上回|下回)(?:る|り|った|って)(?!こと(?:は|が)?(?:な|でき)|には|ものでは)"
    r"|には?(?:届か|達しな|達せ|及ば)"
    r"|と(?P<same>同額)(?!で(?:は|も)?な)"
)
_UNREAD = re.compile(r"(?<!計画を)(?:上回|下回)|[0-9][0-9,.]*|[一二三四五六七八九十百〇]+(?=件|割|倍)")
_NO_FIGURE = re.compile(r"第[0-9]+次|(?:令和|平成|昭和)[0-9]+年度?[0-9]?|[0-9]{4}年度?|[0-9]+月|[A-Z][0-9]+(?:年度)?")
# A unit whose number was lost: 、割程度の, 位置付けた件の, 改革のつの基本方針. Words that end like a unit (案件, 役割) have no kana before it.
_LOST = re.compile(
    r"(?<=[ぁ-ん、。「」(),])(?:(?:件|割|%|倍|(?:億|百万|万|千)?円)(?=程度|以上|以下|未満|[のがをはと、。])|つの(?:基本方針|推進項目))"
)
# Words that make of a part what is not one: 74件のほか、62件が…, 計画に位置付けていない74件.
_TURNED = re.compile("(?<=[件目項組])(?:のほか|以外|を除|に対し|に加え)|位置付け(?:られ)?ていない")
_ALSO_CALLED = {"exceeded": "計画以上"}  # the sentence's word for what the table calls 計画を上回る


@dataclass(frozen=True)
class Claim:
    """One figure that a sentence states; `at` is its place in the sentence."""

    metric: str
    scope: tuple[str, str]
    comparison: str
    value: str
    unit: str
    at: int


def claims(text: str, *, plan: Plan) -> tuple[list[Claim], list[tuple[int, str]]]:
    """The claims of a paragraph without blanks, and the words with figures that were not understood, with their places."""
    found: list[Claim] = []
    unread: list[tuple[int, str]] = []
    rest = _without_years(text)
    for (metric, unit), pattern in _STRUCTURE.items():
        for hit in re.finditer(pattern, rest):
            at = hit.start(hit.lastindex or 0)
            found.append(Claim(metric, PLAN, "equal", number(hit[hit.lastindex or 0]) or "", unit, at))
            rest = _without(rest, hit)
    if text[0] in CLAIM_MARKS or found or "つの" in text:
        unread += [(hit.start(), hit[0]) for hit in _LOST.finditer(rest)]
    said, rest = rest, _without_labels(rest, plan)
    for clause in _CLAUSE.finditer(rest):
        for hit, claim in _numbers(clause, said[slice(*clause.span(1))], plan):
            found += [claim] if claim else []
            unread += [] if claim else [(hit.start(), said[slice(*hit.span())])]
            rest = _without(rest, hit)
    for hit in _RELATION.finditer(rest):
        if how := _effect_compared(hit, rest):
            found.append(Claim("actual_effect", PLAN, how, "1", EXPECTED_EFFECT, hit.start()))
            rest = _without(rest, hit)
    for hit in _NO_FIGURE.finditer(rest):
        rest = _without(rest, hit)
    unclear = _TURNED if any(claim.metric == "achieved_measures" for claim in found) else None
    if found or unread or text[0] in CLAIM_MARKS or "効果額を" in rest or re.search("〔[0-9]+〕", rest):
        patterns = filter(None, (unclear, _UNREAD))
        unread += [(hit.start(), hit[0]) for pattern in patterns for hit in pattern.finditer(rest)]
    return found, unread


def _without_years(text: str) -> str:
    """A paragraph with blanks for the years it names, and for the ① that follows one in a heading."""
    for one in years_named(text):
        numbered = re.match("[0-9](?![0-9])", text[one.stop :]) if text[: one.stop].endswith("度") else None
        stop = one.stop + len(numbered[0] if numbered else "")
        text = text[: one.start] + " " * (stop - one.start) + text[stop:]
    return text


def _without_labels(text: str, plan: Plan) -> str:
    """A paragraph with blanks for the plan's grades in 「 」: a label may hold a number or a word of comparison (「目標を上回った」)."""
    labels = {wording(grade.label) for grade in plan.grades}
    for hit in re.finditer("(?<=「)[^「」]+(?=」)", text):
        if wording(hit[0]) in labels:
            text = _without(text, hit)
    return text


def _without(text: str, hit: re.Match[str]) -> str:
    return text[: hit.start()] + " " * len(hit[0]) + text[hit.end() :]


def _numbers(clause: re.Match[str], said: str, plan: Plan) -> Iterator[tuple[re.Match[str], Claim | None]]:
    """The numbers of a clause, each with its claim if it was understood; `said` is the clause with the labels of grades in it."""
    grades, hits = _grades(said, plan), list(_NUMBER.finditer(clause.string, *clause.span(1)))
    strange = [words for words in re.findall("「(.+?)」", said) if not _grades(words, plan)]
    if (strange and hits) or (grades and not hits and _NUMBER.search(clause.string)):
        yield clause, None  # words that may name grades, but it is unclear which, or which number they belong to
        return
    units = [hit["unit"] for hit in hits]
    for hit in hits:
        of_measures = _of_measures(hit["unit"], clause, grades, plan)
        metric = _of_effect(hit["unit"], clause[1]) if hit["unit"][-1] in "円倍" else of_measures
        value = _value(hit)
        if metric is None or value is None or hit["change"] or units.count(hit["unit"]) > 1:
            yield hit, None
        else:
            how = _HOW[hit["how"].removeprefix("を")] if hit["how"] else "equal"
            how = "about" if hit["about"] or hit["roughly"] else how
            yield hit, Claim(*metric, how, value, hit["unit"], hit.start())


def _value(hit: re.Match[str]) -> str | None:
    """The number in its last unit: 13億4,565万円 is 134565万円, as exactly as it is printed."""
    last = number(hit["number"])
    if not hit["larger"] or last is None:
        return last
    parts = [*re.findall(r"([0-9,]+)(億|万)", hit["larger"]), (hit["number"], hit["unit"].removesuffix("円"))]
    figures, sizes = [number(words) for words, _ in parts], [UNITS_IN_YEN.get(f"{unit}円", 0) for _, unit in parts]
    yen = [Fraction(figure or 0) * size for figure, size in zip(figures, sizes, strict=True)]
    does_fit = all(low < size for low, size in zip(yen[1:], sizes, strict=False))
    if hit["unit"][-1] != "円" or None in figures or not does_fit:
        return None  # 13億4,565億円, 1億20,000万円: the meaning is unclear
    sign = "-" if hit["larger"][0] in "△▲-" else ""
    whole, point, digits = last.partition(".")
    return f"{sign}{int(sum(yen[:-1])) // sizes[-1] + int(whole)}{point}{digits}"


def _of_measures(unit: str, clause: re.Match[str], grades: set[str], plan: Plan) -> tuple[str, tuple[str, str]] | None:
    is_achieved = bool(grades) and grades == {grade.code for grade in plan.grades if grade.achieved}
    if unit == "件" and not grades:
        is_all = clause[2] in {"うち", "中"} or _ALL_MEASURES.search(clause[1])
        return ("measures", PLAN) if is_all and "効果" not in clause[1] else None
    if unit == "件" and not is_achieved:
        return ("measures_by_grade", ("grade", min(grades))) if len(grades) == 1 else None
    if is_achieved or (not grades and "達成率" in clause[1]):
        metric = {"件": "achieved_measures", "割": "achievement_rate", "%": "achievement_rate"}.get(unit)
        return (metric, PLAN) if metric else None
    is_exceeded = grades == {grade.code for grade in plan.grades if grade.band == "exceeded"}
    return ("exceeded_rate", PLAN) if unit in {"割", "%"} and is_exceeded else None


def _of_effect(unit: str, words: str) -> tuple[str, tuple[str, str]] | None:
    kinds = [f"{kind}_effect" for word, kind in (("見込", "expected"), ("実績", "actual")) if word in words]
    if unit == "倍":
        return ("effect_multiplier", PLAN) if "効果" in words else None
    return (kinds[0], PLAN) if len(kinds) == 1 else None


def _effect_compared(hit: re.Match[str], text: str) -> str | None:
    """Whether the sentence says that the actual effect is above or below the expected one."""
    before = text[text.rfind("。", 0, hit.start()) + 1 : hit.start()]
    after = text[hit.end() :].split("。", maxsplit=1)[0]
    if "効果" not in before + after or not re.search(r"(?:見込[^、。を]*|実績効果額)$", before):
        return None
    if hit["same"]:
        return "equal"
    is_turned = before.endswith("実績効果額")  # 実績効果額を上回る効果見込額
    return "above" if (hit["way"] == "上回") != is_turned else "below"


def _grades(words: str, plan: Plan) -> set[str]:
    """The grades that words name, by letter or label; 以上 after a grade includes the better ones."""
    names = {wording(grade.label): grade for grade in plan.grades}
    names |= {grade.code: grade for grade in plan.grades if grade.code.isalpha()}
    names |= {_ALSO_CALLED[grade.band]: grade for grade in plan.grades if grade.band in _ALSO_CALLED}
    rest, codes = wording(words), set()
    for name in sorted(names, key=len, reverse=True):
        # A letter is a grade only on its own, not in PPP/PFI.
        for hit in re.finditer(rf"(?<![A-Za-z/]){re.escape(name)}(?![A-Za-z/])」?(?:評価)?(以上)?", rest):
            best = 1 if hit[1] else names[name].order
            codes |= {grade.code for grade in plan.grades if best <= grade.order <= names[name].order}
            rest = _without(rest, hit)
    return codes
