"""What of a store can be read, how is it copied, and saved from a damaged file?

DuckDB has a checksum on every block and looks at it where it reads: so damage is found
by reading everything, and what is whole can be read beside what is not.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import duckdb

from triad_screener import databases, files
from triad_screener.errors import OutputError, StoreError, UnwritableStoreError
from triad_screener.model.stored import TableState
from triad_screener.store import _file, _runs, _watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

    from triad_screener.store._file import Database

#: What nobody can fetch again comes first.
_ORDER: Final = (
    *("runs", "run_lines", "watch_events", "watch_checks", "trials"),
    *("statements", "quotes", "prices", "replaced_prices", "actions"),
    *("price_facts", "rates"),
    *("fetches", "answers"),
)
#: Into how many parts a table is cut to find out what of it is whole; a large one is
#: cut into as many rows as DuckDB reads at once.
_PARTS: Final = 512
_LARGE, _AT_ONCE = 10_000, 2048
_BACKUP: Final = "Put a copy made by 'triad store backup' in its place."


def check(database: Database) -> tuple[TableState, ...]:
    """Read every block of every table, and say which of them are damaged.

    Raises:
        StoreError: If the file cannot be opened at all.
        LockedError: If another process holds it for too long.
    """
    with database.reading() as connection:
        found = connection.execute("FROM duckdb_tables() SELECT table_name").fetchall()
    missing = [table for table in _ORDER if (table,) not in found]
    return (
        *(TableState(table, None, 0, "is missing") for table in missing),
        *(_checked(database, table) for table in _ORDER if table not in missing),
    )


def _checked(database: Database, table: str) -> TableState:
    try:
        with database.reading() as connection:
            rows = _read_through(connection, table)
            bad = _DECODED.get(table, _none)(connection)
    except StoreError as error:
        told = error.what.partition(str(database.path))[2].strip(" .")
        return TableState(table, None, 0, told)
    problem = f"{bad} of {rows} cannot be read" if bad else ""
    return TableState(table, rows, rows - bad, problem)


def _read_through(connection: DuckDBPyConnection, table: str) -> int:
    """Return the number of rows, after having looked at every value."""
    row = connection.execute(
        f"SELECT count(*), bit_xor(hash(whole)) FROM {table} AS whole"  # noqa: S608 - our own words
    ).fetchall()
    return int(row[0][0])


def _none(connection: DuckDBPyConnection) -> int:
    del connection
    return 0


_DECODED: Final[dict[str, Callable[[DuckDBPyConnection], int]]] = {
    "runs": _runs.unreadable,
    "watch_events": _watch.unreadable,
}


def back_up(database: Database, target: Path, *, replace: bool) -> int:
    """Write a consistent copy, whole or not at all; return its bytes.

    Args:
        database: What is copied; other processes may go on with it.
        target: The file to be made, for its owner alone.
        replace: Whether a file of that name gives way.

    Raises:
        OutputError: If there is such a file, or it cannot be written.
        StoreError: If there is no store, or something of it cannot be read.
        LockedError: If another process holds it for too long.
    """
    if database.path is None or database.is_missing():
        raise StoreError(str(database.path), "is not there yet", "Run 'triad refresh'.")
    _require_free(target, replace=replace)
    new = _file.beside(target, f".{os.getpid()}.new")
    try:
        database.copy_to(new)
        _place(new, target, replace=replace)
        return target.stat().st_size
    except UnwritableStoreError as error:
        raise OutputError(
            error.what.replace(str(database.path), str(target)), _ROOM
        ) from error
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        _file.remove(new)


_ROOM: Final = "Name another file, or make room."


def _unwritable(target: Path, error: OSError) -> OutputError:
    said = error.strerror or type(error).__name__
    return OutputError(f"{target} cannot be written ({said}).", _ROOM)


def _require_free(target: Path, *, replace: bool, may_replace: bool = True) -> None:
    if not target.absolute().parent.is_dir():
        raise OutputError(f"There is no folder {target.absolute().parent}.", _ROOM)
    if target.is_dir() or (target.exists() and not replace):
        remedy = "Name another file, or --force." if may_replace else "Name another."
        raise OutputError(f"{target} is there already.", remedy)


def _place(new: Path, target: Path, *, replace: bool) -> None:
    new.chmod(0o600)
    _file.make_durable(new)
    if replace:
        new.replace(target)
    elif not files.name(new, target):
        _require_free(target, replace=False)
    files.settle(target.parent)


def salvage(path: Path, target: Path) -> tuple[TableState, ...]:
    """Make a new store of what can be read of a damaged one, which stays as it is.

    Args:
        path: The damaged file; nobody should be writing to it.
        target: The new file.

    Returns:
        For each table its rows, and how many of them are in the new file.

    Raises:
        StoreError: If not even its list of tables can be read.
        OutputError: If the new file is there already, or cannot be written.
    """
    _require_free(target, replace=False, may_replace=False)
    try:
        with TemporaryDirectory(dir=target.absolute().parent) as folder:
            wreck = _Wreck(path, Path(folder))
            found = tuple(wreck.saved(table) for table in _ORDER)
            _place(wreck.new, target, replace=False)
    except OSError as error:
        raise _unwritable(target, error) from error
    return found


class _Wreck:
    """A copy of a damaged file, and the new one that is filled from it.

    After a failure DuckDB refuses to go on with a file: each part has a connection.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.new = folder / "new.duckdb"
        self._old = folder / "old.duckdb"
        _file.build(self.new)
        shutil.copyfile(path, self._old)
        log = _file.beside(self._old, ".wal")
        with suppress(FileNotFoundError):
            shutil.copyfile(_file.beside(path, ".wal"), log)
        if self._answer("SELECT 1") is None:
            log.unlink(missing_ok=True)  # what it would have added is lost
        if self._answer("SELECT 1") is None:
            raise StoreError(
                str(path), "is damaged: nothing of it can be read", _BACKUP
            )

    def saved(self, table: str) -> TableState:
        """Copy what can be read of a table."""
        last = self._answer(f"SELECT coalesce(max(rowid), -1) FROM kept.{table}")  # noqa: S608 - our own words
        rows = self._answer(f"SELECT count(*) FROM kept.{table}")  # noqa: S608 - likewise
        if last is None or rows is None:
            return TableState(table, None, 0, "cannot be read")
        least = _AT_ONCE if last > _LARGE else max(1, last // _PARTS)
        saved = self._copied(table, 0, last, least) if rows else 0
        problem = f"{rows - saved} of {rows} are lost" if saved < rows else ""
        return TableState(table, rows, saved, problem)

    def _copied(self, table: str, first: int, last: int, least: int) -> int:
        """Copy the rows of a part, or what can be read of its halves."""
        found = self._answer(
            f"INSERT INTO fresh.{table} BY NAME SELECT * FROM kept.{table} "  # noqa: S608 - likewise
            f"WHERE rowid BETWEEN {first} AND {last}"
        )
        if found is not None or last - first < least:
            return found or 0
        middle = (first + last) // 2
        return self._copied(table, first, middle, least) + self._copied(
            table, middle + 1, last, least
        )

    def _answer(self, statement: str) -> int | None:
        """Return the number that a statement gives; None where it fails."""
        connection = databases.connect(sealed=False)
        try:
            connection.execute("ATTACH ? AS kept (READ_ONLY)", [str(self._old)])
            connection.execute("ATTACH ? AS fresh", [str(self.new)])
            return int(connection.execute(statement).fetchall()[0][0])
        except (duckdb.Error, RuntimeError):
            return None
        finally:
            connection.close()
