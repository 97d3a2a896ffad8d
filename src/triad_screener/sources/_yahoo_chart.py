"""Is a chart answer a price series? Bars, dividends and splits, strictly read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from triad_screener.model.live import ABSENT, Bars, FetchFailure
from triad_screener.sources._yahoo_shape import (
    MINOR_UNITS,
    currency_of,
    readable,
    rejected,
    require_no_error,
    require_symbol,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, tzinfo

    from numpy.typing import NDArray

    from triad_screener.model.market import DatedValue

    Dollars = Callable[[str], Sequence[DatedValue]]

#: Largest daily move, up or down, that is believed.
LARGEST_MOVE: Final = 5.0
#: A listed split this many sessions from a jump, and of about its size, explains it.
SPLIT_SESSIONS: Final = 5
SPLIT_TOLERANCE: Final = 2.0
#: Ratios of splits that are believed: new shares per old share, up or down.
LARGEST_SPLIT: Final = 1000.0
#: Share of closes not above zero from which the whole answer is in doubt.
MOST_HOLES: Final = 0.1
#: How far the clock of the server may be behind the newest bar.
_CLOCK_SLACK: Final = timedelta(days=1)


def _no_rates(currency: str) -> Sequence[DatedValue]:
    """Give no rate.

    Raises:
        FetchFailure: Always.
    """
    detail = f"A dividend is paid in {currency}, and its rate is not known."
    raise rejected("no rate", detail)


def read(
    payload: object,
    symbol: str,
    now: datetime | None = None,
    dollars: Dollars = _no_rates,
) -> Bars:
    """Return the bars of ``symbol``.

    Closes that are null, NaN, zero or below are no sessions and are left out, as are
    repetitions of the last close without any volume: what was kept of such a day stays,
    and it is asked for again. Closes in minor units are divided by 100. A
    dividend in a unit or currency of its own is converted into the currency of the
    closes, at the rate of its day.

    Args:
        payload: Parsed JSON of a chart answer.
        symbol: What was asked for.
        now: Time of the server; None if not known.
        dollars: Gives US dollars per unit of a currency, oldest first; asked only for
            dividends in another currency than the closes.

    Raises:
        FetchFailure: ``absent`` without a session, ``rejected`` for what cannot be so:
            another symbol or shape, many prices not above zero, sessions out of
            order, twice or in the future, a jump of the price.
    """
    with readable():
        result = _result(payload)
        meta = result["meta"]
        require_symbol(meta["symbol"], symbol)
        unit = meta["currency"]
        currency, zone = currency_of(unit), _zone(meta)
        table = _Table.read(result).checked(now).without_nulls().by_day(zone)
        table = table.without_repetitions()
        closes = table.closes / _divisor(unit)
        events = result.get("events") or {}
        splits = _splits(events.get("splits") or {}, zone)
        _refuse_jumps(table, splits)
        paid = _Paid(unit, float(closes.max()), dollars)
        return Bars(
            table.days,
            closes,
            table.volumes,
            paid.dividends(events.get("dividends") or {}, zone),
            splits,
            currency,
            unit,
            _forming_until(meta, table.days[-1].item(), zone),
        )


def since(bars: Bars, first: date | None) -> Bars:
    """Return the bars from ``first`` on.

    Raises:
        FetchFailure: If there are none.
    """
    if first is None:
        return bars
    kept = bars.sessions >= np.datetime64(first, "D")
    if not kept.any():
        raise FetchFailure(ABSENT, f"Yahoo Finance has no session from {first} on.")
    return Bars(
        bars.sessions[kept],
        bars.closes[kept],
        bars.volumes[kept],
        tuple(event for event in bars.dividends if event[0] >= first),
        tuple(event for event in bars.splits if event[0] >= first),
        bars.currency,
        bars.unit,
        bars.forming_until,
    )


def _result(payload: Any) -> Any:  # noqa: ANN401 - JSON, read strictly
    chart = payload["chart"]
    require_no_error(chart.get("error"))
    if not chart["result"]:
        raise FetchFailure(ABSENT, "Yahoo Finance does not know this symbol.")
    return chart["result"][0]


def _zone(meta: Mapping[str, Any]) -> tzinfo:
    """Return the time zone of the exchange, by name if the name is known here."""
    try:
        return ZoneInfo(meta["exchangeTimezoneName"])
    except (KeyError, ValueError, TypeError, OSError):
        return timezone(timedelta(seconds=int(meta["gmtoffset"])))


def _day(stamp: float, zone: tzinfo) -> date:
    return datetime.fromtimestamp(stamp, zone).date()


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of a chart; every array has shape ``(n,)``.

    Attributes:
        stamps: Seconds since 1970.
        days: Local dates of the exchange; empty before `by_day`.
    """

    stamps: NDArray[np.int64]
    closes: NDArray[np.float64]
    volumes: NDArray[np.float64]
    days: NDArray[np.datetime64]

    @classmethod
    def read(cls, result: Mapping[str, Any]) -> _Table:
        """Return the rows of a chart's result."""
        stamps = np.array(result.get("timestamp") or [], np.int64)
        if not stamps.size:
            detail = "Yahoo Finance has no session in the days wanted."
            raise FetchFailure(ABSENT, detail)
        (quote,) = result["indicators"]["quote"]
        closes = np.array(quote["close"], np.float64)
        volumes = np.array(quote["volume"], np.float64)
        if not stamps.shape == closes.shape == volumes.shape == (stamps.size,):
            raise rejected(
                "unexpected shape", "The columns of prices differ in length."
            )
        volumes[~(np.isfinite(volumes) & (volumes >= 0))] = np.nan
        return cls(stamps, closes, volumes, np.empty(0, "datetime64[D]"))

    def rows(self, kept: NDArray[np.bool_]) -> _Table:
        """Return the rows where ``kept`` is true."""
        days = self.days[kept] if self.days.size else self.days
        return _Table(self.stamps[kept], self.closes[kept], self.volumes[kept], days)

    def checked(self, now: datetime | None) -> _Table:
        """Return the rows if they stand in order and none is in the future."""
        if (np.diff(self.stamps) < 0).any():
            raise rejected("sessions out of order", "The sessions are out of order.")
        if now and self.stamps[-1] > (now + _CLOCK_SLACK).timestamp():
            raise rejected("session in the future", "The newest session is to come.")
        return self

    def without_nulls(self) -> _Table:
        """Return the rows that have a close above zero.

        Where more than a tenth of the closes are not, none is believed.
        """
        table = self.rows(~np.isnan(self.closes))
        if not table.stamps.size:
            raise FetchFailure(ABSENT, "Yahoo Finance has no close in the days wanted.")
        usable = np.isfinite(table.closes) & (table.closes > 0)
        wrong = int(np.count_nonzero(~usable))
        if np.isinf(table.closes).any() or wrong > max(1, MOST_HOLES * usable.size):
            told = f"{wrong} of {usable.size} closes are not above zero."
            raise rejected("price not above zero", told)
        if wrong == usable.size:
            raise FetchFailure(ABSENT, "Yahoo Finance has no close in the days wanted.")
        return table.rows(usable)

    def by_day(self, zone: tzinfo) -> _Table:
        """Return one row a day; of two rows of the last day the later one, the live."""
        days = np.array([_day(s, zone) for s in self.stamps.tolist()], "datetime64[D]")
        kept = np.ones(days.size, bool)
        for row in np.flatnonzero(days[1:] == days[:-1]).tolist():
            if not (self._same(row) or row + 2 == days.size):
                raise rejected("session twice", f"There are two bars of {days[row]}.")
            kept[row] = False
        return _Table(self.stamps, self.closes, self.volumes, days).rows(kept)

    def without_repetitions(self) -> _Table:
        """Return the rows without those at the end in which nothing was traded.

        A last bar with the close of the one before and no volume is one that the
        source has made up; of a currency no bar has a volume, and all stay.
        """
        traded = np.flatnonzero(
            (self.volumes > 0) | (np.diff(self.closes, prepend=0) != 0)
        )
        if not (self.volumes > 0).any():
            return self
        kept = np.arange(self.closes.size) <= traded[-1]
        return self.rows(kept | np.isnan(self.volumes))

    def _same(self, row: int) -> bool:
        """Return whether the row after ``row`` says the same."""
        pair = slice(row, row + 2)
        return bool(
            np.unique(self.closes[pair]).size == 1
            and np.unique(self.volumes[pair]).size == 1
        )


def _splits(events: Mapping[str, Any], zone: tzinfo) -> tuple[tuple[date, float], ...]:
    """Return the splits that are believed, oldest first."""
    pairs = (
        (_day(event["date"], zone), float(event["numerator"]), event["denominator"])
        for event in events.values()
    )
    ratios = ((day, new / float(old)) for day, new, old in pairs if old)
    return _sorted(
        (day, ratio)
        for day, ratio in ratios
        if 1 / LARGEST_SPLIT <= ratio <= LARGEST_SPLIT and ratio != 1
    )


def _divisor(unit: str) -> float:
    return 100.0 if unit in MINOR_UNITS else 1.0


@dataclass(frozen=True, slots=True)
class _Paid:
    """Turns dividends into the currency of the closes.

    Attributes:
        unit: Of the closes, and of a dividend that does not name its own.
        highest: Close, in whole units.
        dollars: Gives US dollars per unit of a currency.
    """

    unit: str
    highest: float
    dollars: Dollars

    def dividends(
        self, events: Mapping[str, Any], zone: tzinfo
    ) -> tuple[tuple[date, float], ...]:
        """Return the dividends that are above zero and below the highest close."""
        pairs = [
            (day, self._amount(event, day))
            for event in events.values()
            for day in [_day(event["date"], zone)]
        ]
        return _sorted(pair for pair in pairs if 0 < pair[1] < self.highest)

    def _amount(self, event: Mapping[str, Any], day: date) -> float:
        unit = event.get("currency") or self.unit
        amount = float(event["amount"]) / _divisor(unit)
        paid_in, ours = currency_of(unit), currency_of(self.unit)
        if paid_in == ours or not amount > 0:
            return amount
        return amount * self._rate(paid_in, day) / self._rate(ours, day)

    def _rate(self, currency: str, day: date) -> float:
        """Return the last rate up to a day, else the first there is."""
        if currency == "USD":
            return 1.0
        rates = self.dollars(currency)
        earlier = [rate.value for rate in rates if rate.date and rate.date <= day]
        return earlier[-1] if earlier else rates[0].value


def _sorted(events: Iterable[tuple[date, float]]) -> tuple[tuple[date, float], ...]:
    return tuple(sorted(set(events)))


def _refuse_jumps(table: _Table, splits: Iterable[tuple[date, float]]) -> None:
    """Refuse a move that no market makes: a wrong unit, or a split not applied."""
    moves = table.closes[1:] / table.closes[:-1]
    jumps = np.flatnonzero((moves > LARGEST_MOVE) | (moves < 1 / LARGEST_MOVE))
    if not jumps.size:
        return
    row = int(jumps[0]) + 1
    day = table.days[row]
    near = [
        ratio
        for when, ratio in splits
        if abs(int(np.searchsorted(table.days, np.datetime64(when))) - row)
        <= SPLIT_SESSIONS
    ]
    found = [r for r in near if _about_one(float(moves[row - 1]) * r)]
    if found:
        told = f"A split of {found[0]:g} near {day} is listed and not in the prices."
        raise rejected("split not applied", told)
    told = f"The close of {day} is {moves[row - 1]:.3g} times the one before."
    raise rejected("price jump", told)


def _about_one(factor: float) -> bool:
    return 1 / SPLIT_TOLERANCE <= factor <= SPLIT_TOLERANCE


def _forming_until(
    meta: Mapping[str, Any], last: date, zone: tzinfo
) -> datetime | None:
    """Return when the session of the last bar ends, if its last price came before."""
    regular = (meta.get("currentTradingPeriod") or {}).get("regular") or {}
    start, end = regular.get("start"), regular.get("end")
    quoted = meta.get("regularMarketTime")
    if start is None or end is None or quoted is None:
        return None
    if quoted >= end or _day(start, zone) != last:
        return None
    return datetime.fromtimestamp(end, UTC)
