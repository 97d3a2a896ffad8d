"""Returns and their dispersion, from adjusted closes.

Every function takes one line's closes, adjusted for splits and dividends, oldest
first, shape ``(n,)``, finite and above zero. Where the history is too short the
answer is None: missing, never zero.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SESSIONS_PER_YEAR: Final = 252
WEEKS_PER_YEAR: Final = 52
SESSIONS_PER_WEEK: Final = 5
LONGEST_WEEKS: Final = 104
SHORTEST_RISK_HISTORY: Final = 127


def weekly_volatility(closes: NDArray[np.float64], fewest: int) -> float | None:
    """Return the annualised deviation of weekly log returns.

    ``sd(ln(P[t] / P[t-5])) * sqrt(52)``, with ``n - 1``, over non-overlapping
    5-session returns counted back from the last close, at most 104 of them.

    Args:
        closes: Shape ``(n,)``.
        fewest: Weekly returns needed; fewer give None.

    Examples:
        Prices that double and halve in turn have weekly log returns of +-0.693:

        >>> closes = np.repeat([1.0, 2.0, 1.0], 5)[:11]
        >>> round(weekly_volatility(closes, fewest=2), 4)
        7.0687
    """
    weekly = np.log(closes[::-1][::SESSIONS_PER_WEEK])[: LONGEST_WEEKS + 1]
    changes = weekly[:-1] - weekly[1:]
    if changes.size < max(fewest, 2):
        return None
    return float(changes.std(ddof=1)) * sqrt(WEEKS_PER_YEAR)


def annualised_volatility(closes: NDArray[np.float64]) -> float | None:
    """Return the annualised deviation of the last 252 daily log returns.

    ``sd(ln(P[t] / P[t-1])) * sqrt(252)``, with ``n - 1``; a fraction a year. Needs
    127 closes.
    """
    if closes.size < SHORTEST_RISK_HISTORY:
        return None
    daily = np.diff(np.log(closes[-(SESSIONS_PER_YEAR + 1) :]))
    return float(daily.std(ddof=1)) * sqrt(SESSIONS_PER_YEAR)


def max_drawdown(closes: NDArray[np.float64]) -> float | None:
    """Return the deepest fall from a running peak over the last 253 closes.

    ``max(1 - P[t] / max(P[..t]))``, a fraction from 0 to 1. Needs 127 closes.
    """
    if closes.size < SHORTEST_RISK_HISTORY:
        return None
    window = closes[-(SESSIONS_PER_YEAR + 1) :]
    return float((1 - window / np.maximum.accumulate(window)).max())


def adjusted_for_dividends(
    closes: NDArray[np.float64], dividends: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return closes from which the dividends paid later have been taken.

    ``P[t] * prod(1 - D[u] / P[u-1])`` over every ``u > t``, Yahoo's method; in the
    unit of the price, and the last close is unchanged.

    Args:
        closes: Adjusted for splits only; shape ``(n,)``, finite, above zero.
        dividends: Amount a share at its ex-date, zero where none; shape ``(n,)``. One
            that is not below the close before it cannot be right and is ignored, as
            is one on the first session.

    Examples:
        Two dollars of a hundred, and a month later one of fifty, are 2% each:

        >>> adjusted_for_dividends(np.array([100.0, 50.0, 50.0]), np.array([0, 2, 1]))
        array([96.04, 49.  , 50.  ])
    """
    factors = np.ones_like(closes)
    with np.errstate(over="ignore"):  # beyond all bounds is not below the close
        shares = dividends[1:] / closes[:-1]
    factors[:-1] = np.where(shares < 1, 1 - shares, 1.0)
    return closes * np.cumprod(factors[::-1])[::-1]
