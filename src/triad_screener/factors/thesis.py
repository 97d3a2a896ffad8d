"""Thesis: how much of the business is compute, data or algorithms?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection


def thesis_exposure(known: Selection) -> Column:
    """Return the exposure to the thesis: pillar budgets times shares of revenue.

    ``T = sum over pillars of budget * exposure``; a fraction. Never missing: no
    exposure entered is an exposure of zero.
    """
    total = weighted_by_budget(known.exposure_shares, known.pillar_budgets)
    return known.of_exposures(total)


def weighted_by_budget(
    shares: NDArray[np.float64], budgets: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sum over pillars of budget times exposure, of many lines at once.

    Args:
        shares: Of revenue by pillar, shape ``(n, 3)``, fractions.
        budgets: By pillar, shape ``(3,)``, fractions.

    Returns:
        Fractions, shape ``(n,)``.

    Examples:
        >>> import numpy as np
        >>> weighted_by_budget(np.array([[0.6, 0.0, 0.2]]), np.array([0.5, 0.2, 0.3]))
        array([0.36])
    """
    found: NDArray[np.float64] = (shares * budgets).sum(axis=1)
    return found


THESIS = Factor(
    id="thesis",
    group="thesis",
    sign=1,
    label="Thesis exposure",
    unit="fraction of revenue, weighted by budgets",
    formula="sum over pillars of budget * exposure",
    reference="MSCI thematic relevance score: exposure as a share of revenue",
    measure=thesis_exposure,
    of_exposures=weighted_by_budget,
)
