"""Send the letter: to whom, only once, and what of those that wait?"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from triad_screener.delivery._message import compose
from triad_screener.delivery.outbox import WAIT
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
    """Return a hash of configuration, figures, their day, recipient and week.

    A job that is tried again has the same, and the letter goes once.
    """
    year, week, _ = now.isocalendar()
    parts = {
        "as_of": run.as_of.isoformat(),
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
    past = [one.at for one in letters if one.at <= now]
    return not past or (now - max(past)).total_seconds() >= days * 86_400


def require_sent(done: Dispatch) -> None:
    """Pass where everything went.

    Raises:
        DeliveryError: If a letter did not, with the reason of each that was tried.
    """
    if not done.failed:
        return
    whom: dict[str, list[str]] = {}
    for letter, error in done.failed:
        whom.setdefault(error.what, []).append(letter.recipient)
    count = max(done.waiting, len(done.failed))
    if count == 1:
        (reason,) = whom
        told = f"The letter to {whom[reason][0]} was not sent. {reason}"
    else:
        reasons = (f"To {', '.join(names)}: {reason}" for reason, names in whom.items())
        told = f"{count} letters were not sent. {' '.join(reasons)}"
    remedy = done.failed[0][1].remedy
    raise DeliveryError(told, f"{remedy} What waits is tried for {WAIT.days} days.")
