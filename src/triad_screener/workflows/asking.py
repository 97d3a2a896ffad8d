"""Is anybody to be asked, and what serves when the answers did not come?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from triad_screener.errors import (
    ClockError,
    NoDataError,
    RateLimitedError,
    UnwritableStoreError,
)
from triad_screener.model.live import RATE_LIMITED
from triad_screener.workflows import planning
from triad_screener.workflows.fetching import carry_out
from triad_screener.workflows.serving import AUTO, LIVE, NOTHING_KEPT, STORE, Served

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from triad_screener.errors import TriadError
    from triad_screener.model.live import Fetched, Kind, LastFetch, Refreshed
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.store import Store
    from triad_screener.workflows.planning import Wanted
    from triad_screener.workflows.serving import Means

#: After an outage ``auto`` does not ask again for that long.
PAUSE: Final = timedelta(minutes=15)
FOREVER: Final = datetime.max.replace(tzinfo=UTC)
_AT_ONCE: Final[tuple[Kind, ...]] = ("prices", "rates", "quotes")
_NAMED: Final = 3


def serve(
    choice: str,
    taxonomy: Taxonomy,
    means: Means,
    *,
    as_of: date | None,
    offline: bool,
) -> Served:
    """Return the store where it suffices or is wanted, else what the vendor gives.

    The arguments and errors are those of `serving.serve`.
    """
    asked = planning.wanted(taxonomy)
    currencies = planning.statement_currencies(taxonomy)
    known = _Known(asked, currencies, _last(means))
    if choice == STORE or (known.suffices and (offline or known.is_past(as_of, means))):
        return Served(means.store, until=FOREVER)
    if offline:
        return Served(means.bundled(), warnings=(known.stand_in(),))
    return _live(choice, known, means)


def _last(means: Means) -> Mapping[tuple[Kind, str], LastFetch]:
    return planning.as_of_now(means.store.last_fetches(), means.clock())


@dataclass(frozen=True, slots=True)
class _Known:
    """What is wanted, and what the store has of it."""

    asked: Wanted
    currencies: Mapping[str, str]
    last: Mapping[tuple[Kind, str], LastFetch]

    def lines_with(self, *kinds: Kind) -> int:
        """Number of lines of which the store has figures of every kind."""
        return sum(
            all(self._has(kind, line) for kind in kinds) for line in self.asked.lines
        )

    def _has(self, kind: Kind, line: str) -> bool:
        found = self.last.get((kind, line))
        return bool(found and found.newest)

    @property
    def suffices(self) -> bool:
        """Whether at least half of the lines have prices and statements.

        With fewer, most factors would be idle, and the ranks not worth the name.
        """
        found = self.lines_with("prices", "statements")
        return bool(found) and 2 * found >= len(self.asked.lines)

    def stand_in(self) -> str:
        """Say why the snapshot serves."""
        found, wanted = self.lines_with("prices", "statements"), len(self.asked.lines)
        return (
            f"The store has prices and statements of {found} of {wanted} lines: "
            "the bundled snapshot serves."
        )

    def is_past(self, as_of: date | None, means: Means) -> bool:
        """Whether ``as_of`` is over, so that nothing new can become known of it."""
        return as_of is not None and as_of < means.clock().date()

    def is_paused(self, now: datetime) -> bool:
        """Whether an outage is so recent that asking again is no use."""
        tried = planning.last_outage(self.asked, self.last)
        return tried is not None and timedelta(0) <= now - tried < PAUSE

    def served(self, store: Store) -> Served:
        """Return the store as it stands, until something is due."""
        return Served(store, until=planning.next_due(self.asked, self.last))


def _live(choice: str, known: _Known, means: Means) -> Served:
    """Ask for what is due, then serve the store, or the snapshot where it is empty."""
    now = means.clock()
    if choice == AUTO and known.is_paused(now):
        minutes = PAUSE.seconds // 60
        told = (
            f"Yahoo Finance failed within the last {minutes} minutes; not asked. "
            "'triad refresh' asks at once."
        )
        return _settled(choice, known, means, told=told)
    at_once = _AT_ONCE if choice == LIVE else ()
    tasks = planning.plan(known.asked, known.last, now, at_once=at_once)
    if not tasks:
        return known.served(means.store)
    missing = planning.first_missing(means.store.missing_sessions(), now)
    tasks = planning.reaching_back(tasks, missing)
    means, warnings = _writable(means)
    try:
        done = carry_out(
            tasks,
            means.live(),
            means.store,
            clock=means.clock,
            currencies=known.currencies,
            progress=means.progress,
        )
    except (ClockError, UnwritableStoreError) as error:
        if choice == LIVE:
            raise
        return _settled(choice, known, means, warnings=(*warnings, error.what))
    if done.interrupted:
        raise KeyboardInterrupt
    if choice == LIVE and done.outage:
        raise failure(done.outage, done)
    known = replace(known, last=_last(means))
    if done.failures:
        warnings += described(done)
        warnings += ("What is kept serves, with its age.",) * known.suffices
    return _settled(choice, known, means, told=_told(done), warnings=warnings)


def _writable(means: Means) -> tuple[Means, tuple[str, ...]]:
    """Return means whose store can be written: in memory, if the file cannot."""
    if means.store.is_writable():
        return means, ()
    return replace(means, store=means.store.copy_in_memory()), (NOTHING_KEPT,)


def _settled(
    choice: str,
    known: _Known,
    means: Means,
    *,
    told: str = "",
    warnings: tuple[str, ...] = (),
) -> Served:
    if known.suffices or choice != AUTO:
        return replace(known.served(means.store), told=told, warnings=warnings)
    return Served(means.bundled(), told=told, warnings=(*warnings, known.stand_in()))


def _told(done: Refreshed) -> str:
    came = f"{done.good} of {done.asked} answers came"
    return f"Yahoo Finance asked just now: {came}, in {done.requests} requests."


def described(done: Refreshed) -> tuple[str, ...]:
    """Return a sentence on what failed, by reason, with the first of them named."""
    if not done.failures:
        return ()
    by_reason = Counter(one.reason for one in done.failures)
    parts = [
        f"{reason} {count} ({_named(done.failures, reason)})"
        for reason, count in by_reason.most_common()
    ]
    missing = f"{len(done.failures)} of {done.asked} answers missing"
    return (f"Yahoo Finance: {missing}: {'; '.join(parts)}.",)


def _named(failures: Sequence[Fetched], reason: str) -> str:
    """Name what failed for ``reason``, and the detail of the first."""
    found = [one for one in failures if one.reason == reason]
    found.sort(key=lambda one: (one.task.symbol, one.task.kind))
    names = [f"{one.task.symbol} {one.task.kind}" for one in found[:_NAMED]]
    more = [f"{len(found) - _NAMED} more"] if len(found) > _NAMED else []
    detail = found[0].detail.rstrip(".")
    return f"{', '.join([*names, *more])}: {detail}"


def again_at(rests_until: datetime | None) -> str:
    """Return when a source may be asked again, in the time of this machine."""
    if rests_until is None:
        return "in an hour"
    return f"from {rests_until.astimezone():%Y-%m-%d %H:%M %Z} on"


def failure(outage: Fetched, done: Refreshed) -> TriadError:
    """Return the error for a live source that let nothing, or not enough, through."""
    detail = outage.detail.rstrip(".")
    if outage.reason == RATE_LIMITED:
        return RateLimitedError(
            f"Yahoo Finance wants fewer requests: {detail}.",
            f"Try again {again_at(done.rests_until)}; until then the stored figures "
            "are used.",
        )
    return NoDataError(
        f"Yahoo Finance did not answer: {detail}.",
        "Check the network with 'triad doctor'; 'triad screen --offline' does without.",
    )
