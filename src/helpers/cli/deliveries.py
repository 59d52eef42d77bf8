"""`gyokaku deliver`: built pages to those who read them."""

import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.options import CONFIGURATION, DATA, FOLDER, HELP, PLANS, YEARS, FiscalYear
from helpers.cli.said import say
from helpers.terms import Refusal, form

if TYPE_CHECKING:
    from helpers.operate.deliver import Delivery

DELIVERED = {"sent": "配布", "already": "配布済み", "withheld": "保留", "failed": "失敗", "written": "書出し"}
KINDS = {"new": "新規", "changed": "更新", "correction": "訂正", "reminder": "催促"}


@click.command()
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
    from helpers import read
    from helpers.operate import deliver
    from helpers.run import batch

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
    _tell(outcome.deliveries, as_json=bool(options["as_json"]))
    for sentence in outcome.faults:
        say(sentence, 1)
    return 0 if outcome.is_good else 1


def _tell(deliveries: "list[Delivery]", *, as_json: bool) -> None:
    for one in deliveries:
        name = f"{one.plan} {one.fiscal_year} {one.recipient}"
        for sentence in one.sentences:
            say(f"{name}: {sentence}", 1)
        if not as_json:
            click.echo(f"{DELIVERED[one.state]} {KINDS[one.kind]} {name}")


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--year", required=True, type=FiscalYear(), help="年度。2024、R6、令和6年度。")
@click.option("--stage", type=click.Choice([*form.STAGES]), help="どの照会か。既定は、いちばん新しいもの。")
@click.option("--config", type=FOLDER, metavar="FILE", help="配布の設定。既定は data と並ぶ deliver.toml。")
@DATA
@click.option("--dry-run", type=FOLDER, metavar="DIR", help="送らずに、手紙を DIR に書く。まずこれで確かめる。")
@HELP
def remind(
    plan_id: str, year: int, stage: str | None, config: Path | None, data: Path | None, dry_run: Path | None
) -> int:
    """まだ答えていない部に、催促の手紙を送る。同じ部には1日に1通まで。"""
    from helpers import forms, read
    from helpers.operate import deliver

    folder = read.data_folder(data or "")
    configuration = deliver.configuration(config or folder.parent / CONFIGURATION)
    collection = read.collection(plan_id, year, folder, stage=stage or "")
    sent = deliver.remind(
        configuration,
        collection,
        forms=forms.forms_of(collection),
        now=datetime.now().astimezone(),
        dry_run=dry_run,
    )
    _tell(sent, as_json=False)
    if not sent:
        click.echo("答えの欠けている部はありません。")
    return 1 if any(one.state == deliver.State.FAILED for one in sent) else 0


def _asked_for(plans: tuple[str, ...], years: tuple[int, ...], out: Path) -> list[tuple[str, int]]:
    """The built plans and years that match what was typed."""
    from helpers.operate import deliver

    built = deliver.year_sets(out)
    found = [(plan, year) for plan, year in built if (not plans or plan in plans) and (not years or year in years)]
    missing = [plan for plan in plans if plan not in {plan for plan, _ in found}]
    missing_years = [year for year in years if year not in {year for _, year in found}]
    if missing or missing_years:
        named = "、".join([*missing, *(f"{year}年度" for year in missing_years)])
        raise Refusal(f"{named}: 配るページがまだありません。gyokaku build で作ってください。")
    return found
