"""What are the raw values of each line, and what lies behind them?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.factors import FACTORS, measure
from triad_screener.fundamentals.line import STALE_PRICE, Line
from triad_screener.model.cross_section import CrossSection, FactorColumn
from triad_screener.model.gap import Gap, Missing
from triad_screener.model.market import LineData
from triad_screener.model.screen import (
    ExposureEvidence,
    ExposureFact,
    LineFacts,
    Reading,
)
from triad_screener.model.vocabulary import PILLARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.market import MarketData, PriceSeries, StatementCell
    from triad_screener.model.quantity import Figure, Quantity
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.taxonomy import Constituent, ExposureEntry, Taxonomy
    from triad_screener.model.vocabulary import Basis, Pillar

#: Weeks of the trend; it has one point more.
TREND_WEEKS: Final = 52
_SIGNIFICANT = 6
NO_CLOSE: Final = "no close"


def lines_as_known(
    taxonomy: Taxonomy, market: MarketData, *, as_of: date, recipe: Recipe
) -> tuple[Line, ...]:
    """Return every line of the taxonomy as it was known on ``as_of``.

    A line of which the source knows nothing stands there with empty data.
    """
    sisters = _sisters(taxonomy)
    return tuple(
        Line(
            constituent,
            market.lines.get(constituent.ticker, LineData(constituent.ticker)),
            fx=market.fx,
            as_of=as_of,
            risk_free_rate=recipe.risk_free_rate.value,
            pillar_budgets=recipe.pillar_budgets,
            statement_cells=_cells(constituent, sisters, market),
        )
        for constituent in taxonomy.constituents
    )


def _books(constituent: Constituent) -> tuple[str, str]:
    """Return whose statements a line has: its issuer's, in one currency."""
    return constituent.issuer, constituent.identity.statement_currency


def _sisters(taxonomy: Taxonomy) -> dict[tuple[str, str], list[str]]:
    """Return the tickers that share their statements, A to Z."""
    found: dict[tuple[str, str], list[str]] = {}
    for constituent in sorted(taxonomy.constituents, key=lambda line: line.ticker):
        found.setdefault(_books(constituent), []).append(constituent.ticker)
    return found


def _cells(
    constituent: Constituent,
    sisters: Mapping[tuple[str, str], Sequence[str]],
    market: MarketData,
) -> tuple[StatementCell, ...]:
    """Return a line's own statement cells, else those of a sister line, A to Z."""
    for ticker in (constituent.ticker, *sisters[_books(constituent)]):
        data = market.lines.get(ticker)
        if data and data.cells:
            return data.cells
    return ()


def describe(line: Line, taxonomy: Taxonomy, missing: Sequence[date] = ()) -> LineFacts:
    """Return what is known of a line: raw values, value, dates, flags, evidence.

    Args:
        line: As it was known.
        taxonomy: Of the line.
        missing: Sessions of the last year on which it has no close, oldest first.
    """
    constituent = line.constituent
    publishers = {key: source.publisher for key, source in taxonomy.sources.items()}
    readings = {
        name: _reading(measure(FACTORS[name], line), publishers) for name in FACTORS
    }
    capitalisation = _known(lambda: line.market_capitalisation)
    value = _known(lambda: line.enterprise_value)
    close = _known(lambda: line.close)
    return LineFacts(
        ticker=constituent.ticker,
        name=constituent.name,
        issuer=constituent.issuer,
        role=constituent.role,
        cornerstone=constituent.cornerstone,
        layers=constituent.layers,
        price_currency=line.identity.price_currency,
        statement_currency=line.identity.statement_currency,
        ordinary_per_receipt=line.identity.ordinary_per_receipt,
        exposures=_exposures(line, publishers),
        half_yearly=line.identity.half_yearly,
        close=close.figures[0] if close else None,
        market_cap_usd=capitalisation.value if capitalisation else None,
        enterprise_value_usd=value.value if value else None,
        average_daily_value_usd=line.average_daily_value,
        newest_quarter=line.statements.newest_quarter,
        newest_year=line.statements.newest_year,
        statement_age_days=line.statement_age_days,
        fx=_rate(line),
        is_fresh=close is not None and STALE_PRICE not in close.flags,
        flags=_flags(line, readings, missing, close, capitalisation),
        trend=trend(line.data.prices, line.as_of),
        readings=readings,
        valuation=_figures(value or capitalisation),
        reports_on=_coming(line.data.reports_on, line.as_of),
        share_counts=line.share_counts,
    )


def _coming(day: date | None, as_of: date) -> date | None:
    return day if day and day >= as_of else None


def _reading(found: Quantity | Gap, publishers: Mapping[str, str]) -> Reading:
    """Return a raw value or its gap; a source of the taxonomy by its publisher."""
    if isinstance(found, Gap):
        return Reading(None, reason=found.reason, detail=found.detail)
    if not np.isfinite(found.value):
        detail = "the figures give no finite number"
        return Reading(None, reason="rejected: not finite", detail=detail)
    figures = tuple(
        replace(figure, source=publishers[figure.source])
        if figure.source in publishers
        else figure
        for figure in found.figures
    )
    return Reading(found.value, figures, found.flags)


def _known(ask: Callable[[], Quantity]) -> Quantity | None:
    """Return a quantity; None where it is missing, or too large for a number."""
    try:
        found = ask()
    except Missing:
        return None
    return found if np.isfinite(found.value) else None


def _figures(quantity: Quantity | None) -> tuple[Figure, ...]:
    return quantity.figures if quantity else ()


def _rate(line: Line) -> Figure | None:
    found = _known(lambda: line.statement_fx)
    return found.figures[0] if found and found.figures else None


def _exposures(line: Line, publishers: Mapping[str, str]) -> dict[Pillar, ExposureFact]:
    """Return the entries that count, each with those of other dates beside it."""
    found = {}
    for pillar, entry in line.exposures.items():
        every = line.constituent.exposures[pillar].entries
        others = tuple(
            ExposureEvidence(*_evidence(one, publishers))
            for one in every
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
    line: Line,
    readings: Mapping[str, Reading],
    missing: Sequence[date],
    *parts: Quantity | None,
) -> tuple[str, ...]:
    """Return every flag of the line once, in the order of the alphabet."""
    found = [flag for part in parts if part for flag in part.flags]
    if line.share_count_conflict:
        found.append("share count unresolved")
    found += [flag for reading in readings.values() for flag in reading.flags]
    found += [*line.price_jumps, *_missing(missing)]
    if line.statements.foreign_currencies:
        others = ", ".join(sorted(line.statements.foreign_currencies))
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
    if prices is None:
        return ()
    at = np.searchsorted(prices.sessions, trend_days(as_of), side="right") - 1
    closes = prices.adjusted[at[at >= 0]]
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
