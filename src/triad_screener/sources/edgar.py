"""EDGAR: what have the companies of the watchlist filed with the SEC?

Two requests for the newest registrations of all companies, one for the filings of each
company whose key is known, one search for each of the others, and one for each new
amendment that may name a price range. A company without a key is taken only if exactly
one company has exactly its name; one whose key is written down must still be alike.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from triad_screener.model.live import ABSENT, FetchFailure
from triad_screener.model.watch import (
    AMBIGUOUS,
    ANOTHER_COMPANY,
    Looked,
    Registrant,
)
from triad_screener.screening import filings
from triad_screener.sources import _edgar_pages as pages
from triad_screener.sources._edgar_cache import Cache
from triad_screener.sources._edgar_wire import BURST, RATE, Wire
from triad_screener.sources._gate import Gate
from triad_screener.sources._pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.watch import Asked, Sighting
    from triad_screener.ports import MarkSourceSettings
    from triad_screener.sources._edgar_pages import Feed, Found
    from triad_screener.sources._edgar_wire import Reply

PUBLISHER: Final = "SEC EDGAR"
_SUBMISSIONS: Final = "https://data.sec.gov/submissions/CIK{}.json"
_CURRENT: Final = "https://www.sec.gov/cgi-bin/browse-edgar"
_SEARCH: Final = "https://efts.sec.gov/LATEST/search-index"
_ARCHIVES: Final = "https://www.sec.gov/Archives/edgar/data/{}/{}/{}"
#: Registrations of all companies that are looked through.
_FEEDS: Final = ("S-1", "F-1")
_FEED_LENGTH: Final = "100"
#: The index of the search grows once a day.
_SEARCH_FRESH: Final = timedelta(hours=12)


def connect(settings: MarkSourceSettings) -> Edgar:
    """Return the mark source; nothing is asked yet.

    Raises:
        ConfigurationError: If nobody has said who asks.
    """
    cache = Cache(settings.cache / "edgar")
    cache.sweep(settings.now)
    pace = Pace(monotonic(), RATE, BURST)
    gate = Gate(settings.deadline, pace=pace)
    return Edgar(Wire(gate, cache, settings.user_agent(), settings.now))


class Edgar:
    """EDGAR as a mark source.

    Args:
        wire: Fetches its pages.

    Attributes:
        publisher: Whose facts these are, for people.
    """

    def __init__(self, wire: Wire) -> None:
        self.publisher = PUBLISHER
        self._wire = wire

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._wire.requests

    @property
    def unchanged(self) -> int:
        """How many of them were answered with "not modified"."""
        return self._wire.unchanged

    def look(self, asked: Sequence[Asked]) -> Iterator[Looked]:
        """Yield what each company has filed, or why that is not known."""
        asked = [one for one in asked if not one.is_over]
        current: list[Found] = []
        for form in _FEEDS if asked else ():
            try:
                feed = self._current(form)
                current += feed.found
                yield from _unread(form, feed)
            except FetchFailure as failure:
                detail = f"Newest {form} filings: {failure.detail}"
                yield Looked("", reason=failure.reason, detail=detail)
        for one in asked:
            try:
                yield self._look(one, current)
            except FetchFailure as failure:
                yield Looked(one.entry.id, reason=failure.reason, detail=failure.detail)

    def stop(self) -> None:
        """Let whatever waits fail at once."""
        self._wire.stop()

    def _look(self, asked: Asked, current: Sequence[Found]) -> Looked:
        found = self._of_key(asked) if asked.cik else None
        if found is None:
            named = self._named(asked, current)
            if not named:
                return Looked(asked.entry.id)
            found = self._of_name(asked, named)
        return Looked(asked.entry.id, self._sightings(asked, found), found.cik)

    def _of_key(self, asked: Asked) -> Registrant | None:
        """Return the company of a key; None if a key found by name leads nowhere.

        Raises:
            FetchFailure: If there is no answer; absent if EDGAR does not know a key
                that is written down.
        """
        try:
            return self._filings(asked, str(asked.cik))
        except FetchFailure as failure:
            if failure.reason != ABSENT:
                raise
            if asked.entry.cik is None:
                return None
            detail = (
                f"EDGAR knows no company with CIK {asked.cik}: the key may be "
                "mistyped; mend it in the taxonomy."
            )
            raise FetchFailure(ABSENT, detail) from failure

    def _current(self, form: str) -> Feed:
        params = {
            "action": "getcurrent",
            "type": form,
            "owner": "include",
            "count": _FEED_LENGTH,
            "output": "atom",
        }
        reply = self._page(_CURRENT, params)
        found = pages.feed(reply.content)
        reply.keep()
        return found

    def _page(
        self,
        url: str,
        params: Mapping[str, str],
        *,
        fresh_for: timedelta | None = None,
    ) -> Reply:
        """Return a page that is there whatever a company is called.

        Raises:
            FetchFailure: If there is none; never absent, which is said of companies.
        """
        try:
            return self._wire.fetch(url, params, fresh_for=fresh_for)
        except FetchFailure as failure:
            if failure.reason != ABSENT:
                raise
            raise FetchFailure("rejected: page moved", failure.detail) from failure

    def _filings(self, asked: Asked, cik: str) -> Registrant:
        reply = self._wire.fetch(_SUBMISSIONS.format(cik))
        found = pages.submissions(reply.content, cik)
        reply.keep()
        names = asked.names
        if any(filings.is_like(n, names) for n in (found.name, *found.former_names)):
            return found
        detail = f"CIK {cik} is that of {found.name}: mend it in the taxonomy."
        raise FetchFailure(ANOTHER_COMPANY, detail)

    def _named(self, asked: Asked, current: Sequence[Found]) -> list[Found]:
        """Return filings of the one company that is called like the entry."""
        names = asked.names
        known = [one for one in current if filings.is_called(one.name, names)]
        known += [
            one
            for name in _searched(names)
            for one in self._search(name)
            if filings.is_called(one.name, names)
        ]
        ciks = sorted({one.cik for one in known})
        if len(ciks) > 1:
            detail = (
                f"{len(ciks)} companies are called so: CIK {', '.join(ciks[:5])}; "
                "write the right cik into the taxonomy."
            )
            raise FetchFailure(AMBIGUOUS, detail)
        return known

    def _search(self, name: str) -> tuple[Found, ...]:
        words = name.replace('"', " ")
        params = {
            "q": f'"{words}"',
            "entityName": words,
            "forms": ",".join(filings.FORMS),
        }
        reply = self._page(_SEARCH, params, fresh_for=_SEARCH_FRESH)
        found = pages.search(reply.content)
        reply.keep()
        return found

    def _of_name(self, asked: Asked, named: Sequence[Found]) -> Registrant:
        """Return the company of that name with all it has filed."""
        cik = named[0].cik
        try:
            return self._filings(asked, cik)
        except FetchFailure as failure:
            if failure.reason != ABSENT:
                raise
        seen = {one.filing.accession: one.filing for one in named}
        return Registrant(cik, named[0].name, filings=tuple(seen.values()))

    def _sightings(self, asked: Asked, found: Registrant) -> tuple[Sighting, ...]:
        ranges = self._ranges(asked, found)
        return filings.sightings(found, asked.entry.id, PUBLISHER, ranges)

    def _ranges(self, asked: Asked, found: Registrant) -> Mapping[str, str]:
        """Return the price range of the newest amendment, if it is new and has one.

        What cannot be read here is left out: the filing itself is known.
        """
        amended = [
            one for one in found.filings if one.form in filings.PRICED_AMENDMENTS
        ]
        newest = max(amended, key=lambda one: (one.filed, one.accession), default=None)
        if newest is None or not newest.document or newest.accession in asked.seen:
            return {}
        folder = newest.accession.replace("-", "")
        url = _ARCHIVES.format(int(found.cik), folder, newest.document)
        try:
            price = pages.price_range(self._wire.fetch(url).content)
        except FetchFailure:
            return {}
        return {newest.accession: price} if price else {}


def _unread(form: str, feed: Feed) -> Iterator[Looked]:
    """Tell of entries of a feed that could not be read; a company may be among them."""
    if feed.unread:
        count = len(feed.found) + feed.unread
        detail = f"Newest {form} filings: {feed.unread} of {count} cannot be read."
        yield Looked("", reason="rejected: not readable", detail=detail)


def _searched(names: Sequence[str]) -> list[str]:
    """Return the names to search for: one that begins like another is found with it.

    Examples:
        >>> _searched(("Cerebras", "Cerebras Systems", "Wafer"))
        ['Cerebras', 'Wafer']
    """
    found: list[str] = []
    for name in sorted(names, key=len):
        if not any(f"{name} ".startswith(f"{shorter} ") for shorter in found):
            found.append(name)
    return sorted(found, key=names.index)
