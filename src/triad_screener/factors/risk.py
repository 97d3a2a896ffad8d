"""Risk: how far does the price wander, and how deep has it fallen?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors._factor import Factor
from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Figure, Quantity
from triad_screener.stats import returns

if TYPE_CHECKING:
    from triad_screener.fundamentals.line import Line


def volatility(line: Line) -> Quantity:
    """Return the annualised deviation of a year of daily log returns.

    A fraction a year, in the price currency; needs 127 closes.

    Raises:
        Missing: If the history is shorter.
    """
    return _of_prices(line, returns.annualised_volatility(line.adjusted))


def drawdown(line: Line) -> Quantity:
    """Return the deepest fall from a running peak within a year.

    A fraction from 0 to 1, in the price currency; needs 127 closes.

    Raises:
        Missing: If the history is shorter.
    """
    return _of_prices(line, returns.max_drawdown(line.adjusted))


def _of_prices(line: Line, value: float | None) -> Quantity:
    closes = len(line.adjusted)
    if value is None:
        needed = returns.SHORTEST_RISK_HISTORY
        raise Missing(f"{closes} closes are known, and {needed} are needed")
    used = min(closes, returns.SESSIONS_PER_YEAR + 1)
    first, last = line.sessions[-used].item(), line.sessions[-1].item()
    figure = Figure(
        "adjusted closes",
        float(used),
        "sessions",
        last,
        last,
        line.data.price_source,
        f"from {first}",
    )
    return Quantity(value, (figure,))


VOL_252 = Factor(
    id="vol_252",
    group="risk",
    sign=-1,
    label="Volatility, 1 year",
    unit="fraction a year",
    formula="sd(daily log returns, 252) * sqrt(252)",
    reference="Field standard",
    measure=volatility,
)

MAXDD_252 = Factor(
    id="maxdd_252",
    group="risk",
    sign=-1,
    label="Deepest drawdown, 1 year",
    unit="fraction",
    formula="max over 253 closes of 1 - P/running max",
    reference="Field standard",
    measure=drawdown,
)
