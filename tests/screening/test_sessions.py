from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from samples import AS_OF, market, prices
from triad_screener.model.market import LineData, PriceSeries
from triad_screener.screening import sessions

if TYPE_CHECKING:
    from datetime import date


def without(series: PriceSeries, *days: date) -> PriceSeries:
    """The same prices without those of some days."""
    kept = ~np.isin(series.sessions, np.array(days, "datetime64[D]"))
    return PriceSeries(
        series.sessions[kept],
        series.adjusted[kept],
        series.closes[kept],
        series.volumes[kept],
    )


def back(days: int) -> date:
    return AS_OF - timedelta(days=days)


FULL = prices([1.0] * 500)


def test_the_days_on_which_the_exchange_traded_are_given_by_ticker() -> None:
    known = market(
        LineData("AAA", FULL),
        LineData("BBB", FULL),
        LineData("CCC", without(FULL, back(3), back(9))),
        LineData("DDD"),
    )

    assert sessions.missing(known, AS_OF) == {"CCC": (back(9), back(3))}


def test_other_exchanges_have_days_of_their_own() -> None:
    holidays = without(FULL, back(3))
    series = {"AAA": FULL, "BBB": FULL, "CCC": FULL, "2330.TW": holidays}

    known = market(*(LineData(ticker, one) for ticker, one in series.items()))

    assert sessions.missing(known, AS_OF) == {}


def test_only_the_year_up_to_the_day_is_looked_at() -> None:
    known = market(
        LineData("AAA", FULL),
        LineData("BBB", FULL),
        LineData("CCC", without(FULL, back(3), back(369))),
    )

    assert sessions.missing(known, AS_OF) == {"CCC": (back(3),)}
    assert sessions.missing(known, back(4)) == {"CCC": (back(369),)}
    assert sessions.missing(market(), AS_OF) == {}
