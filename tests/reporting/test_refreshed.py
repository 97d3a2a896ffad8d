"""What a refresh says it did."""

from __future__ import annotations

from datetime import UTC, date, datetime

from triad_screener.model.document import Paragraph, Table
from triad_screener.model.live import Fetched, Refreshed, Supply, Task
from triad_screener.reporting import refreshed

NOON = datetime(2026, 5, 15, 12, tzinfo=UTC)
SUPPLY = Supply("prices", ("AAA", "BBB"), ("CCC",), (), date(2026, 5, 15))


def fetched(symbol: str, reason: str = "", detail: str = "") -> Fetched:
    return Fetched(Task("prices", symbol), NOON, 0.1, None, reason, detail)


def test_a_refresh_says_what_came_and_how_well_the_store_is_supplied() -> None:
    done = Refreshed(2, (fetched("AAA"), fetched("BBB")), 5, 1.25)

    report = refreshed.compose(done, [SUPPLY])

    assert report.title == "2 of 2 answers came, in 5 requests and 1.2 s."
    (supplied,) = report.blocks
    assert isinstance(supplied, Table)
    assert supplied.rows == (("prices", 2, 1, 0, date(2026, 5, 15)),)
    assert report.record == {
        "schema_version": 1,
        "asked": 2,
        "came": 2,
        "requests": 5,
        "seconds": 1.25,
        "interrupted": False,
        "supplies": [
            {
                "kind": "prices",
                "fresh": 2,
                "stale": 1,
                "missing": 0,
                "newest": "2026-05-15",
            }
        ],
        "gaps": [],
    }


def test_nothing_due_and_nothing_kept_are_said() -> None:
    empty = Supply("quotes", (), (), ("AAA",), None)

    report = refreshed.compose(Refreshed(), [empty])

    assert report.title == "Nothing is due."
    assert report.record["supplies"] == [
        {"kind": "quotes", "fresh": 0, "stale": 0, "missing": 1, "newest": None}
    ]


def test_an_interruption_is_said() -> None:
    report = refreshed.compose(
        Refreshed(9, (fetched("AAA"),), 2, 1.0, interrupted=True), [SUPPLY]
    )

    assert report.title == "Interrupted: 1 of 9 answers are kept."


def test_gaps_stand_by_reason_with_the_first_symbols_named() -> None:
    many = [fetched(f"L{at}", "network", "refused") for at in range(9, -1, -1)]
    done = Refreshed(11, (*many, fetched("AAA", "absent", "not known")), 11, 1.0)

    report = refreshed.compose(done, [SUPPLY])

    gaps, note = report.blocks[1:]
    assert isinstance(gaps, Table)
    assert gaps.rows == (
        ("network", 10, "L0, L1, L2, L3, L4, L5, L6, L7 and 2 more", "refused"),
        ("absent", 1, "AAA", "not known"),
    )
    assert isinstance(note, Paragraph)
    assert report.rows[0] == {
        "symbol": "AAA",
        "kind": "prices",
        "reason": "absent",
        "detail": "not known",
    }
    assert report.tickers[:2] == ("AAA", "L0")
