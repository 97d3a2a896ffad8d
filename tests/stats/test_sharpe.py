"""Sharpe ratios and the luck of many tries, against simulations and by hand."""

from __future__ import annotations

from math import e, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from triad_screener.stats.sharpe import deflated, drawdown, expected_best, sharpe

NORMAL = NormalDist()


def luck_by_hand(trials: int, count: int) -> float:
    euler = 0.5772156649015329
    first = NORMAL.inv_cdf(1 - 1 / trials)
    second = NORMAL.inv_cdf(1 - 1 / (trials * e))
    return ((1 - euler) * first + euler * second) / sqrt(count - 1)


def deflated_by_hand(values: list[float], luck: float) -> float:
    n = len(values)
    mean = sum(values) / n
    second, third, fourth = (
        sum((one - mean) ** power for one in values) / n for power in (2, 3, 4)
    )
    ratio = mean / sqrt(second * n / (n - 1))
    skewness, kurtosis = third / second**1.5, fourth / second**2
    error = 1 - skewness * ratio + (kurtosis - 1) / 4 * ratio**2
    return NORMAL.cdf((ratio - luck) * sqrt(n - 1) / sqrt(error))


class TestSharpe:
    def test_the_ratio_is_mean_over_deviation(self) -> None:
        # Mean .02; squares of the distances .0002 in all, over 2.
        assert sharpe(np.array([0.01, 0.02, 0.03])) == pytest.approx(2)

    @pytest.mark.parametrize("values", [[], [0.1], [0.1, 0.1], [12345.678] * 13])
    def test_too_few_or_constant_returns_have_none(self, values: list[float]) -> None:
        assert sharpe(np.array(values)) is None

    def test_losses_have_a_ratio_below_zero(self) -> None:
        assert sharpe(np.array([-0.01, -0.03])) == pytest.approx(-sqrt(2))

    def test_the_size_of_bets_does_not_matter(self) -> None:
        values = np.random.default_rng(0).normal(0.01, 0.05, 30)

        assert sharpe(values * 1000) == pytest.approx(sharpe(values))


class TestLuck:
    @pytest.mark.parametrize("trials", [-1, 0, 1])
    def test_who_tries_once_has_no_luck(self, trials: int) -> None:
        assert expected_best(trials, 60) == 0

    def test_two_tries_by_hand(self) -> None:
        # The quantile of a half is 0; that of 1 - 1/(2e) = .81606 is .9005.
        assert expected_best(2, 101) == pytest.approx(0.5772 * 0.9005 / 10, abs=1e-4)

    @pytest.mark.parametrize("trials", [2, 7, 45, 1000, 10**6])
    def test_the_formula_by_hand(self, trials: int) -> None:
        assert expected_best(trials, 60) == pytest.approx(luck_by_hand(trials, 60))

    @pytest.mark.parametrize("trials", [10, 45, 300])
    def test_it_is_the_mean_of_the_best_of_so_many_normal_ratios(
        self, trials: int
    ) -> None:
        drawn = np.random.default_rng(trials).normal(0, 1 / sqrt(59), (4000, trials))

        found = drawn.max(axis=1).mean()

        assert expected_best(trials, 60) == pytest.approx(found, rel=0.03)

    def test_it_is_the_mean_of_the_best_of_so_many_empty_courses(self) -> None:
        courses = np.random.default_rng(0).normal(0, 0.04, (1500, 20, 60))
        ratios = courses.mean(axis=2) / courses.std(axis=2, ddof=1)

        found = ratios.max(axis=1).mean()

        assert expected_best(20, 60) == pytest.approx(found, rel=0.04)

    def test_more_tries_have_more_luck_however_many(self) -> None:
        luck = [expected_best(10**power, 60) for power in range(0, 19, 3)]

        assert luck == sorted(set(luck))
        assert np.isfinite(luck).all()

    def test_more_periods_leave_less_to_luck(self) -> None:
        assert expected_best(20, 101) == pytest.approx(expected_best(20, 26) / 2)


class TestDeflated:
    # Mean .01, population deviation .02, skewness 0, kurtosis 1: the error is 1. The
    # ratio is .5 sqrt(11/12), times sqrt(11) is 1.5877.
    EVEN = np.array([0.03, -0.01] * 6)

    def test_a_single_trial_is_the_probabilistic_ratio_by_hand(self) -> None:
        assert deflated(self.EVEN, 1) == pytest.approx(NORMAL.cdf(1.5877), abs=1e-5)
        assert deflated(self.EVEN, 1) == pytest.approx(0.9438, abs=1e-4)

    def test_luck_is_taken_off(self) -> None:
        luck = luck_by_hand(5, 12)

        expected = NORMAL.cdf((0.5 * sqrt(11 / 12) - luck) * sqrt(11))
        assert deflated(self.EVEN, 5) == pytest.approx(expected, abs=1e-12)

    @pytest.mark.parametrize("seed", range(6))
    def test_the_formula_by_hand_for_skewed_returns(self, seed: int) -> None:
        values = np.random.default_rng(seed).exponential(0.05, 12 + 9 * seed) - 0.04

        for trials, luck in ((1, 0.0), (45, luck_by_hand(45, values.size))):
            expected = deflated_by_hand(values.tolist(), luck)
            assert deflated(values, trials) == pytest.approx(expected, abs=1e-12)

    def test_more_tries_make_the_same_course_less_likely(self) -> None:
        values = np.random.default_rng(1).normal(0.01, 0.04, 48)

        found = [deflated(values, trials) or 0.0 for trials in (1, 2, 10, 100)]

        assert found == sorted(found, reverse=True)

    @pytest.mark.parametrize(
        "values", [[], [0.03, -0.01] * 5 + [0.02], [0.1] * 12, [12345.678] * 13]
    )
    def test_too_few_or_constant_returns_have_none(self, values: list[float]) -> None:
        assert deflated(np.array(values), 3) is None

    def test_a_ratio_without_error_is_above_luck_or_is_not(self) -> None:
        # One in twelve: skewness 10/sqrt(11), kurtosis its square and 1. With a ratio
        # of 2 over the skewness the error is 1 - 2 + 1.
        values = np.array([0.0] * 11 + [1.0])
        values += sqrt(11) / 5 * values.std(ddof=1) - values.mean()

        assert sharpe(values) == pytest.approx(0.6633, abs=1e-4)
        assert deflated(values, 1) == 1
        assert deflated(values, 10**6) == 0

    def test_the_best_of_twenty_nothings_seldom_passes(self) -> None:
        courses = np.random.default_rng(3).normal(0, 0.04, (150, 20, 60))
        ratios = courses.mean(axis=2) / courses.std(axis=2, ddof=1)
        best = courses[np.arange(150), ratios.argmax(axis=1)]

        passed = [(deflated(one, 20) or 0.0) > 0.95 for one in best]
        undeflated = [(deflated(one, 1) or 0.0) > 0.95 for one in best]

        assert np.mean(passed) < 0.05
        assert np.mean(undeflated) > 0.5


class TestDrawdown:
    def test_the_deepest_fall_by_hand(self) -> None:
        # 1, 1.2, .9, 1.35, .81: down by a quarter, then by two fifths.
        assert drawdown(np.array([0.2, -0.25, 0.5, -0.4])) == pytest.approx(0.4)

    def test_a_first_loss_falls_from_the_start(self) -> None:
        assert drawdown(np.array([-0.1, 0.5])) == pytest.approx(0.1)

    def test_steady_losses_add_up(self) -> None:
        assert drawdown(np.array([-0.5, -0.5])) == 0.75

    @pytest.mark.parametrize("values", [[], [0.0], [0.1, 0.0, 0.3]])
    def test_without_a_loss_there_is_none(self, values: list[float]) -> None:
        assert drawdown(np.array(values)) == 0

    @pytest.mark.parametrize("loss", [-1.0, -2.0])
    def test_after_a_total_loss_nothing_comes_back(self, loss: float) -> None:
        assert drawdown(np.array([0.5, loss, loss, 9.0])) == 1

    @pytest.mark.parametrize("seed", range(5))
    def test_it_is_the_worst_of_all_pairs_of_days(self, seed: int) -> None:
        returns = np.random.default_rng(seed).normal(0, 0.1, 25)
        course = [1.0]
        for one in returns.tolist():
            course.append(course[-1] * (1 + one))

        expected = max(
            1 - later / peak for at, peak in enumerate(course) for later in course[at:]
        )
        assert drawdown(returns) == pytest.approx(expected, abs=1e-12)
