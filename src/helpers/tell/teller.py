"""What all sentences share: the figures, the plan's words, and a record of the figures cited."""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from helpers import notation
from helpers.terms import Figure, Figures, Plan, Sentence, short_wareki
from helpers.terms.collection import Collection
from helpers.terms.frames import Frames
from helpers.terms.sentence import Key

WHOLE_PERCENT = 100


@dataclass(frozen=True)
class Cited:
    """Words that state figures, ready for use in a sentence."""

    text: str
    figures: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()


class Teller:
    """Writes sentences from the catalogue and notes which figures each one states.

    Args:
        figures: Of one plan and year.
        frames: The same year's tables, or a collection, for names and words.
        language: Of the sentences; the one spoken where none is named.
    """

    def __init__(self, figures: Figures, frames: Frames | Collection, *, language: str | None = None) -> None:
        self.figures = figures
        self.frames = frames
        self.language = language

    @property
    def plan(self) -> Plan:
        """The plan the figures are of."""
        return self.frames.plan

    @property
    def has_grades(self) -> bool:
        """Whether the document states grades."""
        return self.figures["achievement_rate"].reason != "grades_not_stated"

    @property
    def has_last_year(self) -> bool:
        """Whether last year's figures are among these."""
        return self.last_year("measures") is not None

    def last_year(self, metric: str, policy_id: str = "") -> Figure | None:
        """Last year's figure of the plan, or of a policy; None where it is not there."""
        year = str(self.frames.fiscal_year - 1)
        key = (metric, "policy:year", f"{policy_id}:{year}") if policy_id else (metric, "year", year)
        return self.figures.get(key)

    @property
    def has_money(self) -> bool:
        """Whether the document states the effect of any policy, expected or actual."""
        return any(self.policy_ids(f"{kind}_effect") for kind in ("expected", "actual"))

    def says(
        self,
        key: str,
        *,
        words: tuple[str, ...] = (),
        is_judgement: bool = False,
        cites: tuple[Figure, ...] = (),
        **places: Figure | str | Cited,
    ) -> Sentence:
        """The sentence with that key; figures in its places are written out and cited.

        Args:
            key: In the catalogue.
            words: Names that carry digits of their own.
            is_judgement: Whether the sentence rests on a judgement.
            cites: Figures that are already written out in one of the places.
            **places: A figure, a `Cited` (text with the figures it states), or plain words.
        """
        cited: list[Key] = [figure.key for figure in cites]
        names = list(words)
        alone: list[tuple[str, Key]] = []
        text: dict[str, str] = {}
        for place, value in places.items():
            written = self.cited(value) if isinstance(value, Figure) else value
            if isinstance(written, Cited):
                cited.extend(written.figures)
                names.extend(written.words)
                text[place] = written.text
                if len(written.figures) == 1:
                    alone.append((written.text, written.figures[0]))
            else:
                text[place] = written
        return Sentence(
            id=key,
            text=notation.sentence(key, language=self.language, **text),
            figures=tuple(dict.fromkeys(cited)),
            words=tuple(dict.fromkeys(names)),
            is_judgement=is_judgement,
            written=tuple(alone),
        )

    def cited(self, figure: Figure, places: int | None = None, *, sign: bool = False) -> Cited:
        """A figure written in another form than usual (fewer decimals, a ＋); the reason where there is no value."""
        text = notation.figure(figure, places, sign=sign)
        return Cited(text, (figure.key,), () if figure.is_known else (text,))

    def share(self, figure: Figure) -> Cited:
        """A share in whole percent; a part of the whole is never written as 100%."""
        part = self.percent_below_one(figure) if figure.exact is not None and 0 < figure.exact < 1 else None
        return part or self.cited(figure, 0)

    def percent_below_one(self, figure: Figure) -> Cited | None:
        """A ratio between 0 and 1 in percent, never rounded to 0 or 100: 45%, 99.8%; None where it could not be avoided."""
        value = Fraction(figure.exact)
        for places in (0, 1):
            if 0 < notation.half_up(value * 100, places) < WHOLE_PERCENT:
                return Cited(notation.percent(value, places), (figure.key,))
        return None

    def reads_as_part(self, multiplier: Figure) -> bool:
        """Whether a multiplier can be told as a part of the expected effect; △0.04倍, 0.00倍 and 1.00倍 say less than the amounts."""
        return multiplier.exact is not None and 0 < notation.half_up(multiplier.exact, 2) < 1

    def amounts_missing(self, group: str) -> Sentence:
        """What to say where a total, or both, is unknown: not stated at all, or not for every policy."""
        amounts = {kind: self.figures[f"{kind}_effect"] for kind in ("expected", "actual")}
        stated = [kind for kind in amounts if self.policy_ids(f"{kind}_effect")]
        if not stated:
            return self.says(f"{group}.effect_not_stated")
        if len(stated) == 1 and amounts[stated[0]].is_known:
            return self.says(f"{group}.effect_only_{stated[0]}", **{stated[0]: amounts[stated[0]]})
        return self.says(f"{group}.effect_incomplete")

    def reference(self, ratio: Fraction) -> str:
        """A threshold of the plan in percent: 目安の80%."""
        percent = notation.percent(ratio, 0 if (ratio * WHOLE_PERCENT).denominator == 1 else 1)
        return notation.sentence("label.reference", language=self.language, percent=percent)

    def grade(self, code: str) -> Cited:
        """A grade's letter; where it is a number, with the word for grade."""
        label = notation.sentence("label.grade", language=self.language, code=code)
        return self.name(label if code.isdigit() else code)

    def named(self, key: str) -> str:
        """A word of the catalogue."""
        return notation.sentence(key, language=self.language)

    def listed(self, parts: list[Sentence]) -> Cited:
        """Several phrases side by side: 方針2・方針5."""
        between = notation.sentence("label.and", language=self.language)
        return Cited(
            between.join(part.text for part in parts),
            tuple(key for part in parts for key in part.figures),
            tuple(word for part in parts for word in part.words),
        )

    def policy(self, policy_id: str) -> Cited:
        """A policy's label: 方針1. Its number is part of a name, not a figure."""
        label = notation.sentence("label.policy", language=self.language, id=policy_id)
        return Cited(label, words=(label,))

    def name(self, words: str) -> Cited:
        """A name from the plan; digits in it are not figures."""
        return Cited(words, words=(words,))

    def year(self, fiscal_year: int) -> Cited:
        """A fiscal year in the Japanese calendar."""
        says = notation.fiscal_year(fiscal_year)
        return Cited(says, words=(says, short_wareki(fiscal_year)))

    def size(self, gap: Figure) -> Cited:
        """A gap without its sign, for sentences that say 不足 or 下回る."""
        written = self.cited(gap)
        return replace(written, text=written.text.removeprefix(notation.MINUS))

    def of(self, metric: str, policy_id: str) -> Figure:
        """A policy's figure."""
        return self.figures[metric, "policy", policy_id]

    def policy_ids(self, metric: str) -> list[str]:
        """Policies that have this figure's value, in the plan's order."""
        return [figure.scope_id for figure in self.figures.of(metric, "policy") if figure.is_known]

    def shortfalls(self) -> list[Figure]:
        """Gaps below zero, the largest shortfall first."""
        gaps = [gap for gap in self.figures.of("effect_gap", "policy") if gap.exact is not None and gap.exact < 0]
        return sorted(gaps, key=lambda gap: gap.exact)

    @cached_property
    def top_item(self) -> tuple | None:
        """The row of `effects` with the largest printed actual effect of a measure."""
        return max(self.frames.amounts("measure", "actual"), key=lambda row: row.amount_yen, default=None)

    def printed(self, measure_id: str) -> Cited:
        """A measure's actual effect as the document prints it: 961百万円, which a range of yen stands for."""
        row = next(row for row in self.frames.amounts("measure", "actual") if row.scope_id == measure_id)
        return Cited(notation.printed(row.amount, row.unit), (("actual_effect", "measure", measure_id),))

    @property
    def top_item_name(self) -> Cited:
        """Its name; the short one where the plan has one."""
        return self.name(notation.measure(self.plan, self.top_item.scope_name))

    @property
    def top_item_dominates(self) -> bool:
        """Whether the item must be named wherever the multiplier is: for its share, or since the multiplier falls below 1 without it."""
        share = self.figures["top_item_share"]
        if not share.is_known:
            return False
        if share.interval.low >= self.plan.thresholds.top_item:
            return True
        multiplier, without = self.figures["effect_multiplier"], self.figures["multiplier_without_top_item"]
        return multiplier.is_known and without.is_known and multiplier.exact >= 1 > without.interval.low

    def without_top_item(self) -> Cited:
        """The multiplier without it, of which only the lower end is sure, since the item's own expected amount is not published: 少なくとも1.10倍."""
        without = self.figures["multiplier_without_top_item"]
        return Cited(notation.at_least(without), (without.key,))
