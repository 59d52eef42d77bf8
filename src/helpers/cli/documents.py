"""`gyokaku intake` and `gyokaku check`: documents into tables, and tables held against one another."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.checked import finding_row, findings_of, line_of
from helpers.cli.options import DATA, FOLDER, HELP, PLANS, YEARS, FiscalYear
from helpers.cli.registered import year_sets_of
from helpers.cli.said import say, shown_path
from helpers.terms import Refusal

if TYPE_CHECKING:
    from helpers.terms import Plan

# What a draft says of itself as long as nobody has chosen its main measures.
DRAFT_MARK = "案：主な取組は規則による候補"
CORRECT_OR_ACCEPT = (
    "資料そのものが誤っているときは、{folder} の corrections.csv（訂正）か acknowledged.csv（了承）に1行加えて、"
    "もう一度 gyokaku intake を実行してください。何も登録していません。"
)


@click.command()
@PLANS
@YEARS
@DATA
@click.option("--json", "as_json", is_flag=True, help="JSON で出す。")
@HELP
def check(plans: tuple[str, ...], years: tuple[int, ...], data: Path | None, *, as_json: bool) -> int:
    """登録済みのデータを検算する。ページは作らない。"""
    from helpers import check, compute, read

    folder = read.data_folder(data or "")
    year_sets, refusals = year_sets_of(plans, years, folder)
    rows = []
    for plan, year in year_sets:
        try:
            frames = compute.corrected(read.year(plan, year, folder))
            findings = findings_of(frames)
        except Refusal as refusal:
            refusals += refusal.sentences
            continue
        about = {"plan": plan, "fiscal_year": year, "document": check.document(frames)}
        rows += [about | finding_row(finding) for finding in findings]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            click.echo(line_of(row))
    for sentence in refusals:
        say(sentence, 1)
    return 1 if refusals or any(row["stops"] for row in rows) else 0


@click.command()
@click.argument("file", type=FOLDER, metavar="FILE")
@click.option("--plan", "plan_id", required=True, metavar="PLAN", help="計画（data/ の下のフォルダー名）。")
@click.option("--year", required=True, type=FiscalYear(), help="年度。2024、R6、令和6年度。")
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
    if any(DRAFT_MARK in line.words for line in document.lines):
        raise Refusal(
            f"{document.name}: 案のままです（「{DRAFT_MARK}」とある）。主な取組を featured.csv で選び、"
            "gyokaku draft で作り直したものか、公表した資料を指定してください。"
        )
    asked = {"plan": plan, "fiscal_year": year, "year_not_in_document": year_not_in_document}
    layout = read.layout(plan_id, folder)
    tables, says = intake.facts(document, layout=layout, **asked), intake.about(document, plan, layout)
    target = folder / plan_id / str(year)
    filing = intake.staged_year(tables, document, **asked, data_dir=folder, replace=replace, about=says)
    with filing as staged, in_its_place(staged, target):
        with_answers(plan, year, folder, staged)
        frames = compute.corrected(read.year(plan_id, year, folder, folder=staged))
        findings = findings_of(frames)
        try:
            check.stop(findings, frames)
        except Refusal as refusal:
            raise Refusal(*refusal.sentences, CORRECT_OR_ACCEPT.format(folder=shown_path(target))) from None
    about = {"plan": plan_id, "fiscal_year": year, "document": document.name}
    for finding in findings:
        if finding.result == "failed":
            say(line_of(about | finding_row(finding)), 0)
    for name, table in tables.items():
        click.echo(f"{shown_path(target / name)}.csv  {len(table)}行")
    click.echo(f"登録しました。次は: gyokaku build {plan_id} --year {year}")


def with_answers(plan: "Plan", year: int, folder: Path, staged: Path) -> None:
    """Puts the register of a closed collection of results into a staged year; nothing where there is none."""
    from helpers import forms, read
    from helpers.terms import form
    from helpers.terms.sources import sources

    if form.RESULT not in read.stages_kept(plan.id, year, folder):
        return
    collection = read.collection(plan.id, year, folder, stage=form.RESULT)
    if collection.is_closed:
        path = staged / read.SOURCES_FILE
        kept = read.collection_folder(plan.id, year, form.RESULT, folder)
        forms.into_year(collection, kept, staged, sources(path.read_bytes(), path=path))


@contextmanager
def in_its_place(staged: Path, target: Path) -> Iterator[None]:
    """Within the block, refusals name a file in its final folder, not in the staged one."""
    try:
        yield
    except Refusal as refusal:
        shown, of_the_year = shown_path(target), "corrections.csv "  # `compute` does not know the folder
        placed = [sentence.replace(str(staged), shown) for sentence in refusal.sentences]
        raise Refusal(*(f"{shown}{os.sep}{s}" if s.startswith(of_the_year) else s for s in placed)) from None
