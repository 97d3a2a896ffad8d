"""A request that failed: is it worth another try, and when?"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from triad_screener.model.live import FetchFailure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: How much a failure adds to the strain that opens the breaker, at ten.
REFUSAL, CUT, HARD, AT_ONCE = 1, 2, 5, 10


class Setback(FetchFailure):
    """A request that failed, and what follows from it.

    Args:
        reason: As for `FetchFailure`.
        detail: One sentence for a person.
        strain: What it adds to the strain on the breaker.
        again: Whether another try may help.
        after: Seconds that the vendor asks to wait; None if it does not.
    """

    def __init__(
        self,
        reason: str,
        detail: str,
        *,
        strain: int = REFUSAL,
        again: bool = True,
        after: float | None = None,
    ) -> None:
        super().__init__(reason, detail)
        self.strain = strain
        self.again = again
        self.after = after


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a ``Retry-After``; None without one that can be read."""
    text = str(headers.get("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    until, now = _moment(text), answered_at(headers)
    return max(0.0, (until - now).total_seconds()) if until and now else None


def answered_at(headers: Mapping[str, str]) -> datetime | None:
    """Return the time of the server that answered; None if it does not say."""
    return _moment(str(headers.get("Date") or ""))


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None
