"""Pages of EDGAR that are not what they should be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
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
    assert reason({**made(), "cik": "1"}) == "rejected: another key"


def test_a_symbol_that_is_none_is_rejected() -> None:
    assert reason({**made(), "tickers": ["=cmd()"]}) == "rejected: not readable"


def test_a_document_that_is_no_name_is_left_out() -> None:
    content = made()
    content["filings"]["recent"]["primaryDocument"][0] = "a b?c=d"

    found = pages.submissions(json.dumps(content).encode(), MADE)

    assert found.filings[0].document == ""


def test_the_feed_is_read_whole() -> None:
    found, unread = pages.feed(reply("current.atom"))

    assert unread == 0
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
        reply("current.atom")
        .replace(b"accession-number", b"number")
        .replace(b"=0", b""),
        b'<!DOCTYPE feed [<!ENTITY a "aaaa">]><feed/>',
        '<!DOCTYPE feed [<!ENTITY a "aaaa">]><feed>&a;</feed>'.encode("utf-16"),
    ],
)
def test_a_feed_that_is_none_is_rejected(content: bytes) -> None:
    with pytest.raises(FetchFailure, match="current filings"):
        pages.feed(content)


def test_a_feed_in_an_encoding_that_hides_declarations_is_rejected() -> None:
    with pytest.raises(FetchFailure, match="current filings"):
        pages.feed(reply("current.atom").decode("latin-1").encode("utf-16"))


def test_a_feed_without_a_filing_day_goes_by_its_time() -> None:
    content = reply("current.atom").replace(b"Filed:", b"Seen:")

    assert pages.feed(content).found[0].filing.filed.isoformat() == "2026-01-12"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"S-1/A - TG-17", b"TG-17"),
        (b"=0001493152-26-001260<", b"=<"),
        (b"2026-01-12 &lt;b&gt;AccNo:&lt;/b&gt; 0001493152-26-001260", b"2026-13-45 "),
    ],
)
def test_an_entry_that_cannot_be_read_is_counted_and_spoils_no_other(
    good: bytes, bad: bytes
) -> None:
    whole = pages.feed(reply("current.atom"))

    found, unread = pages.feed(reply("current.atom").replace(good, bad, 1))

    assert unread == 1
    assert found == whole.found[1:]


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


def test_a_prospectus_with_a_sign_that_is_none_is_rejected() -> None:
    with pytest.raises(FetchFailure, match="prospectus"):
        pages.price_range(b"&#" + b"9" * 5000 + b";")


_MEGABYTE = 1_000_000
_ENTRY = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>{title}</title>'
    "<id>0001493152-26-001260</id><updated>2026-01-12</updated>"
    "<summary>{summary}</summary></entry></feed>"
)
_TITLE = "S-1 - Example Inc (0001234567) (Filer)"


def _much(text: str) -> str:
    return text * (_MEGABYTE // len(text))


def _hits(name: str) -> bytes:
    source = {
        "form": "S-1",
        "file_date": "2026-01-12",
        "adsh": "0001493152-26-001260",
        "display_names": [name],
    }
    hits = [{"_id": "a:b", "_source": source}]
    return json.dumps({"timed_out": False, "hits": {"hits": hits}}).encode()


#: By reader and what it is made of: pages of a megabyte each.
HOSTILE: dict[tuple[str, str], bytes] = {
    **{
        ("feed", f"summary {part!r}"): _ENTRY.format(
            title=_TITLE, summary=_much(part)
        ).encode()
        for part in ("Filed:", "Filed: ", "Filed:1", "Filed:2026-01-1 ")
    },
    **{
        ("feed", f"title {start!r} {part!r}"): _ENTRY.format(
            title=f"{start}{_much(part)}", summary=""
        ).encode()
        for start in ("S-1 - ", "")
        for part in ("x", " (1", "(", " (", "1", " - ", "a WD - ", " WD")
    },
    ("feed", "nested"): b"<a>" * (_MEGABYTE // 3),
    **{
        ("search", part): _hits(_much(part))
        for part in (" ", "x ", "(CIK ", "(CIK 1)", "(CIK 1) ", "1")
    },
    ("search", "nested"): b"[" * _MEGABYTE,
    ("submissions", "nested"): b'{"cik":' * (_MEGABYTE // 7),
    **{
        ("price_range", part): _much(part).encode()
        for part in ("<", "<a", "&", "&#9", "9", "between ", "between $1 and $", " $")
    },
}


def _read_all() -> None:
    """Read every page; to be called in a process of its own."""
    for (reader, _), content in HOSTILE.items():
        key = [MADE] if reader == "submissions" else []
        with suppress(FetchFailure):
            getattr(pages, reader)(content, *key)


def test_a_page_made_to_be_slow_is_read_like_any_other() -> None:
    """Thirty pages of a megabyte take seconds; squared, one took hours."""
    tests = str(Path(__file__).parents[1])
    code = "from sources import test_edgar_pages as t; t._read_all()"

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": tests},
        timeout=120,
        check=False,
    )

    assert done.returncode == 0
