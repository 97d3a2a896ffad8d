"""Which sessions does the store lack, and since when is that known?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from triad_screener.model.stored import MissingSession
from triad_screener.screening.sessions import exchanges
from triad_screener.stats.sessions import missing
from triad_screener.store import _rows, _times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

_SYMBOLS: Final = "SELECT DISTINCT symbol FROM prices ORDER BY symbol"
_SESSIONS: Final = "SELECT line, session FROM prices JOIN numbered USING (symbol)"
# The first answer that reached over a session and came after it has left it out.
_SEEN: Final = """
SELECT absent.symbol, absent.session::DATE, min(fetches.fetched_at)
FROM absent LEFT JOIN fetches ON fetches.symbol = absent.symbol
    AND fetches.kind = 'prices' AND fetches.reason = ''
    AND (fetches.since IS NULL OR fetches.since <= absent.session)
    AND fetches.fetched_at::DATE > absent.session
GROUP BY ALL ORDER BY ALL
"""


def missing_sessions(connection: DuckDBPyConnection) -> tuple[MissingSession, ...]:
    """Return every session that a symbol lacks, by symbol and day."""
    symbols = [symbol for (symbol,) in connection.execute(_SYMBOLS).fetchall()]
    with _rows.offered(
        connection,
        "numbered",
        symbol=_rows.texts(symbols),
        line=np.arange(len(symbols), dtype=np.int32),
    ):
        kept = connection.execute(_SESSIONS).fetchnumpy()
    columns = cast("dict[str, NDArray[Any]]", kept)  # nothing here is an enumeration
    at, days = missing(columns["line"], columns["session"], exchanges(symbols))
    return _seen(connection, [symbols[place] for place in at.tolist()], days)


def _seen(
    connection: DuckDBPyConnection,
    symbols: Sequence[str],
    days: NDArray[np.datetime64],
) -> tuple[MissingSession, ...]:
    if not symbols:
        return ()
    with _rows.offered(
        connection, "absent", symbol=_rows.texts(symbols), session=_rows.days(days)
    ):
        rows = connection.execute(_SEEN).fetchall()
    return tuple(
        MissingSession(symbol, session, _times.read_or_none(at))
        for symbol, session, at in rows
    )
