"""Which tables does a store have, and how does an older store get them?

There are no keys and no indexes: they slow the appending of many rows. A row is
unique because whatever stands in its place is deleted in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: What the table `meta` says whose file it is; the first step writes it.
PROGRAM: Final = "triad-screener"

_FIRST: Final = """
CREATE TABLE meta (key VARCHAR, value VARCHAR);
INSERT INTO meta VALUES ('program', 'triad-screener'), ('schema_version', '1');
CREATE TABLE prices (symbol VARCHAR, session DATE, close DOUBLE, volume DOUBLE);
CREATE TABLE actions (symbol VARCHAR, session DATE, kind VARCHAR, amount DOUBLE);
CREATE TABLE price_facts (
    symbol VARCHAR, currency VARCHAR, unit VARCHAR, forming_until TIMESTAMP
);
CREATE TABLE statements (
    symbol VARCHAR, freq VARCHAR, period_end DATE, item VARCHAR, value DOUBLE,
    currency VARCHAR, seen DATE, fetched_at TIMESTAMP
);
CREATE TABLE quotes (
    symbol VARCHAR, as_of DATE, name VARCHAR, kind VARCHAR, price_currency VARCHAR,
    statement_currency VARCHAR, price DOUBLE, market_cap DOUBLE, shares DOUBLE,
    forward_pe DOUBLE, forward_eps DOUBLE, earnings_date DATE
);
CREATE TABLE rates (currency VARCHAR, day DATE, usd_per_unit DOUBLE);
CREATE TABLE fetches (
    fetched_at TIMESTAMP, kind VARCHAR, symbol VARCHAR, since DATE, reason VARCHAR,
    detail VARCHAR, seconds DOUBLE
);
CREATE TABLE runs (
    id VARCHAR, stored_at TIMESTAMP, as_of DATE, source VARCHAR, recipe VARCHAR,
    universe VARCHAR, lines INTEGER, ranked INTEGER, config_hash VARCHAR,
    data_hash VARCHAR, program_version VARCHAR, screen BLOB
);
CREATE TABLE run_lines (
    run_id VARCHAR, ticker VARCHAR, rank INTEGER, score DOUBLE, score_low DOUBLE,
    score_high DOUBLE
);
CREATE TABLE answers (key VARCHAR, run_id VARCHAR, until TIMESTAMP);
"""
# What was seen of the watchlist.
_SECOND: Final = """
CREATE TABLE IF NOT EXISTS watch_events (
    entry VARCHAR, reference VARCHAR, day DATE, stage_before VARCHAR,
    stage_after VARCHAR, is_news BOOLEAN, mark_source VARCHAR, sighting VARCHAR,
    seen_at TIMESTAMP, told_at TIMESTAMP
);
CREATE TABLE IF NOT EXISTS watch_checks (
    checked_at TIMESTAMP, entry VARCHAR, mark_source VARCHAR, cik VARCHAR,
    reason VARCHAR, detail VARCHAR
);
"""
# Which settings of a recipe were ever tried on what came after.
_THIRD: Final = """
CREATE TABLE IF NOT EXISTS trials (key VARCHAR, recipe VARCHAR, first_at TIMESTAMP);
"""
# Of which taxonomy a run is, in which turn and when it was asked for again, and whether
# only ever for a day that was over. Runs of earlier versions have nothing there.
_FOURTH: Final = """
ALTER TABLE runs ADD COLUMN IF NOT EXISTS taxonomy VARCHAR;
ALTER TABLE runs ADD COLUMN IF NOT EXISTS turn BIGINT;
ALTER TABLE runs ADD COLUMN IF NOT EXISTS asked_at TIMESTAMP;
ALTER TABLE runs ADD COLUMN IF NOT EXISTS looked_back BOOLEAN;
"""
# When the next results are expected.
_FIFTH: Final = "ALTER TABLE quotes ADD COLUMN IF NOT EXISTS reports_on DATE;"
# What a vendor puts on a company that is not listed, beside what was seen.
_SIXTH: Final = "ALTER TABLE watch_events ADD COLUMN IF NOT EXISTS vendor VARCHAR;"
# What a price was before another was seen; NULL where there was none. It holds for
# every day before `until`.
_SEVENTH: Final = """
CREATE TABLE IF NOT EXISTS replaced_prices (
    symbol VARCHAR, session DATE, close DOUBLE, volume DOUBLE, until DATE
);
"""
# What the quoted class counts, to compare a market capitalisation with.
_EIGHTH: Final = "ALTER TABLE quotes ADD COLUMN IF NOT EXISTS class_shares DOUBLE;"
# The long lists of a run of thousands of lines; NULL where the screen has them.
_NINTH: Final = "ALTER TABLE runs ADD COLUMN IF NOT EXISTS parts BLOB[];"
#: Bytes before the first block of a file: three headers.
_HEADERS: Final = 3 * 4096
#: Step ``n`` leads from version ``n`` to ``n + 1``; the first from an empty file.
STEPS: tuple[str, ...] = (
    *(_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH, _EIGHTH),
    _NINTH,
)
TABLES: Final = (
    "prices",
    "replaced_prices",
    "actions",
    "price_facts",
    "statements",
    "quotes",
    "rates",
    "fetches",
    "runs",
    "run_lines",
    "answers",
    "watch_events",
    "watch_checks",
    "trials",
)


class UnusableError(Exception):
    """The tables are not those of a store that this program can read.

    Args:
        problem: What is wrong, to follow "The store ...".
        remedy: What to do next, as a sentence.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def require_known(connection: DuckDBPyConnection) -> int:
    """Return the schema version of a store.

    Raises:
        UnusableError: If it belongs to another program, or is of a newer version.
    """
    meta = _meta(connection)
    version = meta.get("schema_version", "")
    if meta.get("program") != PROGRAM or not version.isdecimal():
        raise UnusableError(
            "is a database of another program", "Choose another file for the store."
        )
    if int(version) > len(STEPS):
        raise UnusableError(
            f"is of version {version}, and this triad knows versions up to "
            f"{len(STEPS)}",
            "Update triad, or choose another file for the store.",
        )
    return int(version)


def _meta(connection: DuckDBPyConnection) -> dict[str, str]:
    columns = connection.execute(
        "SELECT list(column_name ORDER BY column_index) FROM duckdb_columns() "
        "WHERE table_name = 'meta' AND schema_name = 'main' "
        "AND database_name = current_database()"
    ).fetchone()
    if columns != (["key", "value"],):
        return {}
    return {
        str(key): str(value)
        for key, value in connection.execute("SELECT key, value FROM meta").fetchall()
    }


def migrate(connection: DuckDBPyConnection, version: int) -> None:
    """Bring the tables from ``version`` to the newest, inside a transaction."""
    for step in STEPS[version:]:
        connection.execute(step)
    connection.execute(
        "UPDATE meta SET value = ? WHERE key = 'schema_version'", [str(len(STEPS))]
    )


def end(connection: DuckDBPyConnection) -> int:
    """Return how many bytes the file must have, by the last block that is in use."""
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = current_database()"
    ).fetchall()
    used = [_last_block(connection, name) for (name,) in tables]
    row = connection.execute(
        "SELECT block_size FROM pragma_database_size() "
        "WHERE database_name = current_database()"
    ).fetchall()
    return _HEADERS + (max(used, default=-1) + 1) * int(row[0][0])


def _last_block(connection: DuckDBPyConnection, table: str) -> int:
    row = connection.execute(
        "SELECT max(greatest(block_id, list_max(additional_block_ids))) "
        "FROM pragma_storage_info(?) WHERE persistent",
        [table],
    ).fetchall()
    found: int | None = row[0][0]
    return -1 if found is None else found
