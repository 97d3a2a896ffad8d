from __future__ import annotations

from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats as scipy_stats

from samples import cross_section, recipe
from triad_screener.factors import FACTORS
from triad_screener.model.cross_section import FactorColumn
from triad_screener.model.vocabulary import GROUPS
from triad_screener.screening.normalising import (
    coverage,
    normalise,
    primary_pillars,
    weigh,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.recipe import Recipe
    from triad_screener.screening.normalising import FactorZ

COMPUTE, DATA, ALGORITHMS = 0, 1, 2
NOT_NEUTRAL = recipe(neutralise={"by": "none"})


def known_on(count: int, of: int) -> list[float]:
    """A column that ``count`` of the lines have."""
    return [float(row) if row < count else nan for row in range(of)]


def z_scores(
    name: str,
    raw: Sequence[float],
    pillars: Sequence[int] = (),
    rules: Recipe = NOT_NEUTRAL,
) -> FactorZ:
    """The z-scores of one factor; every line is compute unless it is said."""
    factor = FactorColumn(name, FACTORS[name].group, FACTORS[name].sign)
    primary = np.array(pillars or [COMPUTE] * len(raw), np.intp)
    return normalise(np.array(raw, float), factor, primary, rules)


class TestActiveFactors:
    @pytest.mark.parametrize(
        ("lines", "known", "active"),
        [
            (10, 7, False),  # eight at least
            (10, 8, True),
            (17, 8, False),  # half of 17, rounded up, is nine
            (17, 9, True),
            (40, 19, False),
            (40, 20, True),
        ],
    )
    def test_a_factor_counts_if_eight_lines_and_half_of_all_have_it(
        self,
        lines: int,
        known: int,
        active: bool,  # noqa: FBT001 - a case
    ) -> None:
        found = cross_section({"gp_at": known_on(known, lines)}, tickers="x" * lines)

        weighting = weigh(found, recipe())

        assert (0 in weighting.columns) is active

    def test_a_share_of_lines_is_not_raised_by_arithmetic_noise(self) -> None:
        # .07 * 100 is 7.000000000000001 in binary, and seven lines are enough.
        found = cross_section({"gp_at": known_on(7, 100)}, tickers="x" * 100)
        rules = recipe(active_factor={"minimum_lines": 1, "minimum_share": 0.07})

        assert 0 in weigh(found, rules).columns

    def test_the_weight_of_a_group_is_shared_by_its_active_factors(self) -> None:
        every = known_on(10, 10)
        found = cross_section(
            {
                "mom_12_1": every,
                "mom_6_1": known_on(3, 10),
                "ebit_ev": every,
                "fcf_mcap": every,
            }
        )

        weighting = weigh(found, recipe())

        # Momentum .2, value .1 and thesis .2 of .5 in all.
        assert weighting.columns.tolist() == [0, 2, 3, 4]
        assert weighting.weights == pytest.approx([0.4, 0.1, 0.1, 0.4], abs=1e-12)
        assert weighting.group_weights == pytest.approx(
            {"momentum": 0.4, "value": 0.2, "thesis": 0.4}, abs=1e-12
        )

    def test_a_group_without_weight_takes_no_part(self) -> None:
        found = cross_section({"vol_252": known_on(10, 10)})
        weights = {**dict.fromkeys(GROUPS, 0.0), "risk": 3.0}

        weighting = weigh(found, recipe(group_weights=weights))

        assert weighting.columns.tolist() == [0]
        assert dict(weighting.group_weights) == {"risk": 1.0}

    def test_seven_lines_have_no_active_factor(self) -> None:
        weighting = weigh(cross_section({"gp_at": known_on(7, 7)}), recipe())

        assert weighting.columns.size == 0
        assert coverage(cross_section({"gp_at": [1.0]}), weighting).tolist() == [0.0]

    def test_an_infinite_value_is_not_known(self) -> None:
        found = cross_section({"gp_at": [float("inf"), *known_on(7, 7)]})

        assert 0 not in weigh(found, recipe()).columns


class TestCoverage:
    def test_it_is_the_weight_of_what_a_line_has(self) -> None:
        found = cross_section(
            {
                "mom_12_1": [nan, *known_on(9, 9)],
                "mom_6_1": known_on(10, 10),
                "ebit_ev": [nan, *known_on(9, 9)],
            }
        )

        covered = coverage(found, weigh(found, recipe()))

        # The first has one of two momentum factors, .2, and the thesis, .4.
        assert covered[:2] == pytest.approx([0.6, 1.0], abs=1e-12)

    def test_all_there_is_is_one_and_not_a_hair_more(self) -> None:
        # Six equal groups: the weights of 15 factors sum to 1.0000000000000002.
        found = cross_section({name: known_on(10, 10) for name in FACTORS})
        rules = recipe(group_weights=dict.fromkeys(GROUPS, 1.0))

        weighting = weigh(found, rules)

        assert coverage(found, weighting).tolist() == [1.0] * 10


class TestPrimaryPillar:
    @pytest.mark.parametrize(
        ("exposures", "pillar"),
        [
            ((0.2, 0.3, 0.5), ALGORITHMS),
            ((0.3, 0.4, 0.3), DATA),
            ((0.4, 0.4, 0.2), COMPUTE),
            ((0.2, 0.4, 0.4), DATA),
            ((0.0, 0.0, 0.0), COMPUTE),
        ],
    )
    def test_the_largest_exposure_decides_and_ties_go_to_the_first(
        self, exposures: tuple[float, ...], pillar: int
    ) -> None:
        assert primary_pillars(np.array([exposures])).tolist() == [pillar]

    def test_no_lines_have_none(self) -> None:
        assert primary_pillars(np.zeros((0, 3))).tolist() == []


class TestZScores:
    def test_three_ranks_are_a_deviation_and_more_apart(self) -> None:
        found = z_scores("gp_at", [0.9, 0.1, 0.5])

        assert found.ranks.tolist() == [3, 1, 2]
        assert found.rank_z == pytest.approx([sqrt(1.5), -sqrt(1.5), 0], abs=1e-12)
        assert found.z.tolist() == found.rank_z.tolist()

    def test_less_risk_is_better(self) -> None:
        found = z_scores("vol_252", [0.9, 0.1, 0.5])

        assert found.ranks.tolist() == [1, 3, 2]

    def test_lake_and_mngo_of_the_worked_example_share_the_mean_rank(self) -> None:
        momentum = [1.42, 0.95, 1.1, 0.55, nan, 0.2, 0.35, 0.1, -0.45, 0.35, 0.78]

        found = z_scores("mom_12_1", [*momentum, 0.3, 0.22, nan])

        assert found.ranks[6] == found.ranks[9] == 6.5
        assert found.z[6] == found.z[9] == 0

    def test_what_is_missing_has_no_rank_and_a_neutral_z(self) -> None:
        found = z_scores("gp_at", [0.9, nan, 0.5])

        assert np.isnan([found.ranks[1], found.rank_z[1]]).all()
        assert found.z.tolist() == [1, 0, -1]
        assert found.moments.ranks.count == 2

    def test_a_constant_factor_separates_nobody(self) -> None:
        assert z_scores("gp_at", [0.5, 0.5, 0.5]).z.tolist() == [0, 0, 0]

    def test_values_that_differ_by_arithmetic_noise_are_equal(self) -> None:
        assert z_scores("gp_at", [0.1 + 0.2, 0.3, 0.9]).ranks.tolist() == [1.5, 1.5, 3]

    def test_nobody_has_it(self) -> None:
        found = z_scores("gp_at", [nan, nan])

        assert found.z.tolist() == [0, 0]
        assert (found.moments.ranks.count, found.moments.ranks.mean) == (0, 0)


class TestNeutralisation:
    #: Four lines are data and rank lowest, four are compute.
    RAW = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
    PILLARS = (DATA,) * 4 + (COMPUTE,) * 4

    def test_part_of_the_mean_of_a_pillar_is_taken_off(self) -> None:
        found = z_scores("gp_at", self.RAW, self.PILLARS, recipe())

        # Ranks 1 to 8 have mean 4.5 and deviation sqrt(5.25); the means of the two
        # pillars are -2 and +2 ranks, of which 4 / 9 is taken off.
        sd, taken = sqrt(5.25), 4 / (4 + 5) * 2
        ranks = np.arange(1, 9) - 4.5
        expected = (ranks + np.repeat([taken, -taken], 4)) / sd
        assert found.z == pytest.approx(expected, abs=1e-12)
        count, mean_z, shrinkage = found.moments.pillar_means["data"]
        assert count == 4
        assert shrinkage == pytest.approx(4 / 9, abs=1e-12)
        assert mean_z == pytest.approx(-2 / sd, abs=1e-12)

    @pytest.mark.parametrize(
        ("name", "neutralised"),
        [
            ("mom_12_1", False),
            ("rev_yoy_q", True),
            ("gp_at", True),
            ("ebit_ev", True),
            ("vol_252", True),
            ("thesis", False),
        ],
    )
    def test_momentum_and_thesis_are_left_alone(
        self,
        name: str,
        neutralised: bool,  # noqa: FBT001 - a case
    ) -> None:
        found = z_scores(name, self.RAW, self.PILLARS, recipe())

        assert (found.z.tolist() != found.rank_z.tolist()) is neutralised

    def test_three_lines_of_a_pillar_are_too_few(self) -> None:
        raw = (nan, *self.RAW[1:])

        found = z_scores("gp_at", raw, self.PILLARS, recipe())

        assert found.z[1:4].tolist() == found.rank_z[1:4].tolist()
        assert set(found.moments.pillar_means) == {"compute"}

    def test_a_missing_value_stays_neutral(self) -> None:
        raw = (*self.RAW, nan)

        found = z_scores("gp_at", raw, (*self.PILLARS, DATA), recipe())

        assert found.z[8] == 0

    def test_without_shrinkage_every_pillar_has_mean_zero(self) -> None:
        rules = recipe(neutralise={"shrinkage": 0.0})

        found = z_scores("gp_at", self.RAW, self.PILLARS, rules)

        assert found.z[:4].mean() == pytest.approx(0, abs=1e-12)
        assert found.z[4:].mean() == pytest.approx(0, abs=1e-12)

    def test_it_can_be_switched_off(self) -> None:
        found = z_scores("gp_at", self.RAW, self.PILLARS, NOT_NEUTRAL)

        assert found.z.tolist() == found.rank_z.tolist()
        assert found.moments.pillar_means == {}


@pytest.mark.parametrize("seed", range(8))
class TestProperties:
    def test_z_scores_are_those_of_scipy(self, seed: int) -> None:
        raw = np.random.default_rng(seed).integers(0, 9, 20) / 10

        found = z_scores("gp_at", raw.tolist())

        expected = scipy_stats.zscore(scipy_stats.rankdata(raw))
        assert found.z == pytest.approx(expected, abs=1e-12)

    def test_a_corrupted_cell_moves_nobody_else_by_much(self, seed: int) -> None:
        raw = np.random.default_rng(seed).normal(size=30)
        wrong = raw.copy()
        wrong[3] *= 1e9

        apart = z_scores("gp_at", wrong.tolist()).z - z_scores("gp_at", raw.tolist()).z

        assert np.abs(np.delete(apart, 3)).max() < 0.2

    def test_the_order_within_a_pillar_stays(self, seed: int) -> None:
        generator = np.random.default_rng(seed)
        raw, pillars = generator.normal(size=24), generator.integers(0, 3, 24)

        found = z_scores("gp_at", raw.tolist(), pillars.tolist(), recipe())

        for pillar in (COMPUTE, DATA, ALGORITHMS):
            inside = pillars == pillar
            assert np.array_equal(np.argsort(found.z[inside]), np.argsort(raw[inside]))

    def test_weights_sum_to_one(self, seed: int) -> None:
        generator = np.random.default_rng(seed)
        raw = {name: known_on(int(generator.integers(5, 13)), 12) for name in FACTORS}
        weights = dict(zip(GROUPS, generator.uniform(0.1, 2, 6).tolist(), strict=True))

        lines = cross_section({**raw, "gp_at": known_on(12, 12)})
        weighting = weigh(lines, recipe(group_weights=weights))

        # The first line has every factor.
        assert coverage(lines, weighting)[0] == pytest.approx(1, abs=1e-12)
        assert coverage(lines, weighting).max() <= 1
        assert weighting.weights.sum() == pytest.approx(1, abs=1e-12)
        assert sum(weighting.group_weights.values()) == pytest.approx(1, abs=1e-12)
