"""Put unlike measures on one scale: ranks, z-scores, percentiles.

Every function takes one value per line, shape ``(n,)``; empty input is allowed.
"""

from __future__ import annotations

from math import erfc, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.stats import DECIMALS, NO_DISPERSION

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: From here on a float has fewer decimals than comparisons see.
_WHOLE: Final = 1e15


def average_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each value, smallest first, ties sharing their mean rank.

    Args:
        values: Finite, any unit.

    Examples:
        >>> average_ranks(np.array([0.3, 0.1, 0.3])).tolist()
        [2.5, 1.0, 2.5]
    """
    # Not np.unique: it loads masked arrays, a noticeable part of a first screen.
    ascending = np.sort(values)
    below = np.searchsorted(ascending, values, side="left")
    up_to = np.searchsorted(ascending, values, side="right")
    mean_rank: NDArray[np.float64] = (below + 1 + up_to) / 2
    return mean_rank


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values to twelve decimals; what is too large to have any stays.

    NaN stays, too. ``numpy.round`` alone makes infinity of 1e300.

    Examples:
        >>> rounded(np.array([0.1 + 0.2, 1e300])).tolist()
        [0.3, 1e+300]
    """
    whole = np.abs(values) >= _WHOLE
    return np.where(whole, values, np.where(whole, 0.0, values).round(DECIMALS))


def moments(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean and the population standard deviation; (0, 0) when empty."""
    if not values.size:
        return 0.0, 0.0
    return float(values.mean()), float(values.std())


def standardise(
    values: NDArray[np.float64], mean: float, deviation: float
) -> NDArray[np.float64]:
    """Return ``(x - mean) / deviation``; zero throughout where nothing varies.

    Examples:
        >>> standardise(np.array([1.0, 3.0]), mean=2.0, deviation=1.0).tolist()
        [-1.0, 1.0]
    """
    if deviation < NO_DISPERSION:
        return np.zeros_like(values)
    return (values - mean) / deviation


def percentile(values: NDArray[np.float64], per_cent: float) -> float:
    """Return a percentile with linear interpolation; zero, neutral, when empty."""
    if not values.size:
        return 0.0
    # Not np.percentile, which loads masked arrays as np.unique does.
    at = per_cent / 100 * (values.size - 1)
    return float(np.interp(at, np.arange(values.size), np.sort(values)))


def normal_cdf(z: float) -> float:
    """Return the share of a standard normal population below ``z``, in [0, 1].

    Examples:
        >>> normal_cdf(0.0)
        0.5
    """
    return 0.5 * erfc(-z / sqrt(2))
