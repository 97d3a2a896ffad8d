"""Market data: what does a source know about each line, and since when?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from triad_screener.model.gap import Gap
    from triad_screener.model.tables import Tables

Frequency = Literal["annual", "quarterly"]
#: The unit of share counts, in the place of a currency.
SHARES = "shares"
#: What `LineData.shares` is where a source states it.
STATED: Final = "shares outstanding"
#: First session at the new price, and new shares per old share.
Split: TypeAlias = "tuple[date, float]"


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """Daily closes of one line, oldest first, in its price currency.

    Attributes:
        sessions: Local dates of the exchange, ascending; shape ``(n,)``.
        adjusted: Closes adjusted for splits and dividends; finite, above zero.
        closes: Closes adjusted for splits only; NaN where not known.
        volumes: Shares traded; NaN where not known.
    """

    sessions: NDArray[np.datetime64]
    adjusted: NDArray[np.float64]
    closes: NDArray[np.float64]
    volumes: NDArray[np.float64]


class StatementCell(NamedTuple):
    """One figure of a financial statement; a tuple, since there are thousands.

    Attributes:
        frequency: ``"annual"`` or ``"quarterly"``.
        item: Row name as yfinance spells its keys, such as ``"TotalRevenue"``.
        period_end: Last day of the period, or of the balance sheet.
        value: In units of ``currency``.
        currency: ISO 4217, or ``"shares"``.
        filed: Day it became public, known from its filing; None where not established.
        source: Who published it.
        note: What the source says of it; a note on an outlier confirms it.
        seen: Day a vendor was first seen to show it, where its filing is not known; it
            counts from then, and nothing is confirmed by it.
    """

    frequency: Frequency
    item: str
    period_end: date
    value: float
    currency: str
    filed: date | None
    source: str
    note: str
    seen: date | None = None


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A figure and its day; the day may be unknown."""

    value: float
    date: date | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ForwardFigure:
    """What analysts expected on one day, as a vendor showed it."""

    date: date
    price_earnings: float | None
    earnings_per_share: float | None
    price: float | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LineData:
    """Everything a source knows about one line; absent parts are empty.

    Attributes:
        shares: Ordinary shares of all classes.
        reports_on: First day on which results are expected, as last heard; it may be
            over.
        shares_item: Item of the figure ``shares``.
        class_shares: Ordinary shares of the quoted class alone.
        splits: Oldest first.
    """

    ticker: str
    prices: PriceSeries | None = None
    cells: tuple[StatementCell, ...] = ()
    shares: DatedValue | None = None
    market_capitalisation: DatedValue | None = None
    average_daily_value_usd: float | None = None
    forward: tuple[ForwardFigure, ...] = ()
    price_source: str = ""
    reports_on: date | None = None
    shares_item: str = STATED
    class_shares: DatedValue | None = None
    splits: tuple[Split, ...] = ()


@dataclass(frozen=True, slots=True)
class MarketData:
    """What one source knows about a universe.

    Attributes:
        source: Name as registered, such as ``"bundled"``.
        description: Where the figures come from, for the first line on screen.
        tables: The figures of all lines that were asked for.
        digest: SHA-256 over the figures, the same for the same figures.
        warnings: What a reader should know of the source as a whole.
        gaps: What the source was asked for and could not give, line by line.
        funds: Prices of benchmarks by ticker; one that is not known is absent.
    """

    source: str
    description: str
    tables: Tables
    digest: str
    warnings: tuple[str, ...] = field(default=())
    gaps: tuple[Gap, ...] = field(default=())
    funds: Mapping[str, PriceSeries] = field(default_factory=dict)
