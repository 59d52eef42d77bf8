"""What the commands take in common, and the types of what is typed."""

from datetime import date, timedelta, timezone
from pathlib import Path

import click

from helpers.terms import Refusal, fiscal_year

CONFIGURATION = "deliver.toml"
WIDE = {"max_content_width": 120}
# All times and dates are Japanese.
JAPAN = timezone(timedelta(hours=9), "JST")


class FiscalYear(click.ParamType):
    """A fiscal year in any spelling: 2024, R6, 令和6年度."""

    name = "Y"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> int:
        """The year in which the fiscal year begins."""
        try:
            return fiscal_year(value)
        except Refusal as refusal:
            self.fail(str(refusal), param, context)


class Day(click.ParamType):
    """A date: 2026-08-05."""

    name = "DATE"

    def convert(self, value: str | date, param: click.Parameter | None, context: click.Context | None) -> date:
        """The day."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail("2026-08-05 のように書いてください。", param, context)


# Click does not check that a path is readable; the code that reads it refuses in a sentence.
FOLDER = click.Path(path_type=Path, readable=False)
PLANS = click.argument("plans", nargs=-1, metavar="[PLAN]...")
YEARS = click.option("--year", "years", type=FiscalYear(), multiple=True, help="年度。2024、R6、令和6年度。何度でも。")
DATA = click.option("--data", type=FOLDER, metavar="DIR", help="計画のデータのフォルダー。")
HELP = click.help_option("--help", "-h", help="この使い方を出す。")
OUT = click.option("--out", type=FOLDER, metavar="DIR", help="出力先。既定は data と並ぶ reports。")
TODAY = click.option("--today", type=Day(), help="この日であるとして動かす（試すとき）。2026-08-05 のように。")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="JSON で出す。")
