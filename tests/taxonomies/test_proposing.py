"""The YAML that a person should add: is it YAML, and is it right once confirmed?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import worlds
from triad_screener.model.watch import Company, WatchEvent
from triad_screener.taxonomies import document, loading
from triad_screener.taxonomies.proposing import propose
from watchers import sighting

if TYPE_CHECKING:
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.watch import Sighting

DAY = date(2026, 6, 30)


@pytest.fixture
def taxonomy() -> Taxonomy:
    """The small taxonomy of these tests, whose watchlist has one company."""
    text = json.dumps(worlds.taxonomy())
    found, mistakes = loading.check(document.parse(text, "t.yaml"))
    assert found is not None, mistakes
    return found


def moved(seen: Sighting, before: str, after: str) -> WatchEvent:
    return WatchEvent(seen, "edgar", before, after)  # type: ignore[arg-type]


EVENTS = (
    moved(
        sighting("startup", "2026-06-01", "F-1", "public_filed"),
        "private",
        "public_filed",
    ),
    moved(
        sighting("startup", "2026-06-20", "424B4", "priced"), "public_filed", "priced"
    ),
    moved(
        sighting("startup", "2026-06-20", "list", "listed", ticker="STRT"),
        "priced",
        "listed",
    ),
)
COMPANY = Company(
    "startup", "Startup", "listed", date(2026, 6, 20), "0009999901", "STRT"
)


def proposed(
    taxonomy: Taxonomy,
    events: tuple[WatchEvent, ...] = EVENTS,
    company: Company = COMPANY,
) -> str:
    return propose(taxonomy, [company], {"startup": events}, DAY)


def parts(text: str) -> dict[str, Any]:
    content = document.parse(text, "p.yaml").content
    assert isinstance(content, dict)
    return content


def test_entry_and_line_are_right_once_a_person_has_confirmed_them(
    taxonomy: Taxonomy,
) -> None:
    found, whole = parts(proposed(taxonomy)), worlds.taxonomy()
    (entry,) = found["watchlist"]
    whole["watchlist"][0]["stages"] += entry.pop("stages")
    whole["watchlist"][0] |= entry
    whole["constituents"] += found["constituents"]
    whole["sources"] |= found["sources"]

    unconfirmed = loading.check(document.parse(json.dumps(whole), "t.yaml"))
    (mistake,) = unconfirmed[1]
    whole["constituents"][-1]["exposures"]["data"]["source"] = "hand"
    confirmed = loading.check(document.parse(json.dumps(whole), "t.yaml"))

    assert "cites the source to_be_confirmed, which is not listed" in mistake.problem
    assert confirmed[1] == ()
    assert confirmed[0] is not None
    line = confirmed[0].constituents[-1]
    assert (line.ticker, line.issuer, line.role) == ("STRT", "startup", "core")
    assert line.exposure_to("data") == taxonomy.watchlist[0].exposure
    assert (line.identity.exchange, line.identity.foreign_filer) == ("XNAS", True)
    assert line.identity.cik == "0009999901"


def test_receipt_ratio_and_currency_are_to_be_confirmed(taxonomy: Taxonomy) -> None:
    rows = {row.split("#")[0].strip(): row for row in proposed(taxonomy).splitlines()}

    for value in (
        "price_currency: USD",
        "statement_currency: USD",
        "ordinary_per_receipt: 1",
        "exchange: XNAS",
        "fiscal_year_end: 12",
        "layers: [data]",
    ):
        assert "# to be confirmed" in rows[value]
    assert "# carried; to be confirmed" in rows["share: 1"]
    assert "# of Startup, Inc.?" in proposed(taxonomy)


def test_before_a_listing_only_stages_are_proposed(taxonomy: Taxonomy) -> None:
    company = Company("startup", "Startup", "public_filed", date(2026, 6, 1))

    found = parts(proposed(taxonomy, EVENTS[:1], company))

    assert sorted(found) == ["sources", "watchlist"]
    (stage,) = found["watchlist"][0]["stages"]
    assert stage["stage"] == "public_filed"
    assert stage["note"] == "Form F-1: by hand."


def test_what_the_taxonomy_says_already_is_not_proposed(taxonomy: Taxonomy) -> None:
    written = replace(EVENTS[0], sighting=replace(EVENTS[0].sighting, is_judged=True))
    early = moved(
        sighting("startup", "2020-01-01", "S-1", "public_filed"),
        "private",
        "public_filed",
    )
    same = replace(EVENTS[0], after=EVENTS[0].before)
    company = Company("startup", "Startup", "private", date(2025, 2, 17))

    text = proposed(taxonomy, (written, early, same), company)

    assert text == "# Nothing to propose: the taxonomy says all that was seen.\n"


def test_a_company_that_the_taxonomy_lists_without_a_line_is_proposed(
    taxonomy: Taxonomy,
) -> None:
    found = parts(proposed(taxonomy, ()))

    assert sorted(found) == ["constituents"]
    assert found["constituents"][0]["identity"]["exchange"] == "XXXX"


def test_a_company_that_is_a_line_already_is_not_proposed(taxonomy: Taxonomy) -> None:
    assert "Nothing to propose" in proposed(
        taxonomy, (), replace(COMPANY, ticker="AAA")
    )


def test_a_name_with_escapes_and_line_ends_adds_no_line(taxonomy: Taxonomy) -> None:
    evil = 'Evil\x1b[31m\nconstituents: [] # \u2028x": {&a'
    events = tuple(
        replace(one, sighting=replace(one.sighting, company=evil, exchange=evil))
        for one in EVENTS
    )

    found = parts(proposed(taxonomy, events))

    assert len(found["constituents"]) == 1
    title = found["sources"]["filings_startup"]["title"]
    assert title == 'Filings of Evil [31m constituents: [] # x": {&a'
    assert "\x1b" not in proposed(taxonomy, events)


def test_the_shipped_watchlist_proposes_its_listed_companies() -> None:
    shipped = loading.load(Path(loading.__file__).parents[3] / "config/triad.yaml")
    entry = next(one for one in shipped.watchlist if one.id == "cerebras")
    company = Company("cerebras", entry.name, "listed", date(2026, 5, 15), None, "CBRS")

    found = parts(propose(shipped, [company], {"cerebras": ()}, DAY))

    assert found["constituents"][0]["ticker"] == "CBRS"
