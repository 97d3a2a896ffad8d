"""Growth: how fast do sales and gross profit rise?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor, above_zero
from triad_screener.fundamentals import flows
from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Quantity

if TYPE_CHECKING:
    from triad_screener.fundamentals.line import Line

_SHORTEST_YEAR, _LONGEST_YEAR = 350, 380
_YEARS = 3


def revenue_year_on_year(line: Line) -> Quantity:
    """Return the newest quarter's revenue over that of a year before, less one.

    ``TotalRevenue q0 / q4 - 1``; a fraction, in the statement currency.

    Raises:
        Missing: If either is not known, q4 is not above zero, or the two quarters
            do not end 350 to 380 days apart.
    """
    now = flows.flow(line.statements, "quarterly", "TotalRevenue", 0)
    then = flows.flow(line.statements, "quarterly", "TotalRevenue", 4)
    newer, older = now.figures[0].date, then.figures[0].date
    apart = (newer - older).days if newer and older else 0
    if not _SHORTEST_YEAR <= apart <= _LONGEST_YEAR:
        detail = f"the quarters to {older} and {newer} are {apart} days apart"
        raise Missing(detail, "rejected: quarters not a year apart")
    return now / above_zero(then, "revenue a year earlier") - Quantity(1.0)


def revenue_cagr(line: Line) -> Quantity:
    """Return the compound growth of revenue a year over three fiscal years.

    ``(TotalRevenue a0 / a3) ** (1/3) - 1``; a fraction a year.

    Raises:
        Missing: If either is not known, a3 is not above zero or a0 is below it.
    """
    now = flows.flow(line.statements, "annual", "TotalRevenue", 0)
    then = flows.flow(line.statements, "annual", "TotalRevenue", _YEARS)
    ratio = now / above_zero(then, "revenue three years earlier")
    if ratio.value < 0:
        raise Missing("revenue is below zero", "rejected: revenue below zero")
    growth = ratio.value ** (1 / _YEARS) - 1
    return Quantity(growth, ratio.figures, ratio.flags)


def gross_profit_growth(line: Line) -> Quantity:
    """Return the rise of gross profit over a fiscal year, on the assets before it.

    ``(GrossProfit a0 - a1) / TotalAssets a1``; a fraction. Works through losses.

    Raises:
        Missing: If one of the three is not known or assets are not above zero.
    """
    now = flows.flow(line.statements, "annual", "GrossProfit", 0)
    then = flows.flow(line.statements, "annual", "GrossProfit", 1)
    assets = line.statements.at("annual", "TotalAssets", 1)
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
