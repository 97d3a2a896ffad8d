"""Momentum: has the price been rising, leaving out the most recent month?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor
from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Figure, Quantity
from triad_screener.stats import NO_DISPERSION, returns

if TYPE_CHECKING:
    from triad_screener.fundamentals.line import Line

_RECENT = 22
_YEAR, _HALF_YEAR = 253, 127
_FEWEST_WEEKS_YEAR, _FEWEST_WEEKS_HALF_YEAR = 52, 26


def risk_adjusted(line: Line, start: int, fewest_weeks: int) -> Quantity:
    """Return the excess return up to a month ago over its weekly volatility.

    ``(P[-22] / P[-start] - 1 - rf * (start - 22) / 252) / sigma_w``; dimensionless.
    The last month is left out because it tends to reverse.

    Raises:
        Missing: If the history is too short or does not vary.
    """
    period = line.adjusted_close(_RECENT) / line.adjusted_close(start)
    carry = line.risk_free_rate * (start - _RECENT) / returns.SESSIONS_PER_YEAR
    sigma = _weekly_volatility(line, fewest_weeks)
    return (period - Quantity(1 + carry)) / sigma


def _weekly_volatility(line: Line, fewest: int) -> Quantity:
    sigma = returns.weekly_volatility(line.adjusted, fewest)
    if sigma is None:
        days = len(line.adjusted)
        detail = f"{days} closes are known, and {fewest} weekly returns are needed"
        raise Missing(detail)
    if sigma < NO_DISPERSION:
        raise Missing("the price has not moved", "rejected: no price movement")
    last = line.sessions[-1].item()
    name, source = "weekly volatility", line.data.price_source
    figure = Figure(name, sigma, "fraction a year", last, last, source)
    return Quantity(sigma, (figure,))


def twelve_minus_one(line: Line) -> Quantity:
    """Return risk-adjusted momentum over twelve months less the last."""
    return risk_adjusted(line, _YEAR, _FEWEST_WEEKS_YEAR)


def six_minus_one(line: Line) -> Quantity:
    """Return risk-adjusted momentum over six months less the last."""
    return risk_adjusted(line, _HALF_YEAR, _FEWEST_WEEKS_HALF_YEAR)


MOM_12_1 = Factor(
    id="mom_12_1",
    group="momentum",
    sign=1,
    label="Momentum, 12 less 1 month",
    unit="excess return per unit of volatility",
    formula="(P[-22]/P[-253] - 1 - rf*231/252) / sigma_w",
    reference="MSCI Momentum Indexes Methodology; Jegadeesh and Titman (1993)",
    measure=twelve_minus_one,
)

MOM_6_1 = Factor(
    id="mom_6_1",
    group="momentum",
    sign=1,
    label="Momentum, 6 less 1 month",
    unit="excess return per unit of volatility",
    formula="(P[-22]/P[-127] - 1 - rf*105/252) / sigma_w",
    reference="MSCI Momentum Indexes Methodology; Jegadeesh and Titman (1993)",
    measure=six_minus_one,
)
