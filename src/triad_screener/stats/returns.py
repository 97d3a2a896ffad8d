"""Returns and their dispersion, from adjusted closes.

Every function takes closes, adjusted for splits and dividends, oldest first along the
last axis, finite and above zero, NaN before the first. Where the history is too short
the answer is NaN: missing, never zero.
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


def weekly_volatility(closes: NDArray[np.float64], fewest: int) -> NDArray[np.float64]:
    """Return the annualised deviation of weekly log returns.

    ``sd(ln(P[t] / P[t-5])) * sqrt(52)``, with ``n - 1``, over non-overlapping
    5-session returns counted back from the last close, at most 104 of them.

    Args:
        closes: Shape ``(..., n)``.
        fewest: Weekly returns needed; fewer give NaN.

    Examples:
        Prices that double and halve in turn have weekly log returns of +-0.693:

        >>> closes = np.repeat([1.0, 2.0, 1.0], 5)[:11]
        >>> round(float(weekly_volatility(closes, fewest=2)), 4)
        7.0687
    """
    weekly = np.log(closes[..., ::-1][..., ::SESSIONS_PER_WEEK])
    weekly = weekly[..., : LONGEST_WEEKS + 1]
    changes = weekly[..., :-1] - weekly[..., 1:]
    return _deviation(changes, max(fewest, 2)) * sqrt(WEEKS_PER_YEAR)


def annualised_volatility(closes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the annualised deviation of the last 252 daily log returns.

    ``sd(ln(P[t] / P[t-1])) * sqrt(252)``, with ``n - 1``; a fraction a year. NaN with
    fewer than 127 closes.
    """
    daily = np.diff(np.log(closes[..., -(SESSIONS_PER_YEAR + 1) :]))
    return _deviation(daily, SHORTEST_RISK_HISTORY - 1) * sqrt(SESSIONS_PER_YEAR)


def _deviation(changes: NDArray[np.float64], fewest: int) -> NDArray[np.float64]:
    """Return the deviation of what is known along the last axis, with ``n - 1``."""
    known = ~np.isnan(changes)
    counts = known.sum(axis=-1)
    means = np.where(known, changes, 0.0).sum(axis=-1) / counts.clip(1)
    squares = np.where(known, changes - means[..., None], 0.0) ** 2
    found = np.sqrt(squares.sum(axis=-1) / (counts - 1).clip(1))
    return np.where(counts >= fewest, found, np.nan)


def max_drawdown(closes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the deepest fall from a running peak over the last 253 closes.

    ``max(1 - P[t] / max(P[..t]))``, a fraction from 0 to 1. NaN with fewer than 127
    closes.
    """
    window = closes[..., -(SESSIONS_PER_YEAR + 1) :]
    counts = (~np.isnan(window)).sum(axis=-1)
    falls = 1 - window / np.fmax.accumulate(window, axis=-1)
    deepest = np.fmax.reduce(falls, axis=-1, initial=0.0)
    return np.where(counts >= SHORTEST_RISK_HISTORY, deepest, np.nan)


def adjusted_for_dividends(
    closes: NDArray[np.float64],
    rows: NDArray[np.integer],
    dividends: NDArray[np.float64],
    starts: NDArray[np.integer],
) -> NDArray[np.float64]:
    """Return closes from which the dividends paid later have been taken.

    ``P[t] * prod(1 - D[u] / P[u-1])`` over every ``u > t``, Yahoo's method; in the
    unit of the price, and the last close is unchanged.

    Args:
        closes: Adjusted for splits only, of one line after the other, oldest first;
            shape ``(n,)``, finite, above zero.
        rows: Close of the ex-date of each dividend; ascending, shape ``(k,)``.
        dividends: Amount a share; those of one day count together. One that is not
            below the close before it cannot be right and is ignored, as is one on the
            first session.
        starts: Where each line begins, and the end; shape ``(lines + 1,)``.

    Examples:
        Two dollars of a hundred, and a month later one of fifty, are 2% each:

        >>> closes = np.array([100.0, 50.0, 50.0])
        >>> rows, paid = np.array([1, 2]), np.array([2.0, 1.0])
        >>> adjusted_for_dividends(closes, rows, paid, np.array([0, 3]))
        array([96.04, 49.  , 50.  ])
    """
    rows, inverse = np.unique(rows, return_inverse=True)
    dividends = np.bincount(inverse, dividends, rows.size).astype(np.float64)
    later = ~np.isin(rows, starts[:-1])
    rows, dividends = rows[later], dividends[later]
    with np.errstate(over="ignore"):  # beyond all bounds is not below the close
        shares = dividends / closes[rows - 1]
    factors = np.where(shares < 1, 1 - shares, 1.0)
    lines = np.searchsorted(starts, rows, side="right")
    # Multiplied from the last dividend of each line back, all lines side by side.
    from_end = np.searchsorted(lines, lines, side="right") - 1 - np.arange(rows.size)
    for rank in range(1, int(from_end.max(initial=0)) + 1):
        at = np.flatnonzero(from_end == rank)
        factors[at] *= factors[at + 1]
    begins = np.sort(np.concatenate([starts[:-1], rows]))
    following = np.searchsorted(rows, begins, side="right")
    theirs = following < rows.size
    theirs[theirs] = lines[following[theirs]] == np.searchsorted(
        starts, begins[theirs], side="right"
    )
    multiples = np.ones(begins.size)
    multiples[theirs] = factors[following[theirs]]
    lengths = np.diff(np.append(begins, starts[-1]))
    return closes * np.repeat(multiples, lengths)
