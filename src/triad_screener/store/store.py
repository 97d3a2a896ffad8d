"""The store: everything fetched and run so far, and what of it was known when."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from triad_screener.errors import StoreError
from triad_screener.store._file import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from triad_screener.model.live import Fetched, Kind, LastFetch
    from triad_screener.model.market import MarketData
    from triad_screener.model.screen import Screen
    from triad_screener.model.stored import (
        MissingSession,
        Place,
        RunEntry,
        RunSeries,
        StoreInfo,
        TableState,
    )
    from triad_screener.model.taxonomy import Benchmark, Constituent
    from triad_screener.model.watch import Followed, WatchCheck, WatchEvent

# Methods import late: a stored run is shown without numpy, and importing this is free.
# ruff: noqa: PLC0415


class Store:
    """An embedded database in one file, open only while a method runs.

    Every method may raise `StoreError` (not a store, damaged, or of a newer version;
    the file is left as it is) and `LockedError` (another process holds it for longer
    than ``wait``); every method that writes also `UnwritableStoreError`. Where there
    is no file, reading finds an empty store, and the first writing makes it.

    Args:
        path: The file; None for a store in memory.
        wait: Seconds to wait for another process.
        told: Told, in a sentence, of a wait that a person would notice.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        wait: float = 10.0,
        told: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self._database = Database(path, wait, told)

    @classmethod
    def in_memory(cls) -> Store:
        """Return an empty store that leaves no trace."""
        return cls(None)

    def copy_in_memory(self) -> Store:
        """Return a store in memory that holds the same, for when this is read-only."""
        copied = Store(None)
        copied._database = self._database.copy()
        return copied

    def exists(self) -> bool:
        """Return whether anything was ever stored in a file; nothing is opened."""
        return self.path is not None and not self._database.is_missing()

    def is_writable(self) -> bool:
        """Return whether the permissions allow writing; nothing is opened or made."""
        return self._database.is_writable()

    def save(self, fetched: Sequence[Fetched]) -> None:
        """Store figures and log every fetch, all or nothing.

        Prices replace those of the sessions they bring, which are kept with the day by
        which they were replaced; a session or dividend that they leave out stays.
        Statement figures are appended where they are new or changed. Of several quotes
        of a session the last stays. Rates replace what is stored from their first day
        on. Kept answers are forgotten where figures came.
        """
        from triad_screener.store import _saving

        with self._database.writing() as connection:
            _saving.save(connection, fetched)

    def last_fetches(self) -> dict[tuple[Kind, str], LastFetch]:
        """Return what is known of every kind of figures ever asked for."""
        if self._database.is_missing():
            return {}
        from triad_screener.store import _fetches

        with self._database.reading() as connection:
            return _fetches.last_fetches(connection)

    def closes(
        self, symbols: Sequence[str], since: date
    ) -> dict[str, dict[date, float]]:
        """Return the stored closes of each symbol from ``since`` on, oldest first.

        A symbol without any is left out.
        """
        from triad_screener.store import _fetches

        with self._database.reading() as connection:
            return _fetches.values(connection, "prices", symbols, since)

    def missing_sessions(self) -> tuple[MissingSession, ...]:
        """Return every session that a symbol lacks though its exchange traded.

        They stand by symbol and day.
        """
        if self._database.is_missing():
            return ()
        from triad_screener.store import _missing

        with self._database.reading() as connection:
            return _missing.missing_sessions(connection)

    def rates(
        self, currencies: Sequence[str], since: date
    ) -> dict[str, dict[date, float]]:
        """Return US dollars per unit from ``since`` on, oldest first, by currency.

        A currency without any is left out.
        """
        from triad_screener.store import _fetches

        with self._database.reading() as connection:
            return _fetches.values(connection, "rates", currencies, since)

    def fetch(
        self,
        constituents: Sequence[Constituent],
        funds: Sequence[Benchmark] = (),
        *,
        as_of: date | None = None,
    ) -> MarketData:
        """Return everything known of ``constituents`` on ``as_of``.

        The digest is the same for the same figures, whenever they were fetched.

        Args:
            constituents: The lines wanted.
            funds: Benchmarks, of which only prices are wanted.
            as_of: None for the newest session that at least half of the lines have.

        Raises:
            NoDataError: If no price of any of them is stored.
        """
        from triad_screener.store import _known

        with self._database.reading() as connection:
            return _known.market(connection, constituents, funds, as_of)

    def save_run(
        self,
        screen: Screen,
        at: datetime,
        *,
        key: str = "",
        until: datetime | None = None,
        looked_back: bool = False,
    ) -> bool:
        """Store a run; False if a run of that id is there, which then stays.

        It is marked as asked for again, and stops being a look back once it was asked
        for without one.

        Args:
            screen: Of the run.
            at: When it was made.
            key: Of a question it answers, in the same transaction; empty for none.
            until: Before which it answers that question.
            looked_back: Whether a day was asked for that was over.
        """
        from triad_screener.store import _runs

        with self._database.writing() as connection:
            is_new = _runs.save_run(connection, screen, at, looked_back=looked_back)
            if key and until:
                _runs.save_answer(connection, key, screen.run.id, until)
            return is_new

    def run(self, run_id: str) -> Screen:
        """Return the screen of a run, by its id or the beginning of it.

        Raises:
            UnknownNameError: If there is none.
            UsageError: If several begin like that.
        """
        from triad_screener.store import _runs

        with self._reading_runs() as connection:
            return _runs.run(connection, run_id)

    def runs(self) -> list[RunEntry]:
        """Return every stored run, the last asked for first."""
        from triad_screener.store import _runs

        with self._database.reading() as connection:
            return _runs.runs(connection)

    def entry(self, run_id: str) -> RunEntry:
        """Return what is known of a run, by its id or the beginning of it.

        Raises:
            UnknownNameError: If there is none.
            UsageError: If several begin like that.
        """
        from triad_screener.store import _runs

        with self._database.reading() as connection:
            return _runs.entry(connection, run_id)

    def series(self, run_id: str) -> RunSeries:
        """Return what the runs have in common that a stored run is held against."""
        from triad_screener.store import _runs

        with self._database.reading() as connection:
            return _runs.series(connection, run_id)

    def alike(self, series: RunSeries) -> list[RunEntry]:
        """Return the runs of a series, the oldest as-of date first.

        They are of one universe and recipe, and of one taxonomy: the identities are
        the same, or one of them is not known; and at least half of the lines of the
        larger are in both. Of one date the last asked for stands last.
        """
        from triad_screener.store import _runs

        with self._database.reading() as connection:
            return _runs.alike(connection, series)

    def history(self, ticker: str) -> list[Place]:
        """Return where ``ticker`` stood in every run, by as-of date, oldest first."""
        from triad_screener.store import _runs

        with self._database.reading() as connection:
            return _runs.history(connection, ticker)

    def ranks(self, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """Return the ranks of each run by ticker, the best first.

        A line that is not ranked is left out, as is a run that is not stored.
        """
        from triad_screener.store import _runs

        with self._database.reading() as connection:
            return _runs.ranks(connection, run_ids)

    def answer(self, key: str, now: datetime) -> Screen | None:
        """Return the run that answers the question ``key`` at ``now``, if any."""
        if self._database.is_missing():  # a first screen loads no database
            return None
        from triad_screener.store import _runs

        with self._reading_runs() as connection:
            return _runs.answer(connection, key, now)

    @contextmanager
    def _reading_runs(self) -> Iterator[DuckDBPyConnection]:
        from triad_screener.store import _runs

        try:
            with self._database.reading() as connection:
                yield connection
        except _runs.DamagedRunError as error:
            raise StoreError(
                str(self.path),
                "holds a run that cannot be read",
                "Run the screen again, or update triad.",
            ) from error

    def save_watch(
        self,
        checks: Sequence[WatchCheck],
        events: Sequence[WatchEvent],
        at: datetime,
    ) -> None:
        """Log checks of the watchlist and keep what they saw, all or nothing.

        An event whose reference is kept already is left out.
        """
        from triad_screener.store import _watch

        with self._database.writing() as connection:
            _watch.save(connection, checks, events, at)

    def followed(self) -> Followed:
        """Return everything that is kept of the watchlist."""
        from triad_screener.model.watch import Followed

        if self._database.is_missing():
            return Followed()
        from triad_screener.store import _watch

        with self._database.reading() as connection:
            return _watch.followed(connection)

    def mark_source_answered_at(self, source: str) -> datetime | None:
        """Return when a mark source last answered; None if it never did.

        Args:
            source: As registered.

        Raises:
            StoreError: If the store cannot be read.
            LockedError: If another process holds it for too long.
        """
        if self._database.is_missing():
            return None
        from triad_screener.store import _watch

        with self._database.reading() as connection:
            return _watch.answered_at(connection, source)

    def untold_events(self) -> tuple[WatchEvent, ...]:
        """Return the news of the watchlist that nobody was told of, oldest first.

        What a person wrote into the taxonomy is left out: screens tell of it.
        """
        if self._database.is_missing():
            return ()
        from triad_screener.store import _watch

        with self._database.reading() as connection:
            return _watch.untold(connection)

    def mark_told(self, events: Sequence[WatchEvent], at: datetime) -> None:
        """Note that somebody was told of ``events``; they are news no longer."""
        if not events:
            return
        from triad_screener.store import _watch

        with self._database.writing() as connection:
            _watch.mark_told(connection, events, at)

    def note_trial(self, key: str, recipe: str, at: datetime) -> int:
        """Note that a setting was tried on past returns; return how many ever were.

        Args:
            key: Of the setting: the same values, the same key.
            recipe: Its name, for people.
            at: When it was tried.
        """
        from triad_screener.store import _runs

        with self._database.writing() as connection:
            return _runs.note_trial(connection, key, recipe, at)

    def info(self) -> StoreInfo:
        """Return what the store holds."""
        from triad_screener.store import _upkeep

        with self._database.reading() as connection:
            return _upkeep.info(connection, self.path, self._database.size())

    def export(
        self,
        folder: Path,
        constituents: Sequence[Constituent],
        funds: Sequence[Benchmark] = (),
        *,
        as_of: date | None = None,
    ) -> None:
        """Write what `fetch` returns as a folder that the folder source reads.

        Raises:
            OutputError: If the folder is not empty or cannot be written.
            NoDataError: If no price of the lines is stored.
        """
        from triad_screener.store import _upkeep

        market = self.fetch(constituents, funds, as_of=as_of)
        _upkeep.require_room(folder)
        _upkeep.write(folder, market, constituents, funds)

    def check(self) -> tuple[TableState, ...]:
        """Read everything; return of each table whether it is whole."""
        from triad_screener.store import _rescue

        return _rescue.check(self._database)

    def back_up(self, target: Path, *, replace: bool = False) -> int:
        """Write a consistent copy to ``target``; return its bytes.

        Raises:
            OutputError: If it is there and not to be replaced, or cannot be written.
        """
        from triad_screener.store import _rescue

        return _rescue.back_up(self._database, target, replace=replace)

    def salvage(self, target: Path) -> tuple[TableState, ...]:
        """Make a new store of what can be read of this one, which stays as it is.

        Raises:
            OutputError: If ``target`` is there already, or cannot be written.
        """
        from triad_screener.store import _rescue

        path = self._database.path
        if path is None or self._database.is_missing():
            raise StoreError(str(path), "is not there", "There is nothing to save.")
        return _rescue.salvage(path, target)

    def vacuum(self) -> tuple[int, int]:
        """Compact the file; return its bytes before and after.

        A kill at any moment leaves the old file or the new one, whole.
        """
        return self._database.compact()
