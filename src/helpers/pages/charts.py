"""The three charts of page one in their frame: their sentence, whose figures lead to their proof, and the way to their table."""

from helpers import draw, notation
from helpers.pages.environment import macro
from helpers.pages.links import linked
from helpers.pages.part import Part, part
from helpers.terms import Figures, Sentence
from helpers.terms.tables import Frames


def figure(chart: draw.Chart, message: object = "") -> Part:
    """A chart in its frame; the message stands in the place of its caption."""
    plain = notation.spoken("図{number} {caption}", number=chart.number, caption=chart.caption)
    return Part(macro("figure")(chart, message), plain)


def composition(figures: Figures, frames: Frames, caption: Sentence) -> Part:
    """Expected and actual effect on one scale, the actual made of its items."""
    return figure(draw.composition.captioned(figures, frames, caption), linked(caption, figures))


def grades(figures: Figures, frames: Frames, caption: Sentence) -> Part:
    """A square a measure, with its grade's letter; counted bars where there are too many."""
    return figure(draw.grades.captioned(figures, frames, caption), linked(caption, figures))


def policies(figures: Figures, frames: Frames, caption: Sentence) -> Part:
    """Expected and actual of each policy; where page one has no room for them, their message and the way to the sheet behind."""
    if draw.policies.too_many_policies(frames):
        return part("brief/policies_elsewhere", caption.text, number=3, message=linked(caption, figures))
    return figure(draw.policies.captioned(figures, frames, caption), linked(caption, figures))


def policies_in_full(figures: Figures, frames: Frames, caption: Sentence) -> Part | None:
    """The chart of policies where page one has no room for it; None where it stands there."""
    if draw.policies.too_many_policies(frames):
        return figure(draw.policies.captioned(figures, frames, caption), linked(caption, figures))
    return None
