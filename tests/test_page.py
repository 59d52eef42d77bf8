"""The brief in a real browser: on paper, on a telephone, on a network that never answers."""

import shutil
import socket
from pathlib import Path

import pytest
import sheet
from pypdf import PdfReader

from helpers import cli

REPORTS = Path(__file__).parents[1] / "reports"
BRIEF = REPORTS / "isehara-6" / "2024" / "brief.html"
HEADLINE = "74件中62件（83.8%）が概ね計画どおり以上。"
A4_POINTS = (595, 842)
PHONE_PIXELS = 400
LEAST_ALT = 20
RADICALS = range(0x2E80, 0x2FE0)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.goto(BRIEF.as_uri())
    yield page
    page.close()


@pytest.fixture(scope="module")
def printed(browser, tmp_path_factory):
    page = browser.new_page()
    page.goto(BRIEF.as_uri())
    file = tmp_path_factory.mktemp("print") / "brief.pdf"
    page.pdf(path=file, prefer_css_page_size=True, print_background=True)
    page.close()
    return PdfReader(file)


def test_page_one_is_the_first_sheet_of_a4(printed):
    first, second = printed.pages[0], printed.pages[1]
    assert tuple(round(float(side)) for side in first.mediabox[2:]) == A4_POINTS
    assert HEADLINE in "".join(first.extract_text().split())
    assert "再現：" in first.extract_text(), "the last line of page one"
    assert "図の数値" not in first.extract_text()
    assert "図の数値" in second.extract_text(), "what comes behind starts the second sheet"


def test_nothing_of_page_one_is_cut_on_paper(page):
    assert sheet.spilling(page) == []


def test_text_of_the_print_can_be_searched(printed):
    text = "".join(sheet.extract_text() for sheet in printed.pages)
    assert not [character for character in text if ord(character) in RADICALS]


def test_nothing_is_asked_of_the_network(browser):
    """The page is served from a host that accepts connections and never answers another request."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        context = browser.new_context(proxy={"server": f"http://127.0.0.1:{silent.getsockname()[1]}"})
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(BRIEF.as_uri(), timeout=5_000)
        assert asked == [BRIEF.as_uri()]
        context.close()


def test_page_declares_language_and_lets_no_script_run(page):
    assert page.get_attribute("html", "lang") == "ja"
    assert page.locator("script").count() == 0
    policy = page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("width", [PHONE_PIXELS, 700, 1100])
def test_page_is_never_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_japanese_letters_have_the_packages_face(page):
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('12px \"BIZ UDPGothic\"', '億'))")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family + f.weight)")
    assert {"BIZ UDPGothic400", "BIZ UDPGothic700", "BIZ UDGothic400"} <= set(loaded)


def test_chart_labels_lie_inside_their_chart(page):
    for width in (PHONE_PIXELS, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        cut = page.evaluate(
            """() => [...document.querySelectorAll('svg.picture')].flatMap(svg => {
                const box = svg.getBoundingClientRect();
                return [...svg.querySelectorAll('text')].filter(t => {
                    const b = t.getBoundingClientRect();
                    return b.width && (b.left < box.left - 1 || b.right > box.right + 1 || b.bottom > box.bottom + 1);
                }).map(t => t.textContent);
            })"""
        )
        assert cut == [], f"at {width} px"


def test_charts_say_what_they_show_and_have_a_table(page):
    for picture in page.locator("svg.picture").all():
        assert picture.get_attribute("role") == "img"
        assert len(picture.get_attribute("aria-label")) >= LEAST_ALT
    for link in page.locator("a.to-table").all():
        target = link.get_attribute("href")
        assert page.locator(f"table{target} caption").count() == 1
        assert page.locator(f"table{target} thead th[scope=col]").count() > 1


def test_ids_are_unique(page):
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_links_beside_the_page_lead_to_files(page):
    targets = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
    for target in targets:
        if target.startswith("#"):
            assert page.locator(target).count() == 1, target
        else:
            file, _, place = target.partition("#")
            assert (BRIEF.parent / file).is_file(), target
            assert not place or f'id="{place}"' in (BRIEF.parent / file).read_text(encoding="utf-8"), target


def without_english(plan):
    """Takes the English names away, but for those of the policies, which every plan has."""
    words = plan.read_text(encoding="utf-8")
    head, _, rest = words.partition("[english]\n")
    plan.write_text(head + rest[rest.index("[thresholds]") :], encoding="utf-8")


def full_of(name, project, language):
    """FY2024 with what people may add to it or leave out (made up): page one must still hold it."""
    shutil.copytree(REPORTS.parent / "data" / "isehara-6", project / "data" / "isehara-6")
    year = project / "data" / "isehara-6" / "2024"
    plan = project / "data" / "isehara-6" / "plan.toml"
    if "no English names" in name:
        without_english(plan)
    if name == "no short names":
        words = plan.read_text(encoding="utf-8")
        head, _, rest = words.partition("[short_names]\n")
        plan.write_text(head + "[short_names]\n" + rest[rest.index("\n\n") :], encoding="utf-8")
    elif name.startswith("decisions"):
        (year / "decisions.csv").write_text(
            "decision_id,topic,rule,decision,owner,due,state,updated_on\n"
            + "".join(
                f"2024-{n},架空の論点その{n}を次の計画の見直しに合わせて決める,manual,not_registered,企画部,2026-03,open,2025-10-01\n"
                for n in range(1, 6)
            ),
            encoding="utf-8",
        )
        (year / "acknowledged.csv").write_text(
            "check_id,reason,acknowledged_by,acknowledged_on\nV03,訂正の公表を待っている,企画部長,2025-08-20\n",
            encoding="utf-8",
        )
        stated = year / "stated.csv"
        stated.write_text(
            stated.read_text(encoding="utf-8").replace(",equal,62,件,", ",equal,63,件,"), encoding="utf-8"
        )
    asked = ["--data", str(project / "data"), "--page", "brief", "--language", language]
    assert cli.main(["build", "isehara-6", *asked]) == 0
    return project / "reports" / "isehara-6" / "2024" / {"ja": "brief.html", "en": "brief.en.html"}[language]


# What its last line and its note on an accepted check begin with.
LAST_LINE = {"ja": "再現：", "en": "Made with:"}
ACCEPTED = {"ja": "了承して公表した", "en": "Published with these failed checks accepted"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("decisions and an acknowledgement", "ja"),
        ("no short names", "ja"),
        ("decisions and an acknowledgement", "en"),
        ("no short names", "en"),
        ("no English names", "en"),
        ("decisions and an acknowledgement, no English names", "en"),
    ],
)
def test_page_one_holds_what_people_add(name, language, browser, tmp_path):
    brief = full_of(name, tmp_path, language)
    page = browser.new_page()
    page.goto(brief.as_uri())
    page.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    first = PdfReader(tmp_path / "brief.pdf").pages[0].extract_text()
    assert LAST_LINE[language] in first, "the last line of page one"
    last = first[first.index(LAST_LINE[language]) :]
    assert language == "ja" or "--language en" in " ".join(last.split())
    assert (ACCEPTED[language] in first) == name.startswith("decisions")
