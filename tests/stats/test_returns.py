from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from triad_screener.stats.returns import (
    adjusted_for_dividends,
    annualised_volatility,
    max_drawdown,
    weekly_volatility,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

LN2 = log(2)


def doubling_and_halving(weeks: int) -> NDArray[np.float64]:
    """Closes that stay for five sessions and then double or halve in turn."""
    return np.repeat([1.0, 2.0] * (weeks // 2 + 1), 5)[: 5 * weeks + 1]


def a_walk(seed: int, closes: int) -> NDArray[np.float64]:
    """Closes of a random walk."""
    steps = np.random.default_rng(seed).normal(0.0, 0.03, closes)
    walk: NDArray[np.float64] = np.exp(steps.cumsum())
    return walk


class TestRegression:
    def test_weekly_volatility_of_prices_that_double_and_halve(self) -> None:
        # Four returns of +ln2, -ln2 in turn: mean 0, sd = ln2 * sqrt(4 / 3).
        sigma = weekly_volatility(doubling_and_halving(4), fewest=4)

        assert sigma == pytest.approx(LN2 * sqrt(4 / 3) * sqrt(52), abs=1e-12)

    def test_weeks_are_counted_back_from_the_last_close(self) -> None:
        # 14 closes: the weeks end at the 14th, the 9th and the 4th; the rest is before.
        closes = np.array([9, 9, 9, 1, 7, 7, 7, 7, 2, 7, 7, 7, 7, 1], float)

        sigma = weekly_volatility(closes, fewest=2)

        assert sigma == pytest.approx(LN2 * sqrt(2) * sqrt(52), abs=1e-12)

    def test_only_the_last_104_weeks_count(self) -> None:
        calm = doubling_and_halving(104)
        wild = np.concatenate([[1e-6, 1e6] * 50, calm])

        sigma = weekly_volatility(wild, fewest=52)

        assert sigma == weekly_volatility(calm, fewest=52)

    @pytest.mark.parametrize(("closes", "known"), [(260, False), (261, True)])
    def test_52_weeks_need_261_closes(self, closes: int, known: bool) -> None:  # noqa: FBT001 - a case
        sigma = weekly_volatility(a_walk(1, closes), fewest=52)

        assert np.isfinite(sigma) == known

    def test_one_week_has_no_deviation_even_where_one_is_enough(self) -> None:
        assert np.isnan(weekly_volatility(np.array([1.0, 1, 1, 1, 1, 2]), fewest=0))
        assert np.isnan(weekly_volatility(np.array([]), fewest=0))

    def test_a_price_that_doubles_and_halves_daily(self) -> None:
        # 252 returns of +-ln2 with mean 0: sd = ln2 * sqrt(252 / 251), times sqrt(252).
        closes = np.array([1.0, 2.0] * 126 + [1.0])

        sigma = annualised_volatility(closes)

        assert sigma == pytest.approx(LN2 * 252 / sqrt(251), abs=1e-12)

    def test_steady_growth_has_no_volatility_and_no_drawdown(self) -> None:
        closes = 1.01 ** np.arange(200.0)

        assert annualised_volatility(closes) == pytest.approx(0, abs=1e-12)
        assert max_drawdown(closes) == 0

    def test_a_fall_is_measured_from_the_peak_before_it(self) -> None:
        closes = np.array([100.0] * 124 + [80.0, 160.0, 120.0, 60.0, 90.0])

        assert max_drawdown(closes) == pytest.approx(1 - 60 / 160, abs=1e-12)

    def test_a_rise_after_the_lowest_close_is_no_fall(self) -> None:
        closes = np.array([50.0] * 126 + [100.0])

        assert max_drawdown(closes) == 0

    def test_a_peak_254_closes_ago_is_forgotten(self) -> None:
        flat = np.ones(253)

        assert max_drawdown(np.concatenate([[2.0], flat])) == 0
        assert max_drawdown(np.concatenate([[2.0], flat[:-1]])) == 0.5

    @pytest.mark.parametrize(("closes", "known"), [(126, False), (127, True)])
    def test_risk_needs_127_closes(self, closes: int, known: bool) -> None:  # noqa: FBT001 - a case
        walk = a_walk(2, closes)

        assert np.isfinite(annualised_volatility(walk)) == known
        assert np.isfinite(max_drawdown(walk)) == known


@pytest.mark.parametrize("seed", range(8))
class TestProperties:
    def test_volatility_is_that_of_pandas(self, seed: int) -> None:
        closes = a_walk(seed, 127 + 40 * seed)
        returns = pd.Series(np.log(closes)).diff().dropna()

        expected = returns.tail(252).std() * sqrt(252)

        assert annualised_volatility(closes) == pytest.approx(expected, abs=1e-12)

    def test_weekly_volatility_is_that_of_every_fifth_close(self, seed: int) -> None:
        closes = a_walk(seed, 300 + 70 * seed)
        weekly = pd.Series(np.log(closes))[::-1].iloc[::5].diff().dropna()

        expected = weekly.head(104).std() * sqrt(52)

        sigma = weekly_volatility(closes, fewest=52)
        assert sigma == pytest.approx(expected, abs=1e-12)

    def test_drawdown_is_that_of_pandas(self, seed: int) -> None:
        closes = a_walk(seed, 127 + 40 * seed)
        window = pd.Series(closes).tail(253)

        expected = (1 - window / window.cummax()).max()

        assert max_drawdown(closes) == pytest.approx(expected, abs=1e-12)

    def test_the_unit_of_the_price_does_not_matter(self, seed: int) -> None:
        closes = a_walk(seed, 280)

        for measure in (annualised_volatility, max_drawdown):
            assert measure(closes / 100) == pytest.approx(measure(closes), rel=1e-9)
        in_pence = weekly_volatility(closes * 100, fewest=52)
        assert in_pence == pytest.approx(weekly_volatility(closes, fewest=52), rel=1e-9)

    def test_a_drawdown_lies_between_nothing_and_everything(self, seed: int) -> None:
        fallen = max_drawdown(a_walk(seed, 253))

        assert 0 <= fallen < 1


def adjusted(
    closes: NDArray[np.float64], paid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """One line adjusted for what was paid on each session."""
    rows, starts = np.flatnonzero(paid), np.array([0, closes.size])
    return adjusted_for_dividends(closes, rows, paid[rows].astype(float), starts)


class TestDividends:
    def test_a_dividend_lowers_every_close_before_its_ex_date(self) -> None:
        found = adjusted(np.array([40.0, 50, 49]), np.array([0, 0, 1.0]))

        # 1 of 50 is 2%.
        np.testing.assert_allclose(found, [39.2, 49, 49], rtol=1e-15)

    def test_two_dividends_multiply(self) -> None:
        found = adjusted(np.array([100.0, 50, 50]), np.array([0, 2.0, 1]))

        np.testing.assert_allclose(found, [96.04, 49, 50], rtol=1e-15)

    def test_the_total_return_is_that_of_buying_more_of_it(self) -> None:
        closes, paid = np.array([100.0, 95, 99]), np.array([0, 5.0, 0])

        found = adjusted(closes, paid)

        # Five dollars buy 5/95 of a share at the ex-price: 1.0526 x 99 for 100.
        assert found[-1] / found[0] == pytest.approx(99 * (1 + 5 / 95) / 100)

    @pytest.mark.parametrize("paid", [10.0, 11.0])
    def test_a_dividend_of_all_there_is_cannot_be_right(self, paid: float) -> None:
        found = adjusted(np.array([10.0, 10]), np.array([0, paid]))

        assert found.tolist() == [10, 10]

    def test_a_dividend_on_the_first_session_has_no_close_before_it(self) -> None:
        found = adjusted(np.array([10.0, 12]), np.array([3.0, 0]))

        assert found.tolist() == [10, 12]

    @pytest.mark.parametrize("count", [0, 1])
    def test_without_a_second_close_nothing_changes(self, count: int) -> None:
        closes = np.full(count, 5.0)

        assert adjusted(closes, np.zeros(count)).tolist() == [5] * count

    def test_lines_stand_one_after_the_other(self) -> None:
        closes = np.array([100.0, 50, 50, 7.0, 40.0, 50, 49])
        rows, paid = np.array([1, 2, 2, 4, 6]), np.array([2.0, 0.5, 0.5, 9.0, 1.0])

        # The dividend on row 4 falls on the first session of the third line.
        found = adjusted_for_dividends(closes, rows, paid, np.array([0, 3, 4, 7]))

        expected = [96.04, 49, 50, 7, 39.2, 49, 49]
        np.testing.assert_allclose(found, expected, rtol=1e-15)
