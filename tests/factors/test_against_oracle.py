"""Raw values of the bundled snapshot, by the product and by a plain transcription."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from agreement import differences
from oracle import factors as oracle
from triad_screener.screening import measuring
from triad_screener.shipped import shipped
from triad_screener.sources import SOURCES
from triad_screener.taxonomies import loading, recipes

if TYPE_CHECKING:
    from triad_screener.model.market import MarketData
    from triad_screener.model.taxonomy import Taxonomy

#: A Sunday, a holiday, a day before most figures, one with forward figures, one
#: after the data, and the two that the documentation shows.
DATES = [
    date(2024, 6, 3),
    date(2025, 2, 14),
    date(2025, 8, 24),
    date(2026, 1, 1),
    date(2026, 3, 27),
    date(2026, 5, 15),
    date(2026, 6, 20),
]
MARKET_VALUES = ("market_cap_usd", "enterprise_value_usd")


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return loading.load(shipped("config/triad.yaml"))


@pytest.fixture(scope="module")
def market(taxonomy: Taxonomy) -> MarketData:
    return SOURCES["bundled"]("").fetch(taxonomy.constituents)


@pytest.fixture(scope="module")
def folder() -> oracle.Tables:
    return oracle.read_folder(shipped("data/fixtures"))


def identities(taxonomy: Taxonomy) -> dict[str, dict[str, Any]]:
    """What the taxonomy says of each line, as plain values."""
    return {
        line.ticker: {"issuer": line.issuer, **line.identity.model_dump()}
        for line in taxonomy.constituents
    }


@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_every_raw_value_is_that_of_the_oracle(
    as_of: date, taxonomy: Taxonomy, market: MarketData, folder: oracle.Tables
) -> None:
    recipe = recipes.choose(taxonomy, "default")
    known = measuring.select(taxonomy, market, days=[as_of], recipe=recipe)
    measures = measuring.Measures.of(known)
    publishers = {key: one.publisher for key, one in taxonomy.sources.items()}

    found = {}
    for at, line in enumerate(taxonomy.constituents):
        facts = measuring.describe(measures, at, publishers)
        found[line.ticker] = {
            **{name: facts.readings[name].value for name in oracle.FACTORS},
            **{name: getattr(facts, name) for name in MARKET_VALUES},
        }

    expected = oracle.raw_values(folder, identities(taxonomy), as_of)
    assert differences(found, expected) == []
    values = [value for one in found.values() for value in one.values() if value]
    assert len(values) > 300
