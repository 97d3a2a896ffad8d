from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from triad_screener.stats.cross_section import (
    average_ranks,
    moments,
    normal_cdf,
    percentile,
    rounded,
    standardise,
)


class TestRegression:
    def test_three_equal_values_share_the_mean_of_their_three_ranks(self) -> None:
        values = np.array([40.0, 20.0, 10.0, 20.0, 20.0])

        ranks = average_ranks(values)

        assert ranks.tolist() == [5, 3, 1, 3, 3]

    def test_sizes_beyond_all_decimals_stay_and_do_not_tie(self) -> None:
        values = np.array([1e300, 2e300, -1e308, np.inf, np.nan, 1e-13, 0.1 + 0.2])

        found = rounded(values).tolist()

        assert found[:4] == [1e300, 2e300, -1e308, np.inf]
        assert np.isnan(found[4])
        assert found[5:] == [0.0, 0.3]

    def test_nothing_has_no_ranks(self) -> None:
        assert average_ranks(np.array([])).tolist() == []

    def test_the_deviation_is_that_of_a_population(self) -> None:
        assert moments(np.array([1.0, 3.0])) == (2.0, 1.0)

    def test_nothing_has_mean_and_deviation_zero(self) -> None:
        assert moments(np.array([])) == (0.0, 0.0)

    def test_z_scores_count_deviations_from_the_mean(self) -> None:
        z = standardise(np.array([1.0, 2.0, 5.0]), mean=2.0, deviation=2.0)

        assert z.tolist() == [-0.5, 0.0, 1.5]

    @pytest.mark.parametrize(
        ("deviation", "expected"), [(0.0, 0.0), (0.9e-12, 0.0), (1e-12, 1.0)]
    )
    def test_a_deviation_under_a_trillionth_counts_as_zero(
        self, deviation: float, expected: float
    ) -> None:
        z = standardise(np.array([deviation]), mean=0.0, deviation=deviation)

        assert z.tolist() == [expected]

    def test_a_percentile_lies_on_the_line_between_two_values(self) -> None:
        values = np.array([5.0, 1.0, 3.0])

        # Position 0.1 * 2 = 0.2 between 1 and 3, and 1.8 between 3 and 5.
        assert percentile(values, 10) == pytest.approx(1.4, abs=1e-12)
        assert percentile(values, 90) == pytest.approx(4.6, abs=1e-12)

    def test_every_percentile_of_one_value_is_that_value(self) -> None:
        assert percentile(np.array([7.0]), 10) == 7.0

    def test_a_percentile_of_nothing_is_neutral(self) -> None:
        assert percentile(np.array([]), 90) == 0.0

    def test_a_twentieth_lies_outside_1_96_deviations(self) -> None:
        outside = normal_cdf(-1.96) + 1 - normal_cdf(1.96)

        assert outside == pytest.approx(0.05, abs=1e-5)

    def test_the_far_tail_keeps_its_digits(self) -> None:
        assert normal_cdf(-10.0) == pytest.approx(7.61985e-24, rel=1e-5)


@pytest.mark.parametrize("seed", range(10))
class TestProperties:
    def test_ranks_are_those_of_scipy(self, seed: int) -> None:
        values = np.random.default_rng(seed).integers(0, 12, 5 * seed + 1) / 7

        ranks = average_ranks(values)

        assert ranks.tolist() == scipy_stats.rankdata(values).tolist()

    def test_turning_the_values_round_turns_the_ranks_round(self, seed: int) -> None:
        values = np.random.default_rng(seed).integers(-5, 5, 20) / 3

        turned = average_ranks(-values)

        assert turned.tolist() == (21 - average_ranks(values)).tolist()

    def test_a_rising_transformation_changes_no_rank(self, seed: int) -> None:
        values = np.random.default_rng(seed).normal(size=30)

        assert average_ranks(np.exp(values)).tolist() == average_ranks(values).tolist()

    def test_z_scores_have_mean_zero_and_deviation_one(self, seed: int) -> None:
        values = np.random.default_rng(seed).normal(3, 2, 15)

        z = standardise(values, *moments(values))

        assert z == pytest.approx(scipy_stats.zscore(values), abs=1e-12)
        assert z.mean() == pytest.approx(0, abs=1e-12)
        assert z.std() == pytest.approx(1, abs=1e-12)

    def test_percentiles_are_those_of_pandas(self, seed: int) -> None:
        values = np.random.default_rng(seed).normal(size=seed + 1)

        for per_cent in (10.0, 50.0, 90.0):
            expected = pd.Series(values).quantile(per_cent / 100)
            assert percentile(values, per_cent) == pytest.approx(expected, abs=1e-12)

    def test_the_normal_distribution_is_that_of_scipy(self, seed: int) -> None:
        for z in np.random.default_rng(seed).normal(0, 3, 20).tolist():
            expected = scipy_stats.norm.cdf(z)
            assert normal_cdf(z) == pytest.approx(expected, rel=1e-12)
