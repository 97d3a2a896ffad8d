"""What time is it? The one place that asks; everything below is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final, TypeVar

from triad_screener.errors import ConfigurationError

#: A clock that is later is broken, and calendars end soon after.
_LAST_YEAR: Final = 2999

_Day = TypeVar("_Day", bound=date)


def now() -> datetime:
    """Return the time in UTC.

    Raises:
        ConfigurationError: If the clock shows what no calendar has.
    """
    return _sound(lambda: datetime.now(UTC))


def today() -> date:
    """Return the day of the reader's shell.

    Raises:
        ConfigurationError: If the clock shows what no calendar has.
    """
    return _sound(date.today)


def _sound(ask: Callable[[], _Day]) -> _Day:
    try:
        found = ask()
    except (OverflowError, ValueError, OSError):
        found = None
    if found is None or found.year > _LAST_YEAR:
        raise ConfigurationError(
            "the clock of this machine",
            f"is beyond the year {_LAST_YEAR}",
            "Set the clock, then run the command again.",
        )
    return found
