"""What is said of the figures: a sentence, a point to decide, a finding."""

from dataclasses import dataclass, field

Key = tuple[str, str, str]
# What a check's result is called.
RESULTS = {"passed": "合格", "failed": "不合格", "not_applicable": "対象外", "not_run": "実行不能"}


@dataclass(frozen=True)
class Sentence:
    """A sentence and the figures it stands on.

    Attributes:
        id: Which rule made it.
        text: As it is read.
        figures: Keys of the figures it states; the back-check (V25) allows no other number.
        words: Names in it that carry digits of their own (第6次…, 方針1) and are no figures.
        is_judgement: Whether it rests on a judgement and says so.
        written: Words that state one figure, as they stand in it, with the figure's key.
    """

    id: str
    text: str
    figures: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()
    is_judgement: bool = False
    written: tuple[tuple[str, Key], ...] = ()


@dataclass(frozen=True)
class Point:
    """A point put to leadership, made by a rule (D-a … D-e); the decision is people's."""

    rule: str
    topic: Sentence
    evidence: Sentence
    options: str
    yen: int = 0


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        id: V01 … of the domain's list.
        severity: `block` or `warn`.
        result: `passed`, `failed`, `not_applicable` (its input is absent by declaration) or `not_run` (a failure).
        evidence: The figures compared, in words.
        remedy: What to do where it failed.
        acknowledged: Who accepted a failure and why; empty otherwise.
    """

    id: str
    title: str
    severity: str
    result: str
    evidence: str
    remedy: str = ""
    acknowledged: str = ""
    figures: tuple[Key, ...] = field(default=())

    @property
    def stops(self) -> bool:
        """Whether nothing may be published while it stands."""
        return self.severity == "block" and self.result in {"failed", "not_run"} and not self.acknowledged
