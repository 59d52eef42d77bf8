"""The history of runs: one line a run."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from helpers.run.batch import due
from helpers.run.batch.results import Result, State
from helpers.terms import Refusal

HISTORY = "runs.jsonl"


@contextmanager
def noted(out: Path, command: str) -> Iterator[Callable[[list[Result], list[str]], None]]:
    """One line a run in the history: when, what was typed, and what became of each year set that was not left as it was."""
    run: dict = {"started": _now(), "ended": "", "command": command}
    results: list[Result] = []
    sentences: list[str] = []

    def note(found: list[Result], faults: list[str]) -> None:
        results.extend(found)
        sentences.extend(faults)

    try:
        yield note
    except BaseException as error:
        sentences += error.sentences if isinstance(error, Refusal) else [f"{type(error).__name__}: {error}"]
        raise
    finally:
        counts = {str(state): sum(one.state is state for one in results) for state in State}
        sets = [
            {"set": one.name, "state": one.state, "seconds": one.seconds, "sentences": one.sentences}
            for one in results
            if one.state is not State.UNCHANGED
        ]
        run |= {"ended": _now(), "counts": counts, "sets": sets, "sentences": sentences}
        with suppress(OSError):  # on a full disk the pages' own sentences say so
            due.append(out / HISTORY, f"{json.dumps(run, ensure_ascii=False)}\n".encode())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
