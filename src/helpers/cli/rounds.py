"""`gyokaku due` and `gyokaku run`: the scheduled run, and what it would do."""

import json
import shlex
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.options import AS_JSON, CONFIGURATION, DATA, FOLDER, HELP, JAPAN, OUT, TODAY
from helpers.cli.pages import overview
from helpers.cli.registered import Sets, asked, collections_of, faults_of, registered, years_of
from helpers.cli.said import progress, report, say, shown_path
from helpers.terms import Refusal

if TYPE_CHECKING:
    from helpers.operate.rounds import Delivered, Failure, Round, Settings
    from helpers.run.batch import Folders, Outcome

AUDIENCES = {"internal": "庁内", "public": "公表用"}
AWAITED = {"expected": "公表見込み", "overdue": "未着"}
LATE = "遅れ"


@click.command()
@TODAY
@DATA
@OUT
@AS_JSON
@HELP
def due(today: date | None, data: Path | None, out: Path | None, *, as_json: bool) -> int:
    """次の run で何を、なぜ作るか。届いているはずで届いていない年度も。何も書かない。"""
    from helpers import read
    from helpers.operate import rounds
    from helpers.run import batch

    today = today or datetime.now(JAPAN).date()
    folders = batch.Folders.around(read.data_folder(data or ""), out)
    year_sets, periods, refusals = registered(folders.data)
    known = rounds.Known(year_sets, collections_of((), (), folders.data))
    chosen = rounds.settings(folders.data.parent / rounds.SETTINGS)
    todo = rounds.due(known, folders=folders, chosen=chosen)
    awaited, late, more = _calendar(year_sets, periods, folders.data, today, chosen)
    refusals += more
    refusals += faults_of({one.plan for one in todo if one.plan in periods}, folders.data)
    if as_json:
        waited = [{**one._asdict(), "sentence": one.sentence} for one in awaited]
        said = {"today": today.isoformat(), "due": [one.as_json() for one in todo], "awaited": waited}
        said |= {"late": [one._asdict() for one in late]}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        for one in todo:
            pages = f" {'、'.join(one.pages)}" if one.pages else ""
            click.echo(
                f"{AUDIENCES[one.audience]} {one.called}{pages}: {'。'.join(why.sentence for why in one.reasons)}。"
            )
        for one in awaited:
            click.echo(f"{AWAITED[one.state]} {one.sentence}")
        for one in late:
            click.echo(f"{LATE} {one.sentence}")
        if not todo:
            click.echo("作るものはありません。")
    for sentence in refusals:
        say(sentence, 1)
    return 1 if refusals else 0


@click.command()
@TODAY
@DATA
@OUT
@click.option(
    "--dry-run", "letters", type=FOLDER, metavar="DIR", help="配布せず、送るはずのものをこのフォルダーに書く。"
)
@HELP
def run(today: date | None, data: Path | None, out: Path | None, letters: Path | None) -> int:
    """定期実行: 作るべきものを作り、新しいものを配布し、履歴に書く。毎時呼んでよく、することがなければ何も言わない。"""
    from helpers import read
    from helpers.operate import rounds
    from helpers.run import batch

    now = datetime.now(JAPAN)
    now = datetime.combine(today, now.timetz()) if today else now
    folders = batch.Folders.around(read.data_folder(data or ""), out)
    year_sets, periods, refusals = registered(folders.data)
    known = rounds.Known(year_sets, collections_of((), (), folders.data))
    failures = [rounds.Failure("", "data", "refused", tuple(refusals))] if refusals else []
    chosen = _or(rounds.Settings(), lambda: rounds.settings(folders.data.parent / rounds.SETTINGS), failures)
    awaited, late, more = _calendar(year_sets, periods, folders.data, now.date(), chosen)
    failures += [rounds.Failure("", "data", "refused", tuple(more))] if more else []
    overdue = [f"{AWAITED['overdue']} {one.sentence}" for one in awaited if one.state == "overdue"]
    try:
        made = rounds.go(
            known,
            folders=folders,
            chosen=chosen,
            failures=failures,
            notices=[*overdue, *(f"{LATE} {one.sentence}" for one in late)],
            build=lambda tree: _built(known.of(tree), folders, tree, chosen.language),
            deliver=_deliverer(folders, letters, now, failures),
            about={"command": shlex.join(["gyokaku", *sys.argv[1:]])} | ({"today": str(today)} if today else {}),
        )
    except batch.Busy as busy:
        return say(str(busy), 0)  # the other run reports success or failure by its own status
    _report_round(made, folders.out)  # reported first, since on a full disk the page may fail
    if rounds.page_is_older(folders.out):
        from helpers.run import render

        rounds.put_page(folders.out, render.runs(rounds.history(folders.out)))
    return 1 if made.failures else 0


def _calendar(
    year_sets: Sets,
    periods: dict[str, tuple[int, int]],
    data: Path,
    today: date,
    chosen: "Settings",
) -> tuple[list, list, list[str]]:
    """What is awaited, what is late, and the refusals of collections that cannot be read."""
    from helpers.operate import calendar
    from helpers.run import batch

    held = years_of(year_sets, periods)
    stages, refusals = asked(periods, data)
    awaited = batch.awaited(periods, held, today, month=chosen.calendar.publication)
    return awaited, calendar.late(periods, held, stages, today, calendar=chosen.calendar), refusals


def _built(sets: Sets, folders: "Folders", tree: str, language: str) -> "Outcome":
    """One tree: that of the collections, or that of an audience's years."""
    from helpers.run import batch

    audience, is_of_years = batch.TREES[tree].audience, bool(batch.TREES[tree].of_plan)
    with progress() if sys.stderr.isatty() else nullcontext(lambda *_: None) as told:  # a scheduler mails what is said
        return batch.build(
            sets if is_of_years else (),
            batch.Asked(language=language, audience=audience),
            folders=folders,
            told=told,
            overview=partial(overview, audience=audience) if is_of_years else None,
            collections=() if is_of_years else sets,
        )


def _deliverer(
    folders: "Folders", letters: Path | None, now: datetime, failures: list["Failure"]
) -> "Callable[[], Delivered] | None":
    """The function that delivers what is new by `deliver.toml`; None without that file, or where it is wrong."""
    path = folders.data.parent / CONFIGURATION
    if not path.exists():
        return None
    from helpers.operate import deliver

    configuration = _or(None, lambda: deliver.configuration(path), failures)
    if configuration is None:
        return None
    return lambda: deliver.deliver(configuration, folders.out, year_sets=None, now=now, dry_run=letters)


def _or(usual: object, asked: Callable[[], object], failures: list["Failure"]) -> object:
    """The result of `asked`; if that is refused, a failure is added and `usual` is returned."""
    from helpers.operate import rounds

    try:
        return asked()
    except Refusal as refusal:
        failures.append(rounds.Failure("", "settings", "refused", refusal.sentences))
        return usual


def _report_round(made: "Round", out: Path) -> None:
    """Prints everything on a terminal or if there is news; else nothing, so that a scheduler does not mail the same words every hour."""
    if not made.is_news and not made.busy and not sys.stdout.isatty():
        return
    for sentence in made.notices:
        click.echo(sentence)
    for _, result in made.results:
        if result.state == "built":
            report(result)
    for line in made.handed_over:
        click.echo(line)
    for line in made.complaints:
        say(line, 1)
    if made.is_news:
        click.echo(f"履歴 {shown_path(out / 'runs.html')}")
    elif not made.complaints:
        click.echo("することはありません。")
