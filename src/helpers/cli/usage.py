"""A wrong command line in a sentence, and the headings of the help in Japanese."""

import re
from collections.abc import Iterable

import click

from helpers.cli.options import Day, FiscalYear
from helpers.terms import quoted

HEADINGS = {"Options": "オプション", "Commands": "コマンド", "Positional arguments": "引数"}


class Formatter(click.HelpFormatter):
    """The help with Japanese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows how the command is called."""
        super().write_usage(prog, args, prefix or "使い方: ")

    def write_heading(self, heading: str) -> None:
        """A heading, in Japanese."""
        super().write_heading(HEADINGS.get(heading, heading))


def usage_sentence(error: click.UsageError, commands: Iterable[str]) -> str:
    """What is wrong with the command line, and what is allowed."""
    if isinstance(error, click.NoSuchOption):
        nearest = f"{'、'.join(error.possibilities)} のことですか。" if error.possibilities else ""
        return f"{error.option_name} というオプションはありません。{nearest}"
    if isinstance(error, click.MissingParameter):
        return f"{error.param.get_error_hint(error.ctx)} を指定してください。"
    if isinstance(error, click.BadParameter) and error.param:
        return f"{error.param.get_error_hint(error.ctx)} の値が使えません。{_allowed(error)}"
    if name := getattr(error, "command_name", ""):
        return f"「{quoted(name)}」というコマンドはありません。使えるもの: {'、'.join(commands)}。"
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
    return error.message if isinstance(kind, FiscalYear | Day) else "別の値を指定してください。"


click.Context.formatter_class = Formatter
