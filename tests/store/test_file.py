"""What does a store do with files that are locked, damaged, foreign, full or killed?"""

# ruff: noqa: SLF001 - what the file holds is looked at through its own door

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from math import sin
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

import triad_screener
from samples import constituent
from store.figures import FRIDAY, SATURDAY, cell, may, prices, rates, statements
from triad_screener import databases
from triad_screener.errors import (
    LockedError,
    NoDataError,
    StoreError,
    UnknownNameError,
    UnwritableStoreError,
)
from triad_screener.store import Store, _file, _schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
SOURCES = Path(triad_screener.__file__).parent.parent
AAA = constituent("AAA")
NEWEST = len(_schema.STEPS)
#: Closes that no compression makes small.
LONG = [2 + sin(number) for number in range(60_000)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.duckdb"


@pytest.fixture
def filled(path: Path) -> Store:
    """A store of one line."""
    found = Store(path, wait=0.2)
    found.save([prices("AAA", [1, 2, 3]), statements("AAA", cell(10))])
    return found


def child(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start a process of its own."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, HERE / "child.py", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(SOURCES), str(HERE.parent)]),
        },
    )


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the file."""
    with child("hold", path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def stored(path: Path) -> dict[str, int]:
    """Bars by symbol, read without our own code."""
    with duckdb.connect(str(path), read_only=True) as connection:
        query = "SELECT symbol, count(*) FROM prices GROUP BY ALL"
        return dict(connection.execute(query).fetchall())


READS: list[Callable[[Store], object]] = [
    Store.last_fetches,
    Store.runs,
    Store.info,
    Store.copy_in_memory,
    lambda store: store.closes(["AAA"], may(1)),
    lambda store: store.fetch([AAA]),
    lambda store: store.answer("question", SATURDAY),
    lambda store: store.run("a"),
]
WRITES: list[Callable[[Store], object]] = [
    lambda store: store.save([prices("AAA", [1])]),
    Store.vacuum,
]


class TestMissing:
    def test_reading_finds_an_empty_store_and_makes_none(self, path: Path) -> None:
        store = Store(path)

        assert store.last_fetches() == {}
        assert store.runs() == []
        assert store.closes(["AAA"], may(1)) == {}
        assert store.answer("question", SATURDAY) is None
        assert store.vacuum() == (0, 0)
        assert not store.exists()
        assert store.copy_in_memory().info().symbols == 0
        with pytest.raises(NoDataError):
            store.fetch([AAA])
        with pytest.raises(UnknownNameError):
            store.run("a")
        assert list(path.parent.iterdir()) == []

    def test_the_first_writing_makes_folder_and_file(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "folder" / "store.duckdb"
        store = Store(path)
        assert store.is_writable()

        store.save([prices("AAA", [1])])

        assert store.exists()
        assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]
        assert path.stat().st_mode & 0o777 == 0o600

    def test_a_file_system_without_hard_links_has_a_store_all_the_same(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*names: object, **options: object) -> None:
            del names, options
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)

        Store(path).save([prices("AAA", [1])])

        assert stored(path) == {"AAA": 1}
        assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]

    def test_folder_and_log_are_for_their_owner_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "store.duckdb"
        with child("save", path, "S", "1000") as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.readline()
            process.kill()

        modes = {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
        assert modes == {0o600}
        assert path.parent.stat().st_mode & 0o777 == 0o700

    def test_what_a_killed_first_run_left_is_taken_away(self, path: Path) -> None:
        old = path.with_name("store.duckdb.4711.new")
        fresh = path.with_name("store.duckdb.4712.new")
        for file in (old, fresh):
            file.write_text("half")
        long_ago = time.time() - 7200
        os.utime(old, (long_ago, long_ago))

        Store(path).save([prices("AAA", [1])])

        assert not old.exists()
        assert fresh.exists()  # its process may still be at it

    def test_files_are_written_in_the_form_that_is_pinned(
        self, path: Path, filled: Store
    ) -> None:
        filled.vacuum()
        filled.back_up(path.with_name("copy"))

        for file in (path, path.with_name("copy")):
            with duckdb.connect(str(file), read_only=True) as connection:
                query = "FROM duckdb_databases() SELECT tags WHERE NOT internal"
                tags = connection.execute(query).fetchall()[0][0]
            assert tags["storage_version"] == f"{databases.FORMAT}+"

    def test_a_store_in_memory_leaves_no_trace(self) -> None:
        store = Store.in_memory()

        store.save([prices("AAA", [1])])

        assert store.closes(["AAA"], may(1))["AAA"] == {FRIDAY: 1}
        assert store.copy_in_memory().closes(["AAA"], may(1))["AAA"] == {FRIDAY: 1}
        assert store.is_writable()
        assert not store.exists()
        assert store.vacuum() == (0, 0)

    def test_a_link_is_followed(self, path: Path, filled: Store) -> None:
        link = path.with_name("link")
        link.symlink_to(path)

        Store(link).save([prices("BBB", [1])])
        Store(link).vacuum()

        assert link.is_symlink()
        assert filled.closes(["BBB"], may(1))["BBB"] == {FRIDAY: 1}


def text(path: Path) -> None:
    path.write_text("symbol,close\n" * 1000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_short(path: Path) -> None:
    os.truncate(path, 5000)


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 9000)


def without_mark(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 64)


def foreign(path: Path) -> None:
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE meta (mine INTEGER)")


def of_sqlite(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")


def of_another(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = 'x' WHERE key = 'program'")


def newer(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")


def without_tables(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        for table in _schema.TABLES:
            connection.execute(f"DROP TABLE {table}")


SPOILT: dict[Callable[[Path], None], str] = {
    text: "is not a database",
    empty: "is not a database",
    cut_short: "is damaged",
    overwritten: "is damaged",
    without_mark: "is not a database",
    foreign: "is a database of another program",
    of_sqlite: "is a database of another program",
    of_another: "is a database of another program",
    newer: f"is of version 99, and this triad knows versions up to {NEWEST}",
}


class TestSpoilt:
    @pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
    def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(
        self, path: Path, filled: Store, spoil: Callable[[Path], None]
    ) -> None:
        spoil(path)
        content = path.read_bytes()

        for use in READS + WRITES:
            with pytest.raises(StoreError) as caught:
                use(filled)
            assert SPOILT[spoil] in caught.value.what
            assert str(path) in caught.value.what

        assert path.read_bytes() == content
        assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]

    def test_a_file_that_was_cut_is_never_written_to(
        self, path: Path, filled: Store
    ) -> None:
        cut(path)
        content = path.read_bytes()

        # Where reading does not meet what is missing, the answer is right.
        for use in (READS[0], *READS[2:6], *WRITES):
            with pytest.raises(StoreError, match="is damaged"):
                use(filled)

        assert path.read_bytes() == content

    def test_a_store_without_its_tables_is_refused(
        self, path: Path, filled: Store
    ) -> None:
        without_tables(path)

        for use in (*READS[:3], *READS[4:], WRITES[0]):
            with pytest.raises(StoreError, match="is damaged"):
                use(filled)

    def test_a_folder_is_refused(self, tmp_path: Path) -> None:
        for use in READS + WRITES:
            with pytest.raises(StoreError, match="is a directory"):
                use(Store(tmp_path))

    def test_a_log_of_a_newer_store_stays_beside_it(self, path: Path) -> None:
        killed = (
            "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
            "c.execute(\"CREATE TABLE meta AS SELECT 'program' AS key, 'triad-screener'"
            " AS value UNION ALL SELECT 'schema_version', '99'\");"
            "os.kill(os.getpid(), 9)"
        )
        subprocess.run([sys.executable, "-c", killed, path], check=False)  # noqa: S603 - ours
        log = path.with_name("store.duckdb.wal")
        content = path.read_bytes(), log.read_bytes()

        for use in READS + WRITES:
            with pytest.raises(StoreError, match="is of version 99"):
                use(Store(path))

        assert (path.read_bytes(), log.read_bytes()) == content


class TestVersions:
    @pytest.fixture
    def older(self, filled: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
        """A store of this version, opened by a program that knows the next."""
        step = "ALTER TABLE rates ADD COLUMN note VARCHAR; DELETE FROM prices;"
        monkeypatch.setattr(_schema, "STEPS", (*_schema.STEPS, step))
        return filled

    @pytest.mark.parametrize("use", READS[:3] + WRITES)
    def test_an_older_store_is_brought_up_to_date(
        self, older: Store, use: Callable[[Store], object]
    ) -> None:
        use(older)

        assert older.info().schema_version == NEWEST + 1
        assert older.info().counts["statements"] == 1

    def test_a_copy_is_brought_up_to_date_and_the_file_is_not(
        self, older: Store, path: Path
    ) -> None:
        content = path.read_bytes()

        copied = older.copy_in_memory()

        assert copied.info().schema_version == NEWEST + 1
        assert copied.closes(["AAA"], may(1)) == {}
        assert path.read_bytes() == content

    def test_a_new_store_is_of_the_newest_version(
        self, older: Store, path: Path
    ) -> None:
        path.unlink()

        older.save([prices("AAA", [1])])

        assert older.info().schema_version == NEWEST + 1
        assert older.closes(["AAA"], may(1))["AAA"] == {FRIDAY: 1}

    def test_a_step_that_fails_leaves_the_older_store(
        self, filled: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = "DELETE FROM prices; DROP TABLE nothing;"
        with monkeypatch.context() as changed:
            changed.setattr(_schema, "STEPS", (*_schema.STEPS, broken))
            with pytest.raises(StoreError):
                filled.info()

        assert filled.info().schema_version == NEWEST
        assert len(filled.closes(["AAA"], may(1))["AAA"]) == 3

    def test_a_store_of_the_first_version_keeps_all_it_has(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as changed:
            changed.setattr(_schema, "STEPS", _schema.STEPS[:1])
            first = Store(path)
            first.save([rates("EUR", {may(14): 1.1, FRIDAY: 1.2})])
            assert "watch_events" not in tables(path)

        store = Store(path)

        assert store.untold_events() == ()
        assert store.info().schema_version == NEWEST
        assert len(store.rates(["EUR"], may(1))["EUR"]) == 2


def tables(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    return {name for (name,) in rows}


class TestLock:
    def test_a_held_file_is_waited_for_in_vain(self, path: Path, filled: Store) -> None:
        with held(path):
            for use in (READS[0], READS[3], *WRITES):
                with pytest.raises(LockedError) as caught:
                    use(filled)

        assert caught.value.what == (
            f"The store {path} is in use by another process; waited 0.2 s."
        )

    def test_a_wait_that_a_person_notices_is_told_once(
        self, path: Path, filled: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del filled
        monkeypatch.setattr(_file, "_QUIET", 0.0)
        told: list[str] = []

        with held(path), pytest.raises(LockedError):
            Store(path, wait=0.3, told=told.append).runs()

        assert told == [f"Another process uses the store {path}; waiting."]

    def test_a_file_that_is_let_go_of_is_used(self, path: Path, filled: Store) -> None:
        patient = Store(path, wait=30)
        with held(path) as process:
            timer = threading.Timer(0.3, process.kill)
            timer.start()
            patient.save([prices("BBB", [5])])

        assert filled.closes(["BBB"], may(1))["BBB"] == {FRIDAY: 5}

    def test_between_two_calls_others_may_use_the_file(
        self, path: Path, filled: Store
    ) -> None:
        filled.info()

        with held(path):
            pass

    def test_somebody_who_has_it_open_in_this_process_is_waited_for(
        self, path: Path, filled: Store
    ) -> None:
        with duckdb.connect(str(path)), pytest.raises(LockedError):
            filled.info()

    def test_threads_take_turns(self, path: Path) -> None:
        stores = [Store(path, wait=30) for _ in range(4)]
        threads = [
            threading.Thread(target=one.save, args=([prices(f"S{number}", [1])],))
            for number, one in enumerate(stores)
        ]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert stored(path) == {f"S{number}": 1 for number in range(4)}

    def test_a_thread_that_never_lets_go_is_waited_for_in_vain(
        self, filled: Store
    ) -> None:
        with filled._database.reading(), pytest.raises(LockedError):
            filled.info()

    def test_eight_processes_write_at_once(self, path: Path) -> None:
        writers = [child("save", path, f"W{number}-", "3") for number in range(8)]

        assert [writer.communicate()[0] for writer in writers] == ["0\n1\n2\n"] * 8

        names = {f"W{w}-{n}{half}" for w in range(8) for n in range(3) for half in "ab"}
        assert stored(path) == dict.fromkeys(names, 300)
        assert Store(path).info().counts["statements"] == 48
        assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]


class TestKill:
    @pytest.mark.parametrize(
        ("after", "pause"), [(0, 0.0), (0, 0.03), (1, 0.0), (2, 0.01), (4, 0.02)]
    )
    def test_a_kill_loses_nothing_that_was_committed(
        self, path: Path, after: int, pause: float
    ) -> None:
        with child("save", path, "S", "1000") as process:
            assert process.stdout is not None
            told = [process.stdout.readline().strip() for _ in range(after)]
            time.sleep(pause)
            process.kill()
            told += process.stdout.read().split()

        store = Store(path, wait=5)
        store.save([prices("AAA", [1])])

        found = stored(path)
        numbers = {name[1:-1] for name in found if name != "AAA"}
        assert set(told) <= numbers
        assert len(numbers) <= len(told) + 1
        assert found == {f"S{n}{half}": 300 for n in numbers for half in "ab"} | {
            "AAA": 1
        }
        assert store.info().counts["statements"] == 2 * len(numbers)

    @pytest.mark.parametrize("pause", [0.0, 0.02, 0.05, 0.11])
    def test_a_kill_of_a_vacuum_leaves_a_whole_file(
        self, path: Path, pause: float
    ) -> None:
        store = Store(path, wait=5)
        store.save([prices(f"S{number}", LONG[:9000]) for number in range(4)])
        with child("vacuum", path) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(pause)
            process.kill()

        assert len(stored(path)) == 4
        store.vacuum()
        assert len(stored(path)) == 4
        assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]


class TestNoRoom:
    @pytest.mark.parametrize("limit", [100, 2_000_000])
    def test_a_full_disk_is_told_and_nothing_is_lost(
        self, path: Path, filled: Store, limit: int
    ) -> None:
        answer = child("fill", path, str(limit)).communicate()[0]

        assert answer == f"73 The store {path} cannot be written (file too large).\n"
        assert stored(path) == {"AAA": 3}
        filled.save([prices("BBB", [1])])
        assert stored(path) == {"AAA": 3, "BBB": 1}

    def test_a_full_disk_at_the_beginning_leaves_no_file(self, path: Path) -> None:
        answer = child("fill", path, "100").communicate()[0]

        assert answer == f"73 The store {path} cannot be written (file too large).\n"
        assert list(path.parent.iterdir()) == []

    def test_a_place_below_a_file_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        store = Store(tmp_path / "file" / "store.duckdb")

        assert not store.is_writable()
        assert store.last_fetches() == {}
        with pytest.raises(UnwritableStoreError, match="cannot be written"):
            store.save([prices("AAA", [1])])

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_may_not_be_written_is_told(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        store = Store(tmp_path / "store.duckdb")

        assert not store.is_writable()
        with pytest.raises(UnwritableStoreError, match="permission denied"):
            store.save([prices("AAA", [1])])
        tmp_path.chmod(0o700)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read_is_told(
        self, path: Path, filled: Store
    ) -> None:
        path.chmod(0)

        with pytest.raises(StoreError, match="cannot be read"):
            filled.info()


class TestCopy:
    def test_a_copy_holds_the_same_and_goes_its_own_way(
        self, path: Path, filled: Store
    ) -> None:
        content = path.read_bytes()

        copied = filled.copy_in_memory()
        assert copied.fetch([AAA]).digest == filled.fetch([AAA]).digest
        copied.save([prices("BBB", [1])])

        assert copied.closes(["BBB"], may(1))["BBB"] == {FRIDAY: 1}
        assert filled.closes(["BBB"], may(1)) == {}
        assert path.read_bytes() == content


class TestVacuum:
    def test_holes_are_given_back(self, path: Path, filled: Store) -> None:
        for _ in range(2):
            filled.save([prices(f"S{number}", LONG) for number in range(4)])
        digest = filled.fetch([AAA]).digest

        before, after = filled.vacuum()

        assert after == path.stat().st_size
        assert after < 0.8 * before
        assert filled.fetch([AAA]).digest == digest
        assert path.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]

    def test_a_store_without_holes_stays(self, filled: Store) -> None:
        filled.vacuum()

        before, after = filled.vacuum()

        assert before == after

    def test_what_a_killed_vacuum_left_is_removed(
        self, path: Path, filled: Store
    ) -> None:
        path.with_name("store.duckdb.compact").write_text("half a file")

        filled.vacuum()

        assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]


def test_nothing_but_the_file_can_be_reached(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("a\n1\n")

    for query in (f"FROM '{tmp_path}/mine.csv'", "INSTALL httpfs", "LOAD httpfs"):
        with filled._database.reading() as connection, pytest.raises(duckdb.Error):
            connection.execute(query)


def test_a_value_that_cannot_be_read_is_not_called_damage(filled: Store) -> None:
    with (
        pytest.raises(StoreError, match="holds what cannot be read"),
        filled._database.reading() as connection,
    ):
        connection.execute("SELECT 'x'::INTEGER").fetchall()


def test_ctrl_c_while_the_database_works_is_an_interruption(filled: Store) -> None:
    with pytest.raises(KeyboardInterrupt), filled._database.reading():
        raise RuntimeError("Query interrupted")
    with (
        pytest.raises(StoreError, match="something else"),
        filled._database.reading(),
    ):
        raise RuntimeError("something else")
