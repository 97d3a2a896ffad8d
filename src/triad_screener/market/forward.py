"""What did analysts expect, as a vendor showed it on the newest day by then?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.market.column import Column, Trace
from triad_screener.market.dated import newest_by
from triad_screener.model import days
from triad_screener.model.quantity import Figure

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.market.observations import Observations
    from triad_screener.model.tables import Expected


class Forward:
    """The newest forward figures of every observation by its day.

    Args:
        table: Of all stocks, later ones included.
        observations: Whose days count.
    """

    def __init__(self, table: Expected, observations: Observations) -> None:
        self._table = table
        self._of = observations

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        return newest_by(self._table, self._of)

    def day(self, observation: int) -> date | None:
        """Return the day of the figures of one observation; None without any."""
        row = self._rows[observation]
        return days.day(self._table.days[row]) if row >= 0 else None

    @cached_property
    def days(self) -> NDArray[np.int32]:
        """Day of the figures; unknown without any."""
        found = np.full(self._of.count, days.UNKNOWN, np.int32)
        has = self._rows >= 0
        found[has] = self._table.days[self._rows[has]]
        return found

    def fresh(self, most: int) -> Column:
        """Return a one where the newest figures are at most so many days old."""
        age = self._of.day.astype(np.int64) - self.days
        fine = Column.of(np.ones(self._of.count)).refused(
            self._rows < 0, "absent", lambda _: "no forward figure is known"
        )
        return fine.refused(
            age > most,
            "stale",
            lambda at: f"the newest forward figure is of {self.day(at)}",
        )

    @property
    def earnings(self) -> Column:
        """Expected earnings a share, in the currency of the statements."""
        return self._column("forward EPS", self._table.earnings_per_share)

    @property
    def ratio(self) -> Column:
        """Price over expected earnings."""
        return self._column("forward PE", self._table.price_earnings, "times")

    @property
    def price(self) -> Column:
        """The price that the vendor showed beside them, in the price currency."""
        return self._column("price", self._table.prices)

    def _column(self, item: str, values: NDArray[np.float64], unit: str = "") -> Column:
        found = np.full(self._of.count, np.nan)
        has = self._rows >= 0
        found[has] = values[self._rows[has]]

        def figure(at: int) -> Figure:
            day, row = self.day(at), self._rows[at]
            source = self._table.words[self._table.sources[row]]
            currency = unit or self._of.price_currency(at)
            return Figure(item, float(found[at]), currency, day, day, source)

        known = np.isfinite(found)
        column = Column.of(found, Trace(known, figure))
        return column.refused(~known, "absent", lambda _: f"no {item} is known")
