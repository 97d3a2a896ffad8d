"""Send the letter: to whom, only once, and what of those that wait?"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from triad_screener.delivery._message import compose
from triad_screener.errors import DeliveryError
from triad_screener.model.document import Style
from triad_screener.model.mail import Envelope, split_address
from triad_screener.rendering import MAIL_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from triad_screener.model.mail import Dispatch, Message, Posted
    from triad_screener.model.screen import Run
    from triad_screener.reporting.letter import Letter

#: Columns of the text part: fits a reader's window even when it is quoted.
WIDTH: Final = 72
_KEY_LENGTH: Final = 32


def messages(
    letter: Letter, sender: str, recipients: Sequence[str], now: datetime
) -> Iterator[Message]:
    """Yield the letter to each recipient, as bytes that a server takes."""
    style = Style(width=WIDTH)
    text, html = (MAIL_PARTS[part](letter.report, style) for part in ("text", "html"))
    for recipient in recipients:
        key = send_once_key(letter.run, recipient, now)
        envelope = Envelope(key, letter.run.id, sender, recipient, now)
        yield compose(letter.subject, text, html, envelope)


def send_once_key(run: Run, recipient: str, now: datetime) -> str:
    """Return a hash of the configuration, the figures, the recipient and the week.

    A job that is tried again has the same, and the letter goes once.
    """
    year, week, _ = now.isocalendar()
    parts = {
        "config": run.config_hash,
        "figures": run.data_hash,
        "incumbents": run.incumbents,
        "recipe": run.recipe,
        "recipient": split_address(recipient)[1].casefold(),
        "universe": run.universe,
        "week": f"{year}-W{week:02}",
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]


def is_due(
    letter: Letter, letters: Sequence[Posted], now: datetime, days: float | None
) -> bool:
    """Return whether a letter has something to say, or the last one is long ago."""
    return letter.is_material or is_overdue(letters, now, days)


def is_overdue(letters: Sequence[Posted], now: datetime, days: float | None) -> bool:
    """Return whether the last letter is so long ago that silence needs a word.

    Args:
        letters: Those that were sent or wait, the newest first.
        now: With its time zone.
        days: Longest silence; None for as long as nothing happens.
    """
    if days is None:
        return False
    return not letters or (now - letters[0].at).total_seconds() >= days * 86_400


def require_sent(done: Dispatch) -> None:
    """Pass where everything went.

    Raises:
        DeliveryError: If a letter did not; the first one tells why.
    """
    if not done.failed:
        return
    letter, error = done.failed[0]
    count = max(done.waiting, len(done.failed))
    whose = f"The letter to {letter.recipient} was"
    if count > 1:
        whose = f"{count} letters, the first of them to {letter.recipient}, were"
    raise DeliveryError(f"{whose} not sent. {error.what}", error.remedy)
