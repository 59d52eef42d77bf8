"""A whole August of the scheduled run, with a set clock: what was built and sent at each step, worked by hand.

The plan's second document is made up (架空・試験用): `tests/documents/synthetic-2025.txt`.
"""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import letterbox
import pytest

from helpers import cli

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "tests" / "documents" / "synthetic-2025.txt"
TOTAL = "	実績効果額 b	"
PLAN = "isehara-6"
CONFIGURATION = """
[[folder]]
name = "共有"
path = "shared"

[mail]
host = "localhost"
port = {port}
ca_file = "{certificate}"
sender = "gyokaku@city.example.lg.jp"

[[recipient]]
name = "市長"
address = "mayor@city.example.lg.jp"
"""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("august")]


class Step(NamedTuple):
    """One call of `gyokaku run`, and what it must come to."""

    day: str
    what: str  # what happened before the call
    status: int = 0
    built: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()  # year sets put into the shared folder
    letters: tuple[str, ...] = ()  # their subjects
    journal: int = 0  # lines added to the history


LISTS = (PLAN, "index")  # of the plan's years, and of all plans
R6, R7 = f"{PLAN} 2024", f"{PLAN} 2025"
ABOUT_R6, ABOUT_R7 = (f"伊勢原市 第6次行財政改革推進計画 令和{year}年度取組結果" for year in (6, 7))
# R6's page says of no later year, so R7's arrival makes it again with the same words: whoever has it is not told again.
STEPS = (
    Step("2026-07-31", "the first run", built=(R6, *LISTS), shared=(R6,), letters=(ABOUT_R6,), journal=1),
    Step("2026-08-01", "nothing"),
    Step("2026-08-05", "R7 is filed", built=(R6, R7, *LISTS), shared=(R7,), letters=(ABOUT_R7,), journal=1),
    Step("2026-08-05", "nothing"),
    Step("2026-08-05", "nothing"),
    Step("2026-08-12", "a document whose total is wrong arrives"),
    Step("2026-08-13", "effects.csv is spoilt", status=1, refused=(R7, PLAN), journal=1),
    Step("2026-08-13", "nothing", status=1),
    Step("2026-08-13", "nothing", status=1),
    Step("2026-08-14", "effects.csv is mended", mended=(R7, PLAN), journal=1),
    Step("2026-08-14", "nothing"),
    Step("2026-08-20", "a correction is filed", built=(R7, *LISTS), shared=(R7,), letters=(f"【訂正】{ABOUT_R7}",), journal=1),
    Step("2026-08-20", "nothing"),
    Step("2026-08-31", "nothing"),
    Step("2026-09-01", "nothing"),
)  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("伊勢原 8月")
    shutil.copytree(ROOT / "data" / "isehara-6", folder / "data" / "isehara-6")
    (folder / "notebooks").mkdir()
    for name in ("brief", "plan"):  # the page on the table, and the list; the others cost time and add nothing here
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder / "notebooks")
    (folder / "shared").mkdir()
    return folder


@pytest.fixture(scope="module")
def box(project):
    with letterbox.opened(project) as opened:
        content = CONFIGURATION.format(port=opened.port, certificate=opened.certificate.name)
        (project / "deliver.toml").write_text(content, encoding="utf-8")
        yield opened


def happens(project, what):
    """What people do between two runs; the status of what they typed, if they did."""
    effects = project / "data" / PLAN / "2025" / "effects.csv"
    document = project / "資料.txt"
    text = DOCUMENT.read_text(encoding="utf-8")
    file = ["intake", str(document), "--plan", PLAN, "--year", "R7", "--data", str(project / "data")]
    if what == "R7 is filed":
        document.write_text(text, encoding="utf-8")
        assert cli.main(file) == 0
    elif what == "a document whose total is wrong arrives":
        document.write_text(replaced(text, f"{TOTAL}208,000", f"{TOTAL}208,900"), encoding="utf-8")
        assert cli.main([*file, "--replace"]) == 1
    elif what == "effects.csv is spoilt":
        shutil.copy(effects, project / "effects.bak")
        effects.write_text(replaced(effects.read_text(encoding="utf-8"), "198300", "十九万"), encoding="utf-8")
    elif what == "effects.csv is mended":
        shutil.copy(project / "effects.bak", effects)
    elif what == "a correction is filed":
        # 方針3: 7,020 → 7,120, and with it the total: 208,000 → 208,100
        changed = replaced(replaced(text, "７，０２０", "7,120"), f"{TOTAL}208,000", f"{TOTAL}208,100")
        document.write_text(changed, encoding="utf-8")
        assert cli.main([*file, "--replace"]) == 0


def replaced(text, old, new):
    assert text.count(old) == 1
    return text.replace(old, new)


def lines(project):
    path = project / "reports" / "runs.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def pages(project):
    return {path: path.read_bytes() for path in (project / "reports").rglob("*.html") if path.name != "runs.html"}


def test_a_whole_august(project, box, capsys):
    for step in STEPS:
        happens(project, step.what)
        capsys.readouterr()
        before, sent, noted = pages(project), len(box.letters), len(lines(project))
        status = cli.main(["run", "--data", str(project / "data"), "--today", step.day])
        said = capsys.readouterr()
        new = lines(project)[noted:]
        last = new[-1] if new else {"sets": [], "deliveries": [], "mended": []}
        shared = [one for one in last["deliveries"] if one["channel"] == "folder"]
        came_to = step._replace(
            status=status,
            built=tuple(one["set"] for one in last["sets"] if one["state"] == "built"),
            refused=tuple(one["set"] for one in last["sets"] if one["state"] == "refused"),
            mended=tuple(name for _, name in last["mended"]),
            shared=tuple(f"{one['plan']} {one['fiscal_year']}" for one in shared),
            letters=tuple(letter["Subject"] for letter in box.read()[sent:]),
            journal=len(new),
        )
        assert came_to == step, said.err
        assert bool(said.out or said.err) == bool(step.journal), "it speaks where there is news, and only there"
        if not step.built:
            assert pages(project) == before
    # 方針3: 7,020 → 7,120 thousand yen of 6,100 expected: 1.15 → 1.17 times, 920 → 1,020 more than expected
    (correction,) = [letter for letter in box.read() if letter["Subject"].startswith("【訂正】")]
    moved = correction.get_body().get_content()
    for line in ("実績効果額｜方針3｜702万円 → 712万円", "倍率｜方針3｜1.15倍 → 1.17倍", "差｜方針3｜92万円 → 102万円"):
        assert line in moved
    history = (project / "reports" / "runs.html").read_text(encoding="utf-8")
    assert history.count('class="a-run"') == sum(step.journal for step in STEPS)
    assert "「十九万」は決まりの形ではありません" in history, "what failed and why"
    assert "解消していない失敗はない" in history
    assert "令和5年度: 2024年8月に公表されるはずの結果が、まだ登録されていません" in history
