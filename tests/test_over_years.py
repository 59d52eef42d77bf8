"""The plan's page as pictures over its years: every year is made up, with one, two, three and five of them, gaps and breaks."""

import re
from dataclasses import replace

import made_up_register
import pandas as pd
import pytest
from made_up import LETTERS, year

from helpers import check, compute, notation, pages, tell
from helpers.draw import plan_money, plan_path
from helpers.terms.audience import PUBLIC

ITEM = [("架空の土地の売却", "60000", "千円", "exact")]
ONCE = {"架空の土地の売却": ("one_off", "cash")}


def frames_of(years, **changes):
    """Frames by year: measures achieved and behind, expected and actual effect in 千円."""
    made = {}
    for n, (of, (achieved, behind, expected, actual)) in enumerate(years.items()):
        counts = [{"A": 1, "B": achieved - 1, "C": behind, "D": 0}]
        items = {"items": ITEM, "classes": ONCE} if n == 0 and actual and actual > 60_000 else {}
        made[of] = year(counts, [(expected, actual)], **items)
    month = f"{max(years) + 1}-08" if years else ""
    source = {"made-up": {"title": "架空", "publisher": "架空市", "published": month, "sha256": "0" * 64}}
    changes |= {"registered_years": tuple(years), "sources": source}
    return {of: replace(frames, fiscal_year=of, **changes) for of, frames in made.items()}


def all_of(frames):
    figures = compute.figures_by_year(frames)
    findings = check.by_year(frames, figures)
    return figures, tell.by_year(figures, frames, findings)


class Parts(dict):
    """The page's parts by name, each drawn when it is first asked for; None where there is none."""

    def __init__(self, frames):
        figures, stories = all_of(frames)
        plan, drawn = next(iter(frames.values())).plan, pages.over_years
        self.makers = {
            "grades": lambda: drawn.grades(plan, figures, frames, stories),
            "money": lambda: drawn.money(plan, figures, frames, stories),
            "path": lambda: drawn.path(plan, figures, frames),
            "behind": lambda: drawn.behind(figures, frames),
            "decided": lambda: drawn.decided(frames, stories),
            "linked": lambda: drawn.linked_plans(figures, frames),
        }

    def __missing__(self, name):
        made = self.makers[name]()
        return self.setdefault(name, str(made.html) if made else None)


def said(html):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)))


def in_chart(html):
    picture = re.search(r"<svg.*?</svg>", html, flags=re.DOTALL)[0]
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<text.*?</text>", picture, flags=re.DOTALL)]


YEARS = {
    2023: (7, 3, 100_000, 120_000),
    2024: (8, 2, 100_000, 90_000),
    2025: (9, 1, 110_000, 130_000),
    2026: (6, 4, 120_000, 130_000),
    2027: (10, 0, 100_000, 101_000),
}


def some_of(*years):
    return frames_of({of: YEARS[of] for of in years})


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_every_year_of_the_plan_has_a_row_and_a_missing_one_is_no_zero(count):
    made = Parts(some_of(*list(YEARS)[:count]))
    for name in ("grades", "money"):
        words = in_chart(made[name])
        assert [one for one in words if one.startswith("令和")] == [f"令和{n}年度" for n in range(5, 10)]
        assert words.count("未到来") == 5 - count
    assert "0件" not in in_chart(made["grades"])
    assert "0円" not in in_chart(made["money"])


def test_a_year_missing_between_is_a_gap():
    made = Parts(some_of(2023, 2025))
    assert [in_chart(made[name]).count("未登録") for name in ("grades", "money")] == [1, 1]
    assert "令和6年度の結果を登録すると示す" in said(made["path"])
    assert "<svg" not in made["path"]


def test_the_message_is_the_newest_years_and_leads_to_its_proofs():
    made = Parts(some_of(2023, 2024))
    assert "達成率は前年度（70.0%）から取組ひとつの差で、ほぼ同じ。" in said(made["grades"])
    assert 'href="2024/quality.html#m-achievement_rate-plan"' in made["grades"]
    assert "効果額は前年度の1.20億円を3,000万円下回る" in said(made["money"])


def test_what_is_judged_one_off_is_set_apart_and_the_floor_is_marked():
    frames = some_of(2023, 2024)
    figures, _ = all_of(frames)
    first, second = (plan_money._row(n, figures[of], frames[of]) for n, of in enumerate(frames))
    assert (first["actual"], first["one_off"], first["floor"]) == (120_000_000, 60_000_000, 60_000_000)
    assert (second["one_off"], second["floor"]) == (0, None)
    table = said(Parts(frames)["money"])
    assert "R5（2023）1.00億円1.20億円6,000万円6,000万円" in table
    assert "—（判断した項目なし）" in table


def test_a_break_in_scale_or_definition_is_drawn_as_one():
    frames = some_of(2023, 2024)
    whole = Parts(frames)
    assert "違う" not in "".join(in_chart(whole["grades"]) + in_chart(whole["money"]))
    other = (replace(LETTERS[0], label="架空の段階"), *LETTERS[1:])
    frames[2023] = replace(frames[2023], plan=replace(frames[2023].plan, grades=other, effect_definition="別の額"))
    made = Parts(frames)
    assert "ここから評価の段階が違う" in in_chart(made["grades"])
    assert "ここから効果額の数え方が違う" in in_chart(made["money"])


def test_amounts_that_add_up_have_a_path_and_others_a_reason():
    frames = some_of(2023, 2024, 2025)
    assert "効果額が単年か増分かの記載なし" in said(Parts(frames)["path"])
    summed = {of: replace(one, plan=replace(one.plan, effect_basis="vs_plan_baseline")) for of, one in frames.items()}
    figures, _ = all_of(summed)
    # 100, 200, 310 expected; 120, 210, 340 came (百万円).
    assert plan_path.rows(figures)["expected"].tolist() == [100_000_000, 200_000_000, 310_000_000]
    assert plan_path.rows(figures)["actual"].tolist() == [120_000_000, 210_000_000, 340_000_000]
    made = Parts(summed)["path"]
    assert {"見込みの累計", "実績の累計"} <= set(in_chart(made))
    assert "令和7年度3.10億円3.40億円" in said(made)


def _register(grades):
    made = [made_up_register._row(one, f"架空の{one}", "1", "架空部", grade, 10, 5) for one, grade in grades.items()]
    place = {"source_id": "made-up", "quote": "架空", "status": "stated"}
    return made_up_register.frame([row | place | {"locator": f"L{n}"} for n, row in enumerate(made, start=2)])


def test_with_registers_measures_behind_stand_by_years():
    frames = frames_of(dict.fromkeys((2023, 2024, 2025), (2, 2, 40, 20)))
    for of, grades in {2023: "ABCC", 2024: "ABCC", 2025: "ACCB"}.items():
        frames[of] = replace(frames[of], register=_register(dict(zip("甲乙丙丁", grades, strict=True))))
    made = Parts(frames)["behind"]
    # 2025: 乙 for the first year, 丙 for the third.
    assert [one for one in in_chart(made) if "年目" in one] == ["1年目", "2年目", "3年目"]
    assert [one for one in in_chart(made) if one.endswith("件") and one != "件"] == ["1件", "0件", "1件"]
    assert "架空の丙架空部3年" in said(made)
    assert "架空の乙架空部" not in said(made), "only those of more than one year"
    assert "何年目かは分からない" in said(Parts(some_of(2023))["behind"])


def test_points_stand_with_what_became_of_them_and_not_on_a_public_page():
    frames = some_of(2023, 2024)
    row = {"decision_id": "2023-1", "topic": "架空の論点", "rule": "D-b", "decision": "分けて報告する"}
    row |= {"owner": "企画部", "due": "2025-03", "state": "done", "updated_on": "2024-10-01"}
    decisions = pd.DataFrame([row], columns=frames[2023].decisions.columns)
    frames[2023] = replace(frames[2023], decisions=decisions)
    made = said(Parts(frames)["decided"])
    assert "令和5年度論点：架空の論点状態：完了決定：分けて報告する担当：企画部期限：2025-03" in made
    assert made.count("令和5年度") == 1, "the rule that was decided on is not told as open"
    public = {of: replace(one, audience=PUBLIC) for of, one in frames.items()}
    assert Parts(public)["decided"] is None


def test_without_money_or_grades_there_is_no_chart_of_it():
    made = Parts(frames_of({2023: (7, 3, None, None)}))
    assert made["money"] is made["path"] is None
    (one,) = some_of(2023).values()
    made = Parts({2023: replace(one, grade_counts=one.grade_counts.iloc[:0])})
    assert made["grades"] is None
    assert re.search(r"図1</span>", made["money"]), "charts are numbered as they stand"


def test_every_chart_has_its_alt_text_and_its_table():
    made = Parts(some_of(2023, 2024))
    whole = "".join(made[name] or "" for name in made.makers) + '<table id="table-plan-years">'
    for target in re.findall(r'class="to-table" href="#([^"]+)"', whole):
        assert f'id="{target}"' in whole
    for label in re.findall(r'role="img" aria-label="([^"]*)"', whole):
        assert re.search(r"\d", label)
    assert "令和5年度 7件／10件、70.0%" in made["grades"]


def test_in_english_no_japanese_is_left():
    with notation.speaking("en"):
        parts = Parts(some_of(2023, 2024))
        made = {name: parts[name] for name in ("grades", "money", "path", "behind")}
    for name, html in made.items():
        words = said(html) + "".join(in_chart(html) if "<svg" in html else [])
        for grade in LETTERS:  # a plan without English names keeps its own
            words = words.replace(grade.label, "")
        assert not re.search("[ぁ-んァ-ヶ一-龥]", words), (name, words)
