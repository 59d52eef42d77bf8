"""What the commands say: results on standard output, progress and sentences on standard error."""

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.terms.folded import fold

if TYPE_CHECKING:
    from helpers.run.batch import Result

STATES = {"built": "作成", "unchanged": "変更なし", "refused": "中止", "failed": "失敗"}


def say(sentence: str, status: int) -> int:
    """Say a sentence on standard error; gives the status back."""
    if os.environ.get("GYOKAKU_DEBUG") == "1" and sys.exc_info()[0]:
        traceback.print_exc()
    click.echo(sentence, err=True)
    return status


def confirmed(question: str) -> bool:
    """Whether a person says yes (y, はい) and not no (n, いいえ, nothing); asked until it is one of them."""
    while True:
        answer = fold(click.prompt(f"{question}（はい y、いいえ n）", default="n", show_default=False)).strip().lower()
        if answer in {"y", "yes", "はい"}:
            return True
        if answer in {"n", "no", "いいえ"}:
            return False
        say("y か n で答えてください。", 0)


def shown_path(path: Path) -> str:
    """A path relative to the current folder if it lies below it."""
    with suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)


def report(result: "Result") -> None:
    """Say what became of a year set."""
    for sentence in result.sentences:
        say(f"{result.name}: {sentence}", 1)
    click.echo(f"{STATES[result.state]} {' '.join(shown_path(path) for path in result.paths)}")


def where_to_look(results: Iterable["Result"]) -> Iterator[str]:
    """If nothing was due: what was verified, and how to build all the same. Then the page that links to all others."""
    results = list(results)
    if results and all(result.state == "unchanged" for result in results):
        pages = sum(len(result.paths) for result in results)
        yield (
            f"入力も{pages}ページの中身も前に作ったときと同じことをハッシュで確かめ、作り直しませんでした。"
            "作るところを見るには make briefs FORCE=1（または gyokaku build --force）。"
        )
    for result in results:
        if not result.plan and result.state in {"built", "unchanged"}:
            yield f"ブラウザーで開く: {shown_path(result.paths[0])}"


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on a terminal, one line per page in a log."""
    if not sys.stderr.isatty():
        yield lambda done, total, page: click.echo(f"[{done}/{total}] {page}", err=True) if page else None
        return
    from tqdm import tqdm

    with tqdm(unit="ページ", leave=False) as bar:

        def told(done: int, total: int, page: str) -> None:
            bar.total, bar.n = total, done
            bar.set_description(page)

        yield told
