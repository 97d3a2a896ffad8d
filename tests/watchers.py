"""A mark source that sees what a test lets it see, and can fail."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from triad_screener.model.watch import Looked, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triad_screener.model.vocabulary import Stage
    from triad_screener.model.watch import Asked
    from triad_screener.ports import MarkSourceSettings

NETWORK = ("network", "EDGAR did not answer in time.")
LIMITED = ("rate_limited", "EDGAR refused the request as one too many (429).")
ABSENT = ("absent", "EDGAR has no such page.")


def sighting(
    entry: str,
    day: str,
    form: str,
    stage: Stage | None,
    *,
    ticker: str | None = None,
    company: str = "Startup, Inc.",
) -> Sighting:
    """Something that EDGAR would show."""
    return Sighting(
        entry=entry,
        reference=f"{form} {day}",
        date=date.fromisoformat(day),
        kind="stage" if stage else "filing",
        what=f"Quoted as {ticker} at Nasdaq" if ticker else f"Form {form}: by hand",
        source="SEC EDGAR",
        grade="A",
        stage=stage,
        company=company,
        cik="0009999901",
        ticker=ticker,
        exchange="Nasdaq" if ticker else None,
        form="" if ticker else form,
    )


class Watcher:
    """A mark source; one request a company."""

    def __init__(self, *seen: Sighting) -> None:
        self.publisher = "SEC EDGAR"
        self.seen = list(seen)
        self.requests = 0
        self.unchanged = 0
        self.asked: list[Asked] = []
        self.stopped = False
        #: By entry, or for every one: reason and detail.
        self.failures: dict[str, tuple[str, str]] = {}
        #: Entry at which the user presses Ctrl-C.
        self.interrupted_at = ""

    def look(self, asked: Sequence[Asked]) -> Iterator[Looked]:
        for one in asked:
            if one.entry.id == self.interrupted_at:
                raise KeyboardInterrupt
            self.asked.append(one)
            self.requests += 1
            yield self._looked(one.entry.id)

    def _looked(self, entry: str) -> Looked:
        if failure := self.failures.get(entry) or self.failures.get("*"):
            return Looked(entry, reason=failure[0], detail=failure[1])
        seen = tuple(one for one in self.seen if one.entry == entry)
        return Looked(entry, seen, seen[-1].cik if seen else None)

    def stop(self) -> None:
        self.stopped = True


_present: list[Watcher] = []


def present(watcher: Watcher) -> Watcher:
    """Let the register's EDGAR be ``watcher``."""
    _present[:] = [watcher]
    return watcher


def connect(settings: MarkSourceSettings) -> Watcher:
    """Return the watcher that is present, if somebody asks in a name."""
    settings.user_agent()
    return _present[0]
