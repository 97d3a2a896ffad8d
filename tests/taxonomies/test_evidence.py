"""The evidence that ships with the program: does each share follow from its figures?

``segments.csv`` holds, in billions, what a filing or a results release says of a
segment and of the whole, and how much of it counts (an estimate: half).
"""

from __future__ import annotations

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from triad_screener.shipped import shipped
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from triad_screener.model.taxonomy import ExposureEntry, Taxonomy, WatchlistEntry
    from triad_screener.model.vocabulary import Pillar

Row = dict[str, str]

SEGMENTS: Final = Path(__file__).with_name("segments.csv")
#: Lines whose filings give a segment, an end market or a group of customers.
REPORTING: Final = (
    *("NVDA", "AVGO", "AMD", "TSM", "MU", "MRVL", "ANET"),
    *("AMZN", "MSFT", "GOOGL"),
)
#: Second lines of an issuer.
SISTERS: Final = {"GOOG": "GOOGL", "2330.TW": "TSM"}
#: The day of the post, from which a reader looks back.
THE_DAY: Final = date(2025, 2, 14)


@cache
def taxonomy() -> Taxonomy:
    return loading.load(shipped("config/triad.yaml"))


@cache
def segments() -> tuple[Row, ...]:
    with SEGMENTS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def revenue() -> dict[tuple[str, str, str], float]:
    """Return the revenue that the bundled statements hold, in billions."""
    path = shipped("data/fixtures/statements.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["symbol"], row["freq"], row["period_end"]): float(row["value"]) / 1e9
            for row in csv.DictReader(file)
            if row["item"] == "TotalRevenue"
        }


def entries(ticker: str, pillar: Pillar = "compute") -> tuple[ExposureEntry, ...]:
    line = taxonomy().constituent(ticker)
    assert line
    return line.exposures[pillar].entries


def entry_of(row: Row) -> ExposureEntry:
    pillar: Pillar = "algorithms" if row["ticker"] == "BIDU" else "compute"
    found = {str(entry.date): entry for entry in entries(row["ticker"], pillar)}
    return found[row["known"]]


def company(name: str) -> WatchlistEntry:
    return next(entry for entry in taxonomy().watchlist if entry.id == name)


def named(row: Row) -> str:
    return f"{row['ticker']} {row['known']}"


# --- shares of revenue ---------------------------------------------------------------


@pytest.mark.parametrize("row", segments(), ids=named)
def test_a_share_is_its_segment_over_the_whole_and_not_rounded(row: Row) -> None:
    entry = entry_of(row)

    share = float(row["segment"]) / float(row["total"]) * float(row["counted"])

    assert entry.share == pytest.approx(share, abs=0.00005)
    assert (entry.basis == "estimate") == (row["counted"] == "0.5")


@pytest.mark.parametrize("row", segments(), ids=named)
def test_the_reasons_name_both_figures(row: Row) -> None:
    reasons = entry_of(row).rationale

    figures = {float(one) for one in re.findall(r"\d+(?:\.\d+)?(?=bn)", reasons)}

    assert {float(row["segment"]), float(row["total"])} <= figures


@pytest.mark.parametrize(
    ("ticker", "known", "percent", "counted"),
    [
        ("TSM", "2024-04-18", 46, 1),
        ("TSM", "2025-01-16", 53, 1),
        ("TSM", "2025-04-17", 59, 1),
        ("TSM", "2026-04-16", 61, 1),
        ("MRVL", "2026-03-11", 74, 1),
        ("ANET", "2024-02-12", 43, 0.5),
        ("ANET", "2025-02-18", 48, 0.5),
    ],
)
def test_a_share_that_the_company_gives_in_percent_is_entered_as_it_is(
    ticker: str, known: str, percent: int, counted: float
) -> None:
    entry = {str(one.date): one for one in entries(ticker)}[known]

    assert entry.share == pytest.approx(percent / 100 * counted)
    assert f"{percent}%" in entry.rationale


@pytest.mark.parametrize("row", segments(), ids=named)
def test_the_whole_is_the_revenue_of_the_statements(row: Row) -> None:
    reported = revenue()[row["ticker"], row["freq"], row["period_end"]]

    digits = len(row["total"].partition(".")[2])
    assert round(reported, digits) == pytest.approx(float(row["total"]), abs=1e-9)


@pytest.mark.parametrize("ticker", REPORTING)
def test_two_earlier_years_stand_beside_the_newest_share(ticker: str) -> None:
    *earlier, newest = entries(ticker)

    assert len(earlier) >= 2
    assert len({entry.share for entry in (*earlier, newest)}) == len(earlier) + 1
    assert all(entry.source != newest.source for entry in earlier)


@pytest.mark.parametrize("ticker", [*REPORTING, *SISTERS])
def test_an_entry_is_cited_from_a_document_of_its_day(ticker: str) -> None:
    cited = [
        (entry.date, taxonomy().sources[entry.source].date) for entry in entries(ticker)
    ]

    assert all(of_entry == of_source for of_entry, of_source in cited)


@pytest.mark.parametrize(("sister", "first"), SISTERS.items())
def test_lines_of_one_company_have_one_exposure(sister: str, first: str) -> None:
    assert [(e.date, e.share) for e in entries(sister)] == [
        (e.date, e.share) for e in entries(first)
    ]


def test_what_was_known_on_the_day_of_the_post_needs_no_later_document() -> None:
    known = {
        ticker: max(
            (entry for entry in entries(ticker) if entry.date <= THE_DAY),
            key=lambda entry: entry.date,
        ).share
        for ticker in REPORTING
    }

    assert known == {
        "NVDA": 0.7801,
        "AVGO": 0.2633,
        "AMD": 0.4878,
        "TSM": 0.53,
        "MU": 0.5,
        "MRVL": 0.4025,
        "ANET": 0.215,
        "AMZN": 0.1686,
        "MSFT": 0.2149,
        "GOOGL": 0.1239,
    }


# --- sources -------------------------------------------------------------------------


def test_publishers_are_companies_authorities_and_papers_never_accounts() -> None:
    publishers = {source.publisher for source in taxonomy().sources.values()}

    account = re.compile(
        r"/|@|github|\.(?:ai|com|io|finance|org|net|app)\b|repository|web page"
        r"|read in a copy|various|unnamed|without a name"
    )
    assert [name for name in sorted(publishers) if account.search(name.lower())] == []


def test_the_snapshot_names_publishers_and_no_accounts() -> None:
    text = shipped("data/fixtures/SOURCES.md").read_text("utf-8")
    table = text.partition("## Publishers and terms")[2].partition("## What a figure")[
        0
    ]

    assert "github" not in text.lower()
    # Data vendors that readers know by the name of their site.
    known = {"Nasdaq.com", "stockanalysis.com"}
    sites = set(re.findall(r"[\w-]+\.(?:ai|com|io|finance)\b", table))
    assert sites == known
    accounts = re.findall(r"\b[\w.-]+/[\w.-]+\b", table)
    assert set(accounts) == {"price/earnings"}


def test_what_was_read_second_hand_is_not_graded_as_if_read_at_the_source() -> None:
    second_hand = re.compile(r"read (?:in|on) |from general knowledge|undated")

    graded = {
        source.grade
        for source in taxonomy().sources.values()
        if second_hand.search(source.title) and "undated" not in source.title
    }

    assert graded == {"D"}


def test_every_source_is_cited() -> None:
    text = shipped("config/triad.yaml").read_text("utf-8")
    cited = set(re.findall(r"source: (\w+)", text))

    assert sorted(taxonomy().sources.keys() - cited) == []


# --- companies not yet listed --------------------------------------------------------


def test_databricks_has_its_rounds_and_its_number_at_the_sec() -> None:
    databricks = company("databricks")

    assert databricks.cik == "0001587468"
    assert [(m.round, str(m.date), m.post_money) for m in databricks.marks] == [
        ("Series I", "2023-09-14", 43e9),
        ("Series J", "2024-12-17", 62e9),
        ("Series K", "2025-09-08", 100e9),
        ("Series L", "2025-12-16", 134e9),
    ]
    assert {mark.grade for mark in databricks.marks} == {"B"}
    assert sum(mark.date <= THE_DAY for mark in databricks.marks) == 2


@pytest.mark.parametrize(
    ("name", "day", "post_money"),
    [
        ("cerebras", date(2025, 9, 30), 8.1e9),
        ("cerebras", date(2026, 2, 4), 23e9),
        ("xai", date(2026, 2, 2), 250e9),
        ("spacex", date(2026, 2, 2), 1e12),
        ("openai", date(2024, 10, 2), 157e9),
        ("openai", date(2025, 3, 31), 300e9),
        ("anthropic", date(2025, 9, 2), 183e9),
        ("groq", date(2025, 9, 17), 6.9e9),
    ],
)
def test_a_round_stands_on_its_day_at_its_price(
    name: str, day: date, post_money: float
) -> None:
    marks = {mark.date: mark for mark in company(name).marks}

    assert marks[day].post_money == post_money
    assert marks[day].precision == "day"
    assert marks[day].grade in "ABC"


def test_no_company_is_private_since_the_day_of_the_post() -> None:
    days = {
        (entry.id, str(stage.date))
        for entry in taxonomy().watchlist
        for stage in entry.stages
    }

    assert [found for found in sorted(days) if found[1] == "2025-02-17"] == []
