"""The snapshot as columns says what its tables say."""

from __future__ import annotations

import shutil
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from triad_screener.shipped import shipped
from triad_screener.sources import _compiled
from triad_screener.sources.bundled import COLUMNS, connect
from triad_screener.sources.folder import Folder
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from triad_screener.model.market import MarketData
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.sources.bundled import Snapshot


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return loading.load(shipped("config/triad.yaml"))


def from_tables(taxonomy: Taxonomy) -> MarketData:
    """What the CSV files say, whatever stands beside them."""
    return Folder._market(connect(), taxonomy.constituents, taxonomy.benchmarks)  # noqa: SLF001 - past the columns


def parts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any
    """Every array and value within, by its path."""
    if is_dataclass(value):
        for field in fields(value):
            yield from parts(getattr(value, field.name), f"{name}.{field.name}")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from parts(one, f"{name}[{key}]")
    else:
        yield name, value


def assert_same(ours: MarketData, theirs: MarketData) -> None:
    found, expected = dict(parts(ours)), dict(parts(theirs))
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, np.ndarray):
            assert found[name].dtype == value.dtype, name
        np.testing.assert_array_equal(found[name], value, name)


def test_the_columns_that_ship_are_those_of_the_tables(taxonomy: Taxonomy) -> None:
    asked = taxonomy.constituents, taxonomy.benchmarks
    snapshot = connect()

    compiled = _compiled.read(snapshot.path / COLUMNS, snapshot.key(*asked))

    assert compiled is not None, "The columns are old: run 'make columns'."
    assert_same(compiled, from_tables(taxonomy))
    assert_same(snapshot.fetch(*asked), compiled)


@pytest.fixture
def own(tmp_path: Path) -> Snapshot:
    """The snapshot in a folder that may be changed."""
    snapshot = connect()
    shutil.copytree(snapshot.path, tmp_path / "own")
    snapshot.path = tmp_path / "own"
    return snapshot


def test_where_a_file_was_changed_the_tables_serve(
    own: Snapshot, taxonomy: Taxonomy
) -> None:
    rates = own.path / "fx.csv"
    text = rates.read_text("utf-8")
    rates.write_text(f"{text}CHF,2026-05-15,1.25,by hand\n", "utf-8")

    found = own.fetch(taxonomy.constituents, taxonomy.benchmarks)

    assert "CHF" in found.tables.fx
    assert found.digest != from_tables(taxonomy).digest


@pytest.mark.parametrize(
    "damage",
    [b"", b"PK", b"no archive at all"],
    ids=["empty", "cut short", "something else"],
)
def test_columns_that_are_damaged_are_passed_over(
    own: Snapshot,
    taxonomy: Taxonomy,
    damage: bytes,
) -> None:
    (own.path / COLUMNS).write_bytes(damage)

    found = own.fetch(taxonomy.constituents, taxonomy.benchmarks)

    assert_same(found, from_tables(taxonomy))


def test_a_part_of_the_columns_that_is_damaged_is_noticed(
    own: Snapshot,
    taxonomy: Taxonomy,
) -> None:
    path = own.path / COLUMNS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)

    found = own.fetch(taxonomy.constituents, taxonomy.benchmarks)

    assert_same(found, from_tables(taxonomy))


def test_of_other_lines_the_tables_tell(taxonomy: Taxonomy) -> None:
    found = connect().fetch(taxonomy.constituents[:2])

    assert found.tables.tickers == tuple(
        one.ticker for one in taxonomy.constituents[:2]
    )
    assert found.warnings


def test_columns_are_written_anew(own: Snapshot, taxonomy: Taxonomy) -> None:
    asked = taxonomy.constituents, taxonomy.benchmarks
    (own.path / COLUMNS).unlink()

    own.compile(*asked)

    compiled = _compiled.read(own.path / COLUMNS, own.key(*asked))
    assert compiled is not None
    assert_same(compiled, from_tables(taxonomy))
