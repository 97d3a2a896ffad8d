"""Letters to send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from triad_screener.delivery._message import compose
from triad_screener.model.document import Document, Image
from triad_screener.model.mail import Envelope

if TYPE_CHECKING:
    from triad_screener.model.mail import Message

SATURDAY = datetime(2026, 5, 16, 12, tzinfo=UTC)
PICTURE = Image("ranks", "image/png", bytes(range(256)) * 9)
TEXT = "TSM came in.\n.\n.hidden\nFrom here on: 台積電, Ünïcode.\n"
HTML = f"<p>TSM came in. <img src='cid:ranks'> {'a long line ' * 200}</p>\n"


def letter(
    key: str = "k1",
    subject: str = "triad: TSM in",
    *,
    sender: str = "Triad <triad@example.com>",
    recipient: str = "Jane <jane@example.com>",
    date: datetime = SATURDAY,
) -> Message:
    return compose(
        subject,
        Document("text/plain", TEXT),
        Document("text/html", HTML, (PICTURE,)),
        Envelope(key, "run1", sender, recipient, date),
    )
