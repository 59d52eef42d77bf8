"""Checks for what usually breaks. Each check gives a line with what was found and what to do.

Every function gets what it checks as an argument, so that a test can pass something broken.
"""

import locale
import os
import re
import shutil
import smtplib
import ssl
import sys
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, Protocol

from filelock import FileLock, Timeout
from fontTools.ttLib import TTFont, TTLibError

import helpers
from helpers import publish
from helpers.operate.kit import install
from helpers.operate.rounds import LOCK as ROUND_LOCK
from helpers.operate.rounds import history, last
from helpers.run import render
from helpers.run.batch.folders import LOCK, STAGING
from helpers.run.render.fonts import FACES
from helpers.terms import Refusal
from helpers.terms.audience import PUBLIC

GOOD, WARNING, BAD = "良好", "注意", "異常"
PACKAGE = "gyokaku"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; ([^\\]+))?", re.MULTILINE)
# Examples of the Japanese words in output and file names.
SAMPLE = "行財政改革 令和6年度 △3億円"
# Click treats these encodings as a missing setting, and writes UTF-8.
WRITTEN_AS_UTF8 = {"ascii", "us-ascii", "ansi_x3.4-1968"}
# The limit of Windows without long paths, and the longest name of a staging folder.
LONGEST_PATH = 259
STAGING_NAME = ".staging-4294967295-00000000"
# A typical page name, for when nothing was built yet.
USUAL_PAGE = "isehara-6/2024/notebooks/quality.en.ipynb"
ENOUGH_BYTES, LEAST_BYTES = 2_000_000_000, 300_000_000
FIRST_YEAR, LAST_YEAR = 2025, 2100
SILENCE = timedelta(hours=3)
CLOCK_SLACK = timedelta(hours=1)
MAIL_SECONDS = 8


class Line(NamedTuple):
    """The result of one check: the subject, its state, what was found, and what to do."""

    subject: str
    state: str
    found: str
    remedy: str = ""


class Reader(Protocol):
    """A shared folder or a person of `deliver.toml`."""

    name: str
    audience: str


class Server(Protocol):
    """The settings of a mail server."""

    at: tuple[str, int]
    security: str
    ca_file: str | None


def python(version: tuple[int, ...], needs: str) -> Line:
    """Compares the version of Python with what the package declares, such as `>=3.11`."""
    least = tuple(map(int, needs.removeprefix(">=").split(".")))
    found = ".".join(map(str, version[:3]))
    if version < least:
        remedy = f"Python {'.'.join(map(str, least))} 以上を入れ、make setup をやり直してください。"
        return Line("Python", BAD, found, remedy)
    return Line("Python", GOOD, found)


def packages(lock: Path, installed: Mapping[str, str], declared: Iterable[str]) -> Line:
    """Compares installed packages with `requirements.lock`.

    Args:
        lock: The lock.
        installed: Version by name.
        declared: Names of the packages that are required.
    """
    subject, again = (
        "パッケージ",
        "make setup（Windows では docs/guide-analyst.md の 1 にある pip の2行）をやり直してください。",
    )
    if missing := sorted(set(declared) - installed.keys()):
        return Line(subject, BAD, f"入っていません: {'、'.join(missing)}", again)
    if not lock.is_file():
        return Line(
            subject, WARNING, f"{lock} がなく、版を比べられません", "プロジェクトのフォルダーから動かしてください。"
        )
    pins = LOCKED.findall(lock.read_text(encoding="utf-8"))
    other = [f"{name} {installed[name]}（{pin}）" for name, pin, _ in pins if installed.get(name, pin) != pin]
    absent = [name for name, _, marker in pins if not marker and name not in installed]
    if other or absent:
        said = [f"版が違う {len(other)}件: {'、'.join(other[:5])}"] if other else []
        said += [f"ない {len(absent)}件: {'、'.join(absent[:5])}"] if absent else []
        return Line(subject, WARNING, "。".join(said), f"ページの細部が変わることがあります。{again}")
    return Line(subject, GOOD, f"{sum(name in installed for name, *_ in pins)}件の版が requirements.lock のとおり")


def kit(project: Path, version: str) -> list[Line]:
    """The kit that this was installed from, where it is one: whether its files are as packed, and whether it could install again.

    Args:
        project: The folder of the project.
        version: Major and minor version of the Python that runs.
    """
    about = install.contents(project)
    if not about:
        return []
    subject, again = "キット", "キットの zip を取り直し、新しいフォルダーに展開して入れ直してください。"
    names = install.changed(project, everything=False)
    program = [name for name in names if not name.startswith(install.WHEELS)]
    if names:
        found = f"配られたものと違うファイル {len(names)}件: {'、'.join((program or names)[: install.MOST_NAMED])}"
        return [Line(subject, BAD if program else WARNING, found, again)]
    if version not in about["pythons"]:
        found = f"Python {version} のホイールがありません（{'、'.join(about['pythons'])} のもの）"
        return [Line(subject, WARNING, found, f"入れ直すときは、その Python で行ってください。{again}")]
    return [Line(subject, GOOD, f"Python {version} のホイールがあり、どのファイルも配られたとおり")]


def faces(folder: Path) -> Line:
    """Whether every font of the pages can be read and has Japanese letters."""
    broken = [face.file for face in FACES if not _is_readable(folder / face.file)]
    if broken:
        return Line(
            "書体", BAD, f"読めません: {'、'.join(broken)}", "プロジェクトを取り直してください（src/helpers/fonts/）。"
        )
    return Line("書体", GOOD, f"{len(FACES)}種を読めます")


def browser(find: Callable[[], Path] = lambda: render.pdf.browser(None)) -> Line:
    """The browser that prints PDFs; everything else works without it."""
    try:
        return Line("PDF のブラウザー", GOOD, str(find()))
    except Refusal as refusal:
        return Line(
            "PDF のブラウザー", WARNING, refusal.sentences[0], "PDF が要るときだけ入れてください（make browser）。"
        )


def console(encoding: str | None, file_names: str) -> Line:
    """Whether the output can show the command's Japanese words, and file names can be Japanese."""
    if not _can_say(file_names):
        remedy = "環境変数 PYTHONUTF8=1 か LANG=C.UTF-8 を付けてください。"
        return Line("文字コード", BAD, f"ファイル名の文字コードが {file_names} です", remedy)
    encoding = encoding or "?"
    if encoding.lower() not in WRITTEN_AS_UTF8 and not _can_say(encoding):
        remedy = "環境変数 PYTHONUTF8=1 を付けるか、端末を UTF-8 にしてください（ページには影響しません）。"
        return Line("文字コード", WARNING, f"画面の文字コードが {encoding} で、日本語が「?」になります", remedy)
    return Line(
        "文字コード", GOOD, f"画面 {encoding}、ファイル名 {file_names}、地域 {locale.setlocale(locale.LC_CTYPE)}"
    )


def writable(name: str, folder: Path) -> Line:
    """Whether a folder can be written to, tested by writing a file."""
    subject = f"{name}への書き込み"
    probe = folder / f".staging-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        with suppress(OSError):
            probe.unlink()
        return Line(subject, BAD, str(folder), f"{publish.reason(error)}。")
    return Line(subject, GOOD, str(folder))


def shared_folder(name: str, folder: Path) -> Line:
    """A shared folder for deliveries; if it does not exist, the share is probably not mounted."""
    if not folder.is_dir():
        remedy = "共有がつながっているか、deliver.toml の path を確かめてください。"
        return Line(f"共有フォルダー {name}", BAD, f"{folder} がありません", remedy)
    return writable(f"共有フォルダー {name} ", folder)


def paths(out: Path, *, is_windows: bool) -> Line:
    """The longest path of a page while it is staged; Windows opens no path longer than 259 characters."""
    names = [path.relative_to(out).as_posix() for path in out.rglob("*")] or [USUAL_PAGE]
    longest = max(names, key=_characters)
    length = _characters(f"{out.resolve()}/{longest}") + len(STAGING_NAME)
    found = f"最長 {length}文字（作業中の名前を含む。{longest}）"
    if length <= LONGEST_PATH:
        return Line("パスの長さ", GOOD, found)
    remedy = "もっと浅いフォルダーに置くか、Windows の長いパスを有効にしてください（グループポリシー「Win32 の長いパスを有効にする」）。"
    state = BAD if is_windows else WARNING
    return Line("パスの長さ", state, found, remedy if is_windows else f"Windows の共有に配ると開けません。{remedy}")


def clock(now: datetime, files: Iterable[Path], out: Path) -> Line:
    """Whether the clock shows a plausible year and is not behind files already written.

    Args:
        now: The current time, with a time zone.
        files: Files that were written before now.
        out: The folder with the history of runs.
    """
    said = f"{now:%Y-%m-%d %H:%M %Z}"
    remedy = "時計（時刻の同期）を直してください。予定、期限、配布の日付がずれます。"
    if not FIRST_YEAR <= now.year <= LAST_YEAR:
        return Line("時計", BAD, said, remedy)
    written = [datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo) for path in files if path.is_file()]
    ended = [datetime.fromisoformat(run["ended"]) for run in history(out)[:1] if run["ended"]]
    newest = max([*written, *ended], default=now)
    if now + CLOCK_SLACK < newest:
        newest = newest.astimezone(now.tzinfo)
        return Line("時計", BAD, f"{said}（{newest:%Y-%m-%d %H:%M} に書かれたものがあります）", remedy)
    return Line("時計", GOOD, said)


def disk(folder: Path, free: int | None = None) -> Line:
    """Free bytes where the pages go. A year set is about ten megabytes, and exists twice while it is replaced."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(existing).free if free is None else free
    state = BAD if free < LEAST_BYTES else WARNING if free < ENOUGH_BYTES else GOOD
    remedy = "" if state == GOOD else "空きを作ってください。足りないと前のページのまま止まります。"
    return Line("ディスクの空き", state, f"{free / 1e9:.1f} GB（{existing}）", remedy)


def leftovers(out: Path, data: Path) -> Line:
    """Whether a run is active, and what a killed run has left behind."""
    subject = "実行中・残り物"
    if held := [name for name in (LOCK, ROUND_LOCK) if _is_held(out / name)]:
        return Line(
            subject,
            WARNING,
            f"いま動いています（{'、'.join(held)}）",
            "長く続くときは、その gyokaku を終わらせてください。",
        )
    left = [*(path for pattern in STAGING for path in out.glob(pattern)), *data.glob("**/.staging-*")]
    if left:
        remedy = "reports の分は次の gyokaku build が、data の分は次の gyokaku intake が片付けます。"
        return Line(subject, WARNING, f"中断された実行が残したもの {len(left)}件: {left[0]}", remedy)
    return Line(subject, GOOD, "なし")


def schedule(last: datetime | None, now: datetime) -> Line:
    """Whether the hourly run still happens; a run leaves a trace even when it had nothing to do."""
    if last is None:
        return Line("定期実行", GOOD, "まだ一度も動いていません（予定への登録は gyokaku schedule）")
    found = f"最後は {last.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
    if now - last > SILENCE:
        remedy = "予定が止まっているかもしれません。systemctl list-timers、crontab -l、タスク スケジューラを確かめてください。"
        return Line("定期実行", WARNING, found, remedy)
    return Line("定期実行", GOOD, found)


def settings(name: str, read: Callable[[], object], *, otherwise: str) -> Line:
    """Whether a file of settings can be read; without the file, what happens then."""
    subject = f"設定 {name}"
    try:
        return Line(subject, GOOD, "読めます" if read() is not None else f"なし（{otherwise}）")
    except Refusal as refusal:
        return Line(subject, BAD, " ".join(refusal.sentences), "示された行を直してください。")


def audiences(recipients: Iterable[Reader], plans: Collection[str], *, is_public_built: bool) -> list[Line]:
    """Recipients who would wait in vain: settings that are valid but never deliver anything.

    Args:
        recipients: Shared folders and people of `deliver.toml`.
        plans: The plans that have a folder under `data/`.
        is_public_built: Whether `run.toml` asks for the public tree.
    """
    recipients, subject = list(recipients), "配る相手"
    waiting = [one.name for one in recipients if one.audience == PUBLIC and not is_public_built]
    unknown = sorted({plan for one in recipients for plan in getattr(one, "plans", [])} - set(plans))
    lines = []
    if waiting:
        found = (
            f"公表用のものだけを受け取る相手（{'、'.join(waiting)}）がありますが、公表用のページを作る設定がありません"
        )
        lines.append(Line(subject, WARNING, found, "run.toml に public = true と書いてください。"))
    if unknown:
        found = f"deliver.toml の plans にある {'、'.join(unknown)} が data/ にありません"
        lines.append(
            Line(subject, WARNING, found, "綴りを確かめてください。あるものは data/ の下のフォルダーの名前です。")
        )
    return lines


def secret(read: Callable[[], object]) -> Line:
    """Whether the password can be read, and only by its owner. It is not shown."""
    try:
        read()
    except Refusal as refusal:
        return Line("メールのパスワード", BAD, " ".join(refusal.sentences), "直すまでメールは送られません。")
    return Line("メールのパスワード", GOOD, "あり（持ち主だけが読めます）")


def mail_server(server: Server, seconds: float = MAIL_SECONDS) -> Line:
    """Whether the server answers and offers TLS with a valid certificate. Nobody logs in, and nothing is sent."""
    host, port = server.at
    subject, place = "メールサーバー", f"{host}:{port}"
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
        if server.security == "tls":
            with smtplib.SMTP_SSL(host, port, timeout=seconds, context=context) as talk:
                talk.ehlo()
        else:
            with smtplib.SMTP(host, port, timeout=seconds) as talk:
                talk.starttls(context=context)
                talk.ehlo()
    except ssl.SSLError as error:
        remedy = "サーバーの証明書と deliver.toml の host、ca_file を確かめてください。"
        return Line(subject, BAD, f"{place} の暗号化が成り立ちません（{error.reason or error}）", remedy)
    except smtplib.SMTPException as error:
        remedy = "deliver.toml の port と security（starttls、tls）を確かめてください。"
        return Line(subject, BAD, f"{place} は応じましたが、話が通じません（{type(error).__name__}）", remedy)
    except OSError as error:
        remedy = "サーバーが動いているか、名前と番号、間のファイアウォールを確かめてください。"
        return Line(subject, BAD, f"{place} につながりません（{error.strerror or error}）", remedy)
    return Line(subject, GOOD, f"{place} が {server.security} で応じます（ログインは試していません）")


def installed() -> dict[str, str]:
    """The version of each installed package, by its name in the lock."""
    return {_name(one.metadata["Name"]): one.version for one in metadata.distributions() if one.metadata["Name"]}


def declared() -> list[str]:
    """The names of the packages that gyokaku declares as required."""
    needed = [one for one in metadata.requires(PACKAGE) or [] if "extra ==" not in one]
    return [_name(re.match(r"[A-Za-z0-9._-]+", one)[0]) for one in needed]


def of_this_machine(*, data: Path, out: Path, project: Path, now: datetime, screen: str | None) -> list[Line]:
    """All checks that need no settings; `screen` is the encoding of the command's output."""
    package = Path(helpers.__file__).parent
    return [
        python(sys.version_info[:3], metadata.metadata(PACKAGE)["Requires-Python"]),
        packages(project / "requirements.lock", installed(), declared()),
        *kit(project, ".".join(map(str, sys.version_info[:2]))),
        faces(package / "fonts"),
        browser(),
        console(screen, sys.getfilesystemencoding()),
        writable("reports ", out),
        writable("data ", data),
        paths(out, is_windows=os.name == "nt"),
        clock(now, [*package.rglob("*.py"), *data.glob("*/*/SOURCES.toml")], out),
        disk(out),
        leftovers(out, data),
        schedule(last(out), now),
    ]


def _is_readable(file: Path) -> bool:
    try:
        with TTFont(file, lazy=True) as font:
            return set(map(ord, SAMPLE.replace(" ", ""))) <= font.getBestCmap().keys()
    except (OSError, TTLibError):
        return False


def _can_say(encoding: str) -> bool:
    try:
        SAMPLE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _characters(path: str) -> int:
    """The length as Windows counts it."""
    return len(path.encode("utf-16-le", "surrogatepass")) // 2


def _is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    found = FileLock(lock)
    try:
        found.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    found.release()
    return False


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
