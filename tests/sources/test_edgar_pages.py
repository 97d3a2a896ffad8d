"""Pages of EDGAR that are not what they should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sources.edgar_server import reply
from triad_screener.model.live import FetchFailure
from triad_screener.sources import _edgar_pages as pages

MADE = "0009999902"


def made() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reply("submissions_made.json"))
    return found


def reason(content: object) -> str:
    with pytest.raises(FetchFailure) as caught:
        pages.submissions(json.dumps(content).encode(), MADE)
    return caught.value.reason


def test_the_recorded_list_is_read_whole() -> None:
    found = pages.submissions(reply("submissions_recorded.json"), "0001677077")

    assert (found.name, found.tickers) == ("Alzamend Neuro, Inc.", ("ALZN",))
    assert len(found.filings) == 21
    first = min(found.filings, key=lambda one: one.filed)
    assert (first.form, first.document) == ("D", "primary_doc.xml")


@pytest.mark.parametrize("name", ["cik", "name", "tickers", "exchanges", "filings"])
def test_a_list_without_one_of_its_parts_is_rejected(name: str) -> None:
    content = made()
    del content[name]

    assert reason(content) == "rejected: not readable"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("form", None),
        ("filingDate", "yesterday"),
        ("filingDate", None),
        ("accessionNumber", "../../etc/passwd"),
    ],
)
def test_one_wrong_cell_rejects_the_whole_list(column: str, value: object) -> None:
    content = made()
    content["filings"]["recent"][column][0] = value

    assert reason(content) == "rejected: not readable"


def test_columns_of_unequal_length_are_rejected() -> None:
    content = made()
    content["filings"]["recent"]["form"].pop()

    assert reason(content) == "rejected: not readable"


def test_another_key_than_asked_for_is_rejected() -> None:
    assert reason({**made(), "cik": "1"}) == "rejected: another company"


def test_a_symbol_that_is_none_is_rejected() -> None:
    assert reason({**made(), "tickers": ["=cmd()"]}) == "rejected: not readable"


def test_a_document_that_is_no_name_is_left_out() -> None:
    content = made()
    content["filings"]["recent"]["primaryDocument"][0] = "a b?c=d"

    found = pages.submissions(json.dumps(content).encode(), MADE)

    assert found.filings[0].document == ""


def test_the_feed_is_read_whole() -> None:
    found = pages.feed(reply("current.atom"))

    assert [one.filing.form for one in found].count("S-1/A") == 4
    assert found[0].name == "TG-17, Inc."
    assert found[0].cik == "0001756064"
    assert found[0].filing.accession == "0001493152-26-001260"
    assert found[0].filing.filed.isoformat() == "2026-01-12"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        reply("current.atom")[:900],
        reply("current.atom").replace(b"S-1/A - TG-17", b"TG-17"),
        reply("current.atom").replace(b"=0001493152-26-001260<", b"=<"),
        b'<!DOCTYPE feed [<!ENTITY a "aaaa">]><feed/>',
    ],
)
def test_a_feed_that_is_none_is_rejected(content: bytes) -> None:
    with pytest.raises(FetchFailure, match="current filings"):
        pages.feed(content)


def test_a_feed_without_a_filing_day_goes_by_its_time() -> None:
    content = reply("current.atom").replace(b"Filed:", b"Seen:")

    assert pages.feed(content)[0].filing.filed.isoformat() == "2026-01-12"


def test_every_company_behind_a_hit_is_read() -> None:
    hits = json.loads(reply("search.json"))
    hits["hits"]["hits"][0]["_source"]["display_names"].append("No key")

    found = pages.search(json.dumps(hits).encode())

    assert [one.name for one in found] == [
        "Lakehouse Labs, Inc.",
        "LAKEHOUSE LABS INC /DE/",
        "Lakehouse Labs Ventures LLC",
        "Rival Warehouse Corp (RVAL)",
    ]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("between $31 and $33 per share", "a price range of USD 31 to 33"),
        (
            "between US$9.50 and US$11.50 per American depositary share",
            "a price range of USD 9.50 to 11.50",
        ),
        ("between $ and $ per share", ""),
        ("between $31 and $33 million", ""),
        ("<" * 5000, ""),
    ],
)
def test_a_price_range_is_found_where_it_is_said(text: str, price: str) -> None:
    assert pages.price_range(text.encode()) == price
