"""What a live source might have answered, made by hand.

Friday 15 May 2026 is the newest session; everything is fetched on the day after.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from samples import lines_of
from triad_screener.model.live import Bars, Fetched, QuoteFacts, Task
from triad_screener.model.market import DatedValue, StatementCell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from triad_screener.model.live import Content, Kind
    from triad_screener.model.market import Frequency, MarketData, PriceSeries
    from triad_screener.model.taxonomy import Taxonomy

FRIDAY = date(2026, 5, 15)
SATURDAY = datetime(2026, 5, 16, 12, tzinfo=UTC)
QUARTER = date(2026, 3, 31)
YEAR = date(2025, 12, 31)


def may(day: int) -> date:
    """A day of May 2026."""
    return date(2026, 5, day)


def fetched(
    kind: Kind,
    symbol: str,
    content: Content | None,
    *,
    at: datetime = SATURDAY,
    since: date | None = None,
    reason: str = "",
) -> Fetched:
    """What came of one task."""
    detail = f"{symbol} is {reason}" if reason else ""
    return Fetched(Task(kind, symbol, since), at, 0.25, content, reason, detail)


def prices(  # noqa: PLR0913 - the parts of an answer
    symbol: str,
    closes: Sequence[float],
    *,
    last: date = FRIDAY,
    volumes: Sequence[float] | None = None,
    dividends: Mapping[date, float] | None = None,
    splits: Mapping[date, float] | None = None,
    currency: str = "USD",
    forming_until: datetime | None = None,
    **task: Any,  # noqa: ANN401 - fields of a task
) -> Fetched:
    """Bars of consecutive days up to ``last``."""
    end = np.datetime64(last, "D")
    bars = Bars(
        np.arange(end - len(closes) + 1, end + 1),
        np.array(closes, np.float64),
        np.full(len(closes), nan) if volumes is None else np.array(volumes, np.float64),
        tuple((dividends or {}).items()),
        tuple((splits or {}).items()),
        currency,
        currency,
        forming_until,
    )
    return fetched("prices", symbol, bars, **task)


def cell(
    value: float,
    end: date = QUARTER,
    *,
    item: str = "TotalRevenue",
    frequency: Frequency = "quarterly",
    currency: str = "USD",
) -> StatementCell:
    """One figure of a statement, as the live source gives it."""
    return StatementCell(
        frequency, item, end, value, currency, None, "Yahoo Finance", ""
    )


def statements(symbol: str, *cells: StatementCell, **task: Any) -> Fetched:  # noqa: ANN401 - likewise
    """Statements of one line."""
    return fetched("statements", symbol, cells, **task)


def quote(symbol: str, *, at: datetime = SATURDAY, **facts: Any) -> Fetched:  # noqa: ANN401 - fields of a quote
    """A quote of one line."""
    known = {"name": f"{symbol} Inc", "kind": "equity", "price_currency": "USD"}
    return fetched("quotes", symbol, QuoteFacts(**{**known, **facts}), at=at)


def rates(currency: str, values: Mapping[date, float], **task: Any) -> Fetched:  # noqa: ANN401 - likewise
    """US dollars per unit on some days."""
    found = tuple(DatedValue(value, day, "a bank") for day, value in values.items())
    return fetched("rates", currency, found, **task)


def failed(kind: Kind, symbol: str, reason: str, **task: Any) -> Fetched:  # noqa: ANN401 - likewise
    """A task that gave no figures."""
    return fetched(kind, symbol, None, reason=reason, **task)


def of_market(market: MarketData, taxonomy: Taxonomy) -> list[Fetched]:
    """Market data as if a live source had answered them, filing days left out."""
    found = [rates_of(currency, known) for currency, known in market.tables.fx.items()]
    for ticker, line in lines_of(market).items():
        constituent = taxonomy.constituent(ticker)
        assert constituent is not None
        identity = constituent.identity
        if line.prices:
            bars = Bars(
                line.prices.sessions,
                line.prices.adjusted,
                line.prices.volumes,
                (),
                (),
                identity.price_currency,
                identity.price_currency,
            )
            found.append(fetched("prices", ticker, bars))
        cells = tuple(one._replace(filed=None, note="") for one in line.cells)
        found.append(fetched("statements", ticker, cells))
        if line.shares:
            receipts = line.shares.value / identity.ordinary_per_receipt
            found.append(quote(ticker, shares=receipts))
    return [*found, *map(_fund, market.funds.items())]


def _fund(known: tuple[str, PriceSeries]) -> Fetched:
    ticker, series = known
    closes = series.sessions, series.adjusted, series.volumes
    return fetched("prices", ticker, Bars(*closes, (), (), "USD", "USD"))


def rates_of(currency: str, known: Sequence[DatedValue]) -> Fetched:
    """Rates as if a live source had answered them."""
    return fetched("rates", currency, tuple(known))
