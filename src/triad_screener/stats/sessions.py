"""On which sessions has a line nothing, though most of its exchange traded?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Lines of an exchange that a session must lie among, to tell whether it traded.
FEWEST_LINES: Final = 3


def missing(
    lines: NDArray[np.integer],
    sessions: NDArray[np.datetime64],
    exchanges: NDArray[np.integer],
) -> tuple[NDArray[np.intp], NDArray[np.datetime64]]:
    """Return the line and the day of every session that is missing, by line and day.

    The exchange traded on a day that lies within the histories of at least three of
    its lines, where more than half of these have a close. A line misses such a day if
    it has closes before and after it: what is not there yet, or no longer, is not
    missing.

    Args:
        lines: Of each close, as a number from 0 on; shape ``(n,)``.
        sessions: Of each close, a day; shape ``(n,)``.
        exchanges: Of each line, as a number; shape ``(lines,)``.

    Examples:
        Three lines; the last has no close on the second of three days:

        >>> days = np.array(["2026-05-13", "2026-05-14", "2026-05-15"], "M8[D]")
        >>> which = np.array([0, 0, 0, 1, 1, 1, 2, 2])
        >>> missing(which, days[[0, 1, 2, 0, 1, 2, 0, 2]], np.zeros(3, int))
        (array([2]), array(['2026-05-14'], dtype='datetime64[D]'))
    """
    days = sessions.astype("datetime64[D]")
    if not days.size:
        return np.empty(0, np.intp), days
    first = days.min()
    offsets = (days - first).astype(np.intp)
    has = np.zeros((int(offsets.max()) + 1, exchanges.size), bool)
    has[offsets, lines] = True
    absent = _within_history(has) & ~has
    # Not np.unique: it loads masked arrays, a noticeable part of a first screen.
    for exchange in sorted(set(exchanges.tolist())):
        of = exchanges == exchange
        traded, waited = has[:, of].sum(1), absent[:, of].sum(1)
        counts = (traded + waited >= FEWEST_LINES) & (traded > waited)
        absent[np.ix_(~counts, of)] = False
    at, when = np.nonzero(absent.T)
    return at, first + when


def _within_history(has: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where a line has begun and not ended, of days by lines."""
    begun = np.logical_or.accumulate(has)
    ended = np.logical_or.accumulate(has[::-1])[::-1]
    return begun & ended
