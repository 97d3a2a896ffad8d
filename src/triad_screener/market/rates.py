"""What was a unit of a currency worth in US dollars on a day?

The one place that looks an exchange rate up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.market.column import Column, Trace
from triad_screener.model import days
from triad_screener.model.quantity import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.market.observations import Observations
    from triad_screener.model.market import DatedValue

DOLLAR: Final = "USD"
STALE_FX_DAYS: Final = 45
STALE_FX = "stale exchange rate"


def dated(
    rates: Sequence[DatedValue], wanted: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the last rate by each day, and its age in days.

    Args:
        rates: Of one currency, oldest first; those without a day do not count.
        wanted: Days, shape ``(k,)``.

    Returns:
        US dollars per unit, NaN where none is known, and its age, infinite there.
    """
    found, ages = np.full(wanted.size, np.nan), np.full(wanted.size, np.inf)
    known = [rate for rate in rates if rate.date]
    if known:
        since = days.numbers(rate.date for rate in known)
        at = np.searchsorted(since, wanted, side="right") - 1
        has = at >= 0
        found[has] = np.array([rate.value for rate in known])[at[has]]
        ages[has] = wanted[has] - since[at[has]]
    return found, ages


class ExchangeRates:
    """US dollars per unit of a currency, for every observation.

    Args:
        fx: By currency, oldest first.
        observations: Whose days count.
    """

    def __init__(
        self,
        fx: Mapping[str, tuple[DatedValue, ...]],
        observations: Observations,
    ) -> None:
        self._fx = fx
        self._of = observations

    def per_unit(self, currencies: Sequence[str]) -> Column:
        """Return US dollars per unit at the day of each observation.

        Args:
            currencies: Of each stock. The dollar is worth one, and no figure is behind
                it; a rate of more than 45 days ago is flagged.
        """
        of = self._of
        every = np.array(currencies, object)[of.place]
        found, ages = np.ones(of.count), np.zeros(of.count)
        for currency in {*currencies} - {DOLLAR}:
            theirs = every == currency
            rates = self._fx.get(currency, ())
            found[theirs], ages[theirs] = dated(rates, of.day[theirs])

        def figure(at: int) -> Figure:
            currency = str(every[at])
            day = days.known_day(of.day_number(at) - int(ages[at]))
            rate = next(r for r in reversed(self._fx[currency]) if r.date == day)
            unit = f"USD per {currency}"
            return Figure("exchange rate", rate.value, unit, day, day, rate.source)

        column = Column.of(found, Trace(every != DOLLAR, figure)).refused(
            np.isnan(found),
            "absent",
            lambda at: f"no exchange rate of {every[at]} is known",
        )
        return column.flagged(STALE_FX, ages > STALE_FX_DAYS)
