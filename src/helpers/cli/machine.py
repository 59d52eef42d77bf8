"""`gyokaku lab`, `schedule` and `doctor`: JupyterLab, the schedule and the state of this machine."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.options import AS_JSON, CONFIGURATION, DATA, FOLDER, HELP, OUT
from helpers.cli.said import say, shown_path
from helpers.terms import Refusal

if TYPE_CHECKING:
    from helpers.operate.doctor import Line


@click.command()
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
    from helpers import read
    from helpers.operate import lab

    project = read.data_folder(data or "").parent
    if not (project / lab.NOTEBOOKS).is_dir():
        project = read.PROJECT
    say("JupyterLab を開きます。終えるときは、この画面で Ctrl+C を2回押してください。", 0)
    lab.run(project, notebook, port=port, browser=not no_browser, allow_root=allow_root)


@click.command()
@click.argument("kind", type=click.Choice(["systemd", "cron", "windows"]), metavar="{systemd|cron|windows}")
@DATA
@click.option("--out", type=FOLDER, metavar="DIR", default=Path("schedule"), help="書く先。既定はここの schedule/。")
@HELP
def schedule(kind: str, data: Path | None, out: Path) -> None:
    """定期実行を登録するためのファイルを、この機械の場所を入れて書く。登録そのものはしない。"""
    from helpers import read
    from helpers.operate import schedule

    folder = read.data_folder(data or "")
    installed = schedule.Installation(_program(), str(folder), str(folder.parent), _owner(folder))
    made = schedule.files(kind, installed)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (out / name).write_bytes(content)
        click.echo(shown_path(out / name))
    if installed.user == "root" and kind == "systemd":
        say("データの持ち主が root なので、root で動きます。専用の利用者を持ち主にすると安全です（chown）。", 0)
    click.echo(schedule.instructions(kind, str(out.resolve())))


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


@click.command()
@DATA
@OUT
@AS_JSON
@HELP
def doctor(data: Path | None, out: Path | None, *, as_json: bool) -> int:
    """よく壊れるところ（版、書体、書き込み、時計、ディスク、メールなど）を調べ、どうすればよいかを言う。"""
    from helpers import read
    from helpers.operate import doctor, rounds
    from helpers.run import batch

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
    from helpers import read
    from helpers.operate import deliver, doctor, rounds

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
