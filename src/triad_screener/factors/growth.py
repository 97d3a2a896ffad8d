"""Growth: how fast do sales and gross profit rise?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.factors._factor import Factor, above_zero
from triad_screener.market import flows
from triad_screener.model import days

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from numpy.typing import NDArray

    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection

    Detail: TypeAlias = Callable[[int], str]

_SHORTEST_YEAR, _LONGEST_YEAR = 350, 380
_YEARS = 3


def revenue_year_on_year(known: Selection) -> Column:
    """Return the newest quarter's revenue over that of a year before, less one.

    ``TotalRevenue q0 / q4 - 1``; a fraction, in the statement currency. Missing if
    either is, if q4 is not above zero, or if the two quarters do not end 350 to 380
    days apart.
    """
    now = flows.flow(known.statements, "quarterly", "TotalRevenue", 0)
    then = flows.flow(known.statements, "quarterly", "TotalRevenue", 4)
    growth = (now / above_zero(then, "revenue a year earlier")).plus(-1)
    return growth.given((now - then).refused(*_not_a_year_apart(known)))


def _not_a_year_apart(known: Selection) -> tuple[NDArray[np.bool_], str, Detail]:
    newer, older = (
        known.statements.ends("quarterly", "TotalRevenue", back) for back in (0, 4)
    )
    apart = newer.astype(np.int64) - older

    def detail(at: int) -> str:
        first, last = days.day(older[at]), days.day(newer[at])
        return f"the quarters to {first} and {last} are {apart[at]} days apart"

    wrong = (apart < _SHORTEST_YEAR) | (apart > _LONGEST_YEAR)
    return wrong, "rejected: quarters not a year apart", detail


def revenue_cagr(known: Selection) -> Column:
    """Return the compound growth of revenue a year over three fiscal years.

    ``(TotalRevenue a0 / a3) ** (1/3) - 1``; a fraction a year. Missing if either is,
    if a3 is not above zero or a0 is below it.
    """
    now = flows.flow(known.statements, "annual", "TotalRevenue", 0)
    then = flows.flow(known.statements, "annual", "TotalRevenue", _YEARS)
    ratio = now / above_zero(then, "revenue three years earlier")
    ratio = ratio.refused(
        ratio.values < 0,
        "rejected: revenue below zero",
        lambda _: "revenue is below zero",
    )
    return ratio.power(1 / _YEARS).plus(-1)


def gross_profit_growth(known: Selection) -> Column:
    """Return the rise of gross profit over a fiscal year, on the assets before it.

    ``(GrossProfit a0 - a1) / TotalAssets a1``; a fraction. Works through losses.
    Missing if one of the three is, or if assets are not above zero.
    """
    now = flows.flow(known.statements, "annual", "GrossProfit", 0)
    then = flows.flow(known.statements, "annual", "GrossProfit", 1)
    assets = known.statements.at("annual", "TotalAssets", 1)
    return (now - then) / above_zero(assets, "total assets")


REV_YOY_Q = Factor(
    id="rev_yoy_q",
    group="growth",
    sign=1,
    label="Revenue, quarter on year",
    unit="fraction",
    formula="TotalRevenue q0/q4 - 1",
    reference="Field standard; quarters matched by their ends",
    measure=revenue_year_on_year,
)

REV_CAGR_3Y = Factor(
    id="rev_cagr_3y",
    group="growth",
    sign=1,
    label="Revenue, 3-year growth",
    unit="fraction a year",
    formula="(TotalRevenue a0/a3)^(1/3) - 1",
    reference="Field standard",
    measure=revenue_cagr,
)

DGP_AT = Factor(
    id="dgp_at",
    group="growth",
    sign=1,
    label="Gross profit growth on assets",
    unit="fraction of assets",
    formula="(GrossProfit a0 - a1) / TotalAssets a1",
    reference="Asness, Frazzini and Pedersen (2019), growth component",
    measure=gross_profit_growth,
)
