"""What a source knows of many stocks, as tables: one array a column.

Days are numbers of `model.days`; words are numbers of a list of words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model import days
from triad_screener.model.market import (
    DatedValue,
    ForwardFigure,
    PriceSeries,
    StatementCell,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Prices:
    """Daily bars: all of the first stock, oldest first, then those of the next.

    Attributes:
        starts: Row at which the bars of each of ``n`` stocks begin, and the end; shape
            ``(n + 1,)``.
        sessions: Day of each bar; shape ``(r,)``.
        adjusted: Closes adjusted for splits and dividends; finite, above zero.
        closes: Closes adjusted for splits only; NaN where not known.
        volumes: Shares traded; NaN where not known.
        sources: Who published the bars of each stock.
        adjusted_to: Day up to which every split and dividend is in the closes, to be
            taken back for an earlier day; unknown where they stand as they were given.
    """

    starts: NDArray[np.int64]
    sessions: NDArray[np.int32]
    adjusted: NDArray[np.float64]
    closes: NDArray[np.float64]
    volumes: NDArray[np.float64]
    sources: tuple[str, ...]
    adjusted_to: int = days.UNKNOWN

    def of(self, stock: int) -> PriceSeries | None:
        """Return the bars of one stock; None where it has none."""
        rows = slice(self.starts[stock], self.starts[stock + 1])
        if rows.start == rows.stop:
            return None
        sessions = self.sessions[rows].astype("datetime64[D]")
        parts = (self.adjusted[rows], self.closes[rows], self.volumes[rows])
        return PriceSeries(sessions, *parts)


@dataclass(frozen=True, slots=True)
class Cells:
    """Figures of statements, in the order of the source; shape ``(r,)`` each.

    Attributes:
        stocks: Place of the stock.
        annual: Whether the period is a fiscal year, else a quarter.
        items: Word of the row, as yfinance spells it.
        ends: Last day of the period, or of the balance sheet.
        values: In units of the currency.
        currencies: Word of the currency, or of ``"shares"``.
        filed: Day it became public; unknown where not established.
        seen: Day a vendor was first seen to show it; unknown where its filing is.
        sources: Word of who published it.
        notes: Word of what the source says of it.
        words: What the numbers of words stand for.
    """

    stocks: NDArray[np.int32]
    annual: NDArray[np.bool_]
    items: NDArray[np.int32]
    ends: NDArray[np.int32]
    values: NDArray[np.float64]
    currencies: NDArray[np.int32]
    filed: NDArray[np.int32]
    seen: NDArray[np.int32]
    sources: NDArray[np.int32]
    notes: NDArray[np.int32]
    words: tuple[str, ...]

    def cell(self, row: int) -> StatementCell:
        """Return one figure."""
        end = days.known_day(self.ends[row])
        return StatementCell(
            "annual" if self.annual[row] else "quarterly",
            self.words[self.items[row]],
            end,
            float(self.values[row]),
            self.words[self.currencies[row]],
            days.day(self.filed[row]),
            self.words[self.sources[row]],
            self.words[self.notes[row]],
            days.day(self.seen[row]),
        )


@dataclass(frozen=True, slots=True)
class Dated:
    """A figure of a day for some stocks, stock by stock, oldest first.

    Attributes:
        days: Unknown days come first.
        source: Word of who published each, among the words.
    """

    stocks: NDArray[np.int32]
    days: NDArray[np.int32]
    values: NDArray[np.float64]
    sources: NDArray[np.int32]
    words: tuple[str, ...]

    def newest(self) -> dict[int, DatedValue]:
        """Return the newest figure of each stock that has one."""
        return {
            int(stock): DatedValue(
                float(self.values[row]),
                days.day(self.days[row]),
                self.words[self.sources[row]],
            )
            for row, stock in enumerate(self.stocks)
        }


@dataclass(frozen=True, slots=True)
class Counted(Dated):
    """Counts of shares, as they were on their day.

    Attributes:
        implied: Whether each is a market capitalisation over a price.
        quoted_at: Price beside each, in the price currency; NaN where not known.
    """

    implied: NDArray[np.bool_]
    quoted_at: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expected:
    """What analysts expected, stock by stock, oldest first; NaN where nobody said."""

    stocks: NDArray[np.int32]
    days: NDArray[np.int32]
    price_earnings: NDArray[np.float64]
    earnings_per_share: NDArray[np.float64]
    prices: NDArray[np.float64]
    sources: NDArray[np.int32]
    words: tuple[str, ...]

    def figure(self, row: int) -> ForwardFigure:
        """Return what was expected on one day."""
        return ForwardFigure(
            days.known_day(self.days[row]),
            _or_none(self.price_earnings[row]),
            _or_none(self.earnings_per_share[row]),
            _or_none(self.prices[row]),
            self.words[self.sources[row]],
        )


@dataclass(frozen=True, slots=True)
class Tables:
    """What a source knows of ``n`` stocks.

    Attributes:
        tickers: In the order asked for.
        known: Whether the source knows anything of each; shape ``(n,)``.
        shares: Ordinary shares of all classes.
        class_shares: Ordinary shares of the quoted class alone.
        market_capitalisations: By the source, in the price currency.
        traded: Value traded in a day by the source, US dollars; NaN where not told.
        reports: Day on which results were expected, as a number, by the day it was
            heard; it may be over.
        splits: New shares for an old one, by the first session at the new price.
        fx: US dollars per unit by currency, oldest first.
    """

    tickers: tuple[str, ...]
    known: NDArray[np.bool_]
    prices: Prices
    cells: Cells
    shares: Counted
    class_shares: Counted
    market_capitalisations: Dated
    traded: NDArray[np.float64]
    expected: Expected
    reports: Dated
    splits: Dated
    fx: Mapping[str, tuple[DatedValue, ...]]


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
