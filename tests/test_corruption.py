"""A wrong number is caught before a page is built: a sample of `bench/corruption.py`, and the faults it once found."""

import importlib
import itertools
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from helpers import read
from helpers.check.claims import holds
from helpers.intake.claims import claims

ROOT = Path(__file__).parents[1]
SAMPLED = 37  # every so manieth change: all kinds of numbers, all ways
PURSES = {"1": 47_708, "2": 6_352, "3": 9_464, "4": 0, "5": 1_282_125}  # 実績効果額、千円
ITEMS = {36, 9, 172, 961}  # 百万円


def from_bench(name):
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT / "bench"))


@pytest.fixture(scope="module")
def corruption():
    yield from from_bench("corruption")


@pytest.fixture(scope="module")
def plan():
    return read.plan("isehara-6", ROOT / "data")


@pytest.fixture(scope="module")
def of_words():
    yield from from_bench("corruption_of_words")


def fit(amounts):
    """Whether items in 百万円, each at its least, find room in the policies."""
    least = [max(0, (amount - 1) * 1000 + 1) if amount else 0 for amount in amounts]
    for places in itertools.product(PURSES, repeat=len(least)):
        of_policy = Counter()
        for place, amount in zip(places, least, strict=True):
            of_policy[place] += amount
        if all(of_policy[policy] <= PURSES[policy] for policy in PURSES):
            return True
    return False


def test_all_numbers_are_found(corruption):
    found = Counter(number.kind for number in corruption.numbers(corruption.source()))
    assert found == {"grades": 30, "yen": 12, "claims": 6, "items": 4}


def test_ten_ways_change_a_number(corruption):
    number = corruption.Number("yen", 96, 0, "107,077", "47,708")
    changes = {(change.way, change.words) for change in corruption.changes(number)}
    of_digits = {("桁の入替え", "107,707"), ("桁の脱落", "10,707"), ("桁の重複", "1,070,777")}
    of_size = {("±1", "107,078"), ("±1", "107,076"), ("×10", "1,070,770"), ("×1000", "107,077,000")}
    assert changes == of_digits | of_size | {("符号", "△107,077"), ("隣の値", "47,708"), ("空欄", ""), ("ゼロ", "0")}


def test_a_sample_of_wrong_numbers_is_caught(corruption):
    found = corruption.results(corruption.every_change()[::SAMPLED])
    assert len(found) == 16
    also = {"grades": "stopped", "yen": "stopped", "claims": "warned", "items": "shown"}
    for one in found:
        assert one.outcome in {"unchanged", "refused", "stopped", also[one.change.number.kind]}, one


def test_an_item_beyond_its_bounds_is_caught_and_any_other_shows(corruption):
    some = [change for change in corruption.every_change() if change.number.kind == "items" and change.words.isdigit()]
    some = [change for change in some if change.words != change.number.printed][::4]
    for one in corruption.results(some):
        amounts = [int(one.change.words), *(ITEMS - {one.change.number.value})]
        assert one.outcome == ("shown" if fit(amounts) else "stopped"), one


CLAIM = "➤計画に位置付けた{}件の取組項目のうち、{}割程度の{}件が「計画以上」か「概ね計画どおり」との進捗結果に"
LOST = {
    CLAIM.format("", 8, 62): "件",
    CLAIM.format(74, "", 62): "割",
    CLAIM.format(74, 8, ""): "件",
    "行財政改革のつの基本方針": "つの基本方針",
}


@pytest.mark.parametrize("text", LOST)
def test_a_claim_that_lost_its_number_is_named(plan, text):
    assert LOST[text] in [words for _, words in claims(text, plan=plan)[1]]


@pytest.mark.parametrize(
    "text", ["➤74件の取組項目のうち62件が「計画以上」か「概ね計画どおり」の進捗", "➤案件の役割が条件と異なる"]
)
def test_words_that_end_like_a_unit_lost_no_number(plan, text):
    assert claims(text, plan=plan)[1] == []


def test_a_claim_keeps_its_sign(plan):
    ((claim,), unread) = claims("行財政改革の△5つの基本方針", plan=plan)
    assert (claim.value, unread) == ("-5", [])


def test_about_nothing_holds_nothing_else():
    tenth = Fraction(1, 10)
    assert not holds("about", Fraction(0), Fraction(31, 37), last_digit=tenth)
    assert holds("about", Fraction(0), Fraction(1, 25), last_digit=tenth)
    assert holds("about", Fraction(8, 10), Fraction(31, 37), last_digit=tenth)


# Words


def test_no_slip_of_words_is_unseen_in_a_sample(of_words):
    some = list(of_words.every_change("\n".join(of_words.source())))[::12]
    assert {change.kind for change in some} == set(of_words.WORDS)
    for one in of_words.results(some):
        # What the document then says of a name, a period or who published it cannot be told from what is right.
        is_a_name = one.change.kind == of_words.LABELS or one.change.was == "(R5~R14)"
        assert one.outcome in {"refused", "stopped", "warned", *(["shown"] if is_a_name else [])}, one


def test_words_that_change_places_are_changed_both(of_words):
    change = of_words.Change("名称", "甲⇄乙", "", 0)
    assert change.applied("甲と乙と甲") == "乙と甲と乙"
    assert of_words.Change("名称", "甲", "丙", 1).applied("甲と乙と甲") == "甲と乙と丙"
    assert of_words.Change("名称", "甲", "丙", None).applied("甲と乙と甲") == "丙と乙と丙"
