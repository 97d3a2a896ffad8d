"""A small world, a vendor who knows it, a store of its own and a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import lives
import worlds
from triad_screener.shipped import shipped
from triad_screener.sources.folder import Folder
from triad_screener.store import Store
from triad_screener.taxonomies import loading
from triad_screener.workflows.serving import Means

if TYPE_CHECKING:
    from pathlib import Path

    from lives import Clock, Vendor
    from triad_screener.model.taxonomy import Taxonomy
    from worlds import World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Ten made-up lines, the same for all tests."""
    return worlds.write(tmp_path_factory.mktemp("world"))


@pytest.fixture
def taxonomy(world: World) -> Taxonomy:
    return loading.load(world.config)


@pytest.fixture
def vendor(world: World) -> Vendor:
    return lives.of_world(world)


@pytest.fixture
def clock() -> Clock:
    return lives.Clock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "triad.duckdb", wait=1.0)


@pytest.fixture
def means(store: Store, vendor: Vendor, clock: Clock) -> Means:
    """Everything a refresh or a screen needs; the snapshot is the shipped one."""
    return Means(
        store=store,
        live=lambda: vendor,
        bundled=lambda: Folder(
            shipped("data/fixtures"), name="bundled", description="bundled snapshot"
        ),
        clock=clock.now,
    )
