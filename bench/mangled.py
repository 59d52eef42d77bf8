"""What becomes of the departments' answers when their forms come back changed in every way offices change them.

The forms of a made-up list (6 departments, 60 measures, 架空) are filled in with known answers and mangled (`bench/manglings.py`);
each case is collected into a data folder of its own by `gyokaku collect`. Every answer is then right, told of, or neither.
`python bench/mangled.py` prints a table a kind of change, and every answer that was silently wrong or lost;
`--size` measures 1,000 measures of 40 departments instead. Formats that only LibreOffice writes are left out where it is not installed.
"""

import argparse
import contextlib
import csv
import io
import multiprocessing
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).parent))
from manglings import DEPARTMENTS, Case, Kit, Meant, Sent, every_case, measures_csv, sized

from helpers.cli import main as gyokaku
from helpers.terms.tables import REASONS

ROOT = Path(__file__).resolve().parent.parent
PLAN, YEAR, STAGE, SEED = "isehara-6", 2024, "result", 2024
FORK = multiprocessing.get_context("fork")
MOST_BYTES = 4 << 30  # of address space: what asks for more would take the machine with it
SECONDS = 30  # a collection that takes longer hangs
MOST_SECONDS, MOST_MIB = 20, 300
MOST_LETTERS = 60
OUTCOMES = {
    "right": "正しく採った",
    "told_right": "告げて正しく採った",
    "not_taken": "告げて採らない",
    "told_wrong": "告げて誤って採った",
    "wrong": "黙って誤る",
    "lost": "黙って失う",
    "crash": "止まる・壊れる",
}
SILENT = ("wrong", "lost", "crash", "told_wrong")
HEADINGS = {
    "grade": "評価",
    "actual": "実績効果額（千円）",
    "reason": "遅れの理由",
    "words": "説明",
    "expected_next": "次年度の見込額（千円）",
    "expected": "効果見込額（千円）",
    "department": "部",
    "grade_before": "前年度の評価",
    "target": "目標",
    "file": "ファイル",
}
# Words that only who writes programs reads.
OF_PYTHON = re.compile(
    r"Traceback|Error\b|Exception|Errno|\bNone\b|\bNaN\b|\bnan\b|\bNaT\b|<class|object at 0x|予期しない|codec|zipfile|calamine|openpyxl"
    r"|\bTrue\b|\bFalse\b|\bint\b|\bstr\b|\bfloat\b"
)


@dataclass
class Collected:
    """What `collect` left behind and said."""

    answers: dict[tuple[str, str], dict[str, str]]
    doubts: list[dict[str, str]]
    said: str
    fault: str = ""
    seconds: float = 0.0


@dataclass
class Result:
    """What became of one answer."""

    case: Case
    key: tuple[str, str]
    outcome: str
    got: str | None
    why: str = ""


@dataclass
class Tally:
    """All results, and what was noticed beside."""

    results: list[Result] = field(default_factory=list)
    words: Counter = field(default_factory=Counter)
    unnamed: list[str] = field(default_factory=list)
    slow: list[tuple[float, str]] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)


def command(*words: object) -> tuple[int, str]:
    """A command in this process: its exit status, and all it says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = gyokaku([str(one) for one in words])
    return status, said.getvalue()


def asked(folder: Path, *, year: int = YEAR, stage: str = STAGE, city: str = "", change: str = "") -> tuple[Path, dict]:
    """A data folder in which the departments have been asked, and the form of each."""
    data, plan_id = folder / "data", "made-up-6" if city else PLAN
    (data / plan_id).mkdir(parents=True)
    plan = (ROOT / "data" / PLAN / "plan.toml").read_text(encoding="utf-8")
    if city:
        plan = plan.replace('municipality = "伊勢原市"', f'municipality = "{city}"').replace("142140", "142123")
        plan = plan.replace(f'id = "{PLAN}"', f'id = "{plan_id}"')
    (data / plan_id / "plan.toml").write_text(plan, encoding="utf-8")
    measures = measures_csv().replace("件数", change) if change else measures_csv()
    (folder / "list.csv").write_text(measures, encoding="utf-8")
    status, said = command(
        *("forms", plan_id, "--year", year, "--stage", stage, "--measures", folder / "list.csv"),
        *("--out", folder / "out", "--data", data),
    )
    if status:
        raise RuntimeError(said)
    return data, {one: next((folder / "out").glob(f"*_{one}.xlsx")).read_bytes() for one in DEPARTMENTS}


def converted(cases: list[Case], folder: Path) -> list[Case]:
    """The cases, with the files in the formats of another program; without those where there is no such program."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    waiting = [
        (case, at, place)
        for case in cases
        for at, some in enumerate(case.rounds)
        for place, one in enumerate(some)
        if one.to
    ]
    if not program:
        print(f"LibreOffice がないので、{len(waiting)} 件を除きます。", file=sys.stderr)
        left_out = {id(case) for case, _, _ in waiting}
        return [case for case in cases if id(case) not in left_out]
    for to in sorted({case.rounds[at][place].to for case, at, place in waiting}):
        some = [one for one in waiting if one[0].rounds[one[1]][one[2]].to == to]
        source, target = folder / f"from-{to}", folder / f"to-{to}"
        source.mkdir()
        for number, (case, at, place) in enumerate(some):
            (source / f"{number}.xlsx").write_bytes(case.rounds[at][place].content)
        subprocess.run(
            [
                *(program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
                *("--convert-to", to, "--outdir", target, *sorted(source.iterdir())),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        for number, (case, at, place) in enumerate(some):
            sent = case.rounds[at][place]
            case.rounds[at][place] = Sent(sent.name, (target / f"{number}.{to}").read_bytes())
    return cases


def apart(*words: object) -> tuple[int, str, str]:
    """A command in a process of its own, which it may end: exit status, all it says, and what went wrong with the process."""
    here, there = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_in_child, args=(there, words))
    process.start()
    there.close()
    said, fault = (1, ""), ""
    try:
        if here.poll(SECONDS):
            said = here.recv()
        else:
            fault = f"{SECONDS} 秒で終わらない"
            process.kill()
    except EOFError:
        fault = "プロセスごと終わる（異常終了）"
    process.join()
    return *said, fault


def _in_child(answer: Connection, words: tuple) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the last words of what aborts
    answer.send(command(*words))


def collected(case: Case, data: Path, folder: Path) -> Collected:
    """The case's files, taken in as they came, into a copy of the data folder."""
    shutil.copytree(data, folder / "data")
    said, fault, began = "", "", time.perf_counter()
    for number, some in enumerate(case.rounds):
        came = folder / f"came-{number}"
        for one in some:
            path = came / one.name
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.write_bytes(one.content)
            except OSError:  # a name that this system does not take
                (came / f"{one.name[:40]}.xlsx").write_bytes(one.content)
        status, words, ended = apart("collect", came, "--plan", PLAN, "--year", YEAR, "--data", folder / "data")
        said += words
        fault = ended or fault
        if "予期しない" in words:
            fault = next(line for line in words.splitlines() if "予期しない" in line)
        elif status and not fault:
            fault = f"全体を断る: {words.strip().splitlines()[-1] if words.strip() else status}"
    kept = folder / "data" / PLAN / "collection" / str(YEAR) / STAGE
    answers = {(row["measure"], row["item"]): row for row in _rows(kept / "answers.csv")}
    return Collected(answers, _rows(kept / "doubts.csv"), said, fault, time.perf_counter() - began)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _plain(value: str | None) -> str | None:
    """A value as it is compared: numbers as numbers, words without blanks."""
    if value is None:
        return None
    value = REASONS.get(value, value)
    try:
        return str(Decimal(value).normalize())
    except InvalidOperation:
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", value))


def _same(got: str | None, values: tuple[str | None, ...]) -> bool:
    return _plain(got) in {_plain(one) for one in values}


def told(case: Case, key: tuple[str, str], found: Collected) -> tuple[bool, bool]:
    """Whether a doubt tells of this very answer; and whether one tells of it or of all of its file or department."""
    name, item = key
    row = found.answers.get(key)
    cell = (row["file"], row["locator"]) if row else None
    is_told, about_file = False, False
    # The names that came, without the folders, as a doubt may say them.
    names = [Path(one.name).name for some in case.rounds for one in some]
    for doubt in found.doubts:
        # A row that is gone is told of once, for all its answers.
        is_of_item = doubt["item"] == "not_applicable" or "行がない" in doubt["says"]
        is_of_item |= bool({item, HEADINGS.get(item, item)} & set(doubt["item"].split("・")))
        says = unicodedata.normalize("NFC", doubt["place"] + doubt["says"] + doubt["ask"])
        names_it = any(unicodedata.normalize("NFC", one) in says for one in names)
        if doubt["measure"] == name:
            is_told |= is_of_item
        elif doubt["measure"] == "not_applicable" and (names_it or doubt["kind"] == "not_answered"):
            about_file |= doubt["kind"] != "not_answered" or _department(case, name) == doubt["department"]
        if cell and cell[0] in doubt["place"] and re.search(rf"{re.escape(cell[1])}(?![0-9])", doubt["place"]):
            is_told = True
    return is_told, is_told or about_file


def _department(case: Case, name: str) -> str:
    found = re.match(r"架空・(.+?)の", name)
    return f"架空{found[1]}" if found else case.kind


def judged(case: Case, found: Collected) -> list[Result]:
    """What became of every answer of a case."""
    if found.fault and not found.fault.startswith("全体を断る"):
        return [Result(case, key, "crash", None, found.fault) for key in case.touched] or [
            Result(case, ("", ""), "crash", None, found.fault)
        ]
    results = []
    keys = [*case.meant, *(key for key in found.answers if key not in case.meant)]
    for key in keys:
        meant = case.meant.get(key, Meant((None,)))
        if key[1] == "file":
            results.append(_of_file(case, key, found))
            continue
        row = found.answers.get(key)
        got = row["value"] if row and row["value"] != "" else None
        precise, widely = told(case, key, found)
        is_told = widely if got is None or case.by_file else precise
        is_told |= bool(found.fault)
        outcome = _outcome(meant, got, is_told=is_told)
        if key in case.touched or outcome in SILENT:
            results.append(Result(case, key, outcome, got, found.fault))
    return results


def _outcome(meant: Meant, got: str | None, *, is_told: bool) -> str:
    if got is None:
        if None in meant.silent and not (is_told and meant.silent != (None,)):
            return "right"
        return "not_taken" if is_told else "lost"
    if _same(got, meant.silent):
        return "told_right" if is_told else "right"
    if not is_told:
        return "wrong"
    return "told_right" if _same(got, meant.told) else "told_wrong"


def _of_file(case: Case, key: tuple[str, str], found: Collected) -> Result:
    """A file that is no form must be named, and its own answers, if it has any, told of."""
    name = case.rounds[0][0].name
    is_named = any(name in doubt["place"] + doubt["says"] for doubt in found.doubts) or name in found.fault
    taken = any(row["file"] == name for row in found.answers.values())
    outcome = "right" if taken else "not_taken" if is_named else "lost"
    return Result(case, key, outcome, None, found.fault)


def noticed(tally: Tally, case: Case, found: Collected) -> None:
    """Words of programs, files that nothing names, and how long it took."""
    for doubt in found.doubts:
        for column in ("says", "ask"):
            for word in OF_PYTHON.findall(doubt[column].replace(_quoted(case), "")):
                tally.words[f"{word} — {doubt['kind']}: {doubt['says']}（{case.what[:60]}）"] += 1
        tally.says.setdefault(
            re.sub(r"「[^」]*」|[A-Z]+[0-9]+|[0-9,.△]+", "…", doubt["says"]), f"{doubt['says']}。→ {doubt['ask']}"
        )
    if found.fault:
        tally.words[f"{found.fault}（{case.kind}: {case.what[:60]}）"] += 1
    for word in ("Traceback", "予期しない"):
        if word in found.said and not found.fault:
            tally.words[f"{word}（{case.what}）"] += 1
    tally.slow.append((found.seconds, f"{case.kind}: {case.what}"))


def _quoted(case: Case) -> str:
    """What the department itself wrote is no word of the program's."""
    return case.what[:0] or "\x00"


def table(results: list[Result], cases: list[Case]) -> str:
    """Answers by kind of mangling and outcome."""
    lines = [
        f"| 変え方 | ファイル | 答え | {' | '.join(OUTCOMES.values())} |",
        f"| --- | {' | '.join('---' for _ in range(len(OUTCOMES) + 2))} |",
    ]
    for kind in [*dict.fromkeys(case.kind for case in cases), ""]:
        of = [one for one in results if kind in ("", one.case.kind)]
        count = Counter(one.outcome for one in of)
        files = sum(case.workbooks for case in cases if kind in ("", case.kind))
        lines.append(f"| {kind or '計'} | {files} | {len(of)} | {' | '.join(str(count[one]) for one in OUTCOMES)} |")
    return "\n".join(lines)


def told_of(result: Result) -> str:
    """One answer that is not as it should be, in a line."""
    meant = result.case.meant.get(result.key, Meant((None,)))
    wanted = (
        "・".join(str(one) for one in meant.silent)
        or f"告げる（{'・'.join(str(one) for one in meant.told if one) or '採らない'}）"
    )
    got = (
        "答えなし"
        if result.got is None
        else result.got
        if len(result.got) <= MOST_LETTERS
        else f"{result.got[:MOST_LETTERS]}…"
    )
    item = HEADINGS.get(result.key[1], result.key[1])
    return f"{OUTCOMES[result.outcome]} | {result.case.kind} | {result.case.what} | {result.key[0]} {item} | {wanted} | {got} {result.why}"


def measured(kind: str, at_most: int) -> None:
    """Collects every case and prints what became of it."""
    with tempfile.TemporaryDirectory(prefix="mangled-") as made:
        folder = Path(made)
        data, forms = asked(folder / "ours")
        others = {
            "前年度（R5）の様式": asked(folder / "last", year=YEAR - 1)[1],
            "中間の様式": asked(folder / "interim", stage="interim")[1],
            "計画段階の様式": asked(folder / "plan", stage="plan")[1],
            "ほかの市の様式": asked(folder / "city", city="架空市")[1],
            "古い一覧の様式（指標が違う）": asked(folder / "list", change="人数")[1],
        }
        kit = Kit(forms, others, random.Random(SEED))  # noqa: S311 — no secret
        cases = [case for case in every_case(kit) if kind in case.kind][:at_most]
        cases = converted(cases, folder)
        tally = Tally()
        for number, case in enumerate(cases):
            place = folder / f"case-{number}"
            found = collected(case, data, place)
            results = judged(case, found)
            tally.results += results
            for one in results:
                if os.environ.get("SHOW") and one.outcome in SILENT:
                    print(f"!!! {told_of(one)}", file=sys.stderr, flush=True)
            noticed(tally, case, found)
            if os.environ.get("SHOW"):
                print(f"### {case.kind}: {case.what} {found.fault}", file=sys.stderr)
                for doubt in found.doubts:
                    if doubt["kind"] != "not_answered":
                        print("   ", *doubt.values(), sep=" | ", file=sys.stderr)
            shutil.rmtree(place)
        print(table(tally.results, cases), end="\n\n")
        reported(tally)


def reported(tally: Tally) -> None:
    """Each silent answer once a case, words of programs, the slowest, and each sentence that was said."""
    last = None
    for one in (
        one for name in ("crash", "wrong", "lost", "told_wrong") for one in tally.results if one.outcome == name
    ):
        same = (one.case.what, one.outcome)
        if same != last:
            count = sum(1 for other in tally.results if (other.case.what, other.outcome) == same)
            print(told_of(one), f"（ほか {count - 1}）" if count > 1 else "")
        last = same
    for words, count in tally.words.most_common():
        print(f"プログラムの言葉: {words} ×{count}")
    for seconds, what in sorted(tally.slow, reverse=True)[:5]:
        print(f"{seconds:.1f} 秒: {what}")
    if os.environ.get("SAYS"):
        for says in tally.says.values():
            print(f"言い方: {says}", file=sys.stderr)


def size(departments: int = 40, measures: int = 25) -> None:
    """Seconds and peak memory of `forms` and `collect` for 1,000 measures."""
    with tempfile.TemporaryDirectory(prefix="mangled-") as made:
        folder = Path(made)
        (folder / "data" / PLAN).mkdir(parents=True)
        shutil.copy(ROOT / "data" / PLAN / "plan.toml", folder / "data" / PLAN)
        lines = ["番号,基本方針,推進項目,取組,部,指標,目標,効果見込額（千円）,前年度の評価"]
        for of in range(departments):
            lines += [
                f"{of + 1}-{at + 1},{at % 5 + 1},架空項目,架空の取組{of + 1}の{at + 1},架空第{of + 1}部,件数,1件,1000,B"
                for at in range(measures)
            ]
        (folder / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = ("--data", folder / "data")
        given = ("--year", YEAR, "--stage", STAGE, "--measures", folder / "list.csv", "--out", folder / "out")
        print("| 測ったもの | 秒 | CPU 秒 | MiB（最大） |\n| --- | --- | --- | --- |")
        print(f"| forms（{departments}部、{departments * measures}件） | {_spent('forms', PLAN, *given, *data)} |")
        came = folder / "came"
        came.mkdir()
        for path in (folder / "out").iterdir():
            (came / path.name).write_bytes(sized(path.read_bytes(), measures))
        again = ("collect", came, "--plan", PLAN, "--year", YEAR, *data)
        print(f"| collect（{departments}ファイル） | {_spent(*again)} |")
        print(f"| collect をもう一度 | {_spent(*again)} |")
        print(f"目標: {MOST_SECONDS} 秒、{MOST_MIB} MiB", file=sys.stderr)


def _spent(*words: object) -> str:
    began = time.perf_counter()
    process = subprocess.Popen(
        [Path(sys.executable).parent / "gyokaku", *(str(one) for one in words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"gyokaku {words[0]}: {process.returncode}")
    return f"{time.perf_counter() - began:.1f} | {used.ru_utime + used.ru_stime:.1f} | {used.ru_maxrss / 1024:.0f}"


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", action="store_true", help="measure 1,000 measures of 40 departments")
    parser.add_argument("--kind", default="", help="only the kinds whose name holds this")
    parser.add_argument("--at-most", type=int, default=10**6, help="only so many cases")
    given = parser.parse_args()
    if given.size:
        size()
    else:
        measured(given.kind, given.at_most)


if __name__ == "__main__":
    main()
