"""The page of questions for the assembly: a card a question, two to a printed sheet."""

from helpers import notation
from helpers.pages.detail import TOPICS, topic
from helpers.pages.links import Link, linked, place_link
from helpers.pages.part import Part, part
from helpers.terms import Figures
from helpers.terms.frames import Frames

# Places on other pages by the name of the page.
ELSEWHERE = {"brief.html": "1枚のまとめ", "quality.html": "根拠と検算"}


def title(frames: Frames) -> Part:
    """What the page is, and that all answers on it are drafts."""
    says = notation.sentence("assembly.title", year=notation.fiscal_year(frames.fiscal_year))
    notes = [notation.sentence("assembly.draft")]
    if frames.plan.grades:
        notes.append(notation.sentence("assembly.about", label=notation.achieved_label(frames.plan)))
    return part("assembly/title", says, title=says, notes=notes)


def cards(drafted: list, figures: Figures) -> Part:
    """Each question with the draft of its answer, what is not known and whom to ask, and where the figures stand."""
    shown = [
        {
            "number": n,
            "question": linked(one.question, figures),
            "answer": [linked(sentence, figures) for sentence in one.answer],
            "has_judgement": any(sentence.is_judgement for sentence in one.answer),
            "unknown": linked(one.unknown.says, figures) if one.unknown else None,
            "whom": one.unknown.department if one.unknown else "",
            "place": _place(one.place),
            "is_raised": one.is_raised,
        }
        for n, one in enumerate(drafted, start=1)
    ]
    says = " / ".join(one.question.text for one in drafted)
    return part("assembly/cards", says, cards=shown)


def _place(place: str) -> Link:
    page = place.partition("#")[0]
    if page in ELSEWHERE:
        return place_link(place, notation.spoken(ELSEWHERE[page]))
    return place_link(f"detail.html#{place}", f"{list(TOPICS).index(place) + 1} {topic(place)}")
