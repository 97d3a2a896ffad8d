"""What does the store hold, since when, and how large is it?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from triad_screener.model.document import Column, Kind, Report, Table
from triad_screener.reporting import sessions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from triad_screener.model.stored import MissingSession, StoreInfo, TableState

_MEBIBYTE = 2**20


def compose(info: StoreInfo, missing: Sequence[MissingSession] = ()) -> Report:
    """Return what a store says of itself.

    Args:
        info: What it holds.
        missing: Sessions on which most lines of an exchange traded, and one has none.
    """
    record = {
        "schema_version": 1,
        "path": info.path,
        "bytes": info.size,
        "store_version": info.schema_version,
        "symbols": info.symbols,
        "first_session": _day(info.first_session),
        "newest_session": _day(info.newest_session),
        "missing_sessions": [_missing(one) for one in missing],
        "last_good_at": _moment(info.last_good_at),
        "last_failed_at": _moment(info.last_failed_at),
        "last_failure": info.last_failure or None,
        "rows": dict(info.counts),
    }
    title = f"{info.path}, {info.size / _MEBIBYTE:.1f} MiB"
    if not info.size:
        title = f"{info.path} is not there yet. Fill it with 'triad refresh'."
    facts = (
        ("symbols with prices", info.symbols),
        ("first session", info.first_session),
        ("newest session", info.newest_session),
        ("missing sessions", sessions.in_words(missing) or None),
        ("last answer", _moment(info.last_good_at)),
        ("last failure", _moment(info.last_failed_at)),
        ("what failed", info.last_failure or None),
        ("version of the tables", info.schema_version),
    )
    columns = (Column("", Kind.NAME, 100), Column("", Kind.TEXT, 90))
    counted = (Column("Table", Kind.NAME, 100), Column("Rows", Kind.COUNT, 90))
    return Report(
        title=title,
        blocks=(
            Table("The store", columns, tuple((n, _text(v)) for n, v in facts)),
            Table("Tables", counted, tuple(info.counts.items())),
        ),
        record=record,
        rows=tuple({"table": name, "rows": n} for name, n in info.counts.items()),
    )


def compose_states(title: str, states: Sequence[TableState]) -> Report:
    """Return what of each table can be read, or was saved."""
    columns = (
        Column("Table", Kind.NAME, 100),
        Column("Rows", Kind.COUNT, 90),
        Column("Whole", Kind.COUNT, 90),
        Column("Problem", Kind.TEXT, 100),
    )
    rows = tuple((one.table, one.rows, one.whole, one.problem) for one in states)
    records = [asdict(one) for one in states]
    return Report(
        title=title,
        blocks=(Table("Tables", columns, rows),),
        record={"schema_version": 1, "tables": records},
        rows=tuple(records),
        tickers=tuple(one.table for one in states if one.problem),
    )


def _missing(one: MissingSession) -> dict[str, str | None]:
    return {
        "symbol": one.symbol,
        "session": one.session.isoformat(),
        "first_missed_at": _moment(one.seen_at),
    }


def _moment(value: datetime | None) -> str | None:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _text(value: object) -> str:
    return "none" if value is None else str(value)
