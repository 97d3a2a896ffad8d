from __future__ import annotations

from datetime import date
from math import nan

import numpy as np

from samples import AS_OF, Q0, cell, forward, line_data, prices, quarters
from triad_screener.market.tabulating import tabulate
from triad_screener.model.days import UNKNOWN, day, number
from triad_screener.model.market import DatedValue, LineData

FEBRUARY = date(2026, 2, 1)
LINES = (
    LineData("NONE"),
    line_data(
        *quarters("NetIncome", 2.0),
        cell("TotalDebt", 3.0, filed=AS_OF, note="as filed", currency="TWD"),
        ticker="FULL",
        series=prices([1.0, 2.0], unadjusted=[nan, 2.5], volumes=[7.0, nan]),
        shares=DatedValue(9.0, None, "a cover"),
        market_capitalisation=DatedValue(18.0, Q0, "a vendor"),
        average_daily_value_usd=5.0,
        forward=(*forward(pe=20.0), *forward(day=FEBRUARY, eps=2.0)),
        price_source="an exchange",
        reports_on=AS_OF,
    ),
    line_data(ticker="NEXT", closes=[4.0], shares=None),
)
TABLES = tabulate(
    {one.ticker: one for one in LINES}, ["NONE", "FULL", "WHO?", "NEXT"], {}
)


def test_prices_stand_stock_by_stock_and_oldest_first() -> None:
    found = TABLES.prices

    assert found.starts.tolist() == [0, 0, 2, 2, 3]
    assert found.adjusted.tolist() == [1.0, 2.0, 4.0]
    assert found.sessions.tolist() == [number(AS_OF) - 1, number(AS_OF), number(AS_OF)]
    np.testing.assert_array_equal(found.closes, [nan, 2.5, 4.0])
    np.testing.assert_array_equal(found.volumes, [7.0, nan, nan])
    assert found.sources == ("", "an exchange", "", "")


def test_the_bars_of_a_stock_are_those_it_came_with() -> None:
    known = LINES[1].prices

    found = TABLES.prices.of(1)

    assert found is not None
    assert known is not None
    for name in ("sessions", "adjusted", "closes", "volumes"):
        np.testing.assert_array_equal(getattr(found, name), getattr(known, name))
    assert TABLES.prices.of(0) is TABLES.prices.of(2) is None


def test_figures_of_statements_stand_in_the_order_of_the_source() -> None:
    found = TABLES.cells
    words = found.words

    assert found.stocks.tolist() == [1, 1]
    assert [words[at] for at in found.items] == ["NetIncome", "TotalDebt"]
    assert [words[at] for at in found.currencies] == ["USD", "TWD"]
    assert [words[at] for at in found.sources] == ["by hand", "by hand"]
    assert [words[at] for at in found.notes] == ["", "as filed"]
    assert [day(at) for at in found.ends] == [Q0, Q0]
    assert [day(at) for at in found.filed] == [None, AS_OF]
    assert found.seen.tolist() == [UNKNOWN, UNKNOWN]
    assert found.annual.tolist() == [False, False]
    assert found.values.tolist() == [2.0, 3.0]


def test_what_is_one_figure_a_stock_names_the_stock() -> None:
    shares, worth = TABLES.shares, TABLES.market_capitalisations

    assert (shares.stocks.tolist(), shares.values.tolist()) == ([1], [9.0])
    assert (day(shares.days[0]), shares.words) == (None, ("a cover",))
    assert (worth.stocks.tolist(), worth.values.tolist()) == ([1], [18.0])
    assert (day(worth.days[0]), worth.words) == (Q0, ("a vendor",))
    np.testing.assert_array_equal(TABLES.traded, [nan, 5.0, nan, nan])
    assert TABLES.reports.stocks.tolist() == [1]
    assert day(int(TABLES.reports.values[0])) == AS_OF
    assert TABLES.known.tolist() == [True, True, False, True]


def test_what_was_expected_stands_oldest_first() -> None:
    found = TABLES.expected

    assert found.stocks.tolist() == [1, 1]
    assert [day(at) for at in found.days] == [FEBRUARY, AS_OF]
    np.testing.assert_array_equal(found.price_earnings, [nan, 20.0])
    np.testing.assert_array_equal(found.earnings_per_share, [2.0, nan])
    np.testing.assert_array_equal(found.prices, [nan, nan])
    assert found.sources.tolist() == [0, 0]
    assert found.words == ("a vendor",)


def test_of_nobody_there_is_nothing() -> None:
    found = tabulate({}, [], {})

    assert found.prices.starts.tolist() == [0]
    assert found.cells.values.size == found.traded.size == found.known.size == 0
    assert found.reports.values.size == found.splits.values.size == 0
    assert found.shares.values.size == found.expected.days.size == 0
    assert found.cells.words == ()
