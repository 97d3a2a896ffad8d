"""Thesis: how much of the business is compute, data or algorithms?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor

if TYPE_CHECKING:
    from triad_screener.fundamentals.line import Line
    from triad_screener.model.quantity import Quantity


def thesis_exposure(line: Line) -> Quantity:
    """Return the exposure to the thesis: pillar budgets times shares of revenue.

    ``T = sum over pillars of budget * exposure``; a fraction. Never missing: no
    exposure entered is an exposure of zero.
    """
    return line.thesis_exposure


THESIS = Factor(
    id="thesis",
    group="thesis",
    sign=1,
    label="Thesis exposure",
    unit="fraction of revenue, weighted by budgets",
    formula="sum over pillars of budget * exposure",
    reference="MSCI thematic relevance score: exposure as a share of revenue",
    measure=thesis_exposure,
)
