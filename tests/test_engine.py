"""A forked kernel gives what a plain one gives, and nothing of one notebook reaches the next."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from jupyter_client.connect import LocalPortCache
from test_batch import project

from helpers.run import render
from helpers.run.render import canonical, execute, workers
from helpers.terms import Refusal

ROOT = Path(__file__).resolve().parent.parent
HERE = {"plan": "isehara-6", "fiscal_year": 2024, "language": "ja", "audience": "internal"}
HERE |= {"data_dir": str(ROOT / "data")}
LIMITS = {"cell_seconds": 60, "start_seconds": 60}

pytestmark = pytest.mark.slow

TORTURE = [
    "1 + 1",
    "None",
    "import pandas as pd\nimport warnings\npd.DataFrame({'件': [1, 2]})",
    "from IPython.display import *\ndisplay(HTML('<b>太</b>'), Markdown('*斜*'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
    "handle = display('前', display_id='同じ')",
    "handle.update('後')",
    "print('消える'); clear_output(wait=True); print('残る')",
    "display('消える'); clear_output(); display('残る')",
    "print('行\\n' * 20000)",
    "%%capture said\nprint('取る')",
    "said.stdout",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "import sys\nprint('出力'); print('誤り', file=sys.stderr)",
    # ipykernel reads what a child prints in a thread of its own, in its own time.
    "import subprocess, time\nsubprocess.run(['echo', '子'], check=True); time.sleep(1)",
    "!echo 殻",
    "sys.stdin.read()",
    "import threading\none = threading.Thread(target=print, args=('糸',)); one.start(); one.join()",
    "import asyncio\nawait asyncio.sleep(0.01)\n'待った'",
    (
        "import comm\nstate = {'_model_name': 'A', '_model_module': 'm', '_model_module_version': '1'}\n"
        "comm.create_comm(target_name='jupyter.widget', comm_id='one', data={'state': state}); None"
    ),
    "warnings.warn('注意')",
    "display({'application/json': {'b': [1]}}, raw=True)",
    "import sys, os\n[sys.path, os.path.basename(sys.executable), __name__]",
    "_, __, In[1]",
    "get_ipython().run_line_magic('time', 'None')\nclear_output()",
]
ENDINGS = {
    "chained": "try:\n    {}['鍵']\nexcept KeyError as error:\n    raise ValueError('値') from error",
    "syntax": "1 +",
    "input": "input('名前')",
    "exit": "import sys\nsys.exit(3)",
    "refusal": "from helpers.terms import Refusal\nraise Refusal('行が合いません。', '空欄です。')",
    "os_exit": "import os\nos._exit(0)",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "interrupt": "raise KeyboardInterrupt",
}


def notebook_of(tmp_path, *sources):
    cells = [nbformat.v4.new_code_cell(one, id=f"c{n}", metadata={"tags": []}) for n, one in enumerate(sources)]
    path = tmp_path / "torture.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def given_to(path):
    return {key: value for key, value in HERE.items() if key in render.parameters(path)}


def forked_run(path):
    """The canonical notebook, or the kind, words and notebook of what was raised."""
    return ended(lambda: workers.call(execute.executed, path, {}, **LIMITS, is_forked=True))


def both(path):
    """What comes of it in a forked kernel and in a plain one."""
    return forked_run(path), ended(lambda: execute.executed(path, {}, **LIMITS))


def ended(make):
    try:
        return canonical.to_bytes(make())
    except (render.Failed, Refusal) as error:
        return type(error).__name__, str(error), error.notebook


def python(*words):
    return subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True)


@pytest.mark.parametrize("name", ["brief", "detail", "quality"])
def test_every_notebook_of_the_project_gives_the_same_page(name):
    path = ROOT / "notebooks" / f"{name}.ipynb"
    forked, plain = (render.page(path, given_to(path), **LIMITS, engine=engine) for engine in render.ENGINES)
    assert forked == plain


def test_half_of_a_character_is_shown_as_one_that_is_unknown(tmp_path):
    path = notebook_of(tmp_path, "print('x\\ud800y')", "6 * 7")
    printed, shown = (cell["outputs"] for cell in json.loads(forked_run(path))["cells"])
    assert printed == [{"name": "stdout", "output_type": "stream", "text": ["x\ufffdy\n"]}]
    assert shown[0]["data"]["text/plain"] == ["42"]


def test_a_long_line_is_shown_at_once_without_what_was_written_over(tmp_path):
    long = "print('あ' * 600_000, end='')\nprint('10 %\\r20 %\\r')\nprint('30 %\\r100 %')"
    began = time.monotonic()
    [output] = json.loads(forked_run(notebook_of(tmp_path, long)))["cells"][0]["outputs"]
    assert output["text"] == ["20 %\r\n", "100 %\n"]
    assert time.monotonic() - began < 60, "minutes, where it is looked for from each letter"


def test_a_message_without_content_is_the_fault_of_its_cell(tmp_path):
    send = "kernel = get_ipython().kernel\nkernel.send_response(kernel.iopub_socket, 'display_data', [1])"
    forked, plain = both(notebook_of(tmp_path, send, "6 * 7"))
    assert forked[:2] == plain[:2]
    assert "Content incorrect type: <class 'list'>" in forked[1]


@pytest.mark.parametrize("taken", [1, 100])
def test_a_plain_kernel_whose_port_was_taken_starts_again(tmp_path, monkeypatch, taken):
    path, given = notebook_of(tmp_path, "6 * 7"), LocalPortCache.find_available_port
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = [other.getsockname()[1]] * taken
        monkeypatch.setattr(LocalPortCache, "find_available_port", lambda *of: ports.pop() if ports else given(*of))
        came = ended(lambda: execute.executed(path, {}, **LIMITS))
    if taken == 1:
        assert json.loads(came)["cells"][-1]["outputs"][0]["data"]["text/plain"] == ["42"]
    else:
        assert came[0] == "Failed"
        assert re.search(r"カーネルが始まりません。.*Address already in use", came[1])


def test_torture_gives_the_same_outputs(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel would not watch what subprocesses print
    forked, plain = map(json.loads, both(notebook_of(tmp_path, *TORTURE)))
    assert forked == plain
    assert "後" in str(forked["cells"][4]["outputs"])
    assert "子" in str(forked["cells"][13]["outputs"])


NUMBERS = "".join(f"{n}\n" for n in range(1, 3_001))
SAID = {
    "a long list of a process": ("import subprocess\nsubprocess.run(['seq', '3000']);", NUMBERS),
    "a process between two lines": (
        "import subprocess\nprint('前')\nsubprocess.run(['seq', '3000'])\nprint('後')",
        f"前\n{NUMBERS}後\n",
    ),
    "an error of a process": ("import subprocess\nsubprocess.run(['sh', '-c', 'seq 3000 >&2']);", NUMBERS),
    "past Python": ("import os\nos.write(1, b'1\\n');", "1\n"),
    "a thread that nobody waits for": (
        "import threading\nthreading.Thread(target=print, args=('糸',)).start()",
        "糸\n",
    ),
    "lines up to the end": (
        "import time\nuntil = time.monotonic() + 0.3\nwhile time.monotonic() < until: print('行')\nprint('末')",
        None,
    ),
}


@pytest.mark.parametrize("what", SAID)
def test_all_that_a_cell_and_its_processes_say_is_there_and_in_order(tmp_path, monkeypatch, what):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel would not watch what subprocesses print
    source, says = SAID[what]
    path = notebook_of(tmp_path, source)
    for _ in range(4):
        outputs = json.loads(forked_run(path))["cells"][-1]["outputs"]
        said = "".join(line for output in outputs for line in output["text"])
        assert said == says if says else said.endswith("行\n末\n")


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.stdout.close()",
        "import sys\nsys.stderr.close()",
        # Python 3.12 warns of forking beside threads, with the number of the process.
        "import os, warnings\nwarnings.simplefilter('ignore')\npid = os.fork()\nif not pid:\n    print('子')\n    os._exit(0)\nos.waitpid(pid, 0);",
    ],
    ids=["output closed", "errors closed", "a fork that speaks"],
)
def test_what_a_cell_does_to_its_streams_ends_no_kernel(tmp_path, monkeypatch, source):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel would not watch what subprocesses print
    forked, plain = map(json.loads, both(notebook_of(tmp_path, source, "6 * 7")))
    assert forked == plain
    assert forked["cells"][-1]["outputs"][0]["data"]["text/plain"] == ["42"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_bad_end_is_told_in_the_same_words(tmp_path, ending):
    forked, plain = both(notebook_of(tmp_path, "print('前')", ENDINGS[ending], "'後'"))
    assert isinstance(forked, tuple)
    if ending in {"os_exit", "segfault"}:  # what was printed just before may be lost with a kernel
        forked, plain = forked[:2], plain[:2]
    assert forked == plain


def test_nothing_of_one_notebook_reaches_the_next(tmp_path):
    path = notebook_of(
        tmp_path,
        "import builtins, os, random, sys, warnings\nimport matplotlib, numpy, pandas\n"
        "leaks = [hasattr(builtins, 'leaked'), 'LEAKED' in os.environ, 'leaked' in sys.modules, "
        "os.path.exists('leaked'), matplotlib.rcParams['figure.dpi'], pandas.get_option('display.max_rows'), "
        "'leaked' in globals(), len(os.listdir('/proc/self/fd'))]\nleaks",
        "builtins.leaked = leaked = 1; os.environ['LEAKED'] = '1'; sys.modules['leaked'] = os\n"
        "open('leaked', 'w').close(); kept = open(os.devnull); os.makedirs('x'); os.chdir('x')\n"
        "matplotlib.rcParams['figure.dpi'] = 7; pandas.set_option('display.max_rows', 3)\n"
        "random.seed(1); numpy.random.seed(1)",
    )
    assert forked_run(path) == forked_run(path)


LEAVES_A_TASK = """
import asyncio, gc

async def waits():
    await asyncio.get_running_loop().create_future()

async def leaves():
    task = asyncio.get_running_loop().create_task(waits())
    await asyncio.sleep(0)

gc.disable()  # as it may happen to be: nothing has come to look yet
loop = asyncio.new_event_loop()
loop.run_until_complete(leaves())
loop.close()
"""


def test_nothing_that_a_worker_left_to_be_thrown_away_speaks_up_in_a_notebook(tmp_path):
    path = notebook_of(tmp_path, "import gc\ngc.collect()\nNone", "'後'")
    workers.stop()  # the worker that is asked next is the one that runs the notebook
    workers.call(exec, LEAVES_A_TASK, {})
    collecting, last = json.loads(forked_run(path))["cells"]
    workers.stop()
    assert (collecting["outputs"], "後" in str(last["outputs"])) == ([], True)


def test_random_numbers_are_new_each_time(tmp_path):
    path = notebook_of(tmp_path, "import random, numpy\n[random.random(), numpy.random.rand()]")
    one, other = (json.loads(forked_run(path))["cells"][-1]["outputs"] for _ in range(2))
    assert one != other


def test_a_worker_that_is_killed_costs_its_page_only_and_it_may_be_tried_again(tmp_path):
    path = notebook_of(tmp_path, "import time\ntime.sleep(30)")

    def kill():
        until(lambda: workers._BUSY)
        time.sleep(0.5)
        os.kill(next(iter(workers._BUSY)).process.pid, signal.SIGKILL)

    threading.Thread(target=kill).start()
    with pytest.raises(render.Failed) as failed:
        render.page(path, {}, **LIMITS, engine="gyokaku")
    assert str(failed.value).endswith("ページを作るプロセスがシグナル SIGKILL で終わりました。理由は分かりません。")
    assert failed.value.may_pass
    assert not failed.value.__cause__.is_starting
    assert isinstance(forked_run(notebook_of(tmp_path, "1")), bytes)


def test_there_is_nothing_to_read_for_any_kernel(tmp_path):
    """Nor is it another file, opened under a number that was free: the kernel's own messages, or its log."""
    says = (
        "import os, sys\n[sys.stdin.read(), sys.stdin.readable(), os.readlink(f'/proc/self/fd/{sys.stdin.fileno()}')]"
    )
    path = notebook_of(tmp_path, says)
    for _ in range(3):
        assert value_of(forked_run(path)) == "['', True, '/dev/null']"


def test_blank_sheets_are_laid_out_once_a_first_kernel_is_at_work(tmp_path):
    """A run of one page does not wait for them."""
    path = notebook_of(tmp_path, f"{ANCESTORS}import sys\nprint(forker, 'helpers.draw.ready' in sys.modules)")
    workers.stop()  # the next worker has a forker of its own
    (one, first), (other, second) = (
        json.loads(forked_run(path))["cells"][-1]["outputs"][0]["text"][0].split() for _ in range(2)
    )
    assert one == other
    assert (first, second) == ("False", "True")


def test_what_forks_the_kernels_may_be_killed(tmp_path):
    """While it has a kernel, its page is lost with a sentence; before it is asked for one, nothing is."""
    path = notebook_of(tmp_path, "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass")
    with pytest.raises(render.Failed, match=r"カーネルがシグナル SIGKILL で終わりました。") as failed:
        workers.call(execute.executed, path, {}, **LIMITS, is_forked=True)
    assert failed.value.may_pass
    parent = notebook_of(tmp_path, "import os\nos.getppid()")
    before = int(value_of(forked_run(parent)))
    assert int(value_of(forked_run(parent))) == before
    os.kill(before, signal.SIGKILL)
    assert int(value_of(forked_run(parent))) != before


def test_a_forker_that_is_killed_as_it_begins_is_replaced(tmp_path):
    idle = notebook_of(tmp_path, ANCESTORS + "print(nursery)")
    nursery = int(json.loads(forked_run(idle))["cells"][-1]["outputs"][0]["text"][0])
    children = Path(f"/proc/{nursery}/task/{nursery}/children")
    workers.stop()
    until(lambda: not any(map(is_alive, map(int, children.read_text(encoding="utf-8").split()))))

    def kill():
        until(lambda: [one for one in map(int, children.read_text(encoding="utf-8").split()) if is_alive(one)])
        for one in map(int, children.read_text(encoding="utf-8").split()):
            os.kill(one, signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    assert workers.call(len, "") == 0
    killing.join()
    assert isinstance(forked_run(idle), bytes)


STOPPED_AT_START = """
import threading, time
from helpers.run.render import workers
said = []
def ask():
    try:
        workers.call(time.sleep, 300)
    except workers.Gone as gone:
        said.append(gone.is_starting)
asking = threading.Thread(target=ask)
asking.start()
time.sleep(0.2)
workers.stop()
asking.join()
print(said, workers._BUSY, workers._IDLE)
"""


def test_a_worker_that_is_about_to_begin_is_stopped_too():
    assert python("-c", STOPPED_AT_START).stdout == "[True] set() []\n"


def value_of(run):
    return json.loads(run)["cells"][-1]["outputs"][0]["data"]["text/plain"][0]


def test_whoever_has_threads_has_its_kernels_forked_by_a_process_without_any(tmp_path):
    """Forking a process with threads is not safe."""
    code = "import pathlib, sys, threading, time; from helpers.run.render import execute;"
    code += "threading.Thread(target=time.sleep, args=(300,), daemon=True).start();"
    code += "run = execute.executed(pathlib.Path(sys.argv[1]), {}, cell_seconds=60, start_seconds=60, is_forked=True);"
    code += "print(run.cells[-1].outputs[0].text)"
    says = ANCESTORS + "print([len(os.listdir(f'/proc/{one}/task')) for one in (forker, nursery, server)])"
    assert python("-c", code, notebook_of(tmp_path, says)).stdout.strip() == "[1, 1, 1]"


ANCESTORS = """
import os
def parent(process): return int(open(f'/proc/{process}/stat').read().rpartition(')')[2].split()[1])
forker = os.getppid()
nursery = parent(forker)
server = parent(nursery)
"""


def test_the_process_that_all_kernels_come_from_may_be_killed(tmp_path):
    """Then the fork server and its workers end, too, and the next page has new ones."""
    path = notebook_of(tmp_path, ANCESTORS + "import signal\nos.kill(nursery, signal.SIGKILL)\nwhile True: pass")
    with pytest.raises(workers.Gone, match=r"^が終了状態 1 で終わりました。理由は分かりません。$"):
        workers.call(execute.executed, path, {}, **LIMITS, is_forked=True)
    idle = notebook_of(tmp_path, ANCESTORS + "print(nursery, server)")
    nursery, server = map(int, json.loads(forked_run(idle))["cells"][-1]["outputs"][0]["text"][0].split())
    os.kill(nursery, signal.SIGKILL)
    until(lambda: not is_alive(server))
    again = json.loads(forked_run(idle))["cells"][-1]["outputs"][0]["text"][0]
    assert str(nursery) not in again


def test_a_worker_that_dies_is_told_with_its_last_words(tmp_path):
    says = "import os, sys; sys.stderr.write('一行目\\n二行目\\n'); sys.stderr.flush(); os._exit(3)"
    with pytest.raises(workers.Gone, match=r"^が終了状態 3 で終わりました。最後の出力: 一行目 / 二行目$"):
        workers.call(exec, says, {})
    assert isinstance(forked_run(notebook_of(tmp_path, "1")), bytes)


def test_what_a_worker_said_of_an_earlier_page_is_not_its_last_word():
    workers.stop()  # the worker that is asked next answers both
    workers.call(exec, "import os; os.write(2, '前のページ\\n'.encode())", {})
    with pytest.raises(workers.Gone, match=r"^が終了状態 3 で終わりました。理由は分かりません。$"):
        workers.call(exec, "import os; os._exit(3)", {})


BEGUN_BESIDE = """
import sys
from pathlib import Path
from helpers.run import render, warm
warm.SOURCES = f"{sys.argv[1]}:{warm.SOURCES}"
try:
    render.page(Path(sys.argv[2]), {}, cell_seconds=60, start_seconds=60)
except render.Failed as failed:
    print(failed)
"""
MADE_BESIDE = """
import sys
from helpers.run import warm
from helpers.run.render import workers
warm.SOURCES = f"{sys.argv[1]}:{warm.SOURCES}"
try:
    workers.call(len, "")
except workers.Unfit:
    print("unfit")
"""


@pytest.mark.parametrize("module", ["nbconvert", "sqlite3"], ids=["of workers", "of kernels"])
def test_a_process_that_dies_before_it_began_is_told_with_the_reason(tmp_path, module):
    (tmp_path / f"{module}.py").write_text("raise RuntimeError('組み込みが壊れています')", encoding="utf-8")
    done = python("-c", BEGUN_BESIDE, tmp_path, notebook_of(tmp_path, "1"))
    assert re.fullmatch(
        r"torture\.ipynb: ページを作るプロセス（始まる途中）が終了状態 1 で終わりました。最後の出力: .*"
        r" / RuntimeError: 組み込みが壊れています\n",
        done.stdout,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("module", ["nbconvert", "sqlite3"], ids=["of workers", "of kernels"])
def test_where_what_is_forked_from_has_threads_pages_are_made_without_forking(tmp_path, module):
    says = "import threading, time\nthreading.Thread(target=time.sleep, args=(300,), daemon=True).start()\n"
    (tmp_path / f"{module}.py").write_text(says, encoding="utf-8")
    path = notebook_of(tmp_path, "1")
    assert python("-c", MADE_BESIDE, tmp_path, path).stdout == "unfit\n"


def test_both_kernels_find_the_same_environment(tmp_path):
    # A plain kernel is also told its parent's number, and what its debugger may do.
    says = "import os\n{n: os.environ[n] for n in sorted(os.environ) if not n.startswith(('JPY_', 'PYDEVD_'))}"
    forked, plain = both(notebook_of(tmp_path, says))
    assert b"SOURCE_DATE_EPOCH" in forked
    assert forked == plain


def test_both_kernels_know_where_they_are(tmp_path, monkeypatch):
    """A forked one was made before it had a place, and in the home of whoever asked before."""
    says = "ip = get_ipython()\nfolders = [ip.ipython_dir, ip.profile_dir.location, ip.kernel.profile_dir.location, ip.starting_dir]\n"
    says += (
        "import os\n[*folders, _dh, os.getcwd(), ip.home_dir, ip.history_manager.session_number, os.environ['PAGER']]"
    )
    path = notebook_of(tmp_path, says)
    for home in (tmp_path / "one", tmp_path / "another"):
        home.mkdir()
        monkeypatch.setenv("HOME", str(home))
        forked, plain = both(path)
        assert str(home) in forked.decode()
        assert forked == plain


def test_a_kernel_has_the_temporary_folder_of_whoever_asks(tmp_path, monkeypatch):
    workers.call(len, "")  # whoever asks keeps files of its own in the folder that it first had
    path = notebook_of(tmp_path, "import tempfile\ntempfile.NamedTemporaryFile().name.rpartition('/')[0]")
    for name in ("one", "another"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr("tempfile.tempdir", None)
        forked, plain = both(path)
        assert str(folder) in forked.decode()
        assert forked == plain
        shutil.rmtree(folder)


def test_kernels_of_one_process_have_keys_and_names_of_their_own(tmp_path):
    says = (
        "kernel = get_ipython().kernel\n' '.join([kernel.ident, kernel.session.session, kernel.session.key.decode()])"
    )
    path = notebook_of(tmp_path, says)
    one, another = (set(value_of(forked_run(path)).strip("'").split()) for _ in range(2))
    assert len(one) == len(another) == 3
    assert not one & another


def test_nothing_outlives_whoever_asked(tmp_path):
    noted = tmp_path / "pids"
    says = f"{ANCESTORS}import time\nopen({str(noted)!r}, 'w').write(f'{{os.getpid()}} {{forker}} {{nursery}} {{server}} ')\ntime.sleep(300)"
    path = notebook_of(tmp_path, says)
    code = "import sys, pathlib; from helpers.run.render import execute, workers;"
    code += "workers.call(execute.executed, pathlib.Path(sys.argv[1]), {}, cell_seconds=300, start_seconds=60, is_forked=True)"
    assert len(ended_with(code, path, noted=noted)) == 4


def ended_with(code, *paths, noted):
    """The processes that a program has started, by their numbers in a file, once they have ended because it was killed."""
    asking = subprocess.Popen([sys.executable, "-c", code, *paths])
    until(lambda: noted.exists() and noted.read_text().endswith(" "))
    started = [int(process) for process in noted.read_text().split()]
    assert all(map(is_alive, started))
    asking.kill()
    asking.wait()
    until(lambda: not any(map(is_alive, started)))
    return started


def test_whoever_is_killed_leaves_no_word_and_no_process(tmp_path):
    folders = project(tmp_path, "good")
    (folders.data / "isehara-6" / "2024" / "SOURCES.toml").touch()
    words = [Path(sys.executable).with_name("gyokaku"), "build", "--force", "--data", folders.data, "--jobs", "2"]
    chance = random.Random(6)  # noqa: S311 — moments of the first seconds: starting, importing, reporting, working
    for number in range(4):
        mark = f"{tmp_path.name}-{number}"
        with (tmp_path / "said").open("wb") as said:
            asking = subprocess.Popen(
                words, env={**os.environ, "MARK": mark}, stdout=said, stderr=said, start_new_session=True
            )
            time.sleep(chance.uniform(0, 3))
            asking.kill()
            asking.wait()
            until(lambda mark=mark: not living(mark))
        assert "Traceback" not in (tmp_path / "said").read_text(encoding="utf-8")
    subprocess.run(words, check=True, capture_output=True)


def living(mark):
    """Processes that were started with a mark in their environment."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        process_id = int(environment.parent.name)
        with suppress(OSError):
            if f"MARK={mark}\0".encode() in environment.read_bytes() and is_alive(process_id):
                found.append(process_id)
    return found


def until(happens):
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_alive(process_id):
    """Whether it runs; one that has ended and is not yet waited for does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_papermill_finds_the_engine_by_its_name(tmp_path):
    path, out = notebook_of(tmp_path, "import pandas\n6 * 7"), tmp_path / "out.ipynb"
    python("-m", "papermill", "--engine", "gyokaku", "-k", "python3", "-l", "python", path, out)
    (output,) = nbformat.read(out, 4).cells[-1].outputs
    assert output.data["text/plain"] == "42"


def test_jsonschema_reads_its_grammars_of_addresses_only_when_one_is_checked():
    says = """
import sys
from helpers.run import light
light.load("jsonschema")
import jsonschema
later = "rfc3987_syntax" not in sys.modules
holds = jsonschema.Draft202012Validator.FORMAT_CHECKER.conforms
print(later, holds("https://例え.jp/計画", "iri"), holds("計 画", "iri"), "rfc3987_syntax" in sys.modules)
"""
    assert python("-c", says).stdout.split() == ["True", "True", "False", "True"]


def test_seaborn_brings_widgets_only_when_a_palette_is_to_be_chosen():
    says = """
import sys
from helpers.run import light
light.load("seaborn")
import seaborn
later = "ipywidgets" not in sys.modules
chosen = seaborn.choose_dark_palette()
print("", later, len(chosen), "ipywidgets" in sys.modules)
"""
    assert python("-c", says).stdout.split()[-3:] == ["True", "10", "True"]


@pytest.mark.parametrize("engine", render.ENGINES)
@pytest.mark.parametrize(
    "source", ["eaten = bytearray(3 * 10**9)", "import numpy\nnumpy.ones((20_000, 20_000))"], ids=["python", "numpy"]
)
def test_a_notebook_that_eats_memory_costs_its_own_page_only(tmp_path, engine, source):
    with pytest.raises(render.Failed) as failed:
        render.page(notebook_of(tmp_path, source), {}, **LIMITS, memory=2**30, engine=engine)
    said = str(failed.value)
    assert "のセル c0" in said
    assert "メモリーの上限（1,024 MiB）を超えました。データを減らすか、--memory で上限を上げてください。" in said
    assert not failed.value.may_pass
    assert b"MemoryError" in failed.value.notebook


def test_a_notebook_that_does_not_stop_talking_is_stopped(tmp_path):
    path = notebook_of(tmp_path, "import sys\nwhile True:\n    print('x' * 10**5, flush=True)")
    with pytest.raises(render.Failed, match=r"出力が上限（64 MiB）を超えたので止めました") as failed:
        render.page(path, {}, **LIMITS, memory=2**29)
    assert not failed.value.may_pass


@pytest.mark.parametrize("name", ["brief", "detail", "quality", "assembly"])
def test_a_page_imports_nothing_that_could_have_been_imported_once_for_all(tmp_path, name):
    page = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    first = nbformat.v4.new_code_cell("import sys\nbefore = set(sys.modules)", id="first")
    last = nbformat.v4.new_code_cell("print(*sorted(set(sys.modules) - before))", id="last")
    page.cells = [first, *page.cells, last]
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(page, path)
    made = workers.call(execute.executed, path, given_to(path), **LIMITS, is_forked=True)
    assert made.cells[-1].outputs[0].text.strip() == ""


def test_workers_and_kernels_import_side_by_side_and_nothing_twice(tmp_path):
    """What both need of ours and of libraries stands in one place, and is imported before the two go apart."""
    of_worker = workers.call(eval, "sorted(__import__('sys').modules)")  # noqa: S307 — our own words
    run = json.loads(forked_run(notebook_of(tmp_path, "import sys\nprint(*sys.modules)")))
    of_kernel = "".join(run["cells"][-1]["outputs"][0]["text"]).split()
    before = "import sys; from helpers.run import light, warm; from helpers.run.kernels import forker;"
    before += "[__import__(name) for name in warm.IN_BOTH]; print(*sys.modules)"
    twice = {*of_worker} & {*of_kernel} - {*python("-c", before).stdout.split()} - {"helpers.run.server"}
    assert {name for name in twice if name.partition(".")[0] not in sys.stdlib_module_names} == set()
    assert {"papermill", "nbconvert", "xlsxwriter"} <= {*of_worker} - {*of_kernel}
    assert {"pandas", "seaborn", "IPython"} <= {*of_kernel} - {*of_worker}


def test_asking_for_pages_imports_nothing_that_makes_them():
    code = "import sys; from helpers.run import batch, render; render.parameters(render.Path(sys.argv[1])); print(*sys.modules)"
    loaded = set(python("-c", code, ROOT / "tests/notebooks/good.ipynb").stdout.split())
    assert "helpers.run.render" in loaded
    assert not loaded & {"papermill", "nbconvert", "nbclient", "pandas", "matplotlib", "IPython"}


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked")
def test_only_a_worker_with_nothing_to_do_helps():
    workers.stop()
    assert workers.helped(os.getpid) == os.getpid()
    there = workers.call(os.getpid)
    try:
        assert workers.helped(os.getpid) == there != os.getpid()
        with pytest.raises(ValueError, match="invalid literal"):
            workers.helped(int, "x")
        os.kill(there, signal.SIGKILL)
        assert workers.helped(os.getpid) != there
    finally:
        workers.stop()
