"""The three charts of page one in their frame: their sentence, whose figures lead to their proof, and the way to their table."""

from helpers import draw, notation
from helpers.pages.environment import macro
from helpers.pages.links import linked
from helpers.pages.part import Part, part
from helpers.terms import Figures, Sentence
from helpers.terms.frames import Frames


def figure(chart: draw.Chart, message: object = "") -> Part:
    """A chart in its frame; the message stands in the place of its caption."""
    plain = notation.spoken("図{number} {caption}", number=chart.number, caption=chart.caption)
    return Part(macro("figure")(chart, message), plain)


def composition(figures: Figures, frames: Frames, caption: Sentence) -> Part | None:
    """Expected and actual effect on one scale, the actual made of its items; None where the document states no effect."""
    if not _shown(frames, "composition"):
        return None
    return figure(draw.composition.captioned(figures, frames, caption), linked(caption, figures))


def grades(figures: Figures, frames: Frames, caption: Sentence) -> Part | None:
    """A square a measure, with its grade's letter; counted bars where there are too many. None where there are no grades."""
    number = _shown(frames, "grades")
    if not number:
        return None
    return figure(draw.grades.captioned(figures, frames, caption, number=number), linked(caption, figures))


def policies(figures: Figures, frames: Frames, caption: Sentence) -> Part | None:
    """Expected and actual of each policy; where page one has no room for them, their message and the way to the sheet behind."""
    number = _shown(frames, "policies")
    if not number:
        return None
    if draw.policies.too_many_policies(frames):
        return part("brief/policies_elsewhere", caption.text, number=number, message=linked(caption, figures))
    return figure(draw.policies.captioned(figures, frames, caption, number=number), linked(caption, figures))


def policies_in_full(figures: Figures, frames: Frames, caption: Sentence) -> Part | None:
    """The chart of policies where page one has no room for it; None where it stands there, or the document states no effect."""
    number = _shown(frames, "policies")
    if number and draw.policies.too_many_policies(frames):
        return figure(draw.policies.captioned(figures, frames, caption, number=number), linked(caption, figures))
    return None


def _shown(frames: Frames, name: str) -> int:
    """The number of a chart among those that the document bears; 0 where it does not bear this one."""
    has_money = bool(frames.amounts("policy"))
    borne = {"composition": has_money, "grades": not frames.grade_counts.empty, "policies": has_money}
    return [one for one in borne if borne[one]].index(name) + 1 if borne[name] else 0
