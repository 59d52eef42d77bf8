"""The command line: `gyokaku build`, `check`, `intake`, `run`, `deliver` … Only this module knows the order of calls; it holds no rule of the domain.

Exit status: 0 all good; 1 something failed or was refused, everything else was done; 2 the command line is wrong; 130
interrupted. Standard output is for results, standard error for progress and sentences.
"""

from helpers import interpreter

interpreter.start_over(__file__)  # before anything is imported that a folder of the user's could hold, too

import dataclasses
import json
import os
import re
import shlex
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.terms import RESULTS, Finding, Refusal, fiscal_year, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpers.batch import Folders, Outcome, Result
    from helpers.doctor import Line
    from helpers.rounds import Delivered, Failure, Round
    from helpers.terms.tables import Frames

STATES = {"built": "作成", "unchanged": "変更なし", "refused": "中止", "failed": "失敗"}
DELIVERED = {"sent": "配布", "already": "配布済み", "withheld": "保留", "failed": "失敗", "written": "書出し"}
KINDS = {"new": "新規", "changed": "更新", "correction": "訂正"}
CONFIGURATION = "deliver.toml"
AUDIENCES = {"internal": "庁内", "public": "公表用"}
AWAITED = {"expected": "公表見込み", "overdue": "未着"}
ACCEPTED, WARNED = "了承済", "注意"
HEADINGS = {"Options": "オプション", "Commands": "コマンド", "Positional arguments": "引数"}
CORRECT_OR_ACCEPT = (
    "資料そのものが誤っているときは、{folder} の corrections.csv（訂正）か acknowledged.csv（了承）に1行加えて、"
    "もう一度 gyokaku intake を実行してください。何も登録していません。"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Boundary for faults: runs the command; every refusal and fault becomes a sentence and an exit status, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stream that replaces the usual one
            stream.reconfigure(errors="replace")  # a CP932 console has no ➤
    try:
        return gyokaku.main(arguments, prog_name="gyokaku", standalone_mode=False) or 0
    except click.UsageError as error:
        return _told(
            f"{_usage(error)}\n使い方は {error.ctx.command_path if error.ctx else 'gyokaku'} --help で見られます。", 2
        )
    except Refusal as refusal:
        return _told(str(refusal), 1)
    except (KeyboardInterrupt, click.Abort):
        return _told("中断しました。公開済みのページはそのままです。", 130)
    except OSError as error:
        from helpers import publish

        # Without a file name the error came from writing (a full disk, a limit).
        return _told(f"{error.filename or '書き込み先'}: {publish.reason(error)}。", 1)
    except Exception as error:  # noqa: BLE001 — our own faults, too, are told in a sentence
        return _told(
            f"予期しない誤りです（{type(error).__name__}: {error}）。GYOKAKU_DEBUG=1 を付けると詳しく出ます。", 1
        )


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "使い方: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(HEADINGS.get(heading, heading))


click.Context.formatter_class = _Formatter


class _FiscalYear(click.ParamType):
    name = "Y"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> int:
        try:
            return fiscal_year(value)
        except Refusal as refusal:
            self.fail(str(refusal), param, context)


class _Day(click.ParamType):
    name = "DATE"

    def convert(self, value: str | date, param: click.Parameter | None, context: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail("2026-08-05 のように書いてください。", param, context)


# Click does not check that a path is readable; the code that reads it refuses in a sentence.
FOLDER = click.Path(path_type=Path, readable=False)
PLANS = click.argument("plans", nargs=-1, metavar="[PLAN]...")
YEARS = click.option("--year", "years", type=_FiscalYear(), multiple=True, help="年度。2024、R6、令和6年度。何度でも。")
DATA = click.option("--data", type=FOLDER, metavar="DIR", help="計画のデータのフォルダー。")
HELP = click.help_option("--help", "-h", help="この使い方を出す。")
OUT = click.option("--out", type=FOLDER, metavar="DIR", help="出力先。既定は data と並ぶ reports。")
TODAY = click.option("--today", type=_Day(), help="この日であるとして動かす（試すとき）。2026-08-05 のように。")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="JSON で出す。")
WIDE = {"max_content_width": 120}
# All times and dates are Japanese.
JAPAN = timezone(timedelta(hours=9), "JST")


@click.group(context_settings=WIDE)
@HELP
def gyokaku() -> None:
    """行財政改革推進計画の公表資料から、経営層向けのページを作る。"""


@gyokaku.command()
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
    """ページを作る。何も指定しなければ、データのあるすべての計画と年度。変わっていないものは飛ばす。"""
    if options["engine"]:
        os.environ["GYOKAKU_ENGINE"] = options["engine"]
    from helpers import batch, read

    folders = batch.Folders.around(read.data_folder(data or ""), out)
    year_sets, refusals = _year_sets(plans, years, folders.data)
    browser = _browser(options["browser"], refusals) if options["pdf"] else None
    with _progress() as told:
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
            overview=partial(_overview, audience=options["audience"]),
            command=shlex.join(["gyokaku", *sys.argv[1:]]),
        )
    results = list(batch.printed(outcome.results, browser, out=folders.out)) if browser else outcome.results
    for sentence in [*outcome.notes, *outcome.faults, *refusals]:
        _told(sentence, 1)
    for result in results:
        _report(result)
    for sentence in _where_to_look(results):
        click.echo(sentence)
    count = Counter(result.state for result in results)
    click.echo("、".join(f"{word} {count[state]}" for state, word in STATES.items()))
    return 1 if refusals or outcome.faults or count["refused"] or count["failed"] else 0


@gyokaku.command()
@PLANS
@YEARS
@DATA
@click.option("--json", "as_json", is_flag=True, help="JSON で出す。")
@HELP
def check(plans: tuple[str, ...], years: tuple[int, ...], data: Path | None, *, as_json: bool) -> int:
    """登録済みのデータを検算する。ページは作らない。"""
    from helpers import check, compute, read

    folder = read.data_folder(data or "")
    year_sets, refusals = _year_sets(plans, years, folder)
    rows = []
    for plan, year in year_sets:
        try:
            frames = compute.corrected(read.year(plan, year, folder))
            findings = _findings(frames)
        except Refusal as refusal:
            refusals += refusal.sentences
            continue
        about = {"plan": plan, "fiscal_year": year, "document": check.document(frames)}
        rows += [about | _finding(finding) for finding in findings]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            click.echo(_line(row))
    for sentence in refusals:
        _told(sentence, 1)
    return 1 if refusals or any(row["stops"] for row in rows) else 0


@gyokaku.command()
@click.argument("file", type=FOLDER, metavar="FILE")
@click.option("--plan", "plan_id", required=True, metavar="PLAN", help="計画（data/ の下のフォルダー名）。")
@click.option("--year", required=True, type=_FiscalYear(), help="年度。2024、R6、令和6年度。")
@DATA
@click.option("--replace", is_flag=True, help="登録済みの年度を置き換える（前の資料は source/ に残る）。")
@click.option(
    "--year-not-in-document",
    is_flag=True,
    help="資料に年度が書かれていないと確かめたとき、--year の年度で登録する（ページに、年度は資料にないと出る）。",
)
@HELP
def intake(
    file: Path, plan_id: str, year: int, data: Path | None, *, replace: bool, year_not_in_document: bool
) -> None:
    """受け取った資料を読み、検算してから data/<計画>/<年度>/ に登録する。"""
    from helpers import check, compute, intake, read

    folder = read.data_folder(data or "")
    plan = read.plan(plan_id, folder)
    document = intake.document(file)
    asked = {"plan": plan, "fiscal_year": year, "year_not_in_document": year_not_in_document}
    tables = intake.summary(document, **asked)
    target = folder / plan_id / str(year)
    filing = intake.staged_year(tables, document, **asked, data_dir=folder, replace=replace)
    with filing as staged, _in_its_place(staged, target):
        frames = compute.corrected(read.year(plan_id, year, folder, folder=staged))
        findings = _findings(frames)
        try:
            check.stop(findings, frames)
        except Refusal as refusal:
            raise Refusal(*refusal.sentences, CORRECT_OR_ACCEPT.format(folder=_shown(target))) from None
    about = {"plan": plan_id, "fiscal_year": year, "document": document.name}
    for finding in findings:
        if finding.result == "failed":
            _told(_line(about | _finding(finding)), 0)
    for name, table in tables.items():
        click.echo(f"{_shown(target / name)}.csv  {len(table)}行")
    click.echo(f"登録しました。次は: gyokaku build {plan_id} --year {year}")


@gyokaku.command()
@click.argument("notebook", default="explore", metavar="[NOTEBOOK]")
@DATA
@click.option(
    "--port", type=click.IntRange(min=1), metavar="N", help="待ち受ける番号。既定は 8888 から空いているもの。"
)
@click.option("--no-browser", is_flag=True, help="ブラウザーを開かず、開くアドレスだけを出す。")
@click.option("--allow-root", is_flag=True, help="管理者（root）のまま開く。")
@HELP
def lab(notebook: str, data: Path | None, port: int | None, *, no_browser: bool, allow_root: bool) -> None:
    """JupyterLab で探索する（外には接続しない）。NOTEBOOK は notebooks/ の中の名前で、既定は explore。"""
    from helpers import lab, read

    project = read.data_folder(data or "").parent
    if not (project / lab.NOTEBOOKS).is_dir():
        project = read.PROJECT
    _told("JupyterLab を開きます。終えるときは、この画面で Ctrl+C を2回押してください。", 0)
    lab.run(project, notebook, port=port, browser=not no_browser, allow_root=allow_root)


@gyokaku.command()
@PLANS
@YEARS
@click.option("--config", type=FOLDER, metavar="FILE", help="配布の設定。既定は data と並ぶ deliver.toml。")
@DATA
@click.option("--out", type=FOLDER, metavar="DIR", help="配るもの。既定は data と並ぶ reports。")
@click.option("--dry-run", type=FOLDER, metavar="DIR", help="配らずに、手紙とファイルの一覧を DIR に書く。")
@click.option("--json", "as_json", is_flag=True, help="JSON で出す。")
@HELP
def deliver(
    plans: tuple[str, ...], years: tuple[int, ...], config: Path | None, data: Path | None, **options: object
) -> int:
    """できたページを、共有フォルダーとメールで配る。同じものは二度配らない。"""
    from helpers import batch, deliver, read

    project = config.parent if config and options["out"] else read.data_folder(data or "").parent
    out = options["out"] or batch.Folders.around(project / "data").out
    configuration = deliver.configuration(config or project / CONFIGURATION)
    chosen = _asked_for(plans, years, out) if plans or years else None
    outcome = deliver.deliver(
        configuration, out, year_sets=chosen, now=datetime.now().astimezone(), dry_run=options["dry_run"]
    )
    if options["as_json"]:
        rows = [dataclasses.asdict(one) for one in outcome.deliveries]
        click.echo(json.dumps({"deliveries": rows, "faults": outcome.faults}, ensure_ascii=False, indent=1))
    for one in outcome.deliveries:
        name = f"{one.plan} {one.fiscal_year} {one.recipient}"
        for sentence in one.sentences:
            _told(f"{name}: {sentence}", 1)
        if not options["as_json"]:
            click.echo(f"{DELIVERED[one.state]} {KINDS[one.kind]} {name}")
    for sentence in outcome.faults:
        _told(sentence, 1)
    return 0 if outcome.is_good else 1


def _asked_for(plans: tuple[str, ...], years: tuple[int, ...], out: Path) -> list[tuple[str, int]]:
    """The built plans and years that match what was typed."""
    from helpers import deliver

    built = deliver.year_sets(out)
    found = [(plan, year) for plan, year in built if (not plans or plan in plans) and (not years or year in years)]
    missing = [plan for plan in plans if plan not in {plan for plan, _ in found}]
    missing_years = [year for year in years if year not in {year for _, year in found}]
    if missing or missing_years:
        named = "、".join([*missing, *(f"{year}年度" for year in missing_years)])
        raise Refusal(f"{named}: 配るページがまだありません。gyokaku build で作ってください。")
    return found


@gyokaku.command()
@TODAY
@DATA
@OUT
@AS_JSON
@HELP
def due(today: date | None, data: Path | None, out: Path | None, *, as_json: bool) -> int:
    """次の run で何を、なぜ作るか。届いているはずで届いていない年度も。何も書かない。"""
    from helpers import batch, read, rounds

    today = today or datetime.now(JAPAN).date()
    folders = batch.Folders.around(read.data_folder(data or ""), out)
    year_sets, periods, refusals = _registered(folders.data)
    todo = rounds.due(year_sets, folders=folders, chosen=rounds.settings(folders.data.parent / rounds.SETTINGS))
    awaited = batch.awaited(periods, _years_of(year_sets, periods), today)
    if as_json:
        waited = [{**one._asdict(), "sentence": one.sentence} for one in awaited]
        said = {"today": today.isoformat(), "due": [one.as_json() for one in todo], "awaited": waited}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        for one in todo:
            pages = f" {'、'.join(one.pages)}" if one.pages else ""
            click.echo(
                f"{AUDIENCES[one.audience]} {one.called}{pages}: {'。'.join(why.sentence for why in one.reasons)}。"
            )
        for one in awaited:
            click.echo(f"{AWAITED[one.state]} {one.sentence}")
        if not todo:
            click.echo("作るものはありません。")
    for sentence in refusals:
        _told(sentence, 1)
    return 1 if refusals else 0


@gyokaku.command()
@TODAY
@DATA
@OUT
@click.option(
    "--dry-run", "letters", type=FOLDER, metavar="DIR", help="配布せず、送るはずのものをこのフォルダーに書く。"
)
@HELP
def run(today: date | None, data: Path | None, out: Path | None, letters: Path | None) -> int:
    """定期実行: 作るべきものを作り、新しいものを配布し、履歴に書く。毎時呼んでよく、することがなければ何も言わない。"""
    from helpers import batch, read, rounds

    now = datetime.now(JAPAN)
    now = datetime.combine(today, now.timetz()) if today else now
    folders = batch.Folders.around(read.data_folder(data or ""), out)
    year_sets, periods, refusals = _registered(folders.data)
    failures = [rounds.Failure("", "data", "refused", tuple(refusals))] if refusals else []
    chosen = _or(rounds.Settings(), lambda: rounds.settings(folders.data.parent / rounds.SETTINGS), failures)
    awaited = batch.awaited(periods, _years_of(year_sets, periods), now.date())
    try:
        made = rounds.go(
            year_sets,
            folders=folders,
            chosen=chosen,
            failures=failures,
            notices=[one.sentence for one in awaited if one.state == "overdue"],
            build=lambda audience: _built(year_sets, folders, audience, chosen.language),
            deliver=_deliverer(folders, letters, now, failures),
            about={"command": shlex.join(["gyokaku", *sys.argv[1:]])} | ({"today": str(today)} if today else {}),
        )
    except batch.Busy as busy:
        return _told(str(busy), 0)  # the other run reports success or failure by its own status
    _report_round(made, folders.out)  # reported first, since on a full disk the page may fail
    if rounds.page_is_older(folders.out):
        from helpers import render

        rounds.put_page(folders.out, render.runs(rounds.history(folders.out)))
    return 1 if made.failures else 0


@gyokaku.command()
@click.argument("kind", type=click.Choice(["systemd", "cron", "windows"]), metavar="{systemd|cron|windows}")
@DATA
@click.option("--out", type=FOLDER, metavar="DIR", default=Path("schedule"), help="書く先。既定はここの schedule/。")
@HELP
def schedule(kind: str, data: Path | None, out: Path) -> None:
    """定期実行を登録するためのファイルを、この機械の場所を入れて書く。登録そのものはしない。"""
    from helpers import read, schedule

    folder = read.data_folder(data or "")
    installed = schedule.Installation(_program(), str(folder), str(folder.parent), _owner(folder))
    made = schedule.files(kind, installed)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (out / name).write_bytes(content)
        click.echo(_shown(out / name))
    if installed.user == "root" and kind == "systemd":
        _told("データの持ち主が root なので、root で動きます。専用の利用者を持ち主にすると安全です（chown）。", 0)
    click.echo(schedule.instructions(kind, str(out.resolve())))


@gyokaku.command()
@DATA
@OUT
@AS_JSON
@HELP
def doctor(data: Path | None, out: Path | None, *, as_json: bool) -> int:
    """よく壊れるところ（版、書体、書き込み、時計、ディスク、メールなど）を調べ、どうすればよいかを言う。"""
    from helpers import batch, doctor, read, rounds

    folders = batch.Folders.around(read.data_folder(data or ""), out)
    project = folders.data.parent
    lines = doctor.of_this_machine(
        data=folders.data,
        out=folders.out,
        project=read.PROJECT,
        now=datetime.now().astimezone(),
        screen=sys.stdout.encoding,
    )
    lines.append(
        doctor.settings(
            rounds.SETTINGS,
            lambda: _if_there(project / rounds.SETTINGS, rounds.settings),
            otherwise="庁内向けの日本語だけを作ります",
        )
    )
    lines += _about_deliveries(project / CONFIGURATION, folders.data)
    if as_json:
        click.echo(json.dumps([line._asdict() for line in lines], ensure_ascii=False, indent=1))
    else:
        for line in lines:
            click.echo(f"{line.state} {line.subject}: {' → '.join(filter(None, (line.found, line.remedy)))}")
    return 1 if any(line.state == doctor.BAD for line in lines) else 0


def _about_deliveries(path: Path, data: Path) -> list["Line"]:
    """Checks the settings of deliveries, and the folders, readers, server and password they name."""
    from helpers import deliver, doctor, read, rounds

    lines = [doctor.settings(path.name, lambda: _if_there(path, deliver.configuration), otherwise="配布しません")]
    if lines[0].state == doctor.BAD or not path.exists():
        return lines
    found = deliver.configuration(path)
    lines += [doctor.shared_folder(folder.name, folder.at) for folder in found.folder]
    with suppress(Refusal):  # another line reports run.toml
        is_public = rounds.settings(path.with_name(rounds.SETTINGS)).public
        lines += doctor.audiences([*found.folder, *found.recipient], read.plans(data), is_public_built=is_public)
    if found.mail and found.mail.user:
        lines.append(doctor.secret(lambda: deliver.secret.password(found.mail)))
    return [*lines, doctor.mail_server(found.mail)] if found.mail else lines


def _if_there(path: Path, read: Callable[[Path], object]) -> object | None:
    return read(path) if path.exists() else None


def _program() -> str:
    """The path of this command, beside the Python that runs it."""
    suffix = ".exe" if os.name == "nt" else ""
    return str(Path(sys.executable).with_name(f"gyokaku{suffix}"))


def _owner(folder: Path) -> str:
    """The owner of the data; the scheduled run should write as the same user."""
    try:
        return folder.owner()
    except (NotImplementedError, KeyError):  # Windows asks at registration; a user without a name is given by number
        return str(folder.stat().st_uid)


def _built(year_sets: list[tuple[str, int]], folders: "Folders", audience: str, language: str) -> "Outcome":
    from helpers import batch

    with _progress() if sys.stderr.isatty() else nullcontext(lambda *_: None) as told:  # a scheduler mails what is said
        return batch.build(
            year_sets,
            batch.Asked(language=language, audience=audience),
            folders=folders,
            told=told,
            overview=partial(_overview, audience=audience),
        )


def _deliverer(
    folders: "Folders", letters: Path | None, now: datetime, failures: list["Failure"]
) -> "Callable[[], Delivered] | None":
    """The function that delivers what is new by `deliver.toml`; None without that file, or where it is wrong."""
    path = folders.data.parent / CONFIGURATION
    if not path.exists():
        return None
    from helpers import deliver

    configuration = _or(None, lambda: deliver.configuration(path), failures)
    if configuration is None:
        return None
    return lambda: deliver.deliver(configuration, folders.out, year_sets=None, now=now, dry_run=letters)


def _or(usual: object, asked: "Callable[[], object]", failures: list["Failure"]) -> object:
    """The result of `asked`; if that is refused, a failure is added and `usual` is returned."""
    from helpers import rounds

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
        click.echo(f"{AWAITED['overdue']} {sentence}")
    for _, result in made.results:
        if result.state == "built":
            _report(result)
    for line in made.handed_over:
        click.echo(line)
    for line in made.complaints:
        _told(line, 1)
    if made.is_news:
        click.echo(f"履歴 {_shown(out / 'runs.html')}")
    elif not made.complaints:
        click.echo("することはありません。")


def _registered(data: Path) -> tuple[list[tuple[str, int]], dict[str, tuple[int, int]], list[str]]:
    """Plans and years that have data, the period of each plan, and the refusals of plans that cannot be read."""
    from helpers import read

    year_sets, periods, refusals = [], {}, []
    for plan in read.plans(data):
        try:
            year_sets += [(plan, year) for year in read.years(plan, data)]
            periods[plan] = read.period(plan, data)
        except Refusal as refusal:
            refusals += refusal.sentences
    return year_sets, periods, refusals


def _years_of(year_sets: list[tuple[str, int]], plans: Iterable[str]) -> dict[str, list[int]]:
    return {plan: [year for of, year in year_sets if of == plan] for plan in plans}


@contextmanager
def _in_its_place(staged: Path, target: Path) -> "Iterator[None]":
    """Within the block, refusals name a file in its final folder, not in the staged one."""
    try:
        yield
    except Refusal as refusal:
        shown, of_the_year = _shown(target), "corrections.csv "  # `compute` does not know the folder
        placed = [sentence.replace(str(staged), shown) for sentence in refusal.sentences]
        raise Refusal(*(f"{shown}{os.sep}{s}" if s.startswith(of_the_year) else s for s in placed)) from None


def _overview(summaries: list[dict], *, audience: str, language: str, beside: Iterable[str]) -> bytes:
    from helpers import render

    return render.overview(summaries, language=language, audience=audience, beside=beside).encode()


def _year_sets(plans: tuple[str, ...], years: tuple[int, ...], data: Path) -> tuple[list[tuple[str, int]], list[str]]:
    """Plans and years that have data, and refusals for those that were asked for but have none."""
    from helpers import read

    year_sets, refusals = [], []
    if not plans and not read.plans(data):
        refusals.append(f"{data} に計画がありません。<計画>/plan.toml を置いてください。")
    for plan in dict.fromkeys(plans or read.plans(data)):
        try:
            if not (data / read.plan_folder_name(plan) / read.PLAN_FILE).is_file():
                read.plan(plan, data)  # refuses; an existing plan is read only if one of its pages is due
            known = read.years(plan, data)
        except Refusal as refusal:
            refusals += refusal.sentences
            continue
        year_sets += [(plan, year) for year in known if year in years or not years]
        missing = [year for year in dict.fromkeys(years) if year not in known]
        if plans:
            refusals += [_not_registered(f"{plan} の{year}年度", known) for year in missing]
        if not known and not years:
            sentence = _not_registered(f"{plan} の年度", known)
            refusals += [sentence] if plans else []
            if not plans:
                _told(sentence, 0)
    if not plans:
        found = {year for _, year in year_sets}
        missing = [year for year in dict.fromkeys(years) if year not in found]
        refusals += [_not_registered(f"{year}年度", found) for year in missing]
    return year_sets, refusals


def _browser(named: Path | None, refusals: list[str]) -> Path | None:
    """The browser that prints PDFs; without one the pages are still built, and the refusal is told."""
    from helpers import render

    try:
        return render.pdf.browser(named)
    except Refusal as refusal:
        refusals += refusal.sentences
        return None


def _not_registered(what: str, known: Iterable[int]) -> str:
    registered = "、".join(map(str, sorted(known))) or "なし"
    return f"{what}は未登録です。登録済みの年度: {registered}。gyokaku intake で資料を登録してください。"


def _findings(frames: "Frames") -> list[Finding]:
    """All checks of a year, the same before registration and after."""
    from helpers import check, compute

    findings = check.frames(frames)
    if any(finding.stops for finding in findings):
        return findings  # tables that contradict themselves cannot be computed
    return [*findings, *check.figures(frames, compute.figures(frames))]


def _finding(finding: Finding) -> dict:
    return {**dataclasses.asdict(finding), "stops": finding.stops}


def _line(row: dict) -> str:
    is_warning = row["result"] == "failed" and row["severity"] == "warn"
    result = ACCEPTED if row["acknowledged"] else WARNED if is_warning else RESULTS[row["result"]]
    said = [row["evidence"], row["acknowledged"], row["remedy"]]
    title = f"{row['title']}（{row['document']}）" if row["result"] == "failed" else row["title"]
    return f"{row['plan']} {row['fiscal_year']} {row['id']} {result} {title}: {' '.join(filter(None, said))}"


def _report(result: "Result") -> None:
    for sentence in result.sentences:
        _told(f"{result.name}: {sentence}", 1)
    click.echo(f"{STATES[result.state]} {' '.join(_shown(path) for path in result.paths)}")


def _where_to_look(results: Iterable["Result"]) -> "Iterator[str]":
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
            yield f"ブラウザーで開く: {_shown(result.paths[0])}"


@contextmanager
def _progress() -> "Iterator[Callable[[int, int, str], None]]":
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


def _shown(path: Path) -> str:
    """A path relative to the current folder if it lies below it."""
    with suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)


def _usage(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        nearest = f"{'、'.join(error.possibilities)} のことですか。" if error.possibilities else ""
        return f"{error.option_name} というオプションはありません。{nearest}"
    if isinstance(error, click.MissingParameter):
        return f"{error.param.get_error_hint(error.ctx)} を指定してください。"
    if isinstance(error, click.BadParameter) and error.param:
        return f"{error.param.get_error_hint(error.ctx)} の値が使えません。{_allowed(error)}"
    if name := getattr(error, "command_name", ""):
        return f"「{quoted(name)}」というコマンドはありません。使えるもの: {'、'.join(gyokaku.commands)}。"
    return _misplaced(error)


def _misplaced(error: click.UsageError) -> str:
    if isinstance(error, click.BadOptionUsage):
        return f"{error.option_name} の書き方が違います。値の要るオプションには値を一つ書き、要らないものには書かないでください。"
    if extra := re.fullmatch(r"Got unexpected extra arguments? \((.+)\)", error.message):
        return f"「{quoted(extra[1])}」が余分です。"
    return error.format_message()


def _allowed(error: click.BadParameter) -> str:
    """The allowed values; our own types name them themselves."""
    kind = error.param.type if error.param else None
    if isinstance(kind, click.IntRange):
        return f"{kind.min}以上の整数を指定してください。"
    if isinstance(kind, click.Choice):
        return f"{'、'.join(map(str, kind.choices))} のどれかを指定してください。"
    return error.message if isinstance(kind, _FiscalYear | _Day) else "別の値を指定してください。"


def _told(sentence: str, status: int) -> int:
    if os.environ.get("GYOKAKU_DEBUG") == "1" and sys.exc_info()[0]:
        traceback.print_exc()
    click.echo(sentence, err=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
