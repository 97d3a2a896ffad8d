"""A vendor that knows the small world, counts what it is asked, and can fail.

It stands where the live source stands; `of_world` makes it, `connect` is what the
register of live sources calls.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from samples import lines_of
from triad_screener.model.live import (
    Access,
    Bars,
    Certificate,
    FetchFailure,
    QuoteFacts,
    Task,
)
from triad_screener.model.market import DatedValue
from triad_screener.model.watch import PrivateList
from triad_screener.sources.folder import Folder
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.live import Kind
    from triad_screener.model.market import LineData, StatementCell
    from triad_screener.model.watch import VendorMark
    from triad_screener.ports import LiveSettings
    from worlds import World

NETWORK = FetchFailure("network", "the connection was refused.")
LIMITED = FetchFailure("rate_limited", "too many requests.")
ABSENT = FetchFailure("absent", "the symbol is not known.")


class Clock:
    """A clock that stands until it is set; Saturday 16 May 2026 at noon in UTC."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 16, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()

    def forward(self, **span: float) -> None:
        """Let some time pass, such as ``days=1``."""
        self.time += timedelta(**span)


class Vendor:
    """A live source over figures that are there, by symbol and by currency."""

    def __init__(
        self,
        lines: Mapping[str, LineData] | None = None,
        fx: Mapping[str, tuple[DatedValue, ...]] | None = None,
    ) -> None:
        self.publisher = "Yahoo Finance"
        self.lines = lines or {}
        self.fx = fx or {}
        self.requests = 0
        self.server_time: datetime | None = None
        self.asked: list[Task] = []
        self.failures: dict[tuple[Kind, str] | str, BaseException] = {}
        self.splits: dict[str, tuple[tuple[date, float], ...]] = {}
        self.scale: dict[str, float] = {}
        self.newest = date.max
        #: Sessions that it leaves out without a word, by symbol.
        self.left_out: dict[str, tuple[date, ...]] = {}
        #: What stands on its list of private companies, and whether that is whole.
        self.private: list[VendorMark] = []
        self.is_whole = True
        self.stopped = False
        self.rests_until: datetime | None = None
        self.found = Access(("letters", "pigeons 1.0"))
        self.shown: Certificate | None = Certificate(
            "A maker known to all", is_public=True
        )
        self.settings: LiveSettings | None = None

    def prices(self, symbol: str, since: date | None) -> Bars:
        self._ask("prices", symbol, since)
        line = self.lines.get(symbol)
        if line is None or line.prices is None:
            raise ABSENT
        found = line.prices
        kept = found.sessions <= np.datetime64(self.newest, "D")
        if since:
            kept &= found.sessions >= np.datetime64(since, "D")
        kept &= ~np.isin(found.sessions, self._left_out(symbol))
        if not kept.any():
            raise ABSENT
        closes = found.closes[kept] * self.scale.get(symbol, 1.0)
        splits = self.splits.get(symbol, ())
        return Bars(
            found.sessions[kept], closes, found.volumes[kept], (), splits, "USD", "USD"
        )

    def _left_out(self, symbol: str) -> NDArray[np.datetime64]:
        return np.array(self.left_out.get(symbol, ()), "datetime64[D]")

    def statements(self, symbol: str) -> tuple[StatementCell, ...]:
        self._ask("statements", symbol)
        line = self.lines.get(symbol)
        if line is None or not line.cells:
            raise ABSENT
        return line.cells

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, QuoteFacts | FetchFailure]:
        self.requests += 1
        return {symbol: self._quote(symbol) for symbol in symbols}

    def _quote(self, symbol: str) -> QuoteFacts | FetchFailure:
        self.asked.append(Task("quotes", symbol))
        failure = self._failure("quotes", symbol)
        if isinstance(failure, FetchFailure):
            return failure
        line = self.lines.get(symbol)
        if line is None or line.shares is None:
            return ABSENT
        return QuoteFacts(
            f"{symbol} Inc", "equity", "USD", "USD", shares=line.shares.value
        )

    def rates(self, currency: str, since: date | None) -> tuple[DatedValue, ...]:
        self._ask("rates", currency, since)
        return (DatedValue(0.03, date(2026, 5, 15), self.publisher),)

    def private_companies(self) -> PrivateList:
        if self.stopped:
            raise FetchFailure("not asked", "The run was stopped.")
        self.requests += 1
        if failure := self.failures.get("private_companies"):
            raise failure
        return PrivateList({one.symbol: one for one in self.private}, self.is_whole)

    def access(self) -> Access:
        return self.found

    def certificate(self) -> Certificate | None:
        return self.shown

    def stop(self) -> None:
        self.stopped = True

    def _ask(self, kind: Kind, symbol: str, since: date | None = None) -> None:
        self.requests += 1
        self.asked.append(Task(kind, symbol, since))
        if failure := self._failure(kind, symbol):
            raise failure

    def _failure(self, kind: Kind, symbol: str) -> BaseException | None:
        for key in ((kind, symbol), kind, symbol, "*"):
            if key in self.failures:
                return self.failures[key]
        return None

    def asked_for(self, kind: Kind) -> list[str]:
        """Symbols of which figures of a kind were asked for, A to Z."""
        return sorted(task.symbol for task in self.asked if task.kind == kind)


def of_world(world: World) -> Vendor:
    """Return a vendor of all that the folder of a world knows; its fund is as AAA."""
    taxonomy = loading.load(world.config)
    source = Folder(world.folder, name="x", description="x")
    market = source.fetch(taxonomy.constituents)
    lines = lines_of(market)
    fund = replace(lines["AAA"], ticker="SPY")
    return Vendor({**lines, "SPY": fund}, market.tables.fx)


_present: list[Vendor] = []


def present(vendor: Vendor) -> Vendor:
    """Let the register's live source be ``vendor``."""
    _present[:] = [vendor]
    return vendor


def connect(settings: LiveSettings) -> Vendor:
    """Return the vendor that is present."""
    _present[0].settings = settings
    _present[0].stopped = False
    return _present[0]
