"""Ask for figures, check them against what is kept, save them as they come."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from triad_screener.model.live import NOT_ASKED, Fetched, FetchFailure, Refreshed
from triad_screener.workflows import revisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from triad_screener.model.live import Bars, Content, Kind, LastFetch, Task
    from triad_screener.model.market import DatedValue, StatementCell
    from triad_screener.ports import LiveSource, Progress
    from triad_screener.store import Store

    Job = Sequence[Task]
    #: Closes or rates by symbol and day.
    KeptValues = Mapping[str, Mapping[date, float]]
    Kept = Callable[[Sequence[str], date], KeptValues]

#: Requests under way at once.
WORKERS: Final = 6
#: Quotes that one request asks for.
QUOTES_A_REQUEST: Final = 40
#: Seconds of answers that a kill can lose: what came is saved that often.
SAVE_EVERY: Final = 0.5


def carry_out(
    tasks: Sequence[Task],
    live: LiveSource,
    store: Store,
    *,
    clock: Callable[[], datetime],
    currencies: Mapping[str, str],
    progress: Progress | None = None,
) -> Refreshed:
    """Carry out ``tasks`` and return what came of them.

    What arrives is saved twice a second, in short transactions; an interruption
    saves what has arrived and is reported, not raised.

    Args:
        tasks: In the order in which they are asked for.
        live: Where to ask.
        store: Where to keep the answers.
        clock: Gives the time in UTC.
        currencies: Statement currencies of the taxonomy, by symbol.
        progress: Told how many tasks of how many are done, and of rests.

    Raises:
        LockedError: If another process holds the store for too long.
        UnwritableStoreError: If the store cannot be written.
        ClockError: If the clock is off by more than a day; what came then is not kept.
    """
    if not tasks:
        return Refreshed()
    begun, before = time.monotonic(), live.requests
    asking = _Asking(
        live,
        clock,
        store.last_fetches(),
        _overlap(tasks, "prices", store.closes),
        _overlap(tasks, "rates", store.rates),
        currencies,
    )
    saving = _Saving(store, len(tasks), progress)
    interrupted = _run(_jobs(tasks), asking, saving)
    return Refreshed(
        len(tasks),
        tuple(saving.done),
        live.requests - before,
        time.monotonic() - begun,
        interrupted,
        live.rests_until,
    )


def _overlap(tasks: Sequence[Task], kind: Kind, kept: Kept) -> KeptValues:
    """Return what is kept of the days that are asked for again.

    Most symbols are asked for from one day on; one of which a session is missing must
    not let everything be read from there on.
    """
    symbols: dict[date, list[str]] = {}
    for task in tasks:
        if task.kind == kind and task.since:
            symbols.setdefault(task.since, []).append(task.symbol)
    parts = [kept(found, since) for since, found in symbols.items()]
    return {symbol: values for part in parts for symbol, values in part.items()}


def _jobs(tasks: Sequence[Task]) -> Iterator[Job]:
    """Yield what one request asks for: many quotes, or one of anything else.

    Quotes stand where the first of them does.
    """
    quotes = [task for task in tasks if task.kind == "quotes"]
    for task in tasks:
        if task.kind != "quotes":
            yield (task,)
        elif task is quotes[0]:
            starts = range(0, len(quotes), QUOTES_A_REQUEST)
            yield from (quotes[at : at + QUOTES_A_REQUEST] for at in starts)


def _run(jobs: Iterator[Job], asking: _Asking, saving: _Saving) -> bool:
    """Carry out ``jobs``, several at once; return whether the user stopped it."""
    waiting: SimpleQueue[Job] = SimpleQueue()
    came: SimpleQueue[list[Fetched] | Exception] = SimpleQueue()
    for job in jobs:
        waiting.put(job)
    # Daemons: whoever stops the program does not wait for a request under way.
    workers = [
        Thread(target=_work, args=(waiting, came, asking.ask), daemon=True)
        for _ in range(min(WORKERS, waiting.qsize()))
    ]
    for worker in workers:
        worker.start()
    try:
        _collect(came, saving, asking.live)
    except KeyboardInterrupt:
        saving.flush()
        return True
    finally:
        asking.live.stop()
    return False


def _work(
    waiting: SimpleQueue[Job],
    came: SimpleQueue[list[Fetched] | Exception],
    ask: Callable[[Job], list[Fetched]],
) -> None:
    """Take job after job until none waits; a fault is handed on as it is."""
    with suppress(Empty):
        while True:
            job = waiting.get_nowait()
            try:
                came.put(ask(job))
            except Exception as fault:  # noqa: BLE001 - raised again by the main thread
                came.put(fault)


def _collect(
    came: SimpleQueue[list[Fetched] | Exception], saving: _Saving, live: LiveSource
) -> None:
    while len(saving.done) < saving.total:
        with suppress(Empty):
            found = came.get(timeout=SAVE_EVERY)
            if isinstance(found, Exception):
                raise found
            saving.take(found)
        saving.show(live.rests_until)
        saving.flush(SAVE_EVERY)
    saving.flush()


@dataclass(slots=True)
class _Saving:
    """Collects answers and saves them in groups."""

    store: Store
    total: int
    progress: Progress | None
    waiting: list[Fetched] = field(default_factory=list)
    done: list[Fetched] = field(default_factory=list)
    saved_at: float = field(default_factory=time.monotonic)

    def take(self, fetched: Sequence[Fetched]) -> None:
        """Collect ``fetched``."""
        self.waiting += [one for one in fetched if one.reason != NOT_ASKED]
        self.done += [replace(one, content=None) for one in fetched]

    def show(self, rests_until: datetime | None) -> None:
        """Tell how far it is, and until when nothing goes on."""
        if self.progress:
            self.progress(len(self.done), self.total, rests_until)

    def flush(self, after: float = 0.0) -> None:
        """Save what waits, if the last time was ``after`` seconds ago or more."""
        if self.waiting and time.monotonic() - self.saved_at >= after:
            self.store.save(self.waiting)
            self.waiting = []
            self.saved_at = time.monotonic()


@dataclass(frozen=True, slots=True)
class _Asking:
    """Turns a job into what came of it.

    Attributes:
        last: What the store has, by kind and symbol.
        closes: Closes of the sessions that are asked for again, by symbol.
        rates: Rates of the days that are asked for again, by currency.
        currencies: Statement currencies of the taxonomy, by symbol.
    """

    live: LiveSource
    clock: Callable[[], datetime]
    last: Mapping[tuple[Kind, str], LastFetch]
    closes: KeptValues
    rates: KeptValues
    currencies: Mapping[str, str]

    def ask(self, job: Job) -> list[Fetched]:
        """Return what came of every task of ``job``."""
        begun = time.monotonic()
        answers = self._quotes(job) if job[0].kind == "quotes" else self._one(job[0])
        now, seconds = self.clock(), (time.monotonic() - begun) / len(job)
        revisions.require_clock(now, self.live.server_time)
        return [
            Fetched(task, now, seconds, None, answer.reason, answer.detail)
            if isinstance(answer, FetchFailure)
            else Fetched(task, now, seconds, answer)
            for task, answer in answers
        ]

    def _quotes(self, job: Job) -> list[tuple[Task, Content | FetchFailure]]:
        found = self.live.quotes([task.symbol for task in job])
        return [(task, found[task.symbol]) for task in job]

    def _one(self, task: Task) -> list[tuple[Task, Content | FetchFailure]]:
        try:
            if task.kind == "prices":
                return [self._prices(task)]
            if task.kind == "rates":
                return [(task, self._rates(task))]
            return [(task, self._statements(task))]
        except FetchFailure as failure:
            return [(task, failure)]

    def _rates(self, task: Task) -> tuple[DatedValue, ...]:
        found = self.live.rates(task.symbol, task.since)
        revisions.require_newer(found, self.last.get(("rates", task.symbol)))
        revisions.require_same_rates(found, self.rates.get(task.symbol, {}))
        return found

    def _statements(self, task: Task) -> tuple[StatementCell, ...]:
        found = self.live.statements(task.symbol)
        if expected := self.currencies.get(task.symbol):
            revisions.require_currency(found, expected)
        return found

    def _prices(self, task: Task) -> tuple[Task, Bars]:
        """Return the bars; the whole history where the past has been revised."""
        last = self.last.get(("prices", task.symbol))
        bars = self.live.prices(task.symbol, task.since)
        kept = self.closes.get(task.symbol, {})
        if task.since and last and last.newest:
            revisions.require_progress(bars, last, whole=False)
            revisions.require_same_unit(bars, kept)
            if revisions.revises_the_past(bars, last.newest, kept):
                task = replace(task, since=None)
                bars = self.live.prices(task.symbol, None)
        revisions.require_progress(bars, last, whole=task.since is None)
        return task, bars
