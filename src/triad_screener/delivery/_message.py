r"""How does a letter become bytes that every mail server takes?

Names, subject and text come from outside: none of it can begin a header or end one.
Every octet is ASCII and every line short, so no server needs an extension.
"""

from __future__ import annotations

import re
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from triad_screener.model.mail import Message, split_address

if TYPE_CHECKING:
    from email.message import MIMEPart

    from triad_screener.model.document import Document, Image
    from triad_screener.model.mail import Envelope

LONGEST_SUBJECT: Final = 250
_POLICY: Final = SMTP.clone(cte_type="7bit")
#: What may be a key, a run, or the name of a picture.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PICTURE: Final = re.compile(r"[A-Za-z0-9_.@-]{1,100}")
#: A name that a header may hold as it is.
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_LONGEST_LINE: Final = 76
_LONGEST_PLAIN: Final = 60
_LONGEST_WORD: Final = 60
#: Characters of the key in a boundary: a longer one is folded in a way few can read.
_BOUNDARY: Final = 32


def compose(
    subject: str, text: Document, html: Document, envelope: Envelope
) -> Message:
    """Return a letter with a part of plain text and one of HTML with its pictures.

    The same arguments give the same bytes; another date changes Date and Message-ID
    only. A subject is one line of what can be seen, cut after 250 characters.

    Raises:
        ValueError: If an address, the key, the run or a picture's name is not what it
            should be.
    """
    if not (_TOKEN.fullmatch(envelope.key) and _TOKEN.fullmatch(envelope.run)):
        raise ValueError(f"no key or no run: {envelope}")
    line = one_line(subject)
    content = _headers(line, envelope) + _body(text, html, envelope.key)
    return Message(
        key=envelope.key,
        run=envelope.run,
        sender=envelope.sender,
        recipient=envelope.recipient,
        subject=line,
        content=content,
    )


def one_line(text: str) -> str:
    r"""Return ``text`` as a subject: one line, without what cannot be seen.

    Examples:
        >>> one_line("TSM in\r\nBcc: x@y.z")
        'TSM in Bcc: x@y.z'
    """
    seen = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(seen.split())[:LONGEST_SUBJECT].rstrip()


def header(name: str, value: str) -> bytes:
    """Return a header of any text, encoded and folded as RFC 2047 wants it."""
    # A reader would decode what looks encoded; a line ends between words only.
    fits = all(len(word) <= _LONGEST_WORD for word in value.split(" "))
    plain = fits and value.isascii() and "=?" not in value
    charset = "us-ascii" if plain else "utf-8"
    return f"{name}: {_folded(value, charset, name)}\r\n".encode("ascii")


def _folded(value: str, charset: str, header_name: str) -> str:
    found = Header(value, charset, maxlinelen=_LONGEST_LINE, header_name=header_name)
    return found.encode(linesep="\r\n")


def _headers(subject: str, envelope: Envelope) -> bytes:
    sender, recipient = (
        split_address(text) for text in (envelope.sender, envelope.recipient)
    )
    domain = sender[1].rpartition("@")[2]
    moment = f"{envelope.date:%Y%m%d%H%M%S.%f}"
    fixed = {
        "Date": format_datetime(envelope.date),
        "Message-ID": f"<{envelope.key}.{moment}@{domain}>",
        "List-Id": f"Weekly letter of triad <letter.triad.{domain}>",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Triad-Run": envelope.run,
        "X-Triad-Key": envelope.key,
    }
    return b"".join(
        [
            _party("From", *sender),
            _party("To", *recipient),
            header("Subject", subject),
            *(f"{name}: {value}\r\n".encode("ascii") for name, value in fixed.items()),
        ]
    )


def _party(header_name: str, name: str, address: str) -> bytes:
    """Return a From or To; a name that is more than words goes encoded."""
    if not name:
        return f"{header_name}: {address}\r\n".encode("ascii")
    encoded = name
    if not _PLAIN_NAME.fullmatch(name) or len(name) > _LONGEST_PLAIN:
        encoded = _folded(name, "utf-8", header_name)
    line = f"{header_name}: {encoded} <{address}>"
    if len(line) > _LONGEST_LINE:
        line = f"{header_name}: {encoded}\r\n <{address}>"
    return f"{line}\r\n".encode("ascii")


def _body(text: Document, html: Document, key: str) -> bytes:
    """Return everything from MIME-Version on."""
    body = EmailMessage(policy=_POLICY)
    body.set_content(_tame(text.text))
    body.add_alternative(_tame(html.text), subtype="html")
    letter = list(body.iter_parts())[1]
    for image in html.images:
        _embed(letter, image)
    if html.images:
        letter.set_param("type", "text/html")
    # Chance would make every copy of a letter different.
    for number, part in enumerate(body.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{number}_{key[:_BOUNDARY]}")
    return body.as_bytes()


def _embed(letter: MIMEPart, image: Image) -> None:
    if not _PICTURE.fullmatch(image.name):
        raise ValueError(f"no name of a picture: {image.name!r}")
    kind, _, subkind = image.media_type.partition("/")
    letter.add_related(
        image.content,
        maintype=kind,
        subtype=subkind,
        cid=f"<{image.name}>",
        disposition="inline",
    )


def _tame(text: str) -> str:
    """Return ``text`` without what has no place in a part of a letter."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
