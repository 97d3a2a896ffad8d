"""Do new bars fit the ones that are kept, or has the past been revised?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.model.live import FetchFailure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from triad_screener.model.live import Bars, LastFetch

#: Largest relative difference between two closes of one session that are the same.
SAME_CLOSE: Final = 0.005
#: Share of the kept sessions that a whole history must at least have.
LEAST_HISTORY: Final = 0.9


def revises_the_past(bars: Bars, newest: date, kept: Mapping[date, float]) -> bool:
    """Return whether the kept history no longer fits ``bars``: a split, or a mend.

    The newest kept session may have been still going on, so it proves nothing.

    Args:
        bars: As they came now.
        newest: The newest session kept.
        kept: Closes kept, by session, on or after the first of ``bars``.
    """
    if any(day > newest for day, _ in bars.splits):
        return True
    sessions = bars.sessions.tolist()
    return any(
        abs(close / kept[day] - 1) > SAME_CLOSE
        for day, close in zip(sessions, bars.closes.tolist(), strict=True)
        if day in kept and day < newest
    )


def require_progress(bars: Bars, last: LastFetch | None, *, whole: bool) -> None:
    """Refuse bars that would take away what is kept.

    Args:
        bars: As they came now.
        last: What is kept; None if nothing.
        whole: Whether the bars are the whole history.

    Raises:
        FetchFailure: If they end before the newest session kept, or are a whole
            history with far fewer sessions.
    """
    if last is None or last.newest is None:
        return
    end: date = bars.sessions[-1].item()
    if end < last.newest:
        detail = f"prices end on {end}, and those of {last.newest} are kept already"
        raise FetchFailure("rejected: older than kept", detail)
    if whole and bars.sessions.size < LEAST_HISTORY * last.count:
        detail = f"{bars.sessions.size} sessions came, and {last.count} are kept"
        raise FetchFailure("rejected: history cut short", detail)
