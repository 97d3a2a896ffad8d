"""What was seen of the watchlist, and who was told of it?"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.watch import Followed, Sighting, VendorMark, WatchEvent
from triad_screener.store import _times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from triad_screener.model.watch import WatchCheck

_EVENTS: Final = """
SELECT sighting, vendor, mark_source, stage_before, stage_after, is_news
FROM watch_events {where} ORDER BY day, seen_at, rowid
"""
#: What a person wrote into the taxonomy is left out: two screens tell of it.
_UNTOLD: Final = _EVENTS.format(
    where="WHERE is_news AND told_at IS NULL AND mark_source <> 'yaml'"
)
_ALL: Final = _EVENTS.format(where="")
_CHECKED: Final = """
SELECT DISTINCT entry, mark_source FROM watch_checks WHERE reason = ''
ORDER BY entry, mark_source
"""
_CIKS: Final = """
SELECT entry, arg_max(cik, rowid) FROM watch_checks
WHERE reason = '' AND cik IS NOT NULL GROUP BY entry ORDER BY entry
"""
_ANSWERED: Final = """
SELECT max(checked_at) FROM watch_checks WHERE mark_source = ? AND reason = ''
"""
_KNOWN: Final = "SELECT DISTINCT entry, reference FROM watch_events"
_TOLD: Final = """
UPDATE watch_events SET told_at = ?
WHERE entry = ? AND reference = ? AND told_at IS NULL
"""


def followed(connection: DuckDBPyConnection) -> Followed:
    """Return everything that is kept of the watchlist."""
    checked = connection.execute(_CHECKED).fetchall()
    return Followed(
        tuple(_events(connection, _ALL)),
        frozenset((entry, source) for entry, source in checked),
        tuple((entry, cik) for entry, cik in connection.execute(_CIKS).fetchall()),
    )


def answered_at(connection: DuckDBPyConnection, source: str) -> datetime | None:
    """Return when a mark source last answered, in UTC; None if it never did."""
    (found,) = connection.execute(_ANSWERED, [source]).fetchall()[0]
    return _times.read_or_none(found)


def untold(connection: DuckDBPyConnection) -> tuple[WatchEvent, ...]:
    """Return the news that nobody was told of, oldest first."""
    return tuple(_events(connection, _UNTOLD))


def _events(connection: DuckDBPyConnection, query: str) -> list[WatchEvent]:
    rows = connection.execute(query).fetchall()
    return [
        WatchEvent(_read(text, vendor), by, before, after, is_news=is_news)
        for text, vendor, by, before, after, is_news in rows
    ]


def unreadable(connection: DuckDBPyConnection) -> int:
    """Return how many events cannot be read."""
    rows = connection.execute("SELECT sighting, vendor FROM watch_events").fetchall()
    return sum(not _is_readable(*row) for row in rows)


def _is_readable(text: str, vendor: str | None) -> bool:
    try:
        _read(text, vendor)
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


def save(
    connection: DuckDBPyConnection,
    checks: Sequence[WatchCheck],
    events: Sequence[WatchEvent],
    at: datetime,
) -> None:
    """Log checks and append events that are not there, in the transaction open."""
    moment = _times.stored(at)
    known = set(connection.execute(_KNOWN).fetchall())
    for event in events:
        seen = event.sighting
        if (seen.entry, seen.reference) not in known:
            connection.execute(
                "INSERT INTO watch_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                [*_keys(event), event.by, _written(seen), moment, _mark(seen.vendor)],
            )
    for one in checks:
        row = [moment, one.entry, one.source, one.cik, one.reason, one.detail]
        connection.execute("INSERT INTO watch_checks VALUES (?, ?, ?, ?, ?, ?)", row)


def _keys(event: WatchEvent) -> list[object]:
    seen = event.sighting
    return [
        seen.entry,
        seen.reference,
        seen.date,
        event.before,
        event.after,
        event.is_news,
    ]


def mark_told(
    connection: DuckDBPyConnection, events: Sequence[WatchEvent], at: datetime
) -> None:
    """Note that somebody was told of ``events``."""
    for event in events:
        seen = event.sighting
        connection.execute(_TOLD, [_times.stored(at), seen.entry, seen.reference])


def _written(sighting: Sighting) -> str:
    plain = {**asdict(sighting), "date": sighting.date.isoformat()}
    for name in _ELSEWHERE:
        del plain[name]
    return json.dumps(plain, ensure_ascii=False)


#: Kept in a column of its own, and not at all: whether it is news says the event.
_ELSEWHERE: Final = ("vendor", "is_minor")


def _mark(vendor: VendorMark | None) -> str | None:
    if vendor is None:
        return None
    return json.dumps(asdict(vendor), ensure_ascii=False, default=date.isoformat)


def _read(text: str, vendor: str | None) -> Sighting:
    plain: dict[str, Any] = json.loads(text)
    plain["date"] = date.fromisoformat(plain["date"])
    return Sighting(**plain, vendor=_read_mark(vendor) if vendor else None)


def _read_mark(text: str) -> VendorMark:
    plain: dict[str, Any] = json.loads(text)
    day = plain["round_date"]
    return VendorMark(**{**plain, "round_date": day and date.fromisoformat(day)})
