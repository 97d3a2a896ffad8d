"""What every source of market data promises, tried on each one that is registered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import constituent, lines_of
from triad_screener.errors import UsageError
from triad_screener.shipped import shipped
from triad_screener.sources import SOURCES
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from triad_screener.model.market import MarketData
    from triad_screener.model.taxonomy import Taxonomy

#: Name and argument of every source, so that a new one must be added here.
ARGUMENTS = {"bundled": "", "folder": str(shipped("data/fixtures"))}


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return loading.load(shipped("config/triad.yaml"))


@pytest.fixture(scope="module", params=ARGUMENTS)
def fetched(request: pytest.FixtureRequest, taxonomy: Taxonomy) -> MarketData:
    source = SOURCES[request.param](ARGUMENTS[request.param])
    return source.fetch(taxonomy.constituents, taxonomy.benchmarks)


def test_every_registered_source_is_tried_here() -> None:
    assert set(SOURCES) == set(ARGUMENTS)


def test_the_answer_says_where_it_came_from(fetched: MarketData) -> None:
    assert fetched.source in SOURCES
    assert fetched.description
    assert re.fullmatch("[0-9a-f]{64}", fetched.digest)


def test_only_lines_that_were_asked_for_are_answered(
    fetched: MarketData, taxonomy: Taxonomy
) -> None:
    asked = {line.ticker for line in taxonomy.constituents}

    assert set(lines_of(fetched)) <= asked
    assert {line.ticker for line in lines_of(fetched).values()} == set(
        lines_of(fetched)
    )


def test_sessions_ascend_and_prices_are_finite_and_above_zero(
    fetched: MarketData,
) -> None:
    series = [line.prices for line in lines_of(fetched).values() if line.prices]

    assert series
    for one in series:
        assert (np.diff(one.sessions) > np.timedelta64(0)).all()
        assert np.isfinite(one.adjusted).all()
        assert (one.adjusted > 0).all()
        known = one.closes[~np.isnan(one.closes)]
        assert (known > 0).all()
        assert one.sessions.shape == one.adjusted.shape == one.closes.shape


def test_a_missing_figure_is_absent_and_never_zero(fetched: MarketData) -> None:
    for line in lines_of(fetched).values():
        assert line.shares is None or line.shares.value > 0
        assert line.average_daily_value_usd is None or line.average_daily_value_usd > 0
        assert all(np.isfinite(cell.value) for cell in line.cells)


def test_rates_are_dated_and_stand_oldest_first(fetched: MarketData) -> None:
    assert fetched.tables.fx
    for rates in fetched.tables.fx.values():
        days = [rate.date for rate in rates if rate.date]
        assert len(days) == len(rates)
        assert days == sorted(days)
        assert all(rate.value > 0 for rate in rates)


def test_the_whole_universe_is_no_surprise(fetched: MarketData) -> None:
    assert fetched.warnings == ()


def test_a_line_nobody_knows_is_absent_and_no_error(taxonomy: Taxonomy) -> None:
    asked = [taxonomy.constituents[0], constituent("NOBODY")]

    for name, argument in ARGUMENTS.items():
        found = SOURCES[name](argument).fetch(asked)

        assert set(lines_of(found)) == {asked[0].ticker}


def test_the_same_figures_have_the_same_digest_whoever_reads_them(
    taxonomy: Taxonomy,
) -> None:
    asked = taxonomy.constituents[:1]

    digests = {SOURCES[n](a).fetch(asked).digest for n, a in ARGUMENTS.items()}

    assert len(digests) == 1


def test_the_bundled_snapshot_takes_no_argument() -> None:
    with pytest.raises(UsageError) as caught:
        SOURCES["bundled"]("x")

    assert caught.value.what == (
        "The bundled source takes no argument, and 'x' was given."
    )
