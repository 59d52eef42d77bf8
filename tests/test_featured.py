"""Which measures a draft names: by rule until people choose, and never in a list that is false of them."""

import re
from pathlib import Path

import made_up
import made_up_register
import pytest
from made_up_summaries import measure_id, rows

from helpers import read
from helpers.forms import featured
from helpers.terms import Refusal

PLAN = made_up.plan(2)
# In the order of the register: A and B above or on plan, C and D below; thousands of yen.
MEASURES = [
    ("1", "A", "窓口の改善", "企画部", 100, 400, "時間が減った"),
    ("1", "A", "文書の電子化", "企画部", 100, 9_000, "not_registered"),
    ("1", "A", "広報の見直し", "企画部", 100, "not_stated", "見直した"),
    ("2", "B", "補助金の見直し", "総務部", 100, 20_000, "見直した"),
    ("2", "C", "時間外の縮減", "総務部", 5_000, 4_999, "遅れた"),
    ("2", "D", "使用料の改定", "総務部", 9_000, 1_000, "検討中〔再開予定〕"),
    ("2", "C", "研修の見直し", "総務部", "not_applicable", 0, "遅れた"),
]


@pytest.fixture
def register():
    return made_up_register.frame(rows(MEASURES))


def names(proposed, of_list):
    return proposed.loc[proposed["list"] == of_list, "measure"].tolist()


@pytest.mark.parametrize(
    ("of_list", "named"),
    [
        ("exceeded", ["文書の電子化", "窓口の改善", "広報の見直し"]),
        ("behind", ["使用料の改定", "時間外の縮減", "研修の見直し"]),  # the largest shortfall first
        ("effect", ["補助金の見直し", "文書の電子化", "時間外の縮減", "使用料の改定"]),  # from one million on
    ],
)
def test_the_largest_effect_or_shortfall_comes_first_and_may_stand_there(register, of_list, named):
    proposed = featured.proposed(register, plan=PLAN)
    assert names(proposed, of_list) == named
    featured.check(proposed, register, plan=PLAN)


def test_equal_measures_keep_the_order_of_the_register_up_to_the_most():
    many = [("1", "A", f"取組その{n}", "企画部", 0, 2_000, "理由") for n in range(9)]
    proposed = featured.proposed(made_up_register.frame(rows(many)), plan=PLAN)
    assert names(proposed, "exceeded") == [f"取組その{n}" for n in range(6)]
    assert names(proposed, "effect") == [f"取組その{n}" for n in range(4)]


def test_what_is_proposed_says_so_and_takes_the_reason_of_the_register(register):
    proposed = featured.proposed(register, plan=PLAN)
    assert set(proposed["basis"]) == {"proposed"}
    words = dict(zip(proposed["measure"], proposed["words"], strict=True))
    said = {"窓口の改善": "時間が減った", "文書の電子化": "not_stated", "使用料の改定": "検討中（再開予定）"}
    assert words == words | said


@pytest.mark.parametrize(("of_list", "name", "says"), [
    ("exceeded", "補助金の見直し", "評価が B（概ね計画どおり）なので、「計画以上に進捗している主な取組」の一覧には載せられません"),
    ("exceeded", "時間外の縮減", "評価が C（計画どおり進捗せず）なので"),
    ("behind", "窓口の改善", "評価が A（計画を上回る）なので、「計画のとおり進捗していない主な取組」の一覧には"),
    ("effect", "窓口の改善", "実績効果額（400,000円）が1百万円に満たないので"),
    ("effect", "研修の見直し", "実績効果額（0円）が1百万円に満たないので"),
    ("effect", "広報の見直し", "実績効果額が register.csv にないので"),
])  # fmt: skip
def test_a_measure_in_a_list_that_is_false_of_it_is_refused(register, of_list, name, says):
    row = {"list": of_list, "seq": "1", "measure_id": measure_id(name), "measure": name}
    chosen = featured.proposed(register, plan=PLAN).iloc[:1].assign(**row, words="not_stated", basis="chosen")
    with pytest.raises(Refusal, match=re.escape(f"featured.csv 2行「{name}」: ") + ".*" + re.escape(says)):
        featured.check(chosen, register, plan=PLAN)


def test_unknown_renamed_and_doubled_measures_are_named_at_once(register):
    chosen = featured.proposed(register, plan=PLAN).iloc[[0, 0, 1, 2]].set_axis(range(2, 6))
    chosen.loc[4, "measure_id"] = "m-000000"
    chosen.loc[5, "measure"] = "広報紙の見直し"
    says = ("同じ取組があります", "m-000000 が register.csv にありません", "register.csv では「広報の見直し」です")
    with pytest.raises(Refusal, match=r".*\n.*".join(says)):
        featured.check(chosen, register, plan=PLAN)


@pytest.mark.parametrize(
    ("yen", "printed"),
    [(499_999, "0百万円"), (500_000, "1百万円"), (1_282_499_999, "1,282百万円"), (1_282_500_000, "1,283百万円")],
)
def test_half_a_million_is_rounded_up(yen, printed):
    assert featured.rounded(yen) == printed


def test_the_file_opens_in_excel_and_is_read_as_written(register, tmp_path):
    data = tmp_path / "data"
    (data / "made-up").mkdir(parents=True)
    path = read.featured_file("made-up", 2024, data)
    assert read.featured("made-up", 2024, data) is None
    proposed = featured.proposed(register, plan=PLAN)
    featured.write(proposed, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.relative_to(data).as_posix() == "made-up/collection/2024/featured.csv"
    assert read.featured("made-up", 2024, data).to_dict("records") == proposed.to_dict("records")
    assert [one.name for one in path.parent.iterdir()] == ["featured.csv"]


def test_two_measures_of_the_same_place_are_refused(register, tmp_path):
    path = read.featured_file("made-up", 2024, tmp_path)
    featured.write(featured.proposed(register, plan=PLAN).assign(seq="1"), path)
    with pytest.raises(Refusal, match=r"featured\.csv 3行: 一覧・順 が同じ行が前にあります"):
        read.featured("made-up", 2024, tmp_path)


def test_the_guide_states_the_rules_as_they_are():
    guide = (Path(__file__).parents[1] / "docs" / "guide-collecting.md").read_text(encoding="utf-8")
    for of_list, rule in featured.RULES.items():
        assert f"| `{of_list}` " in guide
        assert f"| {rule} |" in guide
