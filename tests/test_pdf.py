"""PDFs beside the pages: tagged, searchable, without a network, never older than their page."""

import stat
from pathlib import Path

import pytest
from conftest import BROWSER
from pypdf import PdfReader

from helpers import cli
from helpers.run import render
from helpers.run.batch import Result, State, printed
from helpers.terms import Refusal
from helpers.terms.printed import is_print_of

ROOT = Path(__file__).parents[1]
PAGE = """<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>架空の頁</title>
<style>FACES@page { size: A4 } body { font-family: "BIZ UDPGothic" }</style></head>
<body><h1 id="top">架空の見出し</h1><table><tr><th scope="row">取組</th><td>1件</td></tr></table>
<p><a href="#top">上へ</a> <a class="x" href="../他.html#a">となり</a> <a href=#top>上</a>
<a href=plan-1/index.html lang=ja>計画</a> <a href='../他.html'>隣</a></p></body></html>"""
# With the faces embedded, as in every page of ours: the machine may have no Japanese font.
PAGE = PAGE.replace("FACES", render.fonts.css(set(PAGE), set()))


@pytest.fixture
def chromium(browser):  # noqa: ARG001 — says, or skips, where it is missing
    return Path(BROWSER)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_pdf_is_tagged_named_searchable_and_without_the_folder_it_was_made_in(chromium, tmp_path):
    file = tmp_path / "頁.pdf"
    file.write_bytes(render.pdf.printed(PAGE, chromium))
    reader = PdfReader(file)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "ja"
    assert reader.metadata.title == "架空の頁"
    assert "架空の見出し" in "".join(reader.pages[0].extract_text().split())
    assert tuple(round(float(side)) for side in reader.pages[0].mediabox[2:]) == (595, 842)
    marks = [one.get_object()["/Subtype"] for sheet in reader.pages for one in sheet.get("/Annots", [])]
    assert marks.count("/Link") == 2, "the links within the page"
    assert b"file:" not in file.read_bytes()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_what_stands_beside_a_page_is_made_once_and_left_whole(chromium, tmp_path):
    page = tmp_path / "頁 一.html"
    page.write_text(PAGE, encoding="utf-8")
    (one,) = render.pdf.beside([page], chromium)
    assert one.read_bytes().startswith(b"%PDF-")
    assert is_print_of(one.read_bytes(), page.read_bytes()), "it says of which page it is"
    assert len(PdfReader(one).pages) == 1, "and is read as before"
    assert render.pdf.beside([page], chromium) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["頁 一.html", "頁 一.pdf"]


def program(folder, script):
    made = folder / "browser"
    made.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    return made


@pytest.mark.parametrize(
    ("script", "says"), [("echo 壊れた >&2; exit 3", "終了状態 3）。壊れた"), ("exit 0", "終了状態 0")]
)
def test_browser_that_prints_nothing_is_told_and_leaves_nothing(tmp_path, script, says):
    page = tmp_path / "brief.html"
    page.write_text(PAGE, encoding="utf-8")
    made = Result("p", 2024, State.UNCHANGED, (page,))
    (result,) = printed([made], program(tmp_path, script), out=tmp_path)
    assert result.state is State.FAILED
    assert says in result.sentences[0]
    assert not (tmp_path / "brief.pdf").exists()
    assert page.exists()


def test_browser_that_never_ends_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(render.pdf, "SECONDS", 0.2)
    with pytest.raises(Refusal, match="PDF ができません"):
        render.pdf.printed(PAGE, program(tmp_path, "exec sleep 20"))


def test_without_the_browser_that_was_named_or_any_a_sentence_says_what_to_do(monkeypatch, tmp_path):
    with pytest.raises(Refusal, match=r"--browser .*実行できるブラウザーではありません"):
        render.pdf.browser(tmp_path / "none")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(render.pdf, "PLACES", {})
    with pytest.raises(Refusal, match="見つかりません。インストールするか、--browser で場所を"):
        render.pdf.browser(None)


@pytest.mark.parametrize("system", ["win32", "darwin", "linux"])
def test_browser_is_found_where_installers_put_it(monkeypatch, tmp_path, system):
    there = program(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HERE", str(tmp_path))
    monkeypatch.setattr(render.pdf.sys, "platform", system)
    monkeypatch.setattr(render.pdf, "PLACES", {system: ("/nowhere/at/all", "$HERE/browser")})
    assert render.pdf.browser(None) == there


def test_only_root_goes_without_the_sandbox(monkeypatch):
    for user, options in ((0, ("--no-sandbox",)), (1000, ())):
        monkeypatch.setattr(render.pdf.os, "geteuid", lambda user=user: user, raising=False)
        assert render.pdf._as_root() == options


def test_publishing_a_changed_page_takes_its_old_pdf_away(tmp_path):
    from test_batch import only, project  # noqa: PLC0415 — its project of small notebooks

    folders = project(tmp_path, "good")
    page = next(path for path in only(folders).paths if path.suffix == ".html")
    pdf, *others = (page.with_name(name) for name in (f"{page.stem}.pdf", "memo.pdf", "memo.txt"))
    for file in (pdf, *others):
        file.write_bytes(b"%PDF-")
    assert only(folders, force=True).state is State.BUILT
    assert pdf.exists(), "the page is the same to the byte"
    notebook = folders.notebooks / "good.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("# good", "# better"), encoding="utf-8")
    assert only(folders).state is State.BUILT
    assert [file.exists() for file in (pdf, *others)] == [False, True, True]


def test_a_page_that_cannot_be_printed_costs_no_other_its_pdf(monkeypatch, tmp_path):
    def beside(pages, _):
        if pages[0].name == "broken.html":
            raise Refusal("架空の理由で PDF ができません。")
        return [] if pages[0].name == "printed.html" else [pages[0].with_suffix(".pdf")]

    monkeypatch.setattr(render.pdf, "beside", beside)
    results = [
        Result("p", 2021, State.REFUSED, (tmp_path / "reason.txt",)),
        Result("p", 2022, State.UNCHANGED, (tmp_path / "broken.html",), ("前からの一言。",)),
        Result("p", 2023, State.UNCHANGED, (tmp_path / "printed.html",)),
        Result("p", 2024, State.UNCHANGED, (tmp_path / "brief.html",)),
    ]
    found = list(printed(results, tmp_path / "browser", out=tmp_path))
    assert [one.state for one in found] == [State.REFUSED, State.FAILED, State.UNCHANGED, State.BUILT]
    assert found[1].sentences == ("前からの一言。", "架空の理由で PDF ができません。")
    assert found[3].paths == (tmp_path / "brief.html", tmp_path / "brief.pdf")


@pytest.mark.slow
def test_build_without_a_browser_builds_and_exits_with_1(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(render.pdf, "PLACES", {})
    monkeypatch.setattr(render.pdf, "NAMES", ())
    where = ["--data", str(ROOT / "data"), "--out", str(tmp_path)]
    assert cli.main(["build", "isehara-6", "--page", "brief", "--pdf", *where]) == 1
    assert "見つかりません" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("isehara-6/2024/brief.*")] == ["brief.html"]
