"""What does a letter need on its way, and by which server does it go?"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from triad_screener.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from triad_screener.errors import DeliveryError

Security = Literal["starttls", "tls", "none"]
#: Where a server is asked for, unless a port is named.
PORTS: Final[dict[Security, int]] = {"starttls": 587, "tls": 465, "none": 25}

_LOCAL_PART: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(
    rf"{_LOCAL_PART}(?:\.{_LOCAL_PART})*@{_LABEL}(?:\.{_LABEL})*"
)
_NAMED: Final = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_LONGEST_ADDRESS, _LONGEST_NAME = 254, 200


def split_address(text: str) -> tuple[str, str]:
    """Return name and address of ``Name <name@example.com>``; the name may be empty.

    An address has ASCII characters only, so that every server takes it; a name may
    have any that can be seen.

    Raises:
        ValueError: If it is not one address.

    Examples:
        >>> split_address('"Doe, Jane" <jane@example.com>')
        ('Doe, Jane', 'jane@example.com')
        >>> split_address("jane@example.com")
        ('', 'jane@example.com')
    """
    named = _NAMED.fullmatch(text.strip())
    name = named["name"].strip().strip('"').strip() if named else ""
    address = (named["address"] if named else text).strip()
    if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_ADDRESS:
        raise ValueError(f"no address: {text!r}")
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise ValueError(f"no name: {text!r}")
    return name, address


def is_loopback(host: str) -> bool:
    """Return whether what is sent to ``host`` stays on this machine.

    Examples:
        >>> [is_loopback(host) for host in ("localhost", "127.9.9.9", "10.0.0.1")]
        [True, True, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail.

    Attributes:
        security: ``starttls`` and ``tls`` verify its certificate against the
            system's trust; ``none`` is for loopback only.
        user: For AUTH; empty for none.
        password: Gives the password when it is needed; None without AUTH.
        timeout: Seconds for each step.

    Raises:
        ConfigurationError: If a letter would leave this machine in the clear.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: Callable[[], str] | None = field(default=None, repr=False)
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if self.security == "none" and not is_loopback(self.host):
            raise ConfigurationError(
                "smtp_security",
                f"'none' would send letter and password in the clear to {self.host}",
                "Write starttls or tls; none is for a server on this machine.",
            )


@dataclass(frozen=True, slots=True)
class Mail:
    """Who writes to whom, by which server.

    Attributes:
        sender: An address, with a name or without; see `split_address`.
        recipients: Likewise, each address once.
    """

    server: MailServer
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on a letter before it is opened.

    Attributes:
        key: Hash of what is sent, to whom, in which week: it goes once. Letters,
            digits, hyphens and underscores, at most 64.
        run: Id of the run it tells of, likewise.
        sender: An address, with a name or without; see `split_address`.
        recipient: Likewise.
        date: When it is written, with its time zone.
    """

    key: str
    run: str
    sender: str
    recipient: str
    date: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A letter to one recipient, ready to go.

    Attributes:
        key: Hash of what is sent, to whom, in which week: it goes once.
        run: Id of the run it tells of.
        sender: An address, with a name or without; see `split_address`.
        recipient: Likewise.
        content: The whole message as bytes, headers included, lines ending in CRLF.
    """

    key: str
    run: str
    sender: str
    recipient: str
    subject: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What the outbox remembers of a letter.

    Attributes:
        recipient: The address alone.
        at: When it was sent; of one that was not, when it was written.
        state: ``unsure`` where a try ended without an answer of the server.
    """

    key: str
    run: str
    recipient: str
    subject: str
    at: datetime
    state: Literal["waiting", "unsure", "sent"]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What became of the letters of an outbox.

    Attributes:
        sent: Those that a server took just now.
        failed: Those that were tried in vain, with the reason.
        waiting: How many are still in the outbox.
        remarks: Sentences on what else a person should know: a letter that may arrive
            a second time, one that was given up, a file that is no letter.
    """

    sent: tuple[Posted, ...] = ()
    failed: tuple[tuple[Posted, DeliveryError], ...] = ()
    waiting: int = 0
    remarks: tuple[str, ...] = ()
