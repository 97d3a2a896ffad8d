"""The formulas of the thesis panel: growth, elasticity, relative price, verdict.

Scalars unless said otherwise; nothing is missing here.
"""

from __future__ import annotations

from math import fsum, inf, log
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

Verdict = Literal["confirming", "mixed", "weakening", "insufficient"]


def growth(now: float, then: float) -> float | None:
    """Return ``now / then - 1``, a fraction; None where ``then`` is not above zero.

    Examples:
        >>> growth(3.0, 2.0), growth(1.0, 0.0)
        (0.5, None)
    """
    return now / then - 1 if then > 0 else None


def elasticity(quantity: float, price: float) -> float | None:
    """Return ``ln(quantity ratio) / -ln(price ratio)``.

    Above one, what is spent grows although the price falls. None unless both ratios
    are above zero and the price has changed.

    Examples:
        Fifty times the tokens at a third of the price:

        >>> round(elasticity(50.0, 1 / 3), 2), elasticity(2.0, 1.0)
        (3.56, None)
    """
    if quantity <= 0 or price <= 0 or price == 1:
        return None
    return -log(quantity) / log(price)


def held(closes: NDArray[np.float64], sessions: int) -> float | None:
    """Return the last close over the one ``sessions`` before.

    None if there are too few, or if a float cannot hold their ratio.

    Args:
        closes: Adjusted, oldest first, above zero; shape ``(n,)``.
        sessions: At least 1.

    Examples:
        >>> import numpy as np
        >>> held(np.array([1.0, 2.0, 3.0]), 2), held(np.array([1.0]), 1)
        (3.0, None)
    """
    if closes.size <= sessions:
        return None
    ratio = float(closes[-1]) / float(closes[-1 - sessions])
    return ratio if 0 < ratio < inf else None


def log_relative(basket: Sequence[float], against: Sequence[float]) -> float:
    """Return ``ln(mean(basket) / mean(against))`` of price ratios, equal weights.

    Examples:
        >>> round(log_relative([1.2, 1.4], [1.0]), 4)
        0.2624
    """
    return log(mean(basket) / mean(against))


def mean(values: Sequence[float]) -> float:
    """Return the mean of at least one value."""
    return fsum(values) / len(values)


def position(vote: int, *, to_confirm: float, to_weaken: float) -> float:
    """Return where a value stands: 0 at the bound of -1, 1 at that of +1.

    Args:
        vote: -1, 0 or +1.
        to_confirm: Distance from fulfilling the bound of +1, in any unit that
            ``to_weaken`` has as well; zero or less where it is fulfilled.
        to_weaken: Likewise of -1.

    Examples:
        >>> position(0, to_confirm=0.5, to_weaken=1.5)
        0.75
        >>> position(1, to_confirm=-0.5, to_weaken=1.5)
        1.5
        >>> position(-1, to_confirm=1.25, to_weaken=-0.25)
        -0.25
    """
    if vote:
        return 1 - to_confirm if vote > 0 else to_weaken
    apart = to_confirm + to_weaken
    return to_weaken / apart if apart > 0 else 0.5


def verdict(
    votes: Sequence[int], *, fewest: int, confirming: float, weakening: float
) -> Verdict:
    """Return what the mean of ``votes`` means; those not known are left out.

    Args:
        votes: Of -1, 0 and +1.
        fewest: Fewer are insufficient.
        confirming: At least this mean.
        weakening: At most this mean.

    Examples:
        >>> verdict([1, 1, 0, 0], fewest=4, confirming=0.5, weakening=-0.25)
        'confirming'
    """
    if len(votes) < max(fewest, 1):
        return "insufficient"
    found = mean(votes)
    if found >= confirming:
        return "confirming"
    return "weakening" if found <= weakening else "mixed"
