"""Is damage found, and is what is whole saved from beside it?"""

from __future__ import annotations

import os
from dataclasses import replace
from math import sin
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import screens
from samples import constituent
from store.figures import SATURDAY, cell, may, prices, statements
from triad_screener.errors import OutputError, StoreError, TriadError
from triad_screener.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = screens.small()
AAA = constituent("AAA")
#: Bytes before the first block, and of a block.
HEADERS, BLOCK = 3 * 4096, 262_144
#: Closes that no compression makes small: they fill blocks of their own.
LONG = [2 + sin(number) for number in range(60_000)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "triad.duckdb"


@pytest.fixture
def store(path: Path) -> Store:
    found = Store(path, wait=0.2)
    found.save([prices("AAA", LONG), statements("AAA", cell(10))])
    found.save_run(SMALL, SATURDAY)
    return found


def flip(path: Path, place: int) -> None:
    """Turn one bit of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 8]))


def block_of_prices(path: Path) -> int:
    """Where a block begins that holds nothing but closes."""
    with duckdb.connect(str(path), read_only=True) as connection:
        query = (
            "SELECT block_id FROM pragma_storage_info('prices') "
            "WHERE column_name = 'close' AND segment_type = 'DOUBLE' AND persistent"
        )
        block: int = connection.execute(query).fetchall()[0][0]
    return HEADERS + block * BLOCK


def problems(store: Store) -> dict[str, str]:
    return {one.table: one.problem for one in store.check() if one.problem}


def edit(path: Path, statement: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)


class TestCheck:
    def test_a_whole_store_has_no_problem(self, store: Store) -> None:
        states = {one.table: one for one in store.check()}

        assert not problems(store)
        assert (states["prices"].rows, states["prices"].whole) == (60_000, 60_000)

    def test_one_bit_in_the_middle_is_found_in_its_table(
        self, path: Path, store: Store
    ) -> None:
        flip(path, block_of_prices(path) + BLOCK // 2)

        found = problems(store)

        assert list(found) == ["prices"]
        assert "is damaged" in found["prices"]

    def test_a_run_that_cannot_be_read_is_counted(
        self, path: Path, store: Store
    ) -> None:
        edit(path, "UPDATE runs SET screen = 'nonsense'::BLOB")

        assert problems(store) == {"runs": "1 of 1 cannot be read"}

    def test_a_table_that_is_gone_is_named(self, path: Path, store: Store) -> None:
        edit(path, "DROP TABLE trials")

        assert problems(store) == {"trials": "is missing"}


class TestBackup:
    def test_it_holds_the_same_for_its_owner_alone(
        self, store: Store, tmp_path: Path
    ) -> None:
        target = tmp_path / "copy.duckdb"

        size = store.back_up(target)

        assert size == target.stat().st_size
        assert target.stat().st_mode & 0o777 == 0o600
        assert Store(target).run(SMALL.run.id) == SMALL
        assert Store(target).info().counts == store.info().counts
        assert {file.name for file in tmp_path.iterdir()} == {
            "copy.duckdb",
            "triad.duckdb",
        }

    def test_a_file_that_is_there_stays_unless_told(
        self, store: Store, tmp_path: Path
    ) -> None:
        target = tmp_path / "copy.duckdb"
        target.write_text("mine")

        with pytest.raises(OutputError, match="is there already"):
            store.back_up(target)
        assert target.read_text() == "mine"

        store.back_up(target, replace=True)
        assert Store(target).runs()

    def test_of_a_damaged_store_none_is_made(
        self, path: Path, store: Store, tmp_path: Path
    ) -> None:
        flip(path, block_of_prices(path) + BLOCK // 2)

        with pytest.raises(StoreError, match="is damaged") as caught:
            store.back_up(tmp_path / "copy.duckdb")

        assert "triad store salvage" in caught.value.remedy
        assert [file.name for file in tmp_path.iterdir()] == ["triad.duckdb"]

    def test_a_folder_that_is_not_there_is_told(
        self, store: Store, tmp_path: Path
    ) -> None:
        with pytest.raises(OutputError) as caught:
            store.back_up(tmp_path / "none" / "copy.duckdb")
        assert caught.value.exit_code == 73

    def test_without_a_store_there_is_nothing_to_copy(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="is not there yet"):
            Store(tmp_path / "none").back_up(tmp_path / "copy.duckdb")


class TestSalvage:
    def test_what_is_whole_is_saved_from_beside_what_is_not(
        self, path: Path, store: Store, tmp_path: Path
    ) -> None:
        flip(path, block_of_prices(path) + BLOCK // 2)
        content, target = path.read_bytes(), tmp_path / "saved.duckdb"

        states = {one.table: one for one in store.salvage(target)}

        saved = Store(target)
        assert not problems(saved)
        assert saved.run(SMALL.run.id) == SMALL
        assert saved.info().counts["statements"] == 1
        assert 0 < states["prices"].whole < 60_000
        assert saved.info().counts["prices"] == states["prices"].whole
        lost = 60_000 - states["prices"].whole
        assert states["prices"].problem == f"{lost} of 60000 are lost"
        assert path.read_bytes() == content
        assert target.stat().st_mode & 0o777 == 0o600

    def test_a_log_that_cannot_be_read_is_left_out(
        self, path: Path, store: Store, tmp_path: Path
    ) -> None:
        edit(
            path,
            "PRAGMA disable_checkpoint_on_shutdown; SET wal_autocheckpoint = '1GB'; "
            "DELETE FROM statements",
        )
        flip(path.with_name("triad.duckdb.wal"), 60)
        with pytest.raises(StoreError, match="is damaged"):
            store.runs()

        store.salvage(tmp_path / "saved.duckdb")

        saved = Store(tmp_path / "saved.duckdb")
        assert saved.run(SMALL.run.id) == SMALL
        assert saved.info().counts["statements"] == 1

    def test_a_file_that_is_there_stays(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "saved.duckdb").write_text("mine")

        with pytest.raises(OutputError, match="is there already"):
            store.salvage(tmp_path / "saved.duckdb")

    def test_of_what_is_no_database_nothing_can_be_saved(
        self, path: Path, tmp_path: Path
    ) -> None:
        path.write_text("nothing")

        with pytest.raises(StoreError, match="nothing of it can be read"):
            Store(path).salvage(tmp_path / "saved.duckdb")
        with pytest.raises(StoreError, match="is not there"):
            Store(tmp_path / "none").salvage(tmp_path / "saved.duckdb")


USES: list[Callable[[Store], object]] = [
    Store.last_fetches,
    Store.runs,
    Store.info,
    Store.check,
    Store.copy_in_memory,
    Store.untold_events,
    lambda store: store.closes(["AAA"], may(1)),
    lambda store: store.fetch([AAA]),
    lambda store: store.run(SMALL.run.id),
    lambda store: store.history("NVDA"),
    lambda store: store.save([prices("BBB", [1])]),
    Store.vacuum,
]


def used(store: Store) -> None:
    """Do everything with a store; only errors of the program may come of it."""
    for use in USES:
        try:
            use(store)
        except TriadError as error:
            assert error.exit_code != 70, error  # noqa: PT017 - others pass as they are


class TestAnything:
    @settings(
        max_examples=8,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(place=st.floats(0, 1, exclude_max=True))
    def test_a_bit_anywhere_ends_in_an_error_of_the_program_at_most(
        self, place: float, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        path = tmp_path_factory.mktemp("flip") / "triad.duckdb"
        store = Store(path, wait=0.2)
        store.save([prices("AAA", [1, 2, 3]), statements("AAA", cell(10))])
        store.save_run(SMALL, SATURDAY)
        flip(path, int(place * path.stat().st_size))

        used(store)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE fetches SET kind = 'nonsense'",
            "UPDATE fetches SET fetched_at = NULL",
            "UPDATE fetches SET fetched_at = 'infinity'",
            "UPDATE runs SET stored_at = NULL",
            "UPDATE runs SET stored_at = '290000-01-01'",
            "UPDATE runs SET as_of = 'infinity', id = NULL",
            "UPDATE runs SET screen = NULL",
            "UPDATE prices SET session = 'infinity'",
            "UPDATE prices SET session = '290000-01-01'",
            "UPDATE prices SET close = NULL",
            "UPDATE prices SET session = NULL",
            "UPDATE statements SET freq = 'weekly'",
            "UPDATE statements SET period_end = '290000-01-01'",
            "UPDATE statements SET value = NULL, currency = NULL",
            "ALTER TABLE prices DROP COLUMN close",
            "ALTER TABLE fetches ALTER COLUMN fetched_at TYPE VARCHAR",
            "INSERT INTO watch_events (sighting, is_news) VALUES ('{}', true)",
            "UPDATE meta SET value = '' WHERE key = 'schema_version'",
        ],
    )
    def test_rows_that_another_program_changed_end_in_an_error_at_most(
        self, path: Path, statement: str
    ) -> None:
        store = Store(path, wait=0.2)
        store.save([prices("AAA", [1, 2, 3]), statements("AAA", cell(10))])
        store.save_run(SMALL, SATURDAY)
        edit(path, statement)

        used(store)

    def test_a_name_that_is_no_text_is_kept_with_its_run(self, store: Store) -> None:
        name = os.fsdecode(b"folder:\xff")
        run = replace(SMALL.run, id="b", source=name)
        screen = replace(SMALL, run=run)

        store.save_run(screen, SATURDAY)

        assert store.run("b") == screen
        assert store.entry("b").source == "folder:\\udcff"
        assert not problems(store)

    def test_a_null_byte_in_the_path_is_told(self) -> None:
        with pytest.raises(StoreError, match="cannot have that name"):
            Store(Path("a\0b/triad.duckdb"))
