"""Momentum: has the price been rising, leaving out the most recent month?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.factors._factor import Factor
from triad_screener.stats import NO_DISPERSION, returns

if TYPE_CHECKING:
    from triad_screener.market.column import Column
    from triad_screener.market.prices import Closes
    from triad_screener.market.selection import Selection

_RECENT = 22
_YEAR, _HALF_YEAR = 253, 127
_FEWEST_WEEKS_YEAR, _FEWEST_WEEKS_HALF_YEAR = 52, 26


def risk_adjusted(known: Selection, start: int, fewest_weeks: int) -> Column:
    """Return the excess return up to a month ago over its weekly volatility.

    ``(P[-22] / P[-start] - 1 - rf * (start - 22) / 252) / sigma_w``; dimensionless.
    The last month is left out because it tends to reverse. Missing if the history is
    too short or does not vary.
    """
    closes = known.closes
    period = closes.back(_RECENT) / closes.back(start)
    carry = known.risk_free_rate * (start - _RECENT) / returns.SESSIONS_PER_YEAR
    return period.plus(-(1 + carry)) / _weekly_volatility(closes, fewest_weeks)


def _weekly_volatility(closes: Closes, fewest: int) -> Column:
    window = returns.LONGEST_WEEKS * returns.SESSIONS_PER_WEEK + 1
    sigma = closes.over(window, lambda p: returns.weekly_volatility(p, fewest))
    found = closes.summary(
        sigma, "weekly volatility", "fraction a year", lambda at: (sigma[at], "")
    )
    found = found.refused(
        np.isnan(sigma),
        "absent",
        lambda at: (
            f"{closes.count[at]} closes are known, and {fewest} weekly returns are "
            "needed"
        ),
    )
    return found.refused(
        sigma < NO_DISPERSION,
        "rejected: no price movement",
        lambda _: "the price has not moved",
    )


def twelve_minus_one(known: Selection) -> Column:
    """Return risk-adjusted momentum over twelve months less the last."""
    return risk_adjusted(known, _YEAR, _FEWEST_WEEKS_YEAR)


def six_minus_one(known: Selection) -> Column:
    """Return risk-adjusted momentum over six months less the last."""
    return risk_adjusted(known, _HALF_YEAR, _FEWEST_WEEKS_HALF_YEAR)


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
