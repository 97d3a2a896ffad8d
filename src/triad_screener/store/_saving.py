"""How do fetched figures enter the store?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np

from triad_screener.store import _rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from duckdb import DuckDBPyConnection

    from triad_screener.model.live import Bars, Fetched, Kind, QuoteFacts
    from triad_screener.model.market import DatedValue, StatementCell

#: The session a figure was first used with; on a weekend, the Friday before.
_SEEN: Final = """
    SELECT symbol, coalesce(
        (SELECT max(session) FROM prices WHERE prices.symbol = asked.symbol),
        (SELECT max(session) FROM prices),
        fetched_at::DATE
    ) AS seen
    FROM asked
"""


def save(connection: DuckDBPyConnection, fetched: Sequence[Fetched]) -> None:
    """Write figures and the log, inside the transaction that is open."""
    for kind, write in _WRITERS.items():
        for batch in _batches(fetched, kind):
            write(connection, batch)
    _log(connection, fetched)
    if any(one.content is not None for one in fetched):
        connection.execute("DELETE FROM answers")


def _batches(fetched: Sequence[Fetched], kind: Kind) -> Iterator[list[Fetched]]:
    """Yield answers with figures, in order, no symbol twice in one batch."""
    left = [one for one in fetched if one.task.kind == kind and one.content]
    while left:
        first = {one.task.symbol: one for one in reversed(left)}
        yield list(first.values())
        taken = set(map(id, first.values()))
        left = [one for one in left if id(one) not in taken]


def _save_prices(connection: DuckDBPyConnection, batch: list[Fetched]) -> None:
    pairs = [(one, cast("Bars", one.content)) for one in batch]
    pairs = [(one, bars) for one, bars in pairs if bars.sessions.size]
    if not pairs:
        return
    with _offered_prices(connection, pairs), _offered_actions(connection, pairs):
        _rebase(connection, pairs)
        connection.execute(_KEEP_REPLACED)
        _save_price_facts(connection, pairs)
        # A session that the answer leaves out stays: a hole is no news.
        connection.execute(
            "DELETE FROM prices USING new_prices AS new "
            "WHERE prices.symbol = new.symbol AND prices.session = new.session::DATE"
        )
        connection.execute("INSERT INTO prices FROM new_prices")
        # One that stayed with its session is said again.
        connection.execute(
            "DELETE FROM actions USING new_actions AS new "
            "WHERE actions.symbol = new.symbol AND actions.kind = new.kind "
            "AND actions.session = new.session::DATE"
        )
        connection.execute("INSERT INTO actions FROM new_actions")


def _offered_prices(
    connection: DuckDBPyConnection, pairs: Sequence[tuple[Fetched, Bars]]
) -> AbstractContextManager[None]:
    counts = [bars.sessions.size for _, bars in pairs]
    return _rows.offered(
        connection,
        "new_prices",
        symbol=np.repeat(_rows.texts([one.task.symbol for one, _ in pairs]), counts),
        session=_rows.days(np.concatenate([bars.sessions for _, bars in pairs])),
        close=np.concatenate([bars.closes for _, bars in pairs]),
        volume=np.concatenate([bars.volumes for _, bars in pairs]),
    )


def _offered_actions(
    connection: DuckDBPyConnection, pairs: Sequence[tuple[Fetched, Bars]]
) -> AbstractContextManager[None]:
    """Offer the dividends and splits of the days that were asked for."""
    found = [
        (one.task.symbol, day, kind, amount)
        for one, bars in pairs
        for kind, actions in (("dividend", bars.dividends), ("split", bars.splits))
        for day, amount in actions
        if one.task.since is None or day >= one.task.since
    ]
    return _rows.offered(
        connection,
        "new_actions",
        symbol=_rows.texts([symbol for symbol, *_ in found]),
        session=_rows.days([day for _, day, *_ in found]),
        kind=_rows.texts([kind for *_, kind, _ in found]),
        amount=_rows.numbers([amount for *_, amount in found]),
    )


# A price is as it was until the session by which another was seen: `_known` gives it to
# whoever asks for a day before. A session that came late had none until then. What
# stood while a session was still going on was never its price.
_KEEP_REPLACED: Final = """
INSERT INTO replaced_prices
WITH kept AS (
    SELECT symbol, session, close, volume FROM prices
    WHERE symbol IN (SELECT symbol FROM new_prices)
), spans AS (
    SELECT symbol, min(session) AS first, max(session) AS newest FROM kept
    GROUP BY symbol
), seen AS (
    SELECT symbol, greatest(newest, max(session)::DATE) AS until
    FROM new_prices JOIN spans USING (symbol) GROUP BY symbol, newest
), compared AS (
    SELECT new.symbol, new.session::DATE AS session, kept.close, kept.volume, until
    FROM new_prices AS new
    JOIN spans USING (symbol)
    JOIN seen USING (symbol)
    JOIN price_facts AS facts USING (symbol)
    LEFT JOIN kept ON kept.symbol = new.symbol AND kept.session = new.session::DATE
    WHERE new.session::DATE < until AND CASE
        WHEN kept.close IS NULL THEN new.session::DATE BETWEEN first AND newest
        WHEN kept.session = newest AND facts.forming_until IS NOT NULL THEN false
        ELSE abs(kept.close - new.close) > 1e-6 * kept.close OR coalesce(
            abs(kept.volume - new.volume) > greatest(1, 1e-6 * kept.volume),
            (kept.volume IS NULL) <> (new.volume IS NULL)
        )
    END
)
SELECT symbol, session, close, volume, until FROM compared
ANTI JOIN replaced_prices USING (symbol, session, until)
"""


def _save_price_facts(
    connection: DuckDBPyConnection, pairs: Sequence[tuple[Fetched, Bars]]
) -> None:
    """Write the facts, and make room for actions.

    A part of a history that lists no split takes none away. A dividend gives way only
    to another one of about the same day: of the rest an answer says nothing. One of a
    session left out stays with it.
    """
    with _rows.offered(
        connection,
        "new_facts",
        symbol=_rows.texts([one.task.symbol for one, _ in pairs]),
        currency=_rows.texts([bars.currency for _, bars in pairs]),
        unit=_rows.texts([bars.unit for _, bars in pairs]),
        forming_until=_rows.moments([bars.forming_until for _, bars in pairs]),
        since=_rows.days([one.task.since for one, _ in pairs]),
        whole=np.array([one.task.since is None for one, _ in pairs], bool),
    ):
        connection.execute(_MAKE_ROOM_FOR_ACTIONS)
        connection.execute(
            "DELETE FROM price_facts USING new_facts AS new "
            "WHERE price_facts.symbol = new.symbol"
        )
        connection.execute(
            "INSERT INTO price_facts "
            "SELECT symbol, currency, unit, forming_until FROM new_facts"
        )


_MAKE_ROOM_FOR_ACTIONS: Final = """
DELETE FROM actions USING new_facts AS new
WHERE actions.symbol = new.symbol AND (new.whole OR actions.session >= new.since)
AND (actions.kind = 'split' AND new.whole OR EXISTS (
    FROM new_actions AS other
    WHERE other.symbol = actions.symbol AND other.kind = actions.kind
    AND (other.kind = 'split' OR abs(other.session::DATE - actions.session) <= 5)
))
AND (actions.kind = 'split' OR NOT EXISTS (
    FROM prices WHERE prices.symbol = actions.symbol
    AND prices.session = actions.session
    AND NOT EXISTS (
        FROM new_prices WHERE new_prices.symbol = prices.symbol
        AND new_prices.session::DATE = prices.session
    )
))
"""


def _rebase(
    connection: DuckDBPyConnection, pairs: Sequence[tuple[Fetched, Bars]]
) -> None:
    """Bring what a whole history may leave out onto the splits that it knows.

    Closes are kept as adjusted for every split of the last whole history. Where the
    new one knows another split, closes and dividends before it are divided by its
    ratio, and volumes multiplied: unless the closes that both have say that they are
    adjusted for it already.
    """
    whole = [one.task.symbol for one, _ in pairs if one.task.since is None]
    with _rows.offered(connection, "whole", symbol=_rows.texts(whole)):
        connection.execute(_FIND_REBASED)
    if connection.execute("SELECT count(*) FROM rebased").fetchall() != [(0,)]:
        prices = "close = close / factor, volume = volume * factor"
        for table, sets in (
            ("prices", prices),
            ("replaced_prices", prices),
            ("actions", "amount = amount / factor"),
        ):
            connection.execute(_REBASE.format(table=table, sets=sets))
    connection.execute("DROP TABLE rebased")


# Between two splits that have changed one factor holds. A split is in it unless the
# closes that both have moved no further there than behind it.
_FIND_REBASED: Final = """
CREATE TEMP TABLE rebased AS
WITH steps AS (
    SELECT symbol, session::DATE AS session, ln(amount) AS step FROM new_actions
    WHERE kind = 'split' AND symbol IN (SELECT symbol FROM whole)
    UNION ALL
    SELECT symbol, session, -ln(amount) FROM actions
    WHERE kind = 'split' AND symbol IN (SELECT symbol FROM whole)
), changes AS (
    SELECT symbol, session, sum(step) AS step FROM steps
    GROUP BY symbol, session HAVING abs(sum(step)) > 1e-9
), parts AS (
    SELECT symbol, session AS ends,
        lag(session, 1, DATE '-infinity')
            OVER (PARTITION BY symbol ORDER BY session) AS begins,
        step, sum(step) OVER (PARTITION BY symbol ORDER BY session DESC) AS steps
    FROM changes
), moves AS (
    SELECT parts.symbol, ends, median(ln(kept.close / new.close)) AS moved
    FROM parts
    JOIN prices AS kept ON kept.symbol = parts.symbol
        AND kept.session >= begins AND kept.session < ends
    JOIN new_prices AS new ON new.symbol = kept.symbol
        AND new.session::DATE = kept.session
    GROUP BY parts.symbol, ends
), judged AS (
    SELECT symbol, begins, ends, step, moved - coalesce(
        lead(moved) OVER (PARTITION BY symbol ORDER BY ends), steps - step
    ) AS moved
    FROM parts LEFT JOIN moves USING (symbol, ends)
)
SELECT symbol, begins, ends, exp(sum(
    CASE WHEN moved IS NULL OR abs(moved - step) < abs(moved) THEN step ELSE 0 END
) OVER (PARTITION BY symbol ORDER BY ends DESC)) AS factor
FROM judged QUALIFY factor <> 1
"""
_REBASE: Final = """
UPDATE {table} SET {sets} FROM rebased
WHERE {table}.symbol = rebased.symbol
    AND {table}.session >= rebased.begins AND {table}.session < rebased.ends
"""


def _save_statements(connection: DuckDBPyConnection, batch: list[Fetched]) -> None:
    """Append what is new or has changed; nothing is ever overwritten."""
    found = [
        (one, cell)
        for one in batch
        for cell in _distinct(cast("tuple[StatementCell, ...]", one.content))
    ]
    with (
        _offered_symbols(connection, batch),
        _rows.offered(
            connection,
            "new_cells",
            symbol=_rows.texts([one.task.symbol for one, _ in found]),
            freq=_rows.texts([cell.frequency for _, cell in found]),
            period_end=_rows.days([cell.period_end for _, cell in found]),
            item=_rows.texts([cell.item for _, cell in found]),
            value=_rows.numbers([cell.value for _, cell in found]),
            currency=_rows.texts([cell.currency for _, cell in found]),
            fetched_at=_rows.moments([one.at for one, _ in found]),
        ),
    ):
        connection.execute(_APPEND)


_APPEND: Final = f"""
WITH newest AS (
    SELECT symbol, freq, period_end, item, true AS known,
        arg_max(value, row(seen, rowid)) AS value,
        arg_max(currency, row(seen, rowid)) AS currency
    FROM statements WHERE symbol IN (SELECT symbol FROM asked)
    GROUP BY symbol, freq, period_end, item
)
INSERT INTO statements
SELECT new.symbol, new.freq, new.period_end::DATE, new.item, new.value,
    new.currency, seen.seen, new.fetched_at
FROM new_cells AS new
JOIN ({_SEEN}) AS seen USING (symbol)
LEFT JOIN newest AS old ON old.symbol = new.symbol AND old.freq = new.freq
    AND old.period_end = new.period_end::DATE AND old.item = new.item
WHERE old.known IS NULL OR old.currency <> new.currency
    OR abs(old.value - new.value) > 1e-12 * greatest(abs(old.value), abs(new.value))
"""  # noqa: S608 - our own words


def _distinct(cells: tuple[StatementCell, ...]) -> list[StatementCell]:
    """Return the last cell of each item and period."""
    return list(
        {(cell.frequency, cell.period_end, cell.item): cell for cell in cells}.values()
    )


def _offered_symbols(
    connection: DuckDBPyConnection, batch: Sequence[Fetched]
) -> AbstractContextManager[None]:
    return _rows.offered(
        connection,
        "asked",
        symbol=_rows.texts([one.task.symbol for one in batch]),
        fetched_at=_rows.moments([one.at for one in batch]),
    )


def _save_quotes(connection: DuckDBPyConnection, batch: list[Fetched]) -> None:
    quotes = [cast("QuoteFacts", one.content) for one in batch]
    with (
        _offered_symbols(connection, batch),
        _rows.offered(
            connection,
            "new_quotes",
            symbol=_rows.texts([one.task.symbol for one in batch]),
            name=_rows.texts([quote.name for quote in quotes]),
            kind=_rows.texts([quote.kind for quote in quotes]),
            price_currency=_rows.texts([quote.price_currency for quote in quotes]),
            statement_currency=_rows.texts([q.statement_currency for q in quotes]),
            price=_rows.numbers([quote.price for quote in quotes]),
            market_cap=_rows.numbers([q.market_capitalisation for q in quotes]),
            shares=_rows.numbers([quote.shares for quote in quotes]),
            forward_pe=_rows.numbers([q.forward_price_earnings for q in quotes]),
            forward_eps=_rows.numbers([q.forward_earnings_per_share for q in quotes]),
            earnings_date=_rows.days([quote.earnings_date for quote in quotes]),
            reports_on=_rows.days([quote.reports_on for quote in quotes]),
            class_shares=_rows.numbers([quote.class_shares for quote in quotes]),
        ),
    ):
        connection.execute(_WHOLE_QUOTES)
        connection.execute(_MAKE_ROOM)
        connection.execute("INSERT INTO quotes BY NAME FROM whole_quotes")
        connection.execute("DROP TABLE whole_quotes")


# What a later quote of one session does not say, the earlier one has said.
_WHOLE_QUOTES: Final = f"""
CREATE TEMP TABLE whole_quotes AS
SELECT new.symbol, seen.seen AS as_of, new.name, new.kind, new.price_currency,
    coalesce(new.statement_currency, old.statement_currency) AS statement_currency,
    coalesce(new.price, old.price) AS price,
    coalesce(new.market_cap, old.market_cap) AS market_cap,
    coalesce(new.shares, old.shares) AS shares,
    coalesce(new.forward_pe, old.forward_pe) AS forward_pe,
    coalesce(new.forward_eps, old.forward_eps) AS forward_eps,
    coalesce(new.earnings_date::DATE, old.earnings_date) AS earnings_date,
    coalesce(new.reports_on::DATE, old.reports_on) AS reports_on,
    coalesce(new.class_shares, old.class_shares) AS class_shares
FROM new_quotes AS new
JOIN ({_SEEN}) AS seen USING (symbol)
LEFT JOIN quotes AS old ON old.symbol = new.symbol AND old.as_of = seen.seen
"""  # noqa: S608 - our own words
_MAKE_ROOM: Final = """
DELETE FROM quotes USING whole_quotes AS new
WHERE quotes.symbol = new.symbol AND quotes.as_of = new.as_of
"""


def _save_rates(connection: DuckDBPyConnection, batch: list[Fetched]) -> None:
    found = [
        (one.task.symbol, rate.date, rate.value)
        for one in batch
        for rate in cast("tuple[DatedValue, ...]", one.content)
        if rate.date
    ]
    if not found:
        return
    currencies, days, values = zip(*found, strict=True)
    with _rows.offered(
        connection,
        "new_rates",
        currency=_rows.texts(currencies),
        day=_rows.days(days),
        usd_per_unit=_rows.numbers(values),
    ):
        # A day that the answer leaves out stays, as a session does.
        connection.execute(
            "DELETE FROM rates USING new_rates AS new "
            "WHERE rates.currency = new.currency AND rates.day = new.day::DATE"
        )
        connection.execute("INSERT INTO rates FROM new_rates")


_WRITERS: Final[Mapping[Kind, Callable[[DuckDBPyConnection, list[Fetched]], None]]] = {
    # Prices first: the sessions they bring count for the other kinds.
    "prices": _save_prices,
    "statements": _save_statements,
    "quotes": _save_quotes,
    "rates": _save_rates,
}


def _log(connection: DuckDBPyConnection, fetched: Sequence[Fetched]) -> None:
    if not fetched:
        return
    with _rows.offered(
        connection,
        "new_fetches",
        fetched_at=_rows.moments([one.at for one in fetched]),
        kind=_rows.texts([one.task.kind for one in fetched]),
        symbol=_rows.texts([one.task.symbol for one in fetched]),
        since=_rows.days([one.task.since for one in fetched]),
        reason=_rows.texts([one.reason for one in fetched]),
        detail=_rows.texts([one.detail for one in fetched]),
        seconds=_rows.numbers([one.seconds for one in fetched]),
    ):
        connection.execute("INSERT INTO fetches FROM new_fetches")
