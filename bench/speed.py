"""How fast briefs are made, beside what papermill and nbconvert give by themselves; all in one run, in turns, on the same cores.

The plans are made up out of the one real year: every plan has a name, amounts and letters of its own, so that no page and no
set of characters is made twice. A plan never leaves the temporary folder. Slow ways make fewer documents a round; all are
given as seconds a document.
"""

import argparse
import ast
import compileall
import ctypes
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
BIN = Path(sys.executable).parent

PR_SET_CHILD_SUBREAPER = 36  # of linux/prctl.h
YEAR, CORES, ROUNDS, BRIEFS = 2024, 2, 5, 20
# Documents a round of the ways that take seconds for each.
ONE_AFTER_THE_OTHER, TWO_AT_A_TIME, LIBRARIES, STEADY, APART = 1, 2, 4, 4, 1
# The pages of a year set, beside its workbook and data; so many sets after the first.
SET, SETS = ("brief", "detail", "quality"), 4
NOTEBOOK = ROOT / "notebooks" / "brief.ipynb"
REAL = ROOT / "data" / "isehara-6"
LETTERS = "藍茜葵梓菖蒲楓桜椿柊榎槐楡樺欅檜蓮萩藤菫芹薊蕗茅葦桐杏梧李橘柚椰棗楠榊樅槇柏柳桂桑栃榛椋楢"
EXPECTED, ACTUAL = (107_077, 347_736), (1_282_125, 1_345_649)  # an amount of one policy and the sum it stands in


def plans(folder: Path, number: int) -> list[str]:
    """Made-up plans under a folder, one year each; gives their names."""
    names = [f"made-up-{one:02d}" for one in range(number)]
    for one, name in enumerate(names):
        shutil.copytree(REAL / str(YEAR), folder / name / str(YEAR))
        shutil.copy(REAL / "plan.toml", folder / name)
        city = "".join(LETTERS[(2 * one + offset) % len(LETTERS)] for offset in range(2)) + f"{LETTERS[one]}市"
        changes = {'"isehara-6"': f'"{name}"', "伊勢原市第": f"{city}第", '"伊勢原市"': f'"{city}"'}
        changes |= {"伊勢原市 企画部": f"{city} 企画部"}
        for amounts, more in ((EXPECTED, 1_013 * one), (ACTUAL, 7_919 * one)):
            changes |= {f"{amount:,}": f"{amount + more:,}" for amount in amounts}
            changes |= {str(amount): str(amount + more) for amount in amounts}
        for path in (path for path in (folder / name).rglob("*") if path.is_file()):
            text = path.read_bytes().decode()
            for old, new in changes.items():
                text = text.replace(old, new)
            path.write_bytes(text.encode())
        _hash_again(folder / name / str(YEAR), former=REAL / str(YEAR))
    return names


def further_year(plan: Path, year: int) -> None:
    """The made-up plan's year once more as another one, with the same amounts."""
    shutil.copytree(plan / str(YEAR), plan / str(year))
    changes = {f"令和{YEAR - 2018}年度": f"令和{year - 2018}年度", f"fiscal_year = {YEAR}": f"fiscal_year = {year}"}
    changes |= {'"2025-08"': f'"{year + 1}-08"'}
    for path in (path for path in (plan / str(year)).rglob("*") if path.is_file()):
        text = path.read_bytes().decode()
        for old, new in changes.items():
            text = text.replace(old, new)
        path.write_bytes(text.encode())
    _hash_again(plan / str(year), former=plan / str(YEAR))


def _hash_again(year: Path, *, former: Path) -> None:
    (source,) = (year / "source").iterdir()
    former = sha256((former / "source" / source.name).read_bytes()).hexdigest()
    new = sha256(source.read_bytes()).hexdigest()
    for path in (*year.glob("*.csv"), year / "SOURCES.toml"):
        text = path.read_bytes().decode().replace(former, new)
        path.write_bytes(text.replace(f"summary-{former[:8]}", f"summary-{new[:8]}").encode())


def given(plan: str, data: Path) -> dict[str, object]:
    """The parameters of the brief."""
    return {"plan": plan, "fiscal_year": YEAR, "language": "ja", "audience": "internal", "data_dir": str(data)}


# The ways to make a brief


def cli_pair(plan: str, data: Path, out: Path) -> None:
    """Papermill's command, then nbconvert's."""
    notebook = out / f"{plan}.ipynb"
    words = [word for name, value in given(plan, data).items() for word in ("-p", name, str(value))]
    for command in (["papermill", "-k", "python3", *words, NOTEBOOK], ["jupyter", "nbconvert", "--to", "html"]):
        subprocess.run([BIN / command[0], *command[1:], notebook], check=True, capture_output=True, cwd=out)


def disagreements(plan: str, data: Path, out: Path) -> list[str]:
    """Ids of the cells whose outputs the command's notebook, left by `cli_pair`, gives otherwise than this project."""
    import nbformat  # noqa: PLC0415

    from helpers.run import render  # noqa: PLC0415
    from helpers.run.render import canonical  # noqa: PLC0415

    given_here = given(plan, data)
    source, run = (nbformat.read(path, as_version=4) for path in (NOTEBOOK, out / f"{plan}.ipynb"))
    ids = {cell.id for cell in source.cells}
    theirs = canonical.node(run, ids, given_here, folder=str(out), sources=ROOT / "src")
    ours = nbformat.reads(render.page(NOTEBOOK, given_here, **LIMITS).notebook.decode(), as_version=4)
    shown = [{cell.id: cell.get("outputs") for cell in one.cells} for one in (theirs, ours)]
    return [name for name in shown[0] | shown[1] if shown[0].get(name) != shown[1].get(name)]


def one_after_the_other(names: list[str], data: Path, out: Path) -> None:
    """(a)."""
    for name in names:
        cli_pair(name, data, out)


def two_at_a_time(names: list[str], data: Path, out: Path) -> None:
    """(a2): the same on both cores."""
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(lambda name: cli_pair(name, data, out), names))


def with_libraries(names: list[str], data: Path, out: Path) -> float:
    """(c): two processes of papermill's and nbconvert's own functions; gives the seconds after each has made one."""
    with ProcessPoolExecutor(CORES) as pool:
        first = [pool.submit(with_library, name, str(data), str(out)) for name in names[:CORES]]
        for one in first:
            one.result()
        began = time.perf_counter()
        list(pool.map(with_library, names[CORES:], [str(data)] * len(names), [str(out)] * len(names)))
        return time.perf_counter() - began


def with_library(plan: str, data: str, out: str) -> None:
    """One brief in this process, with an exporter that is kept."""
    import papermill  # noqa: PLC0415 — a part of what is measured
    from nbconvert import HTMLExporter  # noqa: PLC0415

    exporter = _KEPT.setdefault("exporter", None) or _KEPT.update(exporter=HTMLExporter()) or _KEPT["exporter"]
    run = papermill.execute_notebook(
        str(NOTEBOOK), None, given(plan, Path(data)), kernel_name="python3", progress_bar=False
    )
    Path(out, f"{plan}.html").write_text(exporter.from_notebook_node(run)[0], encoding="utf-8")


_KEPT: dict = {}


def build(data: Path, out: Path, pages: Iterable[str] = ("brief",)) -> None:
    """(d): the command of this project, on what stands under a folder, from nothing."""
    command = [BIN / "gyokaku", "build", "--data", data, "--out", out, "--jobs", str(CORES)]
    command += [word for page in pages for word in ("--page", page)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


# What is measured inside one process: this file again, with the name of the measurement


def steady(data: Path) -> dict:
    """Seconds a page of two threads that ask, after each worker has made one."""
    from helpers.run import render  # noqa: PLC0415

    names = sorted(path.name for path in data.iterdir())
    with ThreadPoolExecutor(CORES) as pool:
        pages = lambda some: list(pool.map(lambda name: render.page(NOTEBOOK, given(name, data), **LIMITS), some))  # noqa: E731
        pages(names[: 2 * CORES])
        began = time.perf_counter()
        pages(names[2 * CORES :])
        return {"seconds": (time.perf_counter() - began) / (len(names) - 2 * CORES)}


LIMITS = {"cell_seconds": 120, "start_seconds": 120}


def apart(data: Path) -> dict:
    """Seconds a document of one worker, of each engine with each exporter, and of a plain script."""
    import gc  # noqa: PLC0415

    from nbconvert import HTMLExporter  # noqa: PLC0415

    from helpers.run.render import canonical, execute, export, workers  # noqa: PLC0415

    stock = HTMLExporter()

    def ours(run: Mapping, name: str) -> str:
        return export.html(run, page={"title": name, "language": "ja", "plan": name, "fiscal_year": YEAR})

    engines = {
        "plain": lambda name: execute.executed(NOTEBOOK, given(name, data), **LIMITS),
        "forked": lambda name: workers.call(execute.executed, NOTEBOOK, given(name, data), **LIMITS, is_forked=True),
    }
    exporters = {"stock": lambda run, _: stock.from_notebook_node(run)[0], "ours": ours}
    names = sorted(path.name for path in data.iterdir())
    seconds, made = {}, {}
    for engine, execute_one in engines.items():
        runs = {}
        execute_one(names[0])
        for name in names:
            began = time.perf_counter()
            runs[name] = execute_one(name)
            seconds.setdefault(engine, []).append(time.perf_counter() - began)
        made[engine] = {name: canonical.to_bytes(run) for name, run in runs.items()}
        gc.freeze()  # as the workers do; or what is imported here is looked through in the middle of a page
        for exporter, convert in exporters.items():
            convert(runs[names[0]], names[0])
            for name in names[1:]:
                began = time.perf_counter()
                convert(runs[name], name)
                seconds.setdefault(exporter, []).append(time.perf_counter() - began)
    if made["plain"] != made["forked"]:
        raise RuntimeError("the engines disagree")
    return {name: statistics.median(of) for name, of in seconds.items()}


def overhead(data: Path) -> dict:
    """Seconds a page of one worker, and of a plain script with everything imported that gives the very same pages."""
    import gc  # noqa: PLC0415

    from helpers.run import render, warm  # noqa: PLC0415

    os.environ.update(warm.environment(""))
    names = sorted(path.name for path in data.iterdir())
    engine, script, by_script = [], [], []
    render.page(NOTEBOOK, given(names[0], data), **LIMITS)
    as_script(names[0], data)
    gc.freeze()  # as the workers do
    spent = [_cpu(), time.process_time()]
    for name in names[1:]:
        began = time.perf_counter()
        page = render.page(NOTEBOOK, given(name, data), **LIMITS)
        engine.append(time.perf_counter() - began)
        began, own = time.perf_counter(), time.process_time()
        alone = as_script(name, data)
        script.append(time.perf_counter() - began)
        by_script.append(time.process_time() - own)
        if page.html != alone:
            raise RuntimeError("the script gives another page")
    of_engine = _cpu() - spent[0] + time.process_time() - spent[1] - sum(by_script)
    return {
        "engine": statistics.median(engine),
        "script": statistics.median(script),
        "engine CPU": of_engine / len(engine),
        "script CPU": statistics.mean(by_script),
    }


def _cpu(process_id: int | None = None) -> float:
    """Seconds of processor time that the processes which a process has started have used so far, those included that have ended."""
    ticks = 0
    for child in _children(process_id or os.getpid()):
        after_the_name = Path(f"/proc/{child}/stat").read_text(encoding="ascii").rpartition(")")[2]
        ticks += sum(map(int, after_the_name.split()[11:15])) + _cpu(child) * os.sysconf("SC_CLK_TCK")
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(process_id: int) -> list[int]:
    tasks = Path(f"/proc/{process_id}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]


def as_script(plan: str, data: Path) -> str:
    """The page of the brief's cells, run one after the other in this process."""
    import matplotlib.pyplot as plt  # noqa: PLC0415
    import nbformat  # noqa: PLC0415
    from IPython.core.formatters import DisplayFormatter  # noqa: PLC0415

    from helpers.bundle import MIME  # noqa: PLC0415
    from helpers.run.render import export  # noqa: PLC0415

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    shown = _KEPT.setdefault("formatter", None) or _KEPT.update(formatter=DisplayFormatter()) or _KEPT["formatter"]
    names: dict = {}
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.outputs = []
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "script", "exec"), names)  # noqa: S102 — our own notebook
        if "parameters" in cell.metadata.get("tags", []):
            names |= given(plan, data)
        value = eval(compile(ast.Expression(last.value), "script", "eval"), names) if last else None  # noqa: S307
        if value is not None:
            forms, about = shown.format(value)
            cell.outputs = [nbformat.v4.new_output("execute_result", forms, metadata=about, execution_count=None)]
            bundle = forms.get(MIME, {})
    plt.close("all")
    return export.html(notebook, page={name: bundle[name] for name in ("title", "language", "plan", "fiscal_year")})


def curve(data: Path) -> dict:
    """Seconds of processor time a document by the number of its charts: both ways in one process, after its first document."""
    import nbformat  # noqa: PLC0415
    import papermill  # noqa: PLC0415
    from nbconvert import HTMLExporter  # noqa: PLC0415

    from helpers.run import render  # noqa: PLC0415

    exporter = HTMLExporter()
    names = sorted(path.name for path in data.iterdir())
    found: dict[str, dict[int, float]] = {"libraries": {}, "this project": {}}
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        for number in range(len(CHARTS) + 1):
            notebook = nbformat.read(NOTEBOOK, as_version=4)
            notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith(CHARTS[number:])]
            path = Path(folder, f"{number}.ipynb")
            nbformat.write(notebook, path)

            def by_libraries(name: str, path: Path = path) -> None:
                run = papermill.execute_notebook(
                    str(path), None, given(name, data), kernel_name="python3", progress_bar=False
                )
                exporter.from_notebook_node(run)

            ways = {"libraries": by_libraries}
            ways["this project"] = lambda name, path=path: render.page(path, given(name, data), **LIMITS)
            for way, make in ways.items():
                make(names[0])
                before = _cpu() if way == "this project" else _own()
                for name in names[1:]:
                    make(name)
                after = _cpu() if way == "this project" else _own()
                found[way][number] = (after - before) / (len(names) - 1)
    return found


CHARTS = ("pages.composition(", "pages.grades(", "pages.policies(")


def _own() -> float:
    """Seconds of processor time of this process and of the kernels it has ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def memory(data: Path) -> dict:
    """MiB (PSS) of this process and all it started, at most, with one to three workers at work."""
    from helpers.run import render  # noqa: PLC0415

    names = sorted(path.name for path in data.iterdir())
    most = {}
    for count in (1, 2, 3):
        peak, over = [0.0], threading.Event()

        def watch(peak: list = peak, over: threading.Event = over) -> None:
            while not over.wait(0.03):
                peak[0] = max(peak[0], _pss(os.getpid()))

        watching = threading.Thread(target=watch)
        watching.start()
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(lambda name: render.page(NOTEBOOK, given(name, data), **LIMITS), names * count))
        over.set()
        watching.join()
        most[count] = peak[0]
    return {"one": most[1], "further": (most[3] - most[1]) / 2}


def _pss(process_id: int) -> float:
    total = 0.0
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total = int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
        total += sum(map(_pss, _children(process_id)))
    return total


INSIDE: dict[str, Callable[[Path], dict]] = {
    "steady": steady,
    "apart": apart,
    "overhead": overhead,
    "curve": curve,
    "memory": memory,
}


def inside(what: str, data: Path) -> dict:
    """A measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--inside", what, "--data", data], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


# The rounds


def timed(work: Callable[[], object]) -> float:
    """Seconds of the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spent(work: Callable[[], object]) -> float:
    """Seconds of processor time of all processes that a work starts, those included that outlive who started them.

    What shares the machine changes it far less than the wall clock.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    with suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def processor(folder: Path, rounds: int) -> dict:
    """Seconds of processor time a document, of each way; no wall clock."""
    data, out = folder / "data", folder / "processor"
    names = plans(data, BRIEFS)
    out.mkdir()
    one, some = (_some(folder / f"some-{number}", data, names[:number]) for number in (1, 1 + SETS))
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        of_sets = [spent(lambda of=of: build(of, out / "sets" / of.name, SET)) for of in (one, some)]
        turn = {
            "set, steady": (of_sets[1] - of_sets[0]) / SETS,
            "a": spent(lambda: one_after_the_other(names[:ONE_AFTER_THE_OTHER], data, out)) / ONE_AFTER_THE_OTHER,
            "c": spent(lambda: with_libraries(names[:LIBRARIES], data, out)) / LIBRARIES,
            "d": spent(lambda: build(data, out / "all")) / BRIEFS,
            "cold": spent(lambda: build(one, out / "one")),
        }
        for name, value in turn.items():
            found.setdefault(name, []).append(value)
        print(json.dumps({name: round(value, 3) for name, value in turn.items()}), file=sys.stderr, flush=True)
        for made in ("all", "one", "sets"):
            shutil.rmtree(out / made)
    if cells := disagreements(names[0], data, out):
        raise RuntimeError(f"the outputs differ: {', '.join(cells)}")
    return {
        "seconds a document": {name: _spread(of) for name, of in found.items()},
        "times as fast as": {name: _ratio(found[name], found["d"]) for name in ("a", "c")},
        "one cold brief, of the pair's": _ratio(found["cold"], found["a"]),
        "machine": f"{os.cpu_count()} cores {platform.machine()} Python {platform.python_version()}",
    }


def main() -> None:
    """Runs the rounds, and prints medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--inside", choices=INSIDE, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--processor", action="store_true", help="processor time alone, for a machine that is shared")
    asked = parser.parse_args()
    if asked.inside:
        print(json.dumps(INSIDE[asked.inside](asked.data)))
        return
    # As after the first run; where Python is told to keep none, each process of each way would compile our modules again.
    compileall.compile_dir(ROOT / "src", quiet=1)
    keeping = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([BIN / "python", "-c", "import helpers.pages.ready"], check=True, env=keeping)  # and our templates
    with tempfile.TemporaryDirectory(prefix="speed-") as made:
        found = processor(Path(made), asked.rounds) if asked.processor else measured(Path(made), asked.rounds)
        print(json.dumps(found, ensure_ascii=False, indent=1))


def measured(folder: Path, rounds: int) -> dict:
    """All figures of a run; a line a round goes to standard error."""
    data = folder / "data"
    names = plans(data, BRIEFS)
    few = {
        number: _some(folder / f"some-{number}", data, names[:number]) for number in (1, APART + 1, STEADY + 2 * CORES)
    }
    first = folder / "first"
    first.mkdir()
    cli_pair(names[0], data, first)
    if cells := disagreements(names[0], data, first):
        raise RuntimeError(f"the outputs differ: {', '.join(cells)}")
    found: dict[str, list[float]] = {}
    loads = []
    for number in range(rounds):
        out = folder / f"round-{number}"
        out.mkdir()
        turn = {
            "a": timed(lambda: one_after_the_other(names[:ONE_AFTER_THE_OTHER], data, out)) / ONE_AFTER_THE_OTHER,  # noqa: B023
            "a2": timed(lambda: two_at_a_time(names[:TWO_AT_A_TIME], data, out)) / TWO_AT_A_TIME,  # noqa: B023
        }
        began = time.perf_counter()
        after_the_first = with_libraries(names[:LIBRARIES], data, out)
        turn |= {"c": (time.perf_counter() - began) / LIBRARIES, "c steady": after_the_first / (LIBRARIES - CORES)}
        turn["d"] = timed(lambda: build(data, out / "all")) / BRIEFS  # noqa: B023
        turn["cold"] = timed(lambda: build(few[1], out / "one"))  # noqa: B023
        turn["d steady"] = inside("steady", few[STEADY + 2 * CORES])["seconds"]
        turn |= inside("apart", few[APART + 1])
        turn |= {f"one worker, {name}": value for name, value in inside("overhead", few[STEADY + 2 * CORES]).items()}
        for name, value in turn.items():
            found.setdefault(name, []).append(value)
        loads.append(os.getloadavg()[0])
        print(number, json.dumps({name: round(value, 3) for name, value in turn.items()}), file=sys.stderr, flush=True)
        shutil.rmtree(out)
    middle = {name: statistics.median(of) for name, of in found.items()}
    return {
        "rounds": rounds,
        "seconds a document": {name: _spread(of) for name, of in found.items()},
        # Pair by pair, since the machine's speed drifts.
        "times as fast as": {name: _ratio(found[name], found["d"]) for name in ("a", "a2", "c")},
        "steady, times as fast as c": _ratio(found["c steady"], found["d steady"]),
        "engine alone": _ratio(found["plain"], found["forked"]),
        "template alone": _ratio(found["stock"], found["ours"]),
        "engine and template": round((middle["plain"] + middle["stock"]) / (middle["forked"] + middle["ours"]), 2),
        "overhead a page": _spread(
            one - other for one, other in zip(found["one worker, engine"], found["one worker, script"], strict=True)
        ),
        "overhead a page, processor time": _spread(
            one - other
            for one, other in zip(found["one worker, engine CPU"], found["one worker, script CPU"], strict=True)
        ),
        "one cold brief, of the pair's": _ratio(found["cold"], found["a"]),
        "seconds of processor time by charts": inside("curve", few[APART + 1]),
        "memory, MiB": {name: round(value) for name, value in inside("memory", few[APART + 1]).items()},
        "load average": _spread(loads),
        "machine": f"{os.cpu_count()} cores {platform.machine()} Python {platform.python_version()}",
    }


def _some(folder: Path, data: Path, names: list[str]) -> Path:
    for name in names:
        shutil.copytree(data / name, folder / name)
    return folder


def _ratio(ones: list[float], others: list[float]) -> str:
    return _spread(one / other for one, other in zip(ones, others, strict=True))


def _spread(values: Iterable[float]) -> str:
    values = sorted(values)
    return f"{statistics.median(values):.2f} ({values[0]:.2f} to {values[-1]:.2f})"


if __name__ == "__main__":
    main()
