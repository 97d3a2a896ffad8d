"""The taxonomy as a mark source: what has a person written of a company?

Stages, marks and events, each with the source it cites; so a letter tells once of what
was written since the last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.model.watch import Looked, Sighting
from triad_screener.screening.following import written_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triad_screener.model.taxonomy import WatchlistEntry
    from triad_screener.model.watch import Asked
    from triad_screener.ports import MarkSourceSettings

_BILLION: Final = 1e9


def connect(settings: MarkSourceSettings) -> Written:
    """Return the mark source."""
    return Written(settings)


class Written:
    """The taxonomy as a mark source.

    Args:
        settings: With the publishers of its sources.

    Attributes:
        publisher: Whose facts these are, for people.
        requests: None is ever sent.
        unchanged: Likewise.
    """

    def __init__(self, settings: MarkSourceSettings) -> None:
        self.publisher = "the taxonomy"
        self.requests = 0
        self.unchanged = 0
        self._sources = settings.publishers
        self._today = settings.now.date()

    def look(self, asked: Sequence[Asked]) -> Iterator[Looked]:
        """Yield what is written of each company, up to today."""
        for one in asked:
            found = [*self._stages(one.entry), *self._marks(one.entry)]
            found += self._events(one.entry)
            found = [sighting for sighting in found if sighting.date <= self._today]
            yield Looked(one.entry.id, tuple(found))

    def stop(self) -> None:
        """Nothing waits."""

    def _publisher(self, source: str) -> str:
        return self._sources.get(source, source)

    def _stages(self, entry: WatchlistEntry) -> Iterator[Sighting]:
        """Yield each stage; only the newest one says where the company stands."""
        known = [one for one in entry.stages if one.date <= self._today]
        for one in known:
            yield Sighting(
                entry=entry.id,
                reference=written_reference(one),
                date=one.date,
                kind="stage",
                what=one.note or "Written into the taxonomy",
                source=self._publisher(one.source),
                grade=one.grade,
                stage=one.stage if one is known[-1] else None,
                is_judged=True,
            )

    def _marks(self, entry: WatchlistEntry) -> Iterator[Sighting]:
        for one in entry.marks:
            value = (
                f" at {_money(one.post_money, one.currency)}" if one.post_money else ""
            )
            yield Sighting(
                entry=entry.id,
                reference=f"mark:{one.round}:{one.date}",
                date=one.date,
                kind="mark",
                what=f"{one.round}{value}",
                source=self._publisher(one.source),
                grade=one.grade,
                is_judged=True,
            )

    def _events(self, entry: WatchlistEntry) -> Iterator[Sighting]:
        for one in entry.events:
            yield Sighting(
                entry=entry.id,
                reference=f"event:{one.date}:{one.what}",
                date=one.date,
                kind="event",
                what=one.what,
                source=self._publisher(one.source),
                grade=one.grade,
                is_judged=True,
            )


def _money(value: float, currency: str) -> str:
    return f"{currency} {value / _BILLION:.4g}bn"
