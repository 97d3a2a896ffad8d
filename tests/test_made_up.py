"""The made-up universe of the benchmarks: do all its files say the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import made_up
import pytest

from triad_screener.screening.assembling import Request
from triad_screener.sources import folder
from triad_screener.store import Store
from triad_screener.taxonomies import loading
from triad_screener.workflows import screen as workflow

if TYPE_CHECKING:
    from pathlib import Path

    from triad_screener.model.screen import Screen
    from triad_screener.ports import MarketDataSource

STOCKS = 110
TAXONOMY = made_up.TAXONOMY_NAME


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A universe of two years in all formats."""
    path = tmp_path_factory.mktemp("made")
    made_up.make(path, STOCKS, 2, made_up.FORMATS)
    return path


def screened(made: Path, source: MarketDataSource) -> Screen:
    known = loading.load(made / TAXONOMY)
    request = Request(recipe=known.recipes["default"])
    return workflow.screen(known, request, source=source)


def test_store_and_folders_rank_alike(made: Path) -> None:
    store = screened(made, Store(made / made_up.STORE_NAME))
    csv = screened(made, folder.connect(str(made / "csv")))
    parquet = screened(made, folder.connect(str(made / "parquet")))

    # SQL adjusts for dividends in another order: the last bit may differ.
    for other in (csv, parquet):
        assert other.scores.unranked == store.scores.unranked
        for ours, theirs in zip(store.scores.lines, other.scores.lines, strict=True):
            assert (theirs.ticker, theirs.rank) == (ours.ticker, ours.rank)
            assert theirs.composite_z == pytest.approx(ours.composite_z, abs=1e-9)
    assert store.run.as_of == csv.run.as_of == parquet.run.as_of


def test_most_stocks_are_ranked_and_some_have_gaps(made: Path) -> None:
    found = screened(made, Store(made / made_up.STORE_NAME))

    assert len(found.scores.lines) > STOCKS * 0.9
    assert found.scores.dropped_lines in (("T00050",), ("T00051",))
    assert {gap.subject for gap in found.gaps} >= {"mom_12_1", "rev_yoy_q", "ey_fwd"}


def test_the_same_size_is_the_same_taxonomy(made: Path, tmp_path: Path) -> None:
    made_up.make(tmp_path, STOCKS, 1, ("store",))

    again = loading.digest(loading.load(tmp_path / TAXONOMY))

    assert again == loading.digest(loading.load(made / TAXONOMY))
    assert not (tmp_path / "csv").exists()
