"""What is said of a collection: how far the departments are, and what their answers come to so far, each with what it covers."""

from dataclasses import dataclass

from helpers import notation
from helpers.tell.key_figures import KeyFigure
from helpers.tell.teller import Cited, Teller
from helpers.terms import Figure, Figures, Sentence, form
from helpers.terms.collection import Collection


@dataclass(frozen=True)
class Gathering:
    """Everything that the page of a collection says in sentences.

    Attributes:
        headline: How far it is.
        key_figures: The large figures.
        caption: The message of the chart by department.
        provisional: What the answers come to so far, each sentence with the measures it covers.
    """

    headline: list[Sentence]
    key_figures: list[KeyFigure]
    caption: Sentence
    provisional: list[Sentence]

    def sentences(self) -> list[Sentence]:
        """Every sentence, for the back-check."""
        large = [one for key in self.key_figures for one in (key.label, key.value, *key.lines)]
        return [*self.headline, *large, self.caption, *self.provisional]


def collection(figures: Figures, collection: Collection) -> Gathering:
    """What the page of a collection says.

    Args:
        figures: Of the collection.
        collection: What was asked and answered.
    """
    teller = Teller(figures, collection)
    return Gathering(
        _headline(teller, collection),
        _key_figures(teller, collection),
        _caption(teller),
        _provisional(teller, collection),
    )


def _headline(teller: Teller, collection: Collection) -> list[Sentence]:
    figures = teller.figures
    asked, answered, begun = (figures[f"{kind}_measures"] for kind in ("asked", "answered", "begun"))
    silent, points = figures["silent_departments"], figures["points_to_ask"]
    if not begun.exact:
        said = [teller.says("collection.waiting", departments=figures["asked_departments"], measures=asked)]
    elif not answered.exact:
        said = [teller.says("collection.begun", measures=asked, begun=begun)]
    elif answered.exact < asked.exact:
        said = [teller.says("collection.some", measures=asked, answered=answered)]
    else:
        said = [teller.says("collection.all", measures=asked)]
    if begun.exact and silent.exact:
        said.append(teller.says("collection.silent", departments=figures["asked_departments"], silent=silent))
    if collection.is_closed:
        when = notation.sentence("collection.closed_when", day=_day(collection.closed_on), by=collection.closed_by)
        return [*said, teller.says("collection.closed", when=teller.name(when))]
    if points.exact:
        said.append(teller.says("collection.to_ask", points=points))
    elif begun.exact:
        said.append(teller.says("collection.nothing_to_ask"))
    return said


def _day(iso: str) -> str:
    return notation.day(iso) if iso else notation.NOT_STATED


def _key_figures(teller: Teller, collection: Collection) -> list[KeyFigure]:
    figures = teller.figures
    until = notation.day(collection.until) if collection.until else notation.sentence("collection.until_nothing")
    contact = teller.name(collection.contact)
    return [
        _large(teller, "answered", _of_all(teller), begun=figures["begun_measures"]),
        _large(
            teller,
            "silent",
            teller.cited(figures["silent_departments"]),
            departments=figures["asked_departments"],
        ),
        _large(teller, "to_ask", teller.cited(figures["points_to_ask"]), departments=figures["departments_to_ask"]),
        _large(teller, "to_know", teller.cited(figures["points_to_know"])),
        KeyFigure(
            teller.says("collection.until_label"),
            Sentence("collection.value", until, words=(until,)),
            (teller.says("collection.contact_line", contact=contact),) if collection.contact else (),
        ),
    ]


def _large(teller: Teller, name: str, value: Cited, **places: Figure) -> KeyFigure:
    return KeyFigure(
        teller.says(f"collection.{name}_label"),
        Sentence("collection.value", value.text, value.figures, value.words),
        (teller.says(f"collection.{name}_line", **places),),
    )


def _of_all(teller: Teller) -> Cited:
    """The measures answered of all: 12／74件."""
    of = (teller.figures["answered_measures"], teller.figures["asked_measures"])
    shown = notation.sentence("collection.of_all", part=notation.decimal(of[0].exact), whole=notation.figure(of[1]))
    return Cited(shown, tuple(one.key for one in of))


def _caption(teller: Teller) -> Sentence:
    figures = teller.figures
    asked, answered, silent = (figures[f"{kind}_departments"] for kind in ("asked", "answered", "silent"))
    if not answered.exact:
        caption = teller.says("collection.caption_none")
    elif answered.exact < asked.exact:
        caption = teller.says("collection.caption_some", departments=asked, answered=answered)
    else:
        return teller.says("collection.caption_all", departments=asked)
    if not silent.exact:
        return caption
    return teller.says("collection.caption_silent", caption=Cited(caption.text, caption.figures), silent=silent)


def _provisional(teller: Teller, collection: Collection) -> list[Sentence]:
    figures = teller.figures
    said = [*_of_grades(teller, collection), *_of_amounts(teller, collection)]
    if not figures["begun_measures"].exact:
        return [teller.says("collection.nothing")]
    about = teller.says("collection.about_closed" if collection.is_closed else "collection.about")
    if figures["doubted_amounts"].exact:
        key = "collection.doubted_closed" if collection.is_closed else "collection.doubted"
        said.append(teller.says(key, amounts=figures["doubted_amounts"]))
    return [about, *said]


def _of_grades(teller: Teller, collection: Collection) -> list[Sentence]:
    figures, asked = teller.figures, teller.figures["asked_measures"]
    graded = figures["provisional_graded_measures"]
    if collection.stage not in form.GRADED.open_in or not teller.plan.grades:
        return []
    if not graded.is_known:
        return [teller.says("collection.not_graded_yet")]
    counts = _counts(teller)
    is_all = graded.exact == asked.exact
    places = {"asked": asked, "counts": counts} | ({"cites": (graded,)} if is_all else {"graded": graded})
    said = [teller.says("collection.grades_all" if is_all else "collection.grades", **places)]
    measures, rate = figures["provisional_measures"], figures["provisional_achievement_rate"]
    if not measures.exact:
        return said
    places = {"measures": measures, "achieved": figures["provisional_achieved_measures"]}
    label = teller.name(notation.achieved_words(teller.plan))
    if rate.is_known:
        return [*said, teller.says("collection.achieved", rate=rate, label=label, **places)]
    return [*said, teller.says("collection.achieved_few", label=label, **places)]


def _counts(teller: Teller) -> Cited:
    """Each grade with how many answers: A 3件、B 7件."""
    of_grades = teller.figures.of("provisional_measures_by_grade", "grade")
    codes = [teller.grade(one.scope_id) for one in of_grades]
    shown = [f"{code.text} {notation.figure(one)}" for code, one in zip(codes, of_grades, strict=True)]
    names = tuple(word for code in codes for word in code.words)
    return Cited(notation.sentence("collection.separator").join(shown), tuple(one.key for one in of_grades), names)


def _of_amounts(teller: Teller, collection: Collection) -> list[Sentence]:
    figures, asked = teller.figures, teller.figures["asked_measures"]
    measures, expected = figures["provisional_effect_measures"], figures["provisional_expected_effect"]
    if not measures.exact:
        said = [teller.says("collection.no_amounts")]
    else:
        is_all = measures.exact == asked.exact
        places = {"measures": measures, "expected": expected} | ({} if is_all else {"asked": asked})
        key = "expected" if collection.stage == form.PLAN else "effect"
        ratio = figures["provisional_effect_multiplier"]
        tail = "_all" if is_all else ""
        if key == "effect":
            places["actual"] = figures["provisional_actual_effect"]
            places |= {"multiplier": ratio} if ratio.is_known else {}
            tail += "" if ratio.is_known else "_no_ratio"
        said = [teller.says(f"collection.{key}{tail}", **places)]
    alone = figures["provisional_measures_without_expected"]
    if alone.exact:
        actual = figures["provisional_effect_without_expected"]
        said.append(teller.says("collection.without_expected", measures=alone, actual=actual))
    return said
