"""The sections of the detail page: for each, a message made from the figures, and notes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from helpers import notation
from helpers.tell.asked import (
    Asked,
    account,
    asked,
    behind,
    ended,
    fees,
    graders,
    quadrant,
    silent_sections,
    zero_policies,
)
from helpers.tell.captions import captions
from helpers.tell.headline import headline
from helpers.tell.teller import Cited, Teller
from helpers.terms import Figure, Figures, Finding, Sentence
from helpers.terms.frames import Frames
from helpers.terms.plan_years import newest_month
from helpers.terms.records import records
from helpers.terms.tables import REASONS, UNCONFIRMED

# A title lists at most this many policies.
MOST_LISTED = 3


@dataclass(frozen=True)
class Section:
    """One section: its place on the page, its message, and its notes.

    `register` is the message from the internal register, kept apart from the published one; `second` is the message
    of a second chart.
    """

    name: str
    number: int
    title: Sentence
    notes: tuple[Sentence, ...]
    register: Sentence | None = None
    second: Sentence | None = None


@dataclass(frozen=True)
class Detail:
    """Everything that the detail page says."""

    headline: list[Sentence]
    sections: dict[str, Section]
    asked: tuple[Asked, ...] = ()

    def sentences(self) -> list[Sentence]:
        """Every sentence, for the back-check."""
        of_sections = [s for section in self.sections.values() for s in (section.title, *section.notes)]
        of_sections += [section.register for section in self.sections.values() if section.register]
        of_sections += [section.second for section in self.sections.values() if section.second]
        of_asked = [s for one in self.asked for s in (one.question, one.answer)]
        return [*self.headline, *of_sections, *of_asked]


def detail(figures: Figures, frames: Frames, findings: list[Finding], *, language: str | None = None) -> Detail:
    """What the detail page says of these figures.

    Args:
        figures: Of one plan and year.
        frames: The same year's tables, for names, classes and words.
        findings: What was checked so far.
        language: Of the sentences; the one spoken where none is named.
    """
    with notation.speaking(language):
        return _detail(Teller(figures, frames), findings)


def _detail(teller: Teller, findings: list[Finding]) -> Detail:
    writers: dict[str, Callable[[], tuple[Sentence, list[Sentence]]]] = {
        "structure": lambda: _structure(teller),
        "linked-plans": lambda: _linked_plans(teller),
        "matrix": lambda: _matrix(teller),
        "measures": lambda: _measures(teller),
        "effect": lambda: _effect(teller),
        "items": lambda: _items(teller),
        "underlying": lambda: _underlying(teller),
        "departments": lambda: _departments(teller),
        "years": lambda: _years(teller),
        "checks": lambda: _checks(teller, findings),
        "method": lambda: _method(teller),
    }
    seconds = {"matrix": captions(teller)["grades"], "effect": quadrant(teller)}
    # What the document states nothing of has no section; the others keep their numbers, the same in every city.
    silent = silent_sections(teller)
    sections = {}
    for number, (name, write) in enumerate(writers.items(), start=1):
        if name in silent:
            continue
        title, notes = write()
        register = _registered_departments(teller) if name == "departments" else None
        sections[name] = Section(name, number, title, tuple(notes), register, seconds.get(name))
    return Detail(headline(teller), sections, asked(teller))


def _counted(teller: Teller, figures: list[Figure]) -> Cited:
    """Policies with a count each: 方針2（5件）・方針5（5件）."""
    return teller.listed(
        [teller.says("detail.policy_count", policy=teller.policy(one.scope_id), count=one) for one in figures]
    )


def _enumerated(teller: Teller, parts: list[Sentence]) -> Cited:
    """Several phrases joined by another sign than ・, since they contain ・ themselves."""
    return Cited(
        teller.named("detail.comma").join(part.text for part in parts),
        tuple(key for part in parts for key in part.figures),
        tuple(word for part in parts for word in part.words),
    )


def _structure(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    figures, plan = teller.figures, teller.plan
    counts = figures.of("measures", "policy")
    notes = []
    if plan.promotion_items:
        notes.append(teller.says("detail.structure_items"))
    if figures["measures"].exact == 0 or not counts:
        return teller.says("caption.grades_none"), notes
    most, least = max(one.exact for one in counts), min(one.exact for one in counts)
    if most == least:
        title = teller.says("detail.structure_same", measures=figures["measures"], each=counts[0])
        return title, notes
    title = teller.says(
        "detail.structure",
        measures=figures["measures"],
        most=_counted(teller, [one for one in counts if one.exact == most][:MOST_LISTED]),
        least=_counted(teller, [one for one in counts if one.exact == least][:MOST_LISTED]),
    )
    weights = [one for one in figures.of("points_per_measure", "policy") if one.is_known]
    heaviest = max(weights, key=lambda one: one.exact)
    places = {
        "points": Cited(notation.points(figures["points_per_measure"].exact), (figures["points_per_measure"].key,)),
        "heaviest": Cited(notation.points(heaviest.exact), (heaviest.key,)),
    }
    return title, [*notes, teller.says("detail.structure_weight", policy=teller.policy(heaviest.scope_id), **places)]


def _linked_plans(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    frames = teller.frames
    plans = frames.linked_plans[frames.linked_plans["relation"] != "self"]
    notes = [
        teller.says("detail.linked_note", note=teller.name(row.note)) for row in records(plans) if row.note.strip()
    ]
    unstated = plans[plans["period_basis"] == "not_stated"]
    if len(unstated):
        notes.append(teller.says("detail.linked_unstated", plans=_names(teller, _own_words(teller, unstated["name"]))))
    if plans.empty:
        return teller.says("detail.linked_none"), notes
    stated = plans[plans["last_fiscal_year"].str.isdigit()]
    ahead = stated[stated["last_fiscal_year"].astype(int) >= frames.fiscal_year]
    if stated.empty:
        return teller.says("detail.linked_no_period"), notes
    if ahead.empty:
        return teller.says("detail.linked_over"), notes
    first = int(ahead["last_fiscal_year"].astype(int).min())
    ending = _own_words(teller, ahead.loc[ahead["last_fiscal_year"].astype(int) == first, "name"])
    key = "detail.linked_ends_now" if first == frames.fiscal_year else "detail.linked_ends"
    return teller.says(key, plans=_names(teller, ending), year=teller.year(first)), notes


def _own_words(teller: Teller, names: Iterable[str]) -> list[str]:
    return [notation.in_own_words(teller.plan, name) for name in names]


def _names(teller: Teller, names: list[str]) -> Cited:
    return teller.listed([Sentence("", notation.spoken("「{name}」", name=name), words=(name,)) for name in names])


def _matrix(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    figures = teller.figures
    if not figures["achievement_rate"].is_known:
        return teller.says("caption.grades_none"), []
    missed = sorted((one for one in figures.of("missed_measures", "policy") if one.exact), key=lambda one: -one.exact)
    places = {name: figures[f"{name}_measures"] for name in ("achieved", "missed")} | {"measures": figures["measures"]}
    if not missed:
        title = teller.says("detail.matrix_all", measures=figures["measures"])
    else:
        key = "detail.matrix" if len(missed) <= MOST_LISTED else "detail.matrix_most"
        policies = _counted(teller, missed[:MOST_LISTED])
        title = teller.says(key, missed=figures["missed_measures"], policies=policies)
    overall = teller.says(
        "detail.matrix_rate",
        rate=figures["achievement_rate"],
        achieved=places["achieved"],
        measures=places["measures"],
        exceeded=figures["exceeded_rate"],
        label=teller.name(notation.achieved_words(teller.plan)),
    )
    return title, [overall, *_left_out_rates(teller), *_graded_against(teller), graders(teller), _weighted(teller)]


def _graded_against(teller: Teller) -> list[Sentence]:
    """What the grades measure, in the document's own words, where it says so."""
    said = teller.frames.graded_against
    if said is None:
        return []
    return [teller.says("detail.graded_against", against=teller.name(notation.in_own_words(teller.plan, said[0])))]


def _weighted(teller: Teller) -> Sentence:
    """The rate weighted by yen, only with a register; the proxy by policies is for analysts (M2)."""
    if teller.frames.register.empty:
        return teller.says("detail.weighted_not_given")
    rate = teller.figures["registered_rate_by_expected"]
    if not rate.is_known:
        return teller.says("detail.weighted_register_unknown", reason=teller.cited(rate))
    return teller.says("detail.weighted_registered", rate=rate, coverage=teller.figures["registered_weight_coverage"])


def _left_out_rates(teller: Teller) -> list[Sentence]:
    rates = [one for one in teller.figures.of("leave_one_out_rate", "policy") if one.is_known]
    if len(rates) < 2:  # noqa: PLR2004 — with one policy there is nothing to compare
        return []
    low, high = (pick(rates, key=lambda one: one.exact) for pick in (min, max))
    return [teller.says("detail.matrix_left_out", low=low, high=high)]


def _measures(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    figures, frames = teller.figures, teller.frames
    parts = []
    for grade in teller.plan.grades:
        named = ("named_measures_by_grade", "grade", grade.code)
        held = ("measures_by_grade", "grade", grade.code)
        if named in figures and held in figures and figures[named].is_known and figures[named].exact:
            places = {
                "grade": teller.name(notation.grade_label(teller.plan, grade)),
                "measures": figures[held],
                "named": figures[named],
            }
            parts.append(teller.says("detail.named_grade", **places))
    title = (
        teller.says("detail.named", grades=_enumerated(teller, parts)) if parts else teller.says("detail.named_none")
    )
    notes = [teller.says("detail.named_choice")] if parts else []
    reasons = [one for one in figures.of("reason_measures", "reason") if one.is_known and one.exact]
    if reasons:
        named = [
            teller.says("detail.reason_count", reason=notation.spoken(REASONS[one.scope_id]), count=one)
            for one in sorted(reasons, key=lambda one: -one.exact)
        ]
        is_open = (frames.reason_codes["coder"] == UNCONFIRMED).any()
        basis = teller.named("label.judged_unconfirmed" if is_open else "label.judged")
        notes.append(teller.says("detail.reasons", reasons=_enumerated(teller, named), basis=basis, is_judgement=True))
    else:
        notes.append(teller.says("detail.reasons_none"))
    if figures["measures_with_number"].is_known and parts:
        graded, numbers = figures["named_graded_measures"], figures["measures_with_number"]
        notes.append(teller.says("detail.numbers", graded=graded, numbers=numbers, is_judgement=True))
    return title, notes


def _effect(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    figures = teller.figures
    gap = figures["effect_gap"]
    definition = teller.says("caveat.effect", definition=notation.effect_definition(teller.plan))
    if not gap.is_known:
        return teller.amounts_missing("caption"), [definition]
    gaps = [one for one in figures.of("effect_gap", "policy") if one.is_known and one.exact]
    above, below = (
        max(gaps, key=lambda one: one.exact, default=None),
        min(gaps, key=lambda one: one.exact, default=None),
    )
    parts = []
    for one, key, fits in (
        (above, "detail.effect_above", above is not None and above.exact > 0),
        (below, "detail.effect_below", below is not None and below.exact < 0),
    ):
        if fits:
            alone = all(other is one or (other.exact > 0) != (one.exact > 0) for other in gaps)
            is_sure = all(other.is_known for other in figures.of("effect_gap", "policy"))
            key = f"{key}_only" if alone and is_sure else key  # noqa: PLW2901 — "most" of one is no comparison
            places = {"policy": teller.policy(one.scope_id), "gap": teller.cited(one, sign=True)}
            parts.append(teller.says(key, **places))
    total = teller.cited(gap, sign=True)
    if not parts:
        return teller.says("detail.effect_none", gap=total), [definition]
    joined = _enumerated(teller, parts)
    notes = [definition, *_delivered(teller)]
    if gap.exact > 0:
        notes.append(teller.says("detail.effect_high"))
    zero = [one for one in figures.of("effect_multiplier", "policy") if one.reason in {"zero_zero", "unexpected"}]
    if zero:
        names = teller.listed([Sentence("", p.text, words=p.words) for p in (teller.policy(z.scope_id) for z in zero)])
        notes.append(teller.says("detail.effect_zero", policies=names))
    notes += zero_policies(teller)
    return teller.says("detail.effect", gap=total, parts=joined), notes


def _delivered(teller: Teller) -> list[Sentence]:
    capped = teller.figures["capped_delivery"]
    return [teller.says("detail.capped", capped=capped)] if capped.is_known else []


def _items(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    figures, frames = teller.figures, teller.frames
    if teller.top_item is None:
        return teller.says("detail.items_none"), []
    named, share, unnamed = figures["named_share"], figures["top_item_share"], figures["unnamed_effect"]
    notes = []
    if unnamed.is_known:
        notes.append(teller.says("detail.items_rest", unnamed=unnamed))
    if figures["concentration_items"].is_known:
        notes.append(teller.says("detail.items_concentration", concentration=figures["concentration_items"]))
    if len(frames.effect_classes):
        is_open = (frames.effect_classes["coder"] == UNCONFIRMED).any()
        basis = teller.named("label.judged_unconfirmed" if is_open else "label.judged")
        notes.append(teller.says("detail.items_classes", basis=basis, is_judgement=True))
    else:
        notes.append(teller.says("detail.items_unclassed"))
    notes += [fees(teller), account(teller)]
    if not share.is_known or not named.is_known:
        return teller.says("detail.items_no_share", item=teller.top_item_name), notes
    if len(figures.of("actual_effect", "measure")) == 1:
        return teller.says("detail.items_one", item=teller.top_item_name, share=share), notes
    return teller.says("detail.items", named=named, item=teller.top_item_name, share=share), notes


def _underlying(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    figures = teller.figures
    floor, recurring = figures["multiplier_without_top_item"], figures["recurring_multiplier"]
    upper, multiplier = figures["multiplier_without_top_item_upper"], figures["effect_multiplier"]
    notes = []
    if upper.is_known and floor.is_known:
        notes.append(teller.says("detail.bracket", floor=floor, upper=upper))
    lost = [one for one in figures.of("leave_one_out_multiplier", "policy") if one.is_known]
    crossing = [one for one in lost if multiplier.is_known and (one.exact >= 1) != (multiplier.exact >= 1)]
    for one in crossing[:MOST_LISTED]:
        key = "detail.left_out_short" if one.exact < 1 else "detail.left_out_above"
        notes.append(teller.says(key, policy=teller.policy(one.scope_id), multiplier=one))
    if lost and not crossing and multiplier.is_known:
        notes.append(teller.says("detail.left_out_same"))
    notes += _delivered(teller)
    regrades = figures["regrades_to_80"]
    if regrades.is_known and regrades.exact > 0:
        threshold = teller.name(teller.reference(teller.plan.thresholds.achievement))
        notes.append(teller.says("detail.fragile", regrades=regrades, threshold=threshold))
    if not multiplier.is_known:
        return teller.says("detail.underlying_no_multiplier", reason=teller.cited(multiplier)), notes
    if not floor.is_known:
        return teller.says("detail.underlying_no_items", multiplier=multiplier), notes
    item = teller.top_item_name
    if recurring.is_known:
        places = {"item": item, "without": floor, "recurring": recurring}
        return teller.says("detail.underlying", is_judgement=True, **places), notes
    return teller.says("detail.underlying_unjudged", item=item, without=floor), notes


def _departments(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    figures = teller.figures
    notes = [teller.says("detail.departments_no_rank")]
    if not figures["named_measures"].exact:
        return teller.says("detail.departments_none"), []
    named, measures, coverage = figures["named_measures"], figures["measures"], figures["coverage"]
    if not coverage.is_known or named.exact >= measures.exact:
        return teller.says("detail.departments_all", named=named), notes
    key = "detail.departments" if teller.frames.register.empty else "detail.departments_published"
    return teller.says(key, named=named, measures=measures, coverage=coverage), notes


def _registered_departments(teller: Teller) -> Sentence | None:
    if teller.frames.register.empty:
        return None
    names = {"measures": "registered_measures", "achieved": "registered_achieved_measures"}
    places = {place: teller.figures[metric] for place, metric in names.items()}
    return teller.says("detail.departments_registered", **places)


# A month in the words for 未登録, not a figure.
_WHEN_DUE = "翌年度の8月"


def _years(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    frames = teller.frames
    registered = [year for year in frames.registered_years if year in teller.plan.years]
    month = newest_month([frames])
    says = {"words": (_WHEN_DUE,), "month": teller.name(notation.month(month))} if month else {}
    notes = [teller.says("index.states" if month else "index.states_undated", **says)]
    if len(registered) <= 1:
        title = teller.says("detail.years_one", year=teller.year(frames.fiscal_year))
    else:
        years = teller.listed([Sentence("", y.text, words=y.words) for y in map(teller.year, registered)])
        title = teller.says("detail.years_some", years=years)
        notes.append(teller.says("detail.years_same_measures"))
    change = teller.figures["achievement_rate_change"]
    if change.is_known:
        notes.append(teller.says("detail.years_change", change=change))
    notes += [ended(teller), behind(teller)]
    scenario = ("scenario_yearly_effect", "scenario", "S1")
    if scenario in teller.figures and teller.figures[scenario].is_known:
        notes.append(teller.says("detail.scenarios", recurring=teller.figures[scenario], is_judgement=True))
    return title, notes


def _checks(teller: Teller, findings: list[Finding]) -> tuple[Sentence, list[Sentence]]:
    accepted = [one.title for one in findings if one.acknowledged]
    warned = [one.title for one in findings if one.result == "failed" and not one.acknowledged]
    notes = []
    figures = teller.figures
    if teller.frames.assumptions.empty:
        notes.append(teller.says("detail.assumptions_not_registered"))
    elif figures["open_assumptions"].exact:
        notes.append(teller.says("detail.assumptions", open=figures["open_assumptions"]))
    else:
        notes.append(teller.says("detail.assumptions_none"))
    if figures["sourced_share"].is_known:
        places = {"facts": figures["facts"], "share": figures["sourced_share"]}
        notes.append(teller.says("detail.sourced", **places))
    if accepted:
        return teller.says("detail.checks_accepted", checks=_names(teller, accepted)), notes
    if warned:
        return teller.says("detail.checks_warned", checks=_names(teller, warned)), notes
    return teller.says("detail.checks_passed"), notes


def _method(teller: Teller) -> tuple[Sentence, list[Sentence]]:
    names = ("rounding", "counting", "words", "limits")
    return teller.says("detail.method"), [teller.says(f"detail.method_{name}") for name in names]
