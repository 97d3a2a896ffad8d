"""What a refresh says it did."""

from __future__ import annotations

from datetime import UTC, date, datetime

from triad_screener.model.document import Paragraph, Table
from triad_screener.model.live import Fetched, Refreshed, Supply, Task
from triad_screener.model.watch import Checked, Company, WatchCheck
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
        "private_companies": None,
    }


def test_private_companies_are_counted_with_their_request_and_their_gaps() -> None:
    gap = WatchCheck("labs", "yahoo", None, "absent", "Not on the list.")
    company = Company("labs", "Labs", "private", date(2025, 3, 1))
    marks = Checked((company, company), (), (gap,), answered=1, requests=1)

    report = refreshed.compose(Refreshed(2, (), 5, 1.0), [SUPPLY], marks)

    told = [one.text for one in report.blocks if isinstance(one, Paragraph)]
    known = "Private companies: 1 of 2 are known, in 1 request; 0 news."
    assert told == [
        f"{known} See: triad watchlist.",
        "Private companies: Not on the list.",
    ]
    assert report.record["requests"] == 6
    assert report.record["private_companies"] == {
        "known": 1,
        "asked": 2,
        "requests": 1,
        "news": 0,
        "gaps": [{"id": "labs", "reason": "absent", "detail": "Not on the list."}],
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
