"""How many shares does a company have: of several counts, which is used?

The rule is in `market.share_counts`, for one company; here every observation is
counted, and the rule is asked where the counts do not agree at first sight.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.market.column import Column, Trace
from triad_screener.market.dated import figures, newest_by, undated_by
from triad_screener.market.share_counts import (
    AVERAGE,
    BY_VALUE,
    LARGEST_GAP,
    MOST_PER_CLASS,
    NEAR_A_SPLIT,
    OF_BALANCE,
    OF_CLASS,
    OF_QUOTE,
    SAME,
    Count,
    Counts,
    settle,
    since_split,
)
from triad_screener.model import days
from triad_screener.model.days import UNKNOWN
from triad_screener.model.market import SHARES, STATED
from triad_screener.model.quantity import Figure
from triad_screener.model.screen import ShareCounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from triad_screener.market.observations import Observations
    from triad_screener.market.prices import Closes
    from triad_screener.market.share_counts import Settled
    from triad_screener.market.statements import Statements
    from triad_screener.model.market import Split
    from triad_screener.model.quantity import Quantity
    from triad_screener.model.tables import Counted, Tables

SHARES_FROM_STATEMENT: Final = "diluted average shares for share count"
SHARES_UNDATED: Final = "share count undated"
SHARES_UNRESOLVED: Final = "share count unresolved"


class Shares:
    """The share counts of every observation, and the one that is used.

    Args:
        tables: With the counts and market values of the source.
        observations: Whose days count.
        closes: By which a market value gives a count.
        statements: With the counts of balance sheets.
    """

    def __init__(
        self,
        tables: Tables,
        observations: Observations,
        closes: Closes,
        statements: Statements,
    ) -> None:
        self._tables = tables
        self._of = observations
        self._closes = closes
        self._statements = statements
        self._settled: dict[int, Settled] = {}

    @cached_property
    def used(self) -> Column:
        """Ordinary shares of all classes: of several counts the one that is chosen.

        Flagged where it is not the source's as given.
        """
        first = self._first
        values, other = first.values.copy(), np.zeros(self._of.count, bool)
        split, told = other.copy(), dict[str, list[int]]()
        for at in self._doubtful.tolist():
            settled, counts = self.settled(at), self.counts(at)
            values[at] = counts[settled.item].value * settled.ratio
            other[at] = settled.item != next(iter(counts))
            split[at] = settled.split is not None
            for text in _flags(settled):
                told.setdefault(text, []).append(at)
        found = first.only_where(~other)
        found = Column(
            values,
            first.codes,
            first.refusals,
            (*found.traces, Trace(other, self._figure), Trace(split, self._split)),
            found.flags,
        )
        for text, places in told.items():
            raised = np.zeros(self._of.count, bool)
            raised[places] = True
            found = found.flagged(text, raised)
        return found

    def _figure(self, at: int) -> Figure:
        return self.counts(at)[self.settled(at).item].figures[0]

    def _split(self, at: int) -> Figure:
        settled, source = self.settled(at), self._closes.source(at)
        day, unit = settled.split, "new shares per old"
        return Figure("split", settled.ratio, unit, day, day, source)

    def told(self, at: int) -> ShareCounts | None:
        """Return every count of one observation; None where no two are known."""
        counts = self.counts(at)
        if len(counts) <= 1:
            return None
        settled = self.settled(at)
        return ShareCounts(
            self.used.at(at).value,
            settled.item,
            settled.why,
            tuple(found.figures[0] for found in counts.values()),
            settled.is_resolved,
        )

    def counts(self, at: int) -> dict[str, Quantity]:
        """Return the counts of one observation by item, that of the source first."""
        every = (self._first, self._by_value, self._balance, self._of_class)
        known = [column.at(at) for column in every if column.known[at]]
        return (
            {one.figures[0].item: one for one in known} if self._first.known[at] else {}
        )

    def settled(self, at: int) -> Settled:
        """Return which count of one observation is used, and why."""
        if at not in self._settled:
            self._settled[at] = self._settle(at)
        return self._settled[at]

    def _settle(self, at: int) -> Settled:
        known = {
            item: Count(item, found.value, found.figures[0].date)
            for item, found in self.counts(at).items()
        }
        day = self._of.date(at)
        return settle(
            Counts(
                next(iter(known.values())),
                *map(known.get, (BY_VALUE, OF_BALANCE, OF_CLASS)),
            ),
            per_receipt=float(self._of.ordinary_per_receipt[at]),
            splits=[split for split in self._splits(at) if split[0] <= day],
        )

    @cached_property
    def _doubtful(self) -> NDArray[np.intp]:
        """Observations whose counts do not agree at first sight."""
        first, of_class = self._first.raw, self._of_class.raw
        totals = (self._by_value.raw, self._balance.raw)
        gap = [np.abs(first / other - 1) > LARGEST_GAP for other in totals]
        made = [np.abs(of_class / one - 1) <= SAME for one in (first, totals[0])]
        share = of_class / first
        fits = (share >= 1 / MOST_PER_CLASS) & (share <= 1 + LARGEST_GAP)
        speaks = np.isfinite(of_class) & ~(made[0] | made[1]) & ~fits
        return np.flatnonzero(self._first.known & (gap[0] | gap[1] | speaks))

    @cached_property
    def conflicts(self) -> NDArray[np.bool_]:
        """Where the count that is used is denied, and nothing settles it."""
        found = self._price_conflicts.copy()
        for at in self._doubtful.tolist():
            if not self.settled(at).is_resolved:
                found[at] = True
        return found

    def conflict(self, at: int) -> str:
        """Return what denies the share count of one observation."""
        settled = self.settled(at)
        if not settled.is_resolved:
            return settled.why
        currency = self._of.price_currency(at)
        return (
            f"The close is {self._close_then.values[at]:.6g} {currency}, and the share "
            f"count is the market capitalisation over a price of "
            f"{self._price[at]:.6g} {currency}."
        )

    @cached_property
    def _price(self) -> NDArray[np.float64]:
        """Price by which a count was made of a market capitalisation."""
        return self._value.raw / self._first.raw * self._of.ordinary_per_receipt

    @cached_property
    def _price_conflicts(self) -> NDArray[np.bool_]:
        known = self._is_of_quote & self._value.known & self._close_then.known
        fits = np.abs(self._close_then.values / self._price - 1) <= LARGEST_GAP
        return known & ~fits

    @cached_property
    def _first(self) -> Column:
        """The count of the source dated by the day.

        Else the newest diluted average of a statement, else one without a date, both
        flagged.
        """
        average = self._statements.newest_of(AVERAGE, "quarterly", "annual")
        rows = undated_by(self._tables.shares, self._of)
        undated = self._given(self._tables.shares, rows, STATED)
        table = self._tables.shares
        stated = np.where(self._is_of_quote, -1, self._rows)
        made = np.where(self._is_of_quote, self._rows, -1)
        found = self._given(table, stated, STATED)
        found = found.otherwise(self._given(table, made, OF_QUOTE))
        found = found.otherwise(average.flagged(SHARES_FROM_STATEMENT))
        found = found.otherwise(undated.flagged(SHARES_UNDATED))
        return found.told(lambda _: "no share count is known")

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        return newest_by(self._tables.shares, self._of)

    @cached_property
    def _is_of_quote(self) -> NDArray[np.bool_]:
        """Where the first count is a market capitalisation over a price."""
        found = np.zeros(self._of.count, bool)
        has = self._rows >= 0
        found[has] = self._tables.shares.implied[self._rows[has]]
        return found

    @cached_property
    def _by_value(self) -> Column:
        """The count that the source's market capitalisation gives at the close."""
        quoted = self._value / self._close_then
        values = quoted.values * self._of.ordinary_per_receipt

        def figure(at: int) -> Figure:
            one = self._value.at(at).figures[0]
            return Figure(
                BY_VALUE, float(values[at]), SHARES, one.date, one.date, one.source
            )

        found = Column(
            values, quoted.codes, quoted.refusals, (Trace(quoted.known, figure),)
        )
        return found.refused(self._is_of_quote, "absent", lambda _: "the same figure")

    @cached_property
    def _balance(self) -> Column:
        found = self._statements.newest_of(OF_BALANCE, "quarterly", "annual")
        return found.refused(found.values <= 0, "absent", lambda _: "not above zero")

    @cached_property
    def _of_class(self) -> Column:
        table = self._tables.class_shares
        return self._given(table, newest_by(table, self._of), OF_CLASS)

    @cached_property
    def _value_rows(self) -> NDArray[np.intp]:
        table = self._tables.market_capitalisations
        dated = newest_by(table, self._of)
        return np.where(dated >= 0, dated, undated_by(table, self._of))

    @cached_property
    def _value(self) -> Column:
        """The source's market capitalisation, in the price currency."""
        table = self._tables.market_capitalisations
        return figures(table, self._value_rows, "market capitalisation", "")

    @cached_property
    def _close_then(self) -> Column:
        """The close of the day of that market capitalisation."""
        wanted, table = self._of.day.copy(), self._tables.market_capitalisations
        has = self._value_rows >= 0
        theirs = table.days[self._value_rows[has]]
        wanted[has] = np.where(theirs == UNKNOWN, wanted[has], theirs)
        return self._closes.on(wanted)

    def _given(self, table: Counted, rows: NDArray[np.intp], item: str) -> Column:
        """Return counts of the source; a split since then multiplies them."""
        ratio = np.ones(self._of.count)
        if self._tables.prices.adjusted_to != UNKNOWN:
            for at in self._near_splits(table, rows).tolist():
                ratio[at] = self._since_split(table, rows[at], at)
        return figures(table, rows, item, SHARES, ratio)

    def _near_splits(self, table: Counted, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the observations whose count a split may concern."""
        splits, of = self._tables.splits, self._of
        found = np.zeros((of.days.size, of.stocks), bool)
        has = rows >= 0
        counted = np.full(of.count, np.iinfo(np.int32).max, np.int64)
        counted[has] = table.days[rows[has]]
        counted = counted.reshape(found.shape)
        for stock, day in zip(
            splits.stocks.tolist(), splits.days.tolist(), strict=True
        ):
            found[:, stock] |= day > counted[:, stock] - NEAR_A_SPLIT.days
        return np.flatnonzero(found.ravel() & has)

    def _since_split(self, table: Counted, row: int, at: int) -> float:
        price = float(table.quoted_at[row])
        day = days.known_day(table.days[row])
        close = self._closes.on_day(at, table.days[row])
        return since_split(
            day,
            self._of.date(at),
            self._splits(at),
            price=None if np.isnan(price) else price,
            close=close,
        )

    def _splits(self, at: int) -> list[Split]:
        """Return all splits of one observation's stock, later ones included."""
        splits = self._tables.splits
        return [
            (days.known_day(splits.days[row]), float(splits.values[row]))
            for row in np.flatnonzero(splits.stocks == self._of.stock(at))
        ]


def _flags(settled: Settled) -> Iterator[str]:
    if settled.split:
        yield f"share count adjusted for the split of {settled.split}"
    for name in settled.outvoted:
        yield f"share count: {name} outvoted"
