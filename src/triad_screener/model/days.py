"""Days as whole numbers: since 1970-01-01, as numpy and Arrow count them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_EPOCH: Final = date(1970, 1, 1).toordinal()
#: Stands for a day that is not known; earlier than any.
UNKNOWN: Final = np.iinfo(np.int32).min


def number(day: date | None) -> int:
    """Return the number of a day.

    Examples:
        >>> number(date(1970, 1, 2)), number(None) == UNKNOWN
        (1, True)
    """
    return UNKNOWN if day is None else day.toordinal() - _EPOCH


def numbers(days: Iterable[date | None]) -> NDArray[np.int32]:
    """Return the number of each day."""
    return np.array([number(day) for day in days], np.int32)


def day(found: int) -> date | None:
    """Return the day of a number; None where it is not known.

    Examples:
        >>> day(1), day(UNKNOWN)
        (datetime.date(1970, 1, 2), None)
    """
    return None if found == UNKNOWN else date.fromordinal(int(found) + _EPOCH)


def known_day(found: int) -> date:
    """Return the day of a number that is known."""
    return date.fromordinal(int(found) + _EPOCH)
