"""A real mail server on the loopback: it encrypts, asks for a password, refuses, says later, and dies when it is told to."""

import asyncio
import datetime as dt
import email
import email.policy
import ssl
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "gyokaku", "hi-mitsu_9f3c7"


def certificate(folder: Path, name: str = "localhost") -> Path:
    """A certificate of its own authority, with its key, for a day; the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, unencrypted = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / f"{name}.pem").write_bytes(made.public_bytes(pem))
    (folder / f"{name}.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted))
    return folder / f"{name}.pem"


@dataclass
class Letterbox:
    """What arrived, and what the server is to do next."""

    port: int = 0
    certificate: Path | None = None  # what to trust it by, where it was made for one folder
    letters: list[tuple[str, bytes]] = field(default_factory=list)  # each with the envelope's address
    # What it does with the next letters: a code to say after the whole of it, `cut` while it is written, `silent` after it was
    # taken whole; from then on it takes them.
    answers: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)  # addresses, with what is said to them
    logins: list[bool] = field(default_factory=list)  # whether each was right
    encrypted: list[bool] = field(default_factory=list)  # whether each letter came so

    def read(self) -> list[email.message.EmailMessage]:
        """The letters, as the standard library reads them."""
        return [email.message_from_bytes(content, policy=email.policy.default) for _, content in self.letters]

    # What aiosmtpd calls

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802
        """One answer after another, the last for ever; an empty one takes it."""
        said = self.refused.get(address, [""])
        if answer := said.pop(0) if len(said) > 1 else said[0]:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802
        """What was told to do."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if answer.startswith("250") or answer == "silent":
            self.letters.append((envelope.rcpt_tos[0], envelope.original_content))
        if answer == "silent":
            server.transport.abort()
        return answer


class _Server(SMTP):
    """Hangs up while a letter is written, where its box says so."""

    def __init__(self, *settings: object, **named: object) -> None:
        with warnings.catch_warnings():  # it does not see that a socket is encrypted from its beginning
            warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")
            super().__init__(*settings, **named)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        box = self.event_handler
        if box.answers[:1] == ["cut"]:
            box.answers.pop(0)
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            await asyncio.sleep(0)
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    server_class = _Server

    def factory(self) -> SMTP:
        return self.server_class(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def letterbox(trusted: Path | None, *, security: str = "starttls", auth: bool = False, size: int = 0):
    """A server that stands while the block runs; without a certificate it knows no encryption."""
    box = Letterbox()

    def login(server, session, envelope, mechanism, data):  # noqa: ARG001
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        box.logins.append(is_right)
        # Some servers repeat what they were told.
        said = None if is_right else f"535 5.7.8 wrong: {data.password.decode()}"
        return AuthResult(success=is_right, handled=False, message=said)

    context = None
    if trusted:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(trusted, trusted.with_suffix(".key"))
    settings = {"tls_context": context, "require_starttls": True} if trusted and security == "starttls" else {}
    if auth:
        settings |= {"authenticator": login, "auth_required": True, "auth_require_tls": security == "starttls"}
    if size:
        settings |= {"data_size_limit": size}
    controller = _Controller(
        box, hostname="127.0.0.1", port=0, ssl_context=context if security == "tls" else None, **settings
    )
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def opened(folder: Path, *, is_encrypted: bool = True):
    """A server that asks for no password, with the certificate to trust it by in `folder`."""
    trusted = certificate(folder)
    with letterbox(trusted if is_encrypted else None) as box:
        box.certificate = trusted
        yield box
