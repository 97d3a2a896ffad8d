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
    return ranks_of_ties(ties(values))


def ties(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the position of each value among the different ones, smallest first.

    A part of the positions is ranked without sorting again: `ranks_of_ties`.

    Args:
        values: Finite, any unit.

    Examples:
        >>> ties(np.array([0.3, 0.1, 0.3])).tolist()
        [1, 0, 1]
    """
    # Not np.unique: it loads masked arrays, a noticeable part of a first screen.
    order = values.argsort()
    ascending = values[order]
    found = np.empty(values.size, np.intp)
    found[order[:1]] = 0
    found[order[1:]] = (ascending[1:] != ascending[:-1]).cumsum()
    return found


def ranks_of_ties(positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the average rank of each value by its position among different ones.

    Args:
        positions: As `ties` gives them, of all values or of a part.

    Examples:
        >>> ranks_of_ties(np.array([7, 0, 7])).tolist()
        [2.5, 1.0, 2.5]
    """
    counts = np.bincount(positions)
    up_to = counts.cumsum()
    mean_rank: NDArray[np.float64] = (2 * up_to - counts + 1) / 2
    return mean_rank[positions]


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
