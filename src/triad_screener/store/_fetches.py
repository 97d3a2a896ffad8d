"""When was each kind of figures last asked for, and what is stored of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import LastFetch
from triad_screener.store import _times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from duckdb import DuckDBPyConnection

    from triad_screener.model.live import Kind

# The last row is the last try: a clock that ran ahead for a day must not outlast it.
_LAST: Final = """
WITH last AS (
    SELECT kind, symbol,
        arg_max(fetched_at, rowid) FILTER (reason = '') AS good_at,
        arg_max(fetched_at, rowid) AS tried_at,
        arg_max(reason, rowid) AS reason,
        arg_max(detail, rowid) AS detail
    FROM fetches GROUP BY kind, symbol
), newest AS (
    SELECT 'prices' AS kind, symbol, max(session) AS newest, count(*) AS sessions
    FROM prices GROUP BY symbol
    UNION ALL
    SELECT 'statements', symbol, max(period_end), 0 FROM statements GROUP BY symbol
    UNION ALL
    SELECT 'rates', currency, max(day), 0 FROM rates GROUP BY currency
), forming AS (
    SELECT 'prices' AS kind, symbol, forming_until FROM price_facts
), earnings AS (
    SELECT 'quotes' AS kind, symbol, arg_max_null(earnings_date, as_of) AS day,
        arg_max_null(reports_on, as_of) AS reports_on
    FROM quotes GROUP BY symbol
)
SELECT kind, symbol, good_at, tried_at, reason, detail, newest,
    coalesce(sessions, 0), forming_until, day, reports_on
FROM last
LEFT JOIN newest USING (kind, symbol)
LEFT JOIN forming USING (kind, symbol)
LEFT JOIN earnings USING (kind, symbol)
ORDER BY kind, symbol
"""


def last_fetches(
    connection: DuckDBPyConnection,
) -> dict[tuple[Kind, str], LastFetch]:
    """Return what is known of each kind of figures of each symbol."""
    rows = connection.execute(_LAST).fetchall()
    return {(kind, symbol): _last_fetch(*row) for kind, symbol, *row in rows}


def _last_fetch(*row: Any) -> LastFetch:  # noqa: ANN401 - the columns of a row
    good_at, tried_at, reason, detail, newest, count, forming_until, *results = row
    return LastFetch(
        good_at=_times.read_or_none(good_at),
        tried_at=_times.read(tried_at),
        reason=reason,
        detail=detail,
        newest=newest,
        count=count,
        forming_until=_times.read_or_none(forming_until),
        earnings_date=results[0],
        reports_on=results[1],
    )


_CLOSES: Final = """
SELECT symbol, session, close FROM prices
WHERE list_contains($symbols, symbol) AND session >= $since ORDER BY session
"""
_RATES: Final = """
SELECT currency, day, usd_per_unit FROM rates
WHERE list_contains($symbols, currency) AND day >= $since ORDER BY day
"""
QUERIES: Final = {"prices": _CLOSES, "rates": _RATES}


def values(
    connection: DuckDBPyConnection, kind: str, symbols: Sequence[str], since: date
) -> dict[str, dict[date, float]]:
    """Return the stored closes or rates of each symbol that has any, oldest first."""
    found: dict[str, dict[date, float]] = {}
    if symbols:
        asked = {"symbols": list(symbols), "since": since}
        for symbol, day, value in connection.execute(QUERIES[kind], asked).fetchall():
            found.setdefault(symbol, {})[day] = value
    return found
