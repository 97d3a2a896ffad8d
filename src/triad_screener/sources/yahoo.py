"""Yahoo Finance over the network: prices, statements, quotes and rates, one by one.

One request a symbol for prices, one for its statements, one for forty quotes, one a
currency; the first one signs in. Every answer passes a strict reader.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import weakref
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from triad_screener.model.live import ABSENT, FetchFailure
from triad_screener.model.market import DatedValue
from triad_screener.sources import _certificate as certificates
from triad_screener.sources import _yahoo_access as accesses
from triad_screener.sources import _yahoo_chart as charts
from triad_screener.sources import _yahoo_pace as paces
from triad_screener.sources import _yahoo_private as private
from triad_screener.sources import _yahoo_quote as quotes
from triad_screener.sources import _yahoo_timeseries as timeseries
from triad_screener.sources._gate import Gate
from triad_screener.sources._memory import Memory
from triad_screener.sources._pace import RATE
from triad_screener.sources._yahoo_public import Public
from triad_screener.sources._yahoo_shape import rejected
from triad_screener.sources._yahoo_wire import ContractError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from triad_screener.model.live import Access, Bars, Certificate, QuoteFacts
    from triad_screener.model.market import StatementCell
    from triad_screener.model.watch import PrivateList
    from triad_screener.ports import LiveSettings
    from triad_screener.sources._pace import Pace
    from triad_screener.sources._yahoo_wire import Reply

T = TypeVar("T")

#: First day of the whole history: seven years and more of sessions.
HISTORY_FROM: Final = date(2019, 1, 1)
#: First period end of statements that is asked for.
STATEMENTS_FROM: Final = date(2016, 12, 31)
#: Quotes that one request asks for.
QUOTES_A_REQUEST: Final = 40
#: Notes for the next run, in the cache folder.
MEMORY: Final = "yahoo"
_HOSTS: Final = ("https://query1.finance.yahoo.com", "https://query2.finance.yahoo.com")
_CHART: Final = _HOSTS[1] + "/v8/finance/chart/"
_TIMESERIES: Final = _HOSTS[1] + "/ws/fundamentals-timeseries/v1/finance/timeseries/"
_QUOTE: Final = _HOSTS[0] + "/v7/finance/quote"
#: Lists of Yahoo's own.
SCREENER: Final = _HOSTS[0] + "/v1/finance/screener/predefined/saved"
_THE_END: Final = "9999999999"
#: A session may begin on the day before in UTC, as in Sydney.
_EARLIEST_OPEN: Final = timedelta(hours=12)
_LEFT_BEHIND: Final = timedelta(days=1)


def connect(settings: LiveSettings) -> Yahoo:
    """Return the live source; nothing is asked yet."""
    memory = Memory(settings.cache / MEMORY)

    def remember(pace: Pace) -> None:
        paces.keep(memory, pace, settings.clock(), monotonic())

    found = paces.read(memory, settings.clock())
    limit = settings.rate or RATE
    gate = Gate(
        settings.deadline,
        pace=paces.begin(found, limit, settings.clock(), monotonic()),
        patience=settings.patience,
        remember=remember,
    )
    return Yahoo(gate, _private_folder(settings.cache), memory, settings.clock)


class Yahoo:
    """Yahoo Finance as a live source; safe to use from threads.

    Args:
        gate: Passes requests.
        folder: For yfinance's cache, taken away at exit; None for no cache.
        memory: Of the last run.
        clock: Gives the time in UTC.

    Attributes:
        publisher: Whose figures these are, for people.
        requests: How many requests were sent so far, sign-in included.
    """

    def __init__(
        self,
        gate: Gate,
        folder: Path | None,
        memory: Memory,
        clock: Callable[[], datetime],
    ) -> None:
        self.publisher = timeseries.PUBLISHER
        self.requests = 0
        self._gate = gate
        self._counting = threading.Lock()
        self._rating = threading.Lock()
        self._rates: dict[str, tuple[DatedValue, ...]] = {}
        self._memory = memory
        self._clock = clock
        place = str(folder) if folder else None
        self._wire = Wire(gate, place, memory, clock, self._count)
        self._public: Public | None = None
        if folder:
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @property
    def server_time(self) -> datetime | None:
        """When Yahoo sent its last answer; None if it has not said."""
        return self._wire.server_time

    def prices(self, symbol: str, since: date | None) -> Bars:
        """Return daily bars from ``since`` on; None for all since 2019.

        Raises:
            FetchFailure: If there is no usable answer.
        """
        first = since or HISTORY_FROM
        opens = datetime.combine(first, time.min, UTC) - _EARLIEST_OPEN
        params = {
            "period1": str(int(opens.timestamp())),
            "period2": _THE_END,
            "interval": "1d",
            "events": "div,splits",
            "includePrePost": "false",
        }
        url = _CHART + quote(symbol, safe="")
        reply = self._reply(
            lambda: self._wire.fetch(url, params),
            lambda public: public.chart(symbol, opens.date()),
        )
        bars = charts.read(reply.payload, symbol, reply.at, self._dollars)
        return charts.since(bars, since)

    def _dollars(self, currency: str) -> tuple[DatedValue, ...]:
        """Return rates for dividends in a currency of their own, once a run."""
        with self._rating:
            if currency not in self._rates:
                self._rates[currency] = self.rates(currency, None)
            return self._rates[currency]

    def statements(self, symbol: str) -> tuple[StatementCell, ...]:
        """Return annual and quarterly statements; the filing days are not known.

        Raises:
            FetchFailure: If there is no usable answer.
        """
        first = datetime.combine(STATEMENTS_FROM, time.min, UTC)
        params = {
            "symbol": symbol,
            "type": ",".join(timeseries.kinds()),
            "period1": str(int(first.timestamp())),
            "period2": _THE_END,
        }
        url = _TIMESERIES + quote(symbol, safe="")
        reply = self._reply(
            lambda: self._wire.fetch(url, params),
            lambda public: public.timeseries(symbol),
        )
        return timeseries.read(reply.payload, symbol)

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, QuoteFacts | FetchFailure]:
        """Return a quote, or why there is none, for every symbol; it raises nothing."""
        found: dict[str, QuoteFacts | FetchFailure] = {}
        for start in range(0, len(symbols), QUOTES_A_REQUEST):
            batch = symbols[start : start + QUOTES_A_REQUEST]
            try:
                found |= self._quotes(batch)
            except FetchFailure as failure:
                found |= dict.fromkeys(batch, failure)
        return found

    def _quotes(self, symbols: Sequence[str]) -> dict[str, QuoteFacts | FetchFailure]:
        params = {"symbols": ",".join(symbols), "formatted": "false"}
        reply = self._reply(
            lambda: self._wire.fetch(_QUOTE, params, crumb=True),
            lambda public: public.quotes(symbols),
        )
        return quotes.read(reply.payload, symbols)

    def rates(self, currency: str, since: date | None) -> tuple[DatedValue, ...]:
        """Return US dollars per unit of ``currency``, oldest first.

        Yahoo gives few digits: of one dollar in won there are more than of a won in
        dollars. So the former is asked for, and turned round.

        Raises:
            FetchFailure: If there is no usable answer.
        """
        bars = self.prices(f"{currency}=X", since)
        if bars.unit != currency:
            raise rejected("another currency", f"The rate is not in {currency}.")
        days, closes = bars.sessions.tolist(), bars.closes.tolist()
        return tuple(
            DatedValue(1 / units, day, self.publisher)
            for day, units in zip(days, closes, strict=True)
        )

    def private_companies(self) -> PrivateList:
        """Return what Yahoo puts on the private companies of highest value.

        Raises:
            FetchFailure: If there is no usable answer.
        """
        try:
            reply = self._reply(
                lambda: self._wire.fetch(SCREENER, private.PARAMETERS),
                lambda public: public.private_companies(),
            )
        except FetchFailure as failure:
            if failure.reason == ABSENT:  # said of a symbol, and here of the list
                raise private.no_list() from failure
            raise
        return private.read(reply.payload)

    @property
    def rests_until(self) -> datetime | None:
        """Until when nothing may be asked because of a refusal; None outside a rest."""
        rest = self._gate.rest
        return self._clock() + timedelta(seconds=rest) if rest else None

    def access(self) -> Access:
        """Return what carries the requests, and what earlier runs have left."""
        return accesses.describe(self._memory, self._clock())

    def certificate(self) -> Certificate | None:
        """Return what Yahoo, or who answers for it, shows; None without an answer."""
        return certificates.shown_by(accesses.HOST)

    def stop(self) -> None:
        """Let every request that waits fail at once; for an interruption."""
        self._gate.stop()

    def _reply(
        self, wired: Callable[[], Reply], public: Callable[[Public], Reply]
    ) -> Reply:
        """Ask in our way; in yfinance's public way once ours has turned out broken."""
        if self._public is None:
            try:
                return wired()
            except ContractError:
                self._public = Public(self._gate, self._count)
        return public(self._public)

    def _count(self, sent: int) -> None:
        with self._counting:
            self.requests += sent


def _private_folder(cache: Path) -> Path | None:
    """Make a folder for this process alone; None where nothing can be written.

    Processes that shared a file could damage it for one another.
    """
    with contextlib.suppress(OSError):
        parent = cache / "yfinance"
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent))
        _sweep(folder)
        return folder
    with contextlib.suppress(OSError):
        return Path(tempfile.mkdtemp(prefix="triad-"))
    return None


def _sweep(ours: Path) -> None:
    """Remove what runs that were killed a day ago or earlier have left behind."""
    oldest = ours.stat().st_mtime - _LEFT_BEHIND.total_seconds()
    for other in ours.parent.iterdir():
        with contextlib.suppress(OSError):  # another process may sweep, too
            if other.stat().st_mtime < oldest:
                shutil.rmtree(other, ignore_errors=True)
