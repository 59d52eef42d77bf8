"""Which module may import which, what notebooks may hold, and a few words that may stand nowhere.

A new arrow here is a decision: it comes with a page in `docs/decisions/`.
"""

import ast
import json
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

# One worker parses the sources.
pytestmark = pytest.mark.xdist_group("architecture")

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "helpers"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# Every room may use the plan's words and the looks of numbers; `terms` itself stands on nothing of ours.
EVERYWHERE = {"terms", "notation"}
# These two hold rooms themselves.
FLOORS = {"run", "operate"}
# Besides that only these arrows stand. `cli` knows the order of things and may import all.
ARROWS = {
    "terms": set(),
    "notation": {"terms"},
    "received": set(),
    "intake": {"publish", "received"},
    "forms": {"publish", "received"},
    "read": {"received"},
    "pages": {"draw"},
    "bundle": {"pages"},
    "explore": {"compute", "draw", "pages", "tell"},
    "run.warm": {"run.interpreter"},
    "run.light": set(),
    "run.kernels": {"run.light", "run.warm"},
    "run.server": {"run.kernels", "run.light", "run.warm"},
    "run.render": {"run.interpreter", "run.kernels", "run.warm"},
    "run.engine": {"run.kernels", "run.warm"},
    "run.workbook": set(),
    "run.batch": {"publish", "run.render", "run.warm", "run.workbook"},
    "operate.lab": {"run.interpreter"},
    "operate.deliver": {"publish"},
    "operate.rounds": {"operate.calendar", "publish", "run.batch"},
    "operate.kit": {"publish"},
    "operate.doctor": {"operate.kit", "operate.rounds", "publish", "run.batch", "run.render"},
}
MAY_IMPORT_ALL = {"cli"}

MOST_LINES = 10
# Made to be taken apart by an analyst, who knows pandas and seaborn: these stand in the setup cell too, and nothing else.
OF_ANALYSTS = {"explore", "template", "gallery"}
LIBRARIES_OF_ANALYSTS = ("import pandas as pd", "import seaborn as sns")
LOOPS_AND_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path):
    """Every part of a file."""
    return tuple(ast.walk(parsed(path)))


def module_of(path):
    """The room a file stands in: `compute` for compute/money.py, `run.batch` for run/batch/due.py."""
    return room([part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts])


def room(names):
    """The room of a dotted name in the package, given as its parts."""
    return ".".join(names[: 2 if names[0] in FLOORS else 1])


@cache
def imported(path):
    """Modules of ours that a file imports, wherever in it, types and late imports included."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports name the package"
            is_floor = node.module.removeprefix("helpers.") in {"helpers", *FLOORS}
            names = [f"{node.module}.{alias.name}" for alias in node.names] if is_floor else [node.module]
        else:
            continue
        found |= {room(name.split(".")[1:]) for name in names if name.startswith("helpers.")}
    return found


def allowed(module):
    if module in MAY_IMPORT_ALL:
        return {module_of(path) for path in SOURCES}
    if module in {"terms", "notation"}:
        return ARROWS[module] | {module}
    return ARROWS.get(module, set()) | EVERYWHERE | {module}


def place(path):
    return path.relative_to(PACKAGE).as_posix()


def faults(paths, look):
    """What `look` finds in each file, of those in which it finds something."""
    return {place(path): found for path in paths if (found := look(path))}


def test_imports_follow_the_allowed_arrows():
    """A new arrow is a decision."""
    assert faults(SOURCES, lambda path: imported(path) - allowed(module_of(path)) - {"__version__"}) == {}


def test_the_guide_for_contributors_names_every_room():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in SOURCES} - {"__init__"}
    assert set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)) == rooms


def test_no_arrow_is_allowed_that_nobody_needs():
    """An arrow that is not used any more is taken out, so that using it again is a decision again."""
    built = {module_of(path) for path in SOURCES}
    for module, targets in ARROWS.items():
        if module in built:
            used = set().union(*(imported(path) for path in SOURCES if module_of(path) == module))
            assert targets <= used, module


def test_the_files_of_the_bench_import_one_another_in_no_circle():
    """A late import, or one for types alone, closes a circle too."""
    bench = {path.stem: path for path in SOURCES if module_of(path) == "explore" and path.stem != "__init__"}
    below = {}
    for name, path in bench.items():
        late = [node for node in nodes(path) if isinstance(node, ast.ImportFrom)]
        named = {f"{node.module}.{alias.name}" for node in late for alias in node.names} | {
            node.module for node in late
        }
        below[name] = {other for other in bench if f"helpers.explore.{other}" in named}
    assert below["what_if"], "it stands on others"
    list(TopologicalSorter(below).static_order())


def test_words_cross_the_disk_only_where_they_may():
    """`compute`, `tell`, `draw` and `terms` are given what they need; reading is `read`'s, writing `publish`'s and others'."""
    pure = [path for path in SOURCES if module_of(path) in {"compute", "tell", "check"}]
    assert pure
    for path in pure:
        words = path.read_text(encoding="utf-8")
        assert not re.search(r"\bopen\(|Path\(|read_text|write_text|read_csv|to_csv", words), path


# What stands in Python although it looks like HTML, and why.
NO_TAGS_OF_OURS = {
    "run/render/canonical.py": "stands for the place of a cell",
    "run/render/embedded.py": "names what a page may not hold",
    "run/render/export.py": "takes out what an output carries for JupyterLab alone",
    "terms/fiscal_year.py": "names kinds of letters as Unicode writes them",
}


def tags_in_strings(path):
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value) for node in nodes(path) if isinstance(node, documented) and ast.get_docstring(node)
    }
    return [
        f"line {node.lineno}: {node.value[:60]}"
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if re.search(r"(?<!\?P)<[a-z]+[ >]", node.value)
    ]


def test_html_is_written_by_templates():
    """No tag in a string: what a template shows it escapes by itself, what Python puts together it would not."""
    found = faults(SOURCES, tags_in_strings)
    assert found.keys() == NO_TAGS_OF_OURS.keys(), found


def test_markup_is_only_what_a_template_made():
    """`Markup` takes words as HTML: the environment alone may say so of its templates, and `render` of its own."""
    says = [
        f"{path.relative_to(PACKAGE).as_posix()} {ast.unparse(node.args[0])}"
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Markup"
    ]
    assert sorted(says) == [
        "pages/environment.py ''.join(written)",
        "pages/environment.py environment().get_template(f'{template}.html.j2').render(**context)",
        "run/render/embedded.py '\"{}\"'",
    ]


TEMPLATES = sorted(PACKAGE.rglob("*.j2"))
# What a template may take as HTML: a chart's SVG, stylesheets, and in the page's frame what the cells display.
SAFE = {"picture", "notation.stylesheet_in_lab()", "css", "page.css", "page.fonts_css"}


def unescaped(path):
    words = path.read_text(encoding="utf-8")
    found = [one for one in re.findall(r"{{\s*([^{}]*?)\s*\|\s*safe\b", words) if one not in SAFE]
    if module_of(path) == "run.render":
        return found  # its environments mark no Japanese, so that an attribute needs no filter
    in_attributes = re.findall(r'="[^"]*?{{\s*((?:[^{}"]|"[^"]*")*?)\s*}}', words)
    return found + [f"an attribute takes words as they are: {one}" for one in in_attributes if not one.endswith("| e")]


def test_a_template_escapes_what_it_shows():
    assert len(TEMPLATES) > 50
    assert faults(TEMPLATES, unescaped) == {}


def lossy(path):
    """Places that round, or leave whole numbers: a binary number is only near to the one that is written."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in nodes(path)
        if (isinstance(node, ast.Name) and node.id in {"round", "float", "Decimal"})
        or (isinstance(node, ast.Attribute) and node.attr in {"round", "to_numeric"})
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]


def test_computing_neither_rounds_nor_leaves_whole_numbers():
    assert faults([path for path in SOURCES if module_of(path) == "compute"], lossy) == {}
    assert faults([path for path in SOURCES if module_of(path) == "draw"], lossy), (
        "what it looks for is found elsewhere"
    )


def zeros_for_blanks(path):
    calls = [node for node in nodes(path) if isinstance(node, ast.Call)]
    return [
        f"line {node.lineno}"
        for node in calls
        if isinstance(node.func, ast.Attribute) and node.func.attr == "fillna"
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(value, ast.Constant) and value.value == 0 and value.value is not False
    ]


def test_blank_never_becomes_zero():
    assert faults(SOURCES, zeros_for_blanks) == {}


def undocumented(path):
    tree = parsed(path)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    public = [
        node
        for node in [*tree.body, *(inner for outer in classes for inner in outer.body)]
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    found = [f"{node.name} (line {node.lineno})" for node in public if not ast.get_docstring(node)]
    return found if ast.get_docstring(tree) else ["the module", *found]


def test_public_functions_and_modules_say_what_comes_back():
    assert faults(SOURCES, undocumented) == {}


def test_public_names_are_listed_in_order_and_exist():
    for path in PACKAGE.glob("*/__init__.py"):
        listed = [
            ast.literal_eval(node.value)
            for node in parsed(path).body
            if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
        ]
        for names in listed:
            assert len(set(names)) == len(names), path.parent.name


# Notebooks


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code(path):
    return [(cell, "".join(cell["source"])) for cell in cells(path) if cell["cell_type"] == "code"]


def tagged(path, tag):
    return [source for cell, source in code(path) if tag in cell["metadata"].get("tags", [])]


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks():
    assert "brief" in [path.stem for path in NOTEBOOKS]


@each_notebook
def test_a_notebook_is_committed_without_outputs_and_with_named_cells(path):
    ids = [cell.get("id", "") for cell in cells(path)]
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", name) for name in ids), "named, not generated"
    assert len(set(ids)) == len(ids)
    for cell, _ in code(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@each_notebook
def test_a_notebook_asks_in_markdown_and_answers_with_calls(path):
    assert cells(path)[0]["cell_type"] == "markdown"
    for _, source in code(path):
        assert 0 < len(source.splitlines()) <= MOST_LINES
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, LOOPS_AND_DEFINITIONS + COMPREHENSIONS), f"{ast.unparse(node)}"


@each_notebook
def test_a_notebook_imports_helpers_only_and_once(path):
    (setup,) = tagged(path, "setup")
    libraries = []
    for _, source in code(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                libraries.append(ast.unparse(node))
            if isinstance(node, ast.ImportFrom):
                assert node.module == "helpers"
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert source == setup, "imports stand in the setup cell"
    assert libraries == (list(LIBRARIES_OF_ANALYSTS) if path.stem in OF_ANALYSTS else [])


@each_notebook
def test_a_notebook_has_one_cell_of_parameters_that_are_plain_and_explained(path):
    (parameters,) = tagged(path, "parameters")
    for line in parameters.splitlines():
        (assignment,) = ast.parse(line).body
        assert isinstance(assignment, ast.Assign)
        assert isinstance(assignment.value, ast.Constant)
        assert re.search(r"  # \S", line), f"{line}: what it means"


@each_notebook
def test_a_notebook_of_a_page_takes_what_its_page_needs(path):
    page = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("gyokaku", {})
    doors = {"year": "bundle.Bundle(", "collection": "bundle.CollectionBundle("}
    if door := doors.get(page.get("per")):
        (parameters,) = tagged(path, "parameters")
        names = [node.targets[0].id for node in ast.parse(parameters).body]
        assert names[:5] == ["plan", "fiscal_year", "language", "audience", "data_dir"]
        assert door in code(path)[-1][1], "the last cell is the door"
