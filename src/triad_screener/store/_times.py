"""How does a moment stand in the store? In UTC, without saying so."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def stored(moment: datetime) -> datetime:
    """Return ``moment`` as the store keeps it.

    Examples:
        >>> from datetime import datetime
        >>> stored(datetime.fromisoformat("2026-05-15T22:00+02:00"))
        datetime.datetime(2026, 5, 15, 20, 0)
    """
    return moment.astimezone(UTC).replace(tzinfo=None)


def read(moment: datetime) -> datetime:
    """Return a stored moment as one in UTC."""
    return moment.replace(tzinfo=UTC)


def read_or_none(moment: datetime | None) -> datetime | None:
    """Return a stored moment as one in UTC; None stays None."""
    return read(moment) if moment else None
