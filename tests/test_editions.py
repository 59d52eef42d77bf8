"""A corrected document makes an edition: page one says which and what moved, and the former pages stay readable below the year.

The correction is made up: 方針1 earned 47,708 in the document, 57,708 in the corrected one (千円), so that its totals move by 10,000.
"""

import json
import re
import shutil
from pathlib import Path

import pytest

from helpers import check, cli, tell

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "tests/documents/isehara-2024.txt"
MOVED = (("47,708", "57,708"), ("1,345,649", "1,355,649"))

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("editions")]


def corrected(text):
    for before, now in MOVED:
        assert before in text
        text = text.replace(before, now)
    return text.replace("令和7年8月", "令和7年10月")


@pytest.fixture(scope="module")
def project(set_of_2024, tmp_path_factory):
    """The year as it was built from the document, then registered and built again from the corrected one."""
    home = tmp_path_factory.mktemp("editions")
    shutil.copytree(ROOT / "data" / "isehara-6", home / "data" / "isehara-6")
    shutil.copytree(set_of_2024.parents[1], home / "reports")
    where = ["--data", str(home / "data")]
    amended = home / "amended.txt"
    amended.write_text(corrected(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    assert cli.main(["intake", str(amended), "--plan", "isehara-6", "--year", "R6", "--replace", *where]) == 0
    assert cli.main(["build", "isehara-6", *where, "--out", str(home / "reports")]) == 0
    return home


def set_of(project):
    return project / "reports" / "isehara-6" / "2024"


def words(path):
    html = re.sub(r"<style.*?</style>|<svg.*?</svg>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))


def test_page_one_says_the_edition_and_the_figures_that_moved(project):
    said = words(set_of(project) / "brief.html")
    assert "第2版（2025年10月訂正）" in said
    # 1,345,649 → 1,355,649 (千円); ÷ 347,736 = 3.870 → 3.899
    moved = "第2版で改まった主な数値：実績効果額13.46億円→13.56億円・倍率3.87倍→3.90倍。"
    assert moved in said.split("出典：")[0]
    assert "検算の注意：V27" not in said


def test_the_former_pages_stay_readable_and_say_that_they_were_replaced(project):
    former = set_of(project) / "editions" / "1"
    assert {"brief.html", "detail.html", "quality.html", "metrics.json"} <= {path.name for path in former.iterdir()}
    said = words(former / "brief.html")
    assert "訂正の前の版です。今の版ではありません。" in said
    assert "効果額13.46億円は見込みの3.87倍" in said
    html = (former / "brief.html").read_text(encoding="utf-8")
    for target in re.findall(r'href="([^"#]+)"', html):
        assert (former / target).resolve().exists(), target


def test_a_next_run_leaves_the_former_edition_where_it_is(project):
    def former():
        return {path: path.read_bytes() for path in (set_of(project) / "editions").rglob("*") if path.is_file()}

    before = former()
    where = ["--data", str(project / "data"), "--out", str(project / "reports")]
    assert cli.main(["build", "isehara-6", "--force", "--page", "brief", *where]) == 0
    assert former() == before
    assert not (set_of(project) / "editions" / "2").exists()


def test_the_list_of_years_and_the_figures_say_the_edition(project):
    assert "登録済（第2版）" in words(project / "reports" / "isehara-6" / "index.html")
    rows, summary = (
        json.loads((set_of(project) / f"{name}.json").read_text(encoding="utf-8")) for name in ("metrics", "summary")
    )
    assert {row["as_of"] for row in rows} == {summary["sources"][0]["published"]}
    before = [row["exact"] for row in rows if (row["metric"], row["scope"]) == ("actual_effect", "edition")]
    assert before == [1_345_649_000]


def test_a_document_that_replaced_none_is_no_edition(frames, figures):
    story = tell.brief(figures, frames, [*check.frames(frames), *check.figures(frames, figures)])
    assert frames.edition == 1
    assert not figures.of("actual_effect", "edition")
    assert "版" not in "".join(one.text for group in story.caveats for one in group)
