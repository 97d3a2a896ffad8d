"""Quality: how profitable, how clean and how lightly indebted is the business?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor, above_zero
from triad_screener.market import flows

if TYPE_CHECKING:
    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection

_CASH = "CashCashEquivalentsAndShortTermInvestments"


def gross_profitability(known: Selection) -> Column:
    """Return gross profit over the trailing twelve months on total assets.

    ``TTM(GrossProfit) / TotalAssets q0``; a fraction. Missing if one is, or if assets
    are not above zero.
    """
    (profit,) = flows.trailing(known.statements, "GrossProfit")
    (assets,) = flows.balances(known.statements, "TotalAssets")
    return profit / above_zero(assets, "total assets")


def return_on_invested_capital(known: Selection) -> Column:
    """Return operating income on the capital invested, before tax.

    ``TTM(EBIT) / (TotalDebt + StockholdersEquity)``; a fraction. Missing if one is, or
    if the capital is not above zero.
    """
    debt, equity = flows.balances(known.statements, "TotalDebt", "StockholdersEquity")
    capital = above_zero(debt + equity, "invested capital")
    return (flows.trailing_ebit(known.statements) / capital).given(capital)


def accruals(known: Selection) -> Column:
    """Return the part of net income that was not received in cash, on assets.

    ``(TTM(NetIncome) - TTM(OperatingCashFlow)) / mean(TotalAssets)``, the mean of now
    and a year earlier, or of now alone where that is all there is; a fraction. Missing
    if one is, or if assets are not above zero.
    """
    income, cash = flows.trailing(known.statements, "NetIncome", "OperatingCashFlow")
    (assets,) = flows.balances(known.statements, "TotalAssets")
    earlier = flows.a_year_earlier(known.statements, "TotalAssets")
    base = flows.mean(assets, earlier).or_else(assets)
    return (income - cash) / above_zero(base, "total assets")


def net_debt(known: Selection) -> Column:
    """Return debt less cash and short-term investments, on total assets.

    ``(TotalDebt - cash) / TotalAssets``; a fraction, below zero for net cash. Missing
    if one is not known on a common date, or if assets are not above zero.
    """
    debt, cash, assets = flows.balances(
        known.statements, "TotalDebt", _CASH, "TotalAssets"
    )
    return (debt - cash) / above_zero(assets, "total assets")


GP_AT = Factor(
    id="gp_at",
    group="quality",
    sign=1,
    label="Gross profit on assets",
    unit="fraction of assets",
    formula="TTM(GrossProfit) / TotalAssets q0",
    reference="Novy-Marx (2013)",
    measure=gross_profitability,
)

EBIT_IC = Factor(
    id="ebit_ic",
    group="quality",
    sign=1,
    label="Operating income on invested capital",
    unit="fraction of invested capital",
    formula="TTM(EBIT) / (TotalDebt + StockholdersEquity)",
    reference="Greenblatt, EBIT/IC; EBIT is operating income",
    measure=return_on_invested_capital,
)

ACCRUALS_AT = Factor(
    id="accruals_at",
    group="quality",
    sign=-1,
    label="Accruals on assets",
    unit="fraction of assets",
    formula="(TTM(NetIncome) - TTM(OperatingCashFlow)) / mean(TotalAssets)",
    reference="Sloan (1996)",
    measure=accruals,
)

NETDEBT_AT = Factor(
    id="netdebt_at",
    group="quality",
    sign=-1,
    label="Net debt on assets",
    unit="fraction of assets",
    formula="(TotalDebt - cash and short-term investments) / TotalAssets",
    reference="Asness, Frazzini and Pedersen (2019), safety component",
    measure=net_debt,
)
