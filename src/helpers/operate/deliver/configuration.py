"""The settings of deliveries, `deliver.toml`: who gets what, and how."""

from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo

from helpers.terms import Refusal
from helpers.terms.audience import INTERNAL
from helpers.terms.contract import Name, NameOrNone, Shape, TextOrNone, held, plain, refuse
from helpers.terms.files import content as file_content
from helpers.terms.toml import Where

STARTTLS, TLS = "starttls", "tls"
PORTS = {STARTTLS: 587, TLS: 465}  # RFC 6409, RFC 8314
# A dot-atom of RFC 5322, with a domain of letters and digits.
ADDRESS = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
EXAMPLE = "docs/deliver.example.toml"
NO_PASSWORDS = "パスワードは設定ファイルに書けません。消して、password_env か password_file で置き場所を書いてください"
# What only this file asks for; what was typed is never repeated: it may be a password.
FAULTS = {
    "extra_forbidden": f"知らない項目です。綴りを確かめるか、消してください（使える項目は {EXAMPLE}）",
    "string_pattern_mismatch": "メールアドレスの形（英数字 name@example.lg.jp、全角は不可）で書いてください",
    **{f"extra_forbidden {secret}": NO_PASSWORDS for secret in ("password", "passwd", "pass", "secret")},
}
MOST_ENTRIES = 1_000


def _ascii(text: str) -> str:
    """Text sent to a server at login, so ASCII only."""
    if not text.isascii() or not text.isprintable() or not text.strip():
        raise ValueError("英数字と記号で書いてください")
    return text


def _beside(text: str, info: ValidationInfo) -> str:
    """A path as it was meant: from the folder of the file it stands in."""
    return str(info.context["beside"] / Path(plain(text)).expanduser())


User = Annotated[str, Field(max_length=256), AfterValidator(_ascii)]
Place = Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(_beside)]
Address = Annotated[str, Field(max_length=254, pattern=ADDRESS)]
Audience = Literal["internal", "public"]


class Folder(Shape):
    r"""A shared folder that gets the whole tree of an audience.

    Attributes:
        name: What it is called in sentences and in the ledger.
        path: Where this machine sees it; it must be there already, so that a share that is not mounted is not taken for empty.
        audience: `internal`, or `public` for what stands in `reports/public/` alone.
        shown: Where readers see it: `\\fileserver\gyokaku` or `https://…`; the path where it is empty.
    """

    name: Name
    path: Place
    audience: Audience = INTERNAL
    shown: TextOrNone = ""

    @property
    def at(self) -> Path:
        """The folder."""
        return Path(self.path)


class Mail(Shape):
    """The server that takes the letters, always by TLS and with its certificate verified.

    Attributes:
        host: Its name, as in its certificate.
        port: 587 with STARTTLS, 465 with TLS, where it is 0.
        security: `starttls` or `tls`.
        ca_file: Certificates (PEM) to trust instead of the system's.
        sender: Address of the sender.
        sender_name: What the sender is called.
        user: Who logs in; nobody where it is empty.
        password_env: Variable of the environment that holds the password.
        password_file: File that holds it, readable by its owner alone.
        seconds: How long to wait for any one answer.
    """

    host: Name
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["starttls", "tls"] = STARTTLS
    ca_file: Place | None = None
    sender: Address
    sender_name: Name | None = None
    user: User | None = None
    password_env: Name | None = None
    password_file: Place | None = None
    seconds: int = Field(default=30, ge=1, le=600)

    @property
    def at(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or PORTS[self.security]


class Recipient(Shape):
    """Somebody who gets letters.

    Attributes:
        name: What they are called, in the letter too.
        address: Where.
        audience: `internal`, or `public`: told of what stands in `reports/public/` and of nothing else.
        language: Of the letter.
        folder: Name of the shared folder whose pages the letter points to; the first of the same audience where it is empty.
        attach: Forms of the brief to send along: `html`, `pdf`.
        changes: Whether they are told also where no figure has moved.
        plans: Of these plans only; of all where it is empty.
    """

    name: Name
    address: Address
    audience: Audience = INTERNAL
    language: Literal["ja", "en"] = "ja"
    folder: NameOrNone = ""
    attach: list[Literal["html", "pdf"]] = Field(default_factory=list, max_length=2)
    changes: bool = False
    plans: list[Name] = Field(default_factory=list, max_length=MOST_ENTRIES)


class Department(Shape):
    """A department that is reminded of its answers (`gyokaku remind`).

    Attributes:
        name: As the list of measures writes it.
        address: Where.
        attach: Whether its form is sent along.
    """

    name: Name
    address: Address
    attach: bool = False


class Configuration(Shape):
    """One file: shared folders, the mail server, the recipients, departments to remind, and where the ledger lies."""

    ledger: Place | None = None
    folder: list[Folder] = Field(default_factory=list, max_length=MOST_ENTRIES)
    mail: Mail | None = None
    recipient: list[Recipient] = Field(default_factory=list, max_length=MOST_ENTRIES)
    department: list[Department] = Field(default_factory=list, max_length=MOST_ENTRIES)

    @property
    def ledger_folder(self) -> Path:
        """Where what went to whom is kept."""
        return Path(self.ledger or "deliveries")

    def folder_of(self, recipient: Recipient) -> Folder | None:
        """The folder a letter points to, if there is one."""
        ours = (one for one in self.folder if one.audience == recipient.audience)
        return next((one for one in ours if recipient.folder in {"", one.name}), None)

    def beside(self, folder: Path) -> Self:
        """The same, with a ledger in that folder where none was named."""
        return self if self.ledger else self.model_copy(update={"ledger": str(folder / "deliveries")})


def configuration(path: Path) -> Configuration:
    """What the file says.

    Raises:
        Refusal: It is not there, cannot be read, or says what cannot be; each sentence names file and key and what to do.
    """
    path = Path(path)
    try:
        content = file_content(path)
    except FileNotFoundError:
        raise Refusal(
            f"{path}: 配布の設定ファイルがありません。{EXAMPLE} を写して、フォルダーと宛先を書いてください。"
        ) from None
    except OSError:
        raise Refusal(f"{path}: 配布の設定ファイルを読めません。ファイルの種類と権限を確かめてください。") from None
    beside = path.resolve().parent
    found = held(
        content, Configuration, place=str(path), faults=FAULTS, repeats=False, context={"beside": beside}
    ).beside(beside)
    if faults := list(_contradictions(found)):
        refuse(faults, content, place=str(path))
    return found


def apart(found: Configuration, out: Path) -> None:
    """Stops where deliveries would be written into the built pages.

    Raises:
        Refusal: With the keys that say so.
    """
    places = {f"[[folder]]「{one.name}」の path": one.at for one in found.folder} | {"ledger": found.ledger_folder}
    if inside := [key for key, place in places.items() if place.resolve().is_relative_to(out.resolve())]:
        raise Refusal(*(f"配布の設定の {key} が {out} の中にあります。別の場所にしてください。" for key in inside))


def _contradictions(found: Configuration) -> Iterator[tuple[Where, str]]:
    """Settings that are allowed singly but contradict each other: where, and what to do."""
    if not (found.folder or found.recipient or found.department):
        yield (), "[[folder]] も [[recipient]] も [[department]] もありません。配る先を書いてください"
    for table in ("folder", "recipient", "department"):
        names = [one.name for one in getattr(found, table)]
        for at, name in _again(names):
            yield (table, at, "name"), f"「{name}」が二つあります。別の名前にしてください"
    paths = [Path(one.path).resolve() for one in found.folder]
    for at, path in enumerate(paths):
        if any(path.is_relative_to(other) for other in [*paths[:at], *paths[at + 1 :]]):
            yield ("folder", at, "path"), "別の [[folder]] の path と同じか、その中にあります。別の場所にしてください"
    if any(found.ledger_folder.resolve().is_relative_to(path) for path in paths):
        yield ("ledger",), "[[folder]] の中にあります。宛先が読まれてしまうので、別の場所にしてください"
    if (found.recipient or found.department) and not found.mail:
        wants = "recipient" if found.recipient else "department"
        yield (wants,), "手紙を送る [mail] がありません。メールサーバーを書いてください"
    if found.mail:
        yield from _about_mail(found.mail)
    yield from _about_recipients(found)


def _again(values: Sequence[Hashable]) -> Iterator[tuple[int, Hashable]]:
    """Each value that stood earlier in the list already, with its place."""
    return ((at, value) for at, value in enumerate(values) if value in values[:at])


def _about_recipients(found: Configuration) -> Iterator[tuple[Where, str]]:
    for at, (address, audience) in _again([(one.address.lower(), one.audience) for one in found.recipient]):
        yield ("recipient", at, "address"), f"{address}（{audience}）が二つあります。一つにしてください"
    for at, one in enumerate(found.recipient):
        if found.folder_of(one):
            continue
        if one.folder:
            says = f"「{one.folder}」は、audience が {one.audience} の [[folder]] にありません。名前を確かめてください"
            yield ("recipient", at, "folder"), says
        elif not one.attach:
            says = (
                f"「{one.name}」には、見られるページがありません。audience が {one.audience} の [[folder]] を"
                '書くか、attach = ["html"] で添付してください'
            )
            yield ("recipient", at), says


def _about_mail(mail: Mail) -> Iterator[tuple[Where, str]]:
    secrets = [mail.password_env, mail.password_file]
    if all(secrets):
        yield ("mail", "password_file"), "password_env と password_file は、どちらか一つにしてください"
    if mail.user and not any(secrets):
        yield ("mail", "user"), "パスワードの置き場所（password_env か password_file）がありません。書き加えてください"
    if any(secrets) and not mail.user:
        yield ("mail",), "パスワードの置き場所がありますが、user がありません。書き加えてください"
