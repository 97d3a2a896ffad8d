"""Look for what happened to the companies of the watchlist, and keep it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from triad_screener.errors import (
    BELOW_FLOOR,
    DIFFERENT,
    NoDataError,
    RateLimitedError,
    UnknownNameError,
    UnwritableStoreError,
)
from triad_screener.model.live import RATE_LIMITED
from triad_screener.model.vocabulary import PILLARS
from triad_screener.model.watch import Asked, Checked, Company, WatchCheck
from triad_screener.screening.following import Round, follow, overtaken, standing
from triad_screener.taxonomies.proposing import propose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from triad_screener.errors import TriadError
    from triad_screener.model.screen import Screen, WatchlistFact
    from triad_screener.model.taxonomy import Taxonomy, WatchlistEntry
    from triad_screener.model.watch import Followed, Looked, WatchEvent
    from triad_screener.ports import MarkSource
    from triad_screener.store import Store
    from triad_screener.workflows.answering import Question


#: The mark source that a refresh asks as well.
VENDOR: Final = "yahoo"
#: So long its answer serves: a nightly refresh asks every night.
_FRESH: Final = timedelta(hours=20)


def wanted(
    taxonomy: Taxonomy, names: Sequence[str], pillars: Sequence[str] = ()
) -> tuple[WatchlistEntry, ...]:
    """Return the entries named, by id or by name whatever its case; all for none.

    Args:
        taxonomy: Whose watchlist is meant.
        names: Of companies.
        pillars: Only entries of these; all for none.

    Raises:
        UnknownNameError: If there is no such entry or pillar.
    """
    for pillar in pillars:
        if pillar not in PILLARS:
            raise UnknownNameError("pillar", pillar, PILLARS)
    found = _named(taxonomy, names)
    return tuple(one for one in found if not pillars or one.pillar in pillars)


def _named(taxonomy: Taxonomy, names: Sequence[str]) -> tuple[WatchlistEntry, ...]:
    known = {one.id: one for one in taxonomy.watchlist}
    spelt = {one.name.casefold(): one for one in taxonomy.watchlist}
    for name in names:
        if name not in known and name.casefold() not in spelt:
            raise UnknownNameError("company on the watchlist", name, known)
    if not names:
        return taxonomy.watchlist
    ids = {(known.get(n) or spelt[n.casefold()]).id for n in names}
    return tuple(one for one in taxonomy.watchlist if one.id in ids)


def known(
    taxonomy: Taxonomy,
    entries: Sequence[WatchlistEntry],
    screen: Screen,
    question: Question,
    store: Store,
) -> tuple[tuple[WatchlistFact, ...], dict[str, tuple[WatchEvent, ...]]]:
    """Return what is known of ``entries``, and what was seen of them, by id.

    What was seen after the day that was asked for is left out; where none was asked
    for, everything counts.

    Args:
        taxonomy: With the rubric.
        entries: Of the watchlist.
        screen: With the facts of the as-of date.
        question: That the screen answers.
        store: Where events are kept.
    """
    kept = store.followed()
    seen = {entry.id: kept.until(entry.id, question.as_of) for entry in entries}
    facts = tuple(
        overtaken(fact, seen[fact.id], taxonomy.rubric)
        for fact in screen.watchlist
        if fact.id in seen
    )
    return facts, seen


def only(facts: Sequence[WatchlistFact], company: str) -> WatchlistFact:
    """Return the one fact there is.

    Raises:
        NoDataError: If nothing was known of the company on that day.
    """
    if not facts:
        raise NoDataError(
            f"Nothing was known of {company} on that day.",
            "Give a later day with --as-of DATE.",
        )
    return facts[0]


def check(
    entries: Sequence[WatchlistEntry],
    store: Store,
    sources: Mapping[str, MarkSource],
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Checked:
    """Ask every mark source about ``entries``; keep and return what is new.

    Args:
        entries: Of the watchlist.
        store: Where events and checks are kept.
        sources: By registered name; none of them raises.
        now: The time, in UTC.
        progress: Told how many answers of how many have come.

    Raises:
        UnwritableStoreError: Before anything is asked, if nothing could be kept.
        StoreError: If the store cannot be read.
        LockedError: If another process holds it for too long.
    """
    if not store.is_writable():
        raise UnwritableStoreError(str(store.path), "no permission")
    found = _Check(entries, store.followed(), now)
    interrupted = False
    try:
        found.ask(sources, progress)
    except KeyboardInterrupt:
        interrupted = True
        for source in sources.values():
            source.stop()
    store.save_watch(found.checks, found.events, now)
    return Checked(
        companies=tuple(found.company(entry) for entry in entries),
        events=tuple(sorted(found.events, key=lambda one: one.sighting.date)),
        failures=tuple(one for one in found.checks if one.reason),
        answered=found.answered,
        requests=sum(one.requests for one in sources.values()),
        unchanged=sum(one.unchanged for one in sources.values()),
        interrupted=interrupted,
    )


def refresh(
    taxonomy: Taxonomy,
    store: Store,
    connect: Callable[[], MarkSource],
    now: datetime,
    *,
    full: bool = False,
) -> Checked | None:
    """Ask the vendor about private companies; None if nothing is due.

    Args:
        taxonomy: With the symbols of the companies.
        store: Where events and checks are kept.
        connect: Makes the mark source.
        now: The time, in UTC.
        full: Ask, however fresh the last answer is.

    Raises:
        StoreError: If the store cannot be read.
        LockedError: If another process holds it for too long.
    """
    entries = tuple(one for one in taxonomy.watchlist if one.yahoo)
    last = store.mark_source_answered_at(VENDOR)
    if not entries or not (full or last is None or now - last >= _FRESH):
        return None
    return check(entries, store, {VENDOR: connect()}, now)


class _Check:
    """One check while it goes on."""

    def __init__(
        self, entries: Sequence[WatchlistEntry], kept: Followed, now: datetime
    ) -> None:
        self.events: list[WatchEvent] = []
        self.checks: list[WatchCheck] = []
        self.answered = 0
        self._entries = {one.id: one for one in entries}
        self._kept = {one.id: [*kept.of(one.id)] for one in entries}
        self._ciks = dict(kept.ciks)
        self._checked = kept.checked
        self._today = now.date()

    def ask(
        self,
        sources: Mapping[str, MarkSource],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        for name, source in sources.items():
            asked = [self._asked(entry) for entry in self._entries.values()]
            for done, looked in enumerate(source.look(asked), 1):
                self._take(name, looked)
                self.answered += bool(source.requests and not looked.reason)
                if progress and source.requests:
                    progress(min(done, len(asked)), len(asked))

    def _asked(self, entry: WatchlistEntry) -> Asked:
        kept = self._kept[entry.id]
        return Asked(
            entry,
            standing(entry, kept, self._today).stage,
            entry.cik or self._ciks.get(entry.id),
            tuple(kept),
        )

    def _take(self, source: str, looked: Looked) -> None:
        if looked.cik:
            self._ciks[looked.entry] = looked.cik
        self.checks.append(
            WatchCheck(looked.entry, source, looked.cik, looked.reason, looked.detail)
        )
        if not looked.sightings:
            return
        is_first = (looked.entry, source) not in self._checked
        kept = self._kept[looked.entry]
        fresh = follow(
            self._entries[looked.entry],
            kept,
            looked.sightings,
            Round(source, is_first, self._today),
        )
        kept += fresh
        self.events += fresh

    def company(self, entry: WatchlistEntry) -> Company:
        kept = self._kept[entry.id]
        now = standing(entry, kept, self._today)
        quoted = [one.sighting.ticker for one in kept if one.sighting.ticker]
        ticker = entry.ticker or next(iter(quoted), None)
        cik = entry.cik or self._ciks.get(entry.id)
        return Company(entry.id, entry.name, now.stage, now.since, cik, ticker)


def proposal(taxonomy: Taxonomy, done: Checked, store: Store, now: datetime) -> str:
    """Return the YAML that a person should add to the taxonomy, after a check."""
    kept = store.followed()
    events = {one.id: kept.of(one.id) for one in done.companies}
    return propose(taxonomy, done.companies, events, now.date())


def code(done: Checked, *, wanted: bool) -> int:
    """Return 1 if a stage changed, else 3 if a company may have news unseen, else 0.

    It may where there was no answer, and where the answer needs a person.

    Args:
        done: The check.
        wanted: Whether the exit code shall say it; else it is 0.
    """
    if done.changes and wanted:
        return DIFFERENT
    return BELOW_FLOOR if done.failures and wanted else 0


#: Who is asked over the network, for people, by mark source.
_ASKED: Final = {"edgar": "EDGAR", VENDOR: "Yahoo Finance"}


def failure(done: Checked) -> TriadError | None:
    """Return the error for a check to which nobody answered; None if somebody did."""
    if done.answered or done.interrupted or not done.outages:
        return None
    first = done.outages[0]
    detail = first.detail.rstrip(".")
    if first.reason == RATE_LIMITED:
        return RateLimitedError(
            f"{_ASKED[first.source]} wants fewer requests: {detail}.",
            "Try again in ten minutes; what was seen before is kept.",
        )
    if first.source == VENDOR:
        return NoDataError(
            f"Nothing is known of new marks: {detail}.",
            "Check the network; what was seen before is kept.",
        )
    return NoDataError(
        f"Nothing is known of new filings: {detail}.",
        "Check the network and edgar_user_agent; what was seen before is kept.",
    )
