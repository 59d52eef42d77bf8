"""`gyokaku new`: a city that nobody has described yet gives its document, confirms what was understood, and has its plan."""

import csv
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.checked import finding_row, findings_of, line_of
from helpers.cli.documents import in_its_place
from helpers.cli.options import DATA, FOLDER, HELP, JAPAN, FiscalYear
from helpers.cli.said import confirmed, say, shown_path
from helpers.terms import Refusal, fiscal_year, fiscal_years, quoted, wareki

if TYPE_CHECKING:
    from helpers.intake.proposal import Given
    from helpers.intake.registration import Registration
    from helpers.received import Document
    from helpers.terms import Finding
    from helpers.terms.layout import Layout, Lists

# What a document may say in two ways; a person may register it as it is, and page one tells. Anything else is no contradiction.
CONTRADICTIONS = {"V01", "V02", "V03", "V04", "V05", "V26"}
YES = "--yes"
CORRECT = "直すところ（欄なら 実績額=actual や 特A=grade:特A、ほかは --table 2、--unit 千円、--achieved A,B のように。空のままで中止）"


@click.command()
@click.argument("file", type=FOLDER, metavar="FILE")
@click.option(
    "--plan",
    "plan_id",
    default="",
    metavar="PLAN",
    help="計画の名前（data/ の下のフォルダー名。半角の英小文字と数字）。",
)
@click.option("--year", type=FiscalYear(), help="資料の年度。2024、R6、令和6年度。")
@click.option(
    "--municipality", default="", metavar="NAME", help="市町村の名。同じ名がほかにもあるときは 東京都府中市 のように。"
)
@click.option("--name", default="", metavar="NAME", help="計画の名称。")
@click.option("--period", default="", metavar="FIRST-LAST", help="計画の期間。2023-2027、令和5年度〜令和9年度。")
@click.option("--achieved", default="", metavar="CODES", help="達成とみなす評価。S,A,B のように。")
@click.option("--unit", default="", metavar="UNIT", help="金額の単位。資料のどこにも書かれていないとき。")
@click.option(
    "--column", "columns", multiple=True, metavar="HEADING=HOLDS", help="欄が何か。実績額=actual のように。何度でも。"
)
@click.option("--table", "table", type=int, multiple=True, metavar="N", help="読む表（資料の中で何番目か）。何度でも。")
@click.option("--year-not-in-document", is_flag=True, help="資料に年度が書かれていないと確かめたとき。")
@click.option("--yes", is_flag=True, help="尋ねずに、言葉か計算で裏付けのある読み方だけを採る。")
@DATA
@HELP
def new(file: Path, plan_id: str, data: Path | None, *, yes: bool, **said: object) -> None:
    """初めての市町村・計画を、受け取った資料から登録する。読み方を示し、確かめてから書く。"""
    from helpers import intake, read
    from helpers.intake import registration

    document = intake.document(file)
    about = registration.Registration(plan_id=plan_id)
    year = _completed(about, document, said, ask=not yes)
    about.plan_id = plan_id or registration.suggested_id(about)
    if not read.PLAN_ID.fullmatch(about.plan_id):
        raise Refusal(
            f"--plan「{about.plan_id}」は使えません。半角の英小文字と数字と「-」で付けてください（例 sanda-1）。"
        )
    folder = _data_folder(data)
    target = folder / about.plan_id
    if target.exists():
        raise Refusal(
            f"{shown_path(target)} はもうあります。--plan に別の名前を付けるか、次の年度なら gyokaku intake を使ってください。"
        )
    click.echo(f"{about.full_name}　{wareki(year)}　（{document.name}）")
    readings, (about.grades, about.sources["achieved"]) = _confirmed(document, year, said, ask=not yes)
    tables, findings = _filed(document, about, readings, year, target, said | {"ask": not yes})
    for finding in findings:
        if finding.result == "failed" and not finding.acknowledged:
            row = {"plan": about.plan_id, "fiscal_year": year, "document": document.name} | finding_row(finding)
            say(line_of(row), 0)
    for name in ("plan.toml", "layout.toml"):
        click.echo(f"書きました: {shown_path(target / name)}")
    for name, rows in tables.items():
        if rows:
            click.echo(f"{shown_path(target / str(year) / name)}.csv  {rows}行")
    click.echo(f"登録しました。次は: gyokaku build {about.plan_id} --year {year}")


def _confirmed(document: "Document", year: int, said: dict, *, ask: bool) -> tuple[list, tuple[list, str]]:
    """The tables and the grades as a person confirms them, after as many corrections as it takes; as they were read where nobody is asked.

    Raises:
        Refusal: There is no table, or something in them is open and nobody may be asked.
    """
    from helpers.intake import registration

    former: dict = {}
    while True:
        try:
            readings, grades, questions = _read(document, year, said)
        except Refusal as refusal:
            if not former:
                raise
            questions, said = [*refusal.sentences], former  # an answer that is none is dropped
        if questions and not (ask and sys.stdin.isatty()):
            raise Refusal(*questions)
        for question in questions:
            say(question, 0)
        for line in [] if questions else registration.shown(readings):
            click.echo(line)
        if not questions and (not ask or confirmed("\nこの読み方で登録しますか")):
            return readings, grades
        former, said = said, _corrected(said)


def _corrected(said: dict) -> dict:
    """What was said, with what a person puts right: options as on the command line, or a heading and what its column holds."""
    words = click.prompt(CORRECT, default="", show_default=False)
    if not words.strip():
        raise click.Abort
    try:
        options = shlex.split(words) if words.lstrip().startswith("--") else ["--column", words.strip()]
        asked = new.make_context("new", ["-", *options]).params
    except (ValueError, click.UsageError):
        say(f"「{quoted(words)}」は読めません。", 0)
        return said
    headings = {one.rpartition("=")[0] for one in asked["columns"]}
    kept = [one for one in said["columns"] if one.rpartition("=")[0] not in headings]
    others = {name: asked[name] for name in ("achieved", "unit", "table") if asked[name]}
    return said | {"columns": (*kept, *asked["columns"]), **others}


def _filed(
    document: "Document", about: "Registration", readings: list, year: int, target: Path, said: dict
) -> tuple[dict[str, int], list["Finding"]]:
    """Writes plan, layout and year into place, all of it or nothing; gives the rows of each table, and what was found."""
    from helpers import check, compute, intake, publish, read
    from helpers.intake import registration

    with publish.staging(target) as staged:
        made = staged / about.plan_id
        made.mkdir()
        for file, text in ((read.PLAN_FILE, registration.plan_text), (read.LAYOUT_FILE, registration.layout_text)):
            (made / file).write_text(text(about, readings, document), encoding="utf-8", newline="\n")
        try:
            plan, layout = read.plan(about.plan_id, staged), read.layout(about.plan_id, staged)
            asked = {"plan": plan, "fiscal_year": year, "year_not_in_document": bool(said["year_not_in_document"])}
            tables = intake.facts(document, layout=layout, **asked)
            if lists := _lists(document, layout, asked, staged):
                text = registration.layout_text(about, readings, document, lists)
                (made / read.LAYOUT_FILE).write_text(text, encoding="utf-8", newline="\n")
                tables = intake.facts(document, layout=read.layout(about.plan_id, staged), **asked)
            says = intake.about(document, plan, layout)
            filing = intake.staged_year(tables, document, **asked, data_dir=staged, replace=False, about=says)
            with filing as filed, in_its_place(filed, target / str(year)):
                frames = compute.corrected(read.year(plan.id, year, staged, folder=filed))
                findings = findings_of(frames)
                if _accept([one for one in findings if one.stops], filed, ask=said["ask"]):
                    frames = compute.corrected(read.year(plan.id, year, staged, folder=filed))
                    findings = findings_of(frames)
                check.stop(findings, frames)
        except Refusal as refusal:
            raise Refusal(*(one.replace(str(staged), str(target.parent)) for one in refusal.sentences)) from None
        publish.folder(made, target)
    return {name: len(table) for name, table in tables.items()}, findings


def _lists(document: "Document", layout: "Layout", asked: dict, staged: Path) -> "Lists | None":
    """How lists of measures are usually headed, where the document has such lists, all can be read, and no check contradicts them."""
    from helpers import compute, intake, read

    lists = read.summary_layout().lists
    with_lists = replace(layout, lists=lists)
    try:
        tables = intake.facts(document, layout=with_lists, **asked)
        if not len(tables["mentions"]):
            return None
        says, plan, year = intake.about(document, asked["plan"], with_lists), asked["plan"], asked["fiscal_year"]
        with (
            suppress(_OnTrial),
            intake.staged_year(tables, document, **asked, data_dir=staged, replace=False, about=says) as filed,
        ):
            findings = findings_of(compute.corrected(read.year(plan.id, year, staged, folder=filed)))
            stopping = [one for one in findings if one.stops and one.id not in CONTRADICTIONS]
            if stopping:
                raise Refusal(f"{stopping[0].title}（{stopping[0].id}）: {stopping[0].evidence}。")
            raise _OnTrial  # nothing is filed
    except Refusal as refusal:
        say(f"「{lists.heading}」の一覧は読み取れないので、取組の名は登録しません。{refusal.sentences[0]}", 0)
        return None
    return lists


class _OnTrial(Exception):  # noqa: N818 — not a fault
    """The staged year was checked, and is not to be filed."""


def _data_folder(data: Path | None) -> Path:
    """Where the plan goes: the folder that was named, else that of the plans there are, else `data/` here."""
    from helpers import read

    if data:
        return data.expanduser().resolve()
    here = Path.cwd() / "data"
    try:
        return here if here.is_dir() else read.data_folder()
    except Refusal:
        return here


class _Questions:
    """What neither the options nor the document say: asked of a person, or told all at once, each with its option."""

    def __init__(self, document: "Document", *, is_asked: bool) -> None:
        self.document, self.is_asked = document, is_asked and sys.stdin.isatty()
        self.missing: list[str] = []

    def answer(self, what: str, option: str, example: str, known: Sequence[str] = ()) -> str:
        """What a person answers; empty where nobody is asked."""
        if self.is_asked:
            offered = f"（{'、'.join(known[:5])} のどれか）" if known else f"（例 {example}）"
            return click.prompt(f"{what}{offered}", type=str).strip()
        why = f"資料からは一つに定まりません（{'、'.join(known[:5])}）" if known else "資料に書かれていません"
        self.missing.append(f"{self.document.name}: {what}が{why}。{option} {example} のように指定してください。")
        return ""


def _completed(about: "Registration", document: "Document", said: dict, *, ask: bool) -> int:
    """Fills in what the options say, what the document says, and what a person answers; gives the fiscal year.

    Raises:
        Refusal: Something is missing, or known in two ways, and nobody may be asked: all of it at once.
    """
    questions = _Questions(document, is_asked=ask)
    year = _year(document, said, questions)
    _municipality(about, document, said, questions)
    _name(about, document, said, questions)
    _period(about, document, said, questions, year)
    if questions.missing:
        raise Refusal(*questions.missing)
    return year


def _year(document: "Document", said: dict, questions: _Questions) -> int:
    from helpers.intake import laid_out

    years = [one for one, _ in laid_out.years_in(document)]
    if said["year"] or len(years) == 1:
        return said["year"] or years[0]
    answer = questions.answer("資料の年度", "--year", "2024", [str(one) for one in years])
    return fiscal_year(answer) if answer else 0


def _municipality(about: "Registration", document: "Document", said: dict, questions: _Questions) -> None:
    from helpers.intake import registration
    from helpers.terms.municipalities import called

    places = registration.municipalities_in(document)
    name = str(said["municipality"])
    found = called(name) if name else [one for one, _ in places]
    while len(found) != 1:
        unknown = f"「{name}」という市町村がありません。綴りを確かめてください。" if name and not found else ""
        if unknown and not questions.is_asked:
            questions.missing.append(f"--municipality{unknown}")
            return
        if unknown:
            say(unknown, 1)
        name = questions.answer("市町村", "--municipality", "三田市", [one.full_name for one in found])
        if not name:
            return
        found = called(name)
    about.municipality = found[0]
    place = next((line for one, line in places if one == found[0]), None)
    about.sources["municipality"] = registration.said_by(place, "--municipality")


def _name(about: "Registration", document: "Document", said: dict, questions: _Questions) -> None:
    from helpers.intake import laid_out, registration

    names = dict(registration.plan_names_in(document))
    years = {line.line for _, line in laid_out.years_in(document)}
    beside_the_year = [name for name, line in names.items() if line.line in years]
    names = {name: names[name] for name in beside_the_year} if len(beside_the_year) == 1 else names
    about.name = str(said["name"]) or (next(iter(names)) if len(names) == 1 else "")
    about.name = about.name or questions.answer("計画の名称", "--name", "第6次行財政改革推進計画", [*names])
    about.sources["name"] = registration.said_by(names.get(about.name), "--name")


def _period(about: "Registration", document: "Document", said: dict, questions: _Questions, year: int) -> None:
    from helpers.intake import registration

    periods = registration.periods_in(document, year)
    if not said["period"] and len(periods) == 1:
        (about.first, about.last), line = periods[0]
        about.sources["period"] = registration.said_by(line, "--period")
    elif period := str(said["period"]) or questions.answer("計画の期間", "--period", "2023-2027"):
        about.first, about.last = fiscal_years(period)
        about.sources["period"] = registration.said_by(None, "--period")


def _given(said: dict) -> "Given":
    """What a person answered beforehand.

    Raises:
        Refusal: An answer is none.
    """
    from helpers.intake import proposal
    from helpers.terms import UNITS_IN_YEN
    from helpers.terms.layout import HOLDS

    columns = dict(str(one).rpartition("=")[::2] for one in said["columns"])
    kinds = {holds for of in HOLDS.values() for holds in of}
    faults = [
        f'--column「{quoted(one)}」は読めません。"実績額=actual" や "特A=grade:特A" のように、欄の見出しと、それが何か'
        f"（{'・'.join(sorted(kinds))}）を書いてください。"
        for one in said["columns"]
        if "=" not in one or one.rpartition("=")[2].partition(":")[0] not in kinds
    ]
    if len(columns) < len(said["columns"]):
        faults.append("--column に、同じ見出しが二度あります。一つにしてください。")
    if said["unit"] and said["unit"] not in UNITS_IN_YEN:
        faults.append(f"--unit「{quoted(said['unit'])}」は使えません。{'・'.join(UNITS_IN_YEN)} のどれかです。")
    if faults:
        raise Refusal(*faults)
    achieved = tuple(one.strip() for one in str(said["achieved"]).replace("、", ",").split(",") if one.strip())
    return proposal.Given(columns, str(said["unit"]), achieved, tuple(said["table"]))


def _unused(readings: list, given: "Given") -> list[str]:
    """Answers that no table asked for: they are contradictions, or slips."""
    from helpers.intake.laid_out import key
    from helpers.terms.layout import GRADES

    used = {key(guess.column.heading) for one in readings for guess in one.guesses if guess.proof == "指定による"}
    says = "そのように読める欄がありません。見出しと、何の表の欄かを確かめてください"
    found = [
        f"--column「{quoted(one)}={holds}」: {says}。" for one, holds in given.columns.items() if key(one) not in used
    ]
    if given.achieved and readings and not any(one.of == GRADES for one in readings):
        found.append(
            "--achieved がありますが、評価の件数の表が読めていません。--table に評価の表の番号も付けるか、--achieved を外してください。"
        )
    if given.unit and readings and given.unit not in {one.unit for one in readings}:
        found.append(
            f"--unit「{given.unit}」: 資料に書かれた単位と違うか、金額の表がありません。--unit を外してください。"
        )
    return found


def _read(document: "Document", year: int, said: dict) -> tuple[list, tuple[list, str], list[str]]:
    """The tables as they can be read, the grades, and what is open in them: each question with the option that answers it.

    Raises:
        Refusal: There is no table, or an option is none.
    """
    from helpers.intake import proposal, registration
    from helpers.terms.layout import GRADES

    given = _given(said)
    readings, questions = proposal.readings(document, year, given)
    if not readings and not questions and not any(line.cells for line in document.lines):
        raise Refusal(
            f"{document.name}: 基本方針ごとの評価の件数か効果額と読める表がありません（欄の分かれた行が一つもない）。文字の資料では、"
            "欄をタブか2つ以上の空白で区切ります。PDF などから写した文字なら、もとの PDF・Excel・Word のファイルを指定してください。"
        )
    if not readings and not questions:
        raise Refusal(
            f"{document.name}: 基本方針ごとの評価の件数か効果額と読める表がありません。表のある資料を指定するか、"
            '欄を --column "実績額=actual" のように指定してください。'
        )
    grades, proof = [], ""
    for reading in readings:
        if reading.of == GRADES and not reading.doubts:
            grades, more, proof = proposal.scale(reading, document, given)
            questions += more
    questions += _unused(readings, given)
    questions += [] if questions else registration.policies(readings)[1]
    return readings, (grades, proof), list(dict.fromkeys(questions))


def _accept(stopping: list["Finding"], filed: Path, *, ask: bool) -> bool:
    """Registers a document that contradicts itself as it is, where the person says so; page one of the brief tells it. Whether it did."""
    if not stopping or any(one.id not in CONTRADICTIONS for one in stopping):
        return False
    for one in stopping:
        say(f"資料の中で食い違っています（{one.id} {one.title}）: {one.evidence}", 0)
    if ask and not confirmed("資料がこのとおりなら、食い違いのあるまま登録しますか（1枚目に出ます）"):
        raise click.Abort
    who = "登録した人" if ask else f"登録した人（{YES}）"
    today = datetime.now(JAPAN).date().isoformat()
    with (filed / "acknowledged.csv").open("a", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        for one in stopping:
            writer.writerow([one.id, f"資料の中の食い違い。資料のとおり登録した（{one.evidence}）", who, today])
    return True
