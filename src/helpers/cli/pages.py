"""`gyokaku build`: the pages."""

import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.options import DATA, FOLDER, HELP, PLANS, YEARS
from helpers.cli.registered import Sets, collections_of, year_sets_of
from helpers.cli.said import STATES, progress, report, say, where_to_look
from helpers.terms import Refusal
from helpers.terms.manifest import MANIFEST

if TYPE_CHECKING:
    from helpers.run.batch import Folders


@click.command()
@PLANS
@YEARS
@click.option("--page", "pages", multiple=True, metavar="P", help="作り直すページ（brief など）。何度でも。")
@click.option(
    "--language",
    type=click.Choice(["ja", "en"]),
    default="ja",
    help="言語。en は日本語のページの横に英語のページを加える。",
)
@click.option(
    "--audience",
    type=click.Choice(["internal", "public"]),
    default="internal",
    help="読み手。public は reports/public/ に、公表できるものだけで作る。",
)
@DATA
@click.option("--out", type=FOLDER, metavar="DIR", help="出力先。既定は data と並ぶ reports。")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="同時に作る数。既定はコアの数。")
@click.option("--scheduler", metavar="ADDRESS", help="ページを Dask のワーカーで作る。tcp://計算機:8786 など。")
@click.option(
    "--memory",
    type=click.IntRange(min=512),
    metavar="MIB",
    envvar="GYOKAKU_MEMORY",
    help="1ページが使えるメモリー（MiB）。既定は、作る機械の4分の3を同時に作る数で割った値（1024以上）。",
)
@click.option(
    "--engine",
    type=click.Choice(["gyokaku", "plain"]),
    envvar="GYOKAKU_ENGINE",
    help="ノートブックの動かし方。plain は遅いが、結果は同じ。",
)
@click.option("--force", is_flag=True, help="変わっていないものも作り直す。")
@click.option("--pdf", is_flag=True, help="ページの横に PDF も作る（Chromium・Chrome・Edge のどれかが要る）。")
@click.option("--browser", type=FOLDER, metavar="PATH", help="PDF を作るブラウザー。既定はこの機械で見つかるもの。")
@HELP
def build(
    plans: tuple[str, ...], years: tuple[int, ...], data: Path | None, out: Path | None, **options: object
) -> int:
    """ページを作る。何も指定しなければ、データか照会のあるすべての計画と年度。変わっていないものは飛ばす。"""
    if options["engine"]:
        os.environ["GYOKAKU_ENGINE"] = options["engine"]
    from helpers import read

    data = read.data_folder(data or "")
    if options["force"] or not (out or data.parent / "reports").joinpath(MANIFEST).exists():
        _prepare(options)
    from helpers.run import batch

    folders = batch.Folders.around(data, out)
    year_sets, collections, refusals = _asked(plans, years, folders, set(options["pages"]), options["audience"])
    browser = _browser(options["browser"], refusals) if options["pdf"] else None
    with progress() as told:
        outcome = batch.build(
            year_sets,
            batch.Asked(
                pages=options["pages"],
                language=options["language"],
                audience=options["audience"],
                force=options["force"],
                jobs=options["jobs"],
                scheduler=options["scheduler"] or "",
                memory_mib=options["memory"],
            ),
            folders=folders,
            told=told,
            overview=partial(overview, audience=options["audience"]),
            command=shlex.join(["gyokaku", *sys.argv[1:]]),
            collections=collections,
        )
    results = list(batch.printed(outcome.results, browser, out=folders.out)) if browser else outcome.results
    for sentence in [*outcome.notes, *outcome.faults, *refusals]:
        say(sentence, 1)
    for result in results:
        report(result)
    for sentence in where_to_look(results):
        click.echo(sentence)
    count = Counter(result.state for result in results)
    click.echo("、".join(f"{word} {count[state]}" for state, word in STATES.items()))
    return 1 if refusals or outcome.faults or count["refused"] or count["failed"] else 0


def _prepare(options: Mapping[str, object]) -> None:
    """Have imported what makes pages, while this process imports what plans them: pages will be due."""
    from helpers.run import warm

    is_elsewhere = options["scheduler"] or os.environ.get("GYOKAKU_ENGINE") == "plain"
    if not is_elsewhere and warm.is_possible():
        warm.start_server()


def _asked(
    plans: tuple[str, ...], years: tuple[int, ...], folders: "Folders", pages: set[str], audience: str
) -> tuple[Sets, Sets, list[str]]:
    """The year sets and the collections to look at, and refusals for what was asked for and is not there."""
    from helpers import read
    from helpers.run import batch
    from helpers.terms.manifest import COLLECTIONS

    tree = batch.TREES[COLLECTIONS]
    known = tree.pages(batch.pages(folders.notebooks)).keys() if audience == tree.audience else set()
    collections = collections_of(plans, years, folders.data) if known and (not pages or pages & known) else []
    if not pages or pages - known:  # pages of years too
        year_sets, refusals = year_sets_of(plans, years, folders.data, collected=collections)
        return year_sets, collections, refusals
    everyone = [(plan, 0) for plan in plans or read.plans(folders.data)]
    _, refusals = year_sets_of(plans, (), folders.data, collected=everyone)  # of names that are no plan's
    if not collections and not refusals:
        refusals = ["部に照会した年度がありません。gyokaku forms で様式を作ってください。"]
    return [], collections, refusals


def _browser(named: Path | None, refusals: list[str]) -> Path | None:
    """The browser that prints PDFs; without one the pages are still built, and the refusal is told."""
    from helpers.run import render

    try:
        return render.pdf.browser(named)
    except Refusal as refusal:
        refusals += refusal.sentences
        return None


def overview(summaries: list[dict], *, audience: str, language: str, beside: Iterable[str]) -> bytes:
    """The page over all plans, as a file."""
    from helpers.run import render

    return render.overview(summaries, language=language, audience=audience, beside=beside).encode()
