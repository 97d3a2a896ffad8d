"""What a store says of itself."""

from __future__ import annotations

from datetime import UTC, date, datetime

from triad_screener.model.document import Table
from triad_screener.model.stored import MissingSession, StoreInfo, TableState
from triad_screener.reporting import inventory

NOON = datetime(2026, 5, 15, 12, 30, tzinfo=UTC)


def test_a_store_says_what_it_holds_and_since_when() -> None:
    info = StoreInfo(
        path="/data/triad.duckdb",
        size=3 * 2**20,
        schema_version=1,
        counts={"prices": 100, "runs": 2},
        symbols=41,
        first_session=date(2019, 7, 10),
        newest_session=date(2026, 5, 15),
        last_good_at=NOON,
        last_failed_at=NOON,
        last_failure="refused",
    )

    report = inventory.compose(info)

    facts, tables = report.blocks
    assert report.title == "/data/triad.duckdb, 3.0 MiB"
    assert isinstance(facts, Table)
    assert facts.rows[:2] == (
        ("symbols with prices", "41"),
        ("first session", "2019-07-10"),
    )
    assert isinstance(tables, Table)
    assert tables.rows == (("prices", 100), ("runs", 2))
    assert report.record["newest_session"] == "2026-05-15"
    assert report.record["last_failed_at"] == "2026-05-15 12:30 UTC"
    assert report.rows == (
        {"table": "prices", "rows": 100},
        {"table": "runs", "rows": 2},
    )


def test_a_store_that_is_not_there_says_how_to_fill_it() -> None:
    info = StoreInfo("/x.duckdb", 0, 1, {}, 0, None, None, None, None, "")

    report = inventory.compose(info)

    assert report.title == ("/x.duckdb is not there yet. Fill it with 'triad refresh'.")
    assert report.record["first_session"] is None
    assert report.record["last_good_at"] is None


def test_of_each_table_it_is_said_what_is_whole() -> None:
    states = (
        TableState("runs", 3, 2, "1 of 3 cannot be read"),
        TableState("prices", 100, 100, ""),
        TableState("trials", None, 0, "is missing"),
    )

    report = inventory.compose_states("2 of 3 tables are damaged", states)

    (table,) = report.blocks
    assert isinstance(table, Table)
    assert table.rows[0] == ("runs", 3, 2, "1 of 3 cannot be read")
    assert report.tickers == ("runs", "trials")
    assert report.rows[1] == {
        "table": "prices",
        "rows": 100,
        "whole": 100,
        "problem": "",
    }


def test_sessions_that_are_missing_are_counted_and_listed() -> None:
    info = StoreInfo("/x.duckdb", 1, 1, {}, 1, None, None, None, None, "")
    missing = (
        MissingSession("AAA", date(2026, 5, 14), NOON),
        MissingSession("BBB", date(2026, 5, 14), None),
    )

    report = inventory.compose(info, missing)

    facts = report.blocks[0]
    assert isinstance(facts, Table)
    told = "2 sessions of 2 symbols: AAA 2026-05-14, BBB 2026-05-14"
    assert ("missing sessions", told) in facts.rows
    assert report.record["missing_sessions"] == [
        {
            "symbol": "AAA",
            "session": "2026-05-14",
            "first_missed_at": "2026-05-15 12:30 UTC",
        },
        {"symbol": "BBB", "session": "2026-05-14", "first_missed_at": None},
    ]
