"""What does a letter need on its way, and by which server does it go?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail.

    Attributes:
        security: ``starttls`` and ``tls`` verify its certificate against the
            system's trust; ``none`` is for loopback only.
        user: For AUTH; empty for none.
        password: Gives the password when it is needed; None without AUTH.
        timeout: Seconds for each step.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: Callable[[], str] | None = field(default=None, repr=False)
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Mail:
    """Who writes to whom, by which server.

    Attributes:
        sender: An address, with a name or without.
        recipients: Addresses, each once.
    """

    server: MailServer
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A letter to one recipient, ready to go.

    Attributes:
        key: Hash of what is sent, to whom, in which week: it goes once.
        run: Id of the run it tells of.
        content: The whole message as bytes, headers included, lines ending in CRLF.
    """

    key: str
    run: str
    sender: str
    recipient: str
    subject: str
    content: bytes
