"""What is a letter made of, and what can nobody put into it?"""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from delivery.letters import HTML, PICTURE, SATURDAY, TEXT, letter
from triad_screener.delivery._message import compose
from triad_screener.model.document import Document, Image
from triad_screener.model.mail import Envelope, split_address

if TYPE_CHECKING:
    from email.message import EmailMessage, Message

    from triad_screener.model import mail

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "Auto-Submitted",
    "Precedence",
    "X-Triad-Run",
    "X-Triad-Key",
    "MIME-Version",
    "Content-Type",
]
HOSTILE = [
    "TSM in\r\nBcc: thief@example.com",
    "TSM in\n\nA body of my own",
    "TSM\x00in\x85Bcc: thief@example.com",
    "TSM\u2028Bcc: thief@example.com\u202etxt",
    "=?utf-8?q?TSM=0D=0ABcc:_thief@example.com?=",
    "台積電 =?utf-8?b?DQpCY2M6IHRoaWVmQGV4YW1wbGUuY29t?=",
    "\ud800 half a pair",
    "a" * 5000,
    "wide " * 1000,
    "積" * 1000,
    "",
]


def opened(message: mail.Message) -> EmailMessage:
    return message_from_bytes(message.content, policy=default)


def readable(message: mail.Message, name: str) -> str:
    """Return a header as RFC 2047 reads it, also where it stands on several lines."""
    kept = message_from_bytes(message.content)[name].replace("\r\n", "")
    return str(make_header(decode_header(kept))).replace("  <", " <")


def content(part: Message) -> str:
    """Return a part's text with the line ends it had."""
    found: str = part.get_content()  # type: ignore[attr-defined]
    return found.replace("\r\n", "\n")


def test_a_letter_has_text_first_then_html_with_its_pictures() -> None:
    found = opened(letter())

    kinds = [part.get_content_type() for part in found.walk()]
    text, html, image = (p for p in found.walk() if not p.is_multipart())

    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert content(text) == TEXT
    assert content(html) == HTML
    assert image.get_content() == PICTURE.content
    assert image["Content-ID"] == "<ranks>"
    assert image.get_content_disposition() == "inline"


def test_a_letter_says_what_it_is() -> None:
    found = opened(letter())

    assert found.keys() == HEADERS
    assert found["Date"].datetime == SATURDAY
    assert found["Message-ID"] == "<k1.20260516120000.000000@example.com>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["List-Id"].endswith("<letter.triad.example.com>")
    assert (found["X-Triad-Run"], found["X-Triad-Key"]) == ("run1", "k1")


def test_another_moment_changes_date_and_message_id_only() -> None:
    first, same = letter(), letter()
    later = letter(date=SATURDAY + timedelta(seconds=1))

    lines = zip(first.content.split(b"\r\n"), later.content.split(b"\r\n"), strict=True)
    changed = {one.partition(b":")[0] for one, other in lines if one != other}

    assert first == same
    assert changed == {b"Date", b"Message-ID"}


@pytest.mark.parametrize("subject", HOSTILE)
def test_no_subject_adds_a_header_or_a_long_line(subject: str) -> None:
    message = letter(subject=subject)

    found = opened(message)
    lines = message.content.split(b"\r\n")

    assert found.keys() == HEADERS
    assert found["Subject"] == message.subject
    assert len(message.subject) <= 250
    assert message.content.isascii()
    assert b"\0" not in message.content
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert len(list(found.walk())) == 5


def test_a_long_subject_is_folded_and_reads_as_it_was() -> None:
    subject = "triad: " + ", ".join(f"T{number} in" for number in range(30))

    message = letter(subject=subject)

    heads = message.content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in heads if not line.startswith(b"Message")) <= 78
    assert opened(message)["Subject"] == subject


@pytest.mark.parametrize(
    "name",
    [
        "Jane",
        "Jané Döe",
        "Doe, Jane",
        "=?utf-8?q?a=0D=0ABcc:_x@y.z?=",
        "thief@example.com,",
        "積" * 100,
        "A rather long name " * 10,
    ],
)
def test_a_name_is_a_name_and_no_second_address(name: str) -> None:
    message = letter(recipient=f"{name} <jane@example.com>")

    found = opened(message)
    (party,) = found["To"].addresses

    assert found.keys() == HEADERS
    assert party.addr_spec == "jane@example.com"
    assert readable(message, "To").rpartition(" <")[0] == name.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane@",
        "jané@example.com",
        "jane@exämple.com",
        "jane@example.com\r\nBcc: x@y.z",
        "Ja\nne <jane@example.com>",
        "Ja\u2028ne <jane@example.com>",
        "Ja\0ne <jane@example.com>",
        "a@b.c <jane@example.com> <x@y.z>",
        "jane@example.com> RCPT TO:<x@y.z",
        "a b@example.com",
        "a,b@example.com",
        f"{'a' * 250}@example.com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (address|name)"):
        split_address(text)
    with pytest.raises(ValueError, match=r"no (address|name)"):
        letter(recipient=text)


@pytest.mark.parametrize("key", ["", "a/b", "a\r\nBcc: x@y.z", "..", "a" * 65])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        letter(key)


def test_a_text_of_any_signs_passes_and_no_picture_needs_no_envelope() -> None:
    message = compose(
        "s",
        Document("text/plain", "a\0b\ud800 " + "x" * 3000 + "\r\nend"),
        Document("text/html", "<p>--=_0_k1--</p>"),
        Envelope("k1", "r", "a@example.com", "b@example.com", SATURDAY),
    )

    found = opened(message)
    text, html = found.iter_parts()

    assert content(text) == "ab? " + "x" * 3000 + "\nend\n"
    assert html.get_content_type() == "text/html"
    assert max(map(len, message.content.split(b"\r\n"))) <= 998


def test_a_picture_by_a_name_with_a_line_end_is_refused() -> None:
    bad = Image("a>\r\nBcc: x", "image/png", b"")
    html = Document("text/html", "", (bad,))
    envelope = Envelope("k1", "r", "a@example.com", "b@example.com", SATURDAY)

    with pytest.raises(ValueError, match="Bcc"):
        compose("s", Document("text/plain", ""), html, envelope)
