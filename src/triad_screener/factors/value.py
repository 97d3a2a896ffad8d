"""Value: how much profit and cash does a dollar of price buy?

Yields, never price multiples: a loss is a low value, not a missing one. Statement
figures are converted to US dollars once, at the rate of the as-of date.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor, above_zero
from triad_screener.fundamentals import flows
from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Figure, Quantity

if TYPE_CHECKING:
    from triad_screener.fundamentals.line import Line
    from triad_screener.model.market import ForwardFigure

_OLDEST_FORWARD_DAYS = 60


def operating_yield(line: Line) -> Quantity:
    """Return operating income over enterprise value, both in US dollars.

    ``TTM(EBIT) * fx / EV``; a fraction a year.

    Raises:
        Missing: If one is not known or enterprise value is not above zero.
    """
    ebit = flows.trailing_ebit(line.statements) * line.statement_fx
    return ebit / above_zero(line.enterprise_value, "enterprise value")


def free_cash_flow_yield(line: Line) -> Quantity:
    """Return free cash flow over market capitalisation, both in US dollars.

    ``(TTM(OperatingCashFlow) - |TTM(CapitalExpenditure)|) * fx / market cap``; a
    fraction a year. Capital expenditure is cash paid, without leases.

    Raises:
        Missing: If one is not known, or the share count is unresolved.
    """
    line.require_resolved_shares()
    cash, spent = flows.trailing(
        line.statements, "OperatingCashFlow", "CapitalExpenditure"
    )
    free = (cash - abs(spent)) * line.statement_fx
    return free / above_zero(line.market_capitalisation, "market capitalisation")


def forward_earnings_yield(line: Line) -> Quantity:
    """Return expected earnings over price, from a figure at most 60 days old.

    ``forward EPS / price`` where both are in one currency, else ``1 / forward PE``
    where that is above zero; a fraction a year.

    Raises:
        Missing: If there is no such figure, or the share count is unresolved.
    """
    line.require_resolved_shares()
    figure = _newest_forward(line)
    identity = line.identity
    if figure.earnings_per_share is not None and (
        identity.price_currency == identity.statement_currency
    ):
        return _expected(line, figure, figure.earnings_per_share) / _price(line, figure)
    if figure.price_earnings is not None and figure.price_earnings > 0:
        ratio = _forward(figure, "forward PE", figure.price_earnings, "times")
        return Quantity(1.0) / ratio
    detail = f"the forward figure of {figure.date} gives no yield in one currency"
    raise Missing(detail)


def _newest_forward(line: Line) -> ForwardFigure:
    oldest = line.as_of - timedelta(days=_OLDEST_FORWARD_DAYS)
    past = [figure for figure in line.data.forward if figure.date <= line.as_of]
    if not past:
        raise Missing("no forward figure is known")
    newest = max(past, key=lambda figure: figure.date)
    if newest.date < oldest:
        raise Missing(f"the newest forward figure is of {newest.date}", "stale")
    return newest


def _expected(line: Line, figure: ForwardFigure, value: float) -> Quantity:
    currency = line.identity.price_currency
    return _forward(figure, "forward EPS", value, currency)


def _price(line: Line, figure: ForwardFigure) -> Quantity:
    if figure.price is None:
        return line.close_on(figure.date)
    unit = line.identity.price_currency
    return _forward(figure, "price", figure.price, unit)


def _forward(figure: ForwardFigure, item: str, value: float, unit: str) -> Quantity:
    day = figure.date
    return Quantity(value, (Figure(item, value, unit, day, day, figure.source),))


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
