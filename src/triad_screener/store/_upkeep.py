"""What does the store hold, in numbers, and as a folder of tables?"""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from triad_screener.errors import OutputError
from triad_screener.model.stored import StoreInfo
from triad_screener.store import _schema, _times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from triad_screener.model.market import DatedValue, MarketData, PriceSeries
    from triad_screener.model.taxonomy import Benchmark, Constituent

#: Columns by table, as the folder source reads them.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "lines": (
        "symbol",
        "shares_outstanding",
        "shares_as_of",
        "market_cap",
        "market_cap_as_of",
        "price_currency",
        "statement_currency",
        "ordinary_per_receipt",
        "source",
        "kind",
    ),
    "prices": ("symbol", "date", "adj_close", "close", "volume", "source"),
    "statements": (
        "symbol",
        "freq",
        "period_end",
        "item",
        "value",
        "currency",
        "filed",
        "source",
        "note",
        "seen",
    ),
    "fx": ("currency", "date", "usd_per_unit", "source"),
    "forward": ("symbol", "date", "forward_pe", "forward_eps", "price", "source"),
}


def info(connection: DuckDBPyConnection, path: Path | None, size: int) -> StoreInfo:
    """Return what a store holds."""
    version = _schema.require_known(connection)
    counts = " UNION ALL ".join(
        f"SELECT '{table}', count(*) FROM {table}"  # noqa: S608 - our own words
        for table in _schema.TABLES
    )
    rows = connection.execute(counts).fetchall()
    found = dict(rows)
    symbols, first, newest = _one_row(
        connection,
        "SELECT count(DISTINCT symbol), min(session), max(session) FROM prices",
    )
    good, failed, detail = _one_row(
        connection,
        "SELECT arg_max(fetched_at, rowid) FILTER (reason = ''), "
        "arg_max(fetched_at, rowid) FILTER (reason <> ''), "
        "arg_max(detail, rowid) FILTER (reason <> '') FROM fetches",
    )
    return StoreInfo(
        path=str(path or ""),
        size=size,
        schema_version=version,
        counts={table: found[table] for table in _schema.TABLES},
        symbols=symbols,
        first_session=first,
        newest_session=newest,
        last_good_at=_times.read_or_none(good),
        last_failed_at=_times.read_or_none(failed),
        last_failure=detail or "",
    )


def _one_row(connection: DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchall()[0]


def require_room(folder: Path) -> None:
    """Make ``folder`` unless it is there, and check that it is empty.

    Raises:
        OutputError: If it is not empty, not a folder, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise _unwritable(folder, error) from error
    if not is_empty:
        raise OutputError(
            f"The folder {folder} is not empty.", "Name a new or an empty folder."
        )


def write(
    folder: Path,
    market: MarketData,
    lines: Sequence[Constituent],
    funds: Sequence[Benchmark],
) -> None:
    """Write market data as a folder of tables; numbers read back to the last bit.

    The tables are written beside it first: a folder is whole or empty.

    Raises:
        OutputError: If the folder cannot be written.
    """
    rows = {
        "lines": (*_line_rows(market, lines), *_fund_rows(market, funds)),
        "prices": _price_rows(market),
        "statements": _statement_rows(market),
        "fx": _rate_rows(market),
        "forward": _forward_rows(market),
    }
    try:
        with TemporaryDirectory(dir=folder.resolve().parent) as beside:
            for table, found in rows.items():
                path = Path(beside) / f"{table}.csv"
                _write_table(path, _COLUMNS[table], found)
            for path in sorted(Path(beside).iterdir()):
                path.replace(folder / path.name)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        # None is written as an empty cell, a float as its shortest exact text.
        writer.writerows(rows)


def _unwritable(folder: Path, error: OSError) -> OutputError:
    said = error.strerror or str(error)
    return OutputError(
        f"The folder {folder} cannot be written ({said[:1].lower()}{said[1:]}).",
        "Name another folder, or make room.",
    )


def _line_rows(
    market: MarketData, lines: Sequence[Constituent]
) -> Iterator[Sequence[object]]:
    tables = market.tables
    shares, caps = tables.shares.newest(), tables.market_capitalisations.newest()
    for stock in np.flatnonzero(tables.known).tolist():
        identity = lines[stock].identity
        yield (
            lines[stock].ticker,
            *_dated(shares.get(stock)),
            *_dated(caps.get(stock)),
            identity.price_currency,
            identity.statement_currency,
            identity.ordinary_per_receipt,
            tables.prices.sources[stock],
            "equity",
        )


def _fund_rows(
    market: MarketData, funds: Sequence[Benchmark]
) -> Iterator[Sequence[object]]:
    for fund in funds:
        if fund.ticker in market.funds:
            blank = [None] * 4
            yield (fund.ticker, *blank, fund.price_currency, None, None, None, "fund")


def _dated(value: DatedValue | None) -> tuple[object, object]:
    return (value.value, value.date) if value else (None, None)


def _price_rows(market: MarketData) -> Iterator[Sequence[object]]:
    table = market.tables.prices
    for stock, ticker in enumerate(market.tables.tickers):
        yield from _bars(ticker, table.of(stock), table.sources[stock])
    for ticker, prices in market.funds.items():
        yield from _bars(ticker, prices, "")


def _bars(
    ticker: str, prices: PriceSeries | None, source: str
) -> Iterator[Sequence[object]]:
    if prices is None:
        return
    columns = zip(
        prices.sessions.tolist(),
        prices.adjusted.tolist(),
        _or_empty(prices.closes.tolist()),
        _or_empty(prices.volumes.tolist()),
        strict=True,
    )
    for row in columns:
        yield (ticker, *row, source)


def _or_empty(values: list[float]) -> list[float | None]:
    # A number that is not one does not equal itself.
    return [value if value == value else None for value in values]  # noqa: PLR0124


def _statement_rows(market: MarketData) -> Iterator[Sequence[object]]:
    cells, tickers = market.tables.cells, market.tables.tickers
    for row, stock in enumerate(cells.stocks.tolist()):
        cell = cells.cell(row)
        yield (
            tickers[stock],
            cell.frequency,
            cell.period_end,
            cell.item,
            cell.value,
            cell.currency,
            cell.filed,
            cell.source,
            cell.note,
            cell.seen,
        )


def _rate_rows(market: MarketData) -> Iterator[Sequence[object]]:
    for currency, rates in market.tables.fx.items():
        for rate in rates:
            yield (currency, rate.date, rate.value, rate.source)


def _forward_rows(market: MarketData) -> Iterator[Sequence[object]]:
    expected, tickers = market.tables.expected, market.tables.tickers
    for row, stock in enumerate(expected.stocks.tolist()):
        one = expected.figure(row)
        yield (
            tickers[stock],
            one.date,
            one.price_earnings,
            one.earnings_per_share,
            one.price,
            one.source,
        )
