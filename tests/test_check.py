"""Each check fails when its fault is planted in the real year, and says where; nothing else fails with it by accident."""

import re
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest
from made_up import year
from matplotlib.text import Text

from helpers import check, compute, draw, notation, pages, tell
from helpers.check import claims, findings
from helpers.explore import show
from helpers.terms import OUTCOMES, Figure, Figures, Finding, Interval, Refusal, Sentence, Status, in_yen
from helpers.terms.tables import CHECK_ID, TABLES

# What checks of this document do not apply to, and what they say of it.
SEED = {"V14": "failed"}


@pytest.fixture(scope="module")
def story(frames, figures):
    return tell.brief(figures, frames, check.frames(frames))


@pytest.fixture(scope="module")
def found(frames):
    return everything(frames)


@pytest.fixture(scope="module")
def faulty(frames):
    """A year whose document claims 63 achieved measures of 62."""
    return planted(frames, "stated", {"metric": "achieved_measures"}, value="63")


def of_frames(frames):
    return {finding.id: finding for finding in check.frames(frames)}


def of_figures(frames):
    return {finding.id: finding for finding in check.figures(frames, compute.figures(frames))}


def everything(frames):
    return of_frames(frames) | of_figures(frames)


def planted(frames, table, line, **cells):
    """The frames with other cells in one line of one table, as if the file held them; the line by its number, its place or its cells."""
    rows = frames.tables()[table].copy()
    line = {"locator": line} if isinstance(line, str) else line
    if isinstance(line, dict):
        (line,) = rows.index[(rows[list(line)] == pd.Series(line)).all(axis="columns")]
    for column, value in cells.items():
        assert rows.loc[line, column] != value, "the fault is none"
        rows.loc[line, column] = value
    if table == "effects":
        exact = [in_yen(row.amount, row.unit) for row in rows.itertuples()]
        rows[["amount_yen", "precision_yen"]] = pd.DataFrame(exact, index=rows.index)
    return replace(frames, **{table: rows})


def cell(table, line, **cells):
    return lambda frames: planted(frames, table, line, **cells)


def added(frames, table, **cells):
    """The frames with one more line, the last one again with other cells."""
    rows = frames.tables()[table]
    more = rows.iloc[[-1]].assign(**cells).set_axis([rows.index.max() + 1])
    return replace(frames, **{table: pd.concat([rows, more])})


def rows_of(frames, table, belongs):
    rows = frames.tables()[table]
    return replace(frames, **{table: rows[belongs(rows)]})


def without(frames, table, *lines):
    return rows_of(frames, table, lambda rows: ~rows.index.isin(lines))


def none_of(frames, table):
    return without(frames, table, *frames.tables()[table].index)


def of_table(table, query):
    """What leaves those rows alone."""
    return lambda frames: rows_of(frames, table, lambda rows: rows.index.isin(rows.query(query).index))


def of_another_policy(frames):
    return added(frames, "grade_counts", policy_id="6", policy_name="架空", measures=0)


def none_of_d(frames):
    return of_table("grade_counts", "grade != 'D'")(planted(frames, "measures", 8, grade="D"))


few_of_c = of_table("grade_counts", "grade != 'C' or policy_id == '2'")
LONG = {"first_fiscal_year": "2023", "last_fiscal_year": "2027", "period_basis": "stated"}


def without_amounts(frames):
    """Without any claim of an amount."""
    return rows_of(frames, "stated", lambda rows: rows["unit"].isin(["件", "割", "方針", "項目"]))


def instead(figures, made):
    """The figures with another one in the place of that of the same key."""
    return Figures([made if figure.key == made.key else figure for figure in figures])


def test_the_real_year_passes_every_check_but_the_warning_of_the_zero(found):
    assert {key: one.result for key, one in found.items() if one.result not in {"passed", "not_applicable"}} == SEED
    for finding in found.values():
        assert not finding.stops
        assert finding.title, finding.id
        assert finding.evidence, finding.id
        assert bool(finding.remedy) == (finding.result == "failed"), finding.id
    tally = check.tally(list(found.values()))
    assert sum(tally.values()) == len(found), "every finding is counted once"
    assert tally["warned"] == 1


# One fault each: what is planted, the check that finds it, and words that name the place and the numbers.
ACHIEVED_CLAIM, RATIO = {"metric": "achieved_measures"}, {"unit": "効果見込額"}
ECO_OFFICE, PERIOD = "エコオフィスの実現に 向けた取組", "linked_plans.csv"
PLANTED = {
    "a count is wrong in its row": (cell("grade_counts", 2, measures=4), "V01", "L63:C6「20」の記載は20件、計算では21"),
    "in its column": (cell("grade_counts", 2, measures=4), "V02", "L68:C2「16」の記載は16件、計算では17件"),
    "and in the text": (cell("grade_counts", 2, measures=4), "V03", "62件、計算では63件"),
    "a row's total is wrong": (cell("stated", "L63:C6", value="21"), "V01", "の記載は21件、計算では20件"),
    "the whole is wrong": (cell("stated", "L68:C6", value="75"), "V02", "の記載は75件、計算では74件"),
    "the claim is not the table's": (cell("stated", ACHIEVED_CLAIM, value="63"), "V03", "の記載は63件、計算では62件"),
    "about nine tenths is not eight": (cell("stated", {"metric": "achievement_rate"}, value="9"), "V04", "L60「9割」"),
    "a grade without a row has no measures": (of_table("grade_counts", "grade != 'C'"), "V02", "12件、計算では0件"),
    "a policy without a row has no measures": (of_table("grade_counts", "policy_id != '1'"), "V01", "計算では0件"),
    "a total in yen is wrong": (cell("stated", "L108:C3", value="1345648"), "V05", "1,345,648千円、計算では1,345,649"),
    "a policy is only in one table": (of_table("effects", "scope_id != '5'"), "V06", "効果額の表に方針5がない"),
    "a policy has only one of its two amounts": (lambda f: without(f, "effects", 2), "V06", "方針1の金額が"),
    "a policy is not the plan's": (of_another_policy, "V06", "達成状況の表の方針6は plan.toml にない"),
    "a policy has another's name": (cell("effects", 4, scope_name="健全な財政運営"), "V06", "effects.csv 4行の方針2の"),
    "the document counts other policies": (cell("stated", "L35", value="6"), "V06", "L35「〔5〕」の記載は6、計算では5"),
    "the document counts other promotion items": (cell("stated", "L38", value="11"), "V06", "の記載は11、計算では10"),
    "an item is a thousand times too large": (cell("effects", 14, amount="172000"), "V07", "の1,719.99〜1,720.01億円"),
    "two items do not fit beside each other": (cell("effects", 14, amount="330"), "V08", "両立する置き方がない"),
    "the items are more than the whole": (cell("effects", 14, amount="400"), "V09", "実績の合計13.46億円を超える"),
    "more measures are named with a grade than have it": (few_of_c, "V10", "評価Cの取組は5件なのに、6件の名称"),
    "a grade is named that no policy counts": (none_of_d, "V10", "評価Dの取組は0件なのに、1件の名称"),
    "a mention leads nowhere": (cell("mentions", 3, measure_id="m-0"), "V11", "mentions.csv 3行の取組「市民協働"),
    "an amount leads nowhere": (cell("effects", 14, scope_id="m-0"), "V11", "effects.csv 14行の取組「下水道"),
    "a cause leads nowhere": (cell("reason_codes", 2, measure_id="m-0"), "V11", "reason_codes.csv 2行の取組"),
    "a judgement is of another": (cell("effect_classes", 2, measure="補助金"), "V11", "effect_classes.csv 2行の名称"),
    "a measure is there twice": (cell("measures", 3, measure=ECO_OFFICE), "V11", "向けた取組」が measures.csv に2度"),
    "a measure has two departments": (cell("measures", 2, department="企画部"), "V12", "の部が経済環境部・企画部と"),
    "a grade is not in the scale": (cell("grade_counts", 2, grade="E"), "V13", "評価「E」は plan.toml の尺度（A・"),
    "a count is of no grade": (cell("grade_counts", 2, grade="not_stated"), "V13", "評価「not_stated」は plan.toml の"),
    "a linked plan runs backwards": (cell("linked_plans", 6, last_fiscal_year="2022"), "V18", f"{PERIOD} 6行「公共"),
    "a linked plan states no years": (cell("linked_plans", 2, period_basis="stated"), "V18", f"{PERIOD} 2行"),
    "an absorbed plan has a period": (cell("linked_plans", 4, **LONG), "V18", f"{PERIOD} 4行「財政健全化計画」は"),
    "the year is not the plan's": (lambda f: replace(f, fiscal_year=2028), "V19", "令和10年度は計画の期間（令和5年度"),
    "the words say less where it was more": (cell("stated", RATIO, comparison="below"), "V26", "L92「➤ 計画策定当初に"),
    "the words say four times where it was less": (cell("stated", RATIO, value="4"), "V26", "とあるが、"),
}


@pytest.mark.parametrize(("there_are", "is_fault"), [(15, False), (14, True)])
def test_as_many_measures_may_be_named_as_there_are(frames, there_are, is_fault):
    whole = frames.grade_counts.assign(measures=[there_are, *[0] * (len(frames.grade_counts) - 1)])
    evidence = of_frames(replace(frames, grade_counts=whole))["V10"].evidence
    assert (f"。取組は{there_are}件なのに、15件の名称がある" in evidence) == is_fault


@pytest.mark.parametrize(("beyond", "result"), [(0, "passed"), (1, "failed")])
def test_as_much_as_expected_is_so_to_the_yen(frames, beyond, result):
    effects = frames.effects[frames.effects["scope"] == "policy"]
    exact = effects.assign(amount_yen=[beyond if kind == "actual" else 0 for kind in effects["kind"]])
    says = planted(
        replace(frames, effects=exact.groupby("kind").head(1)), "stated", {"unit": "効果見込額"}, comparison="equal"
    )
    assert of_frames(says)["V26"].result == result


def test_a_claim_without_its_figure_hides_no_other(frames):
    row = {"comparison": "equal", "unit": "倍", "locator": "L60"}
    nobody = added(frames, "stated", metric="effect_multiplier", scope="policy", scope_id="9", value="1.0", **row)
    wrong = added(nobody, "stated", metric="effect_multiplier", scope="plan", scope_id="plan", value="2.8", **row)
    evidence = of_figures(wrong)["V04"].evidence
    assert "9の数値がない" in evidence
    assert "「2.8倍」とあるが" in evidence


def test_what_passed_says_what_was_counted(frames, figures, found):
    assert found["V08"].evidence == "名称のある15件すべてに、矛盾しない方針がある（一つに定まるもの2件）"
    assert found["V10"].evidence == "A 6／16件、C 6／12件"
    assert found["V18"].evidence == "7計画、うち期間の記載なし2、取り込み1"
    first = frames.linked_plans.loc[6, "first_fiscal_year"]
    assert of_frames(planted(frames, "linked_plans", 6, last_fiscal_year=first))["V18"].result == "passed"
    nobody = replace(frames, measures=frames.measures.assign(grade="not_stated"))
    assert of_frames(nobody)["V10"].evidence == "評価のある名称はない"
    says = [Sentence("made-up", "74件中62件（83.8%）", (MEASURES, ACHIEVED, RATE), ())]
    assert back_check(says, figures, frames)["V25"].evidence == "文中の数3個がすべて指標と一致"


def test_a_shortage_known_as_a_range_is_said_from_its_smaller_end(figures, frames):
    gap = figures["effect_gap", "policy", "1"]
    for text, high, result in (
        ("5,900〜5,937万円不足", -59_000_000, "passed"),
        ("5,937〜5,937万円不足", -59_000_000, "failed"),
        ("0〜5,937万円不足", 0, "failed"),  # what may be nothing is not short
    ):
        known = instead(figures, replace(gap, exact=None, range=Interval(-59_369_999, high)))
        assert back_check([Sentence("made-up", text, (gap.key,), ())], known, frames)["V25"].result == result


@pytest.mark.parametrize(("length", "shown"), [(40, "あ" * 40), (41, "あ" * 40 + "…")])
def test_words_of_the_document_are_quoted_up_to_forty_letters(frames, length, shown):
    faulty = planted(frames, "stated", {"metric": "achieved_measures"}, value="63", quote="あ" * length)
    assert f"「{shown}」の記載は63件" in of_frames(faulty)["V03"].evidence


def test_nothing_expected_and_nothing_earned_are_zero(frames):
    lacking = none_of(frames, "effects")
    row = {"metric": "actual_effect", "scope": "plan", "scope_id": "plan", "locator": "L1"}
    words = added(without_amounts(lacking), "stated", **row, value="1", unit="効果見込額", comparison="at_least")
    assert of_frames(words)["V26"].result == "passed"
    total = added(without_amounts(lacking), "stated", **row, value="0", unit="円", comparison="equal")
    assert of_frames(total)["V05"].result == "passed"


def test_a_zero_is_called_by_what_it_belongs_to_in_either_language(frames):
    item = planted(frames, "effects", 12, amount="0", zero_meaning="unknown")
    name = item.effects.loc[12, "scope_name"]
    assert name in of_frames(item)["V14"].evidence
    with notation.speaking("en"):
        assert notation.whole_measure(frames.plan, name) in of_frames(item)["V14"].evidence
        assert "公共施設" not in of_frames(frames)["V14"].evidence
    strange = planted(frames, "effects", 8, scope_id="6")
    assert strange.effects.loc[8, "scope_name"] in of_frames(strange)["V14"].evidence


# One cell changed, one check failed: a check that fails with everything says nothing.
ALONE = {
    *("a row's total is wrong", "the claim is not the table's", "a total in yen is wrong", "a cause leads nowhere"),
    *("the document counts other policies", "a measure has two departments", "a linked plan runs backwards"),
    "the words say less where it was more",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_and_its_place_named(fault, frames):
    plant, check_id, says = PLANTED[fault]
    faulty = plant(frames)
    every = of_frames(faulty)
    if fault in ALONE:
        assert {one.id for one in every.values() if one.result == "failed"} - set(SEED) == {check_id}
    found = every[check_id] if check_id in every else of_figures(faulty)[check_id]
    assert found.result == "failed", found.evidence
    assert says in found.evidence
    assert found.stops == (found.severity == "block")
    assert found.remedy


def test_a_multiplier_of_nothing_expected_and_contributions_that_do_not_add_up_are_found(frames, figures):
    made = Figure("effect_multiplier", "policy", "4", 2024, Status.DERIVED, exact=Fraction(1), inputs=("made up",))
    part = figures["contribution_to_multiplier", "policy", "1"]
    wrong = instead(instead(figures, made), replace(part, exact=part.exact + Fraction(1, 10**9)))
    found = {one.id: one for one in check.figures(frames, wrong)}
    assert found["V15"].result == "failed"
    assert "policy 4に倍率がある" in found["V15"].evidence
    assert found["V16"].result == "failed", "however little it is"


def test_the_zero_that_nobody_explains_warns_and_does_not_stop(frames):
    found = of_frames(frames)["V14"]
    assert [found.severity, found.result, found.stops] == ["warn", "failed", False]
    assert "「公共施設の縮充・最適化」の0が実測か未設定か" in found.evidence
    one = year([{"A": 1}], [(0, 5)])
    assert of_frames(one)["V14"].result == "failed"
    measured = replace(one, effects=one.effects.assign(zero_meaning="measured_zero"))
    assert (of_frames(measured)["V14"].result, of_frames(measured)["V14"].evidence) == (
        "passed",
        "0の金額1か所の意味が分かる",
    )


ABSENT = {
    "V01": ("stated", lambda t: (t["metric"] == "measures") & (t["scope"] == "policy")),
    "V02": ("stated", lambda t: t["metric"].str.startswith("measures") & (t["scope"] != "policy")),
    "V03": ("stated", lambda t: t["metric"] == "achieved_measures"),
    "V04": ("stated", lambda t: t["metric"] == "achievement_rate"),
    "V05": ("stated", lambda t: t["unit"] == "千円"),
    "V07": ("effects", lambda t: t["scope"] == "measure"),
    "V09": ("effects", lambda t: t["scope"] == "measure"),
    "V14": ("effects", lambda t: t["amount_yen"] == 0),
    "V18": ("linked_plans", lambda t: t["family"] != ""),
    "V26": ("stated", lambda t: t["unit"] == "効果見込額"),
}


@pytest.mark.parametrize("check_id", ABSENT)
def test_a_check_whose_input_is_absent_is_not_applicable_and_says_what_is_missing(check_id, frames):
    table, belongs = ABSENT[check_id]
    found = everything(rows_of(frames, table, lambda rows: ~belongs(rows)))[check_id]
    assert [found.result, found.stops] == ["not_applicable", False]
    assert found.evidence.endswith(("がない", "はない"))


def test_items_beside_negative_effects_are_not_applicable(frames):
    negative = planted(frames, "effects", 3, amount="-47708", zero_meaning="unknown")
    found = of_figures(negative)
    assert {found[check_id].result for check_id in ("V07", "V09")} == {"not_applicable"}
    assert "負の効果額" in found["V07"].evidence


@pytest.mark.parametrize(
    ("items", "of_one", "of_all"),
    [
        # The larger policy has 120,000 thousand yen, the other none: 120 million, half up, may be 119.5 million.
        ([("120", "百万円", "half_up")], "passed", "passed"),
        ([("120", "百万円", "exact")], "passed", "passed"),
        # Rounded up, down or half up, 121 million is at least 120,001 thousand yen.
        ([("120", "百万円", "unknown")], "passed", "passed"),
        ([("121", "百万円", "unknown")], "failed", "failed"),
        ([("121", "百万円", "half_up")], "failed", "failed"),
        ([("120001", "千円", "exact")], "failed", "failed"),
        # Together at least 79.5 + 39.5, at most 120.5 + 0.5 million.
        ([("80", "百万円", "half_up"), ("40", "百万円", "half_up")], "passed", "passed"),
        ([("80", "百万円", "exact"), ("40", "百万円", "exact")], "passed", "passed"),
        ([("80", "百万円", "half_up"), ("42", "百万円", "half_up")], "passed", "failed"),
    ],
)
def test_an_item_is_held_against_its_policy_by_the_least_it_can_be(items, of_one, of_all):
    named = [(f"架空の取組{n}", *item) for n, item in enumerate(items)]
    found = everything(year([{"A": 2, "B": 0, "C": 0, "D": 0}] * 2, [(100_000, 120_000), (0, 0)], named))
    assert (found["V07"].result, found["V09"].result) == (of_one, of_all)


def test_a_year_without_effects_has_nothing_to_compare(frames):
    found = everything(without_amounts(none_of(frames, "effects")))
    compare = ("V05", "V07", "V09", "V15", "V16", "V26")
    assert {check_id: found[check_id].result for check_id in compare} == dict.fromkeys(compare, "not_applicable")
    assert "failed" not in {finding.result for finding in found.values()}
    with notation.speaking("en"):
        assert of_frames(none_of(frames, "effects"))["V06"].result == "passed"


def acknowledging(frames, check_id):
    rows = [[check_id, "訂正の公表を待っている", "企画部長", "2026-08-20"]]
    return replace(frames, acknowledged=pd.DataFrame(rows, columns=frames.acknowledged.columns, index=[2]))


def test_a_short_name_of_no_measure_is_told_and_stops_nothing(frames):
    assert "short_names" not in of_frames(frames)["V11"].evidence
    short = {**frames.plan.short_names, "下水道使用料の適正": "下水道", "ＡＩ/ＲＰＡ導入業務の拡充": "AI"}
    found = of_frames(replace(frames, plan=replace(frames.plan, short_names=short)))["V11"]
    assert found.result == "passed"
    assert "short_names の「下水道使用料の適正」は、この年度の取組にない" in found.evidence


@pytest.mark.parametrize(("check_id", "result"), [("V03", "passed"), ("V22", "not_applicable")])
def test_an_acknowledgement_of_what_did_not_fail_is_told(frames, check_id, result):
    found = of_frames(acknowledging(frames, check_id))[check_id]
    assert (found.result, found.acknowledged) == (result, "")
    assert found.evidence.endswith("当たる不合格がない。その行を消すか、番号を確かめる）")
    assert not [one for one in check.frames(frames) if "不合格がない" in one.evidence]


def test_every_check_can_be_acknowledged_and_nothing_else():
    known = {key for key in notation.words("check") if re.fullmatch(r"V\d\d", key)}
    assert {f"V{n:02}" for n in range(100) if re.fullmatch(CHECK_ID, f"V{n:02}")} == known


def test_an_acknowledged_failure_does_not_stop_and_is_carried(faulty):
    with pytest.raises(Refusal, match="検算 V03（達成した件数の記載）が不合格です。L60「") as refused:
        check.stop(check.frames(faulty))
    assert "corrections.csv で訂正してください" in str(refused.value)

    findings = of_frames(acknowledging(faulty, "V03"))
    check.stop(list(findings.values()))
    assert [findings["V03"].result, findings["V03"].acknowledged] == ["failed", "訂正の公表を待っている、企画部長"]
    tally = check.tally(list(findings.values()))
    assert (tally["acknowledged"], tally["failed"]) == (1, 0)
    with pytest.raises(Refusal):  # of its own check only
        check.stop(check.frames(acknowledging(faulty, "V05")))


def test_an_accepted_warning_is_told_as_accepted_wherever_findings_are_told(frames):
    """The one warning of FY2024, V14, is accepted: then nothing of the year is open any more."""
    city = acknowledging(frames, "V14")
    figures = compute.figures(city)
    findings = list(everything(city).values())
    (zero,) = [one for one in findings if one.id == "V14"]
    assert (zero.result, bool(zero.acknowledged)) == ("failed", True)
    tally = check.tally(findings)
    assert (tally["acknowledged"], tally["warned"], tally["failed"]) == (1, 0, 0)
    assert (zero.outcome, OUTCOMES[zero.outcome]) == ("acknowledged", "了承済")
    (row,) = re.findall(r"<tr>(?:(?!</tr>).)*V14.*?</tr>", pages.findings(findings).html, flags=re.DOTALL)
    assert "注意（了承）" in re.sub(r"<[^>]*>", "", row)
    assert "了承済" in show.of_finding(zero)
    drawn = {one.get_text() for one in draw.checks.drawn(160, findings).findobj(Text)}
    assert "了承済 1" in drawn
    assert not any(words.startswith("注意") for words in drawn)
    scores = check.readability({}, pages.data(figures, city), frames=city)
    said = tell.quality(figures, city, findings, scores).messages["checks"].text
    assert "、了承1、" in said
    assert "注意" not in said
    assert tell.detail(figures, city, findings).sections["checks"].title.text.startswith("了承して公表した不合格がある")
    # What page one says of V14 it says among its points; of another warning, in a note.
    for accepted, is_told in (("了承", False), ("", True)):
        other = [replace(zero, id="V24", acknowledged=accepted)]
        notes = " ".join(sentence.text for sentence in tell.brief(figures, city, other).sentences())
        assert ("検算の注意：V24" in notes) is is_told


def test_all_that_stops_is_told_at_once_with_the_document_where_it_is_known(faulty):
    two = planted(faulty, "stated", {"locator": "L107:C3"}, value="347735")
    with pytest.raises(Refusal) as refused:
        check.stop(check.frames(two))
    assert [sentence[:6] for sentence in refused.value.sentences] == ["検算 V03", "検算 V05"]
    named = r"検算 V03（達成した件数の記載）が不合格です（000_f3b1c5305073834e\.txt）。L60「"
    with pytest.raises(Refusal, match=named):
        check.stop(check.frames(faulty), faulty)


def test_checking_changes_nothing(frames):
    before = {name: table.copy() for name, table in frames.tables().items()}
    everything(frames)
    for name, table in frames.tables().items():
        pd.testing.assert_frame_equal(table, before[name])


@pytest.mark.parametrize(
    ("comparison", "printed", "agree", "differ"),
    [
        ("equal", "62", ["62"], ["63"]),
        ("equal", "13.5", ["13.46"], []),  # rounded
        ("equal", "13.4", ["13.46"], []),  # cut
        ("equal", "13.6", [], ["13.46"]),
        ("equal", "13.55", ["13.541"], ["13.54"]),  # a whole last digit apart
        ("about", "8", ["7.5", "8.499"], ["7.49", "8.5"]),
        ("about", "60", ["64.9"], ["65"]),  # the zero is round, not exact
        ("about", "600", ["649"], ["650"]),
        ("about", "0", ["0.4"], ["0.5"]),
        ("above", "1", ["1.001"], ["1"]),
        ("below", "1", [], ["1"]),
        ("at_least", "62", ["62"], ["61"]),
        ("at_most", "62", ["62"], ["63"]),
    ],
)
def test_a_claim_holds_as_finely_as_it_is_printed(comparison, printed, agree, differ):
    last = claims.last_digit(printed)
    held = {
        found: claims.holds(comparison, Fraction(printed), Fraction(found), last_digit=last) for found in agree + differ
    }
    assert held == dict.fromkeys(agree, True) | dict.fromkeys(differ, False)


@pytest.mark.parametrize(
    ("check_id", "metric", "holds", "fails"),
    [
        ("V04", "effect_multiplier", ["3.9倍", "3.8倍"], ["2.8倍"]),  # rounded, and cut
        ("V04", "exceeded_rate", ["21.6%"], ["22.6%"]),
        ("V04", "achievement_rate", ["80% at_least", "8割", "7割 at_least"], ["85% at_least", "9割"]),
        ("V05", "actual_effect", ["13.5億円 about", "13億円 at_least"], ["14億円 at_least"]),
        ("V05", "actual_effect", ["13.46億円", "13億円"], ["13.64億円", "1億円"]),
        ("V05", "actual_effect", ["134564万円", "134565万円"], ["134563万円"]),
    ],
)
def test_a_number_claimed_in_a_sentence_is_held_to_the_computed_one(check_id, metric, holds, fails, frames):
    for claim in holds + fails:
        value, unit, comparison = re.fullmatch(r"([0-9.]+)(\S+)(?: (\w+))?", claim).groups(default="equal")
        row = {"metric": metric, "value": value, "unit": unit, "comparison": comparison}
        claimed = added(frames, "stated", **row, scope="plan", scope_id="plan", locator="L92")
        found = (of_figures if check_id == "V04" else of_frames)(claimed)[check_id]
        assert (claim, found.result) == (claim, "passed" if claim in holds else "failed")


def back_check(sentences, figures, frames):
    return {finding.id: finding for finding in check.page(sentences, figures, acknowledged=frames.acknowledged)}


def test_the_story_of_the_real_year_states_its_figures_and_nothing_else(story, figures, frames):
    found = back_check(story.sentences(), figures, frames)
    assert {finding.result for finding in found.values()} == {"passed"}


RATE = ("achievement_rate", "plan", "")
ACHIEVED, MEASURES = ("achieved_measures", "plan", ""), ("measures", "plan", "")
ACTUAL, EXPECTED = ("actual_effect", "plan", ""), ("expected_effect", "plan", "")
MULTIPLIER, GAP = ("effect_multiplier", "plan", ""), ("effect_gap", "policy", "1")
SHARE, WITHOUT = ("top_item_share", "plan", ""), ("multiplier_without_top_item", "plan", "")
TWO = ("measures_with_number", "plan", "")
ONE, POINTS = ("named_measures", "department", "土木部"), ("points_per_measure", "plan", "")
ITEM, ZERO = ("actual_effect", "measure", "m-9ceefd"), ("actual_effect", "policy", "4")

TRUE = [
    ("74件中62件（83.8%）", (MEASURES, ACHIEVED, RATE), ()),
    ("達成率は84%", (RATE,), ()),
    ("13.46億円は見込みの3.87倍", (ACTUAL, MULTIPLIER), ()),
    ("実績は1,345,649千円", (ACTUAL,), ()),
    ("見込みの387%", (MULTIPLIER,), ()),
    ("5,937万円不足", (GAP,), ()),
    ("差は△5,937万円", (GAP,), ()),
    ("約71%", (SHARE,), ()),
    ("71.3〜71.5%", (SHARE,), ()),
    ("少なくとも1.10倍", (WITHOUT,), ()),
    ("少なくとも1.1倍", (WITHOUT,), ()),
    ("下限1.10倍", (WITHOUT,), ()),
    ("公表 961百万円", (ITEM,), ()),
    ("公表 960,001千円", (ITEM,), ()),  # the ends themselves
    ("公表 961,999千円", (ITEM,), ()),
    ("0.59億円不足", (GAP,), ()),
    ("1.35ポイント", (POINTS,), ()),
    ("第5次10年計画は74件", (MEASURES,), ("第5", "第5次10年計画")),  # the longer name first
    ("62R6件", (ACHIEVED,), ("R6",)),  # a name that begins with a letter may follow a digit
    ("見込み・実績とも0", (ZERO,), ()),
    ("方針12は74件", (MEASURES,), ("方針12", "方針1")),
]
FALSE = {
    "a wrong number": ("74件中63件", (MEASURES, ACHIEVED), ()),
    "a number that is another figure's": ("74件中62件", (MEASURES,), ()),
    "a number cut instead of rounded": ("達成率は83%", (RATE,), ()),
    "a percentage for a multiplier": ("見込みの3.87%", (MULTIPLIER,), ()),
    "the right digits in another unit": ("13.46万円", (ACTUAL,), ()),
    "measures with the unit of a multiplier": ("62倍", (ACHIEVED,), ()),
    "a number without its unit of yen": ("実績は1,345,649", (ACTUAL,), ()),
    "a lost sign": ("差は5,937万円", (GAP,), ()),
    "a shortage said of another number": ("5,937万円で、見込みに不足", (GAP,), ()),
    "a range rounded inward": ("71.4〜71.5%", (SHARE,), ()),
    "one number out of a range, without 約": ("71.4%", (SHARE,), ()),
    "about, where the ends round apart": ("約71.4%", (SHARE,), ()),
    "a lower end that is not sure": ("少なくとも1.11倍", (WITHOUT,), ()),
    "a lower end of another figure": ("少なくとも1.09倍", (WITHOUT,), ()),
    "an amount just above its interval": ("公表 962,000千円", (ITEM,), ()),
    "an amount just below its interval": ("公表 960,000千円", (ITEM,), ()),
    "a digit before a name that begins with one": ("162件が達成", (ONE,), ("62件が",)),
    "zero of what is not zero": ("実績は0", (ACTUAL,), ()),
    "a figure without a number": ("方針4は1.00倍", (("effect_multiplier", "policy", "4"),), ("方針4",)),
    "a number behind a name": ("99件が達成", (MEASURES,), ("99件",)),
    "a name whose end is not its own": ("方針12は74件", (MEASURES, TWO), ("方針1",)),
    "a full-width number": ("６３件が達成", (ACHIEVED,), ()),
    "a count of anything without its 件": ("8 assumptions", (("open_assumptions", "plan", ""),), ()),
    "more than the figures bear out": ("大幅に達成し、74件", (MEASURES,), ()),
    "a multiplier that is above": ("見込みを3.87倍上回る", (MULTIPLIER,), ()),
}


ENGLISH = [
    ("1,345,649 thousand yen", ACTUAL),
    ("1,345,649,000 yen", ACTUAL),
    ("1,345.6 million yen", ACTUAL),
    ("8 assumptions", ("open_assumptions", "plan", "")),  # a count of anything stands without a unit
    ("1.35 points", POINTS),
    ("3.87 times", MULTIPLIER),
]


@pytest.mark.parametrize(("text", "cited"), ENGLISH)
def test_a_true_sentence_in_english_passes_the_back_check(text, cited, figures, frames):
    with notation.speaking("en"):
        assert back_check([Sentence("made-up", text, (cited,), ())], figures, frames)["V25"].result == "passed"
        wrong = text.replace("8 a", "9 a").replace("1.35", "1.36").replace("3.87", "3.88").replace("1,345", "1,346")
        assert back_check([Sentence("made-up", wrong, (cited,), ())], figures, frames)["V25"].result == "failed"


@pytest.mark.parametrize(("text", "cites", "words"), TRUE, ids=[text for text, *_ in TRUE])
def test_a_true_sentence_passes_the_back_check(text, cites, words, figures, frames):
    found = back_check([Sentence("made-up", text, cites, words)], figures, frames)
    assert found["V25"].result == "passed", found["V25"].evidence


@pytest.mark.parametrize("fault", FALSE)
def test_a_false_sentence_fails_the_back_check(fault, figures, frames):
    text, cites, words = FALSE[fault]
    found = back_check([Sentence("made-up", text, cites, words)], figures, frames)["V25"]
    assert [found.result, found.stops] == ["failed", True]
    assert text in found.evidence


@pytest.mark.parametrize("word", check.page.__globals__["FORBIDDEN"])
def test_forbidden_words_are_found_except_in_names(word, figures, frames):
    said = [Sentence("made-up", f"{word}な取組", (), ())]
    named = [Sentence("made-up", f"{word}な取組", (), (f"{word}な取組",))]
    assert back_check(said, figures, frames)["V25"].result == "failed"
    assert back_check(named, figures, frames)["V25"].result == "passed"


def test_changing_any_figure_of_the_story_is_noticed(story, figures, frames):
    """Each figure that page one states, moved by a tenth, no longer agrees with the words; two that read alike may stand in."""
    cited = dict.fromkeys(key for sentence in story.sentences() for key in sentence.figures)
    shown = [notation.figure(figures[key]) for key in cited]
    for key in cited:
        figure = figures[key]
        if not figure.is_known or figure.exact == 0 or shown.count(notation.figure(figure)) > 1:
            continue
        if figure.range is None:
            moved = replace(figure, exact=type(figure.exact)(figure.exact * Fraction(11, 10) + 1))
        else:
            moved = replace(figure, range=Interval(*(end * Fraction(11, 10) for end in figure.range)))
        found = back_check(story.sentences(), instead(figures, moved), frames)
        assert found["V25"].result == "failed", key


def test_a_figure_without_its_rows_or_not_there_at_all_is_found(figures, frames):
    bare = instead(figures, replace(figures[RATE], inputs=()))
    said = [Sentence("made-up", "83.8%", (RATE,))]
    assert "achievement_rate/plan/ に出典の行がない" in back_check(said, bare, frames)["V17"].evidence
    missing = [Sentence("made-up", "", (("no_such_metric", "plan", ""),))]
    assert "no_such_metric/plan/ がない" in back_check(missing, figures, frames)["V17"].evidence


GOOD = {"plan": "isehara-6", "fiscal_year": 2024, "language": "ja", "audience": "internal"}
NO_YEAR = r"^fiscal_year（年度）.* は西暦の年度ではありません。令和6年度なら 2024 と"
NO_YEARS = ("令和6", "2024", 2024.0, True, 6, None, 1899, 3000)
NO_PLAN = r"^plan（計画）「.*」は計画の名前ではありません。"


def test_parameters_that_no_page_can_be_made_for_are_refused_together():
    for fiscal_year in (1900, 2024, 2999):
        check.parameters(**GOOD | {"fiscal_year": fiscal_year})
    with pytest.raises(Refusal) as refused:
        check.parameters(plan="", fiscal_year="2024", language="fr", audience="press")
    assert len(refused.value.sentences) == 4
    assert "、".join(notation.LANGUAGES) in str(refused.value)


@pytest.mark.parametrize(
    ("given", "says"),
    [({"fiscal_year": one}, NO_YEAR) for one in NO_YEARS] + [({"plan": one}, NO_PLAN) for one in ("", " ", 6, None)],
)
def test_what_is_no_whole_western_year_or_no_name_is_refused(given, says):
    with pytest.raises(Refusal, match=says):
        check.parameters(**GOOD | given)


# The ministry's rules for tables, each with the least that meets, half meets and misses it.

RULES = [
    ("1-1", ["x\n1\n"], "met", "すべて CSV、UTF-8"),
    ("1-1", [{"a.txt": "x\n1\n"}], "missed", "CSV でないか UTF-8 でない：a.txt"),
    ("1-1", ["x\n1\n".encode("utf-16")], "missed", "CSV でないか UTF-8 でない：a.csv"),
    ("1-2", ["x\n1\n", "quote\nb c\n"], "met", "複数の値を並べた欄はない"),
    ("1-2", ["x\n1;2\n", "x\nb c|d\n"], "missed", "複数の値を区切って並べた欄：a.csv x"),
    ("1-3", ["measures,x_yen,name\n-1.5,0,あ\n"], "met", "数の列は半角の数字と負号だけ"),
    ("1-3", ["measures\n１\n", "measures\n1.\n", "measures\n3\nthree\n", 'measures\n"1,234"\n'], "missed", "数でない欄：a.csv measures"),
    ("1-3", ["measures\nnot_stated\n", "measures\nundefined\n"], "partly", "数の列に、値がないわけを表す語：a.csv measures"),
    ("1-3", ["measures,value\nundefined,x\n"], "missed", "数でない欄：a.csv value"),
    ("1-4", ["x,y\n1,2\n"], "met", "どの行も欄の数が見出しと同じ"),
    ("1-4", ["x,y\n1,2,3\n"], "missed", "欄の数が見出しと違う行：a.csv"),
    ("1-5", ["x\nあ い\n"], "met", "前後や続きの空白、欄の中の改行はない"),
    ("1-5", ["x\n あ\n", "x\nあ  い\n", 'x\n"あ\nい"\n'], "missed", "体裁のための空白や改行：a.csv x"),
    ("1-5", ["quote\nあ　い\n"], "partly", "原文をそのまま写した欄に空白：a.csv quote"),
    ("1-5", ["quote,x\nあ　い,い　\n"], "missed", "体裁のための空白や改行：a.csv quote、a.csv x"),
    ("1-6", ["x,y\n1,2\n"], "met", "空欄はない"),
    ("1-6", ["x,x\n1,2\n", "x,\n1,3\n"], "missed", "見出しが空か重なる：a.csv"),
    ("1-6", ["x,y\n1,\n"], "missed", "空欄：a.csv y"),
    ("1-6", [{"linked_plans.csv": "x,note\n1,\n2,\n"}], "partly", "注記がないことを空欄で表す欄が2：linked_plans.csv note"),
    ("1-6", [{"linked_plans.csv": "x,note\n,\n"}], "missed", "空欄：linked_plans.csv x、linked_plans.csv note"),
    ("L1-09", ["x,y\n1,2\n"], "met", "0 は 0、値がないときはわけの語を書き、空欄はない"),
    ("L1-09", ["x,measures\n1,\n"], "missed", "空欄：a.csv measures"),
    ("L1-09", ["x,measures\n,1\n"], "partly", "空欄：a.csv x"),
    ("1-7", ["x\n1=1\n"], "met", "= で始まる欄はない"),
    ("1-7", ["x\n=1\n"], "missed", "= で始まる欄：a.csv x"),
    ("1-8", ["x\n1\n"], "met", "CSV には置けない"),
    ("1-9", ["seq,x_yen\n1,2\n", "value,unit\n1,円\n"], "met", "単位は列名か unit の列にある"),
    ("1-9", ["value\n1\n"], "partly", "単位が表の中になく、data/README.md にだけある：a.csv value"),
    ("1-10", ["x\n亜－～\n"], "met", "JIS X 0208 の文字だけ"),
    ("1-10", ["x\n①\n"], "missed", "JIS X 0208 にない文字：a.csv x「①」"),
    ("1-10", ["quote\n①\n"], "partly", "原文をそのまま写した欄に：a.csv quote「①」"),
    ("1-10", ["quote,x\n①,②\n"], "missed", "JIS X 0208 にない文字：a.csv quote「①」、a.csv x「②」"),
    ("1-11", ["x\n1\n"], "not_applicable", "年の列がない"),
    ("1-11", ["fiscal_year,coded_on\n2024,2026-04-01\n", "first_fiscal_year\nnot_stated\n"], "met", "年は西暦4桁、日は西暦の年月日"),
    ("1-11", ["coded_on\n２０２４\n", "coded_on\n令和6年度\n"], "missed", "西暦でない：a.csv coded_on"),
    ("1-12", ["municipality_code\n1\n"], "met", "全国地方公共団体コードの列がある"),
    ("1-12", [{"a.csv": "municipality_code\n1\n", "b.csv": "x\n1\n"}], "partly", "コードの列がない（plan.toml にある）：b.csv"),
    ("1-12", ["x\n1\n"], "missed", "コードの列がない（plan.toml にある）：a.csv"),
    ("L3-05", ["fiscal_year\n2024\n"], "met", "fiscal_year の列がある"),
    ("L3-05", ["x\n1\n"], "missed", "年度の列がない（フォルダー名にある）：a.csv"),
    ("L2-04", ["kind\nx\n", {"effects.csv": "x\n1\n"}], "unchecked", "選択肢を定めた表ではない"),
    ("L2-04", [{"effects.csv": "kind\nexpected\n"}], "met", "選択肢の列は決めた語だけ"),
    ("L2-04", [{"effects.csv": "kind\nx\n"}], "missed", "決めた語でない欄：effects.csv kind"),
    ("L3-02", ["policy_id,policy\n1,あ\n", "measure_id,name\n1,あ\n"], "met", "コードの隣に名称がある"),
    ("L3-02", ["policy_id\n1\n"], "partly", "コードだけ、または名称だけの列：a.csv policy_id"),
    ("L3-02", ["department\nあ\n"], "partly", "コードだけ、または名称だけの列：a.csv department"),
    ("L3-03", ["x,quote\nnot_due,not_a_word\nunknown,-\n"], "missed", "意味を定めていない記号や語：a.csv quote"),
    ("L3-03", ["x,quote\nnot_due,not_a_word\n", "x\nnot_set\n"], "met", "使う語はすべて data/README.md に意味がある"),
    ("L3-03", ["x\nnot_a_word\n"], "missed", "意味を定めていない記号や語：not_a_word"),
    ("L3-07", ["x\n1\n"], "unchecked", "登録が1年度だけで、比べられない"),
    ("L3-08", ["kind\nx\n"], "missed", "列の意味を書いた資料がない：a.csv"),
    ("L3-08", [{"effects.csv": "kind,x\n1,2\n"}], "missed", "列の意味を書いた資料がない：effects.csv"),
    ("L3-08", [{"effects.csv": ",".join(TABLES["effects"].columns) + "\n"}], "partly", "列の意味は data/README.md にある。更新履歴の列はない"),
    ("L3-09", ["seq,value,x\n1,2,3\n"], "met", "数の列は1表に一つ"),
    ("L3-09", ["value,x_yen\n1,2\n"], "missed", "数の列が二つ以上：a.csv"),
]  # fmt: skip


def scored(frames, rule, files):
    """What a rule says of some tables, and why."""
    files = files if isinstance(files, dict) else {"a.csv": files}
    content = {name: cells if isinstance(cells, bytes) else cells.encode() for name, cells in files.items()}
    scores = check.readability(content, {}, frames=frames)
    return tuple(scores.set_index("rule").loc[rule, ["data", "data_why"]])


@pytest.mark.parametrize(("rule", "tables", "result", "why"), RULES, ids=lambda value: str(value)[:40])
def test_a_rule_for_tables_is_met_or_says_where_not(frames, rule, tables, result, why):
    for files in tables:
        assert scored(frames, rule, files) == (result, why), files


@pytest.mark.parametrize(("files", "where"), [(3, "a0.csv、a1.csv、a2.csv"), (4, "a0.csv、a1.csv、a2.csv など4か所")])
def test_where_a_rule_is_missed_is_said_three_times_at_most(frames, files, where):
    broken = {f"a{n}.csv": "x,y\n1\n2\n" for n in range(files)}
    assert scored(frames, "1-4", broken) == ("missed", f"欄の数が見出しと違う行：{where}")


def test_tables_beside_the_charts_are_looked_at_as_they_are_written_and_years_compared_where_there_are_two(frames):
    two = replace(frames, registered_years=(2023, 2024))
    assert scored(two, "L3-07", "x\n1\n") == ("met", "どの年度も同じ決まりで読む")
    charts = {"shares": pd.DataFrame({"policy_id": ["1"], "actual_yen": [" 5"]})}
    scores = check.readability({}, charts, frames=frames).set_index("rule")[["charts", "charts_why"]]
    assert tuple(scores.loc["1-1"]) == ("met", "CSV、BOM付き UTF-8 で書く")
    assert tuple(scores.loc["1-5"]) == ("missed", "体裁のための空白や改行：shares.csv actual_yen")


@pytest.mark.parametrize(("amount", "unit"), [("-3", "千円"), ("-1", "円")])
def test_one_item_below_zero_is_told_even_where_nothing_else_is_there_to_compare(amount, unit):
    alone = year([{"A": 1}], [(0, 5)], [("架空の取組", amount, unit, "exact")])
    assert len(alone.effects.query("scope == 'policy' and amount_yen != 0")) == 1
    assert of_frames(alone)["V24"].evidence.endswith("「架空の取組」は主な取組なのに金額がマイナス")


def test_measures_named_in_two_places_are_listed_and_none_where_all_are_named_once(frames):
    """By hand: 16 entries of the document's lists, of 15 measures; 下水道使用料の適正化 stands in two of them."""
    assert of_frames(frames)["V11"].evidence.startswith("16箇所に15件（下水道使用料の適正化は2箇所）")
    once = replace(frames, mentions=frames.mentions[~frames.mentions["measure_id"].duplicated()])
    assert of_frames(once)["V11"].evidence.startswith("15箇所に15件")
    assert "2箇所" not in of_frames(once)["V11"].evidence


@pytest.mark.parametrize(("faults", "last"), [(20, "20"), (21, "ほかに1件ある"), (22, "ほかに2件ある")])
def test_faults_beyond_those_anybody_reads_are_counted_and_none_is_not(faults, last):
    nobody = pd.DataFrame({"check_id": []})
    found = findings.finding("V11", [str(n) for n in range(1, faults + 1)], holds="", acknowledged=nobody)
    told = found.evidence.split("。")
    assert (len(told), told[-1]) == (min(faults, findings.MOST_FAULTS + 1), last)


def test_a_kind_of_amount_that_no_policy_states_adds_up_to_zero():
    frames = year([{"A": 1}], [(None, 5)])
    row = {"metric": "actual_effect", "scope": "plan", "scope_id": "plan", "comparison": "equal", "locator": "L9"}
    row |= {"value": "5", "unit": "千円", "quote": "架空", "source_id": "made-up", "status": "stated"}
    stated = pd.DataFrame([row], columns=list(frames.stated.columns))
    assert of_frames(replace(frames, stated=stated))["V05"].evidence == "見込と実績の合計（0千円、5千円）が一致"


def test_one_yen_expected_is_something():
    """A multiplier of one yen is a multiplier: only where nothing is expected is there none."""
    made = year([{"A": 1}], [(1, 5)])
    effects = made.effects.assign(unit="円", amount_yen=made.effects["amount_yen"] // 1000)
    assert of_figures(replace(made, effects=effects))["V15"].result == "not_applicable"


def test_a_rate_that_was_cut_off_is_said_not_to_be_rounded(frames):
    """62 of 74 is 83.78…%: 83.7 is cut, and told; 83.8 is rounded, and is not."""
    row = {"metric": "achievement_rate", "scope": "plan", "scope_id": "plan", "comparison": "equal", "locator": "L60"}
    cut, rounded = (
        of_figures(added(frames, "stated", **row, value=value, unit="%"))["V04"] for value in ("83.7", "83.8")
    )
    assert "四捨五入した値ではない" in cut.evidence
    assert "四捨五入" not in rounded.evidence


@pytest.mark.parametrize(
    ("severity", "result", "acknowledged", "outcome"),
    [
        ("block", "passed", "", "passed"),
        ("warn", "not_applicable", "", "not_applicable"),
        ("warn", "failed", "", "warned"),
        ("block", "failed", "", "failed"),
        ("warn", "not_run", "", "not_run"),
        ("block", "failed", "架空の課長", "acknowledged"),
        ("warn", "failed", "架空の課長", "acknowledged"),
    ],
)
def test_a_check_has_one_outcome_and_a_word_for_it(severity, result, acknowledged, outcome):
    one = Finding("V01", "架空の検算", severity, result, "", acknowledged=acknowledged)
    assert one.outcome == outcome
    assert OUTCOMES[outcome]
    assert check.tally([one]) == {name: int(name == outcome) for name in OUTCOMES}
