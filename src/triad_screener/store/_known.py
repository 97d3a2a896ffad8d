"""What did the store know on a day? Market data, point in time.

Prices are kept as the source adjusts them today: for every split it knows. For a day
in the past the splits after it are taken back; dividends count from their ex-date on,
and a price that was revised since is as it was.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import log
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

import numpy as np

from triad_screener.errors import NoDataError
from triad_screener.fundamentals.share_counts import OF_QUOTE, SAME, since_split
from triad_screener.fundamentals.statements import FOREIGN_ANNUAL_LAG_DAYS, LAG_DAYS
from triad_screener.model.gap import Gap
from triad_screener.model.market import (
    STATED,
    DatedValue,
    ForwardFigure,
    LineData,
    MarketData,
    PriceSeries,
    StatementCell,
)
from triad_screener.screening.selecting import newest_session
from triad_screener.stats.returns import adjusted_for_dividends
from triad_screener.store import _rows
from triad_screener.store._digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from triad_screener.model.market import Split
    from triad_screener.model.taxonomy import Benchmark, Constituent

    _Columns: TypeAlias = dict[str, NDArray[Any]]

NAME: Final = "store"
PUBLISHER: Final = "Yahoo Finance"
_ROWS_AT_ONCE: Final = 20_000
#: More than there are days in any calendar used here.
_DAYS: Final = 10_000_000
DESCRIPTION: Final = f"{PUBLISHER}, kept in the store"
COUNTED_IN_RECEIPTS: Final = "counted in receipts"

_PRICES: Final = """
WITH begun AS (
    SELECT place, min(session) AS first FROM prices JOIN wanted USING (symbol)
    GROUP BY place
)
SELECT place, session, close, coalesce(volume, 'NaN') AS volume
FROM prices
JOIN wanted USING (symbol)
JOIN begun USING (place)
JOIN price_facts USING (symbol)
WHERE price_facts.currency = wanted.price_currency
    AND ($as_of::DATE IS NULL OR session <= greatest($as_of::DATE, first))
ORDER BY place, session
"""
# What was the price of a session on a day, where that is not the one of today; NaN
# where it had none. Of the versions that held later the first held on that day.
_REPLACED: Final = """
SELECT place, session, coalesce(arg_min_null(close, until), 'NaN') AS close,
    coalesce(arg_min_null(volume, until), 'NaN') AS volume
FROM replaced_prices JOIN wanted USING (symbol)
WHERE until > $as_of AND session <= $as_of
GROUP BY place, session
"""
_ACTIONS: Final = """
SELECT place, session, kind, amount FROM actions JOIN wanted USING (symbol)
ORDER BY place, session, kind, amount
"""
_QUOTES: Final = """
SELECT place, as_of, quotes.price_currency, quotes.statement_currency, price,
    market_cap, shares, forward_pe, forward_eps, reports_on, class_shares
FROM quotes JOIN wanted USING (symbol)
WHERE as_of <= $as_of ORDER BY place, as_of
"""
_RATES: Final = """
SELECT currency, usd_per_unit, day FROM rates
WHERE day <= $as_of AND currency IN (
    SELECT price_currency FROM wanted UNION SELECT statement_currency FROM wanted
)
ORDER BY currency, day
"""
# Of the versions of one day the last counts. The first version counts from the day it
# was seen or from the lag after its period, whichever comes first: history that is
# fetched late was public all the same. A later version counts from its day only.
_CELLS: Final = """
WITH days AS (
    SELECT place, freq, item, period_end, seen,
        arg_max(value, statements.rowid) AS value,
        arg_max(currency, statements.rowid) AS currency,
        period_end
            + (CASE freq WHEN 'annual' THEN annual_lag ELSE quarterly_lag END) AS due
    FROM statements JOIN wanted USING (symbol)
    GROUP BY ALL
), versions AS (
    SELECT *, row_number() OVER (
        PARTITION BY place, freq, item, period_end ORDER BY seen
    ) = 1 AS is_first
    FROM days
), dated AS (
    SELECT *, CASE
        WHEN NOT is_first THEN greatest(seen, period_end)
        WHEN seen >= period_end AND seen < due THEN seen
    END AS since
    FROM versions
)
SELECT place, freq, item, period_end, value, currency, since FROM dated
WHERE CASE WHEN is_first THEN coalesce(since, due) ELSE since END <= $as_of
    AND (is_first OR seen <= $as_of)
QUALIFY row_number() OVER (
    PARTITION BY place, freq, item, period_end, since ORDER BY seen DESC
) = 1
ORDER BY place, freq, item, period_end, since NULLS FIRST
"""
_CURRENCIES: Final = """
SELECT symbol, currency, wanted.price_currency FROM price_facts
JOIN wanted USING (symbol) WHERE currency <> wanted.price_currency ORDER BY place
"""


# What has come once is kept; only what never came is a gap.
_GAPS: Final = """
SELECT place, kind, arg_max(reason, fetches.rowid),
    arg_max(detail, fetches.rowid)
FROM fetches JOIN wanted USING (symbol)
WHERE kind <> 'rates'
GROUP BY place, kind HAVING count(*) FILTER (reason = '') = 0
ORDER BY place, kind
"""


class _Action(NamedTuple):
    """A dividend or a split, on the first session it shows in the price."""

    session: date
    kind: str
    amount: float


class _Quote(NamedTuple):
    """A stored quote; None where the source said nothing."""

    day: date
    price_currency: str | None
    statement_currency: str | None
    price: float | None
    market_cap: float | None
    shares: float | None
    forward_pe: float | None
    forward_eps: float | None
    reports_on: date | None
    class_shares: float | None


def market(
    connection: DuckDBPyConnection,
    constituents: Sequence[Constituent],
    funds: Sequence[Benchmark],
    as_of: date | None,
) -> MarketData:
    """Return everything known of ``constituents``, and prices of ``funds``.

    Raises:
        NoDataError: If no price of any of them is stored, or without ``as_of``, no
            session has half of the lines.
    """
    lines = sorted(constituents, key=lambda line: line.ticker)
    with _wanted(connection, lines):
        columns = _columns(connection, as_of)
        bars = _by_line(columns, len(lines))
        warnings = _price_warnings(connection)
        if not any(part.sessions.size for part in bars):
            raise NoDataError(
                "The store has no usable price of any line of the taxonomy.",
                "Run 'triad refresh', or use --source bundled.",
            )
        day = as_of or _newest(lines, bars)
        bars = _by_line(_as_known(connection, columns, day), len(lines))
        known = _Known(
            bars,
            _actions(connection, len(lines)),
            _cells(connection, len(lines), day),
            _quotes(connection, len(lines), day),
        )
        fx = _rates(connection, day)
        gaps = tuple(_gaps(connection, lines))
    prices = _fund_prices(connection, funds, day)
    found = [known.line(place, line, day) for place, line in enumerate(lines)]
    warnings += known.warnings(lines)
    by_ticker = {line.ticker: line for line in found if line}
    return MarketData(
        NAME,
        DESCRIPTION,
        {c.ticker: by_ticker[c.ticker] for c in constituents if c.ticker in by_ticker},
        fx,
        digest(by_ticker, fx, [*warnings, *map(str, gaps)], prices),
        tuple(warnings),
        gaps,
        prices,
    )


def _fund_prices(
    connection: DuckDBPyConnection, funds: Sequence[Benchmark], day: date
) -> dict[str, PriceSeries]:
    """Return the prices of each fund as they stood on ``day``, if it had begun."""
    with _rows.offered(
        connection,
        "wanted",
        symbol=_rows.texts([fund.ticker for fund in funds]),
        place=np.arange(len(funds), dtype=np.int32),
        price_currency=_rows.texts([fund.price_currency for fund in funds]),
    ):
        columns = _as_known(connection, _columns(connection, day), day)
        bars = _by_line(columns, len(funds))
        actions = _actions(connection, len(funds))
    return {
        fund.ticker: _series(part, paid, day)
        for fund, part, paid in zip(funds, bars, actions, strict=True)
        if part.sessions.size and part.sessions[0] <= np.datetime64(day)
    }


@contextmanager
def _wanted(
    connection: DuckDBPyConnection, lines: Sequence[Constituent]
) -> Iterator[None]:
    """Offer the lines as a table; their place in it stands for them."""
    annual = [
        FOREIGN_ANNUAL_LAG_DAYS if line.identity.foreign_filer else LAG_DAYS["annual"]
        for line in lines
    ]
    identities = [line.identity for line in lines]
    with _rows.offered(
        connection,
        "wanted",
        symbol=_rows.texts([line.ticker for line in lines]),
        place=np.arange(len(lines), dtype=np.int32),
        price_currency=_rows.texts([one.price_currency for one in identities]),
        statement_currency=_rows.texts([one.statement_currency for one in identities]),
        annual_lag=np.array(annual, np.int32),
        quarterly_lag=np.full(len(lines), LAG_DAYS["quarterly"], np.int32),
    ):
        yield


@dataclass(frozen=True, slots=True)
class _Bars:
    """Stored bars of one line, oldest first."""

    sessions: NDArray[np.datetime64]
    closes: NDArray[np.float64]
    volumes: NDArray[np.float64]


def _columns(connection: DuckDBPyConnection, as_of: date | None) -> _Columns:
    """Return the bars up to ``as_of``; of a line that begins later, its first.

    They stand as they are kept today, by place and session.
    """
    found = connection.execute(_PRICES, {"as_of": as_of}).fetchnumpy()
    return cast("_Columns", found)  # nothing here is an enumeration


def _as_known(connection: DuckDBPyConnection, columns: _Columns, day: date) -> _Columns:
    """Return the bars as they were known on ``day``: those revised since as before."""
    found = connection.execute(_REPLACED, {"as_of": day}).fetchnumpy()
    replaced = cast("_Columns", found)
    if not replaced["place"].size:
        return columns
    keys, wanted = _keys(columns), _keys(replaced)
    at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    is_there = keys[at] == wanted
    known = dict(columns)
    for name in ("close", "volume"):
        known[name] = columns[name].copy()
        known[name][at[is_there]] = replaced[name][is_there]
    return {name: column[~np.isnan(known["close"])] for name, column in known.items()}


def _keys(columns: _Columns) -> NDArray[np.int64]:
    """Return a number for each bar that grows with place and session."""
    days = columns["session"].astype("datetime64[D]").astype(np.int64)
    return columns["place"].astype(np.int64) * _DAYS + days


def _by_line(columns: _Columns, lines: int) -> list[_Bars]:
    bounds = np.searchsorted(columns["place"], np.arange(lines + 1))
    sessions = columns["session"].astype("datetime64[D]")
    return [
        _Bars(sessions[a:b], columns["close"][a:b], columns["volume"][a:b])
        for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]


def _newest(lines: Sequence[Constituent], bars: Sequence[_Bars]) -> date:
    series = {
        line.ticker: LineData(
            line.ticker,
            PriceSeries(part.sessions, part.closes, part.closes, part.volumes),
        )
        for line, part in zip(lines, bars, strict=True)
        if part.sessions.size
    }
    return newest_session(
        MarketData(NAME, NAME, series, {}, ""), [line.ticker for line in lines]
    )


def _grouped(rows: Sequence[tuple[Any, ...]], lines: int) -> list[list[Any]]:
    """Return the rows of each line, without the place they begin with."""
    found: list[list[Any]] = [[] for _ in range(lines)]
    for place, *rest in rows:
        found[place].append(rest)
    return found


def _actions(connection: DuckDBPyConnection, lines: int) -> list[list[_Action]]:
    rows = connection.execute(_ACTIONS).fetchall()
    return [[_Action(*row) for row in part] for part in _grouped(rows, lines)]


def _quotes(
    connection: DuckDBPyConnection, lines: int, day: date
) -> list[list[_Quote]]:
    rows = connection.execute(_QUOTES, {"as_of": day}).fetchall()
    return [[_Quote(*row) for row in part] for part in _grouped(rows, lines)]


def _cells(
    connection: DuckDBPyConnection, lines: int, day: date
) -> list[list[StatementCell]]:
    found: list[list[StatementCell]] = [[] for _ in range(lines)]
    # There are many cells and few different words and days: each is kept once.
    once = _Once()
    answer = connection.execute(_CELLS, {"as_of": day})
    while rows := answer.fetchmany(_ROWS_AT_ONCE):
        for place, freq, item, end, value, currency, since in rows:
            part = once[freq], once[item], once[end], value, once[currency]
            cell = StatementCell(*part, None, PUBLISHER, "", once[since])
            found[place].append(cell)
    return found


class _Once(dict[Any, Any]):
    """Gives back the first of all equal values it was ever asked for."""

    def __missing__(self, key: Any) -> Any:  # noqa: ANN401 - whatever it is
        self[key] = key
        return key


def _rates(
    connection: DuckDBPyConnection, day: date
) -> dict[str, tuple[DatedValue, ...]]:
    found: dict[str, list[DatedValue]] = {}
    rows = connection.execute(_RATES, {"as_of": day}).fetchall()
    for currency, value, when in rows:
        found.setdefault(currency, []).append(DatedValue(value, when, PUBLISHER))
    return {currency: tuple(rates) for currency, rates in found.items()}


def _gaps(
    connection: DuckDBPyConnection, lines: Sequence[Constituent]
) -> Iterator[Gap]:
    rows = connection.execute(_GAPS).fetchall()
    return (Gap(lines[place].ticker, *why) for place, *why in rows)


def _price_warnings(connection: DuckDBPyConnection) -> list[str]:
    return [
        f"{symbol}: the taxonomy says prices are in {expected}, the source {found}; "
        "its prices are left out"
        for symbol, found, expected in connection.execute(_CURRENCIES).fetchall()
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored of the lines, by their place."""

    bars: Sequence[_Bars]
    actions: Sequence[Sequence[_Action]]
    cells: Sequence[Sequence[StatementCell]]
    quotes: Sequence[Sequence[_Quote]]

    def line(self, place: int, line: Constituent, day: date) -> LineData | None:
        """Return a line as known on ``day``; None where nothing is."""
        bars, quotes = self.bars[place], self.quotes[place]
        if not (bars.sessions.size or self.cells[place] or quotes):
            return None
        actions = self.actions[place]
        splits = _splits(actions)
        series = _series(bars, actions, day) if bars.sessions.size else None
        count = partial(_counted, line, quotes, splits, series, day)
        return LineData(
            line.ticker,
            series,
            tuple(_ordinary(self.cells[place], line.identity.ordinary_per_receipt)),
            count(attrgetter("shares")),
            _market_capitalisation(line, quotes),
            None,
            tuple(_forward(quotes)),
            PUBLISHER,
            next((q.reports_on for q in reversed(quotes) if q.reports_on), None),
            _shares_item(quotes),
            count(attrgetter("class_shares")),
            tuple(split for split in splits if split[0] <= day),
        )

    def warnings(self, lines: Sequence[Constituent]) -> list[str]:
        """Return where the source names another statement currency."""
        told = []
        for line, quotes in zip(lines, self.quotes, strict=True):
            theirs = quotes[-1].statement_currency if quotes else None
            ours = line.identity.statement_currency
            if theirs and theirs != ours:
                told.append(
                    f"{line.ticker}: the taxonomy says statements are in {ours}, "
                    f"the source {theirs}"
                )
        return told


def _ordinary(
    cells: Sequence[StatementCell], per_receipt: float
) -> Iterator[StatementCell]:
    """Yield the cells, averages of shares counted in ordinary shares.

    Of a receipt the source counts some averages in receipts, and its balance sheet in
    ordinary shares: an average to which the ratio brings them nearer is one of those.
    """
    counts = [
        c.value for c in cells if c.item == "OrdinarySharesNumber" and c.value > 0
    ]
    for cell in cells:
        if counts and cell.item == "DilutedAverageShares" and cell.value > 0:
            share = cell.value / counts[-1]
            if abs(log(share * per_receipt)) < abs(log(share)):
                value = cell.value * per_receipt
                yield cell._replace(value=value, note=COUNTED_IN_RECEIPTS)
                continue
        yield cell


def _series(bars: _Bars, actions: Sequence[_Action], day: date) -> PriceSeries:
    """Return prices as they stood on ``day``.

    A line that begins later keeps its first session, by which it is known as not yet
    listed.
    """
    count = max(1, int(np.searchsorted(bars.sessions, np.datetime64(day), "right")))
    sessions = bars.sessions[:count]
    ratio = _split_ratio(actions, after=max(day, sessions[-1].item()))
    closes = bars.closes[:count] * ratio
    paid = np.zeros(count)
    for action in actions:
        if action.kind == "dividend" and action.session <= day:
            at = int(np.searchsorted(sessions, np.datetime64(action.session)))
            if at < count:
                paid[at] += action.amount * ratio
    return PriceSeries(
        sessions,
        adjusted_for_dividends(closes, paid),
        closes,
        bars.volumes[:count] / ratio,
    )


def _split_ratio(actions: Sequence[_Action], *, after: date) -> float:
    """Return new shares per old share, of the splits after a day."""
    ratio = 1.0
    for action in actions:
        if action.kind == "split" and action.session > after:
            ratio *= action.amount
    return ratio


def _counted(
    line: Constituent,
    quotes: Sequence[_Quote],
    splits: Sequence[Split],
    series: PriceSeries | None,
    day: date,
    of: Callable[[_Quote], float | None],
) -> DatedValue | None:
    """Return ordinary shares by the newest quote that counts them.

    A split since then multiplies them, as it divides the price.
    """
    for quote in reversed(quotes):
        if shares := of(quote):
            is_ours = quote.price_currency == line.identity.price_currency
            ratio = since_split(
                quote.day,
                day,
                splits,
                price=quote.price if is_ours else None,
                close=_close(series, quote.day),
            )
            count = shares * line.identity.ordinary_per_receipt * ratio
            return DatedValue(count, quote.day, PUBLISHER)
    return None


def _close(series: PriceSeries | None, day: date) -> float | None:
    """Return the last close on or before a day; None where there is none."""
    if series is None:
        return None
    at = int(np.searchsorted(series.sessions, np.datetime64(day), "right")) - 1
    return float(series.closes[at]) if at >= 0 else None


def _shares_item(quotes: Sequence[_Quote]) -> str:
    """Return what the newest count is: of a quote, mostly its market value's."""
    quote = next((q for q in reversed(quotes) if q.shares), None)
    if quote and quote.shares and quote.market_cap and quote.price:
        implied = quote.market_cap / quote.price
        if abs(quote.shares / implied - 1) <= SAME:
            return OF_QUOTE
    return STATED


def _splits(actions: Sequence[_Action]) -> tuple[Split, ...]:
    return tuple(
        (action.session, action.amount) for action in actions if action.kind == "split"
    )


def _market_capitalisation(
    line: Constituent, quotes: Sequence[_Quote]
) -> DatedValue | None:
    """Return it by the newest quote in the price currency that has it."""
    for quote in reversed(quotes):
        is_ours = quote.price_currency == line.identity.price_currency
        if is_ours and quote.market_cap:
            return DatedValue(quote.market_cap, quote.day, PUBLISHER)
    return None


def _forward(quotes: Sequence[_Quote]) -> Iterator[ForwardFigure]:
    """Yield what was expected, oldest first; a quote without it says nothing."""
    for quote in quotes:
        if quote.forward_pe is not None or quote.forward_eps is not None:
            yield ForwardFigure(
                quote.day,
                quote.forward_pe,
                quote.forward_eps,
                quote.price or None,
                PUBLISHER,
            )
