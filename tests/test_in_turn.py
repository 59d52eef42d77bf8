"""Notebooks that begin alike: their first cells are run once, and each goes on as if it had run them itself."""

import json
import pickle

import nbformat
import pytest
from test_engine import ANCESTORS, LIMITS, ROOT, TORTURE, ended_with, given_to, is_alive, until

from helpers.run import render
from helpers.run.render import canonical, execute, workers
from helpers.terms import Refusal

pytestmark = pytest.mark.slow

FIRST = "import os\nfirst = os.getpid()"
SELF = "[first == os.getpid(), first == os.getppid()]"
OWN, SHARED = [True, False], [False, True]

# What a cell changes in its kernel, and what shows it later.
STATES = {
    "names": ("a, b = 1, [2]\nb.append(a)", "[a, b]"),
    "what is counted": ("one = 1", "[In[1], len(Out), get_ipython().execution_count]"),
    "generators": ("import numpy\nlot = numpy.random.default_rng(3); lot.random();", "lot.random()"),
    "settings": (
        (
            "import matplotlib, pandas, warnings, decimal\nmatplotlib.rcParams['figure.dpi'] = 7\npandas.set_option('display.max_rows', 3)\n"
            "warnings.simplefilter('once'); decimal.getcontext().prec = 5"
        ),
        "[matplotlib.rcParams['figure.dpi'], pandas.get_option('display.max_rows'), warnings.filters[0][0], decimal.getcontext().prec]",
    ),
    "what stands in the context": (
        (
            "import numpy, decimal, contextvars\nnumpy.set_printoptions(precision=2)\nnumpy.seterr(all='ignore')\n"
            "decimal.setcontext(decimal.Context(prec=3))\nvariable = contextvars.ContextVar('v'); token = variable.set(5)"
        ),
        "[numpy.array([1 / 3]), numpy.array([1.0]) / 0, decimal.Decimal(1) / 3, variable.get()]",
    ),
    "modules": (
        "import sys, types\nsys.modules['mine'] = types.ModuleType('mine'); sys.path.append('/nowhere')",
        "import mine\nsys.path[-1]",
    ),
    "where errors go": (
        "import logging, sys\nlog = logging.StreamHandler(); logging.getLogger('mine').addHandler(log)\nout = sys.stdout",
        "logging.getLogger('mine').error('誤り'); print('出力', file=out); print(log.stream is sys.stderr, out is sys.stdout)",
    ),
    "what processes say": ("import subprocess", "subprocess.run(['sh', '-c', 'echo 出力; echo 誤り >&2']);"),
    "where it is": (
        "import os\nhere = os.getcwd(), list(_dh), get_ipython().ipython_dir, get_ipython().starting_dir",
        "[here, os.getcwd()]",
    ),
    "a transformer": (
        "get_ipython().input_transformers_cleanup.append(lambda lines: [one.replace('甲', '乙') for one in lines])",
        "'甲'",
    ),
    "functions and their tracebacks": (
        "def fails():\n    raise ValueError('値')",
        "import traceback\ntry:\n    fails()\nexcept ValueError:\n    print(traceback.format_exc())",
    ),
    "what is at hand": (
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nfigure = plt.figure()\nplt.close()",
        "figure.add_subplot(); figure",
    ),
    "a signal": (
        "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: print('合図'));",
        "import os\nos.kill(os.getpid(), signal.SIGUSR1)",
    ),
    "recursion": ("import sys\nsys.setrecursionlimit(5000)", "sys.getrecursionlimit()"),
    "interrupts": ("import signal", "signal.getsignal(signal.SIGINT).__name__"),
    # The last one, since it speaks in all cells after it.
    "a hook": ("get_ipython().events.register('pre_run_cell', lambda info: print('前'))", "'後'"),
}

# What does not come along into a fork, or is no state.
MORE_THAN_STATE = {
    "words": "print('言葉')",
    "a value": "'値'",
    "a picture": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "words of a process": "import subprocess\nsubprocess.run(['echo', '子']);",
    "words past Python": "os.write(2, b'1');",
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
    "a process": "import subprocess\nkept = subprocess.Popen(['sleep', '9'])",
    "a process not waited for": "import subprocess\nkept = subprocess.Popen(['true'])",
    "an open file": "kept = open(os.devnull)",
    "a file that was open closed": "import sys\nos.close(0)",
    "another folder": "os.makedirs('x'); os.chdir('x')",
    "a file": "open('x', 'w').close()",
    "the environment": "os.environ['X'] = '1'",
    "a timer": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 99);",
    "a task": "import asyncio\nkept = asyncio.create_task(asyncio.sleep(9))",
    "other streams": "import sys, io\nsys.stderr = io.StringIO()",
    "a page of help": "get_ipython().show_usage()",
}


def notebook(folder, name, *sources, tags=()):
    cells = [nbformat.v4.new_code_cell(one, id=f"c{n}", metadata={"tags": list(tags)}) for n, one in enumerate(sources)]
    path = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def ended(run):
    is_fault = isinstance(run, Exception)
    return (type(run).__name__, str(run), run.notebook) if is_fault else canonical.to_bytes(run)


# In a worker: whatever cells notebooks begin with are run once, not only those of which it is known what they leave.
ANY = """
import pickle
from helpers.run.render import execute, plain_cells
given, plain_cells.first = plain_cells.first, list
try:
    answer.write_bytes(pickle.dumps(execute.in_turn(asked, **limits)))
finally:
    plain_cells.first = given
"""


def together(*paths, **limits):
    asked, answer = [(path, {}) for path in paths], paths[0].with_suffix(".answer")
    workers.call(exec, ANY, {"asked": asked, "limits": LIMITS | limits, "answer": answer})
    return [ended(run) for run in pickle.loads(answer.read_bytes())]  # noqa: S301 — our own


def as_in_a_build(*paths):
    return [ended(run) for run in workers.call(execute.in_turn, [(path, {}) for path in paths], **LIMITS)]


def alone(path, *, is_forked=False):
    try:
        if is_forked:
            return ended(workers.call(execute.executed, path, {}, **LIMITS, is_forked=True))
        return ended(execute.executed(path, {}, **LIMITS))
    except (render.Failed, Refusal) as error:
        return ended(error)


def last(run):
    """The value of the last cell, which is a list of truths or a number."""
    *_, output = json.loads(run)["cells"][-1]["outputs"]
    return json.loads("".join(output["data"]["text/plain"]).lower())


def test_cells_that_notebooks_begin_with_are_run_once_and_each_goes_on_by_itself(tmp_path):
    ends = (f"import os, sys\n{SELF}", f"import sys, os\n{SELF}", f"# 三\n{SELF}")
    paths = [notebook(tmp_path, str(number), FIRST, "", "x = 1", end) for number, end in enumerate(ends)]
    assert [last(run) for run in together(*paths)] == [SHARED, SHARED, OWN]  # the last one where they were run
    assert [last(run) for run in together(paths[0])] == [OWN]


def test_where_the_first_cells_differ_or_are_asked_for_otherwise_each_notebook_runs_all_of_its_own(tmp_path):
    differing = [notebook(tmp_path, f"d{number}", f"{FIRST}  # {number}", SELF) for number in range(2)]
    tagged = [notebook(tmp_path, f"t{number}", FIRST, SELF, tags=["raises-exception"]) for number in range(2)]
    for paths in (differing, tagged):
        assert [last(run) for run in together(*paths)] == [OWN] * 2


def test_a_notebook_goes_on_from_what_its_first_cells_left(tmp_path, monkeypatch):
    """It then gives what it gives by itself from scratch, whatever it says; the second finds nothing of the first."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel would not watch what processes print
    befores, afters = zip(*STATES.values(), strict=True)
    paths = [notebook(tmp_path, name, FIRST, *befores, f"# {name}", *afters, *TORTURE, SELF) for name in ("a", "b")]
    runs = together(*paths)
    assert [last(run) for run in runs] == [SHARED, OWN]
    one, another, by_itself = (
        [cell["outputs"] for cell in json.loads(run)["cells"]][:-1] for run in (*runs, alone(paths[1]))
    )
    assert one == another == by_itself


@pytest.mark.parametrize("what", MORE_THAN_STATE)
def test_cells_that_do_more_than_change_what_a_kernel_holds_are_run_for_each(tmp_path, monkeypatch, what):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    paths = [notebook(tmp_path, name, FIRST, MORE_THAN_STATE[what], f"# {name}\n{SELF}") for name in ("a", "b")]
    assert [last(run) for run in together(*paths)] == [OWN] * 2


def test_nothing_of_one_notebook_reaches_the_next(tmp_path):
    first = "import builtins, os, random, sys, matplotlib, numpy, pandas\nheld = []"
    probe = (
        "[hasattr(builtins, 'leaked'), 'LEAKED' in os.environ, 'leaked' in sys.modules, sorted(os.listdir()), held, _dh, "
        "matplotlib.rcParams['figure.dpi'], pandas.get_option('display.max_rows'), len(os.listdir('/proc/self/fd')), os.getcwd()]"
    )
    leak = (
        "builtins.leaked = leaked = 1; os.environ['LEAKED'] = '1'; sys.modules['leaked'] = os; held.append(1)\n"
        "open('leaked', 'w').close(); os.makedirs('x/y'); os.symlink('/', 'up'); kept = open(os.devnull)\n"
        "open(get_ipython().profile_dir.location + '/leaked', 'w').close()\nos.chdir('x')\n"
        "matplotlib.rcParams['figure.dpi'] = 7; pandas.set_option('display.max_rows', 3)\nrandom.seed(1)"
    )
    paths = [notebook(tmp_path, name, first, probe, leak) for name in ("a", "b", "c")]
    one, *others = together(*paths)
    assert others == [one, one]
    assert one == alone(paths[0], is_forked=True)


def test_random_numbers_are_new_for_each_notebook(tmp_path):
    paths = [
        notebook(tmp_path, name, FIRST, "import random, numpy", f"[random.random(), numpy.random.rand()]  # {name}")
        for name in "abc"
    ]
    drawn = [number for run in together(*paths) for number in last(run)]
    assert len(set(drawn)) == 6


ENDINGS = {
    "raises": "raise ValueError('値')",
    "refuses": "from helpers.terms import Refusal\nraise Refusal('行が合いません。', '空欄です。')",
    "exits": "import sys\nsys.exit(3)",
    "is killed": "import signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "never ends": "import time\nwhile True:\n    try:\n        time.sleep(99)\n    except BaseException: pass",
    "eats memory": "kept = bytearray(2**31)",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_beginning_that_ends_badly_is_told_of_each_notebook_as_ever(tmp_path, ending):
    paths = [notebook(tmp_path, name, FIRST, ENDINGS[ending], f"# {name}") for name in ("a", "b")]
    limits = {"cell_seconds": 1, "memory": 2**30}
    one, another = together(*paths, **limits)
    alone = lambda: workers.call(execute.executed, paths[1], {}, **LIMITS | limits, is_forked=True)  # noqa: E731
    assert another == ended(raised(alone))
    assert one[:2] == (another[0], another[1].replace("b.ipynb", "a.ipynb"))
    assert one[0] == ("Refused" if ending == "refuses" else "Failed")


def raised(make):
    try:
        return make()
    except (render.Failed, Refusal) as error:
        return error


def test_a_notebook_that_fails_costs_no_other(tmp_path):
    ends = (
        "'前'",
        "os._exit(1)",
        "import signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass",
        "SELF = 1",
        SELF,
    )
    paths = [notebook(tmp_path, str(number), FIRST, end) for number, end in enumerate(ends)]
    well, exited, killed, after, last_one = together(*paths)
    assert (exited[0], killed[0]) == ("Failed", "Failed")
    assert "SIGKILL" in killed[1]
    assert isinstance(well, bytes)
    assert isinstance(after, bytes)
    assert last(last_one) == OWN  # what forked the others is gone


def test_in_a_build_only_plain_cells_are_shared(tmp_path):
    """What the others would leave is found by each notebook as it left it."""
    first = "from helpers import notation"
    sets = "import numpy as np\nnp.set_printoptions(precision=2)"
    who = "import os\nos.getppid()"
    shared = [notebook(tmp_path, f"s{n}", first, "plan = 1", f"# {n}\n{who}") for n in range(3)]
    other = [notebook(tmp_path, f"o{n}", first, sets, f"# {n}\nnp.array([1 / 3])") for n in range(3)]
    one, another, _ = (last(run) for run in as_in_a_build(*shared))
    assert one == another
    assert as_in_a_build(*other) == [alone(path, is_forked=True) for path in other]


def test_the_notebooks_of_a_year_begin_alike_and_their_pages_are_those_of_each_by_itself():
    paths = [ROOT / "notebooks" / f"{name}.ipynb" for name in ("brief", "detail", "quality", "assembly")]
    prepared = [execute._ready(path, given_to(path) | {"beside": ""}).prepared for path in paths]
    assert "compute.figures(" in execute._beginning(prepared)[-1]
    assert render.pages([(path, given_to(path)) for path in paths], **LIMITS) == [
        render.page(path, given_to(path), **LIMITS) for path in paths
    ]


def test_what_the_notebooks_of_a_year_begin_with_is_run_once(tmp_path):
    paths = []
    for name in ("brief", "detail", "quality"):
        whole = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        begins = execute._beginning([whole, whole])[:4]
        begins[0] = begins[0].replace('data_dir = ""', f"data_dir = {str(ROOT / 'data')!r}")
        paths.append(notebook(tmp_path, name, *begins, f"# {name}\nimport os\nos.getppid()"))
    one, another, _ = (last(run) for run in as_in_a_build(*paths))
    assert one == another


def test_nothing_outlives_whoever_asked(tmp_path):
    noted = tmp_path / "pids"
    says = f"{ANCESTORS}import time\nopen({str(noted)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}} {{forker}} ')\ntime.sleep(300)"
    paths = [notebook(tmp_path, name, FIRST, f"# {name}\n{says}") for name in ("a", "b")]
    code = "import sys, pathlib; from helpers.run import render; paths = [(pathlib.Path(one), {}) for one in sys.argv[1:]];"
    code += "render.pages(paths, cell_seconds=300, start_seconds=60)"
    assert len(ended_with(code, *paths, noted=noted)) == 3


def test_what_forks_them_ends_with_the_last_one(tmp_path):
    paths = [notebook(tmp_path, name, FIRST, f"# {name}\nimport subprocess\nfirst") for name in ("a", "b")]
    begun = [last(run) for run in together(*paths)]
    assert begun[0] == begun[1]
    until(lambda: not is_alive(begun[0]))
