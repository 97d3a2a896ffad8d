"""What does the store say of itself, and does an exported folder say the same?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import screens
from samples import constituent, lines_of
from store.figures import (
    FRIDAY,
    SATURDAY,
    cell,
    failed,
    may,
    of_market,
    prices,
    quote,
    rates,
    statements,
)
from triad_screener.errors import NoDataError, OutputError
from triad_screener.screening.assembling import Request
from triad_screener.sources import SOURCES
from triad_screener.store import Store, _schema
from triad_screener.workflows import screen as workflow

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from triad_screener.model.screen import Screen
    from triad_screener.ports import MarketDataSource

AAA = constituent("AAA", statement_currency="TWD", ordinary_per_receipt=5)
BBB = constituent("BBB")


@pytest.fixture
def store() -> Store:
    found = Store.in_memory()
    found.save([prices("AAA", [10, 11, 12.1], volumes=[1, 2, float("nan")])])
    found.save([prices("BBB", [3, 1 / 3], dividends={FRIDAY: 0.1}, last=FRIDAY)])
    found.save([statements("AAA", cell(0.1, currency="TWD"), cell(1e13, item="EBIT"))])
    found.save([statements("AAA", cell(0.2, currency="TWD"))])
    found.save([quote("AAA", shares=7.0, market_capitalisation=77.0)])
    found.save([quote("BBB", forward_price_earnings=20.0, price=1 / 3)])
    found.save([rates("TWD", {may(14): 0.031, FRIDAY: 1 / 32})])
    return found


def screened(source: MarketDataSource, as_of: date | None = None) -> Screen:
    taxonomy = screens.shipped_taxonomy()
    request = Request(recipe=screens.shipped_recipe(), as_of=as_of)
    return workflow.screen(taxonomy, request, source=source)


def test_a_store_tells_what_it_holds(store: Store) -> None:
    late = SATURDAY + timedelta(days=1)
    store.save([failed("quotes", "CCC", "network", at=late)])

    found = store.info()

    assert found.path == ""
    assert found.schema_version == len(_schema.STEPS)
    assert found.counts == {
        "prices": 5,
        "replaced_prices": 0,
        "actions": 1,
        "price_facts": 2,
        "statements": 3,
        "quotes": 2,
        "rates": 2,
        "fetches": 8,
        "runs": 0,
        "run_lines": 0,
        "answers": 0,
        "watch_events": 0,
        "watch_checks": 0,
        "trials": 0,
    }
    assert (found.symbols, found.first_session, found.newest_session) == (
        2,
        may(13),
        FRIDAY,
    )
    assert (found.last_good_at, found.last_failed_at) == (SATURDAY, late)
    assert found.last_failure == "CCC is network"


def test_an_empty_store_tells_that_there_is_nothing(tmp_path: Path) -> None:
    found = Store(tmp_path / "store.duckdb").info()

    assert (found.size, found.symbols, found.last_good_at) == (0, 0, None)
    assert set(found.counts.values()) == {0}
    assert list(tmp_path.iterdir()) == []


def test_the_size_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    store = Store(path)
    store.save([prices("AAA", [1])])

    assert store.info().size == path.stat().st_size > 0
    assert store.info().path == str(path)


@pytest.mark.parametrize("as_of", [None, FRIDAY, may(14)])
def test_an_exported_folder_holds_what_the_store_knew(
    store: Store, tmp_path: Path, as_of: date | None
) -> None:
    known = store.fetch([AAA, BBB], as_of=as_of)

    store.export(tmp_path / "folder", [AAA, BBB], as_of=as_of)

    found = SOURCES["folder"](str(tmp_path / "folder")).fetch([AAA, BBB])
    assert found.warnings == ()
    assert found.tables.fx == known.tables.fx
    assert list(lines_of(found)) == list(lines_of(known))
    for ticker, line in lines_of(found).items():
        ours = lines_of(known)[ticker]
        assert line.prices is not None
        assert ours.prices is not None
        assert repr(line.prices) == repr(ours.prices)
        assert line.cells == ours.cells
        assert line.shares == ours.shares
        assert line.market_capitalisation == ours.market_capitalisation
        assert line.forward == ours.forward
        assert line.price_source == ours.price_source


def test_an_exported_folder_gives_the_same_screen(tmp_path: Path) -> None:
    taxonomy = screens.shipped_taxonomy()
    bundled = SOURCES["bundled"]("").fetch(taxonomy.constituents, taxonomy.benchmarks)
    store = Store(tmp_path / "store.duckdb")
    store.save(of_market(bundled, taxonomy))

    funds = taxonomy.benchmarks
    store.export(tmp_path / "folder", taxonomy.constituents, funds)

    ours = screened(store)
    theirs = screened(SOURCES["folder"](str(tmp_path / "folder")))
    assert ours.scores.lines
    assert theirs.scores == ours.scores
    assert theirs.facts == ours.facts
    assert [fund.ticker for fund in ours.benchmarks] == [f.ticker for f in funds]
    assert theirs.benchmarks == ours.benchmarks


def test_a_folder_that_is_not_empty_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(OutputError, match="is not empty"):
        store.export(tmp_path, [AAA])

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("inside", ["file", "file/folder"])
def test_a_place_that_is_no_folder_is_refused(
    store: Store, tmp_path: Path, inside: str
) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(OutputError, match="cannot be written"):
        store.export(tmp_path / inside, [AAA])


def test_without_data_no_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(NoDataError):
        Store.in_memory().export(tmp_path / "folder", [AAA])

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_filled_is_told(store: Store, tmp_path: Path) -> None:
    from triad_screener.store import _upkeep  # noqa: PLC0415 - the inner door

    with pytest.raises(OutputError, match="no such file or directory"):
        _upkeep.write(tmp_path / "gone", store.fetch([AAA]), [AAA], [])
