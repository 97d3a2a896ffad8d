"""How is the file of a store opened, waited for, created and replaced?

A connection is open for the length of one transaction only, so that other processes
have their turn. DuckDB's own lock on the file says whose turn it is.
"""

from __future__ import annotations

import errno
import glob
import os
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep, time
from typing import TYPE_CHECKING, Final, TypeVar

from triad_screener import databases, files
from triad_screener.errors import (
    LockedError,
    OutOfMemoryError,
    StoreError,
    UnwritableStoreError,
)
from triad_screener.store import _schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.01, 0.25, 1.5
#: How the system says that a file cannot be written.
_UNWRITABLE: Final = (
    "No space left on device",
    "File too large",
    "Disk quota exceeded",
    "Read-only file system",
    "Permission denied",
    "Operation not permitted",
    "Not a directory",
    "Could not write file",
)
#: How it says that it lacks what reads a file, such as one of SQLite.
_FOREIGN: Final = ("is a database of another program", "Choose another file for it.")
#: How DuckDB says that somebody else has the file: another process, or this one.
_LOCKED: Final = ("Could not set lock on file", "with a different configuration than")
_RESTORE: Final = (
    "Put a copy made by 'triad store backup' in its place, or move it away; the next "
    "refresh builds a new one."
)
#: What can still be read is worth more than a tidy folder.
SALVAGE: Final = (
    "See what is damaged with 'triad store check'; save what can be read with "
    "'triad store salvage FILE', or put a backup in its place."
)
#: Seconds of waiting for another process that nobody need know of.
_QUIET: Final = 1.0
#: Seconds after which what a killed process left half made is taken away.
_LEFT_BEHIND: Final = 3600.0
#: How DuckDB says that a file is no store, what that means, and what helps.
_UNUSABLE: Final = (
    ("Is a directory", "is a directory", "Choose a file for the store."),
    ("not a valid DuckDB database", "is not a database", _RESTORE),
    ("Loading external extensions is disabled", *_FOREIGN),
    (".duckdb_extension", *_FOREIGN),
    (
        "database file with version number",
        "was written by another version of DuckDB",
        "Update triad and DuckDB, or choose another file for the store.",
    ),
)
# DuckDB shares one instance between all connections of a process to one file, and
# refuses a second way of opening it: within a process one takes turns here.
_TURN: Final = threading.Lock()

#: How DuckDB says that somebody pressed Ctrl-C.
_INTERRUPTED: Final = "nterrupted"

T = TypeVar("T")


class Database:
    """A DuckDB file that is open only while it is used, or a database in memory.

    Args:
        path: The file; None for a database in memory.
        wait: Seconds to wait for another process to let go of the file.
        told: Told once, in a sentence, if that takes longer than a second.
    """

    def __init__(
        self,
        path: Path | None,
        wait: float,
        told: Callable[[str], None] | None = None,
    ) -> None:
        # A link is followed once: a replaced file must not replace the link.
        self.path = _followed(path) if path else None
        self.wait = wait
        self.told = told
        self._memory = None if path else _empty()

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """Yield a connection to read from; without a file, to an empty store.

        Raises:
            StoreError: If the file is not a store, damaged, or of a newer version.
            LockedError: If another process holds it for too long.
            UnwritableStoreError: If it is of an older version and cannot be written.
        """
        with self._turn() as deadline:
            connection = self._memory or self._readable(deadline)
            try:
                with self._explained(writing=False):
                    yield connection
            finally:
                if connection is not self._memory:
                    connection.close()

    @contextmanager
    def writing(self) -> Iterator[DuckDBPyConnection]:
        """Yield a connection inside a transaction; the first time, make the file.

        Raises:
            StoreError: If the file is not a store, damaged, or of a newer version.
            LockedError: If another process holds it for too long.
            UnwritableStoreError: If it cannot be written.
        """
        with self._turn() as deadline, self._private():
            connection = self._memory or self._writable(deadline)
            try:
                with self._explained(writing=True), _transaction(connection):
                    yield connection
            finally:
                if connection is not self._memory:
                    connection.close()

    def copy(self) -> Database:
        """Return a database in memory that holds what this one holds.

        Raises:
            StoreError: If the file is not a store, damaged, or of a newer version.
            LockedError: If another process holds it for too long.
        """
        if self._memory:
            return self
        copied = Database(None, self.wait)
        with self._turn() as deadline:
            if not self.is_missing():
                copied._memory = self._copied(deadline)
        return copied

    def _copied(self, deadline: float) -> DuckDBPyConnection:
        connection = databases.connect(sealed=False)
        try:
            with self._explained(writing=False):
                attach = "ATTACH ? AS kept (READ_ONLY)"
                self._patiently(deadline, lambda: self._attach(connection, attach))
                connection.execute("USE kept")
                version = self._known_version(connection)
                connection.execute("USE memory")
                connection.execute("COPY FROM DATABASE kept TO memory; DETACH kept")
                connection.execute("SET enable_external_access = false")
                with _transaction(connection):
                    _schema.migrate(connection, version)
        except BaseException:
            connection.close()
            raise
        return connection

    def compact(self) -> tuple[int, int]:
        """Write the file anew without its holes; return bytes before and after.

        The old file stays until the new one is complete.

        Raises:
            StoreError: If the file is not a store, damaged, or of a newer version.
            LockedError: If another process holds it for too long.
            UnwritableStoreError: If there is no room for the new file.
        """
        with self._turn() as deadline:
            if self.path is None or self.is_missing():
                return 0, 0
            self._writable(deadline).close()  # a store, of the newest version
            before = self.size()
            connection = databases.connect(sealed=False)
            try:
                with self._explained(writing=True):
                    self._patiently(
                        deadline, lambda: self._attach(connection, "ATTACH ? AS kept")
                    )
                    _rewrite(connection, self.path)
            finally:
                connection.close()
            return before, self.size()

    def copy_to(self, new: Path) -> None:
        """Write a copy to a file that is not there yet.

        Raises:
            StoreError: If something of it cannot be read.
            LockedError: If another process holds it for too long.
            UnwritableStoreError: If the copy cannot be written.
        """
        with self._turn() as deadline:
            connection = databases.connect(sealed=False)
            try:
                with self._private(), self._explained(writing=True):
                    attach = "ATTACH ? AS kept (READ_ONLY)"
                    self._patiently(deadline, lambda: self._attach(connection, attach))
                    connection.execute("USE kept")
                    self._known_version(connection)
                    connection.execute("ATTACH ? AS fresh", [str(new)])
                    connection.execute("COPY FROM DATABASE kept TO fresh")
                    connection.execute("CHECKPOINT fresh; USE memory; DETACH fresh")
            finally:
                connection.close()

    def size(self) -> int:
        """Return the bytes on disk, with those not yet folded into the file."""
        files = (self.path, beside(self.path, ".wal")) if self.path else ()
        found = 0
        for file in files:
            with suppress(OSError):
                found += file.stat().st_size
        return found

    def is_missing(self) -> bool:
        """Return whether there is no file yet; a database in memory is never missing.

        Raises:
            StoreError: If the permissions do not allow to look.
        """
        try:
            return self.path is not None and not self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:  # no file can have that name
                return True
            raise self._refused(str(error.strerror), writing=False) from error

    def is_writable(self) -> bool:
        """Return whether the permissions allow to write the file, or to make it."""
        if self.path is None:
            return True
        place = self.path.parent
        while not os.access(place, os.F_OK) and place != place.parent:
            place = place.parent
        may_add = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
        return may_add and (self.is_missing() or os.access(self.path, os.W_OK))

    @contextmanager
    def _turn(self) -> Iterator[float]:
        """Yield the moment until which to wait, once this thread has its turn."""
        deadline = monotonic() + self.wait
        if not _TURN.acquire(timeout=self.wait):
            raise LockedError(str(self.path), self.wait)
        try:
            yield deadline
        finally:
            _TURN.release()

    @contextmanager
    def _private(self) -> Iterator[None]:
        """Let DuckDB's log have the mode of the file: it holds the same figures."""
        mode = 0o600
        with suppress(OSError):
            mode = self.path.stat().st_mode & 0o777 if self.path else mode
        before = os.umask(0o077 & ~mode)
        try:
            yield
        finally:
            os.umask(before)

    def _readable(self, deadline: float) -> DuckDBPyConnection:
        if self.is_missing():
            return _empty()
        connection, version = self._opened(deadline, read_only=True)
        if version < len(_schema.STEPS):
            connection.close()
            self._writable(deadline).close()
            connection, _ = self._opened(deadline, read_only=True)
        return connection

    def _writable(self, deadline: float) -> DuckDBPyConnection:
        if self.is_missing():
            self._create()
        connection, version = self._opened(deadline, read_only=False)
        if version < len(_schema.STEPS):
            try:
                with self._explained(writing=True), _transaction(connection):
                    _schema.migrate(connection, version)
            except BaseException:
                connection.close()
                raise
        return connection

    def _opened(
        self, deadline: float, *, read_only: bool
    ) -> tuple[DuckDBPyConnection, int]:
        """Return an open connection, and the schema version of the store."""
        with self._explained(writing=not read_only):
            # Looked at before each attempt: who was waited for may leave a log.
            is_closed, connection = self._patiently(
                deadline, lambda: self._open_or_not(read_only=read_only)
            )
            try:
                version = self._known_version(connection)
                # A log may add blocks that are not written yet.
                if is_closed and not read_only:
                    self._require_whole(connection)
            except BaseException:
                if not read_only:
                    # What is not ours is left as it is, its log included.
                    with suppress(Exception):
                        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
                connection.close()
                raise
            return connection, version

    def _require_whole(self, connection: DuckDBPyConnection) -> None:
        """Refuse to write to a file that was cut.

        DuckDB finds out only where it reads, and would write over what is missing.
        """
        if self.size() < _schema.end(connection):
            problem = "is damaged (its end is missing)"
            raise StoreError(str(self.path), problem, SALVAGE)

    def _open_or_not(
        self, *, read_only: bool
    ) -> tuple[bool, DuckDBPyConnection] | None:
        """Return whether no log was left, and a connection; None as `_open` does."""
        has_log = beside(self.path, ".wal").exists() if self.path else True
        connection = self._open(read_only=read_only)
        return (not has_log, connection) if connection else None

    def _open(self, *, read_only: bool) -> DuckDBPyConnection | None:
        """Return a connection; None where the file was replaced in between."""
        path = str(self.path)
        if read_only:
            return databases.connect(path, read_only=True)
        before = os.stat(path).st_ino  # noqa: PTH116 - the path as DuckDB takes it
        connection = databases.connect(path)
        if os.stat(path).st_ino == before:  # noqa: PTH116 - likewise
            return connection
        connection.close()
        return None

    def _attach(
        self, connection: DuckDBPyConnection, statement: str
    ) -> DuckDBPyConnection:
        return connection.execute(statement, [str(self.path)])

    def _patiently(self, deadline: float, attempt: Callable[[], T | None]) -> T:
        """Return what ``attempt`` gives as soon as nobody holds the file."""
        import duckdb  # noqa: PLC0415 - importing the package is free

        pause, told = _FIRST_PAUSE, self.told
        quiet_until = monotonic() + _QUIET
        while True:
            try:
                if (found := attempt()) is not None:
                    return found
            except duckdb.Error as error:
                if not any(sign in str(error) for sign in _LOCKED):
                    raise
            left = deadline - monotonic()
            if left <= 0:
                raise LockedError(str(self.path), self.wait)
            if told and monotonic() > quiet_until:
                told(f"Another process uses the store {self.path}; waiting.")
                told = None
            sleep(min(pause, left))
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    def _known_version(self, connection: DuckDBPyConnection) -> int:
        try:
            return _schema.require_known(connection)
        except _schema.UnusableError as error:
            raise StoreError(str(self.path), error.problem, error.remedy) from error

    def _create(self) -> None:
        """Make the file under another name first: half a store is never seen."""
        assert self.path is not None  # noqa: S101 - a database in memory is never made
        new = beside(self.path, f".{os.getpid()}.new")
        try:
            with self._explained(writing=True):
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sweep(self.path)
                build(new)
                files.name(new, self.path)  # unless another process made it meanwhile
        finally:
            remove(new)

    @contextmanager
    def _explained(self, *, writing: bool) -> Iterator[None]:
        """Turn what the system and DuckDB say into an error of the program."""
        import duckdb  # noqa: PLC0415 - importing the package is free

        try:
            yield
        except (duckdb.Error, RuntimeError, MemoryError) as error:
            if _INTERRUPTED in str(error):
                raise KeyboardInterrupt from error  # what DuckDB makes of Ctrl-C
            raise self._explanation(error, writing=writing) from error
        except OSError as error:
            said = error.strerror or str(error)
            raise self._refused(said, writing=writing) from error
        except (
            ArithmeticError,
            LookupError,
            ValueError,
            TypeError,
            AttributeError,
        ) as e:
            if writing:  # then it is our own
                raise
            problem = f"holds a value that cannot be read ({type(e).__name__})"
            raise StoreError(str(self.path), problem, SALVAGE) from e

    def _explanation(self, error: Exception, *, writing: bool) -> Exception:
        if databases.is_short_of_memory(error):
            return OutOfMemoryError(f"the store {self.path}")
        message = " ".join(str(error).split("\n", maxsplit=1)[0].split())
        said = next((sign for sign in _UNWRITABLE if sign in message), "")
        if said:
            return self._refused(said, writing=writing)
        for sign, problem, remedy in _UNUSABLE:
            if sign in message:
                return StoreError(str(self.path), problem, remedy)
        if not _tells_of_damage(error):
            # Values that another program wrote, or that a bit has changed.
            problem = f"holds what cannot be read ({_bare(message)})"
            return StoreError(str(self.path), problem, SALVAGE)
        return StoreError(str(self.path), f"is damaged ({_bare(message)})", SALVAGE)

    def _refused(self, said: str, *, writing: bool) -> Exception:
        said = said[:1].lower() + said[1:]
        if writing:
            return UnwritableStoreError(str(self.path), said)
        return StoreError(
            str(self.path),
            f"cannot be read ({said})",
            "Mend the permissions of the file and of its folder.",
        )


def _followed(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError as error:  # a null byte
        raise StoreError(
            repr(str(path)), "cannot have that name", "Choose another data folder."
        ) from error


def _empty() -> DuckDBPyConnection:
    connection = databases.connect()
    _schema.migrate(connection, 0)
    return connection


@contextmanager
def _transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    import duckdb  # noqa: PLC0415 - importing the package is free

    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        with suppress(duckdb.Error):  # a commit that failed has rolled back
            connection.rollback()
        raise


def build(path: Path) -> None:
    """Make a store without rows."""
    connection = databases.connect(str(path))
    try:
        path.chmod(0o600)
        with _transaction(connection):
            _schema.migrate(connection, 0)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _rewrite(connection: DuckDBPyConnection, path: Path) -> None:
    """Copy the attached ``kept``, whose file is ``path``, and take its place."""
    new = beside(path, ".compact")
    # No log may be left of the old file, nor removed by its name later on.
    connection.execute("PRAGMA disable_checkpoint_on_shutdown; CHECKPOINT kept")
    remove(new)  # of a run that was killed
    try:
        connection.execute("ATTACH ? AS fresh", [str(new)])
        new.chmod(path.stat().st_mode & 0o777)
        connection.execute("COPY FROM DATABASE kept TO fresh")
        connection.execute("CHECKPOINT fresh; DETACH fresh")
        if new.stat().st_size < path.stat().st_size:
            make_durable(new)
            new.replace(path)
            make_durable(path.parent)
    finally:
        remove(new)


def make_durable(path: Path) -> None:
    """Have the disk keep a file for good."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(path: Path) -> None:
    """Take away what processes that were killed while making the file have left."""
    for other in path.parent.glob(f"{glob.escape(path.name)}.*.new*"):
        with suppress(OSError):
            if time() - other.stat().st_mtime > _LEFT_BEHIND:
                other.unlink()


def remove(path: Path) -> None:
    """Take a database away, its log included."""
    for file in (path, beside(path, ".wal")):
        with suppress(OSError):
            file.unlink()


def beside(path: Path, ending: str) -> Path:
    """Return a path that ends in ``ending`` besides."""
    return path.with_name(path.name + ending)


def _tells_of_damage(error: Exception) -> bool:
    import duckdb  # noqa: PLC0415 - importing the package is free

    values = (duckdb.ConversionException, duckdb.OutOfRangeException)
    return not isinstance(error, values) or "Corrupt" in str(error)


def _bare(message: str) -> str:
    """Return what DuckDB says, without its own heading.

    Examples:
        >>> _bare("IO Error: Could not read enough bytes from file.")
        'could not read enough bytes from file'
    """
    said = message.partition("Error: ")[2] or message
    return (said[:1].lower() + said[1:]).rstrip(".!")
