"""Pages made by a Dask cluster are those made here, byte by byte; whatever happens to it is told and costs a retry at most.

The clusters are on the loopback, started with Dask's own commands: one worker under its nanny, one without.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
import scratch
from test_batch import PLAN, ROOT, YEAR, build, only, project, snapshot, with_cell

from helpers.run import batch
from helpers.run.batch import cluster, due
from helpers.terms import Refusal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

DASK = Path(sys.executable).with_name("dask")
SECONDS = 60


@contextmanager
def dask(*words, folder, **environment):
    """One of Dask's commands while it runs."""
    log = folder / f"{words[0]}-{time.monotonic_ns()}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [DASK, *words, "--host", "127.0.0.1", "--no-dashboard"],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def scheduler(folder, **environment):
    """Gives its address."""
    folder.mkdir(exist_ok=True)
    file = folder / f"scheduler-{time.monotonic_ns()}.json"
    with dask("scheduler", "--port", "0", "--scheduler-file", str(file), folder=folder, **environment):
        until(lambda: file.exists() and file.read_bytes().endswith(b"}"))  # Dask writes it in place, not all at once
        yield json.loads(file.read_text(encoding="utf-8"))["address"]


def worker(address, folder, *words, **environment):
    folder.mkdir(exist_ok=True)
    return dask(
        *("worker", address, "--nthreads", "1", "--local-directory", str(folder), *words),
        folder=folder,
        **environment,
    )


def until(happens):
    end = time.monotonic() + SECONDS
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def client_at(address):
    from distributed import Client  # noqa: PLC0415

    with Client(address, set_as_default=False, timeout=SECONDS) as client:
        yield client


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dask")
    with (
        scheduler(folder) as address,
        worker(address, folder / "nanny"),
        worker(address, folder / "alone", "--no-nanny"),
    ):
        with client_at(address) as client:
            client.wait_for_workers(2, timeout=SECONDS)
        yield address


def states_of(folders, address, **asked):
    """How the sets of two years ended, and what was said of each."""
    results = build(folders, (PLAN, 2023), (PLAN, 2024), scheduler=address, **asked).results
    return [result.state for result in results], [result.sentences for result in results]


# The same pages


def test_a_cluster_makes_the_same_bytes_as_this_machine(address, tmp_path):
    folders = batch.Folders(tmp_path / "計画 data", tmp_path / "notebooks", tmp_path / "here")
    shutil.copytree(ROOT / "data" / "isehara-6", folders.data / "isehara-6")
    shutil.copytree(ROOT / "notebooks", folders.notebooks)
    there = folders._replace(out=tmp_path / "there")
    for audience, (one, at) in product(("internal", "public"), ((folders, ""), (there, address))):
        results = build(one, (PLAN, YEAR), audience=audience, pages=["brief"], jobs=2, scheduler=at).results
        assert {result.state for result in results} == {batch.State.BUILT}, results
    assert {f"{PLAN}/{YEAR}/brief.html", f"public/{PLAN}/{YEAR}/brief.html"} < snapshot(folders.out).keys()
    assert snapshot(there.out) == snapshot(folders.out)


def test_scratch_files_where_a_worker_was_started_reach_no_page(tmp_path):
    log = tmp_path / "imported"
    here, there = (project(tmp_path / name, "all_outputs") for name in ("here", "there"))
    scratch.put(tmp_path / "w", log)
    # A nanny would look there itself for what it starts its worker with.
    with scheduler(tmp_path / "dask") as at, worker(at, tmp_path / "w", "--no-nanny", PYTHONOPTIMIZE="1"):
        results = [only(here), only(there, scheduler=at)]
    assert [result.state for result in results] == [batch.State.BUILT] * 2, results
    assert not log.exists(), log.read_text(encoding="utf-8")
    assert snapshot(here.out) == snapshot(there.out)


def test_pages_over_years_find_the_summaries_of_their_plan(address, tmp_path):
    folders = project(tmp_path, "good", "all_outputs", years=(2023, 2024))
    for year in (2023, 2024):
        (folders.data / PLAN / str(year) / "SOURCES.toml").touch()
    path = folders.notebooks / "all_outputs.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["gyokaku"]["per"] = "plan"
    for cell in content["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = 'plan = ""\nlanguage = ""\naudience = ""\ndata_dir = ""\nreports_dir = ""'
    path.write_text(json.dumps(content), encoding="utf-8")
    lists = "from pathlib import Path\nfiscal_year = 2024\n"
    lists += "[sorted(p.relative_to(d).as_posix() for p in Path(d).rglob('*.*')) for d in (data_dir, reports_dir)]"
    with_cell(folders, "all_outputs", lists)
    states, said = states_of(folders, address)
    assert states == ["built"] * 3, said
    executed = (folders.out / PLAN / "notebooks" / "all_outputs.ipynb").read_text(encoding="utf-8")
    names = ("2023/summary.json", "2024/summary.json", "plan.toml", "2023/effects.csv", "2024/SOURCES.toml")
    assert [name for name in names if f"{PLAN}/{name}" not in executed] == []


def test_cells_run_in_forked_children_of_the_workers_too(address, tmp_path):
    folders = project(tmp_path, "good")
    says = (
        "import sys\nfrom helpers.run.kernels import child\n[child._prepared_in is not None, 'seaborn' in sys.modules]"
    )
    with_cell(folders, "good", says)
    with client_at(address) as client:
        for one in client.nthreads():
            made = cluster.Cluster(address)
            made.ready()
            made._others = set(client.nthreads()) - {one}
            page = made.page(
                folders.notebooks / "good.ipynb",
                {"plan": PLAN, "fiscal_year": YEAR, "language": "ja", "audience": "internal"},
                folders={"data_dir": due.Inputs(folders.data, "internal").files(PLAN, YEAR)},
                told=pytest.fail,
                cell_seconds=60,
                start_seconds=60,
            )
            made.close()
            assert b"[True, True]" in page.notebook, one


# What goes wrong there


def test_refusals_and_failures_come_back_as_they_are(address, tmp_path):
    folders = project(tmp_path, "good", "refused", "broken_cell", "killed")
    here, there = only(folders), only(folders, scheduler=address)
    assert (there.state, there.sentences) == (here.state, here.sentences)
    assert sum("もう一度動かしました" in sentence for sentence in there.sentences) == 1
    assert (folders.out / "_failed" / PLAN / str(YEAR) / "broken_cell.ipynb").exists()


def test_a_worker_that_is_killed_costs_a_retry_and_is_told(address, tmp_path):
    folders = project(tmp_path, "good", years=(2023, 2024))
    began = tmp_path / "began"
    with_cell(
        folders,
        "good",
        "import os, time\nfrom pathlib import Path\n"
        f"if fiscal_year == 2024 and not (began := Path({str(began)!r})).exists():\n"
        "    began.write_text(f'{os.getpid()} ')\n    time.sleep(600)",
    )
    killed = []

    def kill():
        until(lambda: began.exists() and began.read_text(encoding="utf-8").endswith(" "))
        with client_at(address) as client:
            pids = client.run(os.getpid)
            killed.extend(pids[one] for one, tasks in client.processing().items() if tasks)
            for one in killed:
                os.kill(one, signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    states, said = states_of(folders, address, jobs=1)
    killing.join()
    assert (states, len(killed)) == (["built", "built"], 1), said
    assert said == [(), ("good.ipynb: 作っていたワーカーがいなくなったので、別のワーカーで作り直しました。",)]
    kernel = int(began.read_text(encoding="utf-8"))
    until(lambda: not Path(f"/proc/{kernel}").exists())


def test_workers_that_go_on_dying_fail_the_page_and_no_other(tmp_path):
    folders = project(tmp_path, "good", years=(2023, 2024))
    # The worker is whoever started the fork server that the process came from whose forker forked the kernel.
    parent = "int(Path(f'/proc/{process}/stat').read_text().rpartition(')')[2].split()[1])"
    with_cell(
        folders,
        "good",
        "import os, signal\nfrom pathlib import Path\nif fiscal_year == 2024:\n"
        f"    process = os.getppid()\n    for _ in range(3):\n        process = {parent}\n"
        "    os.kill(process, signal.SIGKILL)\n    import time; time.sleep(600)",
    )
    few = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with scheduler(tmp_path / "dask", **few) as address, worker(address, tmp_path / "nanny"):
        states, said = states_of(folders, address)
    assert states == ["built", "failed"]
    assert "good.ipynb: 作っていたワーカーが2回続けていなくなりました" in said[1][0]


def test_when_the_scheduler_or_the_last_worker_goes_the_pages_fail_and_the_next_run_makes_them(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.5)
    monkeypatch.setattr(cluster, "ALONE_SECONDS", 1)
    folders = project(tmp_path, "timeout")
    for what, sentence in (("worker", "1秒待っても一つもありません"), ("scheduler", "接続が切れました")):
        with scheduler(tmp_path / "dask") as address, worker(address, tmp_path / "one", "--no-nanny") as one:

            def end(what=what, address=address, one=one):
                with client_at(address) as client:
                    until(lambda: any(client.processing().values()))
                    time.sleep(1)  # a fork server begins
                    one.kill()
                    if what == "scheduler":
                        client.shutdown()

            ending = threading.Thread(target=end)
            ending.start()
            result = only(folders, scheduler=address)
            ending.join()
        assert result.state is batch.State.FAILED
        assert sentence in result.sentences[-1]
    (folders.notebooks / "timeout.ipynb").unlink()
    shutil.copytree(project(tmp_path / "other", "good").notebooks, folders.notebooks, dirs_exist_ok=True)
    assert only(folders).state is batch.State.BUILT


# Whom not to ask


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("tcp://127.0.0.1:1", "Dask のスケジューラーがいません"),
        ("tcp://no-such-host.invalid:8786", "Dask のスケジューラーがいません"),
        ("127.0.0.1", "につなげません"),
        ("http://127.0.0.1:8786", "につなげません"),
        ("tls://127.0.0.1:8786", "証明書が要ります"),
    ],
)
def test_an_address_where_nobody_is_is_refused(tmp_path, monkeypatch, at, sentence):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    folders = project(tmp_path, "good")
    with pytest.raises(Refusal, match=sentence) as refusal:
        build(folders, scheduler=at)
    assert at in str(refusal.value)
    assert not (folders.out / PLAN).exists()


def test_an_address_of_somebody_else_is_refused(address, tmp_path):
    with client_at(address) as client:
        (one, *_) = client.nthreads()
    with pytest.raises(Refusal, match=r"スケジューラーではありません（Worker）"):
        build(project(tmp_path, "good"), scheduler=one)


def test_a_scheduler_without_workers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "FIRST_WORKER_SECONDS", 1)
    with scheduler(tmp_path / "dask") as address, pytest.raises(Refusal, match="ワーカーが一つもありません"):
        build(project(tmp_path / "project", "good"), scheduler=address)


def test_without_the_extra_it_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Refusal, match=r"pip install -e '\.\[cluster\]'"):
        build(project(tmp_path, "good"), scheduler="tcp://127.0.0.1:8786")


def test_where_nothing_is_due_nobody_is_asked(tmp_path, monkeypatch):
    folders = project(tmp_path, "good")
    assert only(folders).state is batch.State.BUILT
    monkeypatch.setattr(cluster, "_connected", lambda _: pytest.fail("asked"))
    assert only(folders, scheduler="tcp://127.0.0.1:1").state is batch.State.UNCHANGED


def test_a_worker_of_another_version_is_named_and_makes_nothing(address, tmp_path, monkeypatch):
    folders = project(tmp_path, "good", years=(2023, 2024))
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "src" / "helpers" / "read" / "tables.py").open("a", encoding="utf-8") as changed:
        changed.write("# changed\n")
    with (
        worker(address, tmp_path / "other", "--no-nanny", "--name", "other", PYTHONPATH=str(tmp_path / "src")),
        client_at(address) as client,
    ):
        until(lambda: "other" in [one["name"] for one in client.scheduler_info()["workers"].values()])
        with pytest.raises(Refusal, match="gyokaku かライブラリーの版が、ここと違います") as refusal:
            build(folders, (PLAN, 2023), (PLAN, 2024), scheduler=address)
        assert sum(one in str(refusal.value) for one in client.nthreads()) == 1
        # One that joins while a run goes on is asked once, and not again.
        monkeypatch.setattr(cluster, "_refuse_other_versions", lambda _: None)
        states, said = states_of(folders, address)
        assert states == ["built", "built"], said
        everybody_else = cluster.Cluster(address, _others=set(client.nthreads()))
        everybody_else.ready()
        with pytest.raises(Refusal, match="ここと違います"):
            everybody_else._of_this_version()
        everybody_else.close()
