"""Which session is the newest, and which lines are shown?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.errors import NoDataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from triad_screener.model.market import MarketData


def newest_session(market: MarketData, tickers: Sequence[str]) -> date:
    """Return the newest session that at least half of the lines have.

    A line or two that is ahead of the others must not date the whole screen.

    Raises:
        NoDataError: If no session has that many.
    """
    series = [
        line.prices.sessions
        for ticker in tickers
        if (line := market.lines.get(ticker)) and line.prices
    ]
    if series:
        sessions = np.sort(np.concatenate(series))
        counts = np.searchsorted(sessions, sessions, side="right") - np.searchsorted(
            sessions, sessions, side="left"
        )
        enough = sessions[2 * counts >= len(tickers)]
        if enough.size:
            newest: date = enough[-1].item()
            return newest
    raise NoDataError(
        f"The source ({market.description}) has no session for half of the lines.",
        "Give the day with --as-of DATE, or use another --source.",
    )


def require_session(market: MarketData, as_of: date) -> None:
    """Check that the source knows a price on or before ``as_of``.

    Raises:
        NoDataError: If its data begin later.
    """
    first = min(
        (line.prices.sessions[0] for line in market.lines.values() if line.prices),
        default=None,
    )
    if first is None or first > np.datetime64(as_of, "D"):
        begins = f"begins on {first}" if first is not None else "has no price"
        raise NoDataError(
            f"There are no data on {as_of}: the source ({market.description}) "
            f"{begins}.",
            "Give a later day with --as-of DATE, or use another --source.",
        )
