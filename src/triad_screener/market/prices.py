"""What were the closes by each day: the last, so many before it, a year of them?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.market.column import Column, Trace
from triad_screener.model import days
from triad_screener.model.quantity import Figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from triad_screener.market.observations import Observations
    from triad_screener.model.tables import Dated, Prices

STALE_PRICE_DAYS: Final = 10
LARGEST_DAILY_MOVE: Final = 0.5
# A fall by half, or a rise to twice.
TRADED_VALUE_SESSIONS: Final = 63
RISK_SESSIONS: Final = 253
#: Stocks whose closes are spread out side by side at one time.
AT_ONCE: Final = 4096

STALE_PRICE = "stale price"
NO_CLOSE = "adjusted close for close"
PRICE_JUMP = "price jump"


class Closes:
    """The closes of every observation up to its day.

    Args:
        prices: Of all stocks, later ones included.
        observations: Whose days count.
        splits: Of all stocks; those after a day are taken back for it.
    """

    def __init__(
        self, prices: Prices, observations: Observations, splits: Dated
    ) -> None:
        self.table = prices
        self._of = observations
        self._splits = splits

    @cached_property
    def _first(self) -> NDArray[np.int64]:
        """Row of each observation's oldest close."""
        return self.table.starts[self._of.place]

    @cached_property
    def end(self) -> NDArray[np.int64]:
        """Row after each observation's newest close."""
        last = self.table.starts[self._of.place + 1]
        return self._row_after(last, self._of.day)

    def _row_after(
        self, last: NDArray[np.int64], wanted: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Return the row after the last session by a day: a bisection of them all."""
        return segment_search(self.table.sessions, self._first, last, wanted)

    @cached_property
    def _ratio(self) -> NDArray[np.float64]:
        """What brings closes to the level of each day: the splits after it."""
        until = np.full(self._of.count, self.table.adjusted_to, np.int32)
        return split_ratio(self._splits, self._of, self._of.day, until)

    @cached_property
    def _level(self) -> NDArray[np.float64]:
        """The same for adjusted closes: the last of the day is the close itself."""
        if self.table.adjusted_to == days.UNKNOWN:
            return np.ones(self._of.count)
        last = self.end - 1
        closes = self._values(self.table.closes, last)
        return closes / self._values(self.table.adjusted, last) * self._ratio

    @cached_property
    def count(self) -> NDArray[np.int64]:
        """Number of closes by the day of each observation."""
        return self.end - self._first

    @cached_property
    def is_unlisted(self) -> NDArray[np.bool_]:
        """Whether trading began only after the day."""
        begins: NDArray[np.bool_] = self.table.starts[self._of.place + 1] > self._first
        begins &= self.count == 0
        return begins

    @cached_property
    def last_session(self) -> NDArray[np.int32]:
        """Day of the newest close; unknown without one."""
        found = np.full(self._of.count, days.UNKNOWN, np.int32)
        has = self.count > 0
        found[has] = self.table.sessions[self.end[has] - 1]
        return found

    def back(self, sessions: int) -> Column:
        """Return the adjusted close so many sessions from the end; 1 is the last."""
        rows = self.end - sessions
        values = self._values(self.table.adjusted, rows) * self._level
        column = Column.of(values, self._trace("adjusted close", rows))
        column = self._where_priced(column)
        return column.refused(
            rows < self._first,
            "absent",
            lambda at: f"{self.count[at]} closes are known, and {sessions} are needed",
        )

    def _where_priced(self, column: Column) -> Column:
        return column.refused(self.count == 0, "absent", lambda _: "no price is known")

    def _values(
        self, column: NDArray[np.float64], rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the values of rows; NaN for those that lie before the first close."""
        found = np.full(rows.size, np.nan)
        has = rows >= self._first
        found[has] = column[rows[has]]
        return found

    def _trace(
        self, item: str, rows: NDArray[np.int64], used: NDArray[np.bool_] | None = None
    ) -> Trace:
        is_close = item == "close"
        column = self.table.closes if is_close else self.table.adjusted
        level = self._ratio if is_close else self._level

        def figure(at: int) -> Figure:
            row = rows[at]
            day = days.day(self.table.sessions[row])
            currency, source = self._of.price_currency(at), self.source(at)
            return Figure(
                item, float(column[row] * level[at]), currency, day, day, source
            )

        return Trace(rows >= self._first if used is None else used, figure)

    def source(self, observation: int) -> str:
        """Return who published the closes of one observation."""
        return self.table.sources[self._of.stock(observation)]

    @cached_property
    def last(self) -> Column:
        """The last close, not adjusted for dividends, in the price currency.

        Where a source has none the adjusted close stands in, flagged.
        """
        age = self._of.day.astype(np.int64) - self.last_session
        found = self._close(self.end - 1)
        return found.flagged(STALE_PRICE, age > STALE_PRICE_DAYS)

    def on(self, wanted: NDArray[np.int32]) -> Column:
        """Return the last close on or before a day, at most that of the observation."""
        found = self._close(self._row_after(self.end, wanted) - 1)
        return found.refused(
            ~np.isfinite(found.values),
            "absent",
            lambda at: f"no price is known on or before {days.day(wanted[at])}",
        )

    def on_day(self, observation: int, wanted: int) -> float | None:
        """Return the last close of one observation by a day; None without any."""
        first, last = self._first[observation], self.end[observation]
        sessions = self.table.sessions[first:last]
        row = first + int(np.searchsorted(sessions, wanted, side="right")) - 1
        if row < first:
            return None
        return float(self.table.closes[row] * self._ratio[observation])

    def _close(self, rows: NDArray[np.int64]) -> Column:
        closes = self._values(self.table.closes, rows) * self._ratio
        adjusted = self._values(self.table.adjusted, rows) * self._level
        has, own = rows >= self._first, np.isfinite(closes)
        column = Column.of(
            np.where(own, closes, adjusted),
            self._trace("close", rows, own),
            self._trace("adjusted close", rows, has & ~own),
        )
        return self._where_priced(column).flagged(NO_CLOSE, has & ~own)

    def window(
        self, column: NDArray[np.float64], rows: slice, back: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return values so many sessions from the end, NaN before the first close.

        Args:
            column: Of the table.
            rows: Observations wanted, ``k`` of them.
            back: Sessions from the end, 1 for the last; shape ``(w,)``.

        Returns:
            Shape ``(k, w)``.
        """
        at = self.end[rows, None] - back[None, :]
        known = at >= self._first[rows, None]
        found = np.full(at.shape, np.nan)
        found[known] = column[at[known]]
        return found

    def over(
        self,
        sessions: int,
        formula: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """Return a formula of the last adjusted closes of each observation.

        Args:
            sessions: How many closes at most.
            formula: Takes closes oldest first, NaN before the first, shape ``(k, w)``;
                gives one number a row.
        """
        found, back = np.full(self._of.count, np.nan), np.arange(sessions, 0, -1)
        for rows in self.parts():
            found[rows] = formula(self.window(self.table.adjusted, rows, back))
        return found

    def summary(
        self,
        values: NDArray[np.float64],
        item: str,
        unit: str,
        told: Callable[[int], tuple[float, str]],
    ) -> Column:
        """Return numbers made from many closes, with one figure for all of them.

        Args:
            values: Shape ``(m,)``.
            item: What the figure is.
            unit: Of the figure.
            told: Gives the figure of one observation, and a note on it.
        """

        def figure(at: int) -> Figure:
            value, note = told(at)
            day = days.day(self.last_session[at])
            return Figure(item, float(value), unit, day, day, self.source(at), note)

        column = Column.of(values, Trace(self.count > 0, figure))
        return self._where_priced(column)

    def parts(self) -> list[slice]:
        """Return all observations in parts that fit into memory side by side."""
        starts = range(0, self._of.count, AT_ONCE)
        return [slice(at, min(at + AT_ONCE, self._of.count)) for at in starts]

    def adjusted(self, observation: int) -> NDArray[np.float64]:
        """Return all adjusted closes of one observation, oldest first."""
        rows = slice(self._first[observation], self.end[observation])
        level = float(self._level[observation])
        closes: NDArray[np.float64] = self.table.adjusted[rows] * level
        return closes

    def sessions(self, observation: int) -> NDArray[np.datetime64]:
        """Return the sessions of these closes."""
        rows = slice(self._first[observation], self.end[observation])
        return self.table.sessions[rows].astype("datetime64[D]")

    @cached_property
    def traded_value(self) -> NDArray[np.float64]:
        """Median of close x volume over 63 sessions, price currency; NaN if unknown."""
        found = np.full(self._of.count, np.nan)
        back = np.arange(TRADED_VALUE_SESSIONS, 0, -1)
        for rows in self.parts():
            closes = self.window(self.table.closes, rows, back)
            adjusted = self.window(self.table.adjusted, rows, back)
            volumes = self.window(self.table.volumes, rows, back)
            with np.errstate(over="ignore"):  # what is too large is no figure
                traded = np.where(np.isfinite(closes), closes, adjusted) * volumes
            found[rows] = _medians(traded)
        return found

    def jumps(self, observation: int) -> list[str]:
        """Return a flag for each daily move of half or more in the last year."""
        recent = self.adjusted(observation)[-RISK_SESSIONS:]
        if not recent.size:
            return []
        with np.errstate(over="ignore"):  # a move without bounds is a jump, too
            moves, lowest = recent[1:] / recent[:-1], 1 - LARGEST_DAILY_MOVE
        jumps = np.flatnonzero((moves <= lowest) | (moves >= 1 / lowest))
        sessions = self.sessions(observation)[-RISK_SESSIONS:][1:][jumps]
        return [f"{PRICE_JUMP} on {day}, a split?" for day in sessions]


def _medians(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of the finite values of each row; NaN where there are none."""
    ordered = np.sort(np.where(np.isfinite(values), values, np.inf), axis=1)
    counts = np.isfinite(values).sum(axis=1)
    every = np.arange(len(values))
    low = ordered[every, ((counts - 1) // 2).clip(0)]
    high = ordered[every, (counts // 2).clip(max=values.shape[1] - 1)]
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, (low + high) / 2, np.nan)


def segment_search(
    sessions: NDArray[np.int32],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    wanted: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Return the row after the last session by a day, of each of some segments.

    Args:
        sessions: Ascending within a segment.
        first: Row at which each segment begins; shape ``(k,)``.
        last: Row at which it has ended.
        wanted: The day; all segments are halved side by side.
    """
    low, high = first.copy(), last.copy()
    while (is_open := low < high).any():
        middle = (low + high) // 2
        later = is_open.copy()
        later[is_open] = sessions[middle[is_open]] > wanted[is_open]
        high = np.where(later, middle, high)
        low = np.where(is_open & ~later, middle + 1, low)
    return low


def split_ratio(
    splits: Dated,
    observations: Observations,
    after: NDArray[np.int32],
    until: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Return new shares for an old one, of the splits after one day up to another.

    Args:
        splits: New shares for an old one, by the first session at the new price.
        observations: Whose splits.
        after: Day of each, itself not counted; shape ``(m,)``.
        until: Last day of each.
    """
    found = np.ones((observations.days.size, observations.stocks))
    shape = found.shape
    after, until = after.reshape(shape), until.reshape(shape)
    stocks = splits.stocks
    for row in range(stocks.size):
        stock, day = stocks[row], splits.days[row]
        counts = (after[:, stock] < day) & (day <= until[:, stock])
        found[counts, stock] *= splits.values[row]
    return found.ravel()
