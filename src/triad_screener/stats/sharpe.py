"""How good was a course of returns, and is it more than the best of many tries?

Every function takes returns of equal periods, fractions, in the order of time, shape
``(n,)``, finite. scipy has the distributions, and comes with the extra ``research``.
"""

from __future__ import annotations

from math import e, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.stats import NO_DISPERSION

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Periods below which a deflated Sharpe ratio says nothing.
FEWEST_PERIODS: Final = 12
_EULER: Final = float(np.euler_gamma)


def sharpe(excess: NDArray[np.float64]) -> float | None:
    """Return mean over deviation (with n - 1) of excess returns, for one period.

    None for fewer than two returns, or where they do not vary.

    Examples:
        >>> round(sharpe(np.array([0.01, 0.03])), 4)
        1.4142
    """
    if excess.size < 2 or float(np.ptp(excess)) < NO_DISPERSION:  # noqa: PLR2004 - a pair
        return None
    return float(excess.mean() / excess.std(ddof=1))


def expected_best(trials: int, count: int) -> float:
    """Return the Sharpe ratio that the best of ``trials`` has by luck alone.

    ``sqrt(V) ((1 - g) q(1 - 1/N) + g q(1 - 1/(N e)))`` with Euler's constant g, the
    normal quantile q, and the variance V of the ratio over ``count`` periods if there
    is nothing to be found, ``1 / (count - 1)`` (Bailey and Lopez de Prado 2014). Zero
    for a single trial. ``count`` is at least 2.
    """
    if trials <= 1:
        return 0.0
    from scipy.stats import norm  # noqa: PLC0415 - slow to load

    # From the upper tail: 1 - 1 / N would be 1 for the largest N.
    first, second = norm.isf(1 / trials), norm.isf(1 / (trials * e))
    best = (1 - _EULER) * first + _EULER * second
    return float(best / sqrt(count - 1))


def deflated(excess: NDArray[np.float64], trials: int) -> float | None:
    """Return one less p of the test that a Sharpe ratio is no more than luck's.

    ``F((S - S0) sqrt(n - 1) / sqrt(1 - c S + (k - 1) / 4 S^2))`` with the ratio S of
    one period, the luck S0 of `expected_best`, skewness c and kurtosis k of the
    returns, and the normal distribution F (Bailey and Lopez de Prado 2014). None for
    fewer than twelve returns, or where they do not vary.
    """
    found = sharpe(excess)
    if found is None or excess.size < FEWEST_PERIODS:
        return None
    from scipy.stats import kurtosis, norm, skew  # noqa: PLC0415 - slow to load

    skewness, spread = float(skew(excess)), float(kurtosis(excess, fisher=False))
    error = max(1 - skewness * found + (spread - 1) / 4 * found**2, NO_DISPERSION)
    luck = expected_best(trials, excess.size)
    return float(norm.cdf((found - luck) * sqrt(excess.size - 1) / sqrt(error)))


def drawdown(returns: NDArray[np.float64]) -> float:
    """Return the deepest fall from a peak, a fraction; zero without returns.

    After a return of -1 or less nothing is left, and nothing comes back.

    Examples:
        >>> round(drawdown(np.array([0.1, -0.5, 0.2])), 4)
        0.5
    """
    course = np.concatenate([[1.0], np.cumprod(np.maximum(1 + returns, 0))])
    return float((1 - course / np.maximum.accumulate(course)).max())
