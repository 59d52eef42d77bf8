"""Plants faults in a copy of the code, one at a time, and says which of them the tests named for it notice.

`python bench/planted.py` plants all, `python bench/planted.py axis ledger` those whose name holds one of the words. Exit status 0:
every fault was caught; 1: one was missed; 2: one can no longer be planted, since what it replaces is not in the code (once).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# What tests read besides themselves.
COPIED = ("src", "tests", "data", "notebooks", "reports", "bench", "docs", "pyproject.toml", "README.md", "Makefile")
MOST_SECONDS = 300
PASSED, FAILED = 0, 1


class Fault(NamedTuple):
    """One wrong change: in which module, what becomes of which words of it, and the tests that are to notice it."""

    name: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]


CHECKS, DOUBTS, READ, DUE, AXES = (f"tests/test_{name}.py" for name in ("check", "doubts", "read", "due", "axes"))
DRAW, INDEX, RENDER, PUBLISH, DELIVER = (
    f"tests/test_{name}.py" for name in ("draw", "index", "render", "publish", "deliver")
)
ENGLISH, PAGES = "tests/test_english.py", "tests/test_english_pages.py"
LEAST = (f"{CHECKS}::test_an_item_is_held_against_its_policy_by_the_least_it_can_be",)
RESTATED = (f"{DOUBTS}::test_what_a_new_document_added_changed_or_left_out_is_told",)
HASH = (
    f"{READ}::test_every_file_of_a_year_counts_wherever_it_lies",
    f"{READ}::test_a_file_of_another_name_or_in_another_folder_is_another_input",
)
MARKUP = (f"{INDEX}::test_a_name_that_looks_like_markup_ends_no_attribute_and_opens_no_element",)
SHOWN = ("tests/test_pages.py::test_markup_in_words_is_shown_and_never_obeyed",)
RATIOS = (
    f"{DRAW}::test_ratios_for_machines_are_rounded_half_away_from_zero_never_cut",
    f"{DRAW}::test_a_ratio_has_six_places",
)
ZERO = (
    f"{DRAW}::test_every_axis_of_bars_holds_zero_and_begins_there_where_nothing_lies_below",
    f"{DRAW}::test_an_axis_begins_at_zero_or_holds_it",
)
LENGTHS = (f"{DRAW}::test_a_policys_bar_is_as_long_as_its_multiplier_up_to_twice",)
DEPENDS = (f"{DUE}::test_a_page_depends_on_its_year_and_on_those_before",)
STANDS = (f"{DUE}::test_of_two_recorded_sets_the_one_whose_files_stand_is_known",)
RETRY = (
    f"{AXES}::test_what_no_other_try_mends_is_tried_twice_and_no_more",
    f"{AXES}::test_what_another_try_may_mend_is_tried_once_more_and_told",
)
LEAKS = (
    f"{AXES}::test_an_amount_of_the_register_is_found_in_thousands_and_in_yen",
    f"{AXES}::test_what_is_public_is_looked_through_and_only_that",
)
STAGED = (
    f"{PUBLISH}::test_what_a_run_still_at_work_has_staged_stays_and_what_a_dead_one_left_goes",
    f"{PUBLISH}::test_the_name_of_a_staging_folder_is_one_that_is_cleared_once_its_process_is_gone",
    f"{PUBLISH}::test_what_somebody_else_has_staged_stays",
)
LONGEST = (f"{RENDER}::test_of_paths_that_lie_in_one_another_the_longest_is_replaced",)
ON_DISK = (
    f"{DELIVER}::test_a_line_is_on_the_disk_whole_before_the_next_step",
    f"{DELIVER}::test_the_figures_handed_over_are_on_the_disk_before_they_have_their_name",
)
ACCEPTED = (f"{CHECKS}::test_an_accepted_warning_is_told_as_accepted_wherever_findings_are_told",)
FORMS = (
    f"{ENGLISH}::test_one_is_followed_by_no_plural",
    f"{ENGLISH}::test_a_word_takes_the_form_of_its_number_by_the_rule_of_the_language",
    f"{ENGLISH}::test_years_are_counted_in_their_form",
)

FAULTS = (
    Fault(
        "V07 by the upper end",
        "check/figures.py",
        "item.interval.low > max(purses)",
        "item.interval.high > max(purses)",
        LEAST,
    ),
    Fault(
        "V07 by the smallest policy",
        "check/figures.py",
        "item.interval.low > max(purses)",
        "item.interval.low > min(purses)",
        LEAST,
    ),
    Fault(
        "V07 at the very amount",
        "check/figures.py",
        "item.interval.low > max(purses)",
        "item.interval.low >= max(purses)",
        LEAST,
    ),
    Fault(
        "V09 by the upper ends",
        "check/figures.py",
        "lows = sum(item.interval.low ",
        "lows = sum(item.interval.high ",
        LEAST,
    ),
    Fault("V09 at the very amount", "check/figures.py", "lows > total.exact", "lows >= total.exact", LEAST),
    Fault(
        "V27 silent on what was added", "check/sanity.py", "dict.fromkeys([*old, *new])", "dict.fromkeys(old)", RESTATED
    ),
    Fault(
        "V27 silent on what was left out",
        "check/sanity.py",
        "dict.fromkeys([*old, *new])",
        "dict.fromkeys(new)",
        RESTATED,
    ),
    Fault(
        "hash without subfolders",
        "read/tables.py",
        'folder.rglob("*") if path.is_file()',
        'folder.glob("*") if path.is_file()',
        HASH,
    ),
    Fault(
        "hash without a register in a subfolder",
        "read/tables.py",
        'path.parent == folder and path.suffix == ".csv"',
        'path.suffix == ".csv"',
        HASH,
    ),
    Fault("hash with the register in public", "read/tables.py", "path.stem in left_out", "path.stem in ()", HASH),
    Fault(
        "hash by content alone", "read/tables.py", "{path.relative_to(folder).as_posix()} {content}", "{content}", HASH
    ),
    Fault(
        "due without a register in a subfolder",
        "run/batch/due.py",
        "if name not in left_out]\n    return _of",
        "if Path(name).name not in left_out]\n    return _of",
        HASH,
    ),
    Fault(
        "words as they are", "pages/environment.py", "return escape(runs[0][0])", "return Markup(runs[0][0])", MARKUP
    ),
    Fault(
        "an attribute as it is", "pages/templates/macros.html.j2", "{{ link.to | e }}", "{{ link.to | safe }}", SHOWN
    ),
    Fault(
        "ratios cut",
        "pages/data.py",
        "notation.half_up(figure.exact, RATIO_PLACES)",
        "notation.floor(figure.exact, RATIO_PLACES)",
        RATIOS,
    ),
    Fault("ratios of three places", "pages/data.py", "RATIO_PLACES = 6", "RATIO_PLACES = 3", RATIOS),
    Fault(
        "axis without zero", "draw/kit.py", "known = [0.0, *map(float, values)]", "known = [*map(float, values)]", ZERO
    ),
    Fault(
        "axis above zero",
        "draw/kit.py",
        "return low - (more if low < 0 else 0)",
        "return low + more",
        ZERO,
    ),
    Fault(
        "axis of the first chart from its least amount",
        "draw/composition.py",
        "low = min(0, expected.exact, actual.exact) / unit",
        "low = min(expected.exact, actual.exact) / unit * 0.9",
        ZERO,
    ),
    Fault("bars of policies without a cap", "draw/policies.py", ".clip(-CAP, CAP)", "", LENGTHS),
    Fault("bars beyond the cap without an arrow", "draw/policies.py", ".abs() > CAP\n", ".abs() > 9 * CAP\n", LENGTHS),
    Fault(
        "manifest without earlier years",
        "run/batch/due.py",
        "self._of(plan, map(str, [fiscal_year, *before]))",
        "self._of(plan, map(str, [fiscal_year]))",
        DEPENDS,
    ),
    Fault(
        "manifest with later years",
        "run/batch/due.py",
        "self._of(plan, map(str, [fiscal_year, *before]))",
        "self._of(plan, map(str, registered))",
        DEPENDS,
    ),
    Fault(
        "page of the plan of its last year",
        "run/batch/due.py",
        "self._of(plan, map(str, registered))",
        "self._of(plan, map(str, registered[-1:]))",
        DEPENDS,
    ),
    Fault(
        "manifest without the plan",
        "run/batch/due.py",
        'for name in ("", *names)',
        "for name in names",
        DEPENDS,
    ),
    Fault(
        "another machine without earlier years",
        "run/batch/due.py",
        "year <= fiscal_year",
        "year == fiscal_year",
        DEPENDS,
    ),
    Fault(
        "files of the other set not noticed",
        "run/batch/due.py",
        'os.path.lexists(f"{target}/{name}") for name in others',
        'os.path.lexists(f"{target}/{name}") for name in ()',
        STANDS,
    ),
    Fault(
        "a set stands whatever its files hold",
        "run/batch/due.py",
        'recorded(name, _content_hash(f"{target}/{name}")) == known',
        'os.path.lexists(f"{target}/{name}")',
        STANDS,
    ),
    Fault(
        "the older of two sets",
        "run/batch/due.py",
        "for entry in reversed(self._units.get(unit, []))",
        "for entry in self._units.get(unit, [])[:1]",
        STANDS,
    ),
    Fault(
        "a retry without end",
        "run/batch/making.py",
        "            made = make()\n        for name",
        "            return self.page(work, stem, retried)\n        for name",
        RETRY,
    ),
    Fault("no retry", "run/batch/making.py", "if not fault.may_pass or", "if True or", RETRY),
    Fault("a retry of what none mends", "run/batch/making.py", "if not fault.may_pass or", "if", RETRY),
    Fault(
        "a retry that is not told",
        "run/batch/making.py",
        'retried.append(f"{fault} もう一度動かしました。")',
        "pass",
        RETRY,
    ),
    Fault(
        "no leak check",
        "run/batch/run.py",
        "        if self._planner.tree.audience == PUBLIC:\n            leaks.refuse",
        "        if not self:\n            leaks.refuse",
        LEAKS,
    ),
    Fault(
        "no leak check of a plan's pages",
        "run/batch/run.py",
        "        if self._planner.tree.audience == PUBLIC:\n            leaks.refuse",
        "        if self._planner.tree.audience == PUBLIC and work.fiscal_year:\n            leaks.refuse",
        LEAKS,
    ),
    Fault("leak check blind to yen", "run/batch/leaks.py", "(number, number * 1_000)", "(number,)", LEAKS),
    Fault(
        "leak check blind to thousands", "run/batch/leaks.py", "(number, number * 1_000)", "(number * 1_000,)", LEAKS
    ),
    Fault(
        "leak check blind to numbers",
        "run/batch/leaks.py",
        "[number for number in numbers if number in seen]",
        "[]",
        LEAKS,
    ),
    Fault("leak check blind to words", "run/batch/leaks.py", "words.setdefault(word, place)", "pass", LEAKS),
    Fault("leak check blind to attributes", "run/batch/leaks.py", "*SAID.findall(text)", "", LEAKS),
    Fault("leak check in drawings", "run/batch/leaks.py", 'DRAWN.sub(" ", text)', "text", LEAKS),
    Fault(
        "staging of one at work cleared",
        "publish.py",
        "if found and not _is_running(int(found[1])):",
        "if found:",
        STAGED,
    ),
    Fault(
        "staging of the dead kept",
        "publish.py",
        "if found and not _is_running(int(found[1])):",
        "if found and False:",
        STAGED,
    ),
    Fault(
        "staging of others cleared",
        "publish.py",
        "except (OSError, OverflowError):",
        "except (ValueError, OverflowError):",
        STAGED,
    ),
    Fault("former content cleared", "publish.py", "_STAGED.fullmatch(left.name)", "_STAGED.match(left.name)", STAGED),
    Fault("shortest path first", "run/render/canonical.py", "key=len, reverse=True", "key=len", LONGEST),
    Fault(
        "paths within words",
        "run/render/canonical.py",
        r"(?<![\w<])(?:{longest_first})(?!\w)",
        "(?:{longest_first})",
        LONGEST,
    ),
    Fault(
        "ledger without fsync",
        "operate/deliver/ledger.py",
        "raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))\n        os.fsync(descriptor)",
        "raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))",
        ON_DISK,
    ),
    Fault(
        "ledger's folder without fsync",
        "operate/deliver/ledger.py",
        "    if is_new:\n        flushed(path.parent)",
        "",
        ON_DISK,
    ),
    Fault(
        "kept figures without fsync",
        "operate/deliver/ledger.py",
        "            file.flush()\n            os.fsync(file.fileno())\n",
        "",
        ON_DISK,
    ),
    Fault(
        "kept figures' folder without fsync",
        "operate/deliver/ledger.py",
        "staged.replace(path)\n        flushed(path.parent)",
        "staged.replace(path)",
        ON_DISK,
    ),
    Fault(
        "accepted warning tallied as open",
        "terms/sentence.py",
        '        if self.acknowledged:\n            return "acknowledged"',
        '        if self.acknowledged and self.severity == "block":\n            return "acknowledged"',
        ACCEPTED,
    ),
    Fault(
        "accepted warning noted on page one",
        "tell/caveats.py",
        'f.result == "failed" and not f.acknowledged',
        'f.result == "failed"',
        ACCEPTED,
    ),
    Fault(
        "accepted warning counted as open",
        "tell/quality.py",
        'one.severity == "warn" and not one.acknowledged',
        'one.severity == "warn"',
        ACCEPTED,
    ),
    Fault(
        "accepted warning told as open in the details",
        "tell/detail.py",
        'if accepted:\n        return teller.says("detail.checks_accepted"',
        'if not warned and False:\n        return teller.says("detail.checks_accepted"',
        ACCEPTED,
    ),
    Fault(
        "accepted warning drawn as open",
        "draw/checks.py",
        "if f.outcome == name",
        'if ("warned" if f.warns else f.outcome) == name',
        ACCEPTED,
    ),
    Fault(
        "accepted warning listed as open",
        "pages/brief.py",
        "if one.acknowledged else",
        'if one.acknowledged and one.severity == "block" else',
        ACCEPTED,
    ),
    Fault(
        "accepted warning open on the bench",
        "explore/show.py",
        "OUTCOMES[one.outcome]",
        'OUTCOMES["warned" if one.warns else one.outcome]',
        ACCEPTED,
    ),
    Fault(
        "one assumptions",
        "notation/en.toml",
        'n_open = "{number} {number:assumption|assumptions}"',
        'n_open = "{number} assumptions"',
        (*FORMS, f"{PAGES}::test_one_of_anything_is_never_told_in_the_plural"),
    ),
    Fault(
        "one measures",
        "notation/en.toml",
        'achieved = "{achieved} of {measures} {measures:measure|measures}',
        'achieved = "{achieved} of {measures} measures',
        FORMS,
    ),
    Fault(
        "forms the other way round",
        "notation/plural.py",
        '"one", "two", "few", "many", "other")',
        '"other", "two", "few", "many", "one")',
        FORMS,
    ),
    Fault("a range by its first number", "notation/plural.py", "(?![\\d.,]*[–〜/])", "", FORMS),
    Fault("1.0 as 1", "notation/plural.py", "(?:\\.\\d+)?)", ")", FORMS),
    Fault(
        "a range of years by its last number",
        "notation/numbers.py",
        "_unit_of(show(0, places))",
        "_unit_of(show(top, places))",
        FORMS,
    ),
)


def main(words: list[str]) -> int:
    """Plants the faults whose names hold one of the words (all without any) and prints a row each."""
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    lost = [fault for fault in chosen if _source(ROOT, fault).count(fault.old) != 1]
    for fault in lost:
        print(f"{fault.name}: src/helpers/{fault.module} no longer holds this once: {fault.old!r}", file=sys.stderr)
    if lost:
        return 2
    with tempfile.TemporaryDirectory(prefix="gyokaku-planted-") as folder:
        copy = Path(folder)
        for name in COPIED:
            _copied(ROOT / name, copy / name)
        tests = sorted({test for fault in chosen for test in fault.tests})
        sound = _run(copy, tests)
        if sound.returncode != PASSED:
            print(f"without a fault these tests do not pass; nothing was planted\n{sound.stdout}", file=sys.stderr)
            return 2
        print("| fault | module | | seconds |\n| --- | --- | --- | --- |", flush=True)
        outcomes = [_planted(fault, copy) for fault in chosen]
    print(f"\n{outcomes.count('caught')} of {len(outcomes)} caught")
    return 0 if set(outcomes) <= {"caught"} else 1


def _planted(fault: Fault, copy: Path) -> str:
    path = copy / "src" / "helpers" / fault.module
    sound, began = path.read_bytes(), time.monotonic()
    path.write_text(_source(copy, fault).replace(fault.old, fault.new), encoding="utf-8")
    try:
        outcome = {PASSED: "MISSED", FAILED: "caught"}.get(_run(copy, fault.tests).returncode, "the tests did not run")
    except subprocess.TimeoutExpired:
        outcome = "hangs"
    finally:
        path.write_bytes(sound)
    print(f"| {fault.name} | `{fault.module}` | {outcome} | {time.monotonic() - began:.0f} |", flush=True)
    return outcome


def _source(root: Path, fault: Fault) -> str:
    return (root / "src" / "helpers" / fault.module).read_text(encoding="utf-8")


def _run(copy: Path, tests: list[str] | tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """How pytest ends on the copy; the first test that fails is enough."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "0", *tests]
    # No file of bytes from before: a fault may be planted and taken out within one tick of the clock.
    there = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command,
        cwd=copy,
        env=there,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=MOST_SECONDS,
        check=False,
    )


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="plant only faults whose names hold one of these")
    sys.exit(main(parser.parse_args().words))
