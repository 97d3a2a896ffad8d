"""What became of each line: total returns in US dollars, session by session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.market.prices import STALE_PRICE_DAYS
from triad_screener.market.rates import DOLLAR, STALE_FX_DAYS, dated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.market import MarketData, PriceSeries

#: Sessions from the as-of date to the close at which a line is bought: nobody buys at
#: the close that the score has seen.
DELAY: Final = 1
#: Days from the as-of date within which it is bought; the longest holidays end by then.
_LONGEST_WAIT: Final = np.timedelta64(14, "D")
#: A return beyond this is a mistake of the prices.
_LARGEST: Final = 1e3


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What each line was worth at each session of a common calendar.

    Attributes:
        sessions: On which at least half of the lines that had begun were traded,
            ascending, shape ``(d,)``.
        tickers: Shape ``(n,)``.
        values: Adjusted closes in US dollars, the last known of each session; NaN
            before the first, and without a rate. Shape ``(d, n)``.
        ages: Days from that close to the session, shape ``(d, n)``.
    """

    sessions: NDArray[np.datetime64]
    tickers: tuple[str, ...]
    values: NDArray[np.float64]
    ages: NDArray[np.float64]

    def bought_at(self, day: date) -> int:
        """Return the place of the session at which a ranking of ``day`` is bought.

        It lies beyond the last session if it has not come, and where the next session
        known is more than two weeks later: that would be another ranking's.
        """
        start = np.datetime64(day, "D")
        at = int(np.searchsorted(self.sessions, start, "right")) + DELAY - 1
        ahead = self.sessions[at : at + 1]
        return at if (ahead - start <= _LONGEST_WAIT).all() else self.sessions.size

    def returns(
        self, starts: Sequence[int], ends: Sequence[int]
    ) -> NDArray[np.float64]:
        """Return what each line earned between two sessions; shape ``(len, n)``.

        A line whose last close at the start is older than ten days has none. One whose
        closes end on the way earned what it had by its last close: what went bankrupt
        or was taken over counts. NaN otherwise, where a session has not come, and for
        more than a thousandfold, which is a mistake of the prices.
        """
        found = np.full((len(starts), len(self.tickers)), np.nan)
        for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if end < self.sessions.size:
                with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
                    earned = self.values[end] / self.values[start] - 1
                span = (self.sessions[end] - self.sessions[start]).astype(float)
                traded = self.ages[end] < span  # a close after the start
                fresh = self.ages[start] <= STALE_PRICE_DAYS
                found[at] = np.where(
                    fresh & traded & (earned <= _LARGEST), earned, np.nan
                )
        return found

    def only(self, tickers: Sequence[str]) -> Outcomes:
        """Return the same of these lines alone; one that is not known has no value."""
        at = {ticker: place for place, ticker in enumerate(self.tickers)}
        shape = (self.sessions.size, len(tickers))
        values, ages = np.full(shape, np.nan), np.full(shape, np.inf)
        for place, ticker in enumerate(tickers):
            if ticker in at:
                values[:, place] = self.values[:, at[ticker]]
                ages[:, place] = self.ages[:, at[ticker]]
        return Outcomes(self.sessions, tuple(tickers), values, ages)


def outcomes(
    market: MarketData, currencies: Mapping[str, str], as_of: date
) -> Outcomes:
    """Return what became of the lines and funds of ``market`` up to ``as_of``.

    Args:
        market: With prices and exchange rates.
        currencies: Of the prices, by ticker: lines and funds wanted. One without
            prices is left out.
        as_of: Last session that counts.
    """
    lines = {n: one for n, one in _series(market).items() if n in currencies}
    every = {
        **{name: found for name, found in market.funds.items() if name in currencies},
        **lines,
    }
    sessions = _until(calendar(list(lines.values())), as_of)
    values, ages = np.full((2, sessions.size, len(every)), np.nan)
    for place, (ticker, prices) in enumerate(every.items()):
        value, age = _at(prices.sessions, prices.adjusted, sessions)
        with np.errstate(over="ignore"):  # returns beyond all bounds do not count
            values[:, place] = value * _rates(market, currencies[ticker], sessions)
        ages[:, place] = age
    return Outcomes(sessions, tuple(every), values, ages)


def sessions(market: MarketData, as_of: date) -> NDArray[np.datetime64]:
    """Return the sessions that the lines of ``market`` have in common."""
    return _until(calendar(list(_series(market).values())), as_of)


def _series(market: MarketData) -> dict[str, PriceSeries]:
    tables = market.tables
    found = ((name, tables.prices.of(at)) for at, name in enumerate(tables.tickers))
    return {name: prices for name, prices in found if prices}


def _until(days: NDArray[np.datetime64], as_of: date) -> NDArray[np.datetime64]:
    return days[days <= np.datetime64(as_of, "D")]


def calendar(series: Sequence[PriceSeries]) -> NDArray[np.datetime64]:
    """Return the sessions that at least half of the lines begun by then have."""
    if not series:
        return np.array([], "datetime64[D]")
    every = np.concatenate([one.sessions for one in series])
    days, counts = np.unique(every, return_counts=True)
    firsts = np.sort(np.array([one.sessions[0] for one in series]))
    begun = np.searchsorted(firsts, days, side="right")
    found: NDArray[np.datetime64] = days[2 * counts >= begun]
    return found


def _at(
    days: NDArray[np.datetime64],
    values: NDArray[np.float64],
    sessions: NDArray[np.datetime64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the last value known at each session and its age in days."""
    at = np.searchsorted(days, sessions, side="right") - 1
    known = at >= 0
    ages = (sessions - days[at.clip(0)]).astype("timedelta64[D]").astype(float)
    return np.where(known, values[at.clip(0)], np.nan), np.where(known, ages, np.inf)


def _rates(
    market: MarketData, currency: str, sessions: NDArray[np.datetime64]
) -> NDArray[np.float64]:
    """Return US dollars per unit at each session; NaN where older than 45 days."""
    if currency == DOLLAR:
        return np.ones(sessions.size)
    rates, ages = dated(market.tables.fx.get(currency, ()), sessions.astype(np.int32))
    return np.where(ages <= STALE_FX_DAYS, rates, np.nan)
