"""Small lines, statements, prices and cross-sections, made by hand.

The as-of date is 2026-06-30: the quarter to March and the year to December are known
on it by the lag rules, without a filing date.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from triad_screener.factors import FACTORS
from triad_screener.market.observations import Observations
from triad_screener.market.selection import Selection
from triad_screener.market.share_counts import OF_QUOTE
from triad_screener.market.statements import Statements
from triad_screener.market.tabulating import tabulate
from triad_screener.model import days
from triad_screener.model.cross_section import CrossSection, FactorColumn
from triad_screener.model.market import (
    STATED,
    DatedValue,
    ForwardFigure,
    LineData,
    MarketData,
    PriceSeries,
    StatementCell,
)
from triad_screener.model.recipe import Recipe
from triad_screener.model.taxonomy import Constituent, Taxonomy
from triad_screener.model.thesis import Thesis
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening.assembling import Request, assemble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.market.column import Column
    from triad_screener.model.market import Frequency
    from triad_screener.model.quantity import Quantity
    from triad_screener.model.screen import Screen

AS_OF = date(2026, 6, 30)
Q0 = date(2026, 3, 31)
A0 = date(2025, 12, 31)
CASH = "CashCashEquivalentsAndShortTermInvestments"
BUDGETS = {"compute": 0.5, "data": 0.2, "algorithms": 0.3}


def quarter_end(back: int) -> date:
    """The last day of the calendar quarter, so many before the one to March 2026."""
    months = 2026 * 12 + 3 - 3 * back
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def year_end(back: int) -> date:
    """The last day of 2025, or of so many years before."""
    return A0.replace(year=A0.year - back)


def cell(  # noqa: PLR0913 - the columns of a file
    item: str,
    value: float,
    end: date = Q0,
    *,
    frequency: Frequency = "quarterly",
    currency: str = "USD",
    filed: date | None = None,
    note: str = "",
) -> StatementCell:
    """One figure of a statement, its filing date unknown."""
    return StatementCell(frequency, item, end, value, currency, filed, "by hand", note)


def quarters(
    item: str, *values: float | None, currency: str = "USD"
) -> tuple[StatementCell, ...]:
    """Figures of the newest quarters, newest first; None leaves one out."""
    return tuple(
        cell(item, value, quarter_end(back), currency=currency)
        for back, value in enumerate(values)
        if value is not None
    )


def years(
    item: str, *values: float | None, currency: str = "USD"
) -> tuple[StatementCell, ...]:
    """Figures of the newest fiscal years, newest first; None leaves one out."""
    return tuple(
        cell(item, value, year_end(back), frequency="annual", currency=currency)
        for back, value in enumerate(values)
        if value is not None
    )


def statements(
    *cells: StatementCell,
    as_of: date = AS_OF,
    currency: str = "USD",
    foreign_filer: bool = False,
) -> Statements:
    """Statements of one line as known on the as-of date."""
    who = constituent(statement_currency=currency, foreign_filer=foreign_filer)
    found = market(LineData(who.ticker, cells=cells)).tables.cells
    return Statements(found, Observations([who], [as_of]))


def only(column: Column) -> Quantity:
    """The number of the first observation, with its figures and flags."""
    return column.at(0)


def prices(
    closes: Sequence[float] | NDArray[np.float64],
    *,
    last: date = AS_OF,
    unadjusted: Sequence[float] | None = None,
    volumes: Sequence[float] | None = None,
) -> PriceSeries:
    """Closes on consecutive days up to ``last``, oldest first."""
    adjusted = np.array(closes, np.float64)
    end = np.datetime64(last, "D")
    empty = np.full(adjusted.size, nan)
    return PriceSeries(
        np.arange(end - adjusted.size + 1, end + 1),
        adjusted,
        adjusted if unadjusted is None else np.array(unadjusted, np.float64),
        empty if volumes is None else np.array(volumes, np.float64),
    )


def exposure_entry(day: str, share: float) -> dict[str, object]:
    """A share of revenue, by hand."""
    return {
        "share": share,
        "basis": "estimate",
        "source": "by_hand",
        "date": day,
        "rationale": "Made up.",
    }


def constituent(
    ticker: str = "AAA",
    *,
    exposures: Mapping[str, float] | None = None,
    exposed_on: str = "2026-01-31",
    history: Mapping[str, Mapping[str, float]] | None = None,
    issuer: str = "",
    role: str = "core",
    **identity: object,
) -> Constituent:
    """A listed line, half of it compute, in US dollars throughout.

    ``history`` has earlier shares by pillar and day.
    """
    shares = {"compute": 0.5} if exposures is None else exposures
    earlier = history or {}
    return Constituent.model_validate(
        {
            "ticker": ticker,
            "name": f"{ticker} Inc",
            "issuer": issuer or ticker.lower().replace(".", "_"),
            "role": role,
            "layers": ("accelerators",),
            "identity": {
                "exchange": "XNAS",
                "price_currency": "USD",
                "statement_currency": "USD",
                **identity,
            },
            "exposures": {
                pillar: {
                    **exposure_entry(exposed_on, share),
                    "history": tuple(
                        exposure_entry(day, before)
                        for day, before in earlier.get(pillar, {}).items()
                    ),
                }
                for pillar, share in shares.items()
            },
        }
    )


def line_data(
    *cells: StatementCell,
    ticker: str = "AAA",
    closes: Sequence[float] | NDArray[np.float64] = (100.0,),
    series: PriceSeries | None = None,
    shares: DatedValue | None = DatedValue(1000.0, Q0),  # noqa: B008 - a frozen value
    **data: Any,  # noqa: ANN401 - fields of LineData
) -> LineData:
    """What a source has of a line: a close of 100 and 1,000 shares, unless told."""
    return LineData(ticker, series or prices(closes), tuple(cells), shares, **data)


def line(
    *cells: StatementCell,
    of: Constituent | None = None,
    fx: Mapping[str, tuple[DatedValue, ...]] | None = None,
    as_of: date = AS_OF,
    **data: Any,  # noqa: ANN401 - what `line_data` takes
) -> Selection:
    """A line with a close of 100 and 1,000 shares, hence worth 100,000 dollars."""
    who = of or constituent()
    return select([who], [line_data(*cells, ticker=who.ticker, **data)], [as_of], fx)


def select(
    constituents: Sequence[Constituent],
    lines: Sequence[LineData],
    on: Sequence[date] = (AS_OF,),
    fx: Mapping[str, tuple[DatedValue, ...]] | None = None,
) -> Selection:
    """Lines as known on some days; of those that are not given nothing is known."""
    tickers = [one.ticker for one in constituents]
    return Selection(
        constituents,
        tabulate({one.ticker: one for one in lines}, tickers, fx or {}),
        on,
        risk_free_rate=0.04,
        pillar_budgets=Recipe().pillar_budgets,
    )


def selected(who: Constituent, market: MarketData, on: date = AS_OF) -> Selection:
    """A line as known on a day by market data of it alone."""
    return Selection(
        [who],
        market.tables,
        [on],
        risk_free_rate=0.04,
        pillar_budgets=Recipe().pillar_budgets,
    )


def forward(
    *,
    day: date = AS_OF,
    pe: float | None = None,
    eps: float | None = None,
    price: float | None = None,
) -> tuple[ForwardFigure, ...]:
    """One forward figure."""
    return (ForwardFigure(day, pe, eps, price, "a vendor"),)


def taxonomy(*lines: Constituent, **parts: object) -> Taxonomy:
    """A taxonomy of the given lines, one layer and one source."""
    return Taxonomy.model_validate(
        {
            "pillars": {
                pillar: {
                    "name": {"en": pillar.title(), "zh": "算力"},
                    "colour": "#123456",
                    "summary": "One of three.",
                }
                for pillar in PILLARS
            },
            "layers": {"accelerators": {"name": "Accelerators", "pillar": "compute"}},
            "constituents": lines,
            "sources": {
                "by_hand": {
                    "publisher": "The authors",
                    "title": "Made up",
                    "date": "2026-01-31",
                    "grade": "D",
                }
            },
            **parts,
        }
    )


def thesis(*ratios: float | None, **indicator: Any) -> Thesis:  # noqa: ANN401 - fields
    """A thesis whose indicators measure one ratio each; None is not known."""
    series = {
        f"s{at}": {
            "definition": "D",
            "unit": "U",
            "max_age_days": 100,
            "points": (
                {
                    "end": AS_OF if ratio else date(2020, 1, 1),
                    "known": date(2020, 1, 1),
                    "value": ratio or 1.0,
                    "source": "by_hand",
                },
            ),
        }
        for at, ratio in enumerate((*ratios, 1.0))
    }
    indicators = {
        f"i{at}": {
            "claim": "c",
            "name": "N",
            "measure": "growth_ratio",
            "series": (f"s{at}", f"s{len(ratios)}"),
            "confirms": ({"relation": "at_least", "limit": 2},),
            "weakens": ({"relation": "below", "limit": 1},),
            "falsifier": "F",
            **indicator,
        }
        for at in range(len(ratios))
    }
    return Thesis.model_validate(
        {
            "claims": {"c": {"statement": "S"}},
            "indicators": indicators,
            "series": series,
        }
    )


def market(
    *lines: LineData,
    of: Taxonomy | None = None,
    fx: Mapping[str, tuple[DatedValue, ...]] | None = None,
    **parts: Any,  # noqa: ANN401 - fields
) -> MarketData:
    """Market data of the given lines; of the others of a taxonomy nothing is known."""
    known = {one.ticker: one for one in lines}
    tickers = [one.ticker for one in of.constituents] if of else list(known)
    fields = {"source": "hand", "description": "by hand", "digest": "0"}
    return MarketData(tables=tabulate(known, tickers, fx or {}), **{**fields, **parts})


def lines_of(market: MarketData) -> dict[str, LineData]:
    """What is known of each line, of those of which anything is."""
    tables = market.tables
    shares, classes = tables.shares.newest(), tables.class_shares.newest()
    caps, reports = tables.market_capitalisations.newest(), tables.reports.newest()
    implied = dict(
        zip(tables.shares.stocks.tolist(), tables.shares.implied, strict=True)
    )
    cells, expected, splits = tables.cells, tables.expected, tables.splits
    found = {}
    for stock in np.flatnonzero(tables.known).tolist():
        coming = reports.get(stock)
        found[tables.tickers[stock]] = LineData(
            tables.tickers[stock],
            tables.prices.of(stock),
            tuple(map(cells.cell, np.flatnonzero(cells.stocks == stock).tolist())),
            shares.get(stock),
            caps.get(stock),
            None if np.isnan(tables.traded[stock]) else float(tables.traded[stock]),
            tuple(
                map(expected.figure, np.flatnonzero(expected.stocks == stock).tolist())
            ),
            tables.prices.sources[stock],
            days.day(int(coming.value)) if coming else None,
            OF_QUOTE if implied.get(stock) else STATED,
            classes.get(stock),
            tuple(
                (days.known_day(splits.days[row]), float(splits.values[row]))
                for row in np.flatnonzero(splits.stocks == stock)
            ),
        )
    return found


def recipe(**parts: object) -> Recipe:
    """The default recipe but for the parts given."""
    return Recipe.model_validate(parts)


def cross_section(  # noqa: PLR0913 - likewise
    factors: Mapping[str, Sequence[float]],
    *,
    tickers: Sequence[str] = (),
    issuers: Sequence[str] = (),
    exposures: Sequence[Sequence[float]] = (),
    sizes: Sequence[float] = (),
    traded: Sequence[float] = (),
    ages: Sequence[float] = (),
    half_yearly: Sequence[bool] = (),
    priced: Sequence[bool] = (),
) -> CrossSection:
    """Raw values of some factors and of the thesis exposure.

    Lines are called A, B, C ... unless named, are all compute, of one size, equally
    traded, fresh, and priced.
    """
    count = max((len(column) for column in factors.values()), default=len(tickers))
    names = tuple(tickers) or tuple(chr(ord("A") + at) for at in range(count))
    shares = np.array(exposures or [(1.0, 0.0, 0.0)] * count, float).reshape(count, 3)
    columns = {name: np.array(found, float) for name, found in factors.items()}
    columns.setdefault("thesis", shares @ np.array(list(BUDGETS.values())))
    return CrossSection(
        names,
        tuple(issuers) or names,
        shares,
        tuple(FactorColumn(i, FACTORS[i].group, FACTORS[i].sign) for i in columns),
        np.array(list(columns.values())).T.reshape(count, len(columns)),
        np.array(sizes or [1e9] * count, float),
        np.array(traded or [1e6] * count, float),
        np.array(ages or [60.0] * count, float),
        np.array(half_yearly or [False] * count, bool),
        np.array(priced or [True] * count, bool),
    )


def walk(seed: int, last: date = AS_OF) -> PriceSeries:
    """Closes of a year and more, up to ``last``."""
    steps = np.random.default_rng(seed).normal(0.0, 0.02, 300)
    return prices(np.exp(steps.cumsum()), last=last)


TICKERS = tuple(f"L{row:02d}" for row in range(12))
POST = TICKERS[:4]


def twelve_lines() -> list[Constituent]:
    """Twelve lines in three pillars, the first four named by the post."""
    return [
        constituent(
            ticker,
            role="named" if ticker in POST else "extension",
            exposures={PILLARS[row % 3]: 0.3 + row / 20},
        )
        for row, ticker in enumerate(TICKERS)
    ]


WORLD = taxonomy(*twelve_lines())
#: Of the twelve lines only prices are known.
LINES = tuple(LineData(ticker, walk(row)) for row, ticker in enumerate(TICKERS))


def screen(
    world: Taxonomy = WORLD,
    lines: Sequence[LineData] = LINES,
    fx: Mapping[str, tuple[DatedValue, ...]] | None = None,
    **request: Any,  # noqa: ANN401 - fields of Request
) -> Screen:
    """The screen of the twelve lines, unless asked otherwise."""
    asked = Request(**{"recipe": recipe(), **request})
    known = market(*lines, of=world, fx=fx)
    return assemble(world, known, asked, config_hash="c")


class NotSearched(list[str]):
    """A list in which nothing is searched for: with many in it that takes for ever."""

    def __contains__(self, value: object) -> bool:
        message = f"{value} is searched for in a list"
        raise AssertionError(message)
