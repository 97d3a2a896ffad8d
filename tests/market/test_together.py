"""Many stocks on many days are each what it is alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from samples import AS_OF, CASH, Q0, constituent, prices, quarter_end, select, year_end
from triad_screener.factors import FACTORS, measure
from triad_screener.model.gap import Missing
from triad_screener.model.market import (
    DatedValue,
    ForwardFigure,
    LineData,
    StatementCell,
)

if TYPE_CHECKING:
    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection
    from triad_screener.model.market import Frequency
    from triad_screener.model.taxonomy import Constituent

ITEMS = (
    *("TotalRevenue", "CostOfRevenue", "GrossProfit", "OperatingIncome", "EBIT"),
    *("NetIncome", "OperatingCashFlow", "CapitalExpenditure", "TotalAssets"),
    *("TotalDebt", CASH, "StockholdersEquity", "MinorityInterest"),
    *("DilutedAverageShares",),
)
DAYS = (date(2024, 8, 5), date(2025, 11, 15), date(2026, 3, 1), Q0, AS_OF)
FX = {
    "TWD": (
        DatedValue(0.031, None),
        DatedValue(0.032, date(2025, 6, 1)),
        DatedValue(0.03, date(2026, 5, 1), "a bank"),
    ),
}


class Told(NamedTuple):
    """All there is to tell of one number."""

    value: float | None
    figures: tuple[object, ...] = ()
    flags: tuple[str, ...] = ()
    reason: str = ""
    detail: str = ""


def told(column: Column, at: int) -> Told:
    try:
        found = column.at(at)
    except Missing as missing:
        return Told(None, reason=missing.reason, detail=missing.detail)
    return Told(found.value, found.figures, found.flags)


def columns(known: Selection) -> dict[str, Column]:
    """Everything that is asked of a selection."""
    found = {name: measure(FACTORS[name], known) for name in FACTORS}
    with np.errstate(all="ignore"):
        return {
            **found,
            "market capitalisation": known.market_capitalisation,
            "enterprise value": known.enterprise_value,
            "shares": known.shares,
            "close": known.closes.last,
            "statement rate": known.statement_fx,
        }


def arrays(known: Selection, at: int) -> list[str]:
    """What is asked of a selection and has no figures."""
    of = known.statements
    return [
        repr(known.average_daily_value[at]),
        repr(known.statement_age_days[at]),
        repr(known.exposure_shares[at].tolist()),
        repr(of.foreign_currencies(at)),
        repr(bool(of.has_foreign[at])),
        repr(bool(known.share_counts.conflicts[at])),
        repr(bool(known.closes.is_unlisted[at])),
        repr(known.closes.jumps(at)),
        repr(known.forward.day(at)),
    ]


def rarely(values: st.SearchStrategy[date]) -> st.SearchStrategy[date | None]:
    return st.one_of(st.none(), st.none(), values)


def dates(first: date, last: date) -> st.SearchStrategy[date]:
    return st.integers(0, (last - first).days).map(lambda n: first + timedelta(days=n))


RECENT = dates(date(2025, 1, 1), AS_OF + timedelta(days=40))


def a_cell(
    dice: np.random.Generator, frequency: Frequency, item: str, end: date, usual: str
) -> StatementCell:
    """A figure as sources have them: restated, late, odd, in another currency."""

    def after(chance: float, most: int) -> date | None:
        if dice.random() > chance:
            return None
        return end + timedelta(days=int(dice.integers(20, most)))

    currency = "EUR" if dice.random() < 0.005 else usual
    return StatementCell(
        frequency,
        item,
        end + timedelta(days=int(dice.choice([*[0] * 15, 3, -3, 15]))),
        float(dice.choice([*[10.0, 12.0, 9.0] * 15, 0.0, -5.0, 400.0])),
        "shares" if item == "DilutedAverageShares" else currency,
        after(0.3, 90),
        "drawn",
        str(dice.choice(["", "", "", "derived: so", "as filed"])),
        after(0.3, 200),
    )


@st.composite
def statement_cells(draw: st.DrawFn) -> tuple[StatementCell, ...]:
    """Statements with holes, copies, odd period ends and other currencies."""
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    usual = draw(st.sampled_from(["USD", "USD", "USD", "TWD"]))
    copies = draw(st.sampled_from([[1], [0, *[1] * 20, 2, 3], [0, 1, 2]]))
    periods: list[tuple[Frequency, date]] = [
        *(("quarterly", quarter_end(back)) for back in range(9)),
        *(("annual", year_end(back)) for back in range(4)),
    ]
    cells = [
        a_cell(dice, frequency, item, end, usual)
        for item in ITEMS
        for frequency, end in periods
        for _ in range(dice.choice(copies))
    ]
    return tuple(cells[at] for at in dice.permutation(len(cells)))


@st.composite
def stocks(draw: st.DrawFn, ticker: str) -> tuple[Constituent, LineData]:
    who = constituent(
        ticker,
        issuer=draw(st.sampled_from(["one", "other", ticker.lower()])),
        exposures=draw(
            st.sampled_from([{}, {"data": 0.4}, {"compute": 0.2, "data": 0.1}])
        ),
        exposed_on=draw(st.sampled_from(["2024-01-31", "2026-05-31"])),
        price_currency=draw(st.sampled_from(["USD", "USD", "TWD", "GBP"])),
        statement_currency=draw(st.sampled_from(["USD", "USD", "USD", "TWD"])),
        ordinary_per_receipt=draw(st.sampled_from([1.0, 5.0])),
        foreign_filer=draw(st.booleans()),
    )
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.sampled_from([0, 1, 130, 300, 620]))
    closes = np.exp(dice.normal(0, 0.05, count).cumsum())
    known = dice.random(count)
    series = prices(
        closes,
        last=draw(RECENT),
        unadjusted=np.where(known < 0.9, closes * 1.01, np.nan).tolist(),
        volumes=np.where(known > 0.1, 1000 * known, np.nan).tolist(),
    )
    dated = st.builds(
        DatedValue,
        st.sampled_from([1000.0, 10.0]),
        rarely(RECENT),
        st.just("drawn"),
    )
    expected = st.builds(
        ForwardFigure,
        RECENT,
        st.sampled_from([None, 20.0, 0.0, -4.0]),
        st.sampled_from([None, 2.0, -1.0]),
        st.sampled_from([None, 40.0]),
        st.just("drawn"),
    )
    line = LineData(
        ticker,
        series if count else None,
        draw(statement_cells()) if draw(st.integers(0, 3)) else (),
        draw(st.one_of(st.none(), dated)),
        average_daily_value_usd=draw(st.sampled_from([None, 5e6])),
        market_capitalisation=draw(dated) if draw(st.integers(0, 3)) == 0 else None,
        forward=tuple(draw(st.lists(expected, max_size=4))),
        price_source=ticker,
    )
    return who, line


def sister_cells(
    who: Constituent, constituents: list[Constituent], lines: list[LineData]
) -> tuple[StatementCell, ...]:
    """The statements of the first sister, A to Z, that has any in the currency."""
    for sister, line in sorted(
        zip(constituents, lines, strict=True), key=lambda pair: pair[0].ticker
    ):
        currency = sister.identity.statement_currency
        same = sister.issuer == who.issuer
        if same and currency == who.identity.statement_currency and line.cells:
            return line.cells
    return ()


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_stock_among_others_on_many_days_is_what_it_is_alone_on_one(
    data: st.DataObject,
) -> None:
    tickers = ("CCC", "AAA", "BBB")[: data.draw(st.integers(1, 3))]
    drawn = [data.draw(stocks(ticker)) for ticker in tickers]
    constituents, lines = (list(part) for part in zip(*drawn, strict=True))
    days = data.draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=3))
    together = select(constituents, lines, days, FX)
    found = columns(together)

    for at in range(together.count):
        stock, day = at % len(lines), days[at // len(lines)]
        who = constituents[stock]
        own = lines[stock].cells or sister_cells(who, constituents, lines)
        alone = select([who], [replace(lines[stock], cells=own)], [day], FX)
        for name, column in columns(alone).items():
            assert told(found[name], at) == told(column, 0), (name, who.ticker, day)
        assert arrays(together, at) == arrays(alone, 0)
