"""JupyterLab as an analyst meets it: `gyokaku lab`, a real browser, a hand on the mouse, and a network it never asks."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import scratch
from jupyter_client import KernelManager

from helpers import cli
from helpers.operate import lab
from helpers.operate.lab import kernel
from helpers.terms import Refusal

ROOT = Path(__file__).resolve().parent.parent
MARK = "探索用・公式値ではない"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}
START_S, LOAD_MS, RUN_MS, MOVE_MS = 60, 60_000, 30_000, 10_000
MENUS = ["ファイル", "編集", "表示", "実行", "カーネル", "タブ", "設定", "ヘルプ"]
CARD = ".bench-panel .strip li"


# The call


def words_of(project, **changes):
    return lab.arguments(
        project, **{"notebook": "explore", "port": None, "browser": True, "allow_root": False, **changes}
    )


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("explore", "template"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    return tmp_path


def test_the_bench_stands_in_front(project):
    words = words_of(project)
    assert f"--ServerApp.root_dir={project}" in words
    assert "--LabApp.default_url=/lab/tree/notebooks/explore.ipynb" in words
    assert words_of(project, notebook="template.ipynb")[1].endswith("/template.ipynb")
    assert not [word for word in words if "allow_root" in word or "open_browser" in word or "port" in word]


def test_only_what_is_asked_for_is_added(project):
    words = words_of(project, port=9999, browser=False, allow_root=True)
    assert words[-3:] == ["--ServerApp.port=9999", "--ServerApp.open_browser=False", "--ServerApp.allow_root=True"]


def test_a_notebook_that_is_not_there_is_refused_with_those_that_are(project):
    with pytest.raises(Refusal, match="explore、template"):
        words_of(project, notebook="架空")


def test_root_is_asked_to_know_what_it_does(monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert cli.main(["lab"]) == 1
    said = capsys.readouterr().err
    assert "gyokaku lab --allow-root" in said
    assert "Traceback" not in said


def test_the_settings_are_known_to_the_jupyterlab_that_is_installed():
    """An override of a setting that was renamed would be passed over in silence, and the news would be back."""
    overrides = json.loads((ROOT / "src/helpers/operate/lab/settings/overrides.json").read_text(encoding="utf-8"))
    schemas = Path(sys.prefix) / "share/jupyter/lab/schemas"
    for plugin, settings in overrides.items():
        package, _, name = plugin.partition(":")
        known = json.loads((schemas / package / f"{name}.json").read_text(encoding="utf-8"))["properties"]
        assert settings.keys() <= known.keys(), plugin


def test_make_lab_and_the_command_are_one():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "gyokaku lab" in makefile.partition("\nlab:")[2].partition("\n\n")[0]


# What a notebook imports

SAYS = """
import random, pandas, matplotlib, ours
print(ours.WORDS, random.__file__, pandas.__file__)
"""


@pytest.mark.slow
def test_a_notebook_finds_modules_beside_it_and_none_stands_in_for_a_library(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    monkeypatch.chdir(tmp_path)
    scratch.put(tmp_path, tmp_path / "imported")
    (tmp_path / "matplotlibrc").unlink()  # whoever puts one beside a notebook means it
    (tmp_path / "ours.py").write_text("WORDS = '隣の'", encoding="utf-8")
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=kernel.KernelSpecs())
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        said = []
        client.execute_interactive(SAYS, timeout=60, output_hook=lambda message: said.append(message["content"]))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    words = "".join(content.get("text", "") for content in said)
    assert words.startswith("隣の "), said
    assert str(tmp_path) not in words
    assert not (tmp_path / "imported").exists(), (tmp_path / "imported").read_text(encoding="utf-8")


# In a browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """`gyokaku lab` on a copy of the project in a folder with a Japanese name, for a user whose home is empty."""
    place = tmp_path_factory.mktemp("lab")
    city, home, runtime = place / "伊勢原 市", place / "home", place / "runtime"
    for folder in (city, home, runtime):
        folder.mkdir()
    shutil.copytree(ROOT / "data" / "isehara-6", city / "data" / "isehara-6")
    shutil.copytree(ROOT / "notebooks", city / "notebooks")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "GYOKAKU"))}
    environment = kept | {"HOME": str(home), "USERPROFILE": str(home), "JUPYTER_RUNTIME_DIR": str(runtime)}
    command = [sys.executable, "-m", "helpers.cli", "lab", "--no-browser", "--allow-root"]
    with (place / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=city, env=environment, stdout=log, stderr=log)
        try:
            yield SimpleNamespace(city=city, home=home, **_answering(server, runtime, place / "log"))
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _answering(server, runtime, log):
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            if words := path.read_text(encoding="utf-8"):
                return {key: json.loads(words)[key] for key in ("url", "token")}
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def page(browser, served):
    """explore.ipynb, opened and all of its cells run by the menu; what was asked for and complained of meanwhile."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.asked, page.complaints = [], []
    for event in ("request", "websocket"):
        page.on(event, lambda one: page.asked.append(one.url))
    page.on("console", lambda one: page.complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: page.complaints.append(str(one)))
    page.goto(f"{served.url}lab/tree/notebooks/explore.ipynb?token={served.token}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=LOAD_MS)
    page.locator("#jp-main-statusbar", has_text="アイドル").wait_for(timeout=LOAD_MS)  # its kernel listens
    page.get_by_role("menuitem", name="実行", exact=True).click()
    page.get_by_role("menuitem", name="すべてのセルを実行", exact=True).click()
    page.wait_for_selector(".bench-panel .what-if", timeout=RUN_MS)
    page.wait_for_function(
        "[...document.querySelectorAll('.jp-CodeCell')].every(c => /\\d/.test(c.querySelector('.jp-InputPrompt')?.textContent))",
        timeout=RUN_MS,
    )
    yield page
    page.close()


def marked(test):
    return pytest.mark.browser(pytest.mark.xdist_group("lab")(test))


def reads(page, name, value, beside):
    """Waits until the card of that figure shows this."""
    card = page.locator(CARD, has=page.locator(".name", has_text=re.compile(f"^{name}$")))
    card.locator(".value", has_text=re.compile(f"^{re.escape(value)}$")).wait_for(timeout=MOVE_MS)
    assert card.locator(".beside").text_content() == beside


@marked
def test_menus_are_japanese(page):
    assert page.locator(".lm-MenuBar-itemLabel").all_inner_texts() == MENUS
    assert page.evaluate("document.documentElement.lang") in {"ja", "ja-JP", "ja_JP", "en"}


@marked
def test_the_notebooks_of_the_project_are_in_front(page):
    listed = page.locator(".jp-DirListing-itemText").all_inner_texts()
    assert {"explore.ipynb", "template.ipynb", "brief.ipynb"} <= set(listed)
    assert page.locator(".jp-mod-current .lm-TabBar-tabLabel").first.inner_text() == "explore.ipynb"


@marked
def test_every_cell_ran_and_none_failed(page):
    bad = ", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("error", "stderr"))
    assert page.locator(bad).all_inner_texts() == []
    assert page.locator(".bench .mark").count() >= 7


@marked
def test_leaving_an_item_out_changes_the_number_at_once(page):
    box = page.get_by_label("公社の健全化（961百万円）")
    reads(page, "倍率", "3.87倍", "公式のまま")
    box.check()
    reads(page, "倍率", "1.10〜1.11倍", "公式 3.87倍　差 △2.77〜△2.76倍")
    caption = page.locator(".bench-panel figcaption").nth(1).text_content()
    assert ("図B" in caption, "もしも 1.10〜1.11倍" in caption) == (True, True), "the chart follows"
    box.uncheck()
    reads(page, "倍率", "3.87倍", "公式のまま")


@marked
def test_three_re_grades_by_hand_fall_below_four_fifths(page):
    slider = page.locator(".widget-slider", has_text="件数")
    slider.locator(".widget-readout").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    reads(page, "達成率", "79.7%", "公式 83.8%　差 △4.1ポイント")
    reads(page, "達成率が境目を割るまでの件数", "0件", "公式 3件　差 △3件")
    page.get_by_role("button", name="公表のままに戻す").click()
    reads(page, "達成率", "83.8%", "公式のまま")


@marked
def test_every_picture_in_front_of_the_analyst_bears_the_mark(page):
    marks = page.locator(".bench svg.picture").evaluate_all("svgs => svgs.map(svg => svg.getAttribute('aria-label'))")
    assert len(marks) >= 4
    assert all(MARK in words for words in marks)


@marked
def test_nothing_is_asked_of_the_network(page):
    page.wait_for_timeout(1_000)
    hosts = {urlsplit(url).hostname for url in page.asked if not url.startswith(("data:", "blob:"))}
    assert len(page.asked) > 20
    assert hosts <= LOOPBACK
    # What would make the server itself ask: news, newer versions, extensions to install.
    assert [url for url in page.asked if re.search(r"/lab/api/(news|update|extensions)", url)] == []


@marked
def test_there_is_no_error_no_news_and_nothing_to_install(page):
    assert page.complaints == []
    assert page.locator(".jp-Notification-List, .Toastify__toast").count() == 0
    assert page.locator('[data-id="extensionmanager.main-view"]').count() == 0


@marked
def test_nothing_of_the_users_is_touched(served, page):
    assert page.asked
    made = [served.home / ".jupyter", served.city / lab.KEPT, served.city / "findings"]
    assert [path.exists() for path in made] == [False, True, False]
    for path in (ROOT / "data" / "isehara-6").rglob("*.csv"):
        assert (served.city / "data" / path.relative_to(ROOT / "data")).read_bytes() == path.read_bytes()
