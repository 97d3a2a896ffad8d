"""What are the raw values of each line, and what lies behind them?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.factors import FACTORS, measure
from triad_screener.market.prices import STALE_PRICE
from triad_screener.market.selection import EXPOSURE_LATER, Selection
from triad_screener.market.shares import SHARES_UNRESOLVED
from triad_screener.model import days as calendar
from triad_screener.model.cross_section import CrossSection, FactorColumn
from triad_screener.model.gap import Missing
from triad_screener.model.screen import (
    ExposureEvidence,
    ExposureFact,
    KnownLines,
    LineFacts,
    Reading,
)
from triad_screener.model.vocabulary import PILLARS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.market.column import Column
    from triad_screener.model.market import MarketData, PriceSeries
    from triad_screener.model.quantity import Figure, Quantity
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.taxonomy import Constituent, ExposureEntry, Taxonomy
    from triad_screener.model.vocabulary import Basis, Pillar

#: Weeks of the trend; it has one point more.
TREND_WEEKS: Final = 52
_SIGNIFICANT = 6
NO_CLOSE: Final = "no close"


def select(
    taxonomy: Taxonomy, market: MarketData, *, days: Sequence[date], recipe: Recipe
) -> Selection:
    """Return every line of the taxonomy as it was known on each of some days."""
    return Selection(
        taxonomy.constituents,
        market.tables,
        days,
        risk_free_rate=recipe.risk_free_rate.value,
        pillar_budgets=recipe.pillar_budgets,
    )


@dataclass(frozen=True)
class Measures:
    """The raw values of everything selected.

    Attributes:
        selection: Of ``m`` observations.
        columns: By factor, in the order of the register.
    """

    selection: Selection
    columns: Mapping[str, Column]

    @classmethod
    def of(cls, selection: Selection) -> Measures:
        """Return the raw values of every factor."""
        columns = {name: measure(FACTORS[name], selection) for name in FACTORS}
        return cls(selection, columns)

    @cached_property
    def market_cap(self) -> Column:
        """Market capitalisation, US dollars; what is no number is missing."""
        with np.errstate(all="ignore"):
            return self.selection.market_capitalisation.finite()

    @cached_property
    def enterprise_value(self) -> Column:
        """Enterprise value, US dollars; what is no number is missing."""
        with np.errstate(all="ignore"):
            return self.selection.enterprise_value.finite()

    @cached_property
    def is_fresh(self) -> NDArray[np.bool_]:
        """Where the last close is at most ten days old."""
        close = self.selection.closes.last
        stale = [flag.raised for flag in close.flags if flag.text == STALE_PRICE]
        known: NDArray[np.bool_] = close.known & ~np.logical_or.reduce(stale)
        return known

    def listed(self, day: int = 0) -> dict[str, int]:
        """Return the observation of each line listed by one of the days, by ticker."""
        of = self.selection.observations
        first = day * of.stocks
        listed = ~self.selection.closes.is_unlisted[first : first + of.stocks]
        return {
            of.constituents[stock].ticker: first + stock
            for stock in np.flatnonzero(listed).tolist()
        }

    def currencies(self, day: int = 0) -> dict[str, str]:
        """Return the price currency of each line listed by one of the days."""
        of = self.selection.observations
        return {name: of.price_currency(at) for name, at in self.listed(day).items()}

    def exposed_later(self, tickers: Iterable[str], day: int = 0) -> int:
        """Return how many of some lines have an exposure dated after the day."""
        flags = self.columns["thesis"].flags
        later = [flag.raised for flag in flags if flag.text == EXPOSURE_LATER]
        at, listed = np.logical_or.reduce(later), self.listed(day)
        return sum(bool(at[listed[ticker]]) for ticker in tickers)

    def cross_section(self, day: int = 0) -> CrossSection:
        """Return the raw values of the lines listed by one of the days."""
        of = self.selection.observations
        at = np.array([*self.listed(day).values()], np.intp)
        constituents = [of.constituents[of.stock(one)] for one in at.tolist()]
        factors = tuple(
            FactorColumn(n, FACTORS[n].group, FACTORS[n].sign) for n in FACTORS
        )
        raw = [self.columns[factor.id].raw[at] for factor in factors]
        return CrossSection(
            tuple(one.ticker for one in constituents),
            tuple(one.issuer for one in constituents),
            self.selection.exposure_shares[at],
            factors,
            np.array(raw, np.float64).reshape(len(factors), at.size).T,
            self.market_cap.raw[at],
            self.selection.average_daily_value[at],
            self.selection.statement_age_days[at],
            np.array([one.identity.half_yearly for one in constituents], bool),
            self.is_fresh[at],
        )


class Facts(KnownLines):
    """What is known of each line on one day: told when somebody asks.

    Args:
        measures: Raw values.
        taxonomy: With the publishers of its sources.
        missing: Sessions of the last year on which a line has no close, oldest first.
        day: Which of the days.
    """

    def __init__(
        self,
        measures: Measures,
        taxonomy: Taxonomy,
        missing: Mapping[str, Sequence[date]] | None = None,
        day: int = 0,
    ) -> None:
        self.measures = measures
        self._missing = missing or {}
        self._observations = measures.listed(day)
        self._publishers = {k: one.publisher for k, one in taxonomy.sources.items()}
        self._told: dict[str, LineFacts] = {}

    def __getitem__(self, ticker: str) -> LineFacts:
        if ticker not in self._told:
            self._told[ticker] = describe(
                self.measures,
                self._observations[ticker],
                self._publishers,
                self._missing.get(ticker, ()),
            )
        return self._told[ticker]

    def __iter__(self) -> Iterator[str]:
        return iter(self._observations)

    def __len__(self) -> int:
        return len(self._observations)

    def __contains__(self, ticker: object) -> bool:
        return ticker in self._observations

    @property
    def newest_close(self) -> date | None:
        """Session of the newest close; None without any."""
        at = np.fromiter(self._observations.values(), np.intp)
        newest = self.measures.selection.closes.last_session[at]
        return calendar.day(int(newest.max(initial=calendar.UNKNOWN)))

    def fresh(self, tickers: Collection[str]) -> int:
        """Return how many of ``tickers`` have a close that is at most 10 days old."""
        known, is_fresh = self._observations, self.measures.is_fresh
        return sum(t in known and bool(is_fresh[known[t]]) for t in tickers)

    @property
    def rates(self) -> Mapping[str, Figure]:
        """Exchange rates of statements by currency; none of US dollars."""
        selection = self.measures.selection
        of = selection.observations
        every = {of.statement_currency(at): at for at in self._observations.values()}
        rates = {name: _rate(selection, at) for name, at in every.items()}
        return {name: rate for name, rate in rates.items() if rate}


def describe(
    measures: Measures,
    at: int,
    publishers: Mapping[str, str],
    missing: Sequence[date] = (),
) -> LineFacts:
    """Return what is known of a line: raw values, value, dates, flags, evidence.

    Args:
        measures: Raw values.
        at: The observation.
        publishers: Of the sources of the taxonomy, by key.
        missing: Sessions of the last year on which it has no close, oldest first.
    """
    known = measures.selection
    of, statements = known.observations, known.statements
    constituent = of.constituents[of.stock(at)]
    identity = constituent.identity
    readings = {
        name: _reading(column, at, publishers)
        for name, column in measures.columns.items()
    }
    capitalisation = _known(measures.market_cap, at)
    value = _known(measures.enterprise_value, at)
    close = _known(known.closes.last, at)
    return LineFacts(
        ticker=constituent.ticker,
        name=constituent.name,
        issuer=constituent.issuer,
        role=constituent.role,
        cornerstone=constituent.cornerstone,
        layers=constituent.layers,
        price_currency=identity.price_currency,
        statement_currency=identity.statement_currency,
        ordinary_per_receipt=identity.ordinary_per_receipt,
        exposures=_exposures(constituent, known.exposures[at], publishers),
        half_yearly=identity.half_yearly,
        close=close.figures[0] if close else None,
        market_cap_usd=capitalisation.value if capitalisation else None,
        enterprise_value_usd=value.value if value else None,
        average_daily_value_usd=_or_none(known.average_daily_value[at]),
        newest_quarter=calendar.day(statements.newest_quarter[at]),
        newest_year=calendar.day(statements.newest_year[at]),
        statement_age_days=_whole(known.statement_age_days[at]),
        fx=_rate(known, at),
        is_fresh=bool(measures.is_fresh[at]),
        flags=_flags(known, at, readings, missing, close, capitalisation),
        trend=_trend(known.closes.sessions(at), known.closes.adjusted(at), of.date(at)),
        readings=readings,
        valuation=_figures(value or capitalisation),
        reports_on=known.reports_on(at),
        share_counts=known.share_counts.told(at),
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _reading(column: Column, at: int, publishers: Mapping[str, str]) -> Reading:
    """Return a raw value or its gap; a source of the taxonomy by its publisher."""
    try:
        found = column.at(at)
    except Missing as missing:
        return Reading(None, reason=missing.reason, detail=missing.detail)
    figures = tuple(
        replace(figure, source=publishers[figure.source])
        if figure.source in publishers
        else figure
        for figure in found.figures
    )
    return Reading(found.value, figures, found.flags)


def _known(column: Column, at: int) -> Quantity | None:
    """Return a number with its figures; None where it is missing."""
    return column.at(at) if column.known[at] else None


def _figures(quantity: Quantity | None) -> tuple[Figure, ...]:
    return quantity.figures if quantity else ()


def _rate(known: Selection, at: int) -> Figure | None:
    found = _known(known.statement_fx, at)
    return found.figures[0] if found and found.figures else None


def _exposures(
    constituent: Constituent,
    entries: Mapping[Pillar, ExposureEntry],
    publishers: Mapping[str, str],
) -> dict[Pillar, ExposureFact]:
    """Return the entries that count, each with those of other dates beside it."""
    found = {}
    for pillar, entry in entries.items():
        others = tuple(
            ExposureEvidence(*_evidence(one, publishers))
            for one in constituent.exposures[pillar].entries
            if one is not entry
        )
        found[pillar] = ExposureFact(*_evidence(entry, publishers), others)
    return found


def _evidence(
    entry: ExposureEntry, publishers: Mapping[str, str]
) -> tuple[float, Basis, date, str, str, str]:
    return (
        entry.share,
        entry.basis,
        entry.date,
        entry.source,
        publishers[entry.source],
        entry.rationale,
    )


def _flags(
    known: Selection,
    at: int,
    readings: Mapping[str, Reading],
    missing: Sequence[date],
    *parts: Quantity | None,
) -> tuple[str, ...]:
    """Return every flag of the line once, in the order of the alphabet."""
    found = [flag for part in parts if part for flag in part.flags]
    if known.share_counts.conflicts[at]:
        found.append(SHARES_UNRESOLVED)
    found += [flag for reading in readings.values() for flag in reading.flags]
    found += [*known.closes.jumps(at), *_missing(missing)]
    if known.statements.has_foreign[at]:
        others = ", ".join(known.statements.foreign_currencies(at))
        found.append(f"statements in {others} rejected")
    return tuple(sorted({*found}))


def _missing(days: Sequence[date]) -> Iterator[str]:
    """Yield a flag for the sessions on which there is no close, if there are any."""
    if days:
        others = len(days) - 1
        more = f" and {others} other session{'' if others == 1 else 's'}"
        yield f"{NO_CLOSE} on {days[0]}{more if others else ''}"


def trend(prices: PriceSeries | None, as_of: date) -> tuple[float, ...]:
    """Return the adjusted close on each of the `trend_days`, or the last before it.

    Oldest first, six digits; days before the first session are left out, so the last
    is always that of ``as_of``.
    """
    return _trend(prices.sessions, prices.adjusted, as_of) if prices else ()


def _trend(
    sessions: NDArray[np.datetime64], adjusted: NDArray[np.float64], as_of: date
) -> tuple[float, ...]:
    at = np.searchsorted(sessions, trend_days(as_of), side="right") - 1
    closes = adjusted[at[at >= 0]]
    return tuple(float(f"{value:.{_SIGNIFICANT}g}") for value in closes)


def trend_days(as_of: date) -> NDArray[np.datetime64]:
    """Return the same weekday of the last 52 weeks, and ``as_of``, oldest first."""
    weeks = np.arange(TREND_WEEKS, -1, -1)
    return np.datetime64(as_of, "D") - 7 * weeks


def raw_value(fact: LineFacts, name: str) -> float | None:
    """Return a raw value; None also where an older program had no such factor."""
    reading = fact.readings.get(name)
    return reading.value if reading else None


def cross_section(described: Sequence[LineFacts]) -> CrossSection:
    """Return the raw values of the lines described, ready to be scored."""
    factors = tuple(
        FactorColumn(name, FACTORS[name].group, FACTORS[name].sign) for name in FACTORS
    )
    return CrossSection(
        tuple(fact.ticker for fact in described),
        tuple(fact.issuer for fact in described),
        _column([_shares(fact) for fact in described]).reshape(
            len(described), len(PILLARS)
        ),
        factors,
        _column(
            [[raw_value(fact, f.id) for f in factors] for fact in described]
        ).reshape(len(described), len(factors)),
        _column([fact.market_cap_usd for fact in described]),
        _column([fact.average_daily_value_usd for fact in described]),
        _column([fact.statement_age_days for fact in described]),
        np.array([fact.half_yearly for fact in described], bool),
        np.array([fact.is_fresh for fact in described], bool),
    )


def _shares(fact: LineFacts) -> list[float]:
    """Return the share of revenue in each pillar; zero where none is entered."""
    entries = (fact.exposures.get(pillar) for pillar in PILLARS)
    return [entry.share if entry else 0.0 for entry in entries]


def _column(
    values: Sequence[object],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return ``values`` as floats, None as NaN."""
    return np.array(values, dtype=np.float64)
