"""Reads the password, from the environment or from a file that only its owner can read."""

import os
import stat
from pathlib import Path

from helpers.operate.deliver.configuration import Mail
from helpers.terms import Refusal

LONGEST = 1000


def password(mail: Mail) -> str:
    """The password for the mail server.

    Raises:
        Refusal: It is missing, others can read it, or it holds characters that no server accepts. No sentence repeats it.
    """
    if mail.password_file:
        path = Path(mail.password_file)
        return _usable(_from_file(path), str(path))
    name = str(mail.password_env)
    found = os.environ.get(name, "")
    if not found:
        raise Refusal(
            f"環境変数 {name} に、メールサーバーのパスワードがありません。設定してから、もう一度実行してください。"
        )
    return _usable(found, f"環境変数 {name}")


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if os.name == "posix" and (found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)):  # elsewhere a mode says nothing
                raise Refusal(f"{path}: 持ち主のほかにも読めるので、使いません。chmod 600 {path} を実行してください。")
            if os.name == "posix" and found.st_uid != os.geteuid():
                raise Refusal(f"{path}: 実行している利用者のものではないので、使いません。持ち主を確かめてください。")
            content = file.read(LONGEST)
    except OSError:
        raise Refusal(f"{path}: パスワードのファイルを読めません。場所と権限を確かめてください。") from None
    try:
        return content.decode("ascii").rstrip("\r\n")
    except UnicodeDecodeError:
        return ""


def _usable(found: str, place: str) -> str:
    if not found or not found.isascii() or not found.isprintable():
        raise Refusal(f"{place}: パスワードは、空でない1行の英数字と記号で書いてください。")
    return found
