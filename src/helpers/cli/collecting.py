"""`gyokaku forms` and `gyokaku collect`: the departments are asked, and their answers taken together."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.checked import findings_of
from helpers.cli.documents import in_its_place
from helpers.cli.options import DATA, FOLDER, HELP, JAPAN, Day, FiscalYear
from helpers.cli.said import say, shown_path
from helpers.terms import Refusal, form, quoted, wareki
from helpers.terms.records import records

if TYPE_CHECKING:
    import pandas as pd

    from helpers.terms import Plan
    from helpers.terms.collection import Collection

# What programs and systems leave beside the files of people.
LITTER = ("~$", "._", ".~lock.", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX")
MOST_TOLD = 30
MOST_LETTERS = 200


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--year", required=True, type=FiscalYear(), help="年度。2024、R6、令和6年度。")
@click.option(
    "--measures", type=FOLDER, metavar="FILE", help="取組の一覧（CSV か Excel）。既定は前の段階か、前年度の台帳。"
)
@click.option(
    "--stage",
    type=click.Choice([*form.STAGES]),
    default=form.RESULT,
    help="何を尋ねるか。plan 計画（4月）、interim 中間（10月）、result 実績（3月）。既定は result。",
)
@click.option("--until", type=Day(), metavar="DATE", help="回答の期限。2026-04-10 のように。")
@click.option("--contact", default="", metavar="TEXT", help="問合せ先。様式に載る。")
@DATA
@click.option("--out", required=True, type=FOLDER, metavar="DIR", help="様式を書くフォルダー。")
@HELP
def forms(plan_id: str, year: int, stage: str, data: Path | None, out: Path, **said: object) -> None:
    """部ごとの様式（Excel）を作る。尋ねた取組は data/<計画>/collection/ に残る。"""
    from helpers import forms, read

    folder = read.data_folder(data or "")
    plan = read.plan(plan_id, folder)
    _in_period(plan, year)
    with forms.alone(folder / plan_id):
        _ask(plan, year, stage, folder, out, said)


def _ask(plan: "Plan", year: int, stage: str, folder: Path, out: Path, said: dict) -> None:
    from helpers import forms, publish, read

    target = read.collection_folder(plan.id, year, stage, folder)
    former = read.kept_in(target, plan, year, as_written=False) if target.is_dir() else None
    asked = _asked(plan, year, stage, folder, said["measures"])
    about = forms.Asked(
        plan,
        year,
        stage,
        forms.hash_of(asked, plan, year, stage),
        said["until"].isoformat() if said["until"] else (former.until if former else ""),
        _one_line(str(said["contact"]), "--contact") or (former.contact if former else ""),
    )
    made = dict(forms.forms(asked, about).values())
    if other := [name for name, content in made.items() if _differs(out / name, content)]:
        raise Refusal(
            f"{shown_path(out)} に、別の内容の {other[0]} があります（記入済みかもしれません）。空のフォルダーを指定してください。"
        )
    with publish.staging(out / "様式") as staged:
        for name, content in made.items():
            (staged / name).write_bytes(content)
        with forms.ask(asked, about, target, former) as kept_now:
            read.kept_in(kept_now, plan, year)
            out.mkdir(parents=True, exist_ok=True)
            for name in made:
                (staged / name).replace(out / name)
    for name in made:
        click.echo(shown_path(out / name))
    click.echo(
        f"{len(made)}部、{len(asked)}件の取組の様式を作りました。返ってきたら: "
        f"gyokaku collect 返ってきたフォルダー --plan {plan.id} --year {year}"
    )


def _one_line(words: str, option: str) -> str:
    from helpers.terms.words import strange

    line = " ".join(words.split())
    if strange(line) or len(line) > MOST_LETTERS:
        raise Refusal(f"{option} に使えない文字があるか、長すぎます（200字まで）。")
    return line


def _in_period(plan: "Plan", year: int) -> None:
    if year not in plan.years:
        raise Refusal(f"{wareki(year)}は{plan.full_name}の期間（{plan.period}）の外です。--year を確かめてください。")


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and not (path.is_file() and path.read_bytes() == content)


def _asked(plan: "Plan", year: int, stage: str, folder: Path, measures: Path | None) -> "pd.DataFrame":
    """The measures to ask about: of the file named, an earlier stage of the year, or the year before.

    Raises:
        Refusal: There is none of these.
    """
    from helpers import forms, read, received

    of_year, stages = read.stages_kept(plan.id, year, folder), [*form.STAGES]
    earlier = [one for one in of_year if stages.index(one) < stages.index(stage)]
    before = read.collection(plan.id, year, folder, stage=earlier[-1]) if earlier else None
    listed = None
    if measures:
        listed = forms.from_file(measures.name, received.book(measures.name, _content(measures)), plan, year)
    elif stage in of_year:
        listed = read.collection(plan.id, year, folder, stage=stage, as_written=False).asked
    if listed is not None and before:
        listed, differing = forms.carried(listed, before.asked, before.answers)
        if differing:
            shown = "、".join(differing[:5]) + (f" ほか{len(differing) - 5}件" if len(differing) > 5 else "")  # noqa: PLR2004
            say(f"効果見込額は、一覧でなく、前の段階で部が答えた額にしました: {shown}。", 0)
    if listed is not None:
        return listed
    if before:
        return forms.again(before.asked, before.answers, is_next_year=False)
    if form.RESULT in read.stages_kept(plan.id, year - 1, folder):
        before = read.collection(plan.id, year - 1, folder, stage=form.RESULT)
        if not before.is_closed:
            say(f"{wareki(year - 1)}の照会は締め切られていません。いま集まっている答えから様式を作りました。", 0)
        return forms.again(before.asked, before.answers, is_next_year=True)
    if year - 1 in read.years(plan.id, folder) and len(register := read.year(plan.id, year - 1, folder).register):
        return forms.of_register(register)
    heads = "・".join(
        column.heading for column in (form.NUMBER, form.POLICY, form.ITEM, form.MEASURE, form.DEPARTMENT, form.EXPECTED)
    )
    raise Refusal(
        f"{plan.full_name}の取組の一覧がありません（{wareki(year - 1)}の台帳も、前の段階の照会もない）。"
        f"1行目に {heads} などの見出しのある CSV か Excel を --measures で指定してください。"
    )


def _content(path: Path) -> bytes:
    from helpers.received.document import CANNOT_READ
    from helpers.terms.files import content

    try:
        return content(path)
    except OSError as error:
        why = CANNOT_READ.get(error.errno or 0, "読み取りの途中で誤りが起きました")
        raise Refusal(f"{path} を読めません（{why}）。ファイルの名前と場所、権限を確かめてください。") from error


@click.command()
@click.argument("folder", required=False, type=FOLDER, metavar="[FOLDER]")
@click.option("--plan", "plan_id", required=True, metavar="PLAN", help="計画（data/ の下のフォルダー名）。")
@click.option("--year", required=True, type=FiscalYear(), help="年度。2024、R6、令和6年度。")
@click.option("--stage", type=click.Choice([*form.STAGES]), help="どの照会の回答か。既定は、いちばん新しいもの。")
@click.option("--drop", multiple=True, metavar="FILE", help="使わない回答のファイル（残るが、読まない）。何度でも。")
@click.option("--restore", multiple=True, metavar="FILE", help="--drop で除いたファイルを、また使う。何度でも。")
@click.option(
    "--close",
    "closed_by",
    metavar="NAME",
    help="締め切る。確かめることが残っていないときだけ。締め切った人の名を書く。",
)
@click.option("--confirmed", is_flag=True, help="--close のとき、桁の疑わしい額を部に確かめたことを示す。")
@click.option("--reopen", is_flag=True, help="締め切った照会を開き直す（誤りを直すとき）。")
@DATA
@HELP
def collect(folder: Path | None, plan_id: str, year: int, stage: str | None, data: Path | None, **said: object) -> None:
    """返ってきた様式を集める。何度でも実行でき、新しい回答に置き換わる。"""
    from helpers import forms, read

    data_folder = read.data_folder(data or "")
    plan = read.plan(plan_id, data_folder)
    _in_period(plan, year)
    if said["closed_by"] is not None and not _one_line(str(said["closed_by"]), "--close"):
        raise Refusal("--close に、締め切った人の名を書いてください。")
    if not (folder or said["drop"] or said["restore"] or said["closed_by"] or said["reopen"]):
        raise Refusal("返ってきた様式のフォルダーを指定してください（--drop や --close だけのときは要りません）。")
    with forms.alone(data_folder / plan_id):
        collection = read.collection(plan_id, year, data_folder, stage=stage or "", as_written=False)
        target = read.collection_folder(plan_id, year, collection.stage, data_folder)
        if said["reopen"]:
            with forms.reopen(collection, target):
                pass
            collection = read.collection(plan_id, year, data_folder, stage=collection.stage, as_written=False)
            click.echo("開き直しました。回答を取り込んで直し、もう一度 --close で締め切ってください。")
        if folder or said["drop"] or said["restore"]:
            files = dict(_files(folder)) if folder else {}
            if folder and not files:
                raise Refusal(f"{folder} にファイルがありません。返ってきた様式を入れたフォルダーを指定してください。")
            asked = {"drop": said["drop"], "restore": said["restore"]}
            with forms.collect(files, collection, target, **asked) as (staged, gathered):
                collection = read.kept_in(staged, collection.plan, year)
            _tell(gathered, collection, target)
        if said["closed_by"]:
            collection = read.collection(plan_id, year, data_folder, stage=collection.stage)
            _check_sizes(collection, confirmed=bool(said["confirmed"]))
            _close(collection, target, str(said["closed_by"]), datetime.now(JAPAN).date(), data_folder)


def _check_sizes(collection: "Collection", *, confirmed: bool) -> None:
    """An amount that a slip of unit would explain is closed only by somebody who says that the department was asked.

    Raises:
        Refusal: There is one, and nobody says so.
    """
    doubts = collection.doubts[collection.doubts["kind"] == "size"]
    if len(doubts) and not confirmed:
        says = [f"{row.department} {row.measure}（{row.place}）: {row.says}。" for row in records(doubts)]
        raise Refusal(
            *says, "桁の疑わしい額があります。部に確かめ、正しければ --confirmed を付けて締め切ってください。"
        )


def _files(folder: Path) -> Iterator[tuple[str, bytes | str]]:
    """The files below a folder by their path in it, or why one cannot be read.

    Raises:
        Refusal: There is no such folder.
    """
    if not folder.is_dir():
        what = "はフォルダーではありません" if folder.exists() else "というフォルダーがありません"
        raise Refusal(f"{folder} {what}。返ってきた様式を入れたフォルダーを指定してください。")
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_dir() or any(part.startswith(LITTER) for part in inside.parts):
            continue
        try:
            yield inside.as_posix(), _content(path)
        except Refusal as refusal:
            yield inside.as_posix(), str(refusal)


def _tell(gathered: object, collection: "Collection", target: Path) -> None:
    """What came, what changed, who has not answered, and what to ask."""
    said = [f"新しいファイル {len(gathered.new)}", f"取り込み済み {gathered.known}"]
    say("、".join(said), 0)
    if gathered.dropped:
        say(f"除いてあるので読まないファイル: {'、'.join(gathered.dropped)}（--restore で戻せます）", 0)
    for line in gathered.changed[:MOST_TOLD]:
        say(f"変わった回答: {line}", 0)
    if len(gathered.changed) > MOST_TOLD:
        say(f"変わった回答は、ほかに {len(gathered.changed) - MOST_TOLD} 件あります。", 0)
    doubts = collection.doubts
    for row in records(doubts.head(MOST_TOLD)):
        of = " ".join(one for one in (row.department, row.measure) if one not in {"not_applicable", "unknown"})
        place = "" if row.place == "not_applicable" else f"（{row.place}）"
        mark = "要確認" if row.weight == "open" else "知らせ"
        say(f"{mark} {of}{place}: {row.says}。→ {row.ask}", 0)
    if len(doubts) > MOST_TOLD:
        say(f"ほかに {len(doubts) - MOST_TOLD} 件あります。{shown_path(target / 'doubts.csv')} を見てください。", 0)
    table = collection.by_department
    for row in records(table):
        click.echo(
            f"{row.department}  {row.answered}/{row.asked}件" + (f"  確かめること {row.open}" if row.open else "")
        )
    is_open = int((doubts["weight"] == "open").sum())
    state = "すべてそろいました" if table["answered"].sum() == table["asked"].sum() and not is_open else "途中です"
    stage = form.STAGES[collection.stage]
    click.echo(
        f"{wareki(collection.fiscal_year)}（{stage}）: {table['answered'].sum()}/{table['asked'].sum()}件の取組がそろい、"
        f"確かめることが {is_open} 件。{state}。"
    )


def _close(collection: "Collection", target: Path, by: str, today: date, data_folder: Path) -> None:
    """Closes a stage; where the year's document is registered already, its figures are held against the register first."""
    import shutil

    from helpers import check, compute, forms, publish, read
    from helpers.terms.sources import sources

    name = _one_line(by, "--close")
    plan, year = collection.plan, collection.fiscal_year
    folder = data_folder / plan.id / str(year)
    with forms.close(collection, target, by=quoted(name), on=today) as closed:
        if collection.stage == form.RESULT and year in read.years(plan.id, data_folder):
            with publish.staging(folder) as staged, in_its_place(staged, folder):
                shutil.copytree(folder, staged, dirs_exist_ok=True, symlinks=True)
                path = staged / read.SOURCES_FILE
                forms.into_year(closed, target, staged, sources(path.read_bytes(), path=path))
                frames = compute.corrected(read.year(plan.id, year, data_folder, folder=staged))
                check.stop(findings_of(frames), frames)
                publish.folder(staged, folder)
    click.echo(f"締め切りました（{today.isoformat()} {name}）。")
    if collection.stage == form.RESULT:
        click.echo(f"次は: gyokaku draft {plan.id} --year {year} --out 公表資料の案")
