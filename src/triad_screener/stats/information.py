"""Does a score tell what comes after it? Information coefficients and their error.

A section is one day: the scores that lines had then, and what became of the lines.
Scores and returns have shape ``(sections, lines)``, NaN where missing; a coefficient
is that of one section, shape ``(sections,)``, NaN where there are too few lines.

scipy, statsmodels and arch do the statistics. They are loaded when a function is
called, and come with the extra ``research``.
"""

from __future__ import annotations

from math import ceil, floor, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.stats import NO_DISPERSION
from triad_screener.stats.draws import seeded

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Importing late: a screen needs none of these libraries.
# ruff: noqa: PLC0415

#: Sections below which there is no error of a mean.
FEWEST_SECTIONS: Final = 3
#: Least length of a block, in sections.
SHORTEST_BLOCK: Final = 4
_SHARE: Final = 0.90


def coefficients(
    scores: NDArray[np.float64], returns: NDArray[np.float64], fewest: int
) -> NDArray[np.float64]:
    """Return Spearman's rank correlation of scores and returns, section by section.

    Over the lines that have both; ties share their mean rank. NaN where fewer than
    ``fewest`` lines have both, or where either does not vary.

    Examples:
        >>> returns = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])
        >>> coefficients(np.array([[1.0, 2.0, 3.0]] * 2), returns, fewest=3)
        array([ 1., -1.])
    """
    from scipy.stats import rankdata

    known = np.isfinite(scores) & np.isfinite(returns)
    ranks = [
        rankdata(np.where(known, one, np.nan), axis=1, nan_policy="omit")
        for one in (scores, returns)
    ]
    count = known.sum(axis=1)
    # The mean of ranks 1 to n is known, whatever the ties.
    own, other = (np.where(known, one - (count[:, None] + 1) / 2, 0.0) for one in ranks)
    product = (own * other).sum(axis=1)
    scale = np.sqrt((own**2).sum(axis=1) * (other**2).sum(axis=1))
    found = np.full(len(scores), np.nan)
    good = (count >= fewest) & (scale > NO_DISPERSION)
    found[good] = (product[good] / scale[good]).clip(-1, 1)
    return found


def default_lags(count: int) -> int:
    """Return the lags of Newey and West for ``count`` sections.

    ``floor(4 (T / 100)^(2/9))``.

    Examples:
        >>> default_lags(100), default_lags(24)
        (4, 2)
    """
    lags: float = 4 * (count / 100) ** (2 / 9)
    return floor(lags)


def newey_west(
    values: NDArray[np.float64], lags: int
) -> tuple[float | None, float | None]:
    """Return t and two-sided p of a mean, for values that depend on their neighbours.

    Bartlett weights, no correction for small samples, Student's t with one degree of
    freedom less than values (Newey and West 1987). None for fewer than three values,
    or fewer than two windows of ``lags + 1``, or for values that do not vary.

    The fewer the windows, the more t is too large. Where there is nothing to be found
    and returns reach over six sections, p is below 0.05 for a quarter of all panels of
    24 sections, and for a seventh of those of 75.

    Args:
        values: Finite, in the order of time, shape ``(n,)``.
        lags: Neighbours that may depend on one another, at least 0.
    """
    fewest = max(FEWEST_SECTIONS, 2 * (lags + 1))
    if values.size < fewest or float(np.ptp(values)) < NO_DISPERSION:
        return None, None
    from statsmodels.regression.linear_model import OLS

    fit = OLS(values, np.ones(values.size)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags}, use_t=True
    )
    return float(fit.tvalues[0]), float(fit.pvalues[0])


def interval(
    values: NDArray[np.float64], block: int, *, draws: int, seed: int
) -> tuple[float | None, float | None]:
    """Return the 90% interval of a mean, by blocks drawn from a circle.

    Percentiles of ``draws`` means (Politis and Romano 1992). None for fewer values
    than two blocks.

    The fewer the blocks, the more it is too narrow. In blocks of four it holds the
    true mean of independent values 88 times in 100 for 75 of them, 83 for 24. Where
    returns reach over six sections, in blocks of six, 76 and 66 times.

    Args:
        values: Finite, in the order of time, shape ``(n,)``.
        block: Length of a block, at least 1.
        draws: How many means are drawn, at least 1.
        seed: Of the draws: the same seed, the same interval.
    """
    if values.size < 2 * block:
        return None, None
    from arch.bootstrap import CircularBlockBootstrap

    drawn = CircularBlockBootstrap(block, values, seed=seeded(seed))
    low, high = drawn.conf_int(
        np.mean, reps=draws, method="percentile", size=_SHARE
    ).ravel()
    return float(low), float(high)


def block_length(periods: int) -> int:
    """Return the length of a block for returns that reach over ``periods`` sections.

    Examples:
        >>> block_length(1), block_length(6)
        (4, 6)
    """
    return max(SHORTEST_BLOCK, periods)


def shuffled(
    scores: NDArray[np.float64],
    returns: NDArray[np.float64],
    fewest: int,
    *,
    draws: int,
    seed: int,
) -> tuple[float, NDArray[np.float64]]:
    """Return a mean coefficient, and that of ``draws`` random relabellings of lines.

    A relabelling is the same in every section, so that a line's scores still depend on
    one another over time, as do its returns: only their bond is cut. Ranks are those
    within all lines of a section that have a score, or a return; they are correlated
    over the lines that have both, which is Spearman's coefficient where none is
    missing. The means have shape ``(draws,)``; NaN where no section has a coefficient.
    """
    from scipy.stats import rankdata

    own, other = (
        rankdata(one, axis=1, nan_policy="omit") if one.size else one
        for one in (scores, returns)
    )
    dice = seeded(seed)
    drawn = [
        _mean_correlation(own[:, dice.permutation(own.shape[1])], other, fewest)
        for _ in range(draws)
    ]
    return _mean_correlation(own, other, fewest), np.array(drawn)


def _mean_correlation(
    own: NDArray[np.float64], other: NDArray[np.float64], fewest: int
) -> float:
    """Return the mean over sections of the correlation of ranks; NaN without any."""
    known = np.isfinite(own) & np.isfinite(other)
    count = known.sum(axis=1)
    own, other = (
        np.where(known, one - _means(one, known, count), 0.0) for one in (own, other)
    )
    scale = np.sqrt((own**2).sum(axis=1) * (other**2).sum(axis=1))
    good = (count >= fewest) & (scale > NO_DISPERSION)
    if not good.any():
        return float("nan")
    return float(((own * other).sum(axis=1)[good] / scale[good]).mean())


def _means(
    ranks: NDArray[np.float64], known: NDArray[np.bool_], count: NDArray[np.intp]
) -> NDArray[np.float64]:
    total = np.where(known, ranks, 0.0).sum(axis=1)
    means: NDArray[np.float64] = (total / np.maximum(count, 1))[:, None]
    return means


def share_beyond(drawn: NDArray[np.float64], found: float) -> float | None:
    """Return the share of drawn means as far from zero as ``found``, itself counted.

    ``(1 + number with |drawn| >= |found|) / (1 + number)``, the two-sided p of a
    permutation test. None where nothing was drawn or found; NaN is not a mean.

    Examples:
        >>> share_beyond(np.array([0.1, -0.3, 0.0]), 0.2)
        0.5
    """
    known = drawn[np.isfinite(drawn)]
    if not known.size or not np.isfinite(found):
        return None
    as_far = int((np.abs(known) >= abs(found) - NO_DISPERSION).sum())
    return (1 + as_far) / (1 + known.size)


def months_needed(coefficient: float, lines: float, *, t: float = 2.0) -> int | None:
    """Return how many months until a true coefficient has that ``t``.

    ``ceil((t / (IC sqrt(n - 1)))^2)``: one coefficient of n lines has standard error
    ``1 / sqrt(n - 1)``, and months do not depend on one another. None for a
    coefficient of zero, for fewer than two lines, or where either is NaN.

    Examples:
        >>> months_needed(0.05, 40)
        42
    """
    if not (lines >= 2 and abs(coefficient) >= NO_DISPERSION):  # noqa: PLR2004 - a pair
        return None
    return ceil((t / (abs(coefficient) * sqrt(lines - 1))) ** 2)


def spread(
    scores: NDArray[np.float64], returns: NDArray[np.float64], parts: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean return of the best and of the worst part, section by section.

    Each part has ``floor(n / parts)`` of the n lines that have both. Lines with the
    same score share their mean return, so that the order of lines decides nothing.
    NaN for sections with fewer lines than parts.

    Examples:
        >>> scores = np.array([[3.0, 2.0, 1.0, np.nan]])
        >>> spread(scores, np.array([[0.3, 0.2, 0.1, 0.9]]), parts=3)
        (array([0.3]), array([0.1]))
    """
    best, worst = np.full((2, len(scores)), np.nan)
    known = np.isfinite(scores) & np.isfinite(returns)
    for at, mask in enumerate(known):
        size = int(mask.sum()) // parts
        if size:
            ordered = _from_best(scores[at, mask], returns[at, mask])
            best[at], worst[at] = ordered[:size].mean(), ordered[-size:].mean()
    return best, worst


def _from_best(
    scores: NDArray[np.float64], returns: NDArray[np.float64]
) -> NDArray[np.float64]:
    _, group, count = np.unique(-scores, return_inverse=True, return_counts=True)
    return np.repeat(np.bincount(group, weights=returns) / count, count)


def autocorrelation(scores: NDArray[np.float64], lag: int, fewest: int) -> float | None:
    """Return the mean rank correlation of scores with those ``lag`` sections later.

    ``lag`` is at least 1. None where no two sections have ``fewest`` lines in common.
    """
    found = coefficients(scores[:-lag], scores[lag:], fewest)
    return float(np.nanmean(found)) if np.isfinite(found).any() else None
