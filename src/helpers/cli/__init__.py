"""The command line: `gyokaku build`, `check`, `intake`, `run`, `deliver` … Only this room knows the order of calls; it holds no rule of the domain.

Exit status: 0 all good; 1 something failed or was refused, everything else was done; 2 the command line is wrong; 130
interrupted. Standard output is for results, standard error for progress and sentences.
"""

from helpers.run import interpreter

interpreter.start_over()  # before anything is imported that a folder of the user's could hold, too

import atexit
import gc
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from helpers.cli import collecting, deliveries, documents, drafting, machine, pages, registering, rounds
from helpers.cli.options import HELP, WIDE
from helpers.cli.said import say
from helpers.cli.usage import usage_sentence
from helpers.terms import Refusal

__all__ = ["gyokaku", "main"]

# What ends with the process is not looked through for garbage: a tenth of a short command's time.
atexit.register(gc.freeze)


def main(arguments: Sequence[str] | None = None) -> int:
    """Boundary for faults: runs the command; every refusal and fault becomes a sentence and an exit status, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stream that replaces the usual one
            stream.reconfigure(errors="replace")  # a CP932 console has no ➤
    try:
        interpreter.let_interrupts_in()
        return gyokaku.main(arguments, prog_name="gyokaku", standalone_mode=False) or 0
    except click.UsageError as error:
        return say(
            f"{usage_sentence(error, gyokaku.commands)}\n使い方は {error.ctx.command_path if error.ctx else 'gyokaku'} --help で見られます。",
            2,
        )
    except Refusal as refusal:
        return say(str(refusal), 1)
    except (KeyboardInterrupt, click.Abort):
        return say("中断しました。公開済みのページはそのままです。", 130)
    except OSError as error:
        from helpers import publish

        # Without a file name the error came from writing (a full disk, a limit).
        return say(f"{error.filename or '書き込み先'}: {publish.reason(error)}。", 1)
    except Exception as error:  # noqa: BLE001 — our own faults, too, are told in a sentence
        return say(
            f"予期しない誤りです（{type(error).__name__}: {error}）。GYOKAKU_DEBUG=1 を付けると詳しく出ます。", 1
        )


@click.group(context_settings=WIDE)
@HELP
def gyokaku() -> None:
    """行財政改革推進計画の公表資料から、経営層向けのページを作る。"""


for command in (
    pages.build,
    documents.check,
    documents.intake,
    registering.new,
    collecting.forms,
    collecting.collect,
    drafting.draft,
    machine.lab,
    deliveries.deliver,
    deliveries.remind,
    rounds.due,
    rounds.run,
    machine.schedule,
    machine.doctor,
):
    gyokaku.add_command(command)
