from __future__ import annotations

from datetime import date, timedelta
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import AS_OF, constituent, line, line_data, only, prices, select
from triad_screener.market import prices as module
from triad_screener.model.days import day, number, numbers
from triad_screener.model.gap import Missing
from triad_screener.model.market import LineData, PriceSeries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from triad_screener.market.prices import Closes
    from triad_screener.model.taxonomy import Constituent

TOMORROW = AS_OF + timedelta(days=1)
TWO = [constituent("AAA"), constituent("BBB")]


class TestCloses:
    def test_a_price_counts_on_its_own_session_and_not_before(self) -> None:
        series = prices([1.0, 2.0, 3.0], last=TOMORROW)

        today = line(series=series)

        assert today.closes.adjusted(0).tolist() == [1.0, 2.0]
        assert today.closes.sessions(0)[-1].item() == AS_OF
        assert only(today.closes.last).value == 2.0

    def test_the_close_is_not_adjusted_for_dividends(self) -> None:
        dividend = line(series=prices([95.0, 99.0], unadjusted=[100.0, 100.0]))

        assert only(dividend.closes.last).value == 100.0
        assert only(dividend.closes.last).flags == ()
        assert only(dividend.closes.last).figures[0].item == "close"
        assert only(dividend.closes.back(1)).value == 99.0

    def test_without_a_close_the_adjusted_one_stands_in_flagged(self) -> None:
        unknown = line(series=prices([95.0, 99.0], unadjusted=[nan, nan]))

        assert only(unknown.closes.last).value == 99.0
        assert only(unknown.closes.last).flags == ("adjusted close for close",)

    @pytest.mark.parametrize(("days", "flags"), [(10, ()), (11, ("stale price",))])
    def test_a_price_older_than_ten_days_is_stale(
        self, days: int, flags: tuple[str, ...]
    ) -> None:
        series = prices([100.0], last=AS_OF - timedelta(days=days))

        assert only(line(series=series).closes.last).flags == flags

    def test_sessions_are_counted_back_from_the_last(self) -> None:
        three = line(closes=[1.0, 2.0, 3.0])

        assert [only(three.closes.back(back)).value for back in (1, 2, 3)] == [3, 2, 1]
        with pytest.raises(Missing, match="3 closes are known, and 4 are needed"):
            only(three.closes.back(4))

    def test_a_close_is_that_of_the_last_session_by_then(self) -> None:
        sessions = np.array(["2026-06-26", "2026-06-29"], "datetime64[D]")
        closes = np.array([1.0, 2.0])
        known = line(series=PriceSeries(sessions, closes, closes, np.array([nan, nan])))

        assert only(known.closes.on(numbers([date(2026, 6, 28)]))).value == 1.0
        assert only(known.closes.on(numbers([date(2027, 1, 1)]))).value == 2.0
        with pytest.raises(Missing, match="no price is known on or before 2026-06-25"):
            only(known.closes.on(numbers([date(2026, 6, 25)])))

    def test_a_line_whose_trading_begins_tomorrow_is_not_listed(self) -> None:
        young = line(series=prices([1.0], last=TOMORROW))

        assert young.closes.is_unlisted.tolist() == [True]
        with pytest.raises(Missing, match="no price is known"):
            only(young.closes.last)

    def test_a_line_without_prices_may_be_listed_for_all_we_know(self) -> None:
        unknown = select([constituent()], [LineData("AAA")])

        assert unknown.closes.is_unlisted.tolist() == [False]
        assert unknown.closes.jumps(0) == []
        with pytest.raises(Missing, match="no price is known"):
            only(unknown.closes.back(1))
        assert unknown.closes.adjusted(0).size == 0

    @pytest.mark.parametrize(
        ("closes", "jump"),
        [
            ([200.0, 100.0], True),
            ([200.0, 100.1], False),
            ([100.0, 200.0], True),
            ([100.0, 199.9], False),
        ],
    )
    def test_a_fall_by_half_or_a_doubling_in_a_day_may_be_a_missed_split(
        self,
        closes: list[float],
        jump: bool,  # noqa: FBT001 - a case
    ) -> None:
        expected = ["price jump on 2026-06-30, a split?"] if jump else []

        assert line(closes=closes).closes.jumps(0) == expected

    def test_a_jump_more_than_a_year_ago_is_forgotten(self) -> None:
        assert line(closes=[1.0] + [100.0] * 253).closes.jumps(0) == []
        assert len(line(closes=[1.0] + [100.0] * 252).closes.jumps(0)) == 1


class TestManyCloses:
    def test_a_formula_is_given_the_last_closes_and_nothing_before_the_first(
        self,
    ) -> None:
        known = [line_data(closes=[1.0, 2.0, 3.0]), line_data(ticker="BBB", closes=[7])]
        closes = select(TWO, known, [TOMORROW]).closes
        seen: list[NDArray[np.float64]] = []

        def total(part: NDArray[np.float64]) -> NDArray[np.float64]:
            seen.append(part)
            found: NDArray[np.float64] = np.nansum(part, axis=1)
            return found

        found = closes.over(2, total)

        assert found.tolist() == [5.0, 7.0]
        np.testing.assert_array_equal(seen[0], [[2.0, 3.0], [nan, 7.0]])

    def test_parts_give_what_all_at_once_would(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        days = [AS_OF - timedelta(days=back) for back in range(5)]
        series = [
            prices([1.0, 2.0, 3.0, 4.0], volumes=[5.0, 6.0, 7.0, 8.0]),
            prices([9.0, 8.0], volumes=[1.0, 2.0]),
        ]
        known = [
            line_data(ticker=who.ticker, series=one)
            for who, one in zip(TWO, series, strict=True)
        ]

        def all_of(closes: Closes) -> tuple[list[float], list[float]]:
            formula = closes.over(3, lambda p: np.nansum(p, axis=1))
            return formula.tolist(), closes.traded_value.tolist()

        at_once = all_of(select(TWO, known, days).closes)
        monkeypatch.setattr(module, "AT_ONCE", 3)
        in_parts = select(TWO, known, days).closes

        assert [part.stop for part in in_parts.parts()] == [3, 6, 9, 10]
        np.testing.assert_array_equal(all_of(in_parts), at_once)
        assert at_once[0][:2] == [9.0, 17.0]

    def test_what_is_made_of_them_has_one_figure(self) -> None:
        known = [line_data(closes=[1.0, 2.0], price_source="an exchange")]
        closes = select(TWO, known).closes

        found = closes.summary(
            np.array([0.5, 0.0]), "spread", "fraction", lambda at: (2.0, f"of {at}")
        )

        (figure,) = only(found).figures
        assert (only(found).value, figure.item, figure.value) == (0.5, "spread", 2.0)
        assert (figure.unit, figure.date, figure.note) == ("fraction", AS_OF, "of 0")
        assert figure.source == "an exchange"
        with pytest.raises(Missing, match="no price is known"):
            found.at(1)


class TestDays:
    def test_each_day_knows_the_closes_by_then(self) -> None:
        days = [AS_OF - timedelta(days=back) for back in (3, 1, 0)]
        who = [constituent()]

        closes = select(who, [line_data(closes=[1.0, 2.0, 3.0])], days).closes

        assert closes.count.tolist() == [0, 2, 3]
        assert closes.is_unlisted.tolist() == [True, False, False]
        assert [day(one) for one in closes.last_session] == [None, *days[1:]]
        np.testing.assert_array_equal(closes.last.raw, [nan, 2.0, 3.0])
        np.testing.assert_array_equal(closes.back(3).raw, [nan, nan, 1.0])

    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize("who", [[], [constituent()]], ids=["nobody", "no prices"])
    def test_without_any_price_nothing_is_known(self, who: list[Constituent]) -> None:
        closes = select(who, [], [AS_OF, TOMORROW]).closes
        count = 2 * len(who)

        assert closes.count.tolist() == [0] * count
        for column in (
            closes.last,
            closes.back(1),
            closes.on(numbers([AS_OF] * count)),
        ):
            assert column.known.tolist() == [False] * count
        assert np.isnan(closes.traded_value).tolist() == [True] * count
        over = closes.over(2, lambda p: p[:, 0])
        assert np.isnan(over).tolist() == [True] * count


def test_the_close_of_a_day_is_the_last_by_then_and_none_before_the_first() -> None:
    known = line(closes=[1.0, 2.0]).closes
    today = number(AS_OF)

    found = [known.on_day(0, today - back) for back in (0, 1, 2)]

    assert found == [2.0, 1.0, None]
