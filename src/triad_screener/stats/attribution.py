"""How much does each of several causes add? Shapley's value, for many games at once."""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shapley(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each player adds to a coalition, averaged over all orders.

    ``sum(|S|! (k - |S| - 1)! / k! * (v(S + i) - v(S)))`` over every ``S`` without
    ``i``. The parts of a game sum to ``v(all) - v(none)``; a player who never changes
    anything has none, and the others have what they would have without it.

    Shapley, A Value for n-Person Games, 1953.

    Args:
        worth: Of every coalition, shape ``(2 ** k, ...)``: player ``i`` is in the
            coalition at ``c`` if bit ``i`` of ``c`` is set.

    Returns:
        The part of each player, shape ``(k, ...)``, in the unit of the worth. NaN
        where the worth of any coalition is.

    Examples:
        Alone they earn 1 and 2, together 5: the 2 that they gain are shared.

        >>> shapley(np.array([0.0, 1.0, 2.0, 5.0])).tolist()
        [2.0, 3.0]
    """
    shares = _shares(len(worth).bit_length() - 1)
    found: NDArray[np.float64] = np.einsum("pc,c...->p...", shares, worth)
    return found


def _shares(players: int) -> NDArray[np.float64]:
    """Return the weight of each coalition's worth in each part, ``(k, 2 ** k)``."""
    found = np.zeros((players, 2**players))
    for coalition in range(2**players):
        size = coalition.bit_count()
        for player in range(players):
            inside = coalition >> player & 1
            others = size - inside
            share = factorial(others) * factorial(players - others - 1)
            sign = 1 if inside else -1
            found[player, coalition] = sign * share / factorial(players)
    return found
