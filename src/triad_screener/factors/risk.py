"""Risk: how far does the price wander, and how deep has it fallen?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.factors._factor import Factor
from triad_screener.stats import returns

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from triad_screener.market.column import Column
    from triad_screener.market.prices import Closes
    from triad_screener.market.selection import Selection


def volatility(known: Selection) -> Column:
    """Return the annualised deviation of a year of daily log returns.

    A fraction a year, in the price currency; missing with fewer than 127 closes.
    """
    return _of_closes(known.closes, returns.annualised_volatility)


def drawdown(known: Selection) -> Column:
    """Return the deepest fall from a running peak within a year.

    A fraction from 0 to 1, in the price currency; missing with fewer than 127 closes.
    """
    return _of_closes(known.closes, returns.max_drawdown)


def _of_closes(
    closes: Closes, formula: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Column:
    window, needed = returns.SESSIONS_PER_YEAR + 1, returns.SHORTEST_RISK_HISTORY

    def told(at: int) -> tuple[float, str]:
        used = min(int(closes.count[at]), window)
        return float(used), f"from {closes.sessions(at)[-used]}"

    values = closes.over(window, formula)
    return closes.summary(values, "adjusted closes", "sessions", told).refused(
        np.isnan(values),
        "absent",
        lambda at: f"{closes.count[at]} closes are known, and {needed} are needed",
    )


VOL_252 = Factor(
    id="vol_252",
    group="risk",
    sign=-1,
    label="Volatility, 1 year",
    unit="fraction a year",
    formula="sd(daily log returns, 252) * sqrt(252)",
    reference="Field standard",
    measure=volatility,
)

MAXDD_252 = Factor(
    id="maxdd_252",
    group="risk",
    sign=-1,
    label="Deepest drawdown, 1 year",
    unit="fraction",
    formula="max over 253 closes of 1 - P/running max",
    reference="Field standard",
    measure=drawdown,
)
