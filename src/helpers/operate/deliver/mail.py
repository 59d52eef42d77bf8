"""Sends letters to a mail server, only by STARTTLS or TLS with a verified certificate.

A server must not act on a letter before its final dot (RFC 5321, 4.1.1.4). The caller therefore records the letter
just before that dot: if the connection breaks earlier, the letter was not sent; if it breaks later, it may have been.
"""

import re
import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from helpers.operate.deliver import secret
from helpers.operate.deliver.configuration import STARTTLS, Mail
from helpers.terms import Refusal

# Seconds before each new try with a server that said "later" or nothing. Longer waits are left to the next run.
WAITS_SECONDS = (2, 10, 30)
# How long the answer to a whole letter may take (RFC 5321, 4.5.3.2.6); giving up sooner would send letters twice.
ENDING_SECONDS = 600
OK, START_INPUT = 250, 354
TAKEN, REFUSED, FOR_GOOD = range(200, 300), range(400, 600), 500
LONGEST_ANSWER = 200
LINE_ENDS = re.compile(rb"\r\n|\n|\r")
AGAIN = "サーバーが返事の前に切れたので、同じ Message-ID でもう一度送りました（二通届くことがあります）。"


class Unsent(Exception):  # noqa: N818 — an outcome, not an error
    """A letter that the server did not accept; the text says why.

    Attributes:
        concerns_all: Whether no other letter can be sent either.
    """

    def __init__(self, says: str, *, concerns_all: bool = False) -> None:
        super().__init__(says)
        self.concerns_all = concerns_all


class Uncertain(Exception):  # noqa: N818 — an outcome, not an error
    """A letter that the server may have accepted: it did not answer after the final dot."""


class _Later(Exception):  # noqa: N818 — an instruction, not an error
    """The server asked to try later, and accepted nothing."""


class Post:
    """The connection to one server, opened with the first letter and kept open between letters.

    Args:
        mail: The server.
        wait: Waits so many seconds.
    """

    def __init__(self, mail: Mail, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._mail, self._wait = mail, wait
        self._server: smtplib.SMTP | None = None
        self._away = ""
        self._was_met, self._is_patient = False, True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server and not kind:  # in the middle of a letter, `QUIT` would become part of it
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
        self._hang_up()

    def send(
        self, letter: EmailMessage, *, address: str, ending: Callable[[], None], rejected: Callable[[], None]
    ) -> list[str]:
        """Sends one letter; tries again after a while where the server asks for it or does not answer.

        Args:
            letter: The letter.
            address: To whom.
            ending: Called before the final dot; from then on the server may have accepted the letter.
            rejected: Called when the server refused the whole letter and so did not accept it.

        Returns:
            Remarks for the report.

        Raises:
            Unsent: The server did not accept it.
            Uncertain: The server may have accepted it, at each try.
            OSError: `ending` could not record it; nothing was sent.
        """
        if self._away:
            raise Unsent(self._away)
        content = letter.as_bytes(policy=letter.policy)
        says, may_have_arrived = "", False
        for wait in (*WAITS_SECONDS, None):
            try:
                self._once(content, address, ending, (lambda: None) if may_have_arrived else rejected)
            except Uncertain as error:
                says, may_have_arrived = str(error), True
            except _Later as error:
                says = str(error)
            except Unsent as error:
                self._away = str(error) if error.concerns_all else ""
                raise (Uncertain(str(error)) if may_have_arrived else error) from None
            else:
                return [AGAIN] if may_have_arrived else [f"{says}もう一度試して、送れました。"] if says else []
            self._hang_up()
            if wait is None or not self._is_patient:
                break
            self._wait(wait)
        # Later letters are tried only once, so that a run does not wait forever.
        self._is_patient = False
        self._away = "" if self._was_met else says
        raise Uncertain(says) if may_have_arrived else Unsent(says)

    def _once(self, content: bytes, address: str, ending: Callable[[], None], rejected: Callable[[], None]) -> None:
        server = self._opened()
        try:
            self._envelope(server, content, address)
            self._answer(*server.docmd("DATA"), wanted=START_INPUT, about="DATA")
            server.send(_dotted(content))
            if _has_spoken(server):  # it should be silent here, so it has hung up or is about to
                raise smtplib.SMTPServerDisconnected
        except (smtplib.SMTPException, OSError) as error:
            raise _Later(f"{self._name} との通信が途中で切れました（{_kind(error)}）。") from None
        try:
            ending()
        except BaseException:
            self._hang_up()  # without the final dot the server drops the letter
            raise
        try:
            server.send(b".\r\n")
            server.sock.settimeout(max(ENDING_SECONDS, self._mail.seconds))
            code, said = server.getreply()
            server.sock.settimeout(self._mail.seconds)
        except (smtplib.SMTPException, OSError):
            code = 0
        if code in TAKEN:
            return
        if code not in REFUSED:  # no answer, or none that can be understood
            raise Uncertain(f"{self._name} が、手紙を受け終えた返事の前に切れました。")
        rejected()
        self._answer(code, said, wanted=OK, about="本文")

    def _envelope(self, server: smtplib.SMTP, content: bytes, address: str) -> None:
        """Sends sender and recipient; after a refusal the server is ready for another letter."""
        limit = int(size) if (size := server.esmtp_features.get("size", "")).isdigit() else 0
        if limit and len(content) > limit:
            raise Unsent(
                f"手紙（{len(content):,} バイト）が、サーバーの受ける大きさ（{limit:,} バイト）を超えます。添付を減らしてください。"
            )
        options = [f"size={len(content)}"] if "size" in server.esmtp_features else []
        self._answer(*server.mail(self._mail.sender, options), wanted=OK, about=f"送り主 {self._mail.sender}")
        code, said = server.rcpt(address)
        self._answer(OK if code == 251 else code, said, wanted=OK, about=f"宛先 {address}")  # noqa: PLR2004 — will forward

    def _answer(self, code: int, said: bytes, *, wanted: int, about: str) -> None:
        if code == wanted:
            return
        says = f"{self._name} が{about}を受け付けません（{code} {_words(said)}）。"
        if code < FOR_GOOD:
            raise _Later(says)
        if self._server:
            with suppress(smtplib.SMTPException, OSError):
                self._server.rset()
        raise Unsent(says)

    @property
    def _name(self) -> str:
        host, port = self._mail.at
        return f"メールサーバー {host}:{port}"

    def _opened(self) -> smtplib.SMTP:
        """The open connection or a new one, encrypted and with the server's identity verified."""
        if self._server and self._answers():
            return self._server
        self._hang_up()
        self._was_met = False
        host, port = self._mail.at
        context = _context(self._mail)
        try:
            if self._mail.security == STARTTLS:
                server = smtplib.SMTP(host, port, timeout=self._mail.seconds)
                self._server = server
                server.ehlo()
                if not server.has_extn("starttls"):
                    raise Unsent(
                        f"{self._name} は STARTTLS を受け付けません。暗号化しない送信はしないので、送っていません。"
                        'port と security（"tls" か "starttls"）を確かめてください。',
                        concerns_all=True,
                    )
                code, said = server.starttls(context=context)
                self._answer(code, said, wanted=220, about=" STARTTLS ")
            else:
                server = smtplib.SMTP_SSL(host, port, timeout=self._mail.seconds, context=context)
                self._server = server
            server.ehlo()
        except ssl.SSLCertVerificationError as error:
            raise Unsent(
                f"{self._name} の証明書を確かめられません（{error.verify_message}）。host の名前と、庁内の認証局なら ca_file を"
                "確かめてください。",
                concerns_all=True,
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _Later(f"{self._name} につながりません（{_kind(error)}）。") from None
        self._log_in(server)
        self._was_met = True
        return server

    def _answers(self) -> bool:
        try:
            return self._server.noop()[0] == OK
        except (smtplib.SMTPException, OSError):
            return False

    def _log_in(self, server: smtplib.SMTP) -> None:
        """Logs in, only when encrypted. A refusal is not tried again, or the account might be locked; no answer is repeated."""
        if not self._mail.user:
            return
        if not server.has_extn("auth"):
            raise Unsent(
                f"{self._name} は、ログインを受け付けません。user を消すか、port を確かめてください。",
                concerns_all=True,
            )
        try:
            word = secret.password(self._mail)
        except Refusal as refusal:
            raise Unsent(str(refusal), concerns_all=True) from None
        try:
            server.login(self._mail.user, word, initial_response_ok=True)
        except smtplib.SMTPAuthenticationError as error:
            code = error.smtp_code
            if code < FOR_GOOD:
                raise _Later(f"{self._name} が、いまはログインを受け付けません（{code}）。") from None
            raise Unsent(
                f"{self._name} が、user {self._mail.user} のログインを断りました（{code}）。user とパスワードを確かめてください。",
                concerns_all=True,
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise Unsent(f"{self._name} のログインの方式を使えません。", concerns_all=True) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _Later(f"{self._name} との通信がログインの途中で切れました（{_kind(error)}）。") from None

    def _hang_up(self) -> None:
        if self._server:
            self._server.close()
        self._server = None


def _context(mail: Mail) -> ssl.SSLContext:
    """TLS settings: the system's certificates or those named, host names compared, at least TLS 1.2."""
    try:
        context = ssl.create_default_context(cafile=mail.ca_file)
    except OSError:  # an error of TLS is an OSError too
        raise Unsent(
            f"{mail.ca_file}: 証明書（PEM）として読めません。ca_file を確かめてください。", concerns_all=True
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _dotted(content: bytes) -> bytes:
    """The letter as transmitted: a line that begins with a dot gets a second one, and the last line is ended."""
    lines = LINE_ENDS.sub(b"\r\n", content)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _has_spoken(server: smtplib.SMTP) -> bool:
    """Whether the server has sent something already or hung up; messages of TLS itself do not count."""
    wait = server.sock.gettimeout()
    server.sock.settimeout(0)
    try:
        server.sock.recv(1)
    except (ssl.SSLWantReadError, BlockingIOError):
        return False
    finally:
        server.sock.settimeout(wait)
    return True


def _words(said: bytes) -> str:
    text = " ".join(said.decode("utf-8", errors="replace").split())
    return "".join(sign for sign in text if sign.isprintable())[:LONGEST_ANSWER]


def _kind(error: Exception) -> str:
    """The kind of fault and the server's code; never its text, which may repeat what we sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"サーバーの返事 {error.smtp_code}"
    names = {
        TimeoutError: "返事がありません",
        ConnectionRefusedError: "断られました",
        smtplib.SMTPServerDisconnected: "サーバーが切りました",
        ConnectionResetError: "サーバーが切りました",
        BrokenPipeError: "サーバーが切りました",
        ssl.SSLError: "TLS で話せません",
    }
    return next((says for kind, says in names.items() if isinstance(error, kind)), type(error).__name__)
