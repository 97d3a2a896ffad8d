"""How is a letter handed to a mail server, and what is said when that fails?

Nothing goes in the clear over a network: without STARTTLS where it is wanted, or with
a certificate that is not trusted, the letter stays.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from contextlib import contextmanager, suppress
from errno import ECONNABORTED
from typing import TYPE_CHECKING, Final, Self

from triad_screener.delivery._message import one_line
from triad_screener.errors import DeliveryError
from triad_screener.model.mail import split_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from triad_screener.model.mail import MailServer, Message

#: Whoever greets with it needs no name that others could look up.
_OWN_NAME: Final = "[127.0.0.1]"
#: A server reads a letter before it answers: it gets as many times the usual patience.
_PATIENCE: Final = 4
#: Seconds that a farewell may take; the letter has gone by then.
_FAREWELL: Final = 5.0
_LONGEST_QUOTE: Final = 160
#: Lines that a server may say in all.
_MOST_LINES: Final = 1000
_UNAVAILABLE: Final = 421
#: First digit of a refusal that is meant for now, by RFC 5321.
_FOR_NOW: Final = 4
#: The server wants to know who sends.
_UNSIGNED: Final = 530
_SIGN_IN: Final = "Set smtp_user and a password."
_NEXT_RUN: Final = "Nothing is to be done: the letter waits for the next run."
_CHECK_WAY: Final = "Check smtp_host, smtp_port and the network."
_CHECK_SECURITY: Final = (
    "Check smtp_port and smtp_security: 587 goes with starttls, 465 with tls."
)


class Email:
    """Letters by SMTP, one connection each.

    Args:
        place: The server.
    """

    def __init__(self, place: MailServer) -> None:
        self.server = place

    def deliver(self, message: Message) -> None:
        """Hand ``message`` to the server.

        Raises:
            DeliveryError: If the server did not take it; where its last answer was not
                heard, the error is ``uncertain``.
            ConfigurationError: If the password cannot be had.
        """
        with _Session(self.server) as session:
            session.send(message)

    def probe(self) -> None:
        """Go as far as a letter would, without sending one.

        Raises:
            DeliveryError: If the server would take nothing from us.
            ConfigurationError: If the password cannot be had.
        """
        with _Session(self.server) as session:
            session.ask("NOOP", 2, "a trial")


class _Session:
    """A connection that is encrypted and signed in as soon as it is entered."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.place = f"The mail server {server.host}:{server.port}"
        self.password = server.password() if server.password else ""
        self.client: smtplib.SMTP

    def __enter__(self) -> Self:
        with self._explained("the greeting"):
            self.client = self._connect()
        try:
            self._greet()
            if self.server.security == "starttls":
                self._encrypt()
            if self.server.user:
                self._sign_in()
        except BaseException:
            self.client.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.client.sock is not None:
            with suppress(OSError):
                self.client.sock.settimeout(min(_FAREWELL, self.server.timeout))
                self.client.docmd("QUIT")
        self.client.close()

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        try:
            if server.security == "tls":
                return _TlsClient(
                    server.host,
                    server.port,
                    _OWN_NAME,
                    timeout=server.timeout,
                    context=ssl.create_default_context(),
                )
            return _Client(server.host, server.port, _OWN_NAME, server.timeout)
        except smtplib.SMTPConnectError as error:
            raise self._refusal(
                "the connection", error.smtp_code, error.smtp_error, general=True
            ) from None

    def _greet(self) -> None:
        with self._explained("EHLO"):
            code, reply = self.client.ehlo()
        self._expect(2, code, reply, "EHLO", general=True)

    def _encrypt(self) -> None:
        if not self.client.has_extn("starttls"):
            raise DeliveryError(
                f"{self.place} does not offer STARTTLS; nothing was sent in the clear.",
                _CHECK_SECURITY,
                general=True,
            )
        with self._explained("STARTTLS"):
            try:
                self.client.starttls(context=ssl.create_default_context())
            except smtplib.SMTPResponseException as error:
                raise self._refusal(
                    "STARTTLS", error.smtp_code, error.smtp_error, general=True
                ) from None
        self._greet()

    def _sign_in(self) -> None:
        user, password = self.server.user, self.password
        ways = self.client.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in ways:
            self._authenticate(f"AUTH PLAIN {_base64(f'{_NUL}{user}{_NUL}{password}')}")
        elif "LOGIN" in ways:
            self._authenticate("AUTH LOGIN", 3)
            self._authenticate(_base64(user), 3)
            self._authenticate(_base64(password))
        else:
            raise DeliveryError(
                f"{self.place} offers no way to sign in that is known here.",
                "Take smtp_user away if it wants no password; else check smtp_port.",
                general=True,
            )

    def _authenticate(self, command: str, wanted: int = 2) -> None:
        self.ask(command, wanted, "user and password", general=True)

    def send(self, message: Message) -> None:
        """Send a message; what ends before its last line does not count."""
        sender, recipient = (
            split_address(text)[1] for text in (message.sender, message.recipient)
        )
        self.ask(f"MAIL FROM:<{sender}>", 2, f"the sender {sender}")
        self.ask(f"RCPT TO:<{recipient}>", 2, f"the recipient {recipient}")
        self.ask("DATA", 3, "the letter")
        with self._explained("the letter"):
            self.client.send(_stuffed(message.content))
        if self.client.sock is not None:
            self.client.sock.settimeout(self.server.timeout * _PATIENCE)
        with self._explained("the end of the letter", uncertain=True):
            code, reply = self.client.docmd(".")
        if code < 0:
            raise self._unheard("the end of the letter")
        self._expect(2, code, reply, "the letter")

    def ask(
        self, command: str, wanted: int, what: str, *, general: bool = False
    ) -> None:
        """Send a command and want an answer whose code begins with a digit.

        Raises:
            DeliveryError: If the answer is another, or none.
        """
        with self._explained(what):
            code, reply = self.client.docmd(command)
        self._expect(wanted, code, reply, what, general=general)

    def _expect(
        self, wanted: int, code: int, reply: bytes, what: str, *, general: bool = False
    ) -> None:
        if code // 100 != wanted:
            raise self._refusal(what, code, reply, general=general)

    @contextmanager
    def _explained(self, step: str, *, uncertain: bool = False) -> Iterator[None]:
        """Turn what the network says at a step into an error of ours."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(
                f"{self.place} has a certificate that is not trusted"
                f" ({one_line(error.verify_message).rstrip('.')}).",
                "Check smtp_host; SSL_CERT_FILE may name certificates of your own.",
                general=True,
            ) from error
        except OSError as error:
            if uncertain:
                raise self._unheard(step) from error
            raise self._broken(step, _cause(error)) from error

    def _broken(self, step: str, cause: OSError) -> DeliveryError:
        spoke = isinstance(cause, smtplib.SMTPException)
        problem, remedy = f"ended the connection at {step}", _CHECK_SECURITY
        if isinstance(cause, TimeoutError):
            problem = f"gave no answer within {self.server.timeout:g} s at {step}"
            remedy = f"{_CHECK_WAY} {_CHECK_SECURITY}"
        elif isinstance(cause, ssl.SSLError):
            problem = f"makes no encrypted connection ({_reason(cause)})"
        elif isinstance(cause, socket.gaierror):
            problem, remedy = "cannot be found by its name", _CHECK_WAY
        elif not (spoke or hasattr(self, "client")):
            problem, remedy = f"cannot be reached ({_reason(cause)})", _CHECK_WAY
        elif not spoke:
            problem += f" ({_reason(cause)})"
        return DeliveryError(f"{self.place} {problem}.", remedy, general=True)

    def _unheard(self, step: str) -> DeliveryError:
        return DeliveryError(
            f"{self.place} did not answer at {step}: it is not known whether it went.",
            "It is sent again, marked '[again?]', with the next run.",
            general=True,
            uncertain=True,
        )

    def _refusal(
        self, what: str, code: int, reply: bytes | str, *, general: bool = False
    ) -> DeliveryError:
        said = f"{code} {self._quoted(reply)}".rstrip()
        if code < 0:
            problem, remedy = f"answers nonsense at {what}", _CHECK_SECURITY
        elif code // 100 == _FOR_NOW:
            problem, remedy = f"does not take {what} for now: {said}", _NEXT_RUN
        else:
            problem, remedy = f"refuses {what}: {said}", _REMEDIES.get(what, _ASK)
            remedy = _SIGN_IN if code == _UNSIGNED and not self.server.user else remedy
        return DeliveryError(
            f"{self.place} {problem}.",
            remedy,
            general=general or code == _UNAVAILABLE,
        )

    def _quoted(self, reply: bytes | str) -> str:
        """Return the server's own words, without a password that it repeats."""
        said = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
        user, password = self.server.user, self.password
        if password:
            whole = f"{_NUL}{user}{_NUL}{password}"
            for secret in (_base64(whole), _base64(password), password):
                said = said.replace(secret, "***")
        return one_line(said)[:_LONGEST_QUOTE].rstrip(" .")


_NUL: Final = "\0"
_ASK: Final = "Check sender and recipient, or ask who runs the server."
#: What to do about a refusal that is meant for good.
_REMEDIES: Final = {
    "user and password": (
        "Check smtp_user and the password; many providers want one made for programs."
    ),
    "EHLO": _CHECK_SECURITY,
    "STARTTLS": _CHECK_SECURITY,
    "the connection": _CHECK_WAY,
    "the letter": "Ask who runs the server; it takes nothing of this kind.",
}


class _Bounded:
    """What a server says, up to an end."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.left = _MOST_LINES

    def readline(self, limit: int) -> bytes:
        self.left -= 1
        if not self.left:
            raise ConnectionAbortedError(ECONNABORTED, "it talks without end")
        return self.file.readline(limit)

    def close(self) -> None:
        self.file.close()


class _Client(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()


class _TlsClient(_Client, smtplib.SMTP_SSL):
    pass


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


def _stuffed(content: bytes) -> bytes:
    r"""Return ``content`` with no line that a server would take for the end.

    Examples:
        >>> _stuffed(b".\r\na.\r\n.b")
        b'..\r\na.\r\n..b\r\n'
    """
    end = b"" if content.endswith(b"\r\n") else b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + end


def _cause(error: OSError) -> OSError:
    """Return what the system said, beneath what smtplib made of it."""
    found: BaseException | None = error
    while isinstance(found, smtplib.SMTPException):
        found = found.__context__
    return found if isinstance(found, OSError) else error


def _reason(error: OSError) -> str:
    found = getattr(error, "reason", None) or error.strerror or type(error).__name__
    return one_line(str(found).replace("_", " ")).lower().rstrip(".")
