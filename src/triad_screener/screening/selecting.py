"""Which session is the newest, and which lines are shown?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.errors import NoDataError
from triad_screener.model import days

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.model.market import MarketData
    from triad_screener.model.tables import Prices


def newest_session(prices: Prices, lines: int, description: str) -> date:
    """Return the newest session that at least half of the lines asked for have.

    A line or two that is ahead of the others must not date the whole screen.

    Args:
        prices: Of the lines.
        lines: How many were asked for.
        description: Of the source.

    Raises:
        NoDataError: If no session has that many.
    """
    if prices.sessions.size:
        first = prices.sessions.min()
        counts = np.bincount(prices.sessions - first)
        enough = np.flatnonzero((counts > 0) & (2 * counts >= lines))
        if enough.size:
            return days.known_day(enough[-1] + first)
    raise NoDataError(
        f"The source ({description}) has no session for half of the lines.",
        "Give the day with --as-of DATE, or use another --source.",
    )


def newest_day(market: MarketData) -> date:
    """Return the newest session of a source; see `newest_session`."""
    tables = market.tables
    return newest_session(tables.prices, len(tables.tickers), market.description)


def require_session(market: MarketData, as_of: date) -> None:
    """Check that the source knows a price on or before ``as_of``.

    Raises:
        NoDataError: If its data begin later.
    """
    if not market.tables.tickers:
        return  # nothing was asked for
    sessions = market.tables.prices.sessions
    first = days.known_day(sessions.min()) if sessions.size else None
    if first is None or first > as_of:
        begins = f"begins on {first}" if first is not None else "has no price"
        raise NoDataError(
            f"There are no data on {as_of}: the source ({market.description}) "
            f"{begins}.",
            "Give a later day with --as-of DATE, or use another --source.",
        )
