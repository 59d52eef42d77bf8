"""A notebook becomes a page, or is refused with a sentence: nothing in between."""

import base64
import io
import json
import os
import re
import shutil
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from fontTools.ttLib import TTFont
from nbclient.exceptions import DeadKernelError
from nbformat.json_compat import FastJsonSchemaValidator
from nbformat.validator import get_validator

import helpers
from helpers.bundle import MIME
from helpers.run import render, warm
from helpers.run.render import canonical, embedded, execute, export, fonts, schema, tags
from helpers.terms import Refusal

# One worker runs the notebooks that several tests look at.
pytestmark = pytest.mark.xdist_group("render")

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = Path(__file__).parent / "notebooks"
GIVEN = {"plan": "isehara-6", "fiscal_year": 2024, "language": "ja", "audience": "internal", "data_dir": ""}
PAGE = {"title": "題", "language": "ja", "plan": "isehara-6", "fiscal_year": 2024}


def made(name, *, cell_seconds=60, **given):
    return render.page(NOTEBOOKS / f"{name}.ipynb", {**GIVEN, **given}, cell_seconds=cell_seconds, start_seconds=60)


def failed(name, **limits):
    with pytest.raises(render.Failed) as raised:
        made(name, **limits)
    return str(raised.value), raised.value.notebook


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("市のデータ")


@pytest.fixture(scope="session")
def good(data_dir):
    return made("good", data_dir=str(data_dir))


@pytest.fixture(scope="session")
def all_outputs():
    return made("all_outputs")


class _Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


# Parameters


def test_parameters_are_those_of_the_notebook_in_a_folder_with_braces_too(tmp_path):
    notebook = tmp_path / "{plan} 令和" / "good.ipynb"
    notebook.parent.mkdir()
    notebook.write_bytes((NOTEBOOKS / "good.ipynb").read_bytes())
    assert render.parameters(notebook) == render.checked(notebook, GIVEN) == GIVEN


def test_mistyped_parameter_is_refused_with_the_nearest_name():
    given = {name.replace("year", "yaer"): value for name, value in GIVEN.items()}
    says = r"「fiscal_yaer」はありません。「fiscal_year」のことですか。.*\n.*「fiscal_year」の値がありません"
    with pytest.raises(Refusal, match=says):
        render.checked(NOTEBOOKS / "good.ipynb", given)


@pytest.mark.parametrize("value", ["令和6", "2024", 2024.0, True, None, [2024]])
def test_a_year_that_is_no_integer_is_refused(value):
    with pytest.raises(Refusal, match=r"fiscal_year.*整数（2024 のような値）"):
        render.checked(NOTEBOOKS / "good.ipynb", {**GIVEN, "fiscal_year": value})


def test_parameters_are_refused_before_anything_runs(monkeypatch):
    def started(*_, **__):
        pytest.fail("a kernel would have started")

    monkeypatch.setattr("helpers.run.render.making.executed", started)
    with pytest.raises(Refusal, match="「fiscal_yaer」のことですか"):
        made("unknown_parameter")


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    path = tmp_path / "brief.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(render.Failed, match=r"brief\.ipynb: パラメーターを読めません"):
        render.parameters(path)


# The page


@pytest.mark.slow
def test_page_has_a_bundle_and_says_what_it_is(good):
    assert good.bundle["metrics"][0]["exact"] == 74
    assert "<title>試験のページ</title>" in good.html
    tags = _Tags(good.html).tags
    assert ("html", {"lang": "ja"}) in tags
    policy = [attributes["content"] for tag, attributes in tags if attributes.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"]


@pytest.mark.slow
def test_notebook_for_audit_keeps_code_outputs_and_parameters(good):
    notebook = json.loads(good.notebook)
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    assert 'data_dir = ""' in "".join(cells["injected-parameters"]["source"])
    assert notebook["metadata"]["papermill"] == {"parameters": GIVEN}
    assert cells["bundle"]["outputs"][0]["data"][MIME] == good.bundle
    assert good.notebook.endswith(b"}\n")


@pytest.mark.slow
def test_nothing_of_the_machine_is_in_page_or_notebook(good, data_dir):
    for text in (good.html, good.notebook.decode()):
        for place in (str(data_dir), json.dumps(str(data_dir))[1:-1], sys.prefix):
            assert place not in text
        assert not re.search(MACHINE, EMBEDDED.sub("", text))
        assert data_dir.name in text  # the folder's own name stays, so that a path can still be read


# Letters of a font in base64 may look like an address by chance; what the font itself holds is read below.
MACHINE = r"gyokaku-\w{8}|ipykernel_\d|0x[1-9a-f]"
EMBEDDED = re.compile(r"data:font/woff2;base64,([A-Za-z0-9+/=]+)")


@pytest.mark.slow
def test_nothing_of_the_machine_is_in_the_fonts_of_the_page(good, data_dir):
    fonts = EMBEDDED.findall(good.html)
    assert fonts
    assert "base64," not in EMBEDDED.sub("", good.html)  # nothing else is left out of the search above
    for font in fonts:
        unpacked = TTFont(io.BytesIO(base64.b64decode(font, validate=True)))
        unpacked.flavor = None
        out = io.BytesIO()
        unpacked.save(out)
        assert unpacked["name"].names
        words = [record.toUnicode() for record in unpacked["name"].names]
        for place in (str(data_dir), sys.prefix, str(Path.home()), tempfile.gettempdir()):
            assert place.encode() not in out.getvalue()
            assert place.encode("utf-16-be") not in out.getvalue()
        assert not [word for word in words if re.search(MACHINE, word)]


@pytest.mark.slow
def test_every_output_is_in_the_page_in_its_richest_form_and_no_stream_or_code(all_outputs):
    notebook = json.loads(all_outputs.notebook)
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    shown = [output for output in outputs if output["output_type"] in {"display_data", "execute_result"}]
    tags = _Tags(all_outputs.html).tags
    blocks = [attributes for _, attributes in tags if "output" in (attributes.get("class") or "").split()]
    assert len(blocks) == len(shown) == 9
    words = ("窓口 &lt;改善&gt;", "千代田", "&#39;&lt;見せる&gt;&#39;", "一つ目", "二つ目", "三つ目", "出典: 試験")
    assert [word for word in words if word not in all_outputs.html] == []
    assert ("div", {"role": "img", "aria-label": "円 <図>"}) in tags
    assert '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">' in all_outputs.html
    assert [attributes["alt"] for tag, attributes in tags if tag == "img"] == ["点"]
    assert not re.search("見せない|raw=True", all_outputs.html)
    assert "見せない" in all_outputs.notebook.decode()


@pytest.mark.slow
def test_kernel_is_this_python_in_a_fixed_environment_whatever_the_user_has(tmp_path, monkeypatch):
    # A kernelspec `python3` of the user, start-up files and settings that would all change the page.
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["/bin/false"], "display_name": "x", "language": "python"}')
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("raise SystemExit(3)")
    (tmp_path / "start.py").write_text("plan = 'another'")
    (tmp_path / "matplotlibrc").write_text("figure.dpi: 31")
    for name, value in {
        "JUPYTER_PATH": tmp_path / "jupyter",
        "IPYTHONDIR": tmp_path / "ipython",
        "PYTHONSTARTUP": tmp_path / "start.py",
        "MATPLOTLIBRC": tmp_path / "matplotlibrc",
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "7",
    }.items():
        monkeypatch.setenv(name, str(value))
    run = execute.executed(NOTEBOOKS / "environment.ipynb", GIVEN, cell_seconds=60, start_seconds=60)
    (output,) = run.cells[-1].outputs
    said = json.loads(output.data["application/json"]["said"])
    assert said == {
        "executable": Path(sys.executable).name,
        "dpi": 100.0,
        "encrypted": True,
        "environment": {name: warm.SAME_EVERYWHERE[name] for name in said["environment"]},
        "history": ":memory:",
    }
    assert len(said["environment"]) == len(warm.SAME_EVERYWHERE)


# What never becomes a page


def test_a_kernel_that_a_cell_ended_was_not_killed():
    cell = nbformat.v4.new_code_cell("exit()", id="leave")
    run, died = execute._Run("n.ipynb"), DeadKernelError("Kernel died")
    run.start(nbformat.v4.new_notebook(cells=[cell]))
    assert "理由は分かりません" in run.sentence(died, 60)
    run.note(cell, {"content": {"status": "ok", "payload": [{"source": "ask_exit", "keepkernel": False}]}})
    assert re.match(
        r"n\.ipynb の1番目のセル leave（exit\(\)）: 最後まで進まない.*（exit など）", run.sentence(died, 60)
    )


@pytest.mark.slow
def test_an_exception_names_notebook_cell_and_error():
    sentence, notebook = failed("broken_cell")
    assert sentence == ("broken_cell.ipynb の5番目のセル divide（plan_years = 0）: ZeroDivisionError: division by zero")
    cells = {cell["id"]: cell for cell in json.loads(notebook)["cells"]}
    assert [*cells] == ["question", "parameters", "injected-parameters", "before", "divide", "bundle"]
    assert cells["divide"]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert not re.search(rb"ipykernel_\d|/site-packages", notebook.replace(b"python/lib", b""))


ONE_BUNDLE = r"\.ipynb: 最後のセルが束（bundle）を1つだけ表示する決まりですが、{}個あります。$"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "limits", "says"),
    [
        *((name, {}, rf"^{name}\.ipynb の4番目のセル leave（.*最後まで進まない") for name in ("early_exit", "asked_to_exit")),
        *((name, {}, name + ONE_BUNDLE.format(n)) for name, n in (("no_bundle", 0), ("two_bundles", 2), ("bundle_not_last", 1))),
        ("killed", {}, r"^killed\.ipynb の4番目のセル kill（import os）: カーネルがシグナル SIGKILL で終わりました。理由は分かりません。$"),
        ("timeout", {"cell_seconds": 1}, r"^timeout\.ipynb の4番目のセル wait（import time）: 1秒で終わりませんでした。$"),
        ("missing_glyph", {}, r"図に字形がない文字があります: 「達」（U\+9054）、「成」（U\+6210）、「率」（U\+7387）"),
        ("unknown_character", {}, r"字形がない文字があります: 「𠮷」（U\+20BB7）。"),
    ],
)  # fmt: skip
def test_what_never_becomes_a_page_says_why_and_leaves_its_notebook(name, limits, says):
    sentence, notebook = failed(name, **limits)
    assert re.search(says, sentence)
    assert json.loads(notebook)["nbformat"] == 4


@pytest.mark.slow
def test_a_kernel_that_does_not_start_is_a_failure(monkeypatch):
    monkeypatch.setenv("GYOKAKU_ENGINE", "plain")
    monkeypatch.setattr(execute, "get_kernel_dict", lambda: {"argv": [sys.executable, "-c", "print('理由')"]})
    sentence, notebook = failed("good")
    assert sentence == ("good.ipynb: カーネルが始まりません。そのプロセスが終了状態 0 で終わりました。最後の出力: 理由")
    assert notebook == b""


@pytest.mark.slow
def test_a_refusal_crosses_the_kernel_with_its_sentences():
    with pytest.raises(Refusal) as refusal:
        made("refused")
    assert refusal.value.sentences == ("grade_counts.csv 3行: 合計が合いません。", "effects.csv 5行: 金額が空欄です。")
    assert json.loads(refusal.value.notebook)["cells"][3]["id"] == "check"


# Page and faces, without a kernel


def notebook_of(*displays):
    outputs = [nbformat.v4.new_output("display_data", data) for data in displays]
    cells = [nbformat.v4.new_code_cell("x", id=f"c{n}", outputs=[output]) for n, output in enumerate(outputs)]
    return nbformat.v4.new_notebook(cells=cells)


def shown(*displays):
    return export.html(notebook_of(*displays), page=PAGE)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<svg><script>alert(1)</script></svg>",
        '<p onclick="x()">窓口</p>',
        '<img src="https://example.org/a.png" alt="">',
        '<img srcset="a.png 2x" alt="">',
        '<svg><image href="file:///a.png"/></svg>',
        '<a href="javascript:x()">窓口</a>',
        '<iframe srcdoc="x"></iframe>',
        '<link rel="stylesheet" href="a.css">',
        "<style>@import 'a.css';</style>",
        "<style>p{background:url(a.png)}</style>",
        '<p style="background:url(//example.org/a)">窓口</p>',
        '<meta http-equiv="refresh" content="0;url=a">',
        "<!--><script>alert(1)</script>-->",
        "<!---><b>a</b>-->",
        "<!-- a --!><b>a</b>-->",
        '<style/>@import "a.css";</style>',
        '<a href="java&#9;script:x()">窓口</a>',
        '<a href=" JavaScript:x()">窓口</a>',
        '<button formaction="javascript:x()">窓口</button>',
        '<svg><a><animate attributeName="href" values="#a;javascript:x()"/></a></svg>',
        '<svg><rect fill="url(https://example.org/a)"/></svg>',
        "<svg><style>&#64;import 'a.css';</style></svg>",
        "<p style=\"background:image-set('a.png' 1x)\">窓口</p>",
        '<p style="background:u\\72l(a.png)">窓口</p>',
        "<style>@impor\\74 'a.css';</style>",
    ],
)
def test_a_page_that_would_run_or_fetch_something_is_refused(html):
    with pytest.raises(export.NotAPage, match="何も取り寄せず"):
        shown({"text/html": html})


def test_links_embedded_images_and_the_mark_of_the_document_are_allowed():
    html = '<a href="https://example.org/">市</a><svg><use href="#a"/></svg><img src="data:image/png;base64,A" alt="">➤'
    html += '<svg><rect fill="url(#a)" clip-path="url(\'#b\')"/></svg><p style="background:url(data:image/png;base64,A)">（注）</p><!-- 注 -->'
    assert html in shown({"text/html": html})


@pytest.mark.parametrize(
    ("output", "says"),
    [({"application/json": {"件": 74}}, "application/json"), ({"text/html": "➤✔"}, r"「✔」（U\+2714）")],
)
def test_an_output_that_cannot_be_shown_or_written_is_a_failure(output, says):
    with pytest.raises(export.NotAPage, match=says):
        shown(output)


def test_invisible_characters_need_no_glyph():
    assert fonts.missing(set("\t\n\u00a0\u3000\u200b葛\U000e0100")) == []


PLAIN, BOLD, FIXED = ("BIZ UDPGothic", 400), ("BIZ UDPGothic", 700), ("BIZ UDGothic", 400)
PARTS = "<p>達成&#x7387; <b>1</b></p><svg><text>件</text></svg><pre>引用</pre><img alt='点'>"
SET_IN_IT = "<p class='fixed-width'>甲<b>乙</b></p><br><svg><text style=\"font: 9px 'BIZ UDGothic'\">丙</text></svg>丁"
OF_THE_STYLESHEET = "<style>.n::before{content:'注'} /* 説明 */</style>題"


@pytest.mark.parametrize(
    ("html", "held"),
    [
        (PARTS, {PLAIN: " 達成率1件引用", BOLD: " 達成率1件引用", FIXED: " 1件引用"}),
        (SET_IN_IT, {FIXED: " 甲乙丙"}),
        (OF_THE_STYLESHEET, {PLAIN: " 題注"}),
    ],
)
def test_faces_hold_the_characters_of_the_page_and_no_more(html, held):
    faces = faces_for(html)
    assert {face: faces[face] for face in held} == {face: set(letters) for face, letters in held.items()}


def test_faces_are_embedded_in_the_page():
    html = shown({"text/html": "<p>達成</p>"})
    assert set("達成") <= covered(html, fonts.FACES[0])
    assert export.FONTS_GO_HERE not in html


@pytest.mark.parametrize("face", fonts.FACES, ids=lambda face: face.file)
def test_letters_of_an_embedded_face_are_those_of_the_whole_face(face):
    letters = set(" 達成率Ag１,△") if not face.is_fixed_width else set(" 1引用")
    whole = ROOT / "src" / "helpers" / "fonts" / face.file
    with face_of(fonts.css(letters, letters), face) as small, TTFont(whole, lazy=True) as full:
        assert {name.nameID for name in small["name"].names} >= {0, 13, 14}  # copyright and licence
        assert not {"fpgm", "prep", "GSUB", "GPOS"} & set(small.keys())
        assert set(small.getBestCmap()) == set(map(ord, letters))
        assert small["head"].unitsPerEm == full["head"].unitsPerEm
        for height in ("ascent", "descent", "lineGap"):
            assert getattr(small["hhea"], height) == getattr(full["hhea"], height)
        for letter in map(ord, letters):
            assert outline(small, letter) == outline(full, letter)


def outline(font, letter):
    name = font.getBestCmap()[letter]
    coordinates, ends, flags = font["glyf"][name].getCoordinates(font["glyf"])
    on_the_curve = [flag & 1 for flag in flags]
    return font["hmtx"][name], list(coordinates), list(ends), on_the_curve


def test_faces_are_the_same_whatever_the_order_of_the_characters():
    fonts._subset.cache_clear()
    first = fonts.css({"あ", "い", "1"}, set())
    fonts._subset.cache_clear()
    assert fonts.css({"1", "い", "あ"}, set()) == first


def test_every_page_is_refused_for_what_stands_on_it_also_after_one_that_was_alike():
    for number in (1, 23, 1):
        with pytest.raises(export.NotAPage, match=rf'<img src="https://example.jp/{number}.png">'):
            embedded.self_contained(f'<p><img src="https://example.jp/{number}.png"></p>')
    embedded.self_contained("<p>達成</p>")


def test_what_is_known_of_tags_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(embedded, "MOST_ALIKE", 3)
    for name in "abcdefgh":
        embedded.self_contained(f'<p id="{name}">達成</p>')
    assert len(embedded._ALIKE) <= 3 + 2


def test_template_gets_the_tags_of_a_cell():
    notebook = notebook_of({"text/plain": "七四"})
    notebook.cells[0].metadata["tags"] = ["judged-by-people"]
    classes = [attributes.get("class") or "" for _, attributes in _Tags(export.html(notebook, page=PAGE)).tags]
    assert "judged-by-people" in " ".join(classes).split()


def faces_for(html):
    read = tags.read(html, embedded._Reader, {})
    css = fonts.css(read.characters, read.fixed_width)
    return {(face.family, face.weight): covered(css, face) for face in fonts.FACES if face.family in css}


def face_of(html, face):
    """A face as it is embedded in a page."""
    rule = rf'font-family:"{face.family}";font-weight:{face.weight};src:url\(data:font/woff2;base64,([^)]+)\)'
    return TTFont(io.BytesIO(base64.b64decode(re.search(rule, html)[1])))


def covered(html, face):
    with face_of(html, face) as font:
        return set(map(chr, font.getBestCmap()))


def test_a_notebook_whose_last_cell_is_none_is_refused_by_its_name(tmp_path):
    content = json.loads((NOTEBOOKS / "good.ipynb").read_text(encoding="utf-8"))
    path = tmp_path / "broken.ipynb"
    for cell in ("x", [], None):
        path.write_text(json.dumps(content | {"cells": [*content["cells"], cell]}), encoding="utf-8")
        with pytest.raises(render.Failed, match=r"broken\.ipynb: パラメーターを読めません"):
            render.page(path, GIVEN, cell_seconds=60, start_seconds=60)


def test_a_name_that_begins_with_a_dash_is_a_file_all_the_same(tmp_path, monkeypatch):
    shutil.copy(NOTEBOOKS / "good.ipynb", tmp_path / "-good.ipynb")
    monkeypatch.chdir(tmp_path)
    assert execute._ready(Path("-good.ipynb"), GIVEN).name == "-good.ipynb"


# What a kernel says, before it is an output


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("display_data", {"data": {"text/html": 3}}),
        ("display_data", {"data": {"text/plain": "a"}, "metadata": 1}),
        ("execute_result", {"data": {}, "execution_count": "one"}),
        ("stream", {"text": {}}),
        ("error", {"ename": None}),
    ],
)
def test_an_output_that_nbformat_refuses_is_refused_in_the_same_words(kind, given, monkeypatch):
    checker = get_validator(nbformat.current_nbformat)
    monkeypatch.setattr(checker, "__class__", FastJsonSchemaValidator)
    with pytest.raises(nbformat.ValidationError) as expected:
        nbformat.v4.new_output(kind, **given)
    schema.prepare()
    with pytest.raises(nbformat.ValidationError) as raised:
        nbformat.v4.new_output(kind, **given)
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize("kind", ["display_data", "execute_result", "stream", "error"])
def test_no_output_is_checked_by_a_schema_that_is_interpreted(kind, monkeypatch):
    checker = get_validator(nbformat.current_nbformat)
    monkeypatch.setattr(checker, "__class__", FastJsonSchemaValidator)
    monkeypatch.setattr(FastJsonSchemaValidator, "iter_errors", lambda *_: pytest.fail("interpreted"))
    schema.prepare()
    assert nbformat.v4.new_output(kind)["output_type"] == kind


# Canonical notebooks, without a kernel


def cleaned(run, given, *, source=None, folder="/run/x", sources="/src"):
    ids = {cell.id for cell in (source or run).cells}
    return canonical.node(run, ids, given, folder=folder, sources=Path(sources))


def test_paths_are_replaced_whole_and_nowhere_else():
    clean = cleaned(notebook_of({"text/html": "<p>/p /p/a.csv /p2 </p>"}), {"data_dir": "/p"})
    assert clean.cells[0].outputs[0].data["text/html"] == "<p>p p/a.csv /p2 </p>"


@pytest.mark.parametrize("turned", [False, True])
def test_of_paths_that_lie_in_one_another_the_longest_is_replaced(turned):
    """Replacing the shorter first would leave the rest of the longer: the order in which they are given is no matter."""
    given = {"a": "/home/city", "b": "/home/city/data", "c": "/home/city/data/plans"}
    given = dict(reversed(given.items())) if turned else given
    of_paths = "/home/city/data/plans/x /home/city/data/y /home/city/z /home/city/data/plans2"
    of_places = "/home/city/run/a.csv in /home/city/src/helpers/read.py"
    run = notebook_of({"text/plain": of_paths}, {"text/plain": of_places})
    clean = cleaned(run, given, folder="/home/city/run", sources="/home/city/src/helpers")
    texts = [cell.outputs[0].data["text/plain"] for cell in clean.cells]
    assert texts == ["plans/x data/y city/z data/plans2", "./a.csv in src/read.py"]


def test_a_path_with_japanese_in_it_leaves_the_injected_cell():
    run = notebook_of({"text/plain": ""})
    path = "/家/データ"
    run.cells[0].source = f'data_dir = "{path.encode("unicode_escape").decode()}"\n'
    run.cells[0].metadata["tags"] = ["injected-parameters"]
    assert cleaned(run, {"data_dir": path}).cells[0].source == 'data_dir = ""\n'


@pytest.mark.parametrize("path", ["/家/データ", '/a "b"/c', "C:\\市\\data", "/tab\there"])
def test_a_path_is_found_however_deep_it_stands_and_however_it_is_spelt(path):
    for spelt in (path, json.dumps(path), json.dumps({"at": path}), path.encode("unicode_escape").decode()):
        run = notebook_of({"application/json": {"deep": [{"deeper": f"in {spelt} here"}]}}, {"text/plain": "nothing"})
        kept = run.cells[1].outputs
        clean = cleaned(run, {"data_dir": "/other"}, folder=path)
        assert path not in (shown := clean.cells[0].outputs[0].data["application/json"]["deep"][0]["deeper"])
        assert spelt.strip('{}"') not in shown
        assert clean.cells[1].outputs is kept, "nothing to replace: the same"


def test_ids_that_the_notebook_lacks_are_counted():
    run = notebook_of({"text/plain": ""}, {"text/plain": ""})
    source = nbformat.from_dict({"cells": [{"id": "c1"}]})
    assert [cell.id for cell in cleaned(run, {}, source=source).cells] == ["cell-1", "c1"]


def test_environment_is_free_of_what_the_caller_set(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("LC_TIME", "ja_JP.UTF-8")
    environment = warm.environment("/run/x")
    assert not {"PYTHONWARNINGS", "LC_TIME"} & environment.keys()
    assert environment["PYTHONPATH"].split(os.pathsep)[0] == str(Path(helpers.__file__).parents[1])
