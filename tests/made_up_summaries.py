"""Made-up registers with whatever a register may hold, and what a summary of one reads back as. No city keeps them."""

import hashlib
from dataclasses import replace

import made_up
import made_up_register
from hypothesis import strategies as st

from helpers import forms, intake, read
from helpers.received import opened
from helpers.terms import Grade, in_yen, same_name

YEAR = 2024
# Scales as cities have them; the reader knows each by code and label.
SCALES = {
    "four": made_up.LETTERS,
    "three": (
        Grade("◎", "目標を上回った", 1, achieved=True, band="exceeded"),
        Grade("○", "目標どおり", 2, achieved=True, band="on_track"),
        Grade("△", "目標に届かない", 3, achieved=False, band="behind"),
    ),
    "five": (
        Grade("S", "大幅に達成", 1, achieved=True, band="exceeded"),
        Grade("A", "達成", 2, achieved=True, band="on_track"),
        Grade("B", "概ね達成", 3, achieved=True, band="on_track"),
        Grade("C", "一部未達成", 4, achieved=False, band="behind"),
        Grade("D", "未達成", 5, achieved=False, band="stalled"),
    ),
    "without_praise": (
        Grade("1", "実施", 1, achieved=True, band="on_track"),
        Grade("2", "未実施", 2, achieved=False, band="behind"),
        Grade("9", "対象外", 3, achieved=False, band="not_rated"),
    ),
}
# Names that departments give and that a list must carry.
NAMES = (
    "ふるさと納税（個人版）の推進",
    "ＡＩ／ＲＰＡの活用",
    "AI·RPA・ICTの活用（第2期）",
    "問い合わせ窓口の改善",
    "達成状況の公表",
    "令和6年度の取組結果の公表",
    "実績効果額の見える化",
    "単位制の見直し",
    "5S活動の推進",
    "50周年記念事業の見直し",
    "A評価をめざす取組",
    "主な取組の公表",
    "～みんなで～まちづくり",
    "「書かない窓口」の導入",
    "下水道使用料の適正化に関する検討及び" * 12 + "見直し",
)
WORDS = (
    "not_registered",
    "計画を上回る12件を実施し、前年度から3割増えた",
    "令和5年度の取組結果を踏まえ、令和6年度に見直した（3,500千円）。",
    "調整に時間を要した〔令和7年度に再開〕",
    "…続けて実施\n二行目",
    "A、B、Cの3施設を統合 ※主な取組に掲載",
)


def measure_id(name: str) -> str:
    """The id that a name gives."""
    return f"m-{hashlib.sha256(same_name(name).encode()).hexdigest()[:6]}"


def rows(measures: list[tuple]) -> list[dict[str, str]]:
    """Rows of a register: policy, grade, name, department, expected, actual (千円 or a token), reason."""
    made = []
    place = {"source_id": "made-up", "quote": "架空", "status": "stated"}
    for line, (policy, grade, name, department, expected, actual, reason) in enumerate(measures, start=2):
        row = {"measure_id": measure_id(name), "measure": name, "policy_id": policy, "promotion_item": "not_registered"}
        row |= {"department": department, "grade": grade, "reason": reason, "locator": f"L{line}"}
        for kind, amount in (("expected", expected), ("actual", actual)):
            row |= {f"{kind}_amount": str(amount), f"{kind}_unit": "千円", f"{kind}_zero_meaning": "not_applicable"}
        made.append(row | place)
    return made


@st.composite
def registers(draw, *, most=15):
    """A plan and a register of it: policies without measures, amounts below zero, of zero, or none, long and odd names."""
    grades = draw(st.sampled_from(list(SCALES.values())))
    plan = made_up.plan(draw(st.integers(1, 12)), grades=grades)
    without = st.sampled_from([0, "not_stated", "not_applicable"])
    amounts = st.one_of(st.integers(-9_999_999, 99_999_999), st.integers(-600, 2_600), without)
    departments = ["企画部", "総務部・企画部", "市長公室", "土木部 道路課"]
    chosen = ([policy.id for policy in plan.policies], [grade.code for grade in grades], NAMES, departments)
    one = st.tuples(*map(st.sampled_from, chosen), amounts, amounts, st.sampled_from(WORDS))
    found = draw(st.lists(one, min_size=1, max_size=most))
    measures = [
        (policy, grade, name if number < 1 else f"{name}その{number}", *rest)
        for number, (policy, grade, name, *rest) in enumerate(found)
    ]
    return plan, made_up_register.frame(rows(measures))


def summary_of(register, plan, *, year=YEAR, **about):
    """The summary of a register with what the rule proposes."""
    featured = about.pop("featured", None)
    featured = forms.featured.proposed(register, plan=plan) if featured is None else featured
    return forms.summary(register, plan=plan, fiscal_year=year, featured=featured, **about)


def written(summary) -> dict[str, bytes]:
    """The summary in each of its formats, by the name of a file."""
    return {
        "案.txt": forms.as_text.text(summary).encode(),
        "案.docx": forms.as_word.word(summary),
        "案.html": forms.as_html.html(summary).encode(),
    }


def read_back(summary, plan):
    """The tables that its text reads back as."""
    return read_from("案.txt", forms.as_text.text(summary).encode(), plan)


def read_from(name, content, plan):
    """The tables that a file reads back as."""
    return intake.facts(opened(name, content), plan=plan, layout=read.summary_layout(), fiscal_year=YEAR)


def frames(tables, register, *, plan):
    """The tables with the register beside them, as `read` would give them."""
    exact = [in_yen(row.amount, row.unit) for row in tables["effects"].itertuples()]
    typed = tables | {
        "grade_counts": tables["grade_counts"].astype({"measures": "int64"}),
        "effects": tables["effects"].assign(
            amount_yen=[yen for yen, _ in exact], precision_yen=[precision for _, precision in exact]
        ),
    }
    base = made_up.year([{}] * len(plan.policies), [(None, None)] * len(plan.policies))
    return replace(base, plan=plan, register=register, **typed)
