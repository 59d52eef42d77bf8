"""The proof of a figure: its calculation step by step, and the question to ask where the document is silent."""

from dataclasses import dataclass
from fractions import Fraction

from helpers.terms.sentence import Key, Sentence


@dataclass(frozen=True)
class Step:
    """One line for a pocket calculator.

    Attributes:
        label: Which end of a range it gives, or under which condition; may be empty.
        expression: Numbers and signs as they are typed in.
        value: The result, in the unit written.
    """

    label: str
    expression: str
    value: Fraction


@dataclass(frozen=True)
class Working:
    """One figure calculated again from its inputs.

    Attributes:
        key: The figure.
        steps: Empty where there is no value, or where arithmetic does not give it.
        unit: The unit of the steps (千円, 件); empty for a ratio.
        agrees: Whether the steps give the figure exactly; None without steps.
        note: Why there is no value, or how a category follows; may be empty.
    """

    key: Key
    steps: tuple[Step, ...] = ()
    unit: str = ""
    agrees: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Question:
    """A question to a department, made where the document leaves a gap.

    Attributes:
        rule: The rule that found the gap.
        department: The department to ask, as the document names it.
        says: The question, with the figures that depend on the answer.
    """

    rule: str
    department: str
    says: Sentence
