"""Information coefficients and their error, each found in a second way."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from triad_screener.stats.information import (
    autocorrelation,
    block_length,
    coefficients,
    default_lags,
    interval,
    months_needed,
    newey_west,
    share_beyond,
    shuffled,
    spread,
)

Array = NDArray[np.float64]
NAN = np.nan


def with_holes(values: Array, random: np.random.Generator) -> Array:
    return np.where(random.random(values.shape) < 0.2, NAN, values)


def a_panel(seed: int, *, coefficient: float = 0.0) -> tuple[Array, Array]:
    """Return 75 sections of 60 lines whose returns depend that much on the scores."""
    random = np.random.default_rng(seed)
    scores, luck = random.normal(size=(2, 75, 60))
    return scores, coefficient * scores + sqrt(1 - coefficient**2) * luck


def a_course(seed: int, count: int, memory: float) -> Array:
    """Return values that each keep so much of the one before."""
    steps = np.random.default_rng(seed).normal(size=count)
    course = [steps[0]]
    for step in steps[1:]:
        course.append(memory * course[-1] + step)
    return np.array(course)


def spearman_by_scipy(own: Array, other: Array, fewest: int) -> float:
    known = ~(np.isnan(own) | np.isnan(other))
    own, other = own[known], other[known]
    if len(own) < fewest or len(set(own)) < 2 or len(set(other)) < 2:
        return NAN
    return float(scipy_stats.spearmanr(own, other).statistic)


def newey_west_by_hand(values: Array, lags: int) -> float:
    n, rest = len(values), values - values.mean()
    variance = (rest @ rest) / n
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (rest[lag:] @ rest[:-lag]) / n
    return float(values.mean() / sqrt(variance / n))


def circular_means(values: Array, block: int, draws: int, seed: int) -> Array:
    """Return means of courses made of blocks that begin anywhere on a circle."""
    n = len(values)
    starts = np.random.default_rng(seed).integers(0, n, (draws, -(-n // block), 1))
    places = (starts + np.arange(block)).reshape(draws, -1)[:, :n] % n
    means: Array = values[places].mean(axis=1)
    return means


class TestCoefficients:
    @pytest.mark.parametrize("seed", range(6))
    def test_they_are_those_of_scipy_with_ties_and_holes(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        lines = 3 + 4 * seed
        scores = with_holes(random.integers(0, 6, (12, lines)) / 3, random)
        returns = with_holes(random.normal(size=(12, lines)).round(1), random)

        found = coefficients(scores, returns, fewest=4)

        pairs = zip(scores, returns, strict=True)
        expected = [spearman_by_scipy(own, other, 4) for own, other in pairs]
        assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)

    def test_a_hole_is_a_line_less_and_not_a_zero(self) -> None:
        scores = np.array([[3.0, 1.0, 2.0, NAN, 5.0]])
        returns = np.array([[0.3, 0.1, 0.2, -0.9, NAN]])

        assert coefficients(scores, returns, fewest=3).tolist() == [1]
        # Each hole as a zero would be the lowest or the middle of five.
        filled = coefficients(np.nan_to_num(scores), np.nan_to_num(returns), fewest=3)
        assert filled != pytest.approx([1], abs=0.1)

    def test_the_infinite_is_missing(self) -> None:
        scores = np.array([[1.0, 2.0, 3.0, np.inf]])
        returns = np.array([[-np.inf, 0.3, 0.2, 0.1]])

        assert coefficients(scores, returns, fewest=2).tolist() == [-1]

    def test_too_few_lines_have_none(self) -> None:
        scores = np.array([[1.0, 2.0, 3.0, NAN], [1.0, 2.0, 3.0, 4.0]])

        assert np.isnan(coefficients(scores, scores, fewest=4)).tolist() == [
            True,
            False,
        ]

    @pytest.mark.parametrize("fewest", [0, 1, 5])
    @pytest.mark.parametrize("shape", [(3, 0), (3, 1), (0, 4), (0, 0)])
    def test_nothing_and_one_line_have_none(
        self, shape: tuple[int, int], fewest: int
    ) -> None:
        found = coefficients(np.ones(shape), np.ones(shape), fewest)

        assert found.shape == shape[:1]
        assert np.isnan(found).all()

    def test_a_pair_agrees_or_does_not(self) -> None:
        scores, returns = np.array([[1.0, 2.0]] * 2), np.array([[0.1, 0.2], [0.2, 0.1]])

        assert coefficients(scores, returns, fewest=2).tolist() == [1, -1]

    def test_constants_and_empty_rows_have_none(self) -> None:
        rising = np.arange(5.0)
        scores = np.array([rising, np.full(5, 0.1), np.full(5, NAN), rising])
        returns = np.array([np.full(5, 0.3), rising, rising, np.full(5, NAN)])

        assert np.isnan(coefficients(scores, returns, fewest=2)).all()

    def test_only_the_order_counts_however_huge(self) -> None:
        scores = np.array([[-1e308, 0.0, 5e-324, 1e308]])
        returns = np.array([[-1.0, 0.0, 1e-9, 1e300]])

        assert coefficients(scores, returns, fewest=4).tolist() == [1]

    @pytest.mark.parametrize("seed", range(3))
    def test_none_is_beyond_one(self, seed: int) -> None:
        ties = np.random.default_rng(seed).integers(0, 4, (30, 40 + seed)).astype(float)

        assert coefficients(ties, 7 * ties, fewest=2).max() <= 1
        assert coefficients(ties, -ties, fewest=2).min() >= -1

    def test_a_coefficient_of_nothing_errs_by_one_over_the_root_of_lines(self) -> None:
        scores, returns = np.random.default_rng(0).normal(size=(2, 3000, 40))

        found = coefficients(scores, returns, fewest=5)

        assert found.std() == pytest.approx(1 / sqrt(39), rel=0.05)
        assert found.mean() == pytest.approx(0, abs=0.01)


class TestLags:
    @pytest.mark.parametrize(
        ("count", "lags"),
        [(0, 0), (1, 1), (4, 1), (5, 2), (27, 2), (28, 3), (99, 3), (100, 4), (273, 5)],
    )
    def test_they_follow_the_formula(self, count: int, lags: int) -> None:
        # lags <= 4 (T/100)^(2/9), in whole numbers: lags^9 100^2 <= 4^9 T^2.
        assert lags**9 * 100**2 <= 4**9 * count**2 < (lags + 1) ** 9 * 100**2
        assert default_lags(count) == lags

    def test_blocks_have_four_sections_or_as_many_as_returns_reach_over(self) -> None:
        assert [block_length(reach) for reach in (1, 4, 5, 12)] == [4, 4, 5, 12]


class TestNeweyWest:
    @pytest.mark.parametrize("lags", [0, 1, 4, 9])
    @pytest.mark.parametrize("count", [20, 75])
    def test_it_is_the_formula_by_hand(self, count: int, lags: int) -> None:
        values = 0.1 + a_course(count, count, memory=0.5)

        t, p = newey_west(values, lags)

        expected = newey_west_by_hand(values, lags)
        assert t == pytest.approx(expected, rel=1e-9)
        assert p == pytest.approx(
            2 * scipy_stats.t.sf(abs(expected), count - 1), rel=1e-9
        )

    def test_without_lags_it_is_the_plain_t_of_a_mean(self) -> None:
        values = np.array([0.1, 0.2, 0.6])

        # Mean .3, population variance .14/3, over 3.
        t, _ = newey_west(values, 0)

        assert t == pytest.approx(0.3 / sqrt(0.14 / 9))
        plain = scipy_stats.ttest_1samp(values, 0).statistic
        assert t == pytest.approx(plain * sqrt(3 / 2))

    def test_one_lag_by_hand(self) -> None:
        # Mean 1, rests -1, 0, 2, -1. Squares 6, neighbours 0 + 0 - 2: (6 - 2) / 4 is
        # the variance with weight one half, twice. Over 4: .25.
        t, p = newey_west(np.array([0.0, 1.0, 3.0, 0.0]), 1)

        assert t == pytest.approx(2)
        assert p == pytest.approx(2 * scipy_stats.t.sf(2, 3))

    def test_the_sign_is_that_of_the_mean(self) -> None:
        values = 0.3 + a_course(1, 30, memory=0.3)
        t, p = newey_west(values, 2)

        turned = newey_west(-values, 2)

        assert t is not None
        assert turned == pytest.approx((-t, p))

    def test_a_mean_of_zero_has_t_zero_and_p_one(self) -> None:
        assert newey_west(np.array([1.0, -1.0, 1.0, -1.0]), 1) == (0, 1)

    @pytest.mark.parametrize(
        ("count", "lags", "known"),
        [(0, 0, 0), (2, 0, 0), (3, 0, 1), (3, 1, 0), (4, 1, 1), (11, 5, 0), (12, 5, 1)],
    )
    def test_it_needs_three_values_and_two_windows(
        self, count: int, lags: int, known: int
    ) -> None:
        t, p = newey_west(np.arange(float(count)) ** 2, lags)

        assert (t is not None) == (p is not None) == bool(known)

    @pytest.mark.parametrize("value", [0.0, 0.1, -1.0, 12345.678, 1e9 + 0.1])
    def test_constants_have_none(self, value: float) -> None:
        assert newey_west(np.full(7, value), 2) == (None, None)

    def test_dependence_makes_t_smaller(self) -> None:
        values = 0.5 + a_course(4, 200, memory=0.8)
        plain, _ = newey_west(values, 0)
        aware, _ = newey_west(values, 8)

        assert plain is not None
        assert aware is not None
        assert aware < 0.6 * plain

    @pytest.mark.parametrize(
        ("count", "reach", "least", "most"),
        [(75, 1, 0.03, 0.1), (75, 6, 0.1, 0.2), (24, 6, 0.19, 0.3)],
    )
    def test_how_often_nothing_is_found_to_be_something(
        self, count: int, reach: int, least: float, most: float
    ) -> None:
        steps = np.random.default_rng(count).normal(size=(300, count + reach - 1))
        panels = np.lib.stride_tricks.sliding_window_view(steps, reach, 1).sum(axis=-1)
        lags = max(reach - 1, default_lags(count))

        found = [newey_west(one, lags)[1] for one in panels]

        assert least < np.mean([p is not None and p < 0.05 for p in found]) < most


class TestInterval:
    @pytest.mark.parametrize(("count", "block"), [(60, 4), (61, 6), (75, 1)])
    def test_it_is_that_of_blocks_drawn_by_hand(self, count: int, block: int) -> None:
        values = a_course(count, count, memory=0.6)
        means = circular_means(values, block, draws=10_000, seed=1)

        found = interval(values, block, draws=2000, seed=0)

        # A 5th percentile of 2000 draws errs by .05 of their deviation.
        expected = np.percentile(means, [5, 95]).tolist()
        assert found == pytest.approx(expected, abs=0.2 * float(means.std()))

    def test_blocks_of_one_are_the_plain_bootstrap(self) -> None:
        values = np.random.default_rng(2).exponential(size=40)
        drawn = np.random.default_rng(1).choice(values, (10_000, 40)).mean(axis=1)

        found = interval(values, 1, draws=2000, seed=0)

        expected = np.percentile(drawn, [5, 95]).tolist()
        assert found == pytest.approx(expected, abs=0.2 * float(drawn.std()))
        assert drawn.std() == pytest.approx(values.std() / sqrt(40), rel=0.05)

    def test_dependence_makes_it_wider(self) -> None:
        values = a_course(3, 200, memory=0.8)

        (low, high), (alone, top) = (
            interval(values, block, draws=500, seed=0) for block in (12, 1)
        )

        assert low is not None
        assert high is not None
        assert alone is not None
        assert top is not None
        assert high - low > 1.5 * (top - alone)

    @pytest.mark.parametrize(
        ("block", "least", "most"), [(1, 0.82, 0.96), (4, 0.8, 0.94)]
    )
    def test_it_holds_the_true_mean_about_nine_times_in_ten(
        self, block: int, least: float, most: float
    ) -> None:
        panels = np.random.default_rng(5).normal(0.3, 1, (120, 75))

        held = 0
        for seed, values in enumerate(panels):
            low, high = interval(values, block, draws=60, seed=seed)
            assert low is not None
            assert high is not None
            held += low <= 0.3 <= high

        assert least < held / 120 < most

    def test_the_same_seed_gives_the_same_interval(self) -> None:
        values = a_course(0, 30, memory=0.2)

        first, again, other = (
            interval(values, 4, draws=50, seed=seed) for seed in (1, 1, 2)
        )

        assert first == again
        assert first != other

    @pytest.mark.parametrize(("count", "block"), [(0, 1), (1, 1), (7, 4)])
    def test_it_needs_two_blocks(self, count: int, block: int) -> None:
        assert interval(np.arange(float(count)), block, draws=9, seed=0) == (None, None)

    def test_two_blocks_are_enough(self) -> None:
        low, high = interval(np.arange(8.0), 4, draws=99, seed=0)

        assert low is not None
        assert high is not None
        assert 0 < low < 3.5 < high < 7

    def test_that_of_a_constant_is_the_constant(self) -> None:
        assert interval(np.full(9, 0.3), 4, draws=9, seed=0) == pytest.approx(
            (0.3, 0.3)
        )


class TestControl:
    def test_it_is_the_mean_of_relabelled_lines_by_hand(self) -> None:
        scores = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0]])
        returns = np.array([[0.1, 0.4, 0.2, 0.3], [0.3, 0.1, 0.2, 0.4]])
        random = np.random.default_rng(7)

        expected = []
        for order in (random.permutation(4), random.permutation(4)):
            pairs = zip(scores[:, order], returns, strict=True)
            expected.append(np.mean([spearman_by_scipy(*pair, 2) for pair in pairs]))

        true, found = shuffled(scores, returns, 2, draws=2, seed=7)
        assert found == pytest.approx(expected)
        assert true == pytest.approx(coefficients(scores, returns, 2).mean())

    def test_nothing_lies_within_what_chance_gives(self) -> None:
        scores, returns = a_panel(1)
        found = coefficients(scores, returns, 5)

        _, drawn = shuffled(scores, returns, 5, draws=100, seed=0)
        low, high = interval(found, 4, draws=200, seed=0)

        share = share_beyond(drawn, float(found.mean()))
        assert share is not None
        assert share > 0.05
        assert low is not None
        assert high is not None
        assert low < 0 < high

    def test_its_middle_is_zero_even_where_there_is_a_signal(self) -> None:
        scores, returns = a_panel(0, coefficient=0.5)

        _, drawn = shuffled(scores, returns, 5, draws=100, seed=0)

        low, high = np.percentile(drawn, [5, 95])
        assert low < 0 < high
        assert abs(drawn.mean()) < 0.01

    def test_persistent_lines_stay_persistent(self) -> None:
        # Scores that last, and returns over six sections: the 75 coefficients are far
        # fewer independent ones, which shuffling each section by itself would hide.
        random = np.random.default_rng(0)
        scores = random.normal(size=60) + 0.3 * random.normal(size=(75, 60))
        steps = random.normal(size=(80, 60))
        returns = np.lib.stride_tricks.sliding_window_view(steps, 6, 0).sum(axis=-1)

        _, drawn = shuffled(scores, returns, 5, draws=100, seed=0)
        each = [
            coefficients(random.permuted(scores, axis=1), returns, 5).mean()
            for _ in range(100)
        ]

        assert np.std(each) == pytest.approx(1 / sqrt(59 * 75), rel=0.25)
        assert drawn.std() > 1.8 * np.std(each)

    def test_the_same_seed_gives_the_same_draws(self) -> None:
        scores, returns = a_panel(0)

        first, again, other = (
            shuffled(scores, returns, 5, draws=3, seed=seed)[1] for seed in (1, 1, 2)
        )

        assert first.tolist() == again.tolist()
        assert first.tolist() != other.tolist()

    def test_scores_and_returns_stay_as_they_are(self) -> None:
        scores, returns = a_panel(0)
        before = scores.copy()

        shuffled(scores, returns, 5, draws=2, seed=0)

        assert (scores == before).all()

    @pytest.mark.parametrize("shape", [(3, 0), (0, 3), (3, 4)])
    def test_without_coefficients_there_is_nothing_to_draw(
        self, shape: tuple[int, int]
    ) -> None:
        nothing = np.full(shape, NAN)

        true, drawn = shuffled(nothing, nothing, 2, draws=3, seed=0)

        assert np.isnan(true)
        assert np.isnan(drawn).tolist() == [True] * 3
        assert share_beyond(drawn, 0.1) is None

    def test_ranks_within_all_lines_are_correlated_over_those_with_both(self) -> None:
        scores = np.array([[4.0, 1.0, NAN, 3.0, 2.0]])
        returns = np.array([[0.4, NAN, 0.2, 0.1, 0.3]])

        true, drawn = shuffled(scores, returns, 3, draws=4, seed=1)

        # Ranks of the first, fourth and fifth line: 4 3 2 of scores, 4 1 3 of returns.
        expected = np.corrcoef([4, 3, 2], [4, 1, 3])[0, 1]
        assert true == pytest.approx(expected)
        random = np.random.default_rng(1)
        for found in drawn:
            mixed = scores[:, random.permutation(5)]
            both = np.isfinite(mixed[0]) & np.isfinite(returns[0])
            ranks = [
                scipy_stats.rankdata(one, nan_policy="omit")
                for one in (mixed[0], returns[0])
            ]
            one = np.corrcoef(ranks[0][both], ranks[1][both])[0, 1]
            assert found == pytest.approx(one)

    @pytest.mark.parametrize("found", [0.2, -0.2])
    def test_the_share_counts_both_sides_and_itself(self, found: float) -> None:
        # Of four, -.3 and .2 are as far: 3 of 5. NaN is not among them.
        drawn = np.array([0.1, -0.3, NAN, 0.2, -0.15])

        assert share_beyond(drawn, found) == 0.6

    @pytest.mark.parametrize("draws", [1, 9, 500])
    def test_the_share_is_never_below_one_of_all(self, draws: int) -> None:
        assert share_beyond(np.zeros(draws), 0.3) == 1 / (1 + draws)

    def test_the_share_is_one_where_all_are_as_far(self) -> None:
        assert share_beyond(np.array([0.1, -0.2]), 0.0) == 1

    def test_rounding_does_not_make_a_draw_less_far(self) -> None:
        assert share_beyond(np.array([0.3]), 0.1 + 0.2) == 1

    def test_what_was_not_found_has_no_share(self) -> None:
        assert share_beyond(np.array([0.1, 0.2]), NAN) is None
        assert share_beyond(np.array([]), 0.1) is None

    def test_its_shares_are_even_where_there_is_nothing(self) -> None:
        panels = np.random.default_rng(8).normal(size=(40, 2, 4, 12))

        shares = [
            share_beyond(
                shuffled(scores, returns, 5, draws=19, seed=seed)[1],
                float(coefficients(scores, returns, 5).mean()),
            )
            for seed, (scores, returns) in enumerate(panels)
        ]

        assert scipy_stats.kstest(np.array(shares, float), "uniform").pvalue > 0.01


class TestPlantedSignal:
    @pytest.mark.parametrize("seed", range(3))
    def test_a_true_coefficient_of_a_tenth_is_found(self, seed: int) -> None:
        scores, returns = a_panel(seed, coefficient=0.1)
        found = coefficients(scores, returns, fewest=5)

        t, p = newey_west(found, default_lags(found.size))
        low, _ = interval(found, 4, draws=200, seed=0)
        share = share_beyond(
            shuffled(scores, returns, 5, draws=40, seed=0)[1], float(found.mean())
        )

        assert found.mean() == pytest.approx(0.1, abs=0.05)
        assert t is not None
        assert p is not None
        assert low is not None
        assert t > 2
        assert p < 0.05
        assert low > 0
        assert share == 1 / 41

    def test_it_is_found_with_a_third_of_values_missing(self) -> None:
        scores, returns = a_panel(5, coefficient=0.1)
        random = np.random.default_rng(0)

        found = coefficients(
            with_holes(scores, random), with_holes(returns, random), fewest=5
        )

        t, _ = newey_west(found, 3)
        assert t is not None
        assert t > 2

    def test_a_signal_turned_round_is_found_turned_round(self) -> None:
        scores, returns = a_panel(0, coefficient=0.1)

        t, _ = newey_west(coefficients(-scores, returns, fewest=5), 3)

        assert t is not None
        assert t < -2

    def test_it_is_gone_when_sections_are_shuffled(self) -> None:
        scores, returns = a_panel(0, coefficient=0.1)
        mixed = np.random.default_rng(1).permuted(scores, axis=1)

        low, high = interval(coefficients(mixed, returns, 5), 4, draws=200, seed=0)

        assert low is not None
        assert high is not None
        assert low < 0 < high


class TestMonths:
    def test_forty_lines_and_a_twentieth_need_forty_two(self) -> None:
        # t after 42 months is .05 sqrt(39) sqrt(42) = 2.02, after 41 it is 1.9995.
        assert months_needed(0.05, 40) == 42

    @pytest.mark.parametrize("coefficient", [0.02, -0.03, 0.1, 0.4])
    @pytest.mark.parametrize("lines", [2, 7.5, 40, 500])
    def test_they_are_the_fewest_with_that_t(
        self, coefficient: float, lines: float
    ) -> None:
        months = months_needed(coefficient, lines, t=3)

        assert months is not None
        one = abs(coefficient) * sqrt(lines - 1)
        assert one * sqrt(months) >= 3
        assert one * sqrt(months - 1) < 3

    def test_whole_numbers_stay_whole(self) -> None:
        assert [months_needed(0.1, n) for n in (2, 5, 101)] == [400, 100, 4]

    @pytest.mark.parametrize(
        ("coefficient", "lines"),
        [(0.0, 40), (1e-13, 40), (0.1, 1), (0.1, 1.9), (0.1, 0), (NAN, 40), (0.1, NAN)],
    )
    def test_nothing_and_one_line_never_tell(
        self, coefficient: float, lines: float
    ) -> None:
        assert months_needed(coefficient, lines) is None


class TestSpread:
    @pytest.mark.parametrize("parts", [1, 2, 3, 5])
    def test_parts_are_those_of_pandas_where_sizes_divide(self, parts: int) -> None:
        scores, returns = np.random.default_rng(parts).normal(size=(2, 4, 30))

        best, worst = spread(scores, returns, parts)

        for at in range(4):
            part = pd.qcut(scores[at], parts, labels=False)
            means = pd.Series(returns[at]).groupby(part).mean()
            assert best[at] == pytest.approx(means.iloc[-1])
            assert worst[at] == pytest.approx(means.iloc[0])

    def test_what_does_not_divide_is_left_in_the_middle(self) -> None:
        scores = np.array([[5.0, 4.0, 3.0, 2.0, 1.0]])
        returns = np.array([[0.5, 0.3, 0.9, 0.2, 0.1]])

        assert spread(scores, returns, 3) == (np.array([0.5]), np.array([0.1]))
        best, worst = spread(scores, returns, 2)
        assert best == pytest.approx([0.4])
        assert worst == pytest.approx([0.15])

    def test_lines_with_the_same_score_share_their_mean_return(self) -> None:
        # Two of four are best: .4, and one of .3 and .1, on average .2.
        scores = np.array([[3.0, 2.0, 2.0, 1.0]])
        returns = np.array([[0.4, 0.3, 0.1, 0.0]])

        best, worst = spread(scores, returns, 2)

        assert best == pytest.approx([0.3])
        assert worst == pytest.approx([0.1])

    def test_equal_scores_have_no_spread(self) -> None:
        returns = np.array([[0.3, 0.2, 0.1]])

        best, worst = spread(np.ones((1, 3)), returns, 3)

        assert best == worst == pytest.approx([0.2])

    @pytest.mark.parametrize("seed", range(4))
    def test_the_order_of_lines_does_not_matter(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        scores = with_holes(random.integers(0, 5, (6, 20)).astype(float), random)
        returns = with_holes(random.normal(size=(6, 20)), random)
        order = random.permutation(20)

        found = np.array(spread(scores, returns, 3))

        mixed = np.array(spread(scores[:, order], returns[:, order], 3))
        assert mixed == pytest.approx(found)

    def test_holes_are_lines_less(self) -> None:
        scores = np.array([[3.0, NAN, 2.0, 9.0, 1.0]])
        returns = np.array([[0.3, 0.9, 0.2, NAN, 0.1]])

        assert spread(scores, returns, 3) == (np.array([0.3]), np.array([0.1]))

    @pytest.mark.parametrize("shape", [(2, 0), (2, 1), (2, 2), (0, 5)])
    def test_fewer_lines_than_parts_have_none(self, shape: tuple[int, int]) -> None:
        for found in spread(np.ones(shape), np.ones(shape), 3):
            assert found.shape == shape[:1]
            assert np.isnan(found).all()

    def test_empty_rows_have_none(self) -> None:
        scores = np.array([[NAN] * 3, [3.0, 2.0, 1.0]])

        best, _ = spread(scores, np.array([[0.3, 0.2, 0.1]] * 2), 3)

        assert np.isnan(best).tolist() == [True, False]

    def test_a_signal_pays(self) -> None:
        best, worst = spread(*a_panel(0, coefficient=0.1), 3)

        t, _ = newey_west(best - worst, 3)
        assert t is not None
        assert t > 2


class TestAutocorrelation:
    @pytest.mark.parametrize("lag", [1, 3])
    def test_it_is_the_mean_over_pairs_of_sections(self, lag: int) -> None:
        random = np.random.default_rng(lag)
        scores = with_holes(random.normal(size=(8, 15)).round(1), random)

        expected = [
            spearman_by_scipy(scores[at], scores[at + lag], 5) for at in range(8 - lag)
        ]
        assert autocorrelation(scores, lag, 5) == pytest.approx(np.mean(expected))

    def test_pairs_without_a_coefficient_do_not_count(self) -> None:
        # 1 between the first two; the third is empty.
        scores = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 9.0], [NAN] * 3])

        assert autocorrelation(scores, 1, 3) == 1

    def test_what_turns_round_every_month_is_back_after_two(self) -> None:
        scores = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]] * 3)

        assert [autocorrelation(scores, lag, 3) for lag in (1, 2, 3)] == [-1, 1, -1]

    @pytest.mark.parametrize("shape", [(0, 4), (1, 4), (2, 4), (5, 0), (5, 1), (5, 2)])
    def test_too_few_sections_or_lines_have_none(self, shape: tuple[int, int]) -> None:
        scores = np.arange(float(np.prod(shape))).reshape(shape)

        assert autocorrelation(scores, 2, 3) is None

    def test_constant_scores_have_none(self) -> None:
        assert autocorrelation(np.ones((4, 5)), 1, 3) is None
