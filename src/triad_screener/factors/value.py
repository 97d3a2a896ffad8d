"""Value: how much profit and cash does a dollar of price buy?

Yields, never price multiples: a loss is a low value, not a missing one. Statement
figures are converted to US dollars once, at the rate of the as-of date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor, above_zero
from triad_screener.market import flows

if TYPE_CHECKING:
    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection

_OLDEST_FORWARD_DAYS = 60
#: Why one of two ways to a yield is not taken; the other one's reason is told.
_OTHER = ("absent", lambda _: "the other way serves")


def operating_yield(known: Selection) -> Column:
    """Return operating income over enterprise value, both in US dollars.

    ``TTM(EBIT) * fx / EV``; a fraction a year. Missing if one is, or if enterprise
    value is not above zero.
    """
    ebit = flows.trailing_ebit(known.statements) * known.statement_fx
    return ebit / above_zero(known.enterprise_value, "enterprise value")


def free_cash_flow_yield(known: Selection) -> Column:
    """Return free cash flow over market capitalisation, both in US dollars.

    ``(TTM(OperatingCashFlow) - |TTM(CapitalExpenditure)|) * fx / market cap``; a
    fraction a year. Capital expenditure is cash paid, without leases. Missing if one
    is, or if the share count is unresolved.
    """
    cash, spent = flows.trailing(
        known.statements, "OperatingCashFlow", "CapitalExpenditure"
    )
    free = (cash - abs(spent)) * known.statement_fx
    worth = above_zero(known.market_capitalisation, "market capitalisation")
    return (free / worth).given(known.resolved_shares)


def forward_earnings_yield(known: Selection) -> Column:
    """Return expected earnings over price, from a figure at most 60 days old.

    ``forward EPS / price`` where both are in one currency, else ``1 / forward PE``
    where that is above zero; a fraction a year. Missing if there is no such figure, or
    if the share count is unresolved.
    """
    forward = known.forward
    price = forward.price.or_else(known.closes.on(forward.days))
    earnings = forward.earnings.refused(~known.reports_in_price_currency, *_OTHER)
    earnings = earnings.told(
        lambda at: (
            f"the forward figure of {forward.day(at)} gives no yield in one currency"
        )
    )
    ratio = forward.ratio.refused(forward.ratio.values <= 0, *_OTHER)
    ratio = ratio.refused(earnings.known, *_OTHER)
    found = (earnings / price).otherwise(ratio.power(-1))
    return found.given(known.resolved_shares, forward.fresh(_OLDEST_FORWARD_DAYS))


EBIT_EV = Factor(
    id="ebit_ev",
    group="value",
    sign=1,
    label="Operating income on enterprise value",
    unit="fraction a year",
    formula="TTM(EBIT)*fx / (mcap + (debt - cash + minority + preferred)*fx)",
    reference="Greenblatt, EBIT/EV; EBIT is operating income",
    measure=operating_yield,
    per="enterprise value",
)

FCF_MCAP = Factor(
    id="fcf_mcap",
    group="value",
    sign=1,
    label="Free cash flow on market capitalisation",
    unit="fraction a year",
    formula="(TTM(OperatingCashFlow) - abs(TTM(CapitalExpenditure)))*fx / mcap",
    reference="Field standard",
    measure=free_cash_flow_yield,
    per="market capitalisation",
)

EY_FWD = Factor(
    id="ey_fwd",
    group="value",
    sign=1,
    label="Forward earnings yield",
    unit="fraction a year",
    formula="forward EPS/price in one currency, else 1/forward PE",
    reference="Field standard; low trust, vendors differ",
    measure=forward_earnings_yield,
    per="price",
)
