"""What does the store know? Market data, point in time, as columns.

Prices are kept as the source adjusts them today: for every split it knows. For a day
in the past the splits after it are taken back; dividends count from their ex-date on,
and a price that was revised since is as it was.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import numpy as np

from triad_screener.errors import NoDataError
from triad_screener.market.prices import segment_search
from triad_screener.market.share_counts import SAME
from triad_screener.market.statements import FOREIGN_ANNUAL_LAG_DAYS, LAG_DAYS
from triad_screener.model import days
from triad_screener.model.gap import Gap
from triad_screener.model.market import DatedValue, MarketData
from triad_screener.model.tables import Cells, Counted, Dated, Expected, Prices, Tables
from triad_screener.screening.selecting import newest_session
from triad_screener.stats.returns import adjusted_for_dividends
from triad_screener.store import _rows
from triad_screener.store._digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from triad_screener.model.market import PriceSeries
    from triad_screener.model.taxonomy import Benchmark, Constituent

    Columns: TypeAlias = Mapping[str, NDArray[Any]]

NAME: Final = "store"
PUBLISHER: Final = "Yahoo Finance"
DESCRIPTION: Final = f"{PUBLISHER}, kept in the store"
COUNTED_IN_RECEIPTS: Final = "counted in receipts"
#: Words that stand for nothing and for the source, at these places.
_NO_WORD, _SOURCE = 0, 1
#: The first day of the calendar, as a number.
_EARLIEST: Final = days.number(date.min)

# Of a line that begins only after the day, its first session.
_PRICES: Final = """
WITH begun AS (
    SELECT place, min(session) AS first FROM prices JOIN wanted USING (symbol)
    GROUP BY place
)
SELECT place, (session - DATE '1970-01-01')::INTEGER AS session, close,
    coalesce(volume, 'NaN') AS volume
FROM prices
JOIN wanted USING (symbol)
JOIN begun USING (place)
JOIN price_facts USING (symbol)
WHERE price_facts.currency = wanted.price_currency
    AND ($as_of::DATE IS NULL OR session <= greatest($as_of::DATE, first))
"""
# What was the price of a session on a day, where that is not the one of today; NaN
# where it had none. Of the versions that held later the first held on that day.
_REPLACED: Final = """
SELECT place, (session - DATE '1970-01-01')::INTEGER AS session,
    coalesce(arg_min_null(close, until), 'NaN') AS close,
    coalesce(arg_min_null(volume, until), 'NaN') AS volume
FROM replaced_prices JOIN wanted USING (symbol)
WHERE until > $as_of AND session <= $as_of
GROUP BY place, session
"""
_ACTIONS: Final = """
SELECT place, (session - DATE '1970-01-01')::INTEGER AS session,
    kind = 'split' AS is_split, amount
FROM actions JOIN wanted USING (symbol)
ORDER BY place, session, kind, amount
"""
_QUOTES: Final = """
SELECT place, (as_of - DATE '1970-01-01')::INTEGER AS day,
    coalesce(quotes.price_currency = wanted.price_currency, false) AS is_ours,
    coalesce(price, 'NaN') AS price, coalesce(market_cap, 'NaN') AS market_cap,
    coalesce(shares, 'NaN') AS shares, coalesce(class_shares, 'NaN') AS class_shares,
    coalesce(forward_pe, 'NaN') AS forward_pe,
    coalesce(forward_eps, 'NaN') AS forward_eps,
    coalesce((reports_on - DATE '1970-01-01')::DOUBLE, 'NaN') AS reports_on
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
_CELLS: Final = """
SELECT place, freq = 'annual' AS annual, items.number AS item,
    (period_end - DATE '1970-01-01')::INTEGER AS period_end, value,
    currencies.number AS currency, statements.rowid AS row,
    (seen - DATE '1970-01-01')::INTEGER AS seen
FROM statements
JOIN wanted USING (symbol)
JOIN words AS items ON items.word = statements.item
JOIN words AS currencies ON currencies.word = statements.currency
"""
_WORDS: Final = """
SELECT DISTINCT item FROM statements UNION SELECT DISTINCT currency FROM statements
ORDER BY ALL
"""
_CURRENCIES: Final = """
SELECT symbol, currency, wanted.price_currency FROM price_facts
JOIN wanted USING (symbol) WHERE currency <> wanted.price_currency ORDER BY place
"""
# Of each line what its newest quote says.
_STATEMENT_CURRENCIES: Final = """
SELECT symbol, wanted.statement_currency,
    last(quotes.statement_currency ORDER BY as_of) AS theirs
FROM quotes JOIN wanted USING (symbol) WHERE as_of <= $as_of
GROUP BY place, symbol, wanted.statement_currency
HAVING theirs <> wanted.statement_currency ORDER BY place
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
    with _wanted(connection, constituents):
        bars = _bars(connection, len(constituents), as_of)
        if not bars.sessions.size:
            raise NoDataError(
                "The store has no usable price of any line of the taxonomy.",
                "Run 'triad refresh', or use --source bundled.",
            )
        day = as_of or newest_session(bars, len(constituents), DESCRIPTION)
        bars = _unrevised(connection, _up_to(bars, day), day)
        actions = _ask(connection, _ACTIONS)
        tables = _tables(connection, constituents, bars, actions, day)
        warnings = _warnings(connection, day)
        gaps = tuple(
            Gap(constituents[place].ticker, *why)
            for place, *why in connection.execute(_GAPS).fetchall()
        )
    prices = _fund_prices(connection, funds, day)
    return MarketData(
        NAME,
        DESCRIPTION,
        tables,
        digest(_up_to_now(tables, day), [*warnings, *map(str, gaps)], prices),
        tuple(warnings),
        gaps,
        prices,
    )


def _up_to_now(tables: Tables, day: date) -> Tables:
    """Return the tables without the splits to come: they change no figure known."""
    splits = tables.splits
    known = splits.days <= days.number(day)
    return replace(
        tables,
        splits=Dated(
            splits.stocks[known],
            splits.days[known],
            splits.values[known],
            splits.sources[known],
            splits.words,
        ),
    )


def _tables(
    connection: DuckDBPyConnection,
    constituents: Sequence[Constituent],
    bars: Prices,
    actions: Columns,
    day: date,
) -> Tables:
    per_receipt = np.array(
        [line.identity.ordinary_per_receipt for line in constituents], np.float64
    )
    quotes = _ask(connection, _QUOTES, as_of=day)
    cells = _cells(connection, constituents, day)
    has_bars = np.diff(bars.starts) > 0
    known = has_bars.copy()
    known[quotes["place"]] = True
    known[cells.stocks] = True
    is_split = actions["is_split"]
    forward = np.isfinite(quotes["forward_pe"]) | np.isfinite(quotes["forward_eps"])
    return Tables(
        tuple(line.ticker for line in constituents),
        known,
        _adjusted(bars, actions, day),
        _in_ordinary_shares(cells, per_receipt),
        _counted(quotes, "shares", per_receipt),
        _counted(quotes, "class_shares", per_receipt),
        _dated(
            quotes, quotes["is_ours"] & (quotes["market_cap"] > 0), quotes["market_cap"]
        ),
        np.full(len(constituents), np.nan),
        Expected(
            quotes["place"][forward],
            quotes["day"][forward],
            quotes["forward_pe"][forward],
            quotes["forward_eps"][forward],
            np.where(quotes["price"] > 0, quotes["price"], np.nan)[forward],
            np.zeros(int(forward.sum()), np.int32),
            (PUBLISHER,),
        ),
        _dated(quotes, np.isfinite(quotes["reports_on"]), quotes["reports_on"]),
        Dated(
            actions["place"][is_split],
            actions["session"][is_split],
            actions["amount"][is_split],
            np.zeros(int(is_split.sum()), np.int32),
            (PUBLISHER,),
        ),
        _rates(connection, day),
    )


def _counted(quotes: Columns, name: str, per_receipt: NDArray[np.float64]) -> Counted:
    """Return counts in ordinary shares, each with the price of its quote."""
    which = quotes[name] > 0
    found = _dated(quotes, which, quotes[name] * per_receipt[quotes["place"]])
    price = np.where(quotes["is_ours"] & (quotes["price"] > 0), quotes["price"], np.nan)
    return Counted(
        found.stocks,
        found.days,
        found.values,
        found.sources,
        found.words,
        _is_implied(quotes)[which],
        price[which],
    )


def _is_implied(quotes: Columns) -> NDArray[np.bool_]:
    """Return which share counts are the market capitalisation over the price."""
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = quotes["market_cap"] / quotes["price"]
        found: NDArray[np.bool_] = np.abs(quotes["shares"] / implied - 1) <= SAME
    return found


def _ask(connection: DuckDBPyConnection, query: str, **values: object) -> Columns:
    """Return the columns of an answer; nothing in them is empty."""
    found = connection.execute(query, values or None).fetchnumpy()
    return cast("Columns", found)


def _dated(
    quotes: Columns, which: NDArray[np.bool_], values: NDArray[np.float64]
) -> Dated:
    none = np.zeros(int(which.sum()), np.int32)
    return Dated(
        quotes["place"][which], quotes["day"][which], values[which], none, (PUBLISHER,)
    )


@contextmanager
def _wanted(
    connection: DuckDBPyConnection, lines: Sequence[Constituent]
) -> Iterator[None]:
    """Offer the lines as a table; their place in it stands for them."""
    identities = [line.identity for line in lines]
    with _rows.offered(
        connection,
        "wanted",
        symbol=_rows.texts([line.ticker for line in lines]),
        place=np.arange(len(lines), dtype=np.int32),
        price_currency=_rows.texts([one.price_currency for one in identities]),
        statement_currency=_rows.texts([one.statement_currency for one in identities]),
    ):
        yield


def _bars(connection: DuckDBPyConnection, lines: int, as_of: date | None) -> Prices:
    """Return the bars up to ``as_of``; of a line that begins later, its first."""
    found = _ask(connection, _PRICES, as_of=as_of)
    place, session = found["place"], found["session"]
    key = place.astype(np.int64) << 32 | session
    if key.size and (np.diff(key) < 0).any():
        order = np.argsort(key, kind="stable")
        place, session = place[order], session[order]
        found = {name: found[name][order] for name in ("close", "volume")}
    return Prices(
        _starts(place, lines),
        session,
        found["close"],
        found["close"],
        found["volume"],
        (PUBLISHER,) * lines,
    )


def _starts(places: NDArray[np.integer], lines: int) -> NDArray[np.int64]:
    """Return the row at which each line begins, and the end; rows are in order."""
    return np.append(0, np.cumsum(np.bincount(places, minlength=lines)))


def _unrevised(connection: DuckDBPyConnection, bars: Prices, day: date) -> Prices:
    """Return the bars as they were known on ``day``: those revised since as before."""
    replaced = _ask(connection, _REPLACED, as_of=day)
    stocks, wanted = replaced["place"], replaced["session"]
    if not stocks.size:
        return bars
    last = bars.starts[stocks + 1]
    at = segment_search(bars.sessions, bars.starts[stocks], last, wanted - 1)
    is_there = (at < last) & (bars.sessions[at.clip(max=last - 1)] == wanted)
    closes, volumes = bars.closes.copy(), bars.volumes.copy()
    closes[at[is_there]] = replaced["close"][is_there]
    volumes[at[is_there]] = replaced["volume"][is_there]
    bars = replace(bars, closes=closes, adjusted=closes, volumes=volumes)
    return _only(bars, ~np.isnan(closes))


def _up_to(bars: Prices, day: date) -> Prices:
    """Return the bars up to ``day``; of a line that begins later, its first."""
    later = bars.sessions > days.number(day)
    if not later.any():
        return bars
    begins = bars.starts[:-1][np.diff(bars.starts) > 0]
    later[begins] = False
    return _only(bars, ~later)


def _only(bars: Prices, kept: NDArray[np.bool_]) -> Prices:
    """Return some of the bars."""
    lines = bars.starts.size - 1
    places = np.repeat(np.arange(lines), np.diff(bars.starts))[kept]
    return replace(
        bars,
        starts=_starts(places, lines),
        sessions=bars.sessions[kept],
        closes=bars.closes[kept],
        adjusted=bars.adjusted[kept],
        volumes=bars.volumes[kept],
    )


def _adjusted(bars: Prices, actions: Columns, day: date) -> Prices:
    """Return prices at the level of ``day``, adjusted for the dividends up to it."""
    number, sizes = days.number(day), np.diff(bars.starts)
    later = actions["is_split"] & (actions["session"] > number)
    ratios = np.ones(sizes.size)
    np.multiply.at(ratios, actions["place"][later], actions["amount"][later])
    ratio = np.repeat(ratios, sizes)
    closes = bars.closes * ratio
    paid = ~actions["is_split"] & (actions["session"] <= number)
    stocks = actions["place"][paid]
    rows = segment_search(
        bars.sessions,
        bars.starts[stocks],
        bars.starts[stocks + 1],
        actions["session"][paid] - 1,
    )
    within = rows < bars.starts[stocks + 1]
    return replace(
        bars,
        closes=closes,
        volumes=bars.volumes / ratio,
        adjusted_to=number,
        adjusted=adjusted_for_dividends(
            closes,
            rows[within],
            (actions["amount"][paid] * ratios[stocks])[within],
            bars.starts,
        ),
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
        bars = _unrevised(connection, _bars(connection, len(funds), day), day)
        actions = _ask(connection, _ACTIONS)
    prices = _adjusted(bars, actions, day)
    series = {fund.ticker: prices.of(place) for place, fund in enumerate(funds)}
    return {
        ticker: one
        for ticker, one in series.items()
        if one and one.sessions[0] <= np.datetime64(day)
    }


def _cells(
    connection: DuckDBPyConnection, lines: Sequence[Constituent], day: date
) -> Cells:
    """Return the figures known by ``day``, each version with its day.

    Of the versions of one day the last counts. The first version counts from the day
    it was seen or from the lag after its period, whichever comes first: history that
    is fetched late was public all the same. A later version counts from its day only.
    """
    words = [
        "",
        PUBLISHER,
        *(word for (word,) in connection.execute(_WORDS).fetchall()),
    ]
    numbers = np.arange(len(words), dtype=np.int32)
    with _rows.offered(connection, "words", word=_rows.texts(words), number=numbers):
        found = _ask(connection, _CELLS)
    annual, ends, seen = found["annual"], found["period_end"], found["seen"]
    order, groups = _in_order(found)
    annual, ends, seen = annual[order], ends[order], seen[order]
    is_first = np.append(True, groups[1:] != groups[:-1])[: groups.size]
    foreign = np.array([line.identity.foreign_filer for line in lines], bool)
    lags = np.where(foreign, FOREIGN_ANNUAL_LAG_DAYS, LAG_DAYS["annual"])
    due = ends + np.where(annual, lags[found["place"][order]], LAG_DAYS["quarterly"])
    early = (seen >= ends) & (seen < due)
    since = np.where(early, seen, days.UNKNOWN)
    since = np.where(is_first, since, np.maximum(seen, ends)).astype(np.int32)
    counts = np.where(since == days.UNKNOWN, due, since) <= days.number(day)
    again = (groups[1:] == groups[:-1]) & (since[1:] == since[:-1])
    counts[:-1] &= ~again
    rows, none = order[counts], np.full(int(counts.sum()), days.UNKNOWN, np.int32)
    return Cells(
        found["place"][rows],
        found["annual"][rows],
        found["item"][rows],
        found["period_end"][rows],
        found["value"][rows],
        found["currency"][rows],
        none,
        since[counts],
        np.full(rows.size, _SOURCE, np.int32),
        np.full(rows.size, _NO_WORD, np.int32),
        tuple(words),
    )


def _in_order(found: Columns) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return rows by place, frequency, item, end and day, and what stands for a period.

    Of several rows of one day the last stays.
    """
    place, item = found["place"].astype(np.int64), found["item"].astype(np.int64)
    end = found["period_end"].astype(np.int64) - _EARLIEST
    period = ((place << 1 | found["annual"]) << 16 | item) << 22 | end
    order = np.lexsort((found["row"], found["seen"], period))
    period, seen = period[order], found["seen"][order]
    last = np.append((period[1:] != period[:-1]) | (seen[1:] != seen[:-1]), True)
    last = last[: period.size]
    return order[last], period[last]


def _in_ordinary_shares(cells: Cells, per_receipt: NDArray[np.float64]) -> Cells:
    """Return the cells, averages of shares counted in ordinary shares.

    Of a receipt the source counts some averages in receipts, and its balance sheet in
    ordinary shares: an average to which the ratio brings them nearer is one of those.
    """
    values, notes = cells.values.copy(), cells.notes.copy()
    words = (*cells.words, COUNTED_IN_RECEIPTS)
    receipts = np.flatnonzero(per_receipt[cells.stocks] != 1)
    average, balance = (
        receipts[
            (cells.items[receipts] == _number(cells.words, item))
            & (values[receipts] > 0)
        ]
        for item in ("DilutedAverageShares", "OrdinarySharesNumber")
    )
    newest = np.full(per_receipt.size, np.nan)
    newest[cells.stocks[balance]] = values[balance]  # the last of a stock stays
    ratios = per_receipt[cells.stocks[average]]
    share = values[average] / newest[cells.stocks[average]]
    wrong = average[np.abs(np.log(share * ratios)) < np.abs(np.log(share))]
    values[wrong] *= per_receipt[cells.stocks[wrong]]
    notes[wrong] = len(words) - 1
    return replace(cells, values=values, notes=notes, words=words)


def _number(words: Sequence[str], word: str) -> int:
    return words.index(word) if word in words else -1


def _rates(
    connection: DuckDBPyConnection, day: date
) -> dict[str, tuple[DatedValue, ...]]:
    found: dict[str, list[DatedValue]] = {}
    rows = connection.execute(_RATES, {"as_of": day}).fetchall()
    for currency, value, when in rows:
        found.setdefault(currency, []).append(DatedValue(value, when, PUBLISHER))
    return {currency: tuple(rates) for currency, rates in found.items()}


def _warnings(connection: DuckDBPyConnection, day: date) -> list[str]:
    """Return where the source names another currency than the taxonomy."""
    prices = connection.execute(_CURRENCIES).fetchall()
    statements = connection.execute(_STATEMENT_CURRENCIES, {"as_of": day}).fetchall()
    return [
        *(
            f"{symbol}: the taxonomy says prices are in {ours}, the source {theirs}; "
            "its prices are left out"
            for symbol, theirs, ours in prices
        ),
        *(
            f"{symbol}: the taxonomy says statements are in {ours}, the source {theirs}"
            for symbol, ours, theirs in statements
        ),
    ]
