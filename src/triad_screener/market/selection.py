"""What was known of every stock on every day, and what was it worth?

Market values are in US dollars, converted once, at the dated rate of the day;
statement figures stay in the statement currency until a factor converts them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.market import flows
from triad_screener.market.column import Column, Trace
from triad_screener.market.dated import newest_by
from triad_screener.market.forward import Forward
from triad_screener.market.observations import Observations
from triad_screener.market.prices import Closes
from triad_screener.market.rates import ExchangeRates
from triad_screener.market.shares import SHARES_UNRESOLVED, Shares
from triad_screener.market.statements import Statements
from triad_screener.model import days
from triad_screener.model.days import UNKNOWN
from triad_screener.model.quantity import Figure
from triad_screener.model.vocabulary import PILLARS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.tables import Tables
    from triad_screener.model.taxonomy import Constituent, ExposureEntry
    from triad_screener.model.vocabulary import Pillar

EXPOSURE_LATER = "exposure dated later"


class Selection:
    """Every constituent as it was known on every one of some days.

    Args:
        constituents: Identity and exposures of ``n`` stocks.
        tables: What the source has of them, in the same order, later figures included.
        on: Days as of which something is known, ``t`` of them; there are ``m = t * n``
            observations.
        risk_free_rate: Fraction a year.
        pillar_budgets: Weights of the pillars in the thesis exposure.
    """

    def __init__(
        self,
        constituents: Sequence[Constituent],
        tables: Tables,
        on: Sequence[date],
        *,
        risk_free_rate: float,
        pillar_budgets: Mapping[Pillar, float],
    ) -> None:
        self.tables = tables
        self.observations = Observations(constituents, on)
        self.risk_free_rate = risk_free_rate
        budgets = [pillar_budgets.get(pillar, 0.0) for pillar in PILLARS]
        self.pillar_budgets = np.array(budgets, np.float64)
        self.closes = Closes(tables.prices, self.observations, tables.splits)
        self.statements = Statements(tables.cells, self.observations)
        self.forward = Forward(tables.expected, self.observations)
        self.share_counts = Shares(
            tables, self.observations, self.closes, self.statements
        )
        self._rates = ExchangeRates(tables.fx, self.observations)

    @property
    def count(self) -> int:
        """Number of observations, ``m``."""
        return self.observations.count

    @cached_property
    def price_fx(self) -> Column:
        """US dollars per unit of the price currency."""
        return self._rates.per_unit(self.observations.price_currencies)

    @cached_property
    def statement_fx(self) -> Column:
        """US dollars per unit of the statement currency."""
        return self._rates.per_unit(self.observations.statement_currencies)

    @property
    def shares(self) -> Column:
        """Ordinary shares of all classes, as known on the day."""
        return self.share_counts.used

    @cached_property
    def market_capitalisation(self) -> Column:
        """Close x ordinary shares / ordinary per receipt, in US dollars."""
        worth = self.closes.last * self.price_fx * self._quoted
        return worth.given(self._quoted, self.price_fx)

    @cached_property
    def _quoted(self) -> Column:
        """Shares as they are quoted: receipts, where those are."""
        return self.shares.over(self.observations.ordinary_per_receipt)

    @cached_property
    def resolved_shares(self) -> Column:
        """A one where nothing denies the share count that is used.

        Where it is denied, by a gap over 25%, no value factor counts.
        """
        return Column.of(np.ones(self.count)).refused(
            self.share_counts.conflicts,
            f"rejected: {SHARES_UNRESOLVED}",
            self.share_counts.conflict,
        )

    @cached_property
    def enterprise_value(self) -> Column:
        """Market capitalisation + debt - cash + minority + preferred, in US dollars.

        Minority interest and preferred stock are the newest annual figures; not
        reported counts as none, here only.
        """
        debt, cash = flows.balances(
            self.statements, "TotalDebt", "CashCashEquivalentsAndShortTermInvestments"
        )
        claims = debt - cash
        for item in ("MinorityInterest", "PreferredStock"):
            claims += self.statements.newest_of(item, "annual").or_zero()
        found = self.market_capitalisation + claims * self.statement_fx
        return found.given(self.resolved_shares, debt, cash)

    @cached_property
    def exposures(self) -> tuple[Mapping[Pillar, ExposureEntry], ...]:
        """Shares of revenue in each pillar known on the day of each observation."""
        return tuple(
            constituent.exposures_on(day)
            for day in self.observations.dates
            for constituent in self.observations.constituents
        )

    @cached_property
    def exposure_shares(self) -> NDArray[np.float64]:
        """Share of revenue in each pillar; zero where none is entered; ``(m, 3)``."""
        return np.array(
            [
                [entries[p].share if p in entries else 0.0 for p in PILLARS]
                for entries in self.exposures
            ],
            np.float64,
        ).reshape(self.count, len(PILLARS))

    def of_exposures(self, values: NDArray[np.float64]) -> Column:
        """Return numbers made of the exposures, flagged where one is dated later."""
        every = self.exposures
        later = [
            any(entry.date > self.observations.date(at) for entry in entries.values())
            for at, entries in enumerate(every)
        ]
        traces = [
            Trace(
                np.array([pillar in entries for entries in every], bool),
                _exposure(every, pillar),
            )
            for pillar in PILLARS
        ]
        found = Column.of(values, *traces)
        return found.flagged(EXPOSURE_LATER, np.array(later, bool))

    @cached_property
    def average_daily_value(self) -> NDArray[np.float64]:
        """Median of close x volume over 63 sessions, in US dollars; NaN if unknown.

        Without volumes, or a rate, the figure of the source serves; without any price
        nothing was traded, whatever the source says.
        """
        ours = self.closes.traded_value * self.price_fx.raw
        theirs = self.tables.traded[self.observations.place]
        unknown = np.isnan(self.closes.traded_value) | ~self.price_fx.known
        return np.where(self.closes.count == 0, np.nan, np.where(unknown, theirs, ours))

    @cached_property
    def statement_age_days(self) -> NDArray[np.float64]:
        """Days from the newest statement's period end; NaN without one."""
        newest = self.statements.newest_period
        age = self.observations.day - newest.astype(np.float64)
        return np.where(newest == UNKNOWN, np.nan, age)

    def reports_on(self, observation: int) -> date | None:
        """Return the day on which results are expected, from that day on."""
        row = self._coming[observation]
        if row < 0:
            return None
        coming = int(self.tables.reports.values[row])
        is_over = coming < self.observations.day_number(observation)
        return None if is_over else days.day(coming)

    @cached_property
    def _coming(self) -> NDArray[np.intp]:
        table = self.tables.reports
        return newest_by(table, self.observations)

    @cached_property
    def reports_in_price_currency(self) -> NDArray[np.bool_]:
        """Where statements and prices are in one currency."""
        of = self.observations
        pairs = zip(of.price_currencies, of.statement_currencies, strict=True)
        same = np.array([price == statement for price, statement in pairs], bool)
        return same[of.place]


def _exposure(
    every: tuple[Mapping[Pillar, ExposureEntry], ...], pillar: Pillar
) -> Callable[[int], Figure]:
    def figure(at: int) -> Figure:
        entry = every[at][pillar]
        name = f"exposure to {pillar}"
        return Figure(
            name, entry.share, "fraction", entry.date, entry.date, entry.source
        )

    return figure
