"""The brief in print: page one is one sheet of A4, whatever people add to it. What holds for every page is in `test_browser`."""

import re
import shutil
from pathlib import Path

import paper
import pytest
import strained

from helpers import compute, read
from helpers.notation import LANGUAGES

REPORTS = Path(__file__).parents[1] / "reports"
BRIEF = Path("isehara-6", "2024", "brief.html")
HEADLINE = {"ja": "74件中62件（83.8%）が概ね計画どおり以上。", "en": "62 of 74 measures"}
BEHIND = {"ja": "図の数値", "en": "Figures behind the charts"}
# What the last line of page one and its note on an accepted check begin with.
LAST_LINE = {"ja": "再現：", "en": "Made with:"}
ACCEPTED = {"ja": "了承して公表した", "en": "Published with these failed checks accepted"}
RADICALS = range(0x2E80, 0x2FE0)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def tab(browser):
    with browser.new_page() as page:
        yield page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_one_is_the_first_sheet_of_a4_and_its_text_can_be_searched(tab, english_reports, language):
    brief = REPORTS / BRIEF if language == "ja" else english_reports / BRIEF.with_suffix(".en.html")
    tab.goto(brief.as_uri())
    assert paper.size(paper.sheets(tab)[0]) == paper.A4_POINTS
    first, second, *_ = texts = [" ".join(text.split()) for text in paper.texts(tab)]
    assert HEADLINE[language] in (first if language == "en" else first.replace(" ", ""))
    assert LAST_LINE[language] in first
    assert BEHIND[language] not in first
    assert BEHIND[language] in second, "what comes behind starts the second sheet"
    assert not [character for character in "".join(texts) if ord(character) in RADICALS]


def test_japanese_letters_have_the_packages_face(tab):
    tab.goto((REPORTS / BRIEF).as_uri())
    assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('12px \"BIZ UDPGothic\"', '億'))")
    loaded = tab.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family + f.weight)")
    assert {"BIZ UDPGothic400", "BIZ UDPGothic700", "BIZ UDGothic400"} <= set(loaded)


def rewrite(file, pattern, words):
    text, count = re.subn(pattern, words, file.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert count == 1
    file.write_text(text, encoding="utf-8")


def full_of(name, project):
    """FY2024 with what people may add to it or leave out (made up), in both languages: page one must still hold it."""
    plan = Path(shutil.copytree(REPORTS.parent / "data" / "isehara-6", project / "data" / "isehara-6"))
    if "no English names" in name:  # but for those of the policies, which every plan has
        rewrite(plan / "plan.toml", r"\n\[english\]\n.*?\n(?=\[thresholds\])", "\n")
    if name == "no short names":
        rewrite(plan / "plan.toml", r"(\n\[short_names\]\n).*?(?=\n\n)", r"\1")
    elif name.startswith("decisions"):
        decision = (
            "架空の論点その{n}を次の計画の見直しに合わせて決める,manual,not_registered,企画部,2026-03,open,2025-10-01"
        )
        decisions = ["decision_id,topic,rule,decision,owner,due,state,updated_on"]
        decisions += [f"2024-{n},{decision.format(n=n)}" for n in range(1, 6)]
        accepted = "V03,訂正の公表を待っている,企画部長,2025-08-20"
        (plan / "2024" / "decisions.csv").write_text("\n".join([*decisions, ""]), encoding="utf-8")
        (plan / "2024" / "acknowledged.csv").write_text(
            f"check_id,reason,acknowledged_by,acknowledged_on\n{accepted}\n", encoding="utf-8"
        )
        rewrite(plan / "2024" / "stated.csv", ",equal,62,件,", ",equal,63,件,")
    return compute.corrected(read.year("isehara-6", 2024, project / "data"))


@pytest.mark.parametrize(
    "name",
    ["decisions and an acknowledgement", "no short names", "decisions and an acknowledgement, no English names"],
)
def test_page_one_holds_what_people_add(name, tab, tmp_path):
    frames = full_of(name, tmp_path)
    for language in LANGUAGES:
        (tmp_path / "brief.html").write_text(strained.page("brief", frames, language, before={}), encoding="utf-8")
        tab.goto((tmp_path / "brief.html").as_uri())
        first = paper.texts(tab)[0]
        assert LAST_LINE[language] in first, f"the last line of page one, {language}"
        last = first[first.index(LAST_LINE[language]) :]
        assert language == "ja" or "--language en" in " ".join(last.split())
        assert (ACCEPTED[language] in first) == name.startswith("decisions")
