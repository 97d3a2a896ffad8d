"""Which figures of the statements were known on a day, and for which period?

Quarter ``k`` ends 91.31 k days before the newest quarter q0, give or take 20 days;
fiscal years likewise by the year before a0. A figure counts from its filing date;
where that is not known, from the day a vendor was first seen to show it; else from a
stated lag after the period's end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.market.column import Column, Trace, absent
from triad_screener.model import days
from triad_screener.model.days import UNKNOWN
from triad_screener.model.quantity import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from triad_screener.market.observations import Observations
    from triad_screener.model.market import Frequency
    from triad_screener.model.tables import Cells

    #: Observations, the places of their figures, and which of these are copied.
    _Part: TypeAlias = tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.bool_]]

DAYS: Final[Mapping[Frequency, float]] = {"quarterly": 91.31, "annual": 365.25}
TOLERANCE_DAYS: Final = 20
OLDEST_FALLBACK_DAYS: Final = 100
LAG_DAYS: Final[Mapping[Frequency, int]] = {"quarterly": 60, "annual": 90}
FOREIGN_ANNUAL_LAG_DAYS: Final = 120
#: Items that say a period has been reported at all.
HEADLINES: Final = ("TotalRevenue", "OperatingIncome", "NetIncome")
#: Items summed over a period; the rest are balances.
FLOWS: Final = frozenset(
    {
        *HEADLINES,
        "CapitalExpenditure",
        "CostOfRevenue",
        "EBIT",
        "GrossProfit",
        "OperatingCashFlow",
    }
)
LOWEST_RATIO, HIGHEST_RATIO = 1 / 3, 3.0
FEWEST_NEIGHBOURS: Final = 3
_DERIVED = "derived"
_SHARES = "shares"
#: Days in which all period ends of one observation lie, for one sorted key of both.
_SPAN: Final = 2.0**20


@dataclass(frozen=True, slots=True)
class Known:
    """The values of one item that count, by observation and period end.

    Attributes:
        keys: Observation times `_SPAN` plus period end, ascending; shape ``(k,)``.
        observations: Whose they are.
        ends: Last day of the period.
        rows: Of the figure among all cells.
        since: Day from which it counts.
        copied: Whether a second row has the same value.
    """

    keys: NDArray[np.float64]
    observations: NDArray[np.int64]
    ends: NDArray[np.int32]
    rows: NDArray[np.intp]
    since: NDArray[np.int32]
    copied: NDArray[np.bool_]

    def nearest(
        self, observations: NDArray[np.intp], wanted: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Return the place of the period end nearest to the one wanted.

        At most 20 days off, of two equally near the newer; -1 where there is none, or
        where the day wanted is NaN.
        """
        none = np.full(wanted.size, -1)
        if not self.keys.size:
            return none
        keys = observations * _SPAN + np.nan_to_num(wanted)
        after = np.searchsorted(self.keys, keys)
        before, after = after - 1, after.clip(max=self.keys.size - 1)
        far_before = self._distance(before, observations, wanted)
        far_after = self._distance(after, observations, wanted)
        found = np.where(far_before < far_after, before, after)
        return np.where(
            np.minimum(far_before, far_after) <= TOLERANCE_DAYS, found, none
        )

    def _distance(
        self,
        places: NDArray[np.intp],
        observations: NDArray[np.intp],
        wanted: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        theirs = (places >= 0) & (self.observations[places] == observations)
        return np.where(theirs, np.abs(self.ends[places] - wanted), np.inf)

    def exactly(
        self, observations: NDArray[np.intp], ends: NDArray[np.int32]
    ) -> NDArray[np.intp]:
        """Return the place of one period end; -1 where there is none."""
        if not self.keys.size:
            return np.full(ends.size, -1)
        keys = observations * _SPAN + ends
        at = np.searchsorted(self.keys, keys).clip(max=self.keys.size - 1)
        return np.where(self.keys[at] == keys, at, -1)

    def newest(self, count: int) -> NDArray[np.intp]:
        """Return the place of each observation's newest period end; -1 without one."""
        if not self.keys.size:
            return np.full(count, -1)
        every = np.arange(count)
        at = np.searchsorted(self.observations, every, side="right") - 1
        return np.where((at >= 0) & (self.observations[at] == every), at, -1)


class Statements:
    """The statements of every observation as known on its day.

    Args:
        cells: Every figure the source has, later ones included.
        observations: Whose statements; figures in a currency other than that of the
            statements of a stock are rejected.
    """

    def __init__(self, cells: Cells, observations: Observations) -> None:
        self._cells = cells
        self._of = observations
        self._known: dict[tuple[Frequency, str], Known] = {}
        self._answered: dict[tuple[Frequency, str, int], Column] = {}
        self._numbers = {word: at for at, word in enumerate(cells.words)}

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        """Rows of the cells that serve: own ones, then those read by a sister."""
        borrowed = [rows for _, rows in self._borrowed]
        return np.concatenate([np.arange(self._cells.stocks.size), *borrowed])

    @cached_property
    def _owners(self) -> NDArray[np.int32]:
        """Stock that each of these rows serves."""
        borrowed = [np.full(len(rows), stock) for stock, rows in self._borrowed]
        return np.concatenate([self._cells.stocks, *borrowed]).astype(np.int32)

    @cached_property
    def _borrowed(self) -> list[tuple[int, NDArray[np.intp]]]:
        """Stocks without a cell of their own, and the rows of a sister with some."""
        stocks = self._cells.stocks
        counts = np.bincount(stocks, minlength=self._of.stocks)
        order = np.argsort(stocks, kind="stable")
        ends = np.cumsum(counts)
        found = []
        for stock in np.flatnonzero(counts == 0).tolist():
            sister = next((s for s in self._of.sisters(stock) if counts[s]), None)
            if sister is not None:
                rows = order[ends[sister] - counts[sister] : ends[sister]]
                found.append((stock, rows))
        return found

    @cached_property
    def _since(self) -> NDArray[np.int32]:
        """Day from which each of the rows counts."""
        cells, rows = self._cells, self._rows
        annual_lag = np.where(
            self._of.foreign_filers, FOREIGN_ANNUAL_LAG_DAYS, LAG_DAYS["annual"]
        )
        lag = np.where(
            cells.annual[rows], annual_lag[self._owners], LAG_DAYS["quarterly"]
        )
        since = np.where(
            cells.seen[rows] != UNKNOWN, cells.seen[rows], cells.ends[rows] + lag
        )
        filed = cells.filed[rows]
        return np.where(filed != UNKNOWN, filed, since).astype(np.int32)

    @cached_property
    def _accepted(self) -> NDArray[np.bool_]:
        """Which of the rows are in the currency that is expected."""
        numbers = self._numbers
        expected = np.array(
            [numbers.get(one, -1) for one in self._of.statement_currencies], np.int32
        )
        theirs = self._cells.currencies[self._rows]
        accepted: NDArray[np.bool_] = theirs == expected[self._owners]
        accepted |= theirs == numbers.get(_SHARES, -1)
        return accepted

    @cached_property
    def _by_item(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return the accepted rows item by item, and where each item begins."""
        cells = self._cells
        codes = cells.items[self._rows] * 2 + cells.annual[self._rows]
        accepted = np.flatnonzero(self._accepted)
        order = accepted[np.argsort(codes[accepted].astype(np.int16), kind="stable")]
        starts = np.searchsorted(codes[order], np.arange(2 * len(cells.words) + 1))
        return order, starts

    def known(self, frequency: Frequency, item: str) -> Known:
        """Return the values of an item that count on the days of the observations."""
        key = frequency, item
        if key not in self._known:
            self._known[key] = self._look_up(*key)
        return self._known[key]

    def _look_up(self, frequency: Frequency, item: str) -> Known:
        number = self._numbers.get(item)
        parts: list[_Part] = []
        if number is not None:
            order, starts = self._by_item
            code = 2 * number + (frequency == "annual")
            places = order[starts[code] : starts[code + 1]]
            parts = [*self._versions(places)]
        parts = parts or [(np.zeros(0, np.intp),) * 2 + (np.zeros(0, bool),)]
        observations, places, copied = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        rows = self._rows[places]
        ends = self._cells.ends[rows]
        return Known(
            observations * _SPAN + ends,
            observations,
            ends,
            rows,
            self._since[places],
            copied,
        )

    def _versions(self, places: NDArray[np.intp]) -> list[_Part]:
        """Return, day by day, which version of each period counts.

        That which is known last; of those known on one day the later row, as a later
        line in a file wins.
        """
        owners, since = self._owners[places], self._since[places]
        ends = self._cells.ends[self._rows[places]]
        order = np.lexsort((since, ends, owners))
        places, since = places[order], since[order]
        periods = owners[order].astype(np.float64) * _SPAN + ends[order]
        values = self._cells.values[self._rows[places]]
        owners = owners[order]
        found: list[_Part] = []
        for at, day in enumerate(self._of.days.tolist()):
            known = np.flatnonzero(since <= day)
            group = periods[known]
            last = np.flatnonzero(np.append(group[1:] != group[:-1], group.size > 0))
            copied = _copied(group, values[known], last)
            known = known[last]
            observations = at * self._of.stocks + owners[known].astype(np.int64)
            found.append((observations, places[known], copied))
        return found

    @cached_property
    def newest_quarter(self) -> NDArray[np.int32]:
        """End of q0: the newest quarter with revenue or a result."""
        return self._newest("quarterly")

    @cached_property
    def newest_year(self) -> NDArray[np.int32]:
        """End of a0: the newest fiscal year with revenue or a result."""
        return self._newest("annual")

    @cached_property
    def balance_date(self) -> NDArray[np.int32]:
        """The date balances are wanted at: that of q0, without quarters that of a0."""
        none = self.newest_quarter == UNKNOWN
        return np.where(none, self.newest_year, self.newest_quarter)

    @cached_property
    def newest_period(self) -> NDArray[np.int32]:
        """End of the newest period of either kind."""
        return np.maximum(self.newest_quarter, self.newest_year)

    def newest_end(self, frequency: Frequency) -> NDArray[np.int32]:
        """Return the end of q0 or a0; unknown without one."""
        return self.newest_quarter if frequency == "quarterly" else self.newest_year

    def _newest(self, frequency: Frequency) -> NDArray[np.int32]:
        newest = np.full(self._of.count, UNKNOWN, np.int32)
        for item in HEADLINES:
            known = self.known(frequency, item)
            at = known.newest(self._of.count)
            has = at >= 0
            newest[has] = np.maximum(newest[has], known.ends[at[has]])
        return newest

    def at(self, frequency: Frequency, item: str, back: int) -> Column:
        """Return the figure of ``item``, ``back`` periods before the newest.

        A quarter's flow that lies outside [1/3, 3] times the median of its
        neighbours is rejected, unless the source confirms it.
        """
        key = (frequency, item, back)
        if key not in self._answered:
            self._answered[key] = self._ask(frequency, item, back)
        return self._answered[key]

    def _ask(self, frequency: Frequency, item: str, back: int) -> Column:
        newest = self.newest_end(frequency)
        places = self.near(frequency, item, newest, back)
        found = self.column(frequency, item, places, f"{frequency[0]}{back}")

        def absent(at: int) -> str:
            end = days.day(newest[at])
            if end is None:
                return f"{item}: no {frequency} statement is known"
            wanted = days.day(newest[at] - round(DAYS[frequency] * back))
            what = "quarter" if frequency == "quarterly" else "fiscal year"
            return f"{item}: not known for the {what} to about {wanted}"

        found = self._without_currency(found, places < 0)
        found = found.refused(places < 0, "absent", absent)
        if frequency == "quarterly" and item in FLOWS:
            found = self._without_outliers(found, item, places)
        return found

    def ends(self, frequency: Frequency, item: str, back: int) -> NDArray[np.int32]:
        """Return the period end of ``item``, so many periods back; unknown without."""
        known = self.known(frequency, item)
        places = self.near(frequency, item, self.newest_end(frequency), back)
        found = np.full(places.size, UNKNOWN, np.int32)
        has = places >= 0
        found[has] = known.ends[places[has]]
        return found

    def near(
        self, frequency: Frequency, item: str, newest: NDArray[np.int32], back: int
    ) -> NDArray[np.intp]:
        """Return the places nearest to ``back`` periods before ``newest``."""
        known = self.known(frequency, item)
        wanted = np.where(newest == UNKNOWN, np.nan, newest - DAYS[frequency] * back)
        return known.nearest(self._of.every, wanted)

    def column(
        self, frequency: Frequency, item: str, places: NDArray[np.intp], slot: str
    ) -> Column:
        """Return the figures at ``places``, which have one; without refusals."""
        known, cells = self.known(frequency, item), self._cells
        has = places >= 0
        values = np.zeros(places.size)
        values[has] = cells.values[known.rows[places[has]]]

        def figure(at: int) -> Figure:
            place = places[at]
            row = known.rows[place]
            return Figure(
                item,
                float(cells.values[row]),
                cells.words[cells.currencies[row]],
                days.day(cells.ends[row]),
                days.day(known.since[place]),
                cells.words[cells.sources[row]],
                cells.words[cells.notes[row]],
                slot,
            )

        return Column.of(values, Trace(has, figure))

    def newest_of(self, item: str, *frequencies: Frequency) -> Column:
        """Return the figure of ``item`` with the newest period end."""
        found = absent(self._of.count, lambda _: f"{item}: not known")
        newest = np.full(self._of.count, UNKNOWN, np.int32)
        for frequency in frequencies:
            known = self.known(frequency, item)
            places = known.newest(self._of.count)
            has = places >= 0
            newer = has.copy()
            newer[has] = known.ends[places[has]] > newest[has]
            newest[newer] = known.ends[places[newer]]
            places = np.where(newer, places, -1)
            column = self.column(frequency, item, places, "")
            column = column.refused(
                places < 0, "absent", lambda _: f"{item}: not known"
            )
            found = column.otherwise(found)
        return found

    def _without_currency(self, found: Column, where: NDArray[np.bool_]) -> Column:
        """Refuse where all statements are in a currency that was not expected."""
        return found.refused(
            where & self.only_foreign,
            "rejected: statement currency",
            lambda at: (
                f"the statements are in {', '.join(self.foreign_currencies(at))}, and "
                f"{self._of.statement_currency(at)} was expected"
            ),
        )

    @cached_property
    def only_foreign(self) -> NDArray[np.bool_]:
        """Where nothing is known but statements in other currencies."""
        return self.has_foreign & ~self._begun(self._accepted)

    @cached_property
    def has_foreign(self) -> NDArray[np.bool_]:
        """Where statements in other currencies are known."""
        return self._begun(~self._accepted)

    def _begun(self, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return where any of these rows is known."""
        first = np.full(self._of.stocks, np.iinfo(np.int32).max, np.int32)
        np.minimum.at(first, self._owners[which], self._since[which])
        return (first[None, :] <= self._of.days[:, None]).ravel()

    def foreign_currencies(self, at: int) -> list[str]:
        """Return the currencies other than that expected, A to Z."""
        stock, day = self._of.stock(at), self._of.day_number(at)
        theirs = ~self._accepted & (self._owners == stock) & (self._since <= day)
        numbers = np.unique(self._cells.currencies[self._rows[theirs]])
        return sorted(self._cells.words[one] for one in numbers)

    def _without_outliers(
        self, found: Column, item: str, places: NDArray[np.intp]
    ) -> Column:
        doubtful = np.flatnonzero((places >= 0) & ~self._confirmed(item, places))
        known = self.known("quarterly", item)
        ends = known.ends[places[doubtful]]
        around = np.full((doubtful.size, 4), np.nan)
        for column, back in enumerate((-2, -1, 1, 2)):
            wanted = ends.astype(np.float64) - DAYS["quarterly"] * back
            near = known.nearest(self._of.every[doubtful], wanted)
            has = near >= 0
            around[has, column] = self._cells.values[known.rows[near[has]]]
        counts = np.isfinite(around).sum(axis=1)
        middle = _median(around, counts)
        outlying = np.zeros(places.size, bool)
        outlying[doubtful] = (counts >= FEWEST_NEIGHBOURS) & _are_outliers(
            found.values[doubtful], middle
        )
        middles = np.zeros(places.size)
        middles[doubtful] = middle
        return found.refused(
            outlying,
            "rejected: outlier quarter",
            lambda at: (
                f"{item} of {days.day(known.ends[places[at]])} is "
                f"{found.values[at]:.6g}, against {middles[at]:.6g} in the quarters "
                "around it"
            ),
        )

    def _confirmed(self, item: str, places: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return whether the source states what is there.

        In a filing, whose day is known: what was filed was not mistyped by a vendor.
        Or twice; or in a note that says more of it than its origin.
        """
        known, cells = self.known("quarterly", item), self._cells
        has = places >= 0
        rows = known.rows[places[has]]
        telling = np.array([_says_more_than_derived(one) for one in cells.words], bool)
        found = np.zeros(places.size, bool)
        found[has] = (
            (cells.filed[rows] != UNKNOWN)
            | known.copied[places[has]]
            | telling[cells.notes[rows]]
        )
        return found


def _copied(
    groups: NDArray[np.float64],
    values: NDArray[np.float64],
    last: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Return whether an earlier version in its group has the value of the last."""
    found = np.zeros(last.size, bool)
    for back in range(1, groups.size):
        earlier = last - back
        same = (earlier >= 0) & (groups[earlier] == groups[last])
        if not same.any():
            break
        found |= same & (values[earlier] == values[last])
    return found


def _median(
    values: NDArray[np.float64], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the median of three or four numbers in each row, NaN left out."""
    ordered = np.sort(values, axis=1)
    pair = (ordered[:, 1] + ordered[:, 2]) / 2
    return np.where(counts == FEWEST_NEIGHBOURS, ordered[:, 1], pair)


def _are_outliers(
    values: NDArray[np.float64], middle: NDArray[np.float64]
) -> NDArray[np.bool_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = values / middle
    within = (ratios >= LOWEST_RATIO) & (ratios <= HIGHEST_RATIO)
    return np.where(middle == 0, values != 0, ~within)


def _says_more_than_derived(note: str) -> bool:
    """Return whether ``note`` confirms a value rather than telling how it was made.

    Examples:
        >>> _says_more_than_derived("derived: year less nine months")
        False
        >>> _says_more_than_derived("derived: year less nine months; as filed")
        True
    """
    if not note:
        return False
    parts = [part.strip() for part in note.split(";")]
    return any(part and not part.lower().startswith(_DERIVED) for part in parts)
