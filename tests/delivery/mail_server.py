"""Mail servers on this machine: one that takes letters, one that plays a part."""

from __future__ import annotations

import socket
import threading
from asyncio.base_events import Server
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any, BinaryIO

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from triad_screener.model.mail import MailServer

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Sequence
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from triad_screener.model.mail import Security

USER, PASSWORD = "jane", "open sesame"
#: What a scripted server does instead of an answer.
DROP, SILENCE, FLOOD = "drop", "silence", "flood"


@dataclass(frozen=True)
class Taken:
    """A letter as the server took it."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)


class Postmaster:
    """Takes letters; ``replies`` says what it answers to a recipient or a letter."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.replies: dict[str, str] = {}
        self.signed_in: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        del server, session, options
        envelope.rcpt_tos.append(address)
        return self.replies.get(address, "250 OK")

    async def handle_DATA(  # noqa: N802 - likewise
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        if reply := self.replies.get("DATA"):
            return reply
        content = envelope.content
        assert isinstance(content, bytes)
        sender, recipients = str(envelope.mail_from), [*map(str, envelope.rcpt_tos)]
        self.taken.append(Taken(sender, recipients, content))
        return "250 taken"

    def check(self, *asked: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's five
        given = asked[-1]
        assert isinstance(given, LoginPassword)
        self.signed_in.append(given.login.decode())
        fits = given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits, handled=False)


class _Controller(Controller):
    """One that takes the port it is given."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port)):
            pass


@contextmanager
def serving(
    postmaster: Postmaster, security: Security, context: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    """Yield how to reach a server for as long as it serves."""
    signs: dict[str, Any] = {}
    if context:
        signs = {
            "authenticator": postmaster.check,
            "auth_require_tls": security == "starttls",
        }
    controller = _Controller(
        postmaster,
        hostname="127.0.0.1",
        port=0,
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        **signs,
    )
    controller.start()
    try:
        yield MailServer("127.0.0.1", controller.port, security, timeout=5.0)
    finally:
        controller.stop()


@contextmanager
def scripted(*answers: str, security: Security = "none") -> Iterator[MailServer]:
    """Yield a server that gives these answers, one for each line it hears.

    After 354 it hears a whole letter. The first answer is the greeting; after the last
    one it hangs up.
    """
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:
        visits = threading.Thread(target=_receive, args=(door, answers, over))
        visits.start()
        try:
            port = door.getsockname()[1]
            yield MailServer("127.0.0.1", port, security, timeout=0.3)
        finally:
            over.set()
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            visits.join()


def _receive(
    door: socket.socket, answers: Sequence[str], over: threading.Event
) -> None:
    with suppress(OSError):
        while True:
            visitor, _ = door.accept()
            with visitor, visitor.makefile("rb") as heard:
                _play(visitor, heard, answers, over)


def _play(
    visitor: socket.socket,
    heard: BinaryIO,
    answers: Sequence[str],
    over: threading.Event,
) -> None:
    for number, answer in enumerate(answers):
        if number:
            line = heard.readline()
            while answers[number - 1].startswith("354") and line not in (b".\r\n", b""):
                line = heard.readline()
        if answer == DROP:
            return
        if answer == SILENCE:
            over.wait()
            return
        if answer == FLOOD:
            while not over.is_set():
                visitor.sendall(b"250-and another thing\r\n" * 1000)
        visitor.sendall(f"{answer}\r\n".encode())
    heard.readline()
