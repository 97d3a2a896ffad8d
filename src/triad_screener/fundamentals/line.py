"""One line on the as-of date: what is it worth, and in which currency?

Market values are in US dollars, converted once, at the dated rate of the as-of date;
statement figures stay in the statement currency until a factor converts them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.fundamentals import flows
from triad_screener.fundamentals.share_counts import (
    AVERAGE,
    BY_VALUE,
    LARGEST_GAP,
    OF_BALANCE,
    OF_CLASS,
    OF_QUOTE,
    Count,
    Counts,
    settle,
)
from triad_screener.fundamentals.statements import Statements
from triad_screener.model.gap import Missing
from triad_screener.model.market import SHARES
from triad_screener.model.quantity import Figure, Quantity
from triad_screener.model.screen import ShareCounts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.fundamentals.share_counts import Settled
    from triad_screener.model.market import (
        DatedValue,
        LineData,
        PriceSeries,
        StatementCell,
    )
    from triad_screener.model.taxonomy import Constituent, ExposureEntry
    from triad_screener.model.vocabulary import Pillar

STALE_PRICE_DAYS: Final = 10
STALE_FX_DAYS: Final = 45
LARGEST_DAILY_MOVE: Final = 0.5
# A fall by half, or a rise to twice.
TRADED_VALUE_SESSIONS: Final = 63
RISK_SESSIONS: Final = 253

STALE_PRICE = "stale price"
STALE_FX = "stale exchange rate"
NO_CLOSE = "adjusted close for close"
SHARES_FROM_STATEMENT = "diluted average shares for share count"
SHARES_UNDATED = "share count undated"
SHARES_UNRESOLVED = "share count unresolved"
EXPOSURE_LATER = "exposure dated later"
PRICE_JUMP = "price jump"


class Line:
    """One constituent as it was known on ``as_of``.

    Args:
        constituent: Identity and exposures.
        data: What the source has, later figures included.
        fx: USD per unit by currency, oldest first.
        as_of: Last day whose knowledge may be used.
        statement_cells: Cells to read; those of a sister line of the same issuer
            where the line has none of its own.
        risk_free_rate: Fraction a year.
        pillar_budgets: Weights of the pillars in the thesis exposure.
    """

    def __init__(  # noqa: PLR0913 - each is a different kind of knowledge
        self,
        constituent: Constituent,
        data: LineData,
        *,
        fx: Mapping[str, tuple[DatedValue, ...]],
        as_of: date,
        risk_free_rate: float,
        pillar_budgets: Mapping[Pillar, float],
        statement_cells: tuple[StatementCell, ...] | None = None,
    ) -> None:
        self.constituent = constituent
        self.identity = constituent.identity
        self.data = data
        self.as_of = as_of
        self.risk_free_rate = risk_free_rate
        self._budgets = pillar_budgets
        self._fx = fx
        self.statements = Statements(
            data.cells if statement_cells is None else statement_cells,
            as_of=as_of,
            currency=self.identity.statement_currency,
            foreign_filer=self.identity.foreign_filer,
        )

    @cached_property
    def _count(self) -> int:
        """Number of sessions on or before the as-of date."""
        prices = self.data.prices
        if prices is None:
            return 0
        day = np.datetime64(self.as_of, "D")
        return int(np.searchsorted(prices.sessions, day, side="right"))

    @property
    def is_unlisted(self) -> bool:
        """Whether trading began only after the as-of date."""
        return self.data.prices is not None and self._count == 0

    @property
    def sessions(self) -> NDArray[np.datetime64]:
        """Sessions on or before the as-of date, oldest first."""
        return self._prices().sessions[: self._count]

    @property
    def adjusted(self) -> NDArray[np.float64]:
        """Closes adjusted for splits and dividends, in the price currency.

        Raises:
            Missing: If the source has no price on or before the as-of date.
        """
        return self._prices().adjusted[: self._count]

    def _prices(self) -> PriceSeries:
        if self.data.prices is None or self._count == 0:
            raise Missing("no price is known")
        return self.data.prices

    def adjusted_close(self, back: int) -> Quantity:
        """Return the adjusted close ``back`` sessions from the end; 1 is the last."""
        prices, at = self._prices(), self._count - back
        if at < 0:
            raise Missing(f"{self._count} closes are known, and {back} are needed")
        return self._price_figure("adjusted close", float(prices.adjusted[at]), at)

    def _price_figure(self, item: str, value: float, at: int) -> Quantity:
        day: date = self._prices().sessions[at].item()
        currency = self.identity.price_currency
        source = self.data.price_source
        return Quantity(value, (Figure(item, value, currency, day, day, source),))

    @cached_property
    def close(self) -> Quantity:
        """The last close, not adjusted for dividends, in the price currency.

        Where a source has none the adjusted close stands in, flagged.
        """
        found = self._close_at(self._count - 1)
        day = found.figures[0].date
        if day and (self.as_of - day).days > STALE_PRICE_DAYS:
            return found.flagged(STALE_PRICE)
        return found

    def _close_at(self, at: int) -> Quantity:
        prices = self._prices()
        if np.isfinite(prices.closes[at]):
            return self._price_figure("close", float(prices.closes[at]), at)
        stand_in = self._price_figure("adjusted close", float(prices.adjusted[at]), at)
        return stand_in.flagged(NO_CLOSE)

    def close_on(self, day: date) -> Quantity:
        """Return the last close on or before ``day``, at most the as-of date."""
        wanted = np.datetime64(min(day, self.as_of), "D")
        at = int(np.searchsorted(self._prices().sessions, wanted, side="right")) - 1
        if at < 0:
            raise Missing(f"no price is known on or before {day}")
        return self._close_at(at)

    def dollars_per(self, currency: str) -> Quantity:
        """Return US dollars per unit of ``currency`` at the as-of date.

        Raises:
            Missing: If no rate on or before that date is known.
        """
        if currency == "USD":
            return Quantity(1.0)
        known = [
            rate
            for rate in self._fx.get(currency, ())
            if rate.date is not None and rate.date <= self.as_of
        ]
        if not known:
            raise Missing(f"no exchange rate of {currency} is known")
        rate = known[-1]
        unit = f"USD per {currency}"
        figure = Figure(
            "exchange rate", rate.value, unit, rate.date, rate.date, rate.source
        )
        found = Quantity(rate.value, (figure,))
        if rate.date and (self.as_of - rate.date).days > STALE_FX_DAYS:
            return found.flagged(STALE_FX)
        return found

    @property
    def statement_fx(self) -> Quantity:
        """US dollars per unit of the statement currency."""
        return self.dollars_per(self.identity.statement_currency)

    @cached_property
    def shares(self) -> Quantity:
        """Ordinary shares of all classes, as known on the as-of date.

        Of several counts the one that `settle` chooses, flagged where it is not the
        source's as given.

        Raises:
            Missing: If none is known.
        """
        settled, found = self._settled, self._counts[self._settled.item]
        if settled.split:
            day, source = settled.split, self.data.price_source
            unit = "new shares per old"
            figure = Figure("split", settled.ratio, unit, day, day, source)
            found *= Quantity(settled.ratio, (figure,))
            found = found.flagged(f"share count adjusted for the split of {day}")
        for name in settled.outvoted:
            found = found.flagged(f"share count: {name} outvoted")
        return found

    @property
    def share_counts(self) -> ShareCounts | None:
        """Every count and the one that is used; None where no two are known."""
        try:
            settled, counts = self._settled, self._counts
        except Missing:
            return None
        if len(counts) == 1:
            return None
        return ShareCounts(
            self.shares.value,
            settled.item,
            settled.why,
            tuple(found.figures[0] for found in counts.values()),
            settled.is_resolved,
        )

    @cached_property
    def _settled(self) -> Settled:
        known = {
            item: Count(item, found.value, found.figures[0].date)
            for item, found in self._counts.items()
        }
        first = next(iter(known.values()))
        return settle(
            Counts(first, *map(known.get, (BY_VALUE, OF_BALANCE, OF_CLASS))),
            per_receipt=self.identity.ordinary_per_receipt,
            splits=[one for one in self.data.splits if one[0] <= self.as_of],
        )

    @cached_property
    def _counts(self) -> Mapping[str, Quantity]:
        """Counts of shares by item, that of the source first."""
        first = self._first_count()
        found = [first]
        if first.figures[0].item != OF_QUOTE and (theirs := self._vendor_value):
            value, close = theirs
            count = value.value / close * self.identity.ordinary_per_receipt
            found.append(_counted(BY_VALUE, replace(value, value=count)))
        balance = self.statements.newest_of(OF_BALANCE, "quarterly", "annual")
        if balance and balance.cell.value > 0:
            found.append(balance.quantity(""))
        if (own := self.data.class_shares) and own.date and own.date <= self.as_of:
            found.append(_counted(OF_CLASS, own))
        return {one.figures[0].item: one for one in found}

    def _first_count(self) -> Quantity:
        """Return the count of the source if it is dated by then.

        Else the newest diluted average of a statement, flagged.
        """
        item, count = self.data.shares_item, self.data.shares
        if count and count.date and count.date <= self.as_of:
            return _counted(item, count)
        average = self.statements.newest_of(AVERAGE, "quarterly", "annual")
        if average:
            return average.quantity("").flagged(SHARES_FROM_STATEMENT)
        if count and count.date is None:
            return _counted(item, count).flagged(SHARES_UNDATED)
        raise Missing("no share count is known")

    @cached_property
    def market_capitalisation(self) -> Quantity:
        """Close x ordinary shares / ordinary per receipt, in US dollars.

        Raises:
            Missing: If price, shares or rate are missing.
        """
        per_receipt = Quantity(self.identity.ordinary_per_receipt)
        quoted = self.shares / per_receipt
        rate = self.dollars_per(self.identity.price_currency)
        return self.close * rate * quoted

    def require_resolved_shares(self) -> None:
        """Refuse a share count that others deny, and nothing settles.

        Raises:
            Missing: If there is a gap over 25%; then no value factor counts.
        """
        if self.share_count_conflict:
            raise Missing(self.share_count_conflict, f"rejected: {SHARES_UNRESOLVED}")

    @cached_property
    def share_count_conflict(self) -> str | None:
        """What denies the share count; None if nothing does."""
        try:
            settled = self._settled
        except Missing:
            return None
        return self._price_conflict() if settled.is_resolved else settled.why

    def _price_conflict(self) -> str | None:
        """Return how the close differs from the price that a count was made by."""
        first = next(iter(self._counts.values()))
        if self._vendor_value is None or first.figures[0].item != OF_QUOTE:
            return None
        value, close = self._vendor_value
        price = value.value / first.value * self.identity.ordinary_per_receipt
        if abs(close / price - 1) <= LARGEST_GAP:
            return None
        currency = self.identity.price_currency
        return (
            f"The close is {close:.6g} {currency}, and the share count is the "
            f"market capitalisation over a price of {price:.6g} {currency}."
        )

    @cached_property
    def _vendor_value(self) -> tuple[DatedValue, float] | None:
        """The source's market capitalisation, and the close of its day."""
        theirs = self.data.market_capitalisation
        if theirs is None or (theirs.date and theirs.date > self.as_of):
            return None
        try:
            close = self.close_on(theirs.date) if theirs.date else self.close
        except Missing:
            return None
        return theirs, close.value

    @cached_property
    def enterprise_value(self) -> Quantity:
        """Market capitalisation + debt - cash + minority + preferred, in US dollars.

        Minority interest and preferred stock are the newest annual figures; not
        reported counts as none, here only.

        Raises:
            Missing: If a part other than those two is missing, or the share count is
                unresolved.
        """
        self.require_resolved_shares()
        debt, cash = flows.balances(
            self.statements, "TotalDebt", "CashCashEquivalentsAndShortTermInvestments"
        )
        claims = debt - cash
        for item in ("MinorityInterest", "PreferredStock"):
            if known := self.statements.newest_of(item, "annual"):
                claims += known.quantity("")
        return self.market_capitalisation + claims * self.statement_fx

    @cached_property
    def exposures(self) -> Mapping[Pillar, ExposureEntry]:
        """Share of revenue in each pillar as known on the as-of date."""
        return self.constituent.exposures_on(self.as_of)

    @cached_property
    def thesis_exposure(self) -> Quantity:
        """Sum over pillars of budget x exposure, a fraction."""
        total = sum(
            budget * (self.exposures[pillar].share if pillar in self.exposures else 0.0)
            for pillar, budget in self._budgets.items()
        )
        figures = tuple(
            Figure(
                f"exposure to {pillar}",
                entry.share,
                "fraction",
                entry.date,
                entry.date,
                entry.source,
            )
            for pillar, entry in self.exposures.items()
        )
        found = Quantity(total, figures)
        if any(entry.date > self.as_of for entry in self.exposures.values()):
            return found.flagged(EXPOSURE_LATER)
        return found

    @cached_property
    def average_daily_value(self) -> float | None:
        """Median of close x volume over 63 sessions, in US dollars; None if unknown.

        Without volumes the figure of the source serves; without any price nothing was
        traded, whatever the source says.
        """
        if self._count == 0 or self.data.prices is None:
            return None
        window = slice(max(0, self._count - TRADED_VALUE_SESSIONS), self._count)
        prices = self.data.prices
        close = np.where(
            np.isfinite(prices.closes[window]),
            prices.closes[window],
            prices.adjusted[window],
        )
        with np.errstate(over="ignore"):  # what is too large is no figure
            traded = close * prices.volumes[window]
        traded = traded[np.isfinite(traded)]
        if not traded.size:
            return self.data.average_daily_value_usd
        try:
            rate = self.dollars_per(self.identity.price_currency)
        except Missing:
            return self.data.average_daily_value_usd
        return float(np.median(traded)) * rate.value

    @cached_property
    def statement_age_days(self) -> int | None:
        """Days from the newest statement's period end; None without one."""
        newest = self.statements.newest_period
        return (self.as_of - newest).days if newest else None

    @cached_property
    def price_jumps(self) -> tuple[str, ...]:
        """A flag for the last year's daily moves of half or more: a missed split?"""
        if self._count == 0:
            return ()
        recent = self.adjusted[-RISK_SESSIONS:]
        with np.errstate(over="ignore"):  # a move without bounds is a jump, too
            moves, lowest = recent[1:] / recent[:-1], 1 - LARGEST_DAILY_MOVE
        jumps = np.flatnonzero((moves <= lowest) | (moves >= 1 / lowest))
        days = self.sessions[-RISK_SESSIONS:][1:][jumps]
        return tuple(f"{PRICE_JUMP} on {day}, a split?" for day in days)


def _counted(item: str, count: DatedValue) -> Quantity:
    day = count.date
    figure = Figure(item, count.value, SHARES, day, day, count.source)
    return Quantity(count.value, (figure,))
