from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from samples import AS_OF, constituent
from triad_screener.market.dated import figures, newest_by, undated_by
from triad_screener.market.observations import Observations
from triad_screener.model.days import numbers
from triad_screener.model.tables import Dated

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOMORROW = AS_OF + timedelta(days=1)
TAIWAN, BRITAIN = constituent("TSM"), constituent("ARM.L")


def dated(stocks: NDArray[np.int32], days: NDArray[np.int32]) -> Dated:
    """Figures of some stocks and days; the first is a one, the next a two."""
    values = np.arange(1.0, stocks.size + 1)
    return Dated(stocks, days, values, np.zeros(stocks.size, np.int32), ("a vendor",))


def test_the_newest_figure_by_each_day_counts_and_none_without_a_day() -> None:
    observations = Observations([TAIWAN, BRITAIN], [AS_OF, TOMORROW])
    stocks = np.array([0, 0, 0, 1], np.int32)
    days = numbers([None, AS_OF - timedelta(days=9), TOMORROW, TOMORROW])

    found = newest_by(dated(stocks, days), observations)

    # Of stock 0 the figure of nine days ago, then that of tomorrow; of 1 none, then it.
    assert found.tolist() == [1, -1, 2, 3]
    nothing = np.zeros(0, np.int32)
    assert newest_by(dated(nothing, nothing), observations).tolist() == [-1] * 4


def test_a_figure_without_a_day_is_found_by_itself() -> None:
    observations = Observations([TAIWAN, BRITAIN], [AS_OF, TOMORROW])
    stocks = np.array([1, 1], np.int32)

    found = undated_by(dated(stocks, numbers([None, AS_OF])), observations)

    assert found.tolist() == [-1, 0, -1, 0]


def test_figures_tell_whose_they_are_and_are_multiplied() -> None:
    table = dated(np.array([0], np.int32), numbers([AS_OF]))
    rows = np.array([0, -1])

    found = figures(table, rows, "shares", "pieces", np.array([3.0, 1.0]))

    first = found.at(0)
    assert (first.value, found.known.tolist()) == (3.0, [True, False])
    (figure,) = first.figures
    assert (figure.item, figure.value, figure.unit) == ("shares", 3.0, "pieces")
    assert (figure.date, figure.source) == (AS_OF, "a vendor")
