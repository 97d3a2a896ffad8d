"""What the core asks of the outside world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from triad_screener.model.document import Document, Report, Style
    from triad_screener.model.live import (
        Access,
        Bars,
        Certificate,
        FetchFailure,
        QuoteFacts,
    )
    from triad_screener.model.mail import Message
    from triad_screener.model.market import DatedValue, MarketData, StatementCell
    from triad_screener.model.taxonomy import Benchmark, Constituent
    from triad_screener.model.watch import Asked, Looked, PrivateList


class MarketDataSource(Protocol):
    """Supplies market data for the lines of a taxonomy."""

    def fetch(
        self,
        constituents: Sequence[Constituent],
        funds: Sequence[Benchmark] = (),
        *,
        as_of: date | None = None,
    ) -> MarketData:
        """Return everything known of ``constituents``.

        A line that is not known is absent from the answer, not an error.

        Args:
            constituents: The lines wanted.
            funds: Benchmarks, of which only prices are wanted.
            as_of: Day from which on figures are not needed; a source may leave them
                out. None for the newest session.

        Raises:
            NoDataError: If the source has nothing at all.
            InputError: If a file of the source is not what it should be.
        """
        ...


class LiveSource(Protocol):
    """Asks a vendor for figures, one task at a time; safe to use from threads.

    Every method raises `FetchFailure` where there is no usable answer, and nothing
    else. An answer has passed a strict reader; what did not is a failure.

    Attributes:
        publisher: Whose figures these are, for people.
        requests: How many requests were sent so far.
    """

    publisher: str
    requests: int

    @property
    def server_time(self) -> datetime | None:
        """What time it was when the last answer was sent; None if nobody said."""
        ...

    def prices(self, symbol: str, since: date | None) -> Bars:
        """Return daily bars from ``since`` on; None for the whole history wanted."""
        ...

    def statements(self, symbol: str) -> tuple[StatementCell, ...]:
        """Return annual and quarterly statements; the filing days are not known."""
        ...

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, QuoteFacts | FetchFailure]:
        """Return a quote, or why there is none, for every symbol."""
        ...

    def rates(self, currency: str, since: date | None) -> tuple[DatedValue, ...]:
        """Return US dollars per unit of ``currency``, oldest first."""
        ...

    def private_companies(self) -> PrivateList:
        """Return what the vendor puts on companies that are not listed."""
        ...

    @property
    def rests_until(self) -> datetime | None:
        """Until when nothing may be asked because of a refusal; None outside a rest."""
        ...

    def access(self) -> Access:
        """Return what carries the requests, and what earlier runs have left."""
        ...

    def certificate(self) -> Certificate | None:
        """Return what the server shows of itself; None if it cannot be asked."""
        ...

    def stop(self) -> None:
        """Let every request that waits fail at once; for an interruption."""
        ...


class SourceConnection(Protocol):
    """Opens a source of figures that are there."""

    def __call__(self, argument: str) -> MarketDataSource:
        """Return the source that ``argument``, such as a path, names."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """What a live source may need; it takes what it wants.

    Attributes:
        cache: Folder for what can be had again; it need not exist.
        clock: Gives the time in UTC.
        deadline: Seconds for the network, in all, after which every request fails;
            rests that are waited for are not counted. None for no limit.
        patience: Seconds in all that may be waited after refusals.
        rate: Requests a second that are not exceeded; None for the usual ones.
    """

    cache: Path
    clock: Callable[[], datetime]
    deadline: float | None = None
    patience: float = 0.0
    rate: float | None = None


class LiveConnection(Protocol):
    """Opens a live source."""

    def __call__(self, settings: LiveSettings) -> LiveSource:
        """Return the source; nothing is asked yet."""
        ...


class MarkSource(Protocol):
    """Looks for what happens to companies that are not listed yet.

    Attributes:
        publisher: Whose facts these are, for people.
    """

    publisher: str

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        ...

    @property
    def unchanged(self) -> int:
        """How many of them were answered with "not modified"."""
        ...

    def look(self, asked: Sequence[Asked]) -> Iterator[Looked]:
        """Yield what is to be seen of each company, old and new, or why it is not.

        It raises nothing: an outage is an answer with a reason, never no news.
        """
        ...

    def stop(self) -> None:
        """Let whatever waits fail at once; for an interruption."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSourceSettings:
    """What a mark source may need; it takes what it wants.

    Attributes:
        now: The time, in UTC.
        cache: Folder for what can be had again; it need not exist.
        deadline: Seconds after which every request fails; None for no limit.
        publishers: Of the sources of the taxonomy, by key.
        user_agent: Says who asks; raises `ConfigurationError` if nobody has.
        live: Makes the live source, for whoever has both figures and marks.
    """

    now: datetime
    cache: Path
    deadline: float | None
    publishers: Mapping[str, str]
    user_agent: Callable[[], str]
    live: Callable[[], LiveSource]


class MarkSourceConnection(Protocol):
    """Opens a mark source."""

    def __call__(self, settings: MarkSourceSettings) -> MarkSource:
        """Return the source; nothing is asked yet."""
        ...


class Progress(Protocol):
    """Is told of each step of something that takes long."""

    def __call__(
        self, done: int, total: int, rests_until: datetime | None = None
    ) -> None:
        """Take note that ``done`` of ``total`` are done.

        Args:
            done: So far.
            total: In all.
            rests_until: Until when nothing goes on; None where it does.
        """
        ...


class Renderer(Protocol):
    """Turns a report into a document, without side effects."""

    def __call__(self, report: Report, style: Style) -> Document:
        """Return ``report`` in this renderer's format."""
        ...


class Channel(Protocol):
    """Takes a message to its reader, or to where it is kept."""

    def deliver(self, message: Message) -> None:
        """Deliver ``message``, all of it or nothing.

        Raises:
            DeliveryError: If it was not accepted.
            OutputError: If a file cannot be written.
        """
        ...


class ChannelConnection(Protocol):
    """Opens a channel."""

    def __call__(self, place: Any) -> Channel:  # noqa: ANN401 - each its own
        """Return the channel to ``place``: a mail server, a file, a folder."""
        ...
