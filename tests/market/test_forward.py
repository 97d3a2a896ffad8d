from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from samples import AS_OF, constituent, forward, line, line_data, only, select
from triad_screener.model.days import day
from triad_screener.model.gap import Missing

YESTERDAY, TOMORROW = AS_OF - timedelta(days=1), AS_OF + timedelta(days=1)


def test_the_newest_figures_by_each_day_count() -> None:
    figures = (
        *forward(day=AS_OF, pe=25.0, eps=4.0, price=80.0),
        *forward(day=YESTERDAY, pe=20.0),
        *forward(day=TOMORROW, eps=5.0),
    )
    days = [YESTERDAY - timedelta(days=1), YESTERDAY, AS_OF, TOMORROW]

    found = select([constituent()], [line_data(forward=figures)], days).forward

    assert [found.day(at) for at in range(4)] == [None, YESTERDAY, AS_OF, TOMORROW]
    assert [day(one) for one in found.days] == [None, YESTERDAY, AS_OF, TOMORROW]
    np.testing.assert_array_equal(found.ratio.raw, [np.nan, 20.0, 25.0, np.nan])
    np.testing.assert_array_equal(found.earnings.raw, [np.nan, np.nan, 4.0, 5.0])
    np.testing.assert_array_equal(found.price.raw, [np.nan, np.nan, 80.0, np.nan])


def test_a_figure_tells_its_unit_its_day_and_its_source() -> None:
    pounds = constituent("ARM.L", price_currency="GBP")
    figures = forward(pe=25.0, eps=4.0, price=80.0)

    found = line(of=pounds, forward=figures).forward

    told = [only(one).figures[0] for one in (found.earnings, found.ratio, found.price)]
    assert [one.item for one in told] == ["forward EPS", "forward PE", "price"]
    assert [one.unit for one in told] == ["GBP", "times", "GBP"]
    assert {(one.date, one.source) for one in told} == {(AS_OF, "a vendor")}


def test_what_nobody_said_is_missing_by_name() -> None:
    found = line(forward=forward()).forward

    for column, item in (
        (found.earnings, "forward EPS"),
        (found.ratio, "forward PE"),
        (found.price, "price"),
    ):
        with pytest.raises(Missing, match=f"no {item} is known"):
            only(column)


def test_figures_are_fresh_for_so_many_days() -> None:
    days = [AS_OF - timedelta(days=1), AS_OF, AS_OF + timedelta(days=61)]
    who = [constituent()]

    found = select(who, [line_data(forward=forward(pe=1.0))], days).forward.fresh(60)

    assert found.known.tolist() == [False, True, False]
    with pytest.raises(Missing, match="no forward figure is known"):
        found.at(0)
    with pytest.raises(Missing, match="newest forward figure is of 2026-06-30"):
        found.at(2)
