"""How a figure is proven: its calculation step by step; and what has to be asked where the document is silent."""

from dataclasses import dataclass
from fractions import Fraction

from helpers.terms.sentence import Key, Sentence


@dataclass(frozen=True)
class Step:
    """One line for a pocket calculator.

    Attributes:
        label: Which end of a range it gives, or under which condition; may be empty.
        expression: Numbers and signs as they are typed in.
        value: What it comes to, in the unit written.
    """

    label: str
    expression: str
    value: Fraction


@dataclass(frozen=True)
class Working:
    """How one figure is worked out again from its inputs.

    Attributes:
        key: The figure.
        steps: Empty where there is no value, or none that arithmetic gives.
        unit: In which the steps are written (千円, 件); empty for a ratio.
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
        rule: Which gap.
        department: Whom to ask, as the document names them.
        says: The question and the figures it stands on.
    """

    rule: str
    department: str
    says: Sentence
