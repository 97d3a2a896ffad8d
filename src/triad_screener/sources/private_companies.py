"""Yahoo Finance as a mark source: what does it put on companies that are not listed?

One request brings the whole list of private companies, through the live source, with
its pace, cookie and refusals. A company is looked for by the symbol that the taxonomy
gives it, and its name there must be alike. Who is on a list that could not be read, or
not to its end, has not vanished from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.model.live import ABSENT, FetchFailure
from triad_screener.model.watch import ANOTHER_COMPANY, Looked
from triad_screener.screening import filings, vendor_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from triad_screener.model.watch import Asked, PrivateList, Sighting
    from triad_screener.ports import LiveSource, MarkSourceSettings

PUBLISHER: Final = "Yahoo Finance"


def connect(settings: MarkSourceSettings) -> PrivateCompanies:
    """Return the mark source; nothing is asked yet."""
    return PrivateCompanies(settings.live, settings.now.date())


class PrivateCompanies:
    """Yahoo's list of private companies as a mark source.

    Args:
        connect: Makes the live source.
        today: The day on which the list is seen.

    Attributes:
        publisher: Whose figures these are, for people.
        requests: How many requests were sent so far, sign-in included.
        unchanged: None is ever answered so.
    """

    def __init__(self, connect: Callable[[], LiveSource], today: date) -> None:
        self.publisher = PUBLISHER
        self.requests = 0
        self.unchanged = 0
        self._connect = connect
        self._live: LiveSource | None = None
        self._today = today

    def look(self, asked: Sequence[Asked]) -> Iterator[Looked]:
        """Yield what the list says of each company that has a symbol there."""
        followed = [one for one in asked if one.entry.yahoo and not one.is_over]
        if not followed:
            return
        try:
            found = self._list()
            vendor_marks.require_most(found, followed)
        except FetchFailure as failure:
            yield Looked("", reason=failure.reason, detail=failure.detail)
            return
        for one in followed:
            try:
                yield Looked(one.entry.id, (self._sighting(one, found),))
            except FetchFailure as failure:
                yield Looked(one.entry.id, reason=failure.reason, detail=failure.detail)

    def stop(self) -> None:
        """Let whatever waits fail at once."""
        if self._live:
            self._live.stop()

    def _list(self) -> PrivateList:
        live = self._live = self._connect()
        before = live.requests
        try:
            return live.private_companies()
        finally:
            self.requests += live.requests - before

    def _sighting(self, asked: Asked, found: PrivateList) -> Sighting:
        """Return what is seen of a company.

        Raises:
            FetchFailure: If nothing can be said of it, and why.
        """
        symbol = str(asked.entry.yahoo)
        mark = found.marks.get(symbol)
        if mark is None:
            return self._missing(asked, found)
        if isinstance(mark, FetchFailure):
            raise mark
        if not filings.is_like(mark.name, asked.names):
            detail = f"{symbol} is that of {mark.name}: mend yahoo in the taxonomy."
            raise FetchFailure(ANOTHER_COMPANY, detail)
        return vendor_marks.sighting(asked, mark, PUBLISHER, self._today)

    def _missing(self, asked: Asked, found: PrivateList) -> Sighting:
        symbol = asked.entry.yahoo
        if not found.is_whole:
            detail = f"{symbol} is not on the part of the list that could be read."
            raise FetchFailure("rejected: list cut", detail)
        gone = vendor_marks.vanished(asked, PUBLISHER, self._today)
        if gone is None:
            detail = (
                f"{symbol} is not among the {len(found.marks)} private companies that "
                "Yahoo Finance lists: mend yahoo in the taxonomy, or take it out."
            )
            raise FetchFailure(ABSENT, detail)
        return gone
