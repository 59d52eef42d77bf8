"""What is said in English: from a catalogue that lacks nothing, numbers as English sets them. The pages are in `test_english_pages`."""

import ast
import re
import shutil
import string
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from jinja2 import nodes
from made_up import year

from helpers import check, compute, notation, read, tell
from helpers.draw import kit
from helpers.pages.environment import environment
from helpers.terms import METRICS, Interval, Refusal, Sentence, Unit

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "helpers"
JAPANESE = re.compile(r"[\u3005-\u30ff\u3400-\u9fff]")
# Groups of pages that are not yet spoken in English: those whose notebooks do not name it among their languages.
NOT_YET_SPOKEN = {
    "collection", "workbook", "workbook_note", "workbook_sheet", "workbook_column",
}  # fmt: skip
CLAIMS = (
    "dramatic", "steady", "steadily", "leap", "smooth", "significant", "times more", "times above", "times higher",
)  # fmt: skip
# What only a language has that is not the original.
ENGLISH_ALONE = {"labels", "metric", "formula", "month"}


@pytest.fixture(autouse=True)
def spoken():
    """Each test is spoken in English, and leaves Japanese behind."""
    with notation.speaking("en"):
        yield


def catalogue(language):
    return tomllib.loads((SOURCES / "notation" / f"{language}.toml").read_text(encoding="utf-8"))


OURS, ORIGINAL = catalogue("en"), catalogue("ja")
CATALOGUE = {f"{group}.{key}": says for group, entries in OURS.items() for key, says in entries.items()}


def places(template):
    return {place for _, place, _, _ in string.Formatter().parse(template) if place is not None}


def test_english_has_the_groups_keys_and_places_of_japanese():
    assert set(OURS) == set(ORIGINAL) - NOT_YET_SPOKEN | ENGLISH_ALONE
    for group in set(OURS) - ENGLISH_ALONE:
        assert list(OURS[group]) == list(ORIGINAL[group]), group
        for key, says in OURS[group].items():
            assert places(says) == places(ORIGINAL[group][key]), f"{group}.{key}"
    for original, says in OURS["labels"].items():
        assert places(says) == places(original), original
    assert set(OURS["metric"]) == set(OURS["formula"]) == set(METRICS)


class Always(dict):
    """The same in every place of a sentence."""

    def __missing__(self, place):
        return self["always"]


# Words after a 1 that end in s and name no thing.
NO_PLURALS = {"is", "was", "has", "does", "as", "its", "says", "lies", "counts", "means", "others"}
# A word in its two forms, either of which may hold a place: the second of them.
FORMS = re.compile(r"\{\w+:(?:[^{}|]|\{\w+\})*\|((?:[^{}|]|\{\w+\})*)\}")


@pytest.mark.parametrize("shown", ["1", "about 1"])
def test_one_is_followed_by_no_plural(shown):
    """In any sentence, whatever its places hold: "1 measure was", never "1 measures were", nor "1 blank cells"."""
    plurals = []
    for key, says in CATALOGUE.items():
        said = notation.filled(says, "en", Always(always=shown))
        found = re.findall(r"\b1 (?:(?:blank|published|named|other|replaced) )?(\w+s)\b", said)
        found += re.findall(r"\b1 (?:measure|figure|item|cell|row|value|name|of \w+) (were|are|have|lie)\b", said)
        plurals += [f"{key}: 1 {word}" for word in found if word not in NO_PLURALS]
    assert plurals == ["caveat.expected_year: 1 amounts"], "of a year, FY2024 amounts"


@pytest.mark.parametrize("shown", ["0", "2", "1.0", "1–2", "1,000", "not registered"])
def test_every_other_number_has_the_form_of_many(shown):
    counted = {key: says for key, says in CATALOGUE.items() if FORMS.search(says)}
    assert len(counted) > 50
    for key, says in counted.items():
        one, many = (notation.filled(words, "en", Always(always=shown)) for words in (says, FORMS.sub(r"\1", says)))
        assert one == many, key


@pytest.mark.parametrize(
    ("number", "says"),
    [
        *(("1", "year"), ("1 figure", "year"), ("about 1", "year"), ("−1", "year"), ("+1", "year")),
        *(("0", "years"), ("2", "years"), ("11", "years"), ("21", "years"), ("1,000", "years"), ("1.0", "years")),
        *(("1.00", "years"), ("0–1", "years"), ("1–2", "years"), ("1/74", "years"), ("n/a", "years"), ("", "years")),
    ],
)
def test_a_word_takes_the_form_of_its_number_by_the_rule_of_the_language(number, says):
    assert notation.filled("{n:year|years}", "en", {"n": number}) == says


def test_a_word_has_as_many_forms_as_its_language_tells_apart():
    with pytest.raises(ValueError, match="zip"):
        notation.filled("{n:year|years|yearses}", "en", {"n": "1"})
    # Japanese has one form for all numbers, and so no need of any.
    assert [says for entries in ORIGINAL.values() for says in entries.values() if FORMS.search(says)] == []


def test_years_are_counted_in_their_form():
    shown = [notation.shown(Unit.YEARS, Interval(*ends)) for ends in [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2)]]
    assert shown == ["0 years", "1 year", "2 years", "0–1 years", "1–2 years"]


def test_the_note_on_thresholds_calls_them_as_the_pages_do():
    assert "threshold" in OURS["label"]["reference"]
    assert all("threshold" in OURS["caveat"][note] for note in ("judgement", "threshold"))
    assert [says for says in CATALOGUE.values() if re.search(r"the .*reference", says)] == []


def test_no_entry_is_in_japanese_or_claims_too_much():
    for key, says in CATALOGUE.items():
        assert not JAPANESE.search(re.sub(r"\{[^}]*\}", "", says)), key
        assert not [word for word in CLAIMS if word in says.lower()], key


def literals():
    """Every phrase that sources and templates look up by its Japanese original, with the place it stands."""
    for path in sorted(SOURCES.rglob("*.j2")):
        for node in environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if getattr(node.node, "name", "") == "spoken" and isinstance(node.args[0], nodes.Const):
                yield node.args[0].value, f"{path.name}:{node.lineno}"
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and (getattr(node.func, "attr", "") or getattr(node.func, "id", ""))
            if called == "spoken" and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value, f"{path.name}:{node.lineno}"


def test_every_phrase_of_the_sources_is_in_the_catalogue_and_what_is_missing_is_never_said_in_japanese():
    found = list(literals())
    assert len(found) > len(OURS["labels"]) / 2, "the phrases are found"
    assert [place for _, place in found if ".j2:" in place]
    assert [(phrase, place) for phrase, place in found if phrase not in OURS["labels"]] == []
    with pytest.raises(KeyError):
        notation.spoken("目録にない言葉")


@pytest.mark.parametrize(
    ("unit", "low", "high", "says"),
    [
        (Unit.YEN, -59_369_000, -59_369_000, "−59.37 million yen"),
        (Unit.YEN, 0, 0, "0 yen"),
        (Unit.MULTIPLIER, Fraction("1.1032"), Fraction("1.1091"), "1.10–1.11 times"),
        (Unit.SHARE, Fraction("0.7134"), Fraction("0.7149"), "71.3–71.5%"),
        (Unit.MEASURES, 62, 62, "62"),
    ],
)
def test_numbers_are_set_as_english_sets_them(unit, low, high, says):
    assert notation.shown(unit, Interval(Fraction(low), Fraction(high))) == says


def test_tables_and_narrow_columns_and_the_five_kinds_of_nothing():
    assert notation.thousand_yen(-59_369_000) == "−59,369"
    shown = {-59_369_000: "−59.37m", 1_051_754_000: "+1,051.8m", 0: "0"}
    assert {yen: notation.short_yen(yen, sign=True) for yen in shown} == shown
    assert notation.printed("961", "百万円") == "961 million yen"
    kinds = (notation.NOT_APPLICABLE, notation.NOT_STATED, notation.NOT_REGISTERED, notation.NOT_DUE)
    assert (notation.ZERO, *kinds) == ("0", "n/a", "— (not stated)", "not registered", "not yet due")


def told(frames):
    """A year's story in English, whose every sentence has passed the back-check."""
    figures = compute.figures(frames)
    findings = [*check.frames(frames), *check.figures(frames, figures)]
    story = tell.brief(figures, frames, findings)
    back = check.page(story.sentences(), figures, acknowledged=frames.acknowledged[0:0])
    assert [finding.evidence for finding in back if finding.result != "passed"] == []
    return story


def test_the_headline_of_fy2024(frames):
    story = told(frames)
    assert " ".join(sentence.text for sentence in story.headline) == (
        "62 of 74 measures (83.8%) were broadly on plan or better. "
        "Effects of 1,345.6 million yen were 3.87 times the expected amount. "
        "But about 71% is one item, restoring the public corporations; without it, at least 1.10 times. "
        "Policy 1 reached 45% of its expected amount."
    )


# Made up: expected and actual effect of each policy in thousand yen, and the items among them.
YEARS = {
    "all short": ([(100_000, 40_000), (50_000, 20_000)], []),
    "just short": ([(100_000, 99_999), (50_000, 50_000)], []),
    "as expected": ([(100_000, 100_000)], []),
    "nothing came": ([(100_000, 0), (0, 0)], []),
    "cost more": ([(100_000, -30_000), (10, 4)], []),
    "nothing was expected": ([(0, 30_000), (0, 0)], []),
    "not stated": ([(None, None), (None, None)], []),
    "expected alone": ([(100_000, None), (50_000, None)], []),
    "one item": ([(100_000, 120_000), (50_000, 45_000)], [("Made-up item", "100", "百万円", "unknown")]),
    "one item beyond all": ([(100_000, 120_000), (50_000, -45_000)], [("Made-up item", "110", "百万円", "floor")]),
}


@pytest.mark.parametrize("kind", YEARS)
def test_every_number_said_of_other_years_is_a_figure(kind):
    amounts, items = YEARS[kind]
    story = told(year([{"A": 1, "B": 2, "C": 3} for _ in amounts], amounts, items))
    assert not re.search(r"[{}]|\.\.", "\n".join(sentence.text for sentence in story.sentences()))


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_is_refused(frames, figures, claim):
    sentence = Sentence("made", f"{claim.capitalize()} progress.", ())
    _, numbers = check.page([sentence], figures, acknowledged=frames.acknowledged[0:0])
    assert (numbers.id, numbers.result) == ("V25", "failed")
    assert f"“{claim}”" in numbers.evidence


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        (999_999, "thousand yen"),
        (99_999_999_999, "million yen"),
        (100_000_000_000, "billion yen"),
        (-980_000_000_000, "billion yen"),
    ],
)
def test_an_axis_counts_in_a_unit_whose_numbers_stay_short(amount, unit):
    size, name = kit.money_unit(amount)
    assert name == unit
    assert 1 <= abs(amount) / size < 100_000


def test_english_lines_break_between_words():
    """What has no space is broken where it must."""
    name = "公共施設の縮充と最適化に向けた総合的な管理計画の見直し"
    for words, between in (("Partnership with citizens and business", " "), (name, "")):
        broken = kit.broken(words, 1.2)
        assert "\n" in broken
        assert broken.replace("\n", between) == words
        assert kit.wide(broken) <= 1.2


def test_a_text_that_changed_keeps_no_translation(frames):
    known = frames.assumptions["text"].iloc[0]
    assert not JAPANESE.search(notation.in_own_words(frames.plan, known))
    assert notation.in_own_words(frames.plan, f"{known}。") == f"{known}。"


def test_every_text_of_the_released_year_has_its_english(frames):
    """What people wrote for it, not what the document says: that is quoted."""
    texts = [*frames.assumptions["text"], *frames.effect_classes["reason"], *frames.measures["department"]]
    texts += [*frames.linked_plans["family"], *frames.linked_plans["name"], frames.plan.philosophy]
    texts.append(frames.graded_against[0])
    texts = [one for one in texts if one not in {"not_applicable", "not_stated"}]
    assert [one for one in texts if JAPANESE.search(notation.in_own_words(frames.plan, one))] == []
    names = [notation.whole_measure(frames.plan, one) for one in frames.measures["measure"]]
    assert [one for one in names if JAPANESE.search(one)] == []
    used = {*texts, *frames.linked_plans["family"]}
    assert set(frames.plan.english.words) - used == set(), "a translation of nothing"


REFUSED = {
    "a name that is no text": ('A = "above plan"', "A = 1", "[english.grades] A: 「1」は使えません。文字列を引用符で囲んで書いてください"),
    "an empty name": ('"AI／RPA" = "AI and RPA"', '"AI／RPA" = " "', "[english.measures] AI／RPA: 「 」は使えません。空です。書いてください"),
    "a grade of no scale": ('A = "above plan"', 'E = "above plan"', "「E」という評価は [[grades]] にありません"),
    "an unknown entry": ('municipality = "Isehara City"', 'town = "Isehara City"', "[english] town: 知らない項目です"),
    "a text that is no text": ('"企画部" = "Planning"', '"企画部" = ""', "[english.words] 企画部: 空です。書いてください"),
    "names of unknown origin": ('english = "本プロジェクトの訳"', "", "english の出典がありません"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_english_names_that_cannot_be_used_are_refused(kind, tmp_path):
    old, new, says = REFUSED[kind]
    plan = Path(shutil.copytree(ROOT / "data" / "isehara-6", tmp_path / "isehara-6")) / "plan.toml"
    words = plan.read_text(encoding="utf-8")
    assert old in words
    plan.write_text(words.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal, match=re.escape(says)):
        read.year("isehara-6", 2024, tmp_path)
