"""A cross-section: the raw factor values of all lines on one date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from triad_screener.model.vocabulary import Group


@dataclass(frozen=True, slots=True)
class FactorColumn:
    """What scoring needs to know of a factor: its id, group and direction."""

    id: str
    group: Group
    sign: Literal[1, -1]


@dataclass(frozen=True, slots=True)
class CrossSection:
    """Raw values before scoring; NaN is missing, ``n`` lines, ``f`` factors.

    Attributes:
        tickers: Length ``n``, without repetition.
        issuers: Length ``n``; lines of one issuer share it.
        exposures: Shares of revenue per pillar, shape ``(n, 3)``, in [0, 1].
        factors: Length ``f``.
        raw: Raw values, shape ``(n, f)``, each in the unit of its factor.
        market_cap_usd: Shape ``(n,)``, US dollars.
        average_daily_value_usd: Shape ``(n,)``, US dollars.
        statement_age_days: Shape ``(n,)``, days since the newest period end.
        half_yearly: Shape ``(n,)``; whether the longer freshness bounds apply.
        priced: Shape ``(n,)``; whether there is a close of the last ten days. A line
            without one is not ranked: nobody can buy it.
    """

    tickers: tuple[str, ...]
    issuers: tuple[str, ...]
    exposures: NDArray[np.float64]
    factors: tuple[FactorColumn, ...]
    raw: NDArray[np.float64]
    market_cap_usd: NDArray[np.float64]
    average_daily_value_usd: NDArray[np.float64]
    statement_age_days: NDArray[np.float64]
    half_yearly: NDArray[np.bool_]
    priced: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp]) -> CrossSection:
        """Return the cross-section of ``rows`` only, in their order."""
        positions = rows.tolist()
        return CrossSection(
            tuple([self.tickers[row] for row in positions]),
            tuple([self.issuers[row] for row in positions]),
            self.exposures[rows],
            self.factors,
            self.raw[rows],
            self.market_cap_usd[rows],
            self.average_daily_value_usd[rows],
            self.statement_age_days[rows],
            self.half_yearly[rows],
            self.priced[rows],
        )
