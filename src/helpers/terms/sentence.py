"""What a page says about figures: a sentence, a point to decide, a finding."""

from dataclasses import dataclass, field

Key = tuple[str, str, str]
# How a check came out, told apart by what it means for the page, as people count it off.
OUTCOMES = {
    "passed": "合格",
    "warned": "注意",
    "acknowledged": "了承済",
    "not_applicable": "対象外",
    "failed": "不合格",
    "not_run": "実行不能",
}


@dataclass(frozen=True)
class Sentence:
    """A sentence and the figures it cites.

    Attributes:
        id: The rule that made it.
        text: The words as shown.
        figures: Keys of the figures it states; the back-check (V25) allows no other number.
        words: Names in it that contain digits (第6次…, 方針1) but are not figures.
        is_judgement: Whether it rests on a judgement and says so.
        written: The words in it that state a figure, each with the figure's key.
    """

    id: str
    text: str
    figures: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()
    is_judgement: bool = False
    written: tuple[tuple[str, Key], ...] = ()


@dataclass(frozen=True)
class Point:
    """A point put to leadership, made by a rule (D-a … D-e); people decide."""

    rule: str
    topic: Sentence
    evidence: Sentence
    options: str
    yen: int = 0


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Attributes:
        id: V01 … of the domain's list.
        severity: `block` or `warn`.
        result: `passed`, `failed`, `not_applicable` (its input is declared absent) or `not_run` (counts as a failure).
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
    def warns(self) -> bool:
        """Whether it failed, but only as a warning."""
        return self.result == "failed" and self.severity == "warn"

    @property
    def outcome(self) -> str:
        """How it came out, one of `OUTCOMES`: what was accepted is no longer open, and a warning stops nothing."""
        if self.acknowledged:
            return "acknowledged"
        return "warned" if self.warns else self.result

    @property
    def stops(self) -> bool:
        """Whether it prevents publication."""
        return self.severity == "block" and self.result in {"failed", "not_run"} and not self.acknowledged
