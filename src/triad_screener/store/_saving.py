"""How do fetched figures enter the store?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np

from triad_screener.store import _rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

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
    _rebase(connection, pairs)
    counts = [bars.sessions.size for _, bars in pairs]
    with _rows.offered(
        connection,
        "new_prices",
        symbol=np.repeat(_rows.texts([one.task.symbol for one, _ in pairs]), counts),
        session=_rows.days(np.concatenate([bars.sessions for _, bars in pairs])),
        close=np.concatenate([bars.closes for _, bars in pairs]),
        volume=np.concatenate([bars.volumes for _, bars in pairs]),
    ):
        _save_price_facts(connection, pairs)
        # A session that the answer leaves out stays: a hole is no news.
        connection.execute(
            "DELETE FROM prices USING new_prices AS new "
            "WHERE prices.symbol = new.symbol AND prices.session = new.session::DATE"
        )
        connection.execute("INSERT INTO prices FROM new_prices")
    _save_actions(connection, pairs)


def _save_price_facts(
    connection: DuckDBPyConnection, pairs: Sequence[tuple[Fetched, Bars]]
) -> None:
    """Write the facts, and make room for actions.

    An answer that lists no dividend takes none away, and a part of a history that
    lists no split no split. A dividend of a session left out stays with it.
    """
    whole = [one.task.since is None for one, _ in pairs]
    with _rows.offered(
        connection,
        "new_facts",
        symbol=_rows.texts([one.task.symbol for one, _ in pairs]),
        currency=_rows.texts([bars.currency for _, bars in pairs]),
        unit=_rows.texts([bars.unit for _, bars in pairs]),
        forming_until=_rows.moments([bars.forming_until for _, bars in pairs]),
        since=_rows.days([one.task.since for one, _ in pairs]),
        whole=np.array(whole, bool),
        dividends=np.array([_lists(b.dividends, one) for one, b in pairs], bool),
        splits=np.array([_lists(b.splits, one) for one, b in pairs], bool),
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
AND CASE actions.kind
    WHEN 'split' THEN new.whole OR new.splits ELSE new.dividends
END
AND (actions.kind = 'split' OR NOT EXISTS (
    FROM prices WHERE prices.symbol = actions.symbol
    AND prices.session = actions.session
    AND NOT EXISTS (
        FROM new_prices WHERE new_prices.symbol = prices.symbol
        AND new_prices.session::DATE = prices.session
    )
))
"""


def _lists(actions: Sequence[tuple[date, float]], one: Fetched) -> bool:
    """Return whether an answer lists actions of the days that were asked for."""
    since = one.task.since
    return any(since is None or day >= since for day, _ in actions)


def _rebase(
    connection: DuckDBPyConnection, pairs: Sequence[tuple[Fetched, Bars]]
) -> None:
    """Bring what a whole history may leave out onto the splits that it knows.

    Closes are kept as adjusted for every split of the last whole history. Where the
    new one knows another split, closes and dividends before it are divided by its
    ratio, and volumes multiplied.
    """
    whole = [(one, bars) for one, bars in pairs if one.task.since is None]
    found = [(one, day, ratio) for one, bars in whole for day, ratio in bars.splits]
    with (
        _rows.offered(
            connection,
            "whole",
            symbol=_rows.texts([one.task.symbol for one, _ in whole]),
        ),
        _rows.offered(
            connection,
            "new_splits",
            symbol=_rows.texts([one.task.symbol for one, _, _ in found]),
            session=_rows.days([day for _, day, _ in found]),
            amount=_rows.numbers([ratio for *_, ratio in found]),
        ),
    ):
        for table, sets in (
            (
                "prices",
                "close = close / factors.factor, volume = volume * factors.factor",
            ),
            ("actions", "amount = amount / factors.factor"),
        ):
            connection.execute(_REBASE.format(table=table, sets=sets))


_REBASE: Final = """
WITH steps AS (
    SELECT symbol, session::DATE AS session, ln(amount) AS step FROM new_splits
    UNION ALL
    SELECT symbol, session, -ln(amount) FROM actions
    WHERE kind = 'split' AND symbol IN (SELECT symbol FROM whole)
), changes AS (
    SELECT symbol, session, sum(step) AS step FROM steps
    GROUP BY symbol, session HAVING abs(sum(step)) > 1e-9
), factors AS (
    SELECT kept.symbol, kept.session, exp(sum(changes.step)) AS factor
    FROM (SELECT DISTINCT symbol, session FROM {table}) AS kept
    JOIN changes ON changes.symbol = kept.symbol AND changes.session > kept.session
    GROUP BY kept.symbol, kept.session
)
UPDATE {table} SET {sets} FROM factors
WHERE {table}.symbol = factors.symbol AND {table}.session = factors.session
"""


def _save_actions(
    connection: DuckDBPyConnection, pairs: Sequence[tuple[Fetched, Bars]]
) -> None:
    found = [
        (one.task.symbol, day, kind, amount)
        for one, bars in pairs
        for kind, actions in (("dividend", bars.dividends), ("split", bars.splits))
        for day, amount in actions
        if one.task.since is None or day >= one.task.since
    ]
    if not found:
        return
    symbols, sessions, kinds, amounts = zip(*found, strict=True)
    with _rows.offered(
        connection,
        "new_actions",
        symbol=_rows.texts(symbols),
        session=_rows.days(sessions),
        kind=_rows.texts(kinds),
        amount=_rows.numbers(amounts),
    ):
        # One that stayed with its session is said again.
        connection.execute(
            "DELETE FROM actions USING new_actions AS new "
            "WHERE actions.symbol = new.symbol AND actions.kind = new.kind "
            "AND actions.session = new.session::DATE"
        )
        connection.execute("INSERT INTO actions FROM new_actions")


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
    coalesce(new.reports_on::DATE, old.reports_on) AS reports_on
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
