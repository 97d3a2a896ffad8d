"""What time is it? The one place that asks; everything below is told."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day of the reader's shell."""
    return date.today()  # noqa: DTZ011 - the reader's own day, for ages
