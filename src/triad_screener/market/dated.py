"""Which of several dated figures was the newest on a day?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.market.column import Column, Trace
from triad_screener.model import days
from triad_screener.model.quantity import Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from triad_screener.market.observations import Observations
    from triad_screener.model.tables import Dated, Expected


def newest_by(table: Dated | Expected, observations: Observations) -> NDArray[np.intp]:
    """Return the row of the newest figure dated by each day; -1 without one.

    A figure whose day is not known does not count.
    """
    found = np.full((observations.days.size, observations.stocks), -1)
    dated = np.flatnonzero(table.days != days.UNKNOWN)
    for at, day in enumerate(observations.days.tolist()):
        rows = dated[table.days[dated] <= day]
        found[at, table.stocks[rows]] = rows  # of several the last, the newest, stays
    return found.ravel()


def undated_by(table: Dated, observations: Observations) -> NDArray[np.intp]:
    """Return the row of the figure whose day is not known; -1 without one."""
    found = np.full(observations.stocks, -1)
    rows = np.flatnonzero(table.days == days.UNKNOWN)
    found[table.stocks[rows]] = rows
    return found[observations.place]


def figures(
    table: Dated,
    rows: NDArray[np.intp],
    item: str,
    unit: str,
    times: NDArray[np.float64] | None = None,
) -> Column:
    """Return the figures of some rows, one for each observation.

    Args:
        table: Of the figures.
        rows: Shape ``(m,)``; missing where -1.
        item: What the figures are.
        unit: Of the figures.
        times: What multiplies each, shape ``(m,)``.
    """
    has = rows >= 0
    values = np.zeros(rows.size)
    values[has] = table.values[rows[has]]
    values = values if times is None else values * times

    def figure(at: int) -> Figure:
        row = rows[at]
        day, source = days.day(table.days[row]), table.words[table.sources[row]]
        return Figure(item, float(values[at]), unit, day, day, source)

    column = Column.of(values, Trace(has, figure))
    return column.refused(~has, "absent", lambda _: f"no {item} is known")
